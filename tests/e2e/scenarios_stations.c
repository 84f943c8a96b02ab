/* Two clerks and two supervisors on four homes with one upstream: whatever happens at the same
 * moment, in the end all four say the same, and who was overtaken is told. */
#include "tests/e2e/scenarios.h"

#include "db/notice.h"

#include <string.h>

struct office {
    struct rig rig;
    struct seat lin, chen;  /* clerks */
    struct seat wang, zhao; /* supervisors */
};

#define EACH(office)                                                                               \
    {                                                                                              \
        &(office)->lin, &(office)->chen, &(office)->wang, &(office)->zhao                          \
    }

static void everybody_syncs(struct office *office)
{
    struct seat *seats[] = EACH(office);
    for (size_t i = 0; i < 4; i++)
        seat_sync(seats[i], STATUS_OK);
}

static void start(struct office *office, void **state)
{
    const enum server_kind *kind = *state;
    rig_start(&office->rig, *kind, NULL);
    rig_load_people(&office->rig, 0, 10);
    rig_create(&office->rig, REQUESTS);
    seat_open(&office->rig, &office->lin, "a", "lin", ACCOUNT_CLERK);
    seat_open(&office->rig, &office->chen, "b", "chen", ACCOUNT_CLERK);
    seat_open(&office->rig, &office->wang, "c", "wang", ACCOUNT_SUPERVISOR);
    seat_open(&office->rig, &office->zhao, "d", "zhao", ACCOUNT_SUPERVISOR);
    everybody_syncs(office);
}

static void stop(struct office *office)
{
    struct seat *seats[] = EACH(office);
    for (size_t i = 0; i < 4; i++)
        seat_close(seats[i]);
    rig_stop(&office->rig);
}

/* The history as one text: which events, in which order, with what effect. */
static void tell_history(struct seat *seat, const char *id, struct buf *out)
{
    struct request_detail *detail = NULL;
    struct error error = {0};
    if (request_get(seat->reader, id, &detail, &error) != STATUS_OK)
        fail_msg("%s: %s", seat->session.account, error.text);
    buf_printf(out, "%s:", request_state_name(detail->row.state));
    for (size_t i = 0; i < detail->fold.step_count; i++)
        buf_printf(out, " %s %s/%s%s", detail->fold.steps[i].id, detail->fold.steps[i].by,
                   detail->fold.steps[i].action, detail->fold.steps[i].ignored ? " (no)" : "");
    assert_string_equal(delivery_name(detail->row.delivery), "delivered");
    request_detail_free(detail);
}

/* Twice: the first time the last one's news have not reached the first one. */
static void expect_agreement(struct office *office, const char *id, enum request_state state)
{
    struct seat *seats[] = EACH(office);
    struct buf first = {0};
    everybody_syncs(office);
    everybody_syncs(office);
    tell_history(seats[0], id, &first);
    for (size_t i = 1; i < 4; i++) {
        struct buf other = {0};
        tell_history(seats[i], id, &other);
        assert_string_equal(buf_text(&other), buf_text(&first));
        buf_release(&other);
    }
    assert_int_equal(
        strncmp(buf_text(&first), request_state_name(state), strlen(request_state_name(state))), 0);
    buf_release(&first);
}

static int count_overtaken(struct seat *seat, const char *id)
{
    const struct notice_filter filter = {.with_seen = true};
    struct notice_list *list = NULL;
    int found = 0;
    assert_int_equal(notice_read(seat->reader, &seat->session, &filter, &list, NULL), STATUS_OK);
    for (size_t i = 0; i < list->count; i++)
        found += strcmp(list->items[i].kind, "request_overtaken") == 0 &&
                 strcmp(list->items[i].request, id) == 0;
    notice_list_free(list);
    return found;
}

static void act(struct seat *seat, const char *id, const char *action, enum status expected)
{
    struct error error = {0};
    enum status status = request_act(seat->outbox, &seat->session, id, action, "seen", &error);
    if (status != expected)
        fail_msg("%s by %s: %s (%s)", action, seat->session.account, status_name(status),
                 error.text);
}

/* --- what can go together --------------------------------------------------------------------- */

static void test_parallel_changes(void **state)
{
    struct office office;
    char first[48], second[48];
    start(&office, state);
    seat_raise(&office.lin, 5, "南村3号", first);
    seat_raise(&office.chen, 6, "南村4号", second);
    everybody_syncs(&office);
    everybody_syncs(&office);
    act(&office.wang, first, "approve", STATUS_OK);
    act(&office.zhao, second, "approve", STATUS_OK);
    act(&office.lin, first, "note", STATUS_OK);
    expect_agreement(&office, first, REQUEST_APPROVED);
    expect_agreement(&office, second, REQUEST_APPROVED);
    assert_int_equal(count_overtaken(&office.wang, first), 0);
    assert_int_equal(count_overtaken(&office.zhao, second), 0);
    stop(&office);
}

/* Two requests about one field: each is decided by itself, nothing is overwritten. */
static void test_same_field_twice(void **state)
{
    struct office office;
    char first[48], second[48];
    start(&office, state);
    seat_raise(&office.lin, 5, "南村3号", first);
    seat_raise(&office.chen, 5, "西村4号", second);
    everybody_syncs(&office);
    everybody_syncs(&office);
    act(&office.wang, first, "approve", STATUS_OK);
    act(&office.zhao, second, "return", STATUS_OK);
    expect_agreement(&office, first, REQUEST_APPROVED);
    expect_agreement(&office, second, REQUEST_RETURNED);
    stop(&office);
}

/* --- at the same moment ----------------------------------------------------------------------- */

/* Raised by lin and known to all. */
static void start_with_request(struct office *office, void **state, char id[48])
{
    start(office, state);
    seat_raise(&office->lin, 5, "南村3号", id);
    everybody_syncs(office);
}

/* The earlier decision counts everywhere; the later one's maker is told, once. */
static void test_two_decisions(void **state)
{
    struct office office;
    char id[48];
    start_with_request(&office, state, id);
    act(&office.wang, id, "approve", STATUS_OK);
    act(&office.zhao, id, "return", STATUS_OK);
    seat_expect_request(&office.zhao, id, REQUEST_RETURNED, DELIVERY_QUEUED, NULL);
    seat_sync(&office.zhao, STATUS_OK); /* the later one arrives first */
    expect_agreement(&office, id, REQUEST_APPROVED);
    assert_int_equal(count_overtaken(&office.wang, id), 0);
    assert_int_equal(count_overtaken(&office.zhao, id), 1);
    stop(&office);
}

static void test_withdrawal_before_approval(void **state)
{
    struct office office;
    char id[48];
    start_with_request(&office, state, id);
    act(&office.lin, id, "withdraw", STATUS_OK);
    act(&office.wang, id, "approve", STATUS_OK);
    seat_sync(&office.wang, STATUS_OK);
    expect_agreement(&office, id, REQUEST_WITHDRAWN);
    assert_int_equal(count_overtaken(&office.wang, id), 1);
    assert_int_equal(count_overtaken(&office.lin, id), 0);
    stop(&office);
}

/* What is approved can still be withdrawn: nobody was overtaken. */
static void test_withdrawal_after_approval(void **state)
{
    struct office office;
    char id[48];
    start_with_request(&office, state, id);
    act(&office.wang, id, "approve", STATUS_OK);
    act(&office.lin, id, "withdraw", STATUS_OK);
    seat_sync(&office.lin, STATUS_OK);
    expect_agreement(&office, id, REQUEST_WITHDRAWN);
    assert_int_equal(count_overtaken(&office.wang, id), 0);
    assert_int_equal(count_overtaken(&office.lin, id), 0);
    stop(&office);
}

/* All four at once on one document: three conflicts, one result. */
static void test_everybody_at_once(void **state)
{
    struct office office;
    char id[48];
    start_with_request(&office, state, id);
    act(&office.chen, id, "note", STATUS_OK);
    act(&office.zhao, id, "return", STATUS_OK);
    act(&office.wang, id, "approve", STATUS_OK);
    act(&office.lin, id, "withdraw", STATUS_OK);
    expect_agreement(&office, id, REQUEST_RETURNED);
    assert_int_equal(count_overtaken(&office.wang, id), 1);
    assert_int_equal(count_overtaken(&office.lin, id), 1);
    assert_int_equal(count_overtaken(&office.zhao, id), 0);
    json_t *document = rig_get(&office.rig, REQUESTS, id);
    assert_int_equal(json_array_size(json_object_get(document, "events")), 5);
    json_decref(document);
    stop(&office);
}

/* --- one person, two stations ----------------------------------------------------------------- */

/* The maker's name at another station is the maker, whatever role it has there; and an approval
 * written past this program counts nowhere. */
static void test_maker_is_not_checker_elsewhere(void **state)
{
    struct office office;
    struct seat other;
    char id[48];
    start_with_request(&office, state, id);
    seat_open(&office.rig, &other, "e", "lin", ACCOUNT_SUPERVISOR);
    seat_sync(&other, STATUS_OK);
    act(&other, id, "approve", STATUS_REFUSED);
    json_t *document = rig_get(&office.rig, REQUESTS, id);
    json_array_append_new(json_object_get(document, "events"),
                          json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:s}", "id",
                                    "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "at", "2026-03-14T08:05:09.123Z",
                                    "mono", 1, "offset_ms", 0, "by", "lin", "role", "supervisor",
                                    "action", "approve"));
    rig_put(&office.rig, REQUESTS, document);
    expect_agreement(&office, id, REQUEST_PENDING_REVIEW);
    act(&office.wang, id, "approve", STATUS_OK);
    expect_agreement(&office, id, REQUEST_APPROVED);
    seat_close(&other);
    stop(&office);
}

int scenarios_stations_run(enum server_kind kind, const char *name)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parallel_changes),
        cmocka_unit_test(test_same_field_twice),
        cmocka_unit_test(test_two_decisions),
        cmocka_unit_test(test_withdrawal_before_approval),
        cmocka_unit_test(test_withdrawal_after_approval),
        cmocka_unit_test(test_everybody_at_once),
        cmocka_unit_test(test_maker_is_not_checker_elsewhere),
    };
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        tests[i].initial_state = &kind;
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
