#ifndef HUILIU_DB_OUTBOX_H
#define HUILIU_DB_OUTBOX_H
/*
 * Writing outbox.db: everything born on this workstation. Precious: never recreated silently,
 * migrated forward only, synchronous=FULL, and preceded by a second copy: outbox.log, an
 * append-only file of lines that is fdatasync()ed before the SQLite commit and replayed when the
 * outbox is opened (a crash between the two loses nothing and doubles nothing, because every
 * line is keyed by its id).
 *
 * The handle may be used by several threads: it serialises itself, and every operation is one
 * short transaction. It is the only writing connection to the file. Operations live in
 * db/request.h, db/account.h and db/journal.h.
 */
#include "base/json.h"
#include "db/home.h"
#include "db/sql.h"

#include <stdint.h>

struct outbox;

enum status outbox_open(const struct home *home, struct outbox **outbox,
                        struct error *error) MUST_CHECK;
void outbox_close(struct outbox *outbox);
const struct home *outbox_home(const struct outbox *outbox);

/* STATUS_CORRUPT with a sentence for the supervisor when something was found damaged at opening
 * (lines of outbox.log, the database itself) and put aside; the outbox works all the same. For
 * thirty days the sentence is among the notices of db/overview.h. */
enum status outbox_health(const struct outbox *outbox, struct error *error) MUST_CHECK;
/* Entries of outbox.log that were missing in outbox.db when it was opened and were put back. */
int64_t outbox_replayed(const struct outbox *outbox);

/* Entries of outbox.log that pass their digest, and those that do not; changes nothing. */
enum status outbox_copy_examine(const struct home *home, int64_t *entries, int64_t *damaged,
                                struct error *error) MUST_CHECK;

/* --- for the modules of this folder ----------------------------------------------------------- */

struct sql *outbox_lock(struct outbox *outbox);
void outbox_unlock(struct outbox *outbox);
/* Leaves out of outbox.log what a rebuilt outbox would get back from the upstream: requests whose
 * last word was spoken and delivered more than thirty days ago, and superseded accounts. Happens
 * by itself when the outbox is opened and the log has grown. */
enum status outbox_compact(struct outbox *outbox, struct error *error) MUST_CHECK;
/* One accepted act: the entry (db/outbox_entry.h) goes to outbox.log, then into the database in
 * one transaction. When this fails nothing of it is left in either - unless the disk itself failed
 * after the log had it, which the sentence then says. On a full disk the reserve of db/ballast.h is
 * given up. The caller holds the lock. */
enum status outbox_record(struct outbox *outbox, const json_t *entry,
                          struct error *error) MUST_CHECK;

#endif
