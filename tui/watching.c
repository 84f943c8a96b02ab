#include "tui/watching.h"

#include "base/i18n.h"
#include "db/journal.h"
#include "tui/errand.h"
#include "tui/view_words.h"

#include <stdio.h>

#define TARGET_MAX 256

struct toggle {
    struct errand errand;
    struct session session;
    enum watch_kind kind;
    char target[TARGET_MAX];
    bool watched; /* now */
};

bool watching_is_possible(struct workplace *place, char reason[VIEW_REASON_MAX])
{
    if (!session_may_read(workplace_session(place)))
        return words_refuse(reason, _("Your role may not see it."));
    return workplace_outbox(place) ||
           words_refuse(reason, _("This window can only read; another one is open."));
}

/* Whom somebody watches is written down like whom they looked up. */
static enum status toggle_work(struct errand *errand, struct error *error)
{
    struct toggle *toggle = (struct toggle *)errand;
    struct outbox *outbox = workplace_outbox(errand->place);
    enum status status =
        watch_toggle(outbox, workplace_desk_reader(errand->place), &toggle->session, toggle->kind,
                     toggle->target, &toggle->watched, error);

    if (status == STATUS_OK && toggle->watched && toggle->kind == WATCH_PERSON)
        status = journal_lookup(outbox, &toggle->session, "watch", toggle->target, NULL, error);
    return status;
}

static unsigned toggle_deliver(struct errand *errand, struct view *view)
{
    const struct toggle *toggle = (const struct toggle *)errand;

    (void)view;
    if (errand->status != STATUS_OK)
        return STALE_NOTHING; /* told already */
    app_say(workplace_app(errand->place), STYLE_OK, "%s",
            toggle->watched ? _("Watched: you will be told of every change.")
                            : _("No longer watched."));
    workplace_changed(errand->place);
    return STALE_VIEW | STALE_FRAME;
}

void watching_toggle(struct workplace *place, enum watch_kind kind, const char *target)
{
    static const struct errand_kind errands = {
        .work = toggle_work, .deliver = toggle_deliver, .must_run = true};
    struct toggle *toggle = errand_new(place, NULL, sizeof *toggle, &errands);

    if (!toggle)
        return;
    toggle->session = *workplace_session(place);
    toggle->kind = kind;
    (void)snprintf(toggle->target, sizeof toggle->target, "%s", target);
    errand_send(&toggle->errand, workplace_desk(place));
}
