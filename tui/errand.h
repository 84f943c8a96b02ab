#ifndef HUILIU_TUI_ERRAND_H
#define HUILIU_TUI_ERRAND_H
/*
 * One piece of work a view sends to a worker, and its result coming back.
 *
 *     struct load { struct errand errand; char id[48]; struct request_detail *detail; };
 *
 *     struct load *load = errand_new(place, &view->view, sizeof *load, &kind);
 *     if (load) { copy what it needs; errand_send(&load->errand, workplace_reading(place)); }
 *
 *     static const struct errand_kind kind = {
 *         .work = work,        // worker's thread: fills in the result, returns a status
 *         .deliver = deliver,  // interface thread, only if the view still exists: takes the
 *                              // result out of the errand; returns what became stale
 *         .release = release,  // frees whatever result is still inside; may be NULL
 *     };
 *
 * A failure that deliver() does not look at (it may read errand->status) is told in the message
 * line, except STATUS_CANCELLED. Errands count as busy until delivered, so the idle mark of the
 * tests waits for them.
 */
#include "base/worker.h"
#include "tui/workplace.h"

#include <pthread.h>

struct errand;

struct errand_kind {
    enum status (*work)(struct errand *errand, struct error *error);
    unsigned (*deliver)(struct errand *errand, struct view *view);
    void (*release)(struct errand *errand);
    bool tells_failure; /* deliver() shows errand->error itself */
    bool interruptible; /* errand_interrupt() may stop it; only for the reading worker */
    bool must_run;      /* saves something: also carried out when the program is leaving */
};

struct errand {
    struct job job;
    const struct errand_kind *kind;
    struct workplace *place;
    uint32_t view; /* id; 0: belongs to no view, deliver() gets NULL */
    bool worked;   /* work() has been called and is over */
    enum status status;
    struct error error;
    pthread_mutex_t lock; /* guards `running` */
    bool running;
};

/* Zeroed, `size` bytes, its first member a struct errand. NULL (out of memory) is told already. */
void *errand_new(struct workplace *place, const struct view *view, size_t size,
                 const struct errand_kind *kind);
/* Takes the errand over. */
void errand_send(struct errand *errand, struct worker *worker);
/* Frees one that was made and is not sent after all. */
void errand_drop(struct errand *errand);
/* A newer question has come: stops the errand if it is being worked on right now. Only before it
 * was delivered. */
void errand_interrupt(struct errand *errand);

#endif
