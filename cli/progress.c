#include "cli/progress.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_CELLS      20
#define LINE_EVERY_MS  1000
#define FALLBACK_WIDTH 80

struct progress {
    FILE *file;
    bool terminal;
    bool drawn;       /* a line stands on the terminal */
    int64_t last_ms;  /* monotonic, of the last plain line */
    char dataset[65]; /* of the last plain line */
};

enum status progress_new(FILE *file, struct progress **progress, struct error *error)
{
    struct progress *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->file = file;
    made->terminal = isatty(fileno(file)) == 1;
    *progress = made;
    return STATUS_OK;
}

void progress_free(struct progress *progress)
{
    free(progress);
}

static int terminal_width(FILE *file)
{
    struct winsize size;

    if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return FALLBACK_WIDTH;
}

static void add_bar(int64_t done, int64_t expected, struct buf *line)
{
    int full = done >= expected ? BAR_CELLS : (int)(done * BAR_CELLS / expected);

    buf_char(line, '[');
    for (int i = 0; i < BAR_CELLS; i++)
        buf_char(line, i < full ? '#' : '.');
    buf_printf(line, "] %3d%% ", done >= expected ? 100 : (int)(done * 100 / expected));
}

static void add_remaining(const struct sync_progress *now, struct buf *line)
{
    char text[32];

    if (now->total_expected <= now->rows_total || now->rows_total <= 0 || now->elapsed_ms < 1000)
        return;
    int64_t left = now->total_expected - now->rows_total;
    duration_format(left * now->elapsed_ms / now->rows_total, text, sizeof text);
    buf_printf(line, _(", %s left"), text);
}

static void describe(const struct sync_progress *now, bool terminal, struct buf *line)
{
    if (terminal && now->total_expected > 0)
        add_bar(now->rows_total, now->total_expected, line);
    text_show(line, now->title, strlen(now->title));
    buf_printf(line, _(": %lld rows"), (long long)now->rows);
    if (now->rows_expected > 0)
        buf_printf(line, _(" of %lld"), (long long)now->rows_expected);
    if (now->elapsed_ms > 0)
        buf_printf(line, _(", %lld rows/s"), (long long)(now->rows_total * 1000 / now->elapsed_ms));
    add_remaining(now, line);
}

/* Cut before the last column: some terminals wrap when it is written. */
static void rewrite(struct progress *progress, const struct buf *line)
{
    size_t length = text_fit(buf_text(line), terminal_width(progress->file) - 1, NULL);

    fprintf(progress->file, "\r%.*s\033[K", (int)length, buf_text(line));
    fflush(progress->file);
    progress->drawn = true;
}

static bool line_is_due(struct progress *progress, const struct sync_progress *now)
{
    int64_t at = clock_mono_ms();

    if (strncmp(progress->dataset, now->dataset, sizeof progress->dataset - 1) == 0 &&
        at - progress->last_ms < LINE_EVERY_MS)
        return false;
    (void)snprintf(progress->dataset, sizeof progress->dataset, "%s", now->dataset);
    progress->last_ms = at;
    return true;
}

void progress_show(const struct sync_progress *now, void *context)
{
    struct progress *progress = context;
    struct buf line = {0};

    if (!now->dataset || !now->title) /* between two datasets */
        return;
    if (!progress->terminal && now->rows == 0 && now->rows_expected <= 0)
        return; /* nothing to tell yet */
    if (!progress->terminal && !line_is_due(progress, now))
        return;
    describe(now, progress->terminal, &line);
    if (progress->terminal)
        rewrite(progress, &line);
    else
        fprintf(progress->file, "%s\n", buf_text(&line));
    buf_release(&line);
}

void progress_end(struct progress *progress)
{
    if (progress->drawn)
        fputs("\r\033[K", progress->file);
    progress->drawn = false;
    fflush(progress->file);
}
