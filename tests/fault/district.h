#ifndef HUILIU_TESTS_FAULT_DISTRICT_H
#define HUILIU_TESTS_FAULT_DISTRICT_H
/*
 * Several stations and one upstream, each station with a line of its own that can fail, and what
 * must be true of all of them together. Everything a person was told is written down: the requests
 * that were said to be saved.
 */
#include "tests/e2e/rig.h"
#include "tests/fault/chance.h"
#include "tests/fault/proxy.h"

#define DISTRICT_SEATS_MAX    4
#define DISTRICT_REQUESTS_MAX 4096
#define DISTRICT_PEOPLE       40

struct district {
    struct rig rig;
    int seat_count;
    struct seat seats[DISTRICT_SEATS_MAX];
    struct proxy *lines[DISTRICT_SEATS_MAX];
    char (*requests)[48]; /* said to be saved */
    int *origins;         /* the seat of each */
    size_t request_count;
};

/* Even seats are clerks, odd ones supervisors who may raise requests too. */
void district_start(struct district *district, int seats);
void district_stop(struct district *district);

/* Each may be refused by a rule (another decided first); any other failure fails the test. */
void district_raise(struct district *district, int seat, struct chance *chance);
void district_decide(struct district *district, int seat, struct chance *chance);
/* Held requests, which a person looks at and keeps. False when there was none. */
bool district_keep_held(struct district *district, int seat);
/* A change on the provider's side: a record, or a word about a request. */
void district_provide(struct district *district, struct chance *chance);
/* One run of synchronisation, whatever comes of it; fails when the home itself does. */
enum status district_sync(struct district *district, int seat, bool full);

/* All lines sound; every station synchronises until nothing moves. Fails when it never ends. */
void district_heal(struct district *district);
/* After healing: nothing lost, nothing doubled, all the same everywhere, and status tells it. */
void district_expect(struct district *district);

#endif
