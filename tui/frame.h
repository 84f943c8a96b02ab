#ifndef HUILIU_TUI_FRAME_H
#define HUILIU_TUI_FRAME_H
/*
 * What surrounds a view: a title bar (breadcrumb left, status right), the message line and the
 * footer with the keys that work here, made from the command table and the keymap. Positions
 * never depend on data: the message line is always reserved.
 *
 *      row 0         title bar
 *      rows 1..n-3   the view
 *      row n-2       message line
 *      row n-1       footer
 *
 * Below 40 x 10 there is only a note and the way out.
 */
#include "keymaps/keymap.h"
#include "tui/canvas.h"

#include <stdbool.h>

#define FRAME_ROWS_MIN       10
#define FRAME_COLUMNS_MIN    40
#define FRAME_ROWS_NARROW    16 /* below this or ... */
#define FRAME_COLUMNS_NARROW 60 /* ... this, views use one column */

struct frame_layout {
    bool too_small;
    bool narrow; /* one column */
    struct area title, view, message, footer;
};

struct frame_layout frame_layout(struct area screen);

/* Breadcrumb parts from the outermost; when too long the outer ones go first. */
void frame_draw_title(struct canvas *canvas, struct area area, const char *const *parts,
                      size_t count, const char *status, enum style status_style);

/* Asks which commands work now. */
typedef bool frame_enabled_fn(void *data, enum command command);

/* What fits, the most important first to be kept (struct command_info.footer); the keys of the page
 * stand before those that work everywhere. */
void frame_draw_footer(struct canvas *canvas, struct area area, const struct keymap *keymap,
                       enum context context, frame_enabled_fn *enabled, void *data);

void frame_draw_too_small(struct canvas *canvas, const struct keymap *keymap);

#endif
