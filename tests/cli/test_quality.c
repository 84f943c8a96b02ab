/*
 * `huiliu quality` over an invented township whose faults are known: each planted kind is found,
 * record by record, and nothing else is said of it.
 */
#include "tests/cli/town.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RESIDENTS 6000

struct stage {
    struct town *town;
    struct desk clerk;
    json_t *people; /* by id number: what the generator wrote */
};

/* Searching the town's own documents would ask the program under test; they are read from the
 * file the upstream was loaded with. */
static json_t *read_documents(struct town *town, const char *database)
{
    char path[256], *text = NULL;
    size_t size = 0;
    json_t *all = json_array();

    (void)snprintf(path, sizeof path, "%s/town/%s-%s.bulk.ndjson", town_directory(town), database,
                   TOWN_AREA);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (getline(&text, &size, file) > 0) {
        struct error error = {0};
        json_t *batch = NULL;
        assert_int_equal(json_parse(text, strcspn(text, "\n"), &batch, &error), STATUS_OK);
        assert_int_equal(json_array_extend(all, json_object_get(batch, "docs")), 0);
        json_decref(batch);
    }
    (void)fclose(file);
    free(text);
    return all;
}

static int set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    assert_non_null(stage);
    stage->town = town_new_of(RESIDENTS);
    stage->clerk = desk_new(stage->town, "counter", "li", "clerk,supervisor");
    json_decref(desk_ask(0, &stage->clerk, "sync", NULL));
    stage->people = read_documents(stage->town, "population");
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;

    json_decref(stage->people);
    desk_release(&stage->clerk);
    town_free(stage->town);
    free(stage);
    return 0;
}

/* --- what the generator planted ----------------------------------------------------------------
 */

typedef bool planted(const json_t *person);

static bool sex_is_wrong(const json_t *person)
{
    const char *id = json_text(person, "id_number", "");
    bool man = (id[16] - '0') % 2 == 1;

    return (strcmp(json_text(person, "sex", ""), "1") == 0) != man;
}

static bool birth_is_wrong(const json_t *person)
{
    const char *id = json_text(person, "id_number", "");
    const char *birth = json_text(person, "birth_date", "");
    char digits[9];

    (void)snprintf(digits, sizeof digits, "%.4s%.2s%.2s", birth, birth + 5, birth + 8);
    return strncmp(id + 6, digits, 8) != 0;
}

static bool phone_is_short(const json_t *person)
{
    const char *phone = json_text(person, "phone", "");

    return *phone && strlen(phone) != 11;
}

static bool is_unmarked(const json_t *person)
{
    return !json_object_get(person, "marital_status");
}

static bool has_finding(const json_t *findings, const char *record)
{
    for (size_t i = 0; i < json_array_size(findings); i++)
        if (strcmp(json_text(json_array_get(findings, i), "record", ""), record) == 0)
            return true;
    return false;
}

static void expect_exactly(struct stage *stage, const char *rule, planted *is_planted)
{
    json_t *value = desk_ask(0, &stage->clerk, "quality", "--rule", rule, "--dataset", "population",
                             "--limit", "1000", NULL);
    const json_t *findings = json_object_get(value, "findings");
    size_t expected = 0;

    for (size_t i = 0; i < json_array_size(stage->people); i++) {
        const json_t *person = json_array_get(stage->people, i);
        const char *record = json_text(person, "_id", "");
        if (has_finding(findings, record) != is_planted(person))
            fail_msg("%s: %s", rule, record);
        expected += is_planted(person);
    }
    assert_true(expected > 0);
    assert_int_equal(json_array_size(findings), expected);
    assert_int_equal(json_int(value, "total", -1), expected);
    json_decref(value);
}

static void test_planted_faults_are_found(void **state)
{
    struct stage *stage = *state;

    expect_exactly(stage, "match.sex", sex_is_wrong);
    expect_exactly(stage, "match.birth_date", birth_is_wrong);
    expect_exactly(stage, "number.phone", phone_is_short);
    expect_exactly(stage, "missing.required", is_unmarked);
}

/* Rules whose fault the generator never plants. */
static void test_no_false_alarms(void **state)
{
    static const char *const silent[] = {
        "number.resident_id", "number.uscc",       "number.certificate_id", "value.date",
        "value.code",         "duplicate.subject", "duplicate.person",      "value.dated"};
    struct stage *stage = *state;

    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) {
        json_t *value = desk_ask(0, &stage->clerk, "quality", "--rule", silent[i], NULL);
        if (json_int(value, "total", -1) != 0)
            fail_msg("%s raises a false alarm", silent[i]);
        json_decref(value);
    }
}

/* --- working with them -------------------------------------------------------------------------
 */

static void test_counts_and_as_of(void **state)
{
    struct stage *stage = *state;
    json_t *first = desk_ask(0, &stage->clerk, "quality", NULL);
    json_t *second = desk_ask(0, &stage->clerk, "quality", NULL);
    int64_t sum = 0;
    const json_t *counts = json_object_get(first, "counts");

    assert_true(json_int(first, "rows", 0) > RESIDENTS);
    assert_int_equal(json_array_size(json_object_get(first, "changed_since")), 0);
    for (size_t i = 0; i < json_array_size(counts); i++)
        sum += json_int(json_array_get(counts, i), "count", 0);
    assert_int_equal(sum, json_int(first, "total", -1));
    /* Nothing has changed: the remembered results serve. */
    assert_string_equal(json_text(first, "as_of", ""), json_text(second, "as_of", "?"));
    json_decref(second);
    second = desk_ask(0, &stage->clerk, "quality", "--again", NULL);
    assert_string_not_equal(json_text(first, "as_of", ""), json_text(second, "as_of", ""));
    json_decref(second);
    json_decref(first);
}

static void test_raising_in_bulk(void **state)
{
    struct stage *stage = *state;
    json_t *preview = desk_ask(0, &stage->clerk, "quality", "--rule", "match.birth_date", "--limit",
                               "2", "--raise", "与证件号不符", "--preview", NULL);
    json_t *raised = desk_ask(0, &stage->clerk, "quality", "--rule", "match.birth_date", "--limit",
                              "2", "--raise", "与证件号不符", NULL);
    const json_t *list = json_object_get(raised, "raised");

    assert_true(json_array_size(list) > 0);
    assert_int_equal(json_array_size(json_object_get(preview, "raised")), json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_text(json_array_get(list, i), "id", "");
        json_t *request = desk_ask(0, &stage->clerk, "request", "show", id, NULL);
        assert_string_equal(json_text(request, "state", ""), "pending_review");
        assert_string_equal(json_text(request, "ground", ""), "inaccurate");
        json_decref(request);
    }
    json_decref(raised);
    raised = desk_ask(0, &stage->clerk, "quality", "--rule", "match.birth_date", "--limit", "2",
                      "--raise", "与证件号不符", NULL);
    assert_int_equal(json_array_size(json_object_get(raised, "raised")), 0);
    assert_true(json_array_size(json_object_get(raised, "skipped")) > 0);
    json_decref(raised);
    json_decref(preview);
    preview = desk_ask(0, &stage->clerk, "quality", "--rule", "match.birth_date", "--limit", "2",
                       "--raise", "与证件号不符", "--preview", NULL);
    assert_int_equal(json_array_size(json_object_get(preview, "raised")), 0);
    json_decref(preview);
}

static void expect_code(struct outcome outcome, int code)
{
    assert_int_equal(outcome.code, code);
    outcome_release(&outcome);
}

static void test_what_makes_no_sense(void **state)
{
    struct stage *stage = *state;
    const struct desk *desk = &stage->clerk;

    expect_code(desk_run(desk, "quality", "--rule", "no.such", NULL), 2);
    expect_code(desk_run(desk, "quality", "--dataset", "nothing", NULL), 1);
    expect_code(desk_run(desk, "quality", "--raise", "all of it", NULL), 2);
    expect_code(desk_run(desk, "quality", "--limit", "many", NULL), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planted_faults_are_found), cmocka_unit_test(test_no_false_alarms),
        cmocka_unit_test(test_counts_and_as_of),         cmocka_unit_test(test_raising_in_bulk),
        cmocka_unit_test(test_what_makes_no_sense),
    };

    return cmocka_run_group_tests_name("quality", tests, set_up, tear_down);
}
