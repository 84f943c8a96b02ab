/*
 * Files and documents of a newer program, met by this one: what it cannot understand is refused
 * with a sentence or shown as it is, and nothing of it is changed or lost. Rows and clocks of
 * another time too.
 */
#include "base/file.h"
#include "db/schema.h"
#include "db/sql.h"
#include "sync/couch.h"
#include "tests/cli/provider.h"
#include "tests/cli/town.h"
#include "verify/digest.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define RESIDENTS  30
#define POPULATION "population-" TOWN_AREA
#define FILE_MAX   ((size_t)64 << 20)

struct stage {
    struct town *town;
    struct desk clerk;
    struct resident resident;
};

static int set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    assert_non_null(stage);
    stage->town = town_new_of(RESIDENTS);
    stage->clerk = desk_new(stage->town, "counter", "li", "clerk,administrator");
    json_decref(desk_ask(0, &stage->clerk, "sync", NULL));
    stage->resident = desk_find_resident(&stage->clerk, "wang");
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;

    resident_release(&stage->resident);
    desk_release(&stage->clerk);
    town_free(stage->town);
    free(stage);
    return 0;
}

/* --- files --------------------------------------------------------------------------------------
 */

static void set_version(const struct desk *desk, const char *name, uint32_t application,
                        int version)
{
    struct sql *sql = NULL;
    struct error error = {0};
    char *path = join_path(desk->home, name);
    const struct sql_options options = {
        .path = path, .role = SQL_WRITER, .application_id = application, .user_version_max = 10000};

    if (sql_open(&options, &sql, &error) != STATUS_OK ||
        sql_set_user_version(sql, version, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    sql_close(sql);
    free(path);
}

static struct buf read_whole(const struct desk *desk, const char *name)
{
    struct buf content = {0};
    char *path = join_path(desk->home, name);

    assert_int_equal(file_read(path, FILE_MAX, &content, NULL), STATUS_OK);
    free(path);
    return content;
}

static void expect_untouched(const struct desk *desk, const char *name, struct buf *before)
{
    struct buf now = read_whole(desk, name);

    assert_int_equal(now.length, before->length);
    assert_memory_equal(now.data, before->data, now.length);
    buf_release(&now);
    buf_release(before);
}

static void expect_refused(struct outcome outcome, const char *word)
{
    if (outcome.code != 1 || strcmp(outcome_error(&outcome), "unsupported") != 0)
        fail_msg("exit %d: %s%s", outcome.code, buf_text(&outcome.out), buf_text(&outcome.err));
    assert_non_null(strstr(buf_text(&outcome.err), word));
    outcome_release(&outcome);
}

static char *raise_one(const struct stage *stage, const char *phone)
{
    char set[64];

    snprintf(set, sizeof set, "phone=%s", phone);
    json_t *value = desk_ask(0, &stage->clerk, "request", "new", "--dataset", "population",
                             "--record", stage->resident.record, "--set", set, "--ground",
                             "inaccurate", "--reason", "came to the counter", NULL);
    char *id = strdup(json_text(value, "id", ""));
    assert_memory_equal(id, "request:", 8);
    json_decref(value);
    return id;
}

static size_t count_requests(const struct desk *desk)
{
    json_t *list = desk_ask(0, desk, "request", "list", NULL);
    size_t count = json_array_size(json_object_get(list, "requests"));

    json_decref(list);
    return count;
}

static void a_newer_outbox_is_refused_untouched(void **state)
{
    struct stage *stage = *state;
    const struct desk *clerk = &stage->clerk;
    char *id = raise_one(stage, "19900000001");
    size_t requests = count_requests(clerk);

    set_version(clerk, "outbox.db", OUTBOX_APPLICATION_ID, OUTBOX_SCHEMA_VERSION + 1);
    struct buf database = read_whole(clerk, "outbox.db");
    struct buf log = read_whole(clerk, "outbox.log");
    expect_refused(desk_run(clerk, "request", "list", NULL), "newer version");
    expect_refused(desk_run(clerk, "sync", NULL), "newer version");
    expect_refused(desk_run(clerk, "search", "wang", NULL), "newer version");
    expect_refused(desk_run(clerk, "request", "withdraw", id, "--reason", "x", NULL),
                   "newer version");
    expect_refused(desk_run(clerk, "doctor", "--repair", NULL), "newer version");
    expect_untouched(clerk, "outbox.db", &database);
    expect_untouched(clerk, "outbox.log", &log);

    set_version(clerk, "outbox.db", OUTBOX_APPLICATION_ID, OUTBOX_SCHEMA_VERSION);
    assert_int_equal(count_requests(clerk), requests);
    free(id);
}

/* The newer file, for a program that knows it. */
static bool is_kept(const struct desk *desk)
{
    char *pattern = join_path(desk->home, "cache.db.bad-*");
    glob_t found;
    bool kept = glob(pattern, 0, NULL, &found) == 0;

    if (kept)
        globfree(&found);
    free(pattern);
    return kept;
}

static void a_newer_cache_is_not_read_and_filled_anew(void **state)
{
    struct stage *stage = *state;
    const struct desk *clerk = &stage->clerk;
    char *id = raise_one(stage, "19900000002");
    size_t requests = count_requests(clerk);

    set_version(clerk, "cache.db", CACHE_APPLICATION_ID, CACHE_SCHEMA_VERSION + 1);
    struct outcome outcome = desk_run(clerk, "search", "wang", NULL);
    assert_non_null(strstr(buf_text(&outcome.err), "Nothing has been fetched yet"));
    outcome_release(&outcome);
    assert_true(is_kept(clerk));

    json_t *report = desk_ask(0, clerk, "sync", NULL);
    assert_string_equal(json_text(report, "result", ""), "ok");
    json_decref(report);
    json_decref(desk_ask(0, clerk, "reconcile", NULL));
    struct resident resident = desk_find_resident(clerk, "wang");
    assert_string_equal(resident.record, stage->resident.record);
    resident_release(&resident);
    assert_int_equal(count_requests(clerk), requests);
    assert_false(is_kept(clerk)); /* the new one is complete */
    free(id);
}

/* --- the second copy ----------------------------------------------------------------------------
 */

/* A line as outbox.log has them: with its digest. */
static void append_entry(const struct desk *desk, const char *json)
{
    char hex[SHA256_HEX_MAX];
    char *path = join_path(desk->home, "outbox.log");
    FILE *log = fopen(path, "ae");

    assert_non_null(log);
    assert_int_equal(sha256_hex(json, strlen(json), hex, NULL), STATUS_OK);
    assert_true(fprintf(log, "%.16s %s\n", hex, json) > 0);
    assert_int_equal(fclose(log), 0);
    free(path);
}

static bool log_has(const struct desk *desk, const char *word)
{
    struct buf log = read_whole(desk, "outbox.log");
    bool has = strstr(buf_text(&log), word) != NULL;

    buf_release(&log);
    return has;
}

static bool is_told(const struct desk *desk, const char *words)
{
    struct outcome outcome = desk_run(desk, "status", NULL);
    bool told = strstr(buf_text(&outcome.out), words) != NULL;

    assert_int_equal(outcome.code, 0);
    outcome_release(&outcome);
    return told;
}

/* It may be known to the next program: left out, kept, told, and read again at every start. */
static void a_newer_entry_of_the_log_is_kept(void **state)
{
    struct stage *stage = *state;
    const struct desk *clerk = &stage->clerk;
    size_t requests = count_requests(clerk);
    char *path = join_path(clerk->home, "outbox.db");

    append_entry(clerk, "{\"entry\":\"delegation\",\"from\":\"li\",\"to\":\"wang\"}");
    free(raise_one(stage, "19900000003"));
    assert_int_equal(count_requests(clerk), requests + 1);
    assert_true(is_told(clerk, "newer version"));
    assert_true(log_has(clerk, "delegation"));

    json_decref(desk_ask(0, clerk, "doctor", "--repair", NULL)); /* makes the log shorter */
    assert_true(log_has(clerk, "delegation"));
    assert_int_equal(unlink(path), 0); /* built again from the log, which has the entry */
    free(raise_one(stage, "19900000004"));
    assert_int_equal(count_requests(clerk), requests + 2);
    assert_true(log_has(clerk, "delegation"));
    free(path);
}

/* --- the catalogue ------------------------------------------------------------------------------
 */

static struct couch *provider(const struct stage *stage)
{
    const struct http_settings settings = {.base_url = town_upstream(stage->town)};
    struct couch *couch = NULL;

    assert_int_equal(couch_open(&settings, &couch, NULL), STATUS_OK);
    return couch;
}

/* Takes the reference. */
static void put(struct couch *couch, const char *database, json_t *document)
{
    struct error error = {0};
    char rev[COUCH_REV_MAX];

    assert_non_null(document);
    if (couch_put(couch, database, json_text(document, "_id", ""), document, rev, &error) !=
        STATUS_OK)
        fail_msg("%s", error.text);
    json_decref(document);
}

/* The entry of tomorrow: more members, a type and a role nobody here knows, one field gone. */
static void renew_population(struct couch *couch)
{
    json_t *entry = NULL;

    assert_int_equal(couch_get(couch, "catalogue", "dataset:population", NULL, &entry, NULL),
                     STATUS_OK);
    json_t *fields = json_object_get(entry, "fields");
    for (size_t i = json_array_size(fields); i-- > 0;)
        if (strcmp(json_text(json_array_get(fields, i), "name", ""), "nation") == 0 ||
            strcmp(json_text(json_array_get(fields, i), "name", ""), "ethnicity") == 0)
            json_array_remove(fields, i);
    json_array_append_new(fields,
                          json_pack("{s:s, s:s, s:s, s:{s:i}, s:{s:s, s:s}}", "name", "outline",
                                    "type", "geometry", "role", "footprint", "rule", "srid", 4490,
                                    "title", "zh", "轮廓", "en", "Outline"));
    json_object_set_new(entry, "schema", json_integer(9));
    json_object_set_new(entry, "lineage", json_pack("[{s:s}]", "from", "quantum"));
    json_object_set_new(entry, "format", json_string("arrow"));
    put(couch, "catalogue", entry);
}

static void add_dataset(struct couch *couch)
{
    assert_int_equal(couch_create_database(couch, "drone-" TOWN_AREA, NULL), STATUS_OK);
    put(couch, "catalogue",
        json_pack("{s:s, s:s, s:i, s:{s:s, s:s}, s:s, s:s, s:s, s:i,"
                  " s:[{s:s, s:s, s:s}, {s:s, s:s, s:s}]}",
                  "_id", "dataset:drone", "type", "dataset", "schema", 9, "title", "zh", "低空飞行",
                  "en", "Drones", "subject", "aircraft", "database", "drone-{area}", "mode", "push",
                  "grade", 2, "fields", "name", "number", "type", "tail_number", "role", "callsign",
                  "name", "owner", "type", "text", "role", "title"));
    put(couch, "drone-" TOWN_AREA,
        json_pack("{s:s, s:s, s:s, s:{s:f}}", "_id", "drone:B-0001", "number", "B-0001", "owner",
                  "农技站", "battery", "charge", 0.5));
}

static const json_t *field_named(const json_t *fields, const char *name)
{
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        if (strcmp(json_text(field, "field", json_text(field, "name", "")), name) == 0)
            return field;
    }
    return NULL;
}

static const json_t *fields_of(const json_t *shown)
{
    return json_object_get(json_array_get(json_object_get(shown, "sections"), 0), "fields");
}

static void a_newer_catalogue_is_shown_as_it_is(void **state)
{
    struct stage *stage = *state;
    const struct desk *clerk = &stage->clerk;
    struct couch *couch = provider(stage);

    renew_population(couch);
    add_dataset(couch);
    couch_close(couch);
    provider_change(stage->town, POPULATION, stage->resident.record, "outline", "POINT(114 22)");
    json_t *report = desk_ask(0, clerk, "sync", NULL);
    assert_string_equal(json_text(report, "result", ""), "ok");
    assert_int_equal(json_int(report, "aside", -1), 0);
    json_decref(report);

    json_t *entry = desk_ask(0, clerk, "dataset", "show", "population", NULL);
    assert_non_null(field_named(json_object_get(entry, "fields"), "outline"));
    const json_t *whole = json_object_get(entry, "entry"); /* members nobody knows survive */
    assert_int_equal(json_int(whole, "schema", 0), 9);
    assert_non_null(json_object_get(whole, "lineage"));
    json_decref(entry);
    json_t *shown = desk_ask(0, clerk, "show", "record", stage->resident.record, NULL);
    const json_t *outline = field_named(fields_of(shown), "outline");
    assert_string_equal(json_text(outline, "value", ""), "POINT(114 22)");
    json_decref(shown);

    shown = desk_ask(0, clerk, "show", "record", "drone:B-0001", NULL);
    assert_string_equal(json_text(field_named(fields_of(shown), "number"), "value", ""), "B-0001");
    assert_non_null(field_named(fields_of(shown), "battery"));
    json_decref(shown);
    json_decref(desk_ask(0, clerk, "reconcile", NULL));
    free(raise_one(stage, "19900000005")); /* the work goes on */
    json_decref(desk_ask(0, clerk, "quality", NULL));
    struct outcome printed = desk_print(clerk, "show", "record", "drone:B-0001", NULL);
    assert_int_equal(printed.code, 0);
    assert_non_null(strstr(buf_text(&printed.out), "B-0001"));
    outcome_release(&printed);
}

/* --- rows of another time -----------------------------------------------------------------------
 */

static json_t *doubtful_dates(const struct desk *desk)
{
    return desk_ask(0, desk, "quality", "--again", "--rule", "value.dated", NULL);
}

/* A field that is ahead of today, in the form of today. */
static void a_row_of_the_future_is_shown_as_one(void **state)
{
    struct stage *stage = *state;
    const struct desk *clerk = &stage->clerk;

    json_t *before = doubtful_dates(clerk);
    assert_int_equal(json_int(before, "total", -1), 0);
    json_decref(before);
    provider_change(stage->town, POPULATION, stage->resident.record, "updated_at",
                    "2199-01-01T00:00:00.000Z");
    json_decref(desk_ask(0, clerk, "sync", NULL));

    json_t *shown = desk_ask(0, clerk, "show", "record", stage->resident.record, NULL);
    assert_string_equal(json_text(field_named(fields_of(shown), "updated_at"), "dated", ""),
                        "ahead");
    assert_null(json_object_get(field_named(fields_of(shown), "name"), "dated"));
    json_decref(shown);
    struct outcome printed = desk_print(clerk, "show", "record", stage->resident.record, NULL);
    assert_non_null(strstr(buf_text(&printed.out), "dated in the future"));
    outcome_release(&printed);
    json_t *after = doubtful_dates(clerk);
    assert_int_equal(json_int(after, "total", -1), 1);
    json_decref(after);
}

/* Our own clock is set back by a year after the last contact: no age is claimed. */
static void a_contact_ahead_of_the_clock_has_no_age(void **state)
{
    struct stage *stage = *state;
    struct sql *sql = NULL;
    char *path = join_path(stage->clerk.home, "cache.db");
    const struct sql_options options = {.path = path,
                                        .role = SQL_WRITER,
                                        .application_id = CACHE_APPLICATION_ID,
                                        .user_version_max = CACHE_SCHEMA_VERSION};

    assert_int_equal(sql_open(&options, &sql, NULL), STATUS_OK);
    assert_int_equal(
        sql_exec(sql, "UPDATE feed SET contact_ms = contact_ms + 366 * 86400000", NULL), STATUS_OK);
    sql_close(sql);
    free(path);
    json_t *shown = desk_ask(0, &stage->clerk, "show", "record", stage->resident.record, NULL);
    const json_t *section = json_array_get(json_object_get(shown, "sections"), 0);
    assert_true(json_bool(section, "ahead", false));
    json_decref(shown);
    struct outcome printed =
        desk_print(&stage->clerk, "show", "record", stage->resident.record, NULL);
    assert_non_null(strstr(buf_text(&printed.out), "ahead of this computer's clock"));
    assert_null(strstr(buf_text(&printed.out), "(0 "));
    outcome_release(&printed);
}

/* --- all ----------------------------------------------------------------------------------------
 */

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_newer_outbox_is_refused_untouched),
        cmocka_unit_test(a_newer_cache_is_not_read_and_filled_anew),
        cmocka_unit_test(a_newer_entry_of_the_log_is_kept),
        cmocka_unit_test(a_row_of_the_future_is_shown_as_one),
        cmocka_unit_test(a_contact_ahead_of_the_clock_has_no_age),
        cmocka_unit_test(a_newer_catalogue_is_shown_as_it_is),
    };

    return cmocka_run_group_tests_name("newer programs", tests, set_up, tear_down);
}
