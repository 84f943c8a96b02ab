#ifndef HUILIU_DB_HAN_H
#define HUILIU_DB_HAN_H
/*
 * Facts about single Chinese characters, from Unicode's Unihan database through a table made at
 * build time (db/han_table.awk): readings in pinyin without tones, and the simplified form.
 * Pinyin is written in a-z; u with diaeresis after l and n stands as "lv", as "lu" and as "lyu".
 * Static data; thread-safe.
 */
#include <stddef.h>
#include <stdint.h>

#define HAN_READINGS_MAX 5

/* Readings of a character, the usual one first; their number, 0 when there are none. */
size_t han_readings(uint32_t codepoint, const char *readings[HAN_READINGS_MAX]);

/* The simplified form where there is one, else the character itself. */
uint32_t han_simplify(uint32_t codepoint);

/* All syllables in alphabetical order are numbered from 1. Those that begin with `letters` are
 * *first to *first + the result - 1. */
size_t han_syllables_like(const char *letters, size_t length, size_t *first);
const char *han_syllable(size_t number);

#endif
