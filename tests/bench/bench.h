#ifndef HUILIU_TESTS_BENCH_BENCH_H
#define HUILIU_TESTS_BENCH_BENCH_H
/*
 * What all measurements share: an invented town of a given size on the disk, a home whose cache
 * holds it, and where the programs of this build are.
 *
 *     DIRECTORY/town/NAME-990106001.changes   what the upstream would answer
 *     DIRECTORY/home/                         the home the first sync has filled
 *     DIRECTORY/plain.db                      the same rows for the baselines of the search
 *     DIRECTORY/…                             scratch of single measurements
 *
 * DIRECTORY is named after the number of residents and the version of the cache's schema; the town
 * and the baselines are made once. Measurements return a status like everything else; what they
 * found goes into the table (tests/bench/report.h).
 */
#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#define BENCH_AREA       "990106001"
#define BENCH_ACCOUNT    "bench"
#define BENCH_PASSPHRASE "river-bench-stone"
#define BENCH_SEED       UINT64_C(20260314)

struct bench {
    const char *build;        /* B: where huiliu, tests/township/township … are */
    char directory[PATH_MAX]; /* absolute */
    uint32_t residents;
};

/* Joins a name to the directory; STATUS_TOO_LARGE when it does not fit. */
enum status bench_path(const struct bench *bench, const char *name, char out[PATH_MAX],
                       struct error *error) MUST_CHECK;

/* Makes DIRECTORY and its parents, and the town in it unless it is there. */
enum status bench_prepare(const struct bench *bench, struct error *error) MUST_CHECK;
/* Writes a town of this many residents into `directory`; `format` as township's option. */
enum status bench_generate(const struct bench *bench, uint32_t residents, const char *format,
                           const char *directory, struct error *error) MUST_CHECK;
/* DIRECTORY/town/DATASET-990106001.changes; the catalogue has no area in its name. */
enum status bench_changes(const struct bench *bench, const char *dataset, char out[PATH_MAX],
                          struct error *error) MUST_CHECK;

/* An empty home of this name in DIRECTORY, in place of an older one, with one account. */
enum status bench_home_new(const struct bench *bench, const char *name, const char *upstream,
                           struct error *error) MUST_CHECK;
/* Bytes of a file; 0 when there is none. */
long long bench_file_size(const char *path);
/* Removes a file or a directory with everything in it; nothing there is fine. */
enum status bench_remove(const char *path, struct error *error) MUST_CHECK;
/* Copies the plain files of one directory into a new one. */
enum status bench_copy(const char *from, const char *to, struct error *error) MUST_CHECK;

/* Runs a program of the build to its end, output to standard error. */
enum status bench_run(const struct bench *bench, const char *program, const char *const *arguments,
                      struct error *error) MUST_CHECK;

/* A script of the sources, from the root of which `make bench` works. */
enum status bench_script(const char *script, const char *const *arguments,
                         struct error *error) MUST_CHECK;

/* --- the measurements ------------------------------------------------------------------------- */

/* First sync from a local stream; leaves DIRECTORY/home. */
enum status bench_load(const struct bench *bench, struct error *error) MUST_CHECK;
/* First sync from a bundle made with the openssl command line. */
enum status bench_bundle(const struct bench *bench, struct error *error) MUST_CHECK;
/* First sync over HTTP, and "nothing new". */
enum status bench_exchange(const struct bench *bench, struct error *error) MUST_CHECK;
/* Search; needs DIRECTORY/home. */
enum status bench_search(const struct bench *bench, struct error *error) MUST_CHECK;
/* The same without what stands beside it, and without recall. */
enum status bench_times(const struct bench *bench, struct error *error) MUST_CHECK;
/* Only whether queries find what they describe, as TAP lines; needs DIRECTORY/home. */
enum status bench_recall(const struct bench *bench, struct error *error) MUST_CHECK;
/* A request saved; needs DIRECTORY/home. */
enum status bench_request(const struct bench *bench, struct error *error) MUST_CHECK;
/* The interface; needs DIRECTORY/home. */
enum status bench_screen(const struct bench *bench, struct error *error) MUST_CHECK;

#endif
