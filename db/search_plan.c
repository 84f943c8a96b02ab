#include "db/search_plan.h"

#include "db/search_expression.h"

#include <stdlib.h>
#include <string.h>

#define MANY         10000 /* records, far more than are looked at one by one */
#define COMMON_SHARE 3     /* one record of so many has it */
#define PLACES       2     /* of the cache, at which that is looked at, */
#define HEAPS_AT     2 / 3 /* or, where things may stand in heaps, from the beginning and there */
#define RARE_PAIRS   3
#define FEW          150 /* records for which nothing more has to be asked; */
#define FEW_A_TERM   8   /* more of them for each term of what takes long to ask; */
#define FEW_KNOWN    250 /* and of those whose ids are known, which then never come again */

/* --- samples ---------------------------------------------------------------------------------- */

enum status plan_sample(struct sql *cache, const char *expression, int64_t from,
                        struct sample *sample, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache, "SELECT rowid FROM term WHERE term MATCH ?1 AND rowid >= ?2 LIMIT ?3", &stmt, error);

    *sample = (struct sample){0};
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, expression);
    stmt_bind_int(stmt, 2, from);
    stmt_bind_int(stmt, 3, PLAN_SAMPLE);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        sample->last = stmt_int(stmt, 0);
        if (sample->count++ == 0)
            sample->first = sample->last;
    }
    stmt_reset(stmt);
    sample->all = sample->count < PLAN_SAMPLE;
    return status;
}

enum status plan_records(struct sql *cache, int64_t *last, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(cache, "SELECT max(id) FROM record", &stmt, error);

    if (status != STATUS_OK)
        return status;
    status = stmt_step(stmt, &row, error);
    *last = status == STATUS_OK && row ? stmt_int(stmt, 0) : 0;
    stmt_reset(stmt);
    return status;
}

static enum status share_among(struct sql *cache, const char *expression, int64_t records,
                               double *share, struct error *error)
{
    struct sample sample;
    enum status status = plan_sample(cache, expression, 0, &sample, error);

    if (status != STATUS_OK)
        return status;
    int64_t among = sample.all ? records : sample.last - sample.first + 1;
    *share = among > 0 ? (double)sample.count / (double)among : 0;
    return STATUS_OK;
}

enum status plan_share(struct sql *cache, const char *expression, double *share,
                       struct error *error)
{
    int64_t records = 0;
    enum status status = plan_records(cache, &records, error);

    return status == STATUS_OK ? share_among(cache, expression, records, share, error) : status;
}

/* As dense as between the first and the last of a sample, rather too many than too few: there may
 * be a heap of them. Beyond `next` others are counted. */
static double extrapolate(const struct sample *sample, int64_t from, int64_t next)
{
    double count = (double)sample->count;

    if (sample->all || sample->last >= next)
        return count;
    return count * (double)(next - from) / (double)(sample->last - sample->first + 1);
}

enum status plan_count(struct sql *cache, const char *expression, int64_t records, double *count,
                       struct error *error)
{
    int64_t border = records * HEAPS_AT;
    struct sample sample;
    enum status status = plan_sample(cache, expression, 0, &sample, error);

    if (status != STATUS_OK)
        return status;
    double found = extrapolate(&sample, 0, border);
    if (!sample.all) {
        status = plan_sample(cache, expression, border, &sample, error);
        found += extrapolate(&sample, border, records + 1);
    }
    *count = found;
    return status;
}

static const double *find_note(const struct plan_notes *notes, const char *expression)
{
    for (size_t i = 0; i < notes->count; i++)
        if (strcmp(notes->items[i].expression, expression) == 0)
            return &notes->items[i].value;
    return NULL;
}

static void take_note(struct plan_notes *notes, const char *expression, double value)
{
    const char *kept = notes->count < NOTES_MAX ? arena_str(notes->arena, expression) : NULL;

    if (!kept)
        return;
    notes->items[notes->count].expression = kept;
    notes->items[notes->count++].value = value;
}

enum status plan_noted_records(struct sql *cache, struct plan_notes *notes, int64_t *records,
                               struct error *error)
{
    enum status status =
        notes->records > 0 ? STATUS_OK : plan_records(cache, &notes->records, error);

    *records = notes->records;
    return status;
}

enum status plan_noted_share(struct sql *cache, struct plan_notes *notes, const char *expression,
                             double *share, struct error *error)
{
    const double *noted = find_note(notes, expression);
    int64_t records = 0;

    if (noted) {
        *share = *noted;
        return STATUS_OK;
    }
    enum status status = plan_noted_records(cache, notes, &records, error);
    if (status == STATUS_OK)
        status = share_among(cache, expression, records, share, error);
    if (status == STATUS_OK)
        take_note(notes, expression, *share);
    return status;
}

enum status plan_noted_count(struct sql *cache, struct plan_notes *notes, const char *expression,
                             int64_t records, double *count, struct error *error)
{
    const double *noted = find_note(notes, expression);
    enum status status = noted ? STATUS_OK : plan_count(cache, expression, records, count, error);

    if (noted)
        *count = *noted;
    else if (status == STATUS_OK)
        take_note(notes, expression, *count);
    return status;
}

enum status plan_is_common(struct sql *cache, const char *expression, bool *common,
                           struct error *error)
{
    int64_t last = 0;
    enum status status = plan_records(cache, &last, error);

    *common = true;
    for (int64_t place = 0; place < PLACES && status == STATUS_OK && *common; place++) {
        int64_t from = last / PLACES * place;
        struct sample sample;
        status = plan_sample(cache, expression, from, &sample, error);
        *common = !sample.all && sample.last - from <= (int64_t)PLAN_SAMPLE * COMMON_SHARE;
    }
    return status;
}

/* --- words ------------------------------------------------------------------------------------ */

/* The first of them stand so close together that there is no use in reading on. */
static bool are_many(const struct word_rows *rows, int64_t records)
{
    return rows->count == PLAN_SAMPLE &&
           (rows->ids[PLAN_SAMPLE - 1] - rows->ids[0]) * MANY < records * PLAN_SAMPLE;
}

/* The records of one meaning, up to `max` of them. */
static enum status read_rows(struct sql *cache, int64_t records, const char *meaning, size_t max,
                             struct arena *arena, struct word_rows *rows, struct error *error)
{
    int64_t *ids = arena_array(arena, max, sizeof *ids);
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(cache, "SELECT rowid FROM term WHERE term MATCH ?1 LIMIT ?2", &stmt, error);

    if (status != STATUS_OK)
        return status;
    if (!ids)
        return error_nomem(error);
    *rows = (struct word_rows){.ids = ids};
    stmt_bind_text(stmt, 1, meaning);
    stmt_bind_int(stmt, 2, (int64_t)max);
    while (rows->count < max && !are_many(rows, records) &&
           (status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
        ids[rows->count++] = stmt_int(stmt, 0);
    stmt_reset(stmt);
    rows->all = rows->count < max && !row;
    return status;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

bool plan_is_new_row(const struct word *word, enum tier tier, int64_t id)
{
    for (int before = TIER_EXACT; before < (int)tier; before++) {
        const struct word_rows *rows = &word->rows[before];
        if (word->meanings[before] && rows->all &&
            bsearch(&id, rows->ids, rows->count, sizeof id, compare_ids))
            return false;
    }
    return true;
}

/* How many records a word has in the tiers up to `last`; more than ROWS_MAX when not all of them
 * are known. */
static size_t count_rows(const struct word *word, enum tier last)
{
    size_t count = 0;

    for (int tier = TIER_EXACT; tier <= (int)last && count <= ROWS_MAX; tier++) {
        const struct word_rows *rows = &word->rows[tier];
        if (!word->meanings[tier])
            continue;
        if (!rows->all)
            return ROWS_MAX + 1;
        for (size_t i = 0; i < rows->count; i++)
            count += plan_is_new_row(word, (enum tier)tier, rows->ids[i]);
    }
    return count;
}

static enum status plan_word(struct sql *cache, const struct query *query, struct word *word,
                             size_t max, struct arena *arena, struct error *error)
{
    enum status status = STATUS_OK;

    word->least = TIER_COUNT;
    for (int tier = TIER_EXACT; tier < TIER_COUNT && status == STATUS_OK; tier++) {
        struct word_rows *rows = &word->rows[tier];
        if (!word->meanings[tier])
            continue;
        status = read_rows(cache, query->records, word->meanings[tier], max, arena, rows, error);
        if (rows->count == 0)
            word->meanings[tier] = NULL;
        else if (word->least == TIER_COUNT)
            word->least = (enum tier)tier;
    }
    return status;
}

static bool may_be_common(const struct word_rows *rows)
{
    return !rows->all && rows->count >= PLAN_SAMPLE &&
           rows->ids[rows->count - 1] <= (int64_t)rows->count * COMMON_SHARE;
}

/* From which tier on the word is common. */
static enum status find_common(struct sql *cache, struct word *word, struct error *error)
{
    enum status status = STATUS_OK;

    for (int tier = TIER_EXACT; tier < TIER_COUNT && status == STATUS_OK; tier++) {
        bool common = false;
        if (word->meanings[tier] && may_be_common(&word->rows[tier]))
            status = plan_is_common(cache, word->meanings[tier], &common, error);
        if (common) {
            word->common_from = (enum tier)tier;
            break;
        }
    }
    return status;
}

static bool is_rare_word(const struct word *word)
{
    return count_rows(word, TIER_COUNT - 1) <= ROWS_MAX;
}

/* Numbers are quickly looked up, and rare; letters can be many names. */
static const enum word_script order[] = {WORD_CODE, WORD_DIGITS, WORD_HAN};

enum status plan_words(struct sql *cache, struct query *query, struct arena *arena,
                       struct error *error)
{
    enum status status = plan_records(cache, &query->records, error);

    query->rare = false;
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (size_t i = 0; i < query->count && status == STATUS_OK; i++) {
            struct word *word = &query->words[i];
            if (word->script != order[k])
                continue;
            status = plan_word(cache, query, word, ROWS_MAX, arena, error);
            query->rare = query->rare || is_rare_word(word);
        }
    return status;
}

enum status plan_letters(struct sql *cache, struct query *query, struct arena *arena,
                         struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < query->count && status == STATUS_OK; i++) {
        struct word *word = &query->words[i];
        if (word->script != WORD_LETTERS)
            continue;
        status = plan_word(cache, query, word, query->rare ? 1 : ROWS_MAX, arena, error);
        query->rare = query->rare || is_rare_word(word);
    }
    for (size_t i = 0; i < query->count && status == STATUS_OK && !query->rare; i++)
        status = find_common(cache, &query->words[i], error);
    return status;
}

/* Not less than there are. */
static double share_of(const struct query *query, const struct word *word, int first, int last)
{
    double share = 0;

    for (int tier = first; tier <= last; tier++) {
        const struct word_rows *rows = &word->rows[tier];
        if (!word->meanings[tier] || rows->judged)
            continue;
        int64_t among = rows->all ? query->records : rows->ids[rows->count - 1] - rows->ids[0] + 1;
        share += among > 0 ? (double)rows->count / (double)among : 1;
    }
    return share < 1 ? share : 1;
}

double plan_beside_letters(const struct query *query)
{
    double least = 1;

    for (size_t i = 0; i < query->count; i++) {
        const struct word *word = &query->words[i];
        double share = share_of(query, word, TIER_EXACT, TIER_COUNT - 1);
        if (word->script != WORD_LETTERS && share < least)
            least = share;
    }
    return least;
}

/* The share of what a word stands for in a step: `fresh` only by what is new in it. */
static double share_in(const struct query *query, size_t at, enum tier step, size_t fresh)
{
    const struct word *word = &query->words[at];
    enum tier last = step > word->least ? step : word->least;

    return share_of(query, word, at == fresh ? (int)step : TIER_EXACT, (int)last);
}

static size_t rarest_left(const struct query *query, enum tier step, size_t fresh, const bool *left)
{
    size_t rarest = query->count;
    double least = 0;

    for (size_t i = 0; i < query->count; i++) {
        const struct word *word = &query->words[i];
        enum tier last = step > word->least ? step : word->least;
        double share = share_in(query, i, step, fresh);
        if (left[i] && last < word->common_from && (rarest == query->count || share < least)) {
            rarest = i;
            least = share;
        }
    }
    return rarest;
}

static size_t count_terms(const struct word *word, enum tier last)
{
    size_t quotes = 0;

    for (int tier = TIER_EXACT; tier <= (int)last; tier++)
        for (const char *at = word->meanings[tier]; at && (at = strchr(at, '"')); at++)
            quotes++;
    return quotes / 2;
}

/* So few records are looked at more quickly than the word is asked for. */
static double few_for(const struct word *word, enum tier step)
{
    enum tier last = step > word->least ? step : word->least;

    bool slow = word->script == WORD_LETTERS || word->places.count > 0;
    return slow ? FEW + FEW_A_TERM * (double)count_terms(word, last) : FEW;
}

void plan_leave_out(const struct query *query, enum tier step, size_t fresh,
                    bool left[QUERY_WORDS_MAX])
{
    double records = (double)query->records;
    bool any = false;

    for (size_t i = 0; i < query->count; i++)
        left[i] = query->count > 1;
    for (size_t round = 0; round < query->count && query->count > 1; round++) {
        size_t next = rarest_left(query, step, fresh, left);
        if (next == query->count)
            break;
        if (any && records <= few_for(&query->words[next], step))
            break;
        left[next] = false;
        any = true;
        records *= share_in(query, next, step, fresh);
    }
    for (size_t i = 0; i < query->count && !any; i++)
        left[i] = false; /* everything is common */
}

/* What the others leave out when there are so many records. */
static double few_beside(const struct query *query, size_t at, enum tier step)
{
    double few = ROWS_MAX;

    for (size_t i = 0; i < query->count; i++) {
        double own = few_for(&query->words[i], step);
        if (i != at && own < few)
            few = own;
    }
    return few > FEW_KNOWN ? few : FEW_KNOWN;
}

/* All the word can mean stands for few records, or what it means so far for so few that nothing
 * else has to be asked for. */
static bool is_rare(const struct query *query, size_t at, enum tier step)
{
    const struct word *word = &query->words[at];
    size_t count = count_rows(word, step > word->least ? step : word->least);

    return count <= ROWS_MAX && ((double)count <= few_beside(query, at, step) ||
                                 count_rows(word, TIER_COUNT - 1) <= ROWS_MAX);
}

struct word *plan_rare_word(struct query *query, enum tier step)
{
    struct word *rarest = NULL;
    size_t least = ROWS_MAX + 1;

    for (size_t i = 0; i < query->count && query->count > 1; i++) {
        struct word *word = &query->words[i];
        size_t count = count_rows(word, step > word->least ? step : word->least);
        if (count < least && is_rare(query, i, step)) {
            rarest = word;
            least = count;
        }
    }
    return rarest;
}

struct word *plan_few_rows(struct query *query, enum tier step, enum tier *tier)
{
    for (size_t i = 0; i < query->count && query->count > 1; i++) {
        struct word *word = &query->words[i];
        *tier = step > word->least ? step : word->least;
        const struct word_rows *rows = &word->rows[*tier];
        if (word->meanings[*tier] && rows->all && !rows->judged &&
            (double)rows->count <= few_beside(query, i, step))
            return word;
    }
    return NULL;
}

/* --- names ------------------------------------------------------------------------------------ */

struct pair {
    size_t from;
    double share; /* of the records around it that have it, or less than one when these are few */
};

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *left = a;
    const struct pair *right = b;

    return left->share < right->share ? -1 : left->share > right->share;
}

static enum status weigh_pair(struct sql *cache, const struct word *word, struct pair *pair,
                              struct error *error)
{
    struct sample sample;
    struct buf term = {0};

    put_points(&term, TERM_NAME_PAIR, &word->folded, pair->from, 2);
    enum status status = buf_failed(&term) ? error_nomem(error)
                                           : plan_sample(cache, buf_text(&term), 0, &sample, error);
    buf_release(&term);
    if (status == STATUS_OK)
        pair->share = sample.all ? (double)sample.count / PLAN_SAMPLE - 1
                                 : (double)sample.count / (double)(sample.last - sample.first + 1);
    return status;
}

enum status plan_pairs(struct sql *cache, struct word *word, struct error *error)
{
    struct pair pairs[FOLDED_POINTS_MAX] = {0};
    enum status status = STATUS_OK;
    size_t count = 0;

    while (count + 1 < word->folded.count && status == STATUS_OK) {
        pairs[count].from = count;
        status = weigh_pair(cache, word, &pairs[count++], error);
    }
    if (status != STATUS_OK)
        return status;
    qsort(pairs, count, sizeof *pairs, compare_pairs);
    bool few = count > 0 && pairs[0].share < 0;
    for (size_t i = 0; i < count && i < (few ? 1 : RARE_PAIRS); i++)
        word->pairs[word->pair_count++] = pairs[i].from;
    return STATUS_OK;
}
