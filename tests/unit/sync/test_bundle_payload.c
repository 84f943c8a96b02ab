/* The content of bundles: pages one after the other, what their heads must say, and everything that
 * is no such content. */
#include "sync/bundle_payload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD_OF(origin, number, area, database, since)                                             \
    "{\"bundle\":{\"version\":1,\"direction\":\"down\",\"origin\":\"" origin                       \
    "\",\"number\":" number ",\"area\":\"" area "\",\"database\":\"" database                      \
    "\",\"since\":" since ",\"receipts\":[{\"number\":1}]},"
#define HEAD(database, since) HEAD_OF("office", "7", "990106001", database, since)
#define ROW                   "{\"id\":\"a\",\"changes\":[{\"rev\":\"1-a\"}],\"doc\":{\"_id\":\"a\"}}"
#define ROWS                  "\"results\":[\n" ROW ",\n" ROW "\n],\n\"last_seq\":\"2-b\",\"pending\":0}"
#define PAGE                  HEAD("catalogue", "null") ROWS

/* Fed in pieces of this size. */
static enum status scan(struct payload *payload, const char *text, size_t piece)
{
    size_t length = strlen(text);
    enum status status = STATUS_OK;
    payload_init(payload);
    for (size_t at = 0; at < length && status == STATUS_OK; at += piece)
        status = payload_feed(payload, text + at, length - at < piece ? length - at : piece, NULL);
    return status == STATUS_OK ? payload_finish(payload, NULL) : status;
}

static void test_pages(void **state)
{
    static const char text[] = PAGE "\n" HEAD("population-990106001", "\"4-c\"") ROWS "\n\n";
    (void)state;
    for (size_t piece = 1; piece < sizeof text; piece += 13) {
        struct payload payload;
        assert_int_equal(scan(&payload, text, piece), STATUS_OK);
        assert_int_equal(payload.page_count, 2);
        assert_int_equal(payload.rows, 4);
        const struct payload_page *first = &payload.pages[0], *second = &payload.pages[1];
        assert_null(first->since);
        assert_string_equal(first->last_seq, "\"2-b\"");
        assert_string_equal(second->since, "\"4-c\"");
        assert_string_equal(json_text(second->head, "database", ""), "population-990106001");
        assert_int_equal(text[first->rows_at - 1], '[');
        assert_int_equal(first->end, strlen(PAGE));
        assert_int_equal(text[second->rows_at - 1], '[');
        assert_int_equal(text[second->end - 1], '}');
        assert_int_equal(text[second->end], '\n');
        payload_release(&payload);
    }
}

static void expect(const char *text, enum status expected)
{
    struct payload payload;
    enum status status = scan(&payload, text, 11);
    if (status != expected)
        fail_msg("%s: %s", status_name(status), text);
    payload_release(&payload);
}

static void test_what_is_none(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "x",
        "[]",
        "{}",
        "{\"results\":[],\"last_seq\":1}",
        "{\"bundle\":{},\"results\":[],\"last_seq\":1}",
        "{\"bundle\":{\"version\":1},\"results\":[],\"last_seq\":1}",
        HEAD("", "null") ROWS,
        HEAD_OF("", "7", "990106001", "catalogue", "null") ROWS,
        HEAD_OF("office", "0", "990106001", "catalogue", "null") ROWS,
        HEAD_OF("office", "7", "9901060010000", "catalogue", "null") ROWS,
        HEAD("catalogue", "{}") ROWS,
        HEAD("catalogue", "null") "\"other\":1," ROWS,
        HEAD("catalogue", "null") "\"results\":[],\"pending\":0}",                /* no last_seq */
        HEAD("catalogue", "null") "\"results\":[],\"last_seq\":1,\"pending\":5}", /* more to come */
        PAGE "x",
        PAGE PAGE "{",
        PAGE HEAD_OF("another", "7", "990106001", "x", "null") ROWS,
        PAGE HEAD_OF("office", "8", "990106001", "x", "null") ROWS,
        PAGE HEAD_OF("office", "7", "990106002", "x", "null") ROWS,
        "{\"bundle\":{\"version\":1,\"direction\":\"up\",\"origin\":\"x\",\"number\":1,"
        "\"area\":\"990106001\",\"database\":\"requests\"},\"new_edits\":false,\"docs\":[]}",
    };
    (void)state;
    expect(PAGE, STATUS_OK);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect(texts[i], STATUS_INVALID);
    expect("{\"bundle\":{\"version\":2,\"direction\":\"down\"},\"results\":[],\"last_seq\":1}",
           STATUS_UNSUPPORTED);
}

/* Wherever it ends, it is not taken for a whole one. */
static void test_cut_anywhere(void **state)
{
    static const char text[] = PAGE;
    (void)state;
    for (size_t length = 0; length < strlen(text); length++) {
        char *cut = strndup(text, length);
        expect(cut, STATUS_INVALID);
        free(cut);
    }
}

static void test_a_head_is_bounded(void **state)
{
    struct buf text = {0};
    (void)state;
    buf_str(&text, "{\"bundle\":{\"version\":1,\"note\":\"");
    for (size_t i = 0; i < PAYLOAD_HEAD_MAX; i++)
        buf_char(&text, 'x');
    expect(buf_text(&text), STATUS_INVALID);
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_a_head_is_bounded),
    };
    return cmocka_run_group_tests_name("content of bundles", tests, NULL, NULL);
}
