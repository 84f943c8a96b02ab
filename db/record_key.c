#include "db/record_key.h"

#include <stdlib.h>

#define FILTER_BITS_LOG 24 /* two MiB */
#define FILTER_WORDS    ((size_t)1 << (FILTER_BITS_LOG - 6))

const char record_key_schema[] =
    "CREATE TABLE record_key(hash INTEGER NOT NULL, record INTEGER NOT NULL,"
    " PRIMARY KEY(hash, record)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE record_key_recent(hash INTEGER NOT NULL, record INTEGER NOT NULL,"
    " PRIMARY KEY(hash, record)) STRICT, WITHOUT ROWID;";

enum status record_key_count(struct sql *sql, int64_t *recent, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(sql, "SELECT count(*) FROM record_key_recent", &stmt, error);

    if (status != STATUS_OK)
        return status;
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row)
        *recent = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return status;
}

static enum status run(struct sql *sql, const char *text, int64_t hash, int64_t record,
                       struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(sql, text, &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, hash);
    stmt_bind_int(stmt, 2, record);
    return stmt_run(stmt, error);
}

enum status record_key_add(struct sql *sql, int64_t hash, int64_t record, int64_t *recent,
                           struct error *error)
{
    enum status status =
        run(sql, "INSERT INTO record_key_recent(hash, record) VALUES(?1, ?2)", hash, record, error);

    *recent += status == STATUS_OK;
    return status;
}

enum status record_key_remove(struct sql *sql, int64_t hash, int64_t record, int64_t *recent,
                              struct error *error)
{
    enum status status = run(sql, "DELETE FROM record_key_recent WHERE hash = ?1 AND record = ?2",
                             hash, record, error);

    if (status != STATUS_OK)
        return status;
    int64_t removed = sql_changes(sql);
    *recent -= removed;
    return removed > 0 ? STATUS_OK
                       : run(sql, "DELETE FROM record_key WHERE hash = ?1 AND record = ?2", hash,
                             record, error);
}

enum status record_key_remove_all(struct sql *sql, int64_t *recent, struct error *error)
{
    enum status status =
        sql_exec(sql, "DELETE FROM record_key; DELETE FROM record_key_recent", error);

    if (status == STATUS_OK)
        *recent = 0;
    return status;
}

enum status record_key_settle(struct sql *sql, int64_t *recent, struct error *error)
{
    if (*recent < RECORD_KEY_RECENT_MAX)
        return STATUS_OK;
    enum status status =
        sql_exec(sql,
                 "INSERT INTO record_key(hash, record)"
                 " SELECT hash, record FROM record_key_recent ORDER BY hash, record;"
                 "DELETE FROM record_key_recent",
                 error);
    if (status == STATUS_OK)
        *recent = 0;
    return status;
}

/* --- the filter ------------------------------------------------------------------------------- */

struct key_filter {
    uint64_t words[FILTER_WORDS];
};

struct key_filter *key_filter_new(void)
{
    return calloc(1, sizeof(struct key_filter));
}

void key_filter_free(struct key_filter *filter)
{
    free(filter);
}

/* Two bits for each hash, in one word: one look at the memory. The hash has 63 bits. */
static uint64_t mask_of(int64_t hash)
{
    return (uint64_t)1 << (hash & 63) | (uint64_t)1 << (hash >> 6 & 63);
}

static size_t word_of(int64_t hash)
{
    return (size_t)(hash >> 12) & (FILTER_WORDS - 1);
}

void key_filter_add(struct key_filter *filter, int64_t hash)
{
    filter->words[word_of(hash)] |= mask_of(hash);
}

bool key_filter_may_hold(const struct key_filter *filter, int64_t hash)
{
    uint64_t mask = mask_of(hash);

    return (filter->words[word_of(hash)] & mask) == mask;
}
