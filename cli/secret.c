#include "cli/secret.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "db/account.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CTRL_C 3

bool secret_can_ask(void)
{
    return isatty(STDIN_FILENO) == 1;
}

void secret_release(struct buf *secret)
{
    if (secret->data)
        explicit_bzero(secret->data, secret->capacity);
    buf_release(secret);
}

static void put_text(int terminal, const char *text)
{
    size_t length = strlen(text);

    while (length > 0) {
        ssize_t written = write(terminal, text, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; /* the question is a courtesy; the answer still can come */
        text += written;
        length -= (size_t)written;
    }
}

static void put_prompt(int terminal, const char *prompt)
{
    struct buf shown = {0};

    text_show(&shown, prompt, strlen(prompt));
    put_text(terminal, buf_text(&shown));
    buf_release(&shown);
}

/* One line, read byte by byte so that nothing behind it is taken. Returns its length, or -1. */
static ssize_t read_line(int terminal, char *line, size_t size)
{
    size_t length = 0;

    for (;;) {
        char c;
        ssize_t got = read(terminal, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || c == CTRL_C)
            return -1;
        if (c == '\n' || c == '\r')
            return (ssize_t)length;
        if (length == size)
            return -1;
        line[length++] = c;
    }
}

/* Signals wait until the echo is back: a terminal left silent is worse than a late Ctrl-C. */
static ssize_t read_silently(int terminal, char *line, size_t size)
{
    struct termios loud, silent;
    sigset_t all, before;

    if (tcgetattr(terminal, &loud) != 0)
        return -1;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    silent = loud;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL | ISIG);
    silent.c_cc[VEOL] = CTRL_C; /* ends the line, and with it the question */
    ssize_t length = -1;
    if (tcsetattr(terminal, TCSAFLUSH, &silent) == 0) {
        length = read_line(terminal, line, size);
        if (tcsetattr(terminal, TCSAFLUSH, &loud) != 0)
            length = -1;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    put_text(terminal, "\n");
    return length;
}

static enum status ask(const char *prompt, struct buf *secret, struct error *error)
{
    char line[PASSPHRASE_MAX];

    if (!secret_can_ask())
        return error_set(error, STATUS_REFUSED,
                         _("A passphrase is needed: name a file with --passphrase-file, or run "
                           "the command on a terminal."));
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        return error_set(error, STATUS_REFUSED,
                         _("The passphrase cannot be asked: there is no terminal."));
    put_prompt(terminal, prompt);
    ssize_t length = read_silently(terminal, line, sizeof line);
    close(terminal);
    if (length > 0)
        buf_bytes(secret, line, (size_t)length);
    explicit_bzero(line, sizeof line);
    if (length <= 0)
        return error_set(error, STATUS_REFUSED, _("No passphrase was given."));
    return buf_failed(secret) ? error_nomem(error) : STATUS_OK;
}

/* A file that cannot be read means that nobody has logged in. */
static enum status read_file(const char *file, struct buf *secret, struct error *error)
{
    struct error why = {0};

    if (file_read_secret(file, secret, &why) == STATUS_OK)
        return STATUS_OK;
    return error_set(error, why.status == STATUS_NOMEM ? STATUS_NOMEM : STATUS_REFUSED, "%s",
                     why.text);
}

enum status secret_read(const char *file, const char *prompt, struct buf *secret,
                        struct error *error)
{
    return file ? read_file(file, secret, error) : ask(prompt, secret, error);
}

enum status secret_read_new(const char *file, const char *prompt, struct buf *secret,
                            struct error *error)
{
    struct buf again = {0};

    if (file)
        return read_file(file, secret, error);
    enum status status = ask(prompt, secret, error);
    if (status == STATUS_OK)
        status = ask(_("The same once more: "), &again, error);
    if (status == STATUS_OK && strcmp(buf_text(secret), buf_text(&again)) != 0)
        status = error_set(error, STATUS_REFUSED, _("The two passphrases are not the same."));
    secret_release(&again);
    return status;
}
