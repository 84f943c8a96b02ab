#ifndef HUILIU_VERIFY_RESIDENT_ID_H
#define HUILIU_VERIFY_RESIDENT_ID_H
/*
 * Numbers of persons (GB 11643-1999 and its relatives):
 *
 *   citizen             18: address 6, birth 8, sequence 3, check (MOD 11-2); odd sequence: male
 *   citizen, legacy     15: address 6, birth YYMMDD of the 20th century, sequence 3; no check
 *   residence permit    18: as a citizen's, address 810000 (Hong Kong), 820000 (Macao),
 *                           830000 (Taiwan, whose GB/T 2260 code is 710000)
 *   permanent resident  18: since 2023: 9, province 2, ISO 3166 country 3, birth 8, sequence 3,
 *                           check; and 15: three letters, twelve digits (2017, only the shape is
 *                           known)
 *
 * What does not check out is an error: shape, check character, a birth date that does not exist or
 * lies ahead. An address nobody knows is a warning at most: it is the address at the first
 * registration, often abolished since. A number that begins with 9 but names no province in the
 * next two digits is read as a citizen's with an unknown address. A number is no proof of a
 * person: numbers were given twice, and people were renumbered.
 *
 * Input may be full-width, in lower case, with spaces or dashes. The day of today is a parameter:
 * everything is pure, allocates nothing and is thread-safe.
 */
#include "base/clock.h"
#include "verify/finding.h"

#include <stdbool.h>

#define RESIDENT_ID_TEXT_MAX 19

enum resident_id_kind {
    RESIDENT_ID_NONE, /* not shaped like one */
    RESIDENT_ID_CITIZEN,
    RESIDENT_ID_LEGACY,
    RESIDENT_ID_HONG_KONG,
    RESIDENT_ID_MACAO,
    RESIDENT_ID_TAIWAN,
    RESIDENT_ID_PERMANENT,     /* 2023 */
    RESIDENT_ID_PERMANENT_2017 /* three letters */
};

enum person_sex { SEX_UNKNOWN = 0, SEX_MALE = 1, SEX_FEMALE = 2 }; /* codes of GB/T 2261.1 */

struct resident_id {
    enum resident_id_kind kind;
    char number[RESIDENT_ID_TEXT_MAX];   /* normalised, as given */
    char upgraded[RESIDENT_ID_TEXT_MAX]; /* 18-digit form of a legacy number; "" otherwise */
    char region[7];                      /* six digits; a permanent resident's province 330000 */
    const char *region_name;             /* translated province; NULL when unknown */
    enum person_sex sex;
    bool birth_known;
    struct date birth;
};

/* True when the text has one of the shapes above; `out` is "" otherwise. */
bool resident_id_normalise(const char *text, char out[RESIDENT_ID_TEXT_MAX]);

/* Reads and judges a number. `id` is filled in as far as the number can be read; true when there
 * is no error. Codes: resident_id.shape, .check, .birth, .future, .century (errors), .region
 * (warning), .age, .legacy, .centenarian, .country, .shape_only (notes). */
bool resident_id_check(const char *text, struct date today, struct resident_id *id,
                       struct findings *findings);

/* Check character for the first 17 digits; '\0' when they are not digits. */
char resident_id_check_character(const char body[17]);

/* 18-digit form of a 15-digit number. False for other text, and for the sequences 996 to 999,
 * which were given to people born before 1900. */
bool resident_id_upgrade(const char *legacy, char out[RESIDENT_ID_TEXT_MAX]);

/* True when both are the same number; a legacy number equals its 18-digit form. */
bool resident_id_equal(const char *a, const char *b);

/* The sex a register's value stands for: codes of GB/T 2261.1, the words in Chinese and English. */
enum person_sex person_sex_read(const char *text);
/* A sex in the way `like` is written: "2" beside "1", "女" beside "男"; "" when `like` is no sex.
 */
const char *person_sex_write(enum person_sex sex, const char *like);

/* Completed years on a day; -1 when the birth date is unknown or later. */
int resident_id_age(const struct resident_id *id, struct date on);

#endif
