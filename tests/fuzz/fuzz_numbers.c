/*
 * Numbers, names, days and states from anywhere: a scanner, a paste, an upstream. The input is
 * one or two texts separated by a NUL byte. Besides not crashing, what is checked must hold for
 * every text: sentences are valid UTF-8, normalising twice changes nothing, the verdict says what
 * the findings say, comparing is symmetric.
 */
#include "base/text.h"
#include "verify/certificate_state.h"
#include "verify/day.h"
#include "verify/fold.h"
#include "verify/number.h"
#include "verify/record.h"
#include "verify/verdict.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct date today = {2026, 3, 14};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_findings(const struct findings *findings)
{
    must(findings->count <= FINDINGS_MAX);
    for (size_t i = 0; i < findings->count; i++) {
        const char *text = findings->items[i].text;
        must(text[0] && text_is_valid(text, strlen(text)) && findings->items[i].code);
    }
}

static void check_number(const char *text)
{
    struct number_report first, second;
    struct verdict_report verdict;

    bool sound = number_check_on(text, today, &first);
    check_findings(&first.findings);
    must(sound ==
         (first.kind != NUMBER_UNKNOWN && findings_worst(&first.findings) != FINDING_ERROR));
    verdict_from_number(&first, &verdict);
    must((verdict.verdict == VERDICT_VALID) == sound && verdict.count > 0);
    if (!sound)
        return;
    must(number_check_on(first.normalised, today, &second));
    must(second.kind == first.kind && strcmp(second.normalised, first.normalised) == 0);
    must(!first.birth_known || date_compare(first.birth, today) <= 0);
}

/* Each reader alone: the front door lets through only what has the right shape. */
static void check_readers(const char *text)
{
    struct findings findings = {0};
    struct certificate_id certificate;
    struct resident_id resident;
    struct division division;
    struct uscc uscc;
    struct phone phone;
    char organisation[ORGANISATION_CODE_TEXT_MAX], upgraded[RESIDENT_ID_TEXT_MAX];

    certificate_id_check(text, &certificate, &findings);
    resident_id_check(text, today, &resident, &findings);
    division_check(text, &division, &findings);
    uscc_check(text, &uscc, &findings);
    phone_check(text, &phone, &findings);
    organisation_code_check(text, organisation, &findings);
    check_findings(&findings);
    must(!resident_id_upgrade(text, upgraded) || resident_id_equal(text, upgraded));
    must(!certificate_id_supersedes(&certificate, &certificate));
    certificate_id_check_character(text);
    certificate_state_verdict(certificate_state_read(text));
}

static void check_pair(const char *a, const char *b)
{
    must(name_equal(a, b) == name_equal(b, a));
    must(phone_equal(a, b) == phone_equal(b, a));
    must(resident_id_equal(a, b) == resident_id_equal(b, a));
}

static void check_record(const char *a, const char *b)
{
    const struct certificate_record record = {
        .status = a,
        .valid_from = b,
        .valid_to = a,
        .holder_name = a,
        .holder_id = b,
        .asked_name = b,
        .asked_id = b,
        .revocation = REVOCATION_LISTED,
        .revoked_at = a,
        .revocation_reason = b,
        .source = a,
        .today = today,
    };
    struct verdict_report report;
    struct date day;

    verdict_from_record(&record, &report);
    must(report.verdict == VERDICT_REVOKED || report.verdict == VERDICT_MISMATCH);
    must(day_read(a, &day) != DAY_READ || date_is_valid(day));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *first = malloc(size + 1);

    if (!first)
        return 0;
    if (size)
        memcpy(first, data, size);
    first[size] = '\0';
    size_t length = strlen(first);
    const char *second = length < size ? first + length + 1 : first;
    check_number(first);
    check_readers(first);
    check_pair(first, second);
    check_record(first, second);
    free(first);
    return 0;
}
