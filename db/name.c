#include "db/name.h"

#include "base/text.h"
#include "db/han.h"
#include "verify/fold.h"

#include <string.h>

#define MIDDLE_DOT 0xb7u

/* In simplified characters without middle dots; false for what is no name. */
static bool reduce(const char *name, char out[FOLD_INPUT_MAX])
{
    char folded[FOLD_INPUT_MAX];
    size_t written = 0, used = 0;

    if (!fold_name(name, folded, sizeof folded))
        return false;
    size_t length = strlen(folded);
    for (size_t at = 0; at < length; at += used) {
        uint32_t c = text_decode(folded + at, length - at, &used);
        char bytes[4];
        size_t count = c == MIDDLE_DOT ? 0 : text_encode(han_simplify(c), bytes);
        if (written + count >= FOLD_INPUT_MAX)
            return false;
        memcpy(out + written, bytes, count);
        written += count;
    }
    out[written] = '\0';
    return written > 0;
}

enum name_likeness name_compare(const char *a, const char *b)
{
    char left[FOLD_INPUT_MAX], right[FOLD_INPUT_MAX];

    if (name_equal(a, b))
        return NAME_SAME;
    if (reduce(a, left) && reduce(b, right) && strcmp(left, right) == 0)
        return NAME_SPELLED_OTHERWISE;
    return NAME_OTHER;
}
