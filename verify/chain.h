#ifndef HUILIU_VERIFY_CHAIN_H
#define HUILIU_VERIFY_CHAIN_H
/*
 * Does a path lead from a certificate to one that is trusted (RFC 5280)? Was everything on it valid
 * at a given time, is anything on it revoked, and how much of it do the revocation lists cover?
 * Part of the adapter to OpenSSL (verify/crypto.h).
 *
 *     struct anchors *trust = NULL;
 *     anchors_new(&trust, &error);
 *     anchors_add(trust, bytes, length, &error);    // PEM with any number, or one in DER
 *     anchors_add_list(trust, &list, &error);       // a revocation list of the catalogue …
 *     anchors_revoke(trust, &revocation, &error);   // … and what stands on it
 *     chain_judge(trust, certificate, NULL, 0, signed_at_ms, &chain, &error);
 *     anchors_free(trust);
 *
 * A trusted certificate is an anchor whether or not it signed itself: an issuing office may be
 * trusted without its root. Times are compared here and not by OpenSSL, so that the answer can say
 * which certificate was not valid, and when. Signatures weaker than 112 bits of strength are
 * refused on the path.
 *
 * Revocation lists are those the caller knows; nothing is fetched. X.509 lists (RFC 5280 section 5)
 * come among the certificates (verify/crl_path.h): for one issuer or for several (indirect), for
 * some reasons or one distribution point, with delta lists, signed by the issuer or by another
 * certificate that leads to the same anchor. The newest counts alone; delta and partial lists that
 * are not older also condemn those they name where they cannot clear anybody. A certificate whose
 * issuer's list is here and cannot be used is neither revoked nor cleared, and is counted apart.
 * What certificates say about policies is processed with every policy welcome (RFC 5280
 * section 6.1, initial policy set "any").
 *
 * A trust list is filled by one thread and may then be read by several.
 */
#include "base/clock.h"
#include "verify/x509.h"

#define TRUST_MAX            512 /* certificates of one list */
#define TRUST_BYTES_MAX      ((size_t)16 << 20)
#define REVOCATIONS_MAX      100000
#define REVOCATION_LISTS_MAX 512
#define CHAIN_DEPTH_MAX      8
#define CHAIN_REASON_MAX     160

struct anchors;

/* A certificate as a list of the catalogue names it: by the SHA-256 fingerprint of its DER, or by
 * its serial number in hexadecimal together with the name of its issuer. Colons, spaces, case and
 * leading zeros do not matter. Texts are copied; NULL means "". */
struct certificate_revocation {
    const char *id;
    const char *issuer; /* common name or one-line name; "": only a fingerprint counts */
    const char *at;     /* RFC 3339 or a day */
    const char *reason;
    const char *source;
    const char *as_of; /* RFC 3339 */
};

/* A revocation list of the catalogue: it clears the certificates of its issuer that are not on it.
 * Texts are copied; NULL means "". */
struct revocation_list {
    const char *issuer; /* as above */
    const char *source;
    const char *as_of, *next_update; /* RFC 3339 */
};

enum chain_answer {
    CHAIN_TRUSTED,
    CHAIN_UNKNOWN, /* no path to a trusted certificate */
    CHAIN_BROKEN   /* a signature on the path is wrong, or a certificate may not do what it did */
};

struct chain_revocation {
    char name[CERTIFICATE_TEXT_MAX]; /* of the first certificate that is revoked; "": none is */
    char reason[CHAIN_REASON_MAX];
    char source[CERTIFICATE_TEXT_MAX]; /* of the list */
    char as_of[INSTANT_TEXT_MAX];      /* of the list, RFC 3339 */
    int64_t at_ms;                     /* 0: since when is not known */
    bool on_hold;                      /* for the time being: it may come back */
};

/* The lists that cover the path. */
struct chain_lists {
    size_t needed, found;              /* certificates below the anchor; those with a list */
    size_t unusable;                   /* of the others, those whose list cannot be used */
    char obstacle[CHAIN_REASON_MAX];   /* why that is so for the first of them, translated */
    char source[CERTIFICATE_TEXT_MAX]; /* of the oldest list */
    char as_of[INSTANT_TEXT_MAX];      /* of the oldest list, RFC 3339 */
    int64_t next_ms;                   /* when the first of them should be replaced; 0: not said */
    int64_t newest_ms;                 /* the latest date one of them bears; 0: not said */
};

struct chain_state {
    enum chain_answer answer;
    char reason[CHAIN_REASON_MAX];     /* OpenSSL's words, English, unless trusted */
    char anchor[CERTIFICATE_TEXT_MAX]; /* where the path ends, when trusted */
    bool anchor_is_temporary;          /* anchors_begin_temporary() */
    /* The certificate on the path whose time does not fit; "" when all fit. */
    char not_yet[CERTIFICATE_TEXT_MAX];
    char over[CERTIFICATE_TEXT_MAX];
    struct chain_revocation revoked;
    struct chain_lists lists;
};

enum status anchors_new(struct anchors **trust, struct error *error) MUST_CHECK;
void anchors_free(struct anchors *trust);
size_t anchors_count(const struct anchors *trust);
const struct certificate *anchors_at(const struct anchors *trust, size_t index);
/* Among certificates that came along with a signature: the first that is neither trusted here nor
 * signed by one that is, by another of them or by itself. It has nothing to do with any path, or
 * was changed. NULL when there is none. */
const struct certificate *anchors_stray(const struct anchors *trust,
                                        struct certificate *const *certificates, size_t count);
/* Certificates and X.509 revocation lists: PEM with any number of both, or one of them in DER. */
enum status anchors_add(struct anchors *trust, const void *bytes, size_t length,
                        struct error *error) MUST_CHECK;
/* What is added from here on is trusted for one run only; chain_state says when it mattered. */
void anchors_begin_temporary(struct anchors *trust);
/* Takes the certificate over, also on failure. */
enum status anchors_add_certificate(struct anchors *trust, struct certificate *certificate,
                                    struct error *error) MUST_CHECK;
/* Only the X.509 revocation lists of the text; certificates in it are not trusted by that, but may
 * be the ones that signed them. */
enum status anchors_add_crls(struct anchors *trust, const char *pem, size_t length,
                             struct error *error) MUST_CHECK;
enum status anchors_add_list(struct anchors *trust, const struct revocation_list *list,
                             struct error *error) MUST_CHECK;
size_t anchors_revocation_count(const struct anchors *trust); /* entries of the catalogue */
enum status anchors_revoke(struct anchors *trust, const struct certificate_revocation *revocation,
                           struct error *error) MUST_CHECK;

/* `others`, for the path only, are never trusted. Without a path to an anchor the certificate
 * itself is still checked for time and revocation. */
enum status chain_judge(const struct anchors *trust, const struct certificate *certificate,
                        struct certificate *const *others, size_t other_count, int64_t at_ms,
                        struct chain_state *state, struct error *error) MUST_CHECK;

#endif
