#ifndef HUILIU_TUI_SYNC_RATE_H
#define HUILIU_TUI_SYNC_RATE_H
/*
 * Rows per second of the run under way, over the last seconds only: an average since the start
 * would promise a time that a slow network no longer keeps.
 *
 *     struct sync_rate rate = {0};
 *     sync_rate_note(&rate, run_started_ms, now_ms, rows);   // about once a second
 *     sync_rate_per_second(&rate);                           // 0 while not known
 *
 * Another start is another run and begins anew. A plain value; pure.
 */
#include <stdint.h>

#define SYNC_RATE_SAMPLES 8

struct sync_rate {
    int64_t run; /* monotonic start of the run the samples belong to */
    int64_t at_ms[SYNC_RATE_SAMPLES], rows[SYNC_RATE_SAMPLES]; /* oldest first */
    int count;
};

void sync_rate_note(struct sync_rate *rate, int64_t run, int64_t now_ms, int64_t rows);
int64_t sync_rate_per_second(const struct sync_rate *rate);

#endif
