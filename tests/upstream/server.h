#ifndef HUILIU_TESTS_UPSTREAM_SERVER_H
#define HUILIU_TESTS_UPSTREAM_SERVER_H
/*
 * HTTP around an upstream, on the loopback interface only. The one file that includes
 * libmicrohttpd. A thread for each connection; waiting feeds end when server_stop() is called.
 */
#include "tests/upstream/upstream.h"

struct server;

/* port 0: any free one. The upstream must outlive the server. */
enum status server_start(struct upstream *upstream, uint16_t port, struct server **server,
                         struct error *error) MUST_CHECK;
uint16_t server_port(const struct server *server);
void server_stop(struct server *server); /* returns when every connection has ended */

#endif
