#include "tests/upstream/document.h"

#include "base/random.h"
#include "tests/upstream/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool complain(struct complaint *complaint, unsigned status, const char *error,
                     const char *reason)
{
    complaint->status = status;
    complaint->error = error;
    snprintf(complaint->reason, sizeof complaint->reason, "%.255s", reason);
    return false;
}

void draft_release(struct draft *draft)
{
    buf_release(&draft->body);
    memset(draft, 0, sizeof *draft);
}

static bool take_id(const json_t *value, struct draft *draft, struct complaint *complaint)
{
    if (!json_is_string(value))
        return complain(complaint, 400, "illegal_docid", "Document id must be a string");
    const char *id = json_string_value(value);
    if (*id == '\0')
        return complain(complaint, 400, "illegal_docid", "Document id must not be empty");
    if (*id == '_' && strncmp(id, "_design/", 8) != 0 && strncmp(id, "_local/", 7) != 0)
        return complain(complaint, 400, "illegal_docid",
                        "Only reserved document ids may start with underscore.");
    if (strlen(id) >= sizeof draft->id)
        return complain(complaint, 400, "illegal_docid", "Document id is too long");
    memcpy(draft->id, id, strlen(id) + 1);
    return true;
}

static bool take_revision(const json_t *value, struct draft *draft, struct complaint *complaint)
{
    struct revision revision;
    const char *text = json_string_value(value);
    if (text == NULL || !revision_parse(text, &revision))
        return complain(complaint, 400, "bad_request", "Invalid rev format");
    revision_format(&revision, draft->revision);
    return true;
}

/* One member with an underscore. */
static bool take_special(const char *name, json_t *value, const char *id, struct draft *draft,
                         struct complaint *complaint)
{
    static const char *const ignored[] = {"_conflicts", "_deleted_conflicts", "_local_seq",
                                          "_revs_info"};
    char reason[256];
    if (strcmp(name, "_id") == 0)
        return id != NULL || take_id(value, draft, complaint);
    if (strcmp(name, "_rev") == 0)
        return take_revision(value, draft, complaint);
    if (strcmp(name, "_deleted") == 0) {
        draft->deleted = json_is_true(value);
        return true;
    }
    if (strcmp(name, "_attachments") == 0) {
        draft->attachments = value;
        return json_is_object(value) ||
               complain(complaint, 400, "bad_request", "Attachments must be an object");
    }
    if (strcmp(name, "_revisions") == 0) {
        draft->revisions = value;
        return true;
    }
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        if (strcmp(name, ignored[i]) == 0)
            return true;
    snprintf(reason, sizeof reason, "Bad special document member: %.200s", name);
    return complain(complaint, 400, "doc_validation", reason);
}

static int append_bytes(const char *bytes, size_t length, void *context)
{
    buf_bytes(context, bytes, length);
    return 0;
}

static bool print_compact(const json_t *value, struct buf *out)
{
    return json_dump_callback(value, append_bytes, out, JSON_COMPACT | JSON_ENCODE_ANY) == 0 &&
           !buf_failed(out);
}

static bool copy_plain_members(json_t *document, struct draft *draft)
{
    const char *name;
    json_t *value;
    char before = '{';
    json_object_foreach(document, name, value)
    {
        if (*name == '_')
            continue;
        buf_char(&draft->body, before);
        put_json_string(&draft->body, name);
        buf_char(&draft->body, ':');
        if (!print_compact(value, &draft->body))
            return false;
        before = ',';
    }
    buf_str(&draft->body, before == '{' ? "{}" : "}");
    return !buf_failed(&draft->body);
}

bool document_take(json_t *document, const char *id, struct draft *draft,
                   struct complaint *complaint)
{
    const char *name;
    json_t *value;
    if (!json_is_object(document))
        return complain(complaint, 400, "bad_request", "Document must be a JSON object");
    if (id != NULL) {
        json_t *text = json_string(id);
        bool ok = take_id(text, draft, complaint);
        json_decref(text);
        if (!ok)
            return false;
    }
    json_object_foreach(document, name, value)
    {
        if (*name == '_' && !take_special(name, value, id, draft, complaint))
            return false;
    }
    char ulid[ULID_TEXT_MAX];
    if (draft->id[0] == '\0' && ulid_new(ulid, NULL) == STATUS_OK)
        memcpy(draft->id, ulid, sizeof ulid);
    if (!copy_plain_members(document, draft))
        return complain(complaint, 500, "unknown_error", "out of memory");
    if (draft->body.length > DOCUMENT_BYTES_MAX)
        return complain(complaint, 413, "document_too_large", draft->id);
    return true;
}

/* --- attachments ------------------------------------------------------------------------------ */

static json_t *make_stub(const char *type, uint32_t generation, const char *digest, size_t length)
{
    char text[DIGEST_BASE64_MAX + 4];
    snprintf(text, sizeof text, "md5-%s", digest);
    return json_pack("{s:s, s:i, s:s, s:I, s:b}", "content_type", type, "revpos", (int)generation,
                     "digest", text, "length", (json_int_t)length, "stub", 1);
}

static bool keep_blob(struct store *store, const void *data, size_t length, const json_t *sent,
                      uint32_t generation, json_t **stub, struct complaint *complaint)
{
    char digest[DIGEST_BASE64_MAX];
    const char *type = json_text(sent, "content_type", "application/octet-stream");
    digest_base64(data, length, digest);
    if (store_put_blob(store, digest, data, length, NULL) != STATUS_OK)
        return complain(complaint, 500, "unknown_error", "The attachment could not be kept");
    *stub = make_stub(type, generation, digest, length);
    return true;
}

static bool keep_inline(struct store *store, const json_t *sent, uint32_t generation, json_t **stub,
                        struct complaint *complaint)
{
    const json_t *data = json_object_get(sent, "data");
    size_t length = 0;
    if (!json_is_string(data))
        return complain(complaint, 400, "bad_request", "Attachment data must be base64");
    unsigned char *bytes = malloc(json_string_length(data) + 1);
    bool ok = bytes != NULL &&
              base64_decode(json_string_value(data), json_string_length(data), bytes, &length);
    if (ok)
        ok = keep_blob(store, bytes, length, sent, generation, stub, complaint);
    else
        complain(complaint, 400, "bad_request", "Invalid attachment data");
    free(bytes);
    return ok;
}

static bool keep_part(struct store *store, struct parts *parts, const json_t *sent,
                      uint32_t generation, json_t **stub, struct complaint *complaint)
{
    if (parts == NULL || parts->used == parts->count)
        return complain(complaint, 400, "bad_request", "An attachment that follows is missing");
    size_t at = parts->used++;
    if ((size_t)json_int(sent, "length", -1) != parts->lengths[at])
        return complain(complaint, 400, "bad_request", "An attachment has another length");
    return keep_blob(store, parts->data[at], parts->lengths[at], sent, generation, stub, complaint);
}

static bool keep_stub(const char *id, const char *name, const json_t *before, json_t **stub,
                      struct complaint *complaint)
{
    json_t *known = json_object_get(before, name);
    char reason[256];
    if (known == NULL) {
        snprintf(reason, sizeof reason, "Invalid attachment stub in %.120s for %.80s", id, name);
        return complain(complaint, 412, "missing_stub", reason);
    }
    *stub = json_incref(known);
    return true;
}

static bool build_stubs(struct store *store, const struct draft *draft, const json_t *before,
                        uint32_t generation, struct parts *parts, json_t *stubs,
                        struct complaint *complaint)
{
    const char *name;
    json_t *sent;
    json_object_foreach(draft->attachments, name, sent)
    {
        json_t *stub = NULL;
        bool ok;
        if (json_bool(sent, "stub", false))
            ok = keep_stub(draft->id, name, before, &stub, complaint);
        else if (json_bool(sent, "follows", false))
            ok = keep_part(store, parts, sent, generation, &stub, complaint);
        else
            ok = keep_inline(store, sent, generation, &stub, complaint);
        if (!ok)
            return false;
        if (json_object_set_new(stubs, name, stub) != 0)
            return complain(complaint, 500, "unknown_error", "out of memory");
    }
    return true;
}

/* The stubs of the version an edit builds on. */
static json_t *stubs_before(struct store *store, int64_t database, const char *id,
                            const char *revision)
{
    struct version version = {0};
    json_t *stubs = NULL;
    const char *wanted = *revision == '\0' ? NULL : revision;
    if (store_read(store, database, id, wanted, &version, NULL) == STATUS_OK &&
        version.attachments.length > 0)
        stubs = json_loadb(version.attachments.data, version.attachments.length, 0, NULL);
    version_release(&version);
    return stubs;
}

static bool take_attachments(struct store *store, int64_t database, const struct draft *draft,
                             bool replica, struct parts *parts, struct buf *out,
                             struct complaint *complaint)
{
    if (draft->attachments == NULL || json_object_size(draft->attachments) == 0)
        return true;
    struct revision base = {0, ""};
    if (!revision_parse(draft->revision, &base))
        base.generation = 0;
    json_t *before = stubs_before(store, database, draft->id, replica ? "" : draft->revision);
    json_t *stubs = json_object();
    bool ok = stubs != NULL && build_stubs(store, draft, before, base.generation + !replica, parts,
                                           stubs, complaint);
    if (ok)
        ok = print_compact(stubs, out);
    json_decref(stubs);
    json_decref(before);
    return ok;
}

/* --- writing ---------------------------------------------------------------------------------- */

static bool ancestry_of(const struct draft *draft, struct revision *path, size_t *count)
{
    if (draft->revisions == NULL) {
        *count = 1;
        return revision_parse(draft->revision, &path[0]);
    }
    json_int_t start = json_int(draft->revisions, "start", 0);
    const json_t *ids = json_object_get(draft->revisions, "ids");
    size_t length = json_array_size(ids);
    if (length == 0 || length > REVISION_PATH_LIMIT || start < (json_int_t)length)
        return false;
    for (size_t i = 0; i < length; i++) {
        char text[REVISION_TEXT_MAX];
        const char *digest = json_string_value(json_array_get(ids, i));
        snprintf(text, sizeof text, "%lld-%.32s", (long long)start - (long long)i,
                 digest == NULL ? "" : digest);
        if (!revision_parse(text, &path[i]))
            return false;
    }
    *count = length;
    return true;
}

static bool write_replica(struct store *store, int64_t database, const struct draft *draft,
                          const struct edit *edit, char *revision, struct complaint *complaint)
{
    struct error error = {0};
    size_t count = 0;
    struct revision *path = calloc(REVISION_PATH_LIMIT, sizeof *path);
    if (path == NULL)
        return complain(complaint, 500, "unknown_error", "out of memory");
    bool ok = ancestry_of(draft, path, &count);
    if (!ok)
        complain(complaint, 400, "bad_request", "Invalid rev format");
    else if (store_graft(store, database, edit, path, count, &error) != STATUS_OK)
        ok = complain(complaint, 500, "unknown_error", error.text);
    if (ok)
        revision_format(&path[0], revision);
    free(path);
    return ok;
}

static bool write_edit(struct store *store, int64_t database, const struct edit *edit,
                       char *revision, struct complaint *complaint)
{
    struct error error = {0};
    enum status status = store_edit(store, database, edit, revision, &error);
    if (status == STATUS_CONFLICT)
        return complain(complaint, 409, "conflict", "Document update conflict.");
    return status == STATUS_OK || complain(complaint, 500, "unknown_error", error.text);
}

static bool write_local(struct store *store, int64_t database, const struct draft *draft,
                        char *revision, struct complaint *complaint)
{
    int64_t number = 0;
    enum status status =
        store_put_local(store, database, draft->id, draft->deleted ? NULL : draft->body.data,
                        draft->body.length, &number, NULL);
    if (status == STATUS_NOT_FOUND)
        return complain(complaint, 404, "not_found", "missing");
    if (status != STATUS_OK)
        return complain(complaint, 500, "unknown_error", "The document could not be kept");
    snprintf(revision, REVISION_TEXT_MAX, "0-%lld", (long long)number);
    return true;
}

bool document_write(struct store *store, int64_t database, struct draft *draft, bool replica,
                    struct parts *parts, char revision[REVISION_TEXT_MAX],
                    struct complaint *complaint)
{
    struct buf stubs = {0};
    if (strncmp(draft->id, "_local/", 7) == 0)
        return write_local(store, database, draft, revision, complaint);
    if (!take_attachments(store, database, draft, replica, parts, &stubs, complaint)) {
        buf_release(&stubs);
        if (complaint->status == 0)
            complain(complaint, 500, "unknown_error", "out of memory");
        return false;
    }
    struct edit edit = {.id = draft->id,
                        .parent = draft->revision[0] == '\0' ? NULL : draft->revision,
                        .deleted = draft->deleted,
                        .body = draft->body.data,
                        .length = draft->body.length,
                        .attachments = stubs.length == 0 ? NULL : stubs.data};
    bool ok = replica ? write_replica(store, database, draft, &edit, revision, complaint)
                      : write_edit(store, database, &edit, revision, complaint);
    buf_release(&stubs);
    return ok;
}

/* --- printing --------------------------------------------------------------------------------- */

static void put_member(struct buf *out, const char *name, const char *raw)
{
    buf_printf(out, ",\"%s\":%s", name, raw);
}

static enum status put_attachment_data(struct store *store, const char *stubs, struct buf *out,
                                       struct error *error)
{
    json_t *all = json_loads(stubs, 0, NULL);
    const char *name;
    json_t *stub;
    enum status status = STATUS_OK;
    json_object_foreach(all, name, stub)
    {
        struct buf blob = {0};
        const char *digest = json_text(stub, "digest", "md5-");
        status = store_get_blob(store, digest + 4, &blob, error);
        char *text = malloc(base64_length(blob.length) + 1);
        if (status == STATUS_OK && text != NULL) {
            base64_encode(blob.data == NULL ? "" : blob.data, blob.length, text);
            json_object_del(stub, "stub");
            json_object_del(stub, "length");
            json_object_set_new(stub, "data", json_string(text));
        }
        free(text);
        buf_release(&blob);
        if (status != STATUS_OK)
            break;
    }
    buf_str(out, ",\"_attachments\":");
    if (!print_compact(all, out) && status == STATUS_OK)
        status = error_nomem(error);
    json_decref(all);
    return status;
}

static enum status put_conflicts(struct store *store, int64_t database, const char *id,
                                 struct buf *out, struct error *error)
{
    struct leaves leaves;
    enum status status = store_leaves(store, database, id, &leaves, error);
    bool any = false;
    for (size_t i = 1; status == STATUS_OK && i < leaves.count; i++) {
        if (leaves.items[i].deleted)
            continue;
        buf_printf(out, "%s\"%s\"", any ? "," : ",\"_conflicts\":[", leaves.items[i].revision);
        any = true;
    }
    if (any)
        buf_char(out, ']');
    return status;
}

static void put_head(struct buf *out, const char *id, const char *revision, bool deleted,
                     const char *body, size_t length)
{
    buf_str(out, "{\"_id\":");
    put_json_string(out, id);
    buf_printf(out, ",\"_rev\":\"%s\"", revision);
    if (deleted)
        buf_str(out, ",\"_deleted\":true");
    if (length > 2) {
        buf_char(out, ',');
        buf_bytes(out, body + 1, length - 2);
    }
}

enum status document_print(struct store *store, int64_t database, const char *id,
                           const struct version *version, const struct document_options *options,
                           struct buf *out, struct error *error)
{
    enum status status = STATUS_OK;
    put_head(out, id, version->revision, version->deleted, version->body.data,
             version->body.length);
    if (version->attachments.length > 0 && options->attachments)
        status = put_attachment_data(store, version->attachments.data, out, error);
    else if (version->attachments.length > 0)
        put_member(out, "_attachments", version->attachments.data);
    if (status == STATUS_OK && options->revisions) {
        buf_str(out, ",\"_revisions\":");
        status = store_ancestry(store, database, id, version->revision, out, error);
    }
    if (status == STATUS_OK && options->conflicts)
        status = put_conflicts(store, database, id, out, error);
    buf_char(out, '}');
    return status == STATUS_OK && buf_failed(out) ? error_nomem(error) : status;
}

void document_print_row(const struct row *row, struct buf *out)
{
    put_head(out, row->id, row->revision, row->deleted, row->body, row->body_length);
    if (*row->attachments != '\0')
        put_member(out, "_attachments", row->attachments);
    buf_char(out, '}');
}
