#ifndef HUILIU_KEYMAPS_KEY_H
#define HUILIU_KEYMAPS_KEY_H
/*
 * One press of a key, and how it is written in a keymap file.
 *
 *     a  汉  ,            a character stands for itself
 *     <F1> <Down> <Enter> a key with a name (case does not matter when reading)
 *     <C-p> <A-x> <S-Tab> with Ctrl, Alt, Shift; several: <C-A-Right>
 *     <Space> <Lt> <Hash> characters that mean something else in a keymap file: blank, <, #
 *
 * key_parse() and key_print() are inverses: every key that can exist prints to one notation, and
 * that notation reads back as the same key. Shift is part of a character ('A', not <S-a>), so it
 * is only written with named keys. Ctrl with a letter has no case: <C-P> reads as <C-p>.
 *
 * Keys are plain values, compared with key_equal(). Pure and thread-safe.
 */
#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys without a character live behind the last Unicode code point. */
#define KEY_CODE_FIRST 0x110000u

/* name in C, name in a keymap file, label for people */
#define KEY_NAME_LIST(X)                                                                           \
    X(ENTER, "Enter", "Enter")                                                                     \
    X(TAB, "Tab", "Tab")                                                                           \
    X(ESCAPE, "Esc", "Esc")                                                                        \
    X(BACKSPACE, "Backspace", "Backspace")                                                         \
    X(INSERT, "Insert", "Ins")                                                                     \
    X(DELETE, "Delete", "Del")                                                                     \
    X(UP, "Up", "Up")                                                                              \
    X(DOWN, "Down", "Down")                                                                        \
    X(LEFT, "Left", "Left")                                                                        \
    X(RIGHT, "Right", "Right")                                                                     \
    X(HOME, "Home", "Home")                                                                        \
    X(END, "End", "End")                                                                           \
    X(PAGE_UP, "PageUp", "PgUp")                                                                   \
    X(PAGE_DOWN, "PageDown", "PgDn")                                                               \
    X(F1, "F1", "F1")                                                                              \
    X(F2, "F2", "F2")                                                                              \
    X(F3, "F3", "F3")                                                                              \
    X(F4, "F4", "F4")                                                                              \
    X(F5, "F5", "F5")                                                                              \
    X(F6, "F6", "F6")                                                                              \
    X(F7, "F7", "F7")                                                                              \
    X(F8, "F8", "F8")                                                                              \
    X(F9, "F9", "F9")                                                                              \
    X(F10, "F10", "F10")                                                                           \
    X(F11, "F11", "F11")                                                                           \
    X(F12, "F12", "F12")                                                                           \
    X(F13, "F13", "F13")                                                                           \
    X(F14, "F14", "F14")                                                                           \
    X(F15, "F15", "F15")                                                                           \
    X(F16, "F16", "F16")                                                                           \
    X(F17, "F17", "F17")                                                                           \
    X(F18, "F18", "F18")                                                                           \
    X(F19, "F19", "F19")                                                                           \
    X(F20, "F20", "F20")                                                                           \
    X(F21, "F21", "F21")                                                                           \
    X(F22, "F22", "F22")                                                                           \
    X(F23, "F23", "F23")                                                                           \
    X(F24, "F24", "F24")

enum key_code {
    KEY_CODE_BEFORE_NAMED = KEY_CODE_FIRST - 1,
#define KEY_CODE_ENUM(name, notation, label) KEY_CODE_##name,
    KEY_NAME_LIST(KEY_CODE_ENUM)
#undef KEY_CODE_ENUM
        KEY_CODE_LIMIT
};

enum {
    KEY_CTRL = 1,
    KEY_ALT = 2,
    KEY_SHIFT = 4, /* named keys only */
};

struct key {
    uint32_t code;      /* a code point, or an enum key_code */
    uint32_t modifiers; /* KEY_CTRL | KEY_ALT | KEY_SHIFT */
};

#define KEY_TEXT_MAX 32 /* any key's notation or label with its NUL */

bool key_equal(struct key a, struct key b);

/* A key that can exist: a printable character or a named key, modifiers that make sense. */
bool key_is_valid(struct key key);

/* A character without Ctrl or Alt: what goes into a text field when nothing is bound to it. */
bool key_is_text(struct key key);

/* A letter, digit or sign that an input method may take for itself: not usable as the only way
 * to a command. Named keys, Ctrl and Alt pass an input method untouched. */
bool key_needs_ime_off(struct key key);

/* Reads one key at the start of `text` (at most `length` bytes). Returns the bytes taken, 0 when
 * there is no key; then *key is untouched. */
size_t key_parse(const char *text, size_t length, struct key *key);

/* Writes the notation; returns its length. */
size_t key_print(struct key key, char out[KEY_TEXT_MAX]);

/* For people: "F1", "Ctrl-P", "Alt-X", "Space". Returns the length. */
size_t key_label(struct key key, char out[KEY_TEXT_MAX]);

/* The key a terminal really sends for one it cannot send (<C-i> arrives as <Tab>, <C-m> as
 * <Enter>, <C-h> as <Backspace>, <C-[> as <Esc>); false when the key arrives as itself. */
bool key_arrives_as(struct key key, struct key *instead);

#endif
