#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/batch.h"
#include "cli/mask.h"
#include "cli/table.h"
#include "cli/trace.h"
#include "db/search.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_MAX 500

/* name on the line, kind, kind of its subject, title */
static const struct kind_row {
    const char *name;
    enum search_kind kind;
    enum subject_kind subject;
    const char *title;
} kinds[] = {
    {"person", SEARCH_PERSON, SUBJECT_PERSON, N_("person")},
    {"enterprise", SEARCH_ENTERPRISE, SUBJECT_ENTERPRISE, N_("enterprise")},
    {"certificate", SEARCH_CERTIFICATE, SUBJECT_NONE, N_("certificate")},
    {"place", SEARCH_PLACE, SUBJECT_PLACE, N_("place")},
    {"indicator", SEARCH_INDICATOR, SUBJECT_INDICATOR, N_("indicator")},
};

static const struct kind_row *kind_of(enum search_kind kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].kind == kind)
            return &kinds[i];
    }
    return &kinds[0];
}

static enum status read_options(const struct line *line, struct search_options *options,
                                struct error *error)
{
    const char *kind = line_option(line, "kind");
    const char *limit = line_option(line, "limit");

    *options = (struct search_options){.kind = SEARCH_ALL};
    for (size_t i = 0; kind && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, kind) == 0)
            options->kind = kinds[i].kind;
    }
    if (kind && options->kind == SEARCH_ALL)
        return error_set(error, STATUS_USAGE,
                         _("--kind is one of person, enterprise, certificate, place, indicator."));
    if (limit) {
        char *end = NULL;
        long number = strtol(limit, &end, 10);
        if (*limit == '\0' || *end != '\0' || number < 1 || number > LIMIT_MAX)
            return error_set(error, STATUS_USAGE, _("--limit is a number from 1 to %d."),
                             LIMIT_MAX);
        options->limit = (int)number;
    }
    return STATUS_OK;
}

/* --- answers -----------------------------------------------------------------------------------
 */

static json_t *hit_json(const struct session *session, const struct search_hit *hit, bool *ok)
{
    const struct kind_row *kind = kind_of(hit->kind);
    json_t *value = json_object();

    json_put_text(value, "kind", kind->name, ok);
    put_subject(value, "subject", session, kind->subject, hit->subject, ok);
    json_put_text(value, "name", hit->name, ok);
    json_put_text(value, "dataset", hit->dataset, ok);
    json_put_text(value, "record", hit->record, ok);
    json_put_text(value, "matched", hit->matched, ok);
    if (hit->found_as) {
        json_put_text(value, "found_as", hit->found_as, ok);
        json_put_text(value, "found_in", hit->found_in, ok);
    }
    json_put(value, "pending", json_integer(hit->pending), ok);
    json_put_text(value, "detail", hit->detail, ok);
    json_put(value, "deceased", json_boolean(hit->deceased), ok);
    return value;
}

static enum status result_json(struct cli *cli, const struct search_result *result,
                               struct error *error)
{
    json_t *value = json_object();
    json_t *hits = json_array();
    bool ok = true;

    json_put(value, "total_at_least", json_integer(result->total_at_least), &ok);
    json_put(value, "seconds", json_real(result->seconds), &ok);
    for (size_t i = 0; i < result->count; i++)
        json_add(hits, hit_json(&cli->seat->session, &result->hits[i], &ok), &ok);
    json_put(value, "hits", hits, &ok);
    return output_json(cli->out, value, ok, error);
}

static void print_hit(const struct session *session, const struct search_hit *hit,
                      struct table *table)
{
    const struct kind_row *kind = kind_of(hit->kind);
    struct buf subject = {0};
    struct buf marks = {0};

    session_show_subject(session, kind->subject, hit->subject, &subject);
    if (hit->deceased)
        buf_printf(&marks, "[%s]", _("deceased"));
    if (hit->pending > 0)
        buf_printf(&marks, _("[%d pending]"), hit->pending);
    table_cell(table, _(kind->title));
    table_cell(table, hit->name);
    table_cell(table, buf_text(&subject));
    table_cell(table, buf_text(&marks));
    table_cell(table, hit->detail);
    table_cell(table, hit->record);
    buf_release(&subject);
    buf_release(&marks);
}

static void print_result(struct cli *cli, const struct search_result *result)
{
    struct table *table = table_new(6);

    for (size_t i = 0; i < result->count; i++)
        print_hit(&cli->seat->session, &result->hits[i], table);
    table_print(table, 0, cli->out);
    table_free(table);
    if (result->count == 0)
        output_note(cli->out, "%s", _("Nothing found."));
    else if (result->total_at_least > (int64_t)result->count)
        output_note(cli->out, _("%zu of at least %lld are shown."), result->count,
                    (long long)result->total_at_least);
}

/* --- running -----------------------------------------------------------------------------------
 */

static enum status answer(struct cli *cli, const char *query, struct error *error)
{
    struct search_options options;
    struct search_result *result = NULL;

    enum status status = read_options(cli->line, &options, error);
    if (status == STATUS_OK)
        status = search_run(cli->seat->reader, query, &options, &result, error);
    if (status != STATUS_OK)
        return status;
    if (output_is_json(cli->out))
        status = result_json(cli, result, error);
    else
        print_result(cli, result);
    search_result_free(result);
    return status;
}

/* The words of the line are one query. */
static void join_words(const struct line *line, struct buf *query)
{
    for (size_t i = 0; i < line->operand_count; i++) {
        if (i > 0)
            buf_char(query, ' ');
        buf_str(query, line->operands[i]);
    }
}

/* While a window or a sync holds the home, searching goes on without a trace: hits are masked, and
 * opening one is written down or refused. A batch may last: the lock is given back first. */
static enum status run_batch(struct cli *cli, const char *path, struct error *error)
{
    struct buf object = {0};

    buf_printf(&object, "batch %s", path);
    enum status status = trace_lookup(cli->seat, "search", buf_text(&object), NULL, error);
    buf_release(&object);
    if (status == STATUS_OK)
        status = seat_release_lock(cli->seat, error);
    return status == STATUS_OK ? batch_run(cli, path, answer, error) : status;
}

/* Nobody found where nothing is kept says nothing about anybody. */
static enum status note_emptiness(struct cli *cli, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    enum status status = reader_catalogue(cli->seat->reader, &catalogue, error);

    if (status == STATUS_OK && catalogue_count(catalogue) == 0)
        output_note(cli->out, "huiliu: %s", _("Nothing has been fetched yet: run huiliu sync."));
    return status;
}

static enum status run(struct cli *cli, struct error *error)
{
    const char *batch = line_option(cli->line, "batch");
    struct search_options options;
    struct buf query = {0};

    enum status status = read_options(cli->line, &options, error);
    if (status != STATUS_OK)
        return status;
    if ((batch != NULL) == (cli->line->operand_count > 0))
        return error_set(error, STATUS_USAGE,
                         _("Give a query, or a file of queries with --batch."));
    if (batch)
        return run_batch(cli, batch, error);
    status = note_emptiness(cli, error);
    if (status != STATUS_OK)
        return status;
    join_words(cli->line, &query);
    status = buf_failed(&query) ? error_nomem(error)
                                : trace_lookup(cli->seat, "search", buf_text(&query), NULL, error);
    if (status == STATUS_OK)
        status = answer(cli, buf_text(&query), error);
    buf_release(&query);
    return status;
}

static const struct option_row options[] = {
    {"kind", "KIND", 0, N_("person, enterprise, certificate, place or indicator; all by default")},
    {"limit", "NUMBER", 0, N_("hits at most; 50 by default")},
    {"batch", "FILE", 0, N_("a query a line, a JSON line each; - is standard input")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_search = {
    .name = "search",
    .operands = "[QUERY…]",
    .operands_max = OPERANDS_ANY,
    .summary = N_("Search residents, enterprises and certificates."),
    .options = options,
    .needs = SEAT_HOME | SEAT_WRITE_IF_FREE | SEAT_LOGIN,
    .allowed = session_may_read,
    .run = run,
};
