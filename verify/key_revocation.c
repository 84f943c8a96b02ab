#include "verify/key_revocation.h"

#define STATEMENT_MARGIN_MS ((int64_t)86400 * 1000)

enum key_revocation key_revocation_judge(int64_t revoked_ms, bool on_hold, int64_t stated_ms,
                                         int64_t proven_ms)
{
    if (revoked_ms != 0 && proven_ms != 0 && proven_ms < revoked_ms)
        return KEY_REVOKED_AFTER_PROOF;
    if (on_hold)
        return KEY_ON_HOLD;
    if (revoked_ms == 0 || proven_ms != 0)
        return KEY_REVOKED;
    if (stated_ms != 0 && stated_ms <= revoked_ms - STATEMENT_MARGIN_MS)
        return KEY_REVOKED_AFTER_STATEMENT;
    return KEY_REVOKED;
}
