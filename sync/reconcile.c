#include "sync/reconcile.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "sync/classify.h"
#include "sync/news.h"
#include "sync/progress.h"
#include "sync/pull.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS    20000
#define SEQ_INTERVAL 1000
#define BATCH_KEYS   200 /* documents fetched at a time: a whole answer is held in memory */
#define ROUNDS_MAX   20  /* of repairing, when there are more differences than are remembered */

/* One call of sync_reconcile(). */
struct run {
    struct sync_parts parts;
    const struct reconcile_options *options;
    struct sync_options telling; /* the same for progress.h */
    struct progress progress;
    struct catalogue *catalogue;
    struct arena *arena;
    struct reconcile_dataset *datasets;
    size_t dataset_count;
    struct error outcome;
    bool stopped;
};

struct owned_report {
    struct reconcile_report report; /* first: what the caller holds */
    struct arena *arena;
};

/* One dataset while it is compared. */
struct comparing {
    struct run *run;
    const struct dataset *dataset;
    struct survey *survey;
    char database[FEED_DATABASE_MAX];
    struct buf since, instance;
    bool excepting; /* the rows are those since the position */
};

int64_t reconcile_differences(const struct survey_counts *counts)
{
    return counts->missing + counts->extra + counts->different;
}

/* --- comparing -------------------------------------------------------------------------------- */

static enum status on_row(void *context, const struct couch_row *row, struct error *error)
{
    struct comparing *comparing = context;
    if (!row->id)
        return classify_nonsense(error); /* half a list proves nothing */
    progress_rows(&comparing->run->progress, 1);
    if (comparing->excepting)
        return survey_except(comparing->survey, row->id, error);
    return survey_row(comparing->survey, row->id, row->rev, row->deleted, error);
}

static enum status read_page(struct comparing *comparing, struct buf *from, bool *more,
                             struct error *error)
{
    struct couch_page page = {0};
    const struct couch_query query = {.database = comparing->database,
                                      .since = from->length > 0 ? buf_text(from) : NULL,
                                      .limit = PAGE_ROWS,
                                      .seq_interval = SEQ_INTERVAL,
                                      .form = CHANGES_BARE};
    enum status status =
        couch_changes(comparing->run->parts.couch, &query, on_row, comparing, &page, error);
    if (status != STATUS_OK)
        return status;
    *more = !couch_page_is_last(&query, &page);
    if (*more && strcmp(page.last_seq, buf_text(from)) == 0)
        status = classify_nonsense(error); /* it would be asked for again and again */
    buf_clear(from);
    buf_str(from, page.last_seq);
    if (status == STATUS_OK && buf_failed(from))
        status = error_nomem(error);
    couch_page_release(&page);
    return status;
}

/* All rows behind a position; NULL: from the start. */
static enum status read_rows(struct comparing *comparing, const char *since, struct error *error)
{
    struct buf from = {0};
    bool more = true;
    buf_str(&from, since ? since : "");
    enum status status = buf_failed(&from) ? error_nomem(error) : STATUS_OK;
    while (status == STATUS_OK && more)
        status = read_page(comparing, &from, &more, error);
    buf_release(&from);
    return status;
}

/* The list as a whole, then what changed behind our position: whatever moved while the list was
 * read has a place behind the position too. */
static enum status compare(struct comparing *comparing, struct survey_counts *counts,
                           struct error *error)
{
    survey_free(comparing->survey);
    comparing->survey = NULL;
    enum status status = survey_new(comparing->run->parts.cache, comparing->dataset->name,
                                    &comparing->survey, error);
    comparing->excepting = false;
    if (status == STATUS_OK)
        status = read_rows(comparing, NULL, error);
    comparing->excepting = true;
    if (status == STATUS_OK)
        status = read_rows(comparing, buf_text(&comparing->since), error);
    if (status == STATUS_OK)
        status = survey_finish(comparing->survey, error);
    if (status == STATUS_OK)
        *counts = survey_counts(comparing->survey);
    return status;
}

/* --- repairing -------------------------------------------------------------------------------- */

/* What the upstream says about one document, as a row of the feed would say it. */
static enum status apply(struct comparing *comparing, const json_t *row, struct error *error)
{
    const json_t *value = json_object_get(row, "value");
    const json_t *doc = json_object_get(row, "doc");
    bool gone = json_text(row, "error", NULL) || json_bool(value, "deleted", false);
    bool changed;
    const struct change_row change = {.key = json_text(row, "key", ""),
                                      .rev = gone ? "" : json_text(value, "rev", ""),
                                      .deleted = gone,
                                      .doc = gone || !json_is_object(doc) ? NULL : doc};
    if (change.doc && strcmp(json_text(change.doc, "_id", ""), change.key) != 0)
        return classify_nonsense(error);
    return cache_apply(comparing->run->parts.cache, comparing->dataset, &change, &changed, error);
}

static enum status apply_batch(struct comparing *comparing, const json_t *rows, struct error *error)
{
    struct cache *cache = comparing->run->parts.cache;
    enum status status = cache_begin(cache, error);
    for (size_t i = 0; i < json_array_size(rows) && status == STATUS_OK; i++)
        status = apply(comparing, json_array_get(rows, i), error);
    if (status == STATUS_OK)
        status = cache_commit(cache, error);
    if (status != STATUS_OK)
        cache_rollback(cache);
    return status;
}

/* An answer that is too large is asked for in smaller parts. */
static enum status fetch(struct comparing *comparing, size_t first, size_t *count, json_t **rows,
                         struct error *error)
{
    struct couch *couch = comparing->run->parts.couch;
    enum status status;
    do {
        json_t *keys = json_array();
        status = keys ? survey_differences(comparing->survey, first, *count, keys, error)
                      : error_nomem(error);
        if (status == STATUS_OK)
            status = couch_fetch(couch, comparing->database, keys, rows, error);
        json_decref(keys);
    } while (status == STATUS_TOO_LARGE && (*count /= 2) > 0);
    return status;
}

static enum status repair_some(struct comparing *comparing, int64_t *repaired, struct error *error)
{
    size_t total = survey_difference_count(comparing->survey);
    enum status status = STATUS_OK;
    progress_expect(&comparing->run->progress, comparing->run->progress.now.rows + (int64_t)total);
    for (size_t first = 0; first < total && status == STATUS_OK;) {
        size_t count = total - first < BATCH_KEYS ? total - first : BATCH_KEYS;
        json_t *rows = NULL;
        status = fetch(comparing, first, &count, &rows, error);
        if (status == STATUS_OK)
            status = apply_batch(comparing, rows, error);
        json_decref(rows);
        if (status != STATUS_OK)
            break;
        first += count;
        *repaired += (int64_t)count;
        progress_rows(&comparing->run->progress, (int64_t)count);
    }
    return status;
}

/* Mostly one round; more when there are more differences than are remembered at a time. */
static enum status repair(struct comparing *comparing, struct reconcile_dataset *out,
                          struct error *error)
{
    struct survey_counts left = out->counts;
    enum status status = STATUS_OK;
    for (int round = 0; round < ROUNDS_MAX && status == STATUS_OK; round++) {
        int64_t before = reconcile_differences(&left);
        if (before == 0)
            break;
        status = repair_some(comparing, &out->repaired_rows, error);
        if (status == STATUS_OK)
            status = compare(comparing, &left, error);
        if (status == STATUS_OK && reconcile_differences(&left) >= before)
            break; /* it does not get better */
    }
    if (status == STATUS_OK && out->repaired_rows > 0)
        status = cache_checkpoint(comparing->run->parts.cache, error);
    if (status != STATUS_OK)
        return status;
    out->after = left;
    out->repaired = true;
    return STATUS_OK;
}

/* --- one dataset ------------------------------------------------------------------------------ */

static enum status load_position(struct comparing *comparing, bool *complete, struct error *error)
{
    struct error why = {0};
    enum status status = cache_position(comparing->run->parts.cache, comparing->database,
                                        &comparing->since, &comparing->instance, complete, &why);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (error)
        *error = why;
    return status;
}

/* Is there something to compare with? */
static enum status check_database(struct comparing *comparing, struct error *error)
{
    struct couch_info info = {0};
    enum status status =
        couch_database(comparing->run->parts.couch, comparing->database, &info, error);
    if (status != STATUS_OK)
        return status;
    progress_expect(&comparing->run->progress, info.documents + info.deleted);
    if (!couch_is_same_life(&info, buf_text(&comparing->instance), buf_text(&comparing->since)))
        status = error_set(error, STATUS_CONFLICT,
                           _("The platform has set up this dataset anew. Synchronise first."));
    couch_info_release(&info);
    return status;
}

static enum status examine(struct comparing *comparing, struct reconcile_dataset *out,
                           struct error *error)
{
    bool complete = false;
    enum status status = dataset_database(comparing->dataset, home_area(comparing->run->parts.home),
                                          comparing->database, sizeof(comparing->database), error);
    if (status == STATUS_OK)
        status = load_position(comparing, &complete, error);
    if (status == STATUS_OK && (!complete || comparing->since.length == 0))
        return error_set(error, STATUS_NOT_FOUND,
                         _("This dataset has not been read to its end yet. Synchronise first."));
    if (status == STATUS_OK)
        status = check_database(comparing, error);
    if (status == STATUS_OK)
        status = compare(comparing, &out->counts, error);
    if (status != STATUS_OK)
        return status;
    out->compared = true;
    return comparing->run->options->repair ? repair(comparing, out, error) : STATUS_OK;
}

/* A dataset this computer never had is nobody's failure, unless it was asked for by name. */
static bool counts_as_failure(const struct run *run, enum status status)
{
    return status != STATUS_NOT_FOUND || run->options->dataset;
}

static enum status settle(struct run *run, struct reconcile_dataset *out, enum status status,
                          const struct error *failure, struct error *error)
{
    if (status == STATUS_OK)
        return STATUS_OK;
    if (classify_is_home_failure(status)) {
        if (error)
            *error = *failure;
        return status;
    }
    out->status = status;
    out->reason = arena_str(run->arena, failure->text);
    if (counts_as_failure(run, status) &&
        classify_worse(run->outcome.status, status) != run->outcome.status)
        run->outcome = *failure;
    run->stopped = run->stopped || classify_stops_run(status);
    log_line("reconcile: %s (detail %d)", status_name(status), failure->detail);
    return STATUS_OK;
}

static enum status reconcile_one(struct run *run, const struct dataset *dataset,
                                 struct reconcile_dataset *out, struct error *error)
{
    struct comparing comparing = {.run = run, .dataset = dataset};
    struct error failure = {0};
    int64_t started_ms = clock_mono_ms();
    progress_enter(&run->progress, dataset->name, dataset->title, -1);
    enum status status = examine(&comparing, out, &failure);
    out->seconds = (double)(clock_mono_ms() - started_ms) / 1000;
    survey_free(comparing.survey);
    buf_release(&comparing.since);
    buf_release(&comparing.instance);
    progress_leave(&run->progress);
    return settle(run, out, status, &failure, error);
}

/* --- all of them ------------------------------------------------------------------------------ */

static bool is_wanted(const struct run *run, const struct dataset *dataset)
{
    return !run->options->dataset || strcmp(run->options->dataset, dataset->name) == 0;
}

static void mark_skipped(struct run *run, struct reconcile_dataset *out)
{
    out->status = run->outcome.status;
    out->reason = arena_str(run->arena, run->outcome.text);
}

static enum status reconcile_all(struct run *run, struct error *error)
{
    size_t count = catalogue_count(run->catalogue);
    enum status status = STATUS_OK;
    run->datasets = arena_array(run->arena, count + 1, sizeof(*run->datasets));
    if (!run->datasets)
        return error_nomem(error);
    run->progress.now.dataset_count = run->options->dataset ? 1 : (int)count;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        const struct dataset *dataset = catalogue_at(run->catalogue, i);
        if (!is_wanted(run, dataset))
            continue;
        struct reconcile_dataset *out = &run->datasets[run->dataset_count++];
        out->dataset = arena_str(run->arena, dataset->name);
        out->title = arena_str(run->arena, dataset->title);
        out->reason = "";
        if (run->stopped)
            mark_skipped(run, out);
        else
            status = reconcile_one(run, dataset, out, error);
    }
    if (status == STATUS_OK && run->options->dataset && run->dataset_count == 0)
        error_set(&run->outcome, STATUS_NOT_FOUND,
                  _("The catalogue has no dataset called %s. Look at the list of datasets."),
                  run->options->dataset);
    return status;
}

static void sum_up(const struct run *run, struct reconcile_report *report)
{
    report->result = run->outcome.status;
    report->reason = arena_str(run->arena, run->outcome.text);
    report->seconds = (double)(clock_mono_ms() - run->progress.started_ms) / 1000;
    report->datasets = run->datasets;
    report->dataset_count = run->dataset_count;
    for (size_t i = 0; i < run->dataset_count; i++) {
        const struct reconcile_dataset *one = &run->datasets[i];
        report->repaired_rows += one->repaired_rows;
        report->differences += reconcile_differences(one->repaired ? &one->after : &one->counts);
    }
}

static enum status perform(struct run *run, struct owned_report *owned, struct error *error)
{
    enum status status = cache_catalogue(run->parts.cache, &run->catalogue, error);
    if (status == STATUS_OK)
        status = reconcile_all(run, error);
    if (status != STATUS_OK)
        return status;
    sum_up(run, &owned->report);
    return arena_failed(run->arena) ? error_nomem(error) : STATUS_OK;
}

enum status sync_reconcile(struct sync *sync, const struct reconcile_options *options,
                           struct reconcile_report **report, struct error *error)
{
    struct run run = {.parts = sync_parts(sync),
                      .options = options,
                      .telling = {.progress = options->progress, .context = options->context}};
    struct owned_report *owned = calloc(1, sizeof(*owned));
    if (!owned)
        return error_nomem(error);
    run.arena = owned->arena = arena_new();
    progress_start(&run.progress, &run.telling, run.parts.couch);
    enum status status = run.arena ? perform(&run, owned, error) : error_nomem(error);
    catalogue_free(run.catalogue);
    http_rearm(couch_http(run.parts.couch));
    if (status != STATUS_OK) {
        reconcile_report_free(&owned->report);
        return status;
    }
    if (owned->report.repaired_rows > 0)
        (void)news_look(run.parts.home, run.parts.outbox);
    *report = &owned->report;
    return STATUS_OK;
}

void reconcile_report_free(struct reconcile_report *report)
{
    struct owned_report *owned = (struct owned_report *)report;
    if (!owned)
        return;
    arena_free(owned->arena);
    free(owned);
}
