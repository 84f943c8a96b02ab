#include "base/clock.h"
#include "base/i18n.h"
#include "db/request.h"
#include "db/request_news.h"
#include "db/request_store.h"

#include <string.h>

#define REV_LENGTH_MAX 95

/* What came from upstream. */
struct arrival {
    const char *id, *rev;
    const json_t *document;       /* NULL: deleted */
    const char *database, *since; /* of the feed; NULL when it did not come from there */
    const char *device;           /* of this home */
};

/* --- small statements ------------------------------------------------------------------------- */

/* Binds the texts up to the first NULL, from ?1 on. */
static enum status run(struct sql *sql, const char *literal, const char *const texts[5],
                       struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(sql, literal, &stmt, error);

    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < 5 && texts[i]; i++)
        stmt_bind_text(stmt, i + 1, texts[i]);
    return stmt_run(stmt, error);
}

#define TEXTS(...) ((const char *const[5]){__VA_ARGS__})

static enum status set_since(struct sql *sql, const struct arrival *arrival, struct error *error)
{
    if (!arrival->database || !arrival->since)
        return STATUS_OK;
    return run(sql,
               "INSERT INTO feed(database, since) VALUES(?1, ?2)"
               " ON CONFLICT(database) DO UPDATE SET since = excluded.since",
               TEXTS(arrival->database, arrival->since), error);
}

/* --- refused documents ------------------------------------------------------------------------ */

static enum status put_aside(struct sql *sql, const struct arrival *arrival, const char *reason,
                             struct error *error)
{
    struct buf body = {0};
    struct stmt *stmt;
    enum status status = json_print(arrival->document, &body, error);

    if (status == STATUS_OK)
        status =
            sql_statement(sql,
                          "INSERT OR REPLACE INTO aside(id, rev, database, at_ms, reason, body)"
                          " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                          &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, arrival->id);
        stmt_bind_text(stmt, 2, arrival->rev);
        stmt_bind_text(stmt, 3, arrival->database ? arrival->database : "");
        stmt_bind_int(stmt, 4, clock_wall_ms());
        stmt_bind_text(stmt, 5, reason);
        stmt_bind_text_n(stmt, 6, buf_text(&body), body.length);
        status = stmt_run(stmt, error);
    }
    buf_release(&body);
    return status;
}

/* Ours must not be sent over something we do not understand. */
static enum status refuse(struct sql *sql, const struct arrival *arrival, const struct error *why,
                          struct error *error)
{
    enum status status = put_aside(sql, arrival, why->text, error);

    if (status == STATUS_OK)
        status = run(sql,
                     "UPDATE request SET sending = 0, hold_kind = 'corrupt', hold_reason = ?2"
                     " WHERE id = ?1",
                     TEXTS(arrival->id, why->text), error);
    return status;
}

/* --- deletion --------------------------------------------------------------------------------- */

/* A request that is over and was delivered stays as it is. One of ours, or one with acts of ours,
 * waits for a person: released, it is sent again whole. Others go. */
static enum status hold_deleted(struct sql *sql, const char *id, struct error *error)
{
    enum status status = run(sql,
                             "UPDATE request SET upstream_rev = NULL, sending = 0,"
                             " hold_kind = 'not_found', hold_reason = ?2"
                             " WHERE id = ?1 AND (final = 0 OR unsent > 0)",
                             TEXTS(id, _("The upstream has deleted this request. Send it again or "
                                         "withdraw it.")),
                             error);
    if (status != STATUS_OK || sql_changes(sql) == 0)
        return status;
    status =
        run(sql, "UPDATE request_event SET acknowledged = 0 WHERE request = ?1", TEXTS(id), error);
    if (status == STATUS_OK)
        status =
            run(sql, "UPDATE evidence SET upstream = NULL WHERE request = ?1", TEXTS(id), error);
    return status == STATUS_OK ? store_refresh(sql, id, error) : status;
}

static enum status drop(struct sql *sql, const char *id, struct error *error)
{
    enum status status = request_news_deleted(sql, id, error);

    if (status == STATUS_OK)
        status = run(sql, "DELETE FROM request_event WHERE request = ?1", TEXTS(id), error);
    if (status == STATUS_OK)
        status = run(sql, "DELETE FROM evidence WHERE request = ?1", TEXTS(id), error);
    if (status == STATUS_OK)
        status = run(sql, "DELETE FROM request WHERE id = ?1", TEXTS(id), error);
    return status;
}

static enum status is_ours(struct sql *sql, const char *id, bool *known, bool *ours,
                           struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        sql, "SELECT born_here OR unsent > 0 FROM request WHERE id = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, id);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK) {
        *known = row;
        *ours = row && stmt_int(stmt, 0);
    }
    stmt_reset(stmt);
    return status;
}

static enum status apply_deletion(struct sql *sql, const char *id, struct error *error)
{
    bool known = false;
    bool ours = false;
    enum status status = is_ours(sql, id, &known, &ours, error);

    if (status != STATUS_OK || !known)
        return status;
    return ours ? hold_deleted(sql, id, error) : drop(sql, id, error);
}

/* --- a sound document ------------------------------------------------------------------------- */

/* Exactly the events of the upstream's revision are acknowledged: after a restored backup there may
 * be fewer than before. */
static enum status acknowledge_exactly(struct sql *sql, const char *id, const json_t *events,
                                       struct error *error)
{
    enum status status =
        run(sql, "UPDATE request_event SET acknowledged = 0 WHERE request = ?1", TEXTS(id), error);

    for (size_t i = 0; i < json_array_size(events) && status == STATUS_OK; i++)
        status =
            run(sql, "UPDATE request_event SET acknowledged = 1 WHERE request = ?1 AND id = ?2",
                TEXTS(id, json_text(json_array_get(events, i), "id", "")), error);
    return status;
}

/* The stub as the upstream gave it, without content. */
static json_t *stub_of(const json_t *attachment)
{
    json_t *stub = json_copy((json_t *)(uintptr_t)attachment);
    bool ok = stub != NULL;

    if (stub) {
        json_object_del(stub, "data");
        json_object_del(stub, "follows");
    }
    json_put(stub, "stub", json_true(), &ok);
    if (ok)
        return stub;
    json_decref(stub);
    return NULL;
}

static enum status keep_stub(struct sql *sql, const char *id, const char *name,
                             const json_t *attachment, struct error *error)
{
    struct buf text = {0};
    json_t *stub = stub_of(attachment);
    enum status status = stub ? json_print(stub, &text, error) : error_nomem(error);

    if (status == STATUS_OK)
        status =
            run(sql,
                "INSERT INTO evidence(request, name, type, length, sha256, upstream)"
                " VALUES(?1, ?2, ?3, 0, '', ?4)"
                " ON CONFLICT(request, name) DO UPDATE SET upstream = excluded.upstream",
                TEXTS(id, name, json_text(attachment, "content_type", ""), buf_text(&text)), error);
    buf_release(&text);
    json_decref(stub);
    return status;
}

static enum status keep_stubs(struct sql *sql, const struct arrival *arrival, struct error *error)
{
    json_t *attachments = json_object_get(arrival->document, "_attachments");
    enum status status = run(sql, "UPDATE evidence SET upstream = NULL WHERE request = ?1",
                             TEXTS(arrival->id), error);

    for (void *at = json_object_iter(attachments); status == STATUS_OK && at;
         at = json_object_iter_next(attachments, at)) {
        const json_t *attachment = json_object_iter_value(at);
        if (json_is_object(attachment))
            status = keep_stub(sql, arrival->id, json_object_iter_key(at), attachment, error);
    }
    return status;
}

static enum status keep_evidence_list(struct sql *sql, const struct arrival *arrival,
                                      struct error *error)
{
    const json_t *evidence = json_object_get(arrival->document, "evidence");
    enum status status = STATUS_OK;

    for (size_t i = 0; i < json_array_size(evidence) && status == STATUS_OK; i++)
        status = store_evidence(sql, arrival->id, json_array_get(evidence, i), NULL, 0, error);
    return status;
}

static enum status settle(struct sql *sql, const struct arrival *arrival, const json_t *events,
                          struct error *error)
{
    enum status status = acknowledge_exactly(sql, arrival->id, events, error);

    if (status == STATUS_OK)
        status = keep_evidence_list(sql, arrival, error);
    if (status == STATUS_OK)
        status = keep_stubs(sql, arrival, error);
    if (status == STATUS_OK)
        status = run(sql,
                     "UPDATE request SET upstream_rev = ?2, sending = 0, offered = 1,"
                     " closed_here = 0, hold_reason = iif(hold_kind IN ('corrupt', 'not_found',"
                     " 'conflict'), NULL, hold_reason), hold_kind = iif(hold_kind IN ('corrupt',"
                     " 'not_found', 'conflict'), NULL, hold_kind) WHERE id = ?1",
                     TEXTS(arrival->id, arrival->rev), error);
    if (status == STATUS_OK)
        status = run(sql, "DELETE FROM aside WHERE id = ?1", TEXTS(arrival->id), error);
    return status == STATUS_OK ? store_refresh(sql, arrival->id, error) : status;
}

/* Whether the two copies contradict each other; writes nothing. */
static enum status check_union(struct sql *sql, const char *id, const json_t *events,
                               struct error *error)
{
    json_t *local = NULL;
    json_t *merged = NULL;
    enum status status = store_load_events(sql, id, &local, error);

    if (status == STATUS_OK)
        status = request_merge_events(local, events, &merged, error);
    json_decref(local);
    json_decref(merged);
    return status;
}

static enum status check_arrival(const struct arrival *arrival, struct error *error)
{
    enum status status = request_check(arrival->document, error);

    if (status == STATUS_OK && strlen(arrival->rev) > REV_LENGTH_MAX)
        status = error_set(error, STATUS_CORRUPT, _("The upstream gave an impossible revision."));
    if (status == STATUS_OK && strcmp(json_text(arrival->document, "_id", ""), arrival->id) != 0)
        status = error_set(error, STATUS_CORRUPT,
                           _("The upstream answered with another request than asked for."));
    return status;
}

/* Such failures put the document aside; damage that SQLite reports has a detail. */
static bool is_about_document(enum status status, const struct error *why)
{
    bool about_size_or_sense = status == STATUS_CORRUPT || status == STATUS_TOO_LARGE;

    return status == STATUS_INVALID || status == STATUS_UNSUPPORTED ||
           (about_size_or_sense && why->detail == 0);
}

static enum status apply_document(struct sql *sql, const struct arrival *arrival,
                                  struct error *error)
{
    json_t *frozen = NULL;
    json_t *events = NULL;
    bool added = false;
    enum status status = check_arrival(arrival, error);

    if (status == STATUS_OK)
        status = request_split(arrival->document, &frozen, &events, error);
    if (status == STATUS_OK)
        status = check_union(sql, arrival->id, events, error);
    if (status == STATUS_OK) {
        bool ours = strcmp(json_text(frozen, "origin", ""), arrival->device) == 0;
        status = store_frozen(sql, frozen, ours, &added, error);
    }
    if (status == STATUS_OK)
        status = store_events(sql, arrival->id, events, &added, error);
    if (status == STATUS_OK)
        status = settle(sql, arrival, events, error);
    json_decref(frozen);
    json_decref(events);
    return status;
}

/* --- the merge -------------------------------------------------------------------------------- */

/* *why gets the reason when the document was put aside. */
static enum status apply(struct sql *sql, const struct arrival *arrival, struct error *why,
                         struct error *error)
{
    if (strncmp(arrival->id, "_design/", 8) == 0)
        return STATUS_OK;
    if (!arrival->document)
        return apply_deletion(sql, arrival->id, error);

    struct error failure = {0};
    enum status status = apply_document(sql, arrival, &failure);
    if (status == STATUS_OK)
        return STATUS_OK;
    if (!is_about_document(status, &failure)) {
        if (error)
            *error = failure;
        return status;
    }
    *why = failure;
    return refuse(sql, arrival, &failure, error);
}

enum status request_merge_upstream(struct outbox *outbox, const char *id, const char *rev,
                                   const json_t *document, const char *database, const char *since,
                                   struct error *error)
{
    const struct arrival arrival = {.id = id,
                                    .rev = rev ? rev : "",
                                    .document = document,
                                    .database = database,
                                    .since = since,
                                    .device = home_device(outbox_home(outbox))};
    struct error why = {0};

    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);
    if (status == STATUS_OK)
        status = apply(sql, &arrival, &why, error);
    if (status == STATUS_OK)
        status = set_since(sql, &arrival, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    if (status == STATUS_OK && why.text[0])
        status = error_set(error, STATUS_CORRUPT, "%s", why.text);
    return status;
}

/* --- the feed --------------------------------------------------------------------------------- */

static enum status copy_position(struct stmt *stmt, struct buf *since, struct buf *instance,
                                 struct error *error)
{
    const char *text = stmt_text(stmt, 0);
    const char *name = stmt_text(stmt, 1);

    buf_str(since, text ? text : "");
    buf_str(instance, name ? name : "");
    return buf_failed(since) || buf_failed(instance) ? error_nomem(error) : STATUS_OK;
}

enum status request_feed_position(struct outbox *outbox, const char *database, struct buf *since,
                                  struct buf *instance, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    struct sql *sql = outbox_lock(outbox);
    enum status status =
        sql_statement(sql, "SELECT since, instance FROM feed WHERE database = ?1", &stmt, error);

    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, database);
        status = stmt_step(stmt, &row, error);
        if (status == STATUS_OK && !row)
            status = error_set(error, STATUS_NOT_FOUND, _("%s has not been read yet."), database);
        if (status == STATUS_OK)
            status = copy_position(stmt, since, instance, error);
        stmt_reset(stmt);
    }
    outbox_unlock(outbox);
    return status;
}

static enum status write_position(struct sql *sql, const char *database, const char *since,
                                  const char *instance, int64_t contact_ms, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        sql,
        "INSERT INTO feed(database, since, instance, contact_ms) VALUES(?1, ?2, ?3, ?4)"
        " ON CONFLICT(database) DO UPDATE SET since = excluded.since,"
        " instance = excluded.instance, contact_ms = max(contact_ms, excluded.contact_ms)",
        &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, database);
    stmt_bind_text(stmt, 2, since);
    stmt_bind_text(stmt, 3, instance);
    stmt_bind_int(stmt, 4, contact_ms);
    return stmt_run(stmt, error);
}

enum status request_set_feed_position(struct outbox *outbox, const char *database,
                                      const char *since, const char *instance, int64_t contact_ms,
                                      struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = write_position(sql, database, since, instance, contact_ms, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}

enum status request_forget_upstream(struct outbox *outbox, const char *database,
                                    const char *instance, struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = sql_exec(sql,
                          "UPDATE request_event SET acknowledged = 0;"
                          "UPDATE evidence SET upstream = NULL;"
                          "UPDATE request SET upstream_rev = NULL, sending = 0, unsent ="
                          " iif(closed_here, 0, (SELECT count(*) FROM request_event"
                          " WHERE request = request.id))",
                          error);
    if (status == STATUS_OK)
        status = write_position(sql, database, NULL, instance, 0, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}
