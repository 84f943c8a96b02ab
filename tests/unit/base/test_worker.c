#include "base/worker.h"
#include "tests/unit/base/support.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#define PATIENCE_MS 30000 /* a poll that takes this long is a failure */

/* What a test sees of its jobs. Written by done() and abandon(), so by the test's own thread. */
struct record {
    int done, abandoned;
    int order[4096];
    pthread_t runner;
};

struct note {
    struct job job;
    struct record *record;
    struct mailbox *mailbox; /* where run() sends progress, or NULL */
    int number, result;
    pthread_t runner;
};

static void note_run(struct job *job)
{
    struct note *note = (struct note *)job;

    note->result = note->number * 2;
    note->runner = pthread_self();
}

static void note_done(struct job *job)
{
    struct note *note = (struct note *)job;

    assert_int_equal(note->result, note->number * 2);
    note->record->order[note->record->done++] = note->number;
    note->record->runner = note->runner;
    free(note);
}

static void note_abandon(struct job *job)
{
    struct note *note = (struct note *)job;

    note->record->abandoned++;
    free(note);
}

static struct note *make_note(struct record *record, int number)
{
    struct note *note = calloc(1, sizeof *note);

    assert_non_null(note);
    note->job = (struct job){.run = note_run, .done = note_done, .abandon = note_abandon};
    note->record = record;
    note->number = number;
    return note;
}

static int wait_for_mail(const struct mailbox *mailbox, int patience_ms)
{
    struct pollfd wait = {.fd = mailbox_fd(mailbox), .events = POLLIN};

    return poll(&wait, 1, patience_ms);
}

static void drain_until(struct mailbox *mailbox, const int *counter, int wanted)
{
    while (*counter < wanted) {
        assert_int_equal(wait_for_mail(mailbox, PATIENCE_MS), 1);
        assert_true(mailbox_drain(mailbox) > 0);
    }
}

static struct mailbox *make_mailbox(void)
{
    struct mailbox *mailbox = NULL;

    assert_int_equal(mailbox_new(&mailbox, NULL), STATUS_OK);
    return mailbox;
}

static struct worker *make_worker(struct mailbox *mailbox)
{
    struct worker *worker = NULL;

    assert_int_equal(worker_new("a worker with a long name", mailbox, &worker, NULL), STATUS_OK);
    return worker;
}

static void jobs_come_back_in_order(void **state)
{
    struct record record = {0};
    struct mailbox *mailbox = make_mailbox();
    struct worker *worker = make_worker(mailbox);

    (void)state;
    for (int i = 0; i < 1000; i++)
        worker_post(worker, &make_note(&record, i)->job);
    drain_until(mailbox, &record.done, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(record.order[i], i);
    assert_false(pthread_equal(record.runner, pthread_self()));
    assert_int_equal(worker_pending(worker), 0);
    assert_int_equal(wait_for_mail(mailbox, 0), 0);
    assert_int_equal(mailbox_drain(mailbox), 0);
    worker_free(worker);
    mailbox_free(mailbox);
    assert_int_equal(record.abandoned, 0);
}

static void a_rested_worker_works_again(void **state)
{
    struct record record = {0};
    struct mailbox *mailbox = make_mailbox();
    struct worker *worker = make_worker(mailbox);

    (void)state;
    for (int i = 0; i < 50; i++) {
        worker_post(worker, &make_note(&record, i)->job);
        drain_until(mailbox, &record.done, i + 1);
        assert_int_equal(worker_pending(worker), 0);
        assert_int_equal(record.order[i], i);
    }
    worker_free(worker);
    mailbox_free(mailbox);
}

struct last_job {
    struct job job;
    sem_t started;
    struct worker *worker;
    bool run, done;
};

/* Starts when all three jobs are there; ends only when worker_free(), which waits for it, has taken
 * the queue away. */
static void run_until_alone(struct job *job)
{
    struct last_job *last = (struct last_job *)job;

    while (worker_pending(last->worker) < 3)
        sched_yield();
    sem_post(&last->started);
    while (worker_pending(last->worker) > 1)
        sched_yield();
    last->run = true;
}

static void last_done(struct job *job)
{
    ((struct last_job *)job)->done = true;
}

static void ending_finishes_one_job_and_abandons_the_rest(void **state)
{
    struct record record = {0};
    struct mailbox *mailbox = make_mailbox();
    struct last_job last = {.job = {.run = run_until_alone, .done = last_done},
                            .worker = make_worker(mailbox)};
    struct note *without_abandon = make_note(&record, 0);

    (void)state;
    sem_init(&last.started, 0, 0);
    worker_post(last.worker, &last.job);
    worker_post(last.worker, &make_note(&record, 1)->job);
    without_abandon->job.abandon = NULL;
    worker_post(last.worker, &without_abandon->job);
    sem_wait(&last.started);
    assert_int_equal(worker_pending(last.worker), 3);
    worker_free(last.worker);
    assert_int_equal(record.abandoned, 1);
    assert_int_equal(record.done, 1);
    assert_true(last.run);
    assert_false(last.done);
    assert_int_equal(mailbox_drain(mailbox), 1);
    assert_true(last.done);
    mailbox_free(mailbox);
    sem_destroy(&last.started);
}

static void undelivered_letters_are_abandoned(void **state)
{
    struct record record = {0};
    struct mailbox *mailbox = make_mailbox();

    (void)state;
    mailbox_post(mailbox, &make_note(&record, 1)->job);
    mailbox_post(mailbox, &make_note(&record, 2)->job);
    assert_int_equal(wait_for_mail(mailbox, 0), 1);
    mailbox_free(mailbox);
    assert_int_equal(record.abandoned, 2);
    assert_int_equal(record.done, 0);
    mailbox_free(NULL);
    worker_free(NULL);
}

/* --- Posting from done() and from run() ------------------------------------------------------- */

static void chain_done(struct job *job)
{
    struct note *note = (struct note *)job;
    struct record *record = note->record;
    struct mailbox *mailbox = note->mailbox;

    record->done++;
    free(note);
    if (record->done < 3) {
        struct note *next = make_note(record, 0);
        next->job.done = chain_done;
        next->mailbox = mailbox;
        mailbox_post(mailbox, &next->job);
    }
}

static void what_done_posts_waits_its_turn(void **state)
{
    struct record record = {0};
    struct mailbox *mailbox = make_mailbox();
    struct note *note = make_note(&record, 0);

    (void)state;
    note->job.done = chain_done;
    note->mailbox = mailbox;
    mailbox_post(mailbox, &note->job);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(wait_for_mail(mailbox, 0), 1);
        assert_int_equal(mailbox_drain(mailbox), 1);
        assert_int_equal(record.done, i);
    }
    assert_int_equal(wait_for_mail(mailbox, 0), 0);
    mailbox_free(mailbox);
}

static void run_with_progress(struct job *job)
{
    struct note *note = (struct note *)job;

    for (int i = 0; i < 10; i++) {
        struct note *progress = calloc(1, sizeof *progress);
        if (!progress)
            return;
        progress->job.done = note_done;
        progress->record = note->record;
        mailbox_post(note->mailbox, &progress->job);
    }
    note_run(job);
}

static void progress_arrives_before_the_result(void **state)
{
    struct record record = {0};
    struct mailbox *mailbox = make_mailbox();
    struct worker *worker = make_worker(mailbox);
    struct note *note = make_note(&record, 7);

    (void)state;
    note->job.run = run_with_progress;
    note->mailbox = mailbox;
    worker_post(worker, &note->job);
    drain_until(mailbox, &record.done, 11);
    assert_int_equal(record.order[10], 7);
    assert_int_equal(record.order[9], 0);
    worker_free(worker);
    mailbox_free(mailbox);
}

/* --- Many threads ----------------------------------------------------------------------------- */

#define POSTERS    4
#define PER_POSTER 500

struct poster {
    pthread_t thread;
    struct worker *worker;
    struct note *notes[PER_POSTER];
};

static void *post_many(void *context)
{
    struct poster *poster = context;

    for (int i = 0; i < PER_POSTER; i++)
        worker_post(poster->worker, &poster->notes[i]->job);
    return NULL;
}

static void anyone_may_post(void **state)
{
    struct record record = {0};
    struct mailbox *mailbox = make_mailbox();
    struct worker *workers[2] = {make_worker(mailbox), make_worker(mailbox)};
    struct poster posters[POSTERS];
    int seen[POSTERS] = {0};

    (void)state;
    for (int p = 0; p < POSTERS; p++) {
        posters[p].worker = workers[p % 2];
        for (int i = 0; i < PER_POSTER; i++)
            posters[p].notes[i] = make_note(&record, p * PER_POSTER + i);
        assert_int_equal(pthread_create(&posters[p].thread, NULL, post_many, &posters[p]), 0);
    }
    drain_until(mailbox, &record.done, POSTERS * PER_POSTER);
    for (int i = 0; i < record.done; i++) {
        int p = record.order[i] / PER_POSTER;
        assert_int_equal(record.order[i] % PER_POSTER, seen[p]++);
    }
    for (int p = 0; p < POSTERS; p++)
        assert_int_equal(pthread_join(posters[p].thread, NULL), 0);
    worker_free(workers[0]);
    worker_free(workers[1]);
    mailbox_free(mailbox);
}

/* --- Signals
 * -------------------------------------------------------------------------------------------------
 */

struct mask_job {
    struct job job;
    sigset_t mask;
    bool finished;
};

static void read_mask(struct job *job)
{
    pthread_sigmask(SIG_SETMASK, NULL, &((struct mask_job *)job)->mask);
}

static void mask_done(struct job *job)
{
    ((struct mask_job *)job)->finished = true;
}

static void signals_are_for_the_main_thread(void **state)
{
    struct mask_job asked = {.job = {.run = read_mask, .done = mask_done}};
    struct mailbox *mailbox = make_mailbox();
    struct worker *worker = make_worker(mailbox);
    sigset_t own;

    (void)state;
    worker_post(worker, &asked.job);
    assert_int_equal(wait_for_mail(mailbox, PATIENCE_MS), 1);
    assert_int_equal(mailbox_drain(mailbox), 1);
    assert_true(asked.finished);
    assert_int_equal(sigismember(&asked.mask, SIGTERM), 1);
    assert_int_equal(sigismember(&asked.mask, SIGWINCH), 1);
    assert_int_equal(sigismember(&asked.mask, SIGSEGV), 0);
    assert_int_equal(sigismember(&asked.mask, SIGABRT), 0);
    pthread_sigmask(SIG_SETMASK, NULL, &own);
    assert_int_equal(sigismember(&own, SIGTERM), 0);
    worker_free(worker);
    mailbox_free(mailbox);
}

struct nice_job {
    struct job job;
    int nice;
    bool done;
};

static void nice_run(struct job *job)
{
    ((struct nice_job *)job)->nice = getpriority(PRIO_PROCESS, (id_t)gettid());
}

static void nice_done(struct job *job)
{
    ((struct nice_job *)job)->done = true;
}

static int nice_of(struct mailbox *mailbox, struct worker *worker)
{
    struct nice_job job = {.job = {.run = nice_run, .done = nice_done, .abandon = nice_done}};

    worker_post(worker, &job.job);
    assert_int_equal(wait_for_mail(mailbox, PATIENCE_MS), 1);
    assert_int_equal(mailbox_drain(mailbox), 1);
    assert_true(job.done);
    return job.nice;
}

static void long_work_gives_way(void **state)
{
    int own = getpriority(PRIO_PROCESS, (id_t)gettid());
    struct mailbox *mailbox = make_mailbox();
    struct worker *worker = make_worker(mailbox);
    struct worker *behind = NULL;

    (void)state;
    assert_int_equal(worker_new_behind("behind", mailbox, &behind, NULL), STATUS_OK);
    assert_int_equal(nice_of(mailbox, worker), own);
    assert_int_equal(nice_of(mailbox, behind), own > 10 ? own : 10);
    assert_int_equal(nice_of(mailbox, worker), own);
    worker_free(behind);
    worker_free(worker);
    mailbox_free(mailbox);
    assert_int_equal(getpriority(PRIO_PROCESS, (id_t)gettid()), own);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_come_back_in_order),
        cmocka_unit_test(a_rested_worker_works_again),
        cmocka_unit_test(ending_finishes_one_job_and_abandons_the_rest),
        cmocka_unit_test(undelivered_letters_are_abandoned),
        cmocka_unit_test(what_done_posts_waits_its_turn),
        cmocka_unit_test(progress_arrives_before_the_result),
        cmocka_unit_test(anyone_may_post),
        cmocka_unit_test(signals_are_for_the_main_thread),
        cmocka_unit_test(long_work_gives_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
