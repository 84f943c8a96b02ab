#ifndef HUILIU_DB_CACHE_STORE_H
#define HUILIU_DB_CACHE_STORE_H
/*
 * The inside of the cache writer, shared by cache.c (file, transactions, feeds), cache_apply.c
 * (rows), cache_catalogue.c (the catalogue and what follows from it) and cache_body.c (the stored
 * form). Private to db/.
 *
 * record      one row for each document; `body` is compact JSON without the members that begin
 *             with an underscore; subject and name repeat the fields with those roles.
 * record_key  finds a row by (dataset, key): 63 bits of a hash, because whole keys would cost a
 *             tenth of the file. Rows with the same hash are told apart by the record's own key.
 *             See db/record_key.h.
 * document    the catalogue database.
 * renewed     while a dataset is read again from the start beside its old rows: the rows that have
 *             come so far. What is not among them at the end is gone upstream.
 * aside       rows that were not understood, by the dataset or database they came from.
 * feed        where each database stands.
 * change      what changed in records since they came: db/history.h.
 * term, word, head: see db/search_index.h.
 */
#include "db/cache.h"
#include "db/history.h"
#include "db/record_key.h"
#include "db/schema.h"
#include "db/search_index.h"

#include <stdio.h>
#include <stdlib.h>

#define RECORD_DECEASED 1 /* bit of record.flags */

#define KEY_MAX  512
#define REV_MAX  96
#define BODY_MAX ((size_t)1 << 20)

struct dataset_rows {
    char *name;
    int64_t id;
    int64_t rows;
    bool changed;  /* `rows` is newer than the file */
    bool renewing; /* see cache_renewal_begin() */
    bool fresh;    /* was empty when it was read: all its keys are in the filter */
};

struct cache {
    const struct home *home;
    struct sql *sql;
    struct search_index *index;
    struct catalogue *catalogue; /* as this writer sees it, its own transaction included */
    struct dataset_rows *datasets;
    size_t dataset_count;
    int64_t recent_keys; /* see db/record_key.h */
    struct key_filter *filter;
    int64_t now_ms;     /* of the transaction */
    int64_t disordered; /* rows indexed or removed since the index was last folded together */
    bool removed;       /* some of them removed */
    bool bulk;          /* the index is to be folded together, see db/search_index.h */
    bool any_aside;
    bool open; /* a transaction was begun; SQLite may have ended it by itself */
    bool damaged;
    bool stale;     /* what is remembered of the file could not be read after a rollback */
    bool left_open; /* whoever wrote before did not close the file: it is examined first */
    char path[4096];
    struct buf body;
};

/* Whether the write-ahead log still holds something, which closing would have emptied. */
bool cache_was_left_open(const char *path);
/* Removes all cache.db.bad-*: they hold people's data. */
void cache_remove_aside(const char *path);

/* Counters of a dataset; made at its first row. The pointer lives until the next call. */
enum status cache_dataset(struct cache *cache, const char *name, struct dataset_rows **rows,
                          struct error *error) MUST_CHECK;
/* Keeps a row aside; `source` is a dataset, or a database when the dataset is not known. */
enum status cache_keep_aside(struct cache *cache, const char *source, const char *key,
                             const char *text, size_t length, const char *reason,
                             struct error *error) MUST_CHECK;

int64_t record_hash(int64_t dataset, const char *key);
/* Appends the stored form of a document. */
enum status record_print(const json_t *document, struct buf *out, struct error *error) MUST_CHECK;

/* Enters (or takes out) all rows of a dataset into the index as `before` and `after` say. NULL:
 * not indexed. */
enum status cache_reindex(struct cache *cache, const struct dataset *before,
                          const struct dataset *after, struct error *error) MUST_CHECK;
enum status cache_reload_catalogue(struct cache *cache, struct error *error) MUST_CHECK;

#endif
