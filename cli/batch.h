#ifndef HUILIU_CLI_BATCH_H
#define HUILIU_CLI_BATCH_H
/*
 * --batch FILE: one answer in JSON for every line of a file ("-" is standard input), in order, so
 * that line N of the output answers line N of the input. Lines are bounded; one that is too long
 * or makes no sense gets an {"error":…} line and the rest go on, with exit code 1 in the end. A
 * failure that concerns more than its line (the disk, a missing permission) ends the batch.
 */
#include "cli/cli.h"

#define BATCH_LINE_MAX 16384

/* Prints exactly one JSON value when it returns STATUS_OK, and none otherwise. */
typedef enum status batch_answer(struct cli *cli, const char *text, struct error *error);

enum status batch_run(struct cli *cli, const char *path, batch_answer *answer,
                      struct error *error) MUST_CHECK;

#endif
