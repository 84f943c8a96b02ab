#include "sync/report.h"

#include <stdlib.h>

struct owned_report {
    struct sync_report report; /* first: what the caller holds */
    struct arena *arena;
};

enum status report_new(struct sync_report **report, struct arena **arena, struct error *error)
{
    struct owned_report *owned = calloc(1, sizeof *owned);

    if (!owned)
        return error_nomem(error);
    owned->arena = arena_new();
    if (!owned->arena) {
        free(owned);
        return error_nomem(error);
    }
    *report = &owned->report;
    *arena = owned->arena;
    return STATUS_OK;
}

enum status report_finish(const struct sync_report *report, struct error *error)
{
    const struct owned_report *owned = (const struct owned_report *)report;

    return arena_failed(owned->arena) ? error_nomem(error) : STATUS_OK;
}

void sync_report_free(struct sync_report *report)
{
    struct owned_report *owned = (struct owned_report *)report;

    if (!owned)
        return;
    arena_free(owned->arena);
    free(owned);
}
