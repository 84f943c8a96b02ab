#ifndef HUILIU_DB_SEARCH_QUERY_H
#define HUILIU_DB_SEARCH_QUERY_H
/*
 * From what was typed to what is asked of the index. Private to db/.
 *
 * A query is cut into words; letters that touch digits or characters ("zw1990", "张wei") are words
 * of their own. What was typed can often be cut in several ways, the likely ones first: these are
 * its readings (db/search_reading.c). Each word of a reading can mean several things, in
 * five tiers from exact to a part of an address. In the step n of a search every word stands for
 * its meanings in the tiers up to n, or in its best one where that is worse (a single word: in that
 * tier only). For a step, query_expression() writes the FTS5 expression that finds every record in
 * which all words fit. Nothing that was typed reaches FTS5 except as a folded term in quotes.
 *
 *     query_readings(text, readings, READINGS_MAX);
 *     query_prepare(cache, &readings[0], &(struct preparation){arena, false}, error);
 *     query_prepare_step(cache, &readings[0], TIER_EXACT, error);
 *     query_expression(&readings[0], TIER_EXACT, &expression);
 */
#include "base/arena.h"
#include "db/search.h"
#include "db/search_key.h"

#define QUERY_BYTES_MAX 512
#define QUERY_WORDS_MAX 12
#define READINGS_MAX    14
#define WORD_CODE_MAX   96
#define PAIRS_MAX       6

enum word_script { WORD_HAN, WORD_LETTERS, WORD_DIGITS, WORD_CODE };

/* PART: what is less likely meant than a beginning, and found after it: "li" for Liu, last digits
 * of a number whose first digits these may be. */
enum tier { TIER_EXACT, TIER_PREFIX, TIER_PART, TIER_INSIDE, TIER_PLACE, TIER_COUNT };

/* The records that one meaning of a word stands for: the first of them, or all. */
struct word_rows {
    const int64_t *ids;
    size_t count;
    bool all;
    bool judged; /* all, and they have been looked at */
};

struct word {
    enum word_script script;
    struct folded folded;
    char code[WORD_CODE_MAX];    /* ASCII form; "" for WORD_HAN */
    char spelled[WORD_CODE_MAX]; /* letters with apostrophes where a character ends */
    bool begun;                  /* each of these may be only the beginning of a syllable */
    char date[9];                /* YYYY, YYYYMM or YYYYMMDD if it can be one; "" */
    struct address_words places; /* its parts, when every part stands in some address */
    /* From query_prepare(): expressions for each tier, NULL where the word means nothing, and the
     * best tier that has one; for so many tiers. */
    const char *meanings[TIER_COUNT];
    size_t prepared;
    enum tier least;
    struct word_rows rows[TIER_COUNT];
    enum tier common_from;   /* from here on so many records fit that it is not worth asking for */
    bool left_out;           /* of every expression so far */
    size_t pairs[PAIRS_MAX]; /* neighbours by which a long name is looked for */
    size_t pair_count;
    bool touched; /* a single character, by letters */
    bool is_room; /* digits beside an address: rather a part of it than of another number */
};

/* IF_FEW: while what was found leaves room on the first screen; IF_VAGUE: and nothing of it is just
 * what was typed. */
enum reading_use {
    READING_ALWAYS,
    READING_IF_ROOM,
    READING_IF_FEW,
    READING_IF_VAGUE,
    READING_IF_NOTHING
};

struct plan_notes;

struct preparation {
    struct arena *arena;
    bool holders; /* words may also be names of those whom certificates are about */
};

struct query {
    struct word words[QUERY_WORDS_MAX];
    size_t count;
    enum reading_use use;
    enum tier deepest; /* the last step that is worth it */
    /* For queries of several words: about how many records there are, the share of them in which
     * other words than letters stand, and whether one of them stands in few. */
    int64_t records;
    double beside;
    bool rare;
    struct preparation how;
    struct plan_notes *notes; /* db/search_plan.h */
};

/* Words as they stand there. */
void query_parse(const char *text, struct query *query);
/* All readings, the likely ones first; how many. */
size_t query_readings(const char *text, struct query *readings, size_t max);
/* A word as if it had been typed between blanks; for readings. */
void query_add_word(struct query *query, const char *text, size_t length);

/* Looks up what the words can mean, as far as any record fits. A single word waits for
 * query_prepare_step(): often the first steps find enough. */
enum status query_prepare(struct sql *cache, struct query *query, const struct preparation *how,
                          struct error *error) MUST_CHECK;
/* Before what follows is asked about a step; in the order of the steps. */
enum status query_prepare_step(struct sql *cache, struct query *query, enum tier step,
                               struct error *error) MUST_CHECK;

/* False when a step finds nothing, or nothing that the steps before do not find. */
bool query_step_counts(const struct query *query, enum tier step);
/* Of what the steps before, in this order, have not found; empty when there is nothing. */
void query_expression(struct query *query, enum tier step, struct buf *out);
/* The same among the records of one kind; an empty expression stays empty. */
void query_limit_kind(enum search_kind kind, struct buf *out);
/* Digits that a number more likely begins with than ends with. */
bool word_is_head(const struct query *query, const struct word *word);

#endif
