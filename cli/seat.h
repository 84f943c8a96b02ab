#ifndef HUILIU_CLI_SEAT_H
#define HUILIU_CLI_SEAT_H
/*
 * The seat a command works from: the open home, a reading view, the outbox where the command
 * writes, and who is sitting there. A command states its needs in the table; seat_open() does what
 * they imply in the only order that works, and seat_close() undoes it.
 *
 * The writing lock is waited for, shortly (SEAT_LOCK_WAIT_MS): two commands of a script must not
 * fail because they overlap. A window or a long sync that keeps it is STATUS_LOCKED. A window lends
 * it to short commands (SEAT_MAY_BORROW) as soon as nobody types and no exchange is under way,
 * which is waited for somewhat longer; not while a passphrase is typed, which may take any time.
 *
 * The account is --as or, without it, the only one there is. The passphrase comes from
 * --passphrase-file or is asked on the terminal without echo; it is wiped from memory as soon as
 * it has been checked. A login that is not possible is STATUS_REFUSED.
 *
 * The strings of a request must outlive the call only. One thread.
 */
#include "base/error.h"
#include "db/outbox.h"
#include "db/reader.h"
#include "db/session.h"
#include "sync/proxy.h"

#include <stdbool.h>

#define SEAT_LOCK_WAIT_MS   2000
#define SEAT_BORROW_WAIT_MS 10000

enum seat_need {
    SEAT_HOME = 1,            /* home and reader */
    SEAT_WRITE = 2,           /* the writing lock and the outbox */
    SEAT_WRITE_IF_FREE = 4,   /* as before, but reads on when another process holds the lock */
    SEAT_LOGIN = 8,           /* a session */
    SEAT_LOGIN_IF_GIVEN = 16, /* a session when one can be had: see struct seat.logged_in */
    SEAT_BROKEN_TOO = 32,     /* also when the databases cannot be read: the reader is NULL then */
    SEAT_MAY_BORROW = 128,    /* with SEAT_WRITE, for short work: a window that holds the lock is
                                 asked to lend the home */
    SEAT_OR_HOLDER = 64       /* with SEAT_WRITE: when another process holds the lock and takes
                                 calls, reads on with a line to it */
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
    struct peer *holder;   /* who can, with SEAT_OR_HOLDER (sync/proxy.h); else NULL */
    struct peer *lender;   /* who waits for this seat to be closed; else NULL */
    bool logged_in;
    struct session session;
};

enum status seat_open(const struct seat_request *request, struct seat **seat,
                      struct error *error) MUST_CHECK;
void seat_close(struct seat *seat);

/* Gives the writing lock back and reads on: for work that lasts. */
enum status seat_release_lock(struct seat *seat, struct error *error) MUST_CHECK;
/* Takes it again. STATUS_LOCKED: another process has it; the seat is as before. */
enum status seat_retake_lock(struct seat *seat, struct error *error) MUST_CHECK;

#endif
