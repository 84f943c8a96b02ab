#include "base/json_plain.h"

#include <string.h>

#define INTEGER_DIGITS 18 /* fewer than the largest 64-bit integer has */

static void skip_space(struct json_plain *plain)
{
    while (plain->at < plain->end &&
           (*plain->at == ' ' || *plain->at == '\n' || *plain->at == '\r' || *plain->at == '\t'))
        plain->at++;
}

static bool is_next(struct json_plain *plain, char c)
{
    skip_space(plain);
    return plain->at < plain->end && *plain->at == c;
}

bool json_plain_take(struct json_plain *plain, char c)
{
    if (!is_next(plain, c))
        return false;
    plain->at++;
    return true;
}

bool json_plain_is_over(struct json_plain *plain)
{
    skip_space(plain);
    return plain->at == plain->end;
}

bool json_span_is(const struct json_span *span, const char *text)
{
    return strlen(text) == span->length &&
           (span->length == 0 || memcmp(span->text, text, span->length) == 0);
}

/* --- strings ---------------------------------------------------------------------------------- */

static bool is_in(unsigned char c, unsigned char low, unsigned char high)
{
    return c >= low && c <= high;
}

/* Length of the character that begins with a byte beyond ASCII; 0: no UTF-8 (RFC 3629, section 4).
 */
static size_t wide_length(const unsigned char *at, size_t room)
{
    unsigned char first = at[0];
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    size_t length = is_in(first, 0xC2, 0xDF)   ? 2
                    : is_in(first, 0xE0, 0xEF) ? 3
                    : is_in(first, 0xF0, 0xF4) ? 4
                                               : 0;

    if (length == 0 || length > room || !is_in(at[1], low, high))
        return 0;
    for (size_t i = 2; i < length; i++)
        if (!is_in(at[i], 0x80, 0xBF))
            return 0;
    return length;
}

/* Behind the ASCII characters that need no attention. */
static const char *skip_ascii(const char *at, const char *end)
{
    while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' &&
           *at != '\\')
        at++;
    return at;
}

bool json_plain_string(struct json_plain *plain, struct json_span *content)
{
    if (!json_plain_take(plain, '"'))
        return false;
    const char *start = plain->at;
    const char *at = skip_ascii(start, plain->end);
    while (at < plain->end && *at != '"') {
        size_t length = wide_length((const unsigned char *)at, (size_t)(plain->end - at));
        if (length == 0)
            return false;
        at = skip_ascii(at + length, plain->end);
    }
    if (at >= plain->end)
        return false;
    *content = (struct json_span){start, (size_t)(at - start)};
    plain->at = at + 1;
    return true;
}

/* --- members ---------------------------------------------------------------------------------- */

/* One of 64 bits. */
static uint64_t mark_of(const struct json_span *name)
{
    uint64_t mixed = name->length;

    for (size_t i = 0; i < name->length; i++)
        mixed = mixed * 31 + (unsigned char)name->text[i];
    return (uint64_t)1 << (mixed * 0x9E3779B97F4A7C15u >> 58);
}

static bool is_among(const struct json_names *names, const struct json_span *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i].length == name->length &&
            memcmp(names->items[i].text, name->text, name->length) == 0)
            return true;
    return false;
}

/* False: there was one of this name before, or there are too many. */
static bool note_name(struct json_names *names, const struct json_span *name)
{
    uint64_t mark = mark_of(name);

    if (names->count == JSON_PLAIN_MEMBERS || ((names->marks & mark) != 0 && is_among(names, name)))
        return false;
    names->marks |= mark;
    names->items[names->count++] = *name;
    return true;
}

/* A text that goes wrong here is used up, so that no closing bracket makes that good. */
bool json_plain_member(struct json_plain *plain, struct json_names *names, struct json_span *name)
{
    bool more = names->count > 0 ? json_plain_take(plain, ',') : !is_next(plain, '}');

    if (!more)
        return false;
    if (json_plain_string(plain, name) && json_plain_take(plain, ':') && note_name(names, name))
        return true;
    plain->at = plain->end;
    return false;
}

/* --- values ----------------------------------------------------------------------------------- */

static bool take_value(struct json_plain *plain, struct buf *copy, int depth);

static void put(struct buf *copy, const char *bytes, size_t length)
{
    if (copy)
        buf_bytes(copy, bytes, length);
}

/* With its quotes. */
static void put_string(struct buf *copy, const struct json_span *content)
{
    put(copy, content->text - 1, content->length + 2);
}

static bool take_string(struct json_plain *plain, struct buf *copy)
{
    struct json_span content;

    if (!json_plain_string(plain, &content))
        return false;
    put_string(copy, &content);
    return true;
}

static bool take_object(struct json_plain *plain, struct buf *copy, int depth)
{
    struct json_names names;
    struct json_span name;

    names.marks = 0;
    names.count = 0;
    put(copy, "{", 1);
    while (json_plain_member(plain, &names, &name)) {
        if (names.count > 1)
            put(copy, ",", 1);
        put_string(copy, &name);
        put(copy, ":", 1);
        if (!take_value(plain, copy, depth))
            return false;
    }
    put(copy, "}", 1);
    return json_plain_take(plain, '}');
}

static bool take_array(struct json_plain *plain, struct buf *copy, int depth)
{
    bool more = !json_plain_take(plain, ']');

    put(copy, "[", 1);
    while (more) {
        if (!take_value(plain, copy, depth))
            return false;
        more = json_plain_take(plain, ',');
        put(copy, more ? "," : "", more);
        if (!more && !json_plain_take(plain, ']'))
            return false;
    }
    put(copy, "]", 1);
    return true;
}

static bool is_digit(const struct json_plain *plain, const char *at)
{
    return at < plain->end && *at >= '0' && *at <= '9';
}

/* No fraction, no exponent, no zero in front and no minus zero: those are printed otherwise than
 * they came, if they are numbers at all. */
static bool take_integer(struct json_plain *plain, struct buf *copy)
{
    const char *start = plain->at;
    const char *digits = *start == '-' ? start + 1 : start;
    const char *at = digits;

    while (is_digit(plain, at))
        at++;
    size_t count = (size_t)(at - digits);
    bool zero = count > 0 && *digits == '0';
    if (count == 0 || count > INTEGER_DIGITS || (zero && (count > 1 || digits > start)))
        return false;
    if (at < plain->end && (*at == '.' || *at == 'e' || *at == 'E'))
        return false;
    put(copy, start, (size_t)(at - start));
    plain->at = at;
    return true;
}

static bool take_word(struct json_plain *plain, struct buf *copy, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(plain->end - plain->at) < length || memcmp(plain->at, word, length) != 0)
        return false;
    put(copy, word, length);
    plain->at += length;
    return true;
}

static bool take_value(struct json_plain *plain, struct buf *copy, int depth)
{
    skip_space(plain);
    if (plain->at >= plain->end)
        return false;
    switch (*plain->at) {
    case '"':
        return take_string(plain, copy);
    case '{':
        plain->at++;
        return depth > 0 && take_object(plain, copy, depth - 1);
    case '[':
        plain->at++;
        return depth > 0 && take_array(plain, copy, depth - 1);
    case 't':
        return take_word(plain, copy, "true");
    case 'f':
        return take_word(plain, copy, "false");
    case 'n':
        return take_word(plain, copy, "null");
    default:
        return take_integer(plain, copy);
    }
}

bool json_plain_value(struct json_plain *plain, struct buf *copy)
{
    return take_value(plain, copy, JSON_PLAIN_DEPTH);
}
