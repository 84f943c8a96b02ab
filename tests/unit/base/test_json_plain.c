/* What is read without a parser is what the parser would have read; the rest is refused. */
#include "base/json.h"
#include "base/json_plain.h"
#include "tests/unit/base/support.h"

#define MUTATIONS 60000

static const char *const plain[] = {
    "{}",
    "[]",
    "{\"a\":1}",
    " { \"a\" : [ 1 , 2 , -3 ] , \"b\" : { } }\r\n",
    "[true,false,null,0,-1,123456789012345678]",
    "{\"姓名\":\"张文涛\",\"地址\":\"云汀省 12号\",\"\":\"\"}",
    "[\"\x7F\",\"\xC2\x80\",\"\xE0\xA0\x80\",\"\xED\x9F\xBF\",\"\xEE\x80\x80\","
    "\"\xF0\x90\x80\x80\",\"\xF4\x8F\xBF\xBF\"]",
    "[[[[[[[{\"a\":1}]]]]]]]",
    "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":2}}",
};

static const char *const refused[] = {
    "",
    " ",
    "{",
    "}",
    "{\"",
    "{\"}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"b\":2,\"c\":3,\"b\":4}",
    "{\"x\":[{\"a\":1,\"a\":1}]}",
    "{a:1}",
    "[1,2",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1}",
    "{\"a\":1]",
    "[01]",
    "[-0]",
    "[-]",
    "[+1]",
    "[1.5]",
    "[1e3]",
    "[1E3]",
    "[1234567890123456789]",
    "[truex]",
    "[tru]",
    "[NaN]",
    "[\"a]",
    "[\"a\\n\"]",
    "[\"\\u0041\"]",
    "[\"a\nb\"]",
    "[\"\t\"]",
    "[\"\xFF\"]",
    "[\"\x80\"]",
    "[\"\xC0\xAF\"]",
    "[\"\xC1\xBF\"]",
    "[\"\xE0\x9F\xBF\"]",
    "[\"\xED\xA0\x80\"]",
    "[\"\xF0\x8F\xBF\xBF\"]",
    "[\"\xF4\x90\x80\x80\"]",
    "[\"\xF5\x80\x80\x80\"]",
    "[\"\xE5\xBC\"]",
    "[[[[[[[[[1]]]]]]]]]",
    "{}{}",
    "[] x",
};

static bool copy_plain(const char *text, size_t length, struct buf *copy)
{
    struct json_plain cursor = {text, text + length};

    buf_clear(copy);
    return json_plain_value(&cursor, copy) && json_plain_is_over(&cursor);
}

/* Both ways; false when the text is not plain. */
static bool is_as_parsed(const char *text, size_t length)
{
    struct buf copy = {0};
    struct buf printed = {0};
    struct error error = {0};
    json_t *value = NULL;
    bool taken = copy_plain(text, length, &copy);

    if (taken && json_parse(text, length, &value, &error) != STATUS_OK)
        fail_msg("plain, but no JSON (%s): %.*s", error.text, (int)length, text);
    if (taken) {
        assert_int_equal(json_print(value, &printed, &error), STATUS_OK);
        assert_string_equal(buf_text(&copy), buf_text(&printed));
    }
    json_decref(value);
    buf_release(&copy);
    buf_release(&printed);
    return taken;
}

static void takes_what_is_plain(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        if (!is_as_parsed(plain[i], strlen(plain[i])))
            fail_msg("refused: %s", plain[i]);
}

static void refuses_all_else(void **state)
{
    struct buf copy = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        if (copy_plain(refused[i], strlen(refused[i]), &copy))
            fail_msg("taken: %s", refused[i]);
    buf_release(&copy);
}

/* A text that ends anywhere is read to its end and no further. */
static void is_never_content_with_a_beginning(void **state)
{
    struct buf copy = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        for (size_t length = 0; length < strcspn(plain[i], "\r"); length++) {
            char *exact = malloc(length + 1); /* so that the sanitizer sees a step too far */
            assert_non_null(exact);
            memcpy(exact, plain[i], length);
            if (copy_plain(exact, length, &copy))
                fail_msg("taken: %.*s", (int)length, plain[i]);
            free(exact);
        }
    buf_release(&copy);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* One byte is another, is gone, or stands twice. */
static size_t mutate(char *text, size_t length, uint32_t *seed)
{
    static const char bytes[] = "\"\\{}[]:,0-1.eatn \x80\xE5\xED\xF0";
    size_t at = next_random(seed) % length;

    switch (next_random(seed) % 3) {
    case 0:
        text[at] = bytes[next_random(seed) % (sizeof bytes - 1)];
        return length;
    case 1:
        memmove(text + at, text + at + 1, length - at - 1);
        return length - 1;
    default:
        memmove(text + at + 1, text + at, length - at);
        return length + 1;
    }
}

static void never_takes_more_than_the_parser(void **state)
{
    char text[512];
    uint32_t seed = 20260122;
    size_t taken = 0;

    (void)state;
    for (size_t i = 0; i < MUTATIONS; i++) {
        const char *base = plain[2 + i % (COUNT_OF(plain) - 2)];
        size_t length = strlen(base);
        memcpy(text, base, length);
        for (uint32_t n = 1 + next_random(&seed) % 3; n > 0 && length > 0; n--)
            length = mutate(text, length, &seed);
        taken += is_as_parsed(text, length);
    }
    assert_true(taken > MUTATIONS / 50 && taken < MUTATIONS);
}

static void counts_members(void **state)
{
    struct buf text = {0};

    (void)state;
    for (int count = JSON_PLAIN_MEMBERS; count <= JSON_PLAIN_MEMBERS + 1; count++) {
        buf_clear(&text);
        for (int i = 0; i < count; i++)
            buf_printf(&text, "%c\"m%d\":%d", i ? ',' : '{', i, i);
        buf_char(&text, '}');
        assert_int_equal(is_as_parsed(buf_text(&text), text.length), count == JSON_PLAIN_MEMBERS);
    }
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_is_plain),
        cmocka_unit_test(refuses_all_else),
        cmocka_unit_test(is_never_content_with_a_beginning),
        cmocka_unit_test(never_takes_more_than_the_parser),
        cmocka_unit_test(counts_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
