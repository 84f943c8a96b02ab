#include "db/journal.h"

#include "base/clock.h"
#include "base/i18n.h"

#include <string.h>

#define FORM_MAX    ((size_t)64 << 10)
#define OBJECT_MAX  512
#define PURPOSE_MAX 1000
#define SETTING_MAX 4096

/* --- writing one row -------------------------------------------------------------------------- */

static enum status too_long(struct error *error)
{
    return error_set(error, STATUS_TOO_LARGE, _("The text is too long."));
}

struct row {
    const char *texts[5]; /* bound from ?1 on */
    int count;
    bool timed; /* the time is bound behind them */
};

static enum status write_row(struct outbox *outbox, const char *literal, const struct row *row,
                             struct error *error)
{
    struct stmt *stmt;
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = sql_statement(sql, literal, &stmt, error);
    if (status == STATUS_OK) {
        for (int i = 0; i < row->count; i++)
            stmt_bind_text(stmt, i + 1, row->texts[i]);
        if (row->timed)
            stmt_bind_int(stmt, row->count + 1, clock_wall_ms());
        status = stmt_run(stmt, error);
    }
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}

enum status journal_lookup(struct outbox *outbox, const struct session *session, const char *action,
                           const char *object, const char *purpose, struct error *error)
{
    const struct row row = {{session->account, action, object, purpose}, 4, true};

    if (strlen(object) > OBJECT_MAX || (purpose && strlen(purpose) > PURPOSE_MAX))
        return too_long(error);
    return write_row(outbox,
                     "INSERT INTO lookup(account, action, object, purpose, at_ms)"
                     " VALUES(?1, ?2, ?3, ?4, ?5)",
                     &row, error);
}

enum status journal_verification(struct outbox *outbox, const struct session *session,
                                 const char *object, const char *verdict, struct error *error)
{
    const struct row row = {{session->account, object, verdict}, 3, true};

    if (strlen(object) > OBJECT_MAX)
        return too_long(error);
    return write_row(outbox,
                     "INSERT INTO verification(account, object, verdict, at_ms)"
                     " VALUES(?1, ?2, ?3, ?4)",
                     &row, error);
}

enum status draft_save(struct outbox *outbox, const struct session *session, const char *dataset,
                       const char *record, const json_t *form, struct error *error)
{
    struct buf text = {.limit = FORM_MAX};
    enum status status = json_print(form, &text, error);

    const struct row row = {{session->account, dataset, record, buf_text(&text)}, 4, true};
    if (status == STATUS_OK)
        status = write_row(outbox,
                           "INSERT INTO draft(account, dataset, record, form, saved_ms)"
                           " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(account, dataset, record)"
                           " DO UPDATE SET form = excluded.form, saved_ms = excluded.saved_ms",
                           &row, error);
    buf_release(&text);
    return status;
}

enum status draft_drop(struct outbox *outbox, const struct session *session, const char *dataset,
                       const char *record, struct error *error)
{
    const struct row row = {{session->account, dataset, record}, 3, false};

    return write_row(outbox,
                     "DELETE FROM draft WHERE account = ?1 AND dataset = ?2 AND record = ?3", &row,
                     error);
}

enum status setting_set(struct outbox *outbox, const char *key, const char *value,
                        struct error *error)
{
    const struct row row = {{key, value}, 2, false};

    if (strlen(value) > SETTING_MAX)
        return too_long(error);
    return write_row(outbox,
                     "INSERT INTO setting(key, value) VALUES(?1, ?2)"
                     " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                     &row, error);
}

/* --- reading ---------------------------------------------------------------------------------- */

static enum status draft_row(struct stmt *stmt, json_t **form, struct error *error)
{
    bool row = false;
    enum status status = stmt_step(stmt, &row, error);

    if (status != STATUS_OK)
        return status;
    if (!row)
        return error_set(error, STATUS_NOT_FOUND, _("There is no draft."));
    const char *text = stmt_text(stmt, 0);
    return text ? json_parse(text, strlen(text), form, error) : error_nomem(error);
}

enum status draft_load(struct reader *reader, const struct session *session, const char *dataset,
                       const char *record, json_t **form, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        reader_outbox(reader),
        "SELECT form FROM draft WHERE account = ?1 AND dataset = ?2 AND record = ?3", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, session->account);
    stmt_bind_text(stmt, 2, dataset);
    stmt_bind_text(stmt, 3, record);
    status = draft_row(stmt, form, error);
    stmt_reset(stmt);
    return status;
}

enum status setting_get(struct reader *reader, const char *key, struct buf *value,
                        struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(reader_outbox(reader),
                                       "SELECT value FROM setting WHERE key = ?1", &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, key);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && !row)
        status = error_set(error, STATUS_NOT_FOUND, _("%s has never been set."), key);
    if (status == STATUS_OK) {
        const char *text = stmt_text(stmt, 0);
        buf_str(value, text ? text : "");
        status = text && !buf_failed(value) ? STATUS_OK : error_nomem(error);
    }
    stmt_reset(stmt);
    return status;
}
