#include "cli/commands.h"

#include "base/file.h"
#include "base/i18n.h"
#include "cli/batch.h"
#include "cli/trace.h"
#include "cli/verdict_text.h"
#include "db/verification.h"
#include "verify/number.h"
#include "verify/verdict.h"

#include <string.h>
#include <strings.h>

/* --- what was handed over ----------------------------------------------------------------------
 */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcasecmp(text + length - tail, end) == 0;
}

/* A compact JWS (RFC 7515) begins with a base64url object, a health card with its scheme. */
static const char *signed_kind(const char *input)
{
    if (strncmp(input, "shc:/", 5) == 0 || strncmp(input, "eyJ", 3) == 0)
        return "jws";
    if (ends_with(input, ".ofd"))
        return "ofd";
    return strchr(input, '/') && file_exists(input) ? "file" : NULL;
}

/* "person:…", "certificate:…" or "dataset/key": what search prints as `record`. */
static bool is_record_key(const char *input)
{
    return strchr(input, ':') != NULL;
}

/* --- judging -----------------------------------------------------------------------------------
 */

static void judge_signed(const char *kind, struct verdict_report *report)
{
    verdict_report_init(report, kind);
    verdict_report_add(report, "signature", CHECK_SKIPPED, VERDICT_CANNOT_TELL,
                       _("This version cannot judge signed codes and files."));
}

/* Without a login nothing is looked up. */
static enum status judge_form(const char *input, struct verdict_report *report, struct error *error)
{
    struct number_report number;

    if (is_record_key(input))
        return error_set(error, STATUS_REFUSED,
                         _("A record is shown to somebody: name yourself with --as and "
                           "--passphrase-file."));
    (void)number_check(input, &number);
    verdict_from_number(&number, report);
    verdict_report_note(report, "record", CHECK_SKIPPED,
                        _("No record was looked up: nobody is logged in."));
    return STATUS_OK;
}

static enum status judge(struct cli *cli, const char *input, struct verdict_report *report,
                         struct error *error)
{
    const char *kind = signed_kind(input);

    if (kind) {
        judge_signed(kind, report);
        return STATUS_OK;
    }
    if (!cli->seat->logged_in)
        return judge_form(input, report, error);
    return verification_run(cli->seat->reader, &cli->seat->session, input,
                            line_option(cli->line, "holder"), line_option(cli->line, "holder-id"),
                            report, error);
}

static enum status answer(struct cli *cli, const char *input, struct error *error)
{
    struct verdict_report report;

    enum status status = judge(cli, input, &report, error);
    if (status == STATUS_OK) /* written down before it is told */
        status = trace_verdict(cli->seat, input, report.verdict, error);
    if (status != STATUS_OK)
        return status;
    if (report.verdict != VERDICT_VALID && cli->exit_code == CLI_DONE)
        cli->exit_code = CLI_NOT_VALID;
    if (output_is_json(cli->out))
        return verdict_json(cli->out, &report, error);
    verdict_print(cli->out, &report);
    return STATUS_OK;
}

static enum status run(struct cli *cli, struct error *error)
{
    const char *batch = line_option(cli->line, "batch");

    if (cli->seat->logged_in && !session_may_read(&cli->seat->session))
        return cli_refuse_role(&cli->seat->session, error);
    if ((batch != NULL) == (cli->line->operand_count > 0))
        return error_set(error, STATUS_USAGE,
                         _("Give a number, or a file of numbers with --batch."));
    if (batch)
        return batch_run(cli, batch, answer, error);
    return answer(cli, cli->line->operands[0], error);
}

static const struct option_row options[] = {
    {"holder", "NAME", 0, N_("name of the person it was shown by")},
    {"holder-id", "NUMBER", 0, N_("resident number of the person it was shown by")},
    {"offline", NULL, 0, N_("do without the platform")},
    {"batch", "FILE", 0, N_("a number a line, a JSON line each; - is standard input")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_verify = {
    .name = "verify",
    .operands = "[NUMBER]",
    .operands_max = 1,
    .summary = N_("Judge a certificate, a number or a record."),
    .options = options,
    .needs = SEAT_HOME | SEAT_WRITE_IF_FREE | SEAT_LOGIN_IF_GIVEN,
    .run = run,
};
