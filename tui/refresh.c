#include "tui/refresh.h"

#include "base/clock.h"

#define EVERY_MS  200
#define MINUTE_MS 60000

static void lower(int *next, int64_t wait)
{
    int ms = wait > 0 ? (int)wait : 0;

    if (*next < 0 || ms < *next)
        *next = ms;
}

void refresh_asked(struct refresh *refresh, struct workplace *place)
{
    refresh->revision = workplace_revision(place);
    refresh->asked_ms = clock_mono_ms();
}

bool refresh_is_due(const struct refresh *refresh, struct workplace *place, const struct view *view,
                    int64_t now, int *next)
{
    int64_t due = refresh->asked_ms + EVERY_MS;

    if (app_top(view->app) != view || refresh->revision == workplace_revision(place))
        return false;
    if (refresh->revision == 0 || now >= due)
        return true;
    lower(next, due - now);
    return false;
}

unsigned refresh_minute(struct refresh *refresh, int64_t now, int *next)
{
    if (refresh->minute_ms == 0)
        refresh->minute_ms = now;
    bool over = now - refresh->minute_ms >= MINUTE_MS;
    if (over)
        refresh->minute_ms = now;
    lower(next, refresh->minute_ms + MINUTE_MS - now);
    return over ? STALE_VIEW : STALE_NOTHING;
}
