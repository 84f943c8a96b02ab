#include "tui/restore.h"

#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define SIGNAL_STACK_SIZE ((size_t)64 << 10)

/* All a signal handler can reach. Written before the handlers are installed. */
static struct {
    int fd;
    char bytes[RESTORE_BYTES_MAX];
    size_t length;
    struct termios termios;
    bool have_termios;
    int note_read, note_write;
    void *stack;
    bool armed;
} saved = {.fd = -1, .note_read = -1, .note_write = -1};

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};
static const int noted_signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGWINCH, SIGUSR1};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- handlers: async-signal-safe calls only -----------------------------------------------------
 */

void restore_write(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(fd, bytes, length);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return;
        bytes += wrote;
        length -= (size_t)wrote;
    }
}

static void put_right(void)
{
    restore_write(saved.fd, saved.bytes, saved.length);
    if (saved.have_termios)
        (void)tcsetattr(saved.fd, TCSANOW, &saved.termios);
}

/* SA_RESETHAND has put the default action back, SA_NODEFER lets the signal through at once. */
static void on_fatal(int signal_number)
{
    put_right();
    (void)raise(signal_number);
}

static void on_noted(int signal_number)
{
    int kept = errno;
    char note = (char)signal_number;

    (void)!write(saved.note_write, &note, 1);
    errno = kept;
}

/* --- arming --------------------------------------------------------------------------------- */

static void keep(int fd, const char *bytes, size_t length)
{
    saved.fd = fd;
    saved.length = length < sizeof saved.bytes ? length : sizeof saved.bytes;
    memcpy(saved.bytes, bytes, saved.length);
    saved.have_termios = tcgetattr(fd, &saved.termios) == 0;
}

static void install(const int *signals, size_t count, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < count; i++)
        (void)sigaction(signals[i], &action, NULL);
}

static enum status make_stack(struct error *error)
{
    saved.stack = malloc(SIGNAL_STACK_SIZE);
    if (!saved.stack)
        return error_nomem(error);
    stack_t stack = {.ss_sp = saved.stack, .ss_size = SIGNAL_STACK_SIZE};
    if (sigaltstack(&stack, NULL) != 0)
        return error_set_errno(error, errno, _("No stack for signals can be set up"));
    return STATUS_OK;
}

enum status restore_arm(int fd, const char *bytes, size_t length, struct error *error)
{
    int notes[2];

    if (pipe2(notes, O_CLOEXEC | O_NONBLOCK) != 0)
        return error_set_errno(error, errno, _("No pipe for signals can be made"));
    saved.note_read = notes[0];
    saved.note_write = notes[1];
    enum status status = make_stack(error);
    if (status != STATUS_OK) {
        restore_disarm();
        return status;
    }
    keep(fd, bytes, length);
    saved.armed = true;
    install(noted_signals, COUNT(noted_signals), on_noted, SA_RESTART);
    install(fatal_signals, COUNT(fatal_signals), on_fatal,
            (int)(SA_ONSTACK | SA_NODEFER | SA_RESETHAND));
    return STATUS_OK;
}

static void close_notes(void)
{
    if (saved.note_read >= 0)
        close(saved.note_read);
    if (saved.note_write >= 0)
        close(saved.note_write);
    saved.note_read = saved.note_write = -1;
}

void restore_disarm(void)
{
    if (saved.armed) {
        install(fatal_signals, COUNT(fatal_signals), SIG_DFL, 0);
        install(noted_signals, COUNT(noted_signals), SIG_DFL, 0);
        if (saved.have_termios)
            (void)tcsetattr(saved.fd, TCSADRAIN, &saved.termios);
        saved.armed = false;
    }
    if (saved.stack) {
        stack_t off = {.ss_flags = SS_DISABLE};
        (void)sigaltstack(&off, NULL);
        free(saved.stack);
        saved.stack = NULL;
    }
    close_notes();
}

int restore_signal_fd(void)
{
    return saved.note_read;
}

int restore_take_signal(void)
{
    char note;

    return read(saved.note_read, &note, 1) == 1 ? (int)note : 0;
}

/* --- the watching parent ------------------------------------------------------------------------
 */

static void watched_set(sigset_t *set)
{
    static const int watched[] = {SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1};

    sigemptyset(set);
    for (size_t i = 0; i < COUNT(watched); i++)
        sigaddset(set, watched[i]);
}

static bool line_settings_differ(void)
{
    struct termios now;

    return saved.have_termios && tcgetattr(saved.fd, &now) == 0 &&
           (now.c_lflag != saved.termios.c_lflag || now.c_iflag != saved.termios.c_iflag ||
            now.c_oflag != saved.termios.c_oflag);
}

/* Passes signals on until the child is gone; returns its wait status. */
static int wait_for(pid_t child, const sigset_t *set)
{
    int status = 0;

    for (;;) {
        pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child || (ended < 0 && errno != EINTR))
            return status;
        int signal_number = sigwaitinfo(set, NULL);
        if (signal_number > 0 && signal_number != SIGCHLD)
            (void)kill(child, signal_number);
    }
}

/* Ends as the child ended: whoever started us learns the truth. No second core file. */
static int end_like(int status, const sigset_t *old_mask)
{
    struct rlimit none = {0};

    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    int signal_number = WTERMSIG(status);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)sigprocmask(SIG_SETMASK, old_mask, NULL);
    install(&signal_number, 1, SIG_DFL, 0);
    (void)raise(signal_number);
    return 128 + signal_number;
}

enum status restore_watch(int fd, const char *bytes, size_t length, bool *is_parent, int *exit_code,
                          struct error *error)
{
    sigset_t set;
    sigset_t old_mask;
    pid_t parent = getpid();

    keep(fd, bytes, length);
    watched_set(&set);
    if (sigprocmask(SIG_BLOCK, &set, &old_mask) != 0)
        return error_set_errno(error, errno, _("Signals cannot be held back"));
    pid_t child = fork();
    if (child < 0) {
        int kept = errno;
        (void)sigprocmask(SIG_SETMASK, &old_mask, NULL);
        return error_set_errno(error, kept, _("A second process cannot be started"));
    }
    *is_parent = child > 0;
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        (void)sigprocmask(SIG_SETMASK, &old_mask, NULL);
        if (getppid() != parent)
            (void)raise(SIGTERM);
        return STATUS_OK;
    }
    int status = wait_for(child, &set);
    if (line_settings_differ())
        put_right();
    *exit_code = end_like(status, &old_mask);
    return STATUS_OK;
}
