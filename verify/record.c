#include "verify/record.h"

#include "base/i18n.h"
#include "verify/certificate_state.h"
#include "verify/day.h"
#include "verify/fold.h"
#include "verify/list_date.h"
#include "verify/resident_id.h"

#include <string.h>

#define MS_PER_DAY       ((int64_t)24 * 60 * 60 * 1000)
#define RECORD_LEEWAY_MS ((int64_t)10 * 60 * 1000)

enum { HOLDER_ID_MAX = 128 };

struct judging {
    const struct certificate_record *record;
    struct verdict_report *report;
    enum day_reading from_reading, to_reading;
    struct date from, to;
    char as_of[INSTANT_TEXT_MAX];
};

static bool is_given(const char *text)
{
    return text && text[strspn(text, " \t\r\n")] != '\0';
}

static void cite_record(const struct judging *judging)
{
    verdict_report_cite(judging->report, judging->record->source, judging->as_of);
}

static bool has_dates(const struct judging *judging)
{
    return judging->to_reading == DAY_READ || judging->to_reading == DAY_OPEN_ENDED;
}

/* The status as it stands in the record, for the sentence; unknown words may be anything, so the
 * caller shows the detail through text_show() like all text. */
static void judge_status(const struct judging *judging)
{
    const char *status = judging->record->status;
    struct verdict_report *report = judging->report;

    if (!is_given(status) && has_dates(judging)) {
        verdict_report_note(report, "status", CHECK_SKIPPED, _("The record has no status."));
    } else if (!is_given(status)) {
        verdict_report_add(report, "status", CHECK_SKIPPED, VERDICT_CANNOT_TELL,
                           _("The record has no status."));
    } else {
        enum certificate_state state = certificate_state_read(status);
        enum verdict verdict = certificate_state_verdict(state);
        enum check_result result = verdict == VERDICT_VALID         ? CHECK_PASS
                                   : verdict == VERDICT_CANNOT_TELL ? CHECK_WARN
                                                                    : CHECK_FAIL;
        if (state == CERTIFICATE_STATE_UNKNOWN)
            verdict_report_add(report, "status", result, verdict,
                               _("The issuer's status \"%s\" is not known here. Ask the issuer."),
                               status);
        else
            verdict_report_add(report, "status", result, verdict,
                               _("The issuer's status is \"%s\": %s."), status,
                               certificate_state_title(state));
    }
    cite_record(judging);
}

static void judge_end(const struct judging *judging)
{
    struct verdict_report *report = judging->report;
    char day[DATE_TEXT_MAX];

    if (judging->to_reading == DAY_OPEN_ENDED) {
        verdict_report_add(report, "validity", CHECK_PASS, VERDICT_VALID,
                           _("It has no end of validity."));
        return;
    }
    date_format(judging->to, day);
    if (date_compare(judging->to, judging->record->today) < 0)
        verdict_report_add(report, "validity", CHECK_FAIL, VERDICT_EXPIRED,
                           _("Its validity ended on %s."), day);
    else
        verdict_report_add(report, "validity", CHECK_PASS, VERDICT_VALID,
                           _("It is valid until %s, that day included."), day);
}

static void judge_validity(const struct judging *judging)
{
    struct verdict_report *report = judging->report;
    bool starts = judging->from_reading == DAY_READ;
    char day[DATE_TEXT_MAX];

    if (starts && judging->to_reading == DAY_READ && date_compare(judging->from, judging->to) > 0) {
        verdict_report_add(report, "validity", CHECK_WARN, VERDICT_CANNOT_TELL,
                           _("Its validity ends before it begins: the record is wrong."));
    } else if (starts && date_compare(judging->from, judging->record->today) > 0) {
        date_format(judging->from, day);
        verdict_report_add(report, "validity", CHECK_FAIL, VERDICT_NOT_YET_VALID,
                           _("It becomes valid on %s."), day);
    } else if (judging->from_reading == DAY_UNREADABLE || judging->to_reading == DAY_UNREADABLE) {
        verdict_report_add(report, "validity", CHECK_WARN, VERDICT_CANNOT_TELL,
                           _("The dates of validity in the record cannot be read."));
    } else if (has_dates(judging)) {
        judge_end(judging);
    } else {
        verdict_report_note(report, "validity", CHECK_SKIPPED,
                            _("The record has no end of validity."));
    }
    cite_record(judging);
}

static void judge_revocation(const struct judging *judging)
{
    const struct certificate_record *record = judging->record;
    struct verdict_report *report = judging->report;

    if (record->revocation == REVOCATION_UNKNOWN)
        verdict_report_note(report, "revocation", CHECK_SKIPPED,
                            _("There is no revocation list of this issuer."));
    else if (record->revocation == REVOCATION_CLEAR)
        list_date_clear(report, record->revocation_number, record->revocation_as_of,
                        record->revocation_next, record->now_ms);
    else if (is_given(record->revocation_reason))
        verdict_report_add(report, "revocation", CHECK_FAIL, VERDICT_REVOKED,
                           _("It was revoked (%s): %s."),
                           is_given(record->revoked_at) ? record->revoked_at : _("date unknown"),
                           record->revocation_reason);
    else
        verdict_report_add(report, "revocation", CHECK_FAIL, VERDICT_REVOKED,
                           _("It was revoked (%s)."),
                           is_given(record->revoked_at) ? record->revoked_at : _("date unknown"));
    verdict_report_cite(report, record->revocation_source, record->revocation_as_of);
}

static void judge_version(const struct judging *judging)
{
    if (!is_given(judging->record->newer_version))
        return;
    verdict_report_add(judging->report, "version", CHECK_FAIL, VERDICT_SUPERSEDED,
                       _("There is a newer version: %s."), judging->record->newer_version);
    cite_record(judging);
}

struct holder_sentences {
    const char *absent, *equal, *different; /* marked with N_() */
};

static void judge_holder(const struct judging *judging, const char *check, const char *asked,
                         const char *recorded, bool (*equal)(const char *, const char *),
                         const struct holder_sentences *sentences)
{
    if (!is_given(asked))
        return;
    if (!is_given(recorded))
        verdict_report_add(judging->report, check, CHECK_WARN, VERDICT_CANNOT_TELL, "%s",
                           _(sentences->absent));
    else if (equal(asked, recorded))
        verdict_report_add(judging->report, check, CHECK_PASS, VERDICT_VALID, "%s",
                           _(sentences->equal));
    else
        verdict_report_add(judging->report, check, CHECK_FAIL, VERDICT_MISMATCH, "%s",
                           _(sentences->different));
    cite_record(judging);
}

bool holder_id_equal(const char *a, const char *b)
{
    char left[HOLDER_ID_MAX], right[HOLDER_ID_MAX];

    if (resident_id_equal(a, b))
        return true;
    if (!fold_code(a, left, sizeof left) || !fold_code(b, right, sizeof right))
        return name_equal(a, b);
    fold_drop(left, '-');
    fold_drop(right, '-');
    return left[0] && strcmp(left, right) == 0;
}

static void judge_holders(const struct judging *judging)
{
    static const struct holder_sentences of_name = {
        N_("The record has no holder's name to compare with."),
        N_("The holder's name matches."),
        N_("The holder's name is different from the one on record."),
    };
    static const struct holder_sentences of_id = {
        N_("The record has no holder's number to compare with."),
        N_("The holder's number matches."),
        N_("The holder's number is different from the one on record."),
    };
    const struct certificate_record *record = judging->record;

    judge_holder(judging, "holder_name", record->asked_name, record->holder_name, name_equal,
                 &of_name);
    judge_holder(judging, "holder_id", record->asked_id, record->holder_id, holder_id_equal,
                 &of_id);
}

static void judge_freshness(const struct judging *judging)
{
    const struct certificate_record *record = judging->record;
    struct verdict_report *report = judging->report;
    int64_t age_ms = record->now_ms - record->as_of_ms;
    char age[64];

    if (record->online) {
        verdict_report_note(report, "freshness", CHECK_PASS, _("The record was fetched just now."));
    } else if (record->as_of_ms <= 0) {
        verdict_report_note(report, "freshness", CHECK_WARN,
                            _("It is not known how old the record is."));
    } else if (age_ms < -RECORD_LEEWAY_MS) {
        verdict_report_note(report, "freshness", CHECK_WARN,
                            _("The record comes from the future: check the clock of this "
                              "computer."));
    } else {
        duration_format(age_ms > 0 ? age_ms : 0, age, sizeof age);
        bool stale = record->max_age_days > 0 && age_ms > record->max_age_days * MS_PER_DAY;
        verdict_report_note(report, "freshness", stale ? CHECK_WARN : CHECK_PASS,
                            stale ? _("The record is %s old, older than it should be.")
                                  : _("The record is %s old."),
                            age);
    }
    cite_record(judging);
    report->recheck = !record->online;
}

void verdict_from_record(const struct certificate_record *record, struct verdict_report *report)
{
    struct judging judging = {.record = record, .report = report};

    verdict_report_init(report, record->kind ? record->kind : "certificate");
    judging.from_reading = day_read(record->valid_from, &judging.from);
    judging.to_reading = day_read(record->valid_to, &judging.to);
    if (record->as_of_ms > 0)
        instant_format(record->as_of_ms, judging.as_of);
    judge_status(&judging);
    judge_validity(&judging);
    judge_revocation(&judging);
    judge_version(&judging);
    judge_holders(&judging);
    judge_freshness(&judging);
}
