#ifndef HUILIU_TUI_REFRESH_H
#define HUILIU_TUI_REFRESH_H
/*
 * When a page that shows stored data reads it again: when the workplace's revision is another one
 * than at the last reading, while the page is the one looked at. (A sync under way raises the
 * revision once a second at most.) And when it is painted again although nothing changed: once a
 * minute, because it shows ages.
 *
 *     struct refresh refresh = {0};                     // never read
 *     refresh_asked(&refresh, place);                   // with every errand that reads
 *     in tick: if (!loading && refresh_is_due(&refresh, place, view)) load(page);
 *              return refresh_minute(&refresh, now, next);
 */
#include "tui/workplace.h"

struct refresh {
    uint64_t revision; /* 0: never asked */
    int64_t minute_ms;
};

void refresh_asked(struct refresh *refresh, struct workplace *place);
bool refresh_is_due(const struct refresh *refresh, struct workplace *place,
                    const struct view *view);
/* Lowers *next to when the minute is over. */
unsigned refresh_minute(struct refresh *refresh, int64_t now, int *next);

#endif
