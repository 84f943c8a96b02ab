#ifndef HUILIU_CLI_USAGE_H
#define HUILIU_CLI_USAGE_H
/*
 * Help, made from the command table: the usage line of a command, its page, and the list of all
 * commands. All append to a buffer, already translated and lined up.
 */
#include "base/buf.h"
#include "cli/cli.h"

/* "Usage: huiliu check --name NAME --id NUMBER"; command NULL: of the program itself. */
void usage_line(const struct cli_command *command, struct buf *out);
void usage_page(const struct cli_command *command, struct buf *out);
/* Pages of all actions of a command, or of one; STATUS_USAGE when there is none. */
enum status usage_pages(const char *name, const char *action, struct buf *out,
                        struct error *error) MUST_CHECK;
void usage_overview(struct buf *out);

#endif
