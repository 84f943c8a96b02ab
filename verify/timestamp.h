#ifndef HUILIU_VERIFY_TIMESTAMP_H
#define HUILIU_VERIFY_TIMESTAMP_H
/*
 * Time stamps on signatures (RFC 3161; GB/T 20520 has the same structure): somebody else's word
 * that a signature existed at a time. A signer can date a signature as he likes; with a stamp one
 * that was made before its certificate expired or was revoked stays provable.
 *
 * A token is good when it is for these very bytes, its signature fits the certificate it carries,
 * that certificate is meant for time stamping and leads to a trusted one, valid and not revoked at
 * that time. The token must carry its certificate. Nothing is fetched. Thread-safe.
 */
#include "verify/chain.h"

enum timestamp_answer {
    TIMESTAMP_GOOD,
    TIMESTAMP_UNTRUSTED, /* sound, but nobody trusted vouches for the authority */
    TIMESTAMP_WRONG,     /* for something else, or changed */
    TIMESTAMP_UNREADABLE /* no token, or made in a way that proves nothing here */
};

struct timestamp {
    enum timestamp_answer answer;
    int64_t time_ms;  /* good and untrusted ones */
    int64_t lists_ms; /* the latest date of a list that clears the authority; 0: not said */
    char authority[CERTIFICATE_TEXT_MAX]; /* the name in its certificate; "" when unreadable */
};

/* Judges the token over `stamped`. */
enum status timestamp_judge(const void *token, size_t length, const void *stamped,
                            size_t stamped_length, const struct anchors *trust,
                            struct timestamp *timestamp, struct error *error) MUST_CHECK;

#endif
