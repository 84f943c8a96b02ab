#ifndef HUILIU_TESTS_TERMINAL_DRIVER_H
#define HUILIU_TESTS_TERMINAL_DRIVER_H
/*
 * A program under a terminal made of libvterm: what the user would see, cell by cell.
 *
 *     struct terminal *t = terminal_start(&(struct terminal_options){.argv = argv});
 *     terminal_wait_text(t, "Start page");
 *     terminal_type(t, "<F9>zwt 1990");      // keys as in keymap files; waits until idle
 *     assert_row_is(t, 3, "…");
 *     terminal_type(t, "<C-q>");
 *     terminal_wait_exit(t);
 *
 * Nothing sleeps. With HUILIU_TEST_IDLE=1 (set by the driver) the program sends a private mark
 * whenever it has nothing left to do, with the number of bytes it has taken in, and
 * terminal_type() returns at the mark that counts its keys. Other waits are for a text on the
 * screen or for the end of the program. Every wait has a deadline (TERMINAL_DEADLINE_MS); passing
 * it prints the screen to standard error and gives false.
 *
 * The driver keeps the slave side open, so that the line settings a program leaves behind can be
 * looked at after its end; everything it wrote is kept too, to see which modes are still on.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define TERMINAL_DEADLINE_MS 10000

struct terminal;

struct terminal_options {
    int rows, columns;      /* 0: 24 x 80 */
    const char *term;       /* NULL: xterm-256color */
    char *const *argv;      /* NULL-terminated, argv[0] is the path */
    const char *const *env; /* more NAME=VALUE pairs, NULL-terminated; may be NULL */
};

struct terminal *terminal_start(const struct terminal_options *options);
/* Ends the program if it still runs. */
void terminal_free(struct terminal *terminal);
/* All that are left over: what a test that failed did not get to. */
void terminal_free_all(void);
pid_t terminal_pid(const struct terminal *terminal);
/* The process a watching parent (screen_watch()) waits for; -1 when there is none. */
pid_t terminal_watched_pid(const struct terminal *terminal);

/* Bytes as they are; does not wait. */
void terminal_send(struct terminal *terminal, const char *bytes, size_t length);
/* Keys in the notation of keymap files, sent at once as an xterm sends them, then
 * terminal_wait_idle(). */
bool terminal_type(struct terminal *terminal, const char *keys);
/* Each character as a packet of its own, none sent before the one before it was worked off. */
bool terminal_type_slowly(struct terminal *terminal, const char *keys);
void terminal_resize(struct terminal *terminal, int rows, int columns);

/* The next idle mark after everything sent so far. */
bool terminal_wait_idle(struct terminal *terminal);
bool terminal_wait_text(struct terminal *terminal, const char *text);
bool terminal_wait_row(struct terminal *terminal, int row, const char *text);
bool terminal_wait_no_text(struct terminal *terminal, const char *text);
/* *status as from waitpid(). */
bool terminal_wait_exit(struct terminal *terminal, int *status);
/* Takes in what arrives within the time without expecting anything: for "nothing happens". */
void terminal_listen(struct terminal *terminal, int milliseconds);

/* --- looking --------------------------------------------------------------------------------- */

enum { TERMINAL_BOLD = 1, TERMINAL_REVERSE = 2, TERMINAL_UNDERLINE = 4 };

struct terminal_cell {
    uint32_t codepoints[6];
    int width; /* 0: right half of a wide character */
    unsigned attributes;
    bool coloured; /* not the default colours */
    uint8_t foreground[3], background[3];
};

int terminal_rows(const struct terminal *terminal);
int terminal_columns(const struct terminal *terminal);
struct terminal_cell terminal_cell(const struct terminal *terminal, int row, int column);
void terminal_cursor(const struct terminal *terminal, int *row, int *column);
/* Without trailing blanks; the caller frees. */
char *terminal_row(const struct terminal *terminal, int row);
char *terminal_dump(const struct terminal *terminal);
/* First row that has the text, -1 when none. */
int terminal_find(const struct terminal *terminal, const char *text);

/* --- bytes ----------------------------------------------------------------------------------- */

/* Everything the program wrote since the start or the last terminal_forget_output(). */
const char *terminal_output(const struct terminal *terminal, size_t *length);
void terminal_forget_output(struct terminal *terminal);
/* The same without idle marks. */
size_t terminal_output_bytes(const struct terminal *terminal);
/* Whether a private mode (1049, 25, 2004, …) was left on by the whole of what was written. */
bool terminal_mode_is_on(const struct terminal *terminal, int mode);
/* Line settings are as they were before the program started. */
bool terminal_line_is_restored(const struct terminal *terminal);

/* --- pictures -------------------------------------------------------------------------------- */

/* The screen as an SVG of text, for the README. */
void terminal_write_svg(const struct terminal *terminal, FILE *file);

#endif
