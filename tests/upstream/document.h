#ifndef HUILIU_TESTS_UPSTREAM_DOCUMENT_H
#define HUILIU_TESTS_UPSTREAM_DOCUMENT_H
/*
 * Documents on their way in and out: the members that begin with an underscore, and the rest.
 *
 * document_take() splits a document into a `struct draft` and stores its new attachments;
 * document_write() makes it a revision. What is wrong with it comes back as a reply's status, error
 * and reason, which is how CouchDB tells.
 */
#include "base/json.h"
#include "tests/upstream/store.h"

#define DOCUMENT_BYTES_MAX 8000000u

struct complaint { /* status 0: none */
    unsigned status;
    const char *error;
    char reason[256];
};

/* Parts of a multipart/related body behind the document, in order: attachments that "follow". */
struct parts {
    const char *const *data;
    const size_t *lengths;
    size_t count, used;
};

struct draft {
    char id[DOCUMENT_ID_LIMIT];
    char revision[REVISION_TEXT_MAX]; /* empty: none given */
    bool deleted;
    struct buf body;
    json_t *attachments; /* as sent; borrowed from the document */
    json_t *revisions;   /* _revisions, likewise */
};

void draft_release(struct draft *draft);

/* `id` NULL: from the document, and when it has none, one is made up. */
bool document_take(json_t *document, const char *id, struct draft *draft,
                   struct complaint *complaint);

/* As a user's edit, or (replica) as replication writes. *revision is the one made or kept. */
bool document_write(struct store *store, int64_t database, struct draft *draft, bool replica,
                    struct parts *parts, char revision[REVISION_TEXT_MAX],
                    struct complaint *complaint);

struct document_options {
    bool revisions;   /* _revisions */
    bool attachments; /* data instead of stubs */
    bool conflicts;   /* _conflicts, when there are any */
};

/* Appends {"_id":…,"_rev":…,…}. */
enum status document_print(struct store *store, int64_t database, const char *id,
                           const struct version *version, const struct document_options *options,
                           struct buf *out, struct error *error) MUST_CHECK;

/* The same from a row, with neither _revisions nor data nor conflicts. */
void document_print_row(const struct row *row, struct buf *out);

#endif
