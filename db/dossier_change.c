#include "db/dossier_build.h"
#include "db/history.h"
#include "db/request_row.h"

#include <string.h>

#define SHOWN_MAX 40 /* changes of fields of one record */

/* One walk through the history of a record. */
struct telling {
    struct dossier_build *build;
    const struct record *record;
    struct dossier_section *section;
    struct dossier_field *fields;
    struct dossier_change *changes;
    size_t count;
};

static struct dossier_field *find_field(const struct telling *telling, const char *name)
{
    for (size_t i = 0; i < telling->section->field_count; i++)
        if (telling->fields[i].field && telling->fields[i].field->name &&
            strcmp(telling->fields[i].field->name, name) == 0)
            return &telling->fields[i];
    return NULL;
}

/* A member that is not in the catalogue and not in the record any more: as other unknown ones. */
static const struct dataset_field *unknown_field(struct dossier_build *build, const char *name)
{
    struct dataset_field *field = arena_alloc(build->arena, sizeof *field);

    if (field)
        *field = (struct dataset_field){.name = arena_str(build->arena, name),
                                        .title = arena_str(build->arena, name),
                                        .type = TYPE_TEXT,
                                        .grade = GRADE_UNKNOWN};
    return field;
}

static const char *shown(struct telling *telling, const struct dataset_field *field,
                         const json_t *value, bool *masked)
{
    const char *text = request_value_display(telling->build->arena, field, value);
    bool hidden = false;
    const char *result =
        dossier_shown(telling->build, telling->record->dataset, field, text ? text : "", &hidden);

    *masked = *masked || hidden;
    return result;
}

static void tell_field(struct telling *telling, int64_t at_ms, const json_t *entry)
{
    const char *name = json_string_value(json_array_get(entry, 0));
    struct dossier_field *known = name ? find_field(telling, name) : NULL;

    if (!name || telling->count == SHOWN_MAX)
        return;
    const struct dataset_field *field = known ? known->field : unknown_field(telling->build, name);
    if (!field)
        return;
    if (known && known->changed_ms == 0)
        known->changed_ms = at_ms;
    struct dossier_change *change = &telling->changes[telling->count++];
    change->at_ms = at_ms;
    change->name = field->name;
    change->title = field->title;
    change->before = shown(telling, field, json_array_get(entry, 1), &change->masked);
    change->after = shown(telling, field, json_array_get(entry, 2), &change->masked);
}

enum status dossier_read_changes(struct dossier_build *build, const struct record *record,
                                 struct dossier_section *section, struct dossier_field *fields,
                                 struct error *error)
{
    struct telling telling = {
        .build = build, .record = record, .section = section, .fields = fields};
    json_t *history = NULL;
    enum status status =
        history_read(build->source.cache, record->id, HISTORY_PER_RECORD, &history, error);

    if (status != STATUS_OK || json_array_size(history) == 0) {
        json_decref(history);
        return status;
    }
    telling.changes = arena_array(build->arena, SHOWN_MAX, sizeof *telling.changes);
    for (size_t i = 0; i < json_array_size(history) && telling.changes; i++) {
        const json_t *change = json_array_get(history, i);
        const json_t *entries = json_object_get(change, "fields");
        for (size_t k = 0; k < json_array_size(entries); k++)
            tell_field(&telling, json_int(change, "at", 0), json_array_get(entries, k));
    }
    json_decref(history);
    section->changes = telling.changes;
    section->change_count = telling.count;
    return telling.changes ? STATUS_OK : error_nomem(error);
}
