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

static enum status read_row(struct stmt *stmt, struct record_head *head, json_t **body,
                            struct error *error)
{
    const char *rev = stmt_text(stmt, 3);
    size_t length = 0;
    const char *text = stmt_blob(stmt, 4, &length);
    enum status status = body ? json_parse(text ? text : "", length, body, error) : STATUS_OK;

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
        status = sql_statement(cache,
                               "SELECT r.id, r.flags, r.received_ms, r.rev, r.body FROM record_key"
                               " k JOIN record r ON r.id = k.record WHERE k.hash = ?1 AND"
                               " r.dataset = ?2 AND r.key = ?3",
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

void records_release(struct record *records, size_t count)
{
    for (size_t i = 0; i < count; i++)
        json_decref(records[i].body);
    free(records);
}

static int compare_records(const void *a, const void *b)
{
    const struct record *left = a;
    const struct record *right = b;

    if (left->rank != right->rank)
        return left->rank < right->rank ? -1 : 1;
    return strcmp(left->key, right->key);
}

static enum status read_record(const struct catalogue *catalogue, struct stmt *stmt,
                               struct arena *arena, struct record *record, struct error *error)
{
    const char *name = stmt_text(stmt, 0);
    const char *key = stmt_text(stmt, 2);
    const char *rev = stmt_text(stmt, 3);
    size_t length = 0;

    record->dataset = name ? catalogue_find(catalogue, name) : NULL;
    if (!record->dataset)
        return STATUS_OK;
    record->rank = dataset_rank(catalogue, record->dataset);
    record->flags = stmt_int(stmt, 1);
    record->key = arena_str(arena, key ? key : "");
    record->rev = arena_str(arena, rev ? rev : "");
    if (!record->key || !record->rev)
        return error_nomem(error);
    const char *text = stmt_blob(stmt, 4, &length);
    enum status status = json_parse(text ? text : "", length, &record->body, error);
    if (status == STATUS_OK)
        facts_read(record->dataset, record->body, &record->facts);
    return status;
}

struct collecting {
    struct sql *cache;
    const struct catalogue *catalogue;
    struct arena *arena;
    struct record *records;
    size_t count, max;
};

static enum status collect_rows(struct collecting *collecting, const char *expression,
                                struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(collecting->cache,
                      "SELECT d.name, r.flags, r.key, r.rev, r.body FROM term"
                      " CROSS JOIN record r ON r.id = term.rowid"
                      " CROSS JOIN dataset d ON d.id = r.dataset WHERE term MATCH ?1",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, expression);
    while (collecting->count < collecting->max &&
           (status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        struct record *record = &collecting->records[collecting->count];
        status = read_record(collecting->catalogue, stmt, collecting->arena, record, error);
        if (status != STATUS_OK)
            break;
        collecting->count += record->body != NULL;
    }
    stmt_reset(stmt);
    return status;
}

enum status records_collect(struct sql *cache, const struct catalogue *catalogue,
                            enum term_class class, const char *text, size_t max,
                            struct arena *arena, struct record **records, size_t *count,
                            struct error *error)
{
    struct collecting collecting = {
        .cache = cache, .catalogue = catalogue, .arena = arena, .max = max};
    struct buf expression = {0};

    buf_printf(&expression, "\"%c", (char)class);
    search_subject(text, &expression);
    buf_char(&expression, '"');
    collecting.records = calloc(max, sizeof *collecting.records);
    enum status status = collecting.records && !buf_failed(&expression)
                             ? collect_rows(&collecting, buf_text(&expression), error)
                             : error_nomem(error);
    buf_release(&expression);
    if (status != STATUS_OK) {
        records_release(collecting.records, collecting.count);
        return status;
    }
    if (collecting.count > 1)
        qsort(collecting.records, collecting.count, sizeof *collecting.records, compare_records);
    *records = collecting.records;
    *count = collecting.count;
    return STATUS_OK;
}
