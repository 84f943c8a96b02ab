#include "tui/app.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "tui/app_private.h"
#include "tui/frame.h"

#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_MS   4000
#define WHICH_KEY_MS 400

/* --- the stack ------------------------------------------------------------------------------- */

struct app_entry *app_keyboard(struct app *app)
{
    return app->depth > 0 ? &app->stack[app->depth - 1] : NULL;
}

enum context app_context(struct app *app)
{
    struct app_entry *entry = app_keyboard(app);

    if (!entry)
        return CONTEXT_GLOBAL;
    return entry->view->ops->context ? entry->view->ops->context(entry->view) : CONTEXT_LIST;
}

/* What was said before the key that brings another page was about the page that goes. */
static void forget_old_message(struct app *app)
{
    if (app->message_event != app->events)
        app->message_until = 0;
}

static void close_view(struct view *view)
{
    if (view->ops->close)
        view->ops->close(view);
}

void app_push_layer(struct app *app, struct view *view, enum layer layer)
{
    if (!view) {
        app_say(app, STYLE_ERROR, "%s", _("There is not enough memory for this page."));
        return;
    }
    view->app = app;
    view->id = ++app->last_id;
    if (app->depth == APP_DEPTH_MAX) {
        close_view(view);
        app_say(app, STYLE_WARNING, "%s", _("Too many pages are open; go back first."));
        return;
    }
    app->stack[app->depth++] = (struct app_entry){view, layer};
    forget_old_message(app);
    app_stale(app, STALE_VIEW | STALE_FRAME);
}

void app_push(struct app *app, struct view *view)
{
    app_push_layer(app, view, LAYER_PAGE);
}

static void remove_entry(struct app *app, size_t index)
{
    struct view *view = app->stack[index].view;

    memmove(&app->stack[index], &app->stack[index + 1],
            (app->depth - index - 1) * sizeof app->stack[0]);
    app->depth--;
    forget_old_message(app);
    app_stale(app, STALE_VIEW | STALE_FRAME);
    close_view(view);
}

void app_close(struct app *app, struct view *view)
{
    for (size_t i = app->depth; i > 0; i--) {
        if (app->stack[i - 1].view == view) {
            remove_entry(app, i - 1);
            break;
        }
    }
    if (app->depth == 0)
        loop_stop(app->loop);
}

void app_close_above(struct app *app, struct view *view)
{
    while (app->depth > 0 && app->stack[app->depth - 1].view != view)
        remove_entry(app, app->depth - 1);
}

struct view *app_top(const struct app *app)
{
    for (size_t i = app->depth; i > 0; i--)
        if (app->stack[i - 1].layer == LAYER_PAGE)
            return app->stack[i - 1].view;
    return NULL;
}

struct view *app_find_view(const struct app *app, uint32_t id)
{
    for (size_t i = 0; i < app->depth; i++)
        if (app->stack[i].view->id == id)
            return app->stack[i].view;
    return NULL;
}

void app_stale(struct app *app, unsigned stale)
{
    app->stale |= stale & ~(unsigned)STALE_UNHANDLED;
}

/* --- telling --------------------------------------------------------------------------------- */

void app_say(struct app *app, enum style style, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(app->message, sizeof app->message, format, args);
    va_end(args);
    app->message_style = style;
    app->message_event = app->events;
    app->message_until = style == STYLE_ERROR ? INT64_MAX : clock_mono_ms() + MESSAGE_MS;
    app_stale(app, STALE_FRAME);
    if (style == STYLE_ERROR)
        screen_bell(app->screen);
}

void app_unsay(struct app *app)
{
    app->message_until = 0;
    app_stale(app, STALE_FRAME);
}

void app_fail(struct app *app, const struct error *error)
{
    app_say(app, STYLE_ERROR, "%s", error->text);
}

void app_set_status(struct app *app, enum style style, const char *text)
{
    if (app->status && strcmp(app->status, text) == 0 && app->status_style == style)
        return;
    free(app->status);
    app->status = strdup(text);
    app->status_style = style;
    app_stale(app, STALE_FRAME);
}

/* --- painting -------------------------------------------------------------------------------- */

static bool footer_enabled(void *data, enum command command)
{
    char reason[VIEW_REASON_MAX] = "";

    return app_is_enabled(data, command, reason);
}

static void paint_title(struct app *app, struct canvas *canvas, struct area area)
{
    const char *parts[APP_DEPTH_MAX];
    size_t count = 0;

    for (size_t i = 0; i < app->depth; i++) {
        struct view *view = app->stack[i].view;
        if (view->ops->context && view->ops->context(view) == CONTEXT_UNLOCK)
            count = 0; /* whose file lies under a locked screen is nobody's business */
        if (app->stack[i].layer == LAYER_PAGE && view->ops->title)
            parts[count++] = view->ops->title(view);
    }
    frame_draw_title(canvas, area, parts, count, app->status ? app->status : "", app->status_style);
}

static void paint_message(struct app *app, struct canvas *canvas, struct area area)
{
    if (app->chord_shown) {
        struct buf text = {0};
        app_describe_chord(app, &text);
        (void)canvas_put(canvas, area, STYLE_KEY, buf_text(&text));
        buf_release(&text);
    } else if (app->message_until != 0) {
        int used = canvas_put(canvas, area, app->message_style, style_mark(app->message_style));
        (void)canvas_put(canvas, area_cut(area, 0, 0, 0, used + 1), app->message_style,
                         app->message);
    }
}

/* The topmost page and what lies over it. */
static void paint_views(struct app *app, struct canvas *canvas, struct area area)
{
    size_t first = app->depth;

    while (first > 0 && app->stack[first - 1].layer != LAYER_PAGE)
        first--;
    for (size_t i = first > 0 ? first - 1 : 0; i < app->depth; i++) {
        struct view *view = app->stack[i].view;
        if (view->ops->draw)
            view->ops->draw(view, canvas, area);
    }
}

static void paint(void *data)
{
    struct app *app = data;
    struct canvas *canvas = screen_canvas(app->screen);
    struct frame_layout layout = frame_layout(canvas_area(canvas));
    bool repaint = (app->stale & STALE_REPAINT) != 0;

    if (app->stale == STALE_NOTHING || app->quitting)
        return;
    app->stale = STALE_NOTHING;
    canvas_fill(canvas, canvas_area(canvas), STYLE_NORMAL);
    canvas_cursor(canvas, layout.view.row, 0, true);
    if (layout.too_small) {
        frame_draw_too_small(canvas, app->keymap);
    } else {
        paint_title(app, canvas, layout.title);
        paint_message(app, canvas, layout.message);
        frame_draw_footer(canvas, layout.footer, app->keymap, app_context(app), footer_enabled,
                          app);
        paint_views(app, canvas, layout.view);
    }
    screen_flush(app->screen, repaint);
}

/* --- hooks of the loop -------------------------------------------------------------------------
 */

static void leave(struct app *app, bool forced)
{
    if (!app->quitting && app->host.may_quit && !app->host.may_quit(app->host.data, forced))
        return;
    app->quitting = true;
    loop_stop(app->loop);
}

void app_quit(struct app *app)
{
    leave(app, false);
}

static void leave_at_once(struct app *app)
{
    leave(app, true);
    app->quitting = true;
    loop_stop(app->loop);
}

static void take_signal(struct app *app, int signal_number)
{
    if (signal_number == SIGTSTP)
        app_run_command(app, COMMAND_SUSPEND, "");
    else if (signal_number == SIGUSR1)
        app_set_keymap(app, app->keymap_name);
    else if (signal_number != SIGWINCH) {
        app->ended_by = signal_number;
        leave_at_once(app);
    }
}

int app_ended_by(const struct app *app)
{
    return app->ended_by;
}

static void take_signals(void *data)
{
    struct app *app = data;
    int signal_number;

    while ((signal_number = screen_take_signal(app->screen)) != 0)
        take_signal(app, signal_number);
    if (screen_resize(app->screen))
        app_stale(app, STALE_VIEW | STALE_FRAME | STALE_REPAINT);
}

/* A reader's burst must not leak its first character where characters are commands, nor into what
 * somebody is filling in. Where a list is filtered as fast as it is typed no character waits. */
static bool holds_bursts(struct app *app)
{
    enum context context = app_context(app);

    return !context_is_text(context) || context_is_within(context, CONTEXT_FORM);
}

/* All bytes there are become events before anything is painted; time is read once per packet. */
static void take_keys(void *data)
{
    struct app *app = data;
    struct buf bytes = {0};
    struct input_event event;
    enum status status;

    do {
        int64_t now = clock_mono_ms();
        buf_clear(&bytes);
        status = screen_read(app->screen, &bytes);
        input_feed(app->input, buf_text(&bytes), bytes.length, now);
        input_hold(app->input, holds_bursts(app));
        while (!app->quitting && input_next(app->input, now, &event)) {
            app->last_input = now;
            app_take_event(app, &event);
            input_hold(app->input, holds_bursts(app));
        }
    } while (status == STATUS_OK && !app->quitting);
    buf_release(&bytes);
    if (status == STATUS_OFFLINE)
        leave_at_once(app);
}

static int keys_wait(void *data)
{
    struct app *app = data;

    return input_wait(app->input, clock_mono_ms());
}

static int sooner(int a, int b)
{
    if (a < 0)
        return b;
    return b < 0 || a < b ? a : b;
}

static int tick_views(struct app *app, int64_t now)
{
    int wait = -1;

    for (size_t i = app->depth; i > 0; i--) {
        struct view *view = i <= app->depth ? app->stack[i - 1].view : NULL;
        int next = -1;
        if (!view || !view->ops->tick)
            continue;
        app_stale(app, view->ops->tick(view, now, &next));
        wait = sooner(wait, next);
    }
    if (app->host.tick) {
        int next = -1;
        app_stale(app, app->host.tick(app->host.data, now, &next));
        wait = sooner(wait, next);
    }
    return wait;
}

static int wait_until(int64_t at, int64_t now)
{
    int64_t wait = at > now ? at - now : 0;

    return wait > INT_MAX ? INT_MAX : (int)wait;
}

static int tick(void *data, int64_t now)
{
    struct app *app = data;

    app_take_held(app);
    int wait = tick_views(app, now);

    if (app->message_until != 0 && app->message_until <= now) {
        app->message_until = 0;
        app_stale(app, STALE_FRAME);
    } else if (app->message_until != 0 && app->message_until != INT64_MAX) {
        wait = sooner(wait, wait_until(app->message_until, now));
    }
    if (app->chord_length > 0 && !app->chord_shown) {
        app->chord_shown = now - app->chord_since >= WHICH_KEY_MS;
        if (app->chord_shown)
            app_stale(app, STALE_FRAME);
        else
            wait = sooner(wait, wait_until(app->chord_since + WHICH_KEY_MS, now));
    }
    return wait;
}

static void idle(void *data)
{
    struct app *app = data;

    screen_send_idle_mark(app->screen);
}

/* --- life ------------------------------------------------------------------------------------ */

static enum status load_keymap(struct app *app, const char *name, struct error *error)
{
    struct error trouble = {0};
    enum status status = keymap_load(app->keymap_folder, name, &app->keymap, &trouble);
    bool usable = status == STATUS_OK && keymap_error_count(app->keymap) == 0;

    if (usable)
        return STATUS_OK;
    if (status == STATUS_OK) {
        size_t count;
        const struct problem *problem = keymap_problems(app->keymap, &count);
        (void)error_set(&trouble, STATUS_INVALID, "%s:%d: %s", problem->file, problem->line,
                        problem->text);
        keymap_free(app->keymap);
        app->keymap = NULL;
    }
    app_say(app, STYLE_WARNING, _("The standard keys are used: %s"), trouble.text);
    return keymap_load(NULL, "default", &app->keymap, error);
}

static enum status start_loop(struct app *app, struct error *error)
{
    struct loop_sources sources = {.input_fd = screen_input_fd(app->screen),
                                   .signal_fd = screen_signal_fd(app->screen),
                                   .mailbox = app->mailbox};
    struct loop_hooks hooks = {.data = app,
                               .signals = take_signals,
                               .keys = take_keys,
                               .keys_wait = keys_wait,
                               .tick = tick,
                               .paint = paint,
                               .idle = app->idle_mark ? idle : NULL};

    return loop_new(&sources, &hooks, &app->loop, error);
}

static enum status start(struct app *app, const struct app_options *options, struct error *error)
{
    enum status status = mailbox_new(&app->mailbox, error);

    if (status == STATUS_OK)
        status = input_new(screen_escape_delay(), &app->input, error);
    if (status == STATUS_OK)
        status = screen_start(&options->screen, &app->screen, error);
    if (status != STATUS_OK)
        return status;
    screen_teach(app->screen, app->input);
    status = load_keymap(app, app->keymap_name, error);
    return status == STATUS_OK ? start_loop(app, error) : status;
}

enum status app_new(const struct app_options *options, const struct app_host *host,
                    struct app **app, struct error *error)
{
    const char *test = getenv("HUILIU_TEST_IDLE");
    struct app *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    if (host)
        made->host = *host;
    made->kiosk = options->kiosk;
    made->idle_mark = options->idle_mark || (test && strcmp(test, "1") == 0);
    made->last_input = clock_mono_ms();
    made->stale = STALE_VIEW | STALE_FRAME;
    if (options->keymap_folder)
        made->keymap_folder = strdup(options->keymap_folder);
    made->keymap_name = strdup(options->keymap_name ? options->keymap_name : "default");
    enum status status = made->keymap_name ? start(made, options, error) : error_nomem(error);
    if (status != STATUS_OK) {
        app_free(made);
        return status;
    }
    *app = made;
    return STATUS_OK;
}

enum status app_run(struct app *app, struct error *error)
{
    if (app->depth == 0)
        return STATUS_OK;
    return loop_run(app->loop, error);
}

void app_free(struct app *app)
{
    if (!app)
        return;
    app->quitting = true;
    app_forget_held(app);
    app_close_above(app, NULL);
    screen_stop(app->screen);
    loop_free(app->loop);
    mailbox_free(app->mailbox);
    input_free(app->input);
    keymap_free(app->keymap);
    free(app->keymap_folder);
    free(app->keymap_name);
    free(app->status);
    free(app);
}

/* --- parts ----------------------------------------------------------------------------------- */

int64_t app_last_input(const struct app *app)
{
    return app->last_input;
}

struct mailbox *app_mailbox(struct app *app)
{
    return app->mailbox;
}

bool app_is_busy(const struct app *app)
{
    return loop_is_busy(app->loop);
}

void app_busy(struct app *app, int change)
{
    loop_busy(app->loop, change);
}

const struct keymap *app_keymap(const struct app *app)
{
    return app->keymap;
}
