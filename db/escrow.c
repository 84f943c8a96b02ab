#include "db/escrow.h"

#include "base/clock.h"
#include "base/i18n.h"

#include <string.h>

/* --- keeping ---------------------------------------------------------------------------------- */

static void copy_column(struct stmt *stmt, int column, struct buf *out)
{
    const char *text = stmt_text(stmt, column);

    buf_clear(out);
    buf_str(out, text ? text : "");
}

/* What an unsent request is about. */
struct waiting {
    struct buf request, dataset, record;
};

static void waiting_release(struct waiting *waiting)
{
    buf_release(&waiting->request);
    buf_release(&waiting->dataset);
    buf_release(&waiting->record);
}

/* The next unsent request after the one in `waiting`; *found is false behind the last. */
static enum status next_waiting(struct sql *sql, struct waiting *waiting, bool *found,
                                struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(sql,
                      "SELECT id, dataset, record FROM request WHERE unsent > 0 AND id > ?1"
                      " ORDER BY id LIMIT 1",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, buf_text(&waiting->request));
    status = stmt_step(stmt, found, error);
    if (status == STATUS_OK && *found) {
        copy_column(stmt, 0, &waiting->request);
        copy_column(stmt, 1, &waiting->dataset);
        copy_column(stmt, 2, &waiting->record);
        if (buf_failed(&waiting->request) || buf_failed(&waiting->dataset) ||
            buf_failed(&waiting->record))
            status = error_nomem(error);
    }
    stmt_reset(stmt);
    return status;
}

static enum status store_copy(struct sql *sql, const char *request, const struct buf *body,
                              const struct buf *name, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        sql,
        "INSERT INTO escrow(request, at_ms, name, body) VALUES(?1, ?2, ?3, ?4)"
        " ON CONFLICT(request) DO UPDATE SET at_ms = ?2, name = ?3, body = ?4 WHERE body <> ?4",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, request);
    stmt_bind_int(stmt, 2, clock_wall_ms());
    stmt_bind_text(stmt, 3, buf_text(name));
    stmt_bind_text(stmt, 4, buf_text(body));
    return stmt_run(stmt, error);
}

/* A record that is not here (any more) leaves the copy that was made of it. */
static enum status keep_one(struct sql *sql, struct cache *cache, const struct waiting *waiting,
                            struct error *error)
{
    struct error why = {0};
    struct buf body = {0};
    struct buf name = {0};
    enum status status = cache_find(cache, buf_text(&waiting->dataset), buf_text(&waiting->record),
                                    &body, &name, &why);

    if (status == STATUS_OK)
        status = store_copy(sql, buf_text(&waiting->request), &body, &name, error);
    else if (status == STATUS_NOT_FOUND)
        status = STATUS_OK;
    else if (error)
        *error = why;
    buf_release(&body);
    buf_release(&name);
    return status;
}

static enum status keep_all(struct sql *sql, struct cache *cache, struct error *error)
{
    struct waiting waiting = {0};
    bool found = true;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && found) {
        status = next_waiting(sql, &waiting, &found, error);
        if (status == STATUS_OK && found)
            status = keep_one(sql, cache, &waiting, error);
    }
    waiting_release(&waiting);
    return status;
}

static enum status drop_delivered(struct sql *sql, struct error *error)
{
    return sql_exec(sql,
                    "DELETE FROM escrow WHERE request NOT IN"
                    " (SELECT id FROM request WHERE unsent > 0)",
                    error);
}

/* Most of the time there is nothing to do, and then nothing is written. */
static enum status has_work(struct sql *sql, bool *work, struct error *error)
{
    int64_t found = 0;
    enum status status = sql_integer(sql,
                                     "SELECT EXISTS(SELECT 1 FROM request WHERE unsent > 0)"
                                     " OR EXISTS(SELECT 1 FROM escrow)",
                                     &found, error);

    *work = found != 0;
    return status;
}

enum status escrow_keep(struct outbox *outbox, struct cache *cache, struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    bool work = false;
    enum status status = has_work(sql, &work, error);

    if (status == STATUS_OK && work) {
        status = sql_begin(sql, error);
        if (status == STATUS_OK)
            status = drop_delivered(sql, error);
        if (status == STATUS_OK)
            status = keep_all(sql, cache, error);
        if (status == STATUS_OK)
            status = sql_commit(sql, error);
        sql_rollback(sql);
    }
    outbox_unlock(outbox);
    return status;
}

/* --- finding ---------------------------------------------------------------------------------- */

static enum status read_copy(struct stmt *stmt, struct escrow_copy *copy, struct error *error)
{
    struct escrow_copy read = {.at_ms = stmt_int(stmt, 0)};
    const char *body = stmt_text(stmt, 2);

    copy_column(stmt, 1, &read.name);
    if (!body || buf_failed(&read.name)) {
        buf_release(&read.name);
        return error_nomem(error);
    }
    enum status status = json_parse(body, strlen(body), &read.record, error);
    if (status != STATUS_OK) {
        buf_release(&read.name);
        return status;
    }
    *copy = read;
    return STATUS_OK;
}

enum status escrow_find(struct reader *reader, const char *request, struct escrow_copy *copy,
                        struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(reader_outbox(reader),
                      "SELECT at_ms, name, body FROM escrow WHERE request = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, request);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && !row)
        status = error_set(error, STATUS_NOT_FOUND, _("There is no copy of this record."));
    if (status == STATUS_OK)
        status = read_copy(stmt, copy, error);
    stmt_reset(stmt);
    return status;
}

void escrow_copy_release(struct escrow_copy *copy)
{
    json_decref(copy->record);
    buf_release(&copy->name);
    *copy = (struct escrow_copy){0};
}
