#include "verify/x509.h"

#include "base/i18n.h"
#include "verify/fold.h"
#include "verify/x509_handle.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SM2_ID        "1234567812345678"
#define SM2_RAW_BYTES 64
#define RSA_BITS_MIN  2048

/* --- certificates ----------------------------------------------------------------------------- */

/* The identifier goes with the signature *on* a certificate, by its issuer. */
static bool set_sm2_id(X509 *x509)
{
    if (X509_get_signature_nid(x509) != NID_SM2_with_SM3)
        return true;
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    if (!id || ASN1_OCTET_STRING_set(id, (const unsigned char *)SM2_ID, sizeof SM2_ID - 1) != 1) {
        ASN1_OCTET_STRING_free(id);
        return false;
    }
    X509_set0_distinguishing_id(x509, id);
    return true;
}

enum status certificate_read(const void *der, size_t length, struct certificate **certificate,
                             struct error *error)
{
    const unsigned char *at = der;
    X509 *x509 =
        length > 0 && length <= CERTIFICATE_BYTES_MAX ? d2i_X509(NULL, &at, (long)length) : NULL;

    if (!x509 || at != (const unsigned char *)der + length) {
        X509_free(x509);
        return error_set(error, STATUS_INVALID, _("A certificate cannot be read."));
    }
    struct certificate *made = malloc(sizeof *made);
    if (!made || !set_sm2_id(x509)) {
        free(made);
        X509_free(x509);
        return error_nomem(error);
    }
    made->x509 = x509;
    *certificate = made;
    return STATUS_OK;
}

void certificate_free(struct certificate *certificate)
{
    if (certificate)
        X509_free(certificate->x509);
    free(certificate);
}

static bool common_name(const X509_NAME *name, char out[CERTIFICATE_TEXT_MAX])
{
    unsigned char *text = NULL;
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);

    if (at < 0)
        return false;
    int length =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    bool usable = length > 0 && !memchr(text, '\0', (size_t)length);
    if (usable)
        fold_copy(out, CERTIFICATE_TEXT_MAX, (const char *)text); /* i2d adds a NUL */
    OPENSSL_free(text);
    return usable;
}

static void print_name(const X509_NAME *name, char out[CERTIFICATE_TEXT_MAX])
{
    if (common_name(name, out))
        return;
    char *whole = X509_NAME_oneline(name, NULL, 0);
    fold_copy(out, CERTIFICATE_TEXT_MAX, whole ? whole : "");
    OPENSSL_free(whole);
}

void certificate_subject(const struct certificate *certificate, char out[CERTIFICATE_TEXT_MAX])
{
    print_name(X509_get_subject_name(certificate->x509), out);
}

void certificate_issuer(const struct certificate *certificate, char out[CERTIFICATE_TEXT_MAX])
{
    print_name(X509_get_issuer_name(certificate->x509), out);
}

static void put_hex(const unsigned char *bytes, size_t length, const char *digits, char *out)
{
    for (size_t i = 0; i < length; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * length] = '\0';
}

void certificate_serial(const struct certificate *certificate, char out[CERTIFICATE_SERIAL_MAX])
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate->x509);
    size_t length = (size_t)ASN1_STRING_length(serial);
    char text[CERTIFICATE_SERIAL_MAX];

    if (2 * length >= sizeof text)
        length = (sizeof text - 1) / 2;
    put_hex(ASN1_STRING_get0_data(serial), length, "0123456789ABCDEF", text);
    const char *start = text;
    while (start[0] == '0' && start[1] != '\0')
        start++;
    fold_copy(out, CERTIFICATE_SERIAL_MAX, start);
}

void certificate_fingerprint(const struct certificate *certificate, char out[CERTIFICATE_PRINT_MAX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    out[0] = '\0';
    if (X509_digest(certificate->x509, EVP_sha256(), digest, &length) == 1 &&
        2 * length < CERTIFICATE_PRINT_MAX)
        put_hex(digest, length, "0123456789abcdef", out);
}

static bool instant_of(const ASN1_TIME *time, int64_t *ms)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;
    bool known = epoch && time && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;

    ASN1_TIME_free(epoch);
    if (known)
        *ms = ((int64_t)days * 86400 + seconds) * 1000;
    return known;
}

bool certificate_validity(const struct certificate *certificate, int64_t *from_ms, int64_t *to_ms)
{
    return instant_of(X509_get0_notBefore(certificate->x509), from_ms) &&
           instant_of(X509_get0_notAfter(certificate->x509), to_ms);
}

bool certificate_may_sign(const struct certificate *certificate)
{
    /* UINT32_MAX where there is no such extension. */
    return (X509_get_key_usage(certificate->x509) &
            (X509v3_KU_DIGITAL_SIGNATURE | X509v3_KU_NON_REPUDIATION)) != 0;
}

bool certificate_equals(const struct certificate *certificate, const void *der, size_t length)
{
    unsigned char *own = NULL;
    int own_length = i2d_X509(certificate->x509, &own);
    bool same = own_length > 0 && (size_t)own_length == length && memcmp(own, der, length) == 0;

    OPENSSL_free(own);
    return same;
}

bool certificate_is_named(const struct certificate *certificate, const void *issuer,
                          size_t issuer_length, const void *serial, size_t serial_length)
{
    const unsigned char *name = NULL;
    size_t name_length = 0;
    unsigned char *number = NULL;
    int number_length = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate->x509), &number);
    bool same = X509_NAME_get0_der(X509_get_issuer_name(certificate->x509), &name, &name_length) &&
                name_length == issuer_length && memcmp(name, issuer, name_length) == 0 &&
                number_length > 0 && (size_t)number_length == serial_length &&
                memcmp(number, serial, serial_length) == 0;

    OPENSSL_free(number);
    return same;
}

/* --- digests ---------------------------------------------------------------------------------- */

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

/* --- signatures ------------------------------------------------------------------------------- */

struct scheme {
    const char *oid;
    const char *key; /* OpenSSL's name of the key type */
    enum digest_kind digest;
};

static const struct scheme schemes[] = {
    {"1.2.156.10197.1.501", "SM2", DIGEST_SM3},
    {"1.2.156.10197.501", "SM2", DIGEST_SM3},
    {"1.2.156.10197.1.301", "SM2", DIGEST_SM3},
    {"1.2.156.10197.1.301.1", "SM2", DIGEST_SM3},
    {"1.2.840.10045.2.1", "SM2", DIGEST_SM3},
    {"1.2.840.113549.1.1.11", "RSA", DIGEST_SHA256},
    {"1.2.840.113549.1.1.12", "RSA", DIGEST_SHA384},
    {"1.2.840.113549.1.1.13", "RSA", DIGEST_SHA512},
    {"1.2.840.10045.4.3.2", "EC", DIGEST_SHA256},
    {"1.2.840.10045.4.3.3", "EC", DIGEST_SHA384},
    {"1.2.840.10045.4.3.4", "EC", DIGEST_SHA512},
};

enum digest_kind signature_digest(const struct certificate *certificate, const char *oid)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate->x509);

    for (size_t i = 0; key && i < sizeof schemes / sizeof schemes[0]; i++) {
        if (strcmp(schemes[i].oid, oid) != 0 || !EVP_PKEY_is_a(key, schemes[i].key))
            continue;
        bool weak = EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) < RSA_BITS_MIN;
        return weak ? DIGEST_NONE : schemes[i].digest;
    }
    return DIGEST_NONE;
}

/* r || s as the DER that OpenSSL wants; NULL when memory runs out. *length becomes its size. */
static unsigned char *der_of_raw(const unsigned char *raw, size_t *length)
{
    unsigned char *der = NULL;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, SM2_RAW_BYTES / 2, NULL);
    BIGNUM *s = BN_bin2bn(raw + SM2_RAW_BYTES / 2, SM2_RAW_BYTES / 2, NULL);

    if (pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1) {
        r = NULL;
        s = NULL;
        int made = i2d_ECDSA_SIG(pair, &der);
        *length = made > 0 ? (size_t)made : 0;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return der;
}

/* Does OpenSSL find the signature good? Anything else, failures of its own included, is no. */
static bool verify(EVP_PKEY *key, enum digest_kind digest, const void *data, size_t length,
                   const unsigned char *value, size_t value_length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL; /* the context's */
    bool good = context &&
                EVP_DigestVerifyInit(context, &parameters, method_of(digest), NULL, key) == 1 &&
                (!EVP_PKEY_is_a(key, "SM2") ||
                 EVP_PKEY_CTX_set1_id(parameters, SM2_ID, sizeof SM2_ID - 1) == 1) &&
                EVP_DigestVerify(context, value, value_length, data, length) == 1;

    EVP_MD_CTX_free(context);
    return good;
}

enum signature_answer signature_check(const struct certificate *certificate, const char *oid,
                                      const void *data, size_t length, const void *value,
                                      size_t value_length)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate->x509);
    enum digest_kind digest = signature_digest(certificate, oid);

    if (digest == DIGEST_NONE)
        return SIGNATURE_UNSUPPORTED;
    if (!EVP_PKEY_is_a(key, "SM2") || value_length != SM2_RAW_BYTES)
        return verify(key, digest, data, length, value, value_length) ? SIGNATURE_GOOD
                                                                      : SIGNATURE_BAD;
    size_t der_length = 0;
    unsigned char *der = der_of_raw(value, &der_length);
    bool good = der && verify(key, digest, data, length, der, der_length);
    OPENSSL_free(der);
    return good ? SIGNATURE_GOOD : SIGNATURE_BAD;
}
