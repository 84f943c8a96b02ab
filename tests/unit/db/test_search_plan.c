/* Searches whose words are common, rare, or anything between, in a village where it is known who
 * fits: what is put to the index and what is left to the judge must not be seen from outside. */
#include "db/search.h"
#include "db/search_key.h"
#include "db/search_plan.h"
#include "tests/unit/db/village.h"

#define PEOPLE 4000 /* most words stand for more records than are looked at one by one */
#define LIMIT  500

struct person {
    const char *surname, *given;
    char number[24], phone[16], address[96];
    int year, group, house;
};

static const char *const surnames[] = {"张", "王", "李", "赵", "陈", "欧", "黄"};
static const char *const givens[] = {"文涛", "玉兰", "国强", "秀英", "明",  "海燕",
                                     "建军", "芳",   "志远", "小红", "春花"};

static struct person person_at(int i)
{
    struct person person = {
        .surname = surnames[(size_t)i % COUNT_OF(surnames)],
        .given = givens[(size_t)(i / 7) % COUNT_OF(givens)],
        .year = 1950 + i % 53,
        .group = 1 + i % 9,
        .house = 1 + i % 97,
    };

    snprintf(person.number, sizeof person.number, "990106%d0101%04d", person.year, i);
    snprintf(person.phone, sizeof person.phone, "154%08d", i * 17);
    snprintf(person.address, sizeof person.address, "云汀省澜州市西乡街道大塘村%d组%d号",
             person.group, person.house);
    return person;
}

static void fill(struct village *village)
{
    struct error error = {0};
    struct catalogue *catalogue = NULL;

    village_ok(cache_catalogue(village->cache, &catalogue, &error), &error);
    village_ok(cache_begin(village->cache, &error), &error);
    for (int i = 0; i < PEOPLE; i++) {
        struct person person = person_at(i);
        char name[32];
        bool changed;
        snprintf(name, sizeof name, "%s%s", person.surname, person.given);
        json_t *doc = json_pack("{s:s, s:s, s:s, s:s}", "name", name, "id_number", person.number,
                                "phone", person.phone, "address", person.address);
        const struct change_row row = {.key = person.number, .rev = "1-a", .doc = doc};
        village_ok(cache_apply(village->cache, catalogue_find(catalogue, "population"), &row,
                               &changed, &error),
                   &error);
        json_decref(doc);
    }
    village_ok(cache_commit(village->cache, &error), &error);
    catalogue_free(catalogue);
}

struct question {
    const char *query;
    bool (*fits)(const struct person *person);
};

static bool is_zhang_of_1990(const struct person *person)
{
    return strcmp(person->surname, "张") == 0 && person->year == 1990;
}

static bool is_wang_yulan(const struct person *person)
{
    return strcmp(person->surname, "王") == 0 && strcmp(person->given, "玉兰") == 0;
}

static bool is_yulan(const struct person *person)
{
    return strcmp(person->given, "玉兰") == 0;
}

static bool is_zhao_zhiyuan(const struct person *person)
{
    return strcmp(person->surname, "赵") == 0 && strcmp(person->given, "志远") == 0;
}

static bool is_wang_yulan_of_group_3(const struct person *person)
{
    return is_wang_yulan(person) && person->group == 3;
}

static bool is_guoqiang_in_the_eighties(const struct person *person)
{
    return strcmp(person->given, "国强") == 0 && person->year == 1985;
}

static bool is_chen_of_group_2(const struct person *person)
{
    return strcmp(person->surname, "陈") == 0 && person->group == 2;
}

static bool lives_in_group_4_at_45(const struct person *person)
{
    return person->group == 4 && person->house == 45;
}

static bool is_chunhua_born_in_1977(const struct person *person)
{
    return strcmp(person->given, "春花") == 0 && person->year == 1977;
}

static size_t count_fitting(const struct question *question)
{
    size_t count = 0;

    for (int i = 0; i < PEOPLE; i++) {
        struct person person = person_at(i);
        count += question->fits(&person);
    }
    return count;
}

static void ask(struct village *village, const struct question *question)
{
    const struct search_options options = {.kind = SEARCH_ALL, .limit = LIMIT};
    struct search_result *result = NULL;
    struct error error = {0};
    size_t expected = count_fitting(question);

    assert_in_range(expected, 1, LIMIT);
    village_ok(search_run(village->reader, question->query, &options, &result, &error), &error);
    if (result->count != expected)
        fail_msg("%s: %zu hits, not %zu", question->query, result->count, expected);
    for (size_t i = 0; i < result->count; i++) {
        int at = atoi(result->hits[i].subject + 14);
        struct person person = person_at(at);
        if (!question->fits(&person))
            fail_msg("%s: %s does not fit", question->query, result->hits[i].name);
    }
    search_result_free(result);
}

static void test_whoever_fits_is_found(void **state)
{
    static const struct question questions[] = {
        {"大塘 张 1990", is_zhang_of_1990}, /* one that fits everybody, two that fit many */
        {"大塘 zhang 1990", is_zhang_of_1990},
        {"1990 zhang 大塘 西乡", is_zhang_of_1990},
        {"154 张 1990", is_zhang_of_1990},
        {"990106 张 1990", is_zhang_of_1990},
        {"wang yulan", is_wang_yulan},
        {"yulan wang", is_wang_yulan},
        {"王玉兰 大塘", is_wang_yulan},
        {"wyl 3组", is_wang_yulan_of_group_3},
        {"大塘 wangyl 3组", is_wang_yulan_of_group_3},
        {"guoqiang 1985", is_guoqiang_in_the_eighties},
        {"gq 1985", is_guoqiang_in_the_eighties},
        {"陈 2组", is_chen_of_group_2},
        {"大塘村4组45号", lives_in_group_4_at_45},
        {"西乡街道大塘村4组45", lives_in_group_4_at_45},
        {"云汀省澜州市西乡街道大塘村4组45号", lives_in_group_4_at_45},
        {"chunh 1977", is_chunhua_born_in_1977},
        {"1977 chunhua 154", is_chunhua_born_in_1977},
        /* Letters alone: first letters that few or many have, with syllables that tell more. */
        {"wangyulan", is_wang_yulan},
        {"wyulan", is_wang_yulan},
        {"wangyul", is_wang_yulan},
        {"wangyl", is_wang_yulan},
        {"yulan", is_yulan},
        {"yul", is_yulan},
        {"zhaozhiy", is_zhao_zhiyuan},
        {"zhaozy", is_zhao_zhiyuan},
    };
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    for (size_t i = 0; i < COUNT_OF(questions); i++)
        ask(&village, &questions[i]);
    village_leave(&village);
}

/* A common word beside one that only somebody else has. */
static void test_nobody_else_is_found(void **state)
{
    static const char *const queries[] = {"大塘 司马 1990", "zhang 1890123", "王玉兰 文涛",
                                          "大塘村4组45号 99号", "154 qqq"};
    struct village village;
    struct error error = {0};

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    for (size_t i = 0; i < COUNT_OF(queries); i++) {
        struct search_result *result = NULL;
        village_ok(search_run(village.reader, queries[i], NULL, &result, &error), &error);
        if (result->count != 0)
            fail_msg("%s: found %s", queries[i], result->hits[0].name);
        search_result_free(result);
    }
    village_leave(&village);
}

/* Few are counted, many estimated. */
static void test_counting(void **state)
{
    static const struct question all = {"", is_wang_yulan};
    static const struct {
        const char *expression;
        double least, most;
    } rows[] = {
        {"\"dperson\"", PEOPLE * 0.95, PEOPLE * 1.05},
        {"\"y1990\"", 65, 90}, /* 75 of them */
        {"\"f张\"", PEOPLE / 7 * 0.8, PEOPLE / 7 * 1.2},
        {"\"f张\" AND \"f王\"", 0, 0},
        {"\"qnobody\"", 0, 0},
    };
    struct village village;
    struct error error = {0};
    double count = -1;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    struct sql *cache = reader_cache(village.reader);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        village_ok(plan_count(cache, rows[i].expression, PEOPLE, &count, &error), &error);
        if (count < rows[i].least || count > rows[i].most)
            fail_msg("%s: %f", rows[i].expression, count);
    }
    village_ok(plan_count(cache, "\"n王玉兰\"", PEOPLE, &count, &error), &error);
    assert_int_equal((size_t)count, count_fitting(&all));
    village_leave(&village);
}

static void test_legal_forms(void **state)
{
    static const struct {
        const char *name;
        size_t core;
    } rows[] = {
        {"澜州华为科技有限公司", 6},
        {"溪回县利鑫汽车修理店（个体工商户）", 10},
        {"澜州华信有限公司（个体工商户）", 4},
        {"公司", 2}, /* nothing would be left */
        {"华信集团有限公司", 2},
        {"大塘村村民委员会", 8},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct folded folded;
        search_fold(rows[i].name, strlen(rows[i].name), &folded);
        if (search_form_begin(&folded) != rows[i].core)
            fail_msg("%s: %zu", rows[i].name, search_form_begin(&folded));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_whoever_fits_is_found),
        TEST(test_nobody_else_is_found),
        TEST(test_counting),
        cmocka_unit_test(test_legal_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
