#ifndef HUILIU_TUI_REFRESH_H
#define HUILIU_TUI_REFRESH_H
/*
 * When a page that shows stored data reads it again: when the workplace's revision is another one
 * than at the last reading, at most five times a second, and only while the page is the one looked
 * at. And when it is painted again although nothing changed: once a minute, because it shows ages.
 *
 *     struct refresh refresh = {0};                     // never read
 *     refresh_asked(&refresh, place);                   // with every errand that reads
 *     in tick: if (!loading && refresh_is_due(&refresh, place, view, now, next)) load(page);
 *              return refresh_minute(&refresh, now, next);
 */
#include "tui/workplace.h"

struct refresh {
    uint64_t revision; /* 0: never asked */
    int64_t asked_ms, minute_ms;
};

void refresh_asked(struct refresh *refresh, struct workplace *place);
/* Lowers *next when it becomes due by itself. */
bool refresh_is_due(const struct refresh *refresh, struct workplace *place, const struct view *view,
                    int64_t now, int *next);
unsigned refresh_minute(struct refresh *refresh, int64_t now, int *next);

#endif
