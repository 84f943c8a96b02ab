#include "tui/list.h"

#include "tui/view.h"

#include <stdlib.h>

void list_set_count(struct list *list, size_t count)
{
    list->count = count;
    if (list->selected >= count)
        list->selected = count > 0 ? count - 1 : 0;
}

void list_select(struct list *list, size_t index)
{
    list->selected = index;
    list_set_count(list, list->count);
}

/* How often: the argument, or once. */
static size_t times(const char *argument)
{
    long count = strtol(argument, NULL, 10);

    return count > 0 ? (size_t)count : 1;
}

static size_t down(const struct list *list, size_t rows)
{
    size_t last = list->count > 0 ? list->count - 1 : 0;

    return rows < last - list->selected ? list->selected + rows : last;
}

static size_t up(const struct list *list, size_t rows)
{
    return rows < list->selected ? list->selected - rows : 0;
}

/* A page keeps one row of what was seen. */
static size_t page(const struct list *list)
{
    return list->height > 1 ? (size_t)list->height - 1 : 1;
}

static void scroll(struct list *list, bool forward, size_t rows)
{
    if (forward)
        list->first += rows;
    else
        list->first -= rows < list->first ? rows : list->first;
}

/* Brings the selection into the window, and no empty rows at its end. Done after every move, not
 * only when drawing: queued keys are worked off before anything is drawn. */
static void fit_window(struct list *list, int height)
{
    size_t rows = height > 0 ? (size_t)height : 0;
    size_t last_first = list->count > rows ? list->count - rows : 0;

    list->height = height;
    if (list->selected < list->first)
        list->first = list->selected;
    if (rows > 0 && list->selected - list->first >= rows)
        list->first = list->selected - rows + 1;
    if (list->first > last_first)
        list->first = last_first;
}

unsigned list_command(struct list *list, enum command command, const char *argument)
{
    size_t before = list->selected;

    if (command == COMMAND_ROW_DOWN) {
        list->selected = down(list, times(argument));
    } else if (command == COMMAND_ROW_UP) {
        list->selected = up(list, times(argument));
    } else if (command == COMMAND_PAGE_DOWN) {
        list->selected = down(list, page(list) * times(argument));
        scroll(list, true, list->selected - before);
    } else if (command == COMMAND_PAGE_UP) {
        list->selected = up(list, page(list) * times(argument));
        scroll(list, false, before - list->selected);
    } else if (command == COMMAND_ROW_FIRST) {
        list->selected = 0;
    } else if (command == COMMAND_ROW_LAST) {
        list->selected = down(list, list->count);
    } else {
        return STALE_UNHANDLED;
    }
    fit_window(list, list->height);
    return list->selected == before ? STALE_NOTHING : STALE_VIEW;
}

void list_draw(struct list *list, struct canvas *canvas, struct area area, list_row_fn *draw_row,
               void *data)
{
    fit_window(list, area.rows);
    for (int row = 0; row < area.rows; row++) {
        size_t index = list->first + (size_t)row;
        struct area at = area_row(area, row);
        if (index >= list->count)
            break;
        draw_row(data, index, canvas, at);
        if (index != list->selected)
            continue;
        if (!list->unmarked)
            canvas_select(canvas, at);
        if (!list->keep_cursor)
            canvas_cursor(canvas, at.row, at.column, true);
    }
    if (list->count == 0 && !list->keep_cursor)
        canvas_cursor(canvas, area.row, area.column, true);
}
