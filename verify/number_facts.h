#ifndef HUILIU_VERIFY_NUMBER_FACTS_H
#define HUILIU_VERIFY_NUMBER_FACTS_H
/*
 * What a well-formed number says by itself, as facts of a report: the number in its one form, what
 * kind of its kind it is, sex, birth date, age and region of a person, the registering department
 * of an organisation, the parts of a certificate's identifier.
 *
 *     number, type            of every kind
 *     sex, birth, age         of a person; region and region_name of a person or an organisation
 *     department, category, organisation_code       of an organisation
 *     issuer, serial, version                       of a certificate
 *
 * Values are stable (English words, codes, days), what is shown is translated. Pure, thread-safe.
 */
#include "verify/number.h"
#include "verify/verdict.h"

void number_facts(const struct number_report *number, struct date today,
                  struct verdict_report *report);

#endif
