#ifndef HUILIU_CLI_LINE_H
#define HUILIU_CLI_LINE_H
/*
 * The command line, taken apart against the command table.
 *
 * The first word that is no option names the command, a second one its action where the command
 * has several (`account add`). Options are long (`--name value` or `--name=value`), may stand
 * anywhere after the command, the common ones (line_common_options()) also before it; `--` ends
 * them. Anything the table does not know is STATUS_USAGE with a sentence; nothing is guessed.
 *
 *     struct line line = {0};
 *     if (line_parse(argc, argv, &line, &error) != STATUS_OK) ...
 *     const char *kind = line_option(&line, "kind");
 *     line_release(&line);
 *
 * All strings point into argv. line_peek() looks at a line that has not been parsed yet: the
 * language and the output form are needed to report why parsing failed.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define LINE_ARGUMENT_MAX ((size_t)16 << 10) /* bytes of one argument */

enum option_flag {
    OPTION_REQUIRED = 1,
    OPTION_MANY = 2, /* may be repeated */
};

struct option_row {
    const char *name;  /* without dashes */
    const char *value; /* "FILE" in the usage line; NULL: a switch */
    unsigned flags;    /* of enum option_flag */
    const char *help;  /* English, for _() */
};

struct cli_command;

struct line_value {
    const struct option_row *row;
    const char *value; /* NULL for a switch */
};

struct line {
    const struct cli_command *command; /* NULL: none was named */
    const char *group;                 /* name of a command whose action was not named */
    const char **operands;
    size_t operand_count;
    struct line_value *values;
    size_t value_count;
};

/* Rows of the options every command takes; ends with a row without a name. */
const struct option_row *line_common_options(void);
/* Those of `huiliu` without a command. */
const struct option_row *line_interface_options(void);

/* On failure line->command still is what could be recognised, for the usage line; release the
 * line in any case. */
enum status line_parse(int argc, char *const *argv, struct line *line,
                       struct error *error) MUST_CHECK;
void line_release(struct line *line);

/* Value of an option, NULL when it was not given. */
const char *line_option(const struct line *line, const char *name);
bool line_switch(const struct line *line, const char *name);
/* The index-th value of an option that may be repeated; NULL behind the last. */
const char *line_option_at(const struct line *line, const char *name, size_t index);
size_t line_option_count(const struct line *line, const char *name);

/* Value of a common option (or "" for a switch) in a raw line; NULL when absent. */
const char *line_peek(int argc, char *const *argv, const char *name);

#endif
