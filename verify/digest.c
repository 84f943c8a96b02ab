#include "verify/digest.h"

#include "base/i18n.h"

#include <openssl/evp.h>

enum status sha256_hex(const void *data, size_t length, char out[SHA256_HEX_MAX],
                       struct error *error)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (EVP_Digest(data, length, digest, &size, EVP_sha256(), NULL) != 1 ||
        size != (SHA256_HEX_MAX - 1) / 2)
        return error_set(error, STATUS_INTERNAL,
                         _("The checksum could not be computed: the cryptographic library "
                           "refuses SHA-256."));
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[SHA256_HEX_MAX - 1] = '\0';
    return STATUS_OK;
}
