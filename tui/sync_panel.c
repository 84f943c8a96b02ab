#include "tui/sync_panel.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "tui/view_parts.h"

#define SILENCE_MS 5000

bool sync_is_running(const struct syncing_state *state)
{
    return state->phase == SYNCING_RUNNING || state->phase == SYNCING_STOPPING;
}

/* --- the run under way ---------------------------------------------------------------------------
 */

/* The whole run when its size is known, else the dataset in hand. */
static void progress_of(const struct syncing_state *state, int64_t *rows, int64_t *expected)
{
    bool whole = state->total_expected > 0;

    *rows = whole ? state->rows_total : state->rows;
    *expected = whole ? state->total_expected : state->rows_expected;
}

static void describe_clock(int64_t ms, struct buf *out)
{
    int64_t s = ms > 0 ? ms / 1000 : 0;

    if (s >= 3600)
        buf_printf(out, "%lld:%02lld:%02lld", (long long)(s / 3600), (long long)(s / 60 % 60),
                   (long long)(s % 60));
    else
        buf_printf(out, "%lld:%02lld", (long long)(s / 60), (long long)(s % 60));
}

static void describe_rows(int64_t rows, int64_t expected, struct buf *out)
{
    struct buf some = {0}, all = {0};

    part_number(rows, &some);
    part_number(expected, &all);
    if (expected > 0)
        buf_printf(out, _("%s of %s rows"), buf_text(&some), buf_text(&all));
    else
        buf_printf(out, _("%s rows"), buf_text(&some));
    buf_release(&some);
    buf_release(&all);
}

/* "412,000 of 1,450,000 rows · 18,200 rows/s · 120 MB · 0:23, about 0:57 left" */
static void describe_speed(const struct sync_panel *panel, int64_t now, struct buf *out)
{
    const struct syncing_state *state = panel->state;
    int64_t rate = sync_rate_per_second(panel->rate);
    int64_t left = state->total_expected - state->rows_total;

    describe_rows(state->rows_total, state->total_expected, out);
    if (rate > 0) {
        buf_str(out, " · ");
        part_number(rate, out);
        buf_str(out, _(" rows/s"));
    }
    buf_str(out, " · ");
    part_bytes(state->bytes, out);
    buf_str(out, " · ");
    describe_clock(now - state->started_ms, out);
    if (rate > 0 && left > 0) {
        buf_str(out, _(", about "));
        describe_clock(left * 1000 / rate, out);
        buf_str(out, _(" left"));
    }
}

static void describe_dataset(const struct syncing_state *state, struct buf *out)
{
    if (!state->title[0])
        return;
    buf_printf(out, _("%s: "), state->title);
    describe_rows(state->rows, state->rows_expected, out);
    if (state->dataset_count > 0) {
        buf_str(out, " · ");
        buf_printf(out, _("%d of %d datasets done"), state->datasets_done, state->dataset_count);
    }
}

static void draw_bar(const struct syncing_state *state, struct canvas *canvas, struct area row)
{
    int64_t rows, expected;

    progress_of(state, &rows, &expected);
    if (expected <= 0) {
        (void)canvas_put(canvas, row, STYLE_MUTED, _("How much there is, is not known yet."));
        return;
    }
    part_bar(canvas, area_cut(row, 0, 6, 0, 0), STYLE_OK, rows, expected);
    (void)canvas_printf(canvas, area_columns(row, row.columns - 5, 5), STYLE_NORMAL, "%3lld %%",
                        (long long)(rows >= expected ? 100 : rows * 100 / expected));
}

/* What can be done, or that nothing comes. */
static void draw_hint(const struct sync_panel *panel, struct canvas *canvas, struct area row,
                      int64_t now)
{
    const struct syncing_state *state = panel->state;
    struct buf text = {0}, key = {0};

    if (state->phase == SYNCING_STOPPING) {
        (void)part_marked(canvas, row, STYLE_PENDING,
                          _("Stopping. What has arrived stays and is gone on from."));
    } else if (now - state->heard_ms >= SILENCE_MS) {
        buf_str(&text, _("Nothing has come for "));
        describe_clock(now - state->heard_ms, &text);
        buf_str(&text, _(". The network may be slow or gone."));
        (void)part_marked(canvas, row, STYLE_WARNING, buf_text(&text));
    } else {
        part_key(panel->app, CONTEXT_SYNC, COMMAND_CANCEL, &key);
        buf_printf(&text, _("%s stops it; what has arrived stays."), buf_text(&key));
        (void)canvas_put(canvas, area_cut(row, 0, 0, 0, 2), STYLE_MUTED, buf_text(&text));
    }
    buf_release(&text);
    buf_release(&key);
}

static void draw_run(const struct sync_panel *panel, struct canvas *canvas, struct area area)
{
    const struct syncing_state *state = panel->state;
    int64_t now = clock_mono_ms();
    struct buf text = {0};

    (void)part_marked(canvas, area, STYLE_PENDING, _("The exchange is running."));
    area = area_cut(area, 1, 0, 0, 2);
    draw_bar(state, canvas, area_row(area, 0));
    describe_speed(panel, now, &text);
    (void)canvas_put(canvas, area_row(area, 1), STYLE_NORMAL, buf_text(&text));
    buf_clear(&text);
    describe_dataset(state, &text);
    (void)canvas_put(canvas, area_row(area, 2), STYLE_NORMAL, buf_text(&text));
    area = area_row(area, 3);
    area.column -= 2;
    area.columns += 2;
    draw_hint(panel, canvas, area, now);
    buf_release(&text);
}

/* --- between runs --------------------------------------------------------------------------------
 */

enum style sync_result_style(enum status result)
{
    if (result == STATUS_OK)
        return STYLE_OK;
    return result == STATUS_CANCELLED ? STYLE_PENDING : STYLE_WARNING;
}

const char *sync_result_word(enum status result)
{
    if (result == STATUS_OK)
        return _("done");
    return result == STATUS_CANCELLED ? _("stopped by hand") : _("failed");
}

void sync_result_describe(const struct syncing_state *state, struct buf *out)
{
    struct buf when = {0};

    part_as_of(state->finished_ms, &when);
    buf_printf(out, _("Last exchange %s: %s. "), buf_text(&when), sync_result_word(state->result));
    buf_release(&when);
    buf_str(out, _("Rows received: "));
    part_number(state->pulled, out);
    buf_str(out, _(", requests sent: "));
    part_number(state->pushed, out);
    if (state->held) {
        buf_str(out, _(", held: "));
        part_number(state->held, out);
    }
}

static void describe_next(const struct sync_panel *panel, struct buf *out)
{
    const struct syncing_state *state = panel->state;
    int64_t wait = state->next_ms - clock_mono_ms();
    struct buf key = {0}, when = {0};

    part_key(panel->app, CONTEXT_SYNC, COMMAND_SYNC_NOW, &key);
    part_time(clock_wall_ms() + wait, &when);
    if (state->next_ms == 0)
        buf_printf(out, _("%s starts one now."), buf_text(&key));
    else if (wait < 60000)
        buf_printf(out, _("The next one starts by itself within a minute; %s starts it now."),
                   buf_text(&key));
    else
        buf_printf(out, _("The next one starts by itself at %s; %s starts it now."),
                   buf_text(&when), buf_text(&key));
    buf_release(&key);
    buf_release(&when);
}

static void draw_rest(const struct sync_panel *panel, struct canvas *canvas, struct area area)
{
    const struct syncing_state *state = panel->state;
    struct buf text = {0};

    if (state->phase == SYNCING_OFF) {
        (void)part_marked_lines(canvas, area, STYLE_WARNING,
                                _("Another Huiliu window is open in this home and does the "
                                  "exchange; this one only reads."));
        return;
    }
    if (state->has_result)
        sync_result_describe(state, &text);
    else
        buf_str(&text, _("There has been no exchange since this window was opened."));
    int rows = part_marked_lines(
        canvas, area_cut(area, 0, 0, area.rows - 2, 0),
        state->has_result ? sync_result_style(state->result) : STYLE_NORMAL, buf_text(&text));
    (void)canvas_put_wrapped(canvas, area_cut(area, rows, 0, area.rows - 4, 2), STYLE_NORMAL,
                             state->reason);
    buf_clear(&text);
    describe_next(panel, &text);
    (void)canvas_put(canvas, area_cut(area_row(area, 4), 0, 0, 0, 2), STYLE_MUTED, buf_text(&text));
    buf_release(&text);
}

void sync_panel_draw(const struct sync_panel *panel, struct canvas *canvas, struct area area)
{
    if (sync_is_running(panel->state))
        draw_run(panel, canvas, area);
    else
        draw_rest(panel, canvas, area);
}
