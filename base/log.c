#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_SIZE_MAX ((off_t)4 << 20)
#define LOG_LINE_MAX 1024 /* bytes of one message before it is made safe to show */

/* There is one log per process, so that a line can be written from anywhere without a handle. */
static struct {
    pthread_mutex_t guard;
    char *path; /* NULL while closed */
    int fd;
} sink = {.guard = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

static int open_log(const char *path)
{
    return open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
}

static void close_sink(void)
{
    if (sink.fd >= 0)
        close(sink.fd);
    free(sink.path);
    sink.path = NULL;
    sink.fd = -1;
}

enum status log_open(const char *path, struct error *error)
{
    char *copy = strdup(path);

    if (!copy)
        return error_nomem(error);
    int fd = open_log(path);
    if (fd < 0) {
        int errnum = errno;
        free(copy);
        return error_set_errno(error, errnum, _("Cannot open the log %s"), path);
    }
    pthread_mutex_lock(&sink.guard);
    close_sink();
    sink.path = copy;
    sink.fd = fd;
    pthread_mutex_unlock(&sink.guard);
    return STATUS_OK;
}

void log_close(void)
{
    pthread_mutex_lock(&sink.guard);
    close_sink();
    pthread_mutex_unlock(&sink.guard);
}

static void reopen(void)
{
    if (sink.fd >= 0)
        close(sink.fd);
    sink.fd = open_log(sink.path);
}

/* Keeps whole lines of the newest half; a file that cannot be halved is emptied, it never grows. */
static void halve(off_t size)
{
    size_t half = LOG_SIZE_MAX / 2;
    char *tail = malloc(half);
    ssize_t got = tail ? pread(sink.fd, tail, half, size - (off_t)half) : -1;
    const char *newline = got > 0 ? memchr(tail, '\n', (size_t)got) : NULL;
    size_t skip = newline ? (size_t)(newline + 1 - tail) : 0;

    if (newline && file_replace(sink.path, tail + skip, (size_t)got - skip, NULL) == STATUS_OK)
        reopen();
    else if (ftruncate(sink.fd, 0) != 0)
        close_sink();
    free(tail);
}

/* Another process that writes to the same log may have halved it under a new file. */
static bool sink_is_ready(void)
{
    struct stat found;

    if (!sink.path)
        return false;
    if (sink.fd < 0 || fstat(sink.fd, &found) != 0 || found.st_nlink == 0)
        reopen();
    if (sink.fd >= 0 && fstat(sink.fd, &found) == 0 && found.st_size >= LOG_SIZE_MAX)
        halve(found.st_size);
    return sink.fd >= 0;
}

/* A line that cannot be written is lost: nobody could be told. */
static void write_line(const struct buf *line)
{
    pthread_mutex_lock(&sink.guard);
    if (sink_is_ready() && write(sink.fd, line->data, line->length) < 0)
        reopen();
    pthread_mutex_unlock(&sink.guard);
}

void log_line(const char *format, ...)
{
    char message[LOG_LINE_MAX];
    char now[INSTANT_TEXT_MAX];
    struct buf line = {0};
    va_list args;

    va_start(args, format);
    int length = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (length < 0)
        return;
    instant_format(clock_wall_ms(), now);
    buf_printf(&line, "%s ", now);
    text_show(&line, message, strlen(message));
    buf_char(&line, '\n');
    if (!buf_failed(&line))
        write_line(&line);
    buf_release(&line);
}
