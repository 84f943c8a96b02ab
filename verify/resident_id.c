#include "verify/resident_id.h"

#include "base/i18n.h"
#include "verify/division.h"
#include "verify/fold.h"
#include "verify/iso7064.h"

#include <stdint.h>
#include <string.h>

enum {
    FOLDED_MAX = 40,
    OLDEST_YEAR = 1800, /* registers keep the dead */
    UNUSUAL_AGE = 120,
};

static bool has_18_shape(const char *text)
{
    return strlen(text) == 18 && fold_is_digits(text, 17) &&
           (text[17] == 'X' || fold_is_digits(text + 17, 1));
}

static bool has_15_shape(const char *text)
{
    return strlen(text) == 15 && fold_is_digits(text, 15);
}

static bool has_2017_shape(const char *text)
{
    return strlen(text) == 15 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3 &&
           fold_is_digits(text + 3, 12);
}

bool resident_id_normalise(const char *text, char out[RESIDENT_ID_TEXT_MAX])
{
    char folded[FOLDED_MAX];

    out[0] = '\0';
    if (!fold_code(text, folded, sizeof folded))
        return false;
    fold_drop(folded, '-');
    if (!has_18_shape(folded) && !has_15_shape(folded) && !has_2017_shape(folded))
        return false;
    memcpy(out, folded, strlen(folded) + 1);
    return true;
}

char resident_id_check_character(const char body[17])
{
    return iso7064_mod_11_2(body, 17);
}

/* The legacy sequences for people born before 1900. */
static bool is_centenarian_sequence(const char *sequence)
{
    return strncmp(sequence, "996", 3) >= 0;
}

bool resident_id_upgrade(const char *legacy, char out[RESIDENT_ID_TEXT_MAX])
{
    char number[RESIDENT_ID_TEXT_MAX];

    out[0] = '\0';
    if (!resident_id_normalise(legacy, number) || !has_15_shape(number) ||
        is_centenarian_sequence(number + 12))
        return false;
    memcpy(out, number, 6);
    memcpy(out + 6, "19", 2);
    memcpy(out + 8, number + 6, 9);
    out[17] = resident_id_check_character(out);
    out[18] = '\0';
    return true;
}

bool resident_id_equal(const char *a, const char *b)
{
    char left[RESIDENT_ID_TEXT_MAX], right[RESIDENT_ID_TEXT_MAX], longer[RESIDENT_ID_TEXT_MAX];

    if (!resident_id_normalise(a, left) || !resident_id_normalise(b, right))
        return false;
    if (strcmp(left, right) == 0)
        return true;
    return (resident_id_upgrade(left, longer) && strcmp(longer, right) == 0) ||
           (resident_id_upgrade(right, longer) && strcmp(longer, left) == 0);
}

int resident_id_age(const struct resident_id *id, struct date on)
{
    return id->birth_known ? date_age(id->birth, on) : -1;
}

/* Numeric codes of ISO 3166-1, and those withdrawn from it that people still carry. */
static bool is_country(const char digits[3])
{
    static const uint16_t countries[] = {
        4,   8,   10,  12,  16,  20,  24,  28,  31,  32,  36,  40,  44,  48,  50,  51,  52,
        56,  60,  64,  68,  70,  72,  74,  76,  84,  86,  90,  92,  96,  100, 104, 108, 112,
        116, 120, 124, 132, 136, 140, 144, 148, 152, 156, 158, 162, 166, 170, 174, 175, 178,
        180, 184, 188, 191, 192, 196, 200, 203, 204, 208, 212, 214, 218, 222, 226, 231, 232,
        233, 234, 238, 239, 242, 246, 248, 250, 254, 258, 260, 262, 266, 268, 270, 275, 276,
        278, 288, 292, 296, 300, 304, 308, 312, 316, 320, 324, 328, 332, 334, 336, 340, 344,
        348, 352, 356, 360, 364, 368, 372, 376, 380, 384, 388, 392, 398, 400, 404, 408, 410,
        414, 417, 418, 422, 426, 428, 430, 434, 438, 440, 442, 446, 450, 454, 458, 462, 466,
        470, 474, 478, 480, 484, 492, 496, 498, 499, 500, 504, 508, 512, 516, 520, 524, 528,
        530, 531, 533, 534, 535, 540, 548, 554, 558, 562, 566, 570, 574, 578, 580, 581, 583,
        584, 585, 586, 591, 598, 600, 604, 608, 612, 616, 620, 624, 626, 630, 634, 638, 642,
        643, 646, 652, 654, 659, 660, 662, 663, 666, 670, 674, 678, 682, 686, 688, 690, 694,
        702, 703, 704, 705, 706, 710, 716, 720, 724, 728, 729, 732, 740, 744, 748, 752, 756,
        760, 762, 764, 768, 772, 776, 780, 784, 788, 792, 795, 796, 798, 800, 804, 807, 810,
        818, 826, 831, 832, 833, 834, 840, 850, 854, 858, 860, 862, 876, 882, 887, 891, 894,
    };
    int number = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');

    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++) {
        if (countries[i] == number)
            return true;
    }
    return false;
}

static enum resident_id_kind kind_of_18(const char *number)
{
    if (strncmp(number, "810000", 6) == 0)
        return RESIDENT_ID_HONG_KONG;
    if (strncmp(number, "820000", 6) == 0)
        return RESIDENT_ID_MACAO;
    if (strncmp(number, "830000", 6) == 0)
        return RESIDENT_ID_TAIWAN;
    if (number[0] == '9' && division_province_name(number + 1))
        return RESIDENT_ID_PERMANENT;
    return RESIDENT_ID_CITIZEN;
}

static void read_region(struct resident_id *id, struct findings *findings)
{
    if (id->kind == RESIDENT_ID_PERMANENT) {
        memcpy(id->region, id->number + 1, 2);
        memcpy(id->region + 2, "0000", 5);
        if (!is_country(id->number + 3))
            findings_add(findings, FINDING_NOTE, "resident_id.country",
                         _("No country has the number %.3s (digits 4 to 6)."), id->number + 3);
    } else {
        memcpy(id->region, id->number, 6);
        id->region[6] = '\0';
    }
    id->region_name = division_province_name(id->kind == RESIDENT_ID_TAIWAN ? "71" : id->region);
    if (!id->region_name)
        findings_add(findings, FINDING_WARNING, "resident_id.region",
                     _("The first digits %.2s belong to no province known here. Compare with the "
                       "document."),
                     id->number);
}

/* `digits`: YYYYMMDD. */
static void read_birth(struct resident_id *id, const char *digits, struct date today,
                       struct findings *findings)
{
    char day[9];
    struct date birth;

    memcpy(day, digits, 8);
    day[8] = '\0';
    if (!date_parse(day, &birth)) {
        findings_add(findings, FINDING_ERROR, "resident_id.birth",
                     _("The birth date in the number, %.4s-%.2s-%.2s, does not exist."), day,
                     day + 4, day + 6);
    } else if (birth.year < OLDEST_YEAR) {
        findings_add(findings, FINDING_ERROR, "resident_id.century",
                     _("The birth year in the number, %d, is too long ago."), birth.year);
    } else if (date_compare(birth, today) > 0) {
        findings_add(findings, FINDING_ERROR, "resident_id.future",
                     _("The birth date in the number, %.4s-%.2s-%.2s, lies in the future."), day,
                     day + 4, day + 6);
    } else {
        id->birth = birth;
        id->birth_known = true;
        int age = date_age(birth, today);
        if (age >= UNUSUAL_AGE)
            findings_add(findings, FINDING_NOTE, "resident_id.age",
                         _("Born %d years ago: an old register entry or a mistyped year."), age);
    }
}

static enum person_sex sex_of(char digit)
{
    return (digit - '0') % 2 ? SEX_MALE : SEX_FEMALE;
}

static void read_18(struct resident_id *id, struct date today, struct findings *findings)
{
    char expected = resident_id_check_character(id->number);

    id->kind = kind_of_18(id->number);
    id->sex = sex_of(id->number[16]);
    if (expected != id->number[17])
        findings_add(findings, FINDING_ERROR, "resident_id.check",
                     _("The check character should be %c, not %c: a digit was probably mistyped."),
                     expected, id->number[17]);
    read_region(id, findings);
    read_birth(id, id->number + 6, today, findings);
}

static void read_legacy(struct resident_id *id, struct date today, struct findings *findings)
{
    char birth[9] = "19";

    id->kind = RESIDENT_ID_LEGACY;
    id->sex = sex_of(id->number[14]);
    memcpy(birth + 2, id->number + 6, 6);
    read_region(id, findings);
    read_birth(id, birth, today, findings);
    if (resident_id_upgrade(id->number, id->upgraded)) {
        findings_add(findings, FINDING_NOTE, "resident_id.legacy",
                     _("A number of the first generation, without a check character. Today it "
                       "would be %s."),
                     id->upgraded);
    } else {
        id->birth_known = false;
        findings_add(findings, FINDING_NOTE, "resident_id.centenarian",
                     _("The sequence %s was given to people born before 1900, so the year of "
                       "birth is not certain and no 18-digit number is worked out."),
                     id->number + 12);
    }
}

bool resident_id_check(const char *text, struct date today, struct resident_id *id,
                       struct findings *findings)
{
    size_t errors = findings_count(findings, FINDING_ERROR);

    memset(id, 0, sizeof *id);
    if (!resident_id_normalise(text, id->number)) {
        findings_add(findings, FINDING_ERROR, "resident_id.shape",
                     _("A resident ID number has 18 digits, the last of which may be an X."));
    } else if (has_18_shape(id->number)) {
        read_18(id, today, findings);
    } else if (has_15_shape(id->number)) {
        read_legacy(id, today, findings);
    } else {
        id->kind = RESIDENT_ID_PERMANENT_2017;
        findings_add(findings, FINDING_NOTE, "resident_id.shape_only",
                     _("A permanent residence number of 2017: it carries nothing that could be "
                       "checked, only its shape is right."));
    }
    return findings_count(findings, FINDING_ERROR) == errors;
}

/* --- sex as registers write it ------------------------------------------------------------------
 */

static const struct {
    const char *male, *female;
} sex_words[] = {
    {"1", "2"},         {"01", "02"}, {"男", "女"},       {"男性", "女性"},
    {"male", "female"}, {"M", "F"},   {"Male", "Female"}, {"m", "f"},
};

enum person_sex person_sex_read(const char *text)
{
    for (size_t i = 0; i < sizeof sex_words / sizeof *sex_words; i++) {
        if (strcmp(text, sex_words[i].male) == 0)
            return SEX_MALE;
        if (strcmp(text, sex_words[i].female) == 0)
            return SEX_FEMALE;
    }
    return SEX_UNKNOWN;
}

const char *person_sex_write(enum person_sex sex, const char *like)
{
    if (sex == SEX_UNKNOWN)
        return "";
    for (size_t i = 0; i < sizeof sex_words / sizeof *sex_words; i++)
        if (strcmp(like, sex_words[i].male) == 0 || strcmp(like, sex_words[i].female) == 0)
            return sex == SEX_MALE ? sex_words[i].male : sex_words[i].female;
    return "";
}
