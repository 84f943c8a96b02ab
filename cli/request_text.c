#include "cli/request_text.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "cli/mask.h"
#include "cli/table.h"
#include "db/wording.h"

#include <string.h>

/* --- rows --------------------------------------------------------------------------------------
 */

json_t *request_row_json(const struct session *session, const struct request_row *row, bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "id", row->id, ok);
    json_put_text(value, "kind", row->kind, ok);
    json_put_text(value, "dataset", row->dataset, ok);
    json_put_text(value, "record", row->record, ok);
    put_subject(value, "subject", session, subject_kind_parse(row->subject_kind), row->subject, ok);
    json_put_text(value, "name", row->subject_name, ok);
    json_put_text(value, "state", request_state_name(row->state), ok);
    json_put_text(value, "delivery", delivery_name(row->delivery), ok);
    json_put_text(value, "reason", row->delivery_reason, ok);
    json_put_text(value, "hold", row->hold_kind, ok);
    json_put_text(value, "ground", row->ground, ok);
    json_put_text(value, "why", row->reason, ok);
    json_put_text(value, "maker", row->maker, ok);
    json_put_text(value, "station", row->station, ok);
    put_instant(value, "created", row->created_ms, ok);
    json_put_text(value, "effect", request_effect_name(row->effect), ok);
    json_put_text(value, "deadline", row->deadline, ok);
    json_put(value, "deadline_certain", json_boolean(row->deadline_certain), ok);
    json_put(value, "base_changed", json_boolean(row->base_changed), ok);
    return value;
}

enum status request_list_json(struct output *out, const struct session *session,
                              const struct request_list *list, struct error *error)
{
    json_t *value = json_object();
    json_t *requests = json_array();
    bool ok = true;

    for (size_t i = 0; i < list->count; i++)
        json_add(requests, request_row_json(session, &list->rows[i], &ok), &ok);
    json_put(value, "requests", requests, &ok);
    return output_json(out, value, ok, error);
}

json_t *request_same_json(const struct request_detail *detail, bool *ok)
{
    json_t *same = json_array();

    for (size_t i = 0; i < detail->same_count; i++) {
        json_t *value = json_object();
        json_put_text(value, "id", detail->same[i].id, ok);
        json_put_text(value, "maker", detail->same[i].maker, ok);
        json_put_text(value, "state", request_state_name(detail->same[i].state), ok);
        json_add(same, value, ok);
    }
    return same;
}

void request_same_print(struct output *out, const struct request_detail *detail)
{
    for (size_t i = 0; i < detail->same_count; i++)
        output_line(out, _("! The same change is also asked for in %s, by %s: %s."),
                    detail->same[i].id, detail->same[i].maker,
                    request_state_title(detail->same[i].state));
}

static void print_row(const struct session *session, const struct request_row *row,
                      struct table *table)
{
    struct buf subject = {0};
    char created[INSTANT_TEXT_MAX];

    session_show_subject(session, subject_kind_parse(row->subject_kind), row->subject, &subject);
    instant_format_local(row->created_ms, created);
    table_cell(table, row->id);
    table_cell(table, request_state_title(row->state));
    table_cell(table, delivery_title(row->delivery));
    table_cell(table, row->subject_name[0] ? row->subject_name : buf_text(&subject));
    table_cell(table, session_sees(session, row->summary_grade) ? row->summary : _("masked"));
    table_cell(table, row->maker);
    table_cell(table, created);
    table_cell(table, row->delivery_reason[0] ? row->delivery_reason
                                              : request_effect_sentence(row->effect));
    buf_release(&subject);
}

void request_list_print(struct output *out, const struct session *session,
                        const struct request_list *list)
{
    struct table *table = table_new(8);

    for (size_t i = 0; i < list->count; i++)
        print_row(session, &list->rows[i], table);
    table_print(table, 0, out);
    table_free(table);
    if (list->count == 0)
        output_note(out, "%s", _("There are no such requests."));
}

/* --- one request -------------------------------------------------------------------------------
 */

/* The field as the catalogue knows it, NULL when it does not (any more). */
static const struct dataset_field *field_of(const struct catalogue *catalogue,
                                            const struct request_detail *detail, const char *name)
{
    const struct dataset *dataset = catalogue_find(catalogue, detail->row.dataset);

    return dataset ? dataset_field(dataset, name) : NULL;
}

static void put_value(json_t *object, const char *name, const struct session *session,
                      const struct dataset_field *field, const char *value, bool *ok)
{
    struct buf shown = {0};

    if (value)
        session_show_value(session, field, value, &shown);
    *ok = *ok && !buf_failed(&shown);
    json_put_text(object, name, value ? buf_text(&shown) : NULL, ok);
    buf_release(&shown);
}

static json_t *changes_json(const struct session *session, const struct catalogue *catalogue,
                            const struct request_detail *detail, bool *ok)
{
    json_t *changes = json_array();

    for (size_t i = 0; i < detail->field_count; i++) {
        const struct request_field *change = &detail->fields[i];
        const struct dataset_field *field = field_of(catalogue, detail, change->field);
        json_t *value = json_object();
        json_put_text(value, "field", change->field, ok);
        json_put_text(value, "title", change->title, ok);
        put_value(value, "base", session, field, change->base, ok);
        json_put_text(value, "proposed", change->proposed, ok);
        put_value(value, "now", session, field, change->now, ok);
        json_put(value, "now_differs", json_boolean(change->now_differs), ok);
        json_add(changes, value, ok);
    }
    return changes;
}

static json_t *history_json(const struct request_fold *fold, bool *ok)
{
    json_t *history = json_array();

    for (size_t i = 0; i < fold->step_count; i++) {
        const struct request_step *step = &fold->steps[i];
        json_t *value = json_object();
        json_put_text(value, "id", step->id, ok);
        json_put_text(value, "at", step->at, ok);
        json_put_text(value, "by", step->by, ok);
        json_put_text(value, "role", step->role, ok);
        json_put_text(value, "action", step->action, ok);
        json_put_text(value, "note", step->note, ok);
        json_put_text(value, "state", request_state_name(step->state), ok);
        json_put_text(value, "ignored", step->ignored, ok);
        json_add(history, value, ok);
    }
    return history;
}

/* The copy of a record that is not here any more: the fields that the catalogue still knows. */
static json_t *copy_json(const struct session *session, const struct catalogue *catalogue,
                         const struct request_detail *detail, bool *ok)
{
    const struct dataset *dataset = catalogue_find(catalogue, detail->row.dataset);
    char at[INSTANT_TEXT_MAX];

    if (!detail->copy)
        return json_null();
    json_t *value = json_object();
    json_t *fields = json_object();
    instant_format(detail->copy_ms, at);
    json_put_text(value, "at", at, ok);
    for (size_t i = 0; dataset && i < dataset->field_count; i++) {
        const struct dataset_field *field = &dataset->fields[i];
        const json_t *stored = json_object_get(detail->copy, field->name);
        struct buf text = {0};
        if (!stored)
            continue;
        field_display(field, stored, &text);
        put_value(fields, field->name, session, field, buf_text(&text), ok);
        buf_release(&text);
    }
    json_put(value, "fields", fields, ok);
    return value;
}

enum status request_detail_json(struct output *out, struct reader *reader,
                                const struct session *session, const struct request_detail *detail,
                                struct error *error)
{
    const struct catalogue *catalogue = NULL;
    bool ok = true;

    enum status status = reader_catalogue(reader, &catalogue, error);
    if (status != STATUS_OK)
        return status;
    json_t *value = request_row_json(session, &detail->row, &ok);
    json_put(value, "changes", changes_json(session, catalogue, detail, &ok), &ok);
    json_put(value, "copy", copy_json(session, catalogue, detail, &ok), &ok);
    json_put(value, "same_as", request_same_json(detail, &ok), &ok);
    json_put(value, "history", history_json(&detail->fold, &ok), &ok);
    json_put_text(value, "decided_by", detail->fold.decided_by, &ok);
    json_put_text(value, "return_reason", detail->fold.return_reason, &ok);
    json_put_text(value, "base_rev", detail->base_rev, &ok);
    json_put_text(value, "current_rev", detail->current_rev, &ok);
    json_put_text(value, "hash", detail->hash, &ok);
    json_put_text(value, "origin", detail->origin, &ok);
    json_put_text(value, "upstream_rev", detail->upstream_rev, &ok);
    json_put(value, "document", json_deep_copy(detail->document), &ok);
    return output_json(out, value, ok, error);
}

static void print_head(struct output *out, const struct session *session,
                       const struct request_row *row)
{
    struct buf subject = {0};

    session_show_subject(session, subject_kind_parse(row->subject_kind), row->subject, &subject);
    output_line(out, "%s  %s · %s", row->id, request_state_title(row->state),
                delivery_title(row->delivery));
    if (row->delivery_reason[0] != '\0')
        output_line(out, "! %s", row->delivery_reason);
    output_line(out, "%s %s  %s  %s", row->subject_name, buf_text(&subject), row->dataset_title,
                row->record);
    output_line(out, _("Ground: %s. Reason: %s"), wording_ground(row->ground), row->reason);
    if (request_effect_sentence(row->effect)[0] != '\0')
        output_line(out, "! %s", request_effect_sentence(row->effect));
    if (row->deadline[0] != '\0')
        output_line(out, row->deadline_certain ? _("Due %s") : _("Due about %s"), row->deadline);
    if (row->base_changed)
        output_line(out, "! %s", _("The record has changed since this was raised."));
    buf_release(&subject);
}

static void print_copy(struct output *out, const struct request_detail *detail)
{
    char instant[INSTANT_TEXT_MAX];
    char at[INSTANT_TEXT_MAX];

    if (!detail->copy)
        return;
    instant_format(detail->copy_ms, instant);
    output_line(out,
                _("! The record is not on this computer any more; a copy from %s is kept until "
                  "this request has been sent."),
                local_instant(instant, at));
}

static void print_changes(const struct session *session, const struct catalogue *catalogue,
                          const struct request_detail *detail, struct table *table)
{
    table_cell(table, _("Field"));
    table_cell(table, _("When raised"));
    table_cell(table, _("Proposed"));
    table_cell(table, _("Now"));
    for (size_t i = 0; i < detail->field_count; i++) {
        const struct request_field *change = &detail->fields[i];
        const struct dataset_field *field = field_of(catalogue, detail, change->field);
        struct buf base = {0};
        struct buf proposed = {0};
        struct buf now = {0};
        session_show_value(session, field, change->base ? change->base : "", &base);
        session_show_value(session, field, change->proposed ? change->proposed : "", &proposed);
        session_show_value(session, field, change->now ? change->now : "", &now);
        table_cell(table, change->title);
        table_cell(table, buf_text(&base));
        table_cell(table, buf_text(&proposed));
        table_cellf(table, change->now_differs ? "! %s" : "%s", buf_text(&now));
        buf_release(&base);
        buf_release(&proposed);
        buf_release(&now);
    }
}

static void print_history(const struct request_fold *fold, struct table *table)
{
    char at[INSTANT_TEXT_MAX];

    for (size_t i = 0; i < fold->step_count; i++) {
        const struct request_step *step = &fold->steps[i];
        table_cell(table, local_instant(step->at, at));
        table_cell(table, wording_action(step->action));
        table_cell(table, step->by);
        table_cell(table, step->ignored ? step->ignored : step->note);
    }
}

enum status request_detail_print(struct output *out, struct reader *reader,
                                 const struct session *session, const struct request_detail *detail,
                                 struct error *error)
{
    const struct catalogue *catalogue = NULL;

    enum status status = reader_catalogue(reader, &catalogue, error);
    if (status != STATUS_OK)
        return status;
    struct table *table = table_new(4);
    print_head(out, session, &detail->row);
    request_same_print(out, detail);
    print_copy(out, detail);
    output_line(out, "%s", "");
    print_changes(session, catalogue, detail, table);
    table_print(table, 2, out);
    output_line(out, "%s", "");
    print_history(&detail->fold, table);
    table_print(table, 2, out);
    table_free(table);
    return STATUS_OK;
}
