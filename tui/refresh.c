#include "tui/refresh.h"

#define MINUTE_MS 60000

void refresh_asked(struct refresh *refresh, struct workplace *place)
{
    refresh->revision = workplace_revision(place);
}

bool refresh_is_due(const struct refresh *refresh, struct workplace *place, const struct view *view)
{
    return app_top(view->app) == view && refresh->revision != workplace_revision(place);
}

unsigned refresh_minute(struct refresh *refresh, int64_t now, int *next)
{
    if (refresh->minute_ms == 0)
        refresh->minute_ms = now;
    bool over = now - refresh->minute_ms >= MINUTE_MS;
    if (over)
        refresh->minute_ms = now;
    int64_t wait = refresh->minute_ms + MINUTE_MS - now;
    if (*next < 0 || wait < *next)
        *next = (int)wait;
    return over ? STALE_VIEW : STALE_NOTHING;
}
