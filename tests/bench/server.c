#include "tests/bench/server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void run_child(const char *path, const char *load, int out)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const char *const arguments[] = {
        path,     "--port", "0", "--create", "requests-" BENCH_AREA, "--die-with-parent",
        "--load", load,     NULL};
    char *list[sizeof arguments / sizeof *arguments];

    memcpy(list, arguments, sizeof list);
    (void)dup2(out, STDOUT_FILENO);
    (void)dup2(null, STDERR_FILENO); /* it tells what it has loaded */
    execv(path, list);
    _exit(127);
}

/* "listening on http://127.0.0.1:PORT" */
static bool read_url(int fd, char *url, size_t size)
{
    static const char scheme[] = "http://";
    char line[256];
    FILE *file = fdopen(fd, "r");
    const char *found = NULL;

    if (!file) {
        close(fd);
        return false;
    }
    while (!found && fgets(line, sizeof line, file))
        found = strstr(line, scheme);
    if (found)
        (void)snprintf(url, size, "%.*s", (int)strcspn(found, " \r\n"), found);
    (void)fclose(file);
    return found != NULL;
}

enum status server_start(const struct bench *bench, const char *load, struct server *server,
                         struct error *error)
{
    char path[PATH_MAX];
    int ends[2];

    (void)snprintf(path, sizeof path, "%s/tests/upstream/upstream", bench->build);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set_errno(error, errno, "pipe");
    fflush(NULL);
    pid_t process = fork();
    if (process == 0)
        run_child(path, load, ends[1]);
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return error_set_errno(error, errno, "%s", path);
    }
    server->process = process;
    if (read_url(ends[0], server->url, sizeof server->url))
        return STATUS_OK;
    server_stop(server);
    return error_set(error, STATUS_INTERNAL, "%s does not listen", path);
}

void server_stop(struct server *server)
{
    if (server->process <= 0)
        return;
    (void)kill(server->process, SIGTERM);
    (void)waitpid(server->process, NULL, 0);
    server->process = 0;
}
