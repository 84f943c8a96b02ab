#ifndef HUILIU_TUI_APP_PRIVATE_H
#define HUILIU_TUI_APP_PRIVATE_H
/*
 * The application's inside, shared by app.c (life, stack, messages, painting), app_keys.c (from
 * an input event to a command) and the overlays (help.c, palette.c, dialog.c).
 *
 * The stack holds pages, overlays (help, palette: a way to a command of what lies below) and
 * dialogs (a question somebody waits for). The topmost entry has the keyboard; the topmost page
 * and all that lies over it are drawn.
 */
#include "tui/app.h"
#include "tui/loop.h"

#define APP_DEPTH_MAX   24
#define APP_MESSAGE_MAX 512
#define APP_HELD_MAX    256

enum layer { LAYER_PAGE, LAYER_OVERLAY, LAYER_DIALOG };

struct app_entry {
    struct view *view;
    enum layer layer;
};

/* A key, a paste or a scan that waits for the page (view_ops.waits). */
struct held_event {
    struct input_event event;
    char *text; /* owned; event.text points here */
};

struct app {
    struct screen *screen;
    struct input *input;
    struct loop *loop;
    struct mailbox *mailbox;
    struct keymap *keymap;
    struct app_host host;
    char *keymap_folder;
    char *keymap_name;
    int ended_by; /* a signal; 0: none */
    bool kiosk, idle_mark, quitting;

    struct app_entry stack[APP_DEPTH_MAX];
    size_t depth;
    uint32_t last_id;
    unsigned stale;

    char message[APP_MESSAGE_MAX];
    enum style message_style;
    int64_t message_until;  /* 0: none, INT64_MAX: until the next key */
    uint64_t message_event; /* the events taken before it was said */
    uint64_t events;        /* taken so far */
    char *status;
    enum style status_style;

    struct key chord[KEYMAP_CHORD_MAX]; /* the beginning of one */
    size_t chord_length;
    int64_t chord_since;
    bool chord_shown;

    uint32_t typed_into; /* the view that the last character changed, 0: it changed none */

    struct held_event held[APP_HELD_MAX];
    size_t held_count;

    int64_t last_input;
};

void app_push_layer(struct app *app, struct view *view, enum layer layer);

/* Who has the keyboard; NULL only when there is no view at all. */
struct app_entry *app_keyboard(struct app *app);
enum context app_context(struct app *app);

/* One event: a key, a paste, a scan. Held when the page waits for something. */
void app_take_event(struct app *app, const struct input_event *event);
/* What was held, as far as nobody waits any more; once per turn. */
void app_take_held(struct app *app);
void app_forget_held(struct app *app);

/* What the pressed beginning of a chord can become: "g  g First row  h Start page". */
void app_describe_chord(struct app *app, struct buf *out);

/* --- shared by the overlays ------------------------------------------------------------------ */

/* A box with a title in the middle of the area; returns its inside. */
struct area overlay_box(struct canvas *canvas, struct area area, int rows, int columns,
                        const char *title);

/* Labels of the keys that run a command in a context ("F2, Ctrl-P"): the first one and as many
 * more as fit into the cells. */
void overlay_keys(const struct keymap *keymap, enum context context, enum command command,
                  int cells, struct buf *out);

struct view *help_view_new(struct app *app, enum context below);
struct view *palette_view_new(struct app *app, enum context below);

#endif
