#include "tui/exchange.h"

#include "base/file.h"
#include "base/i18n.h"
#include "sync/bundle_export.h"
#include "sync/bundle_import.h"
#include "sync/reconcile.h"
#include "tui/errand.h"
#include "tui/syncing.h"
#include "tui/view_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEM_MAX ((size_t)64 << 10)

/* --- what they share ----------------------------------------------------------------------------
 */

struct task {
    struct errand errand;
    bool repair;
    char path[PATH_MAX], certificate[PATH_MAX];
    char vouched[CERTIFICATE_PRINT_MAX]; /* the sender an administrator has agreed to */
    struct session session;
    struct bundle_info unknown; /* a sender to ask about */
    bool asks;
    enum style style;
    char outcome[ERROR_TEXT_MAX];
    struct reconcile_report *comparison; /* taken out when it is delivered */
};

static unsigned tell(struct errand *errand, struct view *view)
{
    struct task *task = (struct task *)errand;

    (void)view;
    if (errand->status == STATUS_OK)
        app_say(workplace_app(errand->place), task->style, "%s", task->outcome);
    workplace_changed(errand->place);
    return STALE_VIEW | STALE_FRAME;
}

static void send(struct workplace *place, struct task *task)
{
    struct worker *worker = syncing_worker(workplace_syncing(place));

    task->session = *workplace_session(place);
    if (worker)
        errand_send(&task->errand, worker);
    else
        errand_drop(&task->errand);
}

static struct sync *engine_of(const struct errand *errand)
{
    return syncing_engine(workplace_syncing(errand->place));
}

/* --- comparing ----------------------------------------------------------------------------------
 */

static void sum_up(const struct reconcile_report *report, struct task *task)
{
    task->style =
        report->result == STATUS_OK && report->differences == 0 ? STYLE_OK : STYLE_WARNING;
    if (report->result != STATUS_OK)
        snprintf(task->outcome, sizeof task->outcome, "%s", report->reason);
    else if (task->repair && report->differences == 0)
        snprintf(task->outcome, sizeof task->outcome,
                 _("Compared; %lld records repaired. Everything is as the platform has it."),
                 (long long)report->repaired_rows);
    else if (report->differences == 0)
        snprintf(task->outcome, sizeof task->outcome,
                 _("Compared: everything is as the platform has it."));
    else
        snprintf(task->outcome, sizeof task->outcome,
                 _("Compared: %lld records are missing, superfluous or different here."),
                 (long long)report->differences);
}

static enum status compare_work(struct errand *errand, struct error *error)
{
    struct task *task = (struct task *)errand;
    struct reconcile_report *report = NULL;
    const struct reconcile_options options = {.repair = task->repair,
                                              .progress = syncing_report,
                                              .context = workplace_syncing(errand->place)};
    enum status status = sync_reconcile(engine_of(errand), &options, &report, error);

    if (status == STATUS_OK)
        sum_up(report, task);
    task->comparison = report;
    return status;
}

static unsigned compare_deliver(struct errand *errand, struct view *view)
{
    struct task *task = (struct task *)errand;

    if (task->comparison)
        syncing_keep_comparison(workplace_syncing(errand->place), task->comparison);
    task->comparison = NULL;
    return tell(errand, view);
}

static void compare_release(struct errand *errand)
{
    reconcile_report_free(((struct task *)errand)->comparison);
}

static void start_compare(struct workplace *place, bool repair)
{
    static const struct errand_kind kind = {
        .work = compare_work, .deliver = compare_deliver, .release = compare_release};
    struct task *task = errand_new(place, NULL, sizeof *task, &kind);

    if (!task)
        return;
    task->repair = repair;
    send(place, task);
}

void exchange_compare(struct workplace *place)
{
    start_compare(place, false);
}

void exchange_repair(struct workplace *place)
{
    start_compare(place, true);
}

/* --- bundles in ---------------------------------------------------------------------------------
 */

static void import_outcome(const struct bundle_info *info, const struct bundle_report *report,
                           struct task *task)
{
    task->style = report->gap_from > 0 || report->skipped > 0 || report->refused > 0 ? STYLE_WARNING
                                                                                     : STYLE_OK;
    if (report->already)
        snprintf(task->outcome, sizeof task->outcome,
                 _("Bundle %lld of %s was imported before; nothing has changed."),
                 (long long)info->number, info->origin);
    else if (report->gap_from > 0)
        snprintf(task->outcome, sizeof task->outcome,
                 _("Bundle %lld imported: %lld rows. Bundles %lld to %lld never came; ask what "
                   "became of them."),
                 (long long)info->number, (long long)report->rows, (long long)report->gap_from,
                 (long long)report->gap_to);
    else if (report->refused > 0)
        snprintf(task->outcome, sizeof task->outcome,
                 _("Bundle %lld imported: %lld rows. Refused by the platform, now held: %lld."),
                 (long long)info->number, (long long)report->rows, (long long)report->refused);
    else
        snprintf(task->outcome, sizeof task->outcome,
                 _("Bundle %lld of %s imported: %lld rows, %lld receipts."),
                 (long long)info->number, info->origin, (long long)report->rows,
                 (long long)report->receipts);
}

/* The sender that was agreed to, and no other that a swapped file may have. */
static enum status apply_opened(struct task *task, struct bundle *bundle, struct error *error)
{
    const struct bundle_info *info = bundle_info(bundle);
    const struct bundle_report *report = NULL;
    enum status status = STATUS_OK;

    if (!info->trust.trusted && strcmp(task->vouched, info->fingerprint) == 0)
        status = bundle_vouch(bundle, task->session.account, error);
    task->asks = status == STATUS_OK && !info->trust.trusted && info->trust.may_vouch &&
                 session_may_administer(&task->session);
    if (task->asks) {
        task->unknown = *info;
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        status = bundle_apply(bundle, &report, error);
    if (status == STATUS_OK)
        import_outcome(info, report, task);
    return status;
}

static enum status import_work(struct errand *errand, struct error *error)
{
    struct task *task = (struct task *)errand;
    struct bundle *bundle = NULL;
    const struct bundle_options options = {.progress = syncing_report,
                                           .context = workplace_syncing(errand->place)};
    enum status status = bundle_open(engine_of(errand), task->path, &options, &bundle, error);

    if (status == STATUS_OK)
        status = apply_opened(task, bundle, error);
    bundle_close(bundle);
    return status;
}

/* Belongs to the question, which answers exactly once. */
struct asked {
    struct workplace *place;
    char path[PATH_MAX], fingerprint[CERTIFICATE_PRINT_MAX];
};

static struct asked *asked_new(struct workplace *place)
{
    struct asked *asked = calloc(1, sizeof *asked);

    if (!asked) {
        struct error error = {0};
        (void)error_nomem(&error);
        app_fail(workplace_app(place), &error);
        return NULL;
    }
    asked->place = place;
    return asked;
}

static unsigned import_deliver(struct errand *errand, struct view *view);

static void start_import(struct workplace *place, const char *path, const char *vouched)
{
    static const struct errand_kind kind = {.work = import_work, .deliver = import_deliver};
    struct task *task = errand_new(place, NULL, sizeof *task, &kind);

    if (!task)
        return;
    snprintf(task->path, sizeof task->path, "%s", path);
    snprintf(task->vouched, sizeof task->vouched, "%s", vouched);
    send(place, task);
}

static void sender_answered(struct app *app, const struct app_answer *answer)
{
    struct asked *asked = answer->data;

    if (answer->yes)
        start_import(asked->place, asked->path, asked->fingerprint);
    else
        app_say(app, STYLE_NORMAL, "%s", _("Nothing of the bundle was used."));
    free(asked);
}

static void ask_about_sender(struct workplace *place, const struct task *task)
{
    const struct bundle_info *info = &task->unknown;
    struct asked *asked = asked_new(place);
    struct buf detail = {0};

    if (!asked)
        return;
    snprintf(asked->path, sizeof asked->path, "%s", task->path);
    snprintf(asked->fingerprint, sizeof asked->fingerprint, "%s", info->fingerprint);
    buf_printf(&detail,
               _("Nobody here knows this sender yet. Compare the fingerprint with the one "
                 "you were given by another way:\n%s\n%s"),
               info->signer, info->fingerprint);
    app_confirm(workplace_app(place), _("Trust this sender of bundles from now on?"),
                buf_text(&detail), DANGER_RECORDED, sender_answered, asked);
    buf_release(&detail);
}

static unsigned import_deliver(struct errand *errand, struct view *view)
{
    const struct task *task = (const struct task *)errand;

    if (errand->status != STATUS_OK || !task->asks)
        return tell(errand, view);
    ask_about_sender(errand->place, task);
    return STALE_VIEW | STALE_FRAME;
}

static void path_answered(struct app *app, const struct app_answer *answer)
{
    struct asked *asked = answer->data;

    (void)app;
    if (answer->yes)
        start_import(asked->place, answer->text, "");
    free(asked);
}

void exchange_import(struct workplace *place)
{
    struct asked *asked = asked_new(place);
    const struct app_prompt prompt = {.question = _("Which file? For example /media/usb/7.p7m"),
                                      .limit = PATH_MAX / 4,
                                      .minimum = 1};

    if (asked)
        app_prompt(workplace_app(place), &prompt, path_answered, asked);
}

/* --- bundles out --------------------------------------------------------------------------------
 */

static enum status export_work(struct errand *errand, struct error *error)
{
    struct task *task = (struct task *)errand;
    struct buf pem = {0};
    struct bundle_export_report report;
    enum status status = file_read(task->certificate, PEM_MAX, &pem, error);

    if (status == STATUS_OK)
        status = bundle_export(workplace_outbox(errand->place), buf_text(&pem), task->path, &report,
                               error);
    buf_release(&pem);
    if (status != STATUS_OK)
        return status;
    task->style = STYLE_OK;
    snprintf(task->outcome, sizeof task->outcome,
             _("Bundle %lld with %lld requests written: %.200s"), (long long)report.number,
             (long long)report.requests, report.file);
    return STATUS_OK;
}

static void target_answered(struct app *app, const struct app_answer *answer)
{
    static const struct errand_kind kind = {.work = export_work, .deliver = tell, .must_run = true};
    struct asked *asked = answer->data;
    struct task *task = answer->yes ? errand_new(asked->place, NULL, sizeof *task, &kind) : NULL;

    (void)app;
    if (task) {
        snprintf(task->certificate, sizeof task->certificate, "%s", asked->path);
        snprintf(task->path, sizeof task->path, "%s", answer->text);
        send(asked->place, task);
    }
    free(asked);
}

static void certificate_answered(struct app *app, const struct app_answer *answer)
{
    struct asked *asked = answer->data;
    const struct app_prompt prompt = {
        .question = _("Where to? A directory such as /media/usb, or a new file"),
        .limit = PATH_MAX / 4,
        .minimum = 1};

    if (!answer->yes) {
        free(asked);
        return;
    }
    snprintf(asked->path, sizeof asked->path, "%s", answer->text);
    app_prompt(app, &prompt, target_answered, asked);
}

void exchange_export(struct workplace *place)
{
    struct asked *asked = asked_new(place);
    const struct app_prompt prompt = {.question = _("For whom? The file with their certificate"),
                                      .limit = PATH_MAX / 4,
                                      .minimum = 1};

    if (asked)
        app_prompt(workplace_app(place), &prompt, certificate_answered, asked);
}

/* --- may they? ----------------------------------------------------------------------------------
 */

static bool is_about_bundles(enum command command)
{
    return command == COMMAND_BUNDLE_IMPORT || command == COMMAND_BUNDLE_EXPORT;
}

bool exchange_is_possible(struct workplace *place, enum command command,
                          char reason[VIEW_REASON_MAX])
{
    const struct session *session = workplace_session(place);

    if (!workplace_outbox(place))
        return words_refuse(reason, _("This window can only read; another one is open."));
    if (is_about_bundles(command) && !session_may_request(session) &&
        !session_may_administer(session))
        return words_refuse(reason, _("Your role may not carry bundles."));
    return true;
}
