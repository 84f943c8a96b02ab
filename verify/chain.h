#ifndef HUILIU_VERIFY_CHAIN_H
#define HUILIU_VERIFY_CHAIN_H
/*
 * Does a path lead from a certificate to one that is trusted (RFC 5280)? And was everything on it
 * valid at a given time, and is nothing on it revoked?
 *
 *     struct anchors *trust = NULL;
 *     anchors_new(&trust, &error);
 *     anchors_add(trust, pem, length, &error);      // PEM with any number, or one in DER
 *     anchors_revoke(trust, &revocation, &error);
 *     chain_judge(trust, certificate, NULL, 0, signed_at_ms, &chain, &error);
 *     anchors_free(trust);
 *
 * A trusted certificate is an anchor whether or not it signed itself: an issuing office may be
 * trusted without its root. Times are compared here and not by OpenSSL, so that the answer can say
 * which certificate was not valid, and when. Signatures weaker than 112 bits of strength are
 * refused on the path. Revocations are those the caller knows; nothing is fetched.
 *
 * A trust list is filled by one thread and may then be read by several.
 */
#include "verify/x509.h"

#define TRUST_MAX        512 /* certificates of one list */
#define TRUST_BYTES_MAX  ((size_t)4 << 20)
#define REVOCATIONS_MAX  100000
#define CHAIN_DEPTH_MAX  8
#define CHAIN_REASON_MAX 160

struct anchors;

/* A certificate as a revocation list names it: by the SHA-256 fingerprint of its DER, or by its
 * serial number in hexadecimal together with the name of its issuer. Colons, spaces, case and
 * leading zeros do not matter. */
struct certificate_revocation {
    const char *id;
    const char *issuer; /* common name or one-line name; NULL or "": only a fingerprint counts */
    const char *at;     /* the rest is handed back as it is; NULL means "" */
    const char *reason;
    const char *source;
    const char *as_of;
};

enum chain_answer {
    CHAIN_TRUSTED,
    CHAIN_UNKNOWN, /* no path to a trusted certificate */
    CHAIN_BROKEN   /* a signature on the path is wrong, or a certificate may not do what it did */
};

struct chain_state {
    enum chain_answer answer;
    char reason[CHAIN_REASON_MAX];     /* OpenSSL's words, English, unless trusted */
    char anchor[CERTIFICATE_TEXT_MAX]; /* where the path ends, when trusted */
    /* The certificate on the path whose time does not fit; "" when all fit. */
    char not_yet[CERTIFICATE_TEXT_MAX];
    char over[CERTIFICATE_TEXT_MAX];
    /* The certificate on the path that is revoked, NULL when none is; lives as long as the list. */
    const struct certificate_revocation *revoked;
    char revoked_name[CERTIFICATE_TEXT_MAX];
};

enum status anchors_new(struct anchors **trust, struct error *error) MUST_CHECK;
void anchors_free(struct anchors *trust);
size_t anchors_count(const struct anchors *trust);
enum status anchors_add(struct anchors *trust, const void *bytes, size_t length,
                        struct error *error) MUST_CHECK;
enum status anchors_revoke(struct anchors *trust, const struct certificate_revocation *revocation,
                           struct error *error) MUST_CHECK;
size_t anchors_revocation_count(const struct anchors *trust);
void anchors_fingerprint(const struct anchors *trust, size_t index,
                         char out[CERTIFICATE_PRINT_MAX]);

/* `others`, for the path only, are never trusted. Without a path to an anchor the certificate
 * itself is still checked for time and revocation. */
enum status chain_judge(const struct anchors *trust, const struct certificate *certificate,
                        struct certificate *const *others, size_t other_count, int64_t at_ms,
                        struct chain_state *state, struct error *error) MUST_CHECK;

#endif
