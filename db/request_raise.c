#include "base/file.h"
#include "base/i18n.h"
#include "base/random.h"
#include "base/text.h"
#include "db/base64.h"
#include "db/dossier.h"
#include "db/outbox_entry.h"
#include "db/request_act.h"
#include "db/request_same.h"
#include "db/request_store.h"
#include "db/request_value.h"
#include "verify/digest.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define REV_SIZE        96
#define FILE_NAME_MAX   200
#define ATTACHMENTS_MAX 16

/* What is being put together; all references are owned. */
struct raising {
    const struct request_new *wanted;
    const struct dataset *dataset;
    char id[REQUEST_ID_MAX];
    char rev[REV_SIZE];
    char previous[REQUEST_ID_MAX]; /* whose place it takes; "" */
    json_t *record;                /* NULL when the request is about no record */
    json_t *changes;               /* as in the document */
    json_t *evidence;              /* as in the document */
    json_t *contents;              /* evidence with "data", for outbox.log */
    json_t *frozen;
    size_t attached; /* bytes so far */
};

static void raising_release(struct raising *raising)
{
    json_decref(raising->record);
    json_decref(raising->changes);
    json_decref(raising->evidence);
    json_decref(raising->contents);
    json_decref(raising->frozen);
}

static const char *kind_of(const struct request_new *wanted)
{
    return wanted->kind ? wanted->kind : "correction";
}

/* --- what it is about ------------------------------------------------------------------------- */

static bool needs_record(const struct request_new *wanted)
{
    return strcmp(kind_of(wanted), "correction") == 0 || strcmp(kind_of(wanted), "recheck") == 0;
}

static enum status find_dataset(struct raising *raising, struct reader *reader, struct error *error)
{
    const struct catalogue *catalogue;
    enum status status = reader_catalogue(reader, &catalogue, error);

    if (status != STATUS_OK)
        return status;
    raising->dataset = catalogue_find(catalogue, raising->wanted->dataset);
    if (!raising->dataset)
        return error_set(error, STATUS_INVALID, _("There is no dataset \"%.64s\"."),
                         raising->wanted->dataset);
    if (strcmp(kind_of(raising->wanted), "new") == 0 && !raising->dataset->accepts_new)
        return error_set(error, STATUS_INVALID, _("%s does not take new records."),
                         raising->dataset->title);
    return STATUS_OK;
}

static enum status find_record(struct raising *raising, struct reader *reader, struct error *error)
{
    const struct request_new *wanted = raising->wanted;
    bool named = wanted->record && wanted->record[0];

    if (!named && !needs_record(wanted))
        return STATUS_OK;
    if (!named)
        return error_set(error, STATUS_INVALID, _("Name the record that is to be corrected."));
    return record_body(reader, wanted->dataset, wanted->record, &raising->record, raising->rev,
                       error);
}

/* --- what is to be changed -------------------------------------------------------------------- */

/* A new record must say whom it is about, though neither can be corrected later. */
static bool may_be_set(const struct raising *raising, const struct dataset_field *field)
{
    bool is_new = strcmp(kind_of(raising->wanted), "new") == 0;

    return field->correctable ||
           (is_new && (field->role == ROLE_SUBJECT || field->role == ROLE_TITLE));
}

static enum status find_field(const struct raising *raising, const char *name,
                              const struct dataset_field **field, struct error *error)
{
    const struct dataset *dataset = raising->dataset;
    const struct dataset_field *found = dataset_field(dataset, name);

    if (!found)
        return error_set(error, STATUS_INVALID, _("%s has no field \"%.64s\"."), dataset->title,
                         name);
    if (!may_be_set(raising, found))
        return error_set(error, STATUS_INVALID,
                         _("%s cannot be corrected here; ask its provider %s."), found->title,
                         dataset->provider_name ? dataset->provider_name : "");
    *field = found;
    return STATUS_OK;
}

static bool is_named_before(const struct raising *raising, const char *field)
{
    for (size_t i = 0; i < json_array_size(raising->changes); i++)
        if (strcmp(json_text(json_array_get(raising->changes, i), "field", ""), field) == 0)
            return true;
    return false;
}

static enum status append_change(json_t *changes, const char *field, json_t *base, json_t *proposed,
                                 struct error *error)
{
    json_t *change = json_object();
    bool ok = change != NULL;

    json_put_text(change, "field", field, &ok);
    json_put(change, "base", json_incref(base), &ok);
    json_put(change, "proposed", json_incref(proposed), &ok);
    json_add(changes, change, &ok);
    return ok ? STATUS_OK : error_nomem(error);
}

static enum status parse_proposed(const struct raising *raising, const struct dataset_field *field,
                                  const char *text, const json_t *base, json_t **proposed,
                                  struct error *error)
{
    bool names = field->role == ROLE_SUBJECT || field->role == ROLE_TITLE;

    if (!raising->wanted->subject_is_registered || !names)
        return request_value_parse(field, text, base, date_today(), proposed, error);
    *proposed = json_string(text);
    return *proposed ? STATUS_OK : error_nomem(error);
}

static enum status add_change(struct raising *raising, const struct request_change *wanted,
                              struct error *error)
{
    const struct dataset_field *field = NULL;
    json_t *proposed = NULL;
    enum status status = find_field(raising, wanted->field, &field, error);
    if (status != STATUS_OK)
        return status;

    json_t *base = request_value_of_record(json_object_get(raising->record, wanted->field));
    if (!base)
        return error_nomem(error);
    status = parse_proposed(raising, field, wanted->proposed ? wanted->proposed : "", base,
                            &proposed, error);
    if (status == STATUS_OK && is_named_before(raising, wanted->field))
        status = error_set(error, STATUS_INVALID, _("%s is named twice."), field->title);
    if (status == STATUS_OK && request_value_equal(base, proposed))
        status = error_set(error, STATUS_INVALID, _("%s: this is the value it already has."),
                           field->title);
    if (status == STATUS_OK)
        status = append_change(raising->changes, wanted->field, base, proposed, error);
    json_decref(base);
    json_decref(proposed);
    return status;
}

static enum status add_changes(struct raising *raising, struct error *error)
{
    enum status status = STATUS_OK;

    raising->changes = json_array();
    if (!raising->changes)
        return error_nomem(error);
    for (size_t i = 0; i < raising->wanted->change_count && status == STATUS_OK; i++)
        status = add_change(raising, &raising->wanted->changes[i], error);
    if (status == STATUS_OK && raising->wanted->change_count == 0 &&
        strcmp(kind_of(raising->wanted), "correction") == 0)
        status = error_set(error, STATUS_INVALID, _("Say which field is to be corrected."));
    return status;
}

/* --- attachments ------------------------------------------------------------------------------ */

static const char *media_type(const char *name)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        {".pdf", "application/pdf"}, {".png", "image/png"},       {".jpg", "image/jpeg"},
        {".jpeg", "image/jpeg"},     {".tif", "image/tiff"},      {".tiff", "image/tiff"},
        {".bmp", "image/bmp"},       {".ofd", "application/ofd"}, {".txt", "text/plain"},
        {".zip", "application/zip"},
    };
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
        if (strcasecmp(dot, types[i].ending) == 0)
            return types[i].type;
    return "application/octet-stream";
}

/* CouchDB keeps names that begin with '_' for itself. */
static enum status check_file_name(const json_t *evidence, const char *name, struct error *error)
{
    size_t length = strlen(name);
    bool good =
        length > 0 && length <= FILE_NAME_MAX && name[0] != '_' && text_is_valid(name, length);

    for (size_t i = 0; good && i < length; i++)
        good = (unsigned char)name[i] >= 0x20 && name[i] != 0x7F;
    if (!good)
        return error_set(error, STATUS_INVALID,
                         _("The attachment needs another file name: short, and without an "
                           "underscore in front."));
    for (size_t i = 0; i < json_array_size(evidence); i++)
        if (strcmp(json_text(json_array_get(evidence, i), "name", ""), name) == 0)
            return error_set(error, STATUS_INVALID,
                             _("Two attachments have the same name. Rename one of them."));
    return STATUS_OK;
}

static json_t *evidence_item(const char *name, const struct buf *content, const char *sha256)
{
    json_t *item = json_object();
    bool ok = item != NULL;

    json_put_text(item, "name", name, &ok);
    json_put_text(item, "type", media_type(name), &ok);
    json_put(item, "length", json_integer((json_int_t)content->length), &ok);
    json_put_text(item, "sha256", sha256, &ok);
    if (ok)
        return item;
    json_decref(item);
    return NULL;
}

static enum status add_evidence(struct raising *raising, const char *name,
                                const struct buf *content, struct error *error)
{
    char sha256[SHA256_HEX_MAX];
    struct buf encoded = {0};
    enum status status = sha256_hex(buf_text(content), content->length, sha256, error);
    if (status != STATUS_OK)
        return status;

    json_t *item = evidence_item(name, content, sha256);
    json_t *whole = item ? json_copy(item) : NULL;
    bool ok = whole != NULL;
    base64_encode(buf_text(content), content->length, &encoded);
    ok = ok && !buf_failed(&encoded);
    if (ok)
        json_put(whole, "data", json_stringn(buf_text(&encoded), encoded.length), &ok);
    json_add(raising->evidence, item, &ok);
    json_add(raising->contents, whole, &ok);
    buf_release(&encoded);
    return ok ? STATUS_OK : error_nomem(error);
}

static enum status attach(struct raising *raising, const char *path, struct error *error)
{
    struct buf content = {0};
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    enum status status = check_file_name(raising->evidence, name, error);

    if (status == STATUS_OK)
        status = file_read(path, REQUEST_ATTACHMENT_MAX, &content, error);
    if (status == STATUS_OK && content.length == 0)
        status = error_set(error, STATUS_INVALID,
                           _("The attachment %.60s is empty. Scan or copy it again."), name);
    raising->attached += content.length;
    if (status == STATUS_OK && raising->attached > REQUEST_ATTACHMENTS_MAX)
        status = error_set(error, STATUS_TOO_LARGE,
                           _("The attachments are larger than %zu MiB together."),
                           REQUEST_ATTACHMENTS_MAX >> 20);
    if (status == STATUS_OK)
        status = add_evidence(raising, name, &content, error);
    buf_release(&content);
    return status;
}

static bool is_attached(const struct raising *raising, const char *name)
{
    for (size_t i = 0; i < json_array_size(raising->evidence); i++)
        if (strcmp(json_text(json_array_get(raising->evidence, i), "name", ""), name) == 0)
            return true;
    return false;
}

static enum status keep_file(struct raising *raising, struct stmt *stmt, struct error *error)
{
    const char *name = stmt_text(stmt, 0);
    size_t length = 0;

    if (!name)
        return error_nomem(error);
    if (is_attached(raising, name))
        return STATUS_OK;
    if (stmt_is_null(stmt, 1))
        return error_set(error, STATUS_NOT_FOUND,
                         _("The attachment %.60s is not on this workstation. Attach it again."),
                         name);
    const char *data = stmt_blob(stmt, 1, &length);
    const struct buf content = {.data = (char *)(uintptr_t)data, .length = length};
    raising->attached += length;
    if (raising->attached > REQUEST_ATTACHMENTS_MAX ||
        json_array_size(raising->evidence) >= ATTACHMENTS_MAX)
        return error_set(error, STATUS_TOO_LARGE,
                         _("Together with the files of the old request these are too many."));
    return add_evidence(raising, name, &content, error);
}

/* The files of the request whose place this one takes. */
static enum status keep_evidence(struct raising *raising, struct reader *reader,
                                 struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(reader_outbox(reader),
                      "SELECT name, data FROM evidence WHERE request = ?1 AND sha256 <> ''"
                      " ORDER BY name",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, raising->previous);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
        if ((status = keep_file(raising, stmt, error)) != STATUS_OK)
            break;
    stmt_reset(stmt);
    return status;
}

static enum status attach_all(struct raising *raising, struct error *error)
{
    const struct request_new *wanted = raising->wanted;
    enum status status = STATUS_OK;

    raising->evidence = json_array();
    raising->contents = json_array();
    if (!raising->evidence || !raising->contents)
        return error_nomem(error);
    if (wanted->attachment_count > ATTACHMENTS_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("At most %d attachments are possible."),
                         ATTACHMENTS_MAX);
    for (size_t i = 0; i < wanted->attachment_count && status == STATUS_OK; i++)
        status = attach(raising, wanted->attachments[i].path, error);
    return status;
}

/* --- freezing and saving ---------------------------------------------------------------------- */

static const char *subject_of(const struct raising *raising)
{
    const struct dataset_field *field = dataset_role(raising->dataset, ROLE_SUBJECT);

    if (!field)
        return "";
    if (raising->record)
        return json_text(raising->record, field->name, "");
    for (size_t i = 0; i < json_array_size(raising->changes); i++) {
        const json_t *change = json_array_get(raising->changes, i);
        if (strcmp(json_text(change, "field", ""), field->name) == 0)
            return json_text(change, "proposed", "");
    }
    return "";
}

static enum status freeze(struct raising *raising, const struct home *home, struct error *error)
{
    const struct request_new *wanted = raising->wanted;
    char ulid[ULID_TEXT_MAX];

    if (wanted->reason && strlen(wanted->reason) > REQUEST_PROSE_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The reason is too long; %d bytes are enough."),
                         REQUEST_PROSE_MAX);
    enum status status = ulid_new(ulid, error);
    if (status != STATUS_OK)
        return status;

    snprintf(raising->id, sizeof raising->id, "request:%s", ulid);
    const struct request_draft draft = {
        .id = raising->id,
        .kind = kind_of(wanted),
        .area = home_area(home),
        .station = home_station(home),
        .origin = home_device(home),
        .dataset = wanted->dataset,
        .record = raising->record ? wanted->record : "",
        .base_rev = raising->record ? raising->rev : NULL,
        .subject_kind = subject_kind_name(raising->dataset->subject),
        .subject_id = subject_of(raising),
        .ground = wanted->ground,
        .reason = wanted->reason,
        .changes = raising->changes,
        .evidence = raising->evidence,
    };
    return request_freeze(&draft, &raising->frozen, error);
}

/* The old request's event goes into the entry of the new one: both happen, or neither. */
static enum status close_previous(const struct raising *raising, struct sql *sql,
                                  const struct session *session, json_t *entry, struct error *error)
{
    const struct request_deed deed = {"resubmit", raising->id};
    json_t *event = NULL;
    json_t *act = NULL;
    bool ok = true;

    if (!raising->previous[0])
        return STATUS_OK;
    enum status status = request_act_event(sql, session, raising->previous, &deed, &event, error);
    if (status == STATUS_OK) {
        json_put(event, "mono", json_integer(json_int(event, "mono", 0) + 1), &ok);
        status = ok ? request_act_entry(raising->previous, event, &act, error) : error_nomem(error);
    }
    if (status == STATUS_OK) {
        json_put(entry, "resubmits", json_incref(act), &ok);
        status = ok ? STATUS_OK : error_nomem(error);
    }
    json_decref(act);
    json_decref(event);
    return status;
}

static enum status save(struct raising *raising, struct outbox *outbox,
                        const struct session *session, struct error *error)
{
    json_t *event = NULL;
    json_t *events = json_array();
    json_t *entry = outbox_entry_new("raise");
    bool ok = events && entry;
    struct sql *sql = outbox_lock(outbox);
    enum status status = ok ? store_new_event(sql, session, false, "submit", NULL, &event, error)
                            : error_nomem(error);

    if (status == STATUS_OK) {
        json_add(events, json_incref(event), &ok);
        json_put(entry, "request", json_incref(raising->frozen), &ok);
        json_put(entry, "events", json_incref(events), &ok);
        json_put(entry, "evidence", json_incref(raising->contents), &ok);
        status = ok ? close_previous(raising, sql, session, entry, error) : error_nomem(error);
    }
    if (status == STATUS_OK)
        status = outbox_record(outbox, entry, error);
    outbox_unlock(outbox);
    json_decref(event);
    json_decref(events);
    json_decref(entry);
    return status;
}

static enum status prepare(struct raising *raising, struct reader *reader, struct error *error)
{
    enum status status = find_dataset(raising, reader, error);

    if (status == STATUS_OK)
        status = find_record(raising, reader, error);
    if (status == STATUS_OK)
        status = add_changes(raising, error);
    if (status == STATUS_OK)
        status = attach_all(raising, error);
    if (status == STATUS_OK && raising->previous[0] && raising->wanted->keeps_evidence)
        status = keep_evidence(raising, reader, error);
    return status == STATUS_OK ? freeze(raising, reader_home(reader), error) : status;
}

enum status request_find_same(struct reader *reader, const struct request_new *request, char id[48],
                              struct error *error)
{
    struct raising raising = {.wanted = request};
    const struct request_same *same = NULL;
    size_t count = 0;
    struct arena *arena = arena_new();
    enum status status = arena ? STATUS_OK : error_nomem(error);

    if (status == STATUS_OK && request->resubmits)
        status = store_request_id(request->resubmits, raising.previous, error);
    if (status == STATUS_OK)
        status = find_dataset(&raising, reader, error);
    if (status == STATUS_OK)
        status = find_record(&raising, reader, error);
    if (status == STATUS_OK)
        status = add_changes(&raising, error);
    const struct request_about about = {.id = raising.previous,
                                        .dataset = request->dataset,
                                        .record = raising.record ? request->record : "",
                                        .changes = raising.changes};
    if (status == STATUS_OK && raising.record)
        status = request_same(reader, &about, arena, &same, &count, error);
    if (status == STATUS_OK)
        snprintf(id, REQUEST_ID_MAX, "%s", count > 0 ? same[0].id : "");
    raising_release(&raising);
    arena_free(arena);
    return status;
}

enum status request_raise(struct outbox *outbox, struct reader *reader,
                          const struct session *session, const struct request_new *request,
                          char id[48], struct error *error)
{
    struct raising raising = {.wanted = request};

    if (!session_may_request(session))
        return error_set(error, STATUS_REFUSED,
                         _("Only a clerk or a supervisor may raise requests."));
    enum status status = request->resubmits
                             ? store_request_id(request->resubmits, raising.previous, error)
                             : STATUS_OK;
    if (status == STATUS_OK)
        status = prepare(&raising, reader, error);
    if (status == STATUS_OK)
        status = save(&raising, outbox, session, error);
    if (status == STATUS_OK)
        memcpy(id, raising.id, sizeof raising.id);
    raising_release(&raising);
    return status;
}
