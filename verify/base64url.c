#include "verify/base64url.h"

#include <stdint.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool base64url_is_digit(char c)
{
    return value_of(c) >= 0;
}

void base64url_encode(const void *data, size_t length, struct buf *out)
{
    const unsigned char *bytes = data;
    uint32_t bits = 0;
    unsigned pending = 0;

    for (size_t i = 0; i < length; i++) {
        bits = bits << 8 | bytes[i];
        for (pending += 8; pending >= 6; pending -= 6)
            buf_char(out, digits[bits >> (pending - 6) & 63]);
    }
    if (pending)
        buf_char(out, digits[bits << (6 - pending) & 63]);
}

bool base64url_decode_into(const char *text, size_t length, unsigned char *out, size_t size,
                           size_t *used)
{
    uint32_t bits = 0;
    unsigned pending = 0;
    size_t count = 0;

    if (length % 4 == 1)
        return false;
    for (size_t i = 0; i < length; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        pending += 6;
        if (pending < 8)
            continue;
        if (count == size)
            return false;
        pending -= 8;
        out[count++] = (unsigned char)(bits >> pending);
    }
    if (bits & ((UINT32_C(1) << pending) - 1))
        return false;
    *used = count;
    return true;
}

bool base64url_decode(const char *text, size_t length, struct buf *out)
{
    unsigned char bytes[3];
    size_t used = 0, before = out->length;

    for (size_t at = 0; at < length; at += 4) {
        size_t group = length - at < 4 ? length - at : 4;
        if (!base64url_decode_into(text + at, group, bytes, sizeof bytes, &used) ||
            (group == 4 && used != 3)) {
            out->length = before;
            if (out->data)
                out->data[before] = '\0';
            return false;
        }
        buf_bytes(out, bytes, used);
    }
    return !buf_failed(out);
}
