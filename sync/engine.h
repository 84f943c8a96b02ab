#ifndef HUILIU_SYNC_ENGINE_H
#define HUILIU_SYNC_ENGINE_H
/*
 * One run of synchronisation: catalogue down, requests up and down, then the datasets the
 * catalogue names, by priority (DESIGN section 5). The command line calls it directly; the
 * interface calls it from its sync worker; `sync --watch` calls it in a loop.
 *
 *     sync_new(home, outbox, &sync, &error);
 *     sync_run(sync, &options, &report, &error);     // blocking; minutes for a first sync
 *     ...
 *     sync_report_free(report);
 *     sync_free(sync);
 *
 * The engine owns the one writing connection to cache.db while it exists and uses the shared
 * outbox handle. sync_run() returns STATUS_OK when it has a report, whatever the network did: the
 * outcome is report->result. Other statuses mean the home itself failed (disk, corruption). A cache
 * found damaged is replaced and filled anew within the run (db/cache.h).
 * sync_cancel() may be called from any thread and makes a run stop within a fifth of a second; what
 * was committed stays and is resumed. It is remembered until a run or a wait has ended with it, so
 * one that is about to start stops too.
 */
#include "base/error.h"
#include "db/outbox.h"

#include <stdbool.h>
#include <stdint.h>

struct sync;

struct sync_progress {
    const char *dataset;    /* "catalogue", "requests", or a dataset's name */
    const char *title;      /* for the screen */
    int64_t rows;           /* applied in this dataset in this run */
    int64_t rows_expected;  /* -1 unknown */
    int64_t rows_total;     /* applied in the whole run */
    int64_t total_expected; /* of all datasets; -1 unknown */
    int64_t bytes;          /* received in the whole run */
    int64_t elapsed_ms;
    int datasets_done, dataset_count;
};

struct sync_options {
    const char *dataset; /* only this one (and the catalogue); NULL: everything */
    bool full;           /* from the start: baseline again */
    void (*progress)(const struct sync_progress *progress, void *context); /* sync's thread */
    void *context;
};

struct sync_dataset_report {
    const char *dataset;
    int64_t rows;   /* in the cache now */
    int64_t pulled; /* rows applied in this run */
    int64_t purged;
    int64_t aside;     /* rows that were not understood, in the cache now */
    const char *since; /* position reached, JSON text; NULL */
    double seconds;
    enum status status; /* OK, or why this dataset could not be read */
    const char *reason; /* sentence; with OK only when access was withdrawn, else "" */
};

struct sync_report {
    enum status result; /* OK, or the failure that stopped or marred the run: worst first */
    const char *reason; /* sentence with the next step; "" when OK */
    bool begun;         /* every dataset has been looked at: what `full` was to read again and this
                           run did not come to, the next run reads without being told */
    int64_t pulled;     /* rows applied */
    int64_t pushed;     /* requests delivered by this run */
    int64_t held;       /* requests that need a person now, whichever run put them on hold */
    int64_t aside;      /* rows that were not understood, in the cache now */
    double seconds;
    const struct sync_dataset_report *datasets;
    size_t dataset_count;
};

enum status sync_new(const struct home *home, struct outbox *outbox, struct sync **sync,
                     struct error *error) MUST_CHECK;
void sync_free(struct sync *sync);
enum status sync_run(struct sync *sync, const struct sync_options *options,
                     struct sync_report **report, struct error *error) MUST_CHECK;
void sync_report_free(struct sync_report *report);
void sync_cancel(struct sync *sync); /* any thread */

/* Waits until the next run is due (sync/rest.h says when that is), or earlier for a reason: there
 * is something new upstream (long polls on the requests, the catalogue and the datasets that come
 * first), this computer's network has changed, sync_wake(), sync_cancel(). For --watch and the
 * interface's worker:
 *
 *     do sync_run(sync, …); while (sync_rest(sync, …) == STATUS_OK && !asked_to_stop);
 *
 * A failure is the home's, and the wait has taken place all the same. */
enum status sync_rest(struct sync *sync, struct error *error) MUST_CHECK;
/* The same, but for `at_most_ms`; when the upstream asked for a pause, at least that long. */
enum status sync_wait(struct sync *sync, int64_t at_most_ms, struct error *error) MUST_CHECK;
void sync_wake(struct sync *sync); /* any thread: "sync now", a new request was queued */
/* When the next run is due by itself, monotonic. Only while none of the above is under way. */
int64_t sync_next_ms(const struct sync *sync);
/* How long to wait after this many consecutive failures: capped, jittered, milliseconds. */
int64_t sync_backoff_ms(int failures);

/* What a sync stands on, for other work of the same thread on the same connections (reconcile.h,
 * bundle_import.h). Only while neither sync_run() nor sync_wait() is under way. */
struct sync_parts {
    const struct home *home;
    struct outbox *outbox;
    struct cache *cache;
    struct couch *couch;
};
struct sync_parts sync_parts(const struct sync *sync);

#endif
