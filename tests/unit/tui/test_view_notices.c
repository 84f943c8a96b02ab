/* The notices page: what is new, whose it is, where it leads, and that it stays until seen. */
#include "db/notice.h"
#include "db/watch.h"
#include "tests/unit/tui/desk.h"

static struct desk desk;

static void tell(const char *cause, const char *account, const char *record)
{
    const struct notice_parameter parameters[] = {{"dataset", "population"}, {"fields", "address"}};
    const struct notice_new notice = {.kind = NOTICE_RECORD_CHANGED,
                                      .cause = cause,
                                      .account = account,
                                      .subject_kind = record ? SUBJECT_PERSON : SUBJECT_NONE,
                                      .subject = record ? SEAT_PERSON : NULL,
                                      .dataset = record ? "population" : NULL,
                                      .record = record,
                                      .parameters = parameters,
                                      .parameter_count = 2};
    struct error error = {0};

    seat_ok(notice_raise(desk.seat.outbox, &notice, NULL, &error), &error);
    workplace_changed(&fake.place);
}

static void nothing_new_is_said(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    desk_page(notices_view_new(&fake.place));
    assert_true(desk_shows("[Not seen yet 0]"));
    assert_true(desk_shows("There is nothing new."));
    assert_false(desk_enabled(COMMAND_OPEN));
    assert_false(desk_enabled(COMMAND_MARK_SEEN));
    desk_stays_inside();
    desk_leave(&desk);
}

static void a_notice_names_person_dataset_and_field(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    tell("1", "li", SEAT_RECORD);
    tell("2", "wang", SEAT_RECORD);
    desk_page(notices_view_new(&fake.place));
    assert_true(desk_shows("[Not seen yet 1]"));
    assert_true(desk_shows("张伟: 人口 has changed: Address."));
    assert_true(desk_shows("For you."));
    desk_stays_inside();
    desk_leave(&desk);
}

static void it_stays_until_it_is_marked(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    tell("1", NULL, SEAT_RECORD);
    tell("2", "li", SEAT_RECORD);
    desk_page(notices_view_new(&fake.place));
    assert_true(desk_enabled(COMMAND_MARK_SEEN));
    (void)fake_command(COMMAND_MARK_SEEN);
    desk_turn();
    desk_turn();
    assert_true(desk_shows("[Not seen yet 1]"));
    (void)fake_command(COMMAND_MARK_ALL_SEEN);
    desk_turn();
    desk_turn();
    assert_true(desk_shows("There is nothing new."));
    (void)fake_command(COMMAND_NEXT_SECTION);
    desk_turn();
    assert_true(desk_shows("[All 2]"));
    assert_true(desk_shows("Seen: li"));
    assert_false(desk_enabled(COMMAND_MARK_SEEN));
    assert_int_equal(desk_count(&desk, "SELECT count(*) FROM notice_seen"), 2);
    desk_leave(&desk);
}

static void opening_leads_there_and_counts_as_seen(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    tell("1", "li", SEAT_RECORD);
    desk_page(notices_view_new(&fake.place));
    assert_true(desk_enabled(COMMAND_OPEN));
    (void)fake_command(COMMAND_OPEN);
    assert_non_null(fake.pushed);
    assert_int_equal(fake.pushed->ops->context(fake.pushed), CONTEXT_FILE);
    desk_turn();
    desk_turn();
    assert_true(desk_shows("There is nothing new."));
    desk_leave(&desk);
}

static void who_may_not_read_opens_nothing(void **state)
{
    static const struct session administrator = {"guan", ACCOUNT_ADMINISTRATOR};

    desk_open(state, &desk, &administrator);
    tell("1", NULL, SEAT_RECORD);
    desk_page(notices_view_new(&fake.place));
    assert_true(desk_hides("张伟"));
    assert_false(desk_enabled(COMMAND_OPEN));
    assert_true(desk_enabled(COMMAND_MARK_SEEN));
    desk_leave(&desk);
}

static void a_reading_window_marks_nothing(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    tell("1", "li", SEAT_RECORD);
    fake.is_read_only = true;
    desk_page(notices_view_new(&fake.place));
    assert_false(desk_enabled(COMMAND_MARK_SEEN));
    assert_false(desk_enabled(COMMAND_MARK_ALL_SEEN));
    assert_true(desk_enabled(COMMAND_OPEN));
    desk_leave(&desk);
}

/* New ones arrive above: the selection stays on what it was on. */
static void the_selection_stays_on_its_notice(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    tell("1", NULL, SEAT_RECORD);
    desk_page(notices_view_new(&fake.place));
    assert_true(desk_shows("For everybody here."));
    tell("2", "li", SEAT_RECORD);
    desk_turn();
    assert_true(desk_shows("[Not seen yet 2]"));
    assert_true(desk_shows("For everybody here."));
    desk_leave(&desk);
}

static void what_is_watched_is_listed_and_given_up(void **state)
{
    struct error error = {0};

    desk_open(state, &desk, &seat_clerk);
    seat_ok(watch_add(desk.seat.outbox, desk.seat.reader, &seat_clerk, WATCH_PERSON, SEAT_PERSON,
                      NULL, &error),
            &error);
    desk_page(notices_view_new(&fake.place));
    (void)fake_command(COMMAND_PREV_SECTION);
    desk_turn();
    assert_true(desk_shows("[Watched 1]"));
    assert_true(desk_shows("张伟  990106********7635"));
    assert_false(desk_enabled(COMMAND_MARK_SEEN));
    desk_stays_inside();
    (void)fake_command(COMMAND_OPEN);
    assert_int_equal(fake.pushed->ops->context(fake.pushed), CONTEXT_FILE);
    assert_true(desk_enabled(COMMAND_WATCH));
    (void)fake_command(COMMAND_WATCH);
    desk_turn();
    assert_string_equal(fake.said, "No longer watched.");
    desk_turn();
    assert_true(desk_shows("You watch nothing."));
    assert_false(desk_enabled(COMMAND_WATCH));
    desk_leave(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
        TEST(nothing_new_is_said),
        TEST(a_notice_names_person_dataset_and_field),
        TEST(it_stays_until_it_is_marked),
        TEST(opening_leads_there_and_counts_as_seen),
        TEST(who_may_not_read_opens_nothing),
        TEST(a_reading_window_marks_nothing),
        TEST(the_selection_stays_on_its_notice),
        TEST(what_is_watched_is_listed_and_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
