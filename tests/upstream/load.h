#ifndef HUILIU_TESTS_UPSTREAM_LOAD_H
#define HUILIU_TESTS_UPSTREAM_LOAD_H
/*
 * Fills a store from a directory of NAME.bulk.ndjson files, each line a _bulk_docs body, as
 * tests/township writes them. A database that is there already is left as it is.
 */
#include "tests/upstream/store.h"

struct load_total {
    uint64_t databases, documents;
};

enum status load_directory(struct store *store, const char *directory, struct load_total *total,
                           struct error *error) MUST_CHECK;

#endif
