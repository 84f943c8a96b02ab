#ifndef HUILIU_TESTS_UNIT_VERIFY_SIGNER_H
#define HUILIU_TESTS_UNIT_VERIFY_SIGNER_H
/*
 * The other side of signed codes, for tests: fresh keys of every kind, their JWK, and compact JWS
 * made with them. Written against OpenSSL alone, so that nothing of verify/ checks itself.
 */
#include "tests/unit/verify/support.h"

#include "base/buf.h"
#include "verify/base64url.h"
#include "verify/crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <zlib.h>

struct signer {
    enum signature_algorithm algorithm;
    EVP_PKEY *pkey;
};

static inline struct signer signer_new(enum signature_algorithm algorithm)
{
    struct signer signer = {algorithm, NULL};

    switch (algorithm) {
    case SIGNATURE_ES256:
        signer.pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
        break;
    case SIGNATURE_ES384:
        signer.pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
        break;
    case SIGNATURE_EDDSA:
        signer.pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        break;
    case SIGNATURE_PS256:
    case SIGNATURE_RS256:
        signer.pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
        break;
    case SIGNATURE_SM2SM3:
        signer.pkey = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
        break;
    }
    assert_non_null(signer.pkey);
    return signer;
}

static inline void signer_release(struct signer *signer)
{
    EVP_PKEY_free(signer->pkey);
}

static inline void put_number(const struct signer *signer, const char *name, int size,
                              struct buf *out)
{
    unsigned char bytes[1024];
    BIGNUM *number = NULL;

    assert_int_equal(EVP_PKEY_get_bn_param(signer->pkey, name, &number), 1);
    size = size ? size : BN_num_bytes(number);
    assert_int_equal(BN_bn2binpad(number, bytes, size), size);
    base64url_encode(bytes, (size_t)size, out);
    BN_free(number);
}

/* A JWK without its closing brace; `crv` NULL: the right one. */
static inline void signer_jwk_open(const struct signer *signer, const char *crv, struct buf *out)
{
    static const char *const curves[] = {
        [SIGNATURE_ES256] = "P-256",
        [SIGNATURE_ES384] = "P-384",
        [SIGNATURE_SM2SM3] = "SM2",
    };
    unsigned char raw[32];
    size_t length = sizeof raw;
    int size = signer->algorithm == SIGNATURE_ES384 ? 48 : 32;

    if (signer->algorithm == SIGNATURE_EDDSA) {
        EVP_PKEY_get_raw_public_key(signer->pkey, raw, &length);
        buf_str(out, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"");
        base64url_encode(raw, length, out);
    } else if (signer->algorithm == SIGNATURE_PS256 || signer->algorithm == SIGNATURE_RS256) {
        buf_str(out, "{\"kty\":\"RSA\",\"n\":\"");
        put_number(signer, OSSL_PKEY_PARAM_RSA_N, 0, out);
        buf_str(out, "\",\"e\":\"");
        put_number(signer, OSSL_PKEY_PARAM_RSA_E, 0, out);
    } else {
        buf_printf(out, "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"",
                   crv ? crv : curves[signer->algorithm]);
        put_number(signer, OSSL_PKEY_PARAM_EC_PUB_X, size, out);
        buf_str(out, "\",\"y\":\"");
        put_number(signer, OSSL_PKEY_PARAM_EC_PUB_Y, size, out);
    }
    buf_char(out, '"');
}

/* `rest` begins with a comma, or is "". */
static inline void signer_jwk(const struct signer *signer, const char *rest, struct buf *out)
{
    signer_jwk_open(signer, NULL, out);
    buf_printf(out, "%s}", rest);
}

static inline const EVP_MD *signer_digest(enum signature_algorithm algorithm)
{
    return algorithm == SIGNATURE_EDDSA    ? NULL
           : algorithm == SIGNATURE_SM2SM3 ? EVP_sm3()
           : algorithm == SIGNATURE_ES384  ? EVP_sha384()
                                           : EVP_sha256();
}

/* What OpenSSL makes: DER for curves. */
static inline void signer_sign_der(const struct signer *signer, const char *identity,
                                   const void *data, size_t length, struct buf *out)
{
    unsigned char signature[1024];
    size_t size = sizeof signature;
    EVP_PKEY_CTX *key_context = NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    assert_int_equal(EVP_DigestSignInit(context, &key_context, signer_digest(signer->algorithm),
                                        NULL, signer->pkey),
                     1);
    if (signer->algorithm == SIGNATURE_SM2SM3)
        assert_int_equal(EVP_PKEY_CTX_set1_id(key_context, identity, (int)strlen(identity)), 1);
    if (signer->algorithm == SIGNATURE_PS256) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST), 1);
    }
    assert_int_equal(EVP_DigestSign(context, signature, &size, data, length), 1);
    EVP_MD_CTX_free(context);
    buf_bytes(out, signature, size);
}

static inline bool signer_is_pair(enum signature_algorithm algorithm)
{
    return algorithm == SIGNATURE_ES256 || algorithm == SIGNATURE_ES384 ||
           algorithm == SIGNATURE_SM2SM3;
}

/* As JOSE wants it. */
static inline void signer_sign(const struct signer *signer, const void *data, size_t length,
                               struct buf *out)
{
    struct buf der = {0};
    unsigned char pair[96];
    int size = signer->algorithm == SIGNATURE_ES384 ? 48 : 32;

    signer_sign_der(signer, "1234567812345678", data, length, &der);
    if (signer_is_pair(signer->algorithm)) {
        const unsigned char *at = (const unsigned char *)der.data;
        ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)der.length);
        assert_non_null(signature);
        assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(signature), pair, size), size);
        assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(signature), pair + size, size), size);
        ECDSA_SIG_free(signature);
        buf_bytes(out, pair, (size_t)size * 2);
    } else {
        buf_bytes(out, der.data, der.length);
    }
    buf_release(&der);
}

static inline void pack_raw(const void *data, size_t length, struct buf *out)
{
    unsigned char piece[4096];
    z_stream stream = {.next_in = (z_const Bytef *)data, .avail_in = (uInt)length};
    int answer;

    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    do {
        stream.next_out = piece;
        stream.avail_out = sizeof piece;
        answer = deflate(&stream, Z_FINISH);
        buf_bytes(out, piece, sizeof piece - stream.avail_out);
    } while (answer == Z_OK);
    assert_int_equal(answer, Z_STREAM_END);
    deflateEnd(&stream);
}

/* header.content without a signature; `content` is taken as it is. */
static inline void jws_open(const char *header, const void *content, size_t length, struct buf *out)
{
    base64url_encode(header, strlen(header), out);
    buf_char(out, '.');
    base64url_encode(content, length, out);
}

static inline void jws_close(const void *signature, size_t length, struct buf *out)
{
    buf_char(out, '.');
    base64url_encode(signature, length, out);
}

/* A whole compact JWS; `deflated` compresses the payload. */
static inline void jws_make(const struct signer *signer, const char *header, const char *payload,
                            bool deflated, struct buf *out)
{
    struct buf content = {0}, signature = {0};

    if (deflated)
        pack_raw(payload, strlen(payload), &content);
    else
        buf_str(&content, payload);
    jws_open(header, buf_text(&content), content.length, out);
    signer_sign(signer, out->data, out->length, &signature);
    jws_close(signature.data, signature.length, out);
    buf_release(&signature);
    buf_release(&content);
}

#endif
