/* The trees of revisions: edits, grafts, winners. */
#include "base/i18n.h"
#include "tests/upstream/statements.h"

#include <stdio.h>
#include <string.h>

struct node { /* a row of `documents`; key 0: there is none */
    int64_t key, winner;
    bool deleted;
};

struct twig { /* a row of `revisions`; key 0: there is none */
    int64_t key;
    bool leaf, present;
};

static enum status find_document(struct store *store, int64_t database, const char *id,
                                 struct node *out, struct error *error)
{
    sqlite3_stmt *statement = statement_take(store, STATEMENT_DOCUMENT_FIND, error);
    if (statement == NULL)
        return STATUS_IO;
    sqlite3_bind_int64(statement, 1, database);
    statement_bind_text(statement, 2, id, strlen(id));
    int result = sqlite3_step(statement);
    struct node node = {0};
    if (result == SQLITE_ROW)
        node = (struct node){sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1),
                             sqlite3_column_int(statement, 2) != 0};
    *out = node;
    return statement_end(store, statement, result, error);
}

static enum status make_document(struct store *store, int64_t database, const char *id,
                                 struct node *node, struct error *error)
{
    sqlite3_stmt *statement = statement_take(store, STATEMENT_DOCUMENT_INSERT, error);
    if (statement == NULL)
        return STATUS_IO;
    sqlite3_bind_int64(statement, 1, database);
    statement_bind_text(statement, 2, id, strlen(id));
    enum status status = statement_end(store, statement, sqlite3_step(statement), error);
    if (status == STATUS_OK)
        node->key = sqlite3_last_insert_rowid(store->sqlite);
    return status;
}

static enum status find_revision(struct store *store, int64_t document,
                                 const struct revision *revision, struct twig *out,
                                 struct error *error)
{
    sqlite3_stmt *statement = statement_take(store, STATEMENT_REVISION_FIND, error);
    if (statement == NULL)
        return STATUS_IO;
    sqlite3_bind_int64(statement, 1, document);
    sqlite3_bind_int64(statement, 2, revision->generation);
    statement_bind_text(statement, 3, revision->digest, strlen(revision->digest));
    int result = sqlite3_step(statement);
    struct twig twig = {0};
    if (result == SQLITE_ROW)
        twig =
            (struct twig){sqlite3_column_int64(statement, 0), sqlite3_column_int(statement, 1) != 0,
                          sqlite3_column_int(statement, 2) != 0};
    *out = twig;
    return statement_end(store, statement, result, error);
}

/* `edit` NULL: an ancestor of which only the name is known. */
static enum status insert_revision(struct store *store, int64_t document,
                                   const struct revision *revision, int64_t parent,
                                   const struct edit *edit, int64_t *key, struct error *error)
{
    sqlite3_stmt *statement = statement_take(store, STATEMENT_REVISION_INSERT, error);
    if (statement == NULL)
        return STATUS_IO;
    sqlite3_bind_int64(statement, 1, document);
    sqlite3_bind_int64(statement, 2, revision->generation);
    statement_bind_text(statement, 3, revision->digest, strlen(revision->digest));
    if (parent != 0)
        sqlite3_bind_int64(statement, 4, parent);
    sqlite3_bind_int(statement, 5, edit != NULL);
    sqlite3_bind_int(statement, 6, edit != NULL && edit->deleted);
    sqlite3_bind_int(statement, 7, edit != NULL);
    if (edit != NULL) {
        statement_bind_text(statement, 8, edit->body, edit->length);
        const char *stubs = edit->attachments;
        statement_bind_text(statement, 9, stubs, stubs == NULL ? 0 : strlen(stubs));
    }
    enum status status = statement_end(store, statement, sqlite3_step(statement), error);
    if (status == STATUS_OK)
        *key = sqlite3_last_insert_rowid(store->sqlite);
    return status;
}

static enum status read_leaves(struct store *store, int64_t document, struct leaves *out,
                               int64_t *winner, struct error *error)
{
    sqlite3_stmt *statement = statement_take(store, STATEMENT_LEAVES, error);
    if (statement == NULL)
        return STATUS_IO;
    sqlite3_bind_int64(statement, 1, document);
    int result;
    out->count = 0;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW && out->count < LEAVES_MAX) {
        if (out->count == 0 && winner != NULL)
            *winner = sqlite3_column_int64(statement, 0);
        snprintf(out->items[out->count].revision, REVISION_TEXT_MAX, "%u-%s",
                 (unsigned)sqlite3_column_int(statement, 1), statement_text(statement, 2));
        out->items[out->count++].deleted = sqlite3_column_int(statement, 3) != 0;
    }
    return statement_end(store, statement, result, error);
}

/* Chooses the winner again and gives the document the next place in the feed. */
static enum status settle(struct store *store, int64_t database, const struct node *node,
                          bool is_new, struct error *error)
{
    struct leaves leaves;
    int64_t winner = 0;
    enum status status = read_leaves(store, node->key, &leaves, &winner, error);
    if (status != STATUS_OK)
        return status;
    bool deleted = leaves.items[0].deleted;
    int64_t live = (deleted ? 0 : 1) - (is_new || node->deleted ? 0 : 1);
    int64_t dead = (deleted ? 1 : 0) - (!is_new && node->deleted ? 1 : 0);
    const int64_t counts[] = {database, live, dead};
    int64_t sequence = 0;
    status = statement_run(store, STATEMENT_DATABASE_COUNT, counts, 3, &sequence, error);
    if (status != STATUS_OK)
        return status;
    const int64_t update[] = {node->key, sequence, winner, deleted};
    return statement_run(store, STATEMENT_DOCUMENT_UPDATE, update, 4, NULL, error);
}

static enum status conflict(struct error *error)
{
    return error_set(error, STATUS_CONFLICT, _("Document update conflict."));
}

/* The revision an edit builds on: key 0 for a new document. */
static enum status find_parent(struct store *store, const struct node *node,
                               const struct edit *edit, struct twig *parent,
                               struct revision *revision, struct error *error)
{
    memset(parent, 0, sizeof *parent);
    memset(revision, 0, sizeof *revision);
    if (node->key == 0)
        return edit->parent == NULL ? STATUS_OK : conflict(error);
    if (edit->parent == NULL && !node->deleted)
        return conflict(error);
    if (edit->parent == NULL) { /* comes back from the dead: goes on from the winner */
        struct leaves leaves;
        enum status status = read_leaves(store, node->key, &leaves, &parent->key, error);
        if (status == STATUS_OK && !revision_parse(leaves.items[0].revision, revision))
            status = error_set(error, STATUS_CORRUPT, _("Bad revision in the store"));
        return status;
    }
    if (!revision_parse(edit->parent, revision))
        return conflict(error);
    enum status status = find_revision(store, node->key, revision, parent, error);
    if (status == STATUS_OK && !parent->leaf)
        status = conflict(error);
    return status;
}

static enum status apply_edit(struct store *store, int64_t database, const struct edit *edit,
                              char revision[REVISION_TEXT_MAX], struct error *error)
{
    struct node node;
    struct twig parent;
    struct revision base;
    struct revision made;
    char base_text[REVISION_TEXT_MAX];
    int64_t key = 0;

    enum status status = find_document(store, database, edit->id, &node, error);
    if (status == STATUS_OK)
        status = find_parent(store, &node, edit, &parent, &base, error);
    if (status != STATUS_OK)
        return status;
    bool is_new = node.key == 0;
    if (is_new)
        status = make_document(store, database, edit->id, &node, error);
    revision_format(&base, base_text);
    revision_make(base.generation + 1, parent.key == 0 ? NULL : base_text, edit->deleted,
                  edit->body, edit->length, edit->attachments, revision);
    if (status == STATUS_OK && !revision_parse(revision, &made))
        status = error_set(error, STATUS_INTERNAL, _("Bad revision"));
    if (status == STATUS_OK)
        status = insert_revision(store, node.key, &made, parent.key, edit, &key, error);
    if (status == STATUS_OK && parent.key != 0)
        status = statement_run(store, STATEMENT_REVISION_UNLEAF, &parent.key, 1, NULL, error);
    if (status == STATUS_OK)
        status = settle(store, database, &node, is_new, error);
    return status;
}

enum status store_edit(struct store *store, int64_t database, const struct edit *edit,
                       char revision[REVISION_TEXT_MAX], struct error *error)
{
    enum status status = store_begin(store, error);
    if (status != STATUS_OK)
        return status;
    status = apply_edit(store, database, edit, revision, error);
    /* A conflict has changed nothing: the transaction around it may go on. */
    if (status == STATUS_OK || status == STATUS_CONFLICT) {
        enum status ended = store_commit(store, error);
        return ended == STATUS_OK ? status : ended;
    }
    store_rollback(store);
    return status;
}

/* Inserts path[at - 1] .. path[0] below `parent`. */
static enum status insert_path(struct store *store, const struct node *node,
                               const struct revision *path, size_t at, int64_t parent,
                               const struct edit *edit, struct error *error)
{
    while (at-- > 0) {
        enum status status = insert_revision(store, node->key, &path[at], parent,
                                             at == 0 ? edit : NULL, &parent, error);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status apply_graft(struct store *store, int64_t database, const struct edit *edit,
                               const struct revision *path, size_t count, struct error *error)
{
    struct node node;
    struct twig twig = {0};
    enum status status = find_document(store, database, edit->id, &node, error);
    bool is_new = node.key == 0;
    if (status == STATUS_OK && is_new)
        status = make_document(store, database, edit->id, &node, error);
    size_t known = is_new ? count : 0;
    for (; status == STATUS_OK && known < count; known++) {
        status = find_revision(store, node.key, &path[known], &twig, error);
        if (twig.key != 0)
            break;
    }
    if (status != STATUS_OK || known == 0) /* 0: the version itself is here already */
        return status;
    if (twig.leaf)
        status = statement_run(store, STATEMENT_REVISION_UNLEAF, &twig.key, 1, NULL, error);
    if (status == STATUS_OK)
        status = insert_path(store, &node, path, known, twig.key, edit, error);
    if (status == STATUS_OK)
        status = settle(store, database, &node, is_new, error);
    return status;
}

enum status store_graft(struct store *store, int64_t database, const struct edit *edit,
                        const struct revision *path, size_t count, struct error *error)
{
    enum status status = store_begin(store, error);
    if (status != STATUS_OK)
        return status;
    status = apply_graft(store, database, edit, path, count, error);
    if (status == STATUS_OK)
        return store_commit(store, error);
    store_rollback(store);
    return status;
}

static enum status not_found(struct error *error)
{
    return error_set(error, STATUS_NOT_FOUND, _("missing"));
}

/* The key in `revisions` of a version, or of the winner. */
static enum status locate(struct store *store, int64_t database, const char *id,
                          const char *revision, int64_t *key, struct error *error)
{
    struct node node;
    struct revision wanted;
    struct twig twig;
    enum status status = find_document(store, database, id, &node, error);
    if (status != STATUS_OK)
        return status;
    *key = node.winner;
    if (node.key == 0)
        return not_found(error);
    if (revision == NULL)
        return STATUS_OK;
    if (!revision_parse(revision, &wanted))
        return not_found(error);
    status = find_revision(store, node.key, &wanted, &twig, error);
    if (status == STATUS_OK && !twig.present)
        status = not_found(error);
    *key = twig.key;
    return status;
}

static enum status read_version(struct store *store, int64_t key, struct version *out,
                                struct error *error)
{
    sqlite3_stmt *statement = statement_take(store, STATEMENT_REVISION_BY_KEY, error);
    if (statement == NULL)
        return STATUS_IO;
    sqlite3_bind_int64(statement, 1, key);
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        snprintf(out->revision, REVISION_TEXT_MAX, "%u-%s",
                 (unsigned)sqlite3_column_int(statement, 0), statement_text(statement, 1));
        out->deleted = sqlite3_column_int(statement, 2) != 0;
        buf_str(&out->body, statement_text(statement, 3));
        buf_str(&out->attachments, statement_text(statement, 4));
    }
    return statement_end(store, statement, result, error);
}

enum status store_read(struct store *store, int64_t database, const char *id, const char *revision,
                       struct version *out, struct error *error)
{
    int64_t key = 0;
    store_lock(store);
    enum status status = locate(store, database, id, revision, &key, error);
    if (status == STATUS_OK)
        status = read_version(store, key, out, error);
    store_unlock(store);
    return status;
}

enum status store_leaves(struct store *store, int64_t database, const char *id, struct leaves *out,
                         struct error *error)
{
    struct node node;
    store_lock(store);
    out->count = 0;
    enum status status = find_document(store, database, id, &node, error);
    if (status == STATUS_OK && node.key != 0)
        status = read_leaves(store, node.key, out, NULL, error);
    store_unlock(store);
    return status;
}

/* Appends one digest and moves *key to the parent (0 at the root). */
static enum status append_ancestor(struct store *store, int64_t *key, bool first, struct buf *out,
                                   struct error *error)
{
    sqlite3_stmt *statement = statement_take(store, STATEMENT_REVISION_BY_KEY, error);
    if (statement == NULL)
        return STATUS_IO;
    sqlite3_bind_int64(statement, 1, *key);
    int result = sqlite3_step(statement);
    *key = 0;
    if (result == SQLITE_ROW) {
        if (first)
            buf_printf(out, "{\"start\":%d,\"ids\":[", sqlite3_column_int(statement, 0));
        buf_printf(out, "%s\"%s\"", first ? "" : ",", statement_text(statement, 1));
        *key = sqlite3_column_int64(statement, 5);
    }
    return statement_end(store, statement, result, error);
}

enum status store_ancestry(struct store *store, int64_t database, const char *id,
                           const char *revision, struct buf *out, struct error *error)
{
    int64_t key = 0;
    bool first = true;
    store_lock(store);
    enum status status = locate(store, database, id, revision, &key, error);
    while (status == STATUS_OK && key != 0) {
        status = append_ancestor(store, &key, first, out, error);
        first = false;
    }
    store_unlock(store);
    if (status == STATUS_OK)
        buf_str(out, "]}");
    return status;
}
