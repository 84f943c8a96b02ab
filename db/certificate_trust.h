#ifndef HUILIU_DB_CERTIFICATE_TRUST_H
#define HUILIU_DB_CERTIFICATE_TRUST_H
/*
 * Which certificates the catalogue trusts, as verify/chain.h wants it: those of the documents
 * "trust:*" that have an x509 member and the wanted use ("seal", "credential"), whatever their
 * level; and every "revocation:*" document: its entries that could name a certificate, and an X.509
 * revocation list in its member `crl` (PEM). A trust document with a revoked_at counts as an anchor
 * that was revoked then: what it signed is still explained, and not valid. One that cannot be read
 * is left out: it vouches for nobody. Thread: the reader's.
 */
#include "db/reader.h"
#include "verify/chain.h"

/* Adds to `trust`. */
enum status certificate_trust_load(struct reader *reader, const char *use, struct anchors *trust,
                                   struct error *error) MUST_CHECK;

#endif
