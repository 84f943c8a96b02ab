#include "tui/visitors.h"

#include "base/i18n.h"
#include "base/log.h"
#include "base/worker.h"
#include "db/home.h"
#include "sync/proxy.h"
#include "tui/app.h"
#include "tui/lending.h"
#include "tui/syncing.h"
#include "tui/workplace.h"

#include <limits.h>
#include <stdlib.h>

struct visitors {
    struct workplace *place;
    struct mailbox *mailbox;
    struct listener *listener;
};

/* --- to the interface thread ------------------------------------------------------------------ */

struct word {
    struct job job;
    struct workplace *place;
    struct peer *caller;
    struct proxy_request request;
};

static void word_free(struct job *job)
{
    peer_release(((struct word *)job)->caller);
    free(job);
}

static void word_done(struct job *job)
{
    struct word *word = (struct word *)job;
    struct syncing *syncing = workplace_syncing(word->place);

    if (word->request.ask == PROXY_STOP) {
        syncing_visit_ends(syncing, word->caller);
        lending_ends(workplace_lending(word->place), word->caller);
    } else if (word->request.ask == PROXY_LOAN) {
        lending_ask(workplace_lending(word->place), word->caller, word->request.format);
    } else if (!syncing_visit(syncing, word->caller, &word->request)) {
        proxy_refuse(word->caller, STATUS_LOCKED,
                     _("The window that is open here makes an exchange for another command "
                       "already. Try again when that has ended."));
    }
    word_free(job);
}

static void pass_on(const struct visitors *visitors, struct peer *caller,
                    const struct proxy_request *request)
{
    struct word *word = calloc(1, sizeof *word);

    if (!word)
        return; /* the caller hears nothing, and says so */
    word->job = (struct job){.done = word_done, .abandon = word_free};
    word->place = visitors->place;
    word->caller = peer_keep(caller);
    word->request = *request;
    mailbox_post(visitors->mailbox, &word->job);
}

/* --- the listener's thread ---------------------------------------------------------------------
 */

static void heard(void *data, struct peer *caller, const char *message, size_t length)
{
    struct proxy_request request;
    struct error error = {0};

    if (proxy_read(message, length, &request, &error) != STATUS_OK)
        proxy_refuse(caller, error.status, error.text);
    else if (request.ask == PROXY_HOME)
        proxy_refuse(caller, STATUS_LOCKED, _("Another window is open here."));
    else
        pass_on(data, caller, &request);
}

static void gone(void *data, struct peer *caller)
{
    pass_on(data, caller, &(struct proxy_request){.ask = PROXY_STOP});
}

/* --- public ------------------------------------------------------------------------------------
 */

static enum status listen_here(struct visitors *visitors, struct error *error)
{
    const struct listener_hooks hooks = {.data = visitors, .heard = heard, .gone = gone};
    char path[PATH_MAX];

    enum status status =
        home_path(workplace_home(visitors->place), HOME_CALL_FILE, path, sizeof path, error);
    return status == STATUS_OK ? listener_open(path, &hooks, &visitors->listener, error) : status;
}

struct visitors *visitors_new(struct workplace *place)
{
    struct visitors *visitors = calloc(1, sizeof *visitors);
    struct error error = {0};

    if (!visitors)
        return NULL;
    visitors->place = place;
    visitors->mailbox = app_mailbox(workplace_app(place));
    if (listen_here(visitors, &error) != STATUS_OK) {
        log_line("calls: nobody can call: %s (detail %d)", status_name(error.status), error.detail);
        free(visitors);
        return NULL;
    }
    return visitors;
}

void visitors_free(struct visitors *visitors)
{
    if (!visitors)
        return;
    listener_close(visitors->listener);
    free(visitors);
}
