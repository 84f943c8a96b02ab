#include "db/cache.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "db/cache_store.h"
#include "db/search_check.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CACHE_KIB        32768
#define CACHE_PAGE_BYTES 8192 /* a first load writes half as many as of 4096 */
#define ASIDE_TEXT_MAX   ((size_t)64 << 10)
#define DISORDER_MIN     20000 /* new rows after which a checkpoint folds the index together, */
#define DISORDER_SHARE   4     /* if they are so large a part (one in four) of all */

static const char schema[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE document(key TEXT PRIMARY KEY, rev TEXT NOT NULL, received_ms INTEGER NOT NULL,"
    " body TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE dataset(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " rows INTEGER NOT NULL, renewing INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE renewed(dataset INTEGER NOT NULL, record INTEGER NOT NULL,"
    " PRIMARY KEY(dataset, record)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE record(id INTEGER PRIMARY KEY, dataset INTEGER NOT NULL, flags INTEGER NOT NULL,"
    " received_ms INTEGER NOT NULL, key TEXT NOT NULL, rev TEXT NOT NULL, subject TEXT NOT NULL,"
    " name TEXT NOT NULL, body TEXT NOT NULL) STRICT;"
    "CREATE TABLE aside(source TEXT NOT NULL, key TEXT NOT NULL, at_ms INTEGER NOT NULL,"
    " reason TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY(source, key)) STRICT;"
    "CREATE TABLE feed(database TEXT PRIMARY KEY, dataset TEXT NOT NULL, since TEXT,"
    " instance TEXT, contact_ms INTEGER NOT NULL, complete INTEGER NOT NULL,"
    " state TEXT NOT NULL, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/* --- the file --------------------------------------------------------------------------------- */

static const char *const companions[] = {"", "-wal", "-shm"};

/* Only the newest damaged file is kept, and only until the new one is complete. */
static enum status move_aside(const struct cache *cache, struct error *error)
{
    const char *path = cache->path;
    char from[4200];
    char to[4300];
    int64_t now = clock_wall_ms();

    cache_remove_aside(path);
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++) {
        snprintf(from, sizeof from, "%s%s", path, companions[i]);
        snprintf(to, sizeof to, "%s.bad-%" PRId64 "%s", path, now, companions[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            return error_set_errno(error, errno, _("Cannot rename %s"), from);
    }
    log_line("cache set aside");
    home_cache_replaced(cache->home);
    return STATUS_OK;
}

/* A whole file of an older version tells nothing that the upstream does not tell: it goes. */
static enum status remove_file(const struct cache *cache, struct error *error)
{
    char name[4200];

    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++) {
        snprintf(name, sizeof name, "%s%s", cache->path, companions[i]);
        if (unlink(name) != 0 && errno != ENOENT)
            return error_set_errno(error, errno, _("Cannot remove %s"), name);
    }
    log_line("cache of another version removed");
    home_cache_replaced(cache->home);
    return STATUS_OK;
}

static enum status create_tables(struct sql *sql, struct error *error)
{
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = sql_exec(sql, schema, error);
    if (status == STATUS_OK)
        status = sql_exec(sql, record_key_schema, error);
    if (status == STATUS_OK)
        status = sql_exec(sql, history_schema, error);
    if (status == STATUS_OK)
        status = sql_exec(sql, search_schema, error);
    if (status == STATUS_OK)
        status = sql_set_user_version(sql, CACHE_SCHEMA_VERSION, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    return status;
}

/* The file of an older version whose rows are as they are now. */
static enum status renew_index(struct sql *sql, struct error *error)
{
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = search_renew(sql, NULL, error);
    if (status == STATUS_OK)
        status = sql_set_user_version(sql, CACHE_SCHEMA_VERSION, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    log_line("search index made anew");
    return status;
}

#define OLDER_FORM 1 /* detail of STATUS_UNSUPPORTED */

/* STATUS_UNSUPPORTED and STATUS_CORRUPT mean: replace the file. */
static enum status open_file(const char *path, struct sql **out, struct error *error)
{
    const struct sql_options options = {.path = path,
                                        .role = SQL_WRITER,
                                        .application_id = CACHE_APPLICATION_ID,
                                        .user_version_max = CACHE_SCHEMA_VERSION,
                                        .cache_kib = CACHE_KIB,
                                        .page_bytes = CACHE_PAGE_BYTES};
    struct sql *sql = NULL;
    int version = 0;
    enum status status = sql_open(&options, &sql, error);

    if (status == STATUS_OK)
        status = sql_user_version(sql, &version, error);
    if (status == STATUS_OK && version == 0)
        status = create_tables(sql, error);
    else if (status == STATUS_OK && version >= CACHE_ROWS_VERSION && version < CACHE_SCHEMA_VERSION)
        status = renew_index(sql, error);
    else if (status == STATUS_OK && version != CACHE_SCHEMA_VERSION)
        status = error_set_detail(error, STATUS_UNSUPPORTED, OLDER_FORM, _("%s has an older form."),
                                  path);
    if (status != STATUS_OK) {
        sql_close(sql);
        return status;
    }
    *out = sql;
    return STATUS_OK;
}

/* --- opening ---------------------------------------------------------------------------------- */

static enum status add_dataset(struct cache *cache, int64_t id, const char *name, int64_t rows,
                               struct error *error)
{
    struct dataset_rows *grown =
        realloc(cache->datasets, (cache->dataset_count + 1) * sizeof *grown);
    if (!grown)
        return error_nomem(error);
    cache->datasets = grown;
    char *copy = strdup(name);
    if (!copy)
        return error_nomem(error);
    grown[cache->dataset_count++] =
        (struct dataset_rows){.name = copy, .id = id, .rows = rows, .fresh = rows == 0};
    return STATUS_OK;
}

static void drop_datasets(struct cache *cache)
{
    for (size_t i = 0; i < cache->dataset_count; i++)
        free(cache->datasets[i].name);
    free(cache->datasets);
    cache->datasets = NULL;
    cache->dataset_count = 0;
}

static enum status read_datasets(struct cache *cache, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache->sql, "SELECT id, name, rows, renewing FROM dataset ORDER BY id", &stmt, error);

    if (status != STATUS_OK)
        return status;
    drop_datasets(cache);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char *name = stmt_text(stmt, 1);
        status = add_dataset(cache, stmt_int(stmt, 0), name ? name : "", stmt_int(stmt, 2), error);
        if (status != STATUS_OK)
            break;
        cache->datasets[cache->dataset_count - 1].renewing = stmt_int(stmt, 3) != 0;
    }
    stmt_reset(stmt);
    return status;
}

static enum status read_any_aside(struct cache *cache, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(cache->sql, "SELECT 1 FROM aside LIMIT 1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    status = stmt_step(stmt, &cache->any_aside, error);
    stmt_reset(stmt);
    return status;
}

/* Remembered in the file until the traces are gone too, whatever happens in between. */
static enum status note_removed(struct cache *cache, struct error *error)
{
    return cache->removed
               ? sql_exec(cache->sql,
                          "INSERT OR REPLACE INTO meta(name, value) VALUES('removed', 1)", error)
               : STATUS_OK;
}

static enum status read_removed(struct cache *cache, struct error *error)
{
    int64_t removed = 0;
    enum status status =
        sql_integer(cache->sql, "SELECT value FROM meta WHERE name = 'removed'", &removed, error);

    cache->removed = cache->removed || removed != 0;
    return status;
}

static enum status forget_removed(struct cache *cache, struct error *error)
{
    enum status status = search_index_prune(cache->index, error);

    return status == STATUS_OK
               ? sql_exec(cache->sql, "DELETE FROM meta WHERE name = 'removed'", error)
               : status;
}

static enum status read_state(struct cache *cache, struct error *error)
{
    enum status status = read_datasets(cache, error);

    if (status == STATUS_OK)
        status = cache_reload_catalogue(cache, error);
    if (status == STATUS_OK)
        status = read_any_aside(cache, error);
    if (status == STATUS_OK)
        status = record_key_count(cache->sql, &cache->recent_keys, error);
    if (status == STATUS_OK)
        status = read_removed(cache, error);
    if (status == STATUS_OK)
        status = search_index_is_bulk(cache->index, &cache->bulk, error);
    return status;
}

static enum status cache_start(struct cache *cache, struct error *error)
{
    enum status status = open_file(cache->path, &cache->sql, error);

    if (status == STATUS_OK) /* pages of a bulk load are written once, not with every commit */
        status = sql_exec(cache->sql, "PRAGMA wal_autocheckpoint=8000", error);
    if (status == STATUS_OK)
        status = search_index_new(cache->sql, &cache->index, error);
    if (status == STATUS_OK && !(cache->filter = key_filter_new()))
        status = error_nomem(error);
    return status == STATUS_OK ? read_state(cache, error) : status;
}

static void cache_stop(struct cache *cache)
{
    search_index_free(cache->index);
    cache->index = NULL;
    key_filter_free(cache->filter);
    cache->filter = NULL;
    catalogue_free(cache->catalogue);
    cache->catalogue = NULL;
    drop_datasets(cache);
    sql_close(cache->sql);
    cache->sql = NULL;
}

enum status cache_open(const struct home *home, struct cache **out, struct error *error)
{
    struct error first = {0};
    struct cache *cache = calloc(1, sizeof *cache);

    if (!cache)
        return error_nomem(error);
    cache->home = home;
    enum status status = home_path(home, CACHE_FILE, cache->path, sizeof cache->path, error);
    if (status != STATUS_OK)
        goto fail;
    cache->left_open = cache_was_left_open(cache->path);
    status = cache_start(cache, &first);
    if (status == STATUS_CORRUPT || status == STATUS_UNSUPPORTED || status == STATUS_INVALID) {
        cache_stop(cache); /* a newer file is whole, and may be wanted back out of signal's reach */
        status = status == STATUS_UNSUPPORTED && first.detail == OLDER_FORM
                     ? remove_file(cache, error)
                     : move_aside(cache, error);
        if (status == STATUS_OK)
            status = cache_start(cache, error);
    } else if (status != STATUS_OK && error) {
        *error = first;
    }
    if (status != STATUS_OK)
        goto fail;
    *out = cache;
    return STATUS_OK;
fail:
    cache_close(cache);
    return status;
}

/* What a reader will find, without writing anything. */
static enum status look_at_file(const struct home *home, struct error *error)
{
    char path[PATH_MAX];
    struct sql *sql = NULL;
    int version = 0;
    enum status status = home_path(home, CACHE_FILE, path, sizeof path, error);

    if (status != STATUS_OK)
        return status;
    const struct sql_options options = {.path = path,
                                        .role = SQL_READER,
                                        .application_id = CACHE_APPLICATION_ID,
                                        .user_version_max = CACHE_SCHEMA_VERSION};
    status = sql_open(&options, &sql, error);
    if (status == STATUS_OK)
        status = sql_user_version(sql, &version, error);
    if (status == STATUS_OK && version != CACHE_SCHEMA_VERSION)
        status = error_set(error, STATUS_UNSUPPORTED, _("%s has an older form."), path);
    sql_close(sql);
    return status;
}

enum status cache_ensure(const struct home *home, struct error *error)
{
    struct cache *cache = NULL;

    if (look_at_file(home, NULL) == STATUS_OK)
        return STATUS_OK;
    enum status status = cache_open(home, &cache, error);
    cache_close(cache);
    return status;
}

void cache_close(struct cache *cache)
{
    if (!cache)
        return;
    cache_rollback(cache);
    bool damaged = cache_is_damaged(cache);
    cache_stop(cache);
    if (damaged && move_aside(cache, NULL) != STATUS_OK)
        log_line("damaged cache not set aside");
    buf_release(&cache->body);
    free(cache);
}

/* --- transactions ----------------------------------------------------------------------------- */

enum status cache_begin(struct cache *cache, struct error *error)
{
    enum status status = cache->stale ? read_state(cache, error) : STATUS_OK;

    if (status != STATUS_OK)
        return status;
    cache->stale = false;
    status = sql_begin(cache->sql, error);
    if (status == STATUS_OK) {
        cache->now_ms = clock_wall_ms();
        cache->open = true;
    }
    return status;
}

static enum status write_counts(struct cache *cache, struct error *error)
{
    for (size_t i = 0; i < cache->dataset_count; i++) {
        struct dataset_rows *rows = &cache->datasets[i];
        struct stmt *stmt;
        if (!rows->changed)
            continue;
        enum status status =
            sql_statement(cache->sql, "UPDATE dataset SET rows = ?2 WHERE id = ?1", &stmt, error);
        if (status != STATUS_OK)
            return status;
        stmt_bind_int(stmt, 1, rows->id);
        stmt_bind_int(stmt, 2, rows->rows);
        status = stmt_run(stmt, error);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* The whole index is written anew: worth it only when a good part of it is new. */
static bool is_disordered(const struct cache *cache)
{
    int64_t rows = 0;

    for (size_t i = 0; i < cache->dataset_count; i++)
        rows += cache->datasets[i].rows;
    return cache->disordered >= DISORDER_MIN && cache->disordered >= rows / DISORDER_SHARE;
}

/* So much has come that the index will be folded together anyway. */
static enum status watch_bulk(struct cache *cache, struct error *error)
{
    if (cache->bulk || !is_disordered(cache))
        return STATUS_OK;
    enum status status = search_index_bulk(cache->index, error);
    cache->bulk = status == STATUS_OK;
    return status;
}

enum status cache_commit(struct cache *cache, struct error *error)
{
    enum status status = search_index_flush(cache->index, error);

    if (status == STATUS_OK)
        status = watch_bulk(cache, error);

    if (status == STATUS_OK)
        status = record_key_settle(cache->sql, &cache->recent_keys, error);
    if (status == STATUS_OK)
        status = write_counts(cache, error);
    if (status == STATUS_OK)
        status = note_removed(cache, error);
    if (status == STATUS_OK)
        status = sql_commit(cache->sql, error);
    if (status != STATUS_OK) {
        cache->damaged = cache->damaged || status == STATUS_CORRUPT;
        cache_rollback(cache);
        return status;
    }
    cache->open = false;
    for (size_t i = 0; i < cache->dataset_count; i++)
        cache->datasets[i].changed = false;
    return STATUS_OK;
}

/* Everything remembered outside the file is read again, also when a full disk has made SQLite roll
 * back before we do. */
void cache_rollback(struct cache *cache)
{
    if (!cache->open)
        return;
    cache->open = false;
    sql_rollback(cache->sql);
    search_index_forget(cache->index);
    cache->stale = read_state(cache, NULL) != STATUS_OK;
}

bool cache_is_untidy(const struct cache *cache)
{
    return cache->removed || cache->bulk || is_disordered(cache);
}

enum status cache_checkpoint(struct cache *cache, struct error *error)
{
    bool untidy = cache_is_untidy(cache);
    enum status status = untidy ? search_index_optimise(cache->index, error) : STATUS_OK;

    if (status == STATUS_OK && cache->removed)
        status = forget_removed(cache, error);
    if (status != STATUS_OK)
        return status;
    if (untidy)
        cache->disordered = 0;
    cache->removed = false;
    cache->bulk = false;
    return sql_checkpoint(cache->sql, error);
}

/* --- datasets --------------------------------------------------------------------------------- */

static enum status insert_dataset(struct cache *cache, const char *name, struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(cache->sql, "INSERT INTO dataset(name, rows) VALUES(?1, 0)", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, name);
    status = stmt_run(stmt, error);
    return status == STATUS_OK ? add_dataset(cache, sql_last_rowid(cache->sql), name, 0, error)
                               : status;
}

enum status cache_dataset(struct cache *cache, const char *name, struct dataset_rows **rows,
                          struct error *error)
{
    size_t at = 0;

    while (at < cache->dataset_count && strcmp(cache->datasets[at].name, name) != 0)
        at++;
    if (at == cache->dataset_count) {
        enum status status = insert_dataset(cache, name, error);
        if (status != STATUS_OK)
            return status;
    }
    *rows = &cache->datasets[at];
    return STATUS_OK;
}

enum status cache_row_count(struct cache *cache, const char *dataset, int64_t *rows,
                            struct error *error)
{
    (void)error;
    *rows = 0;
    for (size_t i = 0; i < cache->dataset_count; i++)
        if (strcmp(cache->datasets[i].name, dataset) == 0)
            *rows = cache->datasets[i].rows;
    return STATUS_OK;
}

/* --- rows kept aside -------------------------------------------------------------------------- */

enum status cache_keep_aside(struct cache *cache, const char *source, const char *key,
                             const char *text, size_t length, const char *reason,
                             struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(cache->sql,
                      "INSERT INTO aside(source, key, at_ms, reason, body)"
                      " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(source, key) DO UPDATE SET"
                      " at_ms = ?3, reason = ?4, body = ?5",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, source);
    stmt_bind_text_n(stmt, 2, key, strnlen(key, KEY_MAX));
    stmt_bind_int(stmt, 3, cache->now_ms);
    stmt_bind_text(stmt, 4, reason);
    stmt_bind_blob(stmt, 5, text, length < ASIDE_TEXT_MAX ? length : ASIDE_TEXT_MAX);
    status = stmt_run(stmt, error);
    if (status == STATUS_OK)
        cache->any_aside = true;
    return status;
}

/* Such a row has no name; its text stands in for one, so that a second reading is no second row. */
enum status cache_set_aside(struct cache *cache, const char *database, const char *text,
                            size_t length, const char *reason, struct error *error)
{
    char key[32];
    uint64_t hash = 0xCBF29CE484222325u;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001B3u;
    snprintf(key, sizeof key, "#%016" PRIx64, hash);
    return cache_keep_aside(cache, database, key, text, length, reason, error);
}

enum status cache_aside_count(struct cache *cache, const char *dataset, const char *database,
                              int64_t *rows, struct error *error)
{
    struct stmt *stmt;
    bool row = false;

    *rows = 0;
    if (!cache->any_aside)
        return STATUS_OK;
    enum status status = sql_statement(
        cache->sql, "SELECT count(*) FROM aside WHERE source = ?1 OR source = ?2", &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, dataset);
    stmt_bind_text(stmt, 2, database);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row)
        *rows = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return status;
}

/* --- feeds ------------------------------------------------------------------------------------ */

enum status cache_set_position(struct cache *cache, const struct feed_position *position,
                               struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        cache->sql,
        "INSERT INTO feed(database, dataset, since, instance, contact_ms, complete, state, reason)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(database) DO UPDATE SET"
        " dataset = ?2, since = ?3, instance = ?4,"
        " contact_ms = CASE WHEN ?5 = 0 THEN contact_ms ELSE ?5 END,"
        " complete = ?6, state = ?7, reason = ?8",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, position->database);
    stmt_bind_text(stmt, 2, position->dataset ? position->dataset : "");
    stmt_bind_text(stmt, 3, position->since);
    stmt_bind_text(stmt, 4, position->instance);
    stmt_bind_int(stmt, 5, position->contact_ms);
    stmt_bind_int(stmt, 6, position->complete);
    stmt_bind_text(stmt, 7, position->state ? position->state : "ok");
    stmt_bind_text(stmt, 8, position->reason ? position->reason : "");
    return stmt_run(stmt, error);
}

static void copy_text(struct stmt *stmt, int column, struct buf *out)
{
    const char *text = stmt_text(stmt, column);

    buf_clear(out);
    buf_str(out, text ? text : "");
}

enum status cache_position(struct cache *cache, const char *database, struct buf *since,
                           struct buf *instance, bool *complete, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache->sql, "SELECT since, instance, complete FROM feed WHERE database = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, database);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && !row)
        status = error_set(error, STATUS_NOT_FOUND, _("%s has never been read."), database);
    if (status == STATUS_OK) {
        copy_text(stmt, 0, since);
        copy_text(stmt, 1, instance);
        *complete = stmt_int(stmt, 2) != 0;
        if (buf_failed(since) || buf_failed(instance))
            status = error_nomem(error);
    }
    stmt_reset(stmt);
    return status;
}

enum status cache_contact(struct cache *cache, const char *database, int64_t *contact_ms,
                          struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(cache->sql, "SELECT contact_ms FROM feed WHERE database = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, database);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK)
        *contact_ms = row ? stmt_int(stmt, 0) : 0;
    stmt_reset(stmt);
    return status;
}
