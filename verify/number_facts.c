#include "verify/number_facts.h"

#include "base/i18n.h"

#include <stdio.h>

struct type_text {
    const char *value, *shown;
};

static void add_type(struct verdict_report *report, const struct type_text *type)
{
    if (type->value)
        verdict_report_fact(report, "type", _("Type"), type->value, _(type->shown));
}

/* --- persons ---------------------------------------------------------------------------------- */

static const struct type_text person_types[] = {
    [RESIDENT_ID_NONE] = {NULL, NULL},
    [RESIDENT_ID_CITIZEN] = {"citizen", N_("citizen")},
    [RESIDENT_ID_LEGACY] = {"citizen_15", N_("citizen, first generation of 15 digits")},
    [RESIDENT_ID_HONG_KONG] = {"hong_kong", N_("residence permit for Hong Kong residents")},
    [RESIDENT_ID_MACAO] = {"macao", N_("residence permit for Macao residents")},
    [RESIDENT_ID_TAIWAN] = {"taiwan", N_("residence permit for Taiwan residents")},
    [RESIDENT_ID_PERMANENT] = {"permanent_2023", N_("permanent residence of a foreigner")},
    [RESIDENT_ID_PERMANENT_2017] = {"permanent_2017",
                                    N_("permanent residence of a foreigner, numbered before "
                                       "December 2023")},
};

static void person_facts(const struct number_report *number, struct date today,
                         struct verdict_report *report)
{
    const struct resident_id *id = &number->as.resident_id;
    char birth[DATE_TEXT_MAX] = "", age[16] = "";

    add_type(report, &person_types[id->kind]);
    if (id->kind == RESIDENT_ID_PERMANENT) {
        char country[4] = {id->number[3], id->number[4], id->number[5], '\0'};
        verdict_report_fact(report, "country", _("Country (ISO 3166)"), country, NULL);
    }
    verdict_report_fact(report, "number_18", _("Number of 18 digits"), id->upgraded, NULL);
    if (number->sex == SEX_MALE)
        verdict_report_fact(report, "sex", _("Sex"), "male", _("male"));
    else if (number->sex == SEX_FEMALE)
        verdict_report_fact(report, "sex", _("Sex"), "female", _("female"));
    if (!number->birth_known)
        return;
    date_format(number->birth, birth);
    verdict_report_fact(report, "birth", _("Date of birth"), birth, NULL);
    if (resident_id_age(id, today) >= 0)
        (void)snprintf(age, sizeof age, "%d", resident_id_age(id, today));
    verdict_report_fact(report, "age", _("Age"), age, NULL);
}

/* --- organisations, certificates, places ------------------------------------------------------ */

static void uscc_facts(const struct uscc *uscc, struct verdict_report *report)
{
    verdict_report_fact(report, "department", _("Registered by"), uscc->department, NULL);
    verdict_report_fact(report, "category", _("Category"), uscc->category, NULL);
    verdict_report_fact(report, "organisation_code", _("Organisation code"), uscc->organisation,
                        NULL);
}

static void certificate_facts(const struct certificate_id *id, struct verdict_report *report)
{
    verdict_report_fact(report, "type", _("Type"), id->type, NULL);
    verdict_report_fact(report, "issuer", _("Issued by"), id->issuer, NULL);
    verdict_report_fact(report, "serial", _("Serial number"), id->serial, NULL);
    verdict_report_fact(report, "version", _("Version"), id->version, NULL);
}

static const struct type_text levels[] = {
    [DIVISION_NONE] = {NULL, NULL},
    [DIVISION_PROVINCE] = {"province", N_("province")},
    [DIVISION_PREFECTURE] = {"prefecture", N_("prefecture")},
    [DIVISION_COUNTY] = {"county", N_("county")},
    [DIVISION_TOWNSHIP] = {"township", N_("township or street")},
    [DIVISION_VILLAGE] = {"village", N_("village or neighbourhood")},
};

static const struct type_text phone_types[] = {
    [PHONE_NONE] = {NULL, NULL},
    [PHONE_MOBILE] = {"mobile", N_("mobile telephone")},
    [PHONE_LANDLINE] = {"landline", N_("landline")},
    [PHONE_SERVICE] = {"service", N_("service number")},
    [PHONE_LOCAL] = {"local", N_("local number without area code")},
};

static void region_facts(const struct number_report *number, struct verdict_report *report)
{
    if (number->kind == NUMBER_DIVISION || !number->region[0])
        return;
    verdict_report_fact(report, "region", _("Division code"), number->region, NULL);
    verdict_report_fact(report, "region_name", _("Province"), number->region_name, NULL);
}

void number_facts(const struct number_report *number, struct date today,
                  struct verdict_report *report)
{
    verdict_report_fact(report, "number", _("Number"), number->normalised, NULL);
    switch (number->kind) {
    case NUMBER_RESIDENT_ID:
        person_facts(number, today, report);
        break;
    case NUMBER_USCC:
        uscc_facts(&number->as.uscc, report);
        break;
    case NUMBER_CERTIFICATE_ID:
        certificate_facts(&number->as.certificate_id, report);
        break;
    case NUMBER_DIVISION:
        add_type(report, &levels[number->as.division.level]);
        verdict_report_fact(report, "region_name", _("Province"), number->region_name, NULL);
        break;
    case NUMBER_PHONE:
        add_type(report, &phone_types[number->as.phone.kind]);
        break;
    case NUMBER_ORGANISATION_CODE:
    case NUMBER_UNKNOWN:
        break;
    }
    region_facts(number, report);
}
