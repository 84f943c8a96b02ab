#include "verify/asn1.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

struct der der_of(const void *bytes, size_t length)
{
    return (struct der){.at = bytes, .left = length};
}

bool der_at_end(const struct der *reader)
{
    return reader->left == 0;
}

unsigned der_peek(const struct der *reader)
{
    return reader->left > 0 ? reader->at[0] : 0;
}

/* The length behind the tag; *header becomes the bytes of tag and length. */
static bool read_length(const struct der *reader, size_t *header, size_t *length)
{
    if (reader->left < 2)
        return false;
    size_t first = reader->at[1];
    if (first < 0x80) {
        *header = 2;
        *length = first;
        return true;
    }
    size_t bytes = first & 0x7f;
    if (bytes == 0 || bytes > 4 || reader->left < 2 + bytes || reader->at[2] == 0)
        return false;
    size_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | reader->at[2 + i];
    *header = 2 + bytes;
    *length = value;
    return value >= 0x80;
}

bool der_next(struct der *reader, struct der_item *item)
{
    size_t header = 0, length = 0;

    if (!read_length(reader, &header, &length) || (reader->at[0] & 0x1f) == 0x1f ||
        reader->left - header < length)
        return false;
    *item = (struct der_item){
        .tag = reader->at[0],
        .content = reader->at + header,
        .length = length,
        .whole = reader->at,
        .whole_length = header + length,
    };
    reader->at += header + length;
    reader->left -= header + length;
    return true;
}

bool der_take(struct der *reader, unsigned tag, struct der_item *item)
{
    return der_peek(reader) == tag && der_next(reader, item);
}

bool der_skip(struct der *reader, unsigned tag)
{
    struct der_item skipped;

    return der_take(reader, tag, &skipped);
}

bool der_enter(struct der *reader, unsigned tag, struct der *inside)
{
    struct der_item item;

    if (!der_take(reader, tag, &item))
        return false;
    *inside = der_of(item.content, item.length);
    return true;
}

bool der_take_bits(struct der *reader, struct der_item *bits)
{
    struct der before = *reader;
    struct der_item item;

    if (!der_take(reader, DER_BIT_STRING, &item) || item.length < 1 || item.content[0] != 0) {
        *reader = before;
        return false;
    }
    *bits = item;
    bits->content++;
    bits->length--;
    return true;
}

bool der_take_small(struct der *reader, long *value)
{
    struct der before = *reader;
    struct der_item item;

    if (!der_take(reader, DER_INTEGER, &item) || item.length < 1 || item.length > 4 ||
        (item.content[0] & 0x80) != 0 ||
        (item.length > 1 && item.content[0] == 0 && (item.content[1] & 0x80) == 0)) {
        *reader = before;
        return false;
    }
    long read = 0;
    for (size_t i = 0; i < item.length; i++)
        read = read << 8 | item.content[i];
    *value = read;
    return true;
}

/* --- object identifiers ----------------------------------------------------------------------- */

struct oid_text {
    char *out;
    size_t used;
    bool failed;
};

static void put_arc(struct oid_text *text, uint32_t arc)
{
    int length = snprintf(text->out + text->used, OID_TEXT_MAX - text->used, "%s%lu",
                          text->used > 0 ? "." : "", (unsigned long)arc);

    if (length < 0 || (size_t)length >= OID_TEXT_MAX - text->used)
        text->failed = true;
    else
        text->used += (size_t)length;
}

/* The first number holds two arcs: 40 times the first, plus the second. */
static void put_first_arcs(struct oid_text *text, uint32_t value)
{
    uint32_t first = value < 80 ? value / 40 : 2;

    put_arc(text, first);
    put_arc(text, value - 40 * first);
}

bool der_take_oid(struct der *reader, char out[OID_TEXT_MAX])
{
    struct der before = *reader;
    struct der_item item;
    struct oid_text text = {.out = out};
    uint32_t value = 0;
    bool inside = false; /* of a number */

    if (!der_take(reader, DER_OID, &item))
        return false;
    text.failed = item.length == 0 || (item.content[item.length - 1] & 0x80) != 0;
    for (size_t i = 0; i < item.length && !text.failed; i++) {
        unsigned char byte = item.content[i];
        if ((!inside && byte == 0x80) || value > UINT32_MAX >> 7) {
            text.failed = true;
            break;
        }
        value = value << 7 | (byte & 0x7f);
        inside = (byte & 0x80) != 0;
        if (inside)
            continue;
        if (text.used == 0)
            put_first_arcs(&text, value);
        else
            put_arc(&text, value);
        value = 0;
    }
    if (text.failed)
        *reader = before;
    return !text.failed;
}

/* --- times ------------------------------------------------------------------------------------ */

/* `count` digits at *at as a number; -1 when there are none. */
static int take_digits(const unsigned char *text, size_t length, size_t *at, size_t count)
{
    int value = 0;

    if (length - *at < count)
        return -1;
    for (size_t i = 0; i < count; i++) {
        unsigned char c = text[*at + i];
        if (c < '0' || c > '9')
            return -1;
        value = 10 * value + (c - '0');
    }
    *at += count;
    return value;
}

/* Behind the seconds: a fraction, then Z, an offset, or nothing. */
static bool take_zone(const unsigned char *text, size_t length, size_t at, int *offset_minutes)
{
    *offset_minutes = 0;
    if (at < length && text[at] == '.') {
        size_t start = ++at;
        while (at < length && text[at] >= '0' && text[at] <= '9')
            at++;
        if (at == start)
            return false;
    }
    if (at == length)
        return true;
    unsigned char sign = text[at++];
    if (sign == 'Z')
        return at == length;
    int hours = take_digits(text, length, &at, 2);
    int minutes = take_digits(text, length, &at, 2);
    if ((sign != '+' && sign != '-') || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 ||
        at != length)
        return false;
    *offset_minutes = (sign == '-' ? -1 : 1) * (60 * hours + minutes);
    return true;
}

bool der_time_text(const unsigned char *text, size_t length, bool two_digit_year, int64_t *ms)
{
    size_t at = 0;
    int offset = 0;
    int year = take_digits(text, length, &at, two_digit_year ? 2 : 4);
    int month = take_digits(text, length, &at, 2);
    int day = take_digits(text, length, &at, 2);
    int hour = take_digits(text, length, &at, 2);
    int minute = take_digits(text, length, &at, 2);
    int second = take_digits(text, length, &at, 2);

    if (two_digit_year && year >= 0)
        year += year < 50 ? 2000 : 1900; /* RFC 5280 section 4.1.2.5.1 */
    struct date date = {year, month, day};
    if (year < 0 || !date_is_valid(date) || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 59 || !take_zone(text, length, at, &offset))
        return false;
    int64_t minutes = date_to_days(date) * 1440 + hour * 60 + minute - offset;
    *ms = (minutes * 60 + second) * 1000;
    return true;
}

bool der_take_time(struct der *reader, int64_t *ms)
{
    struct der before = *reader;
    struct der_item item;
    unsigned tag = der_peek(reader);

    if ((tag == DER_UTC_TIME || tag == DER_GENERALIZED_TIME) && der_next(reader, &item) &&
        der_time_text(item.content, item.length, tag == DER_UTC_TIME, ms))
        return true;
    *reader = before;
    return false;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void put_length(struct buf *out, size_t length)
{
    unsigned char bytes[1 + sizeof length];
    size_t count = 0;

    if (length < 0x80) {
        buf_char(out, (char)length);
        return;
    }
    for (size_t rest = length; rest > 0; rest >>= 8)
        count++;
    bytes[0] = (unsigned char)(0x80 | count);
    for (size_t i = 0; i < count; i++)
        bytes[1 + i] = (unsigned char)(length >> (8 * (count - 1 - i)));
    buf_bytes(out, bytes, 1 + count);
}

void der_put(struct buf *out, unsigned tag, const void *content, size_t length)
{
    buf_char(out, (char)tag);
    put_length(out, length);
    buf_bytes(out, content, length);
}
