#include "cli/commands.h"

#include "base/file.h"
#include "base/i18n.h"
#include "cli/secret.h"
#include "db/account.h"
#include "verify/division.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

/* What the line says, with the secrets in memory the caller wipes. */
struct plan {
    struct home_settings settings;
    const char *directory, *account;
    unsigned roles;
    struct buf passphrase, password;
};

static enum status read_plan(const struct line *line, struct plan *plan, struct error *error)
{
    const char *roles = line_option(line, "role");
    const char *password_file = line_option(line, "upstream-password-file");

    plan->account = line_option(line, "as");
    plan->settings = (struct home_settings){
        .upstream = line_option(line, "upstream"),
        .upstream_user = line_option(line, "upstream-user"),
        .ca_file = line_option(line, "ca"),
        .area = line_option(line, "area"),
        .station = line_option(line, "station"),
    };
    if (!plan->account)
        return error_set(error, STATUS_USAGE, _("Name the first account: --as ACCOUNT."));
    if (!plan->settings.upstream_user != !password_file)
        return error_set(error, STATUS_USAGE,
                         _("--upstream-user and --upstream-password-file go together."));
    enum status status =
        account_roles_parse(roles ? roles : "administrator,supervisor", &plan->roles, error);
    if (status == STATUS_OK && password_file)
        status = secret_read(password_file, "", &plan->password, error);
    if (status == STATUS_OK && password_file)
        plan->settings.upstream_password = buf_text(&plan->password);
    return status;
}

static enum status find_directory(const struct line *line, struct plan *plan, char *standard,
                                  size_t size, struct error *error)
{
    char conf[PATH_MAX];

    plan->directory = line_option(line, "home");
    if (!plan->directory) {
        enum status status = home_default_directory(standard, size, error);
        if (status != STATUS_OK)
            return status;
        plan->directory = standard;
    }
    int length = snprintf(conf, sizeof conf, "%s/huiliu.conf", plan->directory);
    if (length > 0 && (size_t)length < sizeof conf && file_exists(conf))
        return error_set(error, STATUS_REFUSED,
                         _("%s already holds a workstation; nothing was changed."),
                         plan->directory);
    return STATUS_OK;
}

/* A code nobody knows is worth a note: divisions are renumbered every year. */
static void note_area(const char *area, struct output *out)
{
    struct division division;
    struct findings findings = {0};

    (void)division_check(area, &division, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        if (findings.items[i].severity == FINDING_WARNING)
            output_note(out, _("Area %s: %s"), area, findings.items[i].text);
    }
}

static enum status add_first_account(const struct plan *plan, struct error *error)
{
    struct home *home = NULL;
    struct outbox *outbox = NULL;

    enum status status = home_open(plan->directory, HOME_WRITE, &home, error);
    if (status == STATUS_OK)
        status = outbox_open(home, &outbox, error);
    if (status == STATUS_OK)
        status =
            account_add(outbox, plan->account, plan->roles, buf_text(&plan->passphrase), error);
    outbox_close(outbox);
    home_close(home);
    return status;
}

/* A home that nobody can log in to is none: without its settings file `init` may be repeated. */
static void undo_home(const struct plan *plan)
{
    char conf[PATH_MAX];
    int length = snprintf(conf, sizeof conf, "%s/huiliu.conf", plan->directory);

    if (length > 0 && (size_t)length < sizeof conf)
        (void)unlink(conf);
}

static enum status create(const struct plan *plan, struct output *out, struct error *error)
{
    json_t *value;
    bool ok = true;

    enum status status = home_create(plan->directory, &plan->settings, error);
    if (status != STATUS_OK)
        return status;
    status = add_first_account(plan, error);
    if (status != STATUS_OK) {
        undo_home(plan);
        return status;
    }
    output_saved(out, "home", plan->directory);
    note_area(plan->settings.area, out);
    output_line(out, _("The workstation is set up in %s."), plan->directory);
    output_line(out, _("Next: huiliu sync"));
    value = json_object();
    put_shown(value, "home", plan->directory, &ok);
    return output_json(out, value, ok, error);
}

static enum status run(struct cli *cli, struct error *error)
{
    struct plan plan = {0};
    char standard[PATH_MAX];

    enum status status = read_plan(cli->line, &plan, error);
    if (status == STATUS_OK)
        status = find_directory(cli->line, &plan, standard, sizeof standard, error);
    if (status == STATUS_OK)
        status = secret_read_new(line_option(cli->line, "passphrase-file"), _("New passphrase: "),
                                 &plan.passphrase, error);
    if (status == STATUS_OK)
        status = create(&plan, cli->out, error);
    secret_release(&plan.passphrase);
    secret_release(&plan.password);
    return status;
}

static const struct option_row options[] = {
    {"upstream", "URL", OPTION_REQUIRED, N_("address of the data-sharing platform")},
    {"area", "CODE", OPTION_REQUIRED, N_("division code of the township: 6, 9 or 12 digits")},
    {"station", "NAME", 0, N_("name of this counter or laptop; the host name by default")},
    {"upstream-user", "USER", 0, N_("login at the platform")},
    {"upstream-password-file", "FILE", 0, N_("first line is the platform's password")},
    {"ca", "FILE", 0, N_("certificate authority of the platform, in PEM form")},
    {"role", "ROLE,ROLE", 0, N_("of the first account; administrator,supervisor by default")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_init = {
    .name = "init",
    .operands = "",
    .summary = N_("Set up this workstation and its first account."),
    .options = options,
    .run = run,
};
