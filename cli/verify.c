#include "cli/commands.h"

#include "base/file.h"
#include "base/i18n.h"
#include "cli/batch.h"
#include "cli/trace.h"
#include "cli/verdict_text.h"
#include "cli/verify_ofd.h"
#include "db/verification.h"
#include "verify/number.h"
#include "verify/verdict.h"

#include <string.h>

/* --- what was handed over ----------------------------------------------------------------------
 */

/* A compact JWS (RFC 7515) begins with a base64url object, a health card with its scheme. */
static const char *signed_kind(const char *input)
{
    if (strncmp(input, "shc:/", 5) == 0 || strncmp(input, "eyJ", 3) == 0)
        return "jws";
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

/* Written down before it is told. */
static enum status conclude(struct cli *cli, const char *input, const struct verdict_report *report,
                            struct error *error)
{
    if (report->verdict != VERDICT_VALID && cli->exit_code == CLI_DONE)
        cli->exit_code = CLI_NOT_VALID;
    return trace_verdict(cli->seat, input, report->verdict, error);
}

static enum status answer_ofd(struct cli *cli, const char *path, struct error *error)
{
    struct verdict_report report;
    struct ofd_document document = {0};

    enum status status =
        verify_ofd_judge(cli, path, line_option(cli->line, "trust"), &report, &document, error);
    if (status == STATUS_OK)
        status = conclude(cli, path, &report, error);
    if (status == STATUS_OK)
        status = verify_ofd_print(cli, &report, &document, error);
    ofd_document_release(&document);
    return status;
}

static enum status answer(struct cli *cli, const char *input, struct error *error)
{
    struct verdict_report report;

    if (verify_ofd_is_for(input))
        return answer_ofd(cli, input, error);
    enum status status = judge(cli, input, &report, error);
    if (status == STATUS_OK)
        status = conclude(cli, input, &report, error);
    if (status != STATUS_OK)
        return status;
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
    {"trust", "FILE", 0, N_("certificates to trust for this run (PEM or DER)")},
    {"offline", NULL, 0, N_("do without the platform")},
    {"batch", "FILE", 0, N_("a number a line, a JSON line each; - is standard input")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_verify = {
    .name = "verify",
    .operands = "[NUMBER|FILE]",
    .operands_max = 1,
    .summary = N_("Judge a certificate, a number, a record or a sealed document."),
    .options = options,
    .needs = SEAT_HOME | SEAT_WRITE_IF_FREE | SEAT_LOGIN_IF_GIVEN,
    .run = run,
};
