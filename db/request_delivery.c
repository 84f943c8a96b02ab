#include "base/clock.h"
#include "base/i18n.h"
#include "db/base64.h"
#include "db/request.h"
#include "db/request_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what is sent ----------------------------------------------------------------------------- */

static json_t *inline_attachment(const char *type, const void *data, size_t length)
{
    struct buf encoded = {0};
    json_t *attachment = json_object();
    bool ok = attachment != NULL;

    base64_encode(data, length, &encoded);
    ok = ok && !buf_failed(&encoded);
    json_put_text(attachment, "content_type", type, &ok);
    if (ok)
        json_put(attachment, "data", json_stringn(buf_text(&encoded), encoded.length), &ok);
    buf_release(&encoded);
    if (ok)
        return attachment;
    json_decref(attachment);
    return NULL;
}

static json_t *following_attachment(const char *type, int64_t length)
{
    json_t *attachment = json_object();
    bool ok = attachment != NULL;

    json_put(attachment, "follows", json_true(), &ok);
    json_put_text(attachment, "content_type", type, &ok);
    json_put(attachment, "length", json_integer(length), &ok);
    if (ok)
        return attachment;
    json_decref(attachment);
    return NULL;
}

/* How attachments the upstream has not confirmed yet go along: whole, or (with `parts`) behind the
 * document. */
struct attaching {
    json_t *attachments;
    json_t *parts; /* NULL: content inside the document */
};

static bool add_part(json_t *parts, const char *name, const char *type, int64_t length)
{
    json_t *part = json_object();
    bool ok = part != NULL;

    json_put_text(part, "name", name, &ok);
    json_put_text(part, "type", type, &ok);
    json_put(part, "length", json_integer(length), &ok);
    json_add(parts, part, &ok);
    return ok;
}

/* The columns of add_attachments(). NULL when out of memory. */
static json_t *content_of(const struct attaching *attaching, struct stmt *stmt)
{
    const char *name = stmt_text(stmt, 0);
    const char *type = stmt_text(stmt, 1);
    size_t length = 0;

    if (!name || !type)
        return NULL;
    if (!attaching->parts) {
        const void *data = stmt_blob(stmt, 4, &length);
        return inline_attachment(type, data, length);
    }
    return add_part(attaching->parts, name, type, stmt_int(stmt, 3))
               ? following_attachment(type, stmt_int(stmt, 3))
               : NULL;
}

/* What the upstream has is named by the stub it gave: leaving it out would delete it. NULL in
 * *attachment: held nowhere. */
static enum status attachment_of(const struct attaching *attaching, struct stmt *stmt,
                                 json_t **attachment, struct error *error)
{
    const char *stub = stmt_text(stmt, 2);

    *attachment = NULL;
    if (stub)
        return json_parse(stub, strlen(stub), attachment, error);
    if (stmt_is_null(stmt, 3))
        return STATUS_OK;
    *attachment = content_of(attaching, stmt);
    return *attachment ? STATUS_OK : error_nomem(error);
}

static enum status put_attachment(const struct attaching *attaching, struct stmt *stmt,
                                  struct error *error)
{
    json_t *attachment;
    const char *name = stmt_text(stmt, 0);
    bool ok = name != NULL;
    enum status status = attachment_of(attaching, stmt, &attachment, error);

    if (status != STATUS_OK || !attachment)
        return status;
    json_put(attaching->attachments, name ? name : "", attachment, &ok);
    return ok ? STATUS_OK : error_nomem(error);
}

/* Content that follows is not read here at all. */
static enum status select_evidence(struct sql *sql, bool with_content, struct stmt **stmt,
                                   struct error *error)
{
    if (with_content)
        return sql_statement(sql,
                             "SELECT name, type, upstream, length(data), data FROM evidence"
                             " WHERE request = ?1 ORDER BY name",
                             stmt, error);
    return sql_statement(sql,
                         "SELECT name, type, upstream, length(data) FROM evidence"
                         " WHERE request = ?1 ORDER BY name",
                         stmt, error);
}

static enum status add_attachments(struct sql *sql, const char *id, json_t *document, json_t *parts,
                                   struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    bool ok = true;
    const struct attaching attaching = {.attachments = json_object(), .parts = parts};
    if (!attaching.attachments)
        return error_nomem(error);

    enum status status = select_evidence(sql, !parts, &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, id);
        while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
            if ((status = put_attachment(&attaching, stmt, error)) != STATUS_OK)
                break;
        stmt_reset(stmt);
    }
    if (status == STATUS_OK && json_object_size(attaching.attachments) > 0) {
        json_put(document, "_attachments", json_incref(attaching.attachments), &ok);
        status = ok ? STATUS_OK : error_nomem(error);
    }
    json_decref(attaching.attachments);
    return status;
}

static enum status unsent_events(struct sql *sql, const char *id, json_t **out, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    json_t *ids = json_array();
    bool ok = ids != NULL;
    enum status status = sql_statement(sql,
                                       "SELECT id FROM request_event WHERE request = ?1"
                                       " AND acknowledged = 0 ORDER BY id",
                                       &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, id);
        while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row && ok)
            json_add(ids, json_string(stmt_text(stmt, 0)), &ok);
        stmt_reset(stmt);
    }
    if (status == STATUS_OK && !ok)
        status = error_nomem(error);
    if (status != STATUS_OK) {
        json_decref(ids);
        return status;
    }
    *out = ids;
    return STATUS_OK;
}

/* `parts` as in struct attaching. */
static enum status build_document(struct sql *sql, const char *id, const char *rev, json_t *parts,
                                  json_t **out, struct error *error)
{
    json_t *frozen = NULL;
    json_t *events = NULL;
    json_t *document = NULL;
    bool ok = true;
    enum status status = store_load(sql, id, &frozen, &events, error);

    if (status == STATUS_OK)
        status = request_join(frozen, events, &document, error);
    if (status == STATUS_OK && rev && rev[0]) {
        json_put_text(document, "_rev", rev, &ok);
        status = ok ? STATUS_OK : error_nomem(error);
    }
    if (status == STATUS_OK)
        status = add_attachments(sql, id, document, parts, error);
    json_decref(frozen);
    json_decref(events);
    if (status != STATUS_OK) {
        json_decref(document);
        return status;
    }
    *out = document;
    return STATUS_OK;
}

enum status store_document(struct sql *sql, const char *id, const char *rev, json_t **out,
                           struct error *error)
{
    return build_document(sql, id, rev, NULL, out, error);
}

static enum status find_outgoing(struct sql *sql, const char *after, struct outgoing *found,
                                 struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(sql,
                                       "SELECT id, coalesce(upstream_rev, ''), offered,"
                                       " coalesce(accepted_rev, '') FROM request"
                                       " WHERE unsent > 0 AND hold_kind IS NULL AND id > ?1"
                                       " ORDER BY id LIMIT 1",
                                       &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, after);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && !row)
        status = error_set(error, STATUS_NOT_FOUND, _("Nothing is waiting to be sent."));
    if (status == STATUS_OK) {
        const char *id = stmt_text(stmt, 0);
        const char *rev = stmt_text(stmt, 1);
        snprintf(found->id, sizeof found->id, "%s", id ? id : "");
        snprintf(found->upstream_rev, sizeof found->upstream_rev, "%s", rev ? rev : "");
        const char *accepted = stmt_text(stmt, 3);
        found->is_first = stmt_int(stmt, 2) == 0;
        snprintf(found->accepted_rev, sizeof found->accepted_rev, "%s", accepted ? accepted : "");
    }
    stmt_reset(stmt);
    return status;
}

/* --- one change to the delivery columns ------------------------------------------------------- */

/* ?1 is the id, ?2 and ?3 the texts. Inside a transaction. */
static enum status run_on_request(struct sql *sql, const char *literal, const char *id,
                                  const char *first, const char *second, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(sql, literal, &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, id);
    if (first)
        stmt_bind_text(stmt, 2, first);
    if (second)
        stmt_bind_text(stmt, 3, second);
    return stmt_run(stmt, error);
}

static enum status change_request(struct outbox *outbox, const char *literal, const char *id,
                                  const char *first, const char *second, struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = run_on_request(sql, literal, id, first, second, error);
    if (status == STATUS_OK && sql_changes(sql) == 0)
        status = error_set(error, STATUS_NOT_FOUND, _("There is no request %s."), id);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}

/* Who gets the whole document may give it to the upstream whenever it likes; an upload says when it
 * begins (request_offer()). */
static enum status mark_sending(struct sql *sql, const struct outgoing *outgoing,
                                struct error *error)
{
    const char *id = outgoing->id;
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = run_on_request(sql, "UPDATE request SET sending = 1 WHERE id = ?1", id, NULL, NULL,
                                error);
    if (status == STATUS_OK && !outgoing->parts)
        status = run_on_request(sql, "UPDATE request SET offered = 1 WHERE id = ?1", id, NULL, NULL,
                                error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    return status;
}

/* With `parts` the attachments follow. */
static enum status build_outgoing(struct sql *sql, struct outgoing *outgoing, struct error *error)
{
    enum status status = build_document(sql, outgoing->id, outgoing->upstream_rev, outgoing->parts,
                                        &outgoing->document, error);

    if (status == STATUS_OK)
        status = unsent_events(sql, outgoing->id, &outgoing->event_ids, error);
    return status == STATUS_OK ? mark_sending(sql, outgoing, error) : status;
}

/* A request that cannot even be put together must not keep the others from being sent. */
static enum status hold_unsendable(struct sql *sql, const char *id, const struct error *why,
                                   struct error *error)
{
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = run_on_request(sql,
                                "UPDATE request SET hold_kind = 'corrupt', hold_reason = ?2"
                                " WHERE id = ?1",
                                id, why->text, NULL, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    return status;
}

/* Damage that SQLite reports has a detail and is about the file, not about the request. */
static bool is_about_content(enum status status, const struct error *why)
{
    return status == STATUS_INVALID || (status == STATUS_CORRUPT && why->detail == 0);
}

/* A request that is not to be sent leaves nothing behind. */
static void empty_outgoing(struct outgoing *outgoing)
{
    json_decref(outgoing->document);
    json_decref(outgoing->event_ids);
    outgoing->document = NULL;
    outgoing->event_ids = NULL;
    if (outgoing->parts)
        json_array_clear(outgoing->parts);
}

static enum status next_outgoing(struct outbox *outbox, const char *after, json_t *parts,
                                 struct outgoing *outgoing, struct error *error)
{
    struct outgoing found = {.parts = parts};
    struct error why = {0};
    struct sql *sql = outbox_lock(outbox);
    enum status status = find_outgoing(sql, after, &found, &why);

    while (status == STATUS_OK) {
        status = build_outgoing(sql, &found, &why);
        if (!is_about_content(status, &why))
            break;
        empty_outgoing(&found);
        const struct error reason = why;
        why = (struct error){0};
        status = hold_unsendable(sql, found.id, &reason, &why);
        if (status == STATUS_OK)
            status = find_outgoing(sql, found.id, &found, &why);
    }
    outbox_unlock(outbox);
    if (status != STATUS_OK) {
        outgoing_release(&found);
        if (error)
            *error = why;
        return status;
    }
    *outgoing = found;
    return STATUS_OK;
}

enum status request_next_outgoing(struct outbox *outbox, const char *after,
                                  struct outgoing *outgoing, struct error *error)
{
    return next_outgoing(outbox, after, NULL, outgoing, error);
}

enum status request_next_upload(struct outbox *outbox, const char *after, struct outgoing *outgoing,
                                struct error *error)
{
    json_t *parts = json_array();

    return parts ? next_outgoing(outbox, after, parts, outgoing, error) : error_nomem(error);
}

static enum status find_content(struct sql *sql, const char *id, const char *name, int64_t *rowid,
                                struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(sql,
                                       "SELECT rowid FROM evidence WHERE request = ?1"
                                       " AND name = ?2 AND data IS NOT NULL",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, id);
    stmt_bind_text(stmt, 2, name);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && !row)
        status = error_set(error, STATUS_NOT_FOUND,
                           _("The attachment %.60s is not on this workstation."), name);
    if (status == STATUS_OK)
        *rowid = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return status;
}

enum status request_read_attachment(struct outbox *outbox, const char *id, const char *name,
                                    int64_t offset, char *bytes, size_t length, struct error *error)
{
    struct sql_blob blob = {.table = "evidence", .column = "data"};
    struct sql *sql = outbox_lock(outbox);
    enum status status = find_content(sql, id, name, &blob.rowid, error);

    if (status == STATUS_OK)
        status = sql_blob_read(sql, &blob, offset, bytes, length, error);
    outbox_unlock(outbox);
    return status;
}

void outgoing_release(struct outgoing *outgoing)
{
    json_decref(outgoing->document);
    json_decref(outgoing->event_ids);
    json_decref(outgoing->parts);
    *outgoing = (struct outgoing){0};
}

static enum status mark_acknowledged(struct sql *sql, const char *request, const json_t *ids,
                                     struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < json_array_size(ids) && status == STATUS_OK; i++)
        status = run_on_request(sql,
                                "UPDATE request_event SET acknowledged = 1"
                                " WHERE request = ?1 AND id = ?2",
                                request, json_string_value(json_array_get(ids, i)), NULL, error);
    return status;
}

enum status request_acknowledge(struct outbox *outbox, const struct outgoing *outgoing,
                                const char *rev, struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = mark_acknowledged(sql, outgoing->id, outgoing->event_ids, error);
    if (status == STATUS_OK)
        status = run_on_request(sql,
                                "UPDATE request SET upstream_rev = ?2, sending = 0, offered = 1,"
                                " defer_reason = NULL, hold_kind = NULL, hold_reason = NULL"
                                " WHERE id = ?1",
                                outgoing->id, rev, NULL, error);
    if (status == STATUS_OK)
        status = store_refresh(sql, outgoing->id, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}

enum status request_defer(struct outbox *outbox, const char *id, const char *reason,
                          struct error *error)
{
    return change_request(outbox, "UPDATE request SET sending = 0, defer_reason = ?2 WHERE id = ?1",
                          id, reason, NULL, error);
}

enum status request_hold(struct outbox *outbox, const char *id, const char *kind,
                         const char *reason, struct error *error)
{
    return change_request(outbox,
                          "UPDATE request SET sending = 0, hold_kind = ?2, hold_reason = ?3"
                          " WHERE id = ?1",
                          id, kind, reason, error);
}

enum status request_offer(struct outbox *outbox, const char *id, struct error *error)
{
    return change_request(outbox, "UPDATE request SET offered = 1 WHERE id = ?1", id, NULL, NULL,
                          error);
}

enum status request_close_here(struct outbox *outbox, const char *id, bool *closed,
                               struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    int64_t changes = 0;
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = run_on_request(sql,
                                "UPDATE request SET closed_here = 1, sending = 0,"
                                " hold_kind = NULL, hold_reason = NULL, defer_reason = NULL"
                                " WHERE id = ?1 AND state = 'withdrawn' AND upstream_rev IS NULL",
                                id, NULL, NULL, error);
    if (status == STATUS_OK)
        changes = sql_changes(sql);
    if (status == STATUS_OK)
        status = store_refresh(sql, id, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    if (status == STATUS_OK)
        *closed = changes > 0;
    return status;
}

enum status request_release(struct outbox *outbox, const char *id, struct error *error)
{
    char whole[REQUEST_ID_MAX];
    enum status status = store_request_id(id, whole, error);

    if (status != STATUS_OK)
        return status;
    return change_request(outbox,
                          "UPDATE request SET hold_kind = NULL, hold_reason = NULL,"
                          " defer_reason = NULL WHERE id = ?1",
                          whole, NULL, NULL, error);
}

enum status request_count_held(struct outbox *outbox, int64_t *held, struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    enum status status =
        sql_integer(sql, "SELECT count(*) FROM request WHERE hold_kind IS NOT NULL", held, error);

    outbox_unlock(outbox);
    return status;
}
