/* Coming in, being locked, coming back, and somebody else at the same desk. */
#include "base/buf.h"
#include "tests/terminal/journey.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

struct place {
    struct town *town;
    struct desk zhang, wang;
};

static int open_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);

    assert_non_null(place);
    place->town = town_new();
    place->zhang = desk_new(place->town, "counter", "zhang", "administrator,supervisor");
    place->wang = desk_colleague(place->town, &place->zhang, "wang", "clerk");
    *state = place;
    return 0;
}

static int close_place(void **state)
{
    struct place *place = *state;

    desk_release(&place->zhang);
    desk_release(&place->wang);
    town_free(place->town);
    free(place);
    return 0;
}

static void a_wrong_passphrase_is_refused_the_right_one_let_in(void **state)
{
    const struct place *place = *state;
    struct terminal *t = journey_open(&place->zhang);
    size_t length;

    journey_see(t, "counter");
    journey_see(t, TOWN_AREA);
    journey_keys(t, "not the one<Enter>");
    journey_see(t, "passphrase is wrong");
    journey_see_in_row(t, 0, "Unlock");
    journey_unlock(t, "zhang");
    journey_see_in_row(t, 0, "Start page");
    journey_see_in_row(t, 0, "zhang");
    assert_null(strstr(terminal_output(t, &length), journey_passphrase("zhang")));
    journey_leave(t);
}

static void no_key_leads_past_the_lock(void **state)
{
    static const char *const keys[] = {"<F9>", "<F7>", "<F8>", "<F11>", "<A-h>",
                                       "<F3>", "<F5>", "<F2>", "<Esc>", "<C-p>"};
    const struct place *place = *state;
    struct terminal *t = journey_open(&place->zhang);

    assert_true(terminal_wait_idle(t));
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        journey_keys(t, keys[i]);
        journey_see_in_row(t, 0, "Unlock");
        journey_see(t, "Passphrase");
    }
    /* Help is allowed, and leads back here. */
    journey_keys(t, "<F1>");
    journey_keys(t, "<Esc>");
    journey_see_in_row(t, 0, "Unlock");
    journey_leave(t);
}

static void what_was_typed_during_the_check_is_searched(void **state)
{
    const struct place *place = *state;
    struct terminal *t = journey_open(&place->zhang);

    assert_true(terminal_wait_idle(t));
    journey_press(t, journey_passphrase("zhang"));
    journey_press(t, "\rwang 1990");
    journey_see_in_row(t, 0, "Search");
    journey_see(t, "wang 1990");
    journey_leave(t);
}

static void after_a_lock_the_page_is_as_it_was_left(void **state)
{
    const struct place *place = *state;
    struct terminal *t = journey_open(&place->zhang);

    journey_unlock(t, "zhang");
    journey_keys(t, "<F7>");
    journey_keys(t, "110101199003077758");
    journey_see(t, "110101199003077758");
    journey_keys(t, "<A-l>");
    journey_see_in_row(t, 0, "Unlock");
    journey_not_see(t, "Verify");
    journey_not_see(t, "110101199003077758");
    journey_unlock(t, "zhang");
    journey_see_in_row(t, 0, "Verify");
    journey_see(t, "110101199003077758");
    journey_leave(t);
}

static void somebody_else_begins_anew(void **state)
{
    const struct place *place = *state;
    struct terminal *t = journey_open(&place->zhang);

    journey_unlock(t, "zhang");
    journey_see(t, "For me to review");
    journey_keys(t, "<F7>");
    journey_keys(t, "110101199003077758");
    journey_keys(t, "<A-l>");
    journey_keys(t, "<S-Tab><C-u>wang<Tab>");
    journey_unlock(t, "wang");
    journey_see_in_row(t, 0, "wang");
    journey_see_in_row(t, 0, "Start page");
    journey_see(t, "My open requests");
    journey_not_see(t, "For me to review");
    journey_keys(t, "<Esc>");
    journey_see_in_row(t, 0, "Start page");
    journey_not_see(t, "110101199003077758");
    journey_leave(t);
}

static void keys_are_chosen_and_the_shell_is_closed(void **state)
{
    static const char *const options[] = {"--keymap", "vi", "--kiosk", "--ascii", NULL};
    const struct place *place = *state;
    struct terminal *t = journey_open_with(&place->zhang, options);

    journey_unlock(t, "zhang");
    journey_keys(t, "?"); /* a letter of the vi map */
    journey_see(t, "+");
    journey_see(t, "Keys on this page");
    journey_keys(t, "<Esc>");
    journey_keys(t, "<C-z>");
    journey_see(t, "This workstation does not allow it.");
    journey_leave(t);
}

/* A map that is not there leaves the standard keys, and says so. */
static void a_missing_keymap_locks_nobody_out(void **state)
{
    static const char *const options[] = {"--keymap", "nosuch", NULL};
    const struct place *place = *state;
    struct terminal *t = journey_open_with(&place->zhang, options);

    journey_see(t, "The standard keys are used");
    journey_unlock(t, "zhang");
    journey_leave(t);
}

static void a_slash_opens_an_empty_search(void **state)
{
    const struct place *place = *state;
    struct terminal *t = journey_open(&place->zhang);

    journey_unlock(t, "zhang");
    journey_keys(t, "/");
    journey_see(t, "What can be typed");
    journey_keys(t, "zhang");
    journey_see(t, "the first 50 of");
    journey_leave(t);
}

static void a_second_window_reads_only_and_says_so(void **state)
{
    const struct place *place = *state;
    struct terminal *first = journey_open(&place->zhang);
    struct terminal *second = journey_open(&place->wang);

    journey_see(second, "! Read only");
    journey_unlock(second, "wang");
    journey_see_in_row(second, 0, "read-only");
    journey_see(second, "done by another window");
    journey_leave(second);
    journey_leave(first);
}

static void the_window_left_over_can_save_again(void **state)
{
    const struct place *place = *state;
    struct terminal *first = journey_open(&place->zhang);
    struct terminal *second = journey_open(&place->zhang);

    journey_unlock(second, "zhang");
    journey_keys(second, "zhang");
    journey_see(second, "the first 50 of");
    journey_keys(second, "<Enter>");
    journey_see(second, "This window can only read");
    journey_leave(first);
    journey_see(second, "can be saved in this window now");
    journey_see(second, "Registered address");
    journey_leave(second);
}

/* Whoever started it learns why it ended; the terminal is as it was. */
static void a_signal_is_the_exit_status(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    const struct place *place = *state;

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        int status = 0;
        struct terminal *t = journey_open(&place->zhang);
        journey_unlock(t, "zhang");
        journey_see_in_row(t, 0, "Start page");
        assert_int_equal(kill(terminal_pid(t), signals[i]), 0);
        assert_true(terminal_wait_exit(t, &status));
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 128 + signals[i]);
        assert_true(terminal_line_is_restored(t));
        assert_false(terminal_mode_is_on(t, 1049));
        terminal_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_wrong_passphrase_is_refused_the_right_one_let_in, journey_end),
        cmocka_unit_test_teardown(no_key_leads_past_the_lock, journey_end),
        cmocka_unit_test_teardown(what_was_typed_during_the_check_is_searched, journey_end),
        cmocka_unit_test_teardown(after_a_lock_the_page_is_as_it_was_left, journey_end),
        cmocka_unit_test_teardown(somebody_else_begins_anew, journey_end),
        cmocka_unit_test_teardown(keys_are_chosen_and_the_shell_is_closed, journey_end),
        cmocka_unit_test_teardown(a_signal_is_the_exit_status, journey_end),
        cmocka_unit_test_teardown(a_missing_keymap_locks_nobody_out, journey_end),
        cmocka_unit_test_teardown(a_slash_opens_an_empty_search, journey_end),
        cmocka_unit_test_teardown(a_second_window_reads_only_and_says_so, journey_end),
        cmocka_unit_test_teardown(the_window_left_over_can_save_again, journey_end),
    };

    return cmocka_run_group_tests(tests, open_place, close_place);
}
