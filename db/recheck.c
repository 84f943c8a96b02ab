#include "db/recheck.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "db/notice.h"
#include "db/signed_code.h"
#include "db/sql.h"
#include "db/verification.h"

#include <stdio.h>
#include <string.h>

#define CAUSE_MAX 64

/* --- asking ----------------------------------------------------------------------------------- */

static enum status drop_oldest(struct sql *sql, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(sql,
                                       "DELETE FROM recheck WHERE id <="
                                       " (SELECT max(id) FROM recheck) - ?1",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, RECHECKS_MAX);
    return stmt_run(stmt, error);
}

static enum status insert(struct sql *sql, const struct session *session,
                          const struct recheck_question *question, enum verdict verdict,
                          struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        sql,
        "INSERT OR REPLACE INTO recheck(at_ms, account, object, holder_name, holder_id, verdict)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, clock_wall_ms());
    stmt_bind_text(stmt, 2, session->account);
    stmt_bind_text(stmt, 3, question->input);
    stmt_bind_text(stmt, 4, question->holder_name ? question->holder_name : "");
    stmt_bind_text(stmt, 5, question->holder_id ? question->holder_id : "");
    stmt_bind_text(stmt, 6, verdict_name(verdict));
    return stmt_run(stmt, error);
}

enum status recheck_queue(struct outbox *outbox, const struct session *session,
                          const struct recheck_question *question, enum verdict verdict,
                          struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = insert(sql, session, question, verdict, error);
    if (status == STATUS_OK)
        status = drop_oldest(sql, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}

enum status recheck_count(struct reader *reader, int64_t *waiting, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(reader_outbox(reader), "SELECT count(*) FROM recheck", &stmt, error);

    if (status == STATUS_OK)
        status = stmt_step(stmt, &row, error);
    if (status != STATUS_OK)
        return status;
    *waiting = row ? stmt_int(stmt, 0) : 0;
    stmt_reset(stmt);
    return STATUS_OK;
}

/* --- repeating -------------------------------------------------------------------------------- */

struct asked {
    int64_t id;
    const char *account, *verdict;
    struct recheck_question question;
};

struct repeating {
    struct outbox *outbox;
    struct reader *reader;
    struct arena *arena;
    struct asked *items;
    size_t count;
    struct recheck_outcome outcome;
};

static const char *keep(struct repeating *repeating, struct stmt *stmt, int column)
{
    const char *text = stmt_text(stmt, column);

    return arena_str(repeating->arena, text ? text : "");
}

static enum status take_row(struct repeating *repeating, struct stmt *stmt, struct error *error)
{
    struct asked *asked =
        arena_push(repeating->arena, &repeating->items, &repeating->count, sizeof *asked);

    if (!asked)
        return error_nomem(error);
    asked->id = stmt_int(stmt, 0);
    asked->account = keep(repeating, stmt, 1);
    asked->question.input = keep(repeating, stmt, 2);
    asked->question.holder_name = keep(repeating, stmt, 3);
    asked->question.holder_id = keep(repeating, stmt, 4);
    asked->verdict = keep(repeating, stmt, 5);
    return arena_failed(repeating->arena) ? error_nomem(error) : STATUS_OK;
}

static enum status read_asked(struct repeating *repeating, int64_t before_ms, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(reader_outbox(repeating->reader),
                                       "SELECT id, account, object, holder_name, holder_id, verdict"
                                       " FROM recheck WHERE at_ms < ?1 ORDER BY id",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, before_ms);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
        if ((status = take_row(repeating, stmt, error)) != STATUS_OK)
            break;
    stmt_reset(stmt);
    return status;
}

static enum status forget(struct repeating *repeating, const struct asked *asked,
                          struct error *error)
{
    struct stmt *stmt;
    struct sql *sql = outbox_lock(repeating->outbox);
    enum status status = sql_statement(sql, "DELETE FROM recheck WHERE id = ?1", &stmt, error);

    if (status == STATUS_OK) {
        stmt_bind_int(stmt, 1, asked->id);
        status = stmt_run(stmt, error);
    }
    outbox_unlock(repeating->outbox);
    return status;
}

/* A code holds personal data: the notice names it by its digest; a record by its number, without
 * the word before it. */
static enum status name_object(const struct asked *asked, struct buf *out, struct error *error)
{
    char digest[SIGNED_CODE_OBJECT_MAX];

    if (!signed_code_is(asked->question.input)) {
        const char *colon = strchr(asked->question.input, ':');
        buf_str(out, colon ? colon + 1 : asked->question.input);
        return buf_failed(out) ? error_nomem(error) : STATUS_OK;
    }
    enum status status = signed_code_object(asked->question.input, digest, error);
    if (status == STATUS_OK)
        buf_str(out, digest);
    return status == STATUS_OK && buf_failed(out) ? error_nomem(error) : status;
}

static enum status tell(struct repeating *repeating, const struct asked *asked,
                        enum verdict verdict, struct error *error)
{
    char cause[CAUSE_MAX];
    struct buf object = {0};
    enum status status = name_object(asked, &object, error);
    const struct notice_parameter parameters[] = {{"object", buf_text(&object)},
                                                  {"before", asked->verdict},
                                                  {"verdict", verdict_name(verdict)}};
    const struct notice_new notice = {.kind = NOTICE_RECHECK_DIFFERS,
                                      .severity = NOTICE_ALARM,
                                      .cause = cause,
                                      .account = asked->account,
                                      .parameters = parameters,
                                      .parameter_count = 3};

    (void)snprintf(cause, sizeof cause, "recheck:%lld", (long long)asked->id);
    if (status == STATUS_OK)
        status = notice_raise(repeating->outbox, &notice, NULL, error);
    buf_release(&object);
    return status;
}

/* The notice is there before the question is forgotten: a crash between raises it once. */
static enum status repeat(struct repeating *repeating, const struct asked *asked,
                          struct error *error)
{
    struct verdict_report report;
    struct error reason = {0};
    enum status status =
        verification_repeat(repeating->reader, asked->question.input, asked->question.holder_name,
                            asked->question.holder_id, &report, &reason);

    if (status == STATUS_NOT_FOUND) /* a record by its key, gone since */
        report.verdict = VERDICT_CANNOT_TELL;
    else if (status == STATUS_INVALID || status == STATUS_TOO_LARGE)
        return forget(repeating, asked, error);
    else if (status != STATUS_OK)
        return error_set(error, status, "%s", reason.text);
    status = STATUS_OK;
    repeating->outcome.repeated++;
    if (strcmp(verdict_name(report.verdict), asked->verdict) != 0) {
        repeating->outcome.different++;
        status = tell(repeating, asked, report.verdict, error);
    }
    return status == STATUS_OK ? forget(repeating, asked, error) : status;
}

enum status recheck_run(struct outbox *outbox, struct reader *reader, int64_t before_ms,
                        struct recheck_outcome *outcome, struct error *error)
{
    struct repeating repeating = {.outbox = outbox, .reader = reader, .arena = arena_new()};
    enum status status =
        repeating.arena ? read_asked(&repeating, before_ms, error) : error_nomem(error);

    for (size_t i = 0; i < repeating.count && status == STATUS_OK; i++)
        status = repeat(&repeating, &repeating.items[i], error);
    if (status == STATUS_OK)
        *outcome = repeating.outcome;
    arena_free(repeating.arena);
    return status;
}
