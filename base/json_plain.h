#ifndef HUILIU_BASE_JSON_PLAIN_H
#define HUILIU_BASE_JSON_PLAIN_H
/*
 * Plain JSON, read without building anything: for the millions of rows that look like each other.
 * A parser that makes an object of every member costs ten times what it takes to see that a text
 * is well formed and to copy what is wanted of it.
 *
 *     struct json_plain plain = {text, text + length};
 *     struct json_names names = {0};
 *     struct json_span name;
 *     if (!json_plain_take(&plain, '{'))
 *         ...
 *     while (json_plain_member(&plain, &names, &name))
 *         if (!json_plain_value(&plain, &copy))
 *             return false;
 *     return json_plain_take(&plain, '}') && json_plain_is_over(&plain);
 *
 * Plain is less than JSON: no escapes in strings, no numbers but integers of up to 18 digits,
 * JSON_PLAIN_MEMBERS members and JSON_PLAIN_DEPTH brackets at most. All else is refused, whether it
 * is JSON or not: who is refused asks json_parse() (base/json.h), which decides. What is taken,
 * json_parse() would have taken too (UTF-8 is checked, members named twice are refused), and a copy
 * is what json_print() would have made of it. Pure; the spans point into the text.
 */
#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_PLAIN_MEMBERS 64
#define JSON_PLAIN_DEPTH   8

struct json_plain {
    const char *at, *end;
};

struct json_span {
    const char *text; /* not NUL-terminated */
    size_t length;
};

/* The members of one object so far; all zero at its start. */
struct json_names {
    uint64_t marks; /* one bit for each, so that most names need not be compared */
    size_t count;
    struct json_span items[JSON_PLAIN_MEMBERS];
};

/* Skips white space; false, and nothing taken, when something else than `c` follows. */
bool json_plain_take(struct json_plain *plain, char c);
/* What stands between the quotes. */
bool json_plain_string(struct json_plain *plain, struct json_span *content);
/* Any value, appended to `copy` in compact form; NULL: only looked at. The caller asks `copy`
 * whether it failed. */
bool json_plain_value(struct json_plain *plain, struct buf *copy);
/* The next member up to its colon. False: none, and the closing bracket should follow. */
bool json_plain_member(struct json_plain *plain, struct json_names *names, struct json_span *name);
bool json_plain_is_over(struct json_plain *plain);

bool json_span_is(const struct json_span *span, const char *text);

#endif
