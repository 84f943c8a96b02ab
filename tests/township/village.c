#include "tests/township/people.h"

#include <stdio.h>
#include <string.h>

/* Communities first (codes 001-199), then villages (200-399). */
#define COMMUNITY_COUNT 8u

static const char *const VILLAGES[VILLAGE_COUNT] = {
    "桂花社区", "望川社区", "和平社区", "东门社区", "滨河社区",       "书院社区",
    "锦绣社区", "朝阳社区", "西乡村",   "东岭村",   "石桥村",         "上河村",
    "下河村",   "柳树湾村", "大塘村",   "白马村",   "新店村",         "曾家坳村",
    "单家集村", "龙潭村",   "枫树坪村", "云盘村",   "\U0002C1D9埠村", "梨园村",
};

static const char *const ROADS[] = {
    "人民路", "解放路",   "建设路",     "望川大道", "桂花路", "书院巷", "滨河东路", "滨河西路",
    "学前街", "朝阳北路", "东门外大街", "乐业路",   "长寿路", "民主巷", "重阳路",   "行知路",
};

static const char *const ESTATES[] = {
    "金桂苑", "望川花园", "锦绣家园", "滨河名邸", "书香门第", "和平小区", "东门新村", "朝阳里",
};

#define COUNT_OF(array) (uint32_t)(sizeof(array) / sizeof((array)[0]))

const char *village_name(unsigned village)
{
    return VILLAGES[village % VILLAGE_COUNT];
}

bool village_is_urban(unsigned village)
{
    return village % VILLAGE_COUNT < COMMUNITY_COUNT;
}

void village_code(const struct township *town, unsigned village, char out[13])
{
    unsigned at = village % VILLAGE_COUNT;
    unsigned number = at < COMMUNITY_COUNT ? at + 1 : 200 + at - COMMUNITY_COUNT;
    snprintf(out, 13, "%.9s%03u", town->area, number % 1000);
}

static void append_urban(struct dice *dice, char *out, size_t size)
{
    unsigned building = 1 + dice_below(dice, 32);
    unsigned unit = 1 + dice_below(dice, 4);
    unsigned room = (1 + dice_below(dice, 18)) * 100 + 1 + dice_below(dice, 4);
    const char *road = ROADS[dice_below(dice, COUNT_OF(ROADS))];
    unsigned number = 1 + dice_below(dice, 268);
    const char *estate = ESTATES[dice_below(dice, COUNT_OF(ESTATES))];
    snprintf(out, size, "%s%u号%s%u栋%u单元%u室", road, number, estate, building, unit, room);
}

static void append_rural(struct dice *dice, char *out, size_t size)
{
    static const char *const hamlets[] = {"", "", "老屋", "坝上", "沟口", "岭下"};
    unsigned group = 1 + dice_below(dice, 14);
    const char *hamlet = hamlets[dice_below(dice, COUNT_OF(hamlets))];
    unsigned number = 1 + dice_below(dice, 160);
    snprintf(out, size, "%u组%s%u号", group, hamlet, number);
}

void village_address(struct dice *dice, unsigned village, char *out, size_t size)
{
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s", village_name(village));
    used = strlen(out);
    if (village_is_urban(village))
        append_urban(dice, out + used, size - used);
    else
        append_rural(dice, out + used, size - used);
}
