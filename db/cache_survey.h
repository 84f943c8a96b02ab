#ifndef HUILIU_DB_CACHE_SURVEY_H
#define HUILIU_DB_CACHE_SURVEY_H
/*
 * Which records of a dataset are here, against a list of (key, revision) from elsewhere: the
 * counting behind reconciliation, and behind a complete bundle (what it does not name is gone).
 *
 *     survey_new(cache, "population", &survey, &error);
 *     for each row upstream: survey_row(survey, key, rev, deleted, &error);   // in any order
 *     for each row that changed meanwhile: survey_except(survey, key, &error);
 *     survey_finish(survey, &error);
 *     use(survey_counts(survey));
 *     survey_differences(survey, 0, 500, keys, &error);                       // what to fetch
 *     survey_free(survey);
 *
 * A row that comes twice counts as it came last. Memory: one bit for each record of the cache, and
 * the keys of at most SURVEY_KEYS_MAX differences; more are counted only. Rows that are kept aside
 * because nobody understood them are neither here nor missing: they have a count of their own.
 *
 * While a survey lasts nothing but records it has already been told of may be written. The cache's
 * thread.
 */
#include "db/cache.h"

#include <stddef.h>
#include <stdint.h>

#define SURVEY_KEYS_MAX 100000

struct survey;

struct survey_counts {
    int64_t local;     /* records here */
    int64_t upstream;  /* records there */
    int64_t missing;   /* there, not here */
    int64_t extra;     /* here, not there */
    int64_t different; /* another revision here than there */
    int64_t aside;     /* there, and kept aside here */
    int64_t newer;     /* changed there since the last synchronisation: not judged */
};

enum status survey_new(struct cache *cache, const char *dataset, struct survey **survey,
                       struct error *error) MUST_CHECK;
void survey_free(struct survey *survey);

enum status survey_row(struct survey *survey, const char *key, const char *rev, bool deleted,
                       struct error *error) MUST_CHECK;
/* Whatever was said about this key is not held against the cache. */
enum status survey_except(struct survey *survey, const char *key, struct error *error) MUST_CHECK;
/* Finds the records that were not named. No more rows after this. */
enum status survey_finish(struct survey *survey, struct error *error) MUST_CHECK;

struct survey_counts survey_counts(const struct survey *survey);
/* How many keys of differences (of all three kinds) are known. */
size_t survey_difference_count(const struct survey *survey);
/* Appends new references of up to `count` keys, from the index `first` on, to an array. */
enum status survey_differences(const struct survey *survey, size_t first, size_t count,
                               json_t *keys, struct error *error) MUST_CHECK;

#endif
