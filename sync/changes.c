#include "sync/changes.h"

#include "base/i18n.h"
#include "sync/plain_row.h"

#include <stdlib.h>
#include <string.h>

static const char *first_rev(const json_t *value)
{
    const json_t *changes = json_object_get(value, "changes");
    return json_text(json_array_get(changes, 0), "rev", NULL);
}

/* Fills in the row, or says why it is none. */
static void read_row(json_t *value, bool bare, struct couch_row *row)
{
    const json_t *doc = json_object_get(value, "doc");
    const char *id = json_text(value, "id", NULL);
    row->value = value;
    row->rev = first_rev(value);
    row->seq = json_object_get(value, "seq");
    row->deleted = json_bool(value, "deleted", false);
    row->doc = json_is_object(doc) ? doc : NULL;
    if (json_is_null(row->seq))
        row->seq = NULL;
    if (!id || id[0] == '\0' || !row->rev)
        row->reason = _("The row has no id or no revision.");
    else if (!bare && !row->doc && !row->deleted)
        row->reason = _("The row comes without its document.");
    else if (row->doc && strcmp(json_text(row->doc, "_id", ""), id) != 0)
        row->reason = _("The row's document is another one.");
    else
        row->id = id;
}

static void keep(struct buf *texts, const struct json_span *span)
{
    buf_bytes(texts, span->text, span->length);
    buf_char(texts, '\0');
}

/* False: it is not plain, or there was no memory to find out. */
static bool read_plain(struct changes *changes, struct couch_row *row)
{
    struct plain_row plain;
    if (!plain_row_read(row->text, row->length, &changes->body, &plain))
        return false;
    buf_clear(&changes->texts);
    keep(&changes->texts, &plain.id);
    keep(&changes->texts, &plain.rev);
    keep(&changes->texts, &plain.seq);
    if (buf_failed(&changes->texts) || buf_failed(&changes->body))
        return false;
    row->id = buf_text(&changes->texts);
    row->rev = row->id + plain.id.length + 1;
    row->since = row->rev + plain.rev.length + 1;
    row->body = buf_text(&changes->body);
    row->body_length = changes->body.length;
    return true;
}

static enum status parse_line(struct changes *changes, const char *text, size_t length, bool whole,
                              struct error *error)
{
    struct couch_row row = {.text = text, .length = length};
    struct error why = {0};
    json_t *value = NULL;
    enum status status = whole ? json_parse(text, length, &value, &why) : STATUS_OK;
    if (status == STATUS_NOMEM) /* says nothing about the row, which must come again */
        return error_nomem(error);
    if (!whole)
        row.reason = _("The row is damaged or too long.");
    else if (status != STATUS_OK)
        row.reason = why.text;
    else
        read_row(value, changes->form == CHANGES_BARE, &row);
    status = changes->sink(changes->context, &row, error);
    json_decref(value);
    return status;
}

static enum status on_line(void *context, const char *text, size_t length, bool whole,
                           struct error *error)
{
    struct changes *changes = context;
    struct couch_row row = {.text = text, .length = length};
    if (whole && changes->form == CHANGES_RECORDS && read_plain(changes, &row))
        return changes->sink(changes->context, &row, error);
    return parse_line(changes, text, length, whole, error);
}

void changes_init(struct changes *changes, enum changes_form form, couch_row_sink sink,
                  void *context)
{
    *changes = (struct changes){.sink = sink, .context = context, .form = form};
    lines_init(&changes->lines, on_line, changes);
}

void changes_release(struct changes *changes)
{
    lines_release(&changes->lines);
    buf_release(&changes->body);
    buf_release(&changes->texts);
}

enum status changes_feed(struct changes *changes, const char *bytes, size_t length,
                         struct error *error)
{
    return lines_feed(&changes->lines, bytes, length, error);
}

enum status changes_finish(struct changes *changes, struct couch_page *page, struct error *error)
{
    enum status status = lines_finish(&changes->lines, error);
    page->rows = changes->lines.rows;
    if (status != STATUS_OK)
        return status;
    page->last_seq = changes->lines.last_seq;
    page->pending = changes->lines.pending;
    changes->lines.last_seq = NULL;
    return STATUS_OK;
}

void couch_page_release(struct couch_page *page)
{
    free(page->last_seq);
    page->last_seq = NULL;
}
