#include "verify/seal.h"

#include "verify/fold.h"

#include <stdio.h>
#include <string.h>

static struct span content_of(const struct der_item *item)
{
    return (struct span){item->content, item->length};
}

static struct span whole_of(const struct der_item *item)
{
    return (struct span){item->whole, item->whole_length};
}

/* Text of a bounded length without a NUL inside; longer text is cut. */
static bool take_text(struct der *reader, unsigned tag, char out[SEAL_TEXT_MAX])
{
    struct der_item item;

    if (!der_take(reader, tag, &item) || memchr(item.content, '\0', item.length))
        return false;
    char text[SEAL_TEXT_MAX + 1];
    size_t length = item.length < SEAL_TEXT_MAX ? item.length : SEAL_TEXT_MAX;
    memcpy(text, item.content, length);
    text[length] = '\0';
    fold_copy(out, SEAL_TEXT_MAX, text);
    return true;
}

/* The identifier of an algorithm, bare or as an AlgorithmIdentifier. */
static bool take_algorithm(struct der *reader, char oid[OID_TEXT_MAX], struct span *item)
{
    struct der inside, before = *reader;
    struct der_item whole;

    if (!der_next(reader, &whole))
        return false;
    if (item)
        *item = whole_of(&whole);
    if (whole.tag == DER_OID)
        return der_take_oid(&before, oid);
    return der_enter(&before, DER_SEQUENCE, &inside) && der_take_oid(&inside, oid);
}

/* --- the seal --------------------------------------------------------------------------------- */

static bool take_digest_holder(struct der *list, struct seal_holder *holder)
{
    struct der inside;
    struct der_item type, value;

    if (!der_enter(list, DER_SEQUENCE, &inside) || !der_next(&inside, &type) ||
        !der_take(&inside, DER_OCTET_STRING, &value) || !der_at_end(&inside) ||
        type.length >= sizeof holder->algorithm)
        return false;
    memcpy(holder->algorithm, type.content, type.length);
    holder->algorithm[type.length] = '\0';
    holder->is_digest = true;
    holder->value = content_of(&value);
    return true;
}

static bool take_holders(struct der *reader, struct seal *seal)
{
    struct der list;
    struct der_item certificate;

    if (!der_enter(reader, DER_SEQUENCE, &list))
        return false;
    while (!der_at_end(&list)) {
        if (seal->holder_count == SEAL_HOLDERS_MAX)
            return false;
        struct seal_holder *holder = &seal->holders[seal->holder_count++];
        if (der_take(&list, DER_OCTET_STRING, &certificate))
            holder->value = content_of(&certificate);
        else if (!take_digest_holder(&list, holder))
            return false;
    }
    return true;
}

static bool take_property(struct der *info, struct seal *seal)
{
    struct der property;
    long type = 0, list_type = 0;

    if (!der_enter(info, DER_SEQUENCE, &property) || !der_take_small(&property, &type) ||
        !take_text(&property, DER_UTF8, seal->name))
        return false;
    if (der_peek(&property) == DER_INTEGER && !der_take_small(&property, &list_type))
        return false; /* certListType: v4 only */
    return take_holders(&property, seal) && der_take_time(&property, &seal->created_ms) &&
           der_take_time(&property, &seal->valid_from_ms) &&
           der_take_time(&property, &seal->valid_to_ms) && der_at_end(&property);
}

/* What makers add of their own, at the end: tagged as the standards say, or bare. */
static bool take_extensions(struct der *reader)
{
    if (der_peek(reader) == DER_CONTEXT_0 || der_peek(reader) == DER_SEQUENCE)
        (void)der_skip(reader, der_peek(reader));
    return der_at_end(reader);
}

static bool take_info(struct der *reader, struct seal *seal)
{
    struct der info, header;
    struct der_item item;
    char word[SEAL_TEXT_MAX];

    if (der_peek(reader) != DER_SEQUENCE || !der_next(reader, &item))
        return false;
    seal->info = whole_of(&item);
    info = der_of(item.content, item.length);
    return der_enter(&info, DER_SEQUENCE, &header) && take_text(&header, DER_IA5, word) &&
           strcmp(word, "ES") == 0 && der_take_small(&header, &seal->version) &&
           take_text(&header, DER_IA5, word) && der_at_end(&header) &&
           take_text(&info, DER_IA5, seal->id) && take_property(&info, seal) &&
           der_skip(&info, DER_SEQUENCE) /* the picture */ && take_extensions(&info);
}

/* { cert, algorithm, signed value }: inline in v4, a sequence of its own in v1. */
static bool take_maker(struct der *reader, struct seal *seal)
{
    struct der_item certificate, signature;

    if (!der_take(reader, DER_OCTET_STRING, &certificate) ||
        !take_algorithm(reader, seal->algorithm, &seal->algorithm_item) ||
        !der_take_bits(reader, &signature) || !der_at_end(reader))
        return false;
    seal->maker = content_of(&certificate);
    seal->maker_item = whole_of(&certificate);
    seal->signature = content_of(&signature);
    return true;
}

static bool take_seal(struct der *reader, struct seal *seal)
{
    struct der body, maker;
    struct der_item item;

    if (!der_take(reader, DER_SEQUENCE, &item))
        return false;
    seal->whole = whole_of(&item);
    body = der_of(item.content, item.length);
    if (!take_info(&body, seal))
        return false;
    if (der_peek(&body) == DER_OCTET_STRING) {
        seal->generation = SEAL_V4;
        return take_maker(&body, seal);
    }
    seal->generation = SEAL_V1;
    return der_enter(&body, DER_SEQUENCE, &maker) && der_at_end(&body) && take_maker(&maker, seal);
}

bool seal_read(const void *bytes, size_t length, struct seal *seal)
{
    struct der reader = der_of(bytes, length);
    struct seal read = {0};

    if (length > SEAL_BYTES_MAX || !take_seal(&reader, &read) || !der_at_end(&reader))
        return false;
    *seal = read;
    return true;
}

void seal_signed_bytes(const struct seal *seal, struct buf *out)
{
    struct buf parts = {0};

    buf_bytes(&parts, seal->info.bytes, seal->info.length);
    if (seal->generation == SEAL_V1) {
        buf_bytes(&parts, seal->maker_item.bytes, seal->maker_item.length);
        buf_bytes(&parts, seal->algorithm_item.bytes, seal->algorithm_item.length);
        der_put(out, DER_SEQUENCE, parts.data, parts.length);
    } else {
        buf_bytes(out, parts.data, parts.length);
    }
    if (buf_failed(&parts))
        out->failed = true;
    buf_release(&parts);
}

/* --- the signature ---------------------------------------------------------------------------- */

#define CHINA_MS (8 * 3600 * (int64_t)1000)

/* "2026-11-22 10:08:09", the clock on the wall. */
static bool take_written_time(const struct der_item *text, int64_t *ms)
{
    static const char form[] = "dddd-dd-dd dd:dd:dd";
    unsigned char digits[sizeof form];
    size_t count = 0;

    if (text->length != sizeof form - 1)
        return false;
    for (size_t i = 0; i < text->length; i++) {
        if (form[i] == 'd')
            digits[count++] = text->content[i];
        else if (text->content[i] != (unsigned char)form[i])
            return false;
    }
    if (!der_time_text(digits, count, false, ms))
        return false;
    *ms -= CHINA_MS;
    return true;
}

/* In v1 the time is a bit string: a UTCTime or GeneralizedTime in DER, the bare digits of one, or
 * the time as people write it. A time stamp token is not read: the time is then not known. */
static bool take_sign_time(struct der *reader, int64_t *ms)
{
    struct der_item bits;

    if (der_take_time(reader, ms))
        return true;
    if (!der_take_bits(reader, &bits))
        return false;
    struct der inside = der_of(bits.content, bits.length);
    if ((der_take_time(&inside, ms) && der_at_end(&inside)) ||
        der_time_text(bits.content, bits.length, false, ms) ||
        der_time_text(bits.content, bits.length, true, ms) || take_written_time(&bits, ms))
        return true;
    *ms = 0;
    return true;
}

static bool take_to_sign(struct der *reader, struct seal_signature *signature)
{
    struct der body;
    struct der_item item, certificate, hash;
    long version = 0;

    if (!der_take(reader, DER_SEQUENCE, &item))
        return false;
    signature->to_sign = whole_of(&item);
    body = der_of(item.content, item.length);
    if (!der_take_small(&body, &version) || !take_seal(&body, &signature->seal) ||
        !take_sign_time(&body, &signature->time_ms) || !der_take_bits(&body, &hash) ||
        !take_text(&body, der_peek(&body) == DER_UTF8 ? DER_UTF8 : DER_IA5, signature->property))
        return false;
    signature->data_hash = content_of(&hash);
    if (der_peek(&body) == DER_OCTET_STRING) {
        if (!der_take(&body, DER_OCTET_STRING, &certificate) ||
            !take_algorithm(&body, signature->algorithm, NULL))
            return false;
        signature->certificate = content_of(&certificate);
    }
    return take_extensions(&body);
}

/* The token stands in a bit string; producers also put it in an octet string, or bare. */
static bool take_timestamp(struct der *reader, struct span *token)
{
    struct der wrapped;
    struct der_item item;

    if (!der_enter(reader, DER_CONTEXT_0, &wrapped))
        return false;
    bool in_bits = der_peek(&wrapped) == DER_BIT_STRING;
    if (in_bits ? !der_take_bits(&wrapped, &item) : !der_next(&wrapped, &item))
        return false;
    bool bare = !in_bits && item.tag != DER_OCTET_STRING;
    *token = bare ? whole_of(&item) : content_of(&item);
    return der_at_end(&wrapped);
}

static bool take_signature(struct der *body, struct seal_signature *signature)
{
    struct der_item certificate, value;

    signature->generation = signature->certificate.bytes ? SEAL_V1 : SEAL_V4;
    if (signature->generation == SEAL_V4) {
        if (!der_take(body, DER_OCTET_STRING, &certificate) ||
            !take_algorithm(body, signature->algorithm, NULL))
            return false;
        signature->certificate = content_of(&certificate);
    }
    if (!der_take_bits(body, &value))
        return false;
    signature->signature = content_of(&value);
    return der_at_end(body) || (signature->generation == SEAL_V4 &&
                                take_timestamp(body, &signature->timestamp) && der_at_end(body));
}

bool seal_signature_read(const void *bytes, size_t length, struct seal_signature *signature)
{
    struct der reader = der_of(bytes, length), body;
    struct seal_signature read = {0};

    if (length > SEAL_BYTES_MAX || !der_enter(&reader, DER_SEQUENCE, &body) ||
        !der_at_end(&reader) || !take_to_sign(&body, &read) || !take_signature(&body, &read))
        return false;
    *signature = read;
    return true;
}
