#include "db/request.h"
#include "db/search.h"
#include "db/search_match.h"
#include "tests/unit/db/village.h"

#include <pthread.h>

#define ZHANG "990106199003077635"
#define ZENG  "990106198507123421"
#define WANG  "99010619491231002X"
#define USCC  "91990106MA5L2K4N7X"
#define CARD  "1.2.156.3005.2.11100000000013127D001.11990106MB000102XH.20250314000077.001.9"

#define CROWD 150

static void fill(struct village *village)
{
    village_person(village, ZHANG, "张文涛", "15499001234",
                   "云汀省澜州市西乡街道幸福路12号3栋501室");
    village_person(village, ZENG, "曾乐", "15499005678", "云汀省澜州市西乡街道大塘村3组7号");
    village_person(village, WANG, "王建国", "15488881234", "云汀省澜州市东门街道幸福路2号");
    village_person(village, "990106199101010010", "欧阳雪", "15477770001", "东门街道人民路1号");
    village_person(village, "990106199202020028", "张伟", "15477770002", "东门街道人民路11号");
    village_person(village, "990106199303030036", "张伟明", "15477770003", "东门街道人民路1号");
    village_person(village, "990106199404040044", "买买提·阿卜杜拉", "15477770004", "人民路21号");
    assert_true(village_put(village, "enterprise",
                            "{\"_id\":\"enterprise:" USCC "\",\"uscc\":\"" USCC
                            "\",\"name\":\"澜州华为科技有限公司\",\"legal\":\"" ZHANG "\"}"));
    assert_true(
        village_put(village, "certificate",
                    "{\"_id\":\"certificate:" CARD "\",\"certificate_id\":\"" CARD
                    "\",\"name\":\"居民身份证\",\"holder_name\":\"王建国\",\"holder_id\":\"" WANG
                    "\",\"status\":\"有效\"}"));
}

static struct search_result *search(struct village *village, const char *query,
                                    enum search_kind kind, int limit)
{
    struct error error = {0};
    struct search_result *result = NULL;
    const struct search_options options = {.kind = kind, .limit = limit};

    village_ok(search_run(village->reader, query, &options, &result, &error), &error);
    return result;
}

struct expectation {
    const char *query;
    const char *first;   /* name of the first hit; NULL: no hit */
    const char *matched; /* NULL: whatever */
    size_t count;
};

static void check(struct village *village, const struct expectation *expected)
{
    struct search_result *result = search(village, expected->query, SEARCH_ALL, 0);

    if (result->count != expected->count)
        fail_msg("%s: %zu hits", expected->query, result->count);
    if (expected->first && strcmp(result->hits[0].name, expected->first) != 0)
        fail_msg("%s: first is %s", expected->query, result->hits[0].name);
    if (expected->matched && strcmp(result->hits[0].matched, expected->matched) != 0)
        fail_msg("%s: matched %s", expected->query, result->hits[0].matched);
    assert_true(result->total_at_least >= (int64_t)result->count);
    search_result_free(result);
}

static void check_all(void **state, const struct expectation *expected, size_t count)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    for (size_t i = 0; i < count; i++)
        check(&village, &expected[i]);
    village_leave(&village);
}

static void test_names(void **state)
{
    static const struct expectation rows[] = {
        {"张文涛", "张文涛", "name", 1},
        {"张", "张伟", "name_prefix", 3},
        {"张伟", "张伟", "name", 2}, /* exact before prefix */
        {"文涛", "张文涛", "inside", 1},
        {"涛", "张文涛", "inside", 1},
        {"建国", "王建国", "inside", 1},
        {"買買提", "买买提·阿卜杜拉", "name_prefix", 1}, /* traditional */
        {"买买提阿卜杜拉", "买买提·阿卜杜拉", "name", 1},
        {"买买提•阿卜", "买买提·阿卜杜拉", "name_prefix", 1},
        {"阿卜杜拉", "买买提·阿卜杜拉", "inside", 1},
        {"歐陽", "欧阳雪", "name_prefix", 1},
        {"张三丰", NULL, NULL, 0},
    };
    check_all(state, rows, COUNT_OF(rows));
}

static void test_pinyin(void **state)
{
    static const struct expectation rows[] = {
        {"zhangwentao", "张文涛", "pinyin", 1},
        {"zhangw", "张伟", "pinyin", 3}, /* likewise when half of it is spelled out */
        {"zhang", NULL, NULL, 3},
        {"ZHANGWENTAO", "张文涛", "pinyin", 1},
        {"ｚｗｔ", "张文涛", "initials", 1},
        {"zwt", "张文涛", "initials", 1},
        {"zw", "张伟", "initials", 3}, /* the whole name before the beginning of one */
        {"wentao", "张文涛", "pinyin", 1},
        {"wt", "张文涛", "pinyin", 1},
        {"zhangwt", "张文涛", "pinyin", 1},
        {"zwentao", "张文涛", "pinyin", 1},
        {"zhwt", "张文涛", "initials", 1},
        {"zengle", "曾乐", "pinyin", 1}, /* every common reading */
        {"zengyue", "曾乐", "pinyin", 1},
        {"cengle", "曾乐", "pinyin", 1},
        {"zl", "曾乐", "initials", 1},
        {"cy", "曾乐", "initials", 1},
        {"oyx", "欧阳雪", "initials", 1},
        {"zhāngwēi", NULL, NULL, 2}, /* marks of tone: Wei of any tone */
        {"huawei", "澜州华为科技有限公司", "pinyin", 1},
        {"zhang wen tao", "张文涛", "pinyin", 1},
        {"Zhang Wentao", "张文涛", "pinyin", 1},
        {"wen tao", "张文涛", "pinyin", 1},
        {"tao", "张文涛", "pinyin", 1}, /* the last character alone */
        {"wentao zhang", "张文涛", "pinyin", 1},
        {"zhang w t", "张文涛", "pinyin", 1},
        {"zhang w tao", "张文涛", "pinyin", 1},
        {"z w t", "张文涛", "initials", 1},
        {"zhang'wen'tao", "张文涛", "pinyin", 1}, /* as input methods leave it */
        {"zh'w't", "张文涛", "initials", 1},
        {"zhang’wen", "张文涛", "pinyin", 1},
        {"ou'yang'xue", "欧阳雪", "pinyin", 1},
        {"ouyangxue", "欧阳雪", "pinyin", 1},
        {"yangxue", "欧阳雪", "pinyin", 1},
        {"maimaiti", "买买提·阿卜杜拉", "pinyin", 1},
        {"maimai", "买买提·阿卜杜拉", "pinyin", 1},
        {"abudula", "买买提·阿卜杜拉", "pinyin", 1},
        {"budu", "买买提·阿卜杜拉", "pinyin", 1}, /* from the middle of a long name */
        {"mtab", "买买提·阿卜杜拉", "pinyin", 1},
        {"xue ouyang", "欧阳雪", "pinyin", 1},
        {"wentao zh", "张文涛", "pinyin", 1}, /* while it is typed */
        {"huaweikeji", "澜州华为科技有限公司", "pinyin", 1},
        {"kejiyouxiangongsi", "澜州华为科技有限公司", "pinyin", 1}, /* over the legal form */
        {"lanzhou huawei", "澜州华为科技有限公司", "pinyin", 1},
        {"huawei lanzhou", "澜州华为科技有限公司", "pinyin", 1},
        {"qqq", NULL, NULL, 0},
    };
    check_all(state, rows, COUNT_OF(rows));
}

static void test_numbers(void **state)
{
    static const struct expectation rows[] = {
        {ZHANG, "张文涛", "identity", 1},
        {"９９０１０６１９９００３０７７６３５", "张文涛", "identity", 1},
        {"990106 19900307 7635", "张文涛", NULL, 1}, /* as the card is printed */
        {"99010619491231002x", "王建国", "identity", 1},
        {"990106", NULL, "id_prefix", 7},
        {"9901", NULL, "id_prefix", 7},
        {"9901061990", "张文涛", "id_prefix", 1},
        {"99010619900", "张文涛", "id_prefix", 1},
        {"990106199003", "张文涛", "id_prefix", 1},
        {"9901061990030", "张文涛", "id_prefix", 1},
        {"99010619900307", "张文涛", "id_prefix", 1},
        {"990106199003077", "张文涛", "id_prefix", 1},
        {"990106199", NULL, "id_prefix", 5},
        {"7635", "张文涛", "id_suffix", 1},
        {"635", "张文涛", "id_suffix", 1},
        {"03077635", "张文涛", "id_suffix", 1},
        {"002x", "王建国", "id_suffix", 1},
        {"02X", "王建国", "id_suffix", 1},
        {"1990", "张文涛", "birth_date", 1},
        {"199003", "张文涛", "birth_date", 1},
        {"19900307", "张文涛", "birth_date", 1},
        {"1990-3-7", "张文涛", "birth_date", 1},
        {"1990年3月", "张文涛", "birth_date", 1},
        {"900307", "张文涛", "birth_date", 1},
        {"19900308", NULL, NULL, 0},
        {"15499001234", "张文涛", "phone", 1},
        {"+86 154 9900 1234", "张文涛", "phone", 1}, /* as phones are said */
        {"154 9900 1234", "张文涛", "phone", 1},
        {"154-9900-1234", "张文涛", "phone", 1},
        {"990106 19491231 002X", "王建国", "identity", 1},
        {"+8615499001234", "张文涛", "phone", 1},
        {"1549900", NULL, "phone", 2},
        {"15499", NULL, "phone", 2},
        {"154990", NULL, "phone", 2},
        {"1549900123", "张文涛", "phone", 1},
        {"154", NULL, "phone", 7},
        {"5678", "曾乐", "phone", 1},
        {"9005678", "曾乐", "phone", 1},
    };
    check_all(state, rows, COUNT_OF(rows));
}

static void test_enterprises_and_certificates(void **state)
{
    static const struct expectation rows[] = {
        {USCC, "澜州华为科技有限公司", "identity", 1},
        {"91990106ma5l2k4n7x", "澜州华为科技有限公司", "identity", 1},
        {"91990106", "澜州华为科技有限公司", "id_prefix", 1},
        {"9199", "澜州华为科技有限公司", "id_prefix", 1},
        {"91990106MA", "澜州华为科技有限公司", "id_prefix", 1},
        {"4N7X", "澜州华为科技有限公司", "id_suffix", 1},
        {"华为", "澜州华为科技有限公司", "inside", 1},
        {"科技有限", "澜州华为科技有限公司", "inside", 1},
        {"澜州华为", "澜州华为科技有限公司", "name_prefix", 1},
        {"华为公司", "澜州华为科技有限公司", "inside", 1}, /* a form, not a part of the name */
        {"华为科技", "澜州华为科技有限公司", "inside", 1},
        {"华为科技公司", "澜州华为科技有限公司", "inside", 1},
        {"华为科技有限责任公司", "澜州华为科技有限公司", "inside", 1},
        {"澜州市华为科技有限公司", "澜州华为科技有限公司", NULL, 1},
        {"云汀省澜州市华为科技有限公司", "澜州华为科技有限公司", NULL, 1},
        {"溪州市华为科技有限公司", "澜州华为科技有限公司", "inside", 1}, /* moved */
        {"华威科技有限公司", NULL, NULL, 0},
        {"5L2K4N", "澜州华为科技有限公司", "number_inside", 1},
        {"ma5l2k4n-7", "澜州华为科技有限公司", "number_inside", 1}, /* organisation code */
        {"106MA5L", "澜州华为科技有限公司", "number_inside", 1},
        {"5L2K4M", NULL, NULL, 0},
        {"hua wei ke ji", "澜州华为科技有限公司", "pinyin", 1},
        {"lzhw", "澜州华为科技有限公司", "initials", 1},
        {"hwkj", "澜州华为科技有限公司", "pinyin", 1},
        {"澜州华为科技有限公司", "澜州华为科技有限公司", "name", 1},
        {"州华为科技有限公司", "澜州华为科技有限公司", "inside", 1},
        {"澜州华为科技有限", "澜州华为科技有限公司", "name_prefix", 1},
        {"溪州华为科技有限公司", NULL, NULL, 0},
        {"华为 公司", "澜州华为科技有限公司", "inside", 1},
        {CARD, "居民身份证", "certificate", 1},
        {"11100000000013127D001.11990106MB000102XH.20250314000077.001.9", "居民身份证",
         "certificate", 1},
        {"1.2.156.3005.2.11100000000013127D001", "居民身份证", "certificate", 1},
        {"20250314000077", "居民身份证", "certificate", 1},
        {"2025031400", "居民身份证", "certificate", 1},
        {"14000077", "居民身份证", "number_inside", 1},
        {"000077.001", "居民身份证", "number_inside", 1},
        {"MB000102XH.20250314", "居民身份证", "number_inside", 1}, /* over the issuer's end */
        {"MB000102XH", "居民身份证", "number_inside", 1},
        {"14000078", NULL, NULL, 0},
        {"身份证", "居民身份证", "inside", 1},
        {"王建国 身份证", "居民身份证", NULL, 1},
        {"张文涛 身份证", NULL, NULL, 0},
    };
    check_all(state, rows, COUNT_OF(rows));
}

/* As people type who do not think of an index. */
static void test_habits(void **state)
{
    static const struct expectation rows[] = {
        {"张 伟", "张伟", "name", 2},
        {"欧 阳 雪", "欧阳雪", "name", 1},
        {"张wei", "张伟", NULL, 2}, /* before 张伟明 */
        {"zhang伟", "张伟", NULL, 2},
        {"wentaozhang", "张文涛", "pinyin", 1},
        {"wentaozhang 1981", NULL, NULL, 0},
        {"zha we ta", "张文涛", "pinyin", 1},
        {"li gu qi", "李国强", "pinyin", 1}, /* syllables, all of them */
        {"wen tao zhang", "张文涛", "pinyin", 1},
        {"西乡张文涛", "张文涛", NULL, 1},
        {"国强", "李国强", "inside", 2}, /* the whole given name before a part of one */
        {"guoqiang", "李国强", "pinyin", 2},
        {"岳峯", "嶽峰", "name", 1},
        {"yuefeng", "嶽峰", "pinyin", 1},
        {"德星科技有限公司", "德星（郑州）科技有限公司", NULL, 1},
        {"郑州德星", "德星（郑州）科技有限公司", NULL, 1},
        {"郑州德兴", NULL, NULL, 0},
        {"dxzzkjy", "德星（郑州）科技有限公司", NULL, 1},
    };
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    village_person(&village, "990106199606060064", "王国强生", "15477770006", "人民路25号");
    village_person(&village, "990106199707070071", "李国强", "15477770007", "人民路27号");
    village_person(&village, "990106199505050057", "嶽峰", "15477770005", "人民路23号");
    /* who would be found by the same syllables in any order */
    village_person(&village, "990106199303030092", "顾启力", "15477770008", "人民路29号");
    village_person(&village, "99010619920202008X", "陶文章", "15477770009", "人民路31号");
    assert_true(village_put(&village, "enterprise",
                            "{\"_id\":\"enterprise:91990106MA5L2K5P7Y\",\"uscc\":\"91990106MA5L2"
                            "K5P7Y\",\"name\":\"德星（郑州）科技有限公司\"}"));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check(&village, &rows[i]);
    village_leave(&village);
}

static void test_addresses_and_mixes(void **state)
{
    static const struct expectation rows[] = {
        {"幸福路", NULL, "address", 2},
        {"幸福", NULL, "address", 2},
        {"福路", NULL, "address", 2},
        {"幸福路12号", "张文涛", "address", 1},
        {"幸福路2号", "王建国", "address", 1},
        {"西乡幸福", "张文涛", "address", 1},
        {"501", "张文涛", "address", 1},
        {"人民路1号", NULL, "address", 2}, /* neither 11 nor 21 */
        {"大塘村3组", "曾乐", "address", 1},
        {"西乡 zwt", "张文涛", "initials", 1},
        {"西乡 zw 1990", "张文涛", NULL, 1},
        {"1990 西乡 zw", "张文涛", NULL, 1},
        {"zw1990", "张文涛", NULL, 1},
        {"1990zw", "张文涛", NULL, 1},
        {"91990106 MA5L2K4N7 X", "澜州华为科技有限公司", "identity", 1},
        {"9199 0106 MA5L 2K4N 7X", "澜州华为科技有限公司", "identity", 1},
        {"1990zhangwentao", "张文涛", NULL, 1},
        {"wjg002X", "王建国", NULL, 1},
        {"张wen", "张文涛", NULL, 1},
        {"张w", NULL, NULL, 3},
        {"张 wt", "张文涛", NULL, 1},
        {"文涛 zhang", "张文涛", NULL, 1},
        {"张文涛1990", "张文涛", NULL, 1},
        {"王建国002X", "王建国", NULL, 1},
        {"3栋 501", "张文涛", "address", 1},
        {"501 3栋 幸福路", "张文涛", "address", 1},
        {"人民路1", "欧阳雪", "address", 3}, /* 1号 before 11号 */
        {"张 1234", "张文涛", NULL, 1},
        {"幸福 1234", NULL, NULL, 2},
        {"西乡　ｚｗｔ", "张文涛", NULL, 1},
        {"东门 zwt", NULL, NULL, 0},
        {"张文涛 西乡 幸福 12号 3栋 501 1990 zwt", "张文涛", "name", 1},
    };
    check_all(state, rows, COUNT_OF(rows));
}

/* A query is any bytes: nothing in it is syntax, and nothing breaks. */
static void test_any_bytes(void **state)
{
    static const char *const queries[] = {
        "",
        " ",
        "　",
        "\"",
        "'",
        "\"张文涛",
        "*",
        "张*",
        "-x",
        "AND",
        "NOT OR AND",
        "NEAR(a b)",
        "a:b",
        "(",
        ")",
        "^",
        "{a b}",
        "張\xFF\xFE",
        "\xE5\xBC",
        "%",
        "_",
        "\\",
        "\x01\x02",
        "; DROP TABLE record;--",
        "O'Neil",
        "·",
        "····",
        "🙂",
        "\xF0\x9F\x99\x82x",
        "1e9",
    };
    struct village village;
    uint64_t seed = 7;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    for (size_t i = 0; i < COUNT_OF(queries); i++)
        search_result_free(search(&village, queries[i], SEARCH_ALL, 0));
    for (int round = 0; round < 500; round++) {
        char bytes[80];
        size_t length = next_number(&seed) % (sizeof bytes - 1);
        for (size_t i = 0; i < length; i++)
            bytes[i] = (char)(1 + next_number(&seed) % 255);
        bytes[length] = '\0';
        search_result_free(search(&village, bytes, SEARCH_ALL, 0));
    }
    village_leave(&village);
}

static void test_long_query(void **state)
{
    struct village village;
    char *query = calloc(1, 100001);

    assert_non_null(query);
    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    static const char *const pieces[] = {"a", "1", "zh", "张", "1 ", "z1", "张a", "-"};
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        size_t length = strlen(pieces[i]);
        for (size_t at = 0; at + length < 100000; at += length)
            memcpy(query + at, pieces[i], length);
        search_result_free(search(&village, query, SEARCH_ALL, 0));
    }
    free(query);
    village_leave(&village);
}

static void test_kinds_and_limits(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    struct search_result *result = search(&village, "张", SEARCH_PERSON, 2);
    assert_int_equal(result->count, 2);
    assert_int_equal(result->total_at_least, 3);
    search_result_free(result);
    result = search(&village, "张", SEARCH_ENTERPRISE, 0);
    assert_int_equal(result->count, 0);
    search_result_free(result);
    result = search(&village, "华为", SEARCH_ENTERPRISE, 0);
    assert_int_equal(result->count, 1);
    assert_int_equal(result->hits[0].kind, SEARCH_ENTERPRISE);
    assert_string_equal(result->hits[0].subject, USCC);
    search_result_free(result);
    result = search(&village, WANG, SEARCH_CERTIFICATE, 0);
    assert_int_equal(result->count, 1);
    assert_int_equal(result->hits[0].kind, SEARCH_CERTIFICATE);
    assert_string_equal(result->hits[0].subject, CARD);
    assert_string_equal(result->hits[0].record, "certificate:" CARD);
    search_result_free(result);
    static const char *const by_holder[] = {"王建国",  "wangjianguo",   "wjg",         "jianguo",
                                            "王 1949", "王建国 身份证", "15488881234", "东门 建国"};
    for (size_t i = 0; i < COUNT_OF(by_holder); i++) {
        result = search(&village, by_holder[i], SEARCH_CERTIFICATE, 0);
        if (result->count != 1 || strcmp(result->hits[0].subject, CARD) != 0)
            fail_msg("%s: %zu certificates", by_holder[i], result->count);
        assert_string_equal(result->hits[0].detail, "王建国");
        search_result_free(result);
    }
    result = search(&village, "张文涛", SEARCH_CERTIFICATE, 0);
    assert_int_equal(result->count, 0);
    search_result_free(result);
    village_leave(&village);
}

/* A person who stands in several datasets is one hit, named by the first of them. */
static void test_one_hit_per_subject(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    assert_true(village_put(&village, "death",
                            "{\"_id\":\"d:1\",\"id_number\":\"" WANG
                            "\",\"name\":\"王建国\",\"died_on\":\"2025-03-02\"}"));
    fill(&village);
    struct search_result *result = search(&village, "王建国", SEARCH_ALL, 0);
    assert_int_equal(result->count, 1);
    assert_string_equal(result->hits[0].dataset, "population");
    assert_string_equal(result->hits[0].record, "person:" WANG);
    assert_string_equal(result->hits[0].subject, WANG);
    assert_string_equal(result->hits[0].detail, "云汀省澜州市东门街道幸福路2号");
    assert_true(result->hits[0].deceased);
    search_result_free(result);
    result = search(&village, "张文涛", SEARCH_ALL, 0);
    assert_false(result->hits[0].deceased);
    search_result_free(result);
    village_leave(&village);
}

/* The dead come behind the living who fit as well. */
static void test_living_first(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    assert_true(village_put(&village, "population",
                            "{\"_id\":\"p:1\",\"id_number\":\"990106195001010012\",\"name\":"
                            "\"李娜\",\"status\":\"死亡注销\"}"));
    village_person(&village, "990106199005050051", "李娜", "15412340000", "人民路9号");
    struct search_result *result = search(&village, "李娜", SEARCH_ALL, 0);
    assert_int_equal(result->count, 2);
    assert_false(result->hits[0].deceased);
    assert_true(result->hits[1].deceased);
    search_result_free(result);
    village_leave(&village);
}

/* Open requests are counted, and what they propose is found. */
static void test_pending(void **state)
{
    struct village village;
    struct error error = {0};
    char id[48];
    const struct request_change change = {"address", "南门街道望江路88号"};
    const struct request_new wanted = {.dataset = "population",
                                       .record = "person:" ZHANG,
                                       .changes = &change,
                                       .change_count = 1,
                                       .ground = "inaccurate",
                                       .reason = "moved"};

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    village_person(&village, "990106199606060062", "刘江", "15412340009", "望江路88号");
    village_ok(request_raise(village.outbox, village.reader, &village_clerk, &wanted, id, &error),
               &error);
    struct search_result *result = search(&village, "zwt", SEARCH_ALL, 0);
    assert_int_equal(result->hits[0].pending, 1);
    search_result_free(result);
    result = search(&village, "张 望江路", SEARCH_ALL, 0);
    assert_int_equal(result->count, 1);
    assert_string_equal(result->hits[0].subject, ZHANG);
    search_result_free(result);
    result = search(&village, "曾乐", SEARCH_ALL, 0);
    assert_int_equal(result->hits[0].pending, 0);
    search_result_free(result);
    village_leave(&village);
}

static void test_first_page_of_many(void **state)
{
    struct village village;
    struct error error = {0};
    struct catalogue *catalogue = NULL;

    village_make(&village, scratch_path(state, "home"));
    village_ok(cache_catalogue(village.cache, &catalogue, &error), &error);
    village_ok(cache_begin(village.cache, &error), &error);
    for (int i = 0; i < 3000; i++) {
        char key[32];
        bool changed;
        snprintf(key, sizeof key, "9901061990010%05d", i);
        json_t *doc = json_pack("{s:s, s:s}", "name", i == 2999 ? "李" : "李娜", "id_number", key);
        const struct change_row row = {.key = key, .rev = "1-a", .doc = doc};
        village_ok(cache_apply(village.cache, catalogue_find(catalogue, "population"), &row,
                               &changed, &error),
                   &error);
        json_decref(doc);
    }
    village_ok(cache_commit(village.cache, &error), &error);
    struct search_result *result = search(&village, "李", SEARCH_ALL, 0);
    assert_int_equal(result->count, 50);
    assert_true(result->total_at_least > 50);
    assert_string_equal(result->hits[0].name, "李"); /* the exact one, though last in the file */
    assert_string_equal(result->hits[0].matched, "name");
    search_result_free(result);
    result = search(&village, "李", SEARCH_ALL, 100000);
    assert_int_equal(result->count, 500);
    search_result_free(result);
    catalogue_free(catalogue);
    village_leave(&village);
}

/* Of a crowd whose names begin alike, with the one who is meant as the last in the file. */
static void fill_crowd(struct village *village, const char *beginning, const char *meant)
{
    struct error error = {0};
    struct catalogue *catalogue = NULL;
    const struct dataset *dataset;

    village_ok(cache_catalogue(village->cache, &catalogue, &error), &error);
    dataset = village_dataset(catalogue, "population");
    village_ok(cache_begin(village->cache, &error), &error);
    for (int i = 0; i <= CROWD; i++) {
        char name[64];
        char key[96];
        bool changed;
        /* 一 and what follows it in the code table */
        snprintf(name, sizeof name, "%s\xE4\xB8%c", beginning, 0x80 + i % 60);
        snprintf(key, sizeof key, "%s%d", beginning, i);
        json_t *doc = json_pack("{s:s}", "name", i == CROWD ? meant : name);
        const struct change_row row = {.key = key, .rev = "1-a", .doc = doc};
        village_ok(cache_apply(village->cache, dataset, &row, &changed, &error), &error);
        json_decref(doc);
    }
    village_ok(cache_commit(village->cache, &error), &error);
    catalogue_free(catalogue);
}

static void test_whole_name_before_many_longer(void **state)
{
    static const struct {
        const char *beginning, *meant, *query;
    } rows[] = {
        {"文涛", "张文涛", "文涛"},   /* all behind the surname */
        {"闻套", "王闻套", "wentao"}, /* by sound; nobody is just called so */
        {"薛乐", "薛磊", "薛l"},      /* characters and letters */
        {"郭卫", "郭炜", "郭wei"},    {"刘娄", "刘耧", "llou"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct village village;
        char name[16];
        snprintf(name, sizeof name, "home%zu", i);
        village_make(&village, scratch_path(state, name));
        fill_crowd(&village, rows[i].beginning, rows[i].meant);
        struct search_result *result = search(&village, rows[i].query, SEARCH_ALL, 0);
        if (result->count != 50 || strcmp(result->hits[0].name, rows[i].meant) != 0)
            fail_msg("%s: %zu hits, first is %s", rows[i].query, result->count,
                     result->count > 0 ? result->hits[0].name : "");
        search_result_free(result);
        village_leave(&village);
    }
}

/* "wentaozhang" is Wen Taozhang, and then Zhang Wentao. */
static void test_turned_beside_others(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    village_person(&village, "990106199505050051", "文涛章", "15477770005", "人民路21号");
    struct search_result *result = search(&village, "wentaozhang", SEARCH_ALL, 0);
    assert_int_equal(result->count, 2);
    assert_string_equal(result->hits[0].name, "文涛章");
    assert_string_equal(result->hits[1].name, "张文涛");
    search_result_free(result);
    village_leave(&village);
}

/* The region in brackets does not hide one enterprise behind others. */
static void test_region_in_brackets_beside_others(void **state)
{
    static const char *const names[] = {"澜州德星科技有限公司", "德星（郑州）科技有限公司"};
    static const char *const queries[] = {"德星科技", "德星科技有限公司"};
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char text[256];
        snprintf(text, sizeof text, "{\"_id\":\"enterprise:%zu\",\"name\":\"%s\"}", i, names[i]);
        assert_true(village_put(&village, "enterprise", text));
    }
    for (size_t i = 0; i < COUNT_OF(queries); i++) {
        struct search_result *result = search(&village, queries[i], SEARCH_ALL, 0);
        assert_int_equal(result->count, COUNT_OF(names));
        assert_string_equal(result->hits[0].name, names[0]);
        assert_string_equal(result->hits[1].name, names[1]);
        search_result_free(result);
    }
    village_leave(&village);
}

/* The hit bears the name of the register; the one that was typed stands in another record. */
static void test_says_as_whom_somebody_was_found(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    assert_true(village_put(&village, "death",
                            "{\"_id\":\"death:1\",\"id_number\":\"" ZENG "\",\"name\":\"曾晓\"}"));
    struct search_result *result = search(&village, "曾晓", SEARCH_PERSON, 0);
    assert_int_equal(result->count, 1);
    assert_string_equal(result->hits[0].name, "曾乐");
    assert_string_equal(result->hits[0].dataset, "population");
    assert_string_equal(result->hits[0].found_as, "曾晓");
    assert_string_equal(result->hits[0].found_in, "death");
    search_result_free(result);
    result = search(&village, ZENG, SEARCH_PERSON, 0);
    assert_string_equal(result->hits[0].name, "曾乐");
    assert_null(result->hits[0].found_as);
    search_result_free(result);
    village_leave(&village);
}

static void *interrupt_again(void *reader)
{
    for (int i = 0; i < 20000; i++)
        reader_interrupt(reader);
    return NULL;
}

/* Interrupted at any point: either stopped or right, and the next search works. */
static void test_interrupt(void **state)
{
    struct village village;
    pthread_t thread;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    assert_int_equal(pthread_create(&thread, NULL, interrupt_again, village.reader), 0);
    for (int i = 0; i < 200; i++) {
        struct search_result *result = NULL;
        struct error error = {0};
        enum status status = search_run(village.reader, "西乡 zw 1990", NULL, &result, &error);
        if (status == STATUS_OK)
            assert_int_equal(result->count, 1);
        else if (status != STATUS_CANCELLED)
            fail_msg("%s", error.text);
        search_result_free(result);
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    struct search_result *result = search(&village, "zwt", SEARCH_ALL, 0);
    assert_int_equal(result->count, 1);
    search_result_free(result);
    village_leave(&village);
}

/* --- words and keys --------------------------------------------------------------------------- */

static void test_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        enum word_script scripts[4];
    } rows[] = {
        {"zw 1990", 2, {WORD_LETTERS, WORD_DIGITS}},
        {"zw1990", 2, {WORD_LETTERS, WORD_DIGITS}},
        {"张wei", 2, {WORD_HAN, WORD_LETTERS}},
        {"幸福路12号", 1, {WORD_HAN}},
        {"123x", 1, {WORD_CODE}},
        {USCC, 1, {WORD_CODE}},
        {"N2990106MAFNPWB12R", 1, {WORD_CODE}},
        {CARD, 1, {WORD_CODE}},
        {"张三，李四;王五", 3, {WORD_HAN, WORD_HAN, WORD_HAN}},
        {"··· ( )", 0, {WORD_HAN}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct query query;
        query_parse(rows[i].text, &query);
        if (query.count != rows[i].count)
            fail_msg("%s: %zu words", rows[i].text, query.count);
        for (size_t k = 0; k < query.count; k++)
            assert_int_equal(query.words[k].script, rows[i].scripts[k]);
    }
}

static void test_dates(void **state)
{
    (void)state;
    static const struct {
        const char *text, *date;
    } rows[] = {
        {"1990", "1990"},     {"199002", "199002"},
        {"19900231", ""},     {"19900228", "19900228"},
        {"1990-2", "199002"}, {"1990/12/05", "19901205"},
        {"1990年", "1990"},   {"1990年5月", "199005"},
        {"1990.13", ""},      {"9999", ""},
        {"1234", ""},         {"199013", ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct query query;
        query_parse(rows[i].text, &query);
        assert_int_equal(query.count, 1);
        assert_string_equal(query.words[0].date, rows[i].date);
    }
}

static void test_address_words(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"广东省深圳市西乡街道幸福社区人民路12号3栋2单元501室",
         "广东省|深圳市|西乡街道|幸福社区|人民路|12号|3栋|2单元|501室|"},
        {"西乡村3组7号", "西乡村|3组|7号|"},
        {"大道", "大道|"},
        {"老屋12", "老屋|12|"},
        {"3号楼", "3号楼|"},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct folded folded;
        struct address_words words;
        struct buf text = {0};
        search_fold(rows[i].text, strlen(rows[i].text), &folded);
        address_split(&folded, &words);
        for (size_t k = 0; k < words.count; k++) {
            folded_append(&folded, words.items[k].from, words.items[k].count, &text);
            buf_char(&text, '|');
        }
        assert_string_equal(buf_text(&text), rows[i].words);
        buf_release(&text);
    }
}

static void test_folding(void **state)
{
    (void)state;
    static const struct {
        const char *text, *folded;
    } rows[] = {
        {"Ａｂ１２", "ab12"},         {"張偉", "张伟"},         {" 张 · 伟 ", "张伟"},
        {"（有限）公司", "有限公司"}, {"\xE2\x80\x8B张", "张"}, {"lǜ", "lv"},
        {"\xFF张\xC0", "张"},         {"〇一", "〇一"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct folded folded;
        struct buf text = {0};
        search_fold(rows[i].text, strlen(rows[i].text), &folded);
        folded_append(&folded, 0, folded.count, &text);
        assert_string_equal(buf_text(&text), rows[i].folded);
        buf_release(&text);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_names),
        TEST(test_pinyin),
        TEST(test_numbers),
        TEST(test_enterprises_and_certificates),
        TEST(test_addresses_and_mixes),
        TEST(test_habits),
        TEST(test_any_bytes),
        TEST(test_long_query),
        TEST(test_kinds_and_limits),
        TEST(test_one_hit_per_subject),
        TEST(test_living_first),
        TEST(test_pending),
        TEST(test_first_page_of_many),
        TEST(test_whole_name_before_many_longer),
        TEST(test_turned_beside_others),
        TEST(test_region_in_brackets_beside_others),
        TEST(test_interrupt),
        TEST(test_says_as_whom_somebody_was_found),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_address_words),
        cmocka_unit_test(test_folding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
