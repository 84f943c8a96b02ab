#include "db/codes.h"

#include "base/i18n.h"

#include <stddef.h>
#include <string.h>

struct code {
    const char *code, *zh, *en;
};

struct code_system {
    const char *name, *year;
    const struct code *codes;
    size_t count;
};

static const struct code sexes[] = {
    {"0", "未知的性别", "unknown"},
    {"1", "男", "male"},
    {"2", "女", "female"},
    {"9", "未说明的性别", "not stated"},
};

static const struct code marital_states[] = {
    {"10", "未婚", "never married"},
    {"20", "已婚", "married"},
    {"21", "初婚", "first marriage"},
    {"22", "再婚", "remarried"},
    {"23", "复婚", "remarried to the former spouse"},
    {"30", "丧偶", "widowed"},
    {"40", "离婚", "divorced"},
    {"90", "未说明的婚姻状况", "not stated"},
};

static const struct code ethnic_groups[] = {
    {"01", "汉族", "Han"},
    {"02", "蒙古族", "Mongol"},
    {"03", "回族", "Hui"},
    {"04", "藏族", "Zang"},
    {"05", "维吾尔族", "Uygur"},
    {"06", "苗族", "Miao"},
    {"07", "彝族", "Yi"},
    {"08", "壮族", "Zhuang"},
    {"09", "布依族", "Buyei"},
    {"10", "朝鲜族", "Chosen"},
    {"11", "满族", "Man"},
    {"12", "侗族", "Dong"},
    {"13", "瑶族", "Yao"},
    {"14", "白族", "Bai"},
    {"15", "土家族", "Tujia"},
    {"16", "哈尼族", "Hani"},
    {"17", "哈萨克族", "Kazak"},
    {"18", "傣族", "Dai"},
    {"19", "黎族", "Li"},
    {"20", "傈僳族", "Lisu"},
    {"21", "佤族", "Va"},
    {"22", "畲族", "She"},
    {"23", "高山族", "Gaoshan"},
    {"24", "拉祜族", "Lahu"},
    {"25", "水族", "Sui"},
    {"26", "东乡族", "Dongxiang"},
    {"27", "纳西族", "Naxi"},
    {"28", "景颇族", "Jingpo"},
    {"29", "柯尔克孜族", "Kirgiz"},
    {"30", "土族", "Tu"},
    {"31", "达斡尔族", "Daur"},
    {"32", "仫佬族", "Mulao"},
    {"33", "羌族", "Qiang"},
    {"34", "布朗族", "Blang"},
    {"35", "撒拉族", "Salar"},
    {"36", "毛南族", "Maonan"},
    {"37", "仡佬族", "Gelao"},
    {"38", "锡伯族", "Xibe"},
    {"39", "阿昌族", "Achang"},
    {"40", "普米族", "Pumi"},
    {"41", "塔吉克族", "Tajik"},
    {"42", "怒族", "Nu"},
    {"43", "乌孜别克族", "Uzbek"},
    {"44", "俄罗斯族", "Russ"},
    {"45", "鄂温克族", "Ewenki"},
    {"46", "德昂族", "Deang"},
    {"47", "保安族", "Bonan"},
    {"48", "裕固族", "Yugur"},
    {"49", "京族", "Gin"},
    {"50", "塔塔尔族", "Tatar"},
    {"51", "独龙族", "Derung"},
    {"52", "鄂伦春族", "Oroqen"},
    {"53", "赫哲族", "Hezhen"},
    {"54", "门巴族", "Monba"},
    {"55", "珞巴族", "Lhoba"},
    {"56", "基诺族", "Jino"},
    {"97", "其他", "other"},
    {"98", "外国血统中国籍人士", "Chinese citizen of foreign descent"},
};

static const struct code relations[] = {
    {"01", "本人", "self"},
    {"02", "户主", "head of household"},
    {"10", "配偶", "spouse"},
    {"11", "夫", "husband"},
    {"12", "妻", "wife"},
    {"20", "子", "son"},
    {"21", "独生子", "only son"},
    {"22", "长子", "eldest son"},
    {"23", "次子", "second son"},
    {"24", "三子", "third son"},
    {"25", "四子", "fourth son"},
    {"26", "五子", "fifth son"},
    {"27", "养子或继子", "adopted son or stepson"},
    {"28", "女婿", "son-in-law"},
    {"29", "其他儿子", "other son"},
    {"30", "女", "daughter"},
    {"31", "独生女", "only daughter"},
    {"32", "长女", "eldest daughter"},
    {"33", "次女", "second daughter"},
    {"34", "三女", "third daughter"},
    {"35", "四女", "fourth daughter"},
    {"36", "五女", "fifth daughter"},
    {"37", "养女或继女", "adopted daughter or stepdaughter"},
    {"38", "儿媳", "daughter-in-law"},
    {"39", "其他女儿", "other daughter"},
    {"40", "孙子、孙女或外孙子、外孙女", "grandchild"},
    {"41", "孙子", "grandson (son's son)"},
    {"42", "孙女", "granddaughter (son's daughter)"},
    {"43", "外孙子", "grandson (daughter's son)"},
    {"44", "外孙女", "granddaughter (daughter's daughter)"},
    {"45", "孙媳妇或外孙媳妇", "grandson's wife"},
    {"46", "孙女婿或外孙女婿", "granddaughter's husband"},
    {"47", "曾孙子或外曾孙子", "great-grandson"},
    {"48", "曾孙女或外曾孙女", "great-granddaughter"},
    {"49", "其他孙子、孙女或外孙子、外孙女", "other grandchild"},
    {"50", "父母", "parent"},
    {"51", "父亲", "father"},
    {"52", "母亲", "mother"},
    {"53", "公公", "husband's father"},
    {"54", "婆婆", "husband's mother"},
    {"55", "岳父", "wife's father"},
    {"56", "岳母", "wife's mother"},
    {"57", "继父或养父", "stepfather or adoptive father"},
    {"58", "继母或养母", "stepmother or adoptive mother"},
    {"59", "其他父母关系", "other parent"},
    {"60", "祖父母或外祖父母", "grandparent"},
    {"61", "祖父", "father's father"},
    {"62", "祖母", "father's mother"},
    {"63", "外祖父", "mother's father"},
    {"64", "外祖母", "mother's mother"},
    {"65", "配偶的祖父母或外祖父母", "spouse's grandparent"},
    {"66", "曾祖父", "great-grandfather"},
    {"67", "曾祖母", "great-grandmother"},
    {"68", "配偶的曾祖父母或外曾祖父母", "spouse's great-grandparent"},
    {"69", "其他祖父母或外祖父母关系", "other grandparent"},
    {"70", "兄弟姐妹", "sibling"},
    {"71", "兄", "elder brother"},
    {"72", "嫂", "elder brother's wife"},
    {"73", "弟", "younger brother"},
    {"74", "弟媳", "younger brother's wife"},
    {"75", "姐姐", "elder sister"},
    {"76", "姐夫", "elder sister's husband"},
    {"77", "妹妹", "younger sister"},
    {"78", "妹夫", "younger sister's husband"},
    {"79", "其他兄弟姐妹", "other sibling"},
    {"80", "其他", "other"},
    {"81", "伯父", "father's elder brother"},
    {"82", "伯母", "wife of father's elder brother"},
    {"83", "叔父", "father's younger brother"},
    {"84", "婶母", "wife of father's younger brother"},
    {"85", "舅父", "mother's brother"},
    {"86", "舅母", "wife of mother's brother"},
    {"87", "姨父", "husband of mother's sister"},
    {"88", "姨母", "mother's sister"},
    {"89", "姑父", "husband of father's sister"},
    {"90", "姑母", "father's sister"},
    {"91", "堂兄弟姐妹", "cousin (father's side)"},
    {"92", "表兄弟姐妹", "cousin (other side)"},
    {"93", "侄子", "brother's son"},
    {"94", "侄女", "brother's daughter"},
    {"95", "外甥", "sister's son"},
    {"96", "外甥女", "sister's daughter"},
    {"97", "其他亲属", "other relative"},
    {"98", "保姆", "domestic helper"},
    {"99", "非亲属", "not related"},
};

static const struct code education_levels[] = {
    {"10", "研究生教育", "graduate education"},
    {"11", "博士研究生毕业", "doctoral degree programme, graduated"},
    {"12", "博士研究生结业", "doctoral degree programme, completed"},
    {"13", "博士研究生肄业", "doctoral degree programme, left"},
    {"14", "硕士研究生毕业", "master's degree programme, graduated"},
    {"15", "硕士研究生结业", "master's degree programme, completed"},
    {"16", "硕士研究生肄业", "master's degree programme, left"},
    {"17", "研究生班毕业", "graduate class, graduated"},
    {"18", "研究生班结业", "graduate class, completed"},
    {"19", "研究生班肄业", "graduate class, left"},
    {"20", "大学本科教育", "undergraduate education"},
    {"21", "大学本科毕业", "undergraduate, graduated"},
    {"22", "大学本科结业", "undergraduate, completed"},
    {"23", "大学本科肄业", "undergraduate, left"},
    {"28", "大学普通班毕业", "university ordinary class, graduated"},
    {"30", "大学专科教育", "junior college education"},
    {"31", "大学专科毕业", "junior college, graduated"},
    {"32", "大学专科结业", "junior college, completed"},
    {"33", "大学专科肄业", "junior college, left"},
    {"40", "中等职业教育", "secondary vocational education"},
    {"41", "中等专科毕业", "secondary technical school, graduated"},
    {"42", "中等专科结业", "secondary technical school, completed"},
    {"43", "中等专科肄业", "secondary technical school, left"},
    {"44", "职业高中毕业", "vocational high school, graduated"},
    {"45", "职业高中结业", "vocational high school, completed"},
    {"46", "职业高中肄业", "vocational high school, left"},
    {"47", "技工学校毕业", "skilled workers' school, graduated"},
    {"48", "技工学校结业", "skilled workers' school, completed"},
    {"49", "技工学校肄业", "skilled workers' school, left"},
    {"60", "普通高级中学教育", "senior high school education"},
    {"61", "普通高中毕业", "senior high school, graduated"},
    {"62", "普通高中结业", "senior high school, completed"},
    {"63", "普通高中肄业", "senior high school, left"},
    {"70", "初级中学教育", "junior high school education"},
    {"71", "初中毕业", "junior high school, graduated"},
    {"73", "初中肄业", "junior high school, left"},
    {"80", "小学教育", "primary education"},
    {"81", "小学毕业", "primary school, graduated"},
    {"83", "小学肄业", "primary school, left"},
    {"90", "其他", "other"},
};

#define SYSTEM(name, year, codes)                                                                  \
    {                                                                                              \
        name, year, codes, sizeof(codes) / sizeof *(codes)                                         \
    }

static const struct code_system systems[] = {
    SYSTEM("GB/T 2261.1", "2003", sexes),          SYSTEM("GB/T 2261.2", "2003", marital_states),
    SYSTEM("GB/T 3304", "1991", ethnic_groups),    SYSTEM("GB/T 4761", "2008", relations),
    SYSTEM("GB/T 4658", "2006", education_levels),
};

/* "GB/T 3304" and "GB/T 3304-1991" are ours; another year is another table. */
static const struct code_system *find_system(const char *name)
{
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
        size_t length = strlen(systems[i].name);
        if (strncmp(name, systems[i].name, length) != 0)
            continue;
        if (name[length] == '\0' ||
            (name[length] == '-' && strcmp(name + length + 1, systems[i].year) == 0))
            return &systems[i];
    }
    return NULL;
}

const char *code_title(const char *system, const char *code)
{
    const struct code_system *found = system && code ? find_system(system) : NULL;

    if (!found)
        return NULL;
    /* A number column loses its leading zero on the way: 1 is 01 where codes have two digits. */
    size_t width = strlen(found->codes[0].code);
    char padded[3] = {'0', code[0], '\0'};
    const char *wanted = width == 2 && code[0] && code[1] == '\0' ? padded : code;
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->codes[i].code, wanted) == 0)
            return i18n_is_chinese() ? found->codes[i].zh : found->codes[i].en;
    return NULL;
}

bool code_system_is_known(const char *system)
{
    return system && find_system(system);
}
