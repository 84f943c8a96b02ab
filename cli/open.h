#ifndef HUILIU_CLI_OPEN_H
#define HUILIU_CLI_OPEN_H
/*
 * `huiliu` without a command: the interface on this terminal.
 */
#include "base/error.h"
#include "cli/line.h"

enum status open_interface(const struct line *line, struct error *error) MUST_CHECK;

#endif
