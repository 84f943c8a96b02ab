#include "base/i18n.h"
#include "db/catalogue.h"
#include "db/codes.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define DISPLAY_DEPTH_MAX 4
#define NUMBER_TEXT_SIZE  64

static void display(const struct dataset_field *field, const json_t *value, int depth,
                    struct buf *out);

static void separator(struct buf *out)
{
    buf_str(out, i18n_is_chinese() ? "、" : ", ");
}

/* 1234567.5 as 1,234,567.5: digits of the whole part in groups of three. */
static void grouped(const char *number, struct buf *out)
{
    size_t sign = number[0] == '-';
    size_t whole = strspn(number + sign, "0123456789");

    buf_bytes(out, number, sign);
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            buf_char(out, ',');
        buf_char(out, number[sign + i]);
    }
    buf_str(out, number + sign + whole);
}

/* Amounts often come as text, so that no cent gets lost on the way. */
static bool is_decimal(const char *text)
{
    static const char digits[] = "0123456789";
    const char *at = text + (text[0] == '-');
    size_t whole = strspn(at, digits);

    at += whole;
    if (*at == '.')
        at += 1 + strspn(at + 1, digits);
    return whole > 0 && *at == '\0';
}

static void display_number(const struct dataset_field *field, const json_t *value, struct buf *out)
{
    char number[NUMBER_TEXT_SIZE];

    if (json_is_integer(value))
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else
        snprintf(number, sizeof number, "%.15g", json_real_value(value));
    const char *title = field->type == TYPE_CODE ? code_title(field->codes, number) : NULL;
    if (title)
        buf_str(out, title);
    else if (field->type == TYPE_AMOUNT && !strchr(number, 'e'))
        grouped(number, out);
    else
        buf_str(out, number);
}

static void display_text(const struct dataset_field *field, const json_t *value, struct buf *out)
{
    const char *text = json_string_value(value);
    const char *title = field->type == TYPE_CODE ? code_title(field->codes, text) : NULL;

    if (title)
        buf_str(out, title);
    else if (field->type == TYPE_AMOUNT && is_decimal(text))
        grouped(text, out);
    else
        buf_bytes(out, text, json_string_length(value));
}

static void display_array(const struct dataset_field *field, const json_t *value, int depth,
                          struct buf *out)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (i > 0)
            separator(out);
        display(field, json_array_get(value, i), depth + 1, out);
    }
}

/* Members by name; {"id": …, "name": …} reads "name (id)". */
static void display_object(const struct dataset_field *field, const json_t *value, int depth,
                           struct buf *out)
{
    const char *name = json_text(value, "name", NULL);
    const char *id = json_text(value, "id", NULL);
    const char *key;
    json_t *member;
    bool first = true;

    if (name && id && json_object_size(value) == 2) {
        buf_printf(out, "%s (%s)", name, id);
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)value, key, member)
    {
        if (!first)
            separator(out);
        first = false;
        buf_printf(out, "%s: ", key);
        display(field, member, depth + 1, out);
    }
}

static void display(const struct dataset_field *field, const json_t *value, int depth,
                    struct buf *out)
{
    if (!value || depth > DISPLAY_DEPTH_MAX)
        return;
    switch (json_typeof(value)) {
    case JSON_STRING:
        display_text(field, value, out);
        break;
    case JSON_INTEGER:
    case JSON_REAL:
        display_number(field, value, out);
        break;
    case JSON_TRUE:
        buf_str(out, _("yes"));
        break;
    case JSON_FALSE:
        buf_str(out, _("no"));
        break;
    case JSON_ARRAY:
        display_array(field, value, depth, out);
        break;
    case JSON_OBJECT:
        display_object(field, value, depth, out);
        break;
    case JSON_NULL:
        break;
    }
}

void field_display(const struct dataset_field *field, const json_t *value, struct buf *out)
{
    display(field, value, 0, out);
}
