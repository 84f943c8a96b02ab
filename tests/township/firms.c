#include "tests/township/firms.h"

#include "tests/township/codes.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (uint32_t)(sizeof(array) / sizeof((array)[0]))
#define BODIES          887503681u /* 31 to the 6th */

struct trade {
    const char *word, *industry, *scope; /* industry: GB/T 4754-2017 */
};

static const struct trade SHOPS[] = {
    {"便利店", "5212", "日用百货、预包装食品零售"},
    {"餐馆", "6210", "餐饮服务"},
    {"早餐店", "6299", "小餐饮"},
    {"理发店", "8040", "理发及美容服务"},
    {"农资经营部", "5167", "化肥、农膜、不再分装的包装种子销售"},
    {"五金店", "5274", "五金、水暖器材零售"},
    {"汽车修理店", "8111", "机动车修理和维护"},
    {"服装店", "5232", "服装、鞋帽零售"},
    {"药店", "5251", "药品零售、第一类医疗器械销售"},
    {"茶庄", "5227", "茶叶零售"},
    {"快递服务站", "6020", "快递服务、代收代投"},
    {"水果店", "5223", "新鲜水果、蔬菜零售"},
};

static const struct trade COMPANIES[] = {
    {"建筑工程", "4720", "房屋建筑工程、土石方工程施工"},
    {"商贸", "5199", "日用百货、建材批发；货物进出口"},
    {"食品", "1391", "豆制品、糕点生产及销售"},
    {"农业开发", "0141", "蔬菜种植、农产品初加工"},
    {"物流", "5431", "道路普通货物运输、仓储服务"},
    {"机械", "3484", "机械零部件加工"},
    {"信息科技", "6510", "软件开发、信息技术服务"},
    {"竹木制品", "2041", "竹木制品加工、销售"},
    {"物业服务", "7020", "物业管理"},
    {"环保科技", "7721", "污水处理、环保设备安装"},
    {"电子", "3982", "电子元件制造"},
    {"生态旅游", "7869", "景区开发、住宿、餐饮服务"},
};

static const struct trade FARMS[] = {
    {"水稻种植", "0111", "组织成员种植水稻，收购、销售成员产品"},
    {"茶叶种植", "0164", "茶叶种植、加工、销售"},
    {"生猪养殖", "0313", "生猪养殖、销售，饲料采购"},
    {"柑橘种植", "0152", "柑橘种植、贮藏、销售"},
    {"油茶种植", "0123", "油茶种植、加工、销售"},
};

static const struct trade COLLECTIVE = {"股份经济合作社", "9610",
                                        "集体资产经营与管理、集体资源开发与利用"};

enum form { FORM_SHOP, FORM_COMPANY, FORM_FARM, FORM_COLLECTIVE };

static const struct {
    const char *prefix, *kind;
} FORMS[] = {
    [FORM_SHOP] = {"92", "个体工商户"},
    [FORM_COMPANY] = {"91", "有限责任公司（自然人投资或控股）"},
    [FORM_FARM] = {"93", "农民专业合作社"},
    [FORM_COLLECTIVE] = {"N2", "村级集体经济组织"},
};

void firms_credit_code(const char *kind, const char *region, const char *body, char out[19])
{
    snprintf(out, 19, "%.2s%.6s%.8s", kind, region, body);
    out[16] = code_organisation_check(body);
    out[17] = code_uscc_check(out);
    out[18] = '\0';
}

/* "MA" and six symbols, different for every index. */
static void organisation_body(uint64_t seed, uint32_t index, char out[9])
{
    struct dice dice = dice_for(seed, TOPIC_ENTERPRISE, UINT64_C(1) << 40);
    uint64_t value = ((uint64_t)index * 548492701 + dice_next(&dice) % BODIES) % BODIES;
    memcpy(out, "MA", 2);
    for (size_t i = 7; i >= 2; i--, value /= 31)
        out[i] = code_uscc_symbol((unsigned)(value % 31));
    out[8] = '\0';
}

static const struct trade *choose_trade(struct dice *dice, enum form form)
{
    switch (form) {
    case FORM_SHOP:
        return &SHOPS[dice_below(dice, COUNT_OF(SHOPS))];
    case FORM_COMPANY:
        return &COMPANIES[dice_below(dice, COUNT_OF(COMPANIES))];
    case FORM_FARM:
        return &FARMS[dice_below(dice, COUNT_OF(FARMS))];
    case FORM_COLLECTIVE:
        return &COLLECTIVE;
    }
    return &COLLECTIVE;
}

static void make_enterprise_name(struct dice *dice, enum form form, const struct trade *trade,
                                 struct enterprise *out)
{
    char brand[16] = "";
    names_brand(dice, brand, sizeof brand);
    size_t size = sizeof out->name;
    if (form == FORM_COLLECTIVE)
        snprintf(out->name, size, "%s%s%s%s", AREA_NAME, TOWN_NAME, village_name(out->village),
                 trade->word);
    else if (form == FORM_SHOP)
        snprintf(out->name, size, "%s%s%s（个体工商户）", AREA_NAME, brand, trade->word);
    else if (form == FORM_FARM)
        snprintf(out->name, size, "%s%s%s专业合作社", AREA_NAME, brand, trade->word);
    else
        snprintf(out->name, size, "澜州%s%s有限公司", brand, trade->word);
}

/* The living head of a household near a resident chosen by chance. */
static void choose_adult(const struct township *town, struct dice *dice, struct person *out)
{
    struct household household;
    for (int attempt = 0; attempt < 4; attempt++) {
        household_of(town, dice_below(dice, town->residents), &household);
        if (household.members[0].fate == FATE_RESIDENT)
            break;
    }
    *out = household.members[0];
}

static void make_owners(const struct township *town, struct dice *dice, enum form form,
                        struct enterprise *out)
{
    choose_adult(town, dice, &out->legal);
    if (form == FORM_COLLECTIVE)
        return;
    uint32_t wanted = form == FORM_SHOP ? 1 : 1 + dice_below(dice, SHAREHOLDER_MAX);
    unsigned left = 100;
    for (uint32_t i = 0; i < wanted; i++) {
        struct person owner = out->legal;
        if (i > 0)
            choose_adult(town, dice, &owner);
        unsigned percent = i + 1 == wanted ? left : left * 6 / 10;
        memcpy(out->shareholders[i].name, owner.name, sizeof owner.name);
        memcpy(out->shareholders[i].id_number, owner.id_number, sizeof owner.id_number);
        out->shareholders[i].percent = percent;
        left -= percent;
    }
    out->shareholder_count = wanted;
}

static const char *enterprise_status(struct dice *dice)
{
    uint32_t at = dice_below(dice, 1000);
    return at < 870 ? "存续" : at < 930 ? "经营异常" : at < 985 ? "注销" : "吊销";
}

void enterprise_make(const struct township *town, uint32_t index, struct enterprise *out)
{
    struct dice dice = dice_for(town->seed, TOPIC_ENTERPRISE, index);
    char body[9];
    uint32_t at = dice_below(&dice, 100);
    enum form form = at < 62 ? FORM_SHOP : at < 94 ? FORM_COMPANY : FORM_FARM;

    memset(out, 0, sizeof *out);
    out->village = dice_below(&dice, VILLAGE_COUNT);
    if (index < COLLECTIVES) {
        form = FORM_COLLECTIVE;
        out->village = VILLAGE_COUNT - COLLECTIVES + index;
    }
    organisation_body(town->seed, index, body);
    firms_credit_code(FORMS[form].prefix, town->county, body, out->uscc);
    const struct trade *trade = choose_trade(&dice, form);
    make_enterprise_name(&dice, form, trade, out);
    make_owners(town, &dice, form, out);
    out->kind = FORMS[form].kind;
    out->industry = trade->industry;
    out->scope = trade->scope;
    out->status = enterprise_status(&dice);
    snprintf(out->capital, sizeof out->capital, "%u0000.00",
             form == FORM_SHOP ? 1 + dice_below(&dice, 20) : 10 * (1 + dice_below(&dice, 200)));
    snprintf(out->phone, sizeof out->phone, "154%08u", dice_below(&dice, 100000000));
    snprintf(out->address, sizeof out->address, "%s", AREA_NAME_FULL);
    village_address(&dice, out->village, out->address, sizeof out->address);
    int64_t age = dice_between(&dice, 20, 9000);
    out->established = date_from_days(date_to_days(people_as_of()) - age);
}

/* --- certificates ------------------------------------------------------------------------- */

struct certificate_kind {
    const char *type, *name; /* 18 characters of the defining body (17 and check), 3 of serial */
    bool enterprise;
    uint8_t years; /* of validity; 0 without limit */
    uint8_t weight;
    const char *issuer_name, *issuer_body;
};

static const struct certificate_kind KINDS[] = {
    {"11100000MB03271699001", "不动产权证书", false, 0, 26, "溪回县自然资源局", "MB000101"},
    {"11100000000013127D001", "居民身份证", false, 20, 26, "溪回县公安局", "MB000102"},
    {"11990000MB0000131E003", "残疾人证", false, 10, 6, "溪回县残疾人联合会", "MB000103"},
    {"11990000MB00001661002", "最低生活保障证", false, 1, 8, "溪回县民政局", "MB000104"},
    {"11990000MB00001661004", "老年人优待证", false, 0, 10, "溪回县民政局", "MB000104"},
    {"11100000MB0143028R001", "营业执照", true, 0, 14, "溪回县市场监督管理局", "MB000105"},
    {"11100000MB0143028R008", "食品经营许可证", true, 5, 10, "溪回县市场监督管理局", "MB000105"},
};

static const struct certificate_kind *choose_kind(const struct township *town, struct dice *dice)
{
    uint32_t at = dice_below(dice, town->enterprises > 0 ? 100 : 76);
    const struct certificate_kind *kind = KINDS;
    for (; at >= kind->weight; kind++)
        at -= kind->weight;
    return kind;
}

static const char *certificate_state(struct dice *dice)
{
    uint32_t at = dice_below(dice, 1000);
    if (at < 972)
        return "有效";
    return at < 978 ? "暂扣" : at < 990 ? "注销" : at < 994 ? "吊销" : at < 997 ? "撤销" : "失效";
}

static void make_identifier(const struct certificate_kind *kind, uint64_t serial, unsigned version,
                            bool wrong, struct certificate *out)
{
    char text[96];
    int length =
        snprintf(text, sizeof text, "%s%s%04u%06u%03u", kind->type, out->issuer,
                 (unsigned)out->issued.year % 10000, (unsigned)(serial % 1000000), version % 1000);
    if (length <= 0)
        return;
    char check = wrong ? code_certificate_check_wrong(text) : code_certificate_check(text);
    snprintf(out->identifier, sizeof out->identifier, "1.2.156.3005.2.%s.%s.%04u%06u.%03u.%c",
             kind->type, out->issuer, (unsigned)out->issued.year % 10000,
             (unsigned)(serial % 1000000), version % 1000, check);
}

static void make_holder(const struct township *town, struct dice *dice, bool enterprise,
                        struct certificate *out)
{
    if (enterprise) {
        struct enterprise holder;
        enterprise_make(town, dice_below(dice, town->enterprises), &holder);
        memcpy(out->holder_name, holder.name, sizeof holder.name);
        memcpy(out->holder_id, holder.legal.id_number, sizeof out->holder_id);
        memcpy(out->holder_uscc, holder.uscc, sizeof out->holder_uscc);
        return;
    }
    struct household household;
    uint32_t index = dice_below(dice, town->residents);
    household_of(town, index, &household);
    const struct person *person = &household.members[index - household.first];
    snprintf(out->holder_name, sizeof out->holder_name, "%s", person->name);
    memcpy(out->holder_id, person->id_number, sizeof out->holder_id);
}

void certificate_make(const struct township *town, uint32_t index, struct certificate *out)
{
    struct dice pair = dice_for(town->seed, TOPIC_CERTIFICATE, UINT64_C(1) << 40 | index / 2);
    bool replaced = dice_happens(&pair, 300); /* both of the pair are one, in two versions */
    uint32_t number = replaced ? index & ~1u : index;
    struct dice dice = dice_for(town->seed, TOPIC_CERTIFICATE, number);
    const struct certificate_kind *kind = choose_kind(town, &dice);
    unsigned version = replaced ? 1 + (index & 1) : 1;

    memset(out, 0, sizeof *out);
    firms_credit_code("11", town->county, kind->issuer_body, out->issuer);
    out->name = kind->name;
    out->issuer_name = kind->issuer_name;
    out->status = certificate_state(&dice);
    /* Numbers of a year run to a million: `number` picks the year's block, so none repeats. */
    unsigned years_back = number / 1000000 * 6 + dice_below(&dice, 6);
    int64_t days = dice_between(&dice, 0, years_back == 0 ? 58 : 364);
    out->issued = (struct date){2026 - (int)years_back, 1, 1};
    out->issued = date_from_days(date_to_days(out->issued) + days);
    make_identifier(kind, number, version, dice_happens(&dice, 30), out);
    make_holder(town, &dice, kind->enterprise, out);
    if (version == 2)
        out->issued = date_from_days(date_to_days(people_as_of()) - days % 20);
    if (kind->years > 0) {
        out->expires = out->issued;
        out->expires.year += kind->years;
        out->expires.day = out->issued.day > 28 ? 28 : out->issued.day;
    }
}
