#ifndef HUILIU_VERIFY_QR_NUMERIC_H
#define HUILIU_VERIFY_QR_NUMERIC_H
/*
 * A compact JWS as a QR code carries it (SMART Health Cards 1.x, "Encoding Chunks as QR Codes"):
 * the text shc:/ and two decimal digits for every character, its ASCII code less 45. Older cards
 * are cut into N codes that begin with shc:/C/N/; they may come in any order, with white space or
 * nothing in between, and one may have been scanned twice, but all of them are needed.
 *
 * The scheme is lower case. An error names the character (from 1) where the text goes wrong, so
 * that a damaged scan and a code of another kind can be told apart. Pure, thread-safe.
 */
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define QR_NUMERIC_CHUNKS_MAX 16
#define QR_NUMERIC_TEXT_MAX   ((size_t)64 << 10)

/* True for text that begins with the scheme; it may be damaged all the same. */
bool qr_numeric_is(const char *text, size_t length);

/* True for text that seems to be one whose scheme was damaged on the way: "shb:/5676…". */
bool qr_numeric_is_damaged(const char *text, size_t length);

/* True when `part` is one part of a code in several, and `before` holds other parts of as many,
 * but not yet all. */
bool qr_numeric_continues(const char *before, const char *part);

/* Appends the characters of the JWS; STATUS_INVALID for damaged text and for missing parts, with
 * `out` as it was. */
enum status qr_numeric_decode(const char *text, size_t length, struct buf *out,
                              struct error *error) MUST_CHECK;

/* Appends the text of the QR code, in one part. */
void qr_numeric_encode(const char *jws, size_t length, struct buf *out);

#endif
