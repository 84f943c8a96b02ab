#ifndef HUILIU_SYNC_PLAIN_ROW_H
#define HUILIU_SYNC_PLAIN_ROW_H
/*
 * A row of a `_changes` answer that brings a record and has nothing out of the ordinary, read
 * without a parser (base/json_plain.h). Such rows are nearly all there are. Private to sync/.
 *
 *     if (plain_row_read(text, length, &body, &row))
 *         use(row.id, buf_text(&body));      // all points into the text
 *     else
 *         parse it
 *
 * False says nothing about the row but that it is not plain: a deletion, a document under another
 * id, several revisions, an escape, a member twice, no JSON at all.
 */
#include "base/json_plain.h"

struct plain_row {
    struct json_span id, rev; /* neither is empty */
    struct json_span seq;     /* JSON text; empty: no position at this row */
};

/* `body` is replaced by the document's members but those that begin with an underscore: what
 * db/ keeps of it. The caller asks it whether it failed. */
bool plain_row_read(const char *text, size_t length, struct buf *body, struct plain_row *row);

#endif
