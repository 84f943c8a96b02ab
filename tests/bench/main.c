/* bench: the figures of docs/performance.md, each beside a baseline measured in the same run. */
#include "base/i18n.h"
#include "db/schema.h"
#include "tests/bench/bench.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESIDENTS_MIN 1000
#define RESIDENTS_MAX 2000000

static const char HELP[] = "bench [--residents N] [--build DIR] [--in DIR] [MEASUREMENT...]\n"
                           "\n"
                           "Measurements: load bundle exchange search request screen (default: "
                           "these, in this order), times and recall.\n"
                           "The last five use the home that load has left.\n";

static const struct {
    const char *name;
    enum status (*measure)(const struct bench *bench, struct error *error);
    bool only_named;
} measurements[] = {
    {"load", bench_load, false},         {"bundle", bench_bundle, false},
    {"exchange", bench_exchange, false}, {"search", bench_search, false},
    {"request", bench_request, false},   {"screen", bench_screen, false},
    {"recall", bench_recall, true},      {"times", bench_times, true},
};

#define COUNT (sizeof measurements / sizeof *measurements)

struct options {
    struct bench bench;
    const char *in;
};

static bool take_residents(const char *text, uint32_t *residents)
{
    char *end = NULL;

    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno != 0 || *end != '\0' || value < RESIDENTS_MIN || value > RESIDENTS_MAX)
        return false;
    *residents = (uint32_t)value;
    return true;
}

static bool parse_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {{"residents", required_argument, NULL, 'r'},
                                          {"build", required_argument, NULL, 'b'},
                                          {"in", required_argument, NULL, 'i'},
                                          {NULL, 0, NULL, 0}};
    int code;

    while ((code = getopt_long(argc, argv, "", known, NULL)) != -1)
        if (code == 'b')
            options->bench.build = optarg;
        else if (code == 'i')
            options->in = optarg;
        else if (code != 'r' || !take_residents(optarg, &options->bench.residents))
            return false;
    for (int i = optind; i < argc; i++) {
        size_t at = 0;
        while (at < COUNT && strcmp(measurements[at].name, argv[i]) != 0)
            at++;
        if (at == COUNT)
            return false;
    }
    return true;
}

static enum status choose_directory(struct options *options, struct error *error)
{
    char absolute[PATH_MAX];

    if (!realpath(options->in, absolute))
        return error_set_errno(error, errno, "%s", options->in);
    int length = snprintf(options->bench.directory, PATH_MAX, "%s/%u-v%d", absolute,
                          (unsigned)options->bench.residents, CACHE_SCHEMA_VERSION);
    return length < PATH_MAX ? STATUS_OK
                             : error_set(error, STATUS_TOO_LARGE, "%s: too long", options->in);
}

static bool is_wanted(size_t at, int count, char *const *wanted)
{
    for (int i = 0; i < count; i++)
        if (strcmp(wanted[i], measurements[at].name) == 0)
            return true;
    return count == 0 && !measurements[at].only_named;
}

int main(int argc, char **argv)
{
    struct options options = {.bench = {.build = "build", .residents = 1000000}, .in = "."};
    struct error error = {0};

    if (!parse_options(argc, argv, &options)) {
        fputs(HELP, stderr);
        return 2;
    }
    enum status status = i18n_start("en", "", &error);
    if (status == STATUS_OK)
        status = choose_directory(&options, &error);
    if (status == STATUS_OK)
        status = bench_prepare(&options.bench, &error);
    for (size_t i = 0; i < COUNT && status == STATUS_OK; i++)
        if (is_wanted(i, argc - optind, argv + optind))
            status = measurements[i].measure(&options.bench, &error);
    if (status != STATUS_OK)
        fprintf(stderr, "bench: %s\n", error.text);
    return status == STATUS_OK ? 0 : 1;
}
