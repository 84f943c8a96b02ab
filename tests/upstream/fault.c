#include "tests/upstream/fault.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FAULTS_MAX 32

struct faults {
    pthread_mutex_t lock;
    size_t count;
    struct fault items[FAULTS_MAX];
};

static const char *const KINDS[] = {
    [FAULT_CUT] = "cut",       [FAULT_TRUNCATE] = "truncate", [FAULT_DROP] = "drop",
    [FAULT_REFUSE] = "refuse", [FAULT_STATUS] = "status",     [FAULT_PORTAL] = "portal",
    [FAULT_DELAY] = "delay",   [FAULT_DRIP] = "drip",         [FAULT_CLOCK] = "clock",
};

static const char PORTAL[] =
    "<!DOCTYPE html>\n<html><head><title>Welcome to the guest network</title>"
    "<meta http-equiv=\"refresh\" content=\"0; url=http://portal.example/login\"></head>"
    "<body><form action=\"/login\"><input name=\"phone\"><button>Connect</button></form>"
    "</body></html>\n";

enum status faults_new(struct faults **out, struct error *error)
{
    struct faults *faults = calloc(1, sizeof *faults);
    if (faults == NULL)
        return error_nomem(error);
    pthread_mutex_init(&faults->lock, NULL);
    *out = faults;
    return STATUS_OK;
}

void faults_free(struct faults *faults)
{
    if (faults == NULL)
        return;
    pthread_mutex_destroy(&faults->lock);
    free(faults);
}

static bool matches(const struct fault *fault, const char *method, const char *path)
{
    return (fault->method[0] == '\0' || strcmp(fault->method, method) == 0) &&
           strncmp(fault->path, path, strlen(fault->path)) == 0;
}

static void forget(struct faults *faults, size_t at)
{
    faults->count--;
    memmove(&faults->items[at], &faults->items[at + 1],
            (faults->count - at) * sizeof faults->items[0]);
}

struct fault faults_take(struct faults *faults, const char *method, const char *path)
{
    struct fault taken = {.kind = FAULT_NONE};
    pthread_mutex_lock(&faults->lock);
    for (size_t i = 0; i < faults->count && taken.kind == FAULT_NONE; i++) {
        struct fault *fault = &faults->items[i];
        if (!matches(fault, method, path))
            continue;
        if (fault->skip > 0) {
            fault->skip--;
            continue;
        }
        taken = *fault;
        if (--fault->count == 0)
            forget(faults, i);
    }
    pthread_mutex_unlock(&faults->lock);
    return taken;
}

void fault_answer(const struct fault *fault, struct reply *reply)
{
    if (fault->kind == FAULT_PORTAL) {
        reply->status = 200;
        reply->content_type = "text/html; charset=utf-8";
        buf_str(&reply->body, PORTAL);
        return;
    }
    if (fault->retry_after > 0) {
        char seconds[24];
        snprintf(seconds, sizeof seconds, "%lld", (long long)fault->retry_after);
        reply_header(reply, "Retry-After", seconds);
    }
    reply_error(reply, fault->status, fault->error, fault->reason);
}

void fault_date(const struct fault *fault, struct reply *reply)
{
    char date[64];
    struct tm parts;
    time_t there = time(NULL) + (time_t)(fault->ms / 1000);

    gmtime_r(&there, &parts);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    reply_header(reply, "Date", date);
}

static enum fault_kind kind_of(const char *name)
{
    for (size_t i = FAULT_CUT; i < sizeof KINDS / sizeof *KINDS; i++)
        if (strcmp(KINDS[i], name) == 0)
            return (enum fault_kind)i;
    return FAULT_NONE;
}

static bool parse_fault(const json_t *value, struct fault *fault)
{
    fault->kind = kind_of(json_text(value, "kind", ""));
    snprintf(fault->method, sizeof fault->method, "%s", json_text(value, "method", ""));
    snprintf(fault->path, sizeof fault->path, "%s", json_text(value, "path", ""));
    snprintf(fault->error, sizeof fault->error, "%s", json_text(value, "error", "fixture"));
    snprintf(fault->reason, sizeof fault->reason, "%s", json_text(value, "reason", "as asked"));
    fault->skip = json_int(value, "skip", 0);
    fault->count = json_int(value, "count", 1);
    fault->bytes = json_int(value, "bytes", 0);
    fault->ms = json_int(value, "ms", 0);
    fault->retry_after = json_int(value, "retry_after", 0);
    json_int_t status = json_int(value, "status", 503);
    fault->status = status < 100 || status > 599 ? 503 : (unsigned)status;
    return fault->kind != FAULT_NONE && fault->skip >= 0 && fault->count > 0 && fault->bytes >= 0 &&
           (fault->kind == FAULT_CLOCK || (fault->ms >= 0 && fault->ms <= 600000));
}

void faults_post(struct faults *faults, struct request *request, struct reply *reply)
{
    struct fault fault = {.kind = FAULT_NONE};
    json_t *value = request_json(request, reply);
    if (value == NULL)
        return;
    bool ok = parse_fault(value, &fault);
    json_decref(value);
    pthread_mutex_lock(&faults->lock);
    ok = ok && faults->count < FAULTS_MAX;
    if (ok)
        faults->items[faults->count++] = fault;
    pthread_mutex_unlock(&faults->lock);
    if (ok)
        reply_ok(reply, 201);
    else
        reply_error(reply, 400, "bad_request", "No such fault, or too many of them");
}

void faults_get(struct faults *faults, struct reply *reply)
{
    reply->status = 200;
    buf_char(&reply->body, '[');
    pthread_mutex_lock(&faults->lock);
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        buf_printf(&reply->body, "%s{\"kind\":\"%s\",\"path\":", i > 0 ? "," : "",
                   KINDS[fault->kind]);
        put_json_string(&reply->body, fault->path);
        buf_printf(&reply->body, ",\"skip\":%lld,\"count\":%lld}", (long long)fault->skip,
                   (long long)fault->count);
    }
    pthread_mutex_unlock(&faults->lock);
    buf_str(&reply->body, "]\n");
}

void faults_delete(struct faults *faults, struct reply *reply)
{
    pthread_mutex_lock(&faults->lock);
    faults->count = 0;
    pthread_mutex_unlock(&faults->lock);
    reply_ok(reply, 200);
}
