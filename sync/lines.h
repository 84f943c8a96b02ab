#ifndef HUILIU_SYNC_LINES_H
#define HUILIU_SYNC_LINES_H
/*
 * Splits the body of a CouchDB `_changes` answer into rows while it arrives, in chunks of any
 * size, with memory for one row only. Knows nothing of what a row means.
 *
 *     struct lines lines;
 *     lines_init(&lines, on_row, context);
 *     while (bytes arrive)
 *         lines_feed(&lines, bytes, length, &error);
 *     lines_finish(&lines, &error);              // was it whole?
 *     use(lines.last_seq, lines.pending, lines.rows);
 *     lines_release(&lines);
 *
 * A page is {"results":[ row, row … ],"last_seq":…,"pending":N}. CouchDB writes one row per line,
 * PouchDB Server the whole page in one line; both are read. White space, empty heartbeat lines, CR,
 * LF and commas between rows are skipped.
 *
 * A row never spans lines: JSON strings hold no raw line feed. So a row that is damaged (its
 * brackets do not close, or it is longer than LINES_ROW_MAX) ends at the line feed, is handed over
 * as `whole == false` with its first bytes, and the rows after it are read as if nothing had
 * happened.
 *
 * The sequence of calls to on_row and the outcome do not depend on how the bytes were cut.
 * A failure of on_row is sticky: lines_feed() returns it and does nothing more. Pure; one thread.
 */
#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

#define LINES_ROW_MAX  ((size_t)1 << 20)
#define LINES_TAIL_MAX ((size_t)64 << 10)

/* One row, not NUL-terminated; the text lives until the call returns. */
typedef enum status (*lines_row)(void *context, const char *text, size_t length, bool whole,
                                 struct error *error);

struct lines {
    int64_t rows;    /* handed over so far, damaged ones included */
    char *last_seq;  /* after lines_finish(): JSON text */
    int64_t pending; /* after lines_finish(); -1: not stated */
    /* private from here on */
    lines_row on_row;
    void *context;
    enum lines_state {
        LINES_HEAD,
        LINES_BETWEEN,
        LINES_ROW,
        LINES_JUNK,
        LINES_TAIL,
        LINES_DONE
    } state;
    int depth; /* open brackets of the row or tail; characters matched of the head */
    bool in_string, escaped;
    size_t row_length; /* of the present row so far, also what is no longer held */
    struct buf held;   /* start of a row that a chunk border cut; the tail */
    enum status failed;
};

void lines_init(struct lines *lines, lines_row on_row, void *context);
void lines_release(struct lines *lines);

enum status lines_feed(struct lines *lines, const char *bytes, size_t length,
                       struct error *error) MUST_CHECK;
/* The same, but stops behind the end of the page; *used bytes were taken. */
enum status lines_feed_page(struct lines *lines, const char *bytes, size_t length, size_t *used,
                            struct error *error) MUST_CHECK;
bool lines_is_done(const struct lines *lines); /* the page has been read to its end */
/* STATUS_OFFLINE: the stream stopped before its end. STATUS_PORTAL: it is no `_changes` answer. */
enum status lines_finish(struct lines *lines, struct error *error) MUST_CHECK;

/* A number of rows or documents; -1 when it is not stated, or so large that it must be wrong. */
int64_t lines_count(const json_t *object, const char *name);

/* A sequence token as JSON text, which is how it is kept: a string or an integer. The caller
 * frees it; NULL for null and other types. Only STATUS_NOMEM fails. */
enum status lines_sequence(const json_t *seq, char **text, struct error *error) MUST_CHECK;

#endif
