#include "db/search_key.h"
#include "db/verification.h"
#include "tests/unit/db/village.h"
#include "verify/certificate_id.h"

#define ZHANG "990106199003077635"
#define ROOT  "1.2.156.3005.2."
#define STEM  "11100000000013127D001.11990106MB000102XH.20250314000077."

static void judge_as(struct village *village, const char *input, const char *name, const char *id,
                     struct verdict_report *report)
{
    struct error error = {0};

    village_ok(verification_run(village->reader, &village_clerk, input, name, id, report, &error),
               &error);
}

static enum verdict judge(struct village *village, const char *input)
{
    struct verdict_report report;

    judge_as(village, input, NULL, NULL, &report);
    return report.verdict;
}

/* A well-formed identifier of version `version`. */
static void certificate(const char *version, char out[CERTIFICATE_ID_TEXT_MAX])
{
    char body[CERTIFICATE_ID_TEXT_MAX];

    snprintf(body, sizeof body, STEM "%s", version);
    snprintf(out, CERTIFICATE_ID_TEXT_MAX, ROOT STEM "%s.%c", version,
             certificate_id_check_character(body));
}

static void put_certificate(struct village *village, const char *id, const char *rev,
                            const char *rest)
{
    char text[1024];

    snprintf(text, sizeof text,
             "{\"_id\":\"certificate:%s\",\"_rev\":\"%s\",\"certificate_id\":\"%s\",\"name\":"
             "\"居民身份证\",\"holder_name\":\"张文涛\",\"holder_id\":\"" ZHANG "\",%s}",
             id, rev, id, rest);
    assert_true(village_put(village, "certificate", text));
}

static const char *result_of(const struct verdict_report *report, const char *name)
{
    const struct check *check = verdict_report_find(report, name);

    return check ? check_result_name(check->result) : "absent";
}

static void test_certificate_states(void **state)
{
    static const struct {
        const char *rest;
        enum verdict verdict;
    } rows[] = {
        {"\"status\":\"有效\",\"from\":\"2020-01-01\",\"to\":\"2999-01-01\"", VERDICT_VALID},
        {"\"status\":\"有效\",\"from\":\"2010-01-01\",\"to\":\"2020-01-01\"", VERDICT_EXPIRED},
        {"\"status\":\"有效\",\"from\":\"2990-01-01\",\"to\":\"2999-01-01\"",
         VERDICT_NOT_YET_VALID},
        {"\"status\":\"暂扣\",\"to\":\"2999-01-01\"", VERDICT_SUSPENDED},
        {"\"status\":\"吊销\",\"to\":\"2999-01-01\"", VERDICT_REVOKED},
        {"\"status\":\"有效\"", VERDICT_VALID},
        {"\"status\":\"???\"", VERDICT_CANNOT_TELL},
    };
    struct village village;
    char id[CERTIFICATE_ID_TEXT_MAX];

    certificate("001", id);
    village_make(&village, scratch_path(state, "home"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char rev[16];
        snprintf(rev, sizeof rev, "%zu-a", i + 1);
        put_certificate(&village, id, rev, rows[i].rest);
        if (judge(&village, id) != rows[i].verdict)
            fail_msg("%s: %s", rows[i].rest, verdict_name(judge(&village, id)));
    }
    village_leave(&village);
}

/* By number in any spelling, by key, and by key with its dataset: the same record. */
static void test_ways_in(void **state)
{
    struct village village;
    char id[CERTIFICATE_ID_TEXT_MAX];
    char text[CERTIFICATE_ID_TEXT_MAX + 64];

    certificate("001", id);
    village_make(&village, scratch_path(state, "home"));
    put_certificate(&village, id, "1-a", "\"status\":\"暂扣\"");
    assert_int_equal(judge(&village, id), VERDICT_SUSPENDED);
    assert_int_equal(judge(&village, id + strlen(ROOT)), VERDICT_SUSPENDED);
    snprintf(text, sizeof text, " %s ", id);
    for (char *c = text; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    assert_int_equal(judge(&village, text), VERDICT_SUSPENDED);
    snprintf(text, sizeof text, "certificate:%s", id);
    assert_int_equal(judge(&village, text), VERDICT_SUSPENDED);
    snprintf(text, sizeof text, "certificate/certificate:%s", id);
    assert_int_equal(judge(&village, text), VERDICT_SUSPENDED);
    village_leave(&village);
}

static void test_holder(void **state)
{
    struct village village;
    struct verdict_report report;
    char id[CERTIFICATE_ID_TEXT_MAX];

    certificate("001", id);
    village_make(&village, scratch_path(state, "home"));
    put_certificate(&village, id, "1-a", "\"status\":\"有效\"");
    judge_as(&village, id, " 张 文涛", ZHANG, &report);
    assert_int_equal(report.verdict, VERDICT_VALID);
    assert_string_equal(result_of(&report, "holder_spelling"), "absent");
    judge_as(&village, id, "張文濤", ZHANG, &report);
    assert_int_equal(report.verdict, VERDICT_VALID);
    assert_string_equal(result_of(&report, "holder_spelling"), "warn");
    for (size_t i = 0; i < report.count; i++)
        assert_null(strstr(report.checks[i].detail, "张文涛"));
    judge_as(&village, id, "张文韬", NULL, &report);
    assert_int_equal(report.verdict, VERDICT_MISMATCH);
    for (size_t i = 0; i < report.count; i++)
        assert_null(strstr(report.checks[i].detail, "张文涛")); /* nothing is given away */
    judge_as(&village, id, "张文涛", "990106199003077636", &report);
    assert_int_equal(report.verdict, VERDICT_MISMATCH);
    village_leave(&village);
}

static void test_newer_version(void **state)
{
    struct village village;
    char first[CERTIFICATE_ID_TEXT_MAX];
    char second[CERTIFICATE_ID_TEXT_MAX];
    char third[CERTIFICATE_ID_TEXT_MAX];

    certificate("001", first);
    certificate("002", second);
    certificate("003", third);
    village_make(&village, scratch_path(state, "home"));
    put_certificate(&village, first, "1-a", "\"status\":\"有效\"");
    assert_int_equal(judge(&village, first), VERDICT_VALID);
    put_certificate(&village, second, "1-a", "\"status\":\"有效\"");
    assert_int_equal(judge(&village, first), VERDICT_SUPERSEDED);
    assert_int_equal(judge(&village, second), VERDICT_VALID);
    assert_int_equal(judge(&village, third), VERDICT_VALID); /* unknown, but nothing is newer */
    village_leave(&village);
}

static void put_list(struct village *village, const char *issuer, const char *rev,
                     const char *certificate_id)
{
    char text[1024];

    snprintf(text, sizeof text,
             "{\"_id\":\"revocation:%s\",\"_rev\":\"%s\",\"type\":\"revocation\",\"issuer\":\"%s\","
             "\"issued_at\":\"2026-03-01T00:00:00.000Z\",\"revoked\":[{\"id\":\"%s\",\"at\":"
             "\"2026-02-01T00:00:00.000Z\",\"reason\":\"lost\"}]}",
             issuer, rev, issuer, certificate_id);
    village_document(village, text);
}

static void test_revocation(void **state)
{
    struct village village;
    struct verdict_report report;
    char id[CERTIFICATE_ID_TEXT_MAX];
    char other[CERTIFICATE_ID_TEXT_MAX];

    certificate("001", id);
    certificate("009", other);
    village_make(&village, scratch_path(state, "home"));
    put_certificate(&village, id, "1-a", "\"status\":\"有效\"");
    judge_as(&village, id, NULL, NULL, &report);
    assert_string_equal(result_of(&report, "revocation"), "skipped"); /* no list of this issuer */
    put_list(&village, "11990106MB000102XH", "1-a", other);
    judge_as(&village, id, NULL, NULL, &report);
    assert_string_equal(result_of(&report, "revocation"), "pass");
    assert_string_equal(verdict_report_find(&report, "revocation")->as_of,
                        "2026-03-01T00:00:00.000Z");
    assert_int_equal(judge(&village, other), VERDICT_REVOKED); /* no record, but on the list */
    put_list(&village, "11990106MB000102XH", "2-b", id);
    assert_int_equal(judge(&village, id), VERDICT_REVOKED);
    put_list(&village, "11990106MB000102XH", "3-c", other);
    assert_int_equal(judge(&village, id), VERDICT_VALID);
    put_list(&village, "somebody-else", "1-a", id); /* another list names it */
    assert_int_equal(judge(&village, id), VERDICT_REVOKED);
    village_leave(&village);
}

static void test_freshness(void **state)
{
    struct village village;
    struct verdict_report report;
    char id[CERTIFICATE_ID_TEXT_MAX];

    certificate("001", id);
    village_make(&village, scratch_path(state, "home"));
    put_certificate(&village, id, "1-a", "\"status\":\"有效\"");
    village_position(&village, "certificate", clock_wall_ms() - 1000);
    judge_as(&village, id, NULL, NULL, &report);
    assert_string_equal(result_of(&report, "freshness"), "pass");
    assert_true(report.recheck);
    assert_string_equal(verdict_report_find(&report, "status")->source, "Office");
    assert_true(strlen(verdict_report_find(&report, "status")->as_of) > 0);
    village_position(&village, "certificate", clock_wall_ms() - (int64_t)4 * 86400000);
    judge_as(&village, id, NULL, NULL, &report);
    assert_string_equal(result_of(&report, "freshness"), "warn");
    assert_int_equal(report.verdict, VERDICT_VALID); /* age warns, it does not condemn */
    village_leave(&village);
}

static void test_bare_numbers(void **state)
{
    struct village village;
    struct verdict_report report;

    village_make(&village, scratch_path(state, "home"));
    judge_as(&village, "11010519491231002X", NULL, NULL, &report);
    assert_int_equal(report.verdict, VERDICT_VALID);
    assert_string_equal(report.kind, "resident_id");
    assert_string_equal(result_of(&report, "record"), "skipped");
    assert_int_equal(judge(&village, "110105194912310021"), VERDICT_MISMATCH);
    assert_int_equal(judge(&village, "what is this"), VERDICT_CANNOT_TELL);
    assert_int_equal(judge(&village, ""), VERDICT_CANNOT_TELL);
    judge_as(&village, "91350100M000100Y43", NULL, NULL, &report);
    assert_string_equal(report.kind, "uscc");
    assert_int_equal(report.verdict, VERDICT_VALID);
    village_person(&village, "11010519491231002X", "王建国", "15499001234", "西乡村");
    judge_as(&village, "11010519491231002x", "王建国", NULL, &report);
    assert_string_equal(result_of(&report, "record"), "pass");
    assert_string_equal(result_of(&report, "holder_name"), "pass");
    assert_int_equal(report.verdict, VERDICT_VALID);
    judge_as(&village, "11010519491231002x", "王建", NULL, &report);
    assert_int_equal(report.verdict, VERDICT_MISMATCH);
    assert_true(village_put(&village, "death",
                            "{\"_id\":\"d:1\",\"id_number\":\"11010519491231002X\",\"name\":"
                            "\"王建国\",\"died_on\":\"2025-03-02\"}"));
    judge_as(&village, "person:11010519491231002X", NULL, NULL, &report);
    assert_string_equal(result_of(&report, "deceased"), "warn");
    assert_int_equal(report.verdict, VERDICT_VALID);
    village_leave(&village);
}

static void test_refusals(void **state)
{
    struct village village;
    struct verdict_report report;
    struct error error = {0};

    village_make(&village, scratch_path(state, "home"));
    assert_int_equal(
        verification_run(village.reader, &village_auditor, ZHANG, NULL, NULL, &report, &error),
        STATUS_REFUSED);
    assert_int_equal(verification_run(village.reader, &village_clerk, "certificate:nothing", NULL,
                                      NULL, &report, &error),
                     STATUS_NOT_FOUND);
    village_leave(&village);
}

static bool blind(struct village *village, const char *name, const char *id, char as_of[])
{
    struct error error = {0};
    bool match = false;

    village_ok(blind_check(village->reader, name, id, &match, as_of, &error), &error);
    return match;
}

static void test_blind(void **state)
{
    struct village village;
    char as_of[BLIND_AS_OF_MAX];

    village_make(&village, scratch_path(state, "home"));
    village_person(&village, "11010519491231002X", "买买提·阿卜杜拉", "15499001234", "西乡村");
    village_person(&village, "610104196209276908", "李娜", "15499001234", "西乡村");
    assert_true(village_put(&village, "enterprise",
                            "{\"_id\":\"e:1\",\"uscc\":\"91350100M000100Y43\",\"name\":"
                            "\"澜州商店\"}"));
    assert_true(blind(&village, "买买提·阿卜杜拉", "11010519491231002X", as_of));
    assert_string_equal(as_of, "");
    village_position(&village, "population", 1773475509123);
    assert_true(blind(&village, "买买提•阿卜杜拉 ", "１１０１０５１９４９１２３１００２ｘ", as_of));
    assert_string_equal(as_of, "2026-03-14T08:05:09.123Z");
    assert_false(blind(&village, "买买提", "11010519491231002X", as_of));
    assert_false(blind(&village, "", "11010519491231002X", as_of));
    assert_true(blind(&village, "李娜", "610104620927690", as_of)); /* by the old number */
    assert_true(blind(&village, "澜州商店", "91350100M000100Y43", as_of));
    assert_false(blind(&village, "李娜", "440524188001010014", as_of)); /* nobody: a no */
    assert_string_equal(as_of, "2026-03-14T08:05:09.123Z");
    assert_false(blind(&village, "李娜", "nonsense", as_of));
    village_leave(&village);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_certificate_states), TEST(test_ways_in),    TEST(test_holder),
        TEST(test_newer_version),      TEST(test_revocation), TEST(test_freshness),
        TEST(test_bare_numbers),       TEST(test_refusals),   TEST(test_blind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
