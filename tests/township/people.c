#include "tests/township/people.h"

#include "tests/township/codes.h"

#include <stdio.h>
#include <string.h>

#define BLOCK        10u
#define DAY_COUNT    365u
#define SEQUENCES    499u                                   /* of one sex on one day */
#define SLOT_SPACE   (DAY_COUNT * SEQUENCES)                /* 182,135 = 5 x 73 x 499 */
#define SLOT_COUNT   (SLOT_SPACE / BLOCK * BLOCK)           /* whole blocks: 182,130 */
#define SHIFT_COUNT  ((RESIDENTS_MAX - 1) / SLOT_COUNT + 1) /* 11 */
#define SHIFT_MIDDLE (SHIFT_COUNT / 2)                      /* years to either side */

#define COUNT_OF(array) (uint32_t)(sizeof(array) / sizeof((array)[0]))

/* Households of a block, in order; each row adds up to BLOCK. */
static const uint8_t CUTS[][6] = {
    {1, 2, 3, 4}, {3, 3, 4}, {2, 3, 5},       {4, 6},
    {1, 1, 3, 5}, {1, 3, 6}, {2, 2, 2, 1, 3}, {1, 1, 2, 2, 4},
};

/* Who lives together, by size; head aged so that children are born and parents plausible. */
struct shape {
    uint8_t size, weight;
    bool spouse;
    uint8_t children, parents;
    short earliest, latest; /* year of the head's birth, before the shift */
};

static const struct shape SHAPES[] = {
    {1, 35, false, 0, 0, 1980, 2001}, {1, 40, false, 0, 0, 1936, 1958},
    {1, 25, false, 0, 0, 1958, 1980}, {2, 75, true, 0, 0, 1942, 1994},
    {2, 25, false, 1, 0, 1965, 1988}, {3, 85, true, 1, 0, 1960, 1988},
    {3, 15, true, 0, 1, 1965, 1985},  {4, 65, true, 2, 0, 1962, 1986},
    {4, 35, true, 1, 1, 1965, 1986},  {5, 60, true, 2, 1, 1965, 1986},
    {5, 40, true, 1, 2, 1965, 1986},  {6, 100, true, 2, 2, 1965, 1986},
};

enum part { PART_HEAD, PART_SPOUSE, PART_CHILD, PART_FATHER, PART_MOTHER };

struct seat {
    enum part part;
    bool male;
    int year;
    int child_number; /* among the children of that sex */
};

struct date people_as_of(void)
{
    return (struct date){2026, 3, 1};
}

bool township_check(struct township *town, const char **problem)
{
    if (town->residents == 0 || town->residents > RESIDENTS_MAX)
        *problem = "--residents must be 1 to 2000000";
    else if (strlen(town->area) != 9 || strspn(town->area, "0123456789") != 9)
        *problem = "--area must be nine digits";
    else if (town->enterprises > RESIDENTS_MAX || town->certificates > RESIDENTS_MAX)
        *problem = "--enterprises and --certificates must be at most 2000000";
    else
        *problem = NULL;
    if (*problem != NULL)
        return false;
    memcpy(town->county, town->area, 6);
    memcpy(town->county, "99", 2);
    town->county[6] = '\0';
    return true;
}

/* Cuts the block of `index`; returns the first resident and the size of the household there. */
static uint32_t find_household(const struct township *town, uint32_t index, uint32_t *size)
{
    uint32_t block = index / BLOCK;
    struct dice dice = dice_for(town->seed, TOPIC_SHAPE, block % (SLOT_COUNT / BLOCK));
    const uint8_t *cut = CUTS[dice_below(&dice, COUNT_OF(CUTS))];
    uint32_t first = block * BLOCK;
    while (first + *cut <= index)
        first += *cut++;
    *size = *cut;
    return first;
}

static const struct shape *choose_shape(struct dice *dice, uint32_t size)
{
    uint32_t at = dice_below(dice, 100);
    const struct shape *shape = SHAPES;
    while (shape->size != size)
        shape++;
    for (; at >= shape->weight; shape++)
        at -= shape->weight;
    return shape;
}

/* Parts, sexes and years of birth of a household of `shape`; everything but `shift` depends on
 * the remainder of `first` alone (see the header). */
static void fill_seats(struct dice *dice, const struct shape *shape, int shift, struct seat *seats)
{
    int head = dice_between(dice, shape->earliest, shape->latest) + shift;
    bool male = dice_happens(dice, 8000);
    uint32_t n = 0;
    seats[n++] = (struct seat){PART_HEAD, male, head, 0};
    int gap = dice_between(dice, 0, 5);
    if (shape->spouse)
        seats[n++] = (struct seat){PART_SPOUSE, !male, head + (male ? gap : -gap), 0};
    int birth = head + dice_between(dice, 22, 28);
    int before[2] = {0, 0};
    for (int i = 0; i < shape->children; i++) {
        bool boy = dice_happens(dice, 5150);
        seats[n++] = (struct seat){PART_CHILD, boy, birth, ++before[boy]};
        birth += dice_between(dice, 2, 4);
    }
    int father = head - dice_between(dice, 25, 34);
    if (shape->parents == 2)
        seats[n++] = (struct seat){PART_FATHER, true, father, 0};
    if (shape->parents >= 1)
        seats[n++] = (struct seat){PART_MOTHER, false, father + dice_between(dice, 0, 4), 0};
}

/* Day 364 is the leap day in leap years: they keep the bijection and have 29 February. */
static struct date day_of_year(int year, uint32_t day)
{
    struct date leap = {year, 2, 29};
    if (day == DAY_COUNT - 1 && date_is_valid(leap))
        return leap;
    struct date plain = date_from_days(date_to_days((struct date){2001, 1, 1}) + day);
    plain.year = year;
    return plain;
}

static void make_identity(const struct township *town, const struct seat *seat,
                          struct person *person)
{
    static const char *const elsewhere[] = {"990223", "990381", "991102", "992427", "990982"};
    struct dice base = dice_for(town->seed, TOPIC_SLOT, 0);
    uint64_t multiplier = SLOT_SPACE / 3 + dice_below(&base, SLOT_SPACE / 3);
    while (multiplier % 5 == 0 || multiplier % 73 == 0 || multiplier % 499 == 0)
        multiplier++;
    uint64_t slot = (person->index % SLOT_COUNT * multiplier + dice_next(&base) % SLOT_SPACE);
    slot %= SLOT_SPACE;
    struct dice dice = dice_for(town->seed, TOPIC_SLOT, (uint64_t)person->index + 1);
    person->moved_in = dice_happens(&dice, 700);
    const char *county =
        person->moved_in ? elsewhere[dice_below(&dice, COUNT_OF(elsewhere))] : town->county;
    person->birth = day_of_year(seat->year, (uint32_t)(slot / SEQUENCES));
    unsigned sequence = (unsigned)(slot % SEQUENCES) * 2 + (seat->male ? 1 : 2);
    snprintf(person->id_number, sizeof person->id_number, "%.6s%04u%02u%02u%03u", county,
             (unsigned)seat->year % 10000, (unsigned)person->birth.month % 100,
             (unsigned)person->birth.day % 100, sequence % 1000);
    person->id_number[17] = code_resident_check(person->id_number);
    person->id_number[18] = '\0';
}

static int relation_code(const struct seat *seat, uint32_t children)
{
    switch (seat->part) {
    case PART_HEAD:
        return 2;
    case PART_SPOUSE:
        return seat->male ? 11 : 12;
    case PART_CHILD:
        if (children == 1)
            return seat->male ? 21 : 31;
        return (seat->male ? 21 : 31) + seat->child_number;
    case PART_FATHER:
        return 51;
    case PART_MOTHER:
        return 52;
    }
    return 97;
}

static void make_phone(struct dice *dice, int age, struct person *person)
{
    /* The prefix 154 is allotted to no operator. */
    unsigned number = dice_below(dice, 100000000);
    uint32_t fault = dice_below(dice, 10000);
    if (age < 12 || fault < 100)
        person->phone[0] = '\0';
    else if (fault < 150)
        snprintf(person->phone, sizeof person->phone, "154%07u", number / 10 % 10000000);
    else
        snprintf(person->phone, sizeof person->phone, "154%08u", number % 100000000);
}

static int education_code(struct dice *dice, int age)
{
    static const uint8_t young[] = {60, 60, 61, 41, 31, 31, 31, 21, 21, 21, 21, 14};
    static const uint8_t middle[] = {71, 71, 71, 71, 61, 61, 44, 41, 31, 31, 21, 11};
    static const uint8_t old[] = {90, 81, 81, 81, 81, 71, 71, 71, 61, 61, 41, 31};
    uint32_t at = dice_below(dice, 12);
    if (age < 6)
        return 90;
    if (age < 12)
        return 83;
    if (age < 16)
        return 73;
    if (age < 19)
        return 63;
    return age < 38 ? young[at] : age < 62 ? middle[at] : old[at];
}

static void make_fate(struct dice *dice, struct person *person)
{
    struct date now = people_as_of();
    int age = date_age(person->birth, now);
    uint32_t fate = dice_below(dice, 10000);
    uint32_t mortality = age >= 80 ? 1500 : age >= 60 ? 300 : age >= 30 ? 30 : 3;
    int64_t days_ago = dice_between(dice, 1, 1100);
    if (fate < mortality && age >= 4) {
        person->fate = FATE_DECEASED;
        person->death = date_from_days(date_to_days(now) - days_ago);
    } else if (fate >= 9700) {
        person->fate = FATE_MOVED_OUT;
    } else {
        person->fate = FATE_RESIDENT;
    }
}

struct family {
    enum ethnic_group ethnic;
    bool foreign;
    const char *surname[4];      /* head, spouse, father (head's), mother */
    const char *father_given[2]; /* of the head and of the spouse, for names made of two */
    const char *head_given, *spouse_given;
};

static void start_family(struct dice *dice, const struct seat *seats, struct family *family)
{
    family->ethnic = names_ethnic_group(dice);
    family->foreign = names_are_transliterated(family->ethnic);
    for (int i = 0; i < 4; i++)
        family->surname[i] = family->foreign ? names_foreign_clan(dice, family->ethnic)
                                             : names_surname(dice, family->ethnic);
    family->surname[2] = family->surname[0];
    if (!family->foreign)
        return;
    bool male = seats[0].male;
    family->head_given = names_foreign_given(dice, family->ethnic, male);
    family->spouse_given = names_foreign_given(dice, family->ethnic, !male);
}

/* The part of a name that comes from the family. Uyghur and Kazakh children bear their father's
 * given name, the others the family's. */
static const char *family_part(const struct family *family, const struct seat *seats,
                               const struct seat *seat)
{
    bool patronym = family->ethnic == ETHNIC_UYGHUR || family->ethnic == ETHNIC_KAZAKH;
    switch (seat->part) {
    case PART_SPOUSE:
        return family->surname[1];
    case PART_MOTHER:
        return family->surname[3];
    case PART_CHILD:
        if (patronym)
            return seats[0].male ? family->head_given : family->spouse_given;
        return seats[0].male || seats[1].part != PART_SPOUSE ? family->surname[0]
                                                             : family->surname[1];
    case PART_HEAD:
    case PART_FATHER:
        return family->surname[0];
    }
    return family->surname[0];
}

static void make_name(struct dice *dice, const struct family *family, const struct seat *seats,
                      const struct seat *seat, struct person *person)
{
    const char *part = family_part(family, seats, seat);
    if (!family->foreign) {
        snprintf(person->name, sizeof person->name, "%s", part);
        names_given(dice, seat->male, seat->year, person->name, sizeof person->name);
        if (dice_happens(dice, 100)) {
            snprintf(person->former_name, sizeof person->former_name, "%s", part);
            names_given(dice, seat->male, seat->year - 20, person->former_name,
                        sizeof person->former_name);
        }
        return;
    }
    const char *given = names_foreign_given(dice, family->ethnic, seat->male);
    if (seat->part == PART_HEAD)
        given = family->head_given;
    else if (seat->part == PART_SPOUSE)
        given = family->spouse_given;
    names_foreign_join(dice, family->ethnic, given, part, person->name, sizeof person->name);
}

static void make_person(const struct township *town, const struct family *family,
                        const struct seat *seats, uint32_t at, uint32_t children,
                        struct person *person)
{
    const struct seat *seat = &seats[at];
    struct dice dice = dice_for(town->seed, TOPIC_PERSON, person->index);
    person->male = seat->male;
    person->ethnic = family->ethnic;
    person->relation = relation_code(seat, children);
    make_identity(town, seat, person);
    make_name(&dice, family, seats, seat, person);
    int age = date_age(person->birth, people_as_of());
    make_fate(&dice, person);
    make_phone(&dice, age, person);
    person->education = education_code(&dice, age);
    bool alone_and_old = seat->part == PART_HEAD && age >= 62;
    person->marital = age < 22 || seat->part == PART_CHILD ? 10 : alone_and_old ? 30 : 40;
    if (seat->part == PART_HEAD && age < 38 && children == 0)
        person->marital = 10;
    if (seat->part == PART_MOTHER || seat->part == PART_FATHER)
        person->marital = 30;
}

static void marry(struct person *one, struct person *other)
{
    one->marital = other->fate == FATE_DECEASED ? 30 : 20;
    other->marital = one->fate == FATE_DECEASED ? 30 : 20;
}

static void make_addresses(struct dice *dice, struct household *out)
{
    out->village = dice_below(dice, VILLAGE_COUNT);
    snprintf(out->registered_address, ADDRESS_MAX, "%s", AREA_NAME_FULL);
    if (!dice_happens(dice, 50)) /* 0.5 %: the address stops at the street office */
        village_address(dice, out->village, out->registered_address, ADDRESS_MAX);
    memcpy(out->current_address, out->registered_address, ADDRESS_MAX);
    if (dice_happens(dice, 2200)) {
        snprintf(out->current_address, ADDRESS_MAX, "%s", AREA_NAME_FULL);
        village_address(dice, dice_below(dice, VILLAGE_COUNT), out->current_address, ADDRESS_MAX);
    }
}

void household_of(const struct township *town, uint32_t index, struct household *out)
{
    struct seat seats[HOUSEHOLD_MAX] = {{PART_HEAD, false, 0, 0}};
    struct family family = {0};
    uint32_t size = 0;

    memset(out, 0, sizeof *out);
    out->first = find_household(town, index, &size);
    struct dice form =
        dice_for(town->seed, TOPIC_SHAPE, UINT64_C(1) << 32 | out->first % SLOT_COUNT);
    const struct shape *shape = choose_shape(&form, size);
    int shift = (int)(out->first / SLOT_COUNT) - (int)SHIFT_MIDDLE;
    fill_seats(&form, shape, town->residents > SLOT_COUNT ? shift : 0, seats);

    struct dice dice = dice_for(town->seed, TOPIC_HOUSEHOLD, out->first);
    start_family(&dice, seats, &family);
    make_addresses(&dice, out);
    out->size = town->residents - out->first < size ? town->residents - out->first : size;
    out->married = shape->spouse && out->size > 1;
    for (uint32_t i = 0; i < out->size; i++) {
        out->members[i].index = out->first + i;
        make_person(town, &family, seats, i, shape->children, &out->members[i]);
    }
    if (out->married)
        marry(&out->members[0], &out->members[1]);
    if (shape->parents == 2 && out->size == size)
        marry(&out->members[size - 2], &out->members[size - 1]);
}
