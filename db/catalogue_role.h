#ifndef HUILIU_DB_CATALOGUE_ROLE_H
#define HUILIU_DB_CATALOGUE_ROLE_H
/*
 * Roles that an entry leaves out. Catalogues written before a role existed, or by a ministry that
 * has never heard of it, still say what a field is: by its code system, by its title, or by the
 * name registers use for it. An entry's own word always counts, and where more than one field could
 * be meant ("date of birth" of two spouses) none is: a check that is left out is better than a
 * false alarm. Private to db/.
 */
#include "db/catalogue.h"

/* `entries`: the fields as the entry has them, in the same order as the `fields` of the dataset,
 * which are complete but for these roles. */
void catalogue_infer_roles(const json_t *entries, struct dataset_field *fields,
                           const struct dataset *dataset);

/* Whether a field has codes of this system: "GB/T 2261.1" and "GB/T 2261.1-2003" are one, "GB/T
 * 2261.10" is another. */
bool field_has_codes(const struct dataset_field *field, const char *system);

#endif
