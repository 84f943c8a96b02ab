#ifndef HUILIU_TESTS_FAULT_PROXY_H
#define HUILIU_TESTS_FAULT_PROXY_H
/*
 * A line between a station and the upstream, on a port of its own, that can be cut at any byte.
 * It counts the bytes of both directions over all connections since proxy_set(), so that a trouble
 * strikes at one byte of a whole conversation, and only once.
 *
 * Threads: one accepts, one for each connection; everything here may be called from the test's.
 */
#include <stdbool.h>
#include <stdint.h>

enum line_trouble {
    LINE_SOUND,
    LINE_CUT_REQUEST,  /* the connection ends before that byte of what the station sends */
    LINE_CUT_ANSWER,   /* … of what the upstream answers; what it did stays done */
    LINE_SPOIL_ANSWER, /* that byte of the answer arrives as another; after 300 ms of silence the
                          far end hangs up, as a server does */
    LINE_PAUSE,        /* that byte of the answer comes 20 ms late, in a packet of its own */
    LINE_REPEAT,       /* the upstream hears everything a second time, as from a middlebox that
                          lost the answer */
    LINE_NO_OUT,       /* nothing reaches the upstream: connections are refused */
    LINE_NO_IN,        /* the upstream hears everything, and no answer comes back */
};

struct proxy;

struct proxy *proxy_start(int upstream_port);
void proxy_stop(struct proxy *proxy);
int proxy_port(const struct proxy *proxy);
void proxy_set(struct proxy *proxy, enum line_trouble trouble, int64_t at_byte);
bool proxy_has_struck(struct proxy *proxy);
/* Since proxy_set(). */
int64_t proxy_bytes_out(struct proxy *proxy); /* to the upstream */
int64_t proxy_bytes_in(struct proxy *proxy);

#endif
