#ifndef HUILIU_DB_BUNDLE_STORE_H
#define HUILIU_DB_BUNDLE_STORE_H
/*
 * What the outbox remembers of bundles (docs/bundles.md): the numbers of both directions, what was
 * in those that left, how far those that arrived have got, and which signers somebody here vouched
 * for.
 *
 * A request that left in a bundle is not delivered by that. It is when a receipt names the bundle,
 * or when the document comes back with the events (request_merge_upstream()).
 *
 * Writing functions are one transaction each and take the outbox handle; any thread. Listing takes
 * a reader.
 */
#include "db/outbox.h"
#include "db/reader.h"

#include <stdint.h>

#define BUNDLE_ORIGIN_MAX 65
#define BUNDLE_PRINT_MAX  65 /* SHA-256, hexadecimal */

/* --- leaving ---------------------------------------------------------------------------------- */

struct bundle_departure {
    int64_t number;
    const char *file;       /* its name, without the directory */
    const char *recipient;  /* fingerprint */
    const json_t *requests; /* [{"id","rev","events":[id…]}…] */
    const json_t *receipts; /* [{"origin","number"…}…]: receipts of ours it carries */
};

/* The number of the next one. */
enum status bundle_next_number(struct outbox *outbox, int64_t *number,
                               struct error *error) MUST_CHECK;
/* Our receipts: of every finished arrival, the newest hundred of each origin at most, as
 * [{"origin","number","at"}…]. The caller json_decref()s it. *untold: how many never left yet. */
enum status bundle_receipts_to_tell(struct outbox *outbox, json_t **receipts, int64_t *untold,
                                    struct error *error) MUST_CHECK;
enum status bundle_departed(struct outbox *outbox, const struct bundle_departure *departure,
                            struct error *error) MUST_CHECK;
/* It never left: the file could not be put in its place. */
enum status bundle_recall(struct outbox *outbox, int64_t number, struct error *error) MUST_CHECK;
/* The platform says that it has taken in this bundle of ours: what was in it is delivered, except
 * the requests named in `refused` ([{"id","reason"}…], may be NULL), which are held. *delivered
 * counts requests. STATUS_NOT_FOUND: no such bundle left here. A second time changes nothing. */
enum status bundle_confirm(struct outbox *outbox, int64_t number, int64_t at_ms,
                           const json_t *refused, int64_t *delivered,
                           struct error *error) MUST_CHECK;

/* --- arriving --------------------------------------------------------------------------------- */

struct bundle_arrival {
    const char *origin;
    int64_t number;
    const char *digest; /* of the content */
    const char *created_at;
    const char *signer; /* fingerprint */
};

enum bundle_known { BUNDLE_NEW, BUNDLE_BEGUN, BUNDLE_FINISHED, BUNDLE_ANOTHER };

/* What is known of this number: the same file begun or finished, or another one under it. *last is
 * the highest finished number of this origin; 0: none. */
enum status bundle_look_up(struct outbox *outbox, const struct bundle_arrival *arrival,
                           enum bundle_known *known, int64_t *last, struct error *error) MUST_CHECK;
enum status bundle_begin(struct outbox *outbox, const struct bundle_arrival *arrival,
                         struct error *error) MUST_CHECK;
enum status bundle_finish(struct outbox *outbox, const struct bundle_arrival *arrival, int64_t rows,
                          struct error *error) MUST_CHECK;
/* Where the last bundle of this origin left a database; empty: none yet. */
enum status bundle_position(struct outbox *outbox, const char *origin, const char *database,
                            struct buf *since, struct error *error) MUST_CHECK;
enum status bundle_set_position(struct outbox *outbox, const char *origin, const char *database,
                                const char *since, struct error *error) MUST_CHECK;

/* --- signers ---------------------------------------------------------------------------------- */

enum status bundle_signer_known(struct outbox *outbox, const char *fingerprint, bool *known,
                                struct error *error) MUST_CHECK;
enum status bundle_signer_trust(struct outbox *outbox, const char *fingerprint, const char *name,
                                const char *account, struct error *error) MUST_CHECK;

/* --- for people ------------------------------------------------------------------------------- */

struct bundle_out_row {
    int64_t number, created_ms, requests, receipt_ms; /* 0: not confirmed */
    int64_t waiting; /* its requests with something that is not proved to be delivered */
    const char *file, *recipient;
};

struct bundle_in_row {
    const char *origin, *created_at, *signer;
    int64_t number, finished_ms, rows;
    int64_t told_in; /* our bundle that carried the receipt; 0: none yet */
};

struct bundle_list {
    const struct bundle_out_row *out;
    size_t out_count;
    const struct bundle_in_row *in;
    size_t in_count;
};

/* The newest first, a thousand of each at most. */
enum status bundle_list(struct reader *reader, struct bundle_list **list,
                        struct error *error) MUST_CHECK;
void bundle_list_free(struct bundle_list *list);

#endif
