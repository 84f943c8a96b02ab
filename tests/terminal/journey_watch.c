/* A clerk who wants to know: marks a person and a request, is told what the provider changed and
 * what the supervisor decided, opens the notice, sees old and new, the statements of two
 * ministries side by side, and corrects the wrong one. With no letter as a command: the input
 * method may be on all the time. */
#include "tests/cli/provider.h"
#include "tests/terminal/journey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NAME "张博文"

struct counter {
    struct town *town;
    struct desk clerk, supervisor; /* two accounts in one home */
    struct resident person;
};

static int set_up(void **state)
{
    struct counter *counter = calloc(1, sizeof *counter);

    assert_non_null(counter);
    counter->town = town_new();
    counter->supervisor = desk_new(counter->town, "office", "wang", "administrator,supervisor");
    counter->clerk = desk_colleague(counter->town, &counter->supervisor, "zhang", "clerk");
    json_decref(desk_ask(0, &counter->supervisor, "sync", NULL));
    counter->person = desk_find_resident(&counter->clerk, NAME);
    *state = counter;
    return 0;
}

static int tear_down(void **state)
{
    struct counter *counter = *state;

    (void)journey_end(state);
    resident_release(&counter->person);
    desk_release(&counter->clerk);
    desk_release(&counter->supervisor);
    town_free(counter->town);
    free(counter);
    return 0;
}

static void open_file(struct terminal *t, const struct counter *counter)
{
    journey_keys(t, "<F9>");
    journey_keys(t, counter->person.number);
    journey_keys(t, "<Enter>");
    journey_see(t, "Population register");
}

static void a_change_of_somebody_watched_is_told(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = journey_open(&counter->clerk);

    journey_unlock(t, "zhang");
    open_file(t, counter);
    journey_not_see(t, "watched");
    journey_keys(t, "<A-w>");
    journey_see(t, "+ Watched: you will be told of every change.");
    journey_see(t, "watched");

    provider_change(counter->town, "population-" TOWN_AREA, counter->person.record,
                    "residence_address", "望川街道新村1号");
    journey_keys(t, "<F5>");
    assert_true(terminal_wait_text(t, "1 notice"));
    journey_keys(t, "<A-t>");
    journey_see(t, "[Not seen yet 1]");
    journey_see(t, NAME ": Population register has changed: Current address.");
    journey_keys(t, "<Enter>");
    journey_see(t, "~ Current address");
    journey_see(t, "望川街道新村1号");
    journey_keys(t, "<End>");
    journey_see(t, "Changed since it came");
    journey_see(t, "→ 望川街道新村1号"); /* in full beneath, however long the old one is */
    journey_keys(t, "<Esc>");
    journey_see(t, "There is nothing new.");
    journey_keys(t, "<S-Tab>");
    journey_see(t, "[Watched 1]");
    journey_see(t, NAME);
    journey_keys(t, "<A-w>");
    journey_see(t, "You watch nothing.");
    journey_leave(t);
}

/* The police and the insurance do not agree; neither does the number agree with the police. */
static void the_wrong_statement_is_corrected(void **state)
{
    const struct counter *counter = *state;

    provider_change(counter->town, "population-" TOWN_AREA, counter->person.record, "name",
                    "张博闻");
    json_decref(desk_ask(0, &counter->supervisor, "sync", NULL));
    struct terminal *t = journey_open(&counter->clerk);
    journey_unlock(t, "zhang");
    open_file(t, counter);
    journey_keys(t, "<Home>");
    journey_see(t, "! Name: the ministries do not agree");
    journey_see(t, "Population register  张博闻  (can be corrected)");
    journey_keys(t, "<Down>");
    journey_keys(t, "<F6>");
    journey_see(t, "张博闻");
    journey_see(t, "Population register");
    journey_keys(t, "<Esc>");
    journey_see(t, "the ministries do not agree");
    journey_leave(t);
}

static void a_decision_on_ones_own_request_is_told(void **state)
{
    const struct counter *counter = *state;

    json_t *value = desk_ask(0, &counter->clerk, "request", "new", "--dataset", "population",
                             "--record", counter->person.record, "--set", "phone=19900001234",
                             "--ground", "inaccurate", "--reason", "told at the counter", NULL);
    json_decref(desk_ask(0, &counter->supervisor, "request", "return", json_text(value, "id", ""),
                         "--reason", "the number is too old", NULL));
    json_decref(value);
    struct terminal *t = journey_open(&counter->clerk);
    journey_unlock(t, "zhang");
    journey_see(t, "* New notices");
    journey_keys(t, "<Tab><End><Up>");
    journey_see(t, "should know of and have not seen");
    journey_keys(t, "<Enter>");
    journey_see(t, "Request about " NAME ": wang gave it back. the number is too old");
    journey_keys(t, "<F6>");
    journey_see(t, "There is nothing new.");
    assert_true(terminal_wait_no_text(t, "1 notice"));
    journey_keys(t, "<Tab>");
    journey_see(t, "[All 1]");
    journey_keys(t, "<Enter>");
    journey_see(t, "told at the counter");
    assert_true(terminal_wait_no_text(t, "unsent"));
    journey_leave(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_change_of_somebody_watched_is_told),
        TEST(the_wrong_statement_is_corrected),
        TEST(a_decision_on_ones_own_request_is_told),
    };

    return cmocka_run_group_tests_name("watching", tests, NULL, NULL);
}
