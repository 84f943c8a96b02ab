/* A supervisor with a queue: sees old, proposed and present value side by side and decides with
 * one key; cannot decide on what was raised by the same hand; returns with a reason, which reaches
 * the maker, who submits a better one. */
#include "tests/terminal/journey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct office {
    struct town *town;
    struct desk clerk, supervisor; /* two accounts in one home */
};

static int set_up(void **state)
{
    struct office *office = calloc(1, sizeof *office);

    assert_non_null(office);
    office->town = town_new();
    office->supervisor = desk_new(office->town, "office", "wang", "administrator,supervisor");
    office->clerk = desk_colleague(office->town, &office->supervisor, "zhang", "clerk");
    json_decref(desk_ask(0, &office->supervisor, "sync", NULL));
    *state = office;
    return 0;
}

static int tear_down(void **state)
{
    struct office *office = *state;

    (void)journey_end(state);
    desk_release(&office->clerk);
    desk_release(&office->supervisor);
    town_free(office->town);
    free(office);
    return 0;
}

/* A request about the person of this name. */
static void raise(const struct desk *desk, const char *name, const char *phone)
{
    struct resident resident = desk_find_resident(desk, name);
    char set[64];

    (void)snprintf(set, sizeof set, "phone=%s", phone);
    json_decref(desk_ask(0, desk, "request", "new", "--dataset", "population", "--record",
                         resident.record, "--set", set, "--ground", "inaccurate", "--reason",
                         "told at the counter", NULL));
    resident_release(&resident);
}

static struct terminal *sit_down(const struct desk *desk)
{
    struct terminal *t = journey_open(desk);

    journey_unlock(t, desk->account);
    journey_see(t, "Returned data");
    return t;
}

/* When everything has gone out, so that nothing is asked before leaving. */
static void leave(struct terminal *t)
{
    assert_true(terminal_wait_no_text(t, "waiting to be sent"));
    assert_true(terminal_wait_no_text(t, "unsent"));
    journey_leave(t);
}

static size_t count_state(const struct office *office, const char *state)
{
    json_t *list = desk_ask(0, &office->supervisor, "request", "list", "--state", state, NULL);
    size_t count = json_array_size(json_object_get(list, "requests"));

    json_decref(list);
    return count;
}

static void a_supervisor_compares_and_decides_with_one_key(void **state)
{
    const struct office *office = *state;

    raise(&office->clerk, "张博文", "19900001111");
    struct terminal *t = sit_down(&office->supervisor);
    journey_keys(t, "<F8>");
    journey_see(t, "[To review 1]");
    journey_see(t, "张博文");
    journey_keys(t, "<Enter>");
    journey_see(t, "When raised");
    journey_see(t, "Proposed");
    journey_see(t, "Now");
    journey_see(t, "19900001111");
    journey_see(t, "told at the counter");
    journey_see(t, "zhang · office");
    journey_not_see(t, "Saved");
    journey_keys(t, "<F6>");
    journey_see(t, "+ Saved: 1 request approved.");
    journey_see(t, "Nothing waits for your decision.");
    leave(t);
    assert_int_equal(count_state(office, "approved"), 1);
}

static void the_maker_cannot_be_the_checker(void **state)
{
    const struct office *office = *state;

    raise(&office->supervisor, "张博文", "19900002222");
    struct terminal *t = sit_down(&office->supervisor);
    journey_keys(t, "<F8>");
    journey_see(t, "[My requests 1]");
    journey_keys(t, "<F6>");
    journey_see(t, "You raised this request: another supervisor has to decide.");
    journey_keys(t, "<Enter>");
    journey_see(t, "You raised this: another supervisor has to decide.");
    journey_keys(t, "<F6>");
    journey_see(t, "Approve: You raised this request");
    journey_keys(t, "<Esc><A-r>");
    journey_see(t, "Nothing waits for your decision.");
    leave(t);
    assert_int_equal(count_state(office, "pending_review"), 1);
}

static void a_clerk_does_not_decide(void **state)
{
    const struct office *office = *state;

    raise(&office->supervisor, "张博文", "19900003333");
    struct terminal *t = sit_down(&office->clerk);
    journey_keys(t, "<F8>");
    journey_see(t, "You have not raised any requests.");
    journey_not_see(t, "To review");
    journey_keys(t, "<A-r>");
    journey_see(t, "Only a supervisor decides on requests.");
    leave(t);
    assert_int_equal(count_state(office, "pending_review"), 1);
}

static void several_are_approved_after_a_question(void **state)
{
    const struct office *office = *state;

    raise(&office->clerk, "张博文", "19900001111");
    raise(&office->clerk, "张博洋", "19900002222");
    raise(&office->clerk, "张敏华", "19900003333");
    struct terminal *t = sit_down(&office->supervisor);
    journey_keys(t, "<F8>");
    journey_see(t, "[To review 3]");
    journey_keys(t, "<Insert><Insert>");
    journey_see(t, "# 2 marked");
    journey_keys(t, "<F6>");
    journey_see(t, "Approve 2 requests?");
    journey_keys(t, "<Enter>"); /* the careful answer is the marked one */
    journey_see(t, "[To review 3]");
    journey_keys(t, "<F6><F6>");
    journey_see(t, "+ Saved: 2 requests approved.");
    journey_see(t, "[To review 1]");
    journey_not_see(t, "marked");
    leave(t);
    assert_int_equal(count_state(office, "approved"), 2);
    assert_int_equal(count_state(office, "pending_review"), 1);
}

/* --- returned, and submitted again ----------------------------------------------------------- */

static void return_it(const struct office *office)
{
    struct terminal *t = sit_down(&office->supervisor);

    journey_keys(t, "<F8><Enter>");
    journey_see(t, "When raised");
    journey_keys(t, "<F4>");
    journey_see(t, "Return 1 request?");
    journey_keys(t, "<Enter>");
    journey_see(t, "At least 2 characters are needed.");
    journey_keys(t, "号码少一位<Enter>");
    journey_see(t, "+ Saved: 1 request returned.");
    leave(t);
    assert_int_equal(count_state(office, "returned"), 1);
}

static void submit_it_again(const struct office *office)
{
    struct terminal *t = sit_down(&office->clerk);

    journey_keys(t, "<F8>");
    journey_see(t, "returned");
    journey_keys(t, "<C-e>");
    journey_see(t, "! Returned: 号码少一位");
    journey_see(t, "19900001111");
    journey_see(t, "told at the counter");
    for (int i = 0; i < 6; i++)
        journey_keys(t, "<Down>");
    journey_see(t, "Phone: ");
    journey_keys(t, "<C-u>19900009999<F6>");
    journey_see(t, "+ Saved: 01");
    journey_see(t, "[My requests 2]");
    leave(t);
}

static void a_returned_request_is_submitted_again(void **state)
{
    const struct office *office = *state;

    raise(&office->clerk, "张博文", "19900001111");
    return_it(office);
    submit_it_again(office);
    assert_int_equal(count_state(office, "returned"), 0);
    assert_int_equal(count_state(office, "closed"), 1);
    assert_int_equal(count_state(office, "pending_review"), 1);
}

static void a_maker_withdraws_with_a_reason(void **state)
{
    const struct office *office = *state;

    raise(&office->clerk, "张博文", "19900001111");
    struct terminal *t = sit_down(&office->clerk);
    journey_keys(t, "<F8><Delete>");
    journey_see(t, "Withdraw 1 request?");
    journey_keys(t, "填错了人<Enter>");
    journey_see(t, "+ Saved: 1 request withdrawn.");
    journey_keys(t, "<Delete>");
    journey_see(t, "It is too late to withdraw this request.");
    journey_keys(t, "<Enter>");
    journey_see(t, "填错了人");
    leave(t);
    assert_int_equal(count_state(office, "withdrawn"), 1);
}

int main(void)
{
#define IN_OFFICE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_OFFICE(a_supervisor_compares_and_decides_with_one_key),
        IN_OFFICE(the_maker_cannot_be_the_checker),
        IN_OFFICE(a_clerk_does_not_decide),
        IN_OFFICE(several_are_approved_after_a_question),
        IN_OFFICE(a_returned_request_is_submitted_again),
        IN_OFFICE(a_maker_withdraws_with_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
