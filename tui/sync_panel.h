#ifndef HUILIU_TUI_SYNC_PANEL_H
#define HUILIU_TUI_SYNC_PANEL_H
/*
 * The state of the exchange in SYNC_PANEL_ROWS rows: while it runs a bar, rows, rate, bytes, time
 * passed and left, and a warning when nothing has come for a while; between runs how the last one
 * went, why, and when the next one starts. Draws and keeps nothing.
 */
#include "tui/app.h"
#include "tui/sync_rate.h"
#include "tui/syncing.h"

#define SYNC_PANEL_ROWS 6

struct sync_panel {
    const struct app *app; /* for the names of keys */
    const struct syncing_state *state;
    const struct sync_rate *rate;
};

void sync_panel_draw(const struct sync_panel *panel, struct canvas *canvas, struct area area);

bool sync_is_running(const struct syncing_state *state);
/* How a run, or one dataset of it, ended. */
enum style sync_result_style(enum status result);
const char *sync_result_word(enum status result); /* translated */
/* "Last exchange 14:02, 3 min ago: done. Rows received: 1,200, requests sent: 2, held: 1." */
void sync_result_describe(const struct syncing_state *state, struct buf *out);

#endif
