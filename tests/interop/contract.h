#ifndef HUILIU_TESTS_INTEROP_CONTRACT_H
#define HUILIU_TESTS_INTEROP_CONTRACT_H
/*
 * What Huiliu relies on from an upstream, as tests that run against any server: the fixture and
 * PouchDB Server. A test that a server is known to answer in another way is not run against it,
 * and says why; docs/upstream-contract.md has the same list with what follows from it.
 *
 * A test gets a client with a database of its own, empty, and calls check() as often as it likes;
 * the first failure ends the test by what it returns: write `CHECK(client, condition);`.
 */
#include "base/buf.h"
#include "base/json.h"

#include <stdbool.h>

struct client {
    const char *base;  /* http://127.0.0.1:PORT */
    char database[64]; /* of this test */
    bool pouchdb;      /* the server is PouchDB Server */
    void *curl;
    long status;
    struct buf body;     /* of the last answer */
    struct buf headers;  /* likewise, lines as received */
    const char *failure; /* what did not hold; NULL so far */
    int failure_line;
};

#define CHECK(client, condition)                                                                   \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (client)->failure = #condition;                                                        \
            (client)->failure_line = __LINE__;                                                     \
            return;                                                                                \
        }                                                                                          \
    } while (0)

/* Sends and collects the whole answer. `path` comes after the database's name ("" for the database
 * itself; one that begins with "!" is from the root, without the "!"). body NULL: none. The
 * status, 0 when no HTTP answer came. */
long client_send(struct client *client, const char *method, const char *path, const char *type,
                 const char *body, size_t length);
long client_get(struct client *client, const char *path);
long client_json(struct client *client, const char *method, const char *path, const char *body);

/* The last answer as JSON; the caller json_decref()s; NULL when it is none. */
json_t *client_answer(const struct client *client);

/* A top-level member of the last answer as text, copied into `out`; empty when absent. */
void client_member(const struct client *client, const char *name, char *out, size_t size);

/* True when the last answer's headers hold the line beginning so (without regard to case). */
bool client_has_header(const struct client *client, const char *start);

/* Sends a request that stays open, gives the whole answer's bytes up to `needle`, and closes it.
 * After the first byte `then_method` (NULL: none) is sent to `then_path` on another connection. */
bool client_watch(struct client *client, const char *path, const char *needle,
                  const char *then_method, const char *then_path, const char *then_body);

typedef void contract_function(struct client *client);

struct contract_test {
    const char *name;
    contract_function *run;
    const char *differs; /* how PouchDB Server differs, NULL: it does not */
};

extern const struct contract_test CONTRACT_TESTS[];
extern const size_t CONTRACT_TEST_COUNT;

#endif
