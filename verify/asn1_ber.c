#include "verify/asn1.h"

#include <string.h>

#define DEPTH_MAX        32
#define OCTETS_IN_PIECES (DER_OCTET_STRING | CONSTRUCTED)
#define CONSTRUCTED      0x20u
#define INDEFINITE       0x80u

static bool rewrite(struct der *reader, unsigned depth, struct buf *out);

static bool advance(struct der *reader, size_t bytes)
{
    if (reader->left < bytes)
        return false;
    reader->at += bytes;
    reader->left -= bytes;
    return true;
}

/* The length behind a tag in any form BER allows, but the indefinite one. */
static bool take_length(struct der *reader, size_t *length)
{
    if (reader->left == 0)
        return false;
    size_t first = reader->at[0], bytes = first & 0x7f, value = 0;
    if (first < 0x80) {
        *length = first;
        return advance(reader, 1);
    }
    if (bytes == 0 || bytes > 4 || reader->left < 1 + bytes)
        return false;
    for (size_t i = 1; i <= bytes; i++)
        value = value << 8 | reader->at[i];
    *length = value;
    return advance(reader, 1 + bytes);
}

static bool is_end(const struct der *reader)
{
    return reader->left >= 2 && reader->at[0] == 0 && reader->at[1] == 0;
}

/* One item inside; of an octet string in pieces only what the piece holds. */
static bool rewrite_inside(struct der *reader, unsigned tag, unsigned depth, struct buf *content)
{
    struct buf item = {0};
    struct der_item piece;

    if (tag != OCTETS_IN_PIECES)
        return rewrite(reader, depth + 1, content);
    bool whole = rewrite(reader, depth + 1, &item) && !buf_failed(&item);
    struct der inside = der_of(item.data, item.length);
    whole = whole && der_take(&inside, DER_OCTET_STRING, &piece);
    if (whole)
        buf_bytes(content, piece.content, piece.length);
    buf_release(&item);
    return whole;
}

static bool rewrite_content(struct der *reader, unsigned tag, unsigned depth, struct buf *content)
{
    size_t length = 0;

    if (der_peek(reader) == INDEFINITE) {
        if (!advance(reader, 1))
            return false;
        while (!is_end(reader))
            if (!rewrite_inside(reader, tag, depth, content))
                return false;
        return advance(reader, 2);
    }
    if (!take_length(reader, &length) || reader->left < length)
        return false;
    struct der inside = der_of(reader->at, length);
    while (!der_at_end(&inside))
        if (!rewrite_inside(&inside, tag, depth, content))
            return false;
    return advance(reader, length);
}

static bool rewrite(struct der *reader, unsigned depth, struct buf *out)
{
    unsigned tag = der_peek(reader);
    struct buf content = {0};
    size_t length = 0;

    if (depth == DEPTH_MAX || tag == 0 || (tag & 0x1f) == 0x1f || !advance(reader, 1))
        return false;
    if (!(tag & CONSTRUCTED)) {
        bool whole = take_length(reader, &length) && reader->left >= length;
        if (whole)
            der_put(out, tag, reader->at, length);
        return whole && advance(reader, length);
    }
    bool whole = rewrite_content(reader, tag, depth, &content);
    if (whole)
        der_put(out, tag == OCTETS_IN_PIECES ? DER_OCTET_STRING : tag, content.data,
                content.length);
    if (buf_failed(&content))
        out->failed = true;
    buf_release(&content);
    return whole;
}

bool der_from_ber(const void *bytes, size_t length, struct buf *out)
{
    struct der reader = der_of(bytes, length);

    return rewrite(&reader, 0, out) && der_at_end(&reader) && !buf_failed(out);
}
