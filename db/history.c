#include "db/history.h"

#include <string.h>

const char history_schema[] =
    "CREATE TABLE change(id INTEGER PRIMARY KEY, record INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
    " body TEXT NOT NULL) STRICT;"
    "CREATE INDEX change_by_record ON change(record);";

/* --- what is different ------------------------------------------------------------------------ */

/* A value as it is kept: long ones are not. */
static json_t *kept(const json_t *value)
{
    struct buf text = {.limit = HISTORY_VALUE_MAX};
    bool fits = true;

    if (json_is_string(value))
        fits = json_string_length(value) <= HISTORY_VALUE_MAX;
    else if (json_is_object(value) || json_is_array(value))
        fits = json_print(value, &text, NULL) == STATUS_OK;
    buf_release(&text);
    return value && fits ? json_incref((json_t *)(uintptr_t)value) : json_null();
}

static void note(json_t *fields, const char *name, const json_t *before, const json_t *after,
                 bool *ok)
{
    json_t *change = json_array();

    if (json_array_size(fields) == HISTORY_FIELDS_MAX) {
        json_decref(change);
        return;
    }
    json_add(change, json_string(name), ok);
    json_add(change, kept(before), ok);
    json_add(change, kept(after), ok);
    json_add(fields, change, ok);
}

/* Null and absent are the same: there is no value. */
static bool same(const json_t *a, const json_t *b)
{
    if (!a || json_is_null(a))
        return !b || json_is_null(b);
    return b && json_equal((json_t *)(uintptr_t)a, (json_t *)(uintptr_t)b);
}

static json_t *differences(const json_t *before, const json_t *after, bool *ok)
{
    json_t *fields = json_array();
    const char *name;
    json_t *value;

    *ok = fields != NULL;
    json_object_foreach((json_t *)(uintptr_t)after, name, value)
    {
        const json_t *old = json_object_get(before, name);
        if (name[0] != '_' && !same(old, value))
            note(fields, name, old, value, ok);
    }
    json_object_foreach((json_t *)(uintptr_t)before, name, value)
    {
        if (name[0] != '_' && !json_object_get(after, name) && !same(value, NULL))
            note(fields, name, value, NULL, ok);
    }
    return fields;
}

/* --- writing ---------------------------------------------------------------------------------- */

static enum status insert(struct sql *cache, int64_t record, int64_t at_ms, const struct buf *body,
                          struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        cache, "INSERT INTO change(record, at_ms, body) VALUES(?1, ?2, ?3)", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, record);
    stmt_bind_int(stmt, 2, at_ms);
    stmt_lend_text(stmt, 3, buf_text(body), body->length);
    return stmt_run(stmt, error);
}

/* Ids only grow, so the oldest of all have the lowest. */
static enum status cut(struct sql *cache, int64_t record, struct error *error)
{
    struct stmt *stmt;
    int64_t last = sql_last_rowid(cache);
    enum status status =
        sql_statement(cache,
                      "DELETE FROM change WHERE id <= ?2 OR (record = ?1 AND id <= (SELECT id FROM"
                      " change WHERE record = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?3))",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, record);
    stmt_bind_int(stmt, 2, last - HISTORY_MAX);
    stmt_bind_int(stmt, 3, HISTORY_PER_RECORD);
    return stmt_run(stmt, error);
}

enum status history_add(struct sql *cache, int64_t record, int64_t at_ms, const json_t *before,
                        const json_t *after, struct error *error)
{
    bool ok = false;
    struct buf body = {0};
    json_t *fields = differences(before, after, &ok);
    enum status status = ok ? STATUS_OK : error_nomem(error);

    if (status == STATUS_OK && json_array_size(fields) > 0) {
        status = json_print(fields, &body, error);
        if (status == STATUS_OK)
            status = insert(cache, record, at_ms, &body, error);
        if (status == STATUS_OK)
            status = cut(cache, record, error);
    }
    buf_release(&body);
    json_decref(fields);
    return status;
}

enum status history_forget(struct sql *cache, int64_t record, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(cache, "DELETE FROM change WHERE record = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, record);
    return stmt_run(stmt, error);
}

/* --- reading ---------------------------------------------------------------------------------- */

static enum status append(json_t *changes, struct stmt *stmt, struct error *error)
{
    const char *text = stmt_text(stmt, 1);
    json_t *change = json_object();
    json_t *fields = NULL;
    bool ok = change != NULL;
    enum status status = text ? json_parse(text, strlen(text), &fields, error) : error_nomem(error);

    if (status != STATUS_OK) {
        json_decref(change);
        return status;
    }
    json_put(change, "at", json_integer(stmt_int(stmt, 0)), &ok);
    json_put(change, "fields", fields, &ok);
    json_add(changes, change, &ok);
    return ok ? STATUS_OK : error_nomem(error);
}

enum status history_read(struct sql *cache, int64_t record, size_t max, json_t **changes,
                         struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    json_t *list = json_array();
    enum status status =
        list ? sql_statement(cache,
                             "SELECT at_ms, body FROM change WHERE record = ?1 ORDER BY id DESC"
                             " LIMIT ?2",
                             &stmt, error)
             : error_nomem(error);

    if (status == STATUS_OK) {
        stmt_bind_int(stmt, 1, record);
        stmt_bind_int(stmt, 2, (int64_t)max);
        while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
            if ((status = append(list, stmt, error)) != STATUS_OK)
                break;
        stmt_reset(stmt);
    }
    if (status != STATUS_OK) {
        json_decref(list);
        return status;
    }
    *changes = list;
    return STATUS_OK;
}
