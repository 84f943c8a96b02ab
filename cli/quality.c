#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/mask.h"
#include "cli/percent.h"
#include "cli/table.h"
#include "cli/trace.h"
#include "db/quality.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_DEFAULT 20
#define LIMIT_MAX     1000

/* --- running the checks ------------------------------------------------------------------------
 */

static bool progress(const struct quality_progress *now, void *percent)
{
    return percent_show(percent, now->comparing ? _("Comparing records") : _("Checking"), now->done,
                        now->total);
}

static enum status check(struct cli *cli, struct error *error)
{
    struct percent *percent = NULL;
    enum status status = percent_new(&percent, error);

    if (status != STATUS_OK)
        return status;
    const struct quality_options options = {.progress = progress, .context = percent};
    status = quality_run(cli->seat->reader, &options, error);
    percent_free(percent);
    return status;
}

/* The remembered results serve as long as nothing has changed; with --again they never do, with
 * --last always. A seat that cannot write shows what there is. */
static enum status summarise(struct cli *cli, struct quality_summary **summary, struct error *error)
{
    struct quality_summary *found = NULL;
    struct error why = {0};
    bool last = line_switch(cli->line, "last") || !cli->seat->outbox;
    enum status status = quality_summary(cli->seat->reader, &found, &why);

    if (status == STATUS_OK && !line_switch(cli->line, "again") &&
        (last || found->changed_count == 0)) {
        *summary = found;
        return STATUS_OK;
    }
    quality_summary_free(found);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return error_set(error, status, "%s", why.text);
    if (status == STATUS_NOT_FOUND && line_switch(cli->line, "last"))
        return error_set(error, status, "%s", why.text);
    status = check(cli, error);
    return status == STATUS_OK ? quality_summary(cli->seat->reader, summary, error) : status;
}

/* --- answers -----------------------------------------------------------------------------------
 */

struct question {
    struct quality_filter filter;
    int64_t matching; /* findings that fit the filter */
};

static bool fits(const struct quality_filter *filter, const struct quality_count *count)
{
    return (filter->rule < 0 || filter->rule == (int)count->rule) &&
           (!filter->dataset || strcmp(filter->dataset, count->dataset) == 0);
}

static const char *severity_name(enum quality_rule rule)
{
    return quality_rule_severity(rule) == FINDING_ERROR ? "error" : "warning";
}

static json_t *counts_json(const struct quality_summary *summary,
                           const struct quality_filter *filter, bool *ok)
{
    json_t *list = json_array();

    for (size_t i = 0; i < summary->count; i++) {
        const struct quality_count *count = &summary->counts[i];
        if (!fits(filter, count))
            continue;
        json_t *value = json_object();
        json_put_text(value, "rule", quality_rule_id(count->rule), ok);
        json_put_text(value, "title", quality_rule_title(count->rule), ok);
        json_put_text(value, "severity", severity_name(count->rule), ok);
        json_put_text(value, "ground", quality_rule_ground(count->rule), ok);
        json_put_text(value, "dataset", count->dataset, ok);
        json_put(value, "count", json_integer(count->count), ok);
        json_add(list, value, ok);
    }
    return list;
}

static const char *state_name(enum quality_state state)
{
    return state == QUALITY_SAME ? "same" : state == QUALITY_CHANGED ? "changed" : "gone";
}

static json_t *finding_json(const struct session *session, const struct quality_finding *finding,
                            bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "rule", quality_rule_id(finding->rule), ok);
    json_put_text(value, "dataset", finding->dataset, ok);
    json_put_text(value, "record", finding->record, ok);
    put_subject(value, "subject", session, finding->subject_kind, finding->subject, ok);
    json_put_text(value, "name", finding->name, ok);
    json_put_text(value, "field", finding->field, ok);
    json_put_text(value, "value", finding->value, ok);
    json_put_text(value, "detail", finding->detail, ok);
    json_put_text(value, "proposed", finding->proposed, ok);
    json_put(value, "correctable", json_boolean(finding->correctable), ok);
    json_put_text(value, "other_dataset", finding->other_dataset, ok);
    json_put_text(value, "other_record", finding->other_record, ok);
    json_put_text(value, "state", state_name(finding->state), ok);
    return value;
}

static enum status print_json(struct cli *cli, const struct quality_summary *summary,
                              const struct question *question, const struct quality_page *page,
                              struct error *error)
{
    json_t *value = json_object();
    json_t *changed = json_array();
    json_t *findings = json_array();
    bool ok = true;

    put_instant(value, "as_of", summary->at_ms, &ok);
    json_put(value, "seconds", json_real(summary->seconds), &ok);
    json_put(value, "rows", json_integer(summary->rows), &ok);
    for (size_t i = 0; i < summary->changed_count; i++)
        json_add(changed, json_string(summary->changed[i]), &ok);
    json_put(value, "changed_since", changed, &ok);
    json_put(value, "total", json_integer(question->matching), &ok);
    json_put(value, "counts", counts_json(summary, &question->filter, &ok), &ok);
    for (size_t i = 0; i < page->count; i++)
        json_add(findings, finding_json(&cli->seat->session, &page->findings[i], &ok), &ok);
    json_put(value, "findings", findings, &ok);
    json_put(value, "next", page->next ? json_integer(page->next) : json_null(), &ok);
    return output_json(cli->out, value, ok, error);
}

static void print_counts(struct cli *cli, const struct quality_summary *summary,
                         const struct quality_filter *filter)
{
    struct table *table = table_new(5);

    for (size_t i = 0; i < summary->count; i++) {
        const struct quality_count *count = &summary->counts[i];
        if (!fits(filter, count))
            continue;
        table_cell(table,
                   quality_rule_severity(count->rule) == FINDING_ERROR ? _("error") : _("warning"));
        table_cell(table, quality_rule_title(count->rule));
        table_cell(table, count->title);
        table_cellf(table, "%lld", (long long)count->count);
        table_cell(table, quality_rule_id(count->rule));
    }
    table_print(table, 0, cli->out);
    table_free(table);
}

static void print_findings(struct cli *cli, const struct quality_page *page)
{
    struct table *table = table_new(7);

    for (size_t i = 0; i < page->count; i++) {
        const struct quality_finding *finding = &page->findings[i];
        table_cell(table, finding->name);
        table_cell(table, finding->subject_shown);
        table_cell(table, finding->field_title);
        table_cell(table, finding->value);
        table_cell(table, finding->state == QUALITY_SAME      ? finding->detail
                          : finding->state == QUALITY_CHANGED ? _("changed since the check")
                                                              : _("gone since the check"));
        table_cell(table, finding->proposed ? finding->proposed : "");
        table_cell(table, finding->record);
    }
    table_print(table, 0, cli->out);
    table_free(table);
}

static void print_text(struct cli *cli, const struct quality_summary *summary,
                       const struct question *question, const struct quality_page *page)
{
    char instant[INSTANT_TEXT_MAX];

    instant_format_local(summary->at_ms, instant);
    output_line(cli->out, _("Checked %lld records at %s in %.1f s."), (long long)summary->rows,
                instant, summary->seconds);
    for (size_t i = 0; i < summary->changed_count; i++)
        output_note(cli->out, _("%s has changed since."), summary->changed[i]);
    print_counts(cli, summary, &question->filter);
    print_findings(cli, page);
    if (question->matching == 0)
        output_line(cli->out, "%s", _("Nothing was found to be wrong."));
}

/* --- what was asked ----------------------------------------------------------------------------
 */

static enum status read_number(const struct line *line, const char *name, int64_t most,
                               int64_t *number, struct error *error)
{
    const char *text = line_option(line, name);
    char *end = NULL;

    if (!text)
        return STATUS_OK;
    long long value = strtoll(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < 0 || value > most)
        return error_set(error, STATUS_USAGE, _("--%s is a number from 0 to %lld."), name,
                         (long long)most);
    *number = value;
    return STATUS_OK;
}

static enum status read_dataset(struct cli *cli, struct quality_filter *filter, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    const char *dataset = line_option(cli->line, "dataset");

    if (!dataset)
        return STATUS_OK;
    enum status status = reader_catalogue(cli->seat->reader, &catalogue, error);
    if (status == STATUS_OK && !catalogue_find(catalogue, dataset))
        status = error_set(error, STATUS_NOT_FOUND, _("There is no dataset \"%.64s\"."), dataset);
    filter->dataset = dataset;
    return status;
}

static enum status read_question(struct cli *cli, struct quality_filter *filter,
                                 struct error *error)
{
    const char *rule = line_option(cli->line, "rule");
    enum quality_rule found = QUALITY_RULE_COUNT;
    int64_t limit = rule ? LIMIT_DEFAULT : 0;

    if (rule && !quality_rule_parse(rule, &found))
        return error_set(error, STATUS_USAGE,
                         _("There is no rule \"%.64s\". `huiliu quality` lists what was found."),
                         rule);
    enum status status = read_number(cli->line, "limit", LIMIT_MAX, &limit, error);
    if (status == STATUS_OK)
        status = read_number(cli->line, "after", INT64_MAX, &filter->after, error);
    filter->rule = rule ? (int)found : -1;
    filter->limit = (int)limit;
    return status == STATUS_OK ? read_dataset(cli, filter, error) : status;
}

static int64_t matching(const struct quality_summary *summary, const struct quality_filter *filter)
{
    int64_t total = 0;

    for (size_t i = 0; i < summary->count; i++)
        if (fits(filter, &summary->counts[i]))
            total += summary->counts[i].count;
    return total;
}

static enum status answer(struct cli *cli, const struct quality_summary *summary,
                          struct question *question, struct error *error)
{
    static const struct quality_page none = {0};
    struct quality_page *page = NULL;
    enum status status = STATUS_OK;

    question->matching = matching(summary, &question->filter);
    if (question->filter.limit > 0)
        status =
            quality_page(cli->seat->reader, &cli->seat->session, &question->filter, &page, error);
    if (status == STATUS_OK && output_is_json(cli->out))
        status = print_json(cli, summary, question, page ? page : &none, error);
    else if (status == STATUS_OK)
        print_text(cli, summary, question, page ? page : &none);
    quality_page_free(page);
    return status;
}

/* --- raising -----------------------------------------------------------------------------------
 */

struct raising {
    struct cli *cli;
    const char *reason, *record, *value; /* record NULL: every one of the rule */
    bool preview;
    json_t *raised, *skipped;
    bool ok;
};

static void note_raised(struct raising *raising, const struct quality_finding *finding,
                        const char *proposed, const char *id)
{
    json_t *value = json_object();

    json_put_text(value, "record", finding->record, &raising->ok);
    json_put_text(value, "dataset", finding->dataset, &raising->ok);
    json_put_text(value, "field", finding->field, &raising->ok);
    json_put_text(value, "base", finding->value, &raising->ok);
    json_put_text(value, "proposed", proposed, &raising->ok);
    json_put_text(value, "id", *id ? id : NULL, &raising->ok);
    json_add(raising->raised, value, &raising->ok);
    output_line(raising->cli->out, "%s  %s: %s → %s  %s", finding->name, finding->field_title,
                finding->value, proposed, id);
}

static void note_skipped(struct raising *raising, const struct quality_finding *finding,
                         const char *why)
{
    json_t *value = json_object();

    json_put_text(value, "record", finding->record, &raising->ok);
    json_put_text(value, "reason", why, &raising->ok);
    json_add(raising->skipped, value, &raising->ok);
    output_note(raising->cli->out, "%s  %s", finding->record, why);
}

/* What one record cannot have is said and does not stop the others; a full disk does. */
static bool is_about_record(enum status status)
{
    return status == STATUS_INVALID || status == STATUS_REFUSED || status == STATUS_CONFLICT ||
           status == STATUS_NOT_FOUND;
}

static enum status raise_one(struct raising *raising, const struct quality_finding *finding,
                             struct error *error)
{
    struct seat *seat = raising->cli->seat;
    const char *proposed = raising->value ? raising->value : finding->proposed;
    struct error why = {0};
    char id[48] = "";

    if (raising->record && strcmp(raising->record, finding->record) != 0)
        return STATUS_OK;
    const struct quality_correction correction = {finding, raising->value, raising->reason};
    enum status status = raising->preview ? quality_may_raise(seat->reader, &correction, &why)
                                          : quality_raise(seat->outbox, seat->reader,
                                                          &seat->session, &correction, id, &why);
    if (status == STATUS_OK)
        note_raised(raising, finding, proposed, id);
    else if (is_about_record(status))
        note_skipped(raising, finding, why.text);
    else
        return error_set(error, status, "%s", why.text);
    return STATUS_OK;
}

/* One named record is looked for on every page. */
static enum status raise_pages(struct raising *raising, struct quality_filter filter,
                               struct error *error)
{
    struct seat *seat = raising->cli->seat;
    enum status status = STATUS_OK;
    bool more = true;

    filter.limit = raising->record ? LIMIT_MAX : filter.limit;
    while (more && status == STATUS_OK) {
        struct quality_page *page = NULL;
        status = quality_page(seat->reader, &seat->session, &filter, &page, error);
        if (status != STATUS_OK)
            return status;
        for (size_t i = 0; i < page->count && status == STATUS_OK; i++)
            status = raise_one(raising, &page->findings[i], error);
        filter.after = page->next;
        more = raising->record && page->next;
        quality_page_free(page);
    }
    return status;
}

static enum status check_raising(struct cli *cli, const struct raising *raising,
                                 const struct quality_filter *filter, struct error *error)
{
    if (filter->rule < 0)
        return error_set(error, STATUS_USAGE,
                         _("Name the rule whose records are to be corrected "
                           "with --rule."));
    if (raising->value && !raising->record)
        return error_set(error, STATUS_USAGE, _("--value goes with --record."));
    if (!session_may_request(&cli->seat->session))
        return cli_refuse_role(&cli->seat->session, error);
    if (!cli->seat->outbox && !raising->preview)
        return error_set(error, STATUS_LOCKED,
                         _("Another Huiliu window or command is writing in this home."));
    return STATUS_OK;
}

static enum status raise_all(struct cli *cli, const struct quality_filter *filter,
                             struct error *error)
{
    struct raising raising = {.cli = cli,
                              .reason = line_option(cli->line, "raise"),
                              .record = line_option(cli->line, "record"),
                              .value = line_option(cli->line, "value"),
                              .preview = line_switch(cli->line, "preview"),
                              .raised = json_array(),
                              .skipped = json_array(),
                              .ok = true};
    enum status status = check_raising(cli, &raising, filter, error);

    if (status == STATUS_OK)
        status = raise_pages(&raising, *filter, error);
    if (status != STATUS_OK) {
        json_decref(raising.raised);
        json_decref(raising.skipped);
        return status;
    }
    json_t *value = json_object();
    output_line(cli->out,
                raising.preview ? _("%zu would be raised, %zu not.") : _("%zu raised, %zu not."),
                json_array_size(raising.raised), json_array_size(raising.skipped));
    json_put(value, "preview", json_boolean(raising.preview), &raising.ok);
    json_put(value, "raised", raising.raised, &raising.ok);
    json_put(value, "skipped", raising.skipped, &raising.ok);
    return output_json(cli->out, value, raising.ok, error);
}

static enum status run(struct cli *cli, struct error *error)
{
    struct question question = {0};
    struct quality_summary *summary = NULL;
    enum status status = read_question(cli, &question.filter, error);

    if (status == STATUS_OK)
        status = summarise(cli, &summary, error);
    if (status == STATUS_OK && question.filter.limit > 0)
        status = trace_lookup(cli->seat, "quality",
                              question.filter.rule < 0
                                  ? "all"
                                  : quality_rule_id((enum quality_rule)question.filter.rule),
                              NULL, error);
    if (status == STATUS_OK)
        status = line_option(cli->line, "raise") ? raise_all(cli, &question.filter, error)
                                                 : answer(cli, summary, &question, error);
    quality_summary_free(summary);
    return status;
}

static const struct option_row options[] = {
    {"rule", "RULE", 0, N_("only this rule, with its records; its id as the counts name it")},
    {"dataset", "DATASET", 0, N_("only this dataset")},
    {"limit", "NUMBER", 0, N_("records to show; 20 with --rule, else none")},
    {"after", "NUMBER", 0, N_("go on behind this one: \"next\" of the page before")},
    {"raise", "REASON", 0, N_("ask for corrections: one request for each record shown")},
    {"preview", NULL, 0, N_("with --raise: show the requests and raise none")},
    {"record", "KEY", 0, N_("with --raise: only this record")},
    {"value", "VALUE", 0, N_("with --record: what the field should be")},
    {"again", NULL, 0, N_("check again although nothing has changed")},
    {"last", NULL, 0, N_("show the last results although data has changed")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_quality = {
    .name = "quality",
    .operands = "",
    .summary = N_("Check whether the returned data can be right."),
    .options = options,
    .needs = SEAT_HOME | SEAT_WRITE_IF_FREE | SEAT_LOGIN,
    .allowed = session_may_read,
    .run = run,
};
