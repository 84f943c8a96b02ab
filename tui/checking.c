#include "tui/checking.h"

#include "base/i18n.h"
#include "db/quality.h"
#include "tui/errand.h"

#include <stdatomic.h>
#include <stdlib.h>

struct checking {
    struct workplace *place;
    struct worker *worker; /* NULL until the first time */
    bool running;
    atomic_bool stop, comparing; /* these and the counts: both threads */
    atomic_llong done, total;
};

struct check_errand {
    struct errand errand;
    struct checking *checking; /* lives as long as its worker */
};

static bool progress(const struct quality_progress *now, void *context)
{
    struct checking *checking = context;

    atomic_store(&checking->comparing, now->comparing);
    atomic_store(&checking->done, now->done);
    atomic_store(&checking->total, now->total);
    return !atomic_load(&checking->stop);
}

static enum status check_work(struct errand *errand, struct error *error)
{
    struct check_errand *check = (struct check_errand *)errand;
    const struct quality_options options = {progress, check->checking};
    struct reader *reader = NULL;
    enum status status = reader_open(workplace_home(errand->place), &reader, error);

    if (status == STATUS_OK)
        status = quality_run(reader, &options, error);
    reader_close(reader);
    return status;
}

static unsigned check_deliver(struct errand *errand, struct view *none)
{
    struct app *app = workplace_app(errand->place);

    (void)none;
    ((struct check_errand *)errand)->checking->running = false;
    if (errand->status == STATUS_OK)
        app_say(app, STYLE_OK, "%s", _("The data has been checked."));
    else if (errand->status == STATUS_CANCELLED)
        app_say(app, STYLE_WARNING, "%s", _("Stopped. The earlier results are still there."));
    else
        app_fail(app, &errand->error);
    workplace_changed(errand->place);
    return STALE_VIEW | STALE_FRAME;
}

static bool have_worker(struct checking *checking)
{
    struct app *app = workplace_app(checking->place);
    struct error error = {0};

    if (checking->worker ||
        worker_new("quality", app_mailbox(app), &checking->worker, &error) == STATUS_OK)
        return true;
    app_fail(app, &error);
    return false;
}

void checking_start(struct checking *checking)
{
    static const struct errand_kind kind = {
        .work = check_work, .deliver = check_deliver, .tells_failure = true};
    struct check_errand *check;

    if (checking->running || !have_worker(checking))
        return;
    check = errand_new(checking->place, NULL, sizeof *check, &kind);
    if (!check)
        return;
    atomic_store(&checking->stop, false);
    atomic_store(&checking->comparing, false);
    atomic_store(&checking->done, 0);
    atomic_store(&checking->total, 0);
    check->checking = checking;
    checking->running = true;
    errand_send(&check->errand, checking->worker);
}

void checking_stop(struct checking *checking)
{
    atomic_store(&checking->stop, true);
}

struct checking_state checking_state(const struct checking *checking)
{
    return (struct checking_state){.running = checking->running,
                                   .comparing = atomic_load(&checking->comparing),
                                   .done = atomic_load(&checking->done),
                                   .total = atomic_load(&checking->total)};
}

struct checking *checking_new(struct workplace *place)
{
    struct checking *checking = calloc(1, sizeof *checking);

    if (checking)
        checking->place = place;
    return checking;
}

void checking_end(struct checking *checking)
{
    if (!checking)
        return;
    checking_stop(checking);
    worker_free(checking->worker);
    checking->worker = NULL;
}

void checking_free(struct checking *checking)
{
    free(checking);
}
