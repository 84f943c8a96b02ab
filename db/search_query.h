#ifndef HUILIU_DB_SEARCH_QUERY_H
#define HUILIU_DB_SEARCH_QUERY_H
/*
 * From what was typed to what is asked of the index. Private to db/.
 *
 * A query is cut into words; letters that touch digits or characters ("zw1990", "张wei") are words
 * of their own. Each word can mean several things, in three tiers: exact, beginning, inside. For a
 * tier, query_expression() writes the FTS5 expression that finds every record in which each word
 * fits in this tier or a better one (a single word: in this tier). Nothing that was typed reaches
 * FTS5 except as a folded term in quotes.
 */
#include "db/search.h"
#include "db/search_key.h"

#define QUERY_BYTES_MAX 512
#define QUERY_WORDS_MAX 8
#define WORD_CODE_MAX   96

enum word_script { WORD_HAN, WORD_LETTERS, WORD_DIGITS, WORD_CODE };

struct word {
    enum word_script script;
    struct folded folded;
    char code[WORD_CODE_MAX];    /* ASCII form; "" for WORD_HAN */
    char date[9];                /* YYYY, YYYYMM or YYYYMMDD if it can be one; "" */
    struct address_words places; /* its parts, when every part stands in some address */
};

struct query {
    struct word words[QUERY_WORDS_MAX];
    size_t count;
};

enum tier { TIER_EXACT, TIER_PREFIX, TIER_INSIDE, TIER_COUNT };

void query_parse(const char *text, struct query *query);

/* Looks up address words in the dictionary; before the first query_expression(). */
enum status query_place(struct sql *cache, struct query *query, struct error *error) MUST_CHECK;

/* *possible is false when some word means nothing in this tier or a better one. */
enum status query_expression(struct sql *cache, const struct query *query, enum tier tier,
                             enum search_kind kind, struct buf *out, bool *possible,
                             struct error *error) MUST_CHECK;

#endif
