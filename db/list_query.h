#ifndef HUILIU_DB_LIST_QUERY_H
#define HUILIU_DB_LIST_QUERY_H
/*
 * The parts of db/lists.h: the list made ready against the catalogue (list_query.c), one record
 * against it (list_match.c), one run (list_run.c). Private to db/.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "db/lists.h"

struct list_condition {
    const struct dataset_field *field;
    enum list_operator op;
    const char *value; /* folded for text, as it stands otherwise */
    const char *code;  /* a code whose title is the value; NULL: none */
    double number;     /* of numbers, amounts, ages, sizes */
    struct date date;  /* of dates and times */
};

/* A growing set of hashes, sorted once. */
struct hash_set {
    uint64_t *items;
    size_t count, room;
};

/* The conditions on one dataset. */
struct list_part {
    const struct dataset *dataset;
    int64_t id; /* in the cache; 0: no rows */
    struct list_condition conditions[LIST_CONDITIONS_MAX];
    size_t count;
    struct hash_set subjects;   /* of another dataset: those that fit */
    struct hash_set households; /* each living member's household, where the size is asked */
};

struct list_column {
    const struct dataset *dataset;
    const struct dataset_field *field;
    const char *reference;
};

struct list_query {
    struct arena *arena;
    struct list_part parts[LIST_CONDITIONS_MAX + 1]; /* the first: the own dataset */
    size_t part_count;
    bool any;
    const struct dataset_field *sort; /* NULL: as they were received */
    bool descending;
    struct list_column columns[LIST_COLUMNS_MAX];
    size_t column_count;
    struct date today;
};

/* Reads a list; what it points to belongs to the catalogue and to the query's own arena. */
enum status list_query_read(const struct catalogue *catalogue, const json_t *list,
                            struct list_query *query, struct error *error) MUST_CHECK;
void list_query_release(struct list_query *query);

/* --- values ----------------------------------------------------------------------------------- */

/* A body as it is stored, and what was parsed of it when its text is out of the ordinary. */
struct list_body {
    const char *text;
    size_t length;
    json_t *parsed; /* NULL until it is needed */
    bool starved;   /* memory ran out: what was said of it may be wrong */
};
void list_body_release(struct list_body *body);

/* The value of a field as text in `out`, which is cleared first; false when it is empty. */
bool list_value(struct list_body *body, const char *field, struct buf *out);

/* How the conditions of a part meet a record. `scratch` is any buffer. */
bool list_match(const struct list_query *query, const struct list_part *part,
                struct list_body *body, struct buf *scratch);

uint64_t list_text_hash(const char *text);
uint64_t list_subject_hash(enum subject_kind kind, const char *number);
void hash_set_release(struct hash_set *set);
enum status hash_set_add(struct hash_set *set, uint64_t hash, struct error *error) MUST_CHECK;
void hash_set_sort(struct hash_set *set);
size_t hash_set_times(const struct hash_set *set, uint64_t hash); /* after hash_set_sort() */

#endif
