/*
 * cache.db is damaged on the disk while a window has it open: who meets the damage says so, the
 * next synchronisation puts a new file in its place and fills it, and the window goes on with that.
 */
#include "db/cache.h"
#include "db/overview.h"
#include "tests/e2e/rig.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PEOPLE_COUNT 600
#define PAGE         8192 /* of cache.db */

static void damage(const struct seat *seat)
{
    char path[160], junk[PAGE];
    off_t size;

    memset(junk, '#', sizeof junk);
    snprintf(path, sizeof path, "%s/cache.db", seat->directory);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    size = lseek(fd, 0, SEEK_END);
    assert_true(size > 8 * PAGE);
    for (off_t at = PAGE; at < size; at += PAGE)
        assert_int_equal(pwrite(fd, junk, PAGE, at), PAGE);
    close(fd);
}

static int count_kept(const struct seat *seat)
{
    int count = 0;
    struct dirent *entry;
    DIR *listing = opendir(seat->directory);

    assert_non_null(listing);
    while ((entry = readdir(listing)) != NULL)
        count += strncmp(entry->d_name, "cache.db.bad-", 13) == 0;
    closedir(listing);
    return count;
}

static enum status read_names(struct seat *seat, struct error *error)
{
    int64_t length = 0;

    return sql_integer(reader_cache(seat->reader), "SELECT sum(length(name)) FROM record", &length,
                       error);
}

static void start(struct rig *rig, struct seat *seat)
{
    rig_start(rig, SERVER_FIXTURE, NULL);
    rig_create(rig, REQUESTS);
    rig_load_people(rig, 0, PEOPLE_COUNT);
    seat_open(rig, seat, "desk", "li", ACCOUNT_CLERK);
    seat_sync(seat, STATUS_OK);
}

static void stop(struct rig *rig, struct seat *seat)
{
    seat_close(seat);
    rig_stop(rig);
}

static void damage_met_by_a_window_is_healed_while_it_is_open(void **state)
{
    struct rig rig;
    struct seat seat;
    struct error error = {0};
    char id[48];

    (void)state;
    start(&rig, &seat);
    seat_raise(&seat, 3, "南村1号", id);
    damage(&seat);
    reader_close(seat.reader);
    seat.reader = NULL;
    if (reader_open(seat.home, &seat.reader, &error) == STATUS_OK)
        assert_int_equal(read_names(&seat, &error), STATUS_CORRUPT);
    assert_non_null(strstr(error.text, "damaged"));
    if (seat.reader)
        (void)reader_cache(seat.reader); /* the next thing anybody asks */
    else
        home_suspect_cache(seat.home);
    assert_true(home_cache_is_suspect(seat.home));

    seat_sync(&seat, STATUS_OK);
    assert_false(home_cache_is_suspect(seat.home));
    assert_int_equal(read_names(&seat, &error), STATUS_OK);
    seat_expect_upstream(&seat);
    seat_expect_request(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    assert_int_equal(count_kept(&seat), 0); /* the new one is complete */
    stop(&rig, &seat);
}

/* Without the upstream the damaged file is kept, and the start page says what is going on. */
static void a_damaged_file_is_kept_until_the_new_one_is_complete(void **state)
{
    struct rig rig;
    struct seat seat;
    struct overview *overview = NULL;

    (void)state;
    start(&rig, &seat);
    damage(&seat);
    home_suspect_cache(seat.home);
    rig_kill_server(&rig);
    seat_sync(&seat, STATUS_OFFLINE);
    assert_true(count_kept(&seat) > 0);
    assert_int_equal(overview_read(seat.reader, NULL, &overview, NULL), STATUS_OK);
    assert_int_equal(overview->notice_count, 1);
    overview_free(overview);
    rig_start_server(&rig);
    seat_sync(&seat, STATUS_OK);
    assert_int_equal(count_kept(&seat), 0);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

static void a_repair_replaces_what_is_damaged(void **state)
{
    struct rig rig;
    struct seat seat;

    (void)state;
    start(&rig, &seat);
    damage(&seat);
    home_suspect_cache(seat.home);
    bool renewed = false;
    sync_free(seat.sync);
    seat.sync = NULL;
    assert_int_equal(cache_repair(seat.home, &renewed, NULL), STATUS_OK);
    assert_true(renewed);
    assert_int_equal(sync_new(seat.home, seat.outbox, &seat.sync, NULL), STATUS_OK);
    seat_sync(&seat, STATUS_OK);
    seat_expect_upstream(&seat);
    stop(&rig, &seat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_met_by_a_window_is_healed_while_it_is_open),
        cmocka_unit_test(a_damaged_file_is_kept_until_the_new_one_is_complete),
        cmocka_unit_test(a_repair_replaces_what_is_damaged),
    };

    if (sql_start(NULL) != STATUS_OK)
        return 1;
    return cmocka_run_group_tests_name("a damaged cache", tests, NULL, NULL);
}
