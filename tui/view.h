#ifndef HUILIU_TUI_VIEW_H
#define HUILIU_TUI_VIEW_H
/*
 * A view is one page of the interface: ten verbs, of which most pages need five. It embeds
 * `struct view` as its first member, is made by its own x_view_new(), handed to app_push() (which
 * owns it from then on) and freed by its close().
 *
 *     struct search_view { struct view view; struct field query; struct list hits; ... };
 *
 *     static const struct view_ops search_ops = {
 *         .title = title, .context = context, .draw = draw, .command = command, .text = text,
 *         .close = close,
 *     };
 *
 * Handlers change the view's state and return what became stale; they never draw. draw() is
 * called once per turn at most and only when something is stale, with the area between title bar
 * and message line; it draws everything in it and puts the cursor where the keyboard is.
 *
 * Results of worker jobs arrive as job->done() on this thread. The view may be closed by then: a
 * job remembers the view's id and asks app_find_view(), which answers NULL; done() tells the
 * application what became stale with app_stale().
 *
 * Verbs left NULL have the default named beside them.
 */
#include "keymaps/command.h"
#include "tui/canvas.h"
#include "tui/input.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app;
struct view;

enum stale {
    STALE_NOTHING = 0,
    STALE_VIEW = 1,      /* the page */
    STALE_FRAME = 2,     /* title bar, status, footer */
    STALE_REPAINT = 4,   /* the terminal itself was disturbed */
    STALE_UNHANDLED = 8, /* not mine: ask the next one */
};

#define VIEW_REASON_MAX 160

struct view_ops {
    /* For the breadcrumb; raw text, valid until the next call. */
    const char *(*title)(struct view *view);
    /* Where the keyboard is now; default: CONTEXT_LIST. */
    enum context (*context)(struct view *view);
    void (*draw)(struct view *view, struct canvas *canvas, struct area area);
    /* `argument` is "" unless the keymap gave one. */
    unsigned (*command)(struct view *view, enum command command, const char *argument);
    /* A character that is bound to nothing, a paste. Default: not handled; then Chinese or any
     * other character opens the search with it. */
    unsigned (*text)(struct view *view, const struct input_event *event);
    /* A reader's burst, for the few pages that have a use of their own for it. Default: not
     * handled; then it opens the verify page over this one, which stays as it is. */
    unsigned (*scan)(struct view *view, const struct input_event *event);
    /* Does what is due at `now`; sets *next to the ms until it wants to be called again (-1: not
     * by itself). Called after every turn in which the view was touched. */
    unsigned (*tick)(struct view *view, int64_t now, int *next);
    /* False when the command cannot be carried out now, with a sentence why (translated). The
     * footer then leaves it out, the palette and the message line say why. Default: true. */
    bool (*enabled)(struct view *view, enum command command, char reason[VIEW_REASON_MAX]);
    /* True while keys have to wait for something that is on its way: the first data of the page,
     * a save. They are kept in order and taken when it is over, by whatever page is there then, so
     * that type-ahead is never lost. It must become false when the work fails. Quitting, locking
     * and a second "back" do not wait. Default: never. */
    bool (*waits)(struct view *view);
    void (*close)(struct view *view);
};

struct view {
    const struct view_ops *ops;
    struct app *app; /* set by app_push() */
    uint32_t id;     /* set by app_push(); never used twice */
};

#endif
