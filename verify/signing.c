#include "verify/signing.h"

#include "base/i18n.h"
#include "verify/crypto_handle.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#define SIGNATURE_BYTES_MAX 1024
#define PAIR_PART_MAX       48
#define RSA_BITS            3072

struct signing_key {
    enum signature_algorithm algorithm;
    EVP_PKEY *pkey;
    struct public_key *half; /* the public one */
};

static enum status failed(struct error *error)
{
    ERR_clear_error();
    return error_set(error, STATUS_INTERNAL, _("The cryptographic library cannot sign."));
}

/* Takes the key over, also on failure. */
static enum status wrap(EVP_PKEY *pkey, enum signature_algorithm algorithm,
                        struct signing_key **key, struct error *error)
{
    struct signing_key *made = calloc(1, sizeof *made);

    if (!made) {
        EVP_PKEY_free(pkey);
        return error_nomem(error);
    }
    *made = (struct signing_key){.algorithm = algorithm, .pkey = pkey};
    enum status status = public_key_adopt(pkey, &made->half, error);
    if (status == STATUS_OK)
        *key = made;
    else
        signing_key_free(made);
    return status;
}

static EVP_PKEY *generate(enum key_kind kind)
{
    switch (kind) {
    case KEY_P256:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    case KEY_P384:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    case KEY_SM2:
        return EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    case KEY_ED25519:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case KEY_RSA:
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)RSA_BITS);
    case KEY_P521:
        break;
    }
    return NULL;
}

enum status signing_key_generate(enum signature_algorithm algorithm, struct signing_key **key,
                                 struct error *error)
{
    EVP_PKEY *pkey = generate(signature_algorithm_kind(algorithm));

    return pkey ? wrap(pkey, algorithm, key, error) : failed(error);
}

static bool algorithm_for(enum key_kind kind, enum signature_algorithm *algorithm)
{
    static const enum signature_algorithm order[] = {
        SIGNATURE_ES256, SIGNATURE_ES384, SIGNATURE_EDDSA, SIGNATURE_PS256, SIGNATURE_SM2SM3};

    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (signature_algorithm_kind(order[i]) == kind) {
            *algorithm = order[i];
            return true;
        }
    return false;
}

static int no_passphrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

enum status signing_key_read(const char *pem, size_t length, struct signing_key **key,
                             struct error *error)
{
    BIO *source = length <= INT32_MAX ? BIO_new_mem_buf(pem, (int)length) : NULL;
    EVP_PKEY *pkey = source ? PEM_read_bio_PrivateKey(source, NULL, no_passphrase, NULL) : NULL;
    struct public_key *half = NULL;
    enum signature_algorithm algorithm = SIGNATURE_ES256;

    BIO_free(source);
    ERR_clear_error();
    bool usable = pkey && public_key_adopt(pkey, &half, NULL) == STATUS_OK &&
                  algorithm_for(public_key_kind(half), &algorithm);
    public_key_free(half);
    if (usable)
        return wrap(pkey, algorithm, key, error);
    EVP_PKEY_free(pkey);
    return error_set(error, STATUS_INVALID,
                     _("The file has no private key that can be used here (PEM, not encrypted)."));
}

void signing_key_free(struct signing_key *key)
{
    if (!key)
        return;
    public_key_free(key->half);
    EVP_PKEY_free(key->pkey);
    free(key);
}

enum status signing_key_write(const struct signing_key *key, struct buf *pem, struct error *error)
{
    BIO *out = BIO_new(BIO_s_secmem());
    char *text = NULL;

    if (!out || PEM_write_bio_PKCS8PrivateKey(out, key->pkey, NULL, NULL, 0, NULL, NULL) != 1) {
        BIO_free(out);
        return failed(error);
    }
    long length = BIO_get_mem_data(out, &text);
    buf_bytes(pem, text, (size_t)length);
    BIO_free(out);
    return buf_failed(pem) ? error_nomem(error) : STATUS_OK;
}

const struct public_key *signing_key_public(const struct signing_key *key)
{
    return key->half;
}

enum signature_algorithm signing_key_algorithm(const struct signing_key *key)
{
    return key->algorithm;
}

/* --- signing ---------------------------------------------------------------------------------- */

static const char *method_of(enum signature_algorithm algorithm)
{
    switch (algorithm) {
    case SIGNATURE_EDDSA:
        return NULL;
    case SIGNATURE_SM2SM3:
        return "SM3";
    case SIGNATURE_ES384:
        return "SHA384";
    case SIGNATURE_ES256:
    case SIGNATURE_PS256:
    case SIGNATURE_RS256:
        break;
    }
    return "SHA256";
}

static bool set_up(EVP_PKEY_CTX *context, enum signature_algorithm algorithm)
{
    if (algorithm == SIGNATURE_SM2SM3)
        return EVP_PKEY_CTX_set1_id(context, SM2_IDENTITY, strlen(SM2_IDENTITY)) == 1;
    if (algorithm == SIGNATURE_PS256)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
    return true;
}

static bool sign(const struct signing_key *key, const void *data, size_t length,
                 unsigned char value[SIGNATURE_BYTES_MAX], size_t *value_length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;

    *value_length = SIGNATURE_BYTES_MAX;
    bool done = context &&
                EVP_DigestSignInit_ex(context, &key_context, method_of(key->algorithm), NULL, NULL,
                                      key->pkey, NULL) == 1 &&
                set_up(key_context, key->algorithm) &&
                EVP_DigestSign(context, value, value_length, data, length) == 1;
    EVP_MD_CTX_free(context);
    return done;
}

/* DER to r || s of fixed size. */
static bool put_pair(const unsigned char *der, size_t length, int size, struct buf *out)
{
    unsigned char pair[2 * PAIR_PART_MAX];
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)length);
    bool put = signature && BN_bn2binpad(ECDSA_SIG_get0_r(signature), pair, size) == size &&
               BN_bn2binpad(ECDSA_SIG_get0_s(signature), pair + size, size) == size;

    ECDSA_SIG_free(signature);
    if (put)
        buf_bytes(out, pair, (size_t)size * 2);
    return put;
}

enum status signing_key_sign(const struct signing_key *key, const void *data, size_t length,
                             struct buf *signature, struct error *error)
{
    unsigned char value[SIGNATURE_BYTES_MAX];
    size_t value_length = 0;
    enum key_kind kind = signature_algorithm_kind(key->algorithm);

    if (!sign(key, data, length, value, &value_length))
        return failed(error);
    if (kind == KEY_ED25519 || kind == KEY_RSA)
        buf_bytes(signature, value, value_length);
    else if (!put_pair(value, value_length, kind == KEY_P384 ? PAIR_PART_MAX : 32, signature))
        return failed(error);
    return buf_failed(signature) ? error_nomem(error) : STATUS_OK;
}
