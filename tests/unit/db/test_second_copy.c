/* What outbox.log is for after years: kept short, and still enough to build the outbox again. */
#include "base/clock.h"
#include "base/file.h"
#include "db/account.h"
#include "tests/unit/db/seat.h"

#include <sys/stat.h>
#include <unistd.h>

static int64_t one_int(struct seat *seat, const char *literal)
{
    struct error error = {0};
    int64_t value = -1;

    seat_ok(sql_integer(reader_outbox(seat->reader), literal, &value, &error), &error);
    return value;
}

static off_t log_size(const struct seat *seat)
{
    char path[PATH_MAX + 16];
    struct stat facts;

    snprintf(path, sizeof path, "%s/outbox.log", seat->directory);
    assert_int_equal(stat(path, &facts), 0);
    return facts.st_size;
}

static void run_sql(struct seat *seat, const char *script)
{
    struct error error = {0};
    struct sql *sql = outbox_lock(seat->outbox);

    seat_ok(sql_exec(sql, script, &error), &error);
    outbox_unlock(seat->outbox);
}

static void compact(struct seat *seat)
{
    struct error error = {0};

    (void)outbox_lock(seat->outbox);
    seat_ok(outbox_compact(seat->outbox, &error), &error);
    outbox_unlock(seat->outbox);
}

static void act(struct seat *seat, const struct session *session, const char *id,
                const char *action, const char *note)
{
    struct error error = {0};

    seat_ok(request_act(seat->outbox, session, id, action, note, &error), &error);
}

/* As if the upstream had everything, and `days` had passed. */
static void deliver(struct seat *seat, int days)
{
    char script[256];

    snprintf(script, sizeof script,
             "UPDATE request_event SET acknowledged = 1; UPDATE request SET unsent = 0,"
             " upstream_rev = '3-a', last_event_ms = %lld",
             (long long)(clock_wall_ms() - days * 86400000LL));
    run_sql(seat, script);
}

static void lose_database(struct seat *seat)
{
    static const char *const names[] = {"outbox.db", "outbox.db-wal", "outbox.db-shm"};
    char directory[PATH_MAX], path[PATH_MAX + 32];

    snprintf(directory, sizeof directory, "%s", seat->directory);
    seat_leave(seat);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        (void)unlink(path);
    }
    seat_sit(seat, directory);
}

static void what_is_settled_leaves_and_the_rest_stays(void **state)
{
    struct seat seat;
    char withdrawn[48], open[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", withdrawn);
    act(&seat, &seat_clerk, withdrawn, "withdraw", "typed wrongly");
    deliver(&seat, 40);
    seat_raise(&seat, "西乡 3", open);
    off_t before = log_size(&seat);
    compact(&seat);
    assert_true(log_size(&seat) < before);
    int64_t mono = one_int(&seat, "SELECT value FROM setting WHERE key = 'event.mono'");

    lose_database(&seat);
    assert_int_equal(one_int(&seat, "SELECT count(*) FROM request"), 1);
    assert_int_equal(one_int(&seat, "SELECT count(*) FROM request WHERE state = 'pending_review'"),
                     1);
    assert_int_equal(one_int(&seat, "SELECT value FROM setting WHERE key = 'event.mono'"), mono);
    act(&seat, &seat_supervisor, open, "approve", NULL);
    seat_leave(&seat);
}

/* Not delivered, not final, or not long ago: each is reason enough to stay. */
static void what_is_not_settled_stays(void **state)
{
    struct seat seat;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    deliver(&seat, 40); /* not final */
    seat_raise(&seat, "西乡 3", id);
    act(&seat, &seat_clerk, id, "withdraw", "typed wrongly"); /* not delivered */
    compact(&seat);
    lose_database(&seat);
    assert_int_equal(one_int(&seat, "SELECT count(*) FROM request"), 2);
    deliver(&seat, 10); /* not long ago */
    compact(&seat);
    lose_database(&seat);
    assert_int_equal(one_int(&seat, "SELECT count(*) FROM request"), 2);
    assert_int_equal(one_int(&seat, "SELECT count(*) FROM request_event"), 3);
    seat_leave(&seat);
}

static void only_the_last_form_of_an_account_stays(void **state)
{
    struct seat seat;
    struct error error = {0};

    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(account_add(seat.outbox, "zhou", ACCOUNT_CLERK, "a passphrase", &error), &error);
    seat_ok(account_set_locked(seat.outbox, "zhou", true, &error), &error);
    off_t before = log_size(&seat);
    compact(&seat);
    assert_true(log_size(&seat) < before);
    lose_database(&seat);
    assert_int_equal(one_int(&seat, "SELECT locked FROM account WHERE name = 'zhou'"), 1);
    seat_leave(&seat);
}

/* A crash while the log is made shorter: the database stands for nothing of it, the log is the old
 * one or the new one, and perhaps a half-written one lies beside it. */
static void a_crash_while_it_is_made_shorter_is_no_damage(void **state)
{
    struct seat seat;
    char id[48], path[PATH_MAX + 32];
    struct error error = {0};

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    run_sql(&seat, "UPDATE setting SET value = '0' WHERE key = 'log.length'");
    snprintf(path, sizeof path, "%s/outbox.log.new", seat.directory);
    seat_ok(file_replace(path, "0123456789abcdef {\"en", 21, &error), &error);
    char directory[PATH_MAX];
    snprintf(directory, sizeof directory, "%s", seat.directory);
    seat_leave(&seat);
    seat_sit(&seat, directory);
    assert_int_equal(outbox_health(seat.outbox, NULL), STATUS_OK);
    assert_int_equal(outbox_replayed(seat.outbox), 0);
    assert_int_equal(one_int(&seat, "SELECT count(*) FROM request"), 1);
    compact(&seat);
    assert_false(file_exists(path));
    seat_leave(&seat);
}

static void a_copy_that_cannot_be_written_leaves_the_old_one(void **state)
{
    struct seat seat;
    char id[48], path[PATH_MAX + 32];
    struct error error = {0};

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    snprintf(path, sizeof path, "%s/outbox.log.new", seat.directory);
    seat_ok(file_make_directory(path, &error), &error);
    (void)outbox_lock(seat.outbox);
    assert_int_not_equal(outbox_compact(seat.outbox, &error), STATUS_OK);
    outbox_unlock(seat.outbox);
    assert_true(strlen(error.text) > 0);
    seat_raise(&seat, "西乡 3", id);
    lose_database(&seat);
    assert_int_equal(one_int(&seat, "SELECT count(*) FROM request"), 2);
    seat_leave(&seat);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(what_is_settled_leaves_and_the_rest_stays),
        WITH_SCRATCH(what_is_not_settled_stays),
        WITH_SCRATCH(only_the_last_form_of_an_account_stays),
        WITH_SCRATCH(a_crash_while_it_is_made_shorter_is_no_damage),
        WITH_SCRATCH(a_copy_that_cannot_be_written_leaves_the_old_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
