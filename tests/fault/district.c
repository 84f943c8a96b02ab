#include "tests/fault/district.h"

#include "db/overview.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEALING_RUNS 12

/* --- starting and stopping -------------------------------------------------------------------- */

static void seat_at(struct district *district, int number)
{
    char name[16], url[64];
    struct seat *seat = &district->seats[number];

    district->lines[number] = proxy_start(district->rig.port);
    snprintf(name, sizeof name, "seat-%d", number);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", proxy_port(district->lines[number]));
    seat_open_with(&district->rig, seat, name, url, NULL);
    snprintf(seat->session.account, sizeof seat->session.account, "person-%d", number);
    seat->session.roles = number % 2 == 0 ? ACCOUNT_CLERK : ACCOUNT_SUPERVISOR;
}

void district_start(struct district *district, int seats)
{
    *district = (struct district){.seat_count = seats};
    district->requests = calloc(DISTRICT_REQUESTS_MAX, sizeof *district->requests);
    district->origins = calloc(DISTRICT_REQUESTS_MAX, sizeof *district->origins);
    assert_non_null(district->requests);
    assert_non_null(district->origins);
    rig_start(&district->rig, SERVER_FIXTURE, NULL);
    rig_create(&district->rig, REQUESTS);
    rig_load_people(&district->rig, 0, DISTRICT_PEOPLE);
    for (int i = 0; i < seats; i++) {
        seat_at(district, i);
        assert_int_equal(district_sync(district, i, false), STATUS_OK);
    }
}

void district_stop(struct district *district)
{
    for (int i = 0; i < district->seat_count; i++) {
        seat_close(&district->seats[i]);
        proxy_stop(district->lines[i]);
    }
    rig_stop(&district->rig);
    free(district->requests);
    free(district->origins);
}

/* --- what people do --------------------------------------------------------------------------- */

static bool is_a_rule(enum status status)
{
    return status == STATUS_REFUSED || status == STATUS_INVALID || status == STATUS_NOT_FOUND ||
           status == STATUS_CONFLICT;
}

void district_raise(struct district *district, int number, struct chance *chance)
{
    struct seat *seat = &district->seats[number];
    char record[32], value[64], id[48];
    struct error error = {0};
    const struct request_change change = {"registered_address", value};
    const struct request_new wanted = {.dataset = "population",
                                       .record = record,
                                       .changes = &change,
                                       .change_count = 1,
                                       .ground = "inaccurate",
                                       .reason = "moved"};

    rig_person_id((int)chance_below(chance, DISTRICT_PEOPLE), record);
    snprintf(value, sizeof value, "北村%llu号", (unsigned long long)chance_next(chance));
    if (district->request_count == DISTRICT_REQUESTS_MAX)
        return;
    enum status status =
        request_raise(seat->outbox, seat->reader, &seat->session, &wanted, id, &error);
    if (status != STATUS_OK && !is_a_rule(status))
        fail_msg("raising: %s: %s", status_name(status), error.text);
    if (status != STATUS_OK)
        return;
    district->origins[district->request_count] = number;
    memcpy(district->requests[district->request_count++], id, 48);
}

void district_decide(struct district *district, int number, struct chance *chance)
{
    static const char *const actions[] = {"approve", "return", "withdraw", "note"};
    struct seat *seat = &district->seats[number];
    struct error error = {0};
    if (district->request_count == 0)
        return;

    const char *id = district->requests[chance_below(chance, district->request_count)];
    const char *action = actions[chance_below(chance, 4)];
    enum status status = request_act(seat->outbox, &seat->session, id, action, "because", &error);
    if (status != STATUS_OK && !is_a_rule(status))
        fail_msg("%s: %s: %s", action, status_name(status), error.text);
}

bool district_keep_held(struct district *district, int number)
{
    struct seat *seat = &district->seats[number];
    struct error error = {0};
    struct request_list *held = NULL;
    const struct request_filter filter = {.state = -1, .held_only = true};

    if (request_list(seat->reader, &filter, &held, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < held->count; i++) {
        if (held->rows[i].delivery_reason[0] == '\0')
            fail_msg("%s is held without a reason", held->rows[i].id);
        if (request_resolve(seat->outbox, seat->reader, &seat->session, held->rows[i].id,
                            RESOLVE_KEEP, "still right", &error) != STATUS_OK)
            fail_msg("%s: %s", held->rows[i].id, error.text);
    }
    bool any = held->count > 0;
    request_list_free(held);
    return any;
}

static void say_as_provider(struct district *district, struct chance *chance)
{
    struct error error = {0};
    struct couch *couch = district->rig.couch;
    char id[27], rev[COUCH_REV_MAX];
    json_t *document = NULL;
    const char *request = district->requests[chance_below(chance, district->request_count)];

    if (couch_get(couch, REQUESTS, request, NULL, &document, &error) != STATUS_OK)
        return; /* not there yet */
    snprintf(id, sizeof id, "0%025llu", (unsigned long long)chance_next(chance));
    json_array_append_new(json_object_get(document, "events"),
                          json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:s}", "id", id, "at",
                                    "2026-03-14T08:05:09.123Z", "mono", 1, "offset_ms", 0, "by",
                                    "ministry", "role", "provider", "action", "note"));
    if (couch_put(couch, REQUESTS, request, document, rev, &error) != STATUS_OK)
        fail_msg("provider: %s", error.text);
    json_decref(document);
}

void district_provide(struct district *district, struct chance *chance)
{
    char address[64], rev[COUCH_REV_MAX];

    if (district->request_count > 0 && chance_one_in(chance, 3)) {
        say_as_provider(district, chance);
        return;
    }
    snprintf(address, sizeof address, "新村%llu号", (unsigned long long)chance_below(chance, 1000));
    rig_change_person(&district->rig, (int)chance_below(chance, DISTRICT_PEOPLE), address, rev);
}

enum status district_sync(struct district *district, int number, bool full)
{
    struct error error = {0};
    struct sync_report *report = NULL;
    const struct sync_options options = {.full = full};
    enum status status = sync_run(district->seats[number].sync, &options, &report, &error);

    if (status != STATUS_OK)
        fail_msg("seat %d: the home failed: %s: %s", number, status_name(status), error.text);
    status = report->result;
    if (status != STATUS_OK && report->reason[0] == '\0')
        fail_msg("seat %d: %s without a sentence", number, status_name(status));
    if (status != STATUS_OK)
        print_message("# seat %d: %s: %s\n", number, status_name(status), report->reason);
    sync_report_free(report);
    return status;
}

/* --- together again --------------------------------------------------------------------------- */

static int64_t unsent_at(struct seat *seat)
{
    struct error error = {0};
    int64_t count = 0;

    if (sql_integer(reader_outbox(seat->reader),
                    "SELECT count(*) FROM request WHERE unsent > 0 AND hold_kind IS NULL", &count,
                    &error) != STATUS_OK)
        fail_msg("%s", error.text);
    return count;
}

/* Each run may bring what another sent, and send what follows from it. */
static bool settle_once(struct district *district)
{
    bool settled = true;

    for (int i = 0; i < district->seat_count; i++)
        settled = district_sync(district, i, false) == STATUS_OK && settled;
    for (int i = 0; i < district->seat_count; i++) {
        settled = !district_keep_held(district, i) && settled;
        settled = unsent_at(&district->seats[i]) == 0 && settled;
    }
    return settled;
}

void district_heal(struct district *district)
{
    int still = 0;

    for (int i = 0; i < district->seat_count; i++)
        proxy_set(district->lines[i], LINE_SOUND, 0);
    for (int run = 0; run < HEALING_RUNS; run++) {
        still = settle_once(district) ? still + 1 : 0;
        if (still == 2) /* all was sent, and then all was heard */
            return;
    }
    fail_msg("the stations do not come to rest");
}

static json_t *events_by_id(const json_t *document)
{
    json_t *events = json_object();

    for (size_t i = 0; i < json_array_size(json_object_get(document, "events")); i++) {
        json_t *event = json_array_get(json_object_get(document, "events"), i);
        json_object_set(events, json_text(event, "id", ""), event);
    }
    return events;
}

static void expect_request(struct district *district, int number, const char *id,
                           const json_t *upstream)
{
    struct error error = {0};
    struct request_detail *detail = NULL;
    struct seat *seat = &district->seats[number];

    if (request_get(seat->reader, id, &detail, &error) != STATUS_OK)
        fail_msg("%s is lost at seat %d: %s", id, number, error.text);
    if (detail->row.delivery != DELIVERY_DELIVERED)
        fail_msg("%s is %s at seat %d: %s", id, delivery_name(detail->row.delivery), number,
                 detail->row.delivery_reason);
    json_t *ours = events_by_id(detail->document), *theirs = events_by_id(upstream);
    if (!json_equal(ours, theirs))
        fail_msg("%s: seat %d has %zu events, the upstream %zu", id, number, json_object_size(ours),
                 json_object_size(theirs));
    assert_string_equal(detail->hash, json_text(upstream, "hash", ""));
    json_decref(ours);
    json_decref(theirs);
    request_detail_free(detail);
}

static void expect_status(struct district *district, int number, size_t delivered)
{
    struct error error = {0};
    struct overview *overview = NULL;
    struct seat *seat = &district->seats[number];

    if (overview_read(seat->reader, NULL, &overview, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    assert_int_equal(overview->queued, 0);
    assert_int_equal(overview->sending, 0);
    assert_int_equal(overview->held, 0);
    assert_int_equal(overview->delivered, delivered);
    assert_string_equal(overview->last_failure, "");
    overview_free(overview);
}

/* What was withdrawn before the upstream ever heard of it stays at its own seat. */
static void expect_withdrawn_here(struct district *district, size_t which)
{
    struct error error = {0};
    struct request_detail *detail = NULL;
    struct seat *seat = &district->seats[district->origins[which]];

    if (request_get(seat->reader, district->requests[which], &detail, &error) != STATUS_OK)
        fail_msg("%s is lost: %s", district->requests[which], error.text);
    if (detail->row.state != REQUEST_WITHDRAWN)
        fail_msg("%s is %s, %s here and not upstream", district->requests[which],
                 request_state_name(detail->row.state), delivery_name(detail->row.delivery));
    request_detail_free(detail);
}

static void expect_count(struct district *district, size_t count)
{
    json_t *facts = rig_ask(&district->rig, "GET", "/" REQUESTS, NULL, 200);

    assert_int_equal(json_int(facts, "doc_count", -1), count);
    json_decref(facts);
}

void district_expect(struct district *district)
{
    size_t upstream_count = 0;
    size_t only_here[DISTRICT_SEATS_MAX] = {0};

    for (size_t i = 0; i < district->request_count; i++) {
        json_t *upstream = NULL;
        enum status status =
            couch_get(district->rig.couch, REQUESTS, district->requests[i], NULL, &upstream, NULL);
        if (status == STATUS_NOT_FOUND) {
            expect_withdrawn_here(district, i);
            only_here[district->origins[i]]++;
            continue;
        }
        assert_int_equal(status, STATUS_OK);
        upstream_count++;
        for (int seat = 0; seat < district->seat_count; seat++)
            expect_request(district, seat, district->requests[i], upstream);
        json_decref(upstream);
    }
    expect_count(district, upstream_count);
    for (int seat = 0; seat < district->seat_count; seat++) {
        seat_expect_upstream(&district->seats[seat]);
        expect_status(district, seat, upstream_count + only_here[seat]);
    }
}
