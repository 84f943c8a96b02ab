#include "tests/unit/verify/support.h"
#include "verify/organisation_code.h"
#include "verify/uscc.h"

/* The standard's example, published codes (some with a sum of 0 modulo 31, where a forgotten
 * second reduction shows), and synthetic codes of every kind a township meets. */
static const char *const genuine[] = {
    "91350100M000100Y43", "91110000600037341L", "91110108717743469K", "91330100799655058B",
    "121200004013590816", "91620105L015101280", "911522010783762860", "91340600MA2PBP2120",
    "92340603MA2UK1TD00", "92340604MA2PENA300", "91330106MA0000015K", "92330106MA0000023B",
    "93330106MA00000313", "52330106MJ0000018E", "31330106MD00000163", "81330106MC0000012F",
    "113301060000000195", "12330106MB00000197", "N1330106MF00000215", "N2330106MF00000137",
    "N3330106MF000003XN", "Y1330106MX0000019H", "11100000000013127D", "11100000MB0341032Y",
    "11420503087246977F", "11100000MB03271699", "11100000000013338W", "11430000006122244L",
    "11330105002500287C",
};

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static bool accepts(const char *text)
{
    struct findings findings = {0};
    struct uscc uscc;

    return uscc_check(text, &uscc, &findings);
}

static void genuine_codes_pass_without_a_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(genuine); i++) {
        struct findings findings = {0};
        struct uscc uscc;
        assert_true_for(genuine[i], uscc_check(genuine[i], &uscc, &findings));
        assert_true_for(genuine[i], findings.count == 0);
        assert_true_for(genuine[i], uscc.department && uscc.category);
        assert_true_for(genuine[i], uscc_check_character(genuine[i]) == genuine[i][17]);
    }
}

static void a_typing_slip_is_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(genuine); i++) {
        assert_changes_noticed(genuine[i], alphabet, accepts);
        assert_swaps_noticed(genuine[i], accepts);
    }
}

struct faulty {
    const char *code, *finding;
    enum severity severity;
};

static void faults_say_why(void **state)
{
    static const struct faulty rows[] = {
        {"91330106MA0000015", "uscc.shape", FINDING_ERROR},
        {"91330106MA0000015KK", "uscc.shape", FINDING_ERROR},
        {"91330106MA00000中K", "uscc.shape", FINDING_ERROR},
        {"", "uscc.shape", FINDING_ERROR},
        {"9133O106MA0000015K", "uscc.letter", FINDING_ERROR},
        {"91330106MA000001SK", "uscc.letter", FINDING_ERROR},
        {"91330106MA0000015L", "uscc.check", FINDING_ERROR},
        {"54330106MF0000011C", "uscc.category", FINDING_WARNING},
        {"B1330106MA0000015H", "uscc.department", FINDING_WARNING},
        {"91990106MA0000015L", "uscc.region", FINDING_WARNING},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct findings findings = {0};
        struct uscc uscc;
        bool accepted = uscc_check(rows[i].code, &uscc, &findings);
        assert_true_for(rows[i].code, accepted == (rows[i].severity != FINDING_ERROR));
        assert_finding(rows[i].code, &findings, rows[i].finding, rows[i].severity);
    }
}

static void the_inner_code_is_advisory(void **state)
{
    char code[] = "91330106MA0000016?";
    struct findings findings = {0};
    struct uscc uscc;

    (void)state;
    code[17] = uscc_check_character(code);
    assert_true(uscc_check(code, &uscc, &findings));
    assert_finding(code, &findings, "uscc.organisation", FINDING_WARNING);
    assert_string_equal(uscc.organisation, "MA0000016");
}

static void parts_are_read(void **state)
{
    struct findings findings = {0};
    struct uscc uscc;

    (void)state;
    assert_true(uscc_check("ｎ２３３０１０６ｍｆ０００００１３７", &uscc, &findings));
    assert_string_equal(uscc.code, "N2330106MF00000137");
    assert_string_equal(uscc.region, "330106");
    assert_string_equal(uscc.region_name, "Zhejiang");
    assert_string_equal(uscc.department, "agriculture");
    assert_string_equal(uscc.category, "collective economic organisation of a village");
    assert_string_equal(uscc_category_title('5', '9'), "other organisation");
    assert_null(uscc_category_title('9', '9'));
    assert_null(uscc_category_title('5', '4'));
    assert_null(uscc_category_title('\0', '9'));
    assert_null(uscc_department_title('Z'));
    assert_true(uscc_check_character("9133010IMA0000015") == '\0');
}

static bool accepts_organisation(const char *text)
{
    char code[ORGANISATION_CODE_TEXT_MAX];
    struct findings findings = {0};

    return organisation_code_check(text, code, &findings);
}

static void organisation_codes(void **state)
{
    char code[ORGANISATION_CODE_TEXT_MAX];
    struct findings findings = {0};

    (void)state;
    assert_true(organisation_code_check("D2143569-X", code, &findings));
    assert_string_equal(code, "D2143569X");
    assert_true(organisation_code_check("d2143569\u2014x", code, &findings));
    assert_string_equal(code, "D2143569X");
    assert_int_equal(findings.count, 0);
    assert_false(organisation_code_check("D2143569-1", code, &findings));
    assert_finding(code, &findings, "organisation_code.check", FINDING_ERROR);
    assert_false(organisation_code_check("D214356-X", code, &findings));
    assert_string_equal(code, "");
    assert_finding(code, &findings, "organisation_code.shape", FINDING_ERROR);
    assert_changes_noticed("717743469", "0123456789", accepts_organisation);
    assert_swaps_noticed("717743469", accepts_organisation);
    for (size_t i = 0; i < COUNT_OF(genuine); i++)
        assert_true_for(genuine[i],
                        organisation_code_check_character(genuine[i] + 8) == genuine[i][16]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genuine_codes_pass_without_a_word),
        cmocka_unit_test(a_typing_slip_is_noticed),
        cmocka_unit_test(faults_say_why),
        cmocka_unit_test(the_inner_code_is_advisory),
        cmocka_unit_test(parts_are_read),
        cmocka_unit_test(organisation_codes),
    };

    return cmocka_run_group_tests_name("uscc", tests, NULL, NULL);
}
