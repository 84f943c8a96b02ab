#include "cli/commands.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/thread.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "db/overview.h"
#include "sync/engine.h"
#include "sync/proxy.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define WINDOW_WITHIN_MS 10000
#define WINDOW_RETRY_MS  50
#define HOME_RETRY_MS    1000

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
    struct sync *sync;   /* NULL: somebody else holds the home */
    struct peer *holder; /* who then does it (sync/proxy.h) */
    struct interrupt *interrupt;
    struct progress *progress;
    struct listener *listener; /* NULL: nobody can call */
    atomic_bool wanted;        /* a window asks for the home */
    bool gave_away;            /* and has got it */
    bool renewal_begun;        /* and is remembered: no need to ask for --full again */
};

static void stop(void *context)
{
    sync_cancel(context); /* a run */
    sync_wake(context);   /* a wait */
}

static void stop_holder(void *context)
{
    proxy_stop(context);
}

/* --- a window may have the home -----------------------------------------------------------------
 * People wait at windows and nobody waits here, so the home is given to a window that asks for it,
 * which then goes on with what this run has not done.
 */

static void heard(void *data, struct peer *caller, const char *message, size_t length)
{
    struct session_of_sync *session = data;
    struct proxy_request request;
    struct error error = {0};

    if (proxy_read(message, length, &request, &error) != STATUS_OK) {
        proxy_refuse(caller, error.status, error.text);
    } else if (request.ask != PROXY_HOME) {
        proxy_refuse(caller, STATUS_LOCKED,
                     _("Another command is synchronising here. Try again when it has ended."));
    } else {
        proxy_take(caller);
        session->wanted = true;
        stop(session->sync);
    }
}

static void gone(void *data, struct peer *caller)
{
    (void)data;
    (void)caller;
}

/* Without it windows only read until the run is over. */
static void take_calls(struct session_of_sync *session)
{
    const struct listener_hooks hooks = {.data = session, .heard = heard, .gone = gone};
    char path[PATH_MAX];
    struct error error = {0};

    if (home_path(session->cli->seat->home, HOME_CALL_FILE, path, sizeof path, &error) ==
            STATUS_OK &&
        listener_open(path, &hooks, &session->listener, &error) == STATUS_OK)
        return;
    log_line("calls: nobody can call: %s (detail %d)", status_name(error.status), error.detail);
}

/* --- opening and closing -------------------------------------------------------------------------
 */

static enum status open_sync(struct session_of_sync *session, struct error *error)
{
    const struct seat *seat = session->cli->seat;

    enum status status = sync_new(seat->home, seat->outbox, &session->sync, error);
    if (status != STATUS_OK)
        return status;
    session->wanted = false;
    interrupt_set_stop(session->interrupt, stop, session->sync);
    take_calls(session);
    return status;
}

static void close_sync(struct session_of_sync *session)
{
    listener_close(session->listener);
    session->listener = NULL;
    if (!session->sync)
        return;
    interrupt_set_stop(session->interrupt, NULL, NULL);
    sync_free(session->sync);
    session->sync = NULL;
}

static void use_holder(struct session_of_sync *session, struct peer *holder)
{
    interrupt_set_stop(session->interrupt, holder ? stop_holder : NULL, holder);
    session->holder = holder;
}

static enum status run_sync(struct session_of_sync *session, struct sync_report **report,
                            struct error *error)
{
    const struct sync_options options = {
        .dataset = line_option(session->cli->line, "dataset"),
        .full = line_switch(session->cli->line, "full") && !session->renewal_begun,
        .progress = progress_show,
        .context = session->progress,
    };

    return session->holder
               ? proxy_exchange(session->holder, &options, session->gave_away, report, error)
               : sync_run(session->sync, &options, report, error);
}

static bool was_given_away(const struct session_of_sync *session, const struct sync_report *report)
{
    return session->wanted && report->result == STATUS_CANCELLED;
}

static enum status tell(struct session_of_sync *session, const struct sync_report *report,
                        struct error *error)
{
    struct output *out = session->cli->out;
    enum status status = STATUS_OK;

    session->cli->exit_code = (int)code_of(report);
    if (output_is_json(out))
        status = report_json(out, report, error);
    else
        print_report(out, report);
    if (report->result != STATUS_OK)
        output_note(out, "huiliu: %s", report->reason);
    return status;
}

/* One run and its report, unless somebody else goes on with it. */
static enum status run_once(struct session_of_sync *session, bool *given_away, struct error *error)
{
    struct sync_report *report = NULL;

    enum status status = run_sync(session, &report, error);
    progress_end(session->progress);
    if (status != STATUS_OK)
        return status;
    *given_away = was_given_away(session, report);
    if (*given_away)
        session->renewal_begun = report->begun;
    else
        status = tell(session, report, error);
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

/* The window has a moment to open its end. */
static enum status call_window(struct session_of_sync *session, struct peer **window,
                               struct error *error)
{
    const char *directory = home_directory(session->cli->seat->home);
    int64_t until = clock_mono_ms() + WINDOW_WITHIN_MS;
    enum status status;

    while ((status = proxy_call(directory, window, error)) != STATUS_OK && clock_mono_ms() < until)
        if (interrupt_wait(session->interrupt, WINDOW_RETRY_MS))
            return error_set(error, STATUS_CANCELLED, "%s", _("Stopped."));
    return status;
}

static enum status leave_home_to_window(struct session_of_sync *session, struct error *error)
{
    close_sync(session);
    output_note(session->cli->out, "%s",
                _("huiliu: A window was opened here and goes on with the exchange."));
    return seat_release_lock(session->cli->seat, error);
}

static enum status follow_window(struct session_of_sync *session, struct error *error)
{
    bool given_away = false;
    struct peer *window = NULL;
    enum status status = leave_home_to_window(session, error);

    if (status == STATUS_OK)
        status = call_window(session, &window, error);
    if (status != STATUS_OK)
        return status;
    session->wanted = false;
    session->gave_away = session->renewal_begun || !line_switch(session->cli->line, "full");
    use_holder(session, window);
    status = run_once(session, &given_away, error);
    use_holder(session, NULL);
    peer_release(window);
    return status;
}

/* Until the window has been closed, or the signal comes. */
static enum status wait_for_home(struct session_of_sync *session, struct error *error)
{
    enum status status = leave_home_to_window(session, error);

    while (status == STATUS_OK && !interrupt_wait(session->interrupt, HOME_RETRY_MS)) {
        enum status taken = seat_retake_lock(session->cli->seat, error);
        if (taken != STATUS_LOCKED)
            return taken == STATUS_OK ? open_sync(session, error) : taken;
    }
    return status;
}

static enum status rest(struct session_of_sync *session, struct error *error)
{
    enum status status = session->wanted ? STATUS_OK : sync_rest(session->sync, error);

    if (status == STATUS_OK && session->wanted && !interrupt_seen(session->interrupt))
        status = wait_for_home(session, error);
    return status;
}

static enum status watch(struct session_of_sync *session, struct error *error)
{
    int64_t reminded_ms = 0;

    do {
        bool given_away = false;
        enum status status = run_once(session, &given_away, error);
        if (status == STATUS_OK)
            status = output_finish(session->cli->out, error);
        if (status == STATUS_OK)
            status = remind(session, &reminded_ms, error);
        if (status == STATUS_OK && !interrupt_seen(session->interrupt))
            status = rest(session, error);
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

static enum status run_here(struct session_of_sync *session, struct error *error)
{
    bool given_away = false;
    enum status status = open_sync(session, error);

    if (status == STATUS_OK && line_switch(session->cli->line, "watch"))
        return watch(session, error);
    if (status == STATUS_OK)
        status = run_once(session, &given_away, error);
    return status == STATUS_OK && given_away ? follow_window(session, error) : status;
}

static enum status run_there(struct session_of_sync *session, struct error *error)
{
    bool given_away = false;

    if (line_switch(session->cli->line, "watch"))
        return error_set(error, STATUS_LOCKED, "%s",
                         _("A window is open here and keeps synchronising itself: --watch is for "
                           "when there is none."));
    use_holder(session, session->cli->seat->holder);
    enum status status = run_once(session, &given_away, error);
    use_holder(session, NULL);
    return status;
}

static enum status run(struct cli *cli, struct error *error)
{
    struct session_of_sync session = {.cli = cli};

    yield_to_windows(cli->line);
    enum status status = interrupt_new(&session.interrupt, error);
    if (status == STATUS_OK)
        status = progress_new(stderr, &session.progress, error);
    if (status == STATUS_OK)
        status = cli->seat->holder ? run_there(&session, error) : run_here(&session, error);
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
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_OR_HOLDER,
    .run = run,
};
