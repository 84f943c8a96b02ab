#include "tui/interface.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "db/home.h"
#include "sync/proxy.h"
#include "tui/app.h"
#include "tui/lending.h"
#include "tui/scan.h"
#include "tui/syncing.h"
#include "tui/views.h"
#include "tui/workplace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_LOCK_MINUTES     10
#define TAKE_OVER_EVERY_MS    250
#define IDLE_LOCK_MINUTES_MAX (24 * 60)

/* One window: the application, the workplace, and what belongs to neither. */
struct interface {
    const struct interface_options *options;
    struct home *home;
    struct app *app;
    struct workplace *place;
    uint32_t home_view, unlock_view; /* ids; the unlock page lies on top while locked */
    int64_t lock_after_ms;           /* 0: never */
    bool leaving;                    /* the question before leaving was answered with yes */
    int64_t take_over_ms;            /* monotonic: when to try next; only while read-only */
    enum status take_over;           /* how the last try ended */
    bool is_coming;                  /* whoever has the home is letting go of it */
};

static struct view *unlock_page(const struct interface *face)
{
    return face->unlock_view ? app_find_view(face->app, face->unlock_view) : NULL;
}

static void push_unlock(struct interface *face, const char *account)
{
    struct view *view = unlock_view_new(face->place, account);

    app_push(face->app, view);
    if (view)
        face->unlock_view = view->id;
    else
        app_quit(face->app); /* without the page the screen would stay open to anyone */
}

static unsigned lock_screen(struct interface *face)
{
    if (!unlock_page(face))
        push_unlock(face, workplace_session(face->place)->account);
    return STALE_VIEW | STALE_FRAME;
}

/* Session hook. */
static void enter(void *data, const struct session *before)
{
    struct interface *face = data;
    const struct session *now = workplace_session(face->place);
    struct view *page = unlock_page(face);

    if (page && before->roles && strcmp(before->account, now->account) == 0) {
        app_close(face->app, page);
        return;
    }
    struct view *home = home_view_new(face->place);
    app_close_above(face->app, NULL); /* by itself this does not end the loop */
    app_push(face->app, home);
    face->home_view = home ? home->id : 0;
    if (!home)
        app_quit(face->app); /* nothing would be left to take a key */
}

/* Pages reached by name lie directly on the start page, so that "back" always leads there. */
static unsigned go(struct interface *face, struct view *page)
{
    app_close_above(face->app, app_find_view(face->app, face->home_view));
    if (page)
        app_push(face->app, page);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned sync_now(struct interface *face)
{
    struct syncing *syncing = workplace_syncing(face->place);

    switch (syncing_state(syncing)->phase) {
    case SYNCING_OFF:
        app_say(face->app, STYLE_WARNING, "%s",
                _("Another Huiliu window is open in this home and does the exchange."));
        break;
    case SYNCING_WAITING:
        syncing_ask(syncing);
        break;
    case SYNCING_RUNNING:
    case SYNCING_STOPPING:
        app_say(face->app, STYLE_MUTED, "%s", _("The exchange is running already."));
        break;
    }
    return STALE_VIEW | STALE_FRAME;
}

static unsigned host_command(void *data, enum command command, const char *argument)
{
    struct interface *face = data;
    struct workplace *place = face->place;

    switch ((int)command) {
    case COMMAND_HOME:
        return go(face, NULL);
    case COMMAND_SEARCH:
        return go(face, search_view_new(place, argument));
    case COMMAND_VERIFY:
        return go(face, verify_view_new(place, argument));
    case COMMAND_QUEUE:
        return go(face, queue_view_new(place, QUEUE_MINE));
    case COMMAND_NOTICES:
        return go(face, notices_view_new(place));
    case COMMAND_LISTS:
        return go(face, lists_view_new(place));
    case COMMAND_QUALITY:
        return go(face, quality_view_new(place));
    case COMMAND_TRUST:
        return go(face, trust_view_new(place));
    case COMMAND_SYNC_VIEW:
        return go(face, sync_view_new(place));
    case COMMAND_SYNC_NOW:
        return sync_now(face);
    case COMMAND_CANCEL:
        syncing_cancel(workplace_syncing(place));
        return STALE_VIEW;
    case COMMAND_LOCK:
        return lock_screen(face);
    default:
        return STALE_UNHANDLED;
    }
}

static bool host_enabled(void *data, enum command command, char reason[VIEW_REASON_MAX])
{
    const struct interface *face = data;

    if (command == COMMAND_CANCEL &&
        syncing_state(workplace_syncing(face->place))->phase != SYNCING_RUNNING) {
        (void)snprintf(reason, VIEW_REASON_MAX, "%s", _("Nothing is running."));
        return false;
    }
    return true;
}

/* Elsewhere the key that opens a search, and never the beginning of one. */
static bool is_slash(const struct input_event *event)
{
    return event->kind == INPUT_KEY && event->key.code == '/' && event->key.modifiers == 0;
}

/* Typed characters start a search. */
static unsigned host_text(void *data, const struct input_event *event)
{
    struct interface *face = data;

    if (unlock_page(face))
        return STALE_NOTHING;
    struct view *search = search_view_new(face->place, "");
    unsigned stale = go(face, search);
    if (!search || is_slash(event))
        return stale;
    return stale | search_view_type(search, event);
}

/* What a reader read is verified over the page that is open, which is found again as it was. */
static unsigned host_scan(void *data, const struct input_event *event)
{
    struct interface *face = data;

    if (!unlock_page(face))
        app_push(face->app, verify_view_new(face->place, event->text));
    return STALE_VIEW | STALE_FRAME;
}

static bool host_is_code(void *data, const struct input_event *scan)
{
    (void)data;
    return scan_is_code(scan->text);
}

/* Who asked for the home knows nothing of the moment in which it was not his yet. */
static void tell_taken_over(struct interface *face)
{
    if (!face->is_coming)
        app_say(face->app, STYLE_OK, "%s",
                _("The other Huiliu has ended: work can be saved in this window now."));
    face->is_coming = false;
}

/* The window that could only read writes as soon as the other process has ended. */
static unsigned try_take_over(struct interface *face)
{
    struct error error = {0};
    enum status before = face->take_over;

    face->take_over = workplace_take_over(face->place, &error);
    if (face->take_over == STATUS_OK)
        tell_taken_over(face);
    else if (face->take_over != STATUS_LOCKED && face->take_over != before)
        app_fail(face->app, &error);
    else
        return STALE_NOTHING;
    return STALE_VIEW | STALE_FRAME;
}

static unsigned wait_to_take_over(struct interface *face, int64_t now, int *next)
{
    unsigned stale = STALE_NOTHING;

    if (workplace_outbox(face->place) && face->take_over == STATUS_OK)
        return stale;
    if (lending_is_out(workplace_lending(face->place))) {
        face->is_coming = true; /* nobody need be told */
        return stale;
    }
    if (now >= face->take_over_ms) {
        stale = try_take_over(face);
        face->take_over_ms = now + TAKE_OVER_EVERY_MS;
    }
    int64_t left = face->take_over_ms - now;
    if (*next < 0 || left < *next)
        *next = (int)left;
    return stale;
}

static unsigned host_tick(void *data, int64_t now, int *next)
{
    struct interface *face = data;
    unsigned stale = workplace_tick(face->place, now, next);

    stale |= wait_to_take_over(face, now, next);
    lending_tick(workplace_lending(face->place), now, next);

    if (!face->lock_after_ms || unlock_page(face) || !workplace_session(face->place)->roles)
        return stale;
    int64_t left = app_last_input(face->app) + face->lock_after_ms - now;
    if (left <= 0)
        return stale | lock_screen(face);
    if (*next < 0 || left < *next)
        *next = (int)left;
    return stale;
}

static bool host_waits(void *data)
{
    const struct interface *face = data;

    return lending_holds_keys(workplace_lending(face->place));
}

static void answer_leave(struct app *app, const struct app_answer *answer)
{
    struct interface *face = answer->data;

    face->leaving = answer->yes;
    if (answer->yes)
        app_quit(app);
}

static bool host_may_quit(void *data, bool forced)
{
    struct interface *face = data;
    const struct overview *overview = workplace_overview(face->place);
    int64_t unsent = overview ? overview->queued + overview->sending : 0;
    char question[VIEW_REASON_MAX];

    if (forced || face->leaving || !unsent || unlock_page(face))
        return true;
    (void)snprintf(question, sizeof question,
                   ngettext("%lld request has not been sent yet. Leave?",
                            "%lld requests have not been sent yet. Leave?", (unsigned long)unsent),
                   (long long)unsent);
    app_confirm(face->app, question,
                _("They are saved on this computer and go out the next time Huiliu is open here."),
                DANGER_NONE, answer_leave, face);
    return false;
}

/* A synchronisation without a window gives the home to this one; another window keeps it. */
static bool ask_for_home(const struct home *home)
{
    struct peer *holder = NULL;
    enum status status = proxy_call(home_directory(home), &holder, NULL);

    if (status == STATUS_OK)
        status = proxy_ask_for_home(holder, NULL);
    peer_release(holder);
    return status == STATUS_OK;
}

static enum status open_home(struct interface *face, struct error *error)
{
    enum status status = home_open(face->options->home, HOME_WRITE, &face->home, error);

    if (status != STATUS_LOCKED)
        return status;
    status = home_open(face->options->home, HOME_READ, &face->home, error);
    face->is_coming = status == STATUS_OK && ask_for_home(face->home);
    return status;
}

/* 0: never. What is no number of minutes counts as the default. */
static int64_t idle_lock_ms(const struct home *home)
{
    const char *text = home_setting(home, "interface.idle_lock_minutes", "");
    char *end = NULL;
    long minutes = strtol(text, &end, 10);

    if (end == text || *end != '\0' || minutes < 0)
        minutes = IDLE_LOCK_MINUTES;
    if (minutes > IDLE_LOCK_MINUTES_MAX)
        minutes = IDLE_LOCK_MINUTES_MAX;
    return (int64_t)minutes * 60000;
}

static bool is_kiosk(const struct interface *face)
{
    return face->options->kiosk ||
           strcmp(home_setting(face->home, "interface.kiosk", "no"), "yes") == 0;
}

static enum status open_window(struct interface *face, struct error *error)
{
    const char *keymap = face->options->keymap;
    const struct app_options options = {
        .screen = {.ascii = face->options->ascii},
        .keymap_folder = face->options->keymap_folder,
        .keymap_name = keymap ? keymap : home_setting(face->home, "interface.keymap", "default"),
        .kiosk = is_kiosk(face),
    };
    const struct app_host host = {
        .data = face,
        .command = host_command,
        .text = host_text,
        .scan = host_scan,
        .is_code = host_is_code,
        .enabled = host_enabled,
        .tick = host_tick,
        .waits = host_waits,
        .may_quit = host_may_quit,
    };

    face->lock_after_ms = idle_lock_ms(face->home);
    return app_new(&options, &host, &face->app, error);
}

static enum status work(struct interface *face, struct error *error)
{
    enum status status = workplace_new(face->home, face->app, &face->place, error);

    if (status != STATUS_OK)
        return status;
    workplace_on_session(face->place, enter, face);
    push_unlock(face, face->options->account);
    if (!workplace_outbox(face->place) && !face->is_coming)
        app_say(face->app, STYLE_WARNING, "%s",
                _("Another Huiliu is at work in this home: this window can only read until it "
                  "ends."));
    status = app_run(face->app, error);
    app_close_above(face->app, NULL);
    workplace_free(face->place);
    return status;
}

enum status interface_run(const struct interface_options *options, int *signal_number,
                          struct error *error)
{
    struct interface face = {.options = options};
    enum status status = open_home(&face, error);

    if (status == STATUS_OK)
        status = open_window(&face, error);
    if (status == STATUS_OK)
        status = work(&face, error);
    if (face.app)
        *signal_number = app_ended_by(face.app);
    app_free(face.app);
    home_close(face.home);
    return status;
}
