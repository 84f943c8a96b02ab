#include "db/search_key.h"

#include "base/clock.h"
#include "base/text.h"
#include "verify/certificate_id.h"

#include <stdio.h>
#include <string.h>

/* --- folding ---------------------------------------------------------------------------------- */

/* Vowels with the marks of pinyin: U+00E0.. and U+0101..; u with diaeresis is v. */
static uint32_t plain_vowel(uint32_t point)
{
    static const struct {
        uint16_t point;
        char plain;
    } vowels[] = {{0xE0, 'a'},  {0xE1, 'a'},  {0xE8, 'e'},  {0xE9, 'e'},  {0xEC, 'i'},
                  {0xED, 'i'},  {0xF2, 'o'},  {0xF3, 'o'},  {0xF9, 'u'},  {0xFA, 'u'},
                  {0xDC, 'v'},  {0xFC, 'v'},  {0x101, 'a'}, {0x113, 'e'}, {0x11B, 'e'},
                  {0x12B, 'i'}, {0x14D, 'o'}, {0x16B, 'u'}, {0x1CE, 'a'}, {0x1D0, 'i'},
                  {0x1D2, 'o'}, {0x1D4, 'u'}, {0x1D6, 'v'}, {0x1D8, 'v'}, {0x1DA, 'v'},
                  {0x1DC, 'v'}};

    for (size_t i = 0; i < sizeof vowels / sizeof *vowels; i++)
        if (vowels[i].point == point)
            return (uint32_t)vowels[i].plain;
    return point;
}

static uint32_t narrow(uint32_t point)
{
    if (point >= 0xC0 && point < 0x200)
        return plain_vowel(point);
    if (point >= 0xFF01 && point <= 0xFF5E)
        point -= 0xFEE0;
    if (point >= 'A' && point <= 'Z')
        point += 'a' - 'A';
    return point;
}

static bool is_kept(uint32_t point)
{
    if (point < 0x80)
        return (point >= 'a' && point <= 'z') || (point >= '0' && point <= '9');
    if (point >= 0x3400 && point < 0xA000)
        return true;
    if (point == 0x3005 || point == 0x3007) /* repetition mark, zero */
        return true;
    return point != TEXT_BAD && point >= 0xC0 && !(point >= 0x2000 && point <= 0x2BFF) &&
           !(point >= 0x3000 && point <= 0x303F) && point != 0x30FB &&
           !(point >= 0xFE00 && point <= 0xFE6F) && !(point >= 0xFF00 && point <= 0xFFFF) &&
           point < 0xE0000;
}

/* The next character, narrow. ASCII, and U+4000 to U+9FFF, which is nearly all there is in names
 * and addresses, go without a call. */
static uint32_t next_point(const char *text, size_t length, size_t *used)
{
    const unsigned char *bytes = (const unsigned char *)text;

    if (bytes[0] < 0x80) {
        *used = 1;
        return bytes[0] >= 'A' && bytes[0] <= 'Z' ? bytes[0] + ('a' - 'A') : bytes[0];
    }
    if (length >= 3 && bytes[0] >= 0xE4 && bytes[0] <= 0xE9 && (bytes[1] & 0xC0) == 0x80 &&
        (bytes[2] & 0xC0) == 0x80) {
        *used = 3;
        return (bytes[0] & 0xFU) << 12 | (bytes[1] & 0x3FU) << 6 | (bytes[2] & 0x3FU);
    }
    return narrow(text_decode(text, length, used));
}

void search_fold(const char *text, size_t length, struct folded *folded)
{
    size_t used;

    folded->count = 0;
    for (size_t at = 0; at < length && folded->count < FOLDED_POINTS_MAX; at += used) {
        uint32_t point = next_point(text + at, length - at, &used);
        if (is_kept(point))
            folded->points[folded->count++] = han_simplify(point);
    }
}

void folded_append(const struct folded *folded, size_t from, size_t count, struct buf *out)
{
    char bytes[FOLDED_POINTS_MAX * 4];
    size_t length = 0;

    for (size_t i = from; i < from + count && i < folded->count; i++)
        length += text_encode(folded->points[i], bytes + length);
    buf_bytes(out, bytes, length);
}

/* --- legal forms ------------------------------------------------------------------------------ */

#define CORE_MIN   2 /* characters that are left of a name */
#define FORM_POINT 3 /* bytes of a character in these */

/* Simplified, as folded. Longer ones first. */
static const char *const forms[] = {
    "股份有限责任公司", "有限责任公司", "股份有限公司", "个体工商户", "集团公司",
    "有限公司",         "分公司",       "公司",         "集团",
};

static bool ends_with(const char *text, size_t length, const char *form)
{
    size_t form_length = strlen(form);

    return length >= form_length && memcmp(text + length - form_length, form, form_length) == 0;
}

size_t search_form_begin(const struct folded *name)
{
    char text[FOLDED_POINTS_MAX * 4];
    size_t length = 0;
    size_t count = name->count;

    for (size_t i = 0; i < name->count; i++)
        length += text_encode(name->points[i], text + length);
    for (size_t i = 0; i < sizeof forms / sizeof *forms;) {
        size_t points = strlen(forms[i]) / FORM_POINT;
        if (count >= points + CORE_MIN && ends_with(text, length, forms[i])) {
            length -= points * FORM_POINT;
            count -= points;
            i = 0; /* "…有限公司（个体工商户）": there may be another one before it */
        } else {
            i++;
        }
    }
    return count;
}

/* --- brackets --------------------------------------------------------------------------------- */

/* How many bytes a bracket that opens ("（", "(") or closes has; 0: there is none. */
static size_t bracket_length(const char *text, bool opens)
{
    const char *wide = opens ? "（" : "）";

    if (*text == (opens ? '(' : ')'))
        return 1;
    return strncmp(text, wide, strlen(wide)) == 0 ? strlen(wide) : 0;
}

static const char *find_bracket(const char *text, bool opens)
{
    const char *first = opens ? "(\xEF" : ")\xEF"; /* bytes of one */

    while ((text = strpbrk(text, first)) && bracket_length(text, opens) == 0)
        text++;
    return text;
}

/* Appends; there is room as long as there are fewer characters than FOLDED_POINTS_MAX. */
static void fold_more(const char *text, size_t length, struct folded *folded)
{
    struct folded more;

    search_fold(text, length, &more);
    for (size_t i = 0; i < more.count && folded->count < FOLDED_POINTS_MAX; i++)
        folded->points[folded->count++] = more.points[i];
}

bool search_fold_outside(const char *text, struct folded *folded, size_t *joined)
{
    size_t first = 0;

    folded->count = 0;
    for (;;) {
        const char *open = find_bracket(text, true);
        const char *close = open ? find_bracket(open, false) : NULL;
        fold_more(text, close ? (size_t)(open - text) : strlen(text), folded);
        if (!close)
            break;
        if (first == 0)
            first = folded->count;
        text = close + bracket_length(close, false);
    }
    *joined = first;
    return first > 0 && first < folded->count;
}

/* --- codes ------------------------------------------------------------------------------------ */

static bool is_separator(uint32_t point)
{
    switch (point) {
    case ' ':
    case '\t':
    case '.':
    case '-':
    case '/':
    case '_':
    case ':':
    case '(':
    case ')':
    case 0xB7:   /* middle dot */
    case 0x3000: /* ideographic space and full stop */
    case 0x3002:
        return true;
    default:
        return false;
    }
}

bool search_fold_code(const char *text, char *out, size_t size)
{
    size_t length = strlen(text);
    size_t written = 0;
    size_t used;

    for (size_t at = 0; at < length; at += used) {
        uint32_t point = next_point(text + at, length - at, &used);
        if (is_separator(point))
            continue;
        if (point >= 0x80 || !is_kept(point) || written + 1 >= size)
            return false;
        out[written++] = (char)point;
    }
    out[written] = '\0';
    return written > 0;
}

/* --- facts ------------------------------------------------------------------------------------ */

static void add_item(struct facts *facts, const struct dataset_field *field, const char *text)
{
    if (text && *text && facts->count < FACTS_MAX)
        facts->items[facts->count++] = (struct fact){field, text};
}

bool facts_are_many(enum field_role role)
{
    return role == ROLE_ADDRESS || role == ROLE_PHONE || role == ROLE_HOUSEHOLD ||
           role == ROLE_LINK_PERSON || role == ROLE_LINK_ENTERPRISE;
}

void facts_start(const struct dataset *dataset, struct facts *facts)
{
    facts->dataset = dataset;
    facts->subject = facts->name = facts->certificate = facts->status = facts->issuer = "";
    facts->holder = "";
    facts->is_certificate = false;
    facts->count = 0;
}

void facts_add(struct facts *facts, const struct dataset_field *field, const char *text)
{
    if (field->role == ROLE_SUBJECT)
        facts->subject = text;
    else if (field->role == ROLE_TITLE && !*facts->name)
        facts->name = text;
    else if (field->role == ROLE_STATUS)
        facts->status = text;
    else if (field->role == ROLE_ISSUER)
        facts->issuer = text;
    else if (field->role == ROLE_HOLDER)
        facts->holder = text;
    else if (facts_are_many(field->role))
        add_item(facts, field, text);
    if (field->role == ROLE_CERTIFICATE) {
        facts->certificate = text;
        facts->is_certificate = true;
    }
}

/* A link may be an object with an id, or a list of texts and such objects. */
static void add_structured(struct facts *facts, const struct dataset_field *field,
                           const json_t *value)
{
    if (json_is_object(value))
        add_item(facts, field, json_text(value, "id", ""));
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        add_item(facts, field,
                 json_is_object(item) ? json_text(item, "id", "") : json_string_value(item));
    }
}

void facts_read(const struct dataset *dataset, const json_t *document, struct facts *facts)
{
    facts_start(dataset, facts);
    for (size_t i = 0; i < dataset->field_count; i++) {
        const struct dataset_field *field = &dataset->fields[i];
        if (!role_is_searched(field->role))
            continue;
        const json_t *value = json_object_get(document, field->name);
        const char *text = json_string_value(value);
        facts_add(facts, field, text ? text : "");
        if (!text && facts_are_many(field->role))
            add_structured(facts, field, value);
    }
}

bool facts_named_by_address(const struct facts *facts)
{
    return facts->dataset->subject == SUBJECT_PLACE && !facts->is_certificate;
}

bool facts_deceased(const struct facts *facts)
{
    static const char *const words[] = {"deceased", "dead", "死亡",    "已故",
                                        "已死亡",   "去世", "死亡注销"};

    if (facts->dataset->subject != SUBJECT_PERSON || facts->is_certificate)
        return false;
    if (strcmp(facts->dataset->topic, "death") == 0)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(facts->status, words[i]) == 0)
            return true;
    return false;
}

/* --- numbers ---------------------------------------------------------------------------------- */

size_t subject_head_length(enum subject_kind kind)
{
    switch (kind) {
    case SUBJECT_PERSON:
        return 6;
    case SUBJECT_ENTERPRISE:
        return 8;
    case SUBJECT_PLACE:
        return 12;
    case SUBJECT_INDICATOR:
    case SUBJECT_NONE:
        break;
    }
    return 0;
}

bool subject_birth(const char *subject, char out[9])
{
    size_t length = strlen(subject);
    struct date date;

    if (length == 18)
        snprintf(out, 9, "%.8s", subject + 6);
    else if (length == 15)
        snprintf(out, 9, "19%.6s", subject + 6);
    else
        return false;
    return strspn(out, "0123456789") == 8 && date_parse(out, &date);
}

bool certificate_code(const char *text, char *out, size_t size)
{
    static const char root[] = "1215630052";
    size_t length = strlen(root);

    if (!search_fold_code(text, out, size))
        return false;
    size_t skip = strncmp(out, root, length) == 0 ? length : 0;
    memmove(out, out + skip, strlen(out) + 1 - skip);
    return *out != '\0';
}

bool certificate_split(const char *text, struct certificate_parts *parts)
{
    struct certificate_id id;
    char head[CERTIFICATE_ID_TEXT_MAX];

    if (!certificate_id_split(text, &id) || !*id.type || !*id.issuer || !*id.serial ||
        !search_fold_code(id.serial, parts->serial, sizeof parts->serial))
        return false;
    snprintf(head, sizeof head, "%s.%s", id.type, id.issuer);
    if (!search_fold_code(head, parts->head, sizeof parts->head))
        return false;
    char code[CERTIFICATE_CODE_MAX];
    size_t length = strlen(parts->head);
    if (!certificate_code(text, code, sizeof code) || strncmp(code, parts->head, length) != 0)
        return false;
    memcpy(parts->tail, code + length, strlen(code + length) + 1);
    int written = snprintf(parts->issue, sizeof parts->issue, "%s%s", parts->head, parts->serial);
    return written > 0 && (size_t)written < sizeof parts->issue;
}

/* --- addresses -------------------------------------------------------------------------------- */

static bool is_digit(uint32_t point)
{
    return point >= '0' && point <= '9';
}

/* Characters that end a word of an address: province down to room. */
static bool ends_word(uint32_t point)
{
    switch (point) {
    case 0x7701: /* 省 */
    case 0x5E02: /* 市 */
    case 0x533A: /* 区 */
    case 0x53BF: /* 县 */
    case 0x65D7: /* 旗 */
    case 0x76DF: /* 盟 */
    case 0x9547: /* 镇 */
    case 0x4E61: /* 乡 */
    case 0x6751: /* 村 */
    case 0x7EC4: /* 组 */
    case 0x793E: /* 社 */
    case 0x8DEF: /* 路 */
    case 0x8857: /* 街 */
    case 0x5DF7: /* 巷 */
    case 0x5F04: /* 弄 */
    case 0x53F7: /* 号 */
    case 0x680B: /* 栋 */
    case 0x5E62: /* 幢 */
    case 0x5EA7: /* 座 */
    case 0x697C: /* 楼 */
    case 0x5C42: /* 层 */
    case 0x5BA4: /* 室 */
    case 0x6237: /* 户 */
    case 0x5143: /* 元 */
        return true;
    default:
        return false;
    }
}

/* A word ends before a number, and behind 省 … 室 when it has two characters or more; of several
 * such characters in a row the last one counts (西乡村, 3号楼, 社区). 街道 is one ending. */
static bool cut_after(const struct folded *address, size_t from, size_t at)
{
    uint32_t point = address->points[at];
    uint32_t next = at + 1 < address->count ? address->points[at + 1] : 0;

    if (!is_digit(point) && is_digit(next))
        return true;
    bool road = point == 0x9053; /* 道 */
    if (at == from || !(road || ends_word(point)) || ends_word(next))
        return false;
    return road ? address->points[at - 1] == 0x8857 : !(point == 0x8857 && next == 0x9053);
}

void address_split(const struct folded *address, struct address_words *words)
{
    size_t from = 0;

    words->count = 0;
    for (size_t at = 0; at < address->count && words->count < ADDRESS_WORDS_MAX; at++)
        if (at + 1 == address->count || cut_after(address, from, at)) {
            words->items[words->count].from = from;
            words->items[words->count++].count = at + 1 - from;
            from = at + 1;
        }
}
