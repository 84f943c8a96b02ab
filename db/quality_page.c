#include "db/dated.h"
#include "db/quality_run.h"

#include "base/arena.h"
#include "base/i18n.h"
#include "db/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS     100
#define PAGE_ROWS_MAX 1000

/* --- summary ---------------------------------------------------------------------------------- */

struct summary_owned {
    struct quality_summary summary;
    struct arena *arena;
};

static int compare_counts(const void *a, const void *b)
{
    const struct quality_count *left = a;
    const struct quality_count *right = b;

    if (left->rule != right->rule)
        return left->rule < right->rule ? -1 : 1;
    return strcmp(left->dataset, right->dataset);
}

static const char *title_of(const struct catalogue *catalogue, const char *dataset)
{
    const struct dataset *found = catalogue_find(catalogue, dataset);

    return found ? found->title : dataset;
}

static enum status read_counts(struct sql *store, const struct catalogue *catalogue,
                               struct summary_owned *owned, struct error *error)
{
    struct quality_count *counts = NULL;
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(store, "SELECT rule, dataset, count FROM tally", &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        enum quality_rule rule;
        if (!quality_rule_parse(stmt_text(stmt, 0), &rule))
            continue;
        struct quality_count *count =
            arena_push(owned->arena, &counts, &owned->summary.count, sizeof *count);
        if (!count)
            break;
        count->rule = rule;
        count->dataset = arena_str(owned->arena, stmt_text(stmt, 1));
        count->title =
            count->dataset ? arena_str(owned->arena, title_of(catalogue, count->dataset)) : NULL;
        count->count = stmt_int(stmt, 2);
    }
    stmt_reset(stmt);
    if (status == STATUS_OK && arena_failed(owned->arena))
        return error_nomem(error);
    if (status == STATUS_OK && owned->summary.count > 1)
        qsort(counts, owned->summary.count, sizeof *counts, compare_counts);
    owned->summary.counts = counts;
    return status;
}

/* Whether a dataset still is as it was when it was checked. */
static enum status is_same(struct sql *store, struct sql *cache, const struct dataset *dataset,
                           bool *same, struct error *error)
{
    struct stmt *stmt;
    struct buf now = {0};
    bool row = false;
    enum status status = quality_fingerprint(cache, dataset, &now, error);

    if (status == STATUS_OK)
        status =
            sql_statement(store, "SELECT fingerprint FROM source WHERE dataset = ?1", &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, dataset->name);
        status = stmt_step(stmt, &row, error);
        const char *then = row ? stmt_text(stmt, 0) : NULL;
        *same = then && strcmp(then, buf_text(&now)) == 0;
        stmt_reset(stmt);
    }
    buf_release(&now);
    return status;
}

static enum status read_changed(struct reader *reader, struct sql *store,
                                const struct catalogue *catalogue, struct summary_owned *owned,
                                struct error *error)
{
    const char **changed = NULL;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < catalogue_count(catalogue) && status == STATUS_OK; i++) {
        const struct dataset *dataset = catalogue_at(catalogue, i);
        bool same = true;
        status = is_same(store, reader_cache(reader), dataset, &same, error);
        if (status != STATUS_OK || same)
            continue;
        const char **title =
            arena_push(owned->arena, &changed, &owned->summary.changed_count, sizeof *title);
        if (title)
            *title = arena_str(owned->arena, dataset->title);
    }
    owned->summary.changed = changed;
    return status == STATUS_OK && arena_failed(owned->arena) ? error_nomem(error) : status;
}

static enum status read_run(struct sql *store, struct quality_summary *summary, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(store, "SELECT at_ms, taken_ms, rows FROM run", &stmt, error);

    if (status != STATUS_OK)
        return status;
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row) {
        summary->at_ms = stmt_int(stmt, 0);
        summary->seconds = (double)stmt_int(stmt, 1) / 1000;
        summary->rows = stmt_int(stmt, 2);
    }
    stmt_reset(stmt);
    return status;
}

static enum status read_summary(struct reader *reader, struct sql *store,
                                struct summary_owned *owned, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    enum status status = reader_catalogue(reader, &catalogue, error);

    if (status == STATUS_OK)
        status = read_run(store, &owned->summary, error);
    if (status == STATUS_OK)
        status = read_counts(store, catalogue, owned, error);
    return status == STATUS_OK ? read_changed(reader, store, catalogue, owned, error) : status;
}

enum status quality_summary(struct reader *reader, struct quality_summary **summary,
                            struct error *error)
{
    struct sql *store = NULL;
    struct summary_owned *owned = calloc(1, sizeof *owned);

    if (!owned || !(owned->arena = arena_new())) {
        free(owned);
        return error_nomem(error);
    }
    enum status status = quality_store_open(reader_home(reader), &store, error);
    if (status == STATUS_OK)
        status = sql_snapshot_begin(store, error);
    if (status == STATUS_OK) {
        status = read_summary(reader, store, owned, error);
        sql_snapshot_end(store);
    }
    sql_close(store);
    if (status != STATUS_OK) {
        quality_summary_free(&owned->summary);
        return status;
    }
    *summary = &owned->summary;
    return STATUS_OK;
}

void quality_summary_free(struct quality_summary *summary)
{
    struct summary_owned *owned = (struct summary_owned *)summary;

    if (!owned)
        return;
    arena_free(owned->arena);
    free(owned);
}

/* --- records of a rule ------------------------------------------------------------------------ */

struct page_owned {
    struct quality_page page;
    struct arena *arena;
    struct quality_finding *findings;
};

struct paging {
    struct reader *reader;
    const struct session *session;
    const struct catalogue *catalogue;
    struct arena *arena;
    struct sql *cache;
    struct date today;
};

/* One row of the store. */
struct kept {
    struct quality_mark mark;
    int64_t other;
};

/* The day the other record is about: of a death, of a wedding. */
static void say_day(const struct paging *paging, const struct dataset *other, const json_t *body,
                    struct buf *out)
{
    const struct dataset_field *day = dataset_role(other, ROLE_VALID_FROM);
    char digits[32];

    for (size_t i = 0; i < other->field_count && !day; i++)
        if (other->fields[i].type == TYPE_DATE && *quality_text(body, &other->fields[i], digits))
            day = &other->fields[i];
    if (!day || !*quality_text(body, day, digits))
        return;
    buf_printf(out, " · %s ", day->title);
    session_show_value(paging->session, day, quality_text(body, day, digits), out);
}

static void propose(const struct paging *paging, const struct dataset_field *field,
                    const char *proposed, struct quality_finding *finding)
{
    json_t *value = json_string(proposed);
    struct buf shown = {0};

    if (value)
        field_display(field, value, &shown);
    finding->proposed = arena_str(paging->arena, proposed);
    finding->proposed_shown = arena_str(paging->arena, shown.length ? buf_text(&shown) : proposed);
    buf_release(&shown);
    json_decref(value);
}

/* The register's own name may take the place of one that differs from it. */
static void propose_name(const struct paging *paging, const struct dataset_field *name,
                         const char *own, struct quality_finding *finding)
{
    if (finding->rule == QUALITY_NAME && finding->correctable && *own &&
        strcmp(own, finding->value) != 0 && session_sees(paging->session, name->grade))
        propose(paging, name, own, finding);
}

static void describe_other(const struct paging *paging, struct quality_finding *finding,
                           const char *dataset, const char *key, json_t *body)
{
    const struct dataset *other = catalogue_find(paging->catalogue, dataset);
    const struct dataset_field *name = other ? dataset_role(other, ROLE_TITLE) : NULL;
    const char *title = other ? other->title : dataset;
    struct buf shown = {0};

    finding->other_dataset = arena_str(paging->arena, dataset);
    finding->other_record = arena_str(paging->arena, key);
    if (name)
        session_show_value(paging->session, name, json_text(body, name->name, ""), &shown);
    if (name)
        propose_name(paging, name, json_text(body, name->name, ""), finding);
    if (other && finding->rule >= QUALITY_DEAD_REGISTERED &&
        finding->rule <= QUALITY_DEAD_REPRESENTATIVE)
        say_day(paging, other, body, &shown);
    if (finding->rule == QUALITY_SAME_SUBJECT)
        finding->detail =
            arena_printf(paging->arena, _("Another record of %s: %s"), title, buf_text(&shown));
    else if (finding->rule == QUALITY_SAME_PERSON)
        finding->detail =
            arena_printf(paging->arena,
                         _("Another number with the same name, date of birth and phone or "
                           "address: %s"),
                         buf_text(&shown));
    else
        finding->detail = arena_printf(paging->arena, _("%s says: %s"), title, buf_text(&shown));
    buf_release(&shown);
}

static enum status read_other(const struct paging *paging, int64_t record,
                              struct quality_finding *finding, struct error *error)
{
    struct stmt *stmt;
    json_t *body = NULL;
    bool row = false;
    enum status status =
        sql_statement(paging->cache,
                      "SELECT d.name, r.key, r.body FROM record r CROSS JOIN dataset d"
                      " ON d.id = r.dataset WHERE r.id = ?1",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, record);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row)
        status = record_parse(stmt, 2, &body, error);
    if (status == STATUS_OK && row)
        describe_other(paging, finding, stmt_text(stmt, 0), stmt_text(stmt, 1), body);
    stmt_reset(stmt);
    json_decref(body);
    return status;
}

static void describe_field(const struct paging *paging, const struct dataset_field *field,
                           const json_t *body, struct quality_finding *finding)
{
    struct buf value = {0};
    struct buf shown = {0};

    if (!field)
        return;
    finding->field_title = arena_str(paging->arena, field->title);
    finding->correctable = field->correctable;
    if (json_object_get(body, field->name))
        field_display(field, json_object_get(body, field->name), &value);
    session_show_value(paging->session, field, buf_text(&value), &shown);
    finding->value = arena_buf(paging->arena, buf_failed(&value) ? &value : &shown);
    buf_release(&value);
    buf_release(&shown);
}

/* What the rule says about the record as it is now. */
static void describe_fault(const struct paging *paging, const struct dataset *dataset,
                           const struct dataset_field *field, const json_t *body,
                           struct quality_finding *finding)
{
    struct quality_plan plan;
    struct quality_judgement judgement;

    quality_plan_make(dataset, 0, &plan);
    quality_judge(&plan, finding->rule, field, body, paging->today, &judgement);
    bool by_number = finding->rule == QUALITY_SEX || finding->rule == QUALITY_BIRTH;
    if (field && by_number && !session_sees(paging->session, field->grade)) {
        finding->detail = arena_str(paging->arena, _("The number says otherwise."));
        return;
    }
    finding->detail = arena_str(paging->arena, judgement.detail);
    if (field && judgement.wrong && judgement.proposed[0] && finding->correctable)
        propose(paging, field, judgement.proposed, finding);
}

static void describe_subject(const struct paging *paging, const struct dataset *dataset,
                             const json_t *body, struct quality_finding *finding)
{
    const struct dataset_field *subject = dataset_role(dataset, ROLE_SUBJECT);
    const struct dataset_field *name = dataset_role(dataset, ROLE_TITLE);
    struct buf shown = {0};
    char digits[32];

    finding->subject_kind = dataset->subject;
    finding->subject = arena_str(paging->arena, quality_text(body, subject, digits));
    session_show_subject(paging->session, dataset->subject, finding->subject, &shown);
    finding->subject_shown = arena_buf(paging->arena, &shown);
    buf_clear(&shown);
    if (name)
        session_show_value(paging->session, name, quality_text(body, name, digits), &shown);
    finding->name = arena_buf(paging->arena, &shown);
    buf_release(&shown);
}

static enum status describe(const struct paging *paging, struct stmt *stmt, const struct kept *kept,
                            struct quality_finding *finding, struct error *error)
{
    const struct dataset *dataset = catalogue_find(paging->catalogue, finding->dataset);
    struct quality_mark now;
    json_t *body = NULL;

    quality_mark_set(&now, kept->mark.record, stmt_text(stmt, 0), stmt_text(stmt, 1));
    if (!dataset || now.key != kept->mark.key)
        return STATUS_OK;
    enum status status = record_parse(stmt, 2, &body, error);
    if (status != STATUS_OK)
        return status;
    const struct dataset_field *field = dataset_field(dataset, finding->field);
    finding->state = now.rev == kept->mark.rev ? QUALITY_SAME : QUALITY_CHANGED;
    finding->record = arena_str(paging->arena, stmt_text(stmt, 0));
    describe_subject(paging, dataset, body, finding);
    describe_field(paging, field, body, finding);
    if (field)
        describe_fault(paging, dataset, field, body, finding);
    json_decref(body);
    return STATUS_OK;
}

static enum status read_now(const struct paging *paging, const struct kept *kept,
                            struct quality_finding *finding, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        paging->cache, "SELECT key, rev, body FROM record WHERE id = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, kept->mark.record);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row)
        status = describe(paging, stmt, kept, finding, error);
    stmt_reset(stmt);
    if (status == STATUS_OK && kept->other && finding->state != QUALITY_GONE)
        status = read_other(paging, kept->other, finding, error);
    return status;
}

static enum status read_finding(const struct paging *paging, struct stmt *stmt,
                                struct quality_finding *finding, struct error *error)
{
    struct arena *arena = paging->arena;
    const struct kept kept = {
        .mark = {stmt_int(stmt, 3), stmt_int(stmt, 4), stmt_int(stmt, 5)},
        .other = stmt_int(stmt, 7),
    };
    const char *dataset = stmt_text(stmt, 2);

    *finding = (struct quality_finding){.id = stmt_int(stmt, 0),
                                        .state = QUALITY_GONE,
                                        .record = "",
                                        .subject = "",
                                        .subject_shown = "",
                                        .name = "",
                                        .field_title = "",
                                        .value = "",
                                        .detail = "",
                                        .other_dataset = "",
                                        .other_record = ""};
    if (!quality_rule_parse(stmt_text(stmt, 1), &finding->rule) || !dataset)
        return STATUS_OK;
    finding->dataset = arena_str(arena, dataset);
    finding->dataset_title = arena_str(arena, title_of(paging->catalogue, dataset));
    finding->field = arena_str(arena, stmt_text(stmt, 6));
    if (finding->rule != QUALITY_STALE_DATASET)
        return read_now(paging, &kept, finding, error);
    finding->state = QUALITY_SAME;
    finding->detail = arena_str(arena, _("Its provider has not been reached for too long."));
    return STATUS_OK;
}

static int page_rows(const struct quality_filter *filter)
{
    if (filter->limit <= 0)
        return PAGE_ROWS;
    return filter->limit < PAGE_ROWS_MAX ? filter->limit : PAGE_ROWS_MAX;
}

static enum status select_findings(struct sql *store, const struct quality_filter *filter,
                                   struct stmt **stmt, struct error *error)
{
    enum status status =
        sql_statement(store,
                      "SELECT f.id, t.rule, t.dataset, f.record, f.key_mark, f.rev_mark, f.field,"
                      " f.other FROM finding f JOIN tally t ON t.id = f.tally"
                      " WHERE f.id > ?1 AND (?2 IS NULL OR t.rule = ?2)"
                      " AND (?3 IS NULL OR t.dataset = ?3) ORDER BY f.id LIMIT ?4",
                      stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(*stmt, 1, filter->after);
    stmt_bind_text(*stmt, 2,
                   filter->rule < 0 ? NULL : quality_rule_id((enum quality_rule)filter->rule));
    stmt_bind_text(*stmt, 3, filter->dataset);
    stmt_bind_int(*stmt, 4, page_rows(filter) + 1);
    return STATUS_OK;
}

static enum status read_page(const struct paging *paging, struct sql *store,
                             const struct quality_filter *filter, struct page_owned *owned,
                             struct error *error)
{
    size_t wanted = (size_t)page_rows(filter);
    struct stmt *stmt;
    bool row = false;
    enum status status = select_findings(store, filter, &stmt, error);

    if (status != STATUS_OK)
        return status;
    owned->findings = arena_array(paging->arena, wanted, sizeof *owned->findings);
    owned->page.findings = owned->findings;
    while (owned->findings && (status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        if (owned->page.count == wanted) {
            owned->page.next = owned->findings[wanted - 1].id;
            break;
        }
        status = read_finding(paging, stmt, &owned->findings[owned->page.count], error);
        if (status != STATUS_OK)
            break;
        owned->page.count++;
    }
    stmt_reset(stmt);
    return status == STATUS_OK && arena_failed(paging->arena) ? error_nomem(error) : status;
}

static enum status page_with(struct reader *reader, const struct session *session,
                             const struct quality_filter *filter, struct sql *store,
                             struct page_owned *owned, struct error *error)
{
    struct paging paging = {
        .reader = reader, .session = session, .arena = owned->arena, .cache = reader_cache(reader)};
    enum status status = reader_catalogue(reader, &paging.catalogue, error);

    if (status == STATUS_OK)
        status = dated_today(reader_outbox(reader), &paging.today, error);
    return status == STATUS_OK ? read_page(&paging, store, filter, owned, error) : status;
}

enum status quality_page(struct reader *reader, const struct session *session,
                         const struct quality_filter *filter, struct quality_page **page,
                         struct error *error)
{
    struct sql *store = NULL;
    struct page_owned *owned = calloc(1, sizeof *owned);

    if (!owned || !(owned->arena = arena_new())) {
        free(owned);
        return error_nomem(error);
    }
    enum status status = quality_store_open(reader_home(reader), &store, error);
    if (status == STATUS_OK)
        status = page_with(reader, session, filter, store, owned, error);
    sql_close(store);
    if (status != STATUS_OK) {
        quality_page_free(&owned->page);
        return status;
    }
    *page = &owned->page;
    return STATUS_OK;
}

void quality_page_free(struct quality_page *page)
{
    struct page_owned *owned = (struct page_owned *)page;

    if (!owned)
        return;
    arena_free(owned->arena);
    free(owned);
}
