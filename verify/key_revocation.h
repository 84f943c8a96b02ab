#ifndef HUILIU_VERIFY_KEY_REVOCATION_H
#define HUILIU_VERIFY_KEY_REVOCATION_H
/*
 * What the revocation of a key, or of its certificate, means for something it has signed. One rule
 * for the keys of issuers (JWK), for signers with certificates (x5c) and for seals:
 *
 *   - Signed before the revocation, and a time stamp of a trusted authority proves it: it counts. A
 *     key that was compromised later does not take back what it had signed honestly.
 *   - The signature states a time before the revocation, and nothing proves it: nobody can tell.
 *     Whoever has the key can write any time. Most such signatures are genuine, so they are not
 *     called revoked, and none is called valid; the issuer can be asked.
 *   - The certificate is on hold: the issuer has not made up its mind, whatever the signature says.
 *   - Everything else, also when either of the two times is not known: revoked.
 *
 * A stated time counts as "before" only when it is a whole day before: clocks differ, and a theft
 * is noticed after it happened. Where a revocation list names the day from which the key is not to
 * be believed (RFC 5280, invalidity date), that day is the time of the revocation.
 *
 * Pure; thread-safe. Times are milliseconds since 1970; 0: not known.
 */
#include <stdbool.h>
#include <stdint.h>

enum key_revocation {
    KEY_REVOKED_AFTER_PROOF,     /* it counts */
    KEY_REVOKED_AFTER_STATEMENT, /* nobody can tell */
    KEY_ON_HOLD,                 /* it does not count for the time being */
    KEY_REVOKED                  /* it does not count */
};

enum key_revocation key_revocation_judge(int64_t revoked_ms, bool on_hold, int64_t stated_ms,
                                         int64_t proven_ms);

#endif
