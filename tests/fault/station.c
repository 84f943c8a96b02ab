#include "tests/fault/station.h"

#include <string.h>
#include <unistd.h>

/* --- opening and closing ---------------------------------------------------------------------- */

void station_make(struct station *station, const char *directory)
{
    struct seat seat;

    *station = (struct station){0};
    snprintf(station->directory, sizeof station->directory, "%s", directory);
    seat_make(&seat, directory);
    seat_leave(&seat);
}

enum status station_open(struct station *station)
{
    struct error *error = &station->last;
    enum status status = home_open(station->directory, HOME_WRITE, &station->home, error);

    if (status == STATUS_OK)
        status = outbox_open(station->home, &station->outbox, error);
    if (status == STATUS_OK)
        status = reader_open(station->home, &station->reader, error);
    if (status == STATUS_OK)
        status = cache_open(station->home, &station->cache, error);
    if (status != STATUS_OK)
        station_close(station);
    return status;
}

void station_close(struct station *station)
{
    cache_close(station->cache);
    reader_close(station->reader);
    outbox_close(station->outbox);
    home_close(station->home);
    station->cache = NULL;
    station->reader = NULL;
    station->outbox = NULL;
    station->home = NULL;
}

/* --- working ---------------------------------------------------------------------------------- */

static enum status raise_one(struct station *station, struct chance *chance)
{
    char value[64], id[48];
    const struct request_change change = {"address", value};
    const struct request_new wanted = {.dataset = "population",
                                       .record = SEAT_RECORD,
                                       .changes = &change,
                                       .change_count = 1,
                                       .ground = "inaccurate",
                                       .reason = "moved"};

    snprintf(value, sizeof value, "西乡 %llu", (unsigned long long)chance_below(chance, 1000000));
    if (station->count == STATION_REQUESTS_MAX)
        return STATUS_OK;
    enum status status =
        request_raise(station->outbox, station->reader, &seat_clerk, &wanted, id, &station->last);
    if (status != STATUS_OK) {
        station->may_be_more = true;
        return status;
    }
    struct witnessed *seen = &station->requests[station->count++];
    *seen = (struct witnessed){.state = REQUEST_PENDING_REVIEW};
    memcpy(seen->id, id, sizeof seen->id);
    return status;
}

static struct witnessed *some_request(struct station *station, struct chance *chance,
                                      enum request_state state)
{
    size_t start = station->count ? chance_below(chance, station->count) : 0;

    for (size_t i = 0; i < station->count; i++) {
        struct witnessed *seen = &station->requests[(start + i) % station->count];
        if (seen->state == state && !seen->may_be)
            return seen;
    }
    return NULL;
}

static enum status decide(struct station *station, struct chance *chance)
{
    static const struct {
        const char *action;
        enum request_state then;
        const struct session *by;
    } decisions[] = {{"approve", REQUEST_APPROVED, &seat_supervisor},
                     {"return", REQUEST_RETURNED, &seat_supervisor},
                     {"withdraw", REQUEST_WITHDRAWN, &seat_clerk}};
    size_t which = chance_below(chance, 3);
    struct witnessed *seen = some_request(station, chance, REQUEST_PENDING_REVIEW);
    if (!seen)
        return raise_one(station, chance);

    enum status status = request_act(station->outbox, decisions[which].by, seen->id,
                                     decisions[which].action, "because", &station->last);
    if (status == STATUS_OK) {
        seen->state = decisions[which].then;
        seen->delivered = false;
    } else {
        seen->may_be = true;
        seen->then = decisions[which].then;
    }
    return status;
}

static struct witnessed *find(struct station *station, const char *id)
{
    for (size_t i = 0; i < station->count; i++)
        if (strcmp(station->requests[i].id, id) == 0)
            return &station->requests[i];
    return NULL;
}

static enum status deliver_one(struct station *station)
{
    struct outgoing outgoing = {0};
    enum status status = request_next_outgoing(station->outbox, "", &outgoing, &station->last);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;

    struct witnessed *seen = find(station, outgoing.id);
    if (!seen) {
        fail_msg("%s is sent, and nobody was told of it", outgoing.id);
        return STATUS_INTERNAL;
    }
    status = request_acknowledge(station->outbox, &outgoing, "1-a", &station->last);
    seen->delivered = seen->delivered || status == STATUS_OK;
    seen->may_be_delivered = seen->may_be_delivered || status != STATUS_OK;
    outgoing_release(&outgoing);
    return status;
}

static enum status put_row(struct station *station, const struct dataset *dataset, int64_t number)
{
    char key[64];
    bool changed = false;

    snprintf(key, sizeof key, "person:row-%lld", (long long)number);
    json_t *document = json_pack("{s:s, s:s, s:s, s:s}", "_id", key, "id_number", SEAT_PERSON,
                                 "name", "李四", "address", "北村 1");
    if (!document)
        return error_nomem(&station->last);
    const struct change_row row = {.key = key, .rev = "1-a", .doc = document};
    enum status status = cache_apply(station->cache, dataset, &row, &changed, &station->last);
    json_decref(document);
    return status;
}

static enum status put_rows(struct station *station, const struct catalogue *catalogue,
                            int64_t count)
{
    char since[32];
    const struct dataset *dataset = catalogue_find(catalogue, "population");
    const struct feed_position position = {.database = "population-990106001",
                                           .dataset = "population",
                                           .since = since,
                                           .contact_ms = 1,
                                           .complete = true,
                                           .state = "ok"};
    enum status status = cache_begin(station->cache, &station->last);

    for (int64_t i = 1; i <= count && status == STATUS_OK; i++)
        status = put_row(station, dataset, station->rows + i);
    snprintf(since, sizeof since, "%lld", (long long)(station->rows + count));
    if (status == STATUS_OK)
        status = cache_set_position(station->cache, &position, &station->last);
    if (status == STATUS_OK)
        status = cache_commit(station->cache, &station->last);
    if (status == STATUS_OK)
        station->rows += count;
    else
        cache_rollback(station->cache);
    return status;
}

enum status station_fill_cache(struct station *station, struct chance *chance)
{
    struct catalogue *catalogue = NULL;
    enum status status = cache_catalogue(station->cache, &catalogue, &station->last);

    if (status == STATUS_OK)
        status = put_rows(station, catalogue, 1 + (int64_t)chance_below(chance, 20));
    catalogue_free(catalogue);
    if (status == STATUS_OK && chance_one_in(chance, 3))
        status = cache_checkpoint(station->cache, &station->last);
    return status;
}

static enum status tidy(struct station *station)
{
    (void)outbox_lock(station->outbox);
    enum status status = outbox_compact(station->outbox, &station->last);
    outbox_unlock(station->outbox);
    return status;
}

enum status station_work(struct station *station, struct chance *chance)
{
    enum status status;
    uint64_t what = chance_below(chance, 12);

    if (what < 4)
        status = raise_one(station, chance);
    else if (what < 7)
        status = decide(station, chance);
    else if (what < 9)
        status = deliver_one(station);
    else if (what < 11)
        status = station_fill_cache(station, chance);
    else
        status = tidy(station);
    station->saved += status == STATUS_OK;
    return status;
}

/* --- comparing -------------------------------------------------------------------------------- */

static int64_t count_in(struct sql *sql, const char *literal)
{
    struct error error = {0};
    int64_t value = 0;

    seat_ok(sql_integer(sql, literal, &value, &error), &error);
    return value;
}

static void expect_one(struct station *station, struct witnessed *seen)
{
    struct error error = {0};
    struct request_detail *detail = NULL;

    seat_ok(request_get(station->reader, seen->id, &detail, &error), &error);
    bool happened = seen->may_be && detail->row.state == seen->then;
    if (detail->row.state != seen->state && !happened)
        fail_msg("%s is %s, and was said to be %s", seen->id, request_state_name(detail->row.state),
                 request_state_name(seen->state));
    bool delivered = detail->row.delivery == DELIVERY_DELIVERED;
    if (detail->row.delivery != DELIVERY_QUEUED && !delivered)
        fail_msg("%s is %s", seen->id, delivery_name(detail->row.delivery));
    if (!happened && seen->delivered && !delivered)
        fail_msg("%s was delivered and no longer is", seen->id);
    if (delivered && (happened || !(seen->delivered || seen->may_be_delivered)))
        fail_msg("%s claims to be delivered", seen->id);
    seen->state = detail->row.state;
    seen->delivered = delivered;
    seen->may_be = false;
    seen->may_be_delivered = false;
    request_detail_free(detail);
}

static void adopt(struct station *station, const struct request_row *row)
{
    struct witnessed *seen = &station->requests[station->count++];

    *seen =
        (struct witnessed){.state = row->state, .delivered = row->delivery == DELIVERY_DELIVERED};
    snprintf(seen->id, sizeof seen->id, "%s", row->id);
    assert_int_equal(row->state, REQUEST_PENDING_REVIEW);
}

static bool is_known(const struct station *station, const char *id)
{
    for (size_t i = 0; i < station->count; i++)
        if (strcmp(station->requests[i].id, id) == 0)
            return true;
    return false;
}

/* At most the one that was being saved may be there without anybody having been told. */
static void expect_no_more(struct station *station)
{
    struct error error = {0};
    struct request_list *list = NULL;
    const struct request_filter filter = {.state = -1, .limit = 10000};
    int unknown = 0;

    seat_ok(request_list(station->reader, &filter, &list, &error), &error);
    for (size_t i = 0; i < list->count; i++)
        if (!is_known(station, list->rows[i].id)) {
            unknown++;
            adopt(station, &list->rows[i]);
        }
    if (unknown > (station->may_be_more ? 1 : 0))
        fail_msg("%d requests are there that nobody made", unknown);
    assert_int_equal(list->count, station->count);
    request_list_free(list);
    station->may_be_more = false;
}

/* Rows and the position they stand for are one; commits may be lost, but never half. */
static void expect_cache(struct station *station)
{
    struct sql *sql = reader_cache(station->reader);
    struct error error = {0};

    seat_ok(sql_quick_check(sql, &error), &error);
    int64_t rows = count_in(sql, "SELECT count(*) FROM record WHERE key LIKE 'person:row-%'");
    int64_t position = count_in(sql, "SELECT CAST(since AS INTEGER) FROM feed");
    if (rows != position)
        fail_msg("%lld rows, and the position says %lld", (long long)rows, (long long)position);
    assert_int_equal(count_in(sql, "SELECT rows FROM dataset WHERE name = 'population'"), rows + 1);
    assert_in_range(rows, 0, station->rows + 20);
    station->rows = rows;
}

void station_expect(struct station *station)
{
    struct error error = {0};
    struct sql *outbox = reader_outbox(station->reader);

    if (outbox_health(station->outbox, &error) != STATUS_OK)
        fail_msg("damage is told where there is none: %s", error.text);
    seat_ok(sql_quick_check(outbox, &error), &error);
    for (size_t i = 0; i < station->count; i++)
        expect_one(station, &station->requests[i]);
    expect_no_more(station);
    assert_int_equal(count_in(outbox, "SELECT count(*) FROM request_event WHERE request NOT IN"
                                      " (SELECT id FROM request)"),
                     0);
    expect_cache(station);
}

void station_lose_outbox(struct station *station)
{
    static const char *const names[] = {"outbox.db", "outbox.db-wal", "outbox.db-shm"};
    char path[PATH_MAX + 32];

    station_close(station);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", station->directory, names[i]);
        (void)unlink(path);
    }
    if (station_open(station) != STATUS_OK)
        fail_msg("the outbox cannot be built again: %s", station->last.text);
    for (size_t i = 0; i < station->count; i++)
        station->requests[i].delivered = false; /* sent again, under the same id */
}
