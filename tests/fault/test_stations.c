/*
 * Four stations do at random what people do, behind lines that fail at random; then the lines heal:
 * every request is upstream once, with every event of everybody, and all stations agree.
 */
#include "tests/fault/district.h"

#define ROUNDS      12
#define STEPS       14
#define ROUNDS_EACH 25 /* in one district before it is made anew */

static void some_trouble(struct district *district, int seat, struct chance *chance)
{
    static const enum line_trouble troubles[] = {LINE_SOUND,  LINE_SOUND,       LINE_NO_OUT,
                                                 LINE_NO_IN,  LINE_CUT_REQUEST, LINE_CUT_ANSWER,
                                                 LINE_REPEAT, LINE_PAUSE};

    proxy_set(district->lines[seat],
              troubles[chance_below(chance, sizeof troubles / sizeof *troubles)],
              (int64_t)chance_below(chance, 6000));
}

static void one_step(struct district *district, struct chance *chance)
{
    int seat = (int)chance_below(chance, (uint64_t)district->seat_count);

    switch (chance_below(chance, 8)) {
    case 0:
    case 1:
        district_raise(district, seat, chance);
        break;
    case 2:
    case 3:
        district_decide(district, seat, chance);
        break;
    case 4:
        district_provide(district, chance);
        break;
    case 5:
        some_trouble(district, seat, chance);
        break;
    default:
        (void)district_sync(district, seat, false);
    }
}

static void stations_agree_in_the_end(void **state)
{
    static struct district district;
    int rounds = chance_rounds(ROUNDS);

    (void)state;
    for (int round = 0; round < rounds; round++) {
        struct chance chance = {chance_round_seed(round)};
        if (round % ROUNDS_EACH == 0)
            district_start(&district, DISTRICT_SEATS_MAX);
        print_message("FAULT_SEED=%llu\n", (unsigned long long)chance_round_seed(round));
        for (int step = 0; step < STEPS; step++)
            one_step(&district, &chance);
        district_heal(&district);
        district_expect(&district);
        if (round % ROUNDS_EACH == ROUNDS_EACH - 1 || round == rounds - 1) {
            print_message("# %zu requests\n", district.request_count);
            district_stop(&district);
        }
    }
    print_message("# %d rounds of four stations\n", rounds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stations_agree_in_the_end),
    };

    if (sql_start(NULL) != STATUS_OK)
        return 1;
    return cmocka_run_group_tests_name("four stations", tests, NULL, NULL);
}
