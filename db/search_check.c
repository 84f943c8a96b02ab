#include "db/search_check.h"

#include "base/i18n.h"
#include "db/cache_store.h"
#include "db/record.h"

#include <string.h>

#define WATCH_EVERY   4096 /* records */
#define RECORD_TERMS  512  /* different terms of one record that are told apart */
#define DATASETS_MAX  4096
#define CANCELLED_MSG _("Stopped; nothing was changed.")

/* --- every record ------------------------------------------------------------------------------
 */

struct walk {
    struct sql *cache;
    struct catalogue *catalogue;
    const struct dataset *datasets[DATASETS_MAX]; /* by id */
    int64_t total, done;
    const struct search_watch *watch;
};

typedef enum status (*record_sink)(void *context, int64_t id, const struct facts *facts,
                                   struct error *error);

static enum status walk_start(struct walk *walk, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = catalogue_load(walk->cache, &walk->catalogue, error);

    if (status == STATUS_OK)
        status = sql_integer(walk->cache, "SELECT sum(rows) FROM dataset", &walk->total, error);
    if (status == STATUS_OK)
        status = sql_statement(walk->cache, "SELECT id, name FROM dataset", &stmt, error);
    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        int64_t id = stmt_int(stmt, 0);
        const char *name = stmt_text(stmt, 1);
        if (id >= 0 && id < DATASETS_MAX && name)
            walk->datasets[id] = catalogue_find(walk->catalogue, name);
    }
    stmt_reset(stmt);
    return status;
}

static enum status look_on(struct walk *walk, struct error *error)
{
    if (walk->done++ % WATCH_EVERY != 0 || !walk->watch || !walk->watch->go_on)
        return STATUS_OK;
    return walk->watch->go_on(walk->watch->context, walk->done - 1, walk->total)
               ? STATUS_OK
               : error_set(error, STATUS_CANCELLED, "%s", CANCELLED_MSG);
}

static enum status give_record(struct walk *walk, struct stmt *stmt, record_sink sink,
                               void *context, struct error *error)
{
    int64_t dataset = stmt_int(stmt, 1);
    struct facts facts;
    json_t *body = NULL;

    if (dataset < 0 || dataset >= DATASETS_MAX || !walk->datasets[dataset])
        return STATUS_OK;
    enum status status = record_parse(stmt, 2, &body, error);
    if (status != STATUS_OK)
        return status;
    facts_read(walk->datasets[dataset], body, &facts);
    status = sink(context, stmt_int(stmt, 0), &facts, error);
    json_decref(body);
    return status;
}

static enum status walk_records(struct walk *walk, record_sink sink, void *context,
                                struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        walk->cache, "SELECT id, dataset, body FROM record ORDER BY id", &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        status = look_on(walk, error);
        if (status == STATUS_OK)
            status = give_record(walk, stmt, sink, context, error);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}

/* --- comparing ---------------------------------------------------------------------------------
 */

/* Of all pairs of a term and a record: how many there are, and the sum of their hashes, whatever
 * their order. */
struct sum {
    uint64_t pairs, hash;
    struct buf terms;
};

static uint64_t hash_pair(const char *term, size_t length, int64_t record)
{
    uint64_t hash = 0xCBF29CE484222325u ^ (uint64_t)record * 0x9E3779B97F4A7C15u;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)term[i]) * 0x100000001B3u;
    hash ^= hash >> 29;
    return hash * 0xBF58476D1CE4E5B9u;
}

/* A term that a record has twice is in the index once. */
static bool is_new(uint64_t *seen, size_t *count, uint64_t hash)
{
    for (size_t i = 0; i < *count; i++)
        if (seen[i] == hash)
            return false;
    if (*count < RECORD_TERMS)
        seen[(*count)++] = hash;
    return true;
}

static enum status sum_record(void *context, int64_t id, const struct facts *facts,
                              struct error *error)
{
    struct sum *sum = context;
    uint64_t seen[RECORD_TERMS];
    size_t count = 0;

    buf_clear(&sum->terms);
    search_terms(facts, &sum->terms);
    if (buf_failed(&sum->terms))
        return error_nomem(error);
    const char *at = buf_text(&sum->terms);
    for (size_t length; *(at += strspn(at, " ")) != '\0'; at += length) {
        length = strcspn(at, " ");
        uint64_t hash = hash_pair(at, length, id);
        if (is_new(seen, &count, hash)) {
            sum->pairs++;
            sum->hash += hash;
        }
    }
    return STATUS_OK;
}

static enum status sum_index(struct walk *walk, struct sum *sum, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(walk->cache, "SELECT term, doc FROM term_instance", &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char *term = stmt_text(stmt, 0);
        sum->pairs++;
        sum->hash += hash_pair(term ? term : "", term ? strlen(term) : 0, stmt_int(stmt, 1));
        if (sum->pairs % (WATCH_EVERY * 16) == 0 && walk->watch && walk->watch->go_on &&
            !walk->watch->go_on(walk->watch->context, walk->total, walk->total)) {
            status = error_set(error, STATUS_CANCELLED, "%s", CANCELLED_MSG);
            break;
        }
    }
    stmt_reset(stmt);
    return status;
}

enum status search_check(struct sql *cache, const struct search_watch *watch, bool *same,
                         struct error *error)
{
    struct walk walk = {.cache = cache, .watch = watch};
    struct sum rows = {0};
    struct sum index = {0};
    enum status status = sql_snapshot_begin(cache, error);

    if (status != STATUS_OK)
        return status;
    status = walk_start(&walk, error);
    if (status == STATUS_OK)
        status = walk_records(&walk, sum_record, &rows, error);
    if (status == STATUS_OK)
        status = sum_index(&walk, &index, error);
    sql_snapshot_end(cache);
    if (status == STATUS_OK)
        *same = rows.pairs == index.pairs && rows.hash == index.hash;
    catalogue_free(walk.catalogue);
    buf_release(&rows.terms);
    return status;
}

/* --- making it anew ----------------------------------------------------------------------------
 */

static enum status add_record(void *context, int64_t id, const struct facts *facts,
                              struct error *error)
{
    return search_index_add(context, id, facts, error);
}

static enum status create_empty(struct sql *cache, struct error *error)
{
    enum status status = sql_exec(cache,
                                  "DROP TABLE IF EXISTS term_instance; DROP TABLE IF EXISTS term;"
                                  "DROP TABLE IF EXISTS word; DROP TABLE IF EXISTS head",
                                  error);

    return status == STATUS_OK ? sql_exec(cache, search_schema, error) : status;
}

enum status search_renew(struct sql *cache, const struct search_watch *watch, struct error *error)
{
    struct walk walk = {.cache = cache, .watch = watch};
    struct search_index *index = NULL;
    enum status status = create_empty(cache, error);

    if (status == STATUS_OK)
        status = search_index_new(cache, &index, error);
    if (status == STATUS_OK)
        status = walk_start(&walk, error);
    if (status == STATUS_OK)
        status = walk_records(&walk, add_record, index, error);
    if (status == STATUS_OK)
        status = search_index_flush(index, error);
    if (status == STATUS_OK)
        status = search_index_optimise(index, error);
    search_index_free(index);
    catalogue_free(walk.catalogue);
    return status;
}

enum status search_repair(const struct home *home, const struct search_watch *watch,
                          struct error *error)
{
    struct cache *cache = NULL;
    enum status status = cache_open(home, &cache, error);

    if (status == STATUS_OK)
        status = cache_begin(cache, error);
    if (status == STATUS_OK)
        status = search_renew(cache->sql, watch, error);
    if (status == STATUS_OK)
        status = cache_commit(cache, error);
    if (cache)
        cache_rollback(cache);
    if (status == STATUS_OK)
        status = cache_checkpoint(cache, error);
    cache_close(cache);
    return status;
}
