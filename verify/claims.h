#ifndef HUILIU_VERIFY_CLAIMS_H
#define HUILIU_VERIFY_CLAIMS_H
/*
 * What a signed code says: our own profile (docs/credential.md) and SMART Health Cards 1.x, brought
 * into one form. Nothing here is judged and nothing may be believed before the signature is.
 *
 * All texts point into the JSON value and are raw; "" when absent. Pure, thread-safe.
 */
#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLAIMS_IDS_MAX  3
#define CLAIMS_NAME_MAX 256

enum claim_reading { CLAIM_ABSENT, CLAIM_READ, CLAIM_UNREADABLE };

/* Seconds since 1970, also with a fraction (RFC 7519 NumericDate), as milliseconds. */
struct claim_time {
    enum claim_reading reading;
    int64_t ms;
};

struct claims {
    const char *issuer;
    struct claim_time issued, not_before, expires;
    const char *ids[CLAIMS_IDS_MAX]; /* by which a revocation list may name it */
    size_t id_count;
    const char *certificate_id, *certificate_name;
    const char *holder_id, *birth_date;
    char holder_name[CLAIMS_NAME_MAX];
    char holder_reversed[CLAIMS_NAME_MAX]; /* family name first; health cards only */
    bool health_card;
    bool demonstration; /* it says that it was made for one */
    const char *flaw;   /* translated: why it is no proper content; NULL when it is */
};

/* `payload` may be any value, NULL too: then it is a flaw. */
void claims_read(const json_t *payload, struct claims *claims);

#endif
