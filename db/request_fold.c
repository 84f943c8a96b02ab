#include "base/i18n.h"
#include "db/request_doc.h"

#include <stdlib.h>
#include <string.h>

/* --- states ----------------------------------------------------------------------------------- */

static const struct {
    const char *name, *title;
    bool final;
} states[] = {
    [REQUEST_DRAFT] = {"draft", N_("draft"), false},
    [REQUEST_PENDING_REVIEW] = {"pending_review", N_("waiting for review"), false},
    [REQUEST_RETURNED] = {"returned", N_("returned"), false},
    [REQUEST_WITHDRAWN] = {"withdrawn", N_("withdrawn"), true},
    [REQUEST_APPROVED] = {"approved", N_("approved"), false},
    [REQUEST_RECEIVED] = {"received", N_("received by the provider"), false},
    [REQUEST_CHECKING] = {"checking", N_("being checked"), false},
    [REQUEST_CORRECTED] = {"corrected", N_("corrected"), true},
    [REQUEST_UPHELD] = {"upheld", N_("upheld"), true},
    [REQUEST_NEEDS_MORE] = {"needs_more", N_("more evidence needed"), false},
    [REQUEST_DISPUTED] = {"disputed", N_("disputed"), false},
    [REQUEST_CLOSED] = {"closed", N_("closed"), true},
};

#define STATE_COUNT (sizeof states / sizeof *states)

const char *request_state_name(enum request_state state)
{
    return states[state].name;
}

const char *request_state_title(enum request_state state)
{
    return _(states[state].title);
}

bool request_state_parse(const char *name, enum request_state *state)
{
    for (size_t i = 0; i < STATE_COUNT; i++)
        if (strcmp(states[i].name, name) == 0) {
            *state = (enum request_state)i;
            return true;
        }
    return false;
}

bool request_state_is_final(enum request_state state)
{
    return states[state].final;
}

/* --- rules ------------------------------------------------------------------------------------ */

#define IN(state)  (1u << (state))
#define IN_ANY     (~0u)
#define CLERK      1u
#define SUPERVISOR 2u
#define PROVIDER   4u
#define ANYONE     8u /* whatever role is written there */

enum maker_rule { MAKER_FREE, MAKER_ONLY, MAKER_NEVER };

struct rule {
    const char *action;
    unsigned in;    /* states it is allowed in */
    unsigned roles; /* who may */
    enum maker_rule maker;
    bool reason; /* a note is required */
    bool moves;  /* to `to` */
    enum request_state to;
};

static const struct rule rules[] = {
    {"submit", IN(REQUEST_DRAFT), CLERK | SUPERVISOR, MAKER_FREE, false, true,
     REQUEST_PENDING_REVIEW},
    {"approve", IN(REQUEST_PENDING_REVIEW), SUPERVISOR, MAKER_NEVER, false, true, REQUEST_APPROVED},
    {"return", IN(REQUEST_PENDING_REVIEW), SUPERVISOR, MAKER_NEVER, true, true, REQUEST_RETURNED},
    {"withdraw", IN(REQUEST_PENDING_REVIEW) | IN(REQUEST_APPROVED), ANYONE, MAKER_ONLY, false, true,
     REQUEST_WITHDRAWN},
    {"receive", IN(REQUEST_APPROVED), PROVIDER, MAKER_FREE, false, true, REQUEST_RECEIVED},
    {"check", IN(REQUEST_RECEIVED), PROVIDER, MAKER_FREE, false, true, REQUEST_CHECKING},
    {"correct", IN(REQUEST_RECEIVED) | IN(REQUEST_CHECKING), PROVIDER, MAKER_FREE, false, true,
     REQUEST_CORRECTED},
    {"uphold", IN(REQUEST_RECEIVED) | IN(REQUEST_CHECKING), PROVIDER, MAKER_FREE, false, true,
     REQUEST_UPHELD},
    {"need_more", IN(REQUEST_RECEIVED) | IN(REQUEST_CHECKING), PROVIDER, MAKER_FREE, false, true,
     REQUEST_NEEDS_MORE},
    {"dispute", IN(REQUEST_UPHELD), CLERK | SUPERVISOR, MAKER_FREE, false, true, REQUEST_DISPUTED},
    {"close",
     IN(REQUEST_CORRECTED) | IN(REQUEST_UPHELD) | IN(REQUEST_NEEDS_MORE) | IN(REQUEST_DISPUTED),
     ANYONE, MAKER_FREE, false, true, REQUEST_CLOSED},
    {"resubmit", IN(REQUEST_RETURNED) | IN(REQUEST_NEEDS_MORE), ANYONE, MAKER_ONLY, false, true,
     REQUEST_CLOSED},
    {"note", IN_ANY, ANYONE, MAKER_FREE, false, false, REQUEST_DRAFT},
};

static const struct rule *find_rule(const char *action)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].action, action) == 0)
            return &rules[i];
    return NULL;
}

static unsigned role_bit(const char *role)
{
    if (strcmp(role, "clerk") == 0)
        return CLERK;
    if (strcmp(role, "supervisor") == 0)
        return SUPERVISOR;
    return strcmp(role, "provider") == 0 ? PROVIDER : 0;
}

static bool is_maker(const struct request_fold *fold, const json_t *event)
{
    return fold->maker[0] != '\0' && strcmp(json_text(event, "by", ""), fold->maker) == 0;
}

/* NULL when the event may take effect now; else why not, translated. What can never be repaired
 * is said first. */
static const char *objection(const struct request_fold *fold, const json_t *event)
{
    const struct rule *rule = find_rule(json_text(event, "action", ""));

    if (!rule)
        return _("this version does not know the action");
    if (!(rule->roles & ANYONE) && !(rule->roles & role_bit(json_text(event, "role", ""))))
        return rule->roles == PROVIDER     ? _("only the provider may do this")
               : rule->roles == SUPERVISOR ? _("only a supervisor may do this")
                                           : _("only a clerk or a supervisor may do this");
    if (rule->maker == MAKER_NEVER && is_maker(fold, event))
        return _("the maker of a request cannot decide it");
    if (rule->maker == MAKER_ONLY && fold->maker[0] != '\0' && !is_maker(fold, event))
        return _("only the maker of the request may do this");
    if (rule->reason && json_text(event, "note", "")[0] == '\0')
        return _("a reason is required");
    if (!(rule->in & IN(fold->state)))
        return _("not possible in the state the request is in");
    return NULL;
}

/* --- the fold --------------------------------------------------------------------------------- */

struct folding {
    struct arena *arena;
    struct request_fold *fold;
    struct request_step *steps;
    size_t taken;
};

static struct request_step *add_step(struct folding *folding, const json_t *event)
{
    struct request_step *step = &folding->steps[folding->taken++];
    struct arena *arena = folding->arena;

    *step = (struct request_step){
        .id = arena_str(arena, json_text(event, "id", "")),
        .at = arena_str(arena, json_text(event, "at", "")),
        .by = arena_str(arena, json_text(event, "by", "")),
        .role = arena_str(arena, json_text(event, "role", "")),
        .action = arena_str(arena, json_text(event, "action", "")),
        .note = arena_str(arena, json_text(event, "note", NULL)),
    };
    return step;
}

static void take_effect(struct folding *folding, const json_t *event)
{
    struct request_fold *fold = folding->fold;
    struct request_step *step = add_step(folding, event);
    const struct rule *rule = find_rule(json_text(event, "action", ""));

    if (rule && rule->moves)
        fold->state = rule->to;
    step->state = fold->state;
    if (!rule || !rule->moves)
        return;
    if (strcmp(rule->action, "submit") == 0)
        fold->maker = step->by;
    else if (strcmp(rule->action, "receive") == 0)
        fold->received_at = step->at;
    else if (rule->maker == MAKER_NEVER)
        fold->decided_by = step->by;
    if (strcmp(rule->action, "return") == 0)
        fold->return_reason = step->note;
}

/* The reason why an event that never became allowed has no effect, in the words of the end. */
static void leave_out(struct folding *folding, const json_t *event)
{
    const struct request_fold *fold = folding->fold;
    const char *action = json_text(event, "action", "");
    const char *reason = objection(fold, event);
    struct request_step *step = add_step(folding, event);
    const struct rule *rule = find_rule(action);

    if (rule && rule->maker == MAKER_NEVER && fold->decided_by && !is_maker(fold, event))
        step->ignored = arena_printf(folding->arena, _("already decided by %s"), fold->decided_by);
    else
        step->ignored = arena_str(folding->arena, reason ? reason : "");
    step->state = fold->state;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(json_text(*(json_t *const *)a, "id", ""),
                  json_text(*(json_t *const *)b, "id", ""));
}

/* The earliest event left that may take effect, or `count`. */
static size_t next_allowed(json_t *const *events, size_t count, const struct request_fold *fold)
{
    size_t i = 0;

    while (i < count && (!events[i] || objection(fold, events[i])))
        i++;
    return i;
}

static void run(struct folding *folding, json_t **events, size_t count)
{
    size_t next;

    while ((next = next_allowed(events, count, folding->fold)) < count) {
        take_effect(folding, events[next]);
        events[next] = NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (events[i])
            leave_out(folding, events[i]);
}

enum status request_fold_events(const json_t *events, struct arena *arena,
                                struct request_fold *fold, struct error *error)
{
    size_t count = json_array_size(events);
    json_t **sorted = calloc(count + 1, sizeof(json_t *));
    struct request_fold result = {.state = REQUEST_DRAFT, .maker = ""};
    struct folding folding = {.arena = arena, .fold = &result};

    folding.steps = arena_array(arena, count + 1, sizeof *folding.steps);
    if (!sorted || !folding.steps) {
        free(sorted);
        return error_nomem(error);
    }
    for (size_t i = 0; i < count; i++)
        sorted[i] = json_array_get(events, i);
    qsort(sorted, count, sizeof *sorted, compare_ids);
    run(&folding, sorted, count);
    free(sorted);
    if (arena_failed(arena))
        return error_nomem(error);
    result.steps = folding.steps;
    result.step_count = folding.taken;
    *fold = result;
    return STATUS_OK;
}
