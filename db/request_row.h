#ifndef HUILIU_DB_REQUEST_ROW_H
#define HUILIU_DB_REQUEST_ROW_H
/*
 * One row of the request table as people see it: joined with the catalogue (titles), with the
 * record as it is in the cache now (name, present values), and with the calendar (deadline).
 * Private to db/; used by lists and by single requests.
 */
#include "base/arena.h"
#include "db/escrow.h"
#include "db/reader.h"
#include "db/request.h"

/* The columns request_row_fill() reads, in its order. */
#define REQUEST_ROW_COLUMNS                                                                        \
    "SELECT id, kind, dataset, record, subject_kind, subject, maker, station, state, created_ms,"  \
    " last_event_ms, born_here, hold_kind, hold_reason, defer_reason, sending, unsent,"            \
    " received_at, frozen, closed_here FROM request "

/* What a row was made from; for request_get(). References are owned. */
struct request_source {
    json_t *frozen;
    json_t *record;          /* NULL: not in the cache */
    char rev[96];            /* of the record */
    struct escrow_copy copy; /* of a record that is not in the cache any more; perhaps nothing */
};
void request_source_release(struct request_source *source);

/* Strings live in `arena`. `source` may be NULL. */
enum status request_row_fill(struct reader *reader, struct stmt *stmt, struct arena *arena,
                             struct request_row *row, struct request_source *source,
                             struct error *error) MUST_CHECK;

/* Displayed form of a value in `arena`; `field` NULL when the catalogue does not know it any more.
 * NULL when out of memory. */
const char *request_value_display(struct arena *arena, const struct dataset_field *field,
                                  const json_t *value);

#endif
