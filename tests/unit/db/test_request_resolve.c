/* What is held and decided, and requests that take the place of others. */
#include "base/clock.h"
#include "base/random.h"
#include "db/journal.h"
#include "db/notice.h"
#include "tests/unit/db/seat.h"

static void expect(struct seat *seat, const char *id, enum request_state state,
                   enum delivery delivery)
{
    struct error error = {0};
    struct request_detail *detail = NULL;

    seat_ok(request_get(seat->reader, id, &detail, &error), &error);
    assert_string_equal(request_state_name(detail->row.state), request_state_name(state));
    assert_string_equal(delivery_name(detail->row.delivery), delivery_name(delivery));
    request_detail_free(detail);
}

static void expect_note(struct seat *seat, const char *id, const char *note)
{
    struct error error = {0};
    struct request_detail *detail = NULL;

    seat_ok(request_get(seat->reader, id, &detail, &error), &error);
    assert_string_equal(detail->fold.steps[detail->fold.step_count - 1].note, note);
    request_detail_free(detail);
}

static enum status resolve(struct seat *seat, const struct session *session, const char *id,
                           enum resolution resolution, const char *note)
{
    return request_resolve(seat->outbox, seat->reader, session, id, resolution, note, NULL);
}

static enum status next(struct seat *seat, struct outgoing *outgoing)
{
    return request_next_upload(seat->outbox, "", outgoing, NULL);
}

static void hold(struct seat *seat, const char *id, const char *kind)
{
    struct error error = {0};

    seat_ok(request_hold(seat->outbox, id, kind, "because", &error), &error);
}

static void reopen(struct seat *seat)
{
    char directory[PATH_MAX];

    snprintf(directory, sizeof directory, "%s", seat->directory);
    seat_leave(seat);
    seat_sit(seat, directory);
}

/* --- keep ------------------------------------------------------------------------------------- */

static void a_kept_request_goes_on_with_what_was_seen(void **state)
{
    struct seat seat;
    struct outgoing outgoing;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    assert_int_equal(resolve(&seat, &seat_clerk, id, RESOLVE_KEEP, NULL), STATUS_REFUSED);
    assert_int_equal(next(&seat, &outgoing), STATUS_OK);
    assert_true(outgoing.is_first);
    assert_string_equal(outgoing.accepted_rev, "");
    outgoing_release(&outgoing);
    hold(&seat, id, "conflict");
    assert_int_equal(next(&seat, &outgoing), STATUS_NOT_FOUND);
    seat_put_record(&seat, "4-def",
                    "{\"_id\":\"" SEAT_RECORD "\",\"_rev\":\"4-def\",\"id_number\":\"" SEAT_PERSON
                    "\",\"name\":\"张伟\",\"address\":\"西乡 9\"}");
    assert_int_equal(resolve(&seat, &seat_clerk, id, RESOLVE_KEEP, NULL), STATUS_OK);
    assert_int_equal(next(&seat, &outgoing), STATUS_OK);
    assert_string_equal(outgoing.accepted_rev, "4-def");
    outgoing_release(&outgoing);
    assert_int_equal(resolve(&seat, &seat_clerk, id, RESOLVE_KEEP, NULL), STATUS_REFUSED);
    seat_leave(&seat);
}

static void without_a_record_nothing_was_seen(void **state)
{
    struct seat seat;
    struct outgoing outgoing;
    struct error error = {0};
    char id[48];
    const struct request_new wanted = {
        .kind = "application", .dataset = "population", .reason = "we need it"};

    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(request_raise(seat.outbox, seat.reader, &seat_clerk, &wanted, id, &error), &error);
    hold(&seat, id, "refused");
    assert_int_equal(resolve(&seat, &seat_supervisor, id, RESOLVE_KEEP, NULL), STATUS_OK);
    assert_int_equal(next(&seat, &outgoing), STATUS_OK);
    assert_string_equal(outgoing.accepted_rev, REQUEST_NO_RECORD);
    outgoing_release(&outgoing);
    seat_leave(&seat);
}

/* --- drop ------------------------------------------------------------------------------------- */

static void what_was_never_offered_is_not_sent(void **state)
{
    struct seat seat;
    struct outgoing outgoing;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    hold(&seat, id, "conflict");
    assert_int_equal(resolve(&seat, &seat_clerk, id, RESOLVE_DROP, NULL), STATUS_OK);
    expect_note(&seat, id, "because"); /* of the hold */
    expect(&seat, id, REQUEST_WITHDRAWN, DELIVERY_WITHDRAWN);
    assert_int_equal(next(&seat, &outgoing), STATUS_NOT_FOUND);
    reopen(&seat);
    expect(&seat, id, REQUEST_WITHDRAWN, DELIVERY_WITHDRAWN);
    assert_int_equal(next(&seat, &outgoing), STATUS_NOT_FOUND);
    seat_leave(&seat);
}

/* The upstream may have it, so it must hear of the withdrawal; refused and not there, it need not.
 */
static void what_was_offered_is_withdrawn_upstream(void **state)
{
    struct seat seat;
    struct outgoing outgoing;
    struct error error = {0};
    bool closed = true;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    seat_ok(request_offer(seat.outbox, id, &error), &error);
    hold(&seat, id, "refused");
    seat_ok(request_close_here(seat.outbox, id, &closed, &error), &error);
    assert_false(closed); /* it is not withdrawn */
    expect(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_HELD);
    assert_int_equal(resolve(&seat, &seat_clerk, id, RESOLVE_DROP, "no use"), STATUS_OK);
    expect(&seat, id, REQUEST_WITHDRAWN, DELIVERY_QUEUED);
    assert_int_equal(next(&seat, &outgoing), STATUS_OK);
    assert_false(outgoing.is_first);
    assert_int_equal(json_array_size(outgoing.event_ids), 2);
    outgoing_release(&outgoing);
    seat_ok(request_close_here(seat.outbox, id, &closed, &error), &error);
    assert_true(closed);
    expect(&seat, id, REQUEST_WITHDRAWN, DELIVERY_WITHDRAWN);
    seat_leave(&seat);
}

/* It was there after all: then the withdrawal has to arrive. */
static void what_turns_up_upstream_is_sent_again(void **state)
{
    struct seat seat;
    struct outgoing outgoing;
    struct error error = {0};
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    assert_int_equal(next(&seat, &outgoing), STATUS_OK);
    hold(&seat, id, "conflict");
    assert_int_equal(resolve(&seat, &seat_clerk, id, RESOLVE_DROP, "no use"), STATUS_OK);
    seat_ok(request_merge_upstream(seat.outbox, id, "1-a", outgoing.document, "requests-990106001",
                                   "\"1\"", &error),
            &error);
    outgoing_release(&outgoing);
    expect(&seat, id, REQUEST_WITHDRAWN, DELIVERY_QUEUED);
    assert_int_equal(next(&seat, &outgoing), STATUS_OK);
    assert_int_equal(json_array_size(outgoing.event_ids), 1);
    outgoing_release(&outgoing);
    seat_leave(&seat);
}

/* A refusal leaves everything as it was: no withdrawal without a release, and the other way. */
static void only_the_maker_drops(void **state)
{
    static const struct session other = {"zhao", ACCOUNT_CLERK};
    static const struct session auditor = {"qian", ACCOUNT_AUDITOR};
    struct seat seat;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    hold(&seat, id, "refused");
    assert_int_equal(resolve(&seat, &other, id, RESOLVE_DROP, "x"), STATUS_REFUSED);
    assert_int_equal(resolve(&seat, &auditor, id, RESOLVE_KEEP, NULL), STATUS_REFUSED);
    expect(&seat, id, REQUEST_PENDING_REVIEW, DELIVERY_HELD);
    assert_int_equal(resolve(&seat, &seat_clerk, "nothing", RESOLVE_KEEP, NULL), STATUS_INVALID);
    seat_leave(&seat);
}

/* Held again after it was withdrawn: dropping it a second time sends it once more. */
static void a_withdrawn_request_is_dropped_again(void **state)
{
    struct seat seat;
    struct error error = {0};
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    seat_ok(request_offer(seat.outbox, id, &error), &error);
    seat_ok(request_act(seat.outbox, &seat_clerk, id, "withdraw", "x", &error), &error);
    hold(&seat, id, "refused");
    assert_int_equal(resolve(&seat, &seat_clerk, id, RESOLVE_DROP, "x"), STATUS_OK);
    expect(&seat, id, REQUEST_WITHDRAWN, DELIVERY_QUEUED);
    seat_leave(&seat);
}

/* --- the base --------------------------------------------------------------------------------- */

static enum request_base compare(const char *changes, const char *record)
{
    json_t *request = json_pack("{s:o}", "changes", seat_parse(changes));
    json_t *now = seat_parse(record);
    enum request_base base = request_compare_base(request, now);

    json_decref(request);
    json_decref(now);
    return base;
}

static void bases_are_compared_by_value(void **state)
{
    static const char two[] = "[{\"field\":\"a\",\"base\":\"1\",\"proposed\":\"2\"},"
                              "{\"field\":\"b\",\"base\":null,\"proposed\":\"x\"}]";

    (void)state;
    assert_int_equal(compare(two, "{\"a\":\"1\",\"c\":\"new\"}"), BASE_SAME);
    assert_int_equal(compare(two, "{\"a\":1}"), BASE_SAME); /* written as a number now */
    assert_int_equal(compare(two, "{\"a\":\"3\"}"), BASE_CHANGED);
    assert_int_equal(compare(two, "{\"a\":\"2\"}"), BASE_CHANGED); /* half of it */
    assert_int_equal(compare(two, "{\"a\":\"2\",\"b\":\"x\"}"), BASE_REACHED);
    assert_int_equal(compare(two, "{}"), BASE_CHANGED);
}

/* --- again ------------------------------------------------------------------------------------ */

static enum status raise_again(struct seat *seat, const struct session *session, const char *old,
                               const struct request_attachment *file, char id[48],
                               struct error *error)
{
    const struct request_change change = {"address", "西乡 5"};
    const struct request_new wanted = {.dataset = "population",
                                       .record = SEAT_RECORD,
                                       .changes = &change,
                                       .change_count = 1,
                                       .ground = "inaccurate",
                                       .reason = "better",
                                       .attachments = file,
                                       .attachment_count = file ? 1 : 0,
                                       .resubmits = old,
                                       .keeps_evidence = true};

    return request_raise(seat->outbox, seat->reader, session, &wanted, id, error);
}

static size_t count_all(struct seat *seat)
{
    const struct request_filter filter = {.state = -1};
    struct request_list *list = NULL;
    struct error error = {0};

    seat_ok(request_list(seat->reader, &filter, &list, &error), &error);
    size_t count = list->count;
    request_list_free(list);
    return count;
}

static void raise_with_file(struct seat *seat, const char *path, char id[48])
{
    struct error error = {0};
    const struct request_change change = {"address", "西乡 2"};
    const struct request_attachment file = {path};
    const struct request_new wanted = {.dataset = "population",
                                       .record = SEAT_RECORD,
                                       .changes = &change,
                                       .change_count = 1,
                                       .ground = "inaccurate",
                                       .reason = "moved",
                                       .attachments = &file,
                                       .attachment_count = 1};

    seat_ok(request_raise(seat->outbox, seat->reader, &seat_clerk, &wanted, id, &error), &error);
}

/* Old and new in one entry; what may not be submitted again saves nothing at all. */
static void a_new_request_takes_the_place_of_the_old(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct request_detail *detail = NULL;
    char path[PATH_MAX], old[48], new[48];

    snprintf(path, sizeof path, "%s", scratch_path(state, "户口本.pdf"));
    write_file(path, "abc", 3);
    seat_make(&seat, scratch_path(state, "home"));
    raise_with_file(&seat, path, old);
    assert_int_equal(raise_again(&seat, &seat_clerk, old, NULL, new, &error), STATUS_REFUSED);
    assert_int_equal(count_all(&seat), 1);
    seat_ok(request_act(seat.outbox, &seat_supervisor, old, "return", "no", &error), &error);
    assert_int_equal(raise_again(&seat, &seat_supervisor, old, NULL, new, &error), STATUS_REFUSED);
    assert_int_equal(count_all(&seat), 1);
    seat_ok(raise_again(&seat, &seat_clerk, old, NULL, new, &error), &error);
    expect(&seat, old, REQUEST_CLOSED, DELIVERY_QUEUED);
    expect(&seat, new, REQUEST_PENDING_REVIEW, DELIVERY_QUEUED);
    assert_int_equal(raise_again(&seat, &seat_clerk, old, NULL, new, &error), STATUS_REFUSED);
    assert_int_equal(count_all(&seat), 2);

    seat_ok(request_get(seat.reader, old, &detail, &error), &error);
    const struct request_step *last = &detail->fold.steps[detail->fold.step_count - 1];
    assert_string_equal(last->action, "resubmit");
    assert_string_equal(last->note, new);
    request_detail_free(detail);
    seat_ok(request_get(seat.reader, new, &detail, &error), &error);
    const json_t *file =
        json_object_get(json_object_get(detail->document, "_attachments"), "户口本.pdf");
    assert_string_equal(json_text(file, "data", ""), "YWJj");
    request_detail_free(detail);
    reopen(&seat);
    expect(&seat, old, REQUEST_CLOSED, DELIVERY_QUEUED);
    assert_int_equal(count_all(&seat), 2);
    seat_leave(&seat);
}

static void a_file_attached_anew_replaces_the_old_one(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct request_detail *detail = NULL;
    char path[PATH_MAX], old[48], new[48];
    const struct request_attachment file = {path};

    snprintf(path, sizeof path, "%s", scratch_path(state, "scan.pdf"));
    write_file(path, "abc", 3);
    seat_make(&seat, scratch_path(state, "home"));
    raise_with_file(&seat, path, old);
    seat_ok(request_act(seat.outbox, &seat_supervisor, old, "return", "no", &error), &error);
    write_file(path, "xyz!", 4);
    seat_ok(raise_again(&seat, &seat_clerk, old, &file, new, &error), &error);
    seat_ok(request_get(seat.reader, new, &detail, &error), &error);
    const json_t *evidence = json_object_get(detail->document, "evidence");
    assert_int_equal(json_array_size(evidence), 1);
    assert_int_equal(json_int(json_array_get(evidence, 0), "length", 0), 4);
    request_detail_free(detail);
    seat_leave(&seat);
}

/* --- clocks ----------------------------------------------------------------------------------- */

/* This computer is a day behind: events are numbered by the upstream's clock, so that they stand
 * where they belong among those of others. */
static void events_are_ordered_by_the_common_clock(void **state)
{
    static const char ahead[] = "86400000";
    struct seat seat;
    struct error error = {0};
    struct request_detail *detail = NULL;
    char id[48], before[ULID_TEXT_MAX], after[ULID_TEXT_MAX];

    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(setting_set(seat.outbox, "clock.offset_ms", ahead, &error), &error);
    seat_ok(ulid_new_by(86400000 - 60000, before, &error), &error);
    seat_raise(&seat, "西乡 2", id);
    seat_ok(ulid_new_by(86400000 + 60000, after, &error), &error);
    seat_ok(request_act(seat.outbox, &seat_supervisor, id, "approve", NULL, &error), &error);
    seat_ok(request_get(seat.reader, id, &detail, &error), &error);
    const json_t *events = json_object_get(detail->document, "events");
    for (size_t i = 0; i < 2; i++) {
        const json_t *event = json_array_get(events, i);
        assert_true(strcmp(json_text(event, "id", ""), before) > 0);
        assert_int_equal(json_int(event, "offset_ms", 0), 86400000);
        assert_int_equal(json_int(event, "mono", 0), i + 1);
    }
    assert_true(strcmp(json_text(json_array_get(events, 0), "id", ""), after) < 0);
    assert_true(detail->row.created_ms > clock_wall_ms() + 86400000 - 60000);
    request_detail_free(detail);
    seat_leave(&seat);
}

/* --- overtaken -------------------------------------------------------------------------------- */

static void an_overtaken_decision_is_told_once(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct outgoing outgoing;
    json_t *event = NULL;
    char id[48];
    const struct notice_filter filter = {.with_seen = true};
    struct notice_list *list = NULL;

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    seat_ok(request_act(seat.outbox, &seat_supervisor, id, "approve", NULL, &error), &error);
    expect(&seat, id, REQUEST_APPROVED, DELIVERY_QUEUED);
    assert_int_equal(next(&seat, &outgoing), STATUS_OK);

    /* elsewhere it was returned before that */
    json_t *document = json_deep_copy(outgoing.document);
    json_t *events = json_object_get(document, "events");
    json_array_remove(events, 1);
    const struct request_event made = {.id = "00000000000000000000000001",
                                       .at = "2099-01-01T00:00:00.000Z",
                                       .mono = 1,
                                       .by = "sun",
                                       .role = "supervisor",
                                       .action = "return",
                                       .note = "no proof"};
    seat_ok(request_event_json(&made, &event, &error), &error);
    json_array_append_new(events, event);
    for (int i = 0; i < 2; i++)
        seat_ok(request_merge_upstream(seat.outbox, id, "2-b", document, "requests-990106001",
                                       "\"2\"", &error),
                &error);
    json_decref(document);
    outgoing_release(&outgoing);

    expect(&seat, id, REQUEST_RETURNED, DELIVERY_QUEUED);
    seat_ok(notice_read(seat.reader, &seat_supervisor, &filter, &list, &error), &error);
    assert_int_equal(list->count, 1);
    assert_string_equal(list->items[0].kind, "request_overtaken");
    assert_string_equal(list->items[0].request, id);
    assert_non_null(strstr(list->items[0].sentence, "sun"));
    assert_non_null(strstr(list->items[0].sentence, "approved"));
    notice_list_free(list);
    seat_leave(&seat);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(a_kept_request_goes_on_with_what_was_seen),
        WITH_SCRATCH(without_a_record_nothing_was_seen),
        WITH_SCRATCH(what_was_never_offered_is_not_sent),
        WITH_SCRATCH(what_was_offered_is_withdrawn_upstream),
        WITH_SCRATCH(what_turns_up_upstream_is_sent_again),
        WITH_SCRATCH(only_the_maker_drops),
        WITH_SCRATCH(a_withdrawn_request_is_dropped_again),
        WITH_SCRATCH(bases_are_compared_by_value),
        WITH_SCRATCH(a_new_request_takes_the_place_of_the_old),
        WITH_SCRATCH(a_file_attached_anew_replaces_the_old_one),
        WITH_SCRATCH(events_are_ordered_by_the_common_clock),
        WITH_SCRATCH(an_overtaken_decision_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
