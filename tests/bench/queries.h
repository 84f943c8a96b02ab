#ifndef HUILIU_TESTS_BENCH_QUERIES_H
#define HUILIU_TESTS_BENCH_QUERIES_H
/*
 * The classes of queries that clerks type, each as a rule that makes a query out of a subject it
 * describes.
 */
#include "base/buf.h"
#include "db/search.h"
#include "tests/bench/subjects.h"

struct query_class {
    const char *name;
    enum subject_group group;
    bool exact; /* names one subject: it must be among the first ten hits */
    /* False when this subject gives no such query (no phone, a name too short). */
    bool (*make)(const struct subject *subject, struct spelling *spelling, struct dice *dice,
                 struct buf *out);
    /* Whether a hit may stand on the first page of such a query; NULL: not judged. */
    bool (*fits)(const char *query, const struct search_hit *hit);
};

size_t query_class_count(void);
const struct query_class *query_class_at(size_t at);

struct query {
    const char *text;
    const struct subject *subject; /* that it describes */
};

/* Different queries of a class from a sample, at most `max`; strings live in the sample's arena. */
enum status queries_make(const struct query_class *class, struct subject_sample *sample,
                         struct spelling *spelling, size_t max, struct query **queries,
                         size_t *count, struct error *error) MUST_CHECK;

#endif
