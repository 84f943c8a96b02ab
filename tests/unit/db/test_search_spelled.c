/* Names of enterprises, and of people beside them, by sound: polyphonic characters, brackets, long
 * regions in front, first letters up to the legal form and beyond. */
#include "db/search.h"
#include "tests/unit/db/village.h"

static struct search_result *search(struct village *village, const char *query,
                                    enum search_kind kind, int limit)
{
    struct error error = {0};
    struct search_result *result = NULL;
    const struct search_options options = {.kind = kind, .limit = limit};

    village_ok(search_run(village->reader, query, &options, &result, &error), &error);
    return result;
}

/* Rows in one transaction. */
struct filling {
    struct village *village;
    struct catalogue *catalogue;
    int count;
};

static void start(struct filling *filling, struct village *village)
{
    struct error error = {0};

    *filling = (struct filling){.village = village};
    village_ok(cache_catalogue(village->cache, &filling->catalogue, &error), &error);
    village_ok(cache_begin(village->cache, &error), &error);
}

static void add(struct filling *filling, const char *dataset, const char *name)
{
    struct error error = {0};
    char key[32];
    bool changed;

    snprintf(key, sizeof key, "%s:%d", dataset, filling->count++);
    json_t *doc = json_pack("{s:s}", "name", name);
    const struct change_row row = {.key = key, .rev = "1-a", .doc = doc};
    village_ok(cache_apply(filling->village->cache, village_dataset(filling->catalogue, dataset),
                           &row, &changed, &error),
               &error);
    json_decref(doc);
}

static void finish(struct filling *filling)
{
    struct error error = {0};

    village_ok(cache_commit(filling->village->cache, &error), &error);
    catalogue_free(filling->catalogue);
}

static const char *const enterprises[] = {
    "重庆市长乐商贸有限公司",
    "厦门都会行知教育咨询有限责任公司",
    "华星（深圳）科技有限公司",
    "长乐银行曾记酒店管理（单县）集团有限公司",
    "湖南省调解餐饮服务有限公司",
    "曾亿(南昌)环保科技有限公司",
    "云汀省澜州市溪回县望川街道丹妮丝饭庄（个体工商户）",
};

struct question {
    const char *query;
    size_t meant;
};

static const struct question questions[] = {
    {"chongqingshichangle", 0},
    {"chongqingshichanglesh", 0},
    {"cqscl", 0},
    {"cqsclsm", 0},
    {"cqsclsmyxgs", 0}, /* the legal form has no first letters of its own in the index */
    {"chongqingcl", SIZE_MAX},
    {"chongqings", 0},
    {"chongqingshiclsm", 0},
    {"cqschangle", 0},
    {"changleshangmao", 0},
    {"clsm", 0},
    {"chongqing changle", 0},
    {"cqs clsm", 0},
    {"xiamenduhuixingzhi", 1},
    {"xmdhxz", 1},
    {"xmdhxzjyzxyxzrgs", 1},
    {"duhuixingzhi", 1},
    {"dhxz", 1},
    {"xingzhijy", 1},
    {"huaxingshenzhenkeji", 2},
    {"hxszkj", 2},
    {"huaxingkeji", 2}, /* over the brackets */
    {"huaxingkejiyouxiangongsi", 2},
    {"hxkj", 2},
    {"hxkjyxgs", 2},
    {"xingkeji", 2},
    {"xkj", 2},
    {"shenzhen huaxing", 2},
    {"changleyinhangcengjijiudian", 3},
    {"changleyinhangzengjijiudian", 3},
    {"clyhzjjd", 3},
    {"clyhcjjd", 3},
    {"shanxianjituan", 3},
    {"jiudianguanlijituan", 3},
    {"hunanshengtiaojie", 4},
    {"hunanshengtjcyfw", 4},
    {"hnstjcyfw", 4},
    {"cengyinanchanghuan", 5}, /* neither yin'an nor hu'an */
    {"zengyihuanbao", 5},
    {"cyhbkj", 5},
    {"yuntingshenglanzhoushixihuixianwangchuanjiedaodannisi", 6},
    {"dannisifanzhuang", 6},
    {"dnsfz", 6},
    {"xihuixianwangchuanjiedaodns", 6},
};

static void test_enterprises_by_sound(void **state)
{
    struct village village;
    struct filling filling;

    village_make(&village, scratch_path(state, "home"));
    start(&filling, &village);
    for (size_t i = 0; i < COUNT_OF(enterprises); i++)
        add(&filling, "enterprise", enterprises[i]);
    finish(&filling);
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        bool nobody = questions[i].meant == SIZE_MAX;
        struct search_result *result =
            search(&village, questions[i].query, i % 2 ? SEARCH_ALL : SEARCH_ENTERPRISE, 0);
        if (result->count != (nobody ? 0 : 1) ||
            (!nobody && strcmp(result->hits[0].name, enterprises[questions[i].meant]) != 0))
            fail_msg("%s: %zu hits, %s", questions[i].query, result->count,
                     result->count > 0 ? result->hits[0].name : "");
        search_result_free(result);
    }
    village_leave(&village);
}

/* Su Xizhong is what was typed; Sun Xiaozhi only begins like it, though he stands first. */
static void test_syllable_before_a_begun_one(void **state)
{
    struct village village;
    struct filling filling;

    village_make(&village, scratch_path(state, "home"));
    start(&filling, &village);
    add(&filling, "population", "孙晓志");
    add(&filling, "population", "苏喜中");
    finish(&filling);
    struct search_result *result = search(&village, "su xi z", SEARCH_PERSON, 0);
    assert_int_equal(result->count, 2);
    assert_string_equal(result->hits[0].name, "苏喜中");
    assert_string_equal(result->hits[1].name, "孙晓志");
    search_result_free(result);
    village_leave(&village);
}

/* "lyuanhang" may be spelled as Lü An Hang; Long Yuanhang is meant as well. */
static void test_initial_and_syllables(void **state)
{
    struct village village;
    struct filling filling;

    village_make(&village, scratch_path(state, "home"));
    start(&filling, &village);
    add(&filling, "population", "吕安航");
    add(&filling, "population", "龙远航");
    finish(&filling);
    struct search_result *result = search(&village, "lyuanhang", SEARCH_PERSON, 0);
    assert_int_equal(result->count, 2);
    assert_string_equal(result->hits[0].name, "吕安航");
    assert_string_equal(result->hits[1].name, "龙远航");
    search_result_free(result);
    village_leave(&village);
}

#define MANY 300

/* Many records of one kind, in the middle of them some of another one. */
static void test_one_kind_among_many_of_others(void **state)
{
    static const enum search_kind kinds[] = {SEARCH_PERSON, SEARCH_ENTERPRISE};
    struct village village;
    struct filling filling;

    village_make(&village, scratch_path(state, "home"));
    start(&filling, &village);
    for (int i = 0; i < MANY; i++)
        add(&filling, "enterprise", "王记饭庄");
    for (int i = 0; i < MANY; i++)
        add(&filling, "population", "王记");
    for (int i = 0; i < MANY; i++)
        add(&filling, "enterprise", "王记饭庄");
    add(&filling, "population", "王记芳");
    finish(&filling);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct search_result *result = search(&village, "王记", kinds[i], 500);
        size_t expected = kinds[i] == SEARCH_PERSON ? MANY + 1 : 500;
        assert_int_equal(result->count, expected);
        for (size_t k = 0; k < result->count; k++)
            assert_int_equal(result->hits[k].kind, kinds[i]);
        search_result_free(result);
    }
    village_leave(&village);
}

#define CROWD 16000
#define EACH  50 /* people to an enterprise */

/* An enterprise spelled from its region, behind hundreds in the same place with the same first
 * letters. The syllables of the place are rare among people, those of the trade name are not:
 * that must not be mistaken for what tells enterprises of one place from each other. */
static void test_trade_name_behind_a_region(void **state)
{
    static const char *const people[] = {"李马", "李玛莉", "马丽", "骊玛", "李力马"};
    struct village village;
    struct filling filling;

    village_make(&village, scratch_path(state, "home"));
    start(&filling, &village);
    add(&filling, "enterprise", "舟石西惠县李马饭庄"); /* begins so */
    for (size_t i = 0; i < CROWD; i++) {
        add(&filling, "population", people[i % COUNT_OF(people)]);
        if (i % EACH == 0)
            add(&filling, "enterprise", "澜州市溪回县鲁美饭庄");
    }
    add(&filling, "enterprise", "澜州市溪回县李马饭庄");
    finish(&filling);
    struct search_result *result = search(&village, "zhoushixihuixianlima", SEARCH_ENTERPRISE, 2);
    assert_int_equal(result->count, 2);
    assert_string_equal(result->hits[0].name, "舟石西惠县李马饭庄");
    assert_string_equal(result->hits[1].name, "澜州市溪回县李马饭庄");
    search_result_free(result);
    village_leave(&village);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_enterprises_by_sound),       TEST(test_syllable_before_a_begun_one),
        TEST(test_initial_and_syllables),      TEST(test_one_kind_among_many_of_others),
        TEST(test_trade_name_behind_a_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
