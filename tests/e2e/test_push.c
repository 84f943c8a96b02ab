/* Requests against the fixture when the way up is bad: every answer a platform, a proxy or a
 * portal may give, and what becomes of the request, of the others, and of what the clerk reads. */
#include "tests/e2e/scenarios.h"

#include "base/clock.h"
#include "base/file.h"
#include "sync/http.h"

#include <stdlib.h>
#include <string.h>

/* A seat that has seen ten people, with one request waiting. */
static void start(struct rig *rig, struct seat *seat, char id[48])
{
    rig_start(rig, SERVER_FIXTURE, NULL);
    rig_load_people(rig, 0, 10);
    rig_create(rig, REQUESTS);
    seat_open(rig, seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(seat, STATUS_OK);
    if (id)
        seat_raise(seat, 5, "南村3号", id);
}

static void stop(struct rig *rig, struct seat *seat)
{
    seat_close(seat);
    rig_stop(rig);
}

/* --- attachments ------------------------------------------------------------------------------ */

#define SCAN_BYTES ((size_t)2 << 20)

static void raise_with_scan(struct rig *rig, struct seat *seat, char id[48])
{
    char path[160], *bytes = calloc(1, SCAN_BYTES);
    const struct request_attachment file = {path};
    assert_non_null(bytes);
    snprintf(path, sizeof(path), "%s/scan.png", rig->directory);
    assert_int_equal(file_replace(path, bytes, SCAN_BYTES, NULL), STATUS_OK);
    free(bytes);
    seat_raise_with(seat, 5, "南村3号", &file, 1, id);
}

static json_int_t bytes_of_last_put(struct rig *rig)
{
    json_int_t bytes = -1;
    json_t *log = rig_ask(rig, "GET", "/_fixture/log", NULL, 200);
    for (size_t i = 0; i < json_array_size(log); i++)
        if (strcmp(json_text(json_array_get(log, i), "method", ""), "PUT") == 0)
            bytes = json_int(json_array_get(log, i), "bytes", -1);
    json_decref(log);
    return bytes;
}

static void expect_scan(struct rig *rig, const char *id)
{
    json_t *document = rig_get(rig, REQUESTS, id);
    const json_t *scan = json_object_get(json_object_get(document, "_attachments"), "scan.png");
    assert_int_equal(json_int(scan, "length", 0), SCAN_BYTES);
    assert_int_equal(strncmp(json_text(document, "_rev", ""), "1-", 2), 0);
    assert_int_equal(json_array_size(json_object_get(document, "events")), 1);
    json_decref(document);
}

/* Not base64, and what the upstream has is not sent again. */
static void test_evidence_is_sent_once(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48];
    start(&rig, &seat, NULL);
    raise_with_scan(&rig, &seat, id);
    seat_sync(&seat, STATUS_OK);
    json_int_t first = bytes_of_last_put(&rig);
    assert_true(first > (json_int_t)SCAN_BYTES && first < (json_int_t)SCAN_BYTES + 4096);
    expect_scan(&rig, id);
    seat_act(&seat, id, "note");
    seat_sync(&seat, STATUS_OK);
    assert_true(bytes_of_last_put(&rig) < 4096);
    stop(&rig, &seat);
}

/* The answer is lost, also when libcurl sends the whole body anew by itself. */
static void test_lost_answer_to_an_upload(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48];
    start(&rig, &seat, NULL);
    raise_with_scan(&rig, &seat, id);
    rig_fault(&rig,
              "{\"kind\":\"drop\",\"method\":\"PUT\",\"path\":\"/" REQUESTS "\",\"count\":2}");
    seat_sync(&seat, STATUS_OFFLINE);
    expect_scan(&rig, id);
    rig_forget_faults(&rig);
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    expect_scan(&rig, id);
    stop(&rig, &seat);
}

static void test_upload_that_never_arrives(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48];
    start(&rig, &seat, NULL);
    raise_with_scan(&rig, &seat, id);
    rig_fault(&rig,
              "{\"kind\":\"refuse\",\"method\":\"PUT\",\"path\":\"/" REQUESTS "\",\"count\":2}");
    seat_sync(&seat, STATUS_OFFLINE);
    seat_sync(&seat, STATUS_OK);
    expect_scan(&rig, id);
    stop(&rig, &seat);
}

/* --- one document is refused ------------------------------------------------------------------ */

#define STATUS_FAULT(status, error, reason, more)                                                  \
    "{\"kind\":\"status\",\"method\":\"PUT\",\"path\":\"/" REQUESTS "\",\"status\":" status        \
    ",\"error\":\"" error "\",\"reason\":\"" reason "\"" more ",\"count\":1}"

/* A 401 for one document although the login is in order: the platform's rule, in its words. */
static void test_unauthorised_document(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48], second[48], reason[512];
    start(&rig, &seat, id);
    seat_raise(&seat, 6, "南村4号", second);
    rig_load_people(&rig, 10, 1);
    rig_fault(&rig, STATUS_FAULT("401", "unauthorized", "only window 3 may write", ""));
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(report->pushed, 1);
    assert_int_equal(report->held, 1);
    sync_report_free(report);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_HELD, reason);
    assert_non_null(strstr(reason, "only window 3 may write"));
    seat_expect_request(&seat, second, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

/* The same words, but the database does not let this station in either: nobody is held. */
static void test_unauthorised_everywhere(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48];
    start(&rig, &seat, id);
    rig_fault(&rig, STATUS_FAULT("401", "unauthorized", "You are not authorized.", ""));
    rig_fault(&rig, "{\"kind\":\"status\",\"method\":\"GET\",\"path\":\"/" REQUESTS
                    "\",\"status\":401,\"error\":\"unauthorized\",\"reason\":\"You are not "
                    "authorized.\",\"count\":1}");
    seat_sync(&seat, STATUS_REFUSED);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_QUEUED, NULL);
    stop(&rig, &seat);
}

/* Refused, dropped, refused again: then it is over, because the platform never had it. */
static void test_refused_and_dropped(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48];
    start(&rig, &seat, id);
    rig_fault(&rig, STATUS_FAULT("403", "forbidden", "no", ""));
    rig_fault(&rig, STATUS_FAULT("403", "forbidden", "no", ""));
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_HELD, NULL);
    assert_int_equal(
        request_resolve(seat.outbox, seat.reader, &seat.session, id, RESOLVE_DROP, NULL, NULL),
        STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_WITHDRAWN, DELIVERY_QUEUED, NULL);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(report->held, 0);
    sync_report_free(report);
    seat_expect_request(&seat, id, REQUEST_WITHDRAWN, DELIVERY_WITHDRAWN, NULL);
    stop(&rig, &seat);
}

/* CouchDB would lock the account after five. */
static void test_wrong_password_is_not_hammered(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char reason[512];
    rig_start(&rig, SERVER_FIXTURE, "right");
    seat_open_with(&rig, &seat, "wrong", rig.url, "wrong");
    for (int i = 0; i < 3; i++)
        seat_sync(&seat, STATUS_REFUSED);
    rig_count_requests(&rig, "GET", "/");
    for (int i = 0; i < 3; i++)
        seat_sync(&seat, STATUS_REFUSED);
    assert_int_equal(rig_count_requests(&rig, "GET", "/"), 0);
    seat_setting(&seat, "sync.failure", reason, sizeof(reason));
    assert_non_null(strstr(reason, "3 times"));
    stop(&rig, &seat);
}

/* The next look at person 5's record fails like this. */
static void trouble_with_record(struct rig *rig, const char *trouble)
{
    char record[32], fault[256];
    struct buf name = {0};
    rig_person_id(5, record);
    http_encode(&name, record);
    snprintf(fault, sizeof(fault), "{\"path\":\"/" PEOPLE "/%s\",\"count\":1,%s}", buf_text(&name),
             trouble);
    buf_release(&name);
    rig_fault(rig, fault);
}

/* The record cannot be looked at: that is no reason to keep the request back. */
static void test_record_out_of_reach(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48];
    start(&rig, &seat, id);
    trouble_with_record(&rig,
                        "\"kind\":\"status\",\"status\":500,\"error\":\"x\",\"reason\":\"x\"");
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    stop(&rig, &seat);
}

/* The line breaks at that look: the change that a person has to see first is not passed over. */
static void test_line_breaks_at_the_record(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48], reason[512], rev[COUCH_REV_MAX];
    start(&rig, &seat, id);
    rig_change_person(&rig, 5, "西村9号", rev);
    trouble_with_record(&rig, "\"kind\":\"cut\",\"bytes\":20");
    seat_sync(&seat, STATUS_OFFLINE);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_QUEUED, reason);
    assert_string_not_equal(reason, "");
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_HELD, reason);
    stop(&rig, &seat);
}

/* --- a month's work --------------------------------------------------------------------------- */

#ifndef MANY
#define MANY 120
#endif

/* Which of them the upstream was asked to store, in the order of the asking. */
static int expect_oldest_first(struct rig *rig, char (*ids)[48], int from)
{
    int next = from;
    json_t *log = rig_ask(rig, "GET", "/_fixture/log", NULL, 200);
    for (size_t i = 0; i < json_array_size(log); i++) {
        const json_t *entry = json_array_get(log, i);
        struct buf target = {0};
        if (strcmp(json_text(entry, "method", ""), "PUT") != 0 ||
            json_int(entry, "status", 0) != 201)
            continue;
        assert_true(next < MANY);
        buf_str(&target, "/" REQUESTS "/");
        http_encode(&target, ids[next++]);
        assert_string_equal(json_text(entry, "target", ""), buf_text(&target));
        buf_release(&target);
    }
    json_decref(log);
    json_decref(rig_ask(rig, "DELETE", "/_fixture/log", NULL, 200));
    return next;
}

/* The queue of a long absence goes up oldest first; a line that breaks in the middle costs nothing
 * but time: what has arrived is not sent again, the rest goes on from there. */
static void test_a_long_queue_is_resumed(void **state)
{
    (void)state;
    static char ids[MANY][48];
    struct rig rig;
    struct seat seat;
    char address[64];
    start(&rig, &seat, NULL);
    for (int i = 0; i < MANY; i++) {
        snprintf(address, sizeof(address), "南村%d号", i);
        seat_raise(&seat, i % 10, address, ids[i]);
    }
    json_decref(rig_ask(&rig, "DELETE", "/_fixture/log", NULL, 200));
    rig_fault(&rig, "{\"kind\":\"refuse\",\"method\":\"PUT\",\"skip\":50,\"count\":100}");
    seat_sync(&seat, STATUS_OFFLINE);
    int arrived = expect_oldest_first(&rig, ids, 0);
    assert_int_equal(arrived, 50);
    rig_forget_faults(&rig);
    int64_t begun = clock_mono_ms();
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    print_message("# %d requests in %lld ms\n", MANY - arrived,
                  (long long)(clock_mono_ms() - begun));
    assert_int_equal(report->pushed, MANY - arrived);
    assert_int_equal(report->held, 0);
    sync_report_free(report);
    assert_int_equal(expect_oldest_first(&rig, ids, arrived), MANY);
    stop(&rig, &seat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evidence_is_sent_once),
        cmocka_unit_test(test_lost_answer_to_an_upload),
        cmocka_unit_test(test_upload_that_never_arrives),
        cmocka_unit_test(test_unauthorised_document),
        cmocka_unit_test(test_unauthorised_everywhere),
        cmocka_unit_test(test_refused_and_dropped),
        cmocka_unit_test(test_record_out_of_reach),
        cmocka_unit_test(test_line_breaks_at_the_record),
        cmocka_unit_test(test_a_long_queue_is_resumed),
        cmocka_unit_test(test_wrong_password_is_not_hammered),
    };
    if (sql_start(NULL) != STATUS_OK)
        return 1;
    int failed = scenarios_stations_run(SERVER_FIXTURE, "four stations and the fixture");
    return failed + cmocka_run_group_tests_name("requests on a bad way", tests, NULL, NULL);
}
