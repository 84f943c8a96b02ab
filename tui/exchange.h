#ifndef HUILIU_TUI_EXCHANGE_H
#define HUILIU_TUI_EXCHANGE_H
/*
 * What people have done on the sync worker besides synchronising: comparing with the platform and
 * repairing, bundles in and out. Each asks what has to be asked, shows its progress on the exchange
 * page like a run, can be stopped like one, and tells its outcome in the message line. A bundle of
 * a sender nobody here knows is shown to an administrator with its fingerprint before anything of
 * it is used.
 */
#include "tui/workplace.h"

void exchange_compare(struct workplace *place);
void exchange_repair(struct workplace *place);
void exchange_import(struct workplace *place);
void exchange_export(struct workplace *place);

/* Whether this window and this account may do it; the reason when not. */
bool exchange_is_possible(struct workplace *place, enum command command,
                          char reason[VIEW_REASON_MAX]);

#endif
