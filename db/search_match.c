#include "db/search_match.h"

#include <string.h>

#define NUMBER_MAX 96

const char *match_name(enum match match)
{
    static const char *const names[] = {
#define MATCH_NAME(name, text, tier) text,
        MATCH_LIST(MATCH_NAME)
#undef MATCH_NAME
    };

    return names[match];
}

enum tier match_tier(enum match match)
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

void match_prepare(const struct facts *facts, struct match_record *record)
{
    record->facts = facts;
    search_fold(facts->name, strlen(facts->name), &record->name);
    pinyin_read(record->name.points, record->name.count, &record->pinyin);
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

static enum match match_name_text(const struct word *word, const struct match_record *record)
{
    if (word->folded.count == 0 || record->name.count == 0)
        return MATCH_NONE;
    size_t at = find_points(&record->name, word->folded.points, word->folded.count, 0);
    if (at == record->name.count)
        return MATCH_NONE;
    if (at > 0)
        return MATCH_INSIDE;
    return word->folded.count == record->name.count ? MATCH_NAME : MATCH_NAME_PREFIX;
}

/* What may be one syllable ("xia") is first of all that; only then Xi'an by "xi" and "a". */
static bool is_one_syllable(const char *letters)
{
    size_t first;

    return han_syllables_like(letters, strlen(letters), &first) > 0;
}

static enum match match_pinyin(const struct word *word, const struct match_record *record)
{
    if (word->script != WORD_LETTERS || !*word->code)
        return MATCH_NONE;
    switch (pinyin_match(&record->pinyin, word->code)) {
    case PINYIN_WHOLE:
        return MATCH_PINYIN;
    case PINYIN_INITIALS_WHOLE:
        return MATCH_INITIALS;
    case PINYIN_MIXED_WHOLE:
        return is_one_syllable(word->code) ? MATCH_PINYIN_PREFIX : MATCH_PINYIN_MIXED;
    case PINYIN_PREFIX:
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
    return strlen(code) >= 3 && ends(record->subject, code) ? MATCH_ID_SUFFIX : MATCH_NONE;
}

static enum match match_birth(const struct word *word, const struct match_record *record)
{
    if (!*record->birth)
        return MATCH_NONE;
    if (*word->date && begins(record->birth, word->date))
        return strlen(word->date) == 8 ? MATCH_BIRTH_DATE : MATCH_BIRTH_PART;
    return strlen(word->code) == 6 && strcmp(record->birth + 2, word->code) == 0 ? MATCH_BIRTH_PART
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
    bool fits = begins(phone, wanted) || (strlen(wanted) >= 3 && ends(phone, wanted));
    return fits && strlen(wanted) >= 2 ? MATCH_PHONE_PART : MATCH_NONE;
}

static enum match match_certificate(const char *code, const struct match_record *record)
{
    char own[CERTIFICATE_CODE_MAX];
    char wanted[CERTIFICATE_CODE_MAX];
    struct certificate_parts parts;

    if (!record->facts->is_certificate || strlen(code) < 6 ||
        !certificate_code(record->facts->certificate, own, sizeof own) ||
        !certificate_code(code, wanted, sizeof wanted))
        return MATCH_NONE;
    if (strcmp(own, wanted) == 0)
        return MATCH_CERTIFICATE;
    if (begins(own, wanted))
        return MATCH_CERTIFICATE_PART;
    bool serial =
        certificate_split(record->facts->certificate, &parts) && begins(parts.serial, wanted);
    return serial ? MATCH_CERTIFICATE_PART : MATCH_NONE;
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

static enum match match_address(const struct word *word, const char *text)
{
    struct folded address;
    size_t from = 0;

    search_fold(text, strlen(text), &address);
    for (size_t i = 0; i < word->places.count; i++) {
        size_t count = word->places.items[i].count;
        size_t at =
            find_place(&address, word->folded.points + word->places.items[i].from, count, from);
        if (at == address.count)
            return MATCH_NONE;
        from = at + count;
    }
    return word->places.count > 0 ? MATCH_ADDRESS : MATCH_NONE;
}

/* --- all together ----------------------------------------------------------------------------- */

static enum match match_fact(const struct word *word, const struct fact *fact)
{
    switch ((int)fact->field->role) {
    case ROLE_ADDRESS:
        return match_address(word, fact->text);
    case ROLE_PHONE:
        return word->script == WORD_DIGITS && *word->code ? match_phone(fact->text, word->code)
                                                          : MATCH_NONE;
    case ROLE_HOUSEHOLD:
        return *word->code ? match_household(fact->text, word->code) : MATCH_NONE;
    default:
        return MATCH_NONE;
    }
}

enum match match_word(const struct word *word, const struct match_record *record)
{
    enum match best = better(match_name_text(word, record), match_pinyin(word, record));

    if (*word->code && word->script != WORD_LETTERS) {
        best = better(best, match_subject(word->code, record));
        best = better(best, match_certificate(word->code, record));
    }
    best = better(best, match_birth(word, record));
    for (size_t i = 0; i < record->facts->count && match_tier(best) > TIER_EXACT; i++)
        best = better(best, match_fact(word, &record->facts->items[i]));
    return best;
}

bool match_name_possible(const struct query *query, const char *name)
{
    struct match_record record = {0};
    bool prepared = false;

    for (size_t i = 0; i < query->count; i++) {
        const struct word *word = &query->words[i];
        if (word->script != WORD_LETTERS)
            continue;
        if (!prepared) {
            search_fold(name, strlen(name), &record.name);
            pinyin_read(record.name.points, record.name.count, &record.pinyin);
            prepared = true;
        }
        if (match_name_text(word, &record) == MATCH_NONE &&
            match_pinyin(word, &record) == MATCH_NONE)
            return false;
    }
    return true;
}

enum match match_query(const struct query *query, const struct match_record *record,
                       enum tier *worst)
{
    enum match best = MATCH_NONE;

    *worst = TIER_EXACT;
    for (size_t i = 0; i < query->count; i++) {
        enum match match = match_word(&query->words[i], record);
        if (match == MATCH_NONE)
            return MATCH_NONE;
        if (match_tier(match) > *worst)
            *worst = match_tier(match);
        best = better(best, match);
    }
    return best;
}
