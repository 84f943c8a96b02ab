#include "db/watch.h"

#include "base/arena.h"
#include "db/notice.h"
#include "db/watch_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A mark as it was when the look began. */
struct marked {
    int64_t id;
    const char *account, *target, *name, *state; /* in the arena */
    enum watch_kind kind;
};

struct look {
    struct outbox *outbox;
    struct reader *reader;
    struct arena *arena; /* of the marks */
    struct marked *marks;
    size_t count;
    int64_t raised;
};

static const char *copy(struct look *look, struct stmt *stmt, int column)
{
    const char *text = stmt_text(stmt, column);

    return arena_str(look->arena, text ? text : "");
}

static enum status read_marks(struct look *look, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(reader_outbox(look->reader),
                                       "SELECT id, account, kind, target, name, state FROM watch"
                                       " WHERE kind <> 'request' ORDER BY id",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        struct marked *marked = arena_push(look->arena, &look->marks, &look->count, sizeof *marked);
        const char *kind = stmt_text(stmt, 2);
        if (!marked || !kind)
            break;
        marked->id = stmt_int(stmt, 0);
        marked->account = copy(look, stmt, 1);
        (void)watch_kind_parse(kind, &marked->kind);
        marked->target = copy(look, stmt, 3);
        marked->name = copy(look, stmt, 4);
        marked->state = copy(look, stmt, 5);
    }
    stmt_reset(stmt);
    return status == STATUS_OK && arena_failed(look->arena) ? error_nomem(error) : status;
}

/* --- telling ---------------------------------------------------------------------------------- */

static enum notice_kind kind_of(enum watch_event event)
{
    switch (event) {
    case WATCH_ADDED:
        return NOTICE_RECORD_ADDED;
    case WATCH_REMOVED:
        return NOTICE_RECORD_REMOVED;
    case WATCH_CHANGED:
        break;
    }
    return NOTICE_RECORD_CHANGED;
}

/* The how-manieth of this mark is the cause: the memory it goes with is written with it. */
static enum status tell(struct sql *sql, const struct marked *marked, const char *name,
                        const struct watch_news *news, int64_t number, struct error *error)
{
    char cause[NOTICE_CAUSE_MAX];
    const struct notice_parameter parameters[] = {
        {"name", name}, {"dataset", news->dataset}, {"fields", news->fields}};
    const struct notice_new notice = {
        .kind = kind_of(news->event),
        .severity = news->event == WATCH_REMOVED ? NOTICE_WARNING : NOTICE_INFO,
        .cause = cause,
        .account = marked->account,
        .subject_kind = marked->kind == WATCH_ENTERPRISE ? SUBJECT_ENTERPRISE : SUBJECT_PERSON,
        .subject = marked->target,
        .dataset = news->dataset,
        .record = news->record,
        .parameters = parameters,
        .parameter_count = sizeof parameters / sizeof *parameters,
    };

    (void)snprintf(cause, sizeof cause, "watch:%" PRId64 ":%" PRId64, marked->id, number);
    return notice_store(sql, &notice, NULL, error);
}

/* False when the mark is gone or was looked at by somebody else meanwhile: then nothing is told. */
static enum status remember(struct sql *sql, const struct marked *marked, const char *name,
                            const struct buf *state, bool *ours, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        sql, "UPDATE watch SET state = ?3, name = ?4 WHERE id = ?1 AND state = ?2", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, marked->id);
    stmt_bind_text(stmt, 2, marked->state);
    stmt_bind_text_n(stmt, 3, buf_text(state), state->length);
    stmt_bind_text(stmt, 4, name);
    status = stmt_run(stmt, error);
    if (status == STATUS_OK)
        *ours = sql_changes(sql) > 0;
    return status;
}

static enum status write_down(struct look *look, const struct marked *marked,
                              const struct watch_difference *difference, const struct buf *state,
                              struct error *error)
{
    const char *name = *difference->name ? difference->name : marked->name;
    int64_t last = json_int(difference->state, "n", 0);
    bool ours = false;
    struct sql *sql = outbox_lock(look->outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = remember(sql, marked, name, state, &ours, error);
    for (size_t i = 0; i < difference->count && ours && status == STATUS_OK; i++)
        status = tell(sql, marked, name, &difference->news[i],
                      last - (int64_t)(difference->count - 1 - i), error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(look->outbox);
    if (status == STATUS_OK && ours)
        look->raised += (int64_t)difference->count;
    return status;
}

static enum status look_at(struct look *look, const struct marked *marked, struct arena *arena,
                           struct error *error)
{
    struct watch_difference difference = {0};
    struct buf state = {0};
    json_t *before = NULL;
    enum subject_kind kind = marked->kind == WATCH_ENTERPRISE ? SUBJECT_ENTERPRISE : SUBJECT_PERSON;
    enum status status = json_parse(marked->state, strlen(marked->state), &before, error);

    if (status == STATUS_OK)
        status = watch_state_compare(look->reader, kind, marked->target, before, arena, &difference,
                                     error);
    if (status == STATUS_OK && !json_equal(before, difference.state)) {
        status = json_print(difference.state, &state, error);
        if (status == STATUS_OK)
            status = write_down(look, marked, &difference, &state, error);
    }
    json_decref(before);
    json_decref(difference.state);
    buf_release(&state);
    return status;
}

enum status watch_look(struct outbox *outbox, struct reader *reader, int64_t *raised,
                       struct error *error)
{
    struct look look = {.outbox = outbox, .reader = reader, .arena = arena_new()};
    enum status status = look.arena ? read_marks(&look, error) : error_nomem(error);

    for (size_t i = 0; i < look.count && status == STATUS_OK; i++) {
        struct arena *arena = arena_new();
        status = arena ? look_at(&look, &look.marks[i], arena, error) : error_nomem(error);
        arena_free(arena);
    }
    arena_free(look.arena);
    if (status == STATUS_OK && raised)
        *raised = look.raised;
    return status;
}
