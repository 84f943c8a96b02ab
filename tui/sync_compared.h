#ifndef HUILIU_TUI_SYNC_COMPARED_H
#define HUILIU_TUI_SYNC_COMPARED_H
/*
 * The last comparison with the platform (sync/reconcile.h) as rows of the exchange page: for each
 * dataset how many records are here and there, missing, superfluous and different. After a repair
 * the counts are those of the second look. Interface thread.
 */
#include "sync/reconcile.h"
#include "tui/canvas.h"

void compared_draw_head(struct canvas *canvas, struct area row);
void compared_draw(const struct reconcile_dataset *dataset, struct canvas *canvas, struct area row);
/* In words: when, what was repaired, what comes with the next exchange, or why it was not done. */
void compared_describe(const struct reconcile_dataset *dataset, int64_t at_ms, struct buf *out);

#endif
