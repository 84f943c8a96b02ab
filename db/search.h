#ifndef HUILIU_DB_SEARCH_H
#define HUILIU_DB_SEARCH_H
/*
 * Search as you type (DESIGN section 6). A query is any bytes; it is never syntax. Words may be
 * names, parts of names, pinyin (full, partial, initials, every common reading), resident ids by
 * prefix, birth date or last digits, phones, enterprise names, credit codes, address words and
 * certificate numbers, in any order and mix. Exact before prefix before inside. One hit per
 * subject: a person who stands in five datasets is one hit (the dataset with the highest
 * priority names it). Certificates are found by their own number and name, and, when only they are
 * asked for, by whatever finds their holder. Places are found by where they lie and by their
 * number.
 *
 * Runs in the reader's thread; reader_interrupt() from another thread stops it
 * (STATUS_CANCELLED). The result owns its strings.
 */
#include "db/reader.h"

#include <stdint.h>

enum search_kind {
    SEARCH_ALL,
    SEARCH_PERSON,
    SEARCH_ENTERPRISE,
    SEARCH_CERTIFICATE,
    SEARCH_PLACE,
    SEARCH_INDICATOR
};

struct search_options {
    enum search_kind kind;
    int limit; /* 0: 50; at most 500 */
};

struct search_hit {
    enum search_kind kind;
    const char *dataset;
    const char *record;  /* document key */
    const char *subject; /* id number, credit code, certificate or other number, unmasked */
    const char *name;
    const char *detail;  /* address or another line that tells namesakes apart; may be "" */
    const char *matched; /* "identity", "name", "name_prefix", "pinyin", "initials", "inside",
                            "id_prefix", "id_suffix", "birth_date", "phone", "address", "holder",
                            "number_inside", … */
    /* Another record of the same subject fitted, by this name; NULL: `record` itself did. */
    const char *found_as, *found_in; /* the name; the dataset */
    int pending;                     /* change requests about this subject that are not final */
    bool deceased;
};

struct search_result {
    const struct search_hit *hits;
    size_t count;
    int64_t total_at_least;
    double seconds;
};

enum status search_run(struct reader *reader, const char *query,
                       const struct search_options *options, struct search_result **result,
                       struct error *error) MUST_CHECK;
void search_result_free(struct search_result *result);

#endif
