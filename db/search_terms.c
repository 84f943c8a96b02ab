#include "db/search_key.h"

#include <string.h>

#define NAME_CHARS_MAX   12 /* single characters are indexed for names up to this length */
#define HOLDER_MAX       8  /* characters of a holder whose name is spelled */
#define SPELLED_MAX      8  /* and of another name from its beginning */
#define GRAM             3
#define PHONE_LENGTH_MIN 7
#define CODE_TERM_MAX    80

static void put_class(struct buf *out, enum term_class class)
{
    const char head[] = {' ', (char)class};

    buf_bytes(out, head, sizeof head);
}

static void put(struct buf *out, enum term_class class, const char *text)
{
    put_class(out, class);
    buf_str(out, text);
}

static void put_part(struct buf *out, enum term_class class, const char *text, size_t length)
{
    put_class(out, class);
    buf_bytes(out, text, length);
}

static void put_points(struct buf *out, enum term_class class, const struct folded *folded,
                       size_t from, size_t count)
{
    put_class(out, class);
    folded_append(folded, from, count, out);
}

void search_subject(const char *text, struct buf *out)
{
    char code[CODE_TERM_MAX];
    struct folded folded;

    if (search_fold_code(text, code, sizeof code)) {
        buf_str(out, code);
        return;
    }
    search_fold(text, strlen(text), &folded);
    folded_append(&folded, 0, folded.count, out);
}

static void put_code(enum term_class class, const char *text, struct buf *out)
{
    put_class(out, class);
    search_subject(text, out);
}

/* Each three neighbours, for fragments. */
static void put_grams(const char *code, struct buf *out)
{
    size_t length = strlen(code);

    for (size_t i = 0; i + GRAM <= length; i++)
        put_part(out, TERM_GRAM, code + i, GRAM);
}

/* --- subject, certificate, phone -------------------------------------------------------------- */

static void put_subject(const struct facts *facts, struct buf *out)
{
    char subject[CODE_TERM_MAX];
    char birth[9];

    if (!*facts->subject)
        return;
    if (!search_fold_code(facts->subject, subject, sizeof subject)) {
        put_code(TERM_SUBJECT, facts->subject, out);
        return;
    }
    put(out, TERM_SUBJECT, subject);
    size_t length = strlen(subject);
    if (length >= 8)
        put(out, TERM_TAIL, subject + length - 4);
    size_t head = subject_head_length(facts->dataset->subject);
    if (head > 0 && length > head)
        put_part(out, TERM_HEAD, subject, head);
    if (facts->dataset->subject == SUBJECT_ENTERPRISE && length > head)
        put_grams(subject + head - (GRAM - 1), out);
    if (facts->dataset->subject == SUBJECT_PERSON && subject_birth(subject, birth)) {
        put_part(out, TERM_BIRTH, birth, 4);
        put_part(out, TERM_BIRTH, birth, 6);
        put_part(out, TERM_BIRTH, birth, 8);
    }
}

static void put_certificate(const struct facts *facts, struct buf *out)
{
    char code[CERTIFICATE_CODE_MAX];
    struct certificate_parts parts;

    if (!certificate_code(facts->certificate, code, sizeof code))
        return;
    put(out, TERM_CERTIFICATE, code);
    if (!certificate_split(facts->certificate, &parts)) {
        put_grams(code, out);
        return;
    }
    put_grams(parts.tail, out);
    put(out, TERM_SERIAL, parts.serial);
    put(out, TERM_CERTIFICATE_HEAD, parts.head);
    put(out, TERM_ISSUE, parts.issue);
}

static void put_phone(const char *text, struct buf *out)
{
    char phone[CODE_TERM_MAX];

    if (!search_fold_code(text[0] == '+' ? text + 1 : text, phone, sizeof phone))
        return;
    size_t length = strlen(phone);
    if (length < PHONE_LENGTH_MIN)
        return;
    const char *number = length == 13 && strncmp(phone, "86", 2) == 0 ? phone + 2 : phone;
    length = strlen(number);
    put(out, TERM_PHONE, number);
    put_part(out, TERM_PHONE_HEAD, number, 3);
    put_part(out, TERM_PHONE_HEAD, number, 5);
    put_part(out, TERM_PHONE_HEAD, number, 7);
    put(out, TERM_PHONE_TAIL, number + length - 4);
}

/* --- names ------------------------------------------------------------------------------------ */

static void put_characters(const struct folded *name, struct buf *out)
{
    put_points(out, TERM_NAME, name, 0, name->count);
    put_points(out, TERM_NAME_HEAD, name, 0, 1);
    if (name->count <= NAME_CHARS_MAX)
        for (size_t i = 1; i < name->count; i++)
            put_points(out, TERM_NAME_CHAR, name, i, 1);
    if (name->count < 3)
        return;
    put_points(out, TERM_NAME_HEAD, name, 0, 2);
    for (size_t i = 0; i + 1 < name->count; i++)
        put_points(out, TERM_NAME_PAIR, name, i, 2);
}

static void put_spellings(const struct pinyin_name *name, size_t from, size_t to, bool initials,
                          enum term_class class, struct buf *out)
{
    struct pinyin_spellings spellings;

    pinyin_spell(name, from, to, initials, &spellings);
    for (size_t i = 0; i < spellings.count; i++)
        put(out, class, spellings.texts[i]);
}

static void put_first_syllable(const struct pinyin_name *name, struct buf *out)
{
    for (size_t i = 0; i < name->characters[0].count; i++)
        put(out, TERM_SYLLABLE, name->characters[0].readings[i]);
}

/* Of the first `from` characters, and of more. */
static void put_heads(const struct pinyin_name *name, size_t from, size_t end, struct buf *out)
{
    for (size_t to = from; to <= end && to <= INITIALS_MAX; to++)
        put_spellings(name, 0, to, true, TERM_INITIALS_HEAD, out);
}

/* Each reading of each character behind the first. */
static void put_inner(const struct pinyin_name *name, struct buf *out)
{
    for (size_t i = 1; i < name->count; i++)
        for (size_t k = 0; k < name->characters[i].count; k++)
            put(out, TERM_INNER, name->characters[i].readings[k]);
}

/* First letters of two and of three neighbours, from each character behind the first, from `begin`
 * on and before `end`: every part of a name that is typed begins with one of these. */
static void put_given_initials(const struct pinyin_name *name, size_t begin, size_t end,
                               struct buf *out)
{
    for (size_t from = begin; from + 2 <= name->count && from < end && from <= STARTS_MAX; from++) {
        put_spellings(name, from, from + 2, true, TERM_GIVEN_INITIALS, out);
        if (from + GIVEN_MAX <= name->count)
            put_spellings(name, from, from + GIVEN_MAX, true, TERM_GIVEN_INITIALS, out);
    }
}

static void put_person_pinyin(const struct pinyin_name *name, struct buf *out)
{
    put_first_syllable(name, out);
    put_inner(name, out);
    put_heads(name, 2, name->complete ? name->count - 1 : name->count, out);
    put_spellings(name, 0, name->count, false, TERM_PINYIN, out);
    if (name->complete && name->count >= 2)
        put_spellings(name, 0, name->count, true, TERM_INITIALS, out);
    put_given_initials(name, 1, name->count, out);
}

static bool has_initial(const struct pinyin_character *character, size_t count, char initial)
{
    for (size_t i = 0; i < count; i++)
        if (*character->readings[i] == initial)
            return true;
    return false;
}

/* One reading for each first letter that a character has. */
static void keep_initials(struct pinyin_name *name)
{
    for (size_t i = 0; i < name->count; i++) {
        struct pinyin_character *character = &name->characters[i];
        size_t kept = 0;
        for (size_t k = 0; k < character->count; k++)
            if (!has_initial(character, kept, *character->readings[k]))
                character->readings[kept++] = character->readings[k];
        character->count = kept;
    }
}

/* Whole by the usual readings: names of enterprises are long, polyphony multiplies, and syllables
 * and first letters find the others. */
static void put_usual_spelling(struct pinyin_name name, struct buf *out)
{
    for (size_t i = 0; i < name.count; i++)
        name.characters[i].count = 1;
    put_spellings(&name, 0, name.count < SPELLED_MAX ? name.count : SPELLED_MAX, false, TERM_PINYIN,
                  out);
}

/* What people remember stands near the front, before the legal form, where `core` ends. */
static void put_other_pinyin(struct pinyin_name *name, size_t core, struct buf *out)
{
    put_first_syllable(name, out);
    put_inner(name, out);
    put_usual_spelling(*name, out);
    keep_initials(name);
    put_heads(name, 2, name->count, out);
    put_given_initials(name, 1, core, out);
}

/* Once more without what stands in brackets, as far as that is something else. */
static void put_joined_pinyin(const char *text, struct buf *out)
{
    struct folded folded;
    struct pinyin_name name;
    size_t joined;

    if (!search_fold_outside(text, &folded, &joined))
        return;
    pinyin_read(folded.points, folded.count, &name);
    if (joined >= name.count)
        return;
    if (joined < SPELLED_MAX)
        put_usual_spelling(name, out);
    keep_initials(&name);
    put_heads(&name, joined + 1, name.count, out);
    size_t begin = joined + 1 > GIVEN_MAX ? joined + 1 - GIVEN_MAX : 1;
    size_t core = search_form_begin(&folded);
    put_given_initials(&name, begin, core < joined ? core : joined, out);
}

static void put_name(const struct facts *facts, struct buf *out)
{
    struct folded folded;
    struct pinyin_name name;

    search_fold(facts->name, strlen(facts->name), &folded);
    if (folded.count == 0)
        return;
    put_characters(&folded, out);
    if (facts->is_certificate)
        return;
    pinyin_read(folded.points, folded.count, &name);
    if (name.count == 0)
        return;
    if (facts->dataset->subject == SUBJECT_PERSON)
        put_person_pinyin(&name, out);
    else {
        put_other_pinyin(&name, search_form_begin(&folded), out);
        put_joined_pinyin(facts->name, out);
    }
}

/* Whole only: everything else about holders is found through the holder's own records. */
static void put_holder(const struct facts *facts, struct buf *out)
{
    struct folded folded;
    struct pinyin_name name;

    search_fold(facts->holder, strlen(facts->holder), &folded);
    if (folded.count == 0)
        return;
    put_points(out, TERM_HOLDER, &folded, 0, folded.count);
    pinyin_read(folded.points, folded.count, &name);
    if (!name.complete || name.count > HOLDER_MAX)
        return;
    put_spellings(&name, 0, name.count, false, TERM_HOLDER, out);
    put_spellings(&name, 0, name.count, true, TERM_HOLDER, out);
}

/* --- the rest --------------------------------------------------------------------------------- */

struct address {
    struct folded folded;
    struct address_words words;
};

static void read_address(const char *text, struct address *address)
{
    search_fold(text, strlen(text), &address->folded);
    address_split(&address->folded, &address->words);
}

static bool same_word(const struct address *a, const struct address *b, size_t i)
{
    size_t count = a->words.items[i].count;

    return i < b->words.count && b->words.items[i].count == count &&
           memcmp(a->folded.points + a->words.items[i].from,
                  b->folded.points + b->words.items[i].from, count * sizeof *a->folded.points) == 0;
}

/* Two addresses of a record mostly begin alike, or are the same: `before` is the one that was put
 * before, NULL for the first. */
static void put_address(const struct address *address, const struct address *before,
                        struct buf *out)
{
    size_t i = 0;

    while (before && i < address->words.count && same_word(address, before, i))
        i++;
    for (; i < address->words.count; i++)
        put_points(out, TERM_WORD, &address->folded, address->words.items[i].from,
                   address->words.items[i].count);
}

static void put_addresses(const struct facts *facts, struct buf *out)
{
    struct address addresses[2];
    const struct address *before = NULL;
    size_t next = 0;

    if (facts_named_by_address(facts)) {
        read_address(facts->name, &addresses[next]);
        put_address(&addresses[next], NULL, out);
        before = &addresses[next];
        next = 1 - next;
    }
    for (size_t i = 0; i < facts->count; i++)
        if (facts->items[i].field->role == ROLE_ADDRESS) {
            read_address(facts->items[i].text, &addresses[next]);
            put_address(&addresses[next], before, out);
            before = &addresses[next];
            next = 1 - next;
        }
}

static void put_fact(const struct fact *fact, struct buf *out)
{
    switch ((int)fact->field->role) {
    case ROLE_PHONE:
        put_phone(fact->text, out);
        break;
    case ROLE_HOUSEHOLD:
        put_code(TERM_HOUSEHOLD, fact->text, out);
        break;
    case ROLE_LINK_PERSON:
    case ROLE_LINK_ENTERPRISE:
        put_code(TERM_LINK, fact->text, out);
        break;
    default:
        break;
    }
}

void search_terms(const struct facts *facts, struct buf *out)
{
    put(out, TERM_KIND,
        facts->is_certificate ? "certificate" : subject_kind_name(facts->dataset->subject));
    put_subject(facts, out);
    put_certificate(facts, out);
    if (!facts_named_by_address(facts) && facts->dataset->subject != SUBJECT_NONE)
        put_name(facts, out);
    put_holder(facts, out);
    put_addresses(facts, out);
    for (size_t i = 0; i < facts->count; i++)
        put_fact(&facts->items[i], out);
}
