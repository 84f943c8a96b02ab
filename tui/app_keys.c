#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "tui/app_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- may it run? ----------------------------------------------------------------------------- */

static bool refuse(char reason[VIEW_REASON_MAX], const char *text)
{
    (void)snprintf(reason, VIEW_REASON_MAX, "%s", text);
    return false;
}

/* While a question is open only what belongs to it works, and what is needed at any time. */
static bool passes_dialog(enum command command)
{
    return command_info(command)->contexts != CONTEXT_BIT(CONTEXT_GLOBAL) ||
           command == COMMAND_HELP || command == COMMAND_BACK || command == COMMAND_QUIT ||
           command == COMMAND_REFRESH || command == COMMAND_LOCK || command == COMMAND_SUSPEND ||
           command == COMMAND_CANCEL;
}

bool app_is_enabled(struct app *app, enum command command, char reason[VIEW_REASON_MAX])
{
    struct app_entry *entry = app_keyboard(app);

    if (!entry || !command_is_available(command, app_context(app)))
        return refuse(reason, _("This does not work on this page."));
    if (entry->layer == LAYER_DIALOG && !passes_dialog(command))
        return refuse(reason, _("Answer the question first."));
    if (command == COMMAND_SUSPEND && app->kiosk)
        return refuse(reason, _("This workstation does not allow it."));
    reason[0] = '\0';
    if (entry->view->ops->enabled && !entry->view->ops->enabled(entry->view, command, reason))
        return false;
    return !app->host.enabled || app->host.enabled(app->host.data, command, reason);
}

/* --- commands of the application itself ----------------------------------------------------------
 */

static void go_back(struct app *app)
{
    struct app_entry *entry = app_keyboard(app);

    if (app->depth > 1)
        app_close(app, entry->view);
    else
        app_quit(app);
}

static void open_overlay(struct app *app, enum command command)
{
    enum context below = app_context(app);
    struct view *view =
        command == COMMAND_HELP ? help_view_new(app, below) : palette_view_new(app, below);

    app_push_layer(app, view, LAYER_OVERLAY);
}

static bool run_own(struct app *app, enum command command)
{
    if (command == COMMAND_HELP || command == COMMAND_PALETTE) {
        open_overlay(app, command);
    } else if (command == COMMAND_BACK) {
        go_back(app);
    } else if (command == COMMAND_QUIT) {
        app_quit(app);
    } else if (command == COMMAND_REFRESH) {
        app_stale(app, STALE_VIEW | STALE_FRAME | STALE_REPAINT);
    } else if (command == COMMAND_SUSPEND) {
        screen_suspend(app->screen);
        (void)screen_resize(app->screen); /* no SIGWINCH comes to a job in the background */
        app_stale(app, STALE_VIEW | STALE_FRAME | STALE_REPAINT);
    } else {
        return false;
    }
    return true;
}

static unsigned ask_host(struct app *app, enum command command, const char *argument)
{
    if (!app->host.command)
        return STALE_UNHANDLED;
    return app->host.command(app->host.data, command, argument);
}

/* An overlay is a way to the page below: what it does not know itself closes it first. */
static bool leave_overlay(struct app *app, enum command command)
{
    struct app_entry *entry = app_keyboard(app);

    if (!entry || entry->layer != LAYER_OVERLAY || command == COMMAND_BACK ||
        command == COMMAND_REFRESH || command == COMMAND_SUSPEND || command == COMMAND_QUIT)
        return false;
    app_close(app, entry->view);
    return true;
}

static void run(struct app *app, enum command command, const char *argument)
{
    struct app_entry *entry = app_keyboard(app);
    unsigned stale = STALE_UNHANDLED;

    if (entry && entry->view->ops->command)
        stale = entry->view->ops->command(entry->view, command, argument);
    if (stale & STALE_UNHANDLED) {
        if (leave_overlay(app, command)) {
            app_run_command(app, command, argument);
            return;
        }
        stale = run_own(app, command) ? STALE_NOTHING : ask_host(app, command, argument);
    }
    if (stale & STALE_UNHANDLED)
        app_say(app, STYLE_MUTED, _("%s: there is nothing to do here."),
                _(command_title(command, app_context(app))));
    app_stale(app, stale);
}

void app_run_command(struct app *app, enum command command, const char *argument)
{
    char reason[VIEW_REASON_MAX] = "";

    if (app_is_enabled(app, command, reason))
        run(app, command, argument);
    else
        app_say(app, STYLE_WARNING, _("%s: %s"), _(command_title(command, app_context(app))),
                reason[0] ? reason : _("not possible now"));
}

/* --- text ------------------------------------------------------------------------------------ */

static void take_text(struct app *app, const struct input_event *event)
{
    struct app_entry *entry = app_keyboard(app);
    unsigned stale = STALE_UNHANDLED;

    if (entry && entry->view->ops->text)
        stale = entry->view->ops->text(entry->view, event);
    app->typed_into =
        entry && event->kind == INPUT_KEY && (stale & STALE_VIEW) && !(stale & STALE_UNHANDLED)
            ? entry->view->id
            : 0;
    if ((stale & STALE_UNHANDLED) && entry && entry->layer == LAYER_PAGE && app->host.text)
        stale = app->host.text(app->host.data, event);
    app_stale(app, stale);
}

/* --- keys and chords -------------------------------------------------------------------------- */

static void forget_chord(struct app *app)
{
    if (app->chord_shown)
        app_stale(app, STALE_FRAME);
    app->chord_length = 0;
    app->chord_shown = false;
}

/* A page where characters are commands reads full-width ones as the ASCII key that was meant. */
static struct key fold(struct key key, enum context context)
{
    if (key_is_text(key) && !context_is_text(context))
        key.code = text_fold_key(key.code);
    return key;
}

static bool is_escape(struct key key)
{
    return key.code == KEY_CODE_ESCAPE && key.modifiers == 0;
}

static void not_bound(struct app *app, const struct input_event *event, bool in_chord)
{
    char label[KEY_TEXT_MAX];

    if (!in_chord && key_is_text(event->key)) {
        take_text(app, event);
        return;
    }
    key_label(event->key, label);
    app_say(app, STYLE_MUTED, _("%s has no meaning here."), label);
}

static void take_key(struct app *app, const struct input_event *event)
{
    enum context context = app_context(app);
    const struct binding *binding = NULL;
    bool in_chord = app->chord_length > 0;

    if (in_chord && is_escape(event->key)) {
        forget_chord(app);
        return;
    }
    app->chord[app->chord_length++] = fold(event->key, context);
    switch (keymap_lookup(app->keymap, context, app->chord, app->chord_length, &binding)) {
    case KEYMAP_WAIT:
        app->chord_since = clock_mono_ms();
        return;
    case KEYMAP_RUN:
        forget_chord(app);
        app_run_command(app, binding->command, binding->argument);
        return;
    case KEYMAP_NONE:
        forget_chord(app);
        not_bound(app, event, in_chord);
        return;
    }
}

/* --- scans -----------------------------------------------------------------------------------
 */

/* The first character of a burst went into the field before the burst was known: take it back. */
static void take_back(struct app *app, const struct input_event *event)
{
    struct app_entry *entry = app_keyboard(app);

    if (event->leaked > 0 && entry && entry->view->id == app->typed_into &&
        entry->view->ops->command)
        app_stale(app, entry->view->ops->command(entry->view, COMMAND_DELETE_LEFT, ""));
    app->typed_into = 0;
}

static bool is_typing(struct app *app, const struct input_event *event)
{
    return context_is_text(app_context(app)) && app->host.is_code &&
           !app->host.is_code(app->host.data, event);
}

static void type_burst(struct app *app, const struct input_event *event)
{
    struct input_event key = {.kind = INPUT_KEY};
    size_t used;

    for (size_t at = 0; at < event->length; at += used) {
        key.key = (struct key){.code = text_decode(event->text + at, event->length - at, &used)};
        take_key(app, &key);
    }
    key.key = (struct key){.code = KEY_CODE_ENTER};
    take_key(app, &key);
}

static void scan_with_host(struct app *app, const struct input_event *event)
{
    struct app_entry *entry = app_keyboard(app);

    if (entry && entry->layer == LAYER_OVERLAY)
        app_close(app, entry->view);
    app_stale(app, app->host.scan ? app->host.scan(app->host.data, event) : STALE_NOTHING);
}

static void take_scan(struct app *app, const struct input_event *event)
{
    struct app_entry *entry = app_keyboard(app);
    unsigned stale = STALE_UNHANDLED;

    take_back(app, event);
    if (entry && entry->view->ops->scan)
        stale = entry->view->ops->scan(entry->view, event);
    app_stale(app, stale);
    if (!(stale & STALE_UNHANDLED))
        return;
    if (is_typing(app, event))
        type_burst(app, event);
    else
        scan_with_host(app, event);
}

static void take_event(struct app *app, const struct input_event *event)
{
    app->events++;
    if (app->message_until == INT64_MAX) {
        app->message_until = 0;
        app_stale(app, STALE_FRAME);
    }
    switch (event->kind) {
    case INPUT_KEY:
        take_key(app, event);
        break;
    case INPUT_PASTE:
        forget_chord(app);
        take_text(app, event);
        break;
    case INPUT_SCAN:
        forget_chord(app);
        take_scan(app, event);
        break;
    }
}

/* --- type-ahead --------------------------------------------------------------------------------
 */

static bool is_waiting(struct app *app)
{
    struct app_entry *entry = app_keyboard(app);

    if (app->host.waits && app->host.waits(app->host.data))
        return true;
    return entry && entry->view->ops->waits && entry->view->ops->waits(entry->view);
}

static enum command command_of(const struct app *app, enum context context,
                               const struct input_event *event)
{
    const struct binding *binding = NULL;
    struct key key = event->key;

    if (event->kind != INPUT_KEY ||
        keymap_lookup(app->keymap, context, &key, 1, &binding) != KEYMAP_RUN)
        return COMMAND_NONE;
    return binding->command;
}

/* What must work however long the page waits. One "back" keeps its place in the order, the second
 * is somebody who wants to get away. */
static bool passes(struct app *app, const struct input_event *event)
{
    enum context context = app_context(app);
    enum command command = command_of(app, context, event);

    if (app->host.waits && app->host.waits(app->host.data))
        return command == COMMAND_SUSPEND; /* what is left now could not be saved */
    if (command == COMMAND_BACK && app->held_count > 0)
        return command_of(app, context, &app->held[app->held_count - 1].event) == COMMAND_BACK;
    return command == COMMAND_QUIT || command == COMMAND_LOCK || command == COMMAND_CANCEL ||
           command == COMMAND_SUSPEND;
}

void app_forget_held(struct app *app)
{
    for (size_t i = 0; i < app->held_count; i++)
        free(app->held[i].text);
    app->held_count = 0;
}

/* A burst's first character that waits already is part of the burst. */
static void forget_leaked(struct app *app, struct input_event *scan)
{
    if (scan->kind != INPUT_SCAN || scan->leaked == 0 || app->held_count == 0)
        return;
    free(app->held[--app->held_count].text);
    scan->leaked = 0;
}

static void hold(struct app *app, const struct input_event *event)
{
    struct held_event held = {.event = *event};

    forget_leaked(app, &held.event);
    if (event->kind != INPUT_KEY) {
        held.text = strndup(event->text, event->length);
        held.event.text = held.text;
    }
    if (app->held_count == APP_HELD_MAX || (event->kind != INPUT_KEY && !held.text)) {
        free(held.text);
        app_say(app, STYLE_WARNING, "%s", _("Too much was typed ahead; the last keys are lost."));
        return;
    }
    app->held[app->held_count++] = held;
}

void app_take_held(struct app *app)
{
    while (app->held_count > 0 && !app->quitting && !is_waiting(app)) {
        struct held_event held = app->held[0];
        if (app_context(app) == CONTEXT_UNLOCK) { /* meant for a page that is locked now */
            app_forget_held(app);
            return;
        }
        memmove(app->held, app->held + 1, --app->held_count * sizeof app->held[0]);
        take_event(app, &held.event);
        free(held.text);
    }
}

void app_take_event(struct app *app, const struct input_event *event)
{
    if (app->held_count == 0 && !is_waiting(app)) {
        take_event(app, event);
    } else if (passes(app, event)) {
        app_forget_held(app);
        take_event(app, event);
    } else {
        hold(app, event);
    }
}

/* --- which key comes next? -----------------------------------------------------------------------
 */

static bool continues(const struct app *app, enum context context, const struct binding *binding)
{
    if (binding->command == COMMAND_NONE || binding->key_count <= app->chord_length ||
        !context_is_within(context, binding->context))
        return false;
    for (size_t i = 0; i < app->chord_length; i++)
        if (!key_equal(binding->keys[i], app->chord[i]))
            return false;
    return true;
}

void app_describe_chord(struct app *app, struct buf *out)
{
    enum context context = app_context(app);
    char label[KEY_TEXT_MAX];
    const char *group = keymap_group(app->keymap, context, app->chord, app->chord_length,
                                     i18n_is_chinese() ? "zh" : "en");

    for (size_t i = 0; i < app->chord_length; i++)
        buf_bytes(out, label, key_label(app->chord[i], label));
    buf_printf(out, " %s", group ? group : "");
    for (size_t i = 0; i < keymap_binding_count(app->keymap); i++) {
        const struct binding *binding = keymap_binding_at(app->keymap, i);
        if (!continues(app, context, binding))
            continue;
        key_label(binding->keys[app->chord_length], label);
        buf_printf(out, "  %s %s", label, _(command_title(binding->command, context)));
    }
}

/* --- another keymap ------------------------------------------------------------------------------
 */

static void tell_problem(struct app *app, const struct keymap *map)
{
    size_t count;
    const struct problem *problem = keymap_problems(map, &count);

    if (count > 0)
        app_say(app, STYLE_WARNING, _("The keys stay as they were: %s:%d: %s"), problem->file,
                problem->line, problem->text);
}

void app_set_keymap(struct app *app, const char *name)
{
    struct keymap *map = NULL;
    struct error error = {0};

    if (keymap_load(app->keymap_folder, name, &map, &error) != STATUS_OK) {
        app_fail(app, &error);
        return;
    }
    if (keymap_error_count(map) > 0) {
        tell_problem(app, map);
        keymap_free(map);
        return;
    }
    char *kept = strdup(name);
    if (kept) {
        free(app->keymap_name);
        app->keymap_name = kept;
    }
    keymap_free(app->keymap);
    app->keymap = map;
    forget_chord(app);
    app_say(app, STYLE_OK, _("Keys: %s"), keymap_title(map, i18n_is_chinese() ? "zh" : "en"));
}
