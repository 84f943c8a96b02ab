#include "tui/view_queue.h"

#include "base/i18n.h"
#include "tui/errand.h"
#include "tui/view_words.h"
#include "tui/watching.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILTER_LIMIT 40

/* --- reading --------------------------------------------------------------------------------- */

struct load {
    struct errand errand;
    enum queue_tab tab;
    struct session session;
    struct queue_rows rows;
};

static void rows_release(struct queue_rows *rows)
{
    request_list_free(rows->list);
    *rows = (struct queue_rows){0};
}

static struct request_filter filter_of(const struct load *load)
{
    struct request_filter filter = {.state = -1};

    if (load->tab == QUEUE_MINE)
        filter.maker = load->session.account;
    else if (load->tab == QUEUE_REVIEW)
        filter.review_by = load->session.account;
    else
        filter.held_only = true;
    return filter;
}

static enum status load_work(struct errand *errand, struct error *error)
{
    struct load *load = (struct load *)errand;
    struct reader *reader = workplace_reading_reader(errand->place);
    const struct request_filter filter = filter_of(load);

    return request_list(reader, &filter, &load->rows.list, error);
}

static void load_release(struct errand *errand)
{
    rows_release(&((struct load *)errand)->rows);
}

/* --- rows ------------------------------------------------------------------------------------ */

const struct request_row *queue_row(const struct queue_view *queue, size_t shown)
{
    if (!queue->ready || shown >= queue->shown_count)
        return NULL;
    return &queue->rows.list->rows[queue->shown[shown]];
}

const struct request_row *queue_selected(const struct queue_view *queue)
{
    return queue_row(queue, queue->list.selected);
}

static bool sees_summary(const struct queue_view *queue, const struct request_row *row)
{
    return session_sees(workplace_session(queue->place), row->summary_grade);
}

const char *queue_summary(const struct queue_view *queue, size_t shown)
{
    const struct request_row *row = queue_row(queue, shown);

    if (!row)
        return "";
    return sees_summary(queue, row) ? row->summary : _("(masked: open it)");
}

static bool fits(const struct queue_view *queue, const struct request_row *row)
{
    const char *filter = buf_text(&queue->filter);

    return words_contain(row->subject_name, filter) || words_contain(row->id, filter) ||
           words_contain(row->maker, filter) || words_contain(row->dataset_title, filter) ||
           words_contain(row->reason, filter) ||
           words_contain(request_state_title(row->state), filter) ||
           (sees_summary(queue, row) && words_contain(row->summary, filter));
}

/* Picks the rows that fit; the selection stays on its request. */
static void pick(struct queue_view *queue, const char *selected)
{
    size_t count = queue->rows.list ? queue->rows.list->count : 0;
    size_t *shown = calloc(count + 1, sizeof *shown);

    free(queue->shown);
    queue->shown = shown;
    queue->shown_count = 0;
    for (size_t i = 0; shown && i < count; i++)
        if (fits(queue, &queue->rows.list->rows[i]))
            shown[queue->shown_count++] = i;
    list_set_count(&queue->list, queue->shown_count);
    for (size_t i = 0; i < queue->shown_count && selected[0]; i++)
        if (strcmp(queue->rows.list->rows[shown[i]].id, selected) == 0)
            list_select(&queue->list, i);
}

static void selected_id(const struct queue_view *queue, char out[48])
{
    const struct request_row *row = queue_selected(queue);

    (void)snprintf(out, 48, "%s", row ? row->id : "");
}

/* --- marks ----------------------------------------------------------------------------------- */

static size_t find_mark(const struct queue_view *queue, const struct request_row *row)
{
    size_t at = 0;

    while (at < queue->mark_count && strcmp(queue->marks[at].id, row->id) != 0)
        at++;
    return at;
}

bool queue_is_marked(const struct queue_view *queue, const struct request_row *row)
{
    return find_mark(queue, row) < queue->mark_count;
}

static const struct request_row *row_of_mark(const struct queue_view *queue,
                                             const struct queue_mark *mark)
{
    for (size_t i = 0; queue->rows.list && i < queue->rows.list->count; i++)
        if (strcmp(queue->rows.list->rows[i].id, mark->id) == 0)
            return &queue->rows.list->rows[i];
    return NULL;
}

static void drop_old_marks(struct queue_view *queue)
{
    size_t kept = 0;

    for (size_t i = 0; i < queue->mark_count; i++) {
        const struct request_row *row = row_of_mark(queue, &queue->marks[i]);
        if (row && row->last_event_ms == queue->marks[i].last_event_ms &&
            row->state == queue->marks[i].state)
            queue->marks[kept++] = queue->marks[i];
    }
    queue->mark_count = kept;
}

static unsigned mark(struct queue_view *queue)
{
    const struct request_row *row = queue_selected(queue);
    size_t at = row ? find_mark(queue, row) : 0;

    if (!row)
        return STALE_NOTHING;
    if (at < queue->mark_count) {
        queue->marks[at] = queue->marks[--queue->mark_count];
    } else if (queue->mark_count < DECISION_TARGETS_MAX) {
        struct queue_mark *fresh = &queue->marks[queue->mark_count++];
        (void)snprintf(fresh->id, sizeof fresh->id, "%s", row->id);
        fresh->last_event_ms = row->last_event_ms;
        fresh->state = row->state;
    }
    (void)list_command(&queue->list, COMMAND_ROW_DOWN, "");
    return STALE_VIEW | STALE_FRAME;
}

/* --- the answer ------------------------------------------------------------------------------ */

static unsigned load_deliver(struct errand *errand, struct view *view);

static void send_load(struct queue_view *queue)
{
    static const struct errand_kind kind = {
        .work = load_work, .deliver = load_deliver, .release = load_release, .tells_failure = true};
    struct load *load = errand_new(queue->place, &queue->view, sizeof *load, &kind);

    if (!load) {
        (void)snprintf(queue->failure, sizeof queue->failure, "%s",
                       _("There is not enough memory."));
        return;
    }
    load->tab = queue->tab;
    load->session = *workplace_session(queue->place);
    queue->loading = true;
    refresh_asked(&queue->refresh, queue->place);
    errand_send(&load->errand, workplace_reading(queue->place));
}

static void take_rows(struct queue_view *queue, struct load *load)
{
    char selected[48];

    selected_id(queue, selected);
    rows_release(&queue->rows);
    queue->rows = load->rows;
    load->rows = (struct queue_rows){0};
    queue->ready = true;
    queue->failure[0] = '\0';
    drop_old_marks(queue);
    pick(queue, selected);
}

static unsigned load_deliver(struct errand *errand, struct view *view)
{
    struct queue_view *queue = (struct queue_view *)view;
    struct load *load = (struct load *)errand;

    queue->loading = false;
    if (load->tab != queue->tab) {
        send_load(queue);
        return STALE_NOTHING;
    }
    if (errand->status == STATUS_OK)
        take_rows(queue, load);
    else
        (void)snprintf(queue->failure, sizeof queue->failure, "%s", errand->error.text);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned queue_tick(struct view *view, int64_t now, int *next)
{
    struct queue_view *queue = (struct queue_view *)view;

    if (!queue->loading && refresh_is_due(&queue->refresh, queue->place, view))
        send_load(queue);
    return refresh_minute(&queue->refresh, now, next);
}

/* --- commands -------------------------------------------------------------------------------- */

static unsigned go_to_tab(struct queue_view *queue, enum queue_tab tab)
{
    if (tab == queue->tab)
        return STALE_NOTHING;
    queue->tab = tab;
    queue->ready = false;
    queue->mark_count = 0;
    list_set_count(&queue->list, 0);
    if (!queue->loading)
        send_load(queue);
    return STALE_VIEW | STALE_FRAME;
}

static bool may_see_tab(const struct queue_view *queue, enum queue_tab tab)
{
    return tab != QUEUE_REVIEW || session_may_review(workplace_session(queue->place));
}

static unsigned next_tab(struct queue_view *queue, int step)
{
    const int tabs = QUEUE_HELD + 1;
    enum queue_tab tab = queue->tab;

    do
        tab = (enum queue_tab)(((int)tab + step + tabs) % tabs);
    while (!may_see_tab(queue, tab));
    return go_to_tab(queue, tab);
}

static unsigned open_page(struct queue_view *queue, struct view *page)
{
    app_push(queue->view.app, page);
    return STALE_VIEW | STALE_FRAME;
}

/* The marked ones, else the selected one. */
static size_t targets_of(const struct queue_view *queue, struct decision_target *targets)
{
    const struct request_row *selected = queue_selected(queue);
    size_t count = 0;

    for (size_t i = 0; i < queue->mark_count; i++) {
        const struct request_row *row = row_of_mark(queue, &queue->marks[i]);
        if (row)
            decision_target_set(&targets[count++], row);
    }
    if (count == 0 && selected)
        decision_target_set(&targets[count++], selected);
    return count;
}

static unsigned decide(struct queue_view *queue, enum decision decision)
{
    struct decision_target targets[DECISION_TARGETS_MAX];
    size_t count = targets_of(queue, targets);

    if (count > 0)
        decision_make(queue->place, decision, targets, count, false, 0);
    return STALE_VIEW | STALE_FRAME;
}

static void set_filter(struct queue_view *queue, const char *text)
{
    char selected[48];

    selected_id(queue, selected);
    buf_clear(&queue->filter);
    words_fold(text, &queue->filter);
    if (queue->ready)
        pick(queue, selected);
}

static void answer_filter(struct app *app, const struct app_answer *answer)
{
    struct queue_view *queue = (struct queue_view *)app_find_view(app, answer->owner);

    if (!queue || !answer->yes)
        return;
    set_filter(queue, answer->text);
    app_stale(app, STALE_VIEW | STALE_FRAME);
}

static unsigned filter(struct queue_view *queue, const char *argument)
{
    const struct app_prompt prompt = {
        .question = _("Show only rows with this text; empty shows all rows."),
        .initial = buf_text(&queue->filter),
        .limit = FILTER_LIMIT,
    };

    if (argument[0])
        set_filter(queue, argument);
    else
        app_prompt(queue->view.app, &prompt, answer_filter, NULL);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned act_on_selected(struct queue_view *queue, enum command command)
{
    const struct request_row *row = queue_selected(queue);

    if (!row)
        return STALE_NOTHING;
    if (command == COMMAND_OPEN)
        return open_page(queue, compare_view_new(queue->place, row->id));
    return open_page(queue, editor_view_new(queue->place, row->dataset, row->record, row->id));
}

static unsigned watch(struct queue_view *queue)
{
    const struct request_row *row = queue_selected(queue);

    if (row)
        watching_toggle(queue->place, WATCH_REQUEST, row->id);
    return STALE_NOTHING;
}

static unsigned queue_command(struct view *view, enum command command, const char *argument)
{
    struct queue_view *queue = (struct queue_view *)view;
    enum decision decision;

    if (decision_of_command(command, &decision))
        return decide(queue, decision);
    switch ((int)command) {
    case COMMAND_OPEN:
    case COMMAND_RESUBMIT:
        return act_on_selected(queue, command);
    case COMMAND_TAB_MINE:
        return go_to_tab(queue, QUEUE_MINE);
    case COMMAND_TAB_REVIEW:
        return go_to_tab(queue, QUEUE_REVIEW);
    case COMMAND_TAB_HELD:
        return go_to_tab(queue, QUEUE_HELD);
    case COMMAND_NEXT_SECTION:
        return next_tab(queue, 1);
    case COMMAND_PREV_SECTION:
        return next_tab(queue, -1);
    case COMMAND_MARK:
        return mark(queue);
    case COMMAND_WATCH:
        return watch(queue);
    case COMMAND_FILTER:
        return filter(queue, argument);
    case COMMAND_REFRESH:
        if (!queue->loading)
            send_load(queue);
        return STALE_VIEW | STALE_FRAME | STALE_REPAINT;
    default:
        return list_command(&queue->list, command, argument) | STALE_FRAME;
    }
}

/* --- what is possible ------------------------------------------------------------------------ */

/* With marks, one that can be decided is enough: the others say why not. */
static bool may_decide(struct queue_view *queue, enum decision decision,
                       char reason[VIEW_REASON_MAX])
{
    if (queue->mark_count == 0)
        return decision_is_possible(queue->place, decision, queue_selected(queue), reason);
    for (size_t i = 0; i < queue->mark_count; i++)
        if (decision_is_possible(queue->place, decision, row_of_mark(queue, &queue->marks[i]),
                                 reason))
            return true;
    return false;
}

static bool queue_enabled(struct view *view, enum command command, char reason[VIEW_REASON_MAX])
{
    struct queue_view *queue = (struct queue_view *)view;
    enum decision decision;

    if (decision_of_command(command, &decision))
        return may_decide(queue, decision, reason);
    if (command == COMMAND_TAB_REVIEW && !may_see_tab(queue, QUEUE_REVIEW))
        return words_refuse(reason, _("Only a supervisor decides on requests."));
    if (command == COMMAND_RESUBMIT)
        return decision_may_resubmit(queue->place, queue_selected(queue), reason);
    bool needs_row = command == COMMAND_OPEN || command == COMMAND_MARK || command == COMMAND_WATCH;
    if (needs_row && !queue_selected(queue))
        return words_refuse(reason, _("There is no request here."));
    return command != COMMAND_WATCH || watching_is_possible(queue->place, reason);
}

/* No key falls on rows that are about to be others: after a decision, during a reload. */
static bool queue_waits(struct view *view)
{
    const struct queue_view *queue = (const struct queue_view *)view;

    if (queue->loading || refresh_is_due(&queue->refresh, queue->place, view))
        return true;
    return !queue->ready && !queue->failure[0];
}

/* --- life ------------------------------------------------------------------------------------ */

static const char *queue_title(struct view *view)
{
    (void)view;
    return _("Requests");
}

static enum context queue_context(struct view *view)
{
    (void)view;
    return CONTEXT_QUEUE;
}

static void queue_close(struct view *view)
{
    struct queue_view *queue = (struct queue_view *)view;

    rows_release(&queue->rows);
    buf_release(&queue->filter);
    free(queue->shown);
    free(queue);
}

/* Supervisors start with what waits for them. */
static enum queue_tab first_tab(struct workplace *place, enum queue_tab wanted)
{
    const struct overview *overview = workplace_overview(place);
    bool waits = overview && overview->to_review > 0;

    if (wanted == QUEUE_REVIEW && !session_may_review(workplace_session(place)))
        return QUEUE_MINE;
    if (wanted == QUEUE_MINE && waits && session_may_review(workplace_session(place)))
        return QUEUE_REVIEW;
    return wanted;
}

struct view *queue_view_new(struct workplace *place, enum queue_tab tab)
{
    static const struct view_ops ops = {.title = queue_title,
                                        .context = queue_context,
                                        .draw = queue_draw,
                                        .command = queue_command,
                                        .tick = queue_tick,
                                        .enabled = queue_enabled,
                                        .waits = queue_waits,
                                        .close = queue_close};
    struct queue_view *queue = calloc(1, sizeof *queue);

    if (!queue)
        return NULL;
    queue->view.ops = &ops;
    queue->place = place;
    queue->tab = first_tab(place, tab);
    return &queue->view;
}
