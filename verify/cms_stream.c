#include "verify/cms_stream.h"

#include "base/i18n.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT_SIZE ((size_t)64 << 10)
#define LEVELS_MAX 24
#define HEADER_MAX 10 /* tag, and a length of at most nine bytes */
#define INFO_DEPTH 4  /* levels inside the content info: ContentInfo, [0], the structure, it */

/* X.690 */
enum {
    TAG_END = 0x00,
    TAG_OCTETS = 0x04,
    TAG_OID = 0x06,
    TAG_OCTETS_PARTS = 0x24,
    TAG_SEQUENCE = 0x30,
    TAG_CONTENT_WHOLE = 0x80, /* [0] primitive */
    TAG_CONTENT = 0xA0,       /* [0] constructed */
    BIT_CONSTRUCTED = 0x20,
    NUMBER_LONG = 0x1F,
};

/* A constructed value that is being read. */
struct level {
    bool open;    /* its length is not said: it ends with an end mark */
    uint64_t end; /* else: where in the file */
};

struct header {
    unsigned char bytes[HEADER_MAX];
    size_t size;
    unsigned char tag;
    bool open;
    uint64_t length;
};

struct cms_stream {
    int fd;
    unsigned char input[INPUT_SIZE];
    size_t at, filled;
    uint64_t offset; /* of the next byte in the file */
    struct level levels[LEVELS_MAX];
    size_t depth;
    uint64_t piece;    /* bytes left of the piece of content in hand */
    bool content_over; /* the content has been read to its end */
    bool over;         /* so has everything */
    struct buf before; /* members of the structure before its content info */
    struct buf info;   /* members of the content info before the content */
    struct buf after;  /* members of the structure behind it */
    struct buf type;   /* of the whole: an OID */
};

static enum status nonsense(struct error *error)
{
    return error_set(error, STATUS_INVALID,
                     _("This is no bundle, or it was damaged on the way. Copy it again."));
}

/* --- bytes ------------------------------------------------------------------------------------ */

static enum status fill(struct cms_stream *stream, struct error *error)
{
    ssize_t got;

    do
        got = read(stream->fd, stream->input, sizeof stream->input);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_set_errno(error, errno, _("The bundle cannot be read"));
    stream->at = 0;
    stream->filled = (size_t)got;
    return STATUS_OK;
}

/* Up to `size` bytes; 0 at the end of the file. */
static enum status take(struct cms_stream *stream, void *out, size_t size, size_t *got,
                        struct error *error)
{
    if (stream->at == stream->filled) {
        enum status status = fill(stream, error);
        if (status != STATUS_OK)
            return status;
    }
    size_t there = stream->filled - stream->at;
    *got = there < size ? there : size;
    memcpy(out, stream->input + stream->at, *got);
    stream->at += *got;
    stream->offset += *got;
    return STATUS_OK;
}

static enum status take_all(struct cms_stream *stream, void *out, size_t size, struct error *error)
{
    unsigned char *at = out;

    while (size > 0) {
        size_t got = 0;
        enum status status = take(stream, at, size, &got, error);
        if (status != STATUS_OK)
            return status;
        if (got == 0)
            return nonsense(error);
        at += got;
        size -= got;
    }
    return STATUS_OK;
}

/* --- headers ---------------------------------------------------------------------------------- */

static enum status take_length(struct cms_stream *stream, struct header *header,
                               struct error *error)
{
    unsigned char first = header->bytes[1];

    header->size = 2;
    header->length = first;
    if (first < 0x80)
        return STATUS_OK;
    size_t count = first & 0x7FU;
    header->open = count == 0;
    header->length = 0;
    if (count > sizeof header->length || (header->open && !(header->tag & BIT_CONSTRUCTED)))
        return nonsense(error);
    enum status status = take_all(stream, header->bytes + 2, count, error);
    for (size_t i = 0; i < count; i++)
        header->length = header->length << 8 | header->bytes[2 + i];
    header->size += count;
    return status;
}

static enum status take_header(struct cms_stream *stream, struct header *header,
                               struct error *error)
{
    *header = (struct header){0};
    enum status status = take_all(stream, header->bytes, 2, error);
    if (status != STATUS_OK)
        return status;
    header->tag = header->bytes[0];
    if ((header->tag & NUMBER_LONG) == NUMBER_LONG)
        return nonsense(error);
    return take_length(stream, header, error);
}

/* --- levels ----------------------------------------------------------------------------------- */

static enum status enter(struct cms_stream *stream, const struct header *header,
                         struct error *error)
{
    const struct level *outer = stream->depth > 0 ? &stream->levels[stream->depth - 1] : NULL;
    uint64_t room = outer && !outer->open ? outer->end - stream->offset : UINT64_MAX / 2;

    if (stream->depth == LEVELS_MAX || (!header->open && header->length > room))
        return nonsense(error);
    stream->levels[stream->depth++] =
        (struct level){.open = header->open, .end = stream->offset + header->length};
    return STATUS_OK;
}

/* Does a member that has just begun stay within its level? */
static bool fits(const struct cms_stream *stream, const struct level *level,
                 const struct header *header)
{
    if (level->open)
        return true;
    return stream->offset <= level->end &&
           (header->open || header->length <= level->end - stream->offset);
}

/* The next member of the innermost level, or its end (which leaves it). */
static enum status next(struct cms_stream *stream, struct header *header, bool *end,
                        struct error *error)
{
    const struct level *level = &stream->levels[stream->depth - 1];

    *end = !level->open && stream->offset == level->end;
    if (!*end) {
        enum status status = take_header(stream, header, error);
        if (status != STATUS_OK)
            return status;
        if (!fits(stream, level, header))
            return nonsense(error);
        *end = level->open && header->tag == TAG_END;
        if (*end && header->length != 0)
            return nonsense(error);
    }
    if (*end)
        stream->depth--;
    return STATUS_OK;
}

/* The next member, which must be of this kind, and into it. */
static enum status descend(struct cms_stream *stream, unsigned char tag, struct error *error)
{
    struct header header = {0};
    bool end = false;
    enum status status = stream->depth == 0 ? take_header(stream, &header, error)
                                            : next(stream, &header, &end, error);

    if (status == STATUS_OK && (end || header.tag != tag))
        status = nonsense(error);
    return status == STATUS_OK ? enter(stream, &header, error) : status;
}

static enum status expect_end(struct cms_stream *stream, struct error *error)
{
    struct header header = {0};
    bool end = false;
    enum status status = next(stream, &header, &end, error);

    return status == STATUS_OK && !end ? nonsense(error) : status;
}

/* --- copying members -------------------------------------------------------------------------- */

static enum status copy_bytes(struct cms_stream *stream, uint64_t length, struct buf *to,
                              struct error *error)
{
    unsigned char piece[512];

    if (length > CMS_SHELL_MAX)
        return nonsense(error);
    while (length > 0) {
        size_t size = length < sizeof piece ? (size_t)length : sizeof piece;
        enum status status = take_all(stream, piece, size, error);
        if (status != STATUS_OK)
            return status;
        buf_bytes(to, piece, size);
        length -= size;
    }
    return buf_failed(to) ? nonsense(error) : STATUS_OK;
}

/* A member as it stands, with everything in it. */
static enum status copy(struct cms_stream *stream, const struct header *header, struct buf *to,
                        struct error *error)
{
    size_t bottom = stream->depth;
    struct header inner = *header;

    buf_bytes(to, inner.bytes, inner.size);
    if (!inner.open)
        return copy_bytes(stream, inner.length, to, error);
    enum status status = enter(stream, &inner, error);
    while (status == STATUS_OK && stream->depth > bottom) {
        bool end = false;
        status = next(stream, &inner, &end, error);
        if (status == STATUS_OK && end)
            buf_bytes(to, "\0\0", 2);
        else if (status == STATUS_OK) {
            buf_bytes(to, inner.bytes, inner.size);
            status = inner.open ? enter(stream, &inner, error)
                                : copy_bytes(stream, inner.length, to, error);
        }
    }
    return status == STATUS_OK && buf_failed(to) ? nonsense(error) : status;
}

/* --- up to the content ------------------------------------------------------------------------ */

static enum status read_type(struct cms_stream *stream, struct error *error)
{
    struct header header = {0};
    bool end = false;
    enum status status = descend(stream, TAG_SEQUENCE, error);

    if (status == STATUS_OK)
        status = next(stream, &header, &end, error);
    if (status == STATUS_OK && (end || header.tag != TAG_OID))
        status = nonsense(error);
    return status == STATUS_OK ? copy(stream, &header, &stream->type, error) : status;
}

/* Of both structures the content info is the one member that is a SEQUENCE. */
static enum status find_content_info(struct cms_stream *stream, struct error *error)
{
    for (;;) {
        struct header header = {0};
        bool end = false;
        enum status status = next(stream, &header, &end, error);
        if (status == STATUS_OK && end)
            status = nonsense(error);
        if (status != STATUS_OK)
            return status;
        if (header.tag == TAG_SEQUENCE)
            return enter(stream, &header, error);
        status = copy(stream, &header, &stream->before, error);
        if (status != STATUS_OK)
            return status;
    }
}

static enum status find_content(struct cms_stream *stream, struct error *error)
{
    for (;;) {
        struct header header = {0};
        bool end = false;
        enum status status = next(stream, &header, &end, error);
        if (status == STATUS_OK && end)
            status = nonsense(error);
        if (status != STATUS_OK)
            return status;
        if (header.tag == TAG_CONTENT)
            return enter(stream, &header, error);
        if (header.tag == TAG_CONTENT_WHOLE) {
            stream->piece = header.length;
            return STATUS_OK;
        }
        status = copy(stream, &header, &stream->info, error);
        if (status != STATUS_OK)
            return status;
    }
}

static enum status read_start(struct cms_stream *stream, struct error *error)
{
    enum status status = read_type(stream, error);

    if (status == STATUS_OK)
        status = descend(stream, TAG_CONTENT, error);
    if (status == STATUS_OK)
        status = descend(stream, TAG_SEQUENCE, error);
    if (status == STATUS_OK)
        status = find_content_info(stream, error);
    return status == STATUS_OK ? find_content(stream, error) : status;
}

enum status cms_stream_open(int fd, struct cms_stream **out, struct error *error)
{
    struct cms_stream *stream = calloc(1, sizeof *stream);

    if (!stream)
        return error_nomem(error);
    stream->fd = fd;
    stream->before.limit = stream->info.limit = CMS_SHELL_MAX;
    stream->after.limit = stream->type.limit = CMS_SHELL_MAX;
    enum status status = read_start(stream, error);
    if (status != STATUS_OK) {
        cms_stream_free(stream);
        return status;
    }
    *out = stream;
    return STATUS_OK;
}

void cms_stream_free(struct cms_stream *stream)
{
    if (!stream)
        return;
    buf_release(&stream->before);
    buf_release(&stream->info);
    buf_release(&stream->after);
    buf_release(&stream->type);
    free(stream);
}

/* --- the content ------------------------------------------------------------------------------ */

/* Finds the next piece that is not empty, or the end. */
static enum status next_piece(struct cms_stream *stream, struct error *error)
{
    while (stream->piece == 0 && stream->depth > INFO_DEPTH) {
        struct header header = {0};
        bool end = false;
        enum status status = next(stream, &header, &end, error);
        if (status == STATUS_OK && !end && header.tag == TAG_OCTETS_PARTS)
            status = enter(stream, &header, error);
        else if (status == STATUS_OK && !end && header.tag == TAG_OCTETS)
            stream->piece = header.length;
        else if (status == STATUS_OK && !end)
            status = nonsense(error);
        if (status != STATUS_OK)
            return status;
    }
    stream->content_over = stream->piece == 0;
    return STATUS_OK;
}

enum status cms_stream_read(struct cms_stream *stream, void *out, size_t size, size_t *got,
                            struct error *error)
{
    enum status status = next_piece(stream, error);

    if (status != STATUS_OK)
        return status;
    *got = 0;
    if (stream->content_over || size == 0)
        return STATUS_OK;
    status = take(stream, out, stream->piece < size ? (size_t)stream->piece : size, got, error);
    if (status == STATUS_OK && *got == 0)
        return nonsense(error);
    stream->piece -= *got;
    return status;
}

/* --- behind it -------------------------------------------------------------------------------- */

static enum status skip_content(struct cms_stream *stream, struct error *error)
{
    unsigned char piece[4096];
    size_t got = 1;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && got > 0)
        status = cms_stream_read(stream, piece, sizeof piece, &got, error);
    return status;
}

static enum status read_rest(struct cms_stream *stream, struct error *error)
{
    for (;;) {
        struct header header = {0};
        bool end = false;
        enum status status = next(stream, &header, &end, error);
        if (status != STATUS_OK || end)
            return status;
        status = copy(stream, &header, &stream->after, error);
        if (status != STATUS_OK)
            return status;
    }
}

static enum status expect_end_of_file(struct cms_stream *stream, struct error *error)
{
    unsigned char byte;
    size_t got = 0;
    enum status status = take(stream, &byte, 1, &got, error);

    return status == STATUS_OK && got > 0 ? nonsense(error) : status;
}

enum status cms_stream_finish(struct cms_stream *stream, struct error *error)
{
    enum status status = skip_content(stream, error);

    if (status == STATUS_OK)
        status = expect_end(stream, error); /* of the content info */
    if (status == STATUS_OK)
        status = read_rest(stream, error);
    if (status == STATUS_OK)
        status = expect_end(stream, error); /* of [0] */
    if (status == STATUS_OK)
        status = expect_end(stream, error); /* of all */
    return status == STATUS_OK ? expect_end_of_file(stream, error) : status;
}

enum status cms_stream_shell(const struct cms_stream *stream, struct buf *shell,
                             struct error *error)
{
    static const unsigned char sequence[] = {TAG_SEQUENCE, 0x80};
    static const unsigned char content[] = {TAG_CONTENT, 0x80};
    static const unsigned char ends[6] = {0};

    buf_bytes(shell, sequence, sizeof sequence);
    buf_bytes(shell, stream->type.data, stream->type.length);
    buf_bytes(shell, content, sizeof content);
    buf_bytes(shell, sequence, sizeof sequence);
    buf_bytes(shell, stream->before.data, stream->before.length);
    buf_bytes(shell, sequence, sizeof sequence);
    buf_bytes(shell, stream->info.data, stream->info.length);
    buf_bytes(shell, ends, 2);
    buf_bytes(shell, stream->after.data, stream->after.length);
    buf_bytes(shell, ends, sizeof ends);
    return buf_failed(shell) ? error_nomem(error) : STATUS_OK;
}

const struct buf *cms_stream_content_info(const struct cms_stream *stream)
{
    return &stream->info;
}
