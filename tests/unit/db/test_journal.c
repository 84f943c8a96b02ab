#include "db/journal.h"
#include "tests/unit/db/seat.h"

static void drafts_belong_to_an_account(void **state)
{
    struct seat seat;
    struct error error = {0};
    json_t *form = seat_parse("{\"address\":\"西乡 2\"}");
    json_t *loaded = NULL;

    seat_make(&seat, scratch_path(state, "home"));
    assert_int_equal(draft_load(seat.reader, &seat_clerk, "population", SEAT_RECORD, &loaded, NULL),
                     STATUS_NOT_FOUND);
    seat_ok(draft_save(seat.outbox, &seat_clerk, "population", SEAT_RECORD, form, &error), &error);
    json_object_set_new(form, "address", json_string("西乡 3"));
    seat_ok(draft_save(seat.outbox, &seat_clerk, "population", SEAT_RECORD, form, &error), &error);
    seat_ok(draft_load(seat.reader, &seat_clerk, "population", SEAT_RECORD, &loaded, &error),
            &error);
    assert_true(json_equal(form, loaded));
    json_decref(loaded);
    assert_int_equal(
        draft_load(seat.reader, &seat_supervisor, "population", SEAT_RECORD, &loaded, NULL),
        STATUS_NOT_FOUND);
    seat_ok(draft_drop(seat.outbox, &seat_clerk, "population", SEAT_RECORD, &error), &error);
    assert_int_equal(draft_load(seat.reader, &seat_clerk, "population", SEAT_RECORD, &loaded, NULL),
                     STATUS_NOT_FOUND);
    seat_leave(&seat);
    json_decref(form);
}

static void settings_are_kept(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct buf value = {0};
    char long_text[5000];

    seat_make(&seat, scratch_path(state, "home"));
    assert_int_equal(setting_get(seat.reader, "clock.offset_ms", &value, NULL), STATUS_NOT_FOUND);
    seat_ok(setting_set(seat.outbox, "clock.offset_ms", "1", &error), &error);
    seat_ok(setting_set(seat.outbox, "clock.offset_ms", "-2500", &error), &error);
    seat_ok(setting_get(seat.reader, "clock.offset_ms", &value, &error), &error);
    assert_string_equal(buf_text(&value), "-2500");
    memset(long_text, 'x', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    assert_int_equal(setting_set(seat.outbox, "x", long_text, NULL), STATUS_TOO_LARGE);
    buf_release(&value);
    seat_leave(&seat);
}

static int64_t count_rows(struct seat *seat, const char *literal)
{
    struct stmt *stmt;
    bool row = false;

    assert_int_equal(sql_statement(reader_outbox(seat->reader), literal, &stmt, NULL), STATUS_OK);
    assert_int_equal(stmt_step(stmt, &row, NULL), STATUS_OK);
    int64_t count = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return count;
}

static void look_ups_are_written_down(void **state)
{
    struct seat seat;
    struct error error = {0};

    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(journal_lookup(seat.outbox, &seat_clerk, "open", SEAT_PERSON, NULL, &error), &error);
    seat_ok(journal_lookup(seat.outbox, &seat_clerk, "reveal", SEAT_PERSON, "counter", &error),
            &error);
    seat_ok(journal_verification(seat.outbox, &seat_clerk, SEAT_PERSON, "valid", &error), &error);
    assert_int_equal(count_rows(&seat, "SELECT count(*) FROM lookup WHERE account = 'li'"
                                       " AND at_ms > 0 AND object = '" SEAT_PERSON "'"),
                     2);
    assert_int_equal(count_rows(&seat, "SELECT count(*) FROM lookup WHERE action = 'reveal'"
                                       " AND purpose = 'counter'"),
                     1);
    assert_int_equal(count_rows(&seat, "SELECT count(*) FROM verification WHERE verdict = 'valid'"),
                     1);
    seat_leave(&seat);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(drafts_belong_to_an_account),
        WITH_SCRATCH(settings_are_kept),
        WITH_SCRATCH(look_ups_are_written_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
