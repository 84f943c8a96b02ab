#include "db/dated.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define FIRST_YEAR     1900
#define ZONE_DAYS      1
#define BEGINNING_DAYS 366
#define ANY_DAYS       INT64_MAX

enum status dated_today(struct sql *outbox, struct date *today, struct error *error)
{
    int64_t offset_ms = 0;
    enum status status = sql_integer(
        outbox,
        "SELECT ifnull(max(CAST(value AS INTEGER)), 0) FROM setting WHERE key = 'clock.offset_ms'",
        &offset_ms, error);

    if (status == STATUS_OK)
        *today = date_of_instant(clock_wall_ms() + offset_ms);
    return status;
}

/* Something to come, by its name. */
static bool is_to_come(const char *name)
{
    static const char *const parts[] = {"next", "due", "expir", "deadline", "plan", "until"};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(name, parts[i]))
            return true;
    return false;
}

static int64_t days_allowed(const struct dataset_field *field)
{
    if (field->role == ROLE_VALID_TO || is_to_come(field->name))
        return ANY_DAYS;
    return field->role == ROLE_VALID_FROM ? BEGINNING_DAYS : ZONE_DAYS;
}

static bool read_day(const char *text, struct date *date)
{
    char day[DATE_TEXT_MAX];

    if (date_parse(text, date))
        return true;
    snprintf(day, sizeof day, "%.10s", text);
    return date_parse(day, date);
}

enum dated dated_judge(const struct dataset_field *field, const char *text, struct date today)
{
    struct date date;

    if ((field->type != TYPE_DATE && field->type != TYPE_TIME) || !read_day(text, &date))
        return DATED_WELL;
    if (date_to_days(date) - date_to_days(today) > days_allowed(field))
        return DATED_AHEAD;
    return date.year < FIRST_YEAR ? DATED_LONG_AGO : DATED_WELL;
}

const char *dated_name(enum dated dated)
{
    static const char *const names[] = {
        [DATED_WELL] = "", [DATED_AHEAD] = "ahead", [DATED_LONG_AGO] = "long_ago"};

    return names[dated];
}

const char *dated_remark(enum dated dated)
{
    if (dated == DATED_AHEAD)
        return _("dated in the future: check the clock or ask the provider");
    return dated == DATED_LONG_AGO ? _("dated before 1900: ask the provider") : "";
}
