#ifndef HUILIU_DB_PINYIN_H
#define HUILIU_DB_PINYIN_H
/*
 * Names as people type them in Latin letters: "zhangwentao", "zhangw", "zwt", "zhangwt". Every
 * common reading of every character counts (Zeng and Ceng, Shan and Dan), because a clerk types
 * what the person at the counter said.
 *
 *     struct pinyin_name name;
 *     pinyin_read(points, count, &name);              // folded code points of a name
 *     pinyin_spell(&name, 0, name.count, false, &spellings);
 *     pinyin_match(&name, "zwt");                     // PINYIN_INITIALS
 *
 * Letters may hold apostrophes, as input methods put them between syllables ("xi'an"): each stands
 * where a character ends.
 *
 * Characters without a reading end a name here: what stands before them can be typed. Latin
 * letters and digits are their own reading. No allocation; thread-safe.
 */
#include "db/han.h"

#include <stdbool.h>

#define PINYIN_CHARACTERS_MAX 24
#define PINYIN_SPELLINGS_MAX  16
#define PINYIN_TEXT_MAX       (PINYIN_CHARACTERS_MAX * 6 + 1)

struct pinyin_character {
    const char *readings[HAN_READINGS_MAX];
    size_t count;
};

struct pinyin_name {
    struct pinyin_character characters[PINYIN_CHARACTERS_MAX];
    size_t count;
    bool complete; /* every character of the name is in here */
};

struct pinyin_spellings {
    char texts[PINYIN_SPELLINGS_MAX][PINYIN_TEXT_MAX];
    size_t count;
};

enum pinyin_result {
    PINYIN_NONE,
    PINYIN_WHOLE,           /* all characters spelled out */
    PINYIN_INITIALS_WHOLE,  /* first letters of all characters */
    PINYIN_MIXED_WHOLE,     /* the first spelled out, others by first letters: all characters */
    PINYIN_PREFIX,          /* the beginning, spelled out, the last syllable perhaps in part */
    PINYIN_INITIALS_PREFIX, /* first letters of the first characters */
    PINYIN_SHORT_WHOLE,     /* the first by its first letter, others spelled out: all characters */
    PINYIN_MIXED,           /* some spelled out, some by their first letters */
    PINYIN_INSIDE,          /* one of these, but from a later character on */
};

void pinyin_read(const uint32_t *points, size_t count, struct pinyin_name *name);

/* Different spellings of the characters from `from` up to `to`, at most PINYIN_SPELLINGS_MAX: the
 * readings of the first character (the surname) vary first. */
void pinyin_spell(const struct pinyin_name *name, size_t from, size_t to, bool initials,
                  struct pinyin_spellings *spellings);

/* How letters (a-z, lower case, and apostrophes) fit a name; the best way counts. */
enum pinyin_result pinyin_match(const struct pinyin_name *name, const char *letters);

/* Ways in which letters can be read as a mix of syllables and first letters, for the index: the
 * first letter of each character, and what was typed of its syllable ("" when it was the first
 * letter alone). The way that takes every letter for a first letter is left out, and the one that
 * is a single syllable. Each part between apostrophes may be the beginning of a longer syllable
 * when it is none itself; with `begun` also when it is. No syllable begins with i, u or v: they are
 * first letters, of Latin words in names, only for want of another way. Ways in which a syllable
 * begins with a vowel where no apostrophe says so come last. Returns how many, at most `max`. */
struct pinyin_split {
    char initials[PINYIN_CHARACTERS_MAX + 1];
    struct {
        char text[8];
        bool begun; /* may be the beginning of a longer one */
    } syllables[PINYIN_CHARACTERS_MAX];
    bool spelled; /* no character by its first letter alone */
};
size_t pinyin_split(const char *letters, bool begun, struct pinyin_split *splits, size_t max);
/* Only those in which every character is spelled, the last one perhaps in part; with `last` that
 * may be its first letter alone. */
size_t pinyin_split_spelled(const char *letters, bool begun, bool last, struct pinyin_split *splits,
                            size_t max);

#endif
