/*
 * The command line by itself: what is misuse and how it is said, help, version, the purity of
 * --json, keymaps. Needs no upstream.
 */
#include "tests/cli/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *nowhere(void)
{
    char *directory = make_directory();
    char *home = join_path(directory, "absent");

    remove_directory(directory);
    return home;
}

/* --- misuse ---------------------------------------------------------------------------------- */

struct misuse {
    const char *arguments[12];
    const char *sentence; /* part of what is said */
};

static const struct misuse misuses[] = {
    {{"frobnicate"}, "There is no command \"frobnicate\""},
    {{"account"}, "needs one of: add, list, passwd, lock, unlock"},
    {{"account", "burn"}, "\"account burn\" does not exist"},
    {{"status", "--frob"}, "There is no option --frob"},
    {{"status", "--home"}, "--home needs a value"},
    {{"status", "--json=yes"}, "--json takes no value"},
    {{"status", "--home", "a", "--home", "b"}, "--home was given twice"},
    {{"status", "-v"}, "options begin with two dashes"},
    {{"status", "extra"}, "\"extra\" is one word too many"},
    {{"--reveal", "x", "show", "person", "1"}, "There is no option --reveal"},
    {{"--="}, "There is no option --"},
    {{"--keymap", "vi", "status"}, "--keymap is for the interface: it does not go with \"status\""},
    {{"status", "--kiosk"}, "There is no option --kiosk"},
    {{"status", "--lang", "tlh"}, "choose zh_CN or en"},
    {{"init", "--area", "990106001", "--as", "a"}, "--upstream URL is missing"},
    {{"init", "--upstream", "http://127.0.0.1:1", "--area", "990106001"}, "--as ACCOUNT"},
    {{"init", "--upstream", "http://127.0.0.1:1", "--area", "990106001", "--as", "a",
      "--upstream-user", "u"},
     "go together"},
    {{"account", "add", "li"}, "--role ROLE,ROLE is missing"},
    {{"show", "person"}, "\"show\" needs more"},
    {{"request", "new", "--record", "x"}, "is missing"},
    {{"request", "return", "x"}, "--reason TEXT is missing"},
    {{"keymap", "check"}, "\"keymap\" needs more"},
    {{"help", "frobnicate"}, "There is no command"},
};

static struct outcome run_misuse(const struct misuse *misuse, bool json)
{
    const char *arguments[16] = {0};
    size_t count = 0;

    while (misuse->arguments[count]) {
        arguments[count] = misuse->arguments[count];
        count++;
    }
    bool has_language = false;
    for (size_t i = 0; i < count; i++)
        has_language = has_language || strcmp(arguments[i], "--lang") == 0;
    if (!has_language && strcmp(arguments[count - 1], "--home") != 0) {
        memmove(arguments + 2, arguments, count * sizeof *arguments);
        arguments[0] = "--lang";
        arguments[1] = "en";
        count += 2;
    }
    if (json) {
        memmove(arguments + 1, arguments, count * sizeof *arguments);
        arguments[0] = "--json";
    }
    return run_arguments(NULL, arguments);
}

static bool says(const struct outcome *outcome, const char *sentence)
{
    return strstr(buf_text(&outcome->err), sentence) != NULL;
}

static void test_misuse_is_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof misuses / sizeof misuses[0]; i++) {
        struct outcome outcome = run_misuse(&misuses[i], false);
        bool language = strstr(misuses[i].sentence, "zh_CN") != NULL;
        bool home = strstr(misuses[i].sentence, "--home needs") != NULL;
        if (outcome.code != 2)
            fail_msg("misuse %zu: code %d, %s", i, outcome.code, buf_text(&outcome.err));
        /* Two of them cannot ask for English: there a sentence in any language is enough. */
        if (!language && !home && !says(&outcome, misuses[i].sentence))
            fail_msg("misuse %zu: %s", i, buf_text(&outcome.err));
        assert_true(says(&outcome, "huiliu: "));
        assert_int_equal(outcome.out.length, 0);
        outcome_release(&outcome);
    }
}

static void test_misuse_in_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof misuses / sizeof misuses[0]; i++) {
        struct outcome outcome = run_misuse(&misuses[i], true);
        if (strstr(misuses[i].sentence, "--json takes")) {
            outcome_release(&outcome);
            continue;
        }
        assert_int_equal(outcome.code, 2);
        assert_string_equal(outcome_error(&outcome), "usage");
        outcome_release(&outcome);
    }
}

static void test_usage_line_follows(void **state)
{
    struct outcome outcome = run(NULL, "check", "--name", "x", "--lang", "en", NULL);

    (void)state;
    assert_int_equal(outcome.code, 2);
    assert_true(says(&outcome, "Usage: huiliu check --name NAME --id NUMBER"));
    outcome_release(&outcome);
}

static void test_long_and_broken_arguments(void **state)
{
    char *long_word = malloc(40000);

    (void)state;
    assert_non_null(long_word);
    memset(long_word, 'x', 39999);
    long_word[39999] = '\0';
    struct outcome outcome = run(NULL, "--json", "search", long_word, NULL);
    assert_int_equal(outcome.code, 2);
    assert_string_equal(outcome_error(&outcome), "usage");
    outcome_release(&outcome);
    free(long_word);

    outcome = run(NULL, "--json", "\xff\xfe\x1b[31m", NULL);
    assert_int_equal(outcome.code, 2);
    assert_string_equal(outcome_error(&outcome), "usage");
    assert_null(strchr(buf_text(&outcome.err), '\x1b'));
    outcome_release(&outcome);

    outcome = run(NULL, "", NULL);
    assert_int_equal(outcome.code, 2);
    outcome_release(&outcome);
}

/* --- help ------------------------------------------------------------------------------------ */

static void test_help_names_every_command(void **state)
{
    static const char *const words[] = {
        "init",         "account add",  "sync",        "search",           "show",
        "verify",       "check",        "request new", "request approve",  "status",
        "dataset list", "keymap check", "doctor",      "--passphrase-file"};
    struct outcome outcome = run(NULL, "help", "--lang", "en", NULL);

    (void)state;
    assert_int_equal(outcome.code, 0);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!strstr(buf_text(&outcome.out), words[i]))
            fail_msg("help does not name %s", words[i]);
    }
    outcome_release(&outcome);
}

static void test_every_command_has_help(void **state)
{
    static const char *const commands[] = {"init",    "sync",    "search",  "show",
                                           "verify",  "check",   "status",  "doctor",
                                           "account", "request", "dataset", "keymap"};

    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct outcome outcome = run(NULL, commands[i], "--help", "--lang", "en", NULL);
        assert_int_equal(outcome.code, 0);
        assert_non_null(strstr(buf_text(&outcome.out), "Usage: huiliu "));
        assert_int_equal(outcome.err.length, 0);
        outcome_release(&outcome);
        outcome = run(NULL, "help", commands[i], "--json", "--lang", "en", NULL);
        assert_int_equal(outcome.code, 0);
        assert_non_null(strstr(json_text(outcome_json(&outcome), "help", ""), commands[i]));
        outcome_release(&outcome);
    }
}

static void test_version(void **state)
{
    struct outcome outcome = run(NULL, "--version", NULL);

    (void)state;
    assert_int_equal(outcome.code, 0);
    assert_memory_equal(buf_text(&outcome.out), "huiliu ", 7);
    outcome_release(&outcome);
    outcome = run(NULL, "--json", "--version", NULL);
    assert_true(json_text(outcome_json(&outcome), "version", "")[0] != '\0');
    outcome_release(&outcome);
}

/* --- without a home -------------------------------------------------------------------------- */

static void test_without_home(void **state)
{
    static const char *const commands[] = {"status", "sync", "doctor"};
    char *home = nowhere();

    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct outcome outcome = run(NULL, commands[i], "--home", home, "--json", NULL);
        assert_int_equal(outcome.code, 1);
        assert_string_equal(outcome_error(&outcome), "not_found");
        outcome_release(&outcome);
    }
    free(home);
}

static void test_interface_needs_terminal(void **state)
{
    struct outcome outcome = run(NULL, "--lang", "en", NULL);

    (void)state;
    assert_int_equal(outcome.code, 1);
    assert_true(says(&outcome, "terminal"));
    assert_int_equal(outcome.out.length, 0);
    outcome_release(&outcome);
}

static void test_full_disk_is_reported(void **state)
{
    (void)state;
    /* /dev/full takes every write and fails it: the answer must not be called a success. */
    char command[4096];
    snprintf(command, sizeof command, "exec '%s' help --lang en >/dev/full 2>&1",
             program_path("huiliu"));
    assert_int_equal(WEXITSTATUS(system(command)), 1);
}

/* --- keymaps --------------------------------------------------------------------------------- */

static void test_keymap_list(void **state)
{
    struct outcome outcome = run(NULL, "keymap", "list", "--json", NULL);
    const json_t *one;
    size_t index;
    bool has_default = false;

    (void)state;
    assert_int_equal(outcome.code, 0);
    json_array_foreach(json_object_get(outcome_json(&outcome), "keymaps"), index, one)
    {
        assert_int_equal(json_int(one, "errors", -1), 0);
        has_default = has_default || strcmp(json_text(one, "name", ""), "default") == 0;
    }
    assert_true(has_default);
    outcome_release(&outcome);

    outcome = run(NULL, "keymap", "list", "default", "--json", NULL);
    assert_int_equal(outcome.code, 0);
    assert_true(json_array_size(json_object_get(outcome_json(&outcome), "bindings")) > 20);
    outcome_release(&outcome);

    outcome = run(NULL, "keymap", "list", "no-such-map", "--json", NULL);
    assert_int_equal(outcome.code, 1);
    assert_string_equal(outcome_error(&outcome), "not_found");
    outcome_release(&outcome);
}

static void test_keymap_check(void **state)
{
    char *directory = make_directory();
    char *bad = write_file(directory, "bad.keys", "[list]\n<F5> no-such-command\n");

    (void)state;
    struct outcome outcome = run(NULL, "keymap", "check", bad, "--json", NULL);
    assert_int_equal(outcome.code, 1);
    const json_t *value = outcome_json(&outcome);
    assert_true(json_int(value, "errors", 0) >= 1);
    const json_t *problem = json_array_get(json_object_get(value, "problems"), 0);
    assert_int_equal(json_int(problem, "line", 0), 2);
    assert_int_equal(json_int(problem, "column", 0), 6);
    outcome_release(&outcome);

    outcome = run(NULL, "keymap", "check", bad, "--lang", "en", NULL);
    assert_int_equal(outcome.code, 1);
    assert_non_null(strstr(buf_text(&outcome.out), "bad.keys:2:6:"));
    outcome_release(&outcome);

    outcome = run(NULL, "keymap", "check", "/no/such/file", "--json", NULL);
    assert_int_equal(outcome.code, 1);
    outcome_release(&outcome);
    free(bad);
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_misuse_is_explained),
        cmocka_unit_test(test_misuse_in_json),
        cmocka_unit_test(test_usage_line_follows),
        cmocka_unit_test(test_long_and_broken_arguments),
        cmocka_unit_test(test_help_names_every_command),
        cmocka_unit_test(test_every_command_has_help),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_without_home),
        cmocka_unit_test(test_interface_needs_terminal),
        cmocka_unit_test(test_full_disk_is_reported),
        cmocka_unit_test(test_keymap_list),
        cmocka_unit_test(test_keymap_check),
    };

    return cmocka_run_group_tests_name("command line", tests, NULL, NULL);
}
