#include "tests/bench/floor.h"

#include "base/json.h"
#include "db/sql.h"
#include "tests/bench/bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMIT_ROWS 2000 /* as sync/pull.c */

struct floor {
    struct sql *sql;
    int64_t rows;
};

static enum status insert(struct floor *floor, const json_t *value, const char *line, size_t length,
                          struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        floor->sql, "INSERT INTO row(key, rev, body) VALUES(?1, ?2, ?3)", &stmt, error);

    if (status != STATUS_OK)
        return status;
    const json_t *changes = json_object_get(value, "changes");
    stmt_bind_text(stmt, 1, json_string_value(json_object_get(value, "id")));
    stmt_bind_text(stmt, 2, json_string_value(json_object_get(json_array_get(changes, 0), "rev")));
    stmt_bind_text_n(stmt, 3, line, length);
    return stmt_run(stmt, error);
}

static enum status take_line(struct floor *floor, const char *line, size_t length,
                             struct error *error)
{
    while (length > 0 && strchr(",\r\n", line[length - 1]))
        length--;
    if (length == 0 || line[0] != '{' || line[length - 1] != '}')
        return STATUS_OK; /* head and tail */
    json_t *value = json_loadb(line, length, 0, NULL);
    if (!value)
        return error_set(error, STATUS_INVALID, "a line is no JSON");
    enum status status = insert(floor, value, line, length, error);
    json_decref(value);
    if (status == STATUS_OK && ++floor->rows % COMMIT_ROWS == 0) {
        status = sql_commit(floor->sql, error);
        if (status == STATUS_OK)
            status = sql_begin(floor->sql, error);
    }
    return status;
}

enum status floor_file(struct floor *floor, const char *path, int64_t *rows, struct error *error)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    FILE *file = fopen(path, "re");

    if (!file)
        return error_set_errno(error, errno, "%s", path);
    floor->rows = 0;
    enum status status = sql_begin(floor->sql, error);
    while (status == STATUS_OK && (length = getline(&line, &size, file)) > 0)
        status = take_line(floor, line, (size_t)length, error);
    if (status == STATUS_OK)
        status = sql_commit(floor->sql, error);
    sql_rollback(floor->sql);
    free(line);
    (void)fclose(file);
    *rows = floor->rows;
    return status == STATUS_OK ? sql_checkpoint(floor->sql, error) : status;
}

enum status floor_open(const char *path, struct floor **out, struct error *error)
{
    const struct sql_options options = {.path = path,
                                        .role = SQL_WRITER,
                                        .application_id = 0x42454E43,
                                        .user_version_max = 1,
                                        .cache_kib = 32768};
    struct floor *floor = calloc(1, sizeof *floor);

    if (!floor)
        return error_nomem(error);
    enum status status = bench_remove(path, error);
    if (status == STATUS_OK)
        status = sql_open(&options, &floor->sql, error);
    if (status == STATUS_OK)
        status = sql_exec(floor->sql,
                          "PRAGMA wal_autocheckpoint=4000;"
                          "CREATE TABLE row(id INTEGER PRIMARY KEY, key TEXT, rev TEXT, body TEXT)",
                          error);
    if (status != STATUS_OK) {
        floor_close(floor);
        return status;
    }
    *out = floor;
    return STATUS_OK;
}

void floor_close(struct floor *floor)
{
    if (!floor)
        return;
    sql_close(floor->sql);
    free(floor);
}
