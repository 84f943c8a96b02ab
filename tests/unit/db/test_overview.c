#include "base/i18n.h"
#include "db/overview.h"
#include "tests/unit/db/village.h"

#define ZHANG "990106199003077635"

static struct overview *read_overview(struct village *village, const char *account)
{
    struct error error = {0};
    struct overview *overview = NULL;

    village_ok(overview_read(village->reader, account, &overview, &error), &error);
    return overview;
}

static const struct dataset_status *status_of(const struct overview *overview, const char *dataset)
{
    for (size_t i = 0; i < overview->dataset_count; i++)
        if (strcmp(overview->datasets[i].dataset, dataset) == 0)
            return &overview->datasets[i];
    fail_msg("no dataset %s", dataset);
    return &overview->datasets[0];
}

static void test_nothing_yet(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    struct overview *overview = read_overview(&village, NULL);
    assert_int_equal(overview->dataset_count, 4);
    const struct dataset_status *population = status_of(overview, "population");
    assert_string_equal(population->state, "never");
    assert_string_equal(population->reason, "");
    assert_string_equal(population->database, "population-990106001");
    assert_int_equal(population->age_ms, -1);
    assert_false(population->complete);
    assert_int_equal(overview->contact_ms, 0);
    assert_int_equal(overview->oldest_unsent_ms, 0);
    assert_false(overview->clock_offset_known);
    assert_string_equal(overview->last_failure, "");
    assert_true(overview->disk_free > 0);
    assert_int_equal(overview->queued + overview->sending + overview->delivered + overview->held,
                     0);
    overview_free(overview);
    overview_free(NULL);
    village_leave(&village);
}

static void test_datasets(void **state)
{
    struct village village;
    struct error error = {0};
    const struct change_row bad = {.key = "p:9", .rev = "1-a"};
    const struct feed_position gone = {.database = "death-990106001",
                                       .dataset = "death",
                                       .contact_ms = 5000,
                                       .state = "withdrawn",
                                       .reason = "Access was withdrawn."};

    village_make(&village, scratch_path(state, "home"));
    village_person(&village, ZHANG, "张文涛", "15499001234", "西乡村1组");
    village_position(&village, "population", clock_wall_ms() - (int64_t)9 * 86400000);
    village_apply(&village, "population", &bad);
    village_ok(cache_begin(village.cache, &error), &error);
    village_ok(cache_set_aside(village.cache, "population-990106001", "{", 1, "why", &error),
               &error);
    village_ok(cache_set_position(village.cache, &gone, &error), &error);
    village_ok(cache_commit(village.cache, &error), &error);

    struct overview *overview = read_overview(&village, NULL);
    const struct dataset_status *population = status_of(overview, "population");
    assert_int_equal(population->rows, 1);
    assert_int_equal(population->aside, 2);
    assert_string_equal(population->state, "ok");
    assert_true(population->complete);
    assert_true(population->stale);
    assert_string_equal(status_of(overview, "death")->state, "withdrawn");
    assert_string_equal(status_of(overview, "death")->reason, "Access was withdrawn.");
    assert_int_equal(overview->contact_ms, population->contact_ms);
    overview_free(overview);
    village_leave(&village);
}

static void raise_one(struct village *village, const struct session *session, const char *phone,
                      char id[48])
{
    struct error error = {0};
    const struct request_change change = {"phone", phone};
    const struct request_new wanted = {.dataset = "population",
                                       .record = "person:" ZHANG,
                                       .changes = &change,
                                       .change_count = 1,
                                       .ground = "inaccurate",
                                       .reason = "new number"};

    village_ok(request_raise(village->outbox, village->reader, session, &wanted, id, &error),
               &error);
}

static void test_queue(void **state)
{
    struct village village;
    struct error error = {0};
    struct outgoing outgoing = {0};
    char ids[4][48];

    village_make(&village, scratch_path(state, "home"));
    village_person(&village, ZHANG, "张文涛", "15499001234", "西乡村1组");
    raise_one(&village, &village_clerk, "15411110000", ids[0]);
    raise_one(&village, &village_clerk, "15411110001", ids[1]);
    raise_one(&village, &village_supervisor, "15411110002", ids[2]);
    raise_one(&village, &village_clerk, "15411110003", ids[3]);
    village_ok(request_act(village.outbox, &village_supervisor, ids[0], "approve", NULL, &error),
               &error);
    village_ok(request_hold(village.outbox, ids[1], "too_large", "too large", &error), &error);
    village_ok(request_next_outgoing(village.outbox, "", &outgoing, &error), &error);
    village_ok(request_acknowledge(village.outbox, &outgoing, "1-x", &error), &error);
    outgoing_release(&outgoing);

    struct overview *overview = read_overview(&village, "wang");
    assert_int_equal(overview->by_state[REQUEST_APPROVED], 1);
    assert_int_equal(overview->by_state[REQUEST_PENDING_REVIEW], 3);
    assert_int_equal(overview->held, 1);
    assert_int_equal(overview->delivered, 1);
    assert_int_equal(overview->queued, 2);
    assert_int_equal(overview->to_review, 2); /* not the supervisor's own */
    assert_int_equal(overview->mine_open, 1);
    assert_true(overview->oldest_unsent_ms > 0);
    overview_free(overview);
    overview = read_overview(&village, "li");
    assert_int_equal(overview->mine_open, 3);
    assert_int_equal(overview->to_review, 1);
    overview_free(overview);
    village_leave(&village);
}

static void test_notices(void **state)
{
    struct village village;

    assert_int_equal(i18n_start("zh_CN", "/nowhere", NULL), STATUS_OK);
    village_make(&village, scratch_path(state, "home"));
    village_document(&village,
                     "{\"_id\":\"notice:1\",\"title\":{\"zh\":\"停机\",\"en\":\"Down\"}}");
    village_document(&village, "{\"_id\":\"notice:2\",\"title\":\"plain\"}");
    village_document(&village,
                     "{\"_id\":\"notice:3\",\"title\":\"past\",\"valid_to\":\"2020-01-01\"}");
    village_document(&village,
                     "{\"_id\":\"notice:4\",\"title\":\"future\",\"valid_from\":\"2999-01-01\"}");
    struct overview *overview = read_overview(&village, NULL);
    assert_int_equal(overview->notice_count, 2);
    assert_string_equal(overview->notices[0], "plain"); /* the newest first */
    assert_string_equal(overview->notices[1], "停机");
    overview_free(overview);
    village_leave(&village);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_yet),
        TEST(test_datasets),
        TEST(test_queue),
        TEST(test_notices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
