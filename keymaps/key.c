#include "keymaps/key.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct named_key {
    uint32_t code;
    const char *notation, *label;
};

static const struct named_key named_keys[] = {
#define KEY_ROW(name, notation, label) {KEY_CODE_##name, notation, label},
    KEY_NAME_LIST(KEY_ROW)
#undef KEY_ROW
};

/* Characters that need a name in a keymap file. */
static const struct named_key named_characters[] = {
    {' ', "Space", "Space"},
    {'<', "Lt", "<"},
    {'#', "Hash", "#"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool key_equal(struct key a, struct key b)
{
    return a.code == b.code && a.modifiers == b.modifiers;
}

/* Blanks other than the ASCII one: visible in no file, so they are written by number. */
static bool is_exotic_blank(uint32_t code)
{
    return code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x202F ||
           code == 0x205F || code == 0x3000;
}

static bool is_ascii_graph(uint32_t code)
{
    return code > ' ' && code < 0x7F;
}

bool key_is_valid(struct key key)
{
    if (key.modifiers & ~(uint32_t)(KEY_CTRL | KEY_ALT | KEY_SHIFT))
        return false;
    if (key.code >= KEY_CODE_FIRST)
        return key.code < KEY_CODE_LIMIT;
    if (key.modifiers & KEY_SHIFT)
        return false;
    if (key.modifiers & KEY_CTRL)
        return key.code == ' ' || (is_ascii_graph(key.code) && (key.code < 'A' || key.code > 'Z'));
    return text_codepoint_width(key.code) > 0;
}

bool key_is_text(struct key key)
{
    return key.code < KEY_CODE_FIRST && !(key.modifiers & (KEY_CTRL | KEY_ALT));
}

bool key_needs_ime_off(struct key key)
{
    return key_is_text(key);
}

/* --- reading -------------------------------------------------------------------------------- */

static bool find_name(const struct named_key *names, size_t count, const char *text, size_t length,
                      uint32_t *code)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(names[i].notation) == length &&
            strncasecmp(names[i].notation, text, length) == 0) {
            *code = names[i].code;
            return true;
        }
    }
    return false;
}

/* "U+3000" */
static bool parse_number(const char *text, size_t length, uint32_t *code)
{
    uint32_t value = 0;

    if (length < 3 || length > 8 || strncasecmp(text, "U+", 2) != 0)
        return false;
    for (size_t i = 2; i < length; i++) {
        static const char digits[] = "0123456789ABCDEF0123456789abcdef";
        const char *at = memchr(digits, text[i], sizeof digits - 1);
        if (!at)
            return false;
        value = value << 4 | ((uint32_t)(at - digits) & 15U);
    }
    *code = value;
    return true;
}

/* What stands between the brackets after the modifiers: a name, a number or one character. */
static bool parse_code(const char *text, size_t length, uint32_t *code)
{
    size_t used;

    if (find_name(named_keys, COUNT(named_keys), text, length, code) ||
        find_name(named_characters, COUNT(named_characters), text, length, code) ||
        parse_number(text, length, code))
        return true;
    uint32_t codepoint = text_decode(text, length, &used);
    if (codepoint == TEXT_BAD || used != length || codepoint == ' ')
        return false;
    *code = codepoint;
    return true;
}

static uint32_t modifier_of(char letter)
{
    switch (letter | 0x20) {
    case 'c':
        return KEY_CTRL;
    case 'a':
        return KEY_ALT;
    case 's':
        return KEY_SHIFT;
    default:
        return 0;
    }
}

static bool parse_bracketed(const char *text, size_t length, struct key *key)
{
    struct key found = {0};

    while (length > 2 && text[1] == '-' && modifier_of(text[0])) {
        uint32_t modifier = modifier_of(text[0]);
        if (found.modifiers & modifier)
            return false;
        found.modifiers |= modifier;
        text += 2;
        length -= 2;
    }
    if (!parse_code(text, length, &found.code))
        return false;
    if ((found.modifiers & KEY_CTRL) && found.code >= 'A' && found.code <= 'Z')
        found.code += 'a' - 'A';
    if (!key_is_valid(found))
        return false;
    *key = found;
    return true;
}

static size_t parse_plain(const char *text, size_t length, struct key *key)
{
    size_t used;
    struct key found = {.code = text_decode(text, length, &used)};

    if (found.code == TEXT_BAD || found.code == ' ' || !key_is_valid(found))
        return 0;
    *key = found;
    return used;
}

size_t key_parse(const char *text, size_t length, struct key *key)
{
    if (length == 0)
        return 0;
    if (text[0] != '<')
        return parse_plain(text, length, key);
    size_t window = length < KEY_TEXT_MAX ? length : KEY_TEXT_MAX;
    const char *end = window > 2 ? memchr(text + 2, '>', window - 2) : NULL;
    if (!end)
        return 0;
    if (end + 1 < text + window && end[1] == '>' && end[-1] == '-')
        end++; /* <C->> */
    if (!parse_bracketed(text + 1, (size_t)(end - text) - 1, key))
        return 0;
    return (size_t)(end - text) + 1;
}

/* --- printing ------------------------------------------------------------------------------- */

static const struct named_key *find_code(const struct named_key *names, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].code == code)
            return &names[i];
    return NULL;
}

static const struct named_key *name_of(uint32_t code)
{
    const struct named_key *name = find_code(named_keys, COUNT(named_keys), code);

    return name ? name : find_code(named_characters, COUNT(named_characters), code);
}

static void print_character(uint32_t code, char *out, size_t size)
{
    char bytes[4];
    size_t length = text_encode(code, bytes);

    if (is_exotic_blank(code))
        (void)snprintf(out, size, "U+%04X", code);
    else
        (void)snprintf(out, size, "%.*s", (int)length, bytes);
}

size_t key_print(struct key key, char out[KEY_TEXT_MAX])
{
    char character[16];
    const struct named_key *name = name_of(key.code);

    print_character(key.code, character, sizeof character);
    bool bare = !key.modifiers && !name && !is_exotic_blank(key.code);
    return (size_t)snprintf(
        out, KEY_TEXT_MAX, "%s%s%s%s%s%s", bare ? "" : "<", key.modifiers & KEY_CTRL ? "C-" : "",
        key.modifiers & KEY_ALT ? "A-" : "", key.modifiers & KEY_SHIFT ? "S-" : "",
        name ? name->notation : character, bare ? "" : ">");
}

size_t key_label(struct key key, char out[KEY_TEXT_MAX])
{
    char character[16];
    const struct named_key *name = name_of(key.code);
    bool modified = (key.modifiers & (KEY_CTRL | KEY_ALT)) != 0;
    bool capital = modified && key.code >= 'A' && key.code <= 'Z';
    bool small = modified && key.code >= 'a' && key.code <= 'z';

    print_character(small ? key.code - ('a' - 'A') : key.code, character, sizeof character);
    return (size_t)snprintf(out, KEY_TEXT_MAX, "%s%s%s%s", key.modifiers & KEY_CTRL ? "Ctrl-" : "",
                            key.modifiers & KEY_ALT ? "Alt-" : "",
                            key.modifiers & KEY_SHIFT || capital ? "Shift-" : "",
                            name ? name->label : character);
}

/* --- what terminals send -------------------------------------------------------------------- */

static bool has_control_byte(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || code == ' ' || code == '\\' || code == ']' ||
           code == '^' || code == '_';
}

bool key_arrives_as(struct key key, struct key *instead)
{
    static const struct {
        uint32_t letter, code;
    } twins[] = {{'i', KEY_CODE_TAB},
                 {'m', KEY_CODE_ENTER},
                 {'h', KEY_CODE_BACKSPACE},
                 {'[', KEY_CODE_ESCAPE},
                 {'@', ' '}};
    struct key sent = key;

    if (!(key.modifiers & KEY_CTRL) || key.code >= KEY_CODE_FIRST)
        return false;
    for (size_t i = 0; i < COUNT(twins); i++) {
        if (twins[i].letter == key.code) {
            sent.code = twins[i].code;
            if (sent.code != ' ')
                sent.modifiers &= ~(uint32_t)KEY_CTRL;
            *instead = sent;
            return true;
        }
    }
    if (has_control_byte(key.code))
        return false;
    sent.modifiers &= ~(uint32_t)KEY_CTRL;
    *instead = sent;
    return true;
}
