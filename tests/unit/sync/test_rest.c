/* When the next run is due, and what makes it come earlier: without an upstream. */
#include "base/clock.h"
#include "sync/link.h"
#include "sync/rest.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define MINUTE_MS 60000
#define HOUR_MS   3600000

static int64_t due_in(const struct rest *rest)
{
    return rest->due_ms - clock_mono_ms();
}

static void test_after_success(void **state)
{
    struct rest rest;
    (void)state;
    rest_init(&rest);
    rest_plan(&rest, STATUS_OFFLINE, false, 0);
    rest_plan(&rest, STATUS_OK, false, 0);
    assert_int_equal(rest.failures, 0);
    assert_in_range(due_in(&rest), 4 * MINUTE_MS, 5 * MINUTE_MS);
    assert_false(rest.silent);
    rest_plan(&rest, STATUS_CANCELLED, false, 0); /* whoever stops a run does not want the next */
    assert_in_range(due_in(&rest), 4 * MINUTE_MS, 5 * MINUTE_MS);
    rest_release(&rest);
}

static void test_after_failures(void **state)
{
    struct rest rest;
    (void)state;
    rest_init(&rest);
    for (int failures = 1; failures < 50; failures++) {
        int64_t ceiling = failures < 7 ? (int64_t)5000 << (failures - 1) : 5 * MINUTE_MS;
        if (ceiling > 5 * MINUTE_MS)
            ceiling = 5 * MINUTE_MS;
        rest_plan(&rest, STATUS_OFFLINE, false, 0);
        assert_int_equal(rest.failures, failures);
        assert_in_range(due_in(&rest), ceiling / 2 - 1000, ceiling);
        assert_true(rest.silent && rest.unreached);
    }
    rest_release(&rest);
}

/* The upstream is there, only something about one dataset is wrong: news are worth waiting for. */
static void test_after_a_marred_run(void **state)
{
    struct rest rest;
    (void)state;
    rest_init(&rest);
    rest_plan(&rest, STATUS_UPSTREAM, false, 0);
    assert_int_equal(rest.failures, 1);
    assert_false(rest.silent);
    rest_release(&rest);
}

static void test_after_a_refused_login(void **state)
{
    struct rest rest;
    (void)state;
    rest_init(&rest);
    for (int i = 0; i < 5; i++) {
        rest_plan(&rest, STATUS_REFUSED, true, 0);
        assert_in_range(due_in(&rest), HOUR_MS - 1000, HOUR_MS);
        assert_true(rest.silent);
    }
    rest_release(&rest);
}

static void test_not_before(void **state)
{
    struct rest rest;
    (void)state;
    rest_init(&rest);
    rest_plan(&rest, STATUS_BUSY, false, clock_mono_ms() + 20 * MINUTE_MS);
    assert_in_range(due_in(&rest), 20 * MINUTE_MS - 1000, 20 * MINUTE_MS);
    assert_true(rest.silent);
    rest_release(&rest);
}

static void test_places(void **state)
{
    struct rest rest;
    (void)state;
    rest_init(&rest);
    for (int i = 0; i < 2 * REST_PLACES_MAX; i++)
        rest_watch(&rest, i == 0 ? "requests" : "other", "\"1-x\"");
    assert_int_equal(rest.place_count, REST_PLACES_MAX);
    assert_string_equal(rest.places[0].database, "requests");
    rest_forget_places(&rest);
    assert_int_equal(rest.place_count, 0);
    rest_release(&rest);
}

/* --- earlier ---------------------------------------------------------------------------------- */

struct bench {
    struct rest rest;
    struct couch *couch;
    int peer; /* writing here looks like a change of the network */
    atomic_bool quiet;
};

static void setup_bench(struct bench *bench, enum status result)
{
    const struct http_settings settings = {.base_url = "http://127.0.0.1:9"};
    int pair[2];
    rest_init(&bench->rest);
    link_close(bench->rest.link);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
    bench->rest.link = pair[0];
    bench->peer = pair[1];
    assert_int_equal(couch_open(&settings, &bench->couch, NULL), STATUS_OK);
    rest_plan(&bench->rest, result, false, 0);
    bench->rest.over_ms = 0; /* long ago */
}

static void teardown_bench(struct bench *bench)
{
    couch_close(bench->couch);
    rest_release(&bench->rest);
    close(bench->peer);
}

static int64_t time_rest(struct bench *bench, int64_t ms)
{
    int64_t start_ms = clock_mono_ms();
    rest_until(&bench->rest, bench->couch, start_ms + ms);
    return clock_mono_ms() - start_ms;
}

static void test_wake(void **state)
{
    struct bench bench;
    (void)state;
    setup_bench(&bench, STATUS_OFFLINE);
    http_wake(couch_http(bench.couch));
    assert_true(time_rest(&bench, 10 * MINUTE_MS) < 5000);
    http_cancel(couch_http(bench.couch));
    assert_true(time_rest(&bench, 10 * MINUTE_MS) < 5000);
    teardown_bench(&bench);
}

static void test_time(void **state)
{
    struct bench bench;
    (void)state;
    setup_bench(&bench, STATUS_OFFLINE);
    assert_in_range(time_rest(&bench, 50), 50, 5000);
    teardown_bench(&bench);
}

static void *ring(void *context)
{
    struct bench *bench = context;
    while (!atomic_load(&bench->quiet)) {
        ssize_t sent = send(bench->peer, "x", 1, MSG_NOSIGNAL);
        (void)sent; /* full: it has been heard often enough */
        sched_yield();
    }
    return NULL;
}

static int64_t time_rest_while_ringing(struct bench *bench, int64_t ms)
{
    pthread_t thread;
    atomic_store(&bench->quiet, false);
    assert_int_equal(pthread_create(&thread, NULL, ring, bench), 0);
    int64_t taken = time_rest(bench, ms);
    atomic_store(&bench->quiet, true);
    pthread_join(thread, NULL);
    return taken;
}

/* The link returns: whoever was offline does not wait for the end of its pause. */
static void test_link_returns(void **state)
{
    struct bench bench;
    (void)state;
    setup_bench(&bench, STATUS_OFFLINE);
    assert_true(time_rest_while_ringing(&bench, 10 * MINUTE_MS) < 30000);
    teardown_bench(&bench);
}

/* Whoever has just reached the upstream goes on waiting. */
static void test_link_of_the_reached(void **state)
{
    struct bench bench;
    (void)state;
    setup_bench(&bench, STATUS_OK);
    assert_true(time_rest_while_ringing(&bench, 1500) >= 1500);
    teardown_bench(&bench);
}

static void test_link_opens(void **state)
{
    (void)state;
    int fd = link_open();
    if (fd < 0)
        skip(); /* not on this system */
    link_drain(fd);
    link_close(fd);
    link_close(-1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_after_success),
        cmocka_unit_test(test_after_failures),
        cmocka_unit_test(test_after_a_marred_run),
        cmocka_unit_test(test_after_a_refused_login),
        cmocka_unit_test(test_not_before),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_wake),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_link_returns),
        cmocka_unit_test(test_link_of_the_reached),
        cmocka_unit_test(test_link_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
