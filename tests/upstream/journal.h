#ifndef HUILIU_TESTS_UPSTREAM_JOURNAL_H
#define HUILIU_TESTS_UPSTREAM_JOURNAL_H
/*
 * The last thousand requests, so that a test can ask what a client did:
 * [{"method":"GET","target":"/db/_changes?since=0","status":200,"bytes":17},…], oldest first.
 * A request enters when its answer is decided; status 0 means that the connection was closed
 * instead. `bytes` counts the request's body. Thread-safe.
 */
#include "base/buf.h"
#include "base/error.h"

#include <stddef.h>

struct journal;

enum status journal_new(struct journal **journal, struct error *error) MUST_CHECK;
void journal_free(struct journal *journal);
void journal_add(struct journal *journal, const char *method, const char *target, unsigned status,
                 size_t bytes);
void journal_print(struct journal *journal, struct buf *out);
void journal_clear(struct journal *journal);

#endif
