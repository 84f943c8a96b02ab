/* Attachments under their own address. A change of one is a new revision of its document. */
#include "tests/upstream/document.h"
#include "tests/upstream/upstream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The name of the attachment: what follows the document, with its slashes. */
static void attachment_name(const struct request *request, char out[DOCUMENT_ID_LIMIT])
{
    out[0] = '\0';
    for (size_t i = 2; i < request->name_count; i++) {
        size_t used = strlen(out);
        snprintf(out + used, DOCUMENT_ID_LIMIT - used, "%s%s", used > 0 ? "/" : "",
                 request->names[i]);
    }
}

static json_t *read_stubs(const struct version *version)
{
    json_t *stubs = NULL;
    if (version->attachments.length > 0)
        stubs = json_loadb(version->attachments.data, version->attachments.length, 0, NULL);
    return stubs == NULL ? json_object() : stubs;
}

static void answer_blob(struct upstream *upstream, const json_t *stub, struct reply *reply)
{
    struct error error = {0};
    char type[200];
    const char *digest = json_text(stub, "digest", "md5-");
    char etag[64];
    snprintf(type, sizeof type, "%s", json_text(stub, "content_type", "application/octet-stream"));
    snprintf(etag, sizeof etag, "\"%s\"", digest + 4);
    if (store_get_blob(upstream->store, digest + 4, &reply->body, &error) != STATUS_OK) {
        reply_failure(reply, &error);
        return;
    }
    reply->status = 200;
    reply->content_type = "";
    reply_header(reply, "Content-Type", type);
    reply_header(reply, "ETag", etag);
    reply_header(reply, "Content-MD5", digest + 4);
}

void handle_get_attachment(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct database database;
    struct version version = {0};
    char name[DOCUMENT_ID_LIMIT];
    if (!upstream_database(upstream, request, reply, &database))
        return;
    attachment_name(request, name);
    enum status status = store_read(upstream->store, database.key, request->names[1],
                                    request_parameter(request, "rev"), &version, NULL);
    if (status != STATUS_OK || version.deleted) {
        reply_error(reply, 404, "not_found", status == STATUS_OK ? "deleted" : "missing");
    } else {
        json_t *stubs = read_stubs(&version);
        const json_t *stub = json_object_get(stubs, name);
        if (stub == NULL)
            reply_error(reply, 404, "not_found", "Document is missing attachment");
        else
            answer_blob(upstream, stub, reply);
        json_decref(stubs);
    }
    version_release(&version);
}

/* The next revision with `changed` in the place of the attachment, or (NULL) without it. */
static void rewrite(struct upstream *upstream, struct request *request, struct reply *reply,
                    json_t *changed)
{
    struct database database;
    struct version version = {0};
    struct draft draft = {0};
    struct complaint complaint = {0};
    char name[DOCUMENT_ID_LIMIT];
    char revision[REVISION_TEXT_MAX];
    struct parts parts = {.data = (const char *const[]){buf_text(&request->body)},
                          .lengths = (const size_t[]){request->body.length},
                          .count = 1};
    if (!upstream_database(upstream, request, reply, &database))
        return;
    const char *id = request->names[1];
    const char *base = request_parameter(request, "rev");
    attachment_name(request, name);
    bool exists = store_read(upstream->store, database.key, id, NULL, &version, NULL) == STATUS_OK;
    json_t *document = exists && version.body.length > 0 && !version.deleted
                           ? json_loadb(version.body.data, version.body.length, 0, NULL)
                           : json_object();
    json_t *stubs = read_stubs(&version);
    if (changed != NULL)
        json_object_set(stubs, name, changed);
    else
        json_object_del(stubs, name);
    json_object_set(document, "_attachments", stubs);
    if (base != NULL)
        json_object_set_new(document, "_rev", json_string(base));
    if (document_take(document, id, &draft, &complaint) &&
        document_write(upstream->store, database.key, &draft, false, &parts, revision,
                       &complaint)) {
        reply->status = changed == NULL ? 200 : 201;
        buf_str(&reply->body, "{\"ok\":true,\"id\":");
        put_json_string(&reply->body, id);
        buf_printf(&reply->body, ",\"rev\":\"%s\"}\n", revision);
    } else {
        reply_error(reply, complaint.status, complaint.error, complaint.reason);
    }
    json_decref(stubs);
    json_decref(document);
    draft_release(&draft);
    version_release(&version);
}

void handle_put_attachment(struct upstream *upstream, struct request *request, struct reply *reply)
{
    const char *type = request->content_type;
    json_t *stub = json_pack("{s:s, s:b, s:I}", "content_type",
                             type == NULL ? "application/octet-stream" : type, "follows", 1,
                             "length", (json_int_t)request->body.length);
    rewrite(upstream, request, reply, stub);
    json_decref(stub);
}

void handle_delete_attachment(struct upstream *upstream, struct request *request,
                              struct reply *reply)
{
    rewrite(upstream, request, reply, NULL);
}
