#include "base/conf.h"
#include "base/file.h"
#include "tests/unit/base/support.h"

static struct conf *load(const char *path)
{
    struct conf *conf = NULL;
    struct error error = {0};

    if (conf_load(path, &conf, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    return conf;
}

static void reads_an_ini_file(void **state)
{
    static const char text[] = "\xEF\xBB\xBF# a comment\r\n"
                               "[upstream]\r\n"
                               "url = https://example.cn/ ; the province\r\n"
                               "retries: 12\n"
                               "\n"
                               "[station]\n"
                               "name = 西乡街道  便民服务中心  \n"
                               "empty =\n"
                               "odd = 12x\n"
                               "huge = 99999999999999999999\n";
    const char *path = scratch_path(state, "read.conf");

    write_file(path, text, sizeof text - 1);
    struct conf *conf = load(path);
    assert_string_equal(conf_get(conf, "upstream.url", NULL), "https://example.cn/");
    assert_string_equal(conf_get(conf, "station.name", NULL), "西乡街道  便民服务中心");
    assert_string_equal(conf_get(conf, "station.empty", "x"), "");
    assert_string_equal(conf_get(conf, "station.none", "x"), "x");
    assert_null(conf_get(conf, "none.none", NULL));
    assert_int_equal(conf_get_long(conf, "upstream.retries", 3), 12);
    assert_int_equal(conf_get_long(conf, "station.odd", 3), 3);
    assert_int_equal(conf_get_long(conf, "station.huge", 3), 3);
    assert_int_equal(conf_get_long(conf, "station.empty", 3), 3);
    assert_int_equal(conf_get_long(conf, "station.none", -3), -3);
    conf_free(conf);
    conf_free(NULL);
}

static void names_the_line_it_cannot_read(void **state)
{
    char long_line[300];
    const struct {
        const char *text;
        size_t length;
        int line;
    } cases[] = {
        {"[a]\nno value\n", 13, 2},     {"outside = 1\n", 12, 1},
        {"[a]\nb = 1\nb = 2\n", 16, 3}, {"[a]\nb = 1\n  continued\n", 22, 3},
        {"[a\nb = 1\n", 9, 1},          {"[a]\nb = \xFF\n", 10, 2},
        {"[a]\nb = 1\0\n", 11, 2},      {long_line, sizeof long_line, 2},
    };
    const char *path = scratch_path(state, "bad.conf");

    memset(long_line, '=', sizeof long_line);
    memcpy(long_line, "[a]\nb = ", 8);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct conf *conf = NULL;
        struct error error = {0};
        char line[32];
        write_file(path, cases[i].text, cases[i].length);
        assert_int_equal(conf_load(path, &conf, &error), STATUS_INVALID);
        assert_null(conf);
        snprintf(line, sizeof line, "Line %d ", cases[i].line);
        assert_memory_equal(error.text, line, strlen(line));
        assert_non_null(strstr(error.text, path));
    }
}

static void says_when_there_is_no_file(void **state)
{
    struct conf *conf = NULL;
    struct error error = {0};

    assert_int_equal(conf_load(scratch_path(state, "none.conf"), &conf, &error), STATUS_NOT_FOUND);
    assert_null(conf);
}

static void set(struct conf *conf, const char *key, const char *value)
{
    struct error error = {0};

    if (conf_set(conf, key, value, &error) != STATUS_OK)
        fail_msg("%s = %s: %s", key, value, error.text);
}

static void what_is_set_comes_back(void **state)
{
    static const struct {
        const char *key, *value;
    } settings[] = {
        {"upstream.url", "https://u@h/a?b=c#d;e"},
        {"station.name", "西乡街道"},
        {"upstream.ca", "/etc/ssl/[x]"},
        {"station.empty", ""},
        {"policy.ttl.person", "7"},
        {"policy.quoted", "\"a b\""},
        {"upstream.colon", "a:b"},
    };
    const char *path = scratch_path(state, "written.conf");
    struct conf *conf = conf_new();
    struct buf text = {0};

    for (size_t i = 0; i < COUNT_OF(settings); i++)
        set(conf, settings[i].key, settings[i].value);
    assert_int_equal(conf_save(conf, path, NULL), STATUS_OK);
    conf_free(conf);
    conf = load(path);
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        assert_string_equal(conf_get(conf, settings[i].key, NULL), settings[i].value);
    conf_free(conf);
    assert_int_equal(file_read(path, 10000, &text, NULL), STATUS_OK);
    assert_string_equal(buf_text(&text), "[upstream]\n"
                                         "url = https://u@h/a?b=c#d;e\n"
                                         "ca = /etc/ssl/[x]\n"
                                         "colon = a:b\n"
                                         "\n[station]\n"
                                         "name = 西乡街道\n"
                                         "empty = \n"
                                         "\n[policy]\n"
                                         "ttl.person = 7\n"
                                         "quoted = \"a b\"\n");
    buf_release(&text);
}

static void replaces_and_removes(void **state)
{
    struct conf *conf = conf_new();

    (void)state;
    set(conf, "a.one", "1");
    set(conf, "a.two", "2");
    set(conf, "a.three", "3");
    set(conf, "a.two", "22");
    assert_string_equal(conf_get(conf, "a.two", NULL), "22");
    set(conf, "a.one", NULL);
    set(conf, "a.one", NULL);
    assert_null(conf_get(conf, "a.one", NULL));
    assert_int_equal(conf_get_long(conf, "a.two", 0), 22);
    assert_int_equal(conf_get_long(conf, "a.three", 0), 3);
    conf_free(conf);
}

static void refuses_what_would_not_come_back(void **state)
{
    char too_long[300];
    const struct {
        const char *key, *value;
    } cases[] = {
        {"noname", "1"}, {"a.", "1"},    {".b", "1"},    {"", "1"},       {"a.b", "1\n[x]\ny=2"},
        {"a.b", "1\r"},  {"a.b", " 1"},  {"a.b", "1 "},  {"a.b", "x ;y"}, {"a.b", ";y"},
        {"a.b", "\xFF"}, {"a.b=c", "1"}, {"a.b:c", "1"}, {"a].b", "1"},   {"a.;b", "1"},
        {"a.#b", "1"},   {"a.[b", "1"},  {"a. b", "1"},  {"a.b ", "1"},   {"a.b", too_long},
        {too_long, "1"}, {"a\n.b", "1"},
    };
    struct conf *conf = conf_new();

    (void)state;
    memset(too_long, 'x', sizeof too_long);
    too_long[2] = '.';
    too_long[sizeof too_long - 1] = '\0';
    set(conf, "a.b", "before");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error error = {0};
        if (conf_set(conf, cases[i].key, cases[i].value, &error) != STATUS_INVALID)
            fail_msg("case %zu was accepted", i);
        assert_true(strlen(error.text) > 0);
    }
    assert_string_equal(conf_get(conf, "a.b", NULL), "before");
    conf_free(conf);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_an_ini_file),
        cmocka_unit_test(names_the_line_it_cannot_read),
        cmocka_unit_test(says_when_there_is_no_file),
        cmocka_unit_test(what_is_set_comes_back),
        cmocka_unit_test(replaces_and_removes),
        cmocka_unit_test(refuses_what_would_not_come_back),
    };

    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
