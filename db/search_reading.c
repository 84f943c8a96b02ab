#include "db/search_query.h"

#include <stdio.h>
#include <string.h>

/*
 * Readings of what was typed, besides the words as they stand there: "zhang bo wen", "张 伟" and
 * "154 9900 1234" as one word each, "张伟1990" as two, syllables that were not typed to their end,
 * the name of an enterprise without the region in front and the form at its end, and names that
 * something else stands in the middle of.
 */

/* --- joined ----------------------------------------------------------------------------------- */

#define DOUBTLESS_SYLLABLES 3

/* How many words from `at` on are letters. */
static size_t letter_run(const struct query *query, size_t at)
{
    size_t count = 0;

    while (at + count < query->count && query->words[at + count].script == WORD_LETTERS)
        count++;
    return count;
}

/* True when digits make a number in full: a phone, one with 86, a resident id. */
static bool is_number(const char *code)
{
    size_t length = strlen(code);

    return (length == 11 && code[0] == '1') || (length == 13 && strncmp(code, "86", 2) == 0) ||
           length == 18;
}

/* How many words from `at` on are a number that was typed in groups; its text in `code`. */
static size_t number_run(const struct query *query, size_t at, char code[WORD_CODE_MAX])
{
    size_t length = 0;

    for (size_t i = at; i < query->count; i++) {
        const struct word *word = &query->words[i];
        size_t more = strlen(word->code);
        bool check = i > at && word->script == WORD_LETTERS && more == 1; /* the last of a code */
        if ((word->script != WORD_DIGITS && word->script != WORD_CODE && !check) || more == 0 ||
            length + more >= WORD_CODE_MAX)
            return 0;
        memcpy(code + length, word->code, more + 1);
        length += more;
        if (i > at && is_number(code))
            return i + 1 - at;
    }
    return 0;
}

/* There is room. */
static void append_text(char text[WORD_CODE_MAX], const char *more)
{
    size_t length = strlen(text);

    memcpy(text + length, more, strnlen(more, WORD_CODE_MAX - 1 - length) + 1);
}

static bool append_letters(struct word *word, const struct word *next)
{
    if (strlen(word->spelled) + strlen(next->spelled) + 2 > sizeof word->spelled ||
        word->folded.count + next->folded.count > FOLDED_POINTS_MAX)
        return false;
    append_text(word->code, next->code);
    append_text(word->spelled, "'");
    append_text(word->spelled, next->spelled);
    memcpy(word->folded.points + word->folded.count, next->folded.points,
           next->folded.count * sizeof *next->folded.points);
    word->folded.count += next->folded.count;
    return true;
}

static void join_letters(const struct query *plain, size_t at, size_t count, struct query *out)
{
    struct word *word = &out->words[out->count++];

    *word = plain->words[at];
    for (size_t i = 1; i < count; i++)
        if (!append_letters(word, &plain->words[at + i])) {
            word = &out->words[out->count++];
            *word = plain->words[at + i];
        }
}

/* False when there is nothing to join. A number in full, or three syllables, leave little doubt:
 * the plain reading is then only for want of anything else. Two may also be "Na Li" for Li Na. */
static bool read_joined(struct query *plain, struct query *out)
{
    size_t taken;

    *out = (struct query){.use = READING_ALWAYS, .deepest = TIER_PLACE};
    plain->use = READING_IF_ROOM;
    for (size_t at = 0; at < plain->count; at += taken) {
        char code[WORD_CODE_MAX];
        size_t letters = letter_run(plain, at);
        size_t numbers = letters ? 0 : number_run(plain, at, code);
        taken = letters ? letters : numbers ? numbers : 1;
        if (letters >= DOUBTLESS_SYLLABLES)
            plain->use = READING_IF_NOTHING;
        if (letters)
            join_letters(plain, at, letters, out);
        else if (numbers) {
            query_add_word(out, code, strlen(code));
            plain->use = READING_IF_NOTHING;
        } else
            out->words[out->count++] = plain->words[at];
    }
    return out->count < plain->count;
}

/* Letters that are a syllable to the end. */
static bool is_syllable(const char *letters)
{
    size_t first = 0;

    return han_syllables_like(letters, strlen(letters), &first) > 0 &&
           strcmp(han_syllable(first), letters) == 0;
}

#define TURNED_MAX 3

/* The last of so many words first. */
static void join_turned(const struct query *plain, size_t at, size_t count, struct query *out)
{
    struct query turned = {.count = count};

    turned.words[0] = plain->words[at + count - 1];
    for (size_t i = 1; i < count; i++)
        turned.words[i] = plain->words[at + i - 1];
    join_letters(&turned, 0, count, out);
}

/* "cq hxkj": first letters only, which many names have by chance. */
static bool is_vague(const struct query *query)
{
    for (size_t i = 0; i < query->count; i++)
        if (query->words[i].script != WORD_LETTERS || strpbrk(query->words[i].code, "aeiouv"))
            return false;
    return true;
}

/* "Bowen Zhang", "Bo Wen Zhang": the surname last, as it is whole or begun. The words as they stand
 * there are then only for want of anything else, or better. False when there are no two or three
 * words of letters. */
static bool read_turned(struct query *plain, struct query *out)
{
    bool turned = false;

    *out = (struct query){.use = READING_IF_ROOM, .deepest = TIER_PREFIX};
    for (size_t at = 0; at < plain->count;) {
        size_t letters = letter_run(plain, at);
        size_t end = at + (letters ? letters : 1);
        if (letters == TURNED_MAX && !is_syllable(plain->words[end - 1].code))
            out->use = READING_IF_NOTHING; /* "zhang w t" */
        if (letters >= 2 && letters <= TURNED_MAX) {
            join_turned(plain, at, letters, out);
            turned = true;
            at = end;
        }
        while (at < end)
            out->words[out->count++] = plain->words[at++];
    }
    if (turned)
        plain->use = is_vague(plain) ? READING_IF_VAGUE : READING_IF_NOTHING;
    return turned;
}

#define PADDED_MAX 4 /* characters */

/* How many words of characters from `at` on are a name at most. */
static size_t han_run(const struct query *query, size_t at)
{
    size_t count = 0;
    size_t points = 0;

    while (at + count < query->count && query->words[at + count].script == WORD_HAN) {
        points += query->words[at + count].folded.count;
        count++;
    }
    return points <= PADDED_MAX ? count : 0;
}

/* "张 伟": forms fill short names with blanks. Only a name that is just so is meant. */
static bool read_padded(const struct query *plain, struct query *out)
{
    bool padded = false;
    size_t taken;

    *out = (struct query){.use = READING_ALWAYS, .deepest = TIER_EXACT};
    for (size_t at = 0; at < plain->count; at += taken) {
        struct buf name = {0};
        taken = han_run(plain, at);
        if (taken < 2) {
            taken = 1;
            out->words[out->count++] = plain->words[at];
            continue;
        }
        for (size_t i = at; i < at + taken; i++)
            folded_append(&plain->words[i].folded, 0, plain->words[i].folded.count, &name);
        query_add_word(out, buf_text(&name), name.length);
        buf_release(&name);
        padded = true;
    }
    return padded && out->count < plain->count;
}

#define BRIEF 2 /* letters */

/* "xu do sh": where one syllable was not typed to its end, others may not have been either, Xue as
 * well as Xu. Of three that are syllables ("wa ji gu") only when few are called so. False when
 * there are fewer, or only first letters. */
static bool read_begun(const struct query *plain, struct query *out)
{
    bool begun = false;
    bool many = false;
    bool brief = true;
    size_t taken;

    *out = (struct query){.deepest = TIER_PREFIX};
    for (size_t at = 0; at < plain->count; at += taken) {
        size_t letters = letter_run(plain, at);
        taken = letters ? letters : 1;
        for (size_t i = at; i < at + letters && letters > 1; i++)
            begun = begun || (plain->words[i].code[1] && !is_syllable(plain->words[i].code));
        for (size_t i = at; i < at + letters; i++)
            brief = brief && strlen(plain->words[i].code) == BRIEF;
        many = many || letters >= DOUBTLESS_SYLLABLES;
        join_letters(plain, at, taken, out);
        out->words[out->count - 1].begun = letters > 1;
    }
    out->use = begun ? READING_IF_ROOM : brief ? READING_IF_FEW : READING_IF_NOTHING;
    return begun || many;
}

#define SURNAME_LETTERS_MAX 6
#define GIVEN_LETTERS_MIN   2

/* "bowenzhang": the last syllable first, as long as it can be. */
static bool turn_word(const struct word *word, struct query *out)
{
    char turned[WORD_CODE_MAX + 1];
    size_t length = strlen(word->code);
    size_t last = SURNAME_LETTERS_MAX;

    if (word->script != WORD_LETTERS || strcmp(word->code, word->spelled) != 0)
        return false;
    while (last > 0 &&
           (length < last + GIVEN_LETTERS_MIN || !is_syllable(word->code + length - last)))
        last--;
    if (last == 0)
        return false;
    snprintf(turned, sizeof turned, "%s'%.*s", word->code + length - last, (int)(length - last),
             word->code);
    query_add_word(out, turned, length + 1);
    return true;
}

static bool read_turned_word(const struct query *plain, struct query *out)
{
    bool turned = false;

    *out = (struct query){.use = plain->count == 1 ? READING_IF_FEW : READING_IF_NOTHING,
                          .deepest = TIER_EXACT};
    for (size_t i = 0; i < plain->count; i++)
        if (turn_word(&plain->words[i], out))
            turned = true;
        else
            out->words[out->count++] = plain->words[i];
    return turned;
}

/* --- cut -------------------------------------------------------------------------------------- */

#define CUT_DIGITS_MIN 3 /* shorter numbers belong to an address */

static size_t ascii_run(const struct folded *folded, size_t at)
{
    size_t count = 0;

    while (at + count < folded->count && folded->points[at + count] < 0x80)
        count++;
    return count;
}

static void add_points(const struct folded *folded, size_t from, size_t to, struct query *out)
{
    struct buf text = {0};

    folded_append(folded, from, to - from, &text);
    query_add_word(out, buf_text(&text), text.length);
    buf_release(&text);
}

static void cut_word(const struct folded *folded, struct query *out)
{
    size_t from = 0;

    for (size_t at = 0; at < folded->count;) {
        size_t run = ascii_run(folded, at);
        if (run >= CUT_DIGITS_MIN) {
            if (at > from)
                add_points(folded, from, at, out);
            add_points(folded, at, at + run, out);
            from = at + run;
        }
        at += run > 0 ? run : 1;
    }
    if (from < folded->count)
        add_points(folded, from, folded->count, out);
}

#define CUT_LETTERS_MIN 2

/* Where letters and a number meet in "1990zwt" and "zwt002x"; 0 when it is rather one code. */
static size_t code_border(const char *code)
{
    size_t digits = strspn(code, "0123456789");
    size_t letters = strcspn(code + digits, "0123456789");
    size_t more = strspn(code + digits + letters, "0123456789");
    const char *rest = code + digits + letters + more;

    if (letters < CUT_LETTERS_MIN)
        return 0;
    if (digits >= CUT_DIGITS_MIN && more == 0)
        return digits;
    return digits == 0 && more >= CUT_DIGITS_MIN && strcmp(rest, "x") == 0 ? letters : 0;
}

static bool cut_code(const struct word *word, struct query *out)
{
    size_t border = word->script == WORD_CODE ? code_border(word->code) : 0;

    if (border == 0)
        return false;
    query_add_word(out, word->code, border);
    query_add_word(out, word->code + border, strlen(word->code + border));
    return true;
}

/* "张伟1990", "王建国002X", "1990zw". */
static bool read_cut(const struct query *plain, struct query *out)
{
    bool cut = false;

    *out = (struct query){.use = READING_IF_NOTHING, .deepest = TIER_PLACE};
    for (size_t i = 0; i < plain->count && out->count < QUERY_WORDS_MAX; i++) {
        const struct word *word = &plain->words[i];
        if (word->script != WORD_HAN) {
            bool parted = cut_code(word, out);
            cut = cut || parted;
            if (!parted)
                out->words[out->count++] = *word;
            continue;
        }
        size_t before = out->count;
        cut_word(&word->folded, out);
        cut = cut || out->count > before + 1;
    }
    return cut;
}

/* --- codes ------------------------------------------------------------------------------------ */

#define CODE_MIN 4

/* Letters, or letters before digits, as a piece of a credit code: "MATFNP", "MALWJ642-6". */
static bool read_codes(const char *text, struct query *out)
{
    static const char blanks[] = " \t\r\n";
    bool codes = false;

    *out = (struct query){.use = READING_IF_NOTHING, .deepest = TIER_PLACE};
    for (size_t length; *(text += strspn(text, blanks)) != '\0'; text += length) {
        size_t before = out->count;
        length = strcspn(text, blanks);
        if (length > QUERY_BYTES_MAX)
            return false;
        query_add_word(out, text, length);
        if (out->count == before)
            continue;
        struct word *word = &out->words[before];
        if (word->script != WORD_HAN && strlen(word->code) >= CODE_MIN &&
            strspn(word->code, "0123456789") < strlen(word->code)) {
            word->script = WORD_CODE;
            codes = true;
        }
    }
    return codes;
}

/* --- enterprises ------------------------------------------------------------------------------ */

#define CORE_MIN   2 /* characters that are left of a name */
#define NAME_MIN   4
#define REGION_MAX 5 /* characters of one region, its ending included */

static bool ends_region(uint32_t point)
{
    switch (point) {
    case 0x7701: /* 省 */
    case 0x5E02: /* 市 */
    case 0x53BF: /* 县 */
    case 0x533A: /* 区 */
    case 0x9547: /* 镇 */
    case 0x4E61: /* 乡 */
    case 0x65D7: /* 旗 */
        return true;
    default:
        return false;
    }
}

/* Where the region in front ends: behind its last ending; 0 when there is none. */
static size_t region_end(const struct folded *name, size_t count, struct query *regions)
{
    size_t from = 0;

    for (size_t at = 2; at + CORE_MIN < count && at < from + REGION_MAX; at++)
        if (at >= from + 2 && ends_region(name->points[at])) {
            if (regions)
                add_points(name, from, at, regions);
            from = at + 1;
        }
    return from;
}

/* The names of enterprises down to what they are called; with `regions` the places in front stay,
 * as words of their own. False when there is nothing to take away. */
static bool read_core(const struct query *plain, bool regions, struct query *out)
{
    bool less = false;

    *out = (struct query){.use = READING_IF_NOTHING, .deepest = TIER_PLACE};
    for (size_t i = 0; i < plain->count && out->count < QUERY_WORDS_MAX; i++) {
        const struct word *word = &plain->words[i];
        if (word->script != WORD_HAN || word->folded.count < NAME_MIN) {
            out->words[out->count++] = *word;
            continue;
        }
        size_t to = search_form_begin(&word->folded);
        size_t from = region_end(&word->folded, to, regions ? out : NULL);
        add_points(&word->folded, from, to, out);
        less = less || from > 0 || to < word->folded.count;
    }
    return less;
}

/* --- halves ----------------------------------------------------------------------------------- */

#define HALF_MIN  2
#define HALF_MAX  4 /* characters of the first half */
#define WHOLE_MAX 24

static bool has_letters(const struct query *query)
{
    for (size_t i = 0; i < query->count; i++)
        if (query->words[i].script == WORD_LETTERS)
            return true;
    return false;
}

/* What was typed as one word in two: the trade name, and what stands behind the region in brackets
 * ("德星科技" of 德星（郑州）科技), the region in front that stands in brackets, or a village and a
 * name. The first half has so many characters. False when there is no such word. */
static bool read_halves(const struct query *plain, size_t first, struct query *out)
{
    bool halved = false;

    *out = (struct query){.use = has_letters(plain) ? READING_IF_NOTHING : READING_IF_VAGUE,
                          .deepest = TIER_PLACE};
    for (size_t i = 0; i < plain->count && out->count < QUERY_WORDS_MAX; i++) {
        const struct word *word = &plain->words[i];
        size_t count = word->folded.count;
        if (halved || word->script != WORD_HAN || count < first + HALF_MIN || count > WHOLE_MAX) {
            out->words[out->count++] = *word;
            continue;
        }
        add_points(&word->folded, 0, first, out);
        add_points(&word->folded, first, count, out);
        halved = true;
    }
    return halved;
}

/* --- all -------------------------------------------------------------------------------------- */

/* Puts a reading before those that are there; the last of `max` is room for it. */
static void put_first(struct query *readings, size_t count, size_t max)
{
    struct query *room = &readings[max - 1];

    for (size_t i = count; i-- > 0;)
        readings[i + 1] = readings[i];
    readings[0] = *room;
}

/* The words as they stand there, joined and turned: how many; the former come last. */
static size_t read_orders(struct query *readings, size_t max)
{
    struct query *room = &readings[max - 1];
    struct query *plain = &readings[0];

    if (!read_joined(plain, room)) {
        plain->use = READING_ALWAYS;
        return 1;
    }
    if (!read_turned(plain, &readings[1])) {
        put_first(readings, 1, max);
        return 2;
    }
    readings[2] = readings[0];
    readings[0] = *room;
    return 3;
}

/* Behind the words joined: what was typed in this order is meant sooner than another order. */
static void put_second(struct query *readings, size_t count, const struct query *reading)
{
    memmove(&readings[2], &readings[1], (count - 1) * sizeof *readings);
    readings[1] = *reading;
}

size_t query_readings(const char *text, struct query *readings, size_t max)
{
    struct query *room = &readings[max - 1];

    query_parse(text, &readings[0]);
    size_t count = read_orders(readings, max - 1);
    if (read_begun(&readings[count - 1], room))
        put_second(readings, count++, room);
    const struct query *plain = &readings[count - 1];
    bool padded = read_padded(plain, room);
    count += read_cut(plain, &readings[count]);
    count += read_turned_word(plain, &readings[count]);
    count += read_codes(text, &readings[count]);
    count += read_core(plain, true, &readings[count]);
    count += read_core(plain, false, &readings[count]);
    for (size_t first = HALF_MIN; first <= HALF_MAX; first++)
        count += read_halves(plain, first, &readings[count]);
    if (padded)
        put_first(readings, count++, max);
    return count;
}
