#ifndef HUILIU_VERIFY_ASN1_H
#define HUILIU_VERIFY_ASN1_H
/*
 * A strict reader of DER (ITU-T X.690 section 10) for the small structures around a seal: one pass,
 * no recursion, nothing copied. What is read points into the caller's bytes.
 *
 *     struct der reader = der_of(bytes, length);
 *     struct der inside;
 *     struct der_item version, text;
 *     if (der_enter(&reader, DER_SEQUENCE, &inside) && der_take(&inside, DER_INTEGER, &version) &&
 *         der_take(&inside, DER_IA5, &text) && der_at_end(&inside)) ...
 *
 * Only what DER allows is read: definite lengths in their shortest form, tags below 31, a length
 * within what encloses it. A reader that failed stays where it was, so alternatives can be tried.
 * Pure and thread-safe.
 */
#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum der_tag {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8 = 0x0c,
    DER_PRINTABLE = 0x13,
    DER_IA5 = 0x16,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT_0 = 0xa0,
    DER_CONTEXT_1 = 0xa1
};

struct der {
    const unsigned char *at;
    size_t left;
};

struct der_item {
    unsigned tag;
    const unsigned char *content;
    size_t length;
    const unsigned char *whole; /* with its tag and length */
    size_t whole_length;
};

struct der der_of(const void *bytes, size_t length);
bool der_at_end(const struct der *reader);
unsigned der_peek(const struct der *reader); /* the next tag; 0 at the end */

bool der_next(struct der *reader, struct der_item *item);
bool der_take(struct der *reader, unsigned tag, struct der_item *item); /* next, of that tag */
bool der_skip(struct der *reader, unsigned tag);
/* A constructed item: `inside` reads its content. */
bool der_enter(struct der *reader, unsigned tag, struct der *inside);

/* A bit string of whole bytes, without its leading count. */
bool der_take_bits(struct der *reader, struct der_item *bits);
/* Not negative and at most 2^31 - 1. */
bool der_take_small(struct der *reader, long *value);

#define OID_TEXT_MAX 96
/* Dotted decimal; false when it is malformed or too long. */
bool der_take_oid(struct der *reader, char out[OID_TEXT_MAX]);
/* UTCTime or GeneralizedTime as milliseconds since 1970; Z, an offset, or neither (taken as UTC);
 * a fraction of a second is dropped. */
bool der_take_time(struct der *reader, int64_t *ms);
/* The content of such a time without its tag. */
bool der_time_text(const unsigned char *text, size_t length, bool two_digit_year, int64_t *ms);

/* Appends one item of BER with the lengths and the whole strings of DER: what libraries that write
 * while they go leave of unknown length (X.690 section 8.1.3.6), or octet strings in pieces. Sets
 * keep their order. False when it is malformed, nested deeply or followed by something; `out` is
 * then of no use. */
bool der_from_ber(const void *bytes, size_t length, struct buf *out);

/* Appends one item: tag, shortest length, content. */
void der_put(struct buf *out, unsigned tag, const void *content, size_t length);

#endif
