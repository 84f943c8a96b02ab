#ifndef HUILIU_VERIFY_VERDICT_H
#define HUILIU_VERIFY_VERDICT_H
/*
 * The answer of a verification: one verdict, and the list of checks behind it, each with what it
 * found, who says so and as of when.
 *
 *     struct verdict_report report;
 *     verdict_report_init(&report, "certificate");
 *     verdict_report_add(&report, "status", CHECK_PASS, VERDICT_VALID, _("…"), …);
 *     verdict_report_cite(&report, "housing authority", "2026-03-14T08:05:09.123Z");
 *
 * Every check brings along what it alone would conclude; the report keeps the gravest, in this
 * order, gravest first:
 *
 *     signature_invalid   what is written in it may be forged
 *     unknown_issuer      nobody vouches for what is written in it
 *     mismatch            it is not this person's: its state does not concern them
 *     revoked             not in force, for good
 *     superseded          another version is the one that counts
 *     expired             over; nobody can lift that
 *     suspended           may come back
 *     not_yet_valid       will come
 *     cannot_tell         something needed is not known
 *     valid
 *
 * A report to which nothing was added with VERDICT_VALID stays cannot_tell: silence is never taken
 * for validity. Checks that inform without deciding (the age of the data, a warning) are listed
 * with verdict_report_note().
 *
 * A report is a plain value without anything to release, and bounded: when it is full, further
 * checks still count for the verdict but are not listed, and `truncated` is set. Pure, thread-safe.
 */
#include "base/clock.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* name, stable English name (contract of the command line), title */
#define VERDICT_LIST(X)                                                                            \
    X(VALID, "valid", N_("Valid"))                                                                 \
    X(EXPIRED, "expired", N_("Expired"))                                                           \
    X(NOT_YET_VALID, "not_yet_valid", N_("Not yet valid"))                                         \
    X(SUSPENDED, "suspended", N_("Suspended"))                                                     \
    X(REVOKED, "revoked", N_("Revoked"))                                                           \
    X(SUPERSEDED, "superseded", N_("Superseded by a newer version"))                               \
    X(SIGNATURE_INVALID, "signature_invalid", N_("Signature invalid"))                             \
    X(UNKNOWN_ISSUER, "unknown_issuer", N_("Unknown issuer"))                                      \
    X(MISMATCH, "mismatch", N_("Does not match"))                                                  \
    X(CANNOT_TELL, "cannot_tell", N_("Cannot tell"))

enum verdict {
#define VERDICT_ENUM(name, text, title) VERDICT_##name,
    VERDICT_LIST(VERDICT_ENUM)
#undef VERDICT_ENUM
};

enum check_result { CHECK_PASS, CHECK_FAIL, CHECK_WARN, CHECK_SKIPPED };

#define CHECK_DETAIL_MAX 320
#define CHECK_SOURCE_MAX 128
#define CHECKS_MAX       32

struct check {
    const char *check; /* static: "status", "resident_id.check" */
    enum check_result result;
    char detail[CHECK_DETAIL_MAX]; /* translated sentence */
    char source[CHECK_SOURCE_MAX]; /* who says so: a standard, a provider; "" when nobody */
    char as_of[INSTANT_TEXT_MAX];  /* RFC 3339, or a day; "" when it does not depend on time */
};

#define VERDICT_FACT_MAX  96
#define VERDICT_FACTS_MAX 12

/* What the number says about itself: derived from its characters, looked up nowhere. */
struct verdict_fact {
    const char *name;             /* static, stable: "sex", "birth", "age" … */
    const char *title;            /* translated */
    char value[VERDICT_FACT_MAX]; /* stable: "female", "1990-01-01", "36" */
    char shown[VERDICT_FACT_MAX]; /* translated; for people */
};

struct verdict_report {
    enum verdict verdict;
    const char *kind; /* static: "certificate", "resident_id", "jws", "ofd" … */
    struct check checks[CHECKS_MAX];
    size_t count;
    struct verdict_fact facts[VERDICT_FACTS_MAX];
    size_t fact_count;
    bool truncated;
    bool recheck; /* made from cached data: to be repeated online */
    bool decided; /* private */
};

struct number_report;

void verdict_report_init(struct verdict_report *report, const char *kind);

/* Adds a check that alone would conclude `verdict`. */
void verdict_report_add(struct verdict_report *report, const char *check, enum check_result result,
                        enum verdict verdict, const char *format, ...) PRINTF_LIKE(5, 6);

/* Adds a check that has no say in the verdict. */
void verdict_report_note(struct verdict_report *report, const char *check, enum check_result result,
                         const char *format, ...) PRINTF_LIKE(4, 5);

/* Source and time of the check added last; NULL means "". */
void verdict_report_cite(struct verdict_report *report, const char *source, const char *as_of);

/* Adds a fact; `shown` NULL: as `value`. An empty value is no fact. */
void verdict_report_fact(struct verdict_report *report, const char *name, const char *title,
                         const char *value, const char *shown);

/* Takes a check over from another report, under another name. */
void verdict_report_copy(struct verdict_report *report, const char *name,
                         const struct check *check);
/* Lets something count that is listed already: the graver of the two verdicts stays. */
void verdict_report_weigh(struct verdict_report *report, enum verdict verdict);

/* The check with that name, or NULL. */
const struct check *verdict_report_find(const struct verdict_report *report, const char *check);

/* The verdict on the form of a bare number: valid without errors, mismatch when the number
 * contradicts itself, cannot_tell when it is of no known kind. A well-formed number brings its
 * facts along (number_facts()). */
void verdict_from_number(const struct number_report *number, struct verdict_report *report);

/* True when `a` is graver than `b`, in the order above. */
bool verdict_is_graver(enum verdict a, enum verdict b);

const char *verdict_name(enum verdict verdict); /* stable, English */
bool verdict_from_name(const char *name, enum verdict *verdict);
const char *verdict_title(enum verdict verdict);         /* translated */
const char *check_result_name(enum check_result result); /* pass, fail, warn, skipped */

#endif
