#ifndef HUILIU_CLI_INTERRUPT_H
#define HUILIU_CLI_INTERRUPT_H
/*
 * Stopping long work in good order: while an interrupt object exists, SIGINT, SIGTERM and SIGHUP
 * are taken by a thread of its own (through signalfd; nothing runs in a signal handler), which
 * calls `stop` once. Whoever asks a second time wants out at once: the signal then ends the
 * process as it always would; what was committed stays.
 *
 * Make it before the threads of the work, so that they inherit the blocked signals. `stop` runs in
 * the interrupt's thread and must be safe there. interrupt_free() joins the thread and gives the
 * signals back; a signal that came in between is not lost.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct interrupt;

enum status interrupt_new(struct interrupt **interrupt, struct error *error) MUST_CHECK;
void interrupt_free(struct interrupt *interrupt);

/* What to do when the signal comes; NULL: only remember it. A signal that came before is acted on
 * at once. */
void interrupt_set_stop(struct interrupt *interrupt, void (*stop)(void *context), void *context);
bool interrupt_seen(struct interrupt *interrupt);
/* Waits that long, or until a signal comes; true when one has come. */
bool interrupt_wait(struct interrupt *interrupt, int64_t ms);

#endif
