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
    X(NAME_PREFIX, "name_prefix", TIER_PREFIX)                                                     \
    X(PINYIN_PREFIX, "pinyin", TIER_PREFIX)                                                        \
    X(INITIALS_PREFIX, "initials", TIER_PREFIX)                                                    \
    X(ID_PREFIX, "id_prefix", TIER_PREFIX)                                                         \
    X(ID_SUFFIX, "id_suffix", TIER_PREFIX)                                                         \
    X(BIRTH_PART, "birth_date", TIER_PREFIX)                                                       \
    X(PHONE_PART, "phone", TIER_PREFIX)                                                            \
    X(CERTIFICATE_PART, "certificate", TIER_PREFIX)                                                \
    X(INSIDE, "inside", TIER_INSIDE)                                                               \
    X(ADDRESS, "address", TIER_INSIDE)                                                             \
    X(PINYIN_INSIDE, "pinyin", TIER_INSIDE)                                                        \
    X(NONE, "", TIER_COUNT)

enum match {
#define MATCH_ENUM(name, text, tier) MATCH_##name,
    MATCH_LIST(MATCH_ENUM)
#undef MATCH_ENUM
};

const char *match_name(enum match match);
enum tier match_tier(enum match match);

/* A record prepared once for all words. */
struct match_record {
    const struct facts *facts;
    struct folded name;
    struct pinyin_name pinyin;
    char subject[SUBJECT_MAX]; /* folded; "" */
    char birth[9];
};

void match_prepare(const struct facts *facts, struct match_record *record);

/* False when the name alone already rules the record out; for a look before its body is read. */
bool match_name_possible(const struct query *query, const char *name);
enum match match_word(const struct word *word, const struct match_record *record);

/* How all words fit: MATCH_NONE unless each does; else the best, and in *worst the tier of the
 * worst. */
enum match match_query(const struct query *query, const struct match_record *record,
                       enum tier *worst);

#endif
