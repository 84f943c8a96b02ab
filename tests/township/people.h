#ifndef HUILIU_TESTS_TOWNSHIP_PEOPLE_H
#define HUILIU_TESTS_TOWNSHIP_PEOPLE_H
/*
 * The residents of an invented township and their households.
 *
 * Residents are numbered from 0. Ten at a time form a block, and a block is cut into households of
 * one to six, so that household_of() finds the household of any resident at once, without having
 * made the others.
 *
 * Identity numbers never repeat, and nobody alive has one: their address codes begin with 99, which
 * is no province. Uniqueness is by construction: a resident's number modulo SLOT_COUNT fixes the
 * day of the year and the sequence code (a bijection), and everything that fixes the year of birth
 * except for one addend; that addend differs for residents with the same remainder.
 *
 * A township is a value the caller fills in. Nothing here allocates. Thread-safe.
 */
#include "base/clock.h"
#include "tests/township/names.h"

#include <stdbool.h>
#include <stdint.h>

#define RESIDENTS_MAX  2000000u
#define HOUSEHOLD_MAX  6
#define ADDRESS_MAX    192
#define VILLAGE_COUNT  24u
#define AREA_NAME_FULL "云汀省澜州市溪回县望川街道"
#define AREA_NAME      "溪回县"
#define TOWN_NAME      "望川街道"

struct township {
    uint64_t seed;
    uint32_t residents, enterprises, certificates;
    char area[10];  /* nine digits: GB/T 10114 */
    char county[7]; /* address code of identity numbers, derived from the area; begins with 99 */
};

enum fate { FATE_RESIDENT, FATE_MOVED_OUT, FATE_DECEASED };

struct person {
    uint32_t index;
    char id_number[19];
    char name[NAME_MAX_BYTES];
    char former_name[NAME_MAX_BYTES]; /* empty for most */
    bool male, moved_in;
    struct date birth;
    struct date death; /* when fate is FATE_DECEASED */
    enum fate fate;
    enum ethnic_group ethnic;
    int relation;  /* to the head: GB/T 4761 */
    int marital;   /* GB/T 2261.2 */
    int education; /* GB/T 4658-2006 */
    char phone[16];
};

struct household {
    uint32_t first; /* resident number of the head */
    uint32_t size;
    bool married; /* member 1 is the head's spouse */
    unsigned village;
    char registered_address[ADDRESS_MAX];
    char current_address[ADDRESS_MAX];
    struct person members[HOUSEHOLD_MAX];
};

/* The day on which the township is described: nothing in it is later. */
struct date people_as_of(void);

/* False, with a sentence in *problem, when a number is out of range. Sets `county`. */
bool township_check(struct township *town, const char **problem);

/* The household of resident `index` (< residents). */
void household_of(const struct township *town, uint32_t index, struct household *out);

/* A village of the township: its name, and its code of twelve digits. */
const char *village_name(unsigned village);
bool village_is_urban(unsigned village);
void village_code(const struct township *town, unsigned village, char out[13]);

/* An address in the village, down to the door, appended to `out`. */
void village_address(struct dice *dice, unsigned village, char *out, size_t size);

#endif
