#ifndef HUILIU_SYNC_FRESH_H
#define HUILIU_SYNC_FRESH_H
/*
 * One record as the upstream has it now, for a verification at the counter: a connection of its
 * own, opened for the first question, each answered within FRESH_WAIT_MS or not at all. When the
 * upstream could not be asked once it is not asked again, so that a batch is not slowed down line
 * by line. Nothing is written; the cache stays as it is.
 *
 *     struct fresh *fresh = NULL;
 *     fresh_new(home, &fresh, &error);
 *     struct verification_source source = fresh_source(fresh);
 *     …
 *     fresh_free(fresh);
 *
 * One thread.
 */
#include "db/verification.h"

#define FRESH_WAIT_MS 2000

struct fresh;

/* The home outlives it. */
enum status fresh_new(const struct home *home, struct fresh **fresh,
                      struct error *error) MUST_CHECK;
void fresh_free(struct fresh *fresh);
struct verification_source fresh_source(struct fresh *fresh);

#endif
