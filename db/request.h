#ifndef HUILIU_DB_REQUEST_H
#define HUILIU_DB_REQUEST_H
/*
 * Change requests in the outbox: raising, deciding, listing, and what sync needs to deliver them.
 *
 * Raising and deciding first append to outbox.log, then commit; when they return STATUS_OK the
 * act is on disk twice. Delivery is separate from state and is computed, never stored as a claim:
 *
 *   queued     there are events (or a whole request) the upstream has not acknowledged
 *   sending    a write of it is under way right now
 *   delivered  every event is in an acknowledged upstream revision
 *   held       a person has to decide; hold_reason says why
 *   withdrawn  given up before the upstream had it: there is nothing to send
 *
 * Requests of other stations arrive through request_merge_upstream() and live in the same table.
 */
#include "db/outbox.h"
#include "db/reader.h"
#include "db/request_doc.h"
#include "db/session.h"

enum delivery {
    DELIVERY_QUEUED,
    DELIVERY_SENDING,
    DELIVERY_DELIVERED,
    DELIVERY_HELD,
    DELIVERY_WITHDRAWN,
};
const char *delivery_name(enum delivery delivery);  /* "queued" … */
const char *delivery_title(enum delivery delivery); /* translated */

struct request_change {
    const char *field;
    const char *proposed; /* as typed; converted to the field's JSON type */
};

struct request_attachment {
    const char *path; /* file to read; at most REQUEST_ATTACHMENT_MAX bytes */
};
#define REQUEST_ATTACHMENT_MAX  ((size_t)4 << 20)
#define REQUEST_ATTACHMENTS_MAX ((size_t)5 << 20) /* together */

struct request_new {
    const char *kind;    /* NULL: "correction" */
    const char *dataset; /* record's dataset */
    const char *record;  /* record's key */
    const struct request_change *changes;
    size_t change_count;
    /* Nobody typed the subject's number and name: they are a register's and taken with their
     * faults. */
    bool subject_is_registered;
    const char *ground, *reason;
    const struct request_attachment *attachments;
    size_t attachment_count;
    const char *resubmits; /* NULL, or the request this one takes the place of: the session must be
                              allowed to resubmit it, and it is closed in the same transaction */
    bool keeps_evidence;   /* of that request, except files of a name that is attached anew */
};

/* Raises and submits a request on the record as the reader sees it now (base values and base_rev
 * are taken from there; unknown or not correctable fields, empty or unchanged proposals are
 * STATUS_INVALID; numbers are checked by type). id receives "request:<ULID>". */
enum status request_raise(struct outbox *outbox, struct reader *reader,
                          const struct session *session, const struct request_new *request,
                          char id[48], struct error *error) MUST_CHECK;

/* Another open request about the same record that already asks for everything this one does. */
struct request_same {
    const char *id, *maker;
    enum request_state state;
};
/* The oldest such request when this one were raised now; id "": there is none. Fails where
 * request_raise() would refuse the changes. */
enum status request_find_same(struct reader *reader, const struct request_new *request, char id[48],
                              struct error *error) MUST_CHECK;

/* A proposed value as it would be typed; false when it cannot be. */
bool request_value_typed(const json_t *value, struct buf *out);

/* action: "approve", "return", "withdraw", "resubmit" (the note is the id of the new request),
 * "note", "dispute", "close". Checks role, state and maker != checker; STATUS_REFUSED says which
 * rule. `ids` may omit the "request:" prefix. */
enum status request_act(struct outbox *outbox, const struct session *session, const char *id,
                        const char *action, const char *note, struct error *error) MUST_CHECK;

/* A held request, decided by a person. KEEP: it is sent again as it is; what the record says now
 * (as the reader sees it) has been taken note of. DROP: its maker withdraws it, and what is left to
 * tell the upstream is sent; without a note the reason of the hold is given. One transaction.
 * STATUS_REFUSED when the request is not held, or the session may not. */
enum resolution { RESOLVE_KEEP, RESOLVE_DROP };
enum status request_resolve(struct outbox *outbox, struct reader *reader,
                            const struct session *session, const char *id,
                            enum resolution resolution, const char *note,
                            struct error *error) MUST_CHECK;

/* What the returned data say about a request the reviewer has approved. */
enum request_effect {
    EFFECT_NONE,        /* not approved, given up or upheld; or nothing to compare with */
    EFFECT_WAITED_FOR,  /* the record is still as it was */
    EFFECT_AS_PROPOSED, /* the record says what was proposed */
    EFFECT_OTHER_VALUE, /* the provider has corrected it, and to something else */
    EFFECT_NOT_SEEN,    /* as it was, and the last step is REQUEST_SEEN_DAYS ago */
};
#define REQUEST_SEEN_DAYS 30
const char *request_effect_name(enum request_effect effect);     /* "none", "waited_for" … */
const char *request_effect_sentence(enum request_effect effect); /* translated; "": no remark */

/* One row of the queue; strings live in the list. */
struct request_row {
    const char *id;
    const char *kind, *dataset, *dataset_title, *record, *subject_kind, *subject, *subject_name;
    const char *maker, *station, *ground, *reason;
    /* "户籍地址: 旧 → 新" of one change, and how many more; raw. It is for those who may see fields
     * of this grade (session_sees()). */
    const char *summary;
    int summary_grade;
    enum request_state state;
    enum delivery delivery;
    const char *delivery_reason; /* held: why; queued after failures: the last error; else "" */
    const char *hold_kind; /* held: status_name() of the reason, "conflict" when the record has
                              changed since; else "" */
    int64_t created_ms, last_event_ms;
    bool born_here;
    bool base_changed; /* the cached record has another revision and another value now */
    enum request_effect effect;
    const char *deadline; /* YYYY-MM-DD or "" while the legal clock is not running */
    bool deadline_certain;
};

struct request_filter {
    const char *maker;   /* only this account's */
    const char *subject; /* only about this subject */
    const char *record;
    const char *dataset;
    int state;      /* enum request_state, or -1 for any */
    bool open_only; /* not final, or not delivered */
    bool held_only;
    bool unsent_only;      /* queued, sending or held */
    bool unseen_only;      /* EFFECT_OTHER_VALUE or EFFECT_NOT_SEEN */
    const char *review_by; /* pending_review and not made by this account */
    int limit;             /* 0: 1000; at most 10000 */
};

struct request_list {
    const struct request_row *rows;
    size_t count;
};

enum status request_list(struct reader *reader, const struct request_filter *filter,
                         struct request_list **list, struct error *error) MUST_CHECK;
void request_list_free(struct request_list *list);

/* One change with its three values: base (when raised), proposed, now (in the cache). */
struct request_field {
    const char *field, *title, *base, *proposed,
        *now; /* displayed forms, raw text; now may be NULL */
    bool now_differs;
};

struct request_detail {
    struct request_row row;
    struct request_fold fold;
    const struct request_field *fields;
    size_t field_count;
    const struct request_same *same; /* who asks for the same; oldest first */
    size_t same_count;
    const char *base_rev, *current_rev; /* current_rev NULL: the record is not in the cache */
    const char *hash, *origin, *upstream_rev;
    const json_t *document; /* as it would be written upstream */
    /* The record was withdrawn while this waits to be sent: a copy (db/escrow.h), and when it was
     * made; NULL: there is none. */
    const json_t *copy;
    int64_t copy_ms;
};

enum status request_get(struct reader *reader, const char *id, struct request_detail **detail,
                        struct error *error) MUST_CHECK;
void request_detail_free(struct request_detail *detail);

/* --- delivery, for sync/ ---------------------------------------------------------------------- */

#define REQUEST_NO_RECORD "-"

struct outgoing {
    char id[48];
    char upstream_rev[96]; /* "" when never written */
    json_t *document;      /* frozen + all events known here (+ _rev, + _attachments: the upstream's
                              own stubs as last merged, the whole content until then) */
    json_t *event_ids;     /* of the events in `document` not acknowledged yet */
    bool is_first;         /* no write of it was ever begun: the upstream cannot have it */
    char accepted_rev[96]; /* of the record: a person has seen it and keeps the request;
                              REQUEST_NO_RECORD: there was none to see; "": nobody was asked */
    json_t *parts;         /* [{"name","type","length"}]: what follows the document, in the order of
                              its `_attachments`; empty when nothing does */
};

/* Next request with something to send and not held, oldest first, after the id `after` ("" for
 * the first). STATUS_NOT_FOUND: none left. Marks it as sending. */
enum status request_next_outgoing(struct outbox *outbox, const char *after,
                                  struct outgoing *outgoing, struct error *error) MUST_CHECK;
/* The same for an upload: content that the upstream lacks is not in the document, its stub says
 * "follows" and it is listed in `parts`. */
enum status request_next_upload(struct outbox *outbox, const char *after, struct outgoing *outgoing,
                                struct error *error) MUST_CHECK;
/* Exactly `length` bytes from `offset` on of an attachment held here, straight from the disk. */
enum status request_read_attachment(struct outbox *outbox, const char *id, const char *name,
                                    int64_t offset, char *bytes, size_t length,
                                    struct error *error) MUST_CHECK;
void outgoing_release(struct outgoing *outgoing);
/* How the record a request is about stands to what the request was made from. */
enum request_base {
    BASE_SAME,    /* the fields to be changed have the values they had */
    BASE_CHANGED, /* one of them has another value now */
    BASE_REACHED, /* and they are all as proposed */
};
enum request_base request_compare_base(const json_t *request, const json_t *record);
/* A first write is about to begin: from now on the upstream may have the request, whatever will be
 * heard of it. */
enum status request_offer(struct outbox *outbox, const char *id, struct error *error) MUST_CHECK;
/* The upstream has refused this request and was seen not to have it. When it has been withdrawn,
 * nothing is left to send: *closed. */
enum status request_close_here(struct outbox *outbox, const char *id, bool *closed,
                               struct error *error) MUST_CHECK;
/* The upstream stored exactly these events under `rev`. */
enum status request_acknowledge(struct outbox *outbox, const struct outgoing *outgoing,
                                const char *rev, struct error *error) MUST_CHECK;
/* Not sent for a passing reason: back to queued with the sentence to show. */
enum status request_defer(struct outbox *outbox, const char *id, const char *reason,
                          struct error *error) MUST_CHECK;
/* Refused for good or needs a person: `kind` is a status_name(). */
enum status request_hold(struct outbox *outbox, const char *id, const char *kind,
                         const char *reason, struct error *error) MUST_CHECK;
/* How many are held, whenever that was. */
enum status request_count_held(struct outbox *outbox, int64_t *held,
                               struct error *error) MUST_CHECK;
/* A person decided: put back into the queue. */
enum status request_release(struct outbox *outbox, const char *id, struct error *error) MUST_CHECK;

/* A row of requests-<area> (or the current document after a 409): merges its event set with ours in
 * one transaction with the feed position. An edited frozen part or a wrong hash is kept
 * aside and reported as STATUS_CORRUPT without stopping the feed (the position still moves when
 * `since` is given). `document` NULL: the upstream deleted it; ours is held. What is
 * merged last decides which revision the next write builds on and which events count as
 * acknowledged: of conflicting revisions, merge the winner last. */
enum status request_merge_upstream(struct outbox *outbox, const char *id, const char *rev,
                                   const json_t *document, const char *database, const char *since,
                                   struct error *error) MUST_CHECK;
/* Feed position of the requests database; STATUS_NOT_FOUND when never read. */
enum status request_feed_position(struct outbox *outbox, const char *database, struct buf *since,
                                  struct buf *instance, struct error *error) MUST_CHECK;
/* The requests database was recreated or is another one: it has nothing of what was acknowledged.
 * In one transaction every event counts as unsent again (what turns out to be there after all is
 * merged) and the position is at the start of this `instance`. */
enum status request_forget_upstream(struct outbox *outbox, const char *database,
                                    const char *instance, struct error *error) MUST_CHECK;
enum status request_set_feed_position(struct outbox *outbox, const char *database,
                                      const char *since, const char *instance, int64_t contact_ms,
                                      struct error *error) MUST_CHECK;

#endif
