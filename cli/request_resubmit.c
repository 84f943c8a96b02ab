#include "cli/commands.h"

#include "base/arena.h"
#include "base/i18n.h"
#include "cli/request_files.h"
#include "cli/request_text.h"

#include <string.h>

/* --- what is proposed now --------------------------------------------------------------------- */

/* The value given for the field on this line; NULL: none. */
static const char *value_on_line(const struct line *line, const char *field)
{
    size_t length = strlen(field);

    for (size_t i = 0; i < line_option_count(line, "set"); i++) {
        const char *set = line_option_at(line, "set", i);
        if (strncmp(set, field, length) == 0 && set[length] == '=')
            return set + length + 1;
    }
    return NULL;
}

static const char *value_before(const json_t *change, struct arena *arena)
{
    struct buf typed = {0};
    bool ok = request_value_typed(json_object_get(change, "proposed"), &typed);
    const char *kept = ok && !buf_failed(&typed) ? arena_str(arena, buf_text(&typed)) : NULL;

    buf_release(&typed);
    return kept;
}

static bool is_among(const struct request_change *changes, size_t count, const char *field)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(changes[i].field, field) == 0)
            return true;
    return false;
}

/* What the old request proposed, as far as the line does not say otherwise. */
static enum status take_old(const struct line *line, const json_t *old, struct arena *arena,
                            struct request_change *changes, size_t *count, struct error *error)
{
    for (size_t i = 0; i < json_array_size(old); i++) {
        const json_t *change = json_array_get(old, i);
        const char *field = arena_str(arena, json_text(change, "field", ""));
        if (!field)
            return error_nomem(error);
        const char *now = value_on_line(line, field);
        const char *proposed = now ? now : value_before(change, arena);
        if (!proposed)
            return error_set(error, STATUS_INVALID, _("Say again what %s should be: --set %s=…"),
                             field, field);
        changes[(*count)++] = (struct request_change){field, proposed};
    }
    return STATUS_OK;
}

/* Fields the old request did not name. */
static enum status take_new(const struct line *line, struct arena *arena,
                            struct request_change *changes, size_t *count, struct error *error)
{
    for (size_t i = 0; i < line_option_count(line, "set"); i++) {
        const char *set = line_option_at(line, "set", i);
        const char *equals = strchr(set, '=');
        if (!equals || equals == set)
            return error_set(error, STATUS_USAGE, _("--set %.60s: write FIELD=VALUE."), set);
        const char *field = arena_strn(arena, set, (size_t)(equals - set));
        if (!field)
            return error_nomem(error);
        if (!is_among(changes, *count, field))
            changes[(*count)++] = (struct request_change){field, equals + 1};
    }
    return STATUS_OK;
}

static enum status read_changes(const struct line *line, const json_t *document,
                                struct arena *arena, struct request_new *request,
                                struct error *error)
{
    const json_t *old = json_object_get(document, "changes");
    size_t most = json_array_size(old) + line_option_count(line, "set") + 1;
    struct request_change *changes = arena_array(arena, most, sizeof *changes);
    enum status status = changes ? STATUS_OK : error_nomem(error);

    if (status == STATUS_OK)
        status = take_old(line, old, arena, changes, &request->change_count, error);
    if (status == STATUS_OK)
        status = take_new(line, arena, changes, &request->change_count, error);
    request->changes = changes;
    return status;
}

/* --- the new request -------------------------------------------------------------------------- */

static const char *option_or(const struct line *line, const char *name, const char *otherwise)
{
    const char *value = line_option(line, name);

    return value ? value : otherwise;
}

static enum status raise(struct cli *cli, const struct request_detail *old, struct arena *arena,
                         char id[48], struct error *error)
{
    struct request_new request = {
        .kind = old->row.kind,
        .dataset = old->row.dataset,
        .record = old->row.record,
        .ground = option_or(cli->line, "ground", old->row.ground),
        .reason = option_or(cli->line, "reason", old->row.reason),
        .resubmits = old->row.id,
        .keeps_evidence = true,
    };
    enum status status = read_changes(cli->line, old->document, arena, &request, error);

    if (status == STATUS_OK)
        status = request_files_read(cli->line, arena, &request, error);
    if (status == STATUS_OK)
        status = request_raise(cli->seat->outbox, cli->seat->reader, &cli->seat->session, &request,
                               id, error);
    return status;
}

/* What was saved is read back: the answer is what is on disk. */
static enum status answer(struct cli *cli, const char *id, const char *old, struct error *error)
{
    struct request_detail *detail = NULL;
    bool ok = true;
    enum status status = request_get(cli->seat->reader, id, &detail, error);

    if (status != STATUS_OK)
        return status;
    output_line(cli->out, _("Saved: %s, in the place of %s"), detail->row.id, old);
    output_line(cli->out, "%s · %s", request_state_title(detail->row.state),
                delivery_title(detail->row.delivery));
    json_t *value = request_row_json(&cli->seat->session, &detail->row, &ok);
    json_put_text(value, "resubmits", old, &ok);
    request_detail_free(detail);
    return output_json(cli->out, value, ok, error);
}

static enum status run(struct cli *cli, struct error *error)
{
    struct request_detail *old = NULL;
    char id[48] = "";
    struct arena *arena = arena_new();

    if (!arena)
        return error_nomem(error);
    enum status status = request_get(cli->seat->reader, cli->line->operands[0], &old, error);
    if (status == STATUS_OK)
        status = raise(cli, old, arena, id, error);
    if (status == STATUS_OK) {
        output_saved(cli->out, "id", id);
        status = answer(cli, id, old->row.id, error);
    }
    request_detail_free(old);
    arena_free(arena);
    return status;
}

static const struct option_row options[] = {
    {"set", "FIELD=VALUE", OPTION_MANY,
     N_("what the field should be, instead of the old proposal")},
    {"ground", "GROUND", 0, N_("inaccurate or incomplete, instead of the old one")},
    {"reason", "TEXT", 0, N_("why, instead of the old reason")},
    {"attach", "FILE", OPTION_MANY, N_("more evidence, or a file in the place of the old one")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_request_resubmit = {
    .name = "request",
    .action = "resubmit",
    .operands = "ID",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Submit a returned request again, as a new one that takes its place."),
    .options = options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN | SEAT_MAY_BORROW,
    .allowed = session_may_request,
    .run = run,
};
