#include "base/i18n.h"
#include "tests/upstream/statements.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char SCHEMA[] =
    "CREATE TABLE IF NOT EXISTS marks(name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS databases(key INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT UNIQUE NOT NULL, instance INTEGER NOT NULL, created INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL DEFAULT 0, live INTEGER NOT NULL DEFAULT 0,"
    " dead INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE IF NOT EXISTS documents(key INTEGER PRIMARY KEY, database INTEGER NOT NULL,"
    " id TEXT NOT NULL, sequence INTEGER NOT NULL, winner INTEGER NOT NULL,"
    " deleted INTEGER NOT NULL, UNIQUE(database, id));"
    "CREATE INDEX IF NOT EXISTS documents_by_sequence ON documents(database, sequence);"
    "CREATE TABLE IF NOT EXISTS revisions(key INTEGER PRIMARY KEY, document INTEGER NOT NULL,"
    " generation INTEGER NOT NULL, digest TEXT NOT NULL, parent INTEGER, leaf INTEGER NOT NULL,"
    " deleted INTEGER NOT NULL, present INTEGER NOT NULL, body TEXT, attachments TEXT,"
    " UNIQUE(document, generation, digest));"
    "CREATE TABLE IF NOT EXISTS blobs(digest TEXT PRIMARY KEY, data BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS locals(database INTEGER NOT NULL, id TEXT NOT NULL,"
    " revision INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY(database, id)) WITHOUT ROWID;";

static enum status sqlite_failure(struct store *store, struct error *error)
{
    return error_set_detail(error, STATUS_IO, sqlite3_extended_errcode(store->sqlite),
                            _("The fixture's store failed: %s"), sqlite3_errmsg(store->sqlite));
}

void store_lock(struct store *store)
{
    pthread_mutex_lock(&store->lock);
}

void store_unlock(struct store *store)
{
    pthread_mutex_unlock(&store->lock);
}

sqlite3_stmt *statement_take(struct store *store, enum statement which, struct error *error)
{
    static const char *const sql[] = {
#define STATEMENT_SQL(name, text) text,
        STATEMENT_LIST(STATEMENT_SQL)
#undef STATEMENT_SQL
    };
    sqlite3_stmt **slot = &store->statements[which];
    if (*slot == NULL && sqlite3_prepare_v3(store->sqlite, sql[which], -1,
                                            SQLITE_PREPARE_PERSISTENT, slot, NULL) != SQLITE_OK) {
        (void)sqlite_failure(store, error);
        return NULL;
    }
    return *slot;
}

enum status statement_end(struct store *store, sqlite3_stmt *statement, int result,
                          struct error *error)
{
    enum status status = STATUS_OK;
    if (result != SQLITE_DONE && result != SQLITE_ROW)
        status = sqlite_failure(store, error);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return status;
}

enum status statement_run(struct store *store, enum statement which, const int64_t *values,
                          int count, int64_t *out, struct error *error)
{
    sqlite3_stmt *statement = statement_take(store, which, error);
    if (statement == NULL)
        return STATUS_IO;
    for (int i = 0; i < count; i++)
        sqlite3_bind_int64(statement, i + 1, values[i]);
    int result = sqlite3_step(statement);
    int64_t found = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    bool has_row = result == SQLITE_ROW;
    while (result == SQLITE_ROW)
        result = sqlite3_step(statement);
    enum status status = statement_end(store, statement, result, error);
    if (status == STATUS_OK && has_row && out != NULL)
        *out = found;
    return status;
}

void statement_bind_text(sqlite3_stmt *statement, int at, const char *text, size_t length)
{
    if (text == NULL)
        sqlite3_bind_null(statement, at);
    else
        sqlite3_bind_text64(statement, at, text, length, SQLITE_STATIC, SQLITE_UTF8);
}

const char *statement_text(sqlite3_stmt *statement, int at)
{
    const char *text = (const char *)sqlite3_column_text(statement, at);
    return text == NULL ? "" : text;
}

void version_release(struct version *version)
{
    buf_release(&version->body);
    buf_release(&version->attachments);
    memset(version, 0, sizeof *version);
}

static void start_locks(struct store *store)
{
    pthread_mutexattr_t recursive;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&store->lock, &recursive);
    pthread_mutexattr_destroy(&recursive);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&store->watch, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&store->watch_lock, NULL);
}

enum status store_open(const char *path, struct store **out, struct error *error)
{
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return error_nomem(error);
    start_locks(store);
    enum status status = STATUS_OK;
    if (sqlite3_open(path == NULL ? ":memory:" : path, &store->sqlite) != SQLITE_OK ||
        sqlite3_exec(store->sqlite,
                     "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
                     "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;",
                     NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(store->sqlite, SCHEMA, NULL, NULL, NULL) != SQLITE_OK)
        status = sqlite_failure(store, error);
    if (status != STATUS_OK)
        store_close(store);
    else
        *out = store;
    return status;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->sqlite);
    pthread_mutex_destroy(&store->lock);
    pthread_mutex_destroy(&store->watch_lock);
    pthread_cond_destroy(&store->watch);
    free(store);
}

enum status store_begin(struct store *store, struct error *error)
{
    store_lock(store);
    if (store->depth == 0) {
        enum status status = statement_run(store, STATEMENT_BEGIN, NULL, 0, NULL, error);
        if (status != STATUS_OK) {
            store_unlock(store);
            return status;
        }
    }
    store->depth++;
    return STATUS_OK;
}

static void announce(struct store *store)
{
    pthread_mutex_lock(&store->watch_lock);
    store->version++;
    pthread_cond_broadcast(&store->watch);
    pthread_mutex_unlock(&store->watch_lock);
}

enum status store_commit(struct store *store, struct error *error)
{
    enum status status = STATUS_OK;
    if (--store->depth == 0) {
        status = statement_run(store, STATEMENT_COMMIT, NULL, 0, NULL, error);
        announce(store);
    }
    store_unlock(store);
    return status;
}

void store_rollback(struct store *store)
{
    if (--store->depth == 0)
        (void)!statement_run(store, STATEMENT_ROLLBACK, NULL, 0, NULL, NULL);
    store_unlock(store);
}

uint64_t store_version(struct store *store)
{
    pthread_mutex_lock(&store->watch_lock);
    uint64_t version = store->version;
    pthread_mutex_unlock(&store->watch_lock);
    return version;
}

uint64_t store_wait(struct store *store, uint64_t seen, int64_t milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t nanoseconds = until.tv_nsec + milliseconds % 1000 * 1000000;
    until.tv_sec += milliseconds / 1000 + nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;

    pthread_mutex_lock(&store->watch_lock);
    int result = 0;
    while (store->version == seen && !store->stopped && result != ETIMEDOUT)
        result = pthread_cond_timedwait(&store->watch, &store->watch_lock, &until);
    uint64_t version = store->version;
    pthread_mutex_unlock(&store->watch_lock);
    return version;
}

void store_stop(struct store *store)
{
    pthread_mutex_lock(&store->watch_lock);
    store->stopped = true;
    pthread_cond_broadcast(&store->watch);
    pthread_mutex_unlock(&store->watch_lock);
}

bool store_is_stopped(struct store *store)
{
    pthread_mutex_lock(&store->watch_lock);
    bool stopped = store->stopped;
    pthread_mutex_unlock(&store->watch_lock);
    return stopped;
}

/* --- databases -------------------------------------------------------------------------------- */

/* CouchDB's instance_start_time has a resolution of one second. Here every database gets a later
 * one than all before it, so that no test has to wait for the clock. */
static enum status next_creation(struct store *store, int64_t *out, struct error *error)
{
    int64_t latest = 0;
    enum status status = statement_run(store, STATEMENT_DATABASE_LATEST, NULL, 0, &latest, error);
    if (status != STATUS_OK)
        return status;
    int64_t now = (int64_t)time(NULL);
    int64_t created = now > latest ? now : latest + 1;
    status = statement_run(store, STATEMENT_DATABASE_MARK, &created, 1, NULL, error);
    if (status == STATUS_OK)
        *out = created;
    return status;
}

static enum status insert_database(struct store *store, const char *name, struct error *error)
{
    int64_t created = 0;
    enum status status = next_creation(store, &created, error);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *statement = statement_take(store, STATEMENT_DATABASE_INSERT, error);
    if (statement == NULL)
        return STATUS_IO;
    sqlite3_int64 instance = 0;
    sqlite3_randomness(sizeof instance, &instance);
    statement_bind_text(statement, 1, name, strlen(name));
    sqlite3_bind_int64(statement, 2, instance);
    sqlite3_bind_int64(statement, 3, created);
    return statement_end(store, statement, sqlite3_step(statement), error);
}

static enum status end_transaction(struct store *store, enum status status, struct error *error)
{
    if (status == STATUS_OK)
        return store_commit(store, error);
    store_rollback(store);
    return status;
}

enum status store_create_database(struct store *store, const char *name, struct error *error)
{
    struct database existing;
    enum status status = store_begin(store, error);
    if (status != STATUS_OK)
        return status;
    status = store_find_database(store, name, &existing, NULL);
    if (status == STATUS_OK)
        status = error_set(error, STATUS_CONFLICT, _("The database exists"));
    else if (status == STATUS_NOT_FOUND)
        status = insert_database(store, name, error);
    return end_transaction(store, status, error);
}

static enum status drop_database(struct store *store, const char *name, int64_t key,
                                 struct error *error)
{
    static const enum statement drops[] = {STATEMENT_DROP_REVISIONS, STATEMENT_DROP_DOCUMENTS,
                                           STATEMENT_DROP_LOCALS};
    for (size_t i = 0; i < COUNT_OF(drops); i++) {
        enum status status = statement_run(store, drops[i], &key, 1, NULL, error);
        if (status != STATUS_OK)
            return status;
    }
    sqlite3_stmt *statement = statement_take(store, STATEMENT_DATABASE_DELETE, error);
    if (statement == NULL)
        return STATUS_IO;
    statement_bind_text(statement, 1, name, strlen(name));
    return statement_end(store, statement, sqlite3_step(statement), error);
}

enum status store_delete_database(struct store *store, const char *name, struct error *error)
{
    struct database database;
    enum status status = store_begin(store, error);
    if (status != STATUS_OK)
        return status;
    status = store_find_database(store, name, &database, error);
    if (status == STATUS_OK)
        status = drop_database(store, name, database.key, error);
    return end_transaction(store, status, error);
}

enum status store_find_database(struct store *store, const char *name, struct database *out,
                                struct error *error)
{
    enum status status = STATUS_NOT_FOUND;
    store_lock(store);
    sqlite3_stmt *statement = statement_take(store, STATEMENT_DATABASE_FIND, error);
    if (statement == NULL) {
        store_unlock(store);
        return STATUS_IO;
    }
    statement_bind_text(statement, 1, name, strlen(name));
    int result = sqlite3_step(statement);
    bool found = result == SQLITE_ROW;
    struct database database = {0};
    if (found)
        database = (struct database){
            .key = sqlite3_column_int64(statement, 0),
            .instance = (uint64_t)sqlite3_column_int64(statement, 1),
            .created = sqlite3_column_int64(statement, 2),
            .sequence = (uint64_t)sqlite3_column_int64(statement, 3),
            .live = sqlite3_column_int64(statement, 4),
            .dead = sqlite3_column_int64(statement, 5),
        };
    status = statement_end(store, statement, result, error);
    store_unlock(store);
    if (status == STATUS_OK && !found)
        return error_set(error, STATUS_NOT_FOUND, _("Database does not exist"));
    if (status == STATUS_OK)
        *out = database;
    return status;
}

enum status store_list_databases(struct store *store, struct buf *out, struct error *error)
{
    store_lock(store);
    sqlite3_stmt *statement = statement_take(store, STATEMENT_DATABASE_LIST, error);
    enum status status = STATUS_IO;
    if (statement != NULL) {
        int result;
        const char *before = "[";
        while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
            buf_printf(out, "%s\"%s\"", before, statement_text(statement, 0));
            before = ",";
        }
        buf_str(out, *before == '[' ? "[]" : "]");
        status = statement_end(store, statement, result, error);
    }
    store_unlock(store);
    return status;
}
