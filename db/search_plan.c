#include "db/search_plan.h"

#include "db/search_expression.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLE_MAX   64
#define COMMON_SHARE 3 /* one record of so many has it */
#define PLACES       2 /* of the cache, at which that is looked at */
#define RARE_PAIRS   3
#define FEW          150 /* records for which nothing more has to be asked, */
#define FEW_SLOW     600 /* nothing that takes as long as letters and places */

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
    stmt_bind_int(stmt, 3, SAMPLE_MAX);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        sample->last = stmt_int(stmt, 0);
        if (sample->count++ == 0)
            sample->first = sample->last;
    }
    stmt_reset(stmt);
    sample->all = sample->count < SAMPLE_MAX;
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

enum status plan_share(struct sql *cache, const char *expression, double *share,
                       struct error *error)
{
    struct sample sample;
    int64_t records = 0;
    enum status status = plan_records(cache, &records, error);

    if (status == STATUS_OK)
        status = plan_sample(cache, expression, 0, &sample, error);
    if (status != STATUS_OK)
        return status;
    int64_t among = sample.all ? records : sample.last - sample.first + 1;
    *share = among > 0 ? (double)sample.count / (double)among : 0;
    return STATUS_OK;
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
        *common = !sample.all && sample.last - from <= (int64_t)SAMPLE_MAX * COMMON_SHARE;
    }
    return status;
}

/* --- words ------------------------------------------------------------------------------------ */

/* The records of one meaning, up to `max` of them. */
static enum status read_rows(struct sql *cache, const char *meaning, size_t max,
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
    while (rows->count < max && (status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
        ids[rows->count++] = stmt_int(stmt, 0);
    stmt_reset(stmt);
    rows->all = rows->count < max;
    return status;
}

/* How many records a word has in the tiers up to `last`; more than ROWS_MAX when not all of them
 * are known. */
static size_t count_rows(const struct word *word, enum tier last)
{
    size_t count = 0;

    for (int tier = TIER_EXACT; tier <= (int)last; tier++)
        if (word->meanings[tier])
            count += word->rows[tier].all ? word->rows[tier].count : ROWS_MAX + 1;
    return count;
}

static enum status plan_word(struct sql *cache, struct word *word, size_t max, struct arena *arena,
                             struct error *error)
{
    enum status status = STATUS_OK;

    word->least = TIER_COUNT;
    for (int tier = TIER_EXACT; tier < TIER_COUNT && status == STATUS_OK; tier++) {
        struct word_rows *rows = &word->rows[tier];
        if (!word->meanings[tier])
            continue;
        status = read_rows(cache, word->meanings[tier], max, arena, rows, error);
        if (rows->count == 0)
            word->meanings[tier] = NULL;
        else if (word->least == TIER_COUNT)
            word->least = (enum tier)tier;
    }
    return status;
}

static bool may_be_common(const struct word_rows *rows)
{
    return !rows->all && rows->count == ROWS_MAX &&
           rows->ids[rows->count - 1] <= (int64_t)ROWS_MAX * COMMON_SHARE;
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

/* Numbers are quickly looked up, and rare; letters can be many names. */
static const enum word_script order[] = {WORD_CODE, WORD_DIGITS, WORD_HAN, WORD_LETTERS};

enum status plan_words(struct sql *cache, struct query *query, struct arena *arena,
                       struct error *error)
{
    bool rare = false;
    enum status status = plan_records(cache, &query->records, error);

    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (size_t i = 0; i < query->count && status == STATUS_OK; i++) {
            struct word *word = &query->words[i];
            if (word->script != order[k])
                continue;
            bool slow = rare && word->script == WORD_LETTERS;
            status = plan_word(cache, word, slow ? 1 : ROWS_MAX, arena, error);
            rare = rare || count_rows(word, TIER_COUNT - 1) <= ROWS_MAX;
        }
    for (size_t i = 0; i < query->count && status == STATUS_OK && !rare; i++)
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

static bool is_slow(const struct word *word)
{
    return word->script == WORD_LETTERS || word->places.count > 0;
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
        if (any && records <= (is_slow(&query->words[next]) ? FEW_SLOW : FEW))
            break;
        left[next] = false;
        any = true;
        records *= share_in(query, next, step, fresh);
    }
    for (size_t i = 0; i < query->count && !any; i++)
        left[i] = false; /* everything is common */
}

struct word *plan_rare_word(struct query *query, enum tier step)
{
    struct word *rarest = NULL;
    size_t least = ROWS_MAX + 1;

    for (size_t i = 0; i < query->count && query->count > 1; i++) {
        struct word *word = &query->words[i];
        size_t count = count_rows(word, step > word->least ? step : word->least);
        if (count < least) {
            rarest = word;
            least = count;
        }
    }
    return rarest;
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
        pair->share = sample.all ? (double)sample.count / SAMPLE_MAX - 1
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
