#include "base/arena.h"
#include "base/i18n.h"
#include "db/lists.h"
#include "tui/errand.h"
#include "tui/list.h"
#include "tui/refresh.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATASETS_MAX 200

/* The saved lists, and the datasets a new one can be about. */
struct lists_view {
    struct view view;
    struct workplace *place;
    struct saved_lists *lists;
    struct arena *arena; /* of the names below */
    const char **datasets, **titles;
    size_t dataset_count;
    bool loading, ready;
    char failure[ERROR_TEXT_MAX];
    struct list rows;
    struct refresh refresh;
};

/* --- reading ------------------------------------------------------------------------------------
 */

struct look {
    struct errand errand;
    struct session session;
    struct saved_lists *lists;
    struct arena *arena;
    const char **datasets, **titles;
    size_t count;
};

static enum status copy_datasets(struct look *look, struct reader *reader, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    enum status status = reader_catalogue(reader, &catalogue, error);

    if (status != STATUS_OK)
        return status;
    look->arena = arena_new();
    if (!look->arena)
        return error_nomem(error);
    look->datasets = arena_array(look->arena, DATASETS_MAX, sizeof *look->datasets);
    look->titles = arena_array(look->arena, DATASETS_MAX, sizeof *look->titles);
    for (size_t i = 0; i < catalogue_count(catalogue) && look->titles && i < DATASETS_MAX; i++) {
        look->datasets[i] = arena_str(look->arena, catalogue_at(catalogue, i)->name);
        look->titles[i] = arena_str(look->arena, catalogue_at(catalogue, i)->title);
        look->count = i + 1;
    }
    return arena_failed(look->arena) ? error_nomem(error) : STATUS_OK;
}

static enum status look_work(struct errand *errand, struct error *error)
{
    struct look *look = (struct look *)errand;
    struct reader *reader = workplace_reading_reader(errand->place);
    enum status status = lists_saved(reader, &look->session, &look->lists, error);

    return status == STATUS_OK ? copy_datasets(look, reader, error) : status;
}

static unsigned look_deliver(struct errand *errand, struct view *to)
{
    struct lists_view *view = (struct lists_view *)to;
    struct look *look = (struct look *)errand;

    view->loading = false;
    view->ready = true;
    if (errand->status != STATUS_OK) {
        (void)snprintf(view->failure, sizeof view->failure, "%s", errand->error.text);
        return STALE_VIEW;
    }
    lists_saved_free(view->lists);
    arena_free(view->arena);
    view->lists = look->lists;
    view->arena = look->arena;
    view->datasets = look->datasets;
    view->titles = look->titles;
    view->dataset_count = look->count;
    look->lists = NULL;
    look->arena = NULL;
    list_set_count(&view->rows, view->lists->count);
    return STALE_VIEW | STALE_FRAME;
}

static void look_release(struct errand *errand)
{
    struct look *look = (struct look *)errand;

    lists_saved_free(look->lists);
    arena_free(look->arena);
}

static void send_look(struct lists_view *view)
{
    static const struct errand_kind kind = {
        .work = look_work, .deliver = look_deliver, .release = look_release, .tells_failure = true};
    struct look *look = errand_new(view->place, &view->view, sizeof *look, &kind);

    refresh_asked(&view->refresh, view->place);
    if (!look)
        return;
    look->session = *workplace_session(view->place);
    view->loading = true;
    errand_send(&look->errand, workplace_reading(view->place));
}

/* --- drawing ------------------------------------------------------------------------------------
 */

static const char *dataset_title(const struct lists_view *view, const char *name)
{
    for (size_t i = 0; i < view->dataset_count; i++)
        if (strcmp(view->datasets[i], name) == 0)
            return view->titles[i];
    return name;
}

static void draw_row(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct lists_view *view = data;
    const struct saved_list *saved = &view->lists->items[index];
    int half = row.columns / 2;

    (void)canvas_put(canvas, area_columns(row, 0, half - 1), STYLE_NORMAL, saved->name);
    (void)canvas_put(canvas, area_columns(row, half, half / 2 + 4), STYLE_NORMAL,
                     dataset_title(view, json_text(saved->list, "dataset", "")));
    (void)canvas_printf(canvas, area_cut(row, 0, 0, 0, half + half / 2 + 5), STYLE_MUTED, "%s %s",
                        saved->account, saved->shared ? _("shared") : "");
}

static void draw(struct view *of, struct canvas *canvas, struct area area)
{
    struct lists_view *view = (struct lists_view *)of;
    struct buf text = {0}, key = {0};

    if (view->rows.count > 0) {
        list_draw(&view->rows, canvas, area, draw_row, view);
        return;
    }
    part_key(of->app, CONTEXT_LISTS, COMMAND_NEW_LIST, &key);
    if (!view->ready)
        buf_str(&text, _("Reading…"));
    else if (view->failure[0])
        buf_str(&text, view->failure);
    else
        buf_printf(&text,
                   _("There are no lists yet. %s begins one: choose a dataset, then the "
                     "conditions."),
                   buf_text(&key));
    (void)canvas_put_wrapped(canvas, area, STYLE_MUTED, buf_text(&text));
    canvas_cursor(canvas, area.row, area.column, true);
    buf_release(&text);
    buf_release(&key);
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static const char *title(struct view *of)
{
    (void)of;
    return _("Lists");
}

static enum context context(struct view *of)
{
    (void)of;
    return CONTEXT_LISTS;
}

static void answer_dataset(struct app *app, const struct app_answer *answer)
{
    struct lists_view *view = (struct lists_view *)app_find_view(app, answer->owner);
    json_t *list = json_object();
    bool ok = list != NULL;

    if (view && answer->yes && answer->index < view->dataset_count) {
        json_put_text(list, "dataset", view->datasets[answer->index], &ok);
        app_push(app, list_view_new(view->place, "", list));
        app_stale(app, STALE_VIEW | STALE_FRAME);
    }
    json_decref(list);
}

struct removal {
    struct errand errand;
    struct session session;
    char name[LIST_NAME_MAX + 1];
};

static enum status remove_work(struct errand *errand, struct error *error)
{
    struct removal *removal = (struct removal *)errand;

    return list_remove(workplace_outbox(errand->place), &removal->session, removal->name, error);
}

static unsigned remove_deliver(struct errand *errand, struct view *to)
{
    (void)to;
    if (errand->status == STATUS_OK)
        app_say(workplace_app(errand->place), STYLE_OK, _("Removed: %s"),
                ((struct removal *)errand)->name);
    workplace_changed(errand->place);
    return STALE_VIEW | STALE_FRAME;
}

static void answer_remove(struct app *app, const struct app_answer *answer)
{
    static const struct errand_kind kind = {.work = remove_work, .deliver = remove_deliver};
    struct lists_view *view = (struct lists_view *)app_find_view(app, answer->owner);
    struct removal *removal;

    if (!view || !answer->yes || view->rows.selected >= view->rows.count)
        return;
    removal = errand_new(view->place, NULL, sizeof *removal, &kind);
    if (!removal)
        return;
    removal->session = *workplace_session(view->place);
    (void)snprintf(removal->name, sizeof removal->name, "%s",
                   view->lists->items[view->rows.selected].name);
    errand_send(&removal->errand, workplace_desk(view->place));
}

static unsigned command(struct view *of, enum command command, const char *argument)
{
    struct lists_view *view = (struct lists_view *)of;
    const struct saved_list *saved =
        view->rows.selected < view->rows.count ? &view->lists->items[view->rows.selected] : NULL;

    switch ((int)command) {
    case COMMAND_OPEN:
        if (saved)
            app_push(of->app, list_view_new(view->place, saved->name, saved->list));
        return STALE_VIEW | STALE_FRAME;
    case COMMAND_NEW_LIST:
        app_choose(of->app, _("Whose records?"), view->titles, view->dataset_count, 0,
                   answer_dataset, NULL);
        return STALE_VIEW | STALE_FRAME;
    case COMMAND_REMOVE_LIST:
        app_confirm(of->app, _("Remove this list?"), saved ? saved->name : "", DANGER_RECORDED,
                    answer_remove, NULL);
        return STALE_VIEW | STALE_FRAME;
    default:
        return list_command(&view->rows, command, argument) | STALE_FRAME;
    }
}

static bool is_own(const struct lists_view *view)
{
    return view->rows.selected < view->rows.count &&
           strcmp(view->lists->items[view->rows.selected].account,
                  workplace_session(view->place)->account) == 0;
}

static bool enabled(struct view *of, enum command command, char reason[VIEW_REASON_MAX])
{
    const struct lists_view *view = (const struct lists_view *)of;

    if (command == COMMAND_NEXT_SECTION || command == COMMAND_PREV_SECTION)
        return words_refuse(reason, _("This page has one section."));
    if ((command == COMMAND_OPEN || command == COMMAND_REMOVE_LIST) && view->rows.count == 0)
        return words_refuse(reason, _("There is nothing to open yet."));
    if (command == COMMAND_NEW_LIST && view->dataset_count == 0)
        return words_refuse(reason, _("The catalogue has not been read yet."));
    if (command == COMMAND_REMOVE_LIST && !is_own(view))
        return words_refuse(reason, _("Only who made a shared list can remove it."));
    if (command == COMMAND_REMOVE_LIST && !workplace_outbox(view->place))
        return words_refuse(reason, _("Another Huiliu window is open in this home."));
    return true;
}

static unsigned tick(struct view *of, int64_t now, int *next)
{
    struct lists_view *view = (struct lists_view *)of;

    if (!view->loading && refresh_is_due(&view->refresh, view->place, of))
        send_look(view);
    return refresh_minute(&view->refresh, now, next);
}

static bool waits(struct view *of)
{
    return !((struct lists_view *)of)->ready;
}

static void close_page(struct view *of)
{
    struct lists_view *view = (struct lists_view *)of;

    lists_saved_free(view->lists);
    arena_free(view->arena);
    free(view);
}

struct view *lists_view_new(struct workplace *place)
{
    static const struct view_ops ops = {.title = title,
                                        .context = context,
                                        .draw = draw,
                                        .command = command,
                                        .tick = tick,
                                        .enabled = enabled,
                                        .waits = waits,
                                        .close = close_page};

    return part_page_new(place, sizeof(struct lists_view), &ops);
}
