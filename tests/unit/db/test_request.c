#include "db/journal.h"
#include "tests/unit/db/seat.h"
#include "verify/digest.h"

static struct request_detail *get(struct seat *seat, const char *id)
{
    struct error error = {0};
    struct request_detail *detail = NULL;

    seat_ok(request_get(seat->reader, id, &detail, &error), &error);
    return detail;
}

static struct request_list *list(struct seat *seat, struct request_filter filter)
{
    struct error error = {0};
    struct request_list *found = NULL;

    seat_ok(request_list(seat->reader, &filter, &found, &error), &error);
    return found;
}

static void assert_delivery(struct seat *seat, const char *id, enum delivery delivery)
{
    struct request_detail *detail = get(seat, id);

    assert_string_equal(delivery_name(detail->row.delivery), delivery_name(delivery));
    request_detail_free(detail);
}

static void assert_state(struct seat *seat, const char *id, enum request_state state)
{
    struct request_detail *detail = get(seat, id);

    assert_string_equal(request_state_name(detail->row.state), request_state_name(state));
    assert_int_equal(detail->fold.state, state);
    request_detail_free(detail);
}

/* The next thing to send, as the upstream would get it. */
static void next(struct seat *seat, const char *after, struct outgoing *outgoing)
{
    struct error error = {0};

    seat_ok(request_next_outgoing(seat->outbox, after, outgoing, &error), &error);
}

static void deliver(struct seat *seat, const char *rev)
{
    struct error error = {0};
    struct outgoing outgoing;

    next(seat, "", &outgoing);
    seat_ok(request_acknowledge(seat->outbox, &outgoing, rev, &error), &error);
    outgoing_release(&outgoing);
}

/* An event as the provider or another station would write it. */
static void add_event(json_t *document, const char *ulid, const char *by, const char *role,
                      const char *action, const char *at)
{
    struct error error = {0};
    json_t *event = NULL;
    const struct request_event made = {
        .id = ulid, .at = at, .mono = 1, .by = by, .role = role, .action = action, .note = "n"};

    seat_ok(request_event_json(&made, &event, &error), &error);
    json_array_append_new(json_object_get(document, "events"), event);
}

static void merge(struct seat *seat, const char *id, const char *rev, const json_t *document)
{
    struct error error = {0};

    seat_ok(request_merge_upstream(seat->outbox, id, rev, document, "requests-990106001", "\"7-x\"",
                                   &error),
            &error);
}

/* --- raising ---------------------------------------------------------------------------------- */

static void a_request_is_the_documented_document(void **state)
{
    struct seat seat;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    struct request_detail *detail = get(&seat, id);
    const json_t *document = detail->document;
    assert_string_equal(json_text(document, "_id", ""), id);
    assert_string_equal(json_text(document, "type", ""), "request");
    assert_string_equal(json_text(document, "kind", ""), "correction");
    assert_string_equal(json_text(document, "area", ""), "990106001");
    assert_string_equal(json_text(document, "station", ""), "窗口 3");
    assert_string_equal(json_text(document, "origin", ""), home_device(seat.home));
    assert_string_equal(json_text(document, "base_rev", ""), "3-abc");
    assert_string_equal(json_text(document, "ground", ""), "inaccurate");
    assert_string_equal(json_text(json_object_get(document, "subject"), "id", ""), SEAT_PERSON);
    assert_string_equal(json_text(json_object_get(document, "subject"), "kind", ""), "person");
    const json_t *change = json_array_get(json_object_get(document, "changes"), 0);
    assert_string_equal(json_text(change, "base", ""), "西乡 1");
    assert_string_equal(json_text(change, "proposed", ""), "西乡 2");
    const json_t *event = json_array_get(json_object_get(document, "events"), 0);
    assert_string_equal(json_text(event, "action", ""), "submit");
    assert_string_equal(json_text(event, "by", ""), "li");
    assert_string_equal(json_text(event, "role", ""), "clerk");
    assert_int_equal(json_int(event, "mono", 0), 1);
    assert_null(json_object_get(document, "_rev"));
    assert_int_equal(request_check(document, NULL), STATUS_OK);
    assert_int_equal(detail->row.state, REQUEST_PENDING_REVIEW);
    assert_int_equal(detail->row.delivery, DELIVERY_QUEUED);
    assert_string_equal(detail->row.summary, "Address: 西乡 1 → 西乡 2");
    assert_string_equal(detail->row.subject_name, "张伟");
    assert_string_equal(detail->fields[0].now, "西乡 1");
    assert_false(detail->fields[0].now_differs);
    assert_false(detail->row.base_changed);
    assert_true(detail->row.born_here);
    request_detail_free(detail);
    seat_leave(&seat);
}

static void events_are_numbered_and_know_the_clock(void **state)
{
    struct seat seat;
    struct error error = {0};
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    seat_ok(setting_set(seat.outbox, "clock.offset_ms", "-2500", &error), &error);
    seat_raise(&seat, "西乡 3", id);
    struct request_detail *detail = get(&seat, id);
    const json_t *event = json_array_get(json_object_get(detail->document, "events"), 0);
    assert_int_equal(json_int(event, "mono", 0), 2);
    assert_int_equal(json_int(event, "offset_ms", 0), -2500);
    request_detail_free(detail);
    seat_leave(&seat);
}

struct proposal {
    const char *field, *typed, *json; /* json NULL: refused */
};

static const struct proposal proposals[] = {
    {"address", "  西乡 9　", "\"西乡 9\""},
    {"address", "西乡 1", NULL},
    {"address", "", NULL},
    {"address", "   ", NULL},
    {"address", "a\x1b[2J", NULL},
    {"address", "\xFF", NULL},
    {"name", "李雷", NULL},                 /* not correctable */
    {"nothing", "x", NULL},                 /* no such field */
    {"born", "1990-03-08", "\"19900308\""}, /* written as the register writes it */
    {"born", "１９９０-03-08", "\"19900308\""},
    {"born", "1990-02-30", NULL},
    {"born", "19900307", NULL}, /* as it is */
    {"children", "2", "2"},
    {"children", "２", "2"},
    {"children", "1", NULL},
    {"children", "two", NULL},
    {"children", "99999999999999999999", NULL},
    {"income", "1250.50", "\"1250.50\""},
    {"income", "12.33", NULL},
    {"income", "1,250", NULL},
    {"seen", "2026-03-14T08:05:09Z", "\"2026-03-14T08:05:09Z\""},
    {"seen", "2026-03-14　08:05", "\"2026-03-14 08:05\""},
    {"seen", "2026-03-14 08:05:09", "\"2026-03-14 08:05:09\""},
    {"seen", "2026-03-14", "\"2026-03-14\""},
    {"seen", "2026-03-14 24:05", NULL},
    {"seen", "2026-02-30 08:05", NULL},
    {"seen", "2026-03-14 08:05x", NULL},
    {"seen", "yesterday", NULL},
    {"district", "440306", "\"440306\""},
    {"district", "the east", NULL},
    {"veteran", "是", "true"},
    {"veteran", "no", "false"},
    {"veteran", "maybe", NULL},
    {"marital", "20", "\"20\""},
    {"marital", "13812345678", NULL}, /* no code of GB/T 2261.2 */
    {"level", "A7", "\"A7\""},        /* a table nobody knows here */
    {"phone", "199 0000 9999", "\"19900009999\""},
    {"phone", "12", NULL},
    {"id_number", "990106199003077636", NULL}, /* wrong check character */
};

static void proposals_become_values_of_their_type(void **state)
{
    struct seat seat;

    seat_make(&seat, scratch_path(state, "home"));
    for (size_t i = 0; i < COUNT_OF(proposals); i++) {
        const struct proposal *proposal = &proposals[i];
        struct error error = {0};
        char id[48] = "";
        enum status status = seat_try_raise(&seat, proposal->field, proposal->typed, id, &error);
        if (!proposal->json) {
            if (status != STATUS_INVALID)
                fail_msg("%s: %s: %s", proposal->field, proposal->typed, status_name(status));
            continue;
        }
        seat_ok(status, &error);
        struct request_detail *detail = get(&seat, id);
        struct buf text = {0};
        const json_t *changes = json_object_get(detail->document, "changes");
        assert_int_equal(
            json_print(json_object_get(json_array_get(changes, 0), "proposed"), &text, NULL),
            STATUS_OK);
        assert_string_equal(buf_text(&text), proposal->json);
        buf_release(&text);
        request_detail_free(detail);
    }
    seat_leave(&seat);
}

/* The hashed form has no fractions: they become text, with the digits the register wrote. */
static void a_fraction_of_the_register_stays_as_written(void **state)
{
    struct seat seat;
    struct error error = {0};
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(seat_try_raise(&seat, "income", "99", id, &error), &error);
    struct request_detail *detail = get(&seat, id);
    const json_t *change = json_array_get(json_object_get(detail->document, "changes"), 0);
    assert_string_equal(json_text(change, "base", ""), "12.33");
    assert_false(detail->fields[0].now_differs);
    request_detail_free(detail);
    seat_leave(&seat);
}

static void who_may_not_raise_is_refused(void **state)
{
    static const struct session auditor = {"shen", ACCOUNT_AUDITOR};
    const struct request_change change = {"address", "x"};
    struct request_new wanted = {.dataset = "population",
                                 .record = SEAT_RECORD,
                                 .changes = &change,
                                 .change_count = 1,
                                 .ground = "inaccurate",
                                 .reason = "moved"};
    struct seat seat;
    char id[48] = "untouched";

    seat_make(&seat, scratch_path(state, "home"));
    assert_int_equal(request_raise(seat.outbox, seat.reader, &auditor, &wanted, id, NULL),
                     STATUS_REFUSED);
    wanted.record = "person:nobody";
    assert_int_equal(request_raise(seat.outbox, seat.reader, &seat_clerk, &wanted, id, NULL),
                     STATUS_NOT_FOUND);
    wanted.record = SEAT_RECORD;
    wanted.dataset = "nothing";
    assert_int_equal(request_raise(seat.outbox, seat.reader, &seat_clerk, &wanted, id, NULL),
                     STATUS_INVALID);
    wanted.dataset = "population";
    wanted.change_count = 0;
    assert_int_equal(request_raise(seat.outbox, seat.reader, &seat_clerk, &wanted, id, NULL),
                     STATUS_INVALID);
    const struct request_change twice[] = {{"address", "x"}, {"address", "y"}};
    wanted.changes = twice;
    wanted.change_count = 2;
    struct error error = {0};
    assert_int_equal(request_raise(seat.outbox, seat.reader, &seat_clerk, &wanted, id, &error),
                     STATUS_INVALID);
    assert_non_null(strstr(error.text, "twice"));
    wanted.change_count = 1;
    char *prose = calloc(1, REQUEST_PROSE_MAX + 2);
    assert_non_null(prose);
    memset(prose, 'x', REQUEST_PROSE_MAX + 1);
    wanted.reason = prose;
    assert_int_equal(request_raise(seat.outbox, seat.reader, &seat_clerk, &wanted, id, NULL),
                     STATUS_TOO_LARGE);
    free(prose);
    wanted.reason = "moved";
    wanted.ground = "just so";
    assert_int_equal(request_raise(seat.outbox, seat.reader, &seat_clerk, &wanted, id, NULL),
                     STATUS_INVALID);
    assert_string_equal(id, "untouched");
    struct request_list *none = list(&seat, (struct request_filter){.state = -1});
    assert_int_equal(none->count, 0);
    request_list_free(none);
    seat_leave(&seat);
}

static void a_recheck_needs_no_change(void **state)
{
    struct request_new wanted = {.kind = "recheck", .dataset = "population", .record = SEAT_RECORD};
    struct seat seat;
    struct error error = {0};
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(request_raise(seat.outbox, seat.reader, &seat_clerk, &wanted, id, &error), &error);
    wanted.record = NULL;
    assert_int_equal(request_raise(seat.outbox, seat.reader, &seat_clerk, &wanted, id, NULL),
                     STATUS_INVALID);
    wanted.kind = "application";
    wanted.reason = "we need it";
    seat_ok(request_raise(seat.outbox, seat.reader, &seat_clerk, &wanted, id, &error), &error);
    struct request_detail *detail = get(&seat, id);
    assert_string_equal(detail->row.summary, "we need it");
    assert_string_equal(detail->row.subject_name, "");
    assert_int_equal(detail->field_count, 0);
    request_detail_free(detail);
    seat_leave(&seat);
}

/* --- evidence --------------------------------------------------------------------------------- */

static enum status raise_with(struct seat *seat, const struct request_attachment *attachments,
                              size_t count, char id[48], struct error *error)
{
    const struct request_change change = {"address", "西乡 2"};
    const struct request_new wanted = {.dataset = "population",
                                       .record = SEAT_RECORD,
                                       .changes = &change,
                                       .change_count = 1,
                                       .ground = "inaccurate",
                                       .reason = "moved",
                                       .attachments = attachments,
                                       .attachment_count = count};

    return request_raise(seat->outbox, seat->reader, &seat_clerk, &wanted, id, error);
}

static void attachments_go_along_until_the_upstream_has_them(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct outgoing outgoing;
    char path[PATH_MAX];
    char id[48];
    char sha256[SHA256_HEX_MAX];
    const struct request_attachment attachment = {path};

    snprintf(path, sizeof path, "%s", scratch_path(state, "户口本.pdf"));
    write_file(path, "a\0b", 3);
    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(raise_with(&seat, &attachment, 1, id, &error), &error);
    next(&seat, "", &outgoing);
    const json_t *item = json_array_get(json_object_get(outgoing.document, "evidence"), 0);
    assert_string_equal(json_text(item, "name", ""), "户口本.pdf");
    assert_string_equal(json_text(item, "type", ""), "application/pdf");
    assert_int_equal(json_int(item, "length", 0), 3);
    seat_ok(sha256_hex("a\0b", 3, sha256, &error), &error);
    assert_string_equal(json_text(item, "sha256", ""), sha256);
    const json_t *sent =
        json_object_get(json_object_get(outgoing.document, "_attachments"), "户口本.pdf");
    assert_string_equal(json_text(sent, "data", ""), "YQBi");
    assert_string_equal(json_text(sent, "content_type", ""), "application/pdf");
    seat_ok(request_acknowledge(seat.outbox, &outgoing, "1-a", &error), &error);

    /* as the feed gives it back */
    json_t *document = json_deep_copy(outgoing.document);
    json_object_set_new(
        document, "_attachments",
        seat_parse("{\"户口本.pdf\":{\"content_type\":\"application/pdf\","
                   "\"revpos\":1,\"digest\":\"md5-x\",\"length\":3,\"stub\":true}}"));
    outgoing_release(&outgoing);
    merge(&seat, id, "1-a", document);
    json_decref(document);
    assert_delivery(&seat, id, DELIVERY_DELIVERED);
    seat_ok(request_act(seat.outbox, &seat_supervisor, id, "approve", NULL, &error), &error);
    next(&seat, "", &outgoing);
    sent = json_object_get(json_object_get(outgoing.document, "_attachments"), "户口本.pdf");
    assert_true(json_bool(sent, "stub", false));
    assert_string_equal(json_text(sent, "digest", ""), "md5-x");
    assert_null(json_object_get(sent, "data"));
    assert_string_equal(json_text(outgoing.document, "_rev", ""), "1-a");
    outgoing_release(&outgoing);
    seat_leave(&seat);
}

static void attachments_have_limits(void **state)
{
    struct seat seat;
    struct error error = {0};
    char big[PATH_MAX];
    char odd[PATH_MAX];
    char id[48];
    size_t length = REQUEST_ATTACHMENT_MAX + 1;
    char *bytes = calloc(1, length);

    assert_non_null(bytes);
    seat_make(&seat, scratch_path(state, "home"));
    snprintf(big, sizeof big, "%s", scratch_path(state, "big.png"));
    snprintf(odd, sizeof odd, "%s", scratch_path(state, "_odd"));
    write_file(odd, "x", 1);
    write_file(big, bytes, length);
    const struct request_attachment twice[] = {{big}, {big}};
    const struct request_attachment named_oddly[] = {{odd}};
    assert_int_equal(raise_with(&seat, twice, 1, id, &error), STATUS_TOO_LARGE);
    assert_int_equal(raise_with(&seat, named_oddly, 1, id, &error), STATUS_INVALID);
    write_file(big, bytes, 100);
    assert_int_equal(raise_with(&seat, twice, 2, id, &error), STATUS_INVALID);
    write_file(big, bytes, 0); /* a scan that went wrong */
    assert_int_equal(raise_with(&seat, twice, 1, id, &error), STATUS_INVALID);
    write_file(big, bytes, REQUEST_ATTACHMENT_MAX);
    seat_ok(raise_with(&seat, twice, 1, id, &error), &error);
    free(bytes);
    seat_leave(&seat);
}

/* --- deciding --------------------------------------------------------------------------------- */

static void four_eyes_decide(void **state)
{
    static const struct session maker_too = {"li", ACCOUNT_CLERK | ACCOUNT_SUPERVISOR};
    static const struct session other = {"zhao", ACCOUNT_CLERK};
    struct seat seat;
    struct error error = {0};
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    assert_int_equal(request_act(seat.outbox, &maker_too, id, "approve", NULL, &error),
                     STATUS_REFUSED);
    assert_non_null(strstr(error.text, "maker"));
    assert_int_equal(request_act(seat.outbox, &other, id, "approve", NULL, NULL), STATUS_REFUSED);
    assert_int_equal(request_act(seat.outbox, &other, id, "withdraw", NULL, NULL), STATUS_REFUSED);
    assert_int_equal(request_act(seat.outbox, &seat_supervisor, id, "return", "", NULL),
                     STATUS_INVALID);
    assert_int_equal(request_act(seat.outbox, &seat_supervisor, id, "receive", NULL, NULL),
                     STATUS_INVALID);
    assert_int_equal(request_act(seat.outbox, &seat_supervisor, "request:x", "approve", NULL, NULL),
                     STATUS_INVALID);
    assert_state(&seat, id, REQUEST_PENDING_REVIEW);
    seat_ok(request_act(seat.outbox, &seat_supervisor, id + 8, "approve", NULL, &error), &error);
    assert_state(&seat, id, REQUEST_APPROVED);
    assert_int_equal(request_act(seat.outbox, &seat_supervisor, id, "approve", NULL, &error),
                     STATUS_REFUSED);
    assert_non_null(strstr(error.text, "wang"));
    seat_ok(request_act(seat.outbox, &seat_clerk, id, "withdraw", "mistake", &error), &error);
    assert_state(&seat, id, REQUEST_WITHDRAWN);
    seat_leave(&seat);
}

static void a_return_carries_its_reason(void **state)
{
    struct seat seat;
    struct error error = {0};
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    seat_ok(request_act(seat.outbox, &seat_supervisor, id, "return", "no evidence", &error),
            &error);
    struct request_detail *detail = get(&seat, id);
    assert_int_equal(detail->row.state, REQUEST_RETURNED);
    assert_string_equal(detail->fold.return_reason, "no evidence");
    assert_string_equal(detail->fold.decided_by, "wang");
    request_detail_free(detail);
    seat_leave(&seat);
}

/* --- lists ------------------------------------------------------------------------------------ */

static size_t count(struct seat *seat, struct request_filter filter)
{
    struct request_list *found = list(seat, filter);
    size_t rows = found->count;

    request_list_free(found);
    return rows;
}

static void lists_are_filtered(void **state)
{
    struct seat seat;
    struct error error = {0};
    char first[48];
    char second[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", first);
    seat_raise(&seat, "西乡 3", second);
    seat_ok(request_act(seat.outbox, &seat_supervisor, first, "approve", NULL, &error), &error);
    seat_ok(request_act(seat.outbox, &seat_clerk, second, "withdraw", "x", &error), &error);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1}), 2);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .limit = 1}), 1);
    assert_int_equal(count(&seat, (struct request_filter){.state = REQUEST_APPROVED}), 1);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .maker = "li"}), 2);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .maker = "wang"}), 0);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .subject = SEAT_PERSON}), 2);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .record = SEAT_RECORD}), 2);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .record = "x"}), 0);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .dataset = "population"}),
                     2);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .open_only = true}), 2);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .held_only = true}), 0);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .review_by = "wang"}), 0);
    seat_raise(&seat, "西乡 4", second);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .review_by = "wang"}), 1);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .review_by = "li"}), 0);
    deliver(&seat, "1-a");
    deliver(&seat, "1-b");
    deliver(&seat, "1-c");
    assert_int_equal(count(&seat, (struct request_filter){.state = -1, .open_only = true}), 2);
    seat_leave(&seat);
}

static void a_changed_base_is_seen(void **state)
{
    struct seat seat;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    seat_put_record(&seat, "4-def",
                    "{\"_id\":\"" SEAT_RECORD "\",\"id_number\":\"" SEAT_PERSON
                    "\",\"name\":\"张伟\",\"address\":\"西乡 1\",\"phone\":\"19900009999\"}");
    struct request_detail *detail = get(&seat, id);
    assert_false(detail->row.base_changed); /* another revision, the same value */
    assert_string_equal(detail->current_rev, "4-def");
    assert_string_equal(detail->base_rev, "3-abc");
    request_detail_free(detail);
    seat_put_record(&seat, "5-ghi",
                    "{\"_id\":\"" SEAT_RECORD "\",\"id_number\":\"" SEAT_PERSON
                    "\",\"name\":\"张伟\",\"address\":\"西乡 8\"}");
    detail = get(&seat, id);
    assert_true(detail->row.base_changed);
    assert_true(detail->fields[0].now_differs);
    assert_string_equal(detail->fields[0].now, "西乡 8");
    assert_string_equal(detail->fields[0].base, "西乡 1");
    request_detail_free(detail);
    seat_leave(&seat);
}

static void the_legal_clock_starts_with_receive(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct outgoing outgoing;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    seat_ok(request_act(seat.outbox, &seat_supervisor, id, "approve", NULL, &error), &error);
    next(&seat, "", &outgoing);
    add_event(outgoing.document, "7ZZZZZZZZZZZZZZZZZZZZZZZZ1", "gongan", "provider", "receive",
              "2026-03-02T04:00:00.000Z");
    merge(&seat, id, "2-b", outgoing.document);
    struct request_detail *detail = get(&seat, id);
    assert_int_equal(detail->row.state, REQUEST_RECEIVED);
    assert_string_equal(detail->row.deadline, "2026-03-16");
    assert_true(detail->row.deadline_certain);
    request_detail_free(detail);
    add_event(outgoing.document, "7ZZZZZZZZZZZZZZZZZZZZZZZZ2", "gongan", "provider", "correct",
              "2026-03-03T04:00:00.000Z");
    merge(&seat, id, "3-c", outgoing.document);
    detail = get(&seat, id);
    assert_int_equal(detail->row.state, REQUEST_CORRECTED);
    assert_string_equal(detail->row.deadline, "");
    request_detail_free(detail);
    outgoing_release(&outgoing);
    seat_leave(&seat);
}

/* --- delivery --------------------------------------------------------------------------------- */

static void delivery_is_what_the_upstream_acknowledged(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct outgoing outgoing = {0};
    char id[48];
    char directory[PATH_MAX];

    snprintf(directory, sizeof directory, "%s", scratch_path(state, "home"));
    seat_make(&seat, directory);
    seat_raise(&seat, "西乡 2", id);
    next(&seat, "", &outgoing);
    assert_string_equal(outgoing.id, id);
    assert_string_equal(outgoing.upstream_rev, "");
    assert_int_equal(json_array_size(outgoing.event_ids), 1);
    assert_delivery(&seat, id, DELIVERY_SENDING);
    seat_ok(request_defer(seat.outbox, id, "no network", &error), &error);
    struct request_detail *detail = get(&seat, id);
    assert_int_equal(detail->row.delivery, DELIVERY_QUEUED);
    assert_string_equal(detail->row.delivery_reason, "no network");
    request_detail_free(detail);

    /* an approval made while the first write is under way is not acknowledged by it */
    seat_ok(request_act(seat.outbox, &seat_supervisor, id, "approve", NULL, &error), &error);
    seat_ok(request_acknowledge(seat.outbox, &outgoing, "1-a", &error), &error);
    outgoing_release(&outgoing);
    assert_delivery(&seat, id, DELIVERY_QUEUED);
    next(&seat, "", &outgoing);
    assert_string_equal(outgoing.upstream_rev, "1-a");
    assert_string_equal(json_text(outgoing.document, "_rev", ""), "1-a");
    assert_int_equal(json_array_size(outgoing.event_ids), 1);
    assert_int_equal(json_array_size(json_object_get(outgoing.document, "events")), 2);

    /* the program ends in the middle: nothing is being sent any more */
    outgoing_release(&outgoing);
    seat_leave(&seat);
    seat_sit(&seat, directory);
    assert_delivery(&seat, id, DELIVERY_QUEUED);
    deliver(&seat, "2-b");
    assert_delivery(&seat, id, DELIVERY_DELIVERED);
    assert_int_equal(request_next_outgoing(seat.outbox, "", &outgoing, NULL), STATUS_NOT_FOUND);
    seat_leave(&seat);
}

static void a_held_request_delays_no_other(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct outgoing outgoing;
    char first[48];
    char second[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", first);
    seat_raise(&seat, "西乡 3", second);
    seat_ok(request_hold(seat.outbox, first, "too_large", "It is too large.", &error), &error);
    next(&seat, "", &outgoing);
    assert_string_equal(outgoing.id, second);
    outgoing_release(&outgoing);
    assert_int_equal(request_next_outgoing(seat.outbox, second, &outgoing, NULL), STATUS_NOT_FOUND);
    struct request_list *held =
        list(&seat, (struct request_filter){.state = -1, .held_only = true});
    assert_int_equal(held->count, 1);
    assert_string_equal(held->rows[0].id, first);
    assert_string_equal(held->rows[0].delivery_reason, "It is too large.");
    request_list_free(held);
    seat_ok(request_release(seat.outbox, first, &error), &error);
    next(&seat, "", &outgoing);
    assert_string_equal(outgoing.id, first);
    outgoing_release(&outgoing);
    assert_int_equal(request_hold(seat.outbox, "request:none", "io", "x", NULL), STATUS_NOT_FOUND);
    seat_leave(&seat);
}

static void an_unreadable_request_delays_no_other(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct outgoing outgoing;
    char first[48];
    char second[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", first);
    struct sql *sql = outbox_lock(seat.outbox);
    seat_ok(sql_exec(sql, "UPDATE request_event SET body = '{'", &error), &error);
    outbox_unlock(seat.outbox);
    seat_raise(&seat, "西乡 3", second);
    next(&seat, "", &outgoing);
    assert_string_equal(outgoing.id, second);
    outgoing_release(&outgoing);
    assert_int_equal(request_next_outgoing(seat.outbox, second, &outgoing, NULL), STATUS_NOT_FOUND);
    seat_leave(&seat);
}

/* --- what comes from upstream ----------------------------------------------------------------- */

static void another_stations_request_is_reviewed_here(void **state)
{
    struct seat here;
    struct seat there;
    struct error error = {0};
    struct outgoing outgoing;
    struct buf since = {0};
    struct buf instance = {0};
    char id[48];

    seat_make(&there, scratch_path(state, "there"));
    seat_raise(&there, "西乡 2", id);
    next(&there, "", &outgoing);
    seat_make(&here, scratch_path(state, "here"));
    merge(&here, id, "1-a", outgoing.document);
    merge(&here, id, "1-a", outgoing.document);
    outgoing_release(&outgoing);
    struct request_detail *detail = get(&here, id);
    assert_false(detail->row.born_here);
    assert_int_equal(detail->row.delivery, DELIVERY_DELIVERED);
    assert_string_equal(detail->upstream_rev, "1-a");
    request_detail_free(detail);
    seat_ok(request_feed_position(here.outbox, "requests-990106001", &since, &instance, &error),
            &error);
    assert_string_equal(buf_text(&since), "\"7-x\"");

    seat_ok(request_act(here.outbox, &seat_supervisor, id, "approve", NULL, &error), &error);
    next(&here, "", &outgoing);
    assert_int_equal(json_array_size(outgoing.event_ids), 1);
    merge(&there, id, "2-b", outgoing.document);
    assert_state(&there, id, REQUEST_APPROVED);
    assert_delivery(&there, id, DELIVERY_DELIVERED);
    outgoing_release(&outgoing);
    buf_release(&since);
    buf_release(&instance);
    seat_leave(&here);
    seat_leave(&there);
}

static void both_sides_acts_are_united(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct outgoing outgoing;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    next(&seat, "", &outgoing);
    seat_ok(request_acknowledge(seat.outbox, &outgoing, "1-a", &error), &error);
    seat_ok(request_act(seat.outbox, &seat_clerk, id, "note", "forgot this", &error), &error);
    add_event(outgoing.document, "7ZZZZZZZZZZZZZZZZZZZZZZZZ1", "zhao", "supervisor", "approve",
              "2026-03-02T04:00:00.000Z");
    merge(&seat, id, "2-b", outgoing.document);
    outgoing_release(&outgoing);
    assert_state(&seat, id, REQUEST_APPROVED);
    next(&seat, "", &outgoing);
    assert_int_equal(json_array_size(json_object_get(outgoing.document, "events")), 3);
    assert_int_equal(json_array_size(outgoing.event_ids), 1);
    assert_string_equal(outgoing.upstream_rev, "2-b");
    outgoing_release(&outgoing);
    seat_leave(&seat);
}

static void a_restored_upstream_gets_everything_again(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct outgoing outgoing;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    next(&seat, "", &outgoing);
    seat_ok(request_acknowledge(seat.outbox, &outgoing, "1-a", &error), &error);
    seat_ok(request_act(seat.outbox, &seat_supervisor, id, "approve", NULL, &error), &error);
    deliver(&seat, "2-b");
    assert_delivery(&seat, id, DELIVERY_DELIVERED);
    merge(&seat, id, "1-a", outgoing.document); /* from the backup */
    outgoing_release(&outgoing);
    assert_delivery(&seat, id, DELIVERY_QUEUED);
    assert_state(&seat, id, REQUEST_APPROVED);
    seat_leave(&seat);
}

static enum status try_merge(struct seat *seat, const char *id, const json_t *document,
                             struct error *error)
{
    return request_merge_upstream(seat->outbox, id, "2-b", document, "requests-990106001",
                                  "\"8-y\"", error);
}

static void assert_since(struct seat *seat, const char *expected)
{
    struct error error = {0};
    struct buf since = {0};
    struct buf instance = {0};

    seat_ok(request_feed_position(seat->outbox, "requests-990106001", &since, &instance, &error),
            &error);
    assert_string_equal(buf_text(&since), expected);
    buf_release(&since);
    buf_release(&instance);
}

static void an_edited_request_is_put_aside(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct outgoing outgoing;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    next(&seat, "", &outgoing);
    json_t *edited = json_deep_copy(outgoing.document);
    json_object_set_new(edited, "reason", json_string("altered"));
    assert_int_equal(try_merge(&seat, id, edited, &error), STATUS_CORRUPT);
    assert_true(strlen(error.text) > 0);
    assert_since(&seat, "\"8-y\"");
    assert_delivery(&seat, id, DELIVERY_HELD);
    struct request_detail *detail = get(&seat, id);
    assert_string_equal(json_text(detail->document, "reason", ""), "moved");
    request_detail_free(detail);

    /* rubbish about a request nobody knows harms nobody */
    json_t *rubbish = seat_parse("{\"_id\":\"request:x\"}");
    assert_int_equal(try_merge(&seat, "request:x", rubbish, NULL), STATUS_CORRUPT);
    json_t *other = json_deep_copy(outgoing.document);
    assert_int_equal(try_merge(&seat, "request:01JDZZZZZZZZZZZZZZZZZZZZ00", other, NULL),
                     STATUS_CORRUPT);
    assert_int_equal(count(&seat, (struct request_filter){.state = -1}), 1);

    /* the sound document heals it */
    merge(&seat, id, "3-c", outgoing.document);
    assert_delivery(&seat, id, DELIVERY_DELIVERED);
    json_decref(edited);
    json_decref(rubbish);
    json_decref(other);
    outgoing_release(&outgoing);
    seat_leave(&seat);
}

/* The feed goes on behind it. */
static void an_impossible_revision_is_put_aside(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct outgoing outgoing;
    char id[48];
    char rev[200];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    next(&seat, "", &outgoing);
    memset(rev, '1', sizeof rev - 1);
    rev[sizeof rev - 1] = '\0';
    assert_int_equal(request_merge_upstream(seat.outbox, id, rev, outgoing.document,
                                            "requests-990106001", "\"8-y\"", &error),
                     STATUS_CORRUPT);
    assert_since(&seat, "\"8-y\"");
    assert_delivery(&seat, id, DELIVERY_HELD);
    outgoing_release(&outgoing);
    seat_leave(&seat);
}

static void design_documents_are_no_requests(void **state)
{
    struct seat seat;
    struct error error = {0};
    json_t *design = seat_parse("{\"_id\":\"_design/views\",\"views\":{}}");

    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(try_merge(&seat, "_design/views", design, &error), &error);
    assert_since(&seat, "\"8-y\"");
    json_decref(design);
    seat_leave(&seat);
}

static void what_the_upstream_deletes_is_not_lost_here(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct outgoing outgoing;
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    deliver(&seat, "1-a");
    seat_ok(request_merge_upstream(seat.outbox, id, "2-x", NULL, "requests-990106001", "\"9-z\"",
                                   &error),
            &error);
    assert_delivery(&seat, id, DELIVERY_HELD);
    assert_int_equal(request_next_outgoing(seat.outbox, "", &outgoing, NULL), STATUS_NOT_FOUND);
    seat_ok(request_release(seat.outbox, id, &error), &error);
    next(&seat, "", &outgoing);
    assert_string_equal(outgoing.upstream_rev, "");
    assert_int_equal(json_array_size(outgoing.event_ids), 1);
    outgoing_release(&outgoing);
    seat_ok(request_merge_upstream(seat.outbox, "request:unknown", "2-x", NULL, NULL, NULL, &error),
            &error);
    seat_leave(&seat);
}

static void a_foreign_deleted_request_goes(void **state)
{
    struct seat here;
    struct seat there;
    struct error error = {0};
    struct outgoing outgoing;
    char id[48];

    seat_make(&there, scratch_path(state, "there"));
    seat_raise(&there, "西乡 2", id);
    next(&there, "", &outgoing);
    seat_make(&here, scratch_path(state, "here"));
    merge(&here, id, "1-a", outgoing.document);
    outgoing_release(&outgoing);
    seat_ok(request_merge_upstream(here.outbox, id, "2-x", NULL, NULL, NULL, &error), &error);
    assert_int_equal(count(&here, (struct request_filter){.state = -1}), 0);
    seat_leave(&here);
    seat_leave(&there);
}

static void the_feed_position_is_kept(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct buf since = {0};
    struct buf instance = {0};

    seat_make(&seat, scratch_path(state, "home"));
    assert_int_equal(request_feed_position(seat.outbox, "requests-x", &since, &instance, NULL),
                     STATUS_NOT_FOUND);
    seat_ok(request_set_feed_position(seat.outbox, "requests-x", "\"3-c\"", "1700", 5, &error),
            &error);
    seat_ok(request_feed_position(seat.outbox, "requests-x", &since, &instance, &error), &error);
    assert_string_equal(buf_text(&since), "\"3-c\"");
    assert_string_equal(buf_text(&instance), "1700");
    buf_clear(&since);
    buf_clear(&instance);
    seat_ok(request_set_feed_position(seat.outbox, "requests-x", NULL, "1800", 0, &error), &error);
    seat_ok(request_feed_position(seat.outbox, "requests-x", &since, &instance, &error), &error);
    assert_string_equal(buf_text(&since), "");
    buf_release(&since);
    buf_release(&instance);
    seat_leave(&seat);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(a_request_is_the_documented_document),
        WITH_SCRATCH(events_are_numbered_and_know_the_clock),
        WITH_SCRATCH(proposals_become_values_of_their_type),
        WITH_SCRATCH(who_may_not_raise_is_refused),
        WITH_SCRATCH(a_recheck_needs_no_change),
        WITH_SCRATCH(a_fraction_of_the_register_stays_as_written),
        WITH_SCRATCH(attachments_go_along_until_the_upstream_has_them),
        WITH_SCRATCH(attachments_have_limits),
        WITH_SCRATCH(four_eyes_decide),
        WITH_SCRATCH(a_return_carries_its_reason),
        WITH_SCRATCH(lists_are_filtered),
        WITH_SCRATCH(a_changed_base_is_seen),
        WITH_SCRATCH(the_legal_clock_starts_with_receive),
        WITH_SCRATCH(delivery_is_what_the_upstream_acknowledged),
        WITH_SCRATCH(a_held_request_delays_no_other),
        WITH_SCRATCH(an_unreadable_request_delays_no_other),
        WITH_SCRATCH(another_stations_request_is_reviewed_here),
        WITH_SCRATCH(both_sides_acts_are_united),
        WITH_SCRATCH(a_restored_upstream_gets_everything_again),
        WITH_SCRATCH(an_edited_request_is_put_aside),
        WITH_SCRATCH(an_impossible_revision_is_put_aside),
        WITH_SCRATCH(design_documents_are_no_requests),
        WITH_SCRATCH(what_the_upstream_deletes_is_not_lost_here),
        WITH_SCRATCH(a_foreign_deleted_request_goes),
        WITH_SCRATCH(the_feed_position_is_kept),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    setenv("LANGUAGE", "en", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
