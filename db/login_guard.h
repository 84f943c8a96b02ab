#ifndef HUILIU_DB_LOGIN_GUARD_H
#define HUILIU_DB_LOGIN_GUARD_H
/*
 * A refused name or password is not tried again and again: CouchDB locks an account after five
 * wrong passwords, for everybody who uses it. After LOGIN_GUARD_ATTEMPTS refusals in a row, over
 * all runs of the program, the upstream is not asked any more until name or password have been
 * changed; once in LOGIN_GUARD_PAUSE_MS it is asked all the same, because the platform's side may
 * have been put right.
 *
 *     if (login_guard_check(outbox, &why) != STATUS_OK) ...      // before the first question
 *     login_guard_note(outbox, refused, &error);                 // after the run
 *
 * What was refused is remembered in outbox.db as eight hexadecimal digits: enough to notice a
 * change, too few to find a password by.
 */
#include "db/outbox.h"

#define LOGIN_GUARD_ATTEMPTS 3
#define LOGIN_GUARD_PAUSE_MS ((int64_t)3600 * 1000)

/* STATUS_REFUSED: do not ask, and the sentence why; another failure is the home's. */
enum status login_guard_check(struct outbox *outbox, struct error *error) MUST_CHECK;
/* `refused`: the upstream did not accept name or password; else it did. */
enum status login_guard_note(struct outbox *outbox, bool refused, struct error *error) MUST_CHECK;

#endif
