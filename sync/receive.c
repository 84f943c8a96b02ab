#include "sync/receive.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "db/request.h"
#include "sync/classify.h"
#include "sync/lines.h"

#include <stdlib.h>
#include <string.h>

/* A page is held in memory: a document's losing revisions are fetched between its arrival and its
 * merging, and that cannot happen while the page itself is on the line. */
#define PAGE_ROWS      64
#define LOSERS_MAX     16
#define REQUEST_PREFIX "request:"

struct page {
    json_t *rows[PAGE_ROWS]; /* {"id","rev","seq","deleted","doc"} */
    size_t count;
    int64_t unreadable; /* rows that were none */
};

static void page_clear(struct page *page)
{
    while (page->count > 0)
        json_decref(page->rows[--page->count]);
}

static enum status keep_row(void *context, const struct couch_row *row, struct error *error)
{
    struct page *page = context;
    bool ok = true;
    if (!row->id)
        page->unreadable++;
    if (!row->id || strncmp(row->id, REQUEST_PREFIX, strlen(REQUEST_PREFIX)) != 0)
        return STATUS_OK;
    if (page->count == PAGE_ROWS)
        return classify_nonsense(error); /* more than was asked for */
    json_t *kept = json_object();
    if (!kept)
        return error_nomem(error);
    json_put_text(kept, "id", row->id, &ok);
    json_put_text(kept, "rev", row->rev, &ok);
    json_put(kept, "deleted", json_boolean(row->deleted), &ok);
    if (row->seq)
        json_put(kept, "seq", json_deep_copy(row->seq), &ok);
    if (row->doc)
        json_put(kept, "doc", json_deep_copy(row->doc), &ok);
    page->rows[page->count++] = kept;
    return ok ? STATUS_OK : error_nomem(error);
}

/* --- merging ---------------------------------------------------------------------------------- */

/* A broken or tampered document is kept aside by the outbox; the feed goes on. */
static enum status merge(struct receiver *receiver, const char *id, const char *rev,
                         const json_t *document, const char *since, struct error *error)
{
    struct error why = {0};
    enum status status = request_merge_upstream(receiver->outbox, id, rev, document,
                                                receiver->database, since, &why);
    if (status == STATUS_OK) {
        receiver->merged++;
        return STATUS_OK;
    }
    if (status == STATUS_CORRUPT) {
        log_line("sync: a request document was put aside");
        return STATUS_OK;
    }
    if (error)
        *error = why;
    return status;
}

/* Each merge acknowledges exactly the events of that revision. The winner comes last, so what only
 * a loser had is unacknowledged in the end and goes up with the next push. */
static enum status merge_loser(struct receiver *receiver, const char *id, const char *rev,
                               struct error *error)
{
    struct error why = {0};
    json_t *document = NULL;
    enum status status = couch_get(receiver->couch, receiver->database, id, rev, &document, &why);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK; /* resolved meanwhile */
    if (status == STATUS_OK)
        status = merge(receiver, id, rev, document, NULL, &why);
    json_decref(document);
    if (status != STATUS_OK && error)
        *error = why;
    return status;
}

static enum status merge_losers(struct receiver *receiver, const char *id, const json_t *doc,
                                struct error *error)
{
    const json_t *losers = json_object_get(doc, "_conflicts");
    enum status status = STATUS_OK;
    for (size_t i = 0; i < json_array_size(losers) && i < LOSERS_MAX && status == STATUS_OK; i++) {
        const char *rev = json_string_value(json_array_get(losers, i));
        if (rev)
            status = merge_loser(receiver, id, rev, error);
    }
    return status;
}

static enum status merge_row(struct receiver *receiver, const json_t *row, struct error *error)
{
    const char *id = json_text(row, "id", "");
    const json_t *doc = json_bool(row, "deleted", false) ? NULL : json_object_get(row, "doc");
    char *since = NULL;
    enum status status = lines_sequence(json_object_get(row, "seq"), &since, error);
    if (status == STATUS_OK)
        status = merge_losers(receiver, id, doc, error);
    if (status == STATUS_OK)
        status = merge(receiver, id, json_text(row, "rev", ""), doc, since, error);
    free(since);
    return status;
}

static enum status merge_page(struct receiver *receiver, const struct page *page,
                              struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < page->count && status == STATUS_OK; i++) {
        if (http_is_cancelled(couch_http(receiver->couch)))
            return error_set(error, STATUS_CANCELLED, _("Stopped. What has arrived is kept."));
        status = merge_row(receiver, page->rows[i], error);
    }
    return status;
}

/* --- the feed --------------------------------------------------------------------------------- */

static enum status save_position(struct receiver *receiver, const char *since, const char *instance,
                                 struct error *error)
{
    return request_set_feed_position(receiver->outbox, receiver->database, since, instance,
                                     couch_contact(receiver->couch).at_ms, error);
}

static enum status read_page(struct receiver *receiver, const char *instance, struct buf *since,
                             bool *more, struct error *error)
{
    struct page page = {0};
    struct couch_page end = {0};
    const struct couch_query query = {.database = receiver->database,
                                      .since = since->length > 0 ? buf_text(since) : NULL,
                                      .limit = PAGE_ROWS,
                                      .conflicts = true};
    enum status status = couch_changes(receiver->couch, &query, keep_row, &page, &end, error);
    if (status == STATUS_OK)
        status = merge_page(receiver, &page, error);
    if (status == STATUS_OK)
        status = save_position(receiver, end.last_seq, instance, error);
    if (page.unreadable > 0)
        log_line("sync: %lld rows of the requests feed were unreadable",
                 (long long)page.unreadable);
    if (status == STATUS_OK) {
        *more = !couch_page_is_last(&query, &end) && strcmp(end.last_seq, buf_text(since)) != 0;
        buf_clear(since);
        buf_str(since, end.last_seq);
        if (buf_failed(since))
            status = error_nomem(error);
    }
    couch_page_release(&end);
    page_clear(&page);
    return status;
}

static enum status load_position(struct receiver *receiver, struct buf *since, struct buf *instance,
                                 struct error *error)
{
    struct error why = {0};
    enum status status =
        request_feed_position(receiver->outbox, receiver->database, since, instance, &why);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (error)
        *error = why;
    return status;
}

/* A recreated database has nothing of ours: everything is to be sent again and read anew. */
static enum status start_over(struct receiver *receiver, const char *instance, struct buf *since,
                              struct error *error)
{
    buf_clear(since);
    receiver->recreated = true;
    return request_forget_upstream(receiver->outbox, receiver->database, instance, error);
}

static enum status read_pages(struct receiver *receiver, const char *instance, struct buf *since,
                              struct error *error)
{
    bool more = true;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && more)
        status = read_page(receiver, instance, since, &more, error);
    return status;
}

/* The upstream answers in its own words that it cannot make sense of our position. */
static bool is_position_lost(const struct receiver *receiver, const struct buf *since,
                             enum status status)
{
    return status == STATUS_INVALID && since->length > 0 &&
           couch_last(receiver->couch)->status == 400 &&
           classify_is_error(couch_last(receiver->couch), "bad_request");
}

static enum status read_feed(struct receiver *receiver, const struct couch_info *info,
                             struct buf *since, const struct buf *instance, struct error *error)
{
    struct error why = {0};
    enum status status = STATUS_OK;
    bool known = instance->length > 0;
    if (!known)
        buf_clear(since);
    else if (!couch_is_same_life(info, buf_text(instance), buf_text(since)))
        status = start_over(receiver, info->instance, since, error);
    if (status == STATUS_OK && since->length > 0 && strcmp(buf_text(since), info->update_seq) == 0)
        return save_position(receiver, buf_text(since), info->instance, error);
    if (status != STATUS_OK)
        return status;
    status = read_pages(receiver, info->instance, since, &why);
    if (is_position_lost(receiver, since, status)) { /* merging again changes nothing */
        log_line("sync: position of the requests not known any more");
        buf_clear(since);
        status = read_pages(receiver, info->instance, since, &why);
    }
    if (status != STATUS_OK && error)
        *error = why;
    return status;
}

enum status receive_requests(struct receiver *receiver, struct error *error)
{
    struct couch_info info = {0};
    struct buf since = {0}, instance = {0};
    struct error why = {0};
    enum status status = couch_database(receiver->couch, receiver->database, &info, &why);
    receiver->absent = status == STATUS_NOT_FOUND;
    if (receiver->absent)
        return STATUS_OK;
    if (status == STATUS_OK)
        status = load_position(receiver, &since, &instance, &why);
    if (status == STATUS_OK)
        status = read_feed(receiver, &info, &since, &instance, &why);
    couch_info_release(&info);
    buf_release(&since);
    buf_release(&instance);
    if (status != STATUS_OK && error)
        *error = why;
    return status;
}
