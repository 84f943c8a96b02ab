#include "base/clock.h"
#include "base/log.h"
#include "db/outbox.h"
#include "db/outbox_entry.h"
#include "db/outbox_log.h"
#include "db/outbox_open.h"

#include <string.h>

#define SETTLED_AGE_MS (30LL * 24 * 3600 * 1000)

/* --- what may go ------------------------------------------------------------------------------ */

/* Its last word was spoken long ago and the upstream has all of it: a rebuilt outbox gets it back
 * with the next synchronisation. */
static enum status is_settled(struct sql *sql, const char *request, bool *settled,
                              struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(sql,
                                       "SELECT 1 FROM request WHERE id = ?1 AND final = 1"
                                       " AND unsent = 0 AND hold_kind IS NULL"
                                       " AND upstream_rev IS NOT NULL AND last_event_ms < ?2",
                                       &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, request);
    stmt_bind_int(stmt, 2, clock_wall_ms() - SETTLED_AGE_MS);
    status = stmt_step(stmt, &row, error);
    stmt_reset(stmt);
    if (status == STATUS_OK)
        *settled = row;
    return status;
}

/* A later revision of the account says everything this one says. */
static enum status is_superseded(struct sql *sql, const json_t *entry, bool *superseded,
                                 struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(sql, "SELECT 1 FROM account WHERE name = ?1 AND revision > ?2", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, json_text(entry, "name", ""));
    stmt_bind_int(stmt, 2, json_int(entry, "revision", 0));
    status = stmt_step(stmt, &row, error);
    stmt_reset(stmt);
    if (status == STATUS_OK)
        *superseded = row;
    return status;
}

static enum status is_old_mark(struct sql *sql, const json_t *entry, bool *old, struct error *error)
{
    int64_t mono = 0;
    enum status status = sql_integer(
        sql, "SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'event.mono'", &mono, error);

    if (status == STATUS_OK)
        *old = json_int(entry, "mono", 0) < mono;
    return status;
}

static enum status may_go(struct sql *sql, const json_t *entry, bool *may, struct error *error)
{
    const char *kind = json_text(entry, "entry", "");

    if (strcmp(kind, "raise") == 0)
        return is_settled(sql, json_text(json_object_get(entry, "request"), "_id", ""), may, error);
    if (strcmp(kind, "act") == 0)
        return is_settled(sql, json_text(entry, "request", ""), may, error);
    if (strcmp(kind, "account") == 0)
        return is_superseded(sql, entry, may, error);
    if (strcmp(kind, "mark") == 0)
        return is_old_mark(sql, entry, may, error);
    return STATUS_OK; /* of a newer version, perhaps: it stays */
}

static enum status is_wanted(void *context, const char *json, size_t length, bool *wanted,
                             struct error *error)
{
    json_t *entry = NULL;
    struct error why = {0};
    bool may = false;
    enum status status = json_parse(json, length, &entry, &why);

    if (status == STATUS_OK)
        status = may_go(context, entry, &may, &why);
    else if (status == STATUS_INVALID)
        status = STATUS_OK; /* not ours to judge */
    json_decref(entry);
    if (status == STATUS_OK)
        *wanted = !may;
    else if (error)
        *error = why;
    return status;
}

/* --- doing it --------------------------------------------------------------------------------- */

/* The number of the last event made here must outlive the entries that carry it. */
static enum status mark(struct outbox *outbox, struct error *error)
{
    int64_t mono = 0;
    bool ok = true;
    json_t *entry = outbox_entry_new("mark");
    enum status status = sql_integer(
        outbox->sql, "SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'event.mono'", &mono,
        error);

    json_put(entry, "mono", json_integer(mono), &ok);
    if (status == STATUS_OK)
        status = entry && ok ? outbox_record(outbox, entry, error) : error_nomem(error);
    json_decref(entry);
    return status;
}

/* Until the new file has its name and its length is known, the database stands for nothing of the
 * log: a crash in between only makes it read everything again. */
static enum status rewrite(struct outbox *outbox, struct error *error)
{
    enum status status = outbox_cover(outbox, 0, error);

    if (status == STATUS_OK)
        status = outbox_log_compact(outbox->log, is_wanted, outbox->sql, error);
    if (status != STATUS_OK)
        return status;
    return outbox_cover(outbox, outbox_log_length(outbox->log), error);
}

enum status outbox_compact(struct outbox *outbox, struct error *error)
{
    int64_t before = outbox_log_length(outbox->log);
    enum status status = mark(outbox, error);

    if (status == STATUS_OK) /* what leaves the log stands in the main file first */
        status = sql_checkpoint(outbox->sql, error);
    if (status == STATUS_OK)
        status = rewrite(outbox, error);
    if (status == STATUS_OK)
        log_line("outbox.log: %lld bytes, now %lld", (long long)before,
                 (long long)outbox_log_length(outbox->log));
    return status;
}
