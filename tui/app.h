#ifndef HUILIU_TUI_APP_H
#define HUILIU_TUI_APP_H
/*
 * The interface as a whole: screen, loop, keymap, the stack of views, the message line, dialogs.
 *
 *     app_new(&options, &host, &app, &error);
 *     app_push(app, home_view_new(...));
 *     status = app_run(app, &error);             // until quit, TERM, HUP or the last view closes
 *     app_free(app);                             // closes all views, restores the terminal
 *
 * A key goes through the keymap in the context of whoever has the keyboard: a dialog if one is
 * open, else the top view. The command it is bound to is offered to the view, then to the
 * application (help, palette, back, refresh, suspend, quit), then to the host: the table of
 * functions main() gives, which opens pages for search, verify, queue, sync, home, lock. What
 * nobody handles and what `enabled` refuses is answered in the message line with the reason.
 * Characters bound to nothing go to the view as text, then to the host (which opens the search).
 *
 * A reader's burst goes to the view, if it has a use of its own for it, then to the host (which
 * opens the verify page over whatever is there, questions included: they wait). Where letters are
 * text, a burst the host does not take for a code is somebody's typing that a slow line delivered
 * in one piece: it is taken key by key, with its return.
 *
 * The message line never takes the keyboard and never moves anything. Dialogs do: they are for
 * questions. A dialog answers through a callback exactly once, also when it is dismissed; the
 * callback is told the owner by id and must look it up (app_find_view) if it may be gone.
 *
 * Everything runs on one thread. Opaque; no globals.
 */
#include "base/error.h"
#include "base/worker.h"
#include "keymaps/keymap.h"
#include "tui/screen.h"
#include "tui/view.h"

struct app_options {
    struct screen_options screen;
    const char *keymap_folder; /* NULL: only the built-in map */
    const char *keymap_name;   /* NULL: "default" */
    bool kiosk;                /* no suspend */
    bool idle_mark;            /* HUILIU_TEST_IDLE=1 sets it too */
};

/* Everything may be NULL. */
struct app_host {
    void *data;
    unsigned (*command)(void *data, enum command command, const char *argument);
    unsigned (*text)(void *data, const struct input_event *event);
    unsigned (*scan)(void *data, const struct input_event *event);
    bool (*is_code)(void *data, const struct input_event *scan); /* NULL: every burst is one */
    bool (*enabled)(void *data, enum command command, char reason[VIEW_REASON_MAX]);
    /* As view_ops.tick: idle lock, age of the data in the status strip. */
    unsigned (*tick)(void *data, int64_t now, int *next);
    /* As view_ops.waits, for every page; may be NULL. */
    bool (*waits)(void *data);
    /* Before leaving; `forced` when a signal asks: then save what can be saved and return true. */
    bool (*may_quit)(void *data, bool forced);
};

enum status app_new(const struct app_options *options, const struct app_host *host,
                    struct app **app, struct error *error) MUST_CHECK;
enum status app_run(struct app *app, struct error *error) MUST_CHECK;
/* The signal app_run() returned for (drafts are kept all the same), 0 when somebody left. */
int app_ended_by(const struct app *app);
void app_free(struct app *app);
void app_quit(struct app *app); /* asks may_quit */

/* --- views ----------------------------------------------------------------------------------- */

/* Takes ownership. NULL (out of memory in x_view_new) is told in the message line. */
void app_push(struct app *app, struct view *view);
void app_close(struct app *app, struct view *view);       /* anywhere in the stack */
void app_close_above(struct app *app, struct view *view); /* back to it; NULL: close all */
struct view *app_top(const struct app *app);
struct view *app_find_view(const struct app *app, uint32_t id);
void app_stale(struct app *app, unsigned stale); /* from job->done() */

/* Runs a command as if its key had been pressed. */
void app_run_command(struct app *app, enum command command, const char *argument);
/* Whether it would run now; the reason when not. */
bool app_is_enabled(struct app *app, enum command command, char reason[VIEW_REASON_MAX]);

/* When the last key came (monotonic ms): for the idle lock. */
int64_t app_last_input(const struct app *app);

/* --- telling -------------------------------------------------------------------------------- */

/* One line above the footer, for four seconds; errors stay until the next key and ring once. */
void app_say(struct app *app, enum style style, const char *format, ...) PRINTF_LIKE(3, 4);
/* What was said last is not so any more. */
void app_unsay(struct app *app);
void app_fail(struct app *app, const struct error *error);
/* Right end of the title bar: who, where, how fresh. Raw text, copied. */
void app_set_status(struct app *app, enum style style, const char *text);

/* --- asking --------------------------------------------------------------------------------- */

struct app_answer {
    void *data;       /* as given */
    uint32_t owner;   /* id of the view that was on top, 0 when none */
    bool yes;         /* confirm: accepted; prompt, choose: not dismissed */
    const char *text; /* prompt: what was typed, trimmed; for the time of the call */
    size_t index;     /* choose */
};
typedef void app_answer_fn(struct app *app, const struct app_answer *answer);

/* "Approve 3 requests?" with the details below; the careful answer is preselected when
 * `danger` is DANGER_RECORDED. */
void app_confirm(struct app *app, const char *question, const char *detail,
                 enum command_danger danger, app_answer_fn *answer, void *data);

struct app_prompt {
    const char *question;
    const char *initial; /* may be NULL */
    size_t limit;        /* characters; 0: 200 */
    size_t minimum;      /* characters; 1: must not be empty */
    bool secret;
};
void app_prompt(struct app *app, const struct app_prompt *prompt, app_answer_fn *answer,
                void *data);

/* One of several lines, filtered by typing; strings are copied. */
void app_choose(struct app *app, const char *title, const char *const *items, size_t count,
                size_t selected, app_answer_fn *answer, void *data);

/* --- parts ---------------------------------------------------------------------------------- */

struct mailbox *app_mailbox(struct app *app);
void app_busy(struct app *app, int change); /* see loop.h */
bool app_is_busy(const struct app *app);
const struct keymap *app_keymap(const struct app *app);
/* Puts another map in place; keeps the old one when the new one has errors and says which. */
void app_set_keymap(struct app *app, const char *name);

#endif
