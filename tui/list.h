#ifndef HUILIU_TUI_LIST_H
#define HUILIU_TUI_LIST_H
/*
 * A list of any length that is never held: a count and a function that draws one row. Work per
 * key does not depend on the count.
 *
 *     struct list list = {0};                       // empty
 *     list_set_count(&list, 100000);
 *     stale |= list_command(&list, command, argument);
 *     list_draw(&list, canvas, area, draw_row, data);
 *
 * The selection is kept when the count changes (cut to the last row); who can tell where the row
 * went after a reload says so with list_select(). The real cursor is put on the selected row,
 * first column, unless `keep_cursor` (a field has it).
 */
#include "keymaps/command.h"
#include "tui/canvas.h"

#include <stdbool.h>
#include <stddef.h>

struct list {
    size_t count;
    size_t selected; /* < count, or 0 */
    bool keep_cursor;
    bool unmarked; /* the keyboard is in another list: no selection is shown here */
    /* private */
    size_t first;
    int height; /* rows at the last draw */
};

/* Draws row `index` in `row`; the list marks the selection afterwards. */
typedef void list_row_fn(void *data, size_t index, struct canvas *canvas, struct area row);

void list_set_count(struct list *list, size_t count);
void list_select(struct list *list, size_t index);

/* STALE_VIEW, STALE_NOTHING (at the end already) or STALE_UNHANDLED, as field_command(). */
unsigned list_command(struct list *list, enum command command, const char *argument);

void list_draw(struct list *list, struct canvas *canvas, struct area area, list_row_fn *draw_row,
               void *data);

#endif
