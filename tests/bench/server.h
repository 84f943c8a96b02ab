#ifndef HUILIU_TESTS_BENCH_SERVER_H
#define HUILIU_TESTS_BENCH_SERVER_H
/*
 * The fixture upstream in a process of its own, loaded with a small town. It ends with the
 * process that started it.
 */
#include "tests/bench/bench.h"

#include <sys/types.h>

struct server {
    pid_t process;
    char url[64];
};

/* Loads the NAME.bulk.ndjson files of a directory; the requests database is made too. */
enum status server_start(const struct bench *bench, const char *load, struct server *server,
                         struct error *error) MUST_CHECK;
void server_stop(struct server *server);

#endif
