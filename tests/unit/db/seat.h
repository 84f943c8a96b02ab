#ifndef HUILIU_TESTS_UNIT_DB_SEAT_H
#define HUILIU_TESTS_UNIT_DB_SEAT_H
/*
 * A workstation for tests: a home in a scratch directory with a small catalogue, one resident and
 * a calendar, opened for writing, with a reader beside it.
 *
 *     struct seat seat;
 *     seat_make(&seat, scratch_path(state, "home"));
 *     …
 *     seat_leave(&seat);
 */
#include "base/json.h"
#include "db/cache.h"
#include "db/home.h"
#include "db/outbox.h"
#include "db/reader.h"
#include "db/request.h"
#include "db/session.h"
#include "tests/unit/base/support.h"

#define SEAT_PERSON "990106199003077635"
#define SEAT_RECORD "person:" SEAT_PERSON

struct seat {
    char directory[PATH_MAX];
    struct home *home;
    struct outbox *outbox;
    struct reader *reader;
};

static const struct session seat_clerk = {"li", ACCOUNT_CLERK};
static const struct session seat_supervisor = {"wang", ACCOUNT_SUPERVISOR};

static inline void seat_ok(enum status status, const struct error *error)
{
    if (status != STATUS_OK)
        fail_msg("%s: %s", status_name(status), error->text);
}

static inline json_t *seat_parse(const char *text)
{
    struct error error = {0};
    json_t *value = NULL;

    seat_ok(json_parse(text, strlen(text), &value, &error), &error);
    return value;
}

static inline void seat_create(const char *directory)
{
    struct error error = {0};
    const struct home_settings settings = {.upstream = "http://127.0.0.1:5984/",
                                           .upstream_user = "station",
                                           .upstream_password = "secret",
                                           .area = "990106001",
                                           .station = "窗口 3"};

    seat_ok(home_create(directory, &settings, &error), &error);
}

static inline void seat_sit(struct seat *seat, const char *directory)
{
    struct error error = {0};

    snprintf(seat->directory, sizeof seat->directory, "%s", directory);
    seat_ok(home_open(directory, HOME_WRITE, &seat->home, &error), &error);
    seat_ok(outbox_open(seat->home, &seat->outbox, &error), &error);
    seat_ok(reader_open(seat->home, &seat->reader, &error), &error);
}

static inline void seat_leave(struct seat *seat)
{
    reader_close(seat->reader);
    outbox_close(seat->outbox);
    home_close(seat->home);
    *seat = (struct seat){0};
}

static inline void seat_catalogue_row(struct cache *cache, const char *text)
{
    struct error error = {0};
    json_t *document = seat_parse(text);
    const struct change_row row = {
        .key = json_text(document, "_id", ""), .rev = "1-a", .doc = document};

    seat_ok(cache_apply_catalogue(cache, &row, &error), &error);
    json_decref(document);
}

/* Puts one record into the cache, in a transaction of its own. */
static inline void seat_put(struct seat *seat, const char *dataset, const char *rev,
                            const char *text)
{
    struct error error = {0};
    struct cache *cache = NULL;
    struct catalogue *catalogue = NULL;
    bool changed = false;
    json_t *document = seat_parse(text);
    const struct change_row row = {
        .key = json_text(document, "_id", ""), .rev = rev, .doc = document};

    seat_ok(cache_open(seat->home, &cache, &error), &error);
    seat_ok(cache_catalogue(cache, &catalogue, &error), &error);
    seat_ok(cache_begin(cache, &error), &error);
    seat_ok(cache_apply(cache, catalogue_find(catalogue, dataset), &row, &changed, &error), &error);
    seat_ok(cache_commit(cache, &error), &error);
    catalogue_free(catalogue);
    cache_close(cache);
    json_decref(document);
}

static inline void seat_put_record(struct seat *seat, const char *rev, const char *text)
{
    seat_put(seat, "population", rev, text);
}

/* One more entry of the catalogue. */
static inline void seat_describe(struct seat *seat, const char *text)
{
    struct error error = {0};
    struct cache *cache = NULL;

    seat_ok(cache_open(seat->home, &cache, &error), &error);
    seat_ok(cache_begin(cache, &error), &error);
    seat_catalogue_row(cache, text);
    seat_ok(cache_commit(cache, &error), &error);
    cache_close(cache);
}

static inline void seat_fill(struct seat *seat)
{
    struct error error = {0};
    struct cache *cache = NULL;

    seat_ok(cache_open(seat->home, &cache, &error), &error);
    seat_ok(cache_begin(cache, &error), &error);
    seat_catalogue_row(
        cache,
        "{\"_id\":\"dataset:population\",\"type\":\"dataset\",\"title\":{\"zh\":\"人口\","
        "\"en\":\"Population\"},\"provider\":{\"name\":\"Police\"},\"grade\":3,"
        "\"subject\":\"person\",\"database\":\"population-{area}\",\"fields\":["
        "{\"name\":\"id_number\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4,"
        "\"correctable\":true,\"title\":{\"en\":\"Resident ID\"}},"
        "{\"name\":\"name\",\"type\":\"text\",\"role\":\"title\",\"title\":{\"en\":\"Name\"}},"
        "{\"name\":\"address\",\"type\":\"text\",\"role\":\"address\",\"correctable\":true,"
        "\"title\":{\"en\":\"Address\"}},"
        "{\"name\":\"phone\",\"type\":\"phone\",\"correctable\":true,\"title\":{\"en\":"
        "\"Phone\"}},"
        "{\"name\":\"born\",\"type\":\"date\",\"correctable\":true,\"title\":{\"en\":\"Born\"}},"
        "{\"name\":\"children\",\"type\":\"integer\",\"correctable\":true,\"title\":{\"en\":"
        "\"Children\"}},"
        "{\"name\":\"income\",\"type\":\"amount\",\"correctable\":true,\"title\":{\"en\":"
        "\"Income\"}},"
        "{\"name\":\"seen\",\"type\":\"time\",\"correctable\":true,\"title\":{\"en\":\"Seen\"}},"
        "{\"name\":\"district\",\"type\":\"division\",\"correctable\":true,\"title\":{\"en\":"
        "\"District\"}},"
        "{\"name\":\"veteran\",\"type\":\"boolean\",\"correctable\":true,\"title\":{\"en\":"
        "\"Veteran\"}},"
        "{\"name\":\"marital\",\"type\":\"code\",\"codes\":\"GB/T 2261.2\",\"correctable\":true,"
        "\"title\":{\"en\":\"Marital state\"}},"
        "{\"name\":\"level\",\"type\":\"code\",\"codes\":\"local levels\",\"correctable\":true,"
        "\"title\":{\"en\":\"Level\"}}]}");
    seat_catalogue_row(cache, "{\"_id\":\"calendar:2026\",\"type\":\"calendar\",\"holidays\":"
                              "[\"2026-10-01\",\"2026-10-02\",\"2026-10-05\",\"2026-10-06\","
                              "\"2026-10-07\"],\"workdays\":[\"2026-10-10\"]}");
    seat_ok(cache_commit(cache, &error), &error);
    cache_close(cache);
    seat_put_record(seat, "3-abc",
                    "{\"_id\":\"" SEAT_RECORD "\",\"_rev\":\"3-abc\",\"id_number\":\"" SEAT_PERSON
                    "\",\"name\":\"张伟\",\"address\":\"西乡 1\",\"phone\":\"19900001234\","
                    "\"born\":\"19900307\",\"children\":1,\"income\":12.33}");
}

static inline void seat_make(struct seat *seat, const char *directory)
{
    seat_create(directory);
    seat_sit(seat, directory);
    seat_fill(seat);
}

static inline enum status seat_try_raise(struct seat *seat, const char *field, const char *proposed,
                                         char id[48], struct error *error)
{
    const struct request_change change = {field, proposed};
    const struct request_new wanted = {.dataset = "population",
                                       .record = SEAT_RECORD,
                                       .changes = &change,
                                       .change_count = 1,
                                       .ground = "inaccurate",
                                       .reason = "moved"};

    return request_raise(seat->outbox, seat->reader, &seat_clerk, &wanted, id, error);
}

static inline void seat_raise(struct seat *seat, const char *proposed, char id[48])
{
    struct error error = {0};

    seat_ok(seat_try_raise(seat, "address", proposed, id, &error), &error);
}

#endif
