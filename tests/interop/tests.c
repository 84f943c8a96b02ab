/* The contract: one function for each thing that Huiliu relies on. */
#include "tests/interop/contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REVISION_MAX 80

static bool contains(const struct client *client, const char *text)
{
    return strstr(buf_text(&client->body), text) != NULL;
}

static bool error_is(const struct client *client, const char *name)
{
    char text[64];
    client_member(client, "error", text, sizeof text);
    return strcmp(text, name) == 0;
}

/* Puts a document and remembers its revision. */
static bool put(struct client *client, const char *path, const char *body,
                char revision[REVISION_MAX])
{
    long status = client_json(client, "PUT", path, body);
    client_member(client, "rev", revision, REVISION_MAX);
    return (status == 201 || status == 200) && revision[0] != '\0';
}

/* The rows of a _changes answer, or NULL. */
static json_t *get_changes(struct client *client, const char *query)
{
    char path[1024];
    snprintf(path, sizeof path, "/_changes%s", query);
    return client_get(client, path) == 200 ? client_answer(client) : NULL;
}

static const char *row_id(const json_t *answer, size_t at)
{
    const json_t *row = json_array_get(json_object_get(answer, "results"), at);
    return json_text(row, "id", "");
}

static size_t row_count(const json_t *answer)
{
    return json_array_size(json_object_get(answer, "results"));
}

/* A sequence, whatever its type, as it goes into a query; percent-encoding is not needed. */
static void sequence_text(const json_t *value, char *out, size_t size)
{
    if (json_is_integer(value))
        snprintf(out, size, "%lld", (long long)json_integer_value(value));
    else
        snprintf(out, size, "%s", json_is_string(value) ? json_string_value(value) : "");
}

static bool fill(struct client *client, int count)
{
    struct buf body = {0};
    buf_str(&body, "{\"docs\":[");
    for (int i = 0; i < count; i++)
        buf_printf(&body, "%s{\"_id\":\"d%04d\",\"n\":%d}", i > 0 ? "," : "", i, i);
    buf_str(&body, "]}");
    bool ok = client_json(client, "POST", "/_bulk_docs", buf_text(&body)) == 201;
    buf_release(&body);
    return ok;
}

/* --- server and databases --------------------------------------------------------------------- */

static void welcome_is_json(struct client *client)
{
    CHECK(client, client_get(client, "!/") == 200);
    json_t *answer = client_answer(client);
    bool ok = json_is_object(answer) && json_object_get(answer, "version") != NULL;
    json_decref(answer);
    CHECK(client, ok);
}

static void json_is_declared(struct client *client)
{
    CHECK(client, client_get(client, "") == 200);
    CHECK(client, client_has_header(client, "Content-Type: application/json"));
}

static void database_info(struct client *client)
{
    char name[64];
    char start[64];
    CHECK(client, client_get(client, "") == 200);
    client_member(client, "db_name", name, sizeof name);
    client_member(client, "instance_start_time", start, sizeof start);
    CHECK(client, strcmp(name, client->database) == 0);
    CHECK(client, start[0] != '\0');
    CHECK(client, contains(client, "\"doc_count\":0"));
    CHECK(client, contains(client, "\"update_seq\":"));
}

static void database_exists_already(struct client *client)
{
    CHECK(client, client_send(client, "PUT", "", NULL, NULL, 0) == 412);
    CHECK(client, error_is(client, "file_exists"));
}

static void missing_database(struct client *client)
{
    CHECK(client, client_get(client, "!/contract-missing") == 404);
    CHECK(client, error_is(client, "not_found"));
    CHECK(client, client_get(client, "!/contract-missing/_changes") == 404);
    CHECK(client, client_json(client, "PUT", "!/contract-missing/a", "{}") == 404);
    CHECK(client,
          client_json(client, "POST", "!/contract-missing/_bulk_docs", "{\"docs\":[]}") == 404);
}

static void missing_database_reason(struct client *client)
{
    CHECK(client, client_get(client, "!/contract-missing") == 404);
    CHECK(client, contains(client, "Database does not exist."));
}

static void illegal_database_name(struct client *client)
{
    CHECK(client, client_send(client, "PUT", "!/Contract", NULL, NULL, 0) == 400);
    CHECK(client, error_is(client, "illegal_database_name"));
}

static void all_dbs_lists(struct client *client)
{
    CHECK(client, client_get(client, "!/_all_dbs") == 200);
    CHECK(client, contains(client, client->database));
}

static void recreated_database_is_another(struct client *client)
{
    char before[64];
    char after[64];
    char revision[REVISION_MAX];
    CHECK(client, put(client, "/a", "{}", revision));
    CHECK(client, client_get(client, "") == 200);
    client_member(client, "instance_start_time", before, sizeof before);
    CHECK(client, client_send(client, "DELETE", "", NULL, NULL, 0) == 200);
    CHECK(client, client_get(client, "") == 404);
    CHECK(client, client_send(client, "PUT", "", NULL, NULL, 0) == 201);
    CHECK(client, client_get(client, "") == 200);
    client_member(client, "instance_start_time", after, sizeof after);
    CHECK(client, contains(client, "\"doc_count\":0"));
    CHECK(client, strcmp(before, after) != 0);
}

static void recreated_database_is_empty(struct client *client)
{
    CHECK(client, fill(client, 5));
    CHECK(client, client_send(client, "DELETE", "", NULL, NULL, 0) == 200);
    CHECK(client, client_get(client, "") == 404);
    CHECK(client, client_send(client, "PUT", "", NULL, NULL, 0) == 201);
    CHECK(client, client_get(client, "") == 200);
    CHECK(client, contains(client, "\"doc_count\":0"));
    CHECK(client, contains(client, "\"update_seq\":0") || contains(client, "\"update_seq\":\"0-"));
}

static void old_token_after_recreation(struct client *client)
{
    char revision[REVISION_MAX];
    char since[256];
    char query[300];
    CHECK(client, put(client, "/a", "{}", revision));
    json_t *answer = get_changes(client, "");
    sequence_text(json_object_get(answer, "last_seq"), since, sizeof since);
    json_decref(answer);
    CHECK(client, client_send(client, "DELETE", "", NULL, NULL, 0) == 200);
    CHECK(client, client_send(client, "PUT", "", NULL, NULL, 0) == 201);
    CHECK(client, put(client, "/b", "{}", revision));
    snprintf(query, sizeof query, "?since=%s", since);
    answer = get_changes(client, query);
    size_t rows = row_count(answer);
    bool accepted = answer != NULL;
    json_decref(answer);
    CHECK(client, accepted); /* with 200, whatever it then shows */
    CHECK(client, rows <= 1);
}

/* --- documents -------------------------------------------------------------------------------- */

static void document_round_trip(struct client *client)
{
    char revision[REVISION_MAX];
    char got[REVISION_MAX];
    CHECK(client, put(client, "/a", "{\"名\":\"张三\U0002CC56\",\"n\":4,\"list\":[1,null,true]}",
                      revision));
    CHECK(client, strncmp(revision, "1-", 2) == 0);
    CHECK(client, client_get(client, "/a") == 200);
    client_member(client, "_rev", got, sizeof got);
    CHECK(client, strcmp(revision, got) == 0);
    CHECK(client, contains(client, "\"名\":\"张三\U0002CC56\"")); /* raw UTF-8 */
    CHECK(client, contains(client, "\"list\":[1,null,true]"));
}

static void update_needs_the_revision(struct client *client)
{
    char first[REVISION_MAX];
    char second[REVISION_MAX];
    char body[200];
    CHECK(client, put(client, "/a", "{\"n\":1}", first));
    CHECK(client, client_json(client, "PUT", "/a", "{\"n\":2}") == 409);
    CHECK(client, error_is(client, "conflict"));
    snprintf(body, sizeof body, "{\"_rev\":\"%s\",\"n\":2}", first);
    CHECK(client, put(client, "/a", body, second));
    CHECK(client, strncmp(second, "2-", 2) == 0);
    CHECK(client, client_json(client, "PUT", "/a", body) == 409);
}

static void repeated_new_document(struct client *client)
{
    char revision[REVISION_MAX];
    CHECK(client, put(client, "/a", "{\"n\":1}", revision));
    CHECK(client, client_json(client, "PUT", "/a", "{\"n\":1}") == 409);
    CHECK(client, client_get(client, "/a") == 200);
    CHECK(client, contains(client, revision)); /* the answer lost on the way is found again */
}

static void missing_document(struct client *client)
{
    CHECK(client, client_get(client, "/nothing") == 404);
    CHECK(client, error_is(client, "not_found"));
    CHECK(client, contains(client, "missing"));
}

static void deleted_document(struct client *client)
{
    char revision[REVISION_MAX];
    char path[200];
    CHECK(client, put(client, "/a", "{\"n\":1}", revision));
    snprintf(path, sizeof path, "/a?rev=%s", revision);
    CHECK(client, client_send(client, "DELETE", path, NULL, NULL, 0) == 200);
    CHECK(client, client_get(client, "/a") == 404);
    CHECK(client, put(client, "/a", "{\"n\":2}", revision)); /* needs no revision */
    CHECK(client, strncmp(revision, "3-", 2) == 0);
}

static void deleted_is_not_missing(struct client *client)
{
    char revision[REVISION_MAX];
    char path[200];
    CHECK(client, put(client, "/a", "{\"n\":1}", revision));
    snprintf(path, sizeof path, "/a?rev=%s", revision);
    CHECK(client, client_send(client, "DELETE", path, NULL, NULL, 0) == 200);
    CHECK(client, client_get(client, "/a") == 404);
    CHECK(client, contains(client, "\"reason\":\"deleted\""));
}

static void delete_needs_the_revision(struct client *client)
{
    char revision[REVISION_MAX];
    CHECK(client, put(client, "/a", "{\"n\":1}", revision));
    CHECK(client, client_send(client, "DELETE", "/a", NULL, NULL, 0) == 409);
}

static void tombstone_keeps_its_body(struct client *client)
{
    char revision[REVISION_MAX];
    char body[200];
    CHECK(client, put(client, "/a", "{\"n\":1}", revision));
    snprintf(body, sizeof body, "{\"_rev\":\"%s\",\"_deleted\":true,\"why\":\"moved\"}", revision);
    CHECK(client, client_json(client, "PUT", "/a", body) / 100 == 2);
    json_t *answer = get_changes(client, "?include_docs=true");
    const json_t *row = json_array_get(json_object_get(answer, "results"), 0);
    bool ok = json_bool(row, "deleted", false) &&
              strcmp(json_text(json_object_get(row, "doc"), "why", ""), "moved") == 0 &&
              json_bool(json_object_get(row, "doc"), "_deleted", false);
    json_decref(answer);
    CHECK(client, ok);
}

static void old_revision_can_be_read(struct client *client)
{
    char first[REVISION_MAX];
    char second[REVISION_MAX];
    char text[200];
    CHECK(client, put(client, "/a", "{\"n\":1}", first));
    snprintf(text, sizeof text, "{\"_rev\":\"%s\",\"n\":2}", first);
    CHECK(client, put(client, "/a", text, second));
    snprintf(text, sizeof text, "/a?rev=%s", first);
    CHECK(client, client_get(client, text) == 200);
    CHECK(client, contains(client, "\"n\":1"));
    CHECK(client, client_get(client, "/a?rev=9-00000000000000000000000000000000") == 404);
}

static void malformed_revision(struct client *client)
{
    char revision[REVISION_MAX];
    CHECK(client, put(client, "/a", "{}", revision));
    CHECK(client, client_get(client, "/a?rev=bad") == 400);
    CHECK(client, client_json(client, "PUT", "/a", "{\"_rev\":\"bad\"}") == 400);
}

static void history_of_revisions(struct client *client)
{
    char first[REVISION_MAX];
    char second[REVISION_MAX];
    char body[200];
    CHECK(client, put(client, "/a", "{\"n\":1}", first));
    snprintf(body, sizeof body, "{\"_rev\":\"%s\",\"n\":2}", first);
    CHECK(client, put(client, "/a", body, second));
    CHECK(client, client_get(client, "/a?revs=true") == 200);
    json_t *answer = client_answer(client);
    const json_t *history = json_object_get(answer, "_revisions");
    const json_t *ids = json_object_get(history, "ids");
    bool ok = json_int(history, "start", 0) == 2 && json_array_size(ids) == 2 &&
              strcmp(json_string_value(json_array_get(ids, 1)), first + 2) == 0;
    json_decref(answer);
    CHECK(client, ok);
}

static void awkward_document_ids(struct client *client)
{
    char revision[REVISION_MAX];
    CHECK(client, put(client, "/person:990106199001011234", "{}", revision));
    CHECK(client, put(client, "/a%2Fb", "{}", revision));
    CHECK(client, put(client, "/a%2Bb", "{}", revision));
    CHECK(client, client_get(client, "/_all_docs") == 200);
    CHECK(client, contains(client, "\"id\":\"person:990106199001011234\""));
    CHECK(client, contains(client, "\"id\":\"a/b\""));
    CHECK(client, contains(client, "\"id\":\"a+b\""));
}

static void chinese_document_ids(struct client *client)
{
    char revision[REVISION_MAX];
    CHECK(client, put(client, "/%E5%BC%A0", "{\"n\":1}", revision));
    CHECK(client, client_get(client, "/%E5%BC%A0") == 200);
    CHECK(client, contains(client, "\"_id\":\"张\""));
    json_t *answer = get_changes(client, "");
    bool ok = row_count(answer) == 1 && strcmp(row_id(answer, 0), "张") == 0;
    json_decref(answer);
    CHECK(client, ok);
}

static void chinese_ids_are_listed(struct client *client)
{
    char revision[REVISION_MAX];
    CHECK(client, put(client, "/%E5%BC%A0", "{\"n\":1}", revision));
    CHECK(client, client_get(client, "/_all_docs") == 200);
    CHECK(client, contains(client, "\"id\":\"张\""));
}

static void invalid_json_is_refused(struct client *client)
{
    CHECK(client, client_json(client, "PUT", "/a", "{\"n\":") == 400);
    CHECK(client, error_is(client, "bad_request"));
    CHECK(client, client_json(client, "POST", "/_bulk_docs", "{oops") == 400);
}

static void content_type_is_required(struct client *client)
{
    CHECK(client,
          client_send(client, "POST", "/_bulk_docs", "text/plain", "{\"docs\":[]}", 11) == 415);
}

static void unknown_special_member(struct client *client)
{
    CHECK(client, client_json(client, "PUT", "/a", "{\"_strange\":1}") == 400);
    CHECK(client, error_is(client, "doc_validation"));
}

static void head_tells_the_revision(struct client *client)
{
    char revision[REVISION_MAX];
    char header[120];
    CHECK(client, put(client, "/a", "{}", revision));
    CHECK(client, client_send(client, "HEAD", "/a", NULL, NULL, 0) == 200);
    snprintf(header, sizeof header, "ETag: \"%s\"", revision);
    CHECK(client, client_has_header(client, header));
    CHECK(client, client->body.length == 0);
}

/* --- many documents --------------------------------------------------------------------------- */

static void bulk_results_are_separate(struct client *client)
{
    char revision[REVISION_MAX];
    CHECK(client, put(client, "/taken", "{}", revision));
    CHECK(client, client_json(client, "POST", "/_bulk_docs",
                              "{\"docs\":[{\"_id\":\"x\",\"n\":1},{\"_id\":\"taken\",\"n\":2},"
                              "{\"_id\":\"y\",\"n\":3}]}") == 201);
    json_t *answer = client_answer(client);
    const json_t *refused = json_array_get(answer, 1);
    bool ok = json_array_size(answer) == 3 && json_bool(json_array_get(answer, 0), "ok", false) &&
              strcmp(json_text(refused, "error", ""), "conflict") == 0 &&
              strcmp(json_text(refused, "id", ""), "taken") == 0 &&
              json_bool(json_array_get(answer, 2), "ok", false);
    json_decref(answer);
    CHECK(client, ok);
}

static void one_malformed_document_fails_the_batch(struct client *client)
{
    CHECK(client,
          client_json(client, "POST", "/_bulk_docs",
                      "{\"docs\":[{\"_id\":\"x\"},{\"_id\":\"y\",\"_strange\":1}]}") == 400);
    CHECK(client, client_get(client, "/x") == 404);
}

static const char GRAFT[] =
    "{\"new_edits\":false,\"docs\":[{\"_id\":\"a\",\"_rev\":\"2-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\","
    "\"n\":2,\"_revisions\":{\"start\":2,\"ids\":[\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\","
    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]}}]}";
static const char GRAFT_OTHER[] =
    "{\"new_edits\":false,\"docs\":[{\"_id\":\"a\",\"_rev\":\"2-cccccccccccccccccccccccccccccccc\","
    "\"n\":3,\"_revisions\":{\"start\":2,\"ids\":[\"cccccccccccccccccccccccccccccccc\","
    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]}}]}";

static void replicated_revisions_are_kept(struct client *client)
{
    CHECK(client, client_json(client, "POST", "/_bulk_docs", GRAFT) == 201);
    json_t *answer = client_answer(client);
    bool empty = json_is_array(answer) && json_array_size(answer) == 0;
    json_decref(answer);
    CHECK(client, empty);
    CHECK(client, client_json(client, "POST", "/_bulk_docs", GRAFT) == 201); /* again: no matter */
    CHECK(client, client_get(client, "/a") == 200);
    CHECK(client, contains(client, "\"2-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\""));
}

static void conflicts_have_one_winner(struct client *client)
{
    CHECK(client, client_json(client, "POST", "/_bulk_docs", GRAFT) == 201);
    CHECK(client, client_json(client, "POST", "/_bulk_docs", GRAFT_OTHER) == 201);
    CHECK(client, client_get(client, "/a?conflicts=true") == 200);
    CHECK(client, contains(client, "\"_rev\":\"2-cccccccccccccccccccccccccccccccc\""));
    CHECK(client, contains(client, "\"_conflicts\":[\"2-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"]"));
    CHECK(client, client_get(client, "/a?open_revs=all") == 200);
    CHECK(client, contains(client, "\"n\":2") && contains(client, "\"n\":3"));
    json_t *answer = get_changes(client, "?style=all_docs");
    const json_t *row = json_array_get(json_object_get(answer, "results"), 0);
    size_t leaves = json_array_size(json_object_get(row, "changes"));
    size_t rows = row_count(answer);
    json_decref(answer);
    CHECK(client, rows == 1);
    CHECK(client, leaves == 2);
}

static void winner_is_named_first(struct client *client)
{
    CHECK(client, client_json(client, "POST", "/_bulk_docs", GRAFT) == 201);
    CHECK(client, client_json(client, "POST", "/_bulk_docs", GRAFT_OTHER) == 201);
    CHECK(client, client_get(client, "/_changes?style=all_docs") == 200);
    CHECK(client, contains(client, "\"changes\":[{\"rev\":\"2-c"));
}

static void deleted_leaf_gives_way(struct client *client)
{
    char path[120];
    CHECK(client, client_json(client, "POST", "/_bulk_docs", GRAFT) == 201);
    CHECK(client, client_json(client, "POST", "/_bulk_docs", GRAFT_OTHER) == 201);
    snprintf(path, sizeof path, "/a?rev=2-%s", "cccccccccccccccccccccccccccccccc");
    CHECK(client, client_send(client, "DELETE", path, NULL, NULL, 0) == 200);
    CHECK(client, client_get(client, "/a") == 200);
    CHECK(client, contains(client, "\"_rev\":\"2-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\""));
}

static void bulk_get_finds_and_misses(struct client *client)
{
    char revision[REVISION_MAX];
    CHECK(client, put(client, "/a", "{\"n\":1}", revision));
    CHECK(client, client_json(client, "POST", "/_bulk_get",
                              "{\"docs\":[{\"id\":\"a\"},{\"id\":\"nothing\"}]}") == 200);
    json_t *answer = client_answer(client);
    const json_t *results = json_object_get(answer, "results");
    const json_t *found = json_array_get(json_object_get(json_array_get(results, 0), "docs"), 0);
    const json_t *missed = json_array_get(json_object_get(json_array_get(results, 1), "docs"), 0);
    bool ok = json_array_size(results) == 2 &&
              json_int(json_object_get(found, "ok"), "n", 0) == 1 &&
              json_object_get(missed, "ok") == NULL;
    json_decref(answer);
    CHECK(client, ok);
}

static void bulk_get_explains_misses(struct client *client)
{
    CHECK(client,
          client_json(client, "POST", "/_bulk_get", "{\"docs\":[{\"id\":\"nothing\"}]}") == 200);
    CHECK(client, contains(client, "\"error\":\"not_found\""));
}

static void all_docs_range(struct client *client)
{
    CHECK(client, fill(client, 20));
    CHECK(client, client_get(client, "/_all_docs?startkey=%22d0005%22&endkey=%22d0007%22"
                                     "&include_docs=true") == 200);
    json_t *answer = client_answer(client);
    const json_t *rows = json_object_get(answer, "rows");
    bool ok = json_array_size(rows) == 3 && json_int(answer, "total_rows", 0) == 20 &&
              strcmp(json_text(json_array_get(rows, 0), "id", ""), "d0005") == 0 &&
              json_int(json_object_get(json_array_get(rows, 2), "doc"), "n", 0) == 7;
    json_decref(answer);
    CHECK(client, ok);
    CHECK(client, client_get(client, "/_all_docs?limit=2&descending=true") == 200);
    CHECK(client, contains(client, "\"d0019\"") && contains(client, "\"d0018\""));
    CHECK(client, !contains(client, "\"d0017\""));
}

static void all_docs_by_keys(struct client *client)
{
    CHECK(client, fill(client, 5));
    CHECK(client, client_json(client, "POST", "/_all_docs",
                              "{\"keys\":[\"d0003\",\"nothing\",\"d0001\"]}") == 200);
    json_t *answer = client_answer(client);
    const json_t *rows = json_object_get(answer, "rows");
    bool ok = json_array_size(rows) == 3 &&
              strcmp(json_text(json_array_get(rows, 0), "id", ""), "d0003") == 0 &&
              strcmp(json_text(json_array_get(rows, 1), "error", ""), "not_found") == 0 &&
              strcmp(json_text(json_array_get(rows, 2), "id", ""), "d0001") == 0;
    json_decref(answer);
    CHECK(client, ok);
}

/* --- the feed --------------------------------------------------------------------------------- */

static void every_document_once(struct client *client)
{
    char first[REVISION_MAX];
    char body[200];
    CHECK(client, fill(client, 50));
    CHECK(client, client_get(client, "/d0003") == 200);
    client_member(client, "_rev", first, sizeof first);
    snprintf(body, sizeof body, "{\"_rev\":\"%s\",\"n\":-1}", first);
    CHECK(client, put(client, "/d0003", body, first));
    json_t *answer = get_changes(client, "?include_docs=true");
    size_t rows = row_count(answer);
    bool last = strcmp(row_id(answer, rows - 1), "d0003") == 0;
    json_decref(answer);
    CHECK(client, rows == 50);
    CHECK(client, last); /* a changed document moves to the end */
}

static void paging_loses_and_doubles_nothing(struct client *client)
{
    char since[256] = "0";
    char query[400];
    bool seen[100] = {false};
    size_t total = 0;
    CHECK(client, fill(client, 100));
    for (int page = 0; page < 40; page++) {
        snprintf(query, sizeof query, "?limit=7&since=%s", since);
        json_t *answer = get_changes(client, query);
        size_t rows = row_count(answer);
        for (size_t i = 0; i < rows; i++) {
            int number = atoi(row_id(answer, i) + 1);
            if (number >= 0 && number < 100 && !seen[number])
                seen[number] = true;
            total++;
        }
        sequence_text(json_object_get(answer, "last_seq"), since, sizeof since);
        json_decref(answer);
        if (rows == 0)
            break;
    }
    CHECK(client, total == 100);
    for (int i = 0; i < 100; i++)
        CHECK(client, seen[i]);
}

static void resume_at_any_row(struct client *client)
{
    CHECK(client, fill(client, 20));
    json_t *all = get_changes(client, "");
    const json_t *rows = json_object_get(all, "results");
    size_t wrong = 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        char since[256];
        char query[300];
        sequence_text(json_object_get(json_array_get(rows, i), "seq"), since, sizeof since);
        snprintf(query, sizeof query, "?since=%s", since);
        json_t *rest = get_changes(client, query);
        wrong += row_count(rest) != json_array_size(rows) - i - 1;
        json_decref(rest);
    }
    size_t count = json_array_size(rows);
    json_decref(all);
    CHECK(client, count == 20);
    CHECK(client, wrong == 0);
}

static void since_now_is_empty(struct client *client)
{
    CHECK(client, fill(client, 3));
    json_t *answer = get_changes(client, "?since=now");
    bool ok = answer != NULL && row_count(answer) == 0;
    json_decref(answer);
    CHECK(client, ok);
}

static void deletion_is_a_row(struct client *client)
{
    char revision[REVISION_MAX];
    char path[200];
    CHECK(client, put(client, "/a", "{\"n\":1}", revision));
    snprintf(path, sizeof path, "/a?rev=%s", revision);
    CHECK(client, client_send(client, "DELETE", path, NULL, NULL, 0) == 200);
    json_t *answer = get_changes(client, "?include_docs=true");
    const json_t *row = json_array_get(json_object_get(answer, "results"), 0);
    bool ok = row_count(answer) == 1 && json_bool(row, "deleted", false) &&
              json_bool(json_object_get(row, "doc"), "_deleted", false);
    json_decref(answer);
    CHECK(client, ok);
}

static void descending_shows_the_latest(struct client *client)
{
    CHECK(client, fill(client, 5));
    json_t *answer = get_changes(client, "?descending=true&limit=2");
    bool ok = row_count(answer) == 2 && strcmp(row_id(answer, 0), "d0004") == 0 &&
              strcmp(row_id(answer, 1), "d0003") == 0;
    json_decref(answer);
    CHECK(client, ok);
}

static void filter_by_ids(struct client *client)
{
    CHECK(client, fill(client, 10));
    CHECK(client, client_json(client, "POST", "/_changes?filter=_doc_ids",
                              "{\"doc_ids\":[\"d0002\",\"d0007\"]}") == 200);
    json_t *answer = client_answer(client);
    size_t rows = row_count(answer);
    json_decref(answer);
    CHECK(client, rows == 2);
}

static void longpoll_wakes_on_a_change(struct client *client)
{
    CHECK(client, fill(client, 2));
    CHECK(client, client_watch(client, "/_changes?feed=longpoll&since=now&timeout=15000",
                               "\"last_seq\"", "PUT", "/new", "{\"n\":1}"));
    CHECK(client, contains(client, "\"new\""));
}

static void continuous_gives_lines(struct client *client)
{
    CHECK(client, fill(client, 3));
    CHECK(client, client_watch(client, "/_changes?feed=continuous&heartbeat=1000", "\"new\"", "PUT",
                               "/new", "{\"n\":1}"));
    CHECK(client, contains(client, "\"d0000\"") && contains(client, "\"d0002\""));
    CHECK(client, !contains(client, "\"results\""));
}

/* CouchDB's exact layout: a line for each row, comma and CR LF between. */
static void layout_of_the_feed(struct client *client)
{
    CHECK(client, client_get(client, "/_changes") == 200);
    CHECK(client, strncmp(buf_text(&client->body), "{\"results\":[\n\n],\n\"last_seq\":", 28) == 0);
    CHECK(client, fill(client, 2));
    CHECK(client, client_get(client, "/_changes?include_docs=true") == 200);
    CHECK(client, strncmp(buf_text(&client->body), "{\"results\":[\n{\"seq\":\"", 21) == 0);
    CHECK(client, contains(client, "}},\r\n{\"seq\":\""));
    CHECK(client, contains(client, "}}\n],\n\"last_seq\":\""));
    CHECK(client,
          strcmp(buf_text(&client->body) + client->body.length - 15, ",\"pending\":0}\n\n") == 0);
    CHECK(client, client_has_header(client, "Transfer-Encoding: chunked"));
}

static void pending_counts_the_rest(struct client *client)
{
    CHECK(client, fill(client, 10));
    CHECK(client, client_get(client, "/_changes?limit=4") == 200);
    CHECK(client, contains(client, "\"pending\":6"));
}

static void sequences_are_opaque(struct client *client)
{
    CHECK(client, fill(client, 3));
    CHECK(client, client_get(client, "/_changes?since=2") == 400);
    CHECK(client, client_get(client, "/_changes?since=rubbish") == 400);
    CHECK(client, error_is(client, "bad_request"));
}

static void seq_interval_leaves_out(struct client *client)
{
    CHECK(client, fill(client, 4));
    CHECK(client, client_get(client, "/_changes?seq_interval=2") == 200);
    CHECK(client, contains(client, "{\"seq\":null,\"id\""));
    CHECK(client, contains(client, "{\"seq\":\""));
}

static void longpoll_times_out(struct client *client)
{
    CHECK(client, client_get(client, "/_changes?feed=longpoll&since=now&timeout=50") == 200);
    CHECK(client,
          strncmp(buf_text(&client->body), "{\"results\":[\n\n\n],\n\"last_seq\"", 27) == 0);
}

static void wrong_limit(struct client *client)
{
    CHECK(client, client_get(client, "/_changes?limit=abc") == 500);
}

static void conflicts_in_the_feed(struct client *client)
{
    CHECK(client, client_json(client, "POST", "/_bulk_docs", GRAFT) == 201);
    CHECK(client, client_json(client, "POST", "/_bulk_docs", GRAFT_OTHER) == 201);
    CHECK(client, client_get(client, "/_changes?include_docs=true&conflicts=true") == 200);
    CHECK(client, contains(client, "\"_conflicts\":[\"2-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"]"));
}

/* --- attachments and _local ------------------------------------------------------------------- */

static void attachment_inline(struct client *client)
{
    char revision[REVISION_MAX];
    CHECK(client, put(client, "/a",
                      "{\"_attachments\":{\"f.txt\":{\"content_type\":\"text/plain\","
                      "\"data\":\"aGVsbG8=\"}}}",
                      revision));
    CHECK(client, client_get(client, "/a/f.txt") == 200);
    CHECK(client, strcmp(buf_text(&client->body), "hello") == 0);
    CHECK(client, client_has_header(client, "Content-Type: text/plain"));
    CHECK(client, client_get(client, "/a") == 200);
    CHECK(client, contains(client, "\"stub\":true"));
    CHECK(client, contains(client, "\"length\":5"));
    CHECK(client, contains(client, "md5-XUFAKrxLKna5cZ2REBfFkg==")); /* of "hello" */
    CHECK(client, client_get(client, "/a?attachments=true") == 200);
    CHECK(client, contains(client, "\"data\":\"aGVsbG8=\""));
}

static void attachment_by_itself(struct client *client)
{
    char revision[REVISION_MAX];
    char path[200];
    CHECK(client, put(client, "/a", "{\"n\":1}", revision));
    snprintf(path, sizeof path, "/a/photo.bin?rev=%s", revision);
    CHECK(client,
          client_send(client, "PUT", path, "application/octet-stream", "\x00\xff\x01", 3) == 201);
    CHECK(client, client_get(client, "/a/photo.bin") == 200);
    CHECK(client, client->body.length == 3);
    CHECK(client, memcmp(client->body.data, "\x00\xff\x01", 3) == 0);
    CHECK(client, client_get(client, "/a") == 200);
    CHECK(client, contains(client, "\"n\":1"));
}

static void attachment_in_one_request(struct client *client)
{
    static const char body[] =
        "--frontier\r\nContent-Type: application/json\r\n\r\n"
        "{\"_id\":\"a\",\"n\":1,\"_attachments\":{\"f.txt\":{\"follows\":true,"
        "\"content_type\":\"text/plain\",\"length\":5}}}\r\n--frontier\r\n"
        "Content-Disposition: attachment; filename=\"f.txt\"\r\nContent-Type: text/plain\r\n"
        "Content-Length: 5\r\n\r\nhello\r\n--frontier--";
    CHECK(client, client_send(client, "PUT", "/a", "multipart/related;boundary=\"frontier\"", body,
                              strlen(body)) == 201);
    CHECK(client, client_get(client, "/a/f.txt") == 200);
    CHECK(client, strcmp(buf_text(&client->body), "hello") == 0);
}

/* The stub is sent back as it was read: PouchDB Server wants its digest. */
static void attachments_need_their_stubs(struct client *client)
{
    char revision[REVISION_MAX];
    char body[400];
    CHECK(client, put(client, "/a",
                      "{\"_attachments\":{\"f\":{\"content_type\":\"text/plain\","
                      "\"data\":\"aGVsbG8=\"}}}",
                      revision));
    snprintf(body, sizeof body,
             "{\"_rev\":\"%s\",\"_attachments\":{\"f\":{\"content_type\":\"text/plain\","
             "\"revpos\":1,\"digest\":\"md5-XUFAKrxLKna5cZ2REBfFkg==\",\"length\":5,"
             "\"stub\":true}}}",
             revision);
    CHECK(client, put(client, "/a", body, revision));
    CHECK(client, client_get(client, "/a/f") == 200);
    snprintf(body, sizeof body, "{\"_rev\":\"%s\",\"n\":1}", revision);
    CHECK(client, put(client, "/a", body, revision));
    CHECK(client, client_get(client, "/a/f") == 404);
}

static void unknown_stub_is_refused(struct client *client)
{
    CHECK(client,
          client_json(client, "PUT", "/a", "{\"_attachments\":{\"f\":{\"stub\":true}}}") == 412);
    CHECK(client, error_is(client, "missing_stub"));
}

static void local_documents_stay_local(struct client *client)
{
    CHECK(client, client_json(client, "PUT", "/_local/mark", "{\"at\":1}") == 201);
    CHECK(client, client_get(client, "/_local/mark") == 200);
    CHECK(client, contains(client, "\"at\":1"));
    json_t *answer = get_changes(client, "");
    bool ok = answer != NULL && row_count(answer) == 0;
    json_decref(answer);
    CHECK(client, ok);
}

static void local_documents_never_conflict(struct client *client)
{
    CHECK(client, client_json(client, "PUT", "/_local/mark", "{\"at\":1}") == 201);
    CHECK(client, client_json(client, "PUT", "/_local/mark", "{\"at\":2}") == 201);
}

static void session_is_told(struct client *client)
{
    CHECK(client, client_get(client, "!/_session") == 200);
    CHECK(client, contains(client, "\"userCtx\""));
}

static void missing_revisions_are_named(struct client *client)
{
    char revision[REVISION_MAX];
    char body[200];
    CHECK(client, put(client, "/a", "{}", revision));
    snprintf(body, sizeof body, "{\"a\":[\"%s\",\"2-ffffffffffffffffffffffffffffffff\"]}",
             revision);
    CHECK(client, client_json(client, "POST", "/_revs_diff", body) == 200);
    CHECK(client, contains(client, "2-ffffffffffffffffffffffffffffffff"));
    CHECK(client, !contains(client, revision));
}

const struct contract_test CONTRACT_TESTS[] = {
    {"the welcome is JSON and has a version", welcome_is_json, NULL},
    {"answers are declared as JSON when asked for", json_is_declared, NULL},
    {"a database tells name, count, position and start time", database_info, NULL},
    {"making a database twice is 412", database_exists_already, NULL},
    {"a missing database is 404 everywhere", missing_database, NULL},
    {"a missing database is told from a missing document", missing_database_reason,
     "the reason is no_db_file"},
    {"an illegal database name is 400", illegal_database_name, "any name is accepted"},
    {"_all_dbs lists databases", all_dbs_lists, NULL},
    {"a recreated database has another start time", recreated_database_is_another,
     "the time is the server's own; update_seq falls back instead"},
    {"a recreated database begins again", recreated_database_is_empty, NULL},
    {"a token from before a recreation is accepted", old_token_after_recreation, NULL},
    {"a document comes back as it was", document_round_trip, NULL},
    {"an update needs the current revision", update_needs_the_revision, NULL},
    {"a new document sent twice is a conflict, once stored", repeated_new_document, NULL},
    {"a missing document is 404", missing_document, NULL},
    {"a deleted document is 404 and can come back", deleted_document, NULL},
    {"a deleted document is told from a missing one", deleted_is_not_missing,
     "the reason is missing"},
    {"a deletion needs the current revision", delete_needs_the_revision,
     "DELETE without rev deletes the winner"},
    {"a tombstone keeps its body", tombstone_keeps_its_body, NULL},
    {"an old revision can be read", old_revision_can_be_read, NULL},
    {"a malformed revision is 400", malformed_revision, "404 on reading, 500 on writing"},
    {"revs=true gives the ancestry", history_of_revisions, NULL},
    {"ids with colon, slash and plus", awkward_document_ids, NULL},
    {"ids in Chinese", chinese_document_ids, NULL},
    {"_all_docs lists ids in Chinese", chinese_ids_are_listed, "they are left out, in memory"},
    {"invalid JSON is 400", invalid_json_is_refused, NULL},
    {"POST without JSON type is 415", content_type_is_required, "the body is not read: 400"},
    {"an unknown special member is 400", unknown_special_member, "the status is 500"},
    {"HEAD tells the revision", head_tells_the_revision, "the ETag is one of the bytes"},
    {"_bulk_docs judges each document", bulk_results_are_separate, NULL},
    {"one malformed document fails its batch with 400", one_malformed_document_fails_the_batch,
     "it fails with 500"},
    {"new_edits=false keeps revisions and is repeatable", replicated_revisions_are_kept, NULL},
    {"a conflict has one winner for all", conflicts_have_one_winner, NULL},
    {"style=all_docs names the winner first", winner_is_named_first, "in no order"},
    {"deleting the winner brings up the other leaf", deleted_leaf_gives_way, NULL},
    {"_bulk_get finds and misses", bulk_get_finds_and_misses, NULL},
    {"_bulk_get says why it misses", bulk_get_explains_misses, "an empty object stands there"},
    {"_all_docs by range", all_docs_range, NULL},
    {"_all_docs by keys", all_docs_by_keys, NULL},
    {"the feed has every document once, at its last change", every_document_once, NULL},
    {"paging loses and doubles nothing", paging_loses_and_doubles_nothing, NULL},
    {"the feed resumes at any row", resume_at_any_row, NULL},
    {"since=now is empty", since_now_is_empty, NULL},
    {"a deletion is a row", deletion_is_a_row, NULL},
    {"descending shows the latest first", descending_shows_the_latest, NULL},
    {"filter=_doc_ids", filter_by_ids, NULL},
    {"longpoll wakes on a change", longpoll_wakes_on_a_change, NULL},
    {"continuous gives a line for each change", continuous_gives_lines, NULL},
    {"the feed's bytes are CouchDB's", layout_of_the_feed, "one line; seq is the last member"},
    {"pending counts the rest", pending_counts_the_rest, "there is no pending"},
    {"sequences are opaque and checked", sequences_are_opaque,
     "integers; rubbish gives an empty feed"},
    {"seq_interval leaves sequences out", seq_interval_leaves_out, "ignored"},
    {"longpoll times out with an extra line", longpoll_times_out, "never times out"},
    {"a limit that is no number is 500", wrong_limit, "ignored"},
    {"conflicts=true shows in the feed", conflicts_in_the_feed, NULL},
    {"an attachment inside the document", attachment_inline, NULL},
    {"an attachment under its own address", attachment_by_itself, NULL},
    {"document and attachment in one request", attachment_in_one_request, NULL},
    {"attachments need their stubs", attachments_need_their_stubs, NULL},
    {"an unknown stub is 412", unknown_stub_is_refused, NULL},
    {"_local documents are not in the feed", local_documents_stay_local, NULL},
    {"_local documents never conflict", local_documents_never_conflict, "they do: 409"},
    {"_session tells who asks", session_is_told, NULL},
    {"_revs_diff names what is missing", missing_revisions_are_named, NULL},
};

const size_t CONTRACT_TEST_COUNT = sizeof CONTRACT_TESTS / sizeof *CONTRACT_TESTS;
