#ifndef HUILIU_TESTS_UPSTREAM_STORE_H
#define HUILIU_TESTS_UPSTREAM_STORE_H
/*
 * Databases, documents with their trees of revisions, attachments and _local documents, in one
 * SQLite file or in memory.
 *
 * A document is a tree. Its leaves are its current versions; the winner is, of the leaves that are
 * not deleted (or of all, when all are), the one of the highest generation and then of the highest
 * digest, so that every server shows the same one. Every change of a document gives it the
 * database's next sequence number; the change before disappears from the feed.
 *
 * Bodies are compact JSON objects without the members that begin with an underscore.
 *
 * Threads: every call takes the store's lock. store_begin() keeps it until store_commit() or
 * store_rollback(), so that several calls are one transaction; only the thread that began may end
 * it. store_wait() sleeps until something is committed.
 */
#include "base/buf.h"
#include "base/error.h"
#include "tests/upstream/revision.h"

#include <stdbool.h>
#include <stdint.h>

#define DATABASE_NAME_LIMIT 240
#define DOCUMENT_ID_LIMIT   4096
#define REVISION_PATH_LIMIT 1000

struct store;

struct database {
    int64_t key;
    uint64_t instance;
    int64_t created; /* seconds since 1970; later than that of any database before it */
    uint64_t sequence;
    int64_t live, dead; /* documents */
};

/* One version of a document. Texts are the caller's to release with version_release(). */
struct version {
    char revision[REVISION_TEXT_MAX];
    bool deleted;
    struct buf body;
    struct buf attachments; /* JSON object of stubs; empty when there are none */
};

void version_release(struct version *version);

/* path: a file, or NULL for memory. */
enum status store_open(const char *path, struct store **store, struct error *error) MUST_CHECK;
void store_close(struct store *store);

enum status store_begin(struct store *store, struct error *error) MUST_CHECK;
enum status store_commit(struct store *store, struct error *error) MUST_CHECK;
void store_rollback(struct store *store);

/* Sleeps until the store has changed since `seen` (from store_version()), the time is over or
 * store_stop() was called; returns the version now. */
uint64_t store_version(struct store *store);
uint64_t store_wait(struct store *store, uint64_t seen, int64_t milliseconds);
void store_stop(struct store *store);
bool store_is_stopped(struct store *store);

/* STATUS_CONFLICT when it exists, STATUS_NOT_FOUND when it does not. */
enum status store_create_database(struct store *store, const char *name,
                                  struct error *error) MUST_CHECK;
enum status store_delete_database(struct store *store, const char *name,
                                  struct error *error) MUST_CHECK;
enum status store_find_database(struct store *store, const char *name, struct database *out,
                                struct error *error) MUST_CHECK;
/* Names in order, as one JSON array. */
enum status store_list_databases(struct store *store, struct buf *out,
                                 struct error *error) MUST_CHECK;

struct edit {
    const char *id;
    const char *parent; /* revision replaced, or NULL */
    bool deleted;
    const char *body;
    size_t length;
    const char *attachments; /* or NULL */
};

/* A user's edit: STATUS_CONFLICT unless `parent` is a leaf, or there is none and the document is
 * new or deleted. */
enum status store_edit(struct store *store, int64_t database, const struct edit *edit,
                       char revision[REVISION_TEXT_MAX], struct error *error) MUST_CHECK;

/* A replicated version with its ancestry, newest first (new_edits=false): grafted, never refused.
 */
enum status store_graft(struct store *store, int64_t database, const struct edit *edit,
                        const struct revision *path, size_t count, struct error *error) MUST_CHECK;

/* The winner (revision NULL) or a given version; STATUS_NOT_FOUND when absent. The winner may be a
 * deleted one. Adds to the buffers of *out, which must be zero or released. */
enum status store_read(struct store *store, int64_t database, const char *id, const char *revision,
                       struct version *out, struct error *error) MUST_CHECK;

#define LEAVES_MAX 64
struct leaves {
    size_t count;
    struct {
        char revision[REVISION_TEXT_MAX];
        bool deleted;
    } items[LEAVES_MAX]; /* winner first */
};

/* No leaves: no such document. */
enum status store_leaves(struct store *store, int64_t database, const char *id, struct leaves *out,
                         struct error *error) MUST_CHECK;

/* {"start":N,"ids":[...]} of a version, newest first. */
enum status store_ancestry(struct store *store, int64_t database, const char *id,
                           const char *revision, struct buf *out, struct error *error) MUST_CHECK;

/* Rows of the feed or of the list of documents, one call for each; returns false to stop. The
 * texts live during the call. */
struct row {
    uint64_t sequence;
    const char *id, *revision, *body, *attachments;
    size_t body_length;
    bool deleted;
};
typedef bool row_function(void *context, const struct row *row);

/* At most `limit` documents changed after `since` (or, descending, before `since`). */
enum status store_changes(struct store *store, int64_t database, uint64_t since, bool descending,
                          int64_t limit, row_function *function, void *context,
                          struct error *error) MUST_CHECK;
int64_t store_changes_pending(struct store *store, int64_t database, uint64_t since);

/* Living documents with first <= id <= last (last NULL: no end); descending, from `last` down.
 * `exclusive` leaves out the id where the walk begins. */
struct range {
    const char *first, *last;
    bool descending, exclusive;
    int64_t limit;
};
enum status store_list(struct store *store, int64_t database, const struct range *range,
                       row_function *function, void *context, struct error *error) MUST_CHECK;

enum status store_put_blob(struct store *store, const char *digest, const void *data, size_t length,
                           struct error *error) MUST_CHECK;
enum status store_get_blob(struct store *store, const char *digest, struct buf *out,
                           struct error *error) MUST_CHECK;

/* _local documents: `revision` counts up; a NULL body deletes. */
enum status store_put_local(struct store *store, int64_t database, const char *id, const char *body,
                            size_t length, int64_t *revision, struct error *error) MUST_CHECK;
enum status store_get_local(struct store *store, int64_t database, const char *id, struct buf *body,
                            int64_t *revision, struct error *error) MUST_CHECK;

#endif
