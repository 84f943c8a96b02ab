/* A clerk at the counter: finds a person in every way a person is asked for, opens the file, asks
 * for a correction while the upstream is away, loses nothing, and sees it delivered in the end. On
 * the way no screen says anything that is not so. */
#include "base/clock.h"
#include "tests/terminal/journey.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#define PHONE "19900001234"

struct counter {
    struct town *town;
    struct desk desk;
    struct resident person;
    char masked[32]; /* number as a clerk sees it */
};

static int open_town(void **state)
{
    *state = town_new();
    return 0;
}

static int close_town(void **state)
{
    town_free(*state);
    return 0;
}

/* A counter of its own for every test, its cache complete, and a person of the town. */
static int set_up(void **state)
{
    static int number;
    struct counter *counter = calloc(1, sizeof *counter);
    char name[32];

    assert_non_null(counter);
    (void)snprintf(name, sizeof name, "counter-%d", ++number);
    counter->town = *state;
    counter->desk = desk_new(counter->town, name, "zhang", "clerk");
    json_decref(desk_ask(0, &counter->desk, "sync", NULL));
    counter->person = desk_find_resident(&counter->desk, "张博文");
    (void)snprintf(counter->masked, sizeof counter->masked, "%.6s********%s",
                   counter->person.number, counter->person.number + 14);
    *state = counter;
    return 0;
}

static int tear_down(void **state)
{
    struct counter *counter = *state;

    (void)journey_end(state);
    *state = counter->town;
    resident_release(&counter->person);
    desk_release(&counter->desk);
    free(counter);
    return 0;
}

static struct terminal *sit_down(const struct counter *counter)
{
    struct terminal *t = journey_open(&counter->desk);

    journey_unlock(t, "zhang");
    journey_see(t, "Returned data");
    return t;
}

/* Types a query into the open search page; packets small enough not to be a card reader's. */
static void ask(struct terminal *t, const char *query)
{
    journey_keys(t, "<C-u>");
    assert_true(terminal_type_slowly(t, query));
}

static void open_file(struct terminal *t, const struct counter *counter)
{
    journey_keys(t, "<F9>");
    ask(t, counter->person.number);
    journey_see(t, "1 found");
    journey_keys(t, "<Enter>");
    journey_see(t, "Population register");
    journey_see_in_row(t, 1, counter->person.name);
}

/* --- finding --------------------------------------------------------------------------------- */

static void a_person_is_found_in_every_way(void **state)
{
    const struct counter *counter = *state;
    const char *number = counter->person.number;
    struct terminal *t = sit_down(counter);
    char query[128];

    journey_keys(t, "<F9>");
    journey_see(t, "What can be typed:");
    ask(t, counter->person.name);
    journey_see(t, counter->masked);
    journey_not_see(t, number);
    (void)snprintf(query, sizeof query, "zhangbow %.4s", number + 6);
    ask(t, query);
    journey_see(t, counter->masked);
    (void)snprintf(query, sizeof query, "zbw %.4s", number + 6);
    ask(t, query);
    journey_see(t, counter->masked);
    (void)snprintf(query, sizeof query, "%.14s", number);
    ask(t, query);
    journey_see(t, counter->masked);
    (void)snprintf(query, sizeof query, "%s %s", number + 14, counter->person.name);
    ask(t, query);
    journey_see(t, counter->masked);
    ask(t, "qqqqqq");
    journey_see(t, "Nothing in the returned data fits.");
    journey_not_see(t, counter->masked);
    journey_keys(t, "<C-u>");
    journey_see(t, "What can be typed:");
    journey_leave(t);
}

/* Letters and Enter in one packet: the answer is waited for, and its first hit is opened. */
static void type_ahead_is_not_lost(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);

    journey_press(t, "zbw\r");
    journey_see_in_row(t, 0, "> Search > ");
    journey_see(t, "Population register");
    journey_keys(t, "<Esc>");
    journey_see_in_row(t, 1, "zbw");
    journey_see(t, "found");
    journey_keys(t, "<Esc>");
    journey_see(t, "Returned data");
    journey_leave(t);
}

static void a_chinese_character_starts_a_search(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);

    assert_true(terminal_type_slowly(t, counter->person.name));
    journey_see_in_row(t, 1, counter->person.name);
    journey_see(t, counter->masked);
    journey_leave(t);
}

/* What a card reader reads is judged wherever it is read; the file is one key further, and the
 * search is found again as it was left. */
static void a_card_is_verified_over_the_search(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);

    journey_keys(t, "<F9>");
    ask(t, "zbw");
    journey_keys(t, "<Left><Right>"); /* what follows a character at once belongs to it */
    journey_press(t, counter->person.number);
    journey_press(t, "\r");
    journey_see(t, "Valid (the form of the number only)");
    journey_see_in_row(t, 0, "> Search > Verify");
    journey_keys(t, "<C-o>");
    journey_see_in_row(t, 1, counter->person.name);
    journey_see(t, "Population register");
    journey_not_see(t, counter->person.number);
    journey_keys(t, "<Esc><Esc>");
    journey_see_in_row(t, 1, "zbw");
    journey_not_see(t, counter->person.number);
    journey_leave(t);
}

/* Read while the page before it is still on its way: no character of it goes astray. */
static void a_card_read_ahead_waits_for_the_page(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);
    char packet[64];

    journey_keys(t, "<F9>");
    (void)snprintf(packet, sizeof packet, "zbw\r%s\r", counter->person.number);
    journey_press(t, packet);
    journey_see(t, "Valid (the form of the number only)");
    journey_see_in_row(t, 1, counter->person.number);
    journey_keys(t, "<Esc>");
    journey_see(t, "Population register");
    journey_keys(t, "<Esc>");
    journey_see_in_row(t, 1, "zbw");
    journey_leave(t);
}

static void what_is_trusted_is_a_page(void **state)
{
    struct terminal *t = sit_down(*state);

    journey_keys(t, "<A-u>");
    journey_see_in_row(t, 0, "What is trusted");
    journey_see(t, "+ in use");
    journey_see(t, "revocation list 17");
    journey_keys(t, "<Enter>");
    journey_see(t, "Catalogue entry   yunting-demonstration-2026");
    journey_see(t, "SHA-256");
    journey_keys(t, "<Esc>");
    journey_see(t, "From the catalogue, revision");
    journey_leave(t);
}

/* A slow line delivers a packet of typing that looks like a reader's: it stays typing. */
static void typing_in_one_packet_is_a_search(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);

    journey_keys(t, "<F9>");
    journey_press(t, "zhangbowen\r");
    journey_see_in_row(t, 0, "> Search > ");
    journey_see(t, "Population register");
    journey_keys(t, "<Esc><C-u>");
    journey_press(t, "\033[200~");
    journey_press(t, counter->person.number);
    journey_press(t, "\r\033[201~");
    journey_see(t, "1 found");
    journey_see_in_row(t, 1, counter->person.number);
    journey_leave(t);
}

/* A question waits, and what was typed into it is still there. */
static void a_card_read_during_a_question_is_verified(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);

    open_file(t, counter);
    journey_keys(t, "<C-g>pho");
    journey_keys(t, "<Left><Right>");
    journey_press(t, counter->person.number);
    journey_press(t, "\r");
    journey_see(t, "Valid (the form of the number only)");
    journey_keys(t, "<Esc>");
    journey_keys(t, "ne<Enter>");
    journey_see(t, "only rows with \"phone\"");
    journey_leave(t);
}

/* --- a verdict on paper ----------------------------------------------------------------------- */

/* What the citizen takes away names neither number nor person. */
static void a_slip_is_written_about_a_verdict(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);
    const char *number = counter->person.number;

    journey_keys(t, "<F7>");
    journey_keys(t, "<F4>");
    journey_see(t, "There is no verdict to write a slip about yet.");
    assert_true(terminal_type_slowly(t, number));
    journey_keys(t, "<Enter>");
    journey_see(t, "+ Valid");
    journey_keys(t, "<F4>");
    journey_see(t, "Reference: 01");
    journey_see(t, "\u2580\u2580\u2580\u2580\u2580\u2580\u2580"); /* finder patterns */
    journey_not_see(t, number);
    journey_not_see(t, counter->person.name);
    terminal_resize(t, 10, 80); /* the text is longer than the page: nothing is lost silently */
    journey_see(t, "more rows below");
    journey_not_see(t, "is not printed");
    journey_keys(t, "<End>");
    journey_see(t, "is not printed");
    journey_not_see(t, "below");
    journey_keys(t, "<Home>");
    journey_see(t, "more rows below");
    terminal_resize(t, 24, 80);
    journey_keys(t, "<Esc>");
    journey_see(t, "+ Valid");
    journey_leave(t);
}

/* --- a masked field -------------------------------------------------------------------------- */

static void a_masked_field_is_shown_for_a_purpose(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);

    open_file(t, counter);
    journey_keys(t, "<F4>");
    journey_see(t, "This row is not masked.");
    journey_keys(t, "<Down><F4>");
    journey_see(t, "what do you need it for?");
    journey_keys(t, "<Esc>");
    journey_not_see(t, counter->person.number);
    journey_keys(t, "<F4>");
    assert_true(terminal_type_slowly(t, "copy for the pension office"));
    journey_keys(t, "<Enter>");
    journey_see(t, counter->person.number);
    journey_leave(t);
}

/* --- a correction without the upstream ------------------------------------------------------- */

/* From the open file to the editor, with the caret in the field for the telephone. */
static void start_correction(struct terminal *t)
{
    journey_keys(t, "<C-g>Phone<Enter>");
    journey_see(t, "only rows with \"phone\"");
    journey_keys(t, "<Home><Down><F6>");
    journey_see(t, "In the register now");
}

/* Nothing of a scan is put into the form of a request, or kept of it. */
static void a_card_leaves_the_draft_alone(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);

    open_file(t, counter);
    start_correction(t);
    journey_press(t, counter->person.number);
    journey_press(t, "\r");
    journey_see(t, "Valid (the form of the number only)");
    journey_keys(t, "<Esc>");
    journey_see(t, "In the register now");
    journey_not_see(t, counter->person.number);
    journey_keys(t, "<Esc>");
    journey_not_see(t, "Kept as a draft");
    journey_see(t, "only rows with \"phone\"");
    journey_leave(t);
}

static void fill_in_with(struct terminal *t, const char *phone)
{
    assert_true(terminal_type_slowly(t, phone));
    journey_keys(t, "<PageDown><PageDown><PageDown><S-Tab>");
    assert_true(terminal_type_slowly(t, "更正电话"));
    journey_see(t, "更正电话");
}

static void fill_in(struct terminal *t)
{
    fill_in_with(t, PHONE);
}

static void nothing_is_said_to_be_sent(struct terminal *t)
{
    journey_not_see(t, "delivered");
    journey_not_see(t, "has been sent.");
}

static void submit_offline(struct terminal *t)
{
    fill_in(t);
    journey_not_see(t, "Saved");
    journey_keys(t, "<F6>");
    journey_see(t, "+ Saved: 01");
    journey_see(t, "→ " PHONE);
    journey_see(t, "waiting for review · waiting to be sent");
    journey_see(t, "* 1 request open");
    journey_see_in_row(t, 0, "1 unsent");
    nothing_is_said_to_be_sent(t);
}

static void the_queue_says_why_it_waits(struct terminal *t)
{
    journey_keys(t, "<F8>");
    journey_see(t, "[My requests 1]");
    journey_see(t, "waiting to be sent: The platform cannot be reached.");
    nothing_is_said_to_be_sent(t);
    journey_keys(t, "<Enter>");
    journey_see(t, "When raised");
    journey_see(t, PHONE);
    journey_see(t, "更正电话");
    nothing_is_said_to_be_sent(t);
}

static void leave_with_unsent(struct terminal *t)
{
    int status;

    journey_keys(t, "<C-q>");
    journey_see(t, "1 request has not been sent yet. Leave?");
    journey_press(t, "\r");
    assert_true(terminal_wait_exit(t, &status));
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    terminal_free(t);
}

/* The next morning: it is still there and still not sent. */
static struct terminal *come_back(const struct counter *counter)
{
    struct terminal *t = journey_open(&counter->desk);

    journey_see(t, "* 1 request not sent yet");
    journey_unlock(t, "zhang");
    journey_see_in_row(t, 0, "1 unsent");
    journey_keys(t, "<F9>");
    ask(t, counter->person.number);
    journey_see(t, "1 request");
    journey_keys(t, "<Enter>");
    journey_see(t, "* 1 request open");
    return t;
}

static void see_it_delivered(struct terminal *t)
{
    journey_keys(t, "<C-g>Phone<Enter>");
    journey_see(t, "→ " PHONE);
    journey_see(t, "waiting for review · waiting to be sent");
    journey_keys(t, "<F5>");
    journey_see(t, "waiting for review · delivered");
    assert_true(terminal_wait_no_text(t, "waiting to be sent"));
    assert_true(terminal_wait_no_text(t, "unsent"));
    journey_keys(t, "<F8>");
    journey_see(t, "* waiting for review · delivered");
    journey_not_see(t, "waiting to be sent");
}

static void delivery_of_the_only_request(const struct counter *counter, const char *delivery)
{
    json_t *list = desk_ask(0, &counter->desk, "request", "list", NULL);
    const json_t *requests = json_object_get(list, "requests");

    assert_int_equal(json_array_size(requests), 1);
    assert_string_equal(json_text(json_array_get(requests, 0), "delivery", ""), delivery);
    json_decref(list);
}

static void a_correction_survives_until_it_is_delivered(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);

    town_stop_server(counter->town);
    open_file(t, counter);
    start_correction(t);
    submit_offline(t);
    the_queue_says_why_it_waits(t);
    leave_with_unsent(t);
    delivery_of_the_only_request(counter, "queued");
    t = come_back(counter);
    town_start_server(counter->town);
    see_it_delivered(t);
    journey_leave(t);
    delivery_of_the_only_request(counter, "delivered");
}

/* --- drafts ---------------------------------------------------------------------------------- */

static void what_cannot_be_right_is_not_submitted(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);

    open_file(t, counter);
    start_correction(t);
    journey_keys(t, "<F6>");
    journey_see(t, "Nothing is to be changed yet");
    journey_keys(t, "1990000<Tab>");
    journey_keys(t, "<F6>");
    journey_see(t, "x This is neither a mobile number");
    journey_not_see(t, "Saved");
    journey_keys(t, "<C-u>" PHONE "<F6>");
    journey_see(t, "Say why:");
    journey_keys(t, "<C-x>");
    journey_see(t, "Throw away");
    journey_keys(t, "<Enter>");
    journey_see(t, PHONE);
    journey_keys(t, "<C-x><F6>");
    journey_see(t, "The draft is gone.");
    journey_not_see(t, PHONE);
    journey_leave(t);
}

/* Not even the loss of the power takes away what was entered. */
static void a_draft_survives_the_loss_of_the_program(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);
    int status;

    open_file(t, counter);
    start_correction(t);
    fill_in(t);
    journey_keys(t, "<Tab>"); /* leaves the field: kept */
    pid_t program = terminal_watched_pid(t);
    assert_true(program > 0);
    assert_int_equal(kill(program, SIGKILL), 0);
    assert_true(terminal_wait_exit(t, &status));
    assert_true(terminal_line_is_restored(t));
    terminal_free(t);

    t = sit_down(counter);
    open_file(t, counter);
    start_correction(t);
    journey_see(t, "! Your draft is continued");
    journey_see(t, PHONE);
    journey_see(t, "更正电话");
    journey_keys(t, "<Esc>");
    journey_leave(t);
    json_t *list = desk_ask(0, &counter->desk, "request", "list", NULL);
    assert_int_equal(json_array_size(json_object_get(list, "requests")), 0);
    json_decref(list);
}

/* Nor from somebody who types on and on without leaving the field. */
static void a_draft_is_kept_while_typing(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);
    int status;

    open_file(t, counter);
    start_correction(t);
    journey_keys(t, PHONE);
    int64_t until = clock_mono_ms() + 3000; /* more than the page waits */
    while (clock_mono_ms() < until)
        journey_keys(t, "5<Backspace>");
    assert_int_equal(kill(terminal_watched_pid(t), SIGKILL), 0);
    assert_true(terminal_wait_exit(t, &status));
    terminal_free(t);

    t = sit_down(counter);
    open_file(t, counter);
    start_correction(t);
    journey_see(t, "! Your draft is continued");
    journey_see(t, PHONE);
    journey_keys(t, "<C-x><F6>");
    journey_leave(t);
}

static void leaving_the_page_keeps_the_draft(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);

    open_file(t, counter);
    start_correction(t);
    assert_true(terminal_type_slowly(t, PHONE));
    journey_keys(t, "<Esc>");
    journey_see(t, "Kept as a draft on this computer; it has not been submitted.");
    journey_not_see(t, "→ " PHONE);
    journey_keys(t, "<F6>");
    journey_see(t, "! Your draft is continued");
    journey_see(t, PHONE);
    journey_leave(t);
}

/* Whoever enters a change twice is told once, and is not kept from it. */
static void the_same_change_is_asked_about(void **state)
{
    const struct counter *counter = *state;
    struct terminal *t = sit_down(counter);

    open_file(t, counter);
    start_correction(t);
    fill_in_with(t, "19900007171");
    journey_keys(t, "<F6>");
    journey_see(t, "+ Saved: 01");
    journey_keys(t, "<F6>");
    journey_see(t, "In the register now");
    fill_in_with(t, "19900007171");
    journey_keys(t, "<F6>");
    journey_see(t, "x Already asked for (01");
    journey_not_see(t, "+ Saved");
    journey_keys(t, "<F6>");
    journey_see(t, "+ Saved: 01");
    journey_keys(t, "<F8><Enter>");
    journey_see(t, "Somebody else asks for the same change: see \"Also asked for\".");
    journey_leave(t);
}

int main(void)
{
#define AT_COUNTER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        AT_COUNTER(a_person_is_found_in_every_way),
        AT_COUNTER(type_ahead_is_not_lost),
        AT_COUNTER(a_chinese_character_starts_a_search),
        AT_COUNTER(a_card_is_verified_over_the_search),
        AT_COUNTER(a_card_read_ahead_waits_for_the_page),
        AT_COUNTER(what_is_trusted_is_a_page),
        AT_COUNTER(typing_in_one_packet_is_a_search),
        AT_COUNTER(a_card_read_during_a_question_is_verified),
        AT_COUNTER(a_card_leaves_the_draft_alone),
        AT_COUNTER(a_slip_is_written_about_a_verdict),
        AT_COUNTER(a_masked_field_is_shown_for_a_purpose),
        AT_COUNTER(what_cannot_be_right_is_not_submitted),
        AT_COUNTER(a_draft_survives_the_loss_of_the_program),
        AT_COUNTER(a_draft_is_kept_while_typing),
        AT_COUNTER(leaving_the_page_keeps_the_draft),
        AT_COUNTER(a_correction_survives_until_it_is_delivered),
        AT_COUNTER(the_same_change_is_asked_about),
    };

    return cmocka_run_group_tests(tests, open_town, close_town);
}
