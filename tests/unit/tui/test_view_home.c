/* The start page on a canvas: what it says about fresh, stale, withdrawn and absent data, about
 * the queue of each role, and how it uses the room there is. */
#include "base/clock.h"
#include "tests/unit/tui/fake_place.h"
#include "tui/home_remarks.h"
#include "tui/views.h"

#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#define MINUTE 60000LL
#define DAY    (24 * 60 * MINUTE)

static struct dataset_status datasets[4];
static char pushed[65];
static enum queue_tab pushed_tab;

struct view *dataset_view_new(struct workplace *place, const char *dataset)
{
    (void)place;
    (void)snprintf(pushed, sizeof pushed, "%s", dataset);
    return NULL;
}

struct view *queue_view_new(struct workplace *place, enum queue_tab tab)
{
    (void)place;
    (void)snprintf(pushed, sizeof pushed, "queue");
    pushed_tab = tab;
    return NULL;
}

struct view *notices_view_new(struct workplace *place)
{
    (void)place;
    (void)snprintf(pushed, sizeof pushed, "notices");
    return NULL;
}

static void be(unsigned roles)
{
    fake.session = (struct session){.account = "clerk", .roles = roles};
}

static int set_up(void **state)
{
    int64_t now = clock_wall_ms();

    (void)state;
    fake_reset();
    be(ACCOUNT_CLERK);
    datasets[0] = (struct dataset_status){.dataset = "population",
                                          .title = "人口基础信息",
                                          .rows = 1000000,
                                          .contact_ms = now - 3 * MINUTE,
                                          .complete = true,
                                          .state = "ok",
                                          .reason = ""};
    datasets[1] = (struct dataset_status){.dataset = "certificate",
                                          .title = "Certificates",
                                          .rows = 1500,
                                          .contact_ms = now - 9 * DAY,
                                          .complete = true,
                                          .stale = true,
                                          .state = "offline",
                                          .reason = ""};
    datasets[2] = (struct dataset_status){.dataset = "credit",
                                          .title = "Credit",
                                          .contact_ms = now - MINUTE,
                                          .complete = true,
                                          .state = "withdrawn",
                                          .reason = "Access was taken back."};
    datasets[3] = (struct dataset_status){
        .dataset = "place", .title = "Places", .state = "never", .reason = ""};
    fake.overview = (struct overview){.datasets = datasets,
                                      .dataset_count = 4,
                                      .last_failure = "",
                                      .disk_free = -1,
                                      .contact_ms = now};
    fake.has_overview = true;
    fake.syncing.phase = SYNCING_WAITING;
    fake_open(home_view_new(&fake.place));
    pushed[0] = '\0';
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_close();
    return 0;
}

static void nothing_is_claimed_before_it_was_read(void **state)
{
    (void)state;
    fake.has_overview = false;
    assert_true(fake_shows(21, 80, "Reading"));
    assert_true(fake_hides(21, 80, "Not sent yet"));
}

static void every_dataset_says_how_far_it_can_be_trusted(void **state)
{
    (void)state;
    assert_true(fake_shows(21, 80, "1,000,000  3 min"));
    assert_true(fake_shows(21, 80, "too old"));
    assert_true(fake_shows(21, 80, "no access"));
    assert_true(fake_shows(21, 80, "* Places                        0        never read"));
    /* A state has a sign beside its colour. */
    assert_true(fake_shows(21, 80, "x Credit"));
    assert_true(fake_shows(21, 80, "! Certificates"));
}

static void the_selected_dataset_is_explained_and_opened(void **state)
{
    (void)state;
    assert_true(fake_shows(21, 80, "人口基础信息: as of "));
    (void)fake_command(COMMAND_ROW_DOWN);
    (void)fake_command(COMMAND_ROW_DOWN);
    assert_true(fake_shows(21, 80, "Access was taken back."));
    (void)fake_command(COMMAND_OPEN);
    assert_string_equal(pushed, "credit");
}

static void the_selection_follows_its_dataset(void **state)
{
    struct dataset_status more[5];

    (void)state;
    assert_true(fake_shows(21, 80, "Certificates"));
    (void)fake_command(COMMAND_ROW_DOWN);
    memcpy(more + 1, datasets, sizeof datasets);
    more[0] = datasets[3];
    more[0].dataset = "death";
    more[0].title = "Deaths";
    fake.overview.datasets = more;
    fake.overview.dataset_count = 5;
    assert_true(fake_shows(21, 80, "Deaths"));
    (void)fake_command(COMMAND_OPEN);
    assert_string_equal(pushed, "certificate");
}

static void reviewing_is_for_supervisors(void **state)
{
    (void)state;
    fake.overview.to_review = 12;
    assert_true(fake_hides(21, 80, "For me to review"));
    be(ACCOUNT_SUPERVISOR);
    assert_true(fake_shows(21, 80, "* For me to review      12"));
    (void)fake_command(COMMAND_NEXT_SECTION);
    (void)fake_command(COMMAND_OPEN);
    assert_string_equal(pushed, "queue");
    assert_int_equal(pushed_tab, QUEUE_REVIEW);
}

static void what_was_not_sent_is_counted_with_its_age(void **state)
{
    (void)state;
    fake.overview.queued = 2;
    fake.overview.sending = 1;
    fake.overview.held = 1;
    fake.overview.oldest_unsent_ms = clock_wall_ms() - 2 * DAY;
    assert_true(fake_shows(21, 80, "* Not sent yet           3"));
    assert_true(fake_shows(21, 80, "x Held                   1"));
    (void)fake_command(COMMAND_NEXT_SECTION);
    (void)fake_command(COMMAND_ROW_LAST);
    assert_true(fake_shows(21, 80, "2 d ago"));
}

static void who_has_sent_nothing_for_a_day_is_reminded(void **state)
{
    (void)state;
    fake.overview.queued = 2;
    fake.overview.oldest_unsent_ms = clock_wall_ms() - DAY / 2;
    assert_true(fake_hides(30, 80, "Requests not sent"));
    fake.overview.oldest_unsent_ms = clock_wall_ms() - 2 * DAY;
    assert_true(fake_shows(30, 80, "! Requests not sent: 2, the oldest for 2 d"));
    fake.overview.queued = 0;
    assert_true(fake_hides(30, 80, "Requests not sent"));
}

static void notices_are_counted_and_opened(void **state)
{
    (void)state;
    fake.overview.notices_unseen = 7;
    assert_true(fake_shows(21, 80, "* New notices            7"));
    (void)fake_command(COMMAND_NEXT_SECTION);
    (void)fake_command(COMMAND_ROW_LAST);
    (void)fake_command(COMMAND_ROW_UP);
    assert_true(fake_shows(21, 80, "should know of and have not seen"));
    (void)fake_command(COMMAND_OPEN);
    assert_string_equal(pushed, "notices");
}

static void what_needs_a_look_is_named(void **state)
{
    static const char *const words[] = {"Only 312 MB are free", "5 min ahead", "Out of paper"};

    (void)state;
    fake.overview.last_failure = "The platform cannot be reached.";
    fake.overview.disk_free = 312 * 1000 * 1000;
    fake.overview.clock_offset_known = true;
    fake.overview.clock_offset_ms = -5 * MINUTE;
    fake.overview.notices[0] = "Out of paper";
    fake.overview.notice_count = 1;
    assert_true(fake_shows(30, 80, "! The platform cannot be reached."));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_true(fake_shows(30, 80, words[i]));
    fake.overview.clock_offset_ms = 5 * MINUTE;
    assert_true(fake_shows(30, 80, "5 min behind"));
    fake.overview.clock_offset_ms = 30000;
    assert_true(fake_hides(30, 80, "clock"));
}

static void the_layout_does_not_move_with_the_data(void **state)
{
    struct canvas *canvas;
    char *before, *after;

    (void)state;
    before = fake_screen(21, 80, &canvas);
    canvas_free(canvas);
    fake.overview.last_failure = "The platform cannot be reached.";
    after = fake_screen(21, 80, &canvas);
    canvas_free(canvas);
    char *line = strstr(before, "Returned data");
    assert_int_equal(line - before, strstr(after, "Returned data") - after);
    /* All rows above the remarks are the same. */
    char *remark = strstr(after, "! The platform");
    assert_non_null(remark);
    assert_memory_equal(before, after, (size_t)(remark - after));
    free(before);
    free(after);
}

static void a_wide_window_shows_the_states(void **state)
{
    (void)state;
    fake.overview.by_state[REQUEST_PENDING_REVIEW] = 8;
    fake.overview.by_state[REQUEST_CORRECTED] = 4;
    assert_true(fake_hides(21, 80, "Requests by state"));
    assert_true(fake_shows(21, 140, "Requests by state"));
    assert_true(fake_shows(21, 140, "[##########]"));
    assert_true(fake_shows(21, 140, "[#####.....]"));
}

static void a_narrow_window_shows_one_section(void **state)
{
    (void)state;
    assert_true(fake_shows(8, 44, "人口基础信息"));
    assert_true(fake_hides(8, 44, "Not sent yet"));
    (void)fake_command(COMMAND_NEXT_SECTION);
    assert_true(fake_shows(8, 44, "Not sent yet"));
}

static void keys_are_those_of_the_keymap(void **state)
{
    (void)state;
    assert_true(fake_shows(21, 80, "F9    Search"));
    assert_true(fake_shows(21, 80, "F11   Exchange"));
}

static void back_does_not_leave_the_program(void **state)
{
    char reason[VIEW_REASON_MAX] = "";

    (void)state;
    assert_false(fake.view->ops->enabled(fake.view, COMMAND_BACK, reason));
    assert_non_null(strstr(reason, "F10"));
}

static void the_cursor_rests_on_the_selected_row(void **state)
{
    struct canvas *canvas;
    int row, column;
    bool visible;

    (void)state;
    (void)fake_shows(21, 80, "Certificates");
    (void)fake_command(COMMAND_ROW_DOWN);
    free(fake_screen(21, 80, &canvas));
    canvas_cursor_get(canvas, &row, &column, &visible);
    assert_int_equal(row, 2);
    assert_int_equal(column, 0);
    canvas_free(canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(nothing_is_claimed_before_it_was_read),
        TEST(every_dataset_says_how_far_it_can_be_trusted),
        TEST(the_selected_dataset_is_explained_and_opened),
        TEST(the_selection_follows_its_dataset),
        TEST(reviewing_is_for_supervisors),
        TEST(what_was_not_sent_is_counted_with_its_age),
        TEST(who_has_sent_nothing_for_a_day_is_reminded),
        TEST(notices_are_counted_and_opened),
        TEST(what_needs_a_look_is_named),
        TEST(the_layout_does_not_move_with_the_data),
        TEST(a_wide_window_shows_the_states),
        TEST(a_narrow_window_shows_one_section),
        TEST(keys_are_those_of_the_keymap),
        TEST(back_does_not_leave_the_program),
        TEST(the_cursor_rests_on_the_selected_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
