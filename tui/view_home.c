#include "base/clock.h"
#include "base/i18n.h"
#include "tui/frame.h"
#include "tui/home_remarks.h"
#include "tui/list.h"
#include "tui/syncing.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_COLUMNS  28 /* the requests, right of the datasets */
#define CHART_COLUMNS 34 /* a third column where there is room */
#define TWO_COLUMNS   70 /* below this one section is shown at a time */
#define WIDE_COLUMNS  116
#define DETAIL_ROWS   2

struct home_view {
    struct view view;
    struct workplace *place;
    struct list datasets, queue;
    bool on_queue;    /* which list has the keyboard */
    char dataset[65]; /* of the selected row: it stays selected when the catalogue changes */
};

/* --- the queue in numbers ------------------------------------------------------------------------
 */

enum tally { TALLY_REVIEW, TALLY_MINE, TALLY_HELD, TALLY_NOTICES, TALLY_UNSENT, TALLY_COUNT };

struct tally_row {
    const char *title; /* translated */
    const char *meaning;
    int64_t count;
    enum style style; /* when the count is not zero */
    enum queue_tab tab;
};

static struct tally_row tally(const struct overview *overview, enum tally which)
{
    switch (which) {
    case TALLY_NOTICES:
        return (struct tally_row){_("New notices"),
                                  _("What happened that you should know of and have not seen."),
                                  overview->notices_unseen, STYLE_PENDING, QUEUE_MINE};
    case TALLY_REVIEW:
        return (struct tally_row){_("For me to review"),
                                  _("Requests of other people that wait for a decision here."),
                                  overview->to_review, STYLE_PENDING, QUEUE_REVIEW};
    case TALLY_MINE:
        return (struct tally_row){_("My open requests"),
                                  _("Entered by me and not settled by the provider yet."),
                                  overview->mine_open, STYLE_NORMAL, QUEUE_MINE};
    case TALLY_HELD:
        return (struct tally_row){_("Held"),
                                  _("Cannot be sent as they are: a person has to decide."),
                                  overview->held, STYLE_ERROR, QUEUE_HELD};
    case TALLY_UNSENT:
    case TALLY_COUNT:
        break;
    }
    return (struct tally_row){_("Not sent yet"),
                              _("Saved on this computer; they go out with the next exchange."),
                              overview->queued + overview->sending, STYLE_PENDING, QUEUE_MINE};
}

/* A supervisor decides, so reviewing comes first for them and is absent for the others. */
static size_t tallies(const struct workplace *place, enum tally rows[TALLY_COUNT])
{
    size_t count = 0;

    if (session_may_review(workplace_session(place)))
        rows[count++] = TALLY_REVIEW;
    rows[count++] = TALLY_MINE;
    rows[count++] = TALLY_HELD;
    rows[count++] = TALLY_NOTICES;
    rows[count++] = TALLY_UNSENT;
    return count;
}

static void draw_tally(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct home_view *view = data;
    enum tally rows[TALLY_COUNT];
    struct tally_row tallied;
    struct buf count = {0};

    (void)tallies(view->place, rows);
    tallied = tally(workplace_overview(view->place), rows[index]);
    part_number(tallied.count, &count);
    enum style style = tallied.count ? tallied.style : STYLE_NORMAL;
    (void)part_marked(canvas, area_cut(row, 0, 8, 0, 0), style, tallied.title);
    (void)canvas_put_right(canvas, row, style, buf_text(&count));
    buf_release(&count);
}

/* --- datasets ------------------------------------------------------------------------------------
 */

/* From the right: state 11, age 6, rows 9; the title has the rest. */
static void draw_dataset(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct home_view *view = data;
    const struct dataset_status *dataset = &workplace_overview(view->place)->datasets[index];
    enum style style = part_dataset_style(dataset);
    int end = row.columns;
    struct buf text = {0};

    (void)part_marked(canvas, area_cut(row, 0, 29, 0, 0), style == STYLE_OK ? STYLE_NORMAL : style,
                      dataset->title);
    part_number(dataset->rows, &text);
    (void)canvas_put_right(canvas, area_columns(row, end - 28, 9), STYLE_NORMAL, buf_text(&text));
    buf_clear(&text);
    part_age(dataset->contact_ms, &text);
    (void)canvas_put_right(canvas, area_columns(row, end - 18, 6), STYLE_MUTED, buf_text(&text));
    (void)canvas_put(canvas, area_columns(row, end - 11, 11), style, part_dataset_word(dataset));
    buf_release(&text);
}

static void draw_dataset_head(struct canvas *canvas, struct area row)
{
    int end = row.columns;

    (void)canvas_put(canvas, area_cut(row, 0, 29, 0, 0), STYLE_TITLE, _("Returned data"));
    (void)canvas_put_right(canvas, area_columns(row, end - 28, 9), STYLE_MUTED, _("rows"));
    (void)canvas_put_right(canvas, area_columns(row, end - 18, 6), STYLE_MUTED, _("age"));
}

/* The same dataset stays selected when others come or go above it. */
static void follow_selection(struct home_view *view, const struct overview *overview)
{
    list_set_count(&view->datasets, overview->dataset_count);
    for (size_t i = 0; i < overview->dataset_count; i++)
        if (strcmp(overview->datasets[i].dataset, view->dataset) == 0)
            list_select(&view->datasets, i);
}

static void remember_selection(struct home_view *view)
{
    const struct overview *overview = workplace_overview(view->place);

    if (overview && view->datasets.selected < overview->dataset_count)
        (void)snprintf(view->dataset, sizeof view->dataset, "%s",
                       overview->datasets[view->datasets.selected].dataset);
}

static void draw_datasets(struct home_view *view, struct canvas *canvas, struct area area)
{
    const struct overview *overview = workplace_overview(view->place);

    draw_dataset_head(canvas, area_row(area, 0));
    area = area_cut(area, 1, 0, 0, 0);
    if (overview->dataset_count == 0) {
        (void)canvas_put_wrapped(canvas, area, STYLE_MUTED,
                                 _("Nothing has been received yet. The first exchange brings the "
                                   "catalogue and then the data."));
        if (!view->on_queue)
            canvas_cursor(canvas, area.row, area.column, true);
        return;
    }
    view->datasets.keep_cursor = view->datasets.unmarked = view->on_queue;
    list_draw(&view->datasets, canvas, area, draw_dataset, view);
}

/* --- beside them ---------------------------------------------------------------------------------
 */

static void describe_exchange(const struct home_view *view, struct buf *out)
{
    const struct syncing_state *state = syncing_state(workplace_syncing(view->place));

    switch (state->phase) {
    case SYNCING_OFF:
        buf_str(out, _("done by another window"));
        break;
    case SYNCING_STOPPING:
        buf_str(out, _("stopping…"));
        break;
    case SYNCING_RUNNING:
        buf_str(out, _("running: "));
        part_number(state->rows_total, out);
        buf_str(out, _(" rows"));
        break;
    case SYNCING_WAITING:
        if (state->next_ms == 0)
            break;
        buf_str(out, _("next by itself "));
        part_time(clock_wall_ms() + state->next_ms - clock_mono_ms(), out);
        break;
    }
}

static void draw_way(const struct home_view *view, struct canvas *canvas, struct area row,
                     enum command command)
{
    struct buf key = {0};

    part_key(view->view.app, CONTEXT_HOME, command, &key);
    (void)canvas_put(canvas, area_columns(row, 0, 5), STYLE_KEY, buf_text(&key));
    (void)canvas_put(canvas, area_cut(row, 0, 0, 0, 6), STYLE_NORMAL,
                     _(command_info(command)->title));
    buf_release(&key);
}

static void draw_side(struct home_view *view, struct canvas *canvas, struct area area)
{
    static const enum command ways[] = {COMMAND_SEARCH, COMMAND_VERIFY, COMMAND_QUEUE,
                                        COMMAND_SYNC_VIEW};
    struct buf exchange = {0};

    (void)canvas_put(canvas, area_row(area, 0), STYLE_TITLE, _("Requests"));
    view->queue.keep_cursor = view->queue.unmarked = !view->on_queue;
    list_draw(&view->queue, canvas, area_cut(area, 1, 0, area.rows - 1 - TALLY_COUNT, 0),
              draw_tally, view);
    (void)canvas_put(canvas, area_row(area, 6), STYLE_TITLE, _("Exchange"));
    describe_exchange(view, &exchange);
    (void)canvas_put(canvas, area_cut(area_row(area, 7), 0, 0, 0, 2), STYLE_NORMAL,
                     buf_text(&exchange));
    (void)canvas_put(canvas, area_row(area, 9), STYLE_TITLE, _("Type to search, or go to"));
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        draw_way(view, canvas, area_row(area, 10 + (int)i), ways[i]);
    buf_release(&exchange);
}

/* Bars of the states requests are in, longest bar for the most frequent. */
static void draw_chart(const struct home_view *view, struct canvas *canvas, struct area area)
{
    const struct overview *overview = workplace_overview(view->place);
    int64_t most = 0;
    int row = 1;

    (void)canvas_put(canvas, area_row(area, 0), STYLE_TITLE, _("Requests by state"));
    for (int state = 0; state <= REQUEST_CLOSED; state++)
        if (overview->by_state[state] > most)
            most = overview->by_state[state];
    if (most == 0)
        (void)canvas_put(canvas, area_row(area, 1), STYLE_MUTED, _("none"));
    for (int state = 0; state <= REQUEST_CLOSED; state++) {
        int64_t count = overview->by_state[state];
        if (!count)
            continue;
        struct area at = area_row(area, row++);
        (void)canvas_put(canvas, area_columns(at, 0, 15), STYLE_NORMAL,
                         request_state_title((enum request_state)state));
        part_bar(canvas, area_columns(at, 16, at.columns - 22),
                 words_state_style((enum request_state)state), count, most);
        struct buf number = {0};
        part_number(count, &number);
        (void)canvas_put_right(canvas, area_cut(at, 0, 0, 0, at.columns - 6), STYLE_NORMAL,
                               buf_text(&number));
        buf_release(&number);
    }
}

/* --- beneath them: the selected row in words, and what somebody has to look at -------------------
 */

static void describe_dataset(const struct dataset_status *dataset, struct buf *out)
{
    struct buf when = {0};

    buf_printf(out, _("%s: "), dataset->title);
    part_as_of(dataset->contact_ms, &when);
    if (dataset->contact_ms)
        buf_printf(out, _("as of %s. "), buf_text(&when));
    buf_release(&when);
    if (dataset->reason && dataset->reason[0])
        buf_printf(out, "%s ", dataset->reason);
    else if (part_dataset_word(dataset)[0])
        buf_printf(out, _("%s. "), part_dataset_word(dataset));
    if (dataset->aside)
        buf_printf(out,
                   ngettext("%lld row was not understood and is kept aside.",
                            "%lld rows were not understood and are kept aside.",
                            (unsigned long)dataset->aside),
                   (long long)dataset->aside);
}

static void describe_tally(const struct home_view *view, struct buf *out)
{
    const struct overview *overview = workplace_overview(view->place);
    enum tally rows[TALLY_COUNT];
    size_t count = tallies(view->place, rows);

    if (view->queue.selected >= count)
        return;
    enum tally which = rows[view->queue.selected];
    struct tally_row tallied = tally(overview, which);
    buf_printf(out, _("%s: %s"), tallied.title, tallied.meaning);
    if (which == TALLY_UNSENT && tallied.count && overview->oldest_unsent_ms) {
        struct buf since = {0};
        part_as_of(overview->oldest_unsent_ms, &since);
        buf_printf(out, _(" The oldest has waited since %s."), buf_text(&since));
        buf_release(&since);
    }
}

static void draw_detail(const struct home_view *view, struct canvas *canvas, struct area area)
{
    const struct overview *overview = workplace_overview(view->place);
    struct buf text = {0};

    if (view->on_queue)
        describe_tally(view, &text);
    else if (view->datasets.selected < overview->dataset_count)
        describe_dataset(&overview->datasets[view->datasets.selected], &text);
    (void)canvas_put_wrapped(canvas, area, STYLE_MUTED, buf_text(&text));
    buf_release(&text);
}

/* --- the page ------------------------------------------------------------------------------------
 */

static bool is_narrow(struct area area)
{
    return area.columns < TWO_COLUMNS || area.rows < FRAME_ROWS_NARROW - 3;
}

/* One column: the section that has the keyboard. */
static void draw_narrow(struct home_view *view, struct canvas *canvas, struct area area)
{
    if (view->on_queue)
        draw_side(view, canvas, area);
    else
        draw_datasets(view, canvas, area);
}

static void draw_columns(struct home_view *view, struct canvas *canvas, struct area area)
{
    int right = SIDE_COLUMNS;

    if (area.columns >= WIDE_COLUMNS) {
        draw_chart(view, canvas, area_cut(area, 0, 0, 0, area.columns - CHART_COLUMNS));
        right += CHART_COLUMNS + 2;
    }
    draw_datasets(view, canvas, area_cut(area, 0, right, 0, 0));
    draw_side(view, canvas, area_columns(area, area.columns - right + 2, SIDE_COLUMNS - 2));
}

static void draw(struct view *of, struct canvas *canvas, struct area area)
{
    struct home_view *view = (struct home_view *)of;
    const struct overview *overview = workplace_overview(view->place);
    enum tally rows[TALLY_COUNT];
    int beneath = area.rows / 3; /* fixed by the window, never by the data */

    if (!overview) {
        (void)canvas_put(canvas, area, STYLE_MUTED, _("Reading…"));
        return;
    }
    follow_selection(view, overview);
    list_set_count(&view->queue, tallies(view->place, rows));
    if (is_narrow(area)) {
        beneath = 2;
        draw_narrow(view, canvas, area_cut(area, 0, 0, beneath, 0));
        home_remarks_draw(overview, canvas, area_cut(area, area.rows - beneath, 0, 0, 0));
        return;
    }
    draw_columns(view, canvas, area_cut(area, 0, 0, beneath, 0));
    area = area_cut(area, area.rows - beneath, 0, 0, 0);
    draw_detail(view, canvas, area_cut(area, 0, 0, beneath - DETAIL_ROWS, 0));
    home_remarks_draw(overview, canvas, area_cut(area, DETAIL_ROWS, 0, 0, 0));
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static const char *title(struct view *of)
{
    (void)of;
    return _("Start page");
}

static enum context context(struct view *of)
{
    (void)of;
    return CONTEXT_HOME;
}

static struct list *focused(struct home_view *view)
{
    return view->on_queue ? &view->queue : &view->datasets;
}

static unsigned open_selected(struct home_view *view)
{
    const struct overview *overview = workplace_overview(view->place);
    enum tally rows[TALLY_COUNT];
    size_t count = tallies(view->place, rows);

    if (view->on_queue && view->queue.selected < count) {
        enum tally which = rows[view->queue.selected];
        app_push(view->view.app, which == TALLY_NOTICES
                                     ? notices_view_new(view->place)
                                     : queue_view_new(view->place, tally(overview, which).tab));
    } else if (!view->on_queue && view->datasets.selected < overview->dataset_count) {
        const char *dataset = overview->datasets[view->datasets.selected].dataset;
        app_push(view->view.app, dataset_view_new(view->place, dataset));
    }
    return STALE_VIEW | STALE_FRAME;
}

static unsigned command(struct view *of, enum command command, const char *argument)
{
    struct home_view *view = (struct home_view *)of;

    if (command == COMMAND_NEXT_SECTION || command == COMMAND_PREV_SECTION) {
        view->on_queue = !view->on_queue;
        return STALE_VIEW;
    }
    if (command == COMMAND_OPEN)
        return open_selected(view);
    unsigned stale = list_command(focused(view), command, argument);
    remember_selection(view);
    return stale;
}

static bool enabled(struct view *of, enum command command, char reason[VIEW_REASON_MAX])
{
    struct home_view *view = (struct home_view *)of;
    struct buf key = {0};

    if (command == COMMAND_HOME)
        return words_refuse(reason, _("This is the start page."));
    if (command == COMMAND_BACK) {
        part_key(of->app, CONTEXT_HOME, COMMAND_QUIT, &key);
        (void)snprintf(reason, VIEW_REASON_MAX, _("this is the start page; %s quits."),
                       buf_text(&key));
        buf_release(&key);
        return false;
    }
    if (command == COMMAND_OPEN && (!workplace_overview(view->place) || !focused(view)->count))
        return words_refuse(reason, _("There is nothing to open yet."));
    return true;
}

static void close_page(struct view *of)
{
    free(of);
}

static const struct view_ops home_ops = {
    .title = title,
    .context = context,
    .draw = draw,
    .command = command,
    .enabled = enabled,
    .close = close_page,
};

struct view *home_view_new(struct workplace *place)
{
    return part_page_new(place, sizeof(struct home_view), &home_ops);
}
