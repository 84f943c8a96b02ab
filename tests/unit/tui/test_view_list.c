/* The rows of a list: columns, ticks that are only here and ticks that have arrived, files. */
#include "db/lists.h"
#include "tests/unit/tui/desk.h"

#include <unistd.h>

#define TICKS "SELECT count(*) FROM request WHERE kind = 'new'"

static struct desk desk;

static const char visits[] =
    "{\"_id\":\"dataset:visit\",\"type\":\"dataset\",\"title\":{\"en\":\"Visits\"},"
    "\"subject\":\"person\",\"database\":\"visit-{area}\",\"priority\":30,\"accepts\":[\"new\"],"
    "\"fields\":["
    "{\"name\":\"number\",\"type\":\"resident_id\",\"role\":\"subject\",\"correctable\":true},"
    "{\"name\":\"name\",\"type\":\"text\",\"role\":\"title\",\"correctable\":true},"
    "{\"name\":\"day\",\"type\":\"date\",\"correctable\":true},"
    "{\"name\":\"note\",\"type\":\"text\",\"correctable\":true}]}";

static void open_list(void **state, const struct session *session)
{
    json_t *list = seat_parse("{\"dataset\":\"population\",\"sort\":\"name\","
                              "\"columns\":[\"name\",\"phone\",\"address\"]}");

    desk_open(state, &desk, session);
    seat_describe(&desk.seat, visits);
    seat_put(&desk.seat, "population", "1-a",
             "{\"_id\":\"person:990106198005060010\",\"id_number\":\"990106198005060010\","
             "\"name\":\"丁一\",\"address\":\"东乡 3\",\"phone\":\"19900005678\"}");
    desk_page(list_view_new(&fake.place, "", list));
    desk_turn();
    json_decref(list);
}

#define TOWN "云汀省澜州市溪回县望川街道桂花社区书院巷"

/* In one town all addresses begin alike: where they do not fit, it is the end that tells. */
static void cells_are_shown_from_where_they_differ(void **state)
{
    json_t *list = seat_parse("{\"dataset\":\"population\",\"sort\":\"name\","
                              "\"columns\":[\"name\",\"phone\",\"id_number\",\"address\"]}");

    desk_open(state, &desk, &seat_clerk);
    desk_move_person(&desk, TOWN "120号");
    seat_put(&desk.seat, "population", "1-a",
             "{\"_id\":\"person:990106198005060010\",\"id_number\":\"990106198005060010\","
             "\"name\":\"丁一\",\"address\":\"" TOWN "7号\",\"phone\":\"19900005678\"}");
    fake_open(list_view_new(&fake.place, "", list));
    desk_tick();
    assert_true(desk_shows("Reading…"));
    assert_true(desk_hides("0 rows"));
    fake_work();
    desk_turn();
    assert_true(desk_shows("…120号"));
    assert_true(desk_shows("…7号"));
    json_decref(list);
    desk_leave(&desk);
}

/* Enterprises of one place all begin alike: what the other columns do not need is theirs. */
static void long_names_take_the_room_there_is(void **state)
{
    json_t *list = seat_parse("{\"dataset\":\"population\",\"sort\":\"name\","
                              "\"columns\":[\"name\",\"phone\",\"address\"]}");

    desk_open(state, &desk, &seat_clerk);
    desk_move_person(&desk, TOWN "120号");
    seat_put(&desk.seat, "population", "1-a",
             "{\"_id\":\"person:990106198005060010\",\"id_number\":\"990106198005060010\","
             "\"name\":\"溪回县望川街道西乡村股份经济合作社\",\"address\":\"" TOWN
             "7号\",\"phone\":\"19900005678\"}");
    desk_page(list_view_new(&fake.place, "", list));
    desk_turn();
    assert_true(desk_shows("溪回县望川街道西乡村股份经济合作社 19900005678 "));
    assert_true(desk_shows("…120号"));
    assert_true(fake_shows(21, 60, "溪回县望川街道西乡村"));
    assert_true(fake_shows(21, 60, "19900005678 …7号"));
    json_decref(list);
    desk_leave(&desk);
}

/* A date behind an address is a date, not its first two digits. */
static void short_columns_are_not_crowded_out(void **state)
{
    json_t *list = seat_parse("{\"dataset\":\"visit\",\"columns\":[\"name\",\"number\",\"note\","
                              "\"day\"]}");

    desk_open(state, &desk, &seat_clerk);
    seat_describe(&desk.seat, visits);
    seat_put(&desk.seat, "visit", "1-a",
             "{\"_id\":\"v:1\",\"number\":\"990106198005060010\",\"name\":\"丁一\",\"note\":"
             "\"东乡人民政府对面的第二排平房第三户\",\"day\":\"2026-05-06\"}");
    desk_page(list_view_new(&fake.place, "", list));
    desk_turn();
    assert_true(fake_shows(21, 65, " 2026-05-06\n"));
    assert_true(fake_shows(21, 65, " 东乡人民政府"));
    assert_true(fake_shows(21, 65, "丁一 "));
    json_decref(list);
    desk_leave(&desk);
}

/* The upstream has the tick. */
static void deliver(void)
{
    struct outgoing outgoing = {0};
    struct error error = {0};

    seat_ok(request_next_outgoing(desk.seat.outbox, "", &outgoing, &error), &error);
    seat_ok(request_acknowledge(desk.seat.outbox, &outgoing, "1-abc", &error), &error);
    outgoing_release(&outgoing);
    workplace_changed(&fake.place);
}

static void rows_stand_in_columns(void **state)
{
    open_list(state, &seat_clerk);
    assert_true(desk_shows("2 rows  人口: all records"));
    assert_true(desk_shows("  Name           Phone       Address"));
    assert_true(desk_shows("  丁一           19900005678 东乡 3"));
    assert_true(desk_shows("  张伟           19900001234 西乡 1"));
    desk_stays_inside();
    (void)fake_command(COMMAND_OPEN);
    assert_non_null(fake.pushed);
    desk_leave(&desk);
}

static void a_tick_is_marked_unsent_until_it_has_arrived(void **state)
{
    open_list(state, &seat_clerk);
    assert_true(desk_hides("Ticked off today"));
    assert_true(desk_enabled(COMMAND_TICK));
    (void)fake_command(COMMAND_TICK);
    assert_string_equal(fake.said, ""); /* said when it is on disk */
    fake_work();
    assert_string_equal(fake.said, "Saved: 丁一 is ticked off.");
    assert_int_equal(desk_count(&desk, TICKS), 1);
    desk_turn();
    assert_true(desk_shows("* 丁一"));
    assert_true(desk_shows("Ticked off today: 1   * not sent yet: 1"));
    (void)fake_command(COMMAND_ROW_FIRST);
    assert_false(desk_enabled(COMMAND_TICK));
    assert_string_equal(fake.said, "Ticked today already.");
    deliver();
    desk_turn();
    assert_true(desk_shows("+ 丁一"));
    assert_true(desk_shows("Ticked off today: 1"));
    assert_true(desk_hides("not sent yet"));
    desk_leave(&desk);
}

static void what_was_seen_is_noted(void **state)
{
    open_list(state, &seat_clerk);
    (void)fake_command(COMMAND_TICK_NOTE);
    assert_non_null(strstr(asked.question, "丁一: what was seen?"));
    desk_answer(true, "well", 0);
    fake_work();
    assert_int_equal(desk_count(&desk, TICKS " AND frozen LIKE '%\"proposed\":\"well\"%'"), 1);
    desk_leave(&desk);
}

/* Two datasets take ticks: asked once, and gone on with when the page is opened again. */
static void it_is_asked_where_to_tick(void **state)
{
    static const char bees[] =
        "{\"_id\":\"dataset:bees\",\"type\":\"dataset\",\"title\":{\"en\":\"Beekeepers\"},"
        "\"subject\":\"person\",\"database\":\"bees-{area}\",\"priority\":40,\"accepts\":[\"new\"],"
        "\"fields\":[{\"name\":\"keeper\",\"type\":\"resident_id\",\"role\":\"subject\"}]}";

    desk_open(state, &desk, &seat_clerk);
    seat_describe(&desk.seat, visits);
    seat_describe(&desk.seat, bees);
    json_t *list = seat_parse("{\"dataset\":\"population\"}");
    desk_page(list_view_new(&fake.place, "", list));
    desk_turn();
    (void)fake_command(COMMAND_TICK);
    assert_non_null(strstr(asked.question, "In which dataset are they ticked off?"));
    fake_work();
    assert_int_equal(desk_count(&desk, TICKS), 0);
    desk_answer(true, "", 1);
    fake_work();
    assert_string_equal(fake.said, "Saved: 张伟 is ticked off.");
    assert_int_equal(desk_count(&desk, TICKS " AND dataset = 'bees'"), 1);
    desk_turn();
    assert_true(desk_shows("Beekeepers · Ticked off today: 1"));
    fake_close();
    desk_page(list_view_new(&fake.place, "", list));
    desk_turn();
    assert_true(desk_shows("Beekeepers · Ticked off today: 1"));
    json_decref(list);
    desk_leave(&desk);
}

static void who_may_not_raise_requests_may_not_tick(void **state)
{
    open_list(state, &(struct session){"shen", ACCOUNT_AUDITOR});
    assert_false(desk_enabled(COMMAND_TICK));
    fake.is_read_only = true;
    assert_false(desk_enabled(COMMAND_EXPORT_LIST));
    assert_false(desk_enabled(COMMAND_SAVE_LIST));
    desk_leave(&desk);
}

static void a_list_is_kept_for_all(void **state)
{
    open_list(state, &seat_clerk);
    (void)fake_command(COMMAND_SAVE_LIST);
    desk_answer(true, "everyone", 0);
    assert_non_null(strstr(asked.question, "Who may use this list?"));
    assert_int_equal(desk_count(&desk, "SELECT count(*) FROM list"), 0);
    desk_answer(true, "", 1);
    fake_work();
    assert_string_equal(fake.said, "Saved: everyone");
    assert_int_equal(
        desk_count(&desk, "SELECT count(*) FROM list WHERE name = 'everyone' AND shared = 1"), 1);
    desk_leave(&desk);
}

static void save_as(const char *name)
{
    (void)fake_command(COMMAND_SAVE_LIST);
    desk_answer(true, name, 0);
    desk_answer(true, "", 0);
    fake_work();
}

static void another_list_is_not_overwritten(void **state)
{
    struct error error = {0};
    json_t *other = seat_parse("{\"dataset\":\"visit\"}");

    open_list(state, &seat_clerk);
    seat_ok(list_save(desk.seat.outbox, &seat_clerk, "mine", other, false, &error), &error);
    save_as("mine");
    assert_non_null(strstr(fake.said, "You have another list of this name."));
    assert_int_equal(desk_count(&desk, "SELECT count(*) FROM list WHERE body LIKE '%visit%'"), 1);
    save_as("new");
    assert_string_equal(fake.said, "Saved: new");
    save_as("new"); /* the same list again */
    assert_string_equal(fake.said, "Saved: new");
    json_decref(other);
    desk_leave(&desk);
}

static void ask_for_file(const char *path)
{
    assert_true(desk_enabled(COMMAND_EXPORT_LIST));
    (void)fake_command(COMMAND_EXPORT_LIST);
    desk_answer(true, "", 1);
    desk_answer(true, path, 0);
    desk_answer(true, "visits", 0);
}

static void a_file_is_written_once_with_its_purpose(void **state)
{
    const char *path;

    open_list(state, &seat_clerk);
    path = scratch_path(state, "list.csv");
    ask_for_file(path);
    fake_work();
    assert_non_null(strstr(fake.said, "2 rows written to"));
    assert_int_equal(access(path, R_OK), 0);
    assert_int_equal(desk_count(&desk, "SELECT count(*) FROM lookup WHERE action = 'export'"
                                       " AND purpose = 'visits'"),
                     1);
    ask_for_file(path);
    fake_work();
    assert_non_null(strstr(fake.said, "exists already"));
    desk_leave(&desk);
}

/* The journal first; what is stopped then leaves nothing behind. */
static void a_stopped_file_is_not_left_behind(void **state)
{
    const char *path;

    open_list(state, &seat_clerk);
    path = scratch_path(state, "list.csv");
    ask_for_file(path);
    assert_int_equal(fake.job_count, 1);
    struct job *permit = fake.jobs[0];
    fake.job_count = 0;
    permit->run(permit);
    permit->done(permit);
    assert_int_equal(fake.job_count, 1); /* the writing */
    assert_false(desk_enabled(COMMAND_EXPORT_LIST));
    (void)fake_command(COMMAND_CANCEL);
    fake_work();
    assert_string_equal(fake.said, "Stopped. No file was written.");
    assert_int_equal(access(path, F_OK), -1);
    assert_true(desk_enabled(COMMAND_EXPORT_LIST));
    desk_leave(&desk);
}

int main(void)
{
#define IN_HOME(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_HOME(rows_stand_in_columns),
        IN_HOME(cells_are_shown_from_where_they_differ),
        IN_HOME(long_names_take_the_room_there_is),
        IN_HOME(short_columns_are_not_crowded_out),
        IN_HOME(a_tick_is_marked_unsent_until_it_has_arrived),
        IN_HOME(what_was_seen_is_noted),
        IN_HOME(it_is_asked_where_to_tick),
        IN_HOME(who_may_not_raise_requests_may_not_tick),
        IN_HOME(a_list_is_kept_for_all),
        IN_HOME(another_list_is_not_overwritten),
        IN_HOME(a_file_is_written_once_with_its_purpose),
        IN_HOME(a_stopped_file_is_not_left_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
