#ifndef HUILIU_DB_KEPT_TRUST_H
#define HUILIU_DB_KEPT_TRUST_H
/*
 * What codes and sealed documents are judged with: the trust:* and revocation:* documents of the
 * catalogue and, for one time, what stands in a file somebody names. Reading a key costs more than
 * checking a signature with it, and lists may be long; so what was read stays with the reader until
 * one of those documents has another revision or another file is named.
 *
 *     status = sql_snapshot_begin(reader_cache(reader), &error);
 *     struct kept_trust *kept;
 *     status = kept_trust_find(reader, more, length, &kept, &error);
 *     status = kept_trust_keys(kept, reader, &keys, &error);      // of issuers
 *     status = kept_trust_roots(kept, reader, TRUST_OF_CODES, &roots, &error);
 *
 * `kept` and what comes from it belong to the reader and are valid until the next
 * kept_trust_find(). Each part is read when it is asked for first. Thread: the reader's.
 */
#include "db/reader.h"
#include "verify/chain.h"
#include "verify/trust.h"

struct kept_trust;

/* `more`: to be trusted beside the catalogue; NULL: nothing. */
enum status kept_trust_find(struct reader *reader, const char *more, size_t length,
                            struct kept_trust **kept, struct error *error) MUST_CHECK;
enum status kept_trust_keys(struct kept_trust *kept, struct reader *reader,
                            const struct trust **keys, struct error *error) MUST_CHECK;

/* A file of bare keys is no fault for codes; for seals it must hold certificates. */
enum trust_use { TRUST_OF_CODES, TRUST_OF_SEALS, TRUST_USES };
enum status kept_trust_roots(struct kept_trust *kept, struct reader *reader, enum trust_use use,
                             const struct anchors **roots, struct error *error) MUST_CHECK;
/* A document of revocation, parsed; the last one is remembered, because what comes one after the
 * other is often of one issuer. */
enum status kept_trust_list(struct kept_trust *kept, const char *key, const char *text,
                            size_t length, const json_t **list, struct error *error) MUST_CHECK;

#endif
