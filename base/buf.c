#include "base/buf.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    if (more > SIZE_MAX / 2 - buf->length - 1 || (buf->limit && buf->length + more > buf->limit)) {
        buf->failed = true;
        buf->over_limit = true;
        return false;
    }
    size_t need = buf->length + more + 1;
    if (need <= buf->capacity)
        return true;
    size_t capacity = buf->capacity ? buf->capacity : 64;
    while (capacity < need)
        capacity *= 2;
    char *data = realloc(buf->data, capacity);
    if (!data) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

void buf_bytes(struct buf *buf, const void *bytes, size_t length)
{
    if (!reserve(buf, length))
        return;
    if (length)
        memcpy(buf->data + buf->length, bytes, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void buf_str(struct buf *buf, const char *text)
{
    buf_bytes(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c)
{
    buf_bytes(buf, &c, 1);
}

void buf_codepoint(struct buf *buf, unsigned codepoint)
{
    char bytes[4];

    buf_bytes(buf, bytes, text_encode(codepoint, bytes));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_list again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        buf->failed = true;
    else if (reserve(buf, (size_t)length)) {
        vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
}

bool buf_failed(const struct buf *buf)
{
    return buf->failed;
}

bool buf_over_limit(const struct buf *buf)
{
    return buf->over_limit;
}

const char *buf_text(const struct buf *buf)
{
    return buf->data ? buf->data : "";
}

void buf_consume(struct buf *buf, size_t length)
{
    if (!buf->data)
        return;
    if (length > buf->length)
        length = buf->length;
    memmove(buf->data, buf->data + length, buf->length - length + 1);
    buf->length -= length;
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    buf->failed = false;
    buf->over_limit = false;
    if (buf->data)
        buf->data[0] = '\0';
}

void buf_release(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){.limit = buf->limit};
}

char *buf_take(struct buf *buf)
{
    char *data = NULL;

    if (!buf->failed && reserve(buf, 0)) {
        data = buf->data;
        data[buf->length] = '\0';
        buf->data = NULL;
    }
    buf_release(buf);
    return data;
}
