#ifndef HUILIU_SYNC_SALVAGE_H
#define HUILIU_SYNC_SALVAGE_H
/*
 * What can still be said of a `_changes` row that cannot be parsed (it is too long, or holds a
 * number or a character that we do not take): which document it was about. Without that the
 * document's old content would go on standing there as if it were today's.
 *
 * Reads the row's own members and nothing inside the document; the row may end early. Both servers
 * send `id` and `changes` before the document. Pure.
 */
#include "base/buf.h"

#include <stdbool.h>

/* Appends the document's id and, when it can be read, its revision; false when there is no id. */
bool salvage_row(const char *text, size_t length, struct buf *id, struct buf *rev);

#endif
