/* The server and its databases. */
#include "tests/upstream/upstream.h"

#include "base/random.h"

#include <stdio.h>
#include <string.h>

void handle_welcome(struct upstream *upstream, struct request *request, struct reply *reply)
{
    (void)upstream;
    (void)request;
    reply->status = 200;
    buf_str(&reply->body, "{\"couchdb\":\"Welcome\",\"version\":\"3.5.0\",\"git_sha\":\"fixture\","
                          "\"uuid\":\"00000000000000000000000000000000\","
                          "\"features\":[],\"vendor\":{\"name\":\"Huiliu test fixture\"}}\n");
}

void handle_up(struct upstream *upstream, struct request *request, struct reply *reply)
{
    (void)upstream;
    (void)request;
    reply->status = 200;
    buf_str(&reply->body, "{\"status\":\"ok\",\"seeds\":{}}\n");
}

void handle_uuids(struct upstream *upstream, struct request *request, struct reply *reply)
{
    (void)upstream;
    int64_t count = 1;
    if (!request_number(request, "count", &count) || count < 0 || count > 1000) {
        reply_error(reply, 400, "bad_request", "count must be 0 to 1000");
        return;
    }
    reply->status = 200;
    buf_str(&reply->body, "{\"uuids\":[");
    for (int64_t i = 0; i < count; i++) {
        unsigned char bytes[16] = {0};
        if (random_bytes(bytes, sizeof bytes, NULL) != STATUS_OK)
            break;
        buf_str(&reply->body, i > 0 ? ",\"" : "\"");
        for (size_t k = 0; k < sizeof bytes; k++)
            buf_printf(&reply->body, "%02x", bytes[k]);
        buf_char(&reply->body, '"');
    }
    buf_str(&reply->body, "]}\n");
}

void handle_all_dbs(struct upstream *upstream, struct request *request, struct reply *reply)
{
    (void)request;
    struct error error = {0};
    reply->status = 200;
    if (store_list_databases(upstream->store, &reply->body, &error) != STATUS_OK)
        reply_failure(reply, &error);
    else
        buf_char(&reply->body, '\n');
}

bool upstream_database(struct upstream *upstream, const struct request *request,
                       struct reply *reply, struct database *out)
{
    struct error error = {0};
    enum status status = store_find_database(upstream->store, request->names[0], out, &error);
    if (status == STATUS_NOT_FOUND)
        reply_error(reply, 404, "not_found", "Database does not exist.");
    else if (status != STATUS_OK)
        reply_failure(reply, &error);
    return status == STATUS_OK;
}

void upstream_put_sequence(struct buf *out, const struct database *database, uint64_t number)
{
    struct sequence sequence = {number, database->instance};
    char text[SEQUENCE_TEXT_MAX];
    sequence_format(&sequence, text);
    buf_char(out, '"');
    buf_str(out, text);
    buf_char(out, '"');
}

void handle_database_info(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct database database;
    if (!upstream_database(upstream, request, reply, &database))
        return;
    struct buf *out = &reply->body;
    reply->status = 200;
    buf_printf(out, "{\"instance_start_time\":\"%lld\",\"db_name\":", (long long)database.created);
    put_json_string(out, request->names[0]);
    buf_str(out, ",\"purge_seq\":");
    upstream_put_sequence(out, &database, 0);
    buf_str(out, ",\"update_seq\":");
    upstream_put_sequence(out, &database, database.sequence);
    buf_printf(out,
               ",\"sizes\":{\"file\":0,\"external\":0,\"active\":0},\"props\":{},"
               "\"doc_del_count\":%lld,\"doc_count\":%lld,\"disk_format_version\":8,"
               "\"compact_running\":false,\"cluster\":{\"q\":1,\"n\":1,\"w\":1,\"r\":1}}\n",
               (long long)database.dead, (long long)database.live);
}

static bool is_legal_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= DATABASE_NAME_LIMIT && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_$()+/-") == length;
}

void handle_create_database(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct error error = {0};
    const char *name = request->names[0];
    if (!is_legal_name(name)) {
        char reason[400];
        snprintf(reason, sizeof reason,
                 "Name: '%.150s'. Only lowercase characters (a-z), digits (0-9), and any of the "
                 "characters _, $, (, ), +, -, and / are allowed. Must begin with a letter.",
                 name);
        reply_error(reply, 400, "illegal_database_name", reason);
        return;
    }
    enum status status = store_create_database(upstream->store, name, &error);
    if (status == STATUS_CONFLICT)
        reply_error(reply, 412, "file_exists",
                    "The database could not be created, the file already exists.");
    else if (status != STATUS_OK)
        reply_failure(reply, &error);
    else
        reply_ok(reply, 201);
}

void handle_delete_database(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct error error = {0};
    enum status status = store_delete_database(upstream->store, request->names[0], &error);
    if (status == STATUS_NOT_FOUND)
        reply_error(reply, 404, "not_found", "Database does not exist.");
    else if (status != STATUS_OK)
        reply_failure(reply, &error);
    else
        reply_ok(reply, 200);
}

void handle_full_commit(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct database database;
    if (!upstream_database(upstream, request, reply, &database))
        return;
    reply->status = 201;
    buf_printf(&reply->body, "{\"ok\":true,\"instance_start_time\":\"%lld\"}\n",
               (long long)database.created);
}

static bool is_missing(struct upstream *upstream, int64_t database, const char *id,
                       const char *revision)
{
    struct version version = {0};
    enum status status = store_read(upstream->store, database, id, revision, &version, NULL);
    version_release(&version);
    return status != STATUS_OK;
}

/* {"id":["1-a","2-b"]} -> {"id":{"missing":["2-b"]}} */
static void put_missing(struct upstream *upstream, int64_t database, const json_t *asked,
                        struct buf *out)
{
    const char *id;
    json_t *revisions;
    bool any_document = false;
    buf_char(out, '{');
    json_object_foreach((json_t *)asked, id, revisions)
    {
        bool any = false;
        size_t i;
        json_t *revision;
        json_array_foreach(revisions, i, revision)
        {
            const char *text = json_string_value(revision);
            if (text == NULL || !is_missing(upstream, database, id, text))
                continue;
            if (!any) {
                buf_str(out, any_document ? "," : "");
                put_json_string(out, id);
                buf_str(out, ":{\"missing\":[");
            }
            buf_str(out, any ? "," : "");
            put_json_string(out, text);
            any = any_document = true;
        }
        buf_str(out, any ? "]}" : "");
    }
    buf_str(out, "}\n");
}

void handle_revs_diff(struct upstream *upstream, struct request *request, struct reply *reply)
{
    struct database database;
    if (!upstream_database(upstream, request, reply, &database))
        return;
    json_t *asked = request_json(request, reply);
    if (asked == NULL)
        return;
    reply->status = 200;
    put_missing(upstream, database.key, asked, &reply->body);
    json_decref(asked);
}
