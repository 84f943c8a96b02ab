#ifndef HUILIU_TUI_WATCHING_H
#define HUILIU_TUI_WATCHING_H
/*
 * Marking a subject or a request to be told of its changes (db/watch.h), as the file, the queue,
 * the compare page and the list of notices offer it: whether it is possible, and carrying it out
 * on the desk worker. The outcome is told in the message line when it is on disk; pages that show
 * marks read them again.
 */
#include "db/watch.h"
#include "tui/workplace.h"

/* For view_ops.enabled: the reason when not. */
bool watching_is_possible(struct workplace *place, char reason[VIEW_REASON_MAX]);
/* Marks what is not marked and the other way round; copies `target`. */
void watching_toggle(struct workplace *place, enum watch_kind kind, const char *target);

#endif
