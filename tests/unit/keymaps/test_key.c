/* Notation of keys: what is printed reads back, and nothing else does. */
#include "keymaps/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct key parse(const char *text)
{
    struct key key = {0};

    assert_int_equal(key_parse(text, strlen(text), &key), strlen(text));
    return key;
}

static void assert_notation(struct key key, const char *expected)
{
    char out[KEY_TEXT_MAX];

    assert_int_equal(key_print(key, out), strlen(expected));
    assert_string_equal(out, expected);
}

static void assert_round_trip(struct key key)
{
    char out[KEY_TEXT_MAX];
    struct key again = {0};

    size_t length = key_print(key, out);
    assert_int_equal(strlen(out), length);
    assert_int_equal(key_parse(out, length, &again), length);
    assert_true(key_equal(key, again));
}

static void every_valid_key_round_trips(void **state)
{
    (void)state;
    size_t seen = 0;
    for (uint32_t modifiers = 0; modifiers < 8; modifiers++) {
        for (uint32_t code = 0; code < KEY_CODE_LIMIT; code++) {
            struct key key = {.code = code, .modifiers = modifiers};
            if (!key_is_valid(key))
                continue;
            assert_round_trip(key);
            seen++;
        }
    }
    assert_true(seen > 100000);
}

static void notation_is_canonical(void **state)
{
    (void)state;
    assert_notation(parse("<f1>"), "<F1>");
    assert_notation(parse("<C-P>"), "<C-p>");
    assert_notation(parse("<A-C-right>"), "<C-A-Right>");
    assert_notation(parse("<S-Tab>"), "<S-Tab>");
    assert_notation(parse("<Lt>"), "<Lt>");
    assert_notation(parse("#"), "<Hash>");
    assert_notation(parse("<C-Space>"), "<C-Space>");
    assert_notation(parse("<C->>"), "<C->>");
    assert_notation(parse("<a>"), "a");
    assert_notation(parse("汉"), "汉");
    assert_notation(parse("<A-汉>"), "<A-汉>");
    assert_notation(parse("<u+3000>"), "<U+3000>");
    assert_notation(parse(">"), ">");
}

static void nonsense_is_no_key(void **state)
{
    static const char *const wrong[] = {"",
                                        "<",
                                        "<>",
                                        "<F25>",
                                        "<C-C-a>",
                                        "< >",
                                        "<S-a>",
                                        "<Fn>",
                                        "<C->",
                                        " ",
                                        "\t",
                                        "\x7f",
                                        "\xff",
                                        "\xe6\xb1",
                                        "<U+>",
                                        "<U+D800>",
                                        "<U+200B>",
                                        "<C-汉>",
                                        "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>"};
    struct key key = {.code = 'x'};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(key_parse(wrong[i], strlen(wrong[i]), &key), 0);
        assert_int_equal(key.code, 'x');
    }
}

static void only_the_first_key_is_taken(void **state)
{
    struct key key;

    (void)state;
    assert_int_equal(key_parse("gg", 2, &key), 1);
    assert_int_equal(key_parse("<C-x><C-s>", 10, &key), 5);
    assert_int_equal(key_parse("<F1>", 3, &key), 0);
}

static void assert_label(const char *notation, const char *expected)
{
    char out[KEY_TEXT_MAX];

    key_label(parse(notation), out);
    assert_string_equal(out, expected);
}

static void labels_are_for_people(void **state)
{
    (void)state;
    assert_label("<C-p>", "Ctrl-P");
    assert_label("<A-x>", "Alt-X");
    assert_label("<A-X>", "Alt-Shift-X");
    assert_label("<PageDown>", "PgDn");
    assert_label("<Space>", "Space");
    assert_label("<S-F3>", "Shift-F3");
}

static void terminals_cannot_send_everything(void **state)
{
    struct key instead = {0};

    (void)state;
    assert_true(key_arrives_as(parse("<C-i>"), &instead));
    assert_notation(instead, "<Tab>");
    assert_true(key_arrives_as(parse("<C-m>"), &instead));
    assert_notation(instead, "<Enter>");
    assert_true(key_arrives_as(parse("<C-[>"), &instead));
    assert_notation(instead, "<Esc>");
    assert_true(key_arrives_as(parse("<C-1>"), &instead));
    assert_notation(instead, "1");
    assert_false(key_arrives_as(parse("<C-p>"), &instead));
    assert_false(key_arrives_as(parse("<C-Right>"), &instead));
    assert_false(key_arrives_as(parse("i"), &instead));
}

static void characters_need_the_input_method_off(void **state)
{
    (void)state;
    assert_true(key_needs_ime_off(parse("j")));
    assert_true(key_needs_ime_off(parse("<Space>")));
    assert_false(key_needs_ime_off(parse("<C-j>")));
    assert_false(key_needs_ime_off(parse("<F1>")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_valid_key_round_trips),
        cmocka_unit_test(notation_is_canonical),
        cmocka_unit_test(nonsense_is_no_key),
        cmocka_unit_test(only_the_first_key_is_taken),
        cmocka_unit_test(labels_are_for_people),
        cmocka_unit_test(terminals_cannot_send_everything),
        cmocka_unit_test(characters_need_the_input_method_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
