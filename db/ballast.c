#include "db/ballast.h"

#include "base/file.h"
#include "base/log.h"
#include "db/schema.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define BALLAST_BYTES ((off_t)16 << 20)
#define ROOM_BYTES    (256LL << 20) /* with less than this the space is of more use to others */

/* Blocks, not a hole: a file system that cannot promise them gets no ballast. */
static bool fill(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;

    bool filled = fallocate(fd, 0, 0, BALLAST_BYTES) == 0;
    close(fd);
    if (!filled)
        unlink(path);
    return filled;
}

bool ballast_is_laid(const struct home *home)
{
    char path[PATH_MAX];
    struct stat facts;

    return home_path(home, BALLAST_FILE, path, sizeof path, NULL) == STATUS_OK &&
           lstat(path, &facts) == 0 && facts.st_size >= BALLAST_BYTES;
}

void ballast_lay(const struct home *home)
{
    char path[PATH_MAX];

    if (ballast_is_laid(home) ||
        home_path(home, BALLAST_FILE, path, sizeof path, NULL) != STATUS_OK)
        return;
    if (file_free_space(home_directory(home)) >= ROOM_BYTES && !fill(path))
        log_line("ballast not laid");
}

bool ballast_give_up(const struct home *home)
{
    char path[PATH_MAX];

    if (home_path(home, BALLAST_FILE, path, sizeof path, NULL) != STATUS_OK || unlink(path) != 0)
        return false;
    log_line("disk full: ballast given up");
    return true;
}
