#include "tests/bench/measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double cpu_of(const struct rusage *usage)
{
    return seconds_of(usage->ru_utime) + seconds_of(usage->ru_stime);
}

double seconds_cpu(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double seconds_cpu_thread(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- samples ---------------------------------------------------------------------------------- */

void samples_add(struct samples *samples, double value)
{
    if (samples->count == samples->capacity) {
        size_t capacity = samples->capacity ? samples->capacity * 2 : 256;
        double *values = realloc(samples->values, capacity * sizeof *values);
        if (!values) {
            samples->failed = true;
            return;
        }
        samples->values = values;
        samples->capacity = capacity;
    }
    samples->values[samples->count++] = value;
}

static int compare_values(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return left < right ? -1 : left > right;
}

double samples_at(struct samples *samples, double part)
{
    if (samples->count == 0)
        return 0;
    qsort(samples->values, samples->count, sizeof *samples->values, compare_values);
    size_t at = (size_t)(part * (double)samples->count);
    return samples->values[at < samples->count ? at : samples->count - 1];
}

void samples_release(struct samples *samples)
{
    free(samples->values);
    *samples = (struct samples){0};
}

/* --- a process of its own --------------------------------------------------------------------- */

struct answer {
    enum status status;
    struct error error;
};

static bool write_all(int fd, const void *data, size_t length)
{
    const char *at = data;

    while (length > 0) {
        ssize_t wrote = write(fd, at, length);
        if (wrote < 0 && errno != EINTR)
            return false;
        if (wrote > 0) {
            at += wrote;
            length -= (size_t)wrote;
        }
    }
    return true;
}

static bool read_all(int fd, void *data, size_t length)
{
    char *at = data;

    while (length > 0) {
        ssize_t got = read(fd, at, length);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        if (got > 0) {
            at += got;
            length -= (size_t)got;
        }
    }
    return true;
}

static void run_child(int fd, work_apart work, void *context, void *result, size_t size)
{
    struct answer answer = {0};

    answer.status = work(context, result, &answer.error);
    bool told = write_all(fd, &answer, sizeof answer) && write_all(fd, result, size);
    fflush(NULL);
    _exit(told ? 0 : 1);
}

enum status measure_apart(work_apart work, void *context, void *result, size_t size,
                          struct usage *usage, struct error *error)
{
    struct answer answer = {.status = STATUS_INTERNAL};
    struct rusage used = {0};
    int ends[2];
    int code = 0;

    if (pipe(ends) != 0)
        return error_set_errno(error, errno, "pipe");
    fflush(NULL);
    double start = seconds_now();
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        run_child(ends[1], work, context, result, size);
    }
    close(ends[1]);
    bool whole =
        child > 0 && read_all(ends[0], &answer, sizeof answer) && read_all(ends[0], result, size);
    close(ends[0]);
    if (child > 0)
        (void)wait4(child, &code, 0, &used);
    if (!whole)
        return error_set(error, STATUS_INTERNAL, "a measurement ended with %d", code);
    if (usage)
        *usage = (struct usage){seconds_now() - start, cpu_of(&used), used.ru_maxrss};
    if (answer.status != STATUS_OK && error)
        *error = answer.error;
    return answer.status;
}
