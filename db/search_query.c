#include "db/search_expression.h"
#include "db/search_plan.h"
#include "db/search_split.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define GRAMS_MAX     5
#define GRAM          3
#define FIRST_VERSION "001"
#define FRAGMENT_MIN  4
#define LONG_NAME     5    /* characters, of which some neighbours will do */
#define WIDE_MIN      6    /* continuations of a number that are slow to ask for */
#define NUMBER_FEW    1500 /* records for which a number need not be asked for */
#define DIGIT_FEW     8000 /* the same for a single digit, that fits more of them */
#define COMMON_PLACE  0.3
#define ROOM_MAX      4   /* digits of a room's number */
#define RANGE_MIN     6   /* letters, so that few spellings begin so */
#define HEADS_MAX     256 /* kinds and issuers of certificates that are looked through */
/* Credit codes of one place mostly agree in so many characters: the beginning says little. */
#define CREDIT_CODE_COMMON 10

/* --- address words ---------------------------------------------------------------------------- */

/* Cuts one part of a typed address into pieces that stand in addresses, longest first, of two
 * characters at least except in the end: single ones stand everywhere. A number is not cut. */
static enum status place_part(struct sql *cache, struct word *word, size_t from, size_t count,
                              bool *all, struct error *error)
{
    bool number = count > 0 && word->folded.points[from] < 0x80;

    while (count > 0) {
        size_t length = count;
        struct words found = {.max = 1};
        size_t least = number || count == 1 ? count : 2;
        for (; length >= least && found.count == 0; length--) {
            enum status status = find_words(cache, &word->folded, from, length, &found, error);
            if (status != STATUS_OK)
                return status;
        }
        if (found.count == 0 || word->places.count == ADDRESS_WORDS_MAX) {
            *all = false;
            return STATUS_OK;
        }
        length++; /* the loop counted once more */
        word->places.items[word->places.count].from = from;
        word->places.items[word->places.count++].count = length;
        from += length;
        count -= length;
    }
    return STATUS_OK;
}

static enum status place_word(struct sql *cache, struct word *word, struct error *error)
{
    struct address_words parts;
    bool all = true;

    word->places.count = 0;
    if (word->script == WORD_LETTERS || word->script == WORD_CODE || word->touched ||
        word->folded.count > 64 || (word->script == WORD_DIGITS && word->folded.count > 5))
        return STATUS_OK;
    address_split(&word->folded, &parts);
    for (size_t i = 0; i < parts.count && all; i++) {
        enum status status =
            place_part(cache, word, parts.items[i].from, parts.items[i].count, &all, error);
        if (status != STATUS_OK)
            return status;
    }
    if (!all)
        word->places.count = 0;
    return STATUS_OK;
}

/* What one part of a typed address can stand for. */
struct place {
    struct buf words;
    size_t found;
    bool number, digit;
    bool common; /* stands in so many addresses that the other parts must do */
    double share;
};

static enum status read_place(struct sql *cache, const struct word *word, size_t part,
                              struct place *place, struct error *error)
{
    size_t from = word->places.items[part].from;
    size_t count = word->places.items[part].count;
    struct words found = {.out = &place->words, .max = EXPANSION_MAX};
    enum status status = find_words(cache, &word->folded, from, count, &found, error);

    place->found = found.count;
    place->number = word->folded.points[from + count - 1] < 0x80;
    place->digit = place->number && count == 1;
    place->share = 1;
    if (status != STATUS_OK || word->places.count == 1 || place->found == 0 || place->number)
        return status;
    status = plan_share(cache, buf_text(&place->words), &place->share, error);
    if (status == STATUS_OK && place->share > COMMON_PLACE)
        status = plan_is_common(cache, buf_text(&place->words), &place->common, error);
    return status;
}

/* Numbers with many continuations are slow to ask for. They are left to the judge where the other
 * parts leave few records, and where there are too many to ask for all of them. */
static bool is_left_out(const struct place *place, double others)
{
    if (!place->number)
        return place->common;
    return place->found >= EXPANSION_MAX ||
           (place->found >= WIDE_MIN && others <= (place->digit ? DIGIT_FEW : NUMBER_FEW));
}

static void put_places(const struct place *places, size_t count, double records, struct buf *out)
{
    bool any = false;
    bool some = false;

    for (size_t i = 0; i < count; i++)
        records *= places[i].common ? 1 : places[i].share;
    for (size_t i = 0; i < count; i++)
        some = some || !is_left_out(&places[i], records);
    for (size_t i = 0; i < count; i++) {
        bool open = places[i].number && places[i].found >= EXPANSION_MAX && count > 1;
        if (is_left_out(&places[i], records) && (some || open))
            continue;
        buf_printf(out, "%s(%s)", any ? " AND " : "",
                   places[i].found ? buf_text(&places[i].words) : "\"w\"");
        any = true;
    }
    buf_str(out, any ? "" : "\"w\"");
}

static enum status add_places(struct sql *cache, const struct word *word, struct buf *out,
                              struct error *error)
{
    struct place places[ADDRESS_WORDS_MAX] = {0};
    size_t count = word->places.count;
    int64_t records = 0;

    if (count == 0)
        return STATUS_OK;
    enum status status = plan_records(cache, &records, error);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_place(cache, word, i, &places[i], error);
    next_alternative(out);
    buf_char(out, '(');
    put_places(places, count, (double)records, out);
    buf_char(out, ')');
    for (size_t i = 0; i < count; i++)
        buf_release(&places[i].words);
    return status;
}

/* --- names ------------------------------------------------------------------------------------ */

static void add_pair(const struct word *word, size_t from, bool head, bool *any, struct buf *out)
{
    if (*any)
        buf_str(out, " AND ");
    put_points(out, head && from == 0 ? TERM_NAME_HEAD : TERM_NAME_PAIR, &word->folded, from, 2);
    *any = true;
}

/* Neighbours: those that were chosen for a long name, and all of a short one. With `head` also the
 * first two characters, unless the one that was chosen is rare. */
static void add_pairs(const struct word *word, bool head, struct buf *out)
{
    size_t pairs = word->folded.count - 1;
    bool chosen = word->pair_count > 0;
    bool any = false;

    next_alternative(out);
    buf_char(out, '(');
    for (size_t i = 0; i < word->pair_count; i++)
        add_pair(word, word->pairs[i], false, &any, out);
    for (size_t i = 0; i < pairs && i < PAIRS_MAX && !chosen; i++)
        add_pair(word, i, head, &any, out);
    if (head && chosen && word->pair_count > 1)
        add_pair(word, 0, true, &any, out);
    buf_char(out, ')');
}

static void add_name(const struct word *word, enum tier tier, struct buf *out)
{
    size_t count = word->folded.count;

    if (tier == TIER_EXACT)
        alternative_points(out, TERM_NAME, &word->folded, 0, count);
    else if (word->script != WORD_HAN && tier == TIER_PREFIX)
        return; /* Latin names are rare: inside finds them, and that is soon enough */
    else if (count == 1)
        alternative_points(out, tier == TIER_PREFIX ? TERM_NAME_HEAD : TERM_NAME_CHAR,
                           &word->folded, 0, 1);
    else
        add_pairs(word, tier == TIER_PREFIX, out);
}

static bool is_one_syllable(const struct word *word)
{
    size_t first;

    return !strchr(word->spelled, '\'') &&
           han_syllables_like(word->code, strlen(word->code), &first) > 0;
}

static bool is_whole_syllable(const struct word *word)
{
    size_t first = 0;
    size_t length = strlen(word->code);

    return is_one_syllable(word) && han_syllables_like(word->code, length, &first) > 0 &&
           strlen(han_syllable(first)) == length;
}

/* All syllables that begin so; `longer` only those that are not typed out. */
static void add_syllables(enum term_class class, const struct word *word, bool longer,
                          struct buf *out)
{
    size_t length = strlen(word->code);
    size_t first = 0;
    size_t count = han_syllables_like(word->code, length, &first);

    for (size_t i = 0; i < count; i++)
        if (!longer || strlen(han_syllable(first + i)) > length)
            alternative(out, class, han_syllable(first + i));
}

static void add_letters_prefix(struct weighing *weighing, const struct word *word, struct buf *out)
{
    size_t length = strlen(word->code);
    bool one = is_one_syllable(word);

    if (is_whole_syllable(word))
        alternative(out, TERM_SYLLABLE, word->code);
    else if (one)
        add_syllables(TERM_SYLLABLE, word, false, out);
    if (length >= 2)
        add_initials_head(word->code, length, out);
    if (!one && length >= 3)
        add_mixed(weighing, word, MIXED_BEGUN, out);
    if (!one && length >= RANGE_MIN)
        alternative_range(out, TERM_PINYIN, word->code);
}

static void add_letters_inside(struct weighing *weighing, const struct word *word, bool alone,
                               struct buf *out)
{
    size_t length = strlen(word->code);
    bool one = is_one_syllable(word);

    if (length >= 2) {
        next_alternative(out);
        buf_char(out, '(');
        put_given_initials(word->code, length, out);
        buf_char(out, ')');
    }
    if (one && (length >= 2 || !alone))
        add_syllables(TERM_INNER, word, false, out);
    if (length < 3)
        return;
    add_mixed_inside(weighing, word, out);
    if (one) /* "xian" may also be Xi'an */
        add_mixed(weighing, word, MIXED_ANY, out);
}

/* "张 w": what stands beside a name continues it. */
static bool has_han_beside(const struct query *query)
{
    for (size_t i = 0; i < query->count; i++)
        if (query->words[i].script == WORD_HAN)
            return true;
    return false;
}

#define BEGINNING_MAX 3 /* characters before letters */

/* "张wt", "张wentao": both together as the whole name. */
static void add_continued(const struct word *han, const struct word *letters, struct buf *out)
{
    struct pinyin_spellings spellings;
    struct pinyin_name name;
    char text[PINYIN_TEXT_MAX + WORD_CODE_MAX];

    if (han->script != WORD_HAN || han->folded.count > BEGINNING_MAX)
        return;
    pinyin_read(han->folded.points, han->folded.count, &name);
    for (int initials = 0; initials <= 1 && name.complete; initials++) {
        pinyin_spell(&name, 0, name.count, initials, &spellings);
        for (size_t i = 0; i < spellings.count; i++) {
            snprintf(text, sizeof text, "%s%s", spellings.texts[i], letters->code);
            alternative(out, initials ? TERM_INITIALS : TERM_PINYIN, text);
        }
    }
}

static enum status add_letters(struct sql *cache, const struct query *query,
                               const struct word *word, enum tier tier, struct buf *out,
                               struct error *error)
{
    bool single = word->code[1] == '\0';
    struct weighing weighing = {
        .cache = cache, .notes = query->notes, .beside = query->beside, .error = error};

    if (tier == TIER_EXACT && word > query->words)
        add_continued(&word[-1], word, out);
    if (!*word->code || (single && tier < TIER_INSIDE && has_han_beside(query)))
        return STATUS_OK;
    if (tier == TIER_EXACT) {
        alternative(out, TERM_PINYIN, word->code);
        alternative(out, TERM_INITIALS, word->code);
        if (!is_one_syllable(word))
            add_mixed(&weighing, word, MIXED_WHOLE, out);
    } else if (tier == TIER_PREFIX) {
        add_letters_prefix(&weighing, word, out);
    } else if (tier == TIER_PART && is_whole_syllable(word)) {
        add_syllables(TERM_SYLLABLE, word, true, out);
    } else if (tier == TIER_INSIDE) {
        add_letters_inside(&weighing, word, query->count == 1, out);
    }
    return weighing.status;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* Born from 2000 on: of the others it is not worth saying so. */
static void add_young(struct buf *out)
{
    char year[8];

    for (int i = 2000; i < 2040; i++) {
        snprintf(year, sizeof year, "%d", i);
        alternative(out, TERM_BIRTH, year);
    }
}

/* A resident id from its first 7 to 17 digits: region, and as much of the birth date as is there.
 */
static void add_person_prefix(const char *code, struct buf *out)
{
    const char *birth = code + 6;
    size_t length = strlen(birth);
    struct buf dates = {0};

    if (length > 8) {
        alternative_range(out, TERM_SUBJECT, code);
        return;
    }
    if (strcmp(birth, "20") == 0)
        add_young(&dates);
    else if (length == 3 || length == 5 || length == 7)
        alternative_digits(&dates, TERM_BIRTH, birth);
    else if (length == 4 || length == 6 || length == 8)
        alternative(&dates, TERM_BIRTH, birth);
    next_alternative(out);
    buf_char(out, '(');
    put_term(out, TERM_HEAD, code, 6);
    if (dates.length > 0)
        buf_printf(out, " AND (%s)", buf_text(&dates));
    buf_char(out, ')');
    buf_release(&dates);
}

static enum status add_subject_prefix(struct sql *cache, const char *code, struct buf *out,
                                      struct error *error)
{
    size_t length = strlen(code);
    bool known = false;
    enum status status = STATUS_OK;

    if (length <= 12)
        status = add_heads(cache, TERM_HEAD, code, out, error);
    if (status == STATUS_OK && length > 6 && length < 18) {
        status = head_known(cache, TERM_HEAD, code, 6, &known, error);
        if (known)
            add_person_prefix(code, out);
    }
    if (status == STATUS_OK && length > 8 && length < 18) {
        status = head_known(cache, TERM_HEAD, code, 8, &known, error);
        if (known && length <= CREDIT_CODE_COMMON)
            alternative_part(out, TERM_HEAD, code, 8);
        else if (known)
            alternative_range(out, TERM_SUBJECT, code);
    }
    size_t place = subject_head_length(SUBJECT_PLACE);
    if (status == STATUS_OK && length > place) {
        status = head_known(cache, TERM_HEAD, code, place, &known, error);
        if (known)
            alternative_range(out, TERM_SUBJECT, code);
    }
    return status;
}

static void add_tails(enum term_class class, const char *code, struct buf *out)
{
    size_t length = strlen(code);

    if (length == 3)
        alternative_digits_before(out, class, code);
    else if (length >= 4)
        alternative(out, class, code + length - 4);
}

static void add_phone_prefix(const char *code, struct buf *out)
{
    size_t length = strlen(code);

    if (length == 3 || length == 5 || length == 7)
        alternative(out, TERM_PHONE_HEAD, code);
    else if (length == 2 || length == 4 || length == 6)
        alternative_digits(out, TERM_PHONE_HEAD, code);
    else if (length >= 8 && length <= 12)
        alternative_range(out, TERM_PHONE, code);
}

/* YYMMDD. */
static void add_short_birth(const struct word *word, struct buf *out)
{
    char full[16];

    if (word->script != WORD_DIGITS || strlen(word->code) != 6)
        return;
    snprintf(full, sizeof full, "19%.6s", word->code);
    alternative(out, TERM_BIRTH, full);
    snprintf(full, sizeof full, "20%.6s", word->code);
    alternative(out, TERM_BIRTH, full);
}

static void add_exact_numbers(const struct word *word, struct buf *out)
{
    char certificate[CERTIFICATE_CODE_MAX];
    size_t length = strlen(word->code);

    alternative(out, TERM_SUBJECT, word->code);
    if (length >= 7)
        alternative(out, TERM_PHONE,
                    length == 13 && strncmp(word->code, "86", 2) == 0 ? word->code + 2
                                                                      : word->code);
    if (length >= 8)
        alternative(out, TERM_HOUSEHOLD, word->code);
    if (length >= 12 && certificate_code(word->code, certificate, sizeof certificate))
        alternative(out, TERM_CERTIFICATE, certificate);
    if (length == 8 && *word->date)
        alternative(out, TERM_BIRTH, word->date);
}

static enum status add_certificate_prefix(struct sql *cache, const char *text, struct buf *out,
                                          struct error *error)
{
    char code[CERTIFICATE_CODE_MAX];

    if (strlen(text) < 6 || !certificate_code(text, code, sizeof code))
        return STATUS_OK;
    if (strlen(code) >= 40)
        alternative_range(out, TERM_CERTIFICATE, code);
    return add_heads(cache, TERM_CERTIFICATE_HEAD, code, out, error);
}

static enum status add_number_head(struct sql *cache, const struct word *word, struct buf *out,
                                   struct error *error)
{
    enum status status = add_subject_prefix(cache, word->code, out, error);

    if (status == STATUS_OK)
        status = add_certificate_prefix(cache, word->code, out, error);
    if (word->script == WORD_DIGITS)
        add_phone_prefix(word->code, out);
    return status;
}

static void add_number_tail(const struct word *word, struct buf *out)
{
    size_t length = strlen(word->code);

    if (word->script == WORD_DIGITS && length <= 11)
        add_tails(TERM_PHONE_TAIL, word->code, out);
    if (length < 18)
        add_tails(TERM_TAIL, word->code, out);
}

/* "000" stands in every other number, the version in nearly all of certificates. Digits beside
 * letters may be those of a region, which are not indexed. */
static bool is_common_gram(const char *gram, bool letters)
{
    if (letters)
        return strspn(gram, "0123456789") >= GRAM;
    return (gram[0] == gram[1] && gram[1] == gram[2]) || strncmp(gram, FIRST_VERSION, GRAM) == 0;
}

/* Codes in which the word stands anywhere: by their threes, from the end, where they differ most.
 */
static void add_grams(const char *code, struct buf *out)
{
    size_t length = strlen(code);
    bool letters = strspn(code, "0123456789") < length;
    size_t taken = 0;
    bool any = false;
    struct buf grams = {0};

    for (size_t at = length - GRAM + 1; at-- > 0 && taken < GRAMS_MAX;)
        if (!is_common_gram(code + at, letters)) {
            and_term(&grams, &any, TERM_GRAM, code + at, GRAM);
            taken++;
        }
    if (taken > 0) {
        next_alternative(out);
        buf_printf(out, "(%s)", buf_text(&grams));
    }
    buf_release(&grams);
}

/* How much of the end of `head` the code begins with. */
static size_t overlap(const char *head, const char *code)
{
    size_t length = strlen(head);

    for (size_t i = 0; i < length; i++)
        if (strncmp(head + i, code, length - i) == 0)
            return length - i;
    return 0;
}

/* A fragment that lies in, or reaches over the end of, what the index knows as kind and issuer. */
static void add_certificate_over(const char *head, const char *code, struct buf *out)
{
    char whole[CERTIFICATE_CODE_MAX];

    if (strstr(head, code)) {
        alternative(out, TERM_CERTIFICATE_HEAD, head);
        return;
    }
    size_t common = overlap(head, code);
    if (common == 0 || strlen(code + common) < FRAGMENT_MIN)
        return;
    int length = snprintf(whole, sizeof whole, "%s%s", head, code + common);
    if (length > 0 && (size_t)length < sizeof whole)
        alternative_range(out, TERM_CERTIFICATE, whole);
}

static enum status add_certificate_inside(struct sql *cache, const char *code, struct buf *out,
                                          struct error *error)
{
    static const char class[] = {TERM_CERTIFICATE_HEAD, '\0'};
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache, "SELECT head FROM head WHERE head >= ?1 AND head < ?2 LIMIT ?3", &stmt, error);

    if (status != STATUS_OK)
        return status;
    bind_range(stmt, class, strlen(class));
    stmt_bind_int(stmt, 3, HEADS_MAX);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char *head = stmt_text(stmt, 0);
        if (head && *head)
            add_certificate_over(head + 1, code, out);
    }
    stmt_reset(stmt);
    return status;
}

static enum status add_number_inside(struct sql *cache, const struct word *word, struct buf *out,
                                     struct error *error)
{
    size_t length = strlen(word->code);

    if (length < FRAGMENT_MIN)
        return STATUS_OK;
    if (length >= 8)
        alternative_range(out, TERM_SERIAL, word->code);
    if (length < 18)
        add_grams(word->code, out);
    return length >= 6 ? add_certificate_inside(cache, word->code, out, error) : STATUS_OK;
}

/* Three digits are rather the beginning of a number; so are more of them when nothing else was
 * typed. Beside a name they are rather its end. */
bool word_is_head(const struct query *query, const struct word *word)
{
    return query->count == 1 || strlen(word->code) <= 3;
}

static enum status add_number(struct sql *cache, const struct query *query, const struct word *word,
                              enum tier tier, struct buf *out, struct error *error)
{
    bool dated = *word->date != '\0';
    bool heads = tier == (!dated && word_is_head(query, word) ? TIER_PREFIX : TIER_PART);
    bool tails = tier == (!dated && !word_is_head(query, word) ? TIER_PREFIX : TIER_PART);
    enum status status = STATUS_OK;

    if (!*word->code)
        return STATUS_OK;
    if (tier == TIER_EXACT)
        add_exact_numbers(word, out);
    if (tier == TIER_INSIDE)
        return add_number_inside(cache, word, out, error);
    if (tier == TIER_PART)
        add_short_birth(word, out);
    if (heads)
        status = add_number_head(cache, word, out, error);
    if (tails)
        add_number_tail(word, out);
    return status;
}

/* --- the expression --------------------------------------------------------------------------- */

/* What one word can mean in one tier, as alternatives. */
static enum status add_word(struct sql *cache, const struct query *query, const struct word *word,
                            enum tier tier, struct buf *out, struct error *error)
{
    bool number = word->script == WORD_DIGITS || word->script == WORD_CODE;
    enum status status = STATUS_OK;

    if (tier != TIER_PART && tier != TIER_PLACE && word->folded.count >= 1 &&
        (word->script == WORD_HAN || word->folded.count >= 3))
        add_name(word, tier, out);
    if (word->script == WORD_LETTERS)
        status = add_letters(cache, query, word, tier, out, error);
    if (tier == TIER_PREFIX && *word->date)
        alternative(out, TERM_BIRTH, word->date);
    if (status == STATUS_OK && number)
        status = add_number(cache, query, word, tier, out, error);
    if (status == STATUS_OK && tier == (word->is_room ? TIER_PREFIX : TIER_PLACE))
        status = add_places(cache, word, out, error);
    return status;
}

static void add_holder(const struct word *word, struct buf *out)
{
    if (word->script == WORD_HAN)
        alternative_points(out, TERM_HOLDER, &word->folded, 0, word->folded.count);
    else if (word->script == WORD_LETTERS && strlen(word->code) >= 2)
        alternative(out, TERM_HOLDER, word->code);
}

static enum status prepare_tier(struct sql *cache, const struct query *query, struct word *word,
                                enum tier tier, struct error *error)
{
    const struct preparation *how = &query->how;
    struct buf meaning = {0};
    enum status status = add_word(cache, query, word, tier, &meaning, error);

    if (how->holders && tier == TIER_EXACT)
        add_holder(word, &meaning);
    if (buf_failed(&meaning))
        status = error_nomem(error);
    word->meanings[tier] =
        meaning.length > 0 ? arena_strn(how->arena, meaning.data, meaning.length) : NULL;
    if (word->meanings[tier] && word->least == TIER_COUNT)
        word->least = tier;
    buf_release(&meaning);
    return status == STATUS_OK && arena_failed(how->arena) ? error_nomem(error) : status;
}

/* "502" beside "6栋". */
static void find_rooms(struct query *query)
{
    bool house = false;

    for (size_t i = 0; i < query->count; i++) {
        const struct word *word = &query->words[i];
        bool number = false;
        for (size_t k = 0; k < word->folded.count; k++)
            number = number || word->folded.points[k] < 0x80;
        house = house || (word->script == WORD_HAN && number && word->places.count > 0);
    }
    for (size_t i = 0; i < query->count; i++) {
        struct word *word = &query->words[i];
        word->is_room = house && word->script == WORD_DIGITS && word->places.count > 0 &&
                        strlen(word->code) <= ROOM_MAX;
    }
}

static enum status start_word(struct sql *cache, struct word *word, struct error *error)
{
    word->least = word->common_from = TIER_COUNT;
    memset(word->rows, 0, sizeof word->rows);
    memset(word->meanings, 0, sizeof word->meanings);
    word->prepared = word->pair_count = 0;
    word->left_out = false;
    return word->script == WORD_HAN && word->folded.count >= LONG_NAME
               ? plan_pairs(cache, word, error)
               : STATUS_OK;
}

enum status query_prepare_step(struct sql *cache, struct query *query, enum tier step,
                               struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < query->count; i++) {
        struct word *word = &query->words[i];
        while (status == STATUS_OK && word->prepared < TIER_COUNT &&
               (word->prepared <= (size_t)step || word->least == TIER_COUNT))
            status = prepare_tier(cache, query, word, (enum tier)word->prepared++, error);
    }
    return status;
}

/* All that the letters, or the other words, of a query with several words can mean. */
static enum status prepare_words(struct sql *cache, struct query *query, bool letters,
                                 struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < query->count; i++) {
        struct word *word = &query->words[i];
        while ((word->script == WORD_LETTERS) == letters && status == STATUS_OK &&
               word->prepared < TIER_COUNT)
            status = prepare_tier(cache, query, word, (enum tier)word->prepared++, error);
    }
    return status;
}

static enum status prepare_several(struct sql *cache, struct query *query, struct error *error)
{
    struct arena *arena = query->how.arena;
    enum status status = prepare_words(cache, query, false, error);

    if (status == STATUS_OK)
        status = plan_words(cache, query, arena, error);
    if (status != STATUS_OK)
        return status;
    query->beside = plan_beside_letters(query);
    if (query->beside == 0)
        return STATUS_OK; /* nobody has the other words */
    status = prepare_words(cache, query, true, error);
    return status == STATUS_OK ? plan_letters(cache, query, arena, error) : status;
}

static enum status start_query(struct query *query, const struct preparation *how,
                               struct error *error)
{
    query->how = *how;
    query->beside = 1;
    query->notes = arena_array(how->arena, 1, sizeof *query->notes);
    if (!query->notes)
        return error_nomem(error);
    query->notes->arena = how->arena;
    return STATUS_OK;
}

enum status query_prepare(struct sql *cache, struct query *query, const struct preparation *how,
                          struct error *error)
{
    enum status status = start_query(query, how, error);

    for (size_t i = 0; i < query->count && status == STATUS_OK; i++)
        status = place_word(cache, &query->words[i], error);
    find_rooms(query);
    for (size_t i = 0; i < query->count && status == STATUS_OK; i++)
        status = start_word(cache, &query->words[i], error);
    return status == STATUS_OK && query->count > 1 ? prepare_several(cache, query, error) : status;
}

bool query_step_counts(const struct query *query, enum tier step)
{
    bool counts = step == TIER_EXACT && query->count > 0;

    if (step > query->deepest)
        return false;

    for (size_t i = 0; i < query->count; i++) {
        const struct word *word = &query->words[i];
        if (word->least == TIER_COUNT)
            return false;
        counts = counts || (word->meanings[step] && step > word->least);
    }
    return counts;
}

static enum tier last_tier(const struct word *word, enum tier step)
{
    return step > word->least ? step : word->least;
}

/* What the word stands for in some tiers, as far as it was not looked at; false when that is
 * nothing. */
static bool and_meanings(const struct word *word, int first, int last, struct buf *out)
{
    struct buf meanings = {0};

    for (int tier = first; tier <= last; tier++)
        if (word->meanings[tier] && !word->rows[tier].judged) {
            next_alternative(&meanings);
            buf_str(&meanings, word->meanings[tier]);
        }
    bool any = meanings.length > 0;
    if (any)
        buf_printf(out, "%s(%s)", out->length > 0 ? " AND " : "", buf_text(&meanings));
    if (buf_failed(&meanings))
        out->failed = true;
    buf_release(&meanings);
    return any;
}

static bool is_new(const struct word *word, enum tier step)
{
    return step > word->least && word->meanings[step];
}

/* All words, the one at `fresh` (none: query->count) by what is new in this step; then those before
 * it by what they were in the step before, so that no record comes twice. */
static void add_combination(struct query *query, enum tier step, size_t fresh, struct buf *out)
{
    struct buf all = {0};
    bool left[QUERY_WORDS_MAX];
    bool possible = true;

    plan_leave_out(query, step, fresh, left);
    for (size_t i = 0; i < query->count; i++)
        query->words[i].left_out = left[i] && (fresh == query->count || query->words[i].left_out);
    for (size_t k = 0; k < query->count && possible; k++) {
        size_t i = fresh == query->count ? k : (fresh + k) % query->count;
        const struct word *word = &query->words[i];
        bool before = fresh < query->count && i < fresh && is_new(word, step);
        int last = (int)last_tier(word, step) - before;
        if (!left[i])
            possible = and_meanings(word, i == fresh ? (int)step : TIER_EXACT, last, &all);
    }
    if (possible && all.length > 0) {
        next_alternative(out);
        buf_printf(out, "(%s)", buf_text(&all));
    }
    if (buf_failed(&all))
        out->failed = true;
    buf_release(&all);
}

/* A word that was left out, or common, before: what it means besides was looked at with all
 * others. */
static bool is_needless(const struct word *word, enum tier step)
{
    return word->left_out || last_tier(word, step - 1) >= word->common_from;
}

void query_expression(struct query *query, enum tier step, struct buf *out)
{
    struct buf any = {0};

    if (step == TIER_EXACT)
        add_combination(query, step, query->count, &any);
    for (size_t i = 0; i < query->count && step > TIER_EXACT; i++) {
        const struct word *word = &query->words[i];
        if (is_new(word, step) && !is_needless(word, step))
            add_combination(query, step, i, &any);
    }
    buf_clear(out);
    if (any.length > 0)
        buf_printf(out, "(%s)", buf_text(&any));
    if (buf_failed(&any))
        out->failed = true;
    buf_release(&any);
}

void query_limit_kind(enum search_kind kind, struct buf *out)
{
    static const char *const kinds[] = {
        "",
        " AND \"dperson\"",
        " AND \"denterprise\"",
        " AND \"dcertificate\"",
        " AND \"dplace\"",
        " AND \"dindicator\"",
    };

    if (out->length > 0)
        buf_str(out, kinds[kind]);
}
