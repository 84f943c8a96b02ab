#include "verify/cms.h"

#include "verify/digest.h"
#include "verify/fold.h"

#include <string.h>

#define OID_SIGNED_DATA    "1.2.840.113549.1.7.2"
#define OID_SIGNED_DATA_SM "1.2.156.10197.6.1.4.2.2"
#define OID_DATA           "1.2.840.113549.1.7.1"
#define OID_DATA_SM        "1.2.156.10197.6.1.4.2.1"
#define OID_MESSAGE_DIGEST "1.2.840.113549.1.9.4"
#define OID_SIGNING_TIME   "1.2.840.113549.1.9.5"
#define OID_STAMP          "1.2.840.113549.1.9.16.1.4" /* TSTInfo, RFC 3161 */
#define OID_STAMP_TOKEN    "1.2.840.113549.1.9.16.2.14"
#define OID_SIGNING_CERT   "1.2.840.113549.1.9.16.2.47" /* ESS signing-certificate-v2, RFC 5035 */
#define OID_RSA_PSS        "1.2.840.113549.1.1.10"
#define OID_SHA256         "2.16.840.1.101.3.4.2.1"
#define OID_RSA            "1.2.840.113549.1.1.1"

static struct span content_of(const struct der_item *item)
{
    return (struct span){item->content, item->length};
}

static struct span whole_of(const struct der_item *item)
{
    return (struct span){item->whole, item->whole_length};
}

/* --- the parts -------------------------------------------------------------------------------- */

static bool take_algorithm(struct der *reader, char oid[OID_TEXT_MAX])
{
    struct der inside;

    if (!der_enter(reader, DER_SEQUENCE, &inside) || !der_take_oid(&inside, oid))
        return false;
    if (der_peek(&inside) == DER_OID) /* a curve, beside the name of a key */
        return der_skip(&inside, DER_OID) && der_at_end(&inside);
    if (der_at_end(&inside) || strcmp(oid, OID_RSA_PSS) == 0) /* the latter is not used here */
        return true;
    struct der_item none;
    return der_take(&inside, DER_NULL, &none) && none.length == 0 && der_at_end(&inside);
}

static bool is_wanted(const char *type, bool stamp)
{
    if (stamp)
        return strcmp(type, OID_STAMP) == 0;
    return strcmp(type, OID_DATA) == 0 || strcmp(type, OID_DATA_SM) == 0;
}

static bool take_content(struct der *reader, bool stamp, struct span *content)
{
    struct der info, wrapped;
    struct der_item item;
    char type[OID_TEXT_MAX];

    if (!der_enter(reader, DER_SEQUENCE, &info) || !der_take_oid(&info, type) ||
        !is_wanted(type, stamp))
        return false;
    if (der_at_end(&info))
        return true;
    if (!der_enter(&info, DER_CONTEXT_0, &wrapped) || !der_at_end(&info) ||
        !der_take(&wrapped, DER_OCTET_STRING, &item) || !der_at_end(&wrapped))
        return false;
    *content = content_of(&item);
    return true;
}

static bool take_certificates(struct der *reader, struct cms_signature *signature)
{
    struct der list;
    struct der_item item;

    if (der_peek(reader) != DER_CONTEXT_0)
        return true;
    if (!der_enter(reader, DER_CONTEXT_0, &list))
        return false;
    while (!der_at_end(&list)) {
        if (signature->certificate_count == CMS_CERTIFICATES_MAX ||
            !der_take(&list, DER_SEQUENCE, &item))
            return false;
        signature->certificates[signature->certificate_count++] = whole_of(&item);
    }
    return true;
}

/* --- signed attributes ------------------------------------------------------------------------ */

/* SEQUENCE of SEQUENCE of { algorithm DEFAULT SHA-256, digest, … }: the first is the signer's. */
static bool take_signing_certificate(struct der *values, struct cms_signature *signature)
{
    struct der whole, list, first;
    struct der_item digest;

    if (!der_enter(values, DER_SEQUENCE, &whole) || !der_enter(&whole, DER_SEQUENCE, &list) ||
        !der_enter(&list, DER_SEQUENCE, &first))
        return false;
    fold_copy(signature->certificate_digest_kind, OID_TEXT_MAX, OID_SHA256);
    if (der_peek(&first) == DER_SEQUENCE &&
        !take_algorithm(&first, signature->certificate_digest_kind))
        return false;
    if (!der_take(&first, DER_OCTET_STRING, &digest))
        return false;
    signature->certificate_digest = content_of(&digest);
    return true;
}

static bool take_attribute(struct der *list, struct cms_signature *signature)
{
    struct der attribute, values;
    struct der_item item;
    char type[OID_TEXT_MAX];

    if (!der_enter(list, DER_SEQUENCE, &attribute) || !der_take_oid(&attribute, type) ||
        !der_enter(&attribute, DER_SET, &values) || !der_at_end(&attribute))
        return false;
    if (strcmp(type, OID_SIGNING_TIME) == 0)
        return signature->time_ms == 0 && der_take_time(&values, &signature->time_ms) &&
               der_at_end(&values);
    if (strcmp(type, OID_SIGNING_CERT) == 0)
        return take_signing_certificate(&values, signature);
    if (strcmp(type, OID_MESSAGE_DIGEST) != 0)
        return true;
    if (signature->message_digest.bytes || !der_take(&values, DER_OCTET_STRING, &item) ||
        !der_at_end(&values))
        return false;
    signature->message_digest = content_of(&item);
    return true;
}

static bool take_attributes(struct der *reader, struct cms_signature *signature)
{
    struct der_item item;

    if (der_peek(reader) != DER_CONTEXT_0)
        return true;
    if (!der_next(reader, &item))
        return false;
    signature->attributes = content_of(&item);
    struct der list = der_of(item.content, item.length);
    while (!der_at_end(&list))
        if (!take_attribute(&list, signature))
            return false;
    return signature->message_digest.bytes != NULL;
}

void cms_signed_attributes(const struct cms_signature *signature, struct buf *out)
{
    der_put(out, DER_SET, signature->attributes.bytes, signature->attributes.length);
}

/* Of one signer with a named certificate, RFC 5652 makes every version 1, over data; over
 * anything else that of the whole is 3. */
static bool take_version(struct der *reader, long wanted)
{
    long version = 0;

    return der_take_small(reader, &version) && version == wanted;
}

static bool take_token(struct der *attribute, struct span *token)
{
    struct der values;
    struct der_item item;

    if (token->bytes || !der_enter(attribute, DER_SET, &values) ||
        !der_take(&values, DER_SEQUENCE, &item) || !der_at_end(&values) || !der_at_end(attribute))
        return false;
    *token = whole_of(&item);
    return true;
}

/* The time stamp among the attributes nobody signed; others are only noted. */
static bool take_unsigned(struct der *reader, struct cms_signature *signature)
{
    struct der list, attribute;
    char type[OID_TEXT_MAX];

    if (der_at_end(reader))
        return true;
    if (!der_enter(reader, DER_CONTEXT_1, &list))
        return false;
    while (!der_at_end(&list)) {
        if (!der_enter(&list, DER_SEQUENCE, &attribute) || !der_take_oid(&attribute, type))
            return false;
        if (strcmp(type, OID_STAMP_TOKEN) != 0 || !take_token(&attribute, &signature->timestamp))
            signature->has_additions = true;
    }
    return der_at_end(reader);
}

/* The digests in front announce that of the signer, and no other. */
static bool announces(struct der algorithms, const char *digest)
{
    char oid[OID_TEXT_MAX];

    while (!der_at_end(&algorithms))
        if (!take_algorithm(&algorithms, oid) || strcmp(oid, digest) != 0)
            return false;
    return true;
}

/* --- the whole -------------------------------------------------------------------------------- */

static bool take_signer(struct der *reader, struct cms_signature *signature)
{
    struct der signer, named;
    struct der_item issuer, serial, value;

    if (!der_enter(reader, DER_SEQUENCE, &signer) || !take_version(&signer, 1) ||
        !der_enter(&signer, DER_SEQUENCE, &named) || !der_take(&named, DER_SEQUENCE, &issuer) ||
        !der_take(&named, DER_INTEGER, &serial) || !take_algorithm(&signer, signature->digest) ||
        !take_attributes(&signer, signature) || !take_algorithm(&signer, signature->algorithm) ||
        !der_take(&signer, DER_OCTET_STRING, &value))
        return false;
    signature->issuer = whole_of(&issuer);
    signature->serial = whole_of(&serial);
    signature->signature = content_of(&value);
    return take_unsigned(&signer, signature);
}

static bool take_signed_data(struct der *reader, bool stamp, struct cms_signature *signature)
{
    struct der data, algorithms, signers;

    if (!der_enter(reader, DER_SEQUENCE, &data) || !take_version(&data, stamp ? 3 : 1) ||
        !der_enter(&data, DER_SET, &algorithms) ||
        !take_content(&data, stamp, &signature->content) || !take_certificates(&data, signature))
        return false;
    signature->has_additions = der_peek(&data) == DER_CONTEXT_1; /* revocation lists */
    if (signature->has_additions && !der_skip(&data, DER_CONTEXT_1))
        return false;
    return der_enter(&data, DER_SET, &signers) && der_at_end(&data) &&
           take_signer(&signers, signature) && der_at_end(&signers) &&
           announces(algorithms, signature->digest);
}

/* SignedData stands wrapped with its name in front; some writers leave the wrapping out. */
static bool unwrap(struct der *reader)
{
    struct der info, wrapped, bare = *reader;
    char type[OID_TEXT_MAX];

    if (!der_enter(reader, DER_SEQUENCE, &info))
        return false;
    if (der_peek(&info) == DER_INTEGER) {
        *reader = bare;
        return true;
    }
    if (!der_at_end(reader) || !der_take_oid(&info, type) ||
        (strcmp(type, OID_SIGNED_DATA) != 0 && strcmp(type, OID_SIGNED_DATA_SM) != 0) ||
        !der_enter(&info, DER_CONTEXT_0, &wrapped) || !der_at_end(&info))
        return false;
    *reader = wrapped;
    return true;
}

static bool read_whole(const void *bytes, size_t length, bool stamp,
                       struct cms_signature *signature)
{
    struct der reader = der_of(bytes, length);
    struct cms_signature read = {0};

    if (length > SEAL_BYTES_MAX || !unwrap(&reader) || !take_signed_data(&reader, stamp, &read) ||
        !der_at_end(&reader))
        return false;
    *signature = read;
    return true;
}

bool cms_signature_read(const void *bytes, size_t length, struct cms_signature *signature)
{
    return read_whole(bytes, length, false, signature);
}

bool cms_token_read(const void *bytes, size_t length, struct cms_signature *token)
{
    return read_whole(bytes, length, true, token);
}

void cms_signature_algorithm(const struct cms_signature *signature, char oid[OID_TEXT_MAX])
{
    static const char *const rsa[] = {
        [DIGEST_SHA256] = "1.2.840.113549.1.1.11",
        [DIGEST_SHA384] = "1.2.840.113549.1.1.12",
        [DIGEST_SHA512] = "1.2.840.113549.1.1.13",
    };
    enum digest_kind digest = digest_kind_of(signature->digest);
    bool apart = strcmp(signature->algorithm, OID_RSA) == 0 && digest >= DIGEST_SHA256;

    fold_copy(oid, OID_TEXT_MAX, apart ? rsa[digest] : signature->algorithm);
}
