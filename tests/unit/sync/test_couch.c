/* Where a feed ends, and whether a database is still the one it was: decisions over what an
 * upstream said, without an upstream. */
#include "sync/couch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_last_page(void **state)
{
    static const struct {
        int64_t rows, pending;
        bool last;
    } cases[] = {
        {10, 0, true},   {10, 5, false}, {10, -1, false}, /* as many as were asked for */
        {4, 0, true},    {4, 5, false},  {4, -1, true},   /* fewer */
        {0, 0, true},    {0, 5, true},   {0, -1, true},   /* none: asking again helps nobody */
        {12, -1, false},
    };
    const struct couch_query query = {.limit = 10};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct couch_page page = {.rows = cases[i].rows, .pending = cases[i].pending};
        assert_int_equal(couch_page_is_last(&query, &page), cases[i].last);
    }
}

static void test_same_life(void **state)
{
    char numbered[] = "12";
    char opaque[] = "\"12-abc\"";
    struct couch_info info = {.instance = "\"0\"", .update_seq = numbered};
    (void)state;
    assert_true(couch_is_same_life(&info, "\"0\"", "12"));
    assert_true(couch_is_same_life(&info, "\"0\"", "7"));
    assert_true(couch_is_same_life(&info, "\"0\"", ""));
    assert_false(couch_is_same_life(&info, "\"0\"", "13"));
    assert_false(couch_is_same_life(&info, "\"1\"", "12"));
    info.update_seq = opaque;
    assert_true(couch_is_same_life(&info, "\"0\"", "\"13-abd\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_last_page),
        cmocka_unit_test(test_same_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
