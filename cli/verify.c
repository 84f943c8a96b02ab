#include "cli/commands.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "cli/batch.h"
#include "cli/slip.h"
#include "cli/trace.h"
#include "cli/verdict_text.h"
#include "cli/verify_ofd.h"
#include "db/recheck.h"
#include "db/sealed_document.h"
#include "db/signed_code.h"
#include "db/verification.h"
#include "sync/fresh.h"
#include "verify/credential.h"
#include "verify/number.h"
#include "verify/verdict.h"

#include <limits.h>
#include <string.h>

/* --- what was handed over ----------------------------------------------------------------------
 */

/* A name with a slash or a dot that is there is a file, even if it might be a number. */
static bool is_file(const char *input)
{
    return strlen(input) < PATH_MAX && strpbrk(input, "/.") && !signed_code_is(input) &&
           file_exists(input);
}

/* "person:…", "certificate:…" or "dataset/key": what search prints as `record`. */
static bool is_record_key(const char *input)
{
    return strchr(input, ':') != NULL;
}

/* --- judging -----------------------------------------------------------------------------------
 */

/* The file is read once, however many codes there are. */
static enum status read_trust(struct cli *cli, struct error *error)
{
    const char *path = line_option(cli->line, "trust");

    return path && cli->trust->length == 0 ? file_read(path, TRUST_FILE_MAX, cli->trust, error)
                                           : STATUS_OK;
}

/* Without a login nothing is looked up about anybody. */
static enum status judge_signed(struct cli *cli, const char *input, struct verdict_report *report,
                                struct error *error)
{
    struct signed_code_question question = {
        .text = input,
        .holder_name = line_option(cli->line, "holder"),
        .holder_id = line_option(cli->line, "holder-id"),
    };
    struct verification_source source = {0};
    enum status status = read_trust(cli, error);

    if (status != STATUS_OK)
        return status;
    if (line_option(cli->line, "trust")) {
        question.more_trust = buf_text(cli->trust);
        question.more_trust_length = cli->trust->length;
    }

    if (cli->fresh)
        source = fresh_source(cli->fresh);
    return verification_run_code(cli->seat->reader,
                                 cli->seat->logged_in ? &cli->seat->session : NULL, &question,
                                 cli->fresh ? &source : NULL, report, error);
}

/* Without a login nothing is looked up. */
static enum status judge_form(const struct cli *cli, const char *input,
                              struct verdict_report *report, struct error *error)
{
    struct number_report number;

    if (is_record_key(input) && !line_option(cli->line, "batch"))
        return error_set(error, STATUS_REFUSED,
                         _("A record is shown to somebody: name yourself with --as and "
                           "--passphrase-file."));
    (void)number_check(input, &number);
    verdict_from_number(&number, report);
    verdict_report_note(report, "record", CHECK_SKIPPED,
                        _("No record was looked up: nobody is logged in."));
    return STATUS_OK;
}

/* Of a certificate the freshest record comes first, unless --offline. */
static enum status judge_record(struct cli *cli, const char *input, struct verdict_report *report,
                                struct error *error)
{
    struct verification_source source = {0};
    const struct verification_question question = {input, line_option(cli->line, "holder"),
                                                   line_option(cli->line, "holder-id"),
                                                   cli->fresh ? &source : NULL};

    if (cli->fresh)
        source = fresh_source(cli->fresh);
    return verification_run_online(cli->seat->reader, &cli->seat->session, &question, report,
                                   error);
}

static enum status judge_text(struct cli *cli, const char *input, struct verdict_report *report,
                              struct error *error)
{
    if (signed_code_is(input))
        return judge_signed(cli, input, report, error);
    if (!cli->seat->logged_in)
        return judge_form(cli, input, report, error);
    return judge_record(cli, input, report, error);
}

/* Written down before it is told. */
static enum status write_down(struct cli *cli, const char *object,
                              const struct verdict_report *report, struct slip **slip,
                              struct error *error)
{
    enum status status = trace_verdict(cli->seat, object, report->verdict, error);

    if (status == STATUS_OK && line_switch(cli->line, "slip"))
        status = slip_write(cli->seat, object, report, slip, error);
    return status;
}

/* A verdict from stored data is repeated with the next synchronisation. One that rests on a file
 * trusted for this run only is nobody's concern later. */
static bool is_repeated(const struct cli *cli, const struct verdict_report *report)
{
    return report->recheck && cli->seat->logged_in && cli->seat->outbox &&
           !line_option(cli->line, "trust");
}

static enum status queue_recheck(struct cli *cli, const char *input,
                                 const struct verdict_report *report, struct error *error)
{
    const struct recheck_question question = {input, line_option(cli->line, "holder"),
                                              line_option(cli->line, "holder-id")};

    if (!is_repeated(cli, report) || strlen(input) > RECHECK_INPUT_MAX)
        return STATUS_OK;
    return recheck_queue(cli->seat->outbox, &cli->seat->session, &question, report->verdict, error);
}

static enum status queue_document(struct cli *cli, const char *object, const char *path,
                                  const struct verdict_report *report, struct error *error)
{
    struct buf kept = {0};
    enum status status =
        is_repeated(cli, report) ? sealed_document_remember(object, path, &kept, error) : STATUS_OK;
    const struct recheck_question question = {.input = buf_text(&kept)};

    if (status == STATUS_OK && kept.length > 0)
        status = recheck_queue(cli->seat->outbox, &cli->seat->session, &question, report->verdict,
                               error);
    buf_release(&kept);
    return status;
}

static enum status judge_and_write(struct cli *cli, const char *input,
                                   struct verdict_report *report, struct slip **slip,
                                   struct error *error)
{
    char digest[SIGNED_CODE_OBJECT_MAX];
    const char *object = input;
    enum status status = judge_text(cli, input, report, error);

    if (status == STATUS_OK && signed_code_is(input)) {
        status = signed_code_object(input, digest, error);
        object = digest;
    }
    if (status == STATUS_OK)
        status = queue_recheck(cli, input, report, error);
    return status == STATUS_OK ? write_down(cli, object, report, slip, error) : status;
}

static enum status judge(struct cli *cli, const char *input, struct verdict_report *report,
                         struct slip **slip, struct error *error)
{
    struct buf text = {0};

    if (!is_file(input))
        return judge_and_write(cli, input, report, slip, error);
    enum status status = signed_code_read(input, &text, error);
    if (status == STATUS_OK)
        status = judge_and_write(cli, buf_text(&text), report, slip, error);
    buf_release(&text);
    return status;
}

static void note_exit_code(struct cli *cli, const struct verdict_report *report)
{
    if (report->verdict != VERDICT_VALID && cli->exit_code == CLI_DONE)
        cli->exit_code = CLI_NOT_VALID;
}

static enum status answer_ofd(struct cli *cli, const char *path, struct slip **slip,
                              struct error *error)
{
    struct verdict_report report;
    struct ofd_document document = {0};
    char object[SEALED_DOCUMENT_OBJECT_MAX];

    enum status status =
        sealed_document_judge(cli->seat->reader, path, line_option(cli->line, "trust"), object,
                              &report, &document, error);
    if (status == STATUS_OK)
        status = queue_document(cli, object, path, &report, error);
    if (status == STATUS_OK)
        status = write_down(cli, object, &report, slip, error);
    if (status == STATUS_OK) {
        note_exit_code(cli, &report);
        status = verify_ofd_print(cli, &report, &document, *slip, error);
    }
    ofd_document_release(&document);
    return status;
}

static enum status answer_text(struct cli *cli, const char *input, struct slip **slip,
                               struct error *error)
{
    struct verdict_report report;
    bool ok = true;
    enum status status = judge(cli, input, &report, slip, error);

    if (status != STATUS_OK)
        return status;
    note_exit_code(cli, &report);
    if (!output_is_json(cli->out)) {
        verdict_print(cli->out, &report);
        return *slip ? slip_print(cli, *slip, error) : STATUS_OK;
    }
    json_t *value = verdict_value(&report, &ok);
    if (*slip)
        json_put(value, "slip", slip_value(*slip, &ok), &ok);
    return output_json(cli->out, value, ok, error);
}

static enum status answer(struct cli *cli, const char *input, struct error *error)
{
    struct slip *slip = NULL;
    enum status status = sealed_document_is(input) ? answer_ofd(cli, input, &slip, error)
                                                   : answer_text(cli, input, &slip, error);
    slip_free(slip);
    return status;
}

/* One line or many, against the same keys. */
static enum status answer_all(struct cli *cli, const char *batch, struct error *error)
{
    struct buf trust = {0};

    cli->trust = &trust;
    enum status status =
        batch ? batch_run(cli, batch, answer, error) : answer(cli, cli->line->operands[0], error);
    cli->trust = NULL;
    buf_release(&trust);
    return status;
}

static enum status run(struct cli *cli, struct error *error)
{
    const char *batch = line_option(cli->line, "batch");

    if (cli->seat->logged_in && !session_may_read(&cli->seat->session))
        return cli_refuse_role(&cli->seat->session, error);
    if ((batch != NULL) == (cli->line->operand_count > 0))
        return error_set(error, STATUS_USAGE,
                         _("Give a number, or a file of numbers with --batch."));
    struct fresh *fresh = NULL;
    enum status status = STATUS_OK;
    if (!line_switch(cli->line, "offline") && cli->seat->logged_in)
        status = fresh_new(cli->seat->home, &fresh, error);
    cli->fresh = fresh;
    if (status == STATUS_OK)
        status = answer_all(cli, batch, error);
    cli->fresh = NULL;
    fresh_free(fresh);
    return status;
}

static const struct option_row options[] = {
    {"holder", "NAME", 0, N_("name of the person it was shown by")},
    {"holder-id", "NUMBER", 0, N_("resident number of the person it was shown by")},
    {"offline", NULL, 0, N_("do not ask the platform for the freshest record")},
    {"trust", "FILE", 0, N_("trust the keys or certificates in this file, for this run only")},
    {"slip", NULL, 0, N_("write a slip to take away, with a reference and a QR code")},
    {"batch", "FILE", 0, N_("a number a line, a JSON line each; - is standard input")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_verify = {
    .name = "verify",
    .operands = "[NUMBER|CODE|FILE]",
    .operands_max = 1,
    .summary = N_("Judge a certificate, a number, a record, a signed code or a sealed document."),
    .options = options,
    .needs = SEAT_HOME | SEAT_WRITE_IF_FREE | SEAT_LOGIN_IF_GIVEN,
    .run = run,
};
