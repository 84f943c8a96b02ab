#include "db/request_row.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "db/dossier.h"
#include "db/request_value.h"
#include "db/workdays.h"

#include <stdio.h>
#include <string.h>

#define LEGAL_DAYS 10 /* working days the provider has, from `receive` on */

enum column {
    COLUMN_ID,
    COLUMN_KIND,
    COLUMN_DATASET,
    COLUMN_RECORD,
    COLUMN_SUBJECT_KIND,
    COLUMN_SUBJECT,
    COLUMN_MAKER,
    COLUMN_STATION,
    COLUMN_STATE,
    COLUMN_CREATED,
    COLUMN_LAST_EVENT,
    COLUMN_BORN_HERE,
    COLUMN_HOLD_KIND,
    COLUMN_HOLD_REASON,
    COLUMN_DEFER_REASON,
    COLUMN_SENDING,
    COLUMN_UNSENT,
    COLUMN_RECEIVED_AT,
    COLUMN_FROZEN,
    COLUMN_CLOSED_HERE,
};

static const char *copy_column(struct arena *arena, struct stmt *stmt, enum column column)
{
    const char *text = stmt_text(stmt, (int)column);

    return arena_str(arena, text ? text : "");
}

static enum delivery delivery_of(struct stmt *stmt)
{
    if (!stmt_is_null(stmt, COLUMN_HOLD_KIND))
        return DELIVERY_HELD;
    if (stmt_int(stmt, COLUMN_CLOSED_HERE))
        return DELIVERY_WITHDRAWN;
    if (stmt_int(stmt, COLUMN_SENDING))
        return DELIVERY_SENDING;
    return stmt_int(stmt, COLUMN_UNSENT) > 0 ? DELIVERY_QUEUED : DELIVERY_DELIVERED;
}

static const char *delivery_reason(struct stmt *stmt, struct arena *arena, enum delivery delivery)
{
    if (delivery == DELIVERY_HELD)
        return copy_column(arena, stmt, COLUMN_HOLD_REASON);
    if (delivery == DELIVERY_QUEUED)
        return copy_column(arena, stmt, COLUMN_DEFER_REASON);
    return "";
}

static void fill_columns(struct stmt *stmt, struct arena *arena, struct request_row *row)
{
    enum request_state state = REQUEST_DRAFT;
    const char *name = stmt_text(stmt, COLUMN_STATE);

    if (name && !request_state_parse(name, &state))
        state = REQUEST_DRAFT;
    row->id = copy_column(arena, stmt, COLUMN_ID);
    row->kind = copy_column(arena, stmt, COLUMN_KIND);
    row->dataset = copy_column(arena, stmt, COLUMN_DATASET);
    row->record = copy_column(arena, stmt, COLUMN_RECORD);
    row->subject_kind = copy_column(arena, stmt, COLUMN_SUBJECT_KIND);
    row->subject = copy_column(arena, stmt, COLUMN_SUBJECT);
    row->maker = copy_column(arena, stmt, COLUMN_MAKER);
    row->station = copy_column(arena, stmt, COLUMN_STATION);
    row->state = state;
    row->delivery = delivery_of(stmt);
    row->delivery_reason = delivery_reason(stmt, arena, row->delivery);
    row->hold_kind = copy_column(arena, stmt, COLUMN_HOLD_KIND);
    row->created_ms = stmt_int(stmt, COLUMN_CREATED);
    row->last_event_ms = stmt_int(stmt, COLUMN_LAST_EVENT);
    row->born_here = stmt_int(stmt, COLUMN_BORN_HERE) != 0;
}

/* --- joined facts ----------------------------------------------------------------------------- */

const char *request_value_display(struct arena *arena, const struct dataset_field *field,
                                  const json_t *value)
{
    struct buf text = {0};

    if (!value || json_is_null(value))
        return arena_str(arena, "");
    if (field)
        field_display(field, value, &text);
    else if (json_is_string(value))
        buf_str(&text, json_string_value(value));
    else if (json_print(value, &text, NULL) == STATUS_INVALID)
        buf_str(&text, "?");
    const char *kept = arena_buf(arena, &text);
    buf_release(&text);
    return kept;
}

static const struct dataset_field *field_of(const struct dataset *dataset, const char *name)
{
    return dataset ? dataset_field(dataset, name) : NULL;
}

static const char *or_empty(const char *text)
{
    return text && text[0] ? text : _("(empty)");
}

static bool names_the_subject(const struct dataset *dataset, const json_t *change)
{
    const struct dataset_field *field = field_of(dataset, json_text(change, "field", ""));

    return field && (field->role == ROLE_SUBJECT || field->role == ROLE_TITLE);
}

/* Of a correction the first; of a new record the first that does not say whom it is about, which
 * stands beside it. */
static const json_t *telling_change(const struct dataset *dataset, const json_t *frozen)
{
    const json_t *changes = json_object_get(frozen, "changes");
    size_t at = 0;

    if (strcmp(json_text(frozen, "kind", ""), "new") == 0)
        while (at < json_array_size(changes) &&
               names_the_subject(dataset, json_array_get(changes, at)))
            at++;
    return json_array_get(changes, at);
}

/* "Registered address: old → new", and how many more. */
static void summarize(struct arena *arena, const struct dataset *dataset, const json_t *frozen,
                      struct request_row *row)
{
    size_t count = json_array_size(json_object_get(frozen, "changes"));
    const json_t *telling = telling_change(dataset, frozen);
    const char *name = json_text(telling, "field", "");

    row->summary = arena_str(arena, json_text(frozen, "reason", ""));
    row->summary_grade = 0;
    if (!telling)
        return;
    const struct dataset_field *field = field_of(dataset, name);
    const char *title = field ? field->title : name;
    const char *base =
        or_empty(request_value_display(arena, field, json_object_get(telling, "base")));
    const char *proposed =
        or_empty(request_value_display(arena, field, json_object_get(telling, "proposed")));
    row->summary_grade = field ? field->grade : GRADE_UNKNOWN;
    row->summary = count == 1 ? arena_printf(arena, _("%s: %s → %s"), title, base, proposed)
                              : arena_printf(arena, _("%s: %s → %s (and %zu more)"), title, base,
                                             proposed, count - 1);
}

static bool base_changed(const json_t *frozen, const struct request_source *source)
{
    const json_t *changes = json_object_get(frozen, "changes");
    bool changed = false;

    if (!source->record || strcmp(json_text(frozen, "base_rev", ""), source->rev) == 0)
        return false;
    for (size_t i = 0; i < json_array_size(changes) && !changed; i++) {
        const json_t *change = json_array_get(changes, i);
        const char *field = json_text(change, "field", "");
        json_t *now = request_value_of_record(json_object_get(source->record, field));
        changed = !request_value_equal(now, json_object_get(change, "base"));
        json_decref(now);
    }
    return changed;
}

/* --- what came of it -------------------------------------------------------------------------- */

static bool is_under_way(enum request_state state)
{
    return state == REQUEST_APPROVED || state == REQUEST_RECEIVED || state == REQUEST_CHECKING ||
           state == REQUEST_CORRECTED;
}

struct comparison {
    bool any, all_proposed, some_other; /* neither the old value nor the proposed one */
};

static struct comparison compare_values(const json_t *changes, const json_t *record)
{
    struct comparison found = {.all_proposed = true};

    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *change = json_array_get(changes, i);
        json_t *now =
            request_value_of_record(json_object_get(record, json_text(change, "field", "")));
        bool proposed = request_value_equal(now, json_object_get(change, "proposed"));
        bool base = request_value_equal(now, json_object_get(change, "base"));
        json_decref(now);
        found.any = true;
        found.all_proposed = found.all_proposed && proposed;
        found.some_other = found.some_other || (!proposed && !base);
    }
    return found;
}

static enum request_effect effect_of(const struct request_row *row,
                                     const struct request_source *source)
{
    const int64_t patience_ms = (int64_t)REQUEST_SEEN_DAYS * 24 * 3600 * 1000;
    if (!source->record || !is_under_way(row->state))
        return EFFECT_NONE;

    struct comparison found =
        compare_values(json_object_get(source->frozen, "changes"), source->record);
    if (!found.any)
        return EFFECT_NONE;
    if (found.all_proposed)
        return EFFECT_AS_PROPOSED;
    if (found.some_other && row->state == REQUEST_CORRECTED)
        return EFFECT_OTHER_VALUE;
    return clock_wall_ms() - row->last_event_ms > patience_ms ? EFFECT_NOT_SEEN : EFFECT_WAITED_FOR;
}

const char *request_effect_name(enum request_effect effect)
{
    static const char *const names[] = {
        [EFFECT_NONE] = "none",
        [EFFECT_WAITED_FOR] = "waited_for",
        [EFFECT_AS_PROPOSED] = "as_proposed",
        [EFFECT_OTHER_VALUE] = "other_value",
        [EFFECT_NOT_SEEN] = "not_seen",
    };

    return names[effect];
}

const char *request_effect_sentence(enum request_effect effect)
{
    if (effect == EFFECT_OTHER_VALUE)
        return _("the provider corrected it to another value");
    if (effect == EFFECT_NOT_SEEN)
        return _("not in the returned data after 30 days");
    return "";
}

static const char *name_in(const struct dataset *dataset, const json_t *record)
{
    const struct dataset_field *field = dataset ? dataset_role(dataset, ROLE_TITLE) : NULL;

    return field ? json_text(record, field->name, "") : "";
}

/* What a request for a new record says about whom it is. */
static const char *name_proposed(const struct dataset *dataset, const json_t *frozen)
{
    const struct dataset_field *field = dataset ? dataset_role(dataset, ROLE_TITLE) : NULL;
    const json_t *changes = json_object_get(frozen, "changes");

    for (size_t i = 0; field && i < json_array_size(changes); i++) {
        const json_t *change = json_array_get(changes, i);
        if (strcmp(json_text(change, "field", ""), field->name) == 0)
            return json_text(change, "proposed", "");
    }
    return "";
}

static const char *name_of(const struct request_row *row, const struct dataset *dataset,
                           const struct request_source *source)
{
    if (source->copy.record)
        return buf_text(&source->copy.name);
    return row->record && row->record[0] ? name_in(dataset, source->record)
                                         : name_proposed(dataset, source->frozen);
}

/* A record that is not in the cache is no failure: it may have been withdrawn. */
static enum status load_record(struct reader *reader, const struct request_row *row,
                               struct request_source *source, struct error *error)
{
    struct error why = {0};

    if (!row->record || !row->record[0])
        return STATUS_OK;
    enum status status =
        record_body(reader, row->dataset, row->record, &source->record, source->rev, &why);
    if (status == STATUS_NOT_FOUND)
        status = escrow_find(reader, row->id, &source->copy, &why);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (error)
        *error = why;
    return status;
}

static enum status fill_deadline(struct reader *reader, struct stmt *stmt, struct arena *arena,
                                 struct request_row *row, struct error *error)
{
    const char *received = stmt_text(stmt, COLUMN_RECEIVED_AT);
    char text[DATE_TEXT_MAX];
    struct date deadline;
    int64_t at;

    row->deadline = "";
    bool runs = row->state == REQUEST_RECEIVED || row->state == REQUEST_CHECKING;
    if (!runs || !received || !instant_parse(received, &at))
        return STATUS_OK;
    enum status status = workdays_add(reader, date_of_instant(at), LEGAL_DAYS, &deadline,
                                      &row->deadline_certain, error);
    if (status != STATUS_OK)
        return status;
    date_format(deadline, text);
    row->deadline = arena_str(arena, text);
    return STATUS_OK;
}

static enum status join_catalogue(struct reader *reader, struct arena *arena,
                                  struct request_row *row, const struct request_source *source,
                                  struct error *error)
{
    const struct catalogue *catalogue;
    enum status status = reader_catalogue(reader, &catalogue, error);
    if (status != STATUS_OK)
        return status;

    const struct dataset *dataset = catalogue_find(catalogue, row->dataset ? row->dataset : "");
    row->dataset_title = arena_str(arena, dataset ? dataset->title : row->dataset);
    row->subject_name = arena_str(arena, name_of(row, dataset, source));
    row->ground = arena_str(arena, json_text(source->frozen, "ground", ""));
    row->reason = arena_str(arena, json_text(source->frozen, "reason", ""));
    summarize(arena, dataset, source->frozen, row);
    row->effect = effect_of(row, source);
    row->base_changed = !request_state_is_final(row->state) && base_changed(source->frozen, source);
    return STATUS_OK;
}

static enum status parse_frozen(struct stmt *stmt, json_t **frozen, struct error *error)
{
    const char *text = stmt_text(stmt, COLUMN_FROZEN);

    return text ? json_parse(text, strlen(text), frozen, error) : error_nomem(error);
}

void request_source_release(struct request_source *source)
{
    json_decref(source->frozen);
    json_decref(source->record);
    escrow_copy_release(&source->copy);
    *source = (struct request_source){0};
}

enum status request_row_fill(struct reader *reader, struct stmt *stmt, struct arena *arena,
                             struct request_row *out, struct request_source *out_source,
                             struct error *error)
{
    struct request_row row = {0};
    struct request_source source = {0};

    fill_columns(stmt, arena, &row);
    enum status status = parse_frozen(stmt, &source.frozen, error);
    if (status == STATUS_OK)
        status = load_record(reader, &row, &source, error);
    if (status == STATUS_OK)
        status = join_catalogue(reader, arena, &row, &source, error);
    if (status == STATUS_OK)
        status = fill_deadline(reader, stmt, arena, &row, error);
    if (status == STATUS_OK && arena_failed(arena))
        status = error_nomem(error);
    if (status == STATUS_OK)
        *out = row;
    if (status == STATUS_OK && out_source)
        *out_source = source;
    else
        request_source_release(&source);
    return status;
}
