#ifndef HUILIU_TESTS_UNIT_DB_VILLAGE_H
#define HUILIU_TESTS_UNIT_DB_VILLAGE_H
/*
 * A home whose cache is written by the test: a catalogue of a few datasets, rows put in one at a
 * time, and a reader beside the writer. Nobody in it exists.
 *
 *     struct village village;
 *     village_make(&village, scratch_path(state, "home"));
 *     village_put(&village, "population", "{\"_id\":…}");
 *     …
 *     village_leave(&village);
 */
#include "base/clock.h"
#include "base/json.h"
#include "db/cache.h"
#include "db/home.h"
#include "db/outbox.h"
#include "db/reader.h"
#include "db/session.h"
#include "tests/unit/base/support.h"

struct village {
    char directory[PATH_MAX];
    struct home *home;
    struct cache *cache;
    struct outbox *outbox;
    struct reader *reader;
};

static const struct session village_clerk = {"li", ACCOUNT_CLERK};
static const struct session village_supervisor = {"wang", ACCOUNT_SUPERVISOR};
static const struct session village_auditor = {"shen", ACCOUNT_AUDITOR};

#define VILLAGE_PROVIDER "\"provider\":{\"name\":\"Police\",\"uscc\":\"11100000000013127D\"}"

static const char *const village_catalogue[] = {
    "{\"_id\":\"dataset:population\",\"_rev\":\"1-a\",\"type\":\"dataset\"," VILLAGE_PROVIDER ","
    "\"title\":{\"zh\":\"人口\",\"en\":\"Population\"},\"grade\":3,\"max_age_days\":7,"
    "\"subject\":\"person\",\"priority\":0,\"database\":\"population-{area}\",\"fields\":["
    "{\"name\":\"id_number\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
    "{\"name\":\"name\",\"type\":\"text\",\"role\":\"title\",\"title\":{\"zh\":\"姓名\"}},"
    "{\"name\":\"sex\",\"type\":\"code\",\"codes\":\"GB/T 2261.1\"},"
    "{\"name\":\"address\",\"type\":\"text\",\"role\":\"address\",\"correctable\":true},"
    "{\"name\":\"phone\",\"type\":\"phone\",\"role\":\"phone\",\"grade\":3,\"correctable\":true},"
    "{\"name\":\"household_id\",\"type\":\"text\",\"role\":\"household\"},"
    "{\"name\":\"relation\",\"type\":\"code\",\"codes\":\"GB/T 4761\"},"
    "{\"name\":\"status\",\"type\":\"text\",\"role\":\"status\"}]}",
    "{\"_id\":\"dataset:enterprise\",\"_rev\":\"1-a\",\"type\":\"dataset\",\"grade\":1,"
    "\"title\":{\"zh\":\"企业\",\"en\":\"Enterprises\"},\"subject\":\"enterprise\",\"priority\":1,"
    "\"database\":\"enterprise-{area}\",\"fields\":["
    "{\"name\":\"uscc\",\"type\":\"uscc\",\"role\":\"subject\"},"
    "{\"name\":\"name\",\"type\":\"text\",\"role\":\"title\"},"
    "{\"name\":\"status\",\"type\":\"text\",\"role\":\"status\"},"
    "{\"name\":\"legal\",\"type\":\"resident_id\",\"role\":\"link_person\",\"grade\":4,"
    "\"title\":{\"zh\":\"法定代表人\",\"en\":\"Representative\"}},"
    "{\"name\":\"partners\",\"type\":\"list\",\"role\":\"link_person\",\"grade\":4}]}",
    "{\"_id\":\"dataset:certificate\",\"_rev\":\"1-a\",\"type\":\"dataset\",\"grade\":2,"
    "\"title\":{\"zh\":\"证照\",\"en\":\"Certificates\"},\"provider\":{\"name\":\"Office\"},"
    "\"subject\":\"person\",\"priority\":2,\"max_age_days\":3,"
    "\"database\":\"certificate-{area}\",\"fields\":["
    "{\"name\":\"certificate_id\",\"type\":\"certificate_id\",\"role\":\"certificate\"},"
    "{\"name\":\"name\",\"type\":\"text\",\"role\":\"title\"},"
    "{\"name\":\"holder_name\",\"type\":\"text\"},"
    "{\"name\":\"holder_id\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
    "{\"name\":\"holder_uscc\",\"type\":\"uscc\",\"role\":\"link_enterprise\"},"
    "{\"name\":\"from\",\"type\":\"date\",\"role\":\"valid_from\"},"
    "{\"name\":\"to\",\"type\":\"date\",\"role\":\"valid_to\"},"
    "{\"name\":\"status\",\"type\":\"text\",\"role\":\"status\"}]}",
    "{\"_id\":\"dataset:death\",\"_rev\":\"1-a\",\"type\":\"dataset\",\"grade\":3,"
    "\"title\":{\"zh\":\"死亡\",\"en\":\"Deaths\"},\"subject\":\"person\",\"priority\":3,"
    "\"database\":\"death-{area}\",\"fields\":["
    "{\"name\":\"id_number\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
    "{\"name\":\"name\",\"type\":\"text\",\"role\":\"title\"},"
    "{\"name\":\"died_on\",\"type\":\"date\"}]}",
};

static inline void village_ok(enum status status, const struct error *error)
{
    if (status != STATUS_OK)
        fail_msg("%s: %s", status_name(status), error->text);
}

static inline json_t *village_parse(const char *text)
{
    struct error error = {0};
    json_t *value = NULL;

    village_ok(json_parse(text, strlen(text), &value, &error), &error);
    return value;
}

static inline void village_document(struct village *village, const char *text)
{
    struct error error = {0};
    json_t *document = village_parse(text);
    const struct change_row row = {.key = json_text(document, "_id", ""),
                                   .rev = json_text(document, "_rev", "1-a"),
                                   .doc = document};

    village_ok(cache_begin(village->cache, &error), &error);
    village_ok(cache_apply_catalogue(village->cache, &row, &error), &error);
    village_ok(cache_commit(village->cache, &error), &error);
    json_decref(document);
}

static inline const struct dataset *village_dataset(struct catalogue *catalogue, const char *name)
{
    const struct dataset *dataset = catalogue_find(catalogue, name);

    assert_non_null(dataset);
    return dataset;
}

static inline bool village_apply(struct village *village, const char *name,
                                 const struct change_row *row)
{
    struct error error = {0};
    struct catalogue *catalogue = NULL;
    bool changed = false;

    village_ok(cache_catalogue(village->cache, &catalogue, &error), &error);
    village_ok(cache_begin(village->cache, &error), &error);
    village_ok(cache_apply(village->cache, village_dataset(catalogue, name), row, &changed, &error),
               &error);
    village_ok(cache_commit(village->cache, &error), &error);
    catalogue_free(catalogue);
    return changed;
}

/* One row in a transaction of its own; whether anything changed. */
static inline bool village_put(struct village *village, const char *name, const char *text)
{
    json_t *document = village_parse(text);
    const struct change_row row = {.key = json_text(document, "_id", ""),
                                   .rev = json_text(document, "_rev", "1-a"),
                                   .doc = document};
    bool changed = village_apply(village, name, &row);

    json_decref(document);
    return changed;
}

static inline bool village_delete(struct village *village, const char *name, const char *key)
{
    const struct change_row row = {.key = key, .rev = "9-z", .deleted = true};

    return village_apply(village, name, &row);
}

/* A resident of household "h" whose key is person:<id>. */
static inline void village_person(struct village *village, const char *id, const char *name,
                                  const char *phone, const char *address)
{
    char text[1024];

    snprintf(text, sizeof text,
             "{\"_id\":\"person:%s\",\"_rev\":\"1-a\",\"id_number\":\"%s\",\"name\":\"%s\","
             "\"sex\":\"1\",\"phone\":\"%s\",\"address\":\"%s\",\"status\":\"正常\"}",
             id, id, name, phone, address);
    assert_true(village_put(village, "population", text));
}

static inline void village_position(struct village *village, const char *dataset,
                                    int64_t contact_ms)
{
    struct error error = {0};
    char database[64];

    snprintf(database, sizeof database, "%s-990106001", dataset);
    const struct feed_position position = {.database = database,
                                           .dataset = dataset,
                                           .since = "\"12-abc\"",
                                           .instance = "0",
                                           .contact_ms = contact_ms,
                                           .complete = true,
                                           .state = "ok"};
    village_ok(cache_begin(village->cache, &error), &error);
    village_ok(cache_set_position(village->cache, &position, &error), &error);
    village_ok(cache_commit(village->cache, &error), &error);
}

static inline void village_enter(struct village *village)
{
    struct error error = {0};

    village_ok(home_open(village->directory, HOME_WRITE, &village->home, &error), &error);
    village_ok(cache_open(village->home, &village->cache, &error), &error);
    village_ok(outbox_open(village->home, &village->outbox, &error), &error);
    village_ok(reader_open(village->home, &village->reader, &error), &error);
}

static inline void village_leave(struct village *village)
{
    reader_close(village->reader);
    outbox_close(village->outbox);
    cache_close(village->cache);
    home_close(village->home);
}

/* An empty home; the catalogue is there, but no rows. */
static inline void village_make(struct village *village, const char *directory)
{
    struct error error = {0};
    const struct home_settings settings = {
        .upstream = "http://127.0.0.1:5984/", .area = "990106001", .station = "counter 3"};

    snprintf(village->directory, sizeof village->directory, "%s", directory);
    village_ok(home_create(directory, &settings, &error), &error);
    village_enter(village);
    for (size_t i = 0; i < COUNT_OF(village_catalogue); i++)
        village_document(village, village_catalogue[i]);
}

#endif
