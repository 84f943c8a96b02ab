#ifndef HUILIU_DB_REQUEST_STORE_H
#define HUILIU_DB_REQUEST_STORE_H
/*
 * Requests in the tables of outbox.db. Every function works inside the caller's transaction (the
 * loading ones also on a reader's connection) and can be repeated without effect: what is there
 * already stays as it is. After changing events, call store_refresh(). Private to db/.
 */
#include "base/json.h"
#include "db/request_doc.h"
#include "db/session.h"
#include "db/sql.h"

/* STATUS_CORRUPT when there is a request with this id and another hash. */
enum status store_frozen(struct sql *sql, const json_t *frozen, bool born_here, bool *added,
                         struct error *error) MUST_CHECK;
/* Adds what is missing of a checked events array. */
enum status store_events(struct sql *sql, const char *request, const json_t *events, bool *added,
                         struct error *error) MUST_CHECK;
/* `item`: {"name","type","length","sha256"}; data NULL: not held here. */
enum status store_evidence(struct sql *sql, const char *request, const json_t *item,
                           const void *data, size_t length, struct error *error) MUST_CHECK;
/* Computes the fold and the counts again; nothing happens when there is no such request. */
enum status store_refresh(struct sql *sql, const char *request, struct error *error) MUST_CHECK;

/* New references; STATUS_NOT_FOUND. `events` may be NULL. */
enum status store_load(struct sql *sql, const char *request, json_t **frozen, json_t **events,
                       struct error *error) MUST_CHECK;
enum status store_load_events(struct sql *sql, const char *request, json_t **events,
                              struct error *error) MUST_CHECK;

/* As it would be written upstream; `rev` may be NULL or "". */
enum status store_document(struct sql *sql, const char *request, const char *rev, json_t **document,
                           struct error *error) MUST_CHECK;

/* An event made here and now: its number in this station's sequence and the clock's known offset
 * come from the settings. */
enum status store_new_event(struct sql *sql, const struct session *session, bool reviews,
                            const char *action, const char *note, json_t **event,
                            struct error *error) MUST_CHECK;

/* STATUS_INVALID when `text` is no request id. */
enum status store_request_id(const char *text, char id[REQUEST_ID_MAX],
                             struct error *error) MUST_CHECK;

#endif
