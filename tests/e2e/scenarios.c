#include "tests/e2e/scenarios.h"

#include <stdlib.h>
#include <string.h>

/* The kind of server is the initial state of every test. */
static void start(struct rig *rig, void **state)
{
    const enum server_kind *kind = *state;
    rig_start(rig, *kind, NULL);
}

/* --- returned data ---------------------------------------------------------------------------- */

static void test_first_sync_and_increments(void **state)
{
    struct rig rig;
    struct seat seat;
    char rev[COUCH_REV_MAX], feed[32], text[64];
    bool complete;
    start(&rig, state);
    rig_load_people(&rig, 0, 2000);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(report, "population")->pulled, 2000);
    assert_int_equal(seat_dataset(report, "population")->rows, 2000);
    assert_int_equal(report->pulled, 2001);
    sync_report_free(report);
    seat_expect_upstream(&seat);
    seat_feed_state(&seat, PEOPLE, feed, &complete);
    assert_string_equal(feed, "ok");
    assert_true(complete);
    seat_setting(&seat, "sync.failure", text, sizeof(text));
    assert_string_equal(text, "");
    seat_setting(&seat, "clock.offset_ms", text, sizeof(text));
    assert_string_equal(text, "0");
    seat_setting(&seat, "sync.contact_ms", text, sizeof(text));
    assert_true(strtoll(text, NULL, 10) > 0);

    rig_change_person(&rig, 7, "西村1号", rev);
    rig_change_person(&rig, 8, NULL, rev);
    rig_load_people(&rig, 2000, 1);
    report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(report, "population")->pulled, 3);
    assert_int_equal(seat_dataset(report, "population")->rows, 2000);
    sync_report_free(report);
    seat_expect_upstream(&seat);
    seat_close(&seat);
    rig_stop(&rig);
}

static void test_position_survives_reopening(void **state)
{
    struct rig rig;
    struct seat seat;
    start(&rig, state);
    rig_load_people(&rig, 0, 100);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(&seat, STATUS_OK);
    seat_close(&seat);
    rig_load_people(&rig, 100, 10);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(report->pulled, 10);
    sync_report_free(report);
    seat_expect_upstream(&seat);
    seat_close(&seat);
    rig_stop(&rig);
}

static void test_full_starts_over(void **state)
{
    struct rig rig;
    struct seat seat;
    start(&rig, state);
    rig_load_people(&rig, 0, 300);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(&seat, STATUS_OK);
    const struct sync_options options = {.full = true, .dataset = "population"};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(report->dataset_count, 1);
    assert_int_equal(seat_dataset(report, "population")->purged, 0); /* all of them came again */
    assert_int_equal(seat_dataset(report, "population")->pulled, 300);
    sync_report_free(report);
    seat_expect_upstream(&seat);
    const struct sync_options unknown = {.dataset = "nonsense"};
    char failure[64];
    sync_report_free(seat_sync_report(&seat, &unknown, STATUS_NOT_FOUND));
    seat_setting(&seat, "sync.failure", failure, sizeof(failure));
    assert_string_equal(failure, ""); /* a slip of the pen is no failed exchange */
    seat_close(&seat);
    rig_stop(&rig);
}

/* Old rows that the new database does not have must not survive. */
static void test_recreated_database(void **state)
{
    struct rig rig;
    struct seat seat;
    start(&rig, state);
    rig_load_people(&rig, 0, 500);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(&seat, STATUS_OK);
    rig_drop(&rig, PEOPLE);
    rig_create(&rig, PEOPLE);
    rig_load_people(&rig, 400, 200);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(report, "population")->purged, 400);
    assert_int_equal(seat_dataset(report, "population")->rows, 200);
    sync_report_free(report);
    seat_expect_upstream(&seat);
    seat_close(&seat);
    rig_stop(&rig);
}

static void test_withdrawn_and_returned(void **state)
{
    struct rig rig;
    struct seat seat;
    char feed[32];
    bool complete;
    start(&rig, state);
    rig_load_people(&rig, 0, 50);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(&seat, STATUS_OK);
    rig_drop(&rig, PEOPLE);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(report, "population")->purged, 50);
    assert_string_not_equal(seat_dataset(report, "population")->reason, "");
    sync_report_free(report);
    seat_feed_state(&seat, PEOPLE, feed, &complete);
    assert_string_equal(feed, "withdrawn");
    assert_false(complete);
    assert_int_equal(seat_rows(&seat, "population"), 0);
    seat_sync(&seat, STATUS_OK); /* still withdrawn, not "absent" */
    seat_feed_state(&seat, PEOPLE, feed, &complete);
    assert_string_equal(feed, "withdrawn");

    rig_create(&rig, PEOPLE);
    rig_load_people(&rig, 0, 20);
    seat_sync(&seat, STATUS_OK);
    seat_feed_state(&seat, PEOPLE, feed, &complete);
    assert_string_equal(feed, "ok");
    assert_true(complete);
    seat_expect_upstream(&seat);
    seat_close(&seat);
    rig_stop(&rig);
}

static void test_absent_is_no_failure(void **state)
{
    struct rig rig;
    struct seat seat;
    char feed[32];
    bool complete;
    start(&rig, state);
    rig_drop(&rig, PEOPLE);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(report, "population")->status, STATUS_NOT_FOUND);
    sync_report_free(report);
    seat_feed_state(&seat, PEOPLE, feed, &complete);
    assert_string_equal(feed, "absent");
    seat_close(&seat);
    rig_stop(&rig);
}

/* What a record says now is more than we take: then it is not shown as it was before either. */
static void test_unreadable_change(void **state)
{
    struct rig rig;
    struct seat seat;
    char rev[COUCH_REV_MAX], *huge = malloc((1 << 20) + 64);
    start(&rig, state);
    assert_non_null(huge);
    memset(huge, 'x', 1 << 20);
    huge[1 << 20] = '\0';
    rig_load_people(&rig, 0, 5);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(&seat, STATUS_OK);
    rig_change_person(&rig, 2, huge, rev);
    seat_sync(&seat, STATUS_OK);
    assert_int_equal(seat_rows(&seat, "population"), 4);
    rig_change_person(&rig, 2, "西村1号", rev);
    seat_sync(&seat, STATUS_OK);
    assert_int_equal(seat_rows(&seat, "population"), 5);
    seat_expect_upstream(&seat);
    free(huge);
    seat_close(&seat);
    rig_stop(&rig);
}

/* One senseless entry of the catalogue is its provider's business: everything else goes on. */
static void test_senseless_entry_is_no_failure(void **state)
{
    struct rig rig;
    struct seat seat;
    start(&rig, state);
    rig_load_people(&rig, 0, 5);
    rig_put(&rig, "catalogue",
            json_pack("{s:s, s:s, s:s, s:[]}", "_id", "dataset:nowhere", "type", "dataset",
                      "subject", "person", "fields"));
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(report, "nowhere")->status, STATUS_INVALID);
    assert_string_not_equal(seat_dataset(report, "nowhere")->reason, "");
    assert_int_equal(seat_dataset(report, "population")->rows, 5);
    sync_report_free(report);
    const struct sync_options only_this = {.dataset = "nowhere"};
    sync_report_free(seat_sync_report(&seat, &only_this, STATUS_INVALID));
    rig_kill_server(&rig);
    sync_report_free(seat_sync_report(&seat, &options, STATUS_OFFLINE)); /* and hides nothing */
    seat_close(&seat);
    rig_stop(&rig);
}

static void test_dataset_leaves_the_catalogue(void **state)
{
    struct rig rig;
    struct seat seat;
    char feed[32];
    bool complete;
    start(&rig, state);
    rig_load_people(&rig, 0, 50);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(&seat, STATUS_OK);
    json_t *entry = rig_get(&rig, "catalogue", "dataset:population");
    json_object_set_new(entry, "_deleted", json_true());
    rig_put(&rig, "catalogue", entry);
    seat_sync(&seat, STATUS_OK);
    assert_int_equal(seat_rows(&seat, "population"), 0);
    seat_feed_state(&seat, PEOPLE, feed, &complete);
    assert_string_equal(feed, "withdrawn");
    seat_close(&seat);
    rig_stop(&rig);
}

/* --- requests --------------------------------------------------------------------------------- */

static void expect_event(const json_t *event, const char *by, const char *role, const char *action)
{
    assert_int_equal(strlen(json_text(event, "id", "")), 26);
    assert_int_equal(strlen(json_text(event, "at", "")), strlen("2026-03-14T08:05:09.123Z"));
    assert_true(json_is_integer(json_object_get(event, "mono")));
    assert_true(json_is_integer(json_object_get(event, "offset_ms")));
    assert_string_equal(json_text(event, "by", ""), by);
    assert_string_equal(json_text(event, "role", ""), role);
    assert_string_equal(json_text(event, "action", ""), action);
}

/* Field by field, as the design promises it to the provider's software. */
static void expect_document(const json_t *document, const struct seat *seat, const char *id,
                            const char *base_rev)
{
    char record[32];
    rig_person_id(5, record);
    const json_t *change = json_array_get(json_object_get(document, "changes"), 0);
    const json_t *subject = json_object_get(document, "subject");
    assert_string_equal(json_text(document, "_id", ""), id);
    assert_string_equal(json_text(document, "type", ""), "request");
    assert_int_equal(json_int(document, "schema", 0), 1);
    assert_string_equal(json_text(document, "kind", ""), "correction");
    assert_string_equal(json_text(document, "area", ""), AREA);
    assert_string_equal(json_text(document, "station", ""), "a");
    assert_string_equal(json_text(document, "origin", ""), home_device(seat->home));
    assert_string_equal(json_text(document, "dataset", ""), "population");
    assert_string_equal(json_text(document, "record", ""), record);
    assert_string_equal(json_text(document, "base_rev", ""), base_rev);
    assert_string_equal(json_text(subject, "kind", ""), "person");
    assert_string_equal(json_text(subject, "id", ""), record + strlen("person:"));
    assert_int_equal(json_array_size(json_object_get(document, "changes")), 1);
    assert_string_equal(json_text(change, "field", ""), "registered_address");
    assert_string_equal(json_text(change, "base", ""), "东村5号");
    assert_string_equal(json_text(change, "proposed", ""), "南村3号");
    assert_string_equal(json_text(document, "ground", ""), "inaccurate");
    assert_string_equal(json_text(document, "reason", ""), "moved to another house");
    assert_int_equal(json_array_size(json_object_get(document, "evidence")), 0);
    assert_int_equal(strlen(json_text(document, "hash", "")), 64);
    assert_int_equal(request_check(document, NULL), STATUS_OK);
}

static void test_request_is_delivered(void **state)
{
    struct rig rig;
    struct seat seat;
    char id[48], record[32];
    start(&rig, state);
    rig_load_people(&rig, 0, 10);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(&seat, STATUS_OK);
    seat_raise(&seat, 5, "南村3号", id);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_QUEUED, NULL);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(report->pushed, 1); /* and the missing database was created */
    assert_int_equal(report->held, 0);
    sync_report_free(report);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);

    rig_person_id(5, record);
    json_t *base = rig_get(&rig, PEOPLE, record);
    json_t *document = rig_get(&rig, REQUESTS, id);
    const json_t *events = json_object_get(document, "events");
    expect_document(document, &seat, id, json_text(base, "_rev", ""));
    assert_int_equal(json_array_size(events), 1);
    expect_event(json_array_get(events, 0), "lin", "clerk", "submit");
    assert_int_equal(strncmp(json_text(document, "_rev", ""), "1-", 2), 0);
    json_decref(document);
    json_decref(base);

    report = seat_sync_report(&seat, &options, STATUS_OK); /* nothing left to do */
    assert_int_equal(report->pushed, 0);
    sync_report_free(report);
    document = rig_get(&rig, REQUESTS, id);
    assert_int_equal(strncmp(json_text(document, "_rev", ""), "1-", 2), 0);
    json_decref(document);
    seat_close(&seat);
    rig_stop(&rig);
}

/* The provider's software appends an event of its own. */
static void provider_receives(struct rig *rig, const char *id)
{
    json_t *document = rig_get(rig, REQUESTS, id);
    json_t *event =
        json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:s}", "id", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "at",
                  "2026-03-14T08:05:09.123Z", "mono", 1, "offset_ms", 0, "by", "platform", "role",
                  "provider", "action", "receive");
    json_array_append_new(json_object_get(document, "events"), event);
    rig_put(rig, REQUESTS, document);
}

static void test_approval_travels(void **state)
{
    struct rig rig;
    struct seat clerk, supervisor;
    char id[48];
    start(&rig, state);
    rig_load_people(&rig, 0, 10);
    seat_open(&rig, &clerk, "a", "lin", ACCOUNT_CLERK);
    seat_open(&rig, &supervisor, "b", "wang", ACCOUNT_SUPERVISOR);
    seat_sync(&clerk, STATUS_OK);
    seat_raise(&clerk, 5, "南村3号", id);
    seat_sync(&clerk, STATUS_OK);
    seat_sync(&supervisor, STATUS_OK);
    seat_expect_request(&supervisor, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    seat_act(&supervisor, id, "approve");
    seat_expect_request(&supervisor, id, REQUEST_APPROVED, DELIVERY_QUEUED, NULL);
    seat_sync(&supervisor, STATUS_OK);
    seat_expect_request(&supervisor, id, REQUEST_APPROVED, DELIVERY_DELIVERED, NULL);
    provider_receives(&rig, id);
    seat_sync(&clerk, STATUS_OK);
    seat_expect_request(&clerk, id, REQUEST_RECEIVED, DELIVERY_DELIVERED, NULL);

    json_t *document = rig_get(&rig, REQUESTS, id);
    const json_t *events = json_object_get(document, "events");
    assert_int_equal(json_array_size(events), 3);
    expect_event(json_array_get(events, 1), "wang", "supervisor", "approve");
    json_decref(document);
    seat_close(&clerk);
    seat_close(&supervisor);
    rig_stop(&rig);
}

/* Both write without having seen the other: the second meets a 409, merges and sends again. */
static void test_conflict_is_merged(void **state)
{
    struct rig rig;
    struct seat clerk, supervisor;
    char id[48];
    start(&rig, state);
    rig_load_people(&rig, 0, 10);
    seat_open(&rig, &clerk, "a", "lin", ACCOUNT_CLERK);
    seat_open(&rig, &supervisor, "b", "wang", ACCOUNT_SUPERVISOR);
    seat_sync(&clerk, STATUS_OK);
    seat_raise(&clerk, 5, "南村3号", id);
    seat_sync(&clerk, STATUS_OK);
    seat_sync(&supervisor, STATUS_OK);
    seat_act(&clerk, id, "note");
    seat_act(&supervisor, id, "approve");
    seat_sync(&supervisor, STATUS_OK);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&clerk, &options, STATUS_OK);
    assert_int_equal(report->pushed, 1);
    sync_report_free(report);
    seat_sync(&supervisor, STATUS_OK);
    seat_expect_request(&clerk, id, REQUEST_APPROVED, DELIVERY_DELIVERED, NULL);
    seat_expect_request(&supervisor, id, REQUEST_APPROVED, DELIVERY_DELIVERED, NULL);
    json_t *document = rig_get(&rig, REQUESTS, id);
    assert_int_equal(json_array_size(json_object_get(document, "events")), 3);
    json_decref(document);
    seat_close(&clerk);
    seat_close(&supervisor);
    rig_stop(&rig);
}

/* A document that somebody tampered with is kept aside; the feed goes on behind it. */
static void test_tampered_request(void **state)
{
    struct rig rig;
    struct seat clerk, supervisor;
    char first[48], second[48];
    start(&rig, state);
    rig_load_people(&rig, 0, 10);
    seat_open(&rig, &clerk, "a", "lin", ACCOUNT_CLERK);
    seat_open(&rig, &supervisor, "b", "wang", ACCOUNT_SUPERVISOR);
    seat_sync(&clerk, STATUS_OK);
    seat_raise(&clerk, 5, "南村3号", first);
    seat_raise(&clerk, 6, "南村4号", second);
    seat_sync(&clerk, STATUS_OK);
    json_t *document = rig_get(&rig, REQUESTS, first);
    json_object_set_new(document, "reason", json_string("another reason"));
    rig_put(&rig, REQUESTS, document);
    seat_sync(&supervisor, STATUS_OK);
    seat_expect_request(&supervisor, second, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    struct request_detail *detail = NULL;
    assert_int_equal(request_get(supervisor.reader, first, &detail, NULL), STATUS_NOT_FOUND);
    seat_sync(&clerk, STATUS_OK);
    seat_expect_request(&clerk, first, REQUEST_PENDING_REVIEW, DELIVERY_HELD, NULL);
    seat_close(&clerk);
    seat_close(&supervisor);
    rig_stop(&rig);
}

/* The platform lost the database: what it had acknowledged comes back from here. */
static void test_recreated_requests(void **state)
{
    struct rig rig;
    struct seat seat;
    char id[48], second[48];
    start(&rig, state);
    rig_load_people(&rig, 0, 10);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(&seat, STATUS_OK);
    seat_raise(&seat, 5, "南村3号", id);
    seat_raise(&seat, 6, "南村4号", second);
    seat_sync(&seat, STATUS_OK);
    rig_drop(&rig, REQUESTS);
    rig_create(&rig, REQUESTS);
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    json_decref(rig_get(&rig, REQUESTS, id));
    json_decref(rig_get(&rig, REQUESTS, second));
    seat_close(&seat);
    rig_stop(&rig);
}

/* A catalogue set up anew does not leave old entries behind. */
static void test_recreated_catalogue(void **state)
{
    struct rig rig;
    struct seat seat;
    start(&rig, state);
    rig_load_people(&rig, 0, 10);
    json_t *entry = rig_get(&rig, "catalogue", "dataset:population");
    json_object_del(entry, "_rev");
    json_t *other = json_deep_copy(entry);
    json_object_set_new(other, "_id", json_string("dataset:old"));
    json_object_set_new(other, "database", json_string("old-{area}"));
    rig_put(&rig, "catalogue", other);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(report->dataset_count, 2);
    sync_report_free(report);
    rig_drop(&rig, "catalogue");
    rig_create(&rig, "catalogue");
    rig_put(&rig, "catalogue", entry);
    report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(report->dataset_count, 1);
    assert_int_equal(seat_dataset(report, "population")->pulled, 0);
    sync_report_free(report);
    seat_expect_upstream(&seat);
    seat_close(&seat);
    rig_stop(&rig);
}

int scenarios_run(enum server_kind kind, const char *name)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_sync_and_increments),
        cmocka_unit_test(test_position_survives_reopening),
        cmocka_unit_test(test_full_starts_over),
        cmocka_unit_test(test_recreated_database),
        cmocka_unit_test(test_withdrawn_and_returned),
        cmocka_unit_test(test_absent_is_no_failure),
        cmocka_unit_test(test_unreadable_change),
        cmocka_unit_test(test_senseless_entry_is_no_failure),
        cmocka_unit_test(test_dataset_leaves_the_catalogue),
        cmocka_unit_test(test_request_is_delivered),
        cmocka_unit_test(test_approval_travels),
        cmocka_unit_test(test_conflict_is_merged),
        cmocka_unit_test(test_tampered_request),
        cmocka_unit_test(test_recreated_requests),
        cmocka_unit_test(test_recreated_catalogue),
    };
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        tests[i].initial_state = &kind;
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
