#include "db/search.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "db/cache_store.h"
#include "db/record.h"
#include "db/search_match.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIMIT_DEFAULT  50
#define LIMIT_MAX      500
#define CANDIDATES_MAX 2000 /* records looked at in one tier */
#define BATCH          50   /* subjects in one look for their other records */
#define PROPOSALS_MAX  200  /* open requests whose proposed values are searched */

struct found {
    struct search_hit hit;
    enum tier tier;
    size_t order;
    size_t rank;      /* of the dataset that names the hit */
    int64_t replaced; /* record id to take the detail from; 0: it is there already */
    uint64_t hash;
};

struct search {
    struct reader *reader;
    struct sql *cache;
    const struct catalogue *catalogue;
    struct arena *arena;
    struct query query;
    struct buf strings; /* of the candidate that is looked at */
    enum search_kind kind;
    size_t limit;
    const struct dataset **datasets; /* by id, NULL where the catalogue has none */
    size_t dataset_count;
    struct found *found;
    size_t count;
};

/* --- datasets --------------------------------------------------------------------------------- */

#define DATASET_IDS_MAX 4096

static enum status read_datasets(struct search *search, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(search->cache, "SELECT id, name FROM dataset ORDER BY id DESC", &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        int64_t id = stmt_int(stmt, 0);
        const char *name = stmt_text(stmt, 1);
        if (id < 1 || id > DATASET_IDS_MAX || !name)
            continue;
        if (!search->datasets) {
            search->dataset_count = (size_t)id + 1;
            search->datasets =
                arena_array(search->arena, search->dataset_count, sizeof *search->datasets);
            if (!search->datasets) {
                status = error_nomem(error);
                break;
            }
        }
        search->datasets[id] = catalogue_find(search->catalogue, name);
    }
    stmt_reset(stmt);
    return status;
}

static const struct dataset *dataset_of(const struct search *search, int64_t id)
{
    return id > 0 && (uint64_t)id < search->dataset_count ? search->datasets[id] : NULL;
}

/* --- hits ------------------------------------------------------------------------------------- */

static uint64_t hash_text(uint64_t seed, const char *text)
{
    uint64_t hash = 0xCBF29CE484222325u ^ seed;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001B3u;
    return hash;
}

/* What a hit is about: the person or enterprise, or the certificate where that was asked for. */
static enum search_kind kind_of(const struct search *search, const struct facts *facts,
                                enum match match)
{
    bool by_number = match == MATCH_CERTIFICATE || match == MATCH_CERTIFICATE_PART;

    if (facts->is_certificate && (search->kind == SEARCH_CERTIFICATE || by_number))
        return SEARCH_CERTIFICATE;
    if (facts->dataset->subject == SUBJECT_PERSON)
        return SEARCH_PERSON;
    return facts->dataset->subject == SUBJECT_ENTERPRISE ? SEARCH_ENTERPRISE : SEARCH_ALL;
}

static const char *detail_of(const struct facts *facts, enum search_kind kind)
{
    if (kind == SEARCH_CERTIFICATE)
        return facts->issuer;
    for (size_t i = 0; i < facts->count; i++)
        if (facts->items[i].field->role == ROLE_ADDRESS)
            return facts->items[i].text;
    return "";
}

static bool is_found(const struct search *search, uint64_t hash)
{
    for (size_t i = 0; i < search->count; i++)
        if (search->found[i].hash == hash)
            return true;
    return false;
}

struct candidate {
    int64_t flags;
    const char *key;
    const struct facts *facts;
};

static void add_hit(struct search *search, const struct candidate *candidate, enum match match,
                    enum tier worst)
{
    const struct facts *facts = candidate->facts;
    enum search_kind kind = kind_of(search, facts, match);
    const char *subject = kind == SEARCH_CERTIFICATE ? facts->certificate : facts->subject;
    uint64_t hash = hash_text(kind, *subject ? subject : candidate->key);

    if (kind == SEARCH_ALL || (search->kind != SEARCH_ALL && kind != search->kind) ||
        is_found(search, hash) || search->count > search->limit)
        return;
    search->found[search->count] = (struct found){
        .hit = {.kind = kind,
                .dataset = facts->dataset->name,
                .record = arena_str(search->arena, candidate->key),
                .subject = arena_str(search->arena, subject),
                .name = arena_str(search->arena, facts->name),
                .detail = arena_str(search->arena, detail_of(facts, kind)),
                .matched = match_name(match),
                .deceased = (candidate->flags & RECORD_DECEASED) != 0},
        .tier = worst,
        .order = search->count,
        .rank = dataset_rank(search->catalogue, facts->dataset),
        .hash = hash,
    };
    search->count++;
}

static void judge(struct search *search, const struct candidate *candidate)
{
    struct match_record record;
    enum tier worst;

    match_prepare(candidate->facts, &record);
    enum match match = match_query(&search->query, &record, &worst);
    if (match != MATCH_NONE)
        add_hit(search, candidate, match, worst);
}

/* --- scanning the index ----------------------------------------------------------------------- */

/* The rare body that cannot be scanned. */
static enum status consider_parsed(struct search *search, struct stmt *stmt,
                                   const struct dataset *dataset, const char *key,
                                   struct error *error)
{
    struct facts facts;
    json_t *body = NULL;
    enum status status = record_parse(stmt, 4, &body, error);

    if (status != STATUS_OK)
        return status;
    facts_read(dataset, body, &facts);
    const struct candidate candidate = {stmt_int(stmt, 1), key, &facts};
    judge(search, &candidate);
    json_decref(body);
    return STATUS_OK;
}

static enum status consider_row(struct search *search, struct stmt *stmt, struct error *error)
{
    const struct dataset *dataset = dataset_of(search, stmt_int(stmt, 0));
    const char *key = stmt_text(stmt, 2);
    const char *name = stmt_text(stmt, 3);
    struct facts facts;
    size_t length = 0;

    if (!dataset || !key || !name || !match_name_possible(&search->query, name))
        return STATUS_OK;
    const char *body = stmt_blob(stmt, 4, &length);
    buf_clear(&search->strings);
    if (!body || !facts_scan(dataset, body, length, &search->strings, &facts))
        return consider_parsed(search, stmt, dataset, key, error);
    const struct candidate candidate = {stmt_int(stmt, 1), key, &facts};
    judge(search, &candidate);
    return STATUS_OK;
}

static enum status scan(struct search *search, const char *expression, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        search->cache,
        "SELECT r.dataset, r.flags, r.key, r.name, r.body FROM term CROSS JOIN record r"
        " ON r.id = term.rowid WHERE term MATCH ?1 LIMIT ?2",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, expression);
    stmt_bind_int(stmt, 2, CANDIDATES_MAX);
    while (search->count <= search->limit && (status = stmt_step(stmt, &row, error)) == STATUS_OK &&
           row) {
        status = consider_row(search, stmt, error);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}

static enum status scan_tiers(struct search *search, struct error *error)
{
    struct buf expression = {0};
    enum status status = query_place(search->cache, &search->query, error);

    for (int tier = TIER_EXACT; tier < TIER_COUNT && status == STATUS_OK; tier++) {
        bool possible = false;
        if (search->count > search->limit)
            break;
        status = query_expression(search->cache, &search->query, (enum tier)tier, search->kind,
                                  &expression, &possible, error);
        if (status == STATUS_OK && possible)
            status = scan(search, buf_text(&expression), error);
    }
    buf_release(&expression);
    return status;
}

/* --- proposed values -------------------------------------------------------------------------- */

/* What the clerk has asked to change is found by its new value too. */
static void overlay(json_t *body, const json_t *changes)
{
    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *change = json_array_get(changes, i);
        const char *field = json_text(change, "field", NULL);
        json_t *proposed = json_object_get(change, "proposed");
        if (field && proposed)
            (void)json_object_set(body, field, proposed);
    }
}

/* Cheap: do the proposed values alone have anything to do with the query? */
static bool proposals_touch(const struct search *search, const struct dataset *dataset,
                            const json_t *changes)
{
    struct facts facts;
    struct match_record record;
    json_t *alone = json_object();

    if (!alone)
        return false;
    overlay(alone, changes);
    facts_read(dataset, alone, &facts);
    match_prepare(&facts, &record);
    bool touched = false;
    for (size_t i = 0; i < search->query.count && !touched; i++)
        touched = match_word(&search->query.words[i], &record) != MATCH_NONE;
    json_decref(alone);
    return touched;
}

static enum status judge_overlaid(struct search *search, const struct dataset *dataset,
                                  const char *key, const json_t *changes, struct error *error)
{
    struct record_head head;
    struct facts facts;
    json_t *body = NULL;
    enum status status = record_find(search->cache, dataset->name, key, &head, &body, error);

    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;
    overlay(body, changes);
    facts_read(dataset, body, &facts);
    const struct candidate candidate = {head.flags, key, &facts};
    judge(search, &candidate);
    json_decref(body);
    return STATUS_OK;
}

static enum status consider_request(struct search *search, struct stmt *stmt, struct error *error)
{
    const char *name = stmt_text(stmt, 0);
    const char *key = stmt_text(stmt, 1);
    const struct dataset *dataset = name ? catalogue_find(search->catalogue, name) : NULL;
    json_t *frozen = NULL;

    if (!dataset || !key)
        return STATUS_OK;
    size_t length = 0;
    const char *text = stmt_blob(stmt, 2, &length);
    enum status status = json_parse(text ? text : "", length, &frozen, error);
    if (status != STATUS_OK)
        return status;
    const json_t *changes = json_object_get(frozen, "changes");
    if (proposals_touch(search, dataset, changes))
        status = judge_overlaid(search, dataset, key, changes, error);
    json_decref(frozen);
    return status;
}

static enum status scan_proposals(struct search *search, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(reader_outbox(search->reader),
                                       "SELECT dataset, record, frozen FROM request WHERE final = 0"
                                       " ORDER BY rowid DESC LIMIT ?1",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, PROPOSALS_MAX);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        status = consider_request(search, stmt, error);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}

/* --- the other records of the same subjects --------------------------------------------------- */

static bool same_subject(const struct found *found, const char *subject)
{
    return found->hit.kind != SEARCH_CERTIFICATE && strcmp(found->hit.subject, subject) == 0;
}

static void consider_sibling(struct search *search, struct stmt *stmt, size_t from, size_t to)
{
    const struct dataset *dataset = dataset_of(search, stmt_int(stmt, 1));
    const char *key = stmt_text(stmt, 3);
    const char *subject = stmt_text(stmt, 4);
    const char *name = stmt_text(stmt, 5);

    if (!dataset || !key || !subject || !name || dataset_role(dataset, ROLE_CERTIFICATE))
        return;
    size_t rank = dataset_rank(search->catalogue, dataset);
    for (size_t i = from; i < to; i++) {
        struct found *found = &search->found[i];
        if (!same_subject(found, subject))
            continue;
        found->hit.deceased |= (stmt_int(stmt, 2) & RECORD_DECEASED) != 0;
        if (rank >= found->rank || !*name)
            continue;
        found->rank = rank;
        found->hit.dataset = dataset->name;
        found->hit.record = arena_str(search->arena, key);
        found->hit.name = arena_str(search->arena, name);
        found->replaced = stmt_int(stmt, 0);
    }
}

static enum status find_siblings(struct search *search, size_t from, size_t to, struct error *error)
{
    struct buf expression = {0};
    struct stmt *stmt;
    bool row = false;

    for (size_t i = from; i < to; i++)
        if (search->found[i].hit.kind != SEARCH_CERTIFICATE && *search->found[i].hit.subject) {
            buf_str(&expression, expression.length ? " OR \"s" : "\"s");
            search_subject(search->found[i].hit.subject, &expression);
            buf_char(&expression, '"');
        }
    enum status status = buf_failed(&expression) ? error_nomem(error) : STATUS_OK;
    if (status == STATUS_OK && expression.length > 0)
        status = sql_statement(search->cache,
                               "SELECT r.id, r.dataset, r.flags, r.key, r.subject, r.name FROM term"
                               " CROSS JOIN record r ON r.id = term.rowid WHERE term MATCH ?1",
                               &stmt, error);
    if (status == STATUS_OK && expression.length > 0) {
        stmt_bind_text(stmt, 1, buf_text(&expression));
        while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
            consider_sibling(search, stmt, from, to);
        stmt_reset(stmt);
    }
    buf_release(&expression);
    return status;
}

static enum status read_detail(struct search *search, struct found *found, struct error *error)
{
    const struct dataset *dataset = catalogue_find(search->catalogue, found->hit.dataset);
    struct stmt *stmt;
    struct facts facts;
    json_t *body = NULL;
    bool row = false;
    enum status status =
        sql_statement(search->cache, "SELECT body FROM record WHERE id = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, found->replaced);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row)
        status = record_parse(stmt, 0, &body, error);
    stmt_reset(stmt);
    if (status != STATUS_OK || !body)
        return status;
    facts_read(dataset, body, &facts);
    found->hit.detail = arena_str(search->arena, detail_of(&facts, found->hit.kind));
    json_decref(body);
    return STATUS_OK;
}

static enum status count_pending(struct search *search, struct found *found, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        reader_outbox(search->reader),
        "SELECT count(*) FROM request WHERE subject = ?1 AND final = 0", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, found->hit.subject);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row)
        found->hit.pending = (int)stmt_int(stmt, 0);
    stmt_reset(stmt);
    return status;
}

static enum status complete_hits(struct search *search, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t from = 0; from < search->count && status == STATUS_OK; from += BATCH) {
        size_t to = from + BATCH < search->count ? from + BATCH : search->count;
        status = find_siblings(search, from, to, error);
    }
    for (size_t i = 0; i < search->count && status == STATUS_OK; i++) {
        if (search->found[i].replaced)
            status = read_detail(search, &search->found[i], error);
        if (status == STATUS_OK)
            status = count_pending(search, &search->found[i], error);
    }
    return status;
}

/* --- the result ------------------------------------------------------------------------------- */

struct owned_result {
    struct search_result result; /* first: what the caller holds */
    struct arena *arena;
};

static int compare_found(const void *a, const void *b)
{
    const struct found *left = a;
    const struct found *right = b;

    if (left->tier != right->tier)
        return left->tier < right->tier ? -1 : 1;
    if (left->hit.deceased != right->hit.deceased)
        return left->hit.deceased ? 1 : -1;
    return left->order < right->order ? -1 : left->order > right->order;
}

static enum status take_result(struct search *search, struct search_result **out,
                               struct error *error)
{
    struct owned_result *owned = calloc(1, sizeof *owned);
    size_t shown = search->count < search->limit ? search->count : search->limit;

    if (!owned)
        return error_nomem(error);
    if (search->count > 1)
        qsort(search->found, search->count, sizeof *search->found, compare_found);
    struct search_hit *hits = arena_array(search->arena, shown + 1, sizeof *hits);
    for (size_t i = 0; i < shown && hits; i++) {
        hits[i] = search->found[i].hit;
        hits[i].dataset = arena_str(search->arena, hits[i].dataset);
    }
    if (!hits || arena_failed(search->arena)) {
        free(owned);
        return error_nomem(error);
    }
    owned->arena = search->arena;
    search->arena = NULL;
    owned->result = (struct search_result){
        .hits = hits, .count = shown, .total_at_least = (int64_t)search->count};
    *out = &owned->result;
    return STATUS_OK;
}

static enum status run(struct search *search, struct error *error)
{
    enum status status = read_datasets(search, error);

    if (status == STATUS_OK)
        status = scan_tiers(search, error);
    if (status == STATUS_OK && search->query.count > 0)
        status = scan_proposals(search, error);
    return status == STATUS_OK ? complete_hits(search, error) : status;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static size_t limit_of(const struct search_options *options)
{
    int wanted = options && options->limit > 0 ? options->limit : LIMIT_DEFAULT;

    return (size_t)(wanted > LIMIT_MAX ? LIMIT_MAX : wanted);
}

enum status search_run(struct reader *reader, const char *query,
                       const struct search_options *options, struct search_result **result,
                       struct error *error)
{
    struct timespec start;
    struct search search = {.reader = reader,
                            .cache = reader_cache(reader),
                            .kind = options ? options->kind : SEARCH_ALL,
                            .limit = limit_of(options)};

    clock_gettime(CLOCK_MONOTONIC, &start);
    query_parse(query, &search.query);
    enum status status = reader_catalogue(reader, &search.catalogue, error);
    if (status != STATUS_OK)
        return status;
    search.arena = arena_new();
    search.found = calloc(search.limit + 1, sizeof *search.found);
    if (!search.arena || !search.found)
        status = error_nomem(error);
    if (status == STATUS_OK)
        status = sql_snapshot_begin(search.cache, error);
    if (status == STATUS_OK) {
        status = run(&search, error);
        sql_snapshot_end(search.cache);
    }
    if (status == STATUS_OK)
        status = take_result(&search, result, error);
    if (status == STATUS_OK)
        (*result)->seconds = seconds_since(&start);
    arena_free(search.arena);
    buf_release(&search.strings);
    free(search.found);
    return status;
}

void search_result_free(struct search_result *result)
{
    struct owned_result *owned = (struct owned_result *)result;

    if (!owned)
        return;
    arena_free(owned->arena);
    free(owned);
}
