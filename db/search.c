#include "db/search_hit.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "db/record.h"
#include "db/search_key.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIMIT_DEFAULT   50
#define LIMIT_MAX       500
#define CANDIDATES_MAX  4000 /* records looked at in one step */
#define FIRST_SCREEN    10   /* hits that everybody reads */
#define OTHERS_MAX      64   /* records of other kinds that are passed over */
#define CANDIDATES_EACH 4    /* the same for each hit, where others were found before */
#define GIVEN_NAME      2    /* characters */
#define PROPOSALS_MAX   200  /* open requests whose proposed values are searched */
#define HOLDERS_MAX     100  /* persons and enterprises whose certificates are looked for */

/* --- asking the index ------------------------------------------------------------------------- */

/* Who has found something has not so much patience with what only may be meant. */
static size_t candidates_max(const struct search *search, enum tier step)
{
    bool found = search->count > 0 && search->query->count == 1 &&
                 (step == TIER_PART || step == TIER_INSIDE);
    size_t few = CANDIDATES_EACH * (search->limit + HITS_BEYOND);

    return found && few < CANDIDATES_MAX ? few : CANDIDATES_MAX;
}

/* What `kind` adds to an expression, for a row that was not found by one. */
static bool is_of_kind(const struct search *search, const struct dataset *dataset)
{
    static const enum subject_kind subjects[] = {
        [SEARCH_PERSON] = SUBJECT_PERSON,
        [SEARCH_ENTERPRISE] = SUBJECT_ENTERPRISE,
        [SEARCH_PLACE] = SUBJECT_PLACE,
        [SEARCH_INDICATOR] = SUBJECT_INDICATOR,
    };
    bool certificate = dataset && dataset_role(dataset, ROLE_CERTIFICATE);

    if (search->kind == SEARCH_ALL || !dataset)
        return true;
    if (certificate || search->kind == SEARCH_CERTIFICATE)
        return certificate && search->kind == SEARCH_CERTIFICATE;
    return dataset->subject == subjects[search->kind];
}

/* One run through what an expression stands for. */
struct scan {
    const char *expression;
    int64_t from; /* the first record that was not looked at */
    size_t left;  /* candidates that may still be looked at */
    size_t others;
    size_t others_max; /* records of other kinds, beyond which they are not passed over */
    bool ended;
};

static enum status scan_row(struct search *search, struct scan *scan, struct stmt *stmt,
                            struct error *error)
{
    scan->from = stmt_int(stmt, 5) + 1;
    if (!is_of_kind(search, hits_dataset(search, stmt_int(stmt, 0)))) {
        scan->ended = ++scan->others > scan->others_max;
        return STATUS_OK;
    }
    scan->others_max++;
    scan->ended = --scan->left == 0;
    return hits_consider_row(search, stmt, error);
}

static enum status scan_rows(struct search *search, struct scan *scan, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        search->cache,
        "SELECT r.dataset, r.flags, r.key, r.name, r.body, r.id FROM term CROSS JOIN record r"
        " ON r.id = term.rowid WHERE term MATCH ?1 AND term.rowid >= ?2",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, scan->expression);
    stmt_bind_int(stmt, 2, scan->from);
    scan->ended = false;
    while (!scan->ended && !hits_are_enough(search) &&
           (status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        status = scan_row(search, scan, stmt, error);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}

/* The list of a kind is as long as there are records of it, and FTS5 walks through it wherever
 * another list has an entry: it is only asked for where there are many records of other kinds. */
static enum status scan(struct search *search, enum tier step, struct buf *expression,
                        struct error *error)
{
    struct scan scan = {.expression = buf_text(expression),
                        .left = candidates_max(search, step),
                        .others_max = OTHERS_MAX};
    enum status status = scan_rows(search, &scan, error);

    if (status != STATUS_OK || scan.others <= scan.others_max)
        return status;
    query_limit_kind(search->kind, expression);
    scan.expression = buf_text(expression);
    return buf_failed(expression) ? error_nomem(error) : scan_rows(search, &scan, error);
}

static enum status judge_row(struct search *search, int64_t id, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        search->cache, "SELECT dataset, flags, key, name, body FROM record WHERE id = ?1", &stmt,
        error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, id);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row && is_of_kind(search, hits_dataset(search, stmt_int(stmt, 0))))
        status = hits_consider_row(search, stmt, error);
    stmt_reset(stmt);
    return status;
}

static enum status judge_tier(struct search *search, struct word *word, enum tier tier,
                              struct error *error)
{
    struct word_rows *rows = &word->rows[tier];
    enum status status = STATUS_OK;

    for (size_t i = 0; i < rows->count && !rows->judged && status == STATUS_OK; i++) {
        if (hits_fit_enough(search))
            return STATUS_OK;
        if (plan_is_new_row(word, tier, rows->ids[i]))
            status = judge_row(search, rows->ids[i], error);
    }
    rows->judged = true;
    return status;
}

/* Looks at the records of a word that has few. */
static enum status judge_rows(struct search *search, struct word *word, enum tier step,
                              struct error *error)
{
    enum tier last = step > word->least ? step : word->least;
    enum status status = STATUS_OK;

    for (int tier = TIER_EXACT; tier <= (int)last && status == STATUS_OK; tier++)
        status = judge_tier(search, word, (enum tier)tier, error);
    return status;
}

/* The same with single meanings, which then need not be asked for. */
static enum status judge_few(struct search *search, enum tier step, struct error *error)
{
    enum status status = STATUS_OK;
    struct word *word;
    enum tier tier;

    while (status == STATUS_OK && !hits_fit_enough(search) &&
           (word = plan_few_rows(search->query, step, &tier)))
        status = judge_tier(search, word, tier, error);
    return status;
}

static enum status scan_step(struct search *search, enum tier step, struct buf *expression,
                             struct error *error)
{
    struct word *rare = plan_rare_word(search->query, step);

    search->step = step;
    search->fitting = 0;
    for (size_t i = 0; i < search->count; i++)
        search->fitting += search->found[i].tier <= step;
    if (rare)
        return judge_rows(search, rare, step, error);
    enum status status = judge_few(search, step, error);
    if (status != STATUS_OK || hits_are_enough(search))
        return status;
    query_expression(search->query, step, expression);
    if (buf_failed(expression))
        return error_nomem(error);
    return expression->length > 0 ? scan(search, step, expression, error) : STATUS_OK;
}

static size_t exact_hits(const struct search *search)
{
    size_t count = 0;

    for (size_t i = 0; i < search->count; i++)
        count += search->found[i].tier == TIER_EXACT;
    return count;
}

/* Two characters, or syllables, that may be what a person is called behind the surname. */
static bool may_be_given_name(const struct word *word)
{
    size_t first;

    if (word->script == WORD_HAN)
        return word->folded.count == GIVEN_NAME;
    return word->script == WORD_LETTERS && strlen(word->code) >= GIVEN_NAME &&
           han_syllables_like(word->code, strlen(word->code), &first) == 0;
}

/* Many names begin so: who is called so behind the surname is looked for nevertheless. */
static enum status scan_given_names(struct search *search, enum tier step, struct buf *expression,
                                    struct error *error)
{
    struct word *word = &search->query->words[0];

    if (step == TIER_EXACT || step > TIER_INSIDE || search->query->count != 1 ||
        search->query->deepest < TIER_INSIDE || search->kind > SEARCH_PERSON ||
        !may_be_given_name(word) || exact_hits(search) >= FIRST_SCREEN)
        return STATUS_OK;
    enum status status = query_prepare_step(search->cache, search->query, TIER_INSIDE, error);
    if (status != STATUS_OK || !word->meanings[TIER_INSIDE])
        return status;
    buf_clear(expression);
    buf_printf(expression, "(%s)", word->meanings[TIER_INSIDE]);
    if (word->script == WORD_HAN && word->meanings[TIER_PREFIX])
        buf_printf(expression, " NOT (%s)", word->meanings[TIER_PREFIX]);
    if (buf_failed(expression))
        return error_nomem(error);
    search->before = search->count;
    status = scan(search, TIER_INSIDE, expression, error);
    search->before = 0;
    return status;
}

static enum status scan_steps(struct search *search, struct error *error)
{
    struct buf expression = {0};
    enum status status = STATUS_OK;

    for (int step = TIER_EXACT; step < TIER_COUNT && status == STATUS_OK; step++) {
        if (search->count >= search->limit) {
            status = scan_given_names(search, (enum tier)step, &expression, error);
            break;
        }
        status = query_prepare_step(search->cache, search->query, (enum tier)step, error);
        if (status == STATUS_OK && query_step_counts(search->query, (enum tier)step))
            status = scan_step(search, (enum tier)step, &expression, error);
    }
    buf_release(&expression);
    return status;
}

static bool is_wanted(const struct search *search, const struct query *reading)
{
    switch (reading->use) {
    case READING_ALWAYS:
        return true;
    case READING_IF_ROOM:
        return search->count < search->limit;
    case READING_IF_FEW:
        return search->count < FIRST_SCREEN;
    case READING_IF_VAGUE:
        return search->count < FIRST_SCREEN && exact_hits(search) == 0;
    case READING_IF_NOTHING:
        break;
    }
    return search->count == 0;
}

static enum status take_reading(struct search *search, size_t at, struct error *error)
{
    struct query *query = &search->readings[at];
    bool holders =
        search->kind == SEARCH_CERTIFICATE || (search->kind == SEARCH_ALL && query->count > 1);

    search->query = query;
    search->reading = at;
    return query_prepare(search->cache, query, &(struct preparation){search->arena, holders},
                         error);
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
    match_prepare(&facts, search->query, &record);
    bool touched = false;
    for (size_t i = 0; i < search->query->count && !touched; i++)
        touched = match_word(&search->query->words[i], &record) != MATCH_NONE;
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
    hits_judge(search, &candidate);
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

/* --- certificates by their holders ------------------------------------------------------------ */

/* Is this word one of the names that certificates have? */
static enum status is_title(struct search *search, struct query *query, size_t at, bool *title,
                            struct error *error)
{
    struct query alone = {.count = 1, .deepest = TIER_PLACE};
    struct buf expression = {0};
    struct stmt *stmt;

    *title = false;
    if (query->words[at].script != WORD_HAN || query->words[at].folded.count < 2)
        return STATUS_OK;
    alone.words[0] = query->words[at];
    enum status status =
        query_prepare(search->cache, &alone, &(struct preparation){search->arena, false}, error);
    for (int step = TIER_EXACT; step < TIER_COUNT && status == STATUS_OK && !*title; step++) {
        status = query_prepare_step(search->cache, &alone, (enum tier)step, error);
        if (status != STATUS_OK)
            break;
        if (!query_step_counts(&alone, (enum tier)step))
            continue;
        query_expression(&alone, (enum tier)step, &expression);
        query_limit_kind(SEARCH_CERTIFICATE, &expression);
        status = sql_statement(search->cache, "SELECT 1 FROM term WHERE term MATCH ?1 LIMIT 1",
                               &stmt, error);
        if (status != STATUS_OK)
            break;
        stmt_bind_text(stmt, 1, buf_text(&expression));
        status = stmt_step(stmt, title, error);
        stmt_reset(stmt);
    }
    buf_release(&expression);
    return status;
}

/* Parts the words of a reading: what certificates are called, and who holds them. */
static enum status part_words(struct search *search, struct query *reading, struct query *titles,
                              struct query *people, struct error *error)
{
    enum status status = STATUS_OK;

    *titles = (struct query){0};
    *people = (struct query){.use = reading->use, .deepest = reading->deepest};
    for (size_t i = 0; i < reading->count && status == STATUS_OK; i++) {
        bool title = false;
        status = is_title(search, reading, i, &title, error);
        struct query *to = title ? titles : people;
        to->words[to->count++] = reading->words[i];
    }
    return status;
}

static bool is_called(const struct query *titles, const struct facts *facts)
{
    struct facts named = *facts;
    struct match_record record;

    named.holder = "";
    match_prepare(&named, titles, &record);
    for (size_t i = 0; i < titles->count; i++)
        if (match_word(&titles->words[i], &record) > MATCH_INSIDE)
            return false;
    return true;
}

static enum status add_certificate(struct search *search, struct stmt *stmt,
                                   const struct query *titles, const struct found *holder,
                                   struct error *error)
{
    const struct dataset *dataset = hits_dataset(search, stmt_int(stmt, 0));
    const char *key = stmt_text(stmt, 2);
    struct facts facts;
    json_t *body = NULL;

    if (!dataset || !key)
        return STATUS_OK;
    enum status status = record_parse(stmt, 4, &body, error);
    if (status != STATUS_OK)
        return status;
    facts_read(dataset, body, &facts);
    const struct candidate candidate = {stmt_int(stmt, 1), key, &facts};
    if (facts.is_certificate && is_called(titles, &facts))
        hits_add_held(search, &candidate, holder);
    json_decref(body);
    return STATUS_OK;
}

static enum status add_certificates(struct search *search, const struct query *titles,
                                    const struct found *holder, struct error *error)
{
    struct buf subject = {0};
    struct buf expression = {0};
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(search->cache,
                      "SELECT r.dataset, r.flags, r.key, r.name, r.body FROM term CROSS JOIN"
                      " record r ON r.id = term.rowid WHERE term MATCH ?1 LIMIT ?2",
                      &stmt, error);

    search_subject(holder->hit.subject, &subject);
    buf_printf(&expression, "(\"s%s\" OR \"x%s\") AND \"dcertificate\"", buf_text(&subject),
               buf_text(&subject));
    if (status == STATUS_OK && subject.length > 0) {
        stmt_bind_text(stmt, 1, buf_text(&expression));
        stmt_bind_int(stmt, 2, CANDIDATES_MAX);
        while (!hits_are_enough(search) && (status = stmt_step(stmt, &row, error)) == STATUS_OK &&
               row) {
            status = add_certificate(search, stmt, titles, holder, error);
            if (status != STATUS_OK)
                break;
        }
        stmt_reset(stmt);
    }
    buf_release(&subject);
    buf_release(&expression);
    return status;
}

/* The holders that one reading describes, and what they hold. */
static enum status scan_holders(struct search *search, size_t at, struct error *error)
{
    struct query titles;
    struct query people;
    struct search holders = *search;

    holders.kind = SEARCH_ALL;
    holders.limit = HOLDERS_MAX;
    holders.count = 0;
    holders.query = &people;
    holders.reading = at;
    holders.found = hits_room(HOLDERS_MAX);
    holders.strings = (struct buf){0};
    enum status status = holders.found ? STATUS_OK : error_nomem(error);
    if (status == STATUS_OK)
        status = part_words(search, &search->readings[at], &titles, &people, error);
    if (status == STATUS_OK && people.count > 0) {
        status = query_prepare(search->cache, &people, &(struct preparation){search->arena, false},
                               error);
        if (status == STATUS_OK)
            status = scan_steps(&holders, error);
        hits_rank(&holders);
    }
    for (size_t i = 0; i < holders.count && status == STATUS_OK && !hits_are_enough(search); i++)
        status = add_certificates(search, &titles, &holders.found[i], error);
    free(holders.found);
    buf_release(&holders.strings);
    return status;
}

/* --- the result ------------------------------------------------------------------------------- */

struct owned_result {
    struct search_result result; /* first: what the caller holds */
    struct arena *arena;
};

static enum status take_result(struct search *search, struct search_result **out,
                               struct error *error)
{
    struct owned_result *owned = calloc(1, sizeof *owned);
    size_t shown = search->count < search->limit ? search->count : search->limit;

    if (!owned)
        return error_nomem(error);
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

static enum status run_reading(struct search *search, size_t at, struct error *error)
{
    if (!is_wanted(search, &search->readings[at]) || search->readings[at].count == 0)
        return STATUS_OK;
    enum status status = take_reading(search, at, error);
    if (status == STATUS_OK && search->kind == SEARCH_CERTIFICATE)
        status = scan_holders(search, at, error);
    if (status == STATUS_OK)
        status = scan_steps(search, error);
    if (status == STATUS_OK && search->readings[at].use < READING_IF_VAGUE)
        status = scan_proposals(search, error);
    return status;
}

static enum status run(struct search *search, const char *text, struct error *error)
{
    enum status status = hits_read_datasets(search, error);

    search->reading_count = query_readings(text, search->readings, READINGS_MAX);
    for (size_t i = 0; i < search->reading_count && status == STATUS_OK; i++)
        status = run_reading(search, i, error);
    hits_rank(search);
    return status == STATUS_OK ? hits_complete(search, error) : status;
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

/* One view of each file: it takes longer to open one for each hit than to read what is in it. */
static enum status run_in_snapshots(struct search *search, const char *query, struct error *error)
{
    struct sql *outbox = reader_outbox(search->reader);
    enum status status = sql_snapshot_begin(search->cache, error);

    if (status != STATUS_OK)
        return status;
    status = sql_snapshot_begin(outbox, error);
    if (status == STATUS_OK) {
        status = run(search, query, error);
        sql_snapshot_end(outbox);
    }
    sql_snapshot_end(search->cache);
    return status;
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
    enum status status = reader_catalogue(reader, &search.catalogue, error);
    if (status != STATUS_OK)
        return status;
    search.arena = arena_new();
    search.found = hits_room(search.limit);
    search.readings = calloc(READINGS_MAX, sizeof *search.readings);
    if (!search.arena || !search.found || !search.readings)
        status = error_nomem(error);
    if (status == STATUS_OK)
        status = run_in_snapshots(&search, query, error);
    if (status == STATUS_OK)
        status = take_result(&search, result, error);
    if (status == STATUS_OK)
        (*result)->seconds = seconds_since(&start);
    arena_free(search.arena);
    buf_release(&search.strings);
    free(search.readings);
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
