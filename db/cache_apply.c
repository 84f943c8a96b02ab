#include "db/cache_store.h"

#include "base/i18n.h"
#include "base/text.h"
#include "db/ready.h"
#include "db/record.h"

#include <string.h>

/* What the file already holds under a key. */
struct stored {
    int64_t id; /* 0: nothing */
    bool same_rev;
    json_t *document; /* when asked for */
};

static enum status find_stored(struct cache *cache, const struct dataset_rows *rows,
                               const struct change_row *row, struct stored *stored,
                               struct error *error)
{
    int64_t hash = record_hash(rows->id, row->key);
    struct stmt *stmt;
    bool found = false;

    if (rows->fresh && !key_filter_may_hold(cache->filter, hash))
        return STATUS_OK;
    enum status status = sql_statement(cache->sql,
                                       "SELECT r.id, r.rev, r.body FROM " RECORD_BY_KEY
                                       " CROSS JOIN record r ON r.id = k.record"
                                       " WHERE r.dataset = ?2 AND r.key = ?3",
                                       &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, hash);
    stmt_bind_int(stmt, 2, rows->id);
    stmt_bind_text(stmt, 3, row->key);
    status = stmt_step(stmt, &found, error);
    if (status == STATUS_OK && found) {
        stored->id = stmt_int(stmt, 0);
        const char *rev = stmt_text(stmt, 1);
        /* Reading again is asked for where what is here is in doubt, whatever revision it names. */
        stored->same_rev =
            !rows->renewing && !row->deleted && rev && row->rev && strcmp(rev, row->rev) == 0;
        if (!stored->same_rev)
            status = record_parse(stmt, 2, &stored->document, error);
    }
    stmt_reset(stmt);
    return status;
}

static enum status not_here(struct error *error, const char *dataset, const char *key)
{
    return error_set(error, STATUS_NOT_FOUND, _("There is no record %s in %s."), key, dataset);
}

enum status cache_find(struct cache *cache, const char *dataset, const char *key, struct buf *body,
                       struct buf *name, struct error *error)
{
    size_t at = 0;
    struct stmt *stmt;
    bool found = false;

    while (at < cache->dataset_count && strcmp(cache->datasets[at].name, dataset) != 0)
        at++;
    if (at == cache->dataset_count)
        return not_here(error, dataset, key);
    enum status status = sql_statement(cache->sql,
                                       "SELECT r.body, r.name FROM " RECORD_BY_KEY
                                       " CROSS JOIN record r ON r.id = k.record"
                                       " WHERE r.dataset = ?2 AND r.key = ?3",
                                       &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, record_hash(cache->datasets[at].id, key));
    stmt_bind_int(stmt, 2, cache->datasets[at].id);
    stmt_bind_text(stmt, 3, key);
    status = stmt_step(stmt, &found, error);
    if (status == STATUS_OK && !found)
        status = not_here(error, dataset, key);
    if (status == STATUS_OK) {
        buf_str(body, stmt_text(stmt, 0));
        buf_str(name, stmt_text(stmt, 1));
        if (buf_failed(body) || buf_failed(name))
            status = error_nomem(error);
    }
    stmt_reset(stmt);
    return status;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void lend(struct stmt *stmt, int index, const char *text)
{
    stmt_lend_text(stmt, index, text, strlen(text));
}

/* What is written of a document. */
struct content {
    const char *subject, *name, *body;
    size_t body_length;
    bool deceased;
    const struct facts *facts; /* NULL: `terms` were made from them before */
    const char *terms;
    size_t terms_length;
};

/* The stored form has been printed into the cache's buffer. */
static struct content content_of(const struct cache *cache, const struct facts *facts)
{
    return (struct content){.subject = facts->subject,
                            .name = facts->name,
                            .body = cache->body.data,
                            .body_length = cache->body.length,
                            .deceased = facts_deceased(facts),
                            .facts = facts};
}

static struct content content_of_ready(const struct ready_parts *parts)
{
    return (struct content){.subject = parts->subject,
                            .name = parts->name,
                            .body = parts->body,
                            .body_length = parts->body_length,
                            .deceased = parts->deceased,
                            .terms = parts->terms,
                            .terms_length = parts->terms_length};
}

/* The statement is run before any of it goes away. */
static void bind_content(struct stmt *stmt, const struct change_row *row,
                         const struct content *content, const struct cache *cache)
{
    lend(stmt, 2, row->rev ? row->rev : "");
    lend(stmt, 3, content->subject);
    lend(stmt, 4, content->name);
    stmt_bind_int(stmt, 5, content->deceased ? RECORD_DECEASED : 0);
    stmt_bind_int(stmt, 6, cache->now_ms);
    stmt_lend_text(stmt, 7, content->body, content->body_length);
}

static enum status index_content(const struct cache *cache, int64_t record,
                                 const struct content *content, struct error *error)
{
    return content->facts ? search_index_add(cache->index, record, content->facts, error)
                          : search_index_add_terms(cache->index, record, content->terms,
                                                   content->terms_length, error);
}

/* The dataset is being read again: this row has come. */
static enum status note_renewed(struct cache *cache, const struct dataset_rows *rows,
                                int64_t record, struct error *error)
{
    struct stmt *stmt;

    if (!rows->renewing)
        return STATUS_OK;
    enum status status = sql_statement(
        cache->sql, "INSERT OR IGNORE INTO renewed(dataset, record) VALUES(?1, ?2)", &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, rows->id);
    stmt_bind_int(stmt, 2, record);
    return stmt_run(stmt, error);
}

static enum status insert_record(struct cache *cache, struct dataset_rows *rows,
                                 const struct change_row *row, const struct content *content,
                                 struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(cache->sql,
                      "INSERT INTO record(dataset, rev, subject, name, flags, received_ms, body,"
                      " key) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, rows->id);
    bind_content(stmt, row, content, cache);
    lend(stmt, 8, row->key);
    status = stmt_run(stmt, error);
    int64_t id = sql_last_rowid(cache->sql);
    int64_t hash = record_hash(rows->id, row->key);
    key_filter_add(cache->filter, hash);
    if (status == STATUS_OK)
        status = record_key_add(cache->sql, hash, id, &cache->recent_keys, error);
    if (status == STATUS_OK)
        status = index_content(cache, id, content, error);
    if (status == STATUS_OK)
        status = note_renewed(cache, rows, id, error);
    if (status != STATUS_OK)
        return status;
    rows->rows++;
    rows->changed = true;
    return STATUS_OK;
}

static enum status update_record(struct cache *cache, const struct stored *stored,
                                 const struct change_row *row, const struct facts *facts,
                                 struct error *error)
{
    const struct content content = content_of(cache, facts);
    struct facts before;
    struct stmt *stmt;
    enum status status =
        sql_statement(cache->sql,
                      "UPDATE record SET rev = ?2, subject = ?3, name = ?4, flags = ?5,"
                      " received_ms = ?6, body = ?7 WHERE id = ?1",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, stored->id);
    bind_content(stmt, row, &content, cache);
    status = stmt_run(stmt, error);
    if (status != STATUS_OK)
        return status;
    status = history_add(cache->sql, stored->id, cache->now_ms, stored->document, row->doc, error);
    if (status != STATUS_OK)
        return status;
    facts_read(facts->dataset, stored->document, &before);
    return search_index_change(cache->index, stored->id, &before, facts, error);
}

static enum status delete_record(struct cache *cache, struct dataset_rows *rows, const char *key,
                                 const struct stored *stored, const struct dataset *dataset,
                                 struct error *error)
{
    struct facts facts;
    struct stmt *stmt;

    facts_read(dataset, stored->document, &facts);
    enum status status = search_index_remove(cache->index, stored->id, &facts, error);
    if (status == STATUS_OK)
        status = record_key_remove(cache->sql, record_hash(rows->id, key), stored->id,
                                   &cache->recent_keys, error);
    if (status == STATUS_OK)
        status = history_forget(cache->sql, stored->id, error);
    if (status == STATUS_OK)
        status = sql_statement(cache->sql, "DELETE FROM record WHERE id = ?1", &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, stored->id);
    status = stmt_run(stmt, error);
    if (status != STATUS_OK)
        return status;
    rows->rows--;
    rows->changed = true;
    cache->removed = true;
    return STATUS_OK;
}

/* --- rows that are not understood ------------------------------------------------------------- */

static bool has_long_name(const struct change_row *row)
{
    return strlen(row->key) > KEY_MAX || (row->rev && strlen(row->rev) >= REV_MAX);
}

/* Why a row cannot be a record; NULL when it can. Fills in the stored form. */
static const char *objection(struct cache *cache, const struct change_row *row)
{
    if (row->deleted)
        return NULL;
    if (!json_is_object(row->doc))
        return row->reason ? row->reason : _("The upstream sent no document with this row.");
    if (has_long_name(row))
        return _("The name or the revision of this document is too long.");
    buf_clear(&cache->body);
    cache->body.limit = BODY_MAX;
    if (record_print(row->doc, &cache->body, NULL) != STATUS_OK)
        return _("This document is too large.");
    return NULL;
}

static enum status put_aside(struct cache *cache, const struct dataset *dataset,
                             const struct change_row *row, const char *reason, struct error *error)
{
    struct buf text = {0};
    enum status status = STATUS_OK;

    if (row->doc)
        status = json_print(row->doc, &text, error);
    if (status == STATUS_OK)
        status = cache_keep_aside(cache, dataset->name, row->key, buf_text(&text), text.length,
                                  reason, error);
    buf_release(&text);
    return status;
}

static enum status forget_aside(struct cache *cache, const struct dataset *dataset,
                                const struct change_row *row, struct error *error)
{
    struct stmt *stmt;

    if (!cache->any_aside)
        return STATUS_OK;
    enum status status =
        sql_statement(cache->sql, "DELETE FROM aside WHERE source = ?1 AND key = ?2", &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, dataset->name);
    stmt_bind_text(stmt, 2, row->key);
    return stmt_run(stmt, error);
}

/* --- one row ---------------------------------------------------------------------------------- */

static enum status write_row(struct cache *cache, const struct dataset *dataset,
                             struct dataset_rows *rows, const struct change_row *row,
                             const struct stored *stored, struct error *error)
{
    const char *reason = objection(cache, row);
    struct facts facts;

    if (row->deleted || reason) {
        enum status status = STATUS_OK;
        if (stored->id)
            status = delete_record(cache, rows, row->key, stored, dataset, error);
        if (status == STATUS_OK && reason)
            status = put_aside(cache, dataset, row, reason, error);
        return status;
    }
    facts_read(dataset, row->doc, &facts);
    if (stored->id)
        return update_record(cache, stored, row, &facts, error);
    const struct content content = content_of(cache, &facts);
    return insert_record(cache, rows, row, &content, error);
}

/* A ready row that finds nothing under its key is written as it is; any other is one more
 * document to look at. */
static enum status write_ready(struct cache *cache, const struct dataset *own,
                               const struct dataset *dataset, struct dataset_rows *rows,
                               const struct change_row *row, const struct stored *stored,
                               struct error *error)
{
    struct ready_parts parts;

    ready_read(row->ready, &parts);
    if (stored->id == 0 && parts.complete && !has_long_name(row) &&
        strcmp(own->body, dataset->body) == 0) {
        const struct content content = content_of_ready(&parts);
        return insert_record(cache, rows, row, &content, error);
    }
    struct change_row parsed = {.key = row->key, .rev = row->rev};
    json_t *document = NULL;
    enum status status = json_parse(parts.body, parts.body_length, &document, error);
    parsed.doc = document;
    if (status == STATUS_OK)
        status = write_row(cache, own, rows, &parsed, stored, error);
    json_decref(document);
    return status;
}

enum status cache_apply(struct cache *cache, const struct dataset *dataset,
                        const struct change_row *row, bool *changed, struct error *error)
{
    struct dataset_rows *rows = NULL;
    struct stored stored = {0};

    if (strncmp(row->key, "_design/", strlen("_design/")) == 0) {
        *changed = false;
        return STATUS_OK;
    }
    /* Rows are indexed by the catalogue entry in this file, not by the caller's snapshot of it. */
    const struct dataset *own = catalogue_find(cache->catalogue, dataset->name);
    if (!own)
        return error_set(error, STATUS_NOT_FOUND, _("The catalogue has no dataset %s."),
                         dataset->name);
    enum status status = cache_dataset(cache, own->name, &rows, error);
    if (status == STATUS_OK)
        status = find_stored(cache, rows, row, &stored, error);
    if (status == STATUS_OK && !stored.same_rev)
        status = row->ready ? write_ready(cache, own, dataset, rows, row, &stored, error)
                            : write_row(cache, own, rows, row, &stored, error);
    if (status == STATUS_OK && stored.id != 0)
        status = note_renewed(cache, rows, stored.id, error);
    if (status == STATUS_OK && !stored.same_rev) {
        cache->disordered++;
        status = row->deleted || row->ready || json_is_object(row->doc)
                     ? forget_aside(cache, own, row, error)
                     : STATUS_OK;
    }
    json_decref(stored.document);
    if (status == STATUS_CORRUPT)
        cache->damaged = true;
    if (status == STATUS_OK)
        *changed = !stored.same_rev && (stored.id != 0 || !row->deleted);
    return status;
}

/* --- many rows -------------------------------------------------------------------------------- */

#define SWEEP_ROWS 500

struct swept {
    int64_t id;
    char *key;
    json_t *document;
};

struct sweep {
    struct swept rows[SWEEP_ROWS];
    size_t count;
    bool only_old; /* only what a renewal has not brought */
};

static void sweep_release(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->count; i++) {
        free(sweep->rows[i].key);
        json_decref(sweep->rows[i].document);
    }
    sweep->count = 0;
}

/* The next rows of a dataset behind the record id `after`. */
static enum status sweep_read(struct cache *cache, int64_t dataset, int64_t after,
                              struct sweep *sweep, struct error *error)
{
    static const char all[] = "SELECT id, key, body FROM record WHERE id > ?1 AND dataset = ?2"
                              " ORDER BY id LIMIT ?3";
    static const char not_renewed[] =
        "SELECT id, key, body FROM record WHERE id > ?1 AND dataset = ?2 AND NOT EXISTS"
        " (SELECT 1 FROM renewed n WHERE n.dataset = ?2 AND n.record = record.id)"
        " ORDER BY id LIMIT ?3";
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(cache->sql, sweep->only_old ? not_renewed : all, &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, after);
    stmt_bind_int(stmt, 2, dataset);
    stmt_bind_int(stmt, 3, SWEEP_ROWS);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        struct swept *swept = &sweep->rows[sweep->count];
        const char *key = stmt_text(stmt, 1);
        *swept = (struct swept){.id = stmt_int(stmt, 0), .key = strdup(key ? key : "")};
        sweep->count++;
        status = swept->key ? record_parse(stmt, 2, &swept->document, error) : error_nomem(error);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}

static enum status reindex_row(struct cache *cache, const struct swept *swept,
                               const struct dataset *before, const struct dataset *after,
                               struct error *error)
{
    struct facts old_facts;
    struct facts new_facts;
    struct stmt *stmt;
    enum status status = STATUS_OK;

    facts_read(before, swept->document, &old_facts);
    facts_read(after, swept->document, &new_facts);
    status = search_index_change(cache->index, swept->id, &old_facts, &new_facts, error);
    if (status == STATUS_OK)
        status = sql_statement(
            cache->sql, "UPDATE record SET subject = ?2, name = ?3, flags = ?4 WHERE id = ?1",
            &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, swept->id);
    stmt_bind_text(stmt, 2, new_facts.subject);
    stmt_bind_text(stmt, 3, new_facts.name);
    stmt_bind_int(stmt, 4, facts_deceased(&new_facts) ? RECORD_DECEASED : 0);
    return stmt_run(stmt, error);
}

static enum status purge_row(struct cache *cache, struct dataset_rows *rows,
                             const struct swept *swept, const struct dataset *dataset,
                             struct error *error)
{
    const struct stored stored = {.id = swept->id, .document = swept->document};

    return delete_record(cache, rows, swept->key, &stored, dataset, error);
}

/* All rows of a dataset, a few hundred at a time: entered anew under `after`, or removed. */
static enum status sweep_dataset(struct cache *cache, struct dataset_rows *rows,
                                 const struct dataset *before, const struct dataset *after,
                                 bool only_old, struct error *error)
{
    struct sweep *sweep = calloc(1, sizeof *sweep);
    enum status status = sweep ? STATUS_OK : error_nomem(error);
    int64_t last = 0;

    if (sweep)
        sweep->only_old = only_old;
    while (status == STATUS_OK) {
        status = sweep_read(cache, rows->id, last, sweep, error);
        for (size_t i = 0; i < sweep->count && status == STATUS_OK; i++)
            status = after ? reindex_row(cache, &sweep->rows[i], before, after, error)
                           : purge_row(cache, rows, &sweep->rows[i], before, error);
        bool end = sweep->count < SWEEP_ROWS;
        if (sweep->count > 0)
            last = sweep->rows[sweep->count - 1].id;
        cache->disordered += (int64_t)sweep->count;
        sweep_release(sweep);
        if (end)
            break;
    }
    if (sweep)
        sweep_release(sweep);
    free(sweep);
    return status;
}

enum status cache_reindex(struct cache *cache, const struct dataset *before,
                          const struct dataset *after, struct error *error)
{
    struct dataset_rows *rows = NULL;
    enum status status = cache_dataset(cache, before->name, &rows, error);

    return status == STATUS_OK ? sweep_dataset(cache, rows, before, after, false, error) : status;
}

/* --- purging ---------------------------------------------------------------------------------- */

static bool is_only_dataset(const struct cache *cache, const struct dataset_rows *rows)
{
    for (size_t i = 0; i < cache->dataset_count; i++)
        if (&cache->datasets[i] != rows && cache->datasets[i].rows > 0)
            return false;
    return true;
}

/* Nothing else is in the cache: everything goes at once. */
static enum status empty_all(struct cache *cache, struct dataset_rows *rows, struct error *error)
{
    search_index_forget(cache->index);
    enum status status = sql_exec(cache->sql,
                                  "DELETE FROM record; DELETE FROM change; DELETE FROM word;"
                                  "DELETE FROM head;"
                                  "INSERT INTO term(term) VALUES('delete-all')",
                                  error);
    if (status == STATUS_OK)
        status = record_key_remove_all(cache->sql, &cache->recent_keys, error);
    if (status == STATUS_OK) {
        rows->rows = 0;
        rows->changed = true;
    }
    return status;
}

/* What was kept aside is people's data too. */
static enum status purge_aside(struct cache *cache, const char *dataset, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(cache->sql,
                                       "DELETE FROM aside WHERE source = ?1 OR source IN"
                                       " (SELECT database FROM feed WHERE dataset = ?1)",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, dataset);
    return stmt_run(stmt, error);
}

/* What a renewal has noted is forgotten; it goes on from nothing, or is over. */
static enum status set_renewing(struct cache *cache, struct dataset_rows *rows, bool renewing,
                                struct error *error)
{
    struct stmt *stmt;
    enum status status =
        sql_statement(cache->sql, "DELETE FROM renewed WHERE dataset = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, rows->id);
    status = stmt_run(stmt, error);
    if (status == STATUS_OK)
        status = sql_statement(cache->sql, "UPDATE dataset SET renewing = ?2 WHERE id = ?1", &stmt,
                               error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, rows->id);
    stmt_bind_int(stmt, 2, renewing);
    status = stmt_run(stmt, error);
    if (status == STATUS_OK)
        rows->renewing = renewing;
    return status;
}

enum status cache_purge(struct cache *cache, const char *dataset, int64_t *purged,
                        struct error *error)
{
    const struct dataset *own = catalogue_find(cache->catalogue, dataset);
    struct dataset_rows *rows = NULL;
    enum status status = cache_dataset(cache, dataset, &rows, error);

    if (status != STATUS_OK)
        return status;
    int64_t count = rows->rows;
    status = purge_aside(cache, dataset, error);
    if (status == STATUS_OK && rows->renewing)
        status = set_renewing(cache, rows, false, error);
    if (status == STATUS_OK && count > 0 && is_only_dataset(cache, rows))
        status = empty_all(cache, rows, error);
    else if (status == STATUS_OK && count > 0 && own)
        status = sweep_dataset(cache, rows, own, NULL, false, error);
    else if (status == STATUS_OK && count > 0)
        status = error_set(error, STATUS_CORRUPT,
                           _("There are records of %s and nothing that describes them."), dataset);
    if (status == STATUS_CORRUPT)
        cache->damaged = true;
    if (status == STATUS_OK)
        *purged = count;
    return status;
}

/* --- reading again beside the old rows -------------------------------------------------------- */

enum status cache_renewal_begin(struct cache *cache, const char *dataset, struct error *error)
{
    struct dataset_rows *rows = NULL;
    enum status status = cache_dataset(cache, dataset, &rows, error);

    if (status == STATUS_OK)
        status = purge_aside(cache, dataset, error);
    return status == STATUS_OK ? set_renewing(cache, rows, rows->rows > 0, error) : status;
}

enum status cache_renewal_end(struct cache *cache, const char *dataset, int64_t *purged,
                              struct error *error)
{
    const struct dataset *own = catalogue_find(cache->catalogue, dataset);
    struct dataset_rows *rows = NULL;
    enum status status = cache_dataset(cache, dataset, &rows, error);

    if (status != STATUS_OK)
        return status;
    int64_t before = rows->rows;
    if (rows->renewing && own)
        status = sweep_dataset(cache, rows, own, NULL, true, error);
    if (status == STATUS_OK && rows->renewing)
        status = set_renewing(cache, rows, false, error);
    if (status == STATUS_CORRUPT)
        cache->damaged = true;
    if (status == STATUS_OK)
        *purged = before - rows->rows;
    return status;
}

bool cache_is_renewing(const struct cache *cache, const char *dataset)
{
    for (size_t i = 0; i < cache->dataset_count; i++)
        if (strcmp(cache->datasets[i].name, dataset) == 0)
            return cache->datasets[i].renewing;
    return false;
}

/* --- another database than before ------------------------------------------------------------- */

static enum status has_other_feed(struct cache *cache, const char *dataset, const char *database,
                                  bool *found, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        cache->sql, "SELECT 1 FROM feed WHERE dataset = ?1 AND database <> ?2 LIMIT 1", &stmt,
        error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, dataset);
    stmt_bind_text(stmt, 2, database);
    status = stmt_step(stmt, found, error);
    stmt_reset(stmt);
    return status;
}

enum status cache_keep_database(struct cache *cache, const char *dataset, const char *database,
                                int64_t *purged, struct error *error)
{
    bool found = false;
    struct stmt *stmt;
    enum status status = has_other_feed(cache, dataset, database, &found, error);

    *purged = 0;
    if (status != STATUS_OK || !found)
        return status;
    status = cache_purge(cache, dataset, purged, error);
    if (status == STATUS_OK)
        status = sql_statement(cache->sql, "DELETE FROM feed WHERE dataset = ?1", &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, dataset);
    return stmt_run(stmt, error);
}
