#include "sync/couch.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "sync/classify.h"
#include "sync/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES_MAX   ((size_t)1 << 30)
#define LARGE_BODY       ((size_t)64 << 10)
#define HEARTBEAT_MS     20000
#define LISTEN_SPARE_MS  5000 /* our own clock ends a long poll, not the transfer's */
#define LISTEN_BYTES_MAX ((size_t)64 << 10)

struct couch {
    struct http *http;
    struct http_answer answer;
    struct couch_contact contact;
};

/* --- life ------------------------------------------------------------------------------------- */

enum status couch_open(const struct http_settings *settings, struct couch **couch,
                       struct error *error)
{
    struct couch *opened = calloc(1, sizeof(*opened));
    if (!opened)
        return error_nomem(error);
    enum status status = http_new(settings, &opened->http, error);
    if (status != STATUS_OK) {
        free(opened);
        return status;
    }
    *couch = opened;
    return STATUS_OK;
}

void couch_close(struct couch *couch)
{
    if (!couch)
        return;
    http_answer_release(&couch->answer);
    http_free(couch->http);
    free(couch);
}

struct http *couch_http(const struct couch *couch)
{
    return couch->http;
}

const struct http_answer *couch_last(const struct couch *couch)
{
    return &couch->answer;
}

struct couch_contact couch_contact(const struct couch *couch)
{
    struct couch_contact contact = couch->contact;
    contact.bytes += http_arriving(couch->http);
    return contact;
}

/* --- one exchange ----------------------------------------------------------------------------- */

/* Only the upstream itself may tell the time: not a portal, and not a proxy's error page. */
static void note_contact(struct couch *couch, enum status status)
{
    const struct http_answer *answer = &couch->answer;
    if (status != STATUS_OK)
        return;
    couch->contact.at_ms = clock_wall_ms();
    if (answer->clock_known) {
        couch->contact.clock_known = true;
        couch->contact.clock_offset_ms = answer->clock_offset_ms;
    }
}

static enum status exchange(struct couch *couch, const struct http_request *request,
                            struct error *error)
{
    http_answer_release(&couch->answer);
    http_send(couch->http, request, &couch->answer);
    couch->contact.bytes += couch->answer.received;
    couch->contact.requests++;
    return classify_answer(&couch->answer, error);
}

/* Sends and parses a small answer. */
static enum status exchange_value(struct couch *couch, const struct http_request *request,
                                  json_t **value, struct error *error)
{
    enum status status = exchange(couch, request, error);
    if (status != STATUS_OK)
        return status;
    const struct buf *answer = &couch->answer.body;
    status = json_parse(buf_text(answer), answer->length, value, NULL);
    if (status == STATUS_NOMEM)
        return error_nomem(error);
    return status == STATUS_OK ? STATUS_OK : classify_nonsense(error);
}

/* Large ones may take minutes on a village line. */
static enum http_class class_of(size_t body_length)
{
    return body_length > LARGE_BODY ? HTTP_PAGE : HTTP_QUICK;
}

/* The path is complete; `body` may be NULL. */
static enum status exchange_json(struct couch *couch, const char *method, struct buf *path,
                                 const struct buf *body, json_t **value, struct error *error)
{
    const struct http_request request = {.method = method,
                                         .path = buf_text(path),
                                         .body = body ? buf_text(body) : NULL,
                                         .body_length = body ? body->length : 0,
                                         .kind = class_of(body ? body->length : 0),
                                         .limit = JSON_TEXT_MAX};
    return buf_failed(path) ? error_nomem(error) : exchange_value(couch, &request, value, error);
}

static void path_start(struct buf *path, const char *database)
{
    buf_char(path, '/');
    http_encode(path, database);
}

static void path_document(struct buf *path, const char *database, const char *id)
{
    path_start(path, database);
    buf_char(path, '/');
    http_encode(path, id);
}

static bool is_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* --- databases -------------------------------------------------------------------------------- */

/* CouchDB gives instance_start_time as text, others as a number. */
static enum status read_instance(const json_t *value, char instance[COUCH_INSTANCE_MAX],
                                 struct error *error)
{
    const json_t *start = json_object_get(value, "instance_start_time");
    char *text = NULL;
    enum status status = lines_sequence(start, &text, error);
    size_t length = text ? strlen(text) : 0;
    snprintf(instance, COUCH_INSTANCE_MAX, "%s", text && length < COUCH_INSTANCE_MAX ? text : "?");
    free(text);
    return status;
}

static enum status read_info(const json_t *value, const char *database, struct couch_info *info,
                             struct error *error)
{
    int64_t documents = lines_count(value, "doc_count");
    int64_t deleted = lines_count(value, "doc_del_count");
    struct couch_info read = {.documents = documents > 0 ? documents : 0,
                              .deleted = deleted > 0 ? deleted : 0};
    if (!is_same(json_text(value, "db_name", NULL), database))
        return classify_nonsense(error);
    enum status status = read_instance(value, read.instance, error);
    if (status == STATUS_OK)
        status = lines_sequence(json_object_get(value, "update_seq"), &read.update_seq, error);
    if (status != STATUS_OK)
        return status;
    if (!read.update_seq)
        return classify_nonsense(error);
    *info = read;
    return STATUS_OK;
}

enum status couch_database(struct couch *couch, const char *database, struct couch_info *info,
                           struct error *error)
{
    struct buf path = {0};
    json_t *value = NULL;
    path_start(&path, database);
    enum status status = exchange_json(couch, "GET", &path, NULL, &value, error);
    if (status == STATUS_OK)
        status = read_info(value, database, info, error);
    note_contact(couch, status);
    json_decref(value);
    buf_release(&path);
    return status;
}

void couch_info_release(struct couch_info *info)
{
    free(info->update_seq);
    info->update_seq = NULL;
}

static bool went_back(const char *since, const char *update_seq)
{
    char *since_end, *now_end;
    long long before = strtoll(since, &since_end, 10);
    long long now = strtoll(update_seq, &now_end, 10);
    return *since && *since_end == '\0' && *now_end == '\0' && now < before;
}

bool couch_is_same_life(const struct couch_info *info, const char *instance, const char *since)
{
    return strcmp(instance, info->instance) == 0 && !went_back(since, info->update_seq);
}

enum status couch_create_database(struct couch *couch, const char *database, struct error *error)
{
    struct buf path = {0};
    json_t *value = NULL;
    path_start(&path, database);
    enum status status = exchange_json(couch, "PUT", &path, NULL, &value, error);
    if (status == STATUS_CONFLICT && classify_is_error(&couch->answer, "file_exists"))
        status = STATUS_OK;
    else if (status == STATUS_OK && !json_bool(value, "ok", false))
        status = classify_nonsense(error);
    note_contact(couch, status);
    json_decref(value);
    buf_release(&path);
    return status;
}

/* --- changes ---------------------------------------------------------------------------------- */

/* `since` as the query wants it: the string inside the JSON text, or the number. */
static void put_since(struct buf *path, const char *since)
{
    json_t *value = json_loads(since, JSON_DECODE_ANY, NULL);
    buf_str(path, "&since=");
    http_encode(path, json_is_string(value) ? json_string_value(value) : since);
    json_decref(value);
}

static void put_query(struct buf *path, const struct couch_query *query)
{
    path_start(path, query->database);
    buf_printf(path, "/_changes?limit=%lld", (long long)query->limit);
    if (query->form != CHANGES_BARE)
        buf_str(path, "&include_docs=true");
    if (query->conflicts)
        buf_str(path, "&conflicts=true");
    if (query->seq_interval > 0)
        buf_printf(path, "&seq_interval=%d", query->seq_interval);
    if (query->wait_ms > 0)
        buf_printf(path, "&feed=longpoll&heartbeat=%d", HEARTBEAT_MS);
    if (query->since)
        put_since(path, query->since);
}

static enum status on_bytes(void *context, const char *bytes, size_t length, struct error *error)
{
    return changes_feed(context, bytes, length, error);
}

enum status couch_changes(struct couch *couch, const struct couch_query *query, couch_row_sink sink,
                          void *context, struct couch_page *page, struct error *error)
{
    struct changes changes;
    struct buf path = {0};
    put_query(&path, query);
    struct http_request request = {.method = "GET",
                                   .path = buf_text(&path),
                                   .kind = query->wait_ms > 0 ? HTTP_WAIT : HTTP_PAGE,
                                   .wait_ms = query->wait_ms,
                                   .limit = PAGE_BYTES_MAX,
                                   .sink = on_bytes,
                                   .context = &changes};
    changes_init(&changes, query->form, sink, context);
    enum status status = buf_failed(&path) ? error_nomem(error) : exchange(couch, &request, error);
    page->rows = changes.lines.rows;
    if (status == STATUS_OK)
        status = changes_finish(&changes, page, error);
    note_contact(couch, status);
    changes_release(&changes);
    buf_release(&path);
    return status;
}

bool couch_page_is_last(const struct couch_query *query, const struct couch_page *page)
{
    if (page->rows == 0)
        return true;
    return page->pending >= 0 ? page->pending == 0 : page->rows < query->limit;
}

/* --- waiting ---------------------------------------------------------------------------------- */

static enum status ignore_row(void *context, const struct couch_row *row, struct error *error)
{
    (void)context;
    (void)row;
    (void)error;
    return STATUS_OK;
}

/* Some upstreams end a long poll with an empty page. */
static bool has_rows(const struct http_answer *answer)
{
    struct changes changes;
    struct couch_page page = {0};
    changes_init(&changes, CHANGES_BARE, ignore_row, NULL);
    enum status status = changes_feed(&changes, buf_text(&answer->body), answer->body.length, NULL);
    if (status == STATUS_OK)
        status = changes_finish(&changes, &page, NULL);
    couch_page_release(&page);
    changes_release(&changes);
    return status == STATUS_OK && page.rows > 0;
}

enum http_event couch_listen(struct couch *couch, const struct couch_place *places, size_t count,
                             int64_t ms, int signal)
{
    struct http_request requests[COUCH_PLACES_MAX] = {0};
    struct http_answer answers[COUCH_PLACES_MAX];
    struct buf paths[COUCH_PLACES_MAX] = {0};
    bool news = false, good = false;
    if (count > COUCH_PLACES_MAX)
        count = COUCH_PLACES_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct couch_query query = {.database = places[i].database,
                                          .since = places[i].since,
                                          .limit = 1,
                                          .form = CHANGES_BARE,
                                          .wait_ms = ms};
        put_query(&paths[i], &query);
        requests[i] = (struct http_request){.method = "GET",
                                            .path = buf_text(&paths[i]),
                                            .kind = HTTP_WAIT,
                                            .wait_ms = ms + LISTEN_SPARE_MS,
                                            .limit = LISTEN_BYTES_MAX};
    }
    enum http_event event = http_listen(couch->http, requests, count, answers, ms, signal);
    for (size_t i = 0; i < count; i++) {
        bool whole = classify_answer(&answers[i], NULL) == STATUS_OK;
        good = good || whole;
        news = news || (whole && has_rows(&answers[i]));
        http_answer_release(&answers[i]);
        buf_release(&paths[i]);
    }
    if (event != HTTP_EVENT_ANSWER || news)
        return event;
    return good ? HTTP_EVENT_EMPTY : HTTP_EVENT_FAILED;
}

/* --- documents -------------------------------------------------------------------------------- */

enum status couch_get(struct couch *couch, const char *database, const char *id, const char *rev,
                      json_t **document, struct error *error)
{
    struct buf path = {0};
    json_t *value = NULL;
    path_document(&path, database, id);
    if (rev) {
        buf_str(&path, "?rev=");
        http_encode(&path, rev);
    }
    enum status status = exchange_json(couch, "GET", &path, NULL, &value, error);
    if (status == STATUS_OK && !is_same(json_text(value, "_id", NULL), id))
        status = classify_nonsense(error);
    note_contact(couch, status);
    buf_release(&path);
    if (status != STATUS_OK) {
        json_decref(value);
        return status;
    }
    *document = value;
    return STATUS_OK;
}

/* A write counts when the upstream names the same document and the revision it stored. */
static enum status read_receipt(const json_t *value, const char *id, char rev[COUCH_REV_MAX],
                                struct error *error)
{
    const char *stored = json_text(value, "rev", NULL);
    if (!json_bool(value, "ok", false) || !is_same(json_text(value, "id", NULL), id) || !stored ||
        strlen(stored) >= COUCH_REV_MAX)
        return classify_nonsense(error);
    memcpy(rev, stored, strlen(stored) + 1);
    return STATUS_OK;
}

enum status couch_put(struct couch *couch, const char *database, const char *id,
                      const json_t *document, char rev[COUCH_REV_MAX], struct error *error)
{
    struct buf path = {0}, body = {0};
    json_t *value = NULL;
    path_document(&path, database, id);
    enum status status = json_print(document, &body, error);
    if (status == STATUS_OK)
        status = exchange_json(couch, "PUT", &path, &body, &value, error);
    if (status == STATUS_OK)
        status = read_receipt(value, id, rev, error);
    note_contact(couch, status);
    json_decref(value);
    buf_release(&body);
    buf_release(&path);
    return status;
}

static enum status send_parts(struct couch *couch, struct buf *path, const struct buf *document,
                              const struct multipart_parts *parts, json_t **value,
                              struct error *error)
{
    struct multipart body;
    enum status status = multipart_init(&body, buf_text(document), document->length, parts, error);
    if (status != STATUS_OK)
        return status;
    const struct http_upload upload = multipart_upload(&body);
    const struct http_request request = {.method = "PUT",
                                         .path = buf_text(path),
                                         .upload = &upload,
                                         .kind = class_of((size_t)upload.length),
                                         .limit = JSON_TEXT_MAX};
    status = buf_failed(path) ? error_nomem(error) : exchange_value(couch, &request, value, error);
    multipart_release(&body);
    return status;
}

enum status couch_put_with(struct couch *couch, const char *database, const char *id,
                           const json_t *document, const struct multipart_parts *parts,
                           char rev[COUCH_REV_MAX], struct error *error)
{
    struct buf path = {0}, text = {0};
    json_t *value = NULL;
    path_document(&path, database, id);
    enum status status = json_print(document, &text, error);
    if (status == STATUS_OK)
        status = send_parts(couch, &path, &text, parts, &value, error);
    if (status == STATUS_OK)
        status = read_receipt(value, id, rev, error);
    note_contact(couch, status);
    json_decref(value);
    buf_release(&text);
    buf_release(&path);
    return status;
}

enum status couch_bulk_docs(struct couch *couch, const char *database, const json_t *documents,
                            json_t **results, struct error *error)
{
    struct buf path = {0}, body = {0};
    json_t *value = NULL;
    path_start(&path, database);
    buf_str(&path, "/_bulk_docs");
    buf_str(&body, "{\"docs\":");
    enum status status = json_print(documents, &body, error);
    buf_char(&body, '}');
    if (status == STATUS_OK && buf_failed(&body))
        status = error_nomem(error);
    if (status == STATUS_OK)
        status = exchange_json(couch, "POST", &path, &body, &value, error);
    if (status == STATUS_OK && !json_is_array(value))
        status = classify_nonsense(error);
    note_contact(couch, status);
    buf_release(&body);
    buf_release(&path);
    if (status != STATUS_OK) {
        json_decref(value);
        return status;
    }
    *results = value;
    return STATUS_OK;
}

/* One row for each key, in order, each about the key that was asked for. */
static bool answers_keys(const json_t *rows, const json_t *keys)
{
    if (!json_is_array(rows) || json_array_size(rows) != json_array_size(keys))
        return false;
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *error = json_text(row, "error", NULL);
        if (!is_same(json_text(row, "key", NULL), json_string_value(json_array_get(keys, i))))
            return false;
        if (error ? strcmp(error, "not_found") != 0
                  : !json_text(json_object_get(row, "value"), "rev", NULL))
            return false;
    }
    return true;
}

enum status couch_fetch(struct couch *couch, const char *database, const json_t *keys,
                        json_t **rows, struct error *error)
{
    struct buf path = {0}, body = {0};
    json_t *value = NULL;
    path_start(&path, database);
    buf_str(&path, "/_all_docs?include_docs=true");
    buf_str(&body, "{\"keys\":");
    enum status status = json_print(keys, &body, error);
    buf_char(&body, '}');
    if (status == STATUS_OK && buf_failed(&body))
        status = error_nomem(error);
    if (status == STATUS_OK)
        status = exchange_json(couch, "POST", &path, &body, &value, error);
    if (status == STATUS_OK && !answers_keys(json_object_get(value, "rows"), keys))
        status = classify_nonsense(error);
    note_contact(couch, status);
    if (status == STATUS_OK)
        *rows = json_incref(json_object_get(value, "rows"));
    json_decref(value);
    buf_release(&body);
    buf_release(&path);
    return status;
}
