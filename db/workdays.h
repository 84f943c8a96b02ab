#ifndef HUILIU_DB_WORKDAYS_H
#define HUILIU_DB_WORKDAYS_H
/*
 * Working days by `calendar:<year>` of the catalogue (the State Council's yearly notice, with
 * shifted working days). The first day is not counted (Civil Code art. 201); without the
 * calendar of a year touched by the count, weekends alone are used and the result is marked
 * uncertain.
 */
#include "base/clock.h"
#include "db/reader.h"

enum status workdays_add(struct reader *reader, struct date start, int days, struct date *result,
                         bool *certain, struct error *error) MUST_CHECK;

#endif
