#ifndef HUILIU_DB_HISTORY_H
#define HUILIU_DB_HISTORY_H
/*
 * What changed in records after they were first received: for each change of a record the fields
 * that became another value, old and new, and when it arrived here. Private to db/.
 *
 * It is written by the cache writer in the transaction that changes the row, and only there: a
 * first load, and rows that are read again unchanged, cost nothing. It lies in cache.db and is as
 * disposable as the rest of it. Bounded: the last HISTORY_PER_RECORD changes of a record, the last
 * HISTORY_MAX of all. What is deleted upstream has no history here either.
 *
 * table change(id, record, at_ms, body): `record` is the id in table record, `body` an array of
 * [field, old, new]; a value that is absent or longer than HISTORY_VALUE_MAX is null.
 */
#include "base/json.h"
#include "db/sql.h"

#include <stdint.h>

#define HISTORY_PER_RECORD 20
#define HISTORY_MAX        200000
#define HISTORY_VALUE_MAX  2000
#define HISTORY_FIELDS_MAX 64

extern const char history_schema[]; /* statements that create the table */

/* Inside the writer's transaction. Nothing is written when no field is different. */
enum status history_add(struct sql *cache, int64_t record, int64_t at_ms, const json_t *before,
                        const json_t *after, struct error *error) MUST_CHECK;
enum status history_forget(struct sql *cache, int64_t record, struct error *error) MUST_CHECK;

/* The changes of a record, newest first, at most `max`: an array of {"at": ms, "fields": [[field,
 * old, new]…]}. The caller json_decref()s it. */
enum status history_read(struct sql *cache, int64_t record, size_t max, json_t **changes,
                         struct error *error) MUST_CHECK;

#endif
