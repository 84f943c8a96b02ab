/* Documents with attachments as one body: its bytes, and that they are the same however it is
 * read. */
#include "sync/multipart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char document[] = "{\"_id\":\"a\"}";
static const char first[] = "one\r\n--two\0three";
static const char second[] = "x";

struct shelf {
    const char *contents[3];
    size_t reads;
    bool broken;
};

static enum status read_shelf(void *context, size_t index, int64_t offset, char *bytes,
                              size_t length, struct error *error)
{
    struct shelf *shelf = context;
    shelf->reads++;
    if (shelf->broken)
        return error_set(error, STATUS_IO, "broken");
    memcpy(bytes, shelf->contents[index] + offset, length);
    return STATUS_OK;
}

static struct multipart_parts parts_of(struct shelf *shelf)
{
    return (struct multipart_parts){
        .items = {{"户口本 \"1\".pdf", "application/pdf", sizeof(first)},
                  {"empty", "text/plain", 0},
                  {"b", "text/plain", sizeof(second)}},
        .count = 3,
        .read = read_shelf,
        .context = shelf,
    };
}

/* Reads everything, `step` bytes at a time. */
static void read_all(const struct http_upload *upload, size_t step, struct buf *out)
{
    char bytes[256];
    size_t got = 1;
    while (got > 0) {
        assert_int_equal(upload->read(upload->context, bytes, step, &got, NULL), STATUS_OK);
        assert_true(got <= step);
        buf_bytes(out, bytes, got);
    }
}

static void put_expected(struct buf *out, const char *boundary)
{
    buf_printf(out, "--%s\r\nContent-Type: application/json\r\n\r\n%s\r\n--%s\r\n", boundary,
               document, boundary);
    buf_printf(out,
               "Content-Disposition: attachment; filename=\"户口本 %%221%%22.pdf\"\r\n"
               "Content-Type: application/pdf\r\nContent-Length: %zu\r\n\r\n",
               sizeof(first));
    buf_bytes(out, first, sizeof(first));
    buf_printf(out,
               "\r\n--%s\r\nContent-Disposition: attachment; filename=\"empty\"\r\n"
               "Content-Type: text/plain\r\nContent-Length: 0\r\n\r\n\r\n--%s\r\n",
               boundary, boundary);
    buf_printf(out,
               "Content-Disposition: attachment; filename=\"b\"\r\n"
               "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
               sizeof(second));
    buf_bytes(out, second, sizeof(second));
    buf_printf(out, "\r\n--%s--", boundary);
}

static void test_bytes(void **state)
{
    (void)state;
    struct shelf shelf = {.contents = {first, "", second}};
    const struct multipart_parts parts = parts_of(&shelf);
    struct multipart body;
    struct buf expected = {0};
    char boundary[64];
    assert_int_equal(multipart_init(&body, document, strlen(document), &parts, NULL), STATUS_OK);
    const struct http_upload upload = multipart_upload(&body);
    assert_int_equal(sscanf(upload.type, "multipart/related;boundary=\"%63[^\"]\"", boundary), 1);
    put_expected(&expected, boundary);
    assert_int_equal(upload.length, (int64_t)expected.length);
    for (size_t step = 1; step < 200; step++) {
        struct buf read = {0};
        upload.rewind(upload.context);
        read_all(&upload, step, &read);
        assert_int_equal(read.length, expected.length);
        assert_memory_equal(read.data, expected.data, expected.length);
        buf_release(&read);
    }
    buf_release(&expected);
    multipart_release(&body);
}

static void test_every_body_has_its_own_boundary(void **state)
{
    (void)state;
    struct shelf shelf = {.contents = {first, "", second}};
    const struct multipart_parts parts = parts_of(&shelf);
    struct multipart one, other;
    assert_int_equal(multipart_init(&one, document, strlen(document), &parts, NULL), STATUS_OK);
    assert_int_equal(multipart_init(&other, document, strlen(document), &parts, NULL), STATUS_OK);
    assert_string_not_equal(one.type, other.type);
    assert_int_equal(shelf.reads, 0); /* nothing is read before it is sent */
    multipart_release(&one);
    multipart_release(&other);
}

/* Names and types come from files and documents: they end no header. */
static void test_headers_cannot_be_injected(void **state)
{
    (void)state;
    struct shelf shelf = {.contents = {second}};
    const struct multipart_parts parts = {
        .items = {{"a\r\nX-Evil: 1", "text/plain\r\nX-Evil: 2", sizeof(second)}},
        .count = 1,
        .read = read_shelf,
        .context = &shelf};
    struct multipart body;
    assert_int_equal(multipart_init(&body, document, strlen(document), &parts, NULL), STATUS_OK);
    assert_null(strstr(buf_text(&body.text), "\nX-Evil"));
    multipart_release(&body);
}

static void test_failure_of_reading_is_passed_on(void **state)
{
    (void)state;
    struct shelf shelf = {.broken = true};
    const struct multipart_parts parts = parts_of(&shelf);
    struct multipart body;
    struct error error = {0};
    char bytes[4096];
    size_t got = 77;
    assert_int_equal(multipart_init(&body, document, strlen(document), &parts, NULL), STATUS_OK);
    const struct http_upload upload = multipart_upload(&body);
    assert_int_equal(upload.read(upload.context, bytes, sizeof(bytes), &got, &error), STATUS_IO);
    assert_string_equal(error.text, "broken");
    assert_int_equal(got, 77);
    multipart_release(&body);
}

static void test_too_many(void **state)
{
    (void)state;
    const struct multipart_parts parts = {.count = MULTIPART_PARTS_MAX + 1};
    struct multipart body;
    assert_int_equal(multipart_init(&body, document, strlen(document), &parts, NULL),
                     STATUS_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_every_body_has_its_own_boundary),
        cmocka_unit_test(test_headers_cannot_be_injected),
        cmocka_unit_test(test_failure_of_reading_is_passed_on),
        cmocka_unit_test(test_too_many),
    };
    return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
