#include "base/clock.h"
#include "tests/unit/base/support.h"

#include <time.h>

static struct date day(int year, int month, int d)
{
    return (struct date){year, month, d};
}

static void dates_come_back(void **state)
{
    int64_t first = date_to_days(day(1800, 1, 1));
    int64_t last = date_to_days(day(2200, 12, 31));

    (void)state;
    assert_int_equal(first, -62091);
    assert_int_equal(last - first + 1, 146462);
    for (int64_t days = first; days <= last; days++) {
        time_t seconds = days * 86400;
        struct tm expected;
        gmtime_r(&seconds, &expected);
        struct date date = date_from_days(days);
        assert_int_equal(date.year, expected.tm_year + 1900);
        assert_int_equal(date.month, expected.tm_mon + 1);
        assert_int_equal(date.day, expected.tm_mday);
        assert_int_equal(date_weekday(date), expected.tm_wday);
        assert_true(date_is_valid(date));
        assert_int_equal(date_to_days(date), days);
    }
}

static void dates_come_back_as_text(void **state)
{
    char text[DATE_TEXT_MAX];

    (void)state;
    for (int64_t days = date_to_days(day(1, 1, 1)); days <= date_to_days(day(9999, 12, 31));
         days += 17) {
        struct date parsed;
        date_format(date_from_days(days), text);
        assert_true(date_parse(text, &parsed));
        assert_int_equal(date_to_days(parsed), days);
    }
}

static void days_outside_are_clamped(void **state)
{
    (void)state;
    assert_int_equal(date_compare(date_from_days(INT64_MIN), day(1, 1, 1)), 0);
    assert_int_equal(date_compare(date_from_days(INT64_MAX), day(9999, 12, 31)), 0);
    assert_int_equal(date_to_days(day(2026, 13, 1)), 0);
}

static void parses_dates_strictly(void **state)
{
    static const char *const good[] = {"1990-02-28", "19900228", "2000-02-29", "0001-01-01"};
    static const char *const bad[] = {
        "",           "1990-02-30",  "19900230",    "1900-02-29", "1990-2-28",   "1990-0228",
        "199002-28",  "1990-02-28 ", " 1990-02-28", "0000-01-01", "1990-00-10",  "1990-13-01",
        "1990-01-00", "1990-04-31",  "1990-01-01T", "+990-01-01", "１９９０0101"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct date date;
        assert_true(date_parse(good[i], &date));
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct date date = day(7, 7, 7);
        assert_false(date_parse(bad[i], &date));
        assert_int_equal(date_compare(date, day(7, 7, 7)), 0);
    }
}

static void counts_completed_years(void **state)
{
    (void)state;
    assert_int_equal(date_age(day(1990, 6, 15), day(2026, 6, 14)), 35);
    assert_int_equal(date_age(day(1990, 6, 15), day(2026, 6, 15)), 36);
    assert_int_equal(date_age(day(2004, 2, 29), day(2026, 2, 28)), 21);
    assert_int_equal(date_age(day(2004, 2, 29), day(2026, 3, 1)), 22);
    assert_int_equal(date_age(day(2026, 3, 1), day(2026, 3, 1)), 0);
    assert_int_equal(date_age(day(2026, 3, 2), day(2026, 3, 1)), -1);
}

static void instants_come_back(void **state)
{
    uint64_t seed = 99;
    char text[INSTANT_TEXT_MAX];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        int64_t ms = (int64_t)next_number(&seed) * 1009 + next_number(&seed) % 1000;
        int64_t parsed = 0;
        ms = i % 2 ? ms : -ms;
        instant_format(ms, text);
        assert_int_equal(strlen(text), 24);
        assert_true(instant_parse(text, &parsed));
        assert_int_equal(parsed, ms);
    }
}

static void formats_instants(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {1773475509123, "2026-03-14T08:05:09.123Z"},
        {INT64_MIN, "0001-01-01T00:00:00.000Z"},
        {INT64_MAX, "9999-12-31T23:59:59.999Z"},
    };
    char text[INSTANT_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        instant_format(cases[i].ms, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void parses_instants(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"2026-03-14T08:05:09Z", 1773475509000},
        {"2026-03-14t08:05:09.1z", 1773475509100},
        {"2026-03-14T16:05:09.123+08:00", 1773475509123},
        {"2026-03-14T04:35:09.123456789-03:30", 1773475509123},
        {"2026-03-14T08:04:60Z", 1773475500000},
        {"1969-12-31T23:59:59.999-00:00", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t ms = 0;
        assert_true(instant_parse(cases[i].text, &ms));
        assert_int_equal(ms, cases[i].ms);
    }
}

static void refuses_other_instants(void **state)
{
    static const char *const bad[] = {
        "",
        "2026-03-14",
        "2026-03-14T08:05:09",
        "2026-03-14 08:05:09Z",
        "20260314T080509Z",
        "2026-03-14T08:05Z",
        "2026-03-14T24:00:00Z",
        "2026-03-14T08:60:00Z",
        "2026-03-14T08:05:61Z",
        "2026-02-30T08:05:09Z",
        "2026-03-14T08:05:09.Z",
        "2026-03-14T08:05:09.1234567890Z",
        "2026-03-14T08:05:09+0800",
        "2026-03-14T08:05:09+24:00",
        "2026-03-14T08:05:09Zx",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        int64_t ms = 42;
        assert_false(instant_parse(bad[i], &ms));
        assert_int_equal(ms, 42);
    }
}

static void speaks_local_time(void **state)
{
    char text[INSTANT_TEXT_MAX];

    (void)state;
    setenv("TZ", "CST-8", 1);
    tzset();
    instant_format_local(1773475509123, text);
    assert_string_equal(text, "2026-03-14 16:05");
    assert_int_equal(date_compare(date_of_instant(1773475509123), day(2026, 3, 14)), 0);
    assert_int_equal(date_compare(date_of_instant(1773504000000 + 3600000), day(2026, 3, 15)), 0);
    assert_int_equal(date_compare(date_of_instant(-1), day(1970, 1, 1)), 0);
    assert_int_equal(date_compare(date_of_instant(-28800001), day(1969, 12, 31)), 0);
}

static void clocks_go_forward(void **state)
{
    int64_t before = clock_mono_ms();

    (void)state;
    assert_true(llabs(clock_wall_ms() - (int64_t)time(NULL) * 1000) < 5000);
    assert_true(clock_mono_ms() >= before);
    int64_t days = (date_to_days(date_today()) - date_to_days(date_of_instant(clock_wall_ms())));
    assert_in_range(days + 1, 0, 1);
}

static void rounds_durations_down(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {-5, "0 s"},      {59999, "59 s"},     {60000, "1 min"},   {3599999, "59 min"},
        {3600000, "1 h"}, {172799999, "47 h"}, {172800000, "2 d"}, {8640000000, "100 d"},
    };
    char text[32];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        duration_format(cases[i].ms, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_come_back),          cmocka_unit_test(dates_come_back_as_text),
        cmocka_unit_test(days_outside_are_clamped), cmocka_unit_test(parses_dates_strictly),
        cmocka_unit_test(counts_completed_years),   cmocka_unit_test(instants_come_back),
        cmocka_unit_test(formats_instants),         cmocka_unit_test(parses_instants),
        cmocka_unit_test(refuses_other_instants),   cmocka_unit_test(speaks_local_time),
        cmocka_unit_test(clocks_go_forward),        cmocka_unit_test(rounds_durations_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
