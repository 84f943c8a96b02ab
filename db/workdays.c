#include "db/workdays.h"

#include "base/i18n.h"
#include "db/schema.h"

#include <stdio.h>
#include <string.h>

#define DAYS_MAX 366

/* The calendar document of the year looked at last; NULL when there is none. */
struct calendar {
    int year;
    json_t *document;
};

static enum status turn_to(struct reader *reader, struct calendar *calendar, int year,
                           struct error *error)
{
    char id[32];
    json_t *document = NULL;

    if (calendar->year == year)
        return STATUS_OK;
    snprintf(id, sizeof id, "calendar:%04d", year);
    struct error why = {0};
    enum status status = catalogue_document(reader_cache(reader), id, &document, &why);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        if (error)
            *error = why;
        return status;
    }
    json_decref(calendar->document);
    calendar->document = document;
    calendar->year = year;
    return STATUS_OK;
}

static bool lists(const json_t *days, const char *day)
{
    for (size_t i = 0; i < json_array_size(days); i++) {
        const char *listed = json_string_value(json_array_get(days, i));
        if (listed && strcmp(listed, day) == 0)
            return true;
    }
    return false;
}

static bool is_workday(const struct calendar *calendar, struct date date)
{
    char day[DATE_TEXT_MAX];
    int weekday = date_weekday(date);

    date_format(date, day);
    if (lists(json_object_get(calendar->document, "workdays"), day))
        return true;
    if (lists(json_object_get(calendar->document, "holidays"), day))
        return false;
    return weekday != 0 && weekday != 6;
}

enum status workdays_add(struct reader *reader, struct date start, int days, struct date *result,
                         bool *certain, struct error *error)
{
    struct calendar calendar = {0};
    struct date date = start;
    bool known = true;
    enum status status = STATUS_OK;

    if (!date_is_valid(start) || start.year >= 9998 || days < 0 || days > DAYS_MAX)
        return error_set(error, STATUS_INVALID, _("The deadline cannot be computed."));
    while (days > 0 && status == STATUS_OK) {
        date = date_from_days(date_to_days(date) + 1);
        status = turn_to(reader, &calendar, date.year, error);
        known = known && calendar.document;
        days -= is_workday(&calendar, date) ? 1 : 0;
    }
    json_decref(calendar.document);
    if (status != STATUS_OK)
        return status;
    *result = date;
    *certain = known;
    return STATUS_OK;
}
