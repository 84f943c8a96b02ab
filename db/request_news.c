#include "db/request_news.h"

#include "base/arena.h"
#include "base/clock.h"
#include "db/notice.h"

#include <stdio.h>
#include <string.h>

#define NEWS_MS ((int64_t)NEWS_DAYS * 24 * 3600 * 1000)

/* The request as the table has it. */
struct known {
    bool found, born_here, same_state;
    const char *dataset, *record, *subject;
    enum subject_kind subject_kind;
};

static const char *copy(struct arena *arena, struct stmt *stmt, int column)
{
    const char *text = stmt_text(stmt, column);

    return arena_str(arena, text ? text : "");
}

static enum status read_known(struct sql *sql, const char *request, enum request_state state,
                              struct arena *arena, struct known *known, struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(sql,
                      "SELECT born_here, state = ?2, dataset, record, subject, subject_kind"
                      " FROM request WHERE id = ?1",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, request);
    stmt_bind_text(stmt, 2, request_state_name(state));
    status = stmt_step(stmt, &known->found, error);
    if (status == STATUS_OK && known->found) {
        const char *kind = copy(arena, stmt, 5);
        known->born_here = stmt_int(stmt, 0) != 0;
        known->same_state = stmt_int(stmt, 1) != 0;
        known->dataset = copy(arena, stmt, 2);
        known->record = copy(arena, stmt, 3);
        known->subject = copy(arena, stmt, 4);
        known->subject_kind = subject_kind_parse(kind ? kind : "");
        if (arena_failed(arena))
            status = error_nomem(error);
    }
    stmt_reset(stmt);
    return status;
}

/* The last event that took effect and changed the state; NULL: there is none. */
static const struct request_step *last_step(const struct request_fold *fold)
{
    for (size_t i = fold->step_count; i-- > 0;)
        if (!fold->steps[i].ignored && strcmp(fold->steps[i].action, "note") != 0)
            return &fold->steps[i];
    return NULL;
}

static bool is_news(const struct request_step *step)
{
    int64_t at = 0;

    return step && instant_parse(step->at, &at) && clock_wall_ms() - at < NEWS_MS;
}

static enum notice_severity severity_of(enum request_state state)
{
    return state == REQUEST_RETURNED || state == REQUEST_NEEDS_MORE ? NOTICE_WARNING : NOTICE_INFO;
}

static enum status tell(struct sql *sql, const char *request, const struct known *known,
                        const struct request_step *step, const char *account, struct error *error)
{
    char cause[NOTICE_CAUSE_MAX];
    const struct notice_parameter parameters[] = {
        {"state", request_state_name(step->state)}, {"by", step->by}, {"note", step->note}};
    const struct notice_new notice = {
        .kind = step->state == REQUEST_RETURNED ? NOTICE_REQUEST_RETURNED : NOTICE_REQUEST_STATE,
        .severity = severity_of(step->state),
        .cause = cause,
        .account = account,
        .subject_kind = known->subject_kind,
        .subject = known->subject,
        .dataset = known->dataset,
        .record = known->record,
        .request = request,
        .parameters = parameters,
        .parameter_count = sizeof parameters / sizeof *parameters,
    };

    (void)snprintf(cause, sizeof cause, "state:%s:%s", request, step->id);
    return notice_store(sql, &notice, NULL, error);
}

/* --- decisions that others overtook ----------------------------------------------------------- */

static enum status is_made_here(struct sql *sql, const char *request, const char *event, bool *here,
                                struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(sql,
                                       "SELECT 1 FROM request_event WHERE request = ?1"
                                       " AND id = ?2 AND made_here = 1",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, request);
    stmt_bind_text(stmt, 2, event);
    status = stmt_step(stmt, here, error);
    stmt_reset(stmt);
    return status;
}

/* `lost` was decided here and had its effect here, until `won` arrived. */
static enum status tell_overtaken(struct sql *sql, const char *request, const struct known *known,
                                  const struct request_step *lost, const struct request_step *won,
                                  struct error *error)
{
    char cause[NOTICE_CAUSE_MAX];
    const struct notice_parameter parameters[] = {{"action", lost->action},
                                                  {"state", request_state_name(lost->state)},
                                                  {"by", won ? won->by : ""}};
    const struct notice_new notice = {
        .kind = NOTICE_REQUEST_OVERTAKEN,
        .severity = NOTICE_WARNING,
        .cause = cause,
        .account = lost->by,
        .subject_kind = known->subject_kind,
        .subject = known->subject,
        .dataset = known->dataset,
        .record = known->record,
        .request = request,
        .parameters = parameters,
        .parameter_count = sizeof parameters / sizeof *parameters,
    };

    (void)snprintf(cause, sizeof cause, "overtaken:%s:%s", request, lost->id);
    return notice_store(sql, &notice, NULL, error);
}

static enum status tell_all_overtaken(struct sql *sql, const char *request,
                                      const struct request_fold *fold, struct arena *arena,
                                      struct error *error)
{
    struct known known = {0};
    enum status status = read_known(sql, request, fold->state, arena, &known, error);

    for (size_t i = 0; status == STATUS_OK && known.found && i < fold->step_count; i++) {
        const struct request_step *step = &fold->steps[i];
        bool here = false;
        if (!step->ignored || !is_news(step))
            continue;
        status = is_made_here(sql, request, step->id, &here, error);
        if (status == STATUS_OK && here)
            status = tell_overtaken(sql, request, &known, step, last_step(fold), error);
    }
    return status;
}

static bool has_ignored(const struct request_fold *fold)
{
    for (size_t i = 0; i < fold->step_count; i++)
        if (fold->steps[i].ignored)
            return true;
    return false;
}

enum status request_news_overtaken(struct sql *sql, const char *request,
                                   const struct request_fold *fold, struct error *error)
{
    if (!has_ignored(fold))
        return STATUS_OK;
    struct arena *arena = arena_new();
    enum status status =
        arena ? tell_all_overtaken(sql, request, fold, arena, error) : error_nomem(error);
    arena_free(arena);
    return status;
}

/* --- who watches it --------------------------------------------------------------------------- */

struct watchers {
    const char **accounts; /* in the arena */
    size_t count;
};

static enum status read_watchers(struct sql *sql, const char *request, struct arena *arena,
                                 struct watchers *watchers, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        sql, "SELECT account FROM watch WHERE kind = 'request' AND target = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, request);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char **account =
            arena_push(arena, &watchers->accounts, &watchers->count, sizeof *account);
        if (!account)
            break;
        *account = copy(arena, stmt, 0);
    }
    stmt_reset(stmt);
    return status == STATUS_OK && arena_failed(arena) ? error_nomem(error) : status;
}

static enum status tell_watchers(struct sql *sql, const char *request, const struct known *known,
                                 const struct request_step *step, struct arena *arena,
                                 struct error *error)
{
    struct watchers watchers = {0};
    enum status status = read_watchers(sql, request, arena, &watchers, error);

    for (size_t i = 0; i < watchers.count && status == STATUS_OK; i++)
        if (strcmp(watchers.accounts[i], step->by) != 0)
            status = tell(sql, request, known, step, watchers.accounts[i], error);
    return status;
}

/* The maker may watch too: the cause is the same, and so is the notice. */
static enum status tell_all(struct sql *sql, const char *request, const struct known *known,
                            const struct request_step *step, const char *maker, struct arena *arena,
                            struct error *error)
{
    enum status status = STATUS_OK;

    if (known->born_here && strcmp(step->by, maker) != 0)
        status = tell(sql, request, known, step, maker, error);
    return status == STATUS_OK ? tell_watchers(sql, request, known, step, arena, error) : status;
}

/* It leads to the subject: the request is gone. */
static enum status tell_deleted(struct sql *sql, const char *request, const struct known *known,
                                const char *account, struct error *error)
{
    char cause[NOTICE_CAUSE_MAX];
    const struct notice_new notice = {
        .kind = NOTICE_REQUEST_DELETED,
        .severity = NOTICE_WARNING,
        .cause = cause,
        .account = account,
        .subject_kind = known->subject_kind,
        .subject = known->subject,
        .dataset = known->dataset,
        .record = known->record,
    };

    (void)snprintf(cause, sizeof cause, "deleted:%s", request);
    return notice_store(sql, &notice, NULL, error);
}

static enum status forget_marks(struct sql *sql, const char *request, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        sql, "DELETE FROM watch WHERE kind = 'request' AND target = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, request);
    return stmt_run(stmt, error);
}

enum status request_news_deleted(struct sql *sql, const char *request, struct error *error)
{
    struct known known = {0};
    struct watchers watchers = {0};
    struct arena *arena = arena_new();
    enum status status =
        arena ? read_known(sql, request, REQUEST_DRAFT, arena, &known, error) : error_nomem(error);

    if (status == STATUS_OK)
        status = read_watchers(sql, request, arena, &watchers, error);
    for (size_t i = 0; i < watchers.count && known.found && status == STATUS_OK; i++)
        status = tell_deleted(sql, request, &known, watchers.accounts[i], error);
    if (status == STATUS_OK)
        status = forget_marks(sql, request, error);
    arena_free(arena);
    return status;
}

/* --- decisions on one's own requests ---------------------------------------------------------- */

enum status request_news_tell(struct sql *sql, const char *request, const struct request_fold *fold,
                              struct error *error)
{
    const struct request_step *step = last_step(fold);
    struct known known = {0};
    struct arena *arena = is_news(step) ? arena_new() : NULL;

    if (!is_news(step))
        return STATUS_OK;
    enum status status =
        arena ? read_known(sql, request, fold->state, arena, &known, error) : error_nomem(error);
    if (status == STATUS_OK && known.found && !known.same_state)
        status = tell_all(sql, request, &known, step, fold->maker, arena, error);
    arena_free(arena);
    return status;
}
