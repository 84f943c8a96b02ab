#include "verify/division.h"

#include "base/i18n.h"
#include "verify/fold.h"

#include <string.h>

struct province {
    char code[3];
    const char *name;
};

/* GB/T 2260, first two digits. */
static const struct province provinces[] = {
    {"11", N_("Beijing")},   {"12", N_("Tianjin")},        {"13", N_("Hebei")},
    {"14", N_("Shanxi")},    {"15", N_("Inner Mongolia")}, {"21", N_("Liaoning")},
    {"22", N_("Jilin")},     {"23", N_("Heilongjiang")},   {"31", N_("Shanghai")},
    {"32", N_("Jiangsu")},   {"33", N_("Zhejiang")},       {"34", N_("Anhui")},
    {"35", N_("Fujian")},    {"36", N_("Jiangxi")},        {"37", N_("Shandong")},
    {"41", N_("Henan")},     {"42", N_("Hubei")},          {"43", N_("Hunan")},
    {"44", N_("Guangdong")}, {"45", N_("Guangxi")},        {"46", N_("Hainan")},
    {"50", N_("Chongqing")}, {"51", N_("Sichuan")},        {"52", N_("Guizhou")},
    {"53", N_("Yunnan")},    {"54", N_("Tibet")},          {"61", N_("Shaanxi")},
    {"62", N_("Gansu")},     {"63", N_("Qinghai")},        {"64", N_("Ningxia")},
    {"65", N_("Xinjiang")},  {"71", N_("Taiwan")},         {"81", N_("Hong Kong")},
    {"82", N_("Macao")},
};

const char *division_province_name(const char *code)
{
    for (size_t i = 0; i < sizeof provinces / sizeof *provinces; i++) {
        if (strncmp(code, provinces[i].code, 2) == 0)
            return _(provinces[i].name);
    }
    return NULL;
}

static const char *division_level_title(enum division_level level)
{
    static const char *const titles[] = {
        [DIVISION_NONE] = N_("unknown level"),          [DIVISION_PROVINCE] = N_("province"),
        [DIVISION_PREFECTURE] = N_("prefecture"),       [DIVISION_COUNTY] = N_("county"),
        [DIVISION_TOWNSHIP] = N_("township or street"), [DIVISION_VILLAGE] = N_("village"),
    };
    return _(titles[level]);
}

static const char *township_class_title(enum township_class township)
{
    static const char *const titles[] = {
        [TOWNSHIP_NONE] = N_("no township"),
        [TOWNSHIP_STREET] = N_("street office"),
        [TOWNSHIP_TOWN] = N_("town"),
        [TOWNSHIP_RURAL] = N_("township"),
        [TOWNSHIP_SIMILAR] = N_("unit run like a township"),
        [TOWNSHIP_OTHER] = N_("township-level unit of an unusual kind"),
    };
    return _(titles[township]);
}

static const char *village_class_title(enum village_class village)
{
    static const char *const titles[] = {
        [VILLAGE_NONE] = N_("no village"),
        [VILLAGE_RESIDENTS] = N_("residents' committee"),
        [VILLAGE_VILLAGERS] = N_("villagers' committee"),
        [VILLAGE_LIKE_RESIDENTS] = N_("unit like a residents' committee"),
        [VILLAGE_LIKE_VILLAGERS] = N_("unit like a villagers' committee"),
        [VILLAGE_OTHER] = N_("village-level unit of an unusual kind"),
    };
    return _(titles[village]);
}

static int three_digits(const char *at)
{
    return (at[0] - '0') * 100 + (at[1] - '0') * 10 + (at[2] - '0');
}

static enum township_class township_class_of(int number)
{
    if (number == 0)
        return TOWNSHIP_NONE;
    if (number < 100)
        return TOWNSHIP_STREET;
    if (number < 200)
        return TOWNSHIP_TOWN;
    if (number < 400)
        return TOWNSHIP_RURAL;
    return number < 600 ? TOWNSHIP_SIMILAR : TOWNSHIP_OTHER;
}

static enum village_class village_class_of(int number)
{
    if (number == 0)
        return VILLAGE_NONE;
    if (number < 200)
        return VILLAGE_RESIDENTS;
    if (number < 400)
        return VILLAGE_VILLAGERS;
    if (number < 500)
        return VILLAGE_LIKE_RESIDENTS;
    return number < 600 ? VILLAGE_LIKE_VILLAGERS : VILLAGE_OTHER;
}

/* Which parts are not zero, as a bit per level, and the deepest of them. */
static unsigned used_levels(const char *code, enum division_level *deepest)
{
    static const size_t ends[] = {0, 2, 4, 6, 9, 12};
    size_t length = strlen(code);
    unsigned used = 0;

    *deepest = DIVISION_NONE;
    for (size_t level = DIVISION_PROVINCE; level <= DIVISION_VILLAGE; level++) {
        if (ends[level] > length)
            break;
        if (strspn(code + ends[level - 1], "0") < ends[level] - ends[level - 1]) {
            used |= 1U << level;
            *deepest = (enum division_level)level;
        }
    }
    return used;
}

/* Dongguan, Zhongshan and Danzhou have townships but no counties. */
static bool city_without_counties(const char *code)
{
    return strncmp(code, "441900", 6) == 0 || strncmp(code, "442000", 6) == 0 ||
           strncmp(code, "460400", 6) == 0;
}

static void check_levels(const struct division *division, unsigned used, struct findings *findings)
{
    const unsigned county = 1U << DIVISION_COUNTY;
    unsigned needed = ((1U << division->level) - 1) & ~1U;
    unsigned missing = needed & ~used;

    if (division->level == DIVISION_NONE)
        findings_add(findings, FINDING_ERROR, "division.zero",
                     _("A division code cannot be all zeros."));
    else if (missing & ~county)
        findings_add(findings, FINDING_ERROR, "division.gap",
                     _("A higher level of this division code is zero although a lower one is "
                       "not: a digit is wrong or missing."));
    else if (missing && !city_without_counties(division->code))
        findings_add(findings, FINDING_WARNING, "division.county",
                     _("The county part is 00. Only a few cities, such as Dongguan, have "
                       "townships without counties."));
}

static void check_province(const struct division *division, struct findings *findings)
{
    if (!division->province)
        findings_add(findings, FINDING_WARNING, "division.province",
                     _("No province has the code %.2s."), division->code);
    else if (division->level >= DIVISION_TOWNSHIP && strspn(division->code, "78") == 1)
        findings_add(findings, FINDING_WARNING, "division.statistics",
                     _("Hong Kong, Macao and Taiwan have no codes below six digits."));
}

static void describe(const struct division *division, struct findings *findings)
{
    if (division->level == DIVISION_VILLAGE)
        findings_add(findings, FINDING_NOTE, "division.level",
                     _("By its digits: %s, %s. The number ranges are a hint only."),
                     township_class_title(division->township),
                     village_class_title(division->village));
    else if (division->level == DIVISION_TOWNSHIP)
        findings_add(findings, FINDING_NOTE, "division.level",
                     _("By its digits: %s. The number ranges are a hint only."),
                     township_class_title(division->township));
    else if (division->level != DIVISION_NONE)
        findings_add(findings, FINDING_NOTE, "division.level", _("Level: %s."),
                     division_level_title(division->level));
}

bool division_check(const char *text, struct division *division, struct findings *findings)
{
    char folded[DIVISION_TEXT_MAX];

    memset(division, 0, sizeof *division);
    size_t length = fold_code(text, folded, sizeof folded) ? strlen(folded) : 0;
    if ((length != 6 && length != 9 && length != 12) || !fold_is_digits(folded, length)) {
        findings_add(findings, FINDING_ERROR, "division.shape",
                     _("A division code has 6, 9 or 12 digits."));
        return false;
    }
    memcpy(division->code, folded, length + 1);
    division->province = division_province_name(folded);
    unsigned used = used_levels(folded, &division->level);
    if (length >= 9)
        division->township = township_class_of(three_digits(folded + 6));
    if (length == 12)
        division->village = village_class_of(three_digits(folded + 9));
    size_t errors = findings_count(findings, FINDING_ERROR);
    check_levels(division, used, findings);
    check_province(division, findings);
    describe(division, findings);
    return findings_count(findings, FINDING_ERROR) == errors;
}
