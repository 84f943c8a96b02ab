#ifndef HUILIU_DB_SEAL_TRUST_H
#define HUILIU_DB_SEAL_TRUST_H
/*
 * Whom the catalogue trusts to seal documents, as verify/chain.h wants it: the certificates of the
 * documents "trust:*" that have an x509 member and "seal" among their uses, whatever their level,
 * and every entry of "revocation:*" that could name a certificate. A trust document with a
 * revoked_at counts as an anchor that was revoked then: what it sealed is still explained, and not
 * valid. One that cannot be read is left out: it vouches for nobody. Thread: the reader's.
 */
#include "db/reader.h"
#include "verify/chain.h"

/* Adds to `trust`. */
enum status seal_trust_load(struct reader *reader, struct anchors *trust,
                            struct error *error) MUST_CHECK;

#endif
