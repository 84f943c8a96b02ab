#ifndef HUILIU_VERIFY_DIVISION_H
#define HUILIU_VERIFY_DIVISION_H
/*
 * Codes of administrative divisions: 6 digits (GB/T 2260: province, prefecture, county), 9 digits
 * (with the township) and 12 digits (GB/T 10114 and the statistical codes: with the village).
 *
 * Only the structure and the province are judged. Counties come and go every year, and a code may
 * be right although its division was abolished long ago; which codes exist today is a matter of
 * the data, not of this module. The number ranges of townships and villages are customary: real
 * data has street offices in the range of development zones. They are a hint, never a proof.
 *
 * Pure and thread-safe; titles are in the interface language and static.
 */
#include "verify/finding.h"

#include <stdbool.h>
#include <stddef.h>

#define DIVISION_TEXT_MAX 13

enum division_level {
    DIVISION_NONE,
    DIVISION_PROVINCE,
    DIVISION_PREFECTURE,
    DIVISION_COUNTY,
    DIVISION_TOWNSHIP,
    DIVISION_VILLAGE
};

/* By the last three of nine digits: 001-099, 100-199, 200-399, 400-599, others. */
enum township_class {
    TOWNSHIP_NONE,
    TOWNSHIP_STREET,
    TOWNSHIP_TOWN,
    TOWNSHIP_RURAL,
    TOWNSHIP_SIMILAR, /* development zones, farms, parks run like a township */
    TOWNSHIP_OTHER
};

/* By the last three of twelve digits: 001-199, 200-399, 400-499, 500-599, others. */
enum village_class {
    VILLAGE_NONE,
    VILLAGE_RESIDENTS,
    VILLAGE_VILLAGERS,
    VILLAGE_LIKE_RESIDENTS,
    VILLAGE_LIKE_VILLAGERS,
    VILLAGE_OTHER
};

struct division {
    char code[DIVISION_TEXT_MAX]; /* 6, 9 or 12 digits */
    enum division_level level;    /* of the last part that is not zero */
    enum township_class township;
    enum village_class village;
    const char *province; /* translated name; NULL when unknown */
};

/* Reads a code. True when no finding is an error; codes: division.shape, .zero, .gap (errors),
 * .province, .county, .statistics (warnings), .level (note). */
bool division_check(const char *text, struct division *division, struct findings *findings);

/* Translated name of the province a code begins with; NULL when there is none. Needs two digits,
 * ignores the rest. */
const char *division_province_name(const char *code);

#endif
