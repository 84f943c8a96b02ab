#include "db/search_hit.h"

#include "db/cache_store.h"
#include "db/record.h"

#include <stdlib.h>
#include <string.h>

#define NOT_OWN 100 /* a certificate of an enterprise is farther from its head than his own */
#define BATCH   50  /* subjects in one look for their other records */

/* --- datasets --------------------------------------------------------------------------------- */

#define DATASET_IDS_MAX 4096

enum status hits_read_datasets(struct search *search, struct error *error)
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

const struct dataset *hits_dataset(const struct search *search, int64_t id)
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

#define BIT(match) (1U << MATCH_##match)
#define BY_TITLE                                                                                   \
    (BIT(NAME) | BIT(NAME_PREFIX) | BIT(INSIDE) | BIT(PINYIN) | BIT(PINYIN_MIXED) |                \
     BIT(PINYIN_SHORT) | BIT(PINYIN_PREFIX) | BIT(PINYIN_INSIDE) | BIT(INITIALS) |                 \
     BIT(INITIALS_PREFIX))
#define BY_NUMBER (BIT(CERTIFICATE) | BIT(CERTIFICATE_PART) | BIT(NUMBER_INSIDE))
#define BY_HOLDER (BIT(HOLDER) | BIT(HOLDER_PART))

static enum search_kind kind_of_subject(enum subject_kind kind)
{
    switch (kind) {
    case SUBJECT_PERSON:
        return SEARCH_PERSON;
    case SUBJECT_ENTERPRISE:
        return SEARCH_ENTERPRISE;
    case SUBJECT_PLACE:
        return SEARCH_PLACE;
    case SUBJECT_INDICATOR:
        return SEARCH_INDICATOR;
    case SUBJECT_NONE:
        break;
    }
    return SEARCH_ALL;
}

/* What a hit is about; SEARCH_ALL: nothing. A certificate's record may stand for its holder, who
 * was found by number; who was found by name has records of that name. */
static enum search_kind kind_of(const struct search *search, const struct facts *facts,
                                unsigned matches)
{
    if (!facts->is_certificate)
        return kind_of_subject(facts->dataset->subject);
    if (search->kind == SEARCH_CERTIFICATE || matches & (BY_TITLE | BY_NUMBER))
        return SEARCH_CERTIFICATE;
    return matches & BY_HOLDER ? SEARCH_ALL : kind_of_subject(facts->dataset->subject);
}

static const char *detail_of(const struct facts *facts, enum search_kind kind)
{
    if (kind == SEARCH_CERTIFICATE && *facts->holder)
        return facts->holder;
    if (kind == SEARCH_CERTIFICATE)
        return facts->issuer;
    if (kind == SEARCH_PLACE)
        return facts->holder;
    for (size_t i = 0; i < facts->count; i++)
        if (facts->items[i].field->role == ROLE_ADDRESS)
            return facts->items[i].text;
    return "";
}

/* Several records are one hit when they are about the same subject; of places and indicators each
 * record is one. */
static const char *identity_of(const struct candidate *candidate, enum search_kind kind)
{
    const struct facts *facts = candidate->facts;

    if (kind == SEARCH_CERTIFICATE && *facts->certificate)
        return facts->certificate;
    bool subject = kind == SEARCH_PERSON || kind == SEARCH_ENTERPRISE;
    return subject && *facts->subject ? facts->subject : candidate->key;
}

static bool is_found(const struct search *search, uint64_t hash)
{
    for (size_t i = 0; i < search->count; i++)
        if (search->found[i].hash == hash)
            return true;
    return false;
}

struct found *hits_room(size_t limit)
{
    return calloc(limit + HITS_ROOM, sizeof(struct found));
}

bool hits_are_enough(const struct search *search)
{
    return search->count >= search->before + search->limit + HITS_BEYOND;
}

bool hits_fit_enough(const struct search *search)
{
    return search->fitting >= search->limit + HITS_BEYOND;
}

static void add_hit(struct search *search, const struct candidate *candidate, enum search_kind kind,
                    const struct judgement *judgement)
{
    const struct facts *facts = candidate->facts;
    uint64_t hash = hash_text(kind, identity_of(candidate, kind));
    bool held = facts->is_certificate && kind != SEARCH_CERTIFICATE && *facts->holder;

    if (kind == SEARCH_ALL || (search->kind != SEARCH_ALL && kind != search->kind) ||
        is_found(search, hash) || search->count >= search->limit + HITS_ROOM)
        return;
    search->found[search->count] = (struct found){
        .hit = {.kind = kind,
                .dataset = facts->dataset->name,
                .record = arena_str(search->arena, candidate->key),
                .subject = arena_str(search->arena, kind == SEARCH_CERTIFICATE ? facts->certificate
                                                                               : facts->subject),
                .name = arena_str(search->arena, held ? facts->holder : facts->name),
                .detail = arena_str(search->arena, detail_of(facts, kind)),
                .matched = match_name(judgement->best),
                .deceased = (candidate->flags & RECORD_DECEASED) != 0},
        .reading = search->reading,
        .tier = judgement->worst,
        .distance = judgement->distance,
        .length = judgement->length,
        .order = search->count,
        .rank = dataset_rank(search->catalogue, facts->dataset),
        .hash = hash,
        .by_title = (judgement->matches & BY_TITLE) != 0,
        .by_given_name = judgement->given_name,
    };
    search->count++;
    search->fitting += judgement->worst <= search->step;
}

void hits_judge(struct search *search, const struct candidate *candidate)
{
    struct match_record record;
    struct judgement judgement;

    match_prepare(candidate->facts, search->query, &record);
    match_query(search->query, &record, &judgement);
    if (judgement.best != MATCH_NONE)
        add_hit(search, candidate, kind_of(search, candidate->facts, judgement.matches),
                &judgement);
}

void hits_add_held(struct search *search, const struct candidate *candidate,
                   const struct found *holder)
{
    bool own = strcmp(candidate->facts->holder, holder->hit.name) == 0;
    const struct judgement judgement = {.best = MATCH_HOLDER,
                                        .worst = holder->tier,
                                        .distance = holder->distance + (own ? 0 : NOT_OWN)};

    search->reading = holder->reading;
    add_hit(search, candidate, SEARCH_CERTIFICATE, &judgement);
}

/* --- candidates ------------------------------------------------------------------------------- */

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
    hits_judge(search, &candidate);
    json_decref(body);
    return STATUS_OK;
}

enum status hits_consider_row(struct search *search, struct stmt *stmt, struct error *error)
{
    const struct dataset *dataset = hits_dataset(search, stmt_int(stmt, 0));
    const char *key = stmt_text(stmt, 2);
    const char *name = stmt_text(stmt, 3);
    struct facts facts;
    size_t length = 0;

    if (!dataset || !key || !name)
        return STATUS_OK;
    if (!dataset_role(dataset, ROLE_HOLDER) && !match_name_possible(search->query, name))
        return STATUS_OK;
    const char *body = stmt_blob(stmt, 4, &length);
    buf_clear(&search->strings);
    if (!body || !facts_scan(dataset, body, length, &search->strings, &facts))
        return consider_parsed(search, stmt, dataset, key, error);
    const struct candidate candidate = {stmt_int(stmt, 1), key, &facts};
    hits_judge(search, &candidate);
    return STATUS_OK;
}

/* --- ranking ---------------------------------------------------------------------------------- */

#define FIRST_SCREEN 10 /* hits that everybody reads */
#define GIVEN_FEW    5
#define GIVEN_MORE   9 /* few enough for the first screen, when those before fill it and more */
#define BEGUN_MANY   50

static int compare_numbers(uint64_t left, uint64_t right)
{
    return left < right ? -1 : left > right;
}

static int compare_found(const void *a, const void *b)
{
    const struct found *left = a;
    const struct found *right = b;
    const int orders[] = {compare_numbers(left->reading, right->reading),
                          compare_numbers(left->tier, right->tier),
                          compare_numbers(left->distance, right->distance),
                          compare_numbers(left->hit.deceased, right->hit.deceased),
                          compare_numbers(left->hit.kind, right->hit.kind),
                          compare_numbers(left->length, right->length),
                          compare_numbers(left->order, right->order)};

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (orders[i] != 0)
            return orders[i];
    return 0;
}

/* "文涛" may begin the name of Wen Taoran, and be what Zhang Wentao is called. Where all of them
 * do not fit on the first screen, a few who are called so come first: to read over them costs
 * little. */
static void mind_given_names(struct search *search)
{
    size_t begun = 0;
    size_t given = 0;

    for (size_t i = 0; i < search->count; i++) {
        begun += search->found[i].tier == TIER_PREFIX;
        given += search->found[i].by_given_name;
    }
    if (begun + given <= FIRST_SCREEN)
        return;
    if (given > GIVEN_FEW && (given > GIVEN_MORE || begun < BEGUN_MANY))
        return;
    for (size_t i = 0; i < search->count; i++)
        if (search->found[i].by_given_name && search->found[i].tier > TIER_PREFIX) {
            search->found[i].tier = TIER_PREFIX;
            search->found[i].distance = 0;
        }
}

void hits_rank(struct search *search)
{
    mind_given_names(search);
    if (search->count > 1)
        qsort(search->found, search->count, sizeof *search->found, compare_found);
}

/* --- the other records of the same subjects --------------------------------------------------- */

static bool has_siblings(const struct found *found)
{
    bool subject = found->hit.kind == SEARCH_PERSON || found->hit.kind == SEARCH_ENTERPRISE;

    return subject && *found->hit.subject;
}

static bool same_subject(const struct found *found, const char *subject)
{
    return has_siblings(found) && strcmp(found->hit.subject, subject) == 0;
}

/* The record with the better rank takes the place of the one that fitted. Whose name that was, and
 * where, is kept when it is another: otherwise nobody would see why this subject was found. */
static void replace(struct search *search, struct found *found, const struct dataset *dataset,
                    const char *key, const char *name)
{
    struct search_hit *hit = &found->hit;

    if (found->by_title && !hit->found_as) {
        hit->found_as = hit->name;
        hit->found_in = hit->dataset;
    }
    hit->dataset = dataset->name;
    hit->record = arena_str(search->arena, key);
    hit->name = arena_str(search->arena, name);
    if (hit->found_as && hit->name && strcmp(hit->found_as, hit->name) == 0)
        hit->found_as = hit->found_in = NULL;
}

static void consider_sibling(struct search *search, struct stmt *stmt, size_t from, size_t to)
{
    const struct dataset *dataset = hits_dataset(search, stmt_int(stmt, 1));
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
        replace(search, found, dataset, key, name);
        found->replaced = stmt_int(stmt, 0);
    }
}

static enum status find_siblings(struct search *search, size_t from, size_t to, struct error *error)
{
    struct buf expression = {0};
    struct stmt *stmt;
    bool row = false;

    for (size_t i = from; i < to; i++)
        if (has_siblings(&search->found[i])) {
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

enum status hits_complete(struct search *search, struct error *error)
{
    enum status status = STATUS_OK;
    size_t shown = search->count < search->limit ? search->count : search->limit;

    for (size_t from = 0; from < shown && status == STATUS_OK; from += BATCH) {
        size_t to = from + BATCH < shown ? from + BATCH : shown;
        status = find_siblings(search, from, to, error);
    }
    for (size_t i = 0; i < shown && status == STATUS_OK; i++) {
        if (search->found[i].replaced)
            status = read_detail(search, &search->found[i], error);
        if (status == STATUS_OK)
            status = count_pending(search, &search->found[i], error);
    }
    if (shown > 1) /* the dead are known now */
        qsort(search->found, shown, sizeof *search->found, compare_found);
    return status;
}
