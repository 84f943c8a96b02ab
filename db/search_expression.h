#ifndef HUILIU_DB_SEARCH_EXPRESSION_H
#define HUILIU_DB_SEARCH_EXPRESSION_H
/*
 * The parts that expressions for the index are written of, and the look into its dictionaries.
 * Private to db/search_query.c and db/search_expression.c. A list of alternatives ("a OR b OR …")
 * is empty while nothing was added.
 */
#include "db/search_query.h"

#define EXPANSION_MAX 160 /* words or heads that one typed beginning may stand for */

void next_alternative(struct buf *out);
void put_term(struct buf *out, enum term_class class, const char *text, size_t length);
void alternative(struct buf *out, enum term_class class, const char *text);
void alternative_part(struct buf *out, enum term_class class, const char *text, size_t length);
void alternative_range(struct buf *out, enum term_class class, const char *text);
void put_points(struct buf *out, enum term_class class, const struct folded *folded, size_t from,
                size_t count);
void alternative_points(struct buf *out, enum term_class class, const struct folded *folded,
                        size_t from, size_t count);
void alternative_digits(struct buf *out, enum term_class class, const char *text);
void alternative_digits_before(struct buf *out, enum term_class class, const char *text);
/* " AND " before it, except before the first. */
void and_term(struct buf *out, bool *any, enum term_class class, const char *text, size_t length);
void bind_range(struct stmt *stmt, const char *text, size_t length);
enum status add_heads(struct sql *cache, enum term_class class, const char *code, struct buf *out,
                      struct error *error) MUST_CHECK;
enum status head_known(struct sql *cache, enum term_class class, const char *code, size_t length,
                       bool *known, struct error *error) MUST_CHECK;

/* Words of addresses, as alternatives in `out` (may be NULL) as far as there is room for them. */
struct words {
    struct buf *out;
    size_t count, max;
};
/* Those in which a part of a typed address stands. */
enum status find_words(struct sql *cache, const struct folded *folded, size_t from, size_t count,
                       struct words *words, struct error *error) MUST_CHECK;

#endif
