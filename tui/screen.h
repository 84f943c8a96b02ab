#ifndef HUILIU_TUI_SCREEN_H
#define HUILIU_TUI_SCREEN_H
/*
 * The terminal. Only tui/screen.c includes curses; everything else draws on a canvas and gives it
 * to screen_flush(), once per turn of the loop.
 *
 *     struct screen_guard guard;
 *     screen_watch(&guard, &error);            // optional, first thing in main()
 *     if (guard.is_parent) return guard.exit_code;
 *     screen_start(&options, &screen, &error);
 *     ... canvas_put(screen_canvas(screen), ...); screen_flush(screen, false);
 *     screen_stop(screen);                     // the terminal is as it was
 *
 * Output: curses keeps what the terminal shows and sends the difference in one write. (Until its
 * first endwin() ncurses 6.4 flushes at every cursor movement: screen_start() gets that over with.)
 * A flush is bracketed by synchronised-update marks (mode 2026) where that is wanted. Output never
 * waits for typed input, so a frame is never torn.
 *
 * Input: raw bytes, as many as there are. Keys are decoded by tui/input.h and not by curses: its
 * get_wch() loses a Chinese character that arrives in two packets and dies of a stray byte, and
 * its escape delay blocks. Whatever the session's character set, screen_read() gives UTF-8; a
 * GB18030 session is converted here, both ways, and its widths are the locale's.
 *
 * The terminal is put back whatever happens: see tui/restore.h. Nothing here is thread-safe; one
 * thread owns the screen. One screen per process, as curses demands.
 */
#include "base/buf.h"
#include "base/error.h"
#include "tui/canvas.h"
#include "tui/input.h"

#include <stdbool.h>

struct screen;

enum screen_colour { SCREEN_COLOUR_AUTO, SCREEN_COLOUR_NEVER };
enum screen_sync { SCREEN_SYNC_AUTO, SCREEN_SYNC_ON, SCREEN_SYNC_OFF };

/* All zero is right for most. */
struct screen_options {
    enum screen_colour colour; /* AUTO honours NO_COLOR and what the terminal can do */
    enum screen_sync sync;     /* AUTO: on, except on terminals known not to skip it */
    bool ascii;                /* boxes of + - | instead of line drawing */
};

struct screen_guard {
    bool is_parent; /* this is the watching parent, its work is done: return exit_code */
    int exit_code;
};

/* Forks; the parent stays and puts the terminal right if the program is killed (SIGKILL, out of
 * memory), the child goes on. Before any thread, database or curses. */
enum status screen_watch(struct screen_guard *guard, struct error *error) MUST_CHECK;

/* Fails with a sentence when standard input or output is no terminal, TERM is unknown or cannot
 * move the cursor, or the session's character set cannot show Chinese (only UTF-8 and GB18030). */
enum status screen_start(const struct screen_options *options, struct screen **screen,
                         struct error *error) MUST_CHECK;
void screen_stop(struct screen *screen);

struct canvas *screen_canvas(struct screen *screen);

/* Brings the canvas to the terminal. `repaint`: everything, whatever it showed (after noise). */
void screen_flush(struct screen *screen, bool repaint);

/* File descriptor that becomes readable when keys wait; signals arrive on the other one. */
int screen_input_fd(const struct screen *screen);
int screen_signal_fd(const struct screen *screen);

/* Reads what waits, without blocking. STATUS_NOT_FOUND when nothing does, STATUS_OFFLINE when the
 * terminal is gone. */
enum status screen_read(struct screen *screen, struct buf *out) MUST_CHECK;

/* Teaches the decoder this terminal's own spellings of the keys (terminfo). */
void screen_teach(const struct screen *screen, struct input *input);

/* Milliseconds to wait for the rest of an escape sequence: 25, over ssh 100. */
int screen_escape_delay(void);

/* Signals since the last call: SIGTERM, SIGHUP, … or 0. SIGWINCH is only told by
 * screen_resize(). */
int screen_take_signal(struct screen *screen);

/* Takes over a new size; false when it is the old one. The canvas is cleared. */
bool screen_resize(struct screen *screen);

/* Back to the shell (SIGTSTP to the whole job) and again to the program. */
void screen_suspend(struct screen *screen);

void screen_bell(struct screen *screen);

/* Private mark "nothing left to do, N bytes of input taken in so far" (OSC 7770;idle;N BEL), for
 * tests: a mark that was on its way before a key was sent does not count that key. */
void screen_send_idle_mark(struct screen *screen);

#endif
