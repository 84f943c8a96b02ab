#ifndef HUILIU_VERIFY_JWK_H
#define HUILIU_VERIFY_JWK_H
/*
 * An issuer's public key as JSON (RFC 7517): EC on P-256 and P-384, OKP Ed25519 (RFC 8037), RSA,
 * and SM2, which no standard names: {"kty":"EC","crv":"SM2"}.
 *
 * A key says by itself what it may be used for. `use` must be "sig" and `key_ops` "verify" where
 * they are given; `alg`, where it is given, pins the one algorithm, and it must be one for this
 * kind of key; without it the kind decides (an RSA key then serves PS256 and RS256). Where `x5c`
 * is given, its first certificate must be for this very key and each must be issued by the next;
 * its dates then limit the key.
 *
 * A key with its private half (`d`) is read and marked: whoever has the text can sign. What to do
 * about it is the reader's business.
 *
 * The thumbprint is that of RFC 7638 with SHA-256; it is also the `kid` of a SMART Health Card.
 * A jwk is a plain value that owns its key. Immutable after reading, then thread-safe.
 */
#include "base/json.h"
#include "verify/crypto.h"
#include "verify/x509.h"

#include <stdbool.h>
#include <stdint.h>

#define JWK_KID_MAX        128
#define JWK_THUMBPRINT_MAX 44 /* 43 characters */
#define X5C_MAX            8

struct jwk {
    char kid[JWK_KID_MAX]; /* "" when it has none */
    char thumbprint[JWK_THUMBPRINT_MAX];
    unsigned algorithms; /* bit 1 << enum signature_algorithm */
    struct public_key *key;
    bool has_private;
    int64_t valid_from_ms, valid_to_ms; /* of its certificate; both 0 when it has none */
};

/* STATUS_INVALID with the reason for a key that cannot be used here. */
enum status jwk_read(const json_t *value, struct jwk *jwk, struct error *error) MUST_CHECK;

enum status jwk_from_key(const struct public_key *key, struct jwk *jwk,
                         struct error *error) MUST_CHECK;
/* STATUS_INVALID also for one that is not meant for signatures; its dates limit the key. */
enum status jwk_from_certificate(const struct certificate *certificate, struct jwk *jwk,
                                 struct error *error) MUST_CHECK;

/* Appends the members a thumbprint is made of, as JSON (RFC 7638 section 3.2). */
enum status jwk_canonical(const struct public_key *key, struct buf *out,
                          struct error *error) MUST_CHECK;

void jwk_release(struct jwk *jwk);

/* The certificates of an `x5c` member (RFC 7515 section 4.1.6), the signer's first. */
struct x5c {
    struct certificate *certificates[X5C_MAX];
    size_t count;
};

enum status x5c_read(const json_t *value, struct x5c *chain, struct error *error) MUST_CHECK;
void x5c_release(struct x5c *chain);

bool jwk_allows(const struct jwk *jwk, enum signature_algorithm algorithm);

#endif
