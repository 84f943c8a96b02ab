/* Data quality at the keyboard: the clerk has the data checked, looks into a rule, marks two
 * records and asks for their corrections at once; what does not follow from the data is entered. */
#include "tests/terminal/journey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RESIDENTS 3000

struct counter {
    struct town *town;
    struct desk clerk;
};

static int set_up(void **state)
{
    struct counter *counter = calloc(1, sizeof *counter);

    assert_non_null(counter);
    counter->town = town_new_of(RESIDENTS);
    counter->clerk = desk_new(counter->town, "counter", "zhang", "clerk");
    json_decref(desk_ask(0, &counter->clerk, "sync", NULL));
    *state = counter;
    return 0;
}

static int tear_down(void **state)
{
    struct counter *counter = *state;

    desk_release(&counter->clerk);
    town_free(counter->town);
    free(counter);
    return 0;
}

static size_t count_requests(const struct counter *counter)
{
    json_t *list = desk_ask(0, &counter->clerk, "request", "list", NULL);
    size_t count = json_array_size(json_object_get(list, "requests"));

    json_decref(list);
    return count;
}

static void leave(struct terminal *t)
{
    assert_true(terminal_wait_no_text(t, "unsent"));
    journey_leave(t);
}

static void a_clerk_checks_and_raises_in_bulk(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = journey_open(&counter->clerk);

    journey_unlock(t, "zhang");
    journey_keys(t, "<A-q>");
    journey_see(t, "The data has not been checked yet.");
    journey_keys(t, "<F6>");
    journey_see(t, "Phone number is no valid one");
    journey_see(t, "Nothing has changed since.");
    journey_keys(t, "<Down><Down><Enter>");
    journey_see(t, "Sex differs from the resident ID");
    journey_see(t, "The number is that of a");
    journey_keys(t, "<Insert><Insert>");
    journey_see(t, "# 2 marked");
    journey_keys(t, "<F6>");
    journey_see(t, "Why? The reviewer and the provider read it.");
    journey_keys(t, "<Enter>");
    journey_see(t, "Raise 2 requests, one for each record?");
    journey_not_see(t, "Saved");
    journey_keys(t, "<F6>");
    journey_see(t, "Saved: 2 requests raised.");
    journey_keys(t, "<F6><Enter><F6>");
    journey_see(t, "Saved: 1 request raised.");
    leave(t);
    assert_int_equal(count_requests(counter), 3);
}

static void what_does_not_follow_is_entered(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = journey_open(&counter->clerk);

    journey_unlock(t, "zhang");
    journey_keys(t, "<A-q><Enter>");
    journey_see(t, "Phone number is no valid one");
    journey_keys(t, "<F6>");
    journey_see(t, "The right value does not follow");
    journey_keys(t, "<F4>");
    journey_keys(t, "19912345678"); /* by hand: with Enter at once it would be a scanner */
    journey_keys(t, "<Enter>");
    journey_see(t, "19912345678");
    journey_see(t, "# 1 marked");
    journey_keys(t, "<F6><Enter>");
    journey_see(t, "19912345678");
    journey_keys(t, "<F6>");
    journey_see(t, "Saved: 1 request raised.");
    leave(t);
    assert_int_equal(count_requests(counter), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_clerk_checks_and_raises_in_bulk, journey_end),
        cmocka_unit_test_teardown(what_does_not_follow_is_entered, journey_end),
    };

    return cmocka_run_group_tests_name("quality journey", tests, set_up, tear_down);
}
