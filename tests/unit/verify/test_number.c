#include "tests/unit/verify/support.h"
#include "verify/number.h"
#include "verify/verdict.h"

struct row {
    const char *text, *kind, *normalised;
    enum verdict verdict;
};

static const struct row rows[] = {
    {"11010519491231002x", "resident_id", "11010519491231002X", VERDICT_VALID},
    {"990106199001010010", "resident_id", "990106199001010010", VERDICT_VALID},
    {"932682198501010017", "resident_id", "932682198501010017", VERDICT_VALID},
    {"610104620927690", "resident_id", "610104620927690", VERDICT_VALID},
    {"usa110185010112", "resident_id", "USA110185010112", VERDICT_VALID},
    {"330106190002290014", "resident_id", "330106190002290014", VERDICT_MISMATCH},
    {"330106199001010017", "resident_id", "330106199001010017", VERDICT_MISMATCH},
    {"330106299001010018", "resident_id", "330106299001010018", VERDICT_MISMATCH},
    {"113301060000000195", "uscc", "113301060000000195", VERDICT_VALID},
    {"121200004013590816", "uscc", "121200004013590816", VERDICT_VALID},
    {"911522010783762860", "uscc", "911522010783762860", VERDICT_VALID},
    {"n2330106mf00000137", "uscc", "N2330106MF00000137", VERDICT_VALID},
    {"54330106MF0000011C", "uscc", "54330106MF0000011C", VERDICT_VALID},
    {"113301060000000196", "uscc", "113301060000000196", VERDICT_MISMATCH},
    {"9133O106MA0000015K", "uscc", "9133O106MA0000015K", VERDICT_MISMATCH},
    {"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9", "certificate",
     "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9", VERDICT_VALID},
    {"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.8", "certificate",
     "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.8", VERDICT_VALID},
    {"139 1234 5678", "phone", "13912345678", VERDICT_VALID},
    {"1391234567", "phone", "1391234567", VERDICT_MISMATCH},
    {"0571-88881234", "phone", "0571-88881234", VERDICT_VALID},
    {"057188881234", "phone", "0571-88881234", VERDICT_VALID},
    {"330106", "division", "330106", VERDICT_VALID},
    {"440306017", "division", "440306017", VERDICT_VALID},
    {"990106017", "division", "990106017", VERDICT_VALID},
    {"330122002200", "division", "330122002200", VERDICT_VALID},
    {"330022", "division", "330022", VERDICT_MISMATCH},
    {"717743469", "organisation_code", "717743469", VERDICT_VALID},
    {"D2143569-X", "organisation_code", "D2143569X", VERDICT_VALID},
    {"D2143569-1", "organisation_code", "D21435691", VERDICT_MISMATCH},
    {"", "unknown", "", VERDICT_CANNOT_TELL},
    {"88881234", "unknown", "", VERDICT_CANNOT_TELL},
    {"33010619900101001", "unknown", "", VERDICT_CANNOT_TELL},
    {"192.168.1.1", "unknown", "", VERDICT_CANNOT_TELL},
    {"张三", "unknown", "", VERDICT_CANNOT_TELL},
    {"\xff", "unknown", "", VERDICT_CANNOT_TELL},
};

static void kind_form_and_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct number_report number;
        struct verdict_report report;
        bool sound = number_check_on(rows[i].text, today, &number);
        assert_string_equal(number_kind_name(number.kind), rows[i].kind);
        assert_string_equal(number.normalised, rows[i].normalised);
        assert_true_for(rows[i].text, sound == (rows[i].verdict == VERDICT_VALID));
        verdict_from_number(&number, &report);
        assert_string_equal(verdict_name(report.verdict), verdict_name(rows[i].verdict));
        assert_string_equal(report.kind, rows[i].kind);
        assert_true_for(rows[i].text, report.count > 0);
    }
}

static void facts_are_lifted_out(void **state)
{
    struct number_report number;

    (void)state;
    assert_true(number_check_on("330106200002290010", today, &number));
    assert_int_equal(number.sex, SEX_MALE);
    assert_true(number.birth_known);
    assert_int_equal(date_compare(number.birth, (struct date){2000, 2, 29}), 0);
    assert_string_equal(number.region, "330106");
    assert_string_equal(number.region_name, "Zhejiang");
    assert_true(number_check_on("N2330106MF00000137", today, &number));
    assert_int_equal(number.sex, SEX_UNKNOWN);
    assert_string_equal(number.region, "330106");
    assert_true(number_check_on("330122002200", today, &number));
    assert_string_equal(number.region, "330122002200");
}

static void a_wrong_length_is_counted(void **state)
{
    struct number_report number;

    (void)state;
    assert_false(number_check_on("330106 19900101 001", today, &number));
    assert_string_equal(findings_find(&number.findings, "number.length")->text,
                        "It has 17 characters; resident numbers and credit codes have 18.");
}

/* Resident numbers with one digit wrong whose last character happens to fit a credit code. */
static void a_mistyped_person_is_no_enterprise(void **state)
{
    static const char *const mistyped[] = {"360901189507175882", "210902195307039332",
                                           "421201198505258364", "990106196806230322",
                                           "990106199111144048", "618104199802025767"};
    struct number_report number;
    struct uscc uscc;

    (void)state;
    for (size_t i = 0; i < sizeof mistyped / sizeof *mistyped; i++) {
        struct findings findings = {0};
        assert_true(uscc_check(mistyped[i], &uscc, &findings)); /* by its last character alone */
        assert_false(number_check_on(mistyped[i], today, &number));
        assert_int_equal(number.kind, NUMBER_RESIDENT_ID);
        assert_finding(mistyped[i], &number.findings, "resident_id.check", FINDING_ERROR);
    }
    assert_true(number_check_on("121200004013590816", today, &number)); /* digits only, and sound */
    assert_int_equal(number.kind, NUMBER_USCC);
}

/* 330106018: a street office, and well formed as an organisation code. */
static void an_ambiguity_is_noted(void **state)
{
    char text[10] = "33010601?";
    struct number_report number;

    (void)state;
    text[8] = organisation_code_check_character(text);
    assert_in_range(text[8], '1', '9');
    assert_true(number_check_on(text, today, &number));
    assert_int_equal(number.kind, NUMBER_DIVISION);
    assert_finding(text, &number.findings, "number.ambiguous", FINDING_NOTE);
}

static void the_verdict_cites_the_standard(void **state)
{
    struct number_report number;
    struct verdict_report report;

    (void)state;
    number_check_on("330106199001010017", today, &number);
    verdict_from_number(&number, &report);
    const struct check *check = verdict_report_find(&report, "resident_id.check");
    assert_non_null(check);
    assert_int_equal(check->result, CHECK_FAIL);
    assert_string_equal(check->source, "GB 11643-1999");
    assert_string_equal(check->as_of, "");
    assert_null(verdict_report_find(&report, "form"));
}

static void today_is_asked_of_the_clock(void **state)
{
    struct number_report number;

    (void)state;
    assert_true(number_check("11010519491231002X", &number));
    assert_false(number_check("330106209912310018", &number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kind_form_and_verdict),
        cmocka_unit_test(facts_are_lifted_out),
        cmocka_unit_test(a_wrong_length_is_counted),
        cmocka_unit_test(a_mistyped_person_is_no_enterprise),
        cmocka_unit_test(an_ambiguity_is_noted),
        cmocka_unit_test(the_verdict_cites_the_standard),
        cmocka_unit_test(today_is_asked_of_the_clock),
    };

    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
