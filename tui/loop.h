#ifndef HUILIU_TUI_LOOP_H
#define HUILIU_TUI_LOOP_H
/*
 * The one poll() of the program. A turn is: wait; take signals; take keys, all of them; let the
 * worker's results be done; ticks that are due; then paint once. Handlers note what became stale
 * and never paint.
 *
 * Nothing happens without a reason: with no input, no message and no tick due there is no wake-up
 * and no byte of output.
 *
 * Idle: when a turn ends with nothing readable, nothing half decoded and the busy count at zero,
 * `idle` is called, once until something happens again; a tick that is still to come does not
 * count. Who hands work to a worker counts loop_busy(+1) before the hand-off and (-1) when its
 * result is in.
 */
#include "base/error.h"
#include "base/worker.h"

#include <stdbool.h>
#include <stdint.h>

struct loop;

struct loop_hooks {
    void *data;
    void (*signals)(void *data);          /* the signal descriptor is readable */
    void (*keys)(void *data);             /* bytes wait, or the decoder's wait is over */
    int (*keys_wait)(void *data);         /* ms until the decoder wants to be called, -1 */
    int (*tick)(void *data, int64_t now); /* does what is due; ms until the next, -1 never */
    void (*paint)(void *data);            /* once per turn, does nothing when nothing is stale */
    void (*idle)(void *data);             /* may be NULL */
};

struct loop_sources {
    int input_fd, signal_fd;
    struct mailbox *mailbox; /* borrowed; may be NULL */
};

enum status loop_new(const struct loop_sources *sources, const struct loop_hooks *hooks,
                     struct loop **loop, struct error *error) MUST_CHECK;
void loop_free(struct loop *loop);

/* Until loop_stop(). */
enum status loop_run(struct loop *loop, struct error *error) MUST_CHECK;
void loop_stop(struct loop *loop);

void loop_busy(struct loop *loop, int change);
bool loop_is_busy(const struct loop *loop);

#endif
