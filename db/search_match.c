#include "db/search_match.h"

#include <string.h>

#define NUMBER_MAX   96
#define FRAGMENT_MIN 4

const char *match_name(enum match match)
{
    static const char *const names[] = {
#define MATCH_NAME(name, text, tier) text,
        MATCH_LIST(MATCH_NAME)
#undef MATCH_NAME
    };

    return names[match];
}

static enum tier match_tier(enum match match)
{
    static const enum tier tiers[] = {
#define MATCH_TIER(name, text, tier) tier,
        MATCH_LIST(MATCH_TIER)
#undef MATCH_TIER
    };

    return tiers[match];
}

static enum match better(enum match a, enum match b)
{
    return a < b ? a : b;
}

static bool has_letters(const struct query *query)
{
    for (size_t i = 0; i < query->count; i++)
        if (query->words[i].script == WORD_LETTERS)
            return true;
    return false;
}

/* What an enterprise is called in spite of brackets. */
static void read_joined(const char *name, struct pinyin_name *pinyin)
{
    struct folded folded;
    size_t joined;

    pinyin->count = 0;
    if (search_fold_outside(name, &folded, &joined))
        pinyin_read(folded.points, folded.count, pinyin);
}

void match_prepare(const struct facts *facts, const struct query *query,
                   struct match_record *record)
{
    bool letters = has_letters(query);

    record->facts = facts;
    search_fold(facts->name, strlen(facts->name), &record->name);
    if (letters) {
        pinyin_read(record->name.points, record->name.count, &record->pinyin);
        read_joined(facts->name, &record->joined);
    }
    record->holder.count = 0;
    if (*facts->holder)
        search_fold(facts->holder, strlen(facts->holder), &record->holder);
    if (letters && record->holder.count > 0)
        pinyin_read(record->holder.points, record->holder.count, &record->holder_pinyin);
    if (!search_fold_code(facts->subject, record->subject, sizeof record->subject))
        record->subject[0] = '\0';
    if (facts->dataset->subject != SUBJECT_PERSON || !subject_birth(record->subject, record->birth))
        record->birth[0] = '\0';
}

/* --- names ------------------------------------------------------------------------------------ */

/* Position of `part` in `whole` from `from` on; whole->count when it is not there. */
static size_t find_points(const struct folded *whole, const uint32_t *part, size_t count,
                          size_t from)
{
    for (size_t at = from; at + count <= whole->count; at++)
        if (memcmp(whole->points + at, part, count * sizeof *part) == 0)
            return at;
    return whole->count;
}

static enum match match_name_text(const struct word *word, const struct folded *name)
{
    if (word->folded.count == 0 || name->count == 0)
        return MATCH_NONE;
    size_t at = find_points(name, word->folded.points, word->folded.count, 0);
    if (at == name->count)
        return MATCH_NONE;
    if (at > 0)
        return MATCH_INSIDE;
    return word->folded.count == name->count ? MATCH_NAME : MATCH_NAME_PREFIX;
}

/* What may be one syllable ("xia") is first of all that; only then Xi'an by "xi" and "a". */
static bool is_one_syllable(const char *letters)
{
    size_t first;

    return han_syllables_like(letters, strlen(letters), &first) > 0;
}

/* "li" is a beginning of Li, and only a part of Liu. */
static enum match match_beginning(const char *letters, const struct pinyin_name *name)
{
    size_t first = 0;

    if (!is_one_syllable(letters) || han_syllables_like(letters, strlen(letters), &first) == 0 ||
        strcmp(han_syllable(first), letters) != 0)
        return MATCH_PINYIN_PREFIX;
    for (size_t i = 0; i < name->characters[0].count; i++)
        if (strcmp(name->characters[0].readings[i], letters) == 0)
            return MATCH_PINYIN_PREFIX;
    return MATCH_SYLLABLE_PREFIX;
}

static enum match match_pinyin(const struct word *word, const struct pinyin_name *name)
{
    if (word->script != WORD_LETTERS || !*word->code)
        return MATCH_NONE;
    switch (pinyin_match(name, word->spelled)) {
    case PINYIN_WHOLE:
        return MATCH_PINYIN;
    case PINYIN_INITIALS_WHOLE:
        return MATCH_INITIALS;
    case PINYIN_MIXED_WHOLE:
        return is_one_syllable(word->spelled) ? MATCH_PINYIN_PREFIX : MATCH_PINYIN_MIXED;
    case PINYIN_SHORT_WHOLE:
        return is_one_syllable(word->spelled) ? MATCH_PINYIN_PREFIX : MATCH_PINYIN_SHORT;
    case PINYIN_PREFIX:
        return match_beginning(word->spelled, name);
    case PINYIN_MIXED:
        return MATCH_PINYIN_PREFIX;
    case PINYIN_INITIALS_PREFIX:
        return MATCH_INITIALS_PREFIX;
    case PINYIN_INSIDE:
        return MATCH_PINYIN_INSIDE;
    case PINYIN_NONE:
        break;
    }
    return MATCH_NONE;
}

static enum match match_spelling(const struct word *word, const struct pinyin_name *name,
                                 const struct pinyin_name *joined)
{
    enum match match = match_pinyin(word, name);

    return joined->count > 0 ? better(match, match_pinyin(word, joined)) : match;
}

/* Of the holder of a certificate, who is not its subject by name. */
static enum match match_holder(const struct word *word, const struct match_record *record)
{
    if (record->holder.count == 0)
        return MATCH_NONE;
    enum match match =
        better(match_name_text(word, &record->holder), match_pinyin(word, &record->holder_pinyin));
    if (match == MATCH_NONE)
        return MATCH_NONE;
    return match_tier(match) == TIER_EXACT ? MATCH_HOLDER : MATCH_HOLDER_PART;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
    size_t length = strlen(text);
    size_t tail = strlen(with);

    return tail <= length && strcmp(text + length - tail, with) == 0;
}

static enum match match_subject(const char *code, const struct match_record *record)
{
    if (!*record->subject)
        return MATCH_NONE;
    if (strcmp(record->subject, code) == 0)
        return MATCH_IDENTITY;
    if (begins(record->subject, code))
        return MATCH_ID_PREFIX;
    if (strlen(code) >= 3 && ends(record->subject, code))
        return MATCH_ID_SUFFIX;
    bool inside = record->facts->dataset->subject == SUBJECT_ENTERPRISE &&
                  strlen(code) >= FRAGMENT_MIN && strstr(record->subject, code);
    return inside ? MATCH_NUMBER_INSIDE : MATCH_NONE;
}

static enum match match_birth(const struct word *word, const struct match_record *record)
{
    if (!*record->birth)
        return MATCH_NONE;
    if (*word->date && begins(record->birth, word->date))
        return strlen(word->date) == 8 ? MATCH_BIRTH_DATE : MATCH_BIRTH_PART;
    return strlen(word->code) == 6 && strcmp(record->birth + 2, word->code) == 0 ? MATCH_BIRTH_SHORT
                                                                                 : MATCH_NONE;
}

/* Without +86. */
static bool phone_code(const char *text, char out[NUMBER_MAX])
{
    if (!search_fold_code(text[0] == '+' ? text + 1 : text, out, NUMBER_MAX))
        return false;
    if (strlen(out) == 13 && begins(out, "86"))
        memmove(out, out + 2, strlen(out + 2) + 1);
    return true;
}

static enum match match_phone(const char *text, const char *code)
{
    char phone[NUMBER_MAX];
    char wanted[NUMBER_MAX];

    if (!phone_code(text, phone) || !phone_code(code, wanted))
        return MATCH_NONE;
    if (strcmp(phone, wanted) == 0)
        return MATCH_PHONE;
    if (strlen(wanted) >= 2 && begins(phone, wanted))
        return MATCH_PHONE_PREFIX;
    return strlen(wanted) >= 3 && ends(phone, wanted) ? MATCH_PHONE_SUFFIX : MATCH_NONE;
}

static enum match match_certificate(const char *code, const struct match_record *record)
{
    char own[CERTIFICATE_CODE_MAX];
    char wanted[CERTIFICATE_CODE_MAX];
    struct certificate_parts parts;

    if (!record->facts->is_certificate || strlen(code) < FRAGMENT_MIN ||
        !certificate_code(record->facts->certificate, own, sizeof own) ||
        !certificate_code(code, wanted, sizeof wanted))
        return MATCH_NONE;
    if (strcmp(own, wanted) == 0)
        return MATCH_CERTIFICATE;
    if (!strstr(own, wanted))
        return MATCH_NONE;
    if (strlen(wanted) >= 6 && begins(own, wanted))
        return MATCH_CERTIFICATE_PART;
    bool serial = strlen(wanted) >= 8 && certificate_split(record->facts->certificate, &parts) &&
                  begins(parts.serial, wanted);
    return serial ? MATCH_CERTIFICATE_PART : MATCH_NUMBER_INSIDE;
}

static enum match match_household(const char *text, const char *code)
{
    char household[NUMBER_MAX];

    return search_fold_code(text, household, sizeof household) && strcmp(household, code) == 0
               ? MATCH_HOUSEHOLD
               : MATCH_NONE;
}

/* --- addresses -------------------------------------------------------------------------------- */

static bool is_digit(uint32_t point)
{
    return point >= '0' && point <= '9';
}

/* A number must begin where a number begins: "1" is not in "21号". */
static size_t find_place(const struct folded *address, const uint32_t *part, size_t count,
                         size_t from)
{
    size_t at = from;

    while ((at = find_points(address, part, count, at)) < address->count) {
        if (!is_digit(part[0]) || at == 0 || !is_digit(address->points[at - 1]))
            return at;
        at++;
    }
    return address->count;
}

/* A number of which only the beginning was typed. */
static bool is_begun(const struct folded *address, size_t at, size_t count)
{
    return is_digit(address->points[at + count - 1]) && at + count < address->count &&
           is_digit(address->points[at + count]);
}

static enum match match_address(const struct word *word, const struct folded *address)
{
    bool begun = false;
    size_t from = 0;

    for (size_t i = 0; i < word->places.count; i++) {
        size_t count = word->places.items[i].count;
        size_t at =
            find_place(address, word->folded.points + word->places.items[i].from, count, from);
        if (at == address->count)
            return MATCH_NONE;
        begun = begun || is_begun(address, at, count);
        from = at + count;
    }
    if (word->places.count == 0)
        return MATCH_NONE;
    return begun ? MATCH_ADDRESS_BEGUN : MATCH_ADDRESS;
}

static enum match match_address_text(const struct word *word, const char *text)
{
    struct folded address;

    if (word->places.count == 0)
        return MATCH_NONE;
    search_fold(text, strlen(text), &address);
    return match_address(word, &address);
}

/* --- all together ----------------------------------------------------------------------------- */

static enum match match_fact(const struct word *word, const struct fact *fact)
{
    switch ((int)fact->field->role) {
    case ROLE_ADDRESS:
        return match_address_text(word, fact->text);
    case ROLE_PHONE:
        return word->script == WORD_DIGITS && *word->code ? match_phone(fact->text, word->code)
                                                          : MATCH_NONE;
    case ROLE_HOUSEHOLD:
        return *word->code ? match_household(fact->text, word->code) : MATCH_NONE;
    default:
        return MATCH_NONE;
    }
}

/* Registered where they live, as most are. */
static bool same_fact(const struct fact *a, const struct fact *b)
{
    return a->field->role == b->field->role && strcmp(a->text, b->text) == 0;
}

enum match match_word(const struct word *word, const struct match_record *record)
{
    enum match best = facts_named_by_address(record->facts)
                          ? match_address(word, &record->name)
                          : better(match_name_text(word, &record->name),
                                   match_spelling(word, &record->pinyin, &record->joined));

    best = better(best, match_holder(word, record));
    if (*word->code && word->script != WORD_LETTERS) {
        best = better(best, match_subject(word->code, record));
        best = better(best, match_certificate(word->code, record));
    }
    best = better(best, match_birth(word, record));
    const struct fact *items = record->facts->items;
    for (size_t i = 0; i < record->facts->count && match_tier(best) > TIER_EXACT; i++)
        if (i == 0 || !same_fact(&items[i], &items[i - 1]))
            best = better(best, match_fact(word, &items[i]));
    return best;
}

/* Characters that are no date and stand in no address can only be a part of the name. */
static bool is_name_only(const struct word *word)
{
    return word->script == WORD_LETTERS ||
           (word->script == WORD_HAN && word->places.count == 0 && !*word->date && !*word->code);
}

bool match_name_possible(const struct query *query, const char *name)
{
    struct folded folded;
    struct pinyin_name pinyin;
    struct pinyin_name joined;
    bool folding = false;
    bool reading = false;

    for (size_t i = 0; i < query->count; i++) {
        const struct word *word = &query->words[i];
        if (!is_name_only(word))
            continue;
        if (!folding)
            search_fold(name, strlen(name), &folded);
        folding = true;
        if (match_name_text(word, &folded) != MATCH_NONE)
            continue;
        if (word->script == WORD_HAN)
            return false;
        if (!reading) {
            pinyin_read(folded.points, folded.count, &pinyin);
            read_joined(name, &joined);
        }
        reading = true;
        if (match_spelling(word, &pinyin, &joined) == MATCH_NONE)
            return false;
    }
    return true;
}

/* In which step a word finds by this match. Digits beside a name are rather the end of a number,
 * alone rather its beginning. */
static enum tier step_of(const struct query *query, const struct word *word, enum match match)
{
    enum tier tier = match_tier(match);
    bool head = match == MATCH_ID_PREFIX || match == MATCH_PHONE_PREFIX;
    bool tail = match == MATCH_ID_SUFFIX || match == MATCH_PHONE_SUFFIX;

    if (head && (*word->date || !word_is_head(query, word)))
        tier = TIER_PART;
    if (tail && !*word->date && !word_is_head(query, word))
        tier = TIER_PREFIX;
    if (match == MATCH_ADDRESS && word->is_room)
        tier = TIER_PREFIX;
    return tier > word->least ? tier : TIER_EXACT;
}

static bool is_whole(enum pinyin_result result)
{
    return result == PINYIN_WHOLE || result == PINYIN_INITIALS_WHOLE ||
           result == PINYIN_MIXED_WHOLE || result == PINYIN_SHORT_WHOLE;
}

/* Characters and letters beside each other that are the whole name: "张wentao", "zhang文涛". */
static bool is_whole_name(const struct word *first, const struct word *second,
                          const struct match_record *record)
{
    bool turned = first->script == WORD_LETTERS;
    const struct word *han = turned ? second : first;
    const struct word *letters = turned ? first : second;
    size_t count = record->name.count;
    struct pinyin_name rest;

    if (han->script != WORD_HAN || letters->script != WORD_LETTERS || han->folded.count >= count ||
        facts_named_by_address(record->facts))
        return false;
    count -= han->folded.count;
    if (memcmp(record->name.points + (turned ? count : 0), han->folded.points,
               han->folded.count * sizeof *han->folded.points) != 0)
        return false;
    pinyin_read(record->name.points + (turned ? 0 : han->folded.count), count, &rest);
    return is_whole(pinyin_match(&rest, letters->spelled));
}

/* The first of two words that are the whole name together, and so fit as well as one that is; the
 * number of words when there are none. */
static size_t find_whole_name(const struct query *query, const struct match_record *record)
{
    for (size_t i = 0; i + 1 < query->count; i++)
        if (is_whole_name(&query->words[i], &query->words[i + 1], record))
            return i;
    return query->count;
}

#define SURNAME_MAX 2

/* Of what was found inside a name: is it all that stands behind the surname? */
static bool is_given_name(const struct word *word, enum match match,
                          const struct match_record *record)
{
    const struct folded *name = &record->name;
    struct pinyin_name rest;

    if (match != MATCH_INSIDE && match != MATCH_PINYIN_INSIDE)
        return false;
    for (size_t at = 1; at <= SURNAME_MAX && at < name->count; at++) {
        if (match == MATCH_INSIDE && at + word->folded.count == name->count)
            return find_points(name, word->folded.points, word->folded.count, at) == at;
        if (match == MATCH_INSIDE)
            continue;
        pinyin_read(name->points + at, name->count - at, &rest);
        if (is_whole(pinyin_match(&rest, word->spelled)))
            return true;
    }
    return false;
}

static bool is_part_of_name(enum match match)
{
    return match == MATCH_NAME_PREFIX || match == MATCH_PINYIN_PREFIX ||
           match == MATCH_INITIALS_PREFIX || match == MATCH_INSIDE || match == MATCH_PINYIN_INSIDE;
}

void match_query(const struct query *query, const struct match_record *record,
                 struct judgement *judgement)
{
    size_t whole = find_whole_name(query, record);

    *judgement = (struct judgement){.best = MATCH_NONE, .worst = TIER_EXACT};
    for (size_t i = 0; i < query->count; i++) {
        const struct word *word = &query->words[i];
        enum match match = match_word(word, record);
        if (match == MATCH_NONE) {
            judgement->best = MATCH_NONE;
            return;
        }
        judgement->matches |= 1U << match;
        judgement->best = better(judgement->best, match);
        if (whole < query->count && (i == whole || i == whole + 1))
            continue;
        enum tier step = step_of(query, word, match);
        bool given = is_given_name(word, match, record);
        judgement->worst = step > judgement->worst ? step : judgement->worst;
        judgement->distance += (unsigned)match - given;
        judgement->given_name = given && query->count == 1 && word->folded.count > 1;
        if (is_part_of_name(match))
            judgement->length = record->name.count;
    }
}
