#ifndef HUILIU_DB_NOTICE_H
#define HUILIU_DB_NOTICE_H
/*
 * Notices: what a person at this workstation has to be told, kept in outbox.db until they have seen
 * it. A recheck that contradicts what was said at the counter, a change to a record somebody
 * watches, a decision on one's own request.
 *
 *     const struct notice_parameter parameters[] = {{"object", number}, {"verdict", "revoked"}};
 *     const struct notice_new notice = {.kind = NOTICE_RECHECK_DIFFERS, .cause = cause,
 *                                       .account = "li", .severity = NOTICE_ALARM,
 *                                       .dataset = "certificate", .record = key,
 *                                       .parameters = parameters, .parameter_count = 2};
 *     status = notice_raise(outbox, &notice, &added, &error);
 *
 * A notice is raised for a cause, which names the happening and not the call ("recheck:<id>",
 * "state:<event id>"): raised again for the same cause and account it stays the one it is, also
 * when it has been seen. So whoever finds out may say so as often as it finds out.
 *
 * What is stored is the kind and its parameters, never a sentence: the sentence is made when it is
 * read, in the reader's language and as far as the reader may see what it names. A parameter that
 * stands for something is given by its wire name and shown by its title: see NOTICE_LIST.
 *
 * Seen ones are kept NOTICE_KEPT_DAYS, unseen ones until they are seen. Thread-safe through the
 * outbox handle and the reader.
 */
#include "db/outbox.h"
#include "db/reader.h"
#include "db/session.h"

#include <stdint.h>

#define NOTICE_KEPT_DAYS      400
#define NOTICE_CAUSE_MAX      400
#define NOTICE_PARAMETERS_MAX 8
#define NOTICE_VALUE_MAX      2000 /* bytes of a parameter; longer ones are cut */

/*
 * name, wire name, sentence. {…} is replaced by the parameter of that name:
 *
 *     name     of a person or enterprise; masked for those who may not read. Without it the name in
 *              the notice's record is taken, or the number of its subject
 *     object   a number that was looked at; masked for those who may not read
 *     note     what a person or the upstream wrote; hidden from those who may not read
 *     dataset  wire name of a dataset; its title
 *     fields   names of fields of the notice's dataset, one a line; their titles
 *     state    request_state_name(); its title
 *     action   of an event of a request; its title
 *     verdict, before   verdict_name(); its title
 *
 * Any other one is shown as it is.
 */
#define NOTICE_LIST(X)                                                                             \
    X(REQUEST_STATE, "request_state", N_("Request about {name}: {state}, by {by}."))               \
    X(REQUEST_RETURNED, "request_returned", N_("Request about {name}: {by} gave it back. {note}")) \
    X(REQUEST_OVERTAKEN, "request_overtaken",                                                      \
      N_("Request about {name}: your decision \"{action}\" does not count, another one came "      \
         "first. It is now: {state} ({by})."))                                                     \
    X(REQUEST_DELETED, "request_deleted",                                                          \
      N_("Request about {name}: it has been deleted upstream."))                                   \
    X(RECORD_CHANGED, "record_changed", N_("{name}: {dataset} has changed: {fields}."))            \
    X(RECORD_ADDED, "record_added", N_("{name}: there is a new entry in {dataset}."))              \
    X(RECORD_REMOVED, "record_removed",                                                            \
      N_("{name}: the provider has deleted the entry in {dataset}."))                              \
    X(RECHECK_DIFFERS, "recheck_differs",                                                          \
      N_("{object} was judged \"{before}\" with what was known here; repeated with the upstream "  \
         "it is \"{verdict}\". Tell whoever relied on the first answer."))                         \
    X(RECHECK_CONFIRMED, "recheck_confirmed",                                                      \
      N_("{object}: the upstream confirms the verdict given before: \"{verdict}\"."))

enum notice_kind {
#define NOTICE_ENUM(name, wire, sentence) NOTICE_##name,
    NOTICE_LIST(NOTICE_ENUM)
#undef NOTICE_ENUM
};

enum notice_severity { NOTICE_INFO, NOTICE_WARNING, NOTICE_ALARM };

const char *notice_kind_name(enum notice_kind kind);             /* wire name */
const char *notice_severity_name(enum notice_severity severity); /* "info", "warning", "alarm" */

/* --- raising ---------------------------------------------------------------------------------- */

struct notice_parameter {
    const char *name, *value; /* value NULL: "" */
};

/* Texts may be NULL where nothing applies; nothing is kept of them after the call. */
struct notice_new {
    enum notice_kind kind;
    enum notice_severity severity;
    const char *cause;
    const char *account; /* for whom; NULL: for everybody here */
    enum subject_kind subject_kind;
    const char *subject;
    const char *dataset, *record; /* what it leads to, */
    const char *request;          /* unless there is a request: then to that */
    const struct notice_parameter *parameters;
    size_t parameter_count;
};

/* *added (may be NULL): whether there was none of this cause for this account. */
enum status notice_raise(struct outbox *outbox, const struct notice_new *notice, bool *added,
                         struct error *error) MUST_CHECK;
/* The same inside a transaction of outbox.db that is open; for the modules of this folder. */
enum status notice_store(struct sql *outbox, const struct notice_new *notice, bool *added,
                         struct error *error) MUST_CHECK;

/* --- seeing ----------------------------------------------------------------------------------- */

/* Marks these as seen by the session's account; ids that are not for it are STATUS_NOT_FOUND and
 * then none is marked. Marking twice keeps the first time. */
enum status notice_see(struct outbox *outbox, const struct session *session, const int64_t *ids,
                       size_t count, struct error *error) MUST_CHECK;
enum status notice_see_all(struct outbox *outbox, const struct session *session,
                           struct error *error) MUST_CHECK;

/* --- reading ---------------------------------------------------------------------------------- */

struct notice_viewer {
    const char *account;
    int64_t at_ms;
};

struct notice {
    int64_t id;
    const char *kind; /* wire name */
    enum notice_severity severity;
    int64_t at_ms;
    const char *account;  /* NULL: for everybody */
    const char *sentence; /* in the interface language, for the session; raw */
    enum subject_kind subject_kind;
    const char *subject, *dataset, *record, *request; /* NULL: none */
    bool seen;                                        /* by the session's account */
    const struct notice_viewer *viewers;
    size_t viewer_count;
};

struct notice_list {
    const struct notice *items; /* newest first */
    size_t count;
};

struct notice_filter {
    bool with_seen;
    size_t limit; /* 0: 200; at most 5000 */
};

/* Notices for the session's account, and for everybody. */
enum status notice_read(struct reader *reader, const struct session *session,
                        const struct notice_filter *filter, struct notice_list **list,
                        struct error *error) MUST_CHECK;
void notice_list_free(struct notice_list *list);

/* Those not seen by the account yet. `account` NULL: by nobody they are for. */
enum status notice_count(struct reader *reader, const char *account, int64_t *unseen,
                         struct error *error) MUST_CHECK;

#endif
