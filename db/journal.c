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

/* A single statement is a transaction of its own. */
static enum status run_texts(struct outbox *outbox, const char *literal, const char *const *texts,
                             size_t count, struct error *error)
{
    struct stmt *stmt;
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = sql_statement(sql, literal, &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_int(stmt, 1, clock_wall_ms());
        for (size_t i = 0; i < count; i++)
            stmt_bind_text(stmt, (int)i + 2, texts[i]);
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
    const char *const texts[] = {session->account, action, object, purpose};

    if (strlen(object) > OBJECT_MAX || (purpose && strlen(purpose) > PURPOSE_MAX))
        return too_long(error);
    return run_texts(outbox,
                     "INSERT INTO lookup(at_ms, account, action, object, purpose)"
                     " VALUES(?1, ?2, ?3, ?4, ?5)",
                     texts, 4, error);
}

enum status journal_verification(struct outbox *outbox, const struct session *session,
                                 const char *object, const char *verdict, struct error *error)
{
    const char *const texts[] = {session->account, object, verdict};

    if (strlen(object) > OBJECT_MAX)
        return too_long(error);
    return run_texts(outbox,
                     "INSERT INTO verification(at_ms, account, object, verdict)"
                     " VALUES(?1, ?2, ?3, ?4)",
                     texts, 3, error);
}

enum status draft_save(struct outbox *outbox, const struct session *session, const char *dataset,
                       const char *record, const json_t *form, struct error *error)
{
    struct buf text = {.limit = FORM_MAX};
    enum status status = json_print(form, &text, error);

    if (status == STATUS_OK) {
        const char *const texts[] = {session->account, dataset, record, buf_text(&text)};
        status = run_texts(outbox,
                           "INSERT INTO draft(saved_ms, account, dataset, record, form)"
                           " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(account, dataset, record)"
                           " DO UPDATE SET form = excluded.form, saved_ms = excluded.saved_ms",
                           texts, 4, error);
    }
    buf_release(&text);
    return status;
}

enum status draft_drop(struct outbox *outbox, const struct session *session, const char *dataset,
                       const char *record, struct error *error)
{
    const char *const texts[] = {session->account, dataset, record};

    return run_texts(outbox,
                     "DELETE FROM draft WHERE ?1 IS NOT NULL AND account = ?2 AND dataset = ?3"
                     " AND record = ?4",
                     texts, 3, error);
}

enum status setting_set(struct outbox *outbox, const char *key, const char *value,
                        struct error *error)
{
    const char *const texts[] = {key, value};

    if (strlen(value) > SETTING_MAX)
        return too_long(error);
    return run_texts(outbox,
                     "INSERT INTO setting(key, value) SELECT ?2, ?3 WHERE ?1 IS NOT NULL"
                     " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                     texts, 2, error);
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
        buf_str(value, stmt_text(stmt, 0));
        status = buf_failed(value) ? error_nomem(error) : STATUS_OK;
    }
    stmt_reset(stmt);
    return status;
}
