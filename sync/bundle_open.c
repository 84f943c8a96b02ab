#include "sync/bundle_parts.h"

#include "base/i18n.h"
#include "base/thread.h"
#include "sync/bundle_identity.h"
#include "verify/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE_SIZE ((size_t)64 << 10)

const struct bundle_info *bundle_info(const struct bundle *bundle)
{
    return &bundle->info;
}

void bundle_close(struct bundle *bundle)
{
    if (!bundle)
        return;
    if (bundle->spool >= 0)
        close(bundle->spool);
    if (bundle->spool_again >= 0)
        close(bundle->spool_again);
    cms_stream_free(bundle->stream);
    envelope_signature_release(&bundle->signature);
    payload_release(&bundle->payload);
    catalogue_free(bundle->catalogue);
    arena_free(bundle->arena);
    http_rearm(couch_http(bundle->parts.couch));
    free(bundle);
}

enum status bundle_stopped(struct error *error)
{
    return error_set(error, STATUS_CANCELLED, _("Stopped. Import the same bundle again to go on."));
}

bool bundle_is_cancelled(const struct bundle *bundle)
{
    return http_is_cancelled(couch_http(bundle->parts.couch));
}

/* --- the spool -------------------------------------------------------------------------------- */

/* Opened twice, since two threads read it, and without a name before there is anything in it:
 * nothing of the content can stay behind. */
static enum status make_spool(struct bundle *bundle, struct error *error)
{
    char path[PATH_MAX];
    enum status status = home_path(bundle->parts.home, "bundle-XXXXXX", path, sizeof path, error);

    if (status != STATUS_OK)
        return status;
    bundle->spool = mkostemp(path, O_CLOEXEC);
    if (bundle->spool >= 0) {
        bundle->spool_again = open(path, O_RDONLY | O_CLOEXEC);
        unlink(path);
    }
    return bundle->spool_again >= 0 ? STATUS_OK
                                    : error_set_errno(error, errno, _("Cannot write in %.200s"),
                                                      home_directory(bundle->parts.home));
}

static bool watch(void *context, int64_t bytes)
{
    struct bundle *bundle = context;

    (void)bytes;
    return !bundle_is_cancelled(bundle);
}

static enum status open_file(const char *path, int *fd, struct error *error)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (*fd >= 0)
        return STATUS_OK;
    return error_set_errno(error, errno, _("Cannot read %.200s"), path);
}

static enum status decrypt(struct bundle *bundle, const char *path, struct error *error)
{
    const struct envelope_watch watching = {watch, bundle};
    struct bundle_identity identity;
    int fd = -1;
    enum status status = bundle_identity_load(bundle->parts.home, &identity, error);

    if (status != STATUS_OK)
        return status;
    const struct envelope_identity own = {buf_text(&identity.pem.key),
                                          buf_text(&identity.pem.certificate)};
    status = open_file(path, &fd, error);
    if (status == STATUS_OK)
        status = make_spool(bundle, error);
    if (status == STATUS_OK)
        status = envelope_decrypt(fd, &own, bundle->spool, &watching, error);
    if (fd >= 0)
        close(fd);
    bundle_identity_release(&identity);
    return status;
}

enum status bundle_rewind(struct bundle *bundle, struct error *error)
{
    cms_stream_free(bundle->stream);
    bundle->stream = NULL;
    bundle->offset = 0;
    if (lseek(bundle->spool, 0, SEEK_SET) != 0)
        return error_set_errno(error, errno, _("The bundle cannot be read again"));
    return cms_stream_open(bundle->spool, &bundle->stream, error);
}

/* --- reading it through ----------------------------------------------------------------------- */

static enum status scan_pieces(struct bundle *bundle, struct sha256 *digest, struct error *error)
{
    char *piece = malloc(PIECE_SIZE);
    size_t got = 1;
    enum status status = piece ? STATUS_OK : error_nomem(error);

    while (status == STATUS_OK && got > 0) {
        status = cms_stream_read(bundle->stream, piece, PIECE_SIZE, &got, error);
        if (status == STATUS_OK)
            status = sha256_add(digest, piece, got, error);
        if (status == STATUS_OK)
            status = payload_feed(&bundle->payload, piece, got, error);
        if (status == STATUS_OK && bundle_is_cancelled(bundle))
            status = bundle_stopped(error);
    }
    free(piece);
    return status == STATUS_OK ? payload_finish(&bundle->payload, error) : status;
}

static enum status scan(struct bundle *bundle, struct error *error)
{
    struct sha256 *digest = NULL;
    enum status status = sha256_new(&digest, error);

    if (status == STATUS_OK)
        status = scan_pieces(bundle, digest, error);
    if (status == STATUS_OK)
        status = sha256_finish(digest, bundle->digest, error);
    sha256_free(digest);
    return status;
}

/* A second thread reads the content through while the first one checks the signature over it. */
struct scanning {
    struct bundle *bundle;
    pthread_t thread;
    struct error failure;
    enum status status;
};

static void *scan_apart(void *context)
{
    struct scanning *scanning = context;

    scanning->status = scan(scanning->bundle, &scanning->failure);
    return NULL;
}

static enum status verify(struct bundle *bundle, struct error *error)
{
    const struct envelope_watch watching = {watch, bundle};

    return envelope_verify(bundle->spool, &watching, &bundle->signature, error);
}

/* What the signature says comes first; nothing that was read counts without it. */
static enum status verify_and_scan(struct bundle *bundle, struct error *error)
{
    struct scanning scanning = {.bundle = bundle};
    enum status status = cms_stream_open(bundle->spool_again, &bundle->stream, error);

    if (status == STATUS_OK)
        status = thread_start("scan", scan_apart, &scanning, &scanning.thread, error);
    if (status != STATUS_OK)
        return status;
    status = verify(bundle, error);
    pthread_join(scanning.thread, NULL);
    if (status != STATUS_OK || scanning.status == STATUS_OK)
        return status;
    if (error)
        *error = scanning.failure;
    return scanning.status;
}

/* --- what it says of itself ------------------------------------------------------------------- */

static void copy_text(char *out, size_t size, const json_t *head, const char *member)
{
    snprintf(out, size, "%s", json_text(head, member, ""));
}

struct bundle_arrival bundle_arrival_of(const struct bundle *bundle)
{
    return (struct bundle_arrival){.origin = bundle->info.origin,
                                   .number = bundle->info.number,
                                   .digest = bundle->digest,
                                   .created_at = bundle->info.created_at,
                                   .signer = bundle->info.fingerprint};
}

static enum status judge_signer(struct bundle *bundle, struct error *error)
{
    struct reader *reader = NULL;
    enum status status = reader_open(bundle->parts.home, &reader, error);

    if (status == STATUS_OK)
        status = bundle_trust_judge(reader, bundle->parts.outbox, &bundle->signature,
                                    &bundle->info.trust, error);
    reader_close(reader);
    return status;
}

static enum status describe(struct bundle *bundle, struct error *error)
{
    struct bundle_info *info = &bundle->info;
    const json_t *head = bundle->payload.pages[0].head;

    copy_text(info->origin, sizeof info->origin, head, "origin");
    copy_text(info->area, sizeof info->area, head, "area");
    copy_text(info->created_at, sizeof info->created_at, head, "created_at");
    info->number = json_int(head, "number", 0);
    info->page_count = bundle->payload.page_count;
    info->rows = bundle->payload.rows;
    certificate_subject(bundle->signature.signer, info->signer);
    certificate_fingerprint(bundle->signature.signer, info->fingerprint);
    enum status status = judge_signer(bundle, error);
    const struct bundle_arrival arrival = bundle_arrival_of(bundle);
    if (status == STATUS_OK)
        status =
            bundle_look_up(bundle->parts.outbox, &arrival, &bundle->known, &bundle->last, error);
    info->already = bundle->known == BUNDLE_FINISHED;
    return status;
}

enum status bundle_open(struct sync *sync, const char *path, const struct bundle_options *options,
                        struct bundle **out, struct error *error)
{
    struct bundle *bundle = calloc(1, sizeof *bundle);

    if (!bundle)
        return error_nomem(error);
    bundle->parts = sync_parts(sync);
    bundle->spool = bundle->spool_again = -1;
    bundle->telling.progress = options->progress;
    bundle->telling.context = options->context;
    payload_init(&bundle->payload);
    progress_start(&bundle->progress, &bundle->telling, NULL);
    progress_enter(&bundle->progress, "bundle", _("Opening the bundle"), -1);
    bundle->arena = arena_new();
    enum status status = bundle->arena ? decrypt(bundle, path, error) : error_nomem(error);
    if (status == STATUS_OK)
        status = verify_and_scan(bundle, error);
    if (status == STATUS_OK)
        status = describe(bundle, error);
    if (status != STATUS_OK) {
        bundle_close(bundle);
        return status;
    }
    *out = bundle;
    return STATUS_OK;
}

enum status bundle_vouch(struct bundle *bundle, const char *account, struct error *error)
{
    struct bundle_info *info = &bundle->info;

    if (info->trust.trusted)
        return STATUS_OK;
    if (!info->trust.may_vouch)
        return error_set(error, STATUS_REFUSED, "%s", info->trust.reason);
    enum status status =
        bundle_signer_trust(bundle->parts.outbox, info->fingerprint, info->signer, account, error);
    return status == STATUS_OK ? judge_signer(bundle, error) : status;
}
