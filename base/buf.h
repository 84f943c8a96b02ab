#ifndef HUILIU_BASE_BUF_H
#define HUILIU_BASE_BUF_H
/*
 * A growing byte string with a sticky error: append as often as needed, ask once at the end.
 *
 *     struct buf b = {0};             // all-zero is an empty buffer without a limit
 *     buf_str(&b, "id=");
 *     buf_printf(&b, "%d", 7);
 *     if (buf_failed(&b)) ...         // out of memory or over b.limit
 *     use(buf_text(&b));
 *     buf_release(&b);
 *
 * The content is always followed by a NUL byte that does not count. After a failure the content
 * stays as it was and further appends do nothing. Not thread-safe.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data;
    size_t length;
    size_t capacity;
    size_t limit; /* bytes at most; 0 means none */
    bool failed;
    bool over_limit; /* that is why */
};

void buf_bytes(struct buf *buf, const void *bytes, size_t length);
void buf_str(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_codepoint(struct buf *buf, unsigned codepoint); /* as UTF-8 */
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

bool buf_failed(const struct buf *buf);
bool buf_over_limit(const struct buf *buf);  /* failed, and not for want of memory */
const char *buf_text(const struct buf *buf); /* never NULL */

/* Drops the first `length` bytes (all of them if there are fewer). */
void buf_consume(struct buf *buf, size_t length);
void buf_clear(struct buf *buf); /* empty, error forgotten, memory kept */
void buf_release(struct buf *buf);

/* Hands the NUL-terminated content over to the caller, who frees it; NULL after a failure. */
char *buf_take(struct buf *buf);

#endif
