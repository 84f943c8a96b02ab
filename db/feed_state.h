#ifndef HUILIU_DB_FEED_STATE_H
#define HUILIU_DB_FEED_STATE_H
/*
 * How fresh a dataset is: from the positions of its feeds. Private to db/.
 */
#include "base/clock.h"
#include "db/catalogue.h"
#include "db/sql.h"

struct feed_state {
    int64_t contact_ms; /* last complete answer; 0: never */
    int64_t age_ms;     /* since then; -1: never */
    bool stale;         /* older than the entry's max_age_days */
    bool ahead;         /* contact_ms lies ahead of this computer's clock: its age is not known */
    bool complete, withdrawn;
    char as_of[INSTANT_TEXT_MAX]; /* RFC 3339; "" */
};

/* Never synced is a state, not an error. */
enum status feed_state_read(struct sql *cache, const struct dataset *dataset,
                            struct feed_state *state, struct error *error) MUST_CHECK;

#endif
