/* A plain row read without a parser says what the parser says of it; all others are parsed. */
#include "sync/changes.h"

#include "db/cache_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MUTATIONS       60000

#define ID "person:990106199003077635"
#define ROW(doc)                                                                                   \
    "{\"seq\":\"7-g1AA\",\"id\":\"" ID "\",\"changes\":[{\"rev\":\"1-a\"}],\"doc\":" doc "}"
#define DOC(members) "{\"_id\":\"" ID "\",\"_rev\":\"1-a\"" members "}"

/* What a row says, in one text; `plain` beside it. */
struct seen {
    struct buf text;
    bool plain;
    size_t rows;
};

static void see_body(struct seen *seen, const struct couch_row *row)
{
    if (row->body) {
        assert_int_equal(strlen(row->body), row->body_length);
        buf_str(&seen->text, row->body);
    } else if (row->doc) {
        assert_int_equal(record_print(row->doc, &seen->text, NULL), STATUS_OK);
    }
}

static enum status see_row(void *context, const struct couch_row *row, struct error *error)
{
    struct seen *seen = context;
    char *seq = NULL;
    if (row->seq)
        assert_int_equal(lines_sequence(row->seq, &seq, error), STATUS_OK);
    const char *since = row->body ? row->since : seq ? seq : "";
    seen->rows++;
    seen->plain = row->body != NULL;
    buf_printf(&seen->text, "id %s rev %s since %s deleted %d reason %s body ",
               row->id ? row->id : "-", row->rev ? row->rev : "-", since, row->deleted,
               row->reason ? row->reason : "-");
    see_body(seen, row);
    free(seq);
    return STATUS_OK;
}

static struct seen see(enum changes_form form, const char *row, size_t length)
{
    static const char head[] = "{\"results\":[\n", tail[] = "\n],\"last_seq\":1}";
    struct seen seen = {0};
    struct changes changes;
    changes_init(&changes, form, see_row, &seen);
    assert_int_equal(changes_feed(&changes, head, strlen(head), NULL), STATUS_OK);
    if (changes_feed(&changes, row, length, NULL) == STATUS_OK &&
        changes_feed(&changes, tail, strlen(tail), NULL) == STATUS_OK) {
        struct couch_page page = {0};
        if (changes_finish(&changes, &page, NULL) == STATUS_OK)
            buf_printf(&seen.text, " last %s", page.last_seq);
        couch_page_release(&page);
    }
    changes_release(&changes);
    return seen;
}

/* Whether the row was plain; both forms must agree. */
static bool is_plain(const char *row, size_t length)
{
    struct seen parsed = see(CHANGES_DOCUMENTS, row, length);
    struct seen read = see(CHANGES_RECORDS, row, length);
    assert_false(parsed.plain);
    assert_int_equal(parsed.rows, read.rows);
    assert_string_equal(buf_text(&parsed.text), buf_text(&read.text));
    buf_release(&parsed.text);
    buf_release(&read.text);
    return read.plain;
}

static const char *const plain[] = {
    ROW(DOC(",\"name\":\"张文涛\",\"sex\":\"1\",\"n\":12,\"list\":[\"a\",{\"b\":null}]")),
    ROW(DOC("")),
    ROW("{\"name\":\"a\",\"_id\":\"" ID "\",\"_x\":{\"a\":[1]},\"phone\":\"1\"}"),
    "{\"id\":\"a\",\"doc\":{\"_id\":\"a\",\"b\":true},\"changes\":[{\"x\":1,\"rev\":\"2-b\"}],"
    "\"seq\":12}",
    "{\"seq\":null,\"id\":\"a\",\"changes\":[{\"rev\":\"2-b\"}],\"doc\":{\"_id\":\"a\"}}",
    "{ \"seq\" : \"1\" , \"id\" : \"a\" , \"changes\" : [ { \"rev\" : \"2-b\" } ] , \"more\" : "
    "[1], "
    "\"doc\" : { \"_id\" : \"a\" , \"b\" : [ 1 , 2 ] } }",
};

static const char *const others[] = {
    ROW(DOC(",\"name\":\"a\\nb\"")),
    ROW(DOC(",\"amount\":1.50")),
    ROW(DOC(",\"a\":1,\"a\":2")),
    ROW(DOC(",\"a\":-0")),
    ROW("{\"_id\":\"another\"}"),
    ROW("{\"a\":1}"),
    ROW("null"),
    ROW("[]"),
    "{\"seq\":1,\"id\":\"\",\"changes\":[{\"rev\":\"1-a\"}],\"doc\":{\"_id\":\"\"}}",
    "{\"seq\":1,\"id\":\"a\",\"changes\":[],\"doc\":{\"_id\":\"a\"}}",
    "{\"seq\":1,\"id\":\"a\",\"changes\":[{\"rev\":\"2-b\"},{\"rev\":\"2-c\"}],\"doc\":{\"_id\":"
    "\"a\"}}",
    "{\"seq\":1,\"id\":\"a\",\"changes\":[{\"rev\":2}],\"doc\":{\"_id\":\"a\"}}",
    "{\"seq\":1,\"id\":\"a\",\"changes\":[{\"rev\":\"2-b\"}]}",
    "{\"seq\":true,\"id\":\"a\",\"changes\":[{\"rev\":\"2-b\"}],\"doc\":{\"_id\":\"a\"}}",
    "{\"seq\":1.5,\"id\":\"a\",\"changes\":[{\"rev\":\"2-b\"}],\"doc\":{\"_id\":\"a\"}}",
    "{\"seq\":1,\"id\":\"a\",\"id\":\"a\",\"changes\":[{\"rev\":\"2-b\"}],\"doc\":{\"_id\":\"a\"}}",
    "{\"seq\":1,\"id\":\"a\",\"changes\":[{\"rev\":\"2-b\"}],\"deleted\":true,"
    "\"doc\":{\"_id\":\"a\",\"_deleted\":true}}",
    "{\"seq\":1,\"id\":\"a\",\"changes\":[{\"rev\":\"2-b\"}],\"doc\":{\"_id\":\"a\"",
    "{\"seq\":1,\"id\":\"a\",\"changes\":[{\"rev\":\"2-b\"}],\"doc\":{\"_id\":\"a\"},}",
    "null",
};

static void test_plain_rows_need_no_parser(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        if (!is_plain(plain[i], strlen(plain[i])))
            fail_msg("parsed: %s", plain[i]);
}

static void test_all_others_are_parsed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (is_plain(others[i], strlen(others[i])))
            fail_msg("not parsed: %s", others[i]);
}

/* The parser counts the values of long rows. */
static void test_a_long_row_is_parsed(void **state)
{
    struct buf row = {0};
    (void)state;
    buf_str(
        &row,
        "{\"seq\":1,\"id\":\"a\",\"changes\":[{\"rev\":\"2-b\"}],\"doc\":{\"_id\":\"a\",\"t\":\"");
    for (int i = 0; i < 70000; i++)
        buf_char(&row, 'x');
    buf_str(&row, "\"}}");
    assert_false(is_plain(buf_text(&row), row.length));
    buf_release(&row);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static size_t mutate(char *text, size_t length, uint32_t *seed)
{
    static const char bytes[] = "\"\\{}[]:,0-1.eatn\x80\xE5";
    size_t at = next_random(seed) % length;
    switch (next_random(seed) % 3) {
    case 0:
        text[at] = bytes[next_random(seed) % (sizeof(bytes) - 1)];
        return length;
    case 1:
        memmove(text + at, text + at + 1, length - at - 1);
        return length - 1;
    default:
        memmove(text + at + 1, text + at, length - at);
        return length + 1;
    }
}

static void test_both_forms_agree_on_damaged_rows(void **state)
{
    char text[512];
    uint32_t seed = 20261122;
    size_t taken = 0;
    (void)state;
    for (size_t i = 0; i < MUTATIONS; i++) {
        const char *base = plain[i % COUNT_OF(plain)];
        size_t length = strlen(base);
        memcpy(text, base, length);
        for (uint32_t n = 1 + next_random(&seed) % 2; n > 0; n--)
            length = mutate(text, length, &seed);
        taken += is_plain(text, length);
    }
    assert_true(taken > MUTATIONS / 50 && taken < MUTATIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_rows_need_no_parser),
        cmocka_unit_test(test_all_others_are_parsed),
        cmocka_unit_test(test_a_long_row_is_parsed),
        cmocka_unit_test(test_both_forms_agree_on_damaged_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
