#ifndef HUILIU_VERIFY_CRYPTO_H
#define HUILIU_VERIFY_CRYPTO_H
/*
 * Public keys and signatures, through OpenSSL's EVP; the one place in verify/ (digest.c apart) that
 * asks for it.
 *
 * A key is made from its parts (key_parts) or found in an X.509 certificate or a PEM text, and is
 * checked when it is made: the point lies on its curve, the modulus has 2048 to 8192 bits. A key
 * knows its kind, and a signature algorithm works with one kind only.
 *
 * Signatures are the raw ones of JOSE (RFC 7518, RFC 8037): r and s of fixed length one after the
 * other for ECDSA and SM2, never DER; the length of the modulus for RSA. SM2 (GB/T 32918) signs
 * with SM3 and the default identity 1234567812345678, which OpenSSL does not assume by itself.
 *
 * Keys are immutable and may be shared between threads.
 */
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_kind { KEY_P256, KEY_P384, KEY_SM2, KEY_ED25519, KEY_RSA };

/* algorithm, its name in a JWS header, the kind of key */
#define SIGNATURE_LIST(X)                                                                          \
    X(ES256, "ES256", KEY_P256)                                                                    \
    X(ES384, "ES384", KEY_P384)                                                                    \
    X(EDDSA, "EdDSA", KEY_ED25519)                                                                 \
    X(PS256, "PS256", KEY_RSA)                                                                     \
    X(RS256, "RS256", KEY_RSA)                                                                     \
    X(SM2SM3, "SM2SM3", KEY_SM2) /* our own name: none is registered */

enum signature_algorithm {
#define SIGNATURE_ENUM(algorithm, name, kind) SIGNATURE_##algorithm,
    SIGNATURE_LIST(SIGNATURE_ENUM)
#undef SIGNATURE_ENUM
};

/* False for a name that is none of ours; *algorithm is then untouched. */
bool signature_algorithm_parse(const char *name, enum signature_algorithm *algorithm);
const char *signature_algorithm_name(enum signature_algorithm algorithm);
enum key_kind signature_algorithm_kind(enum signature_algorithm algorithm);

#define KEY_PART_MAX    1024 /* bytes: a modulus of 8192 bits */
#define KEY_RSA_BITS    2048 /* at least */
#define KEY_DIGEST_SIZE 32

/* EC, SM2: x and y of the curve's size. Ed25519: the key, 32 bytes. RSA: modulus and exponent
 * without leading zeros. All big-endian but Ed25519. */
struct key_parts {
    enum key_kind kind;
    unsigned char first[KEY_PART_MAX];
    size_t first_length;
    unsigned char second[KEY_PART_MAX];
    size_t second_length;
};

struct public_key;

enum status public_key_new(const struct key_parts *parts, struct public_key **key,
                           struct error *error) MUST_CHECK;
void public_key_free(struct public_key *key);
enum key_kind public_key_kind(const struct public_key *key);
bool public_key_equal(const struct public_key *a, const struct public_key *b);
enum status public_key_parts(const struct public_key *key, struct key_parts *parts,
                             struct error *error) MUST_CHECK;

/* What a certificate says about its key. */
struct x5c_facts {
    struct public_key *key; /* the caller frees it */
    int64_t valid_from_ms, valid_to_ms;
    bool may_sign; /* its key usage, when it has one, allows digital signatures */
};

enum status x5c_read(const void *der, size_t length, struct x5c_facts *facts,
                     struct error *error) MUST_CHECK;

/* True when the certificate (DER) names the other as its issuer and carries its signature. */
bool x5c_is_issued_by(const void *der, size_t length, const void *issuer, size_t issuer_length);

/* One PEM text at a time: each() is called for every CERTIFICATE and PUBLIC KEY in it. Private
 * keys are STATUS_REFUSED, a text with neither STATUS_INVALID. facts->key is each()'s to free; for
 * a bare key the times are 0. */
typedef enum status pem_each(void *context, struct x5c_facts *facts, struct error *error);
enum status pem_read(const char *text, size_t length, pem_each *each, void *context,
                     struct error *error) MUST_CHECK;

/* STATUS_OK when the signature fits; STATUS_INVALID when it does not or has not the one form the
 * algorithm allows; STATUS_REFUSED when the key is of another kind. */
enum status signature_verify(const struct public_key *key, enum signature_algorithm algorithm,
                             const void *data, size_t length, const void *signature,
                             size_t signature_length, struct error *error) MUST_CHECK;

/* SHA-256, raw. */
enum status digest_sha256(const void *data, size_t length, unsigned char out[KEY_DIGEST_SIZE],
                          struct error *error) MUST_CHECK;

#endif
