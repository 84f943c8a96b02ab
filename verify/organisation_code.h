#ifndef HUILIU_VERIFY_ORGANISATION_CODE_H
#define HUILIU_VERIFY_ORGANISATION_CODE_H
/*
 * Organisation codes (GB 11714-1997): eight digits or capital letters and a check character
 * 0-9 or X, printed with a hyphen before it. Replaced in 2015 by the unified social credit code,
 * which carries one inside. Pure and thread-safe.
 */
#include "verify/finding.h"

#include <stdbool.h>

#define ORGANISATION_CODE_TEXT_MAX 10 /* without the hyphen */

/* True when no finding is an error; codes: organisation_code.shape, .check (errors). `out` gets
 * nine characters without hyphen or spaces, in upper case; "" for another shape. */
bool organisation_code_check(const char *text, char out[ORGANISATION_CODE_TEXT_MAX],
                             struct findings *findings);

/* '\0' when the eight characters are not all digits and capital letters. */
char organisation_code_check_character(const char body[8]);

#endif
