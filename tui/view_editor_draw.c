#include "base/i18n.h"
#include "db/wording.h"
#include "tui/view_editor.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"

#include <string.h>

#define HEAD_ROWS     3
#define PANE_ROWS     3
#define PANE_AREA_MIN 12
#define CODE_COLUMNS  4

/* Label, value now, input: from the width of the page alone. */
struct columns {
    int label, base, input;
};

static struct columns columns_for(int width)
{
    struct columns columns = {.label = 16, .base = 24};

    if (width < 60)
        columns = (struct columns){.label = 12, .base = 0};
    else if (width >= 110)
        columns = (struct columns){.label = 24, .base = (width - 24) * 2 / 5};
    columns.input = width - columns.label - columns.base - 6;
    return columns;
}

static struct area base_area(struct area row, struct columns columns)
{
    return area_columns(row, columns.label + 3, columns.base);
}

static struct area input_area(struct area row, struct columns columns)
{
    return area_columns(row, columns.label + columns.base + 5, columns.input);
}

/* --- head ------------------------------------------------------------------------------------ */

static void draw_head(const struct editor_view *editor, struct canvas *canvas, struct area area)
{
    const struct editor_source *source = editor->source;
    struct columns columns = columns_for(area.columns);
    struct area row = area_row(area, 0);
    int used = canvas_put(canvas, row, STYLE_STRONG, source->name);

    (void)canvas_printf(canvas, area_cut(row, 0, 0, 0, used), STYLE_NORMAL, "  %s  %s · %s",
                        source->subject, source->dataset_title, source->provider);
    if (editor->saving)
        (void)canvas_put_right(canvas, row, STYLE_PENDING, _("* Saving…"));
    if (editor->failure[0])
        (void)part_marked(canvas, area_row(area, 1), STYLE_ERROR, editor->failure);
    else if (editor->notice[0])
        (void)part_marked(canvas, area_row(area, 1), STYLE_WARNING, editor->notice);
    row = area_row(area, 2);
    canvas_fill(canvas, row, STYLE_TITLE);
    (void)canvas_put(canvas, area_columns(row, 2, columns.label), STYLE_TITLE, _("Field"));
    (void)canvas_put(canvas, base_area(row, columns), STYLE_TITLE, _("In the register now"));
    (void)canvas_put(canvas, input_area(row, columns), STYLE_TITLE, _("Should be"));
}

/* --- items ----------------------------------------------------------------------------------- */

static void draw_value(struct editor_view *editor, size_t item, struct canvas *canvas,
                       struct area row, bool focused)
{
    struct editor_value *value = &editor->values[item];
    struct columns columns = columns_for(row.columns);
    const char *base = value->source->base;
    enum style mark = value->base_changed             ? STYLE_WARNING
                      : value->note[0]                ? value->note_style
                      : editor_value_is_change(value) ? STYLE_PENDING
                                                      : STYLE_NORMAL;

    (void)canvas_put(canvas, area_columns(row, 0, 1), mark, style_mark(mark));
    (void)canvas_put(canvas, area_columns(row, 2, columns.label),
                     focused ? STYLE_STRONG : STYLE_MUTED, value->source->title);
    (void)canvas_put(canvas, base_area(row, columns), STYLE_NORMAL, base[0] ? base : "-");
    struct area input = input_area(row, columns);
    field_draw(&value->input, canvas, input, focused);
    if (!focused && value->source->codes && value->note[0] && value->note_style == STYLE_MUTED)
        (void)canvas_put(canvas, area_cut(input, 0, 0, 0, CODE_COLUMNS), STYLE_MUTED, value->note);
}

static void draw_ground(const struct editor_view *editor, struct canvas *canvas, struct area row,
                        bool focused)
{
    bool incomplete = strcmp(editor_ground_word(editor), "incomplete") == 0;
    struct area place = area_cut(row, 0, 0, 0, columns_for(row.columns).label + 3);

    int used = canvas_printf(canvas, place, STYLE_NORMAL, "(%s) %s   (%s) %s",
                             incomplete ? " " : "*", wording_ground("inaccurate"),
                             incomplete ? "*" : " ", wording_ground("incomplete"));
    if (!focused)
        return;
    canvas_select(canvas, area_columns(place, 0, used));
    canvas_cursor(canvas, place.row, place.column, true);
}

static void draw_evidence(const struct editor_view *editor, struct canvas *canvas, struct area row,
                          bool focused)
{
    struct area place = area_cut(row, 0, 0, 0, columns_for(row.columns).label + 3);
    struct buf names = {0};
    const char *before = editor->source ? editor->source->previous_files : NULL;

    if (before)
        buf_printf(&names, _("(as before: %s)"), before);
    for (size_t i = 0; i < editor->evidence_count; i++) {
        const char *slash = strrchr(editor->evidence[i], '/');
        buf_printf(&names, "%s%s", names.length > 0 ? "  " : "",
                   slash ? slash + 1 : editor->evidence[i]);
    }
    int used = canvas_put(canvas, place, names.length > 0 ? STYLE_NORMAL : STYLE_MUTED,
                          names.length > 0 ? buf_text(&names) : _("none attached"));
    buf_release(&names);
    if (!focused)
        return;
    canvas_select(canvas, area_columns(place, 0, used));
    canvas_cursor(canvas, place.row, place.column, true);
}

static void draw_tail(struct editor_view *editor, enum editor_tail tail, struct canvas *canvas,
                      struct area row, bool focused)
{
    const char *const labels[] = {_("Ground"), _("Reason"), _("Evidence")};
    int label = columns_for(row.columns).label;

    (void)canvas_put(canvas, area_columns(row, 2, label), focused ? STYLE_STRONG : STYLE_MUTED,
                     labels[tail]);
    switch (tail) {
    case EDITOR_GROUND:
        draw_ground(editor, canvas, row, focused);
        break;
    case EDITOR_REASON:
        field_draw(&editor->reason, canvas, area_cut(row, 0, 1, 0, label + 3), focused);
        break;
    case EDITOR_EVIDENCE:
    case EDITOR_TAIL_COUNT:
        draw_evidence(editor, canvas, row, focused);
        break;
    }
}

/* The focused item is always inside the window. */
static void fit_window(struct editor_view *editor, int rows)
{
    int focus = (int)editor->focus;
    int count = (int)editor_item_count(editor);

    if (focus < editor->first)
        editor->first = focus;
    if (rows > 0 && focus >= editor->first + rows)
        editor->first = focus - rows + 1;
    if (editor->first > count - rows)
        editor->first = count > rows ? count - rows : 0;
}

static void draw_items(struct editor_view *editor, struct canvas *canvas, struct area area)
{
    fit_window(editor, area.rows);
    for (int row = 0; row < area.rows; row++) {
        size_t item = (size_t)(editor->first + row);
        bool focused = item == editor->focus;
        if (item >= editor_item_count(editor))
            break;
        if (item < editor->value_count)
            draw_value(editor, item, canvas, area_row(area, row), focused);
        else
            draw_tail(editor, (enum editor_tail)(item - editor->value_count), canvas,
                      area_row(area, row), focused);
    }
}

/* --- the focused item in full ---------------------------------------------------------------- */

static void describe_value(const struct editor_value *value, struct buf *out, enum style *style)
{
    const char *base = value->source->base;

    buf_printf(out, _("%s: %s"), value->source->title, base[0] ? base : _("empty in the register"));
    if (value->source->masked)
        buf_printf(out, _(" (%s)"), _("masked"));
    if (value->base_changed)
        buf_printf(out, " - %s", _("changed meanwhile"));
    if (value->note[0]) {
        buf_printf(out, "\n%s", value->note);
        *style = value->note_style;
    }
}

static void describe_tail(const struct editor_view *editor, struct buf *out)
{
    size_t tail = editor->focus - editor->value_count;

    if (tail == EDITOR_GROUND)
        buf_str(out, _("Inaccurate: the register says something wrong. Incomplete: something is "
                       "missing. These are the two grounds of the regulation."));
    else if (tail == EDITOR_REASON)
        buf_str(out, _("What is wrong, and how you know: the reviewer and the provider read it."));
    else
        for (size_t i = 0; i < editor->evidence_count; i++)
            buf_printf(out, "%s\n", editor->evidence[i]);
}

static void draw_pane(struct editor_view *editor, struct canvas *canvas, struct area area)
{
    const struct editor_value *value = editor_focused_value(editor);
    enum style style = STYLE_MUTED;
    struct buf text = {0};

    canvas_hline(canvas, area_row(area, 0), STYLE_BORDER);
    if (value)
        describe_value(value, &text, &style);
    else
        describe_tail(editor, &text);
    (void)canvas_put_wrapped(canvas, area_cut(area, 1, 0, 0, 0), style, buf_text(&text));
    buf_release(&text);
}

void editor_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct editor_view *editor = (struct editor_view *)view;
    int pane = area.rows >= PANE_AREA_MIN ? PANE_ROWS : 0;

    if (!editor->source) {
        if (editor->failure[0])
            (void)part_marked_lines(canvas, area, STYLE_ERROR, editor->failure);
        else
            (void)canvas_put(canvas, area, STYLE_MUTED, _("Reading…"));
        return;
    }
    if (pane > 0)
        draw_pane(editor, canvas, area_cut(area, area.rows - pane, 0, 0, 0));
    draw_head(editor, canvas, area);
    draw_items(editor, canvas, area_cut(area, HEAD_ROWS, 0, pane, 0));
}
