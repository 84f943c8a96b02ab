/* First sync without a network: the product against the floor, dataset by dataset. */
#include "base/file.h"
#include "db/cache.h"
#include "db/schema.h"
#include "sync/pull.h"
#include "tests/bench/bench.h"
#include "tests/bench/floor.h"
#include "tests/bench/measure.h"
#include "tests/bench/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTS       3
#define DECILES     10
#define PIECE_BYTES 16384 /* curl's */

static const char *const names[PARTS] = {"population", "enterprise", "certificate"};

struct part {
    int64_t rows;
    double wall, cpu;
    double reader; /* the reading thread's share of `cpu`; 0: all work is in one thread */
};

struct loaded {
    struct part parts[PARTS];
    struct part tidy;        /* putting the cache in order at the end */
    double deciles[DECILES]; /* seconds for each tenth of the first part's file */
    long long bytes;         /* of the database file in the end */
};

struct loading {
    const struct bench *bench;
    char target[PATH_MAX];
};

/* --- the floor -------------------------------------------------------------------------------- */

static enum status load_floor(void *context, void *result, struct error *error)
{
    const struct loading *loading = context;
    struct loaded *loaded = result;
    struct floor *floor = NULL;
    char path[PATH_MAX];
    enum status status = floor_open(loading->target, &floor, error);

    for (size_t i = 0; i < PARTS && status == STATUS_OK; i++) {
        struct part *part = &loaded->parts[i];
        double wall = seconds_now();
        double cpu = seconds_cpu();
        status = bench_changes(loading->bench, names[i], path, error);
        if (status == STATUS_OK)
            status = floor_file(floor, path, &part->rows, error);
        part->wall = seconds_now() - wall;
        part->cpu = seconds_cpu() - cpu;
    }
    floor_close(floor);
    loaded->bytes = bench_file_size(loading->target);
    return status;
}

/* --- the product ------------------------------------------------------------------------------ */

struct feeding {
    FILE *file;
    long long given, size; /* bytes */
    double *deciles;       /* NULL: not noted */
    double decile_start;
    int decile;
};

/* Each tenth of the file; what waits between the two threads is little beside it. */
static void note_decile(struct feeding *feeding)
{
    if (!feeding->deciles || feeding->decile >= DECILES ||
        feeding->given < feeding->size / DECILES * (feeding->decile + 1))
        return;
    double now = seconds_now();
    feeding->deciles[feeding->decile++] = now - feeding->decile_start;
    feeding->decile_start = now;
}

static enum status give_bytes(void *context, char *bytes, size_t size, size_t *got,
                              struct error *error)
{
    struct feeding *feeding = context;

    (void)error;
    *got = fread(bytes, 1, size < PIECE_BYTES ? size : PIECE_BYTES, feeding->file);
    feeding->given += (long long)*got;
    note_decile(feeding);
    return STATUS_OK;
}

static enum status feed_file(struct puller *puller, struct feed *feed, double *deciles,
                             const struct bench *bench, struct error *error)
{
    char path[PATH_MAX];
    enum status status = bench_changes(bench, feed->name, path, error);

    if (status != STATUS_OK)
        return status;
    struct feeding feeding = {.file = fopen(path, "re"),
                              .size = bench_file_size(path),
                              .deciles = deciles,
                              .decile_start = seconds_now()};
    if (!feeding.file)
        return error_set_errno(error, errno, "%s", path);
    status = pull_from(puller, feed, give_bytes, &feeding, error);
    (void)fclose(feeding.file);
    return status;
}

/* No instance: for sync this database was never read. */
static enum status feed_part(struct puller *puller, const char *name, struct part *part,
                             double *deciles, const struct bench *bench, struct error *error)
{
    struct feed feed = {.name = name, .title = name, .plan = FEED_READ, .expected = -1};
    double wall = seconds_now();
    double cpu = seconds_cpu();
    double reader = seconds_cpu_thread();

    feed.dataset = puller->catalogue ? catalogue_find(puller->catalogue, name) : NULL;
    if (puller->catalogue && !feed.dataset)
        return error_set(error, STATUS_NOT_FOUND, "no dataset %s", name);
    snprintf(feed.database, sizeof feed.database, "%s%s", name, feed.dataset ? "-" BENCH_AREA : "");
    enum status status = feed_file(puller, &feed, deciles, bench, error);
    *part = (struct part){.rows = feed.pulled,
                          .wall = seconds_now() - wall,
                          .cpu = seconds_cpu() - cpu,
                          .reader = seconds_cpu_thread() - reader};
    feed_release(&feed);
    return status;
}

static enum status tidy(struct cache *cache, struct part *part, struct error *error)
{
    double wall = seconds_now();
    double cpu = seconds_cpu();
    enum status status = cache_checkpoint(cache, error);

    part->wall = seconds_now() - wall;
    part->cpu = part->reader = seconds_cpu() - cpu;
    return status;
}

static enum status feed_parts(struct cache *cache, const struct loading *loading,
                              struct loaded *loaded, struct error *error)
{
    static const struct sync_options options = {0};
    struct progress progress;
    struct catalogue *catalogue = NULL;
    struct puller puller = {.cache = cache, .progress = &progress, .area = BENCH_AREA};
    struct part part;

    progress_start(&progress, &options, NULL);
    enum status status = feed_part(&puller, CATALOGUE_FEED, &part, NULL, loading->bench, error);
    if (status == STATUS_OK)
        status = cache_catalogue(cache, &catalogue, error);
    puller.catalogue = catalogue;
    for (size_t i = 0; i < PARTS && status == STATUS_OK; i++)
        status = feed_part(&puller, names[i], &loaded->parts[i], i == 0 ? loaded->deciles : NULL,
                           loading->bench, error);
    if (status == STATUS_OK)
        status = tidy(cache, &loaded->tidy, error);
    catalogue_free(catalogue);
    return status;
}

static enum status load_product(void *context, void *result, struct error *error)
{
    const struct loading *loading = context;
    struct loaded *loaded = result;
    struct home *home = NULL;
    struct cache *cache = NULL;
    char path[PATH_MAX] = "";
    enum status status = home_open(loading->target, HOME_WRITE, &home, error);

    if (status == STATUS_OK)
        status = home_path(home, CACHE_FILE, path, sizeof path, error);
    if (status == STATUS_OK)
        status = cache_open(home, &cache, error);
    if (status == STATUS_OK)
        status = feed_parts(cache, loading, loaded, error);
    cache_close(cache);
    home_close(home);
    loaded->bytes = bench_file_size(path);
    return status;
}

/* --- the table -------------------------------------------------------------------------------- */

static struct part all_parts(const struct loaded *loaded)
{
    struct part all = loaded->tidy;

    for (size_t i = 0; i < PARTS; i++) {
        all.rows += loaded->parts[i].rows;
        all.wall += loaded->parts[i].wall;
        all.cpu += loaded->parts[i].cpu;
        all.reader += loaded->parts[i].reader;
    }
    return all;
}

/* What the clock would say on two idle cores. */
static double busier(const struct part *part)
{
    double writer = part->cpu - part->reader;

    return writer > part->reader ? writer : part->reader;
}

static void report_part(const char *name, const struct part *product, const struct part *floor,
                        const char *aim)
{
    struct report_row row = {0};

    report_cell(row.what, "%s", name);
    report_cell(row.figure, "%.0f rows/s (%.1f s, cpu %.1f+%.1f s)",
                (double)product->rows / product->wall, product->wall, product->reader,
                product->cpu - product->reader);
    report_cell(row.beside, "floor %.0f rows/s (%.1f s, cpu %.1f s)",
                (double)floor->rows / floor->wall, floor->wall, floor->cpu);
    report_cell(row.ratio, "%.2f (busier thread %.2f)", product->wall / floor->wall,
                busier(product) / floor->cpu);
    report_cell(row.aim, "%s", aim);
    report_row(&row);
}

static void report_load(const struct loaded *product, const struct loaded *floor,
                        const struct usage *used, const struct usage *floor_used, long long ndjson)
{
    struct part all = all_parts(product);
    struct part floor_all = all_parts(floor);
    struct report_row row = {0};

    for (size_t i = 0; i < PARTS; i++)
        report_part(names[i], &product->parts[i], &floor->parts[i], "");
    report_cell(row.what, "the index folded together");
    report_cell(row.figure, "%.1f s (cpu %.1f s)", product->tidy.wall, product->tidy.cpu);
    report_row(&row);
    report_part("all", &all, &floor_all, "<= 2; >= 40000 rows/s");
    row = (struct report_row){0};

    double first = product->deciles[0];
    double last = product->deciles[DECILES - 1];
    report_cell(row.what, "speed, last tenth of population");
    report_cell(row.figure, "%.0f %% of the first tenth's", last > 0 ? 100 * first / last : 0);
    report_cell(row.aim, ">= 80 %%");
    report_row(&row);

    row = (struct report_row){.what = "peak resident memory"};
    report_cell(row.figure, "%.0f MiB", (double)used->peak_kib / 1024);
    report_cell(row.beside, "floor %.0f MiB", (double)floor_used->peak_kib / 1024);
    report_cell(row.aim, "<= 96 MiB");
    report_row(&row);

    row = (struct report_row){.what = "cache file"};
    report_cell(row.figure, "%.0f MiB", (double)product->bytes / 1048576);
    report_cell(row.beside, "NDJSON %.0f MiB; floor's file %.0f MiB", (double)ndjson / 1048576,
                (double)floor->bytes / 1048576);
    report_cell(row.ratio, "%.2f", (double)product->bytes / (double)ndjson);
    report_cell(row.aim, "<= 1.6");
    report_row(&row);
}

/* Bytes of the files read; they are in the page cache afterwards. */
static enum status warm(const struct bench *bench, long long *bytes, struct error *error)
{
    char path[PATH_MAX];
    char piece[65536];
    enum status status = STATUS_OK;

    *bytes = 0;
    for (size_t i = 0; i < PARTS && status == STATUS_OK; i++) {
        status = bench_changes(bench, names[i], path, error);
        FILE *file = status == STATUS_OK ? fopen(path, "re") : NULL;
        if (!file)
            return status == STATUS_OK ? error_set_errno(error, errno, "%s", path) : status;
        while (fread(piece, 1, sizeof piece, file) == sizeof piece)
            continue;
        (void)fclose(file);
        *bytes += bench_file_size(path);
    }
    return status;
}

enum status bench_load(const struct bench *bench, struct error *error)
{
    struct loading loading = {.bench = bench};
    struct loaded floor = {0};
    struct loaded product = {0};
    struct usage floor_used;
    struct usage used;
    long long ndjson = 0;

    report_section("First sync from a local stream, %u residents", (unsigned)bench->residents);
    enum status status = warm(bench, &ndjson, error);
    if (status == STATUS_OK)
        status = bench_path(bench, "floor.db", loading.target, error);
    if (status == STATUS_OK)
        status = measure_apart(load_floor, &loading, &floor, sizeof floor, &floor_used, error);
    if (status == STATUS_OK)
        status = bench_remove(loading.target, error);
    if (status == STATUS_OK)
        status = bench_home_new(bench, "home", "http://127.0.0.1:9/", error);
    if (status == STATUS_OK)
        status = bench_path(bench, "home", loading.target, error);
    if (status == STATUS_OK)
        status = measure_apart(load_product, &loading, &product, sizeof product, &used, error);
    if (status == STATUS_OK)
        report_load(&product, &floor, &used, &floor_used, ndjson);
    return status;
}
