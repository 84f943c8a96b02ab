#ifndef HUILIU_TESTS_TOWNSHIP_NAMES_H
#define HUILIU_TESTS_TOWNSHIP_NAMES_H
/*
 * Names of people who do not exist: surnames by their frequency in the population, given names
 * from characters fashionable in the decade of birth, combined by chance. Polyphonic surnames
 * (曾 单 查 仇 区 解 乐 盖 朴 覃 翟), compound surnames, characters outside the BMP (4 in 1,000
 * people) and in Extension H or I (1 in 10,000) occur. Uyghur, Kazakh, Tibetan, Mongol and Yi names
 * are transliterated, with U+00B7 between their parts (3 in 100 of those with the U+2022 that some
 * systems store instead).
 */
#include "tests/township/dice.h"

#include <stddef.h>

#define NAME_MAX_BYTES 96

/* GB/T 3304 numbers of the ethnic groups that occur. */
enum ethnic_group {
    ETHNIC_HAN = 1,
    ETHNIC_MONGOL = 2,
    ETHNIC_HUI = 3,
    ETHNIC_TIBETAN = 4,
    ETHNIC_UYGHUR = 5,
    ETHNIC_MIAO = 6,
    ETHNIC_YI = 7,
    ETHNIC_ZHUANG = 8,
    ETHNIC_KOREAN = 10,
    ETHNIC_MANCHU = 11,
    ETHNIC_TUJIA = 15,
    ETHNIC_KAZAKH = 17,
    ETHNIC_SHE = 22
};

enum ethnic_group names_ethnic_group(struct dice *dice);

/* True for groups whose names are not surname plus given name in Chinese characters. */
bool names_are_transliterated(enum ethnic_group group);

/* A surname; for Korean and Hui households from their own list. Static text. */
const char *names_surname(struct dice *dice, enum ethnic_group group);

/* A given name in Chinese characters for that sex and year of birth, appended to `out`. */
void names_given(struct dice *dice, bool male, int year, char *out, size_t size);

/* A transliterated personal name (static text), and how it is joined with the family part: the
 * father's name, or the clan's. */
const char *names_foreign_given(struct dice *dice, enum ethnic_group group, bool male);
const char *names_foreign_clan(struct dice *dice, enum ethnic_group group);
void names_foreign_join(struct dice *dice, enum ethnic_group group, const char *given,
                        const char *family, char *out, size_t size);

/* Two characters fit for the name of a shop or company, appended to `out`. */
void names_brand(struct dice *dice, char *out, size_t size);

#endif
