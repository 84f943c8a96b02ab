#ifndef HUILIU_CLI_SEAT_H
#define HUILIU_CLI_SEAT_H
/*
 * The seat a command works from: the open home, a reading view, the outbox where the command
 * writes, and who is sitting there. A command states its needs in the table; seat_open() does what
 * they imply in the only order that works, and seat_close() undoes it.
 *
 * The account is --as or, without it, the only one there is. The passphrase comes from
 * --passphrase-file or is asked on the terminal without echo; it is wiped from memory as soon as
 * it has been checked. A login that is not possible is STATUS_REFUSED.
 *
 * The strings of the request must outlive the call only. One thread.
 */
#include "base/error.h"
#include "db/outbox.h"
#include "db/reader.h"
#include "db/session.h"

#include <stdbool.h>

enum seat_need {
    SEAT_HOME = 1,           /* home and reader */
    SEAT_WRITE = 2,          /* the writing lock and the outbox */
    SEAT_WRITE_IF_FREE = 4,  /* as before, but reads on when another process holds the lock */
    SEAT_LOGIN = 8,          /* a session */
    SEAT_LOGIN_IF_GIVEN = 16 /* a session when one can be had: see struct seat.logged_in */
};

struct seat_request {
    unsigned needs;
    const char *directory;       /* NULL: the default */
    const char *account;         /* NULL: the only one */
    const char *passphrase_file; /* NULL: the terminal */
};

struct seat {
    struct home *home;
    struct reader *reader;
    struct outbox *outbox; /* NULL when the seat cannot write */
    bool logged_in;
    struct session session;
};

enum status seat_open(const struct seat_request *request, struct seat **seat,
                      struct error *error) MUST_CHECK;
void seat_close(struct seat *seat);

#endif
