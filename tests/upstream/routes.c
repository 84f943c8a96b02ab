#include "tests/upstream/upstream.h"

#include <stdio.h>
#include <string.h>

/* Patterns, first match first. "*" is a name without leading underscore ("_design/x" counts as
 * one), "**" is one or more names of any kind. HEAD goes to GET's handler. */
struct route {
    const char *pattern, *method;
    handler *handle;
};

static const struct route ROUTES[] = {
    {"/", "GET", handle_welcome},
    {"/_all_dbs", "GET", handle_all_dbs},
    {"/_up", "GET", handle_up},
    {"/_uuids", "GET", handle_uuids},
    {"/_session", "GET", handle_session},
    {"/_session", "POST", handle_session},
    {"/_session", "DELETE", handle_session},
    {"/_fixture/fault", "GET", handle_fault},
    {"/_fixture/fault", "POST", handle_fault},
    {"/_fixture/fault", "DELETE", handle_fault},
    {"/_fixture/log", "GET", handle_log},
    {"/_fixture/log", "DELETE", handle_log},
    {"/*", "GET", handle_database_info},
    {"/*", "PUT", handle_create_database},
    {"/*", "DELETE", handle_delete_database},
    {"/*", "POST", handle_post_document},
    {"/*/_changes", "GET", handle_changes},
    {"/*/_changes", "POST", handle_changes},
    {"/*/_bulk_docs", "POST", handle_bulk_docs},
    {"/*/_bulk_get", "POST", handle_bulk_get},
    {"/*/_all_docs", "GET", handle_all_docs},
    {"/*/_all_docs", "POST", handle_all_docs},
    {"/*/_revs_diff", "POST", handle_revs_diff},
    {"/*/_ensure_full_commit", "POST", handle_full_commit},
    {"/*/_local/**", "GET", handle_get_local},
    {"/*/_local/**", "PUT", handle_put_local},
    {"/*/_local/**", "DELETE", handle_delete_local},
    {"/*/*", "GET", handle_get_document},
    {"/*/*", "PUT", handle_put_document},
    {"/*/*", "DELETE", handle_delete_document},
    {"/*/*/**", "GET", handle_get_attachment},
    {"/*/*/**", "PUT", handle_put_attachment},
    {"/*/*/**", "DELETE", handle_delete_attachment},
};

static bool name_matches(const char *pattern, size_t length, const char *name)
{
    if (length == 1 && *pattern == '*')
        return *name != '_' || strncmp(name, "_design/", 8) == 0;
    return strlen(name) == length && memcmp(pattern, name, length) == 0;
}

static bool pattern_matches(const char *pattern, const struct request *request)
{
    size_t at = 0;
    while (*pattern == '/' && pattern[1] != '\0') {
        pattern++;
        size_t length = strcspn(pattern, "/");
        if (at == request->name_count)
            return false;
        if (length == 2 && memcmp(pattern, "**", 2) == 0)
            return true;
        if (!name_matches(pattern, length, request->names[at++]))
            return false;
        pattern += length;
    }
    return at == request->name_count;
}

static void refuse_method(const char *pattern, struct reply *reply)
{
    char allowed[64] = "";
    char reason[96];
    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++) {
        if (strcmp(ROUTES[i].pattern, pattern) != 0)
            continue;
        const char *method = ROUTES[i].method;
        size_t used = strlen(allowed);
        snprintf(allowed + used, sizeof allowed - used, "%s%s", used > 0 ? "," : "",
                 strcmp(method, "GET") == 0 ? "GET,HEAD" : method);
    }
    reply_header(reply, "Allow", allowed);
    snprintf(reason, sizeof reason, "Only %s allowed", allowed);
    reply_error(reply, 405, "method_not_allowed", reason);
}

void upstream_handle(struct upstream *upstream, struct request *request, struct reply *reply)
{
    const char *method = strcmp(request->method, "HEAD") == 0 ? "GET" : request->method;
    const char *pattern = NULL;
    bool is_fixture = request->name_count > 0 && strcmp(request->names[0], "_fixture") == 0;
    if (!is_fixture && !auth_admit(upstream->auth, request, reply))
        return;
    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++) {
        if (!pattern_matches(ROUTES[i].pattern, request))
            continue;
        pattern = ROUTES[i].pattern;
        if (strcmp(ROUTES[i].method, method) == 0) {
            ROUTES[i].handle(upstream, request, reply);
            return;
        }
    }
    if (pattern != NULL)
        refuse_method(pattern, reply);
    else
        reply_error(reply, 404, "not_found", "missing");
}

void handle_session(struct upstream *upstream, struct request *request, struct reply *reply)
{
    if (strcmp(request->method, "POST") == 0)
        auth_post_session(upstream->auth, request, reply);
    else if (strcmp(request->method, "DELETE") == 0)
        auth_delete_session(upstream->auth, request, reply);
    else
        auth_get_session(upstream->auth, request, reply);
}

void handle_fault(struct upstream *upstream, struct request *request, struct reply *reply)
{
    if (upstream->faults == NULL)
        reply_error(reply, 404, "not_found", "Started without --faults");
    else if (strcmp(request->method, "POST") == 0)
        faults_post(upstream->faults, request, reply);
    else if (strcmp(request->method, "DELETE") == 0)
        faults_delete(upstream->faults, reply);
    else
        faults_get(upstream->faults, reply);
}

void handle_log(struct upstream *upstream, struct request *request, struct reply *reply)
{
    if (strcmp(request->method, "DELETE") == 0) {
        journal_clear(upstream->journal);
        reply_ok(reply, 200);
        return;
    }
    reply->status = 200;
    journal_print(upstream->journal, &reply->body);
}
