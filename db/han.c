#include "db/han.h"

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

size_t han_readings(uint32_t codepoint, const char *readings[HAN_READINGS_MAX])
{
    size_t low = 0;
    size_t high = COUNT(han_readings_table);
    size_t count = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (han_readings_table[middle].codepoint < codepoint)
            low = middle + 1;
        else
            high = middle;
    }
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

size_t han_syllables_like(const char *letters, size_t length, size_t *first)
{
    size_t count = 0;

    for (size_t i = 1; i < COUNT(han_syllables); i++)
        if (strncmp(han_syllables[i], letters, length) == 0) {
            if (count == 0)
                *first = i;
            count++;
        } else if (count > 0) {
            break;
        }
    return count;
}

const char *han_syllable(size_t number)
{
    return number < COUNT(han_syllables) ? han_syllables[number] : "";
}
