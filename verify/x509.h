#ifndef HUILIU_VERIFY_X509_H
#define HUILIU_VERIFY_X509_H
/*
 * X.509 certificates, and PEM texts that hold them; part of the adapter to OpenSSL
 * (verify/crypto.h).
 *
 * SM2 (GM/T 0009-2012 section 10) signs SM3(Z || message), and Z depends on the signer's
 * identity. OpenSSL takes it to be empty, the standard "1234567812345678": every certificate gets
 * that identity when it is read.
 *
 * A certificate is immutable and may be read from several threads.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct certificate;
struct public_key; /* verify/crypto.h */

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
/* True when the text stands in its subject, whole, or is one of its alternative names (URI). */
bool certificate_names(const struct certificate *certificate, const char *text);
void certificate_serial(const struct certificate *certificate, char out[CERTIFICATE_SERIAL_MAX]);
void certificate_fingerprint(const struct certificate *certificate,
                             char out[CERTIFICATE_PRINT_MAX]);
/* Milliseconds since 1970; false when the certificate holds no readable times. */
bool certificate_validity(const struct certificate *certificate, int64_t *from_ms, int64_t *to_ms);
/* NULL when it is of a kind not used here; lives as long as the certificate. */
const struct public_key *certificate_key(const struct certificate *certificate);
/* Names the other as its issuer and carries its signature. */
bool certificate_is_issued_by(const struct certificate *certificate,
                              const struct certificate *issuer);
/* False when its key usage excludes signing documents (neither digitalSignature nor
 * nonRepudiation), or it names its purposes and all of them are others (servers, OCSP, time
 * stamps). */
bool certificate_may_sign(const struct certificate *certificate);
/* For time stamps and nothing else (RFC 3161 section 2.3). */
bool certificate_may_stamp(const struct certificate *certificate);
bool certificate_equals(const struct certificate *certificate, const void *der, size_t length);
/* Named by its issuer and serial number, both as DER: the signer of a CMS signature. */
bool certificate_is_named(const struct certificate *certificate, const void *issuer,
                          size_t issuer_length, const void *serial, size_t serial_length);

/* --- PEM -------------------------------------------------------------------------------------- */

/* One block of a text: one of the three is there. each() takes a certificate or key over by
 * setting it to NULL; the list is the text's. */
struct pem_item {
    struct certificate *certificate;
    struct public_key *key;
    const unsigned char *list; /* a certificate revocation list, DER */
    size_t list_length;
};

/* each() is called for every CERTIFICATE, PUBLIC KEY and X509 CRL in the text. Private keys are
 * STATUS_REFUSED, a text without any block STATUS_INVALID. */
typedef enum status pem_each(void *context, struct pem_item *item, struct error *error);
enum status pem_read(const char *text, size_t length, pem_each *each, void *context,
                     struct error *error) MUST_CHECK;

#endif
