#ifndef HUILIU_TESTS_UPSTREAM_STATEMENTS_H
#define HUILIU_TESTS_UPSTREAM_STATEMENTS_H
/*
 * The store's statements, prepared once. Private to store*.c, which are the only files here that
 * see SQLite. A statement is taken with statement_take(), bound, stepped and given back with
 * statement_end(); the lock of the store is held meanwhile.
 */
#include "tests/upstream/store.h"

#include <pthread.h>
#include <sqlite3.h>

#define STATEMENT_LIST(X)                                                                          \
    X(BEGIN, "BEGIN IMMEDIATE")                                                                    \
    X(COMMIT, "COMMIT")                                                                            \
    X(ROLLBACK, "ROLLBACK")                                                                        \
    X(DATABASE_INSERT, "INSERT INTO databases(name, instance, created) VALUES(?1, ?2, ?3)")        \
    X(DATABASE_DELETE, "DELETE FROM databases WHERE name = ?1")                                    \
    X(DATABASE_FIND, "SELECT key, instance, created, sequence, live, dead FROM databases "         \
                     "WHERE name = ?1")                                                            \
    X(DATABASE_LIST, "SELECT name FROM databases ORDER BY name")                                   \
    X(DATABASE_LATEST, "SELECT value FROM marks WHERE name = 'created'")                           \
    X(DATABASE_MARK, "INSERT OR REPLACE INTO marks VALUES('created', ?1)")                         \
    X(DATABASE_COUNT, "UPDATE databases SET sequence = sequence + 1, live = live + ?2, "           \
                      "dead = dead + ?3 WHERE key = ?1 RETURNING sequence")                        \
    X(DROP_REVISIONS, "DELETE FROM revisions WHERE document IN "                                   \
                      "(SELECT key FROM documents WHERE database = ?1)")                           \
    X(DROP_DOCUMENTS, "DELETE FROM documents WHERE database = ?1")                                 \
    X(DROP_LOCALS, "DELETE FROM locals WHERE database = ?1")                                       \
    X(DOCUMENT_FIND, "SELECT key, winner, deleted FROM documents WHERE database = ?1 AND id = ?2") \
    X(DOCUMENT_INSERT, "INSERT INTO documents(database, id, sequence, winner, deleted) "           \
                       "VALUES(?1, ?2, 0, 0, 0)")                                                  \
    X(DOCUMENT_UPDATE, "UPDATE documents SET sequence = ?2, winner = ?3, deleted = ?4 "            \
                       "WHERE key = ?1")                                                           \
    X(REVISION_FIND, "SELECT key, leaf, present FROM revisions "                                   \
                     "WHERE document = ?1 AND generation = ?2 AND digest = ?3")                    \
    X(REVISION_INSERT,                                                                             \
      "INSERT INTO revisions(document, generation, digest, parent, leaf, deleted, present, body, " \
      "attachments) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")                                   \
    X(REVISION_UNLEAF, "UPDATE revisions SET leaf = 0 WHERE key = ?1")                             \
    X(REVISION_BY_KEY, "SELECT generation, digest, deleted, body, attachments, parent "            \
                       "FROM revisions WHERE key = ?1")                                            \
    X(LEAVES, "SELECT key, generation, digest, deleted FROM revisions WHERE document = ?1 "        \
              "AND leaf ORDER BY deleted, generation DESC, digest DESC")                           \
    X(CHANGES_UP,                                                                                  \
      "SELECT d.sequence, d.id, r.generation, r.digest, d.deleted, r.body, r.attachments "         \
      "FROM documents d JOIN revisions r ON r.key = d.winner WHERE d.database = ?1 "               \
      "AND d.sequence > ?2 ORDER BY d.sequence LIMIT ?3")                                          \
    X(CHANGES_DOWN,                                                                                \
      "SELECT d.sequence, d.id, r.generation, r.digest, d.deleted, r.body, r.attachments "         \
      "FROM documents d JOIN revisions r ON r.key = d.winner WHERE d.database = ?1 "               \
      "AND d.sequence < ?2 ORDER BY d.sequence DESC LIMIT ?3")                                     \
    X(CHANGES_COUNT, "SELECT count(*) FROM documents WHERE database = ?1 AND sequence > ?2")       \
    X(LIST_UP,                                                                                     \
      "SELECT d.sequence, d.id, r.generation, r.digest, d.deleted, r.body, r.attachments "         \
      "FROM documents d JOIN revisions r ON r.key = d.winner WHERE d.database = ?1 "               \
      "AND NOT d.deleted AND d.id >= ?2 AND (?3 IS NULL OR d.id <= ?3) ORDER BY d.id LIMIT ?4")    \
    X(LIST_DOWN,                                                                                   \
      "SELECT d.sequence, d.id, r.generation, r.digest, d.deleted, r.body, r.attachments "         \
      "FROM documents d JOIN revisions r ON r.key = d.winner WHERE d.database = ?1 "               \
      "AND NOT d.deleted AND d.id >= ?2 AND (?3 IS NULL OR d.id <= ?3) "                           \
      "ORDER BY d.id DESC LIMIT ?4")                                                               \
    X(BLOB_PUT, "INSERT OR IGNORE INTO blobs VALUES(?1, ?2)")                                      \
    X(BLOB_GET, "SELECT data FROM blobs WHERE digest = ?1")                                        \
    X(LOCAL_PUT, "INSERT INTO locals VALUES(?1, ?2, 1, ?3) ON CONFLICT(database, id) DO UPDATE "   \
                 "SET revision = revision + 1, body = excluded.body RETURNING revision")           \
    X(LOCAL_DELETE, "DELETE FROM locals WHERE database = ?1 AND id = ?2 RETURNING revision")       \
    X(LOCAL_GET, "SELECT body, revision FROM locals WHERE database = ?1 AND id = ?2")

enum statement {
#define STATEMENT_ENUM(name, sql) STATEMENT_##name,
    STATEMENT_LIST(STATEMENT_ENUM)
#undef STATEMENT_ENUM
        STATEMENT_COUNT
};

struct store {
    sqlite3 *sqlite;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    pthread_mutex_t lock; /* recursive */
    unsigned depth;       /* of store_begin() */
    bool changed;         /* in this transaction */
    pthread_mutex_t watch_lock;
    pthread_cond_t watch;
    uint64_t version;
    bool stopped;
};

void store_lock(struct store *store);
void store_unlock(struct store *store);

/* NULL with `error` set when SQLite refuses. */
sqlite3_stmt *statement_take(struct store *store, enum statement which, struct error *error);

/* Gives it back; `result` is what sqlite3_step() said last: SQLITE_ROW, SQLITE_DONE or an error. */
enum status statement_end(struct store *store, sqlite3_stmt *statement, int result,
                          struct error *error) MUST_CHECK;

/* Binds the integers in order, steps once and ends; the single integer result goes to *out (may be
 * NULL) and stays untouched without a row. */
enum status statement_run(struct store *store, enum statement which, const int64_t *values,
                          int count, int64_t *out, struct error *error) MUST_CHECK;

void statement_bind_text(sqlite3_stmt *statement, int at, const char *text, size_t length);
const char *statement_text(sqlite3_stmt *statement, int at);

#endif
