#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/exchange.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "sync/reconcile.h"

/* --- for scripts -------------------------------------------------------------------------------
 */

static void put_counts(json_t *value, const struct survey_counts *counts, bool *ok)
{
    json_put(value, "local", json_integer(counts->local), ok);
    json_put(value, "upstream", json_integer(counts->upstream), ok);
    json_put(value, "missing", json_integer(counts->missing), ok);
    json_put(value, "extra", json_integer(counts->extra), ok);
    json_put(value, "different", json_integer(counts->different), ok);
    json_put(value, "newer", json_integer(counts->newer), ok);
    json_put(value, "aside", json_integer(counts->aside), ok);
}

static json_t *dataset_json(const struct reconcile_dataset *dataset, bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "dataset", dataset->dataset, ok);
    json_put(value, "compared", json_boolean(dataset->compared), ok);
    put_counts(value, &dataset->counts, ok);
    json_put(value, "repaired", json_integer(dataset->repaired_rows), ok);
    if (dataset->repaired) {
        json_t *after = json_object();
        put_counts(after, &dataset->after, ok);
        json_put(value, "after", after, ok);
    }
    json_put(value, "seconds", json_real(dataset->seconds), ok);
    json_put_text(value, "status", status_name(dataset->status), ok);
    put_shown(value, "reason", dataset->reason, ok);
    return value;
}

static enum status print_json(struct output *out, const struct reconcile_report *report,
                              struct error *error)
{
    json_t *value = json_object();
    json_t *datasets = json_array();
    bool ok = true;

    json_put_text(value, "result", status_name(report->result), &ok);
    put_shown(value, "reason", report->reason, &ok);
    json_put(value, "differences", json_integer(report->differences), &ok);
    json_put(value, "repaired", json_integer(report->repaired_rows), &ok);
    json_put(value, "seconds", json_real(report->seconds), &ok);
    for (size_t i = 0; i < report->dataset_count; i++)
        json_add(datasets, dataset_json(&report->datasets[i], &ok), &ok);
    json_put(value, "datasets", datasets, &ok);
    return output_json(out, value, ok, error);
}

/* --- for people --------------------------------------------------------------------------------
 */

static void add_row(struct table *table, const struct reconcile_dataset *dataset)
{
    const struct survey_counts *counts = dataset->repaired ? &dataset->after : &dataset->counts;

    table_cell(table, dataset->title);
    if (!dataset->compared) {
        for (int i = 0; i < 6; i++)
            table_cell(table, i == 5 ? dataset->reason : NULL);
        return;
    }
    table_cellf(table, "%lld", (long long)counts->local);
    table_cellf(table, "%lld", (long long)counts->upstream);
    table_cellf(table, "%lld", (long long)counts->missing);
    table_cellf(table, "%lld", (long long)counts->extra);
    table_cellf(table, "%lld", (long long)counts->different);
    if (dataset->repaired_rows > 0)
        table_cellf(table, _("%lld repaired"), (long long)dataset->repaired_rows);
    else if (dataset->status == STATUS_OK && counts->newer > 0)
        table_cellf(table, _("%lld newer there"), (long long)counts->newer);
    else
        table_cell(table, dataset->reason);
}

static void print_table(struct output *out, const struct reconcile_report *report)
{
    struct table *table = table_new(7);

    table_cell(table, _("Dataset"));
    table_cell(table, _("here"));
    table_cell(table, _("there"));
    table_cell(table, _("missing"));
    table_cell(table, _("extra"));
    table_cell(table, _("different"));
    table_cell(table, NULL);
    for (size_t i = 0; i < report->dataset_count; i++)
        add_row(table, &report->datasets[i]);
    table_print(table, 0, out);
    table_free(table);
}

static void print_text(struct output *out, const struct reconcile_report *report, bool repair)
{
    print_table(out, report);
    if (report->result != STATUS_OK)
        output_line(out, _("Not everything could be compared."));
    else if (report->differences == 0)
        output_line(out, _("Everything that was compared is as the platform has it."));
    else if (repair)
        output_line(out, _("%lld differences are left."), (long long)report->differences);
    else
        output_line(out, _("%lld differences. To repair them: huiliu reconcile --repair"),
                    (long long)report->differences);
}

/* --- running ---------------------------------------------------------------------------------- */

static enum exit_code code_of(const struct reconcile_report *report, bool repair)
{
    if (report->result == STATUS_INVALID)
        return CLI_FAILED;
    if (report->result != STATUS_OK)
        return cli_exit_code(report->result);
    return repair && report->differences > 0 ? CLI_HELD : CLI_DONE;
}

static enum status report_all(struct cli *cli, const struct reconcile_report *report,
                              struct error *error)
{
    bool repair = line_switch(cli->line, "repair");
    enum status status = STATUS_OK;

    cli->exit_code = (int)code_of(report, repair);
    if (output_is_json(cli->out))
        status = print_json(cli->out, report, error);
    else
        print_text(cli->out, report, repair);
    if (report->result != STATUS_OK)
        output_note(cli->out, "huiliu: %s", report->reason);
    return status;
}

static enum status compare(struct cli *cli, struct sync *sync, struct progress *progress,
                           struct error *error)
{
    struct reconcile_report *report = NULL;
    const struct reconcile_options options = {
        .dataset = line_option(cli->line, "dataset"),
        .repair = line_switch(cli->line, "repair"),
        .progress = progress_show,
        .context = progress,
    };
    enum status status = sync_reconcile(sync, &options, &report, error);

    progress_end(progress);
    if (status == STATUS_OK)
        status = report_all(cli, report, error);
    reconcile_report_free(report);
    return status;
}

static enum status run(struct cli *cli, struct error *error)
{
    return exchange_run(cli, compare, error);
}

static const struct option_row options[] = {
    {"repair", NULL, 0, N_("fetch what is missing or different, remove what is gone")},
    {"dataset", "DATASET", 0, N_("only this dataset")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_reconcile = {
    .name = "reconcile",
    .operands = "",
    .summary = N_("Compare every record here with the platform."),
    .options = options,
    .needs = SEAT_HOME | SEAT_WRITE,
    .run = run,
};
