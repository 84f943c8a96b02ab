#include "db/cache_survey.h"

#include "db/cache_store.h"

#include <string.h>

enum difference { DIFFERENCE_NONE, DIFFERENCE_MISSING, DIFFERENCE_EXTRA, DIFFERENCE_REVISION };

struct survey {
    struct cache *cache;
    const char *dataset; /* the cache's copy of its name; NULL: it has no row yet */
    int64_t dataset_id;
    unsigned char *named; /* a bit for each record id that upstream named */
    int64_t id_max;
    int64_t named_count;
    json_t *keys;       /* key -> enum difference */
    json_t *found_keys; /* after survey_finish(): the same as an array */
    struct survey_counts counts;
};

/* What the cache holds under a key. */
struct holding {
    int64_t id; /* 0: nothing */
    bool same;  /* in this revision */
};

/* --- life ------------------------------------------------------------------------------------- */

static void find_dataset(struct survey *survey, const char *name)
{
    for (size_t i = 0; i < survey->cache->dataset_count; i++) {
        const struct dataset_rows *rows = &survey->cache->datasets[i];
        if (strcmp(rows->name, name) != 0)
            continue;
        survey->dataset = rows->name;
        survey->dataset_id = rows->id;
        survey->counts.local = rows->rows;
    }
}

static enum status make_bits(struct survey *survey, struct error *error)
{
    enum status status = sql_integer(survey->cache->sql, "SELECT coalesce(max(id), 0) FROM record",
                                     &survey->id_max, error);

    if (status != STATUS_OK)
        return status;
    survey->named = calloc((size_t)survey->id_max / 8 + 1, 1);
    survey->keys = json_object();
    survey->found_keys = json_array();
    return survey->named && survey->keys && survey->found_keys ? STATUS_OK : error_nomem(error);
}

enum status survey_new(struct cache *cache, const char *dataset, struct survey **survey,
                       struct error *error)
{
    struct survey *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->cache = cache;
    find_dataset(made, dataset);
    enum status status = make_bits(made, error);
    if (status != STATUS_OK) {
        survey_free(made);
        return status;
    }
    *survey = made;
    return STATUS_OK;
}

void survey_free(struct survey *survey)
{
    if (!survey)
        return;
    json_decref(survey->keys);
    json_decref(survey->found_keys);
    free(survey->named);
    free(survey);
}

/* --- bits ------------------------------------------------------------------------------------- */

/* A record that was written after the survey began has no bit: it was named just now. */
static bool has_bit(const struct survey *survey, int64_t id)
{
    return id > 0 && id <= survey->id_max;
}

static bool is_named(const struct survey *survey, int64_t id)
{
    return !has_bit(survey, id) || (survey->named[id / 8] >> (id % 8) & 1);
}

static void set_named(struct survey *survey, int64_t id, bool named)
{
    if (!has_bit(survey, id) || is_named(survey, id) == named)
        return;
    survey->named[id / 8] = (unsigned char)(survey->named[id / 8] ^ (1U << (id % 8)));
    survey->named_count += named ? 1 : -1;
}

/* --- differences ------------------------------------------------------------------------------ */

static int64_t *count_of(struct survey *survey, json_int_t kind)
{
    if (kind == DIFFERENCE_MISSING)
        return &survey->counts.missing;
    return kind == DIFFERENCE_EXTRA ? &survey->counts.extra : &survey->counts.different;
}

static void forget_difference(struct survey *survey, const char *key)
{
    json_int_t kind = json_int(survey->keys, key, DIFFERENCE_NONE);

    if (kind == DIFFERENCE_NONE)
        return;
    --*count_of(survey, kind);
    json_object_del(survey->keys, key);
}

static enum status note_difference(struct survey *survey, const char *key, enum difference kind,
                                   struct error *error)
{
    bool ok = true;

    ++*count_of(survey, kind);
    if (json_object_size(survey->keys) < SURVEY_KEYS_MAX)
        json_put(survey->keys, key, json_integer(kind), &ok);
    return ok ? STATUS_OK : error_nomem(error);
}

/* --- looking ---------------------------------------------------------------------------------- */

static enum status find_record(struct survey *survey, const char *key, const char *rev,
                               struct holding *holding, struct error *error)
{
    struct stmt *stmt;
    bool row = false;

    if (!survey->dataset)
        return STATUS_OK;
    enum status status = sql_statement(survey->cache->sql,
                                       "SELECT r.id, r.rev FROM " RECORD_BY_KEY
                                       " CROSS JOIN record r ON r.id = k.record"
                                       " WHERE r.dataset = ?2 AND r.key = ?3",
                                       &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, record_hash(survey->dataset_id, key));
    stmt_bind_int(stmt, 2, survey->dataset_id);
    stmt_bind_text(stmt, 3, key);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row) {
        const char *stored = stmt_text(stmt, 1);
        holding->id = stmt_int(stmt, 0);
        holding->same = stored && rev && strcmp(stored, rev) == 0;
    }
    stmt_reset(stmt);
    return status;
}

static enum status is_aside(struct survey *survey, const char *key, bool *aside,
                            struct error *error)
{
    struct stmt *stmt;

    if (!survey->dataset || !survey->cache->any_aside)
        return STATUS_OK;
    enum status status = sql_statement(
        survey->cache->sql, "SELECT 1 FROM aside WHERE source = ?1 AND key = ?2", &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, survey->dataset);
    stmt_bind_text(stmt, 2, key);
    status = stmt_step(stmt, aside, error);
    stmt_reset(stmt);
    return status;
}

static enum status judge_absent(struct survey *survey, const char *key, struct error *error)
{
    bool aside = false;
    enum status status = is_aside(survey, key, &aside, error);

    if (status == STATUS_OK && aside)
        survey->counts.aside++;
    else if (status == STATUS_OK)
        status = note_difference(survey, key, DIFFERENCE_MISSING, error);
    return status;
}

static bool is_design(const char *key)
{
    return strncmp(key, "_design/", strlen("_design/")) == 0;
}

enum status survey_row(struct survey *survey, const char *key, const char *rev, bool deleted,
                       struct error *error)
{
    struct holding holding = {0};

    if (is_design(key))
        return STATUS_OK;
    enum status status = find_record(survey, key, rev, &holding, error);
    if (status != STATUS_OK)
        return status;
    forget_difference(survey, key);
    set_named(survey, holding.id, !deleted);
    if (deleted)
        return STATUS_OK;
    if (holding.id == 0)
        return judge_absent(survey, key, error);
    return holding.same ? STATUS_OK : note_difference(survey, key, DIFFERENCE_REVISION, error);
}

enum status survey_except(struct survey *survey, const char *key, struct error *error)
{
    struct holding holding = {0};

    if (is_design(key))
        return STATUS_OK;
    enum status status = find_record(survey, key, NULL, &holding, error);
    if (status != STATUS_OK)
        return status;
    forget_difference(survey, key);
    set_named(survey, holding.id, true);
    survey->counts.newer++;
    return STATUS_OK;
}

/* --- the end ---------------------------------------------------------------------------------- */

static enum status find_extras(struct survey *survey, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        survey->cache->sql, "SELECT id, key FROM record WHERE dataset = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, survey->dataset_id);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char *key = stmt_text(stmt, 1);
        if (is_named(survey, stmt_int(stmt, 0)))
            continue;
        status = note_difference(survey, key ? key : "", DIFFERENCE_EXTRA, error);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}

static enum status list_keys(struct survey *survey, struct error *error)
{
    const char *key;
    json_t *kind;
    bool ok = true;

    json_object_foreach(survey->keys, key, kind)
        json_add(survey->found_keys, json_string(key), &ok);
    return ok ? STATUS_OK : error_nomem(error);
}

enum status survey_finish(struct survey *survey, struct error *error)
{
    struct survey_counts *counts = &survey->counts;
    enum status status = STATUS_OK;

    counts->upstream = survey->named_count + counts->missing + counts->aside;
    if (survey->dataset && survey->named_count < counts->local) /* else every one was named */
        status = find_extras(survey, error);
    return status == STATUS_OK ? list_keys(survey, error) : status;
}

struct survey_counts survey_counts(const struct survey *survey)
{
    return survey->counts;
}

size_t survey_difference_count(const struct survey *survey)
{
    return json_array_size(survey->found_keys);
}

enum status survey_differences(const struct survey *survey, size_t first, size_t count,
                               json_t *keys, struct error *error)
{
    bool ok = true;

    for (size_t i = first; i < first + count && i < json_array_size(survey->found_keys); i++)
        json_add(keys, json_incref(json_array_get(survey->found_keys, i)), &ok);
    return ok ? STATUS_OK : error_nomem(error);
}
