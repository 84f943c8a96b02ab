#ifndef HUILIU_DB_SEARCH_SPLIT_H
#define HUILIU_DB_SEARCH_SPLIT_H
/*
 * Letters as a mix of syllables and first letters ("zhangwt", "zwentao"), as expressions for the
 * index. Private to db/search_query.c.
 *
 * Each way to read the letters asks for the first letters of the characters, and for the syllables
 * that were spelled out. FTS5 walks through the whole list of each; that of a syllable is long, and
 * where the first letters, or other words, leave few records it is quicker to look at those. So
 * samples are taken first: of the first letters, which nobody may have, and, where many have them,
 * of the syllables, of which the rarest are asked for as long as that pays.
 */
#include "db/search_query.h"

struct weighing {
    struct sql *cache;
    struct plan_notes *notes;
    double beside; /* the share of the records in which other words stand; 1: there are none */
    enum status status;
    struct error *error;
};

enum mixed {
    MIXED_WHOLE, /* these are all characters of the name, and the first, or none, is spelled out */
    MIXED_BEGUN, /* what may be more than that */
    MIXED_ANY
};

/* By the first letters, and by syllables where they are spelled out. */
void add_mixed(struct weighing *weighing, const struct word *word, enum mixed mixed,
               struct buf *out);
/* The same from a later character on: "wentao", "went". */
void add_mixed_inside(struct weighing *weighing, const struct word *word, struct buf *out);
/* Beginnings of names by the first letters of their characters, as the index has them, as an
 * alternative, */
void add_initials_head(const char *letters, size_t length, struct buf *out);
/* and parts of names. */
void put_given_initials(const char *letters, size_t length, struct buf *out);

#endif
