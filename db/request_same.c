#include "db/request_same.h"

#include "db/request_value.h"

#include <string.h>

struct found {
    struct request_same *items; /* in the arena */
    size_t count;
};

static bool asks_for(const json_t *changes, const json_t *change)
{
    const char *field = json_text(change, "field", "");

    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *other = json_array_get(changes, i);
        if (strcmp(json_text(other, "field", ""), field) == 0)
            return request_value_equal(json_object_get(other, "proposed"),
                                       json_object_get(change, "proposed"));
    }
    return false;
}

static bool asks_for_all(const json_t *theirs, const json_t *ours)
{
    for (size_t i = 0; i < json_array_size(ours); i++)
        if (!asks_for(theirs, json_array_get(ours, i)))
            return false;
    return json_array_size(ours) > 0;
}

static enum status add(struct stmt *stmt, struct arena *arena, struct found *found,
                       struct error *error)
{
    struct request_same *item = arena_push(arena, &found->items, &found->count, sizeof *item);
    const char *id = stmt_text(stmt, 0), *maker = stmt_text(stmt, 1), *state = stmt_text(stmt, 2);

    if (!item || !id || !maker || !state)
        return error_nomem(error);
    *item = (struct request_same){.id = arena_str(arena, id), .maker = arena_str(arena, maker)};
    (void)request_state_parse(state, &item->state);
    return arena_failed(arena) ? error_nomem(error) : STATUS_OK;
}

static enum status look(struct stmt *stmt, const json_t *changes, struct arena *arena,
                        struct found *found, struct error *error)
{
    const char *text = stmt_text(stmt, 3);
    json_t *frozen = NULL;
    enum status status = text ? json_parse(text, strlen(text), &frozen, error) : error_nomem(error);

    if (status == STATUS_OK && asks_for_all(json_object_get(frozen, "changes"), changes))
        status = add(stmt, arena, found, error);
    json_decref(frozen);
    return status;
}

enum status request_same(struct reader *reader, const struct request_about *about,
                         struct arena *arena, const struct request_same **same, size_t *count,
                         struct error *error)
{
    struct stmt *stmt;
    struct found found = {0};
    bool row = false;
    enum status status = sql_statement(
        reader_outbox(reader),
        "SELECT id, maker, state, frozen FROM request WHERE record = ?1 AND dataset = ?2"
        " AND id <> ?3 AND final = 0 AND state NOT IN ('draft', 'returned') ORDER BY id",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, about->record);
    stmt_bind_text(stmt, 2, about->dataset);
    stmt_bind_text(stmt, 3, about->id);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
        if ((status = look(stmt, about->changes, arena, &found, error)) != STATUS_OK)
            break;
    stmt_reset(stmt);
    if (status != STATUS_OK)
        return status;
    *same = found.items;
    *count = found.count;
    return STATUS_OK;
}
