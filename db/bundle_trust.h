#ifndef HUILIU_DB_BUNDLE_TRUST_H
#define HUILIU_DB_BUNDLE_TRUST_H
/*
 * May this signer send us bundles? Yes when a `trust:*` entry of the catalogue with the use
 * "bundle" is its certificate, one above it, or its very key (jwk), and nothing on the way is
 * revoked or out of date; or when somebody here has vouched for this very certificate
 * (bundle_signer_trust()), which is how the first bundle gets into an empty home. What the
 * catalogue revokes, nobody here can vouch for.
 */
#include "db/outbox.h"
#include "db/reader.h"
#include "verify/envelope.h"

struct bundle_trust {
    bool trusted;
    bool by_catalogue;
    bool may_vouch;              /* not trusted, and vouching for it would help */
    char reason[ERROR_TEXT_MAX]; /* why not, as a sentence; "" when trusted */
};

enum status bundle_trust_judge(struct reader *reader, struct outbox *outbox,
                               const struct envelope_signature *signature,
                               struct bundle_trust *trust, struct error *error) MUST_CHECK;

#endif
