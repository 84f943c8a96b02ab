#ifndef HUILIU_DB_SEARCH_PLAN_H
#define HUILIU_DB_SEARCH_PLAN_H
/*
 * Which part of a question is put to the index, and which is left to the judge. Private to
 * db/search*.c.
 *
 * FTS5 intersects lists by walking through all of them. So it pays to look at a question before it
 * is asked: a word that stands for a few records needs no intersection at all, its records are
 * looked at one by one; a word that fits every other record says nothing that the judge does not
 * see as quickly; and of the many pieces of a long name the rarest do. All of this only decides how
 * long a search takes, never what it finds.
 */
#include "db/search_query.h"

#define ROWS_MAX    500 /* records that are looked at one by one */
#define PLAN_SAMPLE 64  /* records in a sample */

/* The first of the records that an expression stands for, from record `from` on. */
struct sample {
    size_t count;
    int64_t first, last; /* of these */
    bool all;            /* there are no others */
};

/* How often something stands in the cache, from a few of the records it stands in. */
enum status plan_sample(struct sql *cache, const char *expression, int64_t from,
                        struct sample *sample, struct error *error) MUST_CHECK;
/* What was found out about expressions, so that nobody has to ask again; strings in the arena. */
#define NOTES_MAX 40
struct plan_notes {
    struct arena *arena;
    struct {
        const char *expression;
        double value;
    } items[NOTES_MAX];
    size_t count;
    int64_t records; /* 0: nobody asked yet */
};

/* Where it stands, this share of the records has it: between 0 and 1. */
enum status plan_share(struct sql *cache, const char *expression, double *share,
                       struct error *error) MUST_CHECK;
/* About how many of so many records it stands for; up to PLAN_SAMPLE exactly. */
enum status plan_count(struct sql *cache, const char *expression, int64_t records, double *count,
                       struct error *error) MUST_CHECK;
/* plan_share(), plan_count() and plan_records() with a look into the notes before. An expression is
 * asked for one of the former only. */
enum status plan_noted_share(struct sql *cache, struct plan_notes *notes, const char *expression,
                             double *share, struct error *error) MUST_CHECK;
enum status plan_noted_count(struct sql *cache, struct plan_notes *notes, const char *expression,
                             int64_t records, double *count, struct error *error) MUST_CHECK;
enum status plan_noted_records(struct sql *cache, struct plan_notes *notes, int64_t *records,
                               struct error *error) MUST_CHECK;
/* About how many records there are. */
enum status plan_records(struct sql *cache, int64_t *records, struct error *error) MUST_CHECK;
/* Stands in so many records, all over the cache, that it is not worth asking for. */
enum status plan_is_common(struct sql *cache, const char *expression, bool *common,
                           struct error *error) MUST_CHECK;

/* Looks up what the words of a query with several words mean, as far as any record fits: takes
 * meanings away that have no record, and fills in the rows of those that have few. Letters come
 * after the other words, whose records tell how much is worth knowing of them, */
enum status plan_words(struct sql *cache, struct query *query, struct arena *arena,
                       struct error *error) MUST_CHECK;
/* and then what is common is marked. */
enum status plan_letters(struct sql *cache, struct query *query, struct arena *arena,
                         struct error *error) MUST_CHECK;
/* This share of the records, or less, has what stands beside letters; 0: none has. */
double plan_beside_letters(const struct query *query);
/* Which words of a step are left to the judge, because the others leave few records. The word at
 * `fresh` (none: query->count) stands for what is new in this step. */
void plan_leave_out(const struct query *query, enum tier step, size_t fresh,
                    bool left[QUERY_WORDS_MAX]);
/* The word whose records are all known for this step, and the fewest; NULL when there is none. */
struct word *plan_rare_word(struct query *query, enum tier step);
/* A word and one of its tiers, new in this step, whose records are so few that nothing else has to
 * be asked for; NULL when there is none that was not looked at. */
struct word *plan_few_rows(struct query *query, enum tier step, enum tier *tier);
/* No earlier tier has it among its known rows. */
bool plan_is_new_row(const struct word *word, enum tier tier, int64_t id);

/* Chooses the rarest neighbours of a long name. */
enum status plan_pairs(struct sql *cache, struct word *word, struct error *error) MUST_CHECK;

#endif
