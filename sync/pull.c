#include "sync/pull.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "db/ready.h"
#include "sync/classify.h"
#include "sync/lines.h"
#include "sync/relay.h"
#include "sync/salvage.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS     10000
#define COMMIT_ROWS   2000 /* at least; more in the course of a long load, up to */
#define COMMIT_MAX    8000
#define COMMIT_SHARE  8    /* one in eight of what is committed already, */
#define COMMIT_MS     1000 /* unless they take this long */
#define SEQ_INTERVAL  1000 /* rows between positions: a commit needs one */
#define SOURCE_PIECE  65536
#define MS_PER_DAY    ((int64_t)24 * 3600 * 1000)
#define DATASET_ENTRY "dataset:"

void feed_release(struct feed *feed)
{
    buf_release(&feed->since);
    buf_release(&feed->instance);
    json_decref(feed->unseen);
}

static const char *text_or_null(const struct buf *buf)
{
    return buf->length > 0 ? buf_text(buf) : NULL;
}

/* --- the position ----------------------------------------------------------------------------- */

static enum status load_position(struct puller *puller, struct feed *feed, struct error *error)
{
    struct error failure = {0};
    enum status status = cache_position(puller->cache, feed->database, &feed->since,
                                        &feed->instance, &feed->complete, &failure);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        if (error)
            *error = failure;
        return status;
    }
    feed->readable = status == STATUS_OK && feed->instance.length > 0;
    feed->renewing = feed->dataset && cache_is_renewing(puller->cache, feed->name);
    return STATUS_OK;
}

/* Inside a transaction. contact_ms 0 keeps the time of the last contact. */
static enum status save_position(struct puller *puller, const struct feed *feed, int64_t contact_ms,
                                 const char *state, const char *reason, struct error *error)
{
    const struct feed_position position = {.database = feed->database,
                                           .dataset = feed->name,
                                           .since = text_or_null(&feed->since),
                                           .instance = text_or_null(&feed->instance),
                                           .contact_ms = contact_ms,
                                           .complete = feed->complete,
                                           .state = state,
                                           .reason = reason};
    return cache_set_position(puller->cache, &position, error);
}

static enum status commit_position(struct puller *puller, const struct feed *feed,
                                   int64_t contact_ms, const char *state, const char *reason,
                                   struct error *error)
{
    enum status status = cache_begin(puller->cache, error);
    if (status == STATUS_OK)
        status = save_position(puller, feed, contact_ms, state, reason, error);
    if (status == STATUS_OK)
        status = cache_commit(puller->cache, error);
    if (status != STATUS_OK)
        cache_rollback(puller->cache);
    return status;
}

/* The old rows and the old position go together; what is left says that it is not complete. */
static enum status purge(struct puller *puller, struct feed *feed, const char *state,
                         const char *reason, struct error *error)
{
    int64_t purged = 0;
    buf_clear(&feed->since);
    feed->complete = false;
    enum status status = cache_begin(puller->cache, error);
    if (status == STATUS_OK && feed->dataset)
        status = cache_purge(puller->cache, feed->name, &purged, error);
    if (status == STATUS_OK)
        status = save_position(puller, feed, 0, state, reason, error);
    if (status == STATUS_OK)
        status = cache_commit(puller->cache, error);
    if (status != STATUS_OK)
        cache_rollback(puller->cache);
    else
        feed->purged += purged;
    return status;
}

enum status pull_note_failure(struct puller *puller, struct feed *feed, const struct error *failure,
                              struct error *error)
{
    feed->status = failure->status;
    snprintf(feed->reason, sizeof(feed->reason), "%s", failure->text);
    return commit_position(puller, feed, 0, status_name(failure->status), failure->text, error);
}

/* --- what is there to do? --------------------------------------------------------------------- */

/* Forgets the position. Old rows stay until the new baseline is complete. */
static enum status begin_baseline(struct puller *puller, struct feed *feed, struct error *error)
{
    enum status status = cache_begin(puller->cache, error);
    buf_clear(&feed->since);
    if (status == STATUS_OK && feed->dataset)
        status = cache_renewal_begin(puller->cache, feed->name, error);
    feed->renewing = feed->dataset && cache_is_renewing(puller->cache, feed->name);
    feed->complete = feed->complete && feed->renewing;
    if (status == STATUS_OK)
        status = save_position(puller, feed, 0, "ok", NULL, error);
    if (status == STATUS_OK)
        status = cache_commit(puller->cache, error);
    if (status != STATUS_OK)
        cache_rollback(puller->cache);
    return status;
}

static enum status start_over(struct puller *puller, struct feed *feed,
                              const struct couch_info *info, struct error *error)
{
    buf_clear(&feed->instance);
    buf_str(&feed->instance, info->instance);
    if (buf_failed(&feed->instance))
        return error_nomem(error);
    feed->expected = info->documents + info->deleted;
    if (!feed->dataset && !feed->unseen) {
        enum status status = cache_catalogue_keys(puller->cache, &feed->unseen, error);
        if (status != STATUS_OK)
            return status;
    }
    return begin_baseline(puller, feed, error);
}

/* Away for so long that the upstream may have forgotten what was deleted meanwhile. */
static enum status is_behind_horizon(struct puller *puller, const struct feed *feed, bool *behind,
                                     struct error *error)
{
    int64_t contact_ms = 0;
    enum status status = cache_contact(puller->cache, feed->database, &contact_ms, error);
    if (status == STATUS_OK)
        *behind = feed->complete && !feed->renewing && contact_ms > 0 &&
                  clock_wall_ms() - contact_ms > HORIZON_DAYS * MS_PER_DAY;
    return status;
}

static enum status estimate_rest(struct puller *puller, struct feed *feed,
                                 const struct couch_info *info, struct error *error)
{
    int64_t rows = 0;
    feed->expected = -1;
    if (feed->complete || !feed->dataset)
        return STATUS_OK;
    enum status status = cache_row_count(puller->cache, feed->name, &rows, error);
    int64_t rest = info->documents + info->deleted - rows;
    if (status == STATUS_OK)
        feed->expected = rest > 0 ? rest : 0;
    return status;
}

static enum status plan(struct puller *puller, struct feed *feed, const struct couch_info *info,
                        bool from_start, struct error *error)
{
    /* Half a baseline of the catalogue cannot be resumed: which keys it named is not stored. */
    bool first = !feed->readable || (!feed->dataset && !feed->complete);
    bool behind = false;
    enum status status = is_behind_horizon(puller, feed, &behind, error);
    if (status != STATUS_OK)
        return status;
    feed->readable = true;
    feed->plan = FEED_READ;
    if (first || from_start || behind ||
        !couch_is_same_life(info, buf_text(&feed->instance), buf_text(&feed->since)))
        return start_over(puller, feed, info, error);
    if (feed->complete && !feed->renewing &&
        strcmp(buf_text(&feed->since), info->update_seq) == 0) {
        feed->plan = FEED_DONE;
        return commit_position(puller, feed, couch_contact(puller->couch).at_ms, "ok", NULL, error);
    }
    return estimate_rest(puller, feed, info, error);
}

/* Does the platform still serve us at all? Asked before anything is taken for withdrawn. */
static enum status confirm_upstream(struct puller *puller, struct error *error)
{
    struct couch_info info = {0};
    enum status status = couch_database(puller->couch, CATALOGUE_FEED, &info, error);
    if (status == STATUS_OK)
        couch_info_release(&info);
    return status;
}

static enum status withdraw(struct puller *puller, struct feed *feed, const struct error *why,
                            struct error *error)
{
    struct error reason = {0};
    enum status status = confirm_upstream(puller, error);
    if (status != STATUS_OK)
        return status;
    error_set(&reason, why->status,
              _("Access to this dataset was withdrawn; its records were removed from this "
                "computer. Ask the administrator if it is still needed."));
    status = purge(puller, feed, "withdrawn", reason.text, error);
    if (status == STATUS_OK)
        snprintf(feed->reason, sizeof(feed->reason), "%s", reason.text);
    return status;
}

/* The upstream says, in its own words, that this database is not for us. */
static enum status is_gone(struct puller *puller, struct feed *feed, const struct error *why,
                           struct error *error)
{
    feed->plan = FEED_DONE;
    if (feed->readable)
        return withdraw(puller, feed, why, error);
    feed->status = why->status;
    snprintf(feed->reason, sizeof(feed->reason), "%s", why->text);
    return commit_position(puller, feed, 0,
                           why->status == STATUS_NOT_FOUND ? "absent" : status_name(why->status),
                           why->text, error);
}

/* Rows of another area, or from where the entry does not point any more. */
static enum status leave_other_databases(struct puller *puller, struct feed *feed,
                                         struct error *error)
{
    int64_t purged = 0;
    enum status status = cache_begin(puller->cache, error);
    if (status == STATUS_OK)
        status = cache_keep_database(puller->cache, feed->name, feed->database, &purged, error);
    if (status == STATUS_OK)
        status = cache_commit(puller->cache, error);
    if (status != STATUS_OK)
        cache_rollback(puller->cache);
    feed->purged += purged;
    return status;
}

enum status pull_check(struct puller *puller, struct feed *feed, bool from_start,
                       struct error *error)
{
    struct couch_info info = {0};
    struct error why = {0};
    int64_t started_ms = clock_mono_ms();
    feed->expected = -1;
    enum status status = feed->dataset ? leave_other_databases(puller, feed, error) : STATUS_OK;
    if (status == STATUS_OK)
        status = load_position(puller, feed, error);
    if (status != STATUS_OK)
        return status;
    status = couch_database(puller->couch, feed->database, &info, &why);
    bool gone = status == STATUS_NOT_FOUND ||
                (status == STATUS_REFUSED && !classify_is_login(couch_last(puller->couch)));
    if (status == STATUS_OK) {
        status = plan(puller, feed, &info, from_start, error);
    } else if (gone && feed->dataset) {
        status = is_gone(puller, feed, &why, error);
    } else if (error) {
        *error = why;
    }
    couch_info_release(&info);
    feed->elapsed_ms += clock_mono_ms() - started_ms;
    return status;
}

/* --- writing, in the relay's thread ------------------------------------------------------------
 */

struct reading {
    struct puller *puller;
    struct feed *feed;
    pull_source source; /* NULL: the network */
    void *source_context;
    struct relay *relay;
    /* the reader's */
    struct buf from; /* position the next page starts at */
    int64_t rows;    /* read so far */
    struct ready_maker maker;
    /* the writer's */
    int64_t uncommitted; /* rows in the open transaction */
    int commits;
    bool begun;
    int64_t begun_ms;
    /* both: rows written that the screen has not been told of */
    atomic_llong untold;
};

/* The entry of a dataset is gone: so are its rows. */
static enum status drop_dataset(struct puller *puller, const char *name, struct error *error)
{
    struct feed feed = {.name = name};
    const struct dataset *dataset =
        puller->catalogue ? catalogue_find(puller->catalogue, name) : NULL;
    int64_t purged = 0;
    enum status status = cache_purge(puller->cache, name, &purged, error);
    if (status != STATUS_OK || !dataset)
        return status;
    if (dataset_database(dataset, puller->area, feed.database, sizeof(feed.database), NULL) !=
        STATUS_OK)
        return STATUS_OK;
    return save_position(puller, &feed, 0, "withdrawn",
                         _("The platform no longer offers this dataset; its records were removed "
                           "from this computer."),
                         error);
}

static enum status apply_catalogue(struct reading *reading, const struct change_row *row,
                                   struct error *error)
{
    size_t prefix = sizeof(DATASET_ENTRY) - 1;
    enum status status = cache_apply_catalogue(reading->puller->cache, row, error);
    if (reading->feed->unseen)
        json_object_del(reading->feed->unseen, row->key);
    if (status == STATUS_OK && row->deleted && strncmp(row->key, DATASET_ENTRY, prefix) == 0)
        status = drop_dataset(reading->puller, row->key + prefix, error);
    return status;
}

/* A record whose new content cannot be read is not shown with its old one. A catalogue entry is:
 * one that makes no sense never replaces one that does. */
static enum status apply_unread(struct reading *reading, const struct couch_row *row,
                                struct error *error)
{
    struct cache *cache = reading->puller->cache;
    const struct feed *feed = reading->feed;
    struct buf key = {0};
    struct buf rev = {0};
    bool changed;
    enum status status;
    if (feed->dataset && salvage_row(row->text, row->length, &key, &rev)) {
        const struct change_row change = {
            .key = buf_text(&key), .rev = buf_text(&rev), .reason = row->reason};
        status = cache_apply(cache, feed->dataset, &change, &changed, error);
    } else {
        status = cache_set_aside(cache, feed->database, row->text, row->length, row->reason, error);
    }
    buf_release(&key);
    buf_release(&rev);
    return status;
}

static enum status apply(struct reading *reading, const struct couch_row *row, struct error *error)
{
    struct cache *cache = reading->puller->cache;
    const struct feed *feed = reading->feed;
    const struct change_row change = {.key = row->id,
                                      .rev = row->rev,
                                      .deleted = row->deleted,
                                      .doc = row->doc,
                                      .ready = row->ready};
    bool changed;
    if (!row->id)
        return apply_unread(reading, row, error);
    if (!feed->dataset)
        return apply_catalogue(reading, &change, error);
    return cache_apply(cache, feed->dataset, &change, &changed, error);
}

/* Commits the rows so far together with the position they stand for. On failure the feed says what
 * is committed, as before. */
static enum status commit_rows(struct reading *reading, const char *since, bool complete,
                               int64_t contact_ms, struct error *error)
{
    struct puller *puller = reading->puller;
    struct feed *feed = reading->feed;
    struct feed reached = *feed;
    reached.complete = complete;
    reached.since = (struct buf){0};
    buf_str(&reached.since, since);
    enum status status = buf_failed(&reached.since)
                             ? error_nomem(error)
                             : save_position(puller, &reached, contact_ms, "ok", NULL, error);
    if (status == STATUS_OK)
        status = cache_commit(puller->cache, error);
    if (status != STATUS_OK) {
        buf_release(&reached.since);
        return status;
    }
    buf_release(&feed->since);
    feed->since = reached.since; /* and nothing that the reading thread looks at */
    feed->complete = complete;
    feed->pulled += reading->uncommitted;
    reading->uncommitted = 0;
    reading->begun = false;
    reading->commits++;
    return STATUS_OK;
}

/* Nothing happens at a row without a position. */
static enum status commit_at(struct reading *reading, const struct couch_row *row,
                             struct error *error)
{
    char *printed = NULL;
    enum status status = row->seq ? lines_sequence(row->seq, &printed, error) : STATUS_OK;
    const char *since = row->seq ? printed : row->since;
    if (status == STATUS_OK && since && since[0] != '\0')
        status = commit_rows(reading, since, reading->feed->complete, 0, error);
    free(printed);
    return status;
}

static enum status begin(struct reading *reading, struct error *error)
{
    if (reading->begun)
        return STATUS_OK;
    enum status status = cache_begin(reading->puller->cache, error);
    reading->begun = status == STATUS_OK;
    reading->begun_ms = clock_mono_ms();
    return status;
}

/* Large commits are cheaper by the row; small ones lose less, and are seen sooner. */
static bool is_commit_due(const struct reading *reading)
{
    int64_t rows = reading->uncommitted;
    if (rows < COMMIT_ROWS)
        return false;
    return rows >= COMMIT_MAX || rows >= reading->feed->pulled / COMMIT_SHARE ||
           clock_mono_ms() - reading->begun_ms >= COMMIT_MS;
}

static enum status write_row(void *context, const struct couch_row *row, struct error *error)
{
    struct reading *reading = context;
    enum status status = begin(reading, error);
    if (status == STATUS_OK)
        status = apply(reading, row, error);
    if (status != STATUS_OK)
        return status;
    atomic_fetch_add(&reading->untold, 1);
    reading->uncommitted++;
    return is_commit_due(reading) ? commit_at(reading, row, error) : STATUS_OK;
}

/* Entries that a new baseline of the catalogue does not have any more. */
static enum status drop_unseen(struct reading *reading, struct error *error)
{
    const char *key;
    json_t *value;
    enum status status = STATUS_OK;
    json_t *unseen = reading->feed->unseen;
    reading->feed->unseen = NULL;
    json_object_foreach(unseen, key, value)
    {
        const struct change_row gone = {.key = key, .rev = "", .deleted = true};
        status = apply_catalogue(reading, &gone, error);
        if (status != STATUS_OK)
            break;
    }
    json_decref(unseen);
    return status;
}

/* The page is whole: its end is the position, and perhaps the end of the feed. */
static enum status write_page(void *context, const struct relay_page *page, struct error *error)
{
    struct reading *reading = context;
    struct feed *feed = reading->feed;
    int64_t purged = 0;
    bool complete = feed->complete || page->last;
    enum status status = begin(reading, error);
    if (status == STATUS_OK && page->last)
        status = drop_unseen(reading, error);
    if (status == STATUS_OK && page->last && feed->renewing)
        status = cache_renewal_end(reading->puller->cache, feed->name, &purged, error);
    if (status == STATUS_OK)
        status = commit_rows(reading, page->last_seq, complete, page->contact_ms, error);
    if (status != STATUS_OK)
        return status;
    feed->purged += purged;
    feed->renewing = feed->renewing && !page->last;
    return STATUS_OK;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void tell_progress(struct reading *reading)
{
    progress_rows(reading->puller->progress, atomic_exchange(&reading->untold, 0));
}

static enum status take_row(void *context, const struct couch_row *row, struct error *error)
{
    struct reading *reading = context;
    struct couch_row made = *row;
    const struct ready *ready = NULL;
    reading->rows++;
    tell_progress(reading);
    if (!row->body)
        return relay_row(reading->relay, row, error);
    enum status status = ready_make(&reading->maker, reading->feed->dataset, row->body,
                                    row->body_length, &ready, error);
    if (status != STATUS_OK)
        return status;
    made.ready = ready;
    made.ready_size = ready_size(ready);
    return relay_row(reading->relay, &made, error);
}

/* The catalogue's own documents are looked into. */
static enum changes_form form_of(const struct feed *feed)
{
    return feed->dataset ? CHANGES_RECORDS : CHANGES_DOCUMENTS;
}

/* An answer has been read to its end. */
static enum status take_page(struct reading *reading, const struct couch_page *page, bool last,
                             int64_t contact_ms, struct error *error)
{
    const struct relay_page whole = {
        .last_seq = page->last_seq, .last = last, .contact_ms = last ? contact_ms : 0};
    if (!last && strcmp(page->last_seq, buf_text(&reading->from)) == 0)
        return classify_nonsense(error); /* it would be asked for again and again */
    buf_clear(&reading->from);
    buf_str(&reading->from, page->last_seq);
    if (buf_failed(&reading->from))
        return error_nomem(error);
    if (page->pending >= 0)
        progress_expect(reading->puller->progress, reading->rows + page->pending);
    return relay_page(reading->relay, &whole, error);
}

static enum status fetch_page(struct reading *reading, bool *more, struct error *error)
{
    struct couch *couch = reading->puller->couch;
    struct couch_page page = {0};
    const struct couch_query query = {.database = reading->feed->database,
                                      .since = text_or_null(&reading->from),
                                      .limit = PAGE_ROWS,
                                      .seq_interval = SEQ_INTERVAL,
                                      .form = form_of(reading->feed)};
    enum status status = couch_changes(couch, &query, take_row, reading, &page, error);
    if (status == STATUS_OK) {
        bool last = couch_page_is_last(&query, &page);
        status = take_page(reading, &page, last, couch_contact(couch).at_ms, error);
        *more = !last;
    }
    couch_page_release(&page);
    return status;
}

static enum status read_pages(struct reading *reading, struct error *error)
{
    enum status status = STATUS_OK;
    bool more = true;
    if (buf_failed(&reading->from))
        return error_nomem(error);
    while (status == STATUS_OK && more)
        status = fetch_page(reading, &more, error);
    return status;
}

static enum status read_source(struct reading *reading, struct error *error)
{
    char piece[SOURCE_PIECE];
    struct changes changes;
    struct couch_page page = {0};
    size_t got = 1;
    enum status status = STATUS_OK;
    changes_init(&changes, form_of(reading->feed), take_row, reading);
    while (status == STATUS_OK && got > 0) {
        status = reading->source(reading->source_context, piece, sizeof(piece), &got, error);
        if (status == STATUS_OK)
            status = changes_feed(&changes, piece, got, error);
    }
    if (status == STATUS_OK)
        status = changes_finish(&changes, &page, error);
    if (status == STATUS_OK)
        status = take_page(reading, &page, page.pending <= 0, 0, error);
    couch_page_release(&page);
    changes_release(&changes);
    return status;
}

/* Too slow for one page is no failure as long as something arrived for good. */
static bool is_slow_but_alive(const struct reading *reading)
{
    return !reading->source && reading->commits > 0 &&
           couch_last(reading->puller->couch)->trouble == TROUBLE_TIMEOUT;
}

/* What has arrived is written also when the rest did not come, except for who wants to stop. The
 * writer's own failure is the one to tell. */
static enum status read_on(struct reading *reading, struct error *error)
{
    const struct relay_writer writer = {reading, write_row, write_page};
    struct error why = {0}, failure = {0};
    enum status status = relay_start(&writer, &reading->relay, error);
    if (status != STATUS_OK)
        return status;
    status = reading->source ? read_source(reading, &why) : read_pages(reading, &why);
    enum status written = relay_end(reading->relay, status == STATUS_CANCELLED, &failure);
    tell_progress(reading);
    if (status == STATUS_OK && written == STATUS_OK)
        return STATUS_OK;
    cache_rollback(reading->puller->cache);
    if (error)
        *error = written == STATUS_OK ? why : failure;
    return written == STATUS_OK ? status : written;
}

/* From the committed position. */
static void rewind_reading(struct reading *reading)
{
    buf_clear(&reading->from);
    buf_str(&reading->from, buf_text(&reading->feed->since));
    reading->rows = reading->feed->pulled;
    reading->uncommitted = 0;
    reading->commits = 0;
    reading->begun = false;
}

static enum status read_feed(struct reading *reading, struct error *error)
{
    struct feed *feed = reading->feed;
    int64_t started_ms = clock_mono_ms();
    enum status status;
    do {
        rewind_reading(reading);
        status = read_on(reading, error);
    } while (status != STATUS_OK && is_slow_but_alive(reading));
    buf_release(&reading->from);
    ready_maker_release(&reading->maker);
    if (status == STATUS_OK)
        feed->plan = FEED_DONE;
    feed->elapsed_ms += clock_mono_ms() - started_ms;
    return status;
}

/* The upstream answers in its own words that it cannot make sense of our position. */
static bool is_position_lost(const struct puller *puller, const struct feed *feed,
                             enum status status)
{
    return status == STATUS_INVALID && feed->since.length > 0 &&
           couch_last(puller->couch)->status == 400 &&
           classify_is_error(couch_last(puller->couch), "bad_request");
}

static enum status find_new_start(struct puller *puller, struct feed *feed, struct error *error)
{
    struct couch_info info = {0};
    enum status status = couch_database(puller->couch, feed->database, &info, error);
    if (status == STATUS_OK)
        status = start_over(puller, feed, &info, error);
    couch_info_release(&info);
    return status;
}

enum status pull_read(struct puller *puller, struct feed *feed, struct error *error)
{
    struct reading reading = {.puller = puller, .feed = feed};
    struct error why = {0};
    progress_enter(puller->progress, feed->name, feed->title, feed->expected);
    enum status status = read_feed(&reading, &why);
    if (is_position_lost(puller, feed, status)) {
        log_line("pull: position not known any more, reading from the start");
        status = find_new_start(puller, feed, &why);
        if (status == STATUS_OK)
            status = read_feed(&reading, &why);
    }
    if (status != STATUS_OK && error)
        *error = why;
    return status;
}

enum status pull_from(struct puller *puller, struct feed *feed, pull_source source, void *context,
                      struct error *error)
{
    struct reading reading = {
        .puller = puller, .feed = feed, .source = source, .source_context = context};
    progress_enter(puller->progress, feed->name, feed->title, feed->expected);
    return read_feed(&reading, error);
}
