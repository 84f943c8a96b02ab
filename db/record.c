#include "db/record.h"

#include "base/i18n.h"
#include "db/cache_store.h"
#include "db/dossier.h"

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
