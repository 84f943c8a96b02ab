#include "base/clock.h"
#include "base/i18n.h"
#include "tui/errand.h"
#include "tui/exchange.h"
#include "tui/list.h"
#include "tui/refresh.h"
#include "tui/sync_compared.h"
#include "tui/sync_panel.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NARROW_COLUMNS 72
#define DETAIL_ROWS    3 /* the selected row in words; below them */
#define EVERY_MS       1000
#define REQUESTS_MOST  10000

/* The lists of the page; the last is there when something has been compared. */
enum tab { TAB_DATASETS, TAB_UNSENT, TAB_COMPARED, TAB_COUNT };

struct sync_view {
    struct view view;
    struct workplace *place;
    struct list lists[TAB_COUNT];
    enum tab tab;        /* on the screen */
    int64_t compared_ms; /* the comparison that was seen last */
    struct sync_rate rate;
    int64_t ticked_ms;
    /* Requests with something the upstream has not acknowledged. */
    struct request_list *requests; /* NULL until read */
    struct refresh refresh;
    bool loading;
};

static const struct syncing_state *state_of(const struct sync_view *view)
{
    return syncing_state(workplace_syncing(view->place));
}

/* --- what has not been sent, read by the reading worker ------------------------------------------
 */

struct look {
    struct errand errand;
    struct request_list *requests;
};

static enum status look_work(struct errand *errand, struct error *error)
{
    const struct request_filter filter = {.state = -1, .unsent_only = true, .limit = REQUESTS_MOST};

    return request_list(workplace_reading_reader(errand->place), &filter,
                        &((struct look *)errand)->requests, error);
}

static const struct request_row *selected_request(const struct sync_view *view)
{
    size_t count = view->requests ? view->requests->count : 0;

    return view->lists[TAB_UNSENT].selected < count
               ? &view->requests->rows[view->lists[TAB_UNSENT].selected]
               : NULL;
}

/* The request that was selected stays selected while it is there. */
static size_t row_of(const struct request_list *requests, const struct request_row *row)
{
    for (size_t i = 0; row && i < requests->count; i++)
        if (strcmp(requests->rows[i].id, row->id) == 0)
            return i;
    return 0;
}

static unsigned look_deliver(struct errand *errand, struct view *to)
{
    struct sync_view *view = (struct sync_view *)to;
    struct look *look = (struct look *)errand;

    view->loading = false;
    if (errand->status != STATUS_OK)
        return STALE_NOTHING;
    size_t selected = row_of(look->requests, selected_request(view));
    request_list_free(view->requests);
    view->requests = look->requests;
    look->requests = NULL;
    list_set_count(&view->lists[TAB_UNSENT], view->requests->count);
    list_select(&view->lists[TAB_UNSENT], selected);
    return STALE_VIEW;
}

static void look_release(struct errand *errand)
{
    request_list_free(((struct look *)errand)->requests);
}

static const struct errand_kind look_kind = {
    .work = look_work,
    .deliver = look_deliver,
    .release = look_release,
};

static void ask(struct sync_view *view)
{
    struct look *look = errand_new(view->place, &view->view, sizeof *look, &look_kind);

    refresh_asked(&view->refresh, view->place);
    if (!look)
        return;
    view->loading = true;
    errand_send(&look->errand, workplace_reading(view->place));
}

/* --- the datasets --------------------------------------------------------------------------------
 */

/* A row of the table: a dataset of the catalogue with what the last run did to it, or a feed that
 * is none (the catalogue itself, the requests). */
struct dataset_row {
    const struct dataset_status *status;  /* NULL: no dataset */
    const struct syncing_dataset *result; /* NULL: not touched by the last run */
};

static const struct dataset_status *find_status(const struct overview *overview, const char *name)
{
    for (size_t i = 0; overview && i < overview->dataset_count; i++)
        if (strcmp(overview->datasets[i].dataset, name) == 0)
            return &overview->datasets[i];
    return NULL;
}

static const struct syncing_dataset *find_result(const struct syncing_state *state,
                                                 const char *name)
{
    for (int i = 0; i < state->dataset_results; i++)
        if (strcmp(state->datasets[i].dataset, name) == 0)
            return &state->datasets[i];
    return NULL;
}

/* The feeds that are no datasets first, then the catalogue's order. */
static size_t dataset_rows(const struct sync_view *view, size_t wanted, struct dataset_row *row)
{
    const struct overview *overview = workplace_overview(view->place);
    const struct syncing_state *state = state_of(view);
    size_t count = 0;

    *row = (struct dataset_row){0};
    for (int i = 0; i < state->dataset_results; i++)
        if (!find_status(overview, state->datasets[i].dataset) && count++ == wanted)
            row->result = &state->datasets[i];
    for (size_t i = 0; overview && i < overview->dataset_count; i++) {
        if (count++ != wanted)
            continue;
        row->status = &overview->datasets[i];
        row->result = find_result(state, row->status->dataset);
    }
    return count;
}

static const char *row_name(const struct dataset_row *row)
{
    return row->status ? row->status->dataset : row->result->dataset;
}

static const char *row_title(const struct dataset_row *row)
{
    if (row->status)
        return row->status->title;
    if (strcmp(row->result->dataset, "catalogue") == 0)
        return _("Catalogue");
    if (strcmp(row->result->dataset, "requests") == 0)
        return _("Requests");
    return row->result->title;
}

static enum style row_style(const struct dataset_row *row)
{
    enum style style = row->status ? part_dataset_style(row->status) : STYLE_OK;

    if (style == STYLE_OK && row->result && row->result->status != STATUS_OK)
        return sync_result_style(row->result->status);
    return style;
}

/* The word for its state: being read, the state of its data, or what the last run met. */
static const char *row_word(const struct sync_view *view, const struct dataset_row *row)
{
    const struct syncing_state *state = state_of(view);

    if (sync_is_running(state) && strcmp(state->dataset, row_name(row)) == 0)
        return _("being read");
    if (row->status && part_dataset_word(row->status)[0])
        return part_dataset_word(row->status);
    if (row->result && row->result->status != STATUS_OK)
        return sync_result_word(row->result->status);
    return "";
}

/* Where the columns begin; the title has what is left of them. */
struct columns {
    int rows, received, age, word; /* received: -1, no room for it */
};

static struct columns columns_of(struct area row)
{
    int end = row.columns;

    if (end < NARROW_COLUMNS)
        return (struct columns){
            .rows = end - 29, .received = -1, .age = end - 19, .word = end - 12};
    return (struct columns){
        .rows = end - 48, .received = end - 36, .age = end - 26, .word = end - 17};
}

static void put_number(struct canvas *canvas, struct area at, int64_t number)
{
    struct buf text = {0};

    part_number(number, &text);
    (void)canvas_put_right(canvas, at, STYLE_NORMAL, buf_text(&text));
    buf_release(&text);
}

static void draw_dataset(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct sync_view *view = data;
    struct columns at = columns_of(row);
    struct dataset_row shown;
    struct buf age = {0};

    (void)dataset_rows(view, index, &shown);
    if (!shown.status && !shown.result)
        return;
    enum style style = row_style(&shown);
    (void)part_marked(canvas, area_columns(row, 0, at.rows - 1),
                      style == STYLE_OK ? STYLE_NORMAL : style, row_title(&shown));
    if (shown.status) {
        part_age(shown.status->contact_ms, &age);
        put_number(canvas, area_columns(row, at.rows, 10), shown.status->rows);
    }
    if (shown.result && at.received >= 0)
        put_number(canvas, area_columns(row, at.received, 10), shown.result->pulled);
    (void)canvas_put_right(canvas, area_columns(row, at.age, at.word - at.age - 1), STYLE_MUTED,
                           buf_text(&age));
    (void)canvas_put(canvas, area_cut(row, 0, 0, 0, at.word), style, row_word(view, &shown));
    buf_release(&age);
}

/* On the row of the tabs, as far as they leave room. */
static void draw_dataset_head(struct canvas *canvas, struct area row, int tabs)
{
    struct columns at = columns_of(row);

    if (tabs >= at.rows)
        return;
    (void)canvas_put_right(canvas, area_columns(row, at.rows, 10), STYLE_MUTED, _("rows here"));
    if (at.received >= 0)
        (void)canvas_put_right(canvas, area_columns(row, at.received, 10), STYLE_MUTED,
                               _("last run"));
    (void)canvas_put_right(canvas, area_columns(row, at.age, at.word - at.age - 1), STYLE_MUTED,
                           _("age"));
}

static void describe_dataset_row(const struct sync_view *view, struct buf *out)
{
    struct dataset_row row;
    struct buf when = {0};

    (void)dataset_rows(view, view->lists[TAB_DATASETS].selected, &row);
    if (!row.status && !row.result)
        return;
    buf_printf(out, _("%s: "), row_title(&row));
    if (row.status && row.status->contact_ms) {
        part_as_of(row.status->contact_ms, &when);
        buf_printf(out, _("as of %s. "), buf_text(&when));
    } else if (row.status) {
        buf_printf(out, "%s ", _("Not read to its end yet."));
    }
    if (row.result && row.result->reason[0])
        buf_str(out, row.result->reason);
    else if (row.status && row.status->reason)
        buf_str(out, row.status->reason);
    buf_release(&when);
}

/* --- what has not been sent ----------------------------------------------------------------------
 */

static const char *who(const struct sync_view *view, const struct request_row *row)
{
    bool readable = session_may_read(workplace_session(view->place));

    return readable && row->subject_name && row->subject_name[0] ? row->subject_name
                                                                 : words_request(row->id);
}

static void draw_unsent(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct sync_view *view = data;
    const struct request_row *request = &view->requests->rows[index];
    enum style style = words_delivery_style(request->delivery);
    struct buf age = {0};

    (void)part_marked(canvas, area_columns(row, 0, 26), style, who(view, request));
    (void)canvas_put(canvas, area_cut(row, 0, 28, 0, 27), STYLE_NORMAL, request->dataset_title);
    part_age(request->last_event_ms, &age);
    (void)canvas_put_right(canvas, area_columns(row, row.columns - 27, 8), STYLE_MUTED,
                           buf_text(&age));
    (void)canvas_put(canvas, area_columns(row, row.columns - 17, 17), style,
                     delivery_title(request->delivery));
    buf_release(&age);
}

static void describe_unsent_row(const struct sync_view *view, struct buf *out)
{
    const struct request_row *request = selected_request(view);

    if (request)
        words_delivery(request, workplace_overview(view->place), out);
}

/* --- the page ------------------------------------------------------------------------------------
 */

static const struct reconcile_report *comparison(const struct sync_view *view)
{
    return state_of(view)->comparison;
}

/* A comparison that has come is what was asked for here. */
static void follow_comparison(struct sync_view *view)
{
    const struct reconcile_report *report = comparison(view);

    list_set_count(&view->lists[TAB_COMPARED], report ? report->dataset_count : 0);
    if (!report || view->compared_ms == state_of(view)->compared_ms)
        return;
    view->compared_ms = state_of(view)->compared_ms;
    view->tab = TAB_COMPARED;
}

static void put_tab(const struct sync_view *view, enum tab tab, struct buf *out)
{
    size_t count = view->lists[tab].count;

    if (tab == TAB_DATASETS)
        buf_printf(out, _("Datasets (%zu)"), count);
    else if (tab == TAB_UNSENT)
        buf_printf(out, _("Not sent yet (%zu)"), count);
    else
        buf_printf(out, _("Compared (%zu)"), count);
}

/* Returns the cells used. */
static int draw_tabs(const struct sync_view *view, struct canvas *canvas, struct area row)
{
    enum tab count = comparison(view) ? TAB_COUNT : TAB_COMPARED;
    int used = 0;

    for (enum tab tab = TAB_DATASETS; tab < count; tab++) {
        struct buf text = {0};
        put_tab(view, tab, &text);
        used += tab > TAB_DATASETS ? 3 : 0;
        used += canvas_put(canvas, area_cut(row, 0, 0, 0, used),
                           view->tab == tab ? STYLE_TITLE : STYLE_MUTED, buf_text(&text));
        buf_release(&text);
    }
    return used;
}

/* The tabs and the heads of the columns: beside two tabs there is room for these. Returns the rows
 * used. */
static int draw_heads(const struct sync_view *view, struct canvas *canvas, struct area area)
{
    int rows = comparison(view) ? 2 : 1;
    int tabs = draw_tabs(view, canvas, area_row(area, 0));
    struct area heads = area_row(area, rows - 1);

    if (view->tab == TAB_DATASETS)
        draw_dataset_head(canvas, heads, rows == 1 ? tabs : 0);
    else if (view->tab == TAB_COMPARED)
        compared_draw_head(canvas, heads);
    return rows;
}

static void draw_compared(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct sync_view *view = data;

    compared_draw(&comparison(view)->datasets[index], canvas, row);
}

static void draw_list(struct sync_view *view, struct canvas *canvas, struct area area)
{
    list_row_fn *const rows[] = {draw_dataset, draw_unsent, draw_compared};

    list_draw(&view->lists[view->tab], canvas, area, rows[view->tab], view);
    if (view->tab == TAB_UNSENT && view->requests && view->requests->count == 0)
        (void)part_marked(canvas, area_row(area, 0), STYLE_OK,
                          _("Everything entered here has been sent."));
}

static void describe_compared_row(const struct sync_view *view, struct buf *out)
{
    const struct reconcile_report *report = comparison(view);
    size_t selected = view->lists[TAB_COMPARED].selected;

    if (report && selected < report->dataset_count)
        compared_describe(&report->datasets[selected], state_of(view)->compared_ms, out);
}

static void describe_row(const struct sync_view *view, struct buf *out)
{
    if (view->tab == TAB_UNSENT)
        describe_unsent_row(view, out);
    else if (view->tab == TAB_COMPARED)
        describe_compared_row(view, out);
    else
        describe_dataset_row(view, out);
}

static void draw(struct view *of, struct canvas *canvas, struct area area)
{
    struct sync_view *view = (struct sync_view *)of;
    struct dataset_row first;
    size_t count = dataset_rows(view, 0, &first);
    struct area rest = area_cut(area, SYNC_PANEL_ROWS, 0, 0, 0);
    struct buf detail = {0};

    list_set_count(&view->lists[TAB_DATASETS], count);
    follow_comparison(view);
    const struct sync_panel panel = {view->view.app, state_of(view), &view->rate};

    sync_panel_draw(&panel, canvas, area_cut(area, 0, 0, area.rows - SYNC_PANEL_ROWS, 0));
    draw_list(view, canvas, area_cut(rest, draw_heads(view, canvas, rest), 0, DETAIL_ROWS, 0));
    describe_row(view, &detail);
    (void)canvas_put_wrapped(canvas, area_cut(rest, rest.rows - DETAIL_ROWS + 1, 0, 0, 0),
                             STYLE_MUTED, buf_text(&detail));
    buf_release(&detail);
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static const char *title(struct view *of)
{
    (void)of;
    return _("Exchange");
}

static enum context context(struct view *of)
{
    (void)of;
    return CONTEXT_SYNC;
}

static struct list *focused(struct sync_view *view)
{
    return &view->lists[view->tab];
}

/* The dataset of the selected row; NULL: it is about none. */
static const char *selected_dataset(const struct sync_view *view)
{
    const struct reconcile_report *report = comparison(view);
    size_t selected = view->lists[view->tab].selected;
    struct dataset_row row;

    if (view->tab == TAB_COMPARED)
        return report && selected < report->dataset_count ? report->datasets[selected].dataset
                                                          : NULL;
    (void)dataset_rows(view, selected, &row);
    return row.status ? row.status->dataset : NULL;
}

static unsigned open_selected(struct sync_view *view)
{
    const struct request_row *request = selected_request(view);
    const char *dataset = view->tab == TAB_UNSENT ? NULL : selected_dataset(view);

    if (view->tab == TAB_UNSENT && request)
        app_push(view->view.app, compare_view_new(view->place, request->id));
    if (dataset)
        app_push(view->view.app, dataset_view_new(view->place, dataset));
    return STALE_VIEW | STALE_FRAME;
}

static void next_tab(struct sync_view *view, int step)
{
    int count = comparison(view) ? TAB_COUNT : TAB_COMPARED;

    view->tab = (enum tab)(((int)view->tab + step + count) % count);
}

static bool is_exchange(enum command command)
{
    return command == COMMAND_RECONCILE || command == COMMAND_REPAIR ||
           command == COMMAND_BUNDLE_IMPORT || command == COMMAND_BUNDLE_EXPORT ||
           command == COMMAND_BUNDLES;
}

static unsigned exchange(struct sync_view *view, enum command command)
{
    if (command == COMMAND_RECONCILE)
        exchange_compare(view->place);
    else if (command == COMMAND_REPAIR)
        exchange_repair(view->place);
    else if (command == COMMAND_BUNDLE_IMPORT)
        exchange_import(view->place);
    else if (command == COMMAND_BUNDLE_EXPORT)
        exchange_export(view->place);
    else
        app_push(view->view.app, bundles_view_new(view->place));
    return STALE_VIEW | STALE_FRAME;
}

static unsigned command(struct view *of, enum command command, const char *argument)
{
    struct sync_view *view = (struct sync_view *)of;

    if (command == COMMAND_NEXT_SECTION || command == COMMAND_PREV_SECTION) {
        next_tab(view, command == COMMAND_NEXT_SECTION ? 1 : -1);
        return STALE_VIEW;
    }
    if (command == COMMAND_OPEN)
        return open_selected(view);
    if (is_exchange(command))
        return exchange(view, command);
    return list_command(focused(view), command, argument);
}

static bool enabled(struct view *of, enum command command, char reason[VIEW_REASON_MAX])
{
    struct sync_view *view = (struct sync_view *)of;

    if (command != COMMAND_OPEN)
        return !is_exchange(command) || command == COMMAND_BUNDLES ||
               exchange_is_possible(view->place, command, reason);
    if (focused(view)->count == 0)
        return words_refuse(reason, _("There is nothing to open."));
    if (view->tab != TAB_UNSENT && !selected_dataset(view))
        return words_refuse(reason, _("This is no dataset; there is no entry about it."));
    return true;
}

/* During a run the clock, the rate and a silence are true to the second; else nothing moves. */
static unsigned tick_run(struct sync_view *view, int64_t now, int *next)
{
    const struct syncing_state *state = state_of(view);

    if (!sync_is_running(state) || app_top(view->view.app) != &view->view) {
        *next = -1;
        return STALE_NOTHING;
    }
    int64_t due = view->ticked_ms + EVERY_MS;
    *next = now >= due ? EVERY_MS : (int)(due - now);
    if (now < due)
        return STALE_NOTHING;
    view->ticked_ms = now;
    sync_rate_note(&view->rate, state->started_ms, now, state->rows_total);
    return STALE_VIEW;
}

static unsigned tick(struct view *of, int64_t now, int *next)
{
    struct sync_view *view = (struct sync_view *)of;
    unsigned stale = tick_run(view, now, next);

    if (!view->loading && refresh_is_due(&view->refresh, view->place, of))
        ask(view);
    return stale | refresh_minute(&view->refresh, now, next);
}

static void close_page(struct view *of)
{
    request_list_free(((struct sync_view *)of)->requests);
    free(of);
}

static const struct view_ops sync_ops = {
    .title = title,
    .context = context,
    .draw = draw,
    .command = command,
    .tick = tick,
    .enabled = enabled,
    .close = close_page,
};

struct view *sync_view_new(struct workplace *place)
{
    struct sync_view *view = calloc(1, sizeof *view);

    if (!view)
        return NULL;
    view->view.ops = &sync_ops;
    view->place = place;
    view->compared_ms = state_of(view)->compared_ms; /* an older one is there to be looked at */
    return &view->view;
}
