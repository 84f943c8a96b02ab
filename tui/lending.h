#ifndef HUILIU_TUI_LENDING_H
#define HUILIU_TUI_LENDING_H
/*
 * The home lent to a short command in another terminal (`huiliu request new`, `huiliu show`): the
 * window that holds it lets go of it, waits until the command hangs up, and takes it back. Only
 * while nothing is under way here and nobody types; otherwise the command is told to come again.
 *
 * Keys that come meanwhile are kept in order and taken afterwards. A command that does not end for
 * LENDING_KEYS_MS is not waited for any longer: then this is a window that can only read, until the
 * command has ended. Interface thread.
 */
#include <stdbool.h>
#include <stdint.h>

/* Drafts are kept after two seconds: by then nothing is only typed. */
#define LENDING_QUIET_MS 2500
#define LENDING_KEYS_MS  5000

struct lending;
struct peer;
struct workplace;

struct lending *lending_new(struct workplace *place);
void lending_free(struct lending *lending);

/* Answers the caller, sooner or later. */
void lending_ask(struct lending *lending, struct peer *caller, const char *format);
/* It has hung up; nothing when it borrowed nothing. */
void lending_ends(struct lending *lending, const struct peer *caller);

bool lending_is_out(const struct lending *lending); /* somebody has it: do not take it back yet */
bool lending_holds_keys(const struct lending *lending);
/* After the home was taken back, or not; lowers *next. */
void lending_tick(struct lending *lending, int64_t now, int *next);

#endif
