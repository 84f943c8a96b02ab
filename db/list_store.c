#include "db/lists.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define LIST_TEXT_MAX ((size_t)16 << 10)
#define SAVED_MAX     1000

/* --- writing ---------------------------------------------------------------------------------- */

static enum status check_name(const char *name, struct error *error)
{
    size_t length = strlen(name);

    if (length == 0 || length > LIST_NAME_MAX || !text_is_valid(name, length))
        return error_set(error, STATUS_INVALID, _("Give the list a short name."));
    return STATUS_OK;
}

static enum status write_list(struct sql *sql, const struct session *session, const char *name,
                              const char *text, bool shared, struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(sql,
                      "INSERT INTO list(account, name, shared, saved_ms, body)"
                      " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(account, name) DO UPDATE SET"
                      " shared = excluded.shared, saved_ms = excluded.saved_ms,"
                      " body = excluded.body",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, session->account);
    stmt_bind_text(stmt, 2, name);
    stmt_bind_int(stmt, 3, shared);
    stmt_bind_int(stmt, 4, clock_wall_ms());
    stmt_bind_text(stmt, 5, text);
    return stmt_run(stmt, error);
}

enum status list_save(struct outbox *outbox, const struct session *session, const char *name,
                      const json_t *list, bool shared, struct error *error)
{
    struct buf text = {.limit = LIST_TEXT_MAX};
    enum status status = check_name(name, error);

    if (status == STATUS_OK)
        status = json_print(list, &text, error);
    if (status != STATUS_OK) {
        buf_release(&text);
        return status;
    }
    struct sql *sql = outbox_lock(outbox);
    status = sql_begin(sql, error);
    if (status == STATUS_OK)
        status = write_list(sql, session, name, buf_text(&text), shared, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    buf_release(&text);
    return status;
}

static enum status delete_list(struct sql *sql, const struct session *session, const char *name,
                               struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(sql, "DELETE FROM list WHERE account = ?1 AND name = ?2", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, session->account);
    stmt_bind_text(stmt, 2, name);
    status = stmt_run(stmt, error);
    if (status == STATUS_OK && sql_changes(sql) == 0)
        status = error_set(error, STATUS_NOT_FOUND, _("You have no list \"%s\"."), name);
    return status;
}

enum status list_remove(struct outbox *outbox, const struct session *session, const char *name,
                        struct error *error)
{
    struct sql *sql = outbox_lock(outbox);
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = delete_list(sql, session, name, error);
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    outbox_unlock(outbox);
    return status;
}

/* --- reading ---------------------------------------------------------------------------------- */

struct saved_owned {
    struct saved_lists lists;
    struct saved_list *items;
    struct arena *arena;
};

static enum status read_saved(struct saved_owned *owned, struct stmt *stmt, struct error *error)
{
    struct arena *arena = owned->arena;
    const char *text = stmt_text(stmt, 4);
    json_t *list = NULL;
    enum status status = text ? json_parse(text, strlen(text), &list, error) : error_nomem(error);

    if (status != STATUS_OK)
        return status;
    struct saved_list *item = arena_push(arena, &owned->items, &owned->lists.count, sizeof *item);
    if (!item) {
        json_decref(list);
        return error_nomem(error);
    }
    *item = (struct saved_list){.name = arena_str(arena, stmt_text(stmt, 0)),
                                .account = arena_str(arena, stmt_text(stmt, 1)),
                                .shared = stmt_int(stmt, 2) != 0,
                                .saved_ms = stmt_int(stmt, 3),
                                .list = list};
    return arena_failed(arena) ? error_nomem(error) : STATUS_OK;
}

static enum status read_all(struct reader *reader, const struct session *session,
                            struct saved_owned *owned, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(reader_outbox(reader),
                      "SELECT name, account, shared, saved_ms, body FROM list"
                      " WHERE account = ?1 OR shared ORDER BY name, account <> ?1, account"
                      " LIMIT ?2",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, session->account);
    stmt_bind_int(stmt, 2, SAVED_MAX);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
        if ((status = read_saved(owned, stmt, error)) != STATUS_OK)
            break;
    stmt_reset(stmt);
    owned->lists.items = owned->items;
    return status;
}

enum status lists_saved(struct reader *reader, const struct session *session,
                        struct saved_lists **lists, struct error *error)
{
    struct saved_owned *owned = calloc(1, sizeof *owned);

    if (!owned || !(owned->arena = arena_new())) {
        free(owned);
        return error_nomem(error);
    }
    enum status status = read_all(reader, session, owned, error);
    if (status != STATUS_OK) {
        lists_saved_free(&owned->lists);
        return status;
    }
    *lists = &owned->lists;
    return STATUS_OK;
}

void lists_saved_free(struct saved_lists *lists)
{
    struct saved_owned *owned = (struct saved_owned *)lists;

    if (!owned)
        return;
    for (size_t i = 0; i < owned->lists.count; i++)
        json_decref((json_t *)(uintptr_t)owned->items[i].list);
    arena_free(owned->arena);
    free(owned);
}

enum status list_load(struct reader *reader, const struct session *session, const char *name,
                      json_t **list, struct error *error)
{
    struct saved_lists *lists = NULL;
    enum status status = lists_saved(reader, session, &lists, error);

    if (status != STATUS_OK)
        return status;
    status = error_set(error, STATUS_NOT_FOUND, _("There is no list \"%.120s\"."), name);
    for (size_t i = 0; i < lists->count && status != STATUS_OK; i++)
        if (strcmp(lists->items[i].name, name) == 0) {
            *list = json_incref((json_t *)(uintptr_t)lists->items[i].list);
            status = STATUS_OK;
        }
    lists_saved_free(lists);
    return status;
}
