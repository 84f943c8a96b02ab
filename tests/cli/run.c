#include "tests/cli/run.h"

#include "base/clock.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ARGUMENTS_MAX 64
#define OUTPUT_MAX    ((size_t)16 << 20)

const char *program_path(const char *name)
{
    static char path[PATH_MAX];
    char here[PATH_MAX / 2];

    file_executable_directory(here, sizeof here);
    snprintf(path, sizeof path, "%s/../../%s", here, name);
    return path;
}

/* In the child: only async-signal-safe calls from here to exec. */
static void become(const char *path, const char *const *arguments)
{
    char *argv[ARGUMENTS_MAX + 2];
    size_t count = 0;

    memcpy(&argv[count++], &path, sizeof path);
    for (; arguments[count - 1] && count <= ARGUMENTS_MAX; count++)
        memcpy(&argv[count], &arguments[count - 1], sizeof argv[count]);
    argv[count] = NULL;
    execv(path, argv);
    _exit(127);
}

pid_t start_program(const char *name, int in, int out, int err, const char *const *arguments)
{
    const char *path = program_path(name);
    const int from[] = {in, out, err};
    pid_t child = fork();

    assert_true(child >= 0);
    for (int to = 0; child == 0 && to < 3; to++) {
        if (from[to] >= 0 && dup2(from[to], to) < 0)
            _exit(126);
    }
    if (child == 0)
        become(path, arguments);
    return child;
}

static void write_all(int fd, const char *text)
{
    size_t length = text ? strlen(text) : 0;

    while (length > 0) {
        ssize_t written = write(fd, text, length);
        if (written < 0 && errno != EINTR)
            return;
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
}

/* False at the end of the stream. */
static bool read_some(int fd, struct buf *out)
{
    char chunk[8192];
    ssize_t got = read(fd, chunk, sizeof chunk);

    if (got > 0)
        buf_bytes(out, chunk, (size_t)got);
    return got > 0 || (got < 0 && errno == EINTR);
}

void collect_output(pid_t child, int out, int err, struct outcome *outcome, heard_fn *heard)
{
    struct pollfd waits[] = {{.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
    struct buf *bufs[] = {&outcome->out, &outcome->err};
    int64_t until = clock_mono_ms() + RUN_LIMIT_MS;

    while (waits[0].fd >= 0 || waits[1].fd >= 0) {
        int64_t left = until - clock_mono_ms();
        if (left <= 0 || poll(waits, 2, (int)left) == 0) {
            kill(child, SIGKILL);
            break;
        }
        for (int i = 0; i < 2; i++) {
            if (waits[i].fd >= 0 && waits[i].revents && !read_some(waits[i].fd, bufs[i]))
                waits[i].fd = -1;
        }
        if (heard && outcome->out.length + outcome->err.length > 0)
            heard(child);
    }
}

int wait_code(pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void read_first_line(int fd, struct buf *line)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    while (!strchr(buf_text(line), '\n')) {
        assert_int_equal(poll(&wait, 1, RUN_LIMIT_MS), 1);
        assert_true(read_some(fd, line));
    }
}

struct outcome run_arguments(const char *input, const char *const *arguments)
{
    struct outcome outcome = {.out = {.limit = OUTPUT_MAX}, .err = {.limit = OUTPUT_MAX}};
    int in[2], out[2], err[2];

    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    assert_int_equal(pipe2(err, O_CLOEXEC), 0);
    pid_t child = start_program("huiliu", in[0], out[1], err[1], arguments);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    write_all(in[1], input); /* the inputs of these tests fit into a pipe */
    close(in[1]);
    collect_output(child, out[0], err[0], &outcome, NULL);
    close(out[0]);
    close(err[0]);
    outcome.code = wait_code(child);
    return outcome;
}

struct outcome run(const char *input, ...)
{
    const char *arguments[ARGUMENTS_MAX + 1];
    size_t count = 0;
    va_list list;

    va_start(list, input);
    do {
        assert_true(count < ARGUMENTS_MAX);
        arguments[count] = va_arg(list, const char *);
    } while (arguments[count++]);
    va_end(list);
    return run_arguments(input, arguments);
}

/* Types the answer after the first prompt, as a person would: not before the echo is off. */
static void converse(int terminal, const char *answer, struct outcome *outcome)
{
    bool answered = false;
    struct pollfd wait = {.fd = terminal, .events = POLLIN};

    while (poll(&wait, 1, RUN_LIMIT_MS) > 0 && read_some(terminal, &outcome->out)) {
        if (answered || !answer || !strchr(buf_text(&outcome->out), ':'))
            continue;
        struct termios state;
        while (tcgetattr(terminal, &state) == 0 && (state.c_lflag & ECHO))
            poll(NULL, 0, 1);
        write_all(terminal, answer);
        answered = true;
    }
}

struct outcome run_on_terminal(const char *answer, const char *const *arguments)
{
    struct outcome outcome = {.out = {.limit = OUTPUT_MAX}};
    int terminal = -1;
    const char *path = program_path("huiliu");

    pid_t child = forkpty(&terminal, NULL, NULL, NULL);
    assert_true(child >= 0);
    if (child == 0)
        become(path, arguments);
    converse(terminal, answer, &outcome);
    outcome.code = wait_code(child);
    close(terminal);
    return outcome;
}

json_t *outcome_json(struct outcome *outcome)
{
    struct error error = {0};
    const char *text = buf_text(&outcome->out);
    const char *newline = strchr(text, '\n');

    if (outcome->json)
        return outcome->json;
    if (!newline || newline[1] != '\0')
        fail_msg("not one line of JSON: \"%s\" (stderr: %s)", text, buf_text(&outcome->err));
    if (json_parse(text, outcome->out.length, &outcome->json, &error) != STATUS_OK)
        fail_msg("%s: %s", error.text, text);
    return outcome->json;
}

const char *outcome_error(struct outcome *outcome)
{
    const json_t *inner = json_object_get(outcome_json(outcome), "error");

    if (!inner)
        fail_msg("no error in: %s", buf_text(&outcome->out));
    assert_true(json_text(inner, "text", "")[0] != '\0');
    assert_true(outcome->err.length > 0); /* people are told too */
    return json_text(inner, "status", "");
}

void outcome_release(struct outcome *outcome)
{
    json_decref(outcome->json);
    buf_release(&outcome->out);
    buf_release(&outcome->err);
    *outcome = (struct outcome){0};
}

char *join_path(const char *directory, const char *name)
{
    char *path = NULL;

    assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
    return path;
}

char *write_file(const char *directory, const char *name, const char *text)
{
    char *path = join_path(directory, name);
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

char *make_directory(void)
{
    const char *base = getenv("TMPDIR");
    char *path = NULL;

    assert_true(asprintf(&path, "%s/huiliu-cli-XXXXXX", base ? base : "/tmp") > 0);
    assert_non_null(mkdtemp(path));
    return path;
}

static int remove_entry(const char *path, const struct stat *facts, int flag, struct FTW *walk)
{
    (void)facts;
    (void)flag;
    (void)walk;
    return remove(path);
}

void remove_directory(char *directory)
{
    if (directory)
        nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(directory);
}
