#ifndef HUILIU_SYNC_COUCH_H
#define HUILIU_SYNC_COUCH_H
/*
 * The CouchDB HTTP API as this client uses it (Apache CouchDB 3.x, PouchDB Server): one function
 * for each kind of request, each of which checks that the answer is the thing asked for.
 *
 *     couch_open(&settings, &couch, &error);
 *     couch_database(couch, "population-440306017", &info, &error);
 *     couch_changes(couch, &query, on_row, context, &page, &error);
 *     ...
 *     couch_close(couch);
 *
 * Every failure is classified (sync/classify.h); couch_last() gives the facts behind it: the HTTP
 * status, Retry-After, the upstream's words. Sequences are opaque and travel as JSON text:
 * "\"12-abc\"" from CouchDB, "12" from PouchDB Server.
 *
 * One thread. couch_http() is for http_cancel() and http_wake().
 */
#include "base/error.h"
#include "base/json.h"
#include "sync/changes.h"
#include "sync/http.h"
#include "sync/multipart.h"

#include <stdbool.h>
#include <stdint.h>

#define COUCH_REV_MAX      96
#define COUCH_INSTANCE_MAX 64

struct couch;

enum status couch_open(const struct http_settings *settings, struct couch **couch,
                       struct error *error) MUST_CHECK;
void couch_close(struct couch *couch);
struct http *couch_http(const struct couch *couch);
/* Facts of the last request; valid until the next one. */
const struct http_answer *couch_last(const struct couch *couch);

/* What all genuine answers so far had to say. */
struct couch_contact {
    int64_t at_ms; /* wall clock of the last complete, genuine answer; 0: none */
    bool clock_known;
    int64_t clock_offset_ms; /* upstream's clock minus ours */
    int64_t bytes;           /* received, on the wire; also of an answer still coming in */
    int64_t requests;
};
struct couch_contact couch_contact(const struct couch *couch);

/* --- databases -------------------------------------------------------------------------------- */

struct couch_info {
    int64_t documents, deleted;
    char instance[COUCH_INSTANCE_MAX]; /* instance_start_time: changes when it is recreated */
    char *update_seq;                  /* JSON text */
};
enum status couch_database(struct couch *couch, const char *database, struct couch_info *info,
                           struct error *error) MUST_CHECK;
void couch_info_release(struct couch_info *info);
/* Was a position taken in the present life of the database? Not when it was recreated: another
 * instance, or (PouchDB Server, whose sequences are numbers) a sequence that went back. An old
 * position is accepted by a recreated database without a word, so this must be asked. */
bool couch_is_same_life(const struct couch_info *info, const char *instance, const char *since);

/* A database that is there already counts as created. */
enum status couch_create_database(struct couch *couch, const char *database,
                                  struct error *error) MUST_CHECK;

/* --- changes ---------------------------------------------------------------------------------- */

struct couch_query {
    const char *database;
    const char *since; /* JSON text; NULL: from the start */
    int64_t limit;     /* rows */
    int seq_interval;  /* only every n-th row needs a position; 0: every row */
    bool conflicts;    /* documents list their losing revisions in _conflicts */
    enum changes_form form;
    int64_t wait_ms; /* > 0: long poll, answers when there is something or time is up */
};

/* Rows are handed over while they arrive. On failure only page->rows is set. */
enum status couch_changes(struct couch *couch, const struct couch_query *query, couch_row_sink sink,
                          void *context, struct couch_page *page, struct error *error) MUST_CHECK;
/* Does the feed end with this page? An upstream may give fewer rows than were asked for and say
 * that more are pending. */
bool couch_page_is_last(const struct couch_query *query, const struct couch_page *page);

/* What there is to wait for between two runs. */
struct couch_place {
    const char *database;
    const char *since; /* JSON text; NULL: from the start */
};
/* Until one of the databases (COUCH_PLACES_MAX at most, each takes a connection; none will do) has
 * something behind its position: HTTP_EVENT_ANSWER. For the rest see http_listen(). */
#define COUCH_PLACES_MAX 4
enum http_event couch_listen(struct couch *couch, const struct couch_place *places, size_t count,
                             int64_t ms, int signal);

/* --- documents -------------------------------------------------------------------------------- */

/* rev NULL: the winner. Caller json_decref()s *document. */
enum status couch_get(struct couch *couch, const char *database, const char *id, const char *rev,
                      json_t **document, struct error *error) MUST_CHECK;
/* STATUS_CONFLICT when the document's _rev is not the winner's. */
enum status couch_put(struct couch *couch, const char *database, const char *id,
                      const json_t *document, char rev[COUCH_REV_MAX],
                      struct error *error) MUST_CHECK;
/* The same with the attachments whose stubs say `"follows":true`, in the order of `_attachments`:
 * one request, one revision, all or nothing. The document must have its `_id`. */
enum status couch_put_with(struct couch *couch, const char *database, const char *id,
                           const json_t *document, const struct multipart_parts *parts,
                           char rev[COUCH_REV_MAX], struct error *error) MUST_CHECK;
/* One result per document: {"id","rev"} or {"id","error","reason"}. Caller json_decref()s it. */
enum status couch_bulk_docs(struct couch *couch, const char *database, const json_t *documents,
                            json_t **results, struct error *error) MUST_CHECK;

/* The present content of documents by name (`_all_docs`, POST): an array with one object for each
 * key, in their order, {"id","value":{"rev"…},"doc"} or {"key","error":"not_found"}; a deleted one
 * has value.deleted and no doc. Caller json_decref()s *rows. */
enum status couch_fetch(struct couch *couch, const char *database, const json_t *keys,
                        json_t **rows, struct error *error) MUST_CHECK;

#endif
