#include "sync/push.h"

#include "base/i18n.h"
#include "db/request.h"
#include "sync/classify.h"
#include "sync/pull.h"

#include <stdbool.h>
#include <string.h>

#define MERGES_PER_REQUEST 5
#define FAULTS_IN_A_ROW    3

/* What became of one request. */
enum fate {
    FATE_DELIVERED,
    FATE_HELD,
    FATE_MERGED, /* look at it again: something may be left to send */
    FATE_WAITS,  /* for the next run */
    FATE_ENDS,   /* so do all others, but returned data may still come */
    FATE_STOPS,  /* the whole run is pointless */
};

/* The home failed: nothing more can be recorded. */
static enum fate home_failed(enum status status, enum fate otherwise)
{
    return status == STATUS_OK ? otherwise : FATE_STOPS;
}

/* --- answers ---------------------------------------------------------------------------------- */

static enum fate hold(struct pusher *pusher, const char *id, const struct error *why,
                      struct error *error)
{
    enum status status =
        request_hold(pusher->outbox, id, status_name(why->status), why->text, error);
    if (status == STATUS_OK)
        pusher->held++;
    return home_failed(status, FATE_HELD);
}

/* Back into the queue with the sentence to show; `why` is what the run reports. */
static enum fate defer(struct pusher *pusher, const char *id, const struct error *why,
                       enum fate fate, struct error *error)
{
    enum status status = request_defer(pusher->outbox, id, why->text, error);
    if (status == STATUS_OK && error)
        *error = *why;
    return home_failed(status, fate);
}

/* Does this concern everyone? A bare 503, or a connection that broke while this request was on it,
 * may be this request's own doing: the next one has a try. */
static bool is_for_all(const struct pusher *pusher, enum status status)
{
    const struct http_answer *answer = couch_last(pusher->couch);
    if (status == STATUS_BUSY)
        return answer->status == 429 || answer->retry_after_ms >= 0;
    if (answer->trouble == TROUBLE_CUT || answer->trouble == TROUBLE_TIMEOUT)
        return false;
    return classify_stops_run(status) || classify_is_login(answer);
}

/* What was withdrawn and never arrived is nothing to hold: the upstream need not hear of it. */
static enum fate hold_refused(struct pusher *pusher, const char *id, const struct error *why,
                              struct error *error)
{
    json_t *document = NULL;
    bool closed = false;
    enum status status = couch_get(pusher->couch, pusher->database, id, NULL, &document, NULL);
    json_decref(document);
    if (status == STATUS_NOT_FOUND) {
        status = request_close_here(pusher->outbox, id, &closed, error);
        if (status != STATUS_OK || closed)
            return home_failed(status, FATE_HELD);
    }
    return hold(pusher, id, why, error);
}

/* A document may be refused with a 401 of its own although the login is in order: the database
 * tells. CouchDB's own words about the password are believed at once, because every further
 * attempt counts towards the lock. */
static enum fate judge_unauthorized(struct pusher *pusher, const char *id, const struct error *why,
                                    struct error *error)
{
    struct error refusal = {0};
    char words[REASON_TEXT_MAX];
    struct couch_info info = {0};
    if (!classify_is_about_document(couch_last(pusher->couch)))
        return defer(pusher, id, why, FATE_STOPS, error);
    classify_reason(couch_last(pusher->couch), words);
    if (couch_database(pusher->couch, pusher->database, &info, NULL) != STATUS_OK)
        return defer(pusher, id, why, FATE_STOPS, error);
    couch_info_release(&info);
    error_set_detail(&refusal, STATUS_REFUSED, why->detail,
                     _("The platform refuses this (\u201c%s\u201d). Correct it and raise it again, "
                       "or ask the administrator for the permission."),
                     words);
    return hold_refused(pusher, id, &refusal, error);
}

static enum fate judge_refusal(struct pusher *pusher, const char *id, const struct error *why,
                               struct error *error)
{
    bool answered = couch_last(pusher->couch)->status >= 400;
    if (couch_last(pusher->couch)->status == 401)
        return judge_unauthorized(pusher, id, why, error);
    if (is_for_all(pusher, why->status))
        return defer(pusher, id, why, FATE_STOPS, error);
    switch ((int)why->status) {
    case STATUS_REFUSED:
    case STATUS_INVALID:
        return hold_refused(pusher, id, why, error);
    case STATUS_TOO_LARGE: /* it is ours that is too large, not the answer */
        return answered ? hold_refused(pusher, id, why, error)
                        : defer(pusher, id, why, FATE_WAITS, error);
    case STATUS_BUSY:
    case STATUS_UPSTREAM:
    case STATUS_OFFLINE:
        return defer(pusher, id, why, FATE_WAITS, error);
    default:
        return defer(pusher, id, why, FATE_ENDS, error);
    }
}

/* --- conflicts -------------------------------------------------------------------------------- */

static enum fate merge(struct pusher *pusher, const char *id, const json_t *document,
                       struct error *error)
{
    struct error why = {0};
    enum status status = request_merge_upstream(pusher->outbox, id, json_text(document, "_rev", ""),
                                                document, pusher->database, NULL, &why);
    if (status == STATUS_CORRUPT)
        return hold(pusher, id, &why, error);
    if (status != STATUS_OK && error)
        *error = why;
    return home_failed(status, FATE_MERGED);
}

/* Somebody else wrote the document meanwhile, or we did and never heard: take in what is there. */
static enum fate merge_current(struct pusher *pusher, const char *id, struct error *error)
{
    struct error why = {0};
    json_t *document = NULL;
    enum status status = couch_get(pusher->couch, pusher->database, id, NULL, &document, &why);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return judge_refusal(pusher, id, &why, error);
    enum fate fate = merge(pusher, id, document, error);
    json_decref(document);
    if (fate != FATE_MERGED || status == STATUS_OK)
        return fate;
    pusher->held++; /* deleted upstream: a person has to look */
    return FATE_HELD;
}

/* --- the base --------------------------------------------------------------------------------- */

/* The record as the platform has it now. NOT_FOUND: it is no longer there; another failure that is
 * neither everybody's nor the line's means that this cannot be found out here. */
static enum status fetch_record(struct pusher *pusher, const json_t *request, json_t **record,
                                struct error *error)
{
    char database[FEED_DATABASE_MAX];
    const char *key = json_text(request, "record", "");
    const struct dataset *dataset =
        pusher->catalogue ? catalogue_find(pusher->catalogue, json_text(request, "dataset", ""))
                          : NULL;
    if (!dataset || !key[0] ||
        dataset_database(dataset, pusher->area, database, sizeof(database), NULL) != STATUS_OK)
        return error_set(error, STATUS_UNSUPPORTED, "%s", "");
    enum status status = couch_get(pusher->couch, database, key, NULL, record, error);
    if (status == STATUS_NOT_FOUND && !classify_is_missing_document(couch_last(pusher->couch)))
        return error_set(error, STATUS_UNSUPPORTED, "%s", "");
    return status;
}

/* The sentence a person has to decide on; false when there is nothing to decide. */
static bool base_objects(const struct outgoing *outgoing, const json_t *record, struct error *why)
{
    const char *rev = record ? json_text(record, "_rev", "") : REQUEST_NO_RECORD;
    enum request_base base =
        record ? request_compare_base(outgoing->document, record) : BASE_CHANGED;
    if (base == BASE_SAME || strcmp(rev, outgoing->accepted_rev) == 0)
        return false;
    if (!record)
        error_set(why, STATUS_CONFLICT,
                  _("The provider has deleted this record since the request was raised. Keep the "
                    "request or drop it."));
    else if (base == BASE_REACHED)
        error_set(why, STATUS_CONFLICT,
                  _("The record already says what this request asks for. Drop it, unless something "
                    "is still to be corrected."));
    else
        error_set(why, STATUS_CONFLICT,
                  _("The record has changed since this request was raised. Compare the three "
                    "values, then keep the request or drop it."));
    return true;
}

/* FATE_MERGED: send it. */
static enum fate check_base(struct pusher *pusher, const struct outgoing *outgoing,
                            struct error *error)
{
    struct error why = {0};
    json_t *record = NULL;
    enum fate fate = FATE_MERGED;
    if (!outgoing->is_first)
        return fate;
    enum status status = fetch_record(pusher, outgoing->document, &record, &why);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND && is_for_all(pusher, status))
        return defer(pusher, outgoing->id, &why, FATE_STOPS, error);
    if (status == STATUS_OFFLINE) /* the line broke: nothing is sent unseen because of that */
        return defer(pusher, outgoing->id, &why, FATE_WAITS, error);
    if ((status == STATUS_OK || status == STATUS_NOT_FOUND) && base_objects(outgoing, record, &why))
        fate = hold(pusher, outgoing->id, &why, error);
    json_decref(record);
    if (fate == FATE_MERGED)
        return home_failed(request_offer(pusher->outbox, outgoing->id, error), FATE_MERGED);
    return fate;
}

/* --- one request ------------------------------------------------------------------------------ */

static enum fate create_database(struct pusher *pusher, const char *id, struct error *error)
{
    struct error why = {0};
    if (couch_create_database(pusher->couch, pusher->database, &why) == STATUS_OK)
        return FATE_MERGED;
    if (why.status == STATUS_REFUSED)
        error_set_detail(&why, STATUS_NOT_FOUND, why.detail,
                         _("The platform has no place for this area's requests yet. They wait "
                           "here; ask the platform's administrators to set up %s."),
                         pusher->database);
    enum fate fate = classify_stops_run(why.status) ? FATE_STOPS : FATE_ENDS;
    return defer(pusher, id, &why, fate, error);
}

/* The attachments of one upload. */
struct luggage {
    struct outbox *outbox;
    const char *id;
    struct multipart_parts parts;
};

static enum status read_luggage(void *context, size_t index, int64_t offset, char *bytes,
                                size_t length, struct error *error)
{
    const struct luggage *luggage = context;
    return request_read_attachment(luggage->outbox, luggage->id, luggage->parts.items[index].name,
                                   offset, bytes, length, error);
}

static enum status put_with_parts(struct pusher *pusher, const struct outgoing *outgoing,
                                  char rev[COUCH_REV_MAX], struct error *error)
{
    struct luggage luggage = {.outbox = pusher->outbox, .id = outgoing->id};
    struct multipart_parts *parts = &luggage.parts;
    for (size_t i = 0; i < json_array_size(outgoing->parts); i++) {
        const json_t *part = json_array_get(outgoing->parts, i);
        if (i < MULTIPART_PARTS_MAX)
            parts->items[i] = (struct multipart_part){.name = json_text(part, "name", ""),
                                                      .type = json_text(part, "type", ""),
                                                      .length = json_int(part, "length", 0)};
        parts->count++;
    }
    parts->read = read_luggage;
    parts->context = &luggage;
    return couch_put_with(pusher->couch, pusher->database, outgoing->id, outgoing->document, parts,
                          rev, error);
}

static enum status put(struct pusher *pusher, const struct outgoing *outgoing,
                       char rev[COUCH_REV_MAX], struct error *error)
{
    if (json_array_size(outgoing->parts) > 0)
        return put_with_parts(pusher, outgoing, rev, error);
    return couch_put(pusher->couch, pusher->database, outgoing->id, outgoing->document, rev, error);
}

static enum fate send(struct pusher *pusher, const struct outgoing *outgoing, struct error *error)
{
    struct error why = {0};
    char rev[COUCH_REV_MAX];
    enum fate fate = check_base(pusher, outgoing, error);
    if (fate != FATE_MERGED)
        return fate;
    enum status status = put(pusher, outgoing, rev, &why);
    switch ((int)status) {
    case STATUS_OK:
        status = request_acknowledge(pusher->outbox, outgoing, rev, error);
        if (status == STATUS_OK)
            pusher->pushed++;
        return home_failed(status, FATE_DELIVERED);
    case STATUS_CONFLICT:
        return merge_current(pusher, outgoing->id, error);
    case STATUS_NOT_FOUND:
        return create_database(pusher, outgoing->id, error);
    default:
        return judge_refusal(pusher, outgoing->id, &why, error);
    }
}

/* --- the queue -------------------------------------------------------------------------------- */

struct round {
    char after[48]; /* everything up to here has had its turn */
    char last[48];  /* the request of the last turn */
    int merges;     /* turns it has had */
    int faults;     /* requests in a row that wait because the upstream failed */
};

static void close_turn(struct round *round)
{
    memcpy(round->after, round->last, sizeof(round->after));
    round->merges = 0;
}

/* Gives up for this run when others keep writing the same document faster than we do. */
static enum fate limit_merges(struct pusher *pusher, struct round *round, const char *id,
                              struct error *error)
{
    struct error why = {0};
    if (++round->merges < MERGES_PER_REQUEST)
        return FATE_MERGED;
    error_set(&why, STATUS_CONFLICT,
              _("Others are changing this request at the same moment. It is sent at the next "
                "synchronisation."));
    return defer(pusher, id, &why, FATE_WAITS, error);
}

/* One turn; false when the round is over. */
static bool take_turn(struct pusher *pusher, struct round *round, const struct outgoing *outgoing,
                      struct error *error)
{
    enum fate fate;
    if (strcmp(round->last, outgoing->id) != 0) {
        if (round->merges > 0)
            pusher->pushed++; /* the merge found everything there already */
        round->merges = 0;
        memcpy(round->last, outgoing->id, sizeof(round->last));
    }
    fate = send(pusher, outgoing, error);
    if (fate == FATE_MERGED)
        fate = limit_merges(pusher, round, outgoing->id, error);
    if (fate == FATE_MERGED)
        return true;
    close_turn(round);
    pusher->stopped = fate == FATE_STOPS;
    round->faults = fate == FATE_WAITS ? round->faults + 1 : 0;
    return fate < FATE_ENDS && round->faults < FAULTS_IN_A_ROW;
}

enum status push_requests(struct pusher *pusher, struct error *error)
{
    struct round round = {0};
    struct error why = {0};
    bool going = true;
    while (going) {
        struct outgoing outgoing = {0};
        struct error none = {0};
        enum status status = request_next_upload(pusher->outbox, round.after, &outgoing, &none);
        if (status != STATUS_OK) {
            if (status != STATUS_NOT_FOUND)
                why = none;
            break;
        }
        going = take_turn(pusher, &round, &outgoing, &why);
        outgoing_release(&outgoing);
    }
    if (round.merges > 0 && going)
        pusher->pushed++;
    if (why.status != STATUS_OK && error)
        *error = why;
    return why.status;
}
