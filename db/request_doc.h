#ifndef HUILIU_DB_REQUEST_DOC_H
#define HUILIU_DB_REQUEST_DOC_H
/*
 * The change request as a document (DESIGN section 4): pure functions over JSON, no storage.
 *
 * A request has a frozen part and an append-only *set* of events. The frozen part is everything
 * above `events`; `hash` is the SHA-256 of the canonical JSON (RFC 8785) of the frozen part
 * without `hash` itself. State is a fold over the events:
 *
 *   1. Events are ordered by id (a ULID).
 *   2. Starting from `draft`, the earliest event that is allowed in the present state takes
 *      effect; then the search starts again from the earliest one left. An event of a station
 *      whose clock is wrong therefore waits for the event it depends on.
 *   3. Events that never become allowed stay in the set without effect, each with its reason
 *      ("the maker cannot decide", "already approved by …").
 *
 * So the union of two copies gives the same state on every replica. Allowed:
 *   submit    draft                                     by the maker (whoever submits)
 *   approve   pending_review                            supervisor, not the maker
 *   return    pending_review                            supervisor, not the maker, reason required
 *   withdraw  pending_review, approved                  the maker
 *   receive   approved                                  provider
 *   check     received                                  provider
 *   correct   received, checking                        provider
 *   uphold    received, checking                        provider
 *   need_more received, checking                        provider
 *   dispute   upheld                                    clerk or supervisor
 *   close     corrected, upheld, needs_more, disputed   anyone
 *   resubmit  returned, needs_more                      the maker; the note is the id of the new
 *                                                       request; this one is then closed
 *   note      any                                       anyone; changes no state
 *
 * Final are withdrawn, corrected, upheld and closed: nobody has to act, though an upheld request
 * may still be disputed. At most 1000 events.
 *
 * Thread-safe as far as the json_t values stay in one thread.
 */
#include "base/arena.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

/* Order matters only for display. */
enum request_state {
    REQUEST_DRAFT,
    REQUEST_PENDING_REVIEW,
    REQUEST_RETURNED,
    REQUEST_WITHDRAWN,
    REQUEST_APPROVED,
    REQUEST_RECEIVED,
    REQUEST_CHECKING,
    REQUEST_CORRECTED,
    REQUEST_UPHELD,
    REQUEST_NEEDS_MORE,
    REQUEST_DISPUTED,
    REQUEST_CLOSED,
};

const char *request_state_name(enum request_state state);  /* "pending_review" … */
const char *request_state_title(enum request_state state); /* translated */
bool request_state_parse(const char *name, enum request_state *state);
bool request_state_is_final(enum request_state state); /* nobody has to act any more */

#define REQUEST_ID_MAX    48
#define REQUEST_PROSE_MAX 8000 /* bytes of a reason or a note */

/* "request:<ULID>" from that or the bare ULID, in either case; false when it is neither. */
bool request_id_normalise(const char *text, char out[REQUEST_ID_MAX]);

struct request_draft {
    const char *id;   /* "request:" ULID */
    const char *kind; /* "correction", "application", "recheck", "new" */
    const char *area, *station, *origin;
    const char *dataset, *record, *base_rev;
    const char *subject_kind, *subject_id;
    const char *ground; /* "inaccurate" or "incomplete" */
    const char *reason;
    json_t *changes;  /* [{"field","base","proposed"}], borrowed */
    json_t *evidence; /* [{"name","type","length","sha256"}], borrowed; NULL: none */
};

struct request_event {
    const char *id; /* ULID */
    const char *at; /* RFC 3339 */
    int64_t mono;   /* position in this station's own sequence: 1, 2, 3 … */
    int64_t offset_ms;
    const char *by, *role, *action, *note; /* note may be NULL */
};

/* One step of the history, in the order of the fold; without effect: last, with `ignored`. */
struct request_step {
    const char *id, *at, *by, *role, *action, *note;
    enum request_state state; /* after this step */
    const char *ignored;      /* NULL: took effect; else why not, translated */
};

struct request_fold {
    enum request_state state;
    const char *maker; /* "" before a submit took effect */
    const char *
        received_at; /* RFC 3339 of the effective `receive`; NULL: the legal clock is not running */
    const char *decided_by;    /* of the effective approve or return; NULL */
    const char *return_reason; /* NULL */
    const struct request_step *steps;
    size_t step_count;
};

/* The frozen part with its hash; checks shape, sizes and vocabulary. Caller owns *frozen. */
enum status request_freeze(const struct request_draft *draft, json_t **frozen,
                           struct error *error) MUST_CHECK;
enum status request_event_json(const struct request_event *event, json_t **json,
                               struct error *error) MUST_CHECK;

/* Checks a document from upstream: shape, sizes, and that `hash` is right. */
enum status request_check(const json_t *document, struct error *error) MUST_CHECK;
/* Splits a checked document: frozen part (new reference) and events array (new reference). */
enum status request_split(const json_t *document, json_t **frozen, json_t **events,
                          struct error *error) MUST_CHECK;
/* The document to write upstream: frozen part, events sorted by id. */
enum status request_join(const json_t *frozen, const json_t *events, json_t **document,
                         struct error *error) MUST_CHECK;
/* Union by event id; two different events under one id give STATUS_CORRUPT. */
enum status request_merge_events(const json_t *a, const json_t *b, json_t **merged,
                                 struct error *error) MUST_CHECK;
/* Strings live in `arena`. */
enum status request_fold_events(const json_t *events, struct arena *arena,
                                struct request_fold *fold, struct error *error) MUST_CHECK;

#endif
