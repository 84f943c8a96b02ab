#ifndef HUILIU_SYNC_MULTIPART_H
#define HUILIU_SYNC_MULTIPART_H
/*
 * A document and its attachments as one multipart/related body (RFC 2387), the only way to write
 * both in one revision without base64: the upstream has all of it or nothing.
 *
 *     multipart_init(&body, document_text, length, &attachments, &error);
 *     const struct http_upload upload = multipart_upload(&body);
 *     ...
 *     multipart_release(&body);
 *
 * Bytes as CouchDB's own replicator sends them: the document first, then the attachments in the
 * order of the document's `_attachments` (CouchDB goes by order alone), each with its length and
 * its name (PouchDB Server goes by name, which therefore may not hold a backslash), a closing
 * boundary and nothing behind it. The boundary is a fresh random number; the total length is known
 * beforehand, so the request has a Content-Length.
 *
 * Attachments are read in small pieces while they are sent, and again from their start when a
 * connection has to be made anew. One thread. The attachments are borrowed.
 */
#include "base/buf.h"
#include "base/error.h"
#include "sync/http.h"

#include <stddef.h>
#include <stdint.h>

#define MULTIPART_PARTS_MAX 16

struct multipart_part {
    const char *name, *type;
    int64_t length;
};

struct multipart_parts {
    struct multipart_part items[MULTIPART_PARTS_MAX];
    size_t count;
    /* Exactly `length` bytes from `offset` on of items[index]. */
    enum status (*read)(void *context, size_t index, int64_t offset, char *bytes, size_t length,
                        struct error *error);
    void *context;
};

struct multipart {
    const struct multipart_parts *parts;
    struct buf text;                      /* everything that is not attachment, in one piece */
    size_t ends[MULTIPART_PARTS_MAX + 1]; /* of `text` before each attachment, and at the end */
    char type[96];                        /* of the whole body */
    int64_t length;
    size_t section; /* even: text, odd: attachment section / 2 */
    int64_t offset; /* in this section */
};

enum status multipart_init(struct multipart *body, const char *document, size_t length,
                           const struct multipart_parts *parts, struct error *error) MUST_CHECK;
void multipart_release(struct multipart *body);
/* What sync/http.h sends; points to *body. */
struct http_upload multipart_upload(struct multipart *body);

#endif
