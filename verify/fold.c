#include "verify/fold.h"

#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 512

struct span {
    uint32_t first, last;
};

static bool in_spans(uint32_t c, const struct span *spans, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (c >= spans[i].first && c <= spans[i].last)
            return true;
    }
    return false;
}

#define IN(c, spans) in_spans(c, spans, sizeof(spans) / sizeof *(spans))

/* White space, zero-width and direction marks, and variation selectors. */
static bool is_ignorable(uint32_t c)
{
    static const struct span spans[] = {
        {'\t', '\r'},     {' ', ' '},       {0x00a0, 0x00a0}, {0x00ad, 0x00ad},
        {0x2000, 0x200f}, {0x2028, 0x202f}, {0x205f, 0x2064}, {0x2066, 0x2069},
        {0x3000, 0x3000}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
    };
    return IN(c, spans);
}

static bool is_dash(uint32_t c)
{
    static const struct span spans[] = {{0x2010, 0x2015}, {0x2212, 0x2212}, {0xfe63, 0xfe63}};
    return IN(c, spans);
}

/* Signs typed or printed for the X of GB 11643: multiplication, Roman ten, Cyrillic Kha. */
static bool is_cross(uint32_t c)
{
    static const struct span spans[] = {{0x00d7, 0x00d7}, {0x2169, 0x2169}, {0x2179, 0x2179},
                                        {0x0425, 0x0425}, {0x0445, 0x0445}, {0x2715, 0x2716}};
    return IN(c, spans);
}

/* Between the parts of a transliterated name (domain practice: U+00B7). */
static bool is_middle_dot(uint32_t c)
{
    static const struct span spans[] = {
        {'.', '.'},       {0x00b7, 0x00b7}, {0x0387, 0x0387}, {0x2022, 0x2022}, {0x2024, 0x2024},
        {0x2027, 0x2027}, {0x2219, 0x2219}, {0x22c5, 0x22c5}, {0x30fb, 0x30fb}, {0xff65, 0xff65}};
    return IN(c, spans);
}

static uint32_t ascii_upper(uint32_t c)
{
    if (c >= 0xff01 && c <= 0xff5e)
        c -= 0xff01 - '!';
    return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static uint32_t code_character(uint32_t c)
{
    if (is_dash(c))
        return '-';
    if (is_cross(c))
        return 'X';
    if (c == 0x3002 || c == 0xff61)
        return '.';
    c = ascii_upper(c);
    return c > ' ' && c < 0x7f ? c : TEXT_BAD;
}

static uint32_t name_character(uint32_t c)
{
    c = ascii_upper(c);
    return is_middle_dot(c) ? 0x00b7 : c;
}

static bool fold(const char *text, char *out, size_t size, uint32_t (*fold_one)(uint32_t))
{
    size_t length = strnlen(text, FOLD_INPUT_MAX + 1);
    size_t written = 0;

    if (length > FOLD_INPUT_MAX)
        goto fail;
    for (size_t at = 0, used; at < length; at += used) {
        uint32_t c = text_decode(text + at, length - at, &used);
        if (c == TEXT_BAD)
            goto fail;
        if (is_ignorable(c))
            continue;
        c = fold_one(c);
        char bytes[4];
        size_t count = c == TEXT_BAD ? 0 : text_encode(c, bytes);
        if (count == 0 || count >= size - written)
            goto fail;
        memcpy(out + written, bytes, count);
        written += count;
    }
    out[written] = '\0';
    return true;
fail:
    out[0] = '\0';
    return false;
}

bool fold_code(const char *text, char *out, size_t size)
{
    return fold(text, out, size, code_character);
}

bool fold_name(const char *text, char *out, size_t size)
{
    return fold(text, out, size, name_character);
}

bool name_equal(const char *a, const char *b)
{
    char left[NAME_MAX_BYTES], right[NAME_MAX_BYTES];

    return fold_name(a, left, sizeof left) && fold_name(b, right, sizeof right) && left[0] &&
           strcmp(left, right) == 0;
}

bool fold_is_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
    }
    return length > 0;
}

bool fold_is_alnum(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((text[i] < '0' || text[i] > '9') && (text[i] < 'A' || text[i] > 'Z'))
            return false;
    }
    return length > 0;
}

void fold_drop(char *text, char unwanted)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        if (*from != unwanted)
            *to++ = *from;
    }
    *to = '\0';
}

/* The longest prefix of text[0..length) that does not end inside a character. */
static size_t whole_characters(const char *text, size_t length)
{
    size_t end = length, used;

    while (end > 0 && ((unsigned char)text[end - 1] & 0xc0) == 0x80)
        end--;
    if (end > 0 && text_decode(text + end - 1, length - end + 1, &used) == TEXT_BAD)
        return end - 1;
    return length;
}

void fold_copy(char *out, size_t size, const char *text)
{
    size_t length = strnlen(text, size);

    if (length == size)
        length = whole_characters(text, size - 1);
    memcpy(out, text, length);
    out[length] = '\0';
}

void fold_vprint(char *out, size_t size, const char *format, va_list arguments)
{
    int length = vsnprintf(out, size, format, arguments);

    if (length < 0)
        out[0] = '\0';
    else if ((size_t)length >= size)
        out[whole_characters(out, size - 1)] = '\0';
}
