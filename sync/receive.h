#ifndef HUILIU_SYNC_RECEIVE_H
#define HUILIU_SYNC_RECEIVE_H
/*
 * Change requests, downward: what other stations, supervisors and providers wrote into
 * requests-<area>, merged into the outbox event by event.
 *
 * Each document is merged in one transaction with the feed position, so any interruption resumes
 * at the next document. Losing revisions (two replicas wrote the same document apart) are fetched
 * and merged before the winner: no replica's decision is lost (sixteen of them at most for one
 * document). A row that cannot be read at all is counted and logged. One thread.
 */
#include "base/error.h"
#include "db/outbox.h"
#include "sync/couch.h"

#include <stdbool.h>
#include <stdint.h>

struct receiver {
    struct outbox *outbox;
    struct couch *couch;
    const char *database; /* "requests-<area>" */
    bool absent;          /* out: the platform has no such database; no failure */
    bool recreated;       /* out: it is a new database; everything of ours has to go up again */
    int64_t merged;       /* out: documents taken in */
};

enum status receive_requests(struct receiver *receiver, struct error *error) MUST_CHECK;

#endif
