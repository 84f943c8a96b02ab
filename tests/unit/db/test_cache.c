#include "db/cache.h"
#include "db/cache_store.h"
#include "db/dossier.h"
#include "db/record.h"
#include "db/search.h"
#include "tests/unit/db/village.h"

#include <dirent.h>

#define ZHANG "990106199003077635"
#define WANG  "990106198507123421"

static int64_t rows_of(struct village *village, const char *dataset)
{
    int64_t rows = -1;

    village_ok(cache_row_count(village->cache, dataset, &rows, NULL), NULL);
    return rows;
}

static size_t hits(struct village *village, const char *query)
{
    struct error error = {0};
    struct search_result *result = NULL;

    village_ok(search_run(village->reader, query, NULL, &result, &error), &error);
    size_t count = result->count;
    search_result_free(result);
    return count;
}

/* Counts what SQL finds in cache.db, through the reader's connection. */
static int64_t count(struct village *village, const char *literal)
{
    struct stmt *stmt;
    bool row = false;

    village_ok(sql_statement(reader_cache(village->reader), literal, &stmt, NULL), NULL);
    village_ok(stmt_step(stmt, &row, NULL), NULL);
    int64_t value = row ? stmt_int(stmt, 0) : -1;
    stmt_reset(stmt);
    return value;
}

static void zhang(struct village *village)
{
    village_person(village, ZHANG, "张文涛", "19900001234", "西乡街道幸福路12号");
}

static void test_insert_and_read(void **state)
{
    struct village village;
    char rev[96];
    json_t *body = NULL;

    village_make(&village, scratch_path(state, "home"));
    zhang(&village);
    assert_int_equal(rows_of(&village, "population"), 1);
    assert_int_equal(record_body(village.reader, "population", "person:" ZHANG, &body, rev, NULL),
                     STATUS_OK);
    assert_string_equal(rev, "1-a");
    assert_string_equal(json_text(body, "name", ""), "张文涛");
    assert_null(json_object_get(body, "_id")); /* kept once, as the key */
    assert_null(json_object_get(body, "_rev"));
    json_decref(body);
    assert_int_equal(record_body(village.reader, "population", "person:x", &body, NULL, NULL),
                     STATUS_NOT_FOUND);
    assert_int_equal(record_body(village.reader, "nothing", "person:" ZHANG, &body, NULL, NULL),
                     STATUS_NOT_FOUND);
    village_leave(&village);
}

static void test_same_revision_is_skipped(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    assert_true(village_put(&village, "population",
                            "{\"_id\":\"p:1\",\"_rev\":\"1-a\",\"name\":\"张文涛\"}"));
    assert_false(village_put(&village, "population",
                             "{\"_id\":\"p:1\",\"_rev\":\"1-a\",\"name\":\"李四\"}"));
    assert_true(village_put(&village, "population",
                            "{\"_id\":\"p:1\",\"_rev\":\"2-b\",\"name\":\"李四\"}"));
    assert_int_equal(rows_of(&village, "population"), 1);
    village_leave(&village);
}

/* What a record was found by before, it is not found by after a change. */
static void test_update_moves_terms(void **state)
{
    struct village village;
    char text[512];

    village_make(&village, scratch_path(state, "home"));
    zhang(&village);
    assert_int_equal(hits(&village, "zwt"), 1);
    assert_int_equal(hits(&village, "幸福"), 1);
    snprintf(text, sizeof text,
             "{\"_id\":\"person:" ZHANG "\",\"_rev\":\"2-b\",\"id_number\":\"" ZHANG
             "\",\"name\":\"张文韬\",\"phone\":\"19900005678\",\"address\":\"东门街道建设路3号\"}");
    assert_true(village_put(&village, "population", text));
    assert_int_equal(hits(&village, "张文涛"), 0);
    assert_int_equal(hits(&village, "张文韬"), 1);
    assert_int_equal(hits(&village, "幸福"), 0);
    assert_int_equal(hits(&village, "1234"), 0);
    assert_int_equal(hits(&village, "5678"), 1);
    assert_int_equal(hits(&village, "建设路"), 1);
    assert_int_equal(count(&village, "SELECT count(*) FROM term WHERE term MATCH '\"n张文涛\"'"),
                     0);
    village_leave(&village);
}

static void test_delete_leaves_no_trace(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    zhang(&village);
    village_person(&village, WANG, "王芳", "19900002222", "西乡街道幸福路14号");
    assert_true(village_delete(&village, "population", "person:" ZHANG));
    assert_false(village_delete(&village, "population", "person:" ZHANG));
    assert_int_equal(rows_of(&village, "population"), 1);
    static const char *const queries[] = {"张文涛", "张",           "文涛", "zwt",         "zhang",
                                          ZHANG,    "990106199003", "7635", "19900001234", "12号"};
    for (size_t i = 0; i < COUNT_OF(queries); i++)
        assert_int_equal(hits(&village, queries[i]), 0);
    assert_int_equal(count(&village, "SELECT count(*) FROM record"), 1);
    assert_int_equal(count(&village, "SELECT (SELECT count(*) FROM record_key) + count(*)"
                                     " FROM record_key_recent"),
                     1);
    assert_int_equal(hits(&village, "幸福路"), 1);
    village_leave(&village);
}

static void test_rows_in_one_transaction(void **state)
{
    struct village village;
    struct error error = {0};
    struct catalogue *catalogue = NULL;

    village_make(&village, scratch_path(state, "home"));
    village_ok(cache_catalogue(village.cache, &catalogue, &error), &error);
    const struct dataset *population = catalogue_find(catalogue, "population");
    village_ok(cache_begin(village.cache, &error), &error);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 50; i++) {
            char key[32];
            char rev[16];
            bool changed;
            snprintf(key, sizeof key, "p:%d", i);
            snprintf(rev, sizeof rev, "%d-a", round + 1);
            json_t *doc =
                json_pack("{s:s, s:s}", "name", round == 1 ? "王芳" : "李娜", "id_number", key);
            const struct change_row row = {.key = key, .rev = rev, .doc = doc};
            village_ok(cache_apply(village.cache, population, &row, &changed, &error), &error);
            assert_true(changed);
            json_decref(doc);
        }
    const struct change_row gone = {.key = "p:7", .deleted = true};
    bool changed;
    village_ok(cache_apply(village.cache, population, &gone, &changed, &error), &error);
    village_ok(cache_commit(village.cache, &error), &error);
    assert_int_equal(rows_of(&village, "population"), 49);
    assert_int_equal(hits(&village, "王芳"), 0);
    assert_int_equal(hits(&village, "李娜"), 49);
    catalogue_free(catalogue);
    village_leave(&village);
}

static void test_rollback(void **state)
{
    struct village village;
    struct error error = {0};
    struct catalogue *catalogue = NULL;
    json_t *doc = village_parse("{\"name\":\"张文涛\",\"address\":\"新村街道\"}");
    const struct change_row row = {.key = "p:1", .rev = "1-a", .doc = doc};
    bool changed;

    village_make(&village, scratch_path(state, "home"));
    village_ok(cache_catalogue(village.cache, &catalogue, &error), &error);
    village_ok(cache_begin(village.cache, &error), &error);
    village_ok(
        cache_apply(village.cache, catalogue_find(catalogue, "population"), &row, &changed, &error),
        &error);
    cache_rollback(village.cache);
    assert_int_equal(rows_of(&village, "population"), 0);
    assert_int_equal(hits(&village, "张文涛"), 0);
    /* What was remembered as being in the file is not: the same row again is complete. */
    assert_true(village_apply(&village, "population", &row));
    assert_int_equal(hits(&village, "张文涛"), 1);
    assert_int_equal(hits(&village, "新村"), 1);
    json_decref(doc);
    catalogue_free(catalogue);
    village_leave(&village);
}

static enum status fill_until_full(struct village *village, const struct dataset *dataset,
                                   struct error *error)
{
    enum status status = STATUS_OK;
    bool changed;

    for (int i = 0; status == STATUS_OK && i < 20000; i++) {
        char key[32];
        snprintf(key, sizeof key, "p:%d", i);
        json_t *doc = json_pack("{s:s, s:s}", "name", "张文涛", "address", "新村街道幸福路");
        const struct change_row row = {.key = key, .rev = "1-a", .doc = doc};
        status = cache_apply(village->cache, dataset, &row, &changed, error);
        json_decref(doc);
    }
    return status;
}

/* SQLite itself rolls back when the disk is full: nothing of that transaction may be remembered. */
static void test_full_disk(void **state)
{
    struct village village;
    struct error error = {0};
    struct catalogue *catalogue = NULL;

    village_make(&village, scratch_path(state, "home"));
    zhang(&village);
    village_ok(cache_catalogue(village.cache, &catalogue, &error), &error);
    village_ok(sql_exec(village.cache->sql, "PRAGMA max_page_count=120", &error), &error);
    village_ok(cache_begin(village.cache, &error), &error);
    assert_int_equal(fill_until_full(&village, catalogue_find(catalogue, "population"), &error),
                     STATUS_FULL);
    cache_rollback(village.cache);
    assert_int_equal(rows_of(&village, "population"), 1);
    village_ok(sql_exec(village.cache->sql, "PRAGMA max_page_count=100000", &error), &error);
    assert_true(village_put(&village, "population",
                            "{\"_id\":\"p:0\",\"_rev\":\"1-a\",\"name\":\"李娜\"}"));
    assert_int_equal(rows_of(&village, "population"), 2);
    assert_int_equal(count(&village, "SELECT rows FROM dataset WHERE name = 'population'"), 2);
    assert_int_equal(count(&village, "SELECT count(*) FROM term WHERE term MATCH '\"dperson\"'"),
                     2);
    assert_int_equal(hits(&village, "李娜"), 1);
    assert_int_equal(hits(&village, "新村"), 0);
    catalogue_free(catalogue);
    village_leave(&village);
}

/* A stored record that cannot be read again costs the cache, not every following exchange. */
static void test_damaged_record(void **state)
{
    struct village village;
    struct error error = {0};
    struct catalogue *catalogue = NULL;
    const struct change_row row = {.key = "person:" ZHANG, .rev = "2-b", .deleted = true};
    bool changed;

    village_make(&village, scratch_path(state, "home"));
    zhang(&village);
    village_ok(sql_exec(village.cache->sql, "UPDATE record SET body = '{'", &error), &error);
    village_ok(cache_catalogue(village.cache, &catalogue, &error), &error);
    village_ok(cache_begin(village.cache, &error), &error);
    assert_int_equal(
        cache_apply(village.cache, catalogue_find(catalogue, "population"), &row, &changed, &error),
        STATUS_CORRUPT);
    cache_rollback(village.cache);
    catalogue_free(catalogue);
    village_leave(&village);
    village_enter(&village);
    assert_int_equal(rows_of(&village, "population"), 0);
    village_leave(&village);
}

static void test_ignored_and_aside(void **state)
{
    struct village village;
    char longer[KEY_MAX + 10];
    struct error error = {0};

    village_make(&village, scratch_path(state, "home"));
    assert_false(village_put(&village, "population", "{\"_id\":\"_design/x\",\"name\":\"张\"}"));
    assert_int_equal(count(&village, "SELECT count(*) FROM aside"), 0);
    memset(longer, 'k', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    json_t *doc = json_object();
    const struct change_row rows[] = {
        {.key = longer, .rev = "1-a", .doc = doc},
        {.key = "p:1", .rev = "1-a", .doc = NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        village_apply(&village, "population", &rows[i]);
    json_decref(doc);
    assert_int_equal(count(&village, "SELECT count(*) FROM aside"), 2);
    assert_int_equal(rows_of(&village, "population"), 0);
    /* A good row under the same key ends it. */
    assert_true(
        village_put(&village, "population", "{\"_id\":\"p:1\",\"_rev\":\"2-a\",\"name\":\"张\"}"));
    assert_int_equal(count(&village, "SELECT count(*) FROM aside"), 1);
    village_ok(cache_begin(village.cache, &error), &error);
    for (int i = 0; i < 2; i++)
        village_ok(cache_set_aside(village.cache, "population-990106001", "{bad", 4, "why", &error),
                   &error);
    village_ok(cache_commit(village.cache, &error), &error);
    assert_int_equal(count(&village, "SELECT count(*) FROM aside"), 2); /* once, not twice */
    village_leave(&village);
}

/* A record that can no longer be understood is not shown as it was before. */
static void test_aside_replaces(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    assert_true(village_put(&village, "population", "{\"_id\":\"p:1\",\"name\":\"张文涛\"}"));
    const struct change_row row = {.key = "p:1", .rev = "2-b", .doc = NULL};
    village_apply(&village, "population", &row);
    assert_int_equal(hits(&village, "张文涛"), 0);
    assert_int_equal(rows_of(&village, "population"), 0);
    village_leave(&village);
}

static void test_unknown_dataset(void **state)
{
    struct village village;
    struct error error = {0};
    bool changed = true;
    const struct dataset unknown = {.name = "weather"};
    json_t *doc = json_object();
    const struct change_row row = {.key = "p:1", .rev = "1-a", .doc = doc};

    village_make(&village, scratch_path(state, "home"));
    village_ok(cache_begin(village.cache, &error), &error);
    assert_int_equal(cache_apply(village.cache, &unknown, &row, &changed, &error),
                     STATUS_NOT_FOUND);
    cache_rollback(village.cache);
    json_decref(doc);
    village_leave(&village);
}

/* --- purging and the catalogue ---------------------------------------------------------------- */

static void put_both(struct village *village)
{
    zhang(village);
    assert_true(
        village_put(village, "enterprise",
                    "{\"_id\":\"e:1\",\"uscc\":\"91990106MA0000001X\",\"name\":\"张记商店\","
                    "\"legal\":\"" ZHANG "\"}"));
}

static int64_t purge(struct village *village, const char *dataset)
{
    struct error error = {0};
    int64_t purged = -1;

    village_ok(cache_begin(village->cache, &error), &error);
    village_ok(cache_purge(village->cache, dataset, &purged, &error), &error);
    village_ok(cache_commit(village->cache, &error), &error);
    return purged;
}

static void test_purge(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    put_both(&village);
    assert_int_equal(hits(&village, "张"), 2);
    assert_int_equal(purge(&village, "population"), 1);
    assert_int_equal(hits(&village, "张"), 1);
    assert_int_equal(hits(&village, "张记"), 1);
    assert_int_equal(rows_of(&village, "population"), 0);
    assert_int_equal(purge(&village, "enterprise"), 1); /* the last: emptied at once */
    assert_int_equal(hits(&village, "张"), 0);
    assert_int_equal(count(&village, "SELECT (SELECT count(*) FROM record_key) + count(*)"
                                     " FROM record_key_recent"),
                     0);
    assert_int_equal(count(&village, "SELECT count(*) FROM word"), 0);
    assert_int_equal(purge(&village, "population"), 0);
    zhang(&village); /* and it can be filled again */
    assert_int_equal(hits(&village, "zwt"), 1);
    village_leave(&village);
}

static void set_position(struct village *village, const char *database, const char *dataset)
{
    struct error error = {0};
    const struct feed_position position = {
        .database = database, .dataset = dataset, .since = "\"7-a\"", .state = "ok"};

    village_ok(cache_begin(village->cache, &error), &error);
    village_ok(cache_set_position(village->cache, &position, &error), &error);
    for (int i = 0; i < 2; i++)
        village_ok(cache_set_aside(village->cache, i ? database : "place-990106001", "{bad", 4,
                                   "why", &error),
                   &error);
    village_ok(cache_commit(village->cache, &error), &error);
}

/* Rows that could not be read are people's data like the others. */
static void test_purge_takes_what_was_kept_aside(void **state)
{
    struct village village;
    const struct change_row row = {.key = "p:1", .rev = "1-a", .doc = NULL};

    village_make(&village, scratch_path(state, "home"));
    village_apply(&village, "population", &row);
    set_position(&village, "population-990106001", "population");
    assert_int_equal(count(&village, "SELECT count(*) FROM aside"), 3);
    assert_int_equal(purge(&village, "population"), 0);
    assert_int_equal(count(&village, "SELECT count(*) FROM aside"), 1);
    assert_int_equal(count(&village, "SELECT count(*) FROM aside WHERE source = 'place-990106001'"),
                     1);
    village_leave(&village);
}

static void test_purge_many(void **state)
{
    struct village village;
    struct error error = {0};
    struct catalogue *catalogue = NULL;

    village_make(&village, scratch_path(state, "home"));
    put_both(&village);
    village_ok(cache_catalogue(village.cache, &catalogue, &error), &error);
    village_ok(cache_begin(village.cache, &error), &error);
    for (int i = 0; i < 1300; i++) {
        char key[32];
        bool changed;
        snprintf(key, sizeof key, "p:%d", i);
        json_t *doc = json_pack("{s:s}", "name", "李娜");
        const struct change_row row = {.key = key, .rev = "1-a", .doc = doc};
        village_ok(cache_apply(village.cache, catalogue_find(catalogue, "population"), &row,
                               &changed, &error),
                   &error);
        json_decref(doc);
    }
    village_ok(cache_commit(village.cache, &error), &error);
    assert_int_equal(purge(&village, "population"), 1301);
    assert_int_equal(hits(&village, "李娜"), 0);
    assert_int_equal(hits(&village, "张记商店"), 1);
    assert_int_equal(count(&village, "SELECT count(*) FROM record"), 1);
    catalogue_free(catalogue);
    village_leave(&village);
}

/* Rows follow the roles of the entry they belong to, whenever it changes. */
static void test_entry_changes_roles(void **state)
{
    struct village village;
    const struct catalogue *catalogue = NULL;

    village_make(&village, scratch_path(state, "home"));
    put_both(&village);
    assert_int_equal(hits(&village, "幸福路"), 1);
    village_document(&village,
                     "{\"_id\":\"dataset:population\",\"_rev\":\"2-b\",\"subject\":\"person\","
                     "\"database\":\"p-{area}\",\"fields\":[{\"name\":\"id_number\",\"role\":"
                     "\"subject\"},{\"name\":\"phone\",\"role\":\"title\"}]}");
    assert_int_equal(hits(&village, "幸福路"), 0);
    assert_int_equal(hits(&village, "张文涛"), 0);
    assert_int_equal(hits(&village, ZHANG), 1);
    village_ok(reader_catalogue(village.reader, &catalogue, NULL), NULL);
    assert_int_equal(catalogue_find(catalogue, "population")->field_count, 2);
    /* A row whose terms were entered under the old entry can be removed under the new one. */
    assert_true(village_delete(&village, "population", "person:" ZHANG));
    assert_int_equal(hits(&village, ZHANG), 0);
    assert_int_equal(count(&village, "SELECT count(*) FROM term WHERE term MATCH '\"s" ZHANG
                                     "\" OR \"n张文涛\" OR \"yzhang\"'"),
                     0);
    village_leave(&village);
}

static void test_entry_deleted(void **state)
{
    struct village village;
    struct error error = {0};
    const struct change_row row = {.key = "dataset:population", .rev = "2-b", .deleted = true};

    village_make(&village, scratch_path(state, "home"));
    put_both(&village);
    village_ok(cache_begin(village.cache, &error), &error);
    village_ok(cache_apply_catalogue(village.cache, &row, &error), &error);
    village_ok(cache_commit(village.cache, &error), &error);
    assert_int_equal(hits(&village, "张"), 1);
    assert_int_equal(count(&village, "SELECT count(*) FROM record"), 1);
    village_leave(&village);
}

static void test_bad_entry_keeps_the_good_one(void **state)
{
    struct village village;
    const struct catalogue *catalogue = NULL;

    village_make(&village, scratch_path(state, "home"));
    village_document(&village, "{\"_id\":\"dataset:population\",\"_rev\":\"2-b\",\"fields\":"
                               "[{\"name\":\"a\"},{\"name\":\"a\"}]}");
    village_ok(reader_catalogue(village.reader, &catalogue, NULL), NULL);
    assert_int_equal(catalogue_find(catalogue, "population")->field_count, 8);
    assert_int_equal(count(&village, "SELECT count(*) FROM aside WHERE source = 'catalogue'"), 1);
    village_leave(&village);
}

/* --- feeds ------------------------------------------------------------------------------------ */

static void test_position(void **state)
{
    struct village village;
    struct buf since = {0};
    struct buf instance = {0};
    struct error error = {0};
    bool complete = false;

    village_make(&village, scratch_path(state, "home"));
    assert_int_equal(
        cache_position(village.cache, "population-990106001", &since, &instance, &complete, NULL),
        STATUS_NOT_FOUND);
    village_position(&village, "population", 1000);
    village_ok(
        cache_position(village.cache, "population-990106001", &since, &instance, &complete, &error),
        &error);
    assert_string_equal(buf_text(&since), "\"12-abc\"");
    assert_string_equal(buf_text(&instance), "0");
    assert_true(complete);
    village_position(&village, "population", 0); /* contact stays as it is */
    assert_int_equal(count(&village, "SELECT contact_ms FROM feed"), 1000);
    buf_release(&since);
    buf_release(&instance);
    village_leave(&village);
}

/* --- the file --------------------------------------------------------------------------------- */

static int count_files(const char *directory, const char *prefix)
{
    DIR *listing = opendir(directory);
    struct dirent *entry;
    int found = 0;

    assert_non_null(listing);
    while ((entry = readdir(listing)) != NULL)
        found += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    closedir(listing);
    return found;
}

static void overwrite(const char *directory, long offset, const void *bytes, size_t length)
{
    char path[PATH_MAX + 16];

    snprintf(path, sizeof path, "%s/cache.db", directory);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void test_survives_reopening(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    put_both(&village);
    village_leave(&village);
    village_enter(&village);
    assert_int_equal(rows_of(&village, "population"), 1);
    assert_int_equal(hits(&village, "zwt"), 1);
    assert_int_equal(count_files(village.directory, "cache.db.bad-"), 0);
    village_leave(&village);
}

/* An older version of the schema goes; a newer one may be wanted back, and one that is damaged is
 * kept for a look: one of them. */
static void test_replaced(void **state)
{
    static const unsigned char older[4] = {0, 0, 0, 1}, newer[4] = {0, 0, 0, 200};
    char rubbish[512];
    struct village village;

    memset(rubbish, 'x', sizeof rubbish);
    village_make(&village, scratch_path(state, "home"));
    put_both(&village);
    village_leave(&village);
    overwrite(village.directory, 60, older, sizeof older);
    village_enter(&village);
    assert_int_equal(rows_of(&village, "population"), 0);
    assert_int_equal(count_files(village.directory, "cache.db.bad-"), 0);
    village_leave(&village);
    overwrite(village.directory, 60, newer, sizeof newer);
    village_enter(&village);
    assert_int_equal(rows_of(&village, "population"), 0);
    assert_int_equal(count_files(village.directory, "cache.db.bad-"), 1);
    for (int i = 0; i < 2; i++) {
        village_leave(&village);
        overwrite(village.directory, 0, rubbish, sizeof rubbish);
        village_enter(&village);
        assert_int_equal(rows_of(&village, "population"), 0);
        assert_int_equal(count_files(village.directory, "cache.db.bad-"), 1);
    }
    village_leave(&village);
}

static void test_checkpoint(void **state)
{
    struct village village;
    struct error error = {0};

    village_make(&village, scratch_path(state, "home"));
    put_both(&village);
    assert_true(village_delete(&village, "population", "person:" ZHANG));
    village_ok(cache_checkpoint(village.cache, &error), &error);
    assert_int_equal(hits(&village, "张记"), 1);
    assert_int_equal(count(&village, "SELECT count(*) FROM term WHERE term MATCH '\"n张文涛\"'"),
                     0);
    village_leave(&village);
}

/* Whatever is done to the rows, the index says what the rows say. */
static void test_index_agrees(void **state)
{
    static const char *const names[] = {"张文涛", "王芳", "李娜", "曾乐", "欧阳雪"};
    struct village village;
    struct error error = {0};
    uint64_t seed = 20260314;

    village_make(&village, scratch_path(state, "home"));
    for (int step = 0; step < 400; step++) {
        char text[256];
        char key[16];
        snprintf(key, sizeof key, "p:%u", next_number(&seed) % 40);
        if (next_number(&seed) % 4 == 0) {
            (void)village_delete(&village, "population", key);
            continue;
        }
        snprintf(text, sizeof text,
                 "{\"_id\":\"%s\",\"_rev\":\"%d-a\",\"id_number\":\"%s\","
                 "\"name\":\"%s\",\"address\":\"西乡街道幸福路%u号\"}",
                 key, step + 1, key, names[next_number(&seed) % COUNT_OF(names)],
                 next_number(&seed) % 5);
        (void)village_put(&village, "population", text);
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct stmt *stmt;
        bool row = false;
        village_ok(sql_statement(reader_cache(village.reader),
                                 "SELECT count(*) FROM record WHERE name = ?1", &stmt, &error),
                   &error);
        stmt_bind_text(stmt, 1, names[i]);
        village_ok(stmt_step(stmt, &row, &error), &error);
        int64_t expected = stmt_int(stmt, 0);
        stmt_reset(stmt);
        assert_int_equal(hits(&village, names[i]), expected);
    }
    village_ok(sql_exec(reader_cache(village.reader), "SELECT 1", &error), &error);
    assert_int_equal(count(&village, "SELECT count(*) FROM term WHERE term MATCH '\"dperson\"'"),
                     rows_of(&village, "population"));
    village_leave(&village);
}

/* --- history --------------------------------------------------------------------------------- */

static void put_zhang(struct village *village, const char *rev, const char *phone)
{
    char text[512];

    snprintf(text, sizeof text,
             "{\"_id\":\"person:" ZHANG "\",\"_rev\":\"%s\",\"id_number\":\"" ZHANG "\","
             "\"name\":\"张文涛\",\"sex\":\"1\",\"phone\":%s,\"status\":\"正常\"}",
             rev, phone);
    (void)village_put(village, "population", text);
}

/* The newest change of the only record there is, as JSON. */
static json_t *changes_of_zhang(struct village *village)
{
    struct error error = {0};
    struct record_head head;
    json_t *changes = NULL;

    village_ok(record_find(reader_cache(village->reader), "population", "person:" ZHANG, &head,
                           NULL, &error),
               &error);
    village_ok(history_read(reader_cache(village->reader), head.id, 100, &changes, &error), &error);
    return changes;
}

static const json_t *field_of(const json_t *changes, size_t change, size_t field)
{
    return json_array_get(json_object_get(json_array_get(changes, change), "fields"), field);
}

static void test_history_of_a_record(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    put_zhang(&village, "1-a", "\"19900001111\"");
    json_t *changes = changes_of_zhang(&village);
    assert_int_equal(json_array_size(changes), 0); /* a first load is no change */
    json_decref(changes);
    put_zhang(&village, "1-a", "\"19900001111\"");
    put_zhang(&village, "2-b", "\"19900001111\""); /* another revision, the same words */
    put_zhang(&village, "3-c", "\"19900002222\"");
    put_zhang(&village, "4-d", "null");
    changes = changes_of_zhang(&village);
    assert_int_equal(json_array_size(changes), 2);
    assert_string_equal(json_string_value(json_array_get(field_of(changes, 1, 0), 0)), "phone");
    assert_string_equal(json_string_value(json_array_get(field_of(changes, 1, 0), 1)),
                        "19900001111");
    assert_string_equal(json_string_value(json_array_get(field_of(changes, 1, 0), 2)),
                        "19900002222");
    assert_true(json_is_null(json_array_get(field_of(changes, 0, 0), 2)));
    assert_null(field_of(changes, 0, 1));
    assert_true(json_int(json_array_get(changes, 0), "at", 0) > 0);
    json_decref(changes);
    village_leave(&village);
}

static void test_history_is_bounded(void **state)
{
    struct village village;
    char rev[16], phone[32];
    struct buf address = {0};

    village_make(&village, scratch_path(state, "home"));
    for (int i = 0; i < HISTORY_PER_RECORD + 5; i++) {
        snprintf(rev, sizeof rev, "%d-a", i + 1);
        snprintf(phone, sizeof phone, "\"1990000%04d\"", i);
        put_zhang(&village, rev, phone);
    }
    json_t *changes = changes_of_zhang(&village);
    assert_int_equal(json_array_size(changes), HISTORY_PER_RECORD);
    assert_string_equal(json_string_value(json_array_get(field_of(changes, 0, 0), 2)),
                        "19900000024");
    json_decref(changes);
    buf_char(&address, '"');
    for (int i = 0; i < HISTORY_VALUE_MAX; i++)
        buf_str(&address, "x");
    buf_str(&address, "x\"");
    char *text = NULL;
    assert_true(asprintf(&text,
                         "{\"_id\":\"person:" ZHANG "\",\"_rev\":\"99-a\",\"id_number\":\"" ZHANG
                         "\",\"name\":\"张文涛\",\"sex\":\"1\",\"phone\":\"19900000024\","
                         "\"status\":\"正常\",\"address\":%s}",
                         buf_text(&address)) > 0);
    (void)village_put(&village, "population", text);
    changes = changes_of_zhang(&village);
    assert_string_equal(json_string_value(json_array_get(field_of(changes, 0, 0), 0)), "address");
    assert_true(json_is_null(json_array_get(field_of(changes, 0, 0), 2)));
    json_decref(changes);
    buf_release(&address);
    free(text);
    village_leave(&village);
}

/* Deleted, withdrawn, emptied: nothing of the old values stays. */
static void test_history_goes_with_its_record(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    put_zhang(&village, "1-a", "\"19900001111\"");
    put_zhang(&village, "2-b", "\"19900002222\"");
    village_person(&village, WANG, "王芳", "19900003333", "西乡街道幸福路14号");
    assert_int_equal(count(&village, "SELECT count(*) FROM change"), 1);
    assert_true(village_delete(&village, "population", "person:" ZHANG));
    assert_int_equal(count(&village, "SELECT count(*) FROM change"), 0);
    put_zhang(&village, "5-e", "\"19900001111\"");
    put_zhang(&village, "6-f", "\"19900002222\"");
    assert_int_equal(count(&village, "SELECT count(*) FROM change"), 1);
    assert_int_equal(purge(&village, "population"), 2);
    assert_int_equal(count(&village, "SELECT count(*) FROM change"), 0);
    village_leave(&village);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_insert_and_read),
        TEST(test_same_revision_is_skipped),
        TEST(test_update_moves_terms),
        TEST(test_delete_leaves_no_trace),
        TEST(test_rows_in_one_transaction),
        TEST(test_rollback),
        TEST(test_full_disk),
        TEST(test_damaged_record),
        TEST(test_ignored_and_aside),
        TEST(test_aside_replaces),
        TEST(test_unknown_dataset),
        TEST(test_purge),
        TEST(test_purge_takes_what_was_kept_aside),
        TEST(test_purge_many),
        TEST(test_entry_changes_roles),
        TEST(test_entry_deleted),
        TEST(test_bad_entry_keeps_the_good_one),
        TEST(test_position),
        TEST(test_survives_reopening),
        TEST(test_replaced),
        TEST(test_checkpoint),
        TEST(test_index_agrees),
        TEST(test_history_of_a_record),
        TEST(test_history_is_bounded),
        TEST(test_history_goes_with_its_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
