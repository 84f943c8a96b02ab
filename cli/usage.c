#include "cli/usage.h"

#include "base/i18n.h"
#include "base/text.h"

#include <string.h>

static void option_words(const struct option_row *row, struct buf *out)
{
    buf_printf(out, "--%s", row->name);
    if (row->value)
        buf_printf(out, " %s", row->value);
}

static void command_words(const struct cli_command *command, struct buf *out)
{
    buf_str(out, command->name);
    if (command->action)
        buf_printf(out, " %s", command->action);
}

void usage_line(const struct cli_command *command, struct buf *out)
{
    buf_str(out, _("Usage: "));
    buf_str(out, "huiliu ");
    if (!command) {
        buf_str(out, _("[COMMAND] [OPTION…]"));
        buf_char(out, '\n');
        return;
    }
    command_words(command, out);
    for (const struct option_row *row = command->options; row && row->name; row++) {
        bool required = row->flags & OPTION_REQUIRED;
        buf_str(out, required ? " " : " [");
        option_words(row, out);
        if (row->flags & OPTION_MANY)
            buf_str(out, "…");
        if (!required)
            buf_char(out, ']');
    }
    if (command->operands[0] != '\0')
        buf_printf(out, " %s", command->operands);
    buf_char(out, '\n');
}

/* "  WORDS   explanation" with the explanations lined up at `column`. */
static void explain(const char *words, const char *text, int column, struct buf *out)
{
    int width = 2 + text_width(words);

    buf_printf(out, "  %s", words);
    do
        buf_char(out, ' ');
    while (++width < column);
    buf_printf(out, "%s\n", text);
}

static void explain_options(const struct option_row *row, struct buf *out)
{
    struct buf words = {0};

    for (; row && row->name; row++) {
        buf_clear(&words);
        option_words(row, &words);
        explain(buf_text(&words), _(row->help), 32, out);
    }
    buf_release(&words);
}

void usage_page(const struct cli_command *command, struct buf *out)
{
    usage_line(command, out);
    buf_printf(out, "\n%s\n", _(command->summary));
    if (command->options && command->options->name) {
        buf_printf(out, "\n%s\n", _("Options"));
        explain_options(command->options, out);
    }
    buf_printf(out, "\n%s\n", _("Options of every command"));
    explain_options(line_common_options(), out);
}

enum status usage_pages(const char *name, const char *action, struct buf *out, struct error *error)
{
    size_t found = 0;

    for (size_t i = 0; i < commands_count(); i++) {
        const struct cli_command *command = commands_at(i);
        if (strcmp(command->name, name) != 0 ||
            (action && (!command->action || strcmp(command->action, action) != 0)))
            continue;
        if (found++ > 0)
            buf_char(out, '\n');
        usage_page(command, out);
    }
    if (found == 0)
        return error_set(error, STATUS_USAGE,
                         _("There is no command \"%.60s\". `huiliu help` lists them."), name);
    return STATUS_OK;
}

void usage_overview(struct buf *out)
{
    struct buf words = {0};

    usage_line(NULL, out);
    buf_printf(out, "\n%s\n\n", _("Without a command the interface opens."));
    for (size_t i = 0; i < commands_count(); i++) {
        const struct cli_command *command = commands_at(i);
        buf_clear(&words);
        command_words(command, &words);
        explain(buf_text(&words), _(command->summary), 22, out);
    }
    buf_printf(out, "\n%s\n", _("Options of the interface"));
    explain_options(line_interface_options(), out);
    buf_printf(out, "\n%s\n", _("Options of every command"));
    explain_options(line_common_options(), out);
    buf_printf(out, "\n%s\n", _("`huiliu help COMMAND` says more; man huiliu says everything."));
    buf_release(&words);
}
