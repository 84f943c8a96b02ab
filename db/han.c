#include "db/han.h"

#include <stdbool.h>
#include <string.h>

struct han_reading {
    uint32_t codepoint;
    uint16_t syllables[HAN_READINGS_MAX]; /* ends with 0 unless full */
};

struct han_simple {
    uint32_t codepoint, simplified;
};

#include "db/han_table.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

#define BLOCK 256 /* code points, of which nearly all or none have readings */

/* Where a code point stands, or would stand. As many entries of its block can be before it as there
 * are code points before it, and the same behind it: in a full block it is found at once. */
static size_t find_readings(uint32_t codepoint)
{
    size_t block = codepoint / BLOCK;
    size_t before = codepoint % BLOCK;

    if (block + 1 >= COUNT(han_blocks))
        return COUNT(han_readings_table);
    size_t low = han_blocks[block];
    size_t high = han_blocks[block + 1];
    size_t least = high > BLOCK - before ? high - (BLOCK - before) : 0;
    high = low + before < high ? low + before : high;
    low = least > low ? least : low;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (han_readings_table[middle].codepoint < codepoint)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t han_readings(uint32_t codepoint, const char *readings[HAN_READINGS_MAX])
{
    size_t low = find_readings(codepoint);
    size_t count = 0;

    if (low == COUNT(han_readings_table) || han_readings_table[low].codepoint != codepoint)
        return 0;
    const uint16_t *syllables = han_readings_table[low].syllables;
    while (count < HAN_READINGS_MAX && syllables[count] != 0) {
        readings[count] = han_syllables[syllables[count]];
        count++;
    }
    return count;
}

uint32_t han_simplify(uint32_t codepoint)
{
    size_t low = 0;
    size_t high = COUNT(han_simples);

    if (codepoint < 0x10000 && !(han_simple_bits[codepoint / 8] >> codepoint % 8 & 1))
        return codepoint;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (han_simples[middle].codepoint < codepoint)
            low = middle + 1;
        else
            high = middle;
    }
    return low < COUNT(han_simples) && han_simples[low].codepoint == codepoint
               ? han_simples[low].simplified
               : codepoint;
}

/* The first syllable that does not stand before (`behind`: nor among) those that begin so. */
static size_t find_syllable(const char *letters, size_t length, bool behind)
{
    size_t low = 1;
    size_t high = COUNT(han_syllables);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(han_syllables[middle], letters, length);
        if (order < 0 || (behind && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t han_syllables_like(const char *letters, size_t length, size_t *first)
{
    size_t from = find_syllable(letters, length, false);
    size_t count = find_syllable(letters, length, true) - from;

    if (count > 0)
        *first = from;
    return count;
}

const char *han_syllable(size_t number)
{
    return number < COUNT(han_syllables) ? han_syllables[number] : "";
}
