#ifndef HUILIU_TUI_WORKPLACE_H
#define HUILIU_TUI_WORKPLACE_H
/*
 * What every view shares: the home, the outbox, who is working, and three workers. The interface
 * thread itself never touches a database or the network: it hands errands (tui/errand.h) to
 *
 *   desk    writes: requests, decisions, the journal, drafts, logins. One after another, so that
 *           what was typed first is saved first.
 *   reading reads: search, files, queue, overview. Has a reader of its own; a newer search
 *           interrupts an older one.
 *   sync    the network and the writing connection of cache.db (tui/syncing.h).
 *
 * Made by interface_run(); views receive it in their x_view_new(). Functions marked [any] may be
 * called from any thread, the rest from the interface thread.
 */
#include "base/worker.h"
#include "db/outbox.h"
#include "db/overview.h"
#include "db/reader.h"
#include "db/session.h"
#include "tui/app.h"

#include <stdbool.h>
#include <stdint.h>

struct workplace;
struct syncing;
struct checking;
struct lending;

enum status workplace_new(struct home *home, struct app *app, struct workplace **place,
                          struct error *error) MUST_CHECK;
void workplace_free(struct workplace *place); /* stops the workers first */
/* Of a window that can only read: the other process has ended, this one writes and synchronises
 * from now on. STATUS_LOCKED: not yet. Opens databases, so it may take a moment. */
enum status workplace_take_over(struct workplace *place, struct error *error) MUST_CHECK;

/* The other way, when syncing_part() is over and no errand is under way. */
void workplace_let_go(struct workplace *place);

const struct home *workplace_home(const struct workplace *place); /* [any] */
struct outbox *workplace_outbox(const struct workplace *place);   /* [any] NULL: read-only */
struct app *workplace_app(const struct workplace *place);
struct worker *workplace_desk(struct workplace *place);
struct worker *workplace_reading(struct workplace *place);
struct syncing *workplace_syncing(struct workplace *place);
struct checking *workplace_checking(struct workplace *place);
struct lending *workplace_lending(struct workplace *place);

/* Readers of the two workers; only inside a job of that worker. */
struct reader *workplace_desk_reader(struct workplace *place);
struct reader *workplace_reading_reader(struct workplace *place);

/* Nobody is logged in: roles == 0. */
const struct session *workplace_session(const struct workplace *place);
/* A login succeeded. The hook (the interface's) then puts the right pages on the screen: after a
 * lock the same account finds what it left, another one starts at the start page. */
void workplace_set_session(struct workplace *place, const struct session *session);
typedef void workplace_session_fn(void *data, const struct session *before);
void workplace_on_session(struct workplace *place, workplace_session_fn *hook, void *data);

/* Something in the databases changed (a request was saved, a sync made progress): views that show
 * it compare this number with the one they last loaded at and reload in their tick. */
uint64_t workplace_revision(const struct workplace *place);
void workplace_changed(struct workplace *place);

/* The newest overview the workplace has read for the account at work, for the status strip and the
 * home page; NULL before the first. Refreshed by itself when the revision changes and once a
 * minute. */
const struct overview *workplace_overview(const struct workplace *place);
unsigned workplace_tick(struct workplace *place, int64_t now, int *next);

/* Status strip: "clerk · 3 unsent · contact 2 h ago". */
void workplace_show_status(struct workplace *place);

#endif
