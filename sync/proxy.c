#include "sync/proxy.h"

#include "base/i18n.h"
#include "base/json.h"
#include "db/home.h"
#include "sync/report.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define TAKEN_WITHIN_MS 5000 /* a window answers at once unless it is stopped */
#define DATASETS_MAX    4096

static const char *const asks[] = {
    [PROXY_EXCHANGE] = "exchange",
    [PROXY_STOP] = "stop",
    [PROXY_HOME] = "home",
    [PROXY_LOAN] = "loan",
};

#define ASK_COUNT (sizeof asks / sizeof asks[0])

/* --- messages --------------------------------------------------------------------------------- */

/* Takes `message` over. */
static enum status put_message(json_t *message, bool ok, struct buf *out, struct error *error)
{
    enum status status = ok && message ? json_print(message, out, error) : error_nomem(error);

    json_decref(message);
    return status;
}

static enum status say(struct peer *peer, json_t *message, bool ok, struct error *error)
{
    struct buf text = {0};

    enum status status = put_message(message, ok, &text, error);
    if (status == STATUS_OK)
        status = peer_send(peer, text.data, text.length, error);
    buf_release(&text);
    return status;
}

static enum status not_understood(struct error *error)
{
    return error_set(error, STATUS_INVALID, "%s",
                     _("The other Huiliu says something that is not understood: it may be of "
                       "another version."));
}

static enum status status_from_name(const char *name)
{
    for (int status = STATUS_OK; status <= STATUS_INTERNAL; status++)
        if (strcmp(name, status_name((enum status)status)) == 0)
            return (enum status)status;
    return STATUS_INTERNAL;
}

/* --- the holder ------------------------------------------------------------------------------- */

static bool read_ask(const json_t *message, enum proxy_ask *ask)
{
    const char *name = json_text(message, "ask", "");

    for (size_t i = 0; i < ASK_COUNT; i++)
        if (strcmp(name, asks[i]) == 0) {
            *ask = (enum proxy_ask)i;
            return true;
        }
    return false;
}

enum status proxy_read(const char *message, size_t length, struct proxy_request *request,
                       struct error *error)
{
    struct proxy_request read = {0};
    json_t *value = NULL;

    if (json_parse(message, length, &value, NULL) != STATUS_OK)
        return not_understood(error);
    const char *dataset = json_text(value, "dataset", "");
    bool known = read_ask(value, &read.ask) && strlen(dataset) < sizeof read.dataset;
    if (known) {
        read.full = json_bool(value, "full", false);
        read.follow = json_bool(value, "follow", false);
        memcpy(read.dataset, dataset, strlen(dataset) + 1);
        (void)snprintf(read.format, sizeof read.format, "%s", json_text(value, "format", ""));
        *request = read;
    }
    json_decref(value);
    return known ? STATUS_OK : not_understood(error);
}

void proxy_take(struct peer *caller)
{
    static const char taken[] = "{\"taken\":true}";

    peer_try_send(caller, taken, sizeof taken - 1);
}

void proxy_refuse(struct peer *caller, enum status why, const char *reason)
{
    json_t *message = json_object();
    bool ok = message != NULL;

    json_put_text(message, "refused", status_name(why), &ok);
    json_put_text(message, "reason", reason, &ok);
    (void)say(caller, message, ok, NULL);
}

void proxy_tell_progress(struct peer *caller, const struct sync_progress *progress)
{
    json_t *message = json_object();
    json_t *now = json_object();
    struct buf text = {0};
    bool ok = message && now;

    json_put_text(now, "dataset", progress->dataset, &ok);
    json_put_text(now, "title", progress->title, &ok);
    json_put(now, "rows", json_integer(progress->rows), &ok);
    json_put(now, "rows_expected", json_integer(progress->rows_expected), &ok);
    json_put(now, "rows_total", json_integer(progress->rows_total), &ok);
    json_put(now, "total_expected", json_integer(progress->total_expected), &ok);
    json_put(now, "bytes", json_integer(progress->bytes), &ok);
    json_put(now, "elapsed_ms", json_integer(progress->elapsed_ms), &ok);
    json_put(now, "datasets_done", json_integer(progress->datasets_done), &ok);
    json_put(now, "dataset_count", json_integer(progress->dataset_count), &ok);
    json_put(message, "progress", now, &ok);
    if (put_message(message, ok, &text, NULL) == STATUS_OK)
        peer_try_send(caller, text.data, text.length);
    buf_release(&text);
}

static enum status tell_dataset(struct peer *caller, const struct sync_dataset_report *dataset)
{
    json_t *message = json_object();
    json_t *value = json_object();
    bool ok = message && value;

    json_put_text(value, "dataset", dataset->dataset, &ok);
    json_put(value, "rows", json_integer(dataset->rows), &ok);
    json_put(value, "pulled", json_integer(dataset->pulled), &ok);
    json_put(value, "purged", json_integer(dataset->purged), &ok);
    json_put(value, "aside", json_integer(dataset->aside), &ok);
    json_put_text(value, "since", dataset->since, &ok);
    json_put(value, "seconds", json_real(dataset->seconds), &ok);
    json_put_text(value, "status", status_name(dataset->status), &ok);
    json_put_text(value, "reason", dataset->reason, &ok);
    json_put(message, "dataset", value, &ok);
    return say(caller, message, ok, NULL);
}

void proxy_tell_report(struct peer *caller, const struct sync_report *report)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < report->dataset_count && status == STATUS_OK; i++)
        status = tell_dataset(caller, &report->datasets[i]);
    if (status != STATUS_OK)
        return;
    json_t *message = json_object();
    json_t *value = json_object();
    bool ok = message && value;
    json_put_text(value, "result", status_name(report->result), &ok);
    json_put_text(value, "reason", report->reason, &ok);
    json_put(value, "pulled", json_integer(report->pulled), &ok);
    json_put(value, "pushed", json_integer(report->pushed), &ok);
    json_put(value, "held", json_integer(report->held), &ok);
    json_put(value, "aside", json_integer(report->aside), &ok);
    json_put(value, "seconds", json_real(report->seconds), &ok);
    json_put(message, "report", value, &ok);
    (void)say(caller, message, ok, NULL);
}

/* --- the caller ------------------------------------------------------------------------------- */

enum status proxy_call(const char *directory, struct peer **holder, struct error *error)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", directory, HOME_CALL_FILE);

    if (length < 0 || (size_t)length >= sizeof path)
        return error_set(error, STATUS_INVALID, _("The path %s is too long."), directory);
    return peer_connect(path, holder, error);
}

/* What has come of a report until now. */
struct answer {
    struct sync_report *report;
    struct arena *arena;
    struct sync_dataset_report *datasets;
    size_t dataset_count;
    bool complete;
};

static void take_progress(const json_t *now, const struct sync_options *options)
{
    const struct sync_progress progress = {
        .dataset = json_text(now, "dataset", ""),
        .title = json_text(now, "title", ""),
        .rows = json_int(now, "rows", 0),
        .rows_expected = json_int(now, "rows_expected", -1),
        .rows_total = json_int(now, "rows_total", 0),
        .total_expected = json_int(now, "total_expected", -1),
        .bytes = json_int(now, "bytes", 0),
        .elapsed_ms = json_int(now, "elapsed_ms", 0),
        .datasets_done = (int)json_int(now, "datasets_done", 0),
        .dataset_count = (int)json_int(now, "dataset_count", 0),
    };

    if (options->progress)
        options->progress(&progress, options->context);
}

static void take_dataset(struct answer *answer, const json_t *value)
{
    if (answer->dataset_count == DATASETS_MAX)
        return;
    struct sync_dataset_report *dataset = arena_push(
        answer->arena, &answer->datasets, &answer->dataset_count, sizeof *answer->datasets);
    if (!dataset)
        return; /* report_finish() says so */
    *dataset = (struct sync_dataset_report){
        .dataset = arena_str(answer->arena, json_text(value, "dataset", "")),
        .rows = json_int(value, "rows", 0),
        .pulled = json_int(value, "pulled", 0),
        .purged = json_int(value, "purged", 0),
        .aside = json_int(value, "aside", 0),
        .since = arena_str(answer->arena, json_text(value, "since", NULL)),
        .seconds = json_number_value(json_object_get(value, "seconds")),
        .status = status_from_name(json_text(value, "status", "")),
        .reason = arena_str(answer->arena, json_text(value, "reason", "")),
    };
}

static void take_report(struct answer *answer, const json_t *value)
{
    *answer->report = (struct sync_report){
        .result = status_from_name(json_text(value, "result", "")),
        .reason = arena_str(answer->arena, json_text(value, "reason", "")),
        .pulled = json_int(value, "pulled", 0),
        .pushed = json_int(value, "pushed", 0),
        .held = json_int(value, "held", 0),
        .aside = json_int(value, "aside", 0),
        .seconds = json_number_value(json_object_get(value, "seconds")),
        .datasets = answer->datasets,
        .dataset_count = answer->dataset_count,
    };
    answer->complete = true;
}

static enum status refused(const json_t *message, struct error *error)
{
    const char *reason = json_text(message, "reason", "");
    enum status status = status_from_name(json_text(message, "refused", ""));

    return error_set(error, status == STATUS_OK ? STATUS_INTERNAL : status, "%s",
                     reason[0] ? reason : _("The other Huiliu refuses."));
}

static enum status take_message(struct answer *answer, const json_t *message,
                                const struct sync_options *options, struct error *error)
{
    json_t *value;

    if ((value = json_object_get(message, "progress")))
        take_progress(value, options);
    else if ((value = json_object_get(message, "dataset")))
        take_dataset(answer, value);
    else if ((value = json_object_get(message, "report")))
        take_report(answer, value);
    else if (json_object_get(message, "refused"))
        return refused(message, error);
    return STATUS_OK;
}

static enum status hear(struct peer *holder, int wait_ms, json_t **message, struct error *error)
{
    struct buf text = {0};

    enum status status = peer_receive(holder, wait_ms, &text, error);
    if (status == STATUS_OK && json_parse(text.data, text.length, message, NULL) != STATUS_OK)
        status = not_understood(error);
    buf_release(&text);
    return status;
}

static enum status ask_for(struct peer *holder, const struct proxy_request *request,
                           struct error *error)
{
    json_t *message = json_object();
    json_t *answer = NULL;
    bool ok = message != NULL;

    json_put_text(message, "ask", asks[request->ask], &ok);
    json_put(message, "full", json_boolean(request->full), &ok);
    json_put(message, "follow", json_boolean(request->follow), &ok);
    json_put_text(message, "dataset", request->dataset[0] ? request->dataset : NULL, &ok);
    if (request->format[0])
        json_put_text(message, "format", request->format, &ok);
    enum status status = say(holder, message, ok, error);
    if (status == STATUS_OK)
        status = hear(holder, TAKEN_WITHIN_MS, &answer, error);
    if (status == STATUS_OK && !json_bool(answer, "taken", false))
        status =
            json_object_get(answer, "refused") ? refused(answer, error) : not_understood(error);
    json_decref(answer);
    return status;
}

static enum status hear_report(struct peer *holder, const struct sync_options *options,
                               struct answer *answer, struct error *error)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && !answer->complete) {
        json_t *message = NULL;
        status = hear(holder, -1, &message, error);
        if (status == STATUS_NOT_FOUND)
            return error_set(error, STATUS_CANCELLED, "%s",
                             _("The window that made the exchange was closed before it was over. "
                               "What had come by then is kept."));
        if (status == STATUS_OK)
            status = take_message(answer, message, options, error);
        json_decref(message);
    }
    return status == STATUS_OK ? report_finish(answer->report, error) : status;
}

enum status proxy_exchange(struct peer *holder, const struct sync_options *options, bool follow,
                           struct sync_report **report, struct error *error)
{
    struct proxy_request request = {.ask = PROXY_EXCHANGE, .full = options->full, .follow = follow};
    const char *dataset = options->dataset ? options->dataset : "";
    struct answer answer = {0};

    if (strlen(dataset) >= sizeof request.dataset)
        return error_set(error, STATUS_NOT_FOUND,
                         _("The catalogue has no dataset called %s. Look at the list of datasets."),
                         dataset);
    memcpy(request.dataset, dataset, strlen(dataset) + 1);
    enum status status = report_new(&answer.report, &answer.arena, error);
    if (status == STATUS_OK)
        status = ask_for(holder, &request, error);
    if (status == STATUS_OK)
        status = hear_report(holder, options, &answer, error);
    if (status == STATUS_OK)
        *report = answer.report;
    else
        sync_report_free(answer.report);
    return status;
}

void proxy_stop(struct peer *holder)
{
    static const char stop[] = "{\"ask\":\"stop\"}";

    peer_try_send(holder, stop, sizeof stop - 1);
}

enum status proxy_ask_for_home(struct peer *holder, struct error *error)
{
    return ask_for(holder, &(struct proxy_request){.ask = PROXY_HOME}, error);
}

enum status proxy_ask_for_loan(struct peer *holder, struct error *error)
{
    struct proxy_request request = {.ask = PROXY_LOAN};

    home_format(request.format);
    return ask_for(holder, &request, error);
}
