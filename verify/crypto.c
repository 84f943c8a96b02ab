#include "verify/crypto.h"

#include "base/i18n.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#define COORDINATE_MAX  48
#define RAW_PAIR_MAX    ((size_t)2 * COORDINATE_MAX)
#define ED25519_SIZE    32
#define RSA_BITS_MAX    (8 * KEY_PART_MAX)
#define CERTIFICATE_MAX 16384
#define PEM_BLOCKS_MAX  64
#define SM2_IDENTITY    "1234567812345678" /* GM/T 0009-2012, section 10 */

struct public_key {
    enum key_kind kind;
    EVP_PKEY *pkey;
};

/* --- names -----------------------------------------------------------------------------------
 */

struct algorithm_row {
    const char *name;
    enum key_kind kind;
};

static const struct algorithm_row algorithms[] = {
#define ALGORITHM_ROW(algorithm, name, kind) {name, kind},
    SIGNATURE_LIST(ALGORITHM_ROW)
#undef ALGORITHM_ROW
};

bool signature_algorithm_parse(const char *name, enum signature_algorithm *algorithm)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
        if (strcmp(name, algorithms[i].name) == 0) {
            *algorithm = (enum signature_algorithm)i;
            return true;
        }
    return false;
}

const char *signature_algorithm_name(enum signature_algorithm algorithm)
{
    return algorithms[algorithm].name;
}

enum key_kind signature_algorithm_kind(enum signature_algorithm algorithm)
{
    return algorithms[algorithm].kind;
}

struct curve {
    const char *type, *group;
    size_t size; /* bytes of a coordinate */
};

/* NULL for a kind that is on no such curve. */
static const struct curve *curve_of(enum key_kind kind)
{
    static const struct curve curves[] = {
        [KEY_P256] = {"EC", "prime256v1", 32},
        [KEY_P384] = {"EC", "secp384r1", 48},
        [KEY_SM2] = {"SM2", "SM2", 32},
    };

    return kind <= KEY_SM2 ? &curves[kind] : NULL;
}

/* --- keys ------------------------------------------------------------------------------------
 */

static enum status bad_key(struct error *error)
{
    ERR_clear_error();
    return error_set(error, STATUS_INVALID, _("The key is damaged or of a kind not used here."));
}

/* Takes the EVP key over, also on failure. */
static enum status wrap(enum key_kind kind, EVP_PKEY *pkey, struct public_key **key,
                        struct error *error)
{
    struct public_key *made = calloc(1, sizeof *made);

    if (!made) {
        EVP_PKEY_free(pkey);
        return error_nomem(error);
    }
    *made = (struct public_key){kind, pkey};
    *key = made;
    return STATUS_OK;
}

static EVP_PKEY *from_parameters(const char *type, OSSL_PARAM_BLD *builder)
{
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY_CTX *check = NULL;
    EVP_PKEY *pkey = NULL;

    if (parameters && context && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) == 1)
        check = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (!check || EVP_PKEY_public_check(check) != 1) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(check);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return pkey;
}

static EVP_PKEY *new_point(const struct curve *curve, const struct key_parts *parts)
{
    unsigned char point[1 + RAW_PAIR_MAX] = {POINT_CONVERSION_UNCOMPRESSED};
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *pkey = NULL;

    if (builder && parts->first_length == curve->size && parts->second_length == curve->size) {
        memcpy(point + 1, parts->first, curve->size);
        memcpy(point + 1 + curve->size, parts->second, curve->size);
        if (OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve->group, 0) &&
            OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                             1 + 2 * curve->size))
            pkey = from_parameters(curve->type, builder);
    }
    OSSL_PARAM_BLD_free(builder);
    return pkey;
}

static EVP_PKEY *new_rsa(const struct key_parts *parts)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *modulus = BN_bin2bn(parts->first, (int)parts->first_length, NULL);
    BIGNUM *exponent = BN_bin2bn(parts->second, (int)parts->second_length, NULL);
    EVP_PKEY *pkey = NULL;

    if (builder && modulus && exponent && BN_num_bits(modulus) >= KEY_RSA_BITS &&
        BN_num_bits(exponent) <= 64 && BN_is_odd(modulus) && BN_is_odd(exponent) &&
        !BN_is_one(exponent) && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent))
        pkey = from_parameters("RSA", builder);
    BN_free(exponent);
    BN_free(modulus);
    OSSL_PARAM_BLD_free(builder);
    return pkey;
}

enum status public_key_new(const struct key_parts *parts, struct public_key **key,
                           struct error *error)
{
    const struct curve *curve = curve_of(parts->kind);
    EVP_PKEY *pkey = NULL;

    if (curve)
        pkey = new_point(curve, parts);
    else if (parts->kind == KEY_RSA)
        pkey = new_rsa(parts);
    else if (parts->first_length == ED25519_SIZE)
        pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, parts->first, ED25519_SIZE);
    return pkey ? wrap(parts->kind, pkey, key, error) : bad_key(error);
}

void public_key_free(struct public_key *key)
{
    if (key)
        EVP_PKEY_free(key->pkey);
    free(key);
}

enum key_kind public_key_kind(const struct public_key *key)
{
    return key->kind;
}

bool public_key_equal(const struct public_key *a, const struct public_key *b)
{
    bool equal = a->kind == b->kind && EVP_PKEY_eq(a->pkey, b->pkey) == 1;

    ERR_clear_error();
    return equal;
}

static bool kind_of(const EVP_PKEY *pkey, enum key_kind *kind)
{
    static const struct {
        const char *name; /* of the key type, or of the group of an EC key */
        enum key_kind kind;
    } rows[] = {
        {"RSA", KEY_RSA},         {"ED25519", KEY_ED25519}, {"SM2", KEY_SM2},
        {"prime256v1", KEY_P256}, {"secp384r1", KEY_P384},
    };
    char group[64] = "";

    if (EVP_PKEY_is_a(pkey, "EC") && EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) != 1)
        return false;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (*group ? strcmp(group, rows[i].name) == 0 : EVP_PKEY_is_a(pkey, rows[i].name)) {
            *kind = rows[i].kind;
            return true;
        }
    return false;
}

/* size 0: as long as the number is. */
static bool number_of(const EVP_PKEY *pkey, const char *name, size_t size,
                      unsigned char out[KEY_PART_MAX], size_t *length)
{
    BIGNUM *number = NULL;
    bool got = EVP_PKEY_get_bn_param(pkey, name, &number) == 1;

    if (got && size == 0)
        size = (size_t)BN_num_bytes(number);
    got = got && size <= KEY_PART_MAX && BN_bn2binpad(number, out, (int)size) == (int)size;
    *length = size;
    BN_free(number);
    return got;
}

enum status public_key_parts(const struct public_key *key, struct key_parts *parts,
                             struct error *error)
{
    const struct curve *curve = curve_of(key->kind);
    struct key_parts got = {.kind = key->kind};
    bool whole;

    if (key->kind == KEY_ED25519) {
        got.first_length = sizeof got.first;
        whole = EVP_PKEY_get_raw_public_key(key->pkey, got.first, &got.first_length) == 1;
    } else {
        size_t size = curve ? curve->size : 0;
        whole = number_of(key->pkey, curve ? OSSL_PKEY_PARAM_EC_PUB_X : OSSL_PKEY_PARAM_RSA_N, size,
                          got.first, &got.first_length) &&
                number_of(key->pkey, curve ? OSSL_PKEY_PARAM_EC_PUB_Y : OSSL_PKEY_PARAM_RSA_E, size,
                          got.second, &got.second_length);
    }
    if (!whole)
        return bad_key(error);
    *parts = got;
    return STATUS_OK;
}

/* A key someone else decoded passes the same checks as one made from its parts. */
static enum status adopt(EVP_PKEY *pkey, struct public_key **key, struct error *error)
{
    struct public_key found = {.pkey = pkey};
    struct key_parts parts;

    if (!pkey || !kind_of(pkey, &found.kind))
        return bad_key(error);
    enum status status = public_key_parts(&found, &parts, error);
    return status == STATUS_OK ? public_key_new(&parts, key, error) : status;
}

/* --- certificates ----------------------------------------------------------------------------
 */

static X509 *decode_certificate(const void *der, size_t length)
{
    const unsigned char *at = der;
    const unsigned char *end = at + length;
    X509 *certificate = length <= CERTIFICATE_MAX ? d2i_X509(NULL, &at, (long)length) : NULL;

    if (certificate && at != end) {
        X509_free(certificate);
        certificate = NULL;
    }
    return certificate;
}

static bool read_time(const ASN1_TIME *time, int64_t *ms)
{
    int days = 0, seconds = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    bool got = epoch && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;

    ASN1_TIME_free(epoch);
    *ms = ((int64_t)days * 86400 + seconds) * 1000;
    return got;
}

static enum status read_certificate(X509 *certificate, struct x5c_facts *facts, struct error *error)
{
    struct x5c_facts found = {0};

    if (!certificate || !read_time(X509_get0_notBefore(certificate), &found.valid_from_ms) ||
        !read_time(X509_get0_notAfter(certificate), &found.valid_to_ms)) {
        ERR_clear_error();
        return error_set(error, STATUS_INVALID, _("The X.509 certificate cannot be read."));
    }
    found.may_sign = (X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) != 0;
    enum status status = adopt(X509_get0_pubkey(certificate), &found.key, error);
    if (status == STATUS_OK)
        *facts = found;
    return status;
}

enum status x5c_read(const void *der, size_t length, struct x5c_facts *facts, struct error *error)
{
    X509 *certificate = decode_certificate(der, length);
    enum status status = read_certificate(certificate, facts, error);

    X509_free(certificate);
    return status;
}

/* OpenSSL assumes an empty identity for SM2 unless each certificate is told; with another kind of
 * key an identity is an error. */
static bool set_identity(X509 *certificate)
{
    ASN1_OCTET_STRING *identity = ASN1_OCTET_STRING_new();

    if (!identity || ASN1_OCTET_STRING_set(identity, (const unsigned char *)SM2_IDENTITY,
                                           (int)strlen(SM2_IDENTITY)) != 1) {
        ASN1_OCTET_STRING_free(identity);
        return false;
    }
    X509_set0_distinguishing_id(certificate, identity);
    return true;
}

bool x5c_is_issued_by(const void *der, size_t length, const void *issuer, size_t issuer_length)
{
    X509 *below = decode_certificate(der, length);
    X509 *above = decode_certificate(issuer, issuer_length);
    EVP_PKEY *key = above ? X509_get0_pubkey(above) : NULL;
    enum key_kind kind;
    bool holds = below && key && kind_of(key, &kind) && (kind != KEY_SM2 || set_identity(below)) &&
                 X509_NAME_cmp(X509_get_issuer_name(below), X509_get_subject_name(above)) == 0 &&
                 X509_verify(below, key) == 1;

    X509_free(above);
    X509_free(below);
    ERR_clear_error();
    return holds;
}

/* --- PEM -------------------------------------------------------------------------------------
 */

static enum status read_block(const char *name, const unsigned char *data, long length,
                              pem_each *each, void *context, struct error *error)
{
    struct x5c_facts facts = {.may_sign = true};
    enum status status;

    if (strstr(name, "PRIVATE KEY"))
        return error_set(error, STATUS_REFUSED,
                         _("The file holds a private key. Give the public key or the certificate, "
                           "and keep the private key secret."));
    if (strcmp(name, PEM_STRING_X509) == 0) {
        status = x5c_read(data, (size_t)length, &facts, error);
    } else if (strcmp(name, PEM_STRING_PUBLIC) == 0) {
        EVP_PKEY *pkey = d2i_PUBKEY(NULL, &(const unsigned char *){data}, length);
        status = adopt(pkey, &facts.key, error);
        EVP_PKEY_free(pkey);
    } else {
        return STATUS_OK; /* parameters, requests: none of our business */
    }
    return status == STATUS_OK ? each(context, &facts, error) : status;
}

enum status pem_read(const char *text, size_t length, pem_each *each, void *context,
                     struct error *error)
{
    BIO *source = length <= INT32_MAX ? BIO_new_mem_buf(text, (int)length) : NULL;
    enum status status = STATUS_OK;
    int blocks = 0;

    if (!source)
        return error_nomem(error);
    while (status == STATUS_OK && blocks < PEM_BLOCKS_MAX) {
        char *name = NULL, *header = NULL;
        unsigned char *data = NULL;
        long size = 0;
        if (PEM_read_bio(source, &name, &header, &data, &size) != 1)
            break;
        blocks++;
        status = read_block(name, data, size, each, context, error);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(data, (size_t)size);
    }
    BIO_free(source);
    ERR_clear_error();
    if (status == STATUS_OK && blocks == 0)
        status = error_set(error, STATUS_INVALID, _("The file has no key and no certificate."));
    return status;
}

/* --- signatures ------------------------------------------------------------------------------
 */

/* r and s of fixed size, as JOSE has them, to what OpenSSL wants; NULL when out of memory. */
static unsigned char *pair_to_der(const unsigned char *pair, size_t size, size_t *length)
{
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(pair, (int)size, NULL);
    BIGNUM *s = BN_bin2bn(pair + size, (int)size, NULL);
    unsigned char *der = NULL;

    if (signature && r && s && ECDSA_SIG_set0(signature, r, s) == 1) {
        r = s = NULL;
        int made = i2d_ECDSA_SIG(signature, &der);
        *length = made > 0 ? (size_t)made : 0;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(signature);
    return der;
}

static const EVP_MD *digest_for(enum signature_algorithm algorithm)
{
    switch (algorithm) {
    case SIGNATURE_ES256:
    case SIGNATURE_PS256:
    case SIGNATURE_RS256:
        return EVP_sha256();
    case SIGNATURE_ES384:
        return EVP_sha384();
    case SIGNATURE_SM2SM3:
        return EVP_sm3();
    case SIGNATURE_EDDSA:
        break;
    }
    return NULL; /* Ed25519 hashes by itself */
}

static bool set_up(EVP_PKEY_CTX *context, enum signature_algorithm algorithm)
{
    if (algorithm == SIGNATURE_SM2SM3)
        return EVP_PKEY_CTX_set1_id(context, SM2_IDENTITY, strlen(SM2_IDENTITY)) == 1;
    if (algorithm == SIGNATURE_PS256)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
    return true;
}

static bool verify(EVP_PKEY *pkey, enum signature_algorithm algorithm, const void *data,
                   size_t length, const unsigned char *signature, size_t signature_length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;
    bool fits =
        context &&
        EVP_DigestVerifyInit(context, &key_context, digest_for(algorithm), NULL, pkey) == 1 &&
        set_up(key_context, algorithm) &&
        EVP_DigestVerify(context, signature, signature_length, data, length) == 1;

    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return fits;
}

/* Bytes of a raw signature by this key. */
static size_t signature_size(const struct public_key *key)
{
    const struct curve *curve = curve_of(key->kind);

    if (curve)
        return 2 * curve->size;
    return (size_t)EVP_PKEY_get_size(key->pkey);
}

enum status signature_verify(const struct public_key *key, enum signature_algorithm algorithm,
                             const void *data, size_t length, const void *signature,
                             size_t signature_length, struct error *error)
{
    const struct curve *curve = curve_of(key->kind);
    size_t size = signature_size(key);
    bool fits;

    if (key->kind != algorithms[algorithm].kind)
        return error_set(error, STATUS_REFUSED,
                         _("The issuer's key is of another kind than the signature claims (%s)."),
                         algorithms[algorithm].name);
    if (signature_length != size)
        return error_set(error, STATUS_INVALID,
                         _("The signature has %zu bytes; it should have %zu."), signature_length,
                         size);
    if (curve) {
        unsigned char *der = pair_to_der(signature, curve->size, &size);
        fits = der && verify(key->pkey, algorithm, data, length, der, size);
        OPENSSL_free(der);
    } else {
        fits = verify(key->pkey, algorithm, data, length, signature, size);
    }
    if (!fits)
        return error_set(error, STATUS_INVALID, _("The signature does not fit the content."));
    return STATUS_OK;
}

enum status digest_sha256(const void *data, size_t length, unsigned char out[KEY_DIGEST_SIZE],
                          struct error *error)
{
    if (EVP_Digest(data, length, out, NULL, EVP_sha256(), NULL) != 1)
        return error_set(error, STATUS_INTERNAL, _("SHA-256 cannot be computed here."));
    return STATUS_OK;
}
