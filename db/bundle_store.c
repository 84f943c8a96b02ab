#include "db/bundle_store.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "db/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX 1000

/* --- one statement in one transaction --------------------------------------------------------- */

/* A value to bind; a text that is NULL counts as its number. */
struct value {
    const char *text;
    int64_t number;
};

static enum status run(struct sql *sql, const char *literal, const struct value *values,
                       size_t count, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(sql, literal, &stmt, error);

    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        if (values[i].text)
            stmt_bind_text(stmt, (int)i + 1, values[i].text);
        else
            stmt_bind_int(stmt, (int)i + 1, values[i].number);
    }
    return stmt_run(stmt, error);
}

static enum status run_alone(struct outbox *outbox, const char *literal, const struct value *values,
                             size_t count, struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = run(sql, literal, values, count, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}

#define COUNT(values) (sizeof(values) / sizeof *(values))

/* --- leaving ---------------------------------------------------------------------------------- */

enum status bundle_next_number(struct outbox *outbox, int64_t *number, struct error *error)
{
    int64_t last = 0;
    struct sql *sql = outbox_lock(outbox);
    enum status status =
        sql_integer(sql, "SELECT coalesce(max(number), 0) FROM bundle_out", &last, error);

    outbox_unlock(outbox);
    if (status == STATUS_OK)
        *number = last + 1;
    return status;
}

static void add_receipt(struct stmt *stmt, json_t *receipts, int64_t *untold, bool *ok)
{
    char at[INSTANT_TEXT_MAX];
    json_t *receipt = json_object();

    instant_format(stmt_int(stmt, 2), at);
    json_put_text(receipt, "origin", stmt_text(stmt, 0), ok);
    json_put(receipt, "number", json_integer(stmt_int(stmt, 1)), ok);
    json_put_text(receipt, "at", at, ok);
    json_add(receipts, receipt, ok);
    *untold += stmt_int(stmt, 3) == 0;
}

static enum status read_receipts(struct sql *sql, json_t *receipts, int64_t *untold,
                                 struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    bool ok = true;
    enum status status =
        sql_statement(sql,
                      "SELECT origin, number, finished_ms, told_in FROM bundle_in AS one"
                      " WHERE finished_ms > 0 AND number > (SELECT max(number) FROM bundle_in"
                      " WHERE origin = one.origin) - 100 ORDER BY origin, number",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    while (ok && (status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
        add_receipt(stmt, receipts, untold, &ok);
    stmt_reset(stmt);
    return ok ? status : error_nomem(error);
}

enum status bundle_receipts_to_tell(struct outbox *outbox, json_t **out, int64_t *untold,
                                    struct error *error)
{
    int64_t count = 0;
    json_t *receipts = json_array();

    if (!receipts)
        return error_nomem(error);
    enum status status = read_receipts(outbox_lock(outbox), receipts, &count, error);
    outbox_unlock(outbox);
    if (status != STATUS_OK) {
        json_decref(receipts);
        return status;
    }
    *out = receipts;
    *untold = count;
    return STATUS_OK;
}

static enum status add_request(struct sql *sql, int64_t number, const json_t *request,
                               struct error *error)
{
    struct buf events = {0};
    enum status status = json_print(json_object_get(request, "events"), &events, error);

    if (status == STATUS_OK) {
        const struct value values[] = {{NULL, number},
                                       {json_text(request, "id", ""), 0},
                                       {json_text(request, "rev", ""), 0},
                                       {buf_text(&events), 0}};
        status = run(sql, "INSERT INTO bundle_out_request VALUES(?1, ?2, ?3, ?4)", values,
                     COUNT(values), error);
    }
    buf_release(&events);
    return status;
}

static enum status mark_told(struct sql *sql, int64_t number, const json_t *receipt,
                             struct error *error)
{
    const struct value values[] = {{json_text(receipt, "origin", ""), 0},
                                   {NULL, json_int(receipt, "number", 0)},
                                   {NULL, number}};

    return run(sql,
               "UPDATE bundle_in SET told_in = ?3 WHERE origin = ?1 AND number = ?2"
               " AND told_in = 0",
               values, COUNT(values), error);
}

static enum status insert_departure(struct sql *sql, const struct bundle_departure *departure,
                                    struct error *error)
{
    const struct value values[] = {{NULL, departure->number},
                                   {NULL, clock_wall_ms()},
                                   {departure->file, 0},
                                   {departure->recipient, 0},
                                   {NULL, (int64_t)json_array_size(departure->requests)}};
    enum status status = run(sql,
                             "INSERT INTO bundle_out(number, created_ms, file, recipient, requests)"
                             " VALUES(?1, ?2, ?3, ?4, ?5)",
                             values, COUNT(values), error);

    for (size_t i = 0; i < json_array_size(departure->requests) && status == STATUS_OK; i++)
        status = add_request(sql, departure->number, json_array_get(departure->requests, i), error);
    for (size_t i = 0; i < json_array_size(departure->receipts) && status == STATUS_OK; i++)
        status = mark_told(sql, departure->number, json_array_get(departure->receipts, i), error);
    return status;
}

enum status bundle_departed(struct outbox *outbox, const struct bundle_departure *departure,
                            struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = insert_departure(sql, departure, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}

enum status bundle_recall(struct outbox *outbox, int64_t number, struct error *error)
{
    const struct value values[] = {{NULL, number}};
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = run(sql, "DELETE FROM bundle_out_request WHERE number = ?1", values, 1, error);
    if (status == STATUS_OK)
        status = run(sql, "DELETE FROM bundle_out WHERE number = ?1", values, 1, error);
    if (status == STATUS_OK)
        status = run(sql, "UPDATE bundle_in SET told_in = 0 WHERE told_in = ?1", values, 1, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}

/* --- confirmed -------------------------------------------------------------------------------- */

static enum status note_receipt(struct sql *sql, int64_t number, int64_t at_ms, bool *there,
                                struct error *error)
{
    const struct value values[] = {{NULL, number}, {NULL, at_ms}};
    struct stmt *stmt;
    enum status status =
        sql_statement(sql, "SELECT 1 FROM bundle_out WHERE number = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, number);
    status = stmt_step(stmt, there, error);
    stmt_reset(stmt);
    if (status != STATUS_OK || !*there)
        return status;
    return run(sql, "UPDATE bundle_out SET receipt_ms = ?2 WHERE number = ?1 AND receipt_ms = 0",
               values, COUNT(values), error);
}

/* Those that still have something unproved. */
static enum status read_exported(struct sql *sql, int64_t number, json_t *list, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    bool ok = true;
    enum status status =
        sql_statement(sql,
                      "SELECT e.request, e.rev, e.events FROM bundle_out_request e"
                      " JOIN request r ON r.id = e.request WHERE e.number = ?1 AND r.unsent > 0",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, number);
    while (ok && (status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char *events = stmt_text(stmt, 2);
        json_t *ids = NULL;
        json_t *one = json_object();
        status = json_parse(events ? events : "", events ? strlen(events) : 0, &ids, error);
        json_put_text(one, "id", stmt_text(stmt, 0), &ok);
        json_put_text(one, "rev", stmt_text(stmt, 1), &ok);
        json_put(one, "events", ids, &ok);
        json_add(list, one, &ok);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return ok ? status : error_nomem(error);
}

static const char *refusal_of(const json_t *refused, const char *id)
{
    for (size_t i = 0; i < json_array_size(refused); i++) {
        const json_t *one = json_array_get(refused, i);
        if (strcmp(json_text(one, "id", ""), id) == 0)
            return json_text(one, "reason", "");
    }
    return NULL;
}

static enum status settle_request(struct outbox *outbox, const json_t *exported,
                                  const json_t *refused, int64_t *delivered, struct error *error)
{
    struct outgoing outgoing = {.event_ids = json_object_get(exported, "events")};
    char reason[ERROR_TEXT_MAX];

    snprintf(outgoing.id, sizeof outgoing.id, "%s", json_text(exported, "id", ""));
    const char *words = refusal_of(refused, outgoing.id);
    if (words) {
        snprintf(reason, sizeof reason, _("The platform refused it: %.300s"), words);
        return request_hold(outbox, outgoing.id, status_name(STATUS_REFUSED), reason, error);
    }
    ++*delivered;
    return request_acknowledge(outbox, &outgoing, json_text(exported, "rev", ""), error);
}

/* A crash in between leaves requests queued; the receipt may come again. */
static enum status settle_requests(struct outbox *outbox, const json_t *list, const json_t *refused,
                                   int64_t *delivered, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < json_array_size(list) && status == STATUS_OK; i++)
        status = settle_request(outbox, json_array_get(list, i), refused, delivered, error);
    return status;
}

enum status bundle_confirm(struct outbox *outbox, int64_t number, int64_t at_ms,
                           const json_t *refused, int64_t *delivered, struct error *error)
{
    bool there = false;
    json_t *list = json_array();
    struct sql *sql = outbox_lock(outbox);
    enum status status = list ? sql_begin(sql, error) : error_nomem(error);

    if (status == STATUS_OK)
        status = note_receipt(sql, number, at_ms, &there, error);
    if (status == STATUS_OK && there)
        status = read_exported(sql, number, list, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    if (status == STATUS_OK && !there)
        status = error_set(error, STATUS_NOT_FOUND, _("No bundle %lld was exported here."),
                           (long long)number);
    if (status == STATUS_OK)
        status = settle_requests(outbox, list, refused, delivered, error);
    json_decref(list);
    return status;
}

/* --- arriving --------------------------------------------------------------------------------- */

static enum status look_up_number(struct sql *sql, const struct bundle_arrival *arrival,
                                  enum bundle_known *known, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        sql, "SELECT digest, finished_ms FROM bundle_in WHERE origin = ?1 AND number = ?2", &stmt,
        error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, arrival->origin);
    stmt_bind_int(stmt, 2, arrival->number);
    status = stmt_step(stmt, &row, error);
    *known = BUNDLE_NEW;
    if (status == STATUS_OK && row) {
        const char *digest = stmt_text(stmt, 0);
        bool same = digest && strcmp(digest, arrival->digest) == 0;
        bool finished = stmt_int(stmt, 1) > 0;
        *known = finished ? (same ? BUNDLE_FINISHED : BUNDLE_ANOTHER)
                          : (same ? BUNDLE_BEGUN : BUNDLE_NEW);
    }
    stmt_reset(stmt);
    return status;
}

static enum status look_up_last(struct sql *sql, const char *origin, int64_t *last,
                                struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(sql,
                                       "SELECT coalesce(max(number), 0) FROM bundle_in"
                                       " WHERE origin = ?1 AND finished_ms > 0",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, origin);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row)
        *last = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return status;
}

enum status bundle_look_up(struct outbox *outbox, const struct bundle_arrival *arrival,
                           enum bundle_known *known, int64_t *last, struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    enum status status = look_up_number(sql, arrival, known, error);

    if (status == STATUS_OK)
        status = look_up_last(sql, arrival->origin, last, error);
    outbox_unlock(outbox);
    return status;
}

enum status bundle_begin(struct outbox *outbox, const struct bundle_arrival *arrival,
                         struct error *error)
{
    const struct value values[] = {{arrival->origin, 0}, {NULL, arrival->number},
                                   {arrival->digest, 0}, {arrival->created_at, 0},
                                   {arrival->signer, 0}, {NULL, clock_wall_ms()}};

    return run_alone(outbox,
                     "INSERT INTO bundle_in(origin, number, digest, created_at, signer, begun_ms)"
                     " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(origin, number) DO UPDATE"
                     " SET digest = ?3, created_at = ?4, signer = ?5, begun_ms = ?6",
                     values, COUNT(values), error);
}

enum status bundle_finish(struct outbox *outbox, const struct bundle_arrival *arrival, int64_t rows,
                          struct error *error)
{
    const struct value values[] = {
        {arrival->origin, 0}, {NULL, arrival->number}, {NULL, clock_wall_ms()}, {NULL, rows}};

    return run_alone(outbox,
                     "UPDATE bundle_in SET finished_ms = ?3, rows = ?4"
                     " WHERE origin = ?1 AND number = ?2",
                     values, COUNT(values), error);
}

enum status bundle_position(struct outbox *outbox, const char *origin, const char *database,
                            struct buf *since, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_statement(
        sql, "SELECT since FROM bundle_page WHERE origin = ?1 AND database = ?2", &stmt, error);

    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, origin);
        stmt_bind_text(stmt, 2, database);
        status = stmt_step(stmt, &row, error);
        buf_clear(since);
        const char *text = status == STATUS_OK && row ? stmt_text(stmt, 0) : NULL;
        buf_str(since, text ? text : "");
        stmt_reset(stmt);
    }
    outbox_unlock(outbox);
    return status == STATUS_OK && buf_failed(since) ? error_nomem(error) : status;
}

enum status bundle_set_position(struct outbox *outbox, const char *origin, const char *database,
                                const char *since, struct error *error)
{
    const struct value values[] = {{origin, 0}, {database, 0}, {since, 0}};

    return run_alone(outbox,
                     "INSERT INTO bundle_page(origin, database, since) VALUES(?1, ?2, ?3)"
                     " ON CONFLICT(origin, database) DO UPDATE SET since = ?3",
                     values, COUNT(values), error);
}

/* --- signers ---------------------------------------------------------------------------------- */

enum status bundle_signer_known(struct outbox *outbox, const char *fingerprint, bool *known,
                                struct error *error)
{
    struct stmt *stmt;
    struct sql *sql = outbox_lock(outbox);
    enum status status =
        sql_statement(sql, "SELECT 1 FROM bundle_signer WHERE fingerprint = ?1", &stmt, error);

    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, fingerprint);
        status = stmt_step(stmt, known, error);
        stmt_reset(stmt);
    }
    outbox_unlock(outbox);
    return status;
}

enum status bundle_signer_trust(struct outbox *outbox, const char *fingerprint, const char *name,
                                const char *account, struct error *error)
{
    const struct value values[] = {
        {fingerprint, 0}, {name, 0}, {account, 0}, {NULL, clock_wall_ms()}};

    return run_alone(outbox,
                     "INSERT INTO bundle_signer(fingerprint, name, account, at_ms)"
                     " VALUES(?1, ?2, ?3, ?4) ON CONFLICT(fingerprint) DO NOTHING",
                     values, COUNT(values), error);
}

/* --- for people ------------------------------------------------------------------------------- */

struct owned_list {
    struct bundle_list list; /* first: what the caller holds */
    struct arena *arena;
    struct bundle_out_row *out;
    struct bundle_in_row *in;
};

static enum status list_out(struct sql *sql, struct owned_list *owned, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        sql,
        "SELECT number, created_ms, file, recipient, requests, receipt_ms,"
        " (SELECT count(*) FROM bundle_out_request e JOIN request r ON r.id = e.request"
        "  WHERE e.number = bundle_out.number AND r.unsent > 0)"
        " FROM bundle_out ORDER BY number DESC LIMIT ?1",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, LIST_MAX);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        struct bundle_out_row *out =
            arena_push(owned->arena, &owned->out, &owned->list.out_count, sizeof *out);
        if (!out)
            break;
        *out = (struct bundle_out_row){.number = stmt_int(stmt, 0),
                                       .created_ms = stmt_int(stmt, 1),
                                       .file = arena_str(owned->arena, stmt_text(stmt, 2)),
                                       .recipient = arena_str(owned->arena, stmt_text(stmt, 3)),
                                       .requests = stmt_int(stmt, 4),
                                       .receipt_ms = stmt_int(stmt, 5),
                                       .waiting = stmt_int(stmt, 6)};
    }
    stmt_reset(stmt);
    return status;
}

static enum status list_in(struct sql *sql, struct owned_list *owned, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(sql,
                      "SELECT origin, number, created_at, signer, finished_ms, rows, told_in"
                      " FROM bundle_in ORDER BY begun_ms DESC, number DESC LIMIT ?1",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, LIST_MAX);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        struct bundle_in_row *in =
            arena_push(owned->arena, &owned->in, &owned->list.in_count, sizeof *in);
        if (!in)
            break;
        *in = (struct bundle_in_row){.origin = arena_str(owned->arena, stmt_text(stmt, 0)),
                                     .number = stmt_int(stmt, 1),
                                     .created_at = arena_str(owned->arena, stmt_text(stmt, 2)),
                                     .signer = arena_str(owned->arena, stmt_text(stmt, 3)),
                                     .finished_ms = stmt_int(stmt, 4),
                                     .rows = stmt_int(stmt, 5),
                                     .told_in = stmt_int(stmt, 6)};
    }
    stmt_reset(stmt);
    return status;
}

enum status bundle_list(struct reader *reader, struct bundle_list **list, struct error *error)
{
    struct owned_list *owned = calloc(1, sizeof *owned);

    if (!owned)
        return error_nomem(error);
    owned->arena = arena_new();
    enum status status = owned->arena ? STATUS_OK : error_nomem(error);
    if (status == STATUS_OK)
        status = list_out(reader_outbox(reader), owned, error);
    if (status == STATUS_OK)
        status = list_in(reader_outbox(reader), owned, error);
    if (status == STATUS_OK && arena_failed(owned->arena))
        status = error_nomem(error);
    owned->list.out = owned->out;
    owned->list.in = owned->in;
    if (status != STATUS_OK) {
        bundle_list_free(&owned->list);
        return status;
    }
    *list = &owned->list;
    return STATUS_OK;
}

void bundle_list_free(struct bundle_list *list)
{
    struct owned_list *owned = (struct owned_list *)list;

    if (!owned)
        return;
    arena_free(owned->arena);
    free(owned);
}
