/* township: writes the databases of an invented township (see records.h and output.h). */
#include "tests/township/output.h"
#include "tests/township/records.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct options {
    struct township town;
    enum output_format format;
    const char *database; /* NULL: all */
    const char *directory;
    bool quiet, list;
};

static const char HELP[] =
    "township: the databases of an invented township, the same bytes for the same arguments\n"
    "\n"
    "  --residents N      1 to 2000000 (default 50000)\n"
    "  --enterprises N    default residents * 15 / 100\n"
    "  --certificates N   default residents * 30 / 100\n"
    "  --area CODE        nine digits (default 990106001, which is nowhere)\n"
    "  --seed N           default 1\n"
    "  --format FORMAT    bulk (default): lines of _bulk_docs bodies of up to 1,000 documents;\n"
    "                     changes: what GET _changes?include_docs=true answers\n"
    "  --out DIR          one file for each database: NAME.bulk.ndjson or NAME.changes\n"
    "  --database NAME    this one only; without --out it goes to standard output.\n"
    "                     \"population\" means \"population-CODE\"\n"
    "  --list             names of the databases\n"
    "  --quiet            no totals on standard error\n"
    "\n"
    "Nobody in it exists: identity numbers carry address codes from 99, which is no province, and\n"
    "telephone numbers the prefix 154, which no operator has. The same resident comes out for the\n"
    "same seed and number of residents.\n"
    "\n"
    "Faults on purpose, in 10,000 documents: population: phone missing 100, a digit short 50, sex\n"
    "against the number 30, birth date against it 40, address incomplete 50, marital status\n"
    "missing 60, single though married 20; register late in 500 of 10,000 deaths. assistance: "
    "paid\n"
    "on after 800 of 10,000 deaths. social_insurance: name wrong 20. certificate: deviating check "
    "character 30, other states than valid 280, replaced by "
    "a\n"
    "higher version 150. enterprise: address missing 40. Names: 40 with a character outside the\n"
    "BMP, 1 from Extension H or I.\n";

static bool parse_number(const char *text, uint64_t limit, uint64_t *out)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || value > limit)
        return false;
    *out = value;
    return true;
}

static bool parse_count(const char *text, uint32_t *out)
{
    uint64_t value = 0;
    if (!parse_number(text, UINT32_MAX, &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool parse_area(const char *text, struct township *town)
{
    if (strlen(text) != 9)
        return false;
    memcpy(town->area, text, 10);
    return true;
}

static bool parse_format(const char *text, enum output_format *format)
{
    *format = strcmp(text, "changes") == 0 ? OUTPUT_CHANGES : OUTPUT_BULK;
    return *format == OUTPUT_CHANGES || strcmp(text, "bulk") == 0;
}

enum option_code {
    OPTION_RESIDENTS = 256,
    OPTION_ENTERPRISES,
    OPTION_CERTIFICATES,
    OPTION_AREA,
    OPTION_SEED,
    OPTION_FORMAT,
    OPTION_OUT,
    OPTION_DATABASE,
    OPTION_LIST,
    OPTION_QUIET,
    OPTION_HELP
};

static const struct option OPTIONS[] = {
    {"residents", required_argument, NULL, OPTION_RESIDENTS},
    {"enterprises", required_argument, NULL, OPTION_ENTERPRISES},
    {"certificates", required_argument, NULL, OPTION_CERTIFICATES},
    {"area", required_argument, NULL, OPTION_AREA},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"out", required_argument, NULL, OPTION_OUT},
    {"database", required_argument, NULL, OPTION_DATABASE},
    {"list", no_argument, NULL, OPTION_LIST},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static bool take_option(struct options *options, int code, const char *value)
{
    switch (code) {
    case OPTION_RESIDENTS:
        return parse_count(value, &options->town.residents);
    case OPTION_ENTERPRISES:
        return parse_count(value, &options->town.enterprises);
    case OPTION_CERTIFICATES:
        return parse_count(value, &options->town.certificates);
    case OPTION_AREA:
        return parse_area(value, &options->town);
    case OPTION_SEED:
        return parse_number(value, UINT64_MAX, &options->town.seed);
    case OPTION_FORMAT:
        return parse_format(value, &options->format);
    case OPTION_OUT:
        options->directory = value;
        return true;
    case OPTION_DATABASE:
        options->database = value;
        return true;
    case OPTION_LIST:
        return options->list = true;
    case OPTION_QUIET:
        return options->quiet = true;
    default:
        return false;
    }
}

/* 0: go on; otherwise the process ends with result - 1. */
static int parse_options(int argc, char **argv, struct options *options)
{
    int code;
    while ((code = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        if (code == OPTION_HELP) {
            fputs(HELP, stdout);
            return 1;
        }
        if (!take_option(options, code, optarg)) {
            fprintf(stderr, "township: wrong option or value; see --help\n");
            return 3;
        }
    }
    struct township *town = &options->town;
    if (town->enterprises == UINT32_MAX)
        town->enterprises = (uint32_t)((uint64_t)town->residents * 15 / 100);
    if (town->certificates == UINT32_MAX)
        town->certificates = (uint32_t)((uint64_t)town->residents * 30 / 100);
    const char *problem = NULL;
    if (!township_check(town, &problem)) {
        fprintf(stderr, "township: %s\n", problem);
        return 3;
    }
    if (!options->list && options->directory == NULL && options->database == NULL) {
        fprintf(stderr, "township: say --out DIR or --database NAME; see --help\n");
        return 3;
    }
    return 0;
}

static bool is_wanted(const struct options *options, const char *name)
{
    const char *wanted = options->database;
    if (wanted == NULL || strcmp(wanted, name) == 0)
        return true;
    size_t length = strlen(wanted);
    return strncmp(wanted, name, length) == 0 && name[length] == '-' &&
           strcmp(name + length + 1, options->town.area) == 0;
}

static enum status write_one(const struct options *options, uint32_t at, const char *name,
                             struct error *error)
{
    struct output_total total = {0};
    FILE *file = stdout;
    if (options->directory != NULL) {
        char path[PATH_MAX];
        int length = snprintf(path, sizeof path, "%s/%s.%s", options->directory, name,
                              options->format == OUTPUT_BULK ? "bulk.ndjson" : "changes");
        if (length < 0 || length >= (int)sizeof path)
            return error_set(error, STATUS_USAGE, "The path is too long");
        file = fopen(path, "wbe");
        if (file == NULL)
            return error_set_errno(error, errno, "Opening %s", path);
    }
    enum status status = output_database(&options->town, at, options->format, file, &total, error);
    if (file != stdout && fclose(file) != 0 && status == STATUS_OK)
        status = error_set_errno(error, errno, "Closing %s", name);
    if (status == STATUS_OK && !options->quiet)
        fprintf(stderr, "%s: %llu documents, %llu bytes\n", name,
                (unsigned long long)total.documents, (unsigned long long)total.bytes);
    return status;
}

int main(int argc, char **argv)
{
    struct options options = {
        .town = {.seed = 1,
                 .residents = 50000,
                 .enterprises = UINT32_MAX,
                 .certificates = UINT32_MAX,
                 .area = "990106001"},
    };
    struct error error = {0};
    char name[DATABASE_NAME_MAX];
    bool found = false;

    int ended = parse_options(argc, argv, &options);
    if (ended != 0)
        return ended - 1;
    for (uint32_t at = 0; output_database_name(&options.town, at, name); at++) {
        if (!is_wanted(&options, name))
            continue;
        found = true;
        if (options.list)
            puts(name);
        else if (write_one(&options, at, name, &error) != STATUS_OK) {
            fprintf(stderr, "township: %s\n", error.text);
            return 1;
        }
    }
    if (!found)
        fprintf(stderr, "township: no such database: %s\n", options.database);
    return found ? 0 : 2;
}
