#include "verify/timestamp.h"

#include "verify/cms.h"
#include "verify/crypto.h"

#include <string.h>

/* TSTInfo (RFC 3161 section 2.4.2), as far as it is needed. */
struct stamp {
    char digest[OID_TEXT_MAX];
    struct span imprint;
    int64_t time_ms;
};

static bool take_imprint(struct der *reader, struct stamp *stamp)
{
    struct der imprint, algorithm;
    struct der_item hash;

    if (!der_enter(reader, DER_SEQUENCE, &imprint) ||
        !der_enter(&imprint, DER_SEQUENCE, &algorithm) ||
        !der_take_oid(&algorithm, stamp->digest) || !der_take(&imprint, DER_OCTET_STRING, &hash) ||
        !der_at_end(&imprint))
        return false;
    stamp->imprint = (struct span){hash.content, hash.length};
    return true;
}

static bool read_stamp(struct span content, struct stamp *stamp)
{
    struct der reader = der_of(content.bytes, content.length), info;
    long version = 0;

    return content.bytes && der_enter(&reader, DER_SEQUENCE, &info) && der_at_end(&reader) &&
           der_take_small(&info, &version) && version == 1 && der_skip(&info, DER_OID) &&
           take_imprint(&info, stamp) && der_skip(&info, DER_INTEGER) &&
           der_peek(&info) == DER_GENERALIZED_TIME && der_take_time(&info, &stamp->time_ms);
}

static bool same_digest(enum digest_kind kind, const void *data, size_t length, struct span wanted)
{
    struct digest_value digest;

    return kind != DIGEST_NONE && wanted.bytes &&
           digest_compute(kind, data, length, &digest, NULL) == STATUS_OK &&
           digest.length == wanted.length && memcmp(digest.bytes, wanted.bytes, digest.length) == 0;
}

/* --- the authority's signature ---------------------------------------------------------------- */

struct authority {
    struct certificate *certificates[CMS_CERTIFICATES_MAX];
    size_t count;
    size_t unreadable;
    const struct certificate *signer;
};

static enum status read_authority(const struct cms_signature *token, struct authority *authority,
                                  struct error *error)
{
    for (size_t i = 0; i < token->certificate_count; i++) {
        enum status status =
            certificate_read(token->certificates[i].bytes, token->certificates[i].length,
                             &authority->certificates[authority->count], NULL);
        if (status == STATUS_NOMEM)
            return error_nomem(error);
        authority->count += status == STATUS_OK;
        authority->unreadable += status != STATUS_OK;
    }
    for (size_t i = 0; i < authority->count && !authority->signer; i++)
        if (certificate_is_named(authority->certificates[i], token->issuer.bytes,
                                 token->issuer.length, token->serial.bytes, token->serial.length))
            authority->signer = authority->certificates[i];
    return STATUS_OK;
}

/* The authority says which certificate is its own: another with its name and number would do for
 * the signature alone. Authorities that say nothing are not refused. */
static bool is_own(const struct cms_signature *token, const struct authority *authority)
{
    const struct span *wanted = &token->certificate_digest;

    for (size_t i = 0; i < token->certificate_count && wanted->bytes; i++)
        if (same_digest(digest_kind_of(token->certificate_digest_kind),
                        token->certificates[i].bytes, token->certificates[i].length, *wanted))
            return certificate_equals(authority->signer, token->certificates[i].bytes,
                                      token->certificates[i].length);
    return !wanted->bytes;
}

/* The attributes name the digest of the stamp; the signature covers the attributes. */
static enum timestamp_answer check_signature(const struct cms_signature *token,
                                             const struct certificate *signer)
{
    char algorithm[OID_TEXT_MAX];
    struct buf covered = {0};
    enum timestamp_answer answer = TIMESTAMP_WRONG;

    cms_signature_algorithm(token, algorithm);
    enum digest_kind kind = signature_digest(certificate_key(signer), algorithm);
    if (!token->attributes.bytes || kind == DIGEST_NONE || kind != digest_kind_of(token->digest))
        return TIMESTAMP_UNREADABLE;
    cms_signed_attributes(token, &covered);
    if (!buf_failed(&covered) &&
        same_digest(kind, token->content.bytes, token->content.length, token->message_digest) &&
        signature_verify_oid(certificate_key(signer), algorithm, covered.data, covered.length,
                             token->signature.bytes, token->signature.length) == SIGNATURE_GOOD)
        answer = TIMESTAMP_GOOD;
    buf_release(&covered);
    return answer;
}

static enum status check_authority(const struct authority *authority, const struct anchors *trust,
                                   struct timestamp *timestamp, struct error *error)
{
    struct chain_state state;
    enum status status = chain_judge(trust, authority->signer, authority->certificates,
                                     authority->count, timestamp->time_ms, &state, error);

    if (status != STATUS_OK)
        return status;
    timestamp->lists_ms = state.lists.newest_ms;
    bool trusted = state.answer == CHAIN_TRUSTED && certificate_may_stamp(authority->signer) &&
                   !*state.over && !*state.not_yet && !*state.revoked.name &&
                   state.lists.unusable == 0;
    if (state.answer == CHAIN_BROKEN)
        timestamp->answer = TIMESTAMP_UNREADABLE;
    else if (!trusted)
        timestamp->answer = TIMESTAMP_UNTRUSTED;
    return STATUS_OK;
}

/* Something in the token that no signature covers and that belongs to nobody on the path. */
static bool has_strays(const struct cms_signature *token, const struct authority *authority,
                       const struct anchors *trust)
{
    const struct certificate *stray =
        anchors_stray(trust, authority->certificates, authority->count);

    return token->has_additions || authority->unreadable > 0 ||
           (stray && stray != authority->signer);
}

static enum status judge_token(const struct cms_signature *token, const struct stamp *stamp,
                               const struct authority *authority, const struct anchors *trust,
                               struct timestamp *timestamp, struct error *error)
{
    certificate_subject(authority->signer, timestamp->authority);
    timestamp->time_ms = stamp->time_ms;
    timestamp->answer = is_own(token, authority) && !has_strays(token, authority, trust)
                            ? check_signature(token, authority->signer)
                            : TIMESTAMP_WRONG;
    return timestamp->answer == TIMESTAMP_GOOD ? check_authority(authority, trust, timestamp, error)
                                               : STATUS_OK;
}

enum status timestamp_judge(const void *token, size_t length, const void *stamped,
                            size_t stamped_length, const struct anchors *trust,
                            struct timestamp *timestamp, struct error *error)
{
    struct timestamp made = {.answer = TIMESTAMP_UNREADABLE};
    struct authority authority = {0};
    struct cms_signature read;
    struct stamp stamp = {0};
    enum status status = STATUS_OK;

    if (!cms_token_read(token, length, &read) || !read_stamp(read.content, &stamp)) {
        *timestamp = made;
        return STATUS_OK;
    }
    enum digest_kind kind = digest_kind_of(stamp.digest);
    status = read_authority(&read, &authority, error);
    if (status != STATUS_OK)
        kind = DIGEST_NONE;
    if (kind != DIGEST_NONE && !same_digest(kind, stamped, stamped_length, stamp.imprint))
        made.answer = TIMESTAMP_WRONG;
    else if (kind != DIGEST_NONE && authority.signer)
        status = judge_token(&read, &stamp, &authority, trust, &made, error);
    for (size_t i = 0; i < authority.count; i++)
        certificate_free(authority.certificates[i]);
    if (status == STATUS_OK)
        *timestamp = made;
    return status;
}
