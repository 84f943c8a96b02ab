#include "db/search_query.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define EXPANSION_MAX 64 /* words or heads that one typed beginning may stand for */
#define SPLITS_MAX    8
#define PAIRS_MAX     6
/* Credit codes of one place mostly agree in so many characters: the beginning says little. */
#define CREDIT_CODE_COMMON 10
#define BOUND_TEXT_MAX     256

/* --- writing alternatives --------------------------------------------------------------------- */

/* A list "a OR b OR …" in `out`; empty while nothing was added. */
static void next_alternative(struct buf *out)
{
    if (out->length > 0)
        buf_str(out, " OR ");
}

static void put_term(struct buf *out, enum term_class class, const char *text, size_t length)
{
    buf_char(out, '"');
    buf_char(out, (char)class);
    buf_bytes(out, text, length);
    buf_char(out, '"');
}

static void alternative(struct buf *out, enum term_class class, const char *text)
{
    next_alternative(out);
    put_term(out, class, text, strlen(text));
}

static void alternative_part(struct buf *out, enum term_class class, const char *text,
                             size_t length)
{
    next_alternative(out);
    put_term(out, class, text, length);
}

/* All terms that begin so: only where few do. */
static void alternative_range(struct buf *out, enum term_class class, const char *text)
{
    alternative(out, class, text);
    buf_char(out, '*');
}

static void put_points(struct buf *out, enum term_class class, const struct folded *folded,
                       size_t from, size_t count)
{
    buf_char(out, '"');
    buf_char(out, (char)class);
    folded_append(folded, from, count, out);
    buf_char(out, '"');
}

static void alternative_points(struct buf *out, enum term_class class, const struct folded *folded,
                               size_t from, size_t count)
{
    next_alternative(out);
    put_points(out, class, folded, from, count);
}

/* text followed by each digit: the ten terms one character longer. */
static void alternative_digits(struct buf *out, enum term_class class, const char *text)
{
    char longer[WORD_CODE_MAX + 2];

    for (char digit = '0'; digit <= '9'; digit++) {
        snprintf(longer, sizeof longer, "%s%c", text, digit);
        alternative(out, class, longer);
    }
}

static void alternative_digits_before(struct buf *out, enum term_class class, const char *text)
{
    char longer[WORD_CODE_MAX + 2];

    for (char digit = '0'; digit <= '9'; digit++) {
        snprintf(longer, sizeof longer, "%c%s", digit, text);
        alternative(out, class, longer);
    }
}

/* --- dictionaries ----------------------------------------------------------------------------- */

/* Binds text and the smallest text behind everything that begins with it. */
static void bind_range(struct stmt *stmt, const char *text, size_t length)
{
    char bound[BOUND_TEXT_MAX];
    static const char last[] = "\xF4\x8F\xBF\xBF";

    if (length > sizeof bound - sizeof last)
        length = sizeof bound - sizeof last;
    memcpy(bound, text, length);
    stmt_bind_text_n(stmt, 1, bound, length);
    memcpy(bound + length, last, sizeof last);
    stmt_bind_text_n(stmt, 2, bound, length + sizeof last - 1);
}

static enum status add_heads(struct sql *cache, enum term_class class, const char *code,
                             struct buf *out, struct error *error)
{
    char text[WORD_CODE_MAX + 2];
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache, "SELECT head FROM head WHERE head >= ?1 AND head < ?2 LIMIT ?3", &stmt, error);

    if (status != STATUS_OK)
        return status;
    snprintf(text, sizeof text, "%c%s", (char)class, code);
    bind_range(stmt, text, strlen(text));
    stmt_bind_int(stmt, 3, EXPANSION_MAX);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char *head = stmt_text(stmt, 0);
        if (head && *head)
            alternative(out, class, head + 1);
    }
    stmt_reset(stmt);
    return status;
}

static enum status head_known(struct sql *cache, enum term_class class, const char *code,
                              size_t length, bool *known, struct error *error)
{
    char text[WORD_CODE_MAX + 2];
    struct stmt *stmt;
    enum status status = sql_statement(cache, "SELECT 1 FROM head WHERE head = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    snprintf(text, sizeof text, "%c%.*s", (char)class, (int)length, code);
    stmt_bind_text(stmt, 1, text);
    status = stmt_step(stmt, known, error);
    stmt_reset(stmt);
    return status;
}

/* Words of addresses in which `text` stands, as alternatives; *count of them (out may be NULL). */
static enum status find_words(struct sql *cache, const char *text, size_t length, struct buf *out,
                              size_t *count, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache, "SELECT word FROM word WHERE ending >= ?1 AND ending < ?2 LIMIT ?3", &stmt, error);

    if (status != STATUS_OK)
        return status;
    bind_range(stmt, text, length);
    stmt_bind_int(stmt, 3, out ? EXPANSION_MAX : 1);
    *count = 0;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char *word = stmt_text(stmt, 0);
        if (out && word)
            alternative(out, TERM_WORD, word);
        (*count)++;
    }
    stmt_reset(stmt);
    return status;
}

static enum status find_points(struct sql *cache, const struct folded *folded, size_t from,
                               size_t count, struct buf *out, size_t *found, struct error *error)
{
    struct buf text = {0};

    folded_append(folded, from, count, &text);
    enum status status = buf_failed(&text)
                             ? error_nomem(error)
                             : find_words(cache, buf_text(&text), text.length, out, found, error);
    buf_release(&text);
    return status;
}

/* --- address words ---------------------------------------------------------------------------- */

/* Cuts one part of a typed address into pieces that stand in addresses, longest first. A number is
 * not cut. */
static enum status place_part(struct sql *cache, struct word *word, size_t from, size_t count,
                              bool *all, struct error *error)
{
    bool number = count > 0 && word->folded.points[from] < 0x80;

    while (count > 0) {
        size_t length = count;
        size_t found = 0;
        for (; length > (number ? count - 1 : 0) && found == 0; length--) {
            enum status status =
                find_points(cache, &word->folded, from, length, NULL, &found, error);
            if (status != STATUS_OK)
                return status;
        }
        if (found == 0 || word->places.count == ADDRESS_WORDS_MAX) {
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
    if (word->script == WORD_LETTERS || word->script == WORD_CODE || word->folded.count > 64 ||
        (word->script == WORD_DIGITS && word->folded.count > 5))
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

enum status query_place(struct sql *cache, struct query *query, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < query->count && status == STATUS_OK; i++)
        status = place_word(cache, &query->words[i], error);
    return status;
}

static enum status add_places(struct sql *cache, const struct word *word, struct buf *out,
                              struct error *error)
{
    enum status status = STATUS_OK;

    if (word->places.count == 0)
        return STATUS_OK;
    next_alternative(out);
    buf_char(out, '(');
    for (size_t i = 0; i < word->places.count && status == STATUS_OK; i++) {
        struct buf words = {0};
        size_t found = 0;
        status = find_points(cache, &word->folded, word->places.items[i].from,
                             word->places.items[i].count, &words, &found, error);
        buf_printf(out, "%s(%s)", i > 0 ? " AND " : "", found ? buf_text(&words) : "\"w\"");
        buf_release(&words);
    }
    buf_char(out, ')');
    return status;
}

/* --- names ------------------------------------------------------------------------------------ */

/* Neighbours, at most PAIRS_MAX of them, from the middle outwards: long names begin and end like
 * all others here. With `head` also the first two characters. */
static void add_pairs(const struct word *word, bool head, struct buf *out)
{
    size_t pairs = word->folded.count - 1;
    size_t taken = pairs < PAIRS_MAX ? pairs : PAIRS_MAX;
    size_t from = (pairs - taken) / 2;

    next_alternative(out);
    buf_char(out, '(');
    for (size_t i = from; i < from + taken; i++) {
        if (i > from)
            buf_str(out, " AND ");
        put_points(out, head && i == 0 ? TERM_NAME_HEAD : TERM_NAME_PAIR, &word->folded, i, 2);
    }
    if (head && from > 0) {
        buf_str(out, " AND ");
        put_points(out, TERM_NAME_HEAD, &word->folded, 0, 2);
    }
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

/* Names whose first syllable begins so; true when any syllable does. */
static bool add_syllables(const char *letters, size_t length, struct buf *out)
{
    size_t first = 0;
    size_t count = han_syllables_like(letters, length, &first);

    for (size_t i = 0; i < count; i++)
        alternative(out, TERM_SYLLABLE, han_syllable(first + i));
    return count > 0;
}

/* "zhangwt", "zwentao": by the first letters, and the first syllable where it is spelled out. */
static void add_mixed(const char *letters, struct buf *out)
{
    struct pinyin_split splits[SPLITS_MAX];
    size_t count = pinyin_split(letters, splits, SPLITS_MAX);

    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(splits[i].initials);
        if (length < 2)
            continue;
        next_alternative(out);
        buf_str(out, "((");
        put_term(out, TERM_INITIALS, splits[i].initials, length);
        buf_str(out, " OR ");
        put_term(out, TERM_INITIALS_HEAD, splits[i].initials, length);
        buf_char(out, ')');
        if (*splits[i].first) {
            buf_str(out, " AND ");
            put_term(out, TERM_SYLLABLE, splits[i].first, strlen(splits[i].first));
        }
        buf_char(out, ')');
    }
}

/* "zhangw", "zhangwt" for a whole name: Zhang Wei comes before all names that begin so. */
static void add_mixed_whole(const char *letters, struct buf *out)
{
    struct pinyin_split splits[SPLITS_MAX];
    size_t first;

    if (han_syllables_like(letters, strlen(letters), &first) > 0)
        return;
    size_t count = pinyin_split(letters, splits, SPLITS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (!*splits[i].first)
            continue;
        next_alternative(out);
        buf_char(out, '(');
        put_term(out, TERM_INITIALS, splits[i].initials, strlen(splits[i].initials));
        buf_str(out, " AND ");
        put_term(out, TERM_SYLLABLE, splits[i].first, strlen(splits[i].first));
        buf_char(out, ')');
    }
}

static void add_letters_prefix(const char *letters, struct buf *out)
{
    size_t length = strlen(letters);
    bool one_syllable = add_syllables(letters, length, out);

    if (length >= 2)
        alternative(out, TERM_INITIALS_HEAD, letters);
    if (!one_syllable && length >= 3) {
        alternative_range(out, TERM_PINYIN, letters);
        add_mixed(letters, out);
    }
}

static void add_letters_inside(const char *letters, struct buf *out)
{
    size_t length = strlen(letters);
    size_t first;

    if (length >= 2)
        alternative(out, TERM_GIVEN_INITIALS, letters);
    if (length < 3)
        return;
    alternative_range(out, TERM_GIVEN, letters);
    if (han_syllables_like(letters, length, &first) > 0) { /* "xian" may also be Xi'an */
        alternative_range(out, TERM_PINYIN, letters);
        add_mixed(letters, out);
    }
}

static void add_letters(const struct word *word, enum tier tier, struct buf *out)
{
    const char *letters = word->code;

    if (!*letters)
        return;
    if (tier == TIER_EXACT) {
        alternative(out, TERM_PINYIN, letters);
        alternative(out, TERM_INITIALS, letters);
        add_mixed_whole(letters, out);
    } else if (tier == TIER_PREFIX) {
        add_letters_prefix(letters, out);
    } else {
        add_letters_inside(letters, out);
    }
}

/* --- numbers ---------------------------------------------------------------------------------- */

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
    if (length == 3 || length == 5 || length == 7)
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

    if (length <= 8)
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

static void add_birth(const struct word *word, struct buf *out)
{
    char full[16];

    if (*word->date)
        alternative(out, TERM_BIRTH, word->date);
    if (word->script == WORD_DIGITS && strlen(word->code) == 6) { /* YYMMDD */
        snprintf(full, sizeof full, "19%.6s", word->code);
        alternative(out, TERM_BIRTH, full);
        snprintf(full, sizeof full, "20%.6s", word->code);
        alternative(out, TERM_BIRTH, full);
    }
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

static enum status add_number_prefix(struct sql *cache, const struct word *word, struct buf *out,
                                     struct error *error)
{
    size_t length = strlen(word->code);
    enum status status = add_subject_prefix(cache, word->code, out, error);

    if (status == STATUS_OK)
        status = add_certificate_prefix(cache, word->code, out, error);
    add_birth(word, out);
    if (word->script == WORD_DIGITS && length <= 12) {
        add_phone_prefix(word->code, out);
        if (length <= 11)
            add_tails(TERM_PHONE_TAIL, word->code, out);
    }
    if (length < 18)
        add_tails(TERM_TAIL, word->code, out);
    return status;
}

static enum status add_number(struct sql *cache, const struct word *word, enum tier tier,
                              struct buf *out, struct error *error)
{
    if (!*word->code)
        return STATUS_OK;
    if (tier == TIER_EXACT)
        add_exact_numbers(word, out);
    else if (tier == TIER_PREFIX)
        return add_number_prefix(cache, word, out, error);
    else if (strlen(word->code) >= 8)
        alternative_range(out, TERM_SERIAL, word->code);
    return STATUS_OK;
}

/* --- the expression --------------------------------------------------------------------------- */

/* What one word can mean in one tier, as alternatives. */
static enum status add_word(struct sql *cache, const struct word *word, enum tier tier,
                            struct buf *out, struct error *error)
{
    enum status status = STATUS_OK;

    if (word->folded.count >= 1 && (word->script == WORD_HAN || word->folded.count >= 3))
        add_name(word, tier, out);
    if (word->script == WORD_LETTERS)
        add_letters(word, tier, out);
    if (word->script == WORD_DIGITS || word->script == WORD_CODE)
        status = add_number(cache, word, tier, out, error);
    if (word->script == WORD_HAN && tier == TIER_PREFIX)
        add_birth(word, out);
    if (status == STATUS_OK && tier == TIER_INSIDE)
        status = add_places(cache, word, out, error);
    return status;
}

static void add_kind(enum search_kind kind, struct buf *out)
{
    static const char *const kinds[] = {"", " AND \"dperson\"", " AND \"denterprise\"",
                                        " AND \"dcertificate\""};

    buf_str(out, kinds[kind]);
}

enum status query_expression(struct sql *cache, const struct query *query, enum tier tier,
                             enum search_kind kind, struct buf *out, bool *possible,
                             struct error *error)
{
    enum status status = STATUS_OK;

    buf_clear(out);
    *possible = query->count > 0;
    for (size_t i = 0; i < query->count && status == STATUS_OK && *possible; i++) {
        struct buf meanings = {0};
        int first = query->count == 1 ? (int)tier : TIER_EXACT;
        for (int t = first; t <= (int)tier && status == STATUS_OK; t++)
            status = add_word(cache, &query->words[i], (enum tier)t, &meanings, error);
        *possible = meanings.length > 0;
        buf_printf(out, "%s(%s)", i > 0 ? " AND " : "", buf_text(&meanings));
        if (buf_failed(&meanings) || buf_failed(out))
            status = error_nomem(error);
        buf_release(&meanings);
    }
    add_kind(kind, out);
    return status;
}
