#ifndef HUILIU_SYNC_PROGRESS_H
#define HUILIU_SYNC_PROGRESS_H
/*
 * Counts what a run applies and tells the caller of sync_run() about it, at most ten times a
 * second and once at every border between datasets. One thread.
 */
#include "sync/couch.h"
#include "sync/engine.h"

struct progress {
    const struct sync_options *options;
    const struct couch *couch; /* NULL: nothing comes from the network */
    struct sync_progress now;
    int64_t started_ms, told_ms; /* monotonic */
};

void progress_start(struct progress *progress, const struct sync_options *options,
                    const struct couch *couch);
/* What follows belongs to this dataset; expected -1: unknown. */
void progress_enter(struct progress *progress, const char *dataset, const char *title,
                    int64_t expected);
/* A better figure for the dataset's rows_expected. */
void progress_expect(struct progress *progress, int64_t expected);
void progress_rows(struct progress *progress, int64_t rows);
/* The dataset is finished. */
void progress_leave(struct progress *progress);

#endif
