#include "db/workdays.h"
#include "tests/unit/db/seat.h"

static void assert_deadline(struct seat *seat, const char *start, int days, const char *expected,
                            bool expected_certain)
{
    struct error error = {0};
    struct date from;
    struct date to;
    char text[DATE_TEXT_MAX];
    bool certain = !expected_certain;

    assert_true(date_parse(start, &from));
    seat_ok(workdays_add(seat->reader, from, days, &to, &certain, &error), &error);
    date_format(to, text);
    assert_string_equal(text, expected);
    assert_int_equal(certain, expected_certain);
}

static void working_days_are_counted(void **state)
{
    struct seat seat;

    seat_make(&seat, scratch_path(state, "home"));
    /* Monday; the day itself does not count */
    assert_deadline(&seat, "2026-03-02", 1, "2026-03-03", true);
    assert_deadline(&seat, "2026-03-02", 10, "2026-03-16", true);
    assert_deadline(&seat, "2026-03-06", 1, "2026-03-09", true);
    assert_deadline(&seat, "2026-03-07", 1, "2026-03-09", true);
    assert_deadline(&seat, "2026-03-02", 0, "2026-03-02", true);
    /* over the holidays of October; Saturday the 10th is a working day */
    assert_deadline(&seat, "2026-09-30", 1, "2026-10-08", true);
    assert_deadline(&seat, "2026-09-30", 3, "2026-10-10", true);
    assert_deadline(&seat, "2026-09-30", 4, "2026-10-12", true);
    /* the calendar of the next year is not known */
    assert_deadline(&seat, "2026-12-25", 4, "2026-12-31", true);
    assert_deadline(&seat, "2026-12-25", 10, "2027-01-08", false);
    assert_deadline(&seat, "2024-02-28", 1, "2024-02-29", false);
    seat_leave(&seat);
}

static void nonsense_is_refused(void **state)
{
    struct seat seat;
    struct date to;
    bool certain;

    seat_make(&seat, scratch_path(state, "home"));
    assert_int_equal(workdays_add(seat.reader, (struct date){2026, 2, 30}, 10, &to, &certain, NULL),
                     STATUS_INVALID);
    assert_int_equal(
        workdays_add(seat.reader, (struct date){9999, 12, 1}, 300, &to, &certain, NULL),
        STATUS_INVALID);
    assert_int_equal(workdays_add(seat.reader, (struct date){2026, 1, 1}, -1, &to, &certain, NULL),
                     STATUS_INVALID);
    seat_leave(&seat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(working_days_are_counted, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(nonsense_is_refused, scratch_setup, scratch_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
