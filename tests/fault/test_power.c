/*
 * The power goes at a random moment, again and again, while a station works: nothing that was said
 * to be saved is lost, nothing is there twice or half, no damage is told where there is none, and
 * the second copy alone is as good as the outbox.
 */
#include "tests/fault/disk.h"
#include "tests/fault/station.h"

#define ROUNDS     25
#define CUTS       8 /* in one home */
#define MOMENTS    160
#define THINGS_MAX 40

static void name_round(uint64_t seed)
{
    print_message("FAULT_SEED=%llu\n", (unsigned long long)seed);
}

static void work_until_dark(struct station *station, struct chance *chance)
{
    disk_fail(DISK_POWER, 1 + (long)chance_below(chance, MOMENTS));
    if (station_open(station) == STATUS_OK)
        for (int i = 0; i < THINGS_MAX && !disk_has_failed(); i++) {
            enum status status = station_work(station, chance);
            if (status != STATUS_OK && !disk_has_failed())
                fail_msg("%s without any reason: %s", status_name(status), station->last.text);
        }
    station_close(station);
}

static void open_again(struct station *station)
{
    if (station_open(station) != STATUS_OK)
        fail_msg("does not open after the power cut: %s", station->last.text);
}

static void one_cut(struct station *station, struct chance *chance)
{
    disk_attach(station->directory, chance);
    work_until_dark(station, chance);
    disk_lose_power();
    disk_heal();
    open_again(station);
    station_expect(station);
    if (chance_one_in(chance, 4)) {
        station_lose_outbox(station);
        /* That the file was gone is told; what matters is what is in the new one. */
        station_close(station);
        open_again(station);
        station_expect(station);
    }
    station_close(station);
    disk_detach();
}

/* A home of its own, cut off several times. */
static int one_round(void **state, int round)
{
    struct station station;
    struct chance chance = {chance_round_seed(round)};
    char name[32];

    snprintf(name, sizeof name, "home-%d", round);
    name_round(chance.state);
    station_make(&station, scratch_path(state, name));
    for (int cut = 0; cut < CUTS; cut++)
        one_cut(&station, &chance);
    nftw(station.directory, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return (int)station.saved;
}

static void nothing_said_to_be_saved_is_lost(void **state)
{
    int64_t saved = 0;
    int rounds = chance_rounds(ROUNDS);

    for (int round = 0; round < rounds; round++)
        saved += one_round(state, round);
    print_message("# %d power cuts, %lld things said to be done\n", rounds * CUTS,
                  (long long)saved);
    assert_true(saved > rounds * CUTS); /* the cuts do fall into work */
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(nothing_said_to_be_saved_is_lost),
    };

    if (sql_start(NULL) != STATUS_OK)
        return 1;
    disk_register_vfs();
    return cmocka_run_group_tests_name("power cut", tests, NULL, NULL);
}
