#include "db/list_query.h"

#include "base/i18n.h"
#include "db/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MAX 400

/* --- operators -------------------------------------------------------------------------------- */

static const struct {
    const char *name, *title;
} operators[] = {
#define LIST_OPERATOR_ROW(name, id, title) {id, title},
    LIST_OPERATOR_LIST(LIST_OPERATOR_ROW)
#undef LIST_OPERATOR_ROW
};

const char *list_operator_name(enum list_operator op)
{
    return operators[op].name;
}

const char *list_operator_title(enum list_operator op, enum field_type type)
{
    bool number = type == TYPE_INTEGER || type == TYPE_AMOUNT;

    if (number && op == LIST_FROM)
        return _("at least");
    if (number && op == LIST_TO)
        return _("at most");
    return _(operators[op].title);
}

bool list_operator_parse(const char *name, enum list_operator *op)
{
    for (int i = 0; i < LIST_OPERATOR_COUNT; i++)
        if (strcmp(operators[i].name, name) == 0) {
            *op = (enum list_operator)i;
            return true;
        }
    return false;
}

static bool has_order(enum field_type type)
{
    return type == TYPE_DATE || type == TYPE_TIME || type == TYPE_INTEGER || type == TYPE_AMOUNT;
}

bool list_operator_fits(enum list_operator op, const struct dataset_field *field)
{
    switch (op) {
    case LIST_FROM:
    case LIST_TO:
        return has_order(field->type);
    case LIST_AGE_FROM:
    case LIST_AGE_TO:
        return field->type == TYPE_DATE || field->type == TYPE_RESIDENT_ID;
    case LIST_HOUSEHOLD_SIZE:
        return field->role == ROLE_HOUSEHOLD;
    case LIST_CONTAINS:
    case LIST_STARTS:
        return field->type != TYPE_BOOLEAN && field->type != TYPE_CODE;
    case LIST_EQUALS:
    case LIST_NOT_EQUALS:
    case LIST_EMPTY:
    case LIST_FILLED:
    case LIST_OPERATOR_COUNT:
        break;
    }
    return op != LIST_OPERATOR_COUNT;
}

bool list_operator_needs_value(enum list_operator op)
{
    return op != LIST_EMPTY && op != LIST_FILLED;
}

/* --- fields ----------------------------------------------------------------------------------- */

static enum status find_field(const struct catalogue *catalogue, const struct dataset *own,
                              const char *reference, const struct dataset **dataset,
                              const struct dataset_field **field, struct error *error)
{
    const char *dot = strchr(reference, '.');
    char name[65];

    *dataset = own;
    if (dot && !dataset_field(own, reference)) {
        (void)snprintf(name, sizeof name, "%.*s",
                       (int)(dot - reference < 64 ? dot - reference : 64), reference);
        *dataset = catalogue_find(catalogue, name);
        reference = dot + 1;
    }
    *field = *dataset ? dataset_field(*dataset, reference) : NULL;
    if (!*field)
        return error_set(error, STATUS_INVALID, _("The catalogue has no field \"%.80s\"."),
                         reference);
    if (*dataset != own && (own->subject != (*dataset)->subject ||
                            (own->subject != SUBJECT_PERSON && own->subject != SUBJECT_ENTERPRISE)))
        return error_set(error, STATUS_INVALID, _("%s and %s are not about the same subjects."),
                         own->title, (*dataset)->title);
    return STATUS_OK;
}

/* --- conditions ------------------------------------------------------------------------------- */

/* A code can be given by its title: 女 for 2. */
static const char *code_of(struct arena *arena, const struct dataset_field *field,
                           const char *value)
{
    char code[8];

    if (!field->codes || !code_system_is_known(field->codes))
        return NULL;
    for (int i = 0; i < 1000; i++)
        for (int width = 1; width <= 3; width++) {
            (void)snprintf(code, sizeof code, "%0*d", width, i);
            const char *title = code_title(field->codes, code);
            if (title && strcmp(title, value) == 0)
                return arena_str(arena, code);
        }
    return NULL;
}

static const char *boolean_of(const char *value)
{
    static const char *const yes[] = {"true", "yes", "1", "是", "有"};

    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (strcmp(value, yes[i]) == 0)
            return "true";
    return "false";
}

static bool read_number(const char *value, double *number)
{
    char *end = NULL;

    *number = strtod(value, &end);
    return end != value && *end == '\0';
}

static bool is_number(const struct list_condition *condition)
{
    enum field_type type = condition->field->type;

    return condition->op == LIST_AGE_FROM || condition->op == LIST_AGE_TO ||
           condition->op == LIST_HOUSEHOLD_SIZE || type == TYPE_INTEGER || type == TYPE_AMOUNT;
}

static enum status read_value(struct list_query *query, const char *value,
                              struct list_condition *condition, struct error *error)
{
    const struct dataset_field *field = condition->field;
    bool compares = condition->op != LIST_CONTAINS && condition->op != LIST_STARTS;

    if (!list_operator_needs_value(condition->op))
        return STATUS_OK;
    if (!*value || strlen(value) > VALUE_MAX)
        return error_set(error, STATUS_INVALID, _("%s: say which value."), field->title);
    condition->value =
        arena_str(query->arena, field->type == TYPE_BOOLEAN ? boolean_of(value) : value);
    if (!condition->value)
        return error_nomem(error);
    if (!compares)
        return STATUS_OK;
    if (is_number(condition) && !read_number(value, &condition->number))
        return error_set(error, STATUS_INVALID, _("%s: \"%.40s\" is no number."), field->title,
                         value);
    if (!is_number(condition) && (field->type == TYPE_DATE || field->type == TYPE_TIME) &&
        !date_parse(value, &condition->date))
        return error_set(error, STATUS_INVALID, _("%s: not a date; write it like 2026-03-14."),
                         field->title);
    condition->code = field->type == TYPE_CODE ? code_of(query->arena, field, value) : NULL;
    return STATUS_OK;
}

static struct list_part *part_of(struct list_query *query, const struct dataset *dataset)
{
    for (size_t i = 0; i < query->part_count; i++)
        if (query->parts[i].dataset == dataset)
            return &query->parts[i];
    query->parts[query->part_count].dataset = dataset;
    return &query->parts[query->part_count++];
}

static enum status read_condition(const struct catalogue *catalogue, const json_t *from,
                                  struct list_query *query, struct error *error)
{
    const char *name = json_text(from, "op", "");
    const struct dataset *dataset;
    struct list_condition condition = {0};
    enum status status =
        find_field(catalogue, query->parts[0].dataset, json_text(from, "field", ""), &dataset,
                   &condition.field, error);

    if (status != STATUS_OK)
        return status;
    if (!list_operator_parse(name, &condition.op) ||
        !list_operator_fits(condition.op, condition.field))
        return error_set(error, STATUS_INVALID, _("%s cannot be asked \"%.40s\"."),
                         condition.field->title, name);
    status = read_value(query, json_text(from, "value", ""), &condition, error);
    if (status != STATUS_OK)
        return status;
    struct list_part *part = part_of(query, dataset);
    part->conditions[part->count++] = condition;
    return STATUS_OK;
}

static enum status read_conditions(const struct catalogue *catalogue, const json_t *where,
                                   struct list_query *query, struct error *error)
{
    enum status status = STATUS_OK;

    if (json_array_size(where) > LIST_CONDITIONS_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("At most %d conditions are possible."),
                         LIST_CONDITIONS_MAX);
    for (size_t i = 0; i < json_array_size(where) && status == STATUS_OK; i++)
        status = read_condition(catalogue, json_array_get(where, i), query, error);
    return status;
}

/* --- columns and order ------------------------------------------------------------------------ */

static enum status add_column(struct list_query *query, const struct dataset *dataset,
                              const struct dataset_field *field, struct error *error)
{
    bool own = dataset == query->parts[0].dataset;

    for (size_t i = 0; i < query->column_count; i++)
        if (query->columns[i].dataset == dataset && query->columns[i].field == field)
            return STATUS_OK;
    if (query->column_count == LIST_COLUMNS_MAX)
        return STATUS_OK;
    struct list_column *column = &query->columns[query->column_count++];
    column->dataset = dataset;
    column->field = field;
    column->reference =
        own ? field->name : arena_printf(query->arena, "%s.%s", dataset->name, field->name);
    return column->reference ? STATUS_OK : error_nomem(error);
}

/* Who it is, how to reach them, and what was asked for. */
static enum status usual_columns(struct list_query *query, struct error *error)
{
    static const enum field_role roles[] = {ROLE_TITLE, ROLE_SUBJECT, ROLE_PHONE, ROLE_ADDRESS};
    const struct dataset *own = query->parts[0].dataset;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < 4 && status == STATUS_OK; i++)
        if (dataset_role(own, roles[i]))
            status = add_column(query, own, dataset_role(own, roles[i]), error);
    for (size_t i = 0; i < query->part_count; i++)
        for (size_t j = 0; j < query->parts[i].count && status == STATUS_OK; j++)
            status = add_column(query, query->parts[i].dataset, query->parts[i].conditions[j].field,
                                error);
    return status;
}

static enum status read_columns(const struct catalogue *catalogue, const json_t *columns,
                                struct list_query *query, struct error *error)
{
    enum status status = STATUS_OK;

    if (json_array_size(columns) == 0)
        return usual_columns(query, error);
    if (json_array_size(columns) > LIST_COLUMNS_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("At most %d columns are possible."),
                         LIST_COLUMNS_MAX);
    for (size_t i = 0; i < json_array_size(columns) && status == STATUS_OK; i++) {
        const char *reference = json_string_value(json_array_get(columns, i));
        const struct dataset *dataset;
        const struct dataset_field *field;
        status = find_field(catalogue, query->parts[0].dataset, reference ? reference : "",
                            &dataset, &field, error);
        if (status == STATUS_OK)
            status = add_column(query, dataset, field, error);
    }
    return status;
}

static enum status read_sort(const char *sort, struct list_query *query, struct error *error)
{
    query->descending = sort[0] == '-';
    sort += query->descending;
    if (!*sort)
        return STATUS_OK;
    query->sort = dataset_field(query->parts[0].dataset, sort);
    if (!query->sort)
        return error_set(error, STATUS_INVALID, _("%s has no field \"%.64s\"."),
                         query->parts[0].dataset->title, sort);
    return STATUS_OK;
}

/* --- the list --------------------------------------------------------------------------------- */

enum status list_query_read(const struct catalogue *catalogue, const json_t *list,
                            struct list_query *query, struct error *error)
{
    const char *dataset = json_text(list, "dataset", "");

    query->arena = arena_new();
    query->today = date_today();
    query->any = strcmp(json_text(list, "match", "all"), "any") == 0;
    query->parts[0].dataset = catalogue_find(catalogue, dataset);
    query->part_count = 1;
    if (!query->arena)
        return error_nomem(error);
    if (!query->parts[0].dataset)
        return error_set(error, STATUS_INVALID, _("There is no dataset \"%.64s\"."), dataset);
    enum status status = read_conditions(catalogue, json_object_get(list, "where"), query, error);
    if (status == STATUS_OK)
        status = read_columns(catalogue, json_object_get(list, "columns"), query, error);
    if (status == STATUS_OK)
        status = read_sort(json_text(list, "sort", ""), query, error);
    return status;
}

void list_query_release(struct list_query *query)
{
    for (size_t i = 0; i < query->part_count; i++) {
        hash_set_release(&query->parts[i].subjects);
        hash_set_release(&query->parts[i].households);
    }
    arena_free(query->arena);
    *query = (struct list_query){0};
}
