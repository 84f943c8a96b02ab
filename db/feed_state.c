#include "db/feed_state.h"

#include <string.h>

#define MS_PER_DAY    ((int64_t)24 * 3600 * 1000)
#define CLOCK_STEP_MS ((int64_t)10 * 60 * 1000) /* clocks are put right by so much all the time */

static void judge_age(const struct dataset *dataset, struct feed_state *state)
{
    state->age_ms = -1;
    if (state->contact_ms <= 0)
        return;
    int64_t age = clock_wall_ms() - state->contact_ms;
    state->age_ms = age > 0 ? age : 0;
    state->ahead = age < -CLOCK_STEP_MS;
    state->stale = dataset->max_age_days > 0 && age > dataset->max_age_days * MS_PER_DAY;
    instant_format(state->contact_ms, state->as_of);
}

enum status feed_state_read(struct sql *cache, const struct dataset *dataset,
                            struct feed_state *state, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache,
        "SELECT contact_ms, complete, state FROM feed WHERE dataset = ?1 ORDER BY contact_ms DESC",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    *state = (struct feed_state){.age_ms = -1};
    stmt_bind_text(stmt, 1, dataset->name);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row) {
        const char *word = stmt_text(stmt, 2);
        state->contact_ms = stmt_int(stmt, 0);
        state->complete = stmt_int(stmt, 1) != 0;
        state->withdrawn = word && strcmp(word, "withdrawn") == 0;
        judge_age(dataset, state);
    }
    stmt_reset(stmt);
    return status;
}
