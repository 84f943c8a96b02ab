#ifndef HUILIU_SYNC_RELAY_H
#define HUILIU_SYNC_RELAY_H
/*
 * Rows on their way from the thread that reads them (network, JSON) to the thread that writes them
 * (SQLite), so that both work at the same time.
 *
 *     relay_start(&writer, &relay, &error);      // the writer's thread begins
 *     relay_row(relay, &row, &error);            // a couch_row_sink; keeps what it needs
 *     relay_page(relay, &page, &error);          // an answer was whole
 *     relay_end(relay, drop, &error);            // the thread has ended; everything is freed
 *
 * The writer's functions are called in its thread, in the order of the calls here. Between
 * relay_start() and relay_end() what they use (the cache, the feed) belongs to that thread alone.
 *
 * Bounded: when about a megabyte of rows waits, relay_row() waits too. A failure of the writer is
 * sticky: nothing more is written, and relay_row(), relay_page() and relay_end() return it.
 */
#include "sync/changes.h"

#include <stdbool.h>
#include <stdint.h>

struct relay;

struct relay_page {
    const char *last_seq; /* JSON text */
    bool last;            /* the feed ends here */
    int64_t contact_ms;   /* wall clock at which it was whole; 0: unknown */
};

struct relay_writer {
    void *context;
    /* Only a row that is none has `text`. A plain one has what was made `ready` of it, and no
     * `body`. */
    enum status (*row)(void *context, const struct couch_row *row, struct error *error);
    enum status (*page)(void *context, const struct relay_page *page, struct error *error);
};

enum status relay_start(const struct relay_writer *writer, struct relay **relay,
                        struct error *error) MUST_CHECK;
enum status relay_row(void *relay, const struct couch_row *row, struct error *error) MUST_CHECK;
enum status relay_page(struct relay *relay, const struct relay_page *page,
                       struct error *error) MUST_CHECK;
/* Waits until all is written, or drops what waits. */
enum status relay_end(struct relay *relay, bool drop, struct error *error) MUST_CHECK;

#endif
