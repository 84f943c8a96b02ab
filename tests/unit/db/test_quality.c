/* Each rule against one record that breaks it and one that does not. */
#include "db/codes.h"
#include "db/quality.h"
#include "db/quality_sort.h"
#include "db/request.h"
#include "tests/unit/db/village.h"
#include "verify/resident_id.h"

static const char population[] =
    "{\"_id\":\"dataset:population\",\"_rev\":\"2-b\",\"title\":{\"zh\":\"人口\"},"
    "\"subject\":\"person\",\"priority\":0,\"database\":\"population-{area}\",\"grade\":3,"
    "\"fields\":["
    "{\"name\":\"id_number\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
    "{\"name\":\"name\",\"type\":\"text\",\"role\":\"title\"},"
    "{\"name\":\"sex\",\"type\":\"code\",\"codes\":\"GB/T 2261.1\",\"correctable\":true},"
    "{\"name\":\"birth_date\",\"type\":\"date\",\"grade\":3,\"correctable\":true},"
    "{\"name\":\"address\",\"type\":\"text\",\"role\":\"address\"},"
    "{\"name\":\"phone\",\"type\":\"phone\",\"role\":\"phone\",\"grade\":3,\"correctable\":true},"
    "{\"name\":\"marital_status\",\"type\":\"code\",\"codes\":\"GB/T 2261.2\",\"required\":true},"
    "{\"name\":\"reviewed_on\",\"type\":\"date\",\"max_age_days\":365},"
    "{\"name\":\"status\",\"type\":\"text\",\"role\":\"status\"}]}";
static const char assistance[] =
    "{\"_id\":\"dataset:assistance\",\"_rev\":\"1-a\",\"title\":{\"zh\":\"低保\"},"
    "\"subject\":\"person\",\"priority\":4,\"database\":\"assistance-{area}\",\"fields\":["
    "{\"name\":\"id_number\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
    "{\"name\":\"name\",\"type\":\"text\",\"role\":\"title\",\"correctable\":true},"
    "{\"name\":\"status\",\"type\":\"text\",\"role\":\"status\"}]}";
static const char diploma[] =
    "{\"_id\":\"dataset:diploma\",\"_rev\":\"1-a\",\"topic\":\"education\","
    "\"title\":{\"zh\":\"学历\"},\"subject\":\"person\",\"priority\":6,"
    "\"database\":\"diploma-{area}\",\"fields\":["
    "{\"name\":\"id_number\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
    "{\"name\":\"name\",\"type\":\"text\",\"role\":\"title\"},"
    "{\"name\":\"status\",\"type\":\"text\",\"role\":\"status\"}]}";
static const char wedding[] =
    "{\"_id\":\"dataset:wedding\",\"_rev\":\"1-a\",\"topic\":\"marriage\","
    "\"title\":{\"zh\":\"婚姻\"},\"subject\":\"person\",\"priority\":5,"
    "\"database\":\"wedding-{area}\",\"fields\":["
    "{\"name\":\"husband\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
    "{\"name\":\"names\",\"type\":\"text\",\"role\":\"title\"},"
    "{\"name\":\"wife\",\"type\":\"resident_id\",\"role\":\"link_person\",\"grade\":4}]}";

/* The number of somebody born on that day; an odd sequence is a man's. */
static const char *number(const char *birth, int sequence, char out[19])
{
    snprintf(out, 18, "990106%s%03d", birth, sequence);
    out[17] = resident_id_check_character(out);
    out[18] = '\0';
    return out;
}

struct resident {
    const char *id, *name, *sex, *birth, *address, *phone, *marital, *status, *more;
};

static const struct resident usual = {.name = "王安",
                                      .sex = "1",
                                      .birth = "1980-05-06",
                                      .address = "望川街道书院社区3号",
                                      .phone = "15499001234",
                                      .marital = "20",
                                      .status = "正常",
                                      .more = ""};

static void put_key(struct village *village, const char *key, const struct resident *resident)
{
    char text[1024];

    snprintf(text, sizeof text,
             "{\"_id\":\"%s\",\"_rev\":\"1-a\",\"id_number\":\"%s\",\"name\":\"%s\","
             "\"sex\":\"%s\",\"birth_date\":\"%s\",\"address\":\"%s\",\"phone\":\"%s\","
             "\"marital_status\":\"%s\",\"status\":\"%s\"%s}",
             key, resident->id, resident->name, resident->sex, resident->birth, resident->address,
             resident->phone, resident->marital, resident->status, resident->more);
    assert_true(village_put(village, "population", text));
}

static void put_resident(struct village *village, const struct resident *resident)
{
    char key[64];

    snprintf(key, sizeof key, "person:%s", resident->id);
    put_key(village, key, resident);
}

static void put_text(struct village *village, const char *dataset, const char *key,
                     const char *members)
{
    char text[512];

    snprintf(text, sizeof text, "{\"_id\":\"%s\",\"_rev\":\"1-a\",%s}", key, members);
    assert_true(village_put(village, dataset, text));
}

static void make(struct village *village, void **state)
{
    village_make(village, scratch_path(state, "home"));
    village_document(village, population);
    village_document(village, assistance);
    village_document(village, wedding);
    village_document(village, diploma);
}

static void check(struct village *village)
{
    struct error error = {0};

    village_ok(quality_run(village->reader, NULL, &error), &error);
}

static struct quality_page *page_of(struct village *village, int rule, int64_t after, int limit)
{
    struct error error = {0};
    struct quality_page *page = NULL;
    const struct quality_filter filter = {.rule = rule, .after = after, .limit = limit};

    village_ok(quality_page(village->reader, &village_clerk, &filter, &page, &error), &error);
    return page;
}

/* Exactly these records (the keys in order, "" ends) break the rule. */
static void expect(struct village *village, enum quality_rule rule, const char *const *keys)
{
    struct quality_page *page = page_of(village, (int)rule, 0, 50);
    size_t count = 0;

    for (; keys[count]; count++) {
        if (count >= page->count)
            fail_msg("%s: %s is missing", quality_rule_id(rule), keys[count]);
        assert_string_equal(page->findings[count].record, keys[count]);
        assert_string_not_equal(page->findings[count].detail, "");
    }
    if (page->count != count)
        fail_msg("%s: %s is too much", quality_rule_id(rule), page->findings[count].record);
    quality_page_free(page);
}

#define EXPECT(village, rule, ...) expect(village, rule, (const char *const[]){__VA_ARGS__, NULL})

static void expect_nothing(struct village *village)
{
    struct quality_page *page = page_of(village, -1, 0, 50);

    if (page->count > 0)
        fail_msg("%s: %s (%s)", quality_rule_id(page->findings[0].rule), page->findings[0].record,
                 page->findings[0].detail);
    quality_page_free(page);
}

static void test_clean_data_gives_nothing(void **state)
{
    struct village village;
    struct resident one = usual;
    char husband[19], wife[19], dead[19], text[256], today[DATE_TEXT_MAX], reviewed[64];

    make(&village, state);
    one.id = number("19800506", 1, husband);
    date_format(date_today(), today);
    snprintf(reviewed, sizeof reviewed, ",\"reviewed_on\":\"%s\"", today);
    one.more = reviewed;
    put_resident(&village, &one);
    one.id = number("19820101", 2, wife);
    one.name = "李宁";
    one.sex = "2";
    one.birth = "1982-01-01";
    put_resident(&village, &one);
    one = usual;
    one.id = number("19300101", 1, dead);
    one.birth = "1930-01-01";
    one.status = "死亡注销";
    one.marital = "30";
    put_resident(&village, &one);
    snprintf(text, sizeof text, "\"id_number\":\"%s\",\"name\":\"王安\"", dead);
    put_text(&village, "death", "death:1", text);
    snprintf(text, sizeof text, "\"id_number\":\"%s\",\"name\":\"王安\",\"status\":\"停发\"", dead);
    put_text(&village, "assistance", "assistance:1", text);
    snprintf(text, sizeof text, "\"husband\":\"%s\",\"wife\":\"%s\",\"names\":\"王安、李宁\"",
             husband, wife);
    put_text(&village, "wedding", "wedding:1", text);
    check(&village);
    expect_nothing(&village);
    village_leave(&village);
}

static void test_numbers_and_values(void **state)
{
    struct village village;
    struct resident one = usual;
    char good[19], bad[19], late[19], key[64], other[64], ahead[64];

    make(&village, state);
    number("19800506", 1, bad);
    bad[17] = bad[17] == '1' ? '2' : '1';
    one.id = bad;
    put_resident(&village, &one);
    snprintf(key, sizeof key, "person:%s", bad);
    one.id = number("19800506", 3, good);
    one.name = "王平";
    one.phone = "1549900123";
    one.address = "云汀省澜州市溪回县望川街道";
    one.marital = "77";
    one.birth = "1980-02-30";
    one.more = ",\"reviewed_on\":\"2001-01-01\"";
    put_resident(&village, &one);
    snprintf(other, sizeof other, "person:%s", good);
    one = usual;
    one.id = number("19800506", 5, late);
    one.more = ",\"reviewed_on\":\"2999-01-01\"";
    put_resident(&village, &one);
    snprintf(ahead, sizeof ahead, "person:%s", late);
    check(&village);
    EXPECT(&village, QUALITY_RESIDENT_ID, key);
    EXPECT(&village, QUALITY_PHONE, other);
    EXPECT(&village, QUALITY_ADDRESS, other);
    EXPECT(&village, QUALITY_CODE, other);
    EXPECT(&village, QUALITY_DATE, other);
    EXPECT(&village, QUALITY_STALE_RECORD, other);
    EXPECT(&village, QUALITY_DATED, ahead);
    /* A number that is no valid one proves nothing about sex and birth. */
    expect(&village, QUALITY_SEX, (const char *const[]){NULL});
    village_leave(&village);
}

static void test_against_the_number(void **state)
{
    struct village village;
    struct resident one = usual;
    char id[19], key[64];

    make(&village, state);
    one.id = number("19800506", 2, id);
    one.birth = "1980-05-16";
    one.marital = "";
    put_resident(&village, &one);
    snprintf(key, sizeof key, "person:%s", id);
    check(&village);
    EXPECT(&village, QUALITY_SEX, key);
    EXPECT(&village, QUALITY_BIRTH, key);
    EXPECT(&village, QUALITY_REQUIRED, key);
    struct quality_page *page = page_of(&village, QUALITY_SEX, 0, 1);
    assert_string_equal(page->findings[0].proposed, "2");
    assert_string_equal(page->findings[0].proposed_shown, code_title("GB/T 2261.1", "2"));
    assert_true(page->findings[0].correctable);
    assert_string_equal(page->findings[0].subject, id);
    assert_string_equal(page->findings[0].field, "sex");
    quality_page_free(page);
    page = page_of(&village, QUALITY_BIRTH, 0, 1);
    assert_string_equal(page->findings[0].proposed, "1980-05-06");
    quality_page_free(page);
    village_leave(&village);
}

static void test_duplicates(void **state)
{
    struct village village;
    struct resident one = usual;
    char first[19], second[19], third[19], key[64], other[64];

    make(&village, state);
    one.id = number("19800506", 1, first);
    put_resident(&village, &one);
    put_key(&village, "person:again", &one);
    snprintf(key, sizeof key, "person:%s", first);
    one.id = number("19800506", 3, second); /* the same phone and address: found once */
    put_resident(&village, &one);
    snprintf(other, sizeof other, "person:%s", second);
    one.id = number("19800506", 5, third); /* the same name and birthday only */
    one.phone = "15499009999";
    one.address = "望川街道书院社区8号";
    put_resident(&village, &one);
    check(&village);
    EXPECT(&village, QUALITY_SAME_SUBJECT, key, "person:again");
    struct quality_page *page = page_of(&village, QUALITY_SAME_PERSON, 0, 50);
    assert_int_equal(page->count, 3);
    for (size_t i = 0; i < page->count; i++)
        assert_string_not_equal(page->findings[i].subject, third);
    quality_page_free(page);
    village_leave(&village);
}

/* The first record of the rule: what is said about it, and what a correction would begin with. */
static void expect_words(struct village *village, enum quality_rule rule, const char *detail,
                         const char *proposed)
{
    struct quality_page *page = page_of(village, (int)rule, 0, 1);

    assert_int_equal(page->count, 1);
    if (!strstr(page->findings[0].detail, detail))
        fail_msg("%s", page->findings[0].detail);
    if (proposed)
        assert_string_equal(page->findings[0].proposed, proposed);
    else
        assert_null(page->findings[0].proposed);
    quality_page_free(page);
}

/* Who may not see a birth date is not told it by the number either. */
static void test_what_the_number_says_is_masked(void **state)
{
    const struct quality_filter filter = {.rule = QUALITY_BIRTH, .limit = 5};
    struct quality_page *page = NULL;
    struct error error = {0};
    struct village village;
    struct resident one = usual;
    char id[19];

    make(&village, state);
    one.id = number("19800507", 1, id);
    put_resident(&village, &one);
    check(&village);
    expect_words(&village, QUALITY_BIRTH, "1980-05-07", "1980-05-07");
    village_ok(quality_page(village.reader, &village_auditor, &filter, &page, &error), &error);
    assert_int_equal(page->count, 1);
    assert_string_equal(page->findings[0].detail, "The number says otherwise.");
    assert_null(page->findings[0].proposed);
    quality_page_free(page);
    village_leave(&village);
}

static void test_datasets_that_disagree(void **state)
{
    struct village village;
    struct resident one = usual;
    char id[19], wife[19], key[64], wed[64], text[256];

    make(&village, state);
    one.id = number("19800506", 1, id);
    put_resident(&village, &one);
    snprintf(key, sizeof key, "person:%s", id);
    one.id = number("19820101", 2, wife);
    one.name = "李宁";
    one.sex = "2";
    one.birth = "1982-01-01";
    one.marital = "10";
    put_resident(&village, &one);
    snprintf(wed, sizeof wed, "person:%s", wife);
    snprintf(text, sizeof text, "\"id_number\":\"%s\",\"name\":\"王安\",\"died_on\":\"2026-01-15\"",
             id);
    put_text(&village, "death", "death:1", text);
    snprintf(text, sizeof text, "\"id_number\":\"%s\",\"name\":\"王按\",\"status\":\"在享\"", id);
    put_text(&village, "assistance", "assistance:1", text);
    snprintf(text, sizeof text, "\"id_number\":\"%s\",\"name\":\"王安\",\"status\":\"有效\"", id);
    put_text(&village, "diploma", "diploma:1", text);
    snprintf(text, sizeof text, "\"husband\":\"%s\",\"wife\":\"%s\",\"names\":\"王安、李宁\"", id,
             wife);
    put_text(&village, "wedding", "wedding:1", text);
    snprintf(text, sizeof text,
             "\"uscc\":\"91990106MA5L2K4N7X\",\"name\":\"商店\",\"status\":\"存续\","
             "\"legal\":\"%s\"",
             id);
    put_text(&village, "enterprise", "enterprise:1", text);
    check(&village);
    EXPECT(&village, QUALITY_DEAD_REGISTERED, key);
    EXPECT(&village, QUALITY_DEAD_BENEFIT, "assistance:1"); /* and no diploma */
    EXPECT(&village, QUALITY_NAME, "assistance:1");
    EXPECT(&village, QUALITY_MARRIAGE, wed);
    EXPECT(&village, QUALITY_DEAD_REPRESENTATIVE, "enterprise:1");
    expect_words(&village, QUALITY_DEAD_REGISTERED, "2026-01-15", NULL);
    expect_words(&village, QUALITY_NAME, "王安", "王安");
    village_leave(&village);
}

static void test_old_datasets(void **state)
{
    struct village village;
    struct resident one = usual;
    char id[19];

    village_make(&village, scratch_path(state, "home"));
    one.id = number("19800506", 1, id);
    put_resident(&village, &one);
    village_position(&village, "population", clock_wall_ms());
    check(&village);
    expect(&village, QUALITY_STALE_DATASET, (const char *const[]){NULL});
    village_position(&village, "population", clock_wall_ms() - (int64_t)8 * 86400000);
    check(&village);
    struct quality_page *page = page_of(&village, QUALITY_STALE_DATASET, 0, 5);
    assert_int_equal(page->count, 1);
    assert_string_equal(page->findings[0].dataset, "population");
    quality_page_free(page);
    village_leave(&village);
}

/* --- results ---------------------------------------------------------------------------------- */

static void put_short_phones(struct village *village, int count)
{
    struct resident one = usual;
    char id[19], name[32];

    one.phone = "1549900";
    for (int i = 0; i < count; i++) {
        one.id = number("19800506", i * 2 + 1, id);
        snprintf(name, sizeof name, "王%d", i);
        one.name = name;
        put_resident(village, &one);
    }
}

static void test_pages_and_counts(void **state)
{
    struct village village;
    struct quality_summary *summary = NULL;
    struct error error = {0};
    int64_t after = 0;
    size_t seen = 0;

    make(&village, state);
    assert_int_equal(quality_summary(village.reader, &summary, &error), STATUS_NOT_FOUND);
    put_short_phones(&village, 25);
    check(&village);
    village_ok(quality_summary(village.reader, &summary, &error), &error);
    assert_int_equal(summary->rows, 25);
    assert_int_equal(summary->count, 1);
    assert_int_equal(summary->counts[0].rule, QUALITY_PHONE);
    assert_int_equal(summary->counts[0].count, 25);
    assert_int_equal(summary->changed_count, 0);
    quality_summary_free(summary);
    do {
        struct quality_page *page = page_of(&village, QUALITY_PHONE, after, 10);
        seen += page->count;
        after = page->next;
        quality_page_free(page);
    } while (after);
    assert_int_equal(seen, 25);
    village_leave(&village);
}

/* What has changed since the check says so, and is not asked to be corrected. */
static void test_changes_since(void **state)
{
    struct village village;
    struct quality_summary *summary = NULL;
    struct error error = {0};
    char id[48], text[19], key[64];

    make(&village, state);
    put_short_phones(&village, 3);
    check(&village);
    snprintf(key, sizeof key, "person:%s", number("19800506", 1, text));
    assert_true(village_delete(&village, "population", key));
    snprintf(key, sizeof key, "person:%s", number("19800506", 3, text));
    char body[512];
    snprintf(body, sizeof body,
             "{\"_id\":\"%s\",\"_rev\":\"2-c\",\"id_number\":\"%s\",\"name\":\"王\","
             "\"phone\":\"15499001\",\"marital_status\":\"20\"}",
             key, text);
    assert_true(village_put(&village, "population", body));
    village_ok(quality_summary(village.reader, &summary, &error), &error);
    assert_int_equal(summary->changed_count, 1);
    assert_string_equal(summary->changed[0], "人口");
    quality_summary_free(summary);
    struct quality_page *page = page_of(&village, QUALITY_PHONE, 0, 10);
    assert_int_equal(page->findings[0].state, QUALITY_GONE);
    assert_string_equal(page->findings[0].record, "");
    assert_int_equal(page->findings[1].state, QUALITY_CHANGED);
    assert_int_equal(page->findings[2].state, QUALITY_SAME);
    assert_int_equal(quality_raise(village.outbox, village.reader, &village_clerk,
                                   &(const struct quality_correction){&page->findings[1],
                                                                      "15499001234", "wrong"},
                                   id, &error),
                     STATUS_CONFLICT);
    quality_page_free(page);
    village_leave(&village);
}

static void test_masking(void **state)
{
    struct village village;
    struct error error = {0};
    struct quality_page *page = NULL;
    const struct quality_filter filter = {.rule = QUALITY_PHONE};

    make(&village, state);
    put_short_phones(&village, 1);
    check(&village);
    village_ok(quality_page(village.reader, &village_auditor, &filter, &page, &error), &error);
    assert_null(strstr(page->findings[0].value, "1549900"));
    assert_null(strstr(page->findings[0].subject_shown, "19800506"));
    quality_page_free(page);
    village_leave(&village);
}

static bool stop_at_once(const struct quality_progress *now, void *context)
{
    (void)now;
    ++*(int *)context;
    return false;
}

static void test_stopping_keeps_the_results(void **state)
{
    struct village village;
    struct error error = {0};
    int calls = 0;
    const struct quality_options options = {stop_at_once, &calls};

    make(&village, state);
    put_short_phones(&village, 2);
    check(&village);
    assert_int_equal(quality_run(village.reader, &options, &error), STATUS_CANCELLED);
    assert_int_equal(calls, 1);
    struct quality_page *page = page_of(&village, QUALITY_PHONE, 0, 10);
    assert_int_equal(page->count, 2);
    quality_page_free(page);
    village_leave(&village);
}

/* --- corrections ------------------------------------------------------------------------------ */

static void test_raising(void **state)
{
    struct village village;
    struct resident one = usual;
    struct error error = {0};
    struct request_detail *detail = NULL;
    char text[19], id[48];

    make(&village, state);
    one.id = number("19800506", 2, text);
    put_resident(&village, &one);
    check(&village);
    struct quality_page *page = page_of(&village, QUALITY_SEX, 0, 10);
    const struct quality_finding *finding = &page->findings[0];
    assert_int_equal(
        quality_raise(village.outbox, village.reader, &village_auditor,
                      &(const struct quality_correction){finding, NULL, "the number says so"}, id,
                      &error),
        STATUS_REFUSED);
    village_ok(
        quality_raise(village.outbox, village.reader, &village_clerk,
                      &(const struct quality_correction){finding, NULL, "the number says so"}, id,
                      &error),
        &error);
    village_ok(request_get(village.reader, id, &detail, &error), &error);
    const json_t *change = json_array_get(json_object_get(detail->document, "changes"), 0);
    assert_string_equal(json_text(change, "field", ""), "sex");
    assert_string_equal(json_text(change, "base", ""), "1");
    assert_string_equal(json_text(change, "proposed", ""), "2");
    assert_string_equal(json_text(detail->document, "ground", ""), "inaccurate");
    request_detail_free(detail);
    assert_int_equal(quality_raise(village.outbox, village.reader, &village_clerk,
                                   &(const struct quality_correction){finding, NULL, "again"}, id,
                                   &error),
                     STATUS_REFUSED);
    quality_page_free(page);
    village_leave(&village);
}

static void test_nothing_is_invented(void **state)
{
    struct village village;
    struct error error = {0};
    char id[48];

    make(&village, state);
    put_short_phones(&village, 1);
    check(&village);
    struct quality_page *page = page_of(&village, QUALITY_PHONE, 0, 10);
    assert_null(page->findings[0].proposed);
    assert_int_equal(
        quality_raise(village.outbox, village.reader, &village_clerk,
                      &(const struct quality_correction){&page->findings[0], NULL, "wrong"}, id,
                      &error),
        STATUS_INVALID);
    village_ok(quality_raise(
                   village.outbox, village.reader, &village_clerk,
                   &(const struct quality_correction){&page->findings[0], "15499001234", "wrong"},
                   id, &error),
               &error);
    quality_page_free(page);
    village_leave(&village);
}

/* --- the sort --------------------------------------------------------------------------------- */

/* More than one chunk: through the file and back, in order, none lost. */
static void test_sort(void **state)
{
    const int64_t many = 700000;
    struct error error = {0};
    struct quality_sort *sort = NULL;
    struct trait trait, before = {0};
    int64_t count = 0, sum = 0;
    const struct scratch *scratch = *state;

    village_ok(quality_sort_new(scratch->directory, &sort, &error), &error);
    for (int64_t i = 0; i < many; i++) {
        trait = (struct trait){.hash = ((uint64_t)i * 0x9E3779B97F4A7C15u) >> 44, .record = i};
        village_ok(quality_sort_add(sort, &trait, &error), &error);
    }
    village_ok(quality_sort_finish(sort, &error), &error);
    while (quality_sort_next(sort, &trait)) {
        assert_true(trait.hash > before.hash ||
                    (trait.hash == before.hash && (count == 0 || trait.record > before.record)));
        before = trait;
        sum += trait.record;
        count++;
    }
    village_ok(quality_sort_failed(sort, &error), &error);
    assert_int_equal(count, many);
    assert_int_equal(sum, many * (many - 1) / 2);
    quality_sort_free(sort);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_clean_data_gives_nothing, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_numbers_and_values, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_against_the_number, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_duplicates, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_what_the_number_says_is_masked, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_datasets_that_disagree, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_old_datasets, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_pages_and_counts, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_changes_since, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_masking, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_stopping_keeps_the_results, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_raising, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_nothing_is_invented, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_sort, scratch_setup, scratch_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
