#include "db/session.h"
#include "tests/unit/base/support.h"

static void assert_masked(enum field_type type, const char *value, const char *masked)
{
    struct buf out = {0};

    field_mask(type, value, &out);
    assert_string_equal(buf_text(&out), masked);
    buf_release(&out);
}

static void numbers_keep_their_ends(void **state)
{
    (void)state;
    assert_masked(TYPE_RESIDENT_ID, "990106199003077635", "990106********7635");
    assert_masked(TYPE_USCC, "91990106MA00000001", "919901********0001");
    assert_masked(TYPE_PHONE, "19900001234", "199****1234");
    assert_masked(TYPE_RESIDENT_ID, "9901067635", "**********");
    assert_masked(TYPE_PHONE, "", "");
}

static void text_keeps_its_length_class(void **state)
{
    (void)state;
    assert_masked(TYPE_TEXT, "", "");
    assert_masked(TYPE_TEXT, "西乡", "*");
    assert_masked(TYPE_TEXT, "西乡街道一号", "***");
    assert_masked(TYPE_TEXT, "西乡街道很长的地址一百二十三号", "******");
    assert_masked(TYPE_DATE, "1990-03-07", "***");
}

static void names_keep_their_first_character(void **state)
{
    static const char *const cases[][2] = {
        {"张伟", "张*"}, {"欧阳娜娜", "欧***"}, {"李", "*"}, {"", ""}, {"𠅤明", "𠅤*"}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf out = {0};
        name_mask(cases[i][0], &out);
        assert_string_equal(buf_text(&out), cases[i][1]);
        buf_release(&out);
    }
}

static void roles_say_what_one_may(void **state)
{
    static const struct {
        unsigned roles;
        bool read, review, administer, sees_3;
    } cases[] = {
        {ACCOUNT_CLERK, true, false, false, true},
        {ACCOUNT_SUPERVISOR, true, true, false, true},
        {ACCOUNT_ADMINISTRATOR, false, false, true, false},
        {ACCOUNT_AUDITOR, false, false, false, false},
        {ACCOUNT_ADMINISTRATOR | ACCOUNT_SUPERVISOR, true, true, true, true},
        {0, false, false, false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct session session = {"x", cases[i].roles};
        assert_int_equal(session_may_read(&session), cases[i].read);
        assert_int_equal(session_may_request(&session), cases[i].read);
        assert_int_equal(session_may_review(&session), cases[i].review);
        assert_int_equal(session_may_administer(&session), cases[i].administer);
        assert_true(session_sees(&session, 2));
        assert_int_equal(session_sees(&session, 3), cases[i].sees_3);
        assert_false(session_sees(&session, 4));
    }
}

static void assert_shown(unsigned roles, const struct dataset_field *field, const char *expected)
{
    struct session session = {"x", roles};
    struct buf shown = {0};

    session_show_value(&session, field, "13800138000", &shown);
    assert_string_equal(buf_text(&shown), expected);
    buf_release(&shown);
}

static void values_are_shown_by_their_grade(void **state)
{
    const struct dataset_field phone = {.type = TYPE_PHONE, .grade = 3};
    const struct dataset_field worse = {.type = TYPE_PHONE, .grade = 4};

    (void)state;
    assert_shown(ACCOUNT_CLERK, &phone, "13800138000");
    assert_shown(ACCOUNT_CLERK, &worse, "138****8000");
    assert_shown(ACCOUNT_AUDITOR, &phone, "138****8000");
    assert_shown(ACCOUNT_CLERK, NULL, "13800138000"); /* gone from the catalogue */
    assert_shown(ACCOUNT_AUDITOR, NULL, "***");
}

static void only_numbers_of_persons_are_masked(void **state)
{
    struct session clerk = {"x", ACCOUNT_CLERK};
    struct buf shown = {0};

    (void)state;
    session_show_subject(&clerk, SUBJECT_PERSON, "990106199003077635", &shown);
    buf_char(&shown, ' ');
    session_show_subject(&clerk, SUBJECT_ENTERPRISE, "91990106MA00000000", &shown);
    session_show_subject(&clerk, SUBJECT_PERSON, NULL, &shown);
    assert_string_equal(buf_text(&shown), "990106********7635 91990106MA00000000");
    buf_release(&shown);
}

static void the_role_of_an_event_is_the_hat_worn(void **state)
{
    struct session both = {"x", ACCOUNT_CLERK | ACCOUNT_SUPERVISOR};
    struct session clerk = {"y", ACCOUNT_CLERK};

    (void)state;
    assert_string_equal(session_event_role(&both, true), "supervisor");
    assert_string_equal(session_event_role(&both, false), "clerk");
    assert_string_equal(session_event_role(&clerk, true), "clerk");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_keep_their_ends),
        cmocka_unit_test(text_keeps_its_length_class),
        cmocka_unit_test(names_keep_their_first_character),
        cmocka_unit_test(roles_say_what_one_may),
        cmocka_unit_test(values_are_shown_by_their_grade),
        cmocka_unit_test(only_numbers_of_persons_are_masked),
        cmocka_unit_test(the_role_of_an_event_is_the_hat_worn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
