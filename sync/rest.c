#include "sync/rest.h"

#include "base/clock.h"
#include "base/random.h"
#include "sync/classify.h"
#include "sync/link.h"

#include <stdio.h>

#define FLOOR_MS          1000 /* between two runs, whatever news there are */
#define BACKOFF_FIRST_MS  5000
#define BACKOFF_MAX_MS    300000
#define BACKOFF_DOUBLINGS 6
#define LOGIN_MS          3600000
#define SETTLE_MS         1000 /* addresses and routes come one after the other */
#define LOST_MS           5000 /* after a connection that broke: perhaps the upstream restarts */

void rest_init(struct rest *rest)
{
    *rest = (struct rest){.link = link_open()};
}

void rest_release(struct rest *rest)
{
    rest_forget_places(rest);
    link_close(rest->link);
}

/* --- planning --------------------------------------------------------------------------------- */

/* Between half and the whole of it: without randomness all stations of a province come back in the
 * same second. */
static int64_t part_of(int64_t ms)
{
    uint32_t random = 0;
    if (random_bytes(&random, sizeof(random), NULL) != STATUS_OK)
        return ms;
    return ms / 2 + (int64_t)(random % (uint32_t)(ms / 2 + 1));
}

int64_t rest_backoff_ms(int failures)
{
    if (failures <= 0)
        return 0;
    int doublings = failures - 1 < BACKOFF_DOUBLINGS ? failures - 1 : BACKOFF_DOUBLINGS;
    int64_t ceiling = (int64_t)BACKOFF_FIRST_MS << doublings;
    return part_of(ceiling < BACKOFF_MAX_MS ? ceiling : BACKOFF_MAX_MS);
}

static int64_t pause_after(const struct rest *rest, bool login_refused)
{
    if (login_refused)
        return LOGIN_MS;
    return rest->failures > 0 ? rest_backoff_ms(rest->failures) : REST_CALM_MS;
}

void rest_plan(struct rest *rest, enum status result, bool login_refused, int64_t not_before_ms)
{
    bool failed = result != STATUS_OK && result != STATUS_CANCELLED;
    rest->failures = failed ? rest->failures + 1 : 0;
    rest->over_ms = clock_mono_ms();
    rest->due_ms = rest->over_ms + pause_after(rest, login_refused);
    if (rest->due_ms < not_before_ms)
        rest->due_ms = not_before_ms;
    rest->unreached = failed && classify_stops_run(result);
    rest->silent = rest->unreached || login_refused || not_before_ms > rest->over_ms;
}

void rest_forget_places(struct rest *rest)
{
    for (size_t i = 0; i < rest->place_count; i++)
        buf_release(&rest->places[i].since);
    rest->place_count = 0;
}

void rest_watch(struct rest *rest, const char *database, const char *since)
{
    if (rest->place_count == REST_PLACES_MAX)
        return;
    rest->places[rest->place_count].since = (struct buf){0};
    snprintf(rest->places[rest->place_count].database, REST_NAME_MAX, "%s", database);
    buf_str(&rest->places[rest->place_count].since, since);
    rest->place_count++;
}

/* --- waiting ---------------------------------------------------------------------------------- */

static enum http_event pause_for(const struct rest *rest, struct couch *couch, int64_t ms,
                                 bool heed_link)
{
    return ms > 0 ? couch_listen(couch, NULL, 0, ms, heed_link ? rest->link : -1) : HTTP_EVENT_TIME;
}

static int64_t at_most(int64_t end_ms, int64_t ms)
{
    int64_t left = end_ms - clock_mono_ms();
    return left < ms ? left : ms;
}

static enum http_event listen_once(const struct rest *rest, struct couch *couch, int64_t ms)
{
    struct couch_place places[REST_PLACES_MAX];
    size_t count = rest->silent ? 0 : rest->place_count;
    for (size_t i = 0; i < count; i++)
        places[i] = (struct couch_place){
            .database = rest->places[i].database,
            .since = rest->places[i].since.length > 0 ? buf_text(&rest->places[i].since) : NULL};
    return couch_listen(couch, places, count, ms, rest->link);
}

/* The network has changed: true when it is time for a run. */
static bool heed_link(const struct rest *rest, struct couch *couch, int64_t end_ms)
{
    enum http_event event = pause_for(rest, couch, at_most(end_ms, SETTLE_MS), false);
    link_drain(rest->link);
    return event == HTTP_EVENT_WOKEN || rest->unreached;
}

/* One round of long polls, or a pause in their place; true when the rest is over. When none of them
 * can be had a run finds out what is wrong, and says so. */
static bool rest_once(const struct rest *rest, struct couch *couch, int64_t end_ms)
{
    switch (listen_once(rest, couch, end_ms - clock_mono_ms())) {
    case HTTP_EVENT_EMPTY: /* some upstreams end a long poll by themselves */
        return pause_for(rest, couch, at_most(end_ms, FLOOR_MS), false) == HTTP_EVENT_WOKEN;
    case HTTP_EVENT_FAILED:
        (void)pause_for(rest, couch, at_most(end_ms, part_of(LOST_MS)), true);
        return true;
    case HTTP_EVENT_SIGNAL:
        return heed_link(rest, couch, end_ms);
    case HTTP_EVENT_TIME:
    case HTTP_EVENT_WOKEN:
    case HTTP_EVENT_ANSWER:
        break;
    }
    return true;
}

void rest_until(struct rest *rest, struct couch *couch, int64_t end_ms)
{
    int64_t floor_ms = rest->over_ms > 0 ? rest->over_ms + FLOOR_MS - clock_mono_ms() : 0;
    bool over = pause_for(rest, couch, at_most(end_ms, floor_ms), false) == HTTP_EVENT_WOKEN;
    if (rest->link >= 0)
        link_drain(rest->link); /* what changed before the last run is known */
    while (!over && clock_mono_ms() < end_ms)
        over = rest_once(rest, couch, end_ms);
}
