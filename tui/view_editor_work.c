#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "db/journal.h"
#include "db/request.h"
#include "tui/errand.h"
#include "tui/syncing.h"
#include "tui/view_editor.h"
#include "tui/view_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES_MAX 4096

/* Which record, for whom: every errand of the editor carries it. */
struct about {
    struct session session;
    char dataset[128], record[EDITOR_KEY_MAX];
};

static void about_set(struct about *about, const struct editor_view *editor)
{
    about->session = *workplace_session(editor->place);
    memcpy(about->dataset, editor->dataset, sizeof about->dataset);
    memcpy(about->record, editor->record, sizeof about->record);
}

/* --- reading --------------------------------------------------------------------------------- */

struct load {
    struct errand errand;
    struct about about;
    char previous[48];
    struct editor_source *source;
};

static enum status load_work(struct errand *errand, struct error *error)
{
    struct load *load = (struct load *)errand;

    return editor_source_read(workplace_reading_reader(errand->place), &load->about.session,
                              load->about.dataset, load->about.record, load->previous,
                              &load->source, error);
}

static unsigned load_deliver(struct errand *errand, struct view *view)
{
    struct editor_view *editor = (struct editor_view *)view;
    struct load *load = (struct load *)errand;

    editor->loading = false;
    if (errand->status == STATUS_OK) {
        editor_take_source(editor, load->source);
        load->source = NULL;
    } else if (errand->status == STATUS_NOT_FOUND && editor->source) {
        (void)snprintf(editor->failure, sizeof editor->failure, "%s",
                       _("This record is no longer in the returned data. Your draft is kept."));
        editor_keep(editor, false);
    } else {
        (void)snprintf(editor->failure, sizeof editor->failure, "%s", errand->error.text);
    }
    return STALE_VIEW | STALE_FRAME;
}

static void load_release(struct errand *errand)
{
    editor_source_free(((struct load *)errand)->source);
}

void editor_load(struct editor_view *editor)
{
    static const struct errand_kind kind = {
        .work = load_work, .deliver = load_deliver, .release = load_release, .tells_failure = true};
    struct load *load = errand_new(editor->place, &editor->view, sizeof *load, &kind);

    if (!load) {
        (void)snprintf(editor->failure, sizeof editor->failure, "%s",
                       _("There is not enough memory."));
        return;
    }
    about_set(&load->about, editor);
    memcpy(load->previous, editor->previous, sizeof load->previous);
    editor->loading = true;
    refresh_asked(&editor->refresh, editor->place);
    errand_send(&load->errand, workplace_reading(editor->place));
}

/* --- the draft ------------------------------------------------------------------------------- */

struct keep {
    struct errand errand;
    struct about about;
    json_t *form; /* NULL: the draft is dropped */
    bool tell;
};

static enum status keep_work(struct errand *errand, struct error *error)
{
    struct keep *keep = (struct keep *)errand;
    struct outbox *outbox = workplace_outbox(errand->place);

    if (!outbox)
        return error_set(error, STATUS_REFUSED,
                         _("This window can only read: drafts cannot be kept."));
    if (!keep->form)
        return draft_drop(outbox, &keep->about.session, keep->about.dataset, keep->about.record,
                          error);
    return draft_save(outbox, &keep->about.session, keep->about.dataset, keep->about.record,
                      keep->form, error);
}

static unsigned keep_deliver(struct errand *errand, struct view *view)
{
    const struct keep *keep = (const struct keep *)errand;

    (void)view;
    if (errand->status != STATUS_OK || !keep->tell)
        return STALE_NOTHING;
    app_say(workplace_app(errand->place), STYLE_OK, "%s",
            keep->form ? _("Kept as a draft on this computer; it has not been submitted.")
                       : _("The draft is gone."));
    return STALE_FRAME;
}

static void keep_release(struct errand *errand)
{
    json_decref(((struct keep *)errand)->form);
}

static void send_keep(struct editor_view *editor, json_t *form, bool tell)
{
    static const struct errand_kind kind = {
        .work = keep_work, .deliver = keep_deliver, .release = keep_release, .must_run = true};
    struct keep *keep = errand_new(editor->place, NULL, sizeof *keep, &kind);

    if (!keep) {
        json_decref(form);
        return;
    }
    about_set(&keep->about, editor);
    keep->form = form;
    keep->tell = tell;
    editor->dirty = false;
    editor->has_draft = form != NULL;
    errand_send(&keep->errand, workplace_desk(editor->place));
}

static json_t *form_values(const struct editor_view *editor, bool *ok)
{
    json_t *values = json_object();

    for (size_t i = 0; i < editor->value_count; i++)
        if (!field_is_empty(&editor->values[i].input))
            json_put_text(values, editor->values[i].source->name,
                          field_text_of(&editor->values[i].input), ok);
    return values;
}

static json_t *form_evidence(const struct editor_view *editor, bool *ok)
{
    json_t *paths = json_array();

    for (size_t i = 0; i < editor->evidence_count; i++)
        json_add(paths, json_string(editor->evidence[i]), ok);
    return paths;
}

static json_t *form_json(const struct editor_view *editor)
{
    static const char *const grounds[] = {"", "inaccurate", "incomplete"};
    json_t *form = json_object();
    bool ok = form != NULL;

    json_put(form, "values", form_values(editor, &ok), &ok);
    json_put_text(form, "ground", grounds[editor->ground], &ok);
    json_put_text(form, "reason", field_text_of(&editor->reason), &ok);
    json_put(form, "evidence", form_evidence(editor, &ok), &ok);
    json_put_text(form, "rev", editor->source ? editor->source->rev : "", &ok);
    json_put_text(form, "previous", editor->previous, &ok);
    json_put(form, "saved_ms", json_integer(clock_wall_ms()), &ok);
    if (ok)
        return form;
    json_decref(form);
    return NULL;
}

static bool is_empty(const struct editor_view *editor)
{
    for (size_t i = 0; i < editor->value_count; i++)
        if (!field_is_empty(&editor->values[i].input))
            return false;
    return field_is_empty(&editor->reason) && editor->evidence_count == 0;
}

void editor_drop_draft(struct editor_view *editor)
{
    send_keep(editor, NULL, true);
}

void editor_keep(struct editor_view *editor, bool tell)
{
    if (!editor->source || !workplace_outbox(editor->place))
        return;
    if (is_empty(editor)) {
        if (editor->has_draft)
            send_keep(editor, NULL, tell);
        editor->dirty = false;
        return;
    }
    json_t *form = form_json(editor);
    if (form)
        send_keep(editor, form, tell);
    else
        app_say(editor->view.app, STYLE_ERROR, "%s",
                _("There is not enough memory to keep the draft."));
}

/* --- evidence -------------------------------------------------------------------------------- */

struct attach {
    struct errand errand;
    char path[PATH_BYTES_MAX];
};

static enum status attach_work(struct errand *errand, struct error *error)
{
    struct attach *attach = (struct attach *)errand;
    struct buf content = {0};
    char *whole = realpath(attach->path, NULL);

    if (!whole || strlen(whole) >= sizeof attach->path) {
        free(whole);
        return error_set(error, STATUS_NOT_FOUND, _("There is no file %.200s."), attach->path);
    }
    memcpy(attach->path, whole, strlen(whole) + 1);
    free(whole);
    enum status status = file_read(attach->path, REQUEST_ATTACHMENT_MAX, &content, error);
    buf_release(&content);
    return status;
}

static unsigned attach_deliver(struct errand *errand, struct view *view)
{
    struct editor_view *editor = (struct editor_view *)view;
    const struct attach *attach = (const struct attach *)errand;

    if (errand->status != STATUS_OK || editor->evidence_count == EDITOR_EVIDENCE_MAX)
        return STALE_NOTHING;
    char *path = strdup(attach->path);
    if (!path)
        return STALE_NOTHING;
    editor->evidence[editor->evidence_count++] = path;
    editor->focus = editor->value_count + EDITOR_EVIDENCE;
    editor_edited(editor);
    editor_keep(editor, false);
    return STALE_VIEW | STALE_FRAME;
}

/* "~/scan.jpg" is in the home directory. */
static void expand(const char *path, char *out, size_t size)
{
    const char *home = getenv("HOME");

    if (path[0] == '~' && path[1] == '/' && home)
        (void)snprintf(out, size, "%s%s", home, path + 1);
    else
        (void)snprintf(out, size, "%s", path);
}

void editor_attach(struct editor_view *editor, const char *path)
{
    static const struct errand_kind kind = {.work = attach_work, .deliver = attach_deliver};
    struct attach *attach = errand_new(editor->place, &editor->view, sizeof *attach, &kind);

    if (!attach)
        return;
    expand(path, attach->path, sizeof attach->path);
    errand_send(&attach->errand, workplace_reading(editor->place));
}

/* --- submitting ------------------------------------------------------------------------------ */

/* Belongs to no page: it is carried out and told even when the page has been left. */
struct submit {
    struct errand errand;
    struct about about;
    uint32_t page;
    struct arena *arena;
    struct request_new request; /* in the arena */
    char previous[48];
    char id[48];
    bool again; /* also when the same was asked for before */
};

/* The new request is on disk: what is done here may fail without harm. */
static void finish(struct submit *submit, struct outbox *outbox)
{
    const struct session *session = &submit->about.session;

    if (draft_drop(outbox, session, submit->about.dataset, submit->about.record, NULL) != STATUS_OK)
        return; /* an old draft is offered again; nothing is lost */
}

/* Two people who notice one mistake are welcome; one who enters it twice is stopped once. */
static enum status ask_about_same(const struct submit *submit, struct error *error)
{
    char same[48] = "";
    enum status status = request_find_same(workplace_desk_reader(submit->errand.place),
                                           &submit->request, same, error);

    if (status != STATUS_OK || !same[0])
        return status;
    return error_set(error, STATUS_CONFLICT,
                     _("Already asked for (%s). Submit again to send yours."), words_request(same));
}

static enum status submit_work(struct errand *errand, struct error *error)
{
    struct submit *submit = (struct submit *)errand;
    struct outbox *outbox = workplace_outbox(errand->place);

    if (!outbox)
        return error_set(error, STATUS_REFUSED,
                         _("This window can only read: requests cannot be saved."));
    enum status status = submit->again ? STATUS_OK : ask_about_same(submit, error);
    if (status == STATUS_OK)
        status = request_raise(outbox, workplace_desk_reader(errand->place), &submit->about.session,
                               &submit->request, submit->id, error);
    if (status != STATUS_OK)
        return status;
    finish(submit, outbox);
    return STATUS_OK;
}

/* What becomes of it stands in the file and the queue, and may be another by the next second. */
static void tell_saved(struct app *app, const struct submit *submit)
{
    app_say(app, STYLE_OK, _("Saved: %s"), words_request(submit->id));
}

static void stay(struct editor_view *editor, const char *sentence)
{
    editor->saving = false;
    (void)snprintf(editor->failure, sizeof editor->failure, "%s", sentence);
}

static unsigned submit_deliver(struct errand *errand, struct view *view)
{
    const struct submit *submit = (const struct submit *)errand;
    struct app *app = workplace_app(errand->place);
    struct editor_view *editor = (struct editor_view *)app_find_view(app, submit->page);

    (void)view;
    if (errand->status != STATUS_OK) {
        app_fail(app, &errand->error);
        if (editor) {
            stay(editor, errand->error.text);
            editor->again = errand->status == STATUS_CONFLICT;
        }
        return STALE_VIEW | STALE_FRAME;
    }
    tell_saved(app, submit);
    workplace_changed(errand->place);
    syncing_now(workplace_syncing(errand->place));
    if (editor) {
        editor->dismissed = true;
        app_close(app, &editor->view);
    }
    return STALE_VIEW | STALE_FRAME;
}

static void submit_release(struct errand *errand)
{
    arena_free(((struct submit *)errand)->arena);
}

static void add_changes(struct submit *submit, const struct editor_view *editor)
{
    struct request_change *changes =
        arena_array(submit->arena, editor->value_count + 1, sizeof *changes);

    for (size_t i = 0; changes && i < editor->value_count; i++) {
        const struct editor_value *value = &editor->values[i];
        if (!editor_value_is_change(value))
            continue;
        changes[submit->request.change_count++] = (struct request_change){
            .field = arena_str(submit->arena, value->source->name),
            .proposed = arena_str(submit->arena, field_text_of(&value->input)),
        };
    }
    submit->request.changes = changes;
}

static void add_evidence(struct submit *submit, const struct editor_view *editor)
{
    struct request_attachment *files =
        arena_array(submit->arena, editor->evidence_count + 1, sizeof *files);

    for (size_t i = 0; files && i < editor->evidence_count; i++)
        files[submit->request.attachment_count++].path =
            arena_str(submit->arena, editor->evidence[i]);
    submit->request.attachments = files;
}

/* False without memory; then nothing may be sent. */
static bool fill(struct submit *submit, const struct editor_view *editor)
{
    about_set(&submit->about, editor);
    memcpy(submit->previous, editor->previous, sizeof submit->previous);
    submit->page = editor->view.id;
    submit->again = editor->again;
    submit->request.dataset = submit->about.dataset;
    submit->request.record = submit->about.record;
    submit->request.resubmits = submit->previous[0] ? submit->previous : NULL;
    submit->request.keeps_evidence = true;
    submit->request.ground = arena_str(submit->arena, editor_ground_word(editor));
    submit->request.reason = arena_str(submit->arena, field_text_of(&editor->reason));
    add_changes(submit, editor);
    add_evidence(submit, editor);
    return !arena_failed(submit->arena);
}

static enum status refuse_work(struct errand *errand, struct error *error)
{
    (void)errand;
    return error_nomem(error);
}

void editor_submit(struct editor_view *editor)
{
    static const struct errand_kind kind = {.work = submit_work,
                                            .deliver = submit_deliver,
                                            .release = submit_release,
                                            .tells_failure = true,
                                            .must_run = true};
    static const struct errand_kind refused = {.work = refuse_work,
                                               .deliver = submit_deliver,
                                               .release = submit_release,
                                               .tells_failure = true};
    struct submit *submit = errand_new(editor->place, NULL, sizeof *submit, &kind);

    if (!submit)
        return;
    submit->arena = arena_new();
    if (!submit->arena || !fill(submit, editor))
        submit->errand.kind = &refused;
    submit->page = editor->view.id;
    editor->failure[0] = '\0';
    editor->saving = true;
    errand_send(&submit->errand, workplace_desk(editor->place));
}
