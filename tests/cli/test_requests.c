/*
 * The life of a request on the command line: raised while the upstream is away, delivered when
 * it is back, decided at another desk, and the rules about who may decide.
 */
#include "tests/cli/provider.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct stage {
    struct town *town;
    struct desk boss, clerk; /* at the counter */
    struct desk reviewer;    /* at the office */
    struct resident resident;
};

static void sync_desk(const struct desk *desk)
{
    json_t *report = desk_ask(0, desk, "sync", NULL);

    assert_string_equal(json_text(report, "result", ""), "ok");
    json_decref(report);
}

static int set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    assert_non_null(stage);
    stage->town = town_new();
    stage->boss = desk_new(stage->town, "counter", "boss", "administrator,supervisor");
    stage->clerk = desk_colleague(stage->town, &stage->boss, "li", "clerk");
    stage->reviewer = desk_new(stage->town, "office", "wang", "supervisor");
    sync_desk(&stage->boss);
    sync_desk(&stage->reviewer);
    stage->resident = desk_find_resident(&stage->clerk, "wang");
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;

    resident_release(&stage->resident);
    desk_release(&stage->reviewer);
    desk_release(&stage->clerk);
    desk_release(&stage->boss);
    town_free(stage->town);
    free(stage);
    return 0;
}

static void expect_error(struct outcome outcome, int code, const char *status)
{
    if (outcome.code != code)
        fail_msg("exit %d, not %d: %s", outcome.code, code, buf_text(&outcome.err));
    assert_string_equal(outcome_error(&outcome), status);
    outcome_release(&outcome);
}

/* Raises a request about the phone number and gives its id, owned by the caller. */
static char *raise_request(const struct desk *desk, const char *record, const char *phone)
{
    char set[64];

    snprintf(set, sizeof set, "phone=%s", phone);
    json_t *value = desk_ask(0, desk, "request", "new", "--dataset", "population", "--record",
                             record, "--set", set, "--ground", "inaccurate", "--reason",
                             "the resident came to the counter", NULL);
    char *id = strdup(json_text(value, "id", ""));
    assert_memory_equal(id, "request:", 8);
    json_decref(value);
    return id;
}

static void expect_member(const struct desk *desk, const char *id, const char *member,
                          const char *wanted)
{
    json_t *value = desk_ask(0, desk, "request", "show", id, NULL);

    assert_string_equal(json_text(value, member, ""), wanted);
    json_decref(value);
}

static int64_t queue_count(const struct desk *desk, const char *member)
{
    json_t *value = desk_ask(0, desk, "status", NULL);
    int64_t count = json_int(json_object_get(value, "requests"), member, -1);

    json_decref(value);
    return count;
}

/* --- the journey ----------------------------------------------------------------------------- */

static void test_offline_then_delivered_then_decided(void **state)
{
    struct stage *stage = *state;

    town_stop_server(stage->town);
    char *id = raise_request(&stage->clerk, stage->resident.record, "19900001234");
    expect_member(&stage->clerk, id, "delivery", "queued");
    expect_member(&stage->clerk, id, "state", "pending_review");
    assert_int_equal(queue_count(&stage->clerk, "queued"), 1);

    struct outcome offline = desk_run(&stage->clerk, "sync", NULL);
    assert_int_equal(offline.code, 3);
    outcome_release(&offline);
    expect_member(&stage->clerk, id, "delivery", "queued");

    town_start_server(stage->town);
    sync_desk(&stage->clerk);
    expect_member(&stage->clerk, id, "delivery", "delivered");
    assert_int_equal(queue_count(&stage->clerk, "queued"), 0);

    sync_desk(&stage->reviewer);
    expect_member(&stage->reviewer, id, "state", "pending_review");
    json_t *mine = desk_ask(0, &stage->reviewer, "request", "list", "--review", NULL);
    assert_int_equal(json_array_size(json_object_get(mine, "requests")), 1);
    json_decref(mine);
    json_t *decided = desk_ask(0, &stage->reviewer, "request", "approve", id, NULL);
    assert_string_equal(json_text(decided, "state", ""), "approved");
    assert_string_equal(json_text(decided, "delivery", ""), "queued");
    json_decref(decided);
    sync_desk(&stage->reviewer);
    sync_desk(&stage->clerk);
    expect_member(&stage->clerk, id, "state", "approved");
    free(id);
}

static void test_pending_is_drawn_over_the_file(void **state)
{
    struct stage *stage = *state;
    char *id = raise_request(&stage->clerk, stage->resident.record, "19900004321");
    json_t *value = desk_ask(0, &stage->clerk, "show", "record", stage->resident.record, NULL);
    const json_t *fields =
        json_object_get(json_array_get(json_object_get(value, "sections"), 0), "fields");
    const json_t *field;
    size_t index;
    bool found = false;

    json_array_foreach(fields, index, field)
    {
        const json_t *pending = json_object_get(field, "pending");
        if (strcmp(json_text(field, "field", ""), "phone") == 0 && pending) {
            assert_string_equal(json_text(pending, "value", ""), "19900004321");
            assert_string_equal(json_text(pending, "id", ""), id);
            found = true;
        }
    }
    assert_true(found);
    assert_true(json_int(value, "pending", 0) >= 1);
    json_decref(value);

    value = desk_ask(0, &stage->clerk, "search", stage->resident.number, NULL);
    assert_true(json_int(json_array_get(json_object_get(value, "hits"), 0), "pending", 0) >= 1);
    json_decref(value);
    json_decref(desk_ask(0, &stage->clerk, "request", "withdraw", id, "--reason", "tried", NULL));
    expect_member(&stage->clerk, id, "state", "withdrawn");
    free(id);
}

/* --- rules ----------------------------------------------------------------------------------- */

/* The same change entered at the counter and by the reviewer: both are told, none is refused. */
static void test_the_same_change_twice(void **state)
{
    struct stage *stage = *state;
    char *first = raise_request(&stage->clerk, stage->resident.record, "19900007171");

    sync_desk(&stage->clerk);
    sync_desk(&stage->reviewer);
    json_t *value =
        desk_ask(0, &stage->reviewer, "request", "new", "--record", stage->resident.record,
                 "--dataset", "population", "--set", "phone=19900007171", "--ground", "inaccurate",
                 "--reason", "seen on the card", NULL);
    const json_t *same = json_object_get(value, "same_as");
    assert_int_equal(json_array_size(same), 1);
    assert_string_equal(json_text(json_array_get(same, 0), "id", ""), first);
    assert_string_equal(json_text(json_array_get(same, 0), "state", ""), "pending_review");
    char *second = strdup(json_text(value, "id", ""));
    json_decref(value);
    value = desk_ask(0, &stage->reviewer, "request", "show", first, NULL);
    same = json_object_get(value, "same_as");
    assert_string_equal(json_text(json_array_get(same, 0), "id", ""), second);
    json_decref(value);
    /* What was returned asks for nothing any more. */
    json_decref(
        desk_ask(0, &stage->reviewer, "request", "return", first, "--reason", "twice", NULL));
    value = desk_ask(0, &stage->reviewer, "request", "show", second, NULL);
    assert_int_equal(json_array_size(json_object_get(value, "same_as")), 0);
    json_decref(value);
    value = desk_ask(0, &stage->reviewer, "request", "list", "--unseen", NULL);
    assert_int_equal(json_array_size(json_object_get(value, "requests")), 0);
    json_decref(value);
    free(first);
    free(second);
}

static void test_who_may_decide(void **state)
{
    struct stage *stage = *state;
    char *by_clerk = raise_request(&stage->clerk, stage->resident.record, "19900002222");
    char *by_boss = raise_request(&stage->boss, stage->resident.record, "19900003333");

    expect_error(desk_run(&stage->clerk, "request", "approve", by_clerk, NULL), 4, "refused");
    expect_error(desk_run(&stage->clerk, "request", "approve", by_boss, NULL), 4, "refused");
    /* Maker is never checker, even with the role. */
    expect_error(desk_run(&stage->boss, "request", "approve", by_boss, NULL), 4, "refused");
    /* Only the maker withdraws. */
    expect_error(desk_run(&stage->boss, "request", "withdraw", by_clerk, "--reason", "no", NULL), 4,
                 "refused");
    json_t *value = desk_ask(0, &stage->boss, "request", "return", by_clerk, "--reason",
                             "the street is missing", NULL);
    assert_string_equal(json_text(value, "state", ""), "returned");
    json_decref(value);
    /* Decided is decided. */
    expect_error(desk_run(&stage->boss, "request", "approve", by_clerk, NULL), 4, "refused");
    expect_member(&stage->clerk, by_clerk, "return_reason", "the street is missing");
    free(by_clerk);
    free(by_boss);
}

static void test_several_at_once(void **state)
{
    struct stage *stage = *state;
    char *first = raise_request(&stage->clerk, stage->resident.record, "19900005551");
    char *second = raise_request(&stage->boss, stage->resident.record, "19900005552");
    char *third = raise_request(&stage->clerk, stage->resident.record, "19900005553");

    /* The one in the middle is the boss's own: the others are approved all the same. */
    json_t *value = desk_ask(4, &stage->boss, "request", "approve", first, second, third + 8, NULL);
    assert_int_equal(json_array_size(json_object_get(value, "requests")), 2);
    const json_t *failed = json_array_get(json_object_get(value, "failed"), 0);
    assert_string_equal(json_text(failed, "id", ""), second);
    assert_string_equal(json_text(failed, "status", ""), "refused");
    json_decref(value);
    expect_member(&stage->clerk, third, "state", "approved");
    free(first);
    free(second);
    free(third);
}

static void test_requests_that_make_no_sense(void **state)
{
    struct stage *stage = *state;
    const char *record = stage->resident.record;
    static const struct {
        const char *set, *ground;
        int code;
    } wrong[] = {
        {"phone", "inaccurate", 2},
        {"=5", "inaccurate", 2},
        {"shoe_size=44", "inaccurate", 2},
        {"phone=19900009999", "because", 2},
        {"id_number=990106", "inaccurate", 2},
        {"phone=", "inaccurate", 2},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct outcome outcome =
            desk_run(&stage->clerk, "request", "new", "--record", record, "--set", wrong[i].set,
                     "--ground", wrong[i].ground, "--reason", "r", NULL);
        if (outcome.code != wrong[i].code)
            fail_msg("%s: exit %d: %s", wrong[i].set, outcome.code, buf_text(&outcome.out));
        assert_true(outcome_error(&outcome)[0] != '\0');
        outcome_release(&outcome);
    }
    expect_error(desk_run(&stage->clerk, "request", "new", "--record", "person:nobody", "--set",
                          "phone=19900009999", "--ground", "inaccurate", "--reason", "r", NULL),
                 1, "not_found");
    expect_error(desk_run(&stage->clerk, "request", "show", "request:nothing", NULL), 2, "invalid");
    expect_error(desk_run(&stage->clerk, "request", "show", "01JD2M3N4P5Q6R7S8T9V0W1X2Y", NULL), 1,
                 "not_found");
    expect_error(desk_run(&stage->clerk, "request", "list", "--state", "dreaming", NULL), 2,
                 "usage");
}

static void test_attachment_and_note(void **state)
{
    struct stage *stage = *state;
    char *scan = write_file(town_directory(stage->town), "scan.txt", "a scanned page\n");
    json_t *value = desk_ask(0, &stage->clerk, "request", "new", "--record", stage->resident.record,
                             "--set", "phone=19900007777", "--ground", "incomplete", "--reason",
                             "with evidence", "--attach", scan, NULL);
    char *id = strdup(json_text(value, "id", ""));

    json_decref(value);
    json_decref(desk_ask(0, &stage->boss, "request", "note", id, "--text", "called back", NULL));
    value = desk_ask(0, &stage->clerk, "request", "show", id, NULL);
    const json_t *document = json_object_get(value, "document");
    const json_t *evidence = json_array_get(json_object_get(document, "evidence"), 0);
    assert_string_equal(json_text(evidence, "name", ""), "scan.txt");
    assert_int_equal(json_int(evidence, "length", 0), 15);
    assert_string_equal(json_text(value, "why", ""), "with evidence");
    assert_int_equal(json_array_size(json_object_get(value, "history")), 2);
    const json_t *change = json_array_get(json_object_get(value, "changes"), 0);
    assert_string_equal(json_text(change, "proposed", ""), "19900007777");
    assert_string_not_equal(json_text(value, "subject", ""), stage->resident.number);
    json_decref(value);

    struct outcome words = desk_print(&stage->clerk, "request", "show", id, NULL);
    assert_int_equal(words.code, 0);
    assert_non_null(strstr(buf_text(&words.out), "called back"));
    outcome_release(&words);
    words = desk_print(&stage->clerk, "request", "list", "--mine", NULL);
    assert_int_equal(words.code, 0);
    assert_non_null(strstr(buf_text(&words.out), id));
    outcome_release(&words);
    free(id);
    free(scan);
}

/* --- held, returned, again ---------------------------------------------------------------------
 */

/* Raised while the provider changes the same field: held with three values, then decided. */
static char *hold_request(struct stage *stage, const char *theirs)
{
    sync_desk(&stage->clerk);
    char *id = raise_request(&stage->clerk, stage->resident.record, "19900006661");
    provider_change(stage->town, "population-" TOWN_AREA, stage->resident.record, "phone", theirs);
    json_t *report = desk_ask(5, &stage->clerk, "sync", NULL);
    assert_int_equal(json_int(report, "held", 0), 1);
    assert_string_equal(json_text(report, "result", ""), "ok");
    json_decref(report);
    return id;
}

static void test_changed_base_is_kept(void **state)
{
    struct stage *stage = *state;
    char *id = hold_request(stage, "19900006662");
    json_t *value = desk_ask(0, &stage->clerk, "request", "show", id, NULL);
    const json_t *change = json_array_get(json_object_get(value, "changes"), 0);

    assert_string_equal(json_text(value, "delivery", ""), "held");
    assert_string_equal(json_text(value, "hold", ""), "conflict");
    assert_string_not_equal(json_text(value, "reason", ""), "");
    assert_string_equal(json_text(change, "proposed", ""), "19900006661");
    assert_string_equal(json_text(change, "now", ""), "19900006662");
    assert_string_not_equal(json_text(change, "base", ""), "");
    assert_true(json_bool(change, "now_differs", false));
    json_decref(value);
    expect_error(desk_run(&stage->clerk, "request", "resolve", id, NULL), 2, "usage");
    expect_error(desk_run(&stage->clerk, "request", "resolve", id, "--keep", "--drop", NULL), 2,
                 "usage");
    value = desk_ask(0, &stage->clerk, "request", "resolve", id, "--keep", NULL);
    assert_string_equal(json_text(value, "delivery", ""), "queued");
    json_decref(value);
    expect_error(desk_run(&stage->clerk, "request", "resolve", id, "--keep", NULL), 4, "refused");
    sync_desk(&stage->clerk);
    expect_member(&stage->clerk, id, "delivery", "delivered");
    free(id);
}

static void test_changed_base_is_dropped(void **state)
{
    struct stage *stage = *state;
    char *id = hold_request(stage, "19900006663");

    expect_error(desk_run(&stage->boss, "request", "resolve", id, "--drop", NULL), 4, "refused");
    expect_member(&stage->clerk, id, "delivery", "held");
    json_t *value = desk_ask(0, &stage->clerk, "request", "resolve", id, "--drop", NULL);
    assert_string_equal(json_text(value, "state", ""), "withdrawn");
    assert_string_equal(json_text(value, "delivery", ""), "withdrawn");
    json_decref(value);
    sync_desk(&stage->clerk);
    sync_desk(&stage->reviewer);
    expect_error(desk_run(&stage->reviewer, "request", "show", id, NULL), 1, "not_found");
    free(id);
}

static void test_returned_is_submitted_again(void **state)
{
    struct stage *stage = *state;
    char *old = raise_request(&stage->clerk, stage->resident.record, "19900006664");
    char *scan = write_file(town_directory(stage->town), "proof.txt", "proof\n");

    expect_error(desk_run(&stage->clerk, "request", "resubmit", old, NULL), 4, "refused");
    json_decref(desk_ask(0, &stage->boss, "request", "return", old, "--reason", "no proof", NULL));
    expect_error(desk_run(&stage->boss, "request", "resubmit", old, NULL), 4, "refused");
    json_t *value = desk_ask(0, &stage->clerk, "request", "resubmit", old, "--attach", scan, NULL);
    char *new = strdup(json_text(value, "id", ""));
    assert_string_not_equal(new, old);
    assert_string_equal(json_text(value, "state", ""), "pending_review");
    assert_string_equal(json_text(value, "resubmits", ""), old);
    json_decref(value);
    expect_member(&stage->clerk, old, "state", "closed");
    value = desk_ask(0, &stage->clerk, "request", "show", new, NULL);
    const json_t *change = json_array_get(json_object_get(value, "changes"), 0);
    assert_string_equal(json_text(change, "proposed", ""), "19900006664");
    json_decref(value);

    json_decref(desk_ask(0, &stage->boss, "request", "return", new, "--reason", "wrong", NULL));
    value = desk_ask(0, &stage->clerk, "request", "resubmit", new, "--set", "phone=19900006665",
                     "--reason", "corrected", NULL);
    assert_string_equal(json_text(value, "why", ""), "corrected");
    char *last = strdup(json_text(value, "id", ""));
    json_decref(value);
    value = desk_ask(0, &stage->clerk, "request", "show", last, NULL);
    const json_t *document = json_object_get(value, "document");
    assert_int_equal(json_array_size(json_object_get(document, "evidence")), 1);
    change = json_array_get(json_object_get(value, "changes"), 0);
    assert_string_equal(json_text(change, "proposed", ""), "19900006665");
    json_decref(value);
    free(scan);
    free(old);
    free(new);
    free(last);
}

/* --- notices --------------------------------------------------------------------------------- */

static const json_t *notice_about(const json_t *value, const char *request)
{
    const json_t *notices = json_object_get(value, "notices");

    for (size_t i = 0; i < json_array_size(notices); i++)
        if (strcmp(json_text(json_array_get(notices, i), "request", ""), request) == 0)
            return json_array_get(notices, i);
    return NULL;
}

static json_int_t unseen_of(const struct desk *desk)
{
    json_t *value = desk_ask(0, desk, "status", NULL);
    json_int_t unseen = json_int(value, "notices_unseen", -1);

    json_decref(value);
    return unseen;
}

static void test_the_maker_is_told(void **state)
{
    struct stage *stage = *state;
    char *id = raise_request(&stage->clerk, stage->resident.record, "19900006661");
    char number[32];

    json_decref(desk_ask(0, &stage->clerk, "notices", "--seen", "all", NULL));
    assert_int_equal(unseen_of(&stage->clerk), 0);
    json_decref(desk_ask(0, &stage->boss, "request", "approve", id, NULL));
    assert_int_equal(unseen_of(&stage->clerk), 1);

    json_t *value = desk_ask(0, &stage->clerk, "notices", NULL);
    const json_t *notice = notice_about(value, id);
    assert_non_null(notice);
    assert_string_equal(json_text(notice, "kind", ""), "request_state");
    assert_string_equal(json_text(notice, "account", ""), "li");
    assert_non_null(strstr(json_text(notice, "sentence", ""), "boss"));
    assert_non_null(strstr(json_text(notice, "sentence", ""), stage->resident.name));
    (void)snprintf(number, sizeof number, "%d", (int)json_int(notice, "id", 0));
    json_decref(value);

    /* Not the boss's to see away, and no such thing as a notice "x". */
    expect_error(desk_run(&stage->boss, "notices", "--seen", number, NULL), 1, "not_found");
    expect_error(desk_run(&stage->clerk, "notices", "--seen", "x", NULL), 2, "usage");
    expect_error(desk_run(&stage->clerk, "notices", number, NULL), 2, "usage");
    value = desk_ask(0, &stage->clerk, "notices", "--seen", number, NULL);
    assert_int_equal(json_int(value, "unseen", -1), 0);
    assert_null(notice_about(value, id));
    json_decref(value);
    value = desk_ask(0, &stage->clerk, "notices", "--all", NULL);
    assert_true(json_bool(notice_about(value, id), "seen", false));
    json_decref(value);
    free(id);
}

/* Somebody leaves while his request waits for the line: it is sent, held back by nobody, and
 * decided like any other; its maker can do nothing more. */
static void test_a_locked_makers_request_goes_up(void **state)
{
    struct stage *stage = *state;

    town_stop_server(stage->town);
    char *id = raise_request(&stage->clerk, stage->resident.record, "19900005151");
    json_decref(desk_ask(0, &stage->boss, "account", "lock", "li", NULL));
    expect_error(desk_run(&stage->clerk, "request", "withdraw", id, "--reason", "no", NULL), 4,
                 "refused");
    expect_member(&stage->boss, id, "delivery", "queued");
    town_start_server(stage->town);
    sync_desk(&stage->boss);
    expect_member(&stage->boss, id, "delivery", "delivered");
    expect_member(&stage->boss, id, "maker", "li");
    sync_desk(&stage->reviewer);
    json_decref(desk_ask(0, &stage->reviewer, "request", "return", id, "--reason", "gone", NULL));
    expect_member(&stage->reviewer, id, "state", "returned");
    json_decref(desk_ask(0, &stage->boss, "account", "unlock", "li", NULL));
    free(id);
}

/* A tick carries the whole number upward; lists and pages for people have it masked. */
static void test_a_tick_is_masked_where_it_is_read(void **state)
{
    struct stage *stage = *state;
    json_t *saved = desk_ask(0, &stage->clerk, "list", "tick", "--in", "visit", "--dataset",
                             "population", stage->resident.record, NULL);
    const char *id = json_text(saved, "id", "");
    struct outcome list = desk_print(&stage->clerk, "request", "list", NULL);
    struct outcome page = desk_print(&stage->clerk, "request", "show", id, NULL);
    json_t *whole = desk_ask(0, &stage->clerk, "request", "show", id, NULL);
    const json_t *subject = json_object_get(json_object_get(whole, "document"), "subject");

    assert_string_equal(json_text(subject, "id", ""), stage->resident.number);
    assert_non_null(strstr(buf_text(&list.out), stage->resident.name));
    assert_null(strstr(buf_text(&list.out), stage->resident.number));
    assert_non_null(strstr(buf_text(&page.out), stage->resident.name));
    assert_null(strstr(buf_text(&page.out), stage->resident.number));
    json_decref(saved);
    json_decref(whole);
    outcome_release(&list);
    outcome_release(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offline_then_delivered_then_decided),
        cmocka_unit_test(test_pending_is_drawn_over_the_file),
        cmocka_unit_test(test_who_may_decide),
        cmocka_unit_test(test_several_at_once),
        cmocka_unit_test(test_requests_that_make_no_sense),
        cmocka_unit_test(test_attachment_and_note),
        cmocka_unit_test(test_changed_base_is_kept),
        cmocka_unit_test(test_changed_base_is_dropped),
        cmocka_unit_test(test_returned_is_submitted_again),
        cmocka_unit_test(test_the_maker_is_told),
        cmocka_unit_test(test_the_same_change_twice),
        cmocka_unit_test(test_a_locked_makers_request_goes_up),
        cmocka_unit_test(test_a_tick_is_masked_where_it_is_read),
    };

    return cmocka_run_group_tests_name("requests", tests, set_up, tear_down);
}
