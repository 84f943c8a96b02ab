#ifndef HUILIU_TESTS_FAULT_STATION_H
#define HUILIU_TESTS_FAULT_STATION_H
/*
 * A workstation that may fail at any moment, and beside it the memory of somebody who watched the
 * screen: which requests were said to be saved, what was decided about them, which were said to be
 * delivered. station_work() does one thing at random; when it fails, what it tried is remembered as
 * possible. station_expect() compares.
 *
 * There is no network: the upstream's side of a delivery is played here.
 */
#include "tests/fault/chance.h"
#include "tests/unit/db/seat.h"

#define STATION_REQUESTS_MAX 256

struct witnessed {
    char id[48];
    enum request_state state;
    bool delivered;          /* acknowledged, and nothing said since */
    bool may_be;             /* the last step failed: it may have happened all the same … */
    enum request_state then; /* … and this would be the state */
    bool may_be_delivered;
};

struct station {
    char directory[PATH_MAX];
    struct home *home;
    struct outbox *outbox;
    struct reader *reader;
    struct cache *cache;
    struct witnessed requests[STATION_REQUESTS_MAX];
    size_t count;
    bool may_be_more;  /* a request may have been saved that nobody was told of */
    int64_t rows;      /* cache commits that were said to be done; the position says the same */
    int64_t saved;     /* things said to be done since the station was made */
    struct error last; /* of the last thing that failed */
};

/* A home with a catalogue and a resident, closed. */
void station_make(struct station *station, const char *directory);
/* STATUS_OK, or why not; nothing stays open then. */
enum status station_open(struct station *station);
void station_close(struct station *station);

/* One thing, chosen by chance; its status. */
enum status station_work(struct station *station, struct chance *chance);

/* One of them: some rows and the position they stand for. */
enum status station_fill_cache(struct station *station, struct chance *chance);

/* Fails the test unless what is there is what was said (or may be). Settles what may be. The
 * station is open and the disk is sound. */
void station_expect(struct station *station);
/* The outbox as its second copy alone knows it: opened again without the database. */
void station_lose_outbox(struct station *station);

#endif
