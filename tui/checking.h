#ifndef HUILIU_TUI_CHECKING_H
#define HUILIU_TUI_CHECKING_H
/*
 * Checking the data (db/quality.h) in a thread of its own. Over a million residents it lasts the
 * better part of a minute, so it belongs to the workplace and not to a page: it goes on while the
 * clerk serves somebody, says when it is over, and ends with the program at the latest.
 *
 * Made and freed by the workplace. Interface thread only.
 */
#include "tui/workplace.h"

struct checking;

struct checking_state {
    bool running;
    bool comparing; /* the rows are read; now records are compared with each other */
    int64_t done, total;
};

struct checking *checking_new(struct workplace *place); /* NULL without memory */
/* The thread is over when this returns; what it has left in the mailbox still needs the object. */
void checking_end(struct checking *checking);
void checking_free(struct checking *checking); /* after checking_end() */

/* Does nothing while one is running. What goes wrong is said in the message line. */
void checking_start(struct checking *checking);
/* The earlier results stay. */
void checking_stop(struct checking *checking);
struct checking_state checking_state(const struct checking *checking);

#endif
