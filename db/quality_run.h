#ifndef HUILIU_DB_QUALITY_RUN_H
#define HUILIU_DB_QUALITY_RUN_H
/*
 * The parts of db/quality.h: what is looked for in each dataset (quality_plan.c), the checks of
 * one record (quality_check.c), the file of results (quality_store.c), one run over all
 * (quality_run.c), the pages (quality_page.c). Private to db/.
 */
#include "base/clock.h"
#include "db/quality.h"
#include "db/quality_sort.h"
#include "db/sql.h"

/* --- plans ------------------------------------------------------------------------------------ */

enum topic {
    TOPIC_OTHER,
    TOPIC_POPULATION,
    TOPIC_DEATH,
    TOPIC_MARRIAGE,
    TOPIC_EDUCATION,
};

/* What the fields of a dataset are to the rules; NULL where it has none. */
struct quality_plan {
    const struct dataset *dataset;
    int64_t id; /* in the cache; 0: no rows */
    uint32_t source;
    enum topic topic;
    const struct dataset_field *subject, *name, *status, *active, *sex, *birth, *marital, *phone,
        *address;
};

void quality_plan_make(const struct dataset *dataset, uint32_t source, struct quality_plan *plan);

/* --- one record ------------------------------------------------------------------------------- */

enum trait_flag {
    TRAIT_REGISTER = 1,        /* the register of persons says it */
    TRAIT_UNIQUE = 2,          /* only one record may have this subject */
    TRAIT_DEAD = 4,            /* says that the person is dead */
    TRAIT_ACTIVE = 8,          /* the registration or benefit goes on */
    TRAIT_SINGLE = 16,         /* marital status: never married */
    TRAIT_MARRIED = 32,        /* names the person as married */
    TRAIT_REPRESENTATIVE = 64, /* names the person as in charge of an active enterprise */
    TRAIT_LIKENESS = 128,      /* the hash is of name, birth and phone or address, not a subject */
};

struct quality_row {
    int64_t id;
    int64_t received_ms;
    const char *key, *rev;
    const json_t *body;
};

/* A run in progress. */
struct quality_job {
    struct reader *reader;
    struct sql *cache, *store;
    const struct quality_options *options;
    struct quality_plan *plans;
    size_t plan_count;
    struct quality_sort *sort;
    struct date today;
    int64_t done, total;
    int64_t (*counts)[QUALITY_RULE_COUNT]; /* by source */
};

/* All that can be said of a record by itself goes to the store, what is shared with others to the
 * sort. */
enum status quality_check_row(struct quality_job *job, const struct quality_plan *plan,
                              const struct quality_row *row, struct error *error) MUST_CHECK;

/* What one rule says about one field: the sentence, and the value a correction would propose. The
 * checks and the pages ask the same function. */
struct quality_judgement {
    bool wrong;
    char detail[FINDING_TEXT_MAX];
    char proposed[40];
};
void quality_judge(const struct quality_plan *plan, enum quality_rule rule,
                   const struct dataset_field *field, const json_t *body, struct date today,
                   struct quality_judgement *judgement);

/* The text of a field; numbers as digits; "" for none. The text lives as long as the body, or is
 * in `out`. */
const char *quality_text(const json_t *body, const struct dataset_field *field, char out[32]);

/* --- results ---------------------------------------------------------------------------------- */

#define QUALITY_FILE "quality.db"

/* Opens the file for writing, a new one when it is damaged or of another version. */
enum status quality_store_create(const struct home *home, struct sql **store,
                                 struct error *error) MUST_CHECK;
/* STATUS_NOT_FOUND when there are no results. */
enum status quality_store_open(const struct home *home, struct sql **store,
                               struct error *error) MUST_CHECK;
enum status quality_store_clear(struct sql *store, struct error *error) MUST_CHECK;

struct quality_mark {
    int64_t record;
    int64_t key, rev; /* hashes */
};
void quality_mark_set(struct quality_mark *mark, int64_t record, const char *key, const char *rev);

/* Counts the finding, and keeps it while fewer than QUALITY_LISTED_MAX are kept. `other` is the
 * id of the record it disagrees with, or 0. */
enum status quality_store_add(struct quality_job *job, enum quality_rule rule, uint32_t source,
                              const struct quality_mark *mark, const char *field, int64_t other,
                              struct error *error) MUST_CHECK;
/* Whether a finding of the rule about the record is kept already. */
enum status quality_store_has(struct quality_job *job, enum quality_rule rule,
                              const struct trait *trait, bool *has, struct error *error) MUST_CHECK;
enum status quality_store_finish(struct quality_job *job, int64_t at_ms, int64_t seconds_ms,
                                 struct error *error) MUST_CHECK;

/* What a dataset in the cache was like: rows and feed positions in one text. */
enum status quality_fingerprint(struct sql *cache, const struct dataset *dataset, struct buf *out,
                                struct error *error) MUST_CHECK;

#endif
