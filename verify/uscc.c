#include "verify/uscc.h"

#include "base/i18n.h"
#include "verify/division.h"
#include "verify/fold.h"
#include "verify/organisation_code.h"

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

struct department {
    char code;
    const char *title;
};

struct category {
    char department, code;
    const char *title;
};

/* GB 32100-2015 table 1, with amendment 1. */
static const struct department departments[] = {
    {'1', N_("staffing authority")},
    {'2', N_("foreign affairs")},
    {'3', N_("judicial administration")},
    {'4', N_("culture")},
    {'5', N_("civil affairs")},
    {'6', N_("tourism")},
    {'7', N_("religious affairs")},
    {'8', N_("trade unions")},
    {'9', N_("market regulation")},
    {'A', N_("military reform and staffing office")},
    {'N', N_("agriculture")},
    {'Y', N_("other department")},
};

static const struct category categories[] = {
    {'1', '1', N_("state organ")},
    {'1', '2', N_("public institution")},
    {'1', '3', N_("mass organisation staffed by the state")},
    {'2', '1', N_("resident foreign news agency")},
    {'3', '1', N_("law firm")},
    {'3', '2', N_("notary office")},
    {'3', '3', N_("community legal service office")},
    {'3', '4', N_("forensic appraisal institution")},
    {'3', '5', N_("arbitration commission")},
    {'4', '1', N_("foreign cultural centre in China")},
    {'5', '1', N_("social association")},
    {'5', '2', N_("private non-enterprise unit")},
    {'5', '3', N_("foundation")},
    {'6', '1', N_("resident office of a foreign tourism department")},
    {'6', '2', N_("resident office of a Hong Kong, Macao or Taiwan tourism department")},
    {'7', '1', N_("place of religious activity")},
    {'7', '2', N_("religious school")},
    {'8', '1', N_("grass-roots trade union")},
    {'9', '1', N_("enterprise")},
    {'9', '2', N_("individual business")},
    {'9', '3', N_("farmers' cooperative")},
    {'A', '1', N_("military public institution")},
    {'N', '1', N_("collective economic organisation of a village group")},
    {'N', '2', N_("collective economic organisation of a village")},
    {'N', '3', N_("collective economic organisation of a township")},
    {'Y', '1', N_("other organisation")},
};

/* Departments whose list ends with 9, "other". */
static const char departments_with_other[] = "12345678AN";

const char *uscc_department_title(char department)
{
    for (size_t i = 0; i < sizeof departments / sizeof *departments; i++) {
        if (departments[i].code == department)
            return _(departments[i].title);
    }
    return NULL;
}

const char *uscc_category_title(char department, char category)
{
    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
        if (categories[i].department == department && categories[i].code == category)
            return _(categories[i].title);
    }
    if (category == '9' && department && strchr(departments_with_other, department))
        return _("other organisation");
    return NULL;
}

char uscc_check_character(const char body[17])
{
    size_t sum = 0, weight = 1;

    for (size_t i = 0; i < 17; i++) {
        const char *place = body[i] ? strchr(alphabet, body[i]) : NULL;
        if (!place)
            return '\0';
        sum += (size_t)(place - alphabet) * weight;
        weight = weight * 3 % 31;
    }
    return alphabet[(31 - sum % 31) % 31];
}

/* 18 digits and capital letters without spaces and hyphens; the five letters that are not used
 * pass, so that uscc_check() can name them. */
static bool normalise(const char *text, char out[USCC_TEXT_MAX])
{
    char folded[40];

    out[0] = '\0';
    if (!fold_code(text, folded, sizeof folded))
        return false;
    fold_drop(folded, '-');
    if (strlen(folded) != 18 || !fold_is_alnum(folded, 18))
        return false;
    memcpy(out, folded, USCC_TEXT_MAX);
    return true;
}

/* The digit or letter that was probably meant; '\0' when there is no telling. */
static char look_alike(char letter)
{
    static const char pairs[] = "O0I1Z2S5VU";

    for (const char *pair = pairs; *pair; pair += 2) {
        if (*pair == letter)
            return pair[1];
    }
    return '\0';
}

static bool check_letters(const char *code, struct findings *findings)
{
    const char *wrong = strpbrk(code, "IOSVZ");

    if (!wrong)
        return true;
    findings_add(findings, FINDING_ERROR, "uscc.letter",
                 _("The letter %c never occurs in a credit code. Perhaps it is %c."), *wrong,
                 look_alike(*wrong));
    return false;
}

static void check_parts(struct uscc *uscc, struct findings *findings)
{
    const char *code = uscc->code;

    uscc->department = uscc_department_title(code[0]);
    uscc->category = uscc_category_title(code[0], code[1]);
    memcpy(uscc->organisation, code + 8, 9);
    if (fold_is_digits(code + 2, 6)) {
        memcpy(uscc->region, code + 2, 6);
        uscc->region_name = division_province_name(uscc->region);
    }
    if (!uscc->department)
        findings_add(findings, FINDING_WARNING, "uscc.department",
                     _("The registering department %c is not in the table of GB 32100."), code[0]);
    else if (!uscc->category)
        findings_add(findings, FINDING_WARNING, "uscc.category",
                     _("The category %.2s is not in the table of GB 32100; newer ones exist."),
                     code);
    if (!uscc->region_name && strcmp(uscc->region, "100000") != 0)
        findings_add(findings, FINDING_WARNING, "uscc.region",
                     _("The division %.6s (characters 3 to 8) belongs to no province known here."),
                     code + 2);
    if (organisation_code_check_character(code + 8) != code[16])
        findings_add(findings, FINDING_WARNING, "uscc.organisation",
                     _("The organisation code inside, %s, has a wrong check character."),
                     uscc->organisation);
}

bool uscc_check(const char *text, struct uscc *uscc, struct findings *findings)
{
    size_t errors = findings_count(findings, FINDING_ERROR);

    memset(uscc, 0, sizeof *uscc);
    if (!normalise(text, uscc->code)) {
        findings_add(findings, FINDING_ERROR, "uscc.shape",
                     _("A unified social credit code has 18 digits and letters."));
        return false;
    }
    if (check_letters(uscc->code, findings)) {
        char expected = uscc_check_character(uscc->code);
        if (expected != uscc->code[17])
            findings_add(findings, FINDING_ERROR, "uscc.check",
                         _("The check character should be %c, not %c: a character was probably "
                           "mistyped."),
                         expected, uscc->code[17]);
    }
    check_parts(uscc, findings);
    return findings_count(findings, FINDING_ERROR) == errors;
}
