#include "tests/e2e/reconciling.h"

#include "sync/reconcile.h"

#include <string.h>

/* Writes rows into the cache behind the feed's back. */
struct meddler {
    struct cache *cache;
    struct catalogue *catalogue;
    const struct dataset *dataset;
};

static void meddler_start(struct meddler *meddler, struct seat *seat)
{
    meddler->cache = sync_parts(seat->sync).cache;
    assert_int_equal(cache_catalogue(meddler->cache, &meddler->catalogue, NULL), STATUS_OK);
    meddler->dataset = catalogue_find(meddler->catalogue, "population");
    assert_non_null(meddler->dataset);
    assert_int_equal(cache_begin(meddler->cache, NULL), STATUS_OK);
}

static void meddler_finish(struct meddler *meddler)
{
    assert_int_equal(cache_commit(meddler->cache, NULL), STATUS_OK);
    catalogue_free(meddler->catalogue);
}

static void put(struct meddler *meddler, const char *key, const char *rev, bool deleted)
{
    json_t *doc = json_pack("{s:s,s:s,s:s}", "_id", key, "_rev", rev, "name", "张三");
    const struct change_row row = {
        .key = key, .rev = rev, .deleted = deleted, .doc = deleted ? NULL : doc};
    bool changed = false;
    assert_int_equal(cache_apply(meddler->cache, meddler->dataset, &row, &changed, NULL),
                     STATUS_OK);
    assert_true(changed);
    json_decref(doc);
}

/* Three records lost, two of another revision, one that nobody else knows. */
static void damage(struct seat *seat)
{
    struct meddler meddler;
    char id[32];
    meddler_start(&meddler, seat);
    for (int i = 0; i < 5; i++) {
        rig_person_id(i * 11, id);
        put(&meddler, id, "9-ffffffffffffffffffffffffffffffff", i < 3);
    }
    put(&meddler, "person:nobody", "1-ffffffffffffffffffffffffffffffff", false);
    meddler_finish(&meddler);
}

static struct reconcile_report *reconcile(struct seat *seat, bool repair, enum status expected)
{
    struct reconcile_report *report = NULL;
    struct error error = {0};
    const struct reconcile_options options = {.dataset = "population", .repair = repair};
    if (sync_reconcile(seat->sync, &options, &report, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    if (report->result != expected)
        fail_msg("%s: %s", status_name(report->result), report->reason);
    return report;
}

static void expect_counts(const struct survey_counts *counts, int64_t missing, int64_t extra,
                          int64_t different, int64_t newer)
{
    assert_int_equal(counts->missing, missing);
    assert_int_equal(counts->extra, extra);
    assert_int_equal(counts->different, different);
    assert_int_equal(counts->newer, newer);
}

static void start(struct rig *rig, struct seat *seat, enum server_kind kind, int people)
{
    rig_start(rig, kind, NULL);
    rig_load_people(rig, 0, people);
    seat_open(rig, seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(seat, STATUS_OK);
}

static void stop(struct rig *rig, struct seat *seat)
{
    seat_close(seat);
    rig_stop(rig);
}

static void test_finds_and_repairs(void **state)
{
    const enum server_kind *kind = *state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, *kind, 1200);
    struct reconcile_report *report = reconcile(&seat, false, STATUS_OK);
    assert_int_equal(report->dataset_count, 1);
    assert_true(report->datasets[0].compared);
    expect_counts(&report->datasets[0].counts, 0, 0, 0, 0);
    assert_int_equal(report->datasets[0].counts.upstream, 1200);
    assert_int_equal(report->datasets[0].counts.local, 1200);
    reconcile_report_free(report);

    damage(&seat);
    report = reconcile(&seat, false, STATUS_OK);
    expect_counts(&report->datasets[0].counts, 3, 1, 2, 0);
    assert_int_equal(report->datasets[0].counts.local, 1198);
    assert_int_equal(report->datasets[0].counts.upstream, 1200);
    assert_int_equal(report->differences, 6);
    reconcile_report_free(report);
    assert_int_equal(seat_rows(&seat, "population"), 1198); /* looking repairs nothing */

    report = reconcile(&seat, true, STATUS_OK);
    expect_counts(&report->datasets[0].counts, 3, 1, 2, 0);
    assert_true(report->datasets[0].repaired);
    assert_int_equal(report->datasets[0].repaired_rows, 6);
    expect_counts(&report->datasets[0].after, 0, 0, 0, 0);
    assert_int_equal(report->differences, 0);
    reconcile_report_free(report);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

/* What the next synchronisation brings anyway is no difference, and a repair leaves its position
 * alone. */
static void test_changes_since_the_last_sync(void **state)
{
    const enum server_kind *kind = *state;
    struct rig rig;
    struct seat seat;
    char rev[COUCH_REV_MAX];
    start(&rig, &seat, *kind, 300);
    rig_change_person(&rig, 7, "西村1号", rev);
    rig_change_person(&rig, 8, NULL, rev);
    rig_load_people(&rig, 300, 1);
    damage(&seat);
    rig_change_person(&rig, 11, "西村2号", rev); /* among the lost ones */
    struct reconcile_report *report = reconcile(&seat, false, STATUS_OK);
    expect_counts(&report->datasets[0].counts, 2, 1, 2, 4);
    reconcile_report_free(report);
    report = reconcile(&seat, true, STATUS_OK);
    assert_int_equal(report->datasets[0].repaired_rows, 5);
    expect_counts(&report->datasets[0].after, 0, 0, 0, 4);
    reconcile_report_free(report);
    const struct sync_options options = {0};
    struct sync_report *synced = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(synced, "population")->pulled, 4);
    sync_report_free(synced);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

static void test_recreated_is_not_compared(void **state)
{
    const enum server_kind *kind = *state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, *kind, 50);
    rig_drop(&rig, PEOPLE);
    rig_create(&rig, PEOPLE);
    rig_load_people(&rig, 0, 10);
    struct reconcile_report *report = reconcile(&seat, true, STATUS_CONFLICT);
    assert_false(report->datasets[0].compared);
    reconcile_report_free(report);
    assert_int_equal(seat_rows(&seat, "population"), 50);
    stop(&rig, &seat);
}

/* --- the fixture alone: what goes wrong on the way -------------------------------------------- */

static void test_upstream_stops_in_the_list(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, SERVER_FIXTURE, 2000);
    damage(&seat);
    rig_fault(&rig,
              "{\"kind\":\"cut\",\"path\":\"/" PEOPLE "/_changes\",\"bytes\":50000,\"count\":9}");
    struct reconcile_report *report = reconcile(&seat, true, STATUS_OFFLINE);
    assert_false(report->datasets[0].compared);
    assert_int_equal(report->datasets[0].repaired_rows, 0);
    reconcile_report_free(report);
    assert_int_equal(seat_rows(&seat, "population"), 1998); /* half a list removes nothing */
    rig_forget_faults(&rig);
    reconcile_report_free(reconcile(&seat, true, STATUS_OK));
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

/* A gateway's "not found" for the documents asked for by name removes nothing. */
static void test_portal_during_repair(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, SERVER_FIXTURE, 200);
    damage(&seat);
    rig_fault(&rig, "{\"kind\":\"portal\",\"path\":\"/" PEOPLE "/_all_docs\",\"count\":9}");
    struct reconcile_report *report = reconcile(&seat, true, STATUS_PORTAL);
    assert_true(report->datasets[0].compared);
    assert_false(report->datasets[0].repaired);
    assert_int_equal(report->datasets[0].repaired_rows, 0);
    reconcile_report_free(report);
    assert_int_equal(seat_rows(&seat, "population"), 198);
    stop(&rig, &seat);
}

static void cancel_at_once(const struct sync_progress *progress, void *context)
{
    (void)progress;
    sync_cancel(context);
}

static void test_cancel(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    struct reconcile_report *report = NULL;
    start(&rig, &seat, SERVER_FIXTURE, 100);
    damage(&seat);
    const struct reconcile_options options = {
        .repair = true, .progress = cancel_at_once, .context = seat.sync};
    assert_int_equal(sync_reconcile(seat.sync, &options, &report, NULL), STATUS_OK);
    assert_int_equal(report->result, STATUS_CANCELLED);
    reconcile_report_free(report);
    assert_int_equal(seat_rows(&seat, "population"), 98);
    reconcile_report_free(reconcile(&seat, true, STATUS_OK)); /* cancelled once, not for ever */
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

static int run_common(enum server_kind kind)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_finds_and_repairs, &kind),
        cmocka_unit_test_prestate(test_changes_since_the_last_sync, &kind),
        cmocka_unit_test_prestate(test_recreated_is_not_compared, &kind),
    };
    return cmocka_run_group_tests_name("reconciliation", tests, NULL, NULL);
}

int reconciling_run(enum server_kind kind)
{
    const struct CMUnitTest faults[] = {
        cmocka_unit_test(test_upstream_stops_in_the_list),
        cmocka_unit_test(test_portal_during_repair),
        cmocka_unit_test(test_cancel),
    };
    int failed = run_common(kind);
    if (kind == SERVER_FIXTURE)
        failed += cmocka_run_group_tests_name("reconciliation with faults", faults, NULL, NULL);
    return failed;
}
