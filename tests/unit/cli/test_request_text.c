/* The queue on standard output: what a row shows to whom. */
#include "cli/request_text.h"

#include "tests/unit/base/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct session clerk = {"li", ACCOUNT_CLERK};

static char *printed(int grade)
{
    const struct request_row row = {.id = "request:01",
                                    .kind = "correction",
                                    .dataset = "population",
                                    .record = "person:1",
                                    .subject_kind = "person",
                                    .subject = "990106199003077657",
                                    .subject_name = "张伟",
                                    .maker = "li",
                                    .station = "",
                                    .summary = "号码：1 → 2",
                                    .summary_grade = grade,
                                    .delivery_reason = ""};
    const struct request_list list = {.rows = &row, .count = 1};
    struct output *output = NULL;
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);

    assert_non_null(stream);
    assert_int_equal(output_new(false, stream, stream, &output, NULL), STATUS_OK);
    request_list_print(output, &clerk, &list);
    assert_int_equal(output_finish(output, NULL), STATUS_OK);
    output_free(output);
    fclose(stream);
    return text;
}

static void summaries_are_for_those_who_see_the_field(void **state)
{
    char *seen = printed(3);
    char *masked = printed(4);

    (void)state;
    assert_non_null(strstr(seen, "号码：1 → 2"));
    assert_null(strstr(masked, "号码：1 → 2"));
    assert_non_null(strstr(masked, "masked"));
    assert_non_null(strstr(masked, "张伟"));
    free(seen);
    free(masked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summaries_are_for_those_who_see_the_field),
    };

    return cmocka_run_group_tests_name("request_text", tests, NULL, NULL);
}
