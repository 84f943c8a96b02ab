#include "db/request_store.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/random.h"
#include "db/request_news.h"

#include <string.h>

#define OFFSET_MAX_MS ((json_int_t)400 * 24 * 3600 * 1000) /* more than that is nonsense */

/* --- the frozen part -------------------------------------------------------------------------- */

static enum status insert_frozen(struct sql *sql, const json_t *frozen, bool born_here,
                                 struct error *error)
{
    const json_t *subject = json_object_get(frozen, "subject");
    struct buf text = {0};
    struct stmt *stmt;
    enum status status = json_print(frozen, &text, error);

    if (status == STATUS_OK)
        status = sql_statement(sql,
                               "INSERT OR IGNORE INTO request(id, hash, kind, dataset, record,"
                               " subject_kind, subject, station, origin, born_here, frozen)"
                               " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                               &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, json_text(frozen, "_id", ""));
        stmt_bind_text(stmt, 2, json_text(frozen, "hash", ""));
        stmt_bind_text(stmt, 3, json_text(frozen, "kind", ""));
        stmt_bind_text(stmt, 4, json_text(frozen, "dataset", ""));
        stmt_bind_text(stmt, 5, json_text(frozen, "record", ""));
        stmt_bind_text(stmt, 6, json_text(subject, "kind", ""));
        stmt_bind_text(stmt, 7, json_text(subject, "id", ""));
        stmt_bind_text(stmt, 8, json_text(frozen, "station", ""));
        stmt_bind_text(stmt, 9, json_text(frozen, "origin", ""));
        stmt_bind_int(stmt, 10, born_here);
        stmt_bind_text_n(stmt, 11, buf_text(&text), text.length);
        status = stmt_run(stmt, error);
    }
    buf_release(&text);
    return status;
}

static enum status compare_hash(struct sql *sql, const json_t *frozen, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(sql, "SELECT hash = ?2 FROM request WHERE id = ?1", &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, json_text(frozen, "_id", ""));
    stmt_bind_text(stmt, 2, json_text(frozen, "hash", ""));
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && (!row || !stmt_int(stmt, 0)))
        status = error_set(error, STATUS_CORRUPT,
                           _("There are two different requests with the number %s."),
                           json_text(frozen, "_id", ""));
    stmt_reset(stmt);
    return status;
}

enum status store_frozen(struct sql *sql, const json_t *frozen, bool born_here, bool *added,
                         struct error *error)
{
    enum status status = insert_frozen(sql, frozen, born_here, error);

    if (status != STATUS_OK)
        return status;
    bool inserted = sql_changes(sql) > 0;
    if (!inserted)
        status = compare_hash(sql, frozen, error);
    if (status == STATUS_OK)
        *added = inserted;
    return status;
}

/* --- events and evidence ---------------------------------------------------------------------- */

static enum status insert_event(struct sql *sql, const char *request, const json_t *event,
                                struct error *error)
{
    struct buf text = {0};
    struct stmt *stmt;
    int64_t at = 0;
    enum status status = json_print(event, &text, error);

    if (!instant_parse(json_text(event, "at", ""), &at))
        at = 0;
    json_int_t offset = json_int(event, "offset_ms", 0);
    if (at > 0 && offset > -OFFSET_MAX_MS && offset < OFFSET_MAX_MS)
        at += offset; /* by the upstream's clock, which all stations share */
    if (status == STATUS_OK)
        status = sql_statement(sql,
                               "INSERT OR IGNORE INTO request_event(request, id, at_ms, body)"
                               " VALUES(?1, ?2, ?3, ?4)",
                               &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, request);
        stmt_bind_text(stmt, 2, json_text(event, "id", ""));
        stmt_bind_int(stmt, 3, at);
        stmt_bind_text_n(stmt, 4, buf_text(&text), text.length);
        status = stmt_run(stmt, error);
    }
    buf_release(&text);
    return status;
}

enum status store_events(struct sql *sql, const char *request, const json_t *events, bool *added,
                         struct error *error)
{
    bool any = false;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < json_array_size(events) && status == STATUS_OK; i++) {
        status = insert_event(sql, request, json_array_get(events, i), error);
        any = any || (status == STATUS_OK && sql_changes(sql) > 0);
    }
    if (status == STATUS_OK)
        *added = any;
    return status;
}

enum status store_evidence(struct sql *sql, const char *request, const json_t *item,
                           const void *data, size_t length, struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(sql,
                      "INSERT INTO evidence(request, name, type, length, sha256, data)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(request, name) DO UPDATE"
                      " SET data = coalesce(data, excluded.data)",
                      &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, request);
    stmt_bind_text(stmt, 2, json_text(item, "name", ""));
    stmt_bind_text(stmt, 3, json_text(item, "type", ""));
    stmt_bind_int(stmt, 4, json_int(item, "length", 0));
    stmt_bind_text(stmt, 5, json_text(item, "sha256", ""));
    if (data)
        stmt_bind_blob(stmt, 6, data, length);
    return stmt_run(stmt, error);
}

/* --- loading ---------------------------------------------------------------------------------- */

static enum status append_event(json_t *events, struct stmt *stmt, struct error *error)
{
    const char *text = stmt_text(stmt, 0);
    json_t *event = NULL;
    bool ok = true;
    enum status status = text ? json_parse(text, strlen(text), &event, error) : error_nomem(error);

    if (status != STATUS_OK)
        return status;
    json_add(events, event, &ok);
    return ok ? STATUS_OK : error_nomem(error);
}

enum status store_load_events(struct sql *sql, const char *request, json_t **out,
                              struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    json_t *events = json_array();
    if (!events)
        return error_nomem(error);

    enum status status = sql_statement(
        sql, "SELECT body FROM request_event WHERE request = ?1 ORDER BY id", &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, request);
        while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
            if ((status = append_event(events, stmt, error)) != STATUS_OK)
                break;
        stmt_reset(stmt);
    }
    if (status != STATUS_OK) {
        json_decref(events);
        return status;
    }
    *out = events;
    return STATUS_OK;
}

static enum status load_frozen(struct sql *sql, const char *request, json_t **frozen,
                               struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(sql, "SELECT frozen FROM request WHERE id = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, request);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && !row)
        status = error_set(error, STATUS_NOT_FOUND, _("There is no request %s."), request);
    if (status == STATUS_OK) {
        const char *text = stmt_text(stmt, 0);
        status = text ? json_parse(text, strlen(text), frozen, error) : error_nomem(error);
    }
    stmt_reset(stmt);
    return status;
}

enum status store_load(struct sql *sql, const char *request, json_t **frozen, json_t **events,
                       struct error *error)
{
    json_t *part = NULL;
    enum status status = load_frozen(sql, request, &part, error);

    if (status == STATUS_OK && events)
        status = store_load_events(sql, request, events, error);
    if (status != STATUS_OK) {
        json_decref(part);
        return status;
    }
    *frozen = part;
    return STATUS_OK;
}

/* --- the fold in columns ---------------------------------------------------------------------- */

static enum status write_fold(struct sql *sql, const char *request, const struct request_fold *fold,
                              struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(sql,
                      "UPDATE request SET state = ?2, final = ?3, maker = ?4, received_at = ?5,"
                      " (created_ms, last_event_ms, unsent) ="
                      " (SELECT coalesce(min(at_ms), 0), coalesce(max(at_ms), 0),"
                      " iif(request.closed_here, 0, coalesce(sum(acknowledged = 0), 0))"
                      "  FROM request_event WHERE request = ?1) WHERE id = ?1",
                      &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, request);
    stmt_bind_text(stmt, 2, request_state_name(fold->state));
    stmt_bind_int(stmt, 3, request_state_is_final(fold->state));
    stmt_bind_text(stmt, 4, fold->maker);
    stmt_bind_text(stmt, 5, fold->received_at);
    return stmt_run(stmt, error);
}

enum status store_refresh(struct sql *sql, const char *request, struct error *error)
{
    struct request_fold fold;
    json_t *events = NULL;
    struct arena *arena = arena_new();
    if (!arena)
        return error_nomem(error);

    enum status status = store_load_events(sql, request, &events, error);
    if (status == STATUS_OK)
        status = request_fold_events(events, arena, &fold, error);
    if (status == STATUS_OK)
        status = request_news_tell(sql, request, &fold, error);
    if (status == STATUS_OK)
        status = request_news_overtaken(sql, request, &fold, error);
    if (status == STATUS_OK)
        status = write_fold(sql, request, &fold, error);
    json_decref(events);
    arena_free(arena);
    return status;
}

/* --- events made here ------------------------------------------------------------------------- */

static enum status integer_setting(struct sql *sql, const char *key, int64_t *value,
                                   struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        sql, "SELECT CAST(value AS INTEGER) FROM setting WHERE key = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, key);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK)
        *value = row ? stmt_int(stmt, 0) : 0;
    stmt_reset(stmt);
    return status;
}

enum status store_new_event(struct sql *sql, const struct session *session, bool reviews,
                            const char *action, const char *note, json_t **event,
                            struct error *error)
{
    char id[ULID_TEXT_MAX];
    char at[INSTANT_TEXT_MAX];
    int64_t mono = 0;
    int64_t offset_ms = 0;
    enum status status = integer_setting(sql, "event.mono", &mono, error);

    if (status == STATUS_OK)
        status = integer_setting(sql, "clock.offset_ms", &offset_ms, error);
    if (status == STATUS_OK)
        status = ulid_new_by(offset_ms, id, error);
    if (status != STATUS_OK)
        return status;
    instant_format(clock_wall_ms(), at);
    const struct request_event made = {.id = id,
                                       .at = at,
                                       .mono = mono + 1,
                                       .offset_ms = offset_ms,
                                       .by = session->account,
                                       .role = session_event_role(session, reviews),
                                       .action = action,
                                       .note = note && note[0] ? note : NULL};
    return request_event_json(&made, event, error);
}

enum status store_request_id(const char *text, char id[REQUEST_ID_MAX], struct error *error)
{
    if (request_id_normalise(text, id))
        return STATUS_OK;
    return error_set(error, STATUS_INVALID, _("\"%.64s\" is not the number of a request."), text);
}
