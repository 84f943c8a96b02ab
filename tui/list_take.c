/* Taking a list along: as a file, with its purpose written down, and ticking people off. */
#include "base/i18n.h"
#include "tui/syncing.h"
#include "tui/view_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PURPOSE_LIMIT 200
#define PATH_LIMIT    250
#define NOTE_LIMIT    200

static struct list_view *page_of(struct app *app, const struct app_answer *answer)
{
    return answer->yes ? (struct list_view *)app_find_view(app, answer->owner) : NULL;
}

/* --- export -------------------------------------------------------------------------------------
 */

/* What is wanted: taken over from the errand that asks by the one that writes. */
struct wanted {
    struct session session;
    struct shared_result *result;
    char name[LIST_NAME_MAX + 1];
    char path[1024];
    char purpose[PURPOSE_LIMIT * 4 + 1];
    enum list_form form;
};

struct export_errand {
    struct errand errand;
    struct list_view *page; /* of the writing one, only its atomics: it frees the worker first */
    struct wanted wanted;
};

static struct list_export export_of(const struct wanted *wanted)
{
    return (struct list_export){.form = wanted->form,
                                .path = wanted->path,
                                .purpose = wanted->purpose,
                                .name = wanted->name};
}

static void export_release(struct errand *errand)
{
    shared_result_drop(((struct export_errand *)errand)->wanted.result);
}

/* --- writing: it lasts, so the page's own worker does it ----------------------------------------
 */

static enum status write_with(struct export_errand *export, struct reader *reader,
                              struct error *error)
{
    const struct list_options options = {list_view_progress, export->page};
    const struct list_export wanted = export_of(&export->wanted);

    return list_export_write(reader, &export->wanted.session, export->wanted.result->result,
                             &wanted, &options, error);
}

static enum status write_work(struct errand *errand, struct error *error)
{
    struct reader *reader = NULL;
    enum status status = reader_open(workplace_home(errand->place), &reader, error);

    if (status == STATUS_OK)
        status = write_with((struct export_errand *)errand, reader, error);
    reader_close(reader);
    return status;
}

static unsigned write_deliver(struct errand *errand, struct view *to)
{
    const struct export_errand *export = (const struct export_errand *)errand;
    struct app *app = workplace_app(errand->place);
    struct list_view *view = (struct list_view *)to;

    view->exporting = false;
    if (errand->status == STATUS_OK)
        app_say(app, STYLE_OK, _("%zu rows written to %s."),
                list_result_count(export->wanted.result->result), export->wanted.path);
    else if (errand->status == STATUS_CANCELLED)
        app_say(app, STYLE_WARNING, "%s", errand->error.text);
    return STALE_VIEW | STALE_FRAME;
}

static void send_write(struct list_view *view, struct wanted *wanted)
{
    static const struct errand_kind kind = {
        .work = write_work, .deliver = write_deliver, .release = export_release};
    struct export_errand *export = errand_new(view->place, &view->view, sizeof *export, &kind);

    if (!export)
        return;
    export->page = view;
    export->wanted = *wanted;
    wanted->result = NULL;
    atomic_store(&view->stop, false);
    atomic_store(&view->done, 0);
    atomic_store(&view->total, 0);
    view->exporting = true;
    errand_send(&export->errand, view->worker);
}

/* --- the journal first --------------------------------------------------------------------------
 */

static enum status permit_work(struct errand *errand, struct error *error)
{
    struct export_errand *export = (struct export_errand *)errand;
    const struct list_export wanted = export_of(&export->wanted);

    return list_export_permit(workplace_outbox(errand->place), &export->wanted.session,
                              export->wanted.result->result, &wanted, error);
}

static unsigned permit_deliver(struct errand *errand, struct view *to)
{
    if (errand->status == STATUS_OK)
        send_write((struct list_view *)to, &((struct export_errand *)errand)->wanted);
    return STALE_VIEW | STALE_FRAME;
}

static void answer_purpose(struct app *app, const struct app_answer *answer)
{
    static const struct errand_kind kind = {
        .work = permit_work, .deliver = permit_deliver, .release = export_release};
    struct list_view *view = page_of(app, answer);
    struct export_errand *export =
        view && view->result ? errand_new(view->place, &view->view, sizeof *export, &kind) : NULL;

    if (!export)
        return;
    struct wanted *wanted = &export->wanted;
    wanted->session = *workplace_session(view->place);
    wanted->result = view->result;
    atomic_fetch_add(&view->result->users, 1);
    wanted->form = view->form;
    memcpy(wanted->name, view->name, sizeof wanted->name);
    memcpy(wanted->path, view->path, sizeof wanted->path);
    (void)snprintf(wanted->purpose, sizeof wanted->purpose, "%s", answer->text);
    errand_send(&export->errand, workplace_desk(view->place));
}

static void answer_path(struct app *app, const struct app_answer *answer)
{
    struct list_view *view = page_of(app, answer);
    const struct app_prompt prompt = {
        .question = _("What is the list needed for? It is written down with your name."),
        .limit = PURPOSE_LIMIT,
        .minimum = 2};

    if (!view)
        return;
    (void)snprintf(view->path, sizeof view->path, "%s", answer->text);
    app_prompt(app, &prompt, answer_purpose, NULL);
}

static void answer_form(struct app *app, const struct app_answer *answer)
{
    static const enum list_form forms[] = {LIST_CSV_BOM, LIST_CSV, LIST_TEXT};
    struct list_view *view = page_of(app, answer);
    const struct app_prompt prompt = {
        .question = _("To which new file?"), .limit = PATH_LIMIT, .minimum = 1};

    if (!view || answer->index >= 3)
        return;
    view->form = forms[answer->index];
    app_prompt(app, &prompt, answer_path, NULL);
}

unsigned list_take_export(struct list_view *view)
{
    const char *const forms[] = {_("CSV for Excel"), _("CSV"), _("Text to be printed")};

    app_choose(view->view.app, _("In which form?"), forms, 3, 0, answer_form, NULL);
    return STALE_VIEW | STALE_FRAME;
}

/* --- ticking ------------------------------------------------------------------------------------
 */

struct tick_errand {
    struct errand errand;
    struct session session;
    char dataset[65], list_dataset[65], record[513], name[129];
    char note[NOTE_LIMIT * 4 + 1];
};

static enum status tick_work(struct errand *errand, struct error *error)
{
    struct tick_errand *tick = (struct tick_errand *)errand;
    const struct roll_tick wanted = {.dataset = tick->dataset,
                                     .list_dataset = tick->list_dataset,
                                     .record = tick->record,
                                     .note = tick->note};
    char id[48];

    return roll_tick(workplace_outbox(errand->place), workplace_desk_reader(errand->place),
                     &tick->session, &wanted, id, error);
}

static unsigned tick_deliver(struct errand *errand, struct view *to)
{
    const struct tick_errand *tick = (const struct tick_errand *)errand;

    if (errand->status != STATUS_OK)
        return STALE_NOTHING;
    app_say(workplace_app(errand->place), STYLE_OK, _("Saved: %s is ticked off."), tick->name);
    workplace_changed(errand->place);
    syncing_now(workplace_syncing(errand->place));
    if (to)
        list_view_reload((struct list_view *)to);
    return STALE_VIEW | STALE_FRAME;
}

static void send_tick(struct list_view *view, const char *note)
{
    static const struct errand_kind kind = {
        .work = tick_work, .deliver = tick_deliver, .must_run = true};
    const struct list_row *row = list_view_row(view, view->rows.selected);
    struct tick_errand *tick = row && list_view_place(view)
                                   ? errand_new(view->place, &view->view, sizeof *tick, &kind)
                                   : NULL;

    if (!tick)
        return;
    tick->session = *workplace_session(view->place);
    memcpy(tick->dataset, list_view_place(view)->dataset, sizeof tick->dataset);
    memcpy(tick->list_dataset, view->dataset, sizeof tick->list_dataset);
    (void)snprintf(tick->record, sizeof tick->record, "%s", row->record);
    (void)snprintf(tick->name, sizeof tick->name, "%s", row->name);
    (void)snprintf(tick->note, sizeof tick->note, "%s", note);
    errand_send(&tick->errand, workplace_desk(view->place));
    (void)list_command(&view->rows, COMMAND_ROW_DOWN, "");
}

static void answer_note(struct app *app, const struct app_answer *answer)
{
    struct list_view *view = page_of(app, answer);

    if (view)
        send_tick(view, answer->text);
    app_stale(app, STALE_VIEW | STALE_FRAME);
}

static void ask_note(struct list_view *view)
{
    const struct list_row *row = list_view_row(view, view->rows.selected);
    char question[VIEW_REASON_MAX];
    const struct app_prompt prompt = {.question = question, .limit = NOTE_LIMIT, .minimum = 1};

    (void)snprintf(question, sizeof question, _("%s: what was seen?"), row ? row->name : "");
    app_prompt(view->view.app, &prompt, answer_note, NULL);
}

static void tick(struct list_view *view)
{
    if (view->noting)
        ask_note(view);
    else
        send_tick(view, "");
}

static void answer_place(struct app *app, const struct app_answer *answer)
{
    struct list_view *view = page_of(app, answer);

    if (!view || answer->index >= view->catalogue.place_count)
        return;
    memcpy(view->roll_dataset, view->catalogue.places[answer->index].dataset,
           sizeof view->roll_dataset);
    tick(view);
    app_stale(app, STALE_VIEW | STALE_FRAME);
}

/* Where several datasets take ticks, the page asks once into which. */
static unsigned take_tick(struct list_view *view, bool noting)
{
    const struct list_catalogue *catalogue = &view->catalogue;
    const char *titles[ROLL_PLACES_MAX];

    view->noting = noting;
    for (size_t i = 0; i < catalogue->place_count; i++)
        titles[i] = catalogue->places[i].title;
    if (catalogue->place_count > 1 && !view->roll_dataset[0])
        app_choose(view->view.app, _("In which dataset are they ticked off?"), titles,
                   catalogue->place_count, catalogue->place, answer_place, NULL);
    else
        tick(view);
    return STALE_VIEW | STALE_FRAME;
}

unsigned list_take_tick(struct list_view *view)
{
    return take_tick(view, false);
}

unsigned list_take_note(struct list_view *view)
{
    return take_tick(view, true);
}
