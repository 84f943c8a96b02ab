#ifndef HUILIU_DB_CODE_KEYS_H
#define HUILIU_DB_CODE_KEYS_H
/*
 * The keys and certificates signed codes are judged with: the trust:* documents of the catalogue
 * and, for one time, what stands in a file (db/signed_code.h). Reading a key costs more than
 * checking a signature with it, so they are read once and kept with the reader, until a document of
 * trust or revocation has another revision or another file is named.
 *
 *     status = sql_snapshot_begin(reader_cache(reader), &error);
 *     struct code_keys *keys;
 *     status = code_keys_find(reader, more, length, &keys, &error);
 *     … code_keys_trust(keys) …
 *     status = code_keys_roots(keys, reader, &roots, &error);    // for codes with certificates
 *
 * `keys` belongs to the reader and is valid until the next call. Thread: the reader's.
 */
#include "db/reader.h"
#include "verify/chain.h"
#include "verify/trust.h"

struct code_keys;

/* `more`: JWKS, JWK or PEM to trust beside the catalogue; NULL: nothing. */
enum status code_keys_find(struct reader *reader, const char *more, size_t length,
                           struct code_keys **keys, struct error *error) MUST_CHECK;
const struct trust *code_keys_trust(const struct code_keys *keys);
/* Read when they are asked for first: the lists that belong to them may be long. */
enum status code_keys_roots(struct code_keys *keys, struct reader *reader,
                            const struct anchors **roots, struct error *error) MUST_CHECK;

#endif
