/* The help page: every command that works on the page below, by group, with its keys; filtered
 * while typing. Made from the command table and the keymap, so that it cannot lie. */
#include "base/i18n.h"
#include "tui/app_private.h"
#include "tui/field.h"
#include "tui/fuzzy.h"
#include "tui/list.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define QUERY_MAX  60
#define KEYS_WIDTH 26

/* A command, or the heading of a group. */
struct row {
    enum command command; /* COMMAND_NONE: heading */
    enum command_group group;
};

struct help {
    struct view view;
    const struct keymap *keymap;
    enum context below;
    struct field query;
    struct list list;
    struct row rows[COMMAND_END + COMMAND_GROUP_COUNT];
};

static struct help *self(struct view *view)
{
    return (struct help *)view;
}

static bool matches(const struct help *help, enum command command)
{
    const struct command_info *info = command_info(command);
    const char *query = field_text_of(&help->query);
    struct buf keys = {0};

    overlay_keys(help->keymap, help->below, command, INT_MAX, &keys);
    bool bound = keys.length > 0;
    bool match = fuzzy_score(query, _(command_title(command, help->below))) > 0 ||
                 fuzzy_score(query, info->id) > 0 || fuzzy_score(query, buf_text(&keys)) > 0;
    buf_release(&keys);
    return bound && match;
}

static size_t add_group(struct help *help, enum command_group group, size_t count)
{
    size_t heading = count++;

    help->rows[heading] = (struct row){COMMAND_NONE, group};
    for (enum command command = COMMAND_NONE + 1; command < COMMAND_END; command++)
        if (command_info(command)->group == group && command_is_available(command, help->below) &&
            matches(help, command))
            help->rows[count++] = (struct row){command, group};
    return count == heading + 1 ? heading : count;
}

static void filter(struct help *help)
{
    size_t count = 0;

    for (size_t group = 0; group < COMMAND_GROUP_COUNT; group++)
        count = add_group(help, (enum command_group)group, count);
    list_set_count(&help->list, count);
    list_select(&help->list, count > 1 ? 1 : 0);
}

/* --- verbs ---------------------------------------------------------------------------------- */

static enum context context(struct view *view)
{
    (void)view;
    return CONTEXT_HELP;
}

static void draw_row(void *data, size_t index, struct canvas *canvas, struct area area)
{
    const struct help *help = data;
    const struct row *row = &help->rows[index];
    struct buf keys = {0};

    if (row->command == COMMAND_NONE) {
        (void)canvas_put(canvas, area, STYLE_STRONG, _(command_group_title(row->group)));
        return;
    }
    overlay_keys(help->keymap, help->below, row->command, KEYS_WIDTH, &keys);
    (void)canvas_put(canvas, area_columns(area, 2, KEYS_WIDTH), STYLE_KEY, buf_text(&keys));
    (void)canvas_put(canvas, area_cut(area, 0, 0, 0, KEYS_WIDTH + 3), STYLE_NORMAL,
                     _(command_title(row->command, help->below)));
    buf_release(&keys);
}

static void draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct help *help = self(view);
    struct area inside =
        overlay_box(canvas, area, area.rows - 2, area.columns - 4, _("Keys on this page"));

    field_draw(&help->query, canvas, area_row(inside, 0), true);
    if (help->list.count == 0)
        (void)canvas_put_wrapped(canvas, area_cut(inside, 1, 0, 0, 0), STYLE_MUTED,
                                 _("There is no command of that name."));
    else
        list_draw(&help->list, canvas, area_cut(inside, 1, 0, 0, 0), draw_row, help);
}

static unsigned run_selected(struct help *help)
{
    struct app *app = help->view.app;
    enum command command = help->rows[help->list.selected].command;

    if (help->list.count == 0 || command == COMMAND_NONE)
        return STALE_NOTHING;
    app_close(app, &help->view);
    app_run_command(app, command, "");
    return STALE_VIEW | STALE_FRAME;
}

static unsigned command(struct view *view, enum command command, const char *argument)
{
    struct help *help = self(view);

    if (command == COMMAND_OPEN)
        return run_selected(help);
    if (command == COMMAND_HELP) {
        app_close(help->view.app, view);
        return STALE_VIEW;
    }
    unsigned stale = field_command(&help->query, command);
    if (stale == STALE_VIEW)
        filter(help);
    return stale & STALE_UNHANDLED ? list_command(&help->list, command, argument) : stale;
}

static unsigned text(struct view *view, const struct input_event *event)
{
    struct help *help = self(view);

    if (field_text(&help->query, event) != STALE_NOTHING)
        filter(help);
    return STALE_VIEW;
}

static void close(struct view *view)
{
    field_release(&self(view)->query);
    free(view);
}

struct view *help_view_new(struct app *app, enum context below)
{
    static const struct view_ops ops = {
        .context = context, .draw = draw, .command = command, .text = text, .close = close};
    struct help *help = calloc(1, sizeof *help);

    if (!help)
        return NULL;
    help->view.ops = &ops;
    help->keymap = app->keymap;
    help->below = below;
    help->list.keep_cursor = true;
    field_init(&help->query, QUERY_MAX);
    help->query.hint = _("Type to find a command or a key; Enter runs it");
    filter(help);
    return &help->view;
}
