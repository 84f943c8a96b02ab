#include "db/quality_run.h"
#include "db/dated.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "db/feed_state.h"
#include "db/record.h"

#include <stdlib.h>
#include <string.h>

#define PROGRESS_ROWS 2048
#define GROUP_MAX     256 /* records about one person that are compared; more are only counted */

/* --- rules ------------------------------------------------------------------------------------ */

static const struct {
    const char *id;
    enum severity severity;
    const char *ground, *title;
} rules[] = {
#define QUALITY_ROW(name, id, severity, ground, title) {id, FINDING_##severity, ground, title},
    QUALITY_RULE_LIST(QUALITY_ROW)
#undef QUALITY_ROW
};

const char *quality_rule_id(enum quality_rule rule)
{
    return rules[rule].id;
}

const char *quality_rule_title(enum quality_rule rule)
{
    return _(rules[rule].title);
}

enum severity quality_rule_severity(enum quality_rule rule)
{
    return rules[rule].severity;
}

const char *quality_rule_ground(enum quality_rule rule)
{
    return rules[rule].ground;
}

bool quality_rule_parse(const char *id, enum quality_rule *rule)
{
    for (int i = 0; i < QUALITY_RULE_COUNT; i++)
        if (strcmp(rules[i].id, id) == 0) {
            *rule = (enum quality_rule)i;
            return true;
        }
    return false;
}

/* --- plans ------------------------------------------------------------------------------------ */

static enum status read_rows(struct quality_job *job, struct quality_plan *plan,
                             struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(job->cache, "SELECT id, rows FROM dataset WHERE name = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, plan->dataset->name);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row) {
        plan->id = stmt_int(stmt, 0);
        job->total += stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    return status;
}

static enum status make_plans(struct quality_job *job, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    enum status status = reader_catalogue(job->reader, &catalogue, error);

    if (status != STATUS_OK)
        return status;
    job->plan_count = catalogue_count(catalogue);
    job->plans = calloc(job->plan_count + 1, sizeof *job->plans);
    job->counts = calloc(job->plan_count + 1, sizeof *job->counts);
    if (!job->plans || !job->counts)
        return error_nomem(error);
    for (size_t i = 0; i < job->plan_count && status == STATUS_OK; i++) {
        quality_plan_make(catalogue_at(catalogue, i), (uint32_t)i, &job->plans[i]);
        status = read_rows(job, &job->plans[i], error);
    }
    return status;
}

static const struct quality_plan *plan_of(const struct quality_job *job, int64_t dataset)
{
    for (size_t i = 0; i < job->plan_count; i++)
        if (job->plans[i].id == dataset)
            return &job->plans[i];
    return NULL;
}

/* --- row by row ------------------------------------------------------------------------------- */

static enum status tell(const struct quality_job *job, bool comparing, int64_t done,
                        struct error *error)
{
    const struct quality_progress now = {comparing, done, job->total};

    if (!job->options || !job->options->progress ||
        job->options->progress(&now, job->options->context))
        return STATUS_OK;
    return error_set(error, STATUS_CANCELLED, _("Stopped. The earlier results are still there."));
}

static enum status check_current(struct quality_job *job, struct stmt *stmt, struct error *error)
{
    const struct quality_plan *plan = plan_of(job, stmt_int(stmt, 1));
    json_t *body = NULL;

    if (!plan)
        return STATUS_OK;
    enum status status = record_parse(stmt, 5, &body, error);
    if (status != STATUS_OK)
        return status;
    const char *key = stmt_text(stmt, 3);
    const char *rev = stmt_text(stmt, 4);
    const struct quality_row row = {.id = stmt_int(stmt, 0),
                                    .received_ms = stmt_int(stmt, 2),
                                    .key = key ? key : "",
                                    .rev = rev ? rev : "",
                                    .body = body};
    status = quality_check_row(job, plan, &row, error);
    json_decref(body);
    return status;
}

static enum status check_all(struct quality_job *job, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        job->cache, "SELECT id, dataset, received_ms, key, rev, body FROM record ORDER BY id",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        if (job->done++ % PROGRESS_ROWS == 0)
            status = tell(job, false, job->done, error);
        if (status == STATUS_OK)
            status = check_current(job, stmt, error);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}

/* --- what records share ----------------------------------------------------------------------- */

struct group {
    struct trait items[GROUP_MAX];
    size_t count;
};

static enum status mark_of(struct quality_job *job, int64_t record, struct quality_mark *mark,
                           struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(job->cache, "SELECT key, rev FROM record WHERE id = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, record);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK) {
        const char *key = row ? stmt_text(stmt, 0) : NULL;
        const char *rev = row ? stmt_text(stmt, 1) : NULL;
        quality_mark_set(mark, record, key ? key : "", rev ? rev : "");
    }
    stmt_reset(stmt);
    return status;
}

static enum status add_finding(struct quality_job *job, enum quality_rule rule,
                               const struct trait *trait, const struct dataset_field *field,
                               const struct trait *other, struct error *error)
{
    struct quality_mark mark;
    enum status status = mark_of(job, trait->record, &mark, error);

    if (status != STATUS_OK)
        return status;
    return quality_store_add(job, rule, trait->source, &mark, field ? field->name : "",
                             other->record, error);
}

/* The first trait with all of these flags. */
static const struct trait *find(const struct group *group, unsigned flags)
{
    for (size_t i = 0; i < group->count; i++)
        if ((group->items[i].flags & flags) == flags)
            return &group->items[i];
    return NULL;
}

/* Another record of the same dataset about the same subject. */
static const struct trait *find_twin(const struct group *group, const struct trait *trait)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct trait *other = &group->items[i];
        if (other->source == trait->source && other->record != trait->record &&
            (other->flags & TRAIT_UNIQUE))
            return other;
    }
    return NULL;
}

static const struct trait *find_alike(const struct group *group, const struct trait *trait)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->items[i].value != trait->value)
            return &group->items[i];
    return NULL;
}

static enum status judge_dead(struct quality_job *job, const struct group *group,
                              const struct trait *trait, struct error *error)
{
    const struct quality_plan *plan = &job->plans[trait->source];
    const struct trait *dead = find(group, TRAIT_DEAD);
    const struct dataset_field *field = plan->status ? plan->status : plan->active;

    if (!dead || dead->record == trait->record)
        return STATUS_OK;
    if (trait->flags & TRAIT_REPRESENTATIVE)
        return add_finding(job, QUALITY_DEAD_REPRESENTATIVE, trait,
                           dataset_role(plan->dataset, ROLE_LINK_PERSON), dead, error);
    if (!(trait->flags & TRAIT_ACTIVE))
        return STATUS_OK;
    bool registered = (trait->flags & TRAIT_REGISTER) != 0;
    return add_finding(job, registered ? QUALITY_DEAD_REGISTERED : QUALITY_DEAD_BENEFIT, trait,
                       field, dead, error);
}

static enum status judge_pairs(struct quality_job *job, const struct group *group,
                               const struct trait *trait, struct error *error)
{
    const struct quality_plan *plan = &job->plans[trait->source];
    const struct trait *twin = (trait->flags & TRAIT_UNIQUE) ? find_twin(group, trait) : NULL;
    const struct trait *person = find(group, TRAIT_REGISTER);
    const struct trait *married = find(group, TRAIT_MARRIED);
    enum status status = STATUS_OK;

    if (twin)
        status = add_finding(job, QUALITY_SAME_SUBJECT, trait, plan->subject, twin, error);
    if (status == STATUS_OK && person && !(trait->flags & TRAIT_REGISTER) && trait->value &&
        person->value && trait->value != person->value)
        status = add_finding(job, QUALITY_NAME, trait, plan->name, person, error);
    if (status == STATUS_OK && married && (trait->flags & TRAIT_SINGLE))
        status = add_finding(job, QUALITY_MARRIAGE, trait, plan->marital, married, error);
    return status;
}

static enum status judge_trait(struct quality_job *job, const struct group *group,
                               const struct trait *trait, struct error *error)
{
    enum status status = judge_pairs(job, group, trait, error);

    return status == STATUS_OK ? judge_dead(job, group, trait, error) : status;
}

/* Likenesses: each record once, though phone and address may both agree. */
static enum status judge_likeness(struct quality_job *job, const struct group *group,
                                  const struct trait *trait, struct error *error)
{
    const struct quality_plan *plan = &job->plans[trait->source];
    const struct trait *alike = find_alike(group, trait);
    bool has = false;

    if (!alike)
        return STATUS_OK;
    enum status status = quality_store_has(job, QUALITY_SAME_PERSON, trait, &has, error);
    if (status != STATUS_OK || has)
        return status;
    return add_finding(job, QUALITY_SAME_PERSON, trait, plan->subject, alike, error);
}

static enum status judge_group(struct quality_job *job, const struct group *group,
                               struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < group->count && group->count > 1 && status == STATUS_OK; i++) {
        const struct trait *trait = &group->items[i];
        status = (trait->flags & TRAIT_LIKENESS) ? judge_likeness(job, group, trait, error)
                                                 : judge_trait(job, group, trait, error);
    }
    return status;
}

static enum status compare_all(struct quality_job *job, struct error *error)
{
    struct group group = {.count = 0};
    struct trait trait;
    int64_t done = 0;
    enum status status = quality_sort_finish(job->sort, error);

    while (status == STATUS_OK && quality_sort_next(job->sort, &trait)) {
        if (done++ % PROGRESS_ROWS == 0)
            status = tell(job, true, done < job->total ? done : job->total, error);
        if (status == STATUS_OK && group.count > 0 && group.items[0].hash != trait.hash) {
            status = judge_group(job, &group, error);
            group.count = 0;
        }
        if (group.count < GROUP_MAX)
            group.items[group.count++] = trait;
    }
    if (status == STATUS_OK)
        status = judge_group(job, &group, error);
    return status == STATUS_OK ? quality_sort_failed(job->sort, error) : status;
}

/* --- whole datasets --------------------------------------------------------------------------- */

static enum status check_age(struct quality_job *job, const struct quality_plan *plan,
                             struct error *error)
{
    static const struct quality_mark none = {0};
    struct feed_state state;
    enum status status = feed_state_read(job->cache, plan->dataset, &state, error);

    if (status != STATUS_OK || !state.stale || !plan->id)
        return status;
    return quality_store_add(job, QUALITY_STALE_DATASET, plan->source, &none, "", 0, error);
}

/* --- all -------------------------------------------------------------------------------------- */

static enum status run_checks(struct quality_job *job, struct error *error)
{
    enum status status = quality_store_clear(job->store, error);

    if (status == STATUS_OK)
        status = make_plans(job, error);
    if (status == STATUS_OK)
        status = check_all(job, error);
    if (status == STATUS_OK)
        status = compare_all(job, error);
    for (size_t i = 0; i < job->plan_count && status == STATUS_OK; i++)
        status = check_age(job, &job->plans[i], error);
    return status;
}

static enum status run_recorded(struct quality_job *job, struct error *error)
{
    int64_t began = clock_wall_ms();
    int64_t clock = clock_mono_ms();
    enum status status = sql_snapshot_begin(job->cache, error);

    if (status != STATUS_OK)
        return status;
    status = sql_begin(job->store, error);
    if (status == STATUS_OK)
        status = run_checks(job, error);
    if (status == STATUS_OK)
        status = quality_store_finish(job, began, clock_mono_ms() - clock, error);
    if (status == STATUS_OK)
        status = sql_commit(job->store, error);
    sql_rollback(job->store);
    sql_snapshot_end(job->cache);
    return status == STATUS_OK ? sql_checkpoint(job->store, error) : status;
}

enum status quality_run(struct reader *reader, const struct quality_options *options,
                        struct error *error)
{
    const struct home *home = reader_home(reader);
    struct quality_job job = {.reader = reader, .cache = reader_cache(reader), .options = options};
    enum status status = quality_store_create(home, &job.store, error);

    if (status == STATUS_OK)
        status = dated_today(reader_outbox(reader), &job.today, error);
    if (status == STATUS_OK)
        status = quality_sort_new(home_directory(home), &job.sort, error);
    if (status == STATUS_OK)
        status = run_recorded(&job, error);
    quality_sort_free(job.sort);
    sql_close(job.store);
    free(job.plans);
    free(job.counts);
    return status;
}
