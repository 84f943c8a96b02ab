#include "tests/township/names.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct weighted {
    const char *text;
    uint32_t weight;
};

/* Parts of 100,000 people, from published counts of the commonest surnames, rounded; the tail is
 * raised a little so that rare, compound and polyphonic surnames are met in a small township. */
static const struct weighted SURNAMES[] = {
    {"王", 7100}, {"李", 7000}, {"张", 6740}, {"刘", 5100}, {"陈", 4530},      {"杨", 3080},
    {"黄", 2230}, {"赵", 2140}, {"吴", 2010}, {"周", 1900}, {"徐", 1450},      {"孙", 1380},
    {"马", 1290}, {"朱", 1280}, {"胡", 1160}, {"郭", 1150}, {"何", 1060},      {"林", 1050},
    {"高", 1000}, {"罗", 950},  {"郑", 930},  {"梁", 850},  {"谢", 760},       {"宋", 700},
    {"唐", 690},  {"许", 660},  {"邓", 620},  {"冯", 610},  {"韩", 610},       {"曹", 600},
    {"曾", 580},  {"彭", 580},  {"萧", 560},  {"蔡", 530},  {"潘", 520},       {"田", 500},
    {"董", 500},  {"袁", 490},  {"于", 480},  {"余", 480},  {"叶", 480},       {"蒋", 470},
    {"杜", 460},  {"苏", 460},  {"魏", 450},  {"程", 450},  {"吕", 450},       {"丁", 430},
    {"沈", 410},  {"任", 410},  {"姚", 400},  {"卢", 400},  {"傅", 400},       {"钟", 400},
    {"姜", 390},  {"崔", 380},  {"谭", 380},  {"廖", 370},  {"范", 360},       {"汪", 360},
    {"陆", 360},  {"金", 350},  {"石", 340},  {"戴", 340},  {"贾", 330},       {"韦", 320},
    {"夏", 320},  {"邱", 310},  {"方", 310},  {"侯", 300},  {"邹", 290},       {"熊", 290},
    {"孟", 280},  {"秦", 280},  {"白", 270},  {"江", 270},  {"阎", 260},       {"薛", 250},
    {"尹", 250},  {"段", 240},  {"雷", 240},  {"黎", 220},  {"史", 220},       {"龙", 210},
    {"陶", 210},  {"贺", 200},  {"顾", 200},  {"毛", 190},  {"郝", 190},       {"龚", 190},
    {"邵", 190},  {"万", 180},  {"钱", 180},  {"严", 180},  {"覃", 170},       {"武", 170},
    {"戚", 60},   {"莫", 160},  {"孔", 150},  {"向", 150},  {"汤", 150},       {"温", 140},
    {"康", 140},  {"施", 140},  {"文", 140},  {"牛", 130},  {"樊", 130},       {"葛", 130},
    {"邢", 120},  {"安", 120},  {"齐", 110},  {"易", 110},  {"乔", 110},       {"伍", 110},
    {"庞", 100},  {"颜", 100},  {"倪", 100},  {"庄", 100},  {"聂", 90},        {"章", 90},
    {"鲁", 90},   {"岳", 90},   {"翟", 90},   {"殷", 80},   {"詹", 80},        {"申", 80},
    {"欧", 80},   {"耿", 80},   {"关", 80},   {"兰", 70},   {"焦", 70},        {"俞", 70},
    {"左", 70},   {"柳", 70},   {"甘", 60},   {"祝", 60},   {"包", 60},        {"宁", 60},
    {"尚", 60},   {"符", 60},   {"舒", 60},   {"阮", 60},   {"柯", 60},        {"纪", 60},
    {"梅", 60},   {"童", 60},   {"凌", 50},   {"毕", 50},   {"单", 50},        {"裴", 50},
    {"霍", 50},   {"涂", 50},   {"成", 50},   {"苗", 50},   {"谷", 50},        {"盛", 50},
    {"曲", 50},   {"冉", 40},   {"翁", 40},   {"蓝", 40},   {"路", 40},        {"游", 40},
    {"辛", 40},   {"靳", 40},   {"管", 40},   {"柴", 40},   {"查", 35},        {"解", 35},
    {"仇", 30},   {"区", 30},   {"欧阳", 90}, {"司马", 15}, {"诸葛", 15},      {"上官", 20},
    {"司徒", 15}, {"皇甫", 12}, {"夏侯", 10}, {"尉迟", 8},  {"令狐", 8},       {"长孙", 5},
    {"慕容", 8},  {"端木", 5},  {"乐", 15},   {"盖", 15},   {"朴", 10},        {"仉", 3},
    {"逄", 5},    {"亓", 4},    {"昝", 4},    {"䶮", 1},    {"\U0002B5AE", 1},
};

static const struct weighted SURNAMES_HUI[] = {
    {"马", 400}, {"哈", 40}, {"丁", 60}, {"白", 60}, {"沙", 40}, {"海", 30},
    {"穆", 50},  {"杨", 60}, {"金", 40}, {"纳", 20}, {"撒", 15}, {"虎", 10},
};

static const struct weighted SURNAMES_KOREAN[] = {
    {"金", 300}, {"朴", 180}, {"李", 200}, {"崔", 100}, {"郑", 60}, {"全", 40}, {"玄", 30},
};

static const struct weighted ETHNIC_GROUPS[] = {
    {"\x01", 9380}, {"\x03", 110}, {"\x08", 120}, {"\x0b", 80}, {"\x06", 70},
    {"\x0f", 70},   {"\x07", 45},  {"\x02", 35},  {"\x04", 30}, {"\x05", 30},
    {"\x0a", 10},   {"\x16", 10},  {"\x11", 10},
};

/* Characters of given names by generation: before 1965, to 1984, to 1999, since; men, women.
 * The commoner first. */
static const char *const GIVEN[4][2] = {
    {"国建明德文华福荣金永志玉春清贵生光忠义成林树海山兴元保庆祥平安东来富根水木土仁礼长学有",
     "秀英兰玉桂珍芳凤梅莲香花珠素月翠淑惠琴菊霞云娥彩银莉巧春贞爱琼仙妹姣瑞凡满"},
    {"建国军伟明强华勇平志文斌辉峰涛刚杰海波林永东新民宏毅健兵庆晓红利胜光卫超俊雄飞龙亮学乐",
     "丽红英霞敏静艳娟燕芳华萍秀玲梅琴玉兰凤晓云洁慧春雪丹琳莉桂青颖辉利群爱巧娜婷蓉珊乐"},
    {"伟磊鹏俊杰浩宇涛鑫龙飞凯健超斌威博志文林晨阳帆旭洋亮航翔勇强嘉豪家辉锋炜毅铭哲昊楠乐",
     "婷静雪娜丹倩颖莹佳敏慧琳璐瑶洁蕾薇欣梦晶晨雨思琪文雅娟燕芳丽玲甜媛怡悦月琦楠露蓉茜乐"},
    {"宇轩浩梓涵子睿泽博文俊杰豪皓晨辰熙铭嘉奕阳翔诚昊天瑞霖航逸凡恒煜祺翊宸俊沐言景乐佑安",
     "欣怡梓涵雨萱诗琪子佳琳语嫣若汐可馨思彤芷晴悦心瑶依诺妍雅宁安梦婉清奕颖苒桐沐一乐玥熙"},
};

/* Extensions B to G of CJK ideographs that occur in registered names. */
static const char *const RARE[] = {
    "\U0002CC56", "\U0002B36F", "\U00020164", "\U0002CB4E", "\U0002B536", "\U0002B627",
    "\U0002C621", "\U0002C029", "\U0002B5AE", "\U00028C4F", "\U0002CB3B", "\U0002B7F9",
    "\U0002C62B", "\U0002CAA9", "\U0002B689", "\U000241C4", "䶮",         "㛃",
};
static const char *const RAREST[] = {"\U00031350", "\U000313A1", "\U00031C4E",
                                     "\U0002EBF0", "\U0002EC1F", "\U0002ED3A"};

struct foreign {
    enum ethnic_group group;
    const char *men[12];
    const char *women[12];
    const char *clans[8];
};

static const struct foreign FOREIGN[] = {
    {ETHNIC_UYGHUR,
     {"买买提", "艾尔肯", "吐尔逊", "阿卜杜拉", "玉素甫", "艾合买提", "库尔班", "木拉提",
      "努尔买买提", "依明", "阿布都热合曼", "亚森"},
     {"阿依古丽", "古丽巴哈尔", "热依汗古丽", "帕提古丽", "阿孜古丽", "迪丽娜尔", "茹仙古丽",
      "海日古丽", "再娜甫", "阿依夏木", "古丽米热", "麦合皮热提"},
     {NULL}},
    {ETHNIC_KAZAKH,
     {"叶尔兰", "巴合提", "木拉提", "赛力克", "努尔兰", "阿依波力", "哈布力", "加纳尔", "别克",
      "达吾列提", "叶尔肯", "沙吾列"},
     {"古丽娜孜", "阿依努尔", "巴哈尔", "加娜尔", "阿勒腾", "库丽扎", "沙依拉", "米拉", "吾丽江",
      "加依娜", "阿热依", "马尔江"},
     {NULL}},
    {ETHNIC_TIBETAN,
     {"扎西", "多吉", "次仁", "洛桑", "平措", "旦增", "格桑", "索朗", "巴桑", "仁青", "尼玛",
      "贡布"},
     {"卓玛", "央金", "拉姆", "德吉", "白玛", "曲珍", "次旦", "旺姆", "措姆", "格桑", "达瓦",
      "仓决"},
     {"扎西", "次仁", "洛桑", "旦增", "格桑", "索朗", "白玛", "益西"}},
    {ETHNIC_MONGOL,
     {"巴特尔", "苏和", "孟和巴雅尔", "朝鲁", "布和", "那顺", "哈斯", "额尔德尼", "宝音", "乌力吉",
      "呼格吉勒", "满都拉"},
     {"乌云其其格", "萨仁", "其木格", "娜仁花", "高娃", "斯琴", "托娅", "塔娜", "阿茹娜", "苏日娜",
      "乌兰", "格日勒"},
     {"孛儿只斤", "乌梁海", "弘吉剌", "兀良哈", "札剌亦儿", "博尔济吉特", "克烈", "乃蛮"}},
    {ETHNIC_YI,
     {"木呷", "拉且", "尔古", "阿牛", "石哈", "日火", "伍合", "依布", "古哈", "曲哈", "克古",
      "布都"},
     {"阿依", "阿乌", "伍呷", "阿牛", "木果", "尔扎", "拉玛", "阿果", "子洛", "依扎", "石扎",
      "阿支"},
     {"吉克", "阿苏", "沙马", "曲比", "吉木", "海来", "俄木", "阿尔"}},
};

static const struct weighted *choose(struct dice *dice, const struct weighted *table, size_t count)
{
    uint32_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += table[i].weight;
    uint32_t at = dice_below(dice, total);
    size_t i = 0;
    while (at >= table[i].weight)
        at -= table[i++].weight;
    return &table[i];
}

enum ethnic_group names_ethnic_group(struct dice *dice)
{
    const struct weighted *group = choose(dice, ETHNIC_GROUPS, COUNT_OF(ETHNIC_GROUPS));
    return (enum ethnic_group)group->text[0];
}

/* The group's row; the first one for groups that have none. */
static const struct foreign *foreign_of(enum ethnic_group group)
{
    size_t i = COUNT_OF(FOREIGN) - 1;
    while (i > 0 && FOREIGN[i].group != group)
        i--;
    return &FOREIGN[i];
}

bool names_are_transliterated(enum ethnic_group group)
{
    return foreign_of(group)->group == group;
}

const char *names_surname(struct dice *dice, enum ethnic_group group)
{
    if (group == ETHNIC_HUI)
        return choose(dice, SURNAMES_HUI, COUNT_OF(SURNAMES_HUI))->text;
    if (group == ETHNIC_KOREAN)
        return choose(dice, SURNAMES_KOREAN, COUNT_OF(SURNAMES_KOREAN))->text;
    return choose(dice, SURNAMES, COUNT_OF(SURNAMES))->text;
}

static void append(char *out, size_t size, const char *text, size_t length)
{
    size_t used = strlen(out);
    if (used + length < size) {
        memcpy(out + used, text, length);
        out[used + length] = '\0';
    }
}

/* One three-byte character of `set`; the earlier half is chosen three times in four. */
static void append_one_of(struct dice *dice, const char *set, char *out, size_t size)
{
    uint32_t count = (uint32_t)(strlen(set) / 3);
    uint32_t a = dice_below(dice, count);
    uint32_t b = dice_below(dice, count);
    append(out, size, set + (size_t)(a < b ? a : b) * 3, 3);
}

static unsigned generation_of(int year)
{
    return year < 1965 ? 0 : year < 1985 ? 1 : year < 2000 ? 2 : 3;
}

void names_given(struct dice *dice, bool male, int year, char *out, size_t size)
{
    static const uint32_t single_rate[4] = {1500, 2600, 3600, 1100};
    unsigned generation = generation_of(year);
    const char *set = GIVEN[generation][male ? 0 : 1];
    bool single = dice_happens(dice, single_rate[generation]);
    uint32_t rarity = dice_below(dice, 10000);

    if (!single)
        append_one_of(dice, set, out, size);
    if (rarity < 1) {
        const char *rarest = RAREST[dice_below(dice, COUNT_OF(RAREST))];
        append(out, size, rarest, strlen(rarest));
    } else if (rarity < 41) {
        const char *rare = RARE[dice_below(dice, COUNT_OF(RARE))];
        append(out, size, rare, strlen(rare));
    } else {
        append_one_of(dice, set, out, size);
    }
}

const char *names_foreign_given(struct dice *dice, enum ethnic_group group, bool male)
{
    const struct foreign *foreign = foreign_of(group);
    uint32_t at = dice_below(dice, COUNT_OF(foreign->men));
    return male ? foreign->men[at] : foreign->women[at];
}

const char *names_foreign_clan(struct dice *dice, enum ethnic_group group)
{
    const struct foreign *foreign = foreign_of(group);
    if (foreign->clans[0] == NULL)
        return names_foreign_given(dice, group, true);
    return foreign->clans[dice_below(dice, COUNT_OF(foreign->clans))];
}

void names_foreign_join(struct dice *dice, enum ethnic_group group, const char *given,
                        const char *family, char *out, size_t size)
{
    const char *dot = dice_happens(dice, 300) ? "\u2022" : "\u00B7";
    if (group == ETHNIC_TIBETAN)
        dot = "";
    bool family_first = group == ETHNIC_TIBETAN || group == ETHNIC_YI || group == ETHNIC_MONGOL;
    if (group == ETHNIC_MONGOL && dice_happens(dice, 7000))
        snprintf(out, size, "%s", given);
    else if (family_first)
        snprintf(out, size, "%s%s%s", family, dot, given);
    else
        snprintf(out, size, "%s%s%s", given, dot, family);
}

void names_brand(struct dice *dice, char *out, size_t size)
{
    static const char set[] = "鑫福兴华盛达顺利源丰恒泰瑞安康宏远金美佳嘉诚信德汇聚通和悦乐天"
                              "一品香锦绣云山水清江南北新荣昌旺隆永吉祥鼎润泽春晓禾田园";
    append_one_of(dice, set, out, size);
    append_one_of(dice, set, out, size);
}
