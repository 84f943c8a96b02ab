#ifndef HUILIU_VERIFY_DAY_H
#define HUILIU_VERIFY_DAY_H
/*
 * Days as they stand in certificates: 2026-03-14, 20260314, 2026/3/14, 2026.3.14, the same with
 * the Chinese words for year, month and day, with a time of day behind it, RFC 3339 instants
 * (taken as the local day), and the words for "no end" (also written as the year 9999).
 * Pure and thread-safe.
 */
#include "base/clock.h"

enum day_reading {
    DAY_ABSENT,     /* NULL, empty, a dash */
    DAY_READ,       /* *day is set */
    DAY_OPEN_ENDED, /* "long term" */
    DAY_UNREADABLE
};

enum day_reading day_read(const char *text, struct date *day);

#endif
