#include "base/clock.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MS_PER_SECOND ((int64_t)1000)
#define MS_PER_MINUTE (60 * MS_PER_SECOND)
#define MS_PER_HOUR   (60 * MS_PER_MINUTE)
#define MS_PER_DAY    (24 * MS_PER_HOUR)

#define DAYS_PER_YEAR         365
#define DAYS_PER_4_YEARS      (4 * DAYS_PER_YEAR + 1)
#define DAYS_PER_CENTURY      (25 * DAYS_PER_4_YEARS - 1)
#define DAYS_PER_400_YEARS    (4 * DAYS_PER_CENTURY + 1)
#define DAYS_BEFORE_1970      719162 /* from 0001-01-01 */
#define DAYS_UNTIL_YEAR_10000 3652059

/* --- Clocks ----------------------------------------------------------------------------------- */

static int64_t read_clock(clockid_t id)
{
    struct timespec now = {0};

    clock_gettime(id, &now);
    return now.tv_sec * MS_PER_SECOND + now.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_mono_ms(void)
{
    return read_clock(CLOCK_BOOTTIME);
}

/* --- Dates ------------------------------------------------------------------------------------ */

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days of the year before the first of `month`; month 13 gives the length of the year. */
static int days_before_month(int year, int month)
{
    static const short days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

    return days[month - 1] + (month > 2 && is_leap(year));
}

bool date_is_valid(struct date date)
{
    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1)
        return false;
    return date.day <=
           days_before_month(date.year, date.month + 1) - days_before_month(date.year, date.month);
}

/* Exactly `count` digits; moves *text behind them. */
static bool take_digits(const char **text, int count, int *value)
{
    int number = 0;

    for (int i = 0; i < count; i++) {
        char c = (*text)[i];
        if (c < '0' || c > '9')
            return false;
        number = number * 10 + (c - '0');
    }
    *text += count;
    *value = number;
    return true;
}

static bool take_char(const char **text, char wanted)
{
    if (**text != wanted)
        return false;
    ++*text;
    return true;
}

static bool take_date(const char **text, bool hyphens, struct date *date)
{
    return take_digits(text, 4, &date->year) && (!hyphens || take_char(text, '-')) &&
           take_digits(text, 2, &date->month) && (!hyphens || take_char(text, '-')) &&
           take_digits(text, 2, &date->day) && date_is_valid(*date);
}

bool date_parse(const char *text, struct date *date)
{
    struct date found;

    if (!take_date(&text, strchr(text, '-') != NULL, &found) || *text)
        return false;
    *date = found;
    return true;
}

void date_format(struct date date, char out[DATE_TEXT_MAX])
{
    snprintf(out, DATE_TEXT_MAX, "%04u-%02u-%02u", (unsigned)date.year % 10000,
             (unsigned)date.month % 100, (unsigned)date.day % 100);
}

int64_t date_to_days(struct date date)
{
    if (!date_is_valid(date))
        return 0;
    int64_t years = date.year - 1;
    return years * DAYS_PER_YEAR + years / 4 - years / 100 + years / 400 +
           days_before_month(date.year, date.month) + date.day - 1 - DAYS_BEFORE_1970;
}

static int month_of_day(int year, int day_of_year)
{
    int month = 1;

    while (month < 12 && days_before_month(year, month + 1) <= day_of_year)
        month++;
    return month;
}

static int at_most(int value, int most)
{
    return value < most ? value : most;
}

/* The last day of a leap cycle belongs to its last century and year, hence at_most(). */
struct date date_from_days(int64_t days)
{
    if (days < -DAYS_BEFORE_1970)
        return (struct date){1, 1, 1};
    if (days >= DAYS_UNTIL_YEAR_10000 - DAYS_BEFORE_1970)
        return (struct date){9999, 12, 31};
    int rest = (int)(days + DAYS_BEFORE_1970);
    int year = 1 + rest / DAYS_PER_400_YEARS * 400;
    rest %= DAYS_PER_400_YEARS;
    int centuries = at_most(rest / DAYS_PER_CENTURY, 3);
    rest -= centuries * DAYS_PER_CENTURY;
    int fours = rest / DAYS_PER_4_YEARS;
    rest %= DAYS_PER_4_YEARS;
    int singles = at_most(rest / DAYS_PER_YEAR, 3);
    rest -= singles * DAYS_PER_YEAR;
    year += centuries * 100 + fours * 4 + singles;
    int month = month_of_day(year, rest);
    return (struct date){year, month, rest - days_before_month(year, month) + 1};
}

int date_weekday(struct date date)
{
    /* 0001-01-01 was a Monday. */
    return (int)((date_to_days(date) + DAYS_BEFORE_1970 + 1) % 7);
}

int date_compare(struct date a, struct date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return (a.day > b.day) - (a.day < b.day);
}

int date_age(struct date birth, struct date on)
{
    if (date_compare(on, birth) < 0)
        return -1;
    bool birthday_ahead = on.month < birth.month || (on.month == birth.month && on.day < birth.day);
    return on.year - birth.year - birthday_ahead;
}

/* --- Instants --------------------------------------------------------------------------------- */

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/* What four digits of a year can say. */
static int64_t representable(int64_t ms)
{
    const int64_t first = -DAYS_BEFORE_1970 * MS_PER_DAY;
    const int64_t end = (DAYS_UNTIL_YEAR_10000 - DAYS_BEFORE_1970) * MS_PER_DAY;

    return ms < first ? first : ms >= end ? end - 1 : ms;
}

void instant_format(int64_t ms, char out[INSTANT_TEXT_MAX])
{
    char day[DATE_TEXT_MAX];

    ms = representable(ms);
    int64_t days = floor_divide(ms, MS_PER_DAY);
    unsigned rest = (unsigned)(ms - days * MS_PER_DAY);
    date_format(date_from_days(days), day);
    snprintf(out, INSTANT_TEXT_MAX, "%.10sT%02u:%02u:%02u.%03uZ", day, rest / 3600000 % 24,
             rest / 60000 % 60, rest / 1000 % 60, rest % 1000);
}

static struct tm local_time(int64_t ms)
{
    time_t seconds = (time_t)floor_divide(representable(ms), MS_PER_SECOND);
    struct tm parts = {.tm_mday = 1};

    if (!localtime_r(&seconds, &parts))
        gmtime_r(&seconds, &parts);
    return parts;
}

static struct date local_date(const struct tm *parts)
{
    return (struct date){parts->tm_year + 1900, parts->tm_mon + 1, parts->tm_mday};
}

void instant_format_local(int64_t ms, char out[INSTANT_TEXT_MAX])
{
    struct tm parts = local_time(ms);
    char day[DATE_TEXT_MAX];

    date_format(local_date(&parts), day);
    snprintf(out, INSTANT_TEXT_MAX, "%.10s %02u:%02u", day, (unsigned)parts.tm_hour % 100,
             (unsigned)parts.tm_min % 100);
}

struct date date_of_instant(int64_t instant_ms)
{
    struct tm parts = local_time(instant_ms);

    return local_date(&parts);
}

struct date date_today(void)
{
    return date_of_instant(clock_wall_ms());
}

/* hh:mm:ss; a leap second (60) is the first moment of the next minute. */
static bool take_time(const char **text, int64_t *ms)
{
    int hour, minute, second;

    if (!take_digits(text, 2, &hour) || !take_char(text, ':') || !take_digits(text, 2, &minute) ||
        !take_char(text, ':') || !take_digits(text, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    *ms = hour * MS_PER_HOUR + minute * MS_PER_MINUTE + second * MS_PER_SECOND;
    return true;
}

/* Optional ".d" to ".ddddddddd"; what is finer than a millisecond is cut off. */
static bool take_fraction(const char **text, int64_t *ms)
{
    int digits = 0;
    int value = 0;

    *ms = 0;
    if (!take_char(text, '.'))
        return true;
    for (; **text >= '0' && **text <= '9'; ++*text, digits++)
        if (digits < 3)
            value = value * 10 + (**text - '0');
    for (int i = digits; i < 3; i++)
        value *= 10;
    *ms = value;
    return digits >= 1 && digits <= 9;
}

static bool take_offset(const char **text, int64_t *ms)
{
    int hours, minutes;

    *ms = 0;
    if (take_char(text, 'Z') || take_char(text, 'z'))
        return true;
    bool west = **text == '-';
    if (!west && **text != '+')
        return false;
    ++*text;
    if (!take_digits(text, 2, &hours) || !take_char(text, ':') || !take_digits(text, 2, &minutes) ||
        hours > 23 || minutes > 59)
        return false;
    int64_t offset = hours * MS_PER_HOUR + minutes * MS_PER_MINUTE;
    *ms = west ? -offset : offset;
    return true;
}

bool instant_parse(const char *text, int64_t *ms)
{
    struct date date;
    int64_t time, fraction, offset;

    if (!take_date(&text, true, &date) || !(take_char(&text, 'T') || take_char(&text, 't')))
        return false;
    if (!take_time(&text, &time) || !take_fraction(&text, &fraction) ||
        !take_offset(&text, &offset) || *text)
        return false;
    *ms = date_to_days(date) * MS_PER_DAY + time + fraction - offset;
    return true;
}

/* --- Durations -------------------------------------------------------------------------------- */

void duration_format(int64_t ms, char *out, size_t size)
{
    if (ms < 0)
        ms = 0;
    if (ms < MS_PER_MINUTE)
        snprintf(out, size, _("%lld s"), (long long)(ms / MS_PER_SECOND));
    else if (ms < MS_PER_HOUR)
        snprintf(out, size, _("%lld min"), (long long)(ms / MS_PER_MINUTE));
    else if (ms < 2 * MS_PER_DAY)
        snprintf(out, size, _("%lld h"), (long long)(ms / MS_PER_HOUR));
    else
        snprintf(out, size, _("%lld d"), (long long)(ms / MS_PER_DAY));
}
