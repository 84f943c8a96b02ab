#include "db/cache_store.h"
#include "db/schema.h"
#include "db/search.h"
#include "db/search_check.h"
#include "tests/unit/db/village.h"

#define WANG  "990106194912310028"
#define OTHER "990106199003077635"

static void fill(struct village *village)
{
    village_person(village, OTHER, "张文涛", "15499001234", "云汀省澜州市西乡街道幸福路12号");
    village_person(village, WANG, "旺克瑟", "15488887654", "云汀省澜州市西乡街道鹤鸣弄77号");
}

static size_t count_hits(struct village *village, const char *query)
{
    struct error error = {0};
    struct search_result *result = NULL;

    village_ok(search_run(village->reader, query, NULL, &result, &error), &error);
    size_t count = result->count;
    search_result_free(result);
    return count;
}

static bool is_same(struct village *village)
{
    struct error error = {0};
    bool same = false;

    village_ok(search_check(reader_cache(village->reader), NULL, &same, &error), &error);
    return same;
}

/* Another connection, as nobody should have one. */
static void meddle(struct village *village, const char *script, int version)
{
    char path[PATH_MAX + 16];
    struct error error = {0};
    struct sql *sql = NULL;
    const struct sql_options options = {.path = path,
                                        .role = SQL_WRITER,
                                        .application_id = CACHE_APPLICATION_ID,
                                        .user_version_max = CACHE_SCHEMA_VERSION};

    cache_close(village->cache);
    village->cache = NULL;
    (void)snprintf(path, sizeof path, "%s/" CACHE_FILE, home_directory(village->home));
    village_ok(sql_open(&options, &sql, &error), &error);
    village_ok(sql_exec(sql, script, &error), &error);
    if (version > 0)
        village_ok(sql_set_user_version(sql, version, &error), &error);
    sql_close(sql);
}

static void reopen(struct village *village)
{
    struct error error = {0};

    village_ok(cache_open(village->home, &village->cache, &error), &error);
}

static void test_follows_the_rows(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    assert_true(is_same(&village)); /* of nothing */
    fill(&village);
    assert_true(is_same(&village));
    assert_true(village_put(&village, "population",
                            "{\"_id\":\"person:" WANG "\",\"_rev\":\"2-b\",\"id_number\":\"" WANG
                            "\",\"name\":\"旺克玛\",\"address\":\"鹤鸣弄78号\"}"));
    assert_true(is_same(&village));
    assert_true(village_delete(&village, "population", "person:" WANG));
    assert_true(is_same(&village));
    village_leave(&village);
}

static void test_damage_is_seen_and_repaired(void **state)
{
    static const char *const scripts[] = {
        "INSERT INTO term(term) VALUES('delete-all')",
        "INSERT INTO term(rowid, terms) VALUES(1, 'n陌生人')",
        "INSERT INTO term(term, rowid, terms) VALUES('delete', 1, 'n张文涛')",
        "UPDATE record SET name = '张文海', body = replace(body, '张文涛', '张文海') WHERE id = 1",
    };
    struct village village;
    struct error error = {0};

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    for (size_t i = 0; i < COUNT_OF(scripts); i++) {
        meddle(&village, scripts[i], 0);
        assert_false(is_same(&village));
        village_ok(search_repair(village.home, NULL, &error), &error);
        assert_true(is_same(&village));
        assert_int_equal(count_hits(&village, "鹤鸣弄77号"), 1);
        assert_int_equal(count_hits(&village, "zhangwen"), 1);
        reopen(&village);
    }
    assert_int_equal(count_hits(&village, "张文海"), 1);
    assert_int_equal(count_hits(&village, "陌生人"), 0);
    village_leave(&village);
}

static bool stop_at_once(void *context, int64_t done, int64_t total)
{
    int *calls = context;

    (void)total;
    (*calls)++;
    return done < 0;
}

/* Stopped: the index is what it was. */
static void test_cancelled(void **state)
{
    struct village village;
    int calls = 0;
    const struct search_watch watch = {stop_at_once, &calls};
    bool same = false;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    assert_int_equal(search_check(reader_cache(village.reader), &watch, &same, NULL),
                     STATUS_CANCELLED);
    cache_close(village.cache);
    assert_int_equal(search_repair(village.home, &watch, NULL), STATUS_CANCELLED);
    assert_int_equal(calls, 2);
    assert_true(is_same(&village));
    assert_int_equal(count_hits(&village, "张文涛"), 1);
    reopen(&village);
    village_leave(&village);
}

/* After an update of the program everybody is found at once, without the platform. */
static void test_older_index(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    meddle(&village, "DROP TABLE term_instance; DROP TABLE term; DROP TABLE word; DROP TABLE head",
           CACHE_ROWS_VERSION);
    reopen(&village);
    assert_int_equal(count_hits(&village, "zwt"), 1);
    assert_int_equal(count_hits(&village, "鹤鸣弄77号"), 1);
    assert_true(is_same(&village));
    village_leave(&village);
}

static bool file_has(const struct village *village, const char *name, const char *text)
{
    char path[PATH_MAX + 32];
    struct buf content = {0};

    (void)snprintf(path, sizeof path, "%s/%s", home_directory(village->home), name);
    FILE *file = fopen(path, "re");
    char piece[4096];
    size_t got;
    while (file && (got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_bytes(&content, piece, got);
    if (file)
        (void)fclose(file);
    bool found = content.length > 0 && memmem(content.data, content.length, text, strlen(text));
    buf_release(&content);
    return found;
}

/* Who was deleted cannot be searched for in the bytes of the files either. */
static void test_no_trace(void **state)
{
    static const char *const traces[] = {WANG,       "旺克瑟", "15488887654",
                                         "wangkese", "鹤鸣弄", "77号"};
    struct village village;
    struct error error = {0};

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    village_ok(cache_checkpoint(village.cache, &error), &error);
    for (size_t i = 0; i < COUNT_OF(traces); i++)
        assert_true(file_has(&village, CACHE_FILE, traces[i]));
    assert_true(village_delete(&village, "population", "person:" WANG));
    village_ok(cache_checkpoint(village.cache, &error), &error);
    for (size_t i = 0; i < COUNT_OF(traces); i++) {
        if (file_has(&village, CACHE_FILE, traces[i]) ||
            file_has(&village, CACHE_FILE "-wal", traces[i]))
            fail_msg("%s is still in the file", traces[i]);
        assert_int_equal(count_hits(&village, traces[i]), 0);
    }
    assert_true(file_has(&village, CACHE_FILE, "zhangwentao"));
    assert_int_equal(count_hits(&village, "幸福路12号"), 1);
    village_leave(&village);
}

/* A crash between the deletion and the clearing up: the next writer does it. */
static void test_no_trace_after_a_crash(void **state)
{
    struct village village;
    struct error error = {0};

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    village_ok(cache_checkpoint(village.cache, &error), &error);
    assert_true(village_delete(&village, "population", "person:" WANG));
    cache_close(village.cache);
    reopen(&village);
    village_ok(cache_checkpoint(village.cache, &error), &error);
    assert_false(file_has(&village, CACHE_FILE, "wangkese"));
    assert_false(file_has(&village, CACHE_FILE, "鹤鸣弄"));
    village_leave(&village);
}

/* --- bulk loads ------------------------------------------------------------------------------- */

#define BULK   21000
#define COMMIT 500

static int64_t ask(struct village *village, const char *literal)
{
    struct error error = {0};
    int64_t value = -1;

    village_ok(sql_integer(reader_cache(village->reader), literal, &value, &error), &error);
    return value;
}

static int64_t segments(struct village *village)
{
    return ask(village, "SELECT count(DISTINCT segid) FROM term_idx");
}

static bool waits_longer(struct village *village)
{
    return ask(village, "SELECT v FROM term_config WHERE k = 'automerge'") > 8;
}

static void put_many(struct village *village, int from, int to)
{
    struct error error = {0};
    struct catalogue *catalogue = NULL;
    bool changed;

    village_ok(cache_catalogue(village->cache, &catalogue, &error), &error);
    const struct dataset *population = village_dataset(catalogue, "population");
    village_ok(cache_begin(village->cache, &error), &error);
    for (int i = from; i < to; i++) {
        char key[32];
        snprintf(key, sizeof key, "p:%d", i);
        json_t *doc = json_pack("{s:s}", "name", i % 2 ? "张文涛" : "王芳");
        const struct change_row row = {.key = key, .rev = "1-a", .doc = doc};
        village_ok(cache_apply(village->cache, population, &row, &changed, &error), &error);
        json_decref(doc);
        if (i % COMMIT != COMMIT - 1)
            continue;
        village_ok(cache_commit(village->cache, &error), &error);
        village_ok(cache_begin(village->cache, &error), &error);
    }
    village_ok(cache_commit(village->cache, &error), &error);
    catalogue_free(catalogue);
}

/* Folding is left to the end of a bulk load, and not forgotten when the end does not come. */
static void test_bulk_load(void **state)
{
    struct village village;
    struct error error = {0};

    village_make(&village, scratch_path(state, "home"));
    put_many(&village, 0, BULK / 2);
    assert_false(waits_longer(&village));
    put_many(&village, BULK / 2, BULK);
    assert_true(waits_longer(&village));
    assert_true(segments(&village) > 1);
    assert_true(is_same(&village));
    cache_close(village.cache);
    reopen(&village);
    assert_true(cache_is_untidy(village.cache));
    put_many(&village, 0, 1);
    village_ok(cache_checkpoint(village.cache, &error), &error);
    assert_false(waits_longer(&village));
    assert_false(cache_is_untidy(village.cache));
    assert_int_equal(segments(&village), 1);
    assert_true(is_same(&village));
    village_leave(&village);
}

/* A transaction that is rolled back takes its sign with it. */
static void test_bulk_load_rolled_back(void **state)
{
    struct village village;
    struct error error = {0};

    village_make(&village, scratch_path(state, "home"));
    put_many(&village, 0, BULK);
    village_ok(cache_checkpoint(village.cache, &error), &error);
    village_ok(cache_begin(village.cache, &error), &error);
    village_ok(search_index_bulk(village.cache->index, &error), &error);
    cache_rollback(village.cache);
    assert_false(waits_longer(&village));
    assert_false(cache_is_untidy(village.cache));
    village_leave(&village);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_follows_the_rows), TEST(test_damage_is_seen_and_repaired),
        TEST(test_cancelled),        TEST(test_older_index),
        TEST(test_no_trace),         TEST(test_no_trace_after_a_crash),
        TEST(test_bulk_load),        TEST(test_bulk_load_rolled_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
