#include "verify/number.h"

#include "base/i18n.h"
#include "verify/fold.h"

#include <stdint.h>
#include <string.h>

struct kind_text {
    const char *name, *title, *standard;
};

static const struct kind_text kinds[] = {
#define NUMBER_KIND_TEXT(kind, name, title, standard) {name, title, standard},
    NUMBER_KIND_LIST(NUMBER_KIND_TEXT)
#undef NUMBER_KIND_TEXT
};

const char *number_kind_name(enum number_kind kind)
{
    return kinds[kind].name;
}

const char *number_kind_title(enum number_kind kind)
{
    return _(kinds[kind].title);
}

const char *number_kind_standard(enum number_kind kind)
{
    return kinds[kind].standard;
}

/* Readers: false when the text does not have the shape of that kind, whatever else is wrong. */

static bool read_resident_id(const char *text, struct date today, struct number_report *report)
{
    struct resident_id *id = &report->as.resident_id;

    resident_id_check(text, today, id, &report->findings);
    if (id->kind == RESIDENT_ID_NONE)
        return false;
    fold_copy(report->normalised, sizeof report->normalised, id->number);
    fold_copy(report->region, sizeof report->region, id->region);
    report->region_name = id->region_name;
    report->sex = id->sex;
    report->birth_known = id->birth_known;
    report->birth = id->birth;
    return true;
}

static bool read_uscc(const char *text, struct date today, struct number_report *report)
{
    struct uscc *uscc = &report->as.uscc;

    (void)today;
    uscc_check(text, uscc, &report->findings);
    if (!uscc->code[0])
        return false;
    fold_copy(report->normalised, sizeof report->normalised, uscc->code);
    fold_copy(report->region, sizeof report->region, uscc->region);
    report->region_name = uscc->region_name;
    return true;
}

static bool read_certificate_id(const char *text, struct date today, struct number_report *report)
{
    struct certificate_id *id = &report->as.certificate_id;

    (void)today;
    certificate_id_check(text, id, &report->findings);
    fold_copy(report->normalised, sizeof report->normalised, id->text);
    return id->text[0] != '\0';
}

static bool read_phone(const char *text, struct date today, struct number_report *report)
{
    struct phone *phone = &report->as.phone;

    (void)today;
    phone_check(text, phone, &report->findings);
    fold_copy(report->normalised, sizeof report->normalised, phone->number);
    if (findings_find(&report->findings, "phone.mobile_length"))
        return fold_code(text, report->normalised, sizeof report->normalised);
    return phone->kind != PHONE_NONE && phone->kind != PHONE_LOCAL;
}

static bool read_division(const char *text, struct date today, struct number_report *report)
{
    struct division *division = &report->as.division;

    (void)today;
    division_check(text, division, &report->findings);
    fold_copy(report->normalised, sizeof report->normalised, division->code);
    fold_copy(report->region, sizeof report->region, division->code);
    report->region_name = division->province;
    return division->code[0] != '\0';
}

static bool read_organisation_code(const char *text, struct date today,
                                   struct number_report *report)
{
    char code[ORGANISATION_CODE_TEXT_MAX];

    (void)today;
    organisation_code_check(text, code, &report->findings);
    fold_copy(report->normalised, sizeof report->normalised, code);
    return code[0] != '\0';
}

struct reader {
    enum number_kind kind;
    bool (*read)(const char *text, struct date today, struct number_report *report);
};

static const struct reader readers[] = {
    {NUMBER_RESIDENT_ID, read_resident_id},
    {NUMBER_USCC, read_uscc},
    {NUMBER_CERTIFICATE_ID, read_certificate_id},
    {NUMBER_DIVISION, read_division},
    {NUMBER_PHONE, read_phone},
    {NUMBER_ORGANISATION_CODE, read_organisation_code},
};

/* There is a year or a month and day where a birth date belongs: one wrong digit spoils at most
 * one of them, a credit code has them by accident once in fifteen, both once in a thousand. */
static int birth_date_fields(const char *number)
{
    bool year = strncmp(number + 6, "19", 2) == 0 || strncmp(number + 6, "20", 2) == 0;
    int month = (number[10] - '0') * 10 + (number[11] - '0');
    int day = (number[12] - '0') * 10 + (number[13] - '0');

    return year + (month >= 1 && month <= 12 && day >= 1 && day <= 31);
}

/* Digits with something odd about them as a credit code (the check character inside, office or
 * place) where a whole birth date stands, or with two such things and half a date: one mistyped
 * resident number in thirty passes for a credit code by its last character. */
static bool is_doubtful_code(const struct number_report *report)
{
    const char *code = report->normalised;
    size_t oddities = findings_count(&report->findings, FINDING_WARNING);

    if (report->kind != NUMBER_USCC || strlen(code) != 18 || strspn(code, "0123456789") < 17)
        return false;
    if (birth_date_fields(code) == 2)
        return oddities > 0;
    return birth_date_fields(code) == 1 && oddities > 1 &&
           findings_find(&report->findings, "uscc.organisation");
}

/* Lower is better: errors outweigh warnings, and a faulty reading pays for being unlikely. */
static size_t cost_of(const struct number_report *report)
{
    size_t errors = findings_count(&report->findings, FINDING_ERROR);
    size_t warnings = findings_count(&report->findings, FINDING_WARNING);
    size_t cost = errors * 100 + warnings;

    if (is_doubtful_code(report))
        cost += 100;
    if (report->kind == NUMBER_RESIDENT_ID && errors && strlen(report->normalised) == 18)
        cost = birth_date_fields(report->normalised) ? 90 : cost + 100;
    return cost;
}

static void read_best(const char *text, struct date today, struct number_report *best)
{
    size_t best_cost = SIZE_MAX;

    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        struct number_report reading = {.kind = readers[i].kind};
        if (!readers[i].read(text, today, &reading))
            continue;
        size_t cost = cost_of(&reading);
        if (cost < best_cost) {
            *best = reading;
            best_cost = cost;
        }
    }
}

/* The hyphen is printed before the check character of an organisation code and in no division. */
static void settle_nine_digits(const char *text, struct number_report *report)
{
    char code[ORGANISATION_CODE_TEXT_MAX];
    struct findings ignored = {0};

    if (report->kind == NUMBER_DIVISION && strlen(report->normalised) == 9 &&
        organisation_code_check(text, code, &ignored))
        findings_add(&report->findings, FINDING_NOTE, "number.ambiguous",
                     _("It would also be a well-formed organisation code."));
}

static void explain_unknown(const char *text, struct findings *findings)
{
    char folded[NUMBER_TEXT_MAX];

    bool readable = fold_code(text, folded, sizeof folded);
    fold_drop(folded, '-');
    size_t length = strlen(folded);
    if (readable && fold_is_alnum(folded, length) && length >= 16 && length <= 20 && length != 18)
        findings_add(findings, FINDING_ERROR, "number.length",
                     _("It has %zu characters; resident numbers and credit codes have 18."),
                     length);
    else
        findings_add(findings, FINDING_ERROR, "number.unknown",
                     _("This is no number known here: not a resident number, credit code, "
                       "certificate, division or telephone number."));
}

bool number_check_on(const char *text, struct date today, struct number_report *report)
{
    memset(report, 0, sizeof *report);
    read_best(text, today, report);
    if (report->kind == NUMBER_UNKNOWN) {
        explain_unknown(text, &report->findings);
        return false;
    }
    settle_nine_digits(text, report);
    return findings_worst(&report->findings) != FINDING_ERROR;
}

bool number_check(const char *text, struct number_report *report)
{
    return number_check_on(text, date_today(), report);
}
