#include "tests/bench/bench.h"

#include "base/file.h"
#include "db/account.h"
#include "db/home.h"
#include "db/outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 24
#define OPEN_MAX_FTW  16

enum status bench_path(const struct bench *bench, const char *name, char out[PATH_MAX],
                       struct error *error)
{
    int length = snprintf(out, PATH_MAX, "%s/%s", bench->directory, name);

    if (length < 0 || length >= PATH_MAX)
        return error_set(error, STATUS_TOO_LARGE, "the path of %s is too long", name);
    return STATUS_OK;
}

/* --- programs --------------------------------------------------------------------------------- */

static void run_child(const char *path, const char *const *arguments)
{
    char *list[ARGUMENTS_MAX + 2] = {(char *)(uintptr_t)path};

    for (size_t i = 0; arguments[i] && i < ARGUMENTS_MAX; i++)
        list[i + 1] = (char *)(uintptr_t)arguments[i];
    (void)dup2(STDERR_FILENO, STDOUT_FILENO);
    execv(path, list);
    _exit(127);
}

static enum status run(const char *path, const char *const *arguments, struct error *error)
{
    int code = -1;

    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        run_child(path, arguments);
    if (child < 0 || waitpid(child, &code, 0) != child)
        return error_set_errno(error, errno, "%s", path);
    if (!WIFEXITED(code) || WEXITSTATUS(code) != 0)
        return error_set(error, STATUS_INTERNAL, "%s ended with %d", path, code);
    return STATUS_OK;
}

enum status bench_run(const struct bench *bench, const char *program, const char *const *arguments,
                      struct error *error)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", bench->build, program);
    return run(path, arguments, error);
}

enum status bench_script(const char *script, const char *const *arguments, struct error *error)
{
    return run(script, arguments, error);
}

/* --- files ------------------------------------------------------------------------------------ */

long long bench_file_size(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 ? (long long)info.st_size : 0;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

enum status bench_remove(const char *path, struct error *error)
{
    struct stat info;

    if (lstat(path, &info) != 0 && errno == ENOENT)
        return STATUS_OK;
    if (nftw(path, remove_entry, OPEN_MAX_FTW, FTW_DEPTH | FTW_PHYS) != 0)
        return error_set_errno(error, errno, "removing %s", path);
    return STATUS_OK;
}

static enum status copy_file(int from_directory, int to_directory, const char *name,
                             struct error *error)
{
    int from = openat(from_directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int to = openat(to_directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ssize_t copied = from >= 0 && to >= 0 ? 1 : -1;

    while (copied > 0)
        copied = copy_file_range(from, NULL, to, NULL, (size_t)1 << 30, 0);
    int errnum = errno;
    if (from >= 0)
        close(from);
    if (to >= 0 && close(to) != 0 && copied == 0) {
        errnum = errno;
        copied = -1;
    }
    return copied == 0 ? STATUS_OK : error_set_errno(error, errnum, "copying %s", name);
}

enum status bench_copy(const char *from, const char *to, struct error *error)
{
    enum status status = bench_remove(to, error);
    const struct dirent *entry;

    if (status == STATUS_OK)
        status = file_make_directory(to, error);
    if (status != STATUS_OK)
        return status;
    DIR *listing = opendir(from);
    int target = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!listing || target < 0)
        status = error_set_errno(error, errno, "copying %s", from);
    while (status == STATUS_OK && (entry = readdir(listing)) != NULL)
        if (entry->d_type == DT_REG)
            status = copy_file(dirfd(listing), target, entry->d_name, error);
    if (listing)
        closedir(listing);
    if (target >= 0)
        close(target);
    return status;
}

/* --- the town --------------------------------------------------------------------------------- */

enum status bench_generate(const struct bench *bench, uint32_t residents, const char *format,
                           const char *directory, struct error *error)
{
    char count[16];
    const char *const arguments[] = {"--residents", count,   "--area",  BENCH_AREA, "--format",
                                     format,        "--out", directory, "--quiet",  NULL};

    snprintf(count, sizeof count, "%u", (unsigned)residents);
    enum status status = file_make_directory(directory, error);
    return status == STATUS_OK ? bench_run(bench, "tests/township/township", arguments, error)
                               : status;
}

/* Under another name until it is whole. */
enum status bench_prepare(const struct bench *bench, struct error *error)
{
    char town[PATH_MAX];
    char unfinished[PATH_MAX];
    enum status status = file_make_directory(bench->directory, error);

    if (status == STATUS_OK)
        status = bench_path(bench, "town", town, error);
    if (status == STATUS_OK)
        status = bench_path(bench, "town.unfinished", unfinished, error);
    if (status != STATUS_OK || file_exists(town))
        return status;
    status = bench_remove(unfinished, error);
    if (status == STATUS_OK)
        status = bench_generate(bench, bench->residents, "changes", unfinished, error);
    if (status == STATUS_OK && rename(unfinished, town) != 0)
        status = error_set_errno(error, errno, "%s", town);
    return status;
}

enum status bench_changes(const struct bench *bench, const char *dataset, char out[PATH_MAX],
                          struct error *error)
{
    char name[128];
    bool whole = strcmp(dataset, "catalogue") == 0;

    snprintf(name, sizeof name, "town/%s%s.changes", dataset, whole ? "" : "-" BENCH_AREA);
    return bench_path(bench, name, out, error);
}

/* --- homes ------------------------------------------------------------------------------------ */

static enum status add_account(const char *directory, struct error *error)
{
    struct home *home = NULL;
    struct outbox *outbox = NULL;
    enum status status = home_open(directory, HOME_WRITE, &home, error);

    if (status == STATUS_OK)
        status = outbox_open(home, &outbox, error);
    if (status == STATUS_OK)
        status = account_add(outbox, BENCH_ACCOUNT, ACCOUNT_CLERK | ACCOUNT_SUPERVISOR,
                             BENCH_PASSPHRASE, error);
    outbox_close(outbox);
    home_close(home);
    return status;
}

enum status bench_home_new(const struct bench *bench, const char *name, const char *upstream,
                           struct error *error)
{
    char directory[PATH_MAX];
    const struct home_settings settings = {
        .upstream = upstream, .area = BENCH_AREA, .station = "bench"};
    enum status status = bench_path(bench, name, directory, error);

    if (status == STATUS_OK)
        status = bench_remove(directory, error);
    if (status == STATUS_OK)
        status = home_create(directory, &settings, error);
    return status == STATUS_OK ? add_account(directory, error) : status;
}
