#include "base/clock.h"
#include "base/i18n.h"
#include "db/dossier_build.h"
#include "db/feed_state.h"
#include "db/request.h"
#include "db/request_row.h"

#include <string.h>

#define UNKNOWN_GRADE 2 /* of members the catalogue does not name */

/* --- open requests ---------------------------------------------------------------------------- */

static enum delivery delivery_of(struct stmt *stmt)
{
    if (stmt_int(stmt, 4))
        return DELIVERY_HELD;
    if (stmt_int(stmt, 5))
        return DELIVERY_SENDING;
    return stmt_int(stmt, 6) > 0 ? DELIVERY_QUEUED : DELIVERY_DELIVERED;
}

/* The maker; with the station when it is not this one. */
static const char *maker_of(struct dossier_build *build, struct stmt *stmt)
{
    const char *maker = stmt_text(stmt, 8);
    const char *station = stmt_text(stmt, 9);
    const char *here = home_station(reader_home(build->reader));

    if (station && *station && strcmp(station, here) != 0)
        return arena_printf(build->arena, "%s · %s", maker ? maker : "", station);
    return arena_str(build->arena, maker ? maker : "");
}

/* {"id", "record", "dataset", "state", "by", "at", "changes"}: what the sections need of a
 * request. */
static enum status add_request(struct dossier_build *build, struct stmt *stmt, struct error *error)
{
    const char *id = stmt_text(stmt, 0);
    const char *name = stmt_text(stmt, 2);
    enum request_state state = REQUEST_DRAFT;
    size_t length = 0;
    json_t *frozen = NULL;
    bool ok = true;
    const char *text = stmt_blob(stmt, 7, &length);
    enum status status = json_parse(text ? text : "", length, &frozen, error);

    if (status != STATUS_OK)
        return status;
    if (name && !request_state_parse(name, &state))
        state = REQUEST_DRAFT;
    json_t *request = json_object();
    const char *shown = arena_printf(build->arena, "%s · %s", request_state_title(state),
                                     delivery_title(delivery_of(stmt)));
    json_put_text(request, "id", id ? id : "", &ok);
    json_put_text(request, "record", json_text(frozen, "record", ""), &ok);
    json_put_text(request, "dataset", json_text(frozen, "dataset", ""), &ok);
    json_put_text(request, "state", shown ? shown : "", &ok);
    const char *by = maker_of(build, stmt);
    json_put_text(request, "by", by ? by : "", &ok);
    json_put(request, "at", json_integer(stmt_int(stmt, 3)), &ok);
    json_t *changes = json_object_get(frozen, "changes");
    json_put(request, "changes", changes ? json_incref(changes) : json_array(), &ok);
    json_add(build->requests, request, &ok);
    json_decref(frozen);
    return ok ? STATUS_OK : error_nomem(error);
}

enum status dossier_read_requests(struct dossier_build *build, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        reader_outbox(build->reader),
        "SELECT id, subject, state, created_ms, hold_kind IS NOT NULL, sending,"
        " unsent, frozen, maker, station FROM request WHERE subject = ?1 AND final = 0"
        " ORDER BY id DESC",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    build->requests = json_array();
    if (!build->requests)
        return error_nomem(error);
    stmt_bind_text(stmt, 1, build->dossier->subject);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        status = add_request(build, stmt, error);
        if (status != STATUS_OK)
            break;
        build->dossier->pending++;
    }
    stmt_reset(stmt);
    return status;
}

/* What a request proposes for a field of a record; NULL: nothing. */
static const json_t *proposal_of(const json_t *request, const struct record *record,
                                 const char *field)
{
    if (strcmp(json_text(request, "record", ""), record->key) != 0 ||
        strcmp(json_text(request, "dataset", ""), record->dataset->name) != 0)
        return NULL;
    const json_t *changes = json_object_get(request, "changes");
    for (size_t k = 0; k < json_array_size(changes); k++) {
        const json_t *change = json_array_get(changes, k);
        if (strcmp(json_text(change, "field", ""), field) == 0)
            return json_object_get(change, "proposed");
    }
    return NULL;
}

/* The newest open request that proposes another value for this field of this record, and how many
 * others do. */
static const json_t *find_proposal(const struct dossier_build *build, const struct record *record,
                                   const char *field, const json_t **request, size_t *others)
{
    const json_t *newest = NULL;

    for (size_t i = 0; i < json_array_size(build->requests); i++) {
        const json_t *candidate = json_array_get(build->requests, i);
        const json_t *proposed = proposal_of(candidate, record, field);
        if (!proposed)
            continue;
        if (newest) {
            ++*others;
        } else {
            newest = proposed;
            *request = candidate;
        }
    }
    return newest;
}

/* --- fields ----------------------------------------------------------------------------------- */

static const struct dataset_field *copy_field(struct dossier_build *build,
                                              const struct dataset_field *field)
{
    struct dataset_field *copy = arena_alloc(build->arena, sizeof *copy);

    if (!copy)
        return NULL;
    *copy = *field;
    copy->name = arena_str(build->arena, field->name);
    copy->title = arena_str(build->arena, field->title);
    copy->codes = arena_str(build->arena, field->codes);
    return copy;
}

static void fill_pending(struct dossier_build *build, const struct record *record,
                         const struct dataset_field *field, struct dossier_field *out)
{
    const json_t *request = NULL;
    const json_t *proposed =
        find_proposal(build, record, field->name, &request, &out->pending_others);
    bool masked;

    if (!proposed)
        return;
    const char *text = request_value_display(build->arena, field, proposed);
    out->pending = dossier_shown(build, record->dataset, field, text ? text : "", &masked);
    out->pending_id = arena_str(build->arena, json_text(request, "id", ""));
    out->pending_state = arena_str(build->arena, json_text(request, "state", ""));
    out->pending_by = arena_str(build->arena, json_text(request, "by", ""));
    out->pending_ms = json_int(request, "at", 0);
}

static void fill_field(struct dossier_build *build, const struct record *record,
                       const struct dataset_field *field, struct dossier_field *out)
{
    const json_t *value = json_object_get(record->body, field->name);
    const char *text = request_value_display(build->arena, field, value);
    bool masked = false;

    out->field = copy_field(build, field);
    out->present = value && !json_is_null(value);
    out->value = dossier_shown(build, record->dataset, field, text ? text : "", &masked);
    out->masked = masked;
    out->clear = masked ? NULL : out->value;
    out->dated = masked
                     ? DATED_WELL
                     : dated_judge(field, json_text(record->body, field->name, ""), build->today);
    fill_pending(build, record, field, out);
}

static size_t count_unknown(const struct record *record)
{
    const char *name;
    json_t *value;
    size_t count = 0;

    json_object_foreach(record->body, name, value)
    {
        count += !dataset_field(record->dataset, name);
    }
    return count;
}

/* Members the catalogue does not name are shown as they are, behind the others. */
static void fill_unknown(struct dossier_build *build, const struct record *record,
                         struct dossier_field *out)
{
    const char *name;
    json_t *value;

    json_object_foreach(record->body, name, value)
    {
        const struct dataset_field unknown = {
            .name = name, .title = name, .type = TYPE_TEXT, .grade = UNKNOWN_GRADE};
        if (!dataset_field(record->dataset, name))
            fill_field(build, record, &unknown, out++);
    }
}

/* --- sections --------------------------------------------------------------------------------- */

static enum status fill_section(struct dossier_build *build, const struct record *record,
                                struct dossier_section *section, struct error *error)
{
    struct feed_state feed;
    enum status status =
        feed_state_read(reader_cache(build->reader), record->dataset, &feed, error);
    size_t known = record->dataset->field_count;
    size_t count = known + count_unknown(record);
    struct dossier_field *fields = arena_array(build->arena, count + 1, sizeof *fields);

    if (status != STATUS_OK)
        return status;
    if (!fields)
        return error_nomem(error);
    for (size_t i = 0; i < known; i++)
        fill_field(build, record, &record->dataset->fields[i], &fields[i]);
    fill_unknown(build, record, fields + known);
    *section = (struct dossier_section){
        .dataset = arena_str(build->arena, record->dataset->name),
        .title = arena_str(build->arena, record->dataset->title),
        .provider = arena_str(build->arena, record->dataset->provider_name),
        .record = record->key,
        .rev = record->rev,
        .as_of = arena_str(build->arena, feed.as_of),
        .age_ms = feed.age_ms,
        .stale = feed.stale,
        .ahead = feed.ahead,
        .withdrawn = feed.withdrawn,
        .fields = fields,
        .field_count = count,
        .is_certificate = record->facts.is_certificate,
        .verdict = VERDICT_CANNOT_TELL,
        .verdict_reason = "",
    };
    if (section->is_certificate)
        status = dossier_judge(build, record, &section->verdict, &section->verdict_reason, error);
    return status == STATUS_OK ? dossier_read_changes(build, record, section, fields, error)
                               : status;
}

enum status dossier_make_sections(struct dossier_build *build, struct error *error)
{
    struct dossier_section *sections =
        arena_array(build->arena, build->records.count + 1, sizeof *sections);
    enum status status = sections ? STATUS_OK : error_nomem(error);

    for (size_t i = 0; i < build->records.count && status == STATUS_OK; i++)
        status = fill_section(build, &build->records.items[i], &sections[i], error);
    build->dossier->sections = sections;
    build->dossier->section_count = build->records.count;
    return status;
}
