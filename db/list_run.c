#include "db/list_query.h"

#include "base/i18n.h"
#include "db/pinyin.h"
#include "db/quality_sort.h"
#include "db/record.h"
#include "db/search_key.h"

#include <stdlib.h>
#include <string.h>

#define PROGRESS_ROWS 4096
#define PAGE_MAX      1000
#define KEY_BYTES     24
#define RECORDS_MAX   32 /* of one subject, looked at for a column of another dataset */

struct list_result {
    struct arena *arena;
    char *dataset;
    const char *name_title;        /* may be NULL */
    const char **fields, **titles; /* in the arena */
    size_t column_count;
    int64_t *rows; /* ids in the cache */
    size_t count, room;
    bool descending;
    double seconds;
};

struct run {
    struct reader *reader;
    struct sql *cache;
    struct list_query query;
    const struct list_options *options;
    struct quality_sort *sort; /* NULL: rows stay as they come */
    struct list_result *result;
    struct buf scratch;
    int64_t done, total;
};

/* --- one pass over a dataset ------------------------------------------------------------------ */

typedef enum status row_fn(struct run *run, struct list_part *part, int64_t id,
                           struct list_body *body, struct error *error);

static enum status tell(struct run *run, struct error *error)
{
    const struct list_progress now = {run->done < run->total ? run->done : run->total, run->total};

    if (run->done++ % PROGRESS_ROWS != 0 || !run->options || !run->options->progress ||
        run->options->progress(&now, run->options->context))
        return STATUS_OK;
    return error_set(error, STATUS_CANCELLED, _("Stopped."));
}

static enum status each_row(struct run *run, struct list_part *part, row_fn *visit,
                            struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        run->cache, "SELECT id, body FROM record WHERE dataset = ?1 ORDER BY id", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, part->id);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        struct list_body body = {0};
        body.text = stmt_blob(stmt, 1, &body.length);
        status = tell(run, error);
        if (status == STATUS_OK && body.text)
            status = visit(run, part, stmt_int(stmt, 0), &body, error);
        if (status == STATUS_OK && body.starved)
            status = error_nomem(error);
        list_body_release(&body);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}

/* --- what other datasets say ------------------------------------------------------------------ */

static uint64_t subject_of(struct run *run, const struct list_part *part, struct list_body *body)
{
    const struct dataset_field *subject = dataset_role(part->dataset, ROLE_SUBJECT);

    if (!subject || !list_value(body, subject->name, &run->scratch))
        return 0;
    return list_subject_hash(part->dataset->subject, buf_text(&run->scratch));
}

static bool is_present(struct run *run, const struct list_part *part, struct list_body *body)
{
    static const char *const gone[] = {"死亡", "已故", "去世", "迁出", "注销", "dead", "deceased"};
    const struct dataset_field *status = dataset_role(part->dataset, ROLE_STATUS);

    if (!status || !list_value(body, status->name, &run->scratch))
        return true;
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        if (strstr(buf_text(&run->scratch), gone[i]))
            return false;
    return true;
}

static enum status collect_household(struct run *run, struct list_part *part, int64_t id,
                                     struct list_body *body, struct error *error)
{
    const struct dataset_field *household = dataset_role(part->dataset, ROLE_HOUSEHOLD);

    (void)id;
    if (!is_present(run, part, body) || !list_value(body, household->name, &run->scratch))
        return STATUS_OK;
    return hash_set_add(&part->households, list_text_hash(buf_text(&run->scratch)), error);
}

static enum status collect_subject(struct run *run, struct list_part *part, int64_t id,
                                   struct list_body *body, struct error *error)
{
    (void)id;
    if (!list_match(&run->query, part, body, &run->scratch))
        return STATUS_OK;
    uint64_t subject = subject_of(run, part, body);
    return subject ? hash_set_add(&part->subjects, subject, error) : STATUS_OK;
}

static bool asks_household(const struct list_part *part)
{
    for (size_t i = 0; i < part->count; i++)
        if (part->conditions[i].op == LIST_HOUSEHOLD_SIZE)
            return true;
    return false;
}

static enum status prepare_part(struct run *run, struct list_part *part, struct error *error)
{
    enum status status = STATUS_OK;

    if (asks_household(part)) {
        status = each_row(run, part, collect_household, error);
        hash_set_sort(&part->households);
    }
    if (status == STATUS_OK && part != &run->query.parts[0]) {
        status = each_row(run, part, collect_subject, error);
        hash_set_sort(&part->subjects);
    }
    return status;
}

/* --- the own dataset -------------------------------------------------------------------------- */

static bool fits(struct run *run, const struct list_part *part, struct list_body *body)
{
    struct list_query *query = &run->query;
    bool any = query->any && (part->count > 0 || query->part_count > 1);

    if (part->count > 0 && list_match(query, part, body, &run->scratch) == any)
        return any;
    if (query->part_count == 1)
        return !any;
    uint64_t subject = subject_of(run, part, body);
    for (size_t i = 1; i < query->part_count; i++)
        if ((hash_set_times(&query->parts[i].subjects, subject) > 0) == any)
            return any;
    return !any;
}

/* Names of persons as they are spoken, numbers by size, everything else byte by byte. */
static void sort_text(const struct dataset_field *field, const char *value, struct buf *out)
{
    struct folded folded;
    struct pinyin_name name;

    if (field->role != ROLE_TITLE) {
        buf_str(out, value);
        return;
    }
    search_fold(value, strlen(value), &folded);
    pinyin_read(folded.points, folded.count, &name);
    for (size_t i = 0; i < name.count; i++)
        buf_printf(out, "%s ", name.characters[i].count ? name.characters[i].readings[0] : "");
    if (name.count == 0)
        buf_str(out, value);
}

/* The order of doubles is that of their bits, turned round for negative ones. */
static uint64_t number_key(const char *value)
{
    double number = strtod(value, NULL);
    uint64_t bits;

    memcpy(&bits, &number, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static uint64_t big_endian(const unsigned char *bytes)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

static struct trait sort_key(struct run *run, int64_t id, struct list_body *body)
{
    const struct dataset_field *field = run->query.sort;
    unsigned char key[KEY_BYTES] = {0};
    struct buf text = {0};

    if (!list_value(body, field->name, &run->scratch))
        return (struct trait){.record = id};
    if (field->type == TYPE_INTEGER || field->type == TYPE_AMOUNT)
        return (struct trait){.hash = number_key(buf_text(&run->scratch)), .record = id};
    sort_text(field, buf_text(&run->scratch), &text);
    memcpy(key, buf_text(&text), text.length < KEY_BYTES ? text.length : KEY_BYTES);
    buf_release(&text);
    uint64_t last = big_endian(key + 16);
    return (struct trait){.hash = big_endian(key),
                          .value = big_endian(key + 8),
                          .flags = (uint32_t)(last >> 32),
                          .source = (uint32_t)last,
                          .record = id};
}

static enum status add_row(struct list_result *result, int64_t id, struct error *error)
{
    if (result->count == LIST_ROWS_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("More than %d rows fit. Add a condition."),
                         LIST_ROWS_MAX);
    if (result->count == result->room) {
        size_t room = result->room ? result->room * 2 : 1024;
        int64_t *grown = realloc(result->rows, room * sizeof *grown);
        if (!grown)
            return error_nomem(error);
        result->rows = grown;
        result->room = room;
    }
    result->rows[result->count++] = id;
    return STATUS_OK;
}

static enum status take_row(struct run *run, struct list_part *part, int64_t id,
                            struct list_body *body, struct error *error)
{
    if (!fits(run, part, body))
        return STATUS_OK;
    if (!run->sort)
        return add_row(run->result, id, error);
    const struct trait trait = sort_key(run, id, body);
    return quality_sort_add(run->sort, &trait, error);
}

static enum status take_sorted(struct run *run, struct error *error)
{
    struct trait trait;
    enum status status = quality_sort_finish(run->sort, error);

    while (status == STATUS_OK && quality_sort_next(run->sort, &trait))
        status = add_row(run->result, trait.record, error);
    return status == STATUS_OK ? quality_sort_failed(run->sort, error) : status;
}

/* --- running ---------------------------------------------------------------------------------- */

static enum status read_size(struct run *run, struct list_part *part, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(run->cache, "SELECT id, rows FROM dataset WHERE name = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, part->dataset->name);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row) {
        part->id = stmt_int(stmt, 0);
        run->total += stmt_int(stmt, 1) * (1 + asks_household(part));
    }
    stmt_reset(stmt);
    return status;
}

static enum status run_parts(struct run *run, struct error *error)
{
    struct list_query *query = &run->query;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < query->part_count && status == STATUS_OK; i++)
        status = read_size(run, &query->parts[i], error);
    for (size_t i = query->part_count; i-- > 0 && status == STATUS_OK;)
        status = prepare_part(run, &query->parts[i], error);
    if (status == STATUS_OK)
        status = each_row(run, &query->parts[0], take_row, error);
    return status == STATUS_OK && run->sort ? take_sorted(run, error) : status;
}

static enum status keep_columns(struct run *run, struct error *error)
{
    struct list_result *result = run->result;
    const struct list_query *query = &run->query;
    const struct dataset_field *name = dataset_role(query->parts[0].dataset, ROLE_TITLE);

    result->arena = arena_new();
    if (!result->arena)
        return error_nomem(error);
    result->descending = query->descending;
    result->column_count = query->column_count;
    result->dataset = arena_str(result->arena, query->parts[0].dataset->name);
    result->name_title = arena_str(result->arena, name ? name->title : NULL);
    result->fields = arena_array(result->arena, query->column_count + 1, sizeof *result->fields);
    result->titles = arena_array(result->arena, query->column_count + 1, sizeof *result->titles);
    for (size_t i = 0; result->titles && result->fields && i < query->column_count; i++) {
        result->fields[i] = arena_str(result->arena, query->columns[i].reference);
        result->titles[i] = arena_str(result->arena, query->columns[i].field->title);
    }
    return arena_failed(result->arena) ? error_nomem(error) : STATUS_OK;
}

static enum status read_query(struct run *run, const json_t *list, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    enum status status = reader_catalogue(run->reader, &catalogue, error);

    if (status == STATUS_OK)
        status = list_query_read(catalogue, list, &run->query, error);
    if (status == STATUS_OK && run->query.sort)
        status = quality_sort_new(home_directory(reader_home(run->reader)), &run->sort, error);
    return status;
}

static enum status run_whole(struct run *run, const json_t *list, struct error *error)
{
    int64_t began = clock_mono_ms();
    enum status status = sql_snapshot_begin(run->cache, error);

    if (status != STATUS_OK)
        return status;
    status = read_query(run, list, error);
    if (status == STATUS_OK)
        status = keep_columns(run, error);
    if (status == STATUS_OK)
        status = run_parts(run, error);
    sql_snapshot_end(run->cache);
    run->result->seconds = (double)(clock_mono_ms() - began) / 1000;
    return status;
}

enum status list_run(struct reader *reader, const json_t *list, const struct list_options *options,
                     struct list_result **out, struct error *error)
{
    struct run run = {.reader = reader,
                      .cache = reader_cache(reader),
                      .options = options,
                      .result = calloc(1, sizeof *run.result)};

    if (!run.result)
        return error_nomem(error);
    enum status status = run_whole(&run, list, error);
    list_query_release(&run.query);
    quality_sort_free(run.sort);
    buf_release(&run.scratch);
    if (status != STATUS_OK) {
        list_result_free(run.result);
        return status;
    }
    *out = run.result;
    return STATUS_OK;
}

enum status list_check(struct reader *reader, const json_t *list, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    struct list_query query = {0};
    enum status status = reader_catalogue(reader, &catalogue, error);

    if (status == STATUS_OK)
        status = list_query_read(catalogue, list, &query, error);
    list_query_release(&query);
    return status;
}

void list_result_free(struct list_result *result)
{
    if (!result)
        return;
    arena_free(result->arena);
    free(result->rows);
    free(result);
}

size_t list_result_count(const struct list_result *result)
{
    return result->count;
}

double list_result_seconds(const struct list_result *result)
{
    return result->seconds;
}

size_t list_result_columns(const struct list_result *result)
{
    return result->column_count;
}

const char *list_result_title(const struct list_result *result, size_t column)
{
    return result->titles[column];
}

const char *list_result_field(const struct list_result *result, size_t column)
{
    return result->fields[column];
}

const char *list_result_name_title(const struct list_result *result)
{
    return result->name_title;
}

const char *list_result_dataset(const struct list_result *result)
{
    return result->dataset;
}

/* --- pages ------------------------------------------------------------------------------------ */

struct page_owned {
    struct list_page page;
    struct arena *arena;
};

struct paging {
    const struct session *session;
    const struct catalogue *catalogue;
    const struct list_result *result;
    const struct dataset *dataset;
    struct sql *cache;
    struct arena *arena;
};

/* The record of another dataset about the same subject. */
static enum status read_beside(const struct paging *paging, const struct dataset *dataset,
                               const char *subject, const struct dataset_field *field,
                               struct buf *value, struct error *error)
{
    const struct record_source source = {paging->cache, paging->catalogue, paging->arena};
    struct record_list records = {0};
    enum status status =
        records_collect(&source, TERM_SUBJECT, subject, RECORDS_MAX, &records, error);

    for (size_t i = 0; i < records.count && status == STATUS_OK; i++) {
        const struct record *record = &records.items[i];
        const json_t *found = json_object_get(record->body, field->name);
        if (record->dataset != dataset || !subject_same(record->facts.subject, subject) || !found)
            continue;
        field_display(field, found, value);
        break;
    }
    records_release(&records);
    return status;
}

static enum status read_cell(const struct paging *paging, size_t column, const char *subject,
                             const json_t *body, const char **cell, struct error *error)
{
    const char *reference = paging->result->fields[column];
    const struct dataset_field *field = dataset_field(paging->dataset, reference);
    const struct dataset *dataset = paging->dataset;
    const char *dot = strchr(reference, '.');
    struct buf value = {0}, shown = {0};
    enum status status = STATUS_OK;

    if (!field && dot) {
        dataset = catalogue_find(paging->catalogue,
                                 arena_strn(paging->arena, reference, (size_t)(dot - reference)));
        field = dataset ? dataset_field(dataset, dot + 1) : NULL;
    }
    if (field && dataset == paging->dataset && json_object_get(body, field->name))
        field_display(field, json_object_get(body, field->name), &value);
    else if (field && dataset != paging->dataset)
        status = read_beside(paging, dataset, subject, field, &value, error);
    if (value.length > 0)
        session_show_value(paging->session, field, buf_text(&value), &shown);
    *cell = arena_buf(paging->arena, buf_failed(&value) ? &value : &shown);
    buf_release(&value);
    buf_release(&shown);
    return status;
}

static enum status read_body(const struct paging *paging, const char *key, const json_t *body,
                             struct list_row *row, struct error *error)
{
    const struct dataset_field *subject = dataset_role(paging->dataset, ROLE_SUBJECT);
    const struct dataset_field *name = dataset_role(paging->dataset, ROLE_TITLE);
    const char **cells =
        arena_array(paging->arena, paging->result->column_count + 1, sizeof *cells);
    struct buf shown = {0};
    enum status status = cells ? STATUS_OK : error_nomem(error);

    row->record = arena_str(paging->arena, key);
    row->subject_kind = paging->dataset->subject;
    row->subject = arena_str(paging->arena, subject ? json_text(body, subject->name, "") : "");
    session_show_subject(paging->session, row->subject_kind, row->subject, &shown);
    row->subject_shown = arena_buf(paging->arena, &shown);
    buf_clear(&shown);
    if (name)
        session_show_value(paging->session, name, json_text(body, name->name, ""), &shown);
    row->name = arena_buf(paging->arena, &shown);
    buf_release(&shown);
    for (size_t i = 0; i < paging->result->column_count && status == STATUS_OK; i++)
        status = read_cell(paging, i, row->subject ? row->subject : "", body, &cells[i], error);
    row->cells = cells;
    return status;
}

static enum status gone_row(const struct paging *paging, struct list_row *row, struct error *error)
{
    const char **cells =
        arena_array(paging->arena, paging->result->column_count + 1, sizeof *cells);

    if (!cells)
        return error_nomem(error);
    for (size_t i = 0; i < paging->result->column_count; i++)
        cells[i] = "";
    *row = (struct list_row){
        .record = "", .subject = "", .subject_shown = "", .name = "", .cells = cells};
    return STATUS_OK;
}

static enum status read_row(const struct paging *paging, int64_t id, struct list_row *row,
                            struct error *error)
{
    struct stmt *stmt;
    json_t *body = NULL;
    bool found = false;
    enum status status = sql_statement(paging->cache,
                                       "SELECT r.key, r.body FROM record r CROSS JOIN dataset d"
                                       " ON d.id = r.dataset WHERE r.id = ?1 AND d.name = ?2",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, paging->result->dataset);
    status = stmt_step(stmt, &found, error);
    if (status == STATUS_OK && found)
        status = record_parse(stmt, 1, &body, error);
    if (status == STATUS_OK)
        status = body ? read_body(paging, stmt_text(stmt, 0), body, row, error)
                      : gone_row(paging, row, error);
    stmt_reset(stmt);
    json_decref(body);
    return status;
}

static enum status read_rows(const struct paging *paging, size_t from, size_t count,
                             struct page_owned *owned, struct error *error)
{
    const struct list_result *result = paging->result;
    struct list_row *rows = arena_array(paging->arena, count + 1, sizeof *rows);
    enum status status = rows ? STATUS_OK : error_nomem(error);

    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        size_t at = result->descending ? result->count - 1 - (from + i) : from + i;
        status = read_row(paging, result->rows[at], &rows[i], error);
    }
    owned->page = (struct list_page){rows, count};
    return status == STATUS_OK && arena_failed(paging->arena) ? error_nomem(error) : status;
}

static enum status page_with(struct reader *reader, const struct session *session,
                             const struct list_result *result, size_t from, size_t count,
                             struct page_owned *owned, struct error *error)
{
    struct paging paging = {
        .session = session, .result = result, .cache = reader_cache(reader), .arena = owned->arena};
    enum status status = reader_catalogue(reader, &paging.catalogue, error);

    if (status != STATUS_OK)
        return status;
    paging.dataset = catalogue_find(paging.catalogue, result->dataset);
    if (!paging.dataset)
        return error_set(error, STATUS_NOT_FOUND, _("There is no dataset \"%.64s\"."),
                         result->dataset);
    return read_rows(&paging, from, count, owned, error);
}

enum status list_page(struct reader *reader, const struct session *session,
                      const struct list_result *result, size_t from, size_t count,
                      struct list_page **page, struct error *error)
{
    struct page_owned *owned = calloc(1, sizeof *owned);

    if (!owned || !(owned->arena = arena_new())) {
        free(owned);
        return error_nomem(error);
    }
    if (from > result->count)
        from = result->count;
    if (count > PAGE_MAX)
        count = PAGE_MAX;
    if (count > result->count - from)
        count = result->count - from;
    enum status status = page_with(reader, session, result, from, count, owned, error);
    if (status != STATUS_OK) {
        list_page_free(&owned->page);
        return status;
    }
    *page = &owned->page;
    return STATUS_OK;
}

void list_page_free(struct list_page *page)
{
    struct page_owned *owned = (struct page_owned *)page;

    if (!owned)
        return;
    arena_free(owned->arena);
    free(owned);
}
