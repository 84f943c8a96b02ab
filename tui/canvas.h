#ifndef HUILIU_TUI_CANVAS_H
#define HUILIU_TUI_CANVAS_H
/*
 * What a view draws on: a grid of cells in memory. Nothing here knows about curses, so that views
 * are tested without a terminal; tui/screen.h brings a finished canvas to the terminal.
 *
 *     struct area row = {.row = 3, .column = 0, .rows = 1, .columns = 20};
 *     canvas_put(canvas, row, STYLE_NORMAL, record->name);
 *
 * This is the one door text passes on its way to the terminal. Every string is raw: canvas_put()
 * sends it through text_show(), measures it with our own widths and cuts it to the area, so that
 * no control byte, bidi override or character of unknown width gets past. A wide character that
 * does not fit in the last cell leaves a blank. Drawing outside the canvas is cut off silently:
 * a view need not know that the window has become small.
 *
 * Styles say what something means; the screen decides how it looks (colours, NO_COLOR, one
 * colour). Because colour alone never carries meaning, pair states with style_mark().
 *
 * The cursor is always the real one: views place it on the caret or on the selected row, because
 * input methods and screen readers follow it.
 *
 * A canvas belongs to the interface thread. Running out of memory while drawing leaves cells
 * blank; canvas_resize() is the only function that fails.
 */
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct canvas;

struct area {
    int row, column, rows, columns;
};

enum style {
    STYLE_NORMAL,
    STYLE_TITLE,    /* headings, the title bar */
    STYLE_SELECTED, /* the row the keys act on */
    STYLE_MUTED,    /* labels, hints, as-of times */
    STYLE_STRONG,   /* what matched, what matters */
    STYLE_KEY,      /* keys in the footer and in help */
    STYLE_OK,
    STYLE_WARNING,
    STYLE_ERROR,
    STYLE_PENDING, /* not yet sent, not yet decided */
    STYLE_FIELD,   /* a text field */
    STYLE_BORDER,
    STYLE_CODE, /* ink on paper: black on white wherever there are colours */
    STYLE_COUNT
};

/* One cell: a character with up to two combining marks. The right half of a wide character has
 * width 0. */
#define CELL_MARKS_MAX 2
struct cell {
    uint32_t codepoints[1 + CELL_MARKS_MAX]; /* 0-terminated when shorter; 0: blank */
    uint8_t width;                           /* 1 or 2; 0 for a right half */
    uint8_t style;                           /* enum style */
    uint8_t selected;                        /* drawn as part of the selected row */
    uint8_t line;                            /* enum canvas_line: a piece of a box, no character */
};

enum canvas_line {
    LINE_NONE,
    LINE_HORIZONTAL,
    LINE_VERTICAL,
    LINE_TOP_LEFT,
    LINE_TOP_RIGHT,
    LINE_BOTTOM_LEFT,
    LINE_BOTTOM_RIGHT,
};

/* Cells of one code point on this terminal; -1 when it cannot show it. NULL stands for
 * text_codepoint_width(). A GB18030 session gives another one. */
typedef int canvas_width_fn(uint32_t codepoint);

enum status canvas_new(int rows, int columns, struct canvas **canvas,
                       struct error *error) MUST_CHECK;
/* With the widths of another one: for a page longer than the screen, see canvas_copy(). */
enum status canvas_new_like(const struct canvas *model, int rows, int columns,
                            struct canvas **canvas, struct error *error) MUST_CHECK;
void canvas_free(struct canvas *canvas);
enum status canvas_resize(struct canvas *canvas, int rows, int columns,
                          struct error *error) MUST_CHECK; /* and clear */
void canvas_set_width(struct canvas *canvas, canvas_width_fn *width);

struct area canvas_area(const struct canvas *canvas);                             /* all of it */
const struct cell *canvas_cell(const struct canvas *canvas, int row, int column); /* or NULL */

/* --- areas --------------------------------------------------------------------------------- */

struct area area_row(struct area area, int row); /* one row of it, counted from its top */
/* What is left without these margins; a negative one is none. */
struct area area_cut(struct area area, int top, int right, int bottom, int left);
struct area area_columns(struct area area, int from, int columns); /* a part of its width */
struct area area_centre(struct area area, int rows, int columns);  /* shrunk to fit */
bool area_is_empty(struct area area);

/* --- drawing ------------------------------------------------------------------------------- */

void canvas_fill(struct canvas *canvas, struct area area, enum style style);

/* Raw text on the first row of the area; returns the cells used. Cut text ends with '~'. */
int canvas_put(struct canvas *canvas, struct area area, enum style style, const char *raw);
int canvas_put_bytes(struct canvas *canvas, struct area area, enum style style, const char *raw,
                     size_t length);
int canvas_printf(struct canvas *canvas, struct area area, enum style style, const char *format,
                  ...) PRINTF_LIKE(4, 5);
int canvas_put_right(struct canvas *canvas, struct area area, enum style style, const char *raw);

/* Breaks at blanks and between Chinese characters; '\n' starts a row. Returns rows used (with
 * canvas NULL: rows needed). */
int canvas_put_wrapped(struct canvas *canvas, struct area area, enum style style, const char *raw);
/* The same with `hang` blank cells before every row but the first. */
int canvas_put_hanging(struct canvas *canvas, struct area area, int hang, enum style style,
                       const char *raw);

void canvas_hline(struct canvas *canvas, struct area area, enum style style);
void canvas_box(struct canvas *canvas, struct area area, enum style style);

/* Marks what is drawn there as selected; keeps its styles. */
void canvas_select(struct canvas *canvas, struct area area);

/* Rows of another canvas, from its row `first` on, cell by cell; the cursor stays. */
void canvas_copy(struct canvas *canvas, struct area area, const struct canvas *from, int first);

/* Cells that raw text takes once shown. */
int canvas_measure(const struct canvas *canvas, const char *raw, size_t length);

/* Where the real cursor rests; `visible` false hides it where the terminal can. */
void canvas_cursor(struct canvas *canvas, int row, int column, bool visible);
void canvas_cursor_get(const struct canvas *canvas, int *row, int *column, bool *visible);

/* A one-cell ASCII sign for a style, so that colour is never alone: "!" error, "+" ok, … */
const char *style_mark(enum style style);

/* --- for the screen and for tests ------------------------------------------------------------ */

/* Rows as text, trailing blanks cut, '\n' after each; lines as - | +. */
void canvas_dump(const struct canvas *canvas, struct buf *out);

#endif
