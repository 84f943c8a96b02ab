#include "tui/decision.h"

#include "base/i18n.h"
#include "base/text.h"
#include "tui/errand.h"
#include "tui/syncing.h"
#include "tui/view_words.h"

#include <stdlib.h>
#include <string.h>

#define NOTE_MAX    4096
#define NAMES_SHOWN 3
#define REASON_MIN  2

/* --- rules ----------------------------------------------------------------------------------- */

static bool is_mine(struct workplace *place, const struct request_row *row)
{
    return strcmp(workplace_session(place)->account, row->maker) == 0;
}

static bool may_write(struct workplace *place, char reason[VIEW_REASON_MAX])
{
    return workplace_outbox(place) ||
           words_refuse(reason, _("This window can only read; another one is open."));
}

static bool may_review(struct workplace *place, const struct request_row *row,
                       char reason[VIEW_REASON_MAX])
{
    if (!session_may_review(workplace_session(place)))
        return words_refuse(reason, _("Only a supervisor decides on requests."));
    if (row->state != REQUEST_PENDING_REVIEW)
        return words_refuse(reason, _("This request is not waiting for a decision."));
    if (is_mine(place, row))
        return words_refuse(reason,
                            _("You raised this request: another supervisor has to decide."));
    return true;
}

static bool may_withdraw(struct workplace *place, const struct request_row *row,
                         char reason[VIEW_REASON_MAX])
{
    if (!is_mine(place, row))
        return words_refuse(reason, _("Only its maker can withdraw a request."));
    if (row->state != REQUEST_PENDING_REVIEW && row->state != REQUEST_APPROVED)
        return words_refuse(reason, _("It is too late to withdraw this request."));
    return true;
}

static bool may_release(struct workplace *place, const struct request_row *row,
                        char reason[VIEW_REASON_MAX])
{
    if (row->delivery != DELIVERY_HELD)
        return words_refuse(reason, _("This request is not held."));
    return session_may_request(workplace_session(place)) ||
           words_refuse(reason, _("Your role does not work on requests."));
}

bool decision_is_possible(struct workplace *place, enum decision decision,
                          const struct request_row *row, char reason[VIEW_REASON_MAX])
{
    if (!row)
        return words_refuse(reason, _("There is no request here."));
    if (!may_write(place, reason))
        return false;
    switch (decision) {
    case DECISION_APPROVE:
    case DECISION_RETURN:
        return may_review(place, row, reason);
    case DECISION_WITHDRAW:
        return may_withdraw(place, row, reason);
    case DECISION_KEEP:
        return may_release(place, row, reason);
    case DECISION_DROP:
        break;
    }
    return may_release(place, row, reason) &&
           (row->state == REQUEST_WITHDRAWN || may_withdraw(place, row, reason));
}

bool decision_may_resubmit(struct workplace *place, const struct request_row *row,
                           char reason[VIEW_REASON_MAX])
{
    if (!row)
        return words_refuse(reason, _("There is no request here."));
    if (!may_write(place, reason))
        return false;
    if (row->state != REQUEST_RETURNED && row->state != REQUEST_NEEDS_MORE)
        return words_refuse(reason, _("Only a returned request is corrected and submitted again."));
    return is_mine(place, row) ||
           words_refuse(reason, _("Only its maker can submit a request again."));
}

/* --- words ----------------------------------------------------------------------------------- */

/* Cut at a character border. */
static void copy_cut(char *out, size_t size, const char *text)
{
    size_t used;
    size_t end = 0;
    size_t length = strlen(text);

    while (end < length) {
        (void)text_decode(text + end, length - end, &used);
        if (end + used >= size)
            break;
        end += used;
    }
    memcpy(out, text, end);
    out[end] = '\0';
}

bool decision_of_command(enum command command, enum decision *decision)
{
    static const struct {
        enum command command;
        enum decision decision;
    } rows[] = {
        {COMMAND_APPROVE, DECISION_APPROVE},   {COMMAND_RETURN_REQUEST, DECISION_RETURN},
        {COMMAND_WITHDRAW, DECISION_WITHDRAW}, {COMMAND_KEEP_MINE, DECISION_KEEP},
        {COMMAND_DROP_MINE, DECISION_DROP},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].command == command) {
            *decision = rows[i].decision;
            return true;
        }
    return false;
}

void decision_target_set(struct decision_target *target, const struct request_row *row)
{
    copy_cut(target->id, sizeof target->id, row->id);
    copy_cut(target->name, sizeof target->name,
             row->subject_name && row->subject_name[0] ? row->subject_name
                                                       : words_request(row->id));
    target->base_changed = row->base_changed;
}

/* Both forms stand here for gettext. */
static const char *question_format(enum decision decision, size_t count)
{
    switch (decision) {
    case DECISION_APPROVE:
        return ngettext("Approve %zu request?", "Approve %zu requests?", count);
    case DECISION_RETURN:
        return ngettext("Return %zu request?", "Return %zu requests?", count);
    case DECISION_WITHDRAW:
        return ngettext("Withdraw %zu request?", "Withdraw %zu requests?", count);
    case DECISION_DROP:
        return ngettext("Give up the change of %zu request?",
                        "Give up the changes of %zu requests?", count);
    case DECISION_KEEP:
        break;
    }
    return ngettext("Keep the change and send %zu request again?",
                    "Keep the changes and send %zu requests again?", count);
}

/* The formats above take one size_t; gettext checks translations against them. */
static void format_count(struct buf *out, const char *format, size_t count)
{
    const char *at = strstr(format, "%zu");

    if (!at) {
        buf_str(out, format);
        return;
    }
    buf_bytes(out, format, (size_t)(at - format));
    buf_printf(out, "%zu%s", count, at + strlen("%zu"));
}

/* Whom it is about. */
static void put_names(const struct decision_target *targets, size_t count, struct buf *out)
{
    size_t changed = 0;

    for (size_t i = 0; i < count; i++) {
        if (i < NAMES_SHOWN)
            buf_printf(out, "%s%s", i > 0 ? " · " : "", targets[i].name);
        changed += targets[i].base_changed;
    }
    if (count > NAMES_SHOWN) {
        buf_char(out, ' ');
        buf_printf(out, _("and %zu more"), count - NAMES_SHOWN);
    }
    if (changed > 0) {
        buf_char(out, '\n');
        buf_printf(out,
                   ngettext("In %zu of them the record has changed since it was raised.",
                            "In %zu of them the record has changed since they were raised.",
                            changed),
                   changed);
    }
}

/* What to ask for when the decision needs a reason; NULL when it needs none. */
static const char *reason_question(enum decision decision)
{
    switch (decision) {
    case DECISION_RETURN:
        return _("Why? The maker reads this and can submit a better one.");
    case DECISION_WITHDRAW:
    case DECISION_DROP:
        return _("Why? Everybody who sees the request reads this.");
    case DECISION_APPROVE:
    case DECISION_KEEP:
        break;
    }
    return NULL;
}

static const char *outcome_format(enum decision decision, size_t count)
{
    switch (decision) {
    case DECISION_APPROVE:
        return ngettext("Saved: %zu request approved.", "Saved: %zu requests approved.", count);
    case DECISION_RETURN:
        return ngettext("Saved: %zu request returned.", "Saved: %zu requests returned.", count);
    case DECISION_WITHDRAW:
    case DECISION_DROP:
        return ngettext("Saved: %zu request withdrawn.", "Saved: %zu requests withdrawn.", count);
    case DECISION_KEEP:
        break;
    }
    return ngettext("Saved: %zu request is queued again.", "Saved: %zu requests are queued again.",
                    count);
}

/* --- carrying it out ------------------------------------------------------------------------- */

struct carry_out {
    struct errand errand;
    enum decision decision;
    struct session session;
    char note[NOTE_MAX];
    struct decision_target targets[DECISION_TARGETS_MAX];
    size_t count, done, refused;
    size_t first_refused; /* index */
    struct error first;   /* what was said about it */
    uint32_t page;
};

static const char *action_of(enum decision decision)
{
    switch (decision) {
    case DECISION_APPROVE:
        return "approve";
    case DECISION_RETURN:
        return "return";
    case DECISION_WITHDRAW:
    case DECISION_KEEP:
    case DECISION_DROP:
        break;
    }
    return "withdraw";
}

static enum status decide_one(struct carry_out *work, const char *id, struct error *error)
{
    struct workplace *place = work->errand.place;
    const char *note = work->note[0] ? work->note : NULL;

    if (work->decision == DECISION_KEEP || work->decision == DECISION_DROP)
        return request_resolve(
            workplace_outbox(place), workplace_desk_reader(place), &work->session, id,
            work->decision == DECISION_KEEP ? RESOLVE_KEEP : RESOLVE_DROP, note, error);
    return request_act(workplace_outbox(place), &work->session, id, action_of(work->decision), note,
                       error);
}

static enum status carry_out(struct errand *errand, struct error *error)
{
    struct carry_out *work = (struct carry_out *)errand;

    (void)error;
    for (size_t i = 0; i < work->count; i++) {
        struct error why = {0};
        if (decide_one(work, work->targets[i].id, &why) == STATUS_OK) {
            work->done++;
            continue;
        }
        if (work->refused++ == 0) {
            work->first_refused = i;
            work->first = why;
        }
    }
    return STATUS_OK;
}

static void tell(struct app *app, const struct carry_out *work)
{
    struct buf text = {0};

    if (work->done > 0)
        format_count(&text, outcome_format(work->decision, work->done), work->done);
    if (work->refused > 0) {
        if (work->done > 0)
            buf_char(&text, ' ');
        if (work->count > 1)
            buf_printf(&text, _("%zu not: "), work->refused);
        if (work->count > 1)
            buf_printf(&text, _("%s: "), work->targets[work->first_refused].name);
        buf_str(&text, work->first.text);
    }
    app_say(app, work->refused > 0 ? STYLE_ERROR : STYLE_OK, "%s", buf_text(&text));
    buf_release(&text);
}

static unsigned deliver(struct errand *errand, struct view *view)
{
    struct carry_out *work = (struct carry_out *)errand;
    struct app *app = workplace_app(errand->place);
    struct view *page = work->page ? app_find_view(app, work->page) : NULL;

    (void)view;
    tell(app, work);
    if (work->done > 0) {
        workplace_changed(errand->place);
        syncing_now(workplace_syncing(errand->place));
    }
    if (page && work->refused == 0)
        app_close(app, page);
    return STALE_VIEW | STALE_FRAME;
}

/* Copies the targets. */
static void send(struct workplace *place, enum decision decision, const char *note,
                 const struct decision_target *targets, size_t count, uint32_t page)
{
    static const struct errand_kind kind = {
        .work = carry_out, .deliver = deliver, .must_run = true};
    struct carry_out *work = errand_new(place, NULL, sizeof *work, &kind);

    if (!work)
        return;
    work->count = count < DECISION_TARGETS_MAX ? count : DECISION_TARGETS_MAX;
    memcpy(work->targets, targets, work->count * sizeof *targets);
    work->decision = decision;
    work->session = *workplace_session(place);
    work->page = page;
    copy_cut(work->note, sizeof work->note, note ? note : "");
    errand_send(&work->errand, workplace_desk(place));
}

/* --- asking ---------------------------------------------------------------------------------- */

/* Belongs to the question, which answers exactly once. */
struct asked {
    struct workplace *place;
    enum decision decision;
    uint32_t page;
    size_t count;
    struct decision_target targets[DECISION_TARGETS_MAX];
};

static void answered(struct app *app, const struct app_answer *answer)
{
    struct asked *asked = answer->data;

    (void)app;
    if (answer->yes)
        send(asked->place, asked->decision, answer->text, asked->targets, asked->count,
             asked->page);
    free(asked);
}

static void ask(struct asked *asked)
{
    struct app *app = workplace_app(asked->place);
    const char *reason = reason_question(asked->decision);
    struct buf question = {0};
    struct buf names = {0};

    format_count(&question, question_format(asked->decision, asked->count), asked->count);
    put_names(asked->targets, asked->count, &names);
    if (reason) {
        buf_printf(&question, " %s\n%s", buf_text(&names), reason);
        const struct app_prompt prompt = {.question = buf_text(&question), .minimum = REASON_MIN};
        app_prompt(app, &prompt, answered, asked);
    } else {
        app_confirm(app, buf_text(&question), buf_text(&names), DANGER_RECORDED, answered, asked);
    }
    buf_release(&question);
    buf_release(&names);
}

void decision_make(struct workplace *place, enum decision decision,
                   const struct decision_target *targets, size_t count, bool sure, uint32_t page)
{
    if (sure && decision == DECISION_APPROVE) {
        send(place, decision, NULL, targets, count, page);
        return;
    }
    struct asked *asked = calloc(1, sizeof *asked);
    if (!asked) {
        struct error error = {0};
        (void)error_nomem(&error);
        app_fail(workplace_app(place), &error);
        return;
    }
    asked->place = place;
    asked->decision = decision;
    asked->page = page;
    asked->count = count < DECISION_TARGETS_MAX ? count : DECISION_TARGETS_MAX;
    memcpy(asked->targets, targets, asked->count * sizeof *targets);
    ask(asked);
}
