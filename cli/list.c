#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/list_where.h"
#include "cli/mask.h"
#include "cli/percent.h"
#include "cli/table.h"
#include "cli/trace.h"
#include "db/lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     1000

/* --- running -----------------------------------------------------------------------------------
 */

static bool looking(const struct list_progress *now, void *percent)
{
    return percent_show(percent, _("Looking through the records"), now->done, now->total);
}

static bool writing(const struct list_progress *now, void *percent)
{
    return percent_show(percent, _("Writing"), now->done, now->total);
}

static enum status run_list(struct cli *cli, const json_t *list, struct list_result **result,
                            struct error *error)
{
    struct percent *percent = NULL;
    enum status status = percent_new(&percent, error);

    if (status != STATUS_OK)
        return status;
    const struct list_options options = {looking, percent};
    status = list_run(cli->seat->reader, list, &options, result, error);
    percent_free(percent);
    return status;
}

/* The saved list that was named, or the one the options describe. */
static enum status find_list(struct cli *cli, json_t **list, struct error *error)
{
    bool described = line_option(cli->line, "dataset") != NULL;

    if (described == (cli->line->operand_count > 0))
        return error_set(error, STATUS_USAGE,
                         _("Name a saved list, or describe one with --dataset and --where."));
    if (described)
        return list_where_read(cli->line, list, error);
    return list_load(cli->seat->reader, &cli->seat->session, cli->line->operands[0], list, error);
}

static enum status read_number(const struct line *line, const char *name, long most, long *number,
                               struct error *error)
{
    const char *text = line_option(line, name);
    char *end = NULL;

    if (!text)
        return STATUS_OK;
    *number = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || *number < 0 || *number > most)
        return error_set(error, STATUS_USAGE, _("--%s is a number from 0 to %lld."), name,
                         (long long)most);
    return STATUS_OK;
}

/* --- answers -----------------------------------------------------------------------------------
 */

static json_t *row_json(const struct session *session, const struct list_result *result,
                        const struct list_row *row, bool *ok)
{
    json_t *value = json_object();
    json_t *cells = json_object();

    json_put_text(value, "record", row->record, ok);
    put_subject(value, "subject", session, row->subject_kind, row->subject, ok);
    json_put_text(value, "name", row->name, ok);
    for (size_t i = 0; i < list_result_columns(result); i++)
        json_put_text(cells, list_result_field(result, i), row->cells[i], ok);
    json_put(value, "fields", cells, ok);
    return value;
}

static enum status print_json(struct cli *cli, const struct list_result *result,
                              const struct list_page *page, struct error *error)
{
    json_t *value = json_object();
    json_t *rows = json_array();
    json_t *columns = json_array();
    bool ok = true;

    json_put_text(value, "dataset", list_result_dataset(result), &ok);
    json_put(value, "total", json_integer((json_int_t)list_result_count(result)), &ok);
    json_put(value, "seconds", json_real(list_result_seconds(result)), &ok);
    for (size_t i = 0; i < list_result_columns(result); i++) {
        json_t *column = json_object();
        json_put_text(column, "field", list_result_field(result, i), &ok);
        json_put_text(column, "title", list_result_title(result, i), &ok);
        json_add(columns, column, &ok);
    }
    for (size_t i = 0; i < page->count; i++)
        json_add(rows, row_json(&cli->seat->session, result, &page->rows[i], &ok), &ok);
    json_put(value, "columns", columns, &ok);
    json_put(value, "rows", rows, &ok);
    return output_json(cli->out, value, ok, error);
}

static void print_text(struct cli *cli, const struct list_result *result,
                       const struct list_page *page)
{
    size_t columns = list_result_columns(result);
    struct table *table;

    columns = columns < TABLE_COLUMNS_MAX ? columns : TABLE_COLUMNS_MAX;
    table = table_new(columns);
    for (size_t i = 0; i < columns; i++)
        table_cell(table, list_result_title(result, i));
    for (size_t i = 0; i < page->count; i++)
        for (size_t column = 0; column < columns; column++)
            table_cell(table, page->rows[i].cells[column]);
    table_print(table, 0, cli->out);
    table_free(table);
    output_note(cli->out, _("%zu of %zu rows."), page->count, list_result_count(result));
}

static enum status answer(struct cli *cli, const struct list_result *result, long from, long limit,
                          struct error *error)
{
    struct list_page *page = NULL;
    enum status status = list_page(cli->seat->reader, &cli->seat->session, result, (size_t)from,
                                   (size_t)limit, &page, error);

    if (status != STATUS_OK)
        return status;
    if (output_is_json(cli->out))
        status = print_json(cli, result, page, error);
    else
        print_text(cli, result, page);
    list_page_free(page);
    return status;
}

static enum status run(struct cli *cli, struct error *error)
{
    struct list_result *result = NULL;
    json_t *list = NULL;
    long limit = LIMIT_DEFAULT, from = 0;
    enum status status = read_number(cli->line, "limit", LIMIT_MAX, &limit, error);

    if (status == STATUS_OK)
        status = read_number(cli->line, "from", LIST_ROWS_MAX, &from, error);
    if (status == STATUS_OK)
        status = find_list(cli, &list, error);
    if (status == STATUS_OK)
        status = trace_lookup(cli->seat, "list", json_text(list, "dataset", ""), NULL, error);
    if (status == STATUS_OK)
        status = run_list(cli, list, &result, error);
    if (status == STATUS_OK)
        status = answer(cli, result, from, limit, error);
    list_result_free(result);
    json_decref(list);
    return status;
}

/* --- saved lists -------------------------------------------------------------------------------
 */

static json_t *saved_json(const struct saved_list *saved, bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "name", saved->name, ok);
    json_put_text(value, "account", saved->account, ok);
    json_put(value, "shared", json_boolean(saved->shared), ok);
    put_instant(value, "saved", saved->saved_ms, ok);
    json_put(value, "list", json_incref((json_t *)(uintptr_t)saved->list), ok);
    return value;
}

static enum status print_saved(struct cli *cli, const struct saved_lists *lists,
                               struct error *error)
{
    json_t *value = json_object();
    json_t *array = json_array();
    struct table *table = table_new(3);
    const char *wanted = cli->line->operand_count ? cli->line->operands[0] : NULL;
    bool ok = true;

    for (size_t i = 0; i < lists->count; i++) {
        const struct saved_list *saved = &lists->items[i];
        if (wanted && strcmp(wanted, saved->name) != 0)
            continue;
        json_add(array, saved_json(saved, &ok), &ok);
        table_cell(table, saved->name);
        table_cell(table, saved->account);
        table_cell(table, saved->shared ? _("shared") : "");
    }
    bool none = json_array_size(array) == 0;
    table_print(table, 0, cli->out);
    table_free(table);
    json_put(value, "lists", array, &ok);
    if (!wanted || !none)
        return output_json(cli->out, value, ok, error);
    json_decref(value);
    return error_set(error, STATUS_NOT_FOUND, _("There is no list \"%.120s\"."), wanted);
}

static enum status run_show(struct cli *cli, struct error *error)
{
    struct saved_lists *lists = NULL;
    enum status status = lists_saved(cli->seat->reader, &cli->seat->session, &lists, error);

    if (status == STATUS_OK)
        status = print_saved(cli, lists, error);
    lists_saved_free(lists);
    return status;
}

static enum status say(struct cli *cli, const char *member, const char *text, struct error *error)
{
    json_t *value = json_object();
    bool ok = true;

    json_put_text(value, member, text, &ok);
    return output_json(cli->out, value, ok, error);
}

static enum status run_save(struct cli *cli, struct error *error)
{
    const char *name = cli->line->operands[0];
    json_t *list = NULL;
    enum status status = list_where_read(cli->line, &list, error);

    if (status == STATUS_OK)
        status = list_check(cli->seat->reader, list, error);
    if (status == STATUS_OK)
        status = list_save(cli->seat->outbox, &cli->seat->session, name, list,
                           line_switch(cli->line, "shared"), error);
    json_decref(list);
    if (status != STATUS_OK)
        return status;
    output_saved(cli->out, "saved", name);
    output_line(cli->out, _("Saved: %s"), name);
    return say(cli, "saved", name, error);
}

static enum status run_remove(struct cli *cli, struct error *error)
{
    const char *name = cli->line->operands[0];
    enum status status = list_remove(cli->seat->outbox, &cli->seat->session, name, error);

    if (status != STATUS_OK)
        return status;
    output_saved(cli->out, "removed", name);
    output_line(cli->out, _("Removed: %s"), name);
    return say(cli, "removed", name, error);
}

/* --- export ------------------------------------------------------------------------------------
 */

static enum status read_form(const struct line *line, enum list_form *form, struct error *error)
{
    const char *wanted = line_option(line, "form");

    *form = line_switch(line, "bom") ? LIST_CSV_BOM : LIST_CSV;
    if (!wanted || strcmp(wanted, "csv") == 0)
        return STATUS_OK;
    if (strcmp(wanted, "text") != 0)
        return error_set(error, STATUS_USAGE, _("--form is csv or text."));
    *form = LIST_TEXT;
    return STATUS_OK;
}

static enum status say_exported(struct cli *cli, const struct list_export *wanted, size_t rows,
                                struct error *error)
{
    json_t *value = json_object();
    bool ok = true;

    output_saved(cli->out, "path", wanted->path);
    output_line(cli->out, _("%zu rows written to %s."), rows, wanted->path);
    put_shown(value, "path", wanted->path, &ok);
    json_put(value, "rows", json_integer((json_int_t)rows), &ok);
    return output_json(cli->out, value, ok, error);
}

static enum status write_file(struct cli *cli, const struct list_result *result,
                              const struct list_export *wanted, struct error *error)
{
    struct percent *percent = NULL;
    enum status status =
        list_export_permit(cli->seat->outbox, &cli->seat->session, result, wanted, error);

    if (status == STATUS_OK)
        status = percent_new(&percent, error);
    if (status != STATUS_OK)
        return status;
    const struct list_options options = {writing, percent};
    status =
        list_export_write(cli->seat->reader, &cli->seat->session, result, wanted, &options, error);
    percent_free(percent);
    return status;
}

static enum status run_export(struct cli *cli, struct error *error)
{
    struct list_export wanted = {.path = line_option(cli->line, "to"),
                                 .purpose = line_option(cli->line, "purpose"),
                                 .name = cli->line->operand_count ? cli->line->operands[0] : ""};
    struct list_result *result = NULL;
    json_t *list = NULL;
    enum status status = read_form(cli->line, &wanted.form, error);

    if (status == STATUS_OK)
        status = find_list(cli, &list, error);
    if (status == STATUS_OK)
        status = run_list(cli, list, &result, error);
    if (status == STATUS_OK)
        status = write_file(cli, result, &wanted, error);
    if (status == STATUS_OK)
        status = say_exported(cli, &wanted, list_result_count(result), error);
    list_result_free(result);
    json_decref(list);
    return status;
}

/* --- roll call ---------------------------------------------------------------------------------
 */

static enum status run_tick(struct cli *cli, struct error *error)
{
    const struct roll_tick tick = {.dataset = line_option(cli->line, "in"),
                                   .list_dataset = line_option(cli->line, "dataset"),
                                   .record = cli->line->operands[0],
                                   .note = line_option(cli->line, "note")};
    json_t *value = json_object();
    char id[48] = "";
    bool ok = true;
    enum status status =
        roll_tick(cli->seat->outbox, cli->seat->reader, &cli->seat->session, &tick, id, error);

    if (status != STATUS_OK) {
        json_decref(value);
        return status;
    }
    output_saved(cli->out, "id", id);
    output_line(cli->out, _("Saved: %s"), id);
    json_put_text(value, "record", tick.record, &ok);
    json_put_text(value, "id", id, &ok);
    return output_json(cli->out, value, ok, error);
}

/* --- the rows ----------------------------------------------------------------------------------
 */

#define DESCRIPTION                                                                                \
    {"dataset", "DATASET", 0, N_("whose records")},                                                \
        {"where", "CONDITION", OPTION_MANY,                                                        \
         N_("FIELD=VALUE, !=, ~ (contains), ^ (begins), >=, <=, FIELD age>=N, age<=N, size=N, "    \
            "empty, filled; FIELD may be DATASET.FIELD")},                                         \
        {"any", NULL, 0, N_("one of the conditions is enough")},                                   \
        {"sort", "FIELD", 0, N_("-FIELD turns the order round")},                                  \
    {                                                                                              \
        "columns", "FIELD,FIELD…", 0, N_("what to show; usually name, number and what was asked")  \
    }

static const struct option_row run_options[] = {
    DESCRIPTION,
    {"limit", "NUMBER", 0, N_("rows to show; 50 by default, 1000 at most")},
    {"from", "NUMBER", 0, N_("the first row to show; the list begins with 0")},
    {NULL, NULL, 0, NULL},
};

static const struct option_row save_options[] = {
    DESCRIPTION,
    {"shared", NULL, 0, N_("other accounts may use it too")},
    {NULL, NULL, 0, NULL},
};

static const struct option_row export_options[] = {
    DESCRIPTION,
    {"to", "FILE", OPTION_REQUIRED, N_("a new file; nothing is overwritten")},
    {"purpose", "TEXT", OPTION_REQUIRED, N_("what it is needed for; written down")},
    {"form", "FORM", 0, N_("csv or text (columns lined up, for printing)")},
    {"bom", NULL, 0, N_("csv with the mark Excel needs to read Chinese")},
    {NULL, NULL, 0, NULL},
};

static const struct option_row tick_options[] = {
    {"in", "DATASET", OPTION_REQUIRED, N_("the dataset that takes the ticks")},
    {"dataset", "DATASET", OPTION_REQUIRED, N_("where the record is")},
    {"note", "TEXT", 0, N_("what was seen")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_list_run = {
    .name = "list",
    .action = "run",
    .operands = "[NAME]",
    .operands_max = 1,
    .summary = N_("List the records that meet conditions."),
    .options = run_options,
    .needs = SEAT_HOME | SEAT_WRITE_IF_FREE | SEAT_LOGIN,
    .allowed = session_may_read,
    .run = run,
};

const struct cli_command command_list_show = {
    .name = "list",
    .action = "show",
    .operands = "[NAME]",
    .operands_max = 1,
    .summary = N_("Show the saved lists."),
    .needs = SEAT_HOME | SEAT_LOGIN,
    .allowed = session_may_read,
    .run = run_show,
};

const struct cli_command command_list_save = {
    .name = "list",
    .action = "save",
    .operands = "NAME",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Keep a list under a name."),
    .options = save_options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN,
    .allowed = session_may_read,
    .run = run_save,
};

const struct cli_command command_list_remove = {
    .name = "list",
    .action = "remove",
    .operands = "NAME",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Remove a saved list."),
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN,
    .allowed = session_may_read,
    .run = run_remove,
};

const struct cli_command command_list_export = {
    .name = "list",
    .action = "export",
    .operands = "[NAME]",
    .operands_max = 1,
    .summary = N_("Write a list to a file."),
    .options = export_options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN,
    .allowed = session_may_read,
    .run = run_export,
};

const struct cli_command command_list_tick = {
    .name = "list",
    .action = "tick",
    .operands = "KEY",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Tick somebody off in a roll call."),
    .options = tick_options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN,
    .allowed = session_may_request,
    .run = run_tick,
};
