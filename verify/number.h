#ifndef HUILIU_VERIFY_NUMBER_H
#define HUILIU_VERIFY_NUMBER_H
/*
 * Which kind of number is this, and is it well formed?
 *
 * The text is read as every kind whose shape it has, and the reading with the fewest errors, then
 * the fewest warnings, wins. Where two readings are equally good the kinds are preferred in the
 * order of the list below. Eighteen digits that check out neither as a person's number nor as a
 * credit code are called a person's when there is a date where the birth date belongs, and so are
 * those that check out as a credit code by nothing but the last character, or with any warning
 * where a whole birth date stands. Nine digits that are both a division and an organisation code
 * are called a division, with a note.
 *
 * Nothing here knows whether the number was ever issued. Pure (number_check() asks the clock for
 * today), allocates nothing, thread-safe.
 */
#include "base/clock.h"
#include "verify/certificate_id.h"
#include "verify/division.h"
#include "verify/finding.h"
#include "verify/organisation_code.h"
#include "verify/phone.h"
#include "verify/resident_id.h"
#include "verify/uscc.h"

#include <stdbool.h>

/* kind, stable name (the `kind` of the command line), title, standard */
#define NUMBER_KIND_LIST(X)                                                                        \
    X(UNKNOWN, "unknown", N_("unknown number"), "")                                                \
    X(RESIDENT_ID, "resident_id", N_("resident ID number"), "GB 11643-1999")                       \
    X(USCC, "uscc", N_("unified social credit code"), "GB 32100-2015")                             \
    X(CERTIFICATE_ID, "certificate", N_("certificate number"), "GB/T 36904-2018")                  \
    X(DIVISION, "division", N_("division code"), "GB/T 2260, GB/T 10114")                          \
    X(PHONE, "phone", N_("telephone number"), "")                                                  \
    X(ORGANISATION_CODE, "organisation_code", N_("organisation code"), "GB 11714-1997")

enum number_kind {
#define NUMBER_KIND_ENUM(kind, name, title, standard) NUMBER_##kind,
    NUMBER_KIND_LIST(NUMBER_KIND_ENUM)
#undef NUMBER_KIND_ENUM
};

#define NUMBER_TEXT_MAX CERTIFICATE_ID_TEXT_MAX

struct number_report {
    enum number_kind kind;
    char normalised[NUMBER_TEXT_MAX]; /* "" when unknown */
    struct findings findings;

    /* Facts the number carries, whatever its kind. */
    enum person_sex sex;
    bool birth_known;
    struct date birth;
    char region[DIVISION_TEXT_MAX]; /* division code; "" when none */
    const char *region_name;        /* translated province; NULL when unknown */

    union { /* by kind */
        struct resident_id resident_id;
        struct uscc uscc;
        struct certificate_id certificate_id;
        struct phone phone;
        struct division division;
    } as;
};

/* True when the kind is known and no finding is an error. For unknown text the findings say what
 * seems to be wrong: code number.unknown or number.length. */
bool number_check(const char *text, struct number_report *report);
bool number_check_on(const char *text, struct date today, struct number_report *report);

const char *number_kind_name(enum number_kind kind);     /* stable, English */
const char *number_kind_title(enum number_kind kind);    /* translated */
const char *number_kind_standard(enum number_kind kind); /* "" when there is none */

#endif
