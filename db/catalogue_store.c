#include "base/i18n.h"
#include "db/schema.h"

#include <stdlib.h>

/* Documents of one prefix, collected before they are parsed together. */
struct documents {
    json_t **items;
    size_t count, capacity;
};

static void documents_release(struct documents *documents)
{
    for (size_t i = 0; i < documents->count; i++)
        json_decref(documents->items[i]);
    free(documents->items);
}

static enum status documents_add(struct documents *documents, json_t *document, struct error *error)
{
    if (documents->count == documents->capacity) {
        size_t capacity = documents->capacity ? documents->capacity * 2 : 16;
        json_t **items = realloc(documents->items, capacity * sizeof(json_t *));
        if (!items) {
            json_decref(document);
            return error_nomem(error);
        }
        documents->items = items;
        documents->capacity = capacity;
    }
    documents->items[documents->count++] = document;
    return STATUS_OK;
}

static enum status parse_column(struct stmt *stmt, int column, json_t **document,
                                struct error *error)
{
    size_t length = 0;
    const char *text = stmt_blob(stmt, column, &length);

    return json_parse(text ? text : "", text ? length : 0, document, error);
}

static enum status collect(struct sql *cache, struct documents *documents, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache, "SELECT body FROM document WHERE key >= 'dataset:' AND key < 'dataset;'", &stmt,
        error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        json_t *document = NULL;
        status = parse_column(stmt, 0, &document, error);
        if (status == STATUS_OK)
            status = documents_add(documents, document, error);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}

enum status catalogue_load(struct sql *cache, struct catalogue **catalogue, struct error *error)
{
    struct documents documents = {0};
    enum status status = collect(cache, &documents, error);

    if (status == STATUS_OK) {
        const json_t *const *items = (const json_t *const *)documents.items;
        status = catalogue_parse(items, documents.count, catalogue, error);
    }
    documents_release(&documents);
    return status;
}

enum status catalogue_generation(struct sql *cache, int64_t *generation, struct error *error)
{
    int64_t found = 0;
    enum status status =
        sql_integer(cache, "SELECT value FROM meta WHERE name = 'generation'", &found, error);

    if (status == STATUS_OK)
        *generation = found;
    return status;
}

enum status catalogue_document(struct sql *cache, const char *id, json_t **document,
                               struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(cache, "SELECT body FROM document WHERE key = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, id);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK)
        status = row ? parse_column(stmt, 0, document, error)
                     : error_set(error, STATUS_NOT_FOUND,
                                 _("The catalogue has no document called %s."), id);
    stmt_reset(stmt);
    return status;
}
