#ifndef HUILIU_SYNC_CHANGES_H
#define HUILIU_SYNC_CHANGES_H
/*
 * The rows of a `_changes` answer, from its bytes: split (sync/lines.h), parsed, and looked at
 * whether they are rows at all. Where the bytes come from does not matter: the network
 * (sync/couch.h) or a file.
 *
 *     struct changes changes;
 *     changes_init(&changes, CHANGES_DOCUMENTS, on_row, context);
 *     while (bytes arrive)
 *         changes_feed(&changes, bytes, length, &error);
 *     changes_finish(&changes, &page, &error);       // was it whole?
 *     couch_page_release(&page);
 *     changes_release(&changes);
 *
 * Who asks for CHANGES_RECORDS gets most rows without a parsed document: as the text that db/ keeps
 * of it (sync/plain_row.h). A row that is not plain comes as with CHANGES_DOCUMENTS.
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
    const json_t *seq; /* NULL: no position at this row, or a plain one */
    bool deleted;
    const json_t *doc; /* NULL: deleted without a body, CHANGES_BARE, or plain */
    json_t *value;     /* all of these live in it; json_incref() keeps them; NULL: no JSON */
    /* A plain row: these live until the call returns, and so do `id` and `rev`. */
    const char *body; /* the document as it is kept, NUL-terminated; NULL: not plain */
    size_t body_length;
    const char *since; /* `seq` as JSON text; "": none */
    /* What whoever takes the row has made of it (db/ready.h), without pointers; NULL: nothing. */
    const void *ready;
    size_t ready_size;
    const char *text; /* the row as it came; not NUL-terminated */
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

enum changes_form {
    CHANGES_DOCUMENTS,
    CHANGES_BARE, /* rows without documents */
    CHANGES_RECORDS,
};

struct changes {
    struct lines lines;
    couch_row_sink sink;
    void *context;
    enum changes_form form;
    struct buf body, texts; /* of the present plain row */
};

void changes_init(struct changes *changes, enum changes_form form, couch_row_sink sink,
                  void *context);
void changes_release(struct changes *changes);
enum status changes_feed(struct changes *changes, const char *bytes, size_t length,
                         struct error *error) MUST_CHECK;
/* STATUS_OFFLINE: the stream stopped before its end. STATUS_PORTAL: it is no `_changes` answer. On
 * failure only page->rows is set. */
enum status changes_finish(struct changes *changes, struct couch_page *page,
                           struct error *error) MUST_CHECK;
void couch_page_release(struct couch_page *page);

#endif
