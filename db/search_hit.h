#ifndef HUILIU_DB_SEARCH_HIT_H
#define HUILIU_DB_SEARCH_HIT_H
/*
 * A search under way and its hits. Private to db/search*.c.
 *
 * db/search.c asks the index, step by step, and gives each record it names to
 * hits_consider_row(); that judges it and keeps it as a hit unless its subject is one already.
 * hits_rank() brings the best to the front; hits_complete() reads what else the first of them
 * need: the record that names the subject, deaths, open requests.
 */
#include "base/arena.h"
#include "db/search_match.h"
#include "db/search_plan.h"

#define HITS_BEYOND 50 /* hits counted and ranked beyond those that are given out */
#define HITS_ROOM   (HITS_BEYOND + ROWS_MAX) /* which may be many at once when a word is rare */

struct found {
    struct search_hit hit;
    size_t reading;
    enum tier tier;
    unsigned distance;
    size_t length; /* as in the judgement */
    size_t order;
    size_t rank;      /* of the dataset that names the hit */
    int64_t replaced; /* record id to take the detail from; 0: it is there already */
    uint64_t hash;
    bool by_title;      /* what fitted was the name of the record that was found first, */
    bool by_given_name; /* all of it behind the surname */
};

struct search {
    struct reader *reader;
    struct sql *cache;
    const struct catalogue *catalogue;
    struct arena *arena;
    struct query *readings; /* READINGS_MAX of them */
    size_t reading_count;
    struct query *query; /* the reading that is being looked for, */
    size_t reading;      /* and its number */
    enum tier step;      /* under way */
    size_t fitting;      /* hits that belong into this step or one before */
    struct buf strings;  /* of the candidate that is looked at */
    enum search_kind kind;
    size_t limit;
    const struct dataset **datasets; /* by id, NULL where the catalogue has none */
    size_t dataset_count;
    struct found *found; /* room for limit + HITS_ROOM of them */
    size_t count;
    size_t before; /* hits that do not count for what is looked for in addition */
};

struct candidate {
    int64_t flags;
    const char *key;
    const struct facts *facts;
};

struct found *hits_room(size_t limit); /* NULL: no memory; to be freed */
bool hits_are_enough(const struct search *search);
/* The same of those only that no later step can surpass. */
bool hits_fit_enough(const struct search *search);
enum status hits_read_datasets(struct search *search, struct error *error) MUST_CHECK;
const struct dataset *hits_dataset(const struct search *search, int64_t id);

/* A row of: dataset, flags, key, name, body; of any kind. */
enum status hits_consider_row(struct search *search, struct stmt *stmt,
                              struct error *error) MUST_CHECK;
/* Keeps the candidate if it fits the query. */
void hits_judge(struct search *search, const struct candidate *candidate);
/* A certificate that is a hit because of its holder, as the holder was found. */
void hits_add_held(struct search *search, const struct candidate *candidate,
                   const struct found *holder);

void hits_rank(struct search *search);
enum status hits_complete(struct search *search, struct error *error) MUST_CHECK;

#endif
