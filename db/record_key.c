#include "db/record_key.h"

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
