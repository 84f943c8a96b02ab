#include "base/i18n.h"
#include "tui/errand.h"
#include "tui/syncing.h"
#include "tui/view_findings.h"
#include "tui/view_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REASON_MIN    2
#define REASON_MAX    400
#define PREVIEW_LINES 8

/* One request to be raised: a copy, because pages come and go. */
struct target {
    int64_t finding;
    char record[513], field[129]; /* a new check gives the numbers to other findings */
    char value[FINDINGS_VALUE_MAX];
};

struct batch {
    struct workplace *place;
    uint32_t page;
    enum quality_rule rule;
    char dataset[65];
    char reason[REASON_MAX * 4 + 1];
    struct target targets[FINDINGS_MARKS_MAX];
    size_t count;
    struct buf preview;
};

static void batch_free(struct batch *batch)
{
    buf_release(&batch->preview);
    free(batch);
}

/* --- carrying it out ---------------------------------------------------------------------------
 */

struct carry_out {
    struct errand errand;
    struct session session;
    struct batch *batch;
    size_t done, refused;
    struct error first; /* what was said about the first refused one */
};

static bool is_target(const struct quality_finding *finding, const struct target *target)
{
    return finding->id == target->finding && strcmp(finding->record, target->record) == 0 &&
           strcmp(finding->field, target->field) == 0;
}

/* The finding as it is in the desk's own view of the data. */
static enum status raise_one(struct carry_out *work, const struct target *target,
                             struct error *error)
{
    struct reader *reader = workplace_desk_reader(work->errand.place);
    const struct quality_filter filter = {.rule = (int)work->batch->rule,
                                          .dataset = work->batch->dataset,
                                          .after = target->finding - 1,
                                          .limit = 1};
    struct quality_page *page = NULL;
    char id[48];
    enum status status = quality_page(reader, &work->session, &filter, &page, error);

    if (status != STATUS_OK)
        return status;
    if (page->count == 1 && is_target(&page->findings[0], target)) {
        const struct quality_correction correction = {&page->findings[0], target->value,
                                                      work->batch->reason};
        status = quality_raise(workplace_outbox(work->errand.place), reader, &work->session,
                               &correction, id, error);
    } else {
        status = error_set(error, STATUS_CONFLICT,
                           _("The data has been checked again: look at the new results."));
    }
    quality_page_free(page);
    return status;
}

static enum status carry_out(struct errand *errand, struct error *error)
{
    struct carry_out *work = (struct carry_out *)errand;

    (void)error;
    for (size_t i = 0; i < work->batch->count; i++) {
        struct error why = {0};
        if (raise_one(work, &work->batch->targets[i], &why) == STATUS_OK)
            work->done++;
        else if (work->refused++ == 0)
            work->first = why;
    }
    return STATUS_OK;
}

static void forget_marks(struct workplace *place, const struct batch *batch)
{
    struct view *view = app_find_view(workplace_app(place), batch->page);

    if (view)
        ((struct findings_view *)view)->mark_count = 0;
}

static unsigned deliver(struct errand *errand, struct view *view)
{
    struct carry_out *work = (struct carry_out *)errand;
    struct app *app = workplace_app(errand->place);

    (void)view;
    if (work->refused > 0)
        app_say(app, STYLE_ERROR, _("Saved: %zu. Not: %zu. %s"), work->done, work->refused,
                work->first.text);
    else
        app_say(app, STYLE_OK,
                ngettext("Saved: %zu request raised.", "Saved: %zu requests raised.", work->done),
                work->done);
    forget_marks(errand->place, work->batch);
    if (work->done > 0) {
        workplace_changed(errand->place);
        syncing_now(workplace_syncing(errand->place));
    }
    return STALE_VIEW | STALE_FRAME;
}

static void release(struct errand *errand)
{
    batch_free(((struct carry_out *)errand)->batch);
}

static void send(struct batch *batch)
{
    static const struct errand_kind kind = {
        .work = carry_out, .deliver = deliver, .release = release, .must_run = true};
    struct carry_out *work = errand_new(batch->place, NULL, sizeof *work, &kind);

    if (!work) {
        batch_free(batch);
        return;
    }
    work->session = *workplace_session(batch->place);
    work->batch = batch;
    errand_send(&work->errand, workplace_desk(batch->place));
}

/* --- asking ------------------------------------------------------------------------------------
 */

static void answer_sure(struct app *app, const struct app_answer *answer)
{
    (void)app;
    if (answer->yes)
        send(answer->data);
    else
        batch_free(answer->data);
}

static void answer_reason(struct app *app, const struct app_answer *answer)
{
    struct batch *batch = answer->data;
    char question[VIEW_REASON_MAX];

    if (!answer->yes) {
        batch_free(batch);
        return;
    }
    (void)snprintf(batch->reason, sizeof batch->reason, "%s", answer->text);
    (void)snprintf(
        question, sizeof question,
        ngettext("Raise %zu request?", "Raise %zu requests, one for each record?", batch->count),
        batch->count);
    app_confirm(app, question, buf_text(&batch->preview), DANGER_RECORDED, answer_sure, batch);
}

static void add_target(struct findings_view *view, struct batch *batch,
                       const struct quality_finding *finding)
{
    const char *value = findings_value(view, finding);
    struct target *target = &batch->targets[batch->count];

    if (!value || !finding->correctable || finding->state != QUALITY_SAME)
        return;
    target->finding = finding->id;
    (void)snprintf(target->record, sizeof target->record, "%s", finding->record);
    (void)snprintf(target->field, sizeof target->field, "%s", finding->field);
    (void)snprintf(target->value, sizeof target->value, "%s", value);
    if (batch->count++ < PREVIEW_LINES)
        buf_printf(&batch->preview, "%s  %s: %s → %s\n", finding->name, finding->field_title,
                   finding->value, value);
}

/* The marked ones, else the selected one. */
static void collect(struct findings_view *view, struct batch *batch)
{
    const struct quality_finding *finding;
    bool any = false;

    for (size_t i = 0; i < view->mark_count; i++)
        any = any || view->marks[i].marked;
    if (!any && (finding = findings_at(view, view->list.selected)) != NULL)
        add_target(view, batch, finding);
    for (size_t i = 0; any && (finding = findings_at(view, i)) != NULL; i++) {
        const struct findings_mark *mark = findings_mark_of(view, finding->id);
        if (mark && mark->marked)
            add_target(view, batch, finding);
    }
    if (batch->count > PREVIEW_LINES)
        buf_printf(&batch->preview, _("… and %zu more"), batch->count - PREVIEW_LINES);
}

bool findings_may_raise(struct findings_view *view, char reason[VIEW_REASON_MAX])
{
    const struct quality_finding *finding = findings_at(view, view->list.selected);

    if (!session_may_request(workplace_session(view->place)))
        return words_refuse(reason, _("Only a clerk or a supervisor may raise requests."));
    if (!workplace_outbox(view->place))
        return words_refuse(reason, _("Another Huiliu window is open in this home."));
    for (size_t i = 0; i < view->mark_count; i++)
        if (view->marks[i].marked)
            return true;
    if (!finding || !findings_value(view, finding))
        return words_refuse(reason, _("The right value does not follow from the data: enter it."));
    return true;
}

unsigned findings_raise(struct findings_view *view)
{
    const struct app_prompt prompt = {
        .question = _("Why? The reviewer and the provider read it."),
        .initial = quality_rule_title(view->rule),
        .limit = REASON_MAX,
        .minimum = REASON_MIN,
    };
    struct batch *batch = calloc(1, sizeof *batch);

    if (!batch)
        return STALE_NOTHING;
    batch->place = view->place;
    batch->page = view->view.id;
    batch->rule = view->rule;
    memcpy(batch->dataset, view->dataset, sizeof batch->dataset);
    collect(view, batch);
    if (batch->count == 0) {
        app_say(view->view.app, STYLE_WARNING, "%s",
                _("None of the marked records has a value to propose: enter it first."));
        batch_free(batch);
        return STALE_FRAME;
    }
    app_prompt(view->view.app, &prompt, answer_reason, batch);
    return STALE_VIEW | STALE_FRAME;
}
