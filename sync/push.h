#ifndef HUILIU_SYNC_PUSH_H
#define HUILIU_SYNC_PUSH_H
/*
 * Change requests, upward: every request with events the upstream has not acknowledged, oldest
 * first, one document each.
 *
 *   stored (201 with our id and a revision)   acknowledged, with exactly the events that were sent
 *   409                                       the current document is fetched and its events are
 *                                             merged with ours; what is still missing upstream is
 *                                             sent again, a few times at most. When an answer was
 *                                             lost, the merge finds every event there already:
 *                                             one effect, no second write
 *   400, 403, 413, 422                        this request is held with the upstream's words; one
 * that was withdrawn and is not there needs no sending 401 about this document alone the same: the
 * login is tried on the database first 5xx, a broken connection                  this request waits
 * for the next run; after three in a row so do all 429, or 503 with Retry-After              all
 * wait as long as the upstream asks 401, offline, portal, TLS                 all wait; nothing is
 * held against any request
 *
 * Before a request is written for the first time, its record is fetched: when a field it wants to
 * change has another value than the request was made from, the request is held for its maker, who
 * sees the three values. Once a write was begun the upstream may have it, and the question is
 * settled there.
 *
 * So one bad request never delays another's. No request is ever dropped here. One thread.
 */
#include "base/error.h"
#include "db/catalogue.h"
#include "db/outbox.h"
#include "sync/couch.h"

#include <stdbool.h>
#include <stdint.h>

struct pusher {
    struct outbox *outbox;
    struct couch *couch;
    const char *database;              /* "requests-<area>" */
    const struct catalogue *catalogue; /* where records are; NULL: bases are not compared */
    const char *area;
    int64_t pushed, held; /* out */
    bool stopped;         /* out: the failure concerns everyone, not only some requests */
};

/* STATUS_OK: everything was delivered or held. Else the failure that made something wait (the
 * last one, when it did not stop the run) or that the home itself reported. */
enum status push_requests(struct pusher *pusher, struct error *error) MUST_CHECK;

#endif
