#include "tui/syncing.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "sync/proxy.h"
#include "sync/reconcile.h"
#include "tui/app.h"
#include "tui/errand.h"
#include "tui/sync_panel.h"
#include "tui/visitors.h"
#include "tui/workplace.h"

#include <stdio.h>
#include <stdlib.h>

#define SHOW_ROWS_EVERY_MS 1000

/* A command in another terminal that waits for a run. */
struct visit {
    struct peer *caller; /* NULL: none */
    struct proxy_request request;
};

struct syncing {
    struct workplace *place;
    struct visitors *visitors; /* NULL: nobody can call */
    struct visit now;          /* of the run under way */
    struct visit next;         /* for the next run, or the end of this one (follow) */
    struct sync *sync;         /* NULL: read-only */
    struct worker *worker;
    struct syncing_state state;
    int64_t shown_ms; /* when views were last told to reload during a run */
    bool waiting;     /* a wait_job is with the worker */
    bool stopped;     /* the application is leaving */
    bool asked;       /* somebody waits to hear how the run ends */
    bool parting;     /* `sync` is the worker's to close: nothing else may touch it */
    struct reconcile_report *comparison;
};

static void start_run(struct syncing *syncing);

/* Text from the network may be of any length; this is the screen's copy. */
static void copy_text(char *out, size_t size, const char *text)
{
    (void)snprintf(out, size, "%s", text ? text : "");
}

/* --- progress: notes from the worker's thread ------------------------------------------------- */

struct note {
    struct job job;
    struct syncing *syncing;
    struct sync_progress progress;
    char dataset[65], title[128];
};

static void note_free(struct job *job)
{
    free(job);
}

static void tell_progress(const struct syncing *syncing, const struct note *note)
{
    struct peer *caller = syncing->now.caller ? syncing->now.caller : syncing->next.caller;
    struct sync_progress progress = note->progress;

    progress.dataset = note->dataset;
    progress.title = note->title;
    if (caller)
        proxy_tell_progress(caller, &progress);
}

static void note_done(struct job *job)
{
    struct note *note = (struct note *)job;
    struct syncing *syncing = note->syncing;
    struct syncing_state *state = &syncing->state;
    int64_t now = clock_mono_ms();

    if (state->phase == SYNCING_RUNNING || state->phase == SYNCING_STOPPING) {
        copy_text(state->dataset, sizeof state->dataset, note->dataset);
        copy_text(state->title, sizeof state->title, note->title);
        state->rows = note->progress.rows;
        state->rows_expected = note->progress.rows_expected;
        state->rows_total = note->progress.rows_total;
        state->total_expected = note->progress.total_expected;
        state->bytes = note->progress.bytes;
        state->elapsed_ms = note->progress.elapsed_ms;
        state->heard_ms = now;
        state->datasets_done = note->progress.datasets_done;
        state->dataset_count = note->progress.dataset_count;
        tell_progress(syncing, note);
        if (now - syncing->shown_ms >= SHOW_ROWS_EVERY_MS) {
            syncing->shown_ms = now;
            workplace_changed(syncing->place);
        }
        app_stale(workplace_app(syncing->place), STALE_VIEW);
    }
    free(note);
}

void syncing_report(const struct sync_progress *progress, void *context)
{
    struct syncing *syncing = context;
    struct note *note = calloc(1, sizeof *note);

    if (!note)
        return; /* only a picture of the progress is lost */
    note->job = (struct job){.done = note_done, .abandon = note_free};
    note->syncing = syncing;
    note->progress = *progress;
    copy_text(note->dataset, sizeof note->dataset, progress->dataset);
    copy_text(note->title, sizeof note->title, progress->title);
    mailbox_post(app_mailbox(workplace_app(syncing->place)), &note->job);
}

/* --- waiting for a reason to run ----------------------------------------------------------------
 */

struct wait_job {
    struct job job;
    struct syncing *syncing;
    enum status status;
    struct error error;
};

static void wait_run(struct job *job)
{
    struct wait_job *wait = (struct wait_job *)job;

    wait->status = sync_rest(wait->syncing->sync, &wait->error);
}

static void wait_done(struct job *job)
{
    struct wait_job *wait = (struct wait_job *)job;
    struct syncing *syncing = wait->syncing;

    free(wait);
    syncing->waiting = false;
    if (!syncing->stopped && !syncing->parting)
        start_run(syncing);
}

static void start_wait(struct syncing *syncing)
{
    struct wait_job *wait = calloc(1, sizeof *wait);

    syncing->state.phase = SYNCING_WAITING;
    syncing->state.next_ms = sync_next_ms(syncing->sync);
    if (!wait)
        return; /* "sync now" starts again */
    wait->job = (struct job){.run = wait_run, .done = wait_done, .abandon = note_free};
    wait->syncing = syncing;
    syncing->waiting = true;
    worker_post(syncing->worker, &wait->job);
}

/* --- one run ------------------------------------------------------------------------------------
 */

struct run_job {
    struct job job;
    struct syncing *syncing;
    struct proxy_request request; /* zero: an ordinary run */
    struct sync_report *report;
    enum status status;
    struct error error;
};

static void run_free(struct job *job)
{
    sync_report_free(((struct run_job *)job)->report);
    free(job);
}

static void run_run(struct job *job)
{
    struct run_job *run = (struct run_job *)job;
    const struct proxy_request *request = &run->request;
    const struct sync_options options = {.dataset = request->dataset[0] ? request->dataset : NULL,
                                         .full = request->full,
                                         .progress = syncing_report,
                                         .context = run->syncing};

    run->status = sync_run(run->syncing->sync, &options, &run->report, &run->error);
}

static void end_visit(struct visit *visit)
{
    peer_release(visit->caller);
    *visit = (struct visit){0};
}

static void answer_visit(struct visit *visit, const struct run_job *run)
{
    if (visit->caller && run->status == STATUS_OK)
        proxy_tell_report(visit->caller, run->report);
    else if (visit->caller)
        proxy_refuse(visit->caller, run->status, run->error.text);
    end_visit(visit);
}

static void keep_dataset(struct syncing_state *state, const struct sync_dataset_report *from)
{
    size_t room = sizeof state->datasets / sizeof state->datasets[0];

    if ((size_t)state->dataset_results == room)
        return;
    struct syncing_dataset *to = &state->datasets[state->dataset_results++];
    copy_text(to->dataset, sizeof to->dataset, from->dataset);
    copy_text(to->title, sizeof to->title, from->dataset);
    to->pulled = from->pulled;
    to->status = from->status;
    copy_text(to->reason, sizeof to->reason, from->reason);
}

static void keep_result(struct syncing *syncing, const struct run_job *run)
{
    struct syncing_state *state = &syncing->state;
    const struct sync_report *report = run->report;

    state->has_result = true;
    state->finished_ms = clock_wall_ms();
    state->result = report ? report->result : run->status;
    copy_text(state->reason, sizeof state->reason, report ? report->reason : run->error.text);
    state->pulled = report ? report->pulled : 0;
    state->pushed = report ? report->pushed : 0;
    state->held = report ? report->held : 0;
    state->dataset_results = 0;
    for (size_t i = 0; report && i < report->dataset_count; i++)
        keep_dataset(state, &report->datasets[i]);
    bool failed = state->result != STATUS_OK && state->result != STATUS_CANCELLED;
    state->failures = failed ? state->failures + 1 : 0;
}

static void tell_result(const struct syncing_state *state, struct app *app)
{
    struct buf text = {0};

    sync_result_describe(state, &text);
    if (state->result != STATUS_OK && state->reason[0])
        app_say(app, sync_result_style(state->result), "%s", state->reason);
    else
        app_say(app, sync_result_style(state->result), "%s", buf_text(&text));
    buf_release(&text);
}

static void run_done(struct job *job)
{
    struct run_job *run = (struct run_job *)job;
    struct syncing *syncing = run->syncing;
    struct app *app = workplace_app(syncing->place);

    keep_result(syncing, run);
    answer_visit(&syncing->now, run);
    if (syncing->next.request.follow)
        answer_visit(&syncing->next, run);
    run_free(job);
    workplace_changed(syncing->place);
    if (syncing->asked)
        tell_result(&syncing->state, app);
    syncing->asked = false;
    app_busy(app, -1);
    app_stale(app, STALE_VIEW | STALE_FRAME);
    if (!syncing->stopped)
        start_wait(syncing);
}

static void start_run(struct syncing *syncing)
{
    struct run_job *run = calloc(1, sizeof *run);

    if (!run) {
        syncing->state.phase = SYNCING_WAITING; /* "sync now" tries again */
        return;
    }
    run->job = (struct job){.run = run_run, .done = run_done, .abandon = run_free};
    run->syncing = syncing;
    syncing->now = syncing->next;
    syncing->next = (struct visit){0};
    run->request = syncing->now.request;
    syncing->state.phase = SYNCING_RUNNING;
    syncing->state.rows = syncing->state.rows_total = syncing->state.bytes = 0;
    syncing->state.rows_expected = syncing->state.total_expected = -1;
    syncing->state.elapsed_ms = 0;
    syncing->state.dataset[0] = syncing->state.title[0] = '\0';
    syncing->shown_ms = clock_mono_ms();
    syncing->state.started_ms = syncing->state.heard_ms = syncing->shown_ms;
    app_busy(workplace_app(syncing->place), 1);
    app_stale(workplace_app(syncing->place), STALE_VIEW | STALE_FRAME);
    worker_post(syncing->worker, &run->job);
}

/* --- public
 * --------------------------------------------------------------------------------------- */

enum status syncing_start(struct syncing *syncing, struct error *error)
{
    struct workplace *place = syncing->place;
    enum status status = STATUS_OK;

    if (!syncing->worker)
        status =
            worker_new_behind("sync", app_mailbox(workplace_app(place)), &syncing->worker, error);
    if (status != STATUS_OK || syncing->sync)
        return status;
    status = sync_new(workplace_home(place), workplace_outbox(place), &syncing->sync, error);
    if (status == STATUS_OK) {
        if (!syncing->visitors)
            syncing->visitors = visitors_new(place);
        start_run(syncing);
    }
    return status;
}

enum status syncing_new(struct workplace *place, struct syncing **syncing, struct error *error)
{
    struct syncing *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->place = place;
    enum status status = workplace_outbox(place) ? syncing_start(made, error) : STATUS_OK;
    if (status != STATUS_OK) {
        syncing_free(made);
        return status;
    }
    *syncing = made;
    return STATUS_OK;
}

void syncing_keep_comparison(struct syncing *syncing, struct reconcile_report *report)
{
    reconcile_report_free(syncing->comparison);
    syncing->comparison = report;
    syncing->state.comparison = report;
    syncing->state.compared_ms = clock_wall_ms();
}

void syncing_free(struct syncing *syncing)
{
    if (!syncing)
        return;
    syncing->stopped = true;
    visitors_free(syncing->visitors);
    if (!syncing->parting && syncing->sync) {
        sync_cancel(syncing->sync);
        sync_wake(syncing->sync);
    }
    worker_free(syncing->worker);
    /* What the worker finished last still lies in the mailbox and points here. */
    mailbox_drain(app_mailbox(workplace_app(syncing->place)));
    sync_free(syncing->sync);
    reconcile_report_free(syncing->comparison);
    end_visit(&syncing->now);
    end_visit(&syncing->next);
    free(syncing);
}

const struct syncing_state *syncing_state(const struct syncing *syncing)
{
    return &syncing->state;
}

void syncing_now(struct syncing *syncing)
{
    if (syncing->stopped)
        return;
    if (syncing->state.phase == SYNCING_WAITING && !syncing->waiting)
        start_run(syncing);
    else if (syncing->state.phase != SYNCING_OFF)
        sync_wake(syncing->sync);
}

void syncing_ask(struct syncing *syncing)
{
    syncing->asked = true;
    syncing_now(syncing);
}

void syncing_cancel(struct syncing *syncing)
{
    if (syncing->state.phase != SYNCING_RUNNING)
        return;
    syncing->state.phase = SYNCING_STOPPING;
    sync_cancel(syncing->sync);
}

/* --- parting ------------------------------------------------------------------------------------
 */

struct part_job {
    struct job job;
    struct syncing *syncing;
    syncing_parted_fn *parted;
    void *data;
};

static void part_run(struct job *job)
{
    struct syncing *syncing = ((struct part_job *)job)->syncing;

    sync_free(syncing->sync);
    syncing->sync = NULL;
}

static void part_done(struct job *job)
{
    struct part_job *part = (struct part_job *)job;

    part->syncing->parting = false;
    if (!part->syncing->stopped)
        part->parted(part->data);
    free(part);
}

bool syncing_part(struct syncing *syncing, syncing_parted_fn *parted, void *data)
{
    struct part_job *part;

    if (syncing->state.phase != SYNCING_WAITING || !syncing->waiting || syncing->stopped ||
        syncing->parting || syncing->next.caller || !(part = calloc(1, sizeof *part)))
        return false;
    part->job = (struct job){.run = part_run, .done = part_done, .abandon = note_free};
    part->syncing = syncing;
    part->parted = parted;
    part->data = data;
    syncing->parting = true;
    syncing->state.phase = SYNCING_OFF;
    sync_wake(syncing->sync); /* first: behind the wait it is closed */
    worker_post(syncing->worker, &part->job);
    return true;
}

bool syncing_visit(struct syncing *syncing, struct peer *caller,
                   const struct proxy_request *request)
{
    bool running = syncing->state.phase == SYNCING_RUNNING;

    if (syncing->stopped || syncing->next.caller || syncing->now.caller)
        return false; /* while the home is lent it waits for the run that follows */
    proxy_take(caller);
    syncing->next = (struct visit){.caller = peer_keep(caller), .request = *request};
    if (!running || !request->follow)
        syncing_now(syncing);
    return true;
}

static bool follows(const struct syncing *syncing, const struct peer *caller)
{
    return syncing->next.caller == caller && syncing->next.request.follow &&
           syncing->state.phase == SYNCING_RUNNING;
}

void syncing_visit_ends(struct syncing *syncing, const struct peer *caller)
{
    if (syncing->now.caller == caller || follows(syncing, caller)) {
        syncing_cancel(syncing);
    } else if (syncing->next.caller == caller) {
        proxy_refuse(syncing->next.caller, STATUS_CANCELLED, _("Stopped before it began."));
        end_visit(&syncing->next);
    }
}

struct worker *syncing_worker(struct syncing *syncing)
{
    if (syncing->parting || syncing->stopped || !syncing->sync)
        return NULL;
    sync_wake(syncing->sync);
    return syncing->worker;
}

struct sync *syncing_engine(struct syncing *syncing)
{
    return syncing->sync;
}
