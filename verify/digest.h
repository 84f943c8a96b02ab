#ifndef HUILIU_VERIFY_DIGEST_H
#define HUILIU_VERIFY_DIGEST_H
/* SHA-256 (FIPS 180-4) through OpenSSL; the only place that asks for it. Thread-safe. */
#include "base/error.h"

#include <stddef.h>

#define SHA256_HEX_MAX 65

/* Lower-case hexadecimal of the digest of `length` bytes. */
enum status sha256_hex(const void *data, size_t length, char out[SHA256_HEX_MAX],
                       struct error *error) MUST_CHECK;

#endif
