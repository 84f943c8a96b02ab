#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/dossier_text.h"
#include "cli/trace.h"

#include <string.h>

#define REVEAL_MAX 32

/* What the line asks for. */
struct wish {
    enum subject_kind kind; /* SUBJECT_NONE: one record */
    const char *key;
    const char *reveal[REVEAL_MAX];
    size_t reveal_count;
    const char *purpose;
};

static enum status read_wish(const struct line *line, struct wish *wish, struct error *error)
{
    const char *what = line->operands[0];

    *wish = (struct wish){.kind = subject_kind_parse(what), .key = line->operands[1]};
    if (wish->kind != SUBJECT_PERSON && wish->kind != SUBJECT_ENTERPRISE &&
        strcmp(what, "record") != 0)
        return error_set(error, STATUS_USAGE, _("Show what: person, enterprise or record?"));
    if (strcmp(what, "record") == 0)
        wish->kind = SUBJECT_NONE;
    wish->reveal_count = line_option_count(line, "reveal");
    wish->purpose = line_option(line, "purpose");
    if (wish->reveal_count > REVEAL_MAX)
        return error_set(error, STATUS_USAGE, _("At most %d fields at once."), REVEAL_MAX);
    for (size_t i = 0; i < wish->reveal_count; i++)
        wish->reveal[i] = line_option_at(line, "reveal", i);
    if (wish->reveal_count > 0 && (!wish->purpose || wish->purpose[0] == '\0'))
        return error_set(error, STATUS_USAGE,
                         _("--reveal needs --purpose TEXT: it is written down with your name."));
    if (wish->reveal_count == 0 && wish->purpose)
        return error_set(error, STATUS_USAGE, _("--purpose belongs to --reveal FIELD."));
    return STATUS_OK;
}

/* A subject by its number, or by the key of a record about it (search prints those). */
static enum status open_subject(struct cli *cli, const struct wish *wish,
                                const struct dossier_options *options, struct dossier **dossier,
                                struct error *error)
{
    struct reader *reader = cli->seat->reader;
    const struct session *session = &cli->seat->session;
    struct dossier *record = NULL;
    struct error missing = {0};

    enum status status =
        dossier_open(reader, session, wish->kind, wish->key, options, dossier, &missing);
    if (status == STATUS_OK)
        return STATUS_OK;
    if (status == STATUS_NOT_FOUND &&
        dossier_open_record(reader, session, wish->key, NULL, &record, NULL) == STATUS_OK) {
        if (record->kind == wish->kind && record->subject)
            status = dossier_open(reader, session, wish->kind, record->subject, options, dossier,
                                  &missing);
        dossier_free(record);
    }
    return status == STATUS_OK ? STATUS_OK : error_set(error, status, "%s", missing.text);
}

static enum status open_wish(struct cli *cli, const struct wish *wish,
                             const struct dossier_options *options, struct dossier **dossier,
                             struct error *error)
{
    if (wish->kind == SUBJECT_NONE)
        return dossier_open_record(cli->seat->reader, &cli->seat->session, wish->key, options,
                                   dossier, error);
    return open_subject(cli, wish, options, dossier, error);
}

static bool names_field(const char *wanted, const char *dataset, const char *field)
{
    size_t length = strlen(dataset);

    if (strcmp(wanted, field) == 0)
        return true;
    return strncmp(wanted, dataset, length) == 0 && wanted[length] == '.' &&
           strcmp(wanted + length + 1, field) == 0;
}

static bool has_field(const struct dossier *dossier, const char *wanted)
{
    for (size_t i = 0; i < dossier->section_count; i++) {
        const struct dossier_section *section = &dossier->sections[i];
        for (size_t j = 0; j < section->field_count; j++) {
            if (names_field(wanted, section->dataset, section->fields[j].field->name))
                return true;
        }
    }
    return false;
}

static const char *object_of(const struct dossier *dossier)
{
    if (dossier->subject && dossier->subject[0] != '\0')
        return dossier->subject;
    return dossier->section_count > 0 ? dossier->sections[0].record : "";
}

/* Written down before anything is shown. */
static enum status write_down(struct cli *cli, const struct wish *wish,
                              const struct dossier *dossier, struct error *error)
{
    const char *object = object_of(dossier);
    enum status status = STATUS_OK;

    if (dossier->kind == SUBJECT_PERSON)
        status = trace_lookup(cli->seat, "open", object, NULL, error);
    for (size_t i = 0; status == STATUS_OK && i < wish->reveal_count; i++) {
        struct buf what = {0};
        buf_printf(&what, "%s %s", object, wish->reveal[i]);
        status = trace_lookup(cli->seat, "reveal", buf_text(&what), wish->purpose, error);
        buf_release(&what);
    }
    return status;
}

/* The masked file is opened first: it says whom the look-up is about and which fields exist. */
static enum status open_and_write_down(struct cli *cli, const struct wish *wish,
                                       struct dossier **dossier, struct error *error)
{
    const struct dossier_options options = {wish->reveal, wish->reveal_count};
    struct dossier *masked = NULL;

    enum status status = open_wish(cli, wish, NULL, &masked, error);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; status == STATUS_OK && i < wish->reveal_count; i++) {
        if (!has_field(masked, wish->reveal[i]))
            status = error_set(error, STATUS_INVALID, _("There is no field %.60s in this file."),
                               wish->reveal[i]);
    }
    if (status == STATUS_OK)
        status = write_down(cli, wish, masked, error);
    if (status == STATUS_OK && wish->reveal_count == 0) {
        *dossier = masked;
        return STATUS_OK;
    }
    dossier_free(masked);
    return status == STATUS_OK ? open_wish(cli, wish, &options, dossier, error) : status;
}

static enum status run(struct cli *cli, struct error *error)
{
    struct wish wish;
    struct dossier *dossier = NULL;

    enum status status = read_wish(cli->line, &wish, error);
    if (status == STATUS_OK)
        status = open_and_write_down(cli, &wish, &dossier, error);
    if (status != STATUS_OK)
        return status;
    if (output_is_json(cli->out))
        status = dossier_json(cli->out, dossier, error);
    else
        dossier_print(cli->out, dossier);
    dossier_free(dossier);
    return status;
}

static const struct option_row options[] = {
    {"reveal", "FIELD", OPTION_MANY, N_("show a masked field (DATASET.FIELD or FIELD) in clear")},
    {"purpose", "TEXT", 0, N_("what for; written into the look-up log")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_show = {
    .name = "show",
    .operands = "person|enterprise|record KEY",
    .operands_min = 2,
    .operands_max = 2,
    .summary = N_("Show everything known about a person or an enterprise, or one record."),
    .options = options,
    .needs = SEAT_HOME | SEAT_WRITE | SEAT_LOGIN | SEAT_MAY_BORROW,
    .allowed = session_may_read,
    .run = run,
};
