#include "tests/bench/spelling.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#define FIRST_HAN 0x3400
#define LAST_HAN  0x9FFF
#define UNITS_MAX 32

struct spelling {
    UTransliterator *rules, *traditional;
    char known[LAST_HAN - FIRST_HAN + 1][SYLLABLE_MAX];
    bool asked[LAST_HAN - FIRST_HAN + 1];
};

enum status spelling_new(struct spelling **out, struct error *error)
{
    static const UChar id[] = u"Han-Latin/Names; Latin-ASCII; Any-Lower";
    UErrorCode code = U_ZERO_ERROR;
    struct spelling *spelling = calloc(1, sizeof *spelling);

    if (!spelling)
        return error_nomem(error);
    spelling->rules = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
    spelling->traditional =
        utrans_openU(u"Simplified-Traditional", -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
    if (U_FAILURE(code)) {
        spelling_free(spelling);
        return error_set(error, STATUS_UNSUPPORTED, "ICU: %s", u_errorName(code));
    }
    *out = spelling;
    return STATUS_OK;
}

void spelling_free(struct spelling *spelling)
{
    if (!spelling)
        return;
    utrans_close(spelling->rules);
    utrans_close(spelling->traditional);
    free(spelling);
}

static void ask(struct spelling *spelling, uint32_t codepoint, char out[SYLLABLE_MAX])
{
    UChar units[UNITS_MAX] = {(UChar)codepoint};
    int32_t length = 1;
    int32_t limit = 1;
    UErrorCode code = U_ZERO_ERROR;
    size_t written = 0;

    utrans_transUChars(spelling->rules, units, &length, UNITS_MAX, 0, &limit, &code);
    for (int32_t i = 0; U_SUCCESS(code) && i < limit && written + 1 < SYLLABLE_MAX; i++)
        if (units[i] >= 'a' && units[i] <= 'z')
            out[written++] = (char)units[i];
    out[written] = '\0';
}

const char *spelling_of(struct spelling *spelling, uint32_t codepoint)
{
    if (codepoint < FIRST_HAN || codepoint > LAST_HAN)
        return "";
    size_t at = codepoint - FIRST_HAN;
    if (!spelling->asked[at])
        ask(spelling, codepoint, spelling->known[at]);
    spelling->asked[at] = true;
    return spelling->known[at];
}

size_t spelling_name(struct spelling *spelling, const char *name, const char **syllables,
                     size_t max)
{
    size_t length = strlen(name);
    size_t count = 0;
    size_t used;

    for (size_t at = 0; at < length; at += used) {
        const char *syllable = spelling_of(spelling, text_decode(name + at, length - at, &used));
        if (!*syllable || count == max)
            return 0;
        syllables[count++] = syllable;
    }
    return count;
}

bool spelling_traditional(struct spelling *spelling, const char *name, struct buf *out)
{
    UChar units[UNITS_MAX * 2];
    char text[UNITS_MAX * 6];
    int32_t length = 0;
    int32_t bytes = 0;
    UErrorCode code = U_ZERO_ERROR;

    u_strFromUTF8(units, UNITS_MAX, &length, name, -1, &code);
    int32_t limit = length;
    utrans_transUChars(spelling->traditional, units, &length, UNITS_MAX * 2, 0, &limit, &code);
    u_strToUTF8(text, sizeof text, &bytes, units, length, &code);
    if (U_FAILURE(code) || bytes >= (int32_t)sizeof text)
        return false;
    text[bytes] = '\0';
    buf_str(out, text);
    return strcmp(text, name) != 0;
}
