/* A request saved: the log's fdatasync and the outbox's commit. */
#include "db/request.h"

#include "tests/bench/bench.h"
#include "tests/bench/measure.h"
#include "tests/bench/report.h"
#include "tests/bench/subjects.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS      300
#define FSYNC_BYTES 2048

struct desk {
    struct home *home;
    struct outbox *outbox;
    struct reader *reader;
};

static enum status desk_open(const char *path, struct desk *desk, struct error *error)
{
    enum status status = home_open(path, HOME_WRITE, &desk->home, error);

    if (status == STATUS_OK)
        status = outbox_open(desk->home, &desk->outbox, error);
    if (status == STATUS_OK)
        status = reader_open(desk->home, &desk->reader, error);
    return status;
}

static void desk_close(struct desk *desk)
{
    reader_close(desk->reader);
    outbox_close(desk->outbox);
    home_close(desk->home);
}

static enum status raise_one(struct desk *desk, const struct subject *subject, size_t round,
                             struct error *error)
{
    static const struct session clerk = {BENCH_ACCOUNT, ACCOUNT_CLERK};
    char phone[16];
    char id[48];
    const struct request_change change = {"phone", phone};
    const struct request_new request = {.dataset = "population",
                                        .record = subject->key,
                                        .changes = &change,
                                        .change_count = 1,
                                        .ground = "inaccurate",
                                        .reason = "Told at the counter"};

    (void)snprintf(phone, sizeof phone, "138%08zu", round);
    return request_raise(desk->outbox, desk->reader, &clerk, &request, id, error);
}

static enum status raise_all(struct desk *desk, const struct subject_sample *sample,
                             struct samples *times, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < ROUNDS && i < sample->counts[GROUP_PERSON] && status == STATUS_OK; i++) {
        double start = seconds_now();
        status = raise_one(desk, &sample->items[GROUP_PERSON][i], i, error);
        samples_add(times, seconds_now() - start);
    }
    return status;
}

/* Two writes of a page or less, each forced to the disk: less cannot be done. */
static enum status sync_bare(const char *path, struct samples *times, struct error *error)
{
    static const char bytes[FSYNC_BYTES];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    bool ok = fd >= 0;

    for (int i = 0; i < ROUNDS && ok; i++) {
        double start = seconds_now();
        ok = write(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes && fdatasync(fd) == 0 &&
             write(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes && fdatasync(fd) == 0;
        samples_add(times, seconds_now() - start);
    }
    int errnum = errno;
    if (fd >= 0)
        close(fd);
    return ok ? STATUS_OK : error_set_errno(error, errnum, "%s", path);
}

static void report_requests(struct samples *times, struct samples *bare)
{
    struct report_row row = {.what = "request_raise", .aim = "p95 <= 20 ms"};

    report_cell(row.figure, "p50 %.2f ms, p95 %.2f ms", samples_at(times, 0.5) * 1e3,
                samples_at(times, 0.95) * 1e3);
    report_cell(row.beside, "two bare fdatasyncs: p50 %.2f ms, p95 %.2f ms",
                samples_at(bare, 0.5) * 1e3, samples_at(bare, 0.95) * 1e3);
    report_cell(row.ratio, "%.2f", samples_at(times, 0.5) / samples_at(bare, 0.5));
    report_row(&row);
}

/* In a copy of the home: what is raised here must not be found by later searches. */
enum status bench_request(const struct bench *bench, struct error *error)
{
    char home[PATH_MAX];
    char copy[PATH_MAX];
    char scratch[PATH_MAX];
    struct desk desk = {0};
    struct subject_sample sample = {0};
    struct samples times = {0};
    struct samples bare = {0};
    enum status status = bench_path(bench, "home", home, error);

    report_section("Request saved, %d requests", ROUNDS);
    if (status == STATUS_OK)
        status = bench_path(bench, "request-home", copy, error);
    if (status == STATUS_OK)
        status = bench_path(bench, "fdatasync", scratch, error);
    if (status == STATUS_OK)
        status = bench_copy(home, copy, error);
    if (status == STATUS_OK)
        status = subjects_sample(bench, ROUNDS * 2, &sample, error);
    if (status == STATUS_OK)
        status = desk_open(copy, &desk, error);
    if (status == STATUS_OK)
        status = raise_all(&desk, &sample, &times, error);
    if (status == STATUS_OK)
        status = sync_bare(scratch, &bare, error);
    if (status == STATUS_OK)
        report_requests(&times, &bare);
    desk_close(&desk);
    subject_sample_release(&sample);
    samples_release(&times);
    samples_release(&bare);
    enum status removed = bench_remove(copy, error);
    return status == STATUS_OK ? removed : status;
}
