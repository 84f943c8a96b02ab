#include "cli/commands.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/thread.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "db/overview.h"
#include "sync/engine.h"

#include <stdio.h>
#include <string.h>

/* --- one report ------------------------------------------------------------------------------ */

/* A position is JSON text of any kind: wrapped, because json_parse() reads only containers. */
static json_t *since_json(const char *since)
{
    struct buf wrapped = {0};
    json_t *list = NULL;
    json_t *value = NULL;

    if (!since)
        return json_null();
    buf_printf(&wrapped, "[%s]", since);
    if (!buf_failed(&wrapped) && json_parse(wrapped.data, wrapped.length, &list, NULL) == STATUS_OK)
        value = json_incref(json_array_get(list, 0));
    json_decref(list);
    buf_release(&wrapped);
    return value ? value : json_null();
}

static json_t *dataset_json(const struct sync_dataset_report *dataset, bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "dataset", dataset->dataset, ok);
    json_put(value, "rows", json_integer(dataset->rows), ok);
    json_put(value, "since", since_json(dataset->since), ok);
    json_put(value, "pulled", json_integer(dataset->pulled), ok);
    json_put(value, "purged", json_integer(dataset->purged), ok);
    json_put(value, "aside", json_integer(dataset->aside), ok);
    json_put(value, "seconds", json_real(dataset->seconds), ok);
    json_put_text(value, "status", status_name(dataset->status), ok);
    put_shown(value, "reason", dataset->reason ? dataset->reason : "", ok);
    return value;
}

static enum status report_json(struct output *out, const struct sync_report *report,
                               struct error *error)
{
    json_t *value = json_object();
    json_t *datasets = json_array();
    bool ok = true;

    json_put_text(value, "result", status_name(report->result), &ok);
    put_shown(value, "reason", report->reason ? report->reason : "", &ok);
    json_put(value, "pulled", json_integer(report->pulled), &ok);
    json_put(value, "pushed", json_integer(report->pushed), &ok);
    json_put(value, "held", json_integer(report->held), &ok);
    json_put(value, "aside", json_integer(report->aside), &ok);
    json_put(value, "seconds", json_real(report->seconds), &ok);
    for (size_t i = 0; i < report->dataset_count; i++)
        json_add(datasets, dataset_json(&report->datasets[i], &ok), &ok);
    json_put(value, "datasets", datasets, &ok);
    return output_json(out, value, ok, error);
}

static void print_datasets(struct output *out, const struct sync_report *report)
{
    struct table *table = table_new(5);

    for (size_t i = 0; i < report->dataset_count; i++) {
        const struct sync_dataset_report *dataset = &report->datasets[i];
        table_cell(table, dataset->dataset);
        table_cellf(table, _("%lld rows"), (long long)dataset->rows);
        table_cellf(table, _("%lld new"), (long long)dataset->pulled);
        table_cellf(table, _("%.1f s"), dataset->seconds);
        table_cell(table, dataset->status == STATUS_OK ? NULL : dataset->reason);
    }
    table_print(table, 0, out);
    table_free(table);
}

/* The last line must not be mistaken for that of a run that went well. */
static void print_report(struct output *out, const struct sync_report *report)
{
    print_datasets(out, report);
    output_line(out,
                report->result == STATUS_OK
                    ? _("%lld rows received, %lld requests sent, %lld held, %.1f s.")
                : report->result == STATUS_CANCELLED
                    ? _("Stopped: %lld rows received, %lld requests sent, %lld held, %.1f s.")
                    : _("Failed: %lld rows received, %lld requests sent, %lld held, %.1f s."),
                (long long)report->pulled, (long long)report->pushed, (long long)report->held,
                report->seconds);
    if (report->aside > 0)
        output_line(out, _("%lld rows were not understood and are kept aside: huiliu status"),
                    (long long)report->aside);
    if (report->held > 0)
        output_line(out, _("Held requests need a decision: huiliu request list --held"));
}

static enum exit_code code_of(const struct sync_report *report)
{
    if (report->result == STATUS_INVALID) /* the catalogue's words, not the command line's */
        return CLI_FAILED;
    if (report->result != STATUS_OK)
        return cli_exit_code(report->result);
    return report->held > 0 ? CLI_HELD : CLI_DONE;
}

/* --- running -----------------------------------------------------------------------------------
 */

struct session_of_sync {
    struct cli *cli;
    struct sync *sync;
    struct interrupt *interrupt;
    struct progress *progress;
};

static void stop(void *context)
{
    sync_cancel(context); /* a run */
    sync_wake(context);   /* a wait */
}

static enum status open_sync(struct session_of_sync *session, struct error *error)
{
    const struct seat *seat = session->cli->seat;

    enum status status = sync_new(seat->home, seat->outbox, &session->sync, error);
    if (status == STATUS_OK)
        interrupt_set_stop(session->interrupt, stop, session->sync);
    return status;
}

static void close_sync(struct session_of_sync *session)
{
    if (!session->sync)
        return;
    interrupt_set_stop(session->interrupt, NULL, NULL);
    sync_free(session->sync);
    session->sync = NULL;
}

static enum status run_sync(struct session_of_sync *session, struct sync_report **report,
                            struct error *error)
{
    const struct sync_options options = {
        .dataset = line_option(session->cli->line, "dataset"),
        .full = line_switch(session->cli->line, "full"),
        .progress = progress_show,
        .context = session->progress,
    };

    return sync_run(session->sync, &options, report, error);
}

/* One run and its report; *result is how it went. */
static enum status run_once(struct session_of_sync *session, enum status *result,
                            struct error *error)
{
    struct output *out = session->cli->out;
    struct sync_report *report = NULL;

    enum status status = run_sync(session, &report, error);
    progress_end(session->progress);
    if (status != STATUS_OK)
        return status;
    *result = report->result;
    session->cli->exit_code = (int)code_of(report);
    if (output_is_json(out))
        status = report_json(out, report, error);
    else
        print_report(out, report);
    if (report->result != STATUS_OK)
        output_note(out, "huiliu: %s", report->reason);
    sync_report_free(report);
    return status;
}

/* Once a day, as long as something has been waiting for a day. */
static enum status remind(struct session_of_sync *session, int64_t *reminded_ms,
                          struct error *error)
{
    struct overview *overview = NULL;
    char age[64];

    if (*reminded_ms > 0 && clock_mono_ms() - *reminded_ms < UNSENT_OLD_MS)
        return STATUS_OK;
    enum status status = overview_read(session->cli->seat->reader, NULL, &overview, error);
    if (status != STATUS_OK)
        return status;
    int64_t count = overview->queued + overview->sending + overview->held;
    int64_t waiting_ms = clock_wall_ms() - overview->oldest_unsent_ms;
    if (count > 0 && overview->oldest_unsent_ms > 0 && waiting_ms >= UNSENT_OLD_MS) {
        duration_format(waiting_ms, age, sizeof age);
        output_note(session->cli->out, _("huiliu: requests not sent: %lld, the oldest for %s."),
                    (long long)count, age);
        *reminded_ms = clock_mono_ms();
    }
    overview_free(overview);
    return STATUS_OK;
}

static enum status watch(struct session_of_sync *session, struct error *error)
{
    enum status result = STATUS_OK;
    int64_t reminded_ms = 0;

    do {
        enum status status = run_once(session, &result, error);
        if (status == STATUS_OK)
            status = output_finish(session->cli->out, error);
        if (status == STATUS_OK)
            status = remind(session, &reminded_ms, error);
        if (status == STATUS_OK && !interrupt_seen(session->interrupt))
            status = sync_rest(session->sync, error);
        if (status != STATUS_OK)
            return status;
    } while (!interrupt_seen(session->interrupt));
    session->cli->exit_code = CLI_DONE; /* asked to stop, and did */
    return STATUS_OK;
}

/* What is read here already, or for hours, is not worth a clerk's waiting at another window. */
static void yield_to_windows(const struct line *line)
{
    if (line_switch(line, "watch") || line_switch(line, "full"))
        thread_give_way();
}

static enum status run(struct cli *cli, struct error *error)
{
    struct session_of_sync session = {.cli = cli};
    enum status result = STATUS_OK;

    yield_to_windows(cli->line);
    enum status status = interrupt_new(&session.interrupt, error);
    if (status == STATUS_OK)
        status = progress_new(stderr, &session.progress, error);
    if (status == STATUS_OK)
        status = open_sync(&session, error);
    if (status == STATUS_OK)
        status = line_switch(cli->line, "watch") ? watch(&session, error)
                                                 : run_once(&session, &result, error);
    close_sync(&session);
    progress_free(session.progress);
    interrupt_free(session.interrupt);
    return status;
}

static const struct option_row options[] = {
    {"watch", NULL, 0, N_("keep synchronising until interrupted")},
    {"dataset", "DATASET", 0, N_("only the catalogue and this dataset")},
    {"full", NULL, 0, N_("read everything again from the start")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_sync = {
    .name = "sync",
    .operands = "",
    .summary = N_("Fetch returned data and deliver requests."),
    .options = options,
    .needs = SEAT_HOME | SEAT_WRITE,
    .run = run,
};
