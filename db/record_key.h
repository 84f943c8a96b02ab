#ifndef HUILIU_DB_RECORD_KEY_H
#define HUILIU_DB_RECORD_KEY_H
/*
 * Finding a record by its key. Private to db/.
 *
 * Hashes of keys come in no order, so each commit of a bulk load would touch nearly every page of
 * their table: at a million rows seven megabytes for two thousand rows. Therefore new entries go
 * into a small table, record_key_recent, and are moved in order of hash into the large one,
 * record_key, when there are many: the large table is then gone through once for all of them.
 * Readers look into both (RECORD_BY_KEY).
 *
 * `recent` counts the entries in the small table; whoever opens the file or rolls back reads it
 * again.
 */
#include "db/sql.h"

/*
 * Which hashes may have been added: a Bloom filter, so that a first load need not look up keys that
 * cannot be there. It forgets nothing, removed ones neither. Two million keys make one in twenty
 * look known.
 */
struct key_filter;
struct key_filter *key_filter_new(void); /* NULL: out of memory */
void key_filter_free(struct key_filter *filter);
void key_filter_add(struct key_filter *filter, int64_t hash);
bool key_filter_may_hold(const struct key_filter *filter, int64_t hash);

#define RECORD_KEY_RECENT_MAX 65536

extern const char record_key_schema[]; /* statements that create the tables */

/* For FROM: `k`, with the record ids that have the hash ?1. */
#define RECORD_BY_KEY                                                                              \
    "(SELECT record FROM record_key WHERE hash = ?1 UNION ALL"                                     \
    " SELECT record FROM record_key_recent WHERE hash = ?1) k"

enum status record_key_count(struct sql *sql, int64_t *recent, struct error *error) MUST_CHECK;

/* Inside a transaction. */
enum status record_key_add(struct sql *sql, int64_t hash, int64_t record, int64_t *recent,
                           struct error *error) MUST_CHECK;
enum status record_key_remove(struct sql *sql, int64_t hash, int64_t record, int64_t *recent,
                              struct error *error) MUST_CHECK;
enum status record_key_remove_all(struct sql *sql, int64_t *recent, struct error *error) MUST_CHECK;
/* Before the commit: moves the recent entries when there are RECORD_KEY_RECENT_MAX. */
enum status record_key_settle(struct sql *sql, int64_t *recent, struct error *error) MUST_CHECK;

#endif
