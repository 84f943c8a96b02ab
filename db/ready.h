#ifndef HUILIU_DB_READY_H
#define HUILIU_DB_READY_H
/*
 * A new record made ready to be written: what cache_apply() would have to find out about it
 * (subject, name, the terms of the search index) is found out in the thread that reads, because
 * the one that writes has enough to do.
 *
 *     struct ready_maker maker = {0};
 *     ready_make(&maker, dataset, body, length, &ready, &error);   // lives until the next call
 *     copy ready_size(ready) bytes to where the writing thread finds them
 *     ready_maker_release(&maker);
 *
 * It holds for the dataset's entry as it was given here: cache_apply() looks whether the entry in
 * the cache reads the same, and otherwise, or when a record of this key is there already, parses
 * the body. A `struct ready` has no pointers and may be moved as bytes, to any address that suits
 * an int64_t. One maker per thread.
 */
#include "base/buf.h"
#include "db/catalogue.h"

#include <stdint.h>

struct ready;

struct ready_maker {
    struct buf strings, out;
};

/* `body` is a document in stored form, without escapes: see record_print() in db/cache_store.h. */
enum status ready_make(struct ready_maker *maker, const struct dataset *dataset, const char *body,
                       size_t length, const struct ready **ready, struct error *error) MUST_CHECK;
void ready_maker_release(struct ready_maker *maker);
size_t ready_size(const struct ready *ready);

/* What is in it; all of it lives as long as the ready record does. */
struct ready_parts {
    const char *body, *subject, *name, *terms; /* body and terms are NUL-terminated too */
    size_t body_length, terms_length;
    bool deceased;
    bool complete; /* false: only the body is there */
};
void ready_read(const struct ready *ready, struct ready_parts *parts);

#endif
