#include "tui/sync_rate.h"

#include <string.h>

void sync_rate_note(struct sync_rate *rate, int64_t run, int64_t now_ms, int64_t rows)
{
    if (rate->run != run)
        *rate = (struct sync_rate){.run = run, .at_ms = {run}, .count = 1};
    if (rate->count == SYNC_RATE_SAMPLES) {
        rate->count--;
        memmove(rate->at_ms, rate->at_ms + 1, (size_t)rate->count * sizeof rate->at_ms[0]);
        memmove(rate->rows, rate->rows + 1, (size_t)rate->count * sizeof rate->rows[0]);
    }
    rate->at_ms[rate->count] = now_ms;
    rate->rows[rate->count++] = rows;
}

int64_t sync_rate_per_second(const struct sync_rate *rate)
{
    int last = rate->count - 1;

    if (last < 1 || rate->at_ms[last] <= rate->at_ms[0])
        return 0;
    return (rate->rows[last] - rate->rows[0]) * 1000 / (rate->at_ms[last] - rate->at_ms[0]);
}
