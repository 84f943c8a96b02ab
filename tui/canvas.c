#include "tui/canvas.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_GLYPH 0x3013u
#define CUT_MARK '~'
#define SIDE_MAX 1000

struct canvas {
    int rows, columns;
    struct cell *cells;
    canvas_width_fn *width;
    struct buf shown; /* scratch */
    int cursor_row, cursor_column;
    bool cursor_visible;
};

/* --- life ----------------------------------------------------------------------------------- */

enum status canvas_new(int rows, int columns, struct canvas **canvas, struct error *error)
{
    struct canvas *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->width = text_codepoint_width;
    enum status status = canvas_resize(made, rows, columns, error);
    if (status != STATUS_OK) {
        canvas_free(made);
        return status;
    }
    *canvas = made;
    return STATUS_OK;
}

enum status canvas_new_like(const struct canvas *model, int rows, int columns,
                            struct canvas **canvas, struct error *error)
{
    enum status status = canvas_new(rows, columns, canvas, error);

    if (status == STATUS_OK)
        (*canvas)->width = model->width;
    return status;
}

void canvas_free(struct canvas *canvas)
{
    if (!canvas)
        return;
    buf_release(&canvas->shown);
    free(canvas->cells);
    free(canvas);
}

static int clamp(int value, int low, int high)
{
    if (value < low)
        return low;
    return value > high ? high : value;
}

enum status canvas_resize(struct canvas *canvas, int rows, int columns, struct error *error)
{
    rows = clamp(rows, 1, SIDE_MAX);
    columns = clamp(columns, 1, SIDE_MAX);
    struct cell *cells = calloc((size_t)rows * (size_t)columns, sizeof *cells);
    if (!cells)
        return error_nomem(error);
    free(canvas->cells);
    canvas->cells = cells;
    canvas->rows = rows;
    canvas->columns = columns;
    canvas->cursor_row = canvas->cursor_column = 0;
    canvas->cursor_visible = true;
    canvas_fill(canvas, canvas_area(canvas), STYLE_NORMAL);
    return STATUS_OK;
}

void canvas_set_width(struct canvas *canvas, canvas_width_fn *width)
{
    canvas->width = width ? width : text_codepoint_width;
}

struct area canvas_area(const struct canvas *canvas)
{
    return (struct area){0, 0, canvas->rows, canvas->columns};
}

static struct cell *cell_at(const struct canvas *canvas, int row, int column)
{
    if (row < 0 || row >= canvas->rows || column < 0 || column >= canvas->columns)
        return NULL;
    return &canvas->cells[(size_t)row * (size_t)canvas->columns + (size_t)column];
}

const struct cell *canvas_cell(const struct canvas *canvas, int row, int column)
{
    return cell_at(canvas, row, column);
}

/* --- areas ---------------------------------------------------------------------------------- */

static struct area positive(struct area area)
{
    if (area.rows < 0)
        area.rows = 0;
    if (area.columns < 0)
        area.columns = 0;
    return area;
}

struct area area_row(struct area area, int row)
{
    bool inside = row >= 0 && row < area.rows;

    return (struct area){area.row + row, area.column, inside ? 1 : 0, area.columns};
}

struct area area_cut(struct area area, int top, int right, int bottom, int left)
{
    top = top > 0 ? top : 0;
    left = left > 0 ? left : 0;
    return positive((struct area){area.row + top, area.column + left,
                                  area.rows - top - (bottom > 0 ? bottom : 0),
                                  area.columns - left - (right > 0 ? right : 0)});
}

struct area area_columns(struct area area, int from, int columns)
{
    int rest = area.columns - from;

    area.column += from;
    area.columns = columns < rest ? columns : rest;
    return positive(area);
}

struct area area_centre(struct area area, int rows, int columns)
{
    rows = clamp(rows, 0, area.rows);
    columns = clamp(columns, 0, area.columns);
    return (struct area){area.row + (area.rows - rows) / 2,
                         area.column + (area.columns - columns) / 2, rows, columns};
}

bool area_is_empty(struct area area)
{
    return area.rows <= 0 || area.columns <= 0;
}

/* The part of an area that is on the canvas. */
static struct area visible(const struct canvas *canvas, struct area area)
{
    int top = clamp(area.row, 0, canvas->rows);
    int left = clamp(area.column, 0, canvas->columns);
    int bottom = clamp(area.row + area.rows, top, canvas->rows);
    int right = clamp(area.column + area.columns, left, canvas->columns);

    return (struct area){top, left, bottom - top, right - left};
}

/* --- cells ---------------------------------------------------------------------------------- */

static void blank(struct cell *cell, enum style style)
{
    *cell = (struct cell){.codepoints = {' '}, .width = 1, .style = (uint8_t)style};
}

/* Half of a wide character is no character: the other half becomes blank. */
static void break_wide(struct canvas *canvas, int row, int column)
{
    struct cell *cell = cell_at(canvas, row, column);
    struct cell *left = cell_at(canvas, row, column - 1);
    struct cell *right = cell_at(canvas, row, column + 1);

    if (!cell)
        return;
    if (cell->width == 0 && left)
        blank(left, (enum style)left->style);
    else if (cell->width == 2 && right)
        blank(right, (enum style)right->style);
}

void canvas_fill(struct canvas *canvas, struct area area, enum style style)
{
    struct area part = visible(canvas, area);

    for (int row = part.row; row < part.row + part.rows; row++) {
        for (int column = part.column; column < part.column + part.columns; column++) {
            struct cell *cell = cell_at(canvas, row, column);
            if (!cell)
                continue;
            break_wide(canvas, row, column);
            blank(cell, style);
        }
    }
}

static void set_character(struct canvas *canvas, int row, int column, uint32_t codepoint, int width,
                          enum style style)
{
    struct cell *cell = cell_at(canvas, row, column);
    struct cell *right = width == 2 ? cell_at(canvas, row, column + 1) : NULL;

    if (!cell || (width == 2 && !right))
        return;
    break_wide(canvas, row, column);
    if (right) {
        break_wide(canvas, row, column + 1);
        *right = (struct cell){.width = 0, .style = (uint8_t)style};
    }
    *cell =
        (struct cell){.codepoints = {codepoint}, .width = (uint8_t)width, .style = (uint8_t)style};
}

static void add_mark(struct cell *cell, uint32_t mark)
{
    for (size_t i = 1; cell && i <= CELL_MARKS_MAX; i++) {
        if (cell->codepoints[i] == 0) {
            cell->codepoints[i] = mark;
            return;
        }
    }
}

void canvas_copy(struct canvas *canvas, struct area area, const struct canvas *from, int first)
{
    struct area part = visible(canvas, area);

    canvas_fill(canvas, part, STYLE_NORMAL);
    for (int row = 0; row < part.rows; row++) {
        for (int column = 0; column < part.columns; column++) {
            const struct cell *source = cell_at(from, first + row, column);
            struct cell *cell = cell_at(canvas, part.row + row, part.column + column);
            if (!source || !cell)
                continue;
            *cell = *source;
            if (source->width == 2 && column + 1 == part.columns)
                blank(cell, (enum style)source->style);
        }
    }
}

/* --- measuring ------------------------------------------------------------------------------ */

/* Width on this canvas; what it cannot show is replaced. */
static int width_of(const struct canvas *canvas, uint32_t *codepoint)
{
    int width = *codepoint == TEXT_BAD ? -1 : canvas->width(*codepoint);

    if (width >= 0)
        return width;
    *codepoint = NO_GLYPH;
    width = canvas->width(NO_GLYPH);
    if (width > 0)
        return width;
    *codepoint = '?';
    return 1;
}

static int shown_width(const struct canvas *canvas, const char *shown, size_t length)
{
    size_t used;
    int width = 0;

    for (size_t at = 0; at < length; at += used) {
        uint32_t codepoint = text_decode(shown + at, length - at, &used);
        width += width_of(canvas, &codepoint);
    }
    return width;
}

int canvas_measure(const struct canvas *canvas, const char *raw, size_t length)
{
    struct buf shown = {0};

    text_show(&shown, raw, length);
    int width = shown_width(canvas, buf_text(&shown), shown.length);
    buf_release(&shown);
    return width;
}

/* --- drawing text --------------------------------------------------------------------------- */

/* Draws as much of the shown text as fits in `columns`; returns the cells used. */
static int draw_shown(struct canvas *canvas, struct area area, int columns, enum style style,
                      const char *shown, size_t length)
{
    size_t used;
    int at_column = 0;
    struct cell *last = NULL;

    for (size_t at = 0; at < length; at += used) {
        uint32_t codepoint = text_decode(shown + at, length - at, &used);
        int width = width_of(canvas, &codepoint);
        if (width == 0) {
            add_mark(last, codepoint);
            continue;
        }
        if (width > columns - at_column)
            break;
        set_character(canvas, area.row, area.column + at_column, codepoint, width, style);
        last = cell_at(canvas, area.row, area.column + at_column);
        at_column += width;
    }
    return at_column;
}

static int put_shown(struct canvas *canvas, struct area area, enum style style, const char *shown,
                     size_t length)
{
    if (area_is_empty(area))
        return 0;
    if (shown_width(canvas, shown, length) <= area.columns)
        return draw_shown(canvas, area, area.columns, style, shown, length);
    int used = draw_shown(canvas, area, area.columns - 1, style, shown, length);
    for (; used < area.columns - 1; used++)
        set_character(canvas, area.row, area.column + used, ' ', 1, style);
    set_character(canvas, area.row, area.column + used, CUT_MARK, 1, style);
    return area.columns;
}

int canvas_put_bytes(struct canvas *canvas, struct area area, enum style style, const char *raw,
                     size_t length)
{
    buf_clear(&canvas->shown);
    text_show(&canvas->shown, raw, length);
    return put_shown(canvas, area, style, buf_text(&canvas->shown), canvas->shown.length);
}

int canvas_put(struct canvas *canvas, struct area area, enum style style, const char *raw)
{
    return canvas_put_bytes(canvas, area, style, raw, strlen(raw));
}

int canvas_printf(struct canvas *canvas, struct area area, enum style style, const char *format,
                  ...)
{
    char *raw = NULL;
    va_list args;

    va_start(args, format);
    int length = vasprintf(&raw, format, args);
    va_end(args);
    if (length < 0)
        return 0;
    int used = canvas_put_bytes(canvas, area, style, raw, (size_t)length);
    free(raw);
    return used;
}

int canvas_put_right(struct canvas *canvas, struct area area, enum style style, const char *raw)
{
    int width = canvas_measure(canvas, raw, strlen(raw));

    if (width < area.columns)
        area = area_columns(area, area.columns - width, width);
    return canvas_put(canvas, area, style, raw);
}

/* --- wrapping ------------------------------------------------------------------------------- */

/* Punctuation that must not begin a line. */
static bool closes(uint32_t codepoint)
{
    static const uint32_t signs[] = {0x3001, 0x3002, 0xFF0C, 0xFF1B, 0xFF1A, 0xFF1F,
                                     0xFF01, 0xFF09, 0x300B, 0x3011, 0x201D, 0x2019};

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (signs[i] == codepoint)
            return true;
    return false;
}

struct line_break {
    size_t length; /* bytes of this line */
    size_t next;   /* where the next one starts */
};

/* How much of the text makes one line: up to '\n', else what fits, cut at the last good place. */
static struct line_break break_line(const struct canvas *canvas, const char *shown, size_t length,
                                    int columns)
{
    struct line_break good = {0};
    size_t used;
    int width = 0;
    bool after_wide = false;

    for (size_t at = 0; at < length; at += used) {
        uint32_t codepoint = text_decode(shown + at, length - at, &used);
        if (codepoint == '\n')
            return (struct line_break){at, at + 1};
        int cells = width_of(canvas, &codepoint);
        bool here = at > 0 && cells > 0 && !closes(codepoint) && (cells == 2 || after_wide);
        if (here)
            good = (struct line_break){at, at};
        if (cells > 0 && width + cells > columns) {
            if (codepoint == ' ')
                return (struct line_break){at, at + used};
            if (good.next > 0)
                return good;
            size_t cut = at > 0 ? at : used;
            return (struct line_break){cut, cut};
        }
        if (codepoint == ' ')
            good = (struct line_break){at, at + used};
        width += cells;
        after_wide = cells == 2 || (cells == 0 && after_wide);
    }
    return (struct line_break){length, length};
}

/* `hang`: blank cells before every row but the first. */
static int wrap_shown(struct canvas *canvas, const struct canvas *measure, struct area area,
                      int hang, enum style style, const struct buf *shown)
{
    const char *text = buf_text(shown);
    size_t at = 0;
    int row = 0;

    if (area.columns <= hang)
        return 0;
    while (at < shown->length) {
        int left = row > 0 ? hang : 0;
        struct line_break line =
            break_line(measure, text + at, shown->length - at, area.columns - left);
        if (canvas && row < area.rows)
            (void)put_shown(canvas, area_cut(area_row(area, row), 0, 0, 0, left), style, text + at,
                            line.length);
        at += line.next;
        row++;
    }
    return canvas && row > area.rows ? area.rows : row;
}

int canvas_put_hanging(struct canvas *canvas, struct area area, int hang, enum style style,
                       const char *raw)
{
    struct canvas plain = {.width = text_codepoint_width};
    struct buf shown = {0};

    text_show_lines(&shown, raw, strlen(raw));
    int rows = wrap_shown(canvas, canvas ? canvas : &plain, area, hang, style, &shown);
    buf_release(&shown);
    return rows;
}

int canvas_put_wrapped(struct canvas *canvas, struct area area, enum style style, const char *raw)
{
    return canvas_put_hanging(canvas, area, 0, style, raw);
}

/* --- lines and selection -------------------------------------------------------------------- */

static void set_line(struct canvas *canvas, int row, int column, enum canvas_line line,
                     enum style style)
{
    struct cell *cell = cell_at(canvas, row, column);

    if (!cell)
        return;
    break_wide(canvas, row, column);
    blank(cell, style);
    cell->line = (uint8_t)line;
}

void canvas_hline(struct canvas *canvas, struct area area, enum style style)
{
    for (int i = 0; i < area.columns && area.rows > 0; i++)
        set_line(canvas, area.row, area.column + i, LINE_HORIZONTAL, style);
}

void canvas_box(struct canvas *canvas, struct area area, enum style style)
{
    int bottom = area.row + area.rows - 1;
    int right = area.column + area.columns - 1;

    if (area.rows < 2 || area.columns < 2)
        return;
    canvas_hline(canvas, area_row(area, 0), style);
    canvas_hline(canvas, area_row(area, area.rows - 1), style);
    for (int row = area.row + 1; row < bottom; row++) {
        set_line(canvas, row, area.column, LINE_VERTICAL, style);
        set_line(canvas, row, right, LINE_VERTICAL, style);
    }
    set_line(canvas, area.row, area.column, LINE_TOP_LEFT, style);
    set_line(canvas, area.row, right, LINE_TOP_RIGHT, style);
    set_line(canvas, bottom, area.column, LINE_BOTTOM_LEFT, style);
    set_line(canvas, bottom, right, LINE_BOTTOM_RIGHT, style);
}

static void select_cell(struct cell *cell)
{
    if (cell)
        cell->selected = 1;
}

void canvas_select(struct canvas *canvas, struct area area)
{
    struct area part = visible(canvas, area);

    for (int row = part.row; row < part.row + part.rows; row++)
        for (int column = part.column; column < part.column + part.columns; column++)
            select_cell(cell_at(canvas, row, column));
}

/* --- cursor and styles ----------------------------------------------------------------------- */

void canvas_cursor(struct canvas *canvas, int row, int column, bool is_visible)
{
    canvas->cursor_row = clamp(row, 0, canvas->rows - 1);
    canvas->cursor_column = clamp(column, 0, canvas->columns - 1);
    canvas->cursor_visible = is_visible;
}

void canvas_cursor_get(const struct canvas *canvas, int *row, int *column, bool *is_visible)
{
    *row = canvas->cursor_row;
    *column = canvas->cursor_column;
    *is_visible = canvas->cursor_visible;
}

const char *style_mark(enum style style)
{
    static const char *const marks[STYLE_COUNT] = {
        [STYLE_SELECTED] = ">", [STYLE_OK] = "+",      [STYLE_WARNING] = "!",
        [STYLE_ERROR] = "x",    [STYLE_PENDING] = "*",
    };

    return marks[style] ? marks[style] : " ";
}

/* --- dump ------------------------------------------------------------------------------------ */

static void dump_cell(const struct cell *cell, struct buf *out)
{
    if (!cell || cell->width == 0)
        return;
    if (cell->line != LINE_NONE) {
        buf_char(out, cell->line == LINE_HORIZONTAL ? '-'
                      : cell->line == LINE_VERTICAL ? '|'
                                                    : '+');
        return;
    }
    for (size_t i = 0; i <= CELL_MARKS_MAX && cell->codepoints[i]; i++)
        buf_codepoint(out, cell->codepoints[i]);
}

static bool is_blank_cell(const struct cell *cell)
{
    return !cell ||
           (cell->line == LINE_NONE && cell->codepoints[0] == ' ' && cell->codepoints[1] == 0);
}

void canvas_dump(const struct canvas *canvas, struct buf *out)
{
    for (int row = 0; row < canvas->rows; row++) {
        int end = canvas->columns;
        while (end > 0 && is_blank_cell(cell_at(canvas, row, end - 1)))
            end--;
        for (int column = 0; column < end; column++)
            dump_cell(cell_at(canvas, row, column), out);
        buf_char(out, '\n');
    }
}
