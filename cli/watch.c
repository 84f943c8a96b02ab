#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/table.h"
#include "cli/trace.h"
#include "db/dossier.h"
#include "db/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- what is meant -----------------------------------------------------------------------------
 */

static enum status read_kind(const char *text, enum watch_kind *kind, struct error *error)
{
    if (watch_kind_parse(text, kind))
        return STATUS_OK;
    return error_set(error, STATUS_USAGE, _("Watch what: person, enterprise or request?"));
}

/* The number as it was typed or, for the key of a record, that of the record's subject. */
static enum status read_target(struct cli *cli, enum watch_kind kind, const char *text,
                               struct buf *target, struct error *error)
{
    struct dossier *record = NULL;
    enum subject_kind wanted = kind == WATCH_ENTERPRISE ? SUBJECT_ENTERPRISE : SUBJECT_PERSON;

    buf_str(target, text);
    if (kind != WATCH_REQUEST && strchr(text, ':') &&
        dossier_open_record(cli->seat->reader, &cli->seat->session, text, NULL, &record, NULL) ==
            STATUS_OK) {
        if (record->kind == wanted && record->subject) {
            buf_clear(target);
            buf_str(target, record->subject);
        }
        dossier_free(record);
    }
    return buf_failed(target) ? error_nomem(error) : STATUS_OK;
}

/* --- add ---------------------------------------------------------------------------------------
 */

static enum status report_one(struct cli *cli, enum watch_kind kind, bool added,
                              struct error *error)
{
    json_t *value = json_object();
    bool ok = true;

    output_saved(cli->out, "kind", watch_kind_name(kind));
    output_line(cli->out, "%s",
                added ? _("Watched: you will be told of every change.")
                      : _("You watch this already."));
    json_put_text(value, "kind", watch_kind_name(kind), &ok);
    json_put(value, "added", json_boolean(added), &ok);
    json_put(value, "watched", json_true(), &ok);
    return output_json(cli->out, value, ok, error);
}

static enum status run_add(struct cli *cli, struct error *error)
{
    struct buf target = {0};
    enum watch_kind kind = WATCH_PERSON;
    bool added = false;
    enum status status = read_kind(cli->line->operands[0], &kind, error);

    if (status == STATUS_OK)
        status = read_target(cli, kind, cli->line->operands[1], &target, error);
    if (status == STATUS_OK)
        status = watch_add(cli->seat->outbox, cli->seat->reader, &cli->seat->session, kind,
                           buf_text(&target), &added, error);
    if (status == STATUS_OK && added && kind == WATCH_PERSON)
        status = trace_lookup(cli->seat, "watch", buf_text(&target), NULL, error);
    buf_release(&target);
    return status == STATUS_OK ? report_one(cli, kind, added, error) : status;
}

/* --- remove ------------------------------------------------------------------------------------
 */

static enum status remove_number(struct cli *cli, const char *text, struct error *error)
{
    char *end = NULL;

    errno = 0;
    long long id = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || id <= 0)
        return error_set(error, STATUS_USAGE,
                         _("\"%.40s\" is neither a number of the list nor followed by one."), text);
    return watch_remove_id(cli->seat->outbox, &cli->seat->session, id, error);
}

static enum status remove_target(struct cli *cli, struct error *error)
{
    struct buf target = {0};
    enum watch_kind kind = WATCH_PERSON;
    enum status status = read_kind(cli->line->operands[0], &kind, error);

    if (status == STATUS_OK)
        status = read_target(cli, kind, cli->line->operands[1], &target, error);
    if (status == STATUS_OK)
        status =
            watch_remove(cli->seat->outbox, &cli->seat->session, kind, buf_text(&target), error);
    buf_release(&target);
    return status;
}

static enum status run_remove(struct cli *cli, struct error *error)
{
    bool ok = true;
    enum status status = cli->line->operand_count == 1
                             ? remove_number(cli, cli->line->operands[0], error)
                             : remove_target(cli, error);

    if (status != STATUS_OK)
        return status;
    json_t *value = json_object();
    output_line(cli->out, "%s", _("No longer watched."));
    json_put(value, "removed", json_true(), &ok);
    return output_json(cli->out, value, ok, error);
}

/* --- list --------------------------------------------------------------------------------------
 */

static json_t *watch_json(const struct watch *watch, bool *ok)
{
    bool is_request = watch->kind == WATCH_REQUEST;
    json_t *value = json_object();

    json_put(value, "id", json_integer(watch->id), ok);
    json_put_text(value, "kind", watch_kind_name(watch->kind), ok);
    json_put_text(value, "subject", is_request ? NULL : watch->shown, ok);
    json_put_text(value, "request", is_request ? watch->shown : NULL, ok);
    json_put_text(value, "name", watch->name, ok);
    put_instant(value, "since", watch->since_ms, ok);
    return value;
}

static enum status list_json(struct output *out, const struct watch_list *list, struct error *error)
{
    json_t *value = json_object();
    json_t *watches = json_array();
    bool ok = true;

    for (size_t i = 0; i < list->count; i++)
        json_add(watches, watch_json(&list->items[i], &ok), &ok);
    json_put(value, "watches", watches, &ok);
    return output_json(out, value, ok, error);
}

static const char *kind_title(enum watch_kind kind)
{
    if (kind == WATCH_REQUEST)
        return _("request");
    return kind == WATCH_ENTERPRISE ? _("enterprise") : _("person");
}

static void list_print(struct output *out, const struct watch_list *list)
{
    struct table *table = table_new(5);
    char since[INSTANT_TEXT_MAX];

    for (size_t i = 0; i < list->count; i++) {
        const struct watch *watch = &list->items[i];
        instant_format_local(watch->since_ms, since);
        table_cellf(table, "%lld", (long long)watch->id);
        table_cell(table, kind_title(watch->kind));
        table_cell(table, watch->name);
        table_cell(table, watch->shown);
        table_cell(table, since);
    }
    table_print(table, 0, out);
    table_free(table);
    if (list->count == 0)
        output_line(out, "%s", _("You watch nothing."));
}

static enum status run_list(struct cli *cli, struct error *error)
{
    struct watch_list *list = NULL;
    enum status status = watch_read(cli->seat->reader, &cli->seat->session, &list, error);

    if (status != STATUS_OK)
        return status;
    if (output_is_json(cli->out))
        status = list_json(cli->out, list, error);
    else
        list_print(cli->out, list);
    watch_list_free(list);
    return status;
}

const struct cli_command command_watch_add = {
    .name = "watch",
    .action = "add",
    .operands = "person|enterprise|request KEY",
    .operands_min = 2,
    .operands_max = 2,
    .summary = N_("Be told, by a notice, of every change to a person, an enterprise or a request."),
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN | SEAT_MAY_BORROW,
    .allowed = session_may_read,
    .run = run_add,
};

const struct cli_command command_watch_remove = {
    .name = "watch",
    .action = "remove",
    .operands = "ID | person|enterprise|request KEY",
    .operands_min = 1,
    .operands_max = 2,
    .summary = N_("Stop watching, by the number in the list or by what is watched."),
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN | SEAT_MAY_BORROW,
    .allowed = session_may_read,
    .run = run_remove,
};

const struct cli_command command_watch_list = {
    .name = "watch",
    .action = "list",
    .operands = "",
    .summary = N_("Show what you watch."),
    .needs = SEAT_HOME | SEAT_LOGIN,
    .allowed = session_may_read,
    .run = run_list,
};
