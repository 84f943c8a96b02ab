/* Which document a row was about that cannot be parsed. */
#include "sync/salvage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *row, const char *id, const char *rev)
{
    struct buf seen_id = {0};
    struct buf seen_rev = {0};
    bool found = salvage_row(row, strlen(row), &seen_id, &seen_rev);

    assert_string_equal(buf_text(&seen_id), id);
    assert_string_equal(buf_text(&seen_rev), rev);
    assert_int_equal(found, id[0] != '\0');
    buf_release(&seen_id);
    buf_release(&seen_rev);
}

static void rows_of_both_servers(void **state)
{
    (void)state;
    expect("{\"seq\":\"7-g1AAA\",\"id\":\"person:1\",\"changes\":[{\"rev\":\"2-b\"}],"
           "\"doc\":{\"_id\":\"person:1\",\"n\":12345678901234567890}}",
           "person:1", "2-b");
    expect("{\"id\":\"person:1\",\"changes\":[{\"rev\":\"2-b\"}],\"doc\":{\"x\":\"a\\u0000\"},"
           "\"seq\":5}",
           "person:1", "2-b");
    expect(" { \"id\" : \"人 \\\"1\\\"/+\" , \"changes\" : [ ] }", "人 \"1\"/+", "");
}

/* The document may hold anything, also members with these names. */
static void only_members_of_the_row_count(void **state)
{
    (void)state;
    expect("{\"doc\":{\"id\":\"wrong\",\"changes\":[{\"rev\":\"9-w\"}]},\"id\":\"right\"}", "right",
           "");
    expect("{\"doc\":{\"a\":\"\\\"id\\\":1,}\",\"b\":[{},[\"]\"]]},\"id\":\"right\"}", "right", "");
    expect("{\"key\":\"id\",\"id\":\"right\"}", "right", "");
}

static void a_row_that_ends_early(void **state)
{
    static const char row[] =
        "{\"seq\":1,\"id\":\"p:1\",\"changes\":[{\"rev\":\"2-b\"}],\"doc\":{\"a\":\"bc";
    struct buf id = {0};
    struct buf rev = {0};

    (void)state;
    expect(row, "p:1", "2-b");
    expect("{\"doc\":{\"a\":\"bc", "", "");
    expect("{\"id\":\"p:", "", "");
    expect("{\"id\":\"p:1\"", "", "");
    for (size_t length = 0; length < sizeof row - 1; length++) { /* anywhere, without harm */
        buf_clear(&id);
        buf_clear(&rev);
        if (salvage_row(row, length, &id, &rev))
            assert_string_equal(buf_text(&id), "p:1");
    }
    buf_release(&id);
    buf_release(&rev);
}

static void rubbish_is_nobody(void **state)
{
    static const char *const rubbish[] = {"",
                                          "{",
                                          "}",
                                          "\"id\"",
                                          "{\"id\":17,}",
                                          "{\"id\":{}}",
                                          "<html>",
                                          "{\"id\":\"a\\",
                                          "[1,2]",
                                          "{{{\"id\"",
                                          "{\"id\":null,\"changes\":null}"};

    (void)state;
    for (size_t i = 0; i < sizeof rubbish / sizeof *rubbish; i++)
        expect(rubbish[i], "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_both_servers),
        cmocka_unit_test(only_members_of_the_row_count),
        cmocka_unit_test(a_row_that_ends_early),
        cmocka_unit_test(rubbish_is_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
