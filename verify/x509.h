#ifndef HUILIU_VERIFY_X509_H
#define HUILIU_VERIFY_X509_H
/*
 * Certificates, digests and raw signatures of sealed documents, through OpenSSL. This file, chain.c
 * and their private header x509_handle.h are the adapter; nobody else of the seal code sees it.
 *
 * SM2 (GM/T 0009-2012 section 10) signs SM3(Z || message), and Z depends on the signer's
 * identifier. OpenSSL takes it to be empty, the standard "1234567812345678": every certificate
 * gets that identifier when it is read, and every signature is checked with it.
 *
 * A signature value may be DER (r, s), or for SM2 the bare 64 bytes r || s that some seals hold.
 * Only SM2 with SM3, ECDSA and RSA (PKCS #1 v1.5) with SHA-256, SHA-384 or SHA-512 count; anything
 * with SHA-1 or MD5 is SIGNATURE_UNSUPPORTED and proves nothing. So is an RSA key below 2048 bits.
 *
 * A certificate is immutable and may be read from several threads.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct certificate;

#define CERTIFICATE_BYTES_MAX  ((size_t)64 << 10)
#define CERTIFICATE_TEXT_MAX   256
#define CERTIFICATE_PRINT_MAX  65 /* SHA-256 in lower-case hexadecimal */
#define CERTIFICATE_SERIAL_MAX 80 /* upper-case hexadecimal, no leading zeros */

/* One certificate in DER and nothing behind it; STATUS_INVALID otherwise. */
enum status certificate_read(const void *der, size_t length, struct certificate **certificate,
                             struct error *error) MUST_CHECK;
void certificate_free(struct certificate *certificate);

/* The common name, or the whole name where there is none; UTF-8, cut to size. */
void certificate_subject(const struct certificate *certificate, char out[CERTIFICATE_TEXT_MAX]);
void certificate_issuer(const struct certificate *certificate, char out[CERTIFICATE_TEXT_MAX]);
void certificate_serial(const struct certificate *certificate, char out[CERTIFICATE_SERIAL_MAX]);
void certificate_fingerprint(const struct certificate *certificate,
                             char out[CERTIFICATE_PRINT_MAX]);
/* Milliseconds since 1970; false when the certificate holds no readable times. */
bool certificate_validity(const struct certificate *certificate, int64_t *from_ms, int64_t *to_ms);
/* False when its key usage excludes signing documents (neither digitalSignature nor
 * nonRepudiation). */
bool certificate_may_sign(const struct certificate *certificate);
bool certificate_equals(const struct certificate *certificate, const void *der, size_t length);
/* Named by its issuer and serial number, both as DER: the signer of a CMS signature. */
bool certificate_is_named(const struct certificate *certificate, const void *issuer,
                          size_t issuer_length, const void *serial, size_t serial_length);

/* --- digests ---------------------------------------------------------------------------------- */

enum digest_kind { DIGEST_NONE, DIGEST_SM3, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };

#define DIGEST_BYTES_MAX  64
#define DIGEST_BASE64_MAX 92

struct digest_value {
    unsigned char bytes[DIGEST_BYTES_MAX];
    size_t length;
};

/* A name ("SM3", "sha-256") or a dotted OID; DIGEST_NONE for anything else, MD5 and SHA-1 too. */
enum digest_kind digest_kind_of(const char *name);
enum status digest_compute(enum digest_kind kind, const void *data, size_t length,
                           struct digest_value *value, struct error *error) MUST_CHECK;
void digest_base64(const struct digest_value *value, char out[DIGEST_BASE64_MAX]);

/* --- signatures ------------------------------------------------------------------------------- */

enum signature_answer { SIGNATURE_GOOD, SIGNATURE_BAD, SIGNATURE_UNSUPPORTED };

/* The digest that goes with the certificate's key and the algorithm's OID; DIGEST_NONE when they
 * do not belong together or are not supported. An OID may be of the key alone or of the whole
 * signature; the SM2 one is also seen without its last arc but one (1.2.156.10197.501). */
enum digest_kind signature_digest(const struct certificate *certificate, const char *oid);

/* Is `value` the signature over `data` by the key of the certificate? */
enum signature_answer signature_check(const struct certificate *certificate, const char *oid,
                                      const void *data, size_t length, const void *value,
                                      size_t value_length);

#endif
