#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/usage.h"

#include <string.h>

/* Every action of a command, or the one that was named. */
static enum status pages(const char *name, const char *action, struct buf *out, struct error *error)
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

static enum status run(struct cli *cli, struct error *error)
{
    const struct line *line = cli->line;
    struct buf text = {0};
    enum status status = STATUS_OK;
    bool ok = true;

    if (line->operand_count == 0)
        usage_overview(&text);
    else
        status = pages(line->operands[0], line->operand_count > 1 ? line->operands[1] : NULL, &text,
                       error);
    if (status == STATUS_OK) {
        json_t *value = json_object();
        output_block(cli->out, buf_text(&text));
        json_put_text(value, "help", buf_text(&text), &ok);
        status = output_json(cli->out, value, ok && !buf_failed(&text), error);
    }
    buf_release(&text);
    return status;
}

const struct cli_command command_help = {
    .name = "help",
    .operands = "[COMMAND [ACTION]]",
    .operands_max = 2,
    .summary = N_("Say what a command does and takes."),
    .run = run,
};
