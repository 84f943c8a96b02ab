#include "tui/view_file.h"

#include "base/i18n.h"
#include "db/journal.h"
#include "tui/errand.h"
#include "tui/view_editor.h"
#include "tui/view_words.h"
#include "tui/views.h"
#include "tui/watching.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PURPOSE_MIN   2
#define FILTER_LIMIT  40
#define KEY_BYTES_MAX 1024

static bool may_be_watched(const struct dossier *dossier)
{
    return dossier && dossier->subject && dossier->subject[0] &&
           (dossier->kind == SUBJECT_PERSON || dossier->kind == SUBJECT_ENTERPRISE);
}

/* --- reading --------------------------------------------------------------------------------- */

/* Opens the dossier. The first time it writes down that somebody did, and a field is revealed only
 * after its purpose is written down: without the entry nothing is shown. */
struct load {
    struct errand errand;
    enum subject_kind kind;
    char key[KEY_BYTES_MAX];
    struct session session;
    char reveal[FILE_REVEAL_MAX][FILE_FIELD_MAX];
    size_t reveal_count;
    bool write_down;
    char purpose[1024]; /* of the last one in `reveal`; "": no new one */
    struct dossier *dossier;
    bool watched;
};

static struct reader *reader_of(const struct load *load)
{
    struct workplace *place = load->errand.place;

    return load->write_down || load->purpose[0] ? workplace_desk_reader(place)
                                                : workplace_reading_reader(place);
}

static enum status open_dossier(struct load *load, struct error *error)
{
    const char *reveal[FILE_REVEAL_MAX];
    const struct dossier_options options = {reveal, load->reveal_count};

    for (size_t i = 0; i < load->reveal_count; i++)
        reveal[i] = load->reveal[i];
    if (load->kind == SUBJECT_NONE)
        return dossier_open_record(reader_of(load), &load->session, load->key, &options,
                                   &load->dossier, error);
    return dossier_open(reader_of(load), &load->session, load->kind, load->key, &options,
                        &load->dossier, error);
}

static enum status need_outbox(struct workplace *place, struct error *error)
{
    if (workplace_outbox(place))
        return STATUS_OK;
    return error_set(error, STATUS_REFUSED,
                     _("This window can only read and cannot write down who looked at what: "
                       "personal files open here when the other Huiliu has ended."));
}

static enum status write_down_opening(struct load *load, struct error *error)
{
    enum status status;

    if (!load->write_down || load->dossier->kind != SUBJECT_PERSON)
        return STATUS_OK;
    if ((status = need_outbox(load->errand.place, error)) != STATUS_OK)
        return status;
    return journal_lookup(workplace_outbox(load->errand.place), &load->session, "open",
                          load->dossier->subject ? load->dossier->subject : load->key, NULL, error);
}

static enum status write_down_reveal(const struct load *load, struct error *error)
{
    struct buf object = {0};
    enum status status;

    if (!load->purpose[0])
        return STATUS_OK;
    if ((status = need_outbox(load->errand.place, error)) != STATUS_OK)
        return status;
    buf_printf(&object, "%s %s", load->key, load->reveal[load->reveal_count - 1]);
    status = buf_failed(&object)
                 ? error_nomem(error)
                 : journal_lookup(workplace_outbox(load->errand.place), &load->session, "reveal",
                                  buf_text(&object), load->purpose, error);
    buf_release(&object);
    return status;
}

static enum status read_watched(struct load *load, struct error *error)
{
    const struct dossier *dossier = load->dossier;

    if (!may_be_watched(dossier))
        return STATUS_OK;
    return watch_is(reader_of(load), &load->session, watch_kind_of_subject(dossier->kind),
                    dossier->subject, &load->watched, error);
}

static enum status load_work(struct errand *errand, struct error *error)
{
    struct load *load = (struct load *)errand;
    enum status status = write_down_reveal(load, error);

    if (status == STATUS_OK)
        status = open_dossier(load, error);
    if (status == STATUS_OK)
        status = write_down_opening(load, error);
    return status == STATUS_OK ? read_watched(load, error) : status;
}

static void load_release(struct errand *errand)
{
    dossier_free(((struct load *)errand)->dossier);
}

/* --- what was read --------------------------------------------------------------------------- */

static bool has_all_of(const struct dossier *dossier, const struct dossier *before)
{
    for (size_t i = 0; i < before->section_count; i++) {
        bool found = false;
        for (size_t j = 0; j < dossier->section_count && !found; j++)
            found = strcmp(dossier->sections[j].dataset, before->sections[i].dataset) == 0 &&
                    strcmp(dossier->sections[j].record, before->sections[i].record) == 0;
        if (!found)
            return false;
    }
    return true;
}

/* The oldest dossier that has something the new one lacks is kept. */
static void replace_dossier(struct file_view *file, struct dossier *fresh)
{
    struct dossier *before = file->dossier;

    if (before && !file->earlier && !has_all_of(fresh, before))
        file->earlier = before;
    else
        dossier_free(before);
    file->dossier = fresh;
    file->gone = false;
}

static void select_identity(struct file_view *file, const char *identity)
{
    struct buf at = {0};

    for (size_t i = 0; i < file->row_count; i++) {
        buf_clear(&at);
        file_row_identity(file, &file->rows[i], &at);
        if (strcmp(buf_text(&at), identity) == 0) {
            list_select(&file->list, i);
            break;
        }
    }
    buf_release(&at);
}

/* New rows; the selection stays on what it was on. */
static void rebuild(struct file_view *file, const char *identity)
{
    if (!file_rows_build(file)) {
        file->row_count = 0; /* the old rows may point into a dossier that is gone */
        list_set_count(&file->list, 0);
    }
    if (identity[0])
        select_identity(file, identity);
}

static void remember_selection(const struct file_view *file, struct buf *identity)
{
    const struct file_row *row = file_selected(file);

    if (row)
        file_row_identity(file, row, identity);
}

static void take_reveal(struct file_view *file, const struct load *load)
{
    if (!load->purpose[0] || file->reveal_count == FILE_REVEAL_MAX)
        return;
    (void)snprintf(file->reveal[file->reveal_count++], FILE_FIELD_MAX, "%s",
                   load->reveal[load->reveal_count - 1]);
}

static void take_failure(struct file_view *file, const struct load *load)
{
    if (load->errand.status == STATUS_NOT_FOUND && file->dossier)
        file->gone = true;
    else if (file->dossier)
        app_fail(file->view.app, &load->errand.error);
    else
        (void)snprintf(file->failure, sizeof file->failure, "%s", load->errand.error.text);
}

static unsigned load_deliver(struct errand *errand, struct view *view)
{
    struct file_view *file = (struct file_view *)view;
    struct load *load = (struct load *)errand;
    struct buf identity = {0};

    file->loading = false;
    remember_selection(file, &identity);
    if (errand->status == STATUS_OK) {
        take_reveal(file, load);
        replace_dossier(file, load->dossier);
        load->dossier = NULL;
        file->watched = load->watched;
    } else {
        take_failure(file, load);
    }
    rebuild(file, buf_text(&identity));
    buf_release(&identity);
    return STALE_VIEW | STALE_FRAME;
}

/* `wanted`: another field to be shown in clear, for the purpose; NULL: none. */
static void send_load(struct file_view *file, const char *wanted, const char *purpose)
{
    static const struct errand_kind kind = {
        .work = load_work, .deliver = load_deliver, .release = load_release, .tells_failure = true};
    struct load *load = errand_new(file->place, &file->view, sizeof *load, &kind);

    if (!load) {
        (void)snprintf(file->failure, sizeof file->failure, "%s", _("There is not enough memory."));
        return;
    }
    load->kind = file->kind;
    (void)snprintf(load->key, sizeof load->key, "%s", file->key);
    load->session = *workplace_session(file->place);
    memcpy(load->reveal, file->reveal, sizeof load->reveal);
    load->reveal_count = file->reveal_count;
    if (wanted && load->reveal_count < FILE_REVEAL_MAX) {
        (void)snprintf(load->reveal[load->reveal_count++], FILE_FIELD_MAX, "%s", wanted);
        (void)snprintf(load->purpose, sizeof load->purpose, "%s", purpose);
    }
    load->write_down = !file->dossier;
    file->loading = true;
    refresh_asked(&file->refresh, file->place);
    errand_send(&load->errand, load->write_down || load->purpose[0]
                                   ? workplace_desk(file->place)
                                   : workplace_reading(file->place));
}

static unsigned file_tick(struct view *view, int64_t now, int *next)
{
    struct file_view *file = (struct file_view *)view;

    if (!file->loading && refresh_is_due(&file->refresh, file->place, view))
        send_load(file, NULL, NULL);
    return refresh_minute(&file->refresh, now, next);
}

/* --- commands -------------------------------------------------------------------------------- */

static unsigned open_page(struct file_view *file, struct view *page)
{
    app_push(file->view.app, page);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned open_link(struct file_view *file, const struct dossier_link *link)
{
    if (link->kind == LINK_CERTIFICATE && link->record)
        return open_page(file, verify_view_new(file->place, link->record));
    if (link->target && link->target[0] &&
        (link->target_kind == SUBJECT_PERSON || link->target_kind == SUBJECT_ENTERPRISE))
        return open_page(file, file_view_new(file->place, link->target_kind, link->target));
    if (link->dataset && link->record)
        return open_page(file, record_view_new(file->place, link->dataset, link->record));
    return STALE_NOTHING;
}

/* From a statement to the field in its own section. */
static unsigned go_to_field(struct file_view *file, const struct file_row *claim)
{
    for (size_t i = 0; i < file->row_count; i++)
        if (file->rows[i].kind == FILE_FIELD && file->rows[i].field == claim->field) {
            list_select(&file->list, i);
            break;
        }
    return STALE_VIEW | STALE_FRAME;
}

static unsigned open_selected(struct file_view *file)
{
    const struct file_row *row = file_selected(file);

    if (row && row->kind == FILE_CLAIM)
        return go_to_field(file, row);
    if (row && row->kind == FILE_VERDICT)
        return open_page(file, verify_view_new(file->place, row->section->record));
    if (row && row->link)
        return open_link(file, row->link);
    if (row && row->field && row->field->pending_id)
        return open_page(file, compare_view_new(file->place, row->field->pending_id));
    return STALE_NOTHING;
}

static bool is_head(const struct file_row *row)
{
    return row->kind == FILE_SECTION || row->kind == FILE_LINKS || row->kind == FILE_DIFFERENCE ||
           row->kind == FILE_CHANGES;
}

static unsigned next_section(struct file_view *file, int step)
{
    size_t at = file->list.selected;

    if (file->row_count == 0)
        return STALE_NOTHING;
    do {
        if ((step < 0 && at == 0) || (step > 0 && at + 1 >= file->row_count))
            return STALE_NOTHING;
        at = step < 0 ? at - 1 : at + 1;
    } while (!is_head(&file->rows[at]));
    list_select(&file->list, at);
    return STALE_VIEW;
}

static void answer_purpose(struct app *app, const struct app_answer *answer)
{
    struct file_view *file = (struct file_view *)app_find_view(app, answer->owner);

    if (!file || !answer->yes)
        return;
    send_load(file, file->wanted, answer->text);
}

static unsigned reveal(struct file_view *file)
{
    const struct file_row *row = file_selected(file);
    struct buf question = {0};

    if (!row || !row->field)
        return STALE_NOTHING;
    (void)snprintf(file->wanted, sizeof file->wanted, "%s.%s", row->section->dataset,
                   row->field->field->name);
    buf_printf(&question, _("%s: what do you need it for? This is written down with your name."),
               row->field->field->title);
    const struct app_prompt prompt = {.question = buf_text(&question), .minimum = PURPOSE_MIN};
    app_prompt(file->view.app, &prompt, answer_purpose, NULL);
    buf_release(&question);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned request_new(struct file_view *file)
{
    const struct file_row *row = file_selected(file);

    if (!row || !row->section)
        return STALE_NOTHING;
    struct view *editor =
        editor_view_new(file->place, row->section->dataset, row->section->record, "");
    if (editor && row->field)
        editor_view_focus(editor, row->field->field->name);
    if (editor && row->claim && row->claim->proposed)
        editor_view_propose(editor, row->claim->proposed,
                            file_claim_title(row->claim->proposed_by));
    if (editor && row->change)
        editor_view_focus(editor, row->change->name);
    return open_page(file, editor);
}

static unsigned watch(struct file_view *file)
{
    if (may_be_watched(file->dossier))
        watching_toggle(file->place, watch_kind_of_subject(file->dossier->kind),
                        file->dossier->subject);
    return STALE_VIEW | STALE_FRAME;
}

static void set_filter(struct file_view *file, const char *text)
{
    struct buf identity = {0};

    remember_selection(file, &identity);
    buf_clear(&file->filter);
    words_fold(text, &file->filter);
    rebuild(file, buf_text(&identity));
    buf_release(&identity);
}

static void answer_filter(struct app *app, const struct app_answer *answer)
{
    struct file_view *file = (struct file_view *)app_find_view(app, answer->owner);

    if (!file || !answer->yes)
        return;
    set_filter(file, answer->text);
    app_stale(app, STALE_VIEW);
}

static unsigned filter(struct file_view *file, const char *argument)
{
    const struct app_prompt prompt = {
        .question = _("Show only rows with this text; empty shows all rows."),
        .initial = buf_text(&file->filter),
        .limit = FILTER_LIMIT,
    };

    if (argument[0])
        set_filter(file, argument);
    else
        app_prompt(file->view.app, &prompt, answer_filter, NULL);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned file_command(struct view *view, enum command command, const char *argument)
{
    struct file_view *file = (struct file_view *)view;

    switch ((int)command) {
    case COMMAND_OPEN:
        return open_selected(file);
    case COMMAND_NEXT_SECTION:
        return next_section(file, 1);
    case COMMAND_PREV_SECTION:
        return next_section(file, -1);
    case COMMAND_REVEAL:
        return reveal(file);
    case COMMAND_REQUEST_NEW:
        return request_new(file);
    case COMMAND_WATCH:
        return watch(file);
    case COMMAND_FILTER:
        return filter(file, argument);
    case COMMAND_REFRESH:
        if (!file->loading)
            send_load(file, NULL, NULL);
        return STALE_VIEW | STALE_FRAME | STALE_REPAINT;
    default:
        /* The footer depends on the row. */
        return list_command(&file->list, command, argument) | STALE_FRAME;
    }
}

/* --- what is possible ------------------------------------------------------------------------ */

static bool may_open(const struct file_row *row, char reason[VIEW_REASON_MAX])
{
    if (row && ((row->field && row->field->pending_id) || row->link || row->kind == FILE_CLAIM ||
                row->kind == FILE_VERDICT))
        return true;
    return words_refuse(reason,
                        _("Links, verdicts and pending changes can be opened; this is none."));
}

static bool may_reveal(const struct file_view *file, const struct file_row *row,
                       char reason[VIEW_REASON_MAX])
{
    if (!row || !row->field || !row->field->masked)
        return words_refuse(reason, _("This row is not masked."));
    if (!session_may_read(workplace_session(file->place)))
        return words_refuse(reason, _("Your role may not see it."));
    if (file->loading)
        return words_refuse(reason, _("The file is being read."));
    if (file->reveal_count == FILE_REVEAL_MAX)
        return words_refuse(reason, _("Too many fields have been shown; open the file again."));
    return workplace_outbox(file->place) ||
           words_refuse(reason, _("This window can only read; another one is open."));
}

static bool is_correctable(const struct dossier_section *section)
{
    for (size_t i = 0; i < section->field_count; i++)
        if (section->fields[i].field->correctable)
            return true;
    return false;
}

static bool may_request(const struct file_view *file, const struct file_row *row,
                        char reason[VIEW_REASON_MAX])
{
    if (!session_may_request(workplace_session(file->place)))
        return words_refuse(reason, _("Your role does not raise requests."));
    if (!workplace_outbox(file->place))
        return words_refuse(reason, _("This window can only read; another one is open."));
    if (!row || !row->section)
        return words_refuse(reason, _("Choose the record that is wrong first."));
    if (row->claim && row->claim->derived)
        return words_refuse(reason, _("The digits of a number cannot be corrected: choose who "
                                      "says otherwise."));
    if (row->removed || row->section->withdrawn)
        return words_refuse(reason, _("This record is no longer in the returned data."));
    return is_correctable(row->section) ||
           words_refuse(reason, _("Its provider takes no corrections of this record."));
}

static bool file_enabled(struct view *view, enum command command, char reason[VIEW_REASON_MAX])
{
    const struct file_view *file = (const struct file_view *)view;
    const struct file_row *row = file_selected(file);

    if (command == COMMAND_OPEN)
        return may_open(row, reason);
    if (command == COMMAND_REVEAL)
        return may_reveal(file, row, reason);
    if (command == COMMAND_REQUEST_NEW)
        return may_request(file, row, reason);
    if (command == COMMAND_WATCH && !may_be_watched(file->dossier))
        return words_refuse(reason, _("Persons and enterprises can be watched; this is neither."));
    if (command == COMMAND_WATCH)
        return watching_is_possible(file->place, reason);
    return true;
}

static bool file_waits(struct view *view)
{
    const struct file_view *file = (const struct file_view *)view;

    return !file->dossier && !file->failure[0];
}

/* --- life ------------------------------------------------------------------------------------ */

static const char *file_title(struct view *view)
{
    const struct file_view *file = (const struct file_view *)view;

    if (file->dossier && file->dossier->name && file->dossier->name[0])
        return file->dossier->name;
    return file->kind == SUBJECT_NONE ? _("Record") : words_subject_kind(file->kind);
}

static enum context file_context(struct view *view)
{
    (void)view;
    return CONTEXT_FILE;
}

static void file_close(struct view *view)
{
    struct file_view *file = (struct file_view *)view;

    dossier_free(file->dossier);
    dossier_free(file->earlier);
    buf_release(&file->filter);
    free(file->rows);
    free(file->key);
    free(file);
}

/* Takes the key over. */
static struct view *new_page(struct workplace *place, enum subject_kind kind, char *key)
{
    static const struct view_ops ops = {.title = file_title,
                                        .context = file_context,
                                        .draw = file_draw,
                                        .command = file_command,
                                        .tick = file_tick,
                                        .enabled = file_enabled,
                                        .waits = file_waits,
                                        .close = file_close};
    struct file_view *file = key ? calloc(1, sizeof *file) : NULL;

    if (!file) {
        free(key);
        return NULL;
    }
    file->view.ops = &ops;
    file->place = place;
    file->kind = kind;
    file->key = key;
    return &file->view;
}

struct view *file_view_new(struct workplace *place, enum subject_kind kind, const char *subject)
{
    return new_page(place, kind, strdup(subject));
}

struct view *record_view_new(struct workplace *place, const char *dataset, const char *record)
{
    struct buf key = {0};

    buf_printf(&key, "%s/%s", dataset, record);
    char *taken = buf_take(&key);
    buf_release(&key);
    return new_page(place, SUBJECT_NONE, taken);
}
