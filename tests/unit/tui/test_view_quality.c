/* Data quality: checking, stopping, the records of a rule, corrections in bulk. */
#include "db/quality.h"
#include "tests/unit/tui/desk.h"

#define REQUESTS "SELECT count(*) FROM request"

static struct desk desk;

/* Two phones that cannot be right. */
static void open_page(void **state, const struct session *session)
{
    desk_open(state, &desk, session);
    seat_put(&desk.seat, "population", "1-a",
             "{\"_id\":\"person:990106198005060010\",\"id_number\":\"990106198005060010\","
             "\"name\":\"丁一\",\"address\":\"东乡 3\",\"phone\":\"199\"}");
    seat_put(&desk.seat, "population", "1-a",
             "{\"_id\":\"person:990106198005060031\",\"id_number\":\"990106198005060031\","
             "\"name\":\"丁二\",\"address\":\"东乡 4\",\"phone\":\"188\"}");
    desk_page(quality_view_new(&fake.place));
}

static void check(void)
{
    assert_true(desk_enabled(COMMAND_CHECK_DATA));
    (void)fake_command(COMMAND_CHECK_DATA);
    fake_work();
    desk_turn();
}

static void before_the_first_check_it_says_what_one_is(void **state)
{
    open_page(state, &seat_clerk);
    assert_true(desk_shows("The data has not been checked yet."));
    assert_false(desk_enabled(COMMAND_OPEN));
    fake.is_read_only = true;
    assert_false(desk_enabled(COMMAND_CHECK_DATA));
    desk_stays_inside();
    desk_leave(&desk);
}

static void a_check_counts_by_rule(void **state)
{
    open_page(state, &seat_clerk);
    check();
    assert_true(desk_shows("x Phone number is no valid one"));
    assert_true(desk_shows("Nothing has changed since."));
    desk_stays_inside();
    seat_put(&desk.seat, "population", "1-a",
             "{\"_id\":\"person:990106198005060058\",\"id_number\":\"990106198005060058\","
             "\"name\":\"丁三\",\"address\":\"东乡 5\",\"phone\":\"19900001111\"}");
    workplace_changed(&fake.place);
    desk_turn();
    assert_true(desk_hides("Nothing has changed since."));
    desk_leave(&desk);
}

static void a_stopped_check_keeps_the_earlier_results(void **state)
{
    open_page(state, &seat_clerk);
    check();
    (void)fake_command(COMMAND_CHECK_DATA);
    assert_false(desk_enabled(COMMAND_CHECK_DATA));
    (void)fake_command(COMMAND_CANCEL);
    fake_work();
    assert_string_equal(fake.said, "Stopped. The earlier results are still there.");
    desk_turn();
    assert_true(desk_shows("x Phone number is no valid one"));
    assert_true(desk_enabled(COMMAND_CHECK_DATA));
    desk_leave(&desk);
}

/* Another page is looked at, the check goes on. */
static void a_check_outlives_its_page(void **state)
{
    open_page(state, &seat_clerk);
    (void)fake_command(COMMAND_CHECK_DATA);
    assert_true(desk_shows("Checking every record"));
    app_close(NULL, fake.view);
    fake_work();
    assert_string_equal(fake.said, "The data has been checked.");
    desk_page(quality_view_new(&fake.place));
    assert_true(desk_shows("x Phone number is no valid one"));
    desk_leave(&desk);
}

static void open_findings(void **state)
{
    open_page(state, &seat_clerk);
    check();
    fake_close();
    fake.keymap = NULL;
    if (keymap_load(NULL, "default", &fake.keymap, NULL) != STATUS_OK)
        abort();
    desk_page(findings_view_new(&fake.place, QUALITY_PHONE, "population"));
    assert_true(desk_shows("丁一"));
    assert_true(desk_shows("丁二"));
}

static void what_does_not_follow_is_entered_and_raised(void **state)
{
    open_findings(state);
    assert_false(desk_enabled(COMMAND_RAISE));
    (void)fake_command(COMMAND_SET_VALUE);
    desk_answer(true, "19900005678", 0);
    assert_true(desk_shows("199 → 19900005678"));
    (void)fake_command(COMMAND_RAISE);
    desk_answer(true, "asked by phone", 0);
    assert_non_null(strstr(asked.question, "Raise 1 request?"));
    assert_int_equal(desk_count(&desk, REQUESTS), 0);
    desk_answer(true, "", 0);
    fake_work();
    assert_string_equal(fake.said, "Saved: 1 request raised.");
    assert_int_equal(desk_count(&desk, REQUESTS), 1);
    /* Not twice. */
    desk_turn();
    (void)fake_command(COMMAND_ROW_FIRST);
    (void)fake_command(COMMAND_SET_VALUE);
    desk_answer(true, "19900005678", 0);
    (void)fake_command(COMMAND_RAISE);
    desk_answer(true, "asked by phone", 0);
    desk_answer(true, "", 0);
    fake_work();
    assert_non_null(strstr(fake.said, "open already"));
    assert_int_equal(desk_count(&desk, REQUESTS), 1);
    desk_leave(&desk);
}

/* In a narrow window too the whole sentence is there to be read. */
static void the_pane_holds_the_whole_finding(void **state)
{
    open_findings(state);
    assert_true(fake_shows(21, 30, "\nnumber nor a landline number\nwith its area code.\n"));
    desk_leave(&desk);
}

/* Those whose right value follows from the data; the others are left to a person. */
static void all_are_marked_and_raised_at_once(void **state)
{
    open_page(state, &seat_clerk);
    seat_describe(
        &desk.seat,
        "{\"_id\":\"dataset:clinic\",\"type\":\"dataset\",\"title\":{\"en\":\"Clinic\"},"
        "\"subject\":\"person\",\"database\":\"clinic-{area}\",\"priority\":30,\"fields\":["
        "{\"name\":\"n\",\"type\":\"resident_id\",\"role\":\"subject\"},"
        "{\"name\":\"who\",\"type\":\"text\",\"role\":\"title\"},"
        "{\"name\":\"xb\",\"type\":\"text\",\"correctable\":true}]}");
    seat_put(&desk.seat, "clinic", "1-a",
             "{\"_id\":\"k:1\",\"n\":\"990106198005060010\",\"who\":\"丁一\",\"xb\":\"女\"}");
    seat_put(&desk.seat, "clinic", "1-a",
             "{\"_id\":\"k:2\",\"n\":\"990106198005060010\",\"who\":\"丁一\",\"xb\":\"女\"}");
    check();
    assert_true(desk_shows("x Sex differs from the resident ID"));
    app_close(NULL, fake.view);
    desk_page(findings_view_new(&fake.place, QUALITY_SEX, "clinic"));
    assert_true(desk_shows("女 → 男"));
    (void)fake_command(COMMAND_MARK_ALL);
    (void)fake_command(COMMAND_MARK_ALL);
    assert_true(desk_hides("#"));
    (void)fake_command(COMMAND_MARK_ALL);
    (void)fake_command(COMMAND_RAISE);
    desk_answer(true, "seen in person", 0);
    assert_non_null(strstr(asked.question, "Raise 2 requests"));
    desk_answer(true, "", 0);
    fake_work();
    assert_int_equal(desk_count(&desk, REQUESTS), 2);
    (void)fake_command(COMMAND_REQUEST_NEW);
    assert_non_null(fake.pushed);
    desk_leave(&desk);
}

static void no_raises_nothing(void **state)
{
    open_findings(state);
    (void)fake_command(COMMAND_SET_VALUE);
    desk_answer(true, "19900005678", 0);
    (void)fake_command(COMMAND_RAISE);
    desk_answer(true, "asked by phone", 0);
    desk_answer(false, "", 0);
    fake_work();
    assert_int_equal(desk_count(&desk, REQUESTS), 0);
    desk_stays_inside();
    desk_leave(&desk);
}

int main(void)
{
#define IN_HOME(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_HOME(before_the_first_check_it_says_what_one_is),
        IN_HOME(a_check_counts_by_rule),
        IN_HOME(a_stopped_check_keeps_the_earlier_results),
        IN_HOME(a_check_outlives_its_page),
        IN_HOME(what_does_not_follow_is_entered_and_raised),
        IN_HOME(the_pane_holds_the_whole_finding),
        IN_HOME(all_are_marked_and_raised_at_once),
        IN_HOME(no_raises_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
