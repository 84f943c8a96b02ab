/* Lists at the keyboard: a list built by choosing fields, kept, taken along for a roll call whose
 * ticks are there, once, after the power went; and written to a file. */
#include "tests/terminal/journey.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct village {
    struct town *town;
    struct desk clerk;
};

static int set_up(void **state)
{
    struct village *village = calloc(1, sizeof *village);

    assert_non_null(village);
    village->town = town_new();
    village->clerk = desk_new(village->town, "laptop", "zhang", "clerk");
    json_decref(desk_ask(0, &village->clerk, "sync", NULL));
    town_stop_server(village->town); /* the rest happens without a signal */
    *state = village;
    return 0;
}

static int tear_down(void **state)
{
    struct village *village = *state;

    desk_release(&village->clerk);
    town_free(village->town);
    free(village);
    return 0;
}

/* Typed by hand: all at once with Enter would be a scanner. */
static void type(struct terminal *t, const char *text)
{
    journey_keys(t, text);
    journey_keys(t, "<Enter>");
}

static size_t count_ticks(const struct village *village)
{
    json_t *list = desk_ask(0, &village->clerk, "request", "list", NULL);
    const json_t *requests = json_object_get(list, "requests");
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(requests); i++)
        count += strcmp(json_text(json_array_get(requests, i), "kind", ""), "new") == 0;
    json_decref(list);
    return count;
}

static void leave(struct terminal *t)
{
    journey_keys(t, "<F10>");
    journey_keys(t, "<F6>");
    int status;
    assert_true(terminal_wait_exit(t, &status));
    terminal_free(t);
}

static void a_list_is_built_by_choosing_and_kept(void **state)
{
    const struct village *village = *state;
    struct terminal *t = journey_open(&village->clerk);

    journey_unlock(t, "zhang");
    journey_keys(t, "<A-d>");
    journey_see(t, "There are no lists yet.");
    journey_keys(t, "<F6>");
    type(t, "Population");
    journey_see(t, "500 rows");
    journey_keys(t, "<F6>");
    journey_see(t, "Which field?");
    type(t, "Date of birth");
    type(t, "age at least");
    type(t, "75");
    journey_see(t, "Date of birth age at least 75");
    journey_not_see(t, "500 rows");
    journey_keys(t, "<C-s>");
    type(t, "old people");
    journey_see(t, "Who may use this list?");
    type(t, "Everyone");
    journey_see(t, "Saved: old people");
    journey_keys(t, "<Esc>");
    journey_see(t, "old people");
    journey_leave(t);
    json_t *lists = desk_ask(0, &village->clerk, "list", "show", "old people", NULL);
    assert_int_equal(json_array_size(json_object_get(lists, "lists")), 1);
    json_decref(lists);
}

static void ticks_survive_a_kill(void **state)
{
    const struct village *village = *state;
    struct terminal *t = journey_open(&village->clerk);

    journey_unlock(t, "zhang");
    journey_keys(t, "<A-d>");
    journey_keys(t, "<Enter>");
    journey_see(t, "age at least 75");
    journey_keys(t, "<Insert>");
    journey_see(t, "is ticked off.");
    assert_int_equal(kill(terminal_pid(t), SIGKILL), 0);
    terminal_free(t);
    assert_int_equal(count_ticks(village), 1);

    t = journey_open(&village->clerk);
    journey_unlock(t, "zhang");
    journey_keys(t, "<A-d>");
    journey_keys(t, "<Enter>");
    journey_see(t, "age at least 75");
    journey_keys(t, "<Insert>");
    journey_see(t, "Ticked today already.");
    journey_keys(t, "<Down><F4>");
    journey_see(t, "what was seen?");
    type(t, "well");
    journey_see(t, "is ticked off.");
    leave(t);
    assert_int_equal(count_ticks(village), 2);
}

static void write_to(struct terminal *t, const char *path)
{
    journey_keys(t, "<C-e>");
    journey_keys(t, "<Enter>");
    type(t, path);
    type(t, "visits");
}

static void a_list_is_written_to_a_file_once(void **state)
{
    const struct village *village = *state;
    char *path = join_path(town_directory(village->town), "old.csv");
    struct terminal *t = journey_open(&village->clerk);

    journey_unlock(t, "zhang");
    journey_keys(t, "<A-d>");
    journey_keys(t, "<Enter>");
    journey_see(t, "age at least 75");
    write_to(t, path);
    journey_see(t, "rows written to");
    assert_int_equal(access(path, R_OK), 0);
    write_to(t, path);
    journey_see(t, "exists already.");
    leave(t);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_list_is_built_by_choosing_and_kept, journey_end),
        cmocka_unit_test_teardown(ticks_survive_a_kill, journey_end),
        cmocka_unit_test_teardown(a_list_is_written_to_a_file_once, journey_end),
    };

    return cmocka_run_group_tests_name("lists journey", tests, set_up, tear_down);
}
