#include "base/clock.h"
#include "base/text.h"
#include "db/search_query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- cutting ---------------------------------------------------------------------------------- */

enum glyph { GLYPH_SPACE, GLYPH_HAN, GLYPH_LETTER, GLYPH_DIGIT, GLYPH_OTHER };

static enum glyph glyph_at(const char *text, size_t length, size_t *used)
{
    struct folded folded;
    uint32_t point = text_decode(text, length, used);

    if (point <= 0x20 || point == 0x3000 || point == 0xA0 || point == 0x3001 || point == 0xFF0C ||
        point == ',' || point == ';')
        return GLYPH_SPACE;
    search_fold(text, *used, &folded);
    if (folded.count == 0)
        return GLYPH_OTHER;
    if (folded.points[0] >= '0' && folded.points[0] <= '9')
        return GLYPH_DIGIT;
    return folded.points[0] < 0x80 ? GLYPH_LETTER : GLYPH_HAN;
}

/* What a piece between blanks is made of. */
struct blend {
    size_t han, letters, digits;
    size_t leading_letters;
};

static struct blend blend_of(const char *text, size_t length)
{
    struct blend blend = {0};
    size_t used;

    for (size_t at = 0; at < length; at += used) {
        enum glyph glyph = glyph_at(text + at, length - at, &used);
        if (glyph == GLYPH_LETTER && blend.letters == blend.leading_letters && !blend.han &&
            !blend.digits)
            blend.leading_letters++;
        blend.han += glyph == GLYPH_HAN;
        blend.letters += glyph == GLYPH_LETTER;
        blend.digits += glyph == GLYPH_DIGIT;
    }
    return blend;
}

/* "zw1990" is two words, but "N2990106…" and "123x" are one. */
static bool splits_digits(const struct blend *blend)
{
    return blend->han == 0 && blend->leading_letters == blend->letters &&
           blend->leading_letters >= 2 && blend->digits >= 2;
}

/* --- one word --------------------------------------------------------------------------------- */

/* 1990-1-5, 1990/01, 1990年1月5日 as digits in full; "" when it is not written like that. */
static void read_separated_date(const char *text, size_t length, char out[9])
{
    unsigned parts[3] = {0};
    size_t count = 0;
    bool in_number = false;
    bool separated = false;
    size_t used;

    for (size_t at = 0; at < length; at += used) {
        struct folded folded;
        uint32_t point = text_decode(text + at, length - at, &used);
        search_fold(text + at, used, &folded);
        uint32_t digit = folded.count == 1 ? folded.points[0] : 0;
        if (digit >= '0' && digit <= '9') {
            if (!in_number && count++ == 3)
                return;
            in_number = true;
            parts[count - 1] = parts[count - 1] * 10 + (digit - '0');
            if (parts[count - 1] > 9999)
                return;
        } else if (strchr("-/.", (int)point & 0x7F) && point < 0x80) {
            in_number = false;
            separated = true;
        } else if (point == 0x5E74 || point == 0x6708 || point == 0x65E5) { /* 年 月 日 */
            in_number = false;
            separated = true;
        } else {
            return;
        }
    }
    if (!separated || parts[0] < 1800 || parts[0] > 2200)
        return;
    if (count == 1)
        snprintf(out, 9, "%04u", parts[0]);
    else if (count == 2 && parts[1] >= 1 && parts[1] <= 12)
        snprintf(out, 9, "%04u%02u", parts[0], parts[1]);
    else if (count == 3 && parts[1] <= 12 && parts[2] <= 31)
        snprintf(out, 9, "%04u%02u%02u", parts[0], parts[1], parts[2]);
}

static void read_plain_date(const char *code, char out[9])
{
    struct date date;
    size_t length = strlen(code);
    int year = 0;

    if (length != 4 && length != 6 && length != 8)
        return;
    for (size_t i = 0; i < 4; i++)
        year = year * 10 + (code[i] - '0');
    if (year < 1850 || year > 2199)
        return;
    char padded[9] = "00000101";
    memcpy(padded, code, length);
    if (date_parse(padded, &date))
        memcpy(out, code, length + 1);
}

static enum word_script script_of(const struct blend *blend)
{
    if (blend->han > 0)
        return WORD_HAN;
    if (blend->digits == 0)
        return WORD_LETTERS;
    return blend->letters == 0 ? WORD_DIGITS : WORD_CODE;
}

/* Letters alone, and with an apostrophe wherever there was something between them: that is how
 * input methods leave syllables. */
static void read_letters(const char *text, size_t length, struct word *word)
{
    size_t code = 0;
    size_t spelled = 0;
    size_t used;
    bool between = false;

    for (size_t at = 0; at < length && spelled + 2 < WORD_CODE_MAX; at += used) {
        struct folded folded;
        (void)text_decode(text + at, length - at, &used);
        search_fold(text + at, used, &folded);
        if (folded.count == 0) {
            between = code > 0;
            continue;
        }
        if (between)
            word->spelled[spelled++] = '\'';
        between = false;
        word->spelled[spelled++] = word->code[code++] = (char)folded.points[0];
    }
}

void query_add_word(struct query *query, const char *text, size_t length)
{
    struct blend blend = blend_of(text, length);
    char piece[QUERY_BYTES_MAX + 1];

    if (blend.han + blend.letters + blend.digits == 0 || query->count == QUERY_WORDS_MAX)
        return;
    struct word *word = &query->words[query->count++];
    memset(word, 0, sizeof *word);
    word->script = script_of(&blend);
    search_fold(text, length, &word->folded);
    snprintf(piece, sizeof piece, "%.*s", (int)length, text);
    const char *number = piece[0] == '+' ? piece + 1 : piece;
    if (word->script == WORD_LETTERS)
        read_letters(text, length, word);
    else if (word->script != WORD_HAN && !search_fold_code(number, word->code, sizeof word->code))
        word->code[0] = '\0';
    read_separated_date(text, length, word->date);
    if (word->script == WORD_DIGITS && !*word->date && *word->code)
        read_plain_date(word->code, word->date);
}

/* "石yanshan": one character that letters touch belongs to a name, not to an address. */
static void mark_touched(struct query *query, size_t from)
{
    for (size_t i = from; i < query->count && query->count > from + 1; i++)
        query->words[i].touched =
            query->words[i].script == WORD_HAN && query->words[i].folded.count == 1;
}

/* A piece without blanks: cut where letters meet characters, or digits as in "zw1990". */
static void add_piece(struct query *query, const char *text, size_t length)
{
    struct blend blend = blend_of(text, length);
    bool cut_letters = blend.han > 0 && blend.letters > 0;
    bool cut_digits = splits_digits(&blend);
    size_t before = query->count;
    size_t from = 0;
    enum glyph last = GLYPH_OTHER;
    size_t used;

    for (size_t at = 0; at < length; at += used) {
        enum glyph glyph = glyph_at(text + at, length - at, &used);
        bool border = last != GLYPH_OTHER && glyph != GLYPH_OTHER && glyph != last;
        bool letters = glyph == GLYPH_LETTER || last == GLYPH_LETTER;
        bool digits = glyph == GLYPH_DIGIT || last == GLYPH_DIGIT;
        if (border && ((cut_letters && letters && !digits) || (cut_digits && digits))) {
            query_add_word(query, text + from, at - from);
            from = at;
        }
        if (glyph != GLYPH_OTHER)
            last = glyph;
    }
    query_add_word(query, text + from, length - from);
    if (cut_letters)
        mark_touched(query, before);
}

void query_parse(const char *text, struct query *query)
{
    size_t length = strnlen(text, QUERY_BYTES_MAX);
    size_t from = 0;
    size_t used;

    query->count = 0;
    query->use = READING_ALWAYS;
    query->deepest = TIER_PLACE;
    for (size_t at = 0; at <= length; at += used) {
        used = 1;
        if (at < length && glyph_at(text + at, length - at, &used) != GLYPH_SPACE)
            continue;
        if (at > from)
            add_piece(query, text + from, at - from);
        from = at + used;
    }
}
