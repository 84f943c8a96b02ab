#include "cli/commands.h"

#include "base/arena.h"
#include "base/i18n.h"
#include "cli/request_files.h"
#include "cli/request_text.h"
#include "db/dossier.h"

#include <string.h>

/* `registered_address=…` -> a change. */
static enum status split_change(const char *text, struct arena *arena,
                                struct request_change *change, struct error *error)
{
    const char *equals = strchr(text, '=');

    if (!equals || equals == text)
        return error_set(error, STATUS_USAGE, _("--set %.60s: write FIELD=VALUE."), text);
    change->field = arena_strn(arena, text, (size_t)(equals - text));
    change->proposed = equals + 1;
    return change->field ? STATUS_OK : error_nomem(error);
}

static enum status read_changes(const struct line *line, struct arena *arena,
                                struct request_new *request, struct error *error)
{
    size_t count = line_option_count(line, "set");
    struct request_change *changes = arena_array(arena, count, sizeof *changes);
    enum status status = changes ? STATUS_OK : error_nomem(error);

    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = split_change(line_option_at(line, "set", i), arena, &changes[i], error);
    request->changes = changes;
    request->change_count = count;
    return status;
}

/* Name of the index-th dataset, copied: a catalogue lives until the reader's next call. NULL
 * behind the last. */
static enum status dataset_name_at(struct reader *reader, size_t index, struct arena *arena,
                                   const char **name, struct error *error)
{
    const struct catalogue *catalogue = NULL;

    enum status status = reader_catalogue(reader, &catalogue, error);
    if (status != STATUS_OK)
        return status;
    *name = NULL;
    if (index >= catalogue_count(catalogue))
        return STATUS_OK;
    *name = arena_str(arena, catalogue_at(catalogue, index)->name);
    return *name ? STATUS_OK : error_nomem(error);
}

static enum status has_record(struct reader *reader, const char *dataset, const char *key,
                              bool *has, struct error *error)
{
    struct error why = {0};
    json_t *body = NULL;

    enum status status = record_body(reader, dataset, key, &body, NULL, &why);
    json_decref(body);
    *has = status == STATUS_OK;
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        return STATUS_OK;
    return error_set(error, status, "%s", why.text);
}

/* The only dataset that has a record of this key. */
static enum status find_dataset(struct reader *reader, struct arena *arena,
                                struct request_new *request, struct error *error)
{
    const char *name = NULL;

    for (size_t i = 0;; i++) {
        bool has = false;
        enum status status = dataset_name_at(reader, i, arena, &name, error);
        if (status == STATUS_OK && name)
            status = has_record(reader, name, request->record, &has, error);
        if (status != STATUS_OK)
            return status;
        if (!name)
            break;
        if (has && request->dataset)
            return error_set(error, STATUS_USAGE,
                             _("%.80s is in more than one dataset: say which with --dataset."),
                             request->record);
        if (has)
            request->dataset = name;
    }
    if (!request->dataset)
        return error_set(error, STATUS_NOT_FOUND, _("There is no record %.80s here."),
                         request->record);
    return STATUS_OK;
}

static enum status read_request(struct cli *cli, struct arena *arena, struct request_new *request,
                                struct error *error)
{
    const struct line *line = cli->line;

    *request = (struct request_new){
        .dataset = line_option(line, "dataset"),
        .record = line_option(line, "record"),
        .ground = line_option(line, "ground"),
        .reason = line_option(line, "reason"),
    };
    if (strcmp(request->ground, "inaccurate") != 0 && strcmp(request->ground, "incomplete") != 0)
        return error_set(error, STATUS_USAGE, _("--ground is inaccurate or incomplete."));
    enum status status = read_changes(line, arena, request, error);
    if (status == STATUS_OK)
        status = request_files_read(line, arena, request, error);
    if (status == STATUS_OK && !request->dataset)
        status = find_dataset(cli->seat->reader, arena, request, error);
    return status;
}

/* What was saved is read back: the answer is what is on disk. */
static enum status answer(struct cli *cli, const char *id, struct error *error)
{
    struct request_detail *detail = NULL;
    bool ok = true;

    enum status status = request_get(cli->seat->reader, id, &detail, error);
    if (status != STATUS_OK)
        return status;
    output_line(cli->out, _("Saved: %s"), detail->row.id);
    output_line(cli->out, "%s · %s", request_state_title(detail->row.state),
                delivery_title(detail->row.delivery));
    request_same_print(cli->out, detail);
    json_t *value = request_row_json(&cli->seat->session, &detail->row, &ok);
    json_put(value, "same_as", request_same_json(detail, &ok), &ok);
    request_detail_free(detail);
    return output_json(cli->out, value, ok, error);
}

static enum status run(struct cli *cli, struct error *error)
{
    struct arena *arena = arena_new();
    struct request_new request;
    char id[48] = "";

    if (!arena)
        return error_nomem(error);
    enum status status = read_request(cli, arena, &request, error);
    if (status == STATUS_OK)
        status = request_raise(cli->seat->outbox, cli->seat->reader, &cli->seat->session, &request,
                               id, error);
    if (status == STATUS_OK) {
        output_saved(cli->out, "id", id);
        status = answer(cli, id, error);
    }
    arena_free(arena);
    return status;
}

static const struct option_row options[] = {
    {"dataset", "DATASET", 0, N_("where the record is; not needed when its key is unique")},
    {"record", "KEY", OPTION_REQUIRED, N_("the record to be corrected")},
    {"set", "FIELD=VALUE", OPTION_REQUIRED | OPTION_MANY, N_("what the field should be")},
    {"ground", "GROUND", OPTION_REQUIRED, N_("inaccurate or incomplete")},
    {"reason", "TEXT", OPTION_REQUIRED, N_("why, for the reviewer and the provider")},
    {"attach", "FILE", OPTION_MANY, N_("evidence, at most 4 MiB each")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_request_new = {
    .name = "request",
    .action = "new",
    .operands = "",
    .summary = N_("Ask the provider to correct a record."),
    .options = options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN | SEAT_MAY_BORROW,
    .allowed = session_may_request,
    .run = run,
};
