#include "verify/digest.h"

#include "base/i18n.h"

#include <openssl/evp.h>
#include <stdlib.h>
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

static void put_hex(const unsigned char *bytes, size_t length, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < length; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * length] = '\0';
}

enum status sha256_hex(const void *data, size_t length, char out[SHA256_HEX_MAX],
                       struct error *error)
{
    struct digest_value digest;
    enum status status = digest_compute(DIGEST_SHA256, data, length, &digest, error);

    if (status == STATUS_OK)
        put_hex(digest.bytes, digest.length, out);
    return status;
}

/* --- in pieces -------------------------------------------------------------------------------- */

struct sha256 {
    EVP_MD_CTX *context;
};

enum status sha256_new(struct sha256 **out, struct error *error)
{
    struct sha256 *digest = calloc(1, sizeof *digest);

    if (digest)
        digest->context = EVP_MD_CTX_new();
    if (!digest || !digest->context ||
        EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1) {
        sha256_free(digest);
        return error_nomem(error);
    }
    *out = digest;
    return STATUS_OK;
}

static enum status refused(struct error *error)
{
    return error_set(error, STATUS_INTERNAL,
                     _("A digest could not be computed: the cryptographic library refuses."));
}

enum status sha256_add(struct sha256 *digest, const void *data, size_t length, struct error *error)
{
    return EVP_DigestUpdate(digest->context, data, length) == 1 ? STATUS_OK : refused(error);
}

enum status sha256_finish(struct sha256 *digest, char out[SHA256_HEX_MAX], struct error *error)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (EVP_DigestFinal_ex(digest->context, bytes, &size) != 1)
        return refused(error);
    put_hex(bytes, size, out);
    return STATUS_OK;
}

void sha256_free(struct sha256 *digest)
{
    if (!digest)
        return;
    EVP_MD_CTX_free(digest->context);
    free(digest);
}
