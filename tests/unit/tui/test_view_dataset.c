/* The page of a catalogue entry: how many fields there are is said, also where only some fit. */
#include "tests/unit/tui/desk.h"

static struct desk desk;

static void fields_are_counted(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    seat_describe(
        &desk.seat,
        "{\"_id\":\"dataset:firm\",\"type\":\"dataset\",\"title\":{\"en\":\"Firms\"},"
        "\"subject\":\"enterprise\",\"database\":\"firm-{area}\",\"fields\":["
        "{\"name\":\"code\",\"type\":\"uscc\",\"role\":\"subject\"},"
        "{\"name\":\"firm\",\"type\":\"text\",\"role\":\"title\"},"
        "{\"name\":\"place\",\"type\":\"text\"},{\"name\":\"phone\",\"type\":\"phone\"}]}");
    desk_page(dataset_view_new(&fake.place, "firm"));
    assert_true(desk_shows("Fields (4)\n"));
    assert_true(fake_shows(6, 80, "Fields (4)\n"));
    assert_true(fake_hides(6, 80, "phone"));
    desk_leave(&desk);
}

static void an_entry_that_is_gone_is_said(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    desk_page(dataset_view_new(&fake.place, "nosuch"));
    assert_true(desk_shows("The catalogue does not have this dataset any more."));
    desk_leave(&desk);
}

int main(void)
{
#define IN_HOME(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_HOME(fields_are_counted),
        IN_HOME(an_entry_that_is_gone_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
