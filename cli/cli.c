#include "cli/cli.h"

#include "base/conf.h"
#include "base/i18n.h"
#include "cli/open.h"
#include "cli/places.h"
#include "cli/usage.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum exit_code cli_exit_code(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return CLI_DONE;
    case STATUS_INVALID: /* what was typed makes no sense */
    case STATUS_USAGE:
        return CLI_USAGE;
    case STATUS_OFFLINE:
    case STATUS_PORTAL:
    case STATUS_TLS:
    case STATUS_BUSY:
        return CLI_OFFLINE;
    case STATUS_REFUSED:
    case STATUS_LOCKED:
        return CLI_REFUSED;
    case STATUS_NOT_FOUND:
    case STATUS_UPSTREAM:
    case STATUS_CONFLICT:
    case STATUS_TOO_LARGE:
    case STATUS_CANCELLED:
    case STATUS_CORRUPT:
    case STATUS_UNSUPPORTED:
    case STATUS_FULL:
    case STATUS_IO:
    case STATUS_NOMEM:
    case STATUS_INTERNAL:
        return CLI_FAILED;
    }
    return CLI_FAILED;
}

enum status cli_refuse_role(const struct session *session, struct error *error)
{
    return error_set(error, STATUS_REFUSED,
                     _("The role of account %s does not allow this. Ask a colleague whose does."),
                     session->account);
}

/* The language of the home's settings; "" when it has none. */
static void configured_language(const char *home, char *out, size_t size)
{
    char directory[PATH_MAX], path[PATH_MAX + 16];
    struct conf *conf = NULL;

    out[0] = '\0';
    if (home)
        (void)snprintf(directory, sizeof directory, "%s", home);
    else if (home_default_directory(directory, sizeof directory, NULL) != STATUS_OK)
        return;
    (void)snprintf(path, sizeof path, "%s/huiliu.conf", directory);
    if (conf_load(path, &conf, NULL) != STATUS_OK)
        return;
    (void)snprintf(out, size, "%s", conf_get(conf, "interface.language", ""));
    conf_free(conf);
}

/* --lang decides; a setting nobody can read counts as none. */
static enum status start_language(int argc, char *const *argv, char *catalogues, size_t size,
                                  struct error *error)
{
    char configured[16];
    const char *asked = line_peek(argc, argv, "lang");

    places_catalogues(catalogues, size);
    if (asked) {
        enum status status = i18n_start(asked, catalogues, error);
        if (status != STATUS_INVALID)
            return status;
        if (i18n_start("zh_CN", catalogues, NULL) != STATUS_OK)
            return status;
        return error_set(error, STATUS_USAGE, _("--lang %.40s: choose zh_CN or en."), asked);
    }
    configured_language(line_peek(argc, argv, "home"), configured, sizeof configured);
    if (configured[0] != '\0' && i18n_start(configured, catalogues, NULL) == STATUS_OK)
        return STATUS_OK;
    return i18n_start("zh_CN", catalogues, error);
}

static enum status print_version(struct output *out, struct error *error)
{
    json_t *value = json_object();
    bool ok = true;

    output_line(out, "huiliu %s", HUILIU_VERSION);
    json_put_text(value, "version", HUILIU_VERSION, &ok);
    return output_json(out, value, ok, error);
}

static enum status print_help(const struct line *line, struct output *out, struct error *error)
{
    struct buf page = {0};
    enum status status = STATUS_OK;
    bool ok = true;

    if (line->group)
        status = usage_pages(line->group, NULL, &page, error);
    else if (line->command)
        usage_page(line->command, &page);
    else
        usage_overview(&page);
    if (status == STATUS_OK) {
        json_t *value = json_object();
        output_block(out, buf_text(&page));
        json_put_text(value, "help", buf_text(&page), &ok);
        status = output_json(out, value, ok && !buf_failed(&page), error);
    }
    buf_release(&page);
    return status;
}

static void seat_request_of(const struct line *line, unsigned needs, struct seat_request *request)
{
    *request = (struct seat_request){
        .needs = needs,
        .directory = line_option(line, "home"),
        .account = line_option(line, "as"),
        .passphrase_file = line_option(line, "passphrase-file"),
    };
}

static enum status run_command(struct cli *cli, struct error *error)
{
    const struct cli_command *command = cli->line->command;
    struct seat_request request;
    enum status status = STATUS_OK;

    seat_request_of(cli->line, command->needs, &request);
    if (command->needs != 0)
        status = seat_open(&request, &cli->seat, error);
    if (status == STATUS_OK && command->allowed && cli->seat->logged_in &&
        !command->allowed(&cli->seat->session))
        status = cli_refuse_role(&cli->seat->session, error);
    if (status == STATUS_OK)
        status = command->run(cli, error);
    seat_close(cli->seat);
    cli->seat = NULL;
    return status;
}

static enum status dispatch(struct cli *cli, struct error *error)
{
    const struct line *line = cli->line;

    if (line_switch(line, "version"))
        return print_version(cli->out, error);
    if (line_switch(line, "help"))
        return print_help(line, cli->out, error);
    return line->command ? run_command(cli, error) : open_interface(line, &cli->exit_code, error);
}

/* The sentence for people, the usage line after a mistake, the value for scripts. */
static void report(struct cli *cli, const struct error *error)
{
    struct buf usage = {0};

    output_note(cli->out, "huiliu: %s", error->text);
    if (error->status == STATUS_USAGE) {
        usage_line(cli->line->command, &usage);
        output_note(cli->out, "%.*s", (int)(usage.length > 0 ? usage.length - 1 : 0),
                    buf_text(&usage));
        buf_release(&usage);
    }
    if (output_is_json(cli->out) && !output_has_value(cli->out))
        output_error_json(cli->out, error);
}

/* What was saved stays saved, and is told, when there is no memory for the answer. */
static bool is_saved_unseen(const struct cli *cli, enum status status)
{
    return status != STATUS_OK && status != STATUS_IO && output_has_saved(cli->out);
}

/* Prints what is left to print; gives the exit code. */
static int conclude(struct cli *cli, enum status status, struct error *error)
{
    if (status == STATUS_OK)
        status = output_finish(cli->out, error);
    if (status == STATUS_OK)
        return cli->exit_code;
    if (is_saved_unseen(cli, status)) {
        output_tell_saved(cli->out, error);
        status = STATUS_OK;
    } else {
        report(cli, error);
    }
    int code = status == STATUS_OK ? cli->exit_code : (int)cli_exit_code(status);
    if (output_finish(cli->out, NULL) != STATUS_OK)
        code = CLI_FAILED;
    return code;
}

/* From here on there is a form to report in. */
static int run_line(int argc, char *const *argv, struct output *out)
{
    struct error error = {0};
    struct line line = {0};
    struct cli cli = {.line = &line, .out = out};
    char catalogues[PATH_MAX]; /* outlives every translation */

    enum status status = start_language(argc, argv, catalogues, sizeof catalogues, &error);
    if (status == STATUS_OK)
        status = line_parse(argc, argv, &line, &error);
    if (status == STATUS_OK)
        status = dispatch(&cli, &error);
    int code = conclude(&cli, status, &error);
    line_release(&line);
    return code;
}

int cli_run(int argc, char *const *argv)
{
    struct output *out = NULL;
    struct error error = {0};

    if (output_new(line_peek(argc, argv, "json") != NULL, stdout, stderr, &out, &error) !=
        STATUS_OK) {
        fprintf(stderr, "huiliu: %s\n", error.text);
        return CLI_FAILED;
    }
    int code = run_line(argc, argv, out);
    output_free(out);
    return code;
}
