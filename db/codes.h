#ifndef HUILIU_DB_CODES_H
#define HUILIU_DB_CODES_H
/*
 * Names of the codes that returned data is full of:
 *
 *   GB/T 2261.1-2003  sex                      GB/T 4761-2008  family relations
 *   GB/T 2261.2-2003  marital status           GB/T 4658-2006  education
 *   GB/T 3304-1991    ethnic groups
 *
 * A catalogue entry names the system of a field ("GB/T 3304", with or without the year). The same
 * number means different things in different systems (private tables, older editions), so a code
 * is never named without its system, and an edition we do not hold (GB/T 4658-1984) is unknown.
 *
 * The names are the standards' own and therefore stand here in both languages instead of in the
 * translation catalogue. Static data; thread-safe.
 */
#include <stdbool.h>

/* Name of a code in the interface language; NULL when the system or the code is unknown. */
const char *code_title(const char *system, const char *code);
/* Whether a table of the system is held: then a code without a name is none. */
bool code_system_is_known(const char *system);

#endif
