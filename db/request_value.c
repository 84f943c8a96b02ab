#include "db/request_value.h"

#include "base/i18n.h"
#include "base/text.h"
#include "db/codes.h"
#include "db/request.h"
#include "verify/division.h"
#include "verify/phone.h"
#include "verify/resident_id.h"
#include "verify/uscc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MAX   2000 /* bytes of one proposal */
#define INTEGER_MAX (((int64_t)1 << 53) - 1)
#define AMOUNT_MAX  32
#define LIST_MAX    64

struct parsing {
    const struct dataset_field *field;
    const char *text; /* trimmed */
    const json_t *base;
    struct date today;
};

typedef enum status (*parser)(const struct parsing *parsing, json_t **value, struct error *error);

static enum status made(json_t *value, json_t **out, struct error *error)
{
    if (!value)
        return error_nomem(error);
    *out = value;
    return STATUS_OK;
}

static enum status wrong(const struct parsing *parsing, const char *what, struct error *error)
{
    return error_set(error, STATUS_INVALID, _("%s: %s"), parsing->field->title, what);
}

/* --- one function for each kind of type ------------------------------------------------------- */

static enum status parse_text(const struct parsing *parsing, json_t **value, struct error *error)
{
    for (const char *c = parsing->text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            return wrong(parsing, _("the text contains control characters."), error);
    return made(json_string(parsing->text), value, error);
}

static enum status parse_date(const struct parsing *parsing, json_t **value, struct error *error)
{
    char text[DATE_TEXT_MAX];
    struct date date;
    const char *base = json_string_value(parsing->base);

    if (!date_parse(parsing->text, &date))
        return wrong(parsing, _("not a date; write it like 2026-03-14."), error);
    date_format(date, text);
    if (base && strlen(base) == 8 && strspn(base, "0123456789") == 8) { /* written 20260314 */
        memmove(text + 4, text + 5, 2);
        memmove(text + 6, text + 8, 3);
    }
    return made(json_string(text), value, error);
}

/* An instant, a day, or local time as registers write it: 2026-03-14 08:05[:09]. */
static bool is_time(const char *text)
{
    char instant[INSTANT_TEXT_MAX];
    size_t length = strlen(text);
    struct date date;
    int64_t ms;

    if (instant_parse(text, &ms) || date_parse(text, &date))
        return true;
    if ((length != 16 && length != 19) || (text[10] != ' ' && text[10] != 'T'))
        return false;
    snprintf(instant, sizeof instant, "%.10sT%.8s%sZ", text, text + 11, length == 16 ? ":00" : "");
    return instant_parse(instant, &ms);
}

static enum status parse_time(const struct parsing *parsing, json_t **value, struct error *error)
{
    if (!is_time(parsing->text))
        return wrong(parsing, _("not a time; write it like 2026-03-14 08:05."), error);
    return made(json_string(parsing->text), value, error);
}

static enum status parse_integer(const struct parsing *parsing, json_t **value, struct error *error)
{
    char *end;

    errno = 0;
    long long number = strtoll(parsing->text, &end, 10);
    if (errno != 0 || *end != '\0' || number > INTEGER_MAX || number < -INTEGER_MAX)
        return wrong(parsing, _("not a whole number."), error);
    return made(json_integer(number), value, error);
}

/* Digits with at most one point inside. */
static bool is_amount(const char *text)
{
    size_t whole, fraction;

    text += text[0] == '-' ? 1 : 0;
    whole = strspn(text, "0123456789");
    if (whole == 0 || strlen(text) > AMOUNT_MAX)
        return false;
    if (text[whole] == '\0')
        return true;
    fraction = strspn(text + whole + 1, "0123456789");
    return text[whole] == '.' && fraction > 0 && text[whole + 1 + fraction] == '\0';
}

/* Fractions stay text, digit for digit. */
static enum status parse_amount(const struct parsing *parsing, json_t **value, struct error *error)
{
    if (!is_amount(parsing->text))
        return wrong(parsing, _("not an amount; write it like 1250.50."), error);
    if (!strchr(parsing->text, '.') && !json_is_string(parsing->base))
        return parse_integer(parsing, value, error);
    return made(json_string(parsing->text), value, error);
}

static bool is_word_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static enum status parse_boolean(const struct parsing *parsing, json_t **value, struct error *error)
{
    static const char *const yes[] = {"true", "yes", "1", "是", "有", NULL};
    static const char *const no[] = {"false", "no", "0", "否", "无", NULL};

    if (is_word_of(parsing->text, yes))
        return made(json_true(), value, error);
    if (is_word_of(parsing->text, no))
        return made(json_false(), value, error);
    return wrong(parsing, _("write yes or no."), error);
}

/* The first sentence of what condemns the number. */
static enum status condemned(const struct parsing *parsing, const struct findings *findings,
                             struct error *error)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].severity == FINDING_ERROR)
            return wrong(parsing, findings->items[i].text, error);
    return wrong(parsing, _("this number cannot be right."), error);
}

static enum status parse_resident_id(const struct parsing *parsing, json_t **value,
                                     struct error *error)
{
    struct findings findings = {0};
    struct resident_id id;

    if (!resident_id_check(parsing->text, parsing->today, &id, &findings))
        return condemned(parsing, &findings, error);
    return made(json_string(id.number), value, error);
}

static enum status parse_uscc(const struct parsing *parsing, json_t **value, struct error *error)
{
    struct findings findings = {0};
    struct uscc uscc;

    if (!uscc_check(parsing->text, &uscc, &findings))
        return condemned(parsing, &findings, error);
    return made(json_string(uscc.code), value, error);
}

static enum status parse_division(const struct parsing *parsing, json_t **value,
                                  struct error *error)
{
    struct findings findings = {0};
    struct division division;

    if (!division_check(parsing->text, &division, &findings))
        return condemned(parsing, &findings, error);
    return made(json_string(division.code), value, error);
}

static enum status parse_phone(const struct parsing *parsing, json_t **value, struct error *error)
{
    struct findings findings = {0};
    struct phone phone;

    if (!phone_check(parsing->text, &phone, &findings))
        return condemned(parsing, &findings, error);
    return made(json_string(phone.number), value, error);
}

/* Bytes up to the next separator; *skip gets the separator's own. */
static size_t list_item(const char *text, size_t *skip)
{
    static const char *const separators[] = {",", ";", "，", "；", "、"};
    size_t nearest = strlen(text);

    *skip = 0;
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
        const char *found = strstr(text, separators[i]);
        if (found && (size_t)(found - text) < nearest) {
            nearest = (size_t)(found - text);
            *skip = strlen(separators[i]);
        }
    }
    return nearest;
}

static enum status parse_list(const struct parsing *parsing, json_t **value, struct error *error)
{
    json_t *list = json_array();
    bool ok = list != NULL;
    size_t skip = 1;

    for (const char *at = parsing->text; ok && skip > 0;) {
        const char *item;
        size_t length = list_item(at, &skip);
        size_t kept = text_trim(at, length, &item);
        if (kept > 0)
            json_add(list, json_stringn(item, kept), &ok);
        at += length + skip;
    }
    enum status status = ok ? STATUS_OK : error_nomem(error);
    if (ok && (json_array_size(list) == 0 || json_array_size(list) > LIST_MAX))
        status = wrong(parsing, _("write the entries with commas between them."), error);
    if (status != STATUS_OK) {
        json_decref(list);
        return status;
    }
    *value = list;
    return STATUS_OK;
}

/* A system whose table is not held here takes any text. */
static enum status parse_code(const struct parsing *parsing, json_t **value, struct error *error)
{
    const char *system = parsing->field->codes;

    if (code_system_is_known(system) && !code_title(system, parsing->text))
        return wrong(parsing, _("this is no code of its table."), error);
    return parse_text(parsing, value, error);
}

static parser parser_of(enum field_type type)
{
    switch (type) {
    case TYPE_DATE:
        return parse_date;
    case TYPE_TIME:
        return parse_time;
    case TYPE_INTEGER:
        return parse_integer;
    case TYPE_AMOUNT:
        return parse_amount;
    case TYPE_BOOLEAN:
        return parse_boolean;
    case TYPE_RESIDENT_ID:
        return parse_resident_id;
    case TYPE_USCC:
        return parse_uscc;
    case TYPE_PHONE:
        return parse_phone;
    case TYPE_DIVISION:
        return parse_division;
    case TYPE_LIST:
        return parse_list;
    case TYPE_CODE:
        return parse_code;
    case TYPE_TEXT:
    case TYPE_CERTIFICATE_ID:
        break;
    }
    return parse_text;
}

enum status request_value_parse(const struct dataset_field *field, const char *typed,
                                const json_t *base, struct date today, json_t **value,
                                struct error *error)
{
    const char *start;
    struct buf text = {0};
    struct parsing parsing = {.field = field, .base = base, .today = today};
    size_t length = strlen(typed);

    if (length > VALUE_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("%s: the text is too long."), field->title);
    if (!text_is_valid(typed, length))
        return error_set(error, STATUS_INVALID, _("%s: the text is not valid UTF-8."),
                         field->title);
    size_t kept = text_trim(typed, length, &start);
    if (kept == 0)
        return error_set(error, STATUS_INVALID, _("%s: enter the right value."), field->title);
    if (field->type == TYPE_INTEGER || field->type == TYPE_AMOUNT || field->type == TYPE_DATE ||
        field->type == TYPE_TIME)
        text_fold_width(&text, start, kept);
    else
        buf_bytes(&text, start, kept);
    parsing.text = buf_text(&text);
    enum status status =
        buf_failed(&text) ? error_nomem(error) : parser_of(field->type)(&parsing, value, error);
    buf_release(&text);
    return status;
}

/* --- values of a record ----------------------------------------------------------------------- */

/* With the fewest digits that mean the same number: 3.33, not 3.3300000000000001. */
static enum status print_real(double number, struct buf *out)
{
    char digits[32];

    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (strtod(digits, NULL) == number)
            break;
    }
    buf_str(out, digits);
    return buf_failed(out) ? error_nomem(NULL) : STATUS_OK;
}

static json_t *as_text(const json_t *value)
{
    struct buf text = {0};
    json_t *string = NULL;
    enum status status = json_is_real(value) ? print_real(json_real_value(value), &text)
                                             : json_print(value, &text, NULL);

    if (status == STATUS_OK)
        string = json_stringn(buf_text(&text), text.length);
    buf_release(&text);
    return string;
}

json_t *request_value_of_record(const json_t *value)
{
    struct buf canonical = {0};

    if (!value)
        return json_null();
    enum status status = json_canonical(value, &canonical, NULL);
    buf_release(&canonical);
    if (status == STATUS_OK)
        return json_incref((json_t *)(uintptr_t)value);
    return as_text(value);
}

/* Text that spells a number is that number: 5 and "5" are no change. */
static bool spells(const json_t *text, const json_t *number)
{
    char digits[32];

    if (!json_is_string(text) || !json_is_integer(number))
        return false;
    snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(number));
    return strcmp(json_string_value(text), digits) == 0;
}

bool request_value_equal(const json_t *a, const json_t *b)
{
    return json_equal(a, b) || spells(a, b) || spells(b, a);
}

/* --- back to text ----------------------------------------------------------------------------- */

bool request_value_typed(const json_t *value, struct buf *out)
{
    if (json_is_string(value))
        buf_str(out, json_string_value(value));
    else if (json_is_integer(value))
        buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_boolean(value))
        buf_str(out, json_is_true(value) ? _("yes") : _("no"));
    else if (json_is_array(value))
        for (size_t i = 0; i < json_array_size(value); i++) {
            buf_str(out, i > 0 ? ", " : "");
            if (!request_value_typed(json_array_get(value, i), out))
                return false;
        }
    else
        return false;
    return true;
}
