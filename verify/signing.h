#ifndef HUILIU_VERIFY_SIGNING_H
#define HUILIU_VERIFY_SIGNING_H
/*
 * The other half of verify/crypto.h: private keys and signatures made with them, for codes that are
 * issued for tests and demonstrations (verify/issue.h). Part of the adapter to OpenSSL. Private
 * keys of an authority do not belong on a workstation.
 *
 * A key is held in memory as long as it is needed; its PEM text (PKCS #8, not encrypted) is wiped
 * by the caller. One thread.
 */
#include "verify/crypto.h"

struct signing_key;

/* A fresh key for the algorithm. */
enum status signing_key_generate(enum signature_algorithm algorithm, struct signing_key **key,
                                 struct error *error) MUST_CHECK;
/* From PEM; an RSA key signs with PS256. STATUS_INVALID for anything else than a private key. */
enum status signing_key_read(const char *pem, size_t length, struct signing_key **key,
                             struct error *error) MUST_CHECK;
void signing_key_free(struct signing_key *key);

/* Appends the PEM. */
enum status signing_key_write(const struct signing_key *key, struct buf *pem,
                              struct error *error) MUST_CHECK;

const struct public_key *signing_key_public(const struct signing_key *key);
enum signature_algorithm signing_key_algorithm(const struct signing_key *key);

/* Appends the raw signature, as signature_verify() wants it. */
enum status signing_key_sign(const struct signing_key *key, const void *data, size_t length,
                             struct buf *signature, struct error *error) MUST_CHECK;

#endif
