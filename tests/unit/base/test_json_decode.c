#include "base/json_decode.h"
#include "tests/unit/base/support.h"

static json_t *decode(const char *text)
{
    return json_decode(text, strlen(text));
}

/* What a row looks like must not fall back to the slow parser. */
static void ordinary_rows_are_taken(void **state)
{
    static const char *const rows[] = {
        "{\"seq\":\"12-g1AAA\",\"id\":\"person:1\",\"changes\":[{\"rev\":\"1-a\"}],\"doc\":{"
        "\"name\":"
        "\"张伟\",\"n\":-12,\"zero\":0,\"yes\":true,\"no\":false,\"none\":null,\"list\":[],"
        "\"deep\":[[{}]]}}",
        " [ 1 , 2 ]\r\n",
        "[\"a\\\"b\\\\c\\/d\\u5f20\\n\",\"\\u00e9\",\"𠮷\",\"é\",\"\"]",
        "{\"a\\u0062\":1}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *quick = decode(rows[i]);
        json_t *slow = json_loads(rows[i], JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(quick);
        assert_true(json_equal(quick, slow));
        json_decref(quick);
        json_decref(slow);
    }
}

/* Wrong, or unusual: both are the parser's business. */
static void anything_else_is_left(void **state)
{
    static const char *const texts[] = {
        "",
        "1",
        "\"a\"",
        "{",
        "[1",
        "[1,]",
        "[,1]",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "[1] 2",
        "[01]",
        "[-]",
        "[+1]",
        "[1.5]",
        "[1e3]",
        "[9223372036854775808]",
        "[tru]",
        "[nul",
        "[\"a]",
        "[\"\\x\"]",
        "[\"\\u12\"]",
        "[\"\\u0000\"]",
        "[\"\\ud83d\\ude00\"]",
        "[\"\\udc00\"]",
        "[\"a\nb\"]",
        "[\"\xFF\"]",
        "[\"\xC0\x80\"]",
        "[\"\xE4\xBC\"]",
        "[\"\xE0\x80\x80\"]",
        "[\"\xED\xA0\x80\"]",
        "[\"\xF4\x90\x80\x80\"]",
        "[1]\xEF\xBB\xBF",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_null(decode(texts[i]));
    assert_null(json_decode("[\"a\0b\"]", 7));
    assert_null(json_decode("[1]\0", 4));
}

static void limits_hold(void **state)
{
    struct buf text = {0};

    (void)state;
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        buf_char(&text, '[');
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        buf_char(&text, ']');
    json_t *deepest = json_decode(buf_text(&text), text.length);
    assert_non_null(deepest);
    json_decref(deepest);
    buf_clear(&text);
    for (int i = 0; i <= JSON_DEPTH_MAX; i++)
        buf_char(&text, '[');
    for (int i = 0; i <= JSON_DEPTH_MAX; i++)
        buf_char(&text, ']');
    assert_null(json_decode(buf_text(&text), text.length));
    buf_clear(&text);
    buf_str(&text, "[1");
    for (size_t i = 0; i < JSON_VALUES_MAX; i++)
        buf_str(&text, ",1");
    buf_char(&text, ']');
    assert_null(json_decode(buf_text(&text), text.length));
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_rows_are_taken),
        cmocka_unit_test(anything_else_is_left),
        cmocka_unit_test(limits_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
