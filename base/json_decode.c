#include "base/json_decode.h"

#include "base/text.h"

#include <string.h>

#define DIGITS_MAX 18 /* any number of so many digits fits 64 bits */

struct decoder {
    const char *at, *end;
    size_t values; /* still allowed; each value and each container counts */
    int depth;
    struct buf unescaped; /* of strings with escapes */
};

static json_t *decode_value(struct decoder *decoder);

static void skip_space(struct decoder *decoder)
{
    while (decoder->at < decoder->end && (*decoder->at == ' ' || *decoder->at == '\n' ||
                                          *decoder->at == '\r' || *decoder->at == '\t'))
        decoder->at++;
}

static bool take(struct decoder *decoder, char c)
{
    if (decoder->at == decoder->end || *decoder->at != c)
        return false;
    decoder->at++;
    return true;
}

/* As take(), with white space around it. */
static bool take_mark(struct decoder *decoder, char c)
{
    skip_space(decoder);
    if (!take(decoder, c))
        return false;
    skip_space(decoder);
    return true;
}

/* --- strings ---------------------------------------------------------------------------------- */

struct slice {
    const char *text;
    size_t length;
};

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Steps over one character beyond ASCII. U+1000 to U+CFFF, where Chinese is, goes without a call.
 */
static bool skip_wide(struct decoder *decoder)
{
    const unsigned char *bytes = (const unsigned char *)decoder->at;
    size_t left = (size_t)(decoder->end - decoder->at);
    size_t used;

    if (left >= 3 && bytes[0] > 0xE0 && bytes[0] < 0xED && is_continuation(bytes[1]) &&
        is_continuation(bytes[2])) {
        decoder->at += 3;
        return true;
    }
    if (text_decode(decoder->at, left, &used) == TEXT_BAD)
        return false;
    decoder->at += used;
    return true;
}

/* Steps over what stands for itself, up to a quote or a backslash. */
static bool skip_plain(struct decoder *decoder)
{
    while (decoder->at < decoder->end) {
        unsigned char c = (unsigned char)*decoder->at;
        if (c == '"' || c == '\\')
            return true;
        if (c < 0x20)
            return false;
        if (c < 0x80)
            decoder->at++;
        else if (!skip_wide(decoder))
            return false;
    }
    return false;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits behind \u; halves of pairs and NUL are left to the parser. */
static bool take_codepoint(struct decoder *decoder)
{
    unsigned codepoint = 0;

    if (decoder->end - decoder->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(*decoder->at++);
        if (digit < 0)
            return false;
        codepoint = codepoint << 4 | (unsigned)digit;
    }
    if (codepoint == 0 || (codepoint >= 0xD800 && codepoint <= 0xDFFF))
        return false;
    buf_codepoint(&decoder->unescaped, codepoint);
    return true;
}

static bool take_escape(struct decoder *decoder)
{
    static const char marks[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";

    if (decoder->at == decoder->end)
        return false;
    char mark = *decoder->at++;
    if (mark == 'u')
        return take_codepoint(decoder);
    const char *found = mark ? strchr(marks, mark) : NULL;
    if (found)
        buf_char(&decoder->unescaped, meant[found - marks]);
    return found != NULL;
}

/* The slice lives until the next string. */
static bool take_string(struct decoder *decoder, struct slice *slice)
{
    if (!take(decoder, '"'))
        return false;
    const char *from = decoder->at;
    if (!skip_plain(decoder))
        return false;
    *slice = (struct slice){from, (size_t)(decoder->at - from)};
    if (*decoder->at++ == '"')
        return true;
    buf_clear(&decoder->unescaped);
    buf_bytes(&decoder->unescaped, slice->text, slice->length);
    while (take_escape(decoder)) {
        from = decoder->at;
        if (!skip_plain(decoder))
            return false;
        buf_bytes(&decoder->unescaped, from, (size_t)(decoder->at - from));
        if (*decoder->at++ == '"') {
            *slice = (struct slice){buf_text(&decoder->unescaped), decoder->unescaped.length};
            return !buf_failed(&decoder->unescaped);
        }
    }
    return false;
}

static json_t *decode_string(struct decoder *decoder)
{
    struct slice slice;

    return take_string(decoder, &slice) ? json_stringn_nocheck(slice.text, slice.length) : NULL;
}

/* --- other values ----------------------------------------------------------------------------- */

static json_t *decode_integer(struct decoder *decoder)
{
    bool negative = take(decoder, '-');
    const char *from = decoder->at;
    json_int_t number = 0;

    while (decoder->at < decoder->end && *decoder->at >= '0' && *decoder->at <= '9' &&
           decoder->at - from < DIGITS_MAX)
        number = number * 10 + (*decoder->at++ - '0');
    if (decoder->at == from || (*from == '0' && decoder->at - from > 1) ||
        decoder->at == decoder->end || strchr(".eE0123456789", *decoder->at))
        return NULL;
    return json_integer(negative ? -number : number);
}

static json_t *decode_word(struct decoder *decoder, const char *word, json_t *value)
{
    size_t length = strlen(word);

    if ((size_t)(decoder->end - decoder->at) < length || memcmp(decoder->at, word, length) != 0)
        return NULL;
    decoder->at += length;
    return value;
}

/* --- objects and arrays ----------------------------------------------------------------------- */

/* A member named twice would not make the object larger. */
static bool decode_member(struct decoder *decoder, json_t *object)
{
    char name[256];
    struct slice slice;
    size_t before = json_object_size(object);

    if (!take_string(decoder, &slice) || slice.length >= sizeof name)
        return false;
    memcpy(name, slice.text, slice.length);
    json_t *value = take_mark(decoder, ':') ? decode_value(decoder) : NULL;
    return value && json_object_setn_new_nocheck(object, name, slice.length, value) == 0 &&
           json_object_size(object) > before;
}

static bool decode_element(struct decoder *decoder, json_t *array)
{
    json_t *value = decode_value(decoder);

    return value && json_array_append_new(array, value) == 0;
}

static bool decode_content(struct decoder *decoder, json_t *container, char close,
                           bool (*decode_one)(struct decoder *decoder, json_t *container))
{
    if (take_mark(decoder, close))
        return true;
    do {
        if (decoder->values-- == 0 || !decode_one(decoder, container))
            return false;
    } while (take_mark(decoder, ','));
    skip_space(decoder);
    return take(decoder, close);
}

static json_t *decode_container(struct decoder *decoder, bool object)
{
    json_t *container = object ? json_object() : json_array();

    decoder->at++;
    if (!container || decoder->depth++ == JSON_DEPTH_MAX || decoder->values-- == 0 ||
        !decode_content(decoder, container, object ? '}' : ']',
                        object ? decode_member : decode_element)) {
        json_decref(container);
        return NULL;
    }
    decoder->depth--;
    return container;
}

static json_t *decode_value(struct decoder *decoder)
{
    if (decoder->at == decoder->end)
        return NULL;
    switch (*decoder->at) {
    case '"':
        return decode_string(decoder);
    case '{':
    case '[':
        return decode_container(decoder, *decoder->at == '{');
    case 't':
        return decode_word(decoder, "true", json_true());
    case 'f':
        return decode_word(decoder, "false", json_false());
    case 'n':
        return decode_word(decoder, "null", json_null());
    default:
        return decode_integer(decoder);
    }
}

json_t *json_decode(const char *text, size_t length)
{
    struct decoder decoder = {.at = text, .end = text, .values = JSON_VALUES_MAX};
    json_t *value = NULL;

    if (length == 0 || length > JSON_TEXT_MAX)
        return NULL;
    decoder.end += length;
    skip_space(&decoder);
    if (decoder.at < decoder.end && (*decoder.at == '{' || *decoder.at == '['))
        value = decode_value(&decoder);
    skip_space(&decoder);
    if (value && decoder.at != decoder.end) {
        json_decref(value);
        value = NULL;
    }
    buf_release(&decoder.unescaped);
    return value;
}
