#ifndef HUILIU_DB_SIGNED_CODE_H
#define HUILIU_DB_SIGNED_CODE_H
/*
 * Signed codes against what the cache holds: the keys of issuers (trust:*) and the revocation lists
 * (revocation:*) of the catalogue. Brings verify/credential.h together with the cache.
 *
 *     if (signed_code_is(text))
 *         signed_code_judge(reader, &question, &report, &error);
 *
 * A text with several codes (a file of health cards) gets the report on the gravest of them; the
 * check "codes" says how many there are and which it is. The
 * issuer's own list can clear a code; any list of the catalogue can name the certificate it is
 * about, whose number is one of a kind.
 *
 * Nothing about persons is read, so that no session is needed. Thread: the reader's.
 */
#include "db/reader.h"
#include "verify/certificate_id.h"
#include "verify/claims.h"
#include "verify/verdict.h"

#include <stdbool.h>
#include <stddef.h>

#define SIGNED_CODE_HOLDER_MAX 64

/* What the code says about its certificate, for comparison with the record; "" when its signature
 * is not sound or it does not say it. */
struct signed_code_subject {
    char certificate[CERTIFICATE_ID_TEXT_MAX];
    char holder_name[CLAIMS_NAME_MAX];
    char holder_id[SIGNED_CODE_HOLDER_MAX];
};

struct signed_code_question {
    const char *text;                    /* as typed, scanned or read from a file */
    const char *holder_name, *holder_id; /* NULL: not asked */
    const char *more_trust; /* JWKS, JWK or PEM to trust for this one time; NULL: none */
    size_t more_trust_length;
};

/* True for what is a signed code or wants to be one. */
bool signed_code_is(const char *text);

/* Appends what stands in a text file, without a byte order mark and the blanks around it.
 * STATUS_INVALID when it is empty or no text, STATUS_TOO_LARGE when it is longer than any file of
 * codes. */
enum status signed_code_read(const char *path, struct buf *text, struct error *error) MUST_CHECK;

/* `report` is complete on STATUS_OK only; so is `subject`, which may be NULL. */
enum status signed_code_judge(struct reader *reader, const struct signed_code_question *question,
                              struct verdict_report *report, struct signed_code_subject *subject,
                              struct error *error) MUST_CHECK;

#define SIGNED_CODE_OBJECT_MAX 80

/* What the log says instead of the code, which holds personal data: its SHA-256. */
enum status signed_code_object(const char *text, char out[SIGNED_CODE_OBJECT_MAX],
                               struct error *error) MUST_CHECK;

#endif
