/* Rows on their way between two threads: all of them, in order, bounded, and a failure stops both
 * sides. */
#include "sync/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MANY 20000

struct written {
    int rows, damaged, pages, made;
    int fail_at; /* this row cannot be written; 0: all can */
    bool disorder;
    char last_seq[32];
    /* set by the test's own thread */
    atomic_bool *hold; /* the writer waits as long as this is true */
};

/* As pull makes them: a size, for which the address must be suitable, and bytes. */
struct made {
    int64_t number;
    char text[5];
};

static bool is_made(const struct couch_row *row, int number)
{
    const struct made *made = row->ready;
    return !row->body && made->number == number && strcmp(made->text, "made") == 0 &&
           strcmp(row->since, "\"7\"") == 0 && row->ready_size == sizeof(*made);
}

static enum status write_row(void *context, const struct couch_row *row, struct error *error)
{
    struct written *written = context;
    char expected[32];
    while (written->hold && atomic_load(written->hold))
        continue;
    if (++written->rows == written->fail_at)
        return error_set(error, STATUS_FULL, "the disk is full");
    if (row->id) {
        snprintf(expected, sizeof(expected), "row%d", written->rows);
        written->disorder = written->disorder || strcmp(row->id, expected) != 0 ||
                            strcmp(row->rev, "1-a") != 0 || row->text != NULL ||
                            (row->ready && !is_made(row, written->rows));
        written->made += row->ready != NULL;
        return STATUS_OK;
    }
    snprintf(expected, sizeof(expected), "damaged %d", written->rows);
    written->damaged++;
    written->disorder = written->disorder || row->length != strlen(expected) ||
                        memcmp(row->text, expected, row->length) != 0 ||
                        strcmp(row->reason, "because") != 0;
    return STATUS_OK;
}

static enum status write_page(void *context, const struct relay_page *page, struct error *error)
{
    struct written *written = context;
    (void)error;
    written->pages++;
    snprintf(written->last_seq, sizeof(written->last_seq), "%s", page->last_seq);
    return STATUS_OK;
}

static struct relay *start(struct written *written)
{
    const struct relay_writer writer = {written, write_row, write_page};
    struct relay *relay = NULL;
    assert_int_equal(relay_start(&writer, &relay, NULL), STATUS_OK);
    return relay;
}

/* Everything in it is gone when the call returns, as after couch_changes(). */
static enum status give_row(struct relay *relay, int number, struct error *error)
{
    char id[32];
    snprintf(id, sizeof(id), "row%d", number);
    json_t *value = json_pack("{s:s, s:s}", "id", id, "rev", "1-a");
    const struct couch_row row = {.id = json_text(value, "id", NULL),
                                  .rev = json_text(value, "rev", NULL),
                                  .value = value,
                                  .text = id,
                                  .length = strlen(id)};
    enum status status = relay_row(relay, &row, error);
    json_decref(value);
    return status;
}

static enum status give_plain(struct relay *relay, int number)
{
    struct made made = {number, "made"};
    char id[32], rev[] = "1-a", since[] = "\"7\"";
    snprintf(id, sizeof(id), "row%d", number);
    const struct couch_row row = {.id = id,
                                  .rev = rev,
                                  .since = since,
                                  .body = "{}",
                                  .body_length = 2,
                                  .text = id,
                                  .length = strlen(id),
                                  .ready = &made,
                                  .ready_size = sizeof(made)};
    enum status status = relay_row(relay, &row, NULL);
    memset(id, 'x', sizeof(id));
    memset(rev, 'x', sizeof(rev));
    memset(since, 'x', sizeof(since));
    memset(&made, 'x', sizeof(made));
    return status;
}

static enum status give_damaged(struct relay *relay, int number)
{
    char text[32], reason[] = "because";
    snprintf(text, sizeof(text), "damaged %d", number);
    const struct couch_row row = {.text = text, .length = strlen(text), .reason = reason};
    enum status status = relay_row(relay, &row, NULL);
    memset(text, 'x', sizeof(text));
    memset(reason, 'x', sizeof(reason));
    return status;
}

static void test_everything_in_order(void **state)
{
    (void)state;
    struct written written = {0};
    struct relay *relay = start(&written);
    for (int i = 1; i <= MANY; i++) {
        assert_int_equal(i % 100 == 0 ? give_damaged(relay, i)
                         : i % 3 == 0 ? give_plain(relay, i)
                                      : give_row(relay, i, NULL),
                         STATUS_OK);
        if (i % 3000 == 0) {
            char seq[32];
            snprintf(seq, sizeof(seq), "\"%d-x\"", i);
            const struct relay_page page = {.last_seq = seq};
            assert_int_equal(relay_page(relay, &page, NULL), STATUS_OK);
            memset(seq, 'x', sizeof(seq));
        }
    }
    assert_int_equal(relay_end(relay, false, NULL), STATUS_OK);
    assert_false(written.disorder);
    assert_int_equal(written.rows, MANY);
    assert_int_equal(written.damaged, MANY / 100);
    assert_int_equal(written.made, MANY / 3 - MANY / 300);
    assert_int_equal(written.pages, MANY / 3000);
    assert_string_equal(written.last_seq, "\"18000-x\"");
}

static void test_failure_of_the_writer(void **state)
{
    (void)state;
    struct written written = {.fail_at = 1000};
    struct relay *relay = start(&written);
    struct error error = {0};
    enum status status = STATUS_OK;
    int given = 0;
    while (status == STATUS_OK && given < MANY)
        status = give_row(relay, ++given, &error);
    assert_int_equal(status, STATUS_FULL);
    assert_string_equal(error.text, "the disk is full");
    assert_true(given < MANY);
    error = (struct error){0};
    assert_int_equal(relay_end(relay, false, &error), STATUS_FULL);
    assert_string_equal(error.text, "the disk is full");
    assert_int_equal(written.rows, 1000); /* nothing was tried after it */
    assert_int_equal(written.pages, 0);
}

/* The failure comes when nobody gives anything any more. */
static void test_failure_at_the_end(void **state)
{
    (void)state;
    struct written written = {.fail_at = 5};
    struct relay *relay = start(&written);
    for (int i = 1; i <= 10; i++)
        assert_int_equal(give_row(relay, i, NULL), STATUS_OK);
    assert_int_equal(relay_end(relay, false, NULL), STATUS_FULL);
    assert_int_equal(written.rows, 5);
}

static void test_drop(void **state)
{
    (void)state;
    atomic_bool hold = true;
    struct written written = {.hold = &hold};
    struct relay *relay = start(&written);
    for (int i = 1; i <= 500; i++)
        assert_int_equal(give_row(relay, i, NULL), STATUS_OK);
    atomic_store(&hold, false);
    assert_int_equal(relay_end(relay, true, NULL), STATUS_OK);
    assert_false(written.disorder);
    assert_true(written.rows <= 500);
    assert_int_equal(written.pages, 0);
}

/* A row of a megabyte goes through although it fills all there is. */
static void test_large_rows(void **state)
{
    (void)state;
    struct written written = {0};
    struct relay *relay = start(&written);
    for (int i = 1; i <= 20; i++) {
        char id[32];
        snprintf(id, sizeof(id), "row%d", i);
        json_t *value = json_pack("{s:s, s:s}", "id", id, "rev", "1-a");
        const struct couch_row row = {.id = json_text(value, "id", NULL),
                                      .rev = json_text(value, "rev", NULL),
                                      .value = value,
                                      .text = id,
                                      .length = LINES_ROW_MAX};
        assert_int_equal(relay_row(relay, &row, NULL), STATUS_OK);
        json_decref(value);
    }
    assert_int_equal(relay_end(relay, false, NULL), STATUS_OK);
    assert_false(written.disorder);
    assert_int_equal(written.rows, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_in_order), cmocka_unit_test(test_failure_of_the_writer),
        cmocka_unit_test(test_failure_at_the_end),  cmocka_unit_test(test_drop),
        cmocka_unit_test(test_large_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
