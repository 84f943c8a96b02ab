#ifndef HUILIU_VERIFY_CRYPTO_HANDLE_H
#define HUILIU_VERIFY_CRYPTO_HANDLE_H
/*
 * Private to the OpenSSL adapter (verify/crypto.c, x509.c, chain.c): what its objects are made of,
 * and the two things all three need.
 */
#include "verify/crypto.h"
#include "verify/x509.h"

#include <openssl/x509.h>

#define SM2_IDENTITY "1234567812345678" /* GM/T 0009-2012, section 10 */

struct public_key {
    enum key_kind kind;
    EVP_PKEY *pkey;
};

struct certificate {
    X509 *x509;
    struct public_key *key; /* NULL when it is of a kind not used here */
};

/* A key someone else decoded passes the same checks as one made from its parts. The caller keeps
 * `pkey`, which may be NULL: a damaged one. */
enum status public_key_adopt(EVP_PKEY *pkey, struct public_key **key,
                             struct error *error) MUST_CHECK;

/* The common name, or the whole name where there is none; UTF-8, cut to size. */
void name_print(const X509_NAME *name, char out[CERTIFICATE_TEXT_MAX]);

/* Milliseconds since 1970; false for what is no time. */
bool crypto_time(const ASN1_TIME *time, int64_t *ms);

#endif
