#include "verify/inflate.h"

#include "base/i18n.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

static enum status too_large(struct error *error)
{
    return error_set(error, STATUS_TOO_LARGE,
                     _("The compressed content is far larger than a code may hold."));
}

static size_t limit_for(size_t length)
{
    size_t limit = length > INFLATE_SIZE_MAX / INFLATE_RATIO_MAX ? INFLATE_SIZE_MAX
                                                                 : length * INFLATE_RATIO_MAX;

    return limit < INFLATE_FREE_SIZE ? INFLATE_FREE_SIZE : limit;
}

static enum status run(z_stream *stream, size_t limit, struct buf *out, struct error *error)
{
    unsigned char piece[4096];
    int answer = Z_OK;

    while (answer == Z_OK) {
        stream->next_out = piece;
        stream->avail_out = sizeof piece;
        answer = inflate(stream, Z_NO_FLUSH);
        size_t got = sizeof piece - stream->avail_out;
        if (out->length + got > limit)
            return too_large(error);
        buf_bytes(out, piece, got);
        if (answer == Z_OK && got == 0)
            break;
    }
    if (answer == Z_MEM_ERROR || buf_failed(out))
        return error_nomem(error);
    if (answer != Z_STREAM_END || stream->avail_in != 0)
        return error_set(error, STATUS_INVALID,
                         _("The content is not compressed as the code says (DEFLATE)."));
    return STATUS_OK;
}

enum status inflate_raw(const void *data, size_t length, struct buf *out, struct error *error)
{
    z_stream stream = {0};
    struct buf content = {0};

    if (length > INFLATE_SIZE_MAX)
        return too_large(error);
    stream.next_in = (z_const Bytef *)data;
    stream.avail_in = (uInt)length;
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return error_nomem(error);
    enum status status = run(&stream, limit_for(length), &content, error);
    (void)inflateEnd(&stream);
    if (status == STATUS_OK) {
        buf_bytes(out, buf_text(&content), content.length);
        if (buf_failed(out))
            status = error_nomem(error);
    }
    buf_release(&content);
    return status;
}

static enum status pack(z_stream *stream, struct buf *out, struct error *error)
{
    unsigned char piece[4096];
    int answer = Z_OK;

    while (answer == Z_OK) {
        stream->next_out = piece;
        stream->avail_out = sizeof piece;
        answer = deflate(stream, Z_FINISH);
        buf_bytes(out, piece, sizeof piece - stream->avail_out);
    }
    return answer == Z_STREAM_END && !buf_failed(out) ? STATUS_OK : error_nomem(error);
}

enum status deflate_raw(const void *data, size_t length, struct buf *out, struct error *error)
{
    z_stream stream = {.next_in = (z_const Bytef *)data, .avail_in = (uInt)length};

    if (length > INFLATE_SIZE_MAX)
        return too_large(error);
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return error_nomem(error);
    enum status status = pack(&stream, out, error);
    (void)deflateEnd(&stream);
    return status;
}

/* --- bits that say nothing -------------------------------------------------------------------- */

#define AT_BLOCK_END 128 /* of z_stream.data_type; below are the bits left of the last byte */
#define IN_LAST      64
#define BITS_LEFT    7

/* From that bit to the end of its byte. */
static bool is_zero_from(const unsigned char *data, size_t length, size_t bit)
{
    return bit % 8 == 0 || bit / 8 >= length || data[bit / 8] >> bit % 8 == 0;
}

/* A block begins with three bits; a stored one (00) goes on with the next whole byte. */
static bool block_fills_with_zeros(const unsigned char *data, size_t length, size_t bit)
{
    bool stored = true;

    for (size_t at = bit + 1; at <= bit + 2 && at / 8 < length; at++)
        stored = stored && (data[at / 8] >> at % 8 & 1) == 0;
    return !stored || is_zero_from(data, length, bit + 3);
}

bool deflate_fills_with_zeros(const void *data, size_t length)
{
    z_stream stream = {.next_in = (z_const Bytef *)data, .avail_in = (uInt)length};
    unsigned char piece[4096];
    int answer = Z_OK;

    if (length > UINT_MAX || inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return false;
    bool zeros = block_fills_with_zeros(data, length, 0);
    while (zeros && answer == Z_OK) {
        stream.next_out = piece;
        stream.avail_out = sizeof piece;
        answer = inflate(&stream, Z_BLOCK);
        size_t bit = 8 * (length - stream.avail_in) - (size_t)(stream.data_type & BITS_LEFT);
        if (answer == Z_OK && (stream.data_type & AT_BLOCK_END))
            zeros = stream.data_type & IN_LAST ? is_zero_from(data, length, bit)
                                               : block_fills_with_zeros(data, length, bit);
    }
    (void)inflateEnd(&stream);
    return zeros && answer == Z_STREAM_END;
}

/* --- the same content packed again ------------------------------------------------------------ */

static size_t count_different(const unsigned char *a, const unsigned char *b, size_t length)
{
    size_t different = 0;

    if (memcmp(a, b, length) == 0)
        return 0;
    for (size_t i = 0; i < length; i++)
        different += a[i] != b[i];
    return different;
}

static size_t compare_packed(z_stream *stream, const struct deflated *member, size_t max)
{
    unsigned char piece[4096];
    const unsigned char *packed = member->packed;
    size_t at = 0, different = 0;
    int answer = Z_OK;

    while (answer == Z_OK && different <= max) {
        stream->next_out = piece;
        stream->avail_out = sizeof piece;
        answer = deflate(stream, Z_FINISH);
        size_t got = sizeof piece - stream->avail_out;
        if (got > member->length - at)
            return max + 1;
        different += count_different(piece, packed + at, got);
        at += got;
    }
    return answer == Z_STREAM_END && at == member->length ? different : max + 1;
}

enum status deflate_compare(const struct deflated *member, struct deflate_setting setting,
                            size_t max, size_t *bytes, struct error *error)
{
    z_stream stream = {.next_in = (z_const Bytef *)member->content, .avail_in = (uInt)member->size};

    *bytes = max + 1;
    if (member->size > UINT_MAX)
        return STATUS_OK;
    if (deflateInit2(&stream, setting.level, Z_DEFLATED, -MAX_WBITS, setting.memory,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return error_nomem(error);
    *bytes = compare_packed(&stream, member, max);
    (void)deflateEnd(&stream);
    return STATUS_OK;
}
