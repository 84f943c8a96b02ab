#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/secret.h"
#include "cli/table.h"
#include "db/account.h"

#include <stdlib.h>
#include <string.h>

#define ROLES_TEXT_MAX 128

static enum status answer(struct cli *cli, const char *name, const char *sentence,
                          struct error *error)
{
    json_t *value = json_object();
    bool ok = true;

    output_saved(cli->out, "account", name);
    output_line(cli->out, _("%s: %s"), name, sentence);
    put_shown(value, "account", name, &ok);
    return output_json(cli->out, value, ok, error);
}

/* --- list --------------------------------------------------------------------------------------
 */

static json_t *roles_json(unsigned roles, bool *ok)
{
    char text[ROLES_TEXT_MAX];
    char *rest = text;
    json_t *list = json_array();

    account_roles_format(roles, text, sizeof text);
    for (char *role = strsep(&rest, ","); role; role = strsep(&rest, ",")) {
        role += strspn(role, " ");
        if (role[0] != '\0')
            json_add(list, json_string(role), ok);
    }
    return list;
}

static enum status list_json(struct cli *cli, const struct account *accounts, size_t count,
                             struct error *error)
{
    json_t *value = json_object();
    json_t *list = json_array();
    bool ok = true;

    for (size_t i = 0; i < count; i++) {
        json_t *one = json_object();
        json_put_text(one, "name", accounts[i].name, &ok);
        json_put(one, "roles", roles_json(accounts[i].roles, &ok), &ok);
        json_put(one, "locked", json_boolean(accounts[i].locked), &ok);
        put_instant(one, "created", accounts[i].created_ms, &ok);
        json_add(list, one, &ok);
    }
    json_put(value, "accounts", list, &ok);
    return output_json(cli->out, value, ok, error);
}

static void list_print(struct cli *cli, const struct account *accounts, size_t count)
{
    struct table *table = table_new(3);

    for (size_t i = 0; i < count; i++) {
        char roles[ROLES_TEXT_MAX];
        account_roles_title(accounts[i].roles, roles, sizeof roles);
        table_cell(table, accounts[i].name);
        table_cell(table, roles);
        table_cell(table, accounts[i].locked ? _("locked") : NULL);
    }
    table_print(table, 0, cli->out);
    table_free(table);
}

static enum status run_list(struct cli *cli, struct error *error)
{
    struct account *accounts = NULL;
    size_t count = 0;

    enum status status = account_list(cli->seat->reader, &accounts, &count, error);
    if (status == STATUS_OK && output_is_json(cli->out))
        status = list_json(cli, accounts, count, error);
    else if (status == STATUS_OK)
        list_print(cli, accounts, count);
    free(accounts);
    return status;
}

const struct cli_command command_account_list = {
    .name = "account",
    .action = "list",
    .operands = "",
    .summary = N_("List the accounts of this workstation."),
    .needs = SEAT_HOME,
    .run = run_list,
};

/* --- add ---------------------------------------------------------------------------------------
 */

static enum status run_add(struct cli *cli, struct error *error)
{
    const char *name = cli->line->operands[0];
    struct buf passphrase = {0};
    unsigned roles = 0;

    enum status status = account_roles_parse(line_option(cli->line, "role"), &roles, error);
    if (status == STATUS_OK)
        status = secret_read_new(line_option(cli->line, "new-passphrase-file"),
                                 _("Passphrase of the new account: "), &passphrase, error);
    if (status == STATUS_OK)
        status = account_add(cli->seat->outbox, name, roles, buf_text(&passphrase), error);
    secret_release(&passphrase);
    return status == STATUS_OK ? answer(cli, name, _("account added"), error) : status;
}

static const struct option_row add_options[] = {
    {"role", "ROLE,ROLE", OPTION_REQUIRED, N_("clerk, supervisor, administrator, auditor")},
    {"new-passphrase-file", "FILE", 0, N_("first line is the passphrase of the new account")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_account_add = {
    .name = "account",
    .action = "add",
    .operands = "NAME",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Add an account. Administrators only."),
    .options = add_options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN,
    .allowed = session_may_administer,
    .run = run_add,
};

/* --- passwd ------------------------------------------------------------------------------------
 */

static enum status run_passwd(struct cli *cli, struct error *error)
{
    const struct session *session = &cli->seat->session;
    const char *name = cli->line->operand_count > 0 ? cli->line->operands[0] : session->account;
    struct buf passphrase = {0};

    if (strcmp(name, session->account) != 0 && !session_may_administer(session))
        return cli_refuse_role(session, error);
    enum status status = secret_read_new(line_option(cli->line, "new-passphrase-file"),
                                         _("New passphrase: "), &passphrase, error);
    if (status == STATUS_OK)
        status = account_set_passphrase(cli->seat->outbox, name, buf_text(&passphrase), error);
    secret_release(&passphrase);
    return status == STATUS_OK ? answer(cli, name, _("passphrase changed"), error) : status;
}

static const struct option_row passwd_options[] = {
    {"new-passphrase-file", "FILE", 0, N_("first line is the new passphrase")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_account_passwd = {
    .name = "account",
    .action = "passwd",
    .operands = "[NAME]",
    .operands_max = 1,
    .summary = N_("Change your passphrase, or as administrator that of another account."),
    .options = passwd_options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN,
    .run = run_passwd,
};

/* --- lock and unlock ---------------------------------------------------------------------------
 */

static enum status run_lock(struct cli *cli, struct error *error)
{
    const char *name = cli->line->operands[0];

    if (strcmp(name, cli->seat->session.account) == 0)
        return error_set(error, STATUS_REFUSED,
                         _("You cannot lock the account you are working with."));
    enum status status = account_set_locked(cli->seat->outbox, name, true, error);
    return status == STATUS_OK ? answer(cli, name, _("account locked"), error) : status;
}

static enum status run_unlock(struct cli *cli, struct error *error)
{
    const char *name = cli->line->operands[0];

    enum status status = account_set_locked(cli->seat->outbox, name, false, error);
    return status == STATUS_OK ? answer(cli, name, _("account unlocked"), error) : status;
}

const struct cli_command command_account_lock = {
    .name = "account",
    .action = "lock",
    .operands = "NAME",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Lock an account: nobody can log in with it. Administrators only."),
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN,
    .allowed = session_may_administer,
    .run = run_lock,
};

const struct cli_command command_account_unlock = {
    .name = "account",
    .action = "unlock",
    .operands = "NAME",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Unlock an account. Administrators only."),
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN,
    .allowed = session_may_administer,
    .run = run_unlock,
};
