#include "cli/line.h"

#include "base/i18n.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

const struct option_row *line_common_options(void)
{
    static const struct option_row rows[] = {
        {"home", "DIR", 0, N_("state directory of this workstation")},
        {"as", "ACCOUNT", 0, N_("who is working; the only account by default")},
        {"passphrase-file", "FILE", 0,
         N_("first line is the passphrase; asked on a terminal otherwise")},
        {"json", NULL, 0, N_("one JSON value on standard output")},
        {"lang", "LANGUAGE", 0, N_("zh_CN or en")},
        {"help", NULL, 0, N_("what the command does and takes")},
        {"version", NULL, 0, N_("version of the program")},
        {NULL, NULL, 0, NULL},
    };

    return rows;
}

const struct option_row *line_interface_options(void)
{
    static const struct option_row rows[] = {
        {"keymap", "NAME", 0, N_("keys to work with: default, vi, or one of your own")},
        {"kiosk", NULL, 0, N_("no way to the shell while it is open")},
        {"ascii", NULL, 0, N_("frames of + - | where lines are not drawn right")},
        {NULL, NULL, 0, NULL},
    };

    return rows;
}

static const struct option_row *find_row(const struct option_row *rows, const char *name,
                                         size_t length)
{
    for (; rows && rows->name; rows++) {
        if (strlen(rows->name) == length && memcmp(rows->name, name, length) == 0)
            return rows;
    }
    return NULL;
}

static const struct option_row *known_option(const struct line *line, const char *name,
                                             size_t length)
{
    const struct option_row *row = find_row(line_common_options(), name, length);

    if (row)
        return row;
    if (line->command)
        return find_row(line->command->options, name, length);
    return line->group ? NULL : find_row(line_interface_options(), name, length);
}

/* Takes the option at argv[*at] and, where it has one, its value. */
static enum status take_option(int argc, char *const *argv, int *at, struct line *line,
                               struct error *error)
{
    const char *name = argv[*at] + 2;
    const char *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const struct option_row *row = known_option(line, name, length);

    if (!row)
        return error_set(error, STATUS_USAGE, _("There is no option --%.*s here."), (int)length,
                         name);
    if (!row->value && equals)
        return error_set(error, STATUS_USAGE, _("--%s takes no value."), row->name);
    if (!(row->flags & OPTION_MANY) && line_option_count(line, row->name) > 0)
        return error_set(error, STATUS_USAGE, _("--%s was given twice."), row->name);
    const char *value = equals ? equals + 1 : NULL;
    if (row->value && !equals) {
        if (*at + 1 >= argc)
            return error_set(error, STATUS_USAGE, _("--%s needs a value: %s."), row->name,
                             row->value);
        value = argv[++*at];
    }
    line->values[line->value_count++] = (struct line_value){row, value};
    return STATUS_OK;
}

static enum status need_action(const char *name, const char *given, struct error *error)
{
    char actions[256] = "";
    size_t used = 0;

    for (size_t i = 0; i < commands_count(); i++) {
        const struct cli_command *command = commands_at(i);
        size_t length = command->action ? strlen(command->action) : 0;
        if (strcmp(command->name, name) != 0 || used + length + 3 > sizeof actions)
            continue;
        if (used > 0) {
            memcpy(actions + used, ", ", 2);
            used += 2;
        }
        memcpy(actions + used, command->action, length);
        used += length;
        actions[used] = '\0';
    }
    if (given)
        return error_set(error, STATUS_USAGE, _("\"%s %.40s\" does not exist. Choose one of: %s."),
                         name, given, actions);
    return error_set(error, STATUS_USAGE, _("\"%s\" needs one of: %s."), name, actions);
}

/* One that was given and has a meaning without a command only, or NULL. */
static const struct option_row *interface_option(const struct line *line)
{
    for (const struct option_row *row = line_interface_options(); row->name; row++)
        for (size_t i = 0; i < line->value_count; i++)
            if (line->values[i].row == row)
                return row;
    return NULL;
}

/* The first word names the command, the second its action where it has several. */
static enum status take_word(const char *word, struct line *line, struct error *error)
{
    const struct option_row *stray = interface_option(line);

    if (stray)
        return error_set(error, STATUS_USAGE,
                         _("--%s is for the interface: it does not go with \"%.60s\"."),
                         stray->name, word);
    if (line->command) {
        line->operands[line->operand_count++] = word;
        return STATUS_OK;
    }
    const struct cli_command *found =
        commands_find(line->group ? line->group : word, line->group ? word : NULL);
    if (!found && line->group)
        return need_action(line->group, word, error);
    if (!found)
        return error_set(error, STATUS_USAGE,
                         _("There is no command \"%.60s\". `huiliu help` lists them."), word);
    bool waits = found->action && !line->group;
    line->command = waits ? NULL : found;
    line->group = waits ? found->name : NULL;
    return STATUS_OK;
}

static enum status check_counts(const struct line *line, struct error *error)
{
    const struct cli_command *command = line->command;

    if (line->operand_count < command->operands_min)
        return error_set(error, STATUS_USAGE, _("\"%s\" needs more: %s."), command->name,
                         command->operands);
    if (line->operand_count > command->operands_max)
        return error_set(error, STATUS_USAGE, _("\"%.60s\" is one word too many."),
                         line->operands[command->operands_max]);
    for (const struct option_row *row = command->options; row && row->name; row++) {
        if ((row->flags & OPTION_REQUIRED) && line_option_count(line, row->name) == 0)
            return error_set(error, STATUS_USAGE, _("--%s %s is missing."), row->name, row->value);
    }
    return STATUS_OK;
}

static enum status take_all(int argc, char *const *argv, struct line *line, struct error *error)
{
    bool options_end = false;

    for (int at = 1; at < argc; at++) {
        const char *word = argv[at];
        enum status status;
        if (strlen(word) > LINE_ARGUMENT_MAX)
            return error_set(error, STATUS_USAGE, _("An argument is longer than %zu bytes."),
                             LINE_ARGUMENT_MAX);
        if (!options_end && strcmp(word, "--") == 0) {
            options_end = true;
            continue;
        }
        if (!options_end && strncmp(word, "--", 2) == 0)
            status = take_option(argc, argv, &at, line, error);
        else if (!options_end && word[0] == '-' && word[1] != '\0')
            status = error_set(error, STATUS_USAGE,
                               _("\"%.40s\": options begin with two dashes; what only looks like "
                                 "one goes behind \"--\"."),
                               word);
        else
            status = take_word(word, line, error);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status line_parse(int argc, char *const *argv, struct line *line, struct error *error)
{
    size_t room = argc > 0 ? (size_t)argc : 1;

    *line = (struct line){.operands = calloc(room, sizeof *line->operands),
                          .values = calloc(room, sizeof *line->values)};
    if (!line->operands || !line->values)
        return error_nomem(error);
    enum status status = take_all(argc, argv, line, error);
    if (status != STATUS_OK || line_switch(line, "help") || line_switch(line, "version"))
        return status;
    if (line->group)
        return need_action(line->group, NULL, error);
    return line->command ? check_counts(line, error) : STATUS_OK;
}

void line_release(struct line *line)
{
    free(line->operands);
    free(line->values);
    *line = (struct line){0};
}

static const struct line_value *value_at(const struct line *line, const char *name, size_t index)
{
    for (size_t i = 0; i < line->value_count; i++) {
        if (strcmp(line->values[i].row->name, name) == 0 && index-- == 0)
            return &line->values[i];
    }
    return NULL;
}

const char *line_option(const struct line *line, const char *name)
{
    return line_option_at(line, name, 0);
}

bool line_switch(const struct line *line, const char *name)
{
    return value_at(line, name, 0) != NULL;
}

const char *line_option_at(const struct line *line, const char *name, size_t index)
{
    const struct line_value *found = value_at(line, name, index);

    return found ? found->value : NULL;
}

size_t line_option_count(const struct line *line, const char *name)
{
    size_t count = 0;

    while (value_at(line, name, count))
        count++;
    return count;
}

const char *line_peek(int argc, char *const *argv, const char *name)
{
    const struct option_row *row = find_row(line_common_options(), name, strlen(name));
    size_t length = strlen(name);

    for (int at = 1; row && at < argc && strcmp(argv[at], "--") != 0; at++) {
        if (strncmp(argv[at], "--", 2) != 0 || strncmp(argv[at] + 2, name, length) != 0)
            continue;
        const char *rest = argv[at] + 2 + length;
        if (*rest == '\0' && !row->value)
            return "";
        if (*rest == '\0')
            return at + 1 < argc ? argv[at + 1] : NULL;
        if (*rest == '=' && row->value)
            return rest + 1;
    }
    return NULL;
}
