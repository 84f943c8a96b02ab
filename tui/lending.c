#include "tui/lending.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "sync/proxy.h"
#include "tui/app.h"
#include "tui/syncing.h"
#include "tui/workplace.h"

#include <stdlib.h>
#include <string.h>

struct lending {
    struct workplace *place;
    struct peer *borrower; /* NULL: none, or it has hung up */
    bool active;           /* from the question until the home is here again */
    bool parting;          /* the writing connection is being closed */
    bool told;             /* that the command does not end */
    int64_t until_ms;      /* monotonic: so long keys are kept */
};

struct lending *lending_new(struct workplace *place)
{
    struct lending *lending = calloc(1, sizeof *lending);

    if (lending)
        lending->place = place;
    return lending;
}

void lending_free(struct lending *lending)
{
    if (!lending)
        return;
    peer_release(lending->borrower);
    free(lending);
}

static void refuse(struct peer *caller)
{
    proxy_refuse(caller, STATUS_LOCKED,
                 _("Somebody works in the window that is open here. Try again in a moment."));
}

static void forget_borrower(struct lending *lending)
{
    peer_release(lending->borrower);
    lending->borrower = NULL;
}

static void end(struct lending *lending)
{
    forget_borrower(lending);
    lending->active = false;
    app_busy(workplace_app(lending->place), -1);
}

/* Something has begun meanwhile, or the caller went away: everything stays here. */
static void stay(struct lending *lending)
{
    struct error error = {0};

    if (lending->borrower)
        refuse(lending->borrower);
    end(lending);
    if (syncing_start(workplace_syncing(lending->place), &error) != STATUS_OK)
        app_fail(workplace_app(lending->place), &error);
}

/* Our own count apart. */
static bool others_are_busy(const struct lending *lending)
{
    struct app *app = workplace_app(lending->place);

    app_busy(app, -1);
    bool busy = app_is_busy(app);
    app_busy(app, 1);
    return busy;
}

static void parted(void *data)
{
    struct lending *lending = data;

    lending->parting = false;
    if (!lending->borrower || others_are_busy(lending)) {
        stay(lending);
        return;
    }
    workplace_let_go(lending->place);
    proxy_take(lending->borrower);
}

static bool is_quiet(const struct lending *lending)
{
    struct app *app = workplace_app(lending->place);

    return !app_is_busy(app) && clock_mono_ms() - app_last_input(app) >= LENDING_QUIET_MS;
}

static bool is_our_version(const char *format)
{
    char ours[HOME_FORMAT_MAX];

    home_format(ours);
    return strcmp(format, ours) == 0;
}

void lending_ask(struct lending *lending, struct peer *caller, const char *format)
{
    if (!is_our_version(format)) {
        proxy_refuse(caller, STATUS_LOCKED,
                     _("The window that is open here is another version of Huiliu. Close it and "
                       "try again."));
        return;
    }
    if (lending->active || !workplace_outbox(lending->place) || !is_quiet(lending) ||
        !syncing_part(workplace_syncing(lending->place), parted, lending)) {
        refuse(caller);
        return;
    }
    lending->borrower = peer_keep(caller);
    lending->active = lending->parting = true;
    lending->told = false;
    lending->until_ms = clock_mono_ms() + LENDING_KEYS_MS;
    app_busy(workplace_app(lending->place), 1);
}

void lending_ends(struct lending *lending, const struct peer *caller)
{
    if (lending->borrower == caller)
        forget_borrower(lending);
}

bool lending_is_out(const struct lending *lending)
{
    return lending->borrower != NULL;
}

bool lending_holds_keys(const struct lending *lending)
{
    return lending->active && clock_mono_ms() < lending->until_ms;
}

void lending_tick(struct lending *lending, int64_t now, int *next)
{
    if (!lending->active || lending->parting)
        return;
    if (!lending->borrower && workplace_outbox(lending->place)) {
        end(lending);
        return;
    }
    if (now < lending->until_ms) {
        int left = (int)(lending->until_ms - now);
        *next = *next < 0 || left < *next ? left : *next;
    } else if (!lending->told) {
        lending->told = true;
        app_say(workplace_app(lending->place), STYLE_WARNING, "%s",
                _("Another command is writing here; until it ends this window only reads."));
    }
}
