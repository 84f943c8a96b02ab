#ifndef HUILIU_DB_CACHE_H
#define HUILIU_DB_CACHE_H
/*
 * Writing cache.db: rows that came from upstream, the feed position they stand for, and the
 * search index, always in one transaction. Disposable: a schema change or a corrupt file means a
 * new file and a new baseline, never a migration; the old file is kept as cache.db.bad-<time> until
 * the new one is complete (or damaged in its turn). Rows are indexed as the catalogue in this file
 * says, and anew when that changes; a dataset whose entry is deleted is purged.
 *
 *     cache_begin(cache, &error);
 *     for each row: cache_apply(cache, dataset, &row, &error);
 *     cache_set_position(cache, &position, &error);
 *     cache_commit(cache, &error);                    // or cache_rollback(cache)
 *
 * One cache handle per home, in one thread at a time (the sync worker's).
 */
#include "base/json.h"
#include "db/catalogue.h"
#include "db/home.h"

#include <stdint.h>

struct cache;

struct ready;

struct change_row {
    const char *key; /* document _id */
    const char *rev;
    bool deleted;
    const json_t *doc;         /* NULL when deleted without a body, or not understood */
    const struct ready *ready; /* instead of `doc`, see db/ready.h; NULL: none */
    const char *reason;        /* why not; NULL: none was sent */
};

/* Where a feed stands. One per upstream database. */
struct feed_position {
    const char *database;
    const char *dataset; /* "catalogue" for the catalogue itself */
    const char *since;   /* JSON text of the sequence: "\"12-abc\"" or "12"; NULL: from the start */
    const char *instance; /* instance_start_time of the database; NULL: unknown */
    int64_t contact_ms;   /* wall clock of the last complete answer; 0: leave as it is */
    bool complete;        /* the feed has been read to its end at least once */
    const char *state;    /* "ok", "absent", "withdrawn", or a status_name() of the last failure */
    const char *reason;   /* sentence for that state; NULL: none */
};

enum status cache_open(const struct home *home, struct cache **cache,
                       struct error *error) MUST_CHECK;
void cache_close(struct cache *cache);
/* A cache that is gone, damaged or of another version is replaced by an empty one, which the next
 * sync fills. For home_open(), before there are readers. */
enum status cache_ensure(const struct home *home, struct error *error) MUST_CHECK;

/* SQLite's quick_check, when there is reason for it: the file was not closed the last time, a
 * reader met damage, or the last one was a week ago. About 0.3 s for a million rows, so it belongs
 * where nobody waits. STATUS_CORRUPT: close this handle, which puts the file aside, and open it
 * again, which makes a new one. */
enum status cache_examine(struct cache *cache, struct error *error) MUST_CHECK;
/* Damage was met: closing will put the file aside. */
bool cache_is_damaged(const struct cache *cache);
/* Examines the file now and replaces it by an empty one when it is damaged. */
enum status cache_repair(const struct home *home, bool *renewed, struct error *error) MUST_CHECK;
/* Removes the damaged file that was put aside once every feed has been read to its end. */
void cache_forget_damage(struct cache *cache);
/* Whether there is one. */
bool cache_damage_is_kept(const struct home *home);

enum status cache_begin(struct cache *cache, struct error *error) MUST_CHECK;
enum status cache_commit(struct cache *cache, struct error *error) MUST_CHECK;
void cache_rollback(struct cache *cache);

/* A row of the `catalogue` database: dataset:*, trust:*, revocation:*, calendar:*, notice:*. */
enum status cache_apply_catalogue(struct cache *cache, const struct change_row *row,
                                  struct error *error) MUST_CHECK;
/* A record; `row->ready` was made for `dataset`. Design documents are ignored. *changed tells
 * whether anything was different. A row that cannot be understood is kept aside with its reason and
 * still counts as applied. */
enum status cache_apply(struct cache *cache, const struct dataset *dataset,
                        const struct change_row *row, bool *changed,
                        struct error *error) MUST_CHECK;
/* Keeps a row aside that is not even a row (bad JSON, no _id). */
enum status cache_set_aside(struct cache *cache, const char *database, const char *text,
                            size_t length, const char *reason, struct error *error) MUST_CHECK;

enum status cache_set_position(struct cache *cache, const struct feed_position *position,
                               struct error *error) MUST_CHECK;
/* `since` and `instance` are replaced; empty means none. STATUS_NOT_FOUND: never synced. */
enum status cache_position(struct cache *cache, const char *database, struct buf *since,
                           struct buf *instance, bool *complete, struct error *error) MUST_CHECK;

/* The stored body and the name of a record, appended; STATUS_NOT_FOUND. */
enum status cache_find(struct cache *cache, const char *dataset, const char *key, struct buf *body,
                       struct buf *name, struct error *error) MUST_CHECK;

/* A dataset is read again from the start (its database was recreated, say) while its old rows can
 * still be found. From cache_renewal_begin() on, rows that are applied are noted, whether they are
 * different or not; cache_renewal_end() removes all others, *purged of them. It goes on across
 * interruptions. Both in the transaction that sets the position. */
enum status cache_renewal_begin(struct cache *cache, const char *dataset,
                                struct error *error) MUST_CHECK;
enum status cache_renewal_end(struct cache *cache, const char *dataset, int64_t *purged,
                              struct error *error) MUST_CHECK;
bool cache_is_renewing(const struct cache *cache, const char *dataset);

/* Wall clock of the last complete answer of a database; 0: never. */
enum status cache_contact(struct cache *cache, const char *database, int64_t *contact_ms,
                          struct error *error) MUST_CHECK;
/* Rows of a dataset that came from another database than this (another area, or the entry names
 * another one now) are removed, and those databases' positions with them. */
enum status cache_keep_database(struct cache *cache, const char *dataset, const char *database,
                                int64_t *purged, struct error *error) MUST_CHECK;

/* Removes every record of a dataset and what was kept aside of it (access withdrawn, database
 * recreated); *purged rows. */
enum status cache_purge(struct cache *cache, const char *dataset, int64_t *purged,
                        struct error *error) MUST_CHECK;
enum status cache_row_count(struct cache *cache, const char *dataset, int64_t *rows,
                            struct error *error) MUST_CHECK;
/* Rows kept aside because they were not understood, under the dataset's name or its database's. */
enum status cache_aside_count(struct cache *cache, const char *dataset, const char *database,
                              int64_t *rows, struct error *error) MUST_CHECK;
/* Catalogue as the writer sees it (after its own commit). The caller frees it. */
enum status cache_catalogue(struct cache *cache, struct catalogue **catalogue,
                            struct error *error) MUST_CHECK;
/* Keys of all documents of the `catalogue` database, as the members of an object: what a new
 * baseline does not name is gone. The caller json_decref()s *keys. */
enum status cache_catalogue_keys(struct cache *cache, json_t **keys,
                                 struct error *error) MUST_CHECK;
/* Puts the file in order: folds the index together when much of it is new, takes the traces of what
 * was removed out of it, and empties the write-ahead log. Some seconds after a million rows, during
 * which the cache can be read: for the end of a run. */
enum status cache_checkpoint(struct cache *cache, struct error *error) MUST_CHECK;
/* Whether there is more to it than the log. */
bool cache_is_untidy(const struct cache *cache);

#endif
