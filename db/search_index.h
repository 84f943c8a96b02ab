#ifndef HUILIU_DB_SEARCH_INDEX_H
#define HUILIU_DB_SEARCH_INDEX_H
/*
 * Keeping the search index in step with the rows, in the same transaction. Private to db/; owned
 * by the cache writer.
 *
 * FTS5 (3.40) writes out what it has collected whenever a record id is smaller than the one
 * before, one tiny segment each time. So entries and removals are collected here and given to
 * FTS5 in order of record id, at the end of the transaction or when they take too much memory;
 * what comes in that order by itself, as in a first load, is passed on in small portions.
 *
 *     search_index_add / search_index_remove …
 *     search_index_flush(index, error);               // before COMMIT
 *     search_index_forget(index);                     // after ROLLBACK
 *
 * FTS5 writes a segment with every commit and merges them as they become many. While rows come by
 * the hundred thousand that is work done twice, since all segments are folded into one afterwards:
 * so a bulk load tells FTS5 to wait longer (search_index_bulk). The file remembers it, as the sign
 * that folding is due, whatever happens in between.
 *
 * Two small dictionaries stand beside the terms: words of addresses (with their endings, so that
 * "inside a word" is a range), and the heads of subjects (regions, issuers). They grow until
 * search_index_prune(); a word that no record has any more finds nothing.
 */
#include "db/search_key.h"
#include "db/sql.h"

struct search_index;

extern const char search_schema[]; /* statements that create the tables */

enum status search_index_new(struct sql *sql, struct search_index **index,
                             struct error *error) MUST_CHECK;
void search_index_free(struct search_index *index);

enum status search_index_add(struct search_index *index, int64_t record, const struct facts *facts,
                             struct error *error) MUST_CHECK;
/* The same with the terms of search_terms(), made before. */
enum status search_index_add_terms(struct search_index *index, int64_t record, const char *terms,
                                   size_t length, struct error *error) MUST_CHECK;
/* `facts` must be what they were when the record was added. */
enum status search_index_remove(struct search_index *index, int64_t record,
                                const struct facts *facts, struct error *error) MUST_CHECK;
/* The record stays, its content changes: nothing happens when the terms are the same. */
enum status search_index_change(struct search_index *index, int64_t record,
                                const struct facts *before, const struct facts *after,
                                struct error *error) MUST_CHECK;
enum status search_index_flush(struct search_index *index, struct error *error) MUST_CHECK;
void search_index_forget(struct search_index *index);

/* Inside a transaction. Ends with search_index_optimise(). */
enum status search_index_bulk(struct search_index *index, struct error *error) MUST_CHECK;
enum status search_index_is_bulk(struct search_index *index, bool *bulk,
                                 struct error *error) MUST_CHECK;
/* Folds all segments into one: after bulk loads and bulk removals (what was removed is then gone
 * from the file too). */
enum status search_index_optimise(struct search_index *index, struct error *error) MUST_CHECK;
/* Takes words and heads out of the dictionaries that no record has any more. */
enum status search_index_prune(struct search_index *index, struct error *error) MUST_CHECK;

#endif
