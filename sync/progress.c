#include "sync/progress.h"

#include "base/clock.h"

#define TELL_EVERY_MS 100

static void tell(struct progress *progress)
{
    const struct sync_options *options = progress->options;
    int64_t now_ms = clock_mono_ms();
    progress->told_ms = now_ms;
    progress->now.elapsed_ms = now_ms - progress->started_ms;
    if (progress->couch)
        progress->now.bytes = couch_contact(progress->couch).bytes;
    if (options->progress)
        options->progress(&progress->now, options->context);
}

void progress_start(struct progress *progress, const struct sync_options *options,
                    const struct couch *couch)
{
    *progress = (struct progress){.options = options,
                                  .couch = couch,
                                  .now = {.rows_expected = -1, .total_expected = -1},
                                  .started_ms = clock_mono_ms()};
}

void progress_enter(struct progress *progress, const char *dataset, const char *title,
                    int64_t expected)
{
    progress->now.dataset = dataset;
    progress->now.title = title;
    progress->now.rows = 0;
    progress->now.rows_expected = expected;
    tell(progress);
}

void progress_expect(struct progress *progress, int64_t expected)
{
    progress->now.rows_expected = expected;
}

void progress_rows(struct progress *progress, int64_t rows)
{
    progress->now.rows += rows;
    progress->now.rows_total += rows;
    if (clock_mono_ms() - progress->told_ms >= TELL_EVERY_MS)
        tell(progress);
}

void progress_leave(struct progress *progress)
{
    progress->now.datasets_done++;
    tell(progress);
}
