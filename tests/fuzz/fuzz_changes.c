/*
 * Fuzz target: the splitter of `_changes` streams and the reading of its tail.
 * The first two bytes say how the rest, the stream, is cut. Checked beside memory safety: rows and
 * outcome are the same however the bytes are cut.
 */
#include "sync/lines.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct seen {
    uint64_t hash;
    int64_t rows;
    enum status outcome;
    int64_t pending;
};

static void mix(struct seen *seen, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        seen->hash = (seen->hash ^ (unsigned char)bytes[i]) * 0x100000001B3U;
}

static enum status on_row(void *context, const char *text, size_t length, bool whole,
                          struct error *error)
{
    struct seen *seen = context;
    (void)error;
    mix(seen, whole ? "+" : "-", 1);
    mix(seen, text, length);
    seen->rows++;
    return STATUS_OK;
}

/* Pieces of 1 to `largest` bytes. */
static struct seen split(const char *bytes, size_t length, size_t largest)
{
    struct seen seen = {.hash = 0xCBF29CE484222325U};
    struct lines lines;
    uint32_t random = (uint32_t)largest;
    lines_init(&lines, on_row, &seen);
    for (size_t at = 0; at < length;) {
        random = random * 1664525U + 1013904223U;
        size_t piece = 1 + (random >> 8) % largest;
        if (piece > length - at)
            piece = length - at;
        if (lines_feed(&lines, bytes + at, piece, NULL) != STATUS_OK)
            break;
        at += piece;
    }
    seen.outcome = lines_finish(&lines, NULL);
    seen.pending = lines.pending;
    if (lines.last_seq)
        mix(&seen, lines.last_seq, strlen(lines.last_seq));
    lines_release(&lines);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *bytes = (const char *)data + 2;
    struct seen whole = split(bytes, size - 2, size);
    struct seen cut = split(bytes, size - 2, 1 + (data[0] ^ data[1]) % 16);
    if (whole.hash != cut.hash || whole.rows != cut.rows || whole.outcome != cut.outcome ||
        whole.pending != cut.pending)
        abort();
    return 0;
}
