#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/request_text.h"

/* The request as it is now, on disk. */
static json_t *state_json(struct cli *cli, const char *id, bool *ok)
{
    struct request_detail *detail = NULL;

    if (request_get(cli->seat->reader, id, &detail, NULL) != STATUS_OK) {
        *ok = false;
        return NULL;
    }
    output_line(cli->out, "%s  %s · %s", detail->row.id, request_state_title(detail->row.state),
                delivery_title(detail->row.delivery));
    json_t *value = request_row_json(&cli->seat->session, &detail->row, ok);
    request_detail_free(detail);
    return value;
}

static enum status act_on_one(struct cli *cli, const char *id, const char *action, const char *note,
                              struct error *error)
{
    bool ok = true;

    enum status status =
        request_act(cli->seat->outbox, &cli->seat->session, id, action, note, error);
    if (status != STATUS_OK)
        return status;
    output_saved(cli->out, "id", id);
    json_t *value = state_json(cli, id, &ok);
    return output_json(cli->out, value, ok, error);
}

/* Several ids: each is decided by itself, and what was decided stays. The answer names both. */
static enum status act_on_many(struct cli *cli, const char *action, const char *note,
                               struct error *error)
{
    json_t *value = json_object();
    json_t *done = json_array();
    json_t *failed = json_array();
    enum status first = STATUS_OK;
    size_t saved = 0;
    bool ok = true;

    for (size_t i = 0; i < cli->line->operand_count; i++) {
        const char *id = cli->line->operands[i];
        struct error why = {0};
        enum status status =
            request_act(cli->seat->outbox, &cli->seat->session, id, action, note, &why);
        if (status == STATUS_OK) {
            saved++;
            json_add(done, state_json(cli, id, &ok), &ok);
            continue;
        }
        json_t *one = json_object();
        put_shown(one, "id", id, &ok);
        json_put_text(one, "status", status_name(status), &ok);
        put_shown(one, "text", why.text, &ok);
        json_add(failed, one, &ok);
        output_note(cli->out, "huiliu: %s: %s", id, why.text);
        if (first == STATUS_OK)
            first = status;
    }
    json_put(value, "requests", done, &ok);
    json_put(value, "failed", failed, &ok);
    cli->exit_code = (int)cli_exit_code(first);
    enum status status = output_json(cli->out, value, ok, error);
    if (status != STATUS_OK)
        error_prefix(error, _("%zu of them are saved, but the answer cannot be shown"), saved);
    return status;
}

static enum status act(struct cli *cli, const char *action, struct error *error)
{
    const char *note = line_option(cli->line, "reason");

    if (cli->line->operand_count > 1)
        return act_on_many(cli, action, note, error);
    return act_on_one(cli, cli->line->operands[0], action, note, error);
}

static enum status run_approve(struct cli *cli, struct error *error)
{
    return act(cli, "approve", error);
}

static enum status run_return(struct cli *cli, struct error *error)
{
    return act(cli, "return", error);
}

static enum status run_withdraw(struct cli *cli, struct error *error)
{
    return act(cli, "withdraw", error);
}

static enum status run_resolve(struct cli *cli, struct error *error)
{
    const char *id = cli->line->operands[0];
    bool keep = line_switch(cli->line, "keep");
    bool ok = true;

    if (keep == line_switch(cli->line, "drop"))
        return error_set(error, STATUS_USAGE, _("Say either --keep or --drop."));
    enum status status = request_resolve(cli->seat->outbox, cli->seat->reader, &cli->seat->session,
                                         id, keep ? RESOLVE_KEEP : RESOLVE_DROP,
                                         line_option(cli->line, "reason"), error);
    if (status != STATUS_OK)
        return status;
    output_saved(cli->out, "id", id);
    json_t *value = state_json(cli, id, &ok);
    return output_json(cli->out, value, ok, error);
}

static enum status run_note(struct cli *cli, struct error *error)
{
    return act_on_one(cli, cli->line->operands[0], "note", line_option(cli->line, "text"), error);
}

static const struct option_row remark[] = {
    {"reason", "TEXT", 0, N_("a remark that stays with the decision")},
    {NULL, NULL, 0, NULL},
};

static const struct option_row reason[] = {
    {"reason", "TEXT", OPTION_REQUIRED, N_("why; everybody who sees the request reads it")},
    {NULL, NULL, 0, NULL},
};

static const struct option_row resolve_options[] = {
    {"keep", NULL, 0, N_("send it again as it is")},
    {"drop", NULL, 0, N_("withdraw it; only its maker can")},
    {"reason", "TEXT", 0, N_("with --drop: why; else the reason it was held for is given")},
    {NULL, NULL, 0, NULL},
};

static const struct option_row text[] = {
    {"text", "TEXT", OPTION_REQUIRED, N_("the note")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_request_approve = {
    .name = "request",
    .action = "approve",
    .operands = "ID…",
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .summary = N_("Approve requests somebody else raised. Supervisors only."),
    .options = remark,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN | SEAT_MAY_BORROW,
    .allowed = session_may_review,
    .run = run_approve,
};

const struct cli_command command_request_return = {
    .name = "request",
    .action = "return",
    .operands = "ID…",
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .summary = N_("Give requests back to their maker. Supervisors only."),
    .options = reason,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN | SEAT_MAY_BORROW,
    .allowed = session_may_review,
    .run = run_return,
};

const struct cli_command command_request_withdraw = {
    .name = "request",
    .action = "withdraw",
    .operands = "ID…",
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .summary = N_("Take back requests you raised."),
    .options = reason,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN | SEAT_MAY_BORROW,
    .allowed = session_may_request,
    .run = run_withdraw,
};

const struct cli_command command_request_note = {
    .name = "request",
    .action = "note",
    .operands = "ID",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Add a note to a request."),
    .options = text,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN | SEAT_MAY_BORROW,
    .allowed = session_may_request,
    .run = run_note,
};

const struct cli_command command_request_resolve = {
    .name = "request",
    .action = "resolve",
    .operands = "ID",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Decide on a held request: send it again, or give it up."),
    .options = resolve_options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN | SEAT_MAY_BORROW,
    .allowed = session_may_request,
    .run = run_resolve,
};
