#ifndef HUILIU_TESTS_UPSTREAM_UPSTREAM_H
#define HUILIU_TESTS_UPSTREAM_UPSTREAM_H
/*
 * The part of CouchDB's HTTP API that Huiliu uses, without the network: a request comes in, a reply
 * goes out. routes.c finds the handler; the handlers are in handle_*.c and feed.c.
 *
 * An upstream is a value whose members the caller makes and owns. Thread-safe: any number of
 * requests at a time.
 */
#include "tests/upstream/auth.h"
#include "tests/upstream/fault.h"
#include "tests/upstream/journal.h"
#include "tests/upstream/request.h"
#include "tests/upstream/store.h"

struct upstream {
    struct store *store;
    struct auth *auth;
    struct journal *journal;
    struct faults *faults; /* NULL: not to be had */
};

/* Fills in `reply` completely. */
void upstream_handle(struct upstream *upstream, struct request *request, struct reply *reply);

/* --- for the handlers ------------------------------------------------------------------------- */

typedef void handler(struct upstream *upstream, struct request *request, struct reply *reply);

/* The database named first in the path; false when the reply says that there is none. */
bool upstream_database(struct upstream *upstream, const struct request *request,
                       struct reply *reply, struct database *out);

/* The sequence token of a position in a database. */
void upstream_put_sequence(struct buf *out, const struct database *database, uint64_t number);

handler handle_welcome, handle_all_dbs, handle_up, handle_uuids, handle_fault, handle_log,
    handle_session;
handler handle_create_database, handle_delete_database, handle_database_info, handle_full_commit,
    handle_revs_diff;
handler handle_post_document, handle_get_document, handle_put_document, handle_delete_document;
handler handle_get_local, handle_put_local, handle_delete_local;
handler handle_bulk_docs, handle_bulk_get, handle_all_docs;
handler handle_get_attachment, handle_put_attachment, handle_delete_attachment;
handler handle_changes;

#endif
