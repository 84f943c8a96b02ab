#include "cli/percent.h"

#include "base/clock.h"
#include "cli/interrupt.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATIENCE_MS 200 /* before anything is shown */

struct percent {
    struct interrupt *interrupt;
    bool terminal;
    bool drawn;
    const char *what; /* of the line that stands there, */
    int shown;        /* and its number */
    int64_t begun_ms;
};

enum status percent_new(struct percent **percent, struct error *error)
{
    struct percent *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    enum status status = interrupt_new(&made->interrupt, error);
    if (status != STATUS_OK) {
        free(made);
        return status;
    }
    made->terminal = isatty(STDERR_FILENO) == 1;
    made->begun_ms = clock_mono_ms();
    *percent = made;
    return STATUS_OK;
}

void percent_free(struct percent *percent)
{
    if (!percent)
        return;
    if (percent->drawn)
        fputs("\r\033[K", stderr);
    interrupt_free(percent->interrupt);
    free(percent);
}

static void draw(struct percent *percent, const char *what, int number)
{
    if (percent->drawn && percent->what == what && percent->shown == number)
        return;
    if (!percent->drawn && clock_mono_ms() - percent->begun_ms < PATIENCE_MS)
        return;
    percent->drawn = true;
    percent->what = what;
    percent->shown = number;
    fprintf(stderr, "\r\033[K%s %3d %%", what, number);
    fflush(stderr);
}

bool percent_show(struct percent *percent, const char *what, int64_t done, int64_t total)
{
    int number = total <= 0 ? 0 : done >= total ? 100 : (int)(done * 100 / total);

    if (percent->terminal)
        draw(percent, what, number);
    return !interrupt_seen(percent->interrupt);
}
