#include "tests/township/put.h"

#include <string.h>

void put_separator(struct buf *out)
{
    if (out->length == 0)
        return;
    char last = out->data[out->length - 1];
    if (last != '{' && last != '[')
        buf_char(out, ',');
}

void put_name(struct buf *out, const char *name)
{
    put_separator(out);
    buf_char(out, '"');
    buf_str(out, name);
    buf_bytes(out, "\":", 2);
}

void put_string(struct buf *out, const char *text)
{
    buf_char(out, '"');
    while (*text != '\0') {
        size_t plain = 0;
        while ((unsigned char)text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\')
            plain++;
        buf_bytes(out, text, plain);
        text += plain;
        if (*text == '"' || *text == '\\') {
            buf_char(out, '\\');
            buf_char(out, *text++);
        } else if (*text != '\0') {
            buf_printf(out, "\\u%04x", (unsigned)(unsigned char)*text++);
        }
    }
    buf_char(out, '"');
}

void put_text(struct buf *out, const char *name, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    put_name(out, name);
    put_string(out, text);
}

static void put_digits(struct buf *out, int64_t number, int digits)
{
    char text[24];
    size_t at = sizeof text;
    do {
        text[--at] = (char)('0' + number % 10);
        number /= 10;
        digits--;
    } while ((number > 0 || digits > 0) && at > 0);
    buf_bytes(out, text + at, sizeof text - at);
}

void put_number(struct buf *out, const char *name, int64_t number)
{
    put_name(out, name);
    if (number < 0)
        buf_char(out, '-');
    put_digits(out, number < 0 ? -number : number, 1);
}

void put_bool(struct buf *out, const char *name, bool value)
{
    put_name(out, name);
    buf_str(out, value ? "true" : "false");
}

void put_code(struct buf *out, const char *name, int code, int digits)
{
    put_name(out, name);
    buf_char(out, '"');
    put_digits(out, code, digits);
    buf_char(out, '"');
}

void put_date(struct buf *out, const char *name, struct date date)
{
    if (date.year == 0)
        return;
    put_name(out, name);
    buf_char(out, '"');
    put_digits(out, date.year, 4);
    buf_char(out, '-');
    put_digits(out, date.month, 2);
    buf_char(out, '-');
    put_digits(out, date.day, 2);
    buf_char(out, '"');
}

void put_open(struct buf *out, const char *name, char bracket)
{
    put_name(out, name);
    buf_char(out, bracket);
}
