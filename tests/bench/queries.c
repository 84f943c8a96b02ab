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
    return !strstr(subject->name, "\u00B7") && !strstr(subject->name, "\u2022") &&
           put_characters(subject->name, 1, 3, out);
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

/* Digits that may be a year, or a region of this town, are looked up as that first. */
static bool may_be_head(const char *digits)
{
    return strncmp(digits, "99", 2) == 0 || strncmp(digits, "18", 2) == 0 ||
           strncmp(digits, "19", 2) == 0 || strncmp(digits, "20", 2) == 0 ||
           strncmp(digits, "21", 2) == 0;
}

MAKER(code_last_four)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    return put_last(subject->code, 4, out) && !may_be_head(buf_text(out));
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
    return put_last(subject->phone, 4, out) && !may_be_head(buf_text(out));
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

/* --- as people really type ---------------------------------------------------------------------
 */

static void put_between(const struct spelled *spelled, const char *between, struct buf *out)
{
    for (size_t i = 0; i < spelled->count; i++)
        buf_printf(out, "%s%s", i > 0 ? between : "", spelled->syllables[i]);
}

MAKER(pinyin_with_blanks)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 2, &spelled))
        return false;
    put_between(&spelled, " ", out);
    return true;
}

MAKER(pinyin_with_marks)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 2, &spelled))
        return false;
    put_between(&spelled, "'", out);
    return true;
}

/* "bo wen". */
MAKER(given_with_blanks)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 3, &spelled))
        return false;
    for (size_t i = 1; i < spelled.count; i++)
        buf_printf(out, "%s%s", i > 1 ? " " : "", spelled.syllables[i]);
    return true;
}

/* "zhang b wen". */
MAKER(middle_initial)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 3, &spelled))
        return false;
    buf_printf(out, "%s %c %s", spelled.syllables[0], spelled.syllables[1][0],
               spelled.syllables[2]);
    return true;
}

/* "Bowen Zhang". */
MAKER(given_first)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 3, &spelled))
        return false;
    put_syllables(&spelled, 1, spelled.count, out);
    buf_printf(out, " %s", spelled.syllables[0]);
    return true;
}

/* Letters of double width. */
MAKER(wide_letters)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 2, &spelled))
        return false;
    for (size_t i = 0; i < spelled.count; i++)
        for (const char *at = spelled.syllables[i]; *at; at++)
            buf_codepoint(out, 0xFF21U + (unsigned)(*at - 'a'));
    return true;
}

MAKER(traditional)
{
    UNUSED_DICE;
    return spelling_traditional(spelling, subject->name, out);
}

MAKER(name_and_last_four)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    buf_printf(out, "%s ", subject->name);
    return put_last(subject->code, 4, out);
}

/* The last four typed behind the name without a blank. */
MAKER(name_touching_last_four)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    buf_str(out, subject->name);
    return put_last(subject->code, 4, out);
}

MAKER(surname_and_last_four)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    if (!put_characters(subject->name, 0, 1, out))
        return false;
    buf_char(out, ' ');
    return put_last(subject->code, 4, out);
}

MAKER(initials_and_phone)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 2, &spelled))
        return false;
    put_initials(&spelled, 0, spelled.count, out);
    buf_char(out, ' ');
    return put_last(subject->phone, 4, out);
}

MAKER(surname_and_phone_begin)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 2, &spelled))
        return false;
    buf_printf(out, "%s ", spelled.syllables[0]);
    return put_part(subject->phone, 0, 3, out);
}

MAKER(code_last_six)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    return put_last(subject->code, 6, out) && !may_be_head(buf_text(out));
}

MAKER(born_in)
{
    UNUSED_SPELLING;
    return put_part(subject->birth, 0, dice_below(dice, 2) ? 4 : 6, out);
}

MAKER(phone_in_groups)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    if (strlen(subject->phone) != 11)
        return false;
    buf_printf(out, "%.3s %.4s %s", subject->phone, subject->phone + 3, subject->phone + 7);
    return true;
}

MAKER(code_in_groups)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    if (strlen(subject->code) != 18)
        return false;
    buf_printf(out, "%.6s %.8s %s", subject->code, subject->code + 6, subject->code + 14);
    return true;
}

/* From the last `words` numbers with their units: "30栋1单元702室". */
static const char *last_numbers(const char *address, size_t words)
{
    const char *at = address + strlen(address);

    while (at > address && words > 0) {
        at--;
        bool digit = *at >= '0' && *at <= '9';
        bool before = at > address && at[-1] >= '0' && at[-1] <= '9';
        words -= digit && !before;
    }
    return words == 0 ? at : "";
}

MAKER(name_and_house)
{
    const char *house = last_numbers(subject->address, 1);

    UNUSED_SPELLING;
    UNUSED_DICE;
    buf_printf(out, "%s %s", house, subject->name);
    return *house != '\0';
}

/* The words behind the street office, the last first: "702室 1单元 30栋". */
MAKER(address_backwards)
{
    const char *end = subject->address + strlen(subject->address);

    UNUSED_SPELLING;
    UNUSED_DICE;
    for (size_t words = 1; words <= 3; words++) {
        const char *at = last_numbers(subject->address, words);
        if (!*at)
            return words > 2;
        buf_printf(out, "%s%.*s", words > 1 ? " " : "", (int)(end - at), at);
        end = at;
    }
    return true;
}

/* The name without region in front and without legal form. */
static bool put_core(const char *name, struct buf *out)
{
    static const char *const heads[] = {"澜州", "溪回县"};
    static const char *const tails[] = {"（个体工商户）", "有限公司"};
    size_t length = strlen(name);

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (strncmp(name, heads[i], strlen(heads[i])) == 0) {
            name += strlen(heads[i]);
            length -= strlen(heads[i]);
        }
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        if (length > strlen(tails[i]) &&
            strncmp(name + length - strlen(tails[i]), tails[i], strlen(tails[i])) == 0)
            length -= strlen(tails[i]);
    buf_bytes(out, name, length);
    return length > 0;
}

MAKER(core)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    return put_core(subject->name, out);
}

MAKER(core_of_another_form)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    return put_core(subject->name, out) && (buf_str(out, "有限责任公司"), true);
}

MAKER(core_with_region)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    buf_str(out, "云汀省澜州市");
    return strncmp(subject->name, "澜州", strlen("澜州")) == 0 && put_core(subject->name, out) &&
           (buf_str(out, "有限公司"), true);
}

MAKER(code_fragment)
{
    UNUSED_SPELLING;
    return put_part(subject->code, 8 + dice_below(dice, 4), 6, out);
}

MAKER(organisation_code)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    if (strlen(subject->code) != 18)
        return false;
    buf_printf(out, "%.8s-%c", subject->code + 8, subject->code[16]);
    return true;
}

/* The last six of the serial, with the version. */
MAKER(certificate_fragment)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    size_t length = strlen(subject->code);
    return length > 14 && put_part(subject->code, length - 12, 10, out);
}

MAKER(certificate_over)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    size_t length = strlen(subject->code);
    return length > 32 && put_part(subject->code, length - 28, 22, out);
}

MAKER(holder)
{
    UNUSED_SPELLING;
    UNUSED_DICE;
    buf_str(out, subject->name);
    return true;
}

MAKER(holder_initials)
{
    struct spelled spelled;

    UNUSED_DICE;
    if (!spell(subject, spelling, 3, &spelled) || spelled.count > 3)
        return false;
    put_initials(&spelled, 0, spelled.count, out);
    return true;
}

/* --- what may stand on the first page ----------------------------------------------------------
 */

static bool begins_name(const char *query, const struct search_hit *hit)
{
    return strncmp(hit->name, query, strlen(query)) == 0;
}

/* Few who are called so behind the surname come before many whose names begin so. */
static bool begins_or_is_given_name(const char *query, const struct search_hit *hit)
{
    size_t length = strlen(hit->name);
    size_t typed = strlen(query);

    return begins_name(query, hit) ||
           (typed <= length && strcmp(hit->name + length - typed, query) == 0);
}

static bool in_name(const char *query, const struct search_hit *hit)
{
    return strstr(hit->name, query) != NULL;
}

static bool born_so(const char *query, const struct search_hit *hit)
{
    return strlen(hit->subject) == 18 && strncmp(hit->subject + 6, query, strlen(query)) == 0;
}

static bool begins_code(const char *query, const struct search_hit *hit)
{
    return strncmp(hit->subject, query, strlen(query)) == 0;
}

static bool ends_code_or_phone(const char *query, const struct search_hit *hit)
{
    size_t length = strlen(hit->subject);

    return strcmp(hit->matched, "phone") == 0 ||
           (length > strlen(query) && strcmp(hit->subject + length - strlen(query), query) == 0);
}

static const struct query_class classes[] = {
    {"person: number", GROUP_PERSON, true, code_whole, begins_code},
    {"  number, in groups", GROUP_PERSON, true, code_in_groups, NULL},
    {"  number, first 8-16", GROUP_PERSON, false, code_begin, begins_code},
    {"  number, last 4", GROUP_PERSON, false, code_last_four, ends_code_or_phone},
    {"  number, last 6", GROUP_PERSON, true, code_last_six, ends_code_or_phone},
    {"  born on", GROUP_PERSON, false, birth_date, born_so},
    {"  born in (year, month)", GROUP_PERSON, false, born_in, born_so},
    {"  phone", GROUP_PERSON, true, phone_whole, NULL},
    {"  phone, in groups", GROUP_PERSON, true, phone_in_groups, NULL},
    {"  phone, first 4-9", GROUP_PERSON, false, phone_begin, NULL},
    {"  phone, last 4", GROUP_PERSON, false, phone_last_four, ends_code_or_phone},
    {"  name", GROUP_PERSON, false, name_whole, begins_name},
    {"  name, traditional", GROUP_PERSON, false, traditional, NULL},
    {"  name and birth date", GROUP_PERSON, true, name_and_birth, NULL},
    {"  name and last 4", GROUP_PERSON, true, name_and_last_four, NULL},
    {"  name touching last 4", GROUP_PERSON, true, name_touching_last_four, NULL},
    {"  surname", GROUP_PERSON, false, surname, begins_name},
    {"  surname and last 4", GROUP_PERSON, false, surname_and_last_four, NULL},
    {"  name begins (2 of 3)", GROUP_PERSON, false, name_begin, begins_or_is_given_name},
    {"  given name", GROUP_PERSON, false, given_name, in_name},
    {"  last character", GROUP_PERSON, false, last_character, in_name},
    {"  pinyin", GROUP_PERSON, false, pinyin_whole, NULL},
    {"  pinyin with blanks", GROUP_PERSON, false, pinyin_with_blanks, NULL},
    {"  pinyin with apostrophes", GROUP_PERSON, false, pinyin_with_marks, NULL},
    {"  pinyin of double width", GROUP_PERSON, false, wide_letters, NULL},
    {"  pinyin, middle initial", GROUP_PERSON, false, middle_initial, NULL},
    {"  pinyin, given name first", GROUP_PERSON, false, given_first, NULL},
    {"  pinyin of the surname", GROUP_PERSON, false, pinyin_surname, NULL},
    {"  pinyin, begun (zhangw)", GROUP_PERSON, false, pinyin_part, NULL},
    {"  pinyin of the given name", GROUP_PERSON, false, pinyin_given, NULL},
    {"    with blanks", GROUP_PERSON, false, given_with_blanks, NULL},
    {"  initials (zwt)", GROUP_PERSON, false, initials, NULL},
    {"  surname+initials (zhangwt)", GROUP_PERSON, false, surname_and_initials, NULL},
    {"  while typing pinyin", GROUP_PERSON, false, typing, NULL},
    {"  initials, year", GROUP_PERSON, false, initials_year, NULL},
    {"  initials, phone's last 4", GROUP_PERSON, true, initials_and_phone, NULL},
    {"  surname, phone's first 3", GROUP_PERSON, false, surname_and_phone_begin, NULL},
    {"  village, initials, year", GROUP_PERSON, false, village_initials_year, NULL},
    {"  address", GROUP_PERSON, false, address_words, NULL},
    {"  address, last words first", GROUP_PERSON, false, address_backwards, NULL},
    {"  house and name", GROUP_PERSON, false, name_and_house, NULL},
    {"enterprise: credit code", GROUP_ENTERPRISE, true, code_whole, begins_code},
    {"  credit code, first 8-16", GROUP_ENTERPRISE, false, code_begin, begins_code},
    {"  credit code, 6 inside", GROUP_ENTERPRISE, true, code_fragment, NULL},
    {"  organisation code", GROUP_ENTERPRISE, true, organisation_code, NULL},
    {"  name", GROUP_ENTERPRISE, false, name_whole, begins_name},
    {"  inside the name", GROUP_ENTERPRISE, false, name_inside, in_name},
    {"  name without region, form", GROUP_ENTERPRISE, false, core, in_name},
    {"  name with another form", GROUP_ENTERPRISE, false, core_of_another_form, NULL},
    {"  name with more region", GROUP_ENTERPRISE, false, core_with_region, NULL},
    {"certificate: number", GROUP_CERTIFICATE, true, code_whole, begins_code},
    {"  serial number", GROUP_CERTIFICATE, false, certificate_serial, NULL},
    {"  10 inside the number", GROUP_CERTIFICATE, false, certificate_fragment, NULL},
    {"  issuer's end and serial", GROUP_CERTIFICATE, true, certificate_over, NULL},
    {"  its holder", GROUP_CERTIFICATE, false, holder, NULL},
    {"  its holder's initials", GROUP_CERTIFICATE, false, holder_initials, NULL},
    {"nothing fits", GROUP_PERSON, false, nobody, NULL},
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
