#ifndef HUILIU_VERIFY_DIGEST_H
#define HUILIU_VERIFY_DIGEST_H
/*
 * Digests through OpenSSL: SHA-256, SHA-384 and SHA-512 (FIPS 180-4), SM3 (GB/T 32905). MD5 and
 * SHA-1 are not among them: they prove nothing. Thread-safe.
 */
#include "base/error.h"

#include <stddef.h>

enum digest_kind { DIGEST_NONE, DIGEST_SM3, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };

#define DIGEST_BYTES_MAX  64
#define DIGEST_BASE64_MAX 92
#define SHA256_HEX_MAX    65

struct digest_value {
    unsigned char bytes[DIGEST_BYTES_MAX];
    size_t length;
};

/* A name ("SM3", "sha-256") or a dotted OID; DIGEST_NONE for anything else, MD5 and SHA-1 too. */
enum digest_kind digest_kind_of(const char *name);
enum status digest_compute(enum digest_kind kind, const void *data, size_t length,
                           struct digest_value *value, struct error *error) MUST_CHECK;
void digest_base64(const struct digest_value *value, char out[DIGEST_BASE64_MAX]);

/* Lower-case hexadecimal of the digest of `length` bytes. */
enum status sha256_hex(const void *data, size_t length, char out[SHA256_HEX_MAX],
                       struct error *error) MUST_CHECK;

/* The same over bytes that come in pieces. finish() may be called once; free() accepts NULL. */
struct sha256;

enum status sha256_new(struct sha256 **digest, struct error *error) MUST_CHECK;
enum status sha256_add(struct sha256 *digest, const void *data, size_t length,
                       struct error *error) MUST_CHECK;
enum status sha256_finish(struct sha256 *digest, char out[SHA256_HEX_MAX],
                          struct error *error) MUST_CHECK;
void sha256_free(struct sha256 *digest);

#endif
