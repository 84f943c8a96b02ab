#include "base/i18n.h"
#include "db/request.h"
#include "db/request_row.h"
#include "db/request_same.h"
#include "db/request_store.h"
#include "db/request_value.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_DEFAULT 1000
#define LIMIT_MAX     10000

/* --- delivery --------------------------------------------------------------------------------- */

static const struct {
    const char *name, *title;
} deliveries[] = {
    [DELIVERY_QUEUED] = {"queued", N_("waiting to be sent")},
    [DELIVERY_SENDING] = {"sending", N_("being sent")},
    [DELIVERY_DELIVERED] = {"delivered", N_("delivered")},
    [DELIVERY_HELD] = {"held", N_("held")},
    [DELIVERY_WITHDRAWN] = {"withdrawn", N_("never sent")},
};

const char *delivery_name(enum delivery delivery)
{
    return deliveries[delivery].name;
}

const char *delivery_title(enum delivery delivery)
{
    return _(deliveries[delivery].title);
}

/* --- lists ------------------------------------------------------------------------------------ */

struct owned_list {
    struct request_list list; /* first: the handle is a pointer to it */
    struct arena *arena;
    struct request_row *rows;
};

#define FILTERS                                                                                    \
    " (?1 IS NULL OR maker = ?1) AND (?2 IS NULL OR subject = ?2)"                                 \
    " AND (?3 IS NULL OR record = ?3) AND (?4 IS NULL OR dataset = ?4)"                            \
    " AND (?5 IS NULL OR state = ?5)"                                                              \
    " AND (?6 = 0 OR final = 0 OR unsent > 0 OR hold_kind IS NOT NULL)"                            \
    " AND (?7 = 0 OR hold_kind IS NOT NULL)"                                                       \
    " AND (?8 IS NULL OR (state = 'pending_review' AND maker <> ?8))"                              \
    " AND (?10 = 0 OR unsent > 0 OR hold_kind IS NOT NULL)"                                        \
    " AND (?11 = 0 OR state IN ('approved', 'received', 'checking', 'corrected'))"                 \
    " ORDER BY id DESC LIMIT ?9"

/* The same question, told so that the index that fits is used. */
static enum status choose_statement(struct sql *sql, const struct request_filter *filter,
                                    struct stmt **stmt, struct error *error)
{
    if (filter->subject)
        return sql_statement(sql, REQUEST_ROW_COLUMNS "WHERE subject = ?2 AND" FILTERS, stmt,
                             error);
    if (filter->record)
        return sql_statement(sql, REQUEST_ROW_COLUMNS "WHERE record = ?3 AND" FILTERS, stmt, error);
    return sql_statement(sql, REQUEST_ROW_COLUMNS "WHERE" FILTERS, stmt, error);
}

static void bind_filter(struct stmt *stmt, const struct request_filter *filter)
{
    bool any_state = filter->state < 0 || filter->state > (int)REQUEST_CLOSED;
    int wanted = filter->limit > 0 ? filter->limit : LIMIT_DEFAULT;
    int limit = wanted < LIMIT_MAX ? wanted : LIMIT_MAX;

    stmt_bind_text(stmt, 1, filter->maker);
    stmt_bind_text(stmt, 2, filter->subject);
    stmt_bind_text(stmt, 3, filter->record);
    stmt_bind_text(stmt, 4, filter->dataset);
    stmt_bind_text(stmt, 5,
                   any_state ? NULL : request_state_name((enum request_state)filter->state));
    stmt_bind_int(stmt, 6, filter->open_only);
    stmt_bind_int(stmt, 7, filter->held_only);
    stmt_bind_text(stmt, 8, filter->review_by);
    stmt_bind_int(stmt, 9, limit);
    stmt_bind_int(stmt, 10, filter->unsent_only);
    stmt_bind_int(stmt, 11, filter->unseen_only);
}

static bool is_remarkable(enum request_effect effect)
{
    return effect == EFFECT_OTHER_VALUE || effect == EFFECT_NOT_SEEN;
}

static enum status add_row(struct reader *reader, struct stmt *stmt, bool unseen_only,
                           struct owned_list *owned, struct error *error)
{
    struct request_row found;
    enum status status = request_row_fill(reader, stmt, owned->arena, &found, NULL, error);

    if (status != STATUS_OK || (unseen_only && !is_remarkable(found.effect)))
        return status;
    struct request_row *row =
        arena_push(owned->arena, &owned->rows, &owned->list.count, sizeof *row);
    if (!row)
        return error_nomem(error);
    *row = found;
    return STATUS_OK;
}

static enum status collect(struct reader *reader, const struct request_filter *filter,
                           struct owned_list *owned, struct error *error)
{
    struct stmt *stmt;
    bool more = false;
    enum status status = choose_statement(reader_outbox(reader), filter, &stmt, error);

    if (status != STATUS_OK)
        return status;
    bind_filter(stmt, filter);
    while ((status = stmt_step(stmt, &more, error)) == STATUS_OK && more)
        if ((status = add_row(reader, stmt, filter->unseen_only, owned, error)) != STATUS_OK)
            break;
    stmt_reset(stmt);
    owned->list.rows = owned->rows;
    return status;
}

enum status request_list(struct reader *reader, const struct request_filter *filter,
                         struct request_list **list, struct error *error)
{
    struct owned_list *owned = calloc(1, sizeof *owned);
    if (!owned)
        return error_nomem(error);

    owned->arena = arena_new();
    enum status status = owned->arena ? collect(reader, filter, owned, error) : error_nomem(error);
    if (status != STATUS_OK) {
        request_list_free(&owned->list);
        return status;
    }
    *list = &owned->list;
    return STATUS_OK;
}

void request_list_free(struct request_list *list)
{
    struct owned_list *owned = (struct owned_list *)(void *)list;

    if (!owned)
        return;
    arena_free(owned->arena);
    free(owned);
}

/* --- one request ------------------------------------------------------------------------------ */

struct owned_detail {
    struct request_detail detail; /* first: the handle is a pointer to it */
    struct arena *arena;
    json_t *document, *copy;
};

static enum status find_row(struct reader *reader, const char *id, struct owned_detail *owned,
                            struct request_source *source, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(reader_outbox(reader), REQUEST_ROW_COLUMNS "WHERE id = ?1", &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, id);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && !row)
        status = error_set(error, STATUS_NOT_FOUND, _("There is no request %s."), id);
    if (status == STATUS_OK)
        status = request_row_fill(reader, stmt, owned->arena, &owned->detail.row, source, error);
    stmt_reset(stmt);
    return status;
}

static enum status find_upstream_rev(struct reader *reader, const char *id,
                                     struct owned_detail *owned, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(reader_outbox(reader),
                      "SELECT coalesce(upstream_rev, '') FROM request WHERE id = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, id);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK)
        owned->detail.upstream_rev = arena_str(owned->arena, row ? stmt_text(stmt, 0) : "");
    stmt_reset(stmt);
    return status;
}

static void fill_field(struct owned_detail *owned, const struct dataset *dataset,
                       const struct request_source *source, const json_t *change,
                       struct request_field *out)
{
    struct arena *arena = owned->arena;
    const char *name = json_text(change, "field", "");
    const struct dataset_field *field = dataset ? dataset_field(dataset, name) : NULL;
    const json_t *base = json_object_get(change, "base");

    out->field = arena_str(arena, name);
    out->title = arena_str(arena, field ? field->title : name);
    out->base = request_value_display(arena, field, base);
    out->proposed = request_value_display(arena, field, json_object_get(change, "proposed"));
    if (!source->record)
        return;
    json_t *now = request_value_of_record(json_object_get(source->record, name));
    out->now = request_value_display(arena, field, now);
    out->now_differs = !request_value_equal(now, base);
    json_decref(now);
}

static enum status fill_fields(struct reader *reader, struct owned_detail *owned,
                               const struct request_source *source, struct error *error)
{
    const json_t *changes = json_object_get(source->frozen, "changes");
    size_t count = json_array_size(changes);
    const struct catalogue *catalogue;
    struct request_field *fields = arena_array(owned->arena, count + 1, sizeof *fields);
    enum status status = fields ? reader_catalogue(reader, &catalogue, error) : error_nomem(error);

    if (status != STATUS_OK)
        return status;
    const struct dataset *dataset = catalogue_find(catalogue, owned->detail.row.dataset);
    for (size_t i = 0; i < count; i++)
        fill_field(owned, dataset, source, json_array_get(changes, i), &fields[i]);
    owned->detail.fields = fields;
    owned->detail.field_count = count;
    return STATUS_OK;
}

static void fill_copy(struct owned_detail *owned, const struct request_source *source)
{
    owned->copy = json_incref(source->copy.record);
    owned->detail.copy = owned->copy;
    owned->detail.copy_ms = source->copy.at_ms;
}

static void fill_numbers(struct owned_detail *owned, const struct request_source *source)
{
    struct request_detail *detail = &owned->detail;
    struct arena *arena = owned->arena;

    detail->base_rev = arena_str(arena, json_text(source->frozen, "base_rev", ""));
    detail->current_rev = source->record ? arena_str(arena, source->rev) : NULL;
    detail->hash = arena_str(arena, json_text(source->frozen, "hash", ""));
    detail->origin = arena_str(arena, json_text(source->frozen, "origin", ""));
}

static enum status fill_document(struct reader *reader, const char *id, struct owned_detail *owned,
                                 struct error *error)
{
    enum status status = store_document(reader_outbox(reader), id, owned->detail.upstream_rev,
                                        &owned->document, error);

    if (status != STATUS_OK)
        return status;
    owned->detail.document = owned->document;
    return request_fold_events(json_object_get(owned->document, "events"), owned->arena,
                               &owned->detail.fold, error);
}

/* Only where somebody still has to decide or to answer. */
static enum status fill_same(struct reader *reader, struct owned_detail *owned,
                             const struct request_source *source, struct error *error)
{
    struct request_detail *detail = &owned->detail;
    const struct request_about about = {.id = detail->row.id,
                                        .dataset = detail->row.dataset,
                                        .record = detail->row.record,
                                        .changes = json_object_get(source->frozen, "changes")};

    if (request_state_is_final(detail->row.state) || !detail->row.record[0])
        return STATUS_OK;
    return request_same(reader, &about, owned->arena, &detail->same, &detail->same_count, error);
}

static enum status fill_detail(struct reader *reader, const char *id, struct owned_detail *owned,
                               struct error *error)
{
    struct request_source source = {0};
    enum status status = find_row(reader, id, owned, &source, error);

    if (status == STATUS_OK)
        status = fill_fields(reader, owned, &source, error);
    if (status == STATUS_OK)
        status = fill_same(reader, owned, &source, error);
    if (status == STATUS_OK) {
        fill_numbers(owned, &source);
        fill_copy(owned, &source);
    }
    request_source_release(&source);
    if (status == STATUS_OK)
        status = find_upstream_rev(reader, id, owned, error);
    if (status == STATUS_OK)
        status = fill_document(reader, id, owned, error);
    if (status == STATUS_OK && arena_failed(owned->arena))
        status = error_nomem(error);
    return status;
}

enum status request_get(struct reader *reader, const char *id, struct request_detail **detail,
                        struct error *error)
{
    char whole[REQUEST_ID_MAX];
    enum status status = store_request_id(id, whole, error);
    if (status != STATUS_OK)
        return status;

    struct owned_detail *owned = calloc(1, sizeof *owned);
    if (!owned)
        return error_nomem(error);
    owned->arena = arena_new();
    status = owned->arena ? sql_snapshot_begin(reader_outbox(reader), error) : error_nomem(error);
    if (status == STATUS_OK) {
        status = fill_detail(reader, whole, owned, error);
        sql_snapshot_end(reader_outbox(reader));
    }
    if (status != STATUS_OK) {
        request_detail_free(&owned->detail);
        return status;
    }
    *detail = &owned->detail;
    return STATUS_OK;
}

void request_detail_free(struct request_detail *detail)
{
    struct owned_detail *owned = (struct owned_detail *)(void *)detail;

    if (!owned)
        return;
    json_decref(owned->document);
    json_decref(owned->copy);
    arena_free(owned->arena);
    free(owned);
}
