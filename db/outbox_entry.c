#include "db/outbox_entry.h"

#include "base/i18n.h"
#include "db/base64.h"
#include "db/request_doc.h"
#include "db/request_store.h"

#include <string.h>

json_t *outbox_entry_new(const char *kind)
{
    json_t *entry = json_object();
    bool ok = entry != NULL;

    json_put_text(entry, "entry", kind, &ok);
    if (ok)
        return entry;
    json_decref(entry);
    return NULL;
}

static enum status raise_mono(struct sql *sql, int64_t mono, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        sql,
        "INSERT INTO setting(key, value) VALUES('event.mono', ?1) ON CONFLICT(key) DO UPDATE"
        " SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))",
        &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, mono);
    return stmt_run(stmt, error);
}

/* Events made here are numbered 1, 2, 3 …; the next number must survive a rebuilt database. */
static enum status keep_highest_mono(struct sql *sql, const json_t *events, struct error *error)
{
    json_int_t highest = 0;

    for (size_t i = 0; i < json_array_size(events); i++) {
        json_int_t mono = json_int(json_array_get(events, i), "mono", 0);
        highest = mono > highest ? mono : highest;
    }
    return raise_mono(sql, highest, error);
}

static enum status mark_made_here(struct sql *sql, const char *request, const json_t *events,
                                  struct error *error)
{
    struct stmt *stmt;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < json_array_size(events) && status == STATUS_OK; i++) {
        status = sql_statement(sql,
                               "UPDATE request_event SET made_here = 1"
                               " WHERE request = ?1 AND id = ?2",
                               &stmt, error);
        if (status != STATUS_OK)
            break;
        stmt_bind_text(stmt, 1, request);
        stmt_bind_text(stmt, 2, json_text(json_array_get(events, i), "id", ""));
        status = stmt_run(stmt, error);
    }
    return status;
}

/* What was held is decided. When the upstream was never offered the request and it is withdrawn
 * now, there is nothing to send. */
static enum status settle_hold(struct sql *sql, const char *request, struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(sql,
                      "UPDATE request SET hold_kind = NULL, hold_reason = NULL, defer_reason ="
                      " NULL, closed_here = (offered = 0 AND upstream_rev IS NULL"
                      " AND state = 'withdrawn') WHERE id = ?1",
                      &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, request);
    status = stmt_run(stmt, error);
    return status == STATUS_OK ? store_refresh(sql, request, error) : status;
}

static enum status apply_events(struct sql *sql, const char *request, const json_t *events,
                                bool *changed, struct error *error)
{
    bool added = false;
    enum status status = store_events(sql, request, events, &added, error);

    if (status == STATUS_OK)
        status = mark_made_here(sql, request, events, error);
    if (status == STATUS_OK)
        status = keep_highest_mono(sql, events, error);
    if (status == STATUS_OK)
        status = store_refresh(sql, request, error);
    if (status == STATUS_OK)
        *changed = *changed || added;
    return status;
}

static enum status apply_evidence(struct sql *sql, const char *request, const json_t *item,
                                  struct error *error)
{
    const json_t *encoded = json_object_get(item, "data");
    const char *text = json_string_value(encoded);
    struct buf data = {0};
    enum status status = STATUS_OK;

    if (!text || !base64_decode(text, json_string_length(encoded), &data))
        status = buf_failed(&data) ? error_nomem(error)
                                   : error_set(error, STATUS_INVALID,
                                               _("An attachment in outbox.log is unreadable."));
    if (status == STATUS_OK)
        status = store_evidence(sql, request, item, buf_text(&data), data.length, error);
    buf_release(&data);
    return status;
}

static enum status apply_act(struct sql *sql, const json_t *entry, bool *changed,
                             struct error *error)
{
    const char *request = json_text(entry, "request", "");
    bool added = false;
    enum status status =
        apply_events(sql, request, json_object_get(entry, "events"), &added, error);

    if (status == STATUS_OK && added && json_bool(entry, "resolves", false))
        status = settle_hold(sql, request, error);
    if (status == STATUS_OK)
        *changed = *changed || added;
    return status;
}

static enum status apply_raise(struct sql *sql, const json_t *entry, bool *changed,
                               struct error *error)
{
    const json_t *frozen = json_object_get(entry, "request");
    const json_t *evidence = json_object_get(entry, "evidence");
    const char *request = json_text(frozen, "_id", "");
    enum status status = store_frozen(sql, frozen, true, changed, error);

    for (size_t i = 0; i < json_array_size(evidence) && status == STATUS_OK; i++)
        status = apply_evidence(sql, request, json_array_get(evidence, i), error);
    if (status == STATUS_OK)
        status = apply_events(sql, request, json_object_get(entry, "events"), changed, error);
    const json_t *old = json_object_get(entry, "resubmits");
    return status == STATUS_OK && old ? apply_act(sql, old, changed, error) : status;
}

static enum status apply_account(struct sql *sql, const json_t *entry, bool *changed,
                                 struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        sql,
        "INSERT INTO account(name, roles, locked, created_ms, revision, passphrase)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(name) DO UPDATE SET roles = excluded.roles,"
        " locked = excluded.locked, revision = excluded.revision,"
        " passphrase = excluded.passphrase, failures = 0 WHERE excluded.revision > revision",
        &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, json_text(entry, "name", ""));
    stmt_bind_int(stmt, 2, json_int(entry, "roles", 0));
    stmt_bind_int(stmt, 3, json_bool(entry, "locked", false));
    stmt_bind_int(stmt, 4, json_int(entry, "created_ms", 0));
    stmt_bind_int(stmt, 5, json_int(entry, "revision", 0));
    stmt_bind_text(stmt, 6, json_text(entry, "passphrase", ""));
    status = stmt_run(stmt, error);
    if (status == STATUS_OK)
        *changed = sql_changes(sql) > 0;
    return status;
}

static enum status apply_mark(struct sql *sql, const json_t *entry, bool *changed,
                              struct error *error)
{
    *changed = false;
    return raise_mono(sql, json_int(entry, "mono", 0), error);
}

enum status outbox_entry_apply(struct sql *sql, const json_t *entry, bool *changed,
                               struct error *error)
{
    static const struct {
        const char *kind;
        enum status (*apply)(struct sql *sql, const json_t *entry, bool *changed,
                             struct error *error);
    } kinds[] = {{"raise", apply_raise},
                 {"act", apply_act},
                 {"account", apply_account},
                 {"mark", apply_mark}};
    const char *kind = json_text(entry, "entry", "");

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kind, kinds[i].kind) == 0)
            return kinds[i].apply(sql, entry, changed, error);
    return error_set(error, STATUS_UNSUPPORTED,
                     _("An entry of outbox.log was written by a newer version of this program."));
}
