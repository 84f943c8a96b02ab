#ifndef HUILIU_VERIFY_CERTIFICATE_STATE_H
#define HUILIU_VERIFY_CERTIFICATE_STATE_H
/*
 * What issuers call the state of a certificate. There is no national list of codes: provinces
 * write words, the housing ministry numbers (01 to 07), others English. One table maps what has
 * been seen; a word that is not in it is unknown, and unknown is never taken for valid.
 *
 * The state is what the issuer asserts. Expiry that follows from the dates is computed elsewhere
 * (record.h) and kept apart. Pure and thread-safe.
 */
#include "verify/verdict.h"

enum certificate_state {
    CERTIFICATE_STATE_UNKNOWN,
    CERTIFICATE_STATE_VALID,
    CERTIFICATE_STATE_SUSPENDED,
    CERTIFICATE_STATE_EXPIRED,   /* the period is over */
    CERTIFICATE_STATE_LAPSED,    /* no longer in force, reason not said */
    CERTIFICATE_STATE_WITHDRAWN, /* given wrongly, taken back */
    CERTIFICATE_STATE_REVOKED,   /* taken away as a penalty */
    CERTIFICATE_STATE_CANCELLED, /* struck off on request or by closure */
    CERTIFICATE_STATE_ABOLISHED, /* void */
    CERTIFICATE_STATE_SUPERSEDED,
    CERTIFICATE_STATE_MOVING /* being transferred to another registry */
};

/* Reads the issuer's word or number; NULL and "" are unknown. */
enum certificate_state certificate_state_read(const char *text);

/* What the asserted state alone means; CANNOT_TELL for unknown and moving. */
enum verdict certificate_state_verdict(enum certificate_state state);

const char *certificate_state_title(enum certificate_state state); /* translated, static */

#endif
