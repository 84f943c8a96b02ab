#ifndef HUILIU_DB_DATED_H
#define HUILIU_DB_DATED_H
/*
 * Dates in returned data that cannot be right: ahead of today, or before 1900. Only dates and times
 * are looked at. The end of a validity may lie ahead as far as it likes, its beginning a year, and
 * so may whatever is named as something to come (next, due, expiry, deadline, plan). One day is
 * given to time zones.
 *
 * Today is the platform's, when its clock has been compared with ours: a computer whose clock was
 * set back must not call every row a row of the future. Pure apart from dated_today().
 */
#include "base/clock.h"
#include "db/catalogue.h"
#include "db/sql.h"

enum dated { DATED_WELL, DATED_AHEAD, DATED_LONG_AGO };

/* The date here, by the clock of the platform. */
enum status dated_today(struct sql *outbox, struct date *today, struct error *error) MUST_CHECK;

enum dated dated_judge(const struct dataset_field *field, const char *text, struct date today);
const char *dated_name(enum dated dated);   /* "", "ahead", "long_ago" */
const char *dated_remark(enum dated dated); /* translated; "" when all is well */

#endif
