/* What has to be pointed out about a request: that somebody asks for the same, that the provider
 * made something else of it, that the returned data never showed it. */
#include "tests/unit/db/seat.h"

#define LONG_AGO "2026-03-02T04:00:00.000Z"

static struct request_detail *get(struct seat *seat, const char *id)
{
    struct error error = {0};
    struct request_detail *detail = NULL;

    seat_ok(request_get(seat->reader, id, &detail, &error), &error);
    return detail;
}

static void put_address(struct seat *seat, const char *rev, const char *address)
{
    char text[400];

    snprintf(text, sizeof text,
             "{\"_id\":\"" SEAT_RECORD "\",\"id_number\":\"" SEAT_PERSON
             "\",\"name\":\"张伟\",\"address\":\"%s\",\"phone\":\"19900001234\"}",
             address);
    seat_put_record(seat, rev, text);
}

/* --- the same, twice -------------------------------------------------------------------------- */

static void expect_same(struct seat *seat, const char *id, const char *other, const char *maker)
{
    struct request_detail *detail = get(seat, id);

    assert_int_equal(detail->same_count, other ? 1 : 0);
    if (other) {
        assert_string_equal(detail->same[0].id, other);
        assert_string_equal(detail->same[0].maker, maker);
    }
    request_detail_free(detail);
}

static void find_same(struct seat *seat, const struct request_change *changes, size_t count,
                      const char *expected)
{
    struct error error = {0};
    char id[48] = "?";
    const struct request_new wanted = {.dataset = "population",
                                       .record = SEAT_RECORD,
                                       .changes = changes,
                                       .change_count = count,
                                       .ground = "inaccurate",
                                       .reason = "moved"};

    seat_ok(request_find_same(seat->reader, &wanted, id, &error), &error);
    assert_string_equal(id, expected);
}

static void the_same_change_is_shown_to_both(void **state)
{
    const struct request_change same[] = {{"address", "西乡 2"}};
    const struct request_change other[] = {{"address", "西乡 3"}};
    const struct request_change more[] = {{"address", "西乡 2"}, {"children", "2"}};
    struct seat seat;
    struct error error = {0};
    char first[48], second[48], third[48];

    seat_make(&seat, scratch_path(state, "home"));
    find_same(&seat, same, 1, "");
    seat_raise(&seat, "西乡 2", first);
    find_same(&seat, same, 1, first);
    find_same(&seat, other, 1, "");
    find_same(&seat, more, 2, "");
    expect_same(&seat, first, NULL, NULL);

    seat_raise(&seat, "西乡 2", second); /* not refused: two people are two witnesses */
    seat_raise(&seat, "西乡 3", third);
    expect_same(&seat, first, second, "li");
    expect_same(&seat, second, first, "li");
    expect_same(&seat, third, NULL, NULL);

    seat_ok(request_act(seat.outbox, &seat_clerk, second, "withdraw", "twice", &error), &error);
    expect_same(&seat, first, NULL, NULL);
    expect_same(&seat, second, NULL, NULL);
    seat_leave(&seat);
}

/* --- what came of it -------------------------------------------------------------------------- */

static void add_event(json_t *events, int number, const char *by, const char *role,
                      const char *action, const char *at)
{
    struct error error = {0};
    json_t *event = NULL;
    char ulid[27];
    const struct request_event made = {
        .id = ulid, .at = at, .mono = number, .by = by, .role = role, .action = action};

    snprintf(ulid, sizeof ulid, "01KJ0000000000000000000%03d", number);
    seat_ok(request_event_json(&made, &event, &error), &error);
    json_array_append_new(events, event);
}

/* Another station's request for the address 西乡 2, approved long ago; corrected too, or not. */
static void receive(void **state, struct seat *seat, bool corrected, const char *at, char id[48])
{
    struct seat there;
    struct error error = {0};
    struct outgoing outgoing;
    json_t *events = json_array();

    seat_make(&there, scratch_path(state, "there"));
    seat_raise(&there, "西乡 2", id);
    seat_ok(request_next_outgoing(there.outbox, "", &outgoing, &error), &error);
    add_event(events, 1, "li", "clerk", "submit", LONG_AGO);
    add_event(events, 2, "wang", "supervisor", "approve", at);
    if (corrected) {
        add_event(events, 3, "gongan", "provider", "receive", at);
        add_event(events, 4, "gongan", "provider", "correct", at);
    }
    json_object_set_new(outgoing.document, "events", events);
    seat_ok(request_merge_upstream(seat->outbox, id, "2-b", outgoing.document, "requests-990106001",
                                   "\"7-x\"", &error),
            &error);
    outgoing_release(&outgoing);
    seat_leave(&there);
}

static void expect_effect(struct seat *seat, const char *id, enum request_effect effect)
{
    struct error error = {0};
    struct request_list *list = NULL;
    const struct request_filter unseen = {.state = -1, .unseen_only = true};
    struct request_detail *detail = get(seat, id);
    bool listed = effect == EFFECT_OTHER_VALUE || effect == EFFECT_NOT_SEEN;

    assert_string_equal(request_effect_name(detail->row.effect), request_effect_name(effect));
    assert_int_equal(request_effect_sentence(effect)[0] != '\0', listed);
    request_detail_free(detail);
    seat_ok(request_list(seat->reader, &unseen, &list, &error), &error);
    assert_int_equal(list->count, listed);
    request_list_free(list);
}

static void another_value_than_proposed_is_said(void **state)
{
    struct seat seat;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    receive(state, &seat, true, LONG_AGO, id);
    put_address(&seat, "4-d", "西乡 2");
    expect_effect(&seat, id, EFFECT_AS_PROPOSED);
    put_address(&seat, "5-e", "西乡 9");
    expect_effect(&seat, id, EFFECT_OTHER_VALUE);
    seat_leave(&seat);
}

static void an_approved_change_that_never_comes_is_listed(void **state)
{
    struct seat seat;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    receive(state, &seat, false, LONG_AGO, id);
    expect_effect(&seat, id, EFFECT_NOT_SEEN);
    put_address(&seat, "4-d", "西乡 2");
    expect_effect(&seat, id, EFFECT_AS_PROPOSED);
    seat_leave(&seat);
}

static void a_fresh_approval_is_waited_for(void **state)
{
    struct seat seat;
    struct error error = {0};
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    expect_effect(&seat, id, EFFECT_NONE); /* nobody has approved it */
    seat_ok(request_act(seat.outbox, &seat_supervisor, id, "approve", NULL, &error), &error);
    expect_effect(&seat, id, EFFECT_WAITED_FOR);
    seat_leave(&seat);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(the_same_change_is_shown_to_both),
        WITH_SCRATCH(another_value_than_proposed_is_said),
        WITH_SCRATCH(an_approved_change_that_never_comes_is_listed),
        WITH_SCRATCH(a_fresh_approval_is_waited_for),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    setenv("LANGUAGE", "en", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
