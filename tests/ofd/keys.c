#include "tests/ofd/keys.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#define SM2_ID "1234567812345678"

struct key {
    enum key_kind kind;
    EVP_PKEY *pkey;
    X509 *x509;
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static EVP_PKEY *generate(enum key_kind kind)
{
    EVP_PKEY *pkey = kind == KEY_SM2 ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2")
                                     : EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);

    require(pkey);
    return pkey;
}

static const EVP_MD *digest_of(enum key_kind kind)
{
    return kind == KEY_SM2 ? EVP_sm3() : EVP_sha256();
}

static EVP_MD_CTX *start_signing(const struct key *key)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;

    require(context &&
            EVP_DigestSignInit(context, &parameters, digest_of(key->kind), NULL, key->pkey) == 1);
    require(key->kind != KEY_SM2 || EVP_PKEY_CTX_set1_id(parameters, SM2_ID, 16) == 1);
    return context;
}

static void add_extension(X509 *x509, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    require(extension && X509_add_ext(x509, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

static void describe(X509 *x509, const struct key_recipe *recipe)
{
    static const char *const usages[] = {"critical,digitalSignature,nonRepudiation",
                                         "critical,keyEncipherment"};
    X509_NAME *name = X509_get_subject_name(x509);
    const X509_NAME *issuer = recipe->issuer ? X509_get_subject_name(recipe->issuer->x509) : name;
    BIGNUM *serial = BN_new();

    require(X509_set_version(x509, X509_VERSION_3) == 1);
    require(serial && BN_rand(serial, 64, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
    require(BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x509)) != NULL);
    BN_free(serial);
    require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                       (const unsigned char *)recipe->name, -1, -1, 0) == 1);
    require(X509_set_issuer_name(x509, issuer) == 1);
    require(ASN1_TIME_set(X509_getm_notBefore(x509), recipe->from_ms / 1000) != NULL);
    require(ASN1_TIME_set(X509_getm_notAfter(x509), recipe->to_ms / 1000) != NULL);
    add_extension(x509, NID_basic_constraints,
                  recipe->authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(x509, NID_key_usage,
                  recipe->authority ? "critical,keyCertSign,digitalSignature"
                                    : usages[recipe->only_encrypts]);
}

struct key *key_new(const struct key_recipe *recipe)
{
    struct key *key = calloc(1, sizeof *key);

    require(key);
    key->kind = recipe->kind;
    key->pkey = generate(recipe->kind);
    key->x509 = X509_new();
    require(key->x509);
    describe(key->x509, recipe);
    require(X509_set_pubkey(key->x509, key->pkey) == 1);
    EVP_MD_CTX *context = start_signing(recipe->issuer && !recipe->broken ? recipe->issuer : key);
    require(X509_sign_ctx(key->x509, context) > 0);
    EVP_MD_CTX_free(context);
    return key;
}

void key_free(struct key *key)
{
    if (!key)
        return;
    X509_free(key->x509);
    EVP_PKEY_free(key->pkey);
    free(key);
}

enum key_kind key_kind(const struct key *key)
{
    return key->kind;
}

void key_put_certificate(const struct key *key, struct buf *out)
{
    unsigned char *der = NULL;
    int length = i2d_X509(key->x509, &der);

    require(length > 0);
    buf_bytes(out, der, (size_t)length);
    OPENSSL_free(der);
}

void key_put_pem(const struct key *key, struct buf *out)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;

    require(bio && PEM_write_bio_X509(bio, key->x509) == 1);
    long length = BIO_get_mem_data(bio, &text);
    require(length > 0);
    buf_bytes(out, text, (size_t)length);
    BIO_free(bio);
}

static void put_raw(const unsigned char *der, size_t length, struct buf *out)
{
    unsigned char raw[64];
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)length);

    require(pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32) == 32 &&
            BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32) == 32);
    buf_bytes(out, raw, sizeof raw);
    ECDSA_SIG_free(pair);
}

void key_sign(const struct key *key, const void *data, size_t length, bool raw, struct buf *out)
{
    unsigned char value[512];
    size_t value_length = sizeof value;
    EVP_MD_CTX *context = start_signing(key);

    require(EVP_DigestSign(context, value, &value_length, data, length) == 1);
    EVP_MD_CTX_free(context);
    if (raw)
        put_raw(value, value_length, out);
    else
        buf_bytes(out, value, value_length);
}

void key_digest(const struct key *key, const void *data, size_t length, struct buf *out)
{
    unsigned char value[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    require(EVP_Digest(data, length, value, &size, digest_of(key->kind), NULL) == 1);
    buf_bytes(out, value, size);
}

const char *key_check_method(const struct key *key)
{
    return key->kind == KEY_SM2 ? "SM3" : "SHA256";
}

void key_put_named(const struct key *key, struct buf *out)
{
    const unsigned char *name = NULL;
    size_t name_length = 0;
    unsigned char *serial = NULL;
    int length = i2d_ASN1_INTEGER(X509_get0_serialNumber(key->x509), &serial);

    require(X509_NAME_get0_der(X509_get_issuer_name(key->x509), &name, &name_length) == 1 &&
            length > 0);
    buf_bytes(out, name, name_length);
    buf_bytes(out, serial, (size_t)length);
    OPENSSL_free(serial);
}
