#ifndef HUILIU_VERIFY_USCC_H
#define HUILIU_VERIFY_USCC_H
/*
 * Unified social credit codes (GB 32100-2015 with amendment 1 of 2016): 18 characters, digits and
 * capital letters without I, O, S, V and Z:
 *
 *   1 registering department, 1 category, 6 division (GB/T 2260), 9 organisation code
 *   (GB 11714), 1 check character (weights 3^i, modulo 31)
 *
 * Letters, length and check character decide. Department and category are looked up in the table
 * of the standard; one that is not in it is a warning, because registries are ahead of the
 * standard (committees of villages and residents have been registered by civil affairs since
 * 2017). The codes of collective economic organisations begin with a letter (N1, N2, N3). A wrong
 * check character of the organisation code inside is a warning too: the outer one covers it.
 *
 * Pure and thread-safe; titles are in the interface language and static.
 */
#include "verify/finding.h"

#include <stdbool.h>

#define USCC_TEXT_MAX 19

struct uscc {
    char code[USCC_TEXT_MAX]; /* normalised; "" when not shaped like one */
    char region[7];           /* six digits; "" when they are not */
    char organisation[10];    /* the organisation code inside */
    const char *region_name;  /* translated province; NULL when unknown */
    const char *department;   /* translated; NULL when unknown */
    const char *category;     /* translated; NULL when unknown */
};

/* Reads and judges a code; true when there is no error. Codes: uscc.shape, .letter, .check
 * (errors), .department, .category, .region, .organisation (warnings). */
bool uscc_check(const char *text, struct uscc *uscc, struct findings *findings);

/* Check character for the first 17; '\0' when one of them is not in the alphabet. */
char uscc_check_character(const char body[17]);

const char *uscc_department_title(char department); /* NULL when unknown */
const char *uscc_category_title(char department, char category);

#endif
