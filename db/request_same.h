#ifndef HUILIU_DB_REQUEST_SAME_H
#define HUILIU_DB_REQUEST_SAME_H
/*
 * The same change entered twice: open requests about one record that already ask for all that
 * another one asks for. Both are sent - two people who notice the same mistake are two witnesses -
 * but whoever raises or reviews one of them is shown the other. Private to db/; request_get() and
 * request_find_same() are the doors.
 */
#include "base/arena.h"
#include "db/reader.h"
#include "db/request.h"

struct request_about {
    const char *id; /* itself, or what it takes the place of: not counted; "" for none */
    const char *dataset, *record;
    const json_t *changes; /* as in the document */
};

/* Oldest first; strings live in `arena`. Nothing is the same as a request without changes. */
enum status request_same(struct reader *reader, const struct request_about *about,
                         struct arena *arena, const struct request_same **same, size_t *count,
                         struct error *error) MUST_CHECK;

#endif
