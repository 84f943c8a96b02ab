#ifndef HUILIU_TUI_SYNCING_H
#define HUILIU_TUI_SYNCING_H
/*
 * Synchronisation as the interface sees it: one worker thread that runs the engine of sync/ when
 * asked, when a request was queued, when the upstream has something new, and by backoff after
 * failures. Everything read here is the interface thread's copy, updated by messages.
 */
#include "base/error.h"
#include "sync/engine.h"

#include <stdbool.h>
#include <stdint.h>

struct peer;
struct proxy_request;
struct workplace;
struct syncing;
struct reconcile_report;

enum syncing_phase {
    SYNCING_OFF,     /* this window may not write: another one syncs */
    SYNCING_WAITING, /* until next_ms or something happens */
    SYNCING_RUNNING,
    SYNCING_STOPPING, /* cancelled, finishing its row */
};

struct syncing_dataset {
    char dataset[65];
    char title[128];
    int64_t pulled;
    enum status status;
    char reason[ERROR_TEXT_MAX];
};

struct syncing_state {
    enum syncing_phase phase;
    /* of the run under way: */
    char dataset[65], title[128];
    int64_t rows, rows_expected, rows_total, total_expected, bytes, elapsed_ms;
    int datasets_done, dataset_count;
    int64_t started_ms, heard_ms; /* monotonic: its start, the last sign of progress */
    /* of the last finished run: */
    bool has_result;
    enum status result;
    char reason[ERROR_TEXT_MAX];
    int64_t pulled, pushed, held, finished_ms; /* wall clock */
    int failures;                              /* consecutive */
    int64_t next_ms; /* monotonic: when the next run starts by itself; 0 unknown */
    struct syncing_dataset datasets[32];
    int dataset_results;
    const struct reconcile_report *comparison; /* the last one with the platform; NULL: none */
    int64_t compared_ms;                       /* wall clock */
};

enum status syncing_new(struct workplace *place, struct syncing **syncing,
                        struct error *error) MUST_CHECK;
/* The window may write from now on (workplace_take_over()): makes what SYNCING_OFF is without, and
 * runs. Nothing when it is there already. */
enum status syncing_start(struct syncing *syncing, struct error *error) MUST_CHECK;
/* Cancels, waits for the row in hand, and delivers what still lies in the mailbox: the other
 * workers must have ended, the workplace must still be there. */
void syncing_free(struct syncing *syncing);

const struct syncing_state *syncing_state(const struct syncing *syncing);
/* Now, whatever the backoff says. During a run: once more after it, because what was queued just
 * now may have come too late for it. */
void syncing_now(struct syncing *syncing);
/* The same for somebody who waits for it: how the run ended is said when it has. */
void syncing_ask(struct syncing *syncing);
void syncing_cancel(struct syncing *syncing); /* the run under way */

/* A run for a command in another terminal, which hears of its progress and gets its report
 * (sync/proxy.h). False: there is one already, or the window is closing. */
bool syncing_visit(struct syncing *syncing, struct peer *caller,
                   const struct proxy_request *request);
/* That command asks to stop, or has hung up; nothing when its run is over. */
void syncing_visit_ends(struct syncing *syncing, const struct peer *caller);

/* Lets go of the writing connection, for tui/lending.h: `parted` is called in the interface thread
 * when it is closed, and syncing_start() makes it anew. False while a run is under way or asked
 * for. */
typedef void syncing_parted_fn(void *data);
bool syncing_part(struct syncing *syncing, syncing_parted_fn *parted, void *data);

/* Other work on the same connections (tui/exchange.h): a job of this worker; NULL: this window may
 * not write. The wait between two runs is ended for it, and a run follows it. */
struct worker *syncing_worker(struct syncing *syncing);
/* Inside such a job: the engine, and its progress on the screen. */
struct sync *syncing_engine(struct syncing *syncing);
void syncing_report(const struct sync_progress *progress, void *syncing);
/* Takes the report over; that of the comparison before is freed. Interface thread. */
void syncing_keep_comparison(struct syncing *syncing, struct reconcile_report *report);

#endif
