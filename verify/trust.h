#ifndef HUILIU_VERIFY_TRUST_H
#define HUILIU_VERIFY_TRUST_H
/*
 * The issuers' keys this workstation trusts: from the `trust:*` documents of the catalogue, and,
 * for one run, from a file somebody names.
 *
 *     struct trust *trust;
 *     trust_new(&trust, &error);
 *     trust_add_document(trust, document, &error);   // each trust:* document
 *     trust_add_file(trust, text, length, &error);   // JWKS, one JWK, or PEM
 *     const struct trust_key *key = trust_next(trust, &wanted, NULL);
 *     trust_free(trust);
 *
 * A key that cannot be used (damaged, for encryption, of an unknown kind) is kept with the reason,
 * so that a code signed with it can be explained. A document of level "root" is no key of an
 * issuer and is passed over, as is one for another use than credentials. Two keys of one name are
 * both kept: the one whose signature fits counts. So is one key that is listed several times.
 *
 * Bounded (TRUST_KEYS_MAX). It grows while it is built; then it is read only, and thread-safe.
 */
#include "base/json.h"
#include "verify/jwk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRUST_KEYS_MAX 2048
#define TRUST_FILE_MAX ((size_t)1 << 20)

struct trust_key {
    struct jwk jwk;        /* jwk.key is NULL when it cannot be used */
    const char *kid;       /* of the key, else of its document; "" when it has no name */
    const char *issuer;    /* whose key it is: URL or credit code; "": any, for a file */
    const char *name;      /* of the issuer, for people; "" */
    const char *refusal;   /* why it cannot be used; NULL */
    int64_t valid_from_ms; /* 0: no limit */
    int64_t valid_to_ms;   /* 0: no limit */
    int64_t revoked_ms;    /* 0: not revoked */
    bool revoked;          /* also when the date cannot be read: then since ever */
    bool this_run_only;    /* from a file, not from the catalogue */
};

/* What a code says about the key it was signed with. */
struct trust_wanted {
    const char *kid;    /* NULL: nothing */
    const char *issuer; /* NULL: nothing. Only asked when there is no kid. */
};

struct trust;

enum status trust_new(struct trust **trust, struct error *error) MUST_CHECK;
void trust_free(struct trust *trust);

/* STATUS_TOO_LARGE when the set is full; a document that makes no sense is kept as a refused key.
 */
enum status trust_add_document(struct trust *trust, const json_t *document,
                               struct error *error) MUST_CHECK;

/* PEM, rather than JSON: it may hold roots and revocation lists (anchors_add()) beside keys. */
bool trust_file_is_pem(const char *text, size_t length);

/* STATUS_INVALID when there is no key and no certificate in it. Its keys stand for every issuer. */
enum status trust_add_file(struct trust *trust, const char *text, size_t length,
                           struct error *error) MUST_CHECK;

size_t trust_count(const struct trust *trust);

/* The first key that may be the wanted one, or the next after `previous`; NULL: no more. With a
 * kid: the keys of that name or thumbprint, and nameless keys of a file. Without: the issuer's keys
 * and those of a file. */
const struct trust_key *trust_next(const struct trust *trust, const struct trust_wanted *wanted,
                                   const struct trust_key *previous);

#endif
