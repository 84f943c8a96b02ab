#ifndef HUILIU_TESTS_BENCH_PLAIN_H
#define HUILIU_TESTS_BENCH_PLAIN_H
/*
 * The same rows searched the ways nearest at hand, for comparison: one text per row (name, its
 * pinyin, its initials, number, birth date, phone, address) under LIKE '%word%', under FTS5 with
 * the trigram tokenizer, and under FTS5's default tokenizer with prefix queries. Each gives the
 * first 50 rows in whatever order they come: ranking would cost them more.
 *
 * Words shorter than three characters are beyond the trigram index; they are looked for with LIKE
 * in its table, beside the longer ones where there are any.
 */
#include "tests/bench/bench.h"
#include "tests/bench/queries.h"

enum plain_way { PLAIN_LIKE, PLAIN_TRIGRAM, PLAIN_WORDS, PLAIN_COUNT };

struct plain;

/* Makes DIRECTORY/plain.db unless it is there. */
enum status plain_open(const struct bench *bench, struct spelling *spelling, struct plain **plain,
                       struct error *error) MUST_CHECK;
void plain_close(struct plain *plain);

enum status plain_search(struct plain *plain, enum plain_way way, const char *query, size_t *found,
                         struct error *error) MUST_CHECK;
const char *plain_name(enum plain_way way);
long long plain_size(const struct plain *plain); /* bytes of the file */

#endif
