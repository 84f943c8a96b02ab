#include "base/json.h"

#include "base/i18n.h"
#include "base/text.h"

#include <float.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Integers that every reader of JSON has exactly (RFC 7493, section 2.2). */
#define EXACT_INTEGER_MAX (((json_int_t)1 << 53) - 1)

/* Answers put documents into documents of our own. */
#define PRINT_DEPTH_MAX (2 * JSON_DEPTH_MAX)

/* --- Parsing ---------------------------------------------------------------------------------- */

/* What jansson will build, counted without building it. Brackets inside strings do not count;
 * whether the text is JSON at all is jansson's question. */
struct extent {
    size_t depth_max;
    size_t values; /* upper bound: every comma and every opening bracket */
};

/* A quote is part of the string after an odd number of backslashes. */
static bool is_escaped(const char *start, const char *quote)
{
    const char *at = quote;

    while (at > start && at[-1] == '\\')
        at--;
    return (quote - at) % 2 != 0;
}

/* From the first byte of a string's content to its closing quote, or to the end of the text. Most
 * of a document is strings: memchr() makes this pass cheap beside the parser's. */
static const char *string_end(const char *content, const char *end)
{
    const char *quote = content;

    while ((quote = memchr(quote, '"', (size_t)(end - quote))) != NULL) {
        if (!is_escaped(content, quote))
            return quote;
        quote++;
    }
    return end;
}

static struct extent measure(const char *text, size_t length)
{
    const char *end = length > 0 ? text + length : text;
    struct extent extent = {0, 0};
    size_t depth = 0;

    for (const char *at = text; at != end; at++) {
        if (*at == '"') {
            at = string_end(at + 1, end);
            if (at == end)
                break;
        } else if (*at == '[' || *at == '{') {
            depth++;
            extent.values++;
            if (depth > extent.depth_max)
                extent.depth_max = depth;
        } else if (*at == ',') {
            extent.values++;
        } else if ((*at == ']' || *at == '}') && depth > 0) {
            depth--;
        }
    }
    return extent;
}

static enum status check_extent(const char *text, size_t length, struct error *error)
{
    if (length > JSON_TEXT_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The JSON text is too large (%zu bytes)."),
                         length);
    struct extent extent = measure(text, length);
    if (extent.depth_max > JSON_DEPTH_MAX)
        return error_set(error, STATUS_INVALID, _("The JSON text is nested too deeply."));
    if (extent.values > JSON_VALUES_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The JSON text has too many values (%zu)."),
                         extent.values);
    return STATUS_OK;
}

/* jansson's lexer loses a character when its buffer cannot grow and goes on: what it made then may
 * be wrong without a word. So it is asked to tell us, thread by thread. */
static _Thread_local bool starved;

static void *take_memory(size_t size)
{
    void *block = malloc(size);

    starved = starved || !block;
    return block;
}

static void watch_memory(void)
{
    json_set_alloc_funcs(take_memory, free);
}

static json_t *load(const char *text, size_t length, json_error_t *failure)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, watch_memory);
    starved = false;
    json_t *parsed = json_loadb(text, length, JSON_REJECT_DUPLICATES, failure);
    if (!parsed || !starved)
        return parsed;
    json_decref(parsed);
    return NULL;
}

static enum status parse_failure(const json_error_t *failure, struct error *error)
{
    enum json_error_code code = json_error_code(failure);

    if (starved || code == json_error_out_of_memory)
        return error_nomem(error);
    if (code == json_error_duplicate_key)
        return error_set_detail(error, STATUS_INVALID, (int)code,
                                _("The JSON text names a member twice (line %d, column %d)."),
                                failure->line, failure->column);
    return error_set_detail(error, STATUS_INVALID, (int)code,
                            _("This is not valid JSON (line %d, column %d)."), failure->line,
                            failure->column);
}

enum status json_parse(const char *text, size_t length, json_t **value, struct error *error)
{
    json_error_t failure;
    enum status status = check_extent(text, length, error);

    if (status != STATUS_OK)
        return status;
    json_t *parsed = load(text, length, &failure);
    if (!parsed)
        return parse_failure(&failure, error);
    *value = parsed;
    return STATUS_OK;
}

/* --- Printing --------------------------------------------------------------------------------- */

/* Both forms share everything but the order of members and what numbers may be. */
struct printing {
    struct buf *out;
    bool canonical; /* RFC 8785 */
    int depth_max;
};

static enum status print(const struct printing *printing, const json_t *value, int depth,
                         struct error *error);

static void print_escape(unsigned char c, struct buf *out)
{
    static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";

    for (const char *pair = named; *pair; pair += 2)
        if ((unsigned char)pair[0] == c) {
            buf_char(out, '\\');
            buf_char(out, pair[1]);
            return;
        }
    buf_printf(out, "\\u%04x", c);
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

static void print_string(const char *text, size_t length, struct buf *out)
{
    buf_char(out, '"');
    for (size_t at = 0; at < length; at++) {
        size_t plain = at;
        while (at < length && is_plain((unsigned char)text[at]))
            at++;
        buf_bytes(out, text + plain, at - plain);
        if (at < length)
            print_escape((unsigned char)text[at], out);
    }
    buf_char(out, '"');
}

/* The shortest of 15 to 17 digits that reads back as the same number, so nothing is lost and 0.005
 * stays 0.005; a point or an exponent says that it is no integer. */
static void print_real(double number, struct buf *out)
{
    char text[32];
    int digits = DBL_DIG;

    do
        snprintf(text, sizeof text, "%.*g", digits, number);
    while (strtod(text, NULL) != number && ++digits <= DBL_DECIMAL_DIG);
    buf_str(out, text);
    if (!strpbrk(text, ".e"))
        buf_str(out, ".0");
}

static enum status print_integer(const struct printing *printing, json_int_t number,
                                 struct error *error)
{
    bool exact = number <= EXACT_INTEGER_MAX && number >= -EXACT_INTEGER_MAX;

    if (printing->canonical && !exact)
        return error_set(error, STATUS_INVALID, _("A number is too large to be signed or hashed."));
    buf_printf(printing->out, "%" JSON_INTEGER_FORMAT, number);
    return STATUS_OK;
}

/* A code point as its one or two UTF-16 units, the first in the high half. */
static uint32_t utf16_rank(uint32_t codepoint)
{
    if (codepoint < 0x10000)
        return codepoint << 16;
    codepoint -= 0x10000;
    return (0xD800 + (codepoint >> 10)) << 16 | (0xDC00 + (codepoint & 0x3FF));
}

/* Section 3.2.3: by UTF-16 code units, which is not the order of the UTF-8 bytes. */
static int compare_names(const void *a, const void *b)
{
    const char *left = *(const char *const *)a;
    const char *right = *(const char *const *)b;
    size_t used_left, used_right;

    while (*left && *right) {
        uint32_t first = utf16_rank(text_decode(left, strlen(left), &used_left));
        uint32_t second = utf16_rank(text_decode(right, strlen(right), &used_right));
        if (first != second)
            return first < second ? -1 : 1;
        left += used_left;
        right += used_right;
    }
    return (*left != '\0') - (*right != '\0');
}

static enum status print_member(const struct printing *printing, const char *name,
                                const json_t *value, int depth, struct error *error)
{
    print_string(name, strlen(name), printing->out);
    buf_char(printing->out, ':');
    return print(printing, value, depth, error);
}

static enum status print_in_order(const struct printing *printing, const json_t *object, int depth,
                                  struct error *error)
{
    json_t *members = (json_t *)(uintptr_t)object; /* iterating changes nothing */
    enum status status = STATUS_OK;
    bool first = true;

    for (void *at = json_object_iter(members); at && status == STATUS_OK;
         at = json_object_iter_next(members, at)) {
        if (!first)
            buf_char(printing->out, ',');
        first = false;
        status = print_member(printing, json_object_iter_key(at), json_object_iter_value(at), depth,
                              error);
    }
    return status;
}

static enum status print_sorted(const struct printing *printing, const json_t *object, int depth,
                                struct error *error)
{
    size_t count = json_object_size(object);
    const char **names = calloc(count + 1, sizeof *names);
    json_t *members = (json_t *)(uintptr_t)object; /* iterating changes nothing */
    enum status status = STATUS_OK;
    size_t n = 0;

    if (!names)
        return error_nomem(error);
    for (void *at = json_object_iter(members); at; at = json_object_iter_next(members, at))
        names[n++] = json_object_iter_key(at);
    qsort(names, n, sizeof *names, compare_names);
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        if (i > 0)
            buf_char(printing->out, ',');
        status = print_member(printing, names[i], json_object_get(object, names[i]), depth, error);
    }
    free(names);
    return status;
}

static enum status print_object(const struct printing *printing, const json_t *object, int depth,
                                struct error *error)
{
    buf_char(printing->out, '{');
    enum status status = printing->canonical ? print_sorted(printing, object, depth, error)
                                             : print_in_order(printing, object, depth, error);
    buf_char(printing->out, '}');
    return status;
}

static enum status print_array(const struct printing *printing, const json_t *array, int depth,
                               struct error *error)
{
    enum status status = STATUS_OK;

    buf_char(printing->out, '[');
    for (size_t i = 0; status == STATUS_OK && i < json_array_size(array); i++) {
        if (i > 0)
            buf_char(printing->out, ',');
        status = print(printing, json_array_get(array, i), depth, error);
    }
    buf_char(printing->out, ']');
    return status;
}

static enum status print(const struct printing *printing, const json_t *value, int depth,
                         struct error *error)
{
    struct buf *out = printing->out;

    if (depth > printing->depth_max)
        return error_set(error, STATUS_INVALID, _("The JSON text is nested too deeply."));
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return print_object(printing, value, depth + 1, error);
    case JSON_ARRAY:
        return print_array(printing, value, depth + 1, error);
    case JSON_STRING:
        print_string(json_string_value(value), json_string_length(value), out);
        return STATUS_OK;
    case JSON_INTEGER:
        return print_integer(printing, json_integer_value(value), error);
    case JSON_REAL:
        if (printing->canonical)
            return error_set(error, STATUS_INVALID,
                             _("Only whole numbers can be signed or hashed."));
        print_real(json_real_value(value), out);
        return STATUS_OK;
    case JSON_TRUE:
        buf_str(out, "true");
        return STATUS_OK;
    case JSON_FALSE:
        buf_str(out, "false");
        return STATUS_OK;
    case JSON_NULL:
        buf_str(out, "null");
        return STATUS_OK;
    }
    return error_set(error, STATUS_INTERNAL, _("This value is not JSON."));
}

/* After a failure `out` has its old content again; its sticky failure stays. */
static enum status print_or_undo(const struct printing *printing, const json_t *value,
                                 struct error *error)
{
    struct buf *out = printing->out;
    size_t start = out->length;
    enum status status = value ? print(printing, value, 0, error) : error_nomem(error);

    if (status == STATUS_OK && !buf_failed(out))
        return STATUS_OK;
    out->length = start;
    if (out->data)
        out->data[start] = '\0';
    if (status != STATUS_OK)
        return status;
    if (buf_over_limit(out))
        return error_set(error, STATUS_TOO_LARGE, _("The JSON text is too large."));
    return error_nomem(error);
}

enum status json_print(const json_t *value, struct buf *out, struct error *error)
{
    const struct printing printing = {.out = out, .depth_max = PRINT_DEPTH_MAX};

    return print_or_undo(&printing, value, error);
}

enum status json_canonical(const json_t *value, struct buf *out, struct error *error)
{
    const struct printing printing = {.out = out, .canonical = true, .depth_max = JSON_DEPTH_MAX};

    return print_or_undo(&printing, value, error);
}

/* --- Members ---------------------------------------------------------------------------------- */

const char *json_text(const json_t *object, const char *name, const char *fallback)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : fallback;
}

json_int_t json_int(const json_t *object, const char *name, json_int_t fallback)
{
    const json_t *value = json_object_get(object, name);

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool json_bool(const json_t *object, const char *name, bool fallback)
{
    const json_t *value = json_object_get(object, name);

    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

void json_put(json_t *object, const char *name, json_t *value, bool *ok)
{
    if (!*ok)
        json_decref(value);
    else if (json_object_set_new(object, name, value) != 0)
        *ok = false;
}

void json_put_text(json_t *object, const char *name, const char *text, bool *ok)
{
    if (*ok)
        json_put(object, name, text ? json_string(text) : json_null(), ok);
}

void json_add(json_t *array, json_t *value, bool *ok)
{
    if (!*ok)
        json_decref(value);
    else if (json_array_append_new(array, value) != 0)
        *ok = false;
}
