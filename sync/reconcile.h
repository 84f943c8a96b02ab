#ifndef HUILIU_SYNC_RECONCILE_H
#define HUILIU_SYNC_RECONCILE_H
/*
 * Reconciliation (对账): is what is here what the upstream has? For each dataset the keys and
 * revisions of all its documents are read (`_changes` without documents, in pages) and held against
 * the cache, record by record (db/cache_survey.h).
 *
 *     sync_reconcile(sync, &options, &report, &error);
 *     ...
 *     reconcile_report_free(report);
 *
 * What changed upstream since the last synchronisation is no fault of the cache: those keys are
 * asked for last, behind everything else, and only counted as `newer`. A dataset that has not been
 * read to its end, or whose database was recreated, is not compared; its reason says to
 * synchronise.
 *
 * With `repair` exactly the differing documents are asked for by name, and what the upstream says
 * about each is applied like a row of the feed, record and index in one transaction. A record that
 * only exists here is asked for too and removed only when the upstream says, in its own words, that
 * it has no such document. The feed position stays: later revisions come with the next
 * synchronisation. Then the dataset is compared again.
 *
 * sync_cancel() stops it as it stops a run; what was repaired stays. STATUS_OK when there is a
 * report, whatever the network did; other statuses mean that the home failed. The sync's thread.
 */
#include "db/cache_survey.h"
#include "sync/engine.h"

struct reconcile_options {
    const char *dataset; /* only this one; NULL: all */
    bool repair;
    void (*progress)(const struct sync_progress *progress, void *context);
    void *context;
};

struct reconcile_dataset {
    const char *dataset, *title;
    bool compared;               /* the counts are true */
    struct survey_counts counts; /* as found */
    bool repaired;               /* `after` is true */
    int64_t repaired_rows;       /* asked for and applied */
    struct survey_counts after;  /* compared again after the repair */
    double seconds;
    enum status status; /* OK, or why it could not be compared or repaired */
    const char *reason; /* sentence; "" when OK */
};

struct reconcile_report {
    enum status result; /* OK, or the worst failure */
    const char *reason;
    int64_t differences; /* that are still there now, as far as is known */
    int64_t repaired_rows;
    double seconds;
    const struct reconcile_dataset *datasets;
    size_t dataset_count;
};

enum status sync_reconcile(struct sync *sync, const struct reconcile_options *options,
                           struct reconcile_report **report, struct error *error) MUST_CHECK;
void reconcile_report_free(struct reconcile_report *report);

/* missing + extra + different */
int64_t reconcile_differences(const struct survey_counts *counts);

#endif
