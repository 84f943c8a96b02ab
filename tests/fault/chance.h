#ifndef HUILIU_TESTS_FAULT_CHANCE_H
#define HUILIU_TESTS_FAULT_CHANCE_H
/*
 * Chance that can be repeated (splitmix64), and how long a harness runs: a fixed seed and few
 * rounds in `make test`, others from FAULT_SEED and FAULT_ROUNDS (`make fault SEED=S ROUNDS=N`).
 *
 * A round that fails is repeated alone with FAULT_SEED=<the seed it named> FAULT_ROUNDS=1.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct chance {
    uint64_t state;
};

static inline uint64_t chance_next(struct chance *chance)
{
    uint64_t mixed = (chance->state += 0x9E3779B97F4A7C15u);

    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

/* 0 … limit - 1 */
static inline uint64_t chance_below(struct chance *chance, uint64_t limit)
{
    return chance_next(chance) % limit;
}

static inline bool chance_one_in(struct chance *chance, uint64_t times)
{
    return chance_below(chance, times) == 0;
}

static inline uint64_t chance_setting(const char *name, uint64_t standard)
{
    const char *value = getenv(name);

    return value && value[0] ? strtoull(value, NULL, 10) : standard;
}

static inline uint64_t chance_seed(void)
{
    return chance_setting("FAULT_SEED", 20260314);
}

static inline int chance_rounds(int standard)
{
    return (int)chance_setting("FAULT_ROUNDS", (uint64_t)standard);
}

/* Each round has a seed of its own; the first has that of the run. */
static inline uint64_t chance_round_seed(int round)
{
    return chance_seed() + (uint64_t)round;
}

#endif
