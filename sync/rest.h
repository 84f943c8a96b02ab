#ifndef HUILIU_SYNC_REST_H
#define HUILIU_SYNC_REST_H
/*
 * Between two runs of synchronisation: when the next one is due by itself, and what makes it come
 * earlier. The one rule for `sync --watch` and for the interface. Private to sync/engine.
 *
 *   after a run that went well    REST_CALM_MS later
 *   after one that did not        5 s later, then 10, 20 … up to 5 minutes, each between half and
 *                                 the whole of it (rest_backoff_ms())
 *   after a refused login         an hour later: asking again and again locks the account
 *   the upstream named a time     not before it
 *
 *   earlier                       rest_until() ends when one of the watched databases has something
 *                                 new (long polls, few connections: the rest is asked when the next
 *                                 run is due), some seconds after their connections have all
 *                                 broken, when this computer's network has changed after a run that
 *                                 did not reach the upstream, and when it is woken
 *
 * All times are monotonic: a wall clock that is set right delays nothing. One thread.
 */
#include "base/buf.h"
#include "sync/couch.h"

#include <stdbool.h>
#include <stdint.h>

#define REST_CALM_MS    300000
#define REST_PLACES_MAX COUCH_PLACES_MAX
#define REST_NAME_MAX   256

struct rest {
    int failures;    /* consecutive */
    int64_t due_ms;  /* monotonic: the next run by itself */
    int64_t over_ms; /* monotonic: the end of the last run; 0: there was none */
    bool silent;     /* asking the upstream makes no sense */
    bool unreached;  /* the last run did not reach it */
    struct {
        char database[REST_NAME_MAX];
        struct buf since;
    } places[REST_PLACES_MAX];
    size_t place_count;
    int link; /* sync/link.h */
};

void rest_init(struct rest *rest);
void rest_release(struct rest *rest);

/* A run is over. not_before_ms: monotonic, 0 when the upstream named no time. */
void rest_plan(struct rest *rest, enum status result, bool login_refused, int64_t not_before_ms);

void rest_forget_places(struct rest *rest);
/* Beyond REST_PLACES_MAX they are ignored: the most important first. */
void rest_watch(struct rest *rest, const char *database, const char *since);

/* Until `end_ms` (monotonic), or what is said above. */
void rest_until(struct rest *rest, struct couch *couch, int64_t end_ms);

int64_t rest_backoff_ms(int failures);

#endif
