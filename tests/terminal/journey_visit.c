/* A command and a window in the same home: the window makes the exchange that the command asks
 * for, and a synchronisation without a window leaves the home to one that is opened. */
#include "base/clock.h"
#include "db/home.h"
#include "sync/proxy.h"
#include "tests/terminal/journey.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define CTRL_C  "\003"
#define KEY_F11 "\033[23~"

static void the_window_makes_the_exchange_for_a_command(void **state)
{
    struct town *town = town_new();
    struct desk desk = desk_new(town, "counter", "zhang", "supervisor");
    struct terminal *t = journey_open(&desk);

    (void)state;
    journey_unlock(t, "zhang");
    journey_keys(t, "<F11>");
    journey_see(t, "done. Rows received: ");
    json_t *first = desk_ask(0, &desk, "sync", NULL);
    assert_string_equal(json_text(first, "result", ""), "ok");
    assert_int_equal(json_int(first, "pulled", -1), 0); /* the window has it all */
    json_t *full = desk_ask(0, &desk, "sync", "--full", "--dataset", "population", NULL);
    assert_true(json_int(full, "pulled", 0) >= TOWN_RESIDENTS);
    json_t *population = json_array_get(json_object_get(full, "datasets"), 0);
    assert_string_equal(json_text(population, "dataset", ""), "population");
    assert_int_equal(json_array_size(json_object_get(full, "datasets")), 1);
    journey_keys(t, "<F5>");
    journey_see(t, "Rows received: 0");
    journey_leave(t);
    json_decref(first);
    json_decref(full);
    desk_release(&desk);
    town_free(town);
}

static void what_a_window_refuses_is_said(void **state)
{
    struct town *town = town_new();
    struct desk desk = desk_new(town, "counter", "zhang", "supervisor");
    struct terminal *t = journey_open(&desk);

    (void)state;
    journey_unlock(t, "zhang");
    struct outcome watch = desk_run(&desk, "sync", "--watch", NULL);
    assert_int_equal(watch.code, 4);
    assert_string_equal(outcome_error(&watch), "locked");
    struct outcome unknown = desk_run(&desk, "sync", "--dataset", "nosuch", NULL);
    assert_int_equal(unknown.code, 1);
    assert_string_equal(json_text(outcome_json(&unknown), "result", ""), "not_found");
    journey_leave(t);
    outcome_release(&watch);
    outcome_release(&unknown);
    desk_release(&desk);
    town_free(town);
}

struct command {
    pid_t child;
    int out, err;
};

static struct command start_sync(const struct desk *desk, const char *option)
{
    const char *const arguments[] = {"sync", "--home", desk->home, "--lang",
                                     "en",   "--json", option,     NULL};
    int out[2], err[2];

    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    assert_int_equal(pipe2(err, O_CLOEXEC), 0);
    struct command command = {.out = out[0], .err = err[0]};
    command.child = start_program("huiliu", -1, out[1], err[1], arguments);
    close(out[1]);
    close(err[1]);
    return command;
}

static void end_command(struct command *command)
{
    close(command->out);
    close(command->err);
}

static struct peer *call_window(const struct desk *desk)
{
    struct peer *window = NULL;

    assert_int_equal(proxy_call(desk->home, &window, NULL), STATUS_OK);
    return window;
}

/* Asked again until the window has nothing to do: it says no while it has. */
static struct peer *borrow(const struct desk *desk, struct terminal *t)
{
    int64_t until = clock_mono_ms() + RUN_LIMIT_MS;
    struct peer *window = call_window(desk);

    while (proxy_ask_for_loan(window, NULL) != STATUS_OK) {
        assert_true(clock_mono_ms() < until);
        peer_release(window);
        terminal_listen(t, 100);
        window = call_window(desk);
    }
    return window;
}

/* Commands that write come and go; what they have saved is the window's to send and to show, and
 * what is typed there goes on being saved. */
static void the_window_lends_the_home_to_a_command(void **state)
{
    struct town *town = town_new();
    struct desk desk = desk_new(town, "counter", "zhang", "supervisor");
    struct terminal *t = journey_open(&desk);

    (void)state;
    journey_unlock(t, "zhang");
    journey_keys(t, "<F11>");
    journey_see(t, "done. Rows received: ");
    struct resident wang = desk_find_resident(&desk, "wang");
    for (int i = 0; i < 3; i++) {
        json_t *file = desk_ask(0, &desk, "show", "record", wang.record, NULL);
        assert_string_equal(json_text(file, "kind", ""), "person");
        json_decref(file);
    }
    json_decref(desk_ask(0, &desk, "request", "new", "--dataset", "population", "--record",
                         wang.record, "--set", "phone=19900001234", "--ground", "inaccurate",
                         "--reason", "asked in person", NULL));
    journey_keys(t, "<F8>");
    journey_see(t, "waiting for review delivered");
    assert_int_equal(terminal_find(t, "read-only"), -1);
    journey_keys(t, "<F9>wang<Enter>");
    journey_see(t, "Population register"); /* which was written down first */
    journey_leave(t);
    resident_release(&wang);
    desk_release(&desk);
    town_free(town);
}

/* While somebody else writes keys are kept, and taken when the home is back: also from one who was
 * killed. */
static void keys_wait_while_the_home_is_lent(void **state)
{
    struct town *town = town_new();
    struct desk desk = desk_new(town, "counter", "zhang", "supervisor");
    struct terminal *t = journey_open(&desk);
    struct home *home = NULL;
    struct buf line = {0};

    (void)state;
    journey_unlock(t, "zhang");
    struct peer *window = borrow(&desk, t);
    struct peer *second = call_window(&desk);
    static const char older[] = "{\"ask\":\"loan\",\"format\":\"cache 0, outbox 0\"}";
    assert_int_equal(peer_send(second, older, sizeof older - 1, NULL), STATUS_OK);
    struct buf answer = {0};
    assert_int_equal(peer_receive(second, RUN_LIMIT_MS, &answer, NULL), STATUS_OK);
    assert_non_null(strstr(buf_text(&answer), "another version"));
    buf_release(&answer);
    assert_int_equal(proxy_ask_for_loan(second, NULL), STATUS_LOCKED);
    peer_release(second);
    assert_int_equal(home_open(desk.home, HOME_WRITE, &home, NULL), STATUS_OK);
    terminal_send(t, KEY_F11, strlen(KEY_F11));
    struct command command = start_sync(&desk, NULL); /* waits, too */
    terminal_listen(t, 200);
    assert_int_equal(terminal_find(t, "Rows received"), -1);
    home_close(home);
    peer_release(window);
    journey_see(t, "Rows received");
    assert_int_equal(terminal_find(t, "read-only"), -1);
    assert_int_equal(home_open(desk.home, HOME_WRITE, &home, NULL), STATUS_LOCKED);
    read_first_line(command.out, &line);
    assert_non_null(strstr(buf_text(&line), "\"result\":\"ok\""));
    assert_int_equal(wait_code(command.child), 0);
    end_command(&command);
    buf_release(&line);
    journey_leave(t);
    desk_release(&desk);
    town_free(town);
}

/* --- with an upstream that says nothing --------------------------------------------------------
 */

/* A port that accepts and never answers. */
static int listen_silently(char url[64])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(server >= 0);
    assert_int_equal(bind(server, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(server, 8), 0);
    assert_int_equal(getsockname(server, (struct sockaddr *)&address, &length), 0);
    (void)snprintf(url, 64, "http://127.0.0.1:%u", ntohs(address.sin_port));
    return server;
}

static struct desk desk_at(const char *directory, const char *url)
{
    struct desk desk = {.home = join_path(directory, "home"), .account = "zhao"};

    desk.passphrase_file = write_file(directory, "zhao.pass", "river-zhao-stone\n");
    json_decref(desk_ask(0, &desk, "init", "--upstream", url, "--area", TOWN_AREA, "--station",
                         "village", "--role", "clerk", NULL));
    return desk;
}

/* Before the command is started. */
static int watch_home(const struct desk *desk)
{
    int watch = inotify_init1(IN_CLOEXEC);

    assert_true(watch >= 0);
    assert_true(inotify_add_watch(watch, desk->home, IN_CREATE) >= 0);
    return watch;
}

static void wait_for_calls(int watch)
{
    _Alignas(struct inotify_event) char room[4096];
    struct pollfd ready = {.fd = watch, .events = POLLIN};

    for (;;) {
        assert_int_equal(poll(&ready, 1, RUN_LIMIT_MS), 1);
        ssize_t length = read(watch, room, sizeof room);
        assert_true(length > 0);
        for (char *at = room; at < room + length;) {
            const struct inotify_event *event = (const struct inotify_event *)at;
            if (event->len > 0 && strcmp(event->name, "calls") == 0)
                return;
            at += sizeof *event + event->len;
        }
    }
}

static void nothing_is_lent_during_an_exchange(void **state)
{
    char url[64];
    int server = listen_silently(url);
    char *directory = make_directory();
    struct desk desk = desk_at(directory, url);
    struct terminal *t = journey_open(&desk);

    (void)state;
    journey_unlock(t, "zhao");
    journey_press(t, KEY_F11);
    journey_see(t, "* The exchange is running.");
    struct peer *window = call_window(&desk);
    struct error error = {0};
    assert_int_equal(proxy_ask_for_loan(window, &error), STATUS_LOCKED);
    assert_non_null(strstr(error.text, "window that is open here"));
    peer_release(window);
    journey_press(t, CTRL_C);
    journey_see(t, "stopped by hand");
    peer_release(borrow(&desk, t));
    journey_see(t, "* The exchange is running."); /* it is back, and at work */
    journey_press(t, CTRL_C);
    journey_leave(t);
    close(server);
    desk_release(&desk);
    remove_directory(directory);
}

/* The report of what the window then did is the command's, and so is its end. */
static void a_window_gets_the_home_of_a_synchronisation(void **state)
{
    char url[64];
    int server = listen_silently(url);
    char *directory = make_directory();
    struct desk desk = desk_at(directory, url);
    int watch = watch_home(&desk);
    struct command command = start_sync(&desk, NULL);
    struct buf line = {0};

    (void)state;
    wait_for_calls(watch);
    close(watch);
    struct terminal *t = journey_open(&desk);
    journey_unlock(t, "zhao");
    journey_see(t, "running");
    assert_true(terminal_wait_no_text(t, "read-only"));
    read_first_line(command.err, &line);
    assert_non_null(strstr(buf_text(&line), "A window was opened here"));
    journey_press(t, KEY_F11);
    journey_see(t, "* The exchange is running.");
    journey_press(t, CTRL_C);
    journey_see(t, "stopped by hand");
    buf_clear(&line);
    read_first_line(command.out, &line);
    assert_non_null(strstr(buf_text(&line), "\"result\":\"cancelled\""));
    assert_int_equal(wait_code(command.child), 1);
    journey_leave(t);
    end_command(&command);
    buf_release(&line);
    close(server);
    desk_release(&desk);
    remove_directory(directory);
}

static void who_asked_may_stop_the_windows_exchange(void **state)
{
    char url[64];
    int server = listen_silently(url);
    char *directory = make_directory();
    struct desk desk = desk_at(directory, url);
    struct terminal *t = journey_open(&desk);
    struct buf line = {0};

    (void)state;
    journey_unlock(t, "zhao");
    journey_press(t, KEY_F11);
    journey_see(t, "* The exchange is running.");
    journey_press(t, CTRL_C);
    journey_see(t, "stopped by hand");
    struct command command = start_sync(&desk, "--full");
    journey_see(t, "* The exchange is running.");
    kill(command.child, SIGINT);
    journey_see(t, "stopped by hand");
    read_first_line(command.out, &line);
    assert_non_null(strstr(buf_text(&line), "\"result\":\"cancelled\""));
    assert_int_equal(wait_code(command.child), 1);
    journey_leave(t);
    end_command(&command);
    buf_release(&line);
    close(server);
    desk_release(&desk);
    remove_directory(directory);
}

static void who_asked_and_was_killed_stops_it_too(void **state)
{
    char url[64];
    int server = listen_silently(url);
    char *directory = make_directory();
    struct desk desk = desk_at(directory, url);
    struct terminal *t = journey_open(&desk);

    (void)state;
    journey_unlock(t, "zhao");
    journey_press(t, KEY_F11);
    journey_see(t, "* The exchange is running.");
    journey_press(t, CTRL_C);
    journey_see(t, "stopped by hand");
    struct command command = start_sync(&desk, "--full");
    journey_see(t, "* The exchange is running.");
    kill(command.child, SIGKILL);
    journey_see(t, "stopped by hand");
    assert_int_equal(wait_code(command.child), 128 + SIGKILL);
    journey_leave(t);
    end_command(&command);
    close(server);
    desk_release(&desk);
    remove_directory(directory);
}

/* The long-running kind comes back when the window has been closed. */
static void watching_goes_on_after_the_window(void **state)
{
    struct town *town = town_new();
    struct desk desk = desk_new(town, "counter", "zhang", "supervisor");
    struct command command = start_sync(&desk, "--watch");
    struct buf line = {0};

    (void)state;
    read_first_line(command.out, &line);
    assert_non_null(strstr(buf_text(&line), "\"result\":\"ok\""));
    struct terminal *t = journey_open(&desk);
    journey_unlock(t, "zhang");
    assert_true(terminal_wait_no_text(t, "read-only"));
    json_decref(desk_ask(0, &desk, "sync", NULL)); /* by the window */
    journey_leave(t);
    buf_clear(&line);
    read_first_line(command.out, &line);
    assert_non_null(strstr(buf_text(&line), "\"result\":\"ok\""));
    kill(command.child, SIGTERM);
    assert_int_equal(wait_code(command.child), 0);
    end_command(&command);
    buf_release(&line);
    desk_release(&desk);
    town_free(town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_window_makes_the_exchange_for_a_command, journey_end),
        cmocka_unit_test_teardown(what_a_window_refuses_is_said, journey_end),
        cmocka_unit_test_teardown(the_window_lends_the_home_to_a_command, journey_end),
        cmocka_unit_test_teardown(keys_wait_while_the_home_is_lent, journey_end),
        cmocka_unit_test_teardown(nothing_is_lent_during_an_exchange, journey_end),
        cmocka_unit_test_teardown(a_window_gets_the_home_of_a_synchronisation, journey_end),
        cmocka_unit_test_teardown(who_asked_may_stop_the_windows_exchange, journey_end),
        cmocka_unit_test_teardown(who_asked_and_was_killed_stops_it_too, journey_end),
        cmocka_unit_test_teardown(watching_goes_on_after_the_window, journey_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
