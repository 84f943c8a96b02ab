#include "tests/ofd/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UTF8_NAMES 0x0800

static uint32_t crc32_of(const unsigned char *data, size_t length)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
    }
    return ~crc;
}

static void put(struct buf *out, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_char(out, (char)(value >> (8 * i)));
}

/* What the member's own header and the directory both say. */
static void put_common(struct buf *out, bool old_names, size_t name_length, const void *data,
                       size_t length)
{
    put(out, 10, 2); /* version needed */
    put(out, old_names ? 0 : UTF8_NAMES, 2);
    put(out, 0, 2); /* stored */
    put(out, 0x5d2a6c00, 4);
    put(out, crc32_of(data, length), 4);
    put(out, (uint32_t)length, 4);
    put(out, (uint32_t)length, 4);
    put(out, (uint32_t)name_length, 2);
    put(out, 0, 2);
}

void pack_member(struct pack_writer *writer, const char *name, size_t name_length, const void *data,
                 size_t length)
{
    uint32_t offset = (uint32_t)writer->out->length;
    struct buf *directory = &writer->directory;

    put(writer->out, 0x04034b50, 4);
    put_common(writer->out, writer->old_names, name_length, data, length);
    buf_bytes(writer->out, name, name_length);
    buf_bytes(writer->out, data, length);
    put(directory, 0x02014b50, 4);
    put(directory, 0x0314, 2);
    put_common(directory, writer->old_names, name_length, data, length);
    put(directory, 0, 4); /* comment, volume */
    put(directory, 0, 2);
    put(directory, 0x81a40000, 4);
    put(directory, offset, 4);
    buf_bytes(directory, name, name_length);
    writer->count++;
}

void pack_finish(struct pack_writer *writer)
{
    uint32_t start = (uint32_t)writer->out->length;

    buf_bytes(writer->out, writer->directory.data, writer->directory.length);
    put(writer->out, 0x06054b50, 4);
    put(writer->out, 0, 4);
    put(writer->out, writer->count, 2);
    put(writer->out, writer->count, 2);
    put(writer->out, (uint32_t)writer->directory.length, 4);
    put(writer->out, start, 4);
    put(writer->out, 0, 2);
    buf_release(&writer->directory);
}

struct buf *pack_file(struct pack *pack, const char *name)
{
    for (size_t i = 0; i < pack->count; i++)
        if (strcmp(pack->files[i].name, name) == 0)
            return &pack->files[i].data;
    if (pack->count == PACK_FILES_MAX)
        abort();
    struct pack_file *file = &pack->files[pack->count++];
    (void)snprintf(file->name, sizeof file->name, "%s", name);
    return &file->data;
}

void pack_rename(struct pack *pack, const char *from, const char *to)
{
    for (size_t i = 0; i < pack->count; i++)
        if (strcmp(pack->files[i].name, from) == 0)
            (void)snprintf(pack->files[i].name, sizeof pack->files[i].name, "%s", to);
}

void pack_release(struct pack *pack)
{
    for (size_t i = 0; i < pack->count; i++)
        buf_release(&pack->files[i].data);
    *pack = (struct pack){0};
}

void pack_write(const struct pack *pack, struct buf *out)
{
    struct pack_writer writer = {.out = out, .old_names = pack->old_names};

    for (size_t i = 0; i < pack->count; i++) {
        const struct pack_file *file = &pack->files[i];
        pack_member(&writer, file->name, strlen(file->name), buf_text(&file->data),
                    file->data.length);
    }
    pack_finish(&writer);
}
