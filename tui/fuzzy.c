#include "tui/fuzzy.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

#define SCORE_WHOLE     10000
#define SCORE_START     5000
#define SCORE_INSIDE    2000
#define SCORE_CHARACTER 10
#define SCORE_WORD      30 /* first of a word */
#define SCORE_TOGETHER  20 /* right after the one before */

static uint32_t next_folded(const char **text)
{
    size_t used;
    size_t length = strlen(*text);

    if (length == 0)
        return 0;
    uint32_t codepoint = text_decode(*text, length, &used);
    *text += used;
    codepoint = text_fold_key(codepoint);
    return codepoint >= 'A' && codepoint <= 'Z' ? codepoint + ('a' - 'A') : codepoint;
}

/* Length in bytes of the start of `text` that is the pattern, 0 when it is not. */
static bool begins_with(const char *text, const char *pattern)
{
    for (;;) {
        uint32_t wanted = next_folded(&pattern);
        if (wanted == 0)
            return true;
        if (next_folded(&text) != wanted)
            return false;
    }
}

static int inside_score(const char *pattern, const char *text)
{
    int position = 0;

    for (const char *at = text; *at; position++) {
        if (begins_with(at, pattern)) {
            int base = position == 0 ? SCORE_START : SCORE_INSIDE;
            bool whole = position == 0 && text_length(text) == text_length(pattern);
            return whole ? SCORE_WHOLE : base - (position < 1000 ? position : 1000);
        }
        (void)next_folded(&at);
    }
    return 0;
}

static bool parts_words(uint32_t codepoint)
{
    return codepoint == 0 || codepoint == ' ' || codepoint == '-' || codepoint == '/';
}

static int scattered_score(const char *pattern, const char *text)
{
    int score = 1;
    bool together = false;
    uint32_t before = 0;
    uint32_t wanted = next_folded(&pattern);

    for (uint32_t here; wanted != 0 && (here = next_folded(&text)) != 0; before = here) {
        if (here != wanted) {
            together = false;
            continue;
        }
        score += SCORE_CHARACTER + (together ? SCORE_TOGETHER : 0) +
                 (parts_words(before) ? SCORE_WORD : 0);
        together = true;
        do
            wanted = next_folded(&pattern);
        while (wanted == ' ');
    }
    return wanted == 0 ? score : 0;
}

int fuzzy_score(const char *pattern, const char *text)
{
    if (pattern[0] == '\0')
        return 1;
    int score = inside_score(pattern, text);
    return score > 0 ? score : scattered_score(pattern, text);
}
