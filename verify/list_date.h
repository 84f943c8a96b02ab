#ifndef HUILIU_VERIFY_LIST_DATE_H
#define HUILIU_VERIFY_LIST_DATE_H
/*
 * Is a revocation list of its time? One rule for lists of the catalogue and for X.509 lists.
 *
 *   - The date on which the next one was due is over: what came after it is not known here. It
 *     still says that something was not revoked then; the verdict says that it is old.
 *   - It is dated ahead of the clock: either this computer's clock is wrong, and then nothing here
 *     is known to be in date, or the list is. By RFC 5280 section 5.1.2.4 the date is that of its
 *     issue, so it cannot have been issued yet; section 6.3.3 does not ask, OpenSSL refuses ("CRL
 *     is not yet valid"). It condemns whom it names and clears nobody. Clocks differ by
 *     CLOCK_LEEWAY_MS all the time: up to that it is a remark.
 *
 * Pure; thread-safe. Times are milliseconds since 1970; 0: not said.
 */
#include "verify/verdict.h"

#include <stdint.h>

/* How far apart clocks are before one of them is called wrong, for everything that was signed. */
#define CLOCK_LEEWAY_MS ((int64_t)5 * 60 * 1000)

enum list_date { LIST_IN_DATE, LIST_LATE, LIST_AHEAD, LIST_FAR_AHEAD };

enum list_date list_date_judge(int64_t issued_ms, int64_t next_ms, int64_t now_ms);

/* Adds the check "revocation" of something that is not on list `number` of the catalogue. The dates
 * are RFC 3339; NULL or unreadable: not said. */
void list_date_clear(struct verdict_report *report, int64_t number, const char *issued,
                     const char *next, int64_t now_ms);

#endif
