#ifndef HUILIU_TESTS_TERMINAL_JOURNEY_H
#define HUILIU_TESTS_TERMINAL_JOURNEY_H
/*
 * A person at a workstation: the real program under the terminal of driver.h, in a home of
 * tests/cli/town.h, in English. Every step fails the test with the screen printed when it does not
 * lead where it should.
 *
 *     struct terminal *t = journey_open(&desk);       // the unlock page
 *     journey_unlock(t, "zhang");                     // the start page
 *     journey_keys(t, "<F11>");                       // and until there is nothing left to do
 *     journey_see(t, "Last exchange");
 *     journey_leave(t);                               // quits, and the terminal is as it was
 */
#include "tests/cli/town.h"
#include "tests/terminal/driver.h"

struct terminal *journey_open(const struct desk *desk);
/* As journey_open() in a window of this size. */
struct terminal *journey_open_sized(const struct desk *desk, int rows, int columns);

/* The unlock page in Chinese; journey_unlock_chinese() goes on to the start page. */
struct terminal *journey_open_in_chinese(const struct desk *desk);
void journey_unlock_chinese(struct terminal *terminal, const char *account);
/* As journey_open() with more options, up to eight words, ended by NULL. */
struct terminal *journey_open_with(const struct desk *desk, const char *const *options);

/* The passphrase tests/cli/town.c gives an account; static memory. */
const char *journey_passphrase(const char *account);
/* Types it where the cursor is and waits for the start page or, after a lock, whatever comes. */
void journey_unlock(struct terminal *terminal, const char *account);

void journey_keys(struct terminal *terminal, const char *keys);
/* Keys while something goes on that would keep journey_keys() waiting. */
void journey_press(struct terminal *terminal, const char *bytes);

void journey_see(struct terminal *terminal, const char *text);
void journey_see_in_row(struct terminal *terminal, int row, const char *text);
/* Not now: for after journey_keys(). */
void journey_not_see(struct terminal *terminal, const char *text);

void journey_leave(struct terminal *terminal);
/* Tear-down of a test: a window that a failed test leaves open would make the next one
 * read-only. */
int journey_end(void **state);

#endif
