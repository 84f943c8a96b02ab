#ifndef HUILIU_DB_SEARCH_MATCH_H
#define HUILIU_DB_SEARCH_MATCH_H
/*
 * Whether and how a record fits a query: the judge behind the index. Private to db/. Pure.
 */
#include "db/search_query.h"

/* Best first. name in search_hit.matched, tier */
#define MATCH_LIST(X)                                                                              \
    X(IDENTITY, "identity", TIER_EXACT)                                                            \
    X(CERTIFICATE, "certificate", TIER_EXACT)                                                      \
    X(NAME, "name", TIER_EXACT)                                                                    \
    X(PHONE, "phone", TIER_EXACT)                                                                  \
    X(BIRTH_DATE, "birth_date", TIER_EXACT)                                                        \
    X(HOUSEHOLD, "household", TIER_EXACT)                                                          \
    X(PINYIN, "pinyin", TIER_EXACT)                                                                \
    X(INITIALS, "initials", TIER_EXACT)                                                            \
    X(PINYIN_MIXED, "pinyin", TIER_EXACT)                                                          \
    X(HOLDER, "holder", TIER_EXACT)                                                                \
    X(NAME_PREFIX, "name_prefix", TIER_PREFIX)                                                     \
    X(PINYIN_SHORT, "pinyin", TIER_PREFIX)                                                         \
    X(PINYIN_PREFIX, "pinyin", TIER_PREFIX)                                                        \
    X(INITIALS_PREFIX, "initials", TIER_PREFIX)                                                    \
    X(BIRTH_PART, "birth_date", TIER_PREFIX)                                                       \
    X(ID_PREFIX, "id_prefix", TIER_PREFIX)                                                         \
    X(PHONE_PREFIX, "phone", TIER_PREFIX)                                                          \
    X(CERTIFICATE_PART, "certificate", TIER_PREFIX)                                                \
    X(HOLDER_PART, "holder", TIER_PREFIX)                                                          \
    X(SYLLABLE_PREFIX, "pinyin", TIER_PART)                                                        \
    X(ID_SUFFIX, "id_suffix", TIER_PART)                                                           \
    X(PHONE_SUFFIX, "phone", TIER_PART)                                                            \
    X(BIRTH_SHORT, "birth_date", TIER_PART)                                                        \
    X(INSIDE, "inside", TIER_INSIDE)                                                               \
    X(ADDRESS, "address", TIER_PLACE)                                                              \
    X(PINYIN_INSIDE, "pinyin", TIER_INSIDE)                                                        \
    X(ADDRESS_BEGUN, "address", TIER_PLACE)                                                        \
    X(NUMBER_INSIDE, "number_inside", TIER_INSIDE)                                                 \
    X(NONE, "", TIER_COUNT)

enum match {
#define MATCH_ENUM(name, text, tier) MATCH_##name,
    MATCH_LIST(MATCH_ENUM)
#undef MATCH_ENUM
};

const char *match_name(enum match match);

/* A record prepared once for all words of a query; spellings only when these have letters. */
struct match_record {
    const struct facts *facts;
    struct folded name, holder;
    struct pinyin_name pinyin, holder_pinyin;
    struct pinyin_name joined; /* of the name without what stands in brackets; or empty */
    char subject[SUBJECT_MAX]; /* folded; "" */
    char birth[9];
};

void match_prepare(const struct facts *facts, const struct query *query,
                   struct match_record *record);

/* False when the name alone already rules the record out; for a look before its body is read. */
bool match_name_possible(const struct query *query, const char *name);
enum match match_word(const struct word *word, const struct match_record *record);

/* How all words fit. */
struct judgement {
    enum match best;   /* MATCH_NONE unless each word fits */
    enum tier worst;   /* the step of the search in which this could be expected */
    unsigned distance; /* between two of the same step: the smaller fits better */
    unsigned matches;  /* one bit for each enum match that a word fits by */
    size_t length;     /* of a name of which only a part was typed: characters */
    bool given_name;   /* what was typed is all that stands behind the surname */
};
void match_query(const struct query *query, const struct match_record *record,
                 struct judgement *judgement);

#endif
