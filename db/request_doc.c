#include "db/request_doc.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "verify/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_PREFIX      "request:"
#define ULID_LENGTH    26
#define SCHEMA         1
#define CODE_MAX       64  /* kinds, grounds, fields, datasets, actions, roles */
#define NAME_MAX_BYTES 256 /* stations, accounts, files, record keys */
#define CHANGES_MAX    64
#define EVIDENCE_MAX   16
#define EVENTS_MAX     1000
#define FROZEN_MAX     ((size_t)256 << 10) /* canonical bytes */

/* --- checking members ------------------------------------------------------------------------- */

static enum status wrong(const char *member, struct error *error)
{
    return error_set(error, STATUS_INVALID, _("The request has no valid \"%s\"."), member);
}

static bool is_ulid(const char *text)
{
    return strlen(text) == ULID_LENGTH && text[0] >= '0' && text[0] <= '7' &&
           strspn(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == ULID_LENGTH;
}

static bool is_request_id(const char *text)
{
    size_t prefix = strlen(ID_PREFIX);

    return strncmp(text, ID_PREFIX, prefix) == 0 && is_ulid(text + prefix);
}

bool request_id_normalise(const char *text, char out[REQUEST_ID_MAX])
{
    size_t prefix = strlen(ID_PREFIX);
    char upper[ULID_LENGTH + 1] = "";

    if (strncmp(text, ID_PREFIX, prefix) == 0)
        text += prefix;
    if (strlen(text) != ULID_LENGTH)
        return false;
    for (size_t i = 0; i < ULID_LENGTH; i++)
        upper[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 'a' + 'A' : text[i]);
    if (!is_ulid(upper))
        return false;
    snprintf(out, REQUEST_ID_MAX, "%s%s", ID_PREFIX, upper);
    return true;
}

static bool is_hex_digest(const char *text)
{
    return strlen(text) == SHA256_HEX_MAX - 1 &&
           strspn(text, "0123456789abcdef") == SHA256_HEX_MAX - 1;
}

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

/* A string of `least` to `most` bytes. */
static enum status check_text(const json_t *object, const char *name, size_t least, size_t most,
                              struct error *error)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_string(value))
        return wrong(name, error);
    size_t length = json_string_length(value);
    return length >= least && length <= most ? STATUS_OK : wrong(name, error);
}

static enum status check_text_or_null(const json_t *object, const char *name, size_t most,
                                      struct error *error)
{
    if (json_is_null(json_object_get(object, name)))
        return STATUS_OK;
    return check_text(object, name, 0, most, error);
}

struct text_rule {
    const char *name;
    size_t least, most;
};

static enum status check_texts(const json_t *object, const struct text_rule *rules, size_t count,
                               struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = check_text(object, rules[i].name, rules[i].least, rules[i].most, error);
    return status;
}

static enum status check_change(const json_t *change, struct error *error)
{
    if (!json_is_object(change))
        return wrong("changes", error);
    enum status status = check_text(change, "field", 1, CODE_MAX, error);
    if (status != STATUS_OK)
        return status;
    if (!json_object_get(change, "base") || !json_object_get(change, "proposed"))
        return wrong("changes", error);
    return STATUS_OK;
}

/* A field is changed once, so that "the proposed value" has one meaning. */
static bool field_repeats(const json_t *changes, size_t index)
{
    const char *field = json_text(json_array_get(changes, index), "field", "");

    for (size_t i = 0; i < index; i++)
        if (strcmp(json_text(json_array_get(changes, i), "field", ""), field) == 0)
            return true;
    return false;
}

static enum status check_changes(const json_t *frozen, struct error *error)
{
    const json_t *changes = json_object_get(frozen, "changes");
    size_t least = strcmp(json_text(frozen, "kind", ""), "correction") == 0 ? 1 : 0;
    enum status status = STATUS_OK;

    if (!json_is_array(changes) || json_array_size(changes) < least ||
        json_array_size(changes) > CHANGES_MAX)
        return wrong("changes", error);
    for (size_t i = 0; i < json_array_size(changes) && status == STATUS_OK; i++) {
        status = check_change(json_array_get(changes, i), error);
        if (status == STATUS_OK && field_repeats(changes, i))
            status = wrong("changes", error);
    }
    return status;
}

static enum status check_evidence_item(const json_t *item, struct error *error)
{
    static const struct text_rule texts[] = {
        {"name", 1, NAME_MAX_BYTES}, {"type", 1, CODE_MAX * 2}, {"sha256", 64, 64}};

    if (!json_is_object(item))
        return wrong("evidence", error);
    enum status status = check_texts(item, texts, sizeof texts / sizeof *texts, error);
    if (status != STATUS_OK)
        return status;
    if (!is_hex_digest(json_text(item, "sha256", "")) || json_int(item, "length", -1) < 0)
        return wrong("evidence", error);
    return STATUS_OK;
}

static enum status check_evidence(const json_t *frozen, struct error *error)
{
    const json_t *evidence = json_object_get(frozen, "evidence");
    enum status status = STATUS_OK;

    if (!json_is_array(evidence) || json_array_size(evidence) > EVIDENCE_MAX)
        return wrong("evidence", error);
    for (size_t i = 0; i < json_array_size(evidence) && status == STATUS_OK; i++)
        status = check_evidence_item(json_array_get(evidence, i), error);
    return status;
}

static enum status check_vocabulary(const json_t *frozen, struct error *error)
{
    static const char *const kinds[] = {"correction", "application", "recheck", "new"};
    static const char *const grounds[] = {"inaccurate", "incomplete"};
    const char *kind = json_text(frozen, "kind", "");
    const char *ground = json_text(frozen, "ground", "");
    bool correction = strcmp(kind, "correction") == 0;

    if (!is_one_of(kind, kinds, sizeof kinds / sizeof *kinds))
        return wrong("kind", error);
    if (!is_one_of(ground, grounds, sizeof grounds / sizeof *grounds) &&
        (correction || ground[0] != '\0'))
        return error_set(error, STATUS_INVALID,
                         _("Say on which ground: inaccurate or incomplete."));
    if (correction && json_text(frozen, "reason", "")[0] == '\0')
        return error_set(error, STATUS_INVALID, _("A reason must be given."));
    return STATUS_OK;
}

static enum status check_frozen(const json_t *frozen, struct error *error)
{
    static const struct text_rule texts[] = {
        {"kind", 1, CODE_MAX},          {"area", 0, CODE_MAX},
        {"station", 0, NAME_MAX_BYTES}, {"origin", 1, NAME_MAX_BYTES},
        {"dataset", 1, CODE_MAX},       {"record", 0, NAME_MAX_BYTES},
        {"ground", 0, CODE_MAX},        {"reason", 0, REQUEST_PROSE_MAX},
    };
    static const struct text_rule subject[] = {{"kind", 0, CODE_MAX}, {"id", 0, NAME_MAX_BYTES}};

    if (!is_request_id(json_text(frozen, "_id", "")))
        return wrong("_id", error);
    if (strcmp(json_text(frozen, "type", ""), "request") != 0)
        return wrong("type", error);
    json_int_t schema = json_int(frozen, "schema", -1);
    if (schema > SCHEMA)
        return error_set(error, STATUS_UNSUPPORTED,
                         _("The request was made by a newer version of this program."));
    if (schema != SCHEMA)
        return wrong("schema", error);
    enum status status = check_texts(frozen, texts, sizeof texts / sizeof *texts, error);
    if (status == STATUS_OK)
        status = check_text_or_null(frozen, "base_rev", NAME_MAX_BYTES, error);
    if (status == STATUS_OK)
        status = check_texts(json_object_get(frozen, "subject"), subject, 2, error);
    if (status == STATUS_OK)
        status = check_vocabulary(frozen, error);
    if (status == STATUS_OK)
        status = check_changes(frozen, error);
    return status == STATUS_OK ? check_evidence(frozen, error) : status;
}

/* --- the hash --------------------------------------------------------------------------------- */

/* CouchDB's own members and the events are not frozen; `_id` is. */
static bool is_frozen_member(const char *name)
{
    return strcmp(name, "_id") == 0 || (name[0] != '_' && strcmp(name, "events") != 0);
}

static enum status copy_frozen(const json_t *document, bool with_hash, json_t **out,
                               struct error *error)
{
    json_t *frozen = json_object();
    bool ok = frozen != NULL;
    json_t *members = (json_t *)(uintptr_t)document; /* iterating changes nothing */

    for (void *at = json_object_iter(members); ok && at; at = json_object_iter_next(members, at)) {
        const char *name = json_object_iter_key(at);
        if (is_frozen_member(name) && (with_hash || strcmp(name, "hash") != 0))
            json_put(frozen, name, json_incref(json_object_iter_value(at)), &ok);
    }
    if (!ok) {
        json_decref(frozen);
        return error_nomem(error);
    }
    *out = frozen;
    return STATUS_OK;
}

static enum status hash_of(const json_t *document, char hash[SHA256_HEX_MAX], struct error *error)
{
    json_t *frozen = NULL;
    struct buf canonical = {.limit = FROZEN_MAX};
    enum status status = copy_frozen(document, false, &frozen, error);

    if (status == STATUS_OK)
        status = json_canonical(frozen, &canonical, error);
    if (status == STATUS_OK)
        status = sha256_hex(canonical.data, canonical.length, hash, error);
    buf_release(&canonical);
    json_decref(frozen);
    return status;
}

static json_t *subject_json(const struct request_draft *draft, bool *ok)
{
    json_t *subject = json_object();

    *ok = *ok && subject;
    json_put_text(subject, "kind", draft->subject_kind ? draft->subject_kind : "", ok);
    json_put_text(subject, "id", draft->subject_id ? draft->subject_id : "", ok);
    return subject;
}

static void put_or_empty(json_t *object, const char *name, const char *text, bool *ok)
{
    json_put_text(object, name, text ? text : "", ok);
}

static json_t *draft_json(const struct request_draft *draft)
{
    json_t *frozen = json_object();
    bool ok = frozen != NULL;

    json_put_text(frozen, "_id", draft->id, &ok);
    json_put_text(frozen, "type", "request", &ok);
    json_put(frozen, "schema", json_integer(SCHEMA), &ok);
    json_put_text(frozen, "kind", draft->kind, &ok);
    put_or_empty(frozen, "area", draft->area, &ok);
    put_or_empty(frozen, "station", draft->station, &ok);
    json_put_text(frozen, "origin", draft->origin, &ok);
    json_put_text(frozen, "dataset", draft->dataset, &ok);
    put_or_empty(frozen, "record", draft->record, &ok);
    json_put_text(frozen, "base_rev", draft->base_rev, &ok);
    json_put(frozen, "subject", subject_json(draft, &ok), &ok);
    json_put(frozen, "changes", draft->changes ? json_incref(draft->changes) : json_array(), &ok);
    put_or_empty(frozen, "ground", draft->ground, &ok);
    put_or_empty(frozen, "reason", draft->reason, &ok);
    json_put(frozen, "evidence", draft->evidence ? json_incref(draft->evidence) : json_array(),
             &ok);
    if (ok)
        return frozen;
    json_decref(frozen);
    return NULL;
}

enum status request_freeze(const struct request_draft *draft, json_t **out, struct error *error)
{
    char hash[SHA256_HEX_MAX];
    bool ok = true;
    json_t *frozen = draft_json(draft);
    if (!frozen)
        return error_nomem(error);

    enum status status = check_frozen(frozen, error);
    if (status == STATUS_OK)
        status = hash_of(frozen, hash, error);
    if (status == STATUS_OK) {
        json_put_text(frozen, "hash", hash, &ok);
        status = ok ? STATUS_OK : error_nomem(error);
    }
    if (status != STATUS_OK) {
        json_decref(frozen);
        return status;
    }
    *out = frozen;
    return STATUS_OK;
}

/* --- events ----------------------------------------------------------------------------------- */

static enum status check_event(const json_t *event, struct error *error)
{
    static const struct text_rule texts[] = {{"id", ULID_LENGTH, ULID_LENGTH},
                                             {"at", 1, CODE_MAX},
                                             {"by", 1, NAME_MAX_BYTES},
                                             {"role", 1, CODE_MAX},
                                             {"action", 1, CODE_MAX}};
    int64_t at;

    if (!json_is_object(event))
        return wrong("events", error);
    enum status status = check_texts(event, texts, sizeof texts / sizeof *texts, error);
    if (status == STATUS_OK && json_object_get(event, "note"))
        status = check_text_or_null(event, "note", REQUEST_PROSE_MAX, error);
    if (status != STATUS_OK)
        return status;
    if (!is_ulid(json_text(event, "id", "")) || !instant_parse(json_text(event, "at", ""), &at))
        return wrong("events", error);
    return STATUS_OK;
}

enum status request_event_json(const struct request_event *event, json_t **out, struct error *error)
{
    json_t *json = json_object();
    bool ok = json != NULL;

    json_put_text(json, "id", event->id, &ok);
    json_put_text(json, "at", event->at, &ok);
    json_put(json, "mono", json_integer(event->mono), &ok);
    json_put(json, "offset_ms", json_integer(event->offset_ms), &ok);
    json_put_text(json, "by", event->by, &ok);
    json_put_text(json, "role", event->role, &ok);
    json_put_text(json, "action", event->action, &ok);
    if (event->note)
        json_put_text(json, "note", event->note, &ok);
    enum status status = ok ? check_event(json, error) : error_nomem(error);
    if (status != STATUS_OK) {
        json_decref(json);
        return status;
    }
    *out = json;
    return STATUS_OK;
}

static const char *event_id(const json_t *event)
{
    return json_text(event, "id", "");
}

static int compare_events(const void *a, const void *b)
{
    return strcmp(event_id(*(json_t *const *)a), event_id(*(json_t *const *)b));
}

/* All events of both arrays (each may be NULL) in the order of their ids, borrowed; the caller
 * frees the array. */
static json_t **sorted_events(const json_t *a, const json_t *b, size_t *count)
{
    size_t in_a = json_array_size(a);
    size_t in_b = json_array_size(b);
    json_t **events = calloc(in_a + in_b + 1, sizeof(json_t *));

    if (!events)
        return NULL;
    for (size_t i = 0; i < in_a; i++)
        events[i] = json_array_get(a, i);
    for (size_t i = 0; i < in_b; i++)
        events[in_a + i] = json_array_get(b, i);
    *count = in_a + in_b;
    qsort(events, *count, sizeof *events, compare_events);
    return events;
}

enum status request_merge_events(const json_t *a, const json_t *b, json_t **out,
                                 struct error *error)
{
    size_t count = 0;
    json_t **events = sorted_events(a, b, &count);
    json_t *merged = json_array();
    bool ok = events && merged;
    enum status status = STATUS_OK;

    for (size_t i = 0; ok && status == STATUS_OK && i < count; i++) {
        bool repeated = i > 0 && compare_events(&events[i - 1], &events[i]) == 0;
        if (!repeated)
            json_add(merged, json_incref(events[i]), &ok);
        else if (!json_equal(events[i - 1], events[i]))
            status =
                error_set(error, STATUS_CORRUPT, _("Two different events have the same number %s."),
                          event_id(events[i]));
    }
    free(events);
    if (status == STATUS_OK && !ok)
        status = error_nomem(error);
    if (status == STATUS_OK && json_array_size(merged) > EVENTS_MAX)
        status = error_set(error, STATUS_TOO_LARGE, _("The request has too many events."));
    if (status != STATUS_OK) {
        json_decref(merged);
        return status;
    }
    *out = merged;
    return STATUS_OK;
}

static enum status check_events(const json_t *document, struct error *error)
{
    const json_t *events = json_object_get(document, "events");
    json_t *merged = NULL;
    enum status status = STATUS_OK;

    if (!json_is_array(events) || json_array_size(events) > EVENTS_MAX)
        return wrong("events", error);
    for (size_t i = 0; i < json_array_size(events) && status == STATUS_OK; i++)
        status = check_event(json_array_get(events, i), error);
    if (status == STATUS_OK)
        status = request_merge_events(events, NULL, &merged, error);
    json_decref(merged);
    return status;
}

/* --- documents -------------------------------------------------------------------------------- */

enum status request_check(const json_t *document, struct error *error)
{
    char hash[SHA256_HEX_MAX];

    if (!json_is_object(document))
        return error_set(error, STATUS_INVALID, _("The request is not a JSON object."));
    enum status status = check_frozen(document, error);
    if (status == STATUS_OK)
        status = check_events(document, error);
    if (status == STATUS_OK)
        status = hash_of(document, hash, error);
    if (status != STATUS_OK)
        return status;
    if (strcmp(json_text(document, "hash", ""), hash) != 0)
        return error_set(error, STATUS_CORRUPT,
                         _("The request was altered after it was made: its hash is wrong."));
    return STATUS_OK;
}

enum status request_split(const json_t *document, json_t **frozen, json_t **events,
                          struct error *error)
{
    json_t *part = NULL;
    json_t *sorted = NULL;
    enum status status = copy_frozen(document, true, &part, error);

    if (status == STATUS_OK)
        status = request_merge_events(json_object_get(document, "events"), NULL, &sorted, error);
    if (status != STATUS_OK) {
        json_decref(part);
        return status;
    }
    *frozen = part;
    *events = sorted;
    return STATUS_OK;
}

enum status request_join(const json_t *frozen, const json_t *events, json_t **out,
                         struct error *error)
{
    json_t *document = NULL;
    json_t *sorted = NULL;
    bool ok = true;
    enum status status = copy_frozen(frozen, true, &document, error);

    if (status == STATUS_OK)
        status = request_merge_events(events, NULL, &sorted, error);
    if (status == STATUS_OK) {
        json_put(document, "events", sorted, &ok);
        status = ok ? STATUS_OK : error_nomem(error);
    }
    if (status != STATUS_OK) {
        json_decref(document);
        return status;
    }
    *out = document;
    return STATUS_OK;
}
