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
#include "db/home.h"
#include "db/sql.h"

#include <stdint.h>

struct outbox;

enum status outbox_open(const struct home *home, struct outbox **outbox,
                        struct error *error) MUST_CHECK;
void outbox_close(struct outbox *outbox);
const struct home *outbox_home(const struct outbox *outbox);

/* For the modules of this folder: the lock, the connection and the log. */
struct sql *outbox_lock(struct outbox *outbox);
void outbox_unlock(struct outbox *outbox);
/* Appends one line (JSON object text, without newline) to outbox.log and fdatasync()s it. */
enum status outbox_log_append(struct outbox *outbox, const char *json, size_t length,
                              struct error *error) MUST_CHECK;

/* Lines of outbox.log that were missing in outbox.db when it was opened and were put back. */
int64_t outbox_replayed(const struct outbox *outbox);

#endif
