#ifndef HUILIU_DB_WATCH_STATE_H
#define HUILIU_DB_WATCH_STATE_H
/*
 * What a mark remembers of its subject, and what is different now. Private to db/.
 *
 * {"n": notices told so far, "whole": ["dataset"…], "records": {"dataset/key": {"field":
 * "digest"…}…}}: `whole` are the datasets that had been read completely, so that a record which
 * appears in another one is known to be old news.
 */
#include "base/arena.h"
#include "base/json.h"
#include "db/catalogue.h"
#include "db/reader.h"

#define WATCHED_RECORDS_MAX 200

enum watch_event { WATCH_CHANGED, WATCH_ADDED, WATCH_REMOVED };

struct watch_news {
    enum watch_event event;
    const char *dataset, *record; /* in the arena */
    const char *fields;           /* WATCH_CHANGED: one a line */
};

struct watch_difference {
    const struct watch_news *news;
    size_t count;
    const char *name; /* of the subject, in the arena; "" when no record names it */
    json_t *state;    /* to be remembered; the caller json_decref()s it */
};

/* What there is to remember now; STATUS_NOT_FOUND when there is no record. */
enum status watch_state_take(struct reader *reader, enum subject_kind kind, const char *subject,
                             struct arena *arena, struct watch_difference *out,
                             struct error *error) MUST_CHECK;
/* The same, and what is different from `before`. */
enum status watch_state_compare(struct reader *reader, enum subject_kind kind, const char *subject,
                                const json_t *before, struct arena *arena,
                                struct watch_difference *out, struct error *error) MUST_CHECK;

#endif
