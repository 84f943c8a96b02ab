#include "verify/verdict.h"

#include "base/i18n.h"
#include "verify/fold.h"
#include "verify/number.h"
#include "verify/number_facts.h"

#include <stdio.h>
#include <string.h>

struct verdict_text {
    const char *name, *title;
};

static const struct verdict_text verdicts[] = {
#define VERDICT_TEXT(name, text, title) {text, title},
    VERDICT_LIST(VERDICT_TEXT)
#undef VERDICT_TEXT
};

const char *verdict_name(enum verdict verdict)
{
    return verdicts[verdict].name;
}

bool verdict_from_name(const char *name, enum verdict *verdict)
{
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        if (strcmp(verdicts[i].name, name) != 0)
            continue;
        *verdict = (enum verdict)i;
        return true;
    }
    return false;
}

const char *verdict_title(enum verdict verdict)
{
    return _(verdicts[verdict].title);
}

const char *check_result_name(enum check_result result)
{
    static const char *const names[] = {
        [CHECK_PASS] = "pass",
        [CHECK_FAIL] = "fail",
        [CHECK_WARN] = "warn",
        [CHECK_SKIPPED] = "skipped",
    };
    return names[result];
}

static int gravity(enum verdict verdict)
{
    static const int gravities[] = {
        [VERDICT_VALID] = 0,          [VERDICT_CANNOT_TELL] = 1,
        [VERDICT_NOT_YET_VALID] = 2,  [VERDICT_SUSPENDED] = 3,
        [VERDICT_EXPIRED] = 4,        [VERDICT_SUPERSEDED] = 5,
        [VERDICT_REVOKED] = 6,        [VERDICT_MISMATCH] = 7,
        [VERDICT_UNKNOWN_ISSUER] = 8, [VERDICT_SIGNATURE_INVALID] = 9,
    };
    return gravities[verdict];
}

bool verdict_is_graver(enum verdict a, enum verdict b)
{
    return gravity(a) > gravity(b);
}

void verdict_report_init(struct verdict_report *report, const char *kind)
{
    memset(report, 0, sizeof *report);
    report->verdict = VERDICT_CANNOT_TELL;
    report->kind = kind;
}

static void append(struct verdict_report *report, const char *check, enum check_result result,
                   const char *format, va_list arguments) __attribute__((format(printf, 4, 0)));

static void append(struct verdict_report *report, const char *check, enum check_result result,
                   const char *format, va_list arguments)
{
    if (report->count == CHECKS_MAX) {
        report->truncated = true;
        return;
    }
    struct check *added = &report->checks[report->count++];
    added->check = check;
    added->result = result;
    fold_vprint(added->detail, sizeof added->detail, format, arguments);
}

void verdict_report_add(struct verdict_report *report, const char *check, enum check_result result,
                        enum verdict verdict, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    append(report, check, result, format, arguments);
    va_end(arguments);
    verdict_report_weigh(report, verdict);
}

void verdict_report_weigh(struct verdict_report *report, enum verdict verdict)
{
    if (!report->decided || verdict_is_graver(verdict, report->verdict))
        report->verdict = verdict;
    report->decided = true;
}

void verdict_report_copy(struct verdict_report *report, const char *name, const struct check *check)
{
    if (report->count == CHECKS_MAX) {
        report->truncated = true;
        return;
    }
    report->checks[report->count] = *check;
    report->checks[report->count++].check = name;
}

void verdict_report_note(struct verdict_report *report, const char *check, enum check_result result,
                         const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    append(report, check, result, format, arguments);
    va_end(arguments);
}

void verdict_report_cite(struct verdict_report *report, const char *source, const char *as_of)
{
    if (report->count == 0 || report->truncated)
        return;
    struct check *last = &report->checks[report->count - 1];
    fold_copy(last->source, sizeof last->source, source ? source : "");
    fold_copy(last->as_of, sizeof last->as_of, as_of ? as_of : "");
}

void verdict_report_fact(struct verdict_report *report, const char *name, const char *title,
                         const char *value, const char *shown)
{
    if (!value || !*value || report->fact_count == VERDICT_FACTS_MAX)
        return;
    struct verdict_fact *fact = &report->facts[report->fact_count++];
    fact->name = name;
    fact->title = title;
    fold_copy(fact->value, sizeof fact->value, value);
    fold_copy(fact->shown, sizeof fact->shown, shown ? shown : value);
}

const struct check *verdict_report_find(const struct verdict_report *report, const char *check)
{
    for (size_t i = 0; i < report->count; i++) {
        if (strcmp(report->checks[i].check, check) == 0)
            return &report->checks[i];
    }
    return NULL;
}

/* A finding as a check; in a number of unknown kind an error is only a reason not to tell. */
static void add_finding(struct verdict_report *report, const struct finding *finding, bool known)
{
    if (finding->severity == FINDING_NOTE)
        verdict_report_note(report, finding->code, CHECK_PASS, "%s", finding->text);
    else if (finding->severity == FINDING_WARNING)
        verdict_report_note(report, finding->code, CHECK_WARN, "%s", finding->text);
    else if (known)
        verdict_report_add(report, finding->code, CHECK_FAIL, VERDICT_MISMATCH, "%s",
                           finding->text);
    else
        verdict_report_add(report, finding->code, CHECK_SKIPPED, VERDICT_CANNOT_TELL, "%s",
                           finding->text);
}

void verdict_from_number(const struct number_report *number, struct verdict_report *report)
{
    const char *standard = number_kind_standard(number->kind);
    bool known = number->kind != NUMBER_UNKNOWN;

    verdict_report_init(report, number_kind_name(number->kind));
    if (known && findings_worst(&number->findings) != FINDING_ERROR) {
        verdict_report_add(report, "form", CHECK_PASS, VERDICT_VALID,
                           _("Well formed: %s. Whether it was ever issued is another question."),
                           number_kind_title(number->kind));
        verdict_report_cite(report, standard, NULL);
        number_facts(number, date_today(), report);
    }
    for (size_t i = 0; i < number->findings.count; i++) {
        add_finding(report, &number->findings.items[i], known);
        verdict_report_cite(report, standard, NULL);
    }
}
