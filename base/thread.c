#include "base/thread.h"

#include "base/i18n.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define GIVE_WAY 10 /* nice: a ninth of the processor beside a thread that does not give way */

static void block_signals(sigset_t *before)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t blocked;

    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        sigdelset(&blocked, crashes[i]);
    pthread_sigmask(SIG_SETMASK, &blocked, before);
}

enum status thread_start(const char *name, void *(*run)(void *context), void *context,
                         pthread_t *thread, struct error *error)
{
    sigset_t before;
    char shown[16];

    block_signals(&before);
    int errnum = pthread_create(thread, NULL, run, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (errnum != 0)
        return error_set_errno(error, errnum, _("Cannot start background work"));
    snprintf(shown, sizeof shown, "%s", name);
    pthread_setname_np(*thread, shown);
    return STATUS_OK;
}

/* Each thread has a nice value of its own here, and passes it on. */
void thread_give_way(void)
{
    id_t self = (id_t)gettid();

    if (getpriority(PRIO_PROCESS, self) < GIVE_WAY)
        (void)setpriority(PRIO_PROCESS, self, GIVE_WAY);
}
