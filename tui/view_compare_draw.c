#include "base/clock.h"
#include "base/i18n.h"
#include "db/wording.h"
#include "tui/view_compare.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"

#include <string.h>

#define PAGE_ROWS_MAX    600
#define HISTORY_MAX      200
#define HEAD_ROWS        3
#define COLUMNS_NARROW   60
#define HASH_CHARACTERS  12
#define REVISION_VISIBLE 12

/* --- the page: written from top to bottom ---------------------------------------------------- */

struct pen {
    const struct compare_view *compare;
    struct canvas *page;
    struct area rest; /* what is still free, below the last row written */
};

static void advance(struct pen *pen, int rows)
{
    pen->rest = area_cut(pen->rest, rows, 0, 0, 0);
}

static void write_lines(struct pen *pen, enum style style, int indent, const char *text)
{
    if (text && text[0])
        advance(pen,
                canvas_put_wrapped(pen->page, area_cut(pen->rest, 0, 0, 0, indent), style, text));
}

/* A muted label, the text beside it over as many rows as it needs. */
static void write_labelled(struct pen *pen, const char *label, enum style style, const char *text)
{
    int indent = pen->rest.columns < COLUMNS_NARROW ? 12 : 18;

    if (!text || !text[0])
        return;
    (void)canvas_put(pen->page, area_columns(area_row(pen->rest, 0), 0, indent - 1), STYLE_MUTED,
                     label);
    write_lines(pen, style, indent, text);
}

static void write_title(struct pen *pen, const char *title)
{
    advance(pen, 1);
    canvas_fill(pen->page, area_row(pen->rest, 0), STYLE_TITLE);
    (void)canvas_put(pen->page, area_row(pen->rest, 0), STYLE_TITLE, title);
    advance(pen, 1);
}

/* --- old, proposed, present ------------------------------------------------------------------ */

static void value_of(const struct compare_view *compare, size_t index, const char *value,
                     struct buf *out)
{
    const struct compare_rule *rule = &compare->source.rules[index];

    if (!value || !value[0])
        buf_str(out, _("(empty)"));
    else if (rule->grade > 0 && !compare->revealed)
        field_mask(rule->type, value, out);
    else
        buf_str(out, value);
}

static bool is_about_a_record(const struct compare_view *compare)
{
    const char *record = compare->source.detail->row.record;

    return record && record[0];
}

/* What stands in the register now, and what that means for the request. */
static enum style present_value(const struct compare_view *compare, size_t index, struct buf *out)
{
    const struct request_field *field = &compare->source.detail->fields[index];

    if (!field->now && !is_about_a_record(compare)) {
        buf_str(out, _("nothing yet: a new record"));
        return STYLE_MUTED;
    }
    if (!field->now) {
        buf_str(out, _("not in the returned data any more"));
        return STYLE_ERROR;
    }
    value_of(compare, index, field->now, out);
    if (field->proposed && strcmp(field->now, field->proposed) == 0) {
        buf_printf(out, _(" (%s)"), _("already as proposed"));
        return STYLE_OK;
    }
    if (!field->now_differs)
        return STYLE_NORMAL;
    buf_printf(out, _(" (%s)"), _("changed meanwhile"));
    return STYLE_WARNING;
}

struct triple {
    struct buf base, proposed, now;
    enum style now_style;
};

static void triple_make(const struct compare_view *compare, size_t index, struct triple *triple)
{
    const struct request_field *field = &compare->source.detail->fields[index];

    *triple = (struct triple){0};
    value_of(compare, index, field->base, &triple->base);
    value_of(compare, index, field->proposed, &triple->proposed);
    triple->now_style = present_value(compare, index, &triple->now);
}

static void triple_release(struct triple *triple)
{
    buf_release(&triple->base);
    buf_release(&triple->proposed);
    buf_release(&triple->now);
}

/* Four columns: the field and its three values. */
static struct area column_of(struct area area, int column)
{
    int label = area.columns >= 110 ? 24 : 14;
    int width = (area.columns - label - 4) / 3;

    if (column == 0)
        return area_columns(area, 1, label - 1);
    return area_columns(area, label + 1 + (column - 1) * (width + 1), width);
}

static void write_heads(struct pen *pen)
{
    const char *const heads[] = {_("Field"), _("When raised"), _("Proposed"), _("Now")};
    struct area row = area_row(pen->rest, 0);

    canvas_fill(pen->page, row, STYLE_TITLE);
    for (int column = 0; column < 4; column++)
        (void)canvas_put(pen->page, column_of(row, column), STYLE_TITLE, heads[column]);
    advance(pen, 1);
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static void write_side_by_side(struct pen *pen, const char *title, const struct triple *triple)
{
    struct canvas *page = pen->page;
    struct area rest = pen->rest;

    (void)canvas_put(page, area_columns(area_row(rest, 0), 0, 1), triple->now_style,
                     style_mark(triple->now_style));
    int rows = canvas_put_wrapped(page, column_of(rest, 0), STYLE_MUTED, title);
    rows = most(
        rows, canvas_put_wrapped(page, column_of(rest, 1), STYLE_NORMAL, buf_text(&triple->base)));
    rows = most(rows, canvas_put_wrapped(page, column_of(rest, 2), STYLE_STRONG,
                                         buf_text(&triple->proposed)));
    rows = most(rows, canvas_put_wrapped(page, column_of(rest, 3), triple->now_style,
                                         buf_text(&triple->now)));
    advance(pen, most(rows, 1));
}

static void write_stacked(struct pen *pen, const char *title, const struct triple *triple)
{
    write_lines(pen, STYLE_STRONG, 0, title);
    write_labelled(pen, _("When raised"), STYLE_NORMAL, buf_text(&triple->base));
    write_labelled(pen, _("Proposed"), STYLE_STRONG, buf_text(&triple->proposed));
    write_labelled(pen, _("Now"), triple->now_style, buf_text(&triple->now));
}

static void write_changes(struct pen *pen)
{
    const struct request_detail *detail = pen->compare->source.detail;
    bool narrow = pen->rest.columns < COLUMNS_NARROW;

    if (!narrow)
        write_heads(pen);
    for (size_t i = 0; i < detail->field_count; i++) {
        struct triple triple;
        triple_make(pen->compare, i, &triple);
        if (narrow)
            write_stacked(pen, detail->fields[i].title, &triple);
        else
            write_side_by_side(pen, detail->fields[i].title, &triple);
        triple_release(&triple);
    }
}

/* --- why, who, when -------------------------------------------------------------------------- */

static void write_evidence(struct pen *pen)
{
    const json_t *evidence = json_object_get(pen->compare->source.detail->document, "evidence");
    struct buf text = {0};

    for (size_t i = 0; i < json_array_size(evidence); i++) {
        const json_t *item = json_array_get(evidence, i);
        struct buf size = {0};
        part_bytes(json_int(item, "length", 0), &size);
        buf_str(&text, i > 0 ? _(", ") : "");
        buf_printf(&text, _("%s (%s)"), json_text(item, "name", "?"), buf_text(&size));
        buf_release(&size);
    }
    if (text.length == 0)
        buf_str(&text, _("none attached"));
    write_labelled(pen, _("Evidence"), STYLE_NORMAL, buf_text(&text));
    buf_release(&text);
}

static void write_maker(struct pen *pen)
{
    const struct request_row *row = &pen->compare->source.detail->row;
    struct buf text = {0};

    buf_printf(&text, "%s · %s · ", row->maker, row->station);
    part_as_of(row->created_ms, &text);
    write_labelled(pen, _("Raised by"), STYLE_NORMAL, buf_text(&text));
    buf_release(&text);
}

static void write_deadline(struct pen *pen)
{
    const struct request_row *row = &pen->compare->source.detail->row;
    struct buf text = {0};

    if (!row->deadline[0])
        return;
    buf_str(&text, row->deadline);
    if (!row->deadline_certain)
        buf_printf(&text, _(" (%s)"), _("uncertain: the calendar of that year is missing"));
    write_labelled(pen, _("Answer due"), row->deadline_certain ? STYLE_NORMAL : STYLE_WARNING,
                   buf_text(&text));
    buf_release(&text);
}

/* Revisions are long; their beginning tells them apart. */
static void write_revisions(struct pen *pen)
{
    const struct request_detail *detail = pen->compare->source.detail;
    struct buf text = {0};

    if (detail->base_rev && detail->base_rev[0])
        buf_printf(&text, "%.*s", REVISION_VISIBLE, detail->base_rev);
    if (detail->current_rev && detail->base_rev &&
        strcmp(detail->current_rev, detail->base_rev) != 0)
        buf_printf(&text, " → %.*s", REVISION_VISIBLE, detail->current_rev);
    if (!detail->current_rev && detail->row.record && detail->row.record[0])
        buf_printf(&text, _(" (%s)"), _("the record is not in the returned data"));
    write_labelled(pen, _("Record revision"), STYLE_MUTED, buf_text(&text));
    buf_clear(&text);
    if (detail->hash)
        buf_printf(&text, "%.*s…", HASH_CHARACTERS, detail->hash);
    write_labelled(pen, _("Hash"), STYLE_MUTED, buf_text(&text));
    buf_release(&text);
}

static void write_same(struct pen *pen)
{
    const struct request_detail *detail = pen->compare->source.detail;
    struct buf text = {0};

    for (size_t i = 0; i < detail->same_count; i++) {
        const struct request_same *same = &detail->same[i];
        buf_clear(&text);
        buf_printf(&text, "%s · %s · %s", words_request(same->id), same->maker,
                   request_state_title(same->state));
        write_labelled(pen, _("Also asked for"), STYLE_WARNING, buf_text(&text));
    }
    buf_release(&text);
}

static void write_reasons(struct pen *pen)
{
    const struct request_detail *detail = pen->compare->source.detail;

    write_title(pen, _("Reason"));
    write_labelled(pen, _("Ground"), STYLE_NORMAL, wording_ground(detail->row.ground));
    write_labelled(pen, _("Reason"), STYLE_NORMAL, detail->row.reason);
    write_labelled(pen, _("Returned because"), STYLE_WARNING, detail->fold.return_reason);
    write_evidence(pen);
    write_maker(pen);
    write_same(pen);
    write_deadline(pen);
    write_revisions(pen);
}

/* --- history --------------------------------------------------------------------------------- */

static void describe_step(const struct request_step *step, struct buf *out)
{
    int64_t at = 0;

    if (step->at && instant_parse(step->at, &at))
        part_time(at, out);
    else
        buf_str(out, step->at ? step->at : "");
    buf_printf(out, _("  %s  %s (%s)"), wording_action(step->action), step->by,
               wording_role(step->role));
    if (step->note && step->note[0])
        buf_printf(out, _(": %s"), words_request(step->note));
    if (step->ignored)
        buf_printf(out, _(" - without effect: %s"), step->ignored);
}

static void write_history(struct pen *pen)
{
    const struct request_fold *fold = &pen->compare->source.detail->fold;
    size_t first = fold->step_count > HISTORY_MAX ? fold->step_count - HISTORY_MAX : 0;
    struct buf text = {0};

    write_title(pen, _("History"));
    if (first > 0) {
        buf_printf(&text, _("%zu earlier steps are left out."), first);
        write_lines(pen, STYLE_MUTED, 1, buf_text(&text));
    }
    for (size_t i = first; i < fold->step_count; i++) {
        buf_clear(&text);
        describe_step(&fold->steps[i], &text);
        (void)canvas_put(pen->page, area_row(pen->rest, 0),
                         fold->steps[i].ignored ? STYLE_WARNING : STYLE_NORMAL,
                         fold->steps[i].ignored ? style_mark(STYLE_WARNING) : "");
        write_lines(pen, fold->steps[i].ignored ? STYLE_MUTED : STYLE_NORMAL, 2, buf_text(&text));
    }
    buf_release(&text);
}

/* --- head ------------------------------------------------------------------------------------ */

static void draw_subject(const struct compare_view *compare, struct canvas *canvas, struct area at)
{
    const struct request_row *row = &compare->source.detail->row;
    struct buf subject = {0};

    session_show_subject(workplace_session(compare->place), subject_kind_parse(row->subject_kind),
                         row->subject, &subject);
    int used = canvas_put(canvas, at, STYLE_STRONG, row->subject_name ? row->subject_name : "");
    (void)canvas_printf(canvas, area_cut(at, 0, 0, 0, used), STYLE_NORMAL, "  %s  %s",
                        buf_text(&subject), row->dataset_title ? row->dataset_title : "");
    buf_release(&subject);
}

static void draw_progress(const struct compare_view *compare, struct canvas *canvas, struct area at)
{
    const struct request_row *row = &compare->source.detail->row;
    struct buf text = {0};

    words_delivery(row, workplace_overview(compare->place), &text);
    (void)part_marked(canvas, at,
                      row->delivery == DELIVERY_DELIVERED ? words_state_style(row->state)
                                                          : words_delivery_style(row->delivery),
                      buf_text(&text));
    buf_release(&text);
}

/* The one thing the decider must not overlook. */
static void draw_warning(const struct compare_view *compare, struct canvas *canvas, struct area at)
{
    const struct request_row *row = &compare->source.detail->row;
    bool mine = strcmp(row->maker, workplace_session(compare->place)->account) == 0;

    if (compare->failure[0])
        (void)part_marked(canvas, at, STYLE_ERROR, compare->failure);
    else if (compare_changed_meanwhile(compare))
        (void)part_marked(canvas, at, STYLE_WARNING,
                          _("The record has changed since this was raised: compare \"Now\"."));
    else if (compare->source.detail->same_count > 0)
        (void)part_marked(canvas, at, STYLE_WARNING,
                          _("Somebody else asks for the same change: see \"Also asked for\"."));
    else if (compare_has_masked(compare) && !compare->revealed)
        (void)part_marked(canvas, at, STYLE_WARNING, _("Some values are masked."));
    else if (mine && row->state == REQUEST_PENDING_REVIEW)
        (void)part_marked(canvas, at, STYLE_MUTED,
                          _("You raised this: another supervisor has to decide."));
}

static void draw_page(struct compare_view *compare, struct canvas *canvas, struct area window)
{
    struct canvas *page = NULL;

    if (canvas_new_like(canvas, PAGE_ROWS_MAX, window.columns, &page, NULL) != STATUS_OK)
        return;
    struct pen pen = {compare, page, canvas_area(page)};
    write_changes(&pen);
    write_reasons(&pen);
    write_history(&pen);
    compare->rows = pen.rest.row;
    compare->height = window.rows;
    if (compare->top > compare->rows - window.rows)
        compare->top = compare->rows > window.rows ? compare->rows - window.rows : 0;
    canvas_copy(canvas, window, page, compare->top);
    canvas_free(page);
}

static void draw_more(const struct compare_view *compare, struct canvas *canvas, struct area row)
{
    int below = compare->rows - compare->top - compare->height;

    if (below > 0)
        (void)canvas_printf(
            canvas, row, STYLE_MUTED,
            ngettext("%d more row below", "%d more rows below", (unsigned long)below), below);
}

void compare_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct compare_view *compare = (struct compare_view *)view;
    struct area window = area_cut(area, HEAD_ROWS, 0, 1, 0);

    if (!compare->source.detail) {
        if (compare->failure[0])
            (void)part_marked_lines(canvas, area, STYLE_ERROR, compare->failure);
        else
            (void)canvas_put(canvas, area, STYLE_MUTED, _("Reading…"));
        return;
    }
    draw_subject(compare, canvas, area_row(area, 0));
    draw_progress(compare, canvas, area_row(area, 1));
    draw_warning(compare, canvas, area_row(area, 2));
    draw_page(compare, canvas, window);
    draw_more(compare, canvas, area_row(area, area.rows - 1));
    canvas_cursor(canvas, window.row, window.column, true);
}
