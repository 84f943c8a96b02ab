#include "verify/qr_numeric.h"

#include "base/i18n.h"
#include "verify/base64url.h"

#include <string.h>

#define SCHEME        "shc:/"
#define SCHEME_LENGTH (sizeof SCHEME - 1)
#define LOWEST        45 /* '-', the lowest character of a JWS */
#define HIGHEST_PAIR  77 /* 'z' */
/* Digits behind a scheme that is nearly ours: nothing else has so many, nor behind a colon. */
#define NEARLY_DIGITS         20
#define NEARLY_DIGITS_OF_KEYS 60

/* One QR code: where its digits are in the whole text. */
struct chunk {
    const char *digits;
    size_t length;
    unsigned number, count; /* 1 of 1 for a code in one part */
};

struct scan {
    const char *text;
    const char *end;
    const char *at;
    struct error *error;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t place(const struct scan *scan, const char *at)
{
    return (size_t)(at - scan->text) + 1;
}

bool qr_numeric_is(const char *text, size_t length)
{
    return length >= SCHEME_LENGTH && memcmp(text, SCHEME, SCHEME_LENGTH) == 0;
}

/* "C/": one or two digits and a slash. */
static bool read_count(struct scan *scan, unsigned *count)
{
    const char *at = scan->at;
    unsigned value = 0;

    while (at < scan->end && is_digit(*at) && at - scan->at < 2)
        value = value * 10 + (unsigned)(*at++ - '0');
    if (at == scan->at || at == scan->end || *at != '/')
        return false;
    scan->at = at + 1;
    *count = value;
    return true;
}

/* "C/N/", or nothing for a code in one part. */
static enum status read_place(struct scan *scan, struct chunk *chunk)
{
    const char *start = scan->at;

    chunk->number = chunk->count = 1;
    if (!read_count(scan, &chunk->number))
        return STATUS_OK;
    if (!read_count(scan, &chunk->count) || chunk->number == 0 ||
        chunk->count > QR_NUMERIC_CHUNKS_MAX)
        return error_set(scan->error, STATUS_INVALID,
                         _("The code is damaged at character %zu: it does not say which part of "
                           "how many it is."),
                         place(scan, start));
    if (chunk->number > chunk->count)
        return error_set(scan->error, STATUS_INVALID,
                         _("The code is damaged at character %zu: there can be no part %u of %u."),
                         place(scan, start), chunk->number, chunk->count);
    return STATUS_OK;
}

/* Whether the digits end here; scanners send the parts without anything in between, too. */
static bool is_chunk_end(const struct scan *scan)
{
    return scan->at == scan->end || is_space(*scan->at) ||
           qr_numeric_is(scan->at, (size_t)(scan->end - scan->at));
}

static enum status read_chunk(struct scan *scan, struct chunk *chunk)
{
    if (!qr_numeric_is(scan->at, (size_t)(scan->end - scan->at)))
        return error_set(scan->error, STATUS_INVALID,
                         _("The code is damaged at character %zu: it should go on with %s."),
                         place(scan, scan->at), SCHEME);
    scan->at += SCHEME_LENGTH;
    *chunk = (struct chunk){0};
    enum status status = read_place(scan, chunk);
    if (status != STATUS_OK)
        return status;
    chunk->digits = scan->at;
    while (!is_chunk_end(scan))
        scan->at++;
    chunk->length = (size_t)(scan->at - chunk->digits);
    return STATUS_OK;
}

/* Digits, slashes between them, as many as nothing else has. */
static bool are_many_digits(const char *text, size_t length, size_t wanted)
{
    for (size_t i = 0; i < wanted; i++)
        if (i == length || (!is_digit(text[i]) && text[i] != '/'))
            return false;
    return true;
}

bool qr_numeric_is_damaged(const char *text, size_t length)
{
    size_t scheme = 0;

    while (scheme < length && scheme < 8 && text[scheme] != '/' && !is_digit(text[scheme]))
        scheme++;
    if (scheme < 2 || scheme == length || qr_numeric_is(text, length))
        return false;
    if (text[scheme] == '/')
        return are_many_digits(text + scheme + 1, length - scheme - 1, NEARLY_DIGITS);
    return text[scheme - 1] == ':' &&
           are_many_digits(text + scheme, length - scheme, NEARLY_DIGITS_OF_KEYS);
}

/* How many parts there are in all, and which are here, bit by bit; 0 for a code in one part and
 * for anything damaged. */
static unsigned count_parts(const char *text, unsigned *here)
{
    struct scan scan = {.text = text, .end = text + strlen(text), .at = text};
    unsigned count = 0;

    *here = 0;
    while (scan.at < scan.end) {
        struct chunk chunk;
        if (read_chunk(&scan, &chunk) != STATUS_OK || (count && chunk.count != count))
            return 0;
        count = chunk.count;
        *here |= 1U << (chunk.number - 1);
        while (scan.at < scan.end && is_space(*scan.at))
            scan.at++;
    }
    return count > 1 ? count : 0;
}

bool qr_numeric_continues(const char *before, const char *part)
{
    unsigned here, new;
    unsigned count = count_parts(before, &here);

    return count && count_parts(part, &new) == count && !(here & new) && here != (1U << count) - 1;
}

static enum status decode_chunk(const struct scan *scan, const struct chunk *chunk, struct buf *out)
{
    for (size_t i = 0; i < chunk->length; i++)
        if (!is_digit(chunk->digits[i]))
            return error_set(scan->error, STATUS_INVALID,
                             _("The code is damaged at character %zu: there should be a digit."),
                             place(scan, chunk->digits + i));
    if (chunk->length == 0 || chunk->length % 2 != 0)
        return error_set(scan->error, STATUS_INVALID,
                         _("The code is damaged: it has %zu digits, which do not form pairs."),
                         chunk->length);
    for (size_t i = 0; i < chunk->length; i += 2) {
        int pair = (chunk->digits[i] - '0') * 10 + (chunk->digits[i + 1] - '0');
        char c = (char)(pair + LOWEST);
        if (pair > HIGHEST_PAIR || (c != '.' && !base64url_is_digit(c)))
            return error_set(scan->error, STATUS_INVALID,
                             _("The code is damaged at character %zu: %02d stands for nothing."),
                             place(scan, chunk->digits + i), pair);
        buf_char(out, c);
    }
    return STATUS_OK;
}

static bool same_digits(const struct chunk *a, const struct chunk *b)
{
    return a->length == b->length && memcmp(a->digits, b->digits, a->length) == 0;
}

static enum status read_chunks(struct scan *scan, struct chunk chunks[QR_NUMERIC_CHUNKS_MAX],
                               unsigned *count)
{
    unsigned seen = 0;

    *count = 0;
    while (scan->at < scan->end) {
        struct chunk chunk;
        const char *start = scan->at;
        enum status status = read_chunk(scan, &chunk);
        if (status != STATUS_OK)
            return status;
        struct chunk *there = &chunks[chunk.number - 1];
        if ((*count && chunk.count != *count) || (there->digits && !same_digits(there, &chunk)))
            return error_set(scan->error, STATUS_INVALID,
                             _("The part at character %zu belongs to another code than the parts "
                               "before it."),
                             place(scan, start));
        *count = chunk.count;
        seen += there->digits == NULL;
        *there = chunk;
        while (scan->at < scan->end && is_space(*scan->at))
            scan->at++;
    }
    for (unsigned i = 0; i < *count; i++)
        if (!chunks[i].digits)
            return error_set(scan->error, STATUS_INVALID,
                             _("The code has %u parts, of which only %u came: part %u is missing. "
                               "Scan all of them one after another."),
                             *count, seen, i + 1);
    return STATUS_OK;
}

enum status qr_numeric_decode(const char *text, size_t length, struct buf *out, struct error *error)
{
    struct chunk chunks[QR_NUMERIC_CHUNKS_MAX] = {0};
    struct scan scan = {.text = text, .end = text + length, .at = text, .error = error};
    struct buf characters = {0};
    unsigned count;

    if (length > QR_NUMERIC_TEXT_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The code is too long."));
    while (scan.end > text && is_space(scan.end[-1]))
        scan.end--;
    if (!qr_numeric_is(text, length))
        return error_set(error, STATUS_INVALID, _("The code does not begin with %s."), SCHEME);
    enum status status = read_chunks(&scan, chunks, &count);
    for (unsigned i = 0; status == STATUS_OK && i < count; i++)
        status = decode_chunk(&scan, &chunks[i], &characters);
    if (status == STATUS_OK)
        buf_bytes(out, buf_text(&characters), characters.length);
    if (status == STATUS_OK && (buf_failed(&characters) || buf_failed(out)))
        status = error_nomem(error);
    buf_release(&characters);
    return status;
}

void qr_numeric_encode(const char *jws, size_t length, struct buf *out)
{
    buf_str(out, SCHEME);
    for (size_t i = 0; i < length; i++)
        buf_printf(out, "%02d", jws[i] - LOWEST);
}
