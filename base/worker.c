#include "base/worker.h"

#include "base/i18n.h"
#include "base/thread.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* --- A queue of jobs, linked through job->next ------------------------------------------------ */

struct queue {
    struct job *first;
    struct job **end; /* where the next one is linked; NULL means &first */
    size_t count;
};

static void queue_push(struct queue *queue, struct job *job)
{
    struct job **end = queue->end ? queue->end : &queue->first;

    job->next = NULL;
    *end = job;
    queue->end = &job->next;
    queue->count++;
}

static struct job *queue_pop(struct queue *queue)
{
    struct job *job = queue->first;

    if (job) {
        queue->first = job->next;
        queue->count--;
        if (!queue->first)
            queue->end = NULL;
    }
    return job;
}

/* All jobs, oldest first, linked through next; the queue is empty afterwards. */
static struct job *queue_take_all(struct queue *queue)
{
    struct job *first = queue->first;

    *queue = (struct queue){0};
    return first;
}

static void abandon_all(struct job *job)
{
    while (job) {
        struct job *next = job->next;
        if (job->abandon)
            job->abandon(job);
        else
            job->done(job);
        job = next;
    }
}

/* --- Mailbox ---------------------------------------------------------------------------------- */

struct mailbox {
    pthread_mutex_t guard;
    struct queue letters;
    int fd; /* eventfd: not zero exactly while letters wait */
};

enum status mailbox_new(struct mailbox **mailbox, struct error *error)
{
    struct mailbox *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (made->fd < 0) {
        int errnum = errno;
        free(made);
        return error_set_errno(error, errnum, _("Cannot start background work"));
    }
    pthread_mutex_init(&made->guard, NULL);
    *mailbox = made;
    return STATUS_OK;
}

void mailbox_free(struct mailbox *mailbox)
{
    if (!mailbox)
        return;
    abandon_all(queue_take_all(&mailbox->letters));
    close(mailbox->fd);
    pthread_mutex_destroy(&mailbox->guard);
    free(mailbox);
}

int mailbox_fd(const struct mailbox *mailbox)
{
    return mailbox->fd;
}

/* Only the first letter raises the flag, so the counter is 0 or 1 and write() cannot block. */
void mailbox_post(struct mailbox *mailbox, struct job *job)
{
    pthread_mutex_lock(&mailbox->guard);
    queue_push(&mailbox->letters, job);
    if (mailbox->letters.count == 1)
        eventfd_write(mailbox->fd, 1);
    pthread_mutex_unlock(&mailbox->guard);
}

static struct job *take_letters(struct mailbox *mailbox)
{
    eventfd_t raised;

    pthread_mutex_lock(&mailbox->guard);
    struct job *letters = queue_take_all(&mailbox->letters);
    if (letters)
        eventfd_read(mailbox->fd, &raised);
    pthread_mutex_unlock(&mailbox->guard);
    return letters;
}

/* What done() posts waits for the next call, so that a chain of jobs cannot starve the screen. */
size_t mailbox_drain(struct mailbox *mailbox)
{
    struct job *job = take_letters(mailbox);
    size_t count = 0;

    while (job) {
        struct job *next = job->next;
        job->done(job);
        job = next;
        count++;
    }
    return count;
}

/* --- Worker ----------------------------------------------------------------------------------- */

struct worker {
    pthread_t thread;
    pthread_mutex_t guard;
    pthread_cond_t changed;
    struct queue jobs;
    struct mailbox *mailbox;
    bool running, stopping;
    bool behind; /* gives way to other threads */
};

/* The next job, or NULL when the worker is to end. */
static struct job *wait_for_job(struct worker *worker)
{
    pthread_mutex_lock(&worker->guard);
    while (!worker->jobs.first && !worker->stopping)
        pthread_cond_wait(&worker->changed, &worker->guard);
    struct job *job = queue_pop(&worker->jobs);
    worker->running = job != NULL;
    pthread_mutex_unlock(&worker->guard);
    return job;
}

/* One step for the observer: a job is pending until it is in the mailbox. */
static void hand_back(struct worker *worker, struct job *job)
{
    pthread_mutex_lock(&worker->guard);
    mailbox_post(worker->mailbox, job);
    worker->running = false;
    pthread_mutex_unlock(&worker->guard);
}

static void *work(void *context)
{
    struct worker *worker = context;

    if (worker->behind)
        thread_give_way();
    for (struct job *job; (job = wait_for_job(worker)) != NULL;) {
        job->run(job);
        hand_back(worker, job);
    }
    return NULL;
}

static void release(struct worker *worker)
{
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->guard);
    free(worker);
}

static enum status start(const char *name, bool behind, struct mailbox *mailbox,
                         struct worker **worker, struct error *error)
{
    struct worker *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->behind = behind;
    made->mailbox = mailbox;
    pthread_mutex_init(&made->guard, NULL);
    pthread_cond_init(&made->changed, NULL);
    enum status status = thread_start(name, work, made, &made->thread, error);
    if (status != STATUS_OK) {
        release(made);
        return status;
    }
    *worker = made;
    return STATUS_OK;
}

enum status worker_new(const char *name, struct mailbox *mailbox, struct worker **worker,
                       struct error *error)
{
    return start(name, false, mailbox, worker, error);
}

enum status worker_new_behind(const char *name, struct mailbox *mailbox, struct worker **worker,
                              struct error *error)
{
    return start(name, true, mailbox, worker, error);
}

void worker_post(struct worker *worker, struct job *job)
{
    pthread_mutex_lock(&worker->guard);
    queue_push(&worker->jobs, job);
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->guard);
}

size_t worker_pending(struct worker *worker)
{
    pthread_mutex_lock(&worker->guard);
    size_t pending = worker->jobs.count + worker->running;
    pthread_mutex_unlock(&worker->guard);
    return pending;
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->guard);
    worker->stopping = true;
    struct job *queued = queue_take_all(&worker->jobs);
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->guard);
    pthread_join(worker->thread, NULL);
    abandon_all(queued);
    release(worker);
}
