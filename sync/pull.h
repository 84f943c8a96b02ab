#ifndef HUILIU_SYNC_PULL_H
#define HUILIU_SYNC_PULL_H
/*
 * Returned data, downward: one feed per upstream database, read into cache.db.
 *
 *     pull_check(puller, feed, &error);      // one GET: what is there to do?
 *     if (feed->plan != FEED_DONE)
 *         pull_read(puller, feed, &error);   // pages, streamed row by row
 *     feed_release(feed);
 *
 * pull_check() compares the database with the position stored for it:
 *   - never read, or recreated (another instance_start_time, or a sequence that went back), or not
 *     read for so long that deletions may have been forgotten upstream (HORIZON_DAYS), or all is
 *     asked for again: a new baseline. The old rows can be found until it is complete; the
 *     transaction that completes it removes those it has not named. So a dataset that was complete
 *     stays complete, as of the time it was;
 *   - rows of the dataset came from another database (the area of this workstation, or the entry,
 *     has changed): they go, and the dataset starts from nothing;
 *   - its update_seq is, to the letter, our position and the feed was complete: nothing new, done
 *     in this one round trip;
 *   - 403 or 404 although it was readable: access was withdrawn. One more request makes sure that
 *     the catalogue itself still answers (a locked account or an emptied server withdraws
 *     nothing); then the rows are purged and the position says "withdrawn" in one transaction;
 *   - 403 or 404 and it never was readable: "absent", which is no failure.
 *
 * When the upstream does not know the position any more (400), pull_read() starts such a new
 * baseline by itself.
 *
 * pull_read() commits every two to eight thousand rows, each time together with the position of the
 * last row. The caller puts the cache in order when all is read: cache_checkpoint(). Whatever ends
 * it - a cut, a kill, a full disk - the next run goes on from there. The calling thread reads and
 * parses while a second one, which ends with the call, writes (sync/relay.h).
 *
 * pull_from() does the same with a `_changes` answer that comes from somewhere else, such as a
 * file: the caller fills in the feed (database, name, title, dataset, complete, since, instance as
 * cache_position() gives them). At its end, a pending of 0 or none makes the feed complete; the
 * time of the last contact stays.
 *
 * They return STATUS_OK, or the failure with its sentence; the caller records it with
 * pull_note_failure(). One thread.
 */
#include "base/buf.h"
#include "db/cache.h"
#include "sync/couch.h"
#include "sync/progress.h"

#include <stdbool.h>
#include <stdint.h>

#define CATALOGUE_FEED    "catalogue"
#define FEED_DATABASE_MAX 256
#define HORIZON_DAYS      90

enum feed_plan {
    FEED_DONE, /* nothing (more) to do */
    FEED_READ, /* from the position on */
};

struct feed {
    char database[FEED_DATABASE_MAX];
    const char *name; /* dataset's, or CATALOGUE_FEED */
    const char *title;
    const struct dataset *dataset; /* NULL: the catalogue */
    enum feed_plan plan;
    bool readable;       /* it answered, now or once before */
    bool complete;       /* has been read to its end at least once */
    bool renewing;       /* a new baseline beside the old rows is under way */
    struct buf since;    /* committed position, JSON text; empty: from the start */
    struct buf instance; /* instance_start_time the position belongs to */
    json_t *unseen;      /* catalogue baseline: keys stored here that it has not named yet */
    int64_t expected;    /* rows to come; -1 unknown */
    int64_t pulled, purged;
    int64_t elapsed_ms;
    enum status status; /* why it could not be read */
    char reason[ERROR_TEXT_MAX];
};

struct puller {
    struct cache *cache;
    struct couch *couch; /* NULL: only pull_from() is used */
    struct progress *progress;
    const char *area;
    const struct catalogue *catalogue; /* as it was before this run; may be NULL */
};

enum status pull_check(struct puller *puller, struct feed *feed, bool from_start,
                       struct error *error) MUST_CHECK;
enum status pull_read(struct puller *puller, struct feed *feed, struct error *error) MUST_CHECK;
/* Gives the next bytes, at most `size`; *got is 0 at the end. STATUS_CANCELLED stops at once. */
typedef enum status (*pull_source)(void *context, char *bytes, size_t size, size_t *got,
                                   struct error *error);
enum status pull_from(struct puller *puller, struct feed *feed, pull_source source, void *context,
                      struct error *error) MUST_CHECK;
/* Writes the failure where the overview reads it; the position stays. */
enum status pull_note_failure(struct puller *puller, struct feed *feed, const struct error *failure,
                              struct error *error) MUST_CHECK;
void feed_release(struct feed *feed);

#endif
