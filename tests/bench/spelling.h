#ifndef HUILIU_TESTS_BENCH_SPELLING_H
#define HUILIU_TESTS_BENCH_SPELLING_H
/*
 * How a name is typed in Latin letters, from ICU's Han-Latin/Names: another source than the table
 * of db/han.h, so that the recall of the search is not measured against itself.
 */
#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

#define SYLLABLE_MAX 8

struct spelling;

enum status spelling_new(struct spelling **spelling, struct error *error) MUST_CHECK;
void spelling_free(struct spelling *spelling);

/* The syllable of a Chinese character, lower case without tone; "" when it has none. */
const char *spelling_of(struct spelling *spelling, uint32_t codepoint);

/* The syllables of a name, one for each of its characters; returns how many, 0 when some character
 * has none or there are more than `max`. */
size_t spelling_name(struct spelling *spelling, const char *name, const char **syllables,
                     size_t max);

/* The name in traditional characters, appended; false when it is the same. */
bool spelling_traditional(struct spelling *spelling, const char *name, struct buf *out);

#endif
