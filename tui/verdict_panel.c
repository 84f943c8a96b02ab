#include "tui/verdict_panel.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "tui/view.h"
#include "tui/view_parts.h"
#include "verify/number.h"

#include <string.h>

static const char *line_after(const char *line)
{
    line += strcspn(line, "\n");
    return line + (*line == '\n');
}

/* Checks, then lines. */
static size_t items(const struct verdict_panel *panel)
{
    return panel->report ? panel->report->count + panel->lines : 0;
}

/* What speaks against comes first, what was not looked at last. */
void verdict_panel_set(struct verdict_panel *panel, const struct verdict_report *report,
                       const char *document)
{
    static const enum check_result ranks[] = {CHECK_FAIL, CHECK_WARN, CHECK_PASS, CHECK_SKIPPED};
    size_t count = 0;

    *panel = (struct verdict_panel){.report = report, .document = document ? document : ""};
    for (const char *line = panel->document; *line; line = line_after(line))
        panel->lines++;
    for (size_t rank = 0; report && rank < sizeof ranks / sizeof ranks[0]; rank++)
        for (size_t i = 0; i < report->count; i++)
            if (report->checks[i].result == ranks[rank])
                panel->order[count++] = i;
}

unsigned verdict_panel_turn(struct verdict_panel *panel, bool forward)
{
    size_t step = panel->visible > 0 ? panel->visible : 1;
    size_t before = panel->first;

    if (!forward)
        panel->first -= step < before ? step : before;
    else if (before + step < items(panel))
        panel->first += step;
    return panel->first == before ? STALE_NOTHING : STALE_VIEW;
}

void verdict_panel_move(struct verdict_panel *panel, size_t first)
{
    panel->first = first < items(panel) ? first : 0;
}

static enum style verdict_style(enum verdict verdict)
{
    if (verdict == VERDICT_VALID)
        return STYLE_OK;
    return verdict == VERDICT_CANNOT_TELL ? STYLE_WARNING : STYLE_ERROR;
}

static void draw_side(const char *title, int64_t at_ms, enum verdict verdict, struct canvas *canvas,
                      struct area area)
{
    struct buf head = {0};

    buf_printf(&head, "%s ", title);
    part_time(at_ms, &head);
    (void)canvas_put(canvas, area_row(area, 0), STYLE_MUTED, buf_text(&head));
    (void)part_marked(canvas, area_row(area, 1), verdict_style(verdict), verdict_title(verdict));
    buf_release(&head);
}

void verdict_compare_draw(const struct recheck_answer *answer, struct canvas *canvas,
                          struct area area)
{
    int half = area.columns / 2;

    draw_side(_("Judged"), answer->asked_ms, answer->before, canvas,
              area_columns(area, 0, half - 1));
    draw_side(_("Repeated with newer data"), answer->answered_ms, answer->after, canvas,
              area_cut(area, 0, 0, 0, half));
    canvas_hline(canvas, area_row(area, VERDICT_COMPARE_ROWS - 1), STYLE_BORDER);
}

static bool is_number(const char *kind, const char **title)
{
    for (int i = 0; i <= NUMBER_ORGANISATION_CODE; i++) {
        if (strcmp(kind, number_kind_name((enum number_kind)i)) != 0)
            continue;
        *title = number_kind_title((enum number_kind)i);
        return true;
    }
    return false;
}

static const char *kind_title(const char *kind)
{
    const char *title = kind;

    if (strcmp(kind, "ofd") == 0)
        return _("sealed document (OFD)");
    if (strcmp(kind, "jws") == 0)
        return _("signed code");
    return is_number(kind, &title) ? title : kind;
}

/* Without a record only the number itself was judged, and "valid" must not say more than that. */
static bool is_about_form(const struct verdict_report *report)
{
    const char *title;

    return is_number(report->kind, &title) && !verdict_report_find(report, "status");
}

static void describe_basis(const struct verdict_panel *panel, bool recorded, struct buf *out)
{
    const struct verdict_report *report = panel->report;

    buf_str(out, kind_title(report->kind));
    if (!recorded)
        buf_printf(out, " · %s", _("not written into the log: another window holds this home"));
    if (panel->repeated_ms) {
        buf_printf(out, " · %s ", _("Repeated with newer data"));
        part_time(panel->repeated_ms, out);
    } else if (report->recheck && recorded) {
        buf_printf(out, " · %s", _("from the data on this computer, to be repeated online"));
    } else if (report->recheck) {
        buf_printf(out, " · %s", _("from the data on this computer"));
    }
    if (report->truncated)
        buf_printf(out, " · %s", _("there were more checks than can be listed"));
}

/* Returns the rows used. */
static int draw_verdict(const struct verdict_panel *panel, bool recorded, struct canvas *canvas,
                        struct area area)
{
    const struct verdict_report *report = panel->report;
    enum style style = verdict_style(report->verdict);
    struct buf text = {0};

    buf_str(&text, verdict_title(report->verdict));
    if (is_about_form(report))
        buf_printf(&text, _(" (%s)"), _("the form of the number only"));
    (void)part_marked(canvas, area_row(area, 0), style, buf_text(&text));
    buf_clear(&text);
    describe_basis(panel, recorded, &text);
    int rows = canvas_put_wrapped(canvas, area_cut(area, 1, 0, 0, 2), STYLE_MUTED, buf_text(&text));
    buf_release(&text);
    return 1 + rows;
}

static enum style check_style(enum check_result result)
{
    switch (result) {
    case CHECK_PASS:
        return STYLE_OK;
    case CHECK_FAIL:
        return STYLE_ERROR;
    case CHECK_WARN:
        return STYLE_WARNING;
    case CHECK_SKIPPED:
        break;
    }
    return STYLE_MUTED;
}

/* "2026-03-14T08:05:09.123Z" as people read it; a plain day as it is. */
static void describe_as_of(const char *as_of, struct buf *out)
{
    int64_t instant;

    if (!as_of[0])
        return;
    buf_str(out, out->length ? " · " : "");
    buf_str(out, _("as of "));
    if (instant_parse(as_of, &instant))
        part_as_of(instant, out);
    else
        buf_str(out, as_of);
}

/* Detail, then who says so and as of when; returns the rows it needs. Drawn when they fit, or
 * (cut) at any rate. */
static int draw_check(const struct check *check, bool at_any_rate, struct canvas *canvas,
                      struct area area)
{
    struct area inside = area_cut(area, 0, 0, 0, 2);
    struct buf detail = {0}, source = {0};
    int rows;

    if (check->result == CHECK_SKIPPED)
        buf_str(&detail, _("Not checked: "));
    buf_str(&detail, check->detail);
    buf_str(&source, check->source);
    describe_as_of(check->as_of, &source);
    rows = canvas_put_wrapped(NULL, inside, STYLE_NORMAL, buf_text(&detail)) + (source.length > 0);
    if (rows <= area.rows || at_any_rate) {
        int used = part_marked_lines(canvas, area, check_style(check->result), buf_text(&detail));
        if (source.length > 0 && used < area.rows)
            (void)canvas_put(canvas, area_row(inside, used), STYLE_MUTED, buf_text(&source));
    }
    buf_release(&detail);
    buf_release(&source);
    return rows;
}

/* Bytes of "  Title: " before a value; 0: there is no such thing. */
static size_t label_of(const char *line)
{
    static const char *const ends[] = {": ", "\xef\xbc\x9a"}; /* full width */
    const char *first = NULL, *end = NULL;

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *found = strstr(line, ends[i]);
        if (found && (!first || found < first)) {
            first = found;
            end = found + strlen(ends[i]);
        }
    }
    return end ? (size_t)(end - line) : 0;
}

/* A line that needs several rows goes on beneath its value, or further to the right than it began:
 * whatever it says, none of its rows looks like a line of another kind. */
static int hang_of(const struct canvas *canvas, const char *line, int columns)
{
    int label = canvas_measure(canvas, line, label_of(line));

    return label > 0 && label <= columns / 2 ? label : (int)strspn(line, " ") + 2;
}

/* The first line of the document keeps a blank row above it. */
static int draw_line(const struct verdict_panel *panel, size_t index, struct canvas *canvas,
                     struct area area)
{
    const char *line = panel->document;
    struct buf text = {0};

    for (size_t i = 0; i < index; i++)
        line = line_after(line);
    buf_bytes(&text, line, strcspn(line, "\n"));
    int above = index == 0 && panel->first < panel->report->count;
    int hang = hang_of(canvas, buf_text(&text), area.columns);
    int rows = canvas_put_hanging(NULL, area, hang, STYLE_NORMAL, buf_text(&text)) + above;
    if (rows <= area.rows || index + panel->report->count == panel->first)
        (void)canvas_put_hanging(canvas, area_cut(area, above, 0, 0, 0), hang, STYLE_NORMAL,
                                 buf_text(&text));
    buf_release(&text);
    return rows;
}

static int draw_item(const struct verdict_panel *panel, size_t index, struct canvas *canvas,
                     struct area area)
{
    const struct verdict_report *report = panel->report;

    if (index >= report->count)
        return draw_line(panel, index - report->count, canvas, area);
    return draw_check(&report->checks[panel->order[index]], index == panel->first, canvas, area);
}

static void say_what_is_visible(const struct verdict_panel *panel, struct canvas *canvas,
                                struct area row)
{
    size_t first = panel->first + 1, last = panel->first + panel->visible, all = items(panel);

    if (panel->lines == 0)
        (void)canvas_printf(canvas, row, STYLE_MUTED,
                            _("Checks %zu to %zu of %zu; the page keys show the others."), first,
                            last, all);
    else
        (void)canvas_printf(canvas, row, STYLE_MUTED,
                            _("Checks and lines of the document %zu to %zu of %zu; the page keys "
                              "show others."),
                            first, last, all);
}

/* As many as fit from the first one on; the last row says how many do not. */
static void draw_items(struct verdict_panel *panel, struct canvas *canvas, struct area area)
{
    struct area left = area_cut(area, 0, 0, 1, 0);
    size_t index = panel->first, all = items(panel);

    for (; index < all; index++) {
        int rows = draw_item(panel, index, canvas, left);
        if (rows > left.rows && index > panel->first)
            break;
        left = area_cut(left, rows, 0, 0, 0);
    }
    panel->visible = index - panel->first;
    if (panel->visible < all)
        say_what_is_visible(panel, canvas, area_row(area, area.rows - 1));
}

void verdict_panel_draw(struct verdict_panel *panel, bool recorded, struct canvas *canvas,
                        struct area area)
{
    int rows = draw_verdict(panel, recorded, canvas, area);

    draw_items(panel, canvas, area_cut(area, rows + 1, 0, 0, 0));
}
