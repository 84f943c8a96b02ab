#ifndef HUILIU_BASE_JSON_H
#define HUILIU_BASE_JSON_H
/*
 * JSON, strictly. This is the one file that includes jansson; users of this header use json_t and
 * jansson's accessors directly, but parse and print only through here:
 *
 *   - json_parse() bounds the size, the depth and the number of values before jansson sees a byte
 *     (a 20 MB "[],[],..." costs 900 MB in jansson), and rejects duplicate members. Its error
 *     names line and column and never quotes the text.
 *   - json_canonical() is RFC 8785 in the subset we sign and hash: members sorted by UTF-16 code
 *     units, no white space, strings with minimal escapes, integers only and none beyond 2^53 - 1
 *     (STATUS_INVALID). The hash of a change request is over this form.
 *
 * Both printers append; when they fail `out` has its old content again. A value of NULL (one that
 * could not be made) is STATUS_NOMEM.
 *
 * Text inside is not cleaned for the terminal: that is text_show()'s work. Thread-safe as long as
 * one json_t stays in one thread.
 */
#include "base/buf.h"
#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>

#define JSON_DEPTH_MAX  32
#define JSON_TEXT_MAX   ((size_t)8 << 20)
#define JSON_VALUES_MAX ((size_t)1 << 19) /* commas and opening brackets */

/* Parses one complete object or array; STATUS_INVALID or STATUS_TOO_LARGE otherwise. The caller
 * json_decref()s *value. */
enum status json_parse(const char *text, size_t length, json_t **value,
                       struct error *error) MUST_CHECK;

/* Compact, members in order of insertion, real numbers as short as they read back unchanged. A
 * nesting deeper than twice JSON_DEPTH_MAX is STATUS_INVALID. */
enum status json_print(const json_t *value, struct buf *out, struct error *error) MUST_CHECK;
enum status json_canonical(const json_t *value, struct buf *out, struct error *error) MUST_CHECK;

/* Member as text, integer or boolean; the fallback when absent, null or of another type (also when
 * `object` is no object). The text lives as long as the member. */
const char *json_text(const json_t *object, const char *name, const char *fallback);
json_int_t json_int(const json_t *object, const char *name, json_int_t fallback);
bool json_bool(const json_t *object, const char *name, bool fallback);

/* Sets a member and takes the reference also on failure; NULL value counts as a failure
 * (out of memory, or text that is not UTF-8).
 * Sticky: when *ok is false nothing happens, on failure *ok becomes false. */
void json_put(json_t *object, const char *name, json_t *value, bool *ok);
void json_put_text(json_t *object, const char *name, const char *text, bool *ok); /* NULL: null */
void json_add(json_t *array, json_t *value, bool *ok);

#endif
