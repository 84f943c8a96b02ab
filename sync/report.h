#ifndef HUILIU_SYNC_REPORT_H
#define HUILIU_SYNC_REPORT_H
/*
 * Building a struct sync_report (sync/engine.h): everything it points to lies in one arena, which
 * goes with it in sync_report_free().
 */
#include "base/arena.h"
#include "sync/engine.h"

/* Zeroed; *arena is the report's. */
enum status report_new(struct sync_report **report, struct arena **arena,
                       struct error *error) MUST_CHECK;
/* STATUS_NOMEM when something that was to be kept could not be; the report is still the caller's.
 */
enum status report_finish(const struct sync_report *report, struct error *error) MUST_CHECK;

#endif
