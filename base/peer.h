#ifndef HUILIU_BASE_PEER_H
#define HUILIU_BASE_PEER_H
/*
 * Two processes of the same user on this computer that talk to each other: one listens at a path,
 * the other connects. Messages arrive whole and in order, or not at all (a Unix socket of type
 * SOCK_SEQPACKET); a message is at most PEER_MESSAGE_MAX bytes.
 *
 *     listener_open(path, &hooks, &listener, &error);      // replaces what lies at the path: the
 *     ...                                                  // caller holds the lock of the place
 *     listener_close(listener);
 *
 *     peer_connect(path, &peer, &error);
 *     peer_send(peer, text, length, &error);
 *     peer_receive(peer, wait_ms, &answer, &error);
 *     peer_release(peer);
 *
 * The hooks are called in the listener's own thread, one after another; `heard` for each message,
 * `gone` once, when the other side has hung up. The peer is the listener's: who needs it for
 * longer than the call takes a reference with peer_keep(). Processes of other users are turned
 * away before a byte is read. Sending is possible from any thread.
 */
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>

#define PEER_MESSAGE_MAX ((size_t)64 << 10)

struct peer;
struct listener;

struct listener_hooks {
    void *data;
    void (*heard)(void *data, struct peer *peer, const char *message, size_t length);
    void (*gone)(void *data, struct peer *peer);
};

enum status listener_open(const char *path, const struct listener_hooks *hooks,
                          struct listener **listener, struct error *error) MUST_CHECK;
/* Ends the thread, hangs up on everybody (without `gone`) and removes the path. */
void listener_close(struct listener *listener);

/* STATUS_NOT_FOUND: nobody listens there. */
enum status peer_connect(const char *path, struct peer **peer, struct error *error) MUST_CHECK;
struct peer *peer_keep(struct peer *peer);
void peer_release(struct peer *peer); /* the last reference hangs up */

/* Waits up to two seconds for room. STATUS_NOT_FOUND: the other side has hung up. */
enum status peer_send(struct peer *peer, const char *message, size_t length,
                      struct error *error) MUST_CHECK;
/* Without waiting, and only while the other side keeps up: for what may get lost. What is sent in
 * this way alone never takes the room of what is not. */
void peer_try_send(struct peer *peer, const char *message, size_t length);
/* One message; wait_ms -1: as long as it takes. STATUS_NOT_FOUND: the other side has hung up;
 * STATUS_BUSY: nothing came in that time. */
enum status peer_receive(struct peer *peer, int wait_ms, struct buf *message,
                         struct error *error) MUST_CHECK;

#endif
