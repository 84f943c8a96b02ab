#ifndef HUILIU_TESTS_E2E_TLS_FRONT_H
#define HUILIU_TESTS_E2E_TLS_FRONT_H
/*
 * A server in front of the fixture that speaks TLS, with a certificate made for the test, as a
 * platform's gateway does. It counts the requests that came through it whole, to see that nothing
 * was sent to somebody who was not trusted.
 *
 *     struct authority *authority = authority_new("Test authority");
 *     authority_write(authority, path);                         // PEM, for the client
 *     struct tls_front *front = tls_front_start(authority, &(struct certificate_wanted){
 *         .address = "127.0.0.1", .from_days = -1, .to_days = 30}, rig.port);
 *     … tls_front_port(front) …
 *     tls_front_stop(front);
 *     authority_free(authority);
 *
 * Threads: one accepts, one for each connection; all is joined by the stop.
 */
#include <stdbool.h>

struct authority;

struct authority *authority_new(const char *common_name);
void authority_write(const struct authority *authority, const char *path);
void authority_free(struct authority *authority);

struct certificate_wanted {
    const char *address;    /* IP address it is made out to */
    int from_days, to_days; /* its life, from now */
    bool old_protocol;      /* the server offers TLS 1.1 only */
};

struct tls_front;

struct tls_front *tls_front_start(const struct authority *authority,
                                  const struct certificate_wanted *wanted, int upstream_port);
/* From the next connection on another certificate answers. */
void tls_front_use(struct tls_front *front, const struct authority *authority,
                   const struct certificate_wanted *wanted);
int tls_front_port(const struct tls_front *front);
/* Bytes that clients sent through an established connection. */
long tls_front_bytes(struct tls_front *front);
void tls_front_stop(struct tls_front *front);

#endif
