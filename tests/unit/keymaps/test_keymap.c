/* Keymap files: what they bind, what is wrong with them, and that ours have nothing wrong. */
#include "base/i18n.h"
#include "base/text.h"
#include "keymaps/keymap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Help, back and quit, so that only what a test is about is reported. */
#define WAY_OUT "[global]\n<F1> help\n<F3> back\n<F10> quit\n"

struct fixture_file {
    const char *name, *text;
};

static enum status read_fixture(void *data, const char *name, struct buf *out, struct error *error)
{
    for (const struct fixture_file *file = data; file->name; file++) {
        if (strcmp(file->name, name) == 0) {
            buf_str(out, file->text);
            return STATUS_OK;
        }
    }
    return error_set(error, STATUS_NOT_FOUND, "no such fixture");
}

static struct keymap *parse_with(const char *text, struct fixture_file *files)
{
    struct keymap_loader loader = {.read = read_fixture, .data = files};
    struct keymap *map = NULL;

    assert_int_equal(keymap_parse("t.keys", text, strlen(text), files ? &loader : NULL, &map, NULL),
                     STATUS_OK);
    return map;
}

static struct keymap *parse(const char *text)
{
    return parse_with(text, NULL);
}

static enum keymap_answer press(const struct keymap *map, enum context context, const char *keys,
                                const struct binding **binding)
{
    struct key chord[KEYMAP_CHORD_MAX + 1];
    size_t count = 0;
    size_t length = strlen(keys);

    for (size_t at = 0; at < length && count <= KEYMAP_CHORD_MAX; count++)
        at += key_parse(keys + at, length - at, &chord[count]);
    return keymap_lookup(map, context, chord, count, binding);
}

static enum command command_at(const struct keymap *map, enum context context, const char *keys)
{
    const struct binding *binding = NULL;

    if (press(map, context, keys, &binding) != KEYMAP_RUN)
        return COMMAND_NONE;
    return binding->command;
}

static void assert_no_problems(const struct keymap *map)
{
    size_t count;
    const struct problem *problems = keymap_problems(map, &count);

    for (size_t i = 0; i < count; i++) {
        struct buf text = {0};
        keymap_print_problem(&problems[i], &text);
        print_message("%s", buf_text(&text));
        buf_release(&text);
    }
    assert_int_equal(count, 0);
}

/* The one problem a map has, or fails. */
static void assert_problem(const char *text, enum problem_level level, int line, int column,
                           const char *says)
{
    char whole[4096];
    size_t count;

    snprintf(whole, sizeof whole, WAY_OUT "%s", text);
    struct keymap *map = parse(whole);
    const struct problem *problems = keymap_problems(map, &count);
    if (count != 1)
        fail_msg("%zu problems, not one, in: %s", count, text);
    assert_int_equal(problems[0].level, level);
    assert_int_equal(problems[0].line, line ? line + 4 : 0);
    assert_int_equal(problems[0].column, column);
    if (!strstr(problems[0].text, says))
        fail_msg("\"%s\" does not say \"%s\"", problems[0].text, says);
    assert_int_equal(keymap_error_count(map), level == PROBLEM_ERROR);
    keymap_free(map);
}

static void keys_are_inherited_and_overridden(void **state)
{
    (void)state;
    struct keymap *map =
        parse(WAY_OUT "<F2> palette\n[list]\n<Down> j row-down\noverride <F2> open\n"
                      "[queue]\nunbind j\n<A-Down> row-down 10\n");
    const struct binding *binding = NULL;

    assert_no_problems(map);
    assert_int_equal(command_at(map, CONTEXT_QUEUE, "<Down>"), COMMAND_ROW_DOWN);
    assert_int_equal(command_at(map, CONTEXT_FILE, "j"), COMMAND_ROW_DOWN);
    assert_int_equal(command_at(map, CONTEXT_QUEUE, "j"), COMMAND_NONE);
    assert_int_equal(command_at(map, CONTEXT_QUEUE, "<F2>"), COMMAND_OPEN);
    assert_int_equal(command_at(map, CONTEXT_SEARCH, "<F2>"), COMMAND_PALETTE);
    assert_int_equal(command_at(map, CONTEXT_GLOBAL, "<Down>"), COMMAND_NONE);
    assert_int_equal(press(map, CONTEXT_QUEUE, "<A-Down>", &binding), KEYMAP_RUN);
    assert_string_equal(binding->argument, "10");
    assert_string_equal(binding->file, "t.keys");
    assert_int_equal(binding->line, 11);
    keymap_free(map);
}

static void chords_wait_run_or_fail(void **state)
{
    const struct binding *binding = NULL;

    (void)state;
    struct keymap *map = parse(WAY_OUT "[list]\ngg <Home> row-first\n<C-x><C-t> row-last\n"
                                       "group g en Go to zh 前往\n");
    assert_no_problems(map);
    assert_int_equal(press(map, CONTEXT_QUEUE, "g", &binding), KEYMAP_WAIT);
    assert_null(binding);
    assert_int_equal(command_at(map, CONTEXT_QUEUE, "gg"), COMMAND_ROW_FIRST);
    assert_int_equal(press(map, CONTEXT_QUEUE, "gx", &binding), KEYMAP_NONE);
    assert_int_equal(press(map, CONTEXT_QUEUE, "ggg", &binding), KEYMAP_NONE);
    assert_int_equal(command_at(map, CONTEXT_QUEUE, "<C-x><C-t>"), COMMAND_ROW_LAST);
    assert_int_equal(press(map, CONTEXT_TEXT, "g", &binding), KEYMAP_NONE);

    struct key g = {.code = 'g'};
    assert_string_equal(keymap_group(map, CONTEXT_QUEUE, &g, 1, "zh"), "前往");
    assert_string_equal(keymap_group(map, CONTEXT_LIST, &g, 1, "en"), "Go to");
    assert_null(keymap_group(map, CONTEXT_TEXT, &g, 1, "en"));
    keymap_free(map);
}

static void reverse_lookup_knows_what_is_hidden(void **state)
{
    (void)state;
    struct keymap *map = parse(WAY_OUT "<C-p> palette\n<F2> palette\n[text]\n"
                                       "override <C-p> cursor-left\n");
    struct buf label = {0};

    assert_no_problems(map);
    keymap_label(keymap_binding_of(map, CONTEXT_LIST, COMMAND_PALETTE, 0), &label);
    assert_string_equal(buf_text(&label), "Ctrl-P");
    buf_clear(&label);
    keymap_label(keymap_binding_of(map, CONTEXT_SEARCH, COMMAND_PALETTE, 0), &label);
    assert_string_equal(buf_text(&label), "F2");
    assert_null(keymap_binding_of(map, CONTEXT_SEARCH, COMMAND_PALETTE, 1));
    assert_non_null(keymap_binding_of(map, CONTEXT_LIST, COMMAND_PALETTE, 1));
    assert_null(keymap_binding_of(map, CONTEXT_LIST, COMMAND_LOCK, 0));
    buf_release(&label);
    keymap_free(map);
}

static void included_files_are_the_base(void **state)
{
    struct fixture_file files[] = {
        {"base.keys", WAY_OUT "title en Base\n<C-f> search\n<F9> queue\n"}, {NULL, NULL}};

    (void)state;
    struct keymap *map =
        parse_with("title en Mine\ninclude base.keys\n[global]\n<F9> search 西乡 1990\n", files);
    const struct binding *binding = NULL;

    assert_no_problems(map);
    assert_int_equal(press(map, CONTEXT_LIST, "<F9>", &binding), KEYMAP_RUN);
    assert_int_equal(binding->command, COMMAND_SEARCH);
    assert_string_equal(binding->argument, "西乡 1990");
    assert_int_equal(command_at(map, CONTEXT_LIST, "<C-f>"), COMMAND_SEARCH);
    assert_string_equal(keymap_title(map, "en"), "Mine");
    assert_string_equal(keymap_title(map, "zh"), "Mine");
    keymap_free(map);
}

static void what_includes_wins_also_before_the_include(void **state)
{
    (void)state;
    struct fixture_file files[] = {{"base.keys", "title en Base\n" WAY_OUT "<F9> search\n"}, {0}};
    struct keymap *map =
        parse_with("\xEF\xBB\xBF[global]\n<F9> verify\ninclude base.keys\n", files);
    assert_no_problems(map);
    assert_int_equal(command_at(map, CONTEXT_HOME, "<F9>"), COMMAND_VERIFY);
    assert_int_equal(command_at(map, CONTEXT_HOME, "<F1>"), COMMAND_HELP);
    assert_string_equal(keymap_title(map, "en"), "t.keys");
    keymap_free(map);
}

/* What stands nearest above is hidden, and nothing when it was taken away there. */
static void hiding_is_judged_by_what_is_inherited(void **state)
{
    size_t count;

    (void)state;
    struct keymap *map = parse(WAY_OUT "<F9> search\n[list]\noverride <F9> verify\n"
                                       "[home]\n<F9> queue\n");
    const struct problem *problems = keymap_problems(map, &count);
    assert_int_equal(count, 1);
    assert_non_null(strstr(problems[0].text, "hides \"verify\" of [list]"));
    keymap_free(map);
    map = parse(WAY_OUT "<F9> search\n[list]\nunbind <F9>\n[home]\n<F9> queue\n");
    assert_no_problems(map);
    keymap_free(map);
}

static void assert_include_problem(const char *text, struct fixture_file *files, const char *says)
{
    size_t count;
    struct keymap *map = parse_with(text, files);
    const struct problem *problems = keymap_problems(map, &count);

    assert_true(count > 0);
    if (!strstr(problems[0].text, says))
        fail_msg("\"%s\" does not say \"%s\"", problems[0].text, says);
    keymap_free(map);
}

static void includes_do_not_loop_or_escape(void **state)
{
    struct fixture_file loop[] = {
        {"a.keys", "include b.keys\n"}, {"b.keys", "include a.keys\n"}, {0}};
    struct fixture_file self[] = {{"t.keys", ""}, {0}};
    struct fixture_file deep[] = {{"1", "include 2"}, {"2", "include 3"}, {"3", "include 4"},
                                  {"4", "include 5"}, {"5", "include 6"}, {"6", "include 7"},
                                  {"7", "include 8"}, {"8", ""},          {0}};

    (void)state;
    assert_include_problem("include a.keys\n", loop, "includes itself");
    assert_include_problem("include t.keys\n", self, "includes itself");
    assert_include_problem("include 1\n", deep, "inside each other");
    assert_include_problem("include ../etc/passwd\n", self, "one file of the same folder");
    assert_include_problem("include .hidden\n", self, "one file of the same folder");
    assert_include_problem("include gone.keys\n", self, "no such fixture");
    assert_include_problem("include gone.keys\n", NULL, "cannot be included");
}

/* Six files that each include the next one a hundred times would be read for ever. */
static void many_includes_come_to_an_end(void **state)
{
    struct fixture_file files[8] = {{0}};
    char text[6][1800];
    static const char *const names[] = {"1", "2", "3", "4", "5", "6", "7"};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        text[i][0] = '\0';
        for (size_t line = 0; line < 100; line++)
            (void)snprintf(text[i] + line * 10, sizeof text[i] - line * 10, "include %s\n",
                           names[i + 1]);
        files[i] = (struct fixture_file){names[i], text[i]};
    }
    files[6] = (struct fixture_file){names[6], ""};
    assert_include_problem("include 1\n", files, "files in all");
}

static void a_word_is_cut_at_a_character(void **state)
{
    size_t count;

    (void)state;
    struct keymap *map = parse(WAY_OUT "x回流回流回流回流回流回流回流回流回流 search\n");
    const struct problem *problems = keymap_problems(map, &count);
    assert_true(count > 0);
    assert_true(text_is_valid(problems[0].text, strlen(problems[0].text)));
    keymap_free(map);
}

static void each_check_reports(void **state)
{
    (void)state;
    assert_problem("[list]\n<Up> row-up\n  <Up> row-down\n", PROBLEM_ERROR, 3, 3,
                   "first in line 6");
    assert_problem("[list]\n<Up> row-upp\n", PROBLEM_ERROR, 2, 6, "perhaps \"row-up\"");
    assert_problem("[lsit]\n", PROBLEM_ERROR, 1, 1, "perhaps [list]");
    assert_problem("[xyzzy]\n", PROBLEM_ERROR, 1, 1, "no context [xyzzy]");
    assert_problem("[list]\n汉汉汉汉 <Up> row-up\n", PROBLEM_ERROR, 2, 1, "is no key");
    assert_problem("[list]\n<Up> 汉 <F99>\n", PROBLEM_ERROR, 2, 8, "neither a key nor a command");
    assert_problem("[list]\n<Up>\n", PROBLEM_ERROR, 2, 1, "keys without a command");
    assert_problem("row-up\n", PROBLEM_ERROR, 1, 1, "a command without a key");
    assert_problem("<Up> row-up\n", PROBLEM_ERROR, 1, 6, "does not exist in [global]");
    assert_problem("[list]\n<Up> row-up 0\n", PROBLEM_ERROR, 2, 13, "from 1 to 9999");
    assert_problem("[list]\n<Up> row-up 1 2\n", PROBLEM_ERROR, 2, 13, "from 1 to 9999");
    assert_problem("<F2> palette now\n", PROBLEM_ERROR, 1, 14, "nothing may follow");
    assert_problem("<F2> palette\n[queue]\n<F2> mark\n", PROBLEM_WARNING, 3, 1, "say \"override\"");
    assert_problem("[queue]\noverride <F2> mark\n", PROBLEM_WARNING, 2, 10, "no inherited key");
    assert_problem("[list]\n<F9> row-up\n[queue]\n<F9>x row-down\n", PROBLEM_ERROR, 4, 1,
                   "begins the other");
    assert_problem("x palette\n", PROBLEM_ERROR, 1, 1, "taken away from text fields");
    assert_problem("[form]\nx<F2> submit\n", PROBLEM_ERROR, 2, 1, "taken away from text fields");
    assert_problem("<C-i> palette\n", PROBLEM_WARNING, 1, 1, "send <C-i> as <Tab>");
    assert_problem("[queue]\n<F6> a approve\n", PROBLEM_WARNING, 2, 6, "too easily pressed");
    assert_problem("[list]\nj row-down\n", PROBLEM_WARNING, 0, 0, "input method");
    assert_problem("[list]\nunbind row-upp\n", PROBLEM_ERROR, 2, 8, "is no key");
    assert_problem("unbind\n", PROBLEM_ERROR, 1, 1, "unbind needs a key");
    assert_problem("override <F2>\n", PROBLEM_ERROR, 1, 1, "override needs");
    assert_problem("title fr Normal\n", PROBLEM_ERROR, 1, 1, "a title is");
    assert_problem("group g Name\n", PROBLEM_ERROR, 1, 1, "a group is");
    assert_problem("\xff\n", PROBLEM_ERROR, 1, 1, "not UTF-8");
    assert_problem("[list] x\n", PROBLEM_ERROR, 1, 8, "nothing may follow a section");
    assert_problem("[list]\nunbind <F1>\n", PROBLEM_ERROR, 0, 0, "\"help\" has no key in [list]");
}

static void a_map_without_a_way_out_is_an_error(void **state)
{
    (void)state;
    struct keymap *map = parse("");
    assert_int_equal(keymap_error_count(map), 3);
    keymap_free(map);
}

static void problems_print_with_a_caret(void **state)
{
    struct buf text = {0};
    size_t count;

    (void)state;
    struct keymap *map = parse(WAY_OUT "[list]\n汉 <Up> row-upp # note\n");
    const struct problem *problems = keymap_problems(map, &count);
    keymap_print_problem(&problems[0], &text);
    assert_string_equal(buf_text(&text),
                        "t.keys:6:8: error: \"row-upp\" is neither a key nor a command, perhaps "
                        "\"row-up\"\n"
                        "    汉 <Up> row-upp # note\n"
                        "            ^\n");
    buf_release(&text);
    keymap_free(map);
}

static void hostile_files_are_bounded(void **state)
{
    (void)state;
    size_t size = KEYMAP_FILE_MAX + 1;
    size_t count;
    char *text = malloc(size);
    struct keymap *map = NULL;

    assert_non_null(text);
    memset(text, 'x', size);
    assert_int_equal(keymap_parse("big", text, size, NULL, &map, NULL), STATUS_OK);
    assert_int_equal(keymap_error_count(map), 4);
    keymap_free(map);
    for (size_t i = 0; i + 1 < size; i += 2)
        memcpy(text + i, "x\n", 2);
    assert_int_equal(keymap_parse("lines", text, size - 1, NULL, &map, NULL), STATUS_OK);
    (void)keymap_problems(map, &count);
    assert_int_equal(count, KEYMAP_PROBLEMS_MAX);
    assert_int_equal(keymap_error_count(map), (size - 1) / 2 + 3);
    keymap_free(map);
    free(text);
}

/* --- our own files --------------------------------------------------------------------------- */

static struct keymap *load(const char *folder, const char *name)
{
    struct keymap *map = NULL;
    struct error error = {0};

    if (keymap_load(folder, name, &map, &error) != STATUS_OK)
        fail_msg("%s: %s", name, error.text);
    return map;
}

static void our_keymaps_have_no_problems(void **state)
{
    static const char *const names[] = {"default", "vi"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct keymap *map = load("keymaps", names[i]);
        assert_no_problems(map);
        assert_string_not_equal(keymap_title(map, "zh"), "default.keys");
        keymap_free(map);
    }
}

static void the_built_in_map_is_the_file(void **state)
{
    struct buf built_in = {0};
    struct buf file = {0};

    (void)state;
    struct keymap *a = load(NULL, "default");
    struct keymap *b = load("keymaps", "default");
    keymap_describe(a, &built_in);
    keymap_describe(b, &file);
    assert_string_equal(buf_text(&built_in), buf_text(&file));
    keymap_free(a);
    keymap_free(b);
    a = load("/nonexistent", "default");
    keymap_free(a);
    assert_int_equal(keymap_load("keymaps", "../default", &a, NULL), STATUS_NOT_FOUND);
    assert_int_equal(keymap_load(NULL, "vi", &a, NULL), STATUS_NOT_FOUND);
    buf_release(&built_in);
    buf_release(&file);
}

/* Every command has, wherever it exists, a key that works with the input method on. */
static void every_command_has_a_key(void **state)
{
    (void)state;
    struct keymap *map = load(NULL, "default");
    for (enum command command = COMMAND_NONE + 1; command < COMMAND_END; command++) {
        for (enum context context = CONTEXT_GLOBAL; context < CONTEXT_COUNT; context++) {
            const struct command_info *info = command_info(command);
            if (!(info->contexts & CONTEXT_BIT(context)))
                continue;
            const struct binding *binding = keymap_binding_of(map, context, command, 0);
            if (!binding)
                fail_msg("%s has no key in [%s]", info->id, context_id(context));
            assert_false(key_needs_ime_off(binding->keys[0]));
        }
    }
    keymap_free(map);
}

/* --- the command table ----------------------------------------------------------------------- */

static void command_ids_are_words(void **state)
{
    (void)state;
    for (enum command command = COMMAND_NONE + 1; command < COMMAND_END; command++) {
        const struct command_info *info = command_info(command);
        size_t length = strlen(info->id);
        assert_int_equal(info->command, command);
        assert_true(length > KEYMAP_CHORD_MAX);
        assert_int_equal(strspn(info->id, "abcdefghijklmnopqrstuvwxyz-"), length);
        assert_int_equal(command_from_id(info->id, length), command);
        assert_true(info->contexts != 0 && info->title[0] != '\0');
        assert_in_range(info->footer, 0, 9);
        assert_in_range(info->group, 0, COMMAND_GROUP_COUNT - 1);
    }
}

static void availability_is_inherited(void **state)
{
    (void)state;
    assert_true(command_is_available(COMMAND_HELP, CONTEXT_PALETTE));
    assert_true(command_is_available(COMMAND_ROW_DOWN, CONTEXT_SEARCH));
    assert_false(command_is_available(COMMAND_ROW_DOWN, CONTEXT_EDITOR));
    assert_false(command_is_available(COMMAND_APPROVE, CONTEXT_LIST));
    assert_true(context_is_text(CONTEXT_SEARCH));
    assert_false(context_is_text(CONTEXT_QUEUE));
    assert_string_equal(command_suggest("aprove", 6), "approve");
    assert_null(command_suggest("zzzzzzzz", 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_inherited_and_overridden),
        cmocka_unit_test(chords_wait_run_or_fail),
        cmocka_unit_test(reverse_lookup_knows_what_is_hidden),
        cmocka_unit_test(included_files_are_the_base),
        cmocka_unit_test(what_includes_wins_also_before_the_include),
        cmocka_unit_test(hiding_is_judged_by_what_is_inherited),
        cmocka_unit_test(includes_do_not_loop_or_escape),
        cmocka_unit_test(many_includes_come_to_an_end),
        cmocka_unit_test(a_word_is_cut_at_a_character),
        cmocka_unit_test(each_check_reports),
        cmocka_unit_test(a_map_without_a_way_out_is_an_error),
        cmocka_unit_test(problems_print_with_a_caret),
        cmocka_unit_test(hostile_files_are_bounded),
        cmocka_unit_test(our_keymaps_have_no_problems),
        cmocka_unit_test(the_built_in_map_is_the_file),
        cmocka_unit_test(every_command_has_a_key),
        cmocka_unit_test(command_ids_are_words),
        cmocka_unit_test(availability_is_inherited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
