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

int scenarios_push_run(enum server_kind kind, const char *name)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attachments_go_in_one_request),
        cmocka_unit_test(test_attachments_come_back),
    };
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        tests[i].initial_state = &kind;
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
