/* The command palette: every command, found by a few letters of its title or id; what cannot run
 * now is there too, muted, with the reason. */
#include "base/i18n.h"
#include "tui/app_private.h"
#include "tui/field.h"
#include "tui/fuzzy.h"
#include "tui/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUERY_MAX   60
#define COLUMNS_MAX 76
#define KEYS_WIDTH  16

struct row {
    enum command command;
    int score;
    bool enabled;
    char reason[VIEW_REASON_MAX];
};

struct palette {
    struct view view;
    enum context below;
    struct field query;
    struct list list;
    struct row all[COMMAND_END];
    size_t all_count;
    const struct row *shown[COMMAND_END];
};

static struct palette *self(struct view *view)
{
    return (struct palette *)view;
}

static int score_of(const char *query, enum command command, enum context below)
{
    const struct command_info *info = command_info(command);
    int best = fuzzy_score(query, _(command_title(command, below)));
    int others[] = {fuzzy_score(query, info->title), fuzzy_score(query, info->id)};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i] > best)
            best = others[i];
    return best;
}

/* What can run first, then by score, then in the order of the table. */
static int compare(const void *a, const void *b)
{
    const struct row *left = *(const struct row *const *)a;
    const struct row *right = *(const struct row *const *)b;

    if (left->enabled != right->enabled)
        return left->enabled ? -1 : 1;
    if (left->score != right->score)
        return left->score > right->score ? -1 : 1;
    return (left->command > right->command) - (left->command < right->command);
}

static void filter(struct palette *palette)
{
    size_t count = 0;

    for (size_t i = 0; i < palette->all_count; i++) {
        struct row *row = &palette->all[i];
        row->score = score_of(field_text_of(&palette->query), row->command, palette->below);
        if (row->score > 0)
            palette->shown[count++] = row;
    }
    qsort(palette->shown, count, sizeof palette->shown[0], compare);
    list_set_count(&palette->list, count);
    list_select(&palette->list, 0);
}

/* --- verbs ---------------------------------------------------------------------------------- */

static enum context context(struct view *view)
{
    (void)view;
    return CONTEXT_PALETTE;
}

static void draw_row(void *data, size_t index, struct canvas *canvas, struct area area)
{
    const struct palette *palette = data;
    const struct row *row = palette->shown[index];
    const struct command_info *info = command_info(row->command);
    struct buf keys = {0};
    struct area title = area_cut(area, 0, KEYS_WIDTH + 1, 0, 0);
    enum style style = row->enabled ? STYLE_NORMAL : STYLE_MUTED;

    int used = canvas_put(canvas, title, style, _(command_title(row->command, palette->below)));
    struct area rest = area_cut(title, 0, 0, 0, used + 2);
    (void)canvas_put(canvas, rest, STYLE_MUTED, row->enabled ? info->id : row->reason);
    overlay_keys(palette->view.app->keymap, palette->below, row->command, KEYS_WIDTH, &keys);
    (void)canvas_put(canvas, area_cut(area, 0, 0, 0, area.columns - KEYS_WIDTH), STYLE_KEY,
                     buf_text(&keys));
    buf_release(&keys);
}

static void draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct palette *palette = self(view);
    int columns = area.columns - 6 < COLUMNS_MAX ? area.columns - 6 : COLUMNS_MAX;
    struct area inside = overlay_box(canvas, area, area.rows - 3, columns, _("All commands"));

    field_draw(&palette->query, canvas, area_row(inside, 0), true);
    if (palette->list.count == 0)
        (void)canvas_put_wrapped(canvas, area_cut(inside, 1, 0, 0, 0), STYLE_MUTED,
                                 _("There is no command of that name."));
    else
        list_draw(&palette->list, canvas, area_cut(inside, 1, 0, 0, 0), draw_row, palette);
}

static unsigned run_selected(struct palette *palette)
{
    struct app *app = palette->view.app;

    if (palette->list.count == 0)
        return STALE_NOTHING;
    enum command command = palette->shown[palette->list.selected]->command;
    app_close(app, &palette->view);
    app_run_command(app, command, "");
    return STALE_VIEW | STALE_FRAME;
}

static unsigned command(struct view *view, enum command command, const char *argument)
{
    struct palette *palette = self(view);

    if (command == COMMAND_OPEN)
        return run_selected(palette);
    if (command == COMMAND_PALETTE)
        return STALE_NOTHING;
    unsigned stale = field_command(&palette->query, command);
    if (stale == STALE_VIEW)
        filter(palette);
    return stale & STALE_UNHANDLED ? list_command(&palette->list, command, argument) : stale;
}

static unsigned text(struct view *view, const struct input_event *event)
{
    struct palette *palette = self(view);

    if (field_text(&palette->query, event) != STALE_NOTHING)
        filter(palette);
    return STALE_VIEW;
}

static void close(struct view *view)
{
    field_release(&self(view)->query);
    free(view);
}

static void collect(struct palette *palette, struct app *app)
{
    for (enum command each = COMMAND_NONE + 1; each < COMMAND_END; each++) {
        if (command_info(each)->flags & COMMAND_HIDDEN || each == COMMAND_PALETTE ||
            !command_is_available(each, palette->below))
            continue;
        struct row *row = &palette->all[palette->all_count++];
        row->command = each;
        row->enabled = app_is_enabled(app, each, row->reason);
    }
}

struct view *palette_view_new(struct app *app, enum context below)
{
    static const struct view_ops ops = {
        .context = context, .draw = draw, .command = command, .text = text, .close = close};
    struct palette *palette = calloc(1, sizeof *palette);

    if (!palette)
        return NULL;
    palette->view.ops = &ops;
    palette->below = below;
    palette->list.keep_cursor = true;
    field_init(&palette->query, QUERY_MAX);
    palette->query.hint = _("Type a few letters");
    collect(palette, app);
    filter(palette);
    return &palette->view;
}
