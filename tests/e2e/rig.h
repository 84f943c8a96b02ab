#ifndef HUILIU_TESTS_E2E_RIG_H
#define HUILIU_TESTS_E2E_RIG_H
/*
 * A whole small world for end-to-end tests: a real upstream in its own process, homes with their
 * databases in a temporary directory, and what a test wants to know about both.
 *
 *     rig_start(&rig, SERVER_FIXTURE, NULL);
 *     rig_load_people(&rig, 0, 2000);
 *     struct seat seat;
 *     seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
 *     seat_sync(&seat, STATUS_OK);
 *     seat_expect_upstream(&seat);          // the cache equals the upstream
 *     seat_close(&seat);
 *     rig_stop(&rig);                        // stops the server, removes the directory
 *
 * Everything fails the running cmocka test on the spot. The server dies with the test process.
 */
#include "db/outbox.h"
#include "db/reader.h"
#include "db/request.h"
#include "db/session.h"
#include "sync/couch.h"
#include "sync/engine.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <cmocka.h>

#define AREA     "990106001"
#define PEOPLE   "population-" AREA
#define REQUESTS "requests-" AREA

enum server_kind { SERVER_FIXTURE, SERVER_POUCHDB };

struct rig {
    enum server_kind kind;
    char directory[64];
    char url[64];
    char password_file[96]; /* "": no login */
    int port;
    pid_t server;
    int server_input; /* PouchDB Server lives as long as this is open */
    FILE *server_output;
    pthread_t drain;     /* reads it to its end */
    struct couch *couch; /* of the test itself, as the provider's side */
};

/* password NULL: the server asks for no login; else user "station". Creates the catalogue with the
 * population's entry, and its empty database. */
void rig_start(struct rig *rig, enum server_kind kind, const char *password);
void rig_stop(struct rig *rig);
void rig_kill_server(struct rig *rig);  /* SIGKILL, as a power cut would */
void rig_start_server(struct rig *rig); /* again, same port, same data (fixture only) */

/* People number `first` to `first + count - 1`; their documents are new. */
void rig_load_people(struct rig *rig, int first, int count);
void rig_person_id(int number, char id[32]);
/* Reads, changes and writes a person; NULL deletes. Returns the new revision in `rev`. */
void rig_change_person(struct rig *rig, int number, const char *address, char rev[COUCH_REV_MAX]);
void rig_create(struct rig *rig, const char *database);
void rig_drop(struct rig *rig, const char *database);
/* Caller json_decref()s. */
json_t *rig_get(struct rig *rig, const char *database, const char *id);
void rig_put(struct rig *rig, const char *database, json_t *document); /* takes the reference */
/* Any request; expects the status. Returns the body parsed, or NULL. */
json_t *rig_ask(struct rig *rig, const char *method, const char *path, const char *body,
                int expected_status);
/* Fixture only; JSON as in tests/upstream/fault.h. */
void rig_fault(struct rig *rig, const char *json);
void rig_forget_faults(struct rig *rig);
/* How often the fixture was asked this since the last call. */
int rig_count_requests(struct rig *rig, const char *method, const char *target_prefix);

struct seat {
    struct rig *rig;
    char directory[96];
    struct home *home;
    struct outbox *outbox;
    struct reader *reader;
    struct sync *sync;
    struct session session;
};

/* Makes the home if it is not there yet. */
void seat_open(struct rig *rig, struct seat *seat, const char *name, const char *account,
               unsigned roles);
void seat_open_with(struct rig *rig, struct seat *seat, const char *name, const char *url,
                    const char *password);
void seat_close(struct seat *seat);

/* Runs once and expects the result; the report is freed by seat_report_free(). */
struct sync_report *seat_sync_report(struct seat *seat, const struct sync_options *options,
                                     enum status expected);
void seat_sync(struct seat *seat, enum status expected);
const struct sync_dataset_report *seat_dataset(const struct sync_report *report, const char *name);

int64_t seat_rows(struct seat *seat, const char *dataset);
/* (key, revision) of every person in the cache and upstream are the same. */
void seat_expect_upstream(struct seat *seat);
/* The feed's column as the overview reads it; "" when there is no such feed. */
void seat_feed_state(struct seat *seat, const char *database, char state[32], bool *complete);
void seat_setting(struct seat *seat, const char *key, char *value, size_t size);

/* A correction of the person's address. */
void seat_raise(struct seat *seat, int number, const char *address, char id[48]);
void seat_raise_with(struct seat *seat, int number, const char *address,
                     const struct request_attachment *files, size_t count, char id[48]);
/* With "seen" as its note. */
void seat_act(struct seat *seat, const char *id, const char *action);
/* Fails unless the request has this state and delivery. `reason` receives the delivery's reason. */
void seat_expect_request(struct seat *seat, const char *id, enum request_state state,
                         enum delivery delivery, char reason[512]);

#endif
