#ifndef HUILIU_DB_REQUEST_VALUE_H
#define HUILIU_DB_REQUEST_VALUE_H
/*
 * Values in a change request. A proposal is typed as text and becomes the JSON type of its field;
 * what is written in a register is taken over as it is, except that fractions become text, because
 * the hashed form of a request knows whole numbers only. Pure; private to db/.
 */
#include "base/clock.h"
#include "db/catalogue.h"

/* The field's type decides: dates must exist, numbers of persons and enterprises must check out,
 * and so on. STATUS_INVALID names the field and what is wrong. `base` (may be NULL) is the present
 * value; a date is written the way it is written there. */
enum status request_value_parse(const struct dataset_field *field, const char *typed,
                                const json_t *base, struct date today, json_t **value,
                                struct error *error) MUST_CHECK;

/* A new reference fit to be hashed; JSON null for NULL; NULL when out of memory. */
json_t *request_value_of_record(const json_t *value);

/* Equal, also when one is text and the other the number it spells. */
bool request_value_equal(const json_t *a, const json_t *b);

#endif
