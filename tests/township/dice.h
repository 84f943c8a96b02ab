#ifndef HUILIU_TESTS_TOWNSHIP_DICE_H
#define HUILIU_TESTS_TOWNSHIP_DICE_H
/*
 * Chance that can be asked twice. Every decision about thing number i is a function of (seed,
 * topic, i), so that any resident can be made alone, in any order and in constant memory, and the
 * same arguments give the same bytes on every machine. Integers only; SplitMix64 (Steele, Lea,
 * Flood 2014) as mixer and as sequence.
 *
 *     struct dice d = dice_for(seed, TOPIC_NAME, i);
 *     unsigned day = dice_below(&d, 365);
 */
#include <stdbool.h>
#include <stdint.h>

enum topic {
    TOPIC_SHAPE = 1, /* composition and birth years of a household */
    TOPIC_SLOT,      /* birthdays and sequence codes */
    TOPIC_HOUSEHOLD, /* what a household shares: people, surname, address */
    TOPIC_PERSON,    /* one person: given name, fate, faults */
    TOPIC_RECORD,    /* one record about a person, by data set */
    TOPIC_ENTERPRISE,
    TOPIC_CERTIFICATE,
    TOPIC_PLACE,
    TOPIC_INDICATOR
};

struct dice {
    uint64_t state;
};

static inline uint64_t dice_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static inline struct dice dice_for(uint64_t seed, enum topic topic, uint64_t index)
{
    const uint64_t step = UINT64_C(0x9e3779b97f4a7c15);
    return (struct dice){dice_mix(dice_mix(seed + step) + (uint64_t)topic * step) +
                         dice_mix(index + step)};
}

static inline uint64_t dice_next(struct dice *dice)
{
    dice->state += UINT64_C(0x9e3779b97f4a7c15);
    return dice_mix(dice->state);
}

/* 0 .. limit - 1; limit > 0. */
static inline uint32_t dice_below(struct dice *dice, uint32_t limit)
{
    return (uint32_t)(((dice_next(dice) >> 32) * limit) >> 32);
}

/* low .. high, both included. */
static inline int dice_between(struct dice *dice, int low, int high)
{
    return low + (int)dice_below(dice, (uint32_t)(high - low + 1));
}

/* True `rate` times in ten thousand. */
static inline bool dice_happens(struct dice *dice, uint32_t rate)
{
    return dice_below(dice, 10000) < rate;
}

#endif
