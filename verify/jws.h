#ifndef HUILIU_VERIFY_JWS_H
#define HUILIU_VERIFY_JWS_H
/*
 * Compact JSON Web Signatures (RFC 7515), read strictly.
 *
 *     struct jws jws;
 *     jws_parse(text, length, &jws, &error);     // form only: nothing in it is believed yet
 *     jws_verify(&jws, &jwk, &error);            // with the key the caller trusts
 *     jws_payload(&jws, &content, &error);       // inflated where the header says so
 *     jws_release(&jws);
 *
 * The header chooses nothing. Its `alg` must be one the issuer's key is for, and keys and addresses
 * it brings along (jwk, jku, x5u) are not looked at; certificates (x5c) only by
 * verify/credential_chain.h, as a path to a root. A header with `crit`,
 * with duplicate members, with another `zip` than DEF, with b64 false, or without `alg` or with
 * none for it, is refused. Between and after the three parts there is nothing, white space
 * included.
 *
 * Thread-safe as long as one struct jws stays in one thread.
 */
#include "base/buf.h"
#include "base/json.h"
#include "verify/jwk.h"

#include <stdbool.h>
#include <stddef.h>

#define JWS_TEXT_MAX ((size_t)64 << 10)

struct jws {
    json_t *header;
    enum signature_algorithm algorithm;
    bool algorithm_known; /* false: the header names one that is not used here */
    bool deflated;
    const char *kid;        /* of the header; NULL: none */
    struct buf signed_text; /* the first two parts with the dot */
    struct buf content;     /* the second part, decoded, still deflated */
    struct buf signature;
};

/* True for text that is meant to be a JWS, whether or not it is a sound one. */
bool jws_is_compact(const char *text, size_t length);

/* True for an object that looks like a JWS in its JSON serialization (RFC 7515 section 7.2), which
 * is not read here: its header need not be signed, and it may have several signatures. */
bool jws_is_json(const char *text, size_t length);

/* STATUS_INVALID with the reason, or STATUS_TOO_LARGE. */
enum status jws_parse(const char *text, size_t length, struct jws *jws,
                      struct error *error) MUST_CHECK;
void jws_release(struct jws *jws);

/* STATUS_OK: this key has signed this text. STATUS_INVALID, with the reason, otherwise. */
enum status jws_verify(const struct jws *jws, const struct jwk *jwk,
                       struct error *error) MUST_CHECK;

/* Appends what was signed. */
enum status jws_payload(const struct jws *jws, struct buf *out, struct error *error) MUST_CHECK;

#endif
