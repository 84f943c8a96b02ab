#ifndef HUILIU_TESTS_UNIT_VERIFY_SUPPORT_H
#define HUILIU_TESTS_UNIT_VERIFY_SUPPORT_H
/*
 * What the tests of verify share: cmocka with the headers it wants before it, a fixed day of
 * today, and the two properties every check character must have, tried exhaustively: any single
 * wrong character and any swap of two neighbours is noticed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "verify/finding.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct date today = {2026, 3, 14};

/* Fails with the number in the message: a row of a table is found at once. */
#define assert_true_for(text, condition)                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("%s: not true: %s", text, #condition);                                        \
    } while (0)

static inline void assert_finding(const char *text, const struct findings *findings,
                                  const char *code, enum severity severity)
{
    const struct finding *finding = findings_find(findings, code);

    if (!finding)
        fail_msg("%s: no finding %s", text, code);
    else if (finding->severity != severity || !finding->text[0])
        fail_msg("%s: finding %s is of severity %d", text, code, (int)finding->severity);
}

/* Every other character of `alphabet` at every place of `number`. */
static inline void assert_changes_noticed(const char *number, const char *alphabet,
                                          bool (*accepts)(const char *))
{
    char changed[256];
    size_t length = strlen(number);

    assert_true_for(number, accepts(number));
    for (size_t at = 0; at < length; at++) {
        for (const char *other = alphabet; *other; other++) {
            memcpy(changed, number, length + 1);
            changed[at] = *other;
            if (number[at] != '.' && *other != number[at])
                assert_true_for(changed, !accepts(changed));
        }
    }
}

static inline void assert_swaps_noticed(const char *number, bool (*accepts)(const char *))
{
    char swapped[256];
    size_t length = strlen(number);

    for (size_t at = 0; at + 1 < length; at++) {
        memcpy(swapped, number, length + 1);
        swapped[at] = number[at + 1];
        swapped[at + 1] = number[at];
        if (number[at] != number[at + 1] && number[at] != '.' && number[at + 1] != '.')
            assert_true_for(swapped, !accepts(swapped));
    }
}

#endif
