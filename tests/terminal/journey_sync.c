/* The exchange with an upstream that is there, goes away, comes back, or says nothing at all. */
#include "db/schema.h"
#include "db/sql.h"
#include "tests/cli/provider.h"
#include "tests/terminal/journey.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define MESSAGE_ROW 22
#define KEY_F5      "\033[15~"
#define KEY_F11     "\033[23~"
#define CTRL_C      "\003"

static void the_first_exchange_fills_the_home(void **state)
{
    struct town *town = town_new();
    struct desk desk = desk_new(town, "counter", "zhang", "supervisor");
    struct terminal *t = journey_open(&desk);

    (void)state;
    journey_unlock(t, "zhang");
    journey_keys(t, "<F11>");
    journey_see(t, "+ Last exchange");
    journey_see(t, "done. Rows received: ");
    journey_see(t, "Population register");
    assert_true(terminal_find(t, "500") > 0);
    journey_keys(t, "<A-h>");
    journey_see(t, "Population register");
    journey_not_see(t, "never read");
    journey_not_see(t, "incomplete");
    journey_leave(t);
    desk_release(&desk);
    town_free(town);
}

/* A request made from the command line while the upstream is away. */
static void enter_request(const struct desk *desk)
{
    struct resident resident = desk_find_resident(desk, "zhang");

    json_decref(desk_ask(0, desk, "request", "new", "--dataset", "population", "--record",
                         resident.record, "--set", "phone=13800138000", "--ground", "inaccurate",
                         "--reason", "Told at the counter", NULL));
    resident_release(&resident);
}

static json_int_t count_of(const struct desk *desk, const char *delivery)
{
    json_t *status = desk_ask(0, desk, "status", NULL);
    json_int_t count = json_int(json_object_get(status, "requests"), delivery, -1);

    json_decref(status);
    return count;
}

static void what_is_entered_offline_waits_and_goes_out(void **state)
{
    struct town *town = town_new();
    struct desk desk = desk_new(town, "laptop", "li", "supervisor");

    (void)state;
    json_decref(desk_ask(0, &desk, "sync", NULL));
    town_stop_server(town);
    enter_request(&desk);
    assert_int_equal(count_of(&desk, "queued"), 1);

    struct terminal *t = journey_open(&desk);
    journey_see(t, "* 1 request not sent yet");
    journey_unlock(t, "li");
    journey_see_in_row(t, 0, "1 unsent");
    journey_see_in_row(t, 0, "offline");
    journey_see(t, "! The platform cannot be reached.");
    journey_keys(t, "<F11><Tab>");
    journey_see(t, "! Last exchange");
    journey_see(t, "Not sent yet (1)");
    journey_see(t, "waiting to be sent: The platform cannot be reached.");
    journey_not_see(t, "has been sent.");

    journey_keys(t, "<F5>");
    journey_see_in_row(t, MESSAGE_ROW, "! The platform cannot be reached.");
    town_start_server(town);
    journey_keys(t, "<F5>");
    journey_see_in_row(t, MESSAGE_ROW, "+ Last exchange");
    journey_see(t, "+ Last exchange");
    journey_see(t, "requests sent: 1");
    journey_see(t, "Not sent yet (0)");
    journey_see(t, "+ Everything entered here has been sent.");
    assert_true(terminal_wait_no_text(t, "unsent"));
    assert_true(terminal_wait_no_text(t, "offline"));
    journey_leave(t);
    assert_int_equal(count_of(&desk, "queued"), 0);
    assert_int_equal(count_of(&desk, "delivered"), 1);
    desk_release(&desk);
    town_free(town);
}

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

static void a_silent_upstream_is_told_and_can_be_left(void **state)
{
    char url[64];
    int server = listen_silently(url);
    char *directory = make_directory();
    struct desk desk = {.home = join_path(directory, "home"), .account = "zhao"};

    (void)state;
    desk.passphrase_file = write_file(directory, "zhao.pass", "river-zhao-stone\n");
    json_decref(desk_ask(0, &desk, "init", "--upstream", url, "--area", TOWN_AREA, "--station",
                         "village", "--role", "clerk", NULL));
    struct terminal *t = journey_open(&desk);
    journey_unlock(t, "zhao");
    journey_see(t, "running");
    journey_press(t, KEY_F11);
    journey_see(t, "* The exchange is running.");
    journey_see(t, "! Nothing has come for 0:0");
    journey_press(t, KEY_F5);
    journey_see(t, "The exchange is running already.");
    journey_press(t, CTRL_C);
    journey_see(t, "stopped by hand");
    journey_see(t, "F5 starts it now");
    journey_keys(t, "<C-c>");
    journey_see(t, "Nothing is running.");
    journey_leave(t);
    close(server);
    desk_release(&desk);
    remove_directory(directory);
}

/* --- typing while rows come in ------------------------------------------------------------------
 */

#define BUSY_TOWN 16000 /* residents: their other records take a while */
#define ASKED_MAX 1000  /* times; a page that shows an exchange is not idle before it ends */
#define KEY_F9    "\033[20~"
#define CTRL_U    "\025"

/* Letter by letter: each is on the screen before the next. */
static void type_letters(struct terminal *t, const char *text)
{
    char typed[64];

    for (size_t i = 0; i < strlen(text); i++) {
        journey_press(t, (const char[]){text[i], '\0'});
        (void)snprintf(typed, sizeof typed, "%.*s", (int)i + 1, text);
        journey_see(t, typed);
    }
}

/* All at once: only the last question counts, whatever the ones before it find. */
static void ask_at_once(struct terminal *t, const char *text, const char *name)
{
    journey_press(t, CTRL_U);
    journey_see(t, "What can be typed");
    journey_press(t, text);
    journey_see(t, text);
    assert_true(terminal_wait_no_text(t, "Searching"));
    journey_see(t, name);
}

static bool still_runs(struct terminal *t)
{
    journey_press(t, KEY_F11);
    journey_see(t, "> Exchange");
    bool runs = terminal_find(t, "exchange is running") >= 0;
    journey_press(t, KEY_F9);
    assert_true(terminal_wait_no_text(t, "> Exchange"));
    return runs;
}

static void typing_goes_on_while_rows_come_in(void **state)
{
    struct town *town = town_new_of(BUSY_TOWN);
    struct desk desk = desk_new(town, "busy", "zhang", "supervisor");

    (void)state;
    json_decref(desk_ask(0, &desk, "sync", "--dataset", "population", NULL));
    struct resident person = desk_find_resident(&desk, "zhangbowen");
    struct terminal *t = journey_open(&desk);
    journey_unlock(t, "zhang");
    journey_press(t, KEY_F9);
    journey_see(t, "What can be typed");
    type_letters(t, "zhangbowen");
    journey_see(t, person.name);
    bool running = still_runs(t);
    assert_true(running); /* or nothing was tested */
    for (int i = 0; i < ASKED_MAX && running; i++) {
        ask_at_once(t, "zhangbowen", person.name);
        ask_at_once(t, person.number, person.name);
        running = still_runs(t);
    }
    journey_keys(t, "<F11>");
    journey_see(t, "+ Last exchange");
    journey_leave(t);
    resident_release(&person);
    desk_release(&desk);
    town_free(town);
}

/* A record of another revision than the platform's. */
static void spoil(const struct desk *desk, const char *key)
{
    struct sql *sql = NULL;
    char script[512];
    char *path = join_path(desk->home, "cache.db");
    const struct sql_options options = {.path = path,
                                        .role = SQL_WRITER,
                                        .application_id = CACHE_APPLICATION_ID,
                                        .user_version_max = CACHE_SCHEMA_VERSION};

    snprintf(script, sizeof script, "UPDATE record SET rev = '1-older' WHERE key = '%s'", key);
    assert_int_equal(sql_open(&options, &sql, NULL), STATUS_OK);
    assert_int_equal(sql_exec(sql, script, NULL), STATUS_OK);
    sql_close(sql);
    free(path);
}

static void what_differs_from_the_platform_is_shown_and_repaired(void **state)
{
    struct town *town = town_new();
    struct desk desk = desk_new(town, "counter", "zhang", "supervisor");

    (void)state;
    json_decref(desk_ask(0, &desk, "sync", NULL));
    struct resident resident = desk_find_resident(&desk, "wang");
    spoil(&desk, resident.record);
    struct terminal *t = journey_open(&desk);
    journey_unlock(t, "zhang");
    journey_keys(t, "<F11>");
    journey_not_see(t, "Compared (");
    journey_keys(t, "<F6>");
    journey_see(t, "Compared (");
    journey_see(t, "different");
    journey_see(t, "Compared: 1 records are missing, superfluous or different here.");
    journey_see(t, "! Population register");
    journey_keys(t, "<A-r>");
    journey_see(t, "Compared; 1 records repaired.");
    journey_see(t, "+ Population register");
    journey_keys(t, "<Tab>");
    journey_see(t, "rows here");
    journey_leave(t);
    json_decref(desk_ask(0, &desk, "reconcile", NULL));
    resident_release(&resident);
    desk_release(&desk);
    town_free(town);
}

/* Somebody reads a file and types a correction of it when the provider deletes the record. */
static void what_is_deleted_while_it_is_open_stays_to_be_read(void **state)
{
    struct town *town = town_new();
    struct desk desk = desk_new(town, "counter", "zhang", "clerk");

    (void)state;
    json_decref(desk_ask(0, &desk, "sync", NULL));
    struct resident resident = desk_find_resident(&desk, "张博文");
    struct terminal *t = journey_open(&desk);
    journey_unlock(t, "zhang");
    journey_keys(t, "<F9>");
    assert_true(terminal_type_slowly(t, resident.number));
    journey_see(t, "1 found");
    journey_keys(t, "<Enter>");
    journey_see(t, "Population register");
    journey_keys(t, "<C-g>Phone<Enter>");
    journey_see(t, "only rows with \"phone\"");
    journey_keys(t, "<Home><Down><F6>");
    journey_see(t, "In the register now");
    assert_true(terminal_type_slowly(t, "19900001234"));

    provider_delete(town, "population-" TOWN_AREA, resident.record);
    journey_keys(t, "<F5>");
    journey_see(t, "This record is no longer in the returned data");
    journey_see(t, "19900001234");
    journey_keys(t, "<F6>");
    journey_not_see(t, "Saved");
    journey_keys(t, "<Esc>");
    journey_see(t, "removed upstream; as it was");
    journey_keys(t, "<F6>");
    journey_see(t, "This record is no longer in the returned data.");
    journey_leave(t);
    resident_release(&resident);
    desk_release(&desk);
    town_free(town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_first_exchange_fills_the_home, journey_end),
        cmocka_unit_test_teardown(what_is_entered_offline_waits_and_goes_out, journey_end),
        cmocka_unit_test_teardown(a_silent_upstream_is_told_and_can_be_left, journey_end),
        cmocka_unit_test_teardown(typing_goes_on_while_rows_come_in, journey_end),
        cmocka_unit_test_teardown(what_differs_from_the_platform_is_shown_and_repaired,
                                  journey_end),
        cmocka_unit_test_teardown(what_is_deleted_while_it_is_open_stays_to_be_read, journey_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
