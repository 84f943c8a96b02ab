#include "db/cache_store.h"

#include "base/i18n.h"

#include <string.h>

static bool is_dataset_key(const char *key)
{
    return strncmp(key, "dataset:", strlen("dataset:")) == 0;
}

enum status cache_reload_catalogue(struct cache *cache, struct error *error)
{
    struct catalogue *fresh = NULL;
    enum status status = catalogue_load(cache->sql, &fresh, error);

    if (status != STATUS_OK)
        return status;
    catalogue_free(cache->catalogue);
    cache->catalogue = fresh;
    return STATUS_OK;
}

enum status cache_catalogue(struct cache *cache, struct catalogue **catalogue, struct error *error)
{
    return catalogue_load(cache->sql, catalogue, error);
}

enum status cache_catalogue_keys(struct cache *cache, json_t **keys, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    bool ok = true;
    json_t *found = json_object();
    enum status status = found ? STATUS_OK : error_nomem(error);

    if (status == STATUS_OK)
        status = sql_statement(cache->sql, "SELECT key FROM document", &stmt, error);
    if (status == STATUS_OK) {
        while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row && ok) {
            const char *key = stmt_text(stmt, 0);
            json_put(found, key ? key : "", json_true(), &ok);
        }
        stmt_reset(stmt);
    }
    if (status == STATUS_OK && !ok)
        status = error_nomem(error);
    if (status != STATUS_OK) {
        json_decref(found);
        return status;
    }
    *keys = found;
    return STATUS_OK;
}

/* --- documents -------------------------------------------------------------------------------- */

static enum status stored_rev(struct cache *cache, const char *key, char rev[REV_MAX], bool *found,
                              struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(cache->sql, "SELECT rev FROM document WHERE key = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, key);
    status = stmt_step(stmt, found, error);
    if (status == STATUS_OK && *found) {
        const char *text = stmt_text(stmt, 0);
        snprintf(rev, REV_MAX, "%s", text ? text : "");
    }
    stmt_reset(stmt);
    return status;
}

static enum status write_document(struct cache *cache, const struct change_row *row,
                                  struct error *error)
{
    struct buf text = {0};
    struct stmt *stmt;
    enum status status = json_print(row->doc, &text, error);

    if (status == STATUS_OK)
        status = sql_statement(cache->sql,
                               "INSERT INTO document(key, rev, received_ms, body)"
                               " VALUES(?1, ?2, ?3, ?4) ON CONFLICT(key) DO UPDATE SET"
                               " rev = ?2, received_ms = ?3, body = ?4",
                               &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, row->key);
        stmt_bind_text(stmt, 2, row->rev ? row->rev : "");
        stmt_bind_int(stmt, 3, cache->now_ms);
        stmt_bind_text_n(stmt, 4, buf_text(&text), text.length);
        status = stmt_run(stmt, error);
    }
    buf_release(&text);
    return status;
}

static enum status delete_document(struct cache *cache, const char *key, struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(cache->sql, "DELETE FROM document WHERE key = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, key);
    return stmt_run(stmt, error);
}

/* --- what a changed entry entails ------------------------------------------------------------- */

static bool same_roles(const struct dataset *a, const struct dataset *b)
{
    if (a->subject != b->subject || a->field_count != b->field_count)
        return false;
    for (size_t i = 0; i < a->field_count; i++)
        if (a->fields[i].role != b->fields[i].role ||
            strcmp(a->fields[i].name, b->fields[i].name) != 0)
            return false;
    return true;
}

/* Rows were indexed by the roles of the old entry; without an entry nobody can read them. */
static enum status follow_entry(struct cache *cache, const char *name, struct error *error)
{
    struct catalogue *old = cache->catalogue;
    const struct dataset *before = catalogue_find(old, name);
    int64_t purged = 0;
    struct catalogue *fresh = NULL;
    enum status status = catalogue_load(cache->sql, &fresh, error);

    if (status != STATUS_OK)
        return status;
    const struct dataset *after = catalogue_find(fresh, name);
    if (before && !after)
        status = cache_purge(cache, name, &purged, error);
    else if (before && !same_roles(before, after))
        status = cache_reindex(cache, before, after, error);
    cache->catalogue = fresh;
    catalogue_free(old);
    if (status == STATUS_OK)
        status = sql_exec(cache->sql,
                          "INSERT INTO meta(name, value) VALUES('generation', 1)"
                          " ON CONFLICT(name) DO UPDATE SET value = value + 1",
                          error);
    return status;
}

/* An entry that makes no sense never replaces one that does. */
static enum status check_entry(const struct change_row *row, struct error *error)
{
    struct catalogue *parsed = NULL;
    const json_t *const documents[] = {row->doc};
    enum status status = catalogue_parse(documents, 1, &parsed, error);

    if (status == STATUS_OK && strcmp(json_text(row->doc, "_id", ""), row->key) != 0)
        status = error_set(error, STATUS_INVALID,
                           _("A catalogue entry has another _id than its document."));
    catalogue_free(parsed);
    return status;
}

static enum status set_document_aside(struct cache *cache, const struct change_row *row,
                                      const char *reason, struct error *error)
{
    struct buf text = {0};
    enum status status = row->doc ? json_print(row->doc, &text, error) : STATUS_OK;

    if (status == STATUS_OK)
        status = cache_keep_aside(cache, "catalogue", row->key, buf_text(&text), text.length,
                                  reason, error);
    buf_release(&text);
    return status;
}

static enum status apply_document(struct cache *cache, const struct change_row *row,
                                  struct error *error)
{
    enum status status =
        row->deleted ? delete_document(cache, row->key, error) : write_document(cache, row, error);

    if (status == STATUS_OK && is_dataset_key(row->key))
        status = follow_entry(cache, row->key + strlen("dataset:"), error);
    if (status == STATUS_CORRUPT)
        cache->damaged = true;
    return status;
}

enum status cache_apply_catalogue(struct cache *cache, const struct change_row *row,
                                  struct error *error)
{
    char rev[REV_MAX] = "";
    bool found = false;
    struct error reason = {0};

    if (strncmp(row->key, "_design/", strlen("_design/")) == 0)
        return STATUS_OK;
    enum status status = stored_rev(cache, row->key, rev, &found, error);
    if (status != STATUS_OK)
        return status;
    if (row->deleted ? !found : found && row->rev && strcmp(rev, row->rev) == 0)
        return STATUS_OK;
    if (!row->deleted && (!json_is_object(row->doc) || strlen(row->key) > KEY_MAX))
        return set_document_aside(cache, row, _("The upstream sent no document with this row."),
                                  error);
    if (!row->deleted && is_dataset_key(row->key) && check_entry(row, &reason) != STATUS_OK)
        return set_document_aside(cache, row, reason.text, error);
    return apply_document(cache, row, error);
}
