#ifndef HUILIU_TUI_VISITORS_H
#define HUILIU_TUI_VISITORS_H
/*
 * What commands in other terminals ask of this window while it holds the home (sync/proxy.h): an
 * exchange, which becomes a run of the window's own; the home for a moment (tui/lending.h); and the
 * home for good, which a window does not give away. Listens in a thread of its own; everything is
 * decided in the interface thread.
 */
struct visitors;
struct workplace;

/* NULL when nobody can call, which is only noted in the log: the window works without. The
 * workplace's syncing must be there, and outlives this. */
struct visitors *visitors_new(struct workplace *place);
/* Hangs up on everybody. What has been asked already may still lie in the mailbox. */
void visitors_free(struct visitors *visitors);

#endif
