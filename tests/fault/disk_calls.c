/* System calls of our own code on the disk of disk.h; linked with -Wl,--wrap=NAME. */
#include "tests/fault/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESCRIPTORS 4096

int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
int __real_mkostemp(char *path, int flags);
ssize_t __real_write(int fd, const void *data, size_t length);
int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_ftruncate(int fd, off_t length);
int __real_fallocate(int fd, int mode, off_t offset, off_t length);
int __real_rename(const char *from, const char *to);
int __real_link(const char *from, const char *to);
int __real_unlink(const char *path);
int __real_unlinkat(int at, const char *name, int flags);

int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_mkostemp(char *path, int flags);
ssize_t __wrap_write(int fd, const void *data, size_t length);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_ftruncate(int fd, off_t length);
int __wrap_fallocate(int fd, int mode, off_t offset, off_t length);
int __wrap_rename(const char *from, const char *to);
int __wrap_link(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __wrap_unlinkat(int at, const char *name, int flags);

/* What each descriptor stands for. */
static struct {
    struct disk_file *file;
    bool names; /* the directory itself */
} open_files[DESCRIPTORS];

static bool is_there(const char *path)
{
    struct stat facts;

    return lstat(path, &facts) == 0;
}

static void remember(int fd, const char *path, int flags)
{
    char inside[PATH_MAX];

    if (fd < 0 || fd >= DESCRIPTORS)
        return;
    snprintf(inside, sizeof inside, "%s/x", path);
    open_files[fd].file = flags & O_DIRECTORY ? NULL : disk_file_at(path);
    open_files[fd].names = (flags & O_DIRECTORY) && disk_is_mine(inside);
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;

    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    bool fresh = disk_is_mine(path) && (flags & O_CREAT) && !is_there(path);
    if (fresh && disk_gate() != 0)
        return -1;
    int fd = __real_open(path, flags, mode);
    if (fd < 0)
        return fd;
    remember(fd, path, flags);
    if (open_files[fd].file && (flags & O_TRUNC))
        disk_note_length(open_files[fd].file, 0);
    return fd;
}

int __wrap_close(int fd)
{
    if (fd >= 0 && fd < DESCRIPTORS)
        memset(&open_files[fd], 0, sizeof open_files[fd]);
    return __real_close(fd);
}

int __wrap_mkostemp(char *path, int flags)
{
    if (disk_is_mine(path) && disk_gate() != 0)
        return -1;
    int fd = __real_mkostemp(path, flags);
    if (fd >= 0)
        remember(fd, path, 0);
    return fd;
}

/* Half of it before the disk is full, as write() may. */
ssize_t __wrap_write(int fd, const void *data, size_t length)
{
    struct disk_file *file = fd >= 0 && fd < DESCRIPTORS ? open_files[fd].file : NULL;
    struct stat facts;

    if (!file)
        return __real_write(fd, data, length);
    off_t offset = fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
    if (fstat(fd, &facts) != 0)
        return -1;
    int code = disk_gate_write(offset + (off_t)length > facts.st_size);
    if (code != 0) {
        errno = code;
        return -1;
    }
    ssize_t written = __real_write(fd, data, length);
    if (written > 0)
        disk_note_write(file, data, (size_t)written, offset);
    return written;
}

static int sync_descriptor(int fd, int (*real)(int fd))
{
    if (fd < 0 || fd >= DESCRIPTORS || (!open_files[fd].file && !open_files[fd].names))
        return real(fd);
    int code = open_files[fd].names ? disk_sync_names() : disk_sync(open_files[fd].file);
    if (code != 0)
        errno = code;
    return code == 0 ? 0 : -1;
}

int __wrap_fsync(int fd)
{
    return sync_descriptor(fd, __real_fsync);
}

int __wrap_fdatasync(int fd)
{
    return sync_descriptor(fd, __real_fdatasync);
}

int __wrap_ftruncate(int fd, off_t length)
{
    struct disk_file *file = fd >= 0 && fd < DESCRIPTORS ? open_files[fd].file : NULL;

    if (file && disk_gate() != 0)
        return -1;
    int result = __real_ftruncate(fd, length);
    if (file && result == 0)
        disk_note_length(file, length);
    return result;
}

int __wrap_fallocate(int fd, int mode, off_t offset, off_t length)
{
    struct disk_file *file = fd >= 0 && fd < DESCRIPTORS ? open_files[fd].file : NULL;

    if (file && disk_gate_write(true) != 0)
        return -1;
    return __real_fallocate(fd, mode, offset, length);
}

int __wrap_rename(const char *from, const char *to)
{
    bool mine = disk_is_mine(from) && disk_is_mine(to) && is_there(from);

    if (mine && disk_gate() != 0)
        return -1;
    int result = __real_rename(from, to);
    if (mine && result == 0)
        disk_note_renamed(from, to);
    return result;
}

int __wrap_link(const char *from, const char *to)
{
    bool mine = disk_is_mine(from) && disk_is_mine(to);

    if (mine && disk_gate() != 0)
        return -1;
    int result = __real_link(from, to);
    if (mine && result == 0)
        disk_note_name(to, disk_file_at(from));
    return result;
}

int __wrap_unlink(const char *path)
{
    struct stat facts = {0};
    bool mine = disk_is_mine(path) && lstat(path, &facts) == 0;

    if (mine && disk_gate() != 0)
        return -1;
    int result = __real_unlink(path);
    if (mine && result == 0)
        disk_note_removed(path, facts.st_size);
    return result;
}

/* Only used with descriptors of directories that were listed. */
int __wrap_unlinkat(int at, const char *name, int flags)
{
    char link_name[64], directory[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];

    snprintf(link_name, sizeof link_name, "/proc/self/fd/%d", at);
    ssize_t length = readlink(link_name, directory, sizeof directory - 1);
    if (length <= 0)
        return __real_unlinkat(at, name, flags);
    directory[length] = '\0';
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return __wrap_unlink(path);
}
