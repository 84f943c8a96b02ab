#ifndef HUILIU_TUI_VIEW_PARTS_H
#define HUILIU_TUI_VIEW_PARTS_H
/*
 * Small things several pages draw or say the same way. Text that is appended to a buffer is raw
 * until canvas_put(); nothing here keeps state. Interface thread only, because of the canvas.
 */
#include "db/overview.h"
#include "tui/app.h"
#include "tui/canvas.h"

#include <stdint.h>

/* --- words ----------------------------------------------------------------------------------- */

/* "14:02, 3 min ago"; with the day when it was not today; "never" for 0. */
void part_as_of(int64_t instant_ms, struct buf *out);
/* "3 min", "now" in the first minute (seconds would be untrue on a page at rest); nothing for 0. */
void part_age(int64_t instant_ms, struct buf *out);
/* "3 min ago", "just now"; nothing for 0. */
void part_ago(int64_t instant_ms, struct buf *out);
/* "14:02", or "2026-03-14 16:05" when it is not today. */
void part_time(int64_t instant_ms, struct buf *out);
/* "1,234,567" */
void part_number(int64_t number, struct buf *out);
/* "1.4 MB" */
void part_bytes(int64_t bytes, struct buf *out);
/* The key that runs a command in a context ("F9"); nothing when it has none. */
void part_key(const struct app *app, enum context context, enum command command, struct buf *out);

/* How far a dataset can be trusted, gravest first: withdrawn, absent, never read, incomplete,
 * older than its provider allows, last read failed, or nothing to say. */
enum style part_dataset_style(const struct dataset_status *dataset);
const char *part_dataset_word(const struct dataset_status *dataset); /* translated; "" when fine */

/* --- drawing --------------------------------------------------------------------------------- */

/* The style's sign, a blank, the text; returns the cells used. */
int part_marked(struct canvas *canvas, struct area row, enum style style, const char *raw);
/* As part_marked(), over several rows with the text aligned; returns the rows used. */
int part_marked_lines(struct canvas *canvas, struct area area, enum style style, const char *raw);
/* Muted label in the first cells, then the value. */
void part_labelled(struct canvas *canvas, struct area row, int label_columns, const char *label,
                   enum style style, const char *value);
/* "[#####.....]" of exactly row.columns cells; empty when the whole is not positive. */
void part_bar(struct canvas *canvas, struct area row, enum style style, int64_t part,
              int64_t whole);

/* How every page begins. */
struct part_page {
    struct view view;
    struct workplace *place;
};
/* A new page of `size` bytes, zero but for that beginning; NULL without memory. */
struct view *part_page_new(struct workplace *place, size_t size, const struct view_ops *ops);

#endif
