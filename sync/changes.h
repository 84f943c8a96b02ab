#ifndef HUILIU_SYNC_CHANGES_H
#define HUILIU_SYNC_CHANGES_H
/*
 * The rows of a `_changes` answer, from its bytes: split (sync/lines.h), parsed, and looked at
 * whether they are rows at all. Where the bytes come from does not matter: the network
 * (sync/couch.h) or a file.
 *
 *     struct changes changes;
 *     changes_init(&changes, false, on_row, context);
 *     while (bytes arrive)
 *         changes_feed(&changes, bytes, length, &error);
 *     changes_finish(&changes, &page, &error);       // was it whole?
 *     couch_page_release(&page);
 *     changes_release(&changes);
 *
 * What is not a row (bad JSON, duplicate members, nested too deeply, too long, another document
 * than it says) is handed over all the same, with the reason, and the rows after it are read as if
 * nothing had happened. A failure of the sink is sticky. Pure; one thread.
 */
#include "base/json.h"
#include "sync/lines.h"

#include <stdbool.h>
#include <stdint.h>

struct couch_row {
    const char *id;    /* NULL: not a row, see `reason` */
    const char *rev;   /* of the winning revision */
    const json_t *seq; /* NULL: no position at this row */
    bool deleted;
    const json_t *doc; /* NULL: deleted without a body, or `bare` */
    json_t *value;     /* all of these live in it; json_incref() keeps them; NULL: no JSON */
    const char *text;  /* the row as it came; not NUL-terminated */
    size_t length;
    const char *reason; /* why it is not a row, as a sentence */
};
typedef enum status (*couch_row_sink)(void *context, const struct couch_row *row,
                                      struct error *error);

struct couch_page {
    int64_t rows;    /* delivered, damaged ones included; also set when the page failed */
    char *last_seq;  /* JSON text */
    int64_t pending; /* rows after this page; -1: not stated */
};

struct changes {
    struct lines lines;
    couch_row_sink sink;
    void *context;
    bool bare; /* rows without documents */
};

void changes_init(struct changes *changes, bool bare, couch_row_sink sink, void *context);
void changes_release(struct changes *changes);
enum status changes_feed(struct changes *changes, const char *bytes, size_t length,
                         struct error *error) MUST_CHECK;
/* STATUS_OFFLINE: the stream stopped before its end. STATUS_PORTAL: it is no `_changes` answer. On
 * failure only page->rows is set. */
enum status changes_finish(struct changes *changes, struct couch_page *page,
                           struct error *error) MUST_CHECK;
void couch_page_release(struct couch_page *page);

#endif
