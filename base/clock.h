#ifndef HUILIU_BASE_CLOCK_H
#define HUILIU_BASE_CLOCK_H
/*
 * Time. Wall-clock time is data (it may be wrong, it may jump); intervals use the monotonic clock.
 * Instants are milliseconds since 1970-01-01T00:00:00Z in an int64_t. On the wire they are
 * RFC 3339 in UTC with milliseconds: 2026-03-14T08:05:09.123Z. Dates are Gregorian, `struct date`.
 * Thread-safe.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct date {
    int year, month, day; /* month and day from 1 */
};

#define INSTANT_TEXT_MAX 32
#define DATE_TEXT_MAX    16

int64_t clock_wall_ms(void);
int64_t clock_mono_ms(void); /* CLOCK_BOOTTIME: goes on while the machine sleeps */

/* Clamped to the years 1..9999. */
void instant_format(int64_t ms, char out[INSTANT_TEXT_MAX]);
/* Local time for the screen: "2026-03-14 16:05". */
void instant_format_local(int64_t ms, char out[INSTANT_TEXT_MAX]);
/* Accepts RFC 3339 with 'Z' or an offset and up to nine fraction digits. */
bool instant_parse(const char *text, int64_t *ms); /* whole string; *ms untouched when false */

/* "3 min", "2 h", "5 d" in the interface language; for ages on the screen. Cut off, not rounded;
 * hours up to two days; a negative age (a clock that was put back) is zero. */
void duration_format(int64_t ms, char *out, size_t size);

bool date_is_valid(struct date date); /* a day of the proleptic Gregorian calendar, year 1..9999 */
bool date_parse(const char *text, struct date *date); /* YYYY-MM-DD or YYYYMMDD, whole string */
void date_format(struct date date, char out[DATE_TEXT_MAX]); /* YYYY-MM-DD */
int64_t date_to_days(struct date date);   /* since 1970-01-01; 0 for an invalid date */
struct date date_from_days(int64_t days); /* clamped to the years 1..9999 */
int date_weekday(struct date date);       /* 0 = Sunday */
int date_compare(struct date a, struct date b);
struct date date_today(void);                    /* local */
struct date date_of_instant(int64_t instant_ms); /* local */
/* Completed years (born on 29 February: from 1 March in common years); -1 when on < birth. */
int date_age(struct date birth, struct date on);

#endif
