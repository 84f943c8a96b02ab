#ifndef HUILIU_DB_OUTBOX_OPEN_H
#define HUILIU_DB_OUTBOX_OPEN_H
/*
 * The inside of the outbox handle, shared by outbox.c (opening, recording) and outbox_compact.c
 * (keeping the second copy small). Private to these two.
 */
#include "db/outbox.h"

#include <pthread.h>

struct outbox_log;

struct outbox {
    const struct home *home;
    pthread_mutex_t mutex;
    struct sql *sql;
    struct outbox_log *log;
    struct error health; /* what was found damaged at opening */
    int64_t replayed;
    int64_t left_out; /* entries of a newer version, which stay in the log */
};

/* In a transaction of its own: the database stands for this much of the log. */
enum status outbox_cover(struct outbox *outbox, int64_t length, struct error *error) MUST_CHECK;

#endif
