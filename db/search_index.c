#include "db/search_index.h"

#include <stdlib.h>
#include <string.h>

/* Terms that wait. Records in ascending order, as a first load brings them, need no sorting: they
 * go on soon, so that the work of this thread comes in small portions and the thread that reads
 * the rows need not be far ahead (sync/relay.h). */
#define QUEUE_BYTES_MAX     ((size_t)4 << 20)
#define QUEUE_BYTES_ORDERED ((size_t)256 << 10)
#define SEEN_SLOTS          ((size_t)1 << 17) /* a power of two; 1 MiB */

/* Segments of one size that FTS5 lets come together before it merges them. A term is looked for in
 * each segment: more of them make a load quicker and every search slower. */
#define MERGE_USUAL "8"
#define MERGE_BULK  "32"

const char search_schema[] =
    "CREATE VIRTUAL TABLE term USING fts5(terms, content='', columnsize=0, detail=none,"
    " tokenize='ascii');"
    "INSERT INTO term(term, rank) VALUES('automerge', " MERGE_USUAL ");"
    "INSERT INTO term(term, rank) VALUES('crisismerge', 64);"
    "INSERT INTO term(term, rank) VALUES('hashsize', 3145728);" /* stays in a processor's cache */
    "CREATE TABLE word(ending TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY(ending, word))"
    " WITHOUT ROWID;"
    "CREATE TABLE head(head TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE VIRTUAL TABLE term_instance USING fts5vocab(term, instance);";

struct entry {
    int64_t record;
    size_t order;  /* of the call */
    size_t offset; /* of the terms in `text` */
    size_t length;
    bool removal;
};

struct search_index {
    struct sql *sql;
    struct entry *entries;
    size_t count, capacity;
    int64_t latest;  /* record in this transaction */
    bool disordered; /* not all of them came in ascending order */
    struct buf text;
    struct buf other; /* terms to compare with */
    uint64_t *seen;   /* hashes of dictionary entries known to be in the file */
    size_t seen_count;
};

enum status search_index_new(struct sql *sql, struct search_index **out, struct error *error)
{
    struct search_index *index = calloc(1, sizeof *index);

    if (!index)
        return error_nomem(error);
    index->sql = sql;
    index->seen = calloc(SEEN_SLOTS, sizeof *index->seen);
    if (!index->seen) {
        free(index);
        return error_nomem(error);
    }
    *out = index;
    return STATUS_OK;
}

void search_index_free(struct search_index *index)
{
    if (!index)
        return;
    free(index->entries);
    free(index->seen);
    buf_release(&index->text);
    buf_release(&index->other);
    free(index);
}

/* --- dictionaries ----------------------------------------------------------------------------- */

/* FNV-1a. Only ever decides whether an INSERT OR IGNORE is worth its time; but a false "seen"
 * would lose a word, hence 64 bits. */
static uint64_t hash_of(char kind, const char *text, size_t length)
{
    uint64_t hash = 0xCBF29CE484222325u ^ (unsigned char)kind;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001B3u;
    hash ^= hash >> 32;
    return hash ? hash : 1;
}

/* True when this is the first time since the last forget(). */
static bool first_time(struct search_index *index, char kind, const char *text, size_t length)
{
    uint64_t hash = hash_of(kind, text, length);
    size_t slot = hash & (SEEN_SLOTS - 1);

    while (index->seen[slot] != 0) {
        if (index->seen[slot] == hash)
            return false;
        slot = (slot + 1) & (SEEN_SLOTS - 1);
    }
    if (index->seen_count >= SEEN_SLOTS / 2) {
        memset(index->seen, 0, SEEN_SLOTS * sizeof *index->seen);
        index->seen_count = 0;
        slot = hash & (SEEN_SLOTS - 1);
    }
    index->seen[slot] = hash;
    index->seen_count++;
    return true;
}

static enum status insert_word(struct search_index *index, const char *ending, size_t ending_length,
                               const char *word, size_t length, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(
        index->sql, "INSERT OR IGNORE INTO word(ending, word) VALUES(?1, ?2)", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text_n(stmt, 1, ending, ending_length);
    stmt_bind_text_n(stmt, 2, word, length);
    return stmt_run(stmt, error);
}

/* A number ("12号") is looked up by its beginning only, other words from each character on. */
static enum status learn_word(struct search_index *index, const char *word, size_t length,
                              struct error *error)
{
    if (!first_time(index, TERM_WORD, word, length))
        return STATUS_OK;
    enum status status = insert_word(index, word, length, word, length, error);
    if (word[0] >= '0' && word[0] <= '9')
        return status;
    for (size_t at = 1; at < length && status == STATUS_OK; at++)
        if (((unsigned char)word[at] & 0xC0) != 0x80)
            status = insert_word(index, word + at, length - at, word, length, error);
    return status;
}

static enum status learn_head(struct search_index *index, char kind, const char *head,
                              size_t length, struct error *error)
{
    struct stmt *stmt;

    if (!first_time(index, kind, head, length))
        return STATUS_OK;
    enum status status =
        sql_statement(index->sql, "INSERT OR IGNORE INTO head(head) VALUES(?1)", &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_text_n(stmt, 1, head, length);
    return stmt_run(stmt, error);
}

/* Looks through the terms of a new record for what belongs into a dictionary. */
static enum status learn(struct search_index *index, const char *terms, size_t length,
                         struct error *error)
{
    enum status status = STATUS_OK;
    const char *end = terms + length;

    while (terms < end && status == STATUS_OK) {
        const char *next = memchr(terms + 1, ' ', (size_t)(end - terms - 1));
        size_t size = (size_t)((next ? next : end) - terms) - 1; /* without the blank */
        if (size > 1 && terms[1] == TERM_WORD)
            status = learn_word(index, terms + 2, size - 1, error);
        else if (size > 1 && terms[1] == TERM_HEAD)
            status = learn_head(index, TERM_HEAD, terms + 1, size, error);
        else if (size > 1 && terms[1] == TERM_CERTIFICATE_HEAD)
            status = learn_head(index, TERM_CERTIFICATE_HEAD, terms + 1, size, error);
        terms = next ? next : end;
    }
    return status;
}

/* --- writing ---------------------------------------------------------------------------------- */

static int compare_entries(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;

    if (left->record != right->record)
        return left->record < right->record ? -1 : 1;
    return left->order < right->order ? -1 : left->order > right->order;
}

static enum status write_entry(struct search_index *index, const struct entry *entry,
                               struct error *error)
{
    static const char insert[] = "INSERT INTO term(rowid, terms) VALUES(?1, ?2)";
    static const char removal[] = "INSERT INTO term(term, rowid, terms) VALUES('delete', ?1, ?2)";
    struct stmt *stmt;
    enum status status = sql_statement(index->sql, entry->removal ? removal : insert, &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, entry->record);
    stmt_lend_text(stmt, 2, index->text.data + entry->offset, entry->length);
    return stmt_run(stmt, error);
}

static void clear_queue(struct search_index *index)
{
    index->count = 0;
    buf_clear(&index->text);
}

static enum status pass_on(struct search_index *index, struct error *error)
{
    enum status status = STATUS_OK;

    if (index->count > 1)
        qsort(index->entries, index->count, sizeof *index->entries, compare_entries);
    for (size_t i = 0; i < index->count && status == STATUS_OK; i++)
        status = write_entry(index, &index->entries[i], error);
    clear_queue(index);
    return status;
}

/* --- the queue -------------------------------------------------------------------------------- */

static enum status push(struct search_index *index, int64_t record, size_t offset, bool removal,
                        struct error *error)
{
    if (buf_failed(&index->text))
        return error_nomem(error);
    if (index->count == index->capacity) {
        size_t capacity = index->capacity ? index->capacity * 2 : 256;
        struct entry *entries = realloc(index->entries, capacity * sizeof *entries);
        if (!entries)
            return error_nomem(error);
        index->entries = entries;
        index->capacity = capacity;
    }
    index->entries[index->count] = (struct entry){.record = record,
                                                  .order = index->count,
                                                  .offset = offset,
                                                  .length = index->text.length - offset,
                                                  .removal = removal};
    index->count++;
    index->disordered = index->disordered || removal || record <= index->latest;
    index->latest = record;
    size_t enough = index->disordered ? QUEUE_BYTES_MAX : QUEUE_BYTES_ORDERED;
    return index->text.length > enough ? pass_on(index, error) : STATUS_OK;
}

/* What stands in `text` from `offset` on. */
static enum status add_last(struct search_index *index, int64_t record, size_t offset,
                            struct error *error)
{
    if (buf_failed(&index->text))
        return error_nomem(error);
    enum status status =
        learn(index, index->text.data + offset, index->text.length - offset, error);
    return status == STATUS_OK ? push(index, record, offset, false, error) : status;
}

enum status search_index_add(struct search_index *index, int64_t record, const struct facts *facts,
                             struct error *error)
{
    size_t offset = index->text.length;

    search_terms(facts, &index->text);
    return add_last(index, record, offset, error);
}

enum status search_index_add_terms(struct search_index *index, int64_t record, const char *terms,
                                   size_t length, struct error *error)
{
    size_t offset = index->text.length;

    buf_bytes(&index->text, terms, length);
    return add_last(index, record, offset, error);
}

enum status search_index_remove(struct search_index *index, int64_t record,
                                const struct facts *facts, struct error *error)
{
    size_t offset = index->text.length;

    search_terms(facts, &index->text);
    return push(index, record, offset, true, error);
}

enum status search_index_change(struct search_index *index, int64_t record,
                                const struct facts *before, const struct facts *after,
                                struct error *error)
{
    buf_clear(&index->other);
    search_terms(before, &index->other);
    size_t offset = index->text.length;
    search_terms(after, &index->text);
    if (buf_failed(&index->text) || buf_failed(&index->other))
        return error_nomem(error);
    bool same = index->text.length - offset == index->other.length &&
                memcmp(index->text.data + offset, index->other.data, index->other.length) == 0;
    index->text.length = offset;
    index->text.data[offset] = '\0';
    if (same)
        return STATUS_OK;
    enum status status = search_index_remove(index, record, before, error);
    return status == STATUS_OK ? search_index_add(index, record, after, error) : status;
}

static void end_transaction(struct search_index *index)
{
    clear_queue(index);
    index->latest = 0;
    index->disordered = false;
}

enum status search_index_flush(struct search_index *index, struct error *error)
{
    enum status status = pass_on(index, error);

    end_transaction(index);
    return status;
}

void search_index_forget(struct search_index *index)
{
    end_transaction(index);
    memset(index->seen, 0, SEEN_SLOTS * sizeof *index->seen);
    index->seen_count = 0;
}

enum status search_index_bulk(struct search_index *index, struct error *error)
{
    return sql_exec(index->sql, "INSERT INTO term(term, rank) VALUES('automerge', " MERGE_BULK ")",
                    error);
}

enum status search_index_is_bulk(struct search_index *index, bool *bulk, struct error *error)
{
    int64_t merge = 0;
    enum status status =
        sql_integer(index->sql, "SELECT v = " MERGE_BULK " FROM term_config WHERE k = 'automerge'",
                    &merge, error);

    if (status == STATUS_OK)
        *bulk = merge != 0;
    return status;
}

enum status search_index_optimise(struct search_index *index, struct error *error)
{
    return sql_exec(index->sql,
                    "INSERT INTO term(term) VALUES('optimize');"
                    "INSERT INTO term(term, rank) VALUES('automerge', " MERGE_USUAL ")",
                    error);
}

enum status search_index_prune(struct search_index *index, struct error *error)
{
    enum status status =
        sql_exec(index->sql,
                 "DELETE FROM word WHERE word IN (SELECT w.word FROM word w WHERE w.ending = w.word"
                 " AND NOT EXISTS (SELECT 1 FROM term WHERE term MATCH '\"w' || w.word || '\"'));"
                 "DELETE FROM head WHERE NOT EXISTS"
                 " (SELECT 1 FROM term WHERE term MATCH '\"' || head.head || '\"')",
                 error);

    memset(index->seen, 0, SEEN_SLOTS * sizeof *index->seen);
    index->seen_count = 0;
    return status;
}
