#include "cli/commands.h"

#include "base/file.h"
#include "base/i18n.h"
#include "cli/exchange.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "sync/bundle_export.h"
#include "sync/bundle_identity.h"
#include "sync/bundle_import.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define PEM_MAX ((size_t)64 << 10)

static bool may_carry(const struct session *session)
{
    return session_may_request(session) || session_may_administer(session);
}

/* --- identity ----------------------------------------------------------------------------------
 */

static enum status certify(struct cli *cli, const char *path, struct error *error)
{
    struct buf pem = {0};

    if (!session_may_administer(&cli->seat->session))
        return cli_refuse_role(&cli->seat->session, error);
    enum status status = file_read(path, PEM_MAX, &pem, error);
    if (status == STATUS_OK)
        status = bundle_identity_certify(cli->seat->home, buf_text(&pem), error);
    buf_release(&pem);
    return status;
}

static enum status print_identity(struct output *out, const struct bundle_identity *identity,
                                  struct error *error)
{
    json_t *value = json_object();
    bool ok = true;

    output_line(out, _("This station: %s"), identity->subject);
    output_line(out, _("Fingerprint (SHA-256): %s"), identity->fingerprint);
    output_block(out, buf_text(&identity->pem.certificate));
    output_block(out, buf_text(&identity->pem.request));
    json_put_text(value, "subject", identity->subject, &ok);
    json_put_text(value, "fingerprint", identity->fingerprint, &ok);
    json_put_text(value, "certificate", buf_text(&identity->pem.certificate), &ok);
    json_put_text(value, "request", buf_text(&identity->pem.request), &ok);
    return output_json(out, value, ok, error);
}

static enum status run_identity(struct cli *cli, struct error *error)
{
    struct bundle_identity identity;
    const char *certificate = line_option(cli->line, "certificate");
    enum status status = certificate ? certify(cli, certificate, error) : STATUS_OK;

    if (status == STATUS_OK)
        status = bundle_identity_load(cli->seat->home, &identity, error);
    if (status != STATUS_OK)
        return status;
    status = print_identity(cli->out, &identity, error);
    bundle_identity_release(&identity);
    return status;
}

static const struct option_row identity_options[] = {
    {"certificate", "FILE", 0, N_("use this certificate, issued for the station's request")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_bundle_identity = {
    .name = "bundle",
    .action = "identity",
    .operands = "",
    .summary = N_("This station's certificate and certificate request for bundles."),
    .options = identity_options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN,
    .allowed = may_carry,
    .run = run_identity,
};

/* --- export ------------------------------------------------------------------------------------
 */

static enum status print_export(struct output *out, const struct bundle_export_report *report,
                                struct error *error)
{
    json_t *value = json_object();
    bool ok = true;

    output_saved(out, "file", report->file);
    output_line(out, _("Bundle %lld for %s: %s"), (long long)report->number, report->recipient_name,
                report->file);
    output_line(out,
                _("%lld requests, %lld receipts. They count as delivered when a receipt or "
                  "the requests themselves come back."),
                (long long)report->requests, (long long)report->receipts);
    json_put(value, "number", json_integer(report->number), &ok);
    put_shown(value, "file", report->file, &ok);
    json_put_text(value, "recipient", report->recipient, &ok);
    put_shown(value, "recipient_name", report->recipient_name, &ok);
    json_put(value, "requests", json_integer(report->requests), &ok);
    json_put(value, "receipts", json_integer(report->receipts), &ok);
    return output_json(out, value, ok, error);
}

static enum status run_export(struct cli *cli, struct error *error)
{
    struct buf pem = {0};
    struct bundle_export_report report;
    enum status status = file_read(line_option(cli->line, "to-cert"), PEM_MAX, &pem, error);

    if (status == STATUS_OK)
        status = bundle_export(cli->seat->outbox, buf_text(&pem), line_option(cli->line, "out"),
                               &report, error);
    buf_release(&pem);
    return status == STATUS_OK ? print_export(cli->out, &report, error) : status;
}

static const struct option_row export_options[] = {
    {"to-cert", "FILE", OPTION_REQUIRED, N_("certificate of the receiver, PEM")},
    {"out", "PATH", 0, N_("file, or directory (a USB stick); default: here")},
    {"requests", NULL, 0, N_("requests and receipts: what a bundle holds anyway")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_bundle_export = {
    .name = "bundle",
    .action = "export",
    .operands = "",
    .summary = N_("Write waiting requests to a file for the platform."),
    .options = export_options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN,
    .allowed = may_carry,
    .run = run_export,
};

/* --- import ------------------------------------------------------------------------------------
 */

static json_t *page_json(const struct bundle_page_report *page, bool *ok)
{
    json_t *value = json_object();

    put_shown(value, "database", page->database, ok);
    json_put_text(value, "dataset", page->dataset, ok);
    json_put(value, "rows", json_integer(page->rows), ok);
    json_put(value, "whole", json_boolean(page->whole), ok);
    return value;
}

static enum status import_json(struct output *out, const struct bundle_info *info,
                               const struct bundle_report *report, struct error *error)
{
    json_t *value = json_object();
    json_t *pages = json_array();
    bool ok = true;

    put_shown(value, "origin", info->origin, &ok);
    json_put(value, "number", json_integer(info->number), &ok);
    put_shown(value, "created_at", info->created_at, &ok);
    put_shown(value, "signer", info->signer, &ok);
    json_put_text(value, "fingerprint", info->fingerprint, &ok);
    json_put(value, "already", json_boolean(report->already), &ok);
    json_put(value, "gap_from", report->gap_from ? json_integer(report->gap_from) : json_null(),
             &ok);
    json_put(value, "gap_to", report->gap_to ? json_integer(report->gap_to) : json_null(), &ok);
    json_put(value, "rows", json_integer(report->rows), &ok);
    json_put(value, "receipts", json_integer(report->receipts), &ok);
    json_put(value, "delivered", json_integer(report->delivered), &ok);
    json_put(value, "refused", json_integer(report->refused), &ok);
    json_put(value, "skipped", json_integer((json_int_t)report->skipped), &ok);
    json_put(value, "seconds", json_real(report->seconds), &ok);
    for (size_t i = 0; i < report->page_count; i++)
        json_add(pages, page_json(&report->pages[i], &ok), &ok);
    json_put(value, "pages", pages, &ok);
    return output_json(out, value, ok, error);
}

static void import_text(struct output *out, const struct bundle_info *info,
                        const struct bundle_report *report)
{
    if (report->already) {
        output_line(out, _("Bundle %lld of %s was imported before; nothing has changed."),
                    (long long)info->number, info->origin);
        return;
    }
    for (size_t i = 0; i < report->page_count; i++) {
        const struct bundle_page_report *page = &report->pages[i];
        if (page->dataset)
            output_line(out, _("%s: %lld rows"), page->dataset, (long long)page->rows);
        else
            output_line(out, _("%s: not in the catalogue, skipped"), page->database);
    }
    output_line(out, _("Bundle %lld of %s imported: %lld rows, %lld receipts, %.1f s."),
                (long long)info->number, info->origin, (long long)report->rows,
                (long long)report->receipts, report->seconds);
    if (report->refused > 0)
        output_line(out, _("Refused by the platform: %lld. See huiliu request list --held."),
                    (long long)report->refused);
}

static void note_gap(struct output *out, const struct bundle_report *report)
{
    if (report->gap_from > 0 && !report->already)
        output_note(out,
                    _("huiliu: bundles %lld to %lld never came. This one is complete without them; "
                      "ask what became of them."),
                    (long long)report->gap_from, (long long)report->gap_to);
}

/* A fingerprint as people copy it: colons, blanks and case do not matter. */
static bool same_fingerprint(const char *typed, const char *fingerprint)
{
    for (; *typed; typed++) {
        if (*typed == ':' || *typed == ' ')
            continue;
        if (tolower((unsigned char)*typed) != *fingerprint)
            return false;
        fingerprint++;
    }
    return *fingerprint == '\0';
}

static enum status vouch(struct cli *cli, struct bundle *bundle, struct error *error)
{
    const char *typed = line_option(cli->line, "trust");
    const struct bundle_info *info = bundle_info(bundle);

    if (!typed)
        return STATUS_OK;
    if (!session_may_administer(&cli->seat->session))
        return cli_refuse_role(&cli->seat->session, error);
    if (!same_fingerprint(typed, info->fingerprint))
        return error_set(error, STATUS_REFUSED,
                         _("The bundle is signed with another certificate: %s."),
                         info->fingerprint);
    return bundle_vouch(bundle, cli->seat->session.account, error);
}

static enum status import_opened(struct cli *cli, struct bundle *bundle, struct progress *progress,
                                 struct error *error)
{
    const struct bundle_report *report = NULL;
    enum status status = vouch(cli, bundle, error);

    if (status == STATUS_OK)
        status = bundle_apply(bundle, &report, error);
    progress_end(progress);
    if (status != STATUS_OK)
        return status;
    if (report->skipped > 0 || report->refused > 0)
        cli->exit_code = CLI_HELD;
    note_gap(cli->out, report);
    import_text(cli->out, bundle_info(bundle), report);
    return import_json(cli->out, bundle_info(bundle), report, error);
}

static enum status import_file(struct cli *cli, struct sync *sync, struct progress *progress,
                               struct error *error)
{
    const struct bundle_options options = {.progress = progress_show, .context = progress};
    struct bundle *bundle = NULL;
    enum status status = bundle_open(sync, cli->line->operands[0], &options, &bundle, error);

    if (status == STATUS_OK)
        status = import_opened(cli, bundle, progress, error);
    progress_end(progress);
    bundle_close(bundle);
    if (status == STATUS_INVALID && error) /* the file's fault, not the command line's */
        error->status = status = STATUS_CORRUPT;
    return status;
}

static enum status run_import(struct cli *cli, struct error *error)
{
    return exchange_run(cli, import_file, error);
}

static const struct option_row import_options[] = {
    {"trust", "FINGERPRINT", 0, N_("trust this sender from now on (administrators)")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_bundle_import = {
    .name = "bundle",
    .action = "import",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Take in returned data from a file of the platform."),
    .options = import_options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN,
    .allowed = may_carry,
    .run = run_import,
};

/* --- receipts ----------------------------------------------------------------------------------
 */

static json_t *out_json(const struct bundle_out_row *row, bool *ok)
{
    json_t *value = json_object();

    json_put(value, "number", json_integer(row->number), ok);
    put_shown(value, "file", row->file, ok);
    put_instant(value, "created_at", row->created_ms, ok);
    json_put_text(value, "recipient", row->recipient, ok);
    json_put(value, "requests", json_integer(row->requests), ok);
    json_put(value, "waiting", json_integer(row->waiting), ok);
    put_instant(value, "receipt_at", row->receipt_ms, ok);
    return value;
}

static json_t *in_json(const struct bundle_in_row *row, bool *ok)
{
    json_t *value = json_object();

    put_shown(value, "origin", row->origin, ok);
    json_put(value, "number", json_integer(row->number), ok);
    put_shown(value, "created_at", row->created_at, ok);
    put_instant(value, "imported_at", row->finished_ms, ok);
    json_put(value, "rows", json_integer(row->rows), ok);
    json_put_text(value, "signer", row->signer, ok);
    json_put(value, "told_in", row->told_in ? json_integer(row->told_in) : json_null(), ok);
    return value;
}

static enum status list_json(struct output *out, const struct bundle_list *list,
                             struct error *error)
{
    json_t *value = json_object();
    json_t *exported = json_array();
    json_t *imported = json_array();
    bool ok = true;

    for (size_t i = 0; i < list->out_count; i++)
        json_add(exported, out_json(&list->out[i], &ok), &ok);
    for (size_t i = 0; i < list->in_count; i++)
        json_add(imported, in_json(&list->in[i], &ok), &ok);
    json_put(value, "exported", exported, &ok);
    json_put(value, "imported", imported, &ok);
    return output_json(out, value, ok, error);
}

static void add_exported(struct table *table, const struct bundle_out_row *row)
{
    char at[INSTANT_TEXT_MAX];

    instant_format_local(row->created_ms, at);
    table_cellf(table, _("out %lld"), (long long)row->number);
    table_cell(table, at);
    table_cellf(table, _("%lld requests"), (long long)row->requests);
    if (row->waiting > 0)
        table_cellf(table, _("%lld not proved to be delivered"), (long long)row->waiting);
    else
        table_cell(table, row->receipt_ms ? _("confirmed") : _("delivered"));
}

static void add_imported(struct table *table, const struct bundle_in_row *row)
{
    char at[INSTANT_TEXT_MAX];

    instant_format_local(row->finished_ms, at);
    table_cellf(table, _("in %lld of %s"), (long long)row->number, row->origin);
    table_cell(table, row->finished_ms ? at : _("not finished"));
    table_cellf(table, _("%lld rows"), (long long)row->rows);
    if (row->told_in > 0)
        table_cellf(table, _("receipt sent in bundle %lld"), (long long)row->told_in);
    else
        table_cell(table, _("receipt not sent yet"));
}

static enum status run_receipts(struct cli *cli, struct error *error)
{
    struct bundle_list *list = NULL;
    enum status status = bundle_list(cli->seat->reader, &list, error);

    if (status != STATUS_OK)
        return status;
    struct table *table = table_new(4);
    for (size_t i = 0; i < list->out_count; i++)
        add_exported(table, &list->out[i]);
    for (size_t i = 0; i < list->in_count; i++)
        add_imported(table, &list->in[i]);
    table_print(table, 0, cli->out);
    table_free(table);
    status = list_json(cli->out, list, error);
    bundle_list_free(list);
    return status;
}

const struct cli_command command_bundle_receipts = {
    .name = "bundle",
    .action = "receipts",
    .operands = "",
    .summary = N_("Bundles written and imported, and which are confirmed."),
    .needs = SEAT_HOME | SEAT_LOGIN,
    .allowed = may_carry,
    .run = run_receipts,
};
