/* Building a list by choosing: field, question, value; order; a name to keep it under. */
#include "base/i18n.h"
#include "tui/view_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_LIMIT 100

static struct list_view *page_of(struct app *app, const struct app_answer *answer)
{
    return answer->yes ? (struct list_view *)app_find_view(app, answer->owner) : NULL;
}

/* --- a condition --------------------------------------------------------------------------------
 */

static void add_condition(struct list_view *view, const char *value)
{
    json_t *where = json_object_get(view->list, "where");
    json_t *condition = json_object();
    bool ok = condition != NULL;

    json_put_text(condition, "field", view->chosen->reference, &ok);
    json_put_text(condition, "op", list_operator_name(view->op), &ok);
    if (list_operator_needs_value(view->op))
        json_put_text(condition, "value", value, &ok);
    if (!where) {
        where = json_array();
        json_put(view->list, "where", where, &ok);
    }
    json_add(where, condition, &ok);
    view->chosen = NULL;
    list_view_run(view);
    app_stale(view->view.app, STALE_VIEW | STALE_FRAME);
}

static void answer_value(struct app *app, const struct app_answer *answer)
{
    struct list_view *view = page_of(app, answer);

    if (view && view->chosen)
        add_condition(view, answer->text);
}

static void answer_operator(struct app *app, const struct app_answer *answer)
{
    struct list_view *view = page_of(app, answer);
    size_t index = answer->index;

    if (!view || !view->chosen)
        return;
    for (int op = 0; op < LIST_OPERATOR_COUNT; op++)
        if (view->chosen->operators & 1u << op && index-- == 0) {
            view->op = (enum list_operator)op;
            break;
        }
    const struct app_prompt prompt = {
        .question = view->chosen->title, .limit = VALUE_LIMIT, .minimum = 1};
    if (list_operator_needs_value(view->op))
        app_prompt(app, &prompt, answer_value, NULL);
    else
        add_condition(view, "");
}

/* A run may come back while the question is open and bring another catalogue: the field is looked
 * up by what the list of choices was then, so no run is started until the condition is whole. */
static void answer_field(struct app *app, const struct app_answer *answer)
{
    struct list_view *view = page_of(app, answer);
    const char *titles[LIST_OPERATOR_COUNT];
    size_t count = 0;

    if (!view || answer->index >= view->catalogue.choice_count)
        return;
    view->chosen = &view->catalogue.choices[answer->index];
    for (int op = 0; op < LIST_OPERATOR_COUNT; op++)
        if (view->chosen->operators & 1u << op)
            titles[count++] = list_operator_title((enum list_operator)op, view->chosen->type);
    app_choose(app, view->chosen->title, titles, count, 0, answer_operator, NULL);
}

static size_t collect_titles(const struct list_view *view, bool own,
                             const char *titles[LIST_CHOICES_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < view->catalogue.choice_count; i++)
        if (!own || view->catalogue.choices[i].own)
            titles[count++] = view->catalogue.choices[i].title;
    return count;
}

unsigned list_build_condition(struct list_view *view)
{
    const char *titles[LIST_CHOICES_MAX];
    size_t count = collect_titles(view, false, titles);

    app_choose(view->view.app, _("Which field?"), titles, count, 0, answer_field, NULL);
    return STALE_VIEW | STALE_FRAME;
}

/* The last condition is the one that was too much. */
unsigned list_build_drop(struct list_view *view)
{
    json_t *where = json_object_get(view->list, "where");

    if (json_array_size(where) > 0)
        (void)json_array_remove(where, json_array_size(where) - 1);
    list_view_run(view);
    return STALE_VIEW | STALE_FRAME;
}

/* --- order --------------------------------------------------------------------------------------
 */

/* The same field again turns the order round. Own fields stand first among the choices. */
static void answer_sort(struct app *app, const struct app_answer *answer)
{
    struct list_view *view = page_of(app, answer);
    char sort[160];
    bool ok = true;

    if (!view || answer->index >= view->catalogue.choice_count)
        return;
    const char *field = view->catalogue.choices[answer->index].reference;
    bool again = strcmp(json_text(view->list, "sort", ""), field) == 0;
    (void)snprintf(sort, sizeof sort, "%s%s", again ? "-" : "", field);
    json_put_text(view->list, "sort", sort, &ok);
    list_view_run(view);
    app_stale(app, STALE_VIEW | STALE_FRAME);
}

unsigned list_build_sort(struct list_view *view)
{
    const char *titles[LIST_CHOICES_MAX];
    size_t count = collect_titles(view, true, titles);

    app_choose(view->view.app, _("Sort by"), titles, count, 0, answer_sort, NULL);
    return STALE_VIEW | STALE_FRAME;
}

/* --- keeping it ---------------------------------------------------------------------------------
 */

struct save {
    struct errand errand;
    struct session session;
    char name[LIST_NAME_MAX + 1];
    json_t *list;
    bool shared;
    bool again; /* under the name it has: what is there is replaced */
};

/* Another list is not lost because somebody thought of the same name twice. */
static enum status refuse_taken(const struct save *save, struct error *error)
{
    struct saved_lists *lists = NULL;
    enum status status =
        lists_saved(workplace_desk_reader(save->errand.place), &save->session, &lists, error);

    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < lists->count && status == STATUS_OK; i++)
        if (strcmp(lists->items[i].name, save->name) == 0 &&
            strcmp(lists->items[i].account, save->session.account) == 0)
            status = error_set(error, STATUS_CONFLICT,
                               _("You have another list of this name. Choose another name, or "
                                 "remove that list first."));
    lists_saved_free(lists);
    return status;
}

static enum status save_work(struct errand *errand, struct error *error)
{
    struct save *save = (struct save *)errand;
    enum status status = save->again ? STATUS_OK : refuse_taken(save, error);

    if (status != STATUS_OK)
        return status;
    return list_save(workplace_outbox(errand->place), &save->session, save->name, save->list,
                     save->shared, error);
}

static unsigned save_deliver(struct errand *errand, struct view *to)
{
    struct save *save = (struct save *)errand;
    struct list_view *view = (struct list_view *)to;

    if (errand->status != STATUS_OK)
        return STALE_NOTHING;
    if (view)
        memcpy(view->name, save->name, sizeof view->name);
    app_say(workplace_app(errand->place), STYLE_OK, _("Saved: %s"), save->name);
    workplace_changed(errand->place);
    return STALE_VIEW | STALE_FRAME;
}

static void save_release(struct errand *errand)
{
    json_decref(((struct save *)errand)->list);
}

static void answer_shared(struct app *app, const struct app_answer *answer)
{
    static const struct errand_kind kind = {
        .work = save_work, .deliver = save_deliver, .release = save_release, .must_run = true};
    struct list_view *view = page_of(app, answer);
    struct save *save = view ? errand_new(view->place, &view->view, sizeof *save, &kind) : NULL;

    if (!save)
        return;
    save->session = *workplace_session(view->place);
    save->list = json_deep_copy(view->list);
    save->shared = answer->index == 1;
    (void)snprintf(save->name, sizeof save->name, "%s", view->wanted_name);
    save->again = strcmp(save->name, view->name) == 0;
    errand_send(&save->errand, workplace_desk(view->place));
}

static void answer_name(struct app *app, const struct app_answer *answer)
{
    const char *const items[] = {_("Only I"), _("Everyone who works with this computer")};
    struct list_view *view = page_of(app, answer);

    if (!view)
        return;
    (void)snprintf(view->wanted_name, sizeof view->wanted_name, "%s", answer->text);
    app_choose(app, _("Who may use this list?"), items, 2, 0, answer_shared, NULL);
}

unsigned list_build_save(struct list_view *view)
{
    const struct app_prompt prompt = {.question = _("Keep this list under which name?"),
                                      .initial = view->name,
                                      .limit = LIST_NAME_MAX / 4,
                                      .minimum = 1};

    app_prompt(view->view.app, &prompt, answer_name, NULL);
    return STALE_VIEW | STALE_FRAME;
}
