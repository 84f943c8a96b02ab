#include "tui/workplace.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "tui/checking.h"
#include "tui/errand.h"
#include "tui/lending.h"
#include "tui/syncing.h"
#include "tui/view_parts.h"

#include <stdlib.h>
#include <string.h>

#define OVERVIEW_EVERY_MS 60000

struct workplace {
    struct home *home;
    struct app *app;
    _Atomic(struct outbox *) outbox; /* NULL: read-only; workers ask for it */
    struct reader *desk_reader, *reading_reader;
    struct worker *desk, *reading;
    struct syncing *syncing;
    struct checking *checking;
    struct lending *lending;
    struct session session;
    workplace_session_fn *on_session;
    void *on_session_data;
    uint64_t revision;
    struct overview *overview;
    uint64_t overview_revision; /* revision the overview was asked at */
    int64_t overview_ms;        /* monotonic time it was asked; 0: never */
    bool overview_loading;
};

static enum status open_outbox(struct workplace *place, struct error *error)
{
    struct outbox *outbox = NULL;
    enum status status = outbox_open(place->home, &outbox, error);

    place->outbox = outbox;
    return status;
}

static enum status open_databases(struct workplace *place, struct error *error)
{
    enum status status;

    if (home_is_writable(place->home) && (status = open_outbox(place, error)) != STATUS_OK)
        return status;
    if ((status = reader_open(place->home, &place->desk_reader, error)) != STATUS_OK)
        return status;
    return reader_open(place->home, &place->reading_reader, error);
}

static enum status start_workers(struct workplace *place, struct error *error)
{
    struct mailbox *mailbox = app_mailbox(place->app);
    enum status status = worker_new("desk", mailbox, &place->desk, error);

    if (status == STATUS_OK)
        status = worker_new("reading", mailbox, &place->reading, error);
    if (status == STATUS_OK)
        status = syncing_new(place, &place->syncing, error);
    return status;
}

enum status workplace_new(struct home *home, struct app *app, struct workplace **place,
                          struct error *error)
{
    struct workplace *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->home = home;
    made->app = app;
    made->revision = 1;
    made->checking = checking_new(made);
    made->lending = lending_new(made);
    enum status status =
        made->checking && made->lending ? open_databases(made, error) : error_nomem(error);
    if (status == STATUS_OK)
        status = start_workers(made, error);
    if (status != STATUS_OK) {
        workplace_free(made);
        return status;
    }
    *place = made;
    return STATUS_OK;
}

enum status workplace_take_over(struct workplace *place, struct error *error)
{
    enum status status = home_take_over(place->home, error);

    if (status == STATUS_OK && !place->outbox)
        status = open_outbox(place, error);
    if (status == STATUS_OK)
        status = syncing_start(place->syncing, error);
    if (status == STATUS_OK)
        workplace_changed(place);
    return status;
}

void workplace_let_go(struct workplace *place)
{
    struct outbox *outbox = place->outbox;

    place->outbox = NULL;
    outbox_close(outbox);
    home_let_go(place->home);
}

void workplace_free(struct workplace *place)
{
    if (!place)
        return;
    if (place->reading)
        reader_interrupt(place->reading_reader);
    worker_free(place->reading);
    worker_free(place->desk);
    checking_end(place->checking);
    syncing_free(place->syncing); /* last: it delivers what the three have finished */
    reader_close(place->reading_reader);
    reader_close(place->desk_reader);
    outbox_close(place->outbox);
    overview_free(place->overview);
    checking_free(place->checking);
    lending_free(place->lending);
    free(place);
}

const struct home *workplace_home(const struct workplace *place)
{
    return place->home;
}

struct outbox *workplace_outbox(const struct workplace *place)
{
    return place->outbox;
}

struct checking *workplace_checking(struct workplace *place)
{
    return place->checking;
}

struct lending *workplace_lending(struct workplace *place)
{
    return place->lending;
}

struct app *workplace_app(const struct workplace *place)
{
    return place->app;
}

struct worker *workplace_desk(struct workplace *place)
{
    return place->desk;
}

struct worker *workplace_reading(struct workplace *place)
{
    return place->reading;
}

struct syncing *workplace_syncing(struct workplace *place)
{
    return place->syncing;
}

struct reader *workplace_desk_reader(struct workplace *place)
{
    return place->desk_reader;
}

struct reader *workplace_reading_reader(struct workplace *place)
{
    return place->reading_reader;
}

const struct session *workplace_session(const struct workplace *place)
{
    return &place->session;
}

static void forget_overview(struct workplace *place)
{
    overview_free(place->overview);
    place->overview = NULL;
    place->overview_ms = 0;
}

void workplace_set_session(struct workplace *place, const struct session *session)
{
    struct session before = place->session;

    place->session = *session;
    if (strcmp(before.account, session->account) != 0)
        forget_overview(place); /* its counts were somebody else's */
    workplace_changed(place);
    workplace_show_status(place);
    if (place->on_session)
        place->on_session(place->on_session_data, &before);
}

void workplace_on_session(struct workplace *place, workplace_session_fn *hook, void *data)
{
    place->on_session = hook;
    place->on_session_data = data;
}

uint64_t workplace_revision(const struct workplace *place)
{
    return place->revision;
}

void workplace_changed(struct workplace *place)
{
    place->revision++;
}

const struct overview *workplace_overview(const struct workplace *place)
{
    return place->overview;
}

/* --- the overview, read by the reading worker --------------------------------------------------
 */

struct look {
    struct errand errand;
    char account[ACCOUNT_NAME_MAX];
    struct overview *overview;
};

static enum status look_work(struct errand *errand, struct error *error)
{
    struct look *look = (struct look *)errand;

    return overview_read(workplace_reading_reader(errand->place),
                         look->account[0] ? look->account : NULL, &look->overview, error);
}

static unsigned look_deliver(struct errand *errand, struct view *view)
{
    struct look *look = (struct look *)errand;
    struct workplace *place = errand->place;

    (void)view;
    place->overview_loading = false;
    if (errand->status != STATUS_OK || strcmp(look->account, place->session.account) != 0)
        return STALE_NOTHING;
    overview_free(place->overview);
    place->overview = look->overview;
    look->overview = NULL;
    workplace_show_status(place);
    return STALE_VIEW | STALE_FRAME;
}

static void look_release(struct errand *errand)
{
    overview_free(((struct look *)errand)->overview);
}

static const struct errand_kind look_kind = {
    .work = look_work,
    .deliver = look_deliver,
    .release = look_release,
};

static void ask_for_overview(struct workplace *place, int64_t now)
{
    struct look *look = errand_new(place, NULL, sizeof *look, &look_kind);

    place->overview_revision = place->revision;
    place->overview_ms = now; /* also of a failed attempt: the next one comes in a minute */
    if (!look)
        return;
    memcpy(look->account, place->session.account, sizeof look->account);
    place->overview_loading = true;
    errand_send(&look->errand, place->reading);
}

unsigned workplace_tick(struct workplace *place, int64_t now, int *next)
{
    bool old = place->overview_ms == 0 || now - place->overview_ms >= OVERVIEW_EVERY_MS;

    if (!place->overview_loading && (old || place->overview_revision != place->revision))
        ask_for_overview(place, now);
    /* While one is on its way its delivery is the next turn. */
    *next = place->overview_loading ? -1 : (int)(place->overview_ms + OVERVIEW_EVERY_MS - now);
    return STALE_NOTHING;
}

/* --- status strip --------------------------------------------------------------------------------
 */

static void describe_contact(int64_t contact_ms, struct buf *out)
{
    int64_t age_ms = clock_wall_ms() - contact_ms;
    char age[64];

    if (age_ms < 60000) {
        buf_str(out, _("contact just now"));
    } else {
        duration_format(age_ms, age, sizeof age);
        buf_printf(out, _("contact %s ago"), age);
    }
}

/* One word for the last failure; the sentence stands on the pages. The contact before it is given
 * as a point in time: an age beside "offline" reads as if there were contact now. */
static void describe_failure(const struct workplace *place, int64_t contact_ms, struct buf *out)
{
    const struct syncing_state *state = syncing_state(place->syncing);
    bool offline = state->has_result && state->result == STATUS_OFFLINE;
    struct buf contact = {0};

    buf_str(out, offline ? _("offline") : _("exchange failed"));
    if (contact_ms) {
        part_time(contact_ms, &contact);
        buf_printf(out, _(", last contact %s"), buf_text(&contact));
    }
    buf_release(&contact);
}

static void describe_exchange(const struct workplace *place, struct buf *out)
{
    const struct overview *overview = place->overview;

    if (overview->last_failure[0])
        describe_failure(place, overview->contact_ms, out);
    else if (overview->contact_ms)
        describe_contact(overview->contact_ms, out);
    else
        buf_str(out, _("never synced"));
}

void workplace_show_status(struct workplace *place)
{
    const struct overview *overview = place->overview;
    enum style style = STYLE_TITLE;
    struct buf text = {0};

    if (place->session.roles)
        buf_printf(&text, "%s · ", place->session.account);
    if (!place->outbox) {
        buf_printf(&text, "%s · ", _("read-only"));
        style = STYLE_WARNING;
    }
    if (overview) {
        int64_t unsent = overview->queued + overview->sending;
        if (overview->held) {
            buf_printf(&text, _("%lld held"), (long long)overview->held);
            buf_str(&text, " · ");
            style = STYLE_ERROR;
        }
        if (unsent) {
            buf_printf(&text, _("%lld unsent"), (long long)unsent);
            buf_str(&text, " · ");
            if (style == STYLE_TITLE)
                style = STYLE_PENDING;
        }
        if (overview->notices_unseen) {
            buf_printf(
                &text,
                ngettext("%lld notice", "%lld notices", (unsigned long)overview->notices_unseen),
                (long long)overview->notices_unseen);
            buf_str(&text, " · ");
            if (style == STYLE_TITLE)
                style = STYLE_PENDING;
        }
        if (overview->last_failure[0] && style == STYLE_TITLE)
            style = STYLE_WARNING;
        describe_exchange(place, &text);
    }
    app_set_status(place->app, style, buf_text(&text));
    buf_release(&text);
}
