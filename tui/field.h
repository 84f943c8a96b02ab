#ifndef HUILIU_TUI_FIELD_H
#define HUILIU_TUI_FIELD_H
/*
 * A text field of one line. The text is UTF-8 as typed; editing moves by clusters (a character
 * with its combining marks), widths are those of the canvas, and the window scrolls sideways so
 * that the caret is always inside. The real cursor sits on the caret.
 *
 *     field_init(&field, 100);
 *     stale |= field_command(&field, command);     // the commands of the text context
 *     stale |= field_text(&field, event);          // typed, pasted, scanned
 *     field_draw(&field, canvas, area, focused);
 *     field_release(&field);
 *
 * A paste becomes one line: line ends and tabs turn into blanks, control characters are left out
 * and counted. A scan replaces the whole text. Secret fields show a star for each character and
 * forget (overwrite) their memory. `fold` makes full-width digits and letters ASCII as they are
 * typed (identity numbers, phones, dates; never names).
 *
 * One step of undo: what the last clear, paste, scan or erase-to-end took away comes back.
 */
#include "base/buf.h"
#include "keymaps/command.h"
#include "tui/canvas.h"
#include "tui/input.h"

#include <stdbool.h>
#include <stddef.h>

struct field {
    struct buf text;
    size_t caret; /* byte offset, always at a cluster border */
    size_t limit; /* characters */
    bool secret;
    bool fold;
    const char *hint; /* shown muted while empty; translated; may be NULL */
    /* private */
    size_t first; /* byte offset of the first cluster in the window */
    struct buf undo;
    bool undo_valid;
};

void field_init(struct field *field, size_t limit);
void field_release(struct field *field);

const char *field_text_of(const struct field *field); /* never NULL */
bool field_is_empty(const struct field *field);
void field_set(struct field *field, const char *text); /* caret to the end; no undo */

/* STALE_VIEW when something changed or moved, STALE_NOTHING when the command is a field's but had
 * nothing to do, else STALE_UNHANDLED. */
unsigned field_command(struct field *field, enum command command);
unsigned field_text(struct field *field, const struct input_event *event);

/* First row of the area. With focus it also places the cursor. */
void field_draw(struct field *field, struct canvas *canvas, struct area area, bool focused);

#endif
