#include "sync/bundle_parts.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "db/request.h"
#include "sync/changes.h"
#include "sync/news.h"
#include "sync/pull.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUEST_PREFIX "request:"
#define REQUESTS_FEED  "requests"

static const char page_start[] = "{\"results\":[";

/* --- may it be applied? ----------------------------------------------------------------------- */

static bool is_requests(const struct bundle *bundle, const struct payload_page *page)
{
    char database[64];

    snprintf(database, sizeof database, "requests-%s", home_area(bundle->parts.home));
    return strcmp(json_text(page->head, "database", ""), database) == 0;
}

static enum status check_identity(const struct bundle *bundle, struct error *error)
{
    const struct bundle_info *info = &bundle->info;

    if (strcmp(info->area, home_area(bundle->parts.home)) != 0)
        return error_set(error, STATUS_REFUSED,
                         _("This bundle is for township %s; this station belongs to %s."),
                         info->area, home_area(bundle->parts.home));
    if (!info->trust.trusted)
        return error_set(error, STATUS_REFUSED, _("%s Signed by %.100s, fingerprint %s."),
                         info->trust.reason, info->signer, info->fingerprint);
    return STATUS_OK;
}

static enum status check_number(const struct bundle *bundle, struct error *error)
{
    if (bundle->known == BUNDLE_ANOTHER)
        return error_set(error, STATUS_CONFLICT,
                         _("Another bundle of %s with the number %lld was imported before. Ask "
                           "whoever made this one."),
                         bundle->info.origin, (long long)bundle->info.number);
    if (bundle->known == BUNDLE_NEW && bundle->info.number <= bundle->last)
        return error_set(error, STATUS_CONFLICT,
                         _("This is bundle %lld; bundle %lld, which is newer, has been imported."),
                         (long long)bundle->info.number, (long long)bundle->last);
    return STATUS_OK;
}

static enum status feed_position(const struct bundle *bundle, const char *database,
                                 struct buf *since, struct buf *instance, bool *complete,
                                 struct error *error)
{
    struct error why = {0};
    enum status status =
        cache_position(bundle->parts.cache, database, since, instance, complete, &why);

    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (error)
        *error = why;
    return status;
}

/* Does the page go on where we are? */
static enum status follows(const struct bundle *bundle, const struct payload_page *page,
                           bool *follows, struct error *error)
{
    struct buf since = {0}, instance = {0}, left = {0};
    bool complete = false;
    const char *database = json_text(page->head, "database", "");
    enum status status = feed_position(bundle, database, &since, &instance, &complete, error);

    if (status == STATUS_OK)
        status = bundle_position(bundle->parts.outbox, bundle->info.origin, database, &left, error);
    *follows =
        strcmp(page->since, buf_text(&since)) == 0 || strcmp(page->since, buf_text(&left)) == 0;
    buf_release(&since);
    buf_release(&instance);
    buf_release(&left);
    return status;
}

static enum status tell_gap(const struct bundle *bundle, struct error *error)
{
    if (bundle->info.number > bundle->last + 1)
        return error_set(error, STATUS_CONFLICT,
                         _("Bundles %lld to %lld are missing before this one. Import them first, "
                           "or ask for a complete bundle."),
                         (long long)bundle->last + 1, (long long)bundle->info.number - 1);
    return error_set(error, STATUS_CONFLICT,
                     _("This bundle does not go on from where this station is. Ask for a complete "
                       "one."));
}

static enum status check_pages(struct bundle *bundle, struct error *error)
{
    enum status status = STATUS_OK;

    if (bundle->known == BUNDLE_BEGUN)
        return STATUS_OK; /* what it found when it was begun was right */
    for (size_t i = 0; i < bundle->payload.page_count && status == STATUS_OK; i++) {
        const struct payload_page *page = &bundle->payload.pages[i];
        bool fits = true;
        if (page->since && !is_requests(bundle, page))
            status = follows(bundle, page, &fits, error);
        if (status == STATUS_OK && !fits)
            status = tell_gap(bundle, error);
    }
    if (bundle->info.number > bundle->last + 1) {
        bundle->report.gap_from = bundle->last + 1;
        bundle->report.gap_to = bundle->info.number - 1;
    }
    return status;
}

/* --- the bytes of a page ---------------------------------------------------------------------- */

struct page_source {
    struct bundle *bundle;
    const struct payload_page *page;
    size_t start_given; /* of page_start */
};

static enum status skip_to(struct bundle *bundle, uint64_t offset, struct error *error)
{
    char piece[4096];
    enum status status = STATUS_OK;

    while (status == STATUS_OK && bundle->offset < offset) {
        uint64_t left = offset - bundle->offset;
        size_t got = 0;
        status = cms_stream_read(bundle->stream, piece,
                                 left < sizeof piece ? (size_t)left : sizeof piece, &got, error);
        if (status == STATUS_OK && got == 0)
            return error_set(error, STATUS_CORRUPT, _("The bundle has changed while it was read."));
        bundle->offset += got;
    }
    return status;
}

static enum status read_page(void *context, char *bytes, size_t size, size_t *got,
                             struct error *error)
{
    struct page_source *source = context;
    struct bundle *bundle = source->bundle;
    uint64_t left = source->page->end - bundle->offset;

    if (bundle_is_cancelled(bundle))
        return bundle_stopped(error);
    if (source->start_given < sizeof page_start - 1) {
        *got = sizeof page_start - 1;
        memcpy(bytes, page_start, *got);
        source->start_given = *got;
        return STATUS_OK;
    }
    *got = 0;
    if (left == 0)
        return STATUS_OK;
    enum status status =
        cms_stream_read(bundle->stream, bytes, left < size ? (size_t)left : size, got, error);
    if (status == STATUS_OK)
        bundle->offset += *got;
    return status;
}

/* --- records and the catalogue ---------------------------------------------------------------- */

static struct puller puller_of(struct bundle *bundle)
{
    return (struct puller){.cache = bundle->parts.cache,
                           .progress = &bundle->progress,
                           .area = home_area(bundle->parts.home),
                           .catalogue = bundle->catalogue};
}

static enum status set_position(struct bundle *bundle, const struct feed *feed, int64_t contact_ms,
                                struct error *error)
{
    struct cache *cache = bundle->parts.cache;
    const struct feed_position position = {
        .database = feed->database,
        .dataset = feed->name,
        .since = feed->since.length > 0 ? buf_text(&feed->since) : NULL,
        .instance = feed->instance.length > 0 ? buf_text(&feed->instance) : NULL,
        .contact_ms = contact_ms,
        .complete = feed->complete,
        .state = "ok"};
    return cache_set_position(cache, &position, error);
}

/* A whole database: the old rows go with their position, as for a new baseline from the network. */
static enum status start_over(struct bundle *bundle, struct feed *feed, struct error *error)
{
    struct cache *cache = bundle->parts.cache;
    int64_t purged = 0;
    enum status status = STATUS_OK;

    buf_clear(&feed->since);
    feed->complete = false;
    if (!feed->dataset)
        status = cache_catalogue_keys(cache, &feed->unseen, error);
    if (status == STATUS_OK)
        status = cache_begin(cache, error);
    if (status == STATUS_OK && feed->dataset)
        status = cache_purge(cache, feed->name, &purged, error);
    if (status == STATUS_OK)
        status = set_position(bundle, feed, 0, error);
    if (status == STATUS_OK)
        status = cache_commit(cache, error);
    if (status != STATUS_OK)
        cache_rollback(cache);
    return status;
}

/* Fresh as of the day the bundle was made, not of the day it arrived. */
static enum status note_freshness(struct bundle *bundle, const struct feed *feed,
                                  struct error *error)
{
    struct cache *cache = bundle->parts.cache;
    int64_t now_ms = clock_wall_ms(), made_ms = now_ms;

    if (!instant_parse(bundle->info.created_at, &made_ms) || made_ms > now_ms)
        made_ms = now_ms;
    enum status status = cache_begin(cache, error);
    if (status == STATUS_OK)
        status = set_position(bundle, feed, made_ms, error);
    if (status == STATUS_OK)
        status = cache_commit(cache, error);
    if (status != STATUS_OK)
        cache_rollback(cache);
    return status;
}

/* The page may say which life of the database it comes from, in the upstream's own form. */
static enum status take_instance(const struct payload_page *page, struct feed *feed,
                                 struct error *error)
{
    char *instance = NULL;
    enum status status = lines_sequence(json_object_get(page->head, "instance"), &instance, error);

    if (status != STATUS_OK)
        return status;
    if (instance || !page->since) {
        buf_clear(&feed->instance);
        buf_str(&feed->instance, instance ? instance : "");
    }
    free(instance);
    return buf_failed(&feed->instance) ? error_nomem(error) : STATUS_OK;
}

static enum status fill_feed(struct bundle *bundle, const struct payload_page *page,
                             struct feed *feed, struct error *error)
{
    enum status status = feed_position(bundle, feed->database, &feed->since, &feed->instance,
                                       &feed->complete, error);

    feed->plan = FEED_READ;
    feed->expected = page->rows;
    if (status == STATUS_OK)
        status = take_instance(page, feed, error);
    return status == STATUS_OK && !page->since ? start_over(bundle, feed, error) : status;
}

static enum status apply_feed(struct bundle *bundle, const struct payload_page *page,
                              const struct dataset *dataset, struct bundle_page_report *out,
                              struct error *error)
{
    struct puller puller = puller_of(bundle);
    struct page_source source = {.bundle = bundle, .page = page};
    struct feed feed = {.name = dataset ? dataset->name : CATALOGUE_FEED,
                        .title = dataset ? dataset->title : _("Catalogue"),
                        .dataset = dataset};

    snprintf(feed.database, sizeof feed.database, "%s", json_text(page->head, "database", ""));
    enum status status = fill_feed(bundle, page, &feed, error);
    if (status == STATUS_OK)
        status = pull_from(&puller, &feed, read_page, &source, error);
    if (status == STATUS_OK)
        status = note_freshness(bundle, &feed, error);
    out->rows = feed.pulled;
    out->whole = !page->since;
    feed_release(&feed);
    return status;
}

/* --- requests --------------------------------------------------------------------------------- */

static enum status merge_row(void *context, const struct couch_row *row, struct error *error)
{
    struct bundle *bundle = context;
    struct error why = {0};

    progress_rows(&bundle->progress, 1);
    if (!row->id || strncmp(row->id, REQUEST_PREFIX, strlen(REQUEST_PREFIX)) != 0)
        return STATUS_OK;
    enum status status = request_merge_upstream(bundle->parts.outbox, row->id, row->rev,
                                                row->deleted ? NULL : row->doc, NULL, NULL, &why);
    if (status == STATUS_CORRUPT) {
        log_line("bundle: a request document was put aside");
        return STATUS_OK;
    }
    if (status != STATUS_OK && error)
        *error = why;
    return status;
}

static enum status read_requests(struct page_source *source, struct changes *changes,
                                 struct error *error)
{
    char piece[8192];
    size_t got = 1;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && got > 0) {
        status = read_page(source, piece, sizeof piece, &got, error);
        if (status == STATUS_OK)
            status = changes_feed(changes, piece, got, error);
    }
    return status;
}

/* The feed of the network keeps its own position: merging twice has one effect. */
static enum status apply_requests(struct bundle *bundle, const struct payload_page *page,
                                  struct bundle_page_report *out, struct error *error)
{
    struct page_source source = {.bundle = bundle, .page = page};
    struct couch_page end = {0};
    struct changes changes;

    progress_enter(&bundle->progress, REQUESTS_FEED, _("Requests"), page->rows);
    changes_init(&changes, CHANGES_DOCUMENTS, merge_row, bundle);
    enum status status = read_requests(&source, &changes, error);
    if (status == STATUS_OK)
        status = changes_finish(&changes, &end, error);
    out->rows = end.rows;
    couch_page_release(&end);
    changes_release(&changes);
    return status;
}

/* --- pages ------------------------------------------------------------------------------------ */

static enum status load_catalogue(struct bundle *bundle, struct error *error)
{
    struct catalogue *catalogue = NULL;
    enum status status = cache_catalogue(bundle->parts.cache, &catalogue, error);

    if (status != STATUS_OK)
        return status;
    catalogue_free(bundle->catalogue);
    bundle->catalogue = catalogue;
    return STATUS_OK;
}

static const struct dataset *find_dataset(const struct bundle *bundle, const char *database)
{
    char name[FEED_DATABASE_MAX];

    for (size_t i = 0; i < catalogue_count(bundle->catalogue); i++) {
        const struct dataset *dataset = catalogue_at(bundle->catalogue, i);
        if (dataset_database(dataset, home_area(bundle->parts.home), name, sizeof name, NULL) ==
                STATUS_OK &&
            strcmp(name, database) == 0)
            return dataset;
    }
    return NULL;
}

static enum status apply_known(struct bundle *bundle, const struct payload_page *page,
                               struct bundle_page_report *out, struct error *error)
{
    const struct dataset *dataset = find_dataset(bundle, out->database);

    if (strcmp(out->database, CATALOGUE_FEED) == 0) {
        out->dataset = CATALOGUE_FEED;
        enum status status = apply_feed(bundle, page, NULL, out, error);
        return status == STATUS_OK ? load_catalogue(bundle, error) : status;
    }
    if (is_requests(bundle, page)) {
        out->dataset = REQUESTS_FEED;
        return apply_requests(bundle, page, out, error);
    }
    if (!dataset) { /* the catalogue does not give it to this township */
        bundle->report.skipped++;
        return STATUS_OK;
    }
    out->dataset = arena_str(bundle->arena, dataset->name);
    return apply_feed(bundle, page, dataset, out, error);
}

static enum status apply_page(struct bundle *bundle, size_t index, struct error *error)
{
    const struct payload_page *page = &bundle->payload.pages[index];
    struct bundle_page_report *out = &bundle->pages[index];

    out->database = arena_str(bundle->arena, json_text(page->head, "database", ""));
    enum status status = skip_to(bundle, page->rows_at, error);
    if (status == STATUS_OK && !out->database)
        status = error_nomem(error);
    if (status == STATUS_OK)
        status = apply_known(bundle, page, out, error);
    if (status == STATUS_OK)
        status = skip_to(bundle, page->end, error);
    if (status == STATUS_OK && out->dataset)
        status = bundle_set_position(bundle->parts.outbox, bundle->info.origin, out->database,
                                     page->last_seq, error);
    bundle->report.rows += out->rows;
    progress_leave(&bundle->progress);
    return status;
}

/* --- receipts --------------------------------------------------------------------------------- */

static enum status take_receipt(struct bundle *bundle, const json_t *receipt, struct error *error)
{
    struct error why = {0};
    int64_t at_ms = clock_wall_ms();

    if (strcmp(json_text(receipt, "origin", ""), home_device(bundle->parts.home)) != 0)
        return STATUS_OK; /* another station's */
    (void)instant_parse(json_text(receipt, "at", ""), &at_ms);
    enum status status =
        bundle_confirm(bundle->parts.outbox, json_int(receipt, "number", 0), at_ms,
                       json_object_get(receipt, "refused"), &bundle->report.delivered, &why);
    if (status == STATUS_NOT_FOUND) {
        log_line("bundle: a receipt for a bundle that never left here");
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        if (error)
            *error = why;
        return status;
    }
    bundle->report.receipts++;
    bundle->report.refused += (int64_t)json_array_size(json_object_get(receipt, "refused"));
    return STATUS_OK;
}

static enum status take_receipts(struct bundle *bundle, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < bundle->payload.page_count; i++) {
        const json_t *receipts = json_object_get(bundle->payload.pages[i].head, "receipts");
        for (size_t k = 0; k < json_array_size(receipts) && status == STATUS_OK; k++)
            status = take_receipt(bundle, json_array_get(receipts, k), error);
    }
    return status;
}

/* --- all of it -------------------------------------------------------------------------------- */

static enum status apply_all(struct bundle *bundle, struct error *error)
{
    const struct bundle_arrival arrival = bundle_arrival_of(bundle);
    enum status status = bundle_begin(bundle->parts.outbox, &arrival, error);

    if (status == STATUS_OK)
        status = load_catalogue(bundle, error);
    if (status == STATUS_OK)
        status = bundle_rewind(bundle, error);
    for (size_t i = 0; i < bundle->payload.page_count && status == STATUS_OK; i++)
        status = apply_page(bundle, i, error);
    if (status == STATUS_OK)
        status = cache_checkpoint(bundle->parts.cache, error);
    if (status == STATUS_OK)
        status = take_receipts(bundle, error);
    if (status == STATUS_OK)
        status = bundle_finish(bundle->parts.outbox, &arrival, bundle->report.rows, error);
    return status;
}

static enum status check(struct bundle *bundle, struct error *error)
{
    enum status status = check_identity(bundle, error);

    if (status == STATUS_OK)
        status = check_number(bundle, error);
    if (status == STATUS_OK && bundle->known != BUNDLE_FINISHED)
        status = check_pages(bundle, error);
    return status;
}

enum status bundle_apply(struct bundle *bundle, const struct bundle_report **report,
                         struct error *error)
{
    int64_t started_ms = clock_mono_ms();
    size_t count = bundle->payload.page_count;
    enum status status = check(bundle, error);

    bundle->report.already = bundle->known == BUNDLE_FINISHED;
    if (status == STATUS_OK && !bundle->report.already) {
        bundle->pages = arena_array(bundle->arena, count, sizeof *bundle->pages);
        /* what came before, and a question to the clerk, is no part of the rate */
        progress_start(&bundle->progress, &bundle->telling, NULL);
        bundle->progress.now.dataset_count = (int)count;
        bundle->progress.now.total_expected = bundle->payload.rows;
        status = bundle->pages ? apply_all(bundle, error) : error_nomem(error);
        bundle->report.page_count = count;
    }
    bundle->report.pages = bundle->pages;
    if (status == STATUS_OK && !bundle->report.already)
        (void)news_look(bundle->parts.home, bundle->parts.outbox);
    bundle->report.seconds = (double)(clock_mono_ms() - started_ms) / 1000;
    if (status == STATUS_OK)
        *report = &bundle->report;
    return status;
}
