#include "tests/unit/verify/support.h"
#include "verify/resident_id.h"

/* Standards' examples, published samples, and synthetic numbers. */
static const char *const genuine[] = {
    "11010519491231002X", "440524188001010014", "610104196209276908", "810000199408230021",
    "830000199201300022", "932682198501010017", "911124198108030024", "360426199101010071",
    "44011320141005001X", "412723199010050012", "110102199101010078", "120110198012010073",
    "34052419800101001X", "44040119580101000X", "140120197901010008", "441282198101011230",
    "371001198010082394", "235407195106112745", "210203197503102721", "520323197806058856",
    "330106199001010018", "330106199001010026", "330106200002290010", "810000198502280012",
    "820000198502280022", "830000198502280032", "933840198512310013", "990106199001010010",
};

struct faulty {
    const char *number, *code;
};

static const struct faulty faulty[] = {
    {"330106190002290014", "resident_id.birth"}, /* 1900 was no leap year */
    {"330106194900000013", "resident_id.birth"},
    {"330106209912310018", "resident_id.future"},
    {"330106179912310013", "resident_id.century"},
    {"330106199001010017", "resident_id.check"},
    {"11010519491231002", "resident_id.shape"},
    {"11010519491231002XX", "resident_id.shape"},
    {"1101051949123100X2", "resident_id.shape"},
    {"330106199O01010018", "resident_id.shape"},
    {"", "resident_id.shape"},
    {"\xff\xfe", "resident_id.shape"},
    {"610104620230690", "resident_id.birth"},
    {"AB1234567890123", "resident_id.shape"},
};

static struct resident_id read_number(const char *text, struct findings *findings)
{
    struct resident_id id;
    bool accepted = resident_id_check(text, today, &id, findings);

    assert_true_for(text, accepted == (findings_worst(findings) != FINDING_ERROR));
    return id;
}

static bool accepts(const char *text)
{
    struct findings findings = {0};
    struct resident_id id;

    return resident_id_check(text, today, &id, &findings);
}

static void genuine_numbers_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(genuine); i++) {
        assert_true_for(genuine[i], accepts(genuine[i]));
        assert_true_for(genuine[i], resident_id_check_character(genuine[i]) == genuine[i][17]);
    }
}

static void faulty_numbers_say_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(faulty); i++) {
        struct findings findings = {0};
        read_number(faulty[i].number, &findings);
        assert_finding(faulty[i].number, &findings, faulty[i].code, FINDING_ERROR);
    }
}

static void a_typing_slip_is_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(genuine); i++) {
        assert_changes_noticed(genuine[i], "0123456789X", accepts);
        assert_swaps_noticed(genuine[i], accepts);
    }
}

static void the_sentence_names_the_right_character(void **state)
{
    struct findings findings = {0};

    (void)state;
    read_number("330106199001010017", &findings);
    assert_string_equal(findings_find(&findings, "resident_id.check")->text,
                        "The check character should be 8, not 7: a digit was probably mistyped.");
}

struct derived {
    const char *number;
    enum resident_id_kind kind;
    enum person_sex sex;
    struct date birth;
    const char *region, *region_name;
};

static void facts_are_derived(void **state)
{
    static const struct derived rows[] = {
        {"11010519491231002X",
         RESIDENT_ID_CITIZEN,
         SEX_FEMALE,
         {1949, 12, 31},
         "110105",
         "Beijing"},
        {"330106199001010018", RESIDENT_ID_CITIZEN, SEX_MALE, {1990, 1, 1}, "330106", "Zhejiang"},
        {"412723199010050012", RESIDENT_ID_CITIZEN, SEX_MALE, {1990, 10, 5}, "412723", "Henan"},
        {"810000198502280012",
         RESIDENT_ID_HONG_KONG,
         SEX_MALE,
         {1985, 2, 28},
         "810000",
         "Hong Kong"},
        {"820000198502280022", RESIDENT_ID_MACAO, SEX_FEMALE, {1985, 2, 28}, "820000", "Macao"},
        {"830000198502280032", RESIDENT_ID_TAIWAN, SEX_MALE, {1985, 2, 28}, "830000", "Taiwan"},
        {"932682198501010017", RESIDENT_ID_PERMANENT, SEX_MALE, {1985, 1, 1}, "320000", "Jiangsu"},
        {"911124198108030024",
         RESIDENT_ID_PERMANENT,
         SEX_FEMALE,
         {1981, 8, 3},
         "110000",
         "Beijing"},
        {"610104620927690", RESIDENT_ID_LEGACY, SEX_FEMALE, {1962, 9, 27}, "610104", "Shaanxi"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct findings findings = {0};
        struct resident_id id = read_number(rows[i].number, &findings);
        assert_int_equal(id.kind, rows[i].kind);
        assert_int_equal(id.sex, rows[i].sex);
        assert_true_for(rows[i].number, id.birth_known);
        assert_int_equal(date_compare(id.birth, rows[i].birth), 0);
        assert_string_equal(id.region, rows[i].region);
        assert_string_equal(id.region_name, rows[i].region_name);
        assert_int_equal(findings_count(&findings, FINDING_WARNING), 0);
    }
}

/* A county that does not exist, for demonstrations, also begins with 9. */
static void an_unknown_address_only_warns(void **state)
{
    struct findings findings = {0};
    struct resident_id id = read_number("990106199001010010", &findings);

    (void)state;
    assert_int_equal(id.kind, RESIDENT_ID_CITIZEN);
    assert_string_equal(id.region, "990106");
    assert_null(id.region_name);
    assert_finding(id.number, &findings, "resident_id.region", FINDING_WARNING);
}

static void an_unknown_country_is_only_noted(void **state)
{
    struct findings findings = {0};
    struct resident_id id = read_number("932999198501010010", &findings);

    (void)state;
    assert_int_equal(id.kind, RESIDENT_ID_PERMANENT);
    assert_finding(id.number, &findings, "resident_id.country", FINDING_NOTE);
}

static void legacy_numbers_are_upgraded(void **state)
{
    char longer[RESIDENT_ID_TEXT_MAX];
    struct findings findings = {0};

    (void)state;
    assert_true(resident_id_upgrade("610104620927690", longer));
    assert_string_equal(longer, "610104196209276908");
    assert_string_equal(read_number("610104 620927 690", &findings).upgraded, longer);
    assert_finding(longer, &findings, "resident_id.legacy", FINDING_NOTE);
    assert_false(resident_id_upgrade("610104196209276908", longer));
    assert_string_equal(longer, "");
}

static void centenarians_are_not_upgraded(void **state)
{
    static const char *const numbers[] = {"610104620927996", "610104620927999"};
    char longer[RESIDENT_ID_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        struct findings findings = {0};
        struct resident_id id = read_number(numbers[i], &findings);
        assert_false(resident_id_upgrade(numbers[i], longer));
        assert_string_equal(id.upgraded, "");
        assert_false(id.birth_known);
        assert_int_equal(resident_id_age(&id, today), -1);
        assert_finding(numbers[i], &findings, "resident_id.centenarian", FINDING_NOTE);
    }
    assert_true(resident_id_upgrade("610104620927995", longer));
}

static void the_2017_shape_is_accepted(void **state)
{
    struct findings findings = {0};
    struct resident_id id = read_number("usa 110185010112", &findings);

    (void)state;
    assert_int_equal(id.kind, RESIDENT_ID_PERMANENT_2017);
    assert_string_equal(id.number, "USA110185010112");
    assert_int_equal(id.sex, SEX_UNKNOWN);
    assert_false(id.birth_known);
    assert_finding(id.number, &findings, "resident_id.shape_only", FINDING_NOTE);
}

static void input_is_normalised(void **state)
{
    static const char *const ways[] = {
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        "１１０１０５１９４９１２３１００２ｘ",
        "１１０１０５　１９４９１２３１　００２Ｘ",
        "11010519491231002\u00d7",
        "11010519491231002\u2169",
        "\u202d11010519491231002X\u202c",
        "11010519491231002\u0425",
    };
    char out[RESIDENT_ID_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        assert_true_for(ways[i], resident_id_normalise(ways[i], out));
        assert_string_equal(out, "11010519491231002X");
    }
    assert_false(resident_id_normalise("一一〇一〇五", out));
    assert_string_equal(out, "");
}

static void equal_numbers_are_equal(void **state)
{
    (void)state;
    assert_true(resident_id_equal("610104620927690", "610104196209276908"));
    assert_true(resident_id_equal("610104196209276908", "610104620927690"));
    assert_true(resident_id_equal("11010519491231002x", "11010519491231002X"));
    assert_false(resident_id_equal("330106199001010018", "330106199001010026"));
    assert_false(resident_id_equal("610104620927996", "610104196209279965"));
    assert_false(resident_id_equal("", ""));
}

static void age_is_in_completed_years(void **state)
{
    struct findings findings = {0};
    struct resident_id id = read_number("330106200002290010", &findings);

    (void)state;
    assert_int_equal(resident_id_age(&id, (struct date){2014, 2, 28}), 13);
    assert_int_equal(resident_id_age(&id, (struct date){2014, 3, 1}), 14);
    assert_int_equal(resident_id_age(&id, (struct date){1999, 1, 1}), -1);
}

static void a_birth_long_ago_is_noted(void **state)
{
    struct findings findings = {0};

    (void)state;
    read_number("440524188001010014", &findings);
    assert_finding("1880", &findings, "resident_id.age", FINDING_NOTE);
    assert_int_equal(findings_worst(&findings), FINDING_NOTE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genuine_numbers_pass),
        cmocka_unit_test(faulty_numbers_say_why),
        cmocka_unit_test(a_typing_slip_is_noticed),
        cmocka_unit_test(the_sentence_names_the_right_character),
        cmocka_unit_test(facts_are_derived),
        cmocka_unit_test(an_unknown_address_only_warns),
        cmocka_unit_test(an_unknown_country_is_only_noted),
        cmocka_unit_test(legacy_numbers_are_upgraded),
        cmocka_unit_test(centenarians_are_not_upgraded),
        cmocka_unit_test(the_2017_shape_is_accepted),
        cmocka_unit_test(input_is_normalised),
        cmocka_unit_test(equal_numbers_are_equal),
        cmocka_unit_test(age_is_in_completed_years),
        cmocka_unit_test(a_birth_long_ago_is_noted),
    };

    return cmocka_run_group_tests_name("resident_id", tests, NULL, NULL);
}
