#include "tui/view_parts.h"

#include "base/clock.h"
#include "base/i18n.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGE_TEXT_MAX 64
#define MINUTE_MS    60000

/* --- words ----------------------------------------------------------------------------------- */

void part_time(int64_t instant_ms, struct buf *out)
{
    char then[INSTANT_TEXT_MAX], now[INSTANT_TEXT_MAX];
    const size_t day = sizeof "2026-03-14" - 1;

    instant_format_local(instant_ms, then);
    instant_format_local(clock_wall_ms(), now);
    buf_str(out, strncmp(then, now, day) == 0 && strlen(then) > day ? then + day + 1 : then);
}

void part_age(int64_t instant_ms, struct buf *out)
{
    char age[AGE_TEXT_MAX];
    int64_t passed = clock_wall_ms() - instant_ms;

    duration_format(passed, age, sizeof age);
    if (instant_ms != 0)
        buf_str(out, passed < MINUTE_MS ? _("now") : age);
}

void part_ago(int64_t instant_ms, struct buf *out)
{
    char age[AGE_TEXT_MAX];
    int64_t passed = clock_wall_ms() - instant_ms;

    if (instant_ms == 0)
        return;
    duration_format(passed, age, sizeof age);
    if (passed < MINUTE_MS)
        buf_str(out, _("just now"));
    else
        buf_printf(out, _("%s ago"), age);
}

void part_as_of(int64_t instant_ms, struct buf *out)
{
    struct buf time = {0}, ago = {0};

    if (instant_ms == 0) {
        buf_str(out, _("never"));
        return;
    }
    part_time(instant_ms, &time);
    part_ago(instant_ms, &ago);
    buf_printf(out, _("%s, %s"), buf_text(&time), buf_text(&ago));
    buf_release(&time);
    buf_release(&ago);
}

void part_number(int64_t number, struct buf *out)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)number);

    for (int i = 0; i < length; i++) {
        bool group = i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-';
        if (group)
            buf_char(out, ',');
        buf_char(out, digits[i]);
    }
}

void part_bytes(int64_t bytes, struct buf *out)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    const size_t last = sizeof units / sizeof units[0] - 1;
    double amount = (double)bytes;
    size_t unit = 0;

    for (; amount >= 1000 && unit < last; unit++)
        amount /= 1000;
    buf_printf(out, unit == 0 || amount >= 100 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
}

void part_key(const struct app *app, enum context context, enum command command, struct buf *out)
{
    const struct binding *binding = keymap_binding_of(app_keymap(app), context, command, 0);

    if (binding)
        keymap_label(binding, out);
}

/* --- how far a dataset can be trusted ----------------------------------------------------------
 */

enum dataset_trust {
    TRUST_FINE,
    TRUST_WITHDRAWN,
    TRUST_ABSENT,
    TRUST_NEVER,
    TRUST_INCOMPLETE,
    TRUST_STALE,
    TRUST_FAILED,
};

static enum dataset_trust trust(const struct dataset_status *dataset)
{
    const char *state = dataset->state ? dataset->state : "never";

    if (strcmp(state, "withdrawn") == 0)
        return TRUST_WITHDRAWN;
    if (strcmp(state, "absent") == 0)
        return TRUST_ABSENT;
    if (strcmp(state, "never") == 0 || (dataset->rows == 0 && dataset->contact_ms == 0))
        return TRUST_NEVER;
    if (!dataset->complete)
        return TRUST_INCOMPLETE;
    if (dataset->stale)
        return TRUST_STALE;
    return strcmp(state, "ok") == 0 ? TRUST_FINE : TRUST_FAILED;
}

enum style part_dataset_style(const struct dataset_status *dataset)
{
    switch (trust(dataset)) {
    case TRUST_WITHDRAWN:
        return STYLE_ERROR;
    case TRUST_ABSENT:
    case TRUST_FAILED:
    case TRUST_STALE:
        return STYLE_WARNING;
    case TRUST_NEVER:
    case TRUST_INCOMPLETE:
        return STYLE_PENDING;
    case TRUST_FINE:
        break;
    }
    return STYLE_OK;
}

const char *part_dataset_word(const struct dataset_status *dataset)
{
    switch (trust(dataset)) {
    case TRUST_WITHDRAWN:
        return _("no access");
    case TRUST_ABSENT:
        return _("not offered");
    case TRUST_FAILED:
        return _("last read failed");
    case TRUST_NEVER:
        return _("never read");
    case TRUST_INCOMPLETE:
        return _("incomplete");
    case TRUST_STALE:
        return _("too old");
    case TRUST_FINE:
        break;
    }
    return "";
}

/* --- drawing -----------------------------------------------------------------------------------
 */

int part_marked(struct canvas *canvas, struct area row, enum style style, const char *raw)
{
    (void)canvas_put(canvas, row, style, style_mark(style));
    return 2 + canvas_put(canvas, area_cut(row, 0, 0, 0, 2), style, raw);
}

int part_marked_lines(struct canvas *canvas, struct area area, enum style style, const char *raw)
{
    (void)canvas_put(canvas, area, style, style_mark(style));
    return canvas_put_wrapped(canvas, area_cut(area, 0, 0, 0, 2), style, raw);
}

void part_labelled(struct canvas *canvas, struct area row, int label_columns, const char *label,
                   enum style style, const char *value)
{
    (void)canvas_put(canvas, area_columns(row, 0, label_columns), STYLE_MUTED, label);
    (void)canvas_put(canvas, area_cut(row, 0, 0, 0, label_columns), style, value);
}

void part_bar(struct canvas *canvas, struct area row, enum style style, int64_t part, int64_t whole)
{
    int cells = row.columns - 2;
    int filled = 0;

    if (cells < 1)
        return;
    if (whole > 0 && part > 0)
        filled = part >= whole ? cells : (int)((double)part / (double)whole * cells);
    (void)canvas_put(canvas, row, STYLE_MUTED, "[");
    for (int i = 0; i < cells; i++)
        (void)canvas_put(canvas, area_columns(row, 1 + i, 1), i < filled ? style : STYLE_MUTED,
                         i < filled ? "#" : ".");
    (void)canvas_put(canvas, area_columns(row, 1 + cells, 1), STYLE_MUTED, "]");
}

struct view *part_page_new(struct workplace *place, size_t size, const struct view_ops *ops)
{
    struct part_page *page = calloc(1, size);

    if (!page)
        return NULL;
    page->view.ops = ops;
    page->place = place;
    return &page->view;
}
