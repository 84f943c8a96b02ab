#include "db/pinyin.h"

#include <string.h>

#define SPLIT_STEPS_MAX 4000 /* a search through hostile letters stops here */
#define SYLLABLE_MAX    6
#define MARK            '\'' /* between syllables */

/* --- reading ---------------------------------------------------------------------------------- */

/* The reading of a Latin letter or a digit: itself. */
static const char *own_reading(uint32_t point)
{
    static const char texts[36][2] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l",
                                      "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x",
                                      "y", "z", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

    if (point >= 'a' && point <= 'z')
        return texts[point - 'a'];
    if (point >= '0' && point <= '9')
        return texts[26 + point - '0'];
    return NULL;
}

void pinyin_read(const uint32_t *points, size_t count, struct pinyin_name *name)
{
    name->count = 0;
    for (size_t i = 0; i < count && name->count < PINYIN_CHARACTERS_MAX; i++) {
        struct pinyin_character *character = &name->characters[name->count];
        const char *own = own_reading(points[i]);
        if (own) {
            character->readings[0] = own;
            character->count = 1;
        } else {
            character->count = han_readings(points[i], character->readings);
        }
        if (character->count == 0)
            break;
        name->count++;
    }
    name->complete = name->count == count;
}

/* --- spelling --------------------------------------------------------------------------------- */

static bool is_known(const struct pinyin_spellings *spellings, const char *text)
{
    for (size_t i = 0; i < spellings->count; i++)
        if (strcmp(spellings->texts[i], text) == 0)
            return true;
    return false;
}

/* Appends the spelling with the chosen reading of each character. */
static void spell_one(const struct pinyin_name *name, size_t from, size_t to, bool initials,
                      const size_t *chosen, struct pinyin_spellings *spellings)
{
    char *text = spellings->texts[spellings->count];
    size_t length = 0;

    for (size_t i = from; i < to; i++) {
        const char *reading = name->characters[i].readings[chosen[i]];
        size_t taken = initials ? 1 : strlen(reading);
        memcpy(text + length, reading, taken);
        length += taken;
    }
    text[length] = '\0';
    if (!is_known(spellings, text))
        spellings->count++;
}

void pinyin_spell(const struct pinyin_name *name, size_t from, size_t to, bool initials,
                  struct pinyin_spellings *spellings)
{
    size_t chosen[PINYIN_CHARACTERS_MAX] = {0};
    size_t rounds = 0;

    spellings->count = 0;
    if (to > name->count)
        to = name->count;
    if (from >= to)
        return;
    for (;;) {
        spell_one(name, from, to, initials, chosen, spellings);
        if (spellings->count == PINYIN_SPELLINGS_MAX || ++rounds == PINYIN_SPELLINGS_MAX * 4)
            return;
        size_t at = from;
        while (at < to && ++chosen[at] == name->characters[at].count)
            chosen[at++] = 0;
        if (at == to)
            return;
    }
}

/* --- matching --------------------------------------------------------------------------------- */

/* SURNAME: spelled out; BEGUN: more than its first letter, less than all of it. */
enum { USED_SYLLABLE = 1, USED_INITIAL = 2, USED_SURNAME = 4, USED_BEGUN = 8 };

static enum pinyin_result judge(bool whole, int used)
{
    if (!(used & USED_INITIAL))
        return whole ? PINYIN_WHOLE : PINYIN_PREFIX;
    if (!(used & (USED_SYLLABLE | USED_BEGUN)))
        return whole ? PINYIN_INITIALS_WHOLE : PINYIN_INITIALS_PREFIX;
    if (!whole)
        return PINYIN_MIXED;
    return (used & (USED_SURNAME | USED_BEGUN)) == USED_SURNAME ? PINYIN_MIXED_WHOLE
                                                                : PINYIN_SHORT_WHOLE;
}

static enum pinyin_result better(enum pinyin_result a, enum pinyin_result b)
{
    if (a == PINYIN_NONE || b == PINYIN_NONE)
        return a == PINYIN_NONE ? b : a;
    return a < b ? a : b;
}

static size_t common_length(const char *a, const char *b)
{
    size_t length = 0;

    while (a[length] && a[length] == b[length])
        length++;
    return length;
}

struct match {
    const struct pinyin_name *name;
    int steps;
};

static enum pinyin_result match_from(struct match *match, size_t at, const char *letters, int used);

/* One character by one of its readings: the whole syllable, its first letter, or, as the last
 * thing typed, a part of it. */
static enum pinyin_result match_reading(struct match *match, size_t at, const char *reading,
                                        const char *letters, int used)
{
    size_t common = common_length(reading, letters);
    size_t full = strlen(reading);
    int spelled = USED_SYLLABLE | (at == 0 ? USED_SURNAME : 0);
    enum pinyin_result best = PINYIN_NONE;

    if (common == 0)
        return PINYIN_NONE;
    /* A syllable of one letter is its own first letter and decides nothing. */
    if (common == full)
        best = match_from(match, at + 1, letters + full, full == 1 ? used : used | spelled);
    if (full > 1)
        best = better(best, match_from(match, at + 1, letters + 1, used | USED_INITIAL));
    if (common >= 2 && reading[1] == 'h' && strchr("zcs", reading[0]))
        best = better(best, match_from(match, at + 1, letters + 2, used | USED_INITIAL));
    if (common > 1 && common < full && letters[common] == MARK)
        best = better(
            best, match_from(match, at + 1, letters + common, used | USED_INITIAL | USED_BEGUN));
    if (common < full && letters[common] == '\0' && !(used & USED_INITIAL))
        best = better(best, PINYIN_PREFIX);
    else if (common < full && letters[common] == '\0')
        best = better(best, PINYIN_MIXED);
    return best;
}

static enum pinyin_result match_from(struct match *match, size_t at, const char *letters, int used)
{
    enum pinyin_result best = PINYIN_NONE;

    letters += *letters == MARK;
    if (*letters == '\0')
        return judge(at == match->name->count && match->name->complete, used);
    if (at >= match->name->count || match->steps-- <= 0)
        return PINYIN_NONE;
    const struct pinyin_character *character = &match->name->characters[at];
    for (size_t i = 0; i < character->count; i++)
        best = better(best, match_reading(match, at, character->readings[i], letters, used));
    return best;
}

enum pinyin_result pinyin_match(const struct pinyin_name *name, const char *letters)
{
    struct match match = {name, SPLIT_STEPS_MAX};

    if (*letters == '\0')
        return PINYIN_NONE;
    enum pinyin_result result = match_from(&match, 0, letters, 0);
    for (size_t at = 1; at < name->count && result == PINYIN_NONE; at++)
        if (match_from(&match, at, letters, 0) != PINYIN_NONE)
            result = PINYIN_INSIDE;
    return result;
}

/* --- splitting -------------------------------------------------------------------------------- */

enum use { USE_NONE, USE_INITIAL, USE_BEGUN, USE_SYLLABLE };

struct splitting {
    struct pinyin_split *splits;
    size_t count, max;
    size_t letters; /* how many there are */
    int steps;
    bool begun;   /* parts before a mark may go on */
    bool latin;   /* any letter may be a first letter */
    bool spelled; /* no character by its first letter, */
    bool last;    /* but the last */
    bool vowels;  /* syllables may begin with a vowel without a mark before them */
    struct pinyin_split current;
};

static bool is_syllable(const char *letters, size_t length)
{
    size_t first;
    size_t count = han_syllables_like(letters, length, &first);

    return count > 0 && strlen(han_syllable(first)) == length;
}

static bool same_split(const struct pinyin_split *a, const struct pinyin_split *b)
{
    size_t count = strlen(a->initials);

    if (strcmp(a->initials, b->initials) != 0)
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(a->syllables[i].text, b->syllables[i].text) != 0)
            return false;
    return true;
}

static void keep_split(struct splitting *splitting, size_t depth, unsigned used)
{
    bool plain = used == 1U << USE_INITIAL && depth == splitting->letters;

    if (plain || depth < 2 || depth > PINYIN_CHARACTERS_MAX)
        return;
    splitting->current.initials[depth] = '\0';
    splitting->current.spelled = !(used & 1U << USE_INITIAL);
    for (size_t i = 0; i < splitting->count; i++)
        if (same_split(&splitting->splits[i], &splitting->current))
            return;
    if (splitting->count < splitting->max)
        splitting->splits[splitting->count++] = splitting->current;
}

/* What the next `length` letters of `left` can be. Before a mark, or in the end, a part of a
 * syllable will do. */
static enum use use_of(const struct splitting *splitting, const char *letters, size_t length,
                       size_t left)
{
    size_t first;

    if (length == 1 && splitting->spelled)
        return splitting->last && letters[1] == '\0' && han_syllables_like(letters, 1, &first) > 0
                   ? USE_BEGUN
                   : USE_NONE;
    if (length == 1)
        return splitting->latin || !strchr("iuv", letters[0]) ? USE_INITIAL : USE_NONE;
    if (is_syllable(letters, length))
        return USE_SYLLABLE;
    if (length == left && han_syllables_like(letters, length, &first) > 0)
        return USE_BEGUN;
    return !splitting->spelled && length == 2 && letters[1] == 'h' && strchr("zcs", letters[0])
               ? USE_INITIAL
               : USE_NONE;
}

static void split_from(struct splitting *splitting, const char *letters, size_t depth,
                       unsigned used)
{
    bool marked = depth == 0 || *letters == MARK;
    letters += *letters == MARK;
    if (!marked && !splitting->vowels && *letters && strchr("aeo", *letters))
        return;
    size_t left = strcspn(letters, "'");

    if (left == 0) {
        keep_split(splitting, depth, used);
        return;
    }
    if (depth >= PINYIN_CHARACTERS_MAX || splitting->steps-- <= 0 ||
        splitting->count == splitting->max)
        return;
    for (size_t length = left < SYLLABLE_MAX ? left : SYLLABLE_MAX; length >= 1; length--) {
        enum use use = use_of(splitting, letters, length, left);
        if (use == USE_NONE)
            continue;
        memcpy(splitting->current.syllables[depth].text, letters, length);
        splitting->current.syllables[depth].text[use == USE_INITIAL ? 0 : length] = '\0';
        splitting->current.syllables[depth].begun = use == USE_BEGUN || letters[length] == '\0' ||
                                                    (splitting->begun && letters[length] == MARK);
        splitting->current.initials[depth] = letters[0];
        split_from(splitting, letters + length, depth + 1, used | 1U << use);
    }
}

/* One round in which syllables begin with vowels only behind a mark, as they are written (hu-nan),
 * and one in which they may (xi-an). */
static void split_all(struct splitting *splitting, const char *letters)
{
    for (int vowels = 0; vowels <= 1; vowels++) {
        splitting->vowels = vowels > 0;
        splitting->steps = SPLIT_STEPS_MAX;
        split_from(splitting, letters, 0, 0);
    }
}

static void count_letters(struct splitting *splitting, const char *letters)
{
    for (const char *at = letters; *at; at++)
        splitting->letters += *at != MARK;
}

size_t pinyin_split(const char *letters, bool begun, struct pinyin_split *splits, size_t max)
{
    struct splitting splitting = {.splits = splits, .max = max, .begun = begun};

    count_letters(&splitting, letters);
    for (int round = 0; round < 2 && splitting.count == 0; round++) {
        splitting.latin = round > 0;
        split_all(&splitting, letters);
    }
    return splitting.count;
}

size_t pinyin_split_spelled(const char *letters, bool begun, bool last, struct pinyin_split *splits,
                            size_t max)
{
    struct splitting splitting = {
        .splits = splits, .max = max, .begun = begun, .spelled = true, .last = last};

    count_letters(&splitting, letters);
    split_all(&splitting, letters);
    return splitting.count;
}
