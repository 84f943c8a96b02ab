#include "base/error.h"
#include "base/text.h"
#include "tests/unit/base/support.h"

#include <errno.h>

static void every_status_has_its_own_name(void **state)
{
    (void)state;
    for (int a = STATUS_OK; a <= STATUS_INTERNAL; a++)
        for (int b = STATUS_OK; b < a; b++)
            assert_string_not_equal(status_name((enum status)a), status_name((enum status)b));
    assert_string_equal(status_name(STATUS_OK), "ok");
    assert_string_equal(status_name(STATUS_INTERNAL), "internal");
    assert_string_equal(status_name((enum status)99), "internal");
}

static void fills_in_and_returns(void **state)
{
    struct error error = {0};

    (void)state;
    assert_int_equal(error_set(&error, STATUS_REFUSED, "No, %s.", "张三"), STATUS_REFUSED);
    assert_int_equal(error.status, STATUS_REFUSED);
    assert_int_equal(error.detail, 0);
    assert_string_equal(error.text, "No, 张三.");
    assert_int_equal(error_set_detail(&error, STATUS_UPSTREAM, 503, "Later."), STATUS_UPSTREAM);
    assert_int_equal(error.detail, 503);
    assert_int_equal(error_nomem(&error), STATUS_NOMEM);
    assert_true(strlen(error.text) > 0);
    assert_int_equal(error_set(NULL, STATUS_IO, "%d", 1), STATUS_IO);
    assert_int_equal(error_set_errno(NULL, ENOSPC, "x"), STATUS_FULL);
    assert_int_equal(error_nomem(NULL), STATUS_NOMEM);
    error_prefix(NULL, "x");
}

static void maps_errno(void **state)
{
    static const struct {
        int errnum;
        enum status status;
    } cases[] = {
        {ENOSPC, STATUS_FULL},      {EDQUOT, STATUS_FULL},    {ENOMEM, STATUS_NOMEM},
        {ENOENT, STATUS_NOT_FOUND}, {EACCES, STATUS_REFUSED}, {EROFS, STATUS_REFUSED},
        {ELOOP, STATUS_REFUSED},    {EIO, STATUS_IO},         {EINVAL, STATUS_IO},
        {99999, STATUS_IO},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error error = {0};
        assert_int_equal(error_set_errno(&error, cases[i].errnum, "Cannot read %s", "x"),
                         cases[i].status);
        assert_int_equal(error.detail, cases[i].errnum);
        assert_memory_equal(error.text, "Cannot read x: ", 15);
        assert_true(strlen(error.text) > 15);
    }
}

static void prefixes_keep_the_rest(void **state)
{
    struct error error = {0};

    (void)state;
    error_set_detail(&error, STATUS_CORRUPT, 11, "The file is damaged.");
    error_prefix(&error, "%s", "cache.db");
    assert_string_equal(error.text, "cache.db: The file is damaged.");
    assert_int_equal(error.status, STATUS_CORRUPT);
    assert_int_equal(error.detail, 11);
}

/* However the border falls, a text that is too long ends with a whole character. */
static void cuts_between_characters(void **state)
{
    char text[3 * ERROR_TEXT_MAX];

    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        struct error error = {0};
        memset(text, 'a', shift);
        for (size_t i = shift; i + 4 < sizeof text; i += 3)
            memcpy(text + i, "回", 4);
        error_set(&error, STATUS_INVALID, "%s", text);
        assert_true(strlen(error.text) > ERROR_TEXT_MAX - 4);
        assert_true(text_is_valid(error.text, strlen(error.text)));
        error_prefix(&error, "%.*s", (int)shift, "pre");
        assert_true(text_is_valid(error.text, strlen(error.text)));
        error_set_errno(&error, ENOENT, "%s", text);
        assert_true(text_is_valid(error.text, strlen(error.text)));
        error_set(&error, STATUS_INVALID, "short");
        error_prefix(&error, "%s", text);
        assert_true(text_is_valid(error.text, strlen(error.text)));
        assert_memory_equal(error.text, text, ERROR_TEXT_MAX - 8);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_own_name),
        cmocka_unit_test(fills_in_and_returns),
        cmocka_unit_test(maps_errno),
        cmocka_unit_test(prefixes_keep_the_rest),
        cmocka_unit_test(cuts_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
