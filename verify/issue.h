#ifndef HUILIU_VERIFY_ISSUE_H
#define HUILIU_VERIFY_ISSUE_H
/*
 * Signed codes in the profile of docs/credential.md, for tests and demonstrations: every code says
 * so inside ("demonstration": true), and verify/credential.h says it to whoever verifies one.
 *
 *     const struct issue_recipe recipe = {.issuer = "11990106MB00010547", .number = "1", …};
 *     issue_code(key, &recipe, &code, &error);
 *
 * Texts are raw UTF-8 and may be NULL: left out. Pure apart from the key; one thread.
 */
#include "base/buf.h"
#include "base/json.h"
#include "verify/signing.h"

#include <stdint.h>

struct issue_recipe {
    const char *issuer; /* credit code or https address; required */
    const char *number; /* of the code; what a revocation list names it by */
    const char *certificate_id, *certificate_name;
    const char *holder_name, *holder_id;
    int64_t issued_ms;
    int64_t expires_ms; /* 0: never */
};

/* Appends the compact JWS, compressed. */
enum status issue_code(const struct signing_key *key, const struct issue_recipe *recipe,
                       struct buf *code, struct error *error) MUST_CHECK;

/* The key as a JWK with `kid`, `alg` and `use`; NULL when memory runs out. */
enum status issue_jwk(const struct signing_key *key, json_t **jwk, struct error *error) MUST_CHECK;

#endif
