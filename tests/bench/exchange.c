/* First sync over HTTP from the fixture, and a sync that finds nothing new. The fixture works on
 * the same two processors, so beside the clock stands what the product's own threads took. */
#include "sync/engine.h"

#include "base/file.h"
#include "tests/bench/bench.h"
#include "tests/bench/floor.h"
#include "tests/bench/measure.h"
#include "tests/bench/report.h"
#include "tests/bench/server.h"

#include <stdio.h>
#include <string.h>

#define RESIDENTS 200000
#define ROUNDS    5
#define TOWN      "exchange-town"
#define CHANGES   "exchange-changes"

struct synced {
    long long rows, bytes;
    double first_wall, first_cpu;
    double later_wall[ROUNDS], later_cpu[ROUNDS];
    double worst_dataset; /* seconds, of the last round */
    size_t datasets;
};

struct exchange {
    const struct bench *bench;
    char home[PATH_MAX];
};

static enum status run_once(struct sync *sync, struct synced *synced, double *wall, double *cpu,
                            struct error *error)
{
    const struct sync_options options = {0};
    struct sync_report *report = NULL;
    double wall_start = seconds_now();
    double cpu_start = seconds_cpu();
    enum status status = sync_run(sync, &options, &report, error);

    if (status != STATUS_OK)
        return status;
    *wall = seconds_now() - wall_start;
    *cpu = seconds_cpu() - cpu_start;
    if (report->result != STATUS_OK)
        status = error_set(error, report->result, "%s", report->reason);
    synced->rows += report->pulled;
    synced->datasets = report->dataset_count;
    synced->worst_dataset = 0;
    for (size_t i = 0; i < report->dataset_count; i++)
        if (report->datasets[i].seconds > synced->worst_dataset)
            synced->worst_dataset = report->datasets[i].seconds;
    sync_report_free(report);
    return status;
}

static enum status run_all(void *context, void *result, struct error *error)
{
    const struct exchange *exchange = context;
    struct synced *synced = result;
    struct home *home = NULL;
    struct outbox *outbox = NULL;
    struct sync *sync = NULL;
    enum status status = home_open(exchange->home, HOME_WRITE, &home, error);

    if (status == STATUS_OK)
        status = outbox_open(home, &outbox, error);
    if (status == STATUS_OK)
        status = sync_new(home, outbox, &sync, error);
    if (status == STATUS_OK)
        status = run_once(sync, synced, &synced->first_wall, &synced->first_cpu, error);
    long long rows = synced->rows;
    for (int i = 0; i < ROUNDS && status == STATUS_OK; i++)
        status = run_once(sync, synced, &synced->later_wall[i], &synced->later_cpu[i], error);
    if (status == STATUS_OK && synced->rows != rows)
        status = error_set(error, STATUS_INTERNAL, "there was something new");
    sync_free(sync);
    outbox_close(outbox);
    home_close(home);
    return status;
}

/* --- the floor -------------------------------------------------------------------------------- */

static enum status load_floor(void *context, void *result, struct error *error)
{
    static const char *const files[] = {"population", "enterprise", "certificate"};
    const struct exchange *exchange = context;
    int64_t *rows = result;
    char name[96], path[PATH_MAX];
    struct floor *floor = NULL;
    enum status status = bench_path(exchange->bench, "floor.db", path, error);

    if (status == STATUS_OK)
        status = floor_open(path, &floor, error);
    for (size_t i = 0; i < sizeof files / sizeof *files && status == STATUS_OK; i++) {
        int64_t count = 0;
        snprintf(name, sizeof name, CHANGES "/%s-" BENCH_AREA ".changes", files[i]);
        status = bench_path(exchange->bench, name, path, error);
        if (status == STATUS_OK)
            status = floor_file(floor, path, &count, error);
        *rows += count;
    }
    floor_close(floor);
    return status;
}

/* --- the table -------------------------------------------------------------------------------- */

static double median_of(const double *values)
{
    struct samples samples = {0};

    for (int i = 0; i < ROUNDS; i++)
        samples_add(&samples, values[i]);
    double median = samples_at(&samples, 0.5);
    samples_release(&samples);
    return median;
}

struct floored {
    int64_t rows;
    struct usage used;
};

/* The floor has not quite all datasets: compared by the row. */
static void report_first(const struct synced *synced, const struct floored *floored)
{
    double floor = floored->used.wall / (double)floored->rows;
    struct report_row row = {.what = "first sync, all datasets", .aim = "<= 2"};

    report_cell(row.figure, "%.0f rows/s (%lld rows, %.1f s)",
                (double)synced->rows / synced->first_wall, synced->rows, synced->first_wall);
    report_cell(row.beside, "floor %.0f rows/s (%.1f s)", 1 / floor, floored->used.wall);
    report_cell(row.ratio, "%.2f", synced->first_wall / (double)synced->rows / floor);
    report_row(&row);

    row = (struct report_row){.what = "  on the processor, both threads of ours"};
    report_cell(row.figure, "%.1f s", synced->first_cpu);
    report_cell(row.beside, "floor %.1f s", floored->used.cpu);
    report_cell(row.ratio, "%.2f",
                synced->first_cpu / (double)synced->rows /
                    (floored->used.cpu / (double)floored->rows));
    report_row(&row);
}

static void report_exchange(const struct synced *synced, const struct usage *used,
                            const struct floored *floored)
{
    struct report_row row;

    report_first(synced, floored);

    row = (struct report_row){.what = "peak resident memory", .aim = "<= 96 MiB"};
    report_cell(row.figure, "%.0f MiB", (double)used->peak_kib / 1024);
    report_row(&row);

    double cpu = median_of(synced->later_cpu);
    double wall = median_of(synced->later_wall);
    row = (struct report_row){.what = "nothing new, each dataset", .aim = "<= 50 ms own time"};
    report_cell(row.figure, "own time %.2f ms", cpu * 1e3 / (double)synced->datasets);
    report_cell(row.beside, "by the clock %.1f ms, worst dataset %.1f ms",
                wall * 1e3 / (double)synced->datasets, synced->worst_dataset * 1e3);
    report_row(&row);

    row = (struct report_row){.what = "nothing new, whole run"};
    report_cell(row.figure, "%.1f ms", wall * 1e3);
    report_cell(row.beside, "%zu datasets, own time %.1f ms", synced->datasets, cpu * 1e3);
    report_row(&row);
}

static enum status exchange_with(const struct bench *bench, const struct server *server,
                                 struct error *error)
{
    struct exchange exchange = {.bench = bench};
    struct synced synced = {0};
    struct floored floored = {0};
    struct usage used;
    enum status status = measure_apart(load_floor, &exchange, &floored.rows, sizeof floored.rows,
                                       &floored.used, error);

    if (status == STATUS_OK)
        status = bench_home_new(bench, "exchange-home", server->url, error);

    if (status == STATUS_OK)
        status = bench_path(bench, "exchange-home", exchange.home, error);
    if (status == STATUS_OK)
        status = measure_apart(run_all, &exchange, &synced, sizeof synced, &used, error);
    if (status == STATUS_OK)
        report_exchange(&synced, &used, &floored);
    return status == STATUS_OK ? bench_remove(exchange.home, error) : status;
}

static enum status make_town(const struct bench *bench, const char *name, const char *format,
                             char town[PATH_MAX], struct error *error)
{
    enum status status = bench_path(bench, name, town, error);

    if (status == STATUS_OK && !file_exists(town))
        status = bench_generate(bench, RESIDENTS, format, town, error);
    return status;
}

enum status bench_exchange(const struct bench *bench, struct error *error)
{
    struct server server = {0};
    char town[PATH_MAX];
    enum status status = make_town(bench, CHANGES, "changes", town, error);

    report_section("Sync over HTTP from the fixture on this machine, %d residents", RESIDENTS);
    if (status == STATUS_OK)
        status = make_town(bench, TOWN, "bulk", town, error);
    if (status == STATUS_OK)
        status = server_start(bench, town, &server, error);
    if (status == STATUS_OK)
        status = exchange_with(bench, &server, error);
    server_stop(&server);
    return status;
}
