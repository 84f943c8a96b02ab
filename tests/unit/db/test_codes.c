#include "base/i18n.h"
#include "db/codes.h"
#include "tests/unit/base/support.h"

struct row {
    const char *system, *code, *title;
};

/* The catalogue directory does not exist: the names are not translations. */
static void speak(const char *language)
{
    assert_int_equal(i18n_start(language, "/nowhere", NULL), STATUS_OK);
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *title = code_title(rows[i].system, rows[i].code);
        if (rows[i].title)
            assert_string_equal(title, rows[i].title);
        else
            assert_null(title);
    }
}

static void test_chinese(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"GB/T 2261.1", "1", "男"},
        {"GB/T 2261.1-2003", "2", "女"},
        {"GB/T 2261.2", "20", "已婚"},
        {"GB/T 2261.2", "30", "丧偶"},
        {"GB/T 3304", "01", "汉族"},
        {"GB/T 3304", "53", "赫哲族"}, /* some systems number it 52 */
        {"GB/T 3304", "56", "基诺族"},
        {"GB/T 4761", "02", "户主"},
        {"GB/T 4761", "22", "长子"},
        {"GB/T 4658", "21", "大学本科毕业"},
        {"GB/T 4658", "81", "小学毕业"},
    };
    speak("zh_CN");
    check_rows(rows, COUNT_OF(rows));
}

static void test_english(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"GB/T 2261.1", "1", "male"},
        {"GB/T 3304", "05", "Uygur"},
        {"GB/T 4761", "12", "wife"},
    };
    speak("en");
    check_rows(rows, COUNT_OF(rows));
}

/* A code is never named without its system, and never by the table of another year. */
static void test_unknown(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"GB/T 4658-1984", "20", NULL},
        {"GB/T 9999", "1", NULL},
        {"GB/T 2261", "1", NULL},
        {"GB/T 2261.1", "3", NULL},
        {"GB/T 2261.1", "", NULL},
        {"", "1", NULL},
        {NULL, "1", NULL},
        {"GB/T 3304", NULL, NULL},
        {"GB/T 3304", "100", NULL},
        {"GB/T 2261.10", "1", NULL},
    };
    check_rows(rows, COUNT_OF(rows));
}

/* Number columns lose the leading zero; codes of one digit do not gain one. */
static void test_lost_zero(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"GB/T 3304", "1", "汉族"}, {"GB/T 4761", "2", "户主"}, {"GB/T 2261.1", "01", NULL}};
    speak("zh_CN");
    check_rows(rows, COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chinese),
        cmocka_unit_test(test_english),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_lost_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
