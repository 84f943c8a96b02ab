#include "db/record.h"

#include "base/i18n.h"
#include "db/cache_store.h"
#include "db/dossier.h"

#include <stdlib.h>
#include <string.h>

static enum status dataset_id(struct sql *cache, const char *dataset, int64_t *id,
                              struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(cache, "SELECT id FROM dataset WHERE name = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, dataset);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK)
        *id = row ? stmt_int(stmt, 0) : 0;
    stmt_reset(stmt);
    return status;
}

enum status record_parse(struct stmt *stmt, int column, json_t **body, struct error *error)
{
    size_t length = 0;
    const char *text = stmt_blob(stmt, column, &length);
    enum status status = json_parse(text ? text : "", length, body, NULL);

    if (status == STATUS_OK)
        return STATUS_OK;
    if (status == STATUS_NOMEM)
        return error_nomem(error);
    return error_set(
        error, STATUS_CORRUPT,
        _("The data kept on this computer is damaged. Fetch it again with: huiliu sync "
          "--full"));
}

static enum status read_row(struct stmt *stmt, struct record_head *head, json_t **body,
                            struct error *error)
{
    const char *rev = stmt_text(stmt, 3);
    enum status status = body ? record_parse(stmt, 4, body, error) : STATUS_OK;

    if (status != STATUS_OK)
        return status;
    head->id = stmt_int(stmt, 0);
    head->flags = stmt_int(stmt, 1);
    head->received_ms = stmt_int(stmt, 2);
    snprintf(head->rev, sizeof head->rev, "%s", rev ? rev : "");
    return STATUS_OK;
}

enum status record_find(struct sql *cache, const char *dataset, const char *key,
                        struct record_head *head, json_t **body, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    int64_t id = 0;
    enum status status = dataset_id(cache, dataset, &id, error);

    if (status == STATUS_OK)
        status =
            sql_statement(cache,
                          "SELECT r.id, r.flags, r.received_ms, r.rev, r.body FROM " RECORD_BY_KEY
                          " CROSS JOIN record r ON r.id = k.record WHERE r.dataset = ?2 AND"
                          " r.key = ?3",
                          &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, record_hash(id, key));
    stmt_bind_int(stmt, 2, id);
    stmt_bind_text(stmt, 3, key);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK)
        status =
            row ? read_row(stmt, head, body, error)
                : error_set(error, STATUS_NOT_FOUND,
                            _("There is no record %s in %s on this workstation."), key, dataset);
    stmt_reset(stmt);
    return status;
}

enum status record_body(struct reader *reader, const char *dataset, const char *key, json_t **body,
                        char *rev, struct error *error)
{
    struct record_head head;
    enum status status = record_find(reader_cache(reader), dataset, key, &head, body, error);

    if (status == STATUS_OK && rev)
        memcpy(rev, head.rev, sizeof head.rev);
    return status;
}

/* --- by term ---------------------------------------------------------------------------------- */

bool subject_same(const char *a, const char *b)
{
    struct buf left = {0};
    struct buf right = {0};

    search_subject(a, &left);
    search_subject(b, &right);
    bool same = !buf_failed(&left) && !buf_failed(&right) && left.length > 0 &&
                strcmp(buf_text(&left), buf_text(&right)) == 0;
    buf_release(&left);
    buf_release(&right);
    return same;
}

size_t dataset_rank(const struct catalogue *catalogue, const struct dataset *dataset)
{
    size_t at = 0;

    while (at < catalogue_count(catalogue) && catalogue_at(catalogue, at) != dataset)
        at++;
    return at;
}

void records_release(struct record_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        json_decref(list->items[i].body);
    free(list->items);
    *list = (struct record_list){0};
}

static int compare_records(const void *a, const void *b)
{
    const struct record *left = a;
    const struct record *right = b;

    if (left->rank != right->rank)
        return left->rank < right->rank ? -1 : 1;
    return strcmp(left->key, right->key);
}

static enum status read_record(const struct record_source *source, struct stmt *stmt,
                               struct record *record, struct error *error)
{
    const char *name = stmt_text(stmt, 0);
    const char *key = stmt_text(stmt, 2);
    const char *rev = stmt_text(stmt, 3);

    record->dataset = name ? catalogue_find(source->catalogue, name) : NULL;
    if (!record->dataset)
        return STATUS_OK;
    record->rank = dataset_rank(source->catalogue, record->dataset);
    record->flags = stmt_int(stmt, 1);
    record->id = stmt_int(stmt, 5);
    record->key = arena_str(source->arena, key ? key : "");
    record->rev = arena_str(source->arena, rev ? rev : "");
    if (!record->key || !record->rev)
        return error_nomem(error);
    enum status status = record_parse(stmt, 4, &record->body, error);
    if (status == STATUS_OK)
        facts_read(record->dataset, record->body, &record->facts);
    return status;
}

static enum status collect_rows(const struct record_source *source, const char *expression,
                                size_t max, struct record_list *list, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(source->cache,
                      "SELECT d.name, r.flags, r.key, r.rev, r.body, r.id FROM term"
                      " CROSS JOIN record r ON r.id = term.rowid"
                      " CROSS JOIN dataset d ON d.id = r.dataset WHERE term MATCH ?1",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, expression);
    while (list->count < max && (status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        struct record *record = &list->items[list->count];
        status = read_record(source, stmt, record, error);
        if (status != STATUS_OK)
            break;
        list->count += record->body != NULL;
    }
    stmt_reset(stmt);
    return status;
}

enum status records_collect(const struct record_source *source, enum term_class class,
                            const char *text, size_t max, struct record_list *list,
                            struct error *error)
{
    struct record_list found = {.items = calloc(max, sizeof *found.items)};
    struct buf expression = {0};

    buf_printf(&expression, "\"%c", (char)class);
    search_subject(text, &expression);
    buf_char(&expression, '"');
    enum status status = found.items && !buf_failed(&expression)
                             ? collect_rows(source, buf_text(&expression), max, &found, error)
                             : error_nomem(error);
    buf_release(&expression);
    if (status != STATUS_OK) {
        records_release(&found);
        return status;
    }
    if (found.count > 1)
        qsort(found.items, found.count, sizeof *found.items, compare_records);
    *list = found;
    return STATUS_OK;
}
