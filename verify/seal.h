#ifndef HUILIU_VERIFY_SEAL_H
#define HUILIU_VERIFY_SEAL_H
/*
 * Electronic seals and the signatures made with them, taken apart: GB/T 38540-2020 (SES v4) and
 * GM/T 0031-2014 (SES v1). Nothing is judged here; verify/ofd_signature.c does that.
 *
 *   v4  signature = { toSign, cert, algorithm, signature, [0] timestamp }
 *       seal      = { info, cert, algorithm, signed value }       signed: info
 *   v1  signature = { toSign { …, cert, algorithm }, signature }
 *       seal      = { info, { cert, algorithm, signed value } }   signed: { info, cert, algorithm }
 *
 * The two are told apart by their shape, because the version numbers inside are not to be relied
 * on. All spans point into the bytes that were given and live as long as they do. The one thing
 * that is rebuilt is what the maker of a v1 seal signed: seal_signed_bytes(). Pure, thread-safe.
 */
#include "base/buf.h"
#include "verify/asn1.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEAL_BYTES_MAX   ((size_t)8 << 20)
#define SEAL_HOLDERS_MAX 64
#define SEAL_TEXT_MAX    256

struct span {
    const unsigned char *bytes;
    size_t length;
};

enum seal_generation { SEAL_V1, SEAL_V4 };

struct seal_holder {
    bool is_digest;               /* `value` is a digest of the certificate, not itself */
    char algorithm[OID_TEXT_MAX]; /* of the digest, as it is written there */
    struct span value;
};

struct seal {
    enum seal_generation generation;
    long version;
    char id[SEAL_TEXT_MAX];
    char name[SEAL_TEXT_MAX]; /* raw UTF-8 */
    struct seal_holder holders[SEAL_HOLDERS_MAX];
    size_t holder_count;
    int64_t created_ms, valid_from_ms, valid_to_ms;
    struct span whole;
    struct span info;           /* DER of the part the maker vouches for */
    struct span maker;          /* certificate */
    struct span maker_item;     /* the same, as the OCTET STRING it stands in */
    struct span algorithm_item; /* DER of the identifier */
    char algorithm[OID_TEXT_MAX];
    struct span signature;
};

struct seal_signature {
    enum seal_generation generation;
    struct seal seal;
    int64_t time_ms; /* the signer's own statement; 0: in a form that is not read */
    struct span data_hash;
    char property[SEAL_TEXT_MAX]; /* the path of Signature.xml */
    struct span to_sign;          /* DER that the signature covers */
    struct span certificate;
    char algorithm[OID_TEXT_MAX];
    struct span signature;
    struct span timestamp; /* a token of a third party on the signature, v4 only; NULL without */
};

/* False when the bytes are no such structure, or carry anything behind it. */
bool seal_signature_read(const void *bytes, size_t length, struct seal_signature *signature);
bool seal_read(const void *bytes, size_t length, struct seal *seal);

/* Appends what the maker of the seal signed. */
void seal_signed_bytes(const struct seal *seal, struct buf *out);

#endif
