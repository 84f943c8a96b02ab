/* The exchange page: a run under way with figures that are true to the second, the outcome and the
 * next start between runs, and what has not been sent with the reason. */
#include "base/clock.h"
#include "sync/reconcile.h"
#include "tests/unit/tui/fake_place.h"
#include "tui/exchange.h"
#include "tui/sync_panel.h"
#include "tui/views.h"

#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#define MINUTE 60000LL

static struct dataset_status datasets[2];
static struct request_row requests[3];
static size_t request_count;
static char opened[65];

enum status request_list(struct reader *reader, const struct request_filter *filter,
                         struct request_list **list, struct error *error)
{
    struct request_list *made = calloc(1, sizeof *made);

    (void)reader;
    (void)error;
    assert_true(filter->unsent_only);
    assert_int_equal(filter->state, -1);
    assert_non_null(made);
    made->rows = requests;
    made->count = request_count;
    *list = made;
    return STATUS_OK;
}

void request_list_free(struct request_list *list)
{
    free(list);
}

const char *delivery_title(enum delivery delivery)
{
    return delivery == DELIVERY_HELD ? "held" : "waiting to be sent";
}

struct view *compare_view_new(struct workplace *place, const char *id)
{
    (void)place;
    (void)snprintf(opened, sizeof opened, "%s", id);
    return NULL;
}

struct view *dataset_view_new(struct workplace *place, const char *dataset)
{
    (void)place;
    (void)snprintf(opened, sizeof opened, "%s", dataset);
    return NULL;
}

struct view *bundles_view_new(struct workplace *place)
{
    (void)place;
    (void)snprintf(opened, sizeof opened, "bundles");
    return NULL;
}

static void asked_for(const char *what)
{
    (void)snprintf(opened, sizeof opened, "%s", what);
}

void exchange_compare(struct workplace *place)
{
    (void)place;
    asked_for("compare");
}

void exchange_repair(struct workplace *place)
{
    (void)place;
    asked_for("repair");
}

void exchange_import(struct workplace *place)
{
    (void)place;
    asked_for("import");
}

void exchange_export(struct workplace *place)
{
    (void)place;
    asked_for("export");
}

bool exchange_is_possible(struct workplace *place, enum command command,
                          char reason[VIEW_REASON_MAX])
{
    (void)place;
    (void)command;
    (void)snprintf(reason, VIEW_REASON_MAX, "not here");
    return false;
}

static void look(void)
{
    int next;

    (void)fake.view->ops->tick(fake.view, clock_mono_ms(), &next);
    fake_work();
}

static struct request_row request(const char *id, const char *name, enum delivery delivery,
                                  const char *reason)
{
    return (struct request_row){.id = id,
                                .subject_name = name,
                                .dataset_title = "人口基础信息",
                                .delivery = delivery,
                                .delivery_reason = reason,
                                .last_event_ms = clock_wall_ms() - 3 * MINUTE};
}

static int set_up(void **state)
{
    int64_t now = clock_wall_ms();

    (void)state;
    fake_reset();
    fake.session = (struct session){.account = "clerk", .roles = ACCOUNT_CLERK};
    datasets[0] = (struct dataset_status){.dataset = "population",
                                          .title = "人口基础信息",
                                          .rows = 1000000,
                                          .contact_ms = now - 3 * MINUTE,
                                          .complete = true,
                                          .state = "ok",
                                          .reason = ""};
    datasets[1] = datasets[0];
    datasets[1].dataset = "credit";
    datasets[1].title = "Credit";
    fake.overview = (struct overview){.datasets = datasets, .dataset_count = 2};
    fake.has_overview = true;
    requests[0] = request("request:01A", "王小明", DELIVERY_QUEUED, "The platform is away.");
    requests[1] = request("request:01B", "李四", DELIVERY_HELD, "The record has changed.");
    requests[2] = request("request:01C", "赵六", DELIVERY_QUEUED, "");
    request_count = 0;
    opened[0] = '\0';
    fake.syncing.phase = SYNCING_WAITING;
    fake_open(sync_view_new(&fake.place));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_close();
    return 0;
}

static void run(int64_t for_ms, int64_t rows, int64_t of)
{
    fake.syncing.phase = SYNCING_RUNNING;
    fake.syncing.started_ms = clock_mono_ms() - for_ms;
    fake.syncing.heard_ms = clock_mono_ms();
    fake.syncing.rows = fake.syncing.rows_total = rows;
    fake.syncing.rows_expected = fake.syncing.total_expected = of;
    fake.syncing.bytes = 12300000;
    fake.syncing.dataset_count = 11;
    (void)snprintf(fake.syncing.dataset, sizeof fake.syncing.dataset, "population");
    (void)snprintf(fake.syncing.title, sizeof fake.syncing.title, "人口基础信息");
}

static void a_run_shows_rows_rate_bytes_and_what_is_left(void **state)
{
    (void)state;
    run(10000, 50000, 200000);
    look(); /* the tick takes a sample of the rate */
    assert_true(fake_shows(21, 80, " 25 %"));
    assert_true(fake_shows(21, 80, "50,000 of 200,000 rows · "));
    assert_true(fake_shows(21, 80, "12.3 MB · 0:10, about 0:"));
    assert_true(fake_shows(21, 80, "人口基础信息: 50,000 of 200,000 rows · 0 of 11"));
    assert_true(fake_shows(21, 80, "Ctrl-C stops it"));
    assert_true(fake_shows(21, 80, "being read"));
}

static void an_unknown_total_is_not_made_up(void **state)
{
    (void)state;
    run(2000, 700, -1);
    look();
    assert_true(fake_shows(21, 80, "not known yet"));
    assert_true(fake_hides(21, 80, "%"));
    assert_true(fake_hides(21, 80, "about"));
}

static void silence_is_told(void **state)
{
    (void)state;
    run(60000, 700, 1000);
    fake.syncing.heard_ms = clock_mono_ms() - 12000;
    assert_true(fake_shows(21, 80, "! Nothing has come for 0:12."));
}

static void stopping_is_told(void **state)
{
    (void)state;
    run(1000, 700, 1000);
    fake.syncing.phase = SYNCING_STOPPING;
    assert_true(fake_shows(21, 80, "* Stopping."));
}

static void ticks_follow_a_run_and_only_a_run(void **state)
{
    int64_t now = clock_mono_ms();
    int next;

    (void)state;
    look();
    (void)fake.view->ops->tick(fake.view, now, &next);
    assert_true(next > 30000);
    run(0, 0, -1);
    assert_int_equal(fake.view->ops->tick(fake.view, now, &next), STALE_VIEW);
    assert_int_equal(next, 1000);
    assert_int_equal(fake.view->ops->tick(fake.view, now + 100, &next), STALE_NOTHING);
    assert_int_equal(next, 900);
}

static void a_failure_has_its_reason_and_the_next_start(void **state)
{
    (void)state;
    fake.syncing.has_result = true;
    fake.syncing.result = STATUS_OFFLINE;
    fake.syncing.finished_ms = clock_wall_ms();
    fake.syncing.next_ms = clock_mono_ms() + 1000;
    fake.syncing.pulled = 61016;
    (void)snprintf(fake.syncing.reason, sizeof fake.syncing.reason, "The platform is away.");
    assert_true(fake_shows(21, 80, "just now: failed. Rows received: 61,016"));
    assert_true(fake_shows(21, 80, "  The platform is away."));
    assert_true(fake_shows(21, 80, "within a minute; F5 starts it now."));
}

static void a_narrow_window_keeps_what_counts(void **state)
{
    (void)state;
    assert_true(fake_shows(17, 60, "Datasets (2)   Not sent yet (0)"));
    assert_true(fake_shows(17, 60, "人口基础信息                  1,000,000 3 min"));
    assert_true(fake_shows(17, 71, "rows here   age"));
}

static void another_window_is_named(void **state)
{
    (void)state;
    fake.syncing.phase = SYNCING_OFF;
    assert_true(fake_shows(21, 80, "! Another Huiliu window"));
}

static void feeds_that_are_no_datasets_are_listed_too(void **state)
{
    struct syncing_dataset *result = fake.syncing.datasets;

    (void)state;
    fake.syncing.dataset_results = 2;
    (void)snprintf(result[0].dataset, sizeof result[0].dataset, "requests");
    result[0].status = STATUS_BUSY;
    (void)snprintf(result[0].reason, sizeof result[0].reason, "Come back later.");
    (void)snprintf(result[1].dataset, sizeof result[1].dataset, "population");
    result[1].pulled = 4242;
    assert_true(fake_shows(21, 80, "! Requests"));
    assert_true(fake_shows(21, 80, "Come back later."));
    assert_true(fake_shows(21, 80, "4,242"));
    (void)fake_command(COMMAND_ROW_LAST);
    (void)fake_command(COMMAND_OPEN);
    assert_string_equal(opened, "credit");
}

static void a_comparison_is_a_list_of_its_own(void **state)
{
    static const struct reconcile_dataset compared[] = {
        {.dataset = "population",
         .title = "人口基础信息",
         .compared = true,
         .counts = {.local = 999998, .upstream = 1000000, .missing = 3, .extra = 1, .newer = 7}},
        {.dataset = "credit",
         .title = "公共信用",
         .status = STATUS_BUSY,
         .reason = "Synchronise first."}};
    static const struct reconcile_report report = {.datasets = compared, .dataset_count = 2};

    (void)state;
    assert_false(fake_shows(21, 80, "Compared"));
    fake.syncing.comparison = &report;
    fake.syncing.compared_ms = clock_wall_ms();
    assert_true(fake_shows(21, 80, "Datasets (2)   Not sent yet (0)   Compared (2)"));
    assert_true(fake_shows(
        21, 80,
        "                                    here  platform   missing     extra different"));
    assert_true(fake_shows(
        21, 80,
        "! 人口基础信息                   999,998 1,000,000         3         1         0"));
    assert_true(fake_shows(21, 80, "7 changed there since; they come with"));
    assert_true(fake_shows(21, 80, "! 公共信用"));
    assert_true(fake_shows(21, 80, "not compared"));
    assert_true(fake_shows(17, 60, "! 人口基础信息"));
    assert_true(fake_shows(17, 60, "         3         1         0"));
    (void)fake_command(COMMAND_ROW_DOWN);
    assert_true(fake_shows(21, 80, "Synchronise first."));
    (void)fake_command(COMMAND_OPEN);
    assert_string_equal(opened, "credit");
    (void)fake_command(COMMAND_NEXT_SECTION);
    assert_true(fake_shows(21, 80, "rows here"));
    (void)fake_command(COMMAND_PREV_SECTION);
    assert_true(fake_shows(21, 80, "platform"));
}

static void what_was_not_sent_is_listed_with_the_reason(void **state)
{
    (void)state;
    request_count = 3;
    look();
    assert_true(fake_shows(21, 80, "Not sent yet (3)"));
    (void)fake_command(COMMAND_NEXT_SECTION);
    assert_true(fake_shows(21, 80, "* 王小明"));
    assert_true(fake_shows(21, 80, "x 李四"));
    assert_true(fake_shows(21, 80, "waiting to be sent: The platform is away."));
    (void)fake_command(COMMAND_ROW_DOWN);
    assert_true(fake_shows(21, 80, "held: The record has changed."));
    (void)fake_command(COMMAND_ROW_DOWN); /* not reached by the last exchange, which failed */
    fake.overview.last_failure = "Nobody is at home.";
    assert_true(fake_shows(21, 80, "waiting to be sent: Nobody is at home."));
    (void)fake_command(COMMAND_ROW_UP);
    (void)fake_command(COMMAND_OPEN);
    assert_string_equal(opened, "request:01B");
}

static void the_selection_follows_its_request(void **state)
{
    (void)state;
    request_count = 3;
    look();
    (void)fake_command(COMMAND_NEXT_SECTION);
    (void)fake_command(COMMAND_ROW_DOWN);
    requests[0] = requests[1];
    request_count = 2; /* the first one was delivered */
    fake.revision++;
    int next;
    (void)fake.view->ops->tick(fake.view, clock_mono_ms() + 2000, &next);
    fake_work();
    (void)fake_command(COMMAND_OPEN);
    assert_string_equal(opened, "request:01B");
}

static void names_are_for_those_who_may_read(void **state)
{
    (void)state;
    request_count = 1;
    fake.session.roles = ACCOUNT_ADMINISTRATOR;
    look();
    (void)fake_command(COMMAND_NEXT_SECTION);
    assert_true(fake_hides(21, 80, "王小明"));
    assert_true(fake_shows(21, 80, "01A"));
}

static void nothing_unsent_is_claimed_only_when_known(void **state)
{
    (void)state;
    (void)fake_command(COMMAND_NEXT_SECTION);
    assert_true(fake_hides(21, 80, "has been sent"));
    look();
    assert_true(fake_shows(21, 80, "+ Everything entered here has been sent."));
}

static void the_rate_is_of_the_last_seconds(void **state)
{
    struct sync_rate rate = {0};

    (void)state;
    assert_int_equal(sync_rate_per_second(&rate), 0);
    for (int s = 1; s <= 20; s++)
        sync_rate_note(&rate, 1000, 1000 + s * 1000, s <= 10 ? s * 1000 : 10000);
    assert_int_equal(sync_rate_per_second(&rate), 0);
    sync_rate_note(&rate, 50000, 51000, 300);
    assert_int_equal(sync_rate_per_second(&rate), 300);
}

static void comparing_and_bundles_are_commands_of_this_page(void **state)
{
    static const struct {
        enum command command;
        const char *asked;
    } rows[] = {
        {COMMAND_RECONCILE, "compare"},    {COMMAND_REPAIR, "repair"},
        {COMMAND_BUNDLE_IMPORT, "import"}, {COMMAND_BUNDLE_EXPORT, "export"},
        {COMMAND_BUNDLES, "bundles"},
    };
    char reason[VIEW_REASON_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        (void)fake_command(rows[i].command);
        assert_string_equal(opened, rows[i].asked);
    }
    assert_false(fake.view->ops->enabled(fake.view, COMMAND_RECONCILE, reason));
    assert_string_equal(reason, "not here");
    assert_true(fake.view->ops->enabled(fake.view, COMMAND_BUNDLES, reason)); /* looking is free */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_run_shows_rows_rate_bytes_and_what_is_left),
        TEST(an_unknown_total_is_not_made_up),
        TEST(silence_is_told),
        TEST(stopping_is_told),
        TEST(ticks_follow_a_run_and_only_a_run),
        TEST(a_failure_has_its_reason_and_the_next_start),
        TEST(a_narrow_window_keeps_what_counts),
        TEST(another_window_is_named),
        TEST(feeds_that_are_no_datasets_are_listed_too),
        TEST(a_comparison_is_a_list_of_its_own),
        TEST(what_was_not_sent_is_listed_with_the_reason),
        TEST(the_selection_follows_its_request),
        TEST(names_are_for_those_who_may_read),
        TEST(nothing_unsent_is_claimed_only_when_known),
        TEST(the_rate_is_of_the_last_seconds),
        TEST(comparing_and_bundles_are_commands_of_this_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
