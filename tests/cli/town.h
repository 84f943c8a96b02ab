#ifndef HUILIU_TESTS_CLI_TOWN_H
#define HUILIU_TESTS_CLI_TOWN_H
/*
 * A town to run commands in: an invented township behind the fixture upstream, and workstations
 * ("desks") whose homes lie in the town's directory. The server dies with the test program. Their
 * log-ins are cheap (tests/cli/cheap.h).
 *
 *     struct town *town = town_new();
 *     struct desk counter = desk_new(town, "counter", "zhang", "administrator,supervisor");
 *     struct outcome o = desk_run(&counter, "search", "zw", NULL);      // --json, logged in
 */
#include "tests/cli/run.h"

#define TOWN_AREA      "990106001"
#define TOWN_RESIDENTS 500

struct town;

struct desk {
    char *home;
    const char *account;
    char *passphrase_file;
};

struct town *town_new(void);
struct town *town_new_of(int residents); /* not TOWN_RESIDENTS */
void town_free(struct town *town);
const char *town_directory(const struct town *town);
const char *town_upstream(const struct town *town); /* http://127.0.0.1:PORT */
void town_stop_server(struct town *town);
void town_start_server(struct town *town); /* on the same port, with the same data */

/* A new home with its first account. */
struct desk desk_new(struct town *town, const char *name, const char *account, const char *roles);
/* Another account at the same desk, added by `by`. */
struct desk desk_colleague(struct town *town, const struct desk *by, const char *account,
                           const char *roles);
void desk_release(struct desk *desk);

/* --home, --as, --passphrase-file, --lang en and --json are added. */
struct outcome desk_run(const struct desk *desk, ...) __attribute__((sentinel));
/* The same without --json. */
struct outcome desk_print(const struct desk *desk, ...) __attribute__((sentinel));
/* As desk_run(), expecting this exit code; gives the JSON value, owned by the caller. */
json_t *desk_ask(int code, const struct desk *desk, ...) __attribute__((sentinel));

/* A resident found by searching: number, name and record key, owned by the caller. */
struct resident {
    char *number, *name, *record;
};
struct resident desk_find_resident(const struct desk *desk, const char *query);
void resident_release(struct resident *resident);

#endif
