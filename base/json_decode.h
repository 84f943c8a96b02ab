#ifndef HUILIU_BASE_JSON_DECODE_H
#define HUILIU_BASE_JSON_DECODE_H
/*
 * A quick way through ordinary JSON. Private to base/json.c.
 *
 * jansson reads a character at a time through a callback; at a million rows that is more time than
 * everything else the first sync does. json_decode() builds the same values in one pass, and only
 * for text it is sure about: it gives NULL for whatever is wrong, unusual (fractions, surrogate
 * escapes, numbers beyond 64 bits) or over a limit, and then the parser decides and words the
 * error. So it may refuse anything, but must never take what jansson refuses or read it otherwise;
 * tests/fuzz/fuzz_json.c compares the two.
 */
#include "base/json.h"

/* One object or array without a member named twice, at most JSON_DEPTH_MAX deep, with at most
 * JSON_VALUES_MAX values and JSON_TEXT_MAX bytes. The caller json_decref()s it. */
json_t *json_decode(const char *text, size_t length);

#endif
