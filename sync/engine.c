#include "sync/engine.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/random.h"
#include "db/cache.h"
#include "db/escrow.h"
#include "db/journal.h"
#include "db/login_guard.h"
#include "db/reader.h"
#include "db/recheck.h"
#include "db/request.h"
#include "sync/classify.h"
#include "sync/news.h"
#include "sync/pull.h"
#include "sync/push.h"
#include "sync/receive.h"
#include "sync/report.h"
#include "sync/rest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUESTS_FEED  "requests"
#define CLOCK_NOISE_MS 2000 /* Date has whole seconds */

struct sync {
    const struct home *home;
    struct outbox *outbox;
    struct cache *cache;
    struct couch *couch;
    char requests[FEED_DATABASE_MAX];
    int64_t not_before_ms; /* monotonic: the upstream asked for a pause */
    bool login_refused;    /* asking again would only lock the account */
    bool requests_readable;
    bool looked; /* after watched subjects, and nothing has come since */
    struct rest rest;
    char watched[REST_PLACES_MAX][FEED_DATABASE_MAX]; /* worth a long poll, beside the requests */
    size_t watched_count;
};

/* One call of sync_run(). */
struct run {
    struct sync *sync;
    const struct sync_options *options;
    struct progress progress;
    struct catalogue *catalogue;
    struct feed *feeds; /* [0] is the catalogue */
    size_t feed_count;
    struct error outcome; /* the worst so far; OK when its status is */
    int64_t pushed;
    bool stopped;
    bool checked;     /* all datasets were: what is to be read again knows it */
    bool wrong_login; /* name or password were refused */
};

/* --- life ------------------------------------------------------------------------------------- */

static enum status open_parts(struct sync *sync, struct error *error)
{
    const struct http_settings settings = {
        .base_url = home_upstream(sync->home),
        .user = home_upstream_user(sync->home),
        .password = home_upstream_password(sync->home),
        .ca_file = home_ca_file(sync->home),
        .proxy = home_setting(sync->home, "upstream.proxy", NULL),
    };
    enum status status = couch_open(&settings, &sync->couch, error);
    if (status == STATUS_OK)
        status = cache_open(sync->home, &sync->cache, error);
    return status;
}

enum status sync_new(const struct home *home, struct outbox *outbox, struct sync **sync,
                     struct error *error)
{
    struct sync *made = calloc(1, sizeof(*made));
    if (!made)
        return error_nomem(error);
    made->home = home;
    rest_init(&made->rest);
    made->outbox = outbox;
    snprintf(made->requests, sizeof(made->requests), "requests-%s", home_area(home));
    enum status status = open_parts(made, error);
    if (status != STATUS_OK) {
        sync_free(made);
        return status;
    }
    *sync = made;
    return STATUS_OK;
}

void sync_free(struct sync *sync)
{
    if (!sync)
        return;
    cache_close(sync->cache);
    couch_close(sync->couch);
    rest_release(&sync->rest);
    free(sync);
}

struct sync_parts sync_parts(const struct sync *sync)
{
    return (struct sync_parts){
        .home = sync->home, .outbox = sync->outbox, .cache = sync->cache, .couch = sync->couch};
}

void sync_cancel(struct sync *sync)
{
    http_cancel(couch_http(sync->couch));
}

void sync_wake(struct sync *sync)
{
    http_wake(couch_http(sync->couch));
}

/* --- outcomes --------------------------------------------------------------------------------- */

/* Up to a tenth more: those who were sent away together must not come back together. */
static int64_t with_jitter(int64_t ms)
{
    uint32_t random = 0;
    if (random_bytes(&random, sizeof(random), NULL) != STATUS_OK)
        return ms;
    return ms + (int64_t)(random % (uint32_t)(ms / 10 + 1));
}

/* Remembers the worst failure; `stops` says that it makes the rest of the run pointless. */
static void note_failure(struct run *run, const struct error *failure, bool stops)
{
    const struct http_answer *answer = couch_last(run->sync->couch);
    if (classify_worse(run->outcome.status, failure->status) != run->outcome.status)
        run->outcome = *failure;
    run->stopped = run->stopped || stops;
    if (failure->status == STATUS_BUSY && answer->retry_after_ms > 0)
        run->sync->not_before_ms = clock_mono_ms() + with_jitter(answer->retry_after_ms);
    if (failure->status == STATUS_REFUSED && classify_is_login(answer)) {
        run->sync->login_refused = true;
        run->stopped = true;
        run->wrong_login = answer->status == 401;
    }
    log_line("sync: %s (detail %d)", status_name(failure->status), failure->detail);
}

/* --- feeds ------------------------------------------------------------------------------------ */

static struct puller puller_of(struct run *run)
{
    return (struct puller){.cache = run->sync->cache,
                           .couch = run->sync->couch,
                           .progress = &run->progress,
                           .area = home_area(run->sync->home),
                           .catalogue = run->catalogue};
}

/* Feeds that this run did not come to. */
static void mark_skipped(struct run *run, struct feed *feed)
{
    feed->plan = FEED_DONE;
    if (feed->status != STATUS_OK)
        return;
    feed->status = run->outcome.status;
    snprintf(feed->reason, sizeof(feed->reason), "%s", run->outcome.text);
}

/* A feed that failed is recorded and the run goes on; only the home's own failure comes back. */
static enum status settle(struct run *run, struct feed *feed, enum status status,
                          const struct error *failure, struct error *error)
{
    struct puller puller = puller_of(run);
    if (status == STATUS_OK)
        return STATUS_OK;
    if (classify_is_home_failure(status)) {
        if (error)
            *error = *failure;
        return status;
    }
    feed->plan = FEED_DONE;
    note_failure(run, failure, classify_stops_run(status));
    if (status == STATUS_CANCELLED) {
        mark_skipped(run, feed);
        return STATUS_OK;
    }
    return pull_note_failure(&puller, feed, failure, error);
}

static enum status check_feed(struct run *run, struct feed *feed, struct error *error)
{
    struct puller puller = puller_of(run);
    struct error failure = {0};
    enum status status = pull_check(&puller, feed, run->options->full, &failure);
    return settle(run, feed, status, &failure, error);
}

static enum status read_feed(struct run *run, struct feed *feed, struct error *error)
{
    struct puller puller = puller_of(run);
    struct error failure = {0};
    if (feed->plan == FEED_DONE)
        return STATUS_OK;
    enum status status = pull_read(&puller, feed, &failure);
    return settle(run, feed, status, &failure, error);
}

/* --- the catalogue ---------------------------------------------------------------------------- */

static enum status load_catalogue(struct run *run, struct error *error)
{
    struct catalogue *catalogue = NULL;
    enum status status = cache_catalogue(run->sync->cache, &catalogue, error);
    if (status != STATUS_OK)
        return status;
    catalogue_free(run->catalogue);
    run->catalogue = catalogue;
    return STATUS_OK;
}

static enum status sync_catalogue(struct run *run, struct error *error)
{
    struct feed *feed = &run->feeds[0];
    snprintf(feed->database, sizeof(feed->database), "%s", CATALOGUE_FEED);
    feed->name = CATALOGUE_FEED;
    feed->title = _("Catalogue");
    enum status status = load_catalogue(run, error);
    if (run->stopped)
        mark_skipped(run, feed);
    else if (status == STATUS_OK)
        status = check_feed(run, feed, error);
    if (status == STATUS_OK)
        status = read_feed(run, feed, error);
    if (feed->status != STATUS_OK)
        run->stopped = true; /* whoever cannot give the catalogue is not to be asked for more */
    return status;
}

/* --- requests --------------------------------------------------------------------------------- */

static enum status settle_requests(struct run *run, enum status status, const struct error *failure,
                                   bool stops, struct error *error)
{
    if (status == STATUS_OK)
        return STATUS_OK;
    if (!classify_is_home_failure(status)) {
        note_failure(run, failure, stops);
        return STATUS_OK;
    }
    if (error)
        *error = *failure;
    return status;
}

static enum status push(struct run *run, struct error *error)
{
    struct sync *sync = run->sync;
    struct error failure = {0};
    struct pusher pusher = {.outbox = sync->outbox,
                            .couch = sync->couch,
                            .database = sync->requests,
                            .catalogue = run->catalogue,
                            .area = home_area(sync->home)};
    enum status status = push_requests(&pusher, &failure);
    run->pushed += pusher.pushed;
    return settle_requests(run, status, &failure, pusher.stopped, error);
}

static enum status receive(struct run *run, bool *again, struct error *error)
{
    struct sync *sync = run->sync;
    struct error failure = {0};
    struct receiver receiver = {
        .outbox = sync->outbox, .couch = sync->couch, .database = sync->requests};
    enum status status = receive_requests(&receiver, &failure);
    sync->requests_readable = status == STATUS_OK && !receiver.absent;
    *again = receiver.merged > 0 || receiver.recreated;
    progress_rows(&run->progress, receiver.merged);
    return settle_requests(run, status, &failure, classify_stops_run(status), error);
}

static enum status sync_requests(struct run *run, struct error *error)
{
    if (run->stopped || run->options->dataset)
        return STATUS_OK;
    progress_enter(&run->progress, REQUESTS_FEED, _("Requests"), -1);
    bool again = false;
    enum status status = push(run, error);
    bool pushed_all = run->outcome.status == STATUS_OK;
    if (status == STATUS_OK && !run->stopped)
        status = receive(run, &again, error);
    /* What a losing revision brought to light, or a recreated database lacks. */
    if (status == STATUS_OK && !run->stopped && pushed_all && again)
        status = push(run, error);
    return status;
}

/* --- datasets --------------------------------------------------------------------------------- */

static bool is_wanted(const struct run *run, const struct dataset *dataset)
{
    return !run->options->dataset || strcmp(run->options->dataset, dataset->name) == 0;
}

/* An entry whose database has an impossible name is the provider's fault: it is reported with its
 * dataset and skipped, and only who asked for this dataset alone has failed. */
static void add_feed(struct run *run, const struct dataset *dataset)
{
    struct error failure = {0};
    struct feed *feed = &run->feeds[run->feed_count++];
    feed->name = dataset->name;
    feed->title = dataset->title;
    feed->dataset = dataset;
    feed->status = dataset_database(dataset, home_area(run->sync->home), feed->database,
                                    sizeof(feed->database), &failure);
    if (feed->status == STATUS_OK)
        return;
    snprintf(feed->reason, sizeof(feed->reason), "%s", failure.text);
    if (run->options->dataset && run->outcome.status == STATUS_OK)
        run->outcome = failure;
}

static enum status plan_feeds(struct run *run, struct error *error)
{
    enum status status = load_catalogue(run, error);
    if (status != STATUS_OK)
        return status;
    size_t count = catalogue_count(run->catalogue);
    struct feed *feeds = realloc(run->feeds, (1 + count) * sizeof(*feeds));
    if (!feeds)
        return error_nomem(error);
    memset(feeds + 1, 0, count * sizeof(*feeds));
    run->feeds = feeds;
    for (size_t i = 0; i < count; i++)
        if (is_wanted(run, catalogue_at(run->catalogue, i)))
            add_feed(run, catalogue_at(run->catalogue, i));
    if (run->options->dataset && run->feed_count == 1 && run->outcome.status == STATUS_OK)
        error_set(&run->outcome, STATUS_NOT_FOUND,
                  _("The catalogue has no dataset called %s. Look at the list of datasets."),
                  run->options->dataset);
    run->progress.now.dataset_count = (int)run->feed_count - 1;
    return STATUS_OK;
}

/* Every database is asked first, so that what is to come is known before the long part starts. */
static enum status check_datasets(struct run *run, struct error *error)
{
    enum status status = STATUS_OK;
    int64_t expected = 0;
    for (size_t i = 1; i < run->feed_count && status == STATUS_OK; i++) {
        struct feed *feed = &run->feeds[i];
        if (run->stopped || feed->status != STATUS_OK)
            mark_skipped(run, feed);
        else
            status = check_feed(run, feed, error);
        if (feed->plan == FEED_READ && feed->expected > 0)
            expected += feed->expected;
    }
    if (expected > 0)
        run->progress.now.total_expected = expected + run->progress.now.rows_total;
    run->checked = status == STATUS_OK && !run->stopped;
    return status;
}

static enum status read_datasets(struct run *run, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 1; i < run->feed_count && status == STATUS_OK; i++) {
        struct feed *feed = &run->feeds[i];
        if (feed->plan != FEED_DONE && run->stopped)
            mark_skipped(run, feed);
        else
            status = read_feed(run, feed, error);
        progress_leave(&run->progress);
    }
    return status;
}

/* Once for all datasets; whoever wants to stop does not wait for it. */
static enum status tidy(struct run *run, struct error *error)
{
    struct cache *cache = run->sync->cache;
    int64_t pulled = 0;
    for (size_t i = 0; i < run->feed_count; i++)
        pulled += run->feeds[i].pulled;
    if (run->outcome.status == STATUS_CANCELLED || (pulled == 0 && !cache_is_untidy(cache)))
        return STATUS_OK;
    return cache_checkpoint(cache, error);
}

static enum status sync_datasets(struct run *run, struct error *error)
{
    enum status status = plan_feeds(run, error);
    if (status == STATUS_OK)
        status = check_datasets(run, error);
    if (status == STATUS_OK)
        status = read_datasets(run, error);
    if (status == STATUS_OK)
        status = tidy(run, error);
    return status;
}

/* --- what others read ------------------------------------------------------------------------- */

static enum status set_number(struct sync *sync, const char *key, int64_t value,
                              struct error *error)
{
    char text[32];
    snprintf(text, sizeof(text), "%lld", (long long)value);
    return setting_set(sync->outbox, key, text, error);
}

static enum status write_settings(struct run *run, struct error *error)
{
    struct sync *sync = run->sync;
    struct couch_contact contact = couch_contact(sync->couch);
    bool mistyped = run->options->dataset && run->outcome.status == STATUS_NOT_FOUND;
    bool failed =
        run->outcome.status != STATUS_OK && run->outcome.status != STATUS_CANCELLED && !mistyped;
    enum status status =
        setting_set(sync->outbox, "sync.failure", failed ? run->outcome.text : "", error);
    if (status == STATUS_OK && contact.at_ms > 0)
        status = set_number(sync, "sync.contact_ms", contact.at_ms, error);
    if (status == STATUS_OK && contact.clock_known) {
        bool noise = llabs(contact.clock_offset_ms) < CLOCK_NOISE_MS;
        status = set_number(sync, "clock.offset_ms", noise ? 0 : contact.clock_offset_ms, error);
    }
    return status;
}

/* --- the report ------------------------------------------------------------------------------- */

static enum status report_feed(struct run *run, const struct feed *feed, struct arena *arena,
                               struct sync_dataset_report *out, struct error *error)
{
    *out = (struct sync_dataset_report){
        .dataset = arena_str(arena, feed->name),
        .pulled = feed->pulled,
        .purged = feed->purged,
        .since = feed->since.length > 0 ? arena_str(arena, buf_text(&feed->since)) : NULL,
        .seconds = (double)feed->elapsed_ms / 1000,
        .status = feed->status,
        .reason = arena_str(arena, feed->reason)};
    enum status status = cache_row_count(run->sync->cache, feed->name, &out->rows, error);
    if (status == STATUS_OK)
        status =
            cache_aside_count(run->sync->cache, feed->name, feed->database, &out->aside, error);
    return status;
}

static enum status fill_report(struct run *run, struct sync_report *report, struct arena *arena,
                               struct error *error)
{
    struct sync_dataset_report *datasets = arena_array(arena, run->feed_count, sizeof(*datasets));
    enum status status = datasets ? STATUS_OK : error_nomem(error);
    report->result = run->outcome.status;
    report->reason = arena_str(arena, run->outcome.text);
    report->pushed = run->pushed;
    report->begun = run->checked;
    report->seconds = (double)(clock_mono_ms() - run->progress.started_ms) / 1000;
    report->datasets = datasets;
    report->pulled = run->feeds[0].pulled;
    for (size_t i = 1; i < run->feed_count && status == STATUS_OK; i++) {
        status = report_feed(run, &run->feeds[i], arena, &datasets[i - 1], error);
        report->pulled += run->feeds[i].pulled;
        report->aside += datasets[i - 1].aside;
        report->dataset_count = i;
    }
    if (status == STATUS_OK)
        status = request_count_held(run->sync->outbox, &report->held, error);
    return status;
}

static enum status make_report(struct run *run, struct sync_report **report, struct error *error)
{
    struct sync_report *made = NULL;
    struct arena *arena;
    enum status status = report_new(&made, &arena, error);
    if (status == STATUS_OK)
        status = fill_report(run, made, arena, error);
    if (status == STATUS_OK)
        status = report_finish(made, error);
    if (status == STATUS_OK)
        *report = made;
    else
        sync_report_free(made);
    return status;
}

/* --- a run ------------------------------------------------------------------------------------ */

/* Verdicts given from older data are repeated with what has just come; only when all of it came. */
static enum status repeat_verdicts(struct run *run, int64_t started_ms, struct error *error)
{
    struct sync *sync = run->sync;
    struct recheck_outcome outcome = {0};
    struct reader *reader = NULL;

    if (run->outcome.status != STATUS_OK || run->stopped || run->options->dataset)
        return STATUS_OK;
    enum status status = reader_open(sync->home, &reader, error);
    if (status == STATUS_OK)
        status = recheck_run(sync->outbox, reader, started_ms, &outcome, error);
    reader_close(reader);
    if (outcome.repeated > 0)
        log_line("rechecks: %lld repeated, %lld different", (long long)outcome.repeated,
                 (long long)outcome.different);
    return status;
}

/* Name and password that were refused too often are not tried again. */
static enum status guard_login(struct run *run, struct error *error)
{
    struct error why = {0};
    enum status status = login_guard_check(run->sync->outbox, &why);
    if (status == STATUS_REFUSED) {
        run->outcome = why;
        run->stopped = true;
        run->sync->login_refused = true;
        return STATUS_OK;
    }
    if (status != STATUS_OK && error)
        *error = why;
    return status;
}

/* Only a run without failures says that the login is in order. */
static enum status note_login(struct run *run, struct error *error)
{
    struct outbox *outbox = run->sync->outbox;
    if (run->wrong_login)
        return login_guard_note(outbox, true, error);
    return run->outcome.status == STATUS_OK ? login_guard_note(outbox, false, error) : STATUS_OK;
}

static enum status perform(struct run *run, struct sync_report **report, struct error *error)
{
    int64_t started_ms = clock_wall_ms();
    enum status status = escrow_keep(run->sync->outbox, run->sync->cache, error);
    if (status == STATUS_OK)
        status = guard_login(run, error);
    if (status == STATUS_OK)
        status = sync_catalogue(run, error);
    if (status == STATUS_OK)
        status = sync_requests(run, error);
    if (status == STATUS_OK)
        status = sync_datasets(run, error);
    if (status == STATUS_OK)
        status = write_settings(run, error);
    if (status == STATUS_OK)
        status = note_login(run, error);
    if (status == STATUS_OK)
        status = repeat_verdicts(run, started_ms, error);
    if (status == STATUS_OK)
        status = make_report(run, report, error);
    return status;
}

/* The catalogue, and the datasets that come first. */
static void choose_watched(struct run *run)
{
    struct sync *sync = run->sync;
    if (run->options->dataset)
        return;
    sync->watched_count = 0;
    for (size_t i = 0; i < run->feed_count && sync->watched_count < REST_PLACES_MAX; i++)
        if (run->feeds[i].status == STATUS_OK && run->feeds[i].readable)
            snprintf(sync->watched[sync->watched_count++], FEED_DATABASE_MAX, "%s",
                     run->feeds[i].database);
}

static void run_release(struct run *run)
{
    for (size_t i = 0; i < run->feed_count; i++)
        feed_release(&run->feeds[i]);
    free(run->feeds);
    catalogue_free(run->catalogue);
}

static enum status run_once(struct sync *sync, const struct sync_options *options,
                            struct sync_report **report, struct error *error)
{
    struct run run = {.sync = sync, .options = options, .feed_count = 1};
    run.feeds = calloc(1, sizeof(*run.feeds));
    if (!run.feeds)
        return error_nomem(error);
    sync->login_refused = false;
    sync->not_before_ms = 0;
    progress_start(&run.progress, options, sync->couch);
    enum status status = perform(&run, report, error);
    choose_watched(&run);
    run_release(&run);
    return status;
}

/* Closing puts the damaged file aside; a new one is filled from the start. */
static enum status renew_cache(struct sync *sync, struct error *error)
{
    cache_close(sync->cache);
    sync->cache = NULL;
    return cache_open(sync->home, &sync->cache, error);
}

static enum status run_sound(struct sync *sync, const struct sync_options *options,
                             struct sync_report **report, struct error *error)
{
    enum status status = cache_examine(sync->cache, error);

    if (status == STATUS_OK)
        status = run_once(sync, options, report, error);
    if (status == STATUS_OK)
        cache_forget_damage(sync->cache);
    return status;
}

static bool has_brought_something(const struct sync_report *report)
{
    for (size_t i = 0; i < report->dataset_count; i++)
        if (report->datasets[i].purged > 0)
            return true;
    return report->pulled > 0;
}

enum status sync_run(struct sync *sync, const struct sync_options *options,
                     struct sync_report **report, struct error *error)
{
    struct error damage = {0};
    enum status status = sync->cache ? run_sound(sync, options, report, &damage) : STATUS_CORRUPT;

    if (!sync->cache || (status == STATUS_CORRUPT && cache_is_damaged(sync->cache))) {
        status = renew_cache(sync, &damage);
        if (status == STATUS_OK)
            status = run_sound(sync, options, report, &damage);
    }
    http_rearm(couch_http(sync->couch));
    if (status == STATUS_OK && (!sync->looked || has_brought_something(*report)))
        sync->looked = news_look(sync->home, sync->outbox);
    rest_plan(&sync->rest, status == STATUS_OK ? (*report)->result : status, sync->login_refused,
              sync->not_before_ms);
    if (status != STATUS_OK && error)
        *error = damage;
    return status;
}

/* --- between runs ----------------------------------------------------------------------------- */

int64_t sync_next_ms(const struct sync *sync)
{
    return sync->rest.due_ms;
}

int64_t sync_backoff_ms(int failures)
{
    return rest_backoff_ms(failures);
}

/* The requests first: people wait for each other there. Their position moves outside the runs. */
static enum status watch_places(struct sync *sync, struct error *error)
{
    struct buf since = {0}, instance = {0};
    struct error why = {0};
    rest_forget_places(&sync->rest);
    enum status status =
        request_feed_position(sync->outbox, sync->requests, &since, &instance, &why);
    if (status == STATUS_OK && sync->requests_readable)
        rest_watch(&sync->rest, sync->requests, buf_text(&since));
    for (size_t i = 0; i < sync->watched_count; i++) {
        bool complete;
        if (cache_position(sync->cache, sync->watched[i], &since, &instance, &complete, NULL) ==
                STATUS_OK &&
            complete)
            rest_watch(&sync->rest, sync->watched[i], buf_text(&since));
    }
    buf_release(&since);
    buf_release(&instance);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (error)
        *error = why;
    return status;
}

static enum status rest_to(struct sync *sync, int64_t end_ms, struct error *error)
{
    enum status status = sync->cache ? watch_places(sync, error) : STATUS_OK;
    if (end_ms < sync->not_before_ms)
        end_ms = sync->not_before_ms;
    rest_until(&sync->rest, sync->couch, end_ms);
    http_rearm(couch_http(sync->couch));
    return status;
}

enum status sync_wait(struct sync *sync, int64_t at_most_ms, struct error *error)
{
    return rest_to(sync, clock_mono_ms() + at_most_ms, error);
}

enum status sync_rest(struct sync *sync, struct error *error)
{
    return rest_to(sync, sync->rest.due_ms, error);
}
