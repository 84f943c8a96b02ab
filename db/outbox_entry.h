#ifndef HUILIU_DB_OUTBOX_ENTRY_H
#define HUILIU_DB_OUTBOX_ENTRY_H
/*
 * Entries of outbox.log: each is one accepted act, complete in itself, so that a line is either
 * there with everything it needs or not there at all.
 *
 *     {"entry":"raise","request":{frozen part},"events":[…],
 *      "evidence":[{"name","type","length","sha256","data":base64}],
 *      "resubmits":{"request":"request:…","events":[…]}}   the old one's, when there is one
 *     {"entry":"act","request":"request:…","events":[…],"resolves":true}   of a held request
 *     {"entry":"account","name","roles","locked","created_ms","revision","passphrase"}
 *     {"entry":"mark","mono"}        the number of the last event made here, before entries go
 *
 * The same function puts an entry into the database when it is made and when it is replayed, and
 * applying one twice changes nothing. Private to db/.
 */
#include "base/json.h"
#include "db/sql.h"

/* Makes an object with "entry" set; NULL when out of memory. */
json_t *outbox_entry_new(const char *kind);

/* Inside a transaction of the caller's. *changed tells whether anything was missing. */
enum status outbox_entry_apply(struct sql *sql, const json_t *entry, bool *changed,
                               struct error *error) MUST_CHECK;

#endif
