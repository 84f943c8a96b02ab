#ifndef HUILIU_VERIFY_CRYPTO_H
#define HUILIU_VERIFY_CRYPTO_H
/*
 * Public keys and signatures, through OpenSSL's EVP. Together with verify/digest.h (digests),
 * verify/x509.h (certificates, PEM) and verify/chain.h (paths, revocation lists) this is the whole
 * adapter to OpenSSL; nobody else in verify/ asks for it.
 *
 * A key is made from its parts (key_parts) or found in a certificate or a PEM text, and is checked
 * when it is made: the point lies on its curve and is none of the few anybody can sign for (small
 * order), the modulus has 2048 to 8192 bits and none of the form that can be factored (ROCA). A key
 * knows its kind, and a signature algorithm works with one kind only.
 *
 * Signatures are named in one of two ways. JOSE (RFC 7518, RFC 8037) names an algorithm, and its
 * values are raw: r and s of fixed length one after the other for ECDSA and SM2, never DER; the
 * length of the modulus for RSA. Certificates and seals name an object identifier, and their
 * values are DER: signature_verify_oid(). Only SM2 with SM3, Ed25519, ECDSA, and RSA with SHA-256
 * and longer count either way. SM2 (GB/T 32918) signs with the default identity 1234567812345678,
 * which OpenSSL does not assume by itself.
 *
 * Keys are immutable and may be shared between threads.
 */
#include "base/buf.h"
#include "base/error.h"
#include "verify/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_kind { KEY_P256, KEY_P384, KEY_P521, KEY_SM2, KEY_ED25519, KEY_RSA };

/* algorithm, its name in a JWS header, the kind of key, the digest */
#define SIGNATURE_LIST(X)                                                                          \
    X(ES256, "ES256", KEY_P256, DIGEST_SHA256)                                                     \
    X(ES384, "ES384", KEY_P384, DIGEST_SHA384)                                                     \
    X(EDDSA, "EdDSA", KEY_ED25519, DIGEST_NONE)                                                    \
    X(PS256, "PS256", KEY_RSA, DIGEST_SHA256)                                                      \
    X(RS256, "RS256", KEY_RSA, DIGEST_SHA256)                                                      \
    X(SM2SM3, "SM2SM3", KEY_SM2, DIGEST_SM3) /* our own name: none is registered */

enum signature_algorithm {
#define SIGNATURE_ENUM(algorithm, name, kind, digest) SIGNATURE_##algorithm,
    SIGNATURE_LIST(SIGNATURE_ENUM)
#undef SIGNATURE_ENUM
};

/* False for a name that is none of ours; *algorithm is then untouched. */
bool signature_algorithm_parse(const char *name, enum signature_algorithm *algorithm);
const char *signature_algorithm_name(enum signature_algorithm algorithm);
enum key_kind signature_algorithm_kind(enum signature_algorithm algorithm);

#define KEY_PART_MAX 1024 /* bytes: a modulus of 8192 bits */
#define KEY_RSA_BITS 2048 /* at least */

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

/* STATUS_OK when the signature fits; STATUS_INVALID when it does not or has not the one form the
 * algorithm allows; STATUS_REFUSED when the key is of another kind. */
enum status signature_verify(const struct public_key *key, enum signature_algorithm algorithm,
                             const void *data, size_t length, const void *signature,
                             size_t signature_length, struct error *error) MUST_CHECK;

enum signature_answer { SIGNATURE_GOOD, SIGNATURE_BAD, SIGNATURE_UNSUPPORTED };

/* The digest that goes with the key and the algorithm's OID; DIGEST_NONE when they do not belong
 * together, are not supported, or there is no key (NULL). An OID may be of the key alone or of the
 * whole signature; the SM2 one is also seen without its last arc but one (1.2.156.10197.501). */
enum digest_kind signature_digest(const struct public_key *key, const char *oid);

/* Is `value` the signature over `data`? In DER, or for SM2 also the bare 64 bytes r || s that some
 * seals hold. */
enum signature_answer signature_verify_oid(const struct public_key *key, const char *oid,
                                           const void *data, size_t length, const void *value,
                                           size_t value_length);

#endif
