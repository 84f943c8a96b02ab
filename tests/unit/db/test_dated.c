/* Dates that cannot be right, and whose today they are measured by. */
#include "db/dated.h"
#include "db/journal.h"
#include "tests/unit/db/village.h"

#include <stdio.h>

static const struct date today = {2026, 3, 14};

static enum dated judge(enum field_type type, enum field_role role, const char *name,
                        const char *text)
{
    const struct dataset_field field = {.name = name, .type = type, .role = role};

    return dated_judge(&field, text, today);
}

static void test_ahead(void **state)
{
    (void)state;
    assert_int_equal(judge(TYPE_TIME, ROLE_NONE, "updated_at", "2026-03-14T23:59:59.000Z"),
                     DATED_WELL);
    assert_int_equal(judge(TYPE_TIME, ROLE_NONE, "updated_at", "2026-03-15T11:00:00.000Z"),
                     DATED_WELL); /* a time zone away */
    assert_int_equal(judge(TYPE_TIME, ROLE_NONE, "updated_at", "2026-03-16T00:00:00.000Z"),
                     DATED_AHEAD);
    assert_int_equal(judge(TYPE_DATE, ROLE_BIRTH_DATE, "birth", "2093-01-01"), DATED_AHEAD);
    assert_int_equal(judge(TYPE_DATE, ROLE_NONE, "married_on", "20990101"), DATED_AHEAD);
}

static void test_may_lie_ahead(void **state)
{
    (void)state;
    assert_int_equal(judge(TYPE_DATE, ROLE_VALID_TO, "to", "9999-12-31"), DATED_WELL);
    assert_int_equal(judge(TYPE_DATE, ROLE_VALID_FROM, "from", "2026-12-31"), DATED_WELL);
    assert_int_equal(judge(TYPE_DATE, ROLE_VALID_FROM, "from", "2062-12-31"), DATED_AHEAD);
    assert_int_equal(judge(TYPE_DATE, ROLE_NONE, "next_review", "2030-01-01"), DATED_WELL);
}

static void test_long_ago(void **state)
{
    (void)state;
    assert_int_equal(judge(TYPE_DATE, ROLE_NONE, "married_on", "1899-12-31"), DATED_LONG_AGO);
    assert_int_equal(judge(TYPE_TIME, ROLE_NONE, "updated_at", "0001-01-01T00:00:00Z"),
                     DATED_LONG_AGO);
    assert_int_equal(judge(TYPE_DATE, ROLE_NONE, "married_on", "1900-01-01"), DATED_WELL);
}

static void test_says_nothing_about_the_rest(void **state)
{
    (void)state;
    assert_int_equal(judge(TYPE_TEXT, ROLE_NONE, "remark", "2099-01-01"), DATED_WELL);
    assert_int_equal(judge(TYPE_TIME, ROLE_NONE, "opens", "08:30"), DATED_WELL);
    assert_int_equal(judge(TYPE_DATE, ROLE_NONE, "married_on", ""), DATED_WELL);
    assert_int_equal(judge(TYPE_DATE, ROLE_NONE, "married_on", "1980-02-30"), DATED_WELL);
}

/* The clock here is ten days behind the platform's: what came today is not of the future. */
static void test_by_the_clock_of_the_platform(void **state)
{
    struct village village;
    struct error error = {0};
    struct date here;

    village_make(&village, scratch_path(state, "home"));
    village_ok(dated_today(reader_outbox(village.reader), &here, &error), &error);
    assert_int_equal(date_to_days(here), date_to_days(date_today()));
    village_ok(setting_set(village.outbox, "clock.offset_ms", "864000000", &error), &error);
    village_ok(dated_today(reader_outbox(village.reader), &here, &error), &error);
    assert_true(date_to_days(here) - date_to_days(date_today()) >= 9);
    village_leave(&village);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ahead),
        cmocka_unit_test(test_may_lie_ahead),
        cmocka_unit_test(test_long_ago),
        cmocka_unit_test(test_says_nothing_about_the_rest),
        cmocka_unit_test_setup_teardown(test_by_the_clock_of_the_platform, scratch_setup,
                                        scratch_teardown),
    };

    return cmocka_run_group_tests_name("dates that cannot be right", tests, NULL, NULL);
}
