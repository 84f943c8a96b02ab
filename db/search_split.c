#include "db/search_split.h"

#include "db/search_expression.h"
#include "db/search_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPLITS_MAX  16
#define SPLITS_FEW  8  /* of few letters */
#define LETTERS_MAX 40 /* beyond which they are left to the judge: these are ten characters */
#define BEGUN_MAX   10 /* syllables that begin alike, beyond which they say too little */
#define SPELLED_MIN 9
#define FAR_FETCHED 4 /* characters, by some first letters */

/* A record that is looked at takes as long as so many entries of a list that are passed over. */
#define ENTRIES_A_RECORD 200
/* Syllables of more characters are of a region and an enterprise, where those that are rare in the
 * names of people stand together in many. */
#define PERSON_PARTS 4
#define MANY_SHARE   0.02 /* of all records have these first letters: everything pays */
#define FEW_WHOLE    350  /* records which are looked at in any case, */
#define FEW_INSIDE   150  /* and where others are found already */
#define FAVOUR       12   /* a syllable is so much more usual where its first letter is known, */
#define FAVOUR_MAX   0.9  /* but not more than that */

/* --- syllables -------------------------------------------------------------------------------- */

/* What a split asks for besides first letters. */
struct part {
    struct buf words; /* alternatives */
    double share;     /* of all records have it */
};

struct parts {
    struct part items[PINYIN_CHARACTERS_MAX];
    size_t count;
    double few; /* records for which no more of them is asked for */
};

/* One character of a split by its syllable, or by all that begin like it; nothing when little more
 * than its first letter is known. */
static void add_part(const struct pinyin_split *split, size_t at, enum term_class class,
                     struct parts *parts)
{
    struct buf *words = &parts->items[parts->count].words;
    const char *text = split->syllables[at].text;
    size_t first = 0;

    if (!*text)
        return;
    if (!split->syllables[at].begun) {
        alternative(words, class, text);
        parts->count++;
        return;
    }
    size_t count = han_syllables_like(text, strlen(text), &first);
    if (count > BEGUN_MAX)
        return;
    for (size_t i = 0; i < count; i++)
        alternative(words, class, han_syllable(first + i));
    parts->count++;
}

/* The syllables of later characters; of many characters that are not all spelled out the first
 * letters are enough. */
static void add_inner(const struct pinyin_split *split, size_t from, struct parts *parts)
{
    if (!split->spelled && strlen(split->initials) >= FAR_FETCHED)
        return;
    for (size_t i = from; split->initials[i]; i++)
        add_part(split, i, TERM_INNER, parts);
}

static int compare_parts(const void *a, const void *b)
{
    const struct part *left = a;
    const struct part *right = b;

    return left->share < right->share ? -1 : left->share > right->share;
}

/* The rarest first. */
static void weigh_parts(struct weighing *weighing, struct parts *parts)
{
    for (size_t i = 0; i < parts->count && weighing->status == STATUS_OK; i++)
        weighing->status =
            plan_noted_share(weighing->cache, weighing->notes, buf_text(&parts->items[i].words),
                             &parts->items[i].share, weighing->error);
    qsort(parts->items, parts->count, sizeof *parts->items, compare_parts);
}

/* Keeps the parts that are worth asking for where so many records are left. */
static void choose_parts(double left, double records, struct parts *parts)
{
    size_t kept = 0;

    for (size_t i = 0; i < parts->count; i++) {
        struct part part = parts->items[i];
        double passed = part.share * FAVOUR < FAVOUR_MAX ? part.share * FAVOUR : FAVOUR_MAX;
        bool pays = left * (1 - passed) * ENTRIES_A_RECORD > part.share * records;
        if (left <= parts->few && !pays) {
            buf_release(&part.words);
            continue;
        }
        parts->items[kept++] = part;
        left *= passed;
    }
    parts->count = kept;
}

static void release_parts(struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        buf_release(&parts->items[i].words);
    parts->count = 0;
}

/* Other words leave so few records, or first letters are all that is asked for beside them. */
static bool needs_no_sample(const struct weighing *weighing, double records,
                            const struct parts *parts)
{
    return weighing->beside < 1 && (parts->count == 0 || weighing->beside * records <= parts->few);
}

/* Leaves out what takes longer than it saves. False when nobody has these first letters. */
static bool weigh(struct weighing *weighing, const char *initials, struct parts *parts)
{
    double left = 0;
    int64_t records = 0;

    if (weighing->status != STATUS_OK)
        return false;
    weighing->status =
        plan_noted_records(weighing->cache, weighing->notes, &records, weighing->error);
    if (weighing->status == STATUS_OK && needs_no_sample(weighing, (double)records, parts)) {
        release_parts(parts);
        return true;
    }
    if (weighing->status == STATUS_OK)
        weighing->status = plan_noted_count(weighing->cache, weighing->notes, initials, records,
                                            &left, weighing->error);
    if (weighing->status != STATUS_OK || left == 0)
        return false;
    left *= weighing->beside;
    if (left <= PLAN_SAMPLE || (parts->count > PERSON_PARTS && left <= parts->few))
        release_parts(parts);
    else if (parts->count <= PERSON_PARTS && left < (double)records * MANY_SHARE) {
        weigh_parts(weighing, parts);
        choose_parts(left, (double)records, parts);
    }
    return true;
}

/* One way to read the letters; nothing where it finds nothing. */
static void add_split(struct weighing *weighing, const char *initials, struct parts *parts,
                      struct buf *out)
{
    if (weigh(weighing, initials, parts)) {
        next_alternative(out);
        buf_printf(out, "((%s)", initials);
        for (size_t i = 0; i < parts->count; i++)
            buf_printf(out, " AND (%s)", buf_text(&parts->items[i].words));
        buf_char(out, ')');
    }
    release_parts(parts);
}

/* --- splits ----------------------------------------------------------------------------------- */

/* Only with a vowel at the beginning of a syllable, where an apostrophe would be written: "lyu'an"
 * for what may as well be L Yuan. */
static bool is_forced(const struct word *word, const struct pinyin_split *split)
{
    return strcmp(word->code, word->spelled) == 0 && strpbrk(split->initials + 1, "aeo");
}

/* The ways to read the letters. When so many can all be spelled out, ways that take some of them
 * for first letters are far-fetched ("zhuangan" may still be Zhuang with an A and an N). Where the
 * end is cut off nobody knows how the last syllable goes on. */
static size_t read_splits(const struct word *word, struct pinyin_split splits[SPLITS_MAX])
{
    char letters[LETTERS_MAX + 1];
    bool cut = strlen(word->spelled) > LETTERS_MAX;
    size_t count = 0;

    if (strlen(word->code) < SPELLED_MIN)
        return pinyin_split(word->spelled, word->begun, splits, SPLITS_FEW);
    snprintf(letters, sizeof letters, "%.*s", LETTERS_MAX, word->spelled);
    for (int last = cut; last <= 1 && count == 0; last++)
        count = pinyin_split_spelled(letters, word->begun, last > 0, splits, SPLITS_MAX);
    if (count > 0 && (cut || !is_forced(word, &splits[0])))
        return count;
    return pinyin_split(word->spelled, word->begun, splits, SPLITS_MAX);
}

static bool has_syllable(const struct pinyin_split *split)
{
    for (size_t i = 0; split->initials[i]; i++)
        if (split->syllables[i].text[0])
            return true;
    return false;
}

static bool can_be_spelled(const struct pinyin_split *splits, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (splits[i].spelled)
            return true;
    return false;
}

/* --- first letters ---------------------------------------------------------------------------- */

/* Do these begin a legal form, or several behind each other (集团有限公司)? */
static bool begins_form(const char *letters)
{
    static const char *const forms[] = {"gfyxzrgs", "yxzrgs", "gfyxgs", "gtgsh", "jtgs",
                                        "yxgs",     "fgs",    "gs",     "jt"};
    size_t left = strlen(letters);

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t length = strlen(forms[i]);
        if (strncmp(letters, forms[i], left < length ? left : length) == 0 &&
            (left <= length || begins_form(letters + length)))
            return true;
    }
    return false;
}

/* Where the letters may have come to the legal form, which the index has not by first letters. */
static size_t form_begin(const char *letters, size_t length)
{
    size_t at = 1;

    while (at < length && !begins_form(letters + at))
        at++;
    return at;
}

static void and_given(const char *letters, size_t at, struct buf *out)
{
    buf_str(out, " AND ");
    put_term(out, TERM_GIVEN_INITIALS, letters + at, GIVEN_MAX);
}

/* The index has six of the first, and each three farther on. */
void add_initials_head(const char *letters, size_t length, struct buf *out)
{
    if (length <= INITIALS_MAX) {
        alternative_part(out, TERM_INITIALS_HEAD, letters, length);
        return;
    }
    size_t last = length - GIVEN_MAX;
    size_t form = form_begin(letters, length);
    if (last >= form)
        last = form - 1;
    if (last > STARTS_MAX)
        last = STARTS_MAX;
    next_alternative(out);
    buf_char(out, '(');
    put_term(out, TERM_INITIALS_HEAD, letters, INITIALS_MAX);
    for (size_t at = INITIALS_MAX; at < last; at += GIVEN_MAX)
        and_given(letters, at, out);
    if (last + GIVEN_MAX > INITIALS_MAX)
        and_given(letters, last, out);
    buf_char(out, ')');
}

#define FAR_START 6 /* so far behind the first of the letters the index mostly still has threes */

void put_given_initials(const char *letters, size_t length, struct buf *out)
{
    size_t form = form_begin(letters, length);

    put_term(out, TERM_GIVEN_INITIALS, letters, length < GIVEN_MAX ? length : GIVEN_MAX);
    if (length <= GIVEN_MAX)
        return;
    size_t next = length - GIVEN_MAX < GIVEN_MAX ? length - GIVEN_MAX : GIVEN_MAX;
    if (next >= form)
        next = form - 1;
    if (next > 0)
        and_given(letters, next, out);
    if (length >= FAR_START + GIVEN_MAX && FAR_START < form)
        and_given(letters, FAR_START, out);
}

/* --- expressions ------------------------------------------------------------------------------ */

void add_mixed(struct weighing *weighing, const struct word *word, enum mixed mixed,
               struct buf *out)
{
    struct pinyin_split splits[SPLITS_MAX];
    size_t count = read_splits(word, splits);
    bool spelled = can_be_spelled(splits, count);

    for (size_t i = 0; i < count; i++) {
        const struct pinyin_split *split = &splits[i];
        size_t length = strlen(split->initials);
        bool surname = *split->syllables[0].text || (!spelled && has_syllable(split));
        struct buf initials = {0};
        struct parts parts = {.few = FEW_WHOLE};
        if (mixed == MIXED_WHOLE && !surname)
            continue;
        if (mixed != MIXED_BEGUN || !surname)
            alternative(&initials, TERM_INITIALS, split->initials);
        if (mixed != MIXED_WHOLE)
            add_initials_head(split->initials, length, &initials);
        add_part(split, 0, TERM_SYLLABLE, &parts);
        add_inner(split, 1, &parts);
        add_split(weighing, buf_text(&initials), &parts, out);
        buf_release(&initials);
    }
}

void add_mixed_inside(struct weighing *weighing, const struct word *word, struct buf *out)
{
    struct pinyin_split splits[SPLITS_MAX];
    size_t count = read_splits(word, splits);

    for (size_t i = 0; i < count; i++) {
        const char *letters = splits[i].initials;
        struct buf initials = {0};
        struct parts parts = {.few = FEW_INSIDE};
        put_given_initials(letters, strlen(letters), &initials);
        add_inner(&splits[i], 0, &parts);
        add_split(weighing, buf_text(&initials), &parts, out);
        buf_release(&initials);
    }
}
