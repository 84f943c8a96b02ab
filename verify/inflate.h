#ifndef HUILIU_VERIFY_INFLATE_H
#define HUILIU_VERIFY_INFLATE_H
/*
 * Raw DEFLATE (RFC 1951; `zip: DEF` of RFC 7516 and SMART Health Cards) through zlib; the one file
 * that includes it. Bounded twice, because a few kilobytes can stand for megabytes: an upper size,
 * and a ratio that only matters above INFLATE_FREE_SIZE. The stream must end where the data ends.
 * Thread-safe.
 */
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define INFLATE_SIZE_MAX  ((size_t)256 << 10)
#define INFLATE_FREE_SIZE ((size_t)4 << 10)
#define INFLATE_RATIO_MAX 100

/* Appends; STATUS_INVALID for what is not one whole DEFLATE stream, STATUS_TOO_LARGE over a limit;
 * `out` is then as it was. */
enum status inflate_raw(const void *data, size_t length, struct buf *out,
                        struct error *error) MUST_CHECK;

/* The other way; appends. */
enum status deflate_raw(const void *data, size_t length, struct buf *out,
                        struct error *error) MUST_CHECK;

/* True when the bits that only fill up a byte, behind the stream and in front of a stored block,
 * are zero, as every program writes them: nothing else says whether they were changed. For a stream
 * that is known to be whole. */
bool deflate_fills_with_zeros(const void *data, size_t length);

/* What was packed, and what it is packed in. */
struct deflated {
    const void *content, *packed;
    size_t size, length;
};
struct deflate_setting {
    int level;  /* 1 to 9 */
    int memory; /* zlib's memLevel, 8 or 9 */
};

/* In how many bytes `packed` differs from what zlib makes of the content with that setting; more
 * than `max` when in more, or in length. STATUS_NOMEM. */
enum status deflate_compare(const struct deflated *member, struct deflate_setting setting,
                            size_t max, size_t *bytes, struct error *error) MUST_CHECK;

#endif
