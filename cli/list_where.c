#include "cli/list_where.h"

#include "base/i18n.h"
#include "base/text.h"
#include "db/lists.h"

#include <string.h>

#define FIELD_MAX 129

/* Longer signs first. */
static const struct {
    const char *sign;
    enum list_operator op;
} signs[] = {
    {"age>=", LIST_AGE_FROM}, {"age<=", LIST_AGE_TO},  {"size=", LIST_HOUSEHOLD_SIZE},
    {"empty", LIST_EMPTY},    {"filled", LIST_FILLED}, {"!=", LIST_NOT_EQUALS},
    {">=", LIST_FROM},        {"<=", LIST_TO},         {"=", LIST_EQUALS},
    {"~", LIST_CONTAINS},     {"^", LIST_STARTS},
};

static json_t *make(const char *field, enum list_operator op, const char *value)
{
    json_t *condition = json_object();
    bool ok = condition != NULL;

    json_put_text(condition, "field", field, &ok);
    json_put_text(condition, "op", list_operator_name(op), &ok);
    if (list_operator_needs_value(op))
        json_put_text(condition, "value", value, &ok);
    if (ok)
        return condition;
    json_decref(condition);
    return NULL;
}

static enum status no_condition(const char *text, struct error *error)
{
    return error_set(error, STATUS_USAGE,
                     _("\"%.80s\" is no condition. Write it like name~王, months>=12, "
                       "\"birth_date age>=80\" or \"phone empty\"."),
                     text);
}

enum status list_where_condition(const char *text, json_t **condition, struct error *error)
{
    size_t length = strcspn(text, "!<>=~^ ");
    const char *rest = text + length;
    char field[FIELD_MAX];

    rest += strspn(rest, " ");
    if (length == 0 || length >= sizeof field || !text_is_valid(text, strlen(text)))
        return no_condition(text, error);
    memcpy(field, text, length);
    field[length] = '\0';
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t width = strlen(signs[i].sign);
        bool bare = !list_operator_needs_value(signs[i].op);
        if (strncmp(rest, signs[i].sign, width) != 0 || (bare && rest[width]))
            continue;
        const char *value = rest + width + strspn(rest + width, " ");
        *condition = make(field, signs[i].op, value);
        return *condition ? STATUS_OK : error_nomem(error);
    }
    return no_condition(text, error);
}

static enum status read_conditions(const struct line *line, json_t *list, struct error *error)
{
    json_t *where = json_array();
    bool ok = where != NULL;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < line_option_count(line, "where") && status == STATUS_OK; i++) {
        json_t *condition = NULL;
        status = list_where_condition(line_option_at(line, "where", i), &condition, error);
        if (status == STATUS_OK)
            json_add(where, condition, &ok);
    }
    json_put(list, "where", where, &ok);
    return status == STATUS_OK && !ok ? error_nomem(error) : status;
}

static void put_columns(json_t *list, const char *columns, bool *ok)
{
    json_t *array = json_array();

    while (*columns) {
        size_t length = strcspn(columns, ",");
        json_add(array, json_stringn(columns, length), ok);
        columns += length + (columns[length] == ',');
    }
    json_put(list, "columns", array, ok);
}

enum status list_where_read(const struct line *line, json_t **out, struct error *error)
{
    json_t *list = json_object();
    const char *dataset = line_option(line, "dataset");
    bool ok = list != NULL;

    if (!dataset) {
        json_decref(list);
        return error_set(error, STATUS_USAGE, _("Say whose records with --dataset."));
    }
    json_put_text(list, "dataset", dataset, &ok);
    json_put_text(list, "match", line_switch(line, "any") ? "any" : "all", &ok);
    if (line_option(line, "sort"))
        json_put_text(list, "sort", line_option(line, "sort"), &ok);
    if (line_option(line, "columns"))
        put_columns(list, line_option(line, "columns"), &ok);
    enum status status = ok ? read_conditions(line, list, error) : error_nomem(error);
    if (status != STATUS_OK) {
        json_decref(list);
        return status;
    }
    *out = list;
    return STATUS_OK;
}
