/* Watching over a real upstream: what arrives is told once, whatever happens to the cache and to
 * the program in between; a decision made elsewhere reaches the maker. */
#include "db/notice.h"
#include "db/watch.h"
#include "tests/e2e/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WATCHED 7

static void expect_ok(enum status status, const struct error *error)
{
    if (status != STATUS_OK)
        fail_msg("%s: %s", status_name(status), error->text);
}

static void start(struct rig *rig, struct seat *seat)
{
    char id[32];
    struct error error = {0};

    rig_start(rig, SERVER_FIXTURE, NULL);
    rig_load_people(rig, 0, 300);
    seat_open(rig, seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(seat, STATUS_OK);
    rig_person_id(WATCHED, id);
    expect_ok(watch_add(seat->outbox, seat->reader, &seat->session, WATCH_PERSON,
                        id + strlen("person:"), NULL, &error),
              &error);
}

static void stop(struct rig *rig, struct seat *seat)
{
    seat_close(seat);
    rig_stop(rig);
}

static struct notice_list *notices(struct seat *seat)
{
    const struct notice_filter filter = {0};
    struct notice_list *list = NULL;
    struct error error = {0};

    expect_ok(notice_read(seat->reader, &seat->session, &filter, &list, &error), &error);
    return list;
}

static void expect_notices(struct seat *seat, size_t count)
{
    struct notice_list *list = notices(seat);

    for (size_t i = 0; list->count != count && i < list->count; i++)
        print_error("%s\n", list->items[i].sentence);
    assert_int_equal(list->count, count);
    notice_list_free(list);
}

static void expect_newest(struct seat *seat, const char *kind, const char *words)
{
    struct notice_list *list = notices(seat);

    assert_true(list->count > 0);
    assert_string_equal(list->items[0].kind, kind);
    assert_non_null(strstr(list->items[0].sentence, words));
    notice_list_free(list);
}

static void test_what_arrives_is_told(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char rev[COUCH_REV_MAX];
    start(&rig, &seat);
    rig_change_person(&rig, WATCHED + 1, "somewhere", rev); /* nobody watches that one */
    rig_change_person(&rig, WATCHED, "东村700号", rev);
    seat_sync(&seat, STATUS_OK);
    expect_notices(&seat, 1);
    expect_newest(&seat, "record_changed", "测试7");
    rig_change_person(&rig, WATCHED, NULL, rev);
    seat_sync(&seat, STATUS_OK);
    expect_notices(&seat, 2);
    expect_newest(&seat, "record_removed", "测试7");
    seat_sync(&seat, STATUS_OK);
    expect_notices(&seat, 2);
    stop(&rig, &seat);
}

static void remove_cache(struct seat *seat)
{
    static const char *const files[] = {"cache.db", "cache.db-wal", "cache.db-shm"};
    char path[160];

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", seat->directory, files[i]);
        (void)unlink(path);
    }
}

static void test_nothing_is_told_twice(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    char rev[COUCH_REV_MAX];
    const struct sync_options everything = {.full = true};
    start(&rig, &seat);
    sync_report_free(seat_sync_report(&seat, &everything, STATUS_OK));
    expect_notices(&seat, 0);
    seat_close(&seat);
    remove_cache(&seat);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    /* The first half of the new cache: he is not there, and not deleted. */
    rig_fault(&rig,
              "{\"kind\":\"cut\",\"path\":\"/" PEOPLE "/_changes\",\"bytes\":2000,\"count\":1}");
    seat_sync(&seat, STATUS_OFFLINE);
    expect_notices(&seat, 0);
    rig_forget_faults(&rig);
    seat_sync(&seat, STATUS_OK);
    expect_notices(&seat, 0);
    /* A change while there was no cache at all is told all the same. */
    seat_close(&seat);
    remove_cache(&seat);
    rig_change_person(&rig, WATCHED, "东村800号", rev);
    seat_open(&rig, &seat, "a", "lin", ACCOUNT_CLERK);
    seat_sync(&seat, STATUS_OK);
    expect_notices(&seat, 1);
    stop(&rig, &seat);
}

/* The database is made anew with the same people: other revisions at most. */
static void test_a_recreated_database_is_no_news(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat;
    start(&rig, &seat);
    rig_drop(&rig, PEOPLE);
    rig_create(&rig, PEOPLE);
    rig_load_people(&rig, 0, 300);
    seat_sync(&seat, STATUS_OK);
    expect_notices(&seat, 0);
    stop(&rig, &seat);
}

static void test_a_decision_reaches_the_maker(void **state)
{
    (void)state;
    struct rig rig;
    struct seat seat, office;
    char id[48];
    start(&rig, &seat);
    seat_open(&rig, &office, "b", "wang", ACCOUNT_SUPERVISOR);
    seat_raise(&seat, WATCHED, "东村900号", id);
    seat_sync(&seat, STATUS_OK);
    seat_sync(&office, STATUS_OK);
    seat_act(&office, id, "return");
    seat_sync(&office, STATUS_OK);
    expect_notices(&office, 0);
    expect_notices(&seat, 0);
    seat_sync(&seat, STATUS_OK);
    expect_notices(&seat, 1);
    expect_newest(&seat, "request_returned", "wang");
    seat_sync(&seat, STATUS_OK);
    expect_notices(&seat, 1);
    seat_close(&office);
    stop(&rig, &seat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_arrives_is_told),
        cmocka_unit_test(test_nothing_is_told_twice),
        cmocka_unit_test(test_a_recreated_database_is_no_news),
        cmocka_unit_test(test_a_decision_reaches_the_maker),
    };
    if (sql_start(NULL) != STATUS_OK)
        return 1;
    return cmocka_run_group_tests_name("watching", tests, NULL, NULL);
}
