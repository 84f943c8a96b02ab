#ifndef HUILIU_SYNC_BUNDLE_PAYLOAD_H
#define HUILIU_SYNC_BUNDLE_PAYLOAD_H
/*
 * What is inside a downward bundle (docs/bundles.md): `_changes` pages one after the other, each of
 * which begins with a member "bundle" that says what it is:
 *
 *     {"bundle":{"version":1,"direction":"down",…,"database":"population-440306017","since":null},
 *     "results":[ row, row … ],"last_seq":…,"pending":0}
 *
 * This scanner reads the whole content once, in memory for one row, before anything is used: it
 * checks the form of every page and notes where each begins and ends, so that they can be read
 * again one by one (sync/bundle_import.c). All pages must agree about version, direction, origin,
 * number and area.
 *
 *     struct payload payload;
 *     payload_init(&payload);
 *     while (bytes arrive) payload_feed(&payload, bytes, length, &error);
 *     payload_finish(&payload, &error);
 *     use(payload.pages, payload.page_count);
 *     payload_release(&payload);
 *
 * STATUS_INVALID with the reason when it is no such content; STATUS_UNSUPPORTED when it was made
 * for a newer program. Pure; one thread.
 */
#include "sync/lines.h"

#include <stdbool.h>
#include <stdint.h>

#define PAYLOAD_PAGES_MAX 256
#define PAYLOAD_HEAD_MAX  ((size_t)256 << 10)
#define PAYLOAD_VERSION   1

struct payload_page {
    json_t *head;     /* the member "bundle" */
    char *since;      /* JSON text; NULL: from the start */
    char *last_seq;   /* JSON text */
    uint64_t rows_at; /* where in the content its rows begin, behind the '[' */
    uint64_t end;     /* behind its closing brace */
    int64_t rows;
};

struct payload {
    struct payload_page *pages;
    size_t page_count;
    int64_t rows; /* of all pages */
    /* private from here on */
    uint64_t offset;
    struct buf head;
    int depth;
    bool in_string, escaped, in_page;
    struct lines lines;
};

void payload_init(struct payload *payload);
void payload_release(struct payload *payload);
enum status payload_feed(struct payload *payload, const char *bytes, size_t length,
                         struct error *error) MUST_CHECK;
enum status payload_finish(struct payload *payload, struct error *error) MUST_CHECK;

#endif
