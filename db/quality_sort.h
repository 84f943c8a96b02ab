#ifndef HUILIU_DB_QUALITY_SORT_H
#define HUILIU_DB_QUALITY_SORT_H
/*
 * Traits of records, brought together by what they have in common: an external merge sort. What
 * one record says about a person is added in the order of the cache and comes back grouped by
 * person, in a few megabytes of memory whatever their number; the rest lies in a file without a
 * name in the home, which goes away with the process. Private to db/.
 *
 *     quality_sort_new(directory, &sort, error);
 *     for each trait: quality_sort_add(sort, &trait, error);
 *     quality_sort_finish(sort, error);
 *     while (quality_sort_next(sort, &trait)) ...   // in the order of the members
 *     quality_sort_failed(sort, error);             // a file that could not be read back
 *     quality_sort_free(sort);
 */
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct trait {
    uint64_t hash;   /* of what is shared */
    uint64_t value;  /* hash of what is compared; 0: nothing */
    uint32_t flags;  /* of enum trait_flag (db/quality_run.h) */
    uint32_t source; /* index of the dataset */
    int64_t record;  /* its id in the cache */
};

struct quality_sort;

enum status quality_sort_new(const char *directory, struct quality_sort **sort,
                             struct error *error) MUST_CHECK;
void quality_sort_free(struct quality_sort *sort);
enum status quality_sort_add(struct quality_sort *sort, const struct trait *trait,
                             struct error *error) MUST_CHECK;
enum status quality_sort_finish(struct quality_sort *sort, struct error *error) MUST_CHECK;
/* False at the end, and when the file fails. */
bool quality_sort_next(struct quality_sort *sort, struct trait *trait);
enum status quality_sort_failed(const struct quality_sort *sort, struct error *error) MUST_CHECK;

#endif
