#include "cli/commands.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "cli/trace.h"
#include "db/verification.h"

static enum status answer(struct cli *cli, bool match, const char *as_of, struct error *error)
{
    json_t *value = json_object();
    bool ok = true;

    output_line(cli->out, "%s", match ? _("Match") : _("No match"));
    json_put(value, "match", json_boolean(match), &ok);
    json_put_text(value, "as_of", as_of[0] != '\0' ? as_of : NULL, &ok);
    cli->exit_code = match ? CLI_DONE : CLI_NOT_VALID;
    return output_json(cli->out, value, ok, error);
}

/* The question is written down before it is answered: guessing would show. */
static enum status run(struct cli *cli, struct error *error)
{
    const char *name = line_option(cli->line, "name");
    const char *number = line_option(cli->line, "id");
    char as_of[INSTANT_TEXT_MAX] = "";
    bool match = false;

    enum status status = trace_lookup(cli->seat, "check", number, NULL, error);
    if (status == STATUS_OK)
        status = blind_check(cli->seat->reader, name, number, &match, as_of, error);
    return status == STATUS_OK ? answer(cli, match, as_of, error) : status;
}

static const struct option_row options[] = {
    {"name", "NAME", OPTION_REQUIRED, N_("name as said or written")},
    {"id", "NUMBER", OPTION_REQUIRED, N_("resident number as said or written")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_check = {
    .name = "check",
    .operands = "",
    .summary = N_("Say whether a name and a number belong together, and nothing else."),
    .options = options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN | SEAT_MAY_BORROW,
    .allowed = session_may_read,
    .run = run,
};
