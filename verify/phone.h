#ifndef HUILIU_VERIFY_PHONE_H
#define HUILIU_VERIFY_PHONE_H
/*
 * Telephone numbers as they stand in registers: mobile (11 digits, 1 then 3 to 9), landline with
 * its area code (010, 02x, 03xx to 09xx) and an optional extension, 400 and 800 numbers. A prefix
 * +86, 0086 or 86, spaces, dashes, dots and brackets are taken off. Which operator owns a segment
 * is not asked: tables of segments are out of date when they are printed. Pure, thread-safe.
 */
#include "verify/finding.h"

#include <stdbool.h>

#define PHONE_TEXT_MAX 24

enum phone_kind {
    PHONE_NONE,
    PHONE_MOBILE,
    PHONE_LANDLINE,
    PHONE_SERVICE, /* 400, 800 */
    PHONE_LOCAL    /* seven or eight digits, the area code is missing */
};

struct phone {
    enum phone_kind kind;
    char number[PHONE_TEXT_MAX]; /* 13912345678, 0571-88881234-801, 88881234; "" when none */
};

/* Reads and judges; true when there is no error. Codes: phone.shape, phone.mobile_length,
 * (errors), phone.area_code (warning). */
bool phone_check(const char *text, struct phone *phone, struct findings *findings);

/* True when both are readable and the same number; an extension on one side only is ignored. */
bool phone_equal(const char *a, const char *b);

#endif
