#include "db/outbox_log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "verify/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGEST_LENGTH  16
#define PREFIX_LENGTH  (DIGEST_LENGTH + 1)
#define LINE_WHOLE_MAX (OUTBOX_LOG_LINE_MAX + PREFIX_LENGTH)
#define CHUNK          ((size_t)64 << 10)

struct outbox_log {
    int fd;
    int64_t length;
    int64_t before_last; /* length before the line appended last; -1: nothing to take back */
    bool uncertain;      /* a line could not be taken back: nothing may follow it */
    char path[PATH_MAX];
};

/* --- system calls ----------------------------------------------------------------------------- */

static enum status cannot(const struct outbox_log *log, struct error *error)
{
    return error_set_errno(error, errno, _("Cannot write %s"), log->path);
}

static enum status write_all(struct outbox_log *log, int fd, const char *data, size_t length,
                             struct error *error)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return cannot(log, error);
        data += written;
        length -= (size_t)written;
    }
    return STATUS_OK;
}

static enum status sync_data(struct outbox_log *log, int fd, struct error *error)
{
    return fdatasync(fd) == 0 ? STATUS_OK : cannot(log, error);
}

static enum status sync_directory(struct outbox_log *log, struct error *error)
{
    char directory[PATH_MAX];
    const char *slash = strrchr(log->path, '/');

    snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - log->path) : 1,
             slash ? log->path : ".");
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return cannot(log, error);
    enum status status = fsync(fd) == 0 ? STATUS_OK : cannot(log, error);
    close(fd);
    return status;
}

static enum status truncate_to(struct outbox_log *log, int64_t length, struct error *error)
{
    int result;

    do
        result = ftruncate(log->fd, (off_t)length);
    while (result != 0 && errno == EINTR);
    if (result != 0)
        return cannot(log, error);
    enum status status = sync_data(log, log->fd, error);
    if (status == STATUS_OK)
        log->length = length;
    return status;
}

/* --- reading lines ---------------------------------------------------------------------------- */

struct line {
    int64_t start, end; /* bytes in the file; end is behind the newline */
    const char *text;   /* without newline */
    size_t length;
    bool complete; /* ended by a newline */
    bool last;     /* nothing follows */
};

typedef enum status (*line_visitor)(void *context, const struct line *line, struct error *error);

/* Appends the next bytes of the file, which begin at `offset`. */
static enum status fill(struct outbox_log *log, struct buf *window, int64_t offset,
                        struct error *error)
{
    char chunk[CHUNK];
    ssize_t got;

    do
        got = pread(log->fd, chunk, sizeof chunk, (off_t)offset);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_set_errno(error, errno, _("Cannot read %s"), log->path);
    if (got == 0)
        return error_set(error, STATUS_IO, _("%s became shorter while it was read."), log->path);
    buf_bytes(window, chunk, (size_t)got);
    return buf_failed(window) ? error_nomem(error) : STATUS_OK;
}

static struct line next_line(const struct outbox_log *log, int64_t start, const char *text,
                             size_t length, bool newline)
{
    struct line line = {.start = start, .text = text, .length = length, .complete = newline};

    line.end = start + (int64_t)length + (newline ? 1 : 0);
    line.last = line.end == log->length;
    return line;
}

/* A line longer than any that is written here comes in pieces that are not complete. */
static enum status scan(struct outbox_log *log, int64_t from, line_visitor visit, void *context,
                        struct error *error)
{
    struct buf window = {0};
    enum status status = STATUS_OK;
    size_t at = 0; /* where the line starts in the window; in the file it is `from` */

    while (status == STATUS_OK && from < log->length) {
        size_t held = window.length - at;
        const char *text = held ? window.data + at : "";
        const char *newline = memchr(text, '\n', held);
        if (!newline && held < LINE_WHOLE_MAX && from + (int64_t)held < log->length) {
            buf_consume(&window, at);
            at = 0;
            status = fill(log, &window, from + (int64_t)held, error);
            continue;
        }
        struct line line =
            next_line(log, from, text, newline ? (size_t)(newline - text) : held, newline != NULL);
        status = visit(context, &line, error);
        at += (size_t)(line.end - line.start);
        from = line.end;
    }
    buf_release(&window);
    return status;
}

static enum status digest_of(const char *json, size_t length, char out[DIGEST_LENGTH + 1],
                             struct error *error)
{
    char whole[SHA256_HEX_MAX];
    enum status status = sha256_hex(json, length, whole, error);

    if (status != STATUS_OK)
        return status;
    memcpy(out, whole, DIGEST_LENGTH);
    out[DIGEST_LENGTH] = '\0';
    return STATUS_OK;
}

static enum status is_good(const struct line *line, bool *good, struct error *error)
{
    char digest[DIGEST_LENGTH + 1];

    *good = false;
    if (!line->complete || line->length <= PREFIX_LENGTH || line->text[DIGEST_LENGTH] != ' ')
        return STATUS_OK;
    enum status status =
        digest_of(line->text + PREFIX_LENGTH, line->length - PREFIX_LENGTH, digest, error);
    if (status == STATUS_OK)
        *good = memcmp(line->text, digest, DIGEST_LENGTH) == 0;
    return status;
}

/* --- opening ---------------------------------------------------------------------------------- */

struct inspection {
    int64_t covered;
    bool covered_is_border;
    int64_t bad;
    int64_t torn_at; /* where a torn last line begins; -1: none */
};

/* A bad last line is torn when nobody can have been told that it was saved: it has no end, or the
 * database does not stand for it. */
static enum status inspect_line(void *context, const struct line *line, struct error *error)
{
    struct inspection *inspection = context;
    bool good = false;
    enum status status = is_good(line, &good, error);

    if (line->end == inspection->covered && line->complete)
        inspection->covered_is_border = true;
    if (status != STATUS_OK || good)
        return status;
    if (line->last && (!line->complete || line->start >= inspection->covered))
        inspection->torn_at = line->start;
    else
        inspection->bad++;
    return STATUS_OK;
}

static enum status open_file(struct outbox_log *log, struct error *error)
{
    struct stat facts;
    bool existed = access(log->path, F_OK) == 0;
    int fd = open(log->path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return cannot(log, error);
    if (log->fd >= 0)
        close(log->fd);
    log->fd = fd;
    if (fstat(fd, &facts) != 0)
        return cannot(log, error);
    log->length = facts.st_size;
    log->before_last = -1;
    return existed ? STATUS_OK : sync_directory(log, error);
}

struct copying {
    struct outbox_log *log;
    int fd;
    outbox_log_filter *wanted; /* NULL: every good line */
    void *context;
    int64_t lines;
};

static enum status copy_good_line(void *context, const struct line *line, struct error *error)
{
    struct copying *copying = context;
    bool good = false;
    enum status status = is_good(line, &good, error);

    if (status == STATUS_OK && good && copying->wanted)
        status = copying->wanted(copying->context, line->text + PREFIX_LENGTH,
                                 line->length - PREFIX_LENGTH, &good, error);
    if (status != STATUS_OK || !good)
        return status;
    copying->lines++;
    status = write_all(copying->log, copying->fd, line->text, line->length, error);
    return status == STATUS_OK ? write_all(copying->log, copying->fd, "\n", 1, error) : status;
}

static enum status copy_lines(struct copying *copying, const char *target, struct error *error)
{
    struct outbox_log *log = copying->log;

    copying->fd = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (copying->fd < 0)
        return cannot(log, error);
    enum status status = scan(log, 0, copy_good_line, copying, error);
    if (status == STATUS_OK)
        status = sync_data(log, copying->fd, error);
    close(copying->fd);
    return status;
}

/* The old file gets a second name before its first one is replaced: there is no moment without
 * a log. */
static enum status replace_damaged(struct outbox_log *log, struct outbox_log_report *report,
                                   struct error *error)
{
    char fresh[PATH_MAX + 8];

    snprintf(fresh, sizeof fresh, "%s.new", log->path);
    snprintf(report->aside, sizeof report->aside, "%s.bad-%lld", log->path,
             (long long)clock_wall_ms());
    struct copying copying = {.log = log};
    enum status status = copy_lines(&copying, fresh, error);
    if (status != STATUS_OK)
        return status;
    if (link(log->path, report->aside) != 0 || rename(fresh, log->path) != 0)
        return cannot(log, error);
    status = sync_directory(log, error);
    return status == STATUS_OK ? open_file(log, error) : status;
}

static enum status examine(struct outbox_log *log, int64_t covered,
                           struct outbox_log_report *report, struct error *error)
{
    struct inspection inspection = {.covered = covered, .torn_at = -1};

    inspection.covered_is_border = covered == 0;
    report->shorter = log->length < covered;
    enum status status = scan(log, 0, inspect_line, &inspection, error);
    if (status == STATUS_OK && inspection.torn_at >= 0)
        status = truncate_to(log, inspection.torn_at, error);
    if (status != STATUS_OK)
        return status;
    report->bad_lines = inspection.bad;
    report->replay_from = inspection.covered_is_border && inspection.bad == 0 ? covered : 0;
    return inspection.bad > 0 ? replace_damaged(log, report, error) : STATUS_OK;
}

enum status outbox_log_open(const char *path, int64_t covered, struct outbox_log **out,
                            struct outbox_log_report *report, struct error *error)
{
    struct outbox_log_report found = {0};
    struct outbox_log *log = calloc(1, sizeof *log);
    if (!log)
        return error_nomem(error);

    log->fd = -1;
    snprintf(log->path, sizeof log->path, "%s", path);
    enum status status = open_file(log, error);
    if (status == STATUS_OK)
        status = examine(log, covered, &found, error);
    if (status != STATUS_OK) {
        outbox_log_close(log);
        return status;
    }
    *report = found;
    *out = log;
    return STATUS_OK;
}

void outbox_log_close(struct outbox_log *log)
{
    if (!log)
        return;
    if (log->fd >= 0)
        close(log->fd);
    free(log);
}

/* --- using ------------------------------------------------------------------------------------ */

struct reading {
    enum status (*visit)(void *context, const char *json, size_t length, struct error *error);
    void *context;
};

/* Every line passed its digest when the file was opened. */
static enum status read_line(void *context, const struct line *line, struct error *error)
{
    const struct reading *reading = context;

    return reading->visit(reading->context, line->text + PREFIX_LENGTH,
                          line->length - PREFIX_LENGTH, error);
}

enum status outbox_log_read(struct outbox_log *log, int64_t from,
                            enum status (*visit)(void *context, const char *json, size_t length,
                                                 struct error *error),
                            void *context, struct error *error)
{
    struct reading reading = {visit, context};

    return scan(log, from, read_line, &reading, error);
}

/* A failed write leaves a half line that is cut off again. After a failed fdatasync() the kernel
 * forgets what it did not write, so nothing that is asked of this file later can be believed. */
static enum status append_bytes(struct outbox_log *log, const struct buf *line, struct error *error)
{
    int64_t before = log->length;
    enum status status = write_all(log, log->fd, line->data, line->length, error);
    bool synced = true;

    if (status == STATUS_OK) {
        status = sync_data(log, log->fd, error);
        synced = status == STATUS_OK;
    }
    if (status != STATUS_OK) {
        log->uncertain = truncate_to(log, before, NULL) != STATUS_OK || !synced;
        return status;
    }
    log->before_last = before;
    log->length = before + (int64_t)line->length;
    return STATUS_OK;
}

static enum status refuse_uncertain(const struct outbox_log *log, struct error *error)
{
    return error_set(error, STATUS_IO,
                     _("Writing to %s failed before. Leave the program, check the disk, and "
                       "start again."),
                     log->path);
}

enum status outbox_log_append(struct outbox_log *log, const char *json, size_t length,
                              struct error *error)
{
    char digest[DIGEST_LENGTH + 1];
    struct buf line = {0};

    if (log->uncertain)
        return refuse_uncertain(log, error);
    if (length > OUTBOX_LOG_LINE_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("This is too large to be saved."));
    enum status status = digest_of(json, length, digest, error);
    if (status != STATUS_OK)
        return status;
    buf_str(&line, digest);
    buf_char(&line, ' ');
    buf_bytes(&line, json, length);
    buf_char(&line, '\n');
    status = buf_failed(&line) ? error_nomem(error) : append_bytes(log, &line, error);
    buf_release(&line);
    return status;
}

enum status outbox_log_retract(struct outbox_log *log, struct error *error)
{
    if (log->before_last < 0)
        return STATUS_OK;
    enum status status = truncate_to(log, log->before_last, error);
    log->uncertain = status != STATUS_OK;
    log->before_last = -1;
    return status;
}

/* --- leaving out what nobody needs any more --------------------------------------------------- */

struct counting {
    int64_t good, bad;
};

static enum status count_line(void *context, const struct line *line, struct error *error)
{
    struct counting *counting = context;
    bool good = false;
    enum status status = is_good(line, &good, error);

    counting->good += good;
    counting->bad += !good;
    return status;
}

static enum status count_lines(const char *path, struct counting *counting, struct error *error)
{
    struct outbox_log file = {.fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
    struct stat facts;

    snprintf(file.path, sizeof file.path, "%s", path);
    if (file.fd < 0 || fstat(file.fd, &facts) != 0) {
        enum status status = error_set_errno(error, errno, _("Cannot read %s"), path);
        if (file.fd >= 0)
            close(file.fd);
        return status;
    }
    file.length = facts.st_size;
    enum status status = scan(&file, 0, count_line, counting, error);
    close(file.fd);
    return status;
}

/* The new file is read back before the old one goes. */
static enum status write_rest(struct outbox_log *log, const char *fresh, struct copying *copying,
                              struct error *error)
{
    struct counting counting = {0};
    enum status status = copy_lines(copying, fresh, error);

    if (status == STATUS_OK)
        status = count_lines(fresh, &counting, error);
    if (status == STATUS_OK && (counting.bad > 0 || counting.good != copying->lines))
        status = error_set(error, STATUS_IO, _("%s does not hold what was written to it."), fresh);
    if (status == STATUS_OK && rename(fresh, log->path) != 0)
        status = cannot(log, error);
    if (status != STATUS_OK)
        unlink(fresh);
    return status;
}

enum status outbox_log_compact(struct outbox_log *log, outbox_log_filter *wanted, void *context,
                               struct error *error)
{
    char fresh[PATH_MAX + 8];
    struct copying copying = {.log = log, .wanted = wanted, .context = context};

    if (log->uncertain)
        return refuse_uncertain(log, error);
    snprintf(fresh, sizeof fresh, "%s.new", log->path);
    enum status status = write_rest(log, fresh, &copying, error);
    if (status != STATUS_OK)
        return status;
    status = sync_directory(log, error);
    if (status == STATUS_OK)
        status = open_file(log, error);
    log->uncertain = status != STATUS_OK; /* appending to a file without a name saves nothing */
    return status;
}

enum status outbox_log_examine(const char *path, int64_t *lines, int64_t *bad, struct error *error)
{
    struct counting counting = {0};
    enum status status = count_lines(path, &counting, error);

    if (status == STATUS_OK) {
        *lines = counting.good;
        *bad = counting.bad;
    }
    return status;
}

int64_t outbox_log_length(const struct outbox_log *log)
{
    return log->length;
}
