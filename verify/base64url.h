#ifndef HUILIU_VERIFY_BASE64URL_H
#define HUILIU_VERIFY_BASE64URL_H
/*
 * Base64url without padding (RFC 4648 section 5, RFC 7515 section 2), strictly: one text for one
 * byte string and no other. White space, padding, the other alphabet and unused bits that are not
 * zero are refused, so that a changed character of a signed code is always a changed code.
 * Pure, thread-safe.
 */
#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

bool base64url_is_digit(char c);

/* Appends. */
void base64url_encode(const void *data, size_t length, struct buf *out);

/* Appends the bytes; false, with `out` as it was, for anything that is not exactly what
 * base64url_encode() would write, and when `out` failed. */
bool base64url_decode(const char *text, size_t length, struct buf *out);

/* As before into a fixed array; *used is set on success only. */
bool base64url_decode_into(const char *text, size_t length, unsigned char *out, size_t size,
                           size_t *used);

#endif
