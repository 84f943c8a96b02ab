#include "tests/unit/verify/support.h"
#include "verify/certificate_state.h"
#include "verify/day.h"
#include "verify/record.h"
#include "verify/verdict.h"

#define NOW_MS ((int64_t)1773475200000) /* 2026-03-14T08:00:00Z */
#define DAY_MS ((int64_t)86400000)

static void a_silent_report_cannot_tell(void **state)
{
    struct verdict_report report;

    (void)state;
    verdict_report_init(&report, "certificate");
    assert_int_equal(report.verdict, VERDICT_CANNOT_TELL);
    verdict_report_note(&report, "freshness", CHECK_PASS, "fresh");
    assert_int_equal(report.verdict, VERDICT_CANNOT_TELL);
    verdict_report_add(&report, "status", CHECK_PASS, VERDICT_VALID, "in force");
    assert_int_equal(report.verdict, VERDICT_VALID);
    verdict_report_cite(&report, "source", "2026-03-14");
    assert_string_equal(report.checks[1].source, "source");
    assert_string_equal(report.checks[1].as_of, "2026-03-14");
    assert_string_equal(report.checks[0].source, "");
}

/* Any two checks, in either order, leave the graver verdict. */
static void the_gravest_wins(void **state)
{
    static const enum verdict order[] = {
        VERDICT_SIGNATURE_INVALID, VERDICT_UNKNOWN_ISSUER, VERDICT_MISMATCH,  VERDICT_REVOKED,
        VERDICT_SUPERSEDED,        VERDICT_EXPIRED,        VERDICT_SUSPENDED, VERDICT_NOT_YET_VALID,
        VERDICT_CANNOT_TELL,       VERDICT_VALID,
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        for (size_t j = 0; j < COUNT_OF(order); j++) {
            struct verdict_report report;
            verdict_report_init(&report, "certificate");
            verdict_report_add(&report, "a", CHECK_PASS, order[i], "a");
            verdict_report_add(&report, "b", CHECK_PASS, order[j], "b");
            assert_int_equal(report.verdict, order[i < j ? i : j]);
            assert_int_equal(verdict_is_graver(order[i], order[j]), i < j);
        }
    }
}

static void a_full_report_still_counts(void **state)
{
    struct verdict_report report;

    (void)state;
    verdict_report_init(&report, "ofd");
    for (size_t i = 0; i < CHECKS_MAX; i++)
        verdict_report_add(&report, "reference", CHECK_PASS, VERDICT_VALID, "%zu", i);
    assert_false(report.truncated);
    verdict_report_add(&report, "seal", CHECK_FAIL, VERDICT_SIGNATURE_INVALID, "broken");
    verdict_report_cite(&report, "elsewhere", NULL);
    assert_true(report.truncated);
    assert_int_equal(report.count, CHECKS_MAX);
    assert_int_equal(report.verdict, VERDICT_SIGNATURE_INVALID);
    assert_string_equal(report.checks[CHECKS_MAX - 1].source, "");
}

static void names_are_the_contract(void **state)
{
    static const char *const names[] = {
        [VERDICT_VALID] = "valid",
        [VERDICT_EXPIRED] = "expired",
        [VERDICT_NOT_YET_VALID] = "not_yet_valid",
        [VERDICT_SUSPENDED] = "suspended",
        [VERDICT_REVOKED] = "revoked",
        [VERDICT_SUPERSEDED] = "superseded",
        [VERDICT_SIGNATURE_INVALID] = "signature_invalid",
        [VERDICT_UNKNOWN_ISSUER] = "unknown_issuer",
        [VERDICT_MISMATCH] = "mismatch",
        [VERDICT_CANNOT_TELL] = "cannot_tell",
    };
    static const char *const results[] = {"pass", "fail", "warn", "skipped"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_string_equal(verdict_name((enum verdict)i), names[i]);
    for (size_t i = 0; i < COUNT_OF(results); i++)
        assert_string_equal(check_result_name((enum check_result)i), results[i]);
}

struct state_row {
    const char *word;
    enum verdict verdict;
};

static void state_words_are_mapped(void **state)
{
    static const struct state_row rows[] = {
        {"有效", VERDICT_VALID},         {" 正常 ", VERDICT_VALID},   {"Valid", VERDICT_VALID},
        {"01", VERDICT_VALID},           {"０１", VERDICT_VALID},     {"暂扣", VERDICT_SUSPENDED},
        {"02", VERDICT_SUSPENDED},       {"过期", VERDICT_EXPIRED},   {"失效", VERDICT_EXPIRED},
        {"05", VERDICT_EXPIRED},         {"撤销", VERDICT_REVOKED},   {"吊销", VERDICT_REVOKED},
        {"注销", VERDICT_REVOKED},       {"已注销", VERDICT_REVOKED}, {"废止", VERDICT_REVOKED},
        {"03", VERDICT_REVOKED},         {"04", VERDICT_REVOKED},     {"07", VERDICT_REVOKED},
        {"06", VERDICT_CANNOT_TELL},     {"99", VERDICT_CANNOT_TELL}, {"", VERDICT_CANNOT_TELL},
        {NULL, VERDICT_CANNOT_TELL},     {"1", VERDICT_CANNOT_TELL},  {"无效", VERDICT_REVOKED},
        {"有效期", VERDICT_CANNOT_TELL}, {"已", VERDICT_CANNOT_TELL}, {"换发", VERDICT_SUPERSEDED},
        {"\xff", VERDICT_CANNOT_TELL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_true_for(rows[i].word ? rows[i].word : "NULL",
                        certificate_state_verdict(certificate_state_read(rows[i].word)) ==
                            rows[i].verdict);
}

struct day_row {
    const char *text;
    enum day_reading reading;
};

static void days_are_read(void **state)
{
    static const struct day_row rows[] = {
        {"2026-03-04", DAY_READ},
        {"20260304", DAY_READ},
        {"2026/3/4", DAY_READ},
        {"2026.3.4", DAY_READ},
        {"2026年3月4日", DAY_READ},
        {"2026 年 03 月 04 日", DAY_READ},
        {"２０２６年３月４日", DAY_READ},
        {"2026-03-04 16:05", DAY_READ},
        {"2026-3-4 16:05:09", DAY_READ},
        {"2026-03-04T16:05:09.123", DAY_READ},
        {"2026-03-04T12:00:00Z", DAY_READ},
        {"长期", DAY_OPEN_ENDED},
        {"永久有效", DAY_OPEN_ENDED},
        {"9999-12-31", DAY_OPEN_ENDED},
        {"9999年12月31日", DAY_OPEN_ENDED},
        {NULL, DAY_ABSENT},
        {"", DAY_ABSENT},
        {"　", DAY_ABSENT},
        {"-", DAY_ABSENT},
        {"2026-02-30", DAY_UNREADABLE},
        {"2026-03", DAY_UNREADABLE},
        {"2026-03-04 and so on", DAY_UNREADABLE},
        {"26-3-4", DAY_UNREADABLE},
        {"tomorrow", DAY_UNREADABLE},
        {"\xff", DAY_UNREADABLE},
    };
    const struct date expected = {2026, 3, 4};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *text = rows[i].text ? rows[i].text : "NULL";
        struct date day = {0};
        assert_true_for(text, day_read(rows[i].text, &day) == rows[i].reading);
        assert_true_for(text, rows[i].reading == DAY_READ ? date_compare(day, expected) == 0
                                                          : day.year == 0);
    }
}

struct record_row {
    const char *what;
    enum verdict verdict;
    const char *check; /* that decided */
    enum check_result result;
    struct certificate_record record;
};

static const struct record_row records[] = {
    {"in force", VERDICT_VALID, "status", CHECK_PASS, {.status = "有效", .valid_to = "2027-01-01"}},
    {"last day", VERDICT_VALID, "validity", CHECK_PASS, {.status = "01", .valid_to = "2026-03-14"}},
    {"no end", VERDICT_VALID, "validity", CHECK_PASS, {.status = "正常", .valid_to = "长期"}},
    {"no status but dates", VERDICT_VALID, "status", CHECK_SKIPPED, {.valid_to = "2027-01-01"}},
    {"no dates but status", VERDICT_VALID, "validity", CHECK_SKIPPED, {.status = "有效"}},
    {"asserted valid, computed expired",
     VERDICT_EXPIRED,
     "validity",
     CHECK_FAIL,
     {.status = "有效", .valid_to = "2026-03-13"}},
    {"asserted expired, dates say otherwise",
     VERDICT_EXPIRED,
     "status",
     CHECK_FAIL,
     {.status = "过期", .valid_to = "2027-01-01"}},
    {"not yet",
     VERDICT_NOT_YET_VALID,
     "validity",
     CHECK_FAIL,
     {.status = "有效", .valid_from = "2026-03-15", .valid_to = "2027-01-01"}},
    {"first day",
     VERDICT_VALID,
     "validity",
     CHECK_PASS,
     {.status = "有效", .valid_from = "2026-03-14", .valid_to = "2027-01-01"}},
    {"suspended",
     VERDICT_SUSPENDED,
     "status",
     CHECK_FAIL,
     {.status = "暂扣", .valid_to = "2027-01-01"}},
    {"suspended and over",
     VERDICT_EXPIRED,
     "validity",
     CHECK_FAIL,
     {.status = "暂扣", .valid_to = "2026-01-01"}},
    {"withdrawn",
     VERDICT_REVOKED,
     "status",
     CHECK_FAIL,
     {.status = "撤销", .valid_to = "2026-01-01"}},
    {"on the list",
     VERDICT_REVOKED,
     "revocation",
     CHECK_FAIL,
     {.status = "有效", .valid_to = "2027-01-01", .revocation = REVOCATION_LISTED}},
    {"not on the list",
     VERDICT_VALID,
     "revocation",
     CHECK_PASS,
     {.status = "有效", .valid_to = "2027-01-01", .revocation = REVOCATION_CLEAR}},
    {"superseded",
     VERDICT_SUPERSEDED,
     "version",
     CHECK_FAIL,
     {.status = "有效", .valid_to = "2026-01-01", .newer_version = "002"}},
    {"revoked and superseded",
     VERDICT_REVOKED,
     "revocation",
     CHECK_FAIL,
     {.status = "有效", .newer_version = "002", .revocation = REVOCATION_LISTED}},
    {"status unheard of",
     VERDICT_CANNOT_TELL,
     "status",
     CHECK_WARN,
     {.status = "88", .valid_to = "2027-01-01"}},
    {"status unheard of, and over",
     VERDICT_EXPIRED,
     "validity",
     CHECK_FAIL,
     {.status = "88", .valid_to = "2026-01-01"}},
    {"nothing known",
     VERDICT_CANNOT_TELL,
     "status",
     CHECK_SKIPPED,
     {.revocation = REVOCATION_CLEAR}},
    {"unreadable date",
     VERDICT_CANNOT_TELL,
     "validity",
     CHECK_WARN,
     {.status = "有效", .valid_to = "soon"}},
    {"dates the wrong way round",
     VERDICT_CANNOT_TELL,
     "validity",
     CHECK_WARN,
     {.status = "有效", .valid_from = "2027-01-01", .valid_to = "2026-01-01"}},
    {"name matches",
     VERDICT_VALID,
     "holder_name",
     CHECK_PASS,
     {.status = "有效", .holder_name = "买买提·吐尔逊", .asked_name = "买买提．吐尔逊 "}},
    {"name differs",
     VERDICT_MISMATCH,
     "holder_name",
     CHECK_FAIL,
     {.status = "撤销", .holder_name = "张三", .asked_name = "李四"}},
    {"no name to compare",
     VERDICT_CANNOT_TELL,
     "holder_name",
     CHECK_WARN,
     {.status = "有效", .asked_name = "李四"}},
    {"legacy number matches",
     VERDICT_VALID,
     "holder_id",
     CHECK_PASS,
     {.status = "有效", .holder_id = "610104620927690", .asked_id = "610104196209276908"}},
    {"credit code matches",
     VERDICT_VALID,
     "holder_id",
     CHECK_PASS,
     {.status = "有效", .holder_id = "91330106MA0000015K", .asked_id = "91330106ma0000015k"}},
    {"passport matches",
     VERDICT_VALID,
     "holder_id",
     CHECK_PASS,
     {.status = "有效", .holder_id = "E12345678", .asked_id = "e1234 5678"}},
    {"number differs",
     VERDICT_MISMATCH,
     "holder_id",
     CHECK_FAIL,
     {.status = "有效", .holder_id = "330106199001010018", .asked_id = "330106199001010026"}},
};

static void records_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(records); i++) {
        struct certificate_record record = records[i].record;
        struct verdict_report report;
        record.today = today;
        record.now_ms = NOW_MS;
        verdict_from_record(&record, &report);
        if (report.verdict != records[i].verdict)
            fail_msg("%s: %s", records[i].what, verdict_name(report.verdict));
        const struct check *check = verdict_report_find(&report, records[i].check);
        assert_true_for(records[i].what, check && check->result == records[i].result);
        assert_true_for(records[i].what, check->detail[0]);
        assert_string_equal(report.kind, "certificate");
    }
}

static void what_is_not_asked_is_not_compared(void **state)
{
    struct certificate_record record = {.status = "有效",
                                        .holder_name = "张三",
                                        .holder_id = "1",
                                        .asked_name = " ",
                                        .today = today};
    struct verdict_report report;

    (void)state;
    verdict_from_record(&record, &report);
    assert_int_equal(report.verdict, VERDICT_VALID);
    assert_null(verdict_report_find(&report, "holder_name"));
    assert_null(verdict_report_find(&report, "holder_id"));
}

struct age_row {
    int64_t as_of_ms;
    bool online;
    enum check_result result;
};

static void age_warns_and_never_condemns(void **state)
{
    static const struct age_row rows[] = {
        {NOW_MS - DAY_MS, false, CHECK_PASS},
        {NOW_MS - 7 * DAY_MS, false, CHECK_PASS},
        {NOW_MS - 8 * DAY_MS, false, CHECK_WARN},
        {0, false, CHECK_WARN},
        {NOW_MS + DAY_MS, false, CHECK_WARN},
        {NOW_MS + 1000, false, CHECK_PASS},
        {NOW_MS, true, CHECK_PASS},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct certificate_record record = {.status = "有效",
                                            .source = "住建局",
                                            .max_age_days = 7,
                                            .as_of_ms = rows[i].as_of_ms,
                                            .online = rows[i].online,
                                            .today = today,
                                            .now_ms = NOW_MS};
        struct verdict_report report;
        verdict_from_record(&record, &report);
        const struct check *check = verdict_report_find(&report, "freshness");
        assert_int_equal(report.verdict, VERDICT_VALID);
        assert_int_equal(check->result, rows[i].result);
        assert_int_equal(report.recheck, !rows[i].online);
        assert_string_equal(check->source, "住建局");
    }
}

static void sources_and_times_are_cited(void **state)
{
    struct certificate_record record = {.status = "有效",
                                        .source = "住建局",
                                        .as_of_ms = NOW_MS,
                                        .revocation = REVOCATION_LISTED,
                                        .revoked_at = "2026-02-01",
                                        .revocation_reason = "key lost",
                                        .revocation_source = "issuer",
                                        .revocation_as_of = "2026-03-01T00:00:00.000Z",
                                        .today = today,
                                        .now_ms = NOW_MS};
    struct verdict_report report;

    (void)state;
    verdict_from_record(&record, &report);
    const struct check *status = verdict_report_find(&report, "status");
    assert_string_equal(status->source, "住建局");
    assert_string_equal(status->as_of, "2026-03-14T08:00:00.000Z");
    const struct check *revocation = verdict_report_find(&report, "revocation");
    assert_string_equal(revocation->source, "issuer");
    assert_string_equal(revocation->as_of, "2026-03-01T00:00:00.000Z");
    assert_string_equal(revocation->detail, "It was revoked (2026-02-01): key lost.");
}

/* Cleared by a list that cannot have been issued yet is not cleared. */
static void a_list_is_of_its_time(void **state)
{
    static const struct {
        const char *issued, *next;
        enum verdict verdict;
        const char *says;
    } rows[] = {
        {"2026-03-14T08:00:00Z", "2026-03-15T00:00:00Z", VERDICT_VALID, "list 17."},
        {"2026-03-14", NULL, VERDICT_VALID, "list 17."},
        {"2026-03-01T00:00:00Z", "2026-03-14T07:59:59Z", VERDICT_VALID, "a newer list"},
        {"2026-03-14T08:00:01Z", NULL, VERDICT_VALID, "a little ahead"},
        {"2026-03-14T08:05:00Z", NULL, VERDICT_VALID, "a little ahead"},
        {"2026-03-14T08:05:01Z", NULL, VERDICT_CANNOT_TELL, "Check the clock."},
        {"2036-03-14T08:05:01Z", "2026-03-01T00:00:00Z", VERDICT_CANNOT_TELL, "Check the clock."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct certificate_record record = {.status = "有效",
                                            .as_of_ms = NOW_MS,
                                            .revocation = REVOCATION_CLEAR,
                                            .revocation_number = 17,
                                            .revocation_as_of = rows[i].issued,
                                            .revocation_next = rows[i].next,
                                            .today = today,
                                            .now_ms = NOW_MS};
        struct verdict_report report;
        verdict_from_record(&record, &report);
        assert_int_equal(report.verdict, rows[i].verdict);
        assert_non_null(strstr(verdict_report_find(&report, "revocation")->detail, rows[i].says));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_report_cannot_tell),
        cmocka_unit_test(the_gravest_wins),
        cmocka_unit_test(a_full_report_still_counts),
        cmocka_unit_test(names_are_the_contract),
        cmocka_unit_test(state_words_are_mapped),
        cmocka_unit_test(days_are_read),
        cmocka_unit_test(records_are_judged),
        cmocka_unit_test(what_is_not_asked_is_not_compared),
        cmocka_unit_test(age_warns_and_never_condemns),
        cmocka_unit_test(sources_and_times_are_cited),
        cmocka_unit_test(a_list_is_of_its_time),
    };

    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
