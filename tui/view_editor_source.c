#include "db/dossier.h"
#include "db/journal.h"
#include "db/request.h"
#include "tui/view_editor.h"
#include "tui/view_words.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

/* Everything one reading needs. */
struct reading {
    struct reader *reader;
    const struct session *session;
    const char *dataset, *record, *previous;
    struct editor_source *source;
    json_t *body;
    const struct request_detail *request; /* the one that is replaced; NULL */
};

static const char *keep(struct reading *reading, const char *text)
{
    const char *kept = arena_str(reading->source->arena, text ? text : "");

    return kept ? kept : "";
}

static const char *keep_buf(struct reading *reading, struct buf *text)
{
    const char *kept = keep(reading, buf_text(text));

    buf_release(text);
    return kept;
}

/* --- values ---------------------------------------------------------------------------------- */

static const char *keep_typed(struct reading *reading, const json_t *value)
{
    struct buf typed = {0};
    bool ok = request_value_typed(value, &typed);
    const char *kept = keep_buf(reading, &typed);

    return ok ? kept : NULL;
}

static const json_t *proposed_before(const struct reading *reading, const char *field)
{
    const json_t *changes =
        reading->request ? json_object_get(reading->request->document, "changes") : NULL;

    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *change = json_array_get(changes, i);
        if (strcmp(json_text(change, "field", ""), field) == 0)
            return json_object_get(change, "proposed");
    }
    return NULL;
}

static const char *keep_shown(struct reading *reading, const struct dataset_field *field,
                              const json_t *value)
{
    struct buf displayed = {0};
    struct buf shown = {0};

    field_display(field, value, &displayed);
    session_show_value(reading->session, field, buf_text(&displayed), &shown);
    buf_release(&displayed);
    return keep_buf(reading, &shown);
}

static void add_value(struct reading *reading, const struct dataset_field *field)
{
    struct editor_source *source = reading->source;
    struct editor_source_value *value = &source->values[source->value_count++];
    const json_t *base = json_object_get(reading->body, field->name);
    const json_t *before = proposed_before(reading, field->name);

    value->name = keep(reading, field->name);
    value->title = keep(reading, field->title);
    value->codes = field->codes ? keep(reading, field->codes) : NULL;
    value->type = field->type;
    value->masked = base && !session_sees(reading->session, field->grade);
    value->base = keep_shown(reading, field, base);
    value->raw = value->masked ? NULL : base ? keep_typed(reading, base) : "";
    value->previous = before ? keep_typed(reading, before) : NULL;
}

static void add_subject(struct reading *reading, const struct dataset *dataset)
{
    const struct dataset_field *title = dataset_role(dataset, ROLE_TITLE);
    const struct dataset_field *subject = dataset_role(dataset, ROLE_SUBJECT);
    struct buf number = {0};

    reading->source->name =
        title ? keep_shown(reading, title, json_object_get(reading->body, title->name)) : "";
    if (subject)
        session_show_subject(reading->session, dataset->subject,
                             json_text(reading->body, subject->name, ""), &number);
    reading->source->subject = keep_buf(reading, &number);
}

/* --- the parts ------------------------------------------------------------------------------- */

static enum status read_record(struct reading *reading, struct error *error)
{
    char rev[96] = "";
    enum status status =
        record_body(reading->reader, reading->dataset, reading->record, &reading->body, rev, error);

    if (status == STATUS_OK)
        reading->source->rev = keep(reading, rev);
    return status;
}

static enum status read_dataset(struct reading *reading, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    struct editor_source *source = reading->source;
    enum status status = reader_catalogue(reading->reader, &catalogue, error);

    if (status != STATUS_OK)
        return status;
    const struct dataset *dataset = catalogue_find(catalogue, reading->dataset);
    if (!dataset)
        return error_set(error, STATUS_NOT_FOUND, _("The dataset %.60s is not in the catalogue."),
                         reading->dataset);
    source->dataset_title = keep(reading, dataset->title);
    source->provider = keep(reading, dataset->provider_name);
    source->values = arena_array(source->arena, dataset->field_count + 1, sizeof *source->values);
    if (!source->values)
        return error_nomem(error);
    for (size_t i = 0; i < dataset->field_count; i++)
        if (dataset->fields[i].correctable)
            add_value(reading, &dataset->fields[i]);
    add_subject(reading, dataset);
    return STATUS_OK;
}

static enum status count_requests(struct reading *reading, struct error *error)
{
    const struct request_filter filter = {.dataset = reading->dataset,
                                          .record = reading->record,
                                          .state = -1,
                                          .open_only = true,
                                          .limit = 100};
    struct request_list *list = NULL;
    enum status status = request_list(reading->reader, &filter, &list, error);

    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < list->count; i++)
        reading->source->open_requests += !request_state_is_final(list->rows[i].state);
    request_list_free(list);
    return STATUS_OK;
}

static enum status read_draft(struct reading *reading, struct error *error)
{
    struct error trouble = {0};
    enum status status = draft_load(reading->reader, reading->session, reading->dataset,
                                    reading->record, &reading->source->draft, &trouble);

    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        return STATUS_OK;
    return error_set(error, status, "%s", trouble.text);
}

/* The files of the request whose place the new one takes. */
static const char *keep_files(struct reading *reading)
{
    const json_t *evidence = json_object_get(reading->request->document, "evidence");
    struct buf names = {0};

    for (size_t i = 0; i < json_array_size(evidence); i++)
        buf_printf(&names, "%s%s", i > 0 ? "  " : "",
                   json_text(json_array_get(evidence, i), "name", ""));
    if (names.length == 0)
        return NULL;
    return keep_buf(reading, &names);
}

static void keep_request(struct reading *reading)
{
    struct editor_source *source = reading->source;

    if (!reading->request)
        return;
    source->previous_ground = keep(reading, reading->request->row.ground);
    source->previous_reason = keep(reading, reading->request->row.reason);
    source->previous_files = keep_files(reading);
    if (reading->request->fold.return_reason)
        source->return_reason = keep(reading, reading->request->fold.return_reason);
}

static enum status read_parts(struct reading *reading, struct error *error)
{
    enum status status = read_record(reading, error);

    if (status == STATUS_OK)
        status = read_dataset(reading, error);
    if (status == STATUS_OK)
        status = count_requests(reading, error);
    if (status == STATUS_OK)
        status = read_draft(reading, error);
    keep_request(reading);
    if (status == STATUS_OK && arena_failed(reading->source->arena))
        status = error_nomem(error);
    return status;
}

static enum status read_all(struct reading *reading, struct error *error)
{
    struct request_detail *request = NULL;
    enum status status = STATUS_OK;

    if (reading->previous[0])
        status = request_get(reading->reader, reading->previous, &request, error);
    reading->request = request;
    if (status == STATUS_OK)
        status = read_parts(reading, error);
    request_detail_free(request);
    json_decref(reading->body);
    return status;
}

enum status editor_source_read(struct reader *reader, const struct session *session,
                               const char *dataset, const char *record, const char *previous,
                               struct editor_source **source, struct error *error)
{
    struct reading reading = {.reader = reader,
                              .session = session,
                              .dataset = dataset,
                              .record = record,
                              .previous = previous,
                              .source = calloc(1, sizeof *reading.source)};

    if (!reading.source)
        return error_nomem(error);
    reading.source->arena = arena_new();
    enum status status = reading.source->arena ? read_all(&reading, error) : error_nomem(error);
    if (status != STATUS_OK) {
        editor_source_free(reading.source);
        return status;
    }
    *source = reading.source;
    return STATUS_OK;
}

void editor_source_free(struct editor_source *source)
{
    if (!source)
        return;
    json_decref(source->draft);
    arena_free(source->arena);
    free(source);
}
