#include "cli/interrupt.h"

#include "base/i18n.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

struct interrupt {
    pthread_t thread;
    sigset_t before;
    int signals; /* signalfd */
    int leave;   /* eventfd: interrupt_free() was called */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool seen;
    void (*stop)(void *context);
    void *context;
};

static void fill_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

/* `stop` is called under the lock, so that it cannot outlive what interrupt_set_stop() replaced. */
static void take_signal(struct interrupt *interrupt, int number)
{
    pthread_mutex_lock(&interrupt->lock);
    if (interrupt->seen) {
        signal(number, SIG_DFL);
        pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
        raise(number);
    }
    interrupt->seen = true;
    if (interrupt->stop)
        interrupt->stop(interrupt->context);
    pthread_cond_broadcast(&interrupt->changed);
    pthread_mutex_unlock(&interrupt->lock);
}

static void *watch(void *data)
{
    struct interrupt *interrupt = data;
    struct pollfd waits[] = {{.fd = interrupt->signals, .events = POLLIN},
                             {.fd = interrupt->leave, .events = POLLIN}};

    for (;;) {
        struct signalfd_siginfo info;
        if (poll(waits, 2, -1) < 0 && errno != EINTR)
            return NULL;
        if (waits[1].revents)
            return NULL;
        if (read(interrupt->signals, &info, sizeof info) == (ssize_t)sizeof info)
            take_signal(interrupt, (int)info.ssi_signo);
    }
}

static bool open_handles(struct interrupt *interrupt)
{
    pthread_condattr_t attributes;
    sigset_t set;

    fill_signals(&set);
    interrupt->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    interrupt->leave = eventfd(0, EFD_CLOEXEC);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&interrupt->lock, NULL);
    pthread_cond_init(&interrupt->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return interrupt->signals >= 0 && interrupt->leave >= 0;
}

static void close_handles(struct interrupt *interrupt)
{
    if (interrupt->signals >= 0)
        close(interrupt->signals);
    if (interrupt->leave >= 0)
        close(interrupt->leave);
    pthread_cond_destroy(&interrupt->changed);
    pthread_mutex_destroy(&interrupt->lock);
    free(interrupt);
}

enum status interrupt_new(struct interrupt **interrupt, struct error *error)
{
    struct interrupt *made = calloc(1, sizeof *made);
    sigset_t set;

    if (!made)
        return error_nomem(error);
    if (!open_handles(made)) {
        int errnum = errno;
        close_handles(made);
        return error_set_errno(error, errnum, _("Cannot watch for signals"));
    }
    fill_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, &made->before);
    int failure = pthread_create(&made->thread, NULL, watch, made);
    if (failure != 0) {
        pthread_sigmask(SIG_SETMASK, &made->before, NULL);
        close_handles(made);
        return error_set_errno(error, failure, _("Cannot watch for signals"));
    }
    *interrupt = made;
    return STATUS_OK;
}

void interrupt_free(struct interrupt *interrupt)
{
    if (!interrupt)
        return;
    const uint64_t one = 1;
    while (write(interrupt->leave, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    pthread_join(interrupt->thread, NULL);
    pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
    close_handles(interrupt);
}

void interrupt_set_stop(struct interrupt *interrupt, void (*stop)(void *context), void *context)
{
    pthread_mutex_lock(&interrupt->lock);
    interrupt->stop = stop;
    interrupt->context = context;
    if (interrupt->seen && stop)
        stop(context);
    pthread_mutex_unlock(&interrupt->lock);
}

bool interrupt_seen(struct interrupt *interrupt)
{
    pthread_mutex_lock(&interrupt->lock);
    bool seen = interrupt->seen;
    pthread_mutex_unlock(&interrupt->lock);
    return seen;
}

bool interrupt_wait(struct interrupt *interrupt, int64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&interrupt->lock);
    int waited = 0;
    while (!interrupt->seen && waited == 0)
        waited = pthread_cond_timedwait(&interrupt->changed, &interrupt->lock, &until);
    bool seen = interrupt->seen;
    pthread_mutex_unlock(&interrupt->lock);
    return seen;
}
