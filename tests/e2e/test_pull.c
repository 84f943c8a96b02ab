/* Returned data when something is different than before: a database made anew, a position that is
 * not known any more, a long absence, another area. The clerk can go on searching meanwhile. */
#include "base/clock.h"
#include "db/cache.h"
#include "tests/e2e/rig.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static void start(struct rig *rig, struct seat *seat, int people)
{
    rig_start(rig, SERVER_FIXTURE, NULL);
    rig_load_people(rig, 0, people);
    seat_open(rig, seat, "a", "lin", ACCOUNT_CLERK);
}

static void stop(struct rig *rig, struct seat *seat)
{
    seat_close(seat);
    rig_stop(rig);
}

static void sync_people(struct seat *seat, enum status expected, int64_t pulled, int64_t purged)
{
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(seat, &options, expected);
    assert_int_equal(seat_dataset(report, "population")->pulled, pulled);
    assert_int_equal(seat_dataset(report, "population")->purged, purged);
    sync_report_free(report);
}

/* --- the database was made anew --------------------------------------------------------------- */

struct watched {
    struct seat *seat;
    int64_t fewest;
    int times;
};

static void count_rows(const struct sync_progress *progress, void *context)
{
    struct watched *watched = context;
    if (strcmp(progress->dataset, "population") != 0)
        return;
    int64_t rows = seat_rows(watched->seat, "population");
    watched->fewest = rows < watched->fewest ? rows : watched->fewest;
    watched->times++;
}

static void recreate(struct rig *rig, int first, int people)
{
    rig_drop(rig, PEOPLE);
    rig_create(rig, PEOPLE);
    rig_load_people(rig, first, people);
}

/* People 0–2999 become people 1000–5999: those who left are found until the new ones are there. */
static void test_old_rows_are_there_until_the_end(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char feed[32];
    bool complete;
    start(&rig, &seat, 3000);
    seat_sync(&seat, STATUS_OK);
    recreate(&rig, 1000, 5000);
    struct watched watched = {.seat = &seat, .fewest = INT64_MAX};
    const struct sync_options options = {.progress = count_rows, .context = &watched};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(report, "population")->purged, 1000);
    assert_int_equal(seat_dataset(report, "population")->pulled, 5000);
    assert_int_equal(seat_dataset(report, "population")->rows, 5000);
    sync_report_free(report);
    assert_true(watched.times > 0);
    assert_true(watched.fewest >= 3000);
    seat_expect_upstream(&seat);
    seat_feed_state(&seat, PEOPLE, feed, &complete);
    assert_string_equal(feed, "ok");
    assert_true(complete);
    sync_people(&seat, STATUS_OK, 0, 0);
    stop(&rig, &seat);
}

/* Broken off twice, once with the program ended: what had come counts, what is old still goes. */
static void test_renewal_is_resumed(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char feed[32];
    bool complete;
    start(&rig, &seat, 3000);
    seat_sync(&seat, STATUS_OK);
    recreate(&rig, 1000, 20000);
    rig_fault(&rig,
              "{\"kind\":\"cut\",\"path\":\"/" PEOPLE "/_changes\",\"bytes\":1500000,\"count\":1}");
    seat_sync(&seat, STATUS_OFFLINE);
    assert_true(seat_rows(&seat, "population") > 3000);
    seat_feed_state(&seat, PEOPLE, feed, &complete);
    assert_true(complete); /* as of before */
    seat_close(&seat);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(report, "population")->purged, 1000);
    assert_true(seat_dataset(report, "population")->pulled < 20000);
    sync_report_free(report);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

/* Made anew again before the first renewal was through. */
static void test_recreated_twice(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, 1000);
    seat_sync(&seat, STATUS_OK);
    recreate(&rig, 500, 20000);
    rig_fault(&rig,
              "{\"kind\":\"cut\",\"path\":\"/" PEOPLE "/_changes\",\"bytes\":1500000,\"count\":1}");
    seat_sync(&seat, STATUS_OFFLINE);
    recreate(&rig, 900, 200);
    seat_sync(&seat, STATUS_OK);
    assert_int_equal(seat_rows(&seat, "population"), 200);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

/* Withdrawn in the middle of a renewal: nothing of either is left. */
static void test_withdrawn_while_renewing(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, 1000);
    seat_sync(&seat, STATUS_OK);
    recreate(&rig, 500, 20000);
    rig_fault(&rig,
              "{\"kind\":\"cut\",\"path\":\"/" PEOPLE "/_changes\",\"bytes\":1500000,\"count\":1}");
    seat_sync(&seat, STATUS_OFFLINE);
    rig_drop(&rig, PEOPLE);
    seat_sync(&seat, STATUS_OK);
    assert_int_equal(seat_rows(&seat, "population"), 0);
    rig_create(&rig, PEOPLE);
    rig_load_people(&rig, 0, 10);
    seat_sync(&seat, STATUS_OK);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

/* --- positions -------------------------------------------------------------------------------- */

static void test_position_is_not_known_any_more(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, 300);
    seat_sync(&seat, STATUS_OK);
    rig_load_people(&rig, 300, 10);
    rig_fault(&rig, "{\"kind\":\"status\",\"path\":\"/" PEOPLE
                    "/_changes\",\"status\":400,\"error\":\"bad_request\",\"reason\":\"Malformed "
                    "sequence supplied in 'since' parameter.\",\"count\":1}");
    sync_people(&seat, STATUS_OK, 310, 0);
    seat_expect_upstream(&seat);
    sync_people(&seat, STATUS_OK, 0, 0);
    stop(&rig, &seat);
}

/* An upstream that refuses every position is asked twice, not for ever. */
static void test_position_is_never_known(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, 300);
    seat_sync(&seat, STATUS_OK);
    rig_load_people(&rig, 300, 10);
    rig_fault(&rig, "{\"kind\":\"status\",\"path\":\"/" PEOPLE
                    "/_changes\",\"status\":400,\"error\":\"bad_request\",\"reason\":\"x\","
                    "\"count\":1000}");
    rig_count_requests(&rig, "GET", "/");
    seat_sync(&seat, STATUS_INVALID);
    assert_int_equal(rig_count_requests(&rig, "GET", "/" PEOPLE "/_changes"), 2);
    assert_int_equal(seat_rows(&seat, "population"), 300); /* still there to be found */
    rig_forget_faults(&rig);
    seat_sync(&seat, STATUS_OK);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

/* Writes the feed's state as it is, but contacted `days` ago. */
static void set_contact(struct seat *seat, int days)
{
    struct cache *cache = NULL;
    struct buf since = {0}, instance = {0};
    bool complete;
    sync_free(seat->sync);
    assert_int_equal(cache_open(seat->home, &cache, NULL), STATUS_OK);
    assert_int_equal(cache_position(cache, PEOPLE, &since, &instance, &complete, NULL), STATUS_OK);
    const struct feed_position position = {.database = PEOPLE,
                                           .dataset = "population",
                                           .since = buf_text(&since),
                                           .instance = buf_text(&instance),
                                           .contact_ms = clock_wall_ms() - days * DAY_MS,
                                           .complete = complete,
                                           .state = "ok"};
    assert_int_equal(cache_begin(cache, NULL), STATUS_OK);
    assert_int_equal(cache_set_position(cache, &position, NULL), STATUS_OK);
    assert_int_equal(cache_commit(cache, NULL), STATUS_OK);
    cache_close(cache);
    buf_release(&since);
    buf_release(&instance);
    assert_int_equal(sync_new(seat->home, seat->outbox, &seat->sync, NULL), STATUS_OK);
}

static void test_long_absence(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, 300);
    seat_sync(&seat, STATUS_OK);
    set_contact(&seat, 89);
    sync_people(&seat, STATUS_OK, 0, 0);
    set_contact(&seat, 91);
    sync_people(&seat, STATUS_OK, 300, 0);
    sync_people(&seat, STATUS_OK, 0, 0);
    stop(&rig, &seat);
}

/* --- another area ----------------------------------------------------------------------------- */

static void test_entry_names_another_database(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    struct error error = {0};
    start(&rig, &seat, 300);
    seat_sync(&seat, STATUS_OK);
    rig_create(&rig, "people-" AREA);
    rig_put(&rig, "people-" AREA,
            json_pack("{s:s, s:s, s:s}", "_id", "person:990106199001011239", "id_number",
                      "990106199001011239", "name", "测试甲"));
    json_t *entry = rig_get(&rig, "catalogue", "dataset:population");
    json_object_set_new(entry, "database", json_string("people-{area}"));
    rig_put(&rig, "catalogue", entry);
    sync_people(&seat, STATUS_OK, 1, 300);
    assert_int_equal(seat_rows(&seat, "population"), 1);
    struct buf since = {0}, instance = {0};
    struct cache *cache = NULL;
    bool complete;
    sync_free(seat.sync);
    assert_int_equal(cache_open(seat.home, &cache, &error), STATUS_OK);
    assert_int_equal(cache_position(cache, PEOPLE, &since, &instance, &complete, NULL),
                     STATUS_NOT_FOUND);
    cache_close(cache);
    assert_int_equal(sync_new(seat.home, seat.outbox, &seat.sync, &error), STATUS_OK);
    sync_people(&seat, STATUS_OK, 0, 0);
    stop(&rig, &seat);
}

/* --- withdrawn while a request waits ---------------------------------------------------------- */

/* The name that the queue shows, and whether there is a copy of the record; "" for none. */
static bool copy_of(struct seat *seat, const char *id, char name[64], char address[64])
{
    struct request_detail *detail = NULL;
    assert_int_equal(request_get(seat->reader, id, &detail, NULL), STATUS_OK);
    snprintf(name, 64, "%s", detail->row.subject_name);
    snprintf(address, 64, "%s", json_text(detail->copy, "registered_address", ""));
    bool found = detail->copy && detail->copy_ms > 0;
    request_detail_free(detail);
    return found;
}

static void test_unsent_request_keeps_a_copy(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48], name[64], address[64];
    start(&rig, &seat, 10);
    rig_create(&rig, REQUESTS);
    seat_sync(&seat, STATUS_OK);
    seat_raise(&seat, 5, "南村3号", id);
    assert_false(copy_of(&seat, id, name, address)); /* the record itself is there */
    rig_fault(&rig, "{\"kind\":\"status\",\"method\":\"PUT\",\"path\":\"/" REQUESTS
                    "\",\"status\":500,\"error\":\"x\",\"reason\":\"x\",\"count\":1}");
    rig_drop(&rig, PEOPLE);
    seat_sync(&seat, STATUS_UPSTREAM);
    assert_int_equal(seat_rows(&seat, "population"), 0);
    assert_true(copy_of(&seat, id, name, address));
    assert_string_equal(name, "测试5");
    assert_string_equal(address, "东村5号");
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    seat_sync(&seat, STATUS_OK); /* delivered: nothing of the withdrawn data is left */
    assert_false(copy_of(&seat, id, name, address));
    stop(&rig, &seat);
}

/* One record goes, because the person has moved away: the request waits for a decision. */
static void test_deleted_record_keeps_a_copy(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48], name[64], address[64], rev[COUCH_REV_MAX];
    start(&rig, &seat, 10);
    rig_create(&rig, REQUESTS);
    seat_sync(&seat, STATUS_OK);
    seat_raise(&seat, 5, "南村3号", id);
    rig_change_person(&rig, 5, NULL, rev);
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_HELD, NULL);
    assert_int_equal(seat_rows(&seat, "population"), 9);
    assert_true(copy_of(&seat, id, name, address));
    assert_string_equal(address, "东村5号");
    stop(&rig, &seat);
}

/* --- what is reported ------------------------------------------------------------------------- */

/* Held by an earlier run is held all the same. */
static void test_held_counts_in_total(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48];
    start(&rig, &seat, 10);
    rig_create(&rig, REQUESTS);
    seat_sync(&seat, STATUS_OK);
    seat_raise(&seat, 5, "南村3号", id);
    rig_fault(&rig, "{\"kind\":\"status\",\"method\":\"PUT\",\"path\":\"/" REQUESTS
                    "\",\"status\":403,\"error\":\"forbidden\",\"reason\":\"evidence is "
                    "missing\",\"count\":1}");
    for (int i = 0; i < 3; i++) {
        const struct sync_options options = {0};
        struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
        assert_int_equal(report->held, 1);
        sync_report_free(report);
    }
    stop(&rig, &seat);
}

static void test_aside_counts_in_total(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, 10);
    char *long_text = malloc(1200001);
    assert_non_null(long_text);
    memset(long_text, 'x', 1200000);
    long_text[1200000] = '\0';
    rig_put(&rig, PEOPLE, json_pack("{s:s, s:s}", "_id", "person:long", "name", long_text));
    free(long_text);
    for (int i = 0; i < 2; i++) {
        const struct sync_options options = {0};
        struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
        assert_int_equal(report->aside, 1);
        assert_int_equal(seat_dataset(report, "population")->aside, 1);
        assert_int_equal(seat_dataset(report, "population")->rows, 10);
        sync_report_free(report);
    }
    stop(&rig, &seat);
}

/* --- waiting ---------------------------------------------------------------------------------- */

static void *move_a_person(void *context)
{
    char rev[COUCH_REV_MAX];
    rig_change_person(context, 5, "西村1号", rev);
    return NULL;
}

/* New rows of a dataset end the rest, not only new requests. */
static void test_rest_ends_with_new_rows(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    pthread_t thread;
    start(&rig, &seat, 10);
    rig_create(&rig, REQUESTS);
    seat_sync(&seat, STATUS_OK);
    assert_true(sync_next_ms(seat.sync) - clock_mono_ms() > 60000);
    rig_count_requests(&rig, "GET", "/");
    int64_t start_ms = clock_mono_ms();
    assert_int_equal(pthread_create(&thread, NULL, move_a_person, &rig), 0);
    assert_int_equal(sync_rest(seat.sync, NULL), STATUS_OK);
    assert_true(clock_mono_ms() - start_ms < 60000);
    pthread_join(thread, NULL);
    assert_int_equal(rig_count_requests(&rig, "GET", "/" PEOPLE "/_changes"), 1);
    sync_people(&seat, STATUS_OK, 1, 0);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

static void *kill_the_server(void *context)
{
    rig_kill_server(context);
    return NULL;
}

/* Who is offline knows it within seconds, not when the next run would have been due. */
static void test_rest_ends_when_the_upstream_goes(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    pthread_t thread;
    start(&rig, &seat, 10);
    seat_sync(&seat, STATUS_OK);
    int64_t start_ms = clock_mono_ms();
    assert_int_equal(pthread_create(&thread, NULL, kill_the_server, &rig), 0);
    assert_int_equal(sync_rest(seat.sync, NULL), STATUS_OK);
    pthread_join(thread, NULL);
    assert_true(clock_mono_ms() - start_ms < 60000);
    seat_sync(&seat, STATUS_OFFLINE);
    stop(&rig, &seat);
}

/* The catalogue names one more dataset: only that comes down, without anybody asking for it. */
static void test_dataset_is_added(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    rig_start(&rig, SERVER_FIXTURE, NULL);
    rig_load_people(&rig, 0, 10);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(&seat, STATUS_OK);
    json_t *entry = rig_get(&rig, "catalogue", "dataset:population");
    json_object_del(entry, "_rev");
    json_object_set_new(entry, "_id", json_string("dataset:place"));
    json_object_set_new(entry, "database", json_string("place-{area}"));
    rig_create(&rig, "place-" AREA);
    rig_put(&rig, "place-" AREA, json_pack("{s:s, s:s}", "_id", "place:1", "name", "东村"));
    rig_put(&rig, "catalogue", entry);
    (void)rig_count_requests(&rig, "GET", "/");
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(report, "place")->pulled, 1);
    assert_int_equal(seat_dataset(report, "population")->pulled, 0);
    sync_report_free(report);
    assert_int_equal(seat_rows(&seat, "place"), 1);
    assert_int_equal(rig_count_requests(&rig, "GET", "/" PEOPLE "/_changes"), 0);
    seat_close(&seat);
    rig_stop(&rig);
}

/* A record from a computer whose clock is years ahead: stored as it is, found by its position and
 * not by its date, and what comes after it is not overlooked. */
static void test_row_of_the_future(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char rev[COUCH_REV_MAX], record[32];
    rig_start(&rig, SERVER_FIXTURE, NULL);
    rig_load_people(&rig, 0, 10);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(&seat, STATUS_OK);
    rig_person_id(3, record);
    json_t *person = rig_get(&rig, PEOPLE, record);
    json_object_set_new(person, "updated_at", json_string("2999-12-31T23:59:59Z"));
    rig_put(&rig, PEOPLE, person);
    seat_sync(&seat, STATUS_OK);
    seat_expect_upstream(&seat);
    rig_change_person(&rig, 4, "西村1号", rev);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(report, "population")->pulled, 1);
    sync_report_free(report);
    seat_expect_upstream(&seat);
    seat_close(&seat);
    rig_stop(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_old_rows_are_there_until_the_end),
        cmocka_unit_test(test_renewal_is_resumed),
        cmocka_unit_test(test_recreated_twice),
        cmocka_unit_test(test_withdrawn_while_renewing),
        cmocka_unit_test(test_position_is_not_known_any_more),
        cmocka_unit_test(test_position_is_never_known),
        cmocka_unit_test(test_long_absence),
        cmocka_unit_test(test_entry_names_another_database),
        cmocka_unit_test(test_unsent_request_keeps_a_copy),
        cmocka_unit_test(test_deleted_record_keeps_a_copy),
        cmocka_unit_test(test_held_counts_in_total),
        cmocka_unit_test(test_aside_counts_in_total),
        cmocka_unit_test(test_rest_ends_with_new_rows),
        cmocka_unit_test(test_rest_ends_when_the_upstream_goes),
        cmocka_unit_test(test_dataset_is_added),
        cmocka_unit_test(test_row_of_the_future),
    };
    if (sql_start(NULL) != STATUS_OK)
        return 1;
    return cmocka_run_group_tests_name("returned data that is different", tests, NULL, NULL);
}
