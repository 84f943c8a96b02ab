#ifndef HUILIU_DB_WATCH_H
#define HUILIU_DB_WATCH_H
/*
 * Watching: an account marks a person, an enterprise or a request and is told, by a notice
 * (db/notice.h), when something about it changes.
 *
 *     watch_toggle(outbox, reader, &session, WATCH_PERSON, number, &now, &error);
 *     ... after every exchange:
 *     watch_look(outbox, reader, &raised, &error);
 *
 * A mark remembers what the records of its subject were like: for each a digest of every field,
 * never a value. watch_look() compares that with the cache as it is now and writes the notices and
 * the new memory in one transaction. So nothing is told twice or lost: not after a crash between
 * the exchange and the look, and not when the cache is thrown away and filled again with the same.
 * What is missing because its dataset has not been read completely, or may not be read any more,
 * is not deleted; it is compared again when it is back.
 *
 * Marks on requests need no looking: db/request_news.h tells of them when the events come.
 *
 * At most WATCH_MAX marks for each account. Thread-safe through the outbox handle; the reader
 * belongs to the caller's thread.
 */
#include "db/outbox.h"
#include "db/reader.h"
#include "db/session.h"

#include <stdint.h>

#define WATCH_MAX 500

enum watch_kind { WATCH_PERSON, WATCH_ENTERPRISE, WATCH_REQUEST };

const char *watch_kind_name(enum watch_kind kind); /* "person", "enterprise", "request" */
bool watch_kind_parse(const char *name, enum watch_kind *kind);
enum watch_kind watch_kind_of_subject(enum subject_kind kind); /* person or enterprise */

/* `target`: the number of the subject or the id of the request. STATUS_NOT_FOUND: there is no such
 * thing here. *added (may be NULL): it was not marked before. */
enum status watch_add(struct outbox *outbox, struct reader *reader, const struct session *session,
                      enum watch_kind kind, const char *target, bool *added,
                      struct error *error) MUST_CHECK;
/* STATUS_NOT_FOUND: it is not marked. */
enum status watch_remove(struct outbox *outbox, const struct session *session, enum watch_kind kind,
                         const char *target, struct error *error) MUST_CHECK;
enum status watch_remove_id(struct outbox *outbox, const struct session *session, int64_t id,
                            struct error *error) MUST_CHECK;
/* The one or the other; *watched: how it is now. */
enum status watch_toggle(struct outbox *outbox, struct reader *reader,
                         const struct session *session, enum watch_kind kind, const char *target,
                         bool *watched, struct error *error) MUST_CHECK;
enum status watch_is(struct reader *reader, const struct session *session, enum watch_kind kind,
                     const char *target, bool *watched, struct error *error) MUST_CHECK;

/* The marks of one account; strings live in the list. */
struct watch {
    int64_t id;
    enum watch_kind kind;
    const char *target; /* clear: for opening, not for showing */
    const char *shown;  /* masked for the session */
    const char *name;   /* masked for those who may not read */
    int64_t since_ms;
};

struct watch_list {
    const struct watch *items; /* newest first */
    size_t count;
};

enum status watch_read(struct reader *reader, const struct session *session,
                       struct watch_list **list, struct error *error) MUST_CHECK;
void watch_list_free(struct watch_list *list);

/* Raises what there is to tell; *raised (may be NULL) notices. */
enum status watch_look(struct outbox *outbox, struct reader *reader, int64_t *raised,
                       struct error *error) MUST_CHECK;

#endif
