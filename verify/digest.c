#include "verify/digest.h"

#include "base/i18n.h"

#include <openssl/evp.h>
#include <string.h>
#include <strings.h>

struct digest_name {
    const char *name;
    enum digest_kind kind;
};

enum digest_kind digest_kind_of(const char *name)
{
    static const struct digest_name names[] = {
        {"SM3", DIGEST_SM3},
        {"1.2.156.10197.1.401", DIGEST_SM3}, /* GM/T 0006 */
        {"SHA256", DIGEST_SHA256},
        {"SHA-256", DIGEST_SHA256},
        {"2.16.840.1.101.3.4.2.1", DIGEST_SHA256},
        {"SHA384", DIGEST_SHA384},
        {"SHA-384", DIGEST_SHA384},
        {"2.16.840.1.101.3.4.2.2", DIGEST_SHA384},
        {"SHA512", DIGEST_SHA512},
        {"SHA-512", DIGEST_SHA512},
        {"2.16.840.1.101.3.4.2.3", DIGEST_SHA512},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(names[i].name, name) == 0)
            return names[i].kind;
    return DIGEST_NONE;
}

static const EVP_MD *method_of(enum digest_kind kind)
{
    switch (kind) {
    case DIGEST_SM3:
        return EVP_sm3();
    case DIGEST_SHA256:
        return EVP_sha256();
    case DIGEST_SHA384:
        return EVP_sha384();
    case DIGEST_SHA512:
        return EVP_sha512();
    case DIGEST_NONE:
        break;
    }
    return NULL;
}

enum status digest_compute(enum digest_kind kind, const void *data, size_t length,
                           struct digest_value *value, struct error *error)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    const EVP_MD *method = method_of(kind);

    if (!method || EVP_Digest(data, length, digest, &size, method, NULL) != 1 ||
        size > DIGEST_BYTES_MAX)
        return error_set(error, STATUS_INTERNAL,
                         _("A digest could not be computed: the cryptographic library refuses."));
    memcpy(value->bytes, digest, size);
    value->length = size;
    return STATUS_OK;
}

void digest_base64(const struct digest_value *value, char out[DIGEST_BASE64_MAX])
{
    /* Four characters for three bytes, and the NUL. */
    (void)EVP_EncodeBlock((unsigned char *)out, value->bytes, (int)value->length);
}

enum status sha256_hex(const void *data, size_t length, char out[SHA256_HEX_MAX],
                       struct error *error)
{
    static const char digits[] = "0123456789abcdef";
    struct digest_value digest;
    enum status status = digest_compute(DIGEST_SHA256, data, length, &digest, error);

    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < digest.length; i++) {
        out[2 * i] = digits[digest.bytes[i] >> 4];
        out[2 * i + 1] = digits[digest.bytes[i] & 15];
    }
    out[2 * digest.length] = '\0';
    return STATUS_OK;
}
