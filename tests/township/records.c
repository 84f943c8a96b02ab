#include "tests/township/records.h"

#include "tests/township/put.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (uint32_t)(sizeof(array) / sizeof((array)[0]))
#define PERIODS         24u

/* Spreads the dice of data sets about the same resident. */
static struct dice record_dice(const struct maker *maker, unsigned set, uint32_t index)
{
    return dice_for(maker->town->seed, TOPIC_RECORD, (uint64_t)set << 40 | index);
}

static const struct person *person_at(struct maker *maker, uint32_t index)
{
    struct household *household = &maker->household;
    if (!maker->has_household || index < household->first ||
        index >= household->first + household->size) {
        household_of(maker->town, index, household);
        maker->has_household = true;
    }
    return &household->members[index - household->first];
}

static struct date days_before(struct date date, int64_t days)
{
    return date_from_days(date_to_days(date) - days);
}

static void put_updated(struct buf *out, struct dice *dice)
{
    char day[DATE_TEXT_MAX];
    date_format(days_before(people_as_of(), dice_between(dice, 1, 400)), day);
    uint32_t second = dice_below(dice, 86400);
    put_name(out, "updated_at");
    buf_printf(out, "\"%sT%02u:%02u:%02u.000Z\"", day, second / 3600, second / 60 % 60,
               second % 60);
}

static void put_division(struct buf *out, const struct township *town, unsigned village)
{
    char code[13];
    village_code(town, village, code);
    put_text(out, "division", code);
}

static void put_household_id(struct buf *out, const struct township *town, uint32_t first)
{
    char text[24];
    snprintf(text, sizeof text, "%s%07u", town->area, first % 10000000);
    put_text(out, "household_id", text);
}

static const char *population_status(const struct person *person, bool late)
{
    if (person->fate == FATE_DECEASED && !late)
        return "死亡注销";
    return person->fate == FATE_MOVED_OUT ? "迁出" : "正常";
}

static bool make_population(struct maker *maker, uint32_t index, char *key, struct buf *out)
{
    const struct person *person = person_at(maker, index);
    const struct household *household = &maker->household;
    struct dice dice = record_dice(maker, 0, index);
    bool wrong_sex = dice_happens(&dice, 30);
    bool wrong_birth = dice_happens(&dice, 40);
    bool unmarked = dice_happens(&dice, 60);
    bool late = dice_happens(&dice, 500);
    struct dice fault = record_dice(maker, 16, index);
    bool unmarried = person->marital == 20 && dice_happens(&fault, 20);

    snprintf(key, RECORD_KEY_MAX, "person:%s", person->id_number);
    put_text(out, "id_number", person->id_number);
    put_text(out, "name", person->name);
    put_text(out, "former_name", person->former_name);
    put_text(out, "sex", person->male != wrong_sex ? "1" : "2");
    put_date(out, "birth_date", wrong_birth ? days_before(person->birth, 10) : person->birth);
    put_code(out, "ethnicity", (int)person->ethnic, 2);
    put_text(out, "registered_address", household->registered_address);
    put_text(out, "residence_address", household->current_address);
    put_text(out, "phone", person->phone);
    put_household_id(out, maker->town, household->first);
    put_code(out, "relation", person->relation, 2);
    if (!unmarked)
        put_code(out, "marital_status", unmarried ? 10 : person->marital, 2);
    put_code(out, "education", person->education, 2);
    put_division(out, maker->town, household->village);
    put_text(out, "status", population_status(person, late));
    put_updated(out, &dice);
    return true;
}

static void put_shareholders(struct buf *out, const struct enterprise *firm)
{
    put_open(out, "shareholders", '[');
    for (uint32_t i = 0; i < firm->shareholder_count; i++) {
        char text[NAME_MAX_BYTES + 16];
        snprintf(text, sizeof text, "%s %u%%", firm->shareholders[i].name,
                 firm->shareholders[i].percent);
        put_separator(out);
        put_string(out, text);
    }
    buf_char(out, ']');
    put_open(out, "shareholder_ids", '[');
    for (uint32_t i = 0; i < firm->shareholder_count; i++) {
        put_separator(out);
        put_string(out, firm->shareholders[i].id_number);
    }
    buf_char(out, ']');
}

static bool make_enterprise(struct maker *maker, uint32_t index, char *key, struct buf *out)
{
    struct enterprise firm;
    enterprise_make(maker->town, index, &firm);
    struct dice dice = record_dice(maker, 1, index);

    snprintf(key, RECORD_KEY_MAX, "enterprise:%s", firm.uscc);
    put_text(out, "uscc", firm.uscc);
    put_text(out, "name", firm.name);
    put_text(out, "kind", firm.kind);
    put_text(out, "status", firm.status);
    put_text(out, "legal_representative", firm.legal.name);
    put_text(out, "legal_representative_id", firm.legal.id_number);
    if (firm.shareholder_count > 0)
        put_shareholders(out, &firm);
    put_text(out, "registered_capital", firm.capital);
    put_date(out, "established", firm.established);
    if (!dice_happens(&dice, 40))
        put_text(out, "address", firm.address);
    put_text(out, "phone", firm.phone);
    put_text(out, "industry", firm.industry);
    put_text(out, "scope", firm.scope);
    put_division(out, maker->town, firm.village);
    put_updated(out, &dice);
    return true;
}

static bool make_certificate(struct maker *maker, uint32_t index, char *key, struct buf *out)
{
    struct certificate certificate;
    certificate_make(maker->town, index, &certificate);
    struct dice dice = record_dice(maker, 2, index);

    snprintf(key, RECORD_KEY_MAX, "certificate:%s", certificate.identifier);
    put_text(out, "certificate_id", certificate.identifier);
    put_text(out, "name", certificate.name);
    put_text(out, "holder_name", certificate.holder_name);
    put_text(out, "holder_id", certificate.holder_id);
    put_text(out, "holder_uscc", certificate.holder_uscc);
    put_text(out, "issuer", certificate.issuer_name);
    put_text(out, "issuer_uscc", certificate.issuer);
    put_date(out, "issued_on", certificate.issued);
    put_date(out, "expires_on", certificate.expires);
    put_text(out, "status", certificate.status);
    put_updated(out, &dice);
    return true;
}

/* A day between the later spouse's 20th birthday and now, or their deaths. */
static struct date wedding_day(struct dice *dice, const struct person *a, const struct person *b)
{
    struct date later = date_compare(a->birth, b->birth) < 0 ? b->birth : a->birth;
    int64_t from = date_to_days(later) + 20 * 366;
    int64_t to = date_to_days(people_as_of()) - 1200; /* before anybody's death */
    int64_t span = to > from ? to - from : 1;
    int64_t usual = span < 3000 ? span : 3000;
    return date_from_days(from + dice_below(dice, (uint32_t)usual));
}

static bool make_marriage(struct maker *maker, uint32_t index, char *key, struct buf *out)
{
    const struct person *person = person_at(maker, index);
    const struct household *household = &maker->household;
    if (index != household->first || !household->married)
        return false;
    struct dice dice = record_dice(maker, 3, index);
    const struct person *spouse = person + 1;
    const struct person *husband = person->male ? person : spouse;
    const struct person *wife = person->male ? spouse : person;
    struct date day = wedding_day(&dice, husband, wife);
    char text[NAME_MAX_BYTES * 2 + 8];

    snprintf(text, sizeof text, "J%.6s-%04d-%07u", maker->town->county, day.year, index % 10000000);
    snprintf(key, RECORD_KEY_MAX, "marriage:%.90s", text);
    put_text(out, "certificate_number", text);
    snprintf(text, sizeof text, "%s、%s", husband->name, wife->name);
    put_text(out, "names", text);
    put_text(out, "husband_id", husband->id_number);
    put_text(out, "wife_id", wife->id_number);
    put_date(out, "registered_on", day);
    put_text(out, "office", "溪回县民政局婚姻登记处");
    put_text(out, "status", "有效");
    put_updated(out, &dice);
    return true;
}

static bool make_education(struct maker *maker, uint32_t index, char *key, struct buf *out)
{
    static const char *const schools[] = {
        "云汀大学",         "云汀师范大学",         "澜州学院",    "云汀农业大学", "云汀理工学院",
        "澜州职业技术学院", "云汀医药高等专科学校", "云汀开放大学"};
    static const char *const majors[] = {"汉语言文学", "计算机科学与技术", "护理学", "会计学",
                                         "农学",       "土木工程",         "法学",   "学前教育",
                                         "机械工程",   "社会工作"};
    const struct person *person = person_at(maker, index);
    int age = date_age(person->birth, people_as_of());
    bool graduate = person->education >= 10 && person->education < 40 && age >= 24;
    struct dice dice = record_dice(maker, 4, index);
    if (!graduate || person->birth.year < 1965)
        return false;
    struct date day = {person->birth.year + (person->education > 30 ? 21 : 23), 7, 1};
    char number[32];

    snprintf(number, sizeof number, "1%04u%04d0%07u", 5000 + dice_below(&dice, 1000), day.year,
             index % 10000000);
    snprintf(key, RECORD_KEY_MAX, "education:%s", number);
    put_text(out, "certificate_number", number);
    put_text(out, "name", person->name);
    put_text(out, "id_number", person->id_number);
    put_text(out, "school", schools[dice_below(&dice, COUNT_OF(schools))]);
    put_text(out, "major", majors[dice_below(&dice, COUNT_OF(majors))]);
    put_code(out, "level", person->education, 2);
    put_date(out, "graduated_on", day);
    put_updated(out, &dice);
    return true;
}

static bool make_death(struct maker *maker, uint32_t index, char *key, struct buf *out)
{
    static const char *const places[] = {"家中", "溪回县人民医院", "望川街道社区卫生服务中心",
                                         "养老服务机构", "来院途中"};
    const struct person *person = person_at(maker, index);
    if (person->fate != FATE_DECEASED)
        return false;
    struct dice dice = record_dice(maker, 5, index);
    char number[32];

    snprintf(number, sizeof number, "%.6s%04d%07u", maker->town->county, person->death.year,
             index % 10000000);
    snprintf(key, RECORD_KEY_MAX, "death:%s", number);
    put_text(out, "certificate_number", number);
    put_text(out, "name", person->name);
    put_text(out, "id_number", person->id_number);
    put_date(out, "died_on", person->death);
    put_text(out, "place", places[dice_below(&dice, COUNT_OF(places))]);
    put_text(out, "issuer", "溪回县人民医院");
    put_date(out, "issued_on", person->death);
    put_updated(out, &dice);
    return true;
}

static const char *employer_of(struct maker *maker, struct dice *dice, struct enterprise *firm)
{
    if (maker->town->enterprises == 0)
        return NULL;
    enterprise_make(maker->town, dice_below(dice, maker->town->enterprises), firm);
    return firm->name;
}

/* Another given name: somebody heard it wrong. */
static void put_insured_name(struct buf *out, struct maker *maker, const struct person *person)
{
    struct dice fault = record_dice(maker, 17, person->index);
    char wrong[NAME_MAX_BYTES * 2];

    snprintf(wrong, sizeof wrong, "%s珍", person->name);
    put_text(out, "name", dice_happens(&fault, 20) ? wrong : person->name);
}

static bool make_social_insurance(struct maker *maker, uint32_t index, char *key, struct buf *out)
{
    const struct person *person = person_at(maker, index);
    struct dice dice = record_dice(maker, 6, index);
    int age = date_age(person->birth, people_as_of());
    if (age < 18 || person->fate != FATE_RESIDENT || !dice_happens(&dice, 7200))
        return false;
    bool employed = age < 60 && dice_happens(&dice, 4000);
    int months = dice_between(&dice, 6, age < 60 ? (age - 17) * 9 : 180);
    bool active = age < 60 && dice_happens(&dice, 9000);
    struct date until = active ? people_as_of() : days_before(people_as_of(), 700);
    struct enterprise firm;

    snprintf(key, RECORD_KEY_MAX, "social_insurance:%s", person->id_number);
    put_text(out, "id_number", person->id_number);
    put_insured_name(out, maker, person);
    put_text(out, "scheme", employed ? "企业职工基本养老保险" : "城乡居民基本养老保险");
    if (employed)
        put_text(out, "employer", employer_of(maker, &dice, &firm));
    put_date(out, "joined_on", days_before(until, months * 31));
    put_number(out, "months", months);
    put_date(out, "paid_until", until);
    put_bool(out, "active", active);
    put_updated(out, &dice);
    return true;
}

static bool make_assistance(struct maker *maker, uint32_t index, char *key, struct buf *out)
{
    static const char *const kinds[] = {"农村最低生活保障", "城市最低生活保障", "特困人员救助供养"};
    const struct person *person = person_at(maker, index);
    struct dice dice = record_dice(maker, 7, index);
    int age = date_age(person->birth, people_as_of());
    bool head = index == maker->household.first;
    if (!head || !dice_happens(&dice, age >= 60 ? 900 : 250))
        return false;
    bool dead = person->fate == FATE_DECEASED;
    bool paid_on = dead && dice_happens(&dice, 800);
    struct date since = days_before(people_as_of(), dice_between(&dice, 1200, 2600));
    uint32_t members = maker->household.size;
    char amount[24];

    snprintf(key, RECORD_KEY_MAX, "assistance:%s", person->id_number);
    put_text(out, "id_number", person->id_number);
    put_text(out, "name", person->name);
    put_household_id(out, maker->town, maker->household.first);
    unsigned kind = members == 1 && age >= 60 ? 2 : village_is_urban(maker->household.village);
    put_text(out, "kind", kinds[kind]);
    put_number(out, "members", members);
    snprintf(amount, sizeof amount, "%u.00", members * (480 + 10 * dice_below(&dice, 40)));
    put_text(out, "monthly_amount", amount);
    put_date(out, "since", since);
    if (dead && !paid_on)
        put_date(out, "ended_on", person->death);
    put_text(out, "status", dead && !paid_on ? "停发" : "在享");
    put_updated(out, &dice);
    return true;
}

static bool make_credit(struct maker *maker, uint32_t index, char *key, struct buf *out)
{
    static const char *const contents[] = {"未按规定公示年度报告", "销售超过保质期的食品",
                                           "未取得许可擅自从事经营活动",
                                           "未按规定安装污染防治设施"};
    struct dice dice = record_dice(maker, 8, index);
    if (!dice_happens(&dice, 2200))
        return false;
    struct enterprise firm;
    enterprise_make(maker->town, index, &firm);
    bool penalty = dice_happens(&dice, 4000);
    struct date day = days_before(people_as_of(), dice_between(&dice, 10, 1500));
    char text[64];

    snprintf(text, sizeof text, "溪市监%s〔%04d〕%06u号", penalty ? "处罚" : "评", day.year,
             index % 1000000);
    snprintf(key, RECORD_KEY_MAX, "credit:%04d%c%06u", day.year, penalty ? 'P' : 'R', index);
    put_text(out, "decision_number", text);
    put_text(out, "uscc", firm.uscc);
    put_text(out, "name", firm.name);
    put_text(out, "kind", penalty ? "行政处罚" : "守信激励");
    put_text(out, "content",
             penalty ? contents[dice_below(&dice, COUNT_OF(contents))] : "纳税信用A级");
    snprintf(text, sizeof text, "%u.00", 500 * (1 + dice_below(&dice, 40)));
    put_text(out, "fine", penalty ? text : NULL);
    put_date(out, "decided_on", day);
    put_date(out, "published_until", days_before(day, -1095));
    put_text(out, "authority", "溪回县市场监督管理局");
    put_updated(out, &dice);
    return true;
}

static bool make_place(struct maker *maker, uint32_t index, char *key, struct buf *out)
{
    static const char *const uses[] = {"农村宅基地", "城镇住宅用地", "水田",
                                       "旱地",       "林地",         "商业用地"};
    struct dice dice = dice_for(maker->town->seed, TOPIC_PLACE, index);
    uint32_t resident = dice_below(&dice, maker->town->residents);
    uint32_t use = dice_below(&dice, COUNT_OF(uses));
    const struct person *holder = person_at(maker, resident);
    holder = &maker->household.members[0];
    char text[ADDRESS_MAX];

    /* County 6, cadastral district 3 and sub-district 3, parcel feature 2 and number 5, unit 9. */
    snprintf(text, sizeof text, "%.6s001%03uJC%05uF%04u%04u", maker->town->county,
             maker->household.village + 1, index % 100000, index / 100000 + 1, 1u);
    snprintf(key, RECORD_KEY_MAX, "place:%.90s", text);
    put_text(out, "unit_number", text);
    snprintf(text, sizeof text, "%s", AREA_NAME_FULL);
    village_address(&dice, maker->household.village, text, sizeof text);
    put_text(out, "location", text);
    put_text(out, "land_use", uses[use]);
    put_number(out, "area_square_metres", dice_between(&dice, 60, use < 2 ? 240 : 4000));
    put_text(out, "right",
             use == 0  ? "宅基地使用权"
             : use < 2 ? "国有建设用地使用权"
                       : "土地承包经营权");
    put_text(out, "holder_name", holder->name);
    put_text(out, "holder_id", holder->id_number);
    put_date(out, "registered_on", days_before(people_as_of(), dice_between(&dice, 30, 4000)));
    put_division(out, maker->town, maker->household.village);
    put_updated(out, &dice);
    return true;
}

static const struct {
    const char *code, *name, *unit;
    int low, high;
} INDICATORS[] = {
    {"T01", "规模以上工业总产值", "万元", 8000, 12000},
    {"T02", "固定资产投资", "万元", 1500, 4200},
    {"T03", "社会消费品零售总额", "万元", 3000, 5200},
    {"T04", "财政总收入", "万元", 600, 1400},
    {"T05", "城镇新增就业", "人", 20, 180},
    {"T06", "新登记经营主体", "户", 15, 90},
    {"T07", "农村居民人均可支配收入", "元", 1700, 2600},
    {"T08", "粮食播种面积", "亩", 9000, 9900},
};

static bool make_indicator(struct maker *maker, uint32_t index, char *key, struct buf *out)
{
    uint32_t which = index / PERIODS;
    uint32_t month = index % PERIODS; /* from March 2024 */
    struct dice dice = dice_for(maker->town->seed, TOPIC_INDICATOR, index);
    char period[16];
    char code[16];

    snprintf(period, sizeof period, "%04u-%02u", 2024 + (month + 2) / 12, (month + 2) % 12 + 1);
    snprintf(key, RECORD_KEY_MAX, "indicator:%s:%s", INDICATORS[which].code, period);
    snprintf(code, sizeof code, "%s:%s", INDICATORS[which].code, maker->town->area);
    put_text(out, "code", code);
    put_text(out, "name", INDICATORS[which].name);
    put_text(out, "period", period);
    put_number(out, "value", dice_between(&dice, INDICATORS[which].low, INDICATORS[which].high));
    put_text(out, "unit", INDICATORS[which].unit);
    put_number(out, "change_permille", dice_between(&dice, -80, 160));
    put_text(out, "division", maker->town->area);
    put_updated(out, &dice);
    return true;
}

/* A quarter of the old people who live alone, visited last autumn. */
static bool make_visit(struct maker *maker, uint32_t index, char *key, struct buf *out)
{
    static const char *const notes[] = {"身体健康", "行动不便，需助餐", "独居，已加装呼叫器"};
    const struct person *person = person_at(maker, index);
    struct dice dice = record_dice(maker, 18, index);
    bool alone = maker->household.size == 1 && person->fate == FATE_RESIDENT;

    if (!alone || date_age(person->birth, people_as_of()) < 70 || !dice_happens(&dice, 2500))
        return false;
    snprintf(key, RECORD_KEY_MAX, "visit:%s", person->id_number);
    put_text(out, "id_number", person->id_number);
    put_text(out, "name", person->name);
    put_date(out, "visited_on", days_before(people_as_of(), dice_between(&dice, 60, 150)));
    put_text(out, "note", notes[dice_below(&dice, COUNT_OF(notes))]);
    put_text(out, "visitor", "网格员");
    put_updated(out, &dice);
    return true;
}

enum source {
    SOURCE_RESIDENTS,
    SOURCE_ENTERPRISES,
    SOURCE_CERTIFICATES,
    SOURCE_PLACES,
    SOURCE_INDICATORS
};

static const struct {
    const char *name;
    enum source source;
    bool (*make)(struct maker *maker, uint32_t index, char *key, struct buf *out);
} MAKERS[] = {
    {"population", SOURCE_RESIDENTS, make_population},
    {"enterprise", SOURCE_ENTERPRISES, make_enterprise},
    {"certificate", SOURCE_CERTIFICATES, make_certificate},
    {"marriage", SOURCE_RESIDENTS, make_marriage},
    {"education", SOURCE_RESIDENTS, make_education},
    {"death", SOURCE_RESIDENTS, make_death},
    {"social_insurance", SOURCE_RESIDENTS, make_social_insurance},
    {"assistance", SOURCE_RESIDENTS, make_assistance},
    {"credit", SOURCE_ENTERPRISES, make_credit},
    {"place", SOURCE_PLACES, make_place},
    {"indicator", SOURCE_INDICATORS, make_indicator},
    {"visit", SOURCE_RESIDENTS, make_visit},
};

static uint32_t maker_of(const struct dataset *dataset)
{
    uint32_t at = 0;
    while (at + 1 < COUNT_OF(MAKERS) && strcmp(MAKERS[at].name, dataset->name) != 0)
        at++;
    return at;
}

uint32_t dataset_count(const struct dataset *dataset, const struct township *town)
{
    switch (MAKERS[maker_of(dataset)].source) {
    case SOURCE_RESIDENTS:
        return town->residents;
    case SOURCE_ENTERPRISES:
        return town->enterprises;
    case SOURCE_CERTIFICATES:
        return town->certificates;
    case SOURCE_PLACES:
        return town->residents / 3;
    case SOURCE_INDICATORS:
        return COUNT_OF(INDICATORS) * PERIODS;
    }
    return 0;
}

bool dataset_make(const struct dataset *dataset, struct maker *maker, uint32_t index,
                  char key[RECORD_KEY_MAX], struct buf *body)
{
    buf_clear(body);
    return MAKERS[maker_of(dataset)].make(maker, index, key, body);
}
