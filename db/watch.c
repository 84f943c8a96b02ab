#include "db/watch.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "db/notice.h"
#include "db/request_store.h"
#include "db/watch_state.h"
#include "verify/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TARGET_MAX 200

/* --- words ------------------------------------------------------------------------------------ */

static const char *const kind_names[] = {"person", "enterprise", "request"};

const char *watch_kind_name(enum watch_kind kind)
{
    return kind_names[kind];
}

bool watch_kind_parse(const char *name, enum watch_kind *kind)
{
    for (int i = WATCH_PERSON; i <= WATCH_REQUEST; i++)
        if (strcmp(kind_names[i], name) == 0) {
            *kind = (enum watch_kind)i;
            return true;
        }
    return false;
}

enum watch_kind watch_kind_of_subject(enum subject_kind kind)
{
    return kind == SUBJECT_ENTERPRISE ? WATCH_ENTERPRISE : WATCH_PERSON;
}

static enum subject_kind subject_of(enum watch_kind kind)
{
    return kind == WATCH_ENTERPRISE ? SUBJECT_ENTERPRISE : SUBJECT_PERSON;
}

/* --- marking ---------------------------------------------------------------------------------- */

/* What is written into the table for a new mark. */
struct mark {
    enum watch_kind kind;
    char target[TARGET_MAX];
    const char *name; /* in the arena */
    struct buf state;
};

static void mark_release(struct mark *mark)
{
    buf_release(&mark->state);
}

/* Numbers in one form: a mark is found again however the number was typed. */
static enum status normalise(enum watch_kind kind, const char *target, char out[TARGET_MAX],
                             struct error *error)
{
    char id[REQUEST_ID_MAX];

    if (kind == WATCH_REQUEST) {
        enum status status = store_request_id(target, id, error);
        if (status == STATUS_OK)
            (void)snprintf(out, TARGET_MAX, "%s", id);
        return status;
    }
    if (!fold_code(target, out, TARGET_MAX) || out[0] == '\0')
        return error_set(error, STATUS_INVALID, _("This is not the number of anybody."));
    fold_drop(out, '-');
    return STATUS_OK;
}

static enum status take_subject(struct reader *reader, struct mark *mark, struct arena *arena,
                                struct error *error)
{
    struct watch_difference taken;
    enum status status =
        watch_state_take(reader, subject_of(mark->kind), mark->target, arena, &taken, error);

    if (status != STATUS_OK)
        return status;
    mark->name = taken.name;
    status = json_print(taken.state, &mark->state, error);
    json_decref(taken.state);
    return status;
}

static enum status take_request(struct reader *reader, struct mark *mark, struct error *error)
{
    json_t *frozen = NULL;
    enum status status = store_load(reader_outbox(reader), mark->target, &frozen, NULL, error);

    json_decref(frozen);
    mark->name = "";
    buf_str(&mark->state, "{}");
    return status;
}

static enum status check_room(struct sql *sql, const char *account, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(sql, "SELECT count(*) FROM watch WHERE account = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, account);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row && stmt_int(stmt, 0) >= WATCH_MAX)
        status = error_set(error, STATUS_TOO_LARGE,
                           _("You watch %d already. Stop watching what you do not need any more."),
                           WATCH_MAX);
    stmt_reset(stmt);
    return status;
}

static enum status insert(struct sql *sql, const char *account, const struct mark *mark,
                          struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(sql,
                      "INSERT OR IGNORE INTO watch(account, kind, target, name, since_ms, state)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, account);
    stmt_bind_text(stmt, 2, watch_kind_name(mark->kind));
    stmt_bind_text(stmt, 3, mark->target);
    stmt_bind_text(stmt, 4, mark->name);
    stmt_bind_int(stmt, 5, clock_wall_ms());
    stmt_bind_text_n(stmt, 6, buf_text(&mark->state), mark->state.length);
    return stmt_run(stmt, error);
}

static enum status write_mark(struct outbox *outbox, const struct session *session,
                              const struct mark *mark, bool *added, struct error *error)
{
    bool inserted = false;
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = check_room(sql, session->account, error);
    if (status == STATUS_OK)
        status = insert(sql, session->account, mark, error);
    if (status == STATUS_OK) {
        inserted = sql_changes(sql) > 0;
        status = sql_commit(sql, error);
    }
    sql_rollback(sql);
    outbox_unlock(outbox);
    if (status == STATUS_OK && added)
        *added = inserted;
    return status;
}

static enum status may_watch(const struct session *session, struct error *error)
{
    if (session_may_read(session))
        return STATUS_OK;
    return error_set(error, STATUS_REFUSED, _("Only who may read a file may watch it."));
}

enum status watch_add(struct outbox *outbox, struct reader *reader, const struct session *session,
                      enum watch_kind kind, const char *target, bool *added, struct error *error)
{
    struct mark mark = {.kind = kind};
    struct arena *arena = arena_new();
    enum status status = arena ? may_watch(session, error) : error_nomem(error);

    if (status == STATUS_OK)
        status = normalise(kind, target, mark.target, error);
    if (status == STATUS_OK)
        status = kind == WATCH_REQUEST ? take_request(reader, &mark, error)
                                       : take_subject(reader, &mark, arena, error);
    if (status == STATUS_OK)
        status = write_mark(outbox, session, &mark, added, error);
    mark_release(&mark);
    arena_free(arena);
    return status;
}

/* --- unmarking -------------------------------------------------------------------------------- */

/* Runs a bound DELETE; nothing deleted is STATUS_NOT_FOUND. */
static enum status unmark(struct outbox *outbox, const char *literal, const char *account,
                          const char *kind, const char *target, int64_t id, struct error *error)
{
    struct stmt *stmt;
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = sql_statement(sql, literal, &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, account);
        if (target) {
            stmt_bind_text(stmt, 2, kind);
            stmt_bind_text(stmt, 3, target);
        } else {
            stmt_bind_int(stmt, 2, id);
        }
        status = stmt_run(stmt, error);
    }
    if (status == STATUS_OK && sql_changes(sql) == 0)
        status = error_set(error, STATUS_NOT_FOUND, _("You do not watch this."));
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}

enum status watch_remove(struct outbox *outbox, const struct session *session, enum watch_kind kind,
                         const char *target, struct error *error)
{
    char whole[TARGET_MAX];
    enum status status = normalise(kind, target, whole, error);

    if (status != STATUS_OK)
        return status;
    return unmark(outbox, "DELETE FROM watch WHERE account = ?1 AND kind = ?2 AND target = ?3",
                  session->account, watch_kind_name(kind), whole, 0, error);
}

enum status watch_remove_id(struct outbox *outbox, const struct session *session, int64_t id,
                            struct error *error)
{
    return unmark(outbox, "DELETE FROM watch WHERE account = ?1 AND id = ?2", session->account,
                  NULL, NULL, id, error);
}

enum status watch_toggle(struct outbox *outbox, struct reader *reader,
                         const struct session *session, enum watch_kind kind, const char *target,
                         bool *watched, struct error *error)
{
    struct error missing = {0};
    enum status status = watch_remove(outbox, session, kind, target, &missing);

    if (status == STATUS_OK)
        *watched = false;
    if (status == STATUS_NOT_FOUND) {
        status = watch_add(outbox, reader, session, kind, target, NULL, error);
        if (status == STATUS_OK)
            *watched = true;
        return status;
    }
    if (status != STATUS_OK && error)
        *error = missing;
    return status;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Not there before a newer program has opened the outbox for writing. */
static enum status has_table(struct sql *outbox, int64_t *has, struct error *error)
{
    return sql_integer(outbox, "SELECT count(*) FROM sqlite_schema WHERE name = 'watch'", has,
                       error);
}

enum status watch_is(struct reader *reader, const struct session *session, enum watch_kind kind,
                     const char *target, bool *watched, struct error *error)
{
    char whole[TARGET_MAX];
    struct stmt *stmt;
    bool row = false;
    int64_t has = 0;
    enum status status = normalise(kind, target, whole, error);

    if (status == STATUS_OK)
        status = has_table(reader_outbox(reader), &has, error);
    if (status == STATUS_OK && has)
        status = sql_statement(
            reader_outbox(reader),
            "SELECT 1 FROM watch WHERE account = ?1 AND kind = ?2 AND target = ?3", &stmt, error);
    if (status == STATUS_OK && has) {
        stmt_bind_text(stmt, 1, session->account);
        stmt_bind_text(stmt, 2, watch_kind_name(kind));
        stmt_bind_text(stmt, 3, whole);
        status = stmt_step(stmt, &row, error);
        stmt_reset(stmt);
    }
    if (status == STATUS_OK)
        *watched = row;
    return status;
}

struct owned_list {
    struct watch_list list; /* first: what the caller holds */
    struct arena *arena;
};

/* In the arena; NULL when out of memory. */
static const char *shown_name(const struct session *session, const char *name, struct arena *arena)
{
    struct buf text = {0};

    if (session_may_read(session))
        buf_str(&text, name);
    else
        name_mask(name, &text);
    const char *copy = buf_failed(&text) ? NULL : arena_str(arena, buf_text(&text));
    buf_release(&text);
    return copy;
}

static const char *shown_target(const struct session *session, const struct watch *watch,
                                struct arena *arena)
{
    struct buf text = {0};

    if (watch->kind == WATCH_REQUEST)
        return watch->target;
    session_show_subject(session, subject_of(watch->kind), watch->target, &text);
    const char *copy = buf_failed(&text) ? NULL : arena_str(arena, buf_text(&text));
    buf_release(&text);
    return copy;
}

static void read_watch(const struct session *session, struct stmt *stmt, struct arena *arena,
                       struct watch *watch)
{
    const char *kind = stmt_text(stmt, 1);
    const char *target = stmt_text(stmt, 2);
    const char *name = stmt_text(stmt, 3);

    watch->id = stmt_int(stmt, 0);
    if (!kind || !watch_kind_parse(kind, &watch->kind))
        watch->kind = WATCH_REQUEST;
    watch->target = arena_str(arena, target ? target : "");
    watch->name = shown_name(session, name ? name : "", arena);
    watch->since_ms = stmt_int(stmt, 4);
    watch->shown = shown_target(session, watch, arena);
}

static enum status read_list(struct reader *reader, const struct session *session,
                             struct arena *arena, struct watch_list *list, struct error *error)
{
    struct watch *items = NULL;
    struct stmt *stmt;
    bool row = false;
    int64_t has = 0;
    enum status status = has_table(reader_outbox(reader), &has, error);

    if (status != STATUS_OK || !has)
        return status;
    status = sql_statement(reader_outbox(reader),
                           "SELECT id, kind, target, name, since_ms FROM watch WHERE account = ?1"
                           " ORDER BY id DESC",
                           &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, session->account);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        struct watch *watch = arena_push(arena, &items, &list->count, sizeof *watch);
        if (!watch)
            break;
        read_watch(session, stmt, arena, watch);
    }
    stmt_reset(stmt);
    list->items = items;
    return status == STATUS_OK && arena_failed(arena) ? error_nomem(error) : status;
}

enum status watch_read(struct reader *reader, const struct session *session,
                       struct watch_list **list, struct error *error)
{
    struct owned_list *owned = calloc(1, sizeof *owned);

    if (!owned)
        return error_nomem(error);
    owned->arena = arena_new();
    enum status status = owned->arena
                             ? read_list(reader, session, owned->arena, &owned->list, error)
                             : error_nomem(error);
    if (status != STATUS_OK) {
        watch_list_free(&owned->list);
        return status;
    }
    *list = &owned->list;
    return STATUS_OK;
}

void watch_list_free(struct watch_list *list)
{
    struct owned_list *owned = (struct owned_list *)list;

    if (!owned)
        return;
    arena_free(owned->arena);
    free(owned);
}
