/*
 * The door to the terminal must hold for any bytes: what comes out is valid UTF-8 without control
 * characters, every code point has a width, showing it again changes nothing, and text_fit() cuts
 * at borders only. The first byte chooses the number of cells.
 */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_harmless(const struct buf *shown, bool lines)
{
    size_t used;

    for (size_t at = 0; at < shown->length; at += used) {
        uint32_t codepoint = text_decode(shown->data + at, shown->length - at, &used);
        require(codepoint != TEXT_BAD);
        require(text_codepoint_width(codepoint) >= 0 || (lines && codepoint == '\n'));
    }
}

static void require_good_cut(const struct buf *shown, int cells)
{
    int width = -1;
    size_t used;
    size_t bytes = text_fit(buf_text(shown), cells, &width);

    require(width >= 0 && width <= cells && bytes <= shown->length);
    if (bytes == shown->length)
        return;
    uint32_t next = text_decode(shown->data + bytes, shown->length - bytes, &used);
    require(text_codepoint_width(next) > cells - width);
}

static void show_twice(const char *raw, size_t length, int cells, bool lines)
{
    void (*show)(struct buf *, const char *, size_t) = lines ? text_show_lines : text_show;
    struct buf once = {0};
    struct buf twice = {0};

    show(&once, raw, length);
    show(&twice, buf_text(&once), once.length);
    require(!buf_failed(&once) && !buf_failed(&twice));
    require_harmless(&once, lines);
    require(once.length == twice.length);
    require(memcmp(buf_text(&once), buf_text(&twice), once.length) == 0);
    require_good_cut(&once, cells);
    buf_release(&once);
    buf_release(&twice);
}

static void fold_and_trim(const char *raw, size_t length)
{
    struct buf folded = {0};
    const char *start = NULL;

    text_fold_width(&folded, raw, length);
    require(!buf_failed(&folded) && folded.length <= length);
    require(text_is_valid(buf_text(&folded), folded.length) == text_is_valid(raw, length));
    size_t trimmed = text_trim(raw, length, &start);
    require(start >= raw && start + trimmed <= raw + length);
    buf_release(&folded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const char *raw = (const char *)data + 1;
    show_twice(raw, size - 1, data[0], false);
    show_twice(raw, size - 1, data[0], true);
    fold_and_trim(raw, size - 1);
    return 0;
}
