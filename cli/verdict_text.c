#include "cli/verdict_text.h"

#include "base/i18n.h"
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

static void put_known(json_t *object, const char *name, const char *text, bool *ok)
{
    put_shown(object, name, text[0] != '\0' ? text : NULL, ok);
}

json_t *check_value(const struct check *check, bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "check", check->check, ok);
    json_put_text(value, "result", check_result_name(check->result), ok);
    put_shown(value, "detail", check->detail, ok);
    put_known(value, "source", check->source, ok);
    put_known(value, "as_of", check->as_of, ok);
    return value;
}

/* Only the age is a number. */
static json_t *facts_json(const struct verdict_report *report, bool *ok)
{
    json_t *value = json_object();

    for (size_t i = 0; i < report->fact_count; i++) {
        const struct verdict_fact *fact = &report->facts[i];
        if (strcmp(fact->name, "age") == 0)
            json_put(value, fact->name, json_integer(strtol(fact->value, NULL, 10)), ok);
        else
            put_shown(value, fact->name, fact->value, ok);
    }
    return value;
}

json_t *verdict_value(const struct verdict_report *report, bool *ok)
{
    json_t *value = json_object();
    json_t *checks = json_array();

    json_put_text(value, "verdict", verdict_name(report->verdict), ok);
    json_put_text(value, "kind", report->kind, ok);
    for (size_t i = 0; i < report->count; i++)
        json_add(checks, check_value(&report->checks[i], ok), ok);
    json_put(value, "checks", checks, ok);
    if (report->fact_count > 0)
        json_put(value, "derived", facts_json(report, ok), ok);
    json_put(value, "recheck", json_boolean(report->recheck), ok);
    return value;
}

enum status verdict_json(struct output *out, const struct verdict_report *report,
                         struct error *error)
{
    bool ok = true;
    json_t *value = verdict_value(report, &ok);

    return output_json(out, value, ok, error);
}

static const char *result_title(enum check_result result)
{
    switch (result) {
    case CHECK_PASS:
        return _("passed");
    case CHECK_FAIL:
        return _("not passed");
    case CHECK_WARN:
        return _("look twice");
    case CHECK_SKIPPED:
        return _("not checked");
    }
    return "";
}

void verdict_print(struct output *out, const struct verdict_report *report)
{
    struct table *table = table_new(4);
    char as_of[INSTANT_TEXT_MAX];

    output_line(out, "%s", verdict_title(report->verdict));
    for (size_t i = 0; i < report->count; i++) {
        const struct check *check = &report->checks[i];
        table_cell(table, result_title(check->result));
        table_cell(table, check->detail);
        table_cell(table, check->source);
        table_cell(table, local_instant(check->as_of, as_of));
    }
    table_print(table, 2, out);
    table_free(table);
    for (size_t i = 0; i < report->fact_count; i++)
        output_line(out, _("  %s: %s"), report->facts[i].title, report->facts[i].shown);
    if (report->recheck)
        output_line(out, "%s", _("Made from stored data: to be repeated online."));
}
