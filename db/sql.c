#include "db/sql.h"

#include "base/i18n.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUCKETS            128
#define HEADER_SIZE        100
#define BUSY_TIMEOUT_MS    2000
#define CACHE_KIB_DEFAULT  8192
#define PAGE_BYTES_DEFAULT 4096
#define HEAP_LIMIT         ((sqlite3_int64)512 << 20)
#define PRAGMA_TEXT_MAX    64
#define ROLLBACK_TRIES     1000 /* sql_interrupt() may hit this statement, too, again and again */
#define PROBE_FLAGS        (SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_NOFOLLOW)
#define CONNECTION_FLAGS                                                                           \
    (SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW)

struct stmt {
    const char *text; /* the caller's literal: its address is the key */
    sqlite3_stmt *handle;
    struct sql *sql;
    int bind_result;
    struct stmt *next;
};

struct sql {
    sqlite3 *db;
    enum sql_role role;
    int snapshots;  /* nested sql_snapshot_begin() */
    bool faulty;    /* a write failed below SQLite: nothing may be committed on this handle */
    bool uncertain; /* an fsync() failed */
    bool damaged;   /* SQLite found the file malformed */
    atomic_uint interrupts; /* odd while one is under way */
    char path[PATH_MAX];
    struct stmt *buckets[BUCKETS];
};

/* --- errors ----------------------------------------------------------------------------------- */

static enum status status_of(int code)
{
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STATUS_LOCKED;
    case SQLITE_FULL:
        return STATUS_FULL;
    case SQLITE_NOMEM:
        return STATUS_NOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return STATUS_CORRUPT;
    case SQLITE_INTERRUPT:
        return STATUS_CANCELLED;
    case SQLITE_TOOBIG:
        return STATUS_TOO_LARGE;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return STATUS_IO;
    default:
        return STATUS_INTERNAL;
    }
}

/* SQLite needs to write beside the file even to read it. */
static bool is_read_only(const char *path)
{
    return access(path, W_OK) != 0 && errno == EROFS;
}

static enum status describe(const char *path, int code, struct error *error)
{
    enum status status = status_of(code);

    switch ((int)status) {
    case STATUS_LOCKED:
        return error_set_detail(error, status, code, _("%s is in use by another program."), path);
    case STATUS_FULL:
        return error_set_detail(
            error, status, code,
            _("The disk is full: %s could not be written. Free some space and try again."), path);
    case STATUS_NOMEM:
        return error_nomem(error);
    case STATUS_CORRUPT:
        return error_set_detail(error, status, code,
                                _("%s is damaged. Synchronise, then start the program again: it "
                                  "is put right from the platform and from the second copy."),
                                path);
    case STATUS_CANCELLED:
        return error_set_detail(error, status, code, _("Stopped."));
    case STATUS_TOO_LARGE:
        return error_set_detail(error, status, code, _("A value is too large to be stored."));
    case STATUS_IO:
        if (is_read_only(path))
            return error_set_detail(error, status, code,
                                    _("The disk that holds %s is read-only. Make it writable, or "
                                      "ask the administrator."),
                                    path);
        return error_set_detail(error, status, code, _("%s cannot be read or written (%s)."), path,
                                sqlite3_errstr(code));
    default:
        return error_set_detail(error, status, code, _("%s: unexpected database error %d (%s)."),
                                path, code, sqlite3_errstr(code));
    }
}

static enum status fail(struct sql *sql, int code, struct error *error)
{
    if (sql->role == SQL_WRITER && (code & 0xFF) == SQLITE_IOERR)
        sql->faulty = true;
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
        sql->uncertain = true;
    if (status_of(code) == STATUS_CORRUPT)
        sql->damaged = true;
    return describe(sql->path, code, error);
}

/* --- process ---------------------------------------------------------------------------------- */

/* Codes only: SQLite's sentences may quote what a clerk typed. */
static void log_code(void *unused, int code, const char *sentence)
{
    (void)unused;
    (void)sentence;
    log_line("sqlite %d", code);
}

static int configure_process(void)
{
    int code = sqlite3_config(SQLITE_CONFIG_LOG, log_code, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_config(SQLITE_CONFIG_URI, 0);
    /* Statement journals stay in memory: no plain copies of rows in temporary files. */
    if (code == SQLITE_OK)
        code = sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
    if (code == SQLITE_OK)
        code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 1);
    if (code == SQLITE_OK)
        code = sqlite3_initialize();
    if (code == SQLITE_OK)
        sqlite3_hard_heap_limit64(HEAP_LIMIT);
    return code;
}

/* SQLite can be configured once only; this remembers how that went. */
static int process_code(bool run)
{
    static int code = SQLITE_MISUSE;

    if (run)
        code = configure_process();
    return code;
}

static void configure_once(void)
{
    process_code(true);
}

enum status sql_start(struct error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, configure_once);
    int code = process_code(false);
    return code == SQLITE_OK ? STATUS_OK : describe("SQLite", code, error);
}

/* --- opening ---------------------------------------------------------------------------------- */

/* SQLite's NOFOLLOW refuses a link anywhere in the path; we mean the file itself, so the
 * directory is resolved first. */
static enum status resolve(const char *path, char out[PATH_MAX], struct error *error)
{
    const char *slash = strrchr(path, '/');
    char directory[PATH_MAX];

    if (!slash || path[0] != '/' || (size_t)(slash - path) >= sizeof directory - 1)
        return error_set(error, STATUS_INVALID, _("%s is not an absolute path."), path);
    size_t length = slash == path ? 1 : (size_t)(slash - path);
    memcpy(directory, path, length);
    directory[length] = '\0';
    char *real = realpath(directory, NULL);
    if (!real)
        return error_set_errno(error, errno, _("Cannot open %s"), directory);
    int written = snprintf(out, PATH_MAX, "%s/%s", strcmp(real, "/") ? real : "", slash + 1);
    free(real);
    if (written < 0 || written >= PATH_MAX)
        return error_set(error, STATUS_INVALID, _("The path %s is too long."), path);
    return STATUS_OK;
}

enum probe { PROBE_FRESH, PROBE_SQLITE, PROBE_OTHER };

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static enum probe judge_header(const unsigned char header[HEADER_SIZE])
{
    static const unsigned char zeros[16];

    if (memcmp(header, "SQLite format 3", 16) == 0)
        return PROBE_SQLITE;
    return memcmp(header, zeros, sizeof zeros) == 0 ? PROBE_FRESH : PROBE_OTHER;
}

/* Reads the header through SQLite's own file layer: closing a descriptor of our own would drop the
 * POSIX locks that other connections of this process hold on the file. */
static int probe_file(const char *path, enum probe *probe, unsigned char header[HEADER_SIZE])
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    int exists = 0;

    int code = vfs->xAccess(vfs, path, SQLITE_ACCESS_EXISTS, &exists);
    if (code != SQLITE_OK || !exists) { /* an empty file counts as absent here */
        *probe = PROBE_FRESH;
        return code;
    }
    sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
    if (!file)
        return SQLITE_NOMEM;
    code = vfs->xOpen(vfs, path, file, PROBE_FLAGS, NULL);
    if (code == SQLITE_OK) {
        code = file->pMethods->xRead(file, header, HEADER_SIZE, 0);
        *probe = code == SQLITE_IOERR_SHORT_READ ? PROBE_OTHER : judge_header(header);
        if (code == SQLITE_IOERR_SHORT_READ)
            code = SQLITE_OK;
    }
    if (file->pMethods)
        file->pMethods->xClose(file);
    free(file);
    return code;
}

static enum status refuse_newer(const char *path, struct error *error)
{
    return error_set(error, STATUS_UNSUPPORTED,
                     _("%s was written by a newer version of this program. Install that version."),
                     path);
}

/* Nothing has been opened for writing when this refuses a file. */
static enum status check_header(const struct sql_options *options, const char *path, bool *fresh,
                                struct error *error)
{
    unsigned char header[HEADER_SIZE] = {0};
    enum probe probe = PROBE_FRESH;
    int code = probe_file(path, &probe, header);

    if (code != SQLITE_OK)
        return describe(path, code, error);
    *fresh = probe == PROBE_FRESH;
    if (*fresh && options->role == SQL_READER)
        return error_set(error, STATUS_NOT_FOUND, _("There is no %s yet."), path);
    if (*fresh)
        return STATUS_OK;
    if (probe == PROBE_OTHER)
        return error_set(error, STATUS_CORRUPT, _("%s is damaged: it is no database."), path);
    if (big_endian(header + 68) != options->application_id)
        return error_set(error, STATUS_REFUSED,
                         _("%s belongs to another program; it was left "
                           "as it is."),
                         path);
    if ((int64_t)big_endian(header + 60) > options->user_version_max)
        return refuse_newer(path, error);
    return STATUS_OK;
}

/* Private from the first byte; SQLite gives the same mode to -wal and -shm. */
static enum status create_file(const char *path, struct error *error)
{
    int descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (descriptor < 0)
        return errno == EEXIST ? STATUS_OK
                               : error_set_errno(error, errno, _("Cannot create %s"), path);
    close(descriptor);
    return STATUS_OK;
}

static void set_limits(sqlite3 *db)
{
    static const struct {
        int id, value;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, 16000000},
        {SQLITE_LIMIT_SQL_LENGTH, 100000},
        {SQLITE_LIMIT_COLUMN, 100},
        {SQLITE_LIMIT_EXPR_DEPTH, 100},
        {SQLITE_LIMIT_COMPOUND_SELECT, 10},
        {SQLITE_LIMIT_VDBE_OP, 25000},
        {SQLITE_LIMIT_FUNCTION_ARG, 16},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 64},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 10},
    };

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        sqlite3_limit(db, limits[i].id, limits[i].value);
}

static int set_switches(sqlite3 *db)
{
    static const struct {
        int id, value;
    } switches[] = {
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1}, /* writers take it back once all checks passed */
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
    };
    int code = SQLITE_OK;

    for (size_t i = 0; i < sizeof switches / sizeof *switches && code == SQLITE_OK; i++)
        code = sqlite3_db_config(db, switches[i].id, switches[i].value, NULL);
    return code;
}

/* Pragmas take no bound values; these are our own integers. */
static enum status set_pragma(struct sql *sql, const char *name, int64_t value, struct error *error)
{
    char text[PRAGMA_TEXT_MAX];

    snprintf(text, sizeof text, "PRAGMA %s=%" PRId64, name, value);
    return sql_exec(sql, text, error);
}

static enum status use_wal(struct sql *sql, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(sql, "PRAGMA journal_mode=WAL", &stmt, error);

    if (status == STATUS_OK)
        status = stmt_step(stmt, &row, error);
    if (status != STATUS_OK)
        return status;
    const char *mode = row ? stmt_text(stmt, 0) : NULL;
    if (!mode || strcmp(mode, "wal") != 0)
        status = error_set(error, STATUS_IO, _("%s cannot be used safely on this file system."),
                           sql->path);
    stmt_reset(stmt);
    return status;
}

/* The application id is written before WAL is switched on, so the main file always carries it and
 * check_header() never needs the WAL. */
static enum status mark_fresh(struct sql *sql, const struct sql_options *options,
                              struct error *error)
{
    enum status status = sql_exec(sql, "PRAGMA synchronous=FULL", error);

    if (status == STATUS_OK)
        status =
            set_pragma(sql, "page_size",
                       options->page_bytes > 0 ? options->page_bytes : PAGE_BYTES_DEFAULT, error);
    if (status == STATUS_OK)
        status = set_pragma(sql, "application_id", (int32_t)options->application_id, error);
    return status;
}

static enum status settle_common(struct sql *sql, const struct sql_options *options,
                                 struct error *error)
{
    enum status status = sql_exec(sql,
                                  "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;"
                                  "PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON;"
                                  "PRAGMA secure_delete=ON",
                                  error);
    if (status == STATUS_OK) {
        int kib = options->cache_kib > 0 ? options->cache_kib : CACHE_KIB_DEFAULT;
        status = set_pragma(sql, "cache_size", -(int64_t)kib, error);
    }
    return status;
}

static enum status settle_writer(struct sql *sql, const struct sql_options *options, bool fresh,
                                 struct error *error)
{
    enum status status = STATUS_OK;

    if (fresh)
        status = mark_fresh(sql, options, error);
    if (status == STATUS_OK)
        status = use_wal(sql, error);
    if (status == STATUS_OK)
        status = sql_exec(
            sql, options->durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", error);
    if (status == STATUS_OK)
        status = sql_exec(sql, "PRAGMA wal_autocheckpoint=1000; PRAGMA journal_size_limit=67108864",
                          error);
    if (status == STATUS_OK)
        sqlite3_db_config(sql->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return status;
}

static enum status settle(struct sql *sql, const struct sql_options *options, bool fresh,
                          struct error *error)
{
    int version = 0;
    enum status status = sql_user_version(sql, &version, error);

    if (status == STATUS_OK && version > options->user_version_max)
        status = refuse_newer(sql->path, error);
    if (status == STATUS_OK)
        status = settle_common(sql, options, error);
    if (status != STATUS_OK)
        return status;
    if (options->role == SQL_WRITER)
        return settle_writer(sql, options, fresh, error);
    return sql_exec(sql, "PRAGMA wal_autocheckpoint=0; PRAGMA query_only=ON", error);
}

enum status sql_open(const struct sql_options *options, struct sql **out, struct error *error)
{
    bool fresh = false;
    enum status status = sql_start(error);
    if (status != STATUS_OK)
        return status;

    struct sql *sql = calloc(1, sizeof *sql);
    if (!sql)
        return error_nomem(error);
    sql->role = options->role;
    status = resolve(options->path, sql->path, error);
    if (status == STATUS_OK)
        status = check_header(options, sql->path, &fresh, error);
    if (status == STATUS_OK && fresh)
        status = create_file(sql->path, error);
    if (status != STATUS_OK)
        goto fail;

    int code = sqlite3_open_v2(sql->path, &sql->db, CONNECTION_FLAGS, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(sql->db, BUSY_TIMEOUT_MS);
    if (code == SQLITE_OK) {
        set_limits(sql->db);
        code = set_switches(sql->db);
    }
    status =
        code == SQLITE_OK ? settle(sql, options, fresh, error) : describe(sql->path, code, error);
    if (status != STATUS_OK)
        goto fail;
    *out = sql;
    return STATUS_OK;
fail:
    sql_close(sql);
    return status;
}

static void free_statements(struct sql *sql)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        struct stmt *stmt = sql->buckets[i];
        while (stmt) {
            struct stmt *next = stmt->next;
            sqlite3_finalize(stmt->handle);
            free(stmt);
            stmt = next;
        }
        sql->buckets[i] = NULL;
    }
}

void sql_close(struct sql *sql)
{
    if (!sql)
        return;
    free_statements(sql);
    sqlite3_close_v2(sql->db);
    free(sql);
}

/* --- connection ------------------------------------------------------------------------------- */

enum status sql_exec(struct sql *sql, const char *script, struct error *error)
{
    int code = sqlite3_exec(sql->db, script, NULL, NULL, NULL);

    return code == SQLITE_OK ? STATUS_OK : fail(sql, code, error);
}

enum status sql_user_version(struct sql *sql, int *version, struct error *error)
{
    int64_t value = 0;
    enum status status = sql_integer(sql, "PRAGMA user_version", &value, error);

    if (status == STATUS_OK)
        *version = (int)value;
    return status;
}

enum status sql_set_user_version(struct sql *sql, int version, struct error *error)
{
    return set_pragma(sql, "user_version", version, error);
}

static enum status run_literal(struct sql *sql, const char *text, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(sql, text, &stmt, error);

    return status == STATUS_OK ? stmt_run(stmt, error) : status;
}

enum status sql_begin(struct sql *sql, struct error *error)
{
    if (sql->faulty)
        return error_set(error, STATUS_IO,
                         _("Writing to %s failed before. Leave the program, check the disk, and "
                           "start again."),
                         sql->path);
    return run_literal(sql, "BEGIN IMMEDIATE", error);
}

enum status sql_commit(struct sql *sql, struct error *error)
{
    return run_literal(sql, "COMMIT", error);
}

/* Not a cached statement: this must work when preparing fails for want of memory as well as it can;
 * and an error here only says that SQLite has already rolled back. */
void sql_rollback(struct sql *sql)
{
    for (int tries = 0; tries < ROLLBACK_TRIES && sql_in_transaction(sql); tries++)
        sqlite3_exec(sql->db, "ROLLBACK", NULL, NULL, NULL);
}

bool sql_in_transaction(const struct sql *sql)
{
    return sqlite3_get_autocommit(sql->db) == 0;
}

enum status sql_snapshot_begin(struct sql *sql, struct error *error)
{
    enum status status = sql->snapshots > 0 ? STATUS_OK : run_literal(sql, "BEGIN", error);

    if (status == STATUS_OK)
        sql->snapshots++;
    return status;
}

void sql_snapshot_end(struct sql *sql)
{
    if (sql->snapshots > 0 && --sql->snapshots == 0)
        sql_rollback(sql);
}

int64_t sql_last_rowid(const struct sql *sql)
{
    return sqlite3_last_insert_rowid(sql->db);
}

int64_t sql_changes(const struct sql *sql)
{
    return sqlite3_changes64(sql->db);
}

enum status sql_data_version(struct sql *sql, int64_t *version, struct error *error)
{
    return sql_integer(sql, "PRAGMA data_version", version, error);
}

bool sql_is_uncertain(const struct sql *sql)
{
    return sql->uncertain;
}

bool sql_is_damaged(const struct sql *sql)
{
    return sql->damaged;
}

void sql_interrupt(struct sql *sql)
{
    atomic_fetch_add(&sql->interrupts, 1);
    sqlite3_interrupt(sql->db);
    atomic_fetch_add(&sql->interrupts, 1);
}

enum status sql_checkpoint(struct sql *sql, struct error *error)
{
    int code = sqlite3_wal_checkpoint_v2(sql->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    /* A reader in the way only means that the rest is done next time. */
    return code == SQLITE_OK || (code & 0xFF) == SQLITE_BUSY ? STATUS_OK : fail(sql, code, error);
}

/* --- statements ------------------------------------------------------------------------------- */

static size_t bucket_of(const char *text)
{
    uint64_t mixed = (uint64_t)(uintptr_t)text * 0x9E3779B97F4A7C15u;

    return (size_t)(mixed >> 57) % BUCKETS;
}

static bool only_space(const char *tail)
{
    return tail[strspn(tail, " \t\r\n;")] == '\0';
}

static enum status prepare(struct sql *sql, const char *text, sqlite3_stmt **handle,
                           struct error *error)
{
    const char *tail = "";
    sqlite3_stmt *made = NULL;
    unsigned interrupts = atomic_load(&sql->interrupts);
    int code = sqlite3_prepare_v3(sql->db, text, -1, SQLITE_PREPARE_PERSISTENT, &made, &tail);

    /* A table of FTS5 that was interrupted while it read its own settings says only that its
     * constructor failed. */
    if (code == SQLITE_ERROR &&
        (interrupts % 2 != 0 || atomic_load(&sql->interrupts) != interrupts))
        code = SQLITE_INTERRUPT;
    if (code == SQLITE_ERROR)
        return error_set_detail(error, STATUS_INTERNAL, code,
                                _("%s: unexpected database error: %s"), sql->path,
                                sqlite3_errmsg(sql->db));
    if (code != SQLITE_OK)
        return fail(sql, code, error);
    if (!made || !only_space(tail)) {
        sqlite3_finalize(made);
        return error_set(error, STATUS_INTERNAL, _("%s: a query is not exactly one statement."),
                         sql->path);
    }
    *handle = made;
    return STATUS_OK;
}

static struct stmt *find_statement(const struct sql *sql, const char *text)
{
    for (struct stmt *stmt = sql->buckets[bucket_of(text)]; stmt; stmt = stmt->next)
        if (stmt->text == text)
            return stmt;
    return NULL;
}

static enum status add_statement(struct sql *sql, const char *text, struct stmt **out,
                                 struct error *error)
{
    struct stmt *stmt = calloc(1, sizeof *stmt);
    if (!stmt)
        return error_nomem(error);

    enum status status = prepare(sql, text, &stmt->handle, error);
    if (status != STATUS_OK) {
        free(stmt);
        return status;
    }
    size_t bucket = bucket_of(text);
    stmt->text = text;
    stmt->sql = sql;
    stmt->next = sql->buckets[bucket];
    sql->buckets[bucket] = stmt;
    *out = stmt;
    return STATUS_OK;
}

enum status sql_statement(struct sql *sql, const char *text, struct stmt **out, struct error *error)
{
    struct stmt *stmt = find_statement(sql, text);

    if (!stmt)
        return add_statement(sql, text, out, error);
    /* The same address with other words is a buffer, not a literal. */
    if (strcmp(sqlite3_sql(stmt->handle), text) != 0)
        return error_set(error, STATUS_INTERNAL, _("%s: a query is not a literal."), sql->path);
    sqlite3_reset(stmt->handle);
    sqlite3_clear_bindings(stmt->handle);
    stmt->bind_result = SQLITE_OK;
    *out = stmt;
    return STATUS_OK;
}

enum status sql_integer(struct sql *sql, const char *text, int64_t *value, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(sql, text, &stmt, error);

    if (status != STATUS_OK)
        return status;
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row)
        *value = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return status;
}

enum status sql_quick_check(struct sql *sql, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(sql, "PRAGMA quick_check(1)", &stmt, error);

    if (status == STATUS_OK)
        status = stmt_step(stmt, &row, error);
    if (status != STATUS_OK)
        return status;
    const char *answer = row ? stmt_text(stmt, 0) : NULL;
    if (!answer || strcmp(answer, "ok") != 0)
        status = fail(sql, SQLITE_CORRUPT, error);
    stmt_reset(stmt);
    return status;
}

static void remember(struct stmt *stmt, int code)
{
    if (stmt->bind_result == SQLITE_OK)
        stmt->bind_result = code;
}

void stmt_bind_int(struct stmt *stmt, int index, int64_t value)
{
    remember(stmt, sqlite3_bind_int64(stmt->handle, index, value));
}

void stmt_bind_text(struct stmt *stmt, int index, const char *text)
{
    if (text)
        stmt_bind_text_n(stmt, index, text, strlen(text));
    else
        stmt_bind_null(stmt, index);
}

void stmt_bind_text_n(struct stmt *stmt, int index, const char *text, size_t length)
{
    remember(stmt,
             sqlite3_bind_text64(stmt->handle, index, text, length, SQLITE_TRANSIENT, SQLITE_UTF8));
}

void stmt_lend_text(struct stmt *stmt, int index, const char *text, size_t length)
{
    remember(stmt,
             sqlite3_bind_text64(stmt->handle, index, text, length, SQLITE_STATIC, SQLITE_UTF8));
}

void stmt_bind_blob(struct stmt *stmt, int index, const void *data, size_t length)
{
    /* An empty blob is not NULL, whatever its pointer is. */
    if (length == 0)
        remember(stmt, sqlite3_bind_zeroblob(stmt->handle, index, 0));
    else
        remember(stmt, sqlite3_bind_blob64(stmt->handle, index, data, length, SQLITE_TRANSIENT));
}

void stmt_bind_null(struct stmt *stmt, int index)
{
    remember(stmt, sqlite3_bind_null(stmt->handle, index));
}

enum status stmt_step(struct stmt *stmt, bool *row, struct error *error)
{
    if (stmt->bind_result != SQLITE_OK)
        return fail(stmt->sql, stmt->bind_result, error);

    int code = sqlite3_step(stmt->handle);
    if (code == SQLITE_ROW) {
        *row = true;
        return STATUS_OK;
    }
    /* Done or failed: give up the read transaction at once. */
    sqlite3_reset(stmt->handle);
    if (code != SQLITE_DONE)
        return fail(stmt->sql, code, error);
    *row = false;
    return STATUS_OK;
}

enum status stmt_run(struct stmt *stmt, struct error *error)
{
    bool row = true;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && row)
        status = stmt_step(stmt, &row, error);
    stmt_reset(stmt);
    return status;
}

void stmt_reset(struct stmt *stmt)
{
    sqlite3_reset(stmt->handle);
}

bool stmt_is_null(struct stmt *stmt, int column)
{
    return sqlite3_column_type(stmt->handle, column) == SQLITE_NULL;
}

int64_t stmt_int(struct stmt *stmt, int column)
{
    return sqlite3_column_int64(stmt->handle, column);
}

const char *stmt_text(struct stmt *stmt, int column)
{
    return (const char *)sqlite3_column_text(stmt->handle, column);
}

const void *stmt_blob(struct stmt *stmt, int column, size_t *length)
{
    const void *data = sqlite3_column_blob(stmt->handle, column);

    *length = (size_t)sqlite3_column_bytes(stmt->handle, column);
    return data;
}

/* --- parts of blobs --------------------------------------------------------------------------- */

enum status sql_blob_read(struct sql *sql, const struct sql_blob *blob, int64_t offset, void *bytes,
                          size_t length, struct error *error)
{
    sqlite3_blob *handle = NULL;
    int code =
        sqlite3_blob_open(sql->db, "main", blob->table, blob->column, blob->rowid, 0, &handle);

    if (code == SQLITE_OK && (offset < 0 || offset > INT_MAX || length > INT_MAX))
        code = SQLITE_RANGE;
    if (code == SQLITE_OK)
        code = sqlite3_blob_read(handle, bytes, (int)length, (int)offset);
    sqlite3_blob_close(handle);
    return code == SQLITE_OK ? STATUS_OK : fail(sql, code, error);
}
