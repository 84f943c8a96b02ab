#include "tui/loop.h"

#include "base/clock.h"
#include "base/i18n.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>

enum { SLOT_SIGNALS, SLOT_INPUT, SLOT_MAILBOX, SLOT_COUNT };

struct loop {
    struct loop_sources sources;
    struct loop_hooks hooks;
    int busy;
    bool stopped;
    bool idle_told;
};

enum status loop_new(const struct loop_sources *sources, const struct loop_hooks *hooks,
                     struct loop **loop, struct error *error)
{
    struct loop *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->sources = *sources;
    made->hooks = *hooks;
    *loop = made;
    return STATUS_OK;
}

void loop_free(struct loop *loop)
{
    free(loop);
}

void loop_stop(struct loop *loop)
{
    loop->stopped = true;
}

bool loop_is_busy(const struct loop *loop)
{
    return loop->busy > 0;
}

void loop_busy(struct loop *loop, int change)
{
    loop->busy += change;
    loop->idle_told = false;
}

/* The shorter of two waits, where -1 is for ever. */
static int shorter(int a, int b)
{
    if (a < 0)
        return b;
    return b < 0 || a < b ? a : b;
}

static int wait_for_events(const struct loop *loop, struct pollfd slots[SLOT_COUNT], int timeout)
{
    const struct mailbox *mailbox = loop->sources.mailbox;

    slots[SLOT_SIGNALS] = (struct pollfd){.fd = loop->sources.signal_fd, .events = POLLIN};
    slots[SLOT_INPUT] = (struct pollfd){.fd = loop->sources.input_fd, .events = POLLIN};
    slots[SLOT_MAILBOX] =
        (struct pollfd){.fd = mailbox ? mailbox_fd(mailbox) : -1, .events = POLLIN};
    return poll(slots, SLOT_COUNT, timeout);
}

static bool is_ready(const struct pollfd *slot)
{
    return (slot->revents & (POLLIN | POLLHUP | POLLERR)) != 0;
}

static void handle(struct loop *loop, const struct pollfd slots[SLOT_COUNT], bool keys_due)
{
    const struct loop_hooks *hooks = &loop->hooks;

    if (is_ready(&slots[SLOT_SIGNALS]))
        hooks->signals(hooks->data);
    if (is_ready(&slots[SLOT_INPUT]) || keys_due)
        hooks->keys(hooks->data);
    if (is_ready(&slots[SLOT_MAILBOX]))
        mailbox_drain(loop->sources.mailbox);
}

/* Nothing readable, nothing half decoded, nobody working: said once. */
static void tell_idle(struct loop *loop)
{
    struct pollfd slots[SLOT_COUNT];

    if (!loop->hooks.idle || loop->idle_told || loop->busy > 0 ||
        loop->hooks.keys_wait(loop->hooks.data) >= 0 || wait_for_events(loop, slots, 0) != 0)
        return;
    loop->idle_told = true;
    loop->hooks.idle(loop->hooks.data);
}

static enum status turn(struct loop *loop, int *tick_wait, struct error *error)
{
    const struct loop_hooks *hooks = &loop->hooks;
    struct pollfd slots[SLOT_COUNT];
    int keys_wait = hooks->keys_wait(hooks->data);
    int count = wait_for_events(loop, slots, shorter(keys_wait, *tick_wait));

    if (count < 0 && errno != EINTR)
        return error_set_errno(error, errno, _("Waiting for keys failed"));
    if (count > 0)
        loop->idle_told = false;
    if (count >= 0)
        handle(loop, slots, hooks->keys_wait(hooks->data) == 0);
    *tick_wait = hooks->tick(hooks->data, clock_mono_ms());
    return STATUS_OK;
}

enum status loop_run(struct loop *loop, struct error *error)
{
    enum status status = STATUS_OK;
    int tick_wait = loop->hooks.tick(loop->hooks.data, clock_mono_ms());

    while (status == STATUS_OK && !loop->stopped) {
        loop->hooks.paint(loop->hooks.data);
        tell_idle(loop);
        status = turn(loop, &tick_wait, error);
    }
    return status;
}
