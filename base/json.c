#include "base/json.h"

#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* Integers that every reader of JSON has exactly (RFC 7493, section 2.2). */
#define EXACT_INTEGER_MAX (((json_int_t)1 << 53) - 1)

/* --- Parsing ------------------------------------------------------------------------------------
 */

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

static enum status parse_failure(const json_error_t *failure, struct error *error)
{
    enum json_error_code code = json_error_code(failure);

    if (code == json_error_out_of_memory)
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
    json_t *parsed = json_loadb(text, length, JSON_REJECT_DUPLICATES, &failure);
    if (!parsed)
        return parse_failure(&failure, error);
    *value = parsed;
    return STATUS_OK;
}

/* --- Printing ------------------------------------------------------------------------------------
 */

/* After a failure `out` has its old content again; its sticky failure stays. */
static enum status undo(struct buf *out, size_t length, enum status status, struct error *error)
{
    out->length = length;
    if (out->data)
        out->data[length] = '\0';
    if (status != STATUS_OK)
        return status;
    if (buf_failed(out) && out->limit)
        return error_set(error, STATUS_TOO_LARGE, _("The JSON text is too large."));
    return error_nomem(error);
}

static int append_to_buf(const char *bytes, size_t length, void *out)
{
    buf_bytes(out, bytes, length);
    return buf_failed(out) ? -1 : 0;
}

enum status json_print(const json_t *value, struct buf *out, struct error *error)
{
    size_t start = out->length;

    if (json_dump_callback(value, append_to_buf, out, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
        return undo(out, start, STATUS_OK, error);
    return STATUS_OK;
}

/* --- RFC 8785 ------------------------------------------------------------------------------------
 */

static enum status canonical(const json_t *value, struct buf *out, int depth, struct error *error);

static void canonical_char(unsigned char c, struct buf *out)
{
    static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";

    for (const char *pair = named; *pair; pair += 2)
        if ((unsigned char)pair[0] == c) {
            buf_char(out, '\\');
            buf_char(out, pair[1]);
            return;
        }
    if (c < 0x20)
        buf_printf(out, "\\u%04x", c);
    else
        buf_char(out, (char)c);
}

static void canonical_string(const char *text, size_t length, struct buf *out)
{
    buf_char(out, '"');
    for (size_t i = 0; i < length; i++)
        canonical_char((unsigned char)text[i], out);
    buf_char(out, '"');
}

static enum status canonical_integer(json_int_t number, struct buf *out, struct error *error)
{
    if (number > EXACT_INTEGER_MAX || number < -EXACT_INTEGER_MAX)
        return error_set(error, STATUS_INVALID, _("A number is too large to be signed or hashed."));
    buf_printf(out, "%" JSON_INTEGER_FORMAT, number);
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

/* Names of an object's members in canonical order; the caller frees the array, not the names. */
static const char **sorted_names(const json_t *object, size_t count)
{
    const char **names = calloc(count + 1, sizeof *names);
    json_t *members = (json_t *)(uintptr_t)object; /* iterating changes nothing */
    size_t n = 0;

    if (!names)
        return NULL;
    for (void *at = json_object_iter(members); at; at = json_object_iter_next(members, at))
        names[n++] = json_object_iter_key(at);
    qsort(names, n, sizeof *names, compare_names);
    return names;
}

static enum status canonical_object(const json_t *object, struct buf *out, int depth,
                                    struct error *error)
{
    size_t count = json_object_size(object);
    const char **names = sorted_names(object, count);
    enum status status = names ? STATUS_OK : error_nomem(error);

    buf_char(out, '{');
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        if (i > 0)
            buf_char(out, ',');
        canonical_string(names[i], strlen(names[i]), out);
        buf_char(out, ':');
        status = canonical(json_object_get(object, names[i]), out, depth, error);
    }
    buf_char(out, '}');
    free(names);
    return status;
}

static enum status canonical_array(const json_t *array, struct buf *out, int depth,
                                   struct error *error)
{
    enum status status = STATUS_OK;

    buf_char(out, '[');
    for (size_t i = 0; status == STATUS_OK && i < json_array_size(array); i++) {
        if (i > 0)
            buf_char(out, ',');
        status = canonical(json_array_get(array, i), out, depth, error);
    }
    buf_char(out, ']');
    return status;
}

static enum status canonical(const json_t *value, struct buf *out, int depth, struct error *error)
{
    if (depth > JSON_DEPTH_MAX)
        return error_set(error, STATUS_INVALID, _("The JSON text is nested too deeply."));
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return canonical_object(value, out, depth + 1, error);
    case JSON_ARRAY:
        return canonical_array(value, out, depth + 1, error);
    case JSON_STRING:
        canonical_string(json_string_value(value), json_string_length(value), out);
        return STATUS_OK;
    case JSON_INTEGER:
        return canonical_integer(json_integer_value(value), out, error);
    case JSON_REAL:
        return error_set(error, STATUS_INVALID, _("Only whole numbers can be signed or hashed."));
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

enum status json_canonical(const json_t *value, struct buf *out, struct error *error)
{
    size_t start = out->length;
    enum status status = canonical(value, out, 0, error);

    if (status != STATUS_OK || buf_failed(out))
        return undo(out, start, status, error);
    return STATUS_OK;
}

/* --- Members -------------------------------------------------------------------------------------
 */

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
