#ifndef HUILIU_VERIFY_CMS_H
#define HUILIU_VERIFY_CMS_H
/*
 * A digital signature without a seal: SignedData of RFC 5652, in its Chinese form with its own
 * object identifiers (GB/T 35275) or in that of PKCS #7, taken apart. One signer. OpenSSL's CMS
 * does not know the Chinese identifiers. Nothing is judged here. Spans point into the bytes that
 * were given. Pure, thread-safe.
 */
#include "verify/seal.h"

#define CMS_CERTIFICATES_MAX 16

struct cms_signature {
    struct span certificates[CMS_CERTIFICATES_MAX];
    size_t certificate_count;
    struct span content;            /* embedded; bytes is NULL when the signature is detached */
    struct span issuer;             /* of the signer's certificate, DER */
    struct span serial;             /* of the signer's certificate, DER */
    struct span attributes;         /* what is inside of the signed attributes; NULL without */
    struct span message_digest;     /* among them */
    struct span certificate_digest; /* among them: of the signer's certificate; NULL without */
    char certificate_digest_kind[OID_TEXT_MAX];
    int64_t time_ms; /* among them; 0 when absent */
    char digest[OID_TEXT_MAX];
    char algorithm[OID_TEXT_MAX];
    struct span signature;
    struct span timestamp; /* a token on the signature, among what nobody signed; NULL without */
    bool has_additions;    /* attributes nobody signed, other than it, or revocation lists */
};

bool cms_signature_read(const void *bytes, size_t length, struct cms_signature *signature);
/* The same around a time stamp (TSTInfo, RFC 3161) instead of data. */
bool cms_token_read(const void *bytes, size_t length, struct cms_signature *token);

/* The algorithm with its digest: PKCS #7 names the key ("RSA encryption") and says the digest
 * apart. */
void cms_signature_algorithm(const struct cms_signature *signature, char oid[OID_TEXT_MAX]);

/* Appends what the signature covers when there are signed attributes: their SET. */
void cms_signed_attributes(const struct cms_signature *signature, struct buf *out);

#endif
