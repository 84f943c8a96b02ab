/*
 * The line is cut, pauses, repeats itself or spoils a byte, at one byte after the other of a whole
 * conversation: a request goes up, a record comes down. Afterwards everything is there once.
 */
#include "base/clock.h"
#include "tests/fault/district.h"

#include <string.h>

#define ROUNDS      60
#define ROUNDS_EACH 30 /* in one district before it is made anew */

struct conversation {
    int64_t out, in; /* bytes in each direction */
};

static void prepare(struct district *district, struct chance *chance)
{
    char rev[COUCH_REV_MAX], address[32];

    district_raise(district, 0, chance);
    snprintf(address, sizeof address, "新村%llu号", (unsigned long long)chance_below(chance, 1000));
    rig_change_person(&district->rig, (int)chance_below(chance, DISTRICT_PEOPLE), address, rev);
}

/* How long it is when nothing goes wrong. */
static struct conversation measure(struct district *district, struct chance *chance)
{
    prepare(district, chance);
    proxy_set(district->lines[0], LINE_SOUND, 0);
    assert_int_equal(district_sync(district, 0, false), STATUS_OK);
    return (struct conversation){.out = proxy_bytes_out(district->lines[0]),
                                 .in = proxy_bytes_in(district->lines[0])};
}

/* With as many rounds as there are bytes, each byte has its round. */
static int64_t byte_of_round(int round, int rounds, int64_t bytes, struct chance *chance)
{
    int64_t stride = bytes / rounds > 1 ? bytes / rounds : 1;

    return (round * stride + (int64_t)chance_below(chance, (uint64_t)stride)) % bytes;
}

static void suffer(struct district *district, struct chance *chance, enum line_trouble trouble,
                   int64_t at)
{
    prepare(district, chance);
    proxy_set(district->lines[0], trouble, at);
    (void)district_sync(district, 0, false);
}

/* Runs `rounds` conversations with this trouble, each at another byte; *struck of them met it. */
static void go_through(enum line_trouble trouble, void (*expect)(struct district *district),
                       int rounds, int *struck)
{
    static struct district district;
    struct chance chance = {chance_seed()};
    struct conversation whole = {0};

    for (int round = 0; round < rounds; round++) {
        if (round % ROUNDS_EACH == 0) {
            district_start(&district, 1);
            whole = measure(&district, &chance);
        }
        int64_t bytes = trouble == LINE_CUT_REQUEST ? whole.out : whole.in;
        int64_t at = byte_of_round(round, rounds, bytes, &chance);
        print_message("trouble %d at byte %lld of %lld\n", (int)trouble, (long long)at,
                      (long long)bytes);
        suffer(&district, &chance, trouble, at);
        *struck += proxy_has_struck(district.lines[0]);
        expect(&district);
        if (round % ROUNDS_EACH == ROUNDS_EACH - 1 || round == rounds - 1)
            district_stop(&district);
    }
}

static void expect_everything(struct district *district)
{
    district_heal(district);
    district_expect(district);
}

static void every_byte_of_a_request_may_be_the_last(void **state)
{
    int rounds = chance_rounds(ROUNDS);
    int struck = 0;

    (void)state;
    go_through(LINE_CUT_REQUEST, expect_everything, rounds, &struck);
    assert_true(struck * 2 > rounds);
}

static void every_byte_of_an_answer_may_be_the_last(void **state)
{
    int rounds = chance_rounds(ROUNDS);
    int struck = 0;

    (void)state;
    go_through(LINE_CUT_ANSWER, expect_everything, rounds, &struck);
    assert_true(struck * 2 > rounds);
}

static void an_answer_in_pieces_is_an_answer(void **state)
{
    int rounds = chance_rounds(ROUNDS) / 4 + 1;
    int struck = 0;

    (void)state;
    go_through(LINE_PAUSE, expect_everything, rounds, &struck);
    assert_true(struck > 0);
}

static void what_is_heard_twice_happens_once(void **state)
{
    int struck = 0;

    (void)state;
    go_through(LINE_REPEAT, expect_everything, chance_rounds(ROUNDS) / 4 + 1, &struck);
}

/* Without TLS a spoiled byte inside a text cannot be known for one. What must hold: the program
 * goes on, no request is lost, and a full synchronisation makes the cache right again. */
static void expect_recovery(struct district *district)
{
    proxy_set(district->lines[0], LINE_SOUND, 0);
    (void)district_sync(district, 0, false);
    (void)district_keep_held(district, 0);
    assert_int_equal(district_sync(district, 0, true), STATUS_OK);
    seat_expect_upstream(&district->seats[0]);
    for (size_t i = 0; i < district->request_count; i++) {
        struct error error = {0};
        struct request_detail *detail = NULL;
        if (request_get(district->seats[0].reader, district->requests[i], &detail, &error) !=
            STATUS_OK)
            fail_msg("%s is lost: %s", district->requests[i], error.text);
        request_detail_free(detail);
    }
}

static void every_byte_of_an_answer_may_be_spoiled(void **state)
{
    int rounds = chance_rounds(ROUNDS);
    int struck = 0;

    (void)state;
    go_through(LINE_SPOIL_ANSWER, expect_recovery, rounds, &struck);
    assert_true(struck * 2 > rounds);
}

/* As a spoiled byte may leave it: the feed is read from its start, and the run succeeds. */
static void a_position_that_makes_no_sense_is_forgotten(void **state)
{
    static struct district district;
    struct chance chance = {chance_seed()};
    struct buf since = {0}, instance = {0};
    struct error error = {0};

    (void)state;
    district_start(&district, 1);
    prepare(&district, &chance);
    expect_everything(&district);
    struct outbox *outbox = district.seats[0].outbox;
    assert_int_equal(request_feed_position(outbox, REQUESTS, &since, &instance, &error), STATUS_OK);
    assert_int_equal(
        request_set_feed_position(outbox, REQUESTS, "\"rubbish\"", buf_text(&instance), 1, &error),
        STATUS_OK);
    prepare(&district, &chance);
    expect_everything(&district);
    buf_release(&since);
    buf_release(&instance);
    district_stop(&district);
}

/* Partitions: nothing goes out, or nothing comes back; each is told, and nothing is done twice. */
static void one_way_and_no_way(void **state)
{
    static const enum line_trouble ways[] = {LINE_NO_OUT, LINE_NO_IN};
    static struct district district;
    struct chance chance = {chance_seed()};

    (void)state;
    district_start(&district, 1);
    for (size_t i = 0; i < 2; i++) {
        prepare(&district, &chance);
        proxy_set(district.lines[0], ways[i], 0);
        for (int run = 0; run < 3; run++)
            assert_int_not_equal(district_sync(&district, 0, false), STATUS_OK);
        expect_everything(&district);
    }
    district_stop(&district);
}

#define DRIP_LEAST_ROUNDS 1000 /* it takes a quarter of a minute: in long runs only */

/* Ten bytes a second are no line: given up after fifteen seconds of it, and nothing is lost. */
static void a_dripping_line_is_given_up(void **state)
{
    static struct district district;
    struct chance chance = {chance_seed()};

    (void)state;
    if (chance_rounds(ROUNDS) < DRIP_LEAST_ROUNDS)
        skip();
    district_start(&district, 1);
    prepare(&district, &chance);
    rig_fault(&district.rig, "{\"kind\":\"drip\",\"path\":\"/catalogue\",\"bytes\":40,\"ms\":100}");
    int64_t start = clock_mono_ms();
    assert_int_equal(district_sync(&district, 0, false), STATUS_OFFLINE);
    assert_in_range(clock_mono_ms() - start, 14000, 25000);
    expect_everything(&district);
    district_stop(&district);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_way_and_no_way),
        cmocka_unit_test(a_position_that_makes_no_sense_is_forgotten),
        cmocka_unit_test(every_byte_of_a_request_may_be_the_last),
        cmocka_unit_test(every_byte_of_an_answer_may_be_the_last),
        cmocka_unit_test(an_answer_in_pieces_is_an_answer),
        cmocka_unit_test(what_is_heard_twice_happens_once),
        cmocka_unit_test(every_byte_of_an_answer_may_be_spoiled),
        cmocka_unit_test(a_dripping_line_is_given_up),
    };

    if (sql_start(NULL) != STATUS_OK)
        return 1;
    return cmocka_run_group_tests_name("a line that fails", tests, NULL, NULL);
}
