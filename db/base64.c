#include "db/base64.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode_group(const unsigned char *bytes, size_t count, struct buf *out)
{
    uint32_t bits = (uint32_t)bytes[0] << 16;
    char group[4];

    bits |= count > 1 ? (uint32_t)bytes[1] << 8 : 0;
    bits |= count > 2 ? bytes[2] : 0;
    group[0] = alphabet[bits >> 18];
    group[1] = alphabet[bits >> 12 & 63];
    group[2] = count > 1 ? alphabet[bits >> 6 & 63] : '=';
    group[3] = count > 2 ? alphabet[bits & 63] : '=';
    buf_bytes(out, group, sizeof group);
}

void base64_encode(const void *data, size_t length, struct buf *out)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < length; i += 3)
        encode_group(bytes + i, length - i < 3 ? length - i : 3, out);
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool decode_group(const char *group, size_t digits, struct buf *out)
{
    uint32_t bits = 0;
    char bytes[3];

    for (size_t i = 0; i < 4; i++) {
        int value = i < digits ? value_of(group[i]) : 0;
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
    }
    bytes[0] = (char)(bits >> 16 & 0xFF);
    bytes[1] = (char)(bits >> 8 & 0xFF);
    bytes[2] = (char)(bits & 0xFF);
    buf_bytes(out, bytes, digits - 1);
    return true;
}

static size_t digits_in_last(const char *group)
{
    if (group[3] != '=')
        return 4;
    return group[2] == '=' ? 2 : 3;
}

bool base64_decode(const char *text, size_t length, struct buf *out)
{
    if (length % 4 != 0)
        return false;
    for (size_t i = 0; i < length; i += 4) {
        size_t digits = i + 4 == length ? digits_in_last(text + i) : 4;
        if (!decode_group(text + i, digits, out))
            return false;
    }
    return !buf_failed(out);
}
