#include "db/pinyin.h"
#include "db/search_key.h"
#include "tests/unit/base/support.h"

static void read_name(const char *text, struct pinyin_name *name)
{
    struct folded folded;

    search_fold(text, strlen(text), &folded);
    pinyin_read(folded.points, folded.count, name);
}

static bool has_reading(uint32_t point, const char *wanted)
{
    const char *readings[HAN_READINGS_MAX];
    size_t count = han_readings(point, readings);

    for (size_t i = 0; i < count; i++)
        if (strcmp(readings[i], wanted) == 0)
            return true;
    return false;
}

/* Surnames whose reading as a name is not the usual one, and the usual one. */
static void test_polyphones(void **state)
{
    (void)state;
    static const struct {
        uint32_t point;
        const char *name, *usual;
    } rows[] = {
        {0x66FE, "zeng", "ceng"},                         /* 曾 */
        {0x5355, "shan", "dan"},                          /* 单 */
        {0x67E5, "zha", "cha"},                           /* 查 */
        {0x4EC7, "qiu", "chou"},                          /* 仇 */
        {0x533A, "ou", "qu"},                             /* 区 */
        {0x89E3, "xie", "jie"},                           /* 解 */
        {0x4E50, "yue", "le"},                            /* 乐 */
        {0x76D6, "ge", "gai"},                            /* 盖 */
        {0x6734, "piao", "pu"},                           /* 朴 */
        {0x8983, "qin", "tan"},                           /* 覃 */
        {0x7FDF, "zhai", "di"},                           /* 翟 */
        {0x5C09, "yu", "wei"},                            /* 尉 */
        {0x4E07, "mo", "wan"},                            /* 万 */
        {0x4FDF, "qi", "si"},                             /* 俟 */
        {0x9ED1, "he", "hei"},                            /* 黑 */
        {0x7F2A, "miao", "mou"},                          /* 缪 */
        {0x6B59, "xi", "she"},                            /* 歙 */
        {0x6EB1, "zhen", "qin"},                          /* 溱 */
        {0x739F, "min", "wen"},                           /* 玟 */
        {0x712F, "zhuo", "chao"},                         /* 焯 */
        {0x79CD, "chong", "zhong"}, {0x5415, "lv", "lu"}, /* 吕 */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(has_reading(rows[i].point, rows[i].name));
        assert_true(has_reading(rows[i].point, rows[i].usual));
    }
}

/* A character is looked up by its simplified form; one made by analogy has no entry of its own. */
static void test_analogous(void **state)
{
    (void)state;
    static const struct {
        uint32_t point;
        const char *reading;
    } rows[] = {
        {0x5DBD, "yue"},           /* 嶽 */ {0x5D19, "lun"},  /* 崙 */
        {0x7147, "hui"},           /* 煇 */ {0x7487, "xuan"}, /* 璇 */
        {0x9451, "jian"} /* 鑑 */,
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_true(has_reading(han_simplify(rows[i].point), rows[i].reading));
    assert_false(has_reading(0x514B, "kei")); /* 克 has its own entry, 剋 adds nothing */
}

static void test_characters(void **state)
{
    (void)state;
    const char *readings[HAN_READINGS_MAX];

    assert_int_equal(han_readings('a', readings), 0);
    assert_int_equal(han_readings(0, readings), 0);
    assert_int_equal(han_readings(0x10FFFF, readings), 0);
    assert_true(has_reading(0x2CE79, "chu") || han_readings(0x2CE79, readings) <= HAN_READINGS_MAX);
    assert_true(has_reading(0x4E00, "yi"));         /* the first of the block */
    assert_int_equal(han_simplify(0x5F35), 0x5F20); /* 張 张 */
    assert_int_equal(han_simplify(0x5049), 0x4F1F); /* 偉 伟 */
    assert_int_equal(han_simplify(0x5F20), 0x5F20);
    assert_int_equal(han_simplify('x'), 'x');
}

static void test_syllables(void **state)
{
    (void)state;
    size_t first = 0;
    size_t count = han_syllables_like("zha", 3, &first);

    assert_true(count >= 4); /* zha zhai zhan zhang zhao */
    for (size_t i = 0; i < count; i++)
        assert_int_equal(strncmp(han_syllable(first + i), "zha", 3), 0);
    assert_int_equal(strncmp(han_syllable(first - 1), "zha", 3) == 0, 0);
    assert_int_equal(han_syllables_like("q9", 2, &first), 0);
    assert_int_equal(han_syllables_like("zzz", 3, &first), 0);
    for (size_t i = 1; *han_syllable(i); i++) { /* none begins so before the shortest */
        const char *syllable = han_syllable(i);
        assert_true(han_syllables_like(syllable, strlen(syllable), &first) > 0);
        assert_int_equal(first, i);
    }
}

/* At the ends of what has readings, in full blocks of the table and in gaps. */
static void test_borders(void **state)
{
    static const struct {
        uint32_t codepoint;
        const char *reading; /* NULL: none */
    } rows[] = {
        {0x4E00, "yi"},  {0x9FA5, "yu"},  {0x4EFF, "fang"}, {0x4F00, "zhong"},
        {0, NULL},       {0x41, NULL},    {0x33FF, NULL},   {0xE000, NULL},
        {0x1FFFF, NULL}, {0x3FFFF, NULL}, {0x10FFFF, NULL}, {UINT32_MAX, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *readings[HAN_READINGS_MAX];
        size_t count = han_readings(rows[i].codepoint, readings);
        assert_int_equal(count > 0, rows[i].reading != NULL);
        if (count > 0)
            assert_string_equal(readings[0], rows[i].reading);
    }
}

static bool spelled(const struct pinyin_spellings *spellings, const char *text)
{
    for (size_t i = 0; i < spellings->count; i++)
        if (strcmp(spellings->texts[i], text) == 0)
            return true;
    return false;
}

static void test_spellings(void **state)
{
    (void)state;
    struct pinyin_name name;
    struct pinyin_spellings spellings;

    read_name("曾乐", &name);
    assert_true(name.complete);
    pinyin_spell(&name, 0, name.count, false, &spellings);
    assert_true(spelled(&spellings, "zengle"));
    assert_true(spelled(&spellings, "cengyue"));
    pinyin_spell(&name, 0, name.count, true, &spellings);
    assert_true(spelled(&spellings, "zl"));
    assert_true(spelled(&spellings, "cy"));
    pinyin_spell(&name, 1, name.count, false, &spellings);
    assert_true(spelled(&spellings, "le"));
    pinyin_spell(&name, 2, name.count, false, &spellings);
    assert_int_equal(spellings.count, 0);
}

/* However many readings there are, the number of spellings is bounded and each reading of the
 * surname is among them. */
static void test_bounded(void **state)
{
    (void)state;
    struct pinyin_name name;
    struct pinyin_spellings spellings;

    read_name("单朴和行乐长朴和行乐长朴和行乐长朴和行乐长朴和行乐长", &name);
    assert_false(name.complete);
    assert_int_equal(name.count, PINYIN_CHARACTERS_MAX);
    pinyin_spell(&name, 0, name.count, false, &spellings);
    assert_in_range(spellings.count, 2, PINYIN_SPELLINGS_MAX);
    bool dan = false;
    bool shan = false;
    for (size_t i = 0; i < spellings.count; i++) {
        dan = dan || strncmp(spellings.texts[i], "dan", 3) == 0;
        shan = shan || strncmp(spellings.texts[i], "shan", 4) == 0;
    }
    assert_true(dan && shan);
}

static void test_matches(void **state)
{
    (void)state;
    static const struct {
        const char *name, *letters;
        enum pinyin_result result;
    } rows[] = {
        {"张文涛", "zhangwentao", PINYIN_WHOLE},
        {"张文涛", "zhangwenta", PINYIN_PREFIX},
        {"张文涛", "zhangw", PINYIN_PREFIX},
        {"张文涛", "zhang", PINYIN_PREFIX},
        {"张文涛", "zha", PINYIN_PREFIX},
        {"张文涛", "zwt", PINYIN_INITIALS_WHOLE},
        {"张文涛", "zw", PINYIN_INITIALS_PREFIX},
        {"张文涛", "zhwt", PINYIN_INITIALS_WHOLE},
        {"张文涛", "zhangwt", PINYIN_MIXED_WHOLE},
        {"张伟", "zhangw", PINYIN_MIXED_WHOLE},
        {"欧阳雪", "ouyx", PINYIN_MIXED_WHOLE},
        {"张文涛", "zwentao", PINYIN_SHORT_WHOLE},
        {"张文涛明", "zwentao", PINYIN_MIXED},
        {"张文涛", "wentao", PINYIN_INSIDE},
        {"张文涛", "wt", PINYIN_INSIDE},
        {"张文涛", "zx", PINYIN_NONE},
        {"张文涛", "zhangwentaox", PINYIN_NONE},
        {"张文涛", "", PINYIN_NONE},
        {"張偉", "zhangwei", PINYIN_WHOLE},
        {"曾乐", "zengle", PINYIN_WHOLE},
        {"曾乐", "cengyue", PINYIN_WHOLE},
        {"吕布", "lvbu", PINYIN_WHOLE},
        {"吕布", "lubu", PINYIN_WHOLE},
        {"欧阳雪", "ouyangx", PINYIN_MIXED_WHOLE},
        {"欧阳雪", "oyx", PINYIN_INITIALS_WHOLE},
        {"阿卜杜热合曼·买买提", "abdrhm", PINYIN_INITIALS_PREFIX},
        {"Anna", "anna", PINYIN_WHOLE},
        {"张文涛", "zhang'wen'tao", PINYIN_WHOLE},
        {"张文涛", "zhang'wentao", PINYIN_WHOLE},
        {"张文涛", "zh'w", PINYIN_INITIALS_PREFIX},
        {"张文涛", "zhang'w't", PINYIN_MIXED_WHOLE},
        {"张文涛", "wen'tao", PINYIN_INSIDE},
        {"张文涛", "zhan'gwen", PINYIN_NONE},
        {"西安", "xi'an", PINYIN_WHOLE},
        {"先", "xi'an", PINYIN_NONE},
        {"吕布", "lyubu", PINYIN_WHOLE},
        {"绿", "lyu", PINYIN_WHOLE},
        {"赵女", "zhaonyu", PINYIN_WHOLE},
        {"苏喜中", "su'xi'z", PINYIN_MIXED_WHOLE},
        {"孙晓志", "su'xi'z", PINYIN_SHORT_WHOLE}, /* more than first letters: Sun begins with su */
        {"孙晓志", "s'x'z", PINYIN_INITIALS_WHOLE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pinyin_name name;
        read_name(rows[i].name, &name);
        if (pinyin_match(&name, rows[i].letters) != rows[i].result)
            fail_msg("%s %s: %d", rows[i].name, rows[i].letters,
                     (int)pinyin_match(&name, rows[i].letters));
    }
}

static bool has_split(const char *letters, const char *initials, const char *first)
{
    struct pinyin_split splits[64];
    size_t count = pinyin_split(letters, false, splits, COUNT_OF(splits));

    for (size_t i = 0; i < count; i++)
        if (strcmp(splits[i].initials, initials) == 0 &&
            strcmp(splits[i].syllables[0].text, first) == 0)
            return true;
    return false;
}

static void test_splits(void **state)
{
    (void)state;
    struct pinyin_split splits[4];

    assert_true(has_split("zhangwt", "zwt", "zhang"));
    assert_true(has_split("zwentao", "zwt", ""));
    assert_true(has_split("chenyy", "cyy", "chen"));
    assert_true(has_split("zhwt", "zwt", ""));
    assert_true(has_split("xian", "xa", "xi"));
    assert_true(has_split("zhang'b'wen", "zbw", "zhang"));
    assert_true(has_split("chuijue", "chj", ""));  /* Cai Huijue; no character begins with u */
    assert_true(has_split("uisheji", "uisj", "")); /* but Latin letters do */
    assert_true(has_split("zh'w", "zw", "zh"));    /* zh, not z and h */
    assert_false(has_split("xi'an", "x", "xian"));
    assert_false(has_split("xian", "x", "xian")); /* a single syllable */
    assert_false(has_split("zwt", "zwt", ""));    /* nothing spelled out */
    assert_int_equal(pinyin_split("zhangwentaozhangwentao", false, splits, COUNT_OF(splits)),
                     COUNT_OF(splits));
    assert_int_equal(pinyin_split("", false, splits, COUNT_OF(splits)), 0);
    assert_true(pinyin_split("gu'we", false, splits, COUNT_OF(splits)) > 0);
    assert_false(splits[0].syllables[0].begun); /* gu is a syllable */
    assert_true(pinyin_split("gu'we", true, splits, COUNT_OF(splits)) > 0);
    assert_true(splits[0].syllables[0].begun); /* and may be Guan */
}

/* As pinyin is written first, hu-nan before hun-an; ten characters can be read in many ways. */
static void test_spelled_splits(void **state)
{
    (void)state;
    struct pinyin_split splits[4];

    assert_int_equal(pinyin_split_spelled("hunansheng", false, false, splits, COUNT_OF(splits)), 2);
    assert_string_equal(splits[0].initials, "hns");
    assert_string_equal(splits[0].syllables[0].text, "hu");
    for (size_t i = 0; i < 2; i++)
        assert_true(splits[i].spelled);
    assert_true(pinyin_split_spelled("chongqingx", false, true, splits, COUNT_OF(splits)) > 0);
    assert_string_equal(splits[0].syllables[1].text, "qing");
    assert_int_equal(pinyin_split_spelled("chongqingx", false, false, splits, 4), 0);
    assert_true(splits[0].syllables[2].begun); /* the last one may be anything with x */
    assert_int_equal(pinyin_split_spelled("ouyangxwt", false, true, splits, COUNT_OF(splits)), 0);
    assert_true(pinyin_split("hunanstj", false, splits, COUNT_OF(splits)) > 0);
    assert_string_equal(splits[0].syllables[1].text, "nan");
}

/* Letters that can be read in very many ways must not take long. */
static void test_hostile(void **state)
{
    (void)state;
    struct pinyin_name name;
    char letters[512];
    struct pinyin_split splits[8];

    memset(letters, 'a', sizeof letters - 1);
    letters[sizeof letters - 1] = '\0';
    read_name("阿阿阿阿阿阿阿阿阿阿阿阿阿阿阿阿阿阿阿阿阿阿阿阿", &name);
    assert_int_equal(pinyin_match(&name, letters), PINYIN_NONE);
    pinyin_split(letters, false, splits, COUNT_OF(splits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_polyphones),     cmocka_unit_test(test_analogous),
        cmocka_unit_test(test_characters),     cmocka_unit_test(test_syllables),
        cmocka_unit_test(test_spellings),      cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_matches),        cmocka_unit_test(test_splits),
        cmocka_unit_test(test_spelled_splits), cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_borders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
