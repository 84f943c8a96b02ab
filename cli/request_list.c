#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/request_text.h"

#include <stddef.h>

static enum status read_filter(const struct cli *cli, struct request_filter *filter,
                               struct error *error)
{
    const struct line *line = cli->line;
    const char *state = line_option(line, "state");
    enum request_state wanted;

    *filter = (struct request_filter){
        .state = -1,
        .maker = line_switch(line, "mine") ? cli->seat->session.account : NULL,
        .review_by = line_switch(line, "review") ? cli->seat->session.account : NULL,
        .held_only = line_switch(line, "held"),
        .unseen_only = line_switch(line, "unseen"),
    };
    if (!state)
        return STATUS_OK;
    if (!request_state_parse(state, &wanted))
        return error_set(error, STATUS_USAGE,
                         _("--state %.40s: there is no such state, such as pending_review."),
                         state);
    filter->state = (int)wanted;
    return STATUS_OK;
}

static enum status run_list(struct cli *cli, struct error *error)
{
    struct request_filter filter;
    struct request_list *list = NULL;

    enum status status = read_filter(cli, &filter, error);
    if (status == STATUS_OK)
        status = request_list(cli->seat->reader, &filter, &list, error);
    if (status != STATUS_OK)
        return status;
    if (output_is_json(cli->out))
        status = request_list_json(cli->out, &cli->seat->session, list, error);
    else
        request_list_print(cli->out, &cli->seat->session, list);
    request_list_free(list);
    return status;
}

static const struct option_row list_options[] = {
    {"state", "STATE", 0, N_("only in this state: pending_review, approved, returned …")},
    {"mine", NULL, 0, N_("only those I raised")},
    {"review", NULL, 0, N_("only those waiting for my decision")},
    {"held", NULL, 0, N_("only those that could not be delivered and need a person")},
    {"unseen", NULL, 0,
     N_("only approved ones that the returned data do not show after 30 days, or show otherwise")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_request_list = {
    .name = "request",
    .action = "list",
    .operands = "",
    .summary = N_("List requests with their state and delivery."),
    .options = list_options,
    .needs = SEAT_HOME | SEAT_LOGIN,
    .allowed = session_may_read,
    .run = run_list,
};

static enum status run_show(struct cli *cli, struct error *error)
{
    struct request_detail *detail = NULL;

    enum status status = request_get(cli->seat->reader, cli->line->operands[0], &detail, error);
    if (status != STATUS_OK)
        return status;
    if (output_is_json(cli->out))
        status =
            request_detail_json(cli->out, cli->seat->reader, &cli->seat->session, detail, error);
    else
        status =
            request_detail_print(cli->out, cli->seat->reader, &cli->seat->session, detail, error);
    request_detail_free(detail);
    return status;
}

const struct cli_command command_request_show = {
    .name = "request",
    .action = "show",
    .operands = "ID",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Show a request: its changes, its history and its document."),
    .needs = SEAT_HOME | SEAT_LOGIN,
    .allowed = session_may_read,
    .run = run_show,
};
