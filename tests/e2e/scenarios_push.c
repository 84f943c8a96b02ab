/* Requests on their way up, whatever the server: attachments, bases that changed. */
#include "tests/e2e/scenarios.h"

#include "base/file.h"
#include "db/base64.h"

#include <stdlib.h>
#include <string.h>

#define LARGE ((size_t)3 << 20)

/* People 0 to 9, one clerk who has seen them. */
static void start(struct rig *rig, struct seat *seat, void **state)
{
    const enum server_kind *kind = *state;
    rig_start(rig, *kind, NULL);
    rig_load_people(rig, 0, 10);
    rig_create(rig, REQUESTS);
    seat_open(rig, seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(seat, STATUS_OK);
}

static void stop(struct rig *rig, struct seat *seat)
{
    seat_close(seat);
    rig_stop(rig);
}

/* --- attachments ------------------------------------------------------------------------------ */

struct file {
    char path[160];
    char *bytes;
    size_t length;
};

/* Bytes that look like what stands between the parts of a body, and noise, so that no compression
 * on the way makes them suspiciously small. */
static void file_make(const struct rig *rig, struct file *file, const char *name, size_t length)
{
    static const char pattern[] = "\r\n--\0\xff"
                                  "{\"a\":1}--\r\n\r\n";
    snprintf(file->path, sizeof(file->path), "%s/%s", rig->directory, name);
    file->bytes = malloc(length);
    file->length = length;
    assert_non_null(file->bytes);
    uint32_t noise = 1;
    for (size_t i = 0; i < length; i++) {
        noise = noise * 1664525u + 1013904223u;
        file->bytes[i] = i % 64 < 32 ? pattern[i % (sizeof(pattern) - 1)] : (char)(noise >> 24);
    }
    assert_int_equal(file_replace(file->path, file->bytes, length, NULL), STATUS_OK);
}

static json_t *with_content(struct rig *rig, const char *id)
{
    char path[128];
    snprintf(path, sizeof(path), "/" REQUESTS "/%s?attachments=true", id);
    return rig_ask(rig, "GET", path, NULL, 200);
}

static void expect_content(const json_t *document, const char *name, const struct file *file,
                           const char *type)
{
    struct buf bytes = {0};
    const json_t *attachment = json_object_get(json_object_get(document, "_attachments"), name);
    const json_t *data = json_object_get(attachment, "data");
    assert_non_null(data);
    assert_true(base64_decode(json_string_value(data), json_string_length(data), &bytes));
    assert_int_equal(bytes.length, file->length);
    assert_memory_equal(bytes.data, file->bytes, file->length);
    assert_string_equal(json_text(attachment, "content_type", ""), type);
    buf_release(&bytes);
}

/* Request and evidence are one revision; a later decision keeps the evidence without sending it
 * again. */
static void test_attachments_go_in_one_request(void **state)
{
    struct rig rig;
    struct seat clerk, supervisor;
    struct file scan, note;
    char id[48];
    start(&rig, &clerk, state);
    seat_open(&rig, &supervisor, "b", "wang", ACCOUNT_SUPERVISOR);
    file_make(&rig, &scan, "户口本 第1页.pdf", LARGE);
    file_make(&rig, &note, "a.txt", 700);
    const struct request_attachment files[] = {{scan.path}, {note.path}};
    seat_raise_with(&clerk, 5, "南村3号", files, 2, id);
    seat_sync(&clerk, STATUS_OK);
    seat_expect_request(&clerk, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    json_t *document = with_content(&rig, id);
    assert_int_equal(strncmp(json_text(document, "_rev", ""), "1-", 2), 0);
    expect_content(document, "户口本 第1页.pdf", &scan, "application/pdf");
    expect_content(document, "a.txt", &note, "text/plain");
    assert_int_equal(request_check(document, NULL), STATUS_OK);
    json_decref(document);

    seat_sync(&supervisor, STATUS_OK);
    seat_act(&supervisor, id, "approve");
    seat_sync(&supervisor, STATUS_OK);
    seat_sync(&clerk, STATUS_OK);
    seat_act(&clerk, id, "note");
    seat_sync(&clerk, STATUS_OK);
    document = with_content(&rig, id);
    assert_int_equal(strncmp(json_text(document, "_rev", ""), "3-", 2), 0);
    expect_content(document, "户口本 第1页.pdf", &scan, "application/pdf");
    expect_content(document, "a.txt", &note, "text/plain");
    json_decref(document);
    free(scan.bytes);
    free(note.bytes);
    seat_close(&supervisor);
    stop(&rig, &clerk);
}

/* The platform lost everything: what is held here goes up whole once more. */
static void test_attachments_come_back(void **state)
{
    struct rig rig;
    struct seat seat;
    struct file scan;
    char id[48];
    start(&rig, &seat, state);
    file_make(&rig, &scan, "scan.png", 5000);
    const struct request_attachment file = {scan.path};
    seat_raise_with(&seat, 5, "南村3号", &file, 1, id);
    seat_sync(&seat, STATUS_OK);
    rig_drop(&rig, REQUESTS);
    rig_create(&rig, REQUESTS);
    seat_sync(&seat, STATUS_OK);
    json_t *document = with_content(&rig, id);
    expect_content(document, "scan.png", &scan, "image/png");
    json_decref(document);
    free(scan.bytes);
    stop(&rig, &seat);
}

/* --- bases that changed ----------------------------------------------------------------------- */

static void expect_three_values(struct seat *seat, const char *id, const char *base,
                                const char *mine, const char *now)
{
    struct request_detail *detail = NULL;
    assert_int_equal(request_get(seat->reader, id, &detail, NULL), STATUS_OK);
    assert_string_equal(detail->row.hold_kind, "conflict");
    assert_true(detail->row.base_changed);
    assert_string_equal(detail->fields[0].base, base);
    assert_string_equal(detail->fields[0].proposed, mine);
    assert_string_equal(detail->fields[0].now, now);
    request_detail_free(detail);
}

static void sync_and_count(struct seat *seat, int64_t pushed, int64_t held)
{
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(seat, &options, STATUS_OK);
    assert_int_equal(report->pushed, pushed);
    assert_int_equal(report->held, held);
    sync_report_free(report);
}

/* Somebody else was quicker: the maker decides, and the others are sent meanwhile. */
static void test_changed_base_is_held(void **state)
{
    struct rig rig;
    struct seat seat;
    char id[48], other[48], rev[COUCH_REV_MAX];
    start(&rig, &seat, state);
    seat_raise(&seat, 5, "南村3号", id);
    seat_raise(&seat, 6, "南村4号", other);
    rig_change_person(&rig, 5, "西村9号", rev);
    sync_and_count(&seat, 1, 1);
    seat_expect_request(&seat, other, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    expect_three_values(&seat, id, "东村5号", "南村3号", "西村9号");
    sync_and_count(&seat, 0, 1); /* still held */

    assert_int_equal(
        request_resolve(seat.outbox, seat.reader, &seat.session, id, RESOLVE_KEEP, NULL, NULL),
        STATUS_OK);
    rig_change_person(&rig, 5, "北村1号", rev); /* that is not what was seen */
    sync_and_count(&seat, 0, 1);
    expect_three_values(&seat, id, "东村5号", "南村3号", "北村1号");
    assert_int_equal(
        request_resolve(seat.outbox, seat.reader, &seat.session, id, RESOLVE_KEEP, NULL, NULL),
        STATUS_OK);
    sync_and_count(&seat, 1, 0);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    stop(&rig, &seat);
}

/* Another field of the record is nobody's conflict; the proposed value reached is told apart. */
static void test_other_changes_do_not_hold(void **state)
{
    struct rig rig;
    struct seat seat;
    char id[48], reached[48], reason[512], record[32];
    start(&rig, &seat, state);
    seat_raise(&seat, 5, "南村3号", id);
    rig_person_id(5, record);
    json_t *person = rig_get(&rig, PEOPLE, record);
    json_object_set_new(person, "name", json_string("别名"));
    rig_put(&rig, PEOPLE, person);
    sync_and_count(&seat, 1, 0);
    seat_raise(&seat, 6, "南村4号", reached);
    char rev[COUCH_REV_MAX];
    rig_change_person(&rig, 6, "南村4号", rev);
    sync_and_count(&seat, 0, 1);
    seat_expect_request(&seat, reached, REQUEST_PENDING_REVIEW, DELIVERY_HELD, reason);
    assert_non_null(strstr(reason, "already"));
    stop(&rig, &seat);
}

static void test_deleted_record(void **state)
{
    struct rig rig;
    struct seat seat;
    char id[48], dropped[48], reason[512], rev[COUCH_REV_MAX];
    start(&rig, &seat, state);
    seat_raise(&seat, 5, "南村3号", id);
    seat_raise(&seat, 5, "南村4号", dropped);
    rig_change_person(&rig, 5, NULL, rev);
    sync_and_count(&seat, 0, 2);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_HELD, reason);
    assert_non_null(strstr(reason, "deleted"));
    assert_int_equal(
        request_resolve(seat.outbox, seat.reader, &seat.session, id, RESOLVE_KEEP, NULL, NULL),
        STATUS_OK);
    assert_int_equal(
        request_resolve(seat.outbox, seat.reader, &seat.session, dropped, RESOLVE_DROP, NULL, NULL),
        STATUS_OK);
    sync_and_count(&seat, 1, 0);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    seat_expect_request(&seat, dropped, REQUEST_WITHDRAWN, DELIVERY_WITHDRAWN, NULL);
    json_decref(rig_get(&rig, REQUESTS, id));
    struct http_answer answer;
    char path[128];
    snprintf(path, sizeof(path), "/" REQUESTS "/%s", dropped);
    const struct http_request request = {.method = "GET", .path = path, .limit = 1 << 20};
    http_send(couch_http(rig.couch), &request, &answer);
    assert_int_equal(answer.status, 404);
    http_answer_release(&answer);
    stop(&rig, &seat);
}

/* The platform lost the requests: what it had is not asked about again, although the records have
 * changed since (it may have been the platform that corrected them). */
static void test_delivered_once_is_not_held(void **state)
{
    struct rig rig;
    struct seat seat;
    char id[48], rev[COUCH_REV_MAX];
    start(&rig, &seat, state);
    seat_raise(&seat, 5, "南村3号", id);
    seat_sync(&seat, STATUS_OK);
    rig_change_person(&rig, 5, "南村3号", rev);
    rig_drop(&rig, REQUESTS);
    rig_create(&rig, REQUESTS);
    sync_and_count(&seat, 1, 0);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    stop(&rig, &seat);
}

int scenarios_push_run(enum server_kind kind, const char *name)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attachments_go_in_one_request),
        cmocka_unit_test(test_attachments_come_back),
        cmocka_unit_test(test_changed_base_is_held),
        cmocka_unit_test(test_other_changes_do_not_hold),
        cmocka_unit_test(test_deleted_record),
        cmocka_unit_test(test_delivered_once_is_not_held),
    };
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        tests[i].initial_state = &kind;
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
