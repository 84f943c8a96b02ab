#ifndef HUILIU_DB_BASE64_H
#define HUILIU_DB_BASE64_H
/* Base 64 (RFC 4648 section 4) of attachments, as CouchDB takes them inline. Pure. */
#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

void base64_encode(const void *data, size_t length, struct buf *out);
/* Strict: whole groups of four, padding only at the end, no white space. False also when `out`
 * failed. */
bool base64_decode(const char *text, size_t length, struct buf *out);

#endif
