/* Watching on the command line, and what the file says beyond its fields: what changed, what the
 * ministries do not agree about, verdicts of certificates. */
#include "tests/cli/provider.h"
#include "tests/cli/town.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define POPULATION "population-" TOWN_AREA

struct stage {
    struct town *town;
    struct desk boss, clerk, auditor; /* accounts in one home */
    struct resident resident;
};

static void sync_desk(const struct desk *desk)
{
    json_decref(desk_ask(0, desk, "sync", NULL));
}

static int set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    assert_non_null(stage);
    stage->town = town_new();
    stage->boss = desk_new(stage->town, "counter", "boss", "administrator,supervisor");
    stage->clerk = desk_colleague(stage->town, &stage->boss, "li", "clerk");
    stage->auditor = desk_colleague(stage->town, &stage->boss, "shen", "auditor");
    sync_desk(&stage->boss);
    stage->resident = desk_find_resident(&stage->clerk, "张博文");
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;

    resident_release(&stage->resident);
    desk_release(&stage->auditor);
    desk_release(&stage->clerk);
    desk_release(&stage->boss);
    town_free(stage->town);
    free(stage);
    return 0;
}

static json_int_t unseen(const struct desk *desk)
{
    json_t *value = desk_ask(0, desk, "notices", NULL);
    json_int_t count = json_int(value, "unseen", -1);

    json_decref(value);
    return count;
}

static void test_a_watched_resident(void **state)
{
    struct stage *stage = *state;

    json_t *value =
        desk_ask(0, &stage->clerk, "watch", "add", "person", stage->resident.number, NULL);
    assert_true(json_bool(value, "added", false));
    json_decref(value);
    /* The key of a record means its subject: the same one. */
    value = desk_ask(0, &stage->clerk, "watch", "add", "person", stage->resident.record, NULL);
    assert_false(json_bool(value, "added", true));
    assert_true(json_bool(value, "watched", false));
    json_decref(value);

    provider_change(stage->town, POPULATION, stage->resident.record, "phone", "19900004444");
    sync_desk(&stage->boss);
    value = desk_ask(0, &stage->clerk, "notices", NULL);
    assert_int_equal(json_int(value, "unseen", -1), 1);
    const json_t *notice = json_array_get(json_object_get(value, "notices"), 0);
    assert_string_equal(json_text(notice, "kind", ""), "record_changed");
    assert_string_equal(json_text(notice, "record", ""), stage->resident.record);
    assert_string_equal(json_text(notice, "dataset", ""), "population");
    assert_non_null(strstr(json_text(notice, "sentence", ""), "Phone"));
    assert_null(strstr(json_text(notice, "subject", ""), stage->resident.number + 6));
    json_decref(value);
    assert_int_equal(unseen(&stage->boss), 0);
    json_decref(desk_ask(0, &stage->boss, "sync", "--full", NULL));
    assert_int_equal(unseen(&stage->clerk), 1);
}

static void test_the_list_and_the_end_of_it(void **state)
{
    struct stage *stage = *state;
    char id[32];

    json_t *value = desk_ask(0, &stage->clerk, "watch", "list", NULL);
    const json_t *watches = json_object_get(value, "watches");
    assert_int_equal(json_array_size(watches), 1);
    const json_t *watch = json_array_get(watches, 0);
    assert_string_equal(json_text(watch, "kind", ""), "person");
    assert_string_equal(json_text(watch, "name", ""), stage->resident.name);
    assert_null(strstr(json_text(watch, "subject", ""), stage->resident.number + 6));
    (void)snprintf(id, sizeof id, "%d", (int)json_int(watch, "id", 0));
    json_decref(value);

    json_decref(desk_ask(1, &stage->boss, "watch", "remove", id, NULL)); /* somebody else's */
    json_decref(desk_ask(0, &stage->clerk, "watch", "remove", id, NULL));
    json_decref(
        desk_ask(1, &stage->clerk, "watch", "remove", "person", stage->resident.number, NULL));
    provider_change(stage->town, POPULATION, stage->resident.record, "phone", "19900005555");
    sync_desk(&stage->boss);
    assert_int_equal(unseen(&stage->clerk), 1); /* as before */
}

static void test_what_cannot_be_watched(void **state)
{
    struct stage *stage = *state;

    json_decref(desk_ask(1, &stage->clerk, "watch", "add", "person", "990106190001010000", NULL));
    json_decref(desk_ask(2, &stage->clerk, "watch", "add", "planet", "mars", NULL));
    json_decref(desk_ask(2, &stage->clerk, "watch", "remove", "mars", NULL));
    json_decref(
        desk_ask(4, &stage->auditor, "watch", "add", "person", stage->resident.number, NULL));
}

static const json_t *find(const json_t *list, const char *member, const char *text)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_text(json_array_get(list, i), member, ""), text) == 0)
            return json_array_get(list, i);
    fail_msg("nothing with %s %s", member, text);
    return NULL;
}

static void test_the_file_says_what_changed_and_what_is_disputed(void **state)
{
    struct stage *stage = *state;

    provider_change(stage->town, POPULATION, stage->resident.record, "name", "张博闻");
    sync_desk(&stage->boss);
    json_t *value = desk_ask(0, &stage->clerk, "show", "person", stage->resident.number, NULL);
    const json_t *section = find(json_object_get(value, "sections"), "dataset", "population");
    const json_t *change = find(json_object_get(section, "changes"), "field", "name");
    assert_string_equal(json_text(change, "before", ""), stage->resident.name);
    assert_string_equal(json_text(change, "after", ""), "张博闻");
    const json_t *difference = find(json_object_get(value, "differences"), "aspect", "name");
    const json_t *claims = json_object_get(difference, "claims");
    const json_t *police = find(claims, "dataset", "population");
    assert_string_equal(json_text(police, "value", ""), "张博闻");
    assert_true(json_bool(police, "correctable", false));
    assert_string_equal(json_text(police, "field", ""), "name");
    (void)find(claims, "value", stage->resident.name); /* what the others say */
    json_decref(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_watched_resident),
        cmocka_unit_test(test_the_list_and_the_end_of_it),
        cmocka_unit_test(test_what_cannot_be_watched),
        cmocka_unit_test(test_the_file_says_what_changed_and_what_is_disputed),
    };

    return cmocka_run_group_tests_name("watching", tests, set_up, tear_down);
}
