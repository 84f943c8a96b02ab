#include "tui/errand.h"

#include "tui/app.h"

#include <stdlib.h>

static void free_errand(struct errand *errand)
{
    if (errand->kind->release)
        errand->kind->release(errand);
    pthread_mutex_destroy(&errand->lock);
    free(errand);
}

static void set_running(struct errand *errand, bool running)
{
    pthread_mutex_lock(&errand->lock);
    errand->running = running;
    pthread_mutex_unlock(&errand->lock);
}

static void run(struct job *job)
{
    struct errand *errand = (struct errand *)job;

    set_running(errand, true);
    errand->status = errand->kind->work(errand, &errand->error);
    errand->worked = true;
    set_running(errand, false);
}

void errand_interrupt(struct errand *errand)
{
    pthread_mutex_lock(&errand->lock);
    if (errand->running && errand->kind->interruptible)
        reader_interrupt(workplace_reading_reader(errand->place));
    pthread_mutex_unlock(&errand->lock);
}

static void deliver(struct errand *errand)
{
    struct app *app = workplace_app(errand->place);
    struct view *view = errand->view ? app_find_view(app, errand->view) : NULL;

    if (errand->status != STATUS_OK && errand->status != STATUS_CANCELLED &&
        !errand->kind->tells_failure)
        app_fail(app, &errand->error);
    if (errand->kind->deliver && (view || !errand->view))
        app_stale(app, errand->kind->deliver(errand, view));
}

static void done(struct job *job)
{
    struct errand *errand = (struct errand *)job;

    deliver(errand);
    app_busy(workplace_app(errand->place), -1);
    free_errand(errand);
}

/* Never begun: the worker has ended, its databases are still open. Or finished and not delivered:
 * then the mailbox is being freed, the workplace is gone, and nothing may be saved twice. */
static void abandon(struct job *job)
{
    struct errand *errand = (struct errand *)job;

    if (errand->kind->must_run && !errand->worked)
        errand->status = errand->kind->work(errand, &errand->error);
    free_errand(errand);
}

void *errand_new(struct workplace *place, const struct view *view, size_t size,
                 const struct errand_kind *kind)
{
    struct errand *errand = calloc(1, size);

    if (!errand) {
        struct error error = {0};
        (void)error_nomem(&error);
        app_fail(workplace_app(place), &error);
        return NULL;
    }
    errand->job = (struct job){.run = run, .done = done, .abandon = abandon};
    errand->kind = kind;
    errand->place = place;
    errand->view = view ? view->id : 0;
    pthread_mutex_init(&errand->lock, NULL);
    return errand;
}

void errand_send(struct errand *errand, struct worker *worker)
{
    app_busy(workplace_app(errand->place), 1);
    worker_post(worker, &errand->job);
}

void errand_drop(struct errand *errand)
{
    free_errand(errand);
}
