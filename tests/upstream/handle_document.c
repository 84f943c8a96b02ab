/* Single documents, and _local documents. */
#include "tests/upstream/document.h"
#include "tests/upstream/multipart.h"
#include "tests/upstream/upstream.h"

#include <stdio.h>
#include <string.h>

static void answer_complaint(struct reply *reply, const struct complaint *complaint)
{
    reply_error(reply, complaint->status == 0 ? 500 : complaint->status,
                complaint->error == NULL ? "unknown_error" : complaint->error, complaint->reason);
}

static void put_etag(struct reply *reply, const char *revision)
{
    char text[REVISION_TEXT_MAX + 4];
    snprintf(text, sizeof text, "\"%s\"", revision);
    reply_header(reply, "ETag", text);
}

/* {"ok":true,"id":…,"rev":…} */
static void answer_written(struct reply *reply, unsigned status, const char *id,
                           const char *revision)
{
    reply->status = status;
    put_etag(reply, revision);
    buf_str(&reply->body, "{\"ok\":true,\"id\":");
    put_json_string(&reply->body, id);
    buf_printf(&reply->body, ",\"rev\":\"%s\"}\n", revision);
}

/* The revision the request names outside the document: ?rev= or If-Match. */
static const char *outer_revision(const struct request *request, char out[REVISION_TEXT_MAX + 4])
{
    const char *text = request_parameter(request, "rev");
    if (text != NULL || request->if_match == NULL)
        return text;
    const char *from = request->if_match;
    snprintf(out, REVISION_TEXT_MAX, "%s", *from == '"' ? from + 1 : from);
    out[strcspn(out, "\"")] = '\0';
    return out;
}

/* Sets draft->revision from outside the document. */
static bool take_outer_revision(const struct request *request, struct draft *draft,
                                struct complaint *complaint)
{
    char text[REVISION_TEXT_MAX + 4];
    struct revision revision;
    const char *outer = outer_revision(request, text);
    if (outer == NULL)
        return true;
    complaint->status = 400;
    complaint->error = "bad_request";
    if (!revision_parse(outer, &revision)) {
        snprintf(complaint->reason, sizeof complaint->reason, "Invalid rev format");
        return false;
    }
    if (draft->revision[0] != '\0' && strcmp(draft->revision, outer) != 0) {
        snprintf(complaint->reason, sizeof complaint->reason,
                 "Document rev from request body and query string have different values");
        return false;
    }
    complaint->status = 0;
    revision_format(&revision, draft->revision);
    return true;
}

static void write_document(struct upstream *upstream, struct request *request, struct reply *reply,
                           json_t *document, const char *id, struct parts *parts)
{
    struct database database;
    struct draft draft = {0};
    struct complaint complaint = {0};
    char revision[REVISION_TEXT_MAX];
    const char *new_edits = request_parameter(request, "new_edits");
    bool replica = new_edits != NULL && strcmp(new_edits, "false") == 0;

    if (!upstream_database(upstream, request, reply, &database))
        return;
    bool ok =
        document_take(document, id, &draft, &complaint) &&
        take_outer_revision(request, &draft, &complaint) &&
        document_write(upstream->store, database.key, &draft, replica, parts, revision, &complaint);
    if (ok)
        answer_written(reply, draft.deleted ? 200 : 201, draft.id, revision);
    else
        answer_complaint(reply, &complaint);
    draft_release(&draft);
}

static void put_multipart(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct multipart multipart;
    json_t *document = NULL;
    if (!multipart_split(&request->body, request->content_type, &multipart) ||
        multipart.count == 0) {
        reply_error(reply, 400, "bad_request", "Malformed multipart body");
        return;
    }
    document = json_loadb(multipart.data[0], multipart.lengths[0], 0, NULL);
    if (document == NULL) {
        reply_error(reply, 400, "bad_request", "invalid UTF-8 JSON");
        return;
    }
    struct parts parts = {
        .data = multipart.data + 1, .lengths = multipart.lengths + 1, .count = multipart.count - 1};
    write_document(upstream, request, reply, document, request->names[1], &parts);
    json_decref(document);
}

void handle_put_document(struct upstream *upstream, struct request *request, struct reply *reply)
{
    const char *type = request->content_type;
    if (type != NULL && strncmp(type, "multipart/related", 17) == 0) {
        put_multipart(upstream, request, reply);
        return;
    }
    json_t *document = request_json(request, reply);
    if (document == NULL)
        return;
    write_document(upstream, request, reply, document, request->names[1], NULL);
    json_decref(document);
}

void handle_post_document(struct upstream *upstream, struct request *request, struct reply *reply)
{
    json_t *document = request_json(request, reply);
    if (document == NULL)
        return;
    write_document(upstream, request, reply, document, NULL, NULL);
    json_decref(document);
}

void handle_delete_document(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct database database;
    struct version version = {0};
    if (!upstream_database(upstream, request, reply, &database))
        return;
    const char *id = request->names[1];
    enum status status = store_read(upstream->store, database.key, id, NULL, &version, NULL);
    bool gone = status == STATUS_OK && version.deleted;
    version_release(&version);
    if (status != STATUS_OK || gone) {
        reply_error(reply, 404, "not_found", gone ? "deleted" : "missing");
        return;
    }
    json_t *document = json_pack("{s:b}", "_deleted", 1);
    write_document(upstream, request, reply, document, id, NULL);
    json_decref(document);
}

/* --- reading ---------------------------------------------------------------------------------- */

static struct document_options options_of(const struct request *request)
{
    return (struct document_options){.revisions = request_flag(request, "revs"),
                                     .attachments = request_flag(request, "attachments"),
                                     .conflicts = request_flag(request, "conflicts")};
}

static void put_open_revision(struct upstream *upstream, const struct database *database,
                              const struct request *request, const char *revision, struct buf *out)
{
    struct document_options options = options_of(request);
    struct version version = {0};
    const char *id = request->names[1];
    struct buf text = {0};
    if (store_read(upstream->store, database->key, id, revision, &version, NULL) == STATUS_OK &&
        document_print(upstream->store, database->key, id, &version, &options, &text, NULL) ==
            STATUS_OK)
        buf_printf(out, "{\"ok\":%s}", buf_text(&text));
    else {
        buf_str(out, "{\"missing\":");
        put_json_string(out, revision);
        buf_char(out, '}');
    }
    buf_release(&text);
    version_release(&version);
}

static void answer_open_revisions(struct upstream *upstream, const struct database *database,
                                  const struct request *request, const char *wanted,
                                  struct reply *reply)
{
    struct leaves leaves = {.count = 0};
    struct error error = {0};
    json_t *list = NULL;
    if (strcmp(wanted, "all") != 0) {
        list = json_loads(wanted, 0, NULL);
        if (!json_is_array(list)) {
            json_decref(list);
            reply_error(reply, 400, "bad_request", "invalid UTF-8 JSON");
            return;
        }
    } else if (store_leaves(upstream->store, database->key, request->names[1], &leaves, &error) !=
               STATUS_OK) {
        reply_failure(reply, &error);
        return;
    }
    size_t count = list == NULL ? leaves.count : json_array_size(list);
    reply->status = 200;
    buf_char(&reply->body, '[');
    for (size_t i = 0; i < count; i++) {
        const char *revision =
            list == NULL ? leaves.items[i].revision : json_string_value(json_array_get(list, i));
        buf_str(&reply->body, i > 0 ? "," : "");
        put_open_revision(upstream, database, request, revision == NULL ? "" : revision,
                          &reply->body);
    }
    buf_str(&reply->body, "]\n");
    json_decref(list);
}

static void answer_version(struct upstream *upstream, const struct database *database,
                           const struct request *request, const struct version *version,
                           struct reply *reply)
{
    struct document_options options = options_of(request);
    struct error error = {0};
    char etag[REVISION_TEXT_MAX + 4];
    snprintf(etag, sizeof etag, "\"%s\"", version->revision);
    put_etag(reply, version->revision);
    if (request->if_none != NULL && strcmp(request->if_none, etag) == 0) {
        reply->status = 304;
        return;
    }
    reply->status = 200;
    if (document_print(upstream->store, database->key, request->names[1], version, &options,
                       &reply->body, &error) != STATUS_OK)
        reply_failure(reply, &error);
    else
        buf_char(&reply->body, '\n');
}

void handle_get_document(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct database database;
    struct version version = {0};
    struct error error = {0};
    struct revision parsed;
    if (!upstream_database(upstream, request, reply, &database))
        return;
    const char *open = request_parameter(request, "open_revs");
    const char *revision = request_parameter(request, "rev");
    if (open != NULL) {
        answer_open_revisions(upstream, &database, request, open, reply);
        return;
    }
    if (revision != NULL && !revision_parse(revision, &parsed)) {
        reply_error(reply, 400, "bad_request", "Invalid rev format");
        return;
    }
    enum status status =
        store_read(upstream->store, database.key, request->names[1], revision, &version, &error);
    if (status == STATUS_NOT_FOUND)
        reply_error(reply, 404, "not_found", "missing");
    else if (status != STATUS_OK)
        reply_failure(reply, &error);
    else if (version.deleted && revision == NULL)
        reply_error(reply, 404, "not_found", "deleted");
    else
        answer_version(upstream, &database, request, &version, reply);
    version_release(&version);
}

/* --- _local ----------------------------------------------------------------------------------- */

static void local_id(const struct request *request, char out[DOCUMENT_ID_LIMIT])
{
    snprintf(out, DOCUMENT_ID_LIMIT, "_local");
    for (size_t i = 2; i < request->name_count; i++) {
        size_t used = strlen(out);
        snprintf(out + used, DOCUMENT_ID_LIMIT - used, "/%s", request->names[i]);
    }
}

void handle_get_local(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct database database;
    struct buf body = {0};
    char id[DOCUMENT_ID_LIMIT];
    int64_t revision = 0;
    if (!upstream_database(upstream, request, reply, &database))
        return;
    local_id(request, id);
    if (store_get_local(upstream->store, database.key, id, &body, &revision, NULL) != STATUS_OK) {
        reply_error(reply, 404, "not_found", "missing");
    } else {
        reply->status = 200;
        buf_str(&reply->body, "{\"_id\":");
        put_json_string(&reply->body, id);
        buf_printf(&reply->body, ",\"_rev\":\"0-%lld\"%s%s\n", (long long)revision,
                   body.length > 2 ? "," : "", buf_text(&body) + 1);
    }
    buf_release(&body);
}

static void write_local(struct upstream *upstream, struct request *request, struct reply *reply,
                        json_t *document)
{
    char id[DOCUMENT_ID_LIMIT];
    struct database database;
    struct draft draft = {0};
    struct complaint complaint = {0};
    char revision[REVISION_TEXT_MAX];
    local_id(request, id);
    if (!upstream_database(upstream, request, reply, &database))
        return;
    /* A _rev of a _local document ("0-3") is no revision and is not compared. */
    json_object_del(document, "_rev");
    bool ok =
        document_take(document, id, &draft, &complaint) &&
        document_write(upstream->store, database.key, &draft, false, NULL, revision, &complaint);
    if (ok)
        answer_written(reply, draft.deleted ? 200 : 201, id, revision);
    else
        answer_complaint(reply, &complaint);
    draft_release(&draft);
}

void handle_put_local(struct upstream *upstream, struct request *request, struct reply *reply)
{
    json_t *document = request_json(request, reply);
    if (document != NULL)
        write_local(upstream, request, reply, document);
    json_decref(document);
}

void handle_delete_local(struct upstream *upstream, struct request *request, struct reply *reply)
{
    json_t *document = json_pack("{s:b}", "_deleted", 1);
    write_local(upstream, request, reply, document);
    json_decref(document);
}
