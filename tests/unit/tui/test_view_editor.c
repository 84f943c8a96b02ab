/* The request editor: nothing typed is lost, nothing is submitted twice, "Saved" is said when it is
 * on disk. */
#include "tests/unit/tui/desk.h"
#include "tui/view_editor.h"

#define REQUESTS "SELECT count(*) FROM request"
#define DRAFTS   "SELECT count(*) FROM draft"

static struct desk desk;

static void open_form(const char *field)
{
    struct view *view = editor_view_new(&fake.place, "population", SEAT_RECORD, "");

    editor_view_focus(view, field);
    desk_page(view);
}

static void open_editor(void **state, const char *field)
{
    desk_open(state, &desk, &seat_clerk);
    open_form(field);
}

/* Address, then the reason. */
static void fill_in(void)
{
    fake_type("西乡 2");
    for (int i = 0; i < 4; i++)
        (void)fake_command(COMMAND_PAGE_DOWN);
    (void)fake_command(COMMAND_PREV_FIELD);
    fake_type("moved");
    fake_work();
}

static void the_form_has_the_fields_that_can_be_corrected(void **state)
{
    open_editor(state, "address");
    assert_true(desk_shows("Address"));
    assert_true(desk_shows("西乡 1"));
    assert_true(desk_shows("unchanged"));
    assert_true(desk_shows("990106********7635"));
    assert_true(desk_hides(SEAT_PERSON));
    assert_true(desk_shows("(*) inaccurate"));
    desk_stays_inside();
    desk_leave(&desk);
}

static void a_request_is_saved_once(void **state)
{
    open_editor(state, "address");
    fill_in();
    (void)fake_command(COMMAND_SUBMIT);
    assert_true(desk_shows("* Saving"));
    assert_true(fake.view->ops->waits(fake.view));
    assert_false(desk_enabled(COMMAND_SUBMIT));
    fake_type("too late");
    assert_false(asked.closed);
    fake.said[0] = '\0';
    fake_work();
    assert_true(asked.closed);
    assert_non_null(strstr(fake.said, "Saved: 0"));
    assert_null(strstr(fake.said, "waiting")); /* that may not be so for long */
    assert_int_equal(asked.syncs, 1);
    assert_int_equal(desk_count(&desk, REQUESTS), 1);
    assert_int_equal(desk_count(&desk, DRAFTS), 0);
    desk_leave(&desk);
}

static void open_proposed(void)
{
    struct view *view = editor_view_new(&fake.place, "population", SEAT_RECORD, "");

    editor_view_focus(view, "address");
    editor_view_propose(view, "西乡 9", "Pensions");
    desk_page(view);
}

/* What another register says stands there already; it is the clerk's only when reason is given. */
static void a_value_from_elsewhere_is_filled_in(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    open_proposed();
    assert_true(desk_shows("西乡 9"));
    assert_true(desk_shows("Filled in as \"Pensions\" says: see whether it is right."));
    (void)fake_command(COMMAND_SUBMIT);
    assert_non_null(strstr(fake.said, "Say why"));
    desk_leave(&desk);
}

/* Looking and leaving keeps nothing; what was typed stays. */
static void a_draft_comes_before_a_value_from_elsewhere(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    open_proposed();
    app_close(NULL, fake.view);
    fake_work();
    assert_int_equal(desk_count(&desk, DRAFTS), 0);
    open_form("address");
    fake_type("西乡 2");
    app_close(NULL, fake.view);
    fake_work();
    assert_int_equal(desk_count(&desk, DRAFTS), 1);
    open_proposed();
    assert_true(desk_shows("西乡 2"));
    assert_true(desk_hides("西乡 9"));
    desk_leave(&desk);
}

/* Left with "back" while it was being saved: it is saved, and said. */
static void leaving_does_not_take_back_a_submission(void **state)
{
    open_editor(state, "address");
    fill_in();
    (void)fake_command(COMMAND_SUBMIT);
    app_close(NULL, fake.view);
    fake_work();
    assert_non_null(strstr(fake.said, "Saved: 0"));
    assert_int_equal(desk_count(&desk, REQUESTS), 1);
    assert_int_equal(desk_count(&desk, DRAFTS), 0);
    desk_leave(&desk);
}

static void a_failure_keeps_the_form_and_the_draft(void **state)
{
    open_editor(state, "address");
    fill_in();
    desk_delete_record(&desk);
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_false(asked.closed);
    assert_null(strstr(fake.said, "Saved"));
    assert_true(desk_shows("西乡 2"));
    assert_true(desk_shows("moved"));
    assert_true(desk_shows("\nx "));
    assert_true(desk_enabled(COMMAND_SUBMIT));
    assert_int_equal(desk_count(&desk, REQUESTS), 0);
    assert_int_equal(desk_count(&desk, DRAFTS), 1);
    desk_leave(&desk);
}

static void what_is_missing_is_named_and_gone_to(void **state)
{
    open_editor(state, "born");
    (void)fake_command(COMMAND_SUBMIT);
    assert_non_null(strstr(fake.said, "Nothing is to be changed yet"));
    fake_type("31.12.1990");
    (void)fake_command(COMMAND_SUBMIT);
    assert_non_null(strstr(fake.said, "Not a date"));
    (void)fake_command(COMMAND_CLEAR_FIELD);
    fake_type("1990-12-31");
    (void)fake_command(COMMAND_SUBMIT);
    assert_non_null(strstr(fake.said, "Say why"));
    fake_type("passport");
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_int_equal(desk_count(&desk, REQUESTS), 1);
    desk_leave(&desk);
}

static void a_left_field_says_what_is_wrong_and_lets_go(void **state)
{
    open_editor(state, "phone");
    fake_type("1990000");
    assert_true(desk_hides("neither a mobile number"));
    (void)fake_command(COMMAND_NEXT_FIELD);
    (void)fake_command(COMMAND_PREV_FIELD);
    assert_true(desk_shows("neither a mobile number"));
    fake_type("1");
    assert_true(desk_hides("neither a mobile number"));
    (void)fake_command(COMMAND_CLEAR_FIELD);
    fake_type("19900001234");
    (void)fake_command(COMMAND_NEXT_FIELD);
    (void)fake_command(COMMAND_PREV_FIELD);
    assert_true(desk_shows("This is the value it already has."));
    desk_leave(&desk);
}

static void leaving_a_field_keeps_the_draft(void **state)
{
    open_editor(state, "address");
    fake_type("西乡 2");
    assert_int_equal(desk_count(&desk, DRAFTS), 0);
    (void)fake_command(COMMAND_NEXT_FIELD);
    fake_work();
    assert_int_equal(desk_count(&desk, DRAFTS), 1);
    fake_close();
    open_form("");
    assert_true(desk_shows("! Your draft is continued"));
    assert_true(desk_shows("西乡 2"));
    desk_leave(&desk);
}

static void closing_keeps_what_was_typed_last(void **state)
{
    open_editor(state, "address");
    fake_type("西乡 2");
    app_close(NULL, fake.view);
    fake_work();
    assert_int_equal(desk_count(&desk, DRAFTS), 1);
    assert_non_null(strstr(fake.said, "Kept as a draft"));
    desk_leave(&desk);
}

/* The program ends before the desk came to it: the worker hands the job back. */
static void a_draft_is_saved_when_the_program_ends(void **state)
{
    open_editor(state, "address");
    fake_type("西乡 2");
    app_close(NULL, fake.view);
    assert_int_equal(fake.job_count, 1);
    fake.job_count = 0;
    fake.jobs[0]->abandon(fake.jobs[0]);
    assert_int_equal(desk_count(&desk, DRAFTS), 1);
    desk_leave(&desk);
}

static void discarding_asks_first(void **state)
{
    open_editor(state, "address");
    fake_type("西乡 2");
    (void)fake_command(COMMAND_NEXT_FIELD);
    (void)fake_command(COMMAND_DISCARD);
    desk_answer(false, "", 0);
    fake_work();
    assert_false(asked.closed);
    assert_int_equal(desk_count(&desk, DRAFTS), 1);
    (void)fake_command(COMMAND_DISCARD);
    desk_answer(true, "", 0);
    fake_work();
    assert_true(asked.closed);
    assert_int_equal(desk_count(&desk, DRAFTS), 0);
    desk_leave(&desk);
}

static void a_value_that_changes_meanwhile_is_marked(void **state)
{
    open_editor(state, "address");
    fake_type("西乡 2");
    desk_move_person(&desk, "西乡 9");
    desk_turn();
    assert_true(desk_shows("西乡 9"));
    assert_true(desk_shows("西乡 2"));
    assert_true(desk_shows("changed meanwhile"));
    desk_leave(&desk);
}

static void choosing_fills_in(void **state)
{
    open_editor(state, "address");
    assert_true(desk_enabled(COMMAND_CHOOSE));
    (void)fake_command(COMMAND_CHOOSE); /* the value as it stands, to be changed */
    fake_type("A");
    assert_true(desk_shows("西乡 1A"));
    fake_close();
    open_form("veteran");
    (void)fake_command(COMMAND_CHOOSE);
    desk_answer(true, "", 0);
    assert_true(desk_shows("yes"));
    desk_leave(&desk);
}

static void the_ground_follows_the_form_until_it_is_chosen(void **state)
{
    open_editor(state, "veteran"); /* empty in the register */
    fake_type("yes");
    assert_true(desk_shows("(*) incomplete"));
    for (int i = 0; i < 4; i++)
        (void)fake_command(COMMAND_PAGE_DOWN);
    (void)fake_command(COMMAND_PREV_FIELD);
    (void)fake_command(COMMAND_PREV_FIELD);
    (void)fake_command(COMMAND_CURSOR_LEFT);
    assert_true(desk_shows("(*) inaccurate"));
    desk_leave(&desk);
}

static void typing_where_one_chooses_is_answered(void **state)
{
    open_editor(state, "address");
    for (int i = 0; i < 4; i++)
        (void)fake_command(COMMAND_PAGE_DOWN);
    fake_type("x"); /* evidence */
    assert_non_null(strstr(fake.said, "Ctrl-O asks for one."));
    (void)fake_command(COMMAND_PREV_FIELD);
    (void)fake_command(COMMAND_PREV_FIELD);
    fake_type("x"); /* ground */
    assert_non_null(strstr(fake.said, "F4 shows the list"));
    assert_true(desk_shows("(*) inaccurate"));
    desk_leave(&desk);
}

static void evidence_must_be_there(void **state)
{
    open_editor(state, "address");
    (void)fake_command(COMMAND_ATTACH);
    desk_answer(true, "/no/such/file.pdf", 0);
    fake_work();
    assert_non_null(strstr(fake.said, "There is no file"));
    assert_true(desk_shows("none attached"));
    write_file(scratch_path(state, "scan.jpg"), "picture", 7);
    (void)fake_command(COMMAND_ATTACH);
    desk_answer(true, scratch_path(state, "scan.jpg"), 0);
    fake_work();
    assert_true(desk_shows("scan.jpg"));
    (void)fake_command(COMMAND_CLEAR_FIELD);
    assert_true(desk_shows("none attached"));
    desk_leave(&desk);
}

static void an_open_request_is_told(void **state)
{
    char id[48];

    desk_open(state, &desk, &seat_clerk);
    seat_raise(&desk.seat, "西乡 2", id);
    open_form("phone");
    assert_true(desk_shows("! There is 1 open request about this record already."));
    desk_leave(&desk);
}

int main(void)
{
#define IN_HOME(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_HOME(the_form_has_the_fields_that_can_be_corrected),
        IN_HOME(a_request_is_saved_once),
        IN_HOME(leaving_does_not_take_back_a_submission),
        IN_HOME(a_value_from_elsewhere_is_filled_in),
        IN_HOME(a_draft_comes_before_a_value_from_elsewhere),
        IN_HOME(a_failure_keeps_the_form_and_the_draft),
        IN_HOME(what_is_missing_is_named_and_gone_to),
        IN_HOME(a_left_field_says_what_is_wrong_and_lets_go),
        IN_HOME(leaving_a_field_keeps_the_draft),
        IN_HOME(closing_keeps_what_was_typed_last),
        IN_HOME(a_draft_is_saved_when_the_program_ends),
        IN_HOME(discarding_asks_first),
        IN_HOME(a_value_that_changes_meanwhile_is_marked),
        IN_HOME(choosing_fills_in),
        IN_HOME(the_ground_follows_the_form_until_it_is_chosen),
        IN_HOME(typing_where_one_chooses_is_answered),
        IN_HOME(evidence_must_be_there),
        IN_HOME(an_open_request_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
