#ifndef HUILIU_DB_SEARCH_CHECK_H
#define HUILIU_DB_SEARCH_CHECK_H
/*
 * The search index against the rows it is made of: whether it has exactly their terms, and making
 * it anew from them, without the platform.
 *
 * Both read every record once and may last (about twenty seconds for a million); the watch is
 * called every few thousand records and stops the work by returning false (STATUS_CANCELLED). A
 * renewal is one transaction: stopped or failed, the index is the one it was.
 */
#include "db/home.h"
#include "db/sql.h"

struct search_watch {
    bool (*go_on)(void *context, int64_t done, int64_t total); /* NULL: nobody watches */
    void *context;
};

/* Over a reader's or a writer's connection to cache.db. */
enum status search_check(struct sql *cache, const struct search_watch *watch, bool *same,
                         struct error *error) MUST_CHECK;
/* In the caller's transaction. */
enum status search_renew(struct sql *cache, const struct search_watch *watch,
                         struct error *error) MUST_CHECK;
/* The whole of it, for a home that nobody else writes. */
enum status search_repair(const struct home *home, const struct search_watch *watch,
                          struct error *error) MUST_CHECK;

#endif
