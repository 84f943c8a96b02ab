#ifndef HUILIU_CLI_OPEN_H
#define HUILIU_CLI_OPEN_H
/*
 * `huiliu` without a command: the interface on this terminal. It runs in a second process; the
 * first one only waits, and puts the terminal right if the second is killed (tui/restore.h). So
 * this returns twice: in the second process when the interface is left, and then in the first,
 * with STATUS_OK and the second's exit code. Before any thread and any database.
 */
#include "base/error.h"
#include "cli/line.h"

/* *exit_code: what to exit with after STATUS_OK. */
enum status open_interface(const struct line *line, int *exit_code, struct error *error) MUST_CHECK;

#endif
