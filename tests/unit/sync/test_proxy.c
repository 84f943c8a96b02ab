/* What a command and the process that holds the home say to each other: everything arrives as it
 * was, and what is not understood is refused. */
#include "sync/proxy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A holder that answers every exchange with the same two datasets. */
struct holder {
    char directory[64];
    struct listener *listener;
    struct proxy_request heard;
    bool hangs_up; /* after it has taken the request */
    bool fails;    /* its home, in the middle */
    bool refuses;
};

struct seen {
    struct sync_progress last;
    char title[32];
    int count;
};

static void answer(const struct holder *holder, struct peer *caller)
{
    static const struct sync_dataset_report datasets[] = {
        {"population", 500, 20, 1, 2, "\"7-abc\"", 1.5, STATUS_OK, ""},
        {"death", 3, 0, 0, 0, NULL, 0.25, STATUS_REFUSED, "Not \"yours\"."},
    };
    const struct sync_report report = {.result = STATUS_REFUSED,
                                       .reason = "死亡: Not \"yours\".",
                                       .pulled = 20,
                                       .pushed = 4,
                                       .held = 1,
                                       .aside = 2,
                                       .seconds = 1.75,
                                       .datasets = datasets,
                                       .dataset_count = 2};
    const struct sync_progress progress = {.dataset = "population",
                                           .title = "人口",
                                           .rows = 11,
                                           .rows_expected = -1,
                                           .rows_total = 12,
                                           .total_expected = 13,
                                           .bytes = 14,
                                           .elapsed_ms = 15,
                                           .datasets_done = 1,
                                           .dataset_count = 2};

    proxy_take(caller);
    proxy_tell_progress(caller, &progress);
    if (holder->fails)
        proxy_refuse(caller, STATUS_FULL, "The disk is full.");
    else if (!holder->hangs_up)
        proxy_tell_report(caller, &report);
}

static void heard(void *data, struct peer *caller, const char *message, size_t length)
{
    struct holder *holder = data;
    struct error error = {0};

    if (proxy_read(message, length, &holder->heard, &error) != STATUS_OK)
        proxy_refuse(caller, error.status, error.text);
    else if (holder->refuses)
        proxy_refuse(caller, STATUS_LOCKED, "Not now.");
    else if (holder->heard.ask == PROXY_HOME || holder->heard.ask == PROXY_LOAN)
        proxy_take(caller);
    else
        answer(holder, caller);
}

static void gone(void *data, struct peer *caller)
{
    (void)data;
    (void)caller;
}

static int open_holder(void **state)
{
    struct holder *holder = calloc(1, sizeof *holder);
    const struct listener_hooks hooks = {.data = holder, .heard = heard, .gone = gone};
    char path[80];

    if (!holder)
        return -1;
    *state = holder;
    snprintf(holder->directory, sizeof holder->directory, "/tmp/huiliu-proxy-XXXXXX");
    if (!mkdtemp(holder->directory))
        return -1;
    snprintf(path, sizeof path, "%s/calls", holder->directory);
    return listener_open(path, &hooks, &holder->listener, NULL) == STATUS_OK ? 0 : -1;
}

static int close_holder(void **state)
{
    struct holder *holder = *state;

    listener_close(holder->listener);
    int failed = rmdir(holder->directory); /* nothing is left in it */
    free(holder);
    return failed;
}

static struct peer *call(const struct holder *holder)
{
    struct peer *peer = NULL;
    struct error error = {0};

    if (proxy_call(holder->directory, &peer, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    return peer;
}

static void see(const struct sync_progress *progress, void *context)
{
    struct seen *seen = context;

    seen->last = *progress;
    snprintf(seen->title, sizeof seen->title, "%s", progress->title);
    seen->count++;
}

static void a_report_arrives_as_it_was_made(void **state)
{
    struct holder *holder = *state;
    struct peer *peer = call(holder);
    struct seen seen = {0};
    const struct sync_options options = {
        .dataset = "population", .full = true, .progress = see, .context = &seen};
    struct sync_report *report = NULL;

    assert_int_equal(proxy_exchange(peer, &options, false, &report, NULL), STATUS_OK);
    assert_int_equal(holder->heard.ask, PROXY_EXCHANGE);
    assert_true(holder->heard.full);
    assert_false(holder->heard.follow);
    assert_string_equal(holder->heard.dataset, "population");
    assert_int_equal(report->result, STATUS_REFUSED);
    assert_string_equal(report->reason, "死亡: Not \"yours\".");
    assert_int_equal(report->pulled, 20);
    assert_int_equal(report->pushed, 4);
    assert_int_equal(report->held, 1);
    assert_int_equal(report->aside, 2);
    assert_true(report->seconds == 1.75);
    assert_int_equal(report->dataset_count, 2);
    assert_string_equal(report->datasets[0].dataset, "population");
    assert_int_equal(report->datasets[0].rows, 500);
    assert_int_equal(report->datasets[0].pulled, 20);
    assert_int_equal(report->datasets[0].purged, 1);
    assert_int_equal(report->datasets[0].aside, 2);
    assert_string_equal(report->datasets[0].since, "\"7-abc\"");
    assert_true(report->datasets[0].seconds == 1.5);
    assert_int_equal(report->datasets[0].status, STATUS_OK);
    assert_null(report->datasets[1].since);
    assert_int_equal(report->datasets[1].status, STATUS_REFUSED);
    assert_string_equal(report->datasets[1].reason, "Not \"yours\".");
    sync_report_free(report);
    peer_release(peer);
}

static void progress_arrives_as_it_was_told(void **state)
{
    struct peer *peer = call(*state);
    struct seen seen = {0};
    const struct sync_options options = {.progress = see, .context = &seen};
    struct sync_report *report = NULL;

    assert_int_equal(proxy_exchange(peer, &options, true, &report, NULL), STATUS_OK);
    assert_true(((struct holder *)*state)->heard.follow);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.title, "人口");
    assert_int_equal(seen.last.rows, 11);
    assert_int_equal(seen.last.rows_expected, -1);
    assert_int_equal(seen.last.rows_total, 12);
    assert_int_equal(seen.last.total_expected, 13);
    assert_int_equal(seen.last.bytes, 14);
    assert_int_equal(seen.last.elapsed_ms, 15);
    assert_int_equal(seen.last.datasets_done, 1);
    assert_int_equal(seen.last.dataset_count, 2);
    sync_report_free(report);
    peer_release(peer);
}

static enum status exchange(struct holder *holder, struct error *error)
{
    const struct sync_options options = {0};
    struct sync_report *report = NULL;
    struct peer *peer = call(holder);
    enum status status = proxy_exchange(peer, &options, false, &report, error);

    assert_null(report);
    peer_release(peer);
    return status;
}

static void a_refusal_is_the_holders_sentence(void **state)
{
    struct holder *holder = *state;
    struct error error = {0};

    holder->refuses = true;
    assert_int_equal(exchange(holder, &error), STATUS_LOCKED);
    assert_string_equal(error.text, "Not now.");
}

static void a_failure_of_the_home_is_the_holders_sentence(void **state)
{
    struct holder *holder = *state;
    struct error error = {0};

    holder->fails = true;
    assert_int_equal(exchange(holder, &error), STATUS_FULL);
    assert_string_equal(error.text, "The disk is full.");
}

static void forget(const struct sync_progress *progress, void *context)
{
    struct holder *holder = context;

    (void)progress;
    listener_close(holder->listener); /* it hangs up on everybody */
    holder->listener = NULL;
}

/* The holder takes the request and ends in the middle, as a window that is killed. */
static void a_holder_that_ends_is_no_success(void **state)
{
    struct holder *holder = *state;
    const struct sync_options options = {.progress = forget, .context = holder};
    struct sync_report *report = NULL;
    struct error error = {0};
    struct peer *peer = call(holder);

    holder->hangs_up = true;
    assert_int_equal(proxy_exchange(peer, &options, false, &report, &error), STATUS_CANCELLED);
    assert_null(report);
    assert_non_null(strstr(error.text, "was closed before it was over"));
    peer_release(peer);
}

static void what_is_no_request_is_refused(void **state)
{
    static const char *const messages[] = {
        "",     "[",           "[]", "{}", "{\"ask\":1}", "{\"ask\":\"exchange", "{\"ask\":\"\"}",
        "null", "{\"ask\":[]}"};
    struct proxy_request request = {.ask = PROXY_HOME};
    struct error error = {0};

    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        assert_int_equal(proxy_read(messages[i], strlen(messages[i]), &request, &error),
                         STATUS_INVALID);
    assert_int_equal(request.ask, PROXY_HOME); /* untouched */
}

static void a_request_of_a_later_version_is_read_for_what_is_known(void **state)
{
    static const char text[] = "{\"ask\":\"exchange\",\"new\":[1],\"full\":7,\"dataset\":null}";
    struct proxy_request request = {0};

    (void)state;
    assert_int_equal(proxy_read(text, strlen(text), &request, NULL), STATUS_OK);
    assert_int_equal(request.ask, PROXY_EXCHANGE);
    assert_false(request.full);
    assert_string_equal(request.dataset, "");
}

static void a_name_too_long_is_no_dataset(void **state)
{
    char text[200], name[80];
    struct proxy_request request = {0};

    (void)state;
    memset(name, 'd', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(text, sizeof text, "{\"ask\":\"exchange\",\"dataset\":\"%s\"}", name);
    assert_int_equal(proxy_read(text, strlen(text), &request, NULL), STATUS_INVALID);
}

static void the_home_is_asked_for(void **state)
{
    struct holder *holder = *state;
    struct peer *peer = call(holder);

    assert_int_equal(proxy_ask_for_home(peer, NULL), STATUS_OK);
    assert_int_equal(holder->heard.ask, PROXY_HOME);
    holder->refuses = true;
    assert_int_equal(proxy_ask_for_home(peer, NULL), STATUS_LOCKED);
    peer_release(peer);
}

static void a_loan_is_asked_for(void **state)
{
    struct holder *holder = *state;
    struct peer *peer = call(holder);

    assert_int_equal(proxy_ask_for_loan(peer, NULL), STATUS_OK);
    assert_int_equal(holder->heard.ask, PROXY_LOAN);
    assert_non_null(strstr(holder->heard.format, "outbox "));
    holder->refuses = true;
    assert_int_equal(proxy_ask_for_loan(peer, NULL), STATUS_LOCKED);
    peer_release(peer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_holder, close_holder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_report_arrives_as_it_was_made),
        TEST(progress_arrives_as_it_was_told),
        TEST(a_refusal_is_the_holders_sentence),
        TEST(a_failure_of_the_home_is_the_holders_sentence),
        TEST(a_holder_that_ends_is_no_success),
        TEST(what_is_no_request_is_refused),
        TEST(a_request_of_a_later_version_is_read_for_what_is_known),
        TEST(a_name_too_long_is_no_dataset),
        TEST(the_home_is_asked_for),
        TEST(a_loan_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
