#include "base/buf.h"
#include "tests/unit/base/support.h"

static void grows_and_stays_terminated(void **state)
{
    struct buf buf = {0};

    (void)state;
    assert_string_equal(buf_text(&buf), "");
    for (int i = 0; i < 10000; i++) {
        buf_printf(&buf, "%04d", i);
        assert_int_equal(buf.length, 4 * ((size_t)i + 1));
        assert_int_equal(buf.data[buf.length], '\0');
    }
    assert_memory_equal(buf.data + 4 * 1234, "1234", 4);
    assert_false(buf_failed(&buf));
    buf_release(&buf);
    assert_null(buf.data);
}

static void appends_every_kind(void **state)
{
    struct buf buf = {0};

    (void)state;
    buf_bytes(&buf, NULL, 0);
    buf_str(&buf, "a");
    buf_char(&buf, '\0');
    buf_codepoint(&buf, 0x5F20);
    buf_codepoint(&buf, 0xD800); /* impossible: nothing */
    buf_printf(&buf, "%s%d", "x", 7);
    assert_int_equal(buf.length, 7);
    assert_memory_equal(buf.data, "a\0张x7", 8);
    buf_release(&buf);
}

static void failure_is_sticky(void **state)
{
    struct buf buf = {.limit = 5};

    (void)state;
    buf_str(&buf, "12345");
    assert_false(buf_failed(&buf));
    buf_char(&buf, '6');
    assert_true(buf_failed(&buf));
    assert_string_equal(buf_text(&buf), "12345");
    buf_bytes(&buf, "", 0);
    buf_consume(&buf, 4);
    buf_str(&buf, "x");
    assert_string_equal(buf_text(&buf), "5");
    assert_null(buf_take(&buf));
    buf_str(&buf, "again");
    assert_false(buf_failed(&buf));
    buf_printf(&buf, "%s", "over");
    assert_true(buf_failed(&buf));
    buf_clear(&buf);
    assert_false(buf_failed(&buf));
    assert_string_equal(buf_text(&buf), "");
    buf_release(&buf);
    assert_int_equal(buf.limit, 5);
}

static void refuses_impossible_lengths(void **state)
{
    struct buf buf = {0};

    (void)state;
    buf_str(&buf, "x");
    buf_bytes(&buf, "y", SIZE_MAX);
    assert_true(buf_failed(&buf));
    buf_clear(&buf);
    buf_bytes(&buf, "y", SIZE_MAX - 1);
    assert_true(buf_failed(&buf));
    buf_release(&buf);
}

static void consumes_from_the_front(void **state)
{
    struct buf buf = {0};

    (void)state;
    buf_consume(&buf, 3);
    buf_str(&buf, "one two");
    buf_consume(&buf, 4);
    assert_string_equal(buf_text(&buf), "two");
    buf_consume(&buf, 99);
    assert_string_equal(buf_text(&buf), "");
    assert_int_equal(buf.length, 0);
    buf_release(&buf);
}

static void hands_its_content_over(void **state)
{
    struct buf buf = {0};

    (void)state;
    char *empty = buf_take(&buf);
    assert_string_equal(empty, "");
    free(empty);
    buf_str(&buf, "mine");
    char *mine = buf_take(&buf);
    assert_string_equal(mine, "mine");
    assert_int_equal(buf.length, 0);
    assert_null(buf.data);
    free(mine);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_stays_terminated), cmocka_unit_test(appends_every_kind),
        cmocka_unit_test(failure_is_sticky),          cmocka_unit_test(refuses_impossible_lengths),
        cmocka_unit_test(consumes_from_the_front),    cmocka_unit_test(hands_its_content_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
