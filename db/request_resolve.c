#include "base/i18n.h"
#include "db/dossier.h"
#include "db/request_act.h"
#include "db/request_store.h"
#include "db/request_value.h"

#include <stdio.h>
#include <string.h>

/* --- the base --------------------------------------------------------------------------------- */

enum request_base request_compare_base(const json_t *request, const json_t *record)
{
    const json_t *changes = json_object_get(request, "changes");
    bool same = true;
    bool reached = true;

    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *change = json_array_get(changes, i);
        const char *field = json_text(change, "field", "");
        json_t *now = request_value_of_record(json_object_get(record, field));
        same = same && request_value_equal(now, json_object_get(change, "base"));
        reached = reached && request_value_equal(now, json_object_get(change, "proposed"));
        json_decref(now);
    }
    return same ? BASE_SAME : reached ? BASE_REACHED : BASE_CHANGED;
}

/* --- what is held ----------------------------------------------------------------------------- */

struct held {
    char id[REQUEST_ID_MAX];
    char dataset[128], record[300];
    char reason[512];    /* why it is held */
    char record_rev[96]; /* in the cache now, or REQUEST_NO_RECORD */
    bool withdrawn;
};

static void copy_column(char *out, size_t size, struct stmt *stmt, int column)
{
    const char *text = stmt_text(stmt, column);

    (void)snprintf(out, size, "%s", text ? text : "");
}

/* On either connection to the outbox. */
static enum status find_held(struct sql *sql, struct held *held, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(sql,
                                       "SELECT hold_kind IS NOT NULL, dataset, record,"
                                       " state = 'withdrawn', hold_reason FROM request"
                                       " WHERE id = ?1",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, held->id);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && !row)
        status = error_set(error, STATUS_NOT_FOUND, _("There is no request %s."), held->id);
    if (status == STATUS_OK && !stmt_int(stmt, 0))
        status = error_set(error, STATUS_REFUSED, _("This request is not held."));
    if (status == STATUS_OK) {
        copy_column(held->dataset, sizeof held->dataset, stmt, 1);
        copy_column(held->record, sizeof held->record, stmt, 2);
        held->withdrawn = stmt_int(stmt, 3) != 0;
        copy_column(held->reason, sizeof held->reason, stmt, 4);
    }
    stmt_reset(stmt);
    return status;
}

/* What the person who decides has before their eyes; a record that is not here is no failure. */
static enum status find_record_rev(struct reader *reader, struct held *held, struct error *error)
{
    struct error why = {0};
    json_t *body = NULL;

    memcpy(held->record_rev, REQUEST_NO_RECORD, sizeof REQUEST_NO_RECORD);
    if (!held->record[0])
        return STATUS_OK;
    enum status status =
        record_body(reader, held->dataset, held->record, &body, held->record_rev, &why);
    json_decref(body);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (error)
        *error = why;
    return status;
}

/* --- deciding --------------------------------------------------------------------------------- */

static enum status release(struct sql *sql, const struct held *held, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = sql_statement(sql,
                               "UPDATE request SET hold_kind = NULL, hold_reason = NULL,"
                               " defer_reason = NULL, accepted_rev = ?2 WHERE id = ?1",
                               &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, held->id);
        stmt_bind_text(stmt, 2, held->record_rev);
        status = stmt_run(stmt, error);
    }
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    return status;
}

/* The withdrawal and the end of the hold are one entry of outbox.log and one transaction. */
static enum status withdraw(struct outbox *outbox, struct sql *sql, const struct session *session,
                            const struct held *held, const char *note, struct error *error)
{
    const struct request_deed deed = {"withdraw", note};
    json_t *event = NULL;
    json_t *entry = NULL;
    bool ok = true;
    enum status status = request_act_event(sql, session, held->id, &deed, &event, error);

    if (status == STATUS_OK)
        status = request_act_entry(held->id, event, &entry, error);
    if (status == STATUS_OK) {
        json_put(entry, "resolves", json_true(), &ok);
        status = ok ? outbox_record(outbox, entry, error) : error_nomem(error);
    }
    json_decref(entry);
    json_decref(event);
    return status;
}

enum status request_resolve(struct outbox *outbox, struct reader *reader,
                            const struct session *session, const char *id,
                            enum resolution resolution, const char *note, struct error *error)
{
    struct held held = {0};

    if (!session_may_request(session))
        return error_set(error, STATUS_REFUSED,
                         _("Only a clerk or a supervisor may work on requests."));
    enum status status = store_request_id(id, held.id, error);
    if (status == STATUS_OK)
        status = find_held(reader_outbox(reader), &held, error);
    if (status == STATUS_OK)
        status = find_record_rev(reader, &held, error);
    if (status != STATUS_OK)
        return status;
    struct sql *sql = outbox_lock(outbox);
    status = find_held(sql, &held, error); /* somebody may have been quicker */
    if (status == STATUS_OK)
        status = resolution == RESOLVE_KEEP || held.withdrawn
                     ? release(sql, &held, error)
                     : withdraw(outbox, sql, session, &held, note && note[0] ? note : held.reason,
                                error);
    outbox_unlock(outbox);
    return status;
}
