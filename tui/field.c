#include "tui/field.h"

#include "base/text.h"
#include "tui/view.h"

#include <string.h>

#define BYTES_PER_CHARACTER 4

/* --- life ----------------------------------------------------------------------------------- */

void field_init(struct field *field, size_t limit)
{
    *field = (struct field){.limit = limit};
    field->text.limit = limit * BYTES_PER_CHARACTER;
}

static void forget(struct buf *text)
{
    if (text->data)
        explicit_bzero(text->data, text->capacity);
}

void field_release(struct field *field)
{
    if (field->secret) {
        forget(&field->text);
        forget(&field->undo);
    }
    buf_release(&field->text);
    buf_release(&field->undo);
}

const char *field_text_of(const struct field *field)
{
    return buf_text(&field->text);
}

bool field_is_empty(const struct field *field)
{
    return field->text.length == 0;
}

/* --- clusters ------------------------------------------------------------------------------- */

/* A code point that stays with the one before it: combining marks, joiners, selectors. */
static bool joins(uint32_t codepoint)
{
    return codepoint == 0x200D || (codepoint >= 0xFE00 && codepoint <= 0xFE0F) ||
           (codepoint >= 0xE0100 && codepoint <= 0xE01EF) || text_codepoint_width(codepoint) == 0;
}

static size_t next_cluster(const struct field *field, size_t at)
{
    const char *text = field_text_of(field);
    size_t used;

    if (at >= field->text.length)
        return field->text.length;
    (void)text_decode(text + at, field->text.length - at, &used);
    at += used;
    while (at < field->text.length && joins(text_decode(text + at, field->text.length - at, &used)))
        at += used;
    return at;
}

static size_t previous_cluster(const struct field *field, size_t at)
{
    const char *text = field_text_of(field);
    size_t used;

    while (at > 0) {
        at--;
        while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
            at--;
        if (!joins(text_decode(text + at, field->text.length - at, &used)))
            break;
    }
    return at;
}

/* --- changing ------------------------------------------------------------------------------- */

static void keep_undo(struct field *field)
{
    if (field->secret)
        return;
    buf_clear(&field->undo);
    buf_bytes(&field->undo, field_text_of(field), field->text.length);
    field->undo_valid = !buf_failed(&field->undo);
}

/* Replaces bytes [from, to) with text; false when it does not fit, and then nothing changes. */
static bool splice(struct field *field, size_t from, size_t to, const char *text, size_t length)
{
    struct buf made = {.limit = field->text.limit};

    buf_bytes(&made, field_text_of(field), from);
    buf_bytes(&made, text, length);
    buf_bytes(&made, field_text_of(field) + to, field->text.length - to);
    if (buf_failed(&made) || text_length(buf_text(&made)) > field->limit) {
        buf_release(&made);
        return false;
    }
    if (field->secret)
        forget(&field->text);
    buf_release(&field->text);
    field->text = made;
    field->caret = from + length;
    return true;
}

void field_set(struct field *field, const char *text)
{
    size_t used;
    size_t end = 0;
    size_t length = strlen(text);

    for (size_t count = 0; end < length && count < field->limit; count++, end += used)
        (void)text_decode(text + end, length - end, &used);
    if (splice(field, 0, field->text.length, text, end))
        field->caret = field->text.length;
    field->first = 0;
    field->undo_valid = false;
}

static bool erase(struct field *field, size_t from, size_t to, bool undoable)
{
    if (from == to)
        return false;
    if (undoable)
        keep_undo(field);
    return splice(field, from, to, "", 0);
}

static size_t word_start(const struct field *field)
{
    const char *text = field_text_of(field);
    size_t at = field->caret;

    while (at > 0 && text[at - 1] == ' ')
        at--;
    while (at > 0 && text[at - 1] != ' ')
        at--;
    return at;
}

static bool undo(struct field *field)
{
    struct buf back = field->undo;

    if (!field->undo_valid)
        return false;
    field->undo = (struct buf){0};
    keep_undo(field);
    bool changed = splice(field, 0, field->text.length, buf_text(&back), back.length);
    buf_release(&back);
    return changed;
}

static bool move(struct field *field, size_t to)
{
    bool moved = field->caret != to;

    field->caret = to;
    return moved;
}

/* Carries out a command; false in *mine when it is none of a field's. */
static bool carry_out(struct field *field, enum command command, bool *mine)
{
    size_t end = field->text.length;
    size_t caret = field->caret;

    *mine = true;
    if (command == COMMAND_CURSOR_LEFT)
        return move(field, previous_cluster(field, caret));
    if (command == COMMAND_CURSOR_RIGHT)
        return move(field, next_cluster(field, caret));
    if (command == COMMAND_CURSOR_HOME)
        return move(field, 0);
    if (command == COMMAND_CURSOR_END)
        return move(field, end);
    if (command == COMMAND_DELETE_LEFT)
        return erase(field, previous_cluster(field, caret), caret, false);
    if (command == COMMAND_DELETE_RIGHT)
        return erase(field, caret, next_cluster(field, caret), false);
    if (command == COMMAND_DELETE_WORD)
        return erase(field, word_start(field), caret, true);
    if (command == COMMAND_DELETE_TO_END)
        return erase(field, caret, end, true);
    if (command == COMMAND_CLEAR_FIELD)
        return erase(field, 0, end, true);
    if (command == COMMAND_UNDO_EDIT)
        return undo(field);
    *mine = false;
    return false;
}

unsigned field_command(struct field *field, enum command command)
{
    bool mine;
    bool changed = carry_out(field, command, &mine);

    if (!mine)
        return STALE_UNHANDLED;
    return changed ? STALE_VIEW : STALE_NOTHING;
}

/* --- typing, pasting, scanning -----------------------------------------------------------------
 */

/* A paste as one line: line ends and tabs are blanks, other control characters go. */
static void flatten(struct buf *out, const char *text, size_t length)
{
    size_t used;

    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    for (size_t at = 0; at < length; at += used) {
        uint32_t codepoint = text_decode(text + at, length - at, &used);
        if (codepoint == '\n' || codepoint == '\t' || codepoint == '\r')
            buf_char(out, ' ');
        else if (codepoint >= 0x20 && codepoint != 0x7F && codepoint != TEXT_BAD &&
                 (codepoint < 0x80 || codepoint >= 0xA0))
            buf_bytes(out, text + at, used);
    }
}

/* As much of the text as fits. */
static bool insert_what_fits(struct field *field, const char *text, size_t length)
{
    size_t have = text_length(field_text_of(field));
    size_t used;
    size_t end = 0;

    for (; end < length && have < field->limit; have++, end += used)
        (void)text_decode(text + end, length - end, &used);
    return end > 0 && splice(field, field->caret, field->caret, text, end);
}

static bool insert_key(struct field *field, struct key key)
{
    char bytes[4];
    uint32_t code = key.code;

    if (!key_is_text(key))
        return false;
    if (field->fold && ((code >= 0xFF01 && code <= 0xFF5E) || code == 0x3000))
        code = text_fold_key(code);
    return insert_what_fits(field, bytes, text_encode(code, bytes));
}

static bool insert_paste(struct field *field, const struct input_event *event, bool whole)
{
    struct buf flat = {0};
    struct buf folded = {0};

    flatten(&flat, event->text, event->length);
    if (field->fold)
        text_fold_width(&folded, buf_text(&flat), flat.length);
    const struct buf *text = field->fold ? &folded : &flat;
    keep_undo(field);
    if (whole)
        (void)splice(field, 0, field->text.length, "", 0);
    bool changed = insert_what_fits(field, buf_text(text), text->length);
    if (field->secret) {
        forget(&flat);
        forget(&folded);
    }
    buf_release(&flat);
    buf_release(&folded);
    return changed || whole;
}

unsigned field_text(struct field *field, const struct input_event *event)
{
    bool changed = false;

    switch (event->kind) {
    case INPUT_KEY:
        changed = insert_key(field, event->key);
        break;
    case INPUT_PASTE:
        changed = insert_paste(field, event, false);
        break;
    case INPUT_SCAN:
        changed = insert_paste(field, event, true);
        break;
    }
    return changed ? STALE_VIEW : STALE_NOTHING;
}

/* --- drawing -------------------------------------------------------------------------------- */

static int width_between(const struct field *field, const struct canvas *canvas, size_t from,
                         size_t to)
{
    if (!field->secret)
        return canvas_measure(canvas, field_text_of(field) + from, to - from);
    int width = 0;
    for (size_t at = from; at < to; at = next_cluster(field, at))
        width++;
    return width;
}

/* Where a window has to begin so that `end` is its last cell but one at most. */
static size_t window_start(const struct field *field, const struct canvas *canvas, size_t end,
                           int columns)
{
    size_t start = end;
    int width = 0;

    while (start > 0) {
        size_t before = previous_cluster(field, start);
        width += width_between(field, canvas, before, start);
        if (width >= columns)
            break;
        start = before;
    }
    return start;
}

/* The caret needs a cell of its own inside the window, and no cell is left empty for nothing. */
static void scroll_to_caret(struct field *field, const struct canvas *canvas, int columns)
{
    size_t first = window_start(field, canvas, field->caret, columns);
    size_t last = window_start(field, canvas, field->text.length, columns);

    if (field->first > field->caret)
        field->first = field->caret;
    if (field->first < first)
        field->first = first;
    if (field->first > last)
        field->first = last;
}

static void draw_stars(const struct field *field, struct canvas *canvas, struct area row)
{
    int count = width_between(field, canvas, field->first, field->text.length);

    for (int i = 0; i < count && i < row.columns; i++)
        (void)canvas_put(canvas, area_columns(row, i, 1), STYLE_FIELD, "*");
}

void field_draw(struct field *field, struct canvas *canvas, struct area area, bool focused)
{
    struct area row = area_row(area, 0);

    if (area_is_empty(row))
        return;
    scroll_to_caret(field, canvas, row.columns);
    canvas_fill(canvas, row, STYLE_FIELD);
    if (field_is_empty(field) && field->hint)
        (void)canvas_put(canvas, row, STYLE_MUTED, field->hint);
    else if (field->secret)
        draw_stars(field, canvas, row);
    else
        (void)canvas_put_bytes(canvas, row, STYLE_FIELD, field_text_of(field) + field->first,
                               field->text.length - field->first);
    if (focused)
        canvas_cursor(canvas, row.row,
                      row.column + width_between(field, canvas, field->first, field->caret), true);
}
