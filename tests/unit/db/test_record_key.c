#include "db/record_key.h"
#include "tests/unit/base/support.h"

#define ENTRIES (RECORD_KEY_RECENT_MAX + 1000)

static void ok(enum status status)
{
    assert_int_equal(status, STATUS_OK);
}

static struct sql *make(void **state)
{
    struct sql *sql = NULL;
    const struct sql_options options = {.path = scratch_path(state, "keys.db"),
                                        .role = SQL_WRITER,
                                        .application_id = 0x48554C54u,
                                        .user_version_max = 1};

    ok(sql_open(&options, &sql, NULL));
    ok(sql_exec(sql, record_key_schema, NULL));
    ok(sql_begin(sql, NULL));
    return sql;
}

static int64_t one_int(struct sql *sql, const char *literal, int64_t value)
{
    struct stmt *stmt;
    bool row = false;

    ok(sql_statement(sql, literal, &stmt, NULL));
    stmt_bind_int(stmt, 1, value);
    ok(stmt_step(stmt, &row, NULL));
    int64_t number = row ? stmt_int(stmt, 0) : -1;
    stmt_reset(stmt);
    return number;
}

static int64_t find(struct sql *sql, int64_t hash)
{
    return one_int(sql, "SELECT record FROM " RECORD_BY_KEY, hash);
}

static int64_t moved(struct sql *sql)
{
    return one_int(sql, "SELECT count(*) FROM record_key WHERE hash >= ?1", 0);
}

/* In no order, none twice. */
static int64_t hash_of(int64_t record)
{
    return record * 7919 % 1000003;
}

static int64_t fill(struct sql *sql, int64_t count)
{
    int64_t recent = 0;

    for (int64_t record = 1; record <= count; record++)
        ok(record_key_add(sql, hash_of(record), record, &recent, NULL));
    ok(record_key_settle(sql, &recent, NULL));
    return recent;
}

static void few_stay_where_they_are(void **state)
{
    struct sql *sql = make(state);

    assert_int_equal(fill(sql, 10), 10);
    assert_int_equal(moved(sql), 0);
    assert_int_equal(find(sql, hash_of(7)), 7);
    assert_int_equal(find(sql, hash_of(11)), -1);
    sql_close(sql);
}

static void many_are_moved_and_found(void **state)
{
    struct sql *sql = make(state);
    int64_t recent = fill(sql, ENTRIES);

    assert_int_equal(recent, 0);
    assert_int_equal(moved(sql), ENTRIES);
    ok(record_key_add(sql, hash_of(ENTRIES + 1), ENTRIES + 1, &recent, NULL));
    assert_int_equal(recent, 1);
    assert_int_equal(find(sql, hash_of(1)), 1);
    assert_int_equal(find(sql, hash_of(ENTRIES)), ENTRIES);
    assert_int_equal(find(sql, hash_of(ENTRIES + 1)), ENTRIES + 1);
    sql_close(sql);
}

static void removed_from_where_they_are(void **state)
{
    struct sql *sql = make(state);
    int64_t recent = fill(sql, ENTRIES);
    int64_t counted = -1;

    ok(record_key_add(sql, hash_of(ENTRIES + 1), ENTRIES + 1, &recent, NULL));
    ok(record_key_remove(sql, hash_of(1), 1, &recent, NULL));
    assert_int_equal(recent, 1);
    ok(record_key_remove(sql, hash_of(ENTRIES + 1), ENTRIES + 1, &recent, NULL));
    assert_int_equal(recent, 0);
    assert_int_equal(find(sql, hash_of(1)), -1);
    assert_int_equal(find(sql, hash_of(ENTRIES + 1)), -1);
    ok(record_key_add(sql, hash_of(1), 1, &recent, NULL));
    ok(record_key_count(sql, &counted, NULL));
    assert_int_equal(counted, recent);
    ok(record_key_remove_all(sql, &recent, NULL));
    assert_int_equal(recent, 0);
    assert_int_equal(find(sql, hash_of(1)), -1);
    assert_int_equal(find(sql, hash_of(2)), -1);
    sql_close(sql);
}

/* Spread over 63 bits, as hashes are. */
static int64_t spread(int64_t i)
{
    uint64_t mixed = (uint64_t)i * 0x9E3779B97F4A7C15u;

    mixed ^= mixed >> 32;
    return (int64_t)(mixed * 0xD6E8FEB86659FD93u >> 1);
}

static void the_filter_forgets_nothing(void **state)
{
    struct key_filter *filter = key_filter_new();
    int64_t wrong = 0;

    (void)state;
    assert_non_null(filter);
    assert_false(key_filter_may_hold(filter, 0));
    for (int64_t i = 0; i < 100000; i++)
        key_filter_add(filter, spread(i));
    for (int64_t i = 0; i < 100000; i++)
        assert_true(key_filter_may_hold(filter, spread(i)));
    for (int64_t i = 100000; i < 200000; i++)
        wrong += key_filter_may_hold(filter, spread(i));
    assert_in_range(wrong, 0, 1000);
    key_filter_free(filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(few_stay_where_they_are, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(many_are_moved_and_found, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(removed_from_where_they_are, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test(the_filter_forgets_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
