#include "db/outbox.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "db/ballast.h"
#include "db/outbox_entry.h"
#include "db/outbox_log.h"
#include "db/outbox_open.h"
#include "db/schema.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMPACT_BYTES (4 << 20) /* a log of less is read in no time */

/* --- the database file ------------------------------------------------------------------------ */

static enum status open_database(const char *path, struct sql **sql, struct error *error)
{
    const struct sql_options options = {.path = path,
                                        .role = SQL_WRITER,
                                        .application_id = OUTBOX_APPLICATION_ID,
                                        .user_version_max = OUTBOX_SCHEMA_VERSION,
                                        .durable = true};

    return sql_open(&options, sql, error);
}

static enum status open_sound(const char *path, struct sql **out, struct error *error)
{
    struct sql *sql = NULL;
    enum status status = open_database(path, &sql, error);

    if (status == STATUS_OK)
        status = sql_quick_check(sql, error);
    if (status == STATUS_OK)
        status = outbox_migrate(sql, error);
    if (status != STATUS_OK) {
        sql_close(sql);
        return status;
    }
    *out = sql;
    return STATUS_OK;
}

static enum status rename_aside(const char *path, const char *suffix, int64_t now,
                                struct error *error)
{
    char from[PATH_MAX + 8];
    char to[PATH_MAX + 40];

    snprintf(from, sizeof from, "%s%s", path, suffix);
    snprintf(to, sizeof to, "%s.bad-%lld%s", path, (long long)now, suffix);
    if (rename(from, to) != 0 && errno != ENOENT)
        return error_set_errno(error, errno, _("Cannot rename %s"), from);
    return STATUS_OK;
}

/* Never deleted, never silently: the damaged file is kept and what outbox.log holds is put into a
 * new one. */
static enum status start_again(struct outbox *outbox, const char *path, struct error *error)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    int64_t now = clock_wall_ms();
    enum status status = STATUS_OK;

    for (size_t i = 0; i < 3 && status == STATUS_OK; i++)
        status = rename_aside(path, suffixes[i], now, error);
    if (status == STATUS_OK)
        status = open_sound(path, &outbox->sql, error);
    if (status == STATUS_OK) {
        log_line("outbox: database rebuilt");
        error_set(&outbox->health, STATUS_CORRUPT,
                  _("The outbox was damaged. It was built again from its second copy; the damaged "
                    "file was kept as %s.bad-%lld. Tell your administrator."),
                  path, (long long)now);
    }
    return status;
}

static enum status open_file(struct outbox *outbox, struct error *error)
{
    char path[PATH_MAX];
    char conf[PATH_MAX];
    struct error first = {0};
    enum status status = home_path(outbox->home, OUTBOX_FILE, path, sizeof path, error);

    if (status == STATUS_OK)
        status = home_path(outbox->home, HOME_CONF_FILE, conf, sizeof conf, error);
    if (status != STATUS_OK)
        return status;
    bool lost = !file_exists(path) && file_exists(conf);
    status = open_sound(path, &outbox->sql, &first);
    if (status == STATUS_CORRUPT)
        return start_again(outbox, path, error);
    if (status == STATUS_OK && lost)
        error_set(&outbox->health, STATUS_CORRUPT,
                  _("%s was missing. It was built again from its second copy. Tell your "
                    "administrator."),
                  path);
    if (status != STATUS_OK && error)
        *error = first;
    return status;
}

/* --- the log ---------------------------------------------------------------------------------- */

static enum status keep_number(struct outbox *outbox, const char *key, int64_t value,
                               struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(outbox->sql,
                                       "INSERT INTO setting(key, value) VALUES(?1, ?2)"
                                       " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                                       &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, key);
    stmt_bind_int(stmt, 2, value);
    return stmt_run(stmt, error);
}

/* In the transaction of the entries: from now on the database stands for this much of the log. */
static enum status cover(struct outbox *outbox, struct error *error)
{
    return keep_number(outbox, "log.length", outbox_log_length(outbox->log), error);
}

enum status outbox_cover(struct outbox *outbox, int64_t length, struct error *error)
{
    enum status status = sql_begin(outbox->sql, error);

    if (status == STATUS_OK)
        status = keep_number(outbox, "log.length", length, error);
    if (status == STATUS_OK)
        status = keep_number(outbox, "log.compacted", length, error);
    if (status == STATUS_OK)
        status = sql_commit(outbox->sql, error);
    sql_rollback(outbox->sql);
    return status;
}

static void note_log_damage(struct outbox *outbox, const struct outbox_log_report *report)
{
    if (report->bad_lines > 0)
        error_set(&outbox->health, STATUS_CORRUPT,
                  _("The second copy of the outbox had %lld damaged lines. The file was kept as "
                    "%s. Tell your administrator."),
                  (long long)report->bad_lines, report->aside);
    else if (report->shorter)
        error_set(&outbox->health, STATUS_CORRUPT,
                  _("The second copy of the outbox is incomplete: the end of %s is missing. Tell "
                    "your administrator."),
                  OUTBOX_LOG_FILE);
}

/* An entry that passed its digest but makes no sense here was written by another version: it stays
 * in the file, is left out, and is looked at again at every start, until a version is there that
 * knows it. Damage below SQLite (with a detail) is another matter. */
static bool may_leave_out(enum status status, const struct error *why)
{
    return status == STATUS_INVALID || status == STATUS_UNSUPPORTED ||
           (status == STATUS_CORRUPT && why->detail == 0);
}

static enum status replay_entry(void *context, const char *json, size_t length, struct error *error)
{
    struct outbox *outbox = context;
    struct error why = {0};
    json_t *entry = NULL;
    bool changed = false;
    enum status status = json_parse(json, length, &entry, &why);

    if (status == STATUS_OK)
        status = outbox_entry_apply(outbox->sql, entry, &changed, &why);
    json_decref(entry);
    if (may_leave_out(status, &why)) {
        log_line("outbox.log: an entry was left out: %s", status_name(status));
        outbox->left_out++;
        return STATUS_OK;
    }
    if (status != STATUS_OK && error)
        *error = why;
    if (changed)
        outbox->replayed++;
    return status;
}

static void note_left_out(struct outbox *outbox)
{
    if (outbox->left_out > 0 && outbox->health.status == STATUS_OK)
        error_set(&outbox->health, STATUS_UNSUPPORTED,
                  _("%lld entries of %s were written by a newer version of this program. They are "
                    "kept, but do not count here. Install the newer version."),
                  (long long)outbox->left_out, OUTBOX_LOG_FILE);
}

static enum status replay(struct outbox *outbox, int64_t from, struct error *error)
{
    int64_t left_out = 0;
    enum status known = sql_integer(
        outbox->sql,
        "SELECT ifnull(max(CAST(value AS INTEGER)), 0) FROM setting WHERE key = 'log.left_out'",
        &left_out, error);
    if (known != STATUS_OK)
        return known;
    from = left_out > 0 ? 0 : from;
    if (from == outbox_log_length(outbox->log))
        return STATUS_OK;
    enum status status = sql_begin(outbox->sql, error);
    if (status == STATUS_OK)
        status = outbox_log_read(outbox->log, from, replay_entry, outbox, error);
    if (status == STATUS_OK)
        status = cover(outbox, error);
    if (status == STATUS_OK && outbox->left_out != left_out)
        status = keep_number(outbox, "log.left_out", outbox->left_out, error);
    if (status == STATUS_OK)
        status = sql_commit(outbox->sql, error);
    sql_rollback(outbox->sql);
    note_left_out(outbox);
    return status;
}

static enum status open_log(struct outbox *outbox, struct error *error)
{
    char path[PATH_MAX];
    int64_t covered = 0;
    struct outbox_log_report report = {0};
    enum status status = home_path(outbox->home, OUTBOX_LOG_FILE, path, sizeof path, error);

    if (status == STATUS_OK)
        status = sql_integer(outbox->sql,
                             "SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'log.length'",
                             &covered, error);
    if (status == STATUS_OK)
        status = outbox_log_open(path, covered, &outbox->log, &report, error);
    if (status != STATUS_OK)
        return status;
    note_log_damage(outbox, &report);
    return replay(outbox, report.replay_from, error);
}

/* Reading the log anew each time it has doubled costs no more than having written it. */
static bool is_grown(struct outbox *outbox)
{
    int64_t compacted = 0;
    int64_t length = outbox_log_length(outbox->log);
    enum status status = sql_integer(
        outbox->sql, "SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'log.compacted'",
        &compacted, NULL);

    return status == STATUS_OK && length >= COMPACT_BYTES && length / 2 >= compacted;
}

/* A log that stays long is no reason to stop. */
static void keep_log_short(struct outbox *outbox)
{
    if (is_grown(outbox) && outbox_compact(outbox, NULL) != STATUS_OK)
        log_line("outbox.log: not made shorter");
}

/* --- the handle ------------------------------------------------------------------------------- */

/* A write that was under way when the program ended is not under way now. */
static enum status forget_sending(struct outbox *outbox, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        outbox->sql, "UPDATE request SET sending = 0 WHERE sending <> 0", &stmt, error);

    return status == STATUS_OK ? stmt_run(stmt, error) : status;
}

/* The sentence outlives this run: overview_read() shows it to those who look tomorrow. */
static enum status keep_health(struct outbox *outbox)
{
    struct stmt *stmt;
    enum status status = sql_statement(outbox->sql,
                                       "INSERT INTO setting(key, value) VALUES"
                                       " ('outbox.damage', ?1), ('outbox.damage_ms', ?2)"
                                       " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                                       &stmt, NULL);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, outbox->health.text);
    stmt_bind_int(stmt, 2, clock_wall_ms());
    return stmt_run(stmt, NULL);
}

/* A note that cannot be kept must not stop the work: the log has it then. */
static void report_health(struct outbox *outbox)
{
    if (outbox->replayed > 0)
        log_line("outbox: %lld entries put back", (long long)outbox->replayed);
    if (outbox->health.status == STATUS_OK)
        return;
    log_line("outbox: damage was found and put aside");
    if (keep_health(outbox) != STATUS_OK)
        log_line("outbox: the damage could not be noted");
}

enum status outbox_open(const struct home *home, struct outbox **out, struct error *error)
{
    if (!home_is_writable(home))
        return error_set(error, STATUS_REFUSED, _("The workstation was opened for reading only."));
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox)
        return error_nomem(error);
    if (pthread_mutex_init(&outbox->mutex, NULL) != 0) {
        free(outbox);
        return error_nomem(error);
    }
    outbox->home = home;
    enum status status = open_file(outbox, error);
    if (status == STATUS_OK)
        status = forget_sending(outbox, error);
    if (status == STATUS_OK)
        status = open_log(outbox, error);
    if (status != STATUS_OK) {
        outbox_close(outbox);
        return status;
    }
    report_health(outbox);
    keep_log_short(outbox);
    ballast_lay(home);
    *out = outbox;
    return STATUS_OK;
}

void outbox_close(struct outbox *outbox)
{
    if (!outbox)
        return;
    outbox_log_close(outbox->log);
    sql_close(outbox->sql);
    pthread_mutex_destroy(&outbox->mutex);
    free(outbox);
}

const struct home *outbox_home(const struct outbox *outbox)
{
    return outbox->home;
}

enum status outbox_health(const struct outbox *outbox, struct error *error)
{
    if (outbox->health.status == STATUS_OK)
        return STATUS_OK;
    if (error)
        *error = outbox->health;
    return outbox->health.status;
}

int64_t outbox_replayed(const struct outbox *outbox)
{
    return outbox->replayed;
}

enum status outbox_copy_examine(const struct home *home, int64_t *entries, int64_t *damaged,
                                struct error *error)
{
    char path[PATH_MAX];
    enum status status = home_path(home, OUTBOX_LOG_FILE, path, sizeof path, error);

    return status == STATUS_OK ? outbox_log_examine(path, entries, damaged, error) : status;
}

struct sql *outbox_lock(struct outbox *outbox)
{
    pthread_mutex_lock(&outbox->mutex);
    return outbox->sql;
}

void outbox_unlock(struct outbox *outbox)
{
    pthread_mutex_unlock(&outbox->mutex);
}

static enum status commit_entry(struct outbox *outbox, const json_t *entry, struct error *error)
{
    bool changed = false;
    enum status status = sql_begin(outbox->sql, error);

    if (status == STATUS_OK)
        status = outbox_entry_apply(outbox->sql, entry, &changed, error);
    if (status == STATUS_OK)
        status = cover(outbox, error);
    if (status == STATUS_OK)
        status = sql_commit(outbox->sql, error);
    sql_rollback(outbox->sql);
    return status;
}

/* The entry is safe in the log, and whether the database has it will only be known when it is
 * opened again: it stays, so that both have it then. */
static enum status saved_once(struct error *error)
{
    log_line("outbox: an entry is in the log only");
    return error_set(error, STATUS_IO,
                     _("The disk failed while this was being saved. It is safe in the second copy "
                       "(%s): do not enter it again. Leave the program, check the disk, and start "
                       "again; it will be in the queue."),
                     OUTBOX_LOG_FILE);
}

static enum status record_line(struct outbox *outbox, const json_t *entry, const struct buf *line,
                               struct error *error)
{
    if (sql_is_uncertain(outbox->sql))
        return sql_begin(outbox->sql, error); /* which says so */
    enum status status = outbox_log_append(outbox->log, line->data, line->length, error);
    if (status != STATUS_OK)
        return status;
    status = commit_entry(outbox, entry, error);
    if (status == STATUS_OK)
        return STATUS_OK;
    if (sql_is_uncertain(outbox->sql))
        return saved_once(error);
    if (outbox_log_retract(outbox->log, NULL) != STATUS_OK)
        error_prefix(error, "%s", _("It is not certain whether this was saved"));
    return status;
}

enum status outbox_record(struct outbox *outbox, const json_t *entry, struct error *error)
{
    struct buf line = {.limit = OUTBOX_LOG_LINE_MAX};
    struct error first = {0};
    enum status status = json_print(entry, &line, &first);

    if (status == STATUS_OK)
        status = record_line(outbox, entry, &line, &first);
    if (status == STATUS_FULL && ballast_give_up(outbox->home))
        status = record_line(outbox, entry, &line, &first);
    buf_release(&line);
    if (status != STATUS_OK && error)
        *error = first;
    return status;
}
