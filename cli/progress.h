#ifndef HUILIU_CLI_PROGRESS_H
#define HUILIU_CLI_PROGRESS_H
/*
 * How far a synchronisation is, on standard error. On a terminal one line is rewritten in place
 * (bar, rows, rate, time left, as much as fits the width); elsewhere a plain line is written when
 * another dataset begins and at most once a second. Never more than the width of the terminal, so
 * that the line cannot wrap.
 *
 *     progress_new(stderr, &progress, &error);
 *     options.progress = progress_show; options.context = progress;
 *     ... sync_run() ...
 *     progress_end(progress);              // clears the line; reports may follow
 *     progress_free(progress);
 */
#include "base/error.h"
#include "sync/engine.h"

#include <stdio.h>

struct progress;

enum status progress_new(FILE *file, struct progress **progress, struct error *error) MUST_CHECK;
void progress_free(struct progress *progress);

void progress_show(const struct sync_progress *now, void *progress);
void progress_end(struct progress *progress);

#endif
