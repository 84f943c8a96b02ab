#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/mask.h"
#include "cli/table.h"
#include "db/notice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SEEN_MAX 1000

/* --- JSON --------------------------------------------------------------------------------------
 */

static json_t *viewers_json(const struct notice *notice, bool *ok)
{
    json_t *list = json_array();

    for (size_t i = 0; i < notice->viewer_count; i++) {
        json_t *viewer = json_object();
        json_put_text(viewer, "account", notice->viewers[i].account, ok);
        put_instant(viewer, "at", notice->viewers[i].at_ms, ok);
        json_add(list, viewer, ok);
    }
    return list;
}

static json_t *notice_json(const struct session *session, const struct notice *notice, bool *ok)
{
    json_t *value = json_object();

    json_put(value, "id", json_integer(notice->id), ok);
    json_put_text(value, "kind", notice->kind, ok);
    json_put_text(value, "severity", notice_severity_name(notice->severity), ok);
    put_instant(value, "at", notice->at_ms, ok);
    put_shown(value, "sentence", notice->sentence, ok);
    json_put_text(value, "account", notice->account, ok);
    json_put_text(value, "subject_kind", subject_kind_name(notice->subject_kind), ok);
    put_subject(value, "subject", session, notice->subject_kind, notice->subject, ok);
    json_put_text(value, "dataset", notice->dataset, ok);
    json_put_text(value, "record", notice->record, ok);
    json_put_text(value, "request", notice->request, ok);
    json_put(value, "seen", json_boolean(notice->seen), ok);
    json_put(value, "seen_by", viewers_json(notice, ok), ok);
    return value;
}

static enum status list_json(struct cli *cli, const struct notice_list *list, int64_t unseen,
                             struct error *error)
{
    json_t *value = json_object();
    json_t *notices = json_array();
    bool ok = true;

    for (size_t i = 0; i < list->count; i++)
        json_add(notices, notice_json(&cli->seat->session, &list->items[i], &ok), &ok);
    json_put(value, "unseen", json_integer(unseen), &ok);
    json_put(value, "notices", notices, &ok);
    return output_json(cli->out, value, ok, error);
}

/* --- text --------------------------------------------------------------------------------------
 */

static const char *mark_of(const struct notice *notice)
{
    if (notice->seen)
        return "";
    return notice->severity == NOTICE_INFO ? "*" : "!";
}

static void list_print(struct output *out, const struct notice_list *list, int64_t unseen)
{
    struct table *table = table_new(4);
    char at[INSTANT_TEXT_MAX];

    for (size_t i = 0; i < list->count; i++) {
        const struct notice *notice = &list->items[i];
        instant_format_local(notice->at_ms, at);
        table_cell(table, mark_of(notice));
        table_cellf(table, "%lld", (long long)notice->id);
        table_cell(table, at);
        table_cell(table, notice->sentence);
    }
    table_print(table, 0, out);
    table_free(table);
    output_line(
        out,
        ngettext("%lld notice not seen yet", "%lld notices not seen yet", (unsigned long)unseen),
        (long long)unseen);
}

/* --- seeing ------------------------------------------------------------------------------------
 */

static enum status read_id(const char *text, int64_t *id, struct error *error)
{
    char *end = NULL;

    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number <= 0)
        return error_set(error, STATUS_USAGE, _("\"%.40s\" is not the number of a notice."), text);
    *id = number;
    return STATUS_OK;
}

/* The index-th of those behind --seen, and of the operands after it. */
static const char *asked_for(const struct line *line, size_t index)
{
    size_t options = line_option_count(line, "seen");

    if (index < options)
        return line_option_at(line, "seen", index);
    return index - options < line->operand_count ? line->operands[index - options] : NULL;
}

static enum status see_ids(struct cli *cli, struct error *error)
{
    int64_t ids[SEEN_MAX];
    size_t count = 0;
    enum status status = STATUS_OK;
    const char *text;

    while (status == STATUS_OK && (text = asked_for(cli->line, count)) != NULL) {
        if (count == SEEN_MAX)
            return error_set(error, STATUS_USAGE, _("At most %d notices at once."), SEEN_MAX);
        status = read_id(text, &ids[count++], error);
    }
    if (status == STATUS_OK)
        status = notice_see(cli->seat->outbox, &cli->seat->session, ids, count, error);
    return status;
}

static enum status see(struct cli *cli, struct error *error)
{
    const char *first = line_option_at(cli->line, "seen", 0);

    if (!first) {
        if (cli->line->operand_count == 0)
            return STATUS_OK;
        return error_set(error, STATUS_USAGE, _("Numbers of notices stand behind --seen."));
    }
    if (!cli->seat->outbox)
        return error_set(error, STATUS_LOCKED,
                         _("Another Huiliu window is open in this home: mark notices as seen "
                           "there."));
    if (strcmp(first, "all") == 0)
        return notice_see_all(cli->seat->outbox, &cli->seat->session, error);
    return see_ids(cli, error);
}

static enum status run(struct cli *cli, struct error *error)
{
    const struct notice_filter filter = {.with_seen = line_switch(cli->line, "all")};
    struct notice_list *list = NULL;
    int64_t unseen = 0;
    enum status status = see(cli, error);

    if (status == STATUS_OK)
        status = notice_count(cli->seat->reader, cli->seat->session.account, &unseen, error);
    if (status == STATUS_OK)
        status = notice_read(cli->seat->reader, &cli->seat->session, &filter, &list, error);
    if (status != STATUS_OK)
        return status;
    if (output_is_json(cli->out))
        status = list_json(cli, list, unseen, error);
    else
        list_print(cli->out, list, unseen);
    notice_list_free(list);
    return status;
}

static const struct option_row options[] = {
    {"all", NULL, 0, N_("also those I have seen")},
    {"seen", "ID", OPTION_MANY, N_("mark these as seen first; \"all\" marks all")},
    {NULL, NULL, 0, NULL},
};

const struct cli_command command_notices = {
    .name = "notices",
    .operands = "[ID…]",
    .operands_max = SEEN_MAX,
    .summary = N_("Show what happened that you should know of, until you have seen it."),
    .options = options,
    .needs = SEAT_HOME | SEAT_WRITE_IF_FREE | SEAT_LOGIN,
    .run = run,
};
