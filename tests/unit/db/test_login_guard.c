/* Refused passwords: three times, then not before something has changed. */
#include "base/clock.h"
#include "db/journal.h"
#include "db/login_guard.h"
#include "tests/unit/db/seat.h"

static void refuse(struct seat *seat, int times)
{
    struct error error = {0};

    for (int i = 0; i < times; i++) {
        assert_int_equal(login_guard_check(seat->outbox, NULL), STATUS_OK);
        seat_ok(login_guard_note(seat->outbox, true, &error), &error);
    }
}

static void three_refusals_are_enough(void **state)
{
    struct seat seat;
    struct error error = {0};

    seat_make(&seat, scratch_path(state, "home"));
    refuse(&seat, LOGIN_GUARD_ATTEMPTS);
    assert_int_equal(login_guard_check(seat.outbox, &error), STATUS_REFUSED);
    assert_non_null(strstr(error.text, "3 times"));
    seat_leave(&seat);
    seat_sit(&seat, scratch_path(state, "home")); /* starting again changes nothing */
    assert_int_equal(login_guard_check(seat.outbox, NULL), STATUS_REFUSED);
    seat_leave(&seat);
}

static void a_success_forgets(void **state)
{
    struct seat seat;
    struct error error = {0};

    seat_make(&seat, scratch_path(state, "home"));
    refuse(&seat, LOGIN_GUARD_ATTEMPTS - 1);
    seat_ok(login_guard_note(seat.outbox, false, &error), &error);
    refuse(&seat, LOGIN_GUARD_ATTEMPTS);
    assert_int_equal(login_guard_check(seat.outbox, NULL), STATUS_REFUSED);
    seat_leave(&seat);
}

/* A file as the administrator would write it. */
static void change_password(struct seat *seat)
{
    char path[PATH_MAX];

    assert_true((size_t)snprintf(path, sizeof path, "%s/upstream.secret", seat->directory) <
                sizeof path);
    write_file(path, "another", 7);
}

static void new_credentials_are_tried(void **state)
{
    struct seat seat;

    seat_make(&seat, scratch_path(state, "home"));
    refuse(&seat, LOGIN_GUARD_ATTEMPTS);
    change_password(&seat);
    seat_leave(&seat);
    seat_sit(&seat, scratch_path(state, "home"));
    refuse(&seat, LOGIN_GUARD_ATTEMPTS);
    assert_int_equal(login_guard_check(seat.outbox, NULL), STATUS_REFUSED);
    seat_leave(&seat);
}

/* After an hour once, then there is a pause again. A clock that was set back does not lock out. */
static void time_gives_one_more_attempt(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct buf text = {0};
    char old[128];
    char print[16];

    seat_make(&seat, scratch_path(state, "home"));
    refuse(&seat, LOGIN_GUARD_ATTEMPTS);
    seat_ok(setting_get(seat.reader, "login.refused", &text, &error), &error);
    assert_int_equal(sscanf(buf_text(&text), "3 %15s", print), 1);
    assert_null(strstr(buf_text(&text), "secret"));
    buf_release(&text);
    snprintf(old, sizeof old, "3 %s %lld", print,
             (long long)(clock_wall_ms() - LOGIN_GUARD_PAUSE_MS));
    seat_ok(setting_set(seat.outbox, "login.refused", old, &error), &error);
    refuse(&seat, 1);
    assert_int_equal(login_guard_check(seat.outbox, NULL), STATUS_REFUSED);
    snprintf(old, sizeof old, "3 %s %lld", print, (long long)clock_wall_ms() + 86400000);
    seat_ok(setting_set(seat.outbox, "login.refused", old, &error), &error);
    assert_int_equal(login_guard_check(seat.outbox, NULL), STATUS_OK);
    seat_leave(&seat);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(three_refusals_are_enough),
        WITH_SCRATCH(a_success_forgets),
        WITH_SCRATCH(new_credentials_are_tried),
        WITH_SCRATCH(time_gives_one_more_attempt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
