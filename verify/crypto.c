#include "verify/crypto.h"

#include "base/i18n.h"
#include "verify/crypto_handle.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#define COORDINATE_MAX 66
#define RAW_PAIR_MAX   ((size_t)2 * COORDINATE_MAX)
#define ED25519_SIZE   32
#define SM2_RAW_BYTES  64

/* --- names -----------------------------------------------------------------------------------
 */

struct algorithm_row {
    const char *name;
    enum key_kind kind;
    enum digest_kind digest;
};

static const struct algorithm_row algorithms[] = {
#define ALGORITHM_ROW(algorithm, name, kind, digest) {name, kind, digest},
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
        [KEY_P521] = {"EC", "secp521r1", 66},
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

static bool is_power_of_65537(unsigned long value, unsigned prime)
{
    unsigned long power = 1;

    do {
        if (power == value)
            return true;
        power = power * (65537 % prime) % prime;
    } while (power != 1);
    return false;
}

/* Chips with a faulty library made moduli that are powers of 65537 modulo each of these primes,
 * and such a modulus can be factored (CVE-2017-15361, "ROCA"). Another one is so by chance with a
 * probability of 2^-154. */
static bool is_of_faulty_chip(const BIGNUM *modulus)
{
    static const unsigned char primes[] = {
        3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    };

    for (size_t i = 0; i < sizeof primes; i++)
        if (!is_power_of_65537(BN_mod_word(modulus, primes[i]), primes[i]))
            return false;
    return true;
}

/* STATUS_INVALID for a modulus whose signatures others can make. */
static enum status check_modulus(const struct key_parts *parts, struct error *error)
{
    BIGNUM *modulus = BN_bin2bn(parts->first, (int)parts->first_length, NULL);
    enum status status = modulus ? STATUS_OK : error_nomem(error);

    if (modulus && BN_num_bits(modulus) < KEY_RSA_BITS)
        status =
            error_set(error, STATUS_INVALID,
                      _("The key is too weak: an RSA key needs %d bits or more."), KEY_RSA_BITS);
    else if (modulus && is_of_faulty_chip(modulus))
        status = error_set(error, STATUS_INVALID,
                           _("The key is weak: it was made by a faulty chip, and its private half "
                             "can be computed (CVE-2017-15361)."));
    BN_free(modulus);
    return status;
}

static EVP_PKEY *new_rsa(const struct key_parts *parts)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *modulus = BN_bin2bn(parts->first, (int)parts->first_length, NULL);
    BIGNUM *exponent = BN_bin2bn(parts->second, (int)parts->second_length, NULL);
    EVP_PKEY *pkey = NULL;

    if (builder && modulus && exponent && BN_num_bits(exponent) <= 64 && BN_is_odd(modulus) &&
        BN_is_odd(exponent) && !BN_is_one(exponent) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent))
        pkey = from_parameters("RSA", builder);
    BN_free(exponent);
    BN_free(modulus);
    OSSL_PARAM_BLD_free(builder);
    return pkey;
}

/* The Ed25519 keys of small order, the sign of x aside: anybody can sign for them. y is 0, 1, one
 * of the two of order eight, -1, and 0 and 1 written as p and p + 1. */
static bool is_of_small_order(const unsigned char point[ED25519_SIZE])
{
    static const unsigned char weak[][ED25519_SIZE] = {
        {0},
        {1},
        {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
         0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
         0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
        {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
         0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
         0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
        {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
        {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
        {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    };

    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
        if (memcmp(point, weak[i], ED25519_SIZE - 1) == 0 &&
            ((point[ED25519_SIZE - 1] ^ weak[i][ED25519_SIZE - 1]) & 0x7f) == 0)
            return true;
    return false;
}

static EVP_PKEY *new_ed25519(const struct key_parts *parts)
{
    if (parts->first_length != ED25519_SIZE || is_of_small_order(parts->first))
        return NULL;
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, parts->first, ED25519_SIZE);
}

enum status public_key_new(const struct key_parts *parts, struct public_key **key,
                           struct error *error)
{
    const struct curve *curve = curve_of(parts->kind);
    EVP_PKEY *pkey = NULL;

    if (parts->kind == KEY_RSA) {
        enum status status = check_modulus(parts, error);
        if (status != STATUS_OK)
            return status;
    }
    if (curve)
        pkey = new_point(curve, parts);
    else if (parts->kind == KEY_RSA)
        pkey = new_rsa(parts);
    else
        pkey = new_ed25519(parts);
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
        {"prime256v1", KEY_P256}, {"secp384r1", KEY_P384},  {"secp521r1", KEY_P521},
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

enum status public_key_adopt(EVP_PKEY *pkey, struct public_key **key, struct error *error)
{
    struct public_key found = {.pkey = pkey};
    struct key_parts parts;

    if (!pkey || !kind_of(pkey, &found.kind))
        return bad_key(error);
    enum status status = public_key_parts(&found, &parts, error);
    return status == STATUS_OK ? public_key_new(&parts, key, error) : status;
}

/* --- signatures ------------------------------------------------------------------------------
 */

/* How a signature is made, beside the kind of its key. */
struct scheme {
    enum digest_kind digest; /* none: Ed25519 hashes by itself */
    bool pss;
};

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

static const char *method_of(enum digest_kind digest)
{
    static const char *const names[] = {
        [DIGEST_NONE] = NULL,       [DIGEST_SM3] = "SM3",       [DIGEST_SHA256] = "SHA256",
        [DIGEST_SHA384] = "SHA384", [DIGEST_SHA512] = "SHA512",
    };

    return names[digest];
}

/* OpenSSL takes the identity of SM2 to be empty unless it is told. */
static bool set_up(EVP_PKEY_CTX *context, enum key_kind kind, const struct scheme *scheme)
{
    if (kind == KEY_SM2)
        return EVP_PKEY_CTX_set1_id(context, SM2_IDENTITY, strlen(SM2_IDENTITY)) == 1;
    if (scheme->pss)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, method_of(scheme->digest), NULL) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
    return true;
}

/* In the form OpenSSL wants: DER for curves. Failures of its own are a no, too. */
static bool fits(const struct public_key *key, const struct scheme *scheme, const void *data,
                 size_t length, const unsigned char *signature, size_t signature_length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;
    bool good = context &&
                EVP_DigestVerifyInit_ex(context, &key_context, method_of(scheme->digest), NULL,
                                        NULL, key->pkey, NULL) == 1 &&
                set_up(key_context, key->kind, scheme) &&
                EVP_DigestVerify(context, signature, signature_length, data, length) == 1;

    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return good;
}

static bool fits_raw(const struct public_key *key, const struct scheme *scheme, const void *data,
                     size_t length, const unsigned char *pair, size_t pair_length)
{
    size_t size = 0;
    unsigned char *der = pair_to_der(pair, pair_length / 2, &size);
    bool good = der && fits(key, scheme, data, length, der, size);

    OPENSSL_free(der);
    return good;
}

/* --- signatures of JOSE ----------------------------------------------------------------------
 */

/* Bytes of a raw signature by this key. */
static size_t raw_size(const struct public_key *key)
{
    const struct curve *curve = curve_of(key->kind);

    return curve ? 2 * curve->size : (size_t)EVP_PKEY_get_size(key->pkey);
}

enum status signature_verify(const struct public_key *key, enum signature_algorithm algorithm,
                             const void *data, size_t length, const void *signature,
                             size_t signature_length, struct error *error)
{
    const struct algorithm_row *row = &algorithms[algorithm];
    const struct scheme scheme = {row->digest, algorithm == SIGNATURE_PS256};
    size_t size = raw_size(key);

    if (key->kind != row->kind)
        return error_set(error, STATUS_REFUSED,
                         _("The issuer's key is of another kind than the signature claims (%s)."),
                         row->name);
    if (signature_length != size)
        return error_set(error, STATUS_INVALID,
                         _("The signature has %zu bytes; it should have %zu."), signature_length,
                         size);
    bool good = curve_of(key->kind)
                    ? fits_raw(key, &scheme, data, length, signature, signature_length)
                    : fits(key, &scheme, data, length, signature, signature_length);
    return good ? STATUS_OK
                : error_set(error, STATUS_INVALID, _("The signature does not fit the content."));
}

/* --- signatures named by an object identifier ------------------------------------------------
 */

enum family { FAMILY_SM2, FAMILY_RSA, FAMILY_EC };

struct named_scheme {
    const char *oid;
    enum family family;
    enum digest_kind digest;
};

static const struct named_scheme named_schemes[] = {
    {"1.2.156.10197.1.501", FAMILY_SM2, DIGEST_SM3},
    {"1.2.156.10197.501", FAMILY_SM2, DIGEST_SM3},
    {"1.2.156.10197.1.301", FAMILY_SM2, DIGEST_SM3},
    {"1.2.156.10197.1.301.1", FAMILY_SM2, DIGEST_SM3},
    {"1.2.840.10045.2.1", FAMILY_SM2, DIGEST_SM3},
    {"1.2.840.113549.1.1.11", FAMILY_RSA, DIGEST_SHA256},
    {"1.2.840.113549.1.1.12", FAMILY_RSA, DIGEST_SHA384},
    {"1.2.840.113549.1.1.13", FAMILY_RSA, DIGEST_SHA512},
    {"1.2.840.10045.4.3.2", FAMILY_EC, DIGEST_SHA256},
    {"1.2.840.10045.4.3.3", FAMILY_EC, DIGEST_SHA384},
    {"1.2.840.10045.4.3.4", FAMILY_EC, DIGEST_SHA512},
};

static bool is_of(enum family family, enum key_kind kind)
{
    if (family == FAMILY_EC)
        return kind == KEY_P256 || kind == KEY_P384 || kind == KEY_P521;
    return kind == (family == FAMILY_SM2 ? KEY_SM2 : KEY_RSA);
}

enum digest_kind signature_digest(const struct public_key *key, const char *oid)
{
    for (size_t i = 0; key && i < sizeof named_schemes / sizeof *named_schemes; i++)
        if (strcmp(named_schemes[i].oid, oid) == 0 && is_of(named_schemes[i].family, key->kind))
            return named_schemes[i].digest;
    return DIGEST_NONE;
}

/* Ed25519 (RFC 8410) digests what it signs by itself. */
static bool is_ed25519(const struct public_key *key, const char *oid)
{
    return key && key->kind == KEY_ED25519 && strcmp(oid, "1.3.101.112") == 0;
}

enum signature_answer signature_verify_oid(const struct public_key *key, const char *oid,
                                           const void *data, size_t length, const void *value,
                                           size_t value_length)
{
    const struct scheme scheme = {signature_digest(key, oid), false};

    if (scheme.digest == DIGEST_NONE && !is_ed25519(key, oid))
        return SIGNATURE_UNSUPPORTED;
    bool raw = key->kind == KEY_SM2 && value_length == SM2_RAW_BYTES;
    bool good = raw ? fits_raw(key, &scheme, data, length, value, value_length)
                    : fits(key, &scheme, data, length, value, value_length);
    return good ? SIGNATURE_GOOD : SIGNATURE_BAD;
}
