#ifndef HUILIU_DB_ESCROW_H
#define HUILIU_DB_ESCROW_H
/*
 * Copies of the records that unsent requests are about. When the platform withdraws a dataset, an
 * area or a single record, the cache loses it in that synchronisation; the request that waits here
 * keeps the copy, so that its maker and its reviewer still see whom it is about. As soon as the
 * upstream has acknowledged the request its copy is gone too.
 *
 *     escrow_keep(outbox, cache, &error);        // before anything that may remove records
 *     escrow_find(reader, request_id, &copy, &error);
 *
 * A copy is as new as the last synchronisation that began with the record still there. Copies are a
 * convenience, not part of what was accepted: they are not in outbox.log.
 */
#include "db/cache.h"
#include "db/outbox.h"
#include "db/reader.h"

/* Cache's thread, outside a transaction. */
enum status escrow_keep(struct outbox *outbox, struct cache *cache, struct error *error) MUST_CHECK;

struct escrow_copy {
    json_t *record; /* the document; the caller json_decref()s it */
    struct buf name;
    int64_t at_ms; /* wall clock at which it was copied */
};
/* STATUS_NOT_FOUND: there is no copy. */
enum status escrow_find(struct reader *reader, const char *request, struct escrow_copy *copy,
                        struct error *error) MUST_CHECK;
void escrow_copy_release(struct escrow_copy *copy);

#endif
