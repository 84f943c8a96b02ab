#ifndef HUILIU_CLI_CLI_H
#define HUILIU_CLI_CLI_H
/*
 * One run of the command line (DESIGN section 9).
 *
 * A command is a row: its words, its options, what it needs (a home, the writing lock, a login, a
 * role) and the function that does it. The rows stand in the files of the commands and are
 * collected by commands.c; the parser, the help pages and the permission checks all read them, so
 * a new command is one file and one line in the table.
 *
 * cli_run() starts the translation, parses, opens the seat the row asks for, runs the command,
 * reports a failure in the form asked for and gives the exit code. A command returns STATUS_OK
 * when it could answer; where the answer itself has a code (a verdict that is not "valid", a held
 * request) it sets cli->exit_code. Nothing here is global: everything hangs on `struct cli`.
 */
#include "cli/line.h"
#include "cli/output.h"
#include "cli/seat.h"

/* The contract with scripts. */
enum exit_code {
    CLI_DONE = 0,
    CLI_FAILED = 1,
    CLI_USAGE = 2,
    CLI_OFFLINE = 3,
    CLI_REFUSED = 4,
    CLI_HELD = 5,
    CLI_NOT_VALID = 6,
};

struct cli {
    const struct line *line;
    struct output *out;
    struct seat *seat;   /* what command->needs asked for; NULL when it asked for nothing */
    struct fresh *fresh; /* the upstream, for verifications that ask it; else NULL */
    struct buf *trust;   /* keys to trust for this run only, read by whom needs them first */
    int exit_code;       /* of a command that returns STATUS_OK: enum exit_code, or what a signal
                            made of the interface */
};

#define OPERANDS_ANY 1000000

struct cli_command {
    const char *name;     /* "account" */
    const char *action;   /* "add"; NULL when the command has only one */
    const char *operands; /* for the usage line; "" when there are none */
    size_t operands_min, operands_max;
    const char *summary;                            /* English, for _() */
    const struct option_row *options;               /* ends with a row without a name; NULL: none */
    unsigned needs;                                 /* of enum seat_need */
    bool (*allowed)(const struct session *session); /* role check after the login; NULL: anyone */
    enum status (*run)(struct cli *cli, struct error *error);
};

/* The table, in the order of the help page. */
size_t commands_count(void);
const struct cli_command *commands_at(size_t index);
/* action NULL: the first command of that name. NULL when there is none. */
const struct cli_command *commands_find(const char *name, const char *action);

/* The one place where a status becomes an exit code. */
enum exit_code cli_exit_code(enum status status);

int cli_run(int argc, char *const *argv);

/* For commands that decide by themselves: a role is missing. */
enum status cli_refuse_role(const struct session *session, struct error *error);

#endif
