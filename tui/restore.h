#ifndef HUILIU_TUI_RESTORE_H
#define HUILIU_TUI_RESTORE_H
/*
 * The terminal is put right whatever ends the program.
 *
 * At the start the bytes that undo everything are computed once (screen.c knows them: alternate
 * screen off, cursor on, keypad, paste and synchronised-update modes off, attributes reset) and
 * the line settings are kept. Then:
 *
 *   - SEGV, BUS, ILL, FPE, ABRT, SYS, TRAP: a handler on its own stack does nothing but write()
 *     and tcsetattr(), and raises the signal again so that the core and the exit status are the
 *     true ones. (endwin() is not async-signal-safe.)
 *   - TERM, HUP, INT, QUIT, WINCH and USR1 only leave a note in a pipe, readable at
 *     restore_signal_fd(); the loop saves drafts and ends in good order.
 *   - KILL and the out-of-memory killer: restore_watch() leaves a parent behind that waits for the
 *     program, restores, and ends as it ended. If the parent is killed instead, the program
 *     receives SIGTERM.
 *
 * Signal handlers need something to point at: restore.c holds the one static structure of the
 * program that is not constant, written before the handlers are installed. One per process.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define RESTORE_BYTES_MAX 512

/* Keeps the line settings of `fd` and installs the handlers. */
enum status restore_arm(int fd, const char *bytes, size_t length, struct error *error) MUST_CHECK;

/* Puts the line settings back and takes the handlers away; curses has already written its own
 * good-bye. Safe to call twice. */
void restore_disarm(void);

/* Writes all of it unless the terminal is gone. Async-signal-safe. */
void restore_write(int fd, const char *bytes, size_t length);

int restore_signal_fd(void);
/* Next signal noted, 0 when there is none. */
int restore_take_signal(void);

/* Forks. In the child *is_parent is false and it goes on. In the parent this returns when the
 * child has ended, with *is_parent true and the code to exit with. */
enum status restore_watch(int fd, const char *bytes, size_t length, bool *is_parent, int *exit_code,
                          struct error *error) MUST_CHECK;

#endif
