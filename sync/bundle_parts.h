#ifndef HUILIU_SYNC_BUNDLE_PARTS_H
#define HUILIU_SYNC_BUNDLE_PARTS_H
/* Private to sync/bundle_open.c and sync/bundle_apply.c: a bundle that is being imported. */
#include "base/arena.h"
#include "sync/bundle_import.h"
#include "sync/bundle_payload.h"
#include "sync/progress.h"
#include "verify/cms_stream.h"

struct bundle {
    struct sync_parts parts;
    struct sync_options telling; /* for progress.h */
    struct progress progress;
    struct bundle_info info;
    struct bundle_report report;
    struct bundle_page_report *pages; /* of the report */
    struct arena *arena;
    struct payload payload;
    struct envelope_signature signature;
    char digest[BUNDLE_PRINT_MAX];
    enum bundle_known known;
    int64_t last;              /* highest number of this origin that was applied */
    int spool, spool_again;    /* the signed inside, twice */
    struct cms_stream *stream; /* reads its content */
    uint64_t offset;           /* in the content */
    struct catalogue *catalogue;
};

/* The content from its beginning. */
enum status bundle_rewind(struct bundle *bundle, struct error *error) MUST_CHECK;
bool bundle_is_cancelled(const struct bundle *bundle);
enum status bundle_stopped(struct error *error) MUST_CHECK;
struct bundle_arrival bundle_arrival_of(const struct bundle *bundle);

#endif
