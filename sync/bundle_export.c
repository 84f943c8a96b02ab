#include "sync/bundle_export.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "db/bundle_store.h"
#include "db/request.h"
#include "sync/bundle_identity.h"
#include "verify/digest.h"
#include "verify/envelope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REV_DIGITS   32 /* as CouchDB's own */
#define REVISION_MAX 96

struct exporting {
    struct outbox *outbox;
    struct bundle_export_report *report;
    struct bundle_identity identity;
    json_t *receipts;
    json_t *requests; /* [{"id","rev","events"}…] of what was written */
    struct envelope *envelope;
    char part[PATH_MAX + 8]; /* the file while it is being written */
    int fd;
};

/* --- documents -------------------------------------------------------------------------------- */

/* The revision it would get, from its content: the same content twice is the same revision. */
static enum status make_revision(const json_t *document, const char *parent, char rev[REVISION_MAX],
                                 json_t **history, struct error *error)
{
    struct buf text = {0};
    char digest[SHA256_HEX_MAX];
    char *end = NULL;
    bool ok = true;
    long long generation = strtoll(parent, &end, 10);
    const char *parent_id = end && *end == '-' ? end + 1 : NULL;
    enum status status = json_print(document, &text, error);

    if (status == STATUS_OK)
        status = sha256_hex(text.data, text.length, digest, error);
    buf_release(&text);
    if (status != STATUS_OK)
        return status;
    digest[REV_DIGITS] = '\0';
    generation = parent_id ? generation + 1 : 1;
    snprintf(rev, REVISION_MAX, "%lld-%s", generation, digest);
    json_t *ids = json_array();
    *history = json_object();
    json_add(ids, json_string(digest), &ok);
    if (parent_id)
        json_add(ids, json_string(parent_id), &ok);
    json_put(*history, "start", json_integer(generation), &ok);
    json_put(*history, "ids", ids, &ok);
    return ok ? STATUS_OK : error_nomem(error);
}

static enum status add_revision(json_t *document, const char *parent, char rev[REVISION_MAX],
                                struct error *error)
{
    json_t *history = NULL;
    bool ok = true;

    json_object_del(document, "_rev");
    enum status status = make_revision(document, parent, rev, &history, error);
    if (status != STATUS_OK) {
        json_decref(history);
        return status;
    }
    json_put_text(document, "_rev", rev, &ok);
    json_put(document, "_revisions", history, &ok);
    return ok ? STATUS_OK : error_nomem(error);
}

static enum status note_request(struct exporting *exporting, const struct outgoing *outgoing,
                                const char *rev, struct error *error)
{
    bool ok = true;
    json_t *one = json_object();

    json_put_text(one, "id", outgoing->id, &ok);
    json_put_text(one, "rev", rev, &ok);
    json_put(one, "events", json_incref(outgoing->event_ids), &ok);
    json_add(exporting->requests, one, &ok);
    return ok ? STATUS_OK : error_nomem(error);
}

static enum status write_request(struct exporting *exporting, struct outgoing *outgoing,
                                 struct error *error)
{
    char rev[REVISION_MAX];
    struct buf text = {0};
    bool first = json_array_size(exporting->requests) == 0;
    enum status status = note_request(exporting, outgoing, "", error);

    if (status == STATUS_OK)
        status = add_revision(outgoing->document, outgoing->upstream_rev, rev, error);
    buf_str(&text, first ? "\n" : ",\n");
    if (status == STATUS_OK)
        status = json_print(outgoing->document, &text, error);
    if (status == STATUS_OK && buf_failed(&text))
        status = error_nomem(error);
    if (status == STATUS_OK)
        status = envelope_write(exporting->envelope, text.data, text.length, error);
    buf_release(&text);
    if (status != STATUS_OK)
        return status;
    bool ok = true;
    json_t *noted = json_array_get(exporting->requests, json_array_size(exporting->requests) - 1);
    json_put_text(noted, "rev", rev, &ok);
    return ok ? STATUS_OK : error_nomem(error);
}

static enum status write_requests(struct exporting *exporting, struct error *error)
{
    struct error why = {0};
    char after[48] = "";
    enum status status = STATUS_OK;

    while (status == STATUS_OK) {
        struct outgoing outgoing = {0};
        status = request_next_outgoing(exporting->outbox, after, &outgoing, &why);
        if (status != STATUS_OK)
            break;
        snprintf(after, sizeof after, "%s", outgoing.id);
        status = write_request(exporting, &outgoing, &why);
        outgoing_release(&outgoing);
    }
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (error)
        *error = why;
    return status;
}

/* --- the content ------------------------------------------------------------------------------ */

static enum status put_head(struct exporting *exporting, struct buf *text, struct error *error)
{
    const struct home *home = outbox_home(exporting->outbox);
    char database[64], now[INSTANT_TEXT_MAX];
    json_t *head = json_object();
    bool ok = true;

    snprintf(database, sizeof database, "requests-%s", home_area(home));
    instant_format(clock_wall_ms(), now);
    json_put(head, "version", json_integer(1), &ok);
    json_put_text(head, "direction", "up", &ok);
    json_put_text(head, "origin", home_device(home), &ok);
    json_put(head, "number", json_integer(exporting->report->number), &ok);
    json_put_text(head, "area", home_area(home), &ok);
    json_put_text(head, "station", home_station(home), &ok);
    json_put_text(head, "created_at", now, &ok);
    json_put_text(head, "database", database, &ok);
    json_put(head, "receipts", json_incref(exporting->receipts), &ok);
    enum status status = ok ? json_print(head, text, error) : error_nomem(error);
    json_decref(head);
    return status;
}

static enum status write_content(struct exporting *exporting, struct error *error)
{
    static const char end[] = "\n]}\n";
    struct buf text = {0};

    buf_str(&text, "{\"bundle\":");
    enum status status = put_head(exporting, &text, error);
    buf_str(&text, ",\"new_edits\":false,\"docs\":[");
    if (status == STATUS_OK && buf_failed(&text))
        status = error_nomem(error);
    if (status == STATUS_OK)
        status = envelope_write(exporting->envelope, text.data, text.length, error);
    buf_release(&text);
    if (status == STATUS_OK)
        status = write_requests(exporting, error);
    if (status == STATUS_OK)
        status = envelope_write(exporting->envelope, end, sizeof end - 1, error);
    return status == STATUS_OK ? envelope_finish(exporting->envelope, error) : status;
}

/* --- the file --------------------------------------------------------------------------------- */

static bool is_directory(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static enum status choose_name(struct exporting *exporting, const char *path, struct error *error)
{
    const struct home *home = outbox_home(exporting->outbox);
    struct bundle_export_report *report = exporting->report;
    const char *directory = path ? path : ".";
    int length;

    if (path && !is_directory(path))
        length = snprintf(report->file, sizeof report->file, "%s", path);
    else
        length = snprintf(report->file, sizeof report->file, "%s/huiliu-%s-%.26s-%lld.p7m",
                          directory, home_area(home), home_device(home), (long long)report->number);
    if (length < 0 || (size_t)length >= sizeof report->file)
        return error_set(error, STATUS_INVALID, _("The name of the file is too long."));
    if (access(report->file, F_OK) == 0)
        return error_set(error, STATUS_REFUSED,
                         _("%.200s is there already and is not replaced. Choose another name."),
                         report->file);
    snprintf(exporting->part, sizeof exporting->part, "%s.part", report->file);
    return STATUS_OK;
}

static enum status write_file(struct exporting *exporting, const char *recipient,
                              struct error *error)
{
    const struct envelope_identity own = {buf_text(&exporting->identity.pem.key),
                                          buf_text(&exporting->identity.pem.certificate)};

    exporting->fd =
        open(exporting->part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (exporting->fd < 0)
        return error_set_errno(error, errno, _("Cannot write %.200s"), exporting->part);
    enum status status =
        envelope_create(exporting->fd, &own, recipient, &exporting->envelope, error);
    if (status == STATUS_OK)
        status = write_content(exporting, error);
    if (status == STATUS_OK && fsync(exporting->fd) != 0)
        status = error_set_errno(error, errno, _("Cannot write %.200s"), exporting->part);
    return status;
}

static void sync_directory(const char *file)
{
    char directory[PATH_MAX];
    const char *slash = strrchr(file, '/');

    snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - file + 1) : 1,
             slash ? file : ".");
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd); /* not every medium can; the file itself is on it */
    close(fd);
}

static const char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');

    return slash ? slash + 1 : file;
}

/* Written down first: a number without a file is a gap that is told, two files of one number would
 * not be. */
static enum status put_in_place(struct exporting *exporting, struct error *error)
{
    struct bundle_export_report *report = exporting->report;
    const struct bundle_departure departure = {.number = report->number,
                                               .file = base_name(report->file),
                                               .recipient = report->recipient,
                                               .requests = exporting->requests,
                                               .receipts = exporting->receipts};
    enum status status = bundle_departed(exporting->outbox, &departure, error);

    if (status != STATUS_OK)
        return status;
    if (rename(exporting->part, report->file) != 0) {
        status = error_set_errno(error, errno, _("Cannot write %.200s"), report->file);
        if (bundle_recall(exporting->outbox, report->number, NULL) != STATUS_OK)
            return status; /* the number stays used: a gap that is told */
        return status;
    }
    exporting->part[0] = '\0';
    sync_directory(report->file);
    return STATUS_OK;
}

/* --- all of it -------------------------------------------------------------------------------- */

/* The requests are in nobody's hands any more: back to queued, with what happened. */
static enum status release_requests(struct exporting *exporting, enum status outcome,
                                    struct error *error)
{
    char reason[128] = "";
    enum status status = STATUS_OK;

    if (outcome == STATUS_OK)
        snprintf(reason, sizeof reason, _("Exported in bundle %lld; its receipt is awaited."),
                 (long long)exporting->report->number);
    for (size_t i = 0; i < json_array_size(exporting->requests) && status == STATUS_OK; i++)
        status = request_defer(exporting->outbox,
                               json_text(json_array_get(exporting->requests, i), "id", ""),
                               reason[0] ? reason : NULL, error);
    return status;
}

static enum status prepare(struct exporting *exporting, const char *recipient, const char *path,
                           int64_t *untold, struct error *error)
{
    struct bundle_export_report *report = exporting->report;
    enum status status =
        bundle_fingerprint(recipient, report->recipient, report->recipient_name, error);

    if (status == STATUS_OK)
        status = bundle_next_number(exporting->outbox, &report->number, error);
    if (status == STATUS_OK)
        status = choose_name(exporting, path, error);
    if (status == STATUS_OK)
        status = bundle_identity_load(outbox_home(exporting->outbox), &exporting->identity, error);
    if (status == STATUS_OK)
        status = bundle_receipts_to_tell(exporting->outbox, &exporting->receipts, untold, error);
    exporting->requests = json_array();
    return status == STATUS_OK && !exporting->requests ? error_nomem(error) : status;
}

static void clean_up(struct exporting *exporting)
{
    envelope_free(exporting->envelope);
    if (exporting->fd >= 0)
        close(exporting->fd);
    if (exporting->part[0] != '\0' && exporting->fd >= 0)
        unlink(exporting->part);
    json_decref(exporting->requests);
    json_decref(exporting->receipts);
    bundle_identity_release(&exporting->identity);
}

enum status bundle_export(struct outbox *outbox, const char *recipient, const char *path,
                          struct bundle_export_report *report, struct error *error)
{
    struct exporting exporting = {.outbox = outbox, .report = report, .fd = -1};
    int64_t untold = 0;

    *report = (struct bundle_export_report){0};
    enum status status = prepare(&exporting, recipient, path, &untold, error);
    if (status == STATUS_OK)
        status = write_file(&exporting, recipient, error);
    report->requests = (int64_t)json_array_size(exporting.requests);
    report->receipts = (int64_t)json_array_size(exporting.receipts);
    if (status == STATUS_OK && report->requests == 0 && untold == 0)
        status =
            error_set(error, STATUS_NOT_FOUND, _("Nothing waits to be taken to the platform."));
    if (status == STATUS_OK)
        status = put_in_place(&exporting, error);
    enum status released = release_requests(&exporting, status, status == STATUS_OK ? error : NULL);
    clean_up(&exporting);
    return status == STATUS_OK ? released : status;
}
