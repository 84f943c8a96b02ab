/* Many documents at a time: _bulk_docs, _bulk_get, _all_docs. */
#include "tests/upstream/document.h"
#include "tests/upstream/upstream.h"

#include <stdlib.h>
#include <string.h>

/* --- _bulk_docs ------------------------------------------------------------------------------- */

static void put_result(struct buf *out, bool first, const char *id, const char *revision,
                       const struct complaint *complaint)
{
    buf_str(out, first ? "" : ",");
    buf_str(out, complaint == NULL ? "{\"ok\":true,\"id\":" : "{\"id\":");
    put_json_string(out, id);
    if (complaint == NULL) {
        buf_printf(out, ",\"rev\":\"%s\"}", revision);
        return;
    }
    buf_printf(out, ",\"error\":\"%s\",\"reason\":", complaint->error);
    put_json_string(out, complaint->reason);
    buf_char(out, '}');
}

/* False when the whole batch fails. */
static bool write_one(struct upstream *upstream, int64_t database, json_t *document, bool replica,
                      struct buf *out, struct complaint *complaint)
{
    char revision[REVISION_TEXT_MAX];
    struct draft draft = {0};
    bool first = out->length == 1;
    bool ok = document_take(document, NULL, &draft, complaint) &&
              document_write(upstream->store, database, &draft, replica, NULL, revision, complaint);
    if (ok && !replica)
        put_result(out, first, draft.id, revision, NULL);
    else if (!ok && complaint->status == 409)
        put_result(out, first, draft.id, NULL, complaint);
    if (!ok && complaint->status == 409)
        ok = true;
    draft_release(&draft);
    return ok;
}

static void write_all(struct upstream *upstream, int64_t database, const json_t *documents,
                      bool replica, struct reply *reply)
{
    struct error error = {0};
    struct complaint complaint = {0};
    bool ok = true;
    if (store_begin(upstream->store, &error) != STATUS_OK) {
        reply_failure(reply, &error);
        return;
    }
    buf_char(&reply->body, '[');
    for (size_t i = 0; ok && i < json_array_size(documents); i++) {
        memset(&complaint, 0, sizeof complaint);
        ok = write_one(upstream, database, json_array_get(documents, i), replica, &reply->body,
                       &complaint);
    }
    buf_str(&reply->body, "]\n");
    reply->status = 201;
    if (!ok) {
        store_rollback(upstream->store);
        reply_error(reply, complaint.status == 0 ? 500 : complaint.status,
                    complaint.error == NULL ? "unknown_error" : complaint.error, complaint.reason);
    } else if (store_commit(upstream->store, &error) != STATUS_OK) {
        reply_failure(reply, &error);
    }
}

void handle_bulk_docs(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct database database;
    if (!upstream_database(upstream, request, reply, &database))
        return;
    json_t *body = request_json(request, reply);
    if (body == NULL)
        return;
    const json_t *documents = json_object_get(body, "docs");
    if (documents == NULL)
        reply_error(reply, 400, "bad_request", "POST body must include `docs` parameter.");
    else if (!json_is_array(documents))
        reply_error(reply, 400, "bad_request", "`docs` parameter must be an array.");
    else
        write_all(upstream, database.key, documents, !json_bool(body, "new_edits", true), reply);
    json_decref(body);
}

/* --- _bulk_get -------------------------------------------------------------------------------- */

static void put_bulk_document(struct upstream *upstream, const struct database *database,
                              const char *id, const char *revision,
                              const struct document_options *options, struct buf *out)
{
    struct version version = {0};
    struct buf text = {0};
    buf_str(out, "{\"id\":");
    put_json_string(out, id);
    buf_str(out, ",\"docs\":[");
    if (store_read(upstream->store, database->key, id, revision, &version, NULL) == STATUS_OK &&
        document_print(upstream->store, database->key, id, &version, options, &text, NULL) ==
            STATUS_OK) {
        buf_str(out, "{\"ok\":");
        buf_bytes(out, text.data, text.length);
        buf_char(out, '}');
    } else {
        buf_str(out, "{\"error\":{\"id\":");
        put_json_string(out, id);
        buf_str(out, ",\"rev\":");
        put_json_string(out, revision == NULL ? "undefined" : revision);
        buf_str(out, ",\"error\":\"not_found\",\"reason\":\"missing\"}}");
    }
    buf_str(out, "]}");
    buf_release(&text);
    version_release(&version);
}

void handle_bulk_get(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct database database;
    struct document_options options = {.revisions = request_flag(request, "revs"),
                                       .attachments = request_flag(request, "attachments")};
    if (!upstream_database(upstream, request, reply, &database))
        return;
    json_t *body = request_json(request, reply);
    if (body == NULL)
        return;
    const json_t *asked = json_object_get(body, "docs");
    if (!json_is_array(asked)) {
        reply_error(reply, 400, "bad_request", "Missing JSON list of 'docs'.");
    } else {
        reply->status = 200;
        buf_str(&reply->body, "{\"results\":[");
        for (size_t i = 0; i < json_array_size(asked); i++) {
            const json_t *one = json_array_get(asked, i);
            buf_str(&reply->body, i > 0 ? "," : "");
            put_bulk_document(upstream, &database, json_text(one, "id", ""),
                              json_text(one, "rev", NULL), &options, &reply->body);
        }
        buf_str(&reply->body, "]}\n");
    }
    json_decref(body);
}

/* --- _all_docs -------------------------------------------------------------------------------- */

#define PAGE_ROWS 200

struct listing {
    struct store *store;
    struct database database;
    bool include, descending, exclusive_end, started, finished;
    int64_t limit, skip;
    char *first, *last; /* last NULL: no end */
    char *at;           /* the id given last */
    struct buf text;
    size_t sent;
    size_t page;
};

static void put_list_row(struct listing *listing, const char *id, const struct row *row)
{
    struct buf *out = &listing->text;
    buf_str(out, "{\"id\":");
    put_json_string(out, id);
    buf_str(out, ",\"key\":");
    put_json_string(out, id);
    buf_printf(out, ",\"value\":{\"rev\":\"%s\"%s}", row->revision,
               row->deleted ? ",\"deleted\":true" : "");
    if (listing->include) {
        buf_str(out, ",\"doc\":");
        if (row->deleted)
            buf_str(out, "null");
        else
            document_print_row(row, out);
    }
    buf_char(out, '}');
}

static bool list_row(void *context, const struct row *row)
{
    struct listing *listing = context;
    const char *end = listing->descending ? listing->first : listing->last;
    listing->page++;
    free(listing->at);
    listing->at = strdup(row->id);
    if (listing->at == NULL)
        return false;
    if (listing->exclusive_end && end != NULL && strcmp(row->id, end) == 0)
        return true;
    if (listing->skip > 0) {
        listing->skip--;
        return true;
    }
    if (listing->limit == 0)
        return false;
    listing->limit--;
    buf_str(&listing->text, listing->started ? ",\r\n" : "");
    listing->started = true;
    put_list_row(listing, row->id, row);
    return true;
}

static void fill_page(struct listing *listing)
{
    struct range range = {.first = listing->first,
                          .last = listing->last,
                          .descending = listing->descending,
                          .limit = PAGE_ROWS};
    char *from = listing->at; /* list_row() puts another in its place */
    listing->at = NULL;
    range.exclusive = from != NULL;
    if (from != NULL && listing->descending)
        range.last = from;
    else if (from != NULL)
        range.first = from;
    listing->page = 0;
    enum status status =
        store_list(listing->store, listing->database.key, &range, list_row, listing, NULL);
    free(from);
    if (status != STATUS_OK || listing->page < PAGE_ROWS || listing->limit == 0) {
        buf_str(&listing->text, "\r\n]}\n");
        listing->finished = true;
    }
}

static size_t read_listing(void *source, char *out, size_t size)
{
    struct listing *listing = source;
    while (listing->sent == listing->text.length && !listing->finished) {
        buf_clear(&listing->text);
        listing->sent = 0;
        fill_page(listing);
    }
    size_t left = listing->text.length - listing->sent;
    size_t given = left < size ? left : size;
    if (given > 0)
        memcpy(out, listing->text.data + listing->sent, given);
    listing->sent += given;
    return given;
}

static void release_listing(void *source)
{
    struct listing *listing = source;
    free(listing->first);
    free(listing->last);
    free(listing->at);
    buf_release(&listing->text);
    free(listing);
}

static char *copy_text(const char *text)
{
    return text == NULL ? NULL : strdup(text);
}

static void list_range(struct upstream *upstream, const struct request *request,
                       const struct database *database, struct reply *reply)
{
    struct listing *listing = calloc(1, sizeof *listing);
    if (listing == NULL) {
        reply_error(reply, 500, "unknown_error", "out of memory");
        return;
    }
    const char *start = request_parameter(request, "startkey");
    const char *end = request_parameter(request, "endkey");
    const char *key = request_parameter(request, "key");
    const char *inclusive = request_parameter(request, "inclusive_end");
    start = key != NULL ? key : start != NULL ? start : request_parameter(request, "start_key");
    end = key != NULL ? key : end != NULL ? end : request_parameter(request, "end_key");
    listing->store = upstream->store;
    listing->database = *database;
    listing->include = request_flag(request, "include_docs");
    listing->descending = request_flag(request, "descending");
    listing->exclusive_end = inclusive != NULL && strcmp(inclusive, "false") == 0;
    listing->first = copy_text(listing->descending ? end : start);
    listing->last = copy_text(listing->descending ? start : end);
    listing->limit = INT64_MAX;
    reply->read = read_listing;
    reply->release = release_listing;
    reply->source = listing;
    reply->status = 200;
    if (!request_number(request, "limit", &listing->limit) ||
        !request_number(request, "skip", &listing->skip) || listing->limit < 0 ||
        listing->skip < 0) {
        reply->read = NULL;
        reply_error(reply, 400, "query_parse_error", "Invalid value for integer");
        return;
    }
    buf_printf(&listing->text, "{\"total_rows\":%lld,\"offset\":%lld,\"rows\":[\r\n",
               (long long)database->live, (long long)listing->skip);
}

static void put_key(struct listing *listing, const char *id)
{
    struct version version = {0};
    buf_str(&listing->text, listing->started ? ",\r\n" : "");
    listing->started = true;
    if (store_read(listing->store, listing->database.key, id, NULL, &version, NULL) != STATUS_OK) {
        buf_str(&listing->text, "{\"key\":");
        put_json_string(&listing->text, id);
        buf_str(&listing->text, ",\"error\":\"not_found\"}");
    } else {
        struct row row = {.id = id,
                          .revision = version.revision,
                          .body = buf_text(&version.body),
                          .body_length = version.body.length,
                          .attachments = buf_text(&version.attachments),
                          .deleted = version.deleted};
        put_list_row(listing, id, &row);
    }
    version_release(&version);
}

static void list_keys(struct upstream *upstream, const struct request *request,
                      const struct database *database, const json_t *keys, struct reply *reply)
{
    struct listing listing = {.store = upstream->store,
                              .database = *database,
                              .include = request_flag(request, "include_docs")};
    buf_printf(&listing.text, "{\"total_rows\":%lld,\"offset\":0,\"rows\":[\r\n",
               (long long)database->live);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *id = json_string_value(json_array_get(keys, i));
        put_key(&listing, id == NULL ? "" : id);
    }
    buf_str(&listing.text, "\r\n]}\n");
    reply->status = 200;
    reply->body = listing.text;
}

void handle_all_docs(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct database database;
    json_t *body = NULL;
    if (!upstream_database(upstream, request, reply, &database))
        return;
    const char *parameter = request_parameter(request, "keys");
    if (strcmp(request->method, "POST") == 0) {
        body = request_json(request, reply);
        if (body == NULL)
            return;
    } else if (parameter != NULL) {
        body = json_pack("{s:o}", "keys", json_loads(parameter, 0, NULL));
    }
    const json_t *keys = json_object_get(body, "keys");
    if (json_is_array(keys))
        list_keys(upstream, request, &database, keys, reply);
    else if (body != NULL && (keys != NULL || parameter != NULL))
        reply_error(reply, 400, "bad_request", "`keys` body member must be an array.");
    else
        list_range(upstream, request, &database, reply);
    json_decref(body);
}
