#ifndef HUILIU_DB_SQL_H
#define HUILIU_DB_SQL_H
/*
 * One SQLite connection, hardened the same way everywhere, and prepared statements.
 *
 * Rules that come from SQLite 3.40.1 itself: each database file has exactly one writing
 * connection, which alone checkpoints (the WAL-reset defect before 3.51.3 needs a second party);
 * readers use their own connections, are query_only and never checkpoint. There is no ATTACH.
 * SQL text is always a literal; values are always bound.
 *
 *     struct stmt *stmt;
 *     if (sql_statement(sql, "SELECT name FROM dataset WHERE priority <= ?1", &stmt, error)) ...
 *     stmt_bind_int(stmt, 1, 3);
 *     bool row;
 *     while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
 *         use(stmt_text(stmt, 0));
 *     stmt_reset(stmt);
 *
 * Statements are prepared once per connection and cached by the address of their literal;
 * sql_statement() hands one out reset and unbound. A bind that fails is remembered and reported by
 * the next stmt_step(). Column pointers live until the next step or reset. A connection belongs to
 * one thread at a time; only sql_interrupt() may be called from another.
 *
 * After an I/O error a writer's connection begins no further transaction: what is on the disk is
 * uncertain until the file is opened again. Errors that come from SQLite carry its extended result
 * code in error.detail.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sql;
struct stmt;

enum sql_role {
    SQL_WRITER, /* creates the file if absent; BEGIN IMMEDIATE; checkpoints */
    SQL_READER, /* query_only; STATUS_NOT_FOUND if absent */
};

struct sql_options {
    const char *path; /* absolute */
    enum sql_role role;
    uint32_t application_id; /* checked before anything else; a foreign file is refused untouched */
    int user_version_max;    /* a higher user_version gives STATUS_UNSUPPORTED, file untouched */
    bool durable;            /* synchronous=FULL instead of NORMAL */
    int cache_kib;           /* page cache; 0 means 8 MiB */
    int page_bytes;          /* of a file that is created; 0 means 4096 */
};

/* Once per process; sql_open() does it when nobody did. */
enum status sql_start(struct error *error) MUST_CHECK;

enum status sql_open(const struct sql_options *options, struct sql **sql,
                     struct error *error) MUST_CHECK;
void sql_close(struct sql *sql); /* accepts NULL; finalizes cached statements */

enum status sql_exec(struct sql *sql, const char *script, struct error *error) MUST_CHECK;
enum status sql_user_version(struct sql *sql, int *version, struct error *error) MUST_CHECK;
enum status sql_set_user_version(struct sql *sql, int version, struct error *error) MUST_CHECK;

/* Writers only. sql_rollback() is a no-op outside a transaction, so cleanup needs no `if`. */
enum status sql_begin(struct sql *sql, struct error *error) MUST_CHECK;
enum status sql_commit(struct sql *sql, struct error *error) MUST_CHECK;
void sql_rollback(struct sql *sql);
bool sql_in_transaction(const struct sql *sql);
/* A writer's fsync() failed: whether the file holds what was to be committed will be known when it
 * is opened again. */
bool sql_is_uncertain(const struct sql *sql);
/* This connection met damage in its file. */
bool sql_is_damaged(const struct sql *sql);

/* A reader's consistent view over several statements; pairs may be nested. */
enum status sql_snapshot_begin(struct sql *sql, struct error *error) MUST_CHECK;
void sql_snapshot_end(struct sql *sql);

int64_t sql_last_rowid(const struct sql *sql);
int64_t sql_changes(const struct sql *sql);
/* Changes whenever another connection committed: PRAGMA data_version. */
enum status sql_data_version(struct sql *sql, int64_t *version, struct error *error) MUST_CHECK;

void sql_interrupt(struct sql *sql); /* any thread; running statements give STATUS_CANCELLED */
enum status sql_checkpoint(struct sql *sql, struct error *error) MUST_CHECK; /* TRUNCATE */

enum status sql_statement(struct sql *sql, const char *text, struct stmt **stmt,
                          struct error *error) MUST_CHECK;

/* PRAGMA quick_check: STATUS_CORRUPT when SQLite finds something wrong. */
enum status sql_quick_check(struct sql *sql, struct error *error) MUST_CHECK;

/* The integer in the first column of the first row of a statement without parameters; *value stays
 * as it is when there is no row. */
enum status sql_integer(struct sql *sql, const char *text, int64_t *value,
                        struct error *error) MUST_CHECK;

void stmt_bind_int(struct stmt *stmt, int index, int64_t value);     /* index from 1 */
void stmt_bind_text(struct stmt *stmt, int index, const char *text); /* copied; NULL binds NULL */
void stmt_bind_text_n(struct stmt *stmt, int index, const char *text, size_t length);
/* As stmt_bind_text_n() without a copy: the text must stay until the statement has been reset. */
void stmt_lend_text(struct stmt *stmt, int index, const char *text, size_t length);
void stmt_bind_blob(struct stmt *stmt, int index, const void *data, size_t length);
void stmt_bind_null(struct stmt *stmt, int index);

enum status stmt_step(struct stmt *stmt, bool *row, struct error *error) MUST_CHECK;
/* For statements without rows: step to the end and reset. */
enum status stmt_run(struct stmt *stmt, struct error *error) MUST_CHECK;
void stmt_reset(struct stmt *stmt);

bool stmt_is_null(struct stmt *stmt, int column); /* column from 0 */
int64_t stmt_int(struct stmt *stmt, int column);
const char *stmt_text(struct stmt *stmt, int column); /* NULL for NULL */
const void *stmt_blob(struct stmt *stmt, int column, size_t *length);

/* Exactly `length` bytes from `offset` on of one blob, without reading the rest of it. */
struct sql_blob {
    const char *table, *column;
    int64_t rowid;
};
enum status sql_blob_read(struct sql *sql, const struct sql_blob *blob, int64_t offset, void *bytes,
                          size_t length, struct error *error) MUST_CHECK;

#endif
