#include "base/i18n.h"
#include "base/text.h"
#include "tui/view_list.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"

#include <string.h>

#define COMMON_MIN     6 /* bytes: less is not worth leaving out */
#define HEAD_ROWS      3
#define MARK_CELLS     2
#define NAME_CELLS     14 /* at least */
#define NAME_MAX_CELLS 40
#define COLUMN_MAX     28
#define CELLS_MIN      8  /* a column keeps so much when there is too little room */
#define CELLS_ENOUGH   20 /* a column keeps so much before names grow at its expense */
#define MEASURED_MAX   60 /* rows that are looked at for the widths */

/* --- columns ----------------------------------------------------------------------------------
 */

static int cells_of(const char *text, int most)
{
    struct buf shown = {0};

    text_show(&shown, text, strlen(text));
    int cells = text_width(buf_text(&shown));
    buf_release(&shown);
    return cells < most ? cells : most;
}

/* The name stands in front already. */
static bool is_name(const struct list_view *view, size_t column)
{
    for (size_t i = 0; i < view->page->count; i++)
        if (strcmp(view->page->rows[i].cells[column], view->page->rows[i].name) != 0)
            return false;
    return true;
}

static int column_width(const struct list_view *view, size_t column)
{
    int width = cells_of(list_result_title(view->result->result, column), COLUMN_MAX);

    for (size_t i = 0; i < view->page->count && i < MEASURED_MAX; i++) {
        int cells = cells_of(view->page->rows[i].cells[column], COLUMN_MAX);
        width = cells > width ? cells : width;
    }
    return width;
}

/* Province, county and township are the same in every address here. */
static size_t common_start(const struct list_view *view, size_t column)
{
    const char *first = NULL;
    size_t common = 0;

    for (size_t i = 0; i < view->page->count; i++) {
        const char *cell = view->page->rows[i].cells[column];
        if (!*cell)
            continue;
        size_t both = first ? words_common(first, cell) : strlen(cell);
        common = !first || both < common ? both : common;
        first = first ? first : cell;
    }
    return common;
}

static int name_width(const struct list_view *view)
{
    int width = NAME_CELLS;

    for (size_t i = 0; i < view->page->count && i < MEASURED_MAX; i++) {
        int cells = cells_of(view->page->rows[i].name, NAME_MAX_CELLS);
        width = cells > width ? cells : width;
    }
    return width;
}

/* Cells from where they differ, behind "…". */
static int short_width(const struct list_view *view, size_t column)
{
    size_t common = view->common[column];
    int width = cells_of(list_result_title(view->result->result, column), COLUMN_MAX);

    if (common < COMMON_MIN || view->widths[column] == 0)
        return view->widths[column];
    for (size_t i = 0; i < view->page->count && i < MEASURED_MAX; i++) {
        const char *cell = view->page->rows[i].cells[column];
        int cells = strlen(cell) > common ? 1 + cells_of(cell + common, COLUMN_MAX)
                                          : cells_of(cell, COLUMN_MAX);
        width = cells > width ? cells : width;
    }
    return width < view->widths[column] ? width : view->widths[column];
}

void list_view_measure(struct list_view *view)
{
    for (size_t i = 0; i < list_result_columns(view->result->result); i++) {
        view->widths[i] = is_name(view, i) ? 0 : column_width(view, i);
        view->common[i] = common_start(view, i);
        view->shortest[i] = short_width(view, i);
    }
    view->name_width = name_width(view);
}

/* --- the columns of a row -----------------------------------------------------------------------
 */

struct layout {
    size_t count;
    int name;
    int cells[LIST_COLUMNS_MAX]; /* 0: not shown */
};

/* Takes a cell from the widest column, if it is wider than that. */
static bool narrow(struct layout *layout, int least)
{
    size_t widest = 0;

    for (size_t i = 1; i < layout->count; i++)
        if (layout->cells[i] > layout->cells[widest])
            widest = i;
    if (layout->count == 0 || layout->cells[widest] <= least)
        return false;
    layout->cells[widest]--;
    return true;
}

/* Every column gets what tells its rows apart, the widest less where that is too much; then the
 * names what they need, and the columns the rest. */
static struct layout lay_out(const struct list_view *view, int columns)
{
    struct layout layout = {.count = list_result_columns(view->result->result), .name = NAME_CELLS};
    int spare = columns - MARK_CELLS - NAME_CELLS;

    for (size_t i = 0; i < layout.count; i++) {
        layout.cells[i] = view->shortest[i];
        spare -= layout.cells[i] ? layout.cells[i] + 1 : 0;
    }
    while (spare < 0 && narrow(&layout, CELLS_MIN))
        spare++;
    while (layout.name < view->name_width && (spare > 0 || narrow(&layout, CELLS_ENOUGH))) {
        spare -= spare > 0;
        layout.name++;
    }
    for (size_t i = 0; i < layout.count && spare > 0; i++) {
        int more = view->widths[i] - layout.cells[i];
        more = more < spare ? more : spare;
        layout.cells[i] += more > 0 ? more : 0;
        spare -= more > 0 ? more : 0;
    }
    return layout;
}

/* Where a column is in a row; nothing is left of it where the row ends before. */
static struct area column_area(const struct layout *layout, size_t column, struct area row)
{
    int at = MARK_CELLS + layout->name + 1;

    for (size_t i = 0; i < column; i++)
        at += layout->cells[i] ? layout->cells[i] + 1 : 0;
    if (at >= row.columns)
        return area_columns(row, 0, 0);
    struct area rest = area_cut(row, 0, 0, 0, at);
    return column + 1 == layout->count || layout->cells[column] >= rest.columns
               ? rest
               : area_columns(rest, 0, layout->cells[column]);
}

static void draw_titles(const struct list_view *view, struct canvas *canvas, struct area row)
{
    const struct list_result *result = view->result->result;
    const char *name = list_result_name_title(result);
    struct layout layout = {0};

    if (view->page)
        layout = lay_out(view, row.columns);
    else
        layout.name = NAME_CELLS;
    (void)canvas_put(canvas, area_columns(row, MARK_CELLS, layout.name), STYLE_MUTED,
                     name ? name : _("Name"));
    for (size_t i = 0; i < layout.count; i++)
        if (layout.cells[i])
            (void)canvas_put(canvas, column_area(&layout, i, row), STYLE_MUTED,
                             list_result_title(result, i));
}

/* --- rows -------------------------------------------------------------------------------------
 */

/* "+" has reached the platform, "*" is only here. */
static void draw_mark(enum tick_mark mark, struct canvas *canvas, struct area row)
{
    if (mark == TICK_NONE)
        return;
    enum style style = mark == TICK_SENT ? STYLE_OK : STYLE_PENDING;
    (void)canvas_put(canvas, area_columns(row, 0, 1), style, style_mark(style));
}

/* What does not fit is shown from where it differs from the others: "…西乡村3组41号". */
static void draw_cell(const struct list_view *view, size_t column, const char *text,
                      struct canvas *canvas, struct area at)
{
    size_t common = view->common[column];

    if (common < COMMON_MIN || canvas_measure(canvas, text, strlen(text)) <= at.columns ||
        strlen(text) <= common)
        (void)canvas_put(canvas, at, STYLE_NORMAL, text);
    else
        (void)canvas_printf(canvas, at, STYLE_NORMAL, "…%s", text + common);
}

static void draw_row(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct list_view *view = data;
    const struct list_row *shown = list_view_row(view, index);

    if (!shown) {
        (void)canvas_put(canvas, row, STYLE_MUTED, "…");
        return;
    }
    const struct layout layout = lay_out(view, row.columns);
    draw_mark(list_view_tick(view, index), canvas, row);
    (void)canvas_put(canvas, area_columns(row, MARK_CELLS, layout.name),
                     shown->record[0] ? STYLE_NORMAL : STYLE_MUTED,
                     shown->record[0] ? shown->name : _("gone since"));
    for (size_t i = 0; i < layout.count; i++)
        if (layout.cells[i])
            draw_cell(view, i, shown->cells[i], canvas, column_area(&layout, i, row));
}

/* --- head -------------------------------------------------------------------------------------
 */

static void draw_roll(const struct list_view *view, struct canvas *canvas, struct area row)
{
    struct buf text = {0};

    if (view->roll.ticked == 0 || !list_view_place(view))
        return;
    if (view->catalogue.place_count > 1)
        buf_printf(&text, "%s · ", list_view_place(view)->title);
    buf_printf(&text, _("Ticked off today: %lld"), (long long)view->roll.ticked);
    int used = canvas_put(canvas, row, STYLE_NORMAL, buf_text(&text));
    buf_clear(&text);
    if (view->roll.unsent > 0)
        buf_printf(&text, _("%s not sent yet: %lld"), style_mark(STYLE_PENDING),
                   (long long)view->roll.unsent);
    (void)canvas_put(canvas, area_cut(row, 0, 0, 0, used + 3), STYLE_PENDING, buf_text(&text));
    buf_release(&text);
}

static void draw_state(const struct list_view *view, struct canvas *canvas, struct area row)
{
    if (view->running || view->exporting)
        part_bar(canvas, row, STYLE_NORMAL, atomic_load(&view->done), atomic_load(&view->total));
    else if (view->failure[0])
        (void)canvas_put(canvas, row, STYLE_ERROR, view->failure);
    else
        draw_roll(view, canvas, row);
}

static void draw_head(const struct list_view *view, struct canvas *canvas, struct area area)
{
    struct buf text = {0};

    if (view->result) {
        part_number((int64_t)view->rows.count, &text);
        buf_str(&text, _(" rows"));
    } else {
        buf_str(&text, _("Reading…"));
    }
    int used = canvas_put(canvas, area_row(area, 0), STYLE_STRONG, buf_text(&text));
    (void)canvas_printf(canvas, area_cut(area_row(area, 0), 0, 0, 0, used + 2), STYLE_NORMAL,
                        "%s: %s", view->catalogue.title ? view->catalogue.title : view->dataset,
                        view->catalogue.description ? view->catalogue.description : "");
    draw_state(view, canvas, area_row(area, 1));
    buf_release(&text);
}

void list_view_draw(struct view *of, struct canvas *canvas, struct area area)
{
    struct list_view *view = (struct list_view *)of;
    struct area body = area_cut(area, HEAD_ROWS, 0, 0, 0);

    draw_head(view, canvas, area);
    if (!view->result || view->rows.count == 0) {
        (void)canvas_put_wrapped(canvas, body, STYLE_MUTED,
                                 view->ready ? _("No record fits.") : _("Reading…"));
        canvas_cursor(canvas, body.row, body.column, true);
        return;
    }
    draw_titles(view, canvas, area_row(area, 2));
    list_draw(&view->rows, canvas, body, draw_row, view);
}
