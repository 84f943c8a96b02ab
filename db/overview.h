#ifndef HUILIU_DB_OVERVIEW_H
#define HUILIU_DB_OVERVIEW_H
/*
 * The state of the workstation as facts computed from the two databases: for the home screen, the
 * status strip and `huiliu status`. Nothing here is remembered from a call's outcome; everything
 * is read from the queue and from acknowledged positions.
 */
#include "db/reader.h"
#include "db/request.h"

#include <stdint.h>

/* People are reminded of what has waited to be sent for so long. */
#define UNSENT_OLD_MS ((int64_t)24 * 3600 * 1000)

struct dataset_status {
    const char *dataset, *title, *database;
    int64_t rows;
    int64_t contact_ms; /* last complete answer; 0: never */
    int64_t age_ms;     /* -1: never */
    bool stale;         /* older than max_age_days */
    bool complete;      /* read to its end at least once */
    const char *state;  /* feed_position.state; "never" before the first contact */
    const char *reason; /* sentence; "" */
    int64_t aside;      /* rows kept aside because they were not understood */
};

struct overview {
    const struct dataset_status *datasets;
    size_t dataset_count;
    int64_t by_state[REQUEST_CLOSED + 1];
    int64_t queued, sending, delivered, held, withdrawn; /* every request in exactly one */
    int64_t to_review; /* pending_review, for `account` not made by it */
    int64_t mine_open;
    int64_t oldest_unsent_ms; /* wall clock of the oldest unacknowledged event; 0: none */
    int64_t contact_ms;       /* newest complete answer of any feed; 0: never */
    int64_t clock_offset_ms;
    bool clock_offset_known;
    const char *last_failure; /* sentence of the last failed sync, "" when the last one succeeded */
    long long disk_free;      /* bytes; -1 unknown */
    const char *notices[8];   /* damage found in the outbox in the last thirty days, then titles of
                                 current notice:* documents */
    size_t notice_count;
    int64_t notices_unseen; /* of db/notice.h, for `account` */
    int64_t rechecks;       /* verdicts that wait to be repeated: db/recheck.h */
};

/* account may be NULL. The overview owns its strings. */
enum status overview_read(struct reader *reader, const char *account, struct overview **overview,
                          struct error *error) MUST_CHECK;
void overview_free(struct overview *overview);

#endif
