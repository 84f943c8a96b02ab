#include "tui/frame.h"

#include "base/i18n.h"

#include <string.h>

struct frame_layout frame_layout(struct area screen)
{
    struct frame_layout layout = {
        .too_small = screen.rows < FRAME_ROWS_MIN || screen.columns < FRAME_COLUMNS_MIN,
        .narrow = screen.rows < FRAME_ROWS_NARROW || screen.columns < FRAME_COLUMNS_NARROW,
        .title = area_row(screen, 0),
        .view = area_cut(screen, 1, 0, 2, 0),
        .message = area_row(screen, screen.rows - 2),
        .footer = area_row(screen, screen.rows - 1),
    };
    return layout;
}

/* --- title bar ------------------------------------------------------------------------------- */

#define SEPARATOR " > "

static int parts_width(const struct canvas *canvas, const char *const *parts, size_t count)
{
    int width = 0;

    for (size_t i = 0; i < count; i++)
        width += canvas_measure(canvas, parts[i], strlen(parts[i])) +
                 (i > 0 ? (int)strlen(SEPARATOR) : 0);
    return width;
}

void frame_draw_title(struct canvas *canvas, struct area area, const char *const *parts,
                      size_t count, const char *status, enum style status_style)
{
    struct buf marked = {0};

    /* The bar is one: the mark and the words carry the meaning, not a colour of their own. */
    if (*status)
        buf_printf(&marked, "%s %s", style_mark(status_style), status);
    int status_width = canvas_measure(canvas, buf_text(&marked), marked.length);
    struct area left = area_cut(area, 0, status_width > 0 ? status_width + 2 : 0, 0, 0);

    canvas_fill(canvas, area, STYLE_TITLE);
    if (left.columns < area.columns / 3)
        left = area_columns(area, 0, area.columns / 3);
    while (count > 1 && parts_width(canvas, parts, count) > left.columns) {
        parts++;
        count--;
    }
    int at = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            at += canvas_put(canvas, area_columns(left, at, left.columns), STYLE_TITLE, SEPARATOR);
        at += canvas_put(canvas, area_columns(left, at, left.columns), STYLE_TITLE, parts[i]);
    }
    struct area right = area_cut(area, 0, 0, 0, left.columns);
    (void)canvas_put_right(canvas, right, STYLE_TITLE, buf_text(&marked));
    buf_release(&marked);
}

/* --- footer ---------------------------------------------------------------------------------- */

#define FOOTER_GAP        2
#define FOOTER_PRIORITIES 9

struct footer {
    struct canvas *canvas;
    struct area area;
    const struct keymap *keymap;
    enum context context;
    int used;
    bool chosen[COMMAND_END];
};

/* Key and title as they stand in the footer; returns the cells both take, 0 without a key. */
static int measure_item(const struct footer *footer, enum command command, struct buf *keys)
{
    const struct binding *binding = keymap_binding_of(footer->keymap, footer->context, command, 0);
    const char *title = _(command_title(command, footer->context));

    if (!binding)
        return 0;
    keymap_label(binding, keys);
    return canvas_measure(footer->canvas, buf_text(keys), keys->length) + 1 +
           canvas_measure(footer->canvas, title, strlen(title));
}

/* Keeps the item if it fits beside those that matter more. */
static void choose_item(struct footer *footer, enum command command)
{
    struct buf keys = {0};
    int width = measure_item(footer, command, &keys);
    int gap = footer->used > 0 ? FOOTER_GAP : 0;

    if (width > 0 && footer->used + gap + width <= footer->area.columns) {
        footer->chosen[command] = true;
        footer->used += gap + width;
    }
    buf_release(&keys);
}

static void draw_item(struct footer *footer, enum command command)
{
    struct buf keys = {0};
    int width = measure_item(footer, command, &keys);
    struct area at = area_columns(footer->area, footer->used, width);
    int used = canvas_put(footer->canvas, at, STYLE_KEY, buf_text(&keys));

    (void)canvas_put(footer->canvas, area_cut(at, 0, 0, 0, used + 1), STYLE_NORMAL,
                     _(command_title(command, footer->context)));
    footer->used += width + FOOTER_GAP;
    buf_release(&keys);
}

static bool is_everywhere(enum command command)
{
    return command_info(command)->contexts == CONTEXT_BIT(CONTEXT_GLOBAL);
}

/* By priority, those of the page or those that work everywhere. */
static void draw_items(struct footer *footer, bool everywhere)
{
    for (int priority = 1; priority <= FOOTER_PRIORITIES; priority++)
        for (enum command command = COMMAND_NONE + 1; command < COMMAND_END; command++)
            if (footer->chosen[command] && command_info(command)->footer == priority &&
                is_everywhere(command) == everywhere)
                draw_item(footer, command);
}

void frame_draw_footer(struct canvas *canvas, struct area area, const struct keymap *keymap,
                       enum context context, frame_enabled_fn *enabled, void *data)
{
    struct footer footer = {.canvas = canvas, .area = area, .keymap = keymap, .context = context};

    canvas_fill(canvas, area, STYLE_NORMAL);
    for (int priority = 1; priority <= FOOTER_PRIORITIES; priority++)
        for (enum command command = COMMAND_NONE + 1; command < COMMAND_END; command++)
            if (command_info(command)->footer == priority &&
                command_is_available(command, context) && enabled(data, command))
                choose_item(&footer, command);
    footer.used = 0;
    draw_items(&footer, false);
    draw_items(&footer, true);
}

void frame_draw_too_small(struct canvas *canvas, const struct keymap *keymap)
{
    struct area all = canvas_area(canvas);
    const struct binding *quit = keymap_binding_of(keymap, CONTEXT_GLOBAL, COMMAND_QUIT, 0);
    struct buf text = {0};

    buf_printf(&text, _("This window is too small: %d x %d at least."), FRAME_COLUMNS_MIN,
               FRAME_ROWS_MIN);
    if (quit) {
        buf_char(&text, ' ');
        keymap_label(quit, &text);
        buf_printf(&text, _(": %s"), _(command_info(COMMAND_QUIT)->title));
    }
    canvas_fill(canvas, all, STYLE_NORMAL);
    (void)canvas_put_wrapped(canvas, all, STYLE_WARNING, buf_text(&text));
    canvas_cursor(canvas, 0, 0, true);
    buf_release(&text);
}
