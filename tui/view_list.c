#include "tui/view_list.h"

#include "base/i18n.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_ROWS 200
#define PROGRESS_MS 250

void shared_result_drop(struct shared_result *shared)
{
    if (!shared || atomic_fetch_sub(&shared->users, 1) != 1)
        return;
    list_result_free(shared->result);
    free(shared);
}

/* --- running, in a thread of its own ------------------------------------------------------------
 */

struct run_errand {
    struct errand errand;
    struct list_view *page; /* only its atomics; it frees the worker before itself */
    json_t *list;
    struct shared_result *result;
    struct list_catalogue catalogue;
};

bool list_view_progress(const struct list_progress *now, void *context)
{
    struct list_view *page = context;

    atomic_store(&page->done, now->done);
    atomic_store(&page->total, now->total);
    return !atomic_load(&page->stop);
}

static void add_choices(struct list_catalogue *catalogue, const struct dataset *dataset, bool own)
{
    for (size_t i = 0; i < dataset->field_count; i++) {
        const struct dataset_field *field = &dataset->fields[i];
        if (catalogue->choice_count == LIST_CHOICES_MAX || strchr(field->name, '.'))
            continue;
        struct list_choice *choice = arena_push(catalogue->arena, &catalogue->choices,
                                                &catalogue->choice_count, sizeof *choice);
        if (!choice)
            return;
        choice->own = own;
        choice->type = field->type;
        choice->reference =
            own ? arena_str(catalogue->arena, field->name)
                : arena_printf(catalogue->arena, "%s.%s", dataset->name, field->name);
        choice->title =
            own ? arena_str(catalogue->arena, field->title)
                : arena_printf(catalogue->arena, "%s · %s", dataset->title, field->title);
        for (int op = 0; op < LIST_OPERATOR_COUNT; op++)
            if (list_operator_fits((enum list_operator)op, field))
                choice->operators |= 1u << op;
    }
}

/* A field that has gone from the catalogue keeps its name. */
static struct list_choice choice_of(const struct list_catalogue *catalogue, const char *reference)
{
    for (size_t i = 0; i < catalogue->choice_count; i++)
        if (strcmp(catalogue->choices[i].reference, reference) == 0)
            return catalogue->choices[i];
    return (struct list_choice){.title = reference};
}

static const char *describe(const struct list_catalogue *catalogue, const json_t *list)
{
    const json_t *where = json_object_get(list, "where");
    bool any = strcmp(json_text(list, "match", "all"), "any") == 0;
    struct buf text = {0};

    for (size_t i = 0; i < json_array_size(where); i++) {
        const json_t *one = json_array_get(where, i);
        const struct list_choice field = choice_of(catalogue, json_text(one, "field", ""));
        enum list_operator op = LIST_EQUALS;
        (void)list_operator_parse(json_text(one, "op", ""), &op);
        buf_printf(&text, "%s%s %s %s",
                   i == 0 ? ""
                   : any  ? _(" or ")
                          : _(" and "),
                   field.title, list_operator_title(op, field.type), json_text(one, "value", ""));
    }
    const char *copy =
        arena_str(catalogue->arena, text.length ? buf_text(&text) : _("all records"));
    buf_release(&text);
    return copy;
}

/* A roll call goes on where it was begun today, also after the page was left. */
static enum status read_places(struct reader *reader, struct list_catalogue *out,
                               struct error *error)
{
    enum status status = roll_places(reader, out->kind, out->places, &out->place_count, error);

    for (size_t i = out->place_count; i-- > 0 && status == STATUS_OK;) {
        struct roll_counts counts = {0};
        status = roll_count(reader, out->places[i].dataset, &counts, error);
        if (counts.ticked > 0)
            out->place = i;
    }
    return status;
}

static enum status read_catalogue(struct reader *reader, const json_t *list,
                                  struct list_catalogue *out, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    enum status status = reader_catalogue(reader, &catalogue, error);
    const struct dataset *own = NULL;

    out->arena = arena_new();
    if (!out->arena)
        return error_nomem(error);
    if (status == STATUS_OK)
        own = catalogue_find(catalogue, json_text(list, "dataset", ""));
    if (!own)
        return status != STATUS_OK
                   ? status
                   : error_set(error, STATUS_NOT_FOUND, _("The catalogue has no dataset \"%s\"."),
                               json_text(list, "dataset", ""));
    out->title = arena_str(out->arena, own->title);
    out->kind = own->subject;
    add_choices(out, own, true);
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct dataset *other = catalogue_at(catalogue, i);
        if (other != own && other->subject == own->subject &&
            (own->subject == SUBJECT_PERSON || own->subject == SUBJECT_ENTERPRISE))
            add_choices(out, other, false);
    }
    out->description = describe(out, list);
    if (arena_failed(out->arena))
        return error_nomem(error);
    return read_places(reader, out, error);
}

static enum status run_with(struct run_errand *run, struct reader *reader, struct error *error)
{
    const struct list_options options = {list_view_progress, run->page};
    enum status status = read_catalogue(reader, run->list, &run->catalogue, error);

    run->result = calloc(1, sizeof *run->result);
    if (!run->result)
        return error_nomem(error);
    atomic_store(&run->result->users, 1);
    return status == STATUS_OK ? list_run(reader, run->list, &options, &run->result->result, error)
                               : status;
}

static enum status run_work(struct errand *errand, struct error *error)
{
    struct run_errand *run = (struct run_errand *)errand;
    struct reader *reader = NULL;
    enum status status = reader_open(workplace_home(errand->place), &reader, error);

    if (status == STATUS_OK)
        status = run_with(run, reader, error);
    reader_close(reader);
    return status;
}

static void take_catalogue(struct list_view *view, struct run_errand *run)
{
    if (!run->catalogue.description)
        return;
    view->chosen = NULL; /* it stood in the old one */
    arena_free(view->catalogue.arena);
    view->catalogue = run->catalogue;
    run->catalogue = (struct list_catalogue){0};
}

static void drop_page(struct list_view *view)
{
    list_page_free(view->page);
    free(view->ticks);
    view->page = NULL;
    view->ticks = NULL;
}

static void take_result(struct list_view *view, struct run_errand *run)
{
    shared_result_drop(view->result);
    view->result = run->result;
    run->result = NULL;
    view->failure[0] = '\0';
    drop_page(view);
    list_set_count(&view->rows, list_result_count(view->result->result));
    list_select(&view->rows, 0);
    list_view_reload(view);
}

static unsigned run_deliver(struct errand *errand, struct view *to)
{
    struct list_view *view = (struct list_view *)to;
    struct run_errand *run = (struct run_errand *)errand;

    view->running = false;
    view->ready = true;
    take_catalogue(view, run);
    if (errand->status == STATUS_OK)
        take_result(view, run);
    else
        (void)snprintf(view->failure, sizeof view->failure, "%s", errand->error.text);
    if (view->again)
        list_view_run(view);
    return STALE_VIEW | STALE_FRAME;
}

static void run_release(struct errand *errand)
{
    struct run_errand *run = (struct run_errand *)errand;

    json_decref(run->list);
    shared_result_drop(run->result);
    arena_free(run->catalogue.arena);
}

void list_view_run(struct list_view *view)
{
    static const struct errand_kind kind = {
        .work = run_work, .deliver = run_deliver, .release = run_release, .tells_failure = true};
    struct error error = {0};

    view->again = view->running;
    if (view->running)
        return;
    if (!view->worker &&
        worker_new("list", app_mailbox(view->view.app), &view->worker, &error) != STATUS_OK) {
        app_fail(view->view.app, &error);
        return;
    }
    struct run_errand *run = errand_new(view->place, &view->view, sizeof *run, &kind);
    if (!run)
        return;
    atomic_store(&view->stop, false);
    atomic_store(&view->done, 0);
    atomic_store(&view->total, 0);
    run->page = view;
    run->list = json_deep_copy(view->list); /* reference counts are not for two threads */
    view->running = true;
    errand_send(&run->errand, view->worker);
}

/* --- rows ---------------------------------------------------------------------------------------
 */

struct load {
    struct errand errand;
    struct session session;
    struct shared_result *result;
    char roll[65];
    size_t from;
    struct list_page *page;
    enum tick_mark *ticks;
    struct roll_counts roll_counts;
};

static enum status load_ticks(struct load *load, struct reader *reader, struct error *error)
{
    enum status status = roll_count(reader, load->roll, &load->roll_counts, error);

    load->ticks = calloc(load->page->count + 1, sizeof *load->ticks);
    if (!load->ticks)
        return error_nomem(error);
    for (size_t i = 0; i < load->page->count && status == STATUS_OK; i++) {
        struct roll_mark mark = {0};
        if (load->page->rows[i].subject[0])
            status = roll_ticked(reader, load->roll, load->page->rows[i].subject, &mark, error);
        if (mark.id[0])
            load->ticks[i] = mark.unsent ? TICK_UNSENT : TICK_SENT;
    }
    return status;
}

static enum status load_work(struct errand *errand, struct error *error)
{
    struct load *load = (struct load *)errand;
    struct reader *reader = workplace_reading_reader(errand->place);
    enum status status = list_page(reader, &load->session, load->result->result, load->from,
                                   WINDOW_ROWS, &load->page, error);

    return status == STATUS_OK && load->roll[0] ? load_ticks(load, reader, error) : status;
}

static unsigned load_deliver(struct errand *errand, struct view *to)
{
    struct list_view *view = (struct list_view *)to;
    struct load *load = (struct load *)errand;

    view->loading = false;
    if (view->stale || load->result != view->result) {
        list_view_reload(view);
        return STALE_NOTHING;
    }
    if (errand->status != STATUS_OK) {
        (void)snprintf(view->failure, sizeof view->failure, "%s", errand->error.text);
        return STALE_VIEW;
    }
    drop_page(view);
    view->page = load->page;
    view->ticks = load->ticks;
    view->roll = load->roll_counts;
    view->page_from = load->from;
    load->page = NULL;
    load->ticks = NULL;
    list_view_measure(view);
    return STALE_VIEW | STALE_FRAME;
}

static void load_release(struct errand *errand)
{
    struct load *load = (struct load *)errand;

    list_page_free(load->page);
    free(load->ticks);
    shared_result_drop(load->result);
}

void list_view_reload(struct list_view *view)
{
    static const struct errand_kind kind = {
        .work = load_work, .deliver = load_deliver, .release = load_release, .tells_failure = true};
    struct load *load;

    view->stale = view->loading;
    if (view->loading || !view->result)
        return;
    refresh_asked(&view->refresh, view->place);
    load = errand_new(view->place, &view->view, sizeof *load, &kind);
    if (!load)
        return;
    load->session = *workplace_session(view->place);
    load->result = view->result;
    atomic_fetch_add(&view->result->users, 1);
    const struct roll_place *place = list_view_place(view);
    if (place)
        memcpy(load->roll, place->dataset, sizeof load->roll);
    load->from = view->rows.selected > WINDOW_ROWS / 2 ? view->rows.selected - WINDOW_ROWS / 2 : 0;
    view->loading = true;
    errand_send(&load->errand, workplace_reading(view->place));
}

const struct list_row *list_view_row(const struct list_view *view, size_t index)
{
    if (!view->page || index < view->page_from || index - view->page_from >= view->page->count)
        return NULL;
    return &view->page->rows[index - view->page_from];
}

const struct roll_place *list_view_place(const struct list_view *view)
{
    const struct list_catalogue *catalogue = &view->catalogue;

    for (size_t i = 0; i < catalogue->place_count; i++)
        if (strcmp(catalogue->places[i].dataset, view->roll_dataset) == 0)
            return &catalogue->places[i];
    return catalogue->place_count > 0 ? &catalogue->places[catalogue->place] : NULL;
}

enum tick_mark list_view_tick(const struct list_view *view, size_t index)
{
    return view->ticks && list_view_row(view, index) ? view->ticks[index - view->page_from]
                                                     : TICK_NONE;
}

/* The rows above and below the selection that can be on the screen have been read. */
static bool is_covered(const struct list_view *view)
{
    size_t above = view->rows.selected > 50 ? view->rows.selected - 50 : 0;
    size_t below = view->rows.selected + 50;

    if (view->rows.count == 0)
        return true;
    if (below >= view->rows.count)
        below = view->rows.count - 1;
    return list_view_row(view, above) && list_view_row(view, below);
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static const char *title(struct view *of)
{
    const struct list_view *view = (const struct list_view *)of;

    return view->name[0] ? view->name : _("New list");
}

static enum context context(struct view *of)
{
    (void)of;
    return CONTEXT_ROWS;
}

static unsigned open_selected(struct list_view *view)
{
    const struct list_row *row = list_view_row(view, view->rows.selected);

    if (!row)
        return STALE_NOTHING;
    bool file = row->subject[0] &&
                (row->subject_kind == SUBJECT_PERSON || row->subject_kind == SUBJECT_ENTERPRISE);
    app_push(view->view.app, file ? file_view_new(view->place, row->subject_kind, row->subject)
                                  : record_view_new(view->place, view->dataset, row->record));
    return STALE_VIEW | STALE_FRAME;
}

static unsigned move(struct list_view *view, enum command command, const char *argument)
{
    unsigned stale = list_command(&view->rows, command, argument);

    if (!is_covered(view))
        list_view_reload(view);
    return stale | STALE_FRAME;
}

static unsigned command(struct view *of, enum command command, const char *argument)
{
    struct list_view *view = (struct list_view *)of;

    switch ((int)command) {
    case COMMAND_OPEN:
        return open_selected(view);
    case COMMAND_ADD_CONDITION:
        return list_build_condition(view);
    case COMMAND_DROP_CONDITION:
        return list_build_drop(view);
    case COMMAND_SORT_BY:
        return list_build_sort(view);
    case COMMAND_SAVE_LIST:
        return list_build_save(view);
    case COMMAND_EXPORT_LIST:
        return list_take_export(view);
    case COMMAND_TICK:
        return list_take_tick(view);
    case COMMAND_TICK_NOTE:
        return list_take_note(view);
    case COMMAND_CANCEL:
        if (!view->running && !view->exporting)
            return STALE_UNHANDLED;
        atomic_store(&view->stop, true);
        return STALE_VIEW;
    case COMMAND_REFRESH:
        list_view_run(view);
        return STALE_VIEW | STALE_FRAME | STALE_REPAINT;
    default:
        return move(view, command, argument);
    }
}

static bool may_tick(const struct list_view *view, char reason[VIEW_REASON_MAX])
{
    if (!list_view_place(view))
        return words_refuse(reason, _("No dataset takes ticks about these records."));
    if (!session_may_request(workplace_session(view->place)))
        return words_refuse(reason, _("Only a clerk or a supervisor may raise requests."));
    if (!workplace_outbox(view->place))
        return words_refuse(reason, _("Another Huiliu window is open in this home."));
    if (list_view_tick(view, view->rows.selected) != TICK_NONE)
        return words_refuse(reason, _("Ticked today already."));
    return true;
}

static bool may_use_row(const struct list_view *view, enum command command,
                        char reason[VIEW_REASON_MAX])
{
    const struct list_row *row = list_view_row(view, view->rows.selected);

    if (!row || !row->record[0])
        return words_refuse(reason, _("There is no record here."));
    return command == COMMAND_OPEN || may_tick(view, reason);
}

static bool enabled(struct view *of, enum command command, char reason[VIEW_REASON_MAX])
{
    const struct list_view *view = (const struct list_view *)of;

    if (command == COMMAND_NEXT_SECTION || command == COMMAND_PREV_SECTION)
        return words_refuse(reason, _("This page has one section."));
    if (command == COMMAND_OPEN || command == COMMAND_TICK || command == COMMAND_TICK_NOTE)
        return may_use_row(view, command, reason);
    if (command == COMMAND_DROP_CONDITION &&
        json_array_size(json_object_get(view->list, "where")) == 0)
        return words_refuse(reason, _("The list has no conditions."));
    if ((command == COMMAND_ADD_CONDITION || command == COMMAND_SORT_BY) &&
        (view->running || view->catalogue.choice_count == 0))
        return words_refuse(reason, _("The catalogue has not been read yet."));
    if ((command == COMMAND_SAVE_LIST || command == COMMAND_EXPORT_LIST) &&
        !workplace_outbox(view->place))
        return words_refuse(reason, _("Another Huiliu window is open in this home."));
    if (command == COMMAND_EXPORT_LIST && view->exporting)
        return words_refuse(reason, _("A file is being written already."));
    if (command == COMMAND_EXPORT_LIST && (!view->result || view->running))
        return words_refuse(reason, _("There are no rows yet."));
    return true;
}

/* Rows and ticks are read again when something was delivered or came in. */
static unsigned tick(struct view *of, int64_t now, int *next)
{
    struct list_view *view = (struct list_view *)of;
    bool busy = view->running || view->exporting;

    (void)now;
    *next = busy ? PROGRESS_MS : -1;
    if (!view->ready && !view->running)
        list_view_run(view);
    else if (!view->loading && refresh_is_due(&view->refresh, view->place, of))
        list_view_reload(view);
    return busy ? STALE_VIEW : STALE_NOTHING;
}

static bool waits(struct view *of)
{
    const struct list_view *view = (const struct list_view *)of;

    return !view->ready || (view->loading && !list_view_row(view, view->rows.selected));
}

static void close_page(struct view *of)
{
    struct list_view *view = (struct list_view *)of;

    atomic_store(&view->stop, true);
    worker_free(view->worker);
    drop_page(view);
    shared_result_drop(view->result);
    arena_free(view->catalogue.arena);
    json_decref(view->list);
    free(view);
}

struct view *list_view_new(struct workplace *place, const char *name, const json_t *list)
{
    static const struct view_ops ops = {.title = title,
                                        .context = context,
                                        .draw = list_view_draw,
                                        .command = command,
                                        .tick = tick,
                                        .enabled = enabled,
                                        .waits = waits,
                                        .close = close_page};
    struct list_view *view = calloc(1, sizeof *view);

    if (!view || !(view->list = json_deep_copy(list))) {
        free(view);
        return NULL;
    }
    view->view.ops = &ops;
    view->place = place;
    (void)snprintf(view->name, sizeof view->name, "%s", name);
    (void)snprintf(view->dataset, sizeof view->dataset, "%s", json_text(list, "dataset", ""));
    return &view->view;
}
