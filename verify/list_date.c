#include "verify/list_date.h"

#include "base/i18n.h"

enum list_date list_date_judge(int64_t issued_ms, int64_t next_ms, int64_t now_ms)
{
    if (issued_ms > now_ms + CLOCK_LEEWAY_MS)
        return LIST_FAR_AHEAD;
    if (next_ms != 0 && next_ms < now_ms)
        return LIST_LATE;
    return issued_ms > now_ms ? LIST_AHEAD : LIST_IN_DATE;
}

static int64_t ms_of(const char *instant)
{
    int64_t ms = 0;

    return instant && instant_parse(instant, &ms) ? ms : 0;
}

void list_date_clear(struct verdict_report *report, int64_t number, const char *issued,
                     const char *next, int64_t now_ms)
{
    long long list = number;

    switch (list_date_judge(ms_of(issued), ms_of(next), now_ms)) {
    case LIST_IN_DATE:
        verdict_report_note(report, "revocation", CHECK_PASS,
                            _("It is not on the issuer's revocation list %lld."), list);
        break;
    case LIST_LATE:
        verdict_report_note(report, "revocation", CHECK_WARN,
                            _("It is not on the issuer's revocation list %lld, but a newer list "
                              "should have come by now."),
                            list);
        break;
    case LIST_AHEAD:
        verdict_report_note(report, "revocation", CHECK_WARN,
                            _("It is not on the issuer's revocation list %lld, which is dated a "
                              "little ahead of this computer's clock."),
                            list);
        break;
    case LIST_FAR_AHEAD:
        verdict_report_add(report, "revocation", CHECK_WARN, VERDICT_CANNOT_TELL,
                           _("Whether it was revoked cannot be told: the issuer's revocation list "
                             "%lld is dated ahead of this computer's clock. Check the clock."),
                           list);
        break;
    }
}
