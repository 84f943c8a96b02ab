/*
 * The disk breaks, refuses to sync, or is full, at every operation in turn: every failure has a
 * sentence, nothing said to be saved is lost, what was refused is not there later - and on a full
 * disk there is room for one more request.
 */
#include "tests/fault/disk.h"
#include "tests/fault/station.h"

#include <sys/stat.h>

#define ROUNDS      160
#define MOMENTS     120
#define THINGS      12
#define WARM_THINGS 6

static const struct {
    enum disk_failure failure;
    const char *name;
} failures[] = {{DISK_IO_ONCE, "one error"},
                {DISK_IO_STAYS, "errors"},
                {DISK_SYNC_ONCE, "a failed sync"},
                {DISK_FULL, "a full disk"}};

static void open_or_fail(struct station *station)
{
    if (station_open(station) != STATUS_OK)
        fail_msg("does not open: %s", station->last.text);
}

static void expect_reason(struct station *station, enum status status)
{
    if (!disk_has_failed())
        fail_msg("%s without any reason: %s", status_name(status), station->last.text);
    if (status == STATUS_INTERNAL || station->last.text[0] == '\0')
        fail_msg("not a sentence for a clerk: %s: %s", status_name(status), station->last.text);
}

static void work(struct station *station, struct chance *chance, int things)
{
    for (int i = 0; i < things; i++) {
        station->last = (struct error){0};
        enum status status = station_work(station, chance);
        if (status != STATUS_OK)
            expect_reason(station, status);
    }
}

/* Opening is part of it: the failure may strike there. */
static void work_on_bad_disk(struct station *station, struct chance *chance,
                             enum disk_failure failure)
{
    disk_fail(failure, 1 + (long)chance_below(chance, MOMENTS));
    enum status status = station_open(station);
    if (status == STATUS_OK)
        work(station, chance, THINGS);
    else
        expect_reason(station, status);
    station_close(station);
}

static bool one_round(void **state, int round)
{
    struct station station;
    struct chance chance = {chance_round_seed(round)};
    size_t which = chance_below(&chance, COUNT_OF(failures));
    char name[32];

    snprintf(name, sizeof name, "home-%d", round);
    print_message("FAULT_SEED=%llu %s\n", (unsigned long long)chance_round_seed(round),
                  failures[which].name);
    station_make(&station, scratch_path(state, name));
    disk_attach(station.directory, &chance);
    open_or_fail(&station);
    work(&station, &chance, WARM_THINGS);
    station_close(&station);
    work_on_bad_disk(&station, &chance, failures[which].failure);
    bool struck = disk_has_failed();
    if (chance_one_in(&chance, 2))
        disk_lose_power();
    disk_heal();
    open_or_fail(&station);
    station_expect(&station);
    station_close(&station);
    disk_detach();
    nftw(station.directory, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return struck;
}

static void every_failure_is_told_and_nothing_is_lost(void **state)
{
    int rounds = chance_rounds(ROUNDS);
    int struck = 0;

    for (int round = 0; round < rounds; round++)
        struck += one_round(state, round);
    print_message("# %d rounds, %d failures struck\n", rounds, struck);
    assert_true(struck * 2 > rounds);
}

static bool reserve_is_there(const struct station *station)
{
    char path[PATH_MAX + 16];
    struct stat facts;

    snprintf(path, sizeof path, "%s/ballast", station->directory);
    return stat(path, &facts) == 0;
}

/* The first request takes the reserve; it is laid down again when there is room. */
static void a_full_disk_takes_one_more_request(void **state)
{
    struct station station;
    struct chance chance = {chance_seed()};
    struct error error = {0};
    struct seat seat;
    char id[48];

    station_make(&station, scratch_path(state, "home"));
    disk_attach(station.directory, &chance);
    open_or_fail(&station);
    assert_true(reserve_is_there(&station));
    seat = (struct seat){.home = station.home, .outbox = station.outbox, .reader = station.reader};
    disk_fail(DISK_FULL, 1);
    seat_ok(seat_try_raise(&seat, "address", "西乡 7", id, &error), &error);
    assert_true(disk_has_failed());
    assert_false(reserve_is_there(&station));
    disk_fail(DISK_FULL, 1);
    assert_int_equal(seat_try_raise(&seat, "address", "西乡 8", id, &error), STATUS_FULL);
    disk_heal();
    station_close(&station);
    open_or_fail(&station);
    assert_true(reserve_is_there(&station));
    station.may_be_more = true; /* the one that was saved, which this test did not write down */
    station_expect(&station);
    station_close(&station);
    disk_detach();
}

/* A sync that fails is believed: nothing more is saved by this process, and it says so. */
static void after_a_failed_sync_nothing_more_is_taken(void **state)
{
    struct chance chance = {chance_seed()};

    for (long moment = 1; moment <= 4; moment++) {
        struct station station;
        struct error error = {0};
        char id[48], name[32];
        snprintf(name, sizeof name, "home-%ld", moment);
        station_make(&station, scratch_path(state, name));
        disk_attach(station.directory, &chance);
        open_or_fail(&station);
        struct seat seat = {
            .home = station.home, .outbox = station.outbox, .reader = station.reader};
        disk_fail(DISK_SYNC_ONCE, moment);
        assert_int_equal(seat_try_raise(&seat, "address", "西乡 7", id, &error), STATUS_IO);
        assert_true(disk_has_failed());
        assert_int_equal(seat_try_raise(&seat, "address", "西乡 8", id, &error), STATUS_IO);
        assert_non_null(strstr(error.text, "start again"));
        disk_heal();
        station_close(&station);
        disk_detach();
    }
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(a_full_disk_takes_one_more_request),
        WITH_SCRATCH(after_a_failed_sync_nothing_more_is_taken),
        WITH_SCRATCH(every_failure_is_told_and_nothing_is_lost),
    };

    if (sql_start(NULL) != STATUS_OK)
        return 1;
    disk_register_vfs();
    return cmocka_run_group_tests_name("a disk that fails", tests, NULL, NULL);
}
