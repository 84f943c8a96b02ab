/*
 * Any bytes as a row of a `_changes` answer: what is read without a parser says what the parser
 * says of it.
 */
#include "base/json.h"
#include "db/cache_store.h"
#include "sync/plain_row.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_text(const struct json_span *span, const char *text)
{
    require(text && json_span_is(span, text));
}

static void require_seq(const struct json_span *span, const json_t *seq)
{
    char *text = seq && !json_is_null(seq) ? json_dumps(seq, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    require(json_span_is(span, text ? text : ""));
    free(text);
}

static void require_same(const struct plain_row *row, const struct buf *body, const json_t *value)
{
    const json_t *doc = json_object_get(value, "doc");
    const json_t *changes = json_object_get(value, "changes");
    struct buf printed = {0};
    require(json_is_object(doc) && json_array_size(changes) == 1);
    require(!json_bool(value, "deleted", false));
    require_text(&row->id, json_text(value, "id", NULL));
    require_text(&row->id, json_text(doc, "_id", NULL));
    require_text(&row->rev, json_text(json_array_get(changes, 0), "rev", NULL));
    require_seq(&row->seq, json_object_get(value, "seq"));
    require(record_print(doc, &printed, NULL) == STATUS_OK);
    require(printed.length == body->length &&
            memcmp(buf_text(&printed), buf_text(body), body->length) == 0);
    buf_release(&printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plain_row row;
    struct buf body = {0};
    json_t *value = NULL;
    if (plain_row_read((const char *)data, size, &body, &row)) {
        require(json_parse((const char *)data, size, &value, NULL) == STATUS_OK);
        require_same(&row, &body, value);
    }
    json_decref(value);
    buf_release(&body);
    return 0;
}
