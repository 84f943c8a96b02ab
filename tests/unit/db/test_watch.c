/* Watching: told of every change once, across restarts, rebuilt caches and half-read datasets. */
#include "db/notice.h"
#include "db/request.h"
#include "db/sql.h"
#include "db/watch.h"
#include "tests/unit/db/village.h"

#define ZHANG "990106199003077635"
#define WANG  "990106198507123421"
#define USCC  "91990106MA5L2K4N7X"

static void put_zhang(struct village *village, const char *rev, const char *phone,
                      const char *address)
{
    char text[512];

    snprintf(text, sizeof text,
             "{\"_id\":\"person:" ZHANG "\",\"_rev\":\"%s\",\"id_number\":\"" ZHANG "\","
             "\"name\":\"张文涛\",\"sex\":\"1\",\"phone\":\"%s\",\"address\":\"%s\"}",
             rev, phone, address);
    (void)village_put(village, "population", text);
}

/* The feed of a dataset has been read to its end, or is at the start again. */
static void read_to_end(struct village *village, const char *dataset, bool complete,
                        const char *word)
{
    char database[64];
    struct error error = {0};

    snprintf(database, sizeof database, "%s-990106001", dataset);
    const struct feed_position position = {.database = database,
                                           .dataset = dataset,
                                           .since = "\"1\"",
                                           .contact_ms = clock_wall_ms(),
                                           .complete = complete,
                                           .state = word};
    village_ok(cache_begin(village->cache, &error), &error);
    village_ok(cache_set_position(village->cache, &position, &error), &error);
    village_ok(cache_commit(village->cache, &error), &error);
}

static void village_begin(void **state, struct village *village)
{
    village_make(village, scratch_path(state, "home"));
    put_zhang(village, "1-a", "15499001234", "西乡村1组");
    read_to_end(village, "population", true, "ok");
    read_to_end(village, "death", true, "ok");
}

static void watch_zhang(struct village *village)
{
    struct error error = {0};
    bool added = false;

    village_ok(watch_add(village->outbox, village->reader, &village_clerk, WATCH_PERSON, ZHANG,
                         &added, &error),
               &error);
    assert_true(added);
}

static int64_t look(struct village *village)
{
    struct error error = {0};
    int64_t raised = -1;

    village_ok(watch_look(village->outbox, village->reader, &raised, &error), &error);
    return raised;
}

/* The newest notice for the clerk. */
static void newest(struct village *village, struct notice_list **list)
{
    const struct notice_filter filter = {.with_seen = true};
    struct error error = {0};

    village_ok(notice_read(village->reader, &village_clerk, &filter, list, &error), &error);
    assert_true((*list)->count > 0);
}

static void test_a_change_is_named(void **state)
{
    struct village village;
    struct notice_list *list = NULL;

    village_begin(state, &village);
    watch_zhang(&village);
    assert_int_equal(look(&village), 0);
    put_zhang(&village, "2-b", "15499009999", "西乡村2组");
    assert_int_equal(look(&village), 1);
    newest(&village, &list);
    assert_string_equal(list->items[0].kind, "record_changed");
    assert_non_null(strstr(list->items[0].sentence, "张文涛"));
    assert_non_null(strstr(list->items[0].sentence, "phone"));
    assert_non_null(strstr(list->items[0].sentence, "address"));
    assert_null(strstr(list->items[0].sentence, "15499009999")); /* what, not to what */
    assert_string_equal(list->items[0].record, "person:" ZHANG);
    assert_string_equal(list->items[0].subject, ZHANG);
    notice_list_free(list);
    assert_int_equal(look(&village), 0); /* once */
    put_zhang(&village, "3-c", "15499001234", "西乡村1组");
    assert_int_equal(look(&village), 1); /* and back again is another change */
    put_zhang(&village, "4-d", "15499009999", "西乡村2组");
    assert_int_equal(look(&village), 1);
    village_leave(&village);
}

static void test_another_revision_is_no_change(void **state)
{
    struct village village;

    village_begin(state, &village);
    watch_zhang(&village);
    put_zhang(&village, "2-b", "15499001234", "西乡村1组");
    assert_int_equal(look(&village), 0);
    village_leave(&village);
}

static void test_appearing_and_being_deleted(void **state)
{
    struct village village;
    struct notice_list *list = NULL;

    village_begin(state, &village);
    watch_zhang(&village);
    assert_true(village_put(&village, "death",
                            "{\"_id\":\"d:1\",\"id_number\":\"" ZHANG "\",\"name\":\"张文涛\"}"));
    assert_int_equal(look(&village), 1);
    newest(&village, &list);
    assert_string_equal(list->items[0].kind, "record_added");
    notice_list_free(list);
    assert_true(village_delete(&village, "population", "person:" ZHANG));
    assert_int_equal(look(&village), 1);
    newest(&village, &list);
    assert_string_equal(list->items[0].kind, "record_removed");
    assert_int_equal(list->items[0].severity, NOTICE_WARNING);
    assert_non_null(strstr(list->items[0].sentence, "张文涛")); /* nobody else says it any more */
    notice_list_free(list);
    assert_int_equal(look(&village), 0);
    village_leave(&village);
}

static void purge(struct village *village, const char *dataset)
{
    struct error error = {0};
    int64_t purged = 0;

    village_ok(cache_begin(village->cache, &error), &error);
    village_ok(cache_purge(village->cache, dataset, &purged, &error), &error);
    village_ok(cache_commit(village->cache, &error), &error);
}

/* The cache is thrown away and filled again, and looked at in between. */
static void test_a_rebuilt_cache_is_no_news(void **state)
{
    struct village village;

    village_begin(state, &village);
    watch_zhang(&village);
    purge(&village, "population");
    read_to_end(&village, "population", false, "ok");
    assert_int_equal(look(&village), 0); /* not deleted: not here yet */
    put_zhang(&village, "1-a", "15499001234", "西乡村1组");
    read_to_end(&village, "population", true, "ok");
    assert_int_equal(look(&village), 0);
    put_zhang(&village, "2-b", "15499009999", "西乡村1组");
    assert_int_equal(look(&village), 1); /* what changed meanwhile is told */
    village_leave(&village);
}

static void test_access_withdrawn_is_no_deletion(void **state)
{
    struct village village;

    village_begin(state, &village);
    watch_zhang(&village);
    purge(&village, "population");
    read_to_end(&village, "population", true, "withdrawn");
    assert_int_equal(look(&village), 0);
    put_zhang(&village, "9-z", "15499001234", "西乡村1组");
    read_to_end(&village, "population", true, "ok");
    assert_int_equal(look(&village), 0);
    village_leave(&village);
}

/* Marked in the middle of the first exchange: what comes with the rest of it is not new. */
static void test_what_was_not_read_yet_is_no_news(void **state)
{
    struct village village;

    village_begin(state, &village);
    read_to_end(&village, "death", false, "ok");
    watch_zhang(&village);
    assert_true(village_put(&village, "death",
                            "{\"_id\":\"d:1\",\"id_number\":\"" ZHANG "\",\"name\":\"张文涛\"}"));
    read_to_end(&village, "death", true, "ok");
    assert_int_equal(look(&village), 0);
    assert_true(village_put(&village, "death",
                            "{\"_id\":\"d:2\",\"id_number\":\"" ZHANG "\",\"name\":\"张文涛\"}"));
    assert_int_equal(look(&village), 1);
    village_leave(&village);
}

static void test_marks_outlive_the_program(void **state)
{
    struct village village;
    struct error error = {0};
    bool watched = false;

    village_begin(state, &village);
    watch_zhang(&village);
    outbox_close(village.outbox);
    village_ok(outbox_open(village.home, &village.outbox, &error), &error);
    put_zhang(&village, "2-b", "15499001234", "西乡村7组");
    assert_int_equal(look(&village), 1);
    village_ok(watch_is(village.reader, &village_clerk, WATCH_PERSON, ZHANG, &watched, &error),
               &error);
    assert_true(watched);
    village_leave(&village);
}

static void test_each_watches_for_themselves(void **state)
{
    struct village village;
    struct error error = {0};
    bool now = false;

    village_begin(state, &village);
    watch_zhang(&village);
    village_ok(watch_toggle(village.outbox, village.reader, &village_supervisor, WATCH_PERSON,
                            ZHANG, &now, &error),
               &error);
    assert_true(now);
    put_zhang(&village, "2-b", "15499001234", "西乡村7组");
    assert_int_equal(look(&village), 2);
    village_ok(watch_toggle(village.outbox, village.reader, &village_supervisor, WATCH_PERSON,
                            ZHANG, &now, &error),
               &error);
    assert_false(now);
    put_zhang(&village, "3-c", "15499001234", "西乡村8组");
    assert_int_equal(look(&village), 1);
    village_leave(&village);
}

static void test_a_number_is_the_same_however_typed(void **state)
{
    struct village village;
    struct error error = {0};
    bool added = true;

    village_begin(state, &village);
    watch_zhang(&village);
    village_ok(watch_add(village.outbox, village.reader, &village_clerk, WATCH_PERSON,
                         "９９０１０６ 19900307 7635", &added, &error),
               &error);
    assert_false(added);
    village_leave(&village);
}

static void test_what_cannot_be_watched(void **state)
{
    struct village village;
    struct error error = {0};

    village_begin(state, &village);
    assert_int_equal(
        watch_add(village.outbox, village.reader, &village_clerk, WATCH_PERSON, WANG, NULL, &error),
        STATUS_NOT_FOUND);
    assert_int_equal(watch_add(village.outbox, village.reader, &village_clerk, WATCH_ENTERPRISE,
                               ZHANG, NULL, &error),
                     STATUS_NOT_FOUND);
    assert_int_equal(watch_add(village.outbox, village.reader, &village_auditor, WATCH_PERSON,
                               ZHANG, NULL, &error),
                     STATUS_REFUSED);
    assert_int_equal(watch_add(village.outbox, village.reader, &village_clerk, WATCH_REQUEST,
                               "01JD0000000000000000000000", NULL, &error),
                     STATUS_NOT_FOUND);
    assert_int_equal(watch_remove(village.outbox, &village_clerk, WATCH_PERSON, ZHANG, &error),
                     STATUS_NOT_FOUND);
    village_leave(&village);
}

static void test_the_list_is_masked(void **state)
{
    struct village village;
    struct watch_list *list = NULL;
    struct error error = {0};

    village_begin(state, &village);
    watch_zhang(&village);
    village_ok(watch_read(village.reader, &village_clerk, &list, &error), &error);
    assert_int_equal(list->count, 1);
    assert_string_equal(list->items[0].name, "张文涛");
    assert_null(strstr(list->items[0].shown, "19900307"));
    assert_true(list->items[0].since_ms > 0);
    village_ok(watch_remove_id(village.outbox, &village_clerk, list->items[0].id, &error), &error);
    assert_int_equal(watch_remove_id(village.outbox, &village_clerk, list->items[0].id, &error),
                     STATUS_NOT_FOUND);
    watch_list_free(list);
    village_leave(&village);
}

/* --- requests --------------------------------------------------------------------------------- */

static void test_a_watched_request_is_told(void **state)
{
    const struct request_change change = {"address", "东街1号"};
    const struct request_new request = {.dataset = "population",
                                        .record = "person:" ZHANG,
                                        .changes = &change,
                                        .change_count = 1,
                                        .ground = "inaccurate",
                                        .reason = "moved"};
    static const struct session colleague = {"zhao", ACCOUNT_CLERK};
    struct village village;
    struct error error = {0};
    char id[48];
    int64_t unseen = -1;

    village_begin(state, &village);
    village_ok(request_raise(village.outbox, village.reader, &village_clerk, &request, id, &error),
               &error);
    village_ok(
        watch_add(village.outbox, village.reader, &colleague, WATCH_REQUEST, id + 8, NULL, &error),
        &error);
    village_ok(
        watch_add(village.outbox, village.reader, &village_clerk, WATCH_REQUEST, id, NULL, &error),
        &error);
    village_ok(request_act(village.outbox, &village_supervisor, id, "approve", NULL, &error),
               &error);
    village_ok(notice_count(village.reader, "zhao", &unseen, &error), &error);
    assert_int_equal(unseen, 1);
    village_ok(notice_count(village.reader, "li", &unseen, &error), &error);
    assert_int_equal(unseen, 1); /* maker and watcher: told once */
    village_ok(notice_count(village.reader, "wang", &unseen, &error), &error);
    assert_int_equal(unseen, 0);
    assert_int_equal(look(&village), 0);
    village_leave(&village);
}

/* Of another station: it comes from upstream, and goes there. */
static void test_a_watched_request_is_deleted(void **state)
{
    static const char text[] =
        "{\"id\":\"01JD0000000000000000000001\",\"at\":\"2026-01-02T03:04:05.000Z\",\"mono\":1,"
        "\"offset_ms\":0,\"by\":\"zhou\",\"role\":\"clerk\",\"action\":\"submit\"}";
    static const char id[] = "request:01JD0000000000000000000000";
    struct village village;
    struct error error = {0};
    struct notice_list *list = NULL;
    struct watch_list *marks = NULL;
    json_t *changes =
        village_parse("[{\"field\":\"address\",\"base\":\"西乡村1组\",\"proposed\":\"东街1号\"}]");
    json_t *events = json_array();
    json_t *frozen = NULL, *document = NULL;
    const struct request_draft draft = {.id = id,
                                        .kind = "correction",
                                        .area = "990106001",
                                        .station = "另一窗口",
                                        .origin = "01JD000000000000000000000A",
                                        .dataset = "population",
                                        .record = "person:" ZHANG,
                                        .base_rev = "1-a",
                                        .subject_kind = "person",
                                        .subject_id = ZHANG,
                                        .ground = "inaccurate",
                                        .reason = "moved",
                                        .changes = changes};

    village_begin(state, &village);
    village_ok(request_freeze(&draft, &frozen, &error), &error);
    json_array_append_new(events, village_parse(text));
    village_ok(request_join(frozen, events, &document, &error), &error);
    village_ok(request_merge_upstream(village.outbox, id, "1-a", document, NULL, NULL, &error),
               &error);
    village_ok(
        watch_add(village.outbox, village.reader, &village_clerk, WATCH_REQUEST, id, NULL, &error),
        &error);
    village_ok(request_merge_upstream(village.outbox, id, "2-b", NULL, NULL, NULL, &error), &error);
    newest(&village, &list);
    assert_string_equal(list->items[0].kind, "request_deleted");
    assert_null(list->items[0].request);
    assert_non_null(strstr(list->items[0].sentence, "张文涛"));
    notice_list_free(list);
    village_ok(watch_read(village.reader, &village_clerk, &marks, &error), &error);
    assert_int_equal(marks->count, 0);
    watch_list_free(marks);
    json_decref(changes);
    json_decref(events);
    json_decref(frozen);
    json_decref(document);
    village_leave(&village);
}

/* --- two at once --------------------------------------------------------------------------------
 */

/* A look by somebody who read the marks before everything that happened since `early` began. */
static int64_t look_late(struct village *village, struct reader *early)
{
    struct error error = {0};
    int64_t raised = -1;

    village_ok(watch_look(village->outbox, early, &raised, &error), &error);
    sql_snapshot_end(reader_outbox(early));
    return raised;
}

static void read_marks_early(struct reader *early)
{
    struct watch_list *list = NULL;
    struct error error = {0};

    village_ok(sql_snapshot_begin(reader_outbox(early), &error), &error);
    village_ok(watch_read(early, &village_clerk, &list, &error), &error);
    assert_int_equal(list->count, 1);
    watch_list_free(list);
}

static size_t count_notices(struct village *village)
{
    struct notice_list *list = NULL;

    newest(village, &list);
    size_t count = list->count;
    notice_list_free(list);
    return count;
}

/* Two programs look at the same marks, or a mark goes away meanwhile: nothing is told twice, and
 * what the second one saw beyond the first is told by the next look. */
static void test_two_looks_at_once(void **state)
{
    struct village village;
    struct reader *early = NULL;
    struct notice_list *list = NULL;
    struct error error = {0};

    village_begin(state, &village);
    watch_zhang(&village);
    village_ok(reader_open(village.home, &early, &error), &error);
    read_marks_early(early);
    put_zhang(&village, "2-b", "15499009999", "西乡村1组");
    assert_int_equal(look(&village), 1);
    put_zhang(&village, "3-c", "15499009999", "西乡村2组");
    assert_int_equal(look_late(&village, early), 0);
    assert_int_equal(count_notices(&village), 1);
    assert_int_equal(look(&village), 1);
    newest(&village, &list);
    assert_non_null(strstr(list->items[0].sentence, "address"));
    assert_null(strstr(list->items[0].sentence, "phone"));
    notice_list_free(list);
    read_marks_early(early);
    put_zhang(&village, "4-d", "15499001234", "西乡村2组");
    village_ok(watch_remove(village.outbox, &village_clerk, WATCH_PERSON, ZHANG, &error), &error);
    assert_int_equal(look_late(&village, early), 0);
    assert_int_equal(count_notices(&village), 2);
    reader_close(early);
    village_leave(&village);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_change_is_named),
        TEST(test_another_revision_is_no_change),
        TEST(test_appearing_and_being_deleted),
        TEST(test_a_rebuilt_cache_is_no_news),
        TEST(test_access_withdrawn_is_no_deletion),
        TEST(test_what_was_not_read_yet_is_no_news),
        TEST(test_marks_outlive_the_program),
        TEST(test_each_watches_for_themselves),
        TEST(test_a_number_is_the_same_however_typed),
        TEST(test_what_cannot_be_watched),
        TEST(test_the_list_is_masked),
        TEST(test_a_watched_request_is_told),
        TEST(test_a_watched_request_is_deleted),
        TEST(test_two_looks_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
