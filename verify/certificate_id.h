#ifndef HUILIU_VERIFY_CERTIFICATE_ID_H
#define HUILIU_VERIFY_CERTIFICATE_ID_H
/*
 * Identifiers of electronic certificates (GB/T 36904-2018), as found on live certificates:
 *
 *   1.2.156.3005.2 . type . issuer . serial . version . check
 *
 * The type is the credit code of the body that defined it and three digits; the issuer is a
 * credit code, in practice sometimes a division code; the serial number is of any length and may
 * hold letters; the version has three digits; the check character is ISO/IEC 7064 MOD 37,36 over
 * type, issuer, serial and version without the dots and without the root.
 *
 * A wrong check character is a warning and never more. Certificates in circulation were numbered
 * by software that computes it differently (letters counted from 11); the one routine known to
 * have numbered tens of millions is recognised and only noted. Whether a certificate is genuine is
 * decided by its signature and its record.
 *
 * Five dotted parts without the national root are taken for a certificate only when the type is
 * one. Input may be in lower case, full-width, with spaces. Pure and thread-safe.
 */
#include "verify/finding.h"

#include <stdbool.h>

#define CERTIFICATE_ID_ROOT     "1.2.156.3005.2"
#define CERTIFICATE_ID_TEXT_MAX 192
#define CERTIFICATE_ID_PART_MAX 80

struct certificate_id {
    char text[CERTIFICATE_ID_TEXT_MAX]; /* normalised, with the root as given; "" when unreadable */
    char root[CERTIFICATE_ID_PART_MAX]; /* "" when left out */
    char type[CERTIFICATE_ID_PART_MAX];
    char issuer[CERTIFICATE_ID_PART_MAX];
    char serial[CERTIFICATE_ID_PART_MAX];
    char version[CERTIFICATE_ID_PART_MAX];
    char check; /* '\0' when unreadable */
};

/* Splits and judges; true when there is no error. Codes: certificate_id.shape, .symbol (errors),
 * .check, .root, .type, .issuer, .version (warnings), .check_variant, .no_root,
 * .check_skipped (notes). */
bool certificate_id_check(const char *text, struct certificate_id *id, struct findings *findings);
/* Only splits, for an index over many: false, and every part empty, for another shape. */
bool certificate_id_split(const char *text, struct certificate_id *id);

/* MOD 37,36 over the concatenation (dots are skipped); '\0' when it is empty or holds anything
 * else than digits and capital letters. */
char certificate_id_check_character(const char *type_issuer_serial_version);

/* True when both identify the same certificate (type, issuer, serial) and `newer` has the higher
 * version. */
bool certificate_id_supersedes(const struct certificate_id *newer,
                               const struct certificate_id *older);

#endif
