/* The queue and the compare page: who may decide what, on which values, and what is said about
 * delivery. */
#include "tests/unit/tui/desk.h"

static const struct session other_supervisor = {"zhao", ACCOUNT_SUPERVISOR};
static struct desk desk;

static void raise(const char *field, const char *proposed, char id[48])
{
    struct error error = {0};

    seat_ok(seat_try_raise(&desk.seat, field, proposed, id, &error), &error);
}

static void open_queue(enum queue_tab tab)
{
    desk_page(queue_view_new(&fake.place, tab));
}

static void an_empty_queue_says_so(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    open_queue(QUEUE_MINE);
    assert_true(desk_shows("You have not raised any requests."));
    assert_false(desk_enabled(COMMAND_OPEN));
    assert_false(desk_enabled(COMMAND_APPROVE));
    (void)fake_command(COMMAND_TAB_HELD);
    fake_work();
    assert_true(desk_shows("Nothing is held"));
    desk_stays_inside();
    desk_leave(&desk);
}

static void a_row_says_state_delivery_and_why(void **state)
{
    char id[48];

    desk_open(state, &desk, &seat_clerk);
    fake.has_overview = true;
    fake.overview.last_failure = "The platform cannot be reached.";
    raise("address", "西乡 2", id);
    open_queue(QUEUE_MINE);
    assert_true(desk_shows("waiting for review"));
    assert_true(desk_shows("waiting to be sent: The platform cannot be reached."));
    assert_true(desk_shows("张伟"));
    assert_true(desk_shows("moved"));
    assert_true(desk_hides("delivered"));
    desk_stays_inside();
    desk_leave(&desk);
}

/* What was never in the register has not gone from it. */
static void a_new_record_has_no_present_value(void **state)
{
    static const char visits[] =
        "{\"_id\":\"dataset:visit\",\"type\":\"dataset\",\"subject\":\"person\",\"priority\":9,"
        "\"database\":\"visit-{area}\",\"accepts\":[\"new\"],\"fields\":["
        "{\"name\":\"called\",\"type\":\"text\",\"role\":\"title\"}]}";
    const struct request_change change = {.field = "called", .proposed = "丁一"};
    const struct request_new wanted = {.kind = "new",
                                       .dataset = "visit",
                                       .changes = &change,
                                       .change_count = 1,
                                       .ground = "incomplete",
                                       .reason = "seen"};
    struct error error = {0};
    char id[48];

    desk_open(state, &desk, &seat_clerk);
    seat_describe(&desk.seat, visits);
    seat_ok(request_raise(desk.seat.outbox, desk.seat.reader, &seat_clerk, &wanted, id, &error),
            &error);
    fake_open(compare_view_new(&fake.place, id));
    desk_turn();
    assert_true(desk_shows("丁一"));
    assert_true(desk_shows("nothing yet: a new"));
    assert_true(desk_hides("not in the returned data"));
    fake_close();
    desk_leave(&desk);
}

/* A number of grade 4 can be corrected here: its values do not stand in a row. */
static void values_are_masked_in_rows_and_in_columns(void **state)
{
    char id[48];

    desk_open(state, &desk, &seat_clerk);
    raise("id_number", "990106199003077657", id);
    open_queue(QUEUE_MINE);
    assert_true(desk_shows("(masked: open it)"));
    assert_true(desk_hides("990106199003077657"));
    assert_true(desk_hides(SEAT_PERSON));
    fake_close();
    fake_open(compare_view_new(&fake.place, id));
    desk_turn();
    assert_true(desk_hides("990106199003077657"));
    assert_true(desk_shows("990106********7657"));
    assert_true(desk_enabled(COMMAND_REVEAL));
    (void)fake_command(COMMAND_REVEAL);
    desk_answer(true, "review", 0);
    fake_work();
    assert_true(desk_shows("990106199003077657"));
    assert_int_equal(desk_count(&desk, "SELECT count(*) FROM lookup WHERE action = 'reveal'"), 1);
    desk_leave(&desk);
}

static void a_supervisor_starts_with_what_waits(void **state)
{
    char id[48];

    desk_open(state, &desk, &seat_supervisor);
    raise("address", "西乡 2", id);
    fake.has_overview = true;
    fake.overview.to_review = 1;
    open_queue(QUEUE_MINE);
    assert_true(desk_shows("[To review 1]"));
    assert_true(desk_enabled(COMMAND_APPROVE));
    desk_leave(&desk);
}

static void approving_is_asked_done_and_told(void **state)
{
    char id[48];

    desk_open(state, &desk, &seat_supervisor);
    raise("address", "西乡 2", id);
    open_queue(QUEUE_REVIEW);
    (void)fake_command(COMMAND_APPROVE);
    assert_non_null(strstr(asked.question, "Approve 1 request?"));
    assert_non_null(strstr(asked.question, "张伟"));
    desk_answer(true, "", 0);
    assert_null(strstr(fake.said, "Saved"));
    fake_work();
    assert_non_null(strstr(fake.said, "Saved: 1 request approved."));
    assert_int_equal(asked.syncs, 1);
    assert_true(fake.view->ops->waits(fake.view)); /* no key falls on the old row */
    desk_turn();
    assert_true(desk_shows("Nothing waits for your decision."));
    assert_false(fake.view->ops->waits(fake.view));
    desk_leave(&desk);
}

/* Somebody else was faster: the rule is named, the others are decided. */
static void a_refused_one_does_not_stop_the_others(void **state)
{
    char first[48], second[48];
    struct error error = {0};

    desk_open(state, &desk, &seat_supervisor);
    raise("address", "西乡 2", first);
    raise("phone", "19900009999", second);
    open_queue(QUEUE_REVIEW);
    (void)fake_command(COMMAND_MARK);
    (void)fake_command(COMMAND_MARK);
    assert_true(desk_shows("# 2 marked"));
    (void)fake_command(COMMAND_APPROVE);
    seat_ok(request_act(desk.seat.outbox, &other_supervisor, first, "approve", NULL, &error),
            &error);
    desk_answer(true, "", 0);
    fake_work();
    assert_non_null(strstr(fake.said, "Saved: 1 request approved."));
    assert_non_null(strstr(fake.said, "1 not: "));
    assert_int_equal(fake.said_style, STYLE_ERROR);
    desk_turn();
    assert_true(desk_hides("marked"));
    desk_leave(&desk);
}

/* What was marked has been decided elsewhere since: the mark is gone with what it stood for. */
static void a_mark_does_not_outlive_what_was_seen(void **state)
{
    char id[48];
    struct error error = {0};

    desk_open(state, &desk, &seat_clerk);
    raise("address", "西乡 2", id);
    open_queue(QUEUE_MINE);
    (void)fake_command(COMMAND_MARK);
    assert_true(desk_shows("# 1 marked"));
    seat_ok(request_act(desk.seat.outbox, &seat_supervisor, id, "return", "wrong", &error), &error);
    workplace_changed(&fake.place);
    desk_turn();
    assert_true(desk_hides("marked"));
    assert_true(desk_shows("! returned"));
    assert_true(desk_enabled(COMMAND_RESUBMIT));
    assert_false(desk_enabled(COMMAND_WITHDRAW));
    desk_leave(&desk);
}

static void a_held_request_is_kept_or_dropped(void **state)
{
    char id[48];
    struct error error = {0};

    desk_open(state, &desk, &seat_clerk);
    raise("address", "西乡 2", id);
    seat_ok(request_hold(desk.seat.outbox, id, "refused", "Refused by the platform.", &error),
            &error);
    open_queue(QUEUE_HELD);
    assert_true(desk_shows("x "));
    assert_true(desk_shows("Refused by the platform."));
    assert_true(desk_enabled(COMMAND_KEEP_MINE));
    assert_true(desk_enabled(COMMAND_DROP_MINE));
    (void)fake_command(COMMAND_KEEP_MINE);
    desk_answer(true, "", 0);
    fake_work();
    desk_turn();
    assert_true(desk_shows("Nothing is held"));
    seat_ok(request_hold(desk.seat.outbox, id, "refused", "Refused by the platform.", &error),
            &error);
    workplace_changed(&fake.place);
    desk_turn();
    (void)fake_command(COMMAND_DROP_MINE);
    desk_answer(true, "not needed", 0);
    fake_work();
    desk_turn();
    assert_true(desk_shows("Nothing is held"));
    (void)fake_command(COMMAND_TAB_MINE);
    desk_turn();
    assert_true(desk_shows("withdrawn"));
    assert_true(desk_shows("never sent"));
    desk_leave(&desk);
}

static void a_request_is_watched(void **state)
{
    char id[48];

    desk_open(state, &desk, &seat_clerk);
    open_queue(QUEUE_MINE);
    assert_false(desk_enabled(COMMAND_WATCH));
    fake_close();
    raise("address", "西乡 2", id);
    open_queue(QUEUE_MINE);
    assert_true(desk_enabled(COMMAND_WATCH));
    (void)fake_command(COMMAND_WATCH);
    fake_work();
    assert_non_null(strstr(fake.said, "Watched"));
    assert_int_equal(desk_count(&desk, "SELECT count(*) FROM watch WHERE kind = 'request'"), 1);
    fake_close();
    fake_open(compare_view_new(&fake.place, id));
    desk_turn();
    assert_true(desk_enabled(COMMAND_WATCH));
    (void)fake_command(COMMAND_WATCH);
    fake_work();
    assert_string_equal(fake.said, "No longer watched.");
    desk_leave(&desk);
}

static void a_filter_finds_a_request(void **state)
{
    char first[48], second[48];

    desk_open(state, &desk, &seat_clerk);
    raise("address", "西乡 2", first);
    raise("phone", "19900009999", second);
    open_queue(QUEUE_MINE);
    (void)fake_command(COMMAND_FILTER);
    desk_answer(true, first + strlen("request:"), 0);
    assert_true(desk_shows(first + strlen("request:")));
    (void)fake_command(COMMAND_FILTER);
    desk_answer(true, "nothing like it", 0);
    assert_true(desk_shows("No row has this text."));
    desk_leave(&desk);
}

/* --- compare
 * --------------------------------------------------------------------------------------- */

static void open_compare(const char *id)
{
    desk_page(compare_view_new(&fake.place, id));
}

static void three_values_stand_side_by_side(void **state)
{
    char id[48];

    desk_open(state, &desk, &seat_supervisor);
    raise("address", "西乡 2", id);
    open_compare(id);
    assert_true(desk_shows("When raised"));
    assert_true(desk_shows("西乡 1"));
    assert_true(desk_shows("西乡 2"));
    assert_true(desk_shows("li · 窗口 3"));
    assert_true(desk_shows("submitted  li (clerk)"));
    assert_true(desk_hides("changed meanwhile"));
    assert_true(fake_shows(21, 44, "When raised"));
    desk_stays_inside();
    desk_leave(&desk);
}

static void one_key_decides_what_was_seen(void **state)
{
    char id[48];

    desk_open(state, &desk, &seat_supervisor);
    raise("address", "西乡 2", id);
    open_compare(id);
    (void)fake_command(COMMAND_APPROVE);
    assert_null(asked.answer);
    fake_work();
    assert_true(asked.closed);
    assert_non_null(strstr(fake.said, "Saved: 1 request approved."));
    desk_leave(&desk);
}

static void a_record_that_changed_is_asked_about(void **state)
{
    char id[48];

    desk_open(state, &desk, &seat_supervisor);
    raise("address", "西乡 2", id);
    open_compare(id);
    desk_move_person(&desk, "西乡 9");
    desk_turn();
    assert_true(desk_shows("! The record has changed since this was raised"));
    assert_true(desk_shows("西乡 9 (changed"));
    (void)fake_command(COMMAND_APPROVE);
    assert_non_null(strstr(asked.question, "the record has changed"));
    desk_answer(false, "", 0);
    fake_work();
    assert_false(asked.closed);
    desk_stays_inside();
    desk_leave(&desk);
}

static void a_record_that_is_gone_is_said_to_be_gone(void **state)
{
    char id[48];

    desk_open(state, &desk, &seat_supervisor);
    raise("address", "西乡 2", id);
    desk_delete_record(&desk);
    open_compare(id);
    assert_true(desk_shows("not in the returned"));
    assert_true(desk_shows("西乡 1"));
    desk_leave(&desk);
}

static void the_maker_is_told_why_not(void **state)
{
    static const struct session maker = {"li", ACCOUNT_CLERK | ACCOUNT_SUPERVISOR};
    char id[48];

    desk_open(state, &desk, &maker);
    raise("address", "西乡 2", id);
    open_compare(id);
    assert_true(desk_shows("You raised this: another supervisor has to decide."));
    assert_false(desk_enabled(COMMAND_APPROVE));
    assert_non_null(strstr(fake.said, "another supervisor has to decide"));
    assert_true(desk_enabled(COMMAND_WITHDRAW));
    desk_leave(&desk);
}

static void a_long_page_scrolls(void **state)
{
    struct error error = {0};
    char id[48];
    char note[32];

    desk_open(state, &desk, &seat_clerk);
    raise("address", "西乡 2", id);
    for (int i = 0; i < 30; i++) {
        (void)snprintf(note, sizeof note, "note number %d", i);
        seat_ok(request_act(desk.seat.outbox, &seat_clerk, id, "note", note, &error), &error);
    }
    open_compare(id);
    assert_true(desk_shows("more rows below"));
    assert_true(desk_hides("note number 29"));
    (void)fake_command(COMMAND_ROW_LAST);
    assert_true(desk_shows("note number 29"));
    assert_true(desk_hides("more rows below"));
    (void)fake_command(COMMAND_ROW_FIRST);
    assert_true(desk_shows("When raised"));
    desk_leave(&desk);
}

/* The list has one row for it; the pane below has as many as it takes. */
static void a_long_reason_is_read_to_its_end(void **state)
{
    char id[48];
    struct error error = {0};

    desk_open(state, &desk, &seat_clerk);
    raise("address", "西乡 2", id);
    seat_ok(request_hold(desk.seat.outbox, id, "refused",
                         "The platform has refused this request because it was sent for an area "
                         "that this station does not look after: ask the administrator.",
                         &error),
            &error);
    open_queue(QUEUE_HELD);
    assert_true(desk_shows("administrator."));
    assert_true(desk_shows(" · inaccurate: "));
    desk_leave(&desk);
}

int main(void)
{
#define IN_HOME(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_HOME(an_empty_queue_says_so),
        IN_HOME(a_row_says_state_delivery_and_why),
        IN_HOME(values_are_masked_in_rows_and_in_columns),
        IN_HOME(a_new_record_has_no_present_value),
        IN_HOME(a_supervisor_starts_with_what_waits),
        IN_HOME(approving_is_asked_done_and_told),
        IN_HOME(a_refused_one_does_not_stop_the_others),
        IN_HOME(a_mark_does_not_outlive_what_was_seen),
        IN_HOME(a_held_request_is_kept_or_dropped),
        IN_HOME(a_long_reason_is_read_to_its_end),
        IN_HOME(a_request_is_watched),
        IN_HOME(a_filter_finds_a_request),
        IN_HOME(three_values_stand_side_by_side),
        IN_HOME(one_key_decides_what_was_seen),
        IN_HOME(a_record_that_changed_is_asked_about),
        IN_HOME(a_record_that_is_gone_is_said_to_be_gone),
        IN_HOME(the_maker_is_told_why_not),
        IN_HOME(a_long_page_scrolls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
