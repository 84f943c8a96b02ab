#ifndef HUILIU_CLI_TRACE_H
#define HUILIU_CLI_TRACE_H
/*
 * What a command writes down about looking (db/journal.h): who looked whom up, what was revealed
 * and what for, which verdict was given. The object is brought into a safe and bounded form first,
 * because it may be anything that was typed or scanned. A seat that cannot write (another process
 * holds the lock) or where nobody is logged in leaves no trace: commands for which that would be
 * wrong ask for SEAT_WRITE and SEAT_LOGIN.
 */
#include "cli/seat.h"
#include "verify/verdict.h"

/* action: "search", "open", "reveal", "check"; purpose may be NULL. */
enum status trace_lookup(const struct seat *seat, const char *action, const char *object,
                         const char *purpose, struct error *error) MUST_CHECK;
enum status trace_verdict(const struct seat *seat, const char *object, enum verdict verdict,
                          struct error *error) MUST_CHECK;

#endif
