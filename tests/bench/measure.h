#ifndef HUILIU_TESTS_BENCH_MEASURE_H
#define HUILIU_TESTS_BENCH_MEASURE_H
/*
 * Clocks, percentiles, and work measured in a process of its own, so that its peak memory and its
 * time on the processor are its own and nothing before it has warmed its heap.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

double seconds_now(void);        /* monotonic */
double seconds_cpu(void);        /* of this process so far, user and system */
double seconds_cpu_thread(void); /* of the calling thread */

struct samples {
    double *values;
    size_t count, capacity;
    bool failed; /* out of memory: something is missing */
};

void samples_add(struct samples *samples, double value);
/* 0.5: the median, 1: the largest; 0 when there are none. Sorts. */
double samples_at(struct samples *samples, double part);
void samples_release(struct samples *samples);

/* Work for a child process; `result` is a plain struct that travels back. */
typedef enum status (*work_apart)(void *context, void *result, struct error *error);

struct usage {
    double wall, cpu; /* seconds */
    long peak_kib;    /* resident set */
};

enum status measure_apart(work_apart work, void *context, void *result, size_t size,
                          struct usage *usage, struct error *error) MUST_CHECK;

#endif
