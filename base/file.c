#include "base/file.h"

#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PRIVATE_DIRECTORY 0700
#define PRIVATE_FILE      0600
#define READ_SIZE         ((size_t)64 << 10)
#define SECRET_MAX        ((size_t)1024) /* bytes of a passphrase */

/* --- Directories ------------------------------------------------------------------------------ */

static enum status path_too_long(const char *path, struct error *error)
{
    return error_set_errno(error, ENAMETOOLONG, "%.100s…", path);
}

/* Without trailing slashes, which would make the last step follow a link. */
static enum status copy_path(const char *path, char out[PATH_MAX], struct error *error)
{
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    if (length == 0 || length >= PATH_MAX)
        return path_too_long(path, error);
    memcpy(out, path, length);
    out[length] = '\0';
    return STATUS_OK;
}

static enum status make_one_directory(const char *path, struct error *error)
{
    struct stat found;

    if (mkdir(path, PRIVATE_DIRECTORY) == 0)
        return STATUS_OK;
    if (errno == EEXIST && stat(path, &found) == 0 && S_ISDIR(found.st_mode))
        return STATUS_OK;
    return error_set_errno(error, errno, _("Cannot create the folder %s"), path);
}

static bool is_link(const char *path)
{
    struct stat found;

    return lstat(path, &found) == 0 && S_ISLNK(found.st_mode);
}

enum status file_make_directory(const char *path, struct error *error)
{
    char whole[PATH_MAX];
    enum status status = copy_path(path, whole, error);

    for (char *slash = whole + 1; status == STATUS_OK; slash++) {
        slash = strchr(slash, '/');
        if (!slash)
            break;
        *slash = '\0';
        status = make_one_directory(whole, error);
        *slash = '/';
    }
    if (status == STATUS_OK && is_link(whole))
        return error_set_errno(error, ELOOP, _("Cannot use the folder %s"), whole);
    return status == STATUS_OK ? make_one_directory(whole, error) : status;
}

bool file_exists(const char *path)
{
    struct stat found;

    return lstat(path, &found) == 0;
}

/* --- Reading ---------------------------------------------------------------------------------- */

static int open_retrying(const char *path, int flags)
{
    int fd;

    do
        fd = open(path, flags | O_CLOEXEC | O_NOCTTY, PRIVATE_FILE);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static ssize_t read_retrying(int fd, void *bytes, size_t length)
{
    ssize_t got;

    do
        got = read(fd, bytes, length);
    while (got < 0 && errno == EINTR);
    return got;
}

static enum status cannot_read(const char *path, int errnum, struct error *error)
{
    return error_set_errno(error, errnum, _("Cannot read %s"), path);
}

static enum status over_limit(const char *path, size_t limit, struct error *error)
{
    return error_set(error, STATUS_TOO_LARGE, _("%s is larger than the %zu bytes allowed."), path,
                     limit);
}

/* To the end of the file, but one byte past `limit` at most. */
static enum status read_all(int fd, const char *path, size_t limit, struct buf *out,
                            struct error *error)
{
    char *bytes = malloc(READ_SIZE);
    size_t start = out->length;
    ssize_t got = 0;

    if (!bytes)
        return error_nomem(error);
    while (!buf_failed(out) && out->length - start <= limit) {
        size_t most = limit - (out->length - start);
        got = read_retrying(fd, bytes, most < READ_SIZE ? most + 1 : READ_SIZE);
        if (got <= 0)
            break;
        buf_bytes(out, bytes, (size_t)got);
    }
    int errnum = errno;
    free(bytes);
    if (got < 0)
        return cannot_read(path, errnum, error);
    if (out->length - start > limit)
        return over_limit(path, limit, error);
    return buf_failed(out) ? error_nomem(error) : STATUS_OK;
}

enum status file_read(const char *path, size_t limit, struct buf *out, struct error *error)
{
    size_t start = out->length;

    if (out->limit && limit > out->limit - start)
        limit = out->limit - start;
    int fd = open_retrying(path, O_RDONLY);
    if (fd < 0)
        return cannot_read(path, errno, error);
    struct buf content = {0};
    enum status status = read_all(fd, path, limit, &content, error);
    close(fd);
    if (status == STATUS_OK) {
        buf_bytes(out, content.data, content.length);
        if (buf_failed(out))
            status = error_nomem(error);
    }
    buf_release(&content);
    return status;
}

/* Up to `size` bytes; the number read, -1 with errno. */
static ssize_t read_up_to(int fd, char *bytes, size_t size)
{
    size_t length = 0;

    while (length < size) {
        ssize_t got = read_retrying(fd, bytes + length, size - length);
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    return (ssize_t)length;
}

static enum status take_secret(const char *path, const char *bytes, size_t length, struct buf *out,
                               struct error *error)
{
    const char *end = memchr(bytes, '\n', length);
    size_t line = end ? (size_t)(end - bytes) : length;

    if (line > 0 && bytes[line - 1] == '\r')
        line--;
    if (line > SECRET_MAX)
        return over_limit(path, SECRET_MAX, error);
    if (line == 0 || memchr(bytes, '\0', line))
        return error_set(error, STATUS_INVALID, _("The first line of %s must hold the passphrase."),
                         path);
    buf_bytes(out, bytes, line);
    return buf_failed(out) ? error_nomem(error) : STATUS_OK;
}

enum status file_read_secret(const char *path, struct buf *out, struct error *error)
{
    char bytes[SECRET_MAX + 2]; /* room for CR LF */
    int fd = open_retrying(path, O_RDONLY);

    if (fd < 0)
        return cannot_read(path, errno, error);
    ssize_t length = read_up_to(fd, bytes, sizeof bytes);
    int errnum = errno;
    close(fd);
    enum status status = length < 0 ? cannot_read(path, errnum, error)
                                    : take_secret(path, bytes, (size_t)length, out, error);
    explicit_bzero(bytes, sizeof bytes);
    return status;
}

/* --- Replacing -------------------------------------------------------------------------------- */

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return true;
}

/* Writes, syncs and closes; false with errno. */
static bool fill_and_close(int fd, const void *data, size_t length)
{
    bool written = write_all(fd, data, length) && fsync(fd) == 0;
    int errnum = errno;
    bool closed = close(fd) == 0;

    if (!written)
        errno = errnum;
    return written && closed;
}

/* The rename is only durable once the directory is. */
static bool sync_parent(const char *path)
{
    char parent[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;

    memcpy(parent, path, length);
    parent[length] = '\0';
    int fd = open_retrying(!slash ? "." : length == 0 ? "/" : parent, O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return false;
    bool synced = fsync(fd) == 0;
    int errnum = errno;
    close(fd);
    errno = errnum;
    return synced;
}

static enum status cannot_write(const char *path, int errnum, struct error *error)
{
    return error_set_errno(error, errnum, _("Cannot write %s"), path);
}

enum status file_replace(const char *path, const void *data, size_t length, struct error *error)
{
    static const char suffix[] = ".new-XXXXXX";
    char temporary[PATH_MAX];
    size_t path_length = strlen(path);

    if (path_length + sizeof suffix > sizeof temporary)
        return path_too_long(path, error);
    memcpy(temporary, path, path_length);
    memcpy(temporary + path_length, suffix, sizeof suffix);
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return cannot_write(path, errno, error);
    if (!fill_and_close(fd, data, length) || rename(temporary, path) != 0) {
        int errnum = errno;
        unlink(temporary);
        return cannot_write(path, errnum, error);
    }
    return sync_parent(path) ? STATUS_OK : cannot_write(path, errno, error);
}

/* --- Locking ---------------------------------------------------------------------------------- */

struct file_lock {
    int fd;
};

enum status file_lock_take(const char *path, struct file_lock **lock, struct error *error)
{
    struct file_lock *taken = malloc(sizeof *taken);
    int got;

    if (!taken)
        return error_nomem(error);
    taken->fd = open_retrying(path, O_RDWR | O_CREAT | O_NOFOLLOW);
    if (taken->fd < 0) {
        int errnum = errno;
        free(taken);
        return cannot_write(path, errnum, error);
    }
    do
        got = flock(taken->fd, LOCK_EX | LOCK_NB);
    while (got != 0 && errno == EINTR);
    if (got != 0) {
        int errnum = errno;
        file_lock_release(taken);
        if (errnum != EWOULDBLOCK)
            return cannot_write(path, errnum, error);
        return error_set_detail(error, STATUS_LOCKED, errnum,
                                _("Another Huiliu is at work here (%s). Close it and try again."),
                                path);
    }
    *lock = taken;
    return STATUS_OK;
}

/* The file stays: removing it would let two processes lock two files of one name. */
void file_lock_release(struct file_lock *lock)
{
    if (!lock)
        return;
    close(lock->fd);
    free(lock);
}

/* --- Places ----------------------------------------------------------------------------------- */

void file_executable_directory(char *out, size_t size)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

    out[0] = '\0';
    if (length <= 0)
        return;
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash)
        return;
    slash[slash == path] = '\0'; /* the root keeps its slash */
    if (strlen(path) < size)
        memcpy(out, path, strlen(path) + 1);
}

long long file_free_space(const char *path)
{
    struct statvfs system;

    if (statvfs(path, &system) != 0)
        return -1;
    return (long long)system.f_bavail * (long long)system.f_frsize;
}
