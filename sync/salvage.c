#include "sync/salvage.h"

#include "base/json.h"

#include <string.h>

struct cursor {
    const char *text;
    size_t length, at;
};

static bool is_at(const struct cursor *cursor, char c)
{
    return cursor->at < cursor->length && cursor->text[cursor->at] == c;
}

static void skip_any(struct cursor *cursor, const char *bytes)
{
    while (cursor->at < cursor->length && cursor->text[cursor->at] != '\0' &&
           strchr(bytes, cursor->text[cursor->at]))
        cursor->at++;
}

/* From an opening quote to behind the closing one, or to the end. */
static void skip_string(struct cursor *cursor)
{
    for (cursor->at++; cursor->at < cursor->length; cursor->at++) {
        if (is_at(cursor, '\\'))
            cursor->at++;
        else if (is_at(cursor, '"'))
            break;
    }
    cursor->at = cursor->at < cursor->length ? cursor->at + 1 : cursor->length;
}

/* To the comma or bracket behind the value, or to the end. */
static void skip_value(struct cursor *cursor)
{
    int depth = 0;

    while (cursor->at < cursor->length) {
        char c = cursor->text[cursor->at];
        if (depth == 0 && (c == ',' || c == '}' || c == ']'))
            return;
        if (c == '"') {
            skip_string(cursor);
            continue;
        }
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        cursor->at++;
    }
}

/* The value alone, in an array of one, because only containers are parsed; NULL when it is none. */
static json_t *parse_value(const char *text, size_t length)
{
    struct buf wrapped = {0};
    json_t *list = NULL;

    buf_char(&wrapped, '[');
    buf_bytes(&wrapped, text, length);
    buf_char(&wrapped, ']');
    if (buf_failed(&wrapped) || json_parse(wrapped.data, wrapped.length, &list, NULL) != STATUS_OK)
        list = NULL;
    buf_release(&wrapped);
    return list;
}

static void take_member(const char *name, size_t name_length, const char *value, size_t length,
                        struct buf *id, struct buf *rev)
{
    bool is_id = name_length == 2 && memcmp(name, "id", 2) == 0;
    bool is_changes = name_length == 7 && memcmp(name, "changes", 7) == 0;
    json_t *list = is_id || is_changes ? parse_value(value, length) : NULL;
    const json_t *first = json_array_get(list, 0);

    if (is_id && json_is_string(first) && id->length == 0)
        buf_str(id, json_string_value(first));
    if (is_changes && rev->length == 0)
        buf_str(rev, json_text(json_array_get(first, 0), "rev", ""));
    json_decref(list);
}

bool salvage_row(const char *text, size_t length, struct buf *id, struct buf *rev)
{
    struct cursor cursor = {.text = text, .length = length};

    skip_any(&cursor, " \t{");
    while (is_at(&cursor, '"')) {
        size_t name = cursor.at + 1;
        skip_string(&cursor);
        size_t name_end = cursor.at - 1;
        skip_any(&cursor, " \t:");
        size_t value = cursor.at;
        skip_value(&cursor);
        if (cursor.at == length) /* cut off: not the whole value */
            break;
        take_member(text + name, name_end - name, text + value, cursor.at - value, id, rev);
        skip_any(&cursor, " \t,");
    }
    return id->length > 0 && !buf_failed(id) && !buf_failed(rev);
}
