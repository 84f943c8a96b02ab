/* What is made ready in another thread is what the writer would have made of the document. */
#include "db/cache_store.h"
#include "db/ready.h"
#include "db/search_check.h"
#include "tests/unit/db/village.h"

#define ZHANG   "990106199003077635"
#define COMPANY "91990106MA92FH5055"

static const struct {
    const char *dataset, *body;
    bool complete;
} bodies[] = {
    {"population",
     "{\"id_number\":\"" ZHANG "\",\"name\":\"张文涛\",\"phone\":\"15499001234\","
     "\"address\":\"云汀省澜州市西乡街道幸福路12号\",\"status\":\"正常\",\"age\":35}",
     true},
    {"population", "{\"name\":\"曾单\",\"id_number\":\"" ZHANG "\",\"status\":\"死亡\"}", true},
    {"population", "{}", true},
    {"population", "{\"name\":null,\"id_number\":17,\"phone\":[\"15499001234\",\"15499001235\"]}",
     true},
    {"population", "{\"phone\":[],\"address\":[\"甲路1号\",\"乙路2号\"]}", true},
    {"population", "{\"phone\":[\"15499001234\",{\"id\":\"15499001235\"}]}", false},
    {"population", "{\"phone\":[\"15499001234\",7]}", false},
    {"population", "{\"phone\":{\"id\":\"15499001235\"}}", false},
    {"population", "{\"name\":[\"张\"],\"status\":{\"a\":\"b\"},\"x\":[{\"phone\":\"1\"}]}", true},
    {"certificate",
     "{\"certificate_id\":\"1.2.156.3005.2.11100000000013127D001.11990106MB000102XH.2024000001."
     "001.U\",\"name\":\"居民身份证\",\"holder_name\":\"张文涛\",\"holder_id\":\"" ZHANG "\","
     "\"holder_uscc\":[\"" COMPANY "\"],\"status\":\"有效\"}",
     true},
    {"death", "{\"id_number\":\"" ZHANG "\",\"name\":\"张文涛\",\"died_on\":\"2023-09-06\"}", true},
};

static void compare(const struct dataset *dataset, const char *body, bool complete)
{
    struct ready_maker maker = {0};
    const struct ready *ready = NULL;
    struct error error = {0};
    struct ready_parts parts;
    struct facts facts;
    struct buf terms = {0};
    json_t *document = village_parse(body);

    village_ok(ready_make(&maker, dataset, body, strlen(body), &ready, &error), &error);
    ready_read(ready, &parts);
    assert_string_equal(parts.body, body);
    assert_int_equal(parts.body_length, strlen(body));
    assert_int_equal(parts.complete, complete);
    facts_read(dataset, document, &facts);
    search_terms(&facts, &terms);
    if (complete) {
        assert_string_equal(parts.subject, facts.subject);
        assert_string_equal(parts.name, facts.name);
        assert_int_equal(parts.deceased, facts_deceased(&facts));
        assert_string_equal(parts.terms, buf_text(&terms));
        assert_int_equal(parts.terms_length, terms.length);
    }
    json_decref(document);
    buf_release(&terms);
    ready_maker_release(&maker);
}

static void is_what_the_writer_would_make(void **state)
{
    struct village village;
    struct error error = {0};
    struct catalogue *catalogue = NULL;

    village_make(&village, scratch_path(state, "home"));
    village_ok(cache_catalogue(village.cache, &catalogue, &error), &error);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        compare(village_dataset(catalogue, bodies[i].dataset), bodies[i].body, bodies[i].complete);
    catalogue_free(catalogue);
    village_leave(&village);
}

/* --- written ---------------------------------------------------------------------------------- */

/* As the relay does it: made here, copied as bytes, written there. */
static void put_ready(struct village *village, const struct dataset *dataset, const char *rev,
                      const char *body)
{
    struct ready_maker maker = {0};
    const struct ready *ready = NULL;
    struct error error = {0};
    bool changed = false;

    village_ok(ready_make(&maker, dataset, body, strlen(body), &ready, &error), &error);
    void *copy = malloc(ready_size(ready));
    assert_non_null(copy);
    memcpy(copy, ready, ready_size(ready));
    ready_maker_release(&maker);
    const struct change_row row = {.key = "person:" ZHANG, .rev = rev, .ready = copy};
    village_ok(cache_begin(village->cache, &error), &error);
    village_ok(cache_apply(village->cache, dataset, &row, &changed, &error), &error);
    village_ok(cache_commit(village->cache, &error), &error);
    assert_true(changed);
    free(copy);
}

static void check_row(struct village *village, const char *body, const char *name)
{
    struct error error = {0};
    struct buf found_body = {0};
    struct buf found_name = {0};
    bool same = false;

    village_ok(
        cache_find(village->cache, "population", "person:" ZHANG, &found_body, &found_name, &error),
        &error);
    assert_string_equal(buf_text(&found_body), body);
    assert_string_equal(buf_text(&found_name), name);
    village_ok(search_check(reader_cache(village->reader), NULL, &same, &error), &error);
    assert_true(same);
    buf_release(&found_body);
    buf_release(&found_name);
}

static int64_t changes_of(struct village *village)
{
    struct error error = {0};
    int64_t count = -1;

    village_ok(
        sql_integer(reader_cache(village->reader), "SELECT count(*) FROM change", &count, &error),
        &error);
    return count;
}

static void is_written_and_indexed(void **state)
{
    static const char first[] = "{\"id_number\":\"" ZHANG "\",\"name\":\"张文涛\"}";
    static const char second[] = "{\"id_number\":\"" ZHANG "\",\"name\":\"张文海\",\"sex\":\"1\"}";
    static const char listed[] = "{\"name\":\"张文\",\"phone\":[{\"id\":\"15499001234\"}]}";
    struct village village;
    struct error error = {0};
    struct catalogue *catalogue = NULL;

    village_make(&village, scratch_path(state, "home"));
    village_ok(cache_catalogue(village.cache, &catalogue, &error), &error);
    const struct dataset *population = village_dataset(catalogue, "population");
    put_ready(&village, population, "1-a", first);
    check_row(&village, first, "张文涛");
    assert_int_equal(changes_of(&village), 0);
    put_ready(&village, population, "2-b", second);
    check_row(&village, second, "张文海");
    assert_int_equal(changes_of(&village), 1);
    assert_true(village_delete(&village, "population", "person:" ZHANG));
    put_ready(&village, population, "3-c", listed);
    check_row(&village, listed, "张文");
    catalogue_free(catalogue);
    village_leave(&village);
}

/* The reader's catalogue is a snapshot: the row is indexed as the cache's own entry says. */
static void follows_the_entry_in_the_cache(void **state)
{
    static const char body[] =
        "{\"id_number\":\"" ZHANG "\",\"name\":\"张文涛\",\"alias\":\"旺克瑟\"}";
    struct village village;
    struct error error = {0};
    struct catalogue *catalogue = NULL;

    village_make(&village, scratch_path(state, "home"));
    village_ok(cache_catalogue(village.cache, &catalogue, &error), &error);
    village_document(&village,
                     "{\"_id\":\"dataset:population\",\"_rev\":\"2-b\",\"type\":\"dataset\","
                     "\"title\":{\"zh\":\"人口\",\"en\":\"People\"},\"subject\":\"person\","
                     "\"database\":\"population-{area}\",\"fields\":["
                     "{\"name\":\"id_number\",\"type\":\"resident_id\",\"role\":\"subject\"},"
                     "{\"name\":\"alias\",\"type\":\"text\",\"role\":\"title\"}]}");
    put_ready(&village, village_dataset(catalogue, "population"), "1-a", body);
    check_row(&village, body, "旺克瑟");
    catalogue_free(catalogue);
    village_leave(&village);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_what_the_writer_would_make, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(is_written_and_indexed, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(follows_the_entry_in_the_cache, scratch_setup,
                                        scratch_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
