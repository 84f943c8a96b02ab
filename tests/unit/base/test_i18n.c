#include "base/buf.h"
#include "base/file.h"
#include "base/i18n.h"
#include "tests/unit/base/support.h"

#include <langinfo.h>
#include <locale.h>

/* A message catalogue in GNU's binary format (gettext manual, "MO Files"): one header entry and
 * one message. */
static void write_catalogue(const char *path, const char *message, const char *translation)
{
    static const char header[] = "Content-Type: text/plain; charset=UTF-8\n";
    uint32_t message_size = (uint32_t)strlen(message);
    uint32_t header_size = (uint32_t)strlen(header);
    uint32_t texts = 7 * 4 + 4 * 8;
    uint32_t head[] = {0x950412DE, 0, 2, 28, 28 + 16, 0, texts,
                       /* originals: length, offset */
                       0, texts, message_size, texts + 1,
                       /* translations: length, offset */
                       header_size, texts + message_size + 2, (uint32_t)strlen(translation),
                       texts + message_size + 2 + header_size + 1};
    struct buf out = {0};

    buf_bytes(&out, head, sizeof head);
    buf_bytes(&out, "", 1);
    buf_bytes(&out, message, message_size + 1);
    buf_bytes(&out, header, sizeof header);
    buf_bytes(&out, translation, strlen(translation) + 1);
    write_file(path, out.data, out.length);
    buf_release(&out);
}

static void starts_in_chinese_unless_told_otherwise(void **state)
{
    struct error error = {0};

    (void)state;
    unsetenv("LANGUAGE");
    assert_string_equal(i18n_language(), "zh_CN");
    assert_true(i18n_is_chinese());
    assert_int_equal(i18n_start("fr", "/none", &error), STATUS_INVALID);
    assert_non_null(strstr(error.text, "fr"));
    assert_int_equal(i18n_start("", "/none", NULL), STATUS_INVALID);
}

static void translates_by_language(void **state)
{
    char catalogues[PATH_MAX];

    setenv("LC_ALL", "C", 1); /* a session without any locale */
    assert_int_equal(file_make_directory(scratch_path(state, "zh_CN/LC_MESSAGES"), NULL),
                     STATUS_OK);
    write_catalogue(scratch_path(state, "zh_CN/LC_MESSAGES/huiliu.mo"), "Search", "查找");
    strcpy(catalogues, ((struct scratch *)*state)->directory);
    assert_int_equal(i18n_start("zh_CN", catalogues, NULL), STATUS_OK);
    assert_true(i18n_is_chinese());
    assert_string_equal(_("Search"), "查找");
    assert_string_equal(_("Not in the catalogue"), "Not in the catalogue");
    assert_string_equal(nl_langinfo(CODESET), "UTF-8");
    assert_int_equal(i18n_start("en", catalogues, NULL), STATUS_OK);
    assert_false(i18n_is_chinese());
    assert_string_equal(i18n_language(), "en");
    assert_string_equal(_("Search"), "Search");
}

static void numbers_keep_their_point(void **state)
{
    (void)state;
    assert_string_equal(setlocale(LC_NUMERIC, NULL), "C");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_in_chinese_unless_told_otherwise),
        cmocka_unit_test(translates_by_language),
        cmocka_unit_test(numbers_keep_their_point),
    };

    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
