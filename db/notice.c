#include "db/notice.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"

#include <string.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* --- words ------------------------------------------------------------------------------------ */

const char *notice_kind_name(enum notice_kind kind)
{
    static const char *const names[] = {
#define NOTICE_WIRE(name, wire, sentence) wire,
        NOTICE_LIST(NOTICE_WIRE)
#undef NOTICE_WIRE
    };

    return names[kind];
}

const char *notice_severity_name(enum notice_severity severity)
{
    static const char *const names[] = {"info", "warning", "alarm"};

    return names[severity];
}

/* --- raising ---------------------------------------------------------------------------------- */

/* A text cut where a character ends; NULL gives "". */
static json_t *bounded_text(const char *text)
{
    size_t length = text ? strlen(text) : 0;

    if (length > NOTICE_VALUE_MAX) {
        length = NOTICE_VALUE_MAX;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
    }
    return json_stringn(text ? text : "", length);
}

static enum status print_parameters(const struct notice_new *notice, struct buf *out,
                                    struct error *error)
{
    json_t *object = json_object();
    bool ok = object != NULL;

    for (size_t i = 0; i < notice->parameter_count; i++)
        json_put(object, notice->parameters[i].name, bounded_text(notice->parameters[i].value),
                 &ok);
    enum status status = ok ? json_print(object, out, error) : error_nomem(error);
    json_decref(object);
    return status;
}

static enum status check_new(const struct notice_new *notice, struct error *error)
{
    if (!notice->cause || !notice->cause[0] || strlen(notice->cause) > NOTICE_CAUSE_MAX ||
        notice->parameter_count > NOTICE_PARAMETERS_MAX)
        return error_set(error, STATUS_INTERNAL, _("A notice was raised without a cause."));
    return STATUS_OK;
}

static void bind_notice(struct stmt *stmt, const struct notice_new *notice,
                        const struct buf *parameters)
{
    stmt_bind_text(stmt, 1, notice->cause);
    stmt_bind_text(stmt, 2, notice->account ? notice->account : "");
    stmt_bind_text(stmt, 3, notice_kind_name(notice->kind));
    stmt_bind_int(stmt, 4, notice->severity);
    stmt_bind_int(stmt, 5, clock_wall_ms());
    stmt_bind_text(stmt, 6, subject_kind_name(notice->subject_kind));
    stmt_bind_text(stmt, 7, notice->subject);
    stmt_bind_text(stmt, 8, notice->dataset);
    stmt_bind_text(stmt, 9, notice->record);
    stmt_bind_text(stmt, 10, notice->request);
    stmt_bind_text_n(stmt, 11, buf_text(parameters), parameters->length);
}

static enum status insert(struct sql *sql, const struct notice_new *notice,
                          const struct buf *parameters, struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(sql,
                      "INSERT OR IGNORE INTO notice(cause, account, kind, severity, at_ms,"
                      " subject_kind, subject, dataset, record, request, parameters)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    bind_notice(stmt, notice, parameters);
    return stmt_run(stmt, error);
}

/* Seen and old: gone, and with it the marks. */
static enum status forget_old(struct sql *sql, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(sql,
                                       "DELETE FROM notice WHERE at_ms < ?1 AND"
                                       " id IN (SELECT notice FROM notice_seen)",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, clock_wall_ms() - NOTICE_KEPT_DAYS * DAY_MS);
    status = stmt_run(stmt, error);
    if (status == STATUS_OK && sql_changes(sql) > 0)
        status = sql_exec(
            sql, "DELETE FROM notice_seen WHERE notice NOT IN (SELECT id FROM notice)", error);
    return status;
}

enum status notice_store(struct sql *outbox, const struct notice_new *notice, bool *added,
                         struct error *error)
{
    struct buf parameters = {0};
    enum status status = check_new(notice, error);

    if (status == STATUS_OK)
        status = print_parameters(notice, &parameters, error);
    if (status == STATUS_OK)
        status = insert(outbox, notice, &parameters, error);
    buf_release(&parameters);
    if (status != STATUS_OK)
        return status;
    bool inserted = sql_changes(outbox) > 0;
    if (inserted)
        status = forget_old(outbox, error);
    if (status == STATUS_OK && added)
        *added = inserted;
    return status;
}

enum status notice_raise(struct outbox *outbox, const struct notice_new *notice, bool *added,
                         struct error *error)
{
    bool inserted = false;
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = notice_store(sql, notice, &inserted, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    if (status == STATUS_OK && added)
        *added = inserted;
    return status;
}

/* --- seeing ----------------------------------------------------------------------------------- */

static enum status see_one(struct sql *sql, const char *account, int64_t id, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        sql, "SELECT 1 FROM notice WHERE id = ?1 AND account IN ('', ?2)", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, account);
    status = stmt_step(stmt, &row, error);
    stmt_reset(stmt);
    if (status == STATUS_OK && !row)
        status = error_set(error, STATUS_NOT_FOUND, _("There is no notice %lld for you."),
                           (long long)id);
    if (status == STATUS_OK)
        status = sql_statement(
            sql, "INSERT OR IGNORE INTO notice_seen(notice, account, at_ms) VALUES(?1, ?2, ?3)",
            &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, account);
    stmt_bind_int(stmt, 3, clock_wall_ms());
    return stmt_run(stmt, error);
}

enum status notice_see(struct outbox *outbox, const struct session *session, const int64_t *ids,
                       size_t count, struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = see_one(sql, session->account, ids[i], error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}

static enum status see_all(struct sql *sql, const char *account, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(sql,
                                       "INSERT OR IGNORE INTO notice_seen(notice, account, at_ms)"
                                       " SELECT id, ?1, ?2 FROM notice WHERE account IN ('', ?1)",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, account);
    stmt_bind_int(stmt, 2, clock_wall_ms());
    return stmt_run(stmt, error);
}

enum status notice_see_all(struct outbox *outbox, const struct session *session,
                           struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = see_all(sql, session->account, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}
