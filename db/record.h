#ifndef HUILIU_DB_RECORD_H
#define HUILIU_DB_RECORD_H
/*
 * Reading records of the cache: one by its key, or all that have a term (a subject, a link to it, a
 * household, a certificate number). Private to db/.
 */
#include "base/arena.h"
#include "db/search_key.h"
#include "db/sql.h"

#include <stdint.h>

#define RECORD_REV_MAX 96

struct record_head {
    int64_t id;
    int64_t flags;
    int64_t received_ms;
    char rev[RECORD_REV_MAX];
};

/* The body in a column. What was written here and cannot be read is damage: STATUS_CORRUPT. The
 * caller json_decref()s *body. */
enum status record_parse(struct stmt *stmt, int column, json_t **body,
                         struct error *error) MUST_CHECK;

/* STATUS_NOT_FOUND when there is none. The caller json_decref()s *body (which may be NULL: then
 * only the head is read). */
enum status record_find(struct sql *cache, const char *dataset, const char *key,
                        struct record_head *head, json_t **body, struct error *error) MUST_CHECK;

struct record {
    const struct dataset *dataset; /* in the catalogue */
    size_t rank;                   /* of the dataset in the catalogue's order */
    const char *key, *rev;         /* in the arena */
    int64_t id, flags;
    json_t *body;
    struct facts facts; /* into `body` */
};

/* Where records are read from and their strings are kept. */
struct record_source {
    struct sql *cache;
    const struct catalogue *catalogue;
    struct arena *arena;
};

struct record_list {
    struct record *items;
    size_t count;
};

/* Records of datasets in the catalogue that have the term, at most `max`, in catalogue order and
 * then by key. Terms are folded, so the caller compares what it really wants to be equal. The list
 * is all zero before and released by the caller. */
enum status records_collect(const struct record_source *source, enum term_class class,
                            const char *text, size_t max, struct record_list *list,
                            struct error *error) MUST_CHECK;
void records_release(struct record_list *list);

/* Equal subjects after folding. */
bool subject_same(const char *a, const char *b);

/* Place of a dataset in the catalogue's order. */
size_t dataset_rank(const struct catalogue *catalogue, const struct dataset *dataset);

#endif
