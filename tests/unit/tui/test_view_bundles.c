/* The page of bundles: what was written and imported, what is not proved to have arrived. */
#include "db/bundle_store.h"
#include "tests/unit/tui/desk.h"
#include "tui/exchange.h"

static struct desk desk;
static int imports, exports;

void exchange_import(struct workplace *place)
{
    (void)place;
    imports++;
}

void exchange_export(struct workplace *place)
{
    (void)place;
    exports++;
}

bool exchange_is_possible(struct workplace *place, enum command command,
                          char reason[VIEW_REASON_MAX])
{
    (void)place;
    (void)command;
    (void)snprintf(reason, VIEW_REASON_MAX, "%s", "not now");
    return !fake.is_read_only;
}

/* A bundle with the request of that id in it left. */
static void write_bundle(const char *id)
{
    char text[512];
    struct error error = {0};
    int64_t number = 0;
    struct outgoing outgoing = {0};

    seat_ok(request_next_outgoing(desk.seat.outbox, "", &outgoing, &error), &error);
    const json_t *event = json_array_get(json_object_get(outgoing.document, "events"), 0);
    (void)snprintf(text, sizeof text, "[{\"id\":\"%s\",\"rev\":\"1-abc\",\"events\":[\"%s\"]}]", id,
                   json_text(event, "id", ""));
    json_t *requests = seat_parse(text);
    json_t *receipts = seat_parse("[]");
    seat_ok(bundle_next_number(desk.seat.outbox, &number, &error), &error);
    const struct bundle_departure departure = {.number = number,
                                               .file = "up-1.p7m",
                                               .recipient = "ab",
                                               .requests = requests,
                                               .receipts = receipts};
    seat_ok(bundle_departed(desk.seat.outbox, &departure, &error), &error);
    json_decref(requests);
    json_decref(receipts);
    outgoing_release(&outgoing);
    workplace_changed(&fake.place);
}

static const struct bundle_arrival arrival = {.origin = "county",
                                              .number = 7,
                                              .digest = "00",
                                              .created_at = "2026-03-14T08:00:00Z",
                                              .signer = "cd"};

static void nothing_yet_is_said(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    desk_page(bundles_view_new(&fake.place));
    assert_true(desk_shows("No bundle has been written or imported here."));
    assert_false(desk_enabled(COMMAND_OPEN));
    desk_stays_inside();
    desk_leave(&desk);
}

static void a_bundle_waits_for_its_receipt(void **state)
{
    struct error error = {0};
    char id[48];

    desk_open(state, &desk, &seat_clerk);
    seat_raise(&desk.seat, "西乡 2", id);
    write_bundle(id);
    desk_page(bundles_view_new(&fake.place));
    assert_true(desk_shows("* written 1"));
    assert_true(desk_shows("receipt awaited"));
    assert_true(desk_shows("up-1.p7m: 1 requests, of which 1 are not proved to be delivered."));
    int64_t delivered = 0;
    json_t *refused = seat_parse("[]");
    seat_ok(bundle_confirm(desk.seat.outbox, 1, clock_wall_ms(), refused, &delivered, &error),
            &error);
    json_decref(refused);
    assert_int_equal(delivered, 1);
    workplace_changed(&fake.place);
    desk_turn();
    assert_true(desk_shows("+ written 1"));
    assert_true(desk_hides("receipt awaited"));
    desk_stays_inside();
    desk_leave(&desk);
}

static void an_import_that_was_stopped_says_how_to_go_on(void **state)
{
    struct error error = {0};

    desk_open(state, &desk, &seat_clerk);
    seat_ok(bundle_begin(desk.seat.outbox, &arrival, &error), &error);
    desk_page(bundles_view_new(&fake.place));
    assert_true(desk_shows("imported 7 (county)"));
    assert_true(desk_shows("Import the same bundle again to go on."));
    seat_ok(bundle_finish(desk.seat.outbox, &arrival, 12, &error), &error);
    workplace_changed(&fake.place);
    desk_turn();
    assert_true(desk_hides("Import the same bundle again"));
    assert_true(desk_shows("12 rows"));
    assert_true(desk_shows("receipt to send"));
    desk_leave(&desk);
}

static void the_keys_lead_to_the_exchange(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    desk_page(bundles_view_new(&fake.place));
    assert_true(desk_enabled(COMMAND_BUNDLE_IMPORT));
    (void)fake_command(COMMAND_BUNDLE_IMPORT);
    (void)fake_command(COMMAND_BUNDLE_EXPORT);
    assert_int_equal(imports, 1);
    assert_int_equal(exports, 1);
    fake.is_read_only = true;
    assert_false(desk_enabled(COMMAND_BUNDLE_EXPORT));
    desk_leave(&desk);
}

int main(void)
{
#define IN_HOME(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_HOME(nothing_yet_is_said),
        IN_HOME(a_bundle_waits_for_its_receipt),
        IN_HOME(an_import_that_was_stopped_says_how_to_go_on),
        IN_HOME(the_keys_lead_to_the_exchange),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
