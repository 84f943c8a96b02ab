#include "base/i18n.h"
#include "db/quality.h"
#include "tui/checking.h"
#include "tui/errand.h"
#include "tui/list.h"
#include "tui/refresh.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRESS_MS   250
#define HEAD_ROWS     2
#define COUNT_COLUMNS 10

struct quality_view {
    struct view view;
    struct workplace *place;
    bool loading;
    struct quality_summary *summary; /* NULL: never checked, or not read yet */
    bool ready;
    char failure[ERROR_TEXT_MAX];
    struct list list;
    struct refresh refresh;
};

/* --- reading what was found --------------------------------------------------------------------
 */

struct look {
    struct errand errand;
    struct quality_summary *summary;
};

static enum status look_work(struct errand *errand, struct error *error)
{
    struct look *look = (struct look *)errand;

    return quality_summary(workplace_reading_reader(errand->place), &look->summary, error);
}

static unsigned look_deliver(struct errand *errand, struct view *to)
{
    struct quality_view *view = (struct quality_view *)to;
    struct look *look = (struct look *)errand;

    view->loading = false;
    view->ready = true;
    quality_summary_free(view->summary);
    view->summary = look->summary;
    look->summary = NULL;
    list_set_count(&view->list, view->summary ? view->summary->count : 0);
    if (errand->status != STATUS_OK && errand->status != STATUS_NOT_FOUND)
        (void)snprintf(view->failure, sizeof view->failure, "%s", errand->error.text);
    return STALE_VIEW | STALE_FRAME;
}

static void look_release(struct errand *errand)
{
    quality_summary_free(((struct look *)errand)->summary);
}

static void send_look(struct quality_view *view)
{
    static const struct errand_kind kind = {
        .work = look_work, .deliver = look_deliver, .release = look_release, .tells_failure = true};
    struct look *look = errand_new(view->place, &view->view, sizeof *look, &kind);

    refresh_asked(&view->refresh, view->place);
    if (!look)
        return;
    view->loading = true;
    errand_send(&look->errand, workplace_reading(view->place));
}

static struct checking_state state_of(const struct quality_view *view)
{
    return checking_state(workplace_checking(view->place));
}

/* --- drawing -----------------------------------------------------------------------------------
 */

static void draw_progress(const struct checking_state *state, struct canvas *canvas,
                          struct area area)
{
    struct buf text = {0};

    buf_str(&text,
            state->comparing ? _("Comparing records with each other") : _("Checking every record"));
    buf_str(&text, "  ");
    part_number(state->done, &text);
    buf_str(&text, " / ");
    part_number(state->total, &text);
    (void)canvas_put(canvas, area_row(area, 0), STYLE_STRONG, buf_text(&text));
    part_bar(canvas, area_row(area, 1), STYLE_NORMAL, state->done, state->total);
    buf_release(&text);
}

static void describe_changes(const struct quality_summary *summary, struct buf *out)
{
    if (summary->changed_count == 0) {
        buf_str(out, _("Nothing has changed since."));
        return;
    }
    buf_str(out, _("Changed since: "));
    for (size_t i = 0; i < summary->changed_count; i++)
        buf_printf(out, "%s%s", i > 0 ? _(", ") : "", summary->changed[i]);
}

static void draw_head(struct quality_view *view, struct canvas *canvas, struct area area)
{
    const struct quality_summary *summary = view->summary;
    const struct checking_state state = state_of(view);
    struct buf text = {0};

    if (state.running) {
        draw_progress(&state, canvas, area);
        return;
    }
    if (!summary)
        return;
    part_number(summary->rows, &text);
    buf_str(&text, _(" rows"));
    buf_str(&text, " · ");
    buf_str(&text, _("as of "));
    part_as_of(summary->at_ms, &text);
    (void)canvas_put(canvas, area_row(area, 0), STYLE_NORMAL, buf_text(&text));
    buf_clear(&text);
    describe_changes(summary, &text);
    (void)canvas_put(canvas, area_row(area, 1),
                     summary->changed_count ? STYLE_WARNING : STYLE_MUTED, buf_text(&text));
    buf_release(&text);
}

static void draw_count(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct quality_view *view = data;
    const struct quality_count *count = &view->summary->counts[index];
    bool grave = quality_rule_severity(count->rule) == FINDING_ERROR;
    int half = (row.columns - COUNT_COLUMNS) * 3 / 5;
    struct buf number = {0};

    part_number(count->count, &number);
    (void)part_marked(canvas, area_columns(row, 0, half - 1), grave ? STYLE_ERROR : STYLE_WARNING,
                      quality_rule_title(count->rule));
    (void)canvas_put(canvas, area_columns(row, half, row.columns - COUNT_COLUMNS - half),
                     STYLE_NORMAL, count->title);
    (void)canvas_put_right(canvas, row, STYLE_NORMAL, buf_text(&number));
    buf_release(&number);
}

static void draw_empty(const struct quality_view *view, struct canvas *canvas, struct area area)
{
    struct buf text = {0}, key = {0};

    part_key(view->view.app, CONTEXT_QUALITY, COMMAND_CHECK_DATA, &key);
    if (!view->ready || state_of(view).running)
        buf_str(&text, view->ready ? "" : _("Reading…"));
    else if (view->failure[0])
        buf_str(&text, view->failure);
    else if (view->summary)
        buf_str(&text, _("Nothing was found to be wrong."));
    else
        buf_printf(&text,
                   _("The data has not been checked yet. %s goes through every record: numbers, "
                     "duplicates, contradictions between datasets, empty fields."),
                   buf_text(&key));
    (void)canvas_put_wrapped(canvas, area, STYLE_MUTED, buf_text(&text));
    canvas_cursor(canvas, area.row, area.column, true);
    buf_release(&text);
    buf_release(&key);
}

static void draw(struct view *of, struct canvas *canvas, struct area area)
{
    struct quality_view *view = (struct quality_view *)of;
    struct area body = area_cut(area, HEAD_ROWS + 1, 0, 0, 0);

    draw_head(view, canvas, area_cut(area, 0, 0, area.rows - HEAD_ROWS, 0));
    if (view->list.count == 0)
        draw_empty(view, canvas, body);
    else
        list_draw(&view->list, canvas, body, draw_count, view);
}

/* --- keys --------------------------------------------------------------------------------------
 */

static const char *title(struct view *of)
{
    (void)of;
    return _("Data quality");
}

static enum context context(struct view *of)
{
    (void)of;
    return CONTEXT_QUALITY;
}

static unsigned open_selected(struct quality_view *view)
{
    const struct quality_count *count = &view->summary->counts[view->list.selected];

    app_push(view->view.app, findings_view_new(view->place, count->rule, count->dataset));
    return STALE_VIEW | STALE_FRAME;
}

static unsigned command(struct view *of, enum command command, const char *argument)
{
    struct quality_view *view = (struct quality_view *)of;

    switch ((int)command) {
    case COMMAND_CHECK_DATA:
        checking_start(workplace_checking(view->place));
        return STALE_VIEW | STALE_FRAME;
    case COMMAND_CANCEL:
        if (!state_of(view).running)
            return STALE_UNHANDLED;
        checking_stop(workplace_checking(view->place));
        return STALE_VIEW;
    case COMMAND_OPEN:
        return open_selected(view);
    default:
        return list_command(&view->list, command, argument) | STALE_FRAME;
    }
}

static bool enabled(struct view *of, enum command command, char reason[VIEW_REASON_MAX])
{
    const struct quality_view *view = (const struct quality_view *)of;

    if (command == COMMAND_OPEN && view->list.count == 0)
        return words_refuse(reason, _("There is nothing to open yet."));
    if (command == COMMAND_NEXT_SECTION || command == COMMAND_PREV_SECTION)
        return words_refuse(reason, _("This page has one section."));
    if (command == COMMAND_CHECK_DATA && state_of(view).running)
        return words_refuse(reason, _("The check is running already."));
    if (command == COMMAND_CHECK_DATA && !workplace_outbox(view->place))
        return words_refuse(reason, _("Another Huiliu window is open in this home."));
    return true;
}

static unsigned tick(struct view *of, int64_t now, int *next)
{
    struct quality_view *view = (struct quality_view *)of;
    unsigned stale = refresh_minute(&view->refresh, now, next);

    if (!view->loading && refresh_is_due(&view->refresh, view->place, of))
        send_look(view);
    if (!state_of(view).running)
        return stale;
    if (*next < 0 || *next > PROGRESS_MS)
        *next = PROGRESS_MS;
    return stale | STALE_VIEW;
}

static bool waits(struct view *of)
{
    return !((struct quality_view *)of)->ready;
}

static void close_page(struct view *of)
{
    struct quality_view *view = (struct quality_view *)of;

    quality_summary_free(view->summary);
    free(view);
}

struct view *quality_view_new(struct workplace *place)
{
    static const struct view_ops ops = {.title = title,
                                        .context = context,
                                        .draw = draw,
                                        .command = command,
                                        .tick = tick,
                                        .enabled = enabled,
                                        .waits = waits,
                                        .close = close_page};

    return part_page_new(place, sizeof(struct quality_view), &ops);
}
