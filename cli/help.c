#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/usage.h"

static enum status run(struct cli *cli, struct error *error)
{
    const struct line *line = cli->line;
    struct buf text = {0};
    enum status status = STATUS_OK;
    bool ok = true;

    if (line->operand_count == 0)
        usage_overview(&text);
    else
        status = usage_pages(line->operands[0], line->operand_count > 1 ? line->operands[1] : NULL,
                             &text, error);
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
