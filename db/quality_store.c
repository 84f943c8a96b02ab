#include "db/quality_run.h"

#include "base/i18n.h"
#include "db/schema.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STORE_APPLICATION_ID 0x48554C51u /* "HULQ" */
#define STORE_VERSION        1

/*
 * run      when the last run began and what it looked at.
 * source   each dataset as it was then.
 * tally    how many findings of a rule in a dataset.
 * finding  one row for each that is kept.
 */
static const char schema[] =
    "CREATE TABLE run(at_ms INTEGER NOT NULL, taken_ms INTEGER NOT NULL, rows INTEGER NOT NULL)"
    " STRICT;"
    "CREATE TABLE source(dataset TEXT PRIMARY KEY, fingerprint TEXT NOT NULL) STRICT;"
    "CREATE TABLE tally(id INTEGER PRIMARY KEY, rule TEXT NOT NULL, dataset TEXT NOT NULL,"
    " count INTEGER NOT NULL) STRICT;"
    "CREATE TABLE finding(id INTEGER PRIMARY KEY, tally INTEGER NOT NULL, record INTEGER NOT NULL,"
    " key_mark INTEGER NOT NULL, rev_mark INTEGER NOT NULL, field TEXT NOT NULL,"
    " other INTEGER NOT NULL) STRICT;"
    "CREATE INDEX finding_by_tally ON finding(tally, record);";

/* --- the file --------------------------------------------------------------------------------- */

static enum status open_path(const char *path, enum sql_role role, struct sql **out,
                             struct error *error)
{
    const struct sql_options options = {.path = path,
                                        .role = role,
                                        .application_id = STORE_APPLICATION_ID,
                                        .user_version_max = STORE_VERSION};
    struct sql *sql = NULL;
    int version = 0;
    enum status status = sql_open(&options, &sql, error);

    if (status == STATUS_OK)
        status = sql_user_version(sql, &version, error);
    if (status == STATUS_OK && version == 0 && role == SQL_WRITER) {
        status = sql_begin(sql, error);
        if (status == STATUS_OK)
            status = sql_exec(sql, schema, error);
        if (status == STATUS_OK)
            status = sql_set_user_version(sql, STORE_VERSION, error);
        if (status == STATUS_OK)
            status = sql_commit(sql, error);
        sql_rollback(sql);
    }
    if (status != STATUS_OK) {
        sql_close(sql);
        return status;
    }
    *out = sql;
    return STATUS_OK;
}

static void remove_file(const char *path)
{
    static const char *const companions[] = {"", "-wal", "-shm"};
    char name[PATH_MAX + 8];

    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, companions[i]);
        (void)unlink(name);
    }
}

enum status quality_store_create(const struct home *home, struct sql **store, struct error *error)
{
    char path[PATH_MAX];

    if (!home_is_writable(home))
        return error_set(error, STATUS_LOCKED,
                         _("Another Huiliu window or command is writing in this home. Check the "
                           "data there, or wait until it is closed."));
    enum status status = home_path(home, QUALITY_FILE, path, sizeof path, error);
    if (status != STATUS_OK)
        return status;
    status = open_path(path, SQL_WRITER, store, NULL);
    if (status == STATUS_OK)
        return status;
    remove_file(path);
    return open_path(path, SQL_WRITER, store, error);
}

static enum status never(struct error *error)
{
    return error_set(error, STATUS_NOT_FOUND, _("The data has not been checked yet."));
}

enum status quality_store_open(const struct home *home, struct sql **store, struct error *error)
{
    char path[PATH_MAX];
    struct sql *sql = NULL;
    int64_t runs = 0;
    enum status status = home_path(home, QUALITY_FILE, path, sizeof path, error);

    if (status == STATUS_OK && open_path(path, SQL_READER, &sql, NULL) != STATUS_OK)
        return never(error);
    if (status == STATUS_OK &&
        (sql_integer(sql, "SELECT count(*) FROM run", &runs, NULL) != STATUS_OK || runs == 0))
        status = never(error);
    if (status != STATUS_OK) {
        sql_close(sql);
        return status;
    }
    *store = sql;
    return STATUS_OK;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* The tables are made anew: that costs nothing per row. */
enum status quality_store_clear(struct sql *store, struct error *error)
{
    enum status status = sql_exec(store,
                                  "DROP TABLE run; DROP TABLE source; DROP TABLE tally;"
                                  " DROP TABLE finding;",
                                  error);

    return status == STATUS_OK ? sql_exec(store, schema, error) : status;
}

/* FNV-1a, without a sign. */
static int64_t hash_of(const char *text)
{
    uint64_t hash = 0xCBF29CE484222325u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001B3u;
    return (int64_t)((hash ^ (hash >> 29)) >> 1);
}

void quality_mark_set(struct quality_mark *mark, int64_t record, const char *key, const char *rev)
{
    *mark = (struct quality_mark){record, hash_of(key), hash_of(rev)};
}

static int64_t tally_of(enum quality_rule rule, uint32_t source)
{
    return (int64_t)source * QUALITY_RULE_COUNT + (int64_t)rule + 1;
}

enum status quality_store_add(struct quality_job *job, enum quality_rule rule, uint32_t source,
                              const struct quality_mark *mark, const char *field, int64_t other,
                              struct error *error)
{
    struct stmt *stmt;

    if (job->counts[source][rule]++ >= QUALITY_LISTED_MAX)
        return STATUS_OK;
    enum status status = sql_statement(job->store,
                                       "INSERT INTO finding(tally, record, key_mark, rev_mark,"
                                       " field, other) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                                       &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, tally_of(rule, source));
    stmt_bind_int(stmt, 2, mark->record);
    stmt_bind_int(stmt, 3, mark->key);
    stmt_bind_int(stmt, 4, mark->rev);
    stmt_bind_text(stmt, 5, field);
    stmt_bind_int(stmt, 6, other);
    return stmt_run(stmt, error);
}

enum status quality_store_has(struct quality_job *job, enum quality_rule rule,
                              const struct trait *trait, bool *has, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        job->store, "SELECT 1 FROM finding WHERE tally = ?1 AND record = ?2", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, tally_of(rule, trait->source));
    stmt_bind_int(stmt, 2, trait->record);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK)
        *has = row;
    stmt_reset(stmt);
    return status;
}

static enum status write_tally(struct quality_job *job, size_t source, enum quality_rule rule,
                               struct error *error)
{
    struct stmt *stmt;

    if (job->counts[source][rule] == 0)
        return STATUS_OK;
    enum status status = sql_statement(job->store,
                                       "INSERT INTO tally(id, rule, dataset, count)"
                                       " VALUES(?1, ?2, ?3, ?4)",
                                       &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, tally_of(rule, (uint32_t)source));
    stmt_bind_text(stmt, 2, quality_rule_id(rule));
    stmt_bind_text(stmt, 3, job->plans[source].dataset->name);
    stmt_bind_int(stmt, 4, job->counts[source][rule]);
    return stmt_run(stmt, error);
}

static enum status write_source(struct quality_job *job, size_t source, struct error *error)
{
    struct stmt *stmt;
    struct buf fingerprint = {0};
    const struct dataset *dataset = job->plans[source].dataset;
    enum status status = quality_fingerprint(job->cache, dataset, &fingerprint, error);

    if (status == STATUS_OK)
        status = sql_statement(
            job->store, "INSERT INTO source(dataset, fingerprint) VALUES(?1, ?2)", &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, dataset->name);
        stmt_bind_text(stmt, 2, buf_text(&fingerprint));
        status = stmt_run(stmt, error);
    }
    for (int rule = 0; rule < QUALITY_RULE_COUNT && status == STATUS_OK; rule++)
        status = write_tally(job, source, (enum quality_rule)rule, error);
    buf_release(&fingerprint);
    return status;
}

enum status quality_store_finish(struct quality_job *job, int64_t at_ms, int64_t taken_ms,
                                 struct error *error)
{
    struct stmt *stmt;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < job->plan_count && status == STATUS_OK; i++)
        status = write_source(job, i, error);
    if (status == STATUS_OK)
        status = sql_statement(
            job->store, "INSERT INTO run(at_ms, taken_ms, rows) VALUES(?1, ?2, ?3)", &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, at_ms);
    stmt_bind_int(stmt, 2, taken_ms);
    stmt_bind_int(stmt, 3, job->done);
    return stmt_run(stmt, error);
}

/* --- what a dataset was like ------------------------------------------------------------------ */

static enum status add_positions(struct sql *cache, const char *dataset, struct buf *out,
                                 struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache, "SELECT since FROM feed WHERE dataset = ?1 ORDER BY database", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, dataset);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char *since = stmt_text(stmt, 0);
        buf_printf(out, " %s", since ? since : "");
    }
    stmt_reset(stmt);
    return status;
}

/* The number of rows, where the feeds stand, and a hash of the entry. */
enum status quality_fingerprint(struct sql *cache, const struct dataset *dataset, struct buf *out,
                                struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(cache, "SELECT rows FROM dataset WHERE name = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, dataset->name);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK)
        buf_printf(out, "%" PRId64 " %" PRId64, row ? stmt_int(stmt, 0) : 0,
                   hash_of(dataset->body));
    stmt_reset(stmt);
    if (status == STATUS_OK)
        status = add_positions(cache, dataset->name, out, error);
    return status == STATUS_OK && buf_failed(out) ? error_nomem(error) : status;
}
