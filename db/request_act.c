#include "db/request_act.h"
#include "base/i18n.h"
#include "db/outbox_entry.h"
#include "db/request_store.h"

#include <string.h>

static enum status check_act(const struct session *session, const char *action, const char *note,
                             struct error *error)
{
    static const char *const actions[] = {"approve", "return",  "withdraw", "resubmit",
                                          "note",    "dispute", "close"};
    bool known = false;

    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        known = known || strcmp(action, actions[i]) == 0;
    if (!known)
        return error_set(error, STATUS_INVALID, _("\"%.32s\" cannot be done to a request."),
                         action);
    if (!session_may_request(session))
        return error_set(error, STATUS_REFUSED,
                         _("Only a clerk or a supervisor may work on requests."));
    bool needs_note = strcmp(action, "return") == 0 || strcmp(action, "note") == 0 ||
                      strcmp(action, "resubmit") == 0;
    if (needs_note && (!note || !note[0]))
        return error_set(error, STATUS_INVALID, _("A reason must be given."));
    return STATUS_OK;
}

static const struct request_step *find_step(const struct request_fold *fold, const char *id)
{
    for (size_t i = 0; i < fold->step_count; i++)
        if (strcmp(fold->steps[i].id, id) == 0)
            return &fold->steps[i];
    return NULL;
}

/* The rules are those of the fold: the act is allowed when the event would take effect. */
static enum status check_effect(const json_t *events, const json_t *event, struct error *error)
{
    struct request_fold fold;
    json_t *all = json_copy((json_t *)(uintptr_t)events);
    struct arena *arena = arena_new();
    bool ok = all && arena;

    if (ok)
        json_add(all, json_incref((json_t *)(uintptr_t)event), &ok);
    enum status status = ok ? request_fold_events(all, arena, &fold, error) : error_nomem(error);
    if (status == STATUS_OK) {
        const struct request_step *step = find_step(&fold, json_text(event, "id", ""));
        if (!step || step->ignored)
            status = error_set(error, STATUS_REFUSED, _("This cannot be done: %s."),
                               step ? step->ignored : "");
    }
    json_decref(all);
    arena_free(arena);
    return status;
}

enum status request_act_event(struct sql *sql, const struct session *session, const char *id,
                              const struct request_deed *deed, json_t **out, struct error *error)
{
    bool reviews = strcmp(deed->action, "approve") == 0 || strcmp(deed->action, "return") == 0;
    json_t *frozen = NULL;
    json_t *events = NULL;
    json_t *event = NULL;
    enum status status = check_act(session, deed->action, deed->note, error);

    if (status == STATUS_OK)
        status = store_load(sql, id, &frozen, &events, error);
    if (status == STATUS_OK)
        status = store_new_event(sql, session, reviews, deed->action, deed->note, &event, error);
    if (status == STATUS_OK)
        status = check_effect(events, event, error);
    json_decref(frozen);
    json_decref(events);
    if (status != STATUS_OK) {
        json_decref(event);
        return status;
    }
    *out = event;
    return STATUS_OK;
}

enum status request_act_entry(const char *id, json_t *event, json_t **out, struct error *error)
{
    json_t *entry = outbox_entry_new("act");
    json_t *events = json_array();
    bool ok = entry && events;

    json_add(events, json_incref(event), &ok);
    json_put_text(entry, "request", id, &ok);
    json_put(entry, "events", events, &ok);
    if (!ok) {
        json_decref(entry);
        return error_nomem(error);
    }
    *out = entry;
    return STATUS_OK;
}

enum status request_act(struct outbox *outbox, const struct session *session, const char *id,
                        const char *action, const char *note, struct error *error)
{
    const struct request_deed deed = {action, note};
    char whole[REQUEST_ID_MAX];
    json_t *event = NULL;
    json_t *entry = NULL;
    enum status status = store_request_id(id, whole, error);

    if (status != STATUS_OK)
        return status;
    struct sql *sql = outbox_lock(outbox);
    status = request_act_event(sql, session, whole, &deed, &event, error);
    if (status == STATUS_OK)
        status = request_act_entry(whole, event, &entry, error);
    if (status == STATUS_OK)
        status = outbox_record(outbox, entry, error);
    outbox_unlock(outbox);
    json_decref(entry);
    json_decref(event);
    return status;
}
