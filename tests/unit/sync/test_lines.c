/* The splitter of `_changes` answers: layouts of CouchDB and PouchDB Server, damage, limits, and
 * the property that the way bytes are cut never matters. */
#include "sync/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Rows as seen, one per line, "!" before damaged ones. */
static enum status note_row(void *context, const char *text, size_t length, bool whole,
                            struct error *error)
{
    struct buf *seen = context;
    (void)error;
    if (!whole)
        buf_char(seen, '!');
    buf_bytes(seen, text, length);
    buf_char(seen, '\n');
    return STATUS_OK;
}

struct outcome {
    struct buf seen;
    enum status fed, finished;
    char *last_seq;
    int64_t pending, rows;
};

static void outcome_release(struct outcome *outcome)
{
    buf_release(&outcome->seen);
    free(outcome->last_seq);
}

/* Feeds `text` in pieces whose sizes come from `seed`; seed 0: in one piece. */
static struct outcome split(const char *text, size_t length, uint32_t seed)
{
    struct outcome outcome = {0};
    struct lines lines;
    lines_init(&lines, note_row, &outcome.seen);
    for (size_t at = 0; at < length && outcome.fed == STATUS_OK;) {
        seed = seed * 1664525U + 1013904223U;
        size_t piece = seed == 1013904223U ? length : 1 + (seed >> 24) % 40;
        if (piece > length - at)
            piece = length - at;
        outcome.fed = lines_feed(&lines, text + at, piece, NULL);
        at += piece;
    }
    outcome.finished = lines_finish(&lines, NULL);
    outcome.last_seq = lines.last_seq ? strdup(lines.last_seq) : NULL;
    outcome.pending = lines.pending;
    outcome.rows = lines.rows;
    lines_release(&lines);
    return outcome;
}

static void check(const char *text, const char *rows, const char *last_seq, int64_t pending)
{
    struct outcome outcome = split(text, strlen(text), 0);
    assert_int_equal(outcome.finished, STATUS_OK);
    assert_string_equal(buf_text(&outcome.seen), rows);
    assert_string_equal(outcome.last_seq, last_seq);
    assert_int_equal(outcome.pending, pending);
    outcome_release(&outcome);
}

static void test_couchdb_page(void **state)
{
    (void)state;
    check("{\"results\":[\n"
          "{\"seq\":\"1-g1A\",\"id\":\"a\",\"doc\":{\"n\":\"}]\\\"{\\\\\"}},\r\n"
          "{\"seq\":null,\"id\":\"张三\"}\n"
          "],\n\"last_seq\":\"2-g1B\",\"pending\":7}\n\n",
          "{\"seq\":\"1-g1A\",\"id\":\"a\",\"doc\":{\"n\":\"}]\\\"{\\\\\"}}\n"
          "{\"seq\":null,\"id\":\"张三\"}\n",
          "\"2-g1B\"", 7);
}

static void test_empty_page(void **state)
{
    (void)state;
    check("{\"results\":[],\"last_seq\":3,\"pending\":9223372036854775807}", "", "3", -1);
    check("{\"results\":[],\"last_seq\":3,\"pending\":-5}", "", "3", -1);
    check("{\"results\":[\n\n],\n\"last_seq\":\"0\",\"pending\":0}\n\n", "", "\"0\"", 0);
    check("\n{\"results\":[\n\n\n],\n\"last_seq\":12}\n", "", "12", -1);
}

static void test_pouchdb_page_is_one_line(void **state)
{
    (void)state;
    check("{\"results\":[{\"seq\":1,\"id\":\"a\"},{\"seq\":2,\"id\":\"b\"}],\"last_seq\":2}\n",
          "{\"seq\":1,\"id\":\"a\"}\n{\"seq\":2,\"id\":\"b\"}\n", "2", -1);
}

static void test_damage_stays_in_its_line(void **state)
{
    (void)state;
    /* a bracket too few, a bracket too many, a string that never ends, plain rubbish */
    check(
        "{\"results\":[\n{\"id\":\"a\",\r\n{\"id\":\"b\"}},\r\n{\"id\":\"c},\r\n"
        "<html>,\r\n{\"id\":\"d\"}\n],\n\"last_seq\":4,\"pending\":0}\n",
        "!{\"id\":\"a\",\r\n{\"id\":\"b\"}\n!},\r\n!{\"id\":\"c},\r\n!<html>,\r\n{\"id\":\"d\"}\n",
        "4", 0);
}

static void expect_failure(const char *text, enum status expected)
{
    struct outcome outcome = split(text, strlen(text), 0);
    assert_int_equal(outcome.finished, expected);
    outcome_release(&outcome);
}

static void test_not_a_page(void **state)
{
    (void)state;
    expect_failure("", STATUS_PORTAL);
    expect_failure("<html>login</html>", STATUS_PORTAL);
    expect_failure("{\"error\":\"x\"}", STATUS_PORTAL);
    expect_failure("{\"results\":[]}", STATUS_PORTAL);
    expect_failure("{\"results\":[],\"last_seq\":null}", STATUS_PORTAL);
    expect_failure("{\"results\":[],\"last_seq\":1} x", STATUS_PORTAL);
}

static void test_cut_page(void **state)
{
    (void)state;
    const char *page =
        "{\"results\":[\n{\"seq\":1,\"id\":\"a\"}\n],\n\"last_seq\":1,\"pending\":0}";
    for (size_t length = 1; length < strlen(page); length++) {
        struct outcome outcome = split(page, length, 0);
        assert_int_equal(outcome.finished, STATUS_OFFLINE);
        outcome_release(&outcome);
    }
    struct outcome outcome = split(page, strlen(page), 0);
    assert_int_equal(outcome.finished, STATUS_OK);
    outcome_release(&outcome);
}

/* {"x":"aaa…"} of `length` bytes. */
static void put_long_row(struct buf *out, size_t length)
{
    buf_str(out, "{\"x\":\"");
    for (size_t i = 8; i < length; i++)
        buf_char(out, 'a');
    buf_str(out, "\"}");
}

static void check_long_row(size_t length, bool expect_whole, const char *separator)
{
    struct buf page = {0};
    buf_str(&page, "{\"results\":[\n");
    put_long_row(&page, length);
    buf_printf(&page, "%s{\"id\":\"next\"}\n],\"last_seq\":2}", separator);
    struct outcome outcome = split(page.data, page.length, 7);
    const char *seen = buf_text(&outcome.seen);
    size_t kept = length < LINES_ROW_MAX ? length : LINES_ROW_MAX;
    assert_int_equal(outcome.finished, STATUS_OK);
    assert_int_equal(outcome.rows, 2);
    assert_int_equal(seen[0], expect_whole ? '{' : '!');
    assert_int_equal(strchr(seen, '\n') - seen, (ptrdiff_t)kept + !expect_whole);
    assert_string_equal(strchr(seen, '\n') + 1, "{\"id\":\"next\"}\n");
    outcome_release(&outcome);
    buf_release(&page);
}

static void test_longest_row(void **state)
{
    (void)state;
    check_long_row(LINES_ROW_MAX, true, ",\r\n");
    check_long_row(LINES_ROW_MAX + 1, false, ",\r\n");
    check_long_row(3 * LINES_ROW_MAX, false, ","); /* in a page without line feeds too */
}

static void test_cutting_does_not_matter(void **state)
{
    (void)state;
    static const char couchdb[] =
        "{\"results\":[\n{\"seq\":1,\"d\":{\"a\":[1,{\"b\":\"\\\\\\\"}\"}]}}"
        ",\r\n{\"seq\":2}\n],\n\"last_seq\":\"2-x\",\"pending\":3}\n\n";
    static const char pouchdb[] = "{\"results\":[{\"a\":\"\\\"\"},{\"b\":\"]\"}],\"last_seq\":2}\n";
    static const char damaged[] = "{\"results\":[\n{\"id\":\"a\",\r\n{]},\r\n junk \n{\"x\":\"\\\n]"
                                  ",\"last_seq\":1} \n";
    static const char *const pages[] = {couchdb, pouchdb, damaged};
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        struct outcome whole = split(pages[i], strlen(pages[i]), 0);
        for (uint32_t seed = 1; seed < 500; seed++) {
            struct outcome cut = split(pages[i], strlen(pages[i]), seed);
            assert_int_equal(cut.finished, whole.finished);
            assert_int_equal(cut.rows, whole.rows);
            assert_string_equal(buf_text(&cut.seen), buf_text(&whole.seen));
            outcome_release(&cut);
        }
        outcome_release(&whole);
    }
}

static enum status refuse_row(void *context, const char *text, size_t length, bool whole,
                              struct error *error)
{
    int *calls = context;
    (void)text;
    (void)length;
    (void)whole;
    ++*calls;
    return error_set(error, STATUS_FULL, "full");
}

static void test_refusal_is_sticky(void **state)
{
    (void)state;
    const char *page = "{\"results\":[{\"a\":1},{\"b\":2}],\"last_seq\":1}";
    struct lines lines;
    int calls = 0;
    lines_init(&lines, refuse_row, &calls);
    assert_int_equal(lines_feed(&lines, page, strlen(page), NULL), STATUS_FULL);
    assert_int_equal(lines_feed(&lines, page, strlen(page), NULL), STATUS_FULL);
    assert_int_equal(lines_finish(&lines, NULL), STATUS_FULL);
    assert_int_equal(calls, 1);
    lines_release(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_couchdb_page),
        cmocka_unit_test(test_empty_page),
        cmocka_unit_test(test_pouchdb_page_is_one_line),
        cmocka_unit_test(test_damage_stays_in_its_line),
        cmocka_unit_test(test_not_a_page),
        cmocka_unit_test(test_cut_page),
        cmocka_unit_test(test_longest_row),
        cmocka_unit_test(test_cutting_does_not_matter),
        cmocka_unit_test(test_refusal_is_sticky),
    };
    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
