#include "tests/unit/verify/support.h"
#include "verify/division.h"

struct row {
    const char *code;
    enum division_level level;
    enum township_class township;
    enum village_class village;
    const char *province;
};

static void sound_codes_are_read(void **state)
{
    static const struct row rows[] = {
        {"330000", DIVISION_PROVINCE, TOWNSHIP_NONE, VILLAGE_NONE, "Zhejiang"},
        {"330100", DIVISION_PREFECTURE, TOWNSHIP_NONE, VILLAGE_NONE, "Zhejiang"},
        {"330122", DIVISION_COUNTY, TOWNSHIP_NONE, VILLAGE_NONE, "Zhejiang"},
        {"441900", DIVISION_PREFECTURE, TOWNSHIP_NONE, VILLAGE_NONE, "Guangdong"},
        {"810000", DIVISION_PROVINCE, TOWNSHIP_NONE, VILLAGE_NONE, "Hong Kong"},
        {"429004", DIVISION_COUNTY, TOWNSHIP_NONE, VILLAGE_NONE, "Hubei"},
        {"440306017", DIVISION_TOWNSHIP, TOWNSHIP_STREET, VILLAGE_NONE, "Guangdong"},
        {"440306017000", DIVISION_TOWNSHIP, TOWNSHIP_STREET, VILLAGE_NONE, "Guangdong"},
        {"330122002200", DIVISION_VILLAGE, TOWNSHIP_STREET, VILLAGE_VILLAGERS, "Zhejiang"},
        {"350322111000", DIVISION_TOWNSHIP, TOWNSHIP_TOWN, VILLAGE_NONE, "Fujian"},
        {"330122203001", DIVISION_VILLAGE, TOWNSHIP_RURAL, VILLAGE_RESIDENTS, "Zhejiang"},
        {"330122400498", DIVISION_VILLAGE, TOWNSHIP_SIMILAR, VILLAGE_LIKE_RESIDENTS, "Zhejiang"},
        {"330122599599", DIVISION_VILLAGE, TOWNSHIP_SIMILAR, VILLAGE_LIKE_VILLAGERS, "Zhejiang"},
        {"330122600999", DIVISION_VILLAGE, TOWNSHIP_OTHER, VILLAGE_OTHER, "Zhejiang"},
        {"441900003002", DIVISION_VILLAGE, TOWNSHIP_STREET, VILLAGE_RESIDENTS, "Guangdong"},
        {"460400100", DIVISION_TOWNSHIP, TOWNSHIP_TOWN, VILLAGE_NONE, "Hainan"},
        {" ４４２０００ ００１ ", DIVISION_TOWNSHIP, TOWNSHIP_STREET, VILLAGE_NONE, "Guangdong"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct findings findings = {0};
        struct division division;
        assert_true_for(rows[i].code, division_check(rows[i].code, &division, &findings));
        assert_true_for(rows[i].code, division.level == rows[i].level);
        assert_true_for(rows[i].code, division.township == rows[i].township);
        assert_true_for(rows[i].code, division.village == rows[i].village);
        assert_string_equal(division.province, rows[i].province);
        assert_true_for(rows[i].code, findings_worst(&findings) == FINDING_NOTE);
    }
}

struct fault {
    const char *code, *finding;
    enum severity severity;
};

static void faults_are_found(void **state)
{
    static const struct fault rows[] = {
        {"", "division.shape", FINDING_ERROR},
        {"33", "division.shape", FINDING_ERROR},
        {"3301220", "division.shape", FINDING_ERROR},
        {"33012A", "division.shape", FINDING_ERROR},
        {"3301220022001", "division.shape", FINDING_ERROR},
        {"000000", "division.zero", FINDING_ERROR},
        {"330022", "division.gap", FINDING_ERROR},
        {"000122", "division.gap", FINDING_ERROR},
        {"330122000200", "division.gap", FINDING_ERROR},
        {"330100002", "division.county", FINDING_WARNING},
        {"990106017", "division.province", FINDING_WARNING},
        {"830000", "division.province", FINDING_WARNING},
        {"810101001", "division.statistics", FINDING_WARNING},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct findings findings = {0};
        struct division division;
        bool accepted = division_check(rows[i].code, &division, &findings);
        assert_true_for(rows[i].code, accepted == (rows[i].severity != FINDING_ERROR));
        assert_finding(rows[i].code, &findings, rows[i].finding, rows[i].severity);
    }
}

static void there_are_34_provinces(void **state)
{
    size_t count = 0;

    (void)state;
    for (int code = 0; code < 100; code++) {
        char text[8];
        snprintf(text, sizeof text, "%02d0000", code);
        count += division_province_name(text) != NULL;
    }
    assert_int_equal(count, 34);
    assert_string_equal(division_province_name("71"), "Taiwan");
    assert_null(division_province_name("3"));
    assert_null(division_province_name(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_codes_are_read),
        cmocka_unit_test(faults_are_found),
        cmocka_unit_test(there_are_34_provinces),
    };

    return cmocka_run_group_tests_name("division", tests, NULL, NULL);
}
