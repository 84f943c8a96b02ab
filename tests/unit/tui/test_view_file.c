/* The file of a person: what is masked, what is written down before it is shown, and what stays on
 * the screen when the data beneath changes. */
#include "tests/unit/tui/desk.h"

#define LOOKUPS "SELECT count(*) FROM lookup WHERE action = "

static struct desk desk;

static void open_file(void **state, const struct session *session)
{
    desk_open(state, &desk, session);
    desk_page(file_view_new(&fake.place, SUBJECT_PERSON, SEAT_PERSON));
}

/* Puts the selection on the row whose description in the pane begins so. */
static void select_row(const char *begins)
{
    struct buf line = {0};

    buf_printf(&line, "\n%s", begins);
    (void)fake_command(COMMAND_ROW_FIRST);
    for (int i = 0; i < 40; i++) {
        struct canvas *canvas = NULL;
        char *screen = fake_screen(21, 80, &canvas);
        const char *pane = strstr(screen, "\n-----");
        bool found = pane && strstr(pane, buf_text(&line));
        free(screen);
        canvas_free(canvas);
        if (found) {
            buf_release(&line);
            return;
        }
        (void)fake_command(COMMAND_ROW_DOWN);
    }
    fail_msg("no row %s", begins);
}

static void opening_is_written_down_first(void **state)
{
    open_file(state, &seat_clerk);
    assert_true(desk_shows("张伟"));
    assert_int_equal(desk_count(&desk, LOOKUPS "'open' AND object = '" SEAT_PERSON "'"), 1);
    workplace_changed(&fake.place);
    desk_turn();
    assert_int_equal(desk_count(&desk, LOOKUPS "'open'"), 1);
    desk_stays_inside();
    desk_leave(&desk);
}

static void without_a_journal_nothing_is_shown(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    fake.is_read_only = true;
    desk_page(file_view_new(&fake.place, SUBJECT_PERSON, SEAT_PERSON));
    assert_true(desk_shows("cannot write down who looked at what"));
    assert_true(desk_hides("张伟"));
    assert_false(fake.view->ops->waits(fake.view));
    desk_leave(&desk);
}

static void nobody_is_said_to_be_nobody(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    desk_page(file_view_new(&fake.place, SUBJECT_PERSON, "990106198001010000"));
    assert_true(desk_shows("x "));
    assert_false(desk_enabled(COMMAND_REQUEST_NEW));
    desk_stays_inside();
    desk_leave(&desk);
}

static void a_masked_value_needs_a_purpose(void **state)
{
    open_file(state, &seat_clerk);
    assert_true(desk_hides(SEAT_PERSON));
    assert_false(desk_enabled(COMMAND_REVEAL)); /* the head of the section */
    select_row("Resident ID: 990106********7635");
    assert_true(desk_enabled(COMMAND_REVEAL));
    (void)fake_command(COMMAND_REVEAL);
    assert_non_null(strstr(asked.question, "what do you need it for?"));
    desk_answer(false, "", 0);
    fake_work();
    assert_true(desk_hides(SEAT_PERSON));
    (void)fake_command(COMMAND_REVEAL);
    desk_answer(true, "pension", 0);
    assert_true(desk_hides(SEAT_PERSON));
    fake_work();
    assert_true(desk_shows(SEAT_PERSON));
    assert_int_equal(desk_count(&desk, LOOKUPS "'reveal' AND purpose = 'pension'"), 1);
    assert_false(desk_enabled(COMMAND_REVEAL));
    desk_leave(&desk);
}

static void a_change_beneath_does_not_move_the_selection(void **state)
{
    char id[48];

    open_file(state, &seat_clerk);
    select_row("Phone: ");
    seat_raise(&desk.seat, "西乡 2", id);
    workplace_changed(&fake.place);
    desk_turn();
    assert_true(desk_shows("→ 西乡 2"));
    assert_true(desk_shows("* 1 request open"));
    assert_true(desk_shows("\nPhone: 19900001234"));
    (void)fake_command(COMMAND_ROW_UP);
    assert_true(desk_enabled(COMMAND_OPEN));
    (void)fake_command(COMMAND_OPEN);
    assert_non_null(fake.pushed);
    desk_leave(&desk);
}

static void what_was_deleted_stays_readable(void **state)
{
    open_file(state, &seat_clerk);
    select_row("Phone: ");
    desk_delete_record(&desk);
    desk_turn();
    assert_true(desk_shows("! No longer in the returned data; this is how it was."));
    assert_true(desk_shows("Phone: 19900001234"));
    assert_true(desk_shows("西乡 1"));
    assert_false(desk_enabled(COMMAND_REQUEST_NEW));
    desk_move_person(&desk, "西乡 9");
    desk_turn();
    assert_true(desk_hides("No longer in the returned data"));
    assert_true(desk_shows("西乡 9"));
    assert_true(desk_enabled(COMMAND_REQUEST_NEW));
    desk_leave(&desk);
}

static void a_filter_leaves_the_rows_that_fit(void **state)
{
    open_file(state, &seat_clerk);
    (void)fake_command(COMMAND_FILTER);
    desk_answer(true, "PHONE", 0);
    assert_true(desk_shows("19900001234"));
    assert_true(desk_hides("西乡 1"));
    assert_true(desk_shows("only rows with \"phone\""));
    (void)fake_command(COMMAND_FILTER);
    desk_answer(true, "", 0);
    assert_true(desk_shows("西乡 1"));
    desk_leave(&desk);
}

/* --- more than fields ------------------------------------------------------------------------ */

static void a_change_is_marked_and_listed(void **state)
{
    open_file(state, &seat_clerk);
    assert_true(desk_hides("Changed since it came"));
    desk_move_person(&desk, "西乡 9");
    desk_turn();
    assert_true(desk_shows("~ Address"));
    assert_true(desk_shows("Changed since it came"));
    assert_true(desk_shows("西乡 1 → 西乡 9"));
    select_row("Address · ");
    assert_true(desk_enabled(COMMAND_REQUEST_NEW));
    desk_stays_inside();
    desk_leave(&desk);
}

#define LONG_START "云汀省澜州市溪回县望川街道桂花社区书院巷120号望川花园24栋2单元"

/* Addresses that differ at their end: the end is what is shown of both, in 80 columns. */
static void long_values_are_shown_from_where_they_differ(void **state)
{
    open_file(state, &seat_clerk);
    desk_move_person(&desk, LONG_START "404室");
    desk_turn();
    seat_put_record(&desk.seat, "5-def",
                    "{\"_id\":\"" SEAT_RECORD "\",\"_rev\":\"5-def\",\"id_number\":\"" SEAT_PERSON
                    "\",\"name\":\"张伟\",\"address\":\"" LONG_START "1305室\"}");
    workplace_changed(&fake.place);
    desk_turn();
    (void)fake_command(COMMAND_ROW_LAST);
    assert_true(desk_shows("…404室"));
    assert_true(desk_shows("…1305室"));
    seat_describe(
        &desk.seat,
        "{\"_id\":\"dataset:pension\",\"type\":\"dataset\",\"title\":{\"zh\":\"养老金\"},"
        "\"subject\":\"person\",\"database\":\"pension-{area}\",\"priority\":20,\"fields\":["
        "{\"name\":\"number\",\"type\":\"resident_id\",\"role\":\"subject\"},"
        "{\"name\":\"address\",\"type\":\"text\",\"role\":\"address\"}]}");
    seat_put(&desk.seat, "pension", "1-a",
             "{\"_id\":\"p:1\",\"number\":\"" SEAT_PERSON "\",\"address\":\"" LONG_START "9室\"}");
    workplace_changed(&fake.place);
    desk_turn();
    (void)fake_command(COMMAND_ROW_FIRST);
    assert_true(desk_shows("! Address: the ministries do not agree"));
    assert_true(desk_shows("…1305室  (can be corrected)"));
    assert_true(desk_shows("…9室"));
    desk_stays_inside();
    desk_leave(&desk);
}

/* Another ministry has another name for the person, and a certificate has expired. */
static void desk_contradict(struct desk *at)
{
    seat_describe(&at->seat,
                  "{\"_id\":\"dataset:pension\",\"type\":\"dataset\",\"title\":{\"zh\":\"养老金\"},"
                  "\"provider\":{\"name\":\"Pension office\"},\"subject\":\"person\","
                  "\"database\":\"pension-{area}\",\"priority\":20,\"fields\":["
                  "{\"name\":\"number\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
                  "{\"name\":\"who\",\"type\":\"text\",\"role\":\"title\",\"correctable\":true,"
                  "\"title\":{\"en\":\"Who\"}}]}");
    seat_describe(&at->seat,
                  "{\"_id\":\"dataset:card\",\"type\":\"dataset\",\"title\":{\"zh\":\"证照\"},"
                  "\"subject\":\"person\",\"database\":\"card-{area}\",\"priority\":21,\"fields\":["
                  "{\"name\":\"card\",\"type\":\"text\",\"role\":\"certificate\"},"
                  "{\"name\":\"holder\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
                  "{\"name\":\"to\",\"type\":\"date\",\"role\":\"valid_to\"}]}");
    seat_put(&at->seat, "pension", "1-a",
             "{\"_id\":\"p:1\",\"number\":\"" SEAT_PERSON "\",\"who\":\"张玮\"}");
    seat_put(&at->seat, "card", "1-a",
             "{\"_id\":\"c:1\",\"card\":\"A1\",\"holder\":\"" SEAT_PERSON
             "\",\"to\":\"2016-01-01\"}");
    workplace_changed(&fake.place);
}

static void statements_stand_side_by_side(void **state)
{
    open_file(state, &seat_clerk);
    desk_contradict(&desk);
    desk_turn();
    (void)fake_command(COMMAND_ROW_FIRST);
    assert_true(desk_shows("! Name: the ministries do not agree"));
    assert_true(desk_shows("张伟"));
    assert_true(desk_shows("张玮"));
    assert_true(desk_shows("(can be corrected)"));
    (void)fake_command(COMMAND_ROW_DOWN);
    (void)fake_command(COMMAND_ROW_DOWN);
    assert_true(desk_shows("\n! 养老金"));
    assert_true(desk_shows("\n养老金: 张玮"));
    assert_true(desk_enabled(COMMAND_REQUEST_NEW));
    (void)fake_command(COMMAND_REQUEST_NEW);
    assert_non_null(fake.pushed); /* the editor, on the statement that is wrong */
    fake.pushed->app = FAKE_POINTER;
    desk_drop_pushed();
    (void)fake_command(COMMAND_OPEN); /* to the field in its section */
    assert_true(desk_shows("\nWho: 张玮"));
    desk_stays_inside();
    desk_leave(&desk);
}

/* The correction of a statement begins with what the other one says. */
static void a_correction_of_a_statement_is_filled_in(void **state)
{
    open_file(state, &seat_clerk);
    desk_contradict(&desk);
    desk_turn();
    (void)fake_command(COMMAND_ROW_FIRST);
    (void)fake_command(COMMAND_ROW_DOWN);
    (void)fake_command(COMMAND_ROW_DOWN);
    (void)fake_command(COMMAND_REQUEST_NEW);
    struct view *editor = fake.pushed;
    fake.pushed = NULL;
    app_close(NULL, fake.view);
    desk_page(editor);
    assert_true(desk_shows("张玮"));
    assert_true(desk_shows("张伟"));
    assert_true(desk_shows("Filled in as \"人口\" says: see whether it is right."));
    desk_leave(&desk);
}

static void a_certificate_shows_its_verdict(void **state)
{
    open_file(state, &seat_clerk);
    desk_contradict(&desk);
    desk_turn();
    select_row("Expired: Its validity ended");
    assert_true(desk_shows("\n! certificates: 1 (1 not found valid)"));
    assert_true(desk_shows("x Expired  Its validity ended on 2016-01-01."));
    assert_true(desk_enabled(COMMAND_OPEN));
    (void)fake_command(COMMAND_OPEN);
    assert_non_null(fake.pushed);
    assert_int_equal(fake.pushed->ops->context(fake.pushed), CONTEXT_VERIFY);
    desk_leave(&desk);
}

/* Deceased, moved away, certificates, enterprises and a household: nothing is cut, and what does
 * not fit beside the warnings stands beneath them. */
static void everything_that_counts_is_on_top(void **state)
{
    open_file(state, &seat_clerk);
    desk_contradict(&desk);
    seat_describe(&desk.seat,
                  "{\"_id\":\"dataset:death\",\"type\":\"dataset\",\"subject\":\"person\","
                  "\"database\":\"death-{area}\",\"priority\":22,\"fields\":["
                  "{\"name\":\"number\",\"type\":\"resident_id\",\"role\":\"subject\"},"
                  "{\"name\":\"died\",\"type\":\"date\"},"
                  "{\"name\":\"state\",\"type\":\"text\",\"role\":\"status\"}]}");
    seat_put(&desk.seat, "death", "1-a",
             "{\"_id\":\"d:1\",\"number\":\"" SEAT_PERSON
             "\",\"died\":\"2026-01-02\",\"state\":\"迁出\"}");
    desk_turn();
    assert_true(desk_shows("\n! Deceased 2026-01-02 · Moved away  ! certificates: 1 (1 not found "
                           "valid)\n"));
    assert_true(fake_shows(21, 70,
                           "\n! Deceased 2026-01-02 · Moved away\n! certificates: 1 (1 not "
                           "found valid)\n"));
    (void)fake_command(COMMAND_FILTER);
    desk_answer(true, "a part of what stands in the rows", 0);
    assert_true(fake_shows(21, 60, "\n! Deceased 2026-01-02 · Moved away\n"));
    assert_true(fake_shows(21, 60, " only rows with \"a part of what stands in the rows\"\n"));
    desk_leave(&desk);
}

static void a_long_name_leaves_the_number(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    seat_describe(&desk.seat,
                  "{\"_id\":\"dataset:firm\",\"type\":\"dataset\",\"subject\":\"enterprise\","
                  "\"database\":\"firm-{area}\",\"priority\":22,\"fields\":["
                  "{\"name\":\"code\",\"type\":\"uscc\",\"role\":\"subject\"},"
                  "{\"name\":\"firm\",\"type\":\"text\",\"role\":\"title\"}]}");
    seat_put(&desk.seat, "firm", "1-a",
             "{\"_id\":\"f:1\",\"code\":\"91990106MA5L2K4N7X\",\"firm\":"
             "\"溪回县某某某某某某某某某某某某某某某某某某农民专业合作社联合社\"}");
    desk_page(file_view_new(&fake.place, SUBJECT_ENTERPRISE, "91990106MA5L2K4N7X"));
    assert_true(desk_shows("农民专业合作社联合社\n91990106MA5L2K4N7X  enterprise\n"));
    desk_leave(&desk);
}

/* One person who represents the firm and holds its shares is not two people. */
static void people_of_an_enterprise_are_counted_once(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    seat_describe(&desk.seat,
                  "{\"_id\":\"dataset:firm\",\"type\":\"dataset\",\"subject\":\"enterprise\","
                  "\"database\":\"firm-{area}\",\"priority\":22,\"fields\":["
                  "{\"name\":\"code\",\"type\":\"uscc\",\"role\":\"subject\"},"
                  "{\"name\":\"firm\",\"type\":\"text\",\"role\":\"title\"},"
                  "{\"name\":\"legal\",\"type\":\"resident_id\",\"role\":\"link_person\"},"
                  "{\"name\":\"holder\",\"type\":\"resident_id\",\"role\":\"link_person\"}]}");
    seat_put(&desk.seat, "firm", "1-a",
             "{\"_id\":\"f:1\",\"code\":\"91990106MA5L2K4N7X\",\"firm\":\"商店\",\"legal\":"
             "\"" SEAT_PERSON "\",\"holder\":\"" SEAT_PERSON "\"}");
    desk_page(file_view_new(&fake.place, SUBJECT_ENTERPRISE, "91990106MA5L2K4N7X"));
    assert_true(desk_shows("people: 1"));
    desk_leave(&desk);
}

static void watching_is_one_key(void **state)
{
    open_file(state, &seat_clerk);
    assert_true(desk_enabled(COMMAND_WATCH));
    (void)fake_command(COMMAND_WATCH);
    assert_string_equal(fake.said, ""); /* said when it is on disk */
    fake_work();
    assert_string_equal(fake.said, "Watched: you will be told of every change.");
    desk_turn();
    assert_true(desk_shows("watched"));
    assert_int_equal(desk_count(&desk, "SELECT count(*) FROM watch WHERE account = 'li'"), 1);
    assert_int_equal(desk_count(&desk, LOOKUPS "'watch'"), 1);
    (void)fake_command(COMMAND_WATCH);
    fake_work();
    desk_turn();
    assert_true(desk_hides("watched"));
    fake.is_read_only = true;
    assert_false(desk_enabled(COMMAND_WATCH));
    desk_leave(&desk);
}

static void a_correction_starts_from_the_record(void **state)
{
    open_file(state, &seat_clerk);
    select_row("Phone: ");
    assert_true(desk_enabled(COMMAND_REQUEST_NEW));
    (void)fake_command(COMMAND_REQUEST_NEW);
    assert_non_null(fake.pushed);
    fake.is_read_only = true;
    assert_false(desk_enabled(COMMAND_REQUEST_NEW));
    desk_leave(&desk);
}

static void a_single_record_is_a_file_too(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    desk_page(record_view_new(&fake.place, "population", SEAT_RECORD));
    assert_true(desk_shows("张伟"));
    assert_int_equal(desk_count(&desk, LOOKUPS "'open' AND object = '" SEAT_PERSON "'"), 1);
    desk_leave(&desk);
}

int main(void)
{
#define IN_HOME(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_HOME(opening_is_written_down_first),
        IN_HOME(without_a_journal_nothing_is_shown),
        IN_HOME(nobody_is_said_to_be_nobody),
        IN_HOME(a_masked_value_needs_a_purpose),
        IN_HOME(a_change_beneath_does_not_move_the_selection),
        IN_HOME(what_was_deleted_stays_readable),
        IN_HOME(a_filter_leaves_the_rows_that_fit),
        IN_HOME(a_correction_starts_from_the_record),
        IN_HOME(watching_is_one_key),
        IN_HOME(a_change_is_marked_and_listed),
        IN_HOME(statements_stand_side_by_side),
        IN_HOME(long_values_are_shown_from_where_they_differ),
        IN_HOME(a_correction_of_a_statement_is_filled_in),
        IN_HOME(a_certificate_shows_its_verdict),
        IN_HOME(everything_that_counts_is_on_top),
        IN_HOME(a_long_name_leaves_the_number),
        IN_HOME(people_of_an_enterprise_are_counted_once),
        IN_HOME(a_single_record_is_a_file_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
