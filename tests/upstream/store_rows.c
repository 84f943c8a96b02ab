/* The parts of the store that read many rows, and those without revisions. */
#include "base/i18n.h"
#include "tests/upstream/statements.h"

#include <stdio.h>
#include <string.h>

static bool give_row(sqlite3_stmt *statement, row_function *function, void *context)
{
    char revision[REVISION_TEXT_MAX];
    snprintf(revision, sizeof revision, "%u-%s", (unsigned)sqlite3_column_int(statement, 2),
             statement_text(statement, 3));
    struct row row = {
        .sequence = (uint64_t)sqlite3_column_int64(statement, 0),
        .id = statement_text(statement, 1),
        .revision = revision,
        .deleted = sqlite3_column_int(statement, 4) != 0,
        .body = statement_text(statement, 5),
        .body_length = (size_t)sqlite3_column_bytes(statement, 5),
        .attachments = statement_text(statement, 6),
    };
    return function(context, &row);
}

static enum status give_rows(struct store *store, sqlite3_stmt *statement, const char *skip,
                             row_function *function, void *context, struct error *error)
{
    int result;
    bool more = true;
    while (more && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        if (skip == NULL || strcmp(statement_text(statement, 1), skip) != 0)
            more = give_row(statement, function, context);
    }
    return statement_end(store, statement, more ? result : SQLITE_DONE, error);
}

enum status store_changes(struct store *store, int64_t database, uint64_t since, bool descending,
                          int64_t limit, row_function *function, void *context, struct error *error)
{
    enum status status = STATUS_IO;
    store_lock(store);
    sqlite3_stmt *statement =
        statement_take(store, descending ? STATEMENT_CHANGES_DOWN : STATEMENT_CHANGES_UP, error);
    if (statement != NULL) {
        sqlite3_bind_int64(statement, 1, database);
        sqlite3_bind_int64(statement, 2, (int64_t)since);
        sqlite3_bind_int64(statement, 3, limit);
        status = give_rows(store, statement, NULL, function, context, error);
    }
    store_unlock(store);
    return status;
}

int64_t store_changes_pending(struct store *store, int64_t database, uint64_t since)
{
    const int64_t values[] = {database, (int64_t)since};
    int64_t count = 0;
    store_lock(store);
    if (statement_run(store, STATEMENT_CHANGES_COUNT, values, 2, &count, NULL) != STATUS_OK)
        count = 0;
    store_unlock(store);
    return count;
}

enum status store_list(struct store *store, int64_t database, const struct range *range,
                       row_function *function, void *context, struct error *error)
{
    enum status status = STATUS_IO;
    const char *first = range->first == NULL ? "" : range->first;
    const char *start = range->descending ? range->last : first;
    store_lock(store);
    sqlite3_stmt *statement =
        statement_take(store, range->descending ? STATEMENT_LIST_DOWN : STATEMENT_LIST_UP, error);
    if (statement != NULL) {
        sqlite3_bind_int64(statement, 1, database);
        statement_bind_text(statement, 2, first, strlen(first));
        statement_bind_text(statement, 3, range->last,
                            range->last == NULL ? 0 : strlen(range->last));
        sqlite3_bind_int64(statement, 4, range->limit + (range->exclusive ? 1 : 0));
        status =
            give_rows(store, statement, range->exclusive ? start : NULL, function, context, error);
    }
    store_unlock(store);
    return status;
}

enum status store_put_blob(struct store *store, const char *digest, const void *data, size_t length,
                           struct error *error)
{
    enum status status = STATUS_IO;
    store_lock(store);
    sqlite3_stmt *statement = statement_take(store, STATEMENT_BLOB_PUT, error);
    if (statement != NULL) {
        statement_bind_text(statement, 1, digest, strlen(digest));
        sqlite3_bind_blob64(statement, 2, length == 0 ? "" : data, length, SQLITE_STATIC);
        status = statement_end(store, statement, sqlite3_step(statement), error);
    }
    store_unlock(store);
    return status;
}

enum status store_get_blob(struct store *store, const char *digest, struct buf *out,
                           struct error *error)
{
    enum status status = STATUS_IO;
    store_lock(store);
    sqlite3_stmt *statement = statement_take(store, STATEMENT_BLOB_GET, error);
    if (statement != NULL) {
        statement_bind_text(statement, 1, digest, strlen(digest));
        int result = sqlite3_step(statement);
        bool found = result == SQLITE_ROW;
        if (found)
            buf_bytes(out, sqlite3_column_blob(statement, 0),
                      (size_t)sqlite3_column_bytes(statement, 0));
        status = statement_end(store, statement, result, error);
        if (status == STATUS_OK && !found)
            status = error_set(error, STATUS_NOT_FOUND, _("No such attachment"));
    }
    store_unlock(store);
    return status;
}

static enum status step_local(struct store *store, sqlite3_stmt *statement, int64_t database,
                              const char *id, int64_t *revision, struct error *error)
{
    sqlite3_bind_int64(statement, 1, database);
    statement_bind_text(statement, 2, id, strlen(id));
    int result = sqlite3_step(statement);
    bool found = result == SQLITE_ROW;
    int64_t value = found ? sqlite3_column_int64(statement, 0) : 0;
    while (result == SQLITE_ROW)
        result = sqlite3_step(statement);
    enum status status = statement_end(store, statement, result, error);
    if (status == STATUS_OK && !found)
        return error_set(error, STATUS_NOT_FOUND, _("missing"));
    if (status == STATUS_OK)
        *revision = value;
    return status;
}

enum status store_put_local(struct store *store, int64_t database, const char *id, const char *body,
                            size_t length, int64_t *revision, struct error *error)
{
    enum status status = STATUS_IO;
    store_lock(store);
    sqlite3_stmt *statement =
        statement_take(store, body == NULL ? STATEMENT_LOCAL_DELETE : STATEMENT_LOCAL_PUT, error);
    if (statement != NULL) {
        if (body != NULL)
            statement_bind_text(statement, 3, body, length);
        status = step_local(store, statement, database, id, revision, error);
    }
    store_unlock(store);
    return status;
}

enum status store_get_local(struct store *store, int64_t database, const char *id, struct buf *body,
                            int64_t *revision, struct error *error)
{
    enum status status = STATUS_IO;
    store_lock(store);
    sqlite3_stmt *statement = statement_take(store, STATEMENT_LOCAL_GET, error);
    if (statement != NULL) {
        sqlite3_bind_int64(statement, 1, database);
        statement_bind_text(statement, 2, id, strlen(id));
        int result = sqlite3_step(statement);
        bool found = result == SQLITE_ROW;
        if (found) {
            buf_bytes(body, statement_text(statement, 0),
                      (size_t)sqlite3_column_bytes(statement, 0));
            *revision = sqlite3_column_int64(statement, 1);
        }
        status = statement_end(store, statement, result, error);
        if (status == STATUS_OK && !found)
            status = error_set(error, STATUS_NOT_FOUND, _("missing"));
    }
    store_unlock(store);
    return status;
}
