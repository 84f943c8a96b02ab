#include "tests/upstream/revision.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MD5_BYTES    16
#define TOKEN_PREFIX "g1AAAA"

static void md5(EVP_MD_CTX *context, unsigned char out[MD5_BYTES])
{
    unsigned length = 0;
    if (EVP_DigestFinal_ex(context, out, &length) != 1 || length != MD5_BYTES)
        memset(out, 0, MD5_BYTES);
}

static void to_hex(const unsigned char *bytes, size_t length, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

bool revision_parse(const char *text, struct revision *revision)
{
    char *end = NULL;
    if (*text < '1' || *text > '9')
        return false;
    unsigned long generation = strtoul(text, &end, 10);
    if (*end != '-' || generation > REVISION_GENERATION_MAX)
        return false;
    size_t length = strspn(end + 1, "0123456789abcdefABCDEF");
    if (length == 0 || length >= DIGEST_HEX_MAX || end[1 + length] != '\0')
        return false;
    revision->generation = (uint32_t)generation;
    memcpy(revision->digest, end + 1, length + 1);
    return true;
}

void revision_format(const struct revision *revision, char out[REVISION_TEXT_MAX])
{
    snprintf(out, REVISION_TEXT_MAX, "%u-%s", revision->generation, revision->digest);
}

void revision_make(uint32_t generation, const char *parent, bool deleted, const char *body,
                   size_t length, const char *attachments, char out[REVISION_TEXT_MAX])
{
    unsigned char digest[MD5_BYTES] = {0};
    char hex[DIGEST_HEX_MAX];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context != NULL && EVP_DigestInit_ex(context, EVP_md5(), NULL) == 1) {
        const char *before = parent == NULL ? "" : parent;
        const char *stubs = attachments == NULL ? "" : attachments;
        EVP_DigestUpdate(context, deleted ? "-" : "+", 1);
        EVP_DigestUpdate(context, before, strlen(before) + 1);
        EVP_DigestUpdate(context, body, length);
        EVP_DigestUpdate(context, stubs, strlen(stubs));
        md5(context, digest);
    }
    EVP_MD_CTX_free(context);
    to_hex(digest, MD5_BYTES, hex);
    snprintf(out, REVISION_TEXT_MAX, "%u-%s", generation, hex);
}

/* 8 bytes of the instance and 8 of the number, big-endian, so that tokens look alike in front. */
void sequence_format(const struct sequence *sequence, char out[SEQUENCE_TEXT_MAX])
{
    unsigned char bytes[18] = {0};
    char text[32];
    for (size_t i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(sequence->instance >> (56 - 8 * i));
        bytes[8 + i] = (unsigned char)(sequence->number >> (56 - 8 * i));
    }
    base64_encode(bytes, sizeof bytes, text);
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
    snprintf(out, SEQUENCE_TEXT_MAX, "%llu-" TOKEN_PREFIX "%s",
             (unsigned long long)sequence->number, text);
}

bool sequence_parse(const char *text, struct sequence *sequence)
{
    const char *dash = strchr(text, '-');
    char standard[32];
    unsigned char bytes[24];
    size_t length = 0;
    if (dash == NULL || strncmp(dash + 1, TOKEN_PREFIX, strlen(TOKEN_PREFIX)) != 0)
        return false;
    const char *token = dash + 1 + strlen(TOKEN_PREFIX);
    if (strlen(token) != base64_length(18))
        return false;
    for (size_t i = 0; i <= base64_length(18); i++)
        standard[i] = token[i] == '-' ? '+' : token[i] == '_' ? '/' : token[i];
    if (!base64_decode(standard, base64_length(18), bytes, &length) || length != 18)
        return false;
    struct sequence found = {0, 0};
    for (size_t i = 0; i < 8; i++) {
        found.instance = found.instance << 8 | bytes[i];
        found.number = found.number << 8 | bytes[8 + i];
    }
    *sequence = found;
    return true;
}

size_t base64_length(size_t bytes)
{
    return (bytes + 2) / 3 * 4;
}

void base64_encode(const void *data, size_t length, char *out)
{
    static const char symbols[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *bytes = data;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t group = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? bytes[i + 2] : 0);
        *out++ = symbols[group >> 18];
        *out++ = symbols[group >> 12 & 63];
        *out++ = left > 1 ? symbols[group >> 6 & 63] : '=';
        *out++ = left > 2 ? symbols[group & 63] : '=';
    }
    *out = '\0';
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(const char *text, size_t length, unsigned char *out, size_t *out_length)
{
    size_t made = 0;
    uint32_t bits = 0;
    unsigned count = 0;
    while (length > 0 && text[length - 1] == '=')
        length--;
    for (size_t i = 0; i < length; i++) {
        int value = base64_value(text[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out[made++] = (unsigned char)(bits >> count & 255);
        }
    }
    *out_length = made;
    return length % 4 != 1;
}

void digest_base64(const void *data, size_t length, char out[DIGEST_BASE64_MAX])
{
    unsigned char digest[MD5_BYTES] = {0};
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context != NULL && EVP_DigestInit_ex(context, EVP_md5(), NULL) == 1) {
        EVP_DigestUpdate(context, data, length);
        md5(context, digest);
    }
    EVP_MD_CTX_free(context);
    base64_encode(digest, MD5_BYTES, out);
}
