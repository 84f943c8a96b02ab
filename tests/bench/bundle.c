/* First sync from a bundle: a file of the openssl command line, decrypted, verified and applied. */
#include "db/outbox.h"
#include "sync/bundle_identity.h"
#include "sync/bundle_import.h"
#include "tests/bench/bench.h"
#include "tests/bench/floor.h"
#include "tests/bench/measure.h"
#include "tests/bench/report.h"

#include <stdio.h>

#define DATASET "population"

struct imported {
    int64_t rows;
    double open, apply;
};

struct importing {
    const struct bench *bench;
    char home[PATH_MAX], file[PATH_MAX];
};

/* --- the file --------------------------------------------------------------------------------- */

static enum status make_identity(const char *directory, struct error *error)
{
    struct home *home = NULL;
    struct bundle_identity identity = {0};
    enum status status = home_open(directory, HOME_WRITE, &home, error);

    if (status == STATUS_OK)
        status = bundle_identity_load(home, &identity, error);
    if (status == STATUS_OK)
        bundle_identity_release(&identity);
    home_close(home);
    return status;
}

static enum status make_bundle(const struct importing *importing, struct error *error)
{
    char town[PATH_MAX], certificate[PATH_MAX];
    const char *const arguments[] = {town, BENCH_AREA, certificate, importing->file, DATASET, NULL};
    enum status status = make_identity(importing->home, error);

    if (status == STATUS_OK)
        status = bench_path(importing->bench, "town", town, error);
    if (status == STATUS_OK)
        status = bench_path(importing->bench, "bundle-home/bundle.crt", certificate, error);
    return status == STATUS_OK ? bench_script("tests/bench/bundle.sh", arguments, error) : status;
}

/* --- the product ------------------------------------------------------------------------------ */

static enum status import_with(struct sync *sync, const struct importing *importing,
                               struct imported *imported, struct error *error)
{
    const struct bundle_options options = {0};
    const struct bundle_report *report = NULL;
    struct bundle *bundle = NULL;
    double start = seconds_now();
    enum status status = bundle_open(sync, importing->file, &options, &bundle, error);

    imported->open = seconds_now() - start;
    if (status == STATUS_OK)
        status = bundle_vouch(bundle, BENCH_ACCOUNT, error);
    start = seconds_now();
    if (status == STATUS_OK)
        status = bundle_apply(bundle, &report, error);
    imported->apply = seconds_now() - start;
    if (status == STATUS_OK)
        imported->rows = report->rows;
    bundle_close(bundle);
    return status;
}

static enum status import(void *context, void *result, struct error *error)
{
    const struct importing *importing = context;
    struct home *home = NULL;
    struct outbox *outbox = NULL;
    struct sync *sync = NULL;
    enum status status = home_open(importing->home, HOME_WRITE, &home, error);

    if (status == STATUS_OK)
        status = outbox_open(home, &outbox, error);
    if (status == STATUS_OK)
        status = sync_new(home, outbox, &sync, error);
    if (status == STATUS_OK)
        status = import_with(sync, importing, result, error);
    sync_free(sync);
    outbox_close(outbox);
    home_close(home);
    return status;
}

/* --- the floor -------------------------------------------------------------------------------- */

static enum status load_floor(void *context, void *result, struct error *error)
{
    const struct importing *importing = context;
    int64_t *rows = result;
    char path[PATH_MAX], changes[PATH_MAX];
    struct floor *floor = NULL;
    enum status status = bench_path(importing->bench, "floor.db", path, error);

    if (status == STATUS_OK)
        status = bench_changes(importing->bench, DATASET, changes, error);
    if (status == STATUS_OK)
        status = floor_open(path, &floor, error);
    if (status == STATUS_OK)
        status = floor_file(floor, changes, rows, error);
    floor_close(floor);
    return status;
}

/* --- the table -------------------------------------------------------------------------------- */

static void report_import(const struct imported *imported, const struct usage *used,
                          const struct usage *floor)
{
    double wall = imported->open + imported->apply;
    struct report_row row = {.what = "from the file to the last row, index folded",
                             .aim = "<= 2; >= 40000 rows/s"};

    report_cell(row.figure, "%.0f rows/s (%.1f s, cpu %.1f s)", (double)imported->rows / wall, wall,
                used->cpu);
    report_cell(row.beside, "floor %.1f s, cpu %.1f s", floor->wall, floor->cpu);
    report_cell(row.ratio, "%.2f", wall / floor->wall);
    report_row(&row);

    row = (struct report_row){.what = "  of that: decrypted, verified, read through"};
    report_cell(row.figure, "%.1f s", imported->open);
    report_row(&row);

    row = (struct report_row){.what = "peak resident memory", .aim = "<= 96 MiB"};
    report_cell(row.figure, "%.0f MiB", (double)used->peak_kib / 1024);
    report_cell(row.beside, "floor %.0f MiB", (double)floor->peak_kib / 1024);
    report_row(&row);
}

static enum status measure(struct importing *importing, struct error *error)
{
    struct imported imported = {0};
    struct usage used, floor;
    int64_t rows = 0;
    enum status status = measure_apart(load_floor, importing, &rows, sizeof rows, &floor, error);

    if (status == STATUS_OK)
        status = measure_apart(import, importing, &imported, sizeof imported, &used, error);
    if (status == STATUS_OK && imported.rows < rows)
        status = error_set(error, STATUS_INTERNAL, "the bundle had %lld rows of %lld",
                           (long long)imported.rows, (long long)rows);
    if (status == STATUS_OK)
        report_import(&imported, &used, &floor);
    return status;
}

enum status bench_bundle(const struct bench *bench, struct error *error)
{
    struct importing importing = {.bench = bench};

    report_section("First sync from a bundle, %u residents", (unsigned)bench->residents);
    enum status status = bench_home_new(bench, "bundle-home", "http://127.0.0.1:9/", error);
    if (status == STATUS_OK)
        status = bench_path(bench, "bundle-home", importing.home, error);
    if (status == STATUS_OK)
        status = bench_path(bench, "bundle.p7m", importing.file, error);
    if (status == STATUS_OK)
        status = make_bundle(&importing, error);
    if (status == STATUS_OK)
        status = measure(&importing, error);
    if (status == STATUS_OK)
        status = bench_remove(importing.file, error);
    return status == STATUS_OK ? bench_remove(importing.home, error) : status;
}
