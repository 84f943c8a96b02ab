#include "cli/commands.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "cli/table.h"
#include "db/overview.h"

/* --- JSON --------------------------------------------------------------------------------------
 */

static json_t *datasets_json(const struct overview *overview, bool *ok)
{
    json_t *list = json_array();

    for (size_t i = 0; i < overview->dataset_count; i++) {
        const struct dataset_status *dataset = &overview->datasets[i];
        json_t *value = json_object();
        json_put_text(value, "dataset", dataset->dataset, ok);
        json_put_text(value, "title", dataset->title, ok);
        json_put(value, "rows", json_integer(dataset->rows), ok);
        put_instant(value, "as_of", dataset->contact_ms, ok);
        put_age_days(value, "age_days", dataset->age_ms, ok);
        json_put(value, "stale", json_boolean(dataset->stale), ok);
        json_put(value, "complete", json_boolean(dataset->complete), ok);
        json_put_text(value, "state", dataset->state, ok);
        put_shown(value, "reason", dataset->reason ? dataset->reason : "", ok);
        json_put(value, "aside", json_integer(dataset->aside), ok);
        json_add(list, value, ok);
    }
    return list;
}

static json_t *requests_json(const struct overview *overview, bool *ok)
{
    json_t *value = json_object();
    json_t *by_state = json_object();

    for (int state = 0; state <= REQUEST_CLOSED; state++)
        json_put(by_state, request_state_name((enum request_state)state),
                 json_integer(overview->by_state[state]), ok);
    json_put(value, "by_state", by_state, ok);
    json_put(value, "queued", json_integer(overview->queued), ok);
    json_put(value, "sending", json_integer(overview->sending), ok);
    json_put(value, "delivered", json_integer(overview->delivered), ok);
    json_put(value, "withdrawn", json_integer(overview->withdrawn), ok);
    json_put(value, "held", json_integer(overview->held), ok);
    json_put(value, "to_review", json_integer(overview->to_review), ok);
    return value;
}

static json_t *notices_json(const struct overview *overview, bool *ok)
{
    json_t *list = json_array();

    for (size_t i = 0; i < overview->notice_count; i++)
        json_add(list, json_string(overview->notices[i]), ok);
    return list;
}

static enum status status_json(struct output *out, const struct overview *overview,
                               struct error *error)
{
    json_t *value = json_object();
    bool ok = true;

    json_put(value, "datasets", datasets_json(overview, &ok), &ok);
    json_put(value, "requests", requests_json(overview, &ok), &ok);
    put_instant(value, "last_contact", overview->contact_ms, &ok);
    json_put(value, "clock_offset_ms",
             overview->clock_offset_known ? json_integer(overview->clock_offset_ms) : json_null(),
             &ok);
    json_put(value, "disk_free",
             overview->disk_free < 0 ? json_null() : json_integer(overview->disk_free), &ok);
    put_shown(value, "last_failure", overview->last_failure ? overview->last_failure : "", &ok);
    json_put(value, "notices", notices_json(overview, &ok), &ok);
    json_put(value, "notices_unseen", json_integer(overview->notices_unseen), &ok);
    json_put(value, "rechecks", json_integer(overview->rechecks), &ok);
    put_instant(value, "oldest_unsent", overview->oldest_unsent_ms, &ok);
    return output_json(out, value, ok, error);
}

/* --- text --------------------------------------------------------------------------------------
 */

static void age_cell(const struct dataset_status *dataset, struct table *table)
{
    char age[32];

    if (dataset->age_ms < 0) {
        table_cell(table, _("never fetched"));
        return;
    }
    duration_format(dataset->age_ms, age, sizeof age);
    table_cellf(table, dataset->stale ? _("%s old, too old") : _("%s old"), age);
}

/* What is wrong with it, in words. */
static void remark_cell(const struct dataset_status *dataset, struct table *table)
{
    struct buf text = {0};

    buf_str(&text, dataset->reason ? dataset->reason : "");
    if (dataset->aside > 0) {
        buf_str(&text, text.length > 0 ? " " : "");
        buf_printf(&text,
                   ngettext("%lld row was not understood and is kept aside.",
                            "%lld rows were not understood and are kept aside.",
                            (unsigned long)dataset->aside),
                   (long long)dataset->aside);
    }
    table_cell(table, buf_failed(&text) ? NULL : buf_text(&text));
    buf_release(&text);
}

static void print_datasets(struct output *out, const struct overview *overview)
{
    struct table *table = table_new(5);

    for (size_t i = 0; i < overview->dataset_count; i++) {
        const struct dataset_status *dataset = &overview->datasets[i];
        table_cell(table, dataset->dataset);
        table_cell(table, dataset->title);
        table_cellf(table, _("%lld rows"), (long long)dataset->rows);
        age_cell(dataset, table);
        remark_cell(dataset, table);
    }
    table_print(table, 0, out);
    table_free(table);
}

static void print_machine(struct output *out, const struct overview *overview)
{
    char when[INSTANT_TEXT_MAX];

    if (overview->contact_ms == 0) {
        output_line(out, "%s", _("Last contact: never"));
    } else {
        instant_format_local(overview->contact_ms, when);
        output_line(out, _("Last contact: %s"), when);
    }
    if (overview->clock_offset_known)
        output_line(out, _("Clock against the platform: %+.1f s"),
                    (double)overview->clock_offset_ms / 1000.0);
    if (overview->disk_free >= 0)
        output_line(out, _("Free on the disk: %lld MiB"), overview->disk_free >> 20);
    if (overview->last_failure && overview->last_failure[0] != '\0')
        output_line(out, _("Last synchronisation failed: %s"), overview->last_failure);
}

static void status_print(struct output *out, const struct overview *overview)
{
    char when[INSTANT_TEXT_MAX];

    for (size_t i = 0; i < overview->notice_count; i++)
        output_line(out, _("Notice: %s"), overview->notices[i]);
    print_datasets(out, overview);
    output_line(out, _("Requests: %lld queued, %lld being sent, %lld delivered, %lld held"),
                (long long)overview->queued, (long long)overview->sending,
                (long long)overview->delivered, (long long)overview->held);
    if (overview->oldest_unsent_ms != 0) {
        instant_format_local(overview->oldest_unsent_ms, when);
        output_line(out, _("Not sent since %s"), when);
    }
    if (overview->to_review > 0)
        output_line(out, _("%lld wait for review"), (long long)overview->to_review);
    if (overview->notices_unseen > 0)
        output_line(out, _("Notices not seen yet: %lld (huiliu notices)"),
                    (long long)overview->notices_unseen);
    if (overview->rechecks > 0)
        output_line(out, _("Verdicts to be repeated after the next synchronisation: %lld"),
                    (long long)overview->rechecks);
    print_machine(out, overview);
}

static enum status run(struct cli *cli, struct error *error)
{
    struct overview *overview = NULL;

    enum status status =
        overview_read(cli->seat->reader, line_option(cli->line, "as"), &overview, error);
    if (status != STATUS_OK)
        return status;
    if (output_is_json(cli->out))
        status = status_json(cli->out, overview, error);
    else
        status_print(cli->out, overview);
    overview_free(overview);
    return status;
}

const struct cli_command command_status = {
    .name = "status",
    .operands = "",
    .summary = N_("Show how fresh the data is and what has not been sent."),
    .needs = SEAT_HOME,
    .run = run,
};
