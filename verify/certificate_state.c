#include "verify/certificate_state.h"

#include "base/i18n.h"
#include "verify/fold.h"

#include <string.h>

struct state_word {
    const char *word; /* after fold_name(), without a leading "already" */
    enum certificate_state state;
};

/* Two digits: codes of the housing ministry's registers (99 is "other"). */
static const struct state_word words[] = {
    {"01", CERTIFICATE_STATE_VALID},
    {"有效", CERTIFICATE_STATE_VALID},
    {"正常", CERTIFICATE_STATE_VALID},
    {"生效", CERTIFICATE_STATE_VALID},
    {"在用", CERTIFICATE_STATE_VALID},
    {"VALID", CERTIFICATE_STATE_VALID},
    {"NORMAL", CERTIFICATE_STATE_VALID},
    {"ACTIVE", CERTIFICATE_STATE_VALID},
    {"02", CERTIFICATE_STATE_SUSPENDED},
    {"暂扣", CERTIFICATE_STATE_SUSPENDED},
    {"暂停", CERTIFICATE_STATE_SUSPENDED},
    {"中止", CERTIFICATE_STATE_SUSPENDED},
    {"冻结", CERTIFICATE_STATE_SUSPENDED},
    {"挂失", CERTIFICATE_STATE_SUSPENDED},
    {"SUSPENDED", CERTIFICATE_STATE_SUSPENDED},
    {"过期", CERTIFICATE_STATE_EXPIRED},
    {"到期", CERTIFICATE_STATE_EXPIRED},
    {"逾期", CERTIFICATE_STATE_EXPIRED},
    {"超期", CERTIFICATE_STATE_EXPIRED},
    {"过期失效", CERTIFICATE_STATE_EXPIRED},
    {"EXPIRED", CERTIFICATE_STATE_EXPIRED},
    {"05", CERTIFICATE_STATE_LAPSED},
    {"失效", CERTIFICATE_STATE_LAPSED},
    {"03", CERTIFICATE_STATE_WITHDRAWN},
    {"撤销", CERTIFICATE_STATE_WITHDRAWN},
    {"撤回", CERTIFICATE_STATE_WITHDRAWN},
    {"WITHDRAWN", CERTIFICATE_STATE_WITHDRAWN},
    {"07", CERTIFICATE_STATE_REVOKED},
    {"吊销", CERTIFICATE_STATE_REVOKED},
    {"REVOKED", CERTIFICATE_STATE_REVOKED},
    {"04", CERTIFICATE_STATE_CANCELLED},
    {"注销", CERTIFICATE_STATE_CANCELLED},
    {"CANCELLED", CERTIFICATE_STATE_CANCELLED},
    {"CANCELED", CERTIFICATE_STATE_CANCELLED},
    {"废止", CERTIFICATE_STATE_ABOLISHED},
    {"作废", CERTIFICATE_STATE_ABOLISHED},
    {"无效", CERTIFICATE_STATE_ABOLISHED},
    {"VOID", CERTIFICATE_STATE_ABOLISHED},
    {"INVALID", CERTIFICATE_STATE_ABOLISHED},
    {"变更", CERTIFICATE_STATE_SUPERSEDED},
    {"换发", CERTIFICATE_STATE_SUPERSEDED},
    {"换证", CERTIFICATE_STATE_SUPERSEDED},
    {"被替代", CERTIFICATE_STATE_SUPERSEDED},
    {"被新版本替代", CERTIFICATE_STATE_SUPERSEDED},
    {"SUPERSEDED", CERTIFICATE_STATE_SUPERSEDED},
    {"REPLACED", CERTIFICATE_STATE_SUPERSEDED},
    {"06", CERTIFICATE_STATE_MOVING},
    {"办理转出", CERTIFICATE_STATE_MOVING},
    {"转出", CERTIFICATE_STATE_MOVING},
};

enum certificate_state certificate_state_read(const char *text)
{
    static const char already[] = "已";
    char folded[64];

    if (!text || !fold_name(text, folded, sizeof folded))
        return CERTIFICATE_STATE_UNKNOWN;
    const char *word = folded;
    if (strncmp(word, already, sizeof already - 1) == 0)
        word += sizeof already - 1;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i].word) == 0)
            return words[i].state;
    }
    return CERTIFICATE_STATE_UNKNOWN;
}

enum verdict certificate_state_verdict(enum certificate_state state)
{
    static const enum verdict verdicts[] = {
        [CERTIFICATE_STATE_UNKNOWN] = VERDICT_CANNOT_TELL,
        [CERTIFICATE_STATE_VALID] = VERDICT_VALID,
        [CERTIFICATE_STATE_SUSPENDED] = VERDICT_SUSPENDED,
        [CERTIFICATE_STATE_EXPIRED] = VERDICT_EXPIRED,
        [CERTIFICATE_STATE_LAPSED] = VERDICT_EXPIRED,
        [CERTIFICATE_STATE_WITHDRAWN] = VERDICT_REVOKED,
        [CERTIFICATE_STATE_REVOKED] = VERDICT_REVOKED,
        [CERTIFICATE_STATE_CANCELLED] = VERDICT_REVOKED,
        [CERTIFICATE_STATE_ABOLISHED] = VERDICT_REVOKED,
        [CERTIFICATE_STATE_SUPERSEDED] = VERDICT_SUPERSEDED,
        [CERTIFICATE_STATE_MOVING] = VERDICT_CANNOT_TELL,
    };
    return verdicts[state];
}

const char *certificate_state_title(enum certificate_state state)
{
    static const char *const titles[] = {
        [CERTIFICATE_STATE_UNKNOWN] = N_("state unknown"),
        [CERTIFICATE_STATE_VALID] = N_("in force"),
        [CERTIFICATE_STATE_SUSPENDED] = N_("suspended"),
        [CERTIFICATE_STATE_EXPIRED] = N_("expired"),
        [CERTIFICATE_STATE_LAPSED] = N_("lapsed"),
        [CERTIFICATE_STATE_WITHDRAWN] = N_("annulled"),
        [CERTIFICATE_STATE_REVOKED] = N_("revoked"),
        [CERTIFICATE_STATE_CANCELLED] = N_("cancelled"),
        [CERTIFICATE_STATE_ABOLISHED] = N_("void"),
        [CERTIFICATE_STATE_SUPERSEDED] = N_("superseded"),
        [CERTIFICATE_STATE_MOVING] = N_("being transferred"),
    };
    return _(titles[state]);
}
