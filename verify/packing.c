#include "verify/packing.h"

#include <stdlib.h>
#include <string.h>

#define DIFFERENT_MAX 8 /* bytes; another packer's output differs in more, or in length */
#define SLOW_LEVEL    7
#define SLOW_FACTOR   8
#define TRY_COST      4096 /* of a try however small the content */
#define GIVE_UP_AFTER 8    /* members in a row that zlib did not pack */

/* The ones in use come first. 8 is what zlib itself and minizip ask for, 9 libzip and Info-ZIP. */
static const struct deflate_setting all_settings[] = {
    {6, 8}, {9, 8}, {6, 9}, {9, 9}, {5, 8}, {1, 8}, {8, 8}, {7, 8}, {4, 8},
    {3, 8}, {2, 8}, {1, 9}, {2, 9}, {3, 9}, {4, 9}, {5, 9}, {7, 9}, {8, 9},
};
#define SETTINGS (sizeof all_settings / sizeof all_settings[0])

enum likeness {
    LIKE_UNKNOWN, /* no work left to find out */
    LIKE_EXACT,
    LIKE_NEARLY,
    LIKE_OTHER,
};

struct search {
    struct deflate_setting settings[SETTINGS]; /* the one that was right last comes first */
    size_t work;
};

static bool may_work(struct search *search, const struct deflated *member,
                     struct deflate_setting setting)
{
    size_t cost = (member->size + TRY_COST) * (setting.level < SLOW_LEVEL ? 1 : SLOW_FACTOR);

    if (cost > PACKING_WORK_MAX - search->work)
        return false;
    search->work += cost;
    return true;
}

static void put_first(struct search *search, size_t i)
{
    struct deflate_setting right = search->settings[i];

    memmove(&search->settings[1], &search->settings[0], i * sizeof right);
    search->settings[0] = right;
}

/* One that is nearly alike with a setting may be exactly alike with another: all are tried. */
static enum status compare(struct search *search, const struct deflated *member,
                           enum likeness *likeness, struct error *error)
{
    bool nearly = false;
    size_t bytes;

    for (size_t i = 0; i < SETTINGS; i++) {
        *likeness = LIKE_UNKNOWN;
        if (!may_work(search, member, search->settings[i]))
            return STATUS_OK;
        enum status status =
            deflate_compare(member, search->settings[i], DIFFERENT_MAX, &bytes, error);
        if (status != STATUS_OK)
            return status;
        if (bytes == 0) {
            *likeness = LIKE_EXACT;
            put_first(search, i);
            return STATUS_OK;
        }
        nearly = nearly || bytes <= DIFFERENT_MAX;
    }
    *likeness = nearly ? LIKE_NEARLY : LIKE_OTHER;
    return STATUS_OK;
}

static int by_size(const void *a, const void *b)
{
    const struct deflated *left = *(const struct deflated *const *)a;
    const struct deflated *right = *(const struct deflated *const *)b;

    if (left->size != right->size)
        return left->size < right->size ? -1 : 1;
    return left < right ? -1 : left > right;
}

static enum status find(const struct deflated **sorted, size_t count, const struct deflated **found,
                        struct error *error)
{
    struct search search = {.work = 0};
    size_t exact = 0, other = 0;
    const struct deflated *nearly = NULL;
    enum likeness likeness = LIKE_OTHER;

    memcpy(search.settings, all_settings, sizeof all_settings);
    for (size_t i = 0; i < count && likeness != LIKE_UNKNOWN; i++) {
        enum status status = compare(&search, sorted[i], &likeness, error);
        if (status != STATUS_OK)
            return status;
        exact += likeness == LIKE_EXACT;
        other += likeness == LIKE_OTHER || likeness == LIKE_NEARLY;
        if (likeness == LIKE_NEARLY && !nearly)
            nearly = sorted[i];
        if (other >= GIVE_UP_AFTER && other > exact)
            break;
    }
    *found = exact > other ? nearly : NULL;
    return STATUS_OK;
}

enum status packing_find_changed(const struct deflated *members, size_t count, size_t *changed,
                                 struct error *error)
{
    const struct deflated *found = NULL;
    const struct deflated **sorted = calloc(count + 1, sizeof(const struct deflated *));

    if (!sorted)
        return error_nomem(error);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &members[i];
    qsort(sorted, count, sizeof(const struct deflated *), by_size);
    enum status status = find(sorted, count, &found, error);
    *changed = found ? (size_t)(found - members) : count;
    free(sorted);
    return status;
}
