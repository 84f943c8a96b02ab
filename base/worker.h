#ifndef HUILIU_BASE_WORKER_H
#define HUILIU_BASE_WORKER_H
/*
 * A thread that does jobs one after another, and the mailbox through which results come back to
 * the interface thread. The interface never blocks on disk or network and never shares data with
 * a worker: what a job needs is copied into it, what it found travels back in it.
 *
 *     struct mailbox *mailbox;                        // one, owned by the interface thread
 *     mailbox_new(&mailbox, &error);
 *     struct worker *worker;
 *     worker_new("search", mailbox, &worker, &error);
 *     worker_post(worker, job);                       // job->run(job) in the worker's thread,
 *     poll(mailbox_fd(mailbox)) ...                   // then job->done(job) in the interface's,
 *     mailbox_drain(mailbox);                         // from inside mailbox_drain()
 *
 * A job embeds `struct job` as its first member. The poster owns it until worker_post(), then
 * the worker, then done() must free it. A job may also send progress notes: small structs
 * embedding `struct job` posted with mailbox_post(), whose done() runs on the interface thread.
 * worker_free() lets the running job finish (make it stop first: each kind of job has its own
 * cancel), then hands every job still queued to `abandon` (or done() if NULL) in the caller.
 *
 * Order: jobs run and come back in the order they were posted. What done() posts is drained by the
 * next mailbox_drain(). Free the workers before their mailbox. A worker's thread takes none of the
 * process's signals except those of its own crash.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct job {
    void (*run)(struct job *job);     /* in the worker's thread */
    void (*done)(struct job *job);    /* in the interface thread; frees the job */
    void (*abandon)(struct job *job); /* instead of run and done when the worker ends; frees it */
    struct job *next;                 /* private */
};

struct mailbox;
struct worker;

enum status mailbox_new(struct mailbox **mailbox, struct error *error) MUST_CHECK;
void mailbox_free(struct mailbox *mailbox);                  /* abandons what nobody drained */
int mailbox_fd(const struct mailbox *mailbox);               /* readable when something waits */
void mailbox_post(struct mailbox *mailbox, struct job *job); /* any thread */
size_t mailbox_drain(struct mailbox *mailbox);               /* owner's thread; jobs finished */

enum status worker_new(const char *name, struct mailbox *mailbox, struct worker **worker,
                       struct error *error) MUST_CHECK;
/* One whose jobs give way to all other threads: long work behind what the user does. */
enum status worker_new_behind(const char *name, struct mailbox *mailbox, struct worker **worker,
                              struct error *error) MUST_CHECK;
void worker_post(struct worker *worker, struct job *job); /* any thread */
size_t worker_pending(struct worker *worker);             /* not yet in the mailbox */
void worker_free(struct worker *worker);

#endif
