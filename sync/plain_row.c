#include "sync/plain_row.h"

#include <string.h>

#define ROW_BYTES_MAX ((size_t)64 << 10) /* of the longer ones the parser counts the values */

/* The members named here lie in an object each. */
struct reading {
    struct json_plain plain;
    struct plain_row *row;
    struct buf *body;
    struct json_span document_id;
    bool has_document;
};

/* A text or an integer as it stands there; null: none. */
static bool read_seq(struct reading *reading)
{
    struct json_plain *plain = &reading->plain;
    const char *start = plain->at;

    if (!json_plain_value(plain, NULL))
        return false;
    while (start < plain->at && (*start == ' ' || *start == '\t' || *start == '\r'))
        start++;
    if (*start == 'n')
        return true;
    reading->row->seq = (struct json_span){start, (size_t)(plain->at - start)};
    return *start == '"' || *start == '-' || (*start >= '0' && *start <= '9');
}

/* [{"rev":"1-a"}] */
static bool read_revision(struct reading *reading)
{
    struct json_plain *plain = &reading->plain;
    struct json_names names = {0};
    struct json_span name;

    if (!json_plain_take(plain, '[') || !json_plain_take(plain, '{'))
        return false;
    while (json_plain_member(plain, &names, &name)) {
        bool is_rev = json_span_is(&name, "rev");
        if (is_rev ? !json_plain_string(plain, &reading->row->rev) : !json_plain_value(plain, NULL))
            return false;
    }
    return json_plain_take(plain, '}') && json_plain_take(plain, ']');
}

static bool read_field(struct reading *reading, const struct json_span *name, bool first)
{
    if (!first)
        buf_char(reading->body, ',');
    buf_bytes(reading->body, name->text - 1, name->length + 2);
    buf_char(reading->body, ':');
    return json_plain_value(&reading->plain, reading->body);
}

static bool read_document(struct reading *reading)
{
    struct json_plain *plain = &reading->plain;
    struct json_names names = {0};
    struct json_span name;
    bool first = true;

    if (!json_plain_take(plain, '{'))
        return false;
    buf_char(reading->body, '{');
    while (json_plain_member(plain, &names, &name)) {
        bool ok;
        if (name.length > 0 && name.text[0] == '_') {
            ok = json_span_is(&name, "_id") ? json_plain_string(plain, &reading->document_id)
                                            : json_plain_value(plain, NULL);
        } else {
            ok = read_field(reading, &name, first);
            first = false;
        }
        if (!ok)
            return false;
    }
    buf_char(reading->body, '}');
    reading->has_document = true;
    return json_plain_take(plain, '}');
}

static bool read_member(struct reading *reading, const struct json_span *name)
{
    if (json_span_is(name, "seq"))
        return read_seq(reading);
    if (json_span_is(name, "id"))
        return json_plain_string(&reading->plain, &reading->row->id);
    if (json_span_is(name, "changes"))
        return read_revision(reading);
    if (json_span_is(name, "doc"))
        return read_document(reading);
    return !json_span_is(name, "deleted") && json_plain_value(&reading->plain, NULL);
}

static bool same(const struct json_span *a, const struct json_span *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

bool plain_row_read(const char *text, size_t length, struct buf *body, struct plain_row *row)
{
    struct reading reading = {.plain = {text, text + length}, .row = row, .body = body};
    struct json_names names = {0};
    struct json_span name;

    *row = (struct plain_row){0};
    buf_clear(body);
    if (length > ROW_BYTES_MAX || !json_plain_take(&reading.plain, '{'))
        return false;
    while (json_plain_member(&reading.plain, &names, &name))
        if (!read_member(&reading, &name))
            return false;
    return json_plain_take(&reading.plain, '}') && json_plain_is_over(&reading.plain) &&
           reading.has_document && row->id.length > 0 && row->rev.length > 0 &&
           same(&row->id, &reading.document_id);
}
