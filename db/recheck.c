#include "db/recheck.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "db/notice.h"
#include "db/sealed_document.h"
#include "db/signed_code.h"
#include "db/sql.h"
#include "db/verification.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINK_PREFIX "recheck:"
#define MS_PER_DAY  ((int64_t)86400 * 1000)

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
    int64_t id, at_ms;
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
    asked->at_ms = stmt_int(stmt, 6);
    return arena_failed(repeating->arena) ? error_nomem(error) : STATUS_OK;
}

static enum status read_asked(struct repeating *repeating, int64_t before_ms, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(reader_outbox(repeating->reader),
                      "SELECT id, account, object, holder_name, holder_id, verdict,"
                      " at_ms FROM recheck WHERE at_ms < ?1 ORDER BY id",
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

static enum status drop_old_answers(struct sql *sql, struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(sql, "DELETE FROM recheck_answer WHERE answered_ms < ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, clock_wall_ms() - NOTICE_KEPT_DAYS * MS_PER_DAY);
    return stmt_run(stmt, error);
}

static enum status insert_answer(struct sql *sql, const struct asked *asked, enum verdict verdict,
                                 struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(sql,
                      "INSERT OR REPLACE INTO recheck_answer(id, at_ms, account, object,"
                      " holder_name, holder_id, verdict, answer, answered_ms)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, asked->id);
    stmt_bind_int(stmt, 2, asked->at_ms);
    stmt_bind_text(stmt, 3, asked->account);
    stmt_bind_text(stmt, 4, asked->question.input);
    stmt_bind_text(stmt, 5, asked->question.holder_name);
    stmt_bind_text(stmt, 6, asked->question.holder_id);
    stmt_bind_text(stmt, 7, asked->verdict);
    stmt_bind_text(stmt, 8, verdict_name(verdict));
    stmt_bind_int(stmt, 9, clock_wall_ms());
    return stmt_run(stmt, error);
}

static enum status keep_answer(struct repeating *repeating, const struct asked *asked,
                               enum verdict verdict, struct error *error)
{
    struct sql *sql = outbox_lock(repeating->outbox);
    enum status status = insert_answer(sql, asked, verdict, error);

    if (status == STATUS_OK)
        status = drop_old_answers(sql, error);
    outbox_unlock(repeating->outbox);
    return status;
}

/* A code holds personal data: the notice names it by its digest; a record by its number, without
 * the word before it; a document by the name of its file. */
static enum status name_object(const struct asked *asked, struct buf *out, struct error *error)
{
    char digest[SIGNED_CODE_OBJECT_MAX];

    const char *path = sealed_document_path(asked->question.input);

    if (path) {
        buf_str(out, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
        return buf_failed(out) ? error_nomem(error) : STATUS_OK;
    }
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
    char link[RECHECK_LINK_MAX];
    struct buf object = {0};
    enum status status = name_object(asked, &object, error);
    const struct notice_parameter parameters[] = {{"object", buf_text(&object)},
                                                  {"before", asked->verdict},
                                                  {"verdict", verdict_name(verdict)}};
    const struct notice_new notice = {.kind = NOTICE_RECHECK_DIFFERS,
                                      .severity = NOTICE_ALARM,
                                      .cause = link,
                                      .account = asked->account,
                                      .record = link,
                                      .parameters = parameters,
                                      .parameter_count = 3};

    (void)snprintf(link, sizeof link, LINK_PREFIX "%lld", (long long)asked->id);
    if (status == STATUS_OK)
        status = keep_answer(repeating, asked, verdict, error);
    if (status == STATUS_OK)
        status = notice_raise(repeating->outbox, &notice, NULL, error);
    buf_release(&object);
    return status;
}

static enum status judge_again(struct repeating *repeating, const struct asked *asked,
                               enum verdict *verdict, struct error *error)
{
    const struct recheck_question *question = &asked->question;
    bool is_document = sealed_document_path(question->input) != NULL;
    struct verdict_report report;
    enum status status =
        is_document ? sealed_document_repeat(repeating->reader, question->input, &report, error)
                    : verification_repeat(repeating->reader, question->input, question->holder_name,
                                          question->holder_id, &report, error);

    if (status == STATUS_NOT_FOUND && !is_document) { /* a record by its key, gone since */
        *verdict = VERDICT_CANNOT_TELL;
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        *verdict = report.verdict;
    return status;
}

/* A document on a stick comes back when the stick does; what can never be judged is forgotten. */
static enum status put_off(struct repeating *repeating, const struct asked *asked,
                           enum status status, const struct error *reason, struct error *error)
{
    bool old = clock_wall_ms() - asked->at_ms > RECHECK_FILE_DAYS * MS_PER_DAY;

    if (status == STATUS_INVALID || status == STATUS_TOO_LARGE)
        return forget(repeating, asked, error);
    if (sealed_document_path(asked->question.input) && status != STATUS_NOMEM)
        return old ? forget(repeating, asked, error) : STATUS_OK;
    return error_set(error, status, "%s", reason->text);
}

/* The notice is there before the question is forgotten: a crash between raises it once. */
static enum status repeat(struct repeating *repeating, const struct asked *asked,
                          struct error *error)
{
    struct error reason = {0};
    enum verdict verdict = VERDICT_CANNOT_TELL;
    enum status status = judge_again(repeating, asked, &verdict, &reason);

    if (status != STATUS_OK)
        return put_off(repeating, asked, status, &reason, error);
    repeating->outcome.repeated++;
    if (strcmp(verdict_name(verdict), asked->verdict) != 0) {
        repeating->outcome.different++;
        status = tell(repeating, asked, verdict, error);
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

/* --- what turned out otherwise -----------------------------------------------------------------
 */

bool recheck_is_link(const char *text)
{
    return strncmp(text, LINK_PREFIX, strlen(LINK_PREFIX)) == 0;
}

void recheck_answer_free(struct recheck_answer *answer)
{
    if (!answer)
        return;
    free(answer->input);
    free(answer->holder_name);
    free(answer->holder_id);
    free(answer);
}

static char *copy_text(struct stmt *stmt, int column)
{
    const char *text = stmt_text(stmt, column);

    return strdup(text ? text : "");
}

static struct recheck_answer *copy_answer(struct stmt *stmt)
{
    struct recheck_answer *answer = calloc(1, sizeof *answer);
    const char *before = stmt_text(stmt, 3), *after = stmt_text(stmt, 4);

    if (!answer)
        return NULL;
    answer->before = answer->after = VERDICT_CANNOT_TELL;
    (void)verdict_from_name(before ? before : "", &answer->before);
    (void)verdict_from_name(after ? after : "", &answer->after);
    answer->input = copy_text(stmt, 0);
    answer->holder_name = copy_text(stmt, 1);
    answer->holder_id = copy_text(stmt, 2);
    answer->asked_ms = stmt_int(stmt, 5);
    answer->answered_ms = stmt_int(stmt, 6);
    if (answer->input && answer->holder_name && answer->holder_id)
        return answer;
    recheck_answer_free(answer);
    return NULL;
}

enum status recheck_find(struct reader *reader, const struct session *session, const char *link,
                         struct recheck_answer **answer, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(reader_outbox(reader),
                      "SELECT object, holder_name, holder_id, verdict, answer, at_ms, answered_ms"
                      " FROM recheck_answer WHERE id = ?1 AND account = ?2",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1,
                  recheck_is_link(link) ? strtoll(link + strlen(LINK_PREFIX), NULL, 10) : 0);
    stmt_bind_text(stmt, 2, session->account);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && !row)
        status =
            error_set(error, STATUS_NOT_FOUND, _("What was asked then is not kept here any more."));
    if (status == STATUS_OK) {
        struct recheck_answer *found = copy_answer(stmt);
        status = found ? STATUS_OK : error_nomem(error);
        if (found)
            *answer = found;
    }
    stmt_reset(stmt);
    return status;
}
