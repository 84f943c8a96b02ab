#include "db/overview.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/i18n.h"
#include "db/cache.h"
#include "db/feed_state.h"
#include "db/notice.h"
#include "db/recheck.h"
#include "db/schema.h"

#include <stdlib.h>
#include <string.h>

#define DAMAGE_SHOWN_MS ((int64_t)30 * 24 * 3600 * 1000)

struct owned_overview {
    struct overview overview; /* first: what the caller holds */
    struct arena *arena;
};

struct overview_build {
    struct reader *reader;
    struct sql *cache, *outbox;
    const struct catalogue *catalogue;
    struct arena *arena;
    struct overview *overview;
};

static const char *copy_column(struct overview_build *build, struct stmt *stmt, int column)
{
    const char *text = stmt_text(stmt, column);

    return arena_str(build->arena, text ? text : "");
}

/* --- datasets --------------------------------------------------------------------------------- */

static enum status read_feed(struct overview_build *build, const struct dataset *dataset,
                             struct dataset_status *out, struct error *error)
{
    struct feed_state state;
    struct stmt *stmt;
    bool row = false;
    enum status status = feed_state_read(build->cache, dataset, &state, error);

    if (status == STATUS_OK)
        status = sql_statement(build->cache,
                               "SELECT database, state, reason FROM feed WHERE dataset = ?1"
                               " ORDER BY contact_ms DESC",
                               &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, dataset->name);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row) {
        out->database = copy_column(build, stmt, 0);
        out->state = copy_column(build, stmt, 1);
        out->reason = copy_column(build, stmt, 2);
    }
    stmt_reset(stmt);
    out->contact_ms = state.contact_ms;
    out->age_ms = state.age_ms;
    out->stale = state.stale;
    out->complete = state.complete;
    return status;
}

/* Rows, and rows kept aside under the name of the dataset or of its database. */
static enum status read_counts(struct overview_build *build, struct dataset_status *out,
                               struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(build->cache,
                      "SELECT ifnull((SELECT rows FROM dataset WHERE name = ?1), 0),"
                      " (SELECT count(*) FROM aside WHERE source = ?1 OR source = ?2)",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, out->dataset);
    stmt_bind_text(stmt, 2, out->database);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row) {
        out->rows = stmt_int(stmt, 0);
        out->aside = stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    return status;
}

static enum status read_dataset(struct overview_build *build, const struct dataset *dataset,
                                struct dataset_status *out, struct error *error)
{
    char database[256];

    *out = (struct dataset_status){.dataset = arena_str(build->arena, dataset->name),
                                   .title = arena_str(build->arena, dataset->title),
                                   .database = "",
                                   .state = "never",
                                   .reason = ""};
    if (dataset_database(dataset, home_area(reader_home(build->reader)), database, sizeof database,
                         NULL) == STATUS_OK)
        out->database = arena_str(build->arena, database);
    enum status status = read_feed(build, dataset, out, error);
    return status == STATUS_OK ? read_counts(build, out, error) : status;
}

static enum status read_datasets(struct overview_build *build, struct error *error)
{
    size_t count = catalogue_count(build->catalogue);
    struct dataset_status *list = arena_array(build->arena, count + 1, sizeof *list);
    enum status status = list ? STATUS_OK : error_nomem(error);

    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_dataset(build, catalogue_at(build->catalogue, i), &list[i], error);
    build->overview->datasets = list;
    build->overview->dataset_count = count;
    return status;
}

/* --- single numbers --------------------------------------------------------------------------- */

static enum status read_setting(struct overview_build *build, const char *key, const char **value,
                                struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(build->outbox, "SELECT value FROM setting WHERE key = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, key);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row)
        *value = copy_column(build, stmt, 0);
    stmt_reset(stmt);
    return status;
}

static enum status read_machine(struct overview_build *build, struct error *error)
{
    struct overview *overview = build->overview;
    const char *offset = NULL;
    enum status status = read_setting(build, "clock.offset_ms", &offset, error);

    overview->last_failure = "";
    if (status == STATUS_OK && offset) {
        overview->clock_offset_ms = strtoll(offset, NULL, 10);
        overview->clock_offset_known = true;
    }
    if (status == STATUS_OK)
        status = read_setting(build, "sync.failure", &overview->last_failure, error);
    if (status == STATUS_OK)
        status = sql_integer(build->cache, "SELECT ifnull(max(contact_ms), 0) FROM feed",
                             &overview->contact_ms, error);
    int64_t requests = 0;
    if (status == STATUS_OK)
        status = sql_integer(build->outbox, "SELECT ifnull(max(contact_ms), 0) FROM feed",
                             &requests, error);
    if (requests > overview->contact_ms)
        overview->contact_ms = requests;
    overview->disk_free = file_free_space(home_directory(reader_home(build->reader)));
    return status;
}

/* --- the queue -------------------------------------------------------------------------------- */

static enum status read_states(struct overview_build *build, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        build->outbox, "SELECT state, count(*) FROM request GROUP BY state", &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char *name = stmt_text(stmt, 0);
        enum request_state state;
        if (name && request_state_parse(name, &state))
            build->overview->by_state[state] += stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    return status;
}

static enum status read_delivery(struct overview_build *build, struct error *error)
{
    struct overview *overview = build->overview;
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(build->outbox,
                      "SELECT count(*) FILTER (WHERE hold_kind IS NOT NULL),"
                      " count(*) FILTER (WHERE hold_kind IS NULL AND sending <> 0),"
                      " count(*) FILTER (WHERE hold_kind IS NULL AND sending = 0 AND unsent > 0),"
                      " count(*) FILTER (WHERE hold_kind IS NULL AND sending = 0 AND unsent = 0"
                      "  AND closed_here = 0),"
                      " count(*) FILTER (WHERE hold_kind IS NULL AND closed_here <> 0)"
                      " FROM request",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row) {
        overview->held = stmt_int(stmt, 0);
        overview->sending = stmt_int(stmt, 1);
        overview->queued = stmt_int(stmt, 2);
        overview->delivered = stmt_int(stmt, 3);
        overview->withdrawn = stmt_int(stmt, 4);
    }
    stmt_reset(stmt);
    return status;
}

static enum status read_account(struct overview_build *build, const char *account,
                                struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        build->outbox,
        "SELECT count(*) FILTER (WHERE state = 'pending_review' AND (?1 IS NULL OR maker <> ?1)),"
        " count(*) FILTER (WHERE final = 0 AND maker = ?1) FROM request",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, account);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row) {
        build->overview->to_review = stmt_int(stmt, 0);
        build->overview->mine_open = stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    return status;
}

static enum status read_queue(struct overview_build *build, const char *account,
                              struct error *error)
{
    enum status status = read_states(build, error);

    if (status == STATUS_OK)
        status = read_delivery(build, error);
    if (status == STATUS_OK)
        status = read_account(build, account, error);
    if (status == STATUS_OK)
        status = sql_integer(build->outbox,
                             "SELECT ifnull(min(at_ms), 0) FROM request_event WHERE"
                             " acknowledged = 0 AND request IN (SELECT id FROM request"
                             " WHERE unsent > 0)",
                             &build->overview->oldest_unsent_ms, error);
    return status;
}

/* --- notices ---------------------------------------------------------------------------------- */

/* Without dates a notice is current; with them, from the first to the last day. */
static bool is_current(const json_t *notice)
{
    struct date today = date_today();
    struct date day;

    if (date_parse(json_text(notice, "valid_from", ""), &day) && date_compare(today, day) < 0)
        return false;
    return !date_parse(json_text(notice, "valid_to", ""), &day) || date_compare(today, day) <= 0;
}

static void add_text(struct overview_build *build, const char *text)
{
    struct overview *overview = build->overview;

    if (overview->notice_count < sizeof overview->notices / sizeof *overview->notices)
        overview->notices[overview->notice_count++] = text;
}

/* What db/outbox.c noted about its files. */
static enum status read_damage(struct overview_build *build, struct error *error)
{
    const char *text = NULL;
    const char *at = NULL;
    enum status status = read_setting(build, "outbox.damage", &text, error);

    if (status == STATUS_OK)
        status = read_setting(build, "outbox.damage_ms", &at, error);
    if (status == STATUS_OK && text && at &&
        clock_wall_ms() - strtoll(at, NULL, 10) < DAMAGE_SHOWN_MS)
        add_text(build, text);
    return status;
}

static void note_move(struct overview_build *build)
{
    int64_t moved_ms = home_moved_ms(reader_home(build->reader));

    if (moved_ms > 0 && clock_wall_ms() - moved_ms < DAMAGE_SHOWN_MS)
        add_text(build, _("These files came from another computer. This one has an identity of its "
                          "own now; do not go on working with both copies."));
}

/* Until the new cache is complete. */
static void note_cache_damage(struct overview_build *build)
{
    if (cache_damage_is_kept(reader_home(build->reader)))
        add_text(build, _("The local copy of the platform's data was damaged and is being filled "
                          "anew. What was entered here is not affected."));
}

static void add_notice(struct overview_build *build, const json_t *notice)
{
    const json_t *title = json_object_get(notice, "title");
    const char *zh = json_text(title, "zh", NULL);
    const char *en = json_text(title, "en", NULL);
    const char *text = i18n_is_chinese() ? (zh ? zh : en) : (en ? en : zh);

    if (!text)
        text = json_string_value(title);
    if (text && is_current(notice))
        add_text(build, arena_str(build->arena, text));
}

static enum status read_notices(struct overview_build *build, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(build->cache,
                                       "SELECT body FROM document WHERE key >= 'notice:' AND"
                                       " key < 'notice;' ORDER BY key DESC",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        json_t *notice = NULL;
        size_t length = 0;
        const char *text = stmt_blob(stmt, 0, &length);
        status = json_parse(text ? text : "", length, &notice, error);
        if (status != STATUS_OK)
            break;
        add_notice(build, notice);
        json_decref(notice);
    }
    stmt_reset(stmt);
    return status;
}

/* --- all -------------------------------------------------------------------------------------- */

static enum status read_all(struct overview_build *build, const char *account, struct error *error)
{
    enum status status = reader_catalogue(build->reader, &build->catalogue, error);

    if (status == STATUS_OK)
        status = read_datasets(build, error);
    if (status == STATUS_OK)
        status = read_queue(build, account, error);
    if (status == STATUS_OK)
        status = read_machine(build, error);
    if (status == STATUS_OK)
        status = read_damage(build, error);
    note_move(build);
    note_cache_damage(build);
    if (status == STATUS_OK)
        status = read_notices(build, error);
    if (status == STATUS_OK)
        status = notice_count(build->reader, account, &build->overview->notices_unseen, error);
    if (status == STATUS_OK)
        status = recheck_count(build->reader, &build->overview->rechecks, error);
    if (status == STATUS_OK && arena_failed(build->arena))
        status = error_nomem(error);
    return status;
}

enum status overview_read(struct reader *reader, const char *account, struct overview **overview,
                          struct error *error)
{
    struct owned_overview *owned = calloc(1, sizeof *owned);

    if (!owned)
        return error_nomem(error);
    owned->arena = arena_new();
    struct overview_build build = {.reader = reader,
                                   .cache = reader_cache(reader),
                                   .outbox = reader_outbox(reader),
                                   .arena = owned->arena,
                                   .overview = &owned->overview};
    enum status status = owned->arena ? read_all(&build, account, error) : error_nomem(error);
    if (status != STATUS_OK) {
        overview_free(&owned->overview);
        return status;
    }
    *overview = &owned->overview;
    return STATUS_OK;
}

void overview_free(struct overview *overview)
{
    struct owned_overview *owned = (struct owned_overview *)overview;

    if (!owned)
        return;
    arena_free(owned->arena);
    free(owned);
}
