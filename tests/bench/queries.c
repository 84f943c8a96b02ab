#include "tests/bench/queries.h"

#include "base/text.h"

#include <string.h>

/* --- parts of names --------------------------------------------------------------------------- */

/* Appends characters `from` to `to` of a text; false when it has fewer. */
static bool put_characters(const char *text, size_t from, size_t to, struct buf *out)
{
    size_t length = strlen(text);
    size_t start = out->length;
    size_t at = 0;
    size_t used;

    for (size_t i = 0; i < to; i++, at += used) {
        if (at >= length) {
            out->length = start;
            return false;
        }
        (void)text_decode(text + at, length - at, &used);
        if (i >= from)
            buf_bytes(out, text + at, used);
    }
    return to > from;
}

struct spelled {
    const char *syllables[SYLLABLES_MAX];
    size_t count;
};

/* False for names shorter than `least` characters or with one that has no reading. */
static bool spell(const struct subject *subject, struct spelling *spelling, size_t least,
                  struct spelled *spelled)
{
    spelled->count = spelling_name(spelling, subject->name, spelled->syllables, SYLLABLES_MAX);
    return spelled->count >= least;
}

static void put_syllables(const struct spelled *spelled, size_t from, size_t to, struct buf *out)
{
    for (size_t i = from; i < to; i++)
        buf_str(out, spelled->syllables[i]);
}

static void put_initials(const struct spelled *spelled, size_t from, size_t to, struct buf *out)
{
    for (size_t i = from; i < to; i++)
        buf_char(out, spelled->syllables[i][0]);
}

#define MAKER(name)                                                                                \
    static bool name(const struct subject *subject, struct spelling *spelling, struct dice *dice,  \
                     struct buf *out)
#define UNUSED_SPELLING (void)spelling
#define UNUSED_DICE     (void)dice

MAKER(name_whole)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    buf_str(out, subject->name);
    return out->length > 0;
}

MAKER(surname)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    return put_characters(subject->name, 0, 1, out);
}

MAKER(name_begin)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    return text_length(subject->name) >= 3 && put_characters(subject->name, 0, 2, out);
}

MAKER(given_name)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    return put_characters(subject->name, 1, 3, out);
}

MAKER(last_character)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    size_t count = text_length(subject->name);

    return count >= 2 && put_characters(subject->name, count - 1, count, out);
}

MAKER(pinyin_whole)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 2, &spelled))
        return false;
    put_syllables(&spelled, 0, spelled.count, out);
    return true;
}

MAKER(pinyin_part)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 2, &spelled))
        return false;
    put_syllables(&spelled, 0, 1, out);
    buf_bytes(out, spelled.syllables[1], 1);
    return true;
}

MAKER(pinyin_surname)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 2, &spelled))
        return false;
    put_syllables(&spelled, 0, 1, out);
    return true;
}

MAKER(pinyin_given)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 3, &spelled))
        return false;
    put_syllables(&spelled, 1, spelled.count, out);
    return true;
}

MAKER(initials)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 2, &spelled))
        return false;
    put_initials(&spelled, 0, spelled.count, out);
    return true;
}

MAKER(surname_and_initials)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 3, &spelled))
        return false;
    put_syllables(&spelled, 0, 1, out);
    put_initials(&spelled, 1, spelled.count, out);
    return true;
}

/* Every beginning of a spelled name: what the search is asked while it is typed. */
MAKER(typing)
{
    struct spelled spelled;

    if (!spell(subject, spelling, 2, &spelled))
        return false;
    put_syllables(&spelled, 0, spelled.count, out);
    out->length = 1 + dice_below(dice, (uint32_t)out->length);
    return true;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static bool put_part(const char *text, size_t from, size_t length, struct buf *out)
{
    if (strlen(text) < from + length)
        return false;
    buf_bytes(out, text + from, length);
    return length > 0;
}

static bool put_last(const char *text, size_t length, struct buf *out)
{
    size_t whole = strlen(text);

    return whole > length && put_part(text, whole - length, length, out);
}

MAKER(code_whole)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    buf_str(out, subject->code);
    return out->length > 0;
}

MAKER(code_begin)
{
    UNUSED_SPELLING;
    return put_part(subject->code, 0, 8 + dice_below(dice, 9), out);
}

MAKER(code_last_four)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    return put_last(subject->code, 4, out);
}

MAKER(birth_date)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    buf_str(out, subject->birth);
    return out->length > 0;
}

MAKER(phone_whole)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    buf_str(out, subject->phone);
    return out->length == 11;
}

MAKER(phone_begin)
{
    UNUSED_SPELLING;
    return put_part(subject->phone, 0, 4 + dice_below(dice, 6), out);
}

MAKER(phone_last_four)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    return put_last(subject->phone, 4, out);
}

/* "2024000000": the serial number stands between the last but two and the last but one point. */
MAKER(certificate_serial)
{
    const char *end = strrchr(subject->code, '.');
    const char *points[2] = {NULL, NULL};

    UNUSED_SPELLING;
    UNUSED_DICE;
    for (const char *at = subject->code; end && at < end; at++)
        if (*at == '.') {
            points[0] = points[1];
            points[1] = at;
        }
    if (!points[0])
        return false;
    buf_bytes(out, points[0] + 1, (size_t)(points[1] - points[0]) - 1);
    return true;
}

/* --- addresses and mixtures ------------------------------------------------------------------- */

/* What follows the street office. */
static const char *address_rest(const struct subject *subject)
{
    static const char office[] = "街道";
    const char *found = strstr(subject->address, office);

    return found ? found + strlen(office) : "";
}

/* Its first words, as spoken: three to nine characters. */
MAKER(address_words)
{
    const char *rest = address_rest(subject);

    UNUSED_SPELLING;
    return put_characters(rest, 0, 3 + dice_below(dice, 7), out) || put_characters(rest, 0, 3, out);
}

MAKER(village_initials_year)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!*subject->birth || !spell(subject, spelling, 2, &spelled) ||
        !put_characters(address_rest(subject), 0, 2, out))
        return false;
    buf_char(out, ' ');
    put_initials(&spelled, 0, spelled.count, out);
    buf_char(out, ' ');
    buf_bytes(out, subject->birth, 4);
    return true;
}

MAKER(initials_year)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!*subject->birth || !spell(subject, spelling, 2, &spelled))
        return false;
    put_initials(&spelled, 0, spelled.count, out);
    buf_char(out, ' ');
    buf_bytes(out, subject->birth, 4);
    return true;
}

MAKER(name_and_birth)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    buf_printf(out, "%s %s", subject->name, subject->birth);
    return *subject->name && *subject->birth;
}

/* Four characters in the middle. */
MAKER(name_inside)
{
    size_t count = text_length(subject->name);

    UNUSED_SPELLING;
    if (count < 8)
        return false;
    size_t from = 1 + dice_below(dice, (uint32_t)(count - 5));
    return put_characters(subject->name, from, from + 4, out);
}

/* Nobody has it: a name turned round, with a number that cannot be. */
MAKER(nobody)
{
    UNUSED_SPELLING;
    buf_printf(out, "%s%u", "qx", 1000000 + dice_below(dice, 1000000));
    return *subject->name != '\0';
}

static const struct query_class classes[] = {
    {"person: number", GROUP_PERSON, true, code_whole},
    {"  number, first 8-16", GROUP_PERSON, false, code_begin},
    {"  number, last 4", GROUP_PERSON, false, code_last_four},
    {"  born on", GROUP_PERSON, false, birth_date},
    {"  phone", GROUP_PERSON, true, phone_whole},
    {"  phone, first 4-9", GROUP_PERSON, false, phone_begin},
    {"  phone, last 4", GROUP_PERSON, false, phone_last_four},
    {"  name", GROUP_PERSON, false, name_whole},
    {"  name and birth date", GROUP_PERSON, true, name_and_birth},
    {"  surname", GROUP_PERSON, false, surname},
    {"  name begins (2 of 3)", GROUP_PERSON, false, name_begin},
    {"  given name", GROUP_PERSON, false, given_name},
    {"  last character", GROUP_PERSON, false, last_character},
    {"  pinyin", GROUP_PERSON, false, pinyin_whole},
    {"  pinyin of the surname", GROUP_PERSON, false, pinyin_surname},
    {"  pinyin, begun (zhangw)", GROUP_PERSON, false, pinyin_part},
    {"  pinyin of the given name", GROUP_PERSON, false, pinyin_given},
    {"  initials (zwt)", GROUP_PERSON, false, initials},
    {"  surname+initials (zhangwt)", GROUP_PERSON, false, surname_and_initials},
    {"  while typing pinyin", GROUP_PERSON, false, typing},
    {"  initials, year", GROUP_PERSON, false, initials_year},
    {"  village, initials, year", GROUP_PERSON, false, village_initials_year},
    {"  address", GROUP_PERSON, false, address_words},
    {"enterprise: credit code", GROUP_ENTERPRISE, true, code_whole},
    {"  credit code, first 8-16", GROUP_ENTERPRISE, false, code_begin},
    {"  name", GROUP_ENTERPRISE, true, name_whole},
    {"  inside the name", GROUP_ENTERPRISE, false, name_inside},
    {"certificate: number", GROUP_CERTIFICATE, true, code_whole},
    {"  serial number", GROUP_CERTIFICATE, false, certificate_serial},
    {"nothing fits", GROUP_PERSON, false, nobody},
};

size_t query_class_count(void)
{
    return sizeof classes / sizeof *classes;
}

const struct query_class *query_class_at(size_t at)
{
    return &classes[at];
}

/* --- drawing ---------------------------------------------------------------------------------- */

static bool is_known(const struct query *queries, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(queries[i].text, text) == 0)
            return true;
    return false;
}

enum status queries_make(const struct query_class *class, struct subject_sample *sample,
                         struct spelling *spelling, size_t max, struct query **queries,
                         size_t *count, struct error *error)
{
    struct dice dice = dice_for(BENCH_SEED, TOPIC_PERSON, (uint64_t)(class - classes));
    struct buf text = {0};

    *queries = arena_array(sample->arena, max, sizeof **queries);
    *count = 0;
    for (size_t i = 0; i < sample->counts[class->group] && *count < max && *queries; i++) {
        const struct subject *subject = &sample->items[class->group][i];
        buf_clear(&text);
        if (!class->make(subject, spelling, &dice, &text))
            continue;
        const char *copy = arena_strn(sample->arena, buf_text(&text), text.length);
        if (copy && !is_known(*queries, *count, copy))
            (*queries)[(*count)++] = (struct query){copy, subject};
    }
    bool failed = buf_failed(&text) || arena_failed(sample->arena);
    buf_release(&text);
    return failed ? error_nomem(error) : STATUS_OK;
}
