#ifndef HUILIU_CLI_EXCHANGE_H
#define HUILIU_CLI_EXCHANGE_H
/*
 * Work of sync/ that lasts, on the command line: it says how far it is on standard error, and
 * Ctrl-C, TERM and HUP stop it in good order. The caller clears the progress line with
 * progress_end() before it reports.
 */
#include "cli/cli.h"
#include "cli/progress.h"
#include "sync/engine.h"

typedef enum status exchange_fn(struct cli *cli, struct sync *sync, struct progress *progress,
                                struct error *error);

enum status exchange_run(struct cli *cli, exchange_fn *work, struct error *error) MUST_CHECK;

#endif
