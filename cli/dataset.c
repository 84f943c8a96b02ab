#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/table.h"
#include "db/overview.h"
#include "db/wording.h"

#include <string.h>

/* --- list --------------------------------------------------------------------------------------
 */

static const struct dataset_status *state_of(const struct overview *overview, const char *name)
{
    for (size_t i = 0; i < overview->dataset_count; i++) {
        if (strcmp(overview->datasets[i].dataset, name) == 0)
            return &overview->datasets[i];
    }
    return NULL;
}

static void put_state(json_t *value, const struct dataset_status *state, bool *ok)
{
    json_put(value, "rows", json_integer(state ? state->rows : 0), ok);
    put_instant(value, "as_of", state ? state->contact_ms : 0, ok);
    put_age_days(value, "age_days", state ? state->age_ms : -1, ok);
    json_put(value, "stale", json_boolean(state && state->stale), ok);
    json_put_text(value, "state", state ? state->state : "never", ok);
}

static json_t *dataset_json(const struct dataset *dataset, const struct overview *overview,
                            bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "dataset", dataset->name, ok);
    json_put_text(value, "title", dataset->title, ok);
    json_put_text(value, "provider", dataset->provider_name, ok);
    json_put_text(value, "provider_uscc", dataset->provider_uscc, ok);
    json_put_text(value, "subject", subject_kind_name(dataset->subject), ok);
    json_put_text(value, "sharing", dataset->sharing, ok);
    json_put_text(value, "mode", dataset->mode, ok);
    json_put_text(value, "update_cycle", dataset->update_cycle, ok);
    json_put(value, "grade", json_integer(dataset->grade), ok);
    json_put(value, "max_age_days", json_integer(dataset->max_age_days), ok);
    json_put(value, "priority", json_integer(dataset->priority), ok);
    json_put_text(value, "database", dataset->database, ok);
    put_state(value, state_of(overview, dataset->name), ok);
    return value;
}

static enum status list_json(struct output *out, const struct catalogue *catalogue,
                             const struct overview *overview, struct error *error)
{
    json_t *value = json_object();
    json_t *list = json_array();
    bool ok = true;

    for (size_t i = 0; i < catalogue_count(catalogue); i++)
        json_add(list, dataset_json(catalogue_at(catalogue, i), overview, &ok), &ok);
    json_put(value, "datasets", list, &ok);
    return output_json(out, value, ok, error);
}

static void list_print(struct output *out, const struct catalogue *catalogue,
                       const struct overview *overview)
{
    struct table *table = table_new(5);

    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct dataset *dataset = catalogue_at(catalogue, i);
        const struct dataset_status *state = state_of(overview, dataset->name);
        table_cell(table, dataset->name);
        table_cell(table, dataset->title);
        table_cell(table, dataset->provider_name);
        table_cellf(table, _("%lld rows"), state ? (long long)state->rows : 0LL);
        table_cell(table, state && state->stale ? _("too old") : NULL);
    }
    table_print(table, 0, out);
    table_free(table);
    if (catalogue_count(catalogue) == 0)
        output_note(out, "%s", _("The catalogue is empty: run huiliu sync."));
}

static enum status run_list(struct cli *cli, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    struct overview *overview = NULL;

    enum status status = overview_read(cli->seat->reader, NULL, &overview, error);
    if (status == STATUS_OK)
        status = reader_catalogue(cli->seat->reader, &catalogue, error);
    if (status == STATUS_OK && output_is_json(cli->out))
        status = list_json(cli->out, catalogue, overview, error);
    else if (status == STATUS_OK)
        list_print(cli->out, catalogue, overview);
    overview_free(overview);
    return status;
}

const struct cli_command command_dataset_list = {
    .name = "dataset",
    .action = "list",
    .operands = "",
    .summary = N_("List the datasets the catalogue names."),
    .needs = SEAT_HOME,
    .run = run_list,
};

/* --- show --------------------------------------------------------------------------------------
 */

static json_t *fields_json(const struct dataset *dataset, bool *ok)
{
    json_t *list = json_array();

    for (size_t i = 0; i < dataset->field_count; i++) {
        const struct dataset_field *field = &dataset->fields[i];
        json_t *value = json_object();
        json_put_text(value, "field", field->name, ok);
        json_put_text(value, "title", field->title, ok);
        json_put(value, "grade", json_integer(field->grade), ok);
        json_put_text(value, "codes", field->codes, ok);
        json_put(value, "correctable", json_boolean(field->correctable), ok);
        json_put(value, "required", json_boolean(field->required), ok);
        json_add(list, value, ok);
    }
    return list;
}

/* The entry itself too: it may hold members this version does not know. */
static enum status show_json(struct output *out, const struct dataset *dataset,
                             const struct overview *overview, struct error *error)
{
    json_t *body = NULL;
    bool ok = true;

    enum status status = json_parse(dataset->body, strlen(dataset->body), &body, error);
    if (status != STATUS_OK)
        return status;
    json_t *value = dataset_json(dataset, overview, &ok);
    json_put_text(value, "sharing_scope", dataset->sharing_scope, &ok);
    json_put_text(value, "purpose", dataset->purpose, &ok);
    json_put_text(value, "format", dataset->format, &ok);
    json_put(value, "retention_days", json_integer(dataset->retention_days), &ok);
    json_put(value, "fields", fields_json(dataset, &ok), &ok);
    json_put(value, "entry", body, &ok);
    return output_json(out, value, ok, error);
}

static void fact(struct table *table, const char *title, const char *text)
{
    if (!text || text[0] == '\0')
        return;
    table_cell(table, title);
    table_cell(table, text);
}

static void print_facts(struct output *out, const struct dataset *dataset)
{
    struct table *table = table_new(2);

    fact(table, _("Provider"), dataset->provider_name);
    fact(table, _("Sharing"), wording_sharing(dataset->sharing));
    fact(table, _("Scope"), dataset->sharing_scope);
    fact(table, _("Purpose"), dataset->purpose);
    fact(table, _("Updated"), wording_cycle(dataset->update_cycle));
    fact(table, _("Mode"), wording_mode(dataset->mode));
    fact(table, _("Form"), wording_format(dataset->format));
    fact(table, _("Database"), dataset->database);
    table_cell(table, _("Grade"));
    table_cellf(table, "%d", dataset->grade);
    table_print(table, 2, out);
    table_free(table);
}

static void print_fields(struct output *out, const struct dataset *dataset)
{
    struct table *table = table_new(4);

    for (size_t i = 0; i < dataset->field_count; i++) {
        const struct dataset_field *field = &dataset->fields[i];
        table_cell(table, field->name);
        table_cell(table, field->title);
        table_cellf(table, _("grade %d"), field->grade);
        table_cell(table, field->correctable ? _("can be corrected") : NULL);
    }
    table_print(table, 2, out);
    table_free(table);
}

static void show_print(struct output *out, const struct dataset *dataset)
{
    output_line(out, "%s  %s", dataset->name, dataset->title);
    print_facts(out, dataset);
    print_fields(out, dataset);
}

/* The catalogue comes last: its pointer lives until the reader's next call. */
static enum status run_show(struct cli *cli, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    const char *name = cli->line->operands[0];
    struct overview *overview = NULL;

    enum status status = overview_read(cli->seat->reader, NULL, &overview, error);
    if (status == STATUS_OK)
        status = reader_catalogue(cli->seat->reader, &catalogue, error);
    const struct dataset *dataset = status == STATUS_OK ? catalogue_find(catalogue, name) : NULL;
    if (status == STATUS_OK && !dataset)
        status = error_set(
            error, STATUS_NOT_FOUND,
            _("The catalogue has no dataset %.60s. `huiliu dataset list` names them."), name);
    if (status == STATUS_OK && output_is_json(cli->out))
        status = show_json(cli->out, dataset, overview, error);
    else if (status == STATUS_OK)
        show_print(cli->out, dataset);
    overview_free(overview);
    return status;
}

const struct cli_command command_dataset_show = {
    .name = "dataset",
    .action = "show",
    .operands = "DATASET",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Show a catalogue entry with its fields."),
    .needs = SEAT_HOME,
    .run = run_show,
};
