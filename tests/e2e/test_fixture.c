/* Synchronisation end to end against the fixture: the common scenarios, then everything that goes
 * wrong between here and the platform. */
#include "base/clock.h"
#include "sync/http.h"
#include "tests/e2e/reconciling.h"
#include "tests/e2e/scenarios.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY      20000 /* two pages, several commits each */
#define CANCEL_MS 500   /* 200 are promised; the rest is for a machine busy with other tests */

/* A server with `people`, a seat that has never synchronised. */
static void start(struct rig *rig, struct seat *seat, int people)
{
    rig_start(rig, SERVER_FIXTURE, NULL);
    rig_load_people(rig, 0, people);
    seat_open(rig, seat, "a", "lin", ACCOUNT_CLERK);
}

static void stop(struct rig *rig, struct seat *seat)
{
    seat_close(seat);
    rig_stop(rig);
}

/* As start(), synchronised, with one request waiting. */
static void start_with_request(struct rig *rig, struct seat *seat, char id[48])
{
    start(rig, seat, 10);
    rig_create(rig, REQUESTS);
    seat_sync(seat, STATUS_OK);
    seat_raise(seat, 5, "南村3号", id);
}

static int events_upstream(struct rig *rig, const char *id, const char *rev_prefix)
{
    json_t *document = rig_get(rig, REQUESTS, id);
    int count = (int)json_array_size(json_object_get(document, "events"));
    assert_int_equal(strncmp(json_text(document, "_rev", ""), rev_prefix, strlen(rev_prefix)), 0);
    json_decref(document);
    return count;
}

/* --- round trips ------------------------------------------------------------------------------ */

static void test_nothing_new_is_one_round_trip(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, 10);
    rig_create(&rig, REQUESTS);
    seat_sync(&seat, STATUS_OK);
    rig_count_requests(&rig, "GET", "/");
    seat_sync(&seat, STATUS_OK);
    assert_int_equal(rig_count_requests(&rig, "GET", "/"), 3);
    stop(&rig, &seat);
}

/* --- interruptions ---------------------------------------------------------------------------- */

static void test_connection_cut_in_a_page(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char feed[32];
    bool complete;
    start(&rig, &seat, MANY);
    rig_fault(&rig,
              "{\"kind\":\"cut\",\"path\":\"/" PEOPLE "/_changes\",\"bytes\":1500000,\"count\":1}");
    seat_sync(&seat, STATUS_OFFLINE);
    int64_t kept = seat_rows(&seat, "population");
    assert_true(kept >= 2000 && kept < MANY);
    seat_feed_state(&seat, PEOPLE, feed, &complete);
    assert_false(complete);
    assert_string_equal(feed, "offline");
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(report, "population")->pulled, MANY - kept);
    sync_report_free(report);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

/* A page that ends early in good HTTP order must not pass for a short last page. */
static void test_truncated_page(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, 1000);
    rig_fault(&rig, "{\"kind\":\"truncate\",\"path\":\"/" PEOPLE
                    "/_changes\",\"bytes\":20000,\"count\":1}");
    seat_sync(&seat, STATUS_OFFLINE);
    assert_int_equal(seat_rows(&seat, "population"), 0);
    seat_sync(&seat, STATUS_OK);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

static void kill_server_at_3000(const struct sync_progress *progress, void *context)
{
    struct rig *rig = context;
    if (progress->rows >= 3000 && rig->server > 0) {
        rig_kill_server(rig);
        rig->server = 0;
    }
}

static void test_server_killed_and_restarted(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, 3 * MANY);
    const struct sync_options options = {.progress = kill_server_at_3000, .context = &rig};
    sync_report_free(seat_sync_report(&seat, &options, STATUS_OFFLINE));
    assert_int_equal(rig.server, 0);
    int64_t kept = seat_rows(&seat, "population");
    assert_true(kept >= 2000 && kept < 3 * MANY);
    seat_sync(&seat, STATUS_OFFLINE); /* still down */
    rig_start_server(&rig);
    seat_sync(&seat, STATUS_OK);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

/* The child says when rows are in the middle of a transaction, then waits to be killed. */
static void report_and_wait(const struct sync_progress *progress, void *context)
{
    const int *pipe_out = context;
    if (progress->rows < 5000)
        return;
    if (write(*pipe_out, "x", 1) == 1)
        for (;;)
            pause();
}

static void sync_in_child(struct rig *rig, int pipe_out)
{
    struct seat seat;
    struct sync_report *report = NULL;
    const struct sync_options options = {.progress = report_and_wait, .context = &pipe_out};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    seat_open(rig, &seat, "a", "lin", ACCOUNT_CLERK);
    if (sync_run(seat.sync, &options, &report, NULL) != STATUS_OK)
        _exit(1);
    _exit(0); /* not reached: the row count above is passed before the end */
}

static void test_client_killed(void **state)
{
    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* it cannot follow a child, forked from a program with threads, that starts one */
#endif
    struct rig rig;
    struct seat seat;
    int pipes[2];
    char byte;
    rig_start(&rig, SERVER_FIXTURE, NULL);
    rig_load_people(&rig, 0, MANY);
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0)
        sync_in_child(&rig, pipes[1]);
    close(pipes[1]);
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(pipes[0]);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    int64_t kept = seat_rows(&seat, "population");
    assert_true(kept >= 2000 && kept < MANY);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    assert_int_equal(seat_dataset(report, "population")->pulled, MANY - kept);
    sync_report_free(report);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

struct cancelling {
    struct sync *sync;
    int64_t at_ms;
};

static void cancel_at_3000(const struct sync_progress *progress, void *context)
{
    struct cancelling *cancelling = context;
    if (progress->rows < 3000 || cancelling->at_ms)
        return;
    cancelling->at_ms = clock_mono_ms();
    sync_cancel(cancelling->sync);
}

static void test_cancel(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, MANY);
    struct cancelling cancelling = {.sync = seat.sync};
    const struct sync_options options = {.progress = cancel_at_3000, .context = &cancelling};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_CANCELLED);
    assert_true(clock_mono_ms() - cancelling.at_ms < CANCEL_MS);
    sync_report_free(report);
    assert_true(seat_rows(&seat, "population") < MANY);
    seat_sync(&seat, STATUS_OK);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

/* --- answers lost ----------------------------------------------------------------------------- */

static void test_lost_answer_has_one_effect(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48];
    start_with_request(&rig, &seat, id);
    /* Twice: libcurl asks again by itself when a kept connection dies before the answer. */
    rig_fault(&rig,
              "{\"kind\":\"drop\",\"method\":\"PUT\",\"path\":\"/" REQUESTS "\",\"count\":2}");
    seat_sync(&seat, STATUS_OFFLINE);
    assert_int_equal(events_upstream(&rig, id, "1-"), 1); /* it did arrive */
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&seat, &options, STATUS_OK);
    sync_report_free(report);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    assert_int_equal(events_upstream(&rig, id, "1-"), 1); /* and was not written twice */
    stop(&rig, &seat);
}

/* --- strangers and refusals ------------------------------------------------------------------- */

static void test_captive_portal(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48], text[512];
    start_with_request(&rig, &seat, id);
    rig_fault(&rig, "{\"kind\":\"portal\",\"path\":\"/\",\"count\":1}");
    seat_sync(&seat, STATUS_PORTAL);
    seat_setting(&seat, "sync.failure", text, sizeof(text));
    assert_non_null(strstr(text, "log in"));
    assert_int_equal(seat_rows(&seat, "population"), 10);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_QUEUED, NULL);
    /* now it only takes the place of one answer, in the middle of the run */
    rig_fault(&rig,
              "{\"kind\":\"portal\",\"method\":\"PUT\",\"path\":\"/" REQUESTS "\",\"count\":1}");
    seat_sync(&seat, STATUS_PORTAL);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_QUEUED, NULL);
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    seat_setting(&seat, "sync.failure", text, sizeof(text));
    assert_string_equal(text, "");
    stop(&rig, &seat);
}

static void test_wrong_password_is_tried_once(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat, right;
    rig_start(&rig, SERVER_FIXTURE, "right");
    rig_load_people(&rig, 0, 10);
    seat_open_with(&rig, &seat, "wrong", rig.url, "wrong");
    rig_count_requests(&rig, "GET", "/");
    seat_sync(&seat, STATUS_REFUSED);
    assert_int_equal(rig_count_requests(&rig, "GET", "/"), 1);
    /* waiting does not ask either */
    assert_int_equal(sync_wait(seat.sync, 10, NULL), STATUS_OK);
    assert_int_equal(rig_count_requests(&rig, "GET", "/"), 0);
    seat_close(&seat);
    seat_open_with(&rig, &right, "right", rig.url, "right");
    seat_sync(&right, STATUS_OK);
    seat_expect_upstream(&right);
    seat_close(&right);
    rig_stop(&rig);
}

static void test_login_refused_in_the_middle(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48];
    start_with_request(&rig, &seat, id);
    rig_fault(&rig, "{\"kind\":\"status\",\"method\":\"PUT\",\"path\":\"/" REQUESTS
                    "\",\"status\":401,\"error\":\"unauthorized\",\"reason\":\"Name or password is "
                    "incorrect.\",\"count\":1}");
    seat_sync(&seat, STATUS_REFUSED);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_QUEUED, NULL);
    assert_int_equal(seat_rows(&seat, "population"), 10);
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    stop(&rig, &seat);
}

/* 403 on a database, but the account is locked: that withdraws nothing. */
static void test_locked_account_purges_nothing(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, 10);
    seat_sync(&seat, STATUS_OK);
    rig_fault(&rig, "{\"kind\":\"status\",\"path\":\"/" PEOPLE
                    "\",\"status\":403,\"error\":\"forbidden\",\"reason\":\"Account is temporarily "
                    "locked due to multiple authentication failures\",\"count\":1}");
    seat_sync(&seat, STATUS_REFUSED);
    assert_int_equal(seat_rows(&seat, "population"), 10);
    stop(&rig, &seat);
}

static void test_permission_withdrawn(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char feed[32];
    bool complete;
    start(&rig, &seat, 10);
    seat_sync(&seat, STATUS_OK);
    rig_fault(&rig, "{\"kind\":\"status\",\"path\":\"/" PEOPLE
                    "\",\"status\":403,\"error\":\"forbidden\",\"reason\":\"You are not allowed to "
                    "access this db.\",\"count\":1}");
    seat_sync(&seat, STATUS_OK);
    assert_int_equal(seat_rows(&seat, "population"), 0);
    seat_feed_state(&seat, PEOPLE, feed, &complete);
    assert_string_equal(feed, "withdrawn");
    stop(&rig, &seat);
}

/* Another program's 404 in JSON is not the platform's word. */
static void test_foreign_404_purges_nothing(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, 10);
    seat_sync(&seat, STATUS_OK);
    rig_fault(&rig, "{\"kind\":\"status\",\"path\":\"/" PEOPLE
                    "\",\"status\":404,\"error\":\"no_route\",\"reason\":\"x\",\"count\":1}");
    seat_sync(&seat, STATUS_PORTAL);
    assert_int_equal(seat_rows(&seat, "population"), 10);
    stop(&rig, &seat);
}

/* --- poison ----------------------------------------------------------------------------------- */

/* The first of three requests meets `fault`; the other two must go up in the same run. */
static void first_of_three_fails(struct rig *rig, struct seat *seat, const char *fault,
                                 enum status result, enum delivery delivery, char id[48],
                                 char reason[512])
{
    char second[48], third[48];
    start_with_request(rig, seat, id);
    seat_raise(seat, 6, "南村4号", second);
    seat_raise(seat, 7, "南村5号", third);
    rig_fault(rig, fault);
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(seat, &options, result);
    assert_int_equal(report->pushed, 2);
    assert_int_equal(report->held, delivery == DELIVERY_HELD);
    sync_report_free(report);
    seat_expect_request(seat, id, REQUEST_PENDING_REVIEW, delivery, reason);
    seat_expect_request(seat, second, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    seat_expect_request(seat, third, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
}

static void test_refused_item(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48], reason[512];
    first_of_three_fails(&rig, &seat,
                         "{\"kind\":\"status\",\"method\":\"PUT\",\"path\":\"/" REQUESTS
                         "\",\"status\":403,\"error\":\"forbidden\",\"reason\":\"evidence is "
                         "missing\\u001b[2J\",\"count\":1}",
                         STATUS_OK, DELIVERY_HELD, id, reason);
    assert_non_null(strstr(reason, "evidence is missing"));
    assert_null(strchr(reason, '\x1b'));
    seat_sync(&seat, STATUS_OK); /* not sent again until a person says so */
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_HELD, NULL);
    assert_int_equal(request_release(seat.outbox, id, NULL), STATUS_OK);
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    stop(&rig, &seat);
}

static void test_too_large_item(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48], reason[512];
    first_of_three_fails(&rig, &seat,
                         "{\"kind\":\"status\",\"method\":\"PUT\",\"path\":\"/" REQUESTS
                         "\",\"status\":413,\"error\":\"document_too_large\",\"reason\":\"x\","
                         "\"count\":1}",
                         STATUS_OK, DELIVERY_HELD, id, reason);
    assert_non_null(strstr(reason, "larger"));
    stop(&rig, &seat);
}

static void test_faulty_item(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48], reason[512];
    first_of_three_fails(&rig, &seat,
                         "{\"kind\":\"status\",\"method\":\"PUT\",\"path\":\"/" REQUESTS
                         "\",\"status\":500,\"error\":\"x\",\"reason\":\"x\",\"count\":1}",
                         STATUS_UPSTREAM, DELIVERY_QUEUED, id, reason);
    assert_string_not_equal(reason, "");
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    stop(&rig, &seat);
}

/* A proxy that kills one request's connection each time must stop neither the others nor the
 * returned data. */
static void test_item_that_breaks_the_connection(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char first[48], second[48], fault[256];
    struct buf name = {0};
    start_with_request(&rig, &seat, first);
    http_encode(&name, first);
    seat_raise(&seat, 6, "南村4号", second);
    rig_load_people(&rig, 10, 1);
    snprintf(fault, sizeof(fault),
             "{\"kind\":\"refuse\",\"method\":\"PUT\",\"path\":\"/" REQUESTS
             "/%s\",\"count\":1000}",
             buf_text(&name));
    buf_release(&name);
    rig_fault(&rig, fault);
    seat_sync(&seat, STATUS_OFFLINE);
    seat_expect_request(&seat, first, REQUEST_PENDING_REVIEW, DELIVERY_QUEUED, NULL);
    seat_expect_request(&seat, second, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    seat_expect_upstream(&seat);
    rig_forget_faults(&rig);
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, first, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    stop(&rig, &seat);
}

/* No place for requests, and no right to make one: they wait, returned data comes all the same. */
static void test_requests_have_no_place(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48], reason[512];
    start(&rig, &seat, 10);
    seat_sync(&seat, STATUS_OK);
    seat_raise(&seat, 5, "南村3号", id);
    rig_load_people(&rig, 10, 1);
    rig_fault(&rig, "{\"kind\":\"status\",\"method\":\"PUT\",\"path\":\"/" REQUESTS
                    "\",\"skip\":1,\"status\":401,\"error\":\"unauthorized\",\"reason\":\"You are "
                    "not a server admin.\",\"count\":1}");
    seat_sync(&seat, STATUS_NOT_FOUND);
    seat_expect_upstream(&seat);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_QUEUED, reason);
    assert_non_null(strstr(reason, REQUESTS));
    rig_create(&rig, REQUESTS);
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    stop(&rig, &seat);
}

/* The upstream names a time: everybody waits, nothing else is asked of it. */
static void test_busy_upstream(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48], second[48], reason[512];
    start_with_request(&rig, &seat, id);
    seat_raise(&seat, 6, "南村4号", second);
    rig_count_requests(&rig, "PUT", "/");
    rig_fault(&rig, "{\"kind\":\"status\",\"method\":\"PUT\",\"path\":\"/" REQUESTS
                    "\",\"status\":503,\"retry_after\":120,\"error\":\"x\",\"reason\":\"x\","
                    "\"count\":1}");
    seat_sync(&seat, STATUS_BUSY);
    assert_int_equal(rig_count_requests(&rig, "PUT", "/"), 1);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_QUEUED, reason);
    assert_non_null(strstr(reason, "120 seconds"));
    seat_expect_request(&seat, second, REQUEST_PENDING_REVIEW, DELIVERY_QUEUED, NULL);
    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    seat_expect_request(&seat, second, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    stop(&rig, &seat);
}

/* --- replicas --------------------------------------------------------------------------------- */

/* Two sites of the platform were apart: each has an event the other lacks. The losing revision's
 * event must reach this station, and the winner. */
static void test_losing_revision(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char id[48];
    start_with_request(&rig, &seat, id);
    seat_sync(&seat, STATUS_OK);
    json_t *document = rig_get(&rig, REQUESTS, id);
    json_t *loser = json_deep_copy(document);
    const char *hash = strchr(json_text(document, "_rev", ""), '-') + 1;
    json_t *event =
        json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:s}", "id", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "at",
                  "2026-03-14T08:05:09.123Z", "mono", 1, "offset_ms", 0, "by", "wang", "role",
                  "supervisor", "action", "approve");
    json_array_append_new(json_object_get(loser, "events"), event);
    json_object_set_new(loser, "_rev", json_string("2-00000000000000000000000000000000"));
    json_object_set_new(
        loser, "_revisions",
        json_pack("{s:i, s:[s,s]}", "start", 2, "ids", "00000000000000000000000000000000", hash));
    json_t *note = json_deep_copy(event);
    json_object_set_new(note, "id", json_string("7ZZZZZZZZZZZZZZZZZZZZZZZZY"));
    json_object_set_new(note, "action", json_string("note"));
    json_array_append_new(json_object_get(document, "events"), note);
    rig_put(&rig, REQUESTS, document);
    json_t *body = json_pack("{s:b, s:[o]}", "new_edits", 0, "docs", loser);
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(rig_ask(&rig, "POST", "/" REQUESTS "/_bulk_docs", text, 201));
    free(text);
    json_decref(body);
    assert_int_equal(events_upstream(&rig, id, "2-"), 2); /* the note's revision wins */

    seat_sync(&seat, STATUS_OK);
    seat_expect_request(&seat, id, REQUEST_APPROVED, DELIVERY_DELIVERED, NULL);
    assert_int_equal(events_upstream(&rig, id, "3-"), 3);
    stop(&rig, &seat);
}

/* --- waiting ---------------------------------------------------------------------------------- */

static void *change_something(void *context)
{
    struct seat *other = context;
    char id[48];
    seat_raise(other, 6, "南村4号", id);
    seat_sync(other, STATUS_OK);
    return NULL;
}

static void test_wait_ends_with_news(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat, other;
    char id[48];
    pthread_t thread;
    start_with_request(&rig, &seat, id);
    seat_sync(&seat, STATUS_OK);
    seat_open(&rig, &other, "b", "wang", ACCOUNT_CLERK);
    seat_sync(&other, STATUS_OK);
    int64_t start_ms = clock_mono_ms();
    pthread_create(&thread, NULL, change_something, &other);
    assert_int_equal(sync_wait(seat.sync, 60000, NULL), STATUS_OK);
    assert_true(clock_mono_ms() - start_ms < 30000);
    pthread_join(thread, NULL);
    const struct sync_options options = {0};
    sync_report_free(seat_sync_report(&seat, &options, STATUS_OK));
    seat_close(&other);
    stop(&rig, &seat);
}

static void test_wake_and_backoff(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat, 1);
    sync_wake(seat.sync);
    int64_t start_ms = clock_mono_ms();
    assert_int_equal(sync_wait(seat.sync, 60000, NULL), STATUS_OK);
    assert_true(clock_mono_ms() - start_ms < 5000);
    assert_int_equal(sync_backoff_ms(0), 0);
    for (int failures = 1; failures < 100; failures++) {
        int64_t ms = sync_backoff_ms(failures);
        assert_true(ms >= 2500 && ms <= 300000);
    }
    stop(&rig, &seat);
}

/* The platform's clock is five minutes ahead of ours: measured, kept, and written into events. */
static void test_clock_of_the_platform(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char text[32], id[48];
    rig_start(&rig, SERVER_FIXTURE, NULL);
    rig_create(&rig, REQUESTS);
    rig_load_people(&rig, 0, 10);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    rig_fault(&rig, "{\"kind\":\"clock\",\"ms\":300000,\"count\":1000}");
    seat_sync(&seat, STATUS_OK);
    seat_setting(&seat, "clock.offset_ms", text, sizeof(text));
    assert_in_range(strtoll(text, NULL, 10), 297000, 301000);
    seat_raise(&seat, 5, "南村3号", id);
    seat_sync(&seat, STATUS_OK);
    json_t *document = rig_get(&rig, REQUESTS, id);
    const json_t *event = json_array_get(json_object_get(document, "events"), 0);
    assert_in_range(json_int(event, "offset_ms", 0), 297000, 301000);
    json_decref(document);

    rig_forget_faults(&rig);
    seat_sync(&seat, STATUS_OK);
    seat_setting(&seat, "clock.offset_ms", text, sizeof(text));
    assert_string_equal(text, "0");
    seat_close(&seat);
    rig_stop(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_new_is_one_round_trip),
        cmocka_unit_test(test_connection_cut_in_a_page),
        cmocka_unit_test(test_truncated_page),
        cmocka_unit_test(test_server_killed_and_restarted),
        cmocka_unit_test(test_client_killed),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_lost_answer_has_one_effect),
        cmocka_unit_test(test_captive_portal),
        cmocka_unit_test(test_wrong_password_is_tried_once),
        cmocka_unit_test(test_login_refused_in_the_middle),
        cmocka_unit_test(test_locked_account_purges_nothing),
        cmocka_unit_test(test_permission_withdrawn),
        cmocka_unit_test(test_foreign_404_purges_nothing),
        cmocka_unit_test(test_refused_item),
        cmocka_unit_test(test_too_large_item),
        cmocka_unit_test(test_faulty_item),
        cmocka_unit_test(test_item_that_breaks_the_connection),
        cmocka_unit_test(test_requests_have_no_place),
        cmocka_unit_test(test_busy_upstream),
        cmocka_unit_test(test_losing_revision),
        cmocka_unit_test(test_wait_ends_with_news),
        cmocka_unit_test(test_wake_and_backoff),
        cmocka_unit_test(test_clock_of_the_platform),
    };
    if (sql_start(NULL) != STATUS_OK)
        return 1;
    int failed = scenarios_run(SERVER_FIXTURE, "sync against the fixture");
    failed += reconciling_run(SERVER_FIXTURE);
    failed += scenarios_push_run(SERVER_FIXTURE, "requests to the fixture");
    return failed + cmocka_run_group_tests_name("sync with faults", tests, NULL, NULL);
}
