/* GET and POST /{db}/_changes: the feeds normal, longpoll and continuous, streamed. */
#include "base/clock.h"
#include "tests/upstream/document.h"
#include "tests/upstream/upstream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS      200
#define TIMEOUT_MAX_MS 60000
#define HEARTBEAT_MS   60000
#define FIRST_DOWN     INT64_MAX

enum feed_kind { FEED_NORMAL, FEED_LONGPOLL, FEED_CONTINUOUS };

struct feed {
    struct store *store;
    char *name;
    struct database database;
    enum feed_kind kind;
    bool include, descending, all_leaves, conflicts;
    bool started, greeted, any_row, finished;
    uint64_t position; /* of the row looked at last */
    int64_t limit;     /* rows still to give */
    int64_t interval;  /* seq_interval; 0 or 1: every row has its seq */
    int64_t given, page;
    int64_t timeout, heartbeat; /* ms; heartbeat 0: none */
    int64_t quiet_since;        /* when something was sent last */
    json_t *wanted;             /* ids of _doc_ids, as members; NULL: all */
    json_t *selector;           /* members that must be equal; NULL: all */
    struct buf text;
    size_t sent;
};

static bool is_equal_in(const json_t *body, const char *name, const json_t *wanted)
{
    const json_t *value = json_object_get(body, name);
    const json_t *equal = json_object_get(wanted, "$eq");
    return value != NULL && json_equal(value, equal == NULL ? wanted : equal);
}

static bool selector_accepts(const struct feed *feed, const struct row *row)
{
    json_t *body = json_loadb(row->body, row->body_length, 0, NULL);
    const char *name;
    json_t *wanted;
    bool ok = body != NULL;
    if (ok)
        json_object_set_new(body, "_id", json_string(row->id));
    json_object_foreach(feed->selector, name, wanted)
    {
        ok = ok && is_equal_in(body, name, wanted);
    }
    json_decref(body);
    return ok;
}

static bool accepts(const struct feed *feed, const struct row *row)
{
    if (feed->wanted != NULL && json_object_get(feed->wanted, row->id) == NULL)
        return false;
    return feed->selector == NULL || selector_accepts(feed, row);
}

static void put_revisions(struct feed *feed, const struct row *row, const struct leaves *leaves)
{
    buf_str(&feed->text, ",\"changes\":[");
    if (!feed->all_leaves) {
        buf_printf(&feed->text, "{\"rev\":\"%s\"}]", row->revision);
        return;
    }
    for (size_t i = 0; i < leaves->count; i++)
        buf_printf(&feed->text, "%s{\"rev\":\"%s\"}", i > 0 ? "," : "", leaves->items[i].revision);
    buf_char(&feed->text, ']');
}

static void put_document(struct feed *feed, const struct row *row, const struct leaves *leaves)
{
    buf_str(&feed->text, ",\"doc\":");
    document_print_row(row, &feed->text);
    bool any = false;
    for (size_t i = 1; feed->conflicts && i < leaves->count; i++) {
        if (leaves->items[i].deleted)
            continue;
        if (!any)
            feed->text.length--; /* the brace that closes the document */
        buf_printf(&feed->text, "%s\"%s\"", any ? "," : ",\"_conflicts\":[",
                   leaves->items[i].revision);
        any = true;
    }
    if (any)
        buf_str(&feed->text, "]}");
}

static void put_row(struct feed *feed, const struct row *row)
{
    struct leaves leaves = {.count = 0};
    if ((feed->all_leaves || feed->conflicts) &&
        store_leaves(feed->store, feed->database.key, row->id, &leaves, NULL) != STATUS_OK)
        leaves.count = 0;
    if (feed->kind != FEED_CONTINUOUS && feed->any_row)
        buf_str(&feed->text, ",\r\n");
    feed->any_row = true;
    buf_str(&feed->text, "{\"seq\":");
    if (feed->interval > 1 && (feed->given + 1) % feed->interval != 0)
        buf_str(&feed->text, "null");
    else
        upstream_put_sequence(&feed->text, &feed->database, row->sequence);
    buf_str(&feed->text, ",\"id\":");
    put_json_string(&feed->text, row->id);
    put_revisions(feed, row, &leaves);
    if (row->deleted)
        buf_str(&feed->text, ",\"deleted\":true");
    if (feed->include)
        put_document(feed, row, &leaves);
    buf_str(&feed->text, feed->kind == FEED_CONTINUOUS ? "}\n" : "}");
}

static bool take_row(void *context, const struct row *row)
{
    struct feed *feed = context;
    feed->page++;
    feed->position = row->sequence;
    if (!accepts(feed, row))
        return true;
    put_row(feed, row);
    feed->given++;
    return --feed->limit > 0;
}

static bool is_gone(const struct feed *feed)
{
    struct database now;
    return store_find_database(feed->store, feed->name, &now, NULL) != STATUS_OK ||
           now.key != feed->database.key;
}

static void finish(struct feed *feed)
{
    int64_t pending = 0;
    if (!feed->descending)
        pending = store_changes_pending(feed->store, feed->database.key, feed->position);
    if (feed->kind != FEED_CONTINUOUS)
        buf_str(&feed->text, "\n],\n");
    else
        buf_char(&feed->text, '{');
    buf_str(&feed->text, "\"last_seq\":");
    uint64_t last = feed->descending && !feed->any_row ? 0 : feed->position;
    upstream_put_sequence(&feed->text, &feed->database, last);
    buf_printf(&feed->text, ",\"pending\":%lld}\n\n", (long long)pending);
    feed->finished = true;
}

/* Sleeps until a change, a heartbeat or the end of patience. Changes of other databases wake it,
 * and do not lengthen the wait. */
static void wait_for_change(struct feed *feed, uint64_t seen)
{
    int64_t patience = feed->heartbeat > 0 ? feed->heartbeat : feed->timeout;
    int64_t left = feed->quiet_since + patience - clock_mono_ms();
    uint64_t now = left > 0 ? store_wait(feed->store, seen, left) : seen;
    if (now != seen) {
        if (is_gone(feed))
            finish(feed);
        return;
    }
    if (feed->heartbeat > 0 && !store_is_stopped(feed->store)) {
        buf_char(&feed->text, '\n');
        feed->quiet_since = clock_mono_ms();
        return;
    }
    if (feed->kind == FEED_LONGPOLL)
        buf_char(&feed->text, '\n');
    finish(feed);
}

static void fill(struct feed *feed)
{
    if (!feed->started) {
        feed->started = true;
        feed->quiet_since = clock_mono_ms();
        if (feed->kind != FEED_CONTINUOUS) {
            buf_str(&feed->text, "{\"results\":[\n");
            if (feed->kind == FEED_LONGPOLL)
                return; /* the headers and this go out before the wait */
        }
    }
    uint64_t seen = store_version(feed->store);
    feed->page = 0;
    if (store_changes(feed->store, feed->database.key, feed->position, feed->descending, PAGE_ROWS,
                      take_row, feed, NULL) != STATUS_OK ||
        feed->limit <= 0) {
        finish(feed);
        return;
    }
    bool exhausted = feed->page < PAGE_ROWS;
    bool waits = feed->kind == FEED_CONTINUOUS || (feed->kind == FEED_LONGPOLL && !feed->any_row);
    if (feed->text.length > 0)
        feed->quiet_since = clock_mono_ms();
    if (!exhausted)
        return;
    if (!waits) {
        finish(feed);
    } else if (feed->kind == FEED_CONTINUOUS && !feed->greeted && !feed->any_row) {
        buf_char(&feed->text, '\n'); /* as CouchDB often does: lets the headers go out */
        feed->greeted = true;
    } else if (feed->text.length == 0) {
        wait_for_change(feed, seen);
    }
}

static size_t read_feed(void *source, char *out, size_t size)
{
    struct feed *feed = source;
    while (feed->sent == feed->text.length && !feed->finished) {
        buf_clear(&feed->text);
        feed->sent = 0;
        fill(feed);
    }
    size_t left = feed->text.length - feed->sent;
    size_t given = left < size ? left : size;
    if (given > 0)
        memcpy(out, feed->text.data + feed->sent, given);
    feed->sent += given;
    return given;
}

static void release_feed(void *source)
{
    struct feed *feed = source;
    free(feed->name);
    json_decref(feed->wanted);
    json_decref(feed->selector);
    buf_release(&feed->text);
    free(feed);
}

/* --- parameters ------------------------------------------------------------------------------- */

static bool take_since(const struct request *request, struct feed *feed, struct reply *reply)
{
    struct sequence sequence = {0, 0};
    const char *since = request_parameter(request, "since");
    if (since == NULL || strcmp(since, "0") == 0 || *since == '\0')
        return true;
    if (strcmp(since, "now") == 0) {
        feed->position = feed->database.sequence;
        return true;
    }
    if (!sequence_parse(since, &sequence)) {
        reply_error(reply, 400, "bad_request", "Malformed sequence supplied in 'since' parameter.");
        return false;
    }
    /* A token of another instance, as of this database before it was recreated, is accepted and
     * rewinds. */
    if (sequence.instance == feed->database.instance)
        feed->position = sequence.number;
    return true;
}

static bool take_kind(const struct request *request, struct feed *feed, struct reply *reply)
{
    const char *kind = request_parameter(request, "feed");
    feed->kind = FEED_NORMAL;
    if (kind == NULL || strcmp(kind, "normal") == 0)
        return true;
    if (strcmp(kind, "longpoll") == 0)
        feed->kind = FEED_LONGPOLL;
    else if (strcmp(kind, "continuous") == 0)
        feed->kind = FEED_CONTINUOUS;
    else {
        reply_error(reply, 400, "bad_request",
                    "Supported `feed` types: normal, continuous, live, "
                    "longpoll, eventsource");
        return false;
    }
    return true;
}

static bool take_numbers(const struct request *request, struct feed *feed, struct reply *reply)
{
    const char *heartbeat = request_parameter(request, "heartbeat");
    bool beats = heartbeat != NULL && strcmp(heartbeat, "true") == 0;
    bool ok = request_number(request, "limit", &feed->limit) &&
              request_number(request, "seq_interval", &feed->interval) &&
              request_number(request, "timeout", &feed->timeout) &&
              (beats || request_number(request, "heartbeat", &feed->heartbeat));
    if (!ok || feed->limit < 0 || feed->timeout < 0 || feed->heartbeat < 0) {
        reply_error(reply, 500, "unknown_error", "badarg");
        return false;
    }
    if (beats)
        feed->heartbeat = HEARTBEAT_MS;
    if (feed->limit == 0) /* as CouchDB */
        feed->limit = 1;
    if (feed->timeout > TIMEOUT_MAX_MS)
        feed->timeout = TIMEOUT_MAX_MS;
    return true;
}

static json_t *ids_as_members(const json_t *ids)
{
    json_t *members = json_object();
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        if (id != NULL)
            json_object_set_new(members, id, json_true());
    }
    return members;
}

static bool take_filter(struct request *request, struct feed *feed, struct reply *reply)
{
    const char *filter = request_parameter(request, "filter");
    json_t *body = NULL;
    if (strcmp(request->method, "POST") == 0) {
        body = request_json(request, reply);
        if (body == NULL)
            return false;
    }
    bool ok = true;
    if (filter != NULL && strcmp(filter, "_doc_ids") == 0) {
        const char *parameter = request_parameter(request, "doc_ids");
        json_t *ids = parameter == NULL ? json_incref(json_object_get(body, "doc_ids"))
                                        : json_loads(parameter, 0, NULL);
        ok = json_is_array(ids);
        feed->wanted = ids_as_members(ids);
        json_decref(ids);
    } else if (filter != NULL && strcmp(filter, "_selector") == 0) {
        feed->selector = json_incref(json_object_get(body, "selector"));
        ok = json_is_object(feed->selector);
    } else if (filter != NULL) {
        reply_error(reply, 404, "not_found", "missing");
        json_decref(body);
        return false;
    }
    if (!ok)
        reply_error(reply, 400, "bad_request", "The filter has nothing to go by");
    json_decref(body);
    return ok;
}

static bool take_parameters(struct request *request, struct feed *feed, struct reply *reply)
{
    const char *style = request_parameter(request, "style");
    feed->include = request_flag(request, "include_docs");
    feed->descending = request_flag(request, "descending");
    feed->conflicts = feed->include && request_flag(request, "conflicts");
    feed->all_leaves = style != NULL && strcmp(style, "all_docs") == 0;
    feed->limit = INT64_MAX;
    feed->timeout = TIMEOUT_MAX_MS;
    if (!take_kind(request, feed, reply) || !take_since(request, feed, reply) ||
        !take_numbers(request, feed, reply) || !take_filter(request, feed, reply))
        return false;
    if (feed->descending) {
        feed->position = FIRST_DOWN;
        feed->kind = FEED_NORMAL;
    }
    return true;
}

void handle_changes(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct feed *feed = calloc(1, sizeof *feed);
    if (feed != NULL)
        feed->name = strdup(request->names[0]);
    if (feed == NULL || feed->name == NULL) {
        free(feed);
        reply_error(reply, 500, "unknown_error", "out of memory");
        return;
    }
    feed->store = upstream->store;
    if (!upstream_database(upstream, request, reply, &feed->database) ||
        !take_parameters(request, feed, reply)) {
        release_feed(feed);
        return;
    }
    reply->status = 200;
    reply->read = read_feed;
    reply->release = release_feed;
    reply->source = feed;
}
